// SPDX-License-Identifier: GPL-2.0
/*
 * Random sequences of socket calls, made on AF_INET and AF_INET6 over the
 * host's lo and on AF_NETSTACK over the stack's: whatever a program can see
 * must be the same. Every sequence is made of its seed; those that once
 * differed, in sequences.corpus, come first.
 *
 *	sequences [--seed N] [--count N] [--file FILE] [--print]
 *
 * The parts are in sequence/. Prints KTAP, and for what differs the shortest
 * sequence that still does.
 *
 * guest: stock time=instructions timeout=400
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sequence/sequence.h"

#define SEEDS		2000
#define SEEDS_OF_A_CASE	250
#define CORPUS		"sequences.corpus"
#define DIFFERENCES_MAX	20	/* after that a run has told enough */

static unsigned int cases, differences;
static bool only_print;

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file)) {
		perror(path);
		exit(1);
	}
}

/*
 * The host counts the identifiers of its ping sockets up: past the ports that
 * are below those of a sequence.
 */
static void pass_identifiers(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	unsigned int i;
	int fd;

	for (i = 0; i < 1024; i++) {
		fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
		if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any))) {
			perror("ping socket");
			exit(1);
		}
		close(fd);
	}
}

/* Is it the first of its kind? Others are told, but not minimised. */
static bool is_new(const struct difference *found)
{
	static struct difference known[DIFFERENCES_MAX];
	static unsigned int count;
	unsigned int i;

	for (i = 0; i < count; i++)
		if (known[i].kind == found->kind &&
		    !strcmp(known[i].what, found->what) &&
		    known[i].option == found->option &&
		    known[i].host_value == found->host_value &&
		    known[i].stack_value == found->stack_value)
			return false;
	if (count < DIFFERENCES_MAX)
		known[count++] = *found;
	return true;
}

/* Return: whether both worlds are the same. */
static bool judge(struct sequence *sequence, const char *name)
{
	struct difference found;

	if (only_print) {
		unsigned int i;

		for (i = 0; i < sequence->count; i++) {
			print_call(stdout, &sequence->calls[i]);
			putchar('\n');
		}
		return true;
	}
	found = try_sequence(sequence);
	if (!found.what)
		return true;
	if (!is_new(&found)) {
		printf("# %s: %s, %s differs again\n", name, found.kind->name,
		       found.what);
		return false;
	}
	minimise(sequence);
	printf("# %s: AF_INET, AF_NETSTACK\n", name);
	report(stdout, sequence);
	fflush(stdout);
	differences++;
	return false;
}

static void tell(bool ok, const char *name)
{
	printf("%sok %u %s\n", ok ? "" : "not ", ++cases, name);
	fflush(stdout);
}

/* Sequences are divided by lines '= NAME'; # begins a comment. */
static void run_file(const char *path)
{
	struct sequence sequence = {};
	char line[256], name[256] = "";
	FILE *file = fopen(path, "r");
	unsigned int number = 0;

	if (!file) {
		perror(path);
		exit(1);
	}
	while (fgets(line, sizeof(line), file)) {
		number++;
		line[strcspn(line, "\n")] = 0;
		if (*line == '=') {
			if (sequence.count)
				tell(judge(&sequence, name), name);
			snprintf(name, sizeof(name), "%s", line + 2);
			sequence.count = 0;
			continue;
		}
		if (!*line || *line == '#')
			continue;
		if (sequence.count == CALLS_MAX ||
		    !parse_call(line, &sequence.calls[sequence.count])) {
			fprintf(stderr, "%s:%u: '%s' is no call\n", path,
				number, line);
			exit(1);
		}
		sequence.count++;
	}
	if (sequence.count)
		tell(judge(&sequence, name), name);
	fclose(file);
}

static void run_seeds(uint64_t seed, uint64_t count)
{
	struct sequence sequence;
	char name[80];

	while (count && differences < DIFFERENCES_MAX) {
		uint64_t part = count < SEEDS_OF_A_CASE ? count :
				SEEDS_OF_A_CASE, i;
		bool ok = true;

		for (i = 0; i < part && differences < DIFFERENCES_MAX; i++) {
			snprintf(name, sizeof(name), "seed %llu",
				 (unsigned long long)(seed + i));
			draw_sequence(&sequence, seed + i);
			ok &= judge(&sequence, name);
		}
		snprintf(name, sizeof(name), "seeds %llu to %llu",
			 (unsigned long long)seed,
			 (unsigned long long)(seed + part - 1));
		tell(ok, name);
		seed += part;
		count -= part;
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'c' },
		{ "file", required_argument, NULL, 'f' },
		{ "print", no_argument, NULL, 'p' }, { },
	};
	const char *file = NULL;
	uint64_t seed = 1, count = SEEDS;
	const struct option_row *rows;
	bool chosen = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			chosen = true;
			break;
		case 'c':
			count = strtoull(optarg, NULL, 0);
			chosen = true;
			break;
		case 'f':
			file = optarg;
			break;
		case 'p':
			only_print = true;
			break;
		default:
			return 2;
		}
	}
	option_rows(&rows);
	if (!only_print) {
		write_file("/proc/sys/net/ipv4/ping_group_range", "0 0");
		write_file("/proc/sys/net/netstack/ping_group_range", "0 0");
		pass_identifiers();
	}
	if (file)
		run_file(file);
	else if (!chosen)
		run_file(CORPUS);
	if (!file)
		run_seeds(seed, count);
	printf("1..%u\n", cases);
	return differences > 0;
}
