/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What TCP_INFO answers: struct tcp_info as the newest kernel has it, on older
 * ones as well. A program is given as much of it as it has room for.
 */
#ifndef NST_TCP_INFO_H
#define NST_TCP_INFO_H

#include <linux/stddef.h>
#include <linux/tcp.h>

#ifndef TCPI_ECN_MODE_DISABLED
#define TCPI_ECN_MODE_DISABLED	0
#define TCPI_ECN_MODE_RFC3168	1
#define TCPI_ECN_MODE_ACCECN	2
#define TCPI_ECN_MODE_PENDING	3
#endif

/**
 * struct nst_tcp_info - struct tcp_info, and behind it what is new
 * @head: what this kernel's headers name
 * @before: the same, as bytes
 * @rcv_wnd: window that we have advertised and that is still open, bytes
 * @rehash: how often a path was left by another hash: never, see info.c
 * @total_rto: time-outs in all
 * @total_rto_recoveries: of them, the first ones in a row
 * @total_rto_time: ms from each first one to the end of its recovery
 * @received_ce: RFC 9768, segments with CE that came in
 * @delivered_e1_bytes: what the peer says of ours; so the following two
 * @delivered_e0_bytes: the same
 * @delivered_ce_bytes: the same
 * @received_e1_bytes: payload that came in with ECT(1); so the following two
 * @received_e0_bytes: the same
 * @received_ce_bytes: the same
 * @ecn_mode: TCPI_ECN_MODE_*
 * @accecn_opt_seen: which AccECN option came
 * @accecn_fail_mode: what path or peer do to the fields
 * @options2: nothing yet
 *
 * The fields follow tcpi_snd_wnd, the last that 6.1 has.
 */
struct nst_tcp_info {
	union {
		struct tcp_info head;
		struct {
			u8 before[offsetofend(struct tcp_info, tcpi_snd_wnd)];
			u32 rcv_wnd;
			u32 rehash;
			u16 total_rto;
			u16 total_rto_recoveries;
			u32 total_rto_time;
			u32 received_ce;
			u32 delivered_e1_bytes;
			u32 delivered_e0_bytes;
			u32 delivered_ce_bytes;
			u32 received_e1_bytes;
			u32 received_e0_bytes;
			u32 received_ce_bytes;
			u32 ecn_mode : 2;
			u32 accecn_opt_seen : 2;
			u32 accecn_fail_mode : 4;
			u32 options2 : 24;
		};
	};
};

#endif /* NST_TCP_INFO_H */
