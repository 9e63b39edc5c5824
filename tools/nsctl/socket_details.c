// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl socket -m and -i: memory, and what a connection measures, with the
 * names and in the manner of ss(8).
 */
#include <inttypes.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <string.h>

#include "socket.h"

/**
 * struct field - a field of struct tcp_info, as Linux 7.2 has it
 * @name: its key in JSON, without the tcpi_
 * @offset: bytes
 * @size: bytes
 *
 * The host's headers may know fewer of them.
 */
struct field {
	const char *name;
	uint16_t offset;
	uint8_t size;
};

static const struct field fields[] = {
	{ "ca_state", 1, 1 }, { "retransmits", 2, 1 }, { "probes", 3, 1 },
	{ "backoff", 4, 1 }, { "options", 5, 1 }, { "rto", 8, 4 },
	{ "ato", 12, 4 }, { "snd_mss", 16, 4 }, { "rcv_mss", 20, 4 },
	{ "unacked", 24, 4 }, { "sacked", 28, 4 }, { "lost", 32, 4 },
	{ "retrans", 36, 4 }, { "last_data_sent", 44, 4 },
	{ "last_data_recv", 52, 4 }, { "last_ack_recv", 56, 4 },
	{ "pmtu", 60, 4 }, { "rcv_ssthresh", 64, 4 }, { "rtt", 68, 4 },
	{ "rttvar", 72, 4 }, { "snd_ssthresh", 76, 4 }, { "snd_cwnd", 80, 4 },
	{ "advmss", 84, 4 }, { "reordering", 88, 4 }, { "rcv_rtt", 92, 4 },
	{ "rcv_space", 96, 4 }, { "total_retrans", 100, 4 },
	{ "pacing_rate", 104, 8 }, { "max_pacing_rate", 112, 8 },
	{ "bytes_acked", 120, 8 }, { "bytes_received", 128, 8 },
	{ "segs_out", 136, 4 }, { "segs_in", 140, 4 },
	{ "notsent_bytes", 144, 4 }, { "min_rtt", 148, 4 },
	{ "data_segs_in", 152, 4 }, { "data_segs_out", 156, 4 },
	{ "delivery_rate", 160, 8 }, { "busy_time", 168, 8 },
	{ "rwnd_limited", 176, 8 }, { "sndbuf_limited", 184, 8 },
	{ "delivered", 192, 4 }, { "delivered_ce", 196, 4 },
	{ "bytes_sent", 200, 8 }, { "bytes_retrans", 208, 8 },
	{ "dsack_dups", 216, 4 }, { "reord_seen", 220, 4 },
	{ "rcv_ooopack", 224, 4 }, { "snd_wnd", 228, 4 },
	{ "rcv_wnd", 232, 4 }, { "rehash", 236, 4 }, { "total_rto", 240, 2 },
	{ "total_rto_recoveries", 242, 2 }, { "total_rto_time", 244, 4 },
	{ NULL, 0, 0 },
};

#define OFFSET_WSCALES	6	/* 4 bits each, in the machine's order */
#define OFFSET_LIMITED	7	/* lowest bit */

/* tcpi_options */
#define OPTION_TIMESTAMPS	1
#define OPTION_SACK		2
#define OPTION_WSCALE		4
#define OPTION_ECN		8
#define OPTION_ECN_SEEN		16

static uint64_t field_number(const uint8_t *info, const struct field *field)
{
	uint64_t number = 0;
	uint32_t number4;
	uint16_t number2;

	switch (field->size) {
	case 8:
		memcpy(&number, info + field->offset, 8);
		return number;
	case 4:
		memcpy(&number4, info + field->offset, 4);
		return number4;
	case 2:
		memcpy(&number2, info + field->offset, 2);
		return number2;
	}
	return info[field->offset];
}

static struct json_object *info_json(const struct nlattr *attr)
{
	struct json_object *object = json_object_new_object();
	const uint8_t *info = mnl_attr_get_payload(attr);
	unsigned int length = mnl_attr_get_payload_len(attr);
	const struct field *field;
	uint8_t first, second;

	for (field = fields; field->name; field++) {
		if (field->offset + field->size <= length)
			put_number(object, field->name,
				   field_number(info, field));
	}
	if (length <= OFFSET_LIMITED)
		return object;
	first = info[OFFSET_WSCALES] & 15;
	second = info[OFFSET_WSCALES] >> 4;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	put_number(object, "snd_wscale", second);
	put_number(object, "rcv_wscale", first);
	if (info[OFFSET_LIMITED] & 0x80)
#else
	put_number(object, "snd_wscale", first);
	put_number(object, "rcv_wscale", second);
	if (info[OFFSET_LIMITED] & 1)
#endif
		put_true(object, "app_limited");
	return object;
}

static struct json_object *memory_json(const struct nlattr *attr)
{
	static const char *const names[SK_MEMINFO_VARS] = {
		[SK_MEMINFO_RMEM_ALLOC] = "rmem_alloc",
		[SK_MEMINFO_RCVBUF] = "rcvbuf",
		[SK_MEMINFO_WMEM_ALLOC] = "wmem_alloc",
		[SK_MEMINFO_SNDBUF] = "sndbuf",
		[SK_MEMINFO_FWD_ALLOC] = "fwd_alloc",
		[SK_MEMINFO_WMEM_QUEUED] = "wmem_queued",
		[SK_MEMINFO_OPTMEM] = "optmem",
		[SK_MEMINFO_BACKLOG] = "backlog",
		[SK_MEMINFO_DROPS] = "drops",
	};
	struct json_object *object = json_object_new_object();
	const uint32_t *memory = mnl_attr_get_payload(attr);
	unsigned int count = mnl_attr_get_payload_len(attr) / sizeof(*memory);
	unsigned int i;

	for (i = 0; i < count && i < SK_MEMINFO_VARS; i++)
		put_number(object, names[i], memory[i]);
	return object;
}

void socket_details_json(struct json_object *object,
			 const struct nlattr *const *tb)
{
	put_attr_string(object, "congestion", tb[NETSTACK_DIAG_CONGESTION]);
	if (tb[NETSTACK_DIAG_TCP_INFO])
		json_object_object_add(object, "tcp_info",
				       info_json(tb[NETSTACK_DIAG_TCP_INFO]));
	if (tb[NETSTACK_DIAG_MEMINFO])
		json_object_object_add(object, "meminfo",
				       memory_json(tb[NETSTACK_DIAG_MEMINFO]));
}

static void print_memory(struct json_object *memory)
{
	static const struct {
		const char *key, *mark;
	} parts[] = {
		{ "rmem_alloc", "r" }, { "rcvbuf", "rb" },
		{ "wmem_alloc", "t" }, { "sndbuf", "tb" },
		{ "fwd_alloc", "f" }, { "wmem_queued", "w" },
		{ "optmem", "o" }, { "backlog", "bl" }, { "drops", "d" },
	};
	const char *separator = " skmem:(";
	unsigned int i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		printf("%s%s%" PRIu64, separator, parts[i].mark,
		       get_number(memory, parts[i].key));
		separator = ",";
	}
	putchar(')');
}

static void print_if(struct json_object *info, const char *key,
		     const char *name)
{
	uint64_t number = get_number(info, key);

	if (number)
		printf(" %s:%" PRIu64, name, number);
}

/* Microseconds as milliseconds. */
static double ms(struct json_object *info, const char *key)
{
	return get_number(info, key) / 1000.0;
}

static void print_ms(struct json_object *info, const char *key,
		     const char *name)
{
	if (get_number(info, key))
		printf(" %s:%g", name, ms(info, key));
}

/* Bytes a second as bits a second; all ones: no limit. */
static void print_rate(const char *name, uint64_t bytes)
{
	static const struct unit units[] = {
		{ "bps", 1 }, { "Kbps", 1000 }, { "Mbps", 1000000 },
		{ "Gbps", 1000000000 },
	};
	double bits = bytes * 8.0;
	int i = 3;

	if (!bytes || bytes == UINT64_MAX)
		return;
	while (i && bits < units[i].factor)
		i--;
	printf(" %s %.3g%s", name, bits / units[i].factor, units[i].name);
}

static void print_options(uint64_t options)
{
	if (options & OPTION_TIMESTAMPS)
		printf(" ts");
	if (options & OPTION_SACK)
		printf(" sack");
	if (options & OPTION_ECN)
		printf(" ecn");
	if (options & OPTION_ECN_SEEN)
		printf(" ecnseen");
}

static void print_limited(struct json_object *info, const char *key)
{
	double busy = ms(info, "busy_time");

	if (get_number(info, key) && busy)
		printf(" %s:%gms(%.1f%%)", key, ms(info, key),
		       100 * ms(info, key) / busy);
}

static void print_times(struct json_object *info)
{
	printf(" rto:%g", ms(info, "rto"));
	print_if(info, "backoff", "backoff");
	if (get_number(info, "rtt"))
		printf(" rtt:%g/%g", ms(info, "rtt"), ms(info, "rttvar"));
	print_ms(info, "ato", "ato");
}

static void print_sizes(struct json_object *info)
{
	print_if(info, "snd_mss", "mss");
	print_if(info, "pmtu", "pmtu");
	print_if(info, "rcv_mss", "rcvmss");
	print_if(info, "advmss", "advmss");
	print_if(info, "snd_cwnd", "cwnd");
	if (get_number(info, "snd_ssthresh") < 0xffff)
		print_if(info, "snd_ssthresh", "ssthresh");
}

static void print_counts(struct json_object *info)
{
	static const char *const keys[] = {
		"bytes_sent", "bytes_retrans", "bytes_acked",
		"bytes_received", "segs_out", "segs_in", "data_segs_out",
		"data_segs_in",
	};
	unsigned int i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		print_if(info, keys[i], keys[i]);
}

static void print_rates(struct json_object *info)
{
	double rtt = get_number(info, "rtt");

	if (rtt)
		print_rate("send", get_number(info, "snd_cwnd") *
				   get_number(info, "snd_mss") *
				   (1000000.0 / rtt));
	print_if(info, "last_data_sent", "lastsnd");
	print_if(info, "last_data_recv", "lastrcv");
	print_if(info, "last_ack_recv", "lastack");
	print_rate("pacing_rate", get_number(info, "pacing_rate"));
	print_rate("max_pacing_rate", get_number(info, "max_pacing_rate"));
	print_rate("delivery_rate", get_number(info, "delivery_rate"));
	print_if(info, "delivered", "delivered");
	print_if(info, "delivered_ce", "delivered_ce");
	if (has(info, "app_limited"))
		printf(" app_limited");
	if (get_number(info, "busy_time"))
		printf(" busy:%gms", ms(info, "busy_time"));
	print_limited(info, "rwnd_limited");
	print_limited(info, "sndbuf_limited");
}

static void print_losses(struct json_object *info)
{
	print_if(info, "unacked", "unacked");
	if (get_number(info, "retrans") || get_number(info, "total_retrans"))
		printf(" retrans:%" PRIu64 "/%" PRIu64,
		       get_number(info, "retrans"),
		       get_number(info, "total_retrans"));
	print_if(info, "lost", "lost");
	print_if(info, "sacked", "sacked");
	print_if(info, "dsack_dups", "dsack_dups");
	if (get_number(info, "reordering") != 3)
		print_if(info, "reordering", "reordering");
	print_if(info, "reord_seen", "reord_seen");
	print_if(info, "total_rto", "total_rto");
	print_if(info, "total_rto_recoveries", "total_rto_recoveries");
	print_if(info, "total_rto_time", "total_rto_time");
	print_if(info, "rcv_ooopack", "rcv_ooopack");
}

static void print_receiver(struct json_object *info)
{
	print_ms(info, "rcv_rtt", "rcv_rtt");
	print_if(info, "rcv_space", "rcv_space");
	print_if(info, "rcv_ssthresh", "rcv_ssthresh");
	print_if(info, "notsent_bytes", "notsent");
	if (get_number(info, "min_rtt") != UINT32_MAX)
		print_ms(info, "min_rtt", "minrtt");
	print_if(info, "snd_wnd", "snd_wnd");
	print_if(info, "rcv_wnd", "rcv_wnd");
}

static void print_info(struct json_object *info)
{
	uint64_t options = get_number(info, "options");

	if (options & OPTION_WSCALE)
		printf(" wscale:%" PRIu64 ",%" PRIu64,
		       get_number(info, "snd_wscale"),
		       get_number(info, "rcv_wscale"));
	print_times(info);
	print_sizes(info);
	print_counts(info);
	print_rates(info);
	print_losses(info);
	print_receiver(info);
}

void socket_details_text(struct json_object *object)
{
	struct json_object *info = NULL, *memory = NULL;

	json_object_object_get_ex(object, "tcp_info", &info);
	json_object_object_get_ex(object, "meminfo", &memory);
	/* A listener measures nothing. */
	if (info && !strcmp(get_string(object, "state"), "LISTEN"))
		info = NULL;
	if (!memory && !info)
		return;
	putchar('\t');
	if (memory)
		print_memory(memory);
	if (info) {
		print_options(get_number(info, "options"));
		printf(" %s", get_string(object, "congestion"));
		print_info(info);
	}
	putchar('\n');
}
