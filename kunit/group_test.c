// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of netstack/network/group.c, transport/membership.c and
 * socket/group_options.c: what members want, what the stack takes, and which
 * socket is given what. Routers are told in igmp_test.c.
 */
#include "../netstack/network/reverse_path.h"
#include "group_fixture.h"

/* RFC 1112 7.1, 7.2 */
static void join__takes_what_was_not_taken_before(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);

	nst_wire_inject_dropped(wire, group_frame(test, GROUP(1), SOURCE(2),
						  "no"),
				NST_DROP_LINK_OTHER_HOST);
	KUNIT_EXPECT_EQ(test, 0, group_join(sock, 1));
	nst_wire_discard(wire);
	group_inject(wire, 1, 2, "yes");
	sock_expect(test, sock, "yes");
	KUNIT_EXPECT_EQ(test, 0, group_leave(sock, 1));
	nst_wire_discard(wire);
	nst_wire_inject_dropped(wire, group_frame(test, GROUP(1), SOURCE(2),
						  "no"),
				NST_DROP_LINK_OTHER_HOST);
	sock_expect_empty(test, sock);
}

/* Two groups have the same station: RFC 1112 6.4. */
static void join__another_group_of_the_same_station_is_refused
	(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);

	KUNIT_EXPECT_EQ(test, 0, group_join(sock, 1));
	nst_wire_discard(wire);
	nst_wire_inject_dropped(wire, group_frame(test, 0xe1010001, SOURCE(2),
						  "no"),
				NST_DROP_IP_NOT_MEMBER);
}

static void join__all_hosts_from_the_start(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);

	nst_wire_inject(wire, group_frame(test, INADDR_ALLHOSTS_GROUP,
					  SOURCE(2), "all"));
	sock_expect(test, sock, "all");
	nst_wire_expect_nothing(wire);
}

static void join__refuses(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *stream = sock_make(test, SOCK_STREAM);
	struct socket *sock = sock_make(test, SOCK_DGRAM);
	struct ip_mreq unknown = {
		.imr_multiaddr.s_addr = htonl(GROUP(1)),
		.imr_interface.s_addr = htonl(NST_WIRE_OTHER),
	};
	unsigned int i;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			group_member(sock, IP_ADD_MEMBERSHIP, NST_WIRE_PEER,
				     NST_WIRE_INDEX));
	KUNIT_EXPECT_EQ(test, -ENODEV,
			group_member(sock, IP_ADD_MEMBERSHIP, GROUP(1), 77));
	KUNIT_EXPECT_EQ(test, -ENODEV,
			group_option(sock, IP_ADD_MEMBERSHIP, &unknown,
				     sizeof(unknown)));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			group_option(sock, IP_ADD_MEMBERSHIP, &unknown,
				     sizeof(unknown) - 1));
	KUNIT_EXPECT_EQ(test, -EPROTO, group_join(stream, 1));
	KUNIT_EXPECT_EQ(test, 0, group_join(sock, 0));
	KUNIT_EXPECT_EQ(test, -EADDRINUSE, group_join(sock, 0));
	for (i = 1; i < 20; i++)
		KUNIT_EXPECT_EQ(test, 0, group_join(sock, i));
	KUNIT_EXPECT_EQ(test, -ENOBUFS, group_join(sock, 20));
	wire->stack->config.igmp_max_memberships = 21;
	KUNIT_EXPECT_EQ(test, 0, group_join(sock, 20));
}

static void join__chooses_the_link_by_address_or_route(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_link *second = second_link(wire, 0);
	struct socket *sock = sock_make(test, SOCK_DGRAM);
	struct ip_mreq mreq = {
		.imr_multiaddr.s_addr = htonl(GROUP(1)),
		.imr_interface.s_addr = htonl(0x0a010001),
	};
	union nst_address group = ipv4(GROUP(1));

	KUNIT_EXPECT_EQ(test, 0, address_add(second, 0x0a010001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, group_option(sock, IP_ADD_MEMBERSHIP, &mreq,
					      sizeof(mreq)));
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, nst_group_member_rcu(second, AF_INET, &group));
	KUNIT_EXPECT_FALSE(test, nst_group_member_rcu(wire->link, AF_INET,
						      &group));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, 0, route_add(wire->stack, (struct route_words) {
				.to = 0xe0000000, .len = 4,
				.dev = NST_WIRE_INDEX }));
	KUNIT_EXPECT_EQ(test, 0, group_member(sock, IP_ADD_MEMBERSHIP,
					      GROUP(1), 0));
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, nst_group_member_rcu(wire->link, AF_INET,
						     &group));
	rcu_read_unlock();
	/* Joined on one link is not joined on the other. */
	KUNIT_EXPECT_EQ(test, 0, group_member(sock, IP_DROP_MEMBERSHIP,
					      GROUP(1), NST_WIRE_INDEX));
	nst_wire_discard(wire);
	nst_wire_inject_dropped(wire, group_frame(test, GROUP(1), SOURCE(2),
						  "no"),
				NST_DROP_LINK_OTHER_HOST);
}

static void leave__refuses(struct kunit *test)
{
	struct socket *sock;

	nst_wire_create_ipv4(test);
	sock = sock_make(test, SOCK_DGRAM);
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL, group_leave(sock, 1));
	KUNIT_EXPECT_EQ(test, 0, group_join(sock, 1));
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			group_member(sock, IP_DROP_MEMBERSHIP, GROUP(1), 77));
	KUNIT_EXPECT_EQ(test, 0, group_leave(sock, 1));
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL, group_leave(sock, 1));
}

static void close__leaves_every_group(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, 0, sock_create_kern(&init_net, nst_family,
						  SOCK_DGRAM, 0, &sock));
	KUNIT_EXPECT_EQ(test, 0, group_join(sock, 1));
	KUNIT_EXPECT_EQ(test, 0, group_source(sock, IP_ADD_SOURCE_MEMBERSHIP,
					      2, 7));
	KUNIT_EXPECT_TRUE(test, group_admits(wire, 1, 2));
	KUNIT_EXPECT_TRUE(test, group_admits(wire, 2, 7));
	sock_release(sock);
	KUNIT_EXPECT_FALSE(test, group_admits(wire, 1, 2));
	KUNIT_EXPECT_FALSE(test, group_admits(wire, 2, 7));
}

/* RFC 3678 4.1.2, 4.1.3 */
static void source__include_admits_those_only(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);

	KUNIT_EXPECT_EQ(test, 0, group_source(sock, IP_ADD_SOURCE_MEMBERSHIP,
					      1, 7));
	nst_wire_discard(wire);
	group_inject(wire, 1, 7, "seven");
	sock_expect(test, sock, "seven");
	nst_wire_inject_dropped(wire, group_frame(test, GROUP(1), SOURCE(8),
						  "eight"),
				NST_DROP_IP_NOT_MEMBER);
	KUNIT_EXPECT_EQ(test, 0, group_source(sock, IP_ADD_SOURCE_MEMBERSHIP,
					      1, 8));
	group_inject(wire, 1, 8, "eight");
	sock_expect(test, sock, "eight");
	/* With its last source the membership ends. */
	KUNIT_EXPECT_EQ(test, 0, group_source(sock, IP_DROP_SOURCE_MEMBERSHIP,
					      1, 7));
	KUNIT_EXPECT_EQ(test, 0, group_source(sock, IP_DROP_SOURCE_MEMBERSHIP,
					      1, 8));
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL, group_leave(sock, 1));
}

static void source__exclude_blocks_those_only(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);

	KUNIT_EXPECT_EQ(test, 0, group_join(sock, 1));
	KUNIT_EXPECT_EQ(test, 0, group_source(sock, IP_BLOCK_SOURCE, 1, 7));
	nst_wire_discard(wire);
	nst_wire_inject_dropped(wire, group_frame(test, GROUP(1), SOURCE(7),
						  "seven"),
				NST_DROP_IP_NOT_MEMBER);
	group_inject(wire, 1, 8, "eight");
	sock_expect(test, sock, "eight");
	KUNIT_EXPECT_EQ(test, 0, group_source(sock, IP_UNBLOCK_SOURCE, 1, 7));
	group_inject(wire, 1, 7, "seven");
	sock_expect(test, sock, "seven");
}

static void source__refuses(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_make(test, SOCK_DGRAM);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, -EINVAL, group_source(sock, IP_BLOCK_SOURCE, 1,
						    7));
	KUNIT_EXPECT_EQ(test, 0, group_join(sock, 1));
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			group_source(sock, IP_UNBLOCK_SOURCE, 1, 7));
	KUNIT_EXPECT_EQ(test, 0, group_source(sock, IP_BLOCK_SOURCE, 1, 7));
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			group_source(sock, IP_BLOCK_SOURCE, 1, 7));
	/* The mode of a list that is not empty stays. */
	KUNIT_EXPECT_EQ(test, -EINVAL,
			group_source(sock, IP_ADD_SOURCE_MEMBERSHIP, 1, 8));
	for (i = 8; i < 17; i++)
		KUNIT_EXPECT_EQ(test, 0, group_source(sock, IP_BLOCK_SOURCE, 1,
						      i));
	KUNIT_EXPECT_EQ(test, -ENOBUFS, group_source(sock, IP_BLOCK_SOURCE, 1,
						     17));
	wire->stack->config.igmp_max_msf = 11;
	KUNIT_EXPECT_EQ(test, 0, group_source(sock, IP_BLOCK_SOURCE, 1, 17));
}

/* RFC 3678 4.1.3: MCAST_JOIN_SOURCE_GROUP on an any-source membership. */
static void source__empty_list_takes_the_other_mode(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_make(test, SOCK_DGRAM);

	KUNIT_EXPECT_EQ(test, 0, group_join(sock, 1));
	KUNIT_EXPECT_EQ(test, 0, group_source(sock, IP_ADD_SOURCE_MEMBERSHIP,
					      1, 7));
	KUNIT_EXPECT_TRUE(test, group_admits(wire, 1, 7));
	KUNIT_EXPECT_FALSE(test, group_admits(wire, 1, 8));
}

static int msfilter(struct socket *sock, u8 n, u32 mode, u8 count, u32 claimed)
{
	struct ip_msfilter *msf;
	u32 buffer[4 + 16] = {};
	unsigned int i;

	msf = (struct ip_msfilter *)buffer;
	msf->imsf_multiaddr = htonl(GROUP(n));
	msf->imsf_interface = htonl(NST_WIRE_LOCAL);
	msf->imsf_fmode = mode;
	msf->imsf_numsrc = claimed;
	for (i = 0; i < count; i++)
		buffer[4 + i] = (__force u32)htonl(SOURCE(7 + i));
	return group_option(sock, IP_MSFILTER, buffer,
			    IP_MSFILTER_SIZE(count));
}

static void msfilter__replaces_the_filter(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_make(test, SOCK_DGRAM);

	KUNIT_EXPECT_EQ(test, -EINVAL, msfilter(sock, 1, MCAST_INCLUDE, 2, 2));
	KUNIT_EXPECT_EQ(test, 0, group_join(sock, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, msfilter(sock, 1, 2, 2, 2));
	KUNIT_EXPECT_EQ(test, -EINVAL, msfilter(sock, 1, 258, 2, 2));
	KUNIT_EXPECT_EQ(test, -EINVAL, msfilter(sock, 1, MCAST_INCLUDE, 2, 3));
	KUNIT_EXPECT_EQ(test, -ENOBUFS, msfilter(sock, 1, 1, 2, 11));
	KUNIT_EXPECT_EQ(test, -ENOBUFS, msfilter(sock, 1, 1, 2, ~0));
	KUNIT_EXPECT_EQ(test, 0, msfilter(sock, 1, MCAST_INCLUDE, 2, 2));
	KUNIT_EXPECT_TRUE(test, group_admits(wire, 1, 8));
	KUNIT_EXPECT_FALSE(test, group_admits(wire, 1, 9));
	KUNIT_EXPECT_EQ(test, 0, msfilter(sock, 1, MCAST_EXCLUDE, 2, 2));
	KUNIT_EXPECT_FALSE(test, group_admits(wire, 1, 8));
	KUNIT_EXPECT_TRUE(test, group_admits(wire, 1, 9));
	/* RFC 3678 4.2.1: nobody is wanted any more. */
	KUNIT_EXPECT_EQ(test, 0, msfilter(sock, 1, MCAST_INCLUDE, 0, 0));
	KUNIT_EXPECT_FALSE(test, group_admits(wire, 1, 9));
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL, group_leave(sock, 1));
}

/* The protocol-independent options mean the same. */
static void mcast__options_mean_the_same(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_make(test, SOCK_DGRAM);
	struct group_req req = { .gr_interface = NST_WIRE_INDEX };
	struct group_source_req source = { .gsr_interface = NST_WIRE_INDEX };
	struct sockaddr_in *group = (struct sockaddr_in *)&req.gr_group;

	*group = sock_address(GROUP(1), 0);
	memcpy(&source.gsr_group, group, sizeof(*group));
	*(struct sockaddr_in *)&source.gsr_source = sock_address(SOURCE(7), 0);

	KUNIT_EXPECT_EQ(test, 0, group_option(sock, MCAST_JOIN_GROUP, &req,
					      sizeof(req)));
	KUNIT_EXPECT_TRUE(test, group_admits(wire, 1, 7));
	KUNIT_EXPECT_EQ(test, 0, group_option(sock, MCAST_BLOCK_SOURCE,
					      &source, sizeof(source)));
	KUNIT_EXPECT_FALSE(test, group_admits(wire, 1, 7));
	KUNIT_EXPECT_EQ(test, 0, group_option(sock, MCAST_UNBLOCK_SOURCE,
					      &source, sizeof(source)));
	KUNIT_EXPECT_TRUE(test, group_admits(wire, 1, 7));
	KUNIT_EXPECT_EQ(test, 0, group_option(sock, MCAST_LEAVE_GROUP, &req,
					      sizeof(req)));
	KUNIT_EXPECT_EQ(test, 0, group_option(sock, MCAST_JOIN_SOURCE_GROUP,
					      &source, sizeof(source)));
	KUNIT_EXPECT_TRUE(test, group_admits(wire, 1, 7));
	KUNIT_EXPECT_FALSE(test, group_admits(wire, 1, 8));
	KUNIT_EXPECT_EQ(test, 0, group_option(sock, MCAST_LEAVE_SOURCE_GROUP,
					      &source, sizeof(source)));
	KUNIT_EXPECT_FALSE(test, group_admits(wire, 1, 7));

	KUNIT_EXPECT_EQ(test, -EINVAL, group_option(sock, MCAST_JOIN_GROUP,
						    &req, sizeof(req) - 1));
	group->sin_family = AF_INET6;
	KUNIT_EXPECT_EQ(test, -EINVAL, group_option(sock, MCAST_JOIN_GROUP,
						    &req, sizeof(req)));
	((struct sockaddr_in *)&source.gsr_source)->sin_family = AF_INET6;
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			group_option(sock, MCAST_JOIN_SOURCE_GROUP, &source,
				     sizeof(source)));
}

/* The example of RFC 3376 3.2. */
static void merge__as_in_the_example_of_the_rfc(struct kunit *test)
{
	/* a to g are 1 to 7 */
	static const char * const wanted[] = { "ex 1 2 3 4", "ex 2 3 4 5",
					       "in 4 5 6" };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_group_filter *filters[3];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		filters[i] = group_filter(test, wanted[i]);
		KUNIT_EXPECT_EQ(test, 0, group_change(wire, 1, NULL,
						      filters[i]));
	}
	/* EXCLUDE {b, c} */
	for (i = 1; i < 8; i++)
		KUNIT_EXPECT_EQ(test, i != 2 && i != 3,
				group_admits(wire, 1, i));
	/* The first one leaves: EXCLUDE {b, c}, then without the second. */
	group_change(wire, 1, filters[0], NULL);
	for (i = 1; i < 8; i++)
		KUNIT_EXPECT_EQ(test, i != 2 && i != 3,
				group_admits(wire, 1, i));
	/* INCLUDE {d, e, f} */
	group_change(wire, 1, filters[1], NULL);
	for (i = 1; i < 8; i++)
		KUNIT_EXPECT_EQ(test, i >= 4 && i <= 6,
				group_admits(wire, 1, i));
	group_change(wire, 1, filters[2], NULL);
	KUNIT_EXPECT_FALSE(test, group_admits(wire, 1, 4));
}

/* Many members come and go: in the end nothing is left of them. */
static void merge__counts_do_not_leak(struct kunit *test)
{
	static const char * const words[] = { "-", "ex", "ex 1 2", "in 1 3",
					      "in 2", "ex 3" };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_group_filter *filters[ARRAY_SIZE(words)];
	unsigned int member[5] = {}, i, step;
	u32 seed = 7;

	wire->stack->config.igmp_qrv = 1;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		filters[i] = group_filter(test, words[i]);
	for (step = 0; step < 500; step++) {
		unsigned int who, what;

		seed = seed * 1664525 + 1013904223;
		who = (seed >> 16) % 5;
		what = step < 490 ? (seed >> 20) % ARRAY_SIZE(words) : 0;
		if (step >= 495)
			who = step - 495;
		if (!what && !member[who])
			continue;
		group_change(wire, 1, filters[member[who]], filters[what]);
		member[who] = what;
	}
	for (i = 0; i < 5; i++)
		if (member[i])
			group_change(wire, 1, filters[member[i]], NULL);
	KUNIT_EXPECT_NULL(test, group_of(wire, 1));
	/* All hosts of both families, on the wire and on lo. */
	KUNIT_EXPECT_EQ(test, 4u, nst_group_count(wire->stack));
}

static void limits__bound_groups_and_sources(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	wire->stack->config.group_max = 5;
	group_words(wire, 1, "-", "ex");
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			group_change(wire, 2, NULL, group_filter(test, "ex")));
	/* What is only reported as left makes room. */
	group_words(wire, 1, "ex", "-");
	KUNIT_EXPECT_NOT_NULL(test, group_of(wire, 1));
	group_words(wire, 2, "-", "ex");
	KUNIT_EXPECT_NULL(test, group_of(wire, 1));

	wire->stack->config.group_source_max = 2;
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			group_change(wire, 2, NULL,
				     group_filter(test, "in 1 2 3")));
	KUNIT_EXPECT_TRUE(test, group_admits(wire, 2, 1));
	KUNIT_EXPECT_EQ(test, 0u, group_of(wire, 2)->source_count);
	group_words(wire, 2, "-", "ex 1 2");
	KUNIT_EXPECT_EQ(test, 2u, group_of(wire, 2)->source_count);
}

static void deliver__each_socket_by_its_own_filter(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *any = group_receiver(test, 0);
	struct socket *one = group_receiver(test, 0);
	struct socket *not = group_receiver(test, 0);
	struct socket *bound = group_receiver(test, GROUP(1));
	struct socket *other = group_receiver(test, GROUP(2));
	struct socket *unicast = group_receiver(test, NST_WIRE_LOCAL);

	group_join(any, 1);
	group_source(one, IP_ADD_SOURCE_MEMBERSHIP, 1, 7);
	group_join(not, 1);
	group_source(not, IP_BLOCK_SOURCE, 1, 7);
	group_inject(wire, 1, 7, "seven");
	group_inject(wire, 1, 8, "eight");
	sock_expect(test, any, "seven");
	sock_expect(test, any, "eight");
	sock_expect(test, one, "seven");
	sock_expect_empty(test, one);
	sock_expect(test, not, "eight");
	sock_expect_empty(test, not);
	/* Bound to the group, not a member: IP_MULTICAST_ALL. */
	sock_expect(test, bound, "seven");
	sock_expect(test, bound, "eight");
	sock_expect_empty(test, other);
	sock_expect_empty(test, unicast);
}

static void deliver__multicast_all_off_wants_membership(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *member = group_receiver(test, 0);
	struct socket *sock = group_receiver(test, 0);
	int off = 0;

	group_join(member, 1);
	group_join(member, 2);
	group_join(sock, 2);
	KUNIT_EXPECT_EQ(test, 0, group_option(sock, IP_MULTICAST_ALL, &off,
					      sizeof(off)));
	group_inject(wire, 1, 7, "one");
	group_inject(wire, 2, 7, "two");
	sock_expect(test, sock, "two");
	sock_expect_empty(test, sock);
	sock_expect(test, member, "one");
	/* Broadcasts are no groups. */
	off = 2;
	KUNIT_EXPECT_EQ(test, -EINVAL, group_option(sock, IP_MULTICAST_ALL,
						    &off, sizeof(off)));
}

static void loop__member_hears_itself(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);
	struct sockaddr_in from;
	char data[8];
	struct kvec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = { .msg_name = &from };
	int off = 0;

	sock->sk->sk_bound_dev_if = NST_WIRE_INDEX;
	KUNIT_EXPECT_EQ(test, 3, sock_send(sock, GROUP(1), GROUP_PORT, "one",
					   3, 0));
	group_settle();
	nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	sock_expect_empty(test, sock);

	group_join(sock, 1);
	nst_wire_discard(wire);
	KUNIT_EXPECT_EQ(test, 3, sock_send(sock, GROUP(1), GROUP_PORT, "two",
					   3, 0));
	nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	sock->sk->sk_rcvtimeo = HZ;
	KUNIT_EXPECT_EQ(test, 3, kernel_recvmsg(sock, &msg, &iov, 1,
						sizeof(data), 0));
	KUNIT_EXPECT_EQ(test, NST_WIRE_LOCAL, ntohl(from.sin_addr.s_addr));

	group_option(sock, IP_MULTICAST_LOOP, &off, sizeof(off));
	KUNIT_EXPECT_EQ(test, 5, sock_send(sock, GROUP(1), GROUP_PORT, "three",
					   5, 0));
	group_settle();
	nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	sock_expect_empty(test, sock);
}

/* RFC 1112 6.1 */
static void loop__ttl_zero_stays_here(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);
	int ttl = 0;

	group_join(sock, 1);
	nst_wire_discard(wire);
	group_option(sock, IP_MULTICAST_TTL, &ttl, sizeof(ttl));
	KUNIT_EXPECT_EQ(test, 3, sock_send(sock, GROUP(1), GROUP_PORT, "one",
					   3, 0));
	group_expect_looped(test, sock, "one");
	nst_wire_expect_nothing(wire);
}

static void loop__source_filters_hold(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);

	group_join(sock, 1);
	group_source(sock, IP_BLOCK_SOURCE, 1, 1);
	nst_wire_discard(wire);
	sock_send(sock, GROUP(1), GROUP_PORT, "one", 3, 0);
	group_settle();
	nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	sock_expect_empty(test, sock);
}

/* What it asks of others it does not ask of ourselves. */
static void loop__passes_the_guard_of_the_link(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);

	wire->stack->config.rp_filter = NST_REVERSE_PATH_STRICT;
	group_join(sock, 1);
	sock_send(sock, GROUP(1), GROUP_PORT, "one", 3, 0);
	group_expect_looped(test, sock, "one");
}

static void loop__broadcast_is_heard_here_too(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);

	sock_set_flag(sock->sk, SOCK_BROADCAST);
	KUNIT_EXPECT_EQ(test, 3, sock_send(sock, 0x0a0000ff, GROUP_PORT, "all",
					   3, 0));
	nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	group_expect_looped(test, sock, "all");
	sock_expect_empty(test, sock);
}

static void loop__on_lo(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);
	struct ip_mreqn lo = { .imr_ifindex = NST_LOOPBACK_INDEX };

	KUNIT_EXPECT_EQ(test, 0, group_option(sock, IP_MULTICAST_IF, &lo,
					      sizeof(lo)));
	sock_send(sock, GROUP(1), GROUP_PORT, "no", 2, 0);
	group_settle();
	sock_expect_empty(test, sock);
	KUNIT_EXPECT_EQ(test, 0, group_member(sock, IP_ADD_MEMBERSHIP,
					      GROUP(1), NST_LOOPBACK_INDEX));
	sock_send(sock, GROUP(1), GROUP_PORT, "yes", 3, 0);
	group_expect_looped(test, sock, "yes");
	/* Nobody there to be told. */
	nst_wire_expect_nothing(wire);
}

/* A forged packet cannot pass for one that came back. */
static void loop__own_source_from_the_wire_is_refused(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = group_receiver(test, 0);

	group_join(sock, 1);
	nst_wire_discard(wire);
	nst_wire_inject_dropped(wire, group_frame(test, GROUP(1),
						  NST_WIRE_LOCAL, "forged"),
				NST_DROP_IP_MARTIAN_SOURCE);
}

static void link__goes_and_another_takes_its_number(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_make(test, SOCK_DGRAM);
	union nst_address group = ipv4(GROUP(1));
	struct nst_link *second;

	second_link(wire, 0);
	KUNIT_EXPECT_EQ(test, 0, group_member(sock, IP_ADD_MEMBERSHIP,
					      GROUP(1), NST_SECOND_INDEX));
	second_link_drop(test);
	KUNIT_EXPECT_EQ(test, 4u, nst_group_count(wire->stack));
	second = second_link(wire, 0);
	rcu_read_lock();
	KUNIT_EXPECT_FALSE(test, nst_group_member_rcu(second, AF_INET,
						      &group));
	rcu_read_unlock();
	/* The socket's membership is of the link that is gone. */
	KUNIT_EXPECT_EQ(test, 0, group_member(sock, IP_DROP_MEMBERSHIP,
					      GROUP(1), NST_SECOND_INDEX));
	KUNIT_EXPECT_EQ(test, 0, group_member(sock, IP_ADD_MEMBERSHIP,
					      GROUP(1), NST_SECOND_INDEX));
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, nst_group_member_rcu(second, AF_INET, &group));
	rcu_read_unlock();
}

static void configure__joins_and_leaves_once(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_make(test, SOCK_DGRAM);
	union nst_address group = ipv4(GROUP(1));

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, -ENOENT, nst_group_configure(wire->link, AF_INET,
							   &group, false));
	KUNIT_EXPECT_EQ(test, 0, nst_group_configure(wire->link, AF_INET,
						     &group, true));
	KUNIT_EXPECT_EQ(test, -EEXIST, nst_group_configure(wire->link, AF_INET,
							   &group, true));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, group_join(sock, 1));
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_group_configure(wire->link, AF_INET,
						     &group, false));
	mutex_unlock(&wire->stack->config_mutex);
	/* The socket is still a member. */
	KUNIT_EXPECT_TRUE(test, group_admits(wire, 1, 7));
}

static struct kunit_case group_cases[] = {
	KUNIT_CASE(join__takes_what_was_not_taken_before),
	KUNIT_CASE(join__another_group_of_the_same_station_is_refused),
	KUNIT_CASE(join__all_hosts_from_the_start),
	KUNIT_CASE(join__refuses),
	KUNIT_CASE(join__chooses_the_link_by_address_or_route),
	KUNIT_CASE(leave__refuses),
	KUNIT_CASE(close__leaves_every_group),
	KUNIT_CASE(source__include_admits_those_only),
	KUNIT_CASE(source__exclude_blocks_those_only),
	KUNIT_CASE(source__refuses),
	KUNIT_CASE(source__empty_list_takes_the_other_mode),
	KUNIT_CASE(msfilter__replaces_the_filter),
	KUNIT_CASE(mcast__options_mean_the_same),
	KUNIT_CASE(merge__as_in_the_example_of_the_rfc),
	KUNIT_CASE(merge__counts_do_not_leak),
	KUNIT_CASE(limits__bound_groups_and_sources),
	KUNIT_CASE(deliver__each_socket_by_its_own_filter),
	KUNIT_CASE(deliver__multicast_all_off_wants_membership),
	KUNIT_CASE(loop__member_hears_itself),
	KUNIT_CASE(loop__ttl_zero_stays_here),
	KUNIT_CASE(loop__source_filters_hold),
	KUNIT_CASE(loop__passes_the_guard_of_the_link),
	KUNIT_CASE(loop__broadcast_is_heard_here_too),
	KUNIT_CASE(loop__on_lo),
	KUNIT_CASE(loop__own_source_from_the_wire_is_refused),
	KUNIT_CASE(link__goes_and_another_takes_its_number),
	KUNIT_CASE(configure__joins_and_leaves_once),
	{}
};

static struct kunit_suite group_suite = {
	.name = "netstack_group",
	.exit = second_link_drop,
	.test_cases = group_cases,
};

kunit_test_suite(group_suite);
