// SPDX-License-Identifier: GPL-2.0
/*
 * Several threads put together datagrams on one socket: whoever comes when
 * another one has just sent the datagram off is told that it has no address,
 * as by AF_INET.
 *
 * guest: stock,uml-new cpus=2 timeout=120
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <linux/netstack.h>

#include "kselftest_harness.h"

#define ABSENT		"10.77.0.99"
#define PATIENCE	10000	/* ms */
#define ROUNDS		500

struct sender {
	pthread_t thread;
	atomic_int task;
	int fd;
	const struct sockaddr_in *to;	/* NULL: none is given */
	atomic_int done;
	ssize_t result;
	int error;
};

static struct sockaddr_in at(const char *address, int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	inet_pton(AF_INET, address, &in.sin_addr);
	in.sin_port = htons(port);
	return in;
}

static void *send_one(void *data)
{
	struct sender *sender = data;

	sender->task = syscall(SYS_gettid);
	sender->result = sendto(sender->fd, "x", 1, 0, (void *)sender->to,
				sender->to ? sizeof(*sender->to) : 0);
	sender->error = errno;
	sender->done = 1;
	return NULL;
}

/* What the thread is at, as in proc(5): S sleeps, D waits for a lock. */
static char state(struct sender *sender)
{
	char path[64], state = '?';
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", sender->task);
	stat = sender->task ? fopen(path, "r") : NULL;
	if (stat) {
		if (fscanf(stat, "%*d %*s %c", &state) != 1)
			state = '?';
		fclose(stat);
	}
	return state;
}

/* It must be so five times in a row: once may be on the way there. */
static int await_state(struct sender *sender, char wanted)
{
	int i, times = 0;

	for (i = 0; i < PATIENCE && times < 5 && !sender->done; i++) {
		times = state(sender) == wanted ? times + 1 : 0;
		usleep(1000);
	}
	return times == 5;
}

/*
 * The order of events is forced: the first thread sends the datagram off, and
 * waits for room in the send buffer with the socket locked; the second has
 * seen that there is a datagram, and waits for the lock.
 */
TEST(cork__sent_off_by_another_thread_meanwhile)
{
	const struct sockaddr_in absent = at(ABSENT, 9);
	struct sender first = { .to = &absent }, second = {};
	static char block[1000];
	int fd, size = 1;

	ASSERT_EQ(0, system("ip link set netstack0 up"));
	ASSERT_EQ(0, system("nsctl addr add 10.77.0.2/24 dev netstack0 noprobe"));
	fd = socket(AF_NETSTACK, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
				sizeof(size)));
	/* No neighbour answers: the packets wait, and fill the buffer. */
	while (sendto(fd, block, sizeof(block), MSG_DONTWAIT, (void *)&absent,
		      sizeof(absent)) > 0)
		;
	ASSERT_EQ(EAGAIN, errno);
	ASSERT_EQ(1, sendto(fd, "x", 1, MSG_MORE, (void *)&absent,
			    sizeof(absent)));

	first.fd = fd;
	ASSERT_EQ(0, pthread_create(&first.thread, NULL, send_one, &first));
	ASSERT_TRUE(await_state(&first, 'S'));
	second.fd = fd;
	ASSERT_EQ(0, pthread_create(&second.thread, NULL, send_one, &second));
	ASSERT_TRUE(await_state(&second, 'D'));

	ASSERT_EQ(0, system("nsctl neigh replace " ABSENT
			    " lladdr 02:00:00:00:00:99 dev netstack0"));
	pthread_join(first.thread, NULL);
	pthread_join(second.thread, NULL);
	EXPECT_EQ(1, first.result);
	EXPECT_EQ(-1, second.result);
	EXPECT_EQ(EDESTADDRREQ, second.error);
	/* There is no datagram any more. */
	EXPECT_EQ(-1, send(fd, "x", 1, 0));
	EXPECT_EQ(EDESTADDRREQ, errno);
	close(fd);
	EXPECT_EQ(0, system("nsctl neigh del " ABSENT " dev netstack0"));
	EXPECT_EQ(0, system("nsctl addr flush dev netstack0"));
}

struct traffic {
	int fd;
	const struct sockaddr_in *to;
	atomic_int over;
	int wrong;	/* errno of a call that had to succeed, or another */
};

/* Datagrams of two pieces. */
static void *send_pieces(void *data)
{
	struct traffic *traffic = data;
	int i;

	for (i = 0; i < ROUNDS; i++)
		if (sendto(traffic->fd, "a", 1, MSG_MORE, (void *)traffic->to,
			   sizeof(*traffic->to)) != 1 ||
		    sendto(traffic->fd, "b", 1, 0, (void *)traffic->to,
			   sizeof(*traffic->to)) != 1)
			traffic->wrong = errno;
	traffic->over = 1;
	return NULL;
}

/* Pieces for whatever datagram there is. */
static void *send_into(void *data)
{
	struct traffic *traffic = data;

	while (!traffic->over)
		if (send(traffic->fd, "c", 1, 0) != 1 &&
		    errno != EDESTADDRREQ)
			traffic->wrong = errno;
	return NULL;
}

static long counter(const char *group, const char *name)
{
	char line[128];
	long value = -1;
	FILE *pipe;

	snprintf(line, sizeof(line),
		 "nsctl stat show %s all | awk '$1 == \"%s%s\" { print $2 }'",
		 group, group, name);
	pipe = popen(line, "r");
	if (!pipe)
		return -1;
	if (fscanf(pipe, "%ld", &value) != 1)
		value = -1;
	pclose(pipe);
	return value;
}

/* Every datagram goes where it was to go: to the one receiver. */
TEST(cork__by_threads_with_and_without_an_address)
{
	struct timeval second = { .tv_sec = 1 };
	struct sockaddr_in to = at("127.0.0.1", 0);
	socklen_t len = sizeof(to);
	struct traffic traffic = { .to = &to };
	pthread_t threads[3];
	long sent;
	int receiver, size = 32 << 20, i;
	char data[256];
	ssize_t n;

	receiver = socket(AF_NETSTACK, SOCK_DGRAM, 0);
	traffic.fd = socket(AF_NETSTACK, SOCK_DGRAM, 0);
	ASSERT_LE(0, receiver);
	ASSERT_LE(0, traffic.fd);
	ASSERT_EQ(0, bind(receiver, (void *)&to, len));
	ASSERT_EQ(0, getsockname(receiver, (void *)&to, &len));
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_RCVBUFFORCE, &size,
				sizeof(size)));
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, &second,
				sizeof(second)));
	sent = counter("Udp", "OutDatagrams");

	ASSERT_EQ(0, pthread_create(&threads[0], NULL, send_pieces, &traffic));
	for (i = 1; i < 3; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, send_into,
					    &traffic));
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(0, traffic.wrong);
	sent = counter("Udp", "OutDatagrams") - sent;
	EXPECT_LE(ROUNDS, sent);
	for (i = 0; i < sent; i++) {
		n = recv(receiver, data, sizeof(data), 0);
		ASSERT_LT(0, n);
		for (size = 0; size < n; size++)
			ASSERT_NE(NULL, memchr("abc", data[size], 3));
	}
	EXPECT_EQ(-1, recv(receiver, data, sizeof(data), MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
	close(receiver);
	close(traffic.fd);
}

TEST_HARNESS_MAIN
