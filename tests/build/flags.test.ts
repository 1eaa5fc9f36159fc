/** What a flag of src/moptions.ts switches off is not in the bundle, and the rest is. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createSimHal } from "../../hal/sim/index.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type * as Core from "../../src/index.js";
import { bundle, rollup, workFolder } from "./bundle.js";

const FUNCTIONS = [
	"SSH_init",
	"SSH_acceptConnection",
	"SSH_negotiateConnection",
	"SSH_sendPing",
	"SSH_closeConnection",
] as const;

/** Names of algorithms and of classes that only the code behind a flag has. */
const MARKS = {
	AES: [
		"aes128",
		"aes256",
		"class GcmProtection",
		"class CtrEtmProtection",
		"class NobleGcm",
		"class NobleCtr",
		"class Ghash",
		'"hmac-sha2-256"',
	],
	GCM: [
		"aes128-gcm@openssh.com",
		"aes256-gcm@openssh.com",
		"class GcmProtection",
		"class NobleGcm",
		"class Ghash",
	],
	CTR: ["aes128-ctr", "aes256-ctr", "class CtrProtection", "class CtrEtmProtection"],
	RSA: ["rsa-sha2-256", "rsa-sha2-512", "ssh-rsa", "function parseRsa", "class Power"],
	ECDSA: ["ecdsa-sha2-nistp256", "nistp256", "function parseEcdsa", "P256_SCALARS"],
	ENCRYPT_AND_MAC: ["class CtrProtection", '"hmac-sha2-256"', '"hmac-sha2-512"'],
	PASSWORD: [
		"class PasswordAttempt",
		"class KeyboardInteractiveAttempt",
		"class PasswordVerification",
		"class Pbkdf2",
		"class Guesses",
		"class QueuedJob",
	],
	PING: ["function sendPing"],
	TERMINAL: ["pty-req", "window-change", "function environmentRequest", "function breakRequest"],
	HOSTKEYS: ["hostkeys-00@openssh.com", "hostkeys-prove-00@openssh.com", "class HostKeyProof"],
	ADMISSION: ["class Admission", "connections-per-minute"],
	LIMITS_CHECK: ["function limitsFault", "const RANGES"],
	ERROR_NAMES: ["SSH_MALFORMED_SIGNATURE SSH_MALFORMED_SERVER_KEXDH", "const FAMILIES"],
} as const;

/** What is in every bundle. */
const ALWAYS = ["curve25519-sha256", "chacha20-poly1305@openssh.com", "ssh-ed25519", "publickey"];

describe("flags", { concurrency: 2 }, () => {
	test("as they stand: everything is built", async context => {
		const { code, load } = await bundle(context, "");
		const ssh = await load("ssh");
		for (const name of FUNCTIONS) assert.equal(typeof ssh[name], "function", name);
		for (const marks of Object.values(MARKS)) for (const mark of marks) assert.ok(code.includes(mark), mark);
		for (const mark of ALWAYS) assert.ok(code.includes(mark), mark);
	});

	for (const flags of ["__ENABLE_MOCANA_SSH_SERVER__=false", "__ENABLE_MOCANA_SSH_ASYNC_SERVER_API__=true"]) {
		test(`${flags}: none of the five functions`, async context => {
			const { load, code } = await bundle(context, flags);
			const ssh = await load("ssh");
			for (const name of FUNCTIONS) {
				assert.equal(ssh[name], undefined, name);
			}
			for (const mark of ["new SSHServer(", "class Mailbox", "function acceptConnection"]) {
				assert.ok(!code.includes(mark), mark);
			}
			assert.equal(typeof ssh.DISPLAY_ERROR, "function");
			assert.equal(typeof (await load("fieldssh")).SSHServer, "function");
		});
	}

	test("__ENABLE_MOCANA_SSH_PING__=false: no SSH_sendPing", async context => {
		const ssh = await (await bundle(context, "__ENABLE_MOCANA_SSH_PING__=false")).load("ssh");
		for (const name of FUNCTIONS) {
			assert.equal(typeof ssh[name], name === "SSH_sendPing" ? "undefined" : "function", name);
		}
	});

	for (const [name, marks] of Object.entries(MARKS)) {
		const flags = `__ENABLE_MOCANA_SSH_${name}__=false`;
		test(`${flags}: not a trace of it`, async context => {
			const { code } = await bundle(context, flags);
			for (const mark of marks) assert.ok(!code.includes(mark), mark);
			for (const mark of ALWAYS) assert.ok(code.includes(mark), mark);
		});
	}

	test("__ENABLE_MOCANA_SSH_ADMISSION__=false: the table alone refuses, and owner addresses are refused aloud", async context => {
		const { load } = await bundle(context, "__ENABLE_MOCANA_SSH_ADMISSION__=false");
		const { SSHServer, createHostKey, DEVICE_LIMITS } = (await load("fieldssh")) as unknown as typeof Core;
		const hal = createSimHal();
		const key = {
			algorithm: "ssh-ed25519",
			secretKey: new Uint8Array(32),
			publicKey: new Uint8Array(32),
		} as const;
		const options = {
			hal,
			crypto: nobleCrypto,
			hostKeys: [createHostKey(nobleCrypto, key)],
			maxConnections: 3,
			limits: { ...DEVICE_LIMITS, waitingConnections: 1 },
			onAuthenticate: () => false,
			onSession: () => {},
		};
		const server = new SSHServer(options);
		const ids = [1, 2, 3, 4].map(socket => server.accept(socket));
		assert.deepEqual(
			ids.map(id => id > 0),
			[true, true, true, false],
		);
		assert.throws(() => new SSHServer({ ...options, ownerAddresses: "192.0.2.7" }), /ownerAddresses/);
	});

	test("__ENABLE_MOCANA_SSH_OPENSSH_KEY__=false: the host key is kept raw, and damage to it is told", async context => {
		const { load } = await bundle(context, "__ENABLE_MOCANA_SSH_OPENSSH_KEY__=false");
		const { loadHostKey, hostKeyName } = (await load("fieldssh")) as unknown as typeof Core;
		const hal = createSimHal();
		const name = hostKeyName("ssh-ed25519");
		assert.equal(name, "ssh_host_ed25519_key.raw");
		const made = await loadHostKey(hal, nobleCrypto);
		const file = hal.storage.get(name) as Uint8Array;
		assert.equal(file.length, 64);
		assert.equal((await loadHostKey(hal, nobleCrypto)).fingerprint, made.fingerprint);
		const damage = [file.slice(0, 32), file.slice(0, 63), file.slice(), file.slice()];
		damage[2][3] ^= 1;
		damage[3][63] ^= 1;
		for (const damaged of damage) {
			hal.storage.put(name, damaged);
			await assert.rejects(loadHostKey(hal, nobleCrypto), /ssh_host_ed25519_key\.raw: damaged/);
			assert.deepEqual(hal.storage.get(name), damaged);
		}
	});

	test("several at once", async context => {
		const { code } = await bundle(
			context,
			"__ENABLE_MOCANA_SSH_GCM__=false, __ENABLE_MOCANA_SSH_RSA__=false",
		);
		for (const mark of [...MARKS.GCM, ...MARKS.RSA]) assert.ok(!code.includes(mark), mark);
		for (const mark of [...ALWAYS, ...MARKS.CTR]) assert.ok(code.includes(mark), mark);
	});

	for (const [flags, complaint] of [
		["__ENABLE_MOCANA_SSH_TELNET__=true", "src/moptions.ts has no flag __ENABLE_MOCANA_SSH_TELNET__"],
		["__ENABLE_MOCANA_SSH_RSA__=0", '"__ENABLE_MOCANA_SSH_RSA__=0" is not NAME=true or NAME=false'],
		["__ENABLE_MOCANA_SSH_RSA__", '"__ENABLE_MOCANA_SSH_RSA__" is not NAME=true or NAME=false'],
	] as const) {
		test(`${flags}: refused by name`, async context => {
			const { status, stderr } = await rollup(workFolder(context), flags);
			assert.notEqual(status, 0);
			assert.ok(stderr.includes(complaint), stderr);
		});
	}
});
