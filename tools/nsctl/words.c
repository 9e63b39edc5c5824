// SPDX-License-Identifier: GPL-2.0
/*
 * The words of the command line: keywords with values, numbers, addresses.
 * Every function that can fail prints what is wrong and with which word.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "nsctl.h"

const char *word_next(struct words *words)
{
	if (!words->count)
		return NULL;
	words->count--;
	return *words->at++;
}

const char *word_value(struct words *words, const char *key)
{
	const char *word = word_next(words);

	if (!word)
		usage_error("'%s' needs a value behind it", key);
	return word;
}

int words_end(const struct words *words)
{
	if (!words->count)
		return EXIT_OK;
	return usage_error("'%s' is one word too many", words->at[0]);
}

char *words_join(const struct words *words)
{
	size_t length = 1;
	char *text, *end;
	int i;

	for (i = 0; i < words->count; i++)
		length += strlen(words->at[i]) + 1;
	text = calloc(1, length);
	if (!text)
		exit(kernel_error("out of memory"));
	end = text;
	for (i = 0; i < words->count; i++)
		end += sprintf(end, i ? " %s" : "%s", words->at[i]);
	return text;
}

int parse_dev_name(int argc, char **argv, const char **name)
{
	struct words words = { argc, argv };

	*name = word_next(&words);
	if (*name && !strcmp(*name, "dev")) {
		*name = word_value(&words, "dev");
		if (!*name)
			return EXIT_USAGE;
	}
	return words_end(&words);
}

int parse_dev(int argc, char **argv, uint32_t *link)
{
	const char *name;
	int status = parse_dev_name(argc, argv, &name);

	if (status || !name)
		return status;
	return parse_link(name, link) ? EXIT_OK : EXIT_USAGE;
}

bool parse_number(const char *word, const char *what, uint64_t min,
		  uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(word, &end, 0);
	if (*word >= '0' && *word <= '9' && !*end && !errno && *value >= min &&
	    *value <= max)
		return true;
	usage_error("%s '%s' is not a number from %llu to %llu", what, word,
		    (unsigned long long)min, (unsigned long long)max);
	return false;
}

/* The digits behind a point, of a unit of @factor; false: too many. */
static bool add_fraction(const char *digits, uint64_t factor, uint64_t *value)
{
	for (; *digits >= '0' && *digits <= '9'; digits++) {
		factor /= 10;
		if (!factor && *digits != '0')
			return false;
		*value += (*digits - '0') * factor;
	}
	return true;
}

/* False: not a number with one of the units. */
static bool read_quantity(const char *word, const struct unit *units,
			  uint64_t *value)
{
	const struct unit *unit;
	const char *end;
	char *digits;

	if (*word < '0' || *word > '9')
		return false;
	errno = 0;
	*value = strtoull(word, &digits, 10);
	if (errno)
		return false;
	end = digits;
	if (*end == '.')
		end += 1 + strspn(end + 1, "0123456789");
	for (unit = units; unit->name; unit++)
		if (!strcmp(end, unit->name))
			break;
	if (!unit->name || __builtin_mul_overflow(*value, unit->factor, value))
		return false;
	return *digits != '.' || add_fraction(digits + 1, unit->factor, value);
}

bool parse_quantity(const char *word, const char *what,
		    const struct unit *units, uint64_t min, uint64_t max,
		    uint64_t *value)
{
	char least[32];

	if (read_quantity(word, units, value) && *value >= min && *value <= max)
		return true;
	snprintf(least, sizeof(least), "%s", quantity_text(units, min));
	usage_error("%s '%s' is not a quantity from %s to %s", what, word,
		    least, quantity_text(units, max));
	return false;
}

const char *quantity_text(const struct unit *units, uint64_t value)
{
	const struct unit *unit, *best = units;
	static char text[64];
	int decimals = 0;
	uint64_t factor;
	size_t length;

	for (unit = units; unit->name; unit++)
		if (*unit->name && unit->factor <= value)
			best = unit;
	for (factor = best->factor; factor > 1; factor /= 10)
		decimals++;
	length = snprintf(text, sizeof(text), "%" PRIu64,
			  value / best->factor);
	if (value % best->factor) {
		length += snprintf(text + length, sizeof(text) - length,
				   ".%0*" PRIu64, decimals,
				   value % best->factor);
		while (text[length - 1] == '0')
			length--;
	}
	snprintf(text + length, sizeof(text) - length, "%s", best->name);
	return text;
}

size_t inet_bytes(int family)
{
	return family == AF_INET6 ? INET_BYTES : IPV4_BYTES;
}

static bool read_inet(const char *text, int *family, uint8_t *address)
{
	int guess = *family ? *family : strchr(text, ':') ? AF_INET6 : AF_INET;

	memset(address, 0, INET_BYTES);
	if (inet_pton(guess, text, address) != 1)
		return false;
	*family = guess;
	return true;
}

static const char *family_name(int family)
{
	return family == AF_INET6 ? "IPv6 " : family == AF_INET ? "IPv4 " : "";
}

bool parse_inet(const char *word, const char *what, int *family,
		uint8_t *address)
{
	if (read_inet(word, family, address))
		return true;
	usage_error("%s '%s' is not an %saddress", what, word,
		    family_name(*family));
	return false;
}

bool parse_inet_prefix(const char *word, const char *what, int *family,
		       uint8_t *address, uint8_t *length)
{
	const char *slash = strchr(word, '/');
	char text[INET6_ADDRSTRLEN + 1];
	uint64_t bits;

	if (!strcmp(word, "default") || !strcmp(word, "all")) {
		memset(address, 0, INET_BYTES);
		*length = 0;
		return true;
	}
	snprintf(text, sizeof(text), "%.*s",
		 slash ? (int)(slash - word) : (int)strlen(word), word);
	if (!read_inet(text, family, address)) {
		usage_error("%s '%s' is not an %sADDRESS[/LENGTH]", what, word,
			    family_name(*family));
		return false;
	}
	*length = inet_bytes(*family) * 8;
	if (!slash)
		return true;
	if (!parse_number(slash + 1, "prefix length", 0, *length, &bits))
		return false;
	*length = bits;
	return true;
}

static const struct keyword tables[] = {
	{ "default", RT_TABLE_DEFAULT }, { "main", RT_TABLE_MAIN },
	{ "local", RT_TABLE_LOCAL }, { NULL, 0 },
};

bool parse_table(const char *word, uint32_t *table)
{
	uint64_t value;

	if (*word < '0' || *word > '9')
		return parse_keyword(word, "table", tables, table);
	if (!parse_number(word, "table", 1, UINT32_MAX, &value))
		return false;
	*table = value;
	return true;
}

void put_table(struct json_object *object, const struct nlattr *attr)
{
	put_keyword(object, "table", tables, attr);
}

bool parse_station(const char *word, const char *what, uint8_t *station)
{
	unsigned int part[STATION_BYTES];
	int end = 0, i;

	if (sscanf(word, "%2x:%2x:%2x:%2x:%2x:%2x%n", &part[0], &part[1],
		   &part[2], &part[3], &part[4], &part[5], &end) != 6 ||
	    word[end]) {
		usage_error("%s '%s' is not of the form 02:00:00:00:00:01",
			    what, word);
		return false;
	}
	for (i = 0; i < STATION_BYTES; i++)
		station[i] = part[i];
	return true;
}

bool parse_keyword(const char *word, const char *what,
		   const struct keyword *table, uint32_t *value)
{
	const struct keyword *keyword;
	char choices[256] = "";

	for (keyword = table; keyword->name; keyword++) {
		if (!strcmp(word, keyword->name)) {
			*value = keyword->value;
			return true;
		}
		if (choices[0])
			strncat(choices, ", ",
				sizeof(choices) - strlen(choices) - 1);
		strncat(choices, keyword->name,
			sizeof(choices) - strlen(choices) - 1);
	}
	usage_error("%s '%s' is not one of: %s", what, word, choices);
	return false;
}

const char *keyword_name(const struct keyword *table, uint32_t value)
{
	static char number[16];

	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	snprintf(number, sizeof(number), "%u", value);
	return number;
}
