// SPDX-License-Identifier: GPL-2.0
/* Calls as lines of text: the name, then the arguments in their order. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "sequence.h"

const struct call_kind *call_kind_named(const char *name)
{
	size_t i;

	for (i = 0; i < call_kind_count; i++)
		if (!strcmp(call_kinds[i].name, name))
			return &call_kinds[i];
	return NULL;
}

unsigned int argument_count(const struct call_kind *kind)
{
	unsigned int count = 0;

	while (count < ARGUMENTS_MAX && kind->arguments[count].domain)
		count++;
	return count;
}

static void print_flags(FILE *to, const struct word *words, long value)
{
	const char *between = "";

	for (; words->name; words++)
		if ((value & words->value) == words->value) {
			fprintf(to, "%s%s", between, words->name);
			value &= ~words->value;
			between = "|";
		}
	if (value || !*between)
		fprintf(to, "%s%ld", between, value);
}

static void print_argument(FILE *to, const struct argument *argument,
			   long value)
{
	const struct domain *domain = argument->domain;
	const struct word *word;

	if (domain->flags) {
		print_flags(to, domain->words, value);
		return;
	}
	for (word = domain->words; word && word->name; word++)
		if (word->value == value) {
			fputs(word->name, to);
			return;
		}
	fprintf(to, "%s=%ld", argument->name, value);
}

void print_call(FILE *to, const struct call *call)
{
	unsigned int i, count = argument_count(call->kind);

	fputs(call->kind->name, to);
	for (i = 0; i < count; i++) {
		fputc(' ', to);
		print_argument(to, &call->kind->arguments[i], call->args[i]);
	}
}

static bool parse_word(const struct domain *domain, const char *text,
		       long *value)
{
	const struct word *word;
	char *end;

	for (word = domain->words; word && word->name; word++)
		if (!strcmp(word->name, text)) {
			*value = word->value;
			return true;
		}
	if (strchr(text, '='))
		text = strchr(text, '=') + 1;
	*value = strtol(text, &end, 0);
	return end != text && !*end;
}

static bool parse_argument(const struct domain *domain, char *text,
			   long *value)
{
	char *state, *part;
	long one;

	if (!domain->flags)
		return parse_word(domain, text, value);
	*value = 0;
	for (part = strtok_r(text, "|", &state); part;
	     part = strtok_r(NULL, "|", &state)) {
		if (!parse_word(domain, part, &one))
			return false;
		*value |= one;
	}
	return true;
}

/* Return: false when the text is no call. */
bool parse_call(const char *text, struct call *call)
{
	char line[256], *state, *word;
	unsigned int i, count;

	snprintf(line, sizeof(line), "%s", text);
	word = strtok_r(line, " \t\n", &state);
	if (!word)
		return false;
	call->kind = call_kind_named(word);
	if (!call->kind)
		return false;
	count = argument_count(call->kind);
	for (i = 0; i < count; i++) {
		word = strtok_r(NULL, " \t\n", &state);
		if (!word || !parse_argument(call->kind->arguments[i].domain,
					     word, &call->args[i]))
			return false;
	}
	return !strtok_r(NULL, " \t\n", &state);
}
