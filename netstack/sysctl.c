// SPDX-License-Identifier: GPL-2.0
/*
 * net.netstack.*: the tunables of the stack of a network namespace, with
 * their defaults and bounds.
 */
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/sysctl.h>
#include <linux/uidgid.h>

#include "compat.h"
#include "link/link.h"
#include "network/autoconf.h"
#include "network/router.h"
#include "stack.h"
#include "transport/tcp/congestion.h"
#include "transport/tcp/tcp.h"

static const struct nst_config defaults = {
	.ip_default_ttl = 64,
	.ip_local_port_range = { 32768, 60999 },
	.ip_unprivileged_port_start = 1024,
	.ip_route_min_pmtu = 552,
	.ip_route_mtu_expires = 600,
	.ip6_route_mtu_expires = 600,
	.path_mtu_max = 1024,
	.ipfrag_high_thresh = 4 << 20,
	.ipfrag_time = 30,
	.ipfrag_max_datagrams = 1024,

	.send_redirects = 1,

	.ping_group_range = { 1, 0 },
	.icmp_echo_ignore_broadcasts = 1,
	.icmp_ratelimit = 1000,
	/* Bits of destination unreachable, source quench, time exceeded and
	 * parameter problem.
	 */
	.icmp_ratemask = 0x1818,
	.icmp_msgs_per_sec = 1000,
	.icmp_msgs_burst = 50,

	.neigh_base_reachable_time_ms = 30000,
	.neigh_retrans_time_ms = 1000,
	.neigh_delay_first_probe_time = 5,
	.neigh_mcast_solicit = 3,
	.neigh_ucast_solicit = 3,
	.neigh_gc_stale_time = 60,
	.neigh_unres_qlen = 101,
	.neigh_unres_qlen_bytes = 212992,
	.neigh_max = 1024,
	.arp_probe = 1,

	.auto_flowlabels = 1,
	.hop_limit = 64,
	.dad_transmits = 1,
	.max_dst_opts_number = 8,
	.max_hbh_opts_number = 8,
	.accept_ra = 1,
	.accept_ra_defrtr = 1,
	.autoconf = 1,
	.router_solicitations = -1,
	.max_addresses = 16,
	.ra_queue_max = 32,
	.ra_route_max = 128,
	.temp_valid_lft = 604800,
	.temp_prefered_lft = 86400,
	.regen_max_retry = 3,
	.max_desync_factor = 600,

	.igmp_max_memberships = 20,
	.igmp_max_msf = 10,
	.igmp_qrv = 2,
	.igmp_link_local_mcast_reports = 1,
	.igmpv2_unsolicited_report_interval = 10000,
	.igmpv3_unsolicited_report_interval = 1000,
	.mld_max_memberships = 256,
	.mld_max_msf = 64,
	.mld_qrv = 2,
	.mldv1_unsolicited_report_interval = 10000,
	.mldv2_unsolicited_report_interval = 1000,
	.group_max = 1024,
	.group_source_max = 1024,

	.route_max = 8192,
	.route_nexthop_max = 16,
	.rule_max = 1024,
	.address_max = 1024,
	.link_max = 256,
	.loopback_backlog = 1000,
	.pipe_backlog = 1000,
	.port_backlog = 1000,
	.impair_packets_max = 65536,
	.impair_bytes_max = 64 << 20,
	.capture_max = 16,
	.socket_max = 65536,

	.somaxconn = 4096,
	.tcp_max_syn_backlog = 4096,
	.tcp_syncookies = 1,
	.tcp_ecn = 2,
	.tcp_ecn_fallback = 1,
	.tcp_ecn_option = 2,
	.tcp_ecn_option_beacon = 3,
	.tcp_fastopen = 1,
	.tcp_fastopen_cache_max = 1024,
	.tcp_max_tw_buckets = 65536,
	.tcp_max_orphans = 8192,
	.tcp_rmem = { 4096, 131072, 6291456 },
	.tcp_wmem = { 4096, 16384, 4194304 },
	.tcp_moderate_rcvbuf = 1,
	.tcp_adv_win_scale = 1,
	.tcp_window_scaling = 1,
	.tcp_timestamps = 1,
	.tcp_sack = 1,
	.tcp_dsack = 1,
	.tcp_comp_sack_delay_ns = 1000000,
	.tcp_comp_sack_slack_ns = 100000,
	.tcp_comp_sack_nr = 44,
	.tcp_syn_retries = 6,
	.tcp_synack_retries = 5,
	.tcp_retries1 = 3,
	.tcp_retries2 = 15,
	.tcp_user_timeout_min = 100,
	.tcp_user_timeout_max = 3600,
	.tcp_fin_timeout = 60,
	.tcp_keepalive_time = 7200,
	.tcp_keepalive_intvl = 75,
	.tcp_keepalive_probes = 9,
	.tcp_tw_reuse = 2,
	.tcp_slow_start_after_idle = 1,
	.tcp_invalid_ratelimit = 500,
	.tcp_challenge_ack_limit = 100,
	.tcp_mtu_probing = 0,
	.tcp_base_mss = 1024,
	.tcp_mtu_probe_floor = 48,
	.tcp_probe_threshold = 8,
	.tcp_probe_interval = 600,
	.tcp_min_snd_mss = 48,
	.tcp_reordering = 3,
	.tcp_max_reordering = 300,
	.tcp_recovery = 1,
	.tcp_early_retrans = 3,
	.tcp_frto = 2,
	.tcp_hystart = 1,
	.tcp_pacing_ss_ratio = 200,
	.tcp_pacing_ca_ratio = 120,
	.tcp_min_tso_segs = 2,
	.tcp_send_ring = 16,
	.tcp_tso_rtt_log = 9,
};

void nst_config_init(struct nst_config *config)
{
	*config = defaults;
	nst_congestion_config_init(config);
}

/* ip_local_port_range: a refused pair changes neither end. */
static int port_range_handler(nst_ctl_table *table, int write, void *buffer,
			      size_t *lenp, loff_t *ppos)
{
	int *range = table->data;
	int pair[2] = { READ_ONCE(range[0]), READ_ONCE(range[1]) };
	struct ctl_table copy = *table;
	int err;

	copy.data = pair;
	err = proc_dointvec_minmax(&copy, write, buffer, lenp, ppos);
	if (err || !write)
		return err;
	if (pair[0] > pair[1])
		return -EINVAL;
	WRITE_ONCE(range[0], pair[0]);
	WRITE_ONCE(range[1], pair[1]);
	return 0;
}

/*
 * ping_group_range: groups as the program's user namespace knows them. A
 * range that ends before it begins is 1 0: nobody.
 */
static int group_range_handler(nst_ctl_table *table, int write, void *buffer,
			       size_t *lenp, loff_t *ppos)
{
	struct user_namespace *user_ns = current_user_ns();
	int *range = table->data;
	struct ctl_table copy = *table;
	kgid_t low, high;
	int pair[2];
	int err;

	pair[0] = from_kgid_munged(user_ns, KGIDT_INIT(READ_ONCE(range[0])));
	pair[1] = from_kgid_munged(user_ns, KGIDT_INIT(READ_ONCE(range[1])));
	copy.data = pair;
	err = proc_dointvec_minmax(&copy, write, buffer, lenp, ppos);
	if (err || !write)
		return err;
	low = make_kgid(user_ns, pair[0]);
	high = make_kgid(user_ns, pair[1]);
	if (!gid_valid(low) || !gid_valid(high))
		return -EINVAL;
	if (pair[1] < pair[0] || gid_lt(high, low)) {
		low = KGIDT_INIT(1);
		high = KGIDT_INIT(0);
	}
	WRITE_ONCE(range[0], __kgid_val(low));
	WRITE_ONCE(range[1], __kgid_val(high));
	return 0;
}

/* What was learned of black holes is forgotten. */
static int blackhole_timeout_handler(nst_ctl_table *table, int write,
				     void *buffer, size_t *lenp, loff_t *ppos)
{
	int *timeout = table->data;
	struct nst_stack *stack =
		container_of(timeout, struct nst_stack,
			     config.tcp_fastopen_blackhole_timeout_sec);
	int err = proc_dointvec_minmax(table, write, buffer, lenp, ppos);

	if (!err && write)
		atomic_set(&stack->tcp->fastopen_blackhole.times, 0);
	return err;
}

/* Addresses go, or come back. */
static int disable_ipv6_handler(nst_ctl_table *table, int write, void *buffer,
				size_t *lenp, loff_t *ppos)
{
	int *disabled = table->data;
	struct nst_stack *stack = container_of(disabled, struct nst_stack,
					       config.disable_ipv6);
	int err = proc_dointvec_minmax(table, write, buffer, lenp, ppos);

	if (!err && write)
		nst_autoconf_reconsider(stack);
	return err;
}

/* A host becomes a router, or the other way round. */
static int ipv6_forwarding_handler(nst_ctl_table *table, int write,
				   void *buffer, size_t *lenp, loff_t *ppos)
{
	int *forwarding = table->data;
	int before = READ_ONCE(*forwarding);
	struct nst_stack *stack = container_of(forwarding, struct nst_stack,
					       config.ipv6_forwarding);
	int err = proc_dointvec_minmax(table, write, buffer, lenp, ppos);

	if (!err && write && READ_ONCE(*forwarding) != before)
		nst_router_reconsider(stack);
	return err;
}

/**
 * struct nst_tunable - one sysctl
 * @name: file name under net/netstack
 * @offset: of the value in struct nst_config
 * @count: how many numbers it holds
 * @min: least value of each
 * @max: largest value of each
 * @handler: reads and writes it, or NULL for proc_dointvec_minmax()
 */
struct nst_tunable {
	const char *name;
	size_t offset;
	unsigned int count;
	int min;
	int max;
	proc_handler *handler;
};

#define TUNABLE(field, least, most) {					\
	.name = #field,							\
	.offset = offsetof(struct nst_config, field),			\
	.count = sizeof_field(struct nst_config, field) / sizeof(int),	\
	.min = least,							\
	.max = most,							\
}

#define TUNABLE_BY(field, least, most, by) {				\
	.name = #field,							\
	.offset = offsetof(struct nst_config, field),			\
	.count = sizeof_field(struct nst_config, field) / sizeof(int),	\
	.min = least,							\
	.max = most,							\
	.handler = by,							\
}

static const struct nst_tunable tunables[] = {
	TUNABLE(ip_default_ttl, 1, 255),
	TUNABLE_BY(ip_local_port_range, 1, 65535, port_range_handler),
	TUNABLE(ip_unprivileged_port_start, 0, 65535),
	TUNABLE(bindv6only, 0, 1),
	TUNABLE(auto_flowlabels, 0, 3),
	TUNABLE(ip_nonlocal_bind, 0, 1),
	TUNABLE(ip_no_pmtu_disc, 0, 3),
	TUNABLE(ip_route_min_pmtu, NST_LINK_MTU_MIN, 65535),
	TUNABLE(ip_route_mtu_expires, 1, 86400),
	TUNABLE(ip6_route_mtu_expires, 1, 86400),
	TUNABLE(path_mtu_max, 0, 1 << 16),
	TUNABLE(ipfrag_high_thresh, 0, INT_MAX),
	TUNABLE(ipfrag_time, 1, 3600),
	TUNABLE(ipfrag_max_datagrams, 0, INT_MAX),
	TUNABLE(ip_forward, 0, 1),
	TUNABLE(send_redirects, 0, 1),
	TUNABLE(rp_filter, 0, 2),
	TUNABLE_BY(ping_group_range, 0, INT_MAX, group_range_handler),
	TUNABLE(icmp_echo_ignore_all, 0, 1),
	TUNABLE(icmp_echo_ignore_broadcasts, 0, 1),
	TUNABLE(icmp_ratelimit, 0, INT_MAX),
	TUNABLE(icmp_ratemask, 0, INT_MAX),
	TUNABLE(icmp_msgs_per_sec, 0, INT_MAX),
	TUNABLE(icmp_msgs_burst, 0, INT_MAX),
	TUNABLE(neigh_base_reachable_time_ms, 1000, 3600000),
	TUNABLE(neigh_retrans_time_ms, 10, 60000),
	TUNABLE(neigh_delay_first_probe_time, 1, 3600),
	TUNABLE(neigh_mcast_solicit, 1, 100),
	TUNABLE(neigh_ucast_solicit, 1, 100),
	TUNABLE(neigh_gc_stale_time, 1, 86400),
	TUNABLE(neigh_unres_qlen, 1, 10000),
	TUNABLE(neigh_unres_qlen_bytes, 0, INT_MAX),
	TUNABLE(neigh_max, 1, 1 << 20),
	TUNABLE(arp_probe, 0, 1),
	TUNABLE_BY(disable_ipv6, 0, 1, disable_ipv6_handler),
	TUNABLE_BY(ipv6_forwarding, 0, 1, ipv6_forwarding_handler),
	TUNABLE(hop_limit, 1, 255),
	TUNABLE(dad_transmits, 0, 100),
	TUNABLE(ndisc_notify, 0, 1),
	TUNABLE(use_tempaddr, 0, 2),
	TUNABLE(max_dst_opts_number, 0, 64),
	TUNABLE(max_hbh_opts_number, 0, 64),
	TUNABLE(icmp6_echo_ignore_multicast, 0, 1),
	TUNABLE(accept_ra, 0, 2),
	TUNABLE(accept_ra_defrtr, 0, 1),
	TUNABLE(accept_redirects, 0, 1),
	TUNABLE(autoconf, 0, 1),
	TUNABLE(router_solicitations, -1, 1000),
	TUNABLE(max_addresses, 0, 1 << 16),
	TUNABLE(ra_queue_max, 1, 1 << 16),
	TUNABLE(ra_route_max, 0, 1 << 20),
	TUNABLE(temp_valid_lft, 0, INT_MAX),
	TUNABLE(temp_prefered_lft, 0, INT_MAX),
	TUNABLE(regen_max_retry, 0, 100),
	TUNABLE(max_desync_factor, 0, 86400),
	TUNABLE(igmp_max_memberships, 0, 1 << 16),
	TUNABLE(igmp_max_msf, 0, 1 << 16),
	TUNABLE(igmp_qrv, 1, 10),
	TUNABLE(igmp_link_local_mcast_reports, 0, 1),
	TUNABLE(force_igmp_version, 0, 3),
	TUNABLE(igmpv2_unsolicited_report_interval, 1, 3600000),
	TUNABLE(igmpv3_unsolicited_report_interval, 1, 3600000),
	TUNABLE(mld_max_memberships, 0, 1 << 16),
	TUNABLE(mld_max_msf, 0, 1 << 16),
	TUNABLE(mld_qrv, 1, 10),
	TUNABLE(force_mld_version, 0, 2),
	TUNABLE(mldv1_unsolicited_report_interval, 1, 3600000),
	TUNABLE(mldv2_unsolicited_report_interval, 1, 3600000),
	TUNABLE(group_max, 0, 1 << 20),
	TUNABLE(group_source_max, 0, 1 << 20),
	TUNABLE(route_max, 0, 1 << 22),
	TUNABLE(route_nexthop_max, 1, 64),
	TUNABLE(rule_max, 0, 1 << 16),
	TUNABLE(fib_multipath_hash_policy, 0, 1),
	TUNABLE(address_max, 0, 1 << 20),
	TUNABLE(link_max, 1, 1 << 16),
	TUNABLE(loopback_backlog, 1, 1 << 20),
	TUNABLE(pipe_backlog, 1, 1 << 20),
	TUNABLE(port_backlog, 1, 1 << 20),
	TUNABLE(impair_packets_max, 0, 1 << 24),
	TUNABLE(impair_bytes_max, 0, 1 << 30),
	TUNABLE(capture_max, 0, 1024),
	TUNABLE(socket_max, 0, 1 << 24),
	TUNABLE(somaxconn, 0, 1 << 20),
	TUNABLE(tcp_max_syn_backlog, 0, 1 << 20),
	TUNABLE(tcp_syncookies, 0, 2),
	TUNABLE(tcp_ecn, 0, 5),
	TUNABLE(tcp_ecn_fallback, 0, 1),
	TUNABLE(tcp_ecn_option, 0, 3),
	TUNABLE(tcp_ecn_option_beacon, 0, 3),
	TUNABLE(tcp_fastopen, 0, 0x607),
	TUNABLE_BY(tcp_fastopen_blackhole_timeout_sec, 0, 86400,
		   blackhole_timeout_handler),
	TUNABLE(tcp_fastopen_cache_max, 0, 1 << 20),
	TUNABLE(tcp_max_tw_buckets, 0, 1 << 24),
	TUNABLE(tcp_max_orphans, 0, 1 << 24),
	TUNABLE(tcp_rmem, 1024, INT_MAX),
	TUNABLE(tcp_wmem, 1024, INT_MAX),
	TUNABLE(tcp_moderate_rcvbuf, 0, 1),
	TUNABLE(tcp_adv_win_scale, -31, 31),
	TUNABLE(tcp_window_scaling, 0, 1),
	TUNABLE(tcp_timestamps, 0, 1),
	TUNABLE(tcp_sack, 0, 1),
	TUNABLE(tcp_dsack, 0, 1),
	TUNABLE(tcp_comp_sack_delay_ns, 0, 1000000000),
	TUNABLE(tcp_comp_sack_slack_ns, 0, 1000000000),
	TUNABLE(tcp_comp_sack_nr, 0, 255),
	TUNABLE(tcp_syn_retries, 1, 127),
	TUNABLE(tcp_synack_retries, 0, 255),
	TUNABLE(tcp_retries1, 0, 255),
	TUNABLE(tcp_retries2, 0, 255),
	TUNABLE(tcp_user_timeout_option, 0, 1),
	TUNABLE(tcp_user_timeout_min, 1, 86400),
	TUNABLE(tcp_user_timeout_max, 1, 86400),
	TUNABLE(tcp_orphan_retries, 0, 255),
	TUNABLE(tcp_fin_timeout, 0, 3600),
	TUNABLE(tcp_keepalive_time, 1, 32767),
	TUNABLE(tcp_keepalive_intvl, 1, 32767),
	TUNABLE(tcp_keepalive_probes, 1, 127),
	TUNABLE(tcp_rfc1337, 0, 1),
	TUNABLE(tcp_tw_reuse, 0, 2),
	TUNABLE(tcp_abort_on_overflow, 0, 1),
	TUNABLE(tcp_slow_start_after_idle, 0, 1),
	TUNABLE(tcp_stdurg, 0, 1),
	TUNABLE(tcp_invalid_ratelimit, 0, INT_MAX),
	TUNABLE(tcp_challenge_ack_limit, 0, INT_MAX),
	TUNABLE(tcp_mtu_probing, 0, 2),
	TUNABLE(tcp_base_mss, 48, 65535),
	TUNABLE(tcp_mtu_probe_floor, 48, 65535),
	TUNABLE(tcp_probe_threshold, 0, 65535),
	TUNABLE(tcp_probe_interval, 0, 86400),
	TUNABLE(tcp_min_snd_mss, 48, 65535),
	TUNABLE(tcp_reordering, 1, 127),
	TUNABLE(tcp_max_reordering, 1, 1 << 16),
	TUNABLE(tcp_recovery, 0, 7),
	TUNABLE(tcp_early_retrans, 0, 4),
	TUNABLE(tcp_frto, 0, 2),
	TUNABLE(tcp_thin_linear_timeouts, 0, 1),
	TUNABLE(tcp_abc_limit, 0, 65535),
	TUNABLE(tcp_hystart, 0, 1),
	TUNABLE(tcp_pacing_ss_ratio, 0, 1000),
	TUNABLE(tcp_pacing_ca_ratio, 0, 1000),
	TUNABLE(tcp_min_tso_segs, 1, 65535),
	TUNABLE(tcp_send_ring, 0, 32),
	TUNABLE(tcp_tso_rtt_log, 0, 31),
};

/* The tunables and those of names_add(). */
#define NST_TUNABLES	(ARRAY_SIZE(tunables) + 3)

/* Room for the names of all congestion controllers. */
#define NST_CA_NAMES_MAX	128

/* A string of the proc_handler's own; @write: the program wrote @buffer. */
static int string_handler(nst_ctl_table *table, int write, void *buffer,
			  size_t *lenp, loff_t *ppos, char *string,
			  size_t size)
{
	struct ctl_table copy = *table;

	copy.data = string;
	copy.maxlen = size;
	return proc_dostring(&copy, write, buffer, lenp, ppos);
}

static int congestion_control_handler(nst_ctl_table *table, int write,
				      void *buffer, size_t *lenp, loff_t *ppos)
{
	struct nst_config *config = table->data;
	char name[NST_CA_NAME_MAX];
	int err;

	strscpy(name, READ_ONCE(config->tcp_congestion_control)->name,
		sizeof(name));
	err = string_handler(table, write, buffer, lenp, ppos, name,
			     sizeof(name));
	if (err || !write)
		return err;
	return nst_congestion_set_default(config, name);
}

static int available_congestion_handler(nst_ctl_table *table, int write,
					void *buffer, size_t *lenp,
					loff_t *ppos)
{
	char names[NST_CA_NAMES_MAX];

	nst_congestion_names(NULL, names, sizeof(names));
	return string_handler(table, write, buffer, lenp, ppos, names,
			      sizeof(names));
}

static int allowed_congestion_handler(nst_ctl_table *table, int write,
				      void *buffer, size_t *lenp, loff_t *ppos)
{
	struct nst_config *config = table->data;
	char names[NST_CA_NAMES_MAX];
	int err;

	nst_congestion_names(config, names, sizeof(names));
	err = string_handler(table, write, buffer, lenp, ppos, names,
			     sizeof(names));
	if (err || !write)
		return err;
	return nst_congestion_set_allowed(config, names);
}

/* Tunables that are names of congestion controllers. */
static void names_add(struct ctl_table *table, struct nst_stack *stack)
{
	table[0].procname = "tcp_congestion_control";
	table[0].mode = 0644;
	table[0].proc_handler = congestion_control_handler;
	table[1].procname = "tcp_available_congestion_control";
	table[1].mode = 0444;
	table[1].proc_handler = available_congestion_handler;
	table[2].procname = "tcp_allowed_congestion_control";
	table[2].mode = 0644;
	table[2].proc_handler = allowed_congestion_handler;
	table[0].data = &stack->config;
	table[1].data = &stack->config;
	table[2].data = &stack->config;
}

int nst_sysctl_register(struct nst_stack *stack)
{
	struct ctl_table *table;
	size_t i;

	/* One entry more ends the table for kernels before 6.6. */
	table = kcalloc(NST_TUNABLES + 1, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(tunables); i++) {
		const struct nst_tunable *tunable = &tunables[i];

		table[i].procname = tunable->name;
		table[i].data = (void *)&stack->config + tunable->offset;
		table[i].maxlen = tunable->count * sizeof(int);
		table[i].mode = 0644;
		table[i].proc_handler = proc_dointvec_minmax;
		table[i].extra1 = (void *)&tunable->min;
		table[i].extra2 = (void *)&tunable->max;
		if (tunable->handler)
			table[i].proc_handler = tunable->handler;
	}
	names_add(&table[i], stack);

	stack->sysctl = register_net_sysctl_sz(stack->net, "net/netstack",
					       table, NST_TUNABLES);
	if (!stack->sysctl) {
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

void nst_sysctl_unregister(struct nst_stack *stack)
{
	const struct ctl_table *table = stack->sysctl->ctl_table_arg;

	unregister_net_sysctl_table(stack->sysctl);
	kfree(table);
}
