// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl: shows and sets the netstack of a network namespace.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nsctl.h"

static const struct object *const objects[] = {
	&link_object, &addr_object, &route_object, &neigh_object,
	&impair_object, &socket_object, &stat_object, &monitor_object, &info_object,
};

#define OBJECTS (sizeof(objects) / sizeof(objects[0]))

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

	puts("nsctl [-j] [-n NETNS] OBJECT { COMMAND | help }\n"
	     "  -j         JSON output\n"
	     "  -n NETNS   stack of that network namespace (a name of ip-netns(8)\n"
	     "             or a path)\n"
	     "  -V         version of nsctl\n"
	     "OBJECT := { link | addr | route | neigh | impair | socket | stat | monitor | info }\n");
	for (i = 0; i < OBJECTS; i++)
		puts(objects[i]->usage);
}

static int enter_namespace(const char *name)
{
	char path[4096];
	int fd;

	if (strchr(name, '/'))
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return kernel_error("network namespace %s: %s (%s)", name,
				    strerror(errno),
				    strerrorname_np(errno));
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

	if (argc < 1)
		return object->commands[0].run(&object->commands[0], 0, argv);
	if (!strcmp(argv[0], "help")) {
		puts(object->usage);
		return EXIT_OK;
	}
	for (command = object->commands; command->name; command++)
		if (!strcmp(argv[0], command->name))
			return command->run(command, argc - 1, argv + 1);
	return usage_error("%s has no command '%s': try nsctl %s help",
			   object->name, argv[0], object->name);
}

int main(int argc, char **argv)
{
	int option, status;
	size_t i;

	while ((option = getopt(argc, argv, "+:jn:V")) != -1) {
		switch (option) {
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
			return usage_error("no option -%c: try nsctl help",
					   optopt);
		}
	}
	argc -= optind;
	argv += optind;
	if (argc < 1)
		return usage_error("no object named: try nsctl help");
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
