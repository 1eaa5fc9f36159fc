/** The swap of telnet for SSH, over a simulated network: first start, login, a command of the `cli` module. */
import { createSimHal, type SimHal, type SimStorage } from "../../hal/sim/index.js";
import { CliServer, type CliServerOptions } from "../../src/telnet/cli-server.js";
import { assert, test } from "../harness.js";
import { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { command, StandInCli } from "../shell/cli-stand-in.js";

const example = command(
	"example",
	(connection, parts) => connection.line(`example with ${parts.length} parameters`),
	"example [params] - display number of parameters",
);

async function start(options: CliServerOptions = {}, storage?: SimStorage) {
	const hal: SimHal = createSimHal(storage === undefined ? {} : { storage });
	const cli = new StandInCli();
	cli.install(example);
	const said: string[] = [];
	const server = new CliServer(
		{ hal, crypto: testCrypto, cli, say: line => said.push(line) },
		{ iterations: 2, ...options },
	);
	const settle = (): Promise<void> => hal.network.settle();
	await settle();
	const client = (port: number): TestClient =>
		new TestClient(hal.connect(port), () => hal.network.runUntilIdle());
	const password = /^password of admin: ([a-z0-9]{4}(?:-[a-z0-9]{4}){3}) /.exec(said[0] ?? "")?.[1];
	return { hal, server, said, settle, client, password };
}

async function login(place: Awaited<ReturnType<typeof start>>, port: number, password: string) {
	const client = place.client(port).start().requestAuthentication();
	client.password("admin", password);
	await place.settle();
	return client;
}

test("cli-server: telnet's two lines of a firmware do: a key and a password are made, said and kept", async () => {
	const place = await start({ port: 2300 });
	assert.equal(place.said.length, 3);
	assert.equal(place.said[2], "ssh ready on port 2300");
	assert.match(place.said[1], /^host key SHA256:[\w+/]{43} \(ED25519\)$/);
	const client = await login(place, 2300, place.password!);
	const channel = client.exec("example a 'b c'");
	await place.settle();
	assert.deepEqual([channel.text, channel.exitStatus], ["example with 2 parameters\n", 0]);

	const again = await start({ port: 2300 }, place.hal.storage);
	assert.deepEqual(again.said, place.said.slice(1));
	const second = (await login(again, 2300, place.password!)).exec("version; whoami");
	await again.settle();
	assert.equal(second.text, "0.0\nadmin\n", "its own version, the shell's whoami");
});

test("cli-server: an interactive session is greeted and prompted as telnet's, and is among the connections", async () => {
	const place = await start();
	assert.equal(place.said[2], "ssh ready on port 22");
	const client = await login(place, 22, place.password!);
	const channel = client.open();
	channel.request("pty-req", true, "xterm", 80, 24, 0, 0, "");
	channel.request("shell", true);
	await place.settle();
	assert.equal(channel.text, "Stand-in\r\n> ");
	assert.equal(place.server.connections.length, 1);
	assert.equal(place.server.connections[0].listener, place.server);
	channel.write("example\r");
	await place.settle();
	assert.ok(channel.text.endsWith("example with 0 parameters\r\n> "), JSON.stringify(channel.text));
	place.server.close();
	await place.settle();
	place.hal.network.advance(10_000);
	assert.ok(client.over);
	assert.deepEqual([place.server.connections.length, place.hal.openSockets], [0, 0]);
});

test("cli-server: closed before it listens, it does not", async () => {
	const hal = createSimHal();
	const said: string[] = [];
	const platform = { hal, crypto: testCrypto, cli: new StandInCli(), say: (line: string) => said.push(line) };
	new CliServer(platform, { iterations: 2 }).close();
	await hal.network.settle();
	assert.equal(said.length, 1, "the password, which is kept");
	assert.equal(hal.openSockets, 0);
});

test("cli-server: what keeps it from serving is said: damage, a bad port, a bad user", async () => {
	const place = await start();
	place.hal.storage.put("passwd", new Uint8Array(0));
	const damaged = await start({}, place.hal.storage);
	assert.deepEqual(damaged.said, ["ssh: passwd: empty, its lines are lost"]);
	assert.equal(damaged.hal.openSockets, 0);

	place.hal.storage.remove("passwd");
	place.hal.storage.put("ssh_host_ed25519_key", Uint8Array.of(1));
	assert.match((await start({}, place.hal.storage)).said.join(), /^ssh: ssh_host_ed25519_key: damaged/);

	const bad = await start({ port: 70_000 });
	assert.equal(bad.said.at(-1), "ssh: cannot listen on port 70000: ERR_TCP_BAD_ADDRESS");
	assert.match((await start({ user: "No" })).said.join(), /^ssh: not a user name: No$/);
});
