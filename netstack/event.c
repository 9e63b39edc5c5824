// SPDX-License-Identifier: GPL-2.0
/*
 * The table of event listeners: filled while the module is initialised,
 * read-only from then on.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "event.h"

static nst_event_listener_t listeners[16];
static unsigned int listener_count;

int nst_event_listen(nst_event_listener_t listener)
{
	if (listener_count == ARRAY_SIZE(listeners))
		return -ENOSPC;
	listeners[listener_count++] = listener;
	return 0;
}

void nst_event_notify(struct nst_stack *stack, enum nst_event event,
		      void *object)
{
	unsigned int i;

	for (i = 0; i < listener_count; i++)
		listeners[i](stack, event, object);
}
