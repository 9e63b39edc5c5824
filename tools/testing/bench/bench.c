// SPDX-License-Identifier: GPL-2.0
/*
 * netstack-bench: what one operation costs, AF_NETSTACK beside AF_INET and
 * AF_UNIX in one run. Meant for a guest whose clock counts instructions
 * (tools/testing/bench/run), where one nanosecond is one instruction.
 *
 * netstack-bench [-j] [-4|-6] [ROW [COLUMN]]: all cells, or those of one row, or
 * one; a table for each family, or that of one.
 *
 * Every cell is a client and a server process that talk by read and write.
 * The first part of each measurement is not counted: slow start, caches and
 * neighbour resolution belong to it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/netstack.h>
#include <netinet/tcp.h>

#define PORT 7000
#define LARGE 65536
#define SMALL 1024
#define DESCRIPTORS 4096

/**
 * struct column - a pair of sockets to measure
 * @name: head of the column
 * @server_family: of the server's socket; AF_INET may be AF_INET6
 * @client_family: of the client's
 * @address: where the server listens
 * @address6: the same over IPv6
 * @server_netns: namespace of the server, or NULL for this one
 */
struct column {
	const char *name;
	int server_family;
	int client_family;
	const char *address;
	const char *address6;
	const char *server_netns;
};

static const struct column columns[] = {
	{ "unix", AF_UNIX, AF_UNIX, "bench", "bench", NULL },
	{ "inet-lo", AF_INET, AF_INET, "127.0.0.1", "::1", NULL },
	{ "inet-veth", AF_INET, AF_INET, "10.88.0.2", "fd88::2", "bench" },
	{ "netstack-lo", AF_NETSTACK, AF_NETSTACK, "127.0.0.1", "::1", NULL },
	{ "pipe", AF_NETSTACK, AF_NETSTACK, "10.89.0.2", "fd89::2", "bench" },
	{ "to-host", AF_INET, AF_NETSTACK, "10.77.0.1", "fd77::1", NULL },
	{ "from-host", AF_NETSTACK, AF_INET, "10.77.0.2", "fd77::2", NULL },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static bool ipv6;
static char *buffer;
static unsigned long long *shared;

static void fail(const char *what)
{
	fprintf(stderr, "netstack-bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* The number behind a word of a file, of all lines that begin with it. */
static unsigned long long sum_of(const char *name, const char *word)
{
	unsigned long long sum = 0, number;
	FILE *file = fopen(name, "r");
	char line[256], first[64];

	if (!file)
		fail(name);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %llu", first, &number) == 2 &&
		    !strcmp(first, word))
			sum += number;
	fclose(file);
	return sum;
}

/*
 * Octets in use of the whole machine. Pages that a CPU keeps for its next
 * allocation are free as well.
 */
static unsigned long long used(void)
{
	/* What waits for a grace period is gone then. */
	usleep(200000);
	return (sum_of("/proc/meminfo", "MemTotal:") -
		sum_of("/proc/meminfo", "MemFree:")) * 1024 -
	       sum_of("/proc/zoneinfo", "count:") * sysconf(_SC_PAGESIZE);
}

static void read_full(int fd, size_t size)
{
	while (size) {
		ssize_t got = read(fd, buffer, size);

		if (got <= 0)
			fail("read");
		size -= got;
	}
}

static void write_full(int fd, size_t size)
{
	while (size) {
		ssize_t sent = write(fd, buffer, size);

		if (sent <= 0)
			fail("write");
		size -= sent;
	}
}

static void enter_netns(const char *name)
{
	char path[128];
	int fd;

	if (!name)
		return;
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		fail(path);
	close(fd);
}

static socklen_t make_address(const struct column *column, int family,
			      struct sockaddr_storage *address)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
	struct sockaddr_in *in = (struct sockaddr_in *)address;
	struct sockaddr_un *un = (struct sockaddr_un *)address;

	memset(address, 0, sizeof(*address));
	if (family == AF_UNIX) {
		un->sun_family = AF_UNIX;
		strcpy(un->sun_path + 1, column->address);
		return sizeof(*un);
	}
	if (ipv6) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(PORT);
		inet_pton(AF_INET6, column->address6, &in6->sin6_addr);
		return sizeof(*in6);
	}
	in->sin_family = AF_INET;
	in->sin_port = htons(PORT);
	inet_pton(AF_INET, column->address, &in->sin_addr);
	return sizeof(*in);
}

/**
 * struct row - one operation
 * @name: first word of the row
 * @unit: last word of the row
 * @meter: what is read before and after the measured operations
 * @type: SOCK_STREAM or SOCK_DGRAM
 * @nodelay: with TCP_NODELAY
 * @size: bytes of one write; 0 for request and response
 * @warmup: operations before the clock starts
 * @count: operations measured
 * @server: serves all of them, on a listening or bound socket
 * @client: does @count operations; opens what it needs the first time
 */
struct row {
	const char *name;
	const char *unit;
	unsigned long long (*meter)(void);
	int type;
	bool nodelay;
	size_t size;
	unsigned int warmup;
	unsigned int count;
	void (*server)(int fd, const struct row *row);
	void (*client)(const struct column *column, const struct row *row,
		       unsigned int count, int *fd);
};

static void set_nodelay(int fd)
{
	int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		fail("TCP_NODELAY");
}

static int open_socket(int family, int type)
{
	int fd, on = 1;

	fd = socket(family == AF_INET && ipv6 ? AF_INET6 : family, type,
		    family == AF_NETSTACK && ipv6 ? NETSTACK_IPV6 : 0);
	if (fd < 0)
		fail(family == AF_NETSTACK ? "socket(AF_NETSTACK)" : "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)))
		fail("SO_REUSEADDR");
	return fd;
}

static int open_server(const struct column *column, int type)
{
	struct sockaddr_storage address;
	socklen_t len = make_address(column, column->server_family, &address);
	int fd;

	enter_netns(column->server_netns);
	fd = open_socket(column->server_family, type);
	if (bind(fd, (struct sockaddr *)&address, len))
		fail("bind");
	if (type == SOCK_STREAM && listen(fd, 128))
		fail("listen");
	return fd;
}

static int open_client(const struct column *column, const struct row *row)
{
	struct sockaddr_storage address;
	socklen_t len = make_address(column, column->client_family, &address);
	int fd = open_socket(column->client_family, row->type);

	if (row->nodelay && column->client_family != AF_UNIX)
		set_nodelay(fd);
	/* A datagram's answer needs a name to come back to. */
	if (row->type == SOCK_DGRAM && column->client_family == AF_UNIX) {
		struct sockaddr_un own = { .sun_family = AF_UNIX };

		if (bind(fd, (struct sockaddr *)&own, sizeof(sa_family_t)))
			fail("bind");
	}
	if (connect(fd, (struct sockaddr *)&address, len))
		fail("connect");
	return fd;
}

static int accept_one(int listener, const struct row *row)
{
	int fd = accept(listener, NULL, NULL);
	int domain;
	socklen_t len = sizeof(domain);

	if (fd < 0)
		fail("accept");
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len))
		fail("SO_DOMAIN");
	if (row->nodelay && domain != AF_UNIX)
		set_nodelay(fd);
	return fd;
}

static void stream_server(int listener, const struct row *row)
{
	int fd = accept_one(listener, row);

	/* An octet of answer ends each part: all has arrived. */
	for (size_t left = (size_t)row->warmup * row->size, part = 0;
	     part < 2; part++, left = (size_t)row->count * row->size) {
		while (left) {
			ssize_t got = read(fd, buffer,
					   left < LARGE ? left : LARGE);

			if (got <= 0)
				fail("read");
			left -= got;
		}
		write_full(fd, 1);
	}
}

static void stream_client(const struct column *column, const struct row *row,
			  unsigned int count, int *fd)
{
	if (*fd < 0)
		*fd = open_client(column, row);
	while (count--)
		write_full(*fd, row->size);
	read_full(*fd, 1);
}

static void request_server(int listener, const struct row *row)
{
	int fd = accept_one(listener, row);

	for (unsigned int i = 0; i < row->warmup + row->count; i++) {
		read_full(fd, 1);
		write_full(fd, 1);
	}
}

static void request_client(const struct column *column, const struct row *row,
			   unsigned int count, int *fd)
{
	if (*fd < 0)
		*fd = open_client(column, row);
	while (count--) {
		write_full(*fd, 1);
		read_full(*fd, 1);
	}
}

static void connect_server(int listener, const struct row *row)
{
	for (unsigned int i = 0; i < row->warmup + row->count; i++) {
		int fd = accept_one(listener, row);

		read_full(fd, 1);
		write_full(fd, 1);
		close(fd);
	}
}

static void connect_client(const struct column *column, const struct row *row,
			   unsigned int count, int *unused)
{
	(void)unused;
	while (count--) {
		int fd = open_client(column, row);

		write_full(fd, 1);
		read_full(fd, 1);
		/* The server closes first. */
		if (read(fd, buffer, 1) != 0)
			fail("read at the end");
		close(fd);
	}
}

static void datagram_server(int fd, const struct row *row)
{
	struct sockaddr_storage peer;
	socklen_t len;

	for (unsigned int i = 0; i < row->warmup + row->count; i++) {
		len = sizeof(peer);
		if (recvfrom(fd, buffer, 1, 0, (struct sockaddr *)&peer,
			     &len) != 1)
			fail("recvfrom");
		if (sendto(fd, buffer, 1, 0, (struct sockaddr *)&peer, len) !=
		    1)
			fail("sendto");
	}
}

/* The table of descriptors has its size before anything is measured. */
static void many_descriptors(void)
{
	struct rlimit limit = { DESCRIPTORS, DESCRIPTORS };

	if (setrlimit(RLIMIT_NOFILE, &limit) ||
	    dup2(STDERR_FILENO, DESCRIPTORS - 1) < 0)
		fail("RLIMIT_NOFILE");
}

/* No TIME-WAIT may be left to end while the next cell is measured. */
static void abort_at_exit(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		fail("SO_LINGER");
}

static void idle_server(int listener, const struct row *row)
{
	int fd = -1;

	many_descriptors();
	for (unsigned int i = 0; i < row->warmup + row->count; i++) {
		fd = accept_one(listener, row);
		abort_at_exit(fd);
		read_full(fd, 1);
		write_full(fd, 1);
	}
	/* Until the client has measured, and is gone. */
	while (read(fd, buffer, 1) > 0)
		;
}

static void idle_client(const struct column *column, const struct row *row,
			unsigned int count, int *fd)
{
	if (*fd < 0)
		many_descriptors();
	while (count--) {
		*fd = open_client(column, row);
		abort_at_exit(*fd);
		write_full(*fd, 1);
		read_full(*fd, 1);
	}
}

static const struct row rows[] = {
	{ "stream-64k", "MB", now, SOCK_STREAM, false, LARGE, 512, 2048,
	  stream_server, stream_client },
	{ "stream-1k", "MB", now, SOCK_STREAM, false, SMALL, 4096, 16384,
	  stream_server, stream_client },
	{ "stream-1k-nodelay", "MB", now, SOCK_STREAM, true, SMALL, 4096,
	  16384, stream_server, stream_client },
	{ "request-response", "", now, SOCK_STREAM, true, 0, 500, 4000,
	  request_server, request_client },
	{ "connect-request-close", "", now, SOCK_STREAM, true, 0, 100, 800,
	  connect_server, connect_client },
	{ "udp-request-response", "", now, SOCK_DGRAM, false, 0, 500, 4000,
	  datagram_server, request_client },
	{ "idle-connection", "octets", used, SOCK_STREAM, true, 0, 500, 2000,
	  idle_server, idle_client },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* Runs one cell; returns what the meter made of the measured part. */
static unsigned long long measure(const struct column *column,
				  const struct row *row)
{
	int ready[2], status, fd = -1;
	unsigned long long start;
	pid_t server, client;
	char octet;

	if (pipe(ready))
		fail("pipe");
	server = fork();
	if (!server) {
		fd = open_server(column, row->type);
		if (write(ready[1], "", 1) != 1)
			fail("pipe");
		row->server(fd, row);
		exit(0);
	}
	if (read(ready[0], &octet, 1) != 1)
		fail("pipe");
	close(ready[0]);
	close(ready[1]);
	client = fork();
	if (!client) {
		row->client(column, row, row->warmup, &fd);
		start = row->meter();
		row->client(column, row, row->count, &fd);
		*shared = row->meter() - start;
		exit(0);
	}
	waitpid(client, &status, 0);
	if (status) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
		return 0;
	}
	waitpid(server, &status, 0);
	return status ? 0 : *shared;
}

/* MB for each 10^9 instructions; else instructions, or octets, for each. */
static double figure(const struct row *row, unsigned long long measured)
{
	if (row->size)
		return (double)row->size * row->count / 1e6 / (measured / 1e9);
	return (double)measured / row->count;
}

static void print_table(double table[ROWS][COLUMNS])
{
	printf("%-24s", ipv6 ? "IPv6" : "IPv4");
	for (size_t c = 0; c < COLUMNS; c++)
		printf("%12s", columns[c].name);
	puts("");
	for (size_t r = 0; r < ROWS; r++) {
		printf("%-24s", rows[r].name);
		for (size_t c = 0; c < COLUMNS; c++)
			printf("%12.0f", table[r][c]);
		printf("%s%s\n", *rows[r].unit ? "  " : "", rows[r].unit);
	}
}

static void print_json(double table[ROWS][COLUMNS])
{
	printf("  \"%s\": {\n", ipv6 ? "ipv6" : "ipv4");
	for (size_t r = 0; r < ROWS; r++) {
		printf("    \"%s\": {", rows[r].name);
		for (size_t c = 0; c < COLUMNS; c++)
			printf("%s\"%s\": %.1f", c ? ", " : " ",
			       columns[c].name, table[r][c]);
		puts(r + 1 < ROWS ? " }," : " }");
	}
	printf("  }");
}

/* Fills the cells that are asked for. Return: has one failed? */
static bool fill_table(double table[ROWS][COLUMNS], const char *row,
		       const char *column)
{
	unsigned long long measured;
	bool failed = false;

	for (size_t r = 0; r < ROWS; r++) {
		for (size_t c = 0; c < COLUMNS; c++) {
			table[r][c] = 0;
			if ((row && strcmp(row, rows[r].name)) ||
			    (column && strcmp(column, columns[c].name)))
				continue;
			measured = measure(&columns[c], &rows[r]);
			if (measured) {
				table[r][c] = figure(&rows[r], measured);
				continue;
			}
			fprintf(stderr,
				"netstack-bench: %s over %s failed\n",
				rows[r].name, columns[c].name);
			failed = true;
		}
	}
	return failed;
}

int main(int argc, char **argv)
{
	bool json = false, failed = false;
	double table[ROWS][COLUMNS];
	int family, only = 0, option;
	const char *row, *column;

	while ((option = getopt(argc, argv, "j46")) != -1) {
		if (option == '?') {
			fputs("usage: netstack-bench [-j] [-4|-6] [ROW [COLUMN]]\n",
			      stderr);
			return 2;
		}
		if (option == 'j')
			json = true;
		else
			only = option - '0';
	}
	row = argv[optind];
	column = row ? argv[optind + 1] : NULL;

	signal(SIGPIPE, SIG_IGN);
	buffer = mmap(NULL, LARGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (buffer == MAP_FAILED || shared == MAP_FAILED)
		fail("mmap");
	memset(buffer, 'x', LARGE);

	if (json)
		puts("{");
	for (family = 4; family <= 6; family += 2) {
		if (only && family != only)
			continue;
		ipv6 = family == 6;
		failed |= fill_table(table, row, column);
		if (json)
			print_json(table);
		else
			print_table(table);
		puts(json && family == 4 && !only ? "," : "");
	}
	if (json)
		puts("}");
	else
		printf("%s\n",
		       "MB: for each 10^9 instructions, more is better. Octets: of memory, both ends.\nOther rows: instructions for each operation, both ends and the task switches\ntogether, less is better.");
	return failed;
}
