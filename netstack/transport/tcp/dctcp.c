// SPDX-License-Identifier: GPL-2.0
/*
 * DCTCP (RFC 8257): for networks whose switches mark early and often. The
 * share of marked segments of a window is averaged (alpha), and the window is
 * reduced by half of that share, once for each window with marks. Losses are
 * Reno's (3.5).
 *
 * The other side of it, a receiver that echoes each mark and no more (3.2),
 * is ce_echo.c's. Without ECN on the connection there are no marks, and what
 * is left is Reno.
 */
#include "tcp.h"

/* alpha has 20 bits behind the point; TCP_CC_INFO tells 10 of them. */
#define ALPHA_SHIFT	20
#define ALPHA_ONE	BIT(ALPHA_SHIFT)
#define INFO_SHIFT	10
#define G_SHIFT		4	/* RFC 8257 4.2: g = 1/16 */

/**
 * struct dctcp - DCTCP's state of a connection
 * @alpha: DCTCP.Alpha, the estimated share of marked segments
 * @window_end: DCTCP.WindowEnd
 * @acked: DCTCP.BytesAcked, in segments
 * @marked: DCTCP.BytesMarked, in segments
 * @ce: DCTCP.CE: the last segment received was marked
 */
struct dctcp {
	u32 alpha;
	u32 window_end;
	u32 acked;
	u32 marked;
	bool ce;
};

static struct dctcp *dctcp_of(struct nst_tcp_sock *tp)
{
	BUILD_BUG_ON(sizeof(struct dctcp) > NST_CA_PRIV_SIZE);
	return (struct dctcp *)tp->ca_priv;
}

/* RFC 8257 3.3: DCTCP.Alpha SHOULD be 1 at first: as careful as RFC 3168. */
static void dctcp_init(struct nst_tcp_sock *tp)
{
	struct dctcp *dctcp = dctcp_of(tp);

	dctcp->alpha = ALPHA_ONE;
	dctcp->window_end = tp->snd_nxt;
}

/* RFC 8257 3.3 steps 5 to 9: alpha = alpha (1 - g) + g M */
static void window_done(struct nst_tcp_sock *tp, struct dctcp *dctcp)
{
	/* Accurate ECN tells of marks on segments without data as well. */
	u32 marked = div_u64((u64)min(dctcp->marked, dctcp->acked) <<
			     ALPHA_SHIFT, dctcp->acked);

	dctcp->alpha -= dctcp->alpha >> G_SHIFT;
	/* What the shift leaves must not stay for ever. */
	if (!marked && dctcp->alpha < BIT(G_SHIFT))
		dctcp->alpha = 0;
	dctcp->alpha = min_t(u32, dctcp->alpha + (marked >> G_SHIFT),
			     ALPHA_ONE);
	dctcp->window_end = tp->snd_nxt;
	dctcp->acked = 0;
	dctcp->marked = 0;
}

/* RFC 8257 3.3 steps 1 to 4 */
static void dctcp_ecn_acked(struct nst_tcp_sock *tp, u32 delivered, u32 marked)
{
	struct dctcp *dctcp = dctcp_of(tp);

	dctcp->acked += delivered;
	dctcp->marked += marked;
	if (dctcp->acked && nst_after(tp->snd_una, dctcp->window_end))
		window_done(tp, dctcp);
}

/* RFC 8257 3.3: cwnd = cwnd (1 - alpha / 2) */
static u32 dctcp_ecn_ssthresh(struct nst_tcp_sock *tp)
{
	u64 cut = (u64)tp->cwnd * dctcp_of(tp)->alpha >> (ALPHA_SHIFT + 1);

	return max_t(u32, tp->cwnd - cut, 2);
}

/* RFC 8257 3.5 */
static u32 dctcp_ssthresh(struct nst_tcp_sock *tp)
{
	return max(tp->cwnd >> 1, 2U);
}

static void dctcp_cong_avoid(struct nst_tcp_sock *tp, u32 acked)
{
	if (tp->cwnd < tp->ssthresh) {
		acked = nst_congestion_abc_limit(tp, acked);
		acked = nst_congestion_slow_start(tp, acked);
		if (!acked)
			return;
	}
	nst_congestion_additive(tp, tp->cwnd, acked);
}

static void dctcp_event(struct nst_tcp_sock *tp, enum nst_ca_event event)
{
	if (event == NST_CA_EVENT_ECN_CE)
		dctcp_of(tp)->ce = true;
	else if (event == NST_CA_EVENT_ECN_NO_CE)
		dctcp_of(tp)->ce = false;
}

static bool dctcp_echo_ce(const struct nst_tcp_sock *tp)
{
	return ((const struct dctcp *)tp->ca_priv)->ce;
}

static size_t dctcp_get_info(const struct nst_tcp_sock *tp,
			     union tcp_cc_info *info)
{
	const struct dctcp *dctcp = (const struct dctcp *)tp->ca_priv;

	info->dctcp.dctcp_enabled = 1;
	info->dctcp.dctcp_ce_state = dctcp->ce;
	info->dctcp.dctcp_alpha = dctcp->alpha >> (ALPHA_SHIFT - INFO_SHIFT);
	info->dctcp.dctcp_ab_ecn = dctcp->marked * tp->mss_cache;
	info->dctcp.dctcp_ab_tot = dctcp->acked * tp->mss_cache;
	return sizeof(info->dctcp);
}

const struct nst_congestion_ops nst_dctcp = {
	.name = "dctcp",
	.flags = NST_CA_NEEDS_ECN,
	.init = dctcp_init,
	.ssthresh = dctcp_ssthresh,
	.ecn_ssthresh = dctcp_ecn_ssthresh,
	.cong_avoid = dctcp_cong_avoid,
	.undo_cwnd = nst_congestion_undo,
	.event = dctcp_event,
	.ecn_acked = dctcp_ecn_acked,
	.echo_ce = dctcp_echo_ce,
	.get_info = dctcp_get_info,
};
