/** Who may do what, in a whole server: users and keys with their roles, the shell, and the log. */
import { createSimHal } from "../../hal/sim/index.js";
import { type Account, Credentials } from "../../src/accounts/credentials.js";
import { encodeBase64 } from "../../src/base/base64.js";
import { OK } from "../../src/merrors.js";
import { SSH_MSG_USERAUTH_FAILURE, SSH_MSG_USERAUTH_REQUEST } from "../../src/messages.js";
import { Shell } from "../../src/shell/default-shell.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { Place, type PlaceOptions } from "../peer/place.js";
import { message, raw } from "../peer/wire.js";
import { ClientKey, MemoryStorage } from "../userauth/fakes.js";

const OWNERS = new ClientKey(1);
const LIMITED = new ClientKey(2);
const RAISED = new ClientKey(3);
const LOWERED = new ClientKey(4);
const NEW = new ClientKey(5);
const line = (key: ClientKey): string => `ssh-ed25519 ${encodeBase64(key.blob)}`;
const KEYS = [
	`${line(OWNERS)} owner`,
	`restrict,pty,expiry-time="20991231",from="192.0.2.7" ${line(LIMITED)} limited`,
	`from="192.0.2.7",role="admin" ${line(RAISED)} raised`,
	`role="viewer" ${line(LOWERED)} lowered`,
];
const LINK = { address: "192.0.2.7" };

class Device {
	readonly place: Place;
	readonly storage = new MemoryStorage();
	/** HMACs that are not wiped yet: a password is being looked at. */
	hashing = 0;

	constructor(users: readonly (string | Account)[] = ["admin", "carol"], options: PlaceOptions = {}) {
		this.storage.write("authorized_keys.admin", `${KEYS.join("\n")}\n`);
		const credentials = new Credentials({
			storage: this.storage,
			crypto: {
				...testCrypto,
				hmac: (name, key) => {
					const hmac = testCrypto.hmac(name, key);
					this.hashing++;
					return {
						length: hmac.length,
						update: (bytes, offset, length) => hmac.update(bytes, offset, length),
						digest: (output, offset) => hmac.digest(output, offset),
						wipe: () => this.hashing--,
					};
				},
			},
			random: () => OK,
			users,
			iterations: 64,
			sliceIterations: 4,
			defer: callback => this.place.hal.setTimer(0, callback),
		});
		this.place = new Place({
			hal: createSimHal({ date: 1_700_000_000 }),
			maxConnections: 8,
			...options,
			authenticator: credentials,
			onSession: session => shell.run(session),
		});
		const { hal, server } = this.place;
		const shell = new Shell({
			device: { hal, server, accounts: credentials, hostname: "field-1", firmware: "pump 2.0" },
		});
		this.credentials = credentials;
	}
	readonly credentials: Credentials;

	async settle(): Promise<void> {
		await this.place.hal.network.settle();
	}

	async setPassword(user: string, password: string): Promise<void> {
		const set = this.credentials.setPassword(user, password);
		await this.settle();
		assert.equal(await set, undefined);
	}

	login(key: ClientKey): TestClient {
		const client = this.place.client({}, LINK).start().requestAuthentication();
		client.send(message(SSH_MSG_USERAUTH_REQUEST, raw(key.signed("admin", client.sessionId))));
		client.go();
		return client;
	}

	async loginWith(user: string, password: string): Promise<TestClient> {
		const client = this.place.client({}, LINK).start().requestAuthentication();
		client.password(user, password);
		await this.settle();
		return client;
	}

	async run(client: TestClient, command: string, input = "") {
		const channel = client.exec(command);
		if (input !== "") channel.write(input);
		channel.end();
		await this.settle();
		return { status: channel.exitStatus, text: channel.text };
	}

	/** Lines of the log of this event, without their time and the connection's number. */
	events(name: string): string[] {
		return this.place.server.log
			.entries()
			.map(entry => entry.slice(13).replace(/ id=\d+/, ""))
			.filter(entry => entry.startsWith(`${name} `));
	}
}

test("what a login may do: its user's role, and what the key's line says", async () => {
	const device = new Device([
		"admin",
		"carol",
		{ name: "eve", role: "viewer" },
		{ name: "root", role: "admin" },
	]);
	const rights = (client: TestClient) => {
		const { role, limited } = device.place.server.connections().at(-1)!.permit;
		client.link.end();
		device.place.run();
		return `${role}${limited ? " limited" : ""}`;
	};
	assert.equal(rights(device.login(OWNERS)), "admin");
	assert.equal(rights(device.login(LIMITED)), "operator limited");
	assert.equal(rights(device.login(RAISED)), "admin limited");
	assert.equal(rights(device.login(LOWERED)), "viewer limited");
	for (const [user, role] of [
		["admin", "admin"],
		["carol", "operator"],
		["eve", "viewer"],
		["root", "admin"],
	]) {
		await device.setPassword(user, "secret");
		assert.equal(rights(await device.loginWith(user, "secret")), role);
	}
});

test("who has not logged in may do least", () => {
	const { place } = new Device();
	place.client({}, LINK).start().requestAuthentication();
	const { role, limited } = place.server.connections()[0].permit;
	assert.deepEqual([role, limited], ["viewer", true]);
});

test("a line gives nobody more than his user has, and a role that is none refuses it", async () => {
	const device = new Device([{ name: "admin", role: "viewer" }]);
	assert.deepEqual(
		[OWNERS, LIMITED, RAISED, LOWERED].map(key => {
			device.login(key);
			return device.place.server.connections().at(-1)!.permit.role;
		}),
		["viewer", "viewer", "viewer", "viewer"],
	);
	assert.throws(() => new Device([{ name: "admin", role: "boss" as "admin" }]), TypeError);
	const refused: string[] = [];
	for (const option of ['role="boss"', "role", 'role="admin",role="admin"', 'role=""'])
		refused.push(device.credentials.addKey("admin", `${option} ${line(NEW)}`) ?? "taken");
	assert.deepEqual(refused, [
		"role= is not viewer, operator or admin",
		"unknown option or key type role",
		"role= twice",
		"role= is not viewer, operator or admin",
	]);
});

test("a permit without a role is an operator's where it is limited; true is an admin's", async () => {
	const options = { maxConnections: 8, methods: ["password"] as const };
	for (const [answer, role] of [
		[true, "admin"],
		[{ pty: true, command: undefined, fingerprint: "" }, "admin"],
		[{ pty: false, command: undefined, fingerprint: "" }, "operator"],
		[{ pty: true, command: "cat", fingerprint: "" }, "operator"],
		[{ pty: true, command: undefined, fingerprint: "", limited: true }, "operator"],
		[{ pty: true, command: undefined, fingerprint: "", role: "viewer" }, "viewer"],
		[{ pty: false, command: undefined, fingerprint: "", role: "admin" }, "admin"],
		[{ pty: true, command: undefined, fingerprint: "", role: "boss" as "admin" }, "viewer"],
	] as const) {
		const place = new Place({ ...options, onAuthenticate: () => answer }, true);
		place.client().start().requestAuthentication().password("anybody", "x");
		await place.hal.network.settle();
		assert.equal(place.server.connections()[0].permit.role, role, JSON.stringify(answer));
	}
});

test("a key with limits neither removes the owner's key nor adds one without, restarts the device or ends his connection", async () => {
	const device = new Device();
	const owner = device.login(OWNERS);
	assert.equal((await device.run(owner, "echo my secret")).text, "my secret\n");
	const before = device.storage.text("authorized_keys.admin");
	const guest = device.login(LIMITED);
	const { id } = device.place.server.connections()[0];
	assert.ok(!(await device.run(guest, "log")).text.includes("my secret"));
	for (const command of [
		`kill ${id}`,
		"keys remove owner",
		`keys add ${line(NEW)}`,
		"keys -u carol list",
		"exec sh -c 'cat >> .ssh/authorized_keys'",
		"reboot",
		"passwd",
	])
		assert.equal((await device.run(guest, command, `${line(NEW)}\n`)).status, 126, command);
	assert.equal(device.storage.text("authorized_keys.admin"), before);
	assert.ok(!owner.over);
	assert.deepEqual(device.events("denied").slice(0, 3), [
		`denied user="admin" command="kill ${id}"`,
		'denied user="admin" command="keys remove owner"',
		`denied user="admin" command="keys add ${line(NEW)}"`,
	]);
	assert.equal(device.events("denied").length, 7);
	// What is limited by its line, and raised by it as well, may.
	assert.equal((await device.run(device.login(RAISED), `keys add ${line(NEW)} new`)).status, 0);
	assert.deepEqual(device.events("keys"), [
		`keys added=${device.credentials.fingerprint(line(NEW))} user="admin" of="admin"`,
	]);
});

test("another user sees nothing of the owner's command lines, and closes none of his connections", async () => {
	const device = new Device();
	await device.setPassword("carol", "secret");
	const owner = device.login(OWNERS);
	await device.run(owner, "echo my secret");
	const carol = await device.loginWith("carol", "secret");
	const { text } = await device.run(carol, "log");
	assert.ok(text.includes('user="carol" command="log"'), text);
	assert.ok(!text.includes("secret") && !text.includes("admin"), text);
	const [first] = device.place.server.connections();
	assert.equal(first.user, "admin");
	assert.equal((await device.run(carol, `kill ${first.id}`)).status, 126);
	assert.ok(!owner.over);
	assert.ok((await device.run(owner, "log")).text.includes("my secret"));
	const [, second] = device.place.server.connections();
	assert.equal((await device.run(owner, `kill ${second.id}`)).status, 0);
	assert.deepEqual(device.events("kill"), [`kill target=${second.id} user="admin"`]);
	assert.ok(carol.over);
});

test("what a client asks for forges no field of the event that refuses it, and is cut", async () => {
	const device = new Device();
	await device.setPassword("carol", "secret");
	const carol = await device.loginWith("carol", "secret");
	await device.run(carol, `reboot 'x" user="admin' ${"y".repeat(300)}`);
	const [event] = device.events("denied");
	assert.ok(event.startsWith('denied user="carol" command="reboot x\\" user=\\"admin yyy'), event);
	assert.ok(event.endsWith('"...'));
});

test("passwd: what it is told wrong counts as a guess, by address and by user, and is in the log", async () => {
	const device = new Device(["admin", "carol"], {
		limits: { addressAttempts: 4, penaltyTime: 60_000 },
	});
	await device.setPassword("carol", "secret");
	await device.setPassword("admin", "owner's");
	const carol = await device.loginWith("carol", "secret");
	const texts: string[] = [];
	for (let guess = 0; guess < 6; guess++) {
		const channel = carol.exec("passwd");
		channel.write(`guess ${guess}\nnew\nnew\n`);
		channel.end();
		await device.settle();
		texts.push(channel.errorText);
	}
	const wrong = "passwd: that is not your password; nothing was changed\n";
	const later = "passwd: too many wrong passwords; try again later\n";
	assert.deepEqual(texts, [wrong, wrong, wrong, wrong, later, later]);
	assert.deepEqual(
		device.events("fail"),
		Array(4).fill('fail from=192.0.2.7 user="carol" method="passwd" why="wrong"'),
	);
	// By address: nobody guesses from there now, by whichever name and door.
	const other = device.place.client({}, LINK).start().requestAuthentication();
	other.password("admin", "owner's");
	await device.settle();
	assert.equal(other.heard.at(-1), "USERAUTH_FAILURE");
	assert.equal(other.take(SSH_MSG_USERAUTH_FAILURE).text(), "publickey");
	// By user: from a listed address, which has no penalty, there is one all the same.
	const listed = new Device(["admin"], {
		ownerAddresses: "192.0.2.7",
		limits: { addressAttempts: 4, penaltyTime: 60_000 },
	});
	await listed.setPassword("admin", "owner's");
	const owner = listed.login(OWNERS);
	const answers: string[] = [];
	for (let guess = 0; guess < 6; guess++) {
		const channel = owner.exec("passwd");
		channel.write("x\nnew\nnew\n");
		channel.end();
		await listed.settle();
		answers.push(channel.errorText);
	}
	assert.deepEqual(answers, [wrong, wrong, wrong, wrong, later, later]);
});

test("passwd: a change leaves an event, whoever's it is, and logs in from then on", async () => {
	const device = new Device();
	await device.setPassword("carol", "secret");
	const owner = device.login(OWNERS);
	assert.equal((await device.run(owner, "passwd carol", "other\nother\n")).status, 0);
	const carol = await device.loginWith("carol", "other");
	assert.equal((await device.run(carol, "passwd", "other\nthird\nthird\n")).status, 0);
	assert.deepEqual(device.events("passwd"), [
		'passwd user="admin" of="carol"',
		'passwd user="carol" of="carol"',
	]);
	assert.equal((await device.loginWith("carol", "third")).heard.at(-1), "GLOBAL_REQUEST");
});

test("passwd: a check ends with its channel, and with its connection", async () => {
	for (const end of ["channel", "connection"]) {
		const device = new Device();
		await device.setPassword("carol", "secret");
		const carol = await device.loginWith("carol", "secret");
		assert.equal(device.hashing, 0);
		const channel = carol.exec("passwd");
		channel.write("wrong\nnew\nnew\n");
		channel.end();
		for (let step = 0; device.hashing === 0; step++) {
			assert.ok(step < 1000, "it is looked at");
			device.place.hal.network.step();
			await undefined;
			await undefined;
		}
		if (end === "channel") channel.close();
		else carol.link.end();
		// Three slices later at most, where it had 16 to go.
		for (let step = 0; step < 12 && device.hashing > 0; step++) {
			device.place.hal.network.step();
			await undefined;
		}
		assert.equal(device.hashing, 0, end);
		await device.settle();
		assert.deepEqual(device.events("passwd"), []);
	}
});
