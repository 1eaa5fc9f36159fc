/**
 * What our modules take of the heap before the first connection, by the SDK's own instrumentation: bytes after a collection,
 * when nothing of ours is loaded, when all is, and when a server listens. A line of JSON each.
 */
import Debug from "debug";
import Instrumentation from "instrumentation";

function figures(when: string): void {
	Debug.gc();
	const slots = Instrumentation.get(Instrumentation.map("XS Slot Heap Used"));
	const chunks = Instrumentation.get(Instrumentation.map("XS Chunk Heap Used"));
	trace(JSON.stringify({ when, slots, chunks }), "\n");
}

async function main(): Promise<void> {
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
