/** Storage over littlefs, as the SDK has it on a Pico: calls that fail, power that goes at each of them, flash that is full or damaged. */
import { type Littlefs, LittlefsStorage } from "../../hal/moddable/littlefs-storage.js";
import { ERR_GENERAL, ERR_INVALID_ARG, OK } from "../../src/merrors.js";
import { assert, EACH, test } from "../harness.js";

const OLD = new Uint8Array(90).fill(1);
const NEW = new Uint8Array(131).fill(2);

/**
 * The SDK's module `file` over littlefs, in memory: what is written is there once the file is closed, and a name is given at
 * once. Opening cuts nothing off. Closing says nothing when it fails.
 */
class Flash {
	readonly files = new Map<string, Uint8Array>();
	folder = false;
	calls = 0;
	/** Which call fails, counted from 0. */
	fails = -1;
	/** It has done its work all the same. */
	after = false;
	/** No call after it does anything: power is gone. */
	stops = false;
	/** So many bytes of a file come to the flash, which is full then. */
	room = Number.POSITIVE_INFINITY;
	damaged = false;

	/** The power is back. */
	restart(): void {
		this.fails = -1;
		this.stops = false;
		this.calls = 0;
		this.room = Number.POSITIVE_INFINITY;
	}

	/** Whether the call did what it was to do, and said so. */
	private call(work: () => void): boolean {
		const number = this.calls++;
		if (this.fails >= 0 && this.stops && number > this.fails) return false;
		if (number !== this.fails || this.after) work();
		return number !== this.fails;
	}

	private check(done: boolean): void {
		if (!done) throw new Error("flash");
	}

	module(): Littlefs {
		const flash = this;
		class File {
			private readonly path: string;
			private bytes: Uint8Array;

			constructor(path: string, write = false) {
				this.path = path;
				flash.check(
					flash.call(() => {
						if (write && !flash.files.has(path)) flash.files.set(path, new Uint8Array(0));
					}),
				);
				const found = flash.files.get(path);
				if (found === undefined || (write && !flash.folder) || flash.damaged) throw new Error("LFS_ERR: -2");
				this.bytes = found;
			}
			get length(): number {
				return this.bytes.length;
			}
			read(_type: ArrayBufferConstructor, count: number): ArrayBuffer {
				if (count === 0) throw new Error("read past end of file");
				return this.bytes.slice(0, count).buffer as ArrayBuffer;
			}
			write(buffer: ArrayBuffer): void {
				const added = new Uint8Array(buffer);
				const whole = new Uint8Array(Math.max(this.bytes.length, added.length));
				whole.set(this.bytes);
				whole.set(added);
				this.bytes = whole;
			}
			close(): void {
				flash.call(() => {
					if (flash.files.has(this.path)) flash.files.set(this.path, this.bytes.slice(0, flash.room));
				});
			}
			static delete(path: string): boolean {
				let had = false;
				const done = flash.call(() => {
					had = flash.files.delete(path);
				});
				return done && had;
			}
			static exists(path: string): boolean {
				return !flash.damaged && flash.files.has(path);
			}
			static rename(from: string, to: string): boolean {
				return flash.call(() => {
					flash.files.set(to, flash.files.get(from)!);
					flash.files.delete(from);
				});
			}
		}
		const create = () =>
			flash.check(
				flash.call(() => {
					flash.folder = true;
				}),
			);
		const info = () => {
			if (flash.damaged) throw new Error("LFS_ERR: -84");
		};
		return { File, Directory: { create }, System: { info } };
	}
}

const storageOf = (flash: Flash): LittlefsStorage => new LittlefsStorage(flash.module());

/** Stores NEW over an old value or none, with a fault. Returns how many calls that takes without one. */
function put(old: Uint8Array | undefined, fault: Partial<Flash>): number {
	const flash = new Flash();
	const note = JSON.stringify({ ...fault, old: old?.length });
	if (old) assert.equal(storageOf(flash).put("key", old), OK);
	flash.restart();
	Object.assign(flash, fault);
	const status = storageOf(flash).put("key", NEW);
	const { calls } = flash;
	flash.restart();
	const again = storageOf(flash);
	const value = again.get("key");
	assert.ok(!(typeof value === "number"), note);
	const text = `${value}`;
	assert.ok(text === `${old}` || text === `${NEW}`, `${note}: ${text}`);
	if (status === OK) assert.equal(text, `${NEW}`, note);
	else assert.equal(status, ERR_GENERAL, note);
	assert.ok(flash.files.size <= 2, note);
	// What was left behind is longer than what comes now, and no byte of it is seen.
	assert.equal(again.put("key", OLD), OK, note);
	assert.deepEqual(again.get("key"), OLD, note);
	assert.deepEqual([...flash.files.keys()], ["/.fieldssh/key"], note);
	return calls;
}

test("littlefs: a value is the old or the new, whichever call fails or is the last", () => {
	for (const old of [OLD, undefined])
		for (const stops of [false, true])
			for (const after of [false, true])
				for (let fails = 0; fails <= put(old, {}); fails++) put(old, { fails, stops, after });
});

test("littlefs: a flash that is full keeps the old value, though no call tells of it", () => {
	for (const old of [OLD, undefined]) for (let room = 0; room <= NEW.length; room += EACH) put(old, { room });
});

test("littlefs: values are kept by their names, empty ones too, and removed", () => {
	const flash = new Flash();
	const storage = storageOf(flash);
	for (const name of ["passwd", "authorized_keys.admin", "..."]) assert.equal(storage.get(name), undefined);
	assert.equal(storage.put("passwd", NEW), OK);
	assert.equal(storage.put("empty", new Uint8Array(0)), OK);
	assert.deepEqual(storage.get("empty"), new Uint8Array(0));
	assert.equal(storage.remove("passwd"), OK);
	assert.equal(storage.remove("passwd"), OK);
	assert.equal(storage.get("passwd"), undefined);
	for (const name of ["", ".", "..", "a/b", "a~"]) {
		assert.equal(storage.get(name), ERR_INVALID_ARG);
		assert.equal(storage.put(name, NEW), ERR_INVALID_ARG);
		assert.equal(storage.remove(name), ERR_INVALID_ARG);
	}
});

test("littlefs: what is damaged is never nothing", () => {
	const flash = new Flash();
	const storage = storageOf(flash);
	assert.equal(storage.put("key", NEW), OK);
	flash.damaged = true;
	assert.equal(storage.get("key"), ERR_GENERAL);
	assert.equal(storage.get("other"), ERR_GENERAL);
	flash.fails = flash.calls;
	assert.equal(storage.remove("key"), ERR_GENERAL);
});
