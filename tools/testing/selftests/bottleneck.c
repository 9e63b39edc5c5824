// SPDX-License-Identifier: GPL-2.0
/*
 * Flows through one bottleneck in virtual time: what arrives of each, what
 * either end knows of marks, and its window over time. Every octet is compared.
 * The stack and the host's TCP meet the same path, whose n-th packet meets the
 * same for the same seed.
 *
 *	bottleneck [OPTION]... FLOW...
 *
 *	FLOW	SENDER-RECEIVER:CONTROLLER[@START], both "ours" or "host", START
 *		in milliseconds
 *
 *	-6		over IPv6; path.sh's path6_up has set up that too
 *	-c MS:MTU	from MS milliseconds after the first flow's start the
 *			router at its begin takes no longer packets, and says so;
 *			up to eight, of -h too
 *	-h MS:MTU	the same, in silence: longer packets of data are lost
 *	-r RATE		of the path's data direction, kbit/s (10000)
 *	-d RTT		milliseconds, half of it each way (50)
 *	-e OCTETS	what finds more waiting and is ECT gets CE (0: nothing)
 *	-l LOSS		of 10000 packets of data (0)
 *	-m MTU		longer packets of data are lost, and nobody is told (0: none)
 *	-o SHARE	of 10000 packets of data that skip the delay (0)
 *	-q LIMIT	octets that wait before the bottleneck (a bandwidth delay
 *			product, at least 30000)
 *	-s SEED		(1)
 *	-t SECONDS	from the first flow's start (20)
 *	-w SECONDS	what arrives before does not count (0)
 *	-i INTERVAL	print a sample of each flow every so many milliseconds
 *
 * path.sh has set up the namespaces "a" and "b" of the host, which route
 * between the stacks of "box-a" and "box-b" and the two ends of the path, the
 * tun devices "path". Prints, numbers in decimal:
 *
 *	begin US	of the clock, with -i
 *	sample FLOW MS CWND SSTHRESH SRTT_US OCTETS_ACKED
 *	flow FLOW SPECIFICATION KBIT_PER_S SEGMENTS RETRANSMITTED
 *	ecn FLOW MODE MODE SEGMENTS SEGMENTS OCTETS OCTETS
 *
 * The last is what TCP_INFO says, the sender's before the receiver's:
 * tcpi_ecn_mode, segments and octets with CE that have been told or received.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/netstack.h>
#include <linux/sockios.h>
#include <linux/tcp.h>

#define PORT		5000
#define FLOWS		8
#define CHUNK		65521	/* the stream repeats; a prime */
#define PACKET		2048
#define ETHER_HEADER	14
#define SHARES		10000
#define CHANGES		8
#define MS		UINT64_C(1000000)
#define SECOND		UINT64_C(1000000000)
/* Virtual: the devices of the path have got their carrier by then. */
#define SETTLE		(3 * SECOND)

/* TCP_INFO as newer kernels have it, behind what 6.1 has. */
struct info {
	union {
		struct tcp_info head;
		struct {
			char before[offsetof(struct tcp_info, tcpi_snd_wnd)];
			uint32_t windows[3];
			uint32_t timeouts[2];
			uint32_t received_ce;
			uint32_t delivered[3];	/* ECT(1), ECT(0), CE */
			uint32_t received[3];	/* the same */
			uint32_t ecn_mode : 2;
			uint32_t other : 30;
		};
	};
};

/* What the receiver of a flow tells. */
struct received {
	uint64_t octets;
	struct info info;
};

struct path {
	uint64_t rate;			/* kbit/s */
	uint64_t rtt;			/* ns */
	uint64_t limit;			/* octets */
	uint64_t mtu;			/* octets, or 0 */
	uint64_t mark;			/* octets, or 0 */
	uint64_t seed;
	unsigned int loss;		/* of SHARES */
	unsigned int reorder;		/* of SHARES */
};

struct flow {
	char text[64];
	bool sender_ours;
	bool receiver_ours;
	char controller[16];
	uint64_t start;			/* ns after the first */
};

/* Of the path's MTU. */
struct change {
	uint64_t when;			/* ns after the first flow's start */
	unsigned int mtu;		/* octets */
	bool silent;
};

static struct path path = {
	.rate = 10000, .rtt = 50 * MS, .seed = 1,
};

static struct change changes[CHANGES];
static unsigned int changes_count;
static bool ipv6;

static uint64_t duration = 20 * SECOND, warm, interval;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "bottleneck: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void enter(const char *name)
{
	char file[64];
	int fd;

	snprintf(file, sizeof(file), "/var/run/netns/%s", name);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(name);
	close(fd);
}

/* Return: the descriptor had something, or it is time. */
static bool wait_until(int fd, short events, uint64_t when)
{
	struct pollfd poller = { .fd = fd, .events = events };
	uint64_t now = now_ns(), left = when > now ? when - now : 0;
	struct timespec timeout = {
		.tv_sec = left / SECOND, .tv_nsec = left % SECOND,
	};

	return ppoll(&poller, 1, &timeout, NULL) > 0;
}

/* ---- The path ---- */

struct packet {
	struct packet *next;
	uint64_t due;
	unsigned int len;
	unsigned char data[];
};

struct queue {
	struct packet *first;
	struct packet **last;
};

/* What skips the delay has a queue of its own: each is in order. */
struct direction {
	int from;
	int to;
	struct queue delayed;
	struct queue quick;
};

static uint64_t draw(void)
{
	uint64_t z = (path.seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void queue_init(struct queue *queue)
{
	queue->first = NULL;
	queue->last = &queue->first;
}

static void enqueue(struct queue *queue, const void *data, unsigned int len,
		    uint64_t due)
{
	struct packet *packet = malloc(sizeof(*packet) + len);

	if (!packet)
		die("malloc");
	packet->next = NULL;
	packet->due = due;
	packet->len = len;
	memcpy(packet->data, data, len);
	*queue->last = packet;
	queue->last = &packet->next;
}

/* Deliver what is due. Return: when the next will be. */
static uint64_t deliver(struct queue *queue, int to, uint64_t now)
{
	struct packet *packet;

	while ((packet = queue->first) && packet->due <= now) {
		if (write(to, packet->data, packet->len) < 0)
			die("tun: write");
		queue->first = packet->next;
		if (!queue->first)
			queue->last = &queue->first;
		free(packet);
	}
	return packet ? packet->due : UINT64_MAX;
}

/* CE in an IPv4 header that is ECT, and its checksum (RFC 1624). */
static void mark(unsigned char *header)
{
	uint32_t sum;

	if (header[0] >> 4 != 4 || !(header[1] & 3))
		return;
	sum = 0xffff & ~(header[10] << 8 | header[11]);
	sum += 0xffff & ~(header[0] << 8 | header[1]);
	header[1] |= 3;
	sum += header[0] << 8 | header[1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	header[10] = sum >> 8;
	header[11] = sum;
}

/* One packet of data: the bottleneck, then the delay. */
static void forward(struct direction *up, unsigned char *data,
		    unsigned int len, uint64_t now)
{
	static uint64_t busy_until;
	bool lost = draw() % SHARES < path.loss;
	bool quick = draw() % SHARES < path.reorder;
	uint64_t backlog;

	if (busy_until < now)
		busy_until = now;
	/* kbit/s are bits per microsecond over 1000. */
	backlog = (busy_until - now) * path.rate / 8000000;
	if (lost || (path.mtu && len > path.mtu) || backlog + len > path.limit)
		return;
	if (path.mark && backlog > path.mark)
		mark(data);
	busy_until += (len + ETHER_HEADER) * UINT64_C(8000000) / path.rate;
	if (quick)
		enqueue(&up->quick, data, len, busy_until);
	else
		enqueue(&up->delayed, data, len, busy_until + path.rtt / 2);
}

static int attach(const char *netns)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd;

	enter(netns);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	strcpy(request.ifr_name, "path");
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		die("tun");
	return fd;
}

static void set_device_mtu(int router, unsigned int mtu)
{
	struct ifreq request = { .ifr_mtu = mtu };

	strcpy(request.ifr_name, "path");
	if (ioctl(router, SIOCSIFMTU, &request))
		die("SIOCSIFMTU");
}

/* Return: when the next change is due. */
static uint64_t change_mtu(int router, uint64_t begin, uint64_t now)
{
	static unsigned int done;

	for (; done < changes_count; done++) {
		const struct change *change = &changes[done];

		if (begin + change->when > now)
			return begin + change->when;
		if (change->silent)
			path.mtu = change->mtu;
		else
			set_device_mtu(router, change->mtu);
	}
	return UINT64_MAX;
}

static int open_router(void)
{
	int fd;

	enter("a");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	return fd;
}

static void run_path(uint64_t begin)
{
	int router = open_router();
	struct direction up, down;
	unsigned char data[PACKET];

	up.from = attach("a");
	up.to = attach("b");
	down.from = up.to;
	down.to = up.from;
	queue_init(&up.delayed);
	queue_init(&up.quick);
	queue_init(&down.delayed);
	for (;;) {
		struct pollfd pollers[] = {
			{ .fd = up.from, .events = POLLIN },
			{ .fd = down.from, .events = POLLIN },
		};
		uint64_t now = now_ns(), next, due;
		struct timespec timeout;
		ssize_t len;

		next = deliver(&up.delayed, up.to, now);
		due = deliver(&up.quick, up.to, now);
		if (due < next)
			next = due;
		due = deliver(&down.delayed, down.to, now);
		if (due < next)
			next = due;
		due = change_mtu(router, begin, now);
		if (due < next)
			next = due;
		if (next > now + SECOND)
			next = now + SECOND;
		timeout.tv_sec = (next - now) / SECOND;
		timeout.tv_nsec = (next - now) % SECOND;
		if (ppoll(pollers, 2, &timeout, NULL) < 0)
			die("ppoll");
		now = now_ns();
		while ((len = read(up.from, data, sizeof(data))) > 0)
			forward(&up, data, len, now);
		while ((len = read(down.from, data, sizeof(data))) > 0)
			enqueue(&down.delayed, data, len, now + path.rtt / 2);
	}
}

/* ---- The flows ---- */

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* The port is at the same place in both. */
static union address receiver_address(const struct flow *flow, int number)
{
	union address address = { .in = { .sin_port = htons(PORT + number) } };

	if (ipv6) {
		address.in6.sin6_family = AF_INET6;
		inet_pton(AF_INET6, flow->receiver_ours ? "fd02::2" : "fd00::2",
			  &address.in6.sin6_addr);
		return address;
	}
	address.in.sin_family = AF_INET;
	inet_pton(AF_INET, flow->receiver_ours ? "10.2.0.2" : "10.0.0.2",
		  &address.in.sin_addr);
	return address;
}

static int open_socket(const struct flow *flow, bool ours)
{
	int family = ours ? AF_NETSTACK : ipv6 ? AF_INET6 : AF_INET;
	int fd = socket(family, SOCK_STREAM, ours && ipv6 ? NETSTACK_IPV6 : 0);

	if (fd < 0)
		die(flow->text);
	return fd;
}

static unsigned char *stream(void)
{
	static unsigned char data[CHUNK];
	uint64_t state = 0;
	unsigned int i;

	for (i = 0; i < CHUNK; i++) {
		state = state * UINT64_C(6364136223846793005) + 1;
		data[i] = state >> 56;
	}
	return data;
}

static void read_info(int fd, struct info *info)
{
	socklen_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len))
		die("TCP_INFO");
}

static void abort_at_close(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
}

/* Tells the octets that arrived between the warm-up and the end. */
static void receive(const struct flow *flow, int number, uint64_t begin,
		    int answer)
{
	union address address = receiver_address(flow, number);
	const unsigned char *wanted = stream();
	static unsigned char data[CHUNK];
	struct received received = {};
	unsigned int at = 0;
	int one = 1, listener, fd = -1;
	ssize_t len;

	enter(flow->receiver_ours ? "box-b" : "b");
	listener = open_socket(flow, flow->receiver_ours);
	/* DCTCP's receiver echoes marks its own way; others may not have it. */
	setsockopt(listener, IPPROTO_TCP, TCP_CONGESTION, flow->controller,
		   strlen(flow->controller));
	if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(listener, &address.any, sizeof(address)) ||
	    listen(listener, 1))
		die("listen");
	if (wait_until(listener, POLLIN, begin + duration))
		fd = accept(listener, NULL, NULL);
	while (fd >= 0 && wait_until(fd, POLLIN, begin + duration)) {
		len = recv(fd, data, CHUNK - at, MSG_DONTWAIT);
		if (len <= 0)
			break;
		errno = EBADMSG;
		if (memcmp(data, wanted + at, len))
			die(flow->text);
		at = (at + len) % CHUNK;
		if (now_ns() >= begin + warm)
			received.octets += len;
		if (now_ns() >= begin + duration)
			break;
	}
	if (fd >= 0)
		read_info(fd, &received.info);
	if (write(answer, &received, sizeof(received)) != sizeof(received))
		die("pipe");
	/* The sender looks at its connection before it goes. */
	wait_until(-1, 0, begin + duration + SECOND);
	if (fd >= 0)
		abort_at_close(fd);
}

static void sample(int fd, int number, uint64_t begin, struct info *full)
{
	const struct tcp_info *info = &full->head;

	read_info(fd, full);
	if (interval)
		printf("sample %d %llu %u %u %u %llu\n", number,
		       (unsigned long long)((now_ns() - begin) / MS),
		       info->tcpi_snd_cwnd, info->tcpi_snd_ssthresh,
		       info->tcpi_rtt,
		       (unsigned long long)info->tcpi_bytes_acked);
}

static void transmit(const struct flow *flow, int number, uint64_t begin,
		     int answer)
{
	union address address = receiver_address(flow, number);
	uint64_t end = begin + duration, next_sample;
	const unsigned char *data = stream();
	unsigned int at = 0;
	struct info info;
	ssize_t sent;
	int fd;

	enter(flow->sender_ours ? "box-a" : "a");
	fd = open_socket(flow, flow->sender_ours);
	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, flow->controller,
		       strlen(flow->controller)))
		die(flow->text);
	wait_until(-1, 0, begin + flow->start);
	if (connect(fd, &address.any, sizeof(address)))
		die("connect");
	next_sample = now_ns();
	while (now_ns() < end) {
		uint64_t until = end;

		if (interval && now_ns() >= next_sample) {
			sample(fd, number, begin, &info);
			next_sample += interval;
		}
		if (interval && next_sample < end)
			until = next_sample;
		if (!wait_until(fd, POLLOUT, until))
			continue;
		sent = send(fd, data + at, CHUNK - at, MSG_DONTWAIT);
		if (sent < 0 && errno != EAGAIN)
			die("send");
		if (sent > 0)
			at = (at + sent) % CHUNK;
	}
	sample(fd, number, begin, &info);
	if (write(answer, &info, sizeof(info)) != sizeof(info))
		die("pipe");
	fflush(stdout);
	abort_at_close(fd);
}

/* ---- All together ---- */

static bool parse(struct flow *flow, const char *text)
{
	char sender[8], receiver[8];
	unsigned long long start = 0;
	int fields;

	fields = sscanf(text, "%7[a-z]-%7[a-z]:%15[a-z0-9_]@%llu", sender,
			receiver, flow->controller, &start);
	snprintf(flow->text, sizeof(flow->text), "%s", text);
	flow->sender_ours = !strcmp(sender, "ours");
	flow->receiver_ours = !strcmp(receiver, "ours");
	flow->start = start * MS;
	return fields >= 3 &&
	       (flow->sender_ours || !strcmp(sender, "host")) &&
	       (flow->receiver_ours || !strcmp(receiver, "host"));
}

/* In the order in which they are to come. */
static bool parse_change(const char *text, bool silent)
{
	struct change *change = &changes[changes_count];
	unsigned long long when;

	if (changes_count == CHANGES ||
	    sscanf(text, "%llu:%u", &when, &change->mtu) != 2)
		return false;
	change->when = when * MS;
	change->silent = silent;
	if (changes_count && change[-1].when > change->when)
		return false;
	changes_count++;
	return true;
}

static pid_t spawn(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static int run_flows(const struct flow *flows, int count)
{
	int answers[2 * FLOWS][2], number, failures = 0, status;
	uint64_t begin = now_ns() + SETTLE;
	pid_t pids[2 * FLOWS], pid;

	if (interval)
		printf("begin %llu\n", (unsigned long long)begin / 1000);
	pid = spawn();
	if (!pid) {
		run_path(begin);
		_exit(1);
	}
	for (number = 0; number < 2 * count; number++) {
		const struct flow *flow = &flows[number / 2];

		if (pipe(answers[number]))
			die("pipe");
		pids[number] = spawn();
		if (pids[number]) {
			close(answers[number][1]);
			continue;
		}
		if (number % 2)
			transmit(flow, number / 2, begin, answers[number][1]);
		else
			receive(flow, number / 2, begin, answers[number][1]);
		_exit(0);
	}
	for (number = 0; number < 2 * count; number++)
		if (waitpid(pids[number], &status, 0) < 0 || status)
			failures++;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	for (number = 0; number < count && !failures; number++) {
		struct received received;
		struct info info;

		if (read(answers[2 * number][0], &received, sizeof(received)) !=
		    sizeof(received) ||
		    read(answers[2 * number + 1][0], &info, sizeof(info)) !=
		    sizeof(info))
			die("no result");
		printf("flow %d %s %llu %u %u\n", number, flows[number].text,
		       (unsigned long long)(received.octets * 8 * MS /
					    (duration - warm)),
		       info.head.tcpi_data_segs_out,
		       info.head.tcpi_total_retrans);
		printf("ecn %d %u %u %u %u %u %u\n", number, info.ecn_mode,
		       received.info.ecn_mode, info.head.tcpi_delivered_ce,
		       received.info.received_ce, info.delivered[2],
		       received.info.received[2]);
	}
	return failures;
}

int main(int argc, char **argv)
{
	static struct flow flows[FLOWS];
	int option, count;

	while ((option = getopt(argc, argv, "6c:h:r:d:e:l:m:o:q:s:t:w:i:")) !=
	       -1) {
		uint64_t value = optarg ? strtoull(optarg, NULL, 10) : 0;

		switch (option) {
		case '6':
			ipv6 = true;
			break;
		case 'c':
		case 'h':
			if (!parse_change(optarg, option == 'h')) {
				fprintf(stderr, "bottleneck: '%s' is no change, or out of order\n",
					optarg);
				return 1;
			}
			break;
		case 'r':
			path.rate = value;
			break;
		case 'd':
			path.rtt = value * MS;
			break;
		case 'e':
			path.mark = value;
			break;
		case 'l':
			path.loss = value;
			break;
		case 'm':
			path.mtu = value;
			break;
		case 'o':
			path.reorder = value;
			break;
		case 'q':
			path.limit = value;
			break;
		case 's':
			path.seed = value;
			break;
		case 't':
			duration = value * SECOND;
			break;
		case 'w':
			warm = value * SECOND;
			break;
		case 'i':
			interval = value * MS;
			break;
		default:
			return 1;
		}
	}
	if (!path.limit)
		path.limit = path.rate * path.rtt / MS / 8;
	if (path.limit < 30000)
		path.limit = 30000;
	for (count = 0; optind < argc && count < FLOWS; optind++, count++) {
		if (!parse(&flows[count], argv[optind])) {
			fprintf(stderr, "bottleneck: '%s' is no flow\n",
				argv[optind]);
			return 1;
		}
	}
	if (!count || optind < argc || !path.rate || duration <= warm) {
		fprintf(stderr, "bottleneck: see bottleneck.c\n");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	/* Lines of several processes do not mix. */
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	prctl(PR_SET_TIMERSLACK, 1);
	return run_flows(flows, count);
}
