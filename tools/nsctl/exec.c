// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl exec: become a program whose Internet sockets are the stack's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "exec.h"
#include "nsctl.h"

struct choices {
	const char *stack_of;
	const char *resolv_conf;
	const char *hosts;
};

/* Return: whether the options are understood; @words begins with COMMAND. */
static bool read_options(struct words *words, struct choices *choices)
{
	while (words->count && words->at[0][0] == '-') {
		const char *word = word_next(words);
		const char **value;

		if (!strcmp(word, "--"))
			break;
		if (!strcmp(word, "--stack-of"))
			value = &choices->stack_of;
		else if (!strcmp(word, "--resolv-conf"))
			value = &choices->resolv_conf;
		else if (!strcmp(word, "--hosts"))
			value = &choices->hosts;
		else
			return usage_error("exec has no option '%s': try nsctl exec help",
					   word), false;
		*value = word_value(words, word);
		if (!*value)
			return false;
	}
	if (!words->count)
		usage_error("exec needs a command: try nsctl exec help");
	return words->count;
}

static void tell_no_stack(const struct exec_facts *facts,
			  const char *stack_of)
{
	const char *name = strerrorname_np(facts->err);
	const char *where = stack_of ? stack_of : "of this process";

	if (facts->entering)
		kernel_error("namespace %s: %s; to enter it takes CAP_SYS_ADMIN (%s)",
			     where, strerror(facts->err), name);
	else if (facts->err != EAFNOSUPPORT)
		kernel_error("cannot open a socket of the stack: %s (%s)",
			     strerror(facts->err), name);
	else if (access("/sys/module/netstack", F_OK))
		kernel_error("the netstack module is not loaded: modprobe netstack (%s)",
			     name);
	else
		kernel_error("namespace %s has no stack: ip link add NAME type netstack (%s)",
			     where, name);
}

/* Return: the channel to a supervisor that is ready, or -1. */
static int start(const char *stack_of, struct exec_facts *facts)
{
	int netns = -1, channel;

	if (stack_of) {
		netns = open_namespace(stack_of);
		if (netns < 0)
			return -1;
	}
	channel = supervisor_start(netns, facts);
	if (netns >= 0)
		close(netns);
	if (channel < 0) {
		kernel_error("cannot start the supervisor: %s (%s)",
			     strerror(errno), strerrorname_np(errno));
		return -1;
	}
	if (!facts->err)
		return channel;
	tell_no_stack(facts, stack_of);
	close(channel);
	return -1;
}

/* From here on this process has the stack's sockets only. */
static bool confine(int channel, const struct exec_facts *facts,
		    const char *command)
{
	struct sock_fprog program;
	int listener, result;

	/* No privilege that comes with a file: it would get the filter, too. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return kernel_error("cannot set no_new_privs: %s (%s)",
				    strerror(errno), strerrorname_np(errno)),
		       false;
	filter_build(facts, &program);
	listener = filter_install(&program);
	if (listener < 0 && errno == EBUSY)
		return kernel_error("under nsctl exec or its like already: start %s itself (EBUSY)",
				    command), false;
	if (listener < 0)
		return kernel_error("cannot filter calls: %s; it takes CONFIG_SECCOMP_FILTER (%s)",
				    strerror(errno), strerrorname_np(errno)),
		       false;
	result = supervisor_attach(channel, listener);
	if (result)
		kernel_error("cannot reach the supervisor: %s (%s)",
			     strerror(errno), strerrorname_np(errno));
	close(listener);
	close(channel);
	return !result;
}

/* A ring opens sockets, and no filter sees it: there must be none yet. */
static bool look_for_rings(void)
{
	int fd = ring_inherited();

	if (fd >= 0)
		kernel_error("descriptor %d is a ring of io_uring, which opens sockets: close it",
			     fd);
	else if (fd == -2)
		kernel_error("cannot look for rings of io_uring: /proc is not mounted (%s)",
			     strerrorname_np(errno));
	return fd == -1;
}

static int exec_run(int argc, char **argv)
{
	struct words words = { argc, argv };
	struct choices choices = { NULL };
	struct exec_facts facts;
	int channel, err;

	if (!read_options(&words, &choices) || !look_for_rings())
		return EXEC_FAILED;
	channel = start(choices.stack_of, &facts);
	if (channel < 0 ||
	    !files_replace(choices.resolv_conf, choices.hosts) ||
	    !confine(channel, &facts, words.at[0]))
		return EXEC_FAILED;
	/* argv ends as main()'s does, or as a line of -batch. */
	execvp(words.at[0], words.at);
	err = errno;
	kernel_error("cannot run %s: %s (%s)", words.at[0], strerror(err),
		     strerrorname_np(err));
	return err == ENOENT ? EXEC_NOT_FOUND : EXEC_NOT_EXECUTABLE;
}

const struct object exec_object = {
	.name = "exec",
	.usage = "nsctl exec [ --stack-of NETNS ] [ --resolv-conf FILE ] [ --hosts FILE ]\n"
		 "           [ -- ] COMMAND [ ARGUMENT ]...",
	.run = exec_run,
};
