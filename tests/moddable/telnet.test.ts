/** A firmware that served telnet with the SDK's own commands, and serves SSH with them: they are not changed. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { keyLogin, ssh } from "../interop/clients/openssh.js";
import { missing } from "../interop/harness.js";
import { says } from "../interop/suite.js";
import { Terminal } from "../interop/terminal.js";
import { provide, warnings } from "./owner.js";
import { type App, build, type Device, skip, startDevice } from "./sdk.js";

describe("telnet, with its import swapped", { skip: skip ?? missing("tmux"), timeout: 60 * 60_000 }, () => {
	let app: App;
	let device: Device;
	before(async () => {
		app = await build("tests/moddable/apps/telnet", "release");
		device = await startDevice(app, provide);
	});
	after(() => device?.stop());

	test("the linker finds nothing of ours to warn of", () => {
		assert.deepEqual(warnings(app), []);
	});

	test("the SDK's own commands run unchanged, and so does the firmware's", async () => {
		const file = join(device.home, "note");
		writeFileSync(file, "kept in the field");
		says(await runs("count a 'b c'"), "2 parameters\n");
		says(await runs(`more ${file}`), "kept in the field\n");
		says(
			await runs(`hexdump ${file}`),
			"0000000 6b 65 70 74 20 69 6e 20 74 68 65 20 66 69 65 6c\n0000010 64\n",
		);
		const list = (await runs(`ls ${device.home}`)).stdout.toString();
		assert.match(list, /^note +17$/m);
		const help = (await runs("help")).stdout.toString();
		for (const name of ["count", "ls", "hexdump", "uptime"]) assert.match(help, new RegExp(`\\b${name}\\b`));
		const { status, stderr } = await runs("rm");
		assert.equal(status, 1);
		assert.match(stderr, /path missing/);
	});

	const runs = async (command: string) => ssh(device, [device.host, command]);
	const fails = async (command: string, expected: RegExp) => {
		const { status, stderr } = await runs(command);
		assert.equal(status, 1, command);
		assert.match(stderr, expected);
	};

	test("the SDK's gpio, i2c and archive, over what stands in for hardware", async () => {
		says(await runs("gpio read 4"), "0\n");
		says(await runs("gpio write 4 1; gpio read 4"), "1\n");
		await fails("gpio read", /missing pin number/);
		await fails("gpio blink 4", /expected read or write/);

		says(await runs("i2c scan"), "Found: 0x1d\nFound: 0x48\n");
		says(await runs("i2c write 72 3 171 205"), "");
		says(await runs("i2c read 72 3 2"), "0x3: 0xab\n0x4: 0xcd\n");
		await fails("i2c read 72", /missing register number/);

		const atoms = [
			["Archive size: 54 bytes"],
			["Atom VERS, position 8, bytes 4", " XS_MAJOR_VERSION: 17", " XS_MINOR_VERSION: 8"],
			[" XS_PATCH_VERSION: 2", " FLAG: 0"],
			["Atom NAME, position 20, bytes 8", " example"],
			["Atom SYMB, position 36, bytes 10", " one", " two"],
		];
		says(await runs("archive dump"), `${atoms.flat().join("\n")}\n`);
		await fails("archive install", /unrecognized option/);
		says(await runs("archive erase"), "");
		await fails("archive dump", /invalid atom size/);
	});

	test("the SDK's wifi, which goes on by itself: it ends when the command has, with all that it wrote", async () => {
		await fails("wifi connect", /bad arguments/);
		await fails("wifi scan", /Wi-Fi is disabled/);
		const { status, stdout, stderr } = await runs("wifi connect baja secret");
		assert.equal(status, 0, stderr);
		const [trying, connected, address] = stdout.toString().split("\n");
		assert.equal(trying, 'Trying to connect to "baja"...');
		assert.match(connected, /^ {2}Wi-Fi connected to /);
		assert.match(address, /^ {2}IP address \d+\.\d+\.\d+\.\d+$/);
		assert.match((await runs("wifi net")).stdout.toString(), /^ {2}IP Address: \d+\./);
		const lines = (await runs("wifi scan")).stdout.toString().trimEnd().split("\n");
		assert.match(lines[0], /^SSID +Security +RSSI +Channel +Hidden *$/);
		assert.match(lines[1], /^468 8th - slow +wpa2_psk +-84 +3 +false$/);
		assert.equal(lines.length, 12);
		assert.equal((await runs("wifi surf")).status, 127);
	});

	test("Ctrl-C takes a scan back, the connection goes on, and nothing of the scan comes after", async () => {
		const command = ["ssh", "-tt", ...keyLogin(device), device.host].map(word => `'${word}'`).join(" ");
		const terminal = new Terminal(device, command, 80, 24);
		try {
			await terminal.shows(/^> $|^>$/m);
			await terminal.type("wifi scan");
			await terminal.press("Enter");
			await terminal.press("C-c");
			await terminal.type("count after");
			await terminal.press("Enter");
			await terminal.shows(/1 parameters/);
			// The next scan begins when the first has ended, whoever waits for it.
			let again = await runs("wifi scan");
			while (again.status === 1 && /already scanning/.test(again.stderr)) again = await runs("wifi scan");
			assert.equal(again.stdout.toString().trimEnd().split("\n").length, 12);
			assert.doesNotMatch(await terminal.screen(), /SSID|baja/);
			await terminal.type("exit");
			await terminal.press("Enter");
			await terminal.gone();
		} finally {
			await terminal.close();
		}
	});

	test("at a terminal: its greeting, its prompt, a command", async () => {
		const { status, stdout, stderr } = await ssh(device, ["-tt", device.host], {
			stdin: "count a b c\rexit\r",
		});
		assert.equal(status, 0, stderr);
		assert.match(stdout.toString(), /3 parameters\r\n/);
	});
});
