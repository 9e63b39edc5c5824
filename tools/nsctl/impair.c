// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl impair: what links do to packets on purpose.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nsctl.h"

#define ALL	1000000		/* shares are in millionths */

static const struct unit percent[] = {
	{ "%", ALL / 100 }, { "", ALL / 100 }, { NULL, 0 },
};

static const struct unit time_units[] = {
	{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 },
	{ NULL, 0 },
};

static const struct unit rate_units[] = {
	{ "bit", 1 }, { "kbit", 1000 }, { "mbit", 1000000 },
	{ "gbit", 1000000000 }, { "tbit", 1000000000000 }, { NULL, 0 },
};

static const struct keyword directions[] = {
	{ "tx", NETSTACK_IMPAIR_TX }, { "rx", NETSTACK_IMPAIR_RX },
	{ NULL, 0 },
};

static const struct keyword distributions[] = {
	{ "uniform", NETSTACK_IMPAIR_UNIFORM },
	{ "normal", NETSTACK_IMPAIR_NORMAL }, { NULL, 0 },
};

struct json_object *impair_json(const struct nlattr *nest)
{
	static const struct attr_key numbers[] = {
		{ NETSTACK_A_IMPAIR_SEED, "seed" },
		{ NETSTACK_A_IMPAIR_LOSS, "loss_ppm" },
		{ NETSTACK_A_IMPAIR_BURST_BEGIN, "burst_begin_ppm" },
		{ NETSTACK_A_IMPAIR_BURST_END, "burst_end_ppm" },
		{ NETSTACK_A_IMPAIR_BURST_LOSS, "burst_loss_ppm" },
		{ NETSTACK_A_IMPAIR_DELAY, "delay_ns" },
		{ NETSTACK_A_IMPAIR_JITTER, "jitter_ns" },
		{ NETSTACK_A_IMPAIR_DUPLICATE, "duplicate_ppm" },
		{ NETSTACK_A_IMPAIR_CORRUPT, "corrupt_ppm" },
		{ NETSTACK_A_IMPAIR_REORDER, "reorder_ppm" },
		{ NETSTACK_A_IMPAIR_GAP, "gap" },
		{ NETSTACK_A_IMPAIR_RATE, "rate_bit" },
		{ NETSTACK_A_IMPAIR_LIMIT, "limit" },
		{ NETSTACK_A_IMPAIR_LIMIT_BYTES, "limit_bytes" },
		{ NETSTACK_A_IMPAIR_PASSED, "passed" },
		{ NETSTACK_A_IMPAIR_LOST, "lost" },
		{ NETSTACK_A_IMPAIR_OVERFLOWED, "overflowed" },
		{ NETSTACK_A_IMPAIR_DUPLICATED, "duplicated" },
		{ NETSTACK_A_IMPAIR_REORDERED, "reordered" },
		{ NETSTACK_A_IMPAIR_CORRUPTED, "corrupted" },
		{ NETSTACK_A_IMPAIR_WAITING, "waiting" },
		{ NETSTACK_A_IMPAIR_WAITING_BYTES, "waiting_bytes" },
		{ NETSTACK_A_IMPAIR_QUEUED, "queued" },
		{ NETSTACK_A_IMPAIR_QUEUED_BYTES, "queued_bytes" },
		{ 0, NULL },
	};
	const struct nlattr *tb[NETSTACK_A_IMPAIR_MAX + 1];
	struct json_object *object = json_object_new_object();

	nest_parse(nest, tb, NETSTACK_A_IMPAIR_MAX);
	put_link(object, "link", tb[NETSTACK_A_IMPAIR_LINK]);
	put_keyword(object, "direction", directions,
		    tb[NETSTACK_A_IMPAIR_DIRECTION]);
	put_numbers(object, tb, numbers);
	put_keyword(object, "distribution", distributions,
		    tb[NETSTACK_A_IMPAIR_DISTRIBUTION]);
	if (tb[NETSTACK_A_IMPAIR_UNORDERED])
		put_true(object, "unordered");
	return object;
}

/* " WORD VALUE", unless it is zero. */
static void print_quantity(struct json_object *object, const char *key,
			   const char *word, const struct unit *units)
{
	uint64_t value = get_number(object, key);

	if (value)
		printf(" %s %s", word, quantity_text(units, value));
}

static void print_share(struct json_object *object, const char *key)
{
	printf(" %s", quantity_text(percent, get_number(object, key)));
}

static void print_loss(struct json_object *object)
{
	if (!get_number(object, "burst_begin_ppm")) {
		print_quantity(object, "loss_ppm", "loss", percent);
		return;
	}
	printf(" gemodel");
	print_share(object, "burst_begin_ppm");
	print_share(object, "burst_end_ppm");
	print_share(object, "burst_loss_ppm");
	print_share(object, "loss_ppm");
}

static void print_delay(struct json_object *object)
{
	print_quantity(object, "delay_ns", "delay", time_units);
	print_quantity(object, "jitter_ns", "jitter", time_units);
	if (get_number(object, "jitter_ns"))
		printf(" distribution %s",
		       get_string(object, "distribution"));
	if (has(object, "unordered"))
		printf(" unordered");
	print_quantity(object, "reorder_ppm", "reorder", percent);
	if (get_number(object, "reorder_ppm"))
		printf(" gap %" PRIu64, get_number(object, "gap"));
}

static void print_rate(struct json_object *object)
{
	if (!get_number(object, "rate_bit"))
		return;
	print_quantity(object, "rate_bit", "rate", rate_units);
	printf(" limit %" PRIu64, get_number(object, "limit"));
	if (get_number(object, "limit_bytes"))
		printf(" bytelimit %" PRIu64,
		       get_number(object, "limit_bytes"));
}

/* The words of a command that asks for the same, then what happened. */
void impair_text(struct json_object *object)
{
	printf("%s %s", get_string(object, "link"),
	       get_string(object, "direction"));
	print_loss(object);
	print_delay(object);
	print_quantity(object, "duplicate_ppm", "duplicate", percent);
	print_quantity(object, "corrupt_ppm", "corrupt", percent);
	print_rate(object);
	printf(" seed %" PRIu64 "\n", get_number(object, "seed"));
	printf("    passed %" PRIu64 " lost %" PRIu64 " overflowed %" PRIu64
	       " duplicated %" PRIu64 " reordered %" PRIu64 " corrupted %"
	       PRIu64 "\n",
	       get_number(object, "passed"), get_number(object, "lost"),
	       get_number(object, "overflowed"),
	       get_number(object, "duplicated"),
	       get_number(object, "reordered"),
	       get_number(object, "corrupted"));
	printf("    now: queued %" PRIu64 " packets %" PRIu64
	       " bytes, of these waiting for the rate %" PRIu64 " packets %"
	       PRIu64 " bytes\n",
	       get_number(object, "queued"),
	       get_number(object, "queued_bytes"),
	       get_number(object, "waiting"),
	       get_number(object, "waiting_bytes"));
}

static int show(const struct command *command, int argc, char **argv)
{
	static const struct on_link kind = {
		.cmd = NETSTACK_CMD_IMPAIR_GET,
		.link = NETSTACK_A_IMPAIR_LINK,
		.json = impair_json,
		.text = impair_text,
		.what = "list impairments",
	};

	(void)command;
	return show_on_link(&kind, argc, argv);
}

#define HOUR	(3600 * UINT64_C(1000000000))

/**
 * struct option - a keyword with a number
 * @word: keyword
 * @attr: NETSTACK_A_IMPAIR_*
 * @units: of the number, or NULL
 * @min: least value
 * @max: largest value
 */
static const struct option {
	const char *word;
	int attr;
	const struct unit *units;
	uint64_t min;
	uint64_t max;
} options[] = {
	{ "loss", NETSTACK_A_IMPAIR_LOSS, percent, 0, ALL },
	{ "delay", NETSTACK_A_IMPAIR_DELAY, time_units, 0, HOUR },
	{ "jitter", NETSTACK_A_IMPAIR_JITTER, time_units, 0, HOUR },
	{ "duplicate", NETSTACK_A_IMPAIR_DUPLICATE, percent, 0, ALL },
	{ "corrupt", NETSTACK_A_IMPAIR_CORRUPT, percent, 0, ALL },
	{ "reorder", NETSTACK_A_IMPAIR_REORDER, percent, 0, ALL },
	{ "gap", NETSTACK_A_IMPAIR_GAP, NULL, 1, UINT32_MAX },
	{ "rate", NETSTACK_A_IMPAIR_RATE, rate_units, 1000,
	  UINT64_C(1000000000000) },
	{ "limit", NETSTACK_A_IMPAIR_LIMIT, NULL, 1, 1 << 20 },
	{ "bytelimit", NETSTACK_A_IMPAIR_LIMIT_BYTES, NULL, 1, UINT32_MAX },
	{ "seed", NETSTACK_A_IMPAIR_SEED, NULL, 0, UINT64_MAX },
	{ NULL, 0, NULL, 0, 0 },
};

/**
 * struct request - what the words ask for
 * @has: which attributes, a bit each
 * @value: their values
 * @burst: mean length of a burst, packets; 0: not said
 */
struct request {
	uint32_t has;
	uint64_t value[NETSTACK_A_IMPAIR_MAX + 1];
	uint64_t burst;
};

static bool asks_for(const struct request *request, int attr)
{
	return request->has & 1U << attr;
}

/* False: error printed. */
static bool ask(struct request *request, int attr, const char *key,
		uint64_t value)
{
	if (asks_for(request, attr)) {
		usage_error("'%s' says again what was said before", key);
		return false;
	}
	request->has |= 1U << attr;
	request->value[attr] = value;
	return true;
}

static bool read_option(struct request *request, const struct option *option,
			struct words *words)
{
	const char *word = word_value(words, option->word);
	uint64_t value;

	if (!word)
		return false;
	if (option->units ?
	    !parse_quantity(word, option->word, option->units, option->min,
			    option->max, &value) :
	    !parse_number(word, option->word, option->min, option->max,
			  &value))
		return false;
	return ask(request, option->attr, option->word, value);
}

/* BEGIN END [ BAD [ GOOD ] ], as netem has them. */
static bool read_gemodel(struct request *request, struct words *words)
{
	static const struct option parts[] = {
		{ "gemodel", NETSTACK_A_IMPAIR_BURST_BEGIN, percent, 0, ALL },
		{ "gemodel", NETSTACK_A_IMPAIR_BURST_END, percent, 0, ALL },
		{ "gemodel", NETSTACK_A_IMPAIR_BURST_LOSS, percent, 0, ALL },
		{ "gemodel", NETSTACK_A_IMPAIR_LOSS, percent, 0, ALL },
	};
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		/* The last two may be left out. */
		if (i >= 2 && !(words->count && *words->at[0] >= '0' &&
				*words->at[0] <= '9'))
			break;
		if (!read_option(request, &parts[i], words))
			return false;
	}
	return true;
}

static bool read_burst(struct request *request, struct words *words)
{
	const char *word = word_value(words, "burst");

	if (request->burst) {
		usage_error("'burst' says again what was said before");
		return false;
	}
	return word && parse_number(word, "burst", 1, ALL, &request->burst);
}

static bool read_distribution(struct request *request, struct words *words)
{
	const char *word = word_value(words, "distribution");
	uint32_t value;

	return word &&
	       parse_keyword(word, "distribution", distributions, &value) &&
	       ask(request, NETSTACK_A_IMPAIR_DISTRIBUTION, "distribution",
		   value);
}

/* One keyword with what belongs to it. False: error printed. */
static bool read_impairment(struct request *request, const char *word,
			    struct words *words)
{
	const struct option *option;

	for (option = options; option->word; option++)
		if (!strcmp(word, option->word))
			return read_option(request, option, words);
	if (!strcmp(word, "burst"))
		return read_burst(request, words);
	if (!strcmp(word, "gemodel"))
		return read_gemodel(request, words);
	if (!strcmp(word, "distribution"))
		return read_distribution(request, words);
	if (!strcmp(word, "unordered"))
		return ask(request, NETSTACK_A_IMPAIR_UNORDERED, word, 1);
	unknown_word("impair", "set", word);
	return false;
}

/*
 * Losses in bursts of a mean length: a burst ends at one of so many packets,
 * and begins so often that the share of all that is lost comes out.
 */
static bool ask_bursts(struct request *request)
{
	uint64_t loss = request->value[NETSTACK_A_IMPAIR_LOSS];
	uint64_t begin, end = (ALL + request->burst / 2) / request->burst;

	if (!loss || loss == ALL) {
		usage_error("burst needs a loss between 0%% and 100%%");
		return false;
	}
	begin = (loss * end + (ALL - loss) / 2) / (ALL - loss);
	if (!begin || begin > ALL) {
		usage_error("bursts of %" PRIu64 " packets are too %s for a loss of %s",
			    request->burst, begin ? "short" : "long",
			    quantity_text(percent, loss));
		return false;
	}
	request->value[NETSTACK_A_IMPAIR_LOSS] = 0;
	return ask(request, NETSTACK_A_IMPAIR_BURST_BEGIN, "burst", begin) &&
	       ask(request, NETSTACK_A_IMPAIR_BURST_END, "burst", end) &&
	       ask(request, NETSTACK_A_IMPAIR_BURST_LOSS, "burst", ALL);
}

static void request_put(struct nlmsghdr *nlh, const struct request *request)
{
	int attr;

	for (attr = 0; attr <= NETSTACK_A_IMPAIR_MAX; attr++) {
		if (!asks_for(request, attr))
			continue;
		switch (attr) {
		case NETSTACK_A_IMPAIR_DIRECTION:
		case NETSTACK_A_IMPAIR_DISTRIBUTION:
			mnl_attr_put_u8(nlh, attr, request->value[attr]);
			break;
		case NETSTACK_A_IMPAIR_UNORDERED:
			mnl_attr_put(nlh, attr, 0, NULL);
			break;
		case NETSTACK_A_IMPAIR_SEED:
		case NETSTACK_A_IMPAIR_DELAY:
		case NETSTACK_A_IMPAIR_JITTER:
		case NETSTACK_A_IMPAIR_RATE:
			mnl_attr_put_u64(nlh, attr, request->value[attr]);
			break;
		default:
			mnl_attr_put_u32(nlh, attr, request->value[attr]);
		}
	}
}

/* [ dev ] LINK [ tx | rx ]. False: error printed. */
static bool read_target(struct request *request, const char *command,
			struct words *words)
{
	const struct keyword *direction;
	const char *name = word_next(words);
	uint32_t index;

	if (name && !strcmp(name, "dev"))
		name = word_next(words);
	if (!name) {
		usage_error("impair %s needs a link: try nsctl impair help",
			    command);
		return false;
	}
	if (!parse_link(name, &index))
		return false;
	ask(request, NETSTACK_A_IMPAIR_LINK, "dev", index);
	if (!words->count)
		return true;
	for (direction = directions; direction->name; direction++) {
		if (strcmp(words->at[0], direction->name))
			continue;
		word_next(words);
		return ask(request, NETSTACK_A_IMPAIR_DIRECTION,
			   direction->name, direction->value);
	}
	return true;
}

static int request_run(const struct request *request,
		       const struct command *command)
{
	struct nlmsghdr *nlh = request_begin(command->cmd, 0);
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, NETSTACK_A_IMPAIR);
	request_put(nlh, request);
	mnl_attr_nest_end(nlh, nest);
	return request_send(nlh, NULL, NULL, command->what);
}

static int set(const struct command *command, int argc, char **argv)
{
	struct words words = { argc, argv };
	struct request request = { 0 };
	const char *word;

	if (!read_target(&request, command->name, &words))
		return EXIT_USAGE;
	if (!words.count)
		return usage_error("impair set: nothing to set: try nsctl impair help");
	while ((word = word_next(&words)))
		if (!read_impairment(&request, word, &words))
			return EXIT_USAGE;
	if (request.burst && !ask_bursts(&request))
		return EXIT_USAGE;
	return request_run(&request, command);
}

static int del(const struct command *command, int argc, char **argv)
{
	struct words words = { argc, argv };
	struct request request = { 0 };
	int status;

	if (!read_target(&request, command->name, &words))
		return EXIT_USAGE;
	status = words_end(&words);
	if (status)
		return status;
	return request_run(&request, command);
}

static const struct command commands[] = {
	{ .name = "show", .run = show },
	{ .name = "set", .run = set, .cmd = NETSTACK_CMD_IMPAIR_NEW,
	  .what = "impair the link" },
	{ .name = "del", .run = del, .cmd = NETSTACK_CMD_IMPAIR_DEL,
	  .what = "delete the impairment" },
	{ .name = NULL },
};

const struct object impair_object = {
	.name = "impair",
	.usage = "nsctl impair [ show [ [ dev ] LINK ] ]\n"
		 "nsctl impair set [ dev ] LINK [ tx | rx ] [ loss PERCENT [ burst PACKETS ] ]\n"
		 "             [ gemodel BEGIN END [ BAD [ GOOD ] ] ]\n"
		 "             [ delay TIME [ jitter TIME [ distribution { uniform | normal } ]\n"
		 "             [ unordered ] ] ] [ reorder PERCENT [ gap NUMBER ] ]\n"
		 "             [ duplicate PERCENT ] [ corrupt PERCENT ] [ rate RATE\n"
		 "             [ limit PACKETS ] [ bytelimit BYTES ] ] [ seed NUMBER ]\n"
		 "nsctl impair del [ dev ] LINK [ tx | rx ]\n"
		 "  TIME is like 10ms (ns, us, ms, s), RATE like 10mbit (bit, kbit, mbit,\n"
		 "  gbit, tbit: a second); set takes the place of all that was set before",
	.commands = commands,
};
