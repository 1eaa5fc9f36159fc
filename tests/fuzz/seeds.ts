/** Seeds of the targets that no client speaks to, and of what clients do not do. */

import { decodeBase64, encodeBase64 } from "../../src/base/base64.js";
import { encodeUtf8 } from "../../src/base/utf8.js";
import { formatPrivateKey } from "../../src/keys/openssh-key.js";
import { concat } from "../crypto/helpers.js";
import { bytesOf, fields, message, textOf } from "../peer/wire.js";
import { encodeSteps, HOLD, PACKET, QUEUED, RAW, SERVER, SESSION, TIME, TRICKLE } from "./input.js";

const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 7 + 1) & 0xff);

const line = encodeUtf8;

/** A decoder's program, and the message that it reads. */
const program = (operations: readonly number[], bytes: Uint8Array): Uint8Array =>
	concat(Uint8Array.of(operations.length, ...operations), bytes);

const WIRE = [
	program([0, 2, 3, 1], message(94, 7, "data", true)),
	program([0, 4, 4], message(30, Uint8Array.of(0, 0x80, 1), Uint8Array.of(0x7f))),
	program([0, 5 | (20 << 3), 5 | (31 << 3)], message(5, "ssh-userauth", "x")),
	program([0, 6 | (16 << 3), 7, 7], concat(message(20), new Uint8Array(16), fields("a,b", ""))),
	program([3, 3], Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1)),
];

const session = message(90, "session", 0, 2048, 512);
const exec = (command: string): Uint8Array => message(98, 0, "exec", true, command);

const CHANNELS = [
	encodeSteps([
		[PACKET, session],
		[PACKET, exec("deaf")],
		[PACKET, message(94, 0, "unread")],
		[SESSION, 0x01ff],
		[HOLD, 0],
		[SESSION, 0x01ff],
		[SESSION, 0x03ff],
		[TIME, 30],
		[HOLD, 0],
		[SESSION, 0x0607],
		[PACKET, message(97, 0)],
	]),
	encodeSteps([
		[QUEUED, session],
		[QUEUED, exec("cat")],
		[QUEUED, message(94, 0, "x".repeat(200))],
		[QUEUED, message(96, 0)],
		[PACKET, message(97, 0)],
		[TIME, 100],
		[SERVER, 0],
		[PACKET, message(81)],
	]),
	encodeSteps([
		[PACKET, message(80, "keepalive@openssh.com", true)],
		[
			PACKET,
			message(80, "hostkeys-prove-00@openssh.com", true, fields("ssh-ed25519", new Uint8Array(32).fill(7))),
		],
		[PACKET, message(80, "no-more-sessions@openssh.com", false)],
		[PACKET, session],
		[PACKET, message(192, "ping")],
		[PACKET, message(1, 11, "bye", "en")],
	]),
];

const environment = (name: string): Uint8Array => message(98, 0, "env", true, name, "C");
const modes = new Uint8Array(1025);

/** One beyond each limit of the fuzzed server. */
const BEYOND = [
	encodeSteps([
		[PACKET, session],
		...["LANG", "LC_ALL", "LC_CTYPE", "LC_TIME"].map(name => [PACKET, environment(name)] as const),
		[PACKET, message(98, 0, "pty-req", true, "xterm", 1001, 65_536, 0, 0, "\x01\0\0\0\x01\0")],
		[PACKET, exec("cat")],
		[PACKET, message(98, 0, "window-change", false, 5000, 5000, 0, 0)],
	]),
	encodeSteps([
		[PACKET, session],
		[PACKET, message(98, 0, "pty-req", true, "x".repeat(65), 80, 24, 0, 0, "")],
		[PACKET, message(98, 0, "pty-req", true, "vt100", 80, 24, 0, 0, modes)],
		[PACKET, exec("x".repeat(65))],
		[PACKET, exec("cat")],
	]),
	encodeSteps(Array.from({ length: 5 }, () => [PACKET, session] as const)),
	encodeSteps([
		[PACKET, session],
		[PACKET, exec("deaf")],
		[PACKET, message(94, 0, new Uint8Array(2049))],
	]),
	encodeSteps([
		[PACKET, session],
		[PACKET, exec("deaf")],
		...Array.from({ length: 5 }, () => [PACKET, message(94, 0, new Uint8Array(512))] as const),
	]),
];

/** Requests that cross our KEXINIT: their replies are held. */
const HELD = encodeSteps([
	[PACKET, session],
	[TIME, 110],
	...Array.from({ length: 16 }, () => [PACKET, message(98, 0, "nothing", true)] as const),
	[TIME, 5],
]);

const USERAUTH = [
	encodeSteps([
		[PACKET, message(50, "admin", "ssh-connection", "keyboard-interactive", "", "")],
		[QUEUED, message(61, 1, "wrong")],
		[PACKET, message(50, "admin", "ssh-connection", "keyboard-interactive", "", "")],
		[PACKET, message(61, 1, "secret")],
	]),
	encodeSteps([
		[TRICKLE, bytesOf("\0\0\0\x0c\x0a\x02")],
		[TIME, 600],
	]),
];

const HANDSHAKE = [
	encodeSteps([
		[TRICKLE, bytesOf("SSH-2.0-slow client\r\n")],
		[RAW, bytesOf("\0\0\x05\0")],
		[TIME, 200],
	]),
	encodeSteps([[RAW, bytesOf("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]]),
	encodeSteps([[RAW, bytesOf(`SSH-1.99-${"x".repeat(250)}\n`)]]),
];

const ED25519 = encodeBase64(fields("ssh-ed25519", pattern(32)));
const rsaModulus = pattern(257);
rsaModulus[0] = 0;
rsaModulus[1] |= 0x80;
rsaModulus[256] |= 1;
const RSA = encodeBase64(fields("ssh-rsa", Uint8Array.of(1, 0, 1), rsaModulus));
const ecdsaPoint = pattern(65);
ecdsaPoint[0] = 4;
const ECDSA = encodeBase64(fields("ecdsa-sha2-nistp256", "nistp256", ecdsaPoint));

const AUTHORIZED_KEYS = [
	`ssh-ed25519 ${ED25519} somebody@example.org`,
	`restrict,pty,command="echo \\"a b\\"" ssh-rsa ${RSA}`,
	`from="192.0.2.0/24,!192.0.2.9,2001:db8::/32,10.*.?.1",expiry-time="20991231Z" ecdsa-sha2-nistp256 ${ECDSA} x y`,
	`# a comment\n\nno-pty,no-port-forwarding ssh-ed25519 ${ED25519}\r\n`,
	`Command="x",FROM="::ffff:1.2.3.4",expiry-time="203001010101" ssh-ed25519 ${ED25519}`,
].map(line);

const TYPED = [
	"abc\x1b[D\x1b[D\x7fx\r",
	"one two\x1bb\x1b[3~\x0b\x19\x19\r\x1b[A\x10\x0e\x05!\r",
	"漢字 e\u0301 😀\x02\x02\x14\x08\r",
	"up\tt\t\t\x03\x12pt\x12\x07\r",
	"\x1b[200~a\r\nb\tc\x1b[201~\x0c\x15\x17\x04",
	"\x1b[1;5D\x1bOd\x1b[?1;2c\x1b]0;t\x07\x1bP1q\x1b\\\x1b\x1b[D\x00\x1c",
];

const LINE_EDITOR = TYPED.flatMap((keys, at) => [
	concat(Uint8Array.of(78, 23), line(keys)),
	concat(Uint8Array.of(0x80 + 3 * at, 2 + at), line(keys), Uint8Array.of(0xfe, 20 + at), line(keys)),
]);

const COMMANDS = [
	"help\r",
	"ps; uptime && free || true\r",
	`echo 'a b' "$USER" $\{HOME} $?; exit 3\r`,
	"log\rkill 4097\rkill 1\r",
	"sleep 5\r",
	"passwd\rold\rnew word\rnew word\r",
	"keys\rkeys add ssh-ed25519 AAAA me\rkeys remove me\r",
	"reboot\r",
];

const terminal = (size: readonly number[], keys: string): Uint8Array =>
	concat(Uint8Array.from(size), encodeSteps([[PACKET, line(keys)]]));

const TERMINAL = [
	...COMMANDS.map(keys => terminal([80, 24], keys)),
	...TYPED.map(keys => terminal([20, 5], keys)),
	terminal([1, 0], "echo one; cat\nline\n"),
	concat(
		Uint8Array.of(80, 24),
		encodeSteps([
			[PACKET, line("sleep 100\r")],
			[SESSION, 0],
			[SERVER, 0x3028],
			[HOLD, 3],
			[PACKET, line("help\r")],
			[TIME, 20],
			[PACKET, line("\x04")],
		]),
	),
];

const LINES = [
	"echo a 'b c' \"d $USER\" \\e; f && g || h",
	`a$A$\{EMPTY}b $? # comment\nnext`,
	"x|y",
	"a > b",
	"'open",
	'"open \\" $',
	"${A",
	"echo *",
	"(a)",
];

/** No key of anybody: its numbers are a pattern. */
const PRIVATE_KEYS = (["ssh-ed25519", "ecdsa-sha2-nistp256"] as const).map(algorithm => {
	const publicKey = algorithm === "ssh-ed25519" ? pattern(32) : ecdsaPoint;
	const file = textOf(formatPrivateKey({ algorithm, secretKey: pattern(32), publicKey }, 7, "seed"));
	return concat(Uint8Array.of(1), decodeBase64(file.split("\n").slice(1, -2).join(""))!);
});

export const SEEDS: Readonly<Record<string, readonly Uint8Array[]>> = Object.freeze({
	wire: WIRE,
	handshake: HANDSHAKE,
	userauth: USERAUTH,
	channels: [...CHANNELS, ...BEYOND, HELD],
	"authorized-keys": AUTHORIZED_KEYS,
	"line-editor": LINE_EDITOR,
	terminal: TERMINAL,
	tokenizer: LINES.map(line),
	"openssh-key": PRIVATE_KEYS,
});
