/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tunables of one stack: net.netstack.* in its network namespace, with
 * the host's names and defaults where the meaning is the same. sysctl.c
 * shows and bounds them; Documentation/sysctl.rst lists them. They are read
 * with READ_ONCE() and may change at any time.
 */
#ifndef NST_CONFIG_H
#define NST_CONFIG_H

#include <linux/types.h>

#define NST_CA_NAME_MAX		16

struct nst_congestion_ops;

/**
 * struct nst_config - tunables of one stack
 * @ip_default_ttl: TTL of packets sent, 1 to 255; 64 (RFC 1700)
 * @ip_local_port_range: first and last ephemeral port; 32768 60999
 * @ip_unprivileged_port_start: lowest port that needs no
 *	CAP_NET_BIND_SERVICE; 1024
 * @bindv6only: IPV6_V6ONLY of a new socket; 0
 * @auto_flowlabels: IPv6 flow labels of sockets that name none: 0 never, 1
 *	unless IPV6_AUTOFLOWLABEL is 0, 2 if it is 1, 3 always; 1
 * @ip_nonlocal_bind: sockets may bind to addresses that are not local; 0
 * @ip_no_pmtu_disc: path MTU discovery: 0 by default; not by default, and
 *	fragmentation needed means: 1 @ip_route_min_pmtu, 2 nothing, 3 what it
 *	says, for protocols that tell a forged one (TCP); 0
 * @ip_route_min_pmtu: least path MTU of IPv4 that is learned, bytes; 552
 * @ip_route_mtu_expires: seconds that it is remembered; 600
 * @ip6_route_mtu_expires: the same of IPv6; 600
 * @path_mtu_max: destinations whose path MTU is remembered; 1024
 * @ipfrag_high_thresh: bytes that unfinished datagrams may hold; 4 MiB
 * @ipfrag_time: seconds an unfinished datagram is kept; 30
 * @ipfrag_max_datagrams: unfinished datagrams kept at once; 1024
 * @ip_forward: pass on IPv4 packets of others; 0
 * @send_redirects: tell senders of a shorter way, both families; 1
 * @rp_filter: packets whose source is not reached by their link are dropped,
 *	both families: 0 no, 1 by the best route, 2 by any route; 0
 * @ping_group_range: first and last group, as kgid_t, that may have ping
 *	sockets; 1 0: none
 * @icmp_echo_ignore_all: do not answer echo requests; 0
 * @icmp_echo_ignore_broadcasts: do not answer broadcast echo requests; 1
 * @icmp_ratelimit: ms between error messages to one destination; 1000
 * @icmp_ratemask: bit mask of ICMP types under @icmp_ratelimit; 6168
 * @icmp_msgs_per_sec: error messages a second in all; 1000
 * @icmp_msgs_burst: how far a burst may exceed @icmp_msgs_per_sec; 50
 * @neigh_base_reachable_time_ms: REACHABLE_TIME base (RFC 4861 10); 30000
 * @neigh_retrans_time_ms: RETRANS_TIMER; 1000
 * @neigh_delay_first_probe_time: DELAY_FIRST_PROBE_TIME, seconds; 5
 * @neigh_mcast_solicit: MAX_MULTICAST_SOLICIT; 3
 * @neigh_ucast_solicit: MAX_UNICAST_SOLICIT; 3
 * @neigh_gc_stale_time: seconds after which an unused entry may go; 60
 * @neigh_unres_qlen: packets queued for one unresolved neighbour; 101
 * @neigh_unres_qlen_bytes: memory that they may take; 212992
 * @neigh_max: entries of the neighbour table; 1024
 * @dad_transmits: probes of an IPv6 address before use (RFC 4862 5.1); 1
 * @ndisc_notify: announce a new IPv6 address; 0
 * @disable_ipv6: no link carries IPv6; 0
 * @ipv6_forwarding: pass on IPv6 packets of others; 0
 * @hop_limit: hop limit of packets sent, 1 to 255; 64
 * @use_tempaddr: temporary addresses (RFC 8981): 0 no, 1 yes but public ones
 *	are better sources, 2 yes; 0
 * @max_dst_opts_number: destination options that a packet may have; 8
 * @max_hbh_opts_number: hop-by-hop options that a packet may have; 8
 * @accept_ra: hear router advertisements: 0 no, 1 unless the stack forwards, 2
 *	always; 1
 * @accept_ra_defrtr: take routes from them; 1
 * @accept_redirects: take redirects of IPv6; 0
 * @autoconf: make addresses of their prefixes (RFC 4862); 1
 * @router_solicitations: how often routers of a link are asked for, -1 until
 *	one answers (RFC 7559); -1
 * @max_addresses: addresses of a link that the stack makes itself; 16
 * @ra_queue_max: advertisements and redirects that may wait; 32
 * @ra_route_max: routes that routers may tell; 128
 * @temp_valid_lft: most valid lifetime of a temporary address, s; 604800
 * @temp_prefered_lft: most preferred lifetime of one, s; 86400
 * @regen_max_retry: further identifiers that are tried when an address is
 *	another's; 3
 * @max_desync_factor: most that a temporary address is deprecated earlier, at
 *	random, s; 600
 * @icmp6_echo_ignore_multicast: do not answer echo requests to groups; 0
 * @arp_probe: probe an IPv4 address before use (RFC 5227 2.1.1); 1
 * @igmp_max_memberships: groups that one socket may be a member of; 20
 * @igmp_max_msf: sources of one membership; 10
 * @igmp_qrv: robustness variable (RFC 3376 8.1) before a querier tells one; 2
 * @igmp_link_local_mcast_reports: report groups of 224.0.0.0/24, too; 1
 * @force_igmp_version: 1, 2 or 3 whatever the queriers speak; 0 (follow them)
 * @igmpv2_unsolicited_report_interval: most between the reports of a joining
 *	in versions 1 and 2 (RFC 2236 8.10), ms; 10000
 * @igmpv3_unsolicited_report_interval: the same of a change in version 3
 *	(RFC 3376 8.11), ms; 1000
 * @mld_max_memberships: groups of IPv6 that one socket may be a member of;
 *	256
 * @mld_max_msf: the same as igmp_max_msf for IPv6; 64
 * @mld_qrv: the same as igmp_qrv (RFC 3810 9.1); 2
 * @force_mld_version: 1 or 2 whatever the queriers speak; 0 (follow them)
 * @mldv1_unsolicited_report_interval: the same as
 *	igmpv2_unsolicited_report_interval (RFC 2710 7.10), ms; 10000
 * @mldv2_unsolicited_report_interval: the same as
 *	igmpv3_unsolicited_report_interval (RFC 3810 9.11), ms; 1000
 * @group_max: groups of all links, those that are still reported as left
 *	included; 1024
 * @group_source_max: sources of one group of a link; 1024
 * @route_max: routes of the stack, connected ones included; 8192
 * @route_nexthop_max: next hops of one route; 16
 * @rule_max: rules of the stack; 1024
 * @fib_multipath_hash_policy: what chooses among several next hops: 0
 *	addresses, 1 addresses, protocol and ports; 0
 * @address_max: addresses of the stack; 1024
 * @link_max: links of the stack; 256
 * @loopback_backlog: packets that may wait on lo, for each CPU; 1000
 * @pipe_backlog: packets that may wait for an end of a pipe, for each CPU; 1000
 * @port_backlog: packets that may wait to leave by a port, for each CPU; 1000
 * @impair_packets_max: packets that impaired links may delay; 65536
 * @impair_bytes_max: memory of these packets, bytes; 64 MiB
 * @capture_max: captures of the stack at once; 16
 * @socket_max: sockets of the stack; 65536
 * @somaxconn: largest accept backlog; 4096
 * @tcp_max_syn_backlog: half-open connections of one listener; 4096
 * @tcp_syncookies: SYN cookies: 0 never, 1 when the SYN queue is full, 2
 *	always; 1
 * @tcp_ecn: ECN: 0 no, 1 ask for that of RFC 3168 and accept it, 2 accept it;
 *	3 to 5 accept accurate ECN (RFC 9768) too, and ask: 3 for that, 4 for
 *	RFC 3168's, 5 for none; 2
 * @tcp_ecn_fallback: repeat a SYN that asked for ECN without it; 1
 * @tcp_ecn_option: AccECN option: 0 never sent, 1 sparingly, 2 whenever it
 *	has news, 3 also where it seems to get lost; 2
 * @tcp_ecn_option_beacon: with 1: so often in a round trip at least; 3
 * @tcp_fastopen: Fast Open (RFC 7413): 1 client, 2 server, 4 client's data
 *	without a cookie, 0x200 server's, 0x400 all listeners; 1
 * @tcp_fastopen_blackhole_timeout_sec: pause of Fast Open behind a path that
 *	does not let it pass, s, 0 none; 0
 * @tcp_fastopen_cache_max: servers whose cookies are remembered; 1024
 * @tcp_max_tw_buckets: connections in TIME-WAIT; 65536
 * @tcp_max_orphans: connections without a process; 8192
 * @tcp_rmem: receive buffer, bytes: least, default, most;
 *	4096 131072 6291456
 * @tcp_wmem: send buffer, bytes: least, default, most; 4096 16384 4194304
 * @tcp_moderate_rcvbuf: grow receive buffers by themselves; 1
 * @tcp_adv_win_scale: share of the buffer that is window, as the host's; 1
 * @tcp_window_scaling: offer window scaling (RFC 7323 2); 1
 * @tcp_timestamps: offer timestamps (RFC 7323 3); 1
 * @tcp_sack: offer selective acknowledgments (RFC 2018); 1
 * @tcp_dsack: report what came twice (RFC 2883); 1
 * @tcp_comp_sack_delay_ns: ns that an ACK of a segment out of order may wait, a
 *	twentieth of the round trip at most; 1000000
 * @tcp_comp_sack_slack_ns: ns more, when other timers are near; 100000
 * @tcp_comp_sack_nr: how many such ACKs may wait, 0 none; 44
 * @tcp_syn_retries: SYN retransmissions; 6
 * @tcp_synack_retries: SYN-ACK retransmissions; 5
 * @tcp_retries1: retransmissions before the route is suspected; 3
 * @tcp_retries2: retransmissions before the connection is given up; 15
 * @tcp_user_timeout_option: tell the peer TCP_USER_TIMEOUT, and heed the peer's
 *	(RFC 5482): 0 no, 1 yes; 0
 * @tcp_user_timeout_min: seconds, the least that a peer may ask for; 100
 * @tcp_user_timeout_max: seconds, the most; 3600
 * @tcp_orphan_retries: the same for a connection without a process; 0 (8)
 * @tcp_fin_timeout: seconds an orphan may stay in FIN-WAIT-2; 60
 * @tcp_keepalive_time: seconds of silence before the first probe; 7200
 * @tcp_keepalive_intvl: seconds between probes; 75
 * @tcp_keepalive_probes: unanswered probes before giving up; 9
 * @tcp_rfc1337: ignore RST in TIME-WAIT (RFC 1337); 0
 * @tcp_tw_reuse: a new outgoing connection may take over TIME-WAIT: 0 no,
 *	1 yes, 2 on loopback only; 2
 * @tcp_abort_on_overflow: reset when the accept queue is full; 0
 * @tcp_slow_start_after_idle: restart cwnd after idle (RFC 5681 4.1); 1
 * @tcp_stdurg: urgent pointer by RFC 9293 3.8.5, not by BSD's reading; 0
 * @tcp_invalid_ratelimit: ms between ACKs for invalid segments, a
 *	connection; 500
 * @tcp_challenge_ack_limit: challenge ACKs a second, a connection; 100
 * @tcp_mtu_probing: search for the path MTU (RFC 4821): 0 no, 1 when a black
 *	hole is suspected, 2 always; 0
 * @tcp_base_mss: MSS that the search begins at, bytes; 1024
 * @tcp_mtu_probe_floor: least MSS that a black hole leads to, bytes; 48
 * @tcp_probe_threshold: range of packet sizes that ends the search, bytes; 8
 * @tcp_probe_interval: seconds until it begins again; 600
 * @tcp_min_snd_mss: floor of the send MSS, bytes; 48
 * @tcp_reordering: duplicate ACKs that mean loss; 3
 * @tcp_max_reordering: most that it may adapt to, a connection; 300
 * @tcp_recovery: RACK (RFC 8985): 1 always, 2 the reordering window does not
 *	adapt, 4 segments that arrived are not counted; 1
 * @tcp_early_retrans: 3 or 4: tail loss probes (RFC 8985 7); 3
 * @tcp_frto: detect spurious time-outs by F-RTO (RFC 5682); 2
 * @tcp_thin_linear_timeouts: time-outs of thin streams do not back off at
 *	first; 0
 * @tcp_abc_limit: segments that one ACK may add in slow start when the
 *	connection is not paced (L of RFC 3465 2.2); 0 (no limit)
 * @tcp_hystart: end the first slow start by delay (RFC 9406); 1
 * @tcp_pacing_ss_ratio: pacing rate in slow start, percent of a window in a
 *	round trip; 200
 * @tcp_pacing_ca_ratio: the same in congestion avoidance; 120
 * @tcp_min_tso_segs: least segments of a super-segment that is sized by the
 *	pacing rate; 2
 * @tcp_send_ring: blocks of 32 KiB that were sent and are kept on each CPU, to
 *	be filled again; 16
 * @tcp_tso_rtt_log: the shorter the round trip, the larger super-segments:
 *	what is added halves each 2^n us of min_rtt; 0 adds nothing; 9
 * @tcp_congestion_control: controller of new sockets; cubic
 * @tcp_allowed_congestion_control: those that any program may choose, a bit
 *	each (congestion.c); reno cubic bbr
 */
struct nst_config {
	int ip_default_ttl;
	int ip_local_port_range[2];
	int ip_unprivileged_port_start;
	int bindv6only;
	int auto_flowlabels;
	int ip_nonlocal_bind;
	int ip_no_pmtu_disc;
	int ip_route_min_pmtu;
	int ip_route_mtu_expires;
	int ip6_route_mtu_expires;
	int path_mtu_max;
	int ipfrag_high_thresh;
	int ipfrag_time;
	int ipfrag_max_datagrams;

	int ip_forward;
	int send_redirects;
	int rp_filter;

	int ping_group_range[2];
	int icmp_echo_ignore_all;
	int icmp_echo_ignore_broadcasts;
	int icmp_ratelimit;
	int icmp_ratemask;
	int icmp_msgs_per_sec;
	int icmp_msgs_burst;

	int neigh_base_reachable_time_ms;
	int neigh_retrans_time_ms;
	int neigh_delay_first_probe_time;
	int neigh_mcast_solicit;
	int neigh_ucast_solicit;
	int neigh_gc_stale_time;
	int neigh_unres_qlen;
	int neigh_unres_qlen_bytes;
	int neigh_max;
	int arp_probe;

	int disable_ipv6;
	int ipv6_forwarding;
	int hop_limit;
	int dad_transmits;
	int ndisc_notify;
	int use_tempaddr;
	int max_dst_opts_number;
	int max_hbh_opts_number;
	int icmp6_echo_ignore_multicast;
	int accept_ra;
	int accept_ra_defrtr;
	int accept_redirects;
	int autoconf;
	int router_solicitations;
	int max_addresses;
	int ra_queue_max;
	int ra_route_max;
	int temp_valid_lft;
	int temp_prefered_lft;
	int regen_max_retry;
	int max_desync_factor;

	int igmp_max_memberships;
	int igmp_max_msf;
	int igmp_qrv;
	int igmp_link_local_mcast_reports;
	int force_igmp_version;
	int igmpv2_unsolicited_report_interval;
	int igmpv3_unsolicited_report_interval;
	int mld_max_memberships;
	int mld_max_msf;
	int mld_qrv;
	int force_mld_version;
	int mldv1_unsolicited_report_interval;
	int mldv2_unsolicited_report_interval;
	int group_max;
	int group_source_max;

	int route_max;
	int route_nexthop_max;
	int rule_max;
	int fib_multipath_hash_policy;
	int address_max;
	int link_max;
	int loopback_backlog;
	int pipe_backlog;
	int port_backlog;
	int impair_packets_max;
	int impair_bytes_max;
	int capture_max;
	int socket_max;

	int somaxconn;
	int tcp_max_syn_backlog;
	int tcp_syncookies;
	int tcp_ecn;
	int tcp_ecn_fallback;
	int tcp_ecn_option;
	int tcp_ecn_option_beacon;
	int tcp_fastopen;
	int tcp_fastopen_blackhole_timeout_sec;
	int tcp_fastopen_cache_max;
	int tcp_max_tw_buckets;
	int tcp_max_orphans;
	int tcp_rmem[3];
	int tcp_wmem[3];
	int tcp_moderate_rcvbuf;
	int tcp_adv_win_scale;
	int tcp_window_scaling;
	int tcp_timestamps;
	int tcp_sack;
	int tcp_dsack;
	int tcp_comp_sack_delay_ns;
	int tcp_comp_sack_slack_ns;
	int tcp_comp_sack_nr;
	int tcp_syn_retries;
	int tcp_synack_retries;
	int tcp_retries1;
	int tcp_retries2;
	int tcp_user_timeout_option;
	int tcp_user_timeout_min;
	int tcp_user_timeout_max;
	int tcp_orphan_retries;
	int tcp_fin_timeout;
	int tcp_keepalive_time;
	int tcp_keepalive_intvl;
	int tcp_keepalive_probes;
	int tcp_rfc1337;
	int tcp_tw_reuse;
	int tcp_abort_on_overflow;
	int tcp_slow_start_after_idle;
	int tcp_stdurg;
	int tcp_invalid_ratelimit;
	int tcp_challenge_ack_limit;
	int tcp_mtu_probing;
	int tcp_base_mss;
	int tcp_mtu_probe_floor;
	int tcp_probe_threshold;
	int tcp_probe_interval;
	int tcp_min_snd_mss;
	int tcp_reordering;
	int tcp_max_reordering;
	int tcp_recovery;
	int tcp_early_retrans;
	int tcp_frto;
	int tcp_thin_linear_timeouts;
	int tcp_abc_limit;
	int tcp_hystart;
	int tcp_pacing_ss_ratio;
	int tcp_pacing_ca_ratio;
	int tcp_min_tso_segs;
	int tcp_send_ring;
	int tcp_tso_rtt_log;
	const struct nst_congestion_ops *tcp_congestion_control;
	unsigned int tcp_allowed_congestion_control;
};

#endif /* NST_CONFIG_H */
