// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl exec: ioctl() about interfaces (netdevice(7)).
 *
 * On whatever socket a program asks, it is told of the stack's links and
 * addresses: if_nametoindex() of the C library, for one, asks on a socket of
 * AF_UNIX, whose interfaces are the host's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/netstack.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>

#include "exec.h"

/* Parts of a dump are no longer than the room that there is for them. */
#define DUMP_ROOM	8192

/**
 * struct list - what SIOCGIFCONF tells
 * @target: whose memory it goes to
 * @address: where in it; 0: only the length is asked for
 * @room: bytes that there are
 * @length: bytes that it has so far
 * @err: errno, or 0
 */
struct list {
	const struct target *target;
	uint64_t address;
	int room;
	int length;
	int err;
};

/* One of the addresses, as the host tells them: whole, or not at all. */
static void list_add(struct list *list, const char *label, const void *address)
{
	struct ifreq entry = { 0 };
	struct sockaddr_in *name = (struct sockaddr_in *)&entry.ifr_addr;

	if (list->address && list->length + (int)sizeof(entry) > list->room)
		return;
	strncpy(entry.ifr_name, label, IFNAMSIZ - 1);
	name->sin_family = AF_INET;
	memcpy(&name->sin_addr, address, sizeof(name->sin_addr));
	if (list->address &&
	    !target_write(list->target, list->address + list->length, &entry,
			  sizeof(entry)))
		list->err = EFAULT;
	list->length += sizeof(entry);
}

static void list_message(struct list *list, const struct nlmsghdr *message)
{
	const struct ifaddrmsg *header = NLMSG_DATA(message);
	const char *label = NULL, *address = NULL;
	const struct rtattr *attribute = IFA_RTA(header);
	int left = IFA_PAYLOAD(message);

	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
		if (attribute->rta_type == IFA_LABEL)
			label = RTA_DATA(attribute);
		else if (attribute->rta_type == IFA_LOCAL)
			address = RTA_DATA(attribute);
	if (label && address)
		list_add(list, label, address);
}

/* Return: there is more to come. */
static bool list_messages(struct list *list, const void *messages, int length)
{
	const struct nlmsghdr *message = messages;

	for (; NLMSG_OK(message, length); message = NLMSG_NEXT(message, length)) {
		if (message->nlmsg_type == NLMSG_DONE)
			return false;
		if (message->nlmsg_type == NLMSG_ERROR) {
			list->err = EIO;
			return false;
		}
		if (message->nlmsg_type == RTM_NEWADDR)
			list_message(list, message);
	}
	return true;
}

static int list_all(const struct caller *caller, struct list *list)
{
	struct {
		struct nlmsghdr message;
		struct ifaddrmsg header;
	} request = {
		.message = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETADDR,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.header = { .ifa_family = AF_INET },
	};
	char room[DUMP_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t length;
	int fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, caller->facts->netlink);
	if (fd < 0)
		return errno;
	length = send(fd, &request, sizeof(request), 0);
	if (length > 0)
		do {
			length = recv(fd, room, sizeof(room), 0);
		} while (length > 0 && list_messages(list, room, length));
	if (length < 0)
		list->err = errno;
	close(fd);
	return list->err;
}

/* SIOCGIFCONF: IPv4 addresses with the names of their links. */
static int tell_list(const struct caller *caller, const struct target *target)
{
	uint64_t address = caller->request->data.args[2];
	struct list list = { .target = target };
	struct ifconf conf;
	int err;

	if (!target_read(target, address, &conf, sizeof(conf)))
		return EFAULT;
	list.address = (uintptr_t)conf.ifc_buf;
	list.room = conf.ifc_len;
	err = list_all(caller, &list);
	if (err)
		return err;
	return target_write(target, address, &list.length,
			    sizeof(list.length)) ? 0 : EFAULT;
}

/* The others: the caller's structure, there and back. */
static int tell(const struct caller *caller, const struct target *target,
		int fd)
{
	uint64_t address = caller->request->data.args[2];
	struct ifreq request;

	if (!target_read(target, address, &request, sizeof(request)))
		return EFAULT;
	if (ioctl(fd, (unsigned int)caller->request->data.args[1], &request))
		return errno;
	return target_write(target, address, &request, sizeof(request)) ?
		0 : EFAULT;
}

/* Other sockets than AF_INET's know no addresses of IPv4 on the host. */
static int tell_other(const struct caller *caller, const struct target *target)
{
	int fd, err;

	fd = socket(caller->facts->family, SOCK_DGRAM | SOCK_CLOEXEC,
		    NETSTACK_IPV6);
	if (fd < 0)
		return errno;
	err = tell(caller, target, fd);
	close(fd);
	return err;
}

static bool is_socket(int fd)
{
	socklen_t length = sizeof(int);
	int type;

	return !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length);
}

/*
 * The kernel would tell of the host: where the supervisor may not look, nobody
 * does. On what is no socket the number means something else.
 */
void call_ioctl(const struct caller *caller, struct seccomp_notif_resp *answer)
{
	struct target target;

	if (!target_open(caller, &target)) {
		answer->error = -EPERM;
		return;
	}
	if (target.fd < 0)
		answer->error = -EBADF;
	else if (!is_socket(target.fd))
		answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else if ((unsigned int)caller->request->data.args[1] == SIOCGIFCONF)
		answer->error = -tell_list(caller, &target);
	else if (target_is_of_stack(caller, &target))
		answer->error = -tell(caller, &target, target.fd);
	else
		answer->error = -tell_other(caller, &target);
	target_close(&target);
}
