// SPDX-License-Identifier: GPL-2.0
/*
 * A sequence that still differs in the same way, with fewer calls and simpler
 * arguments. Each try is a fresh pair of runs.
 */
#include <string.h>

#include "sequence.h"

static bool same_way(const struct sequence *sequence,
		     const struct difference *wanted)
{
	struct difference got = try_sequence(sequence);

	return got.what && got.kind == wanted->kind &&
	       !strcmp(got.what, wanted->what);
}

static void without(const struct sequence *from, unsigned int at,
		    unsigned int count, struct sequence *to)
{
	*to = *from;
	memmove(to->calls + at, to->calls + at + count,
		(from->count - at - count) * sizeof(*to->calls));
	to->count -= count;
}

/* Delta debugging: ever smaller parts are left out while that goes on. */
static void fewer_calls(struct sequence *sequence,
			const struct difference *wanted)
{
	unsigned int size = sequence->count / 2 ? : 1, at;
	struct sequence candidate;
	bool shorter;

	do {
		shorter = false;
		for (at = sequence->count; at >= size; ) {
			at -= size;
			without(sequence, at, size, &candidate);
			if (!same_way(&candidate, wanted))
				continue;
			*sequence = candidate;
			shorter = true;
			if (at > sequence->count)
				at = sequence->count;
		}
		if (size > 1)
			size /= 2;
		else if (!shorter)
			break;
	} while (sequence->count > 1);
}

static bool try_value(struct sequence *sequence, long *arg, long value,
		      const struct difference *wanted)
{
	long before = *arg;

	if (before == value)
		return false;
	*arg = value;
	if (same_way(sequence, wanted))
		return true;
	*arg = before;
	return false;
}

static void simpler_argument(struct sequence *sequence, long *arg,
			     const struct domain *domain,
			     const struct difference *wanted)
{
	const struct word *word;

	if (domain == &slot_domain || domain == &option_domain ||
	    domain == &kind_domain)
		return;
	if (try_value(sequence, arg, domain->simple, wanted))
		return;
	if (domain->flags) {
		for (word = domain->words; word->name; word++)
			if (*arg & word->value)
				try_value(sequence, arg, *arg & ~word->value,
					  wanted);
		return;
	}
	if (domain->words) {
		try_value(sequence, arg, domain->words[0].value, wanted);
		return;
	}
	if (*arg != 0 && *arg != 1 && !try_value(sequence, arg, 1, wanted) &&
	    *arg > 10)
		try_value(sequence, arg, 10, wanted);
}

void minimise(struct sequence *sequence)
{
	struct difference wanted = try_sequence(sequence);
	unsigned int i, j;

	if (!wanted.what)
		return;
	fewer_calls(sequence, &wanted);
	for (i = 0; i < sequence->count; i++) {
		struct call *call = &sequence->calls[i];

		for (j = 0; j < argument_count(call->kind); j++)
			simpler_argument(sequence, &call->args[j],
					 call->kind->arguments[j].domain,
					 &wanted);
	}
	fewer_calls(sequence, &wanted);
}
