// SPDX-License-Identifier: GPL-2.0
/*
 * Which sockets nsctl socket shows: states, and an expression in the language
 * of ss(8):
 *
 *	expression := term { or term }
 *	term := factor { [ and ] factor }
 *	factor := not factor | predicate | ( expression )
 *	predicate := { sport | dport } [ OPERATOR ] PORT |
 *		     { src | dst } [ = | != ] ADDRESS[/LENGTH][:PORT] |
 *		     dev [ = | != ] LINK
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "socket.h"

#define BIT(state)	(1U << (state))

/* One name may stand for several. */
static const struct keyword states[] = {
	{ "established", BIT(TCP_ESTABLISHED) },
	{ "syn-sent", BIT(TCP_SYN_SENT) },
	{ "syn-recv", BIT(TCP_SYN_RECV) },
	{ "fin-wait-1", BIT(TCP_FIN_WAIT1) },
	{ "fin-wait-2", BIT(TCP_FIN_WAIT2) },
	{ "time-wait", BIT(TCP_TIME_WAIT) },
	{ "closed", BIT(TCP_CLOSE) },
	{ "close-wait", BIT(TCP_CLOSE_WAIT) },
	{ "last-ack", BIT(TCP_LAST_ACK) },
	{ "listening", BIT(TCP_LISTEN) },
	{ "closing", BIT(TCP_CLOSING) },
	{ "all", STATES_ALL },
	{ "connected", STATES_ALL & ~(BIT(TCP_CLOSE) | BIT(TCP_LISTEN)) },
	{ "synchronized", STATES_ALL & ~(BIT(TCP_CLOSE) | BIT(TCP_LISTEN) |
					 BIT(TCP_SYN_SENT)) },
	{ "bucket", BIT(TCP_SYN_RECV) | BIT(TCP_TIME_WAIT) },
	{ "big", STATES_ALL & ~(BIT(TCP_SYN_RECV) | BIT(TCP_TIME_WAIT)) },
	{ NULL, 0 },
};

enum operator { EQUAL, NOT_EQUAL, LESS, GREATER, AT_MOST, AT_LEAST };

static const struct keyword operators[] = {
	{ "=", EQUAL }, { "==", EQUAL }, { "eq", EQUAL },
	{ "!=", NOT_EQUAL }, { "ne", NOT_EQUAL }, { "neq", NOT_EQUAL },
	{ "<", LESS }, { "lt", LESS }, { ">", GREATER }, { "gt", GREATER },
	{ "<=", AT_MOST }, { "le", AT_MOST }, { "leq", AT_MOST },
	{ ">=", AT_LEAST }, { "ge", AT_LEAST }, { "geq", AT_LEAST },
	{ NULL, 0 },
};

enum kind { AND, OR, NOT, PORT, ADDRESS, LINK };

/**
 * struct expression - a node of the tree
 * @kind: what it is
 * @left: of AND, OR and NOT
 * @right: of AND and OR
 * @remote: PORT, ADDRESS: the peer's
 * @operator: PORT
 * @port: PORT
 * @family: ADDRESS
 * @length: ADDRESS, bits
 * @address: ADDRESS
 * @link: LINK, its index
 */
struct expression {
	enum kind kind;
	struct expression *left, *right;
	bool remote;
	enum operator operator;
	uint16_t port;
	int family;
	uint8_t length;
	uint8_t address[INET_BYTES];
	uint32_t link;
};

#define TOKEN_SIZE	128

/**
 * struct parser - an expression being read
 * @at: where in the text
 * @token: the next token; empty at the end
 * @depth: nesting; bounded, for the functions call each other
 * @factors: how many there were; bounded, for so deep may the tree be
 */
struct parser {
	const char *at;
	char token[TOKEN_SIZE];
	int depth;
	int factors;
};

#define DEPTH_MAX	100
#define FACTORS_MAX	1000

static const char separators[] = " \t\n()!=<>&|";

/* Signs of up to two characters are tokens, and what stands between them. */
static void advance(struct parser *parser)
{
	static const char *const pairs[] = {
		"!=", "==", "<=", ">=", "&&", "||",
	};
	size_t length, i;

	parser->at += strspn(parser->at, " \t\n");
	length = strcspn(parser->at, separators);
	if (!length && *parser->at) {
		length = 1;
		for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
			if (!strncmp(parser->at, pairs[i], 2))
				length = 2;
	}
	snprintf(parser->token, sizeof(parser->token), "%.*s", (int)length,
		 parser->at);
	parser->at += length;
}

static bool is(const struct parser *parser, const char *token)
{
	return !strcmp(parser->token, token);
}

static bool is_and(const struct parser *parser)
{
	return is(parser, "and") || is(parser, "&") || is(parser, "&&");
}

static bool is_or(const struct parser *parser)
{
	return is(parser, "or") || is(parser, "|") || is(parser, "||");
}

static bool is_not(const struct parser *parser)
{
	return is(parser, "not") || is(parser, "!");
}

static struct expression *node(enum kind kind, struct expression *left,
			       struct expression *right)
{
	struct expression *made = calloc(1, sizeof(*made));

	if (!made)
		exit(kernel_error("out of memory"));
	made->kind = kind;
	made->left = left;
	made->right = right;
	return made;
}

static void expression_free(struct expression *expression)
{
	if (!expression)
		return;
	expression_free(expression->left);
	expression_free(expression->right);
	free(expression);
}

/* An operator that may be left out. */
static enum operator read_operator(struct parser *parser)
{
	const struct keyword *keyword;

	for (keyword = operators; keyword->name; keyword++) {
		if (is(parser, keyword->name)) {
			advance(parser);
			return keyword->value;
		}
	}
	return EQUAL;
}

/* A number, or the name of a service. */
static bool parse_port(const char *word, uint16_t *port)
{
	const struct servent *service;
	uint64_t value;

	if (*word < '0' || *word > '9') {
		service = getservbyname(word, NULL);
		if (!service) {
			usage_error("port '%s' is no number and no service",
				    word);
			return false;
		}
		*port = ntohs(service->s_port);
		return true;
	}
	if (!parse_number(word, "port", 0, UINT16_MAX, &value))
		return false;
	*port = value;
	return true;
}

static struct expression *port_predicate(struct parser *parser, bool remote)
{
	struct expression *made = node(PORT, NULL, NULL);
	const char *word;

	made->remote = remote;
	made->operator = read_operator(parser);
	word = parser->token;
	if (*word == ':')
		word++;
	if (!*word) {
		usage_error("'%s' needs a port behind it",
			    remote ? "dport" : "sport");
		goto err;
	}
	if (!parse_port(word, &made->port))
		goto err;
	advance(parser);
	return made;
err:
	free(made);
	return NULL;
}

/*
 * Cut ADDRESS[/LENGTH][:PORT] in two. IPv6 addresses with a port are in
 * brackets; those without may be. Return: the port, or NULL.
 */
static char *cut_port(char *word)
{
	char *bracket = *word == '[' ? strchr(word, ']') : NULL;
	char *colon = strchr(bracket ? bracket : word, ':');

	if (colon && !bracket && strchr(colon + 1, ':'))
		colon = NULL;
	if (colon)
		*colon = 0;
	if (bracket) {
		memmove(bracket, bracket + 1, strlen(bracket));
		memmove(word, word + 1, strlen(word));
	}
	return colon ? colon + 1 : NULL;
}

/* Both an address and a port: both must fit. */
static struct expression *both(struct expression *address,
			       struct expression *port)
{
	if (address && port)
		return node(AND, address, port);
	return address ? address : port;
}

static struct expression *address_of(const char *word, bool remote)
{
	struct expression *made = node(ADDRESS, NULL, NULL);

	made->remote = remote;
	if (parse_inet_prefix(word, "address", &made->family, made->address,
			      &made->length))
		return made;
	free(made);
	return NULL;
}

static struct expression *port_of(const char *word, bool remote)
{
	struct expression *made = node(PORT, NULL, NULL);

	made->remote = remote;
	made->operator = EQUAL;
	if (parse_port(word, &made->port))
		return made;
	free(made);
	return NULL;
}

static bool any(const char *word)
{
	return !*word || !strcmp(word, "*") || !strcmp(word, "all") ||
	       !strcmp(word, "any") || !strcmp(word, "default");
}

static struct expression *address_predicate(struct parser *parser, bool remote)
{
	const char *key = remote ? "dst" : "src";
	enum operator operator = read_operator(parser);
	struct expression *address = NULL, *port = NULL, *made;
	char word[TOKEN_SIZE];
	char *port_word;

	if (operator != EQUAL && operator != NOT_EQUAL) {
		usage_error("'%s' is equal to an address, or it is not", key);
		return NULL;
	}
	if (!parser->token[0]) {
		usage_error("'%s' needs an address behind it", key);
		return NULL;
	}
	memcpy(word, parser->token, sizeof(word));
	port_word = cut_port(word);
	if (any(word) && (!port_word || any(port_word))) {
		usage_error("'%s %s' says nothing", key, parser->token);
		return NULL;
	}
	if (!any(word)) {
		address = address_of(word, remote);
		if (!address)
			return NULL;
	}
	if (port_word && !any(port_word)) {
		port = port_of(port_word, remote);
		if (!port) {
			expression_free(address);
			return NULL;
		}
	}
	advance(parser);
	made = both(address, port);
	return operator == EQUAL ? made : node(NOT, made, NULL);
}

static struct expression *link_predicate(struct parser *parser)
{
	enum operator operator = read_operator(parser);
	struct expression *made;

	if (operator != EQUAL && operator != NOT_EQUAL) {
		usage_error("'dev' is equal to a link, or it is not");
		return NULL;
	}
	if (!parser->token[0]) {
		usage_error("'dev' needs a link behind it");
		return NULL;
	}
	made = node(LINK, NULL, NULL);
	if (!parse_link(parser->token, &made->link)) {
		free(made);
		return NULL;
	}
	advance(parser);
	return operator == EQUAL ? made : node(NOT, made, NULL);
}

static struct expression *read_or(struct parser *parser);

static struct expression *read_parentheses(struct parser *parser)
{
	struct expression *inner;

	advance(parser);
	inner = read_or(parser);
	if (!inner)
		return NULL;
	if (!is(parser, ")")) {
		usage_error("a parenthesis is not closed");
		expression_free(inner);
		return NULL;
	}
	advance(parser);
	return inner;
}

static struct expression *read_predicate(struct parser *parser)
{
	static const char *const keys[] = {
		"sport", "dport", "src", "dst", "dev",
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (is(parser, keys[i]))
			break;
	if (i == sizeof(keys) / sizeof(*keys)) {
		if (parser->token[0])
			usage_error("'%s' is not one of: sport, dport, src, dst, dev",
				    parser->token);
		else
			usage_error("the filter ends too early");
		return NULL;
	}
	advance(parser);
	if (i < 2)
		return port_predicate(parser, i == 1);
	return i < 4 ? address_predicate(parser, i == 3) :
		       link_predicate(parser);
}

static struct expression *read_factor(struct parser *parser)
{
	struct expression *made;

	if (++parser->depth > DEPTH_MAX) {
		usage_error("the filter is nested too deeply");
		return NULL;
	}
	if (++parser->factors > FACTORS_MAX) {
		usage_error("the filter has more than %d conditions",
			    FACTORS_MAX);
		return NULL;
	}
	if (is_not(parser)) {
		advance(parser);
		made = read_factor(parser);
		if (made)
			made = node(NOT, made, NULL);
	} else if (is(parser, "(")) {
		made = read_parentheses(parser);
	} else {
		made = read_predicate(parser);
	}
	parser->depth--;
	return made;
}

/* What stands side by side must all hold. */
static struct expression *read_and(struct parser *parser)
{
	struct expression *left = read_factor(parser), *right;

	while (left && parser->token[0] && !is(parser, ")") &&
	       !is_or(parser)) {
		if (is_and(parser))
			advance(parser);
		right = read_factor(parser);
		if (!right) {
			expression_free(left);
			return NULL;
		}
		left = node(AND, left, right);
	}
	return left;
}

static struct expression *read_or(struct parser *parser)
{
	struct expression *left = read_and(parser), *right;

	while (left && is_or(parser)) {
		advance(parser);
		right = read_and(parser);
		if (!right) {
			expression_free(left);
			return NULL;
		}
		left = node(OR, left, right);
	}
	return left;
}

/* Would a token be cut? */
static bool has_long_token(const char *text)
{
	size_t length;

	for (; *text; text += length + !length) {
		length = strcspn(text, separators);
		if (length >= TOKEN_SIZE)
			return true;
	}
	return false;
}

static int expression_parse(struct socket_filter *filter,
			    const struct words *words)
{
	struct parser parser = { 0 };
	/* Words may be cut anywhere: they are one text. */
	char *text = words_join(words);

	if (has_long_token(text)) {
		free(text);
		return usage_error("a word of the filter is longer than %d characters",
				   TOKEN_SIZE - 1);
	}
	parser.at = text;
	advance(&parser);
	filter->expression = read_or(&parser);
	free(text);
	if (!filter->expression)
		return EXIT_USAGE;
	if (!parser.token[0])
		return EXIT_OK;
	usage_error("'%s' closes nothing", parser.token);
	filter_free(filter);
	return EXIT_USAGE;
}

int filter_parse(struct socket_filter *filter, struct words *words)
{
	const char *key, *word;
	bool exclude;
	uint32_t bits;

	while (words->count) {
		key = words->at[0];
		exclude = !strcmp(key, "exclude");
		if (!exclude && strcmp(key, "state"))
			return expression_parse(filter, words);
		word_next(words);
		word = word_value(words, key);
		if (!word || !parse_keyword(word, "state", states, &bits))
			return EXIT_USAGE;
		if (!filter->states_given)
			filter->states = exclude ? STATES_ALL : 0;
		filter->states_given = true;
		if (exclude)
			filter->states &= ~bits;
		else
			filter->states |= bits;
	}
	return EXIT_OK;
}

/**
 * struct bounds - what every socket that passes must fulfil
 * @ports: local, the peer's
 * @prefix: addresses, or NULL for any
 * @link: or NULL
 */
struct bounds {
	struct netstack_diag_ports ports[2];
	const struct expression *prefix[2];
	const struct expression *link;
};

static void bound_port(const struct expression *port,
		       struct netstack_diag_ports *ports)
{
	uint32_t first = 0, last = UINT16_MAX;

	switch (port->operator) {
	case EQUAL:
		first = port->port;
		last = port->port;
		break;
	case LESS:
		last = port->port ? port->port - 1 : 0;
		break;
	case AT_MOST:
		last = port->port;
		break;
	case GREATER:
		first = port->port < UINT16_MAX ? port->port + 1 : UINT16_MAX;
		break;
	case AT_LEAST:
		first = port->port;
		break;
	case NOT_EQUAL:
		return;
	}
	if (first < ports->first)
		first = ports->first;
	if (last > ports->last)
		last = ports->last;
	/* None fits both: the expression itself will say so. */
	if (first > last)
		return;
	ports->first = first;
	ports->last = last;
}

static void collect(const struct expression *expression, struct bounds *bounds)
{
	switch (expression->kind) {
	case AND:
		collect(expression->left, bounds);
		collect(expression->right, bounds);
		break;
	case PORT:
		bound_port(expression, &bounds->ports[expression->remote]);
		break;
	case ADDRESS:
		bounds->prefix[expression->remote] = expression;
		break;
	case LINK:
		bounds->link = expression;
		break;
	case OR:
	case NOT:
		break;
	}
}

static void put_prefix(struct nlmsghdr *nlh, int attr,
		       const struct expression *prefix)
{
	struct netstack_diag_prefix put = { 0 };

	if (!prefix)
		return;
	put.address_family = prefix->family;
	put.length = prefix->length;
	memcpy(put.address, prefix->address, sizeof(put.address));
	mnl_attr_put(nlh, attr, sizeof(put), &put);
}

static void put_ports(struct nlmsghdr *nlh, int attr,
		      const struct netstack_diag_ports *ports)
{
	if (ports->first || ports->last != UINT16_MAX)
		mnl_attr_put(nlh, attr, sizeof(*ports), ports);
}

void filter_put(const struct socket_filter *filter, struct nlmsghdr *nlh,
		struct netstack_diag_req *request)
{
	struct bounds bounds = {
		.ports = { { 0, UINT16_MAX }, { 0, UINT16_MAX } },
	};

	request->states = filter->states;
	if (!filter->expression)
		return;
	collect(filter->expression, &bounds);
	put_ports(nlh, NETSTACK_DIAG_REQ_SPORT, &bounds.ports[0]);
	put_ports(nlh, NETSTACK_DIAG_REQ_DPORT, &bounds.ports[1]);
	put_prefix(nlh, NETSTACK_DIAG_REQ_SRC, bounds.prefix[0]);
	put_prefix(nlh, NETSTACK_DIAG_REQ_DST, bounds.prefix[1]);
	if (bounds.link)
		mnl_attr_put_u32(nlh, NETSTACK_DIAG_REQ_LINK,
				 bounds.link->link);
}

static bool port_passes(const struct expression *expression, uint16_t port)
{
	switch (expression->operator) {
	case EQUAL:
		return port == expression->port;
	case NOT_EQUAL:
		return port != expression->port;
	case LESS:
		return port < expression->port;
	case GREATER:
		return port > expression->port;
	case AT_MOST:
		return port <= expression->port;
	case AT_LEAST:
		return port >= expression->port;
	}
	return false;
}

static bool address_passes(const struct expression *expression, int family,
			   const void *octets)
{
	const uint8_t *address = octets;
	unsigned int whole = expression->length / 8;
	unsigned int rest = expression->length % 8;

	if (expression->family != family ||
	    memcmp(expression->address, address, whole))
		return false;
	return !rest || !((expression->address[whole] ^ address[whole]) >>
			  (8 - rest));
}

static bool passes(const struct expression *expression,
		   const struct netstack_diag_msg *msg)
{
	bool remote = expression->remote;

	switch (expression->kind) {
	case AND:
		return passes(expression->left, msg) &&
		       passes(expression->right, msg);
	case OR:
		return passes(expression->left, msg) ||
		       passes(expression->right, msg);
	case NOT:
		return !passes(expression->left, msg);
	case PORT:
		return port_passes(expression, ntohs(remote ? msg->id.dport :
							      msg->id.sport));
	case ADDRESS:
		return address_passes(expression, msg->address_family,
				      remote ? msg->id.dst : msg->id.src);
	case LINK:
		return msg->id.link == expression->link;
	}
	return false;
}

bool filter_passes(const struct socket_filter *filter,
		   const struct netstack_diag_msg *msg)
{
	return filter->states & BIT(msg->state) &&
	       (!filter->expression || passes(filter->expression, msg));
}

void filter_free(struct socket_filter *filter)
{
	expression_free(filter->expression);
	filter->expression = NULL;
}
