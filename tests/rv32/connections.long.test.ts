/** Connections of the emulated board: more than one, of clients that do not read, or vanish. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { C6_HEAP, startEmulatedDevice } from "../../simulator/boards/rv32/emulator.js";
import { bundleFirmware } from "../../simulator/boards/xs/firmware.js";
import { reasonToSkip } from "./board.js";

const skip = await reasonToSkip();

async function open(port: number): Promise<Socket> {
	const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
	await once(socket, "connect");
	return socket;
}

/** Reads to the end, which must be these bytes. */
async function assertReads(socket: Socket, expected: Buffer): Promise<void> {
	const chunks: Buffer[] = [];
	for await (const chunk of socket) chunks.push(chunk);
	const bytes = Buffer.concat(chunks);
	assert.equal(bytes.length, expected.length);
	assert.ok(bytes.equals(expected));
}

test("clients that read, that read nothing for long, and that vanish", { skip }, async context => {
	const folder = mkdtempSync(join(tmpdir(), "fieldssh-rv32-"));
	const other = createServer().listen(0, "127.0.0.1");
	await once(other, "listening");
	context.after(() => {
		other.close();
		rmSync(folder, { recursive: true });
	});
	const used = (other.address() as AddressInfo).port;
	let out = "";
	let onPort: (port: number) => void = () => undefined;
	const listening = new Promise<number>(resolve => {
		onPort = resolve;
	});
	const device = await startEmulatedDevice({
		firmware: await bundleFirmware(fileURLToPath(new URL("firmware/echo.js", import.meta.url)), folder),
		heap: C6_HEAP,
		config: JSON.stringify({ connections: 4, used }),
		exact: false,
		onOutput(bytes) {
			out += bytes;
			const port = /^port (\d+)\n/m.exec(out);
			if (port) onPort(Number(port[1]));
		},
		onError: bytes => process.stderr.write(bytes),
	});
	context.after(device.signal);
	context.after(device.signal);
	const port = await listening;

	const [lazy, eager, gone] = [await open(port), await open(port), await open(port)];
	lazy.pause();
	const large = randomBytes(1_000_000);
	lazy.end(large);
	gone.write(large);
	const small = randomBytes(50_000);
	eager.end(small);
	await assertReads(eager, small);
	gone.resetAndDestroy();
	const later = await open(port);
	later.end(small);
	await assertReads(later, small);
	// What lies in the buffers of the system and of this program is little of the whole.
	assert.ok(lazy.bytesRead < large.length / 2, `${lazy.bytesRead} bytes read`);
	await assertReads(lazy, large);

	assert.equal(await device.end, 0);
	const lines = out.trimEnd().split("\n");
	const client = ["peer: 127.0.0.1", "read: Error: invalid", "write: Error: would block"];
	const expected = [
		`listen: Error: listen on 127.0.0.1 port ${used}: Address already in use`,
		`port ${port}`,
		...[client, client, client, client].flat(),
	];
	assert.deepEqual(lines.sort(), expected.sort());
});
