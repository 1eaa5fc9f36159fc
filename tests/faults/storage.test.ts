/**
 * Storage that fails, and storage that tears what it was to keep whole: what is left of a host key is never taken for
 * one, nor replaced; what is left of passwords and keys lets nobody in who was not.
 */
import { createSimHal, SimStorage } from "../../hal/sim/index.js";
import { Credentials } from "../../src/accounts/credentials.js";
import { encodeBase64 } from "../../src/base/base64.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { SSH_ED25519 } from "../../src/keys/host-key.js";
import { hostKeyName, loadHostKey } from "../../src/keys/host-key-store.js";
import { OK } from "../../src/merrors.js";
import type { Permit } from "../../src/userauth/authenticator.js";
import { run } from "../crypto/helpers.js";
import { assert, EACH, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { bytesOf } from "../peer/wire.js";
import { ClientKey } from "../userauth/fakes.js";

const NAME = hostKeyName(SSH_ED25519);

async function load(storage: SimStorage): Promise<string> {
	const hal = createSimHal({ storage });
	const made = loadHostKey(hal, testCrypto).then(
		key => key.fingerprint,
		(error: unknown) => `${error}`,
	);
	await hal.network.pass(1000);
	return made;
}

test("a host key whose first write fails or tears at any byte is not served, nor is what is left replaced", async () => {
	const whole = new SimStorage();
	const fingerprint = await load(whole);
	assert.ok(fingerprint.startsWith("SHA256:"));
	const file = whole.get(NAME) as Uint8Array;
	for (let length = 0; length <= file.length; length += EACH) {
		const storage = new SimStorage();
		storage.tearNext = length;
		assert.equal(await load(storage), `Error: ${NAME}: cannot be written`);
		const left = storage.get(NAME);
		assert.deepEqual(left, file.slice(0, length));
		const next = await load(storage);
		// The last line needs no end; all before it does.
		if (length < file.length - 1)
			assert.equal(next, `Error: ${NAME}: damaged, no OpenSSH private key`, `${length}`);
		else assert.equal(next, fingerprint, `${length}`);
		assert.deepEqual(storage.get(NAME), left, "left as it is");
	}
});

test("a host key that cannot be written or read is an error, and the next start that can has one", async () => {
	const storage = new SimStorage();
	storage.readOnly = true;
	assert.equal(await load(storage), `Error: ${NAME}: cannot be written`);
	assert.deepEqual(storage.names(), []);
	storage.readOnly = false;
	const fingerprint = await load(storage);
	storage.unreadable.add(NAME);
	assert.equal(await load(storage), `Error: ${NAME}: cannot be read`);
	storage.unreadable.clear();
	assert.equal(await load(storage), fingerprint);
});

function credentials(storage: SimStorage): Credentials {
	return new Credentials({
		storage,
		crypto: nobleCrypto,
		random: bytes => {
			bytes.fill(7);
			return OK;
		},
		users: ["admin", "guest"],
		iterations: 2,
		sliceIterations: 2,
		defer: callback => {
			void Promise.resolve().then(callback);
		},
	});
}

const USERS = ["admin", "guest", "nobody"];
const PASSWORDS = ["sesame", "changed", "visitor", ""];

/** Who may log in with which password. */
function admitted(accounts: Credentials): string[] {
	const found: string[] = [];
	for (const user of USERS)
		for (const password of PASSWORDS)
			if (run(accounts.password(user, bytesOf(password)))) found.push(`${user}:${password}`);
	return found;
}

test("a password file that tears at any byte lets nobody in by a password that is not theirs", async () => {
	const before = new SimStorage();
	assert.equal(await credentials(before).setPassword("admin", "sesame"), undefined);
	assert.equal(await credentials(before).setPassword("guest", "visitor"), undefined);
	const old = before.get("passwd") as Uint8Array;
	const good = ["admin:sesame", "admin:changed", "guest:visitor"];
	const seen = new Set<string>();
	for (let length = 0; length <= old.length; length += EACH) {
		const storage = new SimStorage();
		storage.put("passwd", old);
		storage.tearNext = length;
		const accounts = credentials(storage);
		assert.ok((await accounts.setPassword("admin", "changed"))?.includes("cannot be written"));
		const in_ = admitted(accounts);
		for (const each of in_) assert.ok(good.includes(each), `${length}: ${each}`);
		assert.ok(!in_.includes("admin:sesame"), `${length}: the new file has the new password, or none`);
		// What is damaged is named, and is not written over.
		if (accounts.load() === undefined) seen.add(in_.join());
		else {
			assert.deepEqual(in_, [], `${length}`);
			const left = storage.get("passwd");
			assert.ok(await accounts.setPassword("guest", "changed"));
			assert.deepEqual(storage.get("passwd"), left);
		}
	}
	if (EACH === 1) assert.deepEqual([...seen], ["", "admin:changed", "admin:changed,guest:visitor"]);
});

test("a password file that cannot be written keeps the passwords that it has", async () => {
	const storage = new SimStorage();
	const accounts = credentials(storage);
	await accounts.setPassword("admin", "sesame");
	storage.readOnly = true;
	assert.ok((await accounts.setPassword("admin", "changed"))?.includes("cannot be written"));
	assert.deepEqual(admitted(accounts), ["admin:sesame"]);
});

const KEYS = [1, 2, 3].map(seed => new ClientKey(seed));
const LINES = [
	`command="uptime",no-pty ssh-ed25519 ${encodeBase64(KEYS[0].blob)} restricted`,
	`ssh-ed25519 ${encodeBase64(KEYS[1].blob)} free`,
	`from="192.0.2.*" ssh-ed25519 ${encodeBase64(KEYS[2].blob)} at home`,
];

function permits(accounts: Credentials, remoteAddress: string): (Permit | undefined)[] {
	return KEYS.map(({ blob }) => run(accounts.authorizedKey("admin", blob, { remoteAddress, date: 0 })));
}

test("authorized_keys that tear at any byte grant what they granted or nothing, never more", () => {
	const whole = new SimStorage();
	for (const line of LINES.slice(0, 2)) assert.equal(credentials(whole).addKey("admin", line), undefined);
	const old = whole.get("authorized_keys.admin") as Uint8Array;
	assert.equal(credentials(whole).addKey("admin", LINES[2]), undefined);
	const size = (whole.get("authorized_keys.admin") as Uint8Array).length;
	for (let length = 0; length <= size; length += EACH) {
		const storage = new SimStorage();
		storage.put("authorized_keys.admin", old);
		storage.tearNext = length;
		const accounts = credentials(storage);
		assert.ok(accounts.addKey("admin", LINES[2])?.includes("cannot be written"));
		for (const address of ["192.0.2.7", "198.51.100.7"]) {
			const expected = permits(credentials(whole), address);
			permits(accounts, address).forEach((permit, at) => {
				if (permit) assert.deepEqual(permit, expected[at], `${length}, key ${at} from ${address}`);
			});
		}
	}
});
