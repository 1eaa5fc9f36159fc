/**
 * What a query for a key costs is the same whether it is on file with somebody or with nobody: every function of the product
 * is called as often. Who may log in with the key is told by the answer, to whoever asks for the right user.
 */

import { Credentials } from "../../src/accounts/credentials.js";
import { encodeBase64 } from "../../src/base/base64.js";
import { OK } from "../../src/merrors.js";
import { run } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { ClientKey, MemoryStorage } from "../userauth/fakes.js";
import { callsOf } from "./calls.js";

const CONTEXT = { remoteAddress: "192.0.2.7", date: 1_700_000_000 };
const ADMINS = new ClientKey(1);
const GUESTS = new ClientKey(2);
const TWICE = new ClientKey(3);
const NOBODYS = new ClientKey(4);
const ELSEWHERE = new ClientKey(5);
const line = (key: ClientKey): string => `ssh-ed25519 ${encodeBase64(key.blob)}`;

function credentials(): Credentials {
	const storage = new MemoryStorage();
	const admins = [line(TWICE), line(ADMINS), `from="198.51.100.1" ${line(ELSEWHERE)}`, line(TWICE)];
	storage.write("authorized_keys.admin", `${admins.join("\n")}\n`);
	storage.write("authorized_keys.guest", `${line(GUESTS)}\n# ${line(TWICE)}\n`);
	return new Credentials({
		storage,
		crypto: testCrypto,
		random: () => OK,
		users: ["admin", "guest"],
		iterations: 1,
		defer: () => {},
	});
}

async function query(user: string, key: ClientKey) {
	const accounts = credentials();
	let granted: unknown;
	const calls = await callsOf(() => {
		granted = run(accounts.authorizedKey(user, key.blob, CONTEXT));
	});
	return { granted, calls: [...calls].sort() };
}

test("a key that is on file with anybody costs what one costs that is with nobody, whoever asks", async () => {
	const expected = await query("admin", NOBODYS);
	assert.ok(expected.calls.some(([name, count]) => name.endsWith(" parseAuthorizedKey") && count === 1));
	for (const user of ["admin", "guest", "nobody"]) {
		for (const key of [NOBODYS, ADMINS, GUESTS]) {
			const { granted, calls } = await query(user, key);
			const own = (user === "admin" && key === ADMINS) || (user === "guest" && key === GUESTS);
			assert.equal(granted !== undefined, own);
			if (!own) assert.deepEqual(calls, expected.calls, user);
		}
	}
});

test("a key that is on file in several lines costs one line's work for who may not log in with it", async () => {
	const expected = await query("nobody", NOBODYS);
	assert.deepEqual((await query("nobody", TWICE)).calls, expected.calls);
	// Of the guest it is in a comment.
	const decoded = ({ calls }: typeof expected) => calls.filter(([name]) => name.includes("base64"));
	assert.deepEqual(decoded(await query("guest", TWICE)), decoded(expected));
	assert.ok((await query("admin", TWICE)).granted);
});

test("a key that is on file, and not admitted from here, is parsed as often as a strange one", async () => {
	const parses = ({ calls }: Awaited<ReturnType<typeof query>>) =>
		calls.filter(([name]) => /parseAuthorizedKey|decodeBase64|parsePublicKey/.test(name));
	const refused = await query("admin", ELSEWHERE);
	assert.equal(refused.granted, undefined);
	assert.deepEqual(parses(refused), parses(await query("admin", NOBODYS)));
});
