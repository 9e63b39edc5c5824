/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transmission Control Protocol (RFC 9293): the connection, and what the
 * files of this folder offer each other. Variables have the names of the
 * RFCs.
 *
 * Calls go one way:
 *
 *	socket/stream.c
 *	  -> connect.c, listen.c, send.c, recv.c, poll.c, close.c, sockopt.c,
 *	     info.c
 *	receive.c (the door for packets)
 *	  -> listen.c, request.c, timewait.c, input.c
 *	input.c -> ack.c, receive_queue.c -> recovery.c, congestion.c, rtt.c
 *	timer.c -> recovery.c (and what is below it: recovery.h) -> rtx_timer.c
 *	all of them -> output.c, retransmit.c -> transmit.c, options.c
 *	all of them -> state.c
 */
#ifndef NST_TCP_H
#define NST_TCP_H

#include <linux/tcp.h>
#include <net/tcp_states.h>

#include "../sock.h"
#include "accecn.h"
#include "chrono.h"
#include "clock.h"
#include "congestion.h"
#include "mtu_probe.h"
#include "fastopen_state.h"
#include "rate.h"
#include "recovery.h"
#include "saved_syn.h"
#include "segment.h"
#include "tcp_stack.h"
#include "user_timeout.h"

#define NST_TCP_MIN_MSS		88	/* what a peer may make us send, least */
#define NST_TCP_DEFAULT_MSS	536	/* RFC 9293 3.7.1 */
#define NST_TCP_MIN_RCVMSS	536
#define NST_TCP_MAX_WSCALE	14	/* RFC 7323 2.3 */
#define NST_TCP_INIT_CWND	10	/* RFC 6928 */
#define NST_TCP_MAX_QUICKACKS	16
#define NST_TCP_SACK_BLOCKS	4	/* what a header has room for */
#define NST_TCP_INFINITE_SSTHRESH 0x7fffffff

/* Times, in jiffies. */
#define NST_TCP_RTO_INIT	(1 * HZ)	/* RFC 6298 2.1 */
#define NST_TCP_RTO_MIN		(HZ / 5)	/* the host's 200 ms */
#define NST_TCP_RTO_MAX		(120 * HZ)
#define NST_TCP_DELACK_MIN	(HZ / 25)	/* 40 ms */
#define NST_TCP_DELACK_MAX	(HZ / 5)
#define NST_TCP_ATO_MIN		(HZ / 25)
#define NST_TCP_TIMEWAIT_LEN	(60 * HZ)
#define NST_TCP_RESOURCE_PROBE	(HZ / 2)

/* struct nst_tcp_sock.ack_pending */
#define NST_TCP_ACK_SCHED	BIT(0)	/* an ACK is owed */
#define NST_TCP_ACK_TIMER	BIT(1)	/* the delayed ACK timer runs */
#define NST_TCP_ACK_PUSHED	BIT(2)	/* the end of a write came in */
#define NST_TCP_ACK_NOW		BIT(3)	/* do not delay it */
#define NST_TCP_ACK_PUSHED2	BIT(4)	/* more than one of them */

/* struct nst_tcp_sock.deferred: work that waits for the socket's owner. */
enum nst_tcp_deferred {
	NST_TCP_DEFER_RTX_TIMER,
	NST_TCP_DEFER_DELACK_TIMER,
	NST_TCP_DEFER_COMPRESSED_ACK,
	NST_TCP_DEFER_KEEPALIVE,
	NST_TCP_DEFER_MTU,
	NST_TCP_DEFER_PACING,
};

/* Congestion state, as TCP_INFO shows it (tcpi_ca_state). */
enum nst_tcp_ca_state {
	NST_TCP_CA_OPEN,
	NST_TCP_CA_DISORDER,
	NST_TCP_CA_CWR,
	NST_TCP_CA_RECOVERY,
	NST_TCP_CA_LOSS,
};

/* struct nst_tcp_sock.nonagle */
#define NST_TCP_NAGLE_OFF	BIT(0)	/* TCP_NODELAY */
#define NST_TCP_NAGLE_CORK	BIT(1)	/* TCP_CORK */
#define NST_TCP_NAGLE_PUSH	BIT(2)	/* cork pulled: this one goes */

/* struct nst_tcp_sock.urg_state and the like */
#define NST_TCP_URG_NONE	0
#define NST_TCP_URG_NOTYET	1	/* announced, octet not yet here */
#define NST_TCP_URG_VALID	2	/* octet in urg_data */
#define NST_TCP_URG_READ	3	/* octet taken by the program */

struct nst_tcp_ack_compression;
struct nst_tcp_info;
struct nst_tcp_listener;

/**
 * struct nst_tcp_sock - a TCP connection or listener
 *
 * Everything is protected by the socket lock (owner or bh_lock_sock) unless
 * it says otherwise. Sequence numbers and windows are in bytes, congestion
 * windows in segments of mss_cache bytes, times of the round trip in
 * microseconds, timers in jiffies.
 *
 * @nst: the socket
 *
 * Receive sequence space (RFC 9293 3.3.1)
 * @rcv_nxt: next sequence number expected
 * @copied_seq: next that the program reads; READ_ONCE without the lock
 * @rcv_wup: rcv_nxt at the last window update sent
 * @rcv_wnd: window advertised at @rcv_wup, bytes
 * @irs: initial receive sequence number
 * @rcv_wscale: shift of the windows that we send
 * @window_clamp: most that may be advertised, bytes
 * @rcv_ssthresh: what is advertised of the buffer now, bytes
 * @rcv_mss: estimate of the peer's segment size, bytes, for delayed ACK
 * @last_rcv_size: size of the last segment, if it may be a full one, or 0
 * @advmss: MSS that we advertise
 *
 * Send sequence space
 * @snd_una: oldest unacknowledged; READ_ONCE without the lock
 * @snd_nxt: next to be sent
 * @snd_wnd: window of the peer, scaled, bytes
 * @snd_wl1: segment of the last window update
 * @max_window: largest @snd_wnd ever seen (RFC 9293 3.8.6.2.1)
 * @write_seq: one past the last byte queued; READ_ONCE without the lock
 * @pushed_seq: last sequence number that was pushed
 * @snd_sml: end of the last small segment sent (Minshall)
 * @iss: initial send sequence number
 * @syn_on_time: the peer's answer is to our first SYN, though we repeated it
 * @snd_wscale: shift of the windows that we receive
 * @snd_up: urgent pointer, when @urg_mode
 * @mss_cache: payload bytes of a full segment, options subtracted
 * @mss_clamp: peer's MSS option or the default
 * @user_mss: TCP_MAXSEG, or 0
 * @header_len: TCP header of a data segment, options included, bytes
 * @pmtu: path MTU that @mss_cache was computed for
 * @mtu_probing: the path MTU is searched for: @mtu_probe is in force
 * @mtu_probe: RFC 4821 7
 * @mtu_info: path MTU that an ICMP error named; WRITE_ONCE by the error
 *	handler even when the user owns the socket
 * @xmit_size_goal: payload bytes of a super-segment
 * @xmit_size_mss: MSS that it is a multiple of
 *
 * Timestamps (RFC 7323)
 * @ts_ok: both ends send timestamps
 * @ws_ok: both ends scale windows
 * @sack_ok: both ends permit SACK (RFC 2018)
 * @ts_offset: added to our clock, per connection (attack 15)
 * @ts_recent: TS.Recent
 * @ts_recent_stamp: seconds (nst_tcp_clock_seconds()) when it was taken
 * @rcv_tsval: TSval of the segment being processed
 * @rcv_tsecr: TSecr of the segment being processed, offset removed
 * @mstamp: clock of the segment being processed, microseconds
 * @last_ack_sent: Last.ACK.sent
 * @xmit_ns: time of the last transmission from the queue, no two alike
 *
 * Round trip (RFC 6298)
 * @srtt_us: smoothed round trip, 8 times
 * @mdev_us: mean deviation, 4 times
 * @mdev_max_us: largest deviation in this round trip
 * @rttvar_us: deviation used, 4 times
 * @rtt_seq: end of the round in which @mdev_max_us is taken
 * @min_rtt_us: least round trip of the last minutes, or ~0
 * @min_rtt_next_us: the same since @min_rtt_stamp
 * @min_rtt_stamp: jiffies when that began
 * @rto: retransmission time-out, jiffies
 * @backoff: doublings of @rto
 *
 * Congestion and loss (recovery.h)
 * @ca_ops: controller; READ_ONCE without the lock
 * @ca_chosen: a program chose it
 * @ca_initialized: it has begun with this connection
 * @ca_priv: its own
 * @ca_state: enum nst_tcp_ca_state
 * @cwnd: congestion window
 * @cwnd_cnt: acknowledged segments not yet credited
 * @cwnd_clamp: most that @cwnd may be
 * @ssthresh: slow start threshold
 * @prior_cwnd: before the last reduction
 * @prior_ssthresh: before the last reduction
 * @cwnd_limited: cwnd was the limit of the window of data on its way
 * @max_packets_out: else the most of it that was out at once, segments
 * @cwnd_usage_seq: snd_nxt when these two were last set
 * @cwnd_stamp: jiffies at which cwnd was last used up or set
 * @cwnd_used: most that was out since then, segments
 * @recover: RFC 6582's recover: snd_nxt when the state was entered
 * @packets_out: segments between snd_una and snd_nxt
 * @retrans_out: of them, retransmitted and not acknowledged
 * @lost_out: of them, thought lost
 * @sacked_out: of them, arrived out of order (duplicate ACKs in Reno)
 * @dupacks: duplicate ACKs in a row, from a peer without SACK
 * @undo_marker: snd_una at the reduction, or 0
 * @undo_retrans: retransmissions not yet explained
 * @total_retrans: retransmissions in all
 * @retransmits: time-outs in a row
 * @retrans_stamp: ms clock of the first retransmission of the episode
 * @delivered: segments delivered in all, those of SACK blocks included
 * @delivered_ce: of them, told of by acknowledgments with ECE; in AccECN mode
 *	packets that came with CE (RFC 9768 3.2: s.cep)
 * @lost: segments thought lost in all
 * @reordering: duplicate ACKs that mean loss
 * @reord_seen: how often originals came out of order
 * @dsack_dups: segments that DSACK reported
 * @frto: F-RTO has not decided yet (RFC 5682)
 * @size_loss: in Loss, but for what was too large: nothing was reduced
 * @board: scoreboard
 * @rack: loss by time
 * @tlp: tail loss probe
 * @prr: reduction of the window
 *
 * Delivery rate and pacing; clocks are microseconds
 * @delivered_us: when @delivered moved last, or sending began after idle
 * @first_sent_us: when the segment was sent that was delivered last, or the
 *	first one after idle
 * @app_limited: @delivered above which the application is the limit no more,
 *	or 0: it is not
 * @rate_delivered: segments of the last estimate
 * @rate_interval_us: its time, or 0: there is none
 * @rate_app_limited: it is too low perhaps
 * @pacing_next_ns: when the next segment may leave, CLOCK_MONOTONIC, ns
 * @pacing_timer: sends what pacing held back; holds a reference
 *
 * Queues. Unsent segments are in sk->sk_write_queue, received ones in
 * sk->sk_receive_queue.
 * @rtx_queue: sent and unacknowledged, by sequence number
 * @ofo_queue: received out of order, by sequence number
 * @ofo_last: its last
 * @ofo_bytes: truesize in it
 *
 * Timers. Each holds a reference to the socket while pending.
 * @rtx_timer: retransmission, reordering or probe, as @rtx_timer_kind says
 * @rtx_timer_kind: &enum nst_tcp_timer that @rtx_timer is set for
 * @rtx_timer_slack: jiffies that it may be late, as it was set
 * @rtx_timeout: jiffies at which it is really due
 * @rto_timeout: jiffies at which the RTO is due, when something else is first
 * @delack_timer: delayed ACK
 * @delack_timeout: jiffies at which it is really due
 *	(sk->sk_timer: keepalive, and the end of FIN-WAIT-2)
 * @deferred: bits of enum nst_tcp_deferred; atomic
 *
 * Selective acknowledgments to send
 * @sack_blocks: what waits in @ofo_queue, the block that changed last first
 * @sack_count: how many of them
 * @dsack: what came twice (RFC 2883), when @dsack_due
 * @dsack_due: the next acknowledgment reports @dsack
 *
 * Acknowledging
 * @ecn_flags: NST_TCP_ECN_* (ecn.h)
 * @accecn: of AccECN mode; not looked at without it
 * @ack_pending: NST_TCP_ACK_*
 * @gap_acks: ACKs sent at once since the left edge last moved at a gap
 * @ack_compression: ACKs that wait to go as one, or NULL
 * @quickacks: ACKs that are not delayed
 * @pingpong: the connection is interactive: delay ACKs
 * @ato: delayed ACK time-out, jiffies; 0 before the first data
 * @lrcvtime: jiffies of the last data received
 * @lsndtime: jiffies of the last data sent
 * @rcv_tstamp: jiffies of the last segment received
 * @dup_ack_stamp: ms clock of the last ACK for an invalid segment
 * @challenge_stamp: second in which @challenge_count counts
 * @challenge_count: challenge ACKs in that second
 *
 * Buffers
 * @rcvq_space: receive auto-tuning: bytes copied in the last round trip
 * @rcvq_seq: copied_seq when the measuring round began
 * @rcvq_time: microsecond clock of that
 * @rcv_rtt_us: receiver's estimate of the round trip, 8 times
 * @rcv_rtt_seq: end of the window of the estimate
 * @rcv_rtt_time: its begin
 * @rcv_rtt_tsecr: TSecr of the last estimate by timestamps
 * @notsent_lowat: TCP_NOTSENT_LOWAT, or 0
 * @stamp_base: sequence number that timestamps of sending count from
 *
 * Urgent data (RFC 9293 3.8.5)
 * @urg_seq: sequence number of the received urgent octet
 * @urg_state: NST_TCP_URG_*
 * @urg_data: the octet
 * @urg_mode: we are sending urgent data up to @snd_up
 *
 * Options and life
 * @nonagle: NST_TCP_NAGLE_*
 * @linger2: TCP_LINGER2, jiffies; negative: none
 * @keepalive_time: TCP_KEEPIDLE, jiffies, 0 for the stack's
 * @keepalive_intvl: TCP_KEEPINTVL, jiffies, 0 for the stack's
 * @keepalive_probes: TCP_KEEPCNT, 0 for the stack's
 * @syn_retries: TCP_SYNCNT, 0 for the stack's
 * @user_timeout: TCP_USER_TIMEOUT, ms, 0 for none
 * @remote_timeout: the peer's (RFC 5482), seconds, 0 for none
 * @timeout_due: the peer has to be told @user_timeout
 * @thin_linear: TCP_THIN_LINEAR_TIMEOUTS
 * @save_syn: TCP_SAVE_SYN
 * @saved_syn: TCP_SAVED_SYN, or NULL
 * @recvmsg_inq: TCP_INQ: recvmsg() tells what is left to read
 * @fastopen_connect: TCP_FASTOPEN_CONNECT
 * @fastopen_no_cookie: TCP_FASTOPEN_NO_COOKIE
 * @defer_accept: TCP_DEFER_ACCEPT, in retransmissions of the SYN-ACK
 * @probes_out: unanswered probes
 * @probes_tstamp: ms clock when probing began, 0 if not
 * @err_soft: last soft error (RFC 1122 4.2.3.9)
 * @fastopen: data in the SYN
 * @fastopen_queue: of a listener with TCP_FASTOPEN, or NULL; set once
 * @fastopen_pending: of a child of Fast Open whose SYN is not acknowledged:
 *	that of its listener, referenced; else NULL
 * @listener: when listening; RCU
 * @accept_node: in the accept queue of its listener; the listener's lock
 * @bytes_acked: for TCP_INFO
 * @bytes_received: for TCP_INFO
 * @bytes_sent: for TCP_INFO
 * @bytes_retrans: for TCP_INFO
 * @segs_in: for TCP_INFO
 * @segs_out: for TCP_INFO
 * @data_segs_in: for TCP_INFO
 * @rcv_ooopack: for TCP_INFO
 * @data_segs_out: for TCP_INFO
 * @total_rto: retransmission time-outs in all; for TCP_INFO
 * @total_rto_recoveries: of them, the first ones in a row
 * @total_rto_ms: time from each first one to the end of its recovery
 * @rto_stamp: ms clock when the recovery under way began, or 0
 * @chrono: what its time is spent on (chrono.h)
 * @orphan_counted: it counts as an orphan
 * @established_counted: it counts in CurrEstab
 */
struct nst_tcp_sock {
	struct nst_sock nst;

	/* Every segment */
	u32 rcv_nxt;
	u32 copied_seq;
	u32 rcv_wup;
	u32 rcv_wnd;
	u32 snd_una;
	u32 snd_nxt;
	u32 snd_wnd;
	u32 snd_wl1;
	u32 max_window;
	u32 write_seq;
	u32 pushed_seq;
	u32 snd_sml;
	u32 packets_out;
	u32 cwnd;
	u32 mss_cache;
	u32 xmit_size_goal;
	u16 xmit_size_mss;
	u16 header_len;
	u16 advmss;
	u16 rcv_mss;
	u16 last_rcv_size;
	u8 rcv_wscale;
	u8 snd_wscale;
	bool ts_ok;
	bool ws_ok;
	bool sack_ok;
	bool syn_on_time;
	u8 sack_count;
	bool dsack_due;
	bool timeout_due;
	u8 gap_acks;
	u8 ack_pending;
	u8 ecn_flags;
	u8 quickacks;
	bool pingpong;
	u8 nonagle;
	u8 ca_state;
	u8 urg_state;
	u8 urg_data;
	bool urg_mode;
	bool cwnd_limited;
	bool mtu_probing;
	u8 backoff;
	u8 retransmits;
	u8 probes_out;
	u8 rtx_timer_kind;
	u32 ts_offset;
	u32 ts_recent;
	u32 rcv_tsval;
	u32 rcv_tsecr;
	u32 last_ack_sent;
	u32 window_clamp;
	u32 rcv_ssthresh;
	u64 mstamp;
	u64 xmit_ns;
	u32 lrcvtime;
	u32 lsndtime;
	u32 rcv_tstamp;
	u32 ato;
	u32 rtx_timer_slack;
	u32 snd_up;
	unsigned long rtx_timeout;
	unsigned long rto_timeout;
	unsigned long delack_timeout;
	struct rb_root rtx_queue;
	struct rb_root ofo_queue;
	struct sk_buff *ofo_last;
	struct nst_tcp_ack_compression *ack_compression;
	u32 ofo_bytes;
	struct nst_tcp_sack_block dsack;
	struct nst_tcp_sack_block sack_blocks[NST_TCP_SACK_BLOCKS];

	/* Round trip */
	u32 srtt_us;
	u32 mdev_us;
	u32 mdev_max_us;
	u32 rttvar_us;
	u32 rtt_seq;
	u32 min_rtt_us;
	u32 min_rtt_next_us;
	u32 min_rtt_stamp;
	u32 rto;

	/* Congestion and loss */
	const struct nst_congestion_ops *ca_ops;
	bool ca_chosen;
	bool ca_initialized;
	u32 cwnd_cnt;
	u32 cwnd_clamp;
	u32 ssthresh;
	u32 prior_cwnd;
	u32 prior_ssthresh;
	u32 cwnd_stamp;
	u32 cwnd_usage_seq;
	u32 max_packets_out;
	u32 cwnd_used;
	u32 recover;
	u32 retrans_out;
	u32 lost_out;
	u32 sacked_out;
	u32 dupacks;
	u32 undo_marker;
	s32 undo_retrans;
	u32 total_retrans;
	u32 retrans_stamp;
	u32 delivered;
	u32 delivered_ce;
	u32 lost;
	u32 reordering;
	u32 reord_seen;
	u32 dsack_dups;
	bool frto;
	bool size_loss;
	struct nst_tcp_tlp tlp;
	struct nst_tcp_prr prr;
	struct nst_tcp_rack rack;
	struct nst_tcp_scoreboard board;

	/* Delivery rate and pacing */
	u32 delivered_us;
	u32 first_sent_us;
	u32 app_limited;
	u32 rate_delivered;
	u32 rate_interval_us;
	bool rate_app_limited;
	u64 pacing_next_ns;
	struct hrtimer pacing_timer;

	struct timer_list rtx_timer;
	struct timer_list delack_timer;
	unsigned long deferred;

	/* Buffers */
	u32 rcvq_space;
	u32 rcvq_seq;
	u64 rcvq_time;
	u32 rcv_rtt_us;
	u32 rcv_rtt_seq;
	u64 rcv_rtt_time;
	u32 rcv_rtt_tsecr;
	u32 notsent_lowat;
	u32 stamp_base;

	/* Setup, options, rare events */
	u32 iss;
	u32 irs;
	u32 urg_seq;
	time64_t ts_recent_stamp;
	u32 dup_ack_stamp;
	u32 challenge_stamp;
	u16 challenge_count;
	u16 mss_clamp;
	u16 user_mss;
	u32 pmtu;
	u32 mtu_info;
	struct nst_tcp_mtu_probe mtu_probe;
	int linger2;
	u32 keepalive_time;
	u32 keepalive_intvl;
	u8 keepalive_probes;
	u8 syn_retries;
	u8 defer_accept;
	u8 save_syn;
	bool thin_linear;
	bool recvmsg_inq;
	bool fastopen_connect;
	bool fastopen_no_cookie;
	bool orphan_counted;
	bool established_counted;
	u32 user_timeout;
	u32 remote_timeout;
	u32 probes_tstamp;
	int err_soft;
	struct nst_tcp_fastopen fastopen;
	struct nst_tcp_saved_syn *saved_syn;
	struct nst_tcp_fastopen_queue *fastopen_queue;
	struct nst_tcp_fastopen_queue *fastopen_pending;
	struct nst_tcp_listener __rcu *listener;
	struct list_head accept_node;

	struct nst_accecn accecn;

	u64 bytes_acked;
	u64 bytes_received;
	u64 bytes_sent;
	u64 bytes_retrans;
	u32 segs_in;
	u32 segs_out;
	u32 data_segs_in;
	u32 rcv_ooopack;
	u32 data_segs_out;
	u16 total_rto;
	u16 total_rto_recoveries;
	u32 total_rto_ms;
	u32 rto_stamp;
	struct nst_tcp_chrono chrono;

	u64 ca_priv[NST_CA_PRIV_SIZE / sizeof(u64)];
};

static inline struct nst_tcp_sock *nst_tcp_sk(const struct sock *sk)
{
	return (struct nst_tcp_sock *)sk;
}

/* RFC 7413 4.2.2: may the program use it though our SYN is not answered? */
static inline bool nst_tcp_fastopen_usable(const struct sock *sk)
{
	return sk->sk_state == TCP_SYN_RECV &&
	       READ_ONCE(nst_tcp_sk(sk)->fastopen_pending);
}

static inline void nst_tcp_mstamp_refresh(struct nst_tcp_sock *tp)
{
	tp->mstamp = nst_tcp_clock_us();
}

/* The sender turns to @pursuit (chrono.h), perhaps; mstamp is of now. */
static inline void nst_tcp_chrono_switch(struct nst_tcp_sock *tp, u8 pursuit)
{
	if (unlikely(tp->chrono.pursuit != pursuit))
		__nst_tcp_chrono_switch(tp, pursuit);
}

static inline bool nst_tcp_ca_open(const struct nst_tcp_sock *tp)
{
	return tp->ca_state == NST_TCP_CA_OPEN;
}

/* Segments in flight as the sender believes, RFC 6675's pipe for Reno. */
static inline u32 nst_tcp_in_flight(const struct nst_tcp_sock *tp)
{
	return tp->packets_out - (tp->sacked_out + tp->lost_out) +
	       tp->retrans_out;
}

/* Bytes of the last window advertised that are still open. */
static inline u32 nst_tcp_receive_window(const struct nst_tcp_sock *tp)
{
	s32 win = tp->rcv_wup + tp->rcv_wnd - tp->rcv_nxt;

	return win < 0 ? 0 : win;
}

/* One past the last sequence number that the peer's window admits. */
static inline u32 nst_tcp_wnd_end(const struct nst_tcp_sock *tp)
{
	return tp->snd_una + tp->snd_wnd;
}

/* Share of @space bytes of buffer that may be advertised as window. */
static inline int nst_tcp_win_from_space(const struct sock *sk, int space)
{
	int scale = READ_ONCE(nst_sk(sk)->stack->config.tcp_adv_win_scale);

	return scale <= 0 ? space >> -scale : space - (space >> scale);
}

static inline int nst_tcp_space(const struct sock *sk)
{
	return nst_tcp_win_from_space(sk, READ_ONCE(sk->sk_rcvbuf) -
				      READ_ONCE(sk->sk_backlog.len) -
				      atomic_read(&sk->sk_rmem_alloc));
}

static inline int nst_tcp_full_space(const struct sock *sk)
{
	return nst_tcp_win_from_space(sk, READ_ONCE(sk->sk_rcvbuf));
}

/*
 * How long an orphan stays in FIN-WAIT-2, jiffies: TCP_LINGER2 or the stack's
 * tcp_fin_timeout, and some retransmissions of the peer's FIN at least.
 */
static inline int nst_tcp_fin_time(const struct sock *sk)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int timeout = tp->linger2 ?:
		READ_ONCE(tp->nst.stack->config.tcp_fin_timeout) * HZ;

	return max_t(int, timeout, tp->rto * 4 - tp->rto / 2);
}

static inline struct sk_buff *nst_tcp_rtx_head(const struct sock *sk)
{
	return skb_rb_first(&nst_tcp_sk(sk)->rtx_queue);
}

static inline struct sk_buff *nst_tcp_rtx_tail(const struct sock *sk)
{
	return skb_rb_last(&nst_tcp_sk(sk)->rtx_queue);
}

/* First segment not yet sent. */
static inline struct sk_buff *nst_tcp_send_head(const struct sock *sk)
{
	return skb_peek(&sk->sk_write_queue);
}

static inline u32 nst_tcp_max_reordering(const struct nst_tcp_sock *tp)
{
	return READ_ONCE(tp->nst.stack->config.tcp_max_reordering);
}

static inline void nst_tcp_wmem_free_skb(struct sock *sk, struct sk_buff *skb)
{
	nst_tcp_sent_order_del(skb);
	sk_wmem_queued_add(sk, -skb->truesize);
	sk_mem_uncharge(sk, skb->truesize);
	__kfree_skb(skb);
}

/*
 * The same for what a segment acknowledges. Its text may need the memory:
 * nst_tcp_input() gives back what is left.
 */
static inline void nst_tcp_wmem_acked_skb(struct sock *sk, struct sk_buff *skb)
{
	nst_tcp_sent_order_del(skb);
	sk_wmem_queued_add(sk, -skb->truesize);
	WRITE_ONCE(sk->sk_forward_alloc,
		   sk->sk_forward_alloc + (int)skb->truesize);
	__kfree_skb(skb);
}

/* ---- tcp.c: the protocol object and its part of a stack ---- */

int nst_tcp_register(void);
void nst_tcp_unregister(void);
int nst_tcp_init(struct nst_stack *stack);
void nst_tcp_exit(struct nst_stack *stack);
extern struct proto nst_tcp_prot;

/* Defaults of a new socket (sk_prot->init). Return: 0. */
int nst_tcp_init_sock(struct sock *sk);

/* ---- state.c ---- */

/* Change state: counters, tracepoint, unhash on CLOSE. Socket lock. */
void nst_tcp_set_state(struct sock *sk, int state);

/* End a connection: CLOSE, timers off, error @err to the program. */
void nst_tcp_done(struct sock *sk, int err);

/* Free what is left of a dead orphan. Last call on it. Socket lock. */
void nst_tcp_destroy_sock(struct sock *sk);

/* Drop both send queues. Socket lock. */
void nst_tcp_write_queue_purge(struct sock *sk);

/* May there be one more orphan? Charges it. (tcp_max_orphans) */
bool nst_tcp_orphan_charge(struct sock *sk);

/* ---- options.c ---- */

/**
 * nst_tcp_options_parse() - read the options of a segment
 * @skb: segment with its TCP header linear at skb_transport_header()
 * @options: filled; all zero for what is not there
 *
 * Length 0 or 1, truncated and over-long options end the parse (RFC 9293
 * 3.1); the first of two equal options counts. MSS, window scale and SACK
 * permitted count on SYN only.
 */
void nst_tcp_options_parse(const struct sk_buff *skb,
			   struct nst_tcp_options *options);

/**
 * nst_tcp_options_write_syn() - write the options of a SYN or SYN-ACK
 * @ptr: 40 bytes of room, aligned
 * @options: what to send; mss is always sent
 *
 * In the host's order and padding: mss, sackOK, timestamp, nop, wscale; then,
 * if there is room, the user timeout and the AccECN option.
 * Return: bytes written, a multiple of 4.
 */
unsigned int nst_tcp_options_write_syn(__be32 *ptr,
				       const struct nst_tcp_options *options);

/* nop, nop, timestamp: 12 bytes. */
static inline __be32 *nst_tcp_options_write_ts(__be32 *ptr, u32 tsval,
					       u32 tsecr)
{
	*ptr++ = htonl((NST_TCPOPT_NOP << 24) | (NST_TCPOPT_NOP << 16) |
		       (NST_TCPOPT_TIMESTAMP << 8) | NST_TCPOLEN_TIMESTAMP);
	*ptr++ = htonl(tsval);
	*ptr++ = htonl(tsecr);
	return ptr;
}

/* ---- isn.c ---- */

u32 nst_tcp_isn(const struct nst_stack *stack, const struct nst_endpoint *flow);
u32 nst_tcp_ts_offset(const struct nst_stack *stack,
		      const struct nst_endpoint *flow);

/* ---- receive.c: segments from the network layer ---- */

/* struct nst_transport_protocol.receive and .error of IPPROTO_TCP. */
void nst_tcp_receive(struct nst_stack *stack, struct sk_buff *skb);
atomic64_t *nst_tcp_owner(struct nst_stack *stack, struct sk_buff *skb,
			  unsigned int header);
void nst_tcp_error(struct nst_stack *stack, struct sk_buff *skb,
		   const struct nst_icmp_error *error);

/* A checked segment to whoever owns its flow now; consumes @skb. */
void nst_tcp_deliver(struct nst_stack *stack, struct sk_buff *skb);

/* sk_backlog_rcv: one segment for a socket whose lock is held. */
int nst_tcp_backlog_rcv(struct sock *sk, struct sk_buff *skb);

/* ---- input.c: RFC 9293 3.10.7 ---- */

/**
 * nst_tcp_input() - process a segment of a connection
 * @sk: socket in any state but LISTEN and TIME-WAIT; locked
 * @skb: segment; skb->data at the TCP header; consumed
 *
 * Context: softirq, or process with BHs disabled (backlog).
 */
void nst_tcp_input(struct sock *sk, struct sk_buff *skb);

/**
 * nst_tcp_input_handshake_done() - a new socket takes its first segment
 * @child: socket that request.c made of a request, state SYN-RECEIVED, locked
 * @skb: the segment that acknowledged our SYN; consumed
 */
void nst_tcp_input_handshake_done(struct sock *child, struct sk_buff *skb);

/* ACK for an invalid segment, limited by tcp_invalid_ratelimit. */
bool nst_tcp_invalid_ack_allowed(struct nst_stack *stack, u32 *last_stamp,
				 enum nst_mib_item skipped);

/* RFC 5961: challenge ACK, limited for each connection. */
void nst_tcp_send_challenge_ack(struct sock *sk);

/* Take a reset (RFC 9293 3.5.3): error by state, then done. */
void nst_tcp_reset(struct sock *sk);

/* ---- ack.c: acknowledgements, RFC 9293 3.10.7.4 fifth check ---- */

/* Return of nst_tcp_ack() */
#define NST_TCP_ACK_INVALID	(-1)	/* segment is dropped, ACK was sent */
#define NST_TCP_ACK_OLD		0	/* acknowledges nothing new */
#define NST_TCP_ACK_FORWARD	1

int nst_tcp_ack(struct sock *sk, struct sk_buff *skb);

/* ---- ce_echo.c: RFC 8257 3.2 ---- */

void nst_tcp_ce_received(struct sock *sk, bool ce);

/* ---- sndbuf.c ---- */

void nst_tcp_expand_send_buffer(struct sock *sk);

/* ---- rtt.c: RFC 6298 ---- */

void nst_tcp_rtt_init(struct nst_tcp_sock *tp);
s32 nst_tcp_rtt_echoed(const struct nst_tcp_sock *tp);
void nst_tcp_rtt_sample(struct nst_tcp_sock *tp, u32 rtt_us);
void nst_tcp_rtt_reset_rto(struct nst_tcp_sock *tp);

/* ---- transmit.c: one segment onto the wire ---- */

/**
 * nst_tcp_transmit() - give a segment its header and send it
 * @sk: socket, locked
 * @skb: segment with seq, end_seq, flags, gso_* set
 * @clone: send a copy of the buffer; else @skb is consumed
 *
 * Fills window, timestamp, acknowledgement; updates counters and clocks,
 * cancels a pending delayed ACK.
 *
 * Return: 0 or a negative errno of nst_network_output().
 */
int nst_tcp_transmit(struct sock *sk, struct sk_buff *skb, bool clone);

/* Send a bare ACK now. Without memory the delayed ACK timer tries again. */
void nst_tcp_send_ack(struct sock *sk);

/* RST of a connection that we give up (RFC 9293 3.10.4, 3.10.5). */
void nst_tcp_send_active_reset(struct sock *sk, gfp_t gfp);

/*
 * Probe of a header only: one old sequence number, or with @urgent the next
 * one, which carries the urgent pointer. Return: 0 or a negative errno.
 */
int nst_tcp_transmit_probe(struct sock *sk, bool urgent);

/* Window to advertise, scaled field; never shrinks (RFC 9293 3.8.6.2.2). */
u16 nst_tcp_select_window(struct sock *sk);
u32 __nst_tcp_select_window(struct sock *sk);

/* First window and its scale for a buffer (SYN and SYN-ACK). */
void nst_tcp_select_initial_window(const struct sock *sk, u32 mss,
				   u32 *rcv_wnd, u32 *window_clamp,
				   bool wscale_ok, u8 *rcv_wscale);

/* ---- cwnd_validation.c: is the congestion window used? ---- */

void nst_tcp_cwnd_restart(struct nst_tcp_sock *tp);
void nst_tcp_cwnd_validate(struct nst_tcp_sock *tp, bool limited);

/*
 * RFC 7661 4.2: cwnd may grow only if it is used. In slow start half used
 * will do, for the acknowledgment clock starts in bursts.
 */
static inline bool nst_tcp_cwnd_may_grow(const struct nst_tcp_sock *tp)
{
	return tp->cwnd_limited || (tp->cwnd < tp->ssthresh &&
				    tp->cwnd < 2 * tp->max_packets_out);
}

/* ---- output.c: what may be sent, and when ---- */

/**
 * nst_tcp_push() - send what the windows, Nagle and the cork allow
 * @sk: socket, locked
 * @nonagle: NST_TCP_NAGLE_* to apply to the last segment
 *
 * Takes the time (mstamp); sets the probe timer when a zero window blocks
 * everything.
 */
void nst_tcp_push(struct sock *sk, u8 nonagle);

/* The same; nst_tcp_size_goal() knows @mss, which is the current one. */
void nst_tcp_push_mss(struct sock *sk, u32 mss, u8 nonagle);

/* After an acknowledgement: send what has become possible. */
void nst_tcp_data_snd_check(struct sock *sk);

/* Likewise one buffer, ignoring Nagle. */
void nst_tcp_push_one(struct sock *sk, u32 mss);

/* One segment of new data, whatever cwnd is. Return: it was sent. */
bool nst_tcp_send_probe_segment(struct sock *sk);

/* Append a FIN to the last segment or send one of its own. */
void nst_tcp_send_fin(struct sock *sk);

/* Zero-window or keepalive probe. Return: 0 or a negative errno. */
int nst_tcp_send_window_probe(struct sock *sk);
int nst_tcp_send_keepalive_probe(struct sock *sk);

/* ---- mss.c ---- */

/* Congestion window of a connection that knows nothing, segments. */
static inline u32 nst_tcp_init_cwnd(const struct nst_tcp_sock *tp)
{
	return tp->nst.path.initcwnd ?: NST_TCP_INIT_CWND;
}

/* Current MSS after options and path MTU; refreshes mss_cache. */
u32 nst_tcp_current_mss(struct sock *sk);
void nst_tcp_sync_mss(struct sock *sk, u32 pmtu);

/* Headers of a data segment, options of IP and TCP included, bytes. */
u32 nst_tcp_packet_headers(const struct sock *sk);

/* MSS to advertise on the socket's path. */
u16 nst_tcp_advertised_mss(const struct sock *sk);

/*
 * The path MTU is mtu_info now (RFC 1191 6.4): smaller segments from here on
 * and what no longer fits is sent again. Socket lock, not owned by the user
 * (else set NST_TCP_DEFER_MTU).
 */
void nst_tcp_mtu_reduced(struct sock *sk);

/* Payload that one buffer should reach at @mss, bytes. */
u32 nst_tcp_size_goal(struct sock *sk, u32 mss);

/* Payload of one super-segment that the pacing rate admits, bytes. */
u32 nst_tcp_burst_size(const struct sock *sk, u32 mss);

/* ---- connect.c: active open ---- */

int nst_tcp_connect_start(struct sock *sk);

/* Connection is synchronised (either role): buffers, timers, cwnd. */
void nst_tcp_established(struct sock *sk);

/* ---- timer.c: what happens when they expire ---- */

void nst_tcp_timers_init(struct sock *sk);
void nst_tcp_timers_stop(struct sock *sk);
void nst_tcp_probe_timer_check(struct sock *sk);
void nst_tcp_delack_timer_set(struct sock *sk, unsigned long delay);
void nst_tcp_keepalive_set(struct sock *sk, unsigned long delay);

/* Silence before the first keepalive probe, jiffies. */
u32 nst_tcp_keepalive_time(const struct nst_tcp_sock *tp);

/* SO_KEEPALIVE switched (sk_prot->keepalive). */
void nst_tcp_set_keepalive(struct sock *sk, int on);

/* release_sock(): what timers and errors left for the owner. */
void nst_tcp_release_cb(struct sock *sk);

/* ---- listen.c, request.c: passive open ---- */

int nst_tcp_listen_start(struct sock *sk, int backlog);
void nst_tcp_listen_stop(struct sock *sk);

/* A segment for a listener. Softirq, RCU, no lock; consumes @skb. */
void nst_tcp_listen_input(struct sock *sk, struct sk_buff *skb);

/* A segment for a half-open connection; consumes @skb and the reference. */
void nst_tcp_request_input(struct nst_stack *stack,
			   struct nst_endpoint *endpoint, struct sk_buff *skb);

/* Hard ICMP error about our SYN-ACK; the reference stays the caller's. */
void nst_tcp_request_error(struct nst_stack *stack,
			   struct nst_endpoint *endpoint, u32 seq);

/* ---- timewait.c ---- */

/* Move a closing connection to TIME-WAIT (or FIN-WAIT-2); ends @sk. */
void nst_tcp_time_wait(struct sock *sk, int state, unsigned long timeout);

/* A segment for it; consumes @skb and the reference. */
void nst_tcp_timewait_input(struct nst_stack *stack,
			    struct nst_endpoint *endpoint,
			    struct sk_buff *skb);

/* May a new connection take the flow over (RFC 6191)? */
bool nst_tcp_timewait_reusable(struct nst_stack *stack,
			       struct nst_endpoint *endpoint,
			       struct nst_tcp_sock *tp);

/* Its flow was taken over: ends it, consumes the table's reference. */
void nst_tcp_timewait_replaced(struct nst_endpoint *endpoint);

/* End all of a stack. */
void nst_tcp_timewait_purge(struct nst_stack *stack);

/* ---- what programs call: sk_prot and socket/stream.c ---- */

int nst_tcp_connect(struct sock *sk, const struct nst_sockaddr *peer);
struct sock *nst_tcp_accept(struct sock *sk, int flags, int *err);
int nst_tcp_sendmsg(struct sock *sk, struct msghdr *msg, size_t size);
int nst_tcp_sendmsg_locked(struct sock *sk, struct msghdr *msg);
void nst_tcp_splice_eof(struct socket *sock);
int nst_tcp_recv(struct sock *sk, struct msghdr *msg, size_t len, int flags);
ssize_t nst_tcp_splice_read(struct socket *sock, loff_t *ppos,
			    struct pipe_inode_info *pipe, size_t len,
			    unsigned int flags);
__poll_t nst_tcp_poll(struct file *file, struct socket *sock,
		      struct poll_table_struct *wait);
int nst_tcp_ioctl(struct sock *sk, int cmd, int *karg);
int nst_tcp_set_rcvlowat(struct sock *sk, int val);
void nst_tcp_write_space(struct sock *sk);
void nst_tcp_close(struct sock *sk, long timeout);
void nst_tcp_shutdown(struct sock *sk, int how);
int nst_tcp_disconnect(struct sock *sk, int flags);
int nst_tcp_abort(struct sock *sk, int err);
int nst_tcp_setsockopt(struct sock *sk, int level, int optname,
		       sockptr_t optval, unsigned int optlen);
int nst_tcp_getsockopt(struct sock *sk, int level, int optname,
		       char __user *optval, int __user *optlen);
void nst_tcp_get_info(struct sock *sk, struct tcp_info *info);
void nst_tcp_get_full_info(struct sock *sk, struct nst_tcp_info *info);
void nst_tcp_peek_info(struct sock *sk, struct nst_tcp_info *info);

#endif /* NST_TCP_H */
