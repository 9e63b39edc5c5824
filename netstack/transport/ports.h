/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Port spaces of a stack, one for each transport: who may bind what
 * (SO_REUSEADDR, SO_REUSEPORT, bound links, by the host's rules), and the
 * choice of ephemeral ports (RFC 6056 algorithm 4, double-hash, with random
 * increments).
 */
#ifndef NST_PORTS_H
#define NST_PORTS_H

#include "sock.h"

/**
 * struct nst_port_timewait - what a connection in TIME-WAIT keeps of a port
 * @node: among those of the port
 * @port: port, or NULL if it has none
 * @address: local address
 * @link_index: link that the socket was bound to, or 0
 * @family: of @address
 * @reuse: SO_REUSEADDR of the socket
 * @reuseport: SO_REUSEPORT of the socket
 * @bind: the port was taken by bind()
 *
 * Keeps bind() off the port by the host's rules until TIME-WAIT ends.
 */
struct nst_port_timewait {
	struct hlist_node node;
	struct nst_port *port;
	union nst_address address;
	u32 link_index;
	u8 family;
	bool reuse;
	bool reuseport;
	bool bind;
};

int nst_ports_init(struct nst_stack *stack);
void nst_ports_exit(struct nst_stack *stack);

/**
 * nst_port_bind() - hold a port for a socket
 * @sk: socket, locked; bound_address, link, sk_reuse, sk_reuseport and
 *	sk_state (TCP_LISTEN) decide conflicts
 * @port: host order; 0 to choose an ephemeral one at random
 *
 * Sets flow.lport and user_port. Holding a port twice is an error of the
 * caller.
 *
 * Context: process.
 * Return: 0, -EADDRINUSE or -ENOMEM. Privilege was checked before.
 */
int nst_port_bind(struct sock *sk, u16 port);

/**
 * nst_port_connect() - choose an ephemeral port for a connection
 * @sk: socket, locked, without a port; flow.laddr, raddr and rport are set
 * @demux: flow table, in which the flow must be free
 * @claim: called with the port in flow.lport to publish the flow; 0 takes
 *	it, -EADDRNOTAVAIL tries the next one, another error ends the search
 *
 * Several connections may share one port when their remote ends differ.
 *
 * Every port of the range is tried at most once. The socket holds the port
 * while @claim runs.
 *
 * Context: process.
 * Return: 0, -EADDRNOTAVAIL when no port is free, -ENOMEM, or the error of
 * @claim.
 */
int nst_port_connect(struct sock *sk, struct nst_demux *demux,
		     int (*claim)(struct sock *sk));

/* May the socket still listen? (a port shared before listen()) */
int nst_port_listen(struct sock *sk);

/*
 * A child takes part in its listener's port. Context: softirq.
 * Return: 0, or -ENOENT if the listener has given the port back.
 */
int nst_port_inherit(struct sock *child, const struct sock *listener);

/*
 * Give the port back, if one is held; flow.lport stays. Context: any, with
 * the socket locked or closing.
 */
void nst_port_release(struct sock *sk);

/* TIME-WAIT keeps the port of the socket, which still holds it. */
void nst_port_timewait_add(struct nst_port_timewait *timewait,
			   const struct sock *sk);
void nst_port_timewait_del(struct nst_stack *stack,
			   struct nst_port_timewait *timewait);

#endif /* NST_PORTS_H */
