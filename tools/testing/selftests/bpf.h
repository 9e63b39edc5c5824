/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bpf(2), and programs written by hand.
 */
#ifndef SELFTESTS_BPF_H
#define SELFTESTS_BPF_H

#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

static inline int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

#define LOAD(dst, src, type, field, size)				\
	{ .code = BPF_LDX | BPF_MEM | (size), .dst_reg = (dst),		\
	  .src_reg = (src), .off = offsetof(type, field) }
#define STORE(dst, src, type, field)					\
	{ .code = BPF_STX | BPF_MEM | BPF_W, .dst_reg = (dst),		\
	  .src_reg = (src), .off = offsetof(type, field) }
#define SET(dst, value)							\
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (dst),	\
	  .imm = (value) }
#define COPY(dst, src)							\
	{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (dst),	\
	  .src_reg = (src) }
#define IF(reg, value, skip)						\
	{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = (reg),		\
	  .off = (skip), .imm = (value) }
#define UNLESS(reg, value, skip)					\
	{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = (reg),		\
	  .off = (skip), .imm = (value) }
#define CALL(function)							\
	{ .code = BPF_JMP | BPF_CALL, .imm = (function) }
#define EXIT()								\
	{ .code = BPF_JMP | BPF_EXIT }

#endif /* SELFTESTS_BPF_H */
