/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nsctl socket: what its files share.
 */
#ifndef NSCTL_SOCKET_H
#define NSCTL_SOCKET_H

#include "nsctl.h"

/* socket_filter.c: which sockets are meant */

/**
 * struct socket_filter - which sockets
 * @states: bits 1 << TCP_*
 * @states_given: by words
 * @expression: or NULL: all
 */
struct socket_filter {
	uint32_t states;
	bool states_given;
	struct expression *expression;
};

/**
 * filter_parse() - [ state STATE | exclude STATE ]... [ EXPRESSION ]
 * @filter: filled
 * @words: what is left of the command line
 *
 * Return: an exit status, error printed.
 */
int filter_parse(struct socket_filter *filter, struct words *words);

/*
 * Put into a request what the kernel can decide: states, and what every socket
 * that passes must fulfil.
 */
void filter_put(const struct socket_filter *filter, struct nlmsghdr *nlh,
		struct netstack_diag_req *request);

bool filter_passes(const struct socket_filter *filter,
		   const struct netstack_diag_msg *msg);

void filter_free(struct socket_filter *filter);

/* socket_processes.c: who has it open */

/* Read /proc. Exits without memory. */
void processes_load(void);

/* Those that have the socket with an inode open; NULL without any. */
struct json_object *processes_json(uint32_t inode);
void processes_text(struct json_object *processes);

/* socket_details.c: what was asked for of a socket, and its line of text. */
void socket_details_json(struct json_object *object,
			 const struct nlattr *const *tb);
void socket_details_text(struct json_object *object);

#endif /* NSCTL_SOCKET_H */
