/** Connections that the board has closed, and whose peers do not: however many there are, who is served is served. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundleFirmware } from "../../simulator/boards/xs/firmware.js";
import { boardOrReason, runBoard, temporaryFolder } from "./board.js";

/** More than the board polls at once. */
const REFUSED = 400;
/** The owner's echo is there before so many more are refused. */
const PATIENCE = 100;

const made = await boardOrReason();
const skip = "reason" in made ? made.reason : false;

/** A peer that keeps its side open; resolves once it was refused. */
async function refusedPeer(port: number): Promise<Socket> {
	const peer = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
	// Beyond its bound the board ends without hearing the peer out.
	peer.on("error", () => undefined);
	await new Promise<void>(resolve => {
		peer
			.resume()
			.on("end", resolve)
			.on("close", () => resolve());
	});
	return peer;
}

async function flood(port: number): Promise<void> {
	const peers: Socket[] = [];
	const owner = connect({ port, host: "127.0.0.1" });
	const echoed: string[] = [];
	owner.setEncoding("utf8").on("data", (text: string) => echoed.push(text));
	try {
		await once(owner, "connect");
		owner.write("first");
		while (echoed.join("") !== "first") await once(owner, "data");
		while (peers.length < REFUSED) peers.push(await refusedPeer(port));
		owner.write(" second");
		for (let more = 0; more < PATIENCE && echoed.join("") !== "first second"; more++)
			peers.push(await refusedPeer(port));
		assert.equal(echoed.join(""), "first second");
	} finally {
		for (const peer of [owner, ...peers]) peer.destroy();
	}
}

test("whoever is served is heard among any number of refused connections that linger", { skip }, async () => {
	const firmware = fileURLToPath(new URL("firmware/refusing.js", import.meta.url));
	const bundle = await bundleFirmware(firmware, temporaryFolder());
	let flooded: Promise<void> | undefined;
	await runBoard((made as { board: string }).board, [bundle], {}, (line, board) => {
		flooded = flood(Number(line)).finally(() => board.kill());
		flooded.catch(() => undefined);
	});
	assert.ok(flooded, "the board listens");
	await flooded;
});
