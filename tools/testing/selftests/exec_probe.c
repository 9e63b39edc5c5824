// SPDX-License-Identifier: GPL-2.0
/*
 * exec_probe CASE [ARGUMENT]: what a program sees of its calls under nsctl
 * exec; exec.sh runs it. Built twice, the second time without libraries
 * (exec_probe_static).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/netstack.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE	71
#endif

static int failures;

static void wrong(const char *what, long got, long wanted)
{
	printf("%s: %ld instead of %ld\n", what, got, wanted);
	failures++;
}

static void same(const char *what, long got, long wanted)
{
	if (got != wanted)
		wrong(what, got, wanted);
}

/* A call must fail with @err. */
static void refused(const char *what, long result, int err)
{
	if (result >= 0)
		wrong(what, result, -1);
	else
		same(what, errno, err);
}

static int option(int fd, int level, int name)
{
	socklen_t length = sizeof(int);
	int value = -1;

	return getsockopt(fd, level, name, &value, &length) ? -errno : value;
}

static bool is_of_stack(int fd)
{
	return option(fd, SOL_NETSTACK, NETSTACK_REUSEPORT) >= 0;
}

/* A socket of the stack, or the errno told. */
static int open_one(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd < 0)
		wrong("socket", errno, 0);
	else if (!is_of_stack(fd))
		wrong("a socket of the host, descriptor", fd, -1);
	return fd;
}

static void kinds(void)
{
	static const int families[] = { AF_INET, AF_INET6 };
	static const struct {
		int type, protocol;
	} kind[] = {
		{ SOCK_STREAM, IPPROTO_TCP }, { SOCK_DGRAM, IPPROTO_UDP },
	};
	unsigned int f, k, chosen;

	for (f = 0; f < 2; f++)
		for (k = 0; k < 2; k++)
			for (chosen = 0; chosen < 2; chosen++) {
				int fd = open_one(families[f], kind[k].type,
						  chosen * kind[k].protocol);

				same("SO_DOMAIN", option(fd, SOL_SOCKET,
							 SO_DOMAIN),
				     families[f]);
				same("SO_TYPE", option(fd, SOL_SOCKET, SO_TYPE),
				     kind[k].type);
				same("SO_PROTOCOL", option(fd, SOL_SOCKET,
							   SO_PROTOCOL),
				     kind[k].protocol);
				close(fd);
			}
}

static void flags(void)
{
	int i;

	for (i = 0; i < 4; i++) {
		int type = (i & 1 ? SOCK_CLOEXEC : 0) |
			   (i & 2 ? SOCK_NONBLOCK : 0);
		int fd = open_one(AF_INET, SOCK_STREAM | type, 0);

		same("close-on-exec", fcntl(fd, F_GETFD) & FD_CLOEXEC, i & 1);
		same("non-blocking", !!(fcntl(fd, F_GETFL) & O_NONBLOCK),
		     !!(i & 2));
		same("access mode", fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
		close(fd);
	}
	same("lowest free descriptor", open_one(AF_INET, SOCK_STREAM, 0), 3);
	refused("flag", socket(AF_INET, SOCK_STREAM | 0x10, 0), EINVAL);
}

static void errors(void)
{
	refused("type 77", socket(AF_INET, 77, 0), EINVAL);
	refused("type 9", socket(AF_INET, 9, 0), ESOCKTNOSUPPORT);
	refused("packet type", socket(AF_INET, SOCK_PACKET, 0),
		ESOCKTNOSUPPORT);
	refused("TCP datagrams", socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP),
		EPROTONOSUPPORT);
	refused("protocol -1", socket(AF_INET, SOCK_STREAM, -1), EINVAL);
	refused("protocol 263", socket(AF_INET, SOCK_STREAM, 263), EINVAL);
	refused("sequence of packets", socket(AF_INET, SOCK_SEQPACKET, 0),
		ESOCKTNOSUPPORT);
	refused("MPTCP", socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP),
		EPROTONOSUPPORT);
	refused("MPTCP over IPv6", socket(AF_INET6, SOCK_STREAM, IPPROTO_MPTCP),
		EPROTONOSUPPORT);
}

/* AF_UNIX and AF_ALG are the kernel's; nothing else is to be had. */
static void families(void)
{
	int family, type, pair[2];

	for (family = -1; family < 300; family++) {
		if (family == AF_UNIX || family == AF_ALG ||
		    family == AF_INET || family == AF_INET6 ||
		    family == AF_NETLINK || family == AF_NETSTACK)
			continue;
		for (type = SOCK_STREAM; type <= SOCK_SEQPACKET; type++)
			refused("family", socket(family, type, 0),
				EAFNOSUPPORT);
		refused("pair", socketpair(family, SOCK_STREAM, 0, pair),
			EAFNOSUPPORT);
	}
	same("AF_UNIX", socket(AF_UNIX, SOCK_STREAM, 0), 3);
	same("a pair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	close(open_one(AF_NETSTACK, SOCK_STREAM, 0));
	refused("pair", socketpair(AF_INET, SOCK_STREAM, 0, pair),
		EOPNOTSUPP);
}

static void netlink(void)
{
	static const int allowed[] = {
		NETLINK_KOBJECT_UEVENT, NETLINK_AUDIT, NETLINK_SELINUX,
		NETLINK_CRYPTO,
	};
	int protocol;
	unsigned int i;

	for (protocol = -1; protocol < 40; protocol++) {
		for (i = 0; i < 4; i++)
			if (protocol == allowed[i])
				break;
		if (i == 4 && protocol != NETLINK_ROUTE)
			refused("netlink", socket(AF_NETLINK, SOCK_RAW, protocol),
				EPROTONOSUPPORT);
	}
	if (socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT) < 0)
		wrong("events of devices", errno, 0);
	refused("a stream of routes",
		socket(AF_NETLINK, SOCK_STREAM, NETLINK_ROUTE),
		ESOCKTNOSUPPORT);
	for (i = 0; i < 2; i++) {
		struct sockaddr_nl name = { .nl_family = AF_NETLINK };
		socklen_t size = sizeof(name);
		int fd = socket(AF_NETLINK, (i ? SOCK_DGRAM : SOCK_RAW) |
				SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

		same("domain", option(fd, SOL_SOCKET, SO_DOMAIN), AF_NETLINK);
		same("close-on-exec", fcntl(fd, F_GETFD), FD_CLOEXEC);
		same("non-blocking", fcntl(fd, F_GETFL) & O_NONBLOCK,
		     O_NONBLOCK);
		same("bind", bind(fd, (void *)&name, sizeof(name)), 0);
		same("name", getsockname(fd, (void *)&name, &size), 0);
		/* The supervisor may not have closed the former yet. */
		if (!i)
			same("port", name.nl_pid, getpid());
		close(fd);
	}
}

static char *text_of(const struct sockaddr *address, char *text)
{
	const void *bytes = address->sa_family == AF_INET ?
		(const void *)&((const struct sockaddr_in *)address)->sin_addr :
		(const void *)&((const struct sockaddr_in6 *)address)->sin6_addr;

	inet_ntop(address->sa_family, bytes, text, INET6_ADDRSTRLEN);
	return text;
}

/* Addresses that there are, by getifaddrs(3): @ours, and not @theirs. */
static void addresses(const char *ours, const char *theirs)
{
	int found = 0, others = 0, stations = 0;
	char text[INET6_ADDRSTRLEN];
	struct ifaddrs *all, *one;

	if (getifaddrs(&all)) {
		wrong("getifaddrs", errno, 0);
		return;
	}
	for (one = all; one; one = one->ifa_next) {
		int family = one->ifa_addr ? one->ifa_addr->sa_family : 0;

		stations += family == AF_PACKET;
		if (family != AF_INET && family != AF_INET6)
			continue;
		text_of(one->ifa_addr, text);
		if (!strcmp(text, ours)) {
			found++;
			same("name", strcmp(one->ifa_name, "netstack0"), 0);
			same("up", !!(one->ifa_flags & IFF_UP), 1);
			same("mask", ((struct sockaddr_in *)
				      one->ifa_netmask)->sin_addr.s_addr,
			     htonl(0xffffff00));
		}
		others += !strcmp(text, theirs);
	}
	freeifaddrs(all);
	same("addresses of the stack", found, 1);
	same("addresses of the host", others, 0);
	/* lo and netstack0 */
	same("links", stations, 2);
}

static long call_i386(long number, long a, long b, long c)
{
	long result = -ENOSYS;

#ifdef __x86_64__
	asm volatile("int $0x80" : "=a"(result)
		     : "a"(number), "b"(a), "c"(b), "d"(c)
		     : "memory", "r8", "r9", "r10", "r11");
#endif
	errno = -(int)result;
	return (int)result < 0 ? -1 : (int)result;
}

static int ask_interface(int fd, unsigned long number, const char *name,
			 struct ifreq *request)
{
	memset(request, 0, sizeof(*request));
	strncpy(request->ifr_name, name, IFNAMSIZ - 1);
	return ioctl(fd, number, request);
}

/* SIOCGIFCONF tells the addresses of the stack, as many as there is room for */
static void list_addresses(int fd, const char *ours, const char *theirs)
{
	char text[INET6_ADDRSTRLEN];
	struct ifreq room[16];
	struct ifconf conf = { .ifc_len = 1 };
	int found = 0, others = 0, all, i;

	same("length", ioctl(fd, SIOCGIFCONF, &conf), 0);
	all = conf.ifc_len;
	same("whole entries", all % sizeof(*room), 0);
	conf.ifc_len = sizeof(room);
	conf.ifc_req = room;
	same("list", ioctl(fd, SIOCGIFCONF, &conf), 0);
	same("its length", conf.ifc_len, all);
	for (i = 0; i < all / (int)sizeof(*room) && i < 16; i++) {
		text_of(&room[i].ifr_addr, text);
		found += !strcmp(text, ours) &&
			 !strcmp(room[i].ifr_name, "netstack0");
		others += !strcmp(text, theirs);
	}
	same("addresses of the stack", found, 1);
	same("addresses of the host", others, 0);
	memset(room, 0x55, sizeof(room));
	conf.ifc_len = 2 * sizeof(*room) - 1;
	same("one entry", ioctl(fd, SIOCGIFCONF, &conf), 0);
	same("its length", conf.ifc_len, sizeof(*room));
	same("what follows", room[1].ifr_name[0], 0x55);
	conf.ifc_req = (void *)8;
	conf.ifc_len = sizeof(room);
	refused("no memory", ioctl(fd, SIOCGIFCONF, &conf), EFAULT);
	refused("no structure", ioctl(fd, SIOCGIFCONF, (void *)8), EFAULT);
}

/* ioctl() on any socket; @foreign: a device of the host that is no link */
static void interfaces(const char *ours, const char *theirs,
		       const char *foreign)
{
	int local = socket(AF_UNIX, SOCK_DGRAM, 0), fds[3], i;
	char name[IFNAMSIZ], text[INET6_ADDRSTRLEN];
	struct ifreq request;

	fds[0] = socket(AF_INET, SOCK_DGRAM, 0);
	fds[1] = socket(AF_INET6, SOCK_STREAM, 0);
	fds[2] = local;
	same("lo", if_nametoindex("lo"), 1);
	same("its name", if_indextoname(1, name) && !strcmp(name, "lo"), 1);
	if (!if_nametoindex("netstack0"))
		wrong("netstack0", errno, 0);
	refused("a foreign name", if_nametoindex(foreign) ? 0 : -1, ENODEV);
	for (i = 0; i < 3; i++) {
		same("index", ask_interface(fds[i], SIOCGIFINDEX, "netstack0",
					    &request), 0);
		same("its number", request.ifr_ifindex,
		     if_nametoindex("netstack0"));
		refused("a foreign index", ask_interface(fds[i], SIOCGIFINDEX,
							 foreign, &request),
			ENODEV);
		same("MTU", ask_interface(fds[i], SIOCGIFMTU, "lo", &request),
		     0);
		same("that of the stack", request.ifr_mtu, 65535);
		refused("no memory", ioctl(fds[i], SIOCGIFINDEX, (void *)8),
			EFAULT);
		refused("a change", ask_interface(fds[i], SIOCSIFFLAGS,
						  "netstack0", &request), EPERM);
		refused("a route", ioctl(fds[i], SIOCADDRT, &request), EPERM);
		refused("ethtool", ask_interface(fds[i], SIOCETHTOOL,
						 "netstack0", &request),
			EOPNOTSUPP);
		refused("a bridge", ioctl(fds[i], SIOCGIFBR, &request),
			EOPNOTSUPP);
		refused("of a driver", ask_interface(fds[i], SIOCDEVPRIVATE,
						     "netstack0", &request),
			EOPNOTSUPP);
		list_addresses(fds[i], ours, theirs);
	}
	same("address", ask_interface(fds[0], SIOCGIFADDR, "netstack0",
				      &request), 0);
	same("that of the stack", strcmp(text_of(&request.ifr_addr, text),
					 ours), 0);
	refused("of AF_INET6", ask_interface(fds[1], SIOCGIFADDR, "netstack0",
					     &request), ENOTTY);
	refused("of AF_UNIX", ask_interface(local, SIOCGIFADDR, "netstack0",
					    &request), ENOTTY);
	refused("no socket", ask_interface(1, SIOCGIFINDEX, "lo", &request),
		ENOTTY);
	refused("no file", ask_interface(99, SIOCGIFINDEX, "lo", &request),
		EBADF);
	same("at the mark", ioctl(fds[1], SIOCATMARK, &i), 0);
	same("not sent", ioctl(fds[1], SIOCOUTQNSD, &i), 0);
#ifdef __x86_64__
	refused("i386 ioctl", call_i386(54, local, SIOCGIFINDEX, 0),
		EOPNOTSUPP);
#endif
}

/* Other roads to a socket of the host. */
static void roads(void)
{
	int pidfd = syscall(SYS_pidfd_open, getpid(), 0);

	refused("pidfd_getfd", syscall(SYS_pidfd_getfd, pidfd, 1, 0), EPERM);
	refused("request_key", syscall(SYS_request_key, "dns_resolver", "x", "",
				       0), ENOSYS);
#ifdef __x86_64__
	refused("x32 socket", syscall(0x40000000 | SYS_socket, AF_INET,
				      SOCK_STREAM, 0), ENOSYS);
	refused("x32 getpid", syscall(0x40000000 | SYS_getpid), ENOSYS);
	refused("i386 socket", call_i386(359, AF_INET, SOCK_STREAM, 0),
		EAFNOSUPPORT);
	refused("i386 socketpair", call_i386(360, AF_INET, SOCK_STREAM, 0),
		EAFNOSUPPORT);
	refused("i386 socketcall", call_i386(102, 1, 0, 0), ENOSYS);
	refused("i386 socketcall's pair", call_i386(102, 8, 0, 0), ENOSYS);
	refused("i386 io_uring_setup", call_i386(425, 4, 0, 0), ENOSYS);
	refused("i386 pidfd_getfd", call_i386(438, pidfd, 1, 0), EPERM);
	same("i386 getpid", call_i386(20, 0, 0, 0), getpid());
	if (call_i386(359, AF_UNIX, SOCK_STREAM, 0) < 0)
		wrong("i386 AF_UNIX", errno, 0);
#endif
}

/* A filter of the program's own can only take away. */
static void own_filter(void)
{
	struct sock_filter allow[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 1, allow };

	refused("a second listener",
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			SECCOMP_FILTER_FLAG_NEW_LISTENER, &program), EBUSY);
	same("a filter", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0,
				 &program), 0);
	close(open_one(AF_INET, SOCK_STREAM, 0));
	refused("AF_PACKET", socket(AF_PACKET, SOCK_RAW, 0), EAFNOSUPPORT);
}

static unsigned long long netns_cookie(int fd)
{
	unsigned long long cookie = 0;
	socklen_t length = sizeof(cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length))
		wrong("SO_NETNS_COOKIE", errno, 0);
	return cookie;
}

/* Asks for CAP_NET_RAW, unless the stack has none. */
static void raw(int err)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	if (fd < 0 && errno == ESOCKTNOSUPPORT)
		return;
	same("a raw socket", fd < 0 ? errno : 0, err);
}

/* Another namespace has other sockets; these stay the stack's. */
static void namespaces(void)
{
	int fd = open_one(AF_INET, SOCK_STREAM, 0), other;

	same("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNET), 0);
	other = open_one(AF_INET, SOCK_STREAM, 0);
	same("namespace", netns_cookie(other), netns_cookie(fd));
	raw(EPERM);
}

static void domain(void)
{
	int fd = open_one(AF_INET6, SOCK_DGRAM, 0);
	int domain_value = -1, pair[2], room[4];
	socklen_t length = 2;

	same("of AF_INET6", option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	same("two bytes", getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain_value,
				     &length), 0);
	same("length", length, 2);
	same("value", domain_value & 0xffff, AF_INET6);
	length = 16;
	same("room", getsockopt(fd, SOL_SOCKET, SO_DOMAIN, room, &length), 0);
	same("length", length, sizeof(int));
	length = sizeof(int);
	refused("no value", getsockopt(fd, SOL_SOCKET, SO_DOMAIN, (void *)8,
				       &length), EFAULT);
	refused("no length", getsockopt(fd, SOL_SOCKET, SO_DOMAIN,
					&domain_value, (void *)8), EFAULT);
	length = -1;
	refused("length -1", getsockopt(fd, SOL_SOCKET, SO_DOMAIN,
					&domain_value, &length), EINVAL);
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	same("of AF_UNIX", option(pair[0], SOL_SOCKET, SO_DOMAIN), AF_UNIX);
	same("of no socket", option(1, SOL_SOCKET, SO_DOMAIN), -ENOTSOCK);
	same("of nothing", option(99, SOL_SOCKET, SO_DOMAIN), -EBADF);
}

static void same_ports(int value, int expected)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(4000 + value),
	};
	int one = open_one(AF_INET, SOCK_DGRAM, 0);
	int other = open_one(AF_INET, SOCK_DGRAM, 0);

	same("set", setsockopt(one, SOL_SOCKET, SO_REUSEPORT, &value,
			       sizeof(value)), 0);
	same("set", setsockopt(other, SOL_SOCKET, SO_REUSEPORT, &value,
			       sizeof(value)), 0);
	same("get", option(one, SOL_SOCKET, SO_REUSEPORT), value);
	same("bind", bind(one, (void *)&address, sizeof(address)), 0);
	same("bind of the other", bind(other, (void *)&address, sizeof(address))
	     ? errno : 0, expected);
	close(one);
	close(other);
}

static void options(void)
{
	int fd = open_one(AF_INET, SOCK_STREAM, 0), on = 1, pair[2];

	same_ports(0, EADDRINUSE);
	same_ports(1, 0);
	refused("a short value", setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on,
					    3), EINVAL);
	refused("no value", setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, (void *)8,
				       4), EFAULT);
	same("SO_ZEROCOPY", setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on,
				       sizeof(on)), 0);
	same("it is set", option(fd, SOL_NETSTACK, NETSTACK_ZEROCOPY), 1);
	refused("of no socket", setsockopt(1, SOL_SOCKET, SO_REUSEPORT, &on, 4),
		ENOTSOCK);
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	/* Whatever a kernel says there, it is not about the stack. */
	setsockopt(pair[0], SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
}

static void no_room(void)
{
	struct rlimit limit = { 8, 8 };
	int fd, count = 0;

	setrlimit(RLIMIT_NOFILE, &limit);
	while ((fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0)
		count++;
	same("errno", errno, EMFILE);
	same("sockets", count, 5);
	close(5);
	same("again", open_one(AF_INET, SOCK_STREAM, 0), 5);
}

static pthread_barrier_t barrier;

static void *open_many(void *unused)
{
	int i;

	(void)unused;
	pthread_barrier_wait(&barrier);
	for (i = 0; i < 5; i++) {
		int fd = open_one(i & 1 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);

		/* All have their first, which stays, before one has more. */
		if (i)
			close(fd);
		else
			pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void threads(int count)
{
	struct rlimit limit = { count + 100, count + 100 };
	pthread_t *thread = calloc(count, sizeof(*thread));
	pthread_attr_t attributes;
	int i;

	setrlimit(RLIMIT_NOFILE, &limit);
	pthread_barrier_init(&barrier, NULL, count);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 32768);
	for (i = 0; i < count; i++)
		if (pthread_create(&thread[i], &attributes, open_many, NULL)) {
			wrong("threads", i, count);
			exit(1);
		}
	for (i = 0; i < count; i++)
		pthread_join(thread[i], NULL);
	/* Each has one open: the next are behind them. */
	same("next descriptor", open_one(AF_INET, SOCK_STREAM, 0), count + 3);
}

static void children(char *self)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		close(open_one(AF_INET, SOCK_STREAM, 0));
		_exit(failures);
	}
	same("fork", waitpid(pid, &status, 0), pid);
	same("its status", status, 0);
	pid = vfork();
	if (!pid) {
		execl(self, self, "kinds", NULL);
		_exit(99);
	}
	same("vfork", waitpid(pid, &status, 0), pid);
	same("its status", status, 0);
	refused("no child but these", waitpid(-1, &status, __WALL), ECHILD);
}

static int ticks;

static void tick(int signal)
{
	(void)signal;
	__atomic_fetch_add(&ticks, 1, __ATOMIC_RELAXED);
}

/* Calls are begun again after a signal, as SA_RESTART asks. */
static void signals(void)
{
	struct sigaction action = {
		.sa_handler = tick, .sa_flags = SA_RESTART,
	};
	struct itimerval often = { { 0, 500 }, { 0, 500 } };
	int i;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (i = 0; i < 500 || __atomic_load_n(&ticks, __ATOMIC_RELAXED) < 20; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd < 0) {
			wrong("socket", errno, 0);
			return;
		}
		close(fd);
	}
	memset(&often, 0, sizeof(often));
	setitimer(ITIMER_REAL, &often, NULL);
	same("lowest free descriptor", open_one(AF_INET, SOCK_STREAM, 0), 3);
}

/* What a program finds of its surroundings. */
static void surroundings(char **argv)
{
	same("process", getpid(), atoi(argv[0]));
	same("group", getpgrp(), atoi(argv[1]));
	same("session", getsid(0), atoi(argv[2]));
	same("first free descriptor", dup(0), 3);
	refused("child", waitpid(-1, NULL, __WALL), ECHILD);
}

/* Without a supervisor. */
static void orphan(void)
{
	refused("socket", socket(AF_INET, SOCK_STREAM, 0), ENOSYS);
	refused("AF_INET6", socket(AF_INET6, SOCK_DGRAM, 0), ENOSYS);
	refused("io_uring_setup", syscall(SYS_io_uring_setup, 4, NULL), ENOSYS);
	same("AF_UNIX", socket(AF_UNIX, SOCK_STREAM, 0), 3);
}

static int pages;

/* Of http://127.0.0.1/, until @pages are fetched. */
static void *fetch_pages(void *unused)
{
	static const char request[] = "GET / HTTP/1.0\r\n\r\n";
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(80),
	};
	char page[4096];

	(void)unused;
	while (__atomic_fetch_sub(&pages, 1, __ATOMIC_RELAXED) > 0) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		size_t length = 0;
		ssize_t got;

		if (connect(fd, (void *)&address, sizeof(address)) ||
		    write(fd, request, sizeof(request) - 1) < 0)
			wrong("connect", errno, 0);
		while ((got = read(fd, page + length,
				   sizeof(page) - 1 - length)) > 0)
			length += got;
		page[length] = 0;
		if (got || strncmp(page, "HTTP/1.1 200", 12) ||
		    !strstr(page, "\r\n\r\na page\n"))
			wrong("octets of a page", length, 1);
		close(fd);
	}
	return NULL;
}

static void fetch(int count, int by)
{
	pthread_t thread[64];
	int i;

	pages = count;
	for (i = 0; i < by; i++)
		if (pthread_create(&thread[i], NULL, fetch_pages, NULL))
			exit(1);
	for (i = 0; i < by; i++)
		pthread_join(thread[i], NULL);
}

/* For groups of ping_group_range. */
static void ping(int err)
{
	int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);

	same("a ping socket", fd < 0 ? errno : 0, err);
	fd = socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6);
	same("of IPv6", fd < 0 ? errno : 0, err);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (!strcmp(name, "kinds"))
		kinds();
	else if (!strcmp(name, "flags"))
		flags();
	else if (!strcmp(name, "errors"))
		errors();
	else if (!strcmp(name, "families"))
		families();
	else if (!strcmp(name, "netlink"))
		netlink();
	else if (!strcmp(name, "addresses") && argc > 3)
		addresses(argv[2], argv[3]);
	else if (!strcmp(name, "interfaces") && argc > 4)
		interfaces(argv[2], argv[3], argv[4]);
	else if (!strcmp(name, "roads"))
		roads();
	else if (!strcmp(name, "own_filter"))
		own_filter();
	else if (!strcmp(name, "namespaces"))
		namespaces();
	else if (!strcmp(name, "domain"))
		domain();
	else if (!strcmp(name, "options"))
		options();
	else if (!strcmp(name, "no_room"))
		no_room();
	else if (!strcmp(name, "threads") && argc > 2)
		threads(atoi(argv[2]));
	else if (!strcmp(name, "children"))
		children(argv[0]);
	else if (!strcmp(name, "signals"))
		signals();
	else if (!strcmp(name, "surroundings") && argc > 4)
		surroundings(argv + 2);
	else if (!strcmp(name, "orphan"))
		orphan();
	else if (!strcmp(name, "ping") && argc > 2)
		ping(atoi(argv[2]));
	else if (!strcmp(name, "fetch") && argc > 3)
		fetch(atoi(argv[2]), atoi(argv[3]));
	else if (!strcmp(name, "uid"))
		printf("%d\n", geteuid());
	else if (!strcmp(name, "raw") && argc > 2)
		raw(atoi(argv[2]));
	else
		wrong("no such case, arguments", argc, 2);
	return failures > 0;
}
