// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl capture: frames of the stack's links, as pcapng or as text. libpcap
 * only compiles the expression; the kernel runs it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>

#include "capture.h"
#include "nsctl.h"

#define SNAPLEN		262144	/* more than any frame has */
#define BUFFER		(8 << 20)

/**
 * struct choices - the command line
 * @link: name of the only link, or NULL
 * @index: its index, or 0
 * @count: frames after which it ends; 0: none
 * @snaplen: bytes of each frame
 * @buffer: receive buffer, bytes
 * @path: file, "-" for the standard output, or NULL: text
 * @unbuffered: write each frame at once
 */
struct choices {
	const char *link;
	uint32_t index;
	uint64_t count;
	uint64_t snaplen;
	uint64_t buffer;
	const char *path;
	bool unbuffered;
};

/**
 * struct capture - one capture under way
 */
struct capture {
	const struct choices *choices;
	int fd;
	FILE *out;
	struct pcapng file;
	uint64_t captured;
	uint8_t *room;
};

static int ended;

static void on_signal(int signal)
{
	(void)signal;
	__atomic_store_n(&ended, 1, __ATOMIC_RELAXED);
}

static bool has_ended(void)
{
	return __atomic_load_n(&ended, __ATOMIC_RELAXED);
}

/* The words of the expression follow the options. Return: exit status. */
static int read_options(struct words *words, struct choices *choices)
{
	const struct option_of {
		const char *name;
		const char *what;
		uint64_t min, max;
		uint64_t *number;
		const char **text;
	} options[] = {
		{ "-i", NULL, 0, 0, NULL, &choices->link },
		{ "-w", NULL, 0, 0, NULL, &choices->path },
		{ "-c", "count", 1, UINT64_MAX, &choices->count, NULL },
		{ "-s", "snaplen", 0, SNAPLEN, &choices->snaplen, NULL },
		{ "-B", "buffer size", 1, 1 << 30, &choices->buffer, NULL },
		{ NULL, NULL, 0, 0, NULL, NULL },
	};
	const struct option_of *option;
	const char *word, *value;

	while (words->count && words->at[0][0] == '-') {
		word = word_next(words);
		if (!strcmp(word, "--"))
			break;
		if (!strcmp(word, "-U")) {
			choices->unbuffered = true;
			continue;
		}
		for (option = options; option->name; option++)
			if (!strcmp(word, option->name))
				break;
		if (!option->name)
			return usage_error("capture has no option '%s': try nsctl capture help",
					   word);
		value = word_value(words, word);
		if (!value)
			return EXIT_USAGE;
		if (option->text)
			*option->text = value;
		else if (!parse_number(value, option->what, option->min,
				       option->max, option->number))
			return EXIT_USAGE;
	}
	/* As tcpdump: all of it. */
	if (!choices->snaplen)
		choices->snaplen = SNAPLEN;
	return EXIT_OK;
}

/* Return: exit status; the program is freed by pcap_freecode(). */
static int compile(const char *expression, int snaplen,
		   struct bpf_program *program)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, snaplen);
	int status = EXIT_OK;

	if (!pcap)
		exit(kernel_error("out of memory"));
	if (pcap_compile(pcap, program, expression, 1,
			 PCAP_NETMASK_UNKNOWN)) {
		status = usage_error("expression '%s': %s: see pcap-filter(7)",
				     expression, pcap_geterr(pcap));
	} else if (program->bf_len > BPF_MAXINSNS) {
		status = usage_error("expression '%s': %u instructions of %u: shorten it",
				     expression, program->bf_len,
				     BPF_MAXINSNS);
		pcap_freecode(program);
	}
	pcap_close(pcap);
	return status;
}

static int attach(int fd, const struct bpf_program *program)
{
	struct sock_filter *code = calloc(program->bf_len, sizeof(*code));
	struct sock_fprog filter = { .len = program->bf_len, .filter = code };
	unsigned int i;
	int status;

	if (!code)
		exit(kernel_error("out of memory"));
	for (i = 0; i < program->bf_len; i++)
		code[i] = (struct sock_filter){
			.code = program->bf_insns[i].code,
			.jt = program->bf_insns[i].jt,
			.jf = program->bf_insns[i].jf,
			.k = program->bf_insns[i].k,
		};
	status = setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
			    sizeof(filter));
	free(code);
	return status;
}

/* More than net.core.rmem_max only for an administrator. */
static void set_buffer(int fd, int bytes)
{
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static int read_family(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_INFO_MAX + 1];
	int *family = data;

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_INFO_MAX);
	*family = attr_number(tb[NETSTACK_A_INFO_FAMILY]);
	return 0;
}

/* Begins with the filter in place. Return: exit status. */
static int start(struct capture *capture, const struct bpf_program *program)
{
	const struct choices *choices = capture->choices;
	struct netstack_capture_address address = { .link = choices->index };
	int family = AF_NETSTACK, err, status;

	status = request_send(request_begin(NETSTACK_CMD_INFO_GET, 0),
			      read_family, &family, "ask for the stack");
	if (status)
		return status;
	address.family = family;
	capture->fd = socket(family, SOCK_RAW | SOCK_CLOEXEC,
			     NETSTACK_CAPTURE);
	if (capture->fd < 0 && (errno == EPERM || errno == EACCES))
		return kernel_error("cannot capture: it takes CAP_NET_RAW, as root has (%s)",
				    strerrorname_np(errno));
	if (capture->fd < 0 && errno == EINVAL)
		return kernel_error("cannot capture: module older than nsctl: load %s (EINVAL)",
				    NSCTL_VERSION);
	if (capture->fd < 0)
		return kernel_error("cannot capture: %s (%s)", strerror(errno),
				    strerrorname_np(errno));
	set_buffer(capture->fd, choices->buffer);
	if (attach(capture->fd, program))
		return kernel_error("cannot attach the filter: %s (%s)",
				    strerror(errno), strerrorname_np(errno));
	if (!bind(capture->fd, (struct sockaddr *)&address, sizeof(address)))
		return EXIT_OK;
	err = errno;
	if (err == ENODEV)
		return kernel_error("cannot capture: link %s is gone (ENODEV)",
				    choices->link);
	if (err == ENOBUFS)
		return kernel_error("cannot capture: %s (ENOBUFS)",
				    "no more than net.netstack.capture_max: end one, or raise it");
	return kernel_error("cannot capture: %s (%s)", strerror(err),
			    strerrorname_np(err));
}

static int write_error(const struct capture *capture)
{
	return kernel_error("cannot write %s: %s (%s)",
			    capture->choices->path ? capture->choices->path :
			    "the output", strerror(errno),
			    strerrorname_np(errno));
}

/* From here on the file is ours. Return: exit status. */
static int open_output(struct capture *capture)
{
	const struct choices *choices = capture->choices;
	const char *name;
	uint32_t index;
	size_t i;

	capture->out = stdout;
	if (!choices->path)
		return EXIT_OK;
	if (!strcmp(choices->path, "-")) {
		if (isatty(STDOUT_FILENO))
			return usage_error("pcapng on a terminal: pipe it, or leave -w out");
	} else {
		capture->out = fopen(choices->path, "we");
		if (!capture->out)
			return write_error(capture);
	}
	pcapng_begin(&capture->file, capture->out, choices->snaplen);
	for (i = 0; link_at(i, &index, &name); i++)
		if (!choices->index || choices->index == index)
			pcapng_link(&capture->file, index, name);
	if (fflush(capture->out))
		return write_error(capture);
	return EXIT_OK;
}

/* A link that came since: its name is asked for once. */
static void learn_link(uint32_t index)
{
	static uint32_t asked;
	char unknown[IF_NAME_BYTES];

	if (asked == index || link_name(index, unknown) != unknown)
		return;
	asked = index;
	links_load();
}

static void put_frame(struct capture *capture, const struct frame *frame)
{
	struct pcapng *file = &capture->file;
	const uint32_t link = frame->address.link;
	char unknown[IF_NAME_BYTES];
	size_t i;

	learn_link(link);
	if (!capture->choices->path) {
		frame_text(capture->out, frame);
		fputc('\n', capture->out);
		return;
	}
	for (i = 0; i < file->count && file->links[i] != link; i++)
		;
	if (i == file->count)
		pcapng_link(file, link, link_name(link, unknown));
	pcapng_frame(file, frame);
}

/* Return: errno, 0 for a frame. */
static int take_frame(struct capture *capture)
{
	struct frame frame = { .data = capture->room };
	struct iovec iov = { capture->room, SNAPLEN };
	struct msghdr message = {
		.msg_name = &frame.address,
		.msg_namelen = sizeof(frame.address),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t size = recvmsg(capture->fd, &message, MSG_DONTWAIT);

	if (size < 0)
		return errno;
	frame.captured = size;
	put_frame(capture, &frame);
	capture->captured++;
	if (capture->choices->unbuffered)
		fflush(capture->out);
	return 0;
}

/* Return: exit status; EXIT_OK when the link is only down. */
static int link_went(const struct capture *capture)
{
	const char *name;
	uint32_t index;
	size_t i;

	links_load();
	for (i = 0; link_at(i, &index, &name); i++) {
		if (index != capture->choices->index ||
		    strcmp(name, capture->choices->link))
			continue;
		fprintf(stderr, "nsctl: link %s is down\n", name);
		return EXIT_OK;
	}
	return kernel_error("link %s is gone (ENETDOWN)",
			    capture->choices->link);
}

/* A signal that comes before it waits is not missed. Return: exit status. */
static int await_frame(const struct capture *capture)
{
	struct pollfd poll = { .fd = capture->fd, .events = POLLIN };
	sigset_t blocked, former;
	int status = EXIT_OK;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, &former);
	if (!has_ended() && ppoll(&poll, 1, NULL, &former) < 0 &&
	    errno != EINTR)
		status = kernel_error("cannot wait for frames: %s (%s)",
				      strerror(errno), strerrorname_np(errno));
	sigprocmask(SIG_SETMASK, &former, NULL);
	return status;
}

/* Until a signal, an error, or the count. Return: exit status. */
static int run(struct capture *capture)
{
	const uint64_t count = capture->choices->count;
	int status = EXIT_OK;

	while (!has_ended() && !status &&
	       (!count || capture->captured < count)) {
		switch (take_frame(capture)) {
		case 0:
			if (ferror(capture->out))
				status = write_error(capture);
			break;
		case ENETDOWN:
			status = link_went(capture);
			break;
		case EAGAIN:
			/* Who reads a pipe gets what there is. */
			status = fflush(capture->out) ? write_error(capture) :
							await_frame(capture);
			break;
		case EINTR:
			break;
		default:
			status = kernel_error("cannot capture: %s (%s)",
					      strerror(errno),
					      strerrorname_np(errno));
		}
	}
	return status;
}

/* The end of the file, and what it was. Return: exit status. */
static int finish(struct capture *capture)
{
	struct netstack_capture_statistics statistics = { 0, 0 };
	socklen_t size = sizeof(statistics);
	struct timespec now;
	int status = EXIT_OK;

	getsockopt(capture->fd, SOL_NETSTACK, NETSTACK_CAPTURE_STATISTICS,
		   &statistics, &size);
	if (capture->choices->path) {
		clock_gettime(CLOCK_REALTIME, &now);
		pcapng_end(&capture->file,
			   now.tv_sec * 1000000000ULL + now.tv_nsec,
			   &statistics);
	}
	if (fflush(capture->out) || ferror(capture->out))
		status = write_error(capture);
	if (capture->out != stdout && fclose(capture->out) && !status)
		status = write_error(capture);
	fprintf(stderr, "%llu packets captured, %llu received by filter, %llu dropped by kernel\n",
		(unsigned long long)capture->captured,
		(unsigned long long)statistics.packets,
		(unsigned long long)statistics.drops);
	return status;
}

/* Return: exit status. A signal cuts no frame short that is being written. */
static int capture_all(struct capture *capture)
{
	const struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESTART,
	};
	int status, end;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = run(capture);
	end = finish(capture);
	return status ? status : end;
}

static int capture_run(int argc, char **argv)
{
	struct choices choices = { .snaplen = SNAPLEN, .buffer = BUFFER };
	struct capture capture = { .choices = &choices, .fd = -1 };
	struct words words = { argc, argv };
	struct bpf_program program;
	char *expression;
	int status;

	if (json_output)
		return usage_error("capture has no JSON: pipe -w - to tshark -T json -r -");
	status = read_options(&words, &choices);
	if (!status && choices.link && !parse_link(choices.link,
						   &choices.index))
		status = EXIT_USAGE;
	if (status)
		return status;
	expression = words_join(&words);
	status = compile(expression, choices.snaplen, &program);
	free(expression);
	if (status)
		return status;
	status = links_load();
	if (!status)
		status = start(&capture, &program);
	pcap_freecode(&program);
	if (!status)
		status = open_output(&capture);
	if (!status) {
		capture.room = malloc(SNAPLEN);
		if (!capture.room)
			exit(kernel_error("out of memory"));
		status = capture_all(&capture);
		free(capture.room);
	}
	if (capture.fd >= 0)
		close(capture.fd);
	return status;
}

const struct object capture_object = {
	.name = "capture",
	.usage = "nsctl capture [ -i LINK ] [ -c COUNT ] [ -s SNAPLEN ] [ -w FILE ]\n"
		 "              [ -U ] [ -B BYTES ] [ -- ] [ EXPRESSION ]",
	.run = capture_run,
};
