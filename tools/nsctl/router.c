// SPDX-License-Identifier: GPL-2.0
/*
 * What routers advertise for resolvers (RFC 8106), as nsctl monitor shows it:
 * name servers (RDNSS) and domains to search (DNSSL).
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nsctl.h"

#define RDNSS		25
#define DNSSL		31
#define DOMAIN_MAX	255	/* RFC 1035 2.3.4 */

static struct json_object *servers(const uint8_t *data, size_t length)
{
	struct json_object *array = json_object_new_array();
	char text[INET6_ADDRSTRLEN];

	for (; length >= INET_BYTES; data += INET_BYTES, length -= INET_BYTES)
		if (inet_ntop(AF_INET6, data, text, sizeof(text)))
			json_object_array_add(array,
					      json_object_new_string(text));
	return array;
}

static bool is_plain(uint8_t octet)
{
	return (octet >= 'a' && octet <= 'z') ||
	       (octet >= 'A' && octet <= 'Z') ||
	       (octet >= '0' && octet <= '9') || octet == '-' || octet == '_';
}

/*
 * One domain of labels (RFC 1035 3.1), without compression. What is no
 * letter, digit, hyphen or underscore of a hostile router's is a '?'.
 * Return: bytes read, or 0 at the end or at what is none.
 */
static size_t read_domain(const uint8_t *data, size_t length, char *text)
{
	size_t at = 0, out = 0, label;

	while (at < length && data[at]) {
		label = data[at++];
		if (label > 63 || at + label > length ||
		    out + label + 2 > DOMAIN_MAX)
			return 0;
		if (out)
			text[out++] = '.';
		for (; label; label--, at++)
			text[out++] = is_plain(data[at]) ? (char)data[at] :
							   '?';
	}
	text[out] = '\0';
	return out && at < length ? at + 1 : 0;
}

static struct json_object *domains(const uint8_t *data, size_t length)
{
	struct json_object *array = json_object_new_array();
	char text[DOMAIN_MAX + 1];
	size_t read;

	while ((read = read_domain(data, length, text))) {
		json_object_array_add(array, json_object_new_string(text));
		data += read;
		length -= read;
	}
	return array;
}

struct json_object *router_option_json(const struct nlattr *nest)
{
	const struct nlattr *tb[NETSTACK_A_ROUTER_OPTION_MAX + 1];
	struct json_object *object = json_object_new_object();
	const struct nlattr *data;
	uint8_t type = 0;

	nest_parse(nest, tb, NETSTACK_A_ROUTER_OPTION_MAX);
	data = tb[NETSTACK_A_ROUTER_OPTION_DATA];
	if (tb[NETSTACK_A_ROUTER_OPTION_TYPE])
		type = mnl_attr_get_u8(tb[NETSTACK_A_ROUTER_OPTION_TYPE]);
	put_string(object, "option", type == RDNSS ? "rdnss" :
				     type == DNSSL ? "dnssl" : "unknown");
	if (data && type == RDNSS)
		json_object_object_add(object, "values",
				       servers(mnl_attr_get_payload(data),
					       mnl_attr_get_payload_len(data)));
	else if (data && type == DNSSL)
		json_object_object_add(object, "values",
				       domains(mnl_attr_get_payload(data),
					       mnl_attr_get_payload_len(data)));
	put_attr_number(object, "lifetime",
			tb[NETSTACK_A_ROUTER_OPTION_LIFETIME]);
	put_address(object, "router", AF_INET6,
		    tb[NETSTACK_A_ROUTER_OPTION_ROUTER]);
	put_link(object, "link", tb[NETSTACK_A_ROUTER_OPTION_LINK]);
	return object;
}

void router_option_text(struct json_object *object)
{
	struct json_object *values, *value;
	size_t i, count = 0;

	printf("%s", get_string(object, "option"));
	if (json_object_object_get_ex(object, "values", &values))
		count = json_object_array_length(values);
	for (i = 0; i < count; i++) {
		value = json_object_array_get_idx(values, i);
		printf(" %s", json_object_get_string(value));
	}
	printf(" lifetime %" PRIu64 " via %s dev %s\n",
	       get_number(object, "lifetime"), get_string(object, "router"),
	       get_string(object, "link"));
}
