// SPDX-License-Identifier: GPL-2.0
/*
 * ioctl(2) about interfaces (netdevice(7)) on sockets of AF_INET, AF_INET6 and
 * AF_NETSTACK, whose interfaces are set up alike: the same answers. Then what
 * is the stack's alone.
 *
 * guest: stock timeout=120
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/netstack.h>
#include <linux/sockios.h>

#include "kselftest_harness.h"

static const struct {
	const char *name;
	unsigned long number;
} asked[] = {
	{ "SIOCGIFINDEX", SIOCGIFINDEX }, { "SIOCGIFFLAGS", SIOCGIFFLAGS },
	{ "SIOCGIFADDR", SIOCGIFADDR }, { "SIOCGIFDSTADDR", SIOCGIFDSTADDR },
	{ "SIOCGIFBRDADDR", SIOCGIFBRDADDR },
	{ "SIOCGIFNETMASK", SIOCGIFNETMASK },
	{ "SIOCGIFMTU", SIOCGIFMTU }, { "SIOCGIFMETRIC", SIOCGIFMETRIC },
	{ "SIOCGIFTXQLEN", SIOCGIFTXQLEN }, { "SIOCGIFMAP", SIOCGIFMAP },
}, set[] = {
	{ "SIOCSIFNAME", SIOCSIFNAME }, { "SIOCSIFFLAGS", SIOCSIFFLAGS },
	{ "SIOCSIFADDR", SIOCSIFADDR }, { "SIOCSIFDSTADDR", SIOCSIFDSTADDR },
	{ "SIOCSIFBRDADDR", SIOCSIFBRDADDR },
	{ "SIOCSIFNETMASK", SIOCSIFNETMASK },
	{ "SIOCSIFMETRIC", SIOCSIFMETRIC }, { "SIOCSIFMTU", SIOCSIFMTU },
	{ "SIOCSIFHWADDR", SIOCSIFHWADDR },
	{ "SIOCSIFTXQLEN", SIOCSIFTXQLEN }, { "SIOCSIFMAP", SIOCSIFMAP },
	{ "SIOCADDMULTI", SIOCADDMULTI }, { "SIOCDELMULTI", SIOCDELMULTI },
};

#define ASKED	(sizeof(asked) / sizeof(*asked))
#define SET	(sizeof(set) / sizeof(*set))

FIXTURE(interfaces)
{
	int host[2];	/* IPv4, IPv6 */
	int stack[2];
	int kinds[4];	/* the stack's: TCP, ping, raw, capture */
};

FIXTURE_SETUP(interfaces)
{
	static const char *const commands[] = {
		"ip link set lo up",
		"ip link add wire type netstack",
		"ip link add bare type netstack",
		"ip link set wire up",
		"nsctl link set bare down",
		"ip addr add 10.1.0.1/24 brd + dev wire",
		"nsctl addr add 10.1.0.1/24 dev wire noprobe",
		"ip addr add 10.1.1.1/25 brd + dev wire",
		"nsctl addr add 10.1.1.1/25 dev wire noprobe",
		"sysctl -q -w net.netstack.ping_group_range='0 0'",
	};

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		ASSERT_EQ(0, system(commands[i])) {
			TH_LOG("%s", commands[i]);
		}
	}
	self->host[0] = socket(AF_INET, SOCK_DGRAM, 0);
	self->host[1] = socket(AF_INET6, SOCK_DGRAM, 0);
	self->stack[0] = socket(AF_NETSTACK, SOCK_DGRAM, 0);
	self->stack[1] = socket(AF_NETSTACK, SOCK_DGRAM, NETSTACK_IPV6);
	self->kinds[0] = socket(AF_NETSTACK, SOCK_STREAM, 0);
	self->kinds[1] = socket(AF_NETSTACK, SOCK_DGRAM, IPPROTO_ICMP);
	self->kinds[2] = socket(AF_NETSTACK, SOCK_RAW, IPPROTO_ICMP);
	self->kinds[3] = socket(AF_NETSTACK, SOCK_RAW, NETSTACK_CAPTURE);
	ASSERT_LE(0, self->stack[1]);
	ASSERT_LE(0, self->kinds[3]);
}

FIXTURE_TEARDOWN(interfaces)
{
	for (int i = 0; i < 4; i++)
		close(self->kinds[i]);
	for (int i = 0; i < 2; i++) {
		close(self->host[i]);
		close(self->stack[i]);
	}
}

/* Return: errno, or 0. */
static int ask(int fd, unsigned long number, const char *name,
	       struct ifreq *request)
{
	strncpy(request->ifr_name, name, IFNAMSIZ);
	return ioctl(fd, number, request) ? errno : 0;
}

TEST_F(interfaces, same_answers)
{
	static const char *const names[] = {
		"wire", "lo", "bare", "none", "", "wire:0", "wire:one",
		"0123456789abcdef",
	};

	for (size_t i = 0; i < ASKED * 2 * sizeof(names) / sizeof(*names); i++) {
		const char *name = names[i / 2 / ASKED];
		unsigned long number = asked[i / 2 % ASKED].number;
		struct ifreq host, stack;
		int err;

		/* That of lo is as large as an IPv4 packet; it has no other. */
		if (!strcmp(name, "lo") &&
		    (number == SIOCGIFMTU || number == SIOCGIFBRDADDR))
			continue;
		/* There is room between the fields of a map. */
		memset(&host, number == SIOCGIFMAP ? 0 : 0x55, sizeof(host));
		stack = host;
		err = ask(self->host[i % 2], number, name, &host);
		EXPECT_EQ(err, ask(self->stack[i % 2], number, name, &stack))
			TH_LOG("%s of '%s', %zu", asked[i / 2 % ASKED].name,
			       name, i % 2);
		EXPECT_EQ(0, memcmp(&host, &stack, sizeof(host)))
			TH_LOG("%s of '%s', %zu", asked[i / 2 % ASKED].name,
			       name, i % 2);
	}
}

TEST_F(interfaces, names_of_numbers)
{
	struct ifreq host, stack;

	for (int index = -1; index < 9; index++) {
		memset(&host, 0, sizeof(host));
		host.ifr_ifindex = index;
		stack = host;
		EXPECT_EQ(ask(self->host[0], SIOCGIFNAME, "", &host),
			  ask(self->stack[0], SIOCGIFNAME, "", &stack));
		EXPECT_EQ(0, memcmp(&host, &stack, sizeof(host)));
	}
}

/* The address that is named, if there is one, else the first. */
TEST_F(interfaces, address_by_itself)
{
	static const char *const addresses[] = {
		"10.1.1.1", "10.1.0.1", "10.9.9.9",
	};

	for (int i = 0; i < 3; i++) {
		struct ifreq host = { .ifr_addr.sa_family = AF_INET }, stack;
		struct sockaddr_in *sin = (void *)&host.ifr_addr;

		inet_pton(AF_INET, addresses[i], &sin->sin_addr);
		stack = host;
		EXPECT_EQ(0, ask(self->host[0], SIOCGIFNETMASK, "wire", &host));
		EXPECT_EQ(0, ask(self->stack[0], SIOCGIFNETMASK, "wire",
				 &stack));
		EXPECT_EQ(0, memcmp(&host, &stack, sizeof(host)));
	}
}

TEST_F(interfaces, every_kind_of_socket)
{
	for (int i = 0; i < 4; i++) {
		struct ifreq request = { 0 };

		EXPECT_EQ(0, ask(self->kinds[i], SIOCGIFINDEX, "wire",
				 &request));
		EXPECT_EQ(if_nametoindex("wire"),
			  (unsigned int)request.ifr_ifindex);
	}
}

/* Stations and addresses are not the host's. */
TEST_F(interfaces, of_the_stack)
{
	struct ifreq host = { 0 }, stack = { 0 };

	ASSERT_EQ(0, system("nsctl link set wire address 02:00:00:00:00:77"));
	ASSERT_EQ(0, ask(self->host[0], SIOCGIFHWADDR, "wire", &host));
	ASSERT_EQ(0, ask(self->stack[0], SIOCGIFHWADDR, "wire", &stack));
	EXPECT_EQ(host.ifr_hwaddr.sa_family, stack.ifr_hwaddr.sa_family);
	EXPECT_EQ(0, memcmp(stack.ifr_hwaddr.sa_data, "\2\0\0\0\0\x77", 6));
	EXPECT_NE(0, memcmp(host.ifr_hwaddr.sa_data, stack.ifr_hwaddr.sa_data,
			    6));
	ASSERT_EQ(0, ask(self->host[0], SIOCGIFHWADDR, "lo", &host));
	ASSERT_EQ(0, ask(self->stack[0], SIOCGIFHWADDR, "lo", &stack));
	EXPECT_EQ(0, memcmp(&host, &stack, sizeof(host)));
	ASSERT_EQ(0, system("ip addr flush dev wire"));
	EXPECT_EQ(0, ask(self->stack[0], SIOCGIFADDR, "wire", &stack));
}

TEST_F(interfaces, no_memory)
{
	EXPECT_EQ(-1, ioctl(self->stack[0], SIOCGIFINDEX, (void *)8));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->stack[0], SIOCGIFADDR, (void *)8));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(interfaces, nothing_is_changed)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq request = { .ifr_data = (void *)&info };

	EXPECT_EQ(EOPNOTSUPP, ask(self->stack[0], SIOCETHTOOL, "wire",
				  &request));
	for (size_t i = 0; i < SET; i++) {
		memset(&request, 0, sizeof(request));
		EXPECT_EQ(EOPNOTSUPP, ask(self->stack[0], set[i].number,
					  "wire", &request))
			TH_LOG("%s", set[i].name);
	}
	ASSERT_EQ(0, setgid(65534));
	ASSERT_EQ(0, setuid(65534));
	for (size_t i = 0; i < SET; i++) {
		memset(&request, 0, sizeof(request));
		EXPECT_EQ(EPERM, ask(self->stack[0], set[i].number, "wire",
				     &request))
			TH_LOG("%s", set[i].name);
	}
}

TEST_HARNESS_MAIN
