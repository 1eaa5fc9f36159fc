/** Key files, fingerprints and signatures with the real ssh-keygen at the other end. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { asciiBytes, Reader, Writer } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import {
	createHostKey,
	ECDSA_SHA2_NISTP256,
	fingerprint,
	generateKey,
	type HostKeyAlgorithm,
	KEY_SEED_LENGTH,
	type PrivateKey,
	SSH_ED25519,
} from "../../src/keys/host-key.js";
import { formatPrivateKey, readPrivateKey } from "../../src/keys/openssh-key.js";
import { verify } from "../../src/keys/public-key.js";
import { ERR_UNSUPPORTED_OPERATION } from "../../src/merrors.js";
import { run } from "../crypto/helpers.js";

const ALGORITHMS: readonly HostKeyAlgorithm[] = [SSH_ED25519, ECDSA_SHA2_NISTP256];

const found = spawnSync("ssh-keygen", ["-?"]).error === undefined;
/** Where it is not installed these tests are skipped, but in CI that is a failure. */
const skip = !found && process.env.CI !== "true" ? "ssh-keygen is not installed" : false;

const folder = mkdtempSync(join(tmpdir(), "fieldssh-keygen-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function keygen(args: readonly string[], input = ""): string {
	const { status, stdout, stderr, error } = spawnSync("ssh-keygen", args, { input, encoding: "utf8" });
	assert.equal(error, undefined);
	assert.equal(status, 0, stderr);
	return stdout;
}

/** Writes a key as our server would, and returns where. */
function store(name: string, key: PrivateKey): string {
	const path = join(folder, name);
	writeFileSync(path, formatPrivateKey(key, randomBytes(4).readUInt32BE(), "made here"), { mode: 0o600 });
	return path;
}

/** Lets ssh-keygen make a key, and returns where. */
function generate(name: string, ...args: string[]): string {
	const path = join(folder, name);
	keygen(["-q", "-f", path, ...args]);
	return path;
}

const publicBlob = (path: string) => Buffer.from(readFileSync(`${path}.pub`, "utf8").split(" ")[1], "base64");

const newKey = (algorithm: HostKeyAlgorithm) =>
	run(generateKey(nobleCrypto, algorithm, new Uint8Array(randomBytes(KEY_SEED_LENGTH))));

/** What `ssh-keygen -Y sign` signs (PROTOCOL.sshsig), of a message in the namespace "test". */
function signedData(message: string): Uint8Array {
	const digest = createHash("sha512").update(message).digest();
	const writer = new Writer(new Uint8Array(256)).raw(asciiBytes("SSHSIG"));
	writer.ascii("test").ascii("").ascii("sha512").string(digest);
	return writer.bytes.subarray(0, writer.position);
}

for (const algorithm of ALGORITHMS) {
	test(`ssh-keygen reads our ${algorithm} key, and shows our fingerprint`, { skip }, () => {
		for (let round = 0; round < 3; round++) {
			const key = newKey(algorithm);
			const path = store(`ours-${algorithm}-${round}`, key);
			const hostKey = createHostKey(nobleCrypto, key);
			const [type, blob, ...comment] = keygen(["-y", "-f", path]).trim().split(" ");
			assert.equal(type, algorithm);
			assert.equal(blob, Buffer.from(hostKey.publicBlob).toString("base64"));
			assert.equal(comment.join(" "), "made here");
			assert.equal(keygen(["-l", "-f", path]).split(" ")[1], hostKey.fingerprint);
		}
	});

	test(`we read the ${algorithm} key of ssh-keygen`, { skip }, () => {
		const type = algorithm === SSH_ED25519 ? ["-t", "ed25519"] : ["-t", "ecdsa", "-b", "256"];
		for (const comment of ["", "a", "a comment of some length, with an @ in it"]) {
			const path = generate(`theirs-${algorithm}-${comment.length}`, ...type, "-N", "", "-C", comment);
			const key = run(readPrivateKey(nobleCrypto, readFileSync(path)));
			assert.ok(typeof key === "object");
			assert.equal(key.algorithm, algorithm);
			assert.deepEqual(Buffer.from(createHostKey(nobleCrypto, key).publicBlob), publicBlob(path));
		}
	});

	test(`ssh-keygen verifies what our ${algorithm} key signs`, { skip }, () => {
		const hostKey = createHostKey(nobleCrypto, newKey(algorithm));
		// A few, for the ECDSA numbers that need a leading zero.
		for (let round = 0; round < 6; round++) {
			const message = `round ${round}`;
			const writer = new Writer(new Uint8Array(1024)).raw(asciiBytes("SSHSIG")).uint32(1);
			writer.string(hostKey.publicBlob).ascii("test").ascii("").ascii("sha512");
			writer.string(run(hostKey.sign(signedData(message))));
			const body = Buffer.from(writer.bytes.subarray(0, writer.position)).toString("base64");
			const path = join(folder, `${algorithm}-${round}.sig`);
			writeFileSync(path, `-----BEGIN SSH SIGNATURE-----\n${body}\n-----END SSH SIGNATURE-----\n`);
			const shown = keygen(["-Y", "check-novalidate", "-n", "test", "-s", path], message);
			assert.ok(shown.includes(hostKey.fingerprint), shown);
		}
	});
}

for (const [name, args] of [
	["ed25519", ["-t", "ed25519"]],
	["ecdsa", ["-t", "ecdsa", "-b", "256"]],
	["rsa-2048", ["-t", "rsa", "-b", "2048"]],
	["rsa-3072", ["-t", "rsa", "-b", "3072"]],
] as const) {
	test(`we verify what an ${name} key of OpenSSH signs`, { skip }, () => {
		const path = generate(`client-${name}`, ...args, "-N", "", "-C", "");
		const blob = publicBlob(path);
		assert.equal(keygen(["-l", "-f", path]).split(" ")[1], fingerprint(nobleCrypto, blob));
		for (let round = 0; round < 4; round++) {
			const message = join(folder, `message-${name}-${round}`);
			writeFileSync(message, message);
			keygen(["-q", "-Y", "sign", "-n", "test", "-f", path, message]);
			const armor = readFileSync(`${message}.sig`, "utf8").split("\n").slice(1, -2).join("");
			const reader = new Reader(Buffer.from(armor, "base64"));
			reader.skip(6 + 4);
			for (let field = 0; field < 4; field++) reader.string();
			const signature = reader.string();
			assert.ok(reader.complete);
			const algorithm = new Reader(signature).ascii(64);
			const holds = (text: string) => run(verify(nobleCrypto, blob, algorithm, signedData(text), signature));
			assert.equal(holds(message), true);
			assert.equal(holds(`${message}.`), false);
		}
	});
}

test("a key with a passphrase, or of a type that is no host key here, has a status of its own", {
	skip,
}, () => {
	for (const [name, ...args] of [
		["encrypted", "-t", "ed25519", "-N", "passphrase"],
		["rsa", "-t", "rsa", "-b", "2048", "-N", ""],
		["nistp384", "-t", "ecdsa", "-b", "384", "-N", ""],
	]) {
		const file = readFileSync(generate(name, ...args));
		assert.equal(run(readPrivateKey(nobleCrypto, file)), ERR_UNSUPPORTED_OPERATION, name);
	}
});
