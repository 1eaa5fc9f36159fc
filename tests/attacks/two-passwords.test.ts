/** One password has one text: nothing else that a client can send, or a person type, is taken for it. */

import { Credentials } from "../../src/accounts/credentials.js";
import { decodeBase64, encodeBase64 } from "../../src/base/base64.js";
import { decodeUtf8, encodeUtf8 } from "../../src/base/utf8.js";
import { asciiBytes } from "../../src/base/wire.js";
import { Pbkdf2 } from "../../src/crypto/pbkdf2.js";
import { OK } from "../../src/merrors.js";
import { SSH_MSG_USERAUTH_SUCCESS } from "../../src/messages.js";
import type { AuthenticationRequest } from "../../src/userauth/callback-authenticator.js";
import { run } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { Place } from "../peer/place.js";
import { MemoryStorage } from "../userauth/fakes.js";
import { countingCrypto } from "./counting.js";

const ITERATIONS = 20;

function accounts(passwd = "", iterations = ITERATIONS, crypto = testCrypto) {
	const storage = new MemoryStorage();
	if (passwd !== "") storage.write("passwd", passwd);
	const credentials = new Credentials({
		storage,
		crypto,
		random: bytes => {
			bytes.fill(7);
			return OK;
		},
		users: ["admin"],
		iterations,
		sliceIterations: 6,
		defer: callback => void Promise.resolve().then(callback),
	});
	const logsIn = (bytes: Uint8Array, user = "admin"): boolean => {
		const password = run(credentials.password(user, bytes));
		const interactive = run(credentials.interactive(user, 1, [bytes]));
		assert.deepEqual(password, interactive);
		return password !== false;
	};
	return { storage, credentials, logsIn };
}

/** A line as a version before has written it. */
function stored(password: string, iterations = ITERATIONS, saltLength = 16): string {
	const salt = new Uint8Array(saltLength).fill(7);
	const hash = run(new Pbkdf2(testCrypto, "sha256", encodeUtf8(password), salt, iterations, 32, 64));
	return `admin:$pbkdf2-sha256$i=${iterations}$${encodeBase64(salt)}$${encodeBase64(hash)}\n`;
}

/** What HMAC-SHA-256 uses in place of a long key. */
function digestOf(password: string): Uint8Array {
	const hash = testCrypto.hash("sha256");
	const bytes = encodeUtf8(password);
	hash.update(bytes, 0, bytes.length);
	const digest = new Uint8Array(32);
	hash.digest(digest, 0);
	return digest;
}

test("a password and a NUL is not the password, however it is given", async () => {
	const { credentials, logsIn } = accounts(stored("password"));
	assert.ok(logsIn(asciiBytes("password")));
	for (const twin of ["password\0", "password\0\0", `password${"\0".repeat(56)}`, "pass\0word", "\0", ""]) {
		assert.equal(logsIn(encodeUtf8(twin)), false, JSON.stringify(twin));
		assert.equal(await credentials.checkPassword("admin", twin), false);
	}
	assert.equal(await credentials.checkPassword("admin", "password"), true);
});

test("a password with a NUL, or with what is no character, is not set", async () => {
	const { credentials, storage } = accounts();
	for (const wrong of ["a\0b", "\0", "ab\0", "a\ufffdb", "\ud800", "\udfff\ud800", `${"x".repeat(80)}\0`])
		assert.equal(
			await credentials.setPassword("admin", wrong),
			"a password with a NUL, or with a character that is none",
		);
	assert.equal(storage.files.size, 0);
	assert.equal(await credentials.setPassword("admin", "größe 中文 😀"), undefined);
	assert.equal(await credentials.checkPassword("admin", "größe 中文 😀"), true);
});

test("bytes that are no UTF-8 are not the text that they would be shown as", async () => {
	// As the shell reads a line with bytes that are none.
	const shown = decodeUtf8(Uint8Array.of(0x61, 0xff));
	const { credentials, logsIn } = accounts(stored(shown));
	assert.equal(logsIn(Uint8Array.of(0x61, 0xff)), false);
	assert.equal(logsIn(Uint8Array.of(0x61, 0xfe)), false);
	assert.equal(await credentials.checkPassword("admin", shown), false);
	assert.equal(logsIn(Uint8Array.of(0xc1, 0xa1)), false, "an overlong form of a");
});

test("a password of more than 64 bytes has no shorter twin, and one that was stored before still logs in", async () => {
	for (const long of ["x".repeat(65), "long ".repeat(20), "ö".repeat(33), "y".repeat(256)]) {
		const { credentials, logsIn, storage } = accounts();
		assert.equal(await credentials.setPassword("admin", long), undefined);
		assert.ok(logsIn(encodeUtf8(long)));
		assert.equal(logsIn(digestOf(long)), false);
		assert.ok(storage.text("passwd").length > 0);
		// By the version before: its salt does not tell.
		const before = accounts(stored(long));
		assert.ok(before.logsIn(encodeUtf8(long)));
		assert.equal(before.logsIn(digestOf(long)), false);
		assert.equal(await before.credentials.checkPassword("admin", long), true);
	}
	// A digest that happens to be text: what has its key, and was set as a longer one, is not this.
	const text = "a text of exactly thirty-two byt";
	assert.equal(accounts(stored(text, ITERATIONS, 17)).logsIn(asciiBytes(text)), false);
	assert.ok(accounts(stored(text)).logsIn(asciiBytes(text)));
	assert.ok(accounts(stored("x".repeat(64))).logsIn(asciiBytes("x".repeat(64))));
});

test("a salt has one byte more for a password that is longer than HMAC's block", async () => {
	for (const [length, salt] of [
		[1, 16],
		[64, 16],
		[65, 17],
		[256, 17],
	]) {
		const { credentials, storage } = accounts();
		await credentials.setPassword("admin", "x".repeat(length));
		assert.equal(decodeBase64(storage.text("passwd").split("$")[3])?.length, salt);
	}
});

test("a user has one name", () => {
	const { logsIn } = accounts(stored("password"));
	for (const user of ["admin\0", "Admin", "\ufeffadmin", "admin ", "ａdmin", "adm\u00adin", "admi\u0131n"])
		assert.equal(logsIn(asciiBytes("password"), user), false, JSON.stringify(user));
});

test("onAuthenticate is not shown a password that other bytes would be shown as, nor one with a NUL", async () => {
	const seen: AuthenticationRequest[] = [];
	const options = {
		onAuthenticate: (request: AuthenticationRequest) => {
			seen.push(request);
			return request.password === "a\ufffd" || request.password?.startsWith("password") === true;
		},
	};
	for (const [password, right] of [
		["password", true],
		["password\0", false],
		["\0", false],
	] as const) {
		const place = new Place(options, true);
		const client = place.client().start().requestAuthentication();
		client.password("admin", password);
		await place.hal.network.settle();
		assert.equal(client.has(SSH_MSG_USERAUTH_SUCCESS), right, JSON.stringify(password));
	}
	assert.deepEqual(
		seen.map(({ password }) => password),
		["password"],
	);
});

test("a wrong password costs one derivation, whatever count is stored and whatever is calibrated", () => {
	const work = (user: string, passwd: string, iterations: number): readonly string[] => {
		const crypto = countingCrypto();
		const { credentials } = accounts(passwd, iterations, crypto);
		run(credentials.password(user, asciiBytes("wrong")));
		return crypto.work;
	};
	for (const [storedCount, calibrated] of [
		[20, 20],
		[20, 50],
		[50, 20],
		[1, 30],
		[23, 24],
	]) {
		const passwd = stored("right", storedCount);
		const known = work("admin", passwd, calibrated);
		assert.equal(known.filter(entry => entry.startsWith("hmac")).length, 1);
		assert.equal(known.filter(entry => entry === "digest").length, Math.max(storedCount, calibrated));
		assert.deepEqual(work("nobody", passwd, calibrated), known);
		assert.deepEqual(accounts(passwd, calibrated).logsIn(asciiBytes("right")), true);
		assert.deepEqual(accounts(passwd, calibrated).logsIn(asciiBytes("wrong")), false);
	}
});

test("what makes a password impossible costs as much as a wrong one", () => {
	const work = (password: Uint8Array): number => {
		const crypto = countingCrypto();
		run(accounts(stored("right"), 30, crypto).credentials.password("admin", password));
		return crypto.macs;
	};
	for (const password of ["right\0", "", "x".repeat(300), "wrong"])
		assert.equal(work(encodeUtf8(password)), 30);
	assert.equal(work(Uint8Array.of(0xff)), 30);
});
