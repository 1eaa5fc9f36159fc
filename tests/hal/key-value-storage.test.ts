/** Storage over pairs of keys and buffers, as ESP32's NVS has them: keys of at most 15 characters. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyValueStorage, type KeyValueStore } from "../../hal/moddable/key-value-storage.js";
import { ERR_GENERAL, ERR_INVALID_ARG, OK } from "../../src/merrors.js";

class Nvs implements KeyValueStore {
	readonly entries = new Map<string, ArrayBuffer>();
	/** What read() has given, to see what becomes of it. */
	readonly given: Uint8Array[] = [];
	broken = false;

	read(key: string): ArrayBuffer | undefined {
		this.check(key);
		const value = this.entries.get(key)?.slice(0);
		if (value !== undefined) this.given.push(new Uint8Array(value));
		return value;
	}

	write(key: string, value: ArrayBuffer): void {
		this.check(key);
		this.entries.set(key, value.slice(0));
	}

	delete(key: string): void {
		this.check(key);
		this.entries.delete(key);
	}

	private check(key: string): void {
		if (this.broken) throw new Error("nvs");
		if (key.length < 1 || key.length > 15) throw new Error(`key of ${key.length} characters`);
	}
}

const NAMES = [
	"passwd",
	"ssh_host_ed25519_key",
	"ssh_host_ecdsa_key",
	"authorized_keys.admin",
	"authorized_keys.a",
];

test("each name has its own value, whatever its length", () => {
	const storage = new KeyValueStorage(new Nvs());
	for (const name of NAMES) assert.equal(storage.get(name), undefined);
	for (const [at, name] of NAMES.entries()) assert.equal(storage.put(name, new Uint8Array(at).fill(at)), OK);
	for (const [at, name] of NAMES.entries())
		assert.deepEqual(storage.get(name), new Uint8Array(at).fill(at), name);
	assert.equal(storage.put("passwd", Uint8Array.of(1, 0, 2)), OK);
	assert.deepEqual(storage.get("passwd"), Uint8Array.of(1, 0, 2));
	assert.equal(storage.remove("passwd"), OK);
	assert.equal(storage.get("passwd"), undefined);
	assert.equal(storage.remove("passwd"), OK);
});

test("a value that its reader wipes is left nowhere, nor is one that is replaced", () => {
	const nvs = new Nvs();
	const storage = new KeyValueStorage(nvs);
	const secret = new TextEncoder().encode("the secret of a host key");
	assert.equal(storage.put("ssh_host_ed25519_key", secret), OK);
	(storage.get("ssh_host_ed25519_key") as Uint8Array).fill(0);
	assert.equal(storage.put("ssh_host_ed25519_key", Uint8Array.of(1)), OK);
	assert.equal(nvs.given.length, 2);
	for (const bytes of nvs.given) assert.ok(!Buffer.from(bytes).includes("secret"));
});

test("an entry that is another's is neither read nor overwritten", () => {
	const nvs = new Nvs();
	const storage = new KeyValueStorage(nvs);
	assert.equal(storage.put("passwd", Uint8Array.of(1)), OK);
	const [[key]] = nvs.entries;
	const other = new TextEncoder().encode("passwd2\0secret").buffer as ArrayBuffer;
	nvs.entries.set(key, other);
	assert.equal(storage.get("passwd"), ERR_GENERAL);
	assert.equal(storage.put("passwd", Uint8Array.of(2)), ERR_GENERAL);
	assert.equal(nvs.entries.get(key), other);
});

test("what is no name is refused, and what fails is told", () => {
	const nvs = new Nvs();
	const storage = new KeyValueStorage(nvs);
	for (const name of ["", ".", "..", "a/b", "ä"]) {
		assert.equal(storage.get(name), ERR_INVALID_ARG);
		assert.equal(storage.put(name, new Uint8Array(1)), ERR_INVALID_ARG);
		assert.equal(storage.remove(name), ERR_INVALID_ARG);
	}
	nvs.broken = true;
	assert.equal(storage.get("passwd"), ERR_GENERAL);
	assert.equal(storage.put("passwd", new Uint8Array(1)), ERR_GENERAL);
	assert.equal(storage.remove("passwd"), ERR_GENERAL);
});
