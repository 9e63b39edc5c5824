/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MSG_ZEROCOPY: a message whose pages are sent, not copied. The program has
 * promised to leave them alone until it is told that they are free again.
 *
 * net/core does the telling: a struct ubuf_info stands for one message or
 * several in a row, every buffer with its pages holds a reference, and when
 * the last one goes the range of messages comes by the error queue. Buffers
 * that stay in this kernel as received data are copied first, and the note
 * says so (nst_link_receive(), and net/core for the host).
 */
#ifndef NST_ZEROCOPY_H
#define NST_ZEROCOPY_H

#include "../compat.h"

/* Does the message ask for it, and may it? io_uring brings its own note. */
static inline bool nst_zerocopy_asked(const struct sock *sk,
				      const struct msghdr *msg)
{
	return unlikely(msg->msg_flags & MSG_ZEROCOPY) &&
	       (msg->msg_ubuf || sock_flag(sk, SOCK_ZEROCOPY));
}

/**
 * nst_zerocopy_begin() - who is told of a message's pages
 * @sk: socket; locked if @last is given
 * @msg: message that nst_zerocopy_asked(); msg_ubuf is set
 * @last: note of the message before, which may tell of this one as well, or
 *	NULL
 *
 * Bounded as on AF_INET: by net.core.optmem_max and by RLIMIT_MEMLOCK.
 *
 * Context: process.
 * Return: the note, for nst_zerocopy_end(); NULL if the message brought its
 * own; or ERR_PTR(-ENOBUFS).
 */
static inline struct ubuf_info *nst_zerocopy_begin(struct sock *sk,
						   struct msghdr *msg,
						   struct ubuf_info *last)
{
	struct ubuf_info *note;

	if (msg->msg_ubuf)
		return NULL;
	note = nst_compat_zerocopy_realloc(sk, msg_data_left(msg), last);
	if (!note)
		return ERR_PTR(-ENOBUFS);
	/* net/core looks at the other only beside the first. */
	msg->msg_ubuf = note;
	msg->sg_from_iter = NULL;
	return note;
}

/* The message is queued, or (@aborted) it never was: its number is free. */
static inline void nst_zerocopy_end(struct msghdr *msg, struct ubuf_info *note,
				    bool aborted)
{
	if (!note)
		return;
	msg->msg_ubuf = NULL;
	if (aborted)
		net_zcopy_put_abort(note, true);
	else
		net_zcopy_put(note);
}

/* What the note tells of has been copied. */
static inline void nst_zerocopy_copied(struct ubuf_info *note)
{
	uarg_to_msgzc(note)->zerocopy = 0;
}

#endif /* NST_ZEROCOPY_H */
