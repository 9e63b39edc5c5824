// SPDX-License-Identifier: GPL-2.0
/*
 * CUBIC (RFC 9438): in congestion avoidance the window is a cubic function of
 * the time since the last reduction, steep where it is far from the window
 * at which loss occurred and flat near it. On paths where Reno would be
 * faster it is Reno's (4.3).
 *
 * Windows are in segments, times in 1/1024 s: integers do, since
 *
 *	W_cubic(t) = C (t - K)^3 + W_max,	C = 0.4
 *	K = cbrt((W_max - cwnd_epoch) / C)
 *
 * need two multiplications and a shift. The increase of cwnd is by what was
 * acknowledged, not for each ACK, so that delayed ACKs change nothing.
 */
#include "hystart.h"
#include "tcp.h"

#define TIME_SHIFT	10		/* 1024 units are a second */
#define TIME_MAX	BIT(20)	/* of |t - K|: keeps the cube in 62 bits */
/* Microseconds times this, shifted by 32, are units: 2^42 / 10^6. */
#define UNITS_PER_US	4398046ULL
#define US_MAX		BIT_ULL(40)

/* beta_cubic = 7/10 and alpha_cubic = 3 (1 - beta) / (1 + beta) = 9/17. */
#define BETA_NUM	7
#define BETA_DEN	10
#define ALPHA_NUM	9
#define ALPHA_DEN	17

/* No window is larger; more would not fit the cube root. */
#define WINDOW_MAX	BIT(30)

/**
 * struct model - RFC 9438 4.1.2's variables, restored when a loss is undone
 * @epoch: clock at the begin of congestion avoidance, without the time in
 *	which the application limited the flow; us; 0: not begun
 * @w_max: W_max, or 0 when nothing was lost yet
 * @k: K, 1/1024 s
 * @w_est: W_est
 * @w_est_cnt: what is not enough for one more, in 1/17 of a cwnd's part
 * @cwnd_prior: cwnd before the last reduction
 */
struct model {
	u64 epoch;
	u32 w_max;
	u32 k;
	u32 w_est;
	u32 w_est_cnt;
	u32 cwnd_prior;
};

/**
 * struct cubic - CUBIC's state of a connection
 * @hystart: slow start (RFC 9438 4.10)
 * @after_timeout: the next congestion avoidance follows a time-out (4.8)
 * @model: now
 * @saved: before the last reduction (4.9)
 * @last_ack: clock of the last acknowledgment of data, us, 32 bits
 */
struct cubic {
	struct nst_hystart hystart;
	bool after_timeout;
	struct model model;
	struct model saved;
	u32 last_ack;
};

static struct cubic *cubic_of(struct nst_tcp_sock *tp)
{
	BUILD_BUG_ON(sizeof(struct cubic) > NST_CA_PRIV_SIZE);
	return (struct cubic *)tp->ca_priv;
}

static u32 us_to_units(u64 us)
{
	return (min(us, US_MAX) * UNITS_PER_US) >> 32;
}

/* The largest integer whose cube is at most @a, which is below 2^63. */
static u32 cube_root(u64 a)
{
	u32 bit, root = 0;

	for (bit = BIT(20); bit; bit >>= 1) {
		u64 next = root | bit;

		if (next * next * next <= a)
			root = next;
	}
	return root;
}

/* RFC 9438 4.2 figure 2: K; (w_max - cwnd) / 0.4 s^3 in units^3. */
static u32 time_to_reach(u32 w_max, u32 cwnd)
{
	u64 distance = min_t(u32, w_max, WINDOW_MAX) - min(cwnd, w_max);

	return cube_root(div_u64(distance * 5, 2) << (3 * TIME_SHIFT));
}

/* RFC 9438 4.2 figure 1: W_cubic(t) */
static u32 w_cubic(const struct model *model, u32 t)
{
	u64 d = t > model->k ? t - model->k : model->k - t;
	u64 distance;

	d = min_t(u64, d, TIME_MAX);
	distance = div_u64(d * d * d, 5) >> (3 * TIME_SHIFT - 1);
	if (t > model->k)
		return min_t(u64, model->w_max + distance, WINDOW_MAX);
	return model->w_max > distance ? model->w_max - distance : 0;
}

/*
 * Congestion avoidance begins. RFC 9438 4.8, 4.10: after a time-out, or when
 * HyStart++ has ended slow start without a loss, the curve begins where it is
 * flat: W_max is the window of now.
 */
static void epoch_begin(struct nst_tcp_sock *tp)
{
	struct cubic *cubic = cubic_of(tp);
	struct model *model = &cubic->model;

	model->epoch = tp->mstamp;
	model->w_est = tp->cwnd;
	model->w_est_cnt = 0;
	if (cubic->after_timeout || tp->cwnd >= model->w_max) {
		model->w_max = tp->cwnd;
		model->k = 0;
	} else {
		model->k = time_to_reach(model->w_max, tp->cwnd);
	}
	if (!model->cwnd_prior)
		model->cwnd_prior = tp->cwnd;
	cubic->after_timeout = false;
	tp->cwnd_cnt = 0;
}

/*
 * RFC 9438 4.3 figure 4: W_est += alpha_cubic segments_acked / cwnd, with
 * alpha_cubic = 1 once the window before the reduction is reached again.
 */
static void reno_grow(struct nst_tcp_sock *tp, struct model *model, u32 acked)
{
	u32 alpha = model->w_est >= model->cwnd_prior ? ALPHA_DEN : ALPHA_NUM;
	u64 window = (u64)ALPHA_DEN * tp->cwnd;
	u64 count = model->w_est_cnt + (u64)alpha * acked;

	while (count >= window) {
		count -= window;
		model->w_est++;
	}
	model->w_est_cnt = count;
}

/* RFC 9438 4.4, 4.5: (target - cwnd) / cwnd for each segment acknowledged. */
static void cubic_grow(struct nst_tcp_sock *tp, u32 target, u32 acked)
{
	u64 count = tp->cwnd_cnt + (u64)acked * (target - tp->cwnd);
	u32 grow;

	if (count < tp->cwnd) {
		tp->cwnd_cnt = count;
		return;
	}
	grow = div_u64_rem(count, tp->cwnd, &tp->cwnd_cnt);
	tp->cwnd = min(min(tp->cwnd + grow, target), tp->cwnd_clamp);
}

static void cubic_cong_avoid(struct nst_tcp_sock *tp, u32 acked)
{
	struct cubic *cubic = cubic_of(tp);
	struct model *model = &cubic->model;
	u32 t, target;

	if (tp->cwnd < tp->ssthresh) {
		acked = nst_hystart_grow(&cubic->hystart, tp, acked);
		if (!acked)
			return;
	}
	if (!model->epoch)
		epoch_begin(tp);

	t = us_to_units(tp->mstamp - model->epoch);
	reno_grow(tp, model, acked);
	if (w_cubic(model, t) < model->w_est) {
		/* RFC 9438 4.3: the Reno-friendly region */
		tp->cwnd = min(max(tp->cwnd, model->w_est), tp->cwnd_clamp);
		return;
	}
	/* RFC 9438 4.2: where the curve will be a round trip from now */
	target = w_cubic(model, t + us_to_units(tp->srtt_us >> 3));
	target = clamp(target, tp->cwnd, tp->cwnd + tp->cwnd / 2);
	cubic_grow(tp, target, acked);
}

/*
 * RFC 9438 4.6, 4.7. The window rather than the flight is reduced, as 4.6
 * admits where a window that is not used does not grow.
 */
static u32 cubic_ssthresh(struct nst_tcp_sock *tp)
{
	struct cubic *cubic = cubic_of(tp);
	struct model *model = &cubic->model;
	u32 cwnd = min_t(u32, tp->cwnd, WINDOW_MAX);

	cubic->saved = *model;
	model->epoch = 0;
	model->cwnd_prior = cwnd;
	/* Fast convergence: leave room for a flow that has come since. */
	if (cwnd < model->w_max)
		model->w_max = div_u64((u64)cwnd * (BETA_DEN + BETA_NUM),
				       2 * BETA_DEN);
	else
		model->w_max = cwnd;
	return max_t(u32, div_u64((u64)cwnd * BETA_NUM, BETA_DEN), 2);
}

/* RFC 9438 4.9: nothing was lost; go on as if nothing had happened. */
static u32 cubic_undo_cwnd(struct nst_tcp_sock *tp)
{
	struct cubic *cubic = cubic_of(tp);

	if (tp->cwnd < tp->prior_cwnd) {
		cubic->model = cubic->saved;
		cubic->after_timeout = false;
	}
	return nst_congestion_undo(tp);
}

/* RFC 9438 5.8: t leaves out the time since the last acknowledgment. */
static void skip_time(struct nst_tcp_sock *tp, struct cubic *cubic)
{
	if (cubic->model.epoch)
		cubic->model.epoch += (u32)tp->mstamp - cubic->last_ack;
	cubic->last_ack = tp->mstamp;
}

static void cubic_event(struct nst_tcp_sock *tp, enum nst_ca_event event)
{
	struct cubic *cubic = cubic_of(tp);

	switch (event) {
	case NST_CA_EVENT_TX_START:
		skip_time(tp, cubic);
		break;
	case NST_CA_EVENT_LOSS:
		cubic->model.epoch = 0;
		cubic->after_timeout = true;
		break;
	default:
		break;
	}
}

static void cubic_pkts_acked(struct nst_tcp_sock *tp,
			     const struct nst_tcp_acked *acked)
{
	struct cubic *cubic = cubic_of(tp);

	if (tp->cwnd_limited)
		cubic->last_ack = tp->mstamp;
	else
		skip_time(tp, cubic);
	if (tp->cwnd < tp->ssthresh && acked->rtt_us >= 0)
		nst_hystart_sample(&cubic->hystart, tp, acked->rtt_us);
}

static void cubic_init(struct nst_tcp_sock *tp)
{
	struct cubic *cubic = cubic_of(tp);

	nst_hystart_init(&cubic->hystart, tp);
	cubic->last_ack = tp->mstamp;
}

const struct nst_congestion_ops nst_cubic = {
	.name = "cubic",
	.init = cubic_init,
	.ssthresh = cubic_ssthresh,
	.cong_avoid = cubic_cong_avoid,
	.undo_cwnd = cubic_undo_cwnd,
	.event = cubic_event,
	.pkts_acked = cubic_pkts_acked,
};
