// SPDX-License-Identifier: GPL-2.0
/*
 * Transfers over links that lose, delay, reorder, duplicate and corrupt, in
 * virtual time: each run is made of its seed. One to three connections share
 * the link, each with a controller of its own, and their data goes the same
 * way. Every octet is compared, every connection must end in the right state,
 * and nothing may be left.
 *
 *	simulate [-n RUNS] [-s SEED] [-v]
 *
 * simulation.sh has set up the namespaces: the stack is that of "box", whose
 * device eth0 is in "far", where the host's TCP is the peer; "near" and "far"
 * are joined by veth, for the host's TCP with itself. Prints KTAP, a line a
 * run with what it was and what came of it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/netstack.h>
#include <linux/tcp.h>

#define PORT		5000
#define FLOWS		3	/* connections of a run */
#define CHUNK		16384
#define PATIENCE	3600	/* virtual seconds that a run may take */
#define TIME_WAIT	250	/* virtual seconds after which nothing is left */

/* States of TCP_INFO. */
#define STATE_CLOSE		7
#define STATE_CLOSE_WAIT	8

/* ---- What a seed means ---- */

enum role { ITSELF, CLIENT, SERVER, ROLES };
enum ending { CLIENT_FIRST, SERVER_FIRST, TOGETHER, ENDINGS };
enum direction { UP, DOWN, BOTH, DIRECTIONS };

static const char *const role_names[] = { "itself", "client", "server" };
static const char *const ending_names[] = { "client", "server", "together" };
static const char *const direction_names[] = { "up", "down", "both" };

/**
 * struct flow - a connection
 * @number: from 0; the first makes the run's link that of its role
 * @role: of the stack
 * @ending: who closes first
 * @direction: of the data, as the client sees it
 * @size: octets, each way
 * @start: ms after the run's start
 * @controller: of both ends
 */
struct flow {
	unsigned int number;
	enum role role;
	enum ending ending;
	enum direction direction;
	unsigned int size;
	unsigned int start;
	const char *controller;
};

/**
 * struct run - what is made of a seed: the link, and what goes over it
 */
struct run {
	uint64_t seed;
	unsigned int rate;		/* kbit/s */
	unsigned int rtt;		/* ms */
	unsigned int loss;		/* of 1000 */
	unsigned int burst;		/* packets lost together, mean; 0: one */
	unsigned int reorder;		/* of 1000 */
	unsigned int duplicate;		/* of 1000 */
	unsigned int corrupt;		/* of 1000 */
	unsigned int limit;		/* packets in the queue */
	unsigned int count;		/* of flows */
	struct flow flows[FLOWS];
};

static uint64_t next(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

#define PICK(state, ...) ({						\
	static const unsigned int from_[] = { __VA_ARGS__ };		\
									\
	from_[next(state) % (sizeof(from_) / sizeof(from_[0]))];	\
})

/* Controllers of the stack; the host takes the same where it has them. */
static char controllers[8][16];
static unsigned int controllers_count;

static void read_controllers(void)
{
	static const char line[] =
		"ip netns exec box cat /proc/sys/net/netstack/tcp_available_congestion_control";
	FILE *file = popen(line, "r");

	while (file && controllers_count < 8 &&
	       fscanf(file, "%15s", controllers[controllers_count]) == 1)
		controllers_count++;
	if (file)
		pclose(file);
	if (!controllers_count) {
		fprintf(stderr, "simulate: the stack of box names no congestion controller\n");
		exit(1);
	}
}

static const char *draw_controller(uint64_t *state)
{
	return controllers[next(state) % controllers_count];
}

/*
 * Another connection over the link. Over the device the stack may be client
 * of one and server of the next; the data meets the first one's all the same.
 */
static void derive_further(struct run *run, unsigned int number, uint64_t *state,
			   unsigned int most)
{
	const struct flow *first = &run->flows[0];
	struct flow *flow = &run->flows[number];
	bool swap = next(state) % 2;

	*flow = *first;
	flow->number = number;
	if (swap && first->role != ITSELF) {
		flow->role = first->role == CLIENT ? SERVER : CLIENT;
		if (first->direction != BOTH)
			flow->direction = first->direction == UP ? DOWN : UP;
	}
	flow->ending = next(state) % ENDINGS;
	flow->controller = draw_controller(state);
	flow->start = PICK(state, 0, 0, 100, 1000, 5000);
	flow->size = next(state) % most + 1;
}

static void derive(struct run *run, uint64_t seed)
{
	struct flow *first = &run->flows[0];
	unsigned int most, number;
	uint64_t state = seed;

	memset(run, 0, sizeof(*run));
	run->seed = seed;
	first->role = next(&state) % ROLES;
	first->ending = next(&state) % ENDINGS;
	first->direction = next(&state) % DIRECTIONS;
	run->rate = PICK(&state, 256, 1000, 5000, 20000, 100000);
	run->rtt = PICK(&state, 0, 1, 10, 50, 100, 300);
	run->loss = PICK(&state, 0, 0, 1, 10, 50);
	run->burst = run->loss ? PICK(&state, 0, 0, 4) : 0;
	run->reorder = PICK(&state, 0, 0, 0, 10, 30);
	/* What overtakes skips the delay. */
	if (!run->rtt)
		run->reorder = 0;
	run->duplicate = PICK(&state, 0, 0, 0, 10);
	run->corrupt = PICK(&state, 0, 0, 0, 5);
	run->limit = PICK(&state, 10, 50, 1000);
	first->controller = draw_controller(&state);
	/* Eight seconds of the link, two mebibytes at most. */
	most = run->rate * 125 * 8;
	if (most > 2 << 20)
		most = 2 << 20;
	first->size = next(&state) % most + 1;
	run->count = PICK(&state, 1, 1, 2, 3);
	for (number = 1; number < run->count; number++)
		derive_further(run, number, &state, most);
}

static void describe(const struct run *run, char *text, size_t size)
{
	const struct flow *flow;
	int len;

	len = snprintf(text, size,
		       "seed=%llu %ukbit rtt=%ums loss=%u.%u%%/%u reorder=%u.%u%% dup=%u.%u%% corrupt=%u.%u%% limit=%u",
		       (unsigned long long)run->seed, run->rate, run->rtt,
		       run->loss / 10, run->loss % 10, run->burst,
		       run->reorder / 10, run->reorder % 10,
		       run->duplicate / 10, run->duplicate % 10,
		       run->corrupt / 10, run->corrupt % 10, run->limit);
	for (flow = run->flows; flow < run->flows + run->count; flow++)
		len += snprintf(text + len, size - len,
				"%s %s %s close=%s %s size=%u start=%ums",
				flow->number ? " +" : "",
				role_names[flow->role],
				direction_names[flow->direction],
				ending_names[flow->ending], flow->controller,
				flow->size, flow->start);
}

/* ---- The world around ---- */

static bool verbose;

static void __attribute__((format(printf, 1, 2))) note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

static int __attribute__((format(printf, 1, 2))) command(const char *format,
							 ...)
{
	char line[512];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (verbose)
		note("%s", line);
	fflush(stdout);
	status = system(line);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A number that a command prints. */
static long number_of(const char *line)
{
	FILE *pipe = popen(line, "r");
	long number = -1;

	if (!pipe || fscanf(pipe, "%ld", &number) != 1)
		number = -1;
	if (pipe)
		pclose(pipe);
	return number;
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000) + now.tv_nsec / 1000;
}

static bool impair(const struct run *run)
{
	const char *link = run->flows[0].role == ITSELF ? "lo tx" : "eth0";
	char words[256] = "";
	size_t len = 0;

	/* Of lo both directions are one, and of it half the delay. */
	if (run->rtt)
		len += snprintf(words + len, sizeof(words) - len,
				" delay %uus", run->rtt * 500);
	if (run->loss)
		len += snprintf(words + len, sizeof(words) - len,
				" loss %u.%u%%", run->loss / 10,
				run->loss % 10);
	if (run->burst)
		len += snprintf(words + len, sizeof(words) - len, " burst %u",
				run->burst);
	if (run->reorder)
		len += snprintf(words + len, sizeof(words) - len,
				" reorder %u.%u%%", run->reorder / 10,
				run->reorder % 10);
	if (run->duplicate)
		len += snprintf(words + len, sizeof(words) - len,
				" duplicate %u.%u%%", run->duplicate / 10,
				run->duplicate % 10);
	if (run->corrupt)
		len += snprintf(words + len, sizeof(words) - len,
				" corrupt %u.%u%%", run->corrupt / 10,
				run->corrupt % 10);
	return !command("nsctl -n box impair set %s rate %ukbit limit %u seed %llu%s",
			link, run->rate, run->limit,
			(unsigned long long)run->seed, words);
}

static void unimpair(void)
{
	command("nsctl -n box impair del lo >/dev/null 2>&1");
	command("nsctl -n box impair del eth0 >/dev/null 2>&1");
}

/* ---- One end of a connection ---- */

/**
 * struct result - what an end says when it is done
 * @failure: what went wrong, or empty
 * @usecs: from the first octet to the last, virtual
 * @retrans: segments that it sent again
 * @state: of TCP_INFO when both directions had ended
 */
struct result {
	char failure[96];
	uint64_t usecs;
	unsigned int retrans;
	unsigned int state;
};

struct end {
	const struct flow *flow;
	int fd;
	bool sends;
	bool receives;
	bool closes_first;
	bool closes_last;
	uint64_t send_state;
	uint64_t receive_state;
	unsigned int sent;
	unsigned int received;
	struct result result;
};

static bool fail(struct end *end, const char *what)
{
	if (!end->result.failure[0])
		snprintf(end->result.failure, sizeof(end->result.failure),
			 "%s: %s", what, strerror(errno));
	return false;
}

static void fill(uint64_t *state, unsigned char *data, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		data[i] = next(state) >> 56;
}

/* The stream of one direction; the same at both ends. */
static uint64_t stream_of(const struct run *run, const struct flow *flow,
			  bool up)
{
	return (run->seed * FLOWS + flow->number) * 2 + up;
}

/* A chunk that the socket has not taken whole waits here. */
static bool send_some(struct end *end)
{
	static unsigned char data[CHUNK];
	static unsigned int from, len;
	ssize_t taken;

	if (from == len) {
		from = 0;
		len = end->flow->size - end->sent;
		if (len > CHUNK)
			len = CHUNK;
		fill(&end->send_state, data, len);
	}
	taken = send(end->fd, data + from, len - from, MSG_DONTWAIT);
	if (taken < 0)
		return errno == EAGAIN || fail(end, "send");
	from += taken;
	end->sent += taken;
	return true;
}

/* Return: go on; at the end of the stream *end is set. */
static bool receive_some(struct end *end, bool *over)
{
	unsigned char data[CHUNK], wanted[CHUNK];
	ssize_t got = recv(end->fd, data, sizeof(data), MSG_DONTWAIT);

	if (got < 0)
		return errno == EAGAIN || fail(end, "recv");
	if (!got) {
		*over = true;
		return true;
	}
	fill(&end->receive_state, wanted, got);
	end->received += got;
	errno = EBADMSG;
	if (memcmp(data, wanted, got))
		return fail(end, "octets differ");
	return true;
}

static void finish(struct end *end)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	if (getsockopt(end->fd, IPPROTO_TCP, TCP_INFO, &info, &len)) {
		fail(end, "TCP_INFO");
		return;
	}
	end->result.retrans = info.tcpi_total_retrans;
	end->result.state = info.tcpi_state;
}

/*
 * Send and receive until both directions are over. Who closes first does so
 * when it has sent and received all; the other waits for its FIN.
 */
static bool transfer(struct end *end)
{
	unsigned int wanted = end->receives ? end->flow->size : 0;
	bool over = false, shut = false;
	uint64_t begin = now_us();

	while (!over || !shut) {
		bool more = end->sends && end->sent < end->flow->size;
		struct pollfd poller = {
			.fd = end->fd,
			.events = (over ? 0 : POLLIN) | (more ? POLLOUT : 0),
		};

		if (!shut && !more && end->received == wanted &&
		    (!end->closes_last || over)) {
			if (!end->result.usecs)
				end->result.usecs = now_us() - begin;
			if (shutdown(end->fd, SHUT_WR))
				return fail(end, "shutdown");
			shut = true;
			continue;
		}
		if (poll(&poller, 1, -1) < 0)
			return fail(end, "poll");
		if (poller.revents & POLLOUT && more && !send_some(end))
			return false;
		if (poller.revents & (POLLIN | POLLHUP | POLLERR) && !over &&
		    !receive_some(end, &over))
			return false;
		errno = ENODATA;
		if (over && end->received != wanted)
			return fail(end, "early end of the stream");
	}
	errno = EOVERFLOW;
	if (end->received != wanted)
		return fail(end, "too much or too little");
	return true;
}

static bool enter(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/var/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && !setns(fd, CLONE_NEWNET) && !close(fd);
}

static int open_socket(const struct flow *flow, bool ours)
{
	int fd = socket(ours ? AF_NETSTACK : AF_INET, SOCK_STREAM, 0);

	/* The host may not have it; the stack must. */
	if (fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION,
				  flow->controller, strlen(flow->controller)) &&
	    ours) {
		close(fd);
		return -1;
	}
	return fd;
}

static struct sockaddr_in server_address(const struct flow *flow)
{
	static const char *const addresses[] = {
		"127.0.0.1", "10.9.0.1", "10.9.0.2"
	};
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT + flow->number),
	};

	inet_pton(AF_INET, addresses[flow->role], &address.sin_addr);
	return address;
}

static void serve(struct end *end, int ready)
{
	struct sockaddr_in address = server_address(end->flow);
	bool ours = end->flow->role != CLIENT;
	int one = 1, listener;

	if (!enter(ours ? "box" : "far")) {
		fail(end, "setns");
		return;
	}
	listener = open_socket(end->flow, ours);
	if (listener < 0 ||
	    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(listener, 1)) {
		fail(end, "listen");
		return;
	}
	if (write(ready, "", 1) != 1) {
		fail(end, "pipe");
		return;
	}
	end->fd = accept(listener, NULL, NULL);
	close(listener);
	if (end->fd < 0)
		fail(end, "accept");
	else if (transfer(end))
		finish(end);
}

static void connect_and_go(struct end *end)
{
	struct sockaddr_in address = server_address(end->flow);
	bool ours = end->flow->role != SERVER;
	unsigned int tries = 0;

	usleep(end->flow->start * 1000);
	if (!enter(ours ? "box" : "far")) {
		fail(end, "setns");
		return;
	}
	/* Bursts may take all questions for the neighbour; nothing else. */
	for (;;) {
		end->fd = open_socket(end->flow, ours);
		if (end->fd >= 0 &&
		    !connect(end->fd, (struct sockaddr *)&address,
			     sizeof(address)))
			break;
		if (end->fd < 0 || errno != EHOSTUNREACH || ++tries == 5) {
			fail(end, "connect");
			return;
		}
		close(end->fd);
	}
	if (transfer(end))
		finish(end);
}

/* ---- A run ---- */

static void too_long(int signal)
{
	(void)signal;
}

/* One end in a process of its own. Return: where it will tell its result. */
static int start(const struct run *run, const struct flow *flow, bool server,
		 pid_t *pid)
{
	bool up = flow->direction != DOWN, down = flow->direction != UP;
	struct sigaction action = { .sa_handler = too_long };
	struct end end = {
		.flow = flow,
		.fd = -1,
		.sends = server ? down : up,
		.receives = server ? up : down,
		.closes_last = flow->ending != TOGETHER &&
			       (flow->ending == SERVER_FIRST) != server,
		.send_state = stream_of(run, flow, !server),
		.receive_state = stream_of(run, flow, server),
	};
	int answer[2], ready[2];
	char octet;

	if (pipe(answer) || pipe(ready))
		return -1;
	fflush(stdout);
	*pid = fork();
	if (*pid < 0)
		return -1;
	if (!*pid) {
		/* It interrupts whatever the process waits for. */
		sigaction(SIGALRM, &action, NULL);
		alarm(PATIENCE);
		if (server)
			serve(&end, ready[1]);
		else
			connect_and_go(&end);
		_exit(write(answer[1], &end.result, sizeof(end.result)) !=
		      sizeof(end.result));
	}
	close(answer[1]);
	close(ready[1]);
	if (server && read(ready[0], &octet, 1) != 1)
		note("seed=%llu: the server did not start",
		     (unsigned long long)run->seed);
	close(ready[0]);
	return answer[0];
}

static bool take_result(int fd, pid_t pid, struct result *result)
{
	bool got = read(fd, result, sizeof(*result)) == sizeof(*result);

	close(fd);
	waitpid(pid, NULL, 0);
	if (!got)
		strcpy(result->failure, "the process died");
	return got && !result->failure[0];
}

/**
 * struct pair - both ends of a flow while it runs
 */
struct pair {
	struct result server;
	struct result client;
	pid_t server_pid;
	pid_t client_pid;
	int from_server;
	int from_client;
};

/*
 * Who closed first has seen the other's FIN when it looks: its connection is
 * in TIME-WAIT, a small structure, and the socket is in CLOSE. The other
 * looks after its own FIN: nothing but the last ACK may be missing.
 */
static const char *state_failure(const struct flow *flow,
				 const struct pair *pair)
{
	const struct result *first = &pair->client;

	if (flow->ending == TOGETHER)
		return NULL;
	if (flow->ending == SERVER_FIRST)
		first = &pair->server;
	if (first->state != STATE_CLOSE)
		return "who closed first is not in CLOSE";
	return NULL;
}

/* Return: what went wrong, or NULL. */
static const char *finish_pair(const struct flow *flow, struct pair *pair)
{
	const char *failure = NULL;

	if (!take_result(pair->from_client, pair->client_pid, &pair->client)) {
		failure = pair->client.failure;
		kill(pair->server_pid, SIGALRM);
	}
	if (!take_result(pair->from_server, pair->server_pid, &pair->server) &&
	    !failure)
		failure = pair->server.failure;
	return failure ? failure : state_failure(flow, pair);
}

static void tell_pair(const struct flow *flow, const struct pair *pair)
{
	uint64_t usecs = pair->client.usecs, octets = flow->size;

	if (usecs < pair->server.usecs)
		usecs = pair->server.usecs;
	if (flow->direction == BOTH)
		octets *= 2;
	printf("%s %llums %llukbit/s retrans=%u+%u", flow->number ? " +" : "",
	       (unsigned long long)usecs / 1000,
	       (unsigned long long)(usecs ? octets * 8000 / usecs : 0),
	       pair->client.retrans, pair->server.retrans);
}

static bool nothing_left(void)
{
	long left;

	left = number_of("nsctl -n box -j socket show | grep -o '\"state\"' | wc -l");
	if (left) {
		note("%ld sockets are left", left);
		command("nsctl -n box socket show | sed 's/^/# /'");
	}
	return !left;
}

static bool simulate(unsigned int number, const struct run *run)
{
	struct pair pairs[FLOWS] = {}, *pair;
	const char *failure = NULL, *what;
	const struct flow *flow;
	char text[1024];

	describe(run, text, sizeof(text));
	if (!impair(run)) {
		failure = "nsctl impair failed";
		goto out;
	}
	for (flow = run->flows; flow < run->flows + run->count; flow++) {
		pair = &pairs[flow->number];
		pair->from_server = start(run, flow, true, &pair->server_pid);
	}
	for (flow = run->flows; flow < run->flows + run->count; flow++) {
		pair = &pairs[flow->number];
		pair->from_client = start(run, flow, false, &pair->client_pid);
	}
	for (flow = run->flows; flow < run->flows + run->count; flow++) {
		what = finish_pair(flow, &pairs[flow->number]);
		if (what)
			note("connection %u: %s", flow->number, what);
		if (!failure)
			failure = what;
	}
	unimpair();
	/* Virtual seconds cost nothing. */
	sleep(TIME_WAIT);
	if (!nothing_left() && !failure)
		failure = "sockets are left";
out:
	printf("%sok %u %s:", failure ? "not " : "", number, text);
	for (flow = run->flows; flow < run->flows + run->count; flow++)
		tell_pair(flow, &pairs[flow->number]);
	printf("\n");
	if (failure)
		note("%s; replay: make soak N=1 SEED=%llu", failure,
		     (unsigned long long)run->seed);
	fflush(stdout);
	return !failure;
}

int main(int argc, char **argv)
{
	unsigned long runs = 150, i;
	uint64_t seed = 1;
	bool good = true;
	struct run run;
	int option;

	while ((option = getopt(argc, argv, "n:s:v")) != -1) {
		switch (option) {
		case 'n':
			runs = strtoul(optarg, NULL, 0);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'v':
			verbose = true;
			break;
		default:
			fprintf(stderr,
				"usage: simulate [-n RUNS] [-s SEED] [-v]\n");
			return 1;
		}
	}
	signal(SIGPIPE, SIG_IGN);
	read_controllers();
	printf("1..%lu\n", runs);
	for (i = 0; i < runs; i++) {
		derive(&run, seed + i);
		if (!simulate(i + 1, &run))
			good = false;
	}
	return !good;
}
