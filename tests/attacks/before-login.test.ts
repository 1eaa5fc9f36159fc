/**
 * What a stranger may say: IGNORE and DEBUG may come at any time, and each packet is decrypted. So before the login they are
 * few and short, there are so many packets and so many bytes, whichever the keys; and no client that tries all its keys
 * comes near.
 */
import {
	DEVICE_LIMITS,
	IDLE_TALK_BEFORE_LOGIN,
	type Limits,
	MAX_IDLE_TALK_LENGTH,
} from "../../src/limits.js";
import {
	SSH_DISCONNECT_PROTOCOL_ERROR,
	SSH_MSG_IGNORE,
	SSH_MSG_UNIMPLEMENTED,
	SSH_MSG_USERAUTH_PK_OK,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import type { ServerConnection } from "../../src/server/connection.js";
import { noise } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { DEBUG, IGNORE, type TestClient } from "../peer/client.js";
import { messageName } from "../peer/names.js";
import { Place } from "../peer/place.js";
import { refused } from "../peer/refused.js";
import { type Field, fields, message, mpint, raw } from "../peer/wire.js";

/** What the server has counted. */
function counted(place: Place): { packets: number; bytes: number } {
	return (place.server.connections()[0] as ServerConnection).transport.packets.c2s;
}

/** Packets of a login with a password: KEXINIT, KEX_ECDH_INIT, NEWKEYS, SERVICE_REQUEST, USERAUTH_REQUEST. */
const LOGIN = 5;
const EXCHANGE = 3;

/** A question about a key that nobody has, of so many bytes: what a stranger may ask as often as he likes but for this. */
function question(length: number): Uint8Array {
	const head = ["admin", "ssh-connection", "publickey", false, "none"] as const;
	return message(SSH_MSG_USERAUTH_REQUEST, ...head, noise(length));
}

const PATIENT: Partial<Limits> = { authenticationAttempts: 1000 };

test("idle talk before the login: so many of each kind and of all, and none that is long; afterwards as much as one likes", () => {
	const messages = [IGNORE, DEBUG, message(SSH_MSG_UNIMPLEMENTED, 0), message(40, "what nobody knows")];
	for (const each of [...messages.map(payload => [payload]), messages]) {
		for (const more of [0, 1]) {
			const place = new Place();
			const client = place.client().start().requestAuthentication();
			for (let count = 0; count < IDLE_TALK_BEFORE_LOGIN + more; count++)
				client.send(each[count % each.length]);
			client.password("admin", "secret");
			if (more === 0) {
				assert.ok(client.heard.includes("USERAUTH_SUCCESS"));
				for (let count = 0; count < 100; count++) client.send(each[count % each.length]);
				client.send(message(SSH_MSG_IGNORE, noise(2000)));
				assert.equal(client.exec("echo").answers[0], true);
			} else {
				assert.ok(!client.heard.includes("USERAUTH_SUCCESS"));
				refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
				assert.equal(place.ends[0], "ERR_PAYLOAD_TOO_LARGE");
			}
		}
	}
	const place = new Place();
	const client = place.client().start().requestAuthentication();
	client.send(message(SSH_MSG_IGNORE, noise(MAX_IDLE_TALK_LENGTH)));
	place.run();
	assert.equal(place.ends[0], "ERR_PAYLOAD_TOO_LARGE");
});

test("what PuTTY says beside each password, an IGNORE of 256 bytes, may be said with as many as may be tried", () => {
	const place = new Place();
	const client = place.client().start().requestAuthentication();
	for (let count = 1; count < DEVICE_LIMITS.authenticationAttempts; count++) {
		client.send(message(SSH_MSG_IGNORE, noise(256)));
		client.password("admin", count === 5 ? "secret" : "wrong");
	}
	client.take(SSH_MSG_USERAUTH_SUCCESS);
});

test("packetsBeforeLogin: a login that is the last of them is one, behind one more it is none", () => {
	const { packetsBeforeLogin } = DEVICE_LIMITS;
	for (const more of [0, 1]) {
		const place = new Place({ limits: PATIENT });
		const client = place.client().start().requestAuthentication();
		for (let count = LOGIN; count < packetsBeforeLogin + more; count++) client.send(question(10));
		client.password("admin", "secret");
		if (more === 0) {
			assert.equal(counted(place).packets, packetsBeforeLogin);
			assert.ok(client.heard.includes("USERAUTH_SUCCESS"));
		} else {
			assert.ok(!client.heard.includes("USERAUTH_SUCCESS"));
			refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
			assert.equal(place.ends[0], "ERR_PAYLOAD_TOO_LARGE");
		}
	}
});

test("packetsBeforeLogin: new keys are no new beginning, and those in the clear count", () => {
	const limits = { ...PATIENT, packetsBeforeLogin: 40 };
	for (const more of [0, 1]) {
		const place = new Place({ limits });
		// Without strict key exchange IGNORE may stand before and within the first one.
		const before = (client: TestClient, number: number): void => {
			if (number === 30 && client.exchanges === 0)
				for (let count = 0; count < 10; count++) client.sendNow(IGNORE);
		};
		const client = place.client({ strict: false, before }).start().requestAuthentication();
		for (let count = 0; count < 10; count++) client.send(question(10));
		client.rekey();
		place.run();
		assert.equal(client.exchanges, 2);
		const said = LOGIN + EXCHANGE + 20;
		for (let count = said; count < limits.packetsBeforeLogin + more; count++) client.send(question(10));
		client.password("admin", "secret");
		assert.equal(client.heard.includes("USERAUTH_SUCCESS"), more === 0);
	}
});

/** A login among questions; the bytes that the server has counted with it, or undefined where there was none. */
function loginAmong(limits: Partial<Limits>): number | undefined {
	const place = new Place({ limits: { ...PATIENT, ...limits } });
	const client = place.client().start().requestAuthentication();
	for (let count = 0; count < 10; count++) client.send(question(1000));
	client.rekey();
	place.run();
	client.password("admin", "secret");
	if (client.heard.includes("USERAUTH_SUCCESS")) return counted(place).bytes;
	refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
	assert.equal(place.ends[0], "ERR_PAYLOAD_TOO_LARGE");
	return undefined;
}

test("bytesBeforeLogin: a login that ends with the last of them is one, a byte beyond it is none", () => {
	const bytes = loginAmong({})!;
	assert.ok(bytes > 10_000, `${bytes}`);
	assert.equal(loginAmong({ bytesBeforeLogin: bytes }), bytes);
	assert.equal(loginAmong({ bytesBeforeLogin: bytes - 1 }), undefined);
});

test("six RSA keys of 4,096 bits, each asked about and signed with, over three key exchanges: within two thirds of either limit", () => {
	const place = new Place();
	const client = place.client().start().requestAuthentication();
	const request = (method: string, ...values: readonly Field[]): void => {
		const body = raw(fields(...values));
		client.send(message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", method, body));
		place.run();
	};
	request("none");
	const keys = Array.from({ length: 6 }, (_, seed) => {
		const modulus = noise(512, seed + 1);
		modulus[0] |= 0x80;
		modulus[511] |= 1;
		const numbers = [raw(mpint(Uint8Array.of(1, 0, 1))), raw(mpint(modulus))];
		return fields("ssh-rsa", ...numbers);
	});
	keys.forEach((key, index) => {
		if (index % 2 === 1 && client.exchanges < 3) client.rekey();
		request("publickey", false, "rsa-sha2-512", key);
		const signature = fields("rsa-sha2-512", noise(512));
		if (index < 5) request("publickey", true, "rsa-sha2-512", key, signature);
	});
	client.password("admin", "secret");
	assert.ok(client.heard.includes("USERAUTH_SUCCESS"));
	assert.equal(client.exchanges, 3);
	const answers = client.heard.filter(name => name === messageName(SSH_MSG_USERAUTH_PK_OK).slice(8));
	assert.equal(answers.length, 6);
	const { packets, bytes } = counted(place);
	assert.ok(packets > 20 && packets <= (DEVICE_LIMITS.packetsBeforeLogin * 2) / 3, `${packets}`);
	assert.ok(bytes > 10_000 && bytes <= (DEVICE_LIMITS.bytesBeforeLogin * 2) / 3, `${bytes}`);
});
