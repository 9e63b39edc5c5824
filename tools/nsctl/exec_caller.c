// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl exec: what /proc tells of a thread whose call is held back. Its number
 * may be another one's meanwhile: what was found is true only if the thread
 * waits still (caller_waits()).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "exec.h"

bool caller_waits(const struct caller *caller)
{
	return !ioctl(caller->listener, SECCOMP_IOCTL_NOTIF_ID_VALID,
		      &caller->request->id);
}

/* What is behind @key in a file like /proc/PID/status; false: there is none. */
static bool status_line(const char *name, const char *key, char *line,
			int size)
{
	size_t length = strlen(key);
	FILE *file = fopen(name, "re");
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, size, file))
		found = !strncmp(line, key, length) && line[length] == ':';
	fclose(file);
	if (found)
		memmove(line, line + length + 1, strlen(line + length));
	return found && strchr(line, '\n');
}

bool caller_status(const struct caller *caller, const char *key, char *line,
		   int size)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/status", caller->request->pid);
	return status_line(name, key, line, size);
}

bool caller_number(const struct caller *caller, const char *key, int base,
		   uint64_t *value)
{
	char line[STATUS_LINE];

	if (!caller_status(caller, key, line, sizeof(line)))
		return false;
	*value = strtoull(line, NULL, base);
	return true;
}

bool caller_same_status(const struct caller *caller, const char *key)
{
	char own[STATUS_LINE], theirs[STATUS_LINE];

	return status_line("/proc/self/status", key, own, sizeof(own)) &&
	       caller_status(caller, key, theirs, sizeof(theirs)) &&
	       !strcmp(own, theirs);
}

bool caller_same_user_namespace(const struct caller *caller)
{
	struct stat own, theirs;
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/ns/user", caller->request->pid);
	return !stat("/proc/self/ns/user", &own) && !stat(name, &theirs) &&
	       own.st_ino == theirs.st_ino && own.st_dev == theirs.st_dev;
}

int caller_memory(const struct caller *caller)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/mem", caller->request->pid);
	return open(name, O_RDWR | O_CLOEXEC);
}
