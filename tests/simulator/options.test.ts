import { parseOptions, USAGE } from "../../simulator/command-line.js";
import { DESKTOP_LIMITS, DEVICE_LIMITS } from "../../src/limits.js";
import { assert, test } from "../harness.js";

function options(...args: string[]) {
	const parsed = parseOptions(args);
	if (parsed === "help") throw new Error("help");
	return parsed;
}

/** The one line that says what is wrong; "" where nothing is. */
function fault(...args: string[]): string {
	try {
		parseOptions(args);
		return "";
	} catch (error) {
		return (error as Error).message;
	}
}

test("simulator options: without any, what the usage says in brackets", () => {
	const parsed = options();
	const { host, port, state, user, password, authorizedKeys, maxConnections, backend, limits, log } = parsed;
	assert.equal(parsed.ownerAddresses, undefined);
	assert.deepEqual([host, port, state, user], ["127.0.0.1", 2222, ".fieldssh", "admin"]);
	assert.deepEqual([password, authorizedKeys, maxConnections], [undefined, undefined, 4]);
	assert.deepEqual([backend, limits, log], ["device", DESKTOP_LIMITS, "info"]);
	for (const value of ["127.0.0.1", "2222", ".fieldssh", "admin", "4", "device", "desktop", "info"])
		assert.ok(USAGE.includes(`(${value})`), value);
});

test("simulator options: each is taken, with its value behind a blank or an equals sign", () => {
	const { host, port, state, user, password, maxConnections, backend, log } = options(
		...["--host", "::1", "--port=0", "--state", "a b", "--user=ops", "--password", "--x=y"],
		...["--max-connections", "1", "--backend", "posix", "--engine", "node", "--log", "debug"],
	);
	assert.deepEqual([host, port, state, user, password], ["::1", 0, "a b", "ops", "--x=y"]);
	assert.deepEqual([maxConnections, backend, log], [1, "posix", "debug"]);
	assert.equal(options("--password=").password, "");
});

test("simulator options: the last of two counts", () => {
	assert.equal(options("--port", "1", "--port", "2").port, 2);
});

test("simulator options: limits start from a profile and are set by name", () => {
	assert.deepEqual(options("--limits", "device").limits, DEVICE_LIMITS);
	const set = options("--limit", "rekeyBytes=4096", "--limits", "device", "--limit=channels=2").limits;
	assert.deepEqual(set, { ...DEVICE_LIMITS, rekeyBytes: 4096, channels: 2 });
});

test("simulator options: addresses of the owner are one list, whichever way they are given", () => {
	const args = ["--owner-address", "192.0.2.7", "--owner-address=2001:db8::/32,!2001:db8::1"];
	assert.equal(options(...args).ownerAddresses, "192.0.2.7,2001:db8::/32,!2001:db8::1");
});

test("simulator options: help is help, whatever else there is", () => {
	assert.equal(parseOptions(["--port", "1", "--help"]), "help");
	assert.equal(parseOptions(["-h"]), "help");
});

test("simulator options: each mistake is named in one line", () => {
	const faults: [string[], RegExp][] = [
		[["22"], /^22: not an option/],
		[["-p"], /^-p: not an option/],
		[["--prot", "1"], /^--prot: no such option/],
		[["--constructor", "1"], /^--constructor: no such option/],
		[["--port"], /^--port: its value is missing/],
		[["--port", ""], /^--port: "" is no number/],
		[["--port", "ssh"], /^--port: "ssh" is no number/],
		[["--port", "65536"], /^--port: "65536" is no number of 0 to 65535/],
		[["--port", "-1"], /^--port: "-1" is no number/],
		[["--port", "1e3"], /^--port: "1e3" is no number/],
		[["--max-connections", "0"], /^--max-connections: "0"/],
		[["--state", ""], /^--state: empty/],
		[["--user", "Root!"], /^--user: "Root!" is no user name/],
		[["--user", "../x"], /^--user/],
		[["--backend", "bash"], /^--backend: "bash" is not one of: device, posix/],
		[["--engine", "v8"], /^--engine: "v8" is not one of: node/],
		[["--crypto", "native"], /^--crypto: native is for --engine xs/],
		[["--engine", "xs", "--board", "arm"], /^--board: "arm" is not one of: i386, x86-64/],
		[["--board", "i386"], /^--board: is for --engine xs/],
		[["--full", "abort"], /^--full: abort is for --engine xs and rv32/],
		[["--engine", "xs", "--full", "restart"], /^--full: "restart" is not one of: throw, abort/],
		[["--log", "trace"], /^--log: "trace" is not one of: error, info, debug/],
		[["--owner-address", "somewhere"], /^--owner-address: not an address or a CIDR block: somewhere/],
		[["--owner-address", "192.0.2.0/33"], /^--owner-address: not an address/],
		[["--owner-address", ""], /^--owner-address: an empty address pattern/],
		[["--limits", "tiny"], /^--limits: "tiny"/],
		[["--limit", "speed=1"], /^--limit: there is none called "speed"/],
		[["--limit", "toString=1"], /^--limit: there is none called "toString"/],
		[["--limit", "channels"], /^--limit channels: "" is no number/],
		[["--limit", "channels=0"], /^--limit: limits.channels: 0 is no whole number from 1 to 16777216/],
		[["--limit", "userNameLength=65"], /^--limit: limits.userNameLength: 65 is no whole number from 1 to 64/],
		[["--limit", "packetSize=100"], /^--limit: limits.packetSize/],
	];
	for (const [args, expected] of faults) {
		const text = fault(...args);
		assert.ok(expected.test(text), `${args.join(" ")}: ${text}`);
		assert.equal(text.includes("\n"), false);
	}
});
