/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Just enough of io_uring for one request at a time.
 */
#ifndef SELFTESTS_RING_H
#define SELFTESTS_RING_H

#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RING_ENTRIES	4

struct ring {
	int fd;
	struct io_uring_params params;
	char *submit, *complete;
	size_t submit_size, complete_size;
	struct io_uring_sqe *entries;
};

#define RING(base, offset) ((unsigned int *)((base) + (offset)))

static inline void *ring_map(int fd, size_t size, off_t which)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, which);
}

/* Return: its descriptor; -1 with errno. */
static inline int ring_open(struct ring *ring, unsigned int flags)
{
	struct io_uring_params *params = &ring->params;

	memset(ring, 0, sizeof(*ring));
	params->flags = flags;
	ring->fd = syscall(SYS_io_uring_setup, RING_ENTRIES, params);
	if (ring->fd < 0)
		return -1;
	ring->submit_size = params->sq_off.array + 64;
	ring->submit = ring_map(ring->fd, ring->submit_size,
				IORING_OFF_SQ_RING);
	ring->complete_size = params->cq_off.cqes +
		params->cq_entries * sizeof(struct io_uring_cqe);
	ring->complete = ring_map(ring->fd, ring->complete_size,
				  IORING_OFF_CQ_RING);
	ring->entries = ring_map(ring->fd,
				 RING_ENTRIES * sizeof(*ring->entries),
				 IORING_OFF_SQES);
	return ring->fd;
}

static inline void ring_close(struct ring *ring)
{
	munmap(ring->submit, ring->submit_size);
	munmap(ring->complete, ring->complete_size);
	munmap(ring->entries, RING_ENTRIES * sizeof(*ring->entries));
	close(ring->fd);
}

/* The next entry, to be filled in; it is the kernel's with ring_submit(). */
static inline struct io_uring_sqe *ring_entry(struct ring *ring, int opcode,
					      int fd)
{
	unsigned int *tail = RING(ring->submit, ring->params.sq_off.tail);
	unsigned int at = *tail & (RING_ENTRIES - 1);
	struct io_uring_sqe *entry = &ring->entries[at];

	memset(entry, 0, sizeof(*entry));
	entry->opcode = opcode;
	entry->fd = fd;
	RING(ring->submit, ring->params.sq_off.array)[at] = at;
	return entry;
}

static inline int ring_submit(struct ring *ring)
{
	unsigned int *tail = RING(ring->submit, ring->params.sq_off.tail);

	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0);
}

/* Return: what the next completion says; @flags may be NULL. */
static inline int ring_result(struct ring *ring, unsigned int *flags)
{
	unsigned int *head = RING(ring->complete, ring->params.cq_off.head);
	unsigned int mask = ring->params.cq_entries - 1;
	struct io_uring_cqe *done;
	int result;

	syscall(SYS_io_uring_enter, ring->fd, 0, 1, IORING_ENTER_GETEVENTS,
		NULL, 0);
	done = (struct io_uring_cqe *)(ring->complete +
				       ring->params.cq_off.cqes) +
	       (*head & mask);
	result = done->res;
	if (flags)
		*flags = done->flags;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

#endif /* SELFTESTS_RING_H */
