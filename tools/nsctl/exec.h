/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nsctl exec: what its files share. The process that was started becomes the
 * program; its calls that a filter (exec_filter.c) holds back are answered by
 * a process beside it (exec_supervisor.c), one after the other (exec_calls.c,
 * exec_ring.c). Documentation/exec.rst tells why.
 */
#ifndef NSCTL_EXEC_H
#define NSCTL_EXEC_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

/* Status when nsctl itself fails; 126 and 127: the program, as env(1). */
enum {
	EXEC_FAILED = 125,
	EXEC_NOT_EXECUTABLE = 126,
	EXEC_NOT_FOUND = 127,
};

/**
 * struct exec_facts - what the sockets of the stack are like
 * @err: errno of why there are none, or 0
 * @entering: @err is about entering the namespace of the stack
 * @family: address family number
 * @netlink: netlink protocol that speaks rtnetlink(7) of the stack
 * @reuseport: SO_REUSEPORT is NETSTACK_REUSEPORT only (before Linux 6.3)
 * @zerocopy: likewise SO_ZEROCOPY
 */
struct exec_facts {
	int err;
	bool entering;
	int family;
	int netlink;
	bool reuseport;
	bool zerocopy;
};

/**
 * filter_build() - the filter that holds calls back
 * @facts: what to hold back
 * @program: set to the instructions, which are static
 */
void filter_build(const struct exec_facts *facts, struct sock_fprog *program);

/**
 * filter_install() - from here on calls are held back
 * @program: of filter_build()
 *
 * Return: the listener's descriptor, close-on-exec; -1 with errno.
 */
int filter_install(const struct sock_fprog *program);

/**
 * supervisor_start() - a process that answers for the stack
 * @netns: descriptor of the stack's network namespace, -1: this one
 * @facts: set to what it found; with @facts->err it is gone already
 *
 * It is no child of the caller, and holds nothing of it open.
 *
 * Return: descriptor to hand it the listener by; -1 with errno.
 */
int supervisor_start(int netns, struct exec_facts *facts);

/* Hand the listener over. Return: 0, or -1 with errno. */
int supervisor_attach(int channel, int listener);

/* The families and options of a namespace's sockets, seen from inside. */
void facts_find(struct exec_facts *facts);

/**
 * struct caller - a thread whose call is held back
 * @listener: of the filter
 * @request: its call, as the kernel copied it
 * @facts: about the sockets
 */
struct caller {
	int listener;
	const struct seccomp_notif *request;
	const struct exec_facts *facts;
};

/* Is the thread still in this call? Only then its number is not reused. */
bool caller_waits(const struct caller *caller);

/* Longest line of /proc/PID/status that is understood. */
#define STATUS_LINE	4096

/* What is behind @key in /proc/PID/status, a line; false: there is none. */
bool caller_status(const struct caller *caller, const char *key, char *line,
		   int size);

bool caller_number(const struct caller *caller, const char *key, int base,
		   uint64_t *value);

/* Is what is behind @key that of the supervisor, too? */
bool caller_same_status(const struct caller *caller, const char *key);

bool caller_same_user_namespace(const struct caller *caller);

/* Return: a descriptor of its memory, to read and write; -1 with errno. */
int caller_memory(const struct caller *caller);

/**
 * struct target - the process of a caller, and the descriptor that its call is
 *	about, the first argument
 * @fd: ours of the same file; -1: the caller has none
 * @memory: of the process; stays its, should the number be reused
 */
struct target {
	int fd;
	int memory;
};

/* Return: whether it can be got at; then target_close() follows. */
bool target_open(const struct caller *caller, struct target *target);
void target_close(const struct target *target);
bool target_is_of_stack(const struct caller *caller,
			const struct target *target);

/* Memory of the caller. Return: whether it is there, all of it. */
bool target_read(const struct target *target, uint64_t address, void *value,
		 size_t size);
bool target_write(const struct target *target, uint64_t address,
		  const void *value, size_t size);

/*
 * What calls come to: the answer to send, unless the caller has it already
 * (false).
 */
bool call_socket(const struct caller *caller, struct seccomp_notif_resp *answer);
void call_getsockopt(const struct caller *caller,
		     struct seccomp_notif_resp *answer);
void call_setsockopt(const struct caller *caller,
		     struct seccomp_notif_resp *answer);
void call_ioctl(const struct caller *caller, struct seccomp_notif_resp *answer);
bool call_ring_setup(const struct caller *caller,
		     struct seccomp_notif_resp *answer);

/*
 * Operations of io_uring_register() that rings under nsctl exec have: those
 * below, up to IORING_REGISTER_CLOCK, but for IORING_REGISTER_RESTRICTIONS.
 */
#define RING_REGISTERS	30

/**
 * ring_inherited() - was a ring of io_uring handed to this process?
 *
 * Return: the descriptor; -1: none; -2: it can't be found out.
 */
int ring_inherited(void);

/**
 * files_replace() - other files where resolv.conf and hosts are looked for
 * @resolv_conf: for /etc/resolv.conf, or NULL
 * @hosts: for /etc/hosts, or NULL
 *
 * For this process and its children, in a mount namespace of their own.
 *
 * Return: whether it worked; the error is printed.
 */
bool files_replace(const char *resolv_conf, const char *hosts);

#endif /* NSCTL_EXEC_H */
