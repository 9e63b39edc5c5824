// SPDX-License-Identifier: GPL-2.0
/*
 * Tail loss probes (RFC 8985 7): when no acknowledgment comes for two round
 * trips, one segment more is sent, so that its SACK lets RACK see the losses
 * at the end of a flight, long before the retransmission time-out.
 */
#include "tcp.h"

/* tcp_early_retrans: these values switch probes on, as on the host. */
#define EARLY_RETRANS_TLP	3
#define EARLY_RETRANS_TLP_ALSO	4

/* An ACK that is on its way shall not lose against the clock: microseconds. */
#define PTO_SLACK		2000

/* RFC 8985 7.2: with SACK, outstanding data, and no recovery going on. */
static bool may_probe(const struct nst_tcp_sock *tp)
{
	u32 mode = READ_ONCE(tp->nst.stack->config.tcp_early_retrans);

	return tp->sack_ok && tp->packets_out &&
	       tp->nst.sk.sk_state != TCP_SYN_RECV &&
	       (mode == EARLY_RETRANS_TLP || mode == EARLY_RETRANS_TLP_ALSO) &&
	       (tp->ca_state == NST_TCP_CA_OPEN ||
		tp->ca_state == NST_TCP_CA_CWR);
}

/*
 * RFC 8985 7.2 TLP_calc_PTO(): two round trips, and the longest delay of an
 * ACK if only one segment is out. Jiffies.
 */
static unsigned long probe_timeout(const struct nst_tcp_sock *tp)
{
	u32 slack = PTO_SLACK;

	if (!tp->srtt_us)
		return NST_TCP_RTO_INIT;
	if (tp->packets_out == 1)
		slack = jiffies_to_usecs(NST_TCP_RTO_MIN);
	return usecs_to_jiffies((tp->srtt_us >> 2) + slack);
}

/**
 * nst_tcp_tlp_schedule() - set the timer for a probe, if there may be one
 * @sk: socket, locked; the deadline of the RTO is up to date
 *
 * RFC 8985 7.2: after a transmission of new data and after an acknowledgment;
 * never later than the RTO.
 *
 * Return: it is set.
 */
bool nst_tcp_tlp_schedule(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	unsigned long pto;
	long rto;

	if (!may_probe(tp))
		return false;
	pto = probe_timeout(tp);
	rto = tp->rto_timeout - nst_tcp_jiffies();
	if ((long)pto > rto)
		pto = max(rto, 1L);
	nst_tcp_rtx_timer_set(sk, NST_TCP_TIMER_LOSS_PROBE, pto);
	return true;
}

/* The last segment once more. Return: 0 or a negative errno. */
static int probe_by_retransmission(struct sock *sk)
{
	struct sk_buff *skb = nst_tcp_rtx_tail(sk);
	struct nst_tcp_cb *cb;
	int err;

	if (!skb)
		return -ENOENT;
	cb = nst_tcp_cb(skb);
	if (cb->gso_segs > 1 && skb->len > (cb->gso_segs - 1) * cb->gso_size) {
		err = nst_tcp_fragment(sk, skb,
				       (cb->gso_segs - 1) * cb->gso_size,
				       true, GFP_ATOMIC);
		if (err)
			return err;
		skb = skb_rb_next(skb);
	}
	return nst_tcp_retransmit_probe(sk, skb);
}

/**
 * nst_tcp_tlp_timeout() - the probe timer expired
 * @sk: socket, locked
 *
 * RFC 8985 7.3 TLP_send_probe(): new data if the peer's window takes it,
 * whatever the congestion window says, else the last segment. One probe at a
 * time. The RTO is reckoned from here, unless there was no probe.
 */
void nst_tcp_tlp_timeout(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool sent;

	if (!tp->packets_out)
		return;
	if (tp->tlp.outstanding) {
		nst_tcp_resume_rto(sk);
		return;
	}
	tp->tlp.is_retrans = false;
	sent = nst_tcp_send_probe_segment(sk);
	if (!sent && !probe_by_retransmission(sk)) {
		tp->tlp.is_retrans = true;
		sent = true;
	}
	if (!sent) {
		nst_tcp_resume_rto(sk);
		return;
	}
	tp->tlp.outstanding = true;
	tp->tlp.end_seq = tp->snd_nxt;
	NST_INC(nst_sk(sk)->stack, TCP_LOSS_PROBES);
	nst_tcp_rearm_rto(sk);
}

/**
 * nst_tcp_tlp_ack() - what became of the probe?
 * @tp: connection with tlp.outstanding
 * @acked: acknowledgment
 *
 * RFC 8985 7.4.2 TLP_process_ack().
 *
 * Return: the probe repaired a loss, which nothing else will answer for: the
 * window must be reduced.
 */
bool nst_tcp_tlp_ack(struct nst_tcp_sock *tp, const struct nst_tcp_acked *acked)
{
	struct nst_tcp_tlp *tlp = &tp->tlp;

	if (nst_before(tp->snd_una, tlp->end_seq))
		return false;
	if (!tlp->is_retrans) {
		/* All that was outstanding is acknowledged. */
		tlp->outstanding = false;
	} else if (acked->dsack_tlp) {
		/* Both the original and the probe arrived. */
		tlp->outstanding = false;
	} else if (nst_after(tp->snd_una, tlp->end_seq)) {
		/* Newer data is acknowledged, and no duplicate reported. */
		tlp->outstanding = false;
		NST_INC(tp->nst.stack, TCP_LOSS_PROBE_RECOVERY);
		return true;
	} else if (acked->dupack && !acked->has_sack) {
		/* The probe was a duplicate to a peer without DSACK. */
		tlp->outstanding = false;
	}
	return false;
}
