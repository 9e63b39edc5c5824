// SPDX-License-Identifier: GPL-2.0
/*
 * Output: every object is a JSON object first; text is made from that.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "nsctl.h"

bool json_output;
static struct json_object *collected;

void output_begin(void)
{
	if (json_output)
		collected = json_object_new_array();
}

void output_object(struct json_object *object,
		   void (*text)(struct json_object *object))
{
	if (collected) {
		json_object_array_add(collected, object);
		return;
	}
	if (json_output)
		puts(json_object_to_json_string_ext(object,
						    JSON_C_TO_STRING_PLAIN));
	else
		text(object);
	json_object_put(object);
}

void output_end(void)
{
	if (!collected)
		return;
	puts(json_object_to_json_string_ext(collected,
					    JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(collected);
	collected = NULL;
}

void put_string(struct json_object *object, const char *key,
		const char *value)
{
	json_object_object_add(object, key, json_object_new_string(value));
}

void put_keyword(struct json_object *object, const char *key,
		 const struct keyword *table, const struct nlattr *attr)
{
	if (attr)
		put_string(object, key,
			   keyword_name(table, attr_number(attr)));
}

void put_number(struct json_object *object, const char *key, uint64_t value)
{
	json_object_object_add(object, key, json_object_new_uint64(value));
}

uint64_t attr_number(const struct nlattr *attr)
{
	switch (mnl_attr_get_payload_len(attr)) {
	case sizeof(uint8_t):
		return mnl_attr_get_u8(attr);
	case sizeof(uint16_t):
		return mnl_attr_get_u16(attr);
	case sizeof(uint32_t):
		return mnl_attr_get_u32(attr);
	case sizeof(uint64_t):
		return mnl_attr_get_u64(attr);
	}
	return 0;
}

void put_attr_string(struct json_object *object, const char *key,
		     const struct nlattr *attr)
{
	if (attr)
		put_string(object, key, mnl_attr_get_str(attr));
}

void put_attr_number(struct json_object *object, const char *key,
		     const struct nlattr *attr)
{
	if (attr)
		put_number(object, key, attr_number(attr));
}

void put_numbers(struct json_object *object, const struct nlattr **tb,
		 const struct attr_key *keys)
{
	for (; keys->key; keys++)
		put_attr_number(object, keys->key, tb[keys->attr]);
}

int attr_family(const struct nlattr *attr)
{
	return attr ? mnl_attr_get_u16(attr) : AF_INET;
}

int put_family(struct json_object *object, const struct nlattr *attr)
{
	int family = attr_family(attr);

	put_string(object, "family", family == AF_INET6 ? "inet6" : "inet");
	return family;
}

void put_true(struct json_object *object, const char *key)
{
	json_object_object_add(object, key, json_object_new_boolean(true));
}

void get_address(const struct nlattr *attr, int family, uint8_t *address)
{
	memset(address, 0, INET_BYTES);
	if (attr && mnl_attr_get_payload_len(attr) >= inet_bytes(family))
		memcpy(address, mnl_attr_get_payload(attr),
		       inet_bytes(family));
}

void put_inet(struct json_object *object, const char *key, int family,
	      const void *address)
{
	char text[INET6_ADDRSTRLEN];

	if (inet_ntop(family, address, text, sizeof(text)))
		put_string(object, key, text);
}

void put_address(struct json_object *object, const char *key, int family,
		 const struct nlattr *attr)
{
	if (attr)
		put_inet(object, key, family, mnl_attr_get_payload(attr));
}

void put_station(struct json_object *object, const char *key,
		 const struct nlattr *attr)
{
	const uint8_t *station;
	char text[18];

	if (!attr || mnl_attr_get_payload_len(attr) != STATION_BYTES)
		return;
	station = mnl_attr_get_payload(attr);
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x",
		 station[0], station[1], station[2], station[3], station[4],
		 station[5]);
	put_string(object, key, text);
}

const char *get_string(struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value))
		return "";
	return json_object_get_string(value);
}

uint64_t get_number(struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value))
		return 0;
	return json_object_get_uint64(value);
}

bool has(struct json_object *object, const char *key)
{
	return json_object_object_get_ex(object, key, NULL);
}
