/** examples/uart-bridge on the SDK's serial port for Linux: a pseudo-terminal, with a program at its other end that sends all back. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { login, openssh, options } from "../interop/clients/openssh.js";
import { missing } from "../interop/harness.js";
import { isRefused } from "../interop/suite.js";
import { launch } from "../minder.js";
import { Running } from "../process.js";
import { warnings } from "./owner.js";
import { build, type Device, OUTPUT, skip, startDevice } from "./sdk.js";

const ECHO = `
import os, pty, tty
line, device = pty.openpty()
tty.setraw(device)
print(os.ttyname(device), flush=True)
while True:
    data = os.read(line, 4096)
    while data:
        data = data[os.write(line, data):]
`;

const SIZE = 30_000;

describe("examples/uart-bridge", { skip: skip ?? missing("ssh", "python3"), timeout: 60 * 60_000 }, () => {
	// Its name is built into the firmware.
	const link = join(OUTPUT, "serial-line");
	let echo: Running;
	let device: Device;
	before(async () => {
		echo = new Running("python3", ["-c", ECHO]);
		const name = await echo.waitFor("pseudo-terminal", stdout => /^\/dev\/\S+$/m.exec(stdout));
		mkdirSync(OUTPUT, { recursive: true });
		rmSync(link, { force: true });
		symlinkSync(name[0], link);
		const app = await build("examples/uart-bridge", "release", "port=0", `device=${link}`);
		assert.deepEqual(warnings(app), []);
		device = await startDevice(app, async () => undefined);
	});
	after(async () => {
		await device?.stop();
		await echo?.stop();
	});

	const connect = (...command: string[]) => {
		const { args, env } = login(device, { method: "password", password: device.password });
		const to = ["-p", String(device.port), "-l", device.user, device.host, ...command];
		return launch("ssh", [...options(device), ...args, ...to], { env });
	};

	for (const command of [[], ["9600"]]) {
		test(`30 KB each way${command.length > 0 ? ", at a baud rate that the client names" : ""}`, async () => {
			const sent = randomBytes(SIZE);
			const child = connect(...command);
			let received = Buffer.alloc(0);
			let errors = "";
			child.stderr.on("data", text => {
				errors += text;
			});
			child.stdout.on("data", (bytes: Buffer) => {
				received = Buffer.concat([received, bytes]);
				// The session ends when its input has, and the line is silent.
				if (received.length >= SIZE) child.stdin.end();
			});
			child.stdin.write(sent);
			const status = await new Promise(resolve => child.on("close", resolve));
			assert.equal(status, 0, errors);
			assert.ok(received.equals(sent), `${received.length} bytes came back`);
		});
	}

	test("who comes second is told who has the line, and the first one keeps it", async () => {
		const first = connect();
		const came = new Promise<Buffer>(resolve => first.stdout.once("data", resolve));
		first.stdin.write("one");
		assert.equal(`${await came}`, "one");
		const use = { method: "password", password: device.password } as const;
		const second = await openssh.run(device, { login: use, command: "9600" });
		assert.equal(second.status, 1);
		assert.match(second.stderr, /serial line: in use by admin from 127\.0\.0\.1/);
		const again = new Promise<Buffer>(resolve => first.stdout.once("data", resolve));
		first.stdin.write("two");
		assert.equal(`${await again}`, "two");
		first.stdin.end();
		assert.equal(await new Promise(resolve => first.on("close", resolve)), 0);
	});

	test("a command that is no baud rate is status 2, a wrong password none", async () => {
		const right = { method: "password", password: device.password } as const;
		assert.equal((await openssh.run(device, { login: right, command: "fast" })).status, 2);
		isRefused(await openssh.run(device, { login: { ...right, password: "wrong" }, command: "9600" }));
	});
});
