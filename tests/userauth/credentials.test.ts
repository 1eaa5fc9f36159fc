import { Credentials, type CredentialsOptions } from "../../src/accounts/credentials.js";
import { hashPassword } from "../../src/accounts/password-hash.js";
import { encodeBase64 } from "../../src/base/base64.js";
import { asciiBytes } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type { Job } from "../../src/crypto/port.js";
import { ERR_FALSE, ERR_NOT_FOUND, ERR_RAND, OK } from "../../src/merrors.js";
import { assert, test } from "../harness.js";
import { Client, ClientKey, interactiveRequest, MemoryStorage, passwordRequest, run } from "./fakes.js";

const KEY = new ClientKey(1);
const OTHER_KEY = new ClientKey(2);
const line = (key: ClientKey, comment: string): string => `ssh-ed25519 ${encodeBase64(key.blob)} ${comment}`;
const CONTEXT = { remoteAddress: "192.0.2.7", date: 1_700_000_000 };

class Device {
	readonly storage = new MemoryStorage();
	readonly refused: string[] = [];
	/** Slices that were put off. */
	deferred = 0;
	readonly credentials: Credentials;

	constructor(options: Partial<CredentialsOptions> = {}) {
		this.credentials = new Credentials({
			storage: this.storage,
			crypto: nobleCrypto,
			random: bytes => {
				bytes.fill(0x5a);
				return OK;
			},
			users: ["admin", "guest"],
			iterations: 32,
			sliceIterations: 8,
			defer: callback => {
				this.deferred++;
				void Promise.resolve().then(callback);
			},
			onRefusedLine: (user, number, why) => {
				this.refused.push(`${user} ${number} ${why}`);
			},
			...options,
		});
	}

	password(user: string, password: string): boolean {
		return run(this.credentials.password(user, asciiBytes(password))) !== false;
	}
}

test("a password that was set logs in, after a restart too", async () => {
	const device = new Device();
	assert.equal(await device.credentials.setPassword("admin", "sesame"), undefined);
	assert.ok(device.storage.text("passwd").startsWith("admin:$pbkdf2-sha256$i=32$WlpaWlpaWlpaWlpaWlpaWg==$"));
	assert.equal(device.deferred, 4);
	assert.ok(device.password("admin", "sesame"));
	assert.equal(device.password("admin", "Sesame"), false);
	assert.equal(device.password("guest", "sesame"), false);
	assert.equal(device.password("nobody", "sesame"), false);
	assert.equal(await device.credentials.checkPassword("admin", "sesame"), true);
	assert.equal(await device.credentials.checkPassword("admin", "x"), false);

	const restarted = new Device();
	restarted.storage.write("passwd", device.storage.text("passwd"));
	assert.equal(restarted.credentials.load(), undefined);
	assert.ok(restarted.password("admin", "sesame"));
});

test("an unset or empty hash accepts nothing", () => {
	for (const file of ["\n", "admin:\n", "admin:", "# admin:x\n"]) {
		const device = new Device();
		device.storage.write("passwd", file);
		assert.equal(device.credentials.load(), undefined);
		for (const password of ["", "admin", "\0", "*"]) assert.equal(device.password("admin", password), false);
	}
});

test("passwords that are empty or too long are never right, and cannot be set", async () => {
	const device = new Device();
	const longest = "x".repeat(256);
	assert.equal(await device.credentials.setPassword("admin", ""), "an empty password");
	assert.equal(
		await device.credentials.setPassword("admin", `${longest}x`),
		"a password of more than 256 bytes",
	);
	assert.equal(
		await device.credentials.setPassword("admin", "\u00e9".repeat(129)),
		"a password of more than 256 bytes",
	);
	assert.equal(device.storage.files.size, 0);
	assert.equal(await device.credentials.setPassword("admin", longest), undefined);
	assert.ok(device.password("admin", longest));
	assert.equal(device.password("admin", `${longest}x`), false);
	assert.equal(device.password("admin", ""), false);
});

test("a hash of an empty or overlong password, made elsewhere, accepts nothing", () => {
	for (const password of ["", "x".repeat(257)]) {
		const device = new Device();
		const job = hashPassword(nobleCrypto, () => OK, asciiBytes(password), 4, 4);
		device.storage.write("passwd", `admin:${run(job as Job<string>)}\n`);
		assert.equal(device.credentials.load(), undefined);
		assert.equal(device.password("admin", password), false);
	}
});

test("setting a password keeps what else is in the file", async () => {
	const device = new Device();
	const hash = "$pbkdf2-sha256$i=9$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
	device.storage.write("passwd", `# made by hand \u00e9\n\nformer:${hash}\nadmin:${hash}\r\nguest:`);
	assert.equal(await device.credentials.setPassword("admin", "sesame"), undefined);
	const lines = device.storage.text("passwd").split("\n");
	assert.deepEqual(lines.slice(1, 3), ["", `former:${hash}`]);
	assert.ok(lines[3].startsWith("admin:$pbkdf2-sha256$i=32$"));
	assert.deepEqual(lines.slice(4), ["guest:"]);
	assert.equal(await device.credentials.setPassword("guest", "open"), undefined);
	assert.ok(device.password("guest", "open"));
	assert.ok(device.password("admin", "sesame"));
	// On file, but not of those who may log in.
	assert.equal(await device.credentials.setPassword("former", "x"), "no such user");
	assert.equal(device.password("former", ""), false);
	const stale = new Device();
	stale.storage.write("passwd", lines[3].replace("admin:", "former:"));
	assert.equal(stale.credentials.load(), undefined);
	assert.equal(stale.password("former", "sesame"), false);
});

test("a user is added behind a last line that does not end", async () => {
	const device = new Device();
	device.storage.write("passwd", "guest:");
	assert.equal(await device.credentials.setPassword("admin", "sesame"), undefined);
	assert.ok(device.storage.text("passwd").startsWith("guest:\nadmin:$"));
	assert.ok(device.password("admin", "sesame"));
});

test("a damaged password file lets nobody in, is named, and is not overwritten", async () => {
	const good = new Device();
	await good.credentials.setPassword("admin", "sesame");
	const entry = good.storage.text("passwd");
	for (const [file, why] of [
		["", "passwd: empty, its lines are lost"],
		[`${entry}guest\n`, "passwd line 2: not user:hash"],
		[`${entry}:x\n`, "passwd line 2: not user:hash"],
		[`${entry}${entry}`, "passwd line 2: admin for the second time"],
		[`${entry}guest:sesame\n`, "passwd line 2: not a password hash"],
		[entry.slice(0, -4), "passwd line 1: not a password hash"],
		[`${entry}guest:\u0000\n`, "passwd line 2: not a line of text"],
		[`${entry}${"x".repeat(300)}\n`, "passwd line 2: not a line of text"],
	]) {
		const device = new Device();
		device.storage.write("passwd", file);
		assert.equal(device.credentials.load(), why);
		assert.equal(device.password("admin", "sesame"), false);
		assert.equal(await device.credentials.setPassword("admin", "new"), why);
		assert.equal(device.storage.text("passwd"), file);
	}
});

test("storage that fails is reported, and nobody is let in", async () => {
	const device = new Device();
	await device.credentials.setPassword("admin", "sesame");
	device.credentials.addKey("admin", line(KEY, "a"));
	device.storage.writeStatus = ERR_FALSE;
	assert.equal(await device.credentials.setPassword("admin", "x"), "passwd cannot be written: ERR_FALSE");
	assert.equal(
		device.credentials.addKey("admin", line(OTHER_KEY, "b")),
		"authorized_keys.admin cannot be written: ERR_FALSE",
	);
	device.storage.readStatus = ERR_FALSE;
	assert.equal(device.credentials.load(), "passwd cannot be read: ERR_FALSE");
	assert.equal(device.password("admin", "sesame"), false);
	assert.equal(run(device.credentials.authorizedKey("admin", KEY.blob, CONTEXT)), undefined);
	assert.equal(device.credentials.keys("admin"), ERR_FALSE);
	assert.equal(device.credentials.removeKey("admin", "a"), "authorized_keys.admin cannot be read: ERR_FALSE");
});

test("without randomness no password is set", async () => {
	const device = new Device({ random: () => ERR_RAND });
	assert.equal(await device.credentials.setPassword("admin", "sesame"), "no salt: ERR_RAND");
	assert.equal(device.storage.files.size, 0);
});

test("an unknown user costs what a known one costs", async () => {
	const device = new Device();
	await device.credentials.setPassword("admin", "sesame");
	const dearer = new Device({ iterations: 50 });
	dearer.storage.write("passwd", device.storage.text("passwd"));
	await dearer.credentials.setPassword("guest", "sesame");
	dearer.credentials.addKey("admin", line(KEY, "a"));

	const steps = (user: string, password: string): number => {
		const job = dearer.credentials.password(user, asciiBytes(password));
		let count = 1;
		while (!job.step()) count++;
		return count;
	};
	// Slices of 8: 50 take 7, be there a hash of 32, of 50 or none.
	for (const user of ["admin", "guest", "nobody", "", "a:b", "constructor"]) {
		assert.equal(steps(user, "wrong"), 7, user);
		assert.equal(steps(user, ""), 7, user);
		assert.equal(steps(user, "x".repeat(300)), 7, user);
	}

	const reads = (user: string): string[] => {
		dearer.storage.reads = [];
		run(dearer.credentials.authorizedKey(user, OTHER_KEY.blob, CONTEXT));
		return dearer.storage.reads;
	};
	assert.deepEqual(reads("admin"), ["authorized_keys.admin", "authorized_keys.guest"]);
	assert.deepEqual(reads("nobody"), reads("admin"));
	assert.deepEqual(reads("guest"), reads("admin"));
});

test("a key belongs to its user, with the options of its line", () => {
	const device = new Device();
	device.storage.write(
		"authorized_keys.admin",
		`# keys\n\n${line(OTHER_KEY, "other")}\nno-pty,command="status" ${line(KEY, "mine")}\n`,
	);
	device.storage.write("authorized_keys.guest", line(OTHER_KEY, "other"));
	const permit = run(device.credentials.authorizedKey("admin", KEY.blob, CONTEXT));
	assert.deepEqual(permit, {
		pty: false,
		command: "status",
		fingerprint: device.credentials.fingerprint(line(KEY, "")),
		role: "operator",
		limited: true,
	});
	assert.equal(run(device.credentials.authorizedKey("guest", KEY.blob, CONTEXT)), undefined);
	assert.equal(run(device.credentials.authorizedKey("nobody", KEY.blob, CONTEXT)), undefined);
	assert.ok(run(device.credentials.authorizedKey("guest", OTHER_KEY.blob, CONTEXT)));
});

test("from= and expiry-time= decide at the login; a later line may still admit", () => {
	const device = new Device();
	const grants = (options: string, context = CONTEXT): boolean => {
		device.storage.write("authorized_keys.admin", `${options} ${line(KEY, "")}`);
		return run(device.credentials.authorizedKey("admin", KEY.blob, context)) !== undefined;
	};
	assert.ok(grants('from="192.0.2.*"'));
	assert.equal(grants('from="198.51.100.*"'), false);
	assert.ok(grants('expiry-time="20231115"'));
	assert.equal(grants('expiry-time="20231114"'), false);
	assert.equal(grants('expiry-time="20991231"', { remoteAddress: "192.0.2.7", date: 0 }), false);

	device.storage.write(
		"authorized_keys.admin",
		`from="198.51.100.*" ${line(KEY, "")}\nno-pty ${line(KEY, "")}\n${line(KEY, "")}\n`,
	);
	assert.equal(run(device.credentials.authorizedKey("admin", KEY.blob, CONTEXT))?.pty, false);
});

test("refused lines are named and grant nothing, whatever is around them", () => {
	const device = new Device();
	// The limit is one of bytes, where a character may take several.
	const wide = `command="${"\u00e9".repeat(1200)}" ${line(KEY, "")}`;
	const overlong = `command="${"x".repeat(2048)}" ${line(KEY, "")}`;
	device.storage.write(
		"authorized_keys.admin",
		`${line(OTHER_KEY, "good")}\nfrobnicate ${line(KEY, "")}\n${overlong}\n${wide}\n`,
	);
	const bad = asciiBytes(`command="\u00ff" ${line(KEY, "")}`);
	device.storage.files.set("authorized_keys.guest", bad);
	assert.equal(device.credentials.load(), undefined);
	assert.deepEqual(device.refused, [
		"admin 2 unknown option or key type frobnicate",
		"admin 3 longer than 2048 bytes",
		"admin 4 longer than 2048 bytes",
		"guest 1 not UTF-8",
	]);
	assert.equal(run(device.credentials.authorizedKey("admin", KEY.blob, CONTEXT)), undefined);
	assert.equal(run(device.credentials.authorizedKey("guest", KEY.blob, CONTEXT)), undefined);
	assert.ok(run(device.credentials.authorizedKey("admin", OTHER_KEY.blob, CONTEXT)));
});

test("a key in another line's comment or command is not that line's key", () => {
	const device = new Device();
	const base64 = encodeBase64(KEY.blob);
	device.storage.write(
		"authorized_keys.admin",
		`${line(OTHER_KEY, base64)}\ncommand="${line(KEY, "")}" ${line(OTHER_KEY, "")}\n#${line(KEY, "")}\n`,
	);
	assert.equal(run(device.credentials.authorizedKey("admin", KEY.blob, CONTEXT)), undefined);
	assert.equal(run(device.credentials.authorizedKey("admin", new Uint8Array(0), CONTEXT)), undefined);
	assert.equal(run(device.credentials.authorizedKey("admin", KEY.blob.subarray(0, 30), CONTEXT)), undefined);
});

test("keys are listed, added and removed, and what else is in the file stays", () => {
	const device = new Device();
	const { credentials, storage } = device;
	storage.write("authorized_keys.admin", "# by hand\nfrobnicate me");
	assert.deepEqual(credentials.keys("admin"), ["frobnicate me"]);
	assert.equal(credentials.addKey("admin", line(KEY, "one")), undefined);
	assert.equal(credentials.addKey("admin", `no-pty ${line(OTHER_KEY, "two words")}`), undefined);
	assert.deepEqual(credentials.keys("admin"), [
		"frobnicate me",
		line(KEY, "one"),
		`no-pty ${line(OTHER_KEY, "two words")}`,
	]);
	assert.deepEqual(credentials.keys("guest"), []);
	assert.equal(credentials.keys("nobody"), ERR_NOT_FOUND);

	assert.equal(credentials.addKey("admin", `restrict ${line(KEY, "again")}`), "the key is there already");
	assert.equal(credentials.addKey("admin", ""), "no key");
	assert.equal(credentials.addKey("admin", "# comment"), "no key");
	assert.equal(credentials.addKey("admin", `bad ${line(KEY, "")}`), "unknown option or key type bad");
	assert.equal(credentials.addKey("guest", `${line(KEY, "")}\n${line(OTHER_KEY, "")}`), "more than one line");
	assert.equal(credentials.addKey("nobody", line(KEY, "")), "no such user");

	assert.equal(credentials.removeKey("admin", "three"), "no such key");
	assert.equal(credentials.removeKey("admin", ""), "no such key");
	assert.equal(credentials.removeKey("nobody", "one"), "no such user");
	assert.equal(credentials.removeKey("admin", "two words"), undefined);
	assert.equal(credentials.removeKey("admin", credentials.fingerprint(line(KEY, ""))!), undefined);
	assert.equal(storage.text("authorized_keys.admin"), "# by hand\nfrobnicate me\n");
});

test("a comment that two keys have is no name, and a key that is there twice goes whole", () => {
	const device = new Device();
	const file = `${line(KEY, "laptop")}\n# between\n${line(OTHER_KEY, "laptop")}\nno-pty ${line(KEY, "laptop")}`;
	device.storage.write("authorized_keys.admin", file);
	assert.equal(
		device.credentials.removeKey("admin", "laptop"),
		"more than one key: name it by its fingerprint",
	);
	assert.equal(device.storage.text("authorized_keys.admin"), file);
	const fingerprint = device.credentials.fingerprint(line(KEY, ""))!;
	assert.equal(device.credentials.removeKey("admin", fingerprint), undefined);
	assert.equal(device.storage.text("authorized_keys.admin"), `# between\n${line(OTHER_KEY, "laptop")}\n`);
});

test("a fingerprint as ssh-keygen -l shows it", () => {
	// ssh-keygen -lf on this line, OpenSSH 9.2.
	const published =
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github.com";
	const { credentials } = new Device();
	assert.equal(credentials.fingerprint(published), "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
	assert.equal(credentials.fingerprint("# nothing"), undefined);
	assert.equal(credentials.fingerprint("nonsense"), undefined);
});

test("hasAny() tells whether somebody could log in", async () => {
	const device = new Device();
	assert.equal(device.credentials.hasAny(), false);
	device.storage.write("authorized_keys.guest", "frobnicate me");
	device.storage.write("passwd", "admin:\n");
	assert.equal(device.credentials.hasAny(), false);
	device.credentials.addKey("guest", line(KEY, ""));
	assert.equal(device.credentials.hasAny(), true);
	const other = new Device();
	await other.credentials.setPassword("guest", "sesame");
	assert.equal(other.credentials.hasAny(), true);
});

test("options that make no sense are a mistake of the caller's", () => {
	for (const user of ["", "Admin", "1st", "-x", "a/b", "..", "a.b", "a:b", "\u00e9", "x".repeat(33)]) {
		assert.throws(() => new Device({ users: [user] }), TypeError);
	}
	new Device({ users: ["_", "a-b_9", "x".repeat(32)] });
	for (const iterations of [0, 1.5, Number.NaN, 1e9])
		assert.throws(() => new Device({ iterations }), RangeError);
	assert.throws(() => new Device({ chains: [] }), RangeError);
});

test("behind the state machine: password, keyboard-interactive and key", async () => {
	const device = new Device();
	await device.credentials.setPassword("admin", "sesame");
	device.credentials.addKey("admin", line(KEY, ""));
	const methods = "publickey,password,keyboard-interactive";

	const byPassword = new Client(device.credentials);
	byPassword.send(passwordRequest("admin", "wrong"));
	byPassword.send(passwordRequest("admin", "sesame"));
	assert.deepEqual(byPassword.answers(), [`failure ${methods}`, "success"]);

	for (const user of ["admin", "nobody"]) {
		const interactive = new Client(device.credentials);
		interactive.send(interactiveRequest(user));
		interactive.respond("sesame");
		assert.deepEqual(interactive.answers(), [
			"prompts / Password: ",
			user === "admin" ? "success" : `failure ${methods}`,
		]);
	}

	const byKey = new Client(device.credentials);
	byKey.send(OTHER_KEY.query("admin"));
	byKey.send(KEY.query("admin"));
	byKey.send(KEY.signed("admin"));
	assert.deepEqual(byKey.answers(), [`failure ${methods}`, "pk_ok ssh-ed25519", "success"]);
	assert.equal(byKey.auth.permit.fingerprint, device.credentials.fingerprint(line(KEY, "")));
});
