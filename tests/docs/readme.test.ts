/** README.md's example, compiled and run as it stands there, against the package that `npm test` has just built. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../architecture/tree.js";
import { workFolder } from "../build/bundle.js";
import { Running, run } from "../process.js";
import { login } from "./login.js";

const example = /<!-- example:begin -->\n```ts\n(.*?)```\n<!-- example:end -->/s.exec(
	readFileSync(join(ROOT, "README.md"), "utf8"),
)![1];

test("README.md's example compiles, lets a client in and runs the command that it adds", async context => {
	const folder = workFolder(context);
	mkdirSync(join(folder, "node_modules"));
	symlinkSync(ROOT, join(folder, "node_modules", "fieldssh"));
	writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
	writeFileSync(join(folder, "main.ts"), example);
	const options = "--strict --module NodeNext --target ES2022 --lib ES2022 --types".split(" ");
	const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
	const compiled = await run(process.execPath, [tsc, ...options, "", "main.ts"], { cwd: folder });
	assert.equal(compiled.status, 0, compiled.stdout.toString());

	// The one thing that is changed is the port.
	const main = join(folder, "main.js");
	const script = readFileSync(main, "utf8");
	const listenOn = (port: string): void => {
		const changed = script.replace("port: 2222", port);
		assert.notEqual(changed, script);
		writeFileSync(main, changed);
	};
	const other = createServer().listen(0, "0.0.0.0");
	await once(other, "listening");
	const taken = (other.address() as AddressInfo).port;
	listenOn(`port: ${taken}`);
	const inVain = await run(process.execPath, [main], { cwd: folder });
	other.close();
	assert.equal(inVain.status, 1);
	assert.match(inVain.stderr, new RegExp(`cannot listen on port ${taken}: ERR_TCP_LISTEN_BIND_ERROR`));

	listenOn("port: 0, onListening: port => console.log(port)");
	const device = new Running(process.execPath, [main], { cwd: folder });
	context.after(() => device.stop("SIGKILL"));
	const port = Number(await device.waitFor("port", stdout => /^(\d+)\n/.exec(stdout)?.[1]));

	const [, password] = /setPassword\("admin", "(.*?)"\)/.exec(example)!;
	const { status, stdout, fault } = await login(port, password, "lamp on");
	assert.deepEqual([status, stdout.toString()], [0, "the lamp is on\n"], fault);
	for (const wrong of ["lamp", "lamp oon", "lamp on off"]) {
		const answer = await login(port, password, wrong);
		assert.deepEqual([answer.status, answer.stdout.toString()], [2, ""], wrong);
	}
	assert.match((await login(port, "wrong", "lamp on")).fault, /authentication methods failed/);
});
