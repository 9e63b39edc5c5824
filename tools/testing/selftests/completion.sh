#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bash completion of nsctl: what is offered is what 'nsctl OBJECT help' says,
# for each object, command and keyword.
#
# guest: stock timeout=120 programs=jq
# shellcheck disable=SC2086,SC2013,SC1010,SC2317 # words; called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh
# shellcheck source=tools/nsctl/nsctl.bash-completion
. /usr/share/bash-completion/completions/nsctl

# offers WORDS BEFORE THE CURSOR; the last is the one being typed
offers() {
	COMP_WORDS=(nsctl "$@") COMP_CWORD=$#
	COMPREPLY=()
	_nsctl
	printf '%s\n' "${COMPREPLY[@]}" | grep . | sort
}

lines() { printf '%s\n' "$@" | grep . | sort; }

# same EXPECTED WORDS...: what is offered there
same() {
	local expected=$1
	shift
	diff <(lines $expected) <(offers "$@") || {
		echo "differ for: nsctl $*"
		return 1
	}
}

# The grammar of an object's help, a line each:
#	COMMAND			there is this command
#	COMMAND - WORD		it takes the word
#	COMMAND KEYWORD VALUE	the keyword takes it; "LINK": a link; "*": any
grammar() {
	nsctl "$1" help | awk '
	/^  [A-Z]+ := / {	# what stands for several words
		name = $1
		sub(/^[^{]*[{]/, "")
		sub(/[}].*/, "")
		gsub(/[|]/, "")
		meaning[name] = $0
		next
	}
	/^nsctl / { rule[++rules] = ""; $1 = $2 = "" }
	/^   / || rule[rules] == "" { rule[rules] = rule[rules] " " $0 }

	function put(keyword, value,    i) {
		for (i = 1; i <= commands; i++)
			print command[i], keyword, value
	}
	# the place of the bracket that closes the one at i
	function closing(i,    depth) {
		for (; i <= n; i++) {
			depth += (token[i] ~ /^[[{]$/) - (token[i] ~ /^[]}]/)
			if (!depth)
				return i
		}
	}
	# an alternative or the only one: its first word is a command
	function read_commands(    i, depth) {
		commands = 0
		if (token[1] !~ /^[[{]$/) {
			command[++commands] = token[1]
			return 2
		}
		for (i = 2; i < closing(1); i++) {
			if (!depth && (i == 2 || token[i - 1] == "|"))
				command[++commands] = token[i]
			depth += (token[i] ~ /^[[{]$/) - (token[i] ~ /^[]}]/)
		}
		if (commands == 1) {	# [ show WORDS ]
			token[closing(1)] = ""
			return 3
		}
		return closing(1) + 1
	}
	function read_words(i,    end, count, values, j) {
		for (; i <= n; i++) {
			if (token[i] in meaning) {
				count = split(meaning[token[i]], values, " ")
				for (j = 1; j <= count; j++)
					put("-", values[j])
			} else if (token[i] == "LINK") {
				put("-", "LINK")
			} else if (token[i] ~ /^[a-z]/) {
				put("-", token[i])
				if (token[i + 1] == "{") {
					end = closing(i + 1)
					for (j = i + 2; j < end; j++)
						if (token[j] != "|")
							put(token[i], token[j])
					i = end
				} else if (token[i + 1] == "LINK") {
					put(token[i], "LINK")
					i++
				} else if (token[i + 1] in meaning) {
					count = split(meaning[token[i + 1]],
						values, " ")
					for (j = 1; j <= count; j++)
						put(token[i], values[j])
					i++
				} else if (token[i + 1] ~ /^[A-Z]/) {
					put(token[i], "*")
					i++
				}
			}
		}
	}
	END {
		for (r = 1; r <= rules; r++) {
			n = split(rule[r], token, " ")
			from = read_commands()
			for (i = 1; i <= commands; i++)
				print command[i]
			read_words(from)
		}
	}'
}

# words_of COMMAND KEYWORD: from /tmp/grammar, with the links there are
words_of() {
	awk -v command="$1" -v keyword="$2" -v links="$links" '
		$1 != command || $2 != keyword || $3 == "*" { next }
		{ print $3 == "LINK" ? links : $3 }' /tmp/grammar | sort -u
}

object_is_complete() {
	local object=$1 command keyword
	grammar "$object" >/tmp/grammar
	same "help $(cut -d ' ' -f 1 /tmp/grammar | sort -u)" "$object" '' ||
		return 1
	for command in $(cut -d ' ' -f 1 /tmp/grammar | sort -u); do
		same "$(words_of $command -)" "$object" $command '' || return 1
		for keyword in $(awk -v command=$command '$1 == command &&
				$2 != "-" { print $2 }' /tmp/grammar | sort -u); do
			same "$(words_of $command $keyword)" \
				"$object" $command $keyword '' || return 1
		done
	done
}

# The test itself reads the help as people do.
grammar_is_understood() {
	grammar route >/tmp/grammar
	diff <(words_of del -) <(lines unicast blackhole unreachable prohibit \
		throw default via dev nexthop weight src table metric tos \
		proto scope mtu lock advmss initcwnd initrwnd hoplimit \
		quickack) &&
		diff <(words_of add proto) <(lines boot static) &&
		diff <(words_of show -) <(lines all cache dev table) &&
		diff <(words_of flush dev) <(lines $links) &&
		grammar link >/tmp/grammar &&
		diff <(words_of set -) <(lines $links dev up down mtu address \
			promisc allmulti accept_ra autoconf guard) &&
		diff <(words_of set allmulti) <(lines on off) &&
		diff <(words_of add -) <(lines type peer netns mtu) &&
		diff <(words_of add type) <(lines pipe port) &&
		diff <(words_of del -) <(lines $links dev)
}

# The groups that the kernel has are those of the help.
groups_are_known() {
	grammar stat >/tmp/grammar
	diff <(nsctl -j stat show all | jq -r 'keys[]' | sort) \
		<(words_of show - | grep -vx all)
}

objects=$(nsctl help | sed -n 's/^OBJECT := { \(.*\) }$/\1/p' | tr -d '|')
options=$(nsctl help | sed -n 's/^  \(-[a-zA-Z0-9]\) .*/\1/p')
ip link add box1 type netstack
links=$(lines lo netstack0 box1)
ip netns add one
ip netns add two
ip -n one link add inner type netstack

check 'the help is understood' grammar_is_understood
check 'objects and options' same "$objects $options help" ''
# exec has no commands: what follows its options is a program.
a_program_is_completed() {
	same '--stack-of --resolv-conf --hosts -- help' exec '' &&
		same '--stack-of' exec --s &&
		same 'one two' exec --stack-of '' &&
		same 'nsctl' exec --stack-of one nsct &&
		same 'nsctl' exec -- nsct &&
		same '/tmp/grammar' exec --hosts /tmp/gramma &&
		same '/tmp/grammar' exec -- nsctl --stack-of /tmp/gramma
}

# Nor has capture: options, then an expression.
a_capture_is_completed() {
	same '-i -c -s -w -U -B -- help' capture '' &&
		same "$links" capture -i '' &&
		same 'netstack0' capture -U -i net &&
		same '' capture -c '' &&
		same '/tmp/grammar' capture -c 1 -w /tmp/gramma &&
		same '-i -c -s -w -U -B --' capture -c 1 - &&
		same '' capture -c 1 tcp port '' &&
		same '' capture -- ''
}

for object in $objects; do
	case $object in exec | capture) continue ;; esac
	check "$object" object_is_complete $object
done
check 'exec' a_program_is_completed
check 'capture' a_capture_is_completed
check 'the groups of counters' groups_are_known
check 'the beginning of a word' same 'route rule' r
check 'the beginning of several' same 'default dev' route del de
check 'an option' same '-4 -6 -b -f -j -n -V' -
check 'namespaces' same 'one two' -n ''
check 'after options' same "$(offers link '')" -j -n one link ''
check 'links of the namespace' same 'inner lo' -n one addr flush dev ''
check 'no words where none are known' same '' info show ''
check 'no words for what is no object' same '' frob ''
check 'bash uses it' eval "complete -p nsctl | grep -q -- '-F _nsctl nsctl'"
finish
