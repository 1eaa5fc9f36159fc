/**
 * The HAL of a Pico over the SDK's own littlefs, which is in RAM on Linux. A line for each thing that is not so, then "all ran".
 */
import { createModdableHal } from "fieldssh/hal/moddable/index";

const { storage, random } = (() => {
	const hal = createModdableHal();
	return { storage: hal.storage, random: (bytes: Uint8Array) => hal.random(bytes) };
})();

function check(what: string, holds: boolean): void {
	if (!holds) trace(`not so: ${what}\n`);
}

const isEqual = (read: unknown, value: Uint8Array): boolean =>
	read instanceof Uint8Array && read.length === value.length && read.every((byte, at) => byte === value[at]);

function noise(length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	check("random fills", random(bytes) === 0);
	return bytes;
}

/** As files of a few sizes about what littlefs keeps in one place, in a block, and in several. */
const SIZES = [0, 1, 15, 16, 17, 399, 4095, 4096, 9000];

function values(): void {
	check("nothing is there at first", storage.get("key") === undefined);
	check("removing nothing is no error", storage.remove("key") === 0);
	for (const size of [...SIZES, ...[...SIZES].reverse()]) {
		const value = noise(size);
		check(`${size} bytes are put`, storage.put("key", value) === 0);
		check(`${size} bytes come back`, isEqual(storage.get("key"), value));
	}
	check("another name has another value", storage.get("key2") === undefined);
	check("it is removed", storage.remove("key") === 0 && storage.get("key") === undefined);
}

/** Four names written over and over, hundreds of times as much as there is room for at once. */
function wear(): void {
	const kept = new Map<string, Uint8Array>();
	for (let round = 0; round < 400; round++) {
		const name = `authorized_keys.${round % 4}`;
		const value = noise(100 + ((round * 37) % 900));
		check(`round ${round}`, storage.put(name, value) === 0);
		kept.set(name, value);
	}
	for (const [name, value] of kept)
		check(`${name} is the last that was put`, isEqual(storage.get(name), value));
}

/** More than fits is refused, whatever the file system says of it, and what was there stays. */
function full(): void {
	const small = noise(399);
	check("a host key is put", storage.put("key", small) === 0);
	check("100 KB do not fit into 64", storage.put("key", new Uint8Array(100_000)) < 0);
	check("the host key is still there", isEqual(storage.get("key"), small));
	check("and there is room again", storage.put("other", noise(9000)) === 0);
}

function entropy(): void {
	for (let length = 0; length <= 130; length++) {
		const bytes = noise(length);
		check(
			`${length} bytes are random to the end`,
			length < 16 || bytes.subarray(-8).some(byte => byte !== 0),
		);
	}
	const one = noise(64);
	check(
		"no two pieces are the same",
		!isEqual(one.subarray(32), one.subarray(0, 32)) && !isEqual(noise(64), one),
	);
}

for (const run of [values, wear, full, entropy]) {
	try {
		run();
	} catch (error) {
		trace(`not so: ${run.name}: ${error}\n`);
	}
}
trace("all ran\n");
