import { type AuthorizedKey, admitsLogin, parseAuthorizedKey } from "../../src/accounts/authorized-keys.js";
import { encodeBase64 } from "../../src/base/base64.js";
import { MAX_AUTHORIZED_KEY_LINE } from "../../src/limits.js";
import { assert, test } from "../harness.js";
import { concat, strings } from "./fakes.js";

const ED25519 = strings("ssh-ed25519", new Uint8Array(32).fill(7));
const ECDSA = strings(
	"ecdsa-sha2-nistp256",
	"nistp256",
	concat(Uint8Array.of(4), new Uint8Array(64).fill(9)),
);
const rsa = (bytes: number): Uint8Array =>
	strings("ssh-rsa", Uint8Array.of(1, 0, 1), concat(Uint8Array.of(0), new Uint8Array(bytes).fill(0xff)));
const KEY = `ssh-ed25519 ${encodeBase64(ED25519)}`;

function parsed(line: string): AuthorizedKey {
	const key = parseAuthorizedKey(line);
	assert.equal(typeof key, "object", `${line}: ${String(key)}`);
	return key as AuthorizedKey;
}

test("a key of each type, with and without a comment", () => {
	for (const [type, blob] of [
		["ssh-ed25519", ED25519],
		["ecdsa-sha2-nistp256", ECDSA],
		["ssh-rsa", rsa(256)],
		["ssh-rsa", rsa(512)],
	] as const) {
		const line = `${type} ${encodeBase64(blob)}`;
		assert.deepEqual(parsed(line), {
			type,
			blob,
			comment: "",
			pty: true,
			command: undefined,
			from: undefined,
			expiry: 0,
			role: undefined,
			limited: false,
		});
		assert.equal(parsed(`\t${line}  a comment, "with" = all \r`).comment, 'a comment, "with" = all');
	}
});

test("blank lines and comments are no keys", () => {
	for (const line of ["", "   \t", "\r", "# ssh-ed25519 AAAA", "  #"]) {
		assert.equal(parseAuthorizedKey(line), undefined);
	}
});

test("options restrict, in their order and in any case", () => {
	assert.equal(parsed(`no-pty ${KEY}`).pty, false);
	assert.equal(parsed(`NO-PTY ${KEY}`).pty, false);
	assert.equal(parsed(`restrict ${KEY}`).pty, false);
	assert.equal(parsed(`restrict,pty ${KEY}`).pty, true);
	assert.equal(parsed(`pty,restrict ${KEY}`).pty, false);
	assert.equal(parsed(`Restrict,Command="x" ${KEY}`).command, "x");
});

test("options that concern what is never done here have no effect", () => {
	for (const name of ["port-forwarding", "agent-forwarding", "X11-forwarding", "user-rc"]) {
		assert.equal(parsed(`${name},no-${name} ${KEY}`).pty, true);
	}
});

test("values are quoted", () => {
	assert.equal(parsed(`command="echo \\"a, b\\" = c # d" ${KEY}`).command, 'echo "a, b" = c # d');
	// Only \" is an escape, as in OpenSSH.
	assert.equal(parsed(`command="a\\\\b\\n" ${KEY}`).command, "a\\\\b\\n");
	assert.equal(parsed(`command="ssh-ed25519 AAAA",no-pty ${KEY}`).pty, false);
	assert.equal(parsed(`command="\u00e9\u4e2d" ${KEY}`).command, "\u00e9\u4e2d");
	assert.equal(parsed(`from="192.0.2.0/24,!192.0.2.7" ${KEY}`).from, "192.0.2.0/24,!192.0.2.7");
});

const NO_LINE = "no public key in OpenSSH's format: the line of a .pub file is meant";

test("a line that is not understood whole is refused, and says why", () => {
	const nowhere = `ssh-ed25519 ${encodeBase64(strings("ssh-ed25519", new Uint8Array(31)))}`;
	for (const [line, why] of [
		[`cert-authority ${KEY}`, "unknown option or key type cert-authority"],
		[`no-pty,frobnicate ${KEY}`, "unknown option or key type frobnicate"],
		[`no-no-pty ${KEY}`, "unknown option or key type no-no-pty"],
		[`no-restrict ${KEY}`, "unknown option or key type no-restrict"],
		[`permitopen="a:1" ${KEY}`, "unknown option permitopen="],
		[`environment="A=b" ${KEY}`, "unknown option environment="],
		[`pty="yes" ${KEY}`, "unknown option pty="],
		[`command ${KEY}`, "unknown option or key type command"],
		[`command="" ${KEY}`, "an empty command="],
		[`command="a",command="b" ${KEY}`, "command= twice"],
		[`command=ls ${KEY}`, "the value of command is not in quotes"],
		[`command="ls ${KEY}`, "a quote that does not end"],
		[`command="ls\\" ${KEY}`, "a quote that does not end"],
		[`command="ls"x ${KEY}`, "text behind the value of command"],
		[`c"=" ${KEY}`, 'the value of c" does not end'],
		[`c"="x ${KEY}`, 'the value of c" does not end'],
		[`no-pty, ${KEY}`, "an empty option"],
		[`,no-pty ${KEY}`, "an empty option"],
		[`no-pty,,pty ${KEY}`, "an empty option"],
		[`no-pty , pty ${KEY}`, "unknown key type ,"],
		[`from="" ${KEY}`, "an empty address pattern"],
		[`from="192.0.2.0/33" ${KEY}`, "not an address or a CIDR block: 192.0.2.0/33"],
		[`from="*",from="*" ${KEY}`, "from= twice"],
		[`expiry-time="2026" ${KEY}`, "expiry-time= is not YYYYMMDD[HHMM[SS]][Z]"],
		[`expiry-time="20260101",expiry-time="20270101" ${KEY}`, "expiry-time= twice"],
		["no-pty", "no key"],
		["-----BEGIN OPENSSH PRIVATE KEY-----", NO_LINE],
		["PuTTY-User-Key-File-3: ssh-ed25519", NO_LINE],
		["---- BEGIN SSH2 PUBLIC KEY ----", NO_LINE],
		// Of a private key nothing is told on.
		[
			"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW",
			"an unknown option or key type",
		],
		[
			"QyNTUxOQAAACCMyueqS1V8xBxPK6Dm0jXU+vgmZiOX+xECe+H/ujyuOAAAAJAGZXofBX==",
			"an unknown option or key type",
		],
		["ssh-ed25519", "the key is not base64"],
		["ssh-dss AAAAB3NzaC1kc3M=", "unknown option or key type ssh-dss"],
		["no-pty ssh-dss AAAAB3NzaC1kc3M=", "unknown key type ssh-dss"],
		[`${KEY.slice(0, -1)} x`, "the key is not base64"],
		[`${KEY}= x`, "the key is not base64"],
		[`${KEY}\u0007`, "a control character"],
		[`${KEY} a\u001b[2Jb`, "a control character"],
		[`${KEY} a\u009b2Jb`, "a control character"],
		[nowhere, "not a key of type ssh-ed25519, or of a size that is not accepted"],
		[`ssh-rsa ${encodeBase64(rsa(255))}`, "not a key of type ssh-rsa, or of a size that is not accepted"],
		[`ssh-rsa ${encodeBase64(rsa(513))}`, "not a key of type ssh-rsa, or of a size that is not accepted"],
		[`ssh-rsa ${encodeBase64(ED25519)}`, "the key is of type ssh-ed25519, not ssh-rsa"],
	]) {
		const result = parseAuthorizedKey(line);
		assert.equal(typeof result, "string", line);
		assert.ok((result as string).startsWith(why), `${line}: ${String(result)}`);
	}
});

test("an overlong line is refused, not cut: a cut would lose what restricts it", () => {
	const line = (length: number): string => {
		const head = 'command="';
		const tail = `",no-pty ${KEY}`;
		return head + "x".repeat(length - head.length - tail.length) + tail;
	};
	assert.equal(parsed(line(MAX_AUTHORIZED_KEY_LINE)).pty, false);
	assert.equal(parseAuthorizedKey(line(MAX_AUTHORIZED_KEY_LINE + 1)), "longer than 2048 bytes");
	assert.equal(parseAuthorizedKey(`${KEY}${" ".repeat(MAX_AUTHORIZED_KEY_LINE)}`), "longer than 2048 bytes");
});

test("from= restricts the address", () => {
	const key = parsed(`from="192.0.2.0/24" ${KEY}`);
	assert.ok(admitsLogin(key, { remoteAddress: "192.0.2.7", date: 0 }));
	assert.equal(admitsLogin(key, { remoteAddress: "198.51.100.7", date: 0 }), false);
	assert.equal(admitsLogin(key, { remoteAddress: "", date: 0 }), false);
	assert.ok(admitsLogin(parsed(KEY), { remoteAddress: "", date: 0 }));
});

test("expiry-time= is UTC, with the Z or without", () => {
	// Seconds as `date -u +%s` gives them.
	for (const [text, seconds] of [
		["20240229", 1709164800],
		["20240229Z", 1709164800],
		["202402291230", 1709209800],
		["20240229123045", 1709209845],
		["20240229123045Z", 1709209845],
		["19700102", 86400],
		["20000301", 951868800],
		["21000301", 4107542400],
		["20380119031408", 2147483648],
		["99991231235959Z", 253402300799],
	] as const) {
		const key = parsed(`expiry-time="${text}" ${KEY}`);
		assert.equal(key.expiry, seconds, text);
		assert.ok(admitsLogin(key, { remoteAddress: "", date: seconds }));
		assert.equal(admitsLogin(key, { remoteAddress: "", date: seconds + 1 }), false);
		assert.equal(admitsLogin(key, { remoteAddress: "", date: 0 }), false, "an unknown date");
	}
});

test("times that are none are refused", () => {
	for (const text of [
		"",
		"Z",
		"2026010",
		"202601011",
		"2026010112",
		"20260101120",
		"202601011200000",
		"20260001",
		"20261301",
		"20260100",
		"20260132",
		"20260431",
		"20250229",
		"21000229",
		"202601012400",
		"202601010060",
		"20260101000060",
		"19691231",
		"2026010a",
		"+2026010",
		"20260101z",
		"20260101 Z",
		"20260101ZZ",
	]) {
		assert.equal(typeof parseAuthorizedKey(`expiry-time="${text}" ${KEY}`), "string", text);
	}
});
