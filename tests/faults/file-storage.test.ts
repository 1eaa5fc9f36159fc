/** The files of hal/moddable on a flash that fails, tears, and stops at each of its calls. */
import { FileStorage } from "../../hal/moddable/file-storage.js";
import { ERR_GENERAL, OK } from "../../src/merrors.js";
import { assert, EACH, test } from "../harness.js";

const OLD = new Uint8Array(90).fill(1);
const NEW = new Uint8Array(131).fill(2);

/** The SDK's file system in memory: a move is atomic, a write is not. */
class Flash {
	readonly files = new Map<string, Uint8Array>();
	calls = 0;
	/** Which call fails, counted from 0. */
	fails = -1;
	/** It has done its work all the same. */
	after = false;
	/** No call after it does anything: power is gone. */
	stops = false;
	/** A write that fails has written so many bytes. */
	bytes = 0;
	unreadable = false;
	private position = 0;

	/** The power is back. */
	restart(): void {
		this.fails = -1;
		this.stops = false;
		this.calls = 0;
	}

	private call(work: () => void): void {
		const number = this.calls++;
		if (this.fails >= 0 && this.stops && number > this.fails) throw new Error("no power");
		if (number !== this.fails || this.after) work();
		if (number === this.fails) throw new Error("flash");
	}

	openFile({ path, mode = "r" }: { readonly path: string; readonly mode?: string }) {
		this.call(() => {
			if (mode === "w") this.files.set(path, new Uint8Array(0));
			else if (!this.files.has(path)) throw new Error("no such file");
		});
		return {
			status: () => ({ size: this.files.get(path)?.length ?? 0 }),
			read: (into: Uint8Array) => {
				into.set(this.files.get(path)!);
				return into.length;
			},
			write: (value: Uint8Array) => {
				if (this.calls === this.fails) this.files.set(path, value.slice(0, this.bytes));
				this.call(() => this.files.set(path, value.slice()));
			},
			flush: () => this.call(() => undefined),
			close: () => this.call(() => undefined),
		};
	}

	delete(path: string): void {
		this.call(() => {
			if (!this.files.delete(path)) throw new Error("no such file");
		});
	}

	move(from: string, to: string): void {
		this.call(() => {
			this.files.set(to, this.files.get(from)!);
			this.files.delete(from);
		});
	}

	/** Without a path all scans share one position, as copies of a file descriptor do. */
	scan(path?: string): Iterable<string> {
		if (this.unreadable) throw new Error("flash");
		const names = path === undefined ? [...this.files.keys()].slice(this.position) : [...this.files.keys()];
		if (path === undefined) this.position = this.files.size;
		return names;
	}
}

function storageOf(flash: Flash): FileStorage {
	return new FileStorage(flash as unknown as ConstructorParameters<typeof FileStorage>[0]);
}

/** Stores NEW over an old value or none, with a fault. Returns how many calls that takes without one. */
function put(old: Uint8Array | undefined, fault: Partial<Flash>): number {
	const flash = new Flash();
	const note = JSON.stringify({ ...fault, old: old?.length });
	if (old) assert.equal(storageOf(flash).put("key", old), OK);
	flash.restart();
	Object.assign(flash, fault);
	const status = storageOf(flash).put("key", NEW);
	const { calls, stops } = flash;
	// Where it goes on, nothing but the value takes room; where it does not, at most one temporary file does.
	const names = [...flash.files.keys()].filter(name => name !== "key");
	assert.ok(stops ? names.length <= 1 : names.length === 0 || fault.fails === calls - 1, `${note}: ${names}`);
	flash.restart();
	const again = storageOf(flash);
	const value = again.get("key");
	assert.ok(!(typeof value === "number"), note);
	const text = `${value}`;
	assert.ok(text === `${old}` || text === `${NEW}`, `${note}: ${text}`);
	if (status === OK) assert.equal(text, `${NEW}`, note);
	else assert.equal(status, ERR_GENERAL, note);
	assert.equal(again.put("key", OLD), OK, note);
	assert.deepEqual(again.get("key"), OLD, note);
	assert.deepEqual([...flash.files.keys()], ["key"], note);
	return calls;
}

test("a value on flash is the old or the new, whichever call fails or is the last", () => {
	for (const old of [OLD, undefined])
		for (const stops of [false, true])
			for (const after of [false, true])
				for (let fails = 0; fails <= put(old, {}); fails++) put(old, { fails, stops, after });
});

test("a write to flash that tears at any byte leaves the old value, or none where there was none", () => {
	const write = 1;
	for (const old of [OLD, undefined])
		for (const stops of [false, true])
			for (let bytes = 0; bytes <= NEW.length; bytes += EACH) put(old, { fails: write, stops, bytes });
});

test("what was never stored is looked for without an error, at which a debugger would stop", () => {
	const flash = new Flash();
	for (const name of ["key", "passwd", "key"]) assert.equal(storageOf(flash).get(name), undefined);
	assert.equal(flash.calls, 0);
});

test("a value that is there and cannot be read is never nothing, however often that is asked", () => {
	const flash = new Flash();
	const storage = storageOf(flash);
	assert.equal(storage.put("key", OLD), OK);
	assert.equal(storage.get("other"), undefined);
	for (let round = 0; round < 3; round++) {
		flash.fails = flash.calls;
		assert.equal(storage.get("key"), ERR_GENERAL);
	}
	flash.restart();
	flash.unreadable = true;
	assert.equal(storage.get("other"), ERR_GENERAL);
	assert.deepEqual(storage.get("key"), OLD);
});
