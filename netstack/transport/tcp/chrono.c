// SPDX-License-Identifier: GPL-2.0
/*
 * The stopwatches of chrono.h. One spell at a time: to switch costs two
 * additions, and to go on as before costs a comparison.
 */
#include "tcp.h"

/**
 * __nst_tcp_chrono_switch() - the sender turns to something else
 * @tp: connection, locked; its mstamp is of now
 * @pursuit: enum nst_tcp_pursuit
 *
 * nst_tcp_chrono_switch() is the same, and looks first whether it is news.
 */
void __nst_tcp_chrono_switch(struct nst_tcp_sock *tp, u8 pursuit)
{
	struct nst_tcp_chrono *chrono = &tp->chrono;

	if (chrono->pursuit != NST_TCP_IDLE && tp->mstamp > chrono->since)
		chrono->spent[chrono->pursuit - 1] += tp->mstamp -
						      chrono->since;
	chrono->pursuit = pursuit;
	chrono->since = tp->mstamp;
}

/**
 * nst_tcp_chrono_spent() - how long a connection was at it
 * @tp: connection, locked
 * @pursuit: enum nst_tcp_pursuit, but not NST_TCP_IDLE
 *
 * Return: microseconds, the spell under way included.
 */
u64 nst_tcp_chrono_spent(const struct nst_tcp_sock *tp, u8 pursuit)
{
	const struct nst_tcp_chrono *chrono = &tp->chrono;
	u64 spent = chrono->spent[pursuit - 1];
	u64 now = nst_tcp_clock_us();

	if (chrono->pursuit == pursuit && now > chrono->since)
		spent += now - chrono->since;
	return spent;
}
