/** The audit log: the line of each event, whole; no secrets; nothing of a peer's that could lie on a terminal. */

import { encodeUtf8 } from "../../src/base/utf8.js";
import { Done } from "../../src/crypto/port.js";
import { LOG_BURST, MAX_LOG_ENTRY } from "../../src/limits.js";
import {
	SSH_MSG_DISCONNECT,
	SSH_MSG_USERAUTH_FAILURE,
	SSH_MSG_USERAUTH_REQUEST,
} from "../../src/messages.js";
import { EventLog } from "../../src/server/event-log.js";
import { env } from "../../src/shell/commands/basic.js";
import { ps } from "../../src/shell/commands/connections.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { authenticator, Place, type PlaceOptions } from "../peer/place.js";
import { message } from "../peer/wire.js";

const LINK = { address: "192.0.2.7" };

/** What moves cursors, switches character sets, changes the order of text, or hides: and quotes, to forge a field. */
const HOSTILE = '\x1b[2J\x07\r\n\x7f\x85\x9b31m\u202e\u2066\u200b\u00ad\u{e0041}\u2028"\\';
const SHOWN =
	'\\x1b[2J\\x07\\x0d\\x0a\\x7f\\x85\\x9b31m\\u{202e}\\u{2066}\\u{200b}\\u{ad}\\u{e0041}\\u{2028}\\"\\\\';

class Audited extends Place {
	/** Lines without their times. */
	readonly lines: string[] = [];

	constructor(options: PlaceOptions = {}) {
		let now = () => 0;
		super({ log: new EventLog(16, () => now()), ...options });
		now = () => this.hal.now();
		this.server.log.subscribe(line => this.lines.push(line.slice(13)));
	}

	/** Those of one kind. */
	of(event: string): string[] {
		return this.lines.filter(line => line.startsWith(`${event} `));
	}
}

function over(place: Place, client: TestClient): void {
	client.link.end();
	place.run();
}

test("a visit: accept, fail, auth, session, close, each with what it is about", () => {
	const place = new Audited();
	const client = place.client({}, LINK).start().requestAuthentication();
	client.password("root", "topsecret");
	client.password("admin", "secret");
	client.exec("reboot --now");
	place.pass(2_500);
	const { bytesReceived, bytesSent } = place.server.connections()[0];
	over(place, client);
	assert.deepEqual(place.lines, [
		"accept id=4097 from=192.0.2.7",
		'fail id=4097 from=192.0.2.7 user="root" method="password" why="wrong"',
		'auth id=4097 from=192.0.2.7 method=password user="admin"',
		'session id=4097 type=exec pty=no user="admin" command="reboot --now"',
		`close id=4097 from=192.0.2.7 why=ERR_TCP_SOCKET_CLOSED seconds=2.500 in=${bytesReceived} out=${bytesSent} user="admin"`,
	]);
	assert.ok(bytesReceived > 500 && bytesSent === client.link.received);
});

test("a shell with a pty, a subsystem, a forced command with what was asked for", () => {
	const permit = { pty: true, command: "status", fingerprint: "SHA256:of-its-key" };
	const place = new Audited({
		subsystems: ["sftp"],
		authenticator: { ...authenticator, password: user => new Done(user === "forced" ? permit : true) },
	});
	const client = place.client({}, LINK).login("free", "x");
	const shell = client.open();
	shell.request("pty-req", true, "vt100", 80, 24, 0, 0, "");
	shell.request("shell", true);
	client.open().request("subsystem", true, "sftp");
	place.run();
	over(place, client);
	const other = place.client({}, LINK).login("forced", "x");
	other.exec("rm -r /");
	assert.deepEqual(place.of("session"), [
		'session id=4097 type=shell pty=yes user="free"',
		'session id=4097 type=subsystem pty=no user="free" command="sftp"',
		'session id=4098 type=exec pty=no user="forced" command="status" asked="rm -r /"',
	]);
	assert.deepEqual(place.of("auth").slice(-1), [
		'auth id=4098 from=192.0.2.7 method=password key=SHA256:of-its-key user="forced"',
	]);
});

test("a login that takes two methods, requests that are none, and too many of them", () => {
	const place = new Audited({
		authenticator: { ...authenticator, chains: [["password", "keyboard-interactive"]] },
		limits: { authenticationAttempts: 2 },
	});
	const client = place.client({}, LINK).start().requestAuthentication();
	client.password("admin", "secret");
	client.send(message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "hostbased", "x"));
	place.run();
	assert.deepEqual(place.lines.slice(1), [
		'partial id=4097 from=192.0.2.7 method=password user="admin"',
		'fail id=4097 from=192.0.2.7 user="admin" method="hostbased" why="method not available"',
	]);
	const second = place.client({}, LINK).start().requestAuthentication();
	for (const method of ["hostbased", "gssapi-with-mic"])
		second.send(message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", method, "x"));
	place.run();
	assert.deepEqual(place.of("fail").slice(-1), [
		'fail id=4098 from=192.0.2.7 user="admin" method="gssapi-with-mic" why="too many attempts"',
	]);
	const why = "why=ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE";
	assert.ok(place.lines.at(-1)?.startsWith(`close id=4098 from=192.0.2.7 ${why} seconds=0.000 in=`));
	assert.ok(!place.lines.at(-1)?.includes("user="), "nobody has logged in");
});

test("who is refused, and why", () => {
	const place = new Audited({ maxConnections: 1, limits: { connectionsPerMinute: 2 } });
	const client = place.client({}, LINK);
	place.client({ stopBefore: 20 }, { address: "2001:db8::9" });
	place.run();
	over(place, client);
	over(place, place.client({}, LINK));
	place.client({ stopBefore: 20 }, LINK);
	place.run();
	assert.deepEqual(place.of("refuse"), [
		"refuse from=2001:db8::9 why=table-full",
		"refuse from=192.0.2.7 why=connections-per-minute wait=30",
	]);
});

test("what peers choose is shown with its control characters, wherever it stands: in the log, in ps, in env", async () => {
	const place = new Audited({ maxConnections: 8, environment: ["*"] });
	const client = place.client({ identification: 'SSH-2.0-a"b c' }, LINK).login();
	const channel = client.open();
	channel.request("env", true, "GREETING", encodeUtf8(HOSTILE));
	channel.request("exec", true, encodeUtf8(HOSTILE));
	place.run();
	const second = place.client({}, LINK).start().requestAuthentication();
	second.send(
		message(SSH_MSG_USERAUTH_REQUEST, encodeUtf8(HOSTILE), "ssh-connection", "password", false, "x"),
	);
	place.run();
	second.take(SSH_MSG_USERAUTH_FAILURE);
	second.send(message(SSH_MSG_DISCONNECT, 11, encodeUtf8(HOSTILE), ""));
	place.run();
	assert.ok(place.of("session")[0].endsWith(`command="${SHOWN}"`), place.of("session")[0]);
	assert.ok(
		place.of("fail").some(line => line.includes(`user="${SHOWN.slice(0, SHOWN.indexOf("\\u{e0041}"))}"...`)),
		place.of("fail")[0],
	);
	assert.ok(place.of("notice").some(line => line.endsWith(`text="peer disconnects: ${SHOWN}"`)));

	let shown = "";
	const stdout = {
		write: (text: string) => {
			shown += text;
		},
	};
	const [session] = place.server.connections();
	const device = { hal: place.hal, server: place.server };
	await ps.run({ args: [], device, stdout, session, user: session.user } as never);
	const environment = new Map([["GREETING", HOSTILE]]);
	await env.run({ args: [], environment, stdout } as never);
	assert.equal(session.clientVersion, 'a"b c');
	assert.ok(shown.includes(`GREETING=${SHOWN.replace('\\"\\\\', '"\\')}\n`), shown);
	for (const line of [...place.lines, ...shown.split("\n"), ...place.server.log.entries()])
		for (const character of line)
			assert.ok(!isHidden(character), `${line.length} ${character.codePointAt(0)}`);
});

/** Whether a character is not seen where it stands. */
function isHidden(character: string): boolean {
	const point = character.codePointAt(0)!;
	if (point < 0x20 || (point >= 0x7f && point < 0xa0) || point === 0xad) return true;
	return (point >= 0x200b && point < 0x2070 && point !== 0x2010) || point >= 0xe0000;
}

test("no field can be forged, and no line is longer than it may be", () => {
	const place = new Audited();
	const forged = 'admin" method=password user="root';
	const client = place.client({}, LINK).start().requestAuthentication();
	client.password(forged, "x");
	client.password("\x01".repeat(64), "x");
	assert.deepEqual(place.of("fail"), [
		'fail id=4097 from=192.0.2.7 user="admin\\" method=password user=\\"root" method="password" why="wrong"',
		`fail id=4097 from=192.0.2.7 user="${"\\x01".repeat(16)}"... method="password" why="wrong"`,
	]);
	over(place, client);
	const another = place.client({}, LINK).start().requestAuthentication();
	another.password(`${"x".repeat(63)}"`, "x");
	assert.ok(place.of("fail")[2].includes(` user="${"x".repeat(63)}"... method=`), "no half of an escape");
	over(place, another);
	place
		.client({}, LINK)
		.login()
		.open()
		.request("exec", true, encodeUtf8("\u{202e}".repeat(170)));
	place.run();
	for (const line of place.server.log.entries()) assert.ok(line.length <= MAX_LOG_ENTRY, line);
	assert.equal(
		place.of("session")[0],
		`session id=4099 type=exec pty=no user="admin" command="${"\\u{202e}".repeat(20)}"...`,
	);
});

test("no password is in it, wherever a client puts it and whatever becomes of it", () => {
	const place = new Audited();
	const client = place.client({}, LINK).start().requestAuthentication();
	for (const password of ["xyzzy", "xyzzy".repeat(60), "secret"]) client.password("admin", password);
	client.exec("echo").write("xyzzy");
	over(place, client);
	const text = place.lines.join("\n");
	assert.ok(!text.includes("xyzzy") && !text.includes("secret"), text);
});

test("a flood of failed logins neither grows the log nor washes out what the owner did", () => {
	const place = new Audited({ limits: { authenticationAttempts: 1 } });
	const owner = place.client({}, { address: "198.51.100.1" }).login();
	owner.exec("reboot");
	const before = place.lines.length;
	for (let count = 0; count < 200; count++) {
		place.client({}, LINK).start().requestAuthentication().password("admin", `${count}`);
		place.run();
	}
	assert.ok(place.lines.length - before <= LOG_BURST, `${place.lines.length - before} lines`);
	over(place, owner);
	const entries = place.server.log.entries().map(line => line.slice(13));
	assert.equal(entries.length, 16);
	for (const event of ["auth", "session", "close id=4097"])
		assert.equal(entries.filter(line => line.startsWith(event)).length, 1, event);
	const dropped = entries.filter(line => line.startsWith("dropped lines="));
	// accept, fail twice ("wrong", "too many attempts") and close, of each.
	assert.deepEqual(dropped, [`dropped lines=${200 * 4 - (LOG_BURST - 1)}`]);
});
