/** What a client asks of a session: RFC 4254 section 6, RFC 4335. */

import { encodeUtf8 } from "../../src/base/utf8.js";
import { asciiBytes, type Writer } from "../../src/base/wire.js";
import type { Session, Terminal } from "../../src/connection/session.js";
import { COST_CHANNEL, COST_COMMAND, COST_ENVIRONMENT, COST_TERMINAL, type Cost } from "../../src/limits.js";
import { ERR_SESSION_BAD_PAYLOAD, OK } from "../../src/merrors.js";
import { FULL_PERMIT } from "../../src/userauth/authenticator.js";
import { assert, test } from "../harness.js";
import { Peer, readText, running } from "./peer.js";

const GRANTED = ["SUCCESS 70"];
const REFUSED = ["FAILURE 70"];

function opened(limits = {}): Peer {
	const peer = new Peer(limits);
	peer.open();
	peer.take();
	return peer;
}

const pty =
	(type = "xterm", columns = 80, rows = 24, modes: Uint8Array = Uint8Array.of(53, 0, 0, 0, 1, 0)) =>
	(writer: Writer) =>
		writer.ascii(type).uint32(columns).uint32(rows).uint32(640).uint32(480).string(modes);

const variable = (name: string, value: string | Uint8Array) => (writer: Writer) =>
	writer.string(encodeUtf8(name)).string(typeof value === "string" ? encodeUtf8(value) : value);

const nothing = (writer: Writer) => writer;

test("shell, exec and subsystem begin a session, behind their reply", () => {
	const kinds: [string, (writer: Writer) => unknown, string][] = [
		["shell", nothing, ""],
		["exec", writer => writer.string(encodeUtf8("grüße | cat")), "grüße | cat"],
		["subsystem", writer => writer.ascii("sftp"), "sftp"],
	];
	for (const [type, write, command] of kinds) {
		const peer = opened();
		let replied: string[] = [];
		peer.onStart = session => {
			replied = peer.take();
			session.onEnd = () => assert.ok(false, "no EOF came");
		};
		assert.equal(peer.request(type, write), OK);
		assert.deepEqual(replied, GRANTED);
		const session = peer.session!;
		assert.equal(session.type, type);
		assert.equal(session.command, command);
		assert.equal(session.originalCommand, undefined);
		assert.equal(session.terminal, undefined);
		assert.equal(session.environment.size, 0);
		assert.equal(session.connection.user, "admin");
	}
});

test("the application may write and exit at once, or leave later data to be read", () => {
	const peer = opened();
	peer.onStart = session => {
		session.onEnd = () => assert.ok(false, "no EOF came");
		session.write(asciiBytes("hello"));
		session.exit(0);
	};
	peer.exec();
	assert.deepEqual(peer.take(), [
		"SUCCESS 70",
		"DATA 70 hello",
		"REQUEST 70 exit-status false 0",
		"EOF 70",
		"CLOSE 70",
	]);
});

test("only one of shell, exec and subsystem succeeds; a refused one may be followed by another", () => {
	const peer = opened();
	peer.request("subsystem", writer => writer.ascii("netconf"));
	assert.deepEqual(peer.take(), REFUSED);
	assert.deepEqual(peer.reports, ["channel 0: subsystem netconf refused"]);
	peer.exec("first");
	assert.deepEqual(peer.take(), GRANTED);
	peer.exec("second");
	peer.request("shell");
	peer.request("subsystem", writer => writer.ascii("sftp"));
	assert.deepEqual(peer.take(), [...REFUSED, ...REFUSED, ...REFUSED]);
	assert.equal(peer.session!.command, "first");
	assert.equal(peer.started.length, 1);
});

test("want reply: nothing is said where nothing is asked, granted or not", () => {
	const peer = opened();
	peer.request("pty-req", pty(), false);
	peer.request("env", variable("LANG", "C"), false);
	peer.request("env", variable("PATH", "/"), false);
	peer.request("x11-req", nothing, false);
	peer.request("shell", nothing, false);
	peer.request("shell", nothing, false);
	peer.request("window-change", writer => writer.uint32(1).uint32(1).uint32(1).uint32(1), false);
	peer.request("signal", writer => writer.ascii("INT"), false);
	peer.request("break", writer => writer.uint32(1), false);
	assert.deepEqual(peer.take(), []);
	assert.equal(peer.started.length, 1);
	assert.equal(peer.session!.environment.get("LANG"), "C");
});

test("forwarding and unknown requests are refused, whatever they carry", () => {
	const peer = opened();
	for (const type of [
		"x11-req",
		"auth-agent-req@openssh.com",
		"xon-xoff",
		"exit-status",
		"tea@example.com",
	]) {
		assert.equal(
			peer.request(type, writer => writer.raw(new Uint8Array(50))),
			OK,
		);
		assert.deepEqual(peer.take(), REFUSED);
	}
	assert.equal(peer.reports[0], "channel 0: x11-req refused");
});

test("a command line is bounded, well-formed UTF-8 without NUL", () => {
	const limits = { commandLength: 8 };
	const exec = (bytes: Uint8Array) => {
		const peer = opened(limits);
		assert.equal(
			peer.request("exec", writer => writer.string(bytes)),
			OK,
		);
		return peer.take();
	};
	assert.deepEqual(exec(asciiBytes("12345678")), GRANTED);
	assert.deepEqual(exec(new Uint8Array(0)), GRANTED);
	assert.deepEqual(exec(asciiBytes("123456789")), REFUSED);
	assert.deepEqual(exec(Uint8Array.of(0x61, 0, 0x62)), REFUSED);
	assert.deepEqual(exec(Uint8Array.of(0xc3)), REFUSED);
});

test("a forced command takes the place of whatever is asked for, and is never a shell", () => {
	const kinds: [string, (writer: Writer) => unknown, string | undefined][] = [
		["shell", nothing, undefined],
		["exec", writer => writer.ascii("rm -r /"), "rm -r /"],
		["subsystem", writer => writer.ascii("sftp"), "sftp"],
	];
	for (const [type, write, original] of kinds) {
		const peer = opened();
		peer.permit = { ...FULL_PERMIT, command: "uptime" };
		peer.request(type, write);
		assert.equal(peer.session!.type, "exec");
		assert.equal(peer.session!.command, "uptime");
		assert.equal(peer.session!.originalCommand, original);
	}
	const peer = opened();
	peer.permit = { ...FULL_PERMIT, command: "uptime" };
	peer.request("subsystem", writer => writer.ascii("netconf"));
	assert.deepEqual(peer.take(), REFUSED);
});

test("pty-req: the terminal as it was described, its modes copied", () => {
	const peer = opened();
	assert.equal(peer.request("pty-req", pty()), OK);
	peer.request("shell");
	assert.deepEqual(peer.take(), [...GRANTED, ...GRANTED]);
	const { modes, ...rest } = peer.session!.terminal!;
	assert.deepEqual(rest, { type: "xterm", columns: 80, rows: 24, widthPixels: 640, heightPixels: 480 });
	assert.deepEqual([...modes], [53, 0, 0, 0, 1]);
});

test("pty-req: of the modes what is defined is kept, up to their end", () => {
	const kept = (...modes: number[]): number[] => {
		const peer = opened();
		peer.request("pty-req", pty("xterm", 80, 24, Uint8Array.from(modes)));
		peer.request("shell");
		return [...peer.session!.terminal!.modes];
	};
	const one = [1, 0, 0, 0, 3];
	const last = [159, 9, 9, 9, 9];
	assert.deepEqual(kept(), []);
	assert.deepEqual(kept(...one, ...last), [...one, ...last]);
	assert.deepEqual(kept(...one, 0, ...last), one);
	assert.deepEqual(kept(...one, 160, 1, 1, 1, 1, ...last), one);
	assert.deepEqual(kept(...one, 2, 0, 0, 0), one);
});

test("pty-req: sizes are bounded, 0 stays unknown", () => {
	const peer = opened();
	peer.request("pty-req", pty("", 0, 0xffff_ffff));
	peer.request("shell");
	assert.equal(peer.session!.terminal!.columns, 0);
	assert.equal(peer.session!.terminal!.rows, 1000);
});

test("pty-req is refused: not permitted, too long, not printable, twice, behind the shell", () => {
	const ask = (write: (writer: Writer) => unknown, permitted = true) => {
		const peer = opened();
		peer.permit = { ...FULL_PERMIT, pty: permitted };
		assert.equal(peer.request("pty-req", write), OK);
		return peer.take();
	};
	assert.deepEqual(ask(pty()), GRANTED);
	assert.deepEqual(ask(pty(), false), REFUSED);
	assert.deepEqual(ask(pty("x".repeat(64))), GRANTED);
	assert.deepEqual(ask(pty("x".repeat(65))), REFUSED);
	assert.deepEqual(ask(pty("vt\u001b100")), REFUSED);
	assert.deepEqual(ask(pty("vt100", 80, 24, new Uint8Array(320))), GRANTED);
	assert.deepEqual(ask(pty("vt100", 80, 24, new Uint8Array(321))), REFUSED);
	const peer = opened();
	peer.request("pty-req", pty());
	peer.request("pty-req", pty("other"));
	assert.deepEqual(peer.take(), [...GRANTED, ...REFUSED]);
	const late = running().peer;
	late.request("pty-req", pty());
	assert.deepEqual(late.take(), REFUSED);
	assert.equal(late.session!.terminal, undefined);
});

test("env: the allow-list with its wildcard, in UTF-8", () => {
	const peer = opened({ environmentVariables: 3, environmentBytes: 1024 });
	const ask = (name: string, value: string | Uint8Array) => {
		assert.equal(peer.request("env", variable(name, value)), OK);
		return peer.take()[0];
	};
	assert.equal(ask("LANG", "de_DE.UTF-8"), "SUCCESS 70");
	assert.equal(ask("LC_ALL", "grün"), "SUCCESS 70");
	for (const name of ["LANGUAGE", "lang", "LC", "XLC_ALL", "PATH", "", "LC_A=B", "LC_\0", "LC_é", "LC_*"]) {
		assert.equal(ask(name, "x"), "FAILURE 70", name);
	}
	assert.equal(ask("LC_TIME", Uint8Array.of(0xff)), "FAILURE 70");
	assert.equal(ask("LC_TIME", "a\0b"), "FAILURE 70");
	assert.equal(ask("LC_TIME", "x".repeat(257)), "FAILURE 70");
	assert.equal(ask(`LC_${"X".repeat(254)}`, "x"), "FAILURE 70");
	assert.equal(ask(`LC_${"X".repeat(253)}`, "x".repeat(256)), "SUCCESS 70");
	// Full: known names take a new value, new ones are refused.
	assert.equal(ask("LC_TIME", "x"), "FAILURE 70");
	assert.equal(ask("LANG", "C"), "SUCCESS 70");
	peer.request("shell");
	peer.take();
	assert.equal(ask("LANG", "late"), "FAILURE 70");
	const { environment } = peer.session!;
	assert.equal(environment.size, 3);
	assert.equal(environment.get("LANG"), "C");
	assert.equal(environment.get("LC_ALL"), "grün");
	assert.deepEqual(peer.reports, []);
});

test("env: their bytes are bounded in all; a new value takes the place of the old one", () => {
	const peer = opened({ environmentBytes: 24 });
	const ask = (name: string, value: string) => {
		peer.request("env", variable(name, value));
		return peer.take()[0];
	};
	assert.equal(ask("LC_A", "1234"), "SUCCESS 70");
	assert.equal(ask("LANG", ""), "SUCCESS 70");
	assert.equal(ask("LC_B", "123"), "FAILURE 70");
	assert.equal(ask("LC_B", "12"), "SUCCESS 70");
	assert.equal(ask("LC_A", "12345"), "FAILURE 70");
	assert.equal(ask("LC_A", "x=y"), "SUCCESS 70");
	assert.equal(ask("LC", "x"), "FAILURE 70");
	peer.request("shell");
	const seen = [...peer.session!.environment].sort();
	assert.deepEqual(seen, [
		["LANG", ""],
		["LC_A", "x=y"],
		["LC_B", "12"],
	]);
});

test("env: channels do not share variables", () => {
	const peer = opened();
	peer.open(71);
	peer.request("env", variable("LANG", "C"));
	peer.request("shell", nothing, true, 0);
	peer.request("shell", nothing, true, 1);
	assert.equal(peer.started[0].environment.size, 1);
	assert.equal(peer.started[1].environment.size, 0);
});

test("window-change: the new sizes, with the type and modes that were", () => {
	const peer = opened();
	peer.request("pty-req", pty());
	peer.request("shell");
	peer.take();
	const session = peer.session!;
	const before = session.terminal!;
	const seen: Terminal[] = [];
	session.onWindowChange = terminal => seen.push(terminal);
	peer.request("window-change", writer => writer.uint32(132).uint32(5000).uint32(0).uint32(1));
	assert.deepEqual(peer.take(), GRANTED);
	assert.equal(seen.length, 1);
	assert.equal(seen[0], session.terminal);
	assert.deepEqual(seen[0], { ...before, columns: 132, rows: 1000, widthPixels: 0, heightPixels: 1 });
	assert.equal(before.columns, 80);
	const other = running().peer;
	other.request("window-change", writer => writer.uint32(1).uint32(1).uint32(1).uint32(1));
	assert.deepEqual(other.take(), REFUSED);
	assert.equal(other.session!.terminal, undefined);
});

test("signal and break reach who listens, and are refused where nobody does", () => {
	const { peer, session } = running();
	const signal = (name: string) => peer.request("signal", writer => writer.ascii(name));
	const pause = (milliseconds: number) => peer.request("break", writer => writer.uint32(milliseconds));
	signal("INT");
	pause(500);
	assert.deepEqual(peer.take(), [...REFUSED, ...REFUSED]);
	const heard: (string | number)[] = [];
	session.onSignal = name => heard.push(name);
	session.onBreak = milliseconds => heard.push(milliseconds);
	signal("TERM");
	signal("INFO@openssh.com");
	pause(0);
	pause(0xffff_ffff);
	assert.deepEqual(heard, ["TERM", "INFO@openssh.com", 0, 0xffff_ffff]);
	assert.deepEqual(peer.take(), [...GRANTED, ...GRANTED, ...GRANTED, ...GRANTED]);
	assert.equal(signal("x".repeat(65)), ERR_SESSION_BAD_PAYLOAD);
});

test("callbacks have the session as this, and with it what the application has put there", () => {
	const { peer, session } = running();
	const seen: string[] = [];
	session.target = seen;
	const tell = (what: string) =>
		function (this: Session): void {
			(this.target as string[]).push(what);
		};
	session.onReadable = tell("readable");
	session.onEnd = tell("end");
	session.onSignal = tell("signal");
	session.onBreak = tell("break");
	session.onClose = tell("close");
	peer.data("a");
	peer.request("signal", writer => writer.ascii("INT"));
	peer.request("break", writer => writer.uint32(1));
	peer.eof();
	peer.protocol.closeAll();
	assert.deepEqual(seen, ["readable", "signal", "break", "end", "close"]);
});

test("EOF that came before the command is told when it begins", () => {
	const peer = opened();
	let ends = 0;
	peer.onStart = session => {
		session.onEnd = () => ends++;
	};
	peer.eof();
	peer.exec();
	assert.equal(ends, 1);
	assert.ok(peer.session!.ended);
	assert.equal(readText(peer.session!), "");
});

test("requests cut short or too long end the connection, and do nothing", () => {
	const requests: [string, (writer: Writer) => unknown][] = [
		["pty-req", pty()],
		["env", variable("LANG", "C")],
		["shell", nothing],
		["exec", writer => writer.ascii("ls")],
		["subsystem", writer => writer.ascii("sftp")],
		["window-change", writer => writer.uint32(1).uint32(1).uint32(1).uint32(1)],
		["signal", writer => writer.ascii("INT")],
		["break", writer => writer.uint32(1)],
	];
	for (const [type, write] of requests) {
		let length = 0;
		assert.equal(
			opened().request(type, writer => {
				const start = writer.position;
				write(writer);
				length = writer.position - start;
			}),
			OK,
		);
		for (let cut = 1; cut <= length + 1; cut++) {
			const peer = opened();
			const status = peer.request(type, writer => {
				write(writer);
				writer.position -= cut;
			});
			assert.equal(status, ERR_SESSION_BAD_PAYLOAD, `${type} less ${cut}`);
			assert.equal(peer.session, undefined);
			assert.deepEqual(peer.take(), []);
		}
		const peer = opened();
		const status = peer.request(type, writer => {
			write(writer);
			writer.byte(0);
		});
		assert.equal(status, ERR_SESSION_BAD_PAYLOAD, `${type} and more`);
		assert.equal(peer.session, undefined);
	}
});

test("lengths that point beyond the message allocate nothing and end the connection", () => {
	for (const type of ["pty-req", "env", "exec", "subsystem", "signal"]) {
		const peer = opened();
		const status = peer.request(type, writer => writer.uint32(0xffff_fff0).raw(new Uint8Array(8)));
		assert.equal(status, ERR_SESSION_BAD_PAYLOAD, type);
	}
});

test("without memory a channel, and what would be stored for it, is refused, and the connection goes on", () => {
	const unopened = new Peer();
	unopened.scarce = true;
	assert.equal(unopened.open(), OK);
	assert.deepEqual(unopened.take(), ["OPEN_FAILURE 70 4 not enough memory for a channel"]);
	assert.deepEqual(unopened.asked, [COST_CHANNEL]);
	unopened.scarce = false;
	assert.equal(unopened.open(), OK);
	assert.match(unopened.take()[0], /^OPEN_CONFIRMATION /);

	const kinds: [string, (writer: Writer) => unknown, Cost][] = [
		["pty-req", pty(), COST_TERMINAL],
		["env", variable("LANG", "C"), COST_ENVIRONMENT],
		["shell", nothing, COST_COMMAND],
		["exec", writer => writer.ascii("cat"), COST_COMMAND],
		["subsystem", writer => writer.ascii("sftp"), COST_COMMAND],
	];
	for (const [type, write, cost] of kinds) {
		const peer = opened();
		peer.asked = [];
		peer.scarce = true;
		assert.equal(peer.request(type, write), OK);
		assert.deepEqual(peer.take(), REFUSED, type);
		assert.deepEqual(peer.asked, [cost], type);
		assert.equal(peer.session, undefined);
		peer.scarce = false;
		assert.equal(peer.request(type, write), OK);
		assert.deepEqual(peer.take(), GRANTED, type);
	}
});
