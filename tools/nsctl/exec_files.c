// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl exec: files that the program finds instead of the system's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "exec.h"
#include "nsctl.h"

static bool write_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC);
	bool written;

	if (fd < 0)
		return false;
	written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return written;
}

/* A user namespace in which the user is who they were, and may mount. */
static bool own_user_namespace(void)
{
	unsigned int uid = geteuid(), gid = getegid();
	char map[64];

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return false;
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	if (!write_file("/proc/self/uid_map", map) ||
	    !write_file("/proc/self/setgroups", "deny"))
		return false;
	snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	return write_file("/proc/self/gid_map", map);
}

static bool own_mounts(void)
{
	if (unshare(CLONE_NEWNS) &&
	    (errno != EPERM || !own_user_namespace()))
		return kernel_error("cannot make a mount namespace: %s; try as root (%s)",
				    strerror(errno), strerrorname_np(errno)),
		       false;
	/* What is mounted outside later is seen; what is in here is not. */
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL))
		return kernel_error("cannot separate the mounts: %s (%s)",
				    strerror(errno), strerrorname_np(errno)),
		       false;
	return true;
}

static bool replace(const char *file, const char *by)
{
	if (!by || !mount(by, file, NULL, MS_BIND, NULL))
		return true;
	if (access(by, R_OK))
		kernel_error("file %s: %s (%s)", by, strerror(errno),
			     strerrorname_np(errno));
	else if (access(file, F_OK))
		kernel_error("cannot replace %s: there is none; make an empty one (%s)",
			     file, strerrorname_np(errno));
	else
		kernel_error("cannot put %s in the place of %s: both must be files",
			     by, file);
	return false;
}

bool files_replace(const char *resolv_conf, const char *hosts)
{
	if (!resolv_conf && !hosts)
		return true;
	return own_mounts() && replace("/etc/resolv.conf", resolv_conf) &&
	       replace("/etc/hosts", hosts);
}
