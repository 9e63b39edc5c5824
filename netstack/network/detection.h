/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Duplicate address detection: the machine that both families share, and
 * what ARP and neighbour discovery tell it of themselves.
 */
#ifndef NST_DETECTION_H
#define NST_DETECTION_H

#include "address.h"

/**
 * struct nst_detection_plan - how often messages go out; times in jiffies
 * @probes: probes of an address
 * @announcements: announcements of one that was probed; one that was not has
 *	one at most
 * @probe_wait_max: most that the first probe waits
 * @probe_gap_min: least and
 * @probe_gap_max: most between probes
 * @probe_end: from the last probe until the address is taken into use
 * @announce_gap: between announcements
 */
struct nst_detection_plan {
	u8 probes;
	u8 announcements;
	unsigned long probe_wait_max;
	unsigned long probe_gap_min;
	unsigned long probe_gap_max;
	unsigned long probe_end;
	unsigned long announce_gap;
};

/**
 * struct nst_detection_ops - detection by one family's messages
 * @family: AF_INET or AF_INET6
 * @link: are addresses on this link probed? Fixed for the life of a link
 * @plan: how often
 * @probe: ask who has the address. Context: BHs disabled, RCU
 * @announce: say that we have it. Context: BHs disabled, RCU
 */
struct nst_detection_ops {
	u8 family;
	bool (*link)(const struct nst_link *link);
	void (*plan)(const struct nst_link *link,
		     struct nst_detection_plan *plan);
	void (*probe)(const struct nst_local_address *local);
	void (*announce)(const struct nst_local_address *local);
};

/* Module initialisation only. Return: 0 or -EEXIST. */
int nst_detection_register(const struct nst_detection_ops *ops);

/* Module initialisation: listen to address and link events. */
int nst_detection_listen(void);

int nst_detection_init(struct nst_stack *stack);
void nst_detection_exit(struct nst_stack *stack);

/**
 * nst_detection_conflict() - another station uses an address of ours
 * @local: the address
 *
 * Context: softirq or BHs disabled, RCU.
 */
void nst_detection_conflict(struct nst_local_address *local);

#endif /* NST_DETECTION_H */
