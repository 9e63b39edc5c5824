// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl exec: what becomes of the calls that are held back.
 *
 * What the kernel copied of a call can't change any more; the caller's memory
 * and descriptors can, by its other threads. No way to a socket depends on
 * them: socket() is all numbers, and is never passed on to the kernel. Options
 * are, when the socket is not one of the stack; should it have become another
 * one meanwhile, the kernel says what it says without nsctl exec.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/netstack.h>

#include "exec.h"

#define TYPE_MASK	0xf	/* of socket()'s type; the rest are flags */

/*
 * The kernel asks for the privilege of who calls socket(), which is the
 * supervisor: the caller may have given it up, or have one of its own user
 * namespace only.
 */
static bool may_open_raw(const struct caller *caller)
{
	uint64_t capabilities;

	return caller_same_user_namespace(caller) &&
	       caller_number(caller, "CapEff", 16, &capabilities) &&
	       capabilities >> CAP_NET_RAW & 1;
}

/* Ping sockets are for groups: the supervisor's, if the caller has them. */
static bool may_open_ping(const struct caller *caller)
{
	return caller_same_user_namespace(caller) &&
	       caller_same_status(caller, "Gid") &&
	       caller_same_status(caller, "Groups");
}

/* Return: 0, or the errno of who may not open what is open already. */
static int look_at_privilege(const struct caller *caller, int fd)
{
	int type, protocol;
	socklen_t length = sizeof(type);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length))
		return errno;
	length = sizeof(protocol);
	if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length))
		return errno;
	if (type == SOCK_RAW)
		return may_open_raw(caller) && caller_waits(caller) ? 0 : EPERM;
	if (type == SOCK_DGRAM && protocol != IPPROTO_UDP)
		return may_open_ping(caller) && caller_waits(caller) ? 0 : EACCES;
	return 0;
}

/* Return: a descriptor here, or -1 with the errno that the caller gets. */
static int open_socket(const struct caller *caller)
{
	const struct seccomp_data *data = &caller->request->data;
	int family = data->args[0], type = data->args[1];
	int protocol = data->args[2];
	int fd, err;

	/* The filter has seen that it is NETLINK_ROUTE. */
	if (family == AF_NETLINK)
		return socket(family, type | SOCK_CLOEXEC,
			      caller->facts->netlink);
	if (family == AF_INET6)
		protocol |= NETSTACK_IPV6;
	fd = socket(caller->facts->family, type | SOCK_CLOEXEC, protocol);
	if (fd < 0 || (type & TYPE_MASK) == SOCK_STREAM)
		return fd;
	err = look_at_privilege(caller, fd);
	if (!err)
		return fd;
	close(fd);
	errno = err;
	return -1;
}

bool call_socket(const struct caller *caller, struct seccomp_notif_resp *answer)
{
	struct seccomp_notif_addfd give = { .id = caller->request->id };
	int fd = open_socket(caller);

	if (fd < 0) {
		answer->error = -errno;
		return true;
	}
	give.srcfd = fd;
	give.flags = SECCOMP_ADDFD_FLAG_SEND;
	if (caller->request->data.args[1] & SOCK_CLOEXEC)
		give.newfd_flags = O_CLOEXEC;
	if (ioctl(caller->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &give) < 0)
		answer->error = -errno;		/* EMFILE, or it is gone */
	close(fd);
	return answer->error;
}

void target_close(const struct target *target)
{
	if (target->fd >= 0)
		close(target->fd);
	if (target->memory >= 0)
		close(target->memory);
}

bool target_is_of_stack(const struct caller *caller,
			const struct target *target)
{
	int domain;
	socklen_t length = sizeof(domain);

	return !getsockopt(target->fd, SOL_SOCKET, SO_DOMAIN, &domain,
			   &length) &&
	       domain == caller->facts->family;
}

bool target_open(const struct caller *caller, struct target *target)
{
	uint64_t process;
	int pidfd, err;

	*target = (struct target){ -1, -1 };
	/* pid is that of a thread; a descriptor is asked of the process. */
	if (!caller_number(caller, "Tgid", 10, &process))
		return false;
	pidfd = syscall(SYS_pidfd_open, (pid_t)process, 0);
	if (pidfd < 0)
		return false;
	target->memory = caller_memory(caller);
	target->fd = syscall(SYS_pidfd_getfd, pidfd,
			     (int)caller->request->data.args[0], 0);
	err = errno;
	close(pidfd);
	/* All of that was the caller's if it is still there now. */
	if (target->memory >= 0 && (target->fd >= 0 || err == EBADF) &&
	    caller_waits(caller))
		return true;
	target_close(target);
	return false;
}

/* Return: whether it is a socket of the stack, and can be got at. */
static bool target_open_socket(const struct caller *caller,
			       struct target *target)
{
	if (!target_open(caller, target))
		return false;
	if (target->fd >= 0 && target_is_of_stack(caller, target))
		return true;
	target_close(target);
	return false;
}

bool target_read(const struct target *target, uint64_t address, void *value,
		 size_t size)
{
	return pread(target->memory, value, size, address) == (ssize_t)size;
}

bool target_write(const struct target *target, uint64_t address,
		  const void *value, size_t size)
{
	return pwrite(target->memory, value, size, address) == (ssize_t)size;
}

static int say_domain(const struct target *target,
		      const struct seccomp_data *data)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);
	int domain, length;

	if (getsockname(target->fd, (struct sockaddr *)&name, &size))
		return errno;
	domain = name.ss_family;
	if (!target_read(target, data->args[4], &length, sizeof(length)))
		return EFAULT;
	if (length < 0)
		return EINVAL;
	if (length > (int)sizeof(domain))
		length = sizeof(domain);
	if (!target_write(target, data->args[3], &domain, length) ||
	    !target_write(target, data->args[4], &length, sizeof(length)))
		return EFAULT;
	return 0;
}

/* To the kernel with it: it is not about the stack. */
static void pass_on(struct seccomp_notif_resp *answer)
{
	answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
}

/* SO_DOMAIN: AF_INET or AF_INET6, not the family that the program can't know */
void call_getsockopt(const struct caller *caller,
		     struct seccomp_notif_resp *answer)
{
	struct target target;

	if (!target_open_socket(caller, &target)) {
		pass_on(answer);
		return;
	}
	answer->error = -say_domain(&target, &caller->request->data);
	target_close(&target);
}

/* Options of SOL_SOCKET that have another name here. */
static int set_option(const struct target *target,
		      const struct seccomp_data *data)
{
	int name = (int)data->args[2] == SO_REUSEPORT ? NETSTACK_REUSEPORT :
							NETSTACK_ZEROCOPY;
	int length = data->args[4], value;

	if (length < (int)sizeof(value))
		return EINVAL;
	if (!target_read(target, data->args[3], &value, sizeof(value)))
		return EFAULT;
	return setsockopt(target->fd, SOL_NETSTACK, name, &value,
			  sizeof(value)) ? errno : 0;
}

void call_setsockopt(const struct caller *caller,
		     struct seccomp_notif_resp *answer)
{
	struct target target;

	if (!target_open_socket(caller, &target)) {
		pass_on(answer);
		return;
	}
	answer->error = -set_option(&target, &caller->request->data);
	target_close(&target);
}
