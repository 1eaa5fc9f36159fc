/** The emulated board: what it counts, its limits, and what it says of what it cannot run. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { C6_HEAP } from "../../simulator/boards/rv32/emulator.js";
import { bundleFirmware } from "../../simulator/boards/xs/firmware.js";
import { run } from "../process.js";
import { FULL_ENDS, FULL_STATUS } from "../xs/full.js";
import { reasonToSkip, runFirmware } from "./board.js";

const folder = mkdtempSync(join(tmpdir(), "fieldssh-rv32-"));
let reason: string | undefined = "";

before(async () => {
	reason = await reasonToSkip();
});
after(() => rmSync(folder, { recursive: true }));

/** A test of the board, skipped where there is none. */
function boardTest(name: string, body: () => Promise<void>): void {
	test(name, async context => {
		if (reason === undefined) await body();
		else context.skip(reason);
	});
}

function firmware(path: string): Promise<string> {
	return bundleFirmware(fileURLToPath(new URL(path, import.meta.url)), folder);
}

function write(name: string, source: string): string {
	const path = join(folder, name);
	writeFileSync(path, source);
	return path;
}

boardTest("firmware gets its configuration, and the board ends when nothing is left to do", async () => {
	// Longer than a frame.
	const name = "lamp".repeat(500);
	const ended = await runFirmware(await firmware("../xs/firmware/hello.js"), { name });
	assert.deepEqual(ended, { status: 0, out: `hello ${JSON.stringify({ name })}\n`, errors: "" });
});

boardTest("instructions are the same in every run, whatever the host does meanwhile", async () => {
	const bundle = await firmware("firmware/count.js");
	const [first, second] = await Promise.all([runFirmware(bundle), runFirmware(bundle)]);
	assert.deepEqual(first, second);
	const [nothing, product, again, entropy] = JSON.parse(first.out.split("\n")[1]);
	assert.ok(nothing > 100 && nothing < 2_000, first.out);
	assert.ok(product > nothing + 1_000 && product < 100_000, first.out);
	assert.equal(again, product);
	assert.ok(entropy < product, first.out);
});

boardTest(
	"where it is asked to, what a device would restart at ends the board with a status of its own",
	async () => {
		const bundle = await firmware("../xs/firmware/full.js");
		for (const [what, line] of FULL_ENDS) {
			const { status, out, errors } = await runFirmware(bundle, { what }, { ...C6_HEAP, endsWhenFull: true });
			assert.match(errors, line, what);
			assert.deepEqual([status, out], [FULL_STATUS, ""], what);
		}
	},
);

boardTest("memory that runs out is an exception, and is there again afterwards", async () => {
	const ended = await runFirmware(await firmware("../xs/firmware/memory.js"));
	assert.equal(ended.status, 0);
	const lines = ended.out.trimEnd().split("\n");
	const figures = lines.pop()!;
	assert.deepEqual(lines, [
		"one buffer: RangeError: memory full",
		"buffers: RangeError: memory full",
		"objects: RangeError: memory full",
		"text: RangeError: memory full",
		"calls: RangeError: stack overflow",
		"big integers: RangeError: memory full",
	]);
	assert.match(ended.errors, /^uncaught exception: memory full$/m);
	const [slots, chunks] = figures.match(/-?\d+/g)!.map(Number);
	assert.ok(slots < 50 && chunks < 1000, figures);
});

boardTest("what cannot be loaded or started is told in a line", async () => {
	const complaint = /board: the firmware does not start\n$/;
	const broken = await runFirmware(write("syntax.js", "export default function ("));
	assert.equal(broken.status, 1);
	assert.match(broken.errors, /SyntaxError/);
	assert.match(broken.errors, complaint);
	const small = { chunkBytes: 64, slots: 8, stackSlots: 512 };
	const starved = await runFirmware(await firmware("../xs/firmware/memory.js"), {}, small);
	assert.equal(starved.status, 1);
	assert.match(starved.errors, /memory full\n/);
	assert.match(starved.errors, complaint);
});

test("a missing program is told in a line that names what to install", async () => {
	const runner = fileURLToPath(new URL("../../simulator/boards/rv32/run.js", import.meta.url));
	const bin = join(folder, "bin");
	const packages = "qemu-system-misc gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf";
	const env = { PATH: bin };
	const { status, stderr } = await run(process.execPath, [runner, "firmware.js"], { env });
	assert.equal(status, 2);
	assert.equal(stderr, `emulated device: no qemu-system-riscv32; install ${packages}\n`);
});

boardTest("a missing compiler is told in a line that names what to install", async () => {
	const runner = fileURLToPath(new URL("../../simulator/boards/rv32/run.js", import.meta.url));
	const bin = mkdtempSync(join(folder, "bin-"));
	symlinkSync(await which("qemu-system-riscv32"), join(bin, "qemu-system-riscv32"));
	const { status, stderr } = await run(process.execPath, [runner, "firmware.js"], { env: { PATH: bin } });
	assert.equal(status, 2);
	assert.match(stderr, /^XS for rv32: no C compiler; install gcc-riscv64-unknown-elf picolibc-[\w-]+\n$/);
});

async function which(program: string): Promise<string> {
	const { stdout } = await run("/bin/sh", ["-c", `command -v ${program}`]);
	return stdout.toString().trim();
}
