// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl: shows and sets the netstack of a network namespace.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nsctl.h"

static const struct object *const objects[] = {
	&link_object, &addr_object, &route_object, &rule_object, &neigh_object,
	&maddr_object, &impair_object, &socket_object, &stat_object,
	&monitor_object, &info_object, &exec_object, &capture_object,
};

#define OBJECTS (sizeof(objects) / sizeof(objects[0]))

int only_family;

static void print_error(const char *format, va_list args)
{
	fputs("nsctl: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int usage_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_error(format, args);
	va_end(args);
	return EXIT_USAGE;
}

int kernel_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_error(format, args);
	va_end(args);
	return EXIT_REFUSED;
}

int unknown_word(const char *object, const char *command, const char *word)
{
	return usage_error("%s %s has no word '%s': try nsctl %s help", object,
			   command, word, object);
}

void *array_grow(void *array, size_t *count, size_t size)
{
	char *elements, *last;

	memcpy(&elements, array, sizeof(elements));
	elements = realloc(elements, (*count + 1) * size);
	if (!elements)
		exit(kernel_error("out of memory"));
	memcpy(array, &elements, sizeof(elements));
	last = elements + *count * size;
	memset(last, 0, size);
	(*count)++;
	return last;
}

static void help(void)
{
	size_t i;

	puts("nsctl [-4 | -6] [-j] [-n NETNS] OBJECT { COMMAND | help }\n"
	     "nsctl [-j] [-n NETNS] [-f] -batch FILE\n"
	     "  -4         IPv4 only\n"
	     "  -6         IPv6 only\n"
	     "  -b FILE    a command in each line of a file (-: standard input); also -batch\n"
	     "  -f         go on after a line that fails; also -force\n"
	     "  -j         JSON output\n"
	     "  -n NETNS   stack of that network namespace (a name of ip-netns(8)\n"
	     "             or a path)\n"
	     "  -V         version of nsctl\n"
	     "OBJECT := { link | addr | route | rule | neigh | maddr | impair | socket | stat | monitor | info | exec | capture }\n");
	for (i = 0; i < OBJECTS; i++)
		puts(objects[i]->usage);
}

int open_namespace(const char *name)
{
	char path[4096];
	int fd;

	if (strchr(name, '/'))
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		kernel_error("network namespace %s: %s (%s)", name,
			     strerror(errno), strerrorname_np(errno));
	return fd;
}

static int enter_namespace(const char *name)
{
	int fd = open_namespace(name);

	if (fd < 0)
		return EXIT_REFUSED;
	if (setns(fd, CLONE_NEWNET)) {
		int err = errno;

		close(fd);
		return kernel_error("network namespace %s: %s (%s)", name,
				    strerror(err), strerrorname_np(err));
	}
	close(fd);
	return EXIT_OK;
}

static int run(const struct object *object, int argc, char **argv)
{
	const struct command *command;

	if (argc && !strcmp(argv[0], "help")) {
		puts(object->usage);
		return EXIT_OK;
	}
	if (object->run)
		return object->run(argc, argv);
	if (argc < 1)
		return object->commands[0].run(&object->commands[0], 0, argv);
	for (command = object->commands; command->name; command++)
		if (!strcmp(argv[0], command->name))
			return command->run(command, argc - 1, argv + 1);
	return usage_error("%s has no command '%s': try nsctl %s help",
			   object->name, argv[0], object->name);
}

/* OBJECT [ COMMAND WORDS... ] */
static int run_line(int argc, char **argv)
{
	int status;
	size_t i;

	if (!strcmp(argv[0], "help")) {
		help();
		return EXIT_OK;
	}
	for (i = 0; i < OBJECTS; i++) {
		if (strcmp(argv[0], objects[i]->name))
			continue;
		status = run(objects[i], argc - 1, argv + 1);
		if (fflush(stdout) || ferror(stdout))
			return kernel_error("cannot write the output: %s",
					    strerror(errno));
		return status;
	}
	return usage_error("no object '%s': try nsctl help", argv[0]);
}

/* The words of a line, up to a #. Return: how many. */
static int split_line(char *line, char **argv, int max)
{
	static const char blanks[] = " \t\n";
	int argc = 0;
	char *word;

	line[strcspn(line, "#")] = 0;
	for (word = strtok(line, blanks); word && argc < max;
	     word = strtok(NULL, blanks))
		argv[argc++] = word;
	return argc;
}

#define LINE_WORDS	512

/* Ends at the first line that fails, with its status; @force: after all. */
static int run_batch(const char *name, bool force)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "r") : stdin;
	unsigned long number = 0;
	int status = EXIT_OK;
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return usage_error("batch file %s: %s", name, strerror(errno));
	while (getline(&line, &size, file) > 0) {
		char *argv[LINE_WORDS];
		int argc = split_line(line, argv, LINE_WORDS - 1);
		int err;

		argv[argc] = NULL;
		number++;
		err = argc ? run_line(argc, argv) : EXIT_OK;
		if (!err)
			continue;
		fprintf(stderr, "nsctl: that was line %lu of %s\n", number,
			name);
		if (!status)
			status = err;
		if (!force)
			break;
	}
	free(line);
	if (file != stdin)
		fclose(file);
	return status;
}

static const struct option long_options[] = {
	{ "batch", required_argument, NULL, 'b' },
	{ "force", no_argument, NULL, 'f' },
	{ NULL, 0, NULL, 0 },
};

int main(int argc, char **argv)
{
	const char *batch = NULL;
	int option, status;
	bool force = false;

	while ((option = getopt_long_only(argc, argv, "+:46b:fjn:V",
					  long_options, NULL)) != -1) {
		switch (option) {
		case '4':
			only_family = AF_INET;
			break;
		case '6':
			only_family = AF_INET6;
			break;
		case 'b':
			batch = optarg;
			break;
		case 'f':
			force = true;
			break;
		case 'j':
			json_output = true;
			break;
		case 'n':
			status = enter_namespace(optarg);
			if (status)
				return status;
			break;
		case 'V':
			puts("nsctl " NSCTL_VERSION);
			return EXIT_OK;
		case ':':
			return usage_error("option -%c needs a value: try nsctl help",
					   optopt);
		default:
			return usage_error("no option %s: try nsctl help",
					   argv[optind - 1]);
		}
	}
	argc -= optind;
	argv += optind;
	if (batch)
		return argc ? usage_error("'%s' is one word too many", argv[0]) :
			      run_batch(batch, force);
	if (argc < 1)
		return usage_error("no object named: try nsctl help");
	return run_line(argc, argv);
}
