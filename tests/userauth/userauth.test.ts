import { decodeUtf8 } from "../../src/base/utf8.js";
import { asciiBytes, equalBytes, Reader } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { Done } from "../../src/crypto/port.js";
import { fingerprint } from "../../src/keys/host-key.js";
import {
	ERR_AUTH_MESG_FRAGMENTED,
	ERR_AUTH_UNEXPECTED_MESG,
	ERR_PAYLOAD_TOO_LARGE,
	ERR_SSH_DISCONNECT_ILLEGAL_USER_NAME,
	ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
	ERR_SSH_DISCONNECT_SERVICE_NOT_AVAILABLE,
	OK,
} from "../../src/merrors.js";
import { SSH_MSG_USERAUTH_FAILURE, SSH_MSG_USERAUTH_INFO_RESPONSE } from "../../src/messages.js";
import {
	type Answer,
	type Authenticator,
	FULL_PERMIT,
	type MethodName,
	type Permit,
	type Prompts,
} from "../../src/userauth/authenticator.js";
import { assert, test } from "../harness.js";
import {
	Client,
	ClientKey,
	concat,
	FALSE,
	interactiveRequest,
	passwordRequest,
	request,
	responses,
	strings,
	TRUE,
} from "./fakes.js";

const KEY = new ClientKey(1);
const OTHER_KEY = new ClientKey(2);
const ALL = "publickey,password,keyboard-interactive";

/** Knows admin: password "sesame", the keys given, and keyboard-interactive in two rounds. */
class Guard implements Authenticator {
	chains: (readonly MethodName[])[] = [["publickey"], ["password"], ["keyboard-interactive"]];
	readonly permits = new Map<ClientKey, Permit>();
	/** What was asked, in order. */
	readonly asked: string[] = [];
	passwordAnswer: ((password: Uint8Array) => Answer<boolean>) | undefined = undefined;

	constructor(...keys: ClientKey[]) {
		for (const key of keys) {
			this.permits.set(key, { pty: true, command: undefined, fingerprint: `key${keys.indexOf(key)}` });
		}
	}

	authorizedKey(user: string, blob: Uint8Array): Answer<Permit | undefined> {
		this.asked.push(`key ${user}`);
		for (const [key, permit] of this.permits) {
			if (user === "admin" && equalBytes(key.blob, blob)) return new Done<Permit | undefined>(permit);
		}
		return new Done<Permit | undefined>(undefined);
	}

	password(user: string, password: Uint8Array): Answer<boolean> {
		this.asked.push(`password ${user}`);
		if (this.passwordAnswer) return this.passwordAnswer(password);
		return new Done(user === "admin" && decodeUtf8(password) === "sesame");
	}

	interactive(user: string, round: number, answers: readonly Uint8Array[]): Answer<Prompts | boolean> {
		const texts = answers.map(answer => decodeUtf8(answer)).join(",");
		this.asked.push(`round ${round} ${user} ${texts}`.trim());
		if (round === 0) {
			const prompts = [
				{ text: "Code: ", echo: true },
				{ text: "Pin: ", echo: false },
			];
			return new Done<Prompts | boolean>({ name: "Two", instruction: "rounds", prompts });
		}
		if (round === 1) return new Done<Prompts | boolean>({ name: "", instruction: "", prompts: [] });
		return new Done<Prompts | boolean>(this.asked.includes("round 1 admin 42,7"));
	}
}

test("none lists the methods, once for nothing", () => {
	const client = new Client(new Guard(), { attempts: 2 });
	assert.equal(client.send(request("admin", "none")), OK);
	assert.deepEqual(client.answers(), [`failure ${ALL}`]);
	assert.equal(client.send(request("admin", "none")), OK);
	assert.deepEqual(client.answers(), [`failure ${ALL}`]);
	assert.equal(client.send(request("admin", "none")), ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE);
	assert.deepEqual(client.answers(), []);
	assert.equal(client.auth.done, false);
});

test("a password logs in, and the identity is known only then", () => {
	const client = new Client(new Guard());
	assert.equal(client.send(passwordRequest("admin", "wrong")), OK);
	assert.deepEqual(client.answers(), [`failure ${ALL}`]);
	assert.equal(client.auth.user, "");
	assert.equal(client.send(passwordRequest("admin", "sesame")), OK);
	assert.deepEqual(client.answers(), ["success"]);
	assert.ok(client.auth.done);
	assert.equal(client.auth.user, "admin");
	assert.deepEqual(client.auth.permit, FULL_PERMIT);
	assert.deepEqual(client.events, ["failed admin password", "accepted admin password"]);
});

test("requests after success are silently ignored, and wiped", () => {
	const client = new Client(new Guard());
	client.send(passwordRequest("admin", "sesame"));
	client.answers();
	assert.equal(client.send(passwordRequest("root", "sesame")), OK);
	assert.deepEqual(client.answers(), []);
	assert.equal(client.auth.user, "admin");
	assert.ok(client.received.subarray(3, -3).every(byte => byte === 0));
});

test("a password is overwritten where it was received, and its copy when it was answered", () => {
	const guard = new Guard();
	let copy: Uint8Array = new Uint8Array(0);
	guard.passwordAnswer = password => {
		copy = password;
		assert.equal(decodeUtf8(copy), "wrong");
		return new Done(false);
	};
	const client = new Client(guard);
	client.send(passwordRequest("admin", "wrong"));
	assert.deepEqual([...copy], [0, 0, 0, 0, 0]);
	assert.deepEqual([...client.received.subarray(0, 3)], [1, 2, 3]);
	assert.ok(client.received.subarray(3, -3).every(byte => byte === 0));
	assert.deepEqual([...client.received.subarray(-3)], [4, 5, 6]);
});

test("a request to change the password is refused without asking", () => {
	const guard = new Guard();
	const client = new Client(guard);
	assert.equal(client.send(request("admin", "password", TRUE, strings("sesame", "new"))), OK);
	assert.deepEqual(client.answers(), [`failure ${ALL}`]);
	assert.deepEqual(guard.asked, []);
});

test("a key is queried, then proved", () => {
	const client = new Client(new Guard(KEY));
	assert.equal(client.send(KEY.query("admin")), OK);
	assert.deepEqual(client.answers(), ["pk_ok ssh-ed25519"]);
	assert.equal(client.auth.done, false);
	assert.equal(client.send(KEY.signed("admin")), OK);
	assert.deepEqual(client.answers(), ["success"]);
	assert.equal(client.auth.permit.fingerprint, "key0");
});

test("the log names the key that let somebody in, whether the Authenticator does or not", () => {
	const guard = new Guard(KEY);
	const named = new Client(guard);
	named.send(KEY.signed("admin"));
	assert.deepEqual(named.events, ["accepted admin publickey key0"]);
	const silent = new Client({
		chains: [["publickey", "password"]],
		authorizedKey: () => new Done(FULL_PERMIT),
		password: () => new Done(true),
		interactive: () => new Done(false),
	});
	silent.send(KEY.signed("admin"));
	silent.send(passwordRequest("admin", "secret"));
	const shown = fingerprint(nobleCrypto, KEY.blob);
	assert.ok(shown.startsWith("SHA256:"));
	assert.deepEqual(silent.events, [`partial admin publickey ${shown}`, `accepted admin password ${shown}`]);
});

test("PK_OK echoes the algorithm and the key of the request", () => {
	const client = new Client(new Guard(KEY));
	client.send(KEY.query("admin"));
	assert.deepEqual([...client.sender.messages[0]], [60, ...strings("ssh-ed25519", KEY.blob)]);
});

test("CVE-2024-45337: a query is no login, and the permit is of the key that was verified", () => {
	const guard = new Guard(KEY, OTHER_KEY);
	const client = new Client(guard);
	client.send(KEY.query("admin"));
	client.send(OTHER_KEY.signed("admin"));
	assert.deepEqual(client.answers(), ["pk_ok ssh-ed25519", "success"]);
	assert.equal(client.auth.permit.fingerprint, "key1");

	const late = new Client(guard);
	late.send(OTHER_KEY.signed("admin", undefined, KEY));
	late.send(KEY.query("admin"));
	assert.deepEqual(late.answers(), [`failure ${ALL}`, "pk_ok ssh-ed25519"]);
	assert.equal(late.auth.done, false);
});

test("a signature must be of this key, this session, this user", () => {
	const foreign = [
		KEY.signed("admin", undefined, OTHER_KEY),
		KEY.signed("admin", new Uint8Array(32)),
		concat(request("admin", "publickey"), KEY.signed("root").subarray(request("root", "publickey").length)),
	];
	for (const body of foreign) {
		const client = new Client(new Guard(KEY));
		assert.equal(client.send(body), OK);
		assert.deepEqual(client.answers(), [`failure ${ALL}`]);
	}
});

test("the request is verified as it was received", () => {
	// RFC 4251 section 5: any value but 0 is TRUE; the signature was made over 1.
	const body = KEY.signed("admin");
	body[request("admin", "publickey").length] = 2;
	const client = new Client(new Guard(KEY));
	client.send(body);
	assert.deepEqual(client.answers(), [`failure ${ALL}`]);
});

test("CVE-2020-9283: short keys and signatures fail, and nothing throws", () => {
	for (const length of [0, 1, 31, 33]) {
		const blob = strings("ssh-ed25519", new Uint8Array(length));
		const client = new Client(new Guard(KEY));
		const head = request("admin", "publickey", TRUE, strings("ssh-ed25519", blob));
		assert.equal(client.send(concat(head, strings(strings("ssh-ed25519", new Uint8Array(64))))), OK);
		assert.deepEqual(client.answers(), [`failure ${ALL}`]);
	}
	for (const signature of [
		new Uint8Array(0),
		strings("ssh-ed25519"),
		strings("ssh-ed25519", new Uint8Array(63)),
		strings("ssh-ed25519", new Uint8Array(65)),
		strings("rsa-sha2-256", new Uint8Array(64)),
		concat(strings("ssh-ed25519", new Uint8Array(64)), FALSE),
	]) {
		const client = new Client(new Guard(KEY));
		const head = request("admin", "publickey", TRUE, strings("ssh-ed25519", KEY.blob));
		assert.equal(client.send(concat(head, strings(signature))), OK);
		assert.deepEqual(client.answers(), [`failure ${ALL}`]);
	}
});

test("an algorithm that is unknown, or not the key's, is refused without asking", () => {
	const rsa = strings("ssh-rsa", Uint8Array.of(1, 0, 1), concat(FALSE, new Uint8Array(256).fill(0xff)));
	for (const [algorithm, blob, accepted] of [
		["ssh-dss", KEY.blob, false],
		["rsa-sha2-256", KEY.blob, false],
		["ssh-rsa", rsa, false],
		["ssh-ed25519", rsa, false],
		["rsa-sha2-256", rsa, true],
		["rsa-sha2-512", rsa, true],
	] as const) {
		const guard = new Guard();
		const client = new Client(guard);
		assert.equal(client.send(request("admin", "publickey", FALSE, strings(algorithm, blob))), OK);
		assert.deepEqual(client.answers(), [`failure ${ALL}`]);
		assert.deepEqual(guard.asked, accepted ? ["key admin"] : [], algorithm);
	}
});

test("queries have their limit too", () => {
	const client = new Client(new Guard(KEY), { attempts: 2 });
	assert.equal(client.send(KEY.query("admin")), OK);
	assert.equal(client.send(KEY.query("admin")), OK);
	assert.equal(client.send(KEY.query("admin")), ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE);
});

test("keyboard-interactive goes through its rounds", () => {
	const guard = new Guard();
	const client = new Client(guard);
	client.send(interactiveRequest("admin"));
	assert.deepEqual(client.answers(), ["prompts Two/rounds Code: (echo) Pin: "]);
	assert.ok(client.auth.expectsInfo);
	assert.equal(client.respond("42", "7"), OK);
	assert.deepEqual(client.answers(), ["prompts /"]);
	assert.ok(client.auth.expectsInfo);
	assert.equal(client.respond(), OK);
	assert.deepEqual(client.answers(), ["success"]);
	assert.equal(client.auth.expectsInfo, false);
	assert.deepEqual(guard.asked, ["round 0 admin", "round 1 admin 42,7", "round 2 admin"]);
});

test("another number of responses than of prompts fails (RFC 4256 section 3.4)", () => {
	for (const body of [
		responses("42"),
		responses(),
		responses("42", "7", "8"),
		Uint8Array.of(255, 255, 255, 255),
	]) {
		const guard = new Guard();
		const client = new Client(guard);
		client.send(interactiveRequest("admin"));
		client.answers();
		assert.equal(client.send(body, SSH_MSG_USERAUTH_INFO_RESPONSE), OK);
		assert.deepEqual(client.answers(), [`failure ${ALL}`]);
		assert.equal(client.auth.expectsInfo, false);
		assert.deepEqual(guard.asked, ["round 0 admin"]);
	}
});

test("responses that do not parse end the connection", () => {
	for (const body of [
		new Uint8Array(3),
		responses("42", "7").subarray(0, -1),
		concat(responses("42", "7"), FALSE),
	]) {
		const client = new Client(new Guard());
		client.send(interactiveRequest("admin"));
		assert.equal(client.send(body, SSH_MSG_USERAUTH_INFO_RESPONSE), ERR_AUTH_MESG_FRAGMENTED);
	}
});

test("responses that nobody asked for end the connection", () => {
	const client = new Client(new Guard());
	assert.equal(client.respond("42", "7"), ERR_AUTH_UNEXPECTED_MESG);
});

test("a new request abandons the conversation: no answer to it, but it counts", () => {
	const client = new Client(new Guard(), { attempts: 2 });
	client.send(interactiveRequest("admin"));
	client.answers();
	client.send(interactiveRequest("admin"));
	assert.deepEqual(client.answers(), ["prompts Two/rounds Code: (echo) Pin: "]);
	assert.equal(client.send(interactiveRequest("admin")), ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE);

	const other = new Client(new Guard());
	other.send(interactiveRequest("admin"));
	other.answers();
	other.send(passwordRequest("admin", "sesame"));
	assert.deepEqual(other.answers(), ["success"]);
	assert.equal(other.respond("42", "7"), OK);
	assert.deepEqual(other.answers(), []);
});

test("two factors: partial success, in the order of the chain", () => {
	const guard = new Guard(KEY);
	guard.chains = [["publickey", "password"]];
	const client = new Client(guard);
	client.send(request("admin", "none"));
	client.send(passwordRequest("admin", "sesame"));
	assert.deepEqual(client.answers(), ["failure publickey", "failure publickey"]);
	assert.deepEqual(guard.asked, []);
	client.send(KEY.signed("admin"));
	assert.deepEqual(client.answers(), ["partial password"]);
	assert.equal(client.auth.done, false);
	client.send(KEY.signed("admin"));
	assert.deepEqual(client.answers(), ["failure password"]);
	client.send(passwordRequest("admin", "wrong"));
	assert.deepEqual(client.answers(), ["failure password"]);
	client.send(passwordRequest("admin", "sesame"));
	assert.deepEqual(client.answers(), ["success"]);
	assert.equal(client.auth.permit.fingerprint, "key0");
});

test("chains side by side each go their own way", () => {
	const guard = new Guard(KEY);
	guard.chains = [
		["publickey", "password"],
		["publickey", "keyboard-interactive"],
		["password", "keyboard-interactive"],
	];
	const client = new Client(guard);
	client.send(passwordRequest("admin", "sesame"));
	assert.deepEqual(client.answers(), ["partial publickey,keyboard-interactive"]);
	client.send(KEY.signed("admin"));
	assert.deepEqual(client.answers(), ["partial password,keyboard-interactive"]);
	client.send(passwordRequest("admin", "sesame"));
	assert.deepEqual(client.answers(), ["success"]);
});

test("another user starts from nothing (RFC 4252 section 5)", () => {
	const guard = new Guard(KEY);
	guard.chains = [["publickey", "password"]];
	guard.passwordAnswer = () => new Done(true);
	const client = new Client(guard);
	client.send(KEY.signed("admin"));
	client.send(passwordRequest("root", "sesame"));
	assert.deepEqual(client.answers(), ["partial password", "failure publickey"]);
	client.send(passwordRequest("admin", "sesame"));
	assert.deepEqual(client.answers(), ["failure publickey"]);
	assert.equal(client.auth.done, false);
});

test("one key does not count twice, two do, and the restrictions of both hold", () => {
	const guard = new Guard(KEY, OTHER_KEY);
	guard.chains = [["publickey", "publickey"]];
	guard.permits.set(KEY, { pty: false, command: undefined, fingerprint: "first" });
	guard.permits.set(OTHER_KEY, { pty: true, command: "status", fingerprint: "second" });
	const client = new Client(guard);
	client.send(KEY.signed("admin"));
	client.send(KEY.query("admin"));
	client.send(KEY.signed("admin"));
	assert.deepEqual(client.answers(), ["partial publickey", "failure publickey", "failure publickey"]);
	client.send(OTHER_KEY.signed("admin"));
	assert.deepEqual(client.answers(), ["success"]);
	assert.deepEqual(client.auth.permit, {
		pty: false,
		command: "status",
		fingerprint: "second",
		role: "operator",
		limited: true,
	});

	guard.permits.set(KEY, { pty: true, command: "reboot", fingerprint: "first" });
	const contradicting = new Client(guard);
	contradicting.send(KEY.signed("admin"));
	contradicting.send(OTHER_KEY.signed("admin"));
	assert.deepEqual(contradicting.answers(), ["partial publickey", "failure publickey"]);
});

test("chains that nobody can pass, or need not, are a mistake of the caller's", () => {
	for (const chains of [[], [[]], [["publickey"], []], [["hostbased"]]]) {
		const guard = new Guard();
		guard.chains = chains as MethodName[][];
		assert.throws(() => new Client(guard), RangeError);
	}
});

test("attempts are limited across methods and users", () => {
	const client = new Client(new Guard(), { attempts: 4 });
	assert.equal(client.send(request("a", "none")), OK);
	assert.equal(client.send(passwordRequest("a", "x")), OK);
	assert.equal(client.send(KEY.query("b")), OK);
	assert.equal(client.send(request("c", "hostbased", strings("x"))), OK);
	assert.equal(client.answers().length, 4);
	assert.equal(client.send(passwordRequest("admin", "y")), ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE);
	assert.deepEqual(client.answers(), []);
	assert.ok(client.events.includes("limit admin password too many attempts"));
});

test("CVE-2018-15599: a user that there is and one that there is not get the same answers", () => {
	const bodies = (user: string): Uint8Array[] => [
		request(user, "none"),
		passwordRequest(user, "wrong"),
		OTHER_KEY.query(user),
		OTHER_KEY.signed(user),
		request(user, "hostbased"),
		request(user, "password", TRUE, strings("a", "b")),
		request(user, "publickey", FALSE, strings("ssh-ed25519", "")),
		interactiveRequest(user),
		// Malformed, which others answer before they look the user up: the CVE itself.
		request(user, "publickey", TRUE, strings("ssh-ed25519")),
	];
	const seen = (user: string): unknown[] => {
		const guard = new Guard(KEY);
		const client = new Client(guard, { attempts: 20 });
		const statuses = bodies(user).map(body => client.send(body));
		return [statuses, client.answers(), guard.asked.map(asked => asked.replace(user, "X"))];
	};
	assert.deepEqual(seen("admin"), seen("other"));
});

test("malformed requests end the connection", () => {
	for (const body of [
		new Uint8Array(0),
		strings("admin", "ssh-connection"),
		strings("admin", "ssh-connection", "x".repeat(65)),
		strings("admin", "ssh-connection", "pass\nword"),
		request("admin", "password", FALSE),
		concat(passwordRequest("admin", "sesame"), FALSE),
		passwordRequest("admin", "sesame").subarray(0, -1),
		concat(interactiveRequest("admin"), FALSE),
		concat(KEY.query("admin"), FALSE),
		concat(KEY.signed("admin"), FALSE),
		request("admin", "publickey", TRUE, strings("ssh-ed25519", KEY.blob)),
		concat(strings("admin", "ssh-connection", "password"), FALSE, Uint8Array.of(255, 255, 255, 255)),
	]) {
		const guard = new Guard(KEY);
		const client = new Client(guard);
		assert.equal(client.send(body), ERR_AUTH_MESG_FRAGMENTED);
		assert.equal(client.auth.done, false);
		assert.deepEqual(guard.asked, []);
		client.auth.close();
	}
});

test("a request that is cut anywhere ends the connection", () => {
	for (const body of [
		request("admin", "none"),
		passwordRequest("admin", "sesame"),
		interactiveRequest("admin"),
		KEY.query("admin"),
		KEY.signed("admin"),
	]) {
		for (let length = 0; length < body.length; length++) {
			const client = new Client(new Guard(KEY));
			assert.equal(client.send(body.subarray(0, length)), ERR_AUTH_MESG_FRAGMENTED, String(length));
			assert.deepEqual(client.answers(), []);
		}
	}
});

test("user names that are no names end the connection", () => {
	const long = new Uint8Array(65).fill(97);
	for (const name of [long, Uint8Array.of(0xff), Uint8Array.of(0xc0, 0x80)]) {
		assert.equal(new Client(new Guard()).send(request(name, "none")), ERR_SSH_DISCONNECT_ILLEGAL_USER_NAME);
	}
	assert.equal(new Client(new Guard()).send(request(long.subarray(1), "none")), OK);
});

test("there is one service", () => {
	const client = new Client(new Guard());
	const body = concat(strings("admin", "ssh-userauth", "password"), FALSE, strings("sesame"));
	assert.equal(client.send(body), ERR_SSH_DISCONNECT_SERVICE_NOT_AVAILABLE);
});

test("the banner comes once, before the first answer", () => {
	const client = new Client(new Guard(), { banner: "Hello" });
	client.send(request("admin", "none"));
	client.send(passwordRequest("admin", "sesame"));
	assert.deepEqual(client.answers(), ["banner Hello", `failure ${ALL}`, "success"]);
});

test("the first answer waits for room for the banner, which is cut between characters", () => {
	const client = new Client(new Guard(), { banner: "Hällo" });
	client.sender.free = 9 + 3;
	client.send(passwordRequest("admin", "wrong"));
	assert.deepEqual(client.answers(), []);
	client.sender.free = 9 + 4;
	client.work();
	const messages = client.sender.messages.splice(0);
	const pieces = messages.slice(0, 2).map(message => decodeUtf8(new Reader(message, 1).string()));
	assert.deepEqual(pieces, ["Häl", "lo"]);
	assert.equal(messages[2][0], SSH_MSG_USERAUTH_FAILURE);
	assert.equal(messages.length, 3);
	client.send(passwordRequest("admin", "sesame"));
	assert.deepEqual(client.answers(), ["success"]);
});

test("a connection that is closed before its banner had room sends no answer", () => {
	const client = new Client(new Guard(), { banner: "Hello" });
	client.sender.free = 0;
	client.send(request("admin", "none"));
	client.auth.close();
	client.sender.free = 100;
	client.work();
	assert.deepEqual(client.answers(), []);
});

test("a Promise is waited for, and what it answers is the verdict", async () => {
	let answer: (verdict: boolean) => void = () => undefined;
	const guard = new Guard();
	guard.passwordAnswer = () => new Promise(resolve => (answer = resolve));
	const client = new Client(guard);
	assert.equal(client.send(passwordRequest("admin", "x")), 0);
	assert.ok(client.auth.busy);
	assert.deepEqual(client.answers(), []);
	answer(true);
	await Promise.resolve();
	assert.equal(client.woken, 1);
	client.work();
	assert.deepEqual(client.answers(), ["success"]);
});

test("an Authenticator that fails lets nobody in", async () => {
	for (const answer of [
		(): Answer<boolean> => Promise.reject(new Error("no disk")),
		(): Answer<boolean> => {
			throw new Error("no disk");
		},
		(): Answer<boolean> => ({
			result: true,
			step: (): boolean => {
				throw new Error("no disk");
			},
		}),
		// What is not true is not let in, whatever it is.
		(): Answer<boolean> => Promise.resolve("yes" as unknown as boolean),
	]) {
		const guard = new Guard();
		guard.passwordAnswer = answer;
		const client = new Client(guard);
		client.send(passwordRequest("admin", "sesame"));
		await Promise.resolve();
		client.work();
		assert.deepEqual(client.answers(), [`failure ${ALL}`]);
		assert.equal(client.auth.done, false);
	}
});

test("a call of work() runs one slice", () => {
	const guard = new Guard();
	let steps = 0;
	guard.passwordAnswer = () => ({ result: true, step: () => ++steps === 3 });
	const client = new Client(guard);
	assert.equal(client.auth.work(), 0);
	assert.equal(client.receive(passwordRequest("admin", "sesame")), OK);
	for (const expected of [1, 2, 3]) {
		assert.ok(client.auth.busy);
		assert.equal(client.auth.work(), 1);
		assert.equal(steps, expected);
	}
	assert.equal(client.auth.busy, false);
	assert.equal(client.auth.work(), 0);
	assert.deepEqual(client.answers(), ["success"]);
});

test("close() wipes what is under way and lets a late answer pass by", async () => {
	let copy: Uint8Array = new Uint8Array(0);
	let answer: (verdict: boolean) => void = () => undefined;
	const guard = new Guard();
	guard.passwordAnswer = password => {
		copy = password;
		return new Promise(resolve => (answer = resolve));
	};
	const client = new Client(guard);
	client.send(passwordRequest("admin", "sesame"));
	assert.deepEqual(copy, asciiBytes("sesame"));
	client.auth.close();
	assert.deepEqual(copy, new Uint8Array(6));
	answer(true);
	await Promise.resolve();
	assert.equal(client.woken, 0);
	assert.equal(client.work(), 0);
	assert.equal(client.auth.done, false);

	let wiped = 0;
	guard.passwordAnswer = () => ({ result: true, step: () => false, wipe: () => wiped++ });
	const sliced = new Client(guard);
	sliced.receive(passwordRequest("admin", "sesame"));
	sliced.auth.work();
	sliced.auth.close();
	assert.equal(wiped, 1);
});

test("a message that cannot be sent ends the connection", () => {
	for (const body of [
		request("admin", "none"),
		KEY.query("admin"),
		KEY.signed("admin"),
		interactiveRequest("admin"),
	]) {
		const client = new Client(new Guard(KEY));
		client.sender.status = ERR_PAYLOAD_TOO_LARGE;
		assert.equal(client.send(body), ERR_PAYLOAD_TOO_LARGE);
	}
});

test("what a peer names itself is reported as it is: the log makes it printable", () => {
	const client = new Client(new Guard());
	client.send(passwordRequest("a\u001b[2J\nb", "x"));
	assert.deepEqual(client.events, ["failed a\x1b[2J\nb password"]);
});
