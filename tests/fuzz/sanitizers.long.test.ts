/**
 * The C of the XS board under gcc's address and undefined-behaviour sanitizers: the HAL's contract, the tests of native
 * cryptography, the corpus, and sockets that behave oddly. A finding ends the board with a status of its own and a report.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ensureSanitizedBoard, MissingTool } from "../../simulator/boards/xs/engine.js";
import { bundleSimulator } from "../../simulator/boards/xs/simulator.js";
import { DEVICE_LIMITS } from "../../src/limits.js";
import { ROOT } from "../architecture/tree.js";
import { ssh2Client } from "../interop/clients/ssh2.js";
import type { Target } from "../interop/harness.js";
import { HANG } from "../process.js";
import { runBoard, temporaryFolder } from "../xs/board.js";
import type { Result } from "../xs/harness-xs.js";
import { bundleNativeTests } from "../xs/native.js";
import { servePeers } from "../xs/peers.js";
import { bundleTests } from "../xs/suite.js";
import type { BoardInput } from "./board-corpus.js";
import { PACKET, RAW, steps } from "./input.js";
import { TARGETS } from "./targets/index.js";

const CORPUS = join(ROOT, "tests/fuzz/corpus");
const HEAP = ["--chunks", "30000000", "--slots", "600000", "--stack", "8000"];
/** Bytes of a handshake that comes slowly. */
const PIECE = 97;
const PASSWORD = "correct horse";

let board: string | undefined;
let reason = "";

before(async () => {
	// Inherited by the boards. Of leaks, those of sockets, timers and files are told.
	process.env.LSAN_OPTIONS = `suppressions=${join(ROOT, "tests/fuzz/engine/leaks.txt")}:print_suppressions=0`;
	process.env.UBSAN_OPTIONS = "print_stacktrace=1";
	try {
		board = await ensureSanitizedBoard();
	} catch (error) {
		if (!(error instanceof MissingTool) || process.env.CI === "true") throw error;
		reason = error.message;
	}
});

/** A test of the board, skipped where it cannot be made. */
function boardTest(name: string, body: (path: string) => Promise<void>): void {
	test(name, async context => {
		if (board === undefined) context.skip(reason);
		else await body(board);
	});
}

/** Runs suites of tests on the board: none of them may fail, and the sanitizers have nothing to say. */
async function runSuites(path: string, bundle: string, least: number, config: unknown = {}): Promise<void> {
	const results: Result[] = [];
	const args = [...HEAP, "--state", temporaryFolder(), bundle];
	const { status, errors } = await runBoard(path, args, config, (line, child) => {
		const told = JSON.parse(line);
		if ("control" in told) void servePeers(told.control);
		else if ("ended" in told) child.kill("SIGTERM");
		else results.push(told);
	});
	assert.equal(errors, "");
	assert.equal(status, 0);
	assert.deepEqual(
		results.filter(({ error }) => error !== undefined),
		[],
	);
	assert.ok(results.length >= least, `${results.length} tests ran`);
}

const inputsOf = (target: string): BoardInput[] =>
	readdirSync(join(CORPUS, target)).map(file => ({
		target,
		file,
		bytes: readFileSync(join(CORPUS, target, file)).toString("base64"),
	}));

boardTest("the HAL's contract", async path => {
	const contract = fileURLToPath(new URL("../xs/firmware/contract.js", import.meta.url));
	await runSuites(path, await bundleTests([contract], temporaryFolder()), 30);
});

boardTest("native cryptography", async path => {
	await runSuites(path, await bundleNativeTests(temporaryFolder()), 40);
});

boardTest("the corpus", async path => {
	const corpus = fileURLToPath(new URL("board-corpus.js", import.meta.url));
	const inputs = Object.keys(TARGETS).flatMap(inputsOf);
	const bundle = await bundleTests([corpus], temporaryFolder());
	await runSuites(path, bundle, Object.keys(TARGETS).length, { inputs });
});

/** What a client may do to a socket; each ends when the socket has closed. */
type Visit = (target: Target) => Promise<void>;

function visit(act: (socket: Socket) => void): Visit {
	return ({ host, port }) =>
		new Promise((resolve, reject) => {
			const socket = connect({ host, port, allowHalfOpen: true }, () => act(socket));
			const timer = setTimeout(() => reject(new Error("the board does not close a socket")), HANG);
			socket.on("error", () => undefined);
			socket.on("close", () => {
				clearTimeout(timer);
				resolve();
			});
			socket.on("data", () => undefined);
			socket.on("end", () => socket.destroy());
		});
}

/** The bytes of a handshake as it was recorded, without encryption: the server computes, and waits for what makes sense. */
function handshakes(): Buffer[] {
	return readdirSync(join(CORPUS, "handshake")).map(file => {
		const parts: Uint8Array[] = [];
		for (const { kind, bytes } of steps(readFileSync(join(CORPUS, "handshake", file)))) {
			if (kind === RAW) parts.push(bytes);
			if (kind !== PACKET) continue;
			const padding = 8 + ((8 - ((bytes.length + 5) % 8)) % 8);
			const head = Buffer.alloc(5);
			head.writeUInt32BE(1 + bytes.length + padding);
			head[4] = padding;
			parts.push(head, bytes, Buffer.alloc(padding));
		}
		return Buffer.concat(parts);
	});
}

const ODD: readonly Visit[] = [
	visit(socket => void socket.resetAndDestroy()),
	visit(socket => void socket.end()),
	visit(socket => void socket.end(randomBytes(100_000))),
	visit(socket => {
		socket.write("SSH-2.0-odd\r\n");
		socket.once("data", () => socket.resetAndDestroy());
	}),
	// Reads nothing, and has the server's buffers full.
	visit(socket => {
		socket.pause();
		socket.write(Buffer.concat([Buffer.from("SSH-2.0-deaf\r\n"), Buffer.alloc(200_000)]));
		setTimeout(() => socket.destroy(), 300);
	}),
	...handshakes().flatMap(bytes => [
		visit(socket => void socket.end(bytes)),
		visit(socket => socket.write(bytes, () => socket.resetAndDestroy())),
		visit(socket => {
			let at = 0;
			const next = () => {
				if (at >= bytes.length || socket.destroyed) socket.destroy();
				else socket.write(bytes.subarray(at, at + PIECE), () => setImmediate(next));
				at += PIECE;
			};
			next();
		}),
	]),
];

boardTest("sockets that behave oddly, one after another and all at once", async path => {
	const options = { host: "127.0.0.1", port: 0, state: temporaryFolder(), user: "admin", password: PASSWORD };
	const limits = { ...DEVICE_LIMITS, connectionsPerMinute: 0, addressDebt: 0 };
	const config = { ...options, maxConnections: 4, limits, log: "error", hostname: "odd" };
	let visited: Promise<void> | undefined;
	let served = "";
	const args = [...HEAP, "--state", options.state, await bundleSimulator("native")];
	const { status, errors } = await runBoard(path, args, config, (line, child) => {
		const port = /^listening on \S+:(\d+)/.exec(line)?.[1];
		if (port === undefined) return;
		const target = { ...options, port: Number(port) } as unknown as Target;
		visited = (async () => {
			for (const each of ODD) await each(target);
			await Promise.all(ODD.map(each => each(target)));
			const login = { method: "password", password: PASSWORD } as const;
			const result = await ssh2Client.run(target, { login, command: "echo still here" });
			served = `${result.stdout}${result.stderr}`;
		})().finally(() => child.kill("SIGTERM"));
	});
	assert.equal(errors, "");
	await visited;
	assert.equal(served, "still here\n");
	assert.equal(status, 0);
});
