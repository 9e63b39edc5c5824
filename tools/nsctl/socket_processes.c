// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl socket -p: which processes have a socket open, by the links of
 * /proc/PID/fd, which name its inode. Those that the caller may not read are
 * left out.
 */
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "socket.h"

/**
 * struct user - a descriptor of a process
 */
struct user {
	uint32_t inode;
	int pid;
	int fd;
	char name[32];
};

static struct user *users;
static size_t user_count;

static void read_name(int pid, char *name, size_t size)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(name, size, file))
		name[strcspn(name, "\n")] = 0;
	fclose(file);
	/* A process names itself: that must not speak to a terminal. */
	for (; *name; name++)
		if (iscntrl((unsigned char)*name))
			*name = '?';
}

static void read_descriptors(int pid)
{
	char path[64], target[64], name[sizeof(users->name)] = "";
	const struct dirent *entry;
	struct user *user;
	uint32_t inode;
	ssize_t length;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		length = readlinkat(dirfd(dir), entry->d_name, target,
				    sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = 0;
		if (sscanf(target, "socket:[%" SCNu32 "]", &inode) != 1)
			continue;
		if (!name[0])
			read_name(pid, name, sizeof(name));
		user = array_grow(&users, &user_count, sizeof(*user));
		user->inode = inode;
		user->pid = pid;
		user->fd = atoi(entry->d_name);
		memcpy(user->name, name, sizeof(name));
	}
	closedir(dir);
}

static int compare(const void *a, const void *b)
{
	const struct user *left = a, *right = b;

	if (left->inode != right->inode)
		return left->inode < right->inode ? -1 : 1;
	if (left->pid != right->pid)
		return left->pid - right->pid;
	return left->fd - right->fd;
}

void processes_load(void)
{
	const struct dirent *entry;
	DIR *dir = opendir("/proc");

	user_count = 0;
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			read_descriptors(atoi(entry->d_name));
	closedir(dir);
	if (user_count)
		qsort(users, user_count, sizeof(*users), compare);
}

/* The first of an inode, or where it would be. */
static size_t find(uint32_t inode)
{
	size_t low = 0, high = user_count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (users[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct json_object *processes_json(uint32_t inode)
{
	struct json_object *list = NULL, *process;
	size_t i;

	for (i = find(inode); i < user_count && users[i].inode == inode; i++) {
		if (!list)
			list = json_object_new_array();
		process = json_object_new_object();
		put_string(process, "name", users[i].name);
		put_number(process, "pid", users[i].pid);
		put_number(process, "fd", users[i].fd);
		json_object_array_add(list, process);
	}
	return list;
}

void processes_text(struct json_object *processes)
{
	const char *separator = " users:(";
	struct json_object *process;
	size_t i;

	for (i = 0; i < json_object_array_length(processes); i++) {
		process = json_object_array_get_idx(processes, i);
		printf("%s(\"%s\",pid=%" PRIu64 ",fd=%" PRIu64 ")", separator,
		       get_string(process, "name"),
		       get_number(process, "pid"), get_number(process, "fd"));
		separator = ",";
	}
	putchar(')');
}
