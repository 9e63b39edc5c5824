// SPDX-License-Identifier: GPL-2.0
/*
 * Options of the TCP header, read and written. What is read comes from
 * anyone: every length is held against what is left before it is believed.
 *
 * RFC 9293 3.1 and 3.2, RFC 7323 2 and 3, RFC 2018 2, RFC 5482 2,
 * RFC 9768 3.2.3.
 */
#include "../../compat.h"

#include "tcp.h"

/* Octets that a header has room for. */
#define OPTIONS_MAX	40

/*
 * @data is one option of @len bytes, kind and length octets included, @offset
 * bytes from the header.
 */
static void read_option(struct nst_tcp_options *options, const u8 *data,
			u8 len, u8 offset, bool syn)
{
	switch (data[0]) {
	case NST_TCPOPT_MSS:
		if (!syn || len != NST_TCPOLEN_MSS || options->mss)
			return;
		options->mss = get_unaligned_be16(data + 2);
		return;
	case NST_TCPOPT_WSCALE:
		if (!syn || len != NST_TCPOLEN_WSCALE || options->has_wscale)
			return;
		options->has_wscale = true;
		/* RFC 7323 2.3: a shift above 14 counts as 14. */
		options->wscale = min_t(u8, data[2], NST_TCP_MAX_WSCALE);
		return;
	case NST_TCPOPT_SACK_OK:
		if (syn && len == NST_TCPOLEN_SACK_OK)
			options->sack_ok = true;
		return;
	case NST_TCPOPT_SACK:
		/* RFC 2018 3: whole blocks, one at least; not on a SYN */
		if (!syn && !options->sack &&
		    len >= 2 + NST_TCPOLEN_SACK_BLOCK &&
		    (len - 2) % NST_TCPOLEN_SACK_BLOCK == 0)
			options->sack = offset;
		return;
	case NST_TCPOPT_UTO:
		if (len == NST_TCPOLEN_UTO && !options->uto)
			options->uto = get_unaligned_be16(data + 2);
		return;
	case NST_TCPOPT_ACCECN0:
	case NST_TCPOPT_ACCECN1:
		/* RFC 9768 3.2.3: of any length */
		if (!options->accecn)
			options->accecn = offset;
		return;
	case NST_TCPOPT_TIMESTAMP:
		if (len != NST_TCPOLEN_TIMESTAMP || options->has_ts)
			return;
		options->has_ts = true;
		options->tsval = get_unaligned_be32(data + 2);
		options->tsecr = get_unaligned_be32(data + 6);
		return;
	case NST_TCPOPT_FASTOPEN:
		len -= 2;
		/* RFC 7413 4.1.1: any other length is no option at all */
		if (!syn || options->has_fastopen ||
		    (len && (len < NST_TCP_FASTOPEN_COOKIE_MIN ||
			     len > NST_TCP_FASTOPEN_COOKIE_MAX || len & 1)))
			return;
		options->has_fastopen = true;
		options->cookie_len = len;
		options->cookie = data + 2;
		return;
	}
}

void nst_tcp_options_parse(const struct sk_buff *skb,
			   struct nst_tcp_options *options)
{
	const struct tcphdr *th = tcp_hdr(skb);
	const u8 *data = (const u8 *)(th + 1);
	int left = th->doff * 4 - sizeof(*th);

	memset(options, 0, sizeof(*options));
	while (left > 0) {
		u8 len;

		if (data[0] == NST_TCPOPT_EOL)
			return;
		if (data[0] == NST_TCPOPT_NOP) {
			data++;
			left--;
			continue;
		}
		if (left < 2)
			return;
		len = data[1];
		if (len < 2 || len > left)
			return;
		read_option(options, data, len, data - (const u8 *)th,
			    th->syn);
		data += len;
		left -= len;
	}
}

unsigned int nst_tcp_options_write_syn(__be32 *ptr,
				       const struct nst_tcp_options *options)
{
	__be32 *start = ptr;

	*ptr++ = htonl(NST_TCPOPT_MSS << 24 | NST_TCPOLEN_MSS << 16 |
		       options->mss);
	if (options->has_ts) {
		/* SACK permitted fits where the padding would be. */
		if (options->sack_ok) {
			*ptr++ = htonl(NST_TCPOPT_SACK_OK << 24 |
				       NST_TCPOLEN_SACK_OK << 16 |
				       NST_TCPOPT_TIMESTAMP << 8 |
				       NST_TCPOLEN_TIMESTAMP);
			*ptr++ = htonl(options->tsval);
			*ptr++ = htonl(options->tsecr);
		} else {
			ptr = nst_tcp_options_write_ts(ptr, options->tsval,
						       options->tsecr);
		}
	} else if (options->sack_ok) {
		*ptr++ = htonl(NST_TCPOPT_NOP << 24 | NST_TCPOPT_NOP << 16 |
			       NST_TCPOPT_SACK_OK << 8 | NST_TCPOLEN_SACK_OK);
	}
	if (options->has_wscale)
		*ptr++ = htonl(NST_TCPOPT_NOP << 24 |
			       NST_TCPOPT_WSCALE << 16 |
			       NST_TCPOLEN_WSCALE << 8 | options->wscale);
	if (options->has_fastopen) {
		unsigned int len = 2 + options->cookie_len;
		u8 *octet = (u8 *)ptr;

		*octet++ = NST_TCPOPT_FASTOPEN;
		*octet++ = len;
		memcpy(octet, options->cookie, options->cookie_len);
		memset(octet + options->cookie_len, NST_TCPOPT_NOP,
		       ALIGN(len, 4) - len);
		ptr += DIV_ROUND_UP(len, 4);
	}
	if (options->uto &&
	    (void *)ptr - (void *)start <= OPTIONS_MAX - NST_TCPOLEN_UTO)
		*ptr++ = htonl(NST_TCPOPT_UTO << 24 | NST_TCPOLEN_UTO << 16 |
			       options->uto);
	/* RFC 9768 3.2.1: EE0B 1, ECEB 0, EE1B 1 */
	if (options->accecn && (void *)ptr - (void *)start <=
			       OPTIONS_MAX - NST_ACCECN_OPTION_MAX) {
		*ptr++ = htonl(NST_TCPOPT_ACCECN0 << 24 | 11 << 16);
		*ptr++ = htonl(NST_ACCECN_ECT_INIT << 24);
		*ptr++ = htonl(NST_ACCECN_ECT_INIT << 8 | NST_TCPOPT_NOP);
	}
	return (ptr - start) * sizeof(*ptr);
}
