/**
 * What our modules take of the heap before the first connection, by the SDK's own instrumentation: bytes after a collection,
 * when nothing of ours is loaded, when all is, and when a server listens. A line of JSON each.
 */
import Debug from "debug";
import { collect, freeBytes, freeSlots, totalBytes, usedBytes } from "fieldssh/heap";
import Instrumentation from "instrumentation";

function figures(when: string): void {
	Debug.gc();
	const slots = Instrumentation.get(Instrumentation.map("XS Slot Heap Used"));
	const chunks = Instrumentation.get(Instrumentation.map("XS Chunk Heap Used"));
	// What our own module tells is to be the same.
	const used = usedBytes();
	trace(JSON.stringify({ when, slots, chunks, used, total: totalBytes() }), "\n");
}

/** What is held falls out of what is free, and comes back. */
function freed(): void {
	collect();
	const before = { slots: freeSlots(), bytes: freeBytes() };
	let held: unknown[] | undefined = [];
	for (let count = 0; count < 50; count++) held.push({});
	held.push(new Uint8Array(2_000));
	const taken = { slots: before.slots - freeSlots(), bytes: before.bytes - freeBytes() };
	held = undefined;
	collect();
	const kept = { slots: before.slots - freeSlots(), bytes: before.bytes - freeBytes() };
	trace(JSON.stringify({ when: "freed", taken, kept }), "\n");
}

async function main(): Promise<void> {
	freed();
	figures("start");
	const { loadHostKey, SSHServer } = await import("fieldssh");
	const { Shell } = await import("fieldssh/shell");
	const { moddableCrypto: crypto } = await import("fieldssh/crypto/moddable");
	const { createModdableHal } = await import("fieldssh/hal/moddable");
	figures("loaded");
	const hal = createModdableHal();
	const hostKey = await loadHostKey(hal, crypto);
	const server = new SSHServer({
		hal,
		crypto,
		port: 0,
		hostKeys: [hostKey],
		onAuthenticate: () => false,
		onSession: session => shell.run(session),
		onListening: () => figures("listening"),
		onError: (_status, text) => trace(text, "\n"),
	});
	const accounts = undefined as never;
	const shell = new Shell({ device: { hal, server, accounts, hostname: "field-1", firmware: "1" } });
}

main().catch(error => trace(`${error}`, "\n"));
