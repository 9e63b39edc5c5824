// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 options (RFC 791 3.1, RFC 1122 3.2.1.8): one parser that bounds
 * everything, and what is done with its findings: received options checked,
 * those of an answer or a program compiled, our entries added on the way
 * out, those of later fragments selected. Record route, timestamp and
 * router alert (RFC 2113) are understood, source routes refused, all others
 * passed over.
 */
#include <linux/ktime.h>

#include "address.h"
#include "ipv4.h"

/* Octets of an option, and the smallest value of its pointer. */
#define OPTION_LENGTH		1
#define OPTION_POINTER		2
#define OPTION_OVERFLOW		3	/* timestamp: overflow and form */
#define RR_POINTER_MIN		4
#define TS_POINTER_MIN		5
#define RA_LENGTH		4
#define TS_OVERFLOW_MAX		15

/**
 * struct found - where the options are that we understand
 * @record_route: offset, or -1
 * @timestamp: offset, or -1
 * @router_alert: offset, or -1
 * @fault: offset of the octet that is wrong, when parsing failed
 */
struct found {
	int record_route;
	int timestamp;
	int router_alert;
	unsigned int fault;
};

/* Bytes of one entry of a timestamp option; 0: no such form. */
static unsigned int timestamp_entry(const u8 *option)
{
	switch (option[OPTION_OVERFLOW] & 0x0f) {
	case IPOPT_TS_TSONLY:
		return 4;
	case IPOPT_TS_TSANDADDR:
	case IPOPT_TS_PRESPEC:
		return 8;
	}
	return 0;
}

/*
 * Check that a pointer is sane and that there is room for a whole entry or
 * for none: RFC 791 calls 'some room but not enough' an error.
 * Return: offset of the faulty octet in the option, 0 if there is none.
 */
static unsigned int pointer_fault(const u8 *option, unsigned int min,
				  unsigned int entry)
{
	unsigned int pointer = option[OPTION_POINTER];
	unsigned int length = option[OPTION_LENGTH];

	if (pointer < min)
		return OPTION_POINTER;
	if (pointer <= length && pointer - 1 + entry > length)
		return OPTION_POINTER;
	return 0;
}

static unsigned int record_route_fault(const u8 *option)
{
	if (option[OPTION_LENGTH] < RR_POINTER_MIN - 1)
		return OPTION_LENGTH;
	return pointer_fault(option, RR_POINTER_MIN, 4);
}

static unsigned int timestamp_fault(const u8 *option)
{
	unsigned int entry, fault;

	if (option[OPTION_LENGTH] < TS_POINTER_MIN - 1)
		return OPTION_LENGTH;
	entry = timestamp_entry(option);
	if (!entry)
		return OPTION_OVERFLOW;
	fault = pointer_fault(option, TS_POINTER_MIN, entry);
	if (fault)
		return fault;
	/* Full, and the count of those who had no room is full too. */
	if (option[OPTION_POINTER] > option[OPTION_LENGTH] &&
	    option[OPTION_OVERFLOW] >> 4 == TS_OVERFLOW_MAX)
		return OPTION_OVERFLOW;
	return 0;
}

/*
 * Return: 0, -EINVAL with found->fault set, or -EOPNOTSUPP for a source
 * route. Every option up to IPOPT_END or the end lies within @length.
 */
static int parse(const u8 *data, unsigned int length, struct found *found)
{
	unsigned int at, fault;
	const u8 *option;

	found->record_route = -1;
	found->timestamp = -1;
	found->router_alert = -1;

	for (at = 0; at < length; at += option[OPTION_LENGTH]) {
		option = data + at;
		while (at < length && *option == IPOPT_NOOP) {
			option++;
			at++;
		}
		if (at == length || *option == IPOPT_END)
			break;

		found->fault = at;
		if (length - at < 2)
			return -EINVAL;
		found->fault = at + OPTION_LENGTH;
		if (option[OPTION_LENGTH] < 2 ||
		    option[OPTION_LENGTH] > length - at)
			return -EINVAL;

		fault = 0;
		found->fault = at;
		switch (*option) {
		case IPOPT_LSRR:
		case IPOPT_SSRR:
			return -EOPNOTSUPP;
		case IPOPT_RR:
			/* RFC 791: appears at most once in a datagram. */
			if (found->record_route >= 0)
				return -EINVAL;
			found->record_route = at;
			fault = record_route_fault(option);
			break;
		case IPOPT_TIMESTAMP:
			if (found->timestamp >= 0)
				return -EINVAL;
			found->timestamp = at;
			fault = timestamp_fault(option);
			break;
		case IPOPT_RA:
			if (found->router_alert >= 0)
				return -EINVAL;
			found->router_alert = at;
			if (option[OPTION_LENGTH] != RA_LENGTH)
				fault = OPTION_LENGTH;
			break;
		}
		if (fault) {
			found->fault = at + fault;
			return -EINVAL;
		}
	}
	return 0;
}

static const u8 *header_options(const struct sk_buff *skb,
				unsigned int *length)
{
	const struct iphdr *iph = ip_hdr(skb);

	*length = iph->ihl * 4 - sizeof(*iph);
	return (const u8 *)(iph + 1);
}

int nst_ipv4_options_check(const struct sk_buff *skb, u8 *parameter)
{
	unsigned int length;
	struct found found;
	const u8 *data;
	int err;

	data = header_options(skb, &length);
	err = parse(data, length, &found);
	if (err)
		*parameter = sizeof(struct iphdr) + found.fault;
	return err;
}

static void append(struct nst_ip_options *options, const u8 *data, int at)
{
	if (at < 0)
		return;
	memcpy(options->data + options->length, data + at,
	       data[at + OPTION_LENGTH]);
	options->length += data[at + OPTION_LENGTH];
}

static unsigned int pad(u8 *data, unsigned int length)
{
	while (length % 4)
		data[length++] = IPOPT_END;
	return length;
}

void nst_ipv4_options_reply(const struct sk_buff *skb,
			    struct nst_ip_options *options)
{
	unsigned int length;
	struct found found;
	const u8 *data;

	options->length = 0;
	data = header_options(skb, &length);
	if (parse(data, length, &found))
		return;
	append(options, data, found.record_route);
	append(options, data, found.timestamp);
	append(options, data, found.router_alert);
	options->length = pad(options->data, options->length);
}

int nst_ipv4_options_compile(const u8 *data, unsigned int length,
			     struct nst_ip_options *options)
{
	u8 padded[NST_IPV4_OPTIONS_MAX];
	struct found found;

	if (length > sizeof(padded))
		return -EINVAL;
	memcpy(padded, data, length);
	/* The last option may reach into what is filled up. */
	length = pad(padded, length);
	if (parse(padded, length, &found))
		return -EINVAL;
	memcpy(options->data, padded, length);
	options->length = length;
	return 0;
}

__be32 nst_ipv4_timestamp(void)
{
	struct timespec64 now;
	u32 seconds;

	ktime_get_real_ts64(&now);
	div_u64_rem(now.tv_sec, 24 * 60 * 60, &seconds);
	return htonl(seconds * MSEC_PER_SEC + now.tv_nsec / NSEC_PER_MSEC);
}

static void stamp_record_route(u8 *option, __be32 saddr)
{
	if (option[OPTION_POINTER] > option[OPTION_LENGTH])
		return;
	memcpy(option + option[OPTION_POINTER] - 1, &saddr, sizeof(saddr));
	option[OPTION_POINTER] += sizeof(saddr);
}

static void stamp_timestamp(struct nst_stack *stack, u8 *option, __be32 saddr)
{
	__be32 now = nst_ipv4_timestamp();
	union nst_address wanted;
	u8 *entry;

	if (option[OPTION_POINTER] > option[OPTION_LENGTH]) {
		/* Prespecified hosts that did their part leave no overflow. */
		if ((option[OPTION_OVERFLOW] & 0x0f) != IPOPT_TS_PRESPEC)
			option[OPTION_OVERFLOW] += 0x10;
		return;
	}
	entry = option + option[OPTION_POINTER] - 1;
	switch (option[OPTION_OVERFLOW] & 0x0f) {
	case IPOPT_TS_TSONLY:
		memcpy(entry, &now, sizeof(now));
		break;
	case IPOPT_TS_TSANDADDR:
		memcpy(entry, &saddr, sizeof(saddr));
		memcpy(entry + sizeof(saddr), &now, sizeof(now));
		break;
	case IPOPT_TS_PRESPEC:
		wanted = nst_address_v4(0);
		memcpy(&wanted.v4, entry, sizeof(wanted.v4));
		if (!nst_address_find_rcu(stack, NULL, AF_INET, &wanted))
			return;
		memcpy(entry + sizeof(saddr), &now, sizeof(now));
		break;
	}
	option[OPTION_POINTER] += timestamp_entry(option);
}

void nst_ipv4_options_stamp(struct nst_stack *stack, u8 *data,
			    unsigned int length, __be32 saddr)
{
	struct found found;

	if (parse(data, length, &found))
		return;
	if (found.record_route >= 0)
		stamp_record_route(data + found.record_route, saddr);
	if (found.timestamp >= 0)
		stamp_timestamp(stack, data + found.timestamp, saddr);
}

unsigned int nst_ipv4_options_copied(const u8 *data, unsigned int length,
				     u8 *copied)
{
	unsigned int at = 0, out = 0, step;

	while (at < length && data[at] != IPOPT_END) {
		step = data[at] == IPOPT_NOOP ? 1 : data[at + OPTION_LENGTH];
		if (IPOPT_COPIED(data[at])) {
			memcpy(copied + out, data + at, step);
			out += step;
		}
		at += step;
	}
	return pad(copied, out);
}
