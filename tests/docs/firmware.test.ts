/** docs/firmware.md: its figures are those of src/limits.ts, as the server judges them, and its program does what it says. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as limits from "../../src/limits.js";
import { type Cost, DEVICE_LIMITS } from "../../src/limits.js";
import { MemoryBudget } from "../../src/server/memory-budget.js";
import { ROOT } from "../architecture/tree.js";
import { workFolder } from "../build/bundle.js";
import { Running } from "../process.js";
import { login } from "./login.js";
import { blocksOf, compile, install } from "./program.js";

const page = readFileSync(join(ROOT, "docs/firmware.md"), "utf8");
const number = (text: string): number => Number(text.replaceAll(",", ""));

test("docs/firmware.md has each cost as it is", () => {
	const rows = [...page.matchAll(/^\| `(COST_\w+)` \| ([\d,]+) \| ([\d,]+) \|$/gm)];
	const shown = rows.map(([, name, slots, bytes]) => [name, { slots: number(slots), bytes: number(bytes) }]);
	// Of an environment's costs none counts for the table.
	const costs = Object.entries(limits).filter(([name]) => /^COST_(?!ENVIRONMENT)/.test(name));
	assert.deepEqual(
		Object.fromEntries(shown),
		Object.fromEntries(costs.map(([name, cost]) => [name, { ...(cost as Cost) }])),
	);
});

test("docs/firmware.md has what a table needs: so much does, and less does not", () => {
	const rows = [...page.matchAll(/^\| (\d+) \| ([\d,]+) \| ([\d,]+) \|$/gm)];
	assert.deepEqual(
		rows.map(([, places]) => Number(places)),
		[1, 2, 3, 4, 5, 6, 7],
	);
	for (const [, places, slots, bytes] of rows) {
		const budget = (fewerSlots: number, fewerBytes: number) => () => {
			const heapSlots = number(slots) + DEVICE_LIMITS.applicationSlots - fewerSlots;
			const heapBytes = number(bytes) + DEVICE_LIMITS.applicationBytes - fewerBytes;
			new MemoryBudget({ ...DEVICE_LIMITS, heapSlots, heapBytes }, undefined, false, Number(places));
		};
		assert.doesNotThrow(budget(0, 0), places);
		assert.throws(budget(1, 0), /^TypeError: maxConnections: \d need \d+ slots of heap/, places);
		assert.throws(budget(0, 1), /^TypeError: maxConnections: \d need \d+ bytes of heap/, places);
	}
});

test("docs/firmware.md says how many places and shells DEVICE_LIMITS hold", () => {
	const [, places, shells] = /that holds (\d+) places, of\s+which (\d+) can have a shell/.exec(page)!;
	const make = (count: number) => () => new MemoryBudget(DEVICE_LIMITS, undefined, false, count);
	assert.doesNotThrow(make(Number(places)));
	assert.throws(make(Number(places) + 1), /maxConnections/);
	// Beside the computations and the turn that always must be possible.
	const { COST_CHANNEL, COST_COMMAND, COST_COMPUTATION, COST_CONNECTION, COST_TERMINAL, COST_TURN } = limits;
	const { heapSlots, heapBytes, applicationSlots, applicationBytes } = DEVICE_LIMITS;
	const { packetSize, sendBufferSize, initialWindowSize } = DEVICE_LIMITS;
	const each = [COST_CONNECTION, COST_CHANNEL, COST_TERMINAL, COST_COMMAND];
	const slots = each.reduce((sum, cost) => sum + cost.slots, 0);
	const bytes = each.reduce((sum, cost) => sum + cost.bytes, packetSize + sendBufferSize + initialWindowSize);
	const left = {
		slots: heapSlots - applicationSlots - COST_TURN.slots - 2 * COST_COMPUTATION.slots,
		bytes: heapBytes - applicationBytes - COST_TURN.bytes - 2 * COST_COMPUTATION.bytes,
	};
	assert.equal(Math.floor(Math.min(left.slots / slots, left.bytes / bytes)), Number(shells));
	assert.ok(
		page.includes(`${heapSlots.toLocaleString("en")} slots and ${heapBytes.toLocaleString("en")} bytes`),
	);
});

test("docs/firmware.md's program boots, changes its host key and forgets all of it", async context => {
	const folder = workFolder(context);
	install(folder);
	const main = await compile(folder, "main", blocksOf(page).join("\n"), "node");
	const script = readFileSync(main, "utf8");
	// The one thing that is changed is the port.
	const changed = script.replace("port: 2222", "port: 0");
	assert.notEqual(changed, script);
	writeFileSync(main, changed);

	const boot = async () => {
		const device = new Running(process.execPath, [main], { cwd: folder });
		context.after(() => device.stop("SIGKILL"));
		const port = Number(await device.waitFor("port", stdout => /^port (\d+)$/m.exec(stdout)?.[1]));
		const password = /^password: (\S+)$/m.exec(device.stdout)?.[1];
		const keys = [...device.stdout.matchAll(/^host key (\S+)/gm)].map(([, fingerprint]) => fingerprint);
		return { device, port, password, keys };
	};
	const first = await boot();
	assert.ok(first.password);
	const password = first.password;
	const ask = async ({ port }: { port: number }, command: string, status: number | undefined = 0) => {
		const answer = await login(port, password, command);
		assert.equal(answer.status, status, `${command}: ${answer.fault}`);
		return answer.stdout.toString();
	};
	/** The next boot of the device. Its last connection ends with it, with an exit status or without. */
	const restart = async ({ device, port }: Awaited<ReturnType<typeof boot>>, command: string) => {
		await login(port, password, command);
		assert.equal(await device.ended, 3);
		return boot();
	};

	await ask(first, "rotate", 2);
	await ask(first, "rotate end", 1);
	await ask(first, "rotate begin");
	assert.match(await ask(first, "log"), /session id=\d+ .* command="rotate begin"/);
	assert.match(first.device.stdout, /^\d{4}-\d\d-\d\dT.*Z \[ .*command="rotate begin"$/m);

	const both = await restart(first, "reboot");
	assert.equal(both.password, undefined);
	assert.deepEqual(both.keys.length, 2);
	assert.equal(both.keys[0], first.keys[0]);
	await ask(both, "rotate end");

	const next = await restart(both, "reboot");
	assert.deepEqual(next.keys, [both.keys[1]]);
	await ask(next, "whoami");

	const forgotten = await restart(next, "factory-reset");
	assert.equal(forgotten.keys.length, 1);
	assert.ok(!both.keys.includes(forgotten.keys[0]));
	assert.ok(forgotten.password);
	assert.match((await login(forgotten.port, password, "whoami")).fault, /authentication methods failed/);
});
