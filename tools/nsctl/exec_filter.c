// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl exec: which calls are held back for the supervisor, which are refused,
 * and which go straight to the kernel (seccomp(2)). The filter sees the
 * numbers of a call, never what they point to.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/sockios.h>

#include "exec.h"

#if defined(__x86_64__)
#define NATIVE	AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE	AUDIT_ARCH_AARCH64
#elif defined(__riscv)
#define NATIVE	AUDIT_ARCH_RISCV64
#else
#error "nsctl exec does not know this architecture"
#endif

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV	(1UL << 5)
#endif

/* Numbers of x32 calls have this bit. */
#define X32_CALL	0x40000000

/* What the kernel has for inet sockets' protocols. */
#define PROTOCOLS	263	/* IPPROTO_MAX */
#define IP_PROTOCOLS	256	/* from here on they are not IP's: MPTCP */

/* io_uring_register()'s operation with it: the ring is one of a table. */
#define REGISTERED_RING	(1U << 31)

/*
 * ioctl() about interfaces, routes and neighbours: from routes up to the end of
 * wireless. SIOCPROTOPRIVATE has 16.
 */
#define INTERFACE_CALLS		SIOCADDRT
#define INTERFACE_CALLS_END	0x8c00

#define INSTRUCTIONS	512

static struct sock_filter code[INSTRUCTIONS];
static unsigned short length;

static void emit(uint16_t op, uint32_t k, uint8_t jt, uint8_t jf)
{
	code[length++] = (struct sock_filter)BPF_JUMP(op, k, jt, jf);
}

static void load(size_t offset)
{
	emit(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

/* An argument, as the kernel takes an int. */
static void load_argument(int number)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#error "the low half of an argument is elsewhere"
#endif
	load(offsetof(struct seccomp_data, args) + number * sizeof(uint64_t));
}

static void end_with(uint32_t action)
{
	emit(BPF_RET | BPF_K, action, 0, 0);
}

static void end_with_errno(int err)
{
	end_with(SECCOMP_RET_ERRNO | err);
}

/* If the value loaded is @k, that is it. */
static void end_if(uint32_t k, uint32_t action)
{
	emit(BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
	end_with(action);
}

static void end_if_from(uint32_t k, uint32_t action)
{
	emit(BPF_JMP | BPF_JGE | BPF_K, k, 0, 1);
	end_with(action);
}

static void end_if_below(uint32_t k, uint32_t action)
{
	emit(BPF_JMP | BPF_JGE | BPF_K, k, 1, 0);
	end_with(action);
}

static void end_if_bit(uint32_t k, uint32_t action)
{
	emit(BPF_JMP | BPF_JSET | BPF_K, k, 0, 1);
	end_with(action);
}

/* What follows, up to block_end(), is for the value @k only. */
static unsigned short block_begin(uint32_t k)
{
	emit(BPF_JMP | BPF_JEQ | BPF_K, k, 0, 0);
	return length;
}

static void block_end(unsigned short begin)
{
	code[begin - 1].jf = length - begin;
}

/* The same for more than 255 instructions. */
static unsigned short long_block_begin(uint32_t k)
{
	emit(BPF_JMP | BPF_JEQ | BPF_K, k, 1, 0);
	emit(BPF_JMP | BPF_JA, 0, 0, 0);
	return length;
}

static void long_block_end(unsigned short begin)
{
	code[begin - 1].k = length - begin;
}

/*
 * socket(): a family that is not named here is refused, as by a kernel that
 * was built without it, and so are those kinds of netlink that show or change
 * what is the host's. Of netlink remain events of devices, audit, SELinux and
 * algorithms; links, addresses and routes are the stack's.
 */
static void filter_socket(const struct exec_facts *facts)
{
	unsigned short begin;

	load_argument(0);
	end_if(AF_UNIX, SECCOMP_RET_ALLOW);
	end_if(AF_ALG, SECCOMP_RET_ALLOW);
	begin = block_begin(AF_NETLINK);
	load_argument(2);
	end_if(NETLINK_KOBJECT_UEVENT, SECCOMP_RET_ALLOW);
	end_if(NETLINK_AUDIT, SECCOMP_RET_ALLOW);
	end_if(NETLINK_SELINUX, SECCOMP_RET_ALLOW);
	end_if(NETLINK_CRYPTO, SECCOMP_RET_ALLOW);
	end_if(NETLINK_ROUTE, SECCOMP_RET_USER_NOTIF);
	end_with_errno(EPROTONOSUPPORT);
	block_end(begin);
	end_if(facts->family, SECCOMP_RET_USER_NOTIF);
	emit(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0);
	emit(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0);
	end_with_errno(EAFNOSUPPORT);
	/* NETSTACK_IPV6 is one of the bits of MPTCP's number. */
	load_argument(2);
	end_if_from(PROTOCOLS, SECCOMP_RET_ERRNO | EINVAL);
	end_if_from(IP_PROTOCOLS, SECCOMP_RET_ERRNO | EPROTONOSUPPORT);
	end_with(SECCOMP_RET_USER_NOTIF);
}

static void filter_socketpair(void)
{
	load_argument(0);
	end_if(AF_UNIX, SECCOMP_RET_ALLOW);
	end_if(AF_INET, SECCOMP_RET_ERRNO | EOPNOTSUPP);
	end_if(AF_INET6, SECCOMP_RET_ERRNO | EOPNOTSUPP);
	end_with_errno(EAFNOSUPPORT);
}

static void filter_getsockopt(void)
{
	unsigned short begin;

	load_argument(1);
	begin = block_begin(SOL_SOCKET);
	load_argument(2);
	end_if(SO_DOMAIN, SECCOMP_RET_USER_NOTIF);
	block_end(begin);
	end_with(SECCOMP_RET_ALLOW);
}

static void filter_setsockopt(const struct exec_facts *facts)
{
	unsigned short begin;

	if (!facts->reuseport && !facts->zerocopy)
		return;
	load_argument(1);
	begin = block_begin(SOL_SOCKET);
	load_argument(2);
	if (facts->reuseport)
		end_if(SO_REUSEPORT, SECCOMP_RET_USER_NOTIF);
	if (facts->zerocopy)
		end_if(SO_ZEROCOPY, SECCOMP_RET_USER_NOTIF);
	block_end(begin);
	end_with(SECCOMP_RET_ALLOW);
}

/*
 * A ring of io_uring has a socket() that no filter sees: the supervisor makes
 * it, without. What may be registered with a ring is what is known here.
 * Restrictions of the program's own are refused: a ring has some already, and
 * those of a thread, of newer kernels, would be for rings that it makes itself.
 */
static void filter_ring(void)
{
	unsigned short begin;

	end_if(SYS_io_uring_setup, SECCOMP_RET_USER_NOTIF);
	begin = block_begin(SYS_io_uring_register);
	load_argument(1);
	emit(BPF_ALU | BPF_AND | BPF_K, ~REGISTERED_RING, 0, 0);
	end_if(IORING_REGISTER_RESTRICTIONS, SECCOMP_RET_ERRNO | EINVAL);
	end_if_from(RING_REGISTERS, SECCOMP_RET_ERRNO | EINVAL);
	end_with(SECCOMP_RET_ALLOW);
	block_end(begin);
}

/*
 * ioctl(): what is about interfaces would be about the host's, on any socket.
 * What netdevice(7) asks for is told of the stack's; nothing is changed by it.
 */
static void filter_ioctl(bool held_back)
{
	static const uint32_t told[] = {
		SIOCGIFNAME, SIOCGIFINDEX, SIOCGIFCONF, SIOCGIFFLAGS,
		SIOCGIFADDR, SIOCGIFDSTADDR, SIOCGIFBRDADDR, SIOCGIFNETMASK,
		SIOCGIFHWADDR, SIOCGIFMTU, SIOCGIFMETRIC, SIOCGIFTXQLEN,
		SIOCGIFMAP,
	};
	static const uint32_t refused[] = {
		SIOCADDRT, SIOCDELRT, SIOCSIFNAME, SIOCSIFFLAGS, SIOCSIFADDR,
		SIOCSIFDSTADDR, SIOCSIFBRDADDR, SIOCSIFNETMASK, SIOCSIFMETRIC,
		SIOCSIFMTU, SIOCSIFHWADDR, SIOCSIFHWBROADCAST, SIOCSIFTXQLEN,
		SIOCSIFMAP, SIOCDIFADDR, SIOCADDMULTI, SIOCDELMULTI, SIOCDARP,
		SIOCSARP,
	};
	unsigned int i;

	load_argument(1);
	end_if_from(INTERFACE_CALLS_END, SECCOMP_RET_ALLOW);
	end_if_below(INTERFACE_CALLS, SECCOMP_RET_ALLOW);
	/* of one socket */
	end_if(SIOCOUTQNSD, SECCOMP_RET_ALLOW);
	end_if(SIOCGSKNS, SECCOMP_RET_ALLOW);
	emit(BPF_JMP | BPF_JGE | BPF_K, SIOCPROTOPRIVATE, 0, 2);
	end_if_below(SIOCDEVPRIVATE, SECCOMP_RET_ALLOW);
	for (i = 0; held_back && i < sizeof(told) / sizeof(*told); i++)
		end_if(told[i], SECCOMP_RET_USER_NOTIF);
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		end_if(refused[i], SECCOMP_RET_ERRNO | EPERM);
	end_with_errno(EOPNOTSUPP);
}

/*
 * Ways round socket(): sockets of other processes can be taken, and a key can
 * be asked of a resolver outside.
 */
static void filter_ways_round(void)
{
	end_if(SYS_pidfd_getfd, SECCOMP_RET_ERRNO | EPERM);
	end_if(SYS_request_key, SECCOMP_RET_ERRNO | ENOSYS);
}

static void filter_native(const struct exec_facts *facts)
{
	unsigned short begin;

	load(offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	end_if_bit(X32_CALL, SECCOMP_RET_ERRNO | ENOSYS);
#endif
	begin = block_begin(SYS_socket);
	filter_socket(facts);
	block_end(begin);
	begin = block_begin(SYS_getsockopt);
	filter_getsockopt();
	block_end(begin);
	begin = block_begin(SYS_setsockopt);
	filter_setsockopt(facts);
	block_end(begin);
	begin = block_begin(SYS_socketpair);
	filter_socketpair();
	block_end(begin);
	begin = block_begin(SYS_ioctl);
	filter_ioctl(true);
	block_end(begin);
	filter_ring();
	filter_ways_round();
	end_with(SECCOMP_RET_ALLOW);
}

#ifdef __x86_64__
/* The calls above by their numbers of 32 bits (asm/unistd_32.h). */
enum i386_call {
	I386_IOCTL = 54,
	I386_SOCKETCALL = 102,
	I386_REQUEST_KEY = 287,
	I386_SOCKET = 359,
	I386_SOCKETPAIR = 360,
	I386_IO_URING_SETUP = 425,
	I386_IO_URING_ENTER = 426,
	I386_IO_URING_REGISTER = 427,
	I386_PIDFD_GETFD = 438,
};

/* socketcall()'s first argument (linux/net.h) */
enum socketcall {
	SOCKETCALL_SOCKET = 1,
	SOCKETCALL_SOCKETPAIR = 8,
};

/* Programs of 32 bits run, without sockets but AF_UNIX's. */
static void filter_i386(void)
{
	unsigned short begin;

	load(offsetof(struct seccomp_data, nr));
	begin = block_begin(I386_IOCTL);
	filter_ioctl(false);
	block_end(begin);
	begin = block_begin(I386_SOCKETCALL);
	load_argument(0);
	end_if(SOCKETCALL_SOCKET, SECCOMP_RET_ERRNO | ENOSYS);
	end_if(SOCKETCALL_SOCKETPAIR, SECCOMP_RET_ERRNO | ENOSYS);
	end_with(SECCOMP_RET_ALLOW);
	block_end(begin);
	emit(BPF_JMP | BPF_JEQ | BPF_K, I386_SOCKET, 1, 0);
	begin = block_begin(I386_SOCKETPAIR);
	load_argument(0);
	end_if(AF_UNIX, SECCOMP_RET_ALLOW);
	end_with_errno(EAFNOSUPPORT);
	block_end(begin);
	end_if(I386_IO_URING_SETUP, SECCOMP_RET_ERRNO | ENOSYS);
	end_if(I386_IO_URING_ENTER, SECCOMP_RET_ERRNO | ENOSYS);
	end_if(I386_IO_URING_REGISTER, SECCOMP_RET_ERRNO | ENOSYS);
	end_if(I386_PIDFD_GETFD, SECCOMP_RET_ERRNO | EPERM);
	end_if(I386_REQUEST_KEY, SECCOMP_RET_ERRNO | ENOSYS);
	end_with(SECCOMP_RET_ALLOW);
}
#endif

void filter_build(const struct exec_facts *facts, struct sock_fprog *program)
{
	unsigned short begin;

	length = 0;
	load(offsetof(struct seccomp_data, arch));
	begin = long_block_begin(NATIVE);
	filter_native(facts);
	long_block_end(begin);
#ifdef __x86_64__
	begin = block_begin(AUDIT_ARCH_I386);
	filter_i386();
	block_end(begin);
#endif
	end_with_errno(ENOSYS);
	*program = (struct sock_fprog){ length, code };
}

int filter_install(const struct sock_fprog *program)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		       SECCOMP_FILTER_FLAG_NEW_LISTENER |
			       SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
		       program);
}
