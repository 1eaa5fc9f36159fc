/** The files of hal/node under a file system that fails, tears, and stops at each of its calls. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createNodeHal } from "../../hal/node/index.js";
import { OK } from "../../src/merrors.js";

const CALLS = [
	"closeSync",
	"fsyncSync",
	"mkdirSync",
	"openSync",
	"readdirSync",
	"renameSync",
	"rmSync",
	"unlinkSync",
	"writeFileSync",
] as const;

const OLD = new Uint8Array(300).fill(1);
const NEW = new Uint8Array(411).fill(2);

/** How the file system fails at a call. */
interface Fault {
	/** Which call, counted from 0. */
	readonly at: number;
	/** No call after it does anything: power is gone. */
	readonly stops: boolean;
	/** It has done its work all the same. */
	readonly after: boolean;
	/** Where the call is the write: bytes that reach the file. */
	readonly bytes: number;
}

/** Runs code with a file system that fails so. Returns how many calls it made. */
function withFault(fault: Fault, body: () => void): number {
	const originals = new Map(CALLS.map(name => [name, fs[name]] as const));
	let calls = 0;
	let stopped = false;
	for (const name of CALLS) {
		const original = originals.get(name) as (...args: unknown[]) => unknown;
		(fs as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
			if (stopped) throw new Error("no power");
			if (calls++ !== fault.at) return original(...args);
			stopped = fault.stops;
			// A file descriptor is closed even where that is told as a failure, and a process that dies closes all.
			if (name === "writeFileSync") original(args[0], (args[1] as Uint8Array).subarray(0, fault.bytes));
			else if (fault.after || name === "closeSync") original(...args);
			throw Object.assign(new Error("no space"), { code: "ENOSPC" });
		};
	}
	syncBuiltinESMExports();
	try {
		body();
	} finally {
		for (const [name, original] of originals) Object.assign(fs, { [name]: original });
		syncBuiltinESMExports();
	}
	return calls;
}

function isOneOf(value: unknown, ...allowed: readonly (Uint8Array | undefined)[]): boolean {
	return allowed.some(each =>
		each === undefined || !(value instanceof Uint8Array) ? value === each : Buffer.compare(each, value) === 0,
	);
}

/** Stores NEW over OLD, or over nothing, with a fault; then what is there must be one of the two. */
function put(fault: Fault, old: Uint8Array | undefined): number {
	const folder = fs.mkdtempSync(join(tmpdir(), "fieldssh-fault-"));
	const note = JSON.stringify({ ...fault, old: old?.length });
	try {
		const { storage } = createNodeHal({ folder: join(folder, "state") });
		if (old) assert.equal(storage.put("key", old), OK);
		let status = 0;
		const calls = withFault(fault, () => {
			status = storage.put("key", NEW);
		});
		const again = createNodeHal({ folder: join(folder, "state") }).storage;
		const value = again.get("key");
		assert.ok(isOneOf(value, old, NEW), note);
		if (status === OK) assert.ok(isOneOf(value, NEW), note);
		// The next one is whole, and nothing else is left.
		assert.equal(again.put("key", OLD), OK, note);
		assert.ok(isOneOf(again.get("key"), OLD), note);
		assert.deepEqual(fs.readdirSync(join(folder, "state")), ["key"], note);
		return calls;
	} finally {
		fs.rmSync(folder, { recursive: true });
	}
}

for (const [name, old] of [
	["over an old value", OLD],
	["over nothing", undefined],
] as const)
	test(`node storage: a value put ${name} is the old or the new, whichever call fails or is the last`, () => {
		for (const stops of [false, true])
			for (const after of [false, true])
				for (let at = 0; at <= put({ at, stops, after, bytes: 0 }, old); at++) assert.ok(at < 40);
	});

test("node storage: a write that tears at any byte leaves the old value", () => {
	// The write is the call behind which only flush, rename, close and the folder's flush come.
	let write = -1;
	const { writeFileSync } = fs;
	for (let at = 0; write < 0; at++) {
		const fault = { at, stops: true, after: false, bytes: 0 };
		let written = false;
		fs.writeFileSync = (...args: Parameters<typeof writeFileSync>) => {
			written = true;
			writeFileSync(...args);
		};
		put(fault, OLD);
		fs.writeFileSync = writeFileSync;
		if (written) write = at;
	}
	for (const stops of [false, true])
		for (let bytes = 0; bytes <= NEW.length; bytes++) put({ at: write, stops, after: false, bytes }, OLD);
});
