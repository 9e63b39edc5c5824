#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# node on the stack, under nsctl exec, as programs.sh has smaller programs.
#
# guest: stock cpus=2 memory=2048 timeout=900 packages=nodejs
# shellcheck disable=SC2317 # called by name
# shellcheck source=tools/testing/selftests/lib.sh
. ./lib.sh

head -c 10000000 /dev/urandom >/tmp/data

cat >/tmp/serve.js <<'END'
const fs = require('fs');
const http = require('http');

http.createServer((request, response) => {
	if (request.method == 'POST')
		request.pipe(response);
	else
		fs.createReadStream('/tmp/data').pipe(response);
}).listen(8000, '::');
END

cat >/tmp/fetch.js <<'END'
const assert = require('assert');
const fs = require('fs');
const http = require('http');

function body(stream) {
	return new Promise((resolve, reject) => {
		const parts = [];
		stream.on('data', part => parts.push(part));
		stream.on('end', () => resolve(Buffer.concat(parts)));
		stream.on('error', reject);
	});
}

function ask(host, method, sent) {
	return new Promise((resolve, reject) => {
		const request = http.request(
			{ host, port: 8000, method },
			response => body(response).then(resolve, reject));
		request.on('error', reject);
		request.end(sent);
	});
}

async function main() {
	const data = fs.readFileSync('/tmp/data');

	for (const host of ['127.0.0.1', '::1', 'localhost'])
		assert(data.equals(await ask(host, 'GET')));
	const texts = [...Array(100).keys()].map(i => `text ${i}`.repeat(100));
	const echoes = await Promise.all(
		texts.map(text => ask('127.0.0.1', 'POST', text)));
	echoes.forEach((echo, i) => assert.equal(echo.toString(), texts[i]));
}

main().then(() => process.exit(0), error => {
	console.error(error);
	process.exit(1);
});
END

node_serves() {
	timeout 600 nsctl exec -- node /tmp/serve.js >/tmp/server 2>&1 &
	local server=$! status
	await listening 8000 && timeout 400 nsctl exec -- node /tmp/fetch.js
	status=$?
	[ "$status" -eq 0 ] || cat /tmp/server
	kill "$server" && wait "$server" 2>/dev/null
	return "$status"
}

echo "# version node $(node -v | tr -d v)"
check 'the guest is ready' both_ends
check 'node: http, 10 MB over IPv4 and IPv6, 100 requests' node_serves
finish
