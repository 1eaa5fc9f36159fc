/**
 * Prefix truncation (CVE-2023-48795) in the simulated network, with strict key exchange and without: without it the attack
 * must succeed, or the tests that it fails under strict key exchange would prove nothing.
 */
import { SSH_DISCONNECT_PROTOCOL_ERROR, SSH_MSG_EXT_INFO } from "../../src/messages.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { Place } from "../peer/place.js";
import { refused } from "../peer/refused.js";
import { message } from "../peer/wire.js";
import {
	CHACHA20,
	ETM,
	EXT_INFO_LENGTH,
	GCM,
	middle,
	type Plan,
	type Suite,
	sealedLength,
} from "./terrapin.js";

/** Of the EXT_INFO that the client of the tests sends. */
const CLIENT_EXT_INFO_LENGTH = message(SSH_MSG_EXT_INFO, 1, "global-requests-ok", "").length;

function attacked(place: Place, suite: Suite, strict: boolean, toServer: Plan, toClient: Plan): TestClient {
	return place.client({
		strict,
		sendsExtInfo: true,
		cipherC2s: [suite.cipher],
		cipherS2c: [suite.cipher],
		macC2s: [suite.mac],
		macS2c: [suite.mac],
		middle: middle(toServer, toClient),
	});
}

const serverExtInfo = (suite: Suite): Plan => ({ inject: true, drop: sealedLength(EXT_INFO_LENGTH, suite) });
const clientExtInfo = (suite: Suite): Plan => ({
	inject: true,
	drop: sealedLength(CLIENT_EXT_INFO_LENGTH, suite),
});

/** How the connection ended: the server's status, or what the client has to say of the server. */
function outcome(suite: Suite, strict: boolean, toServer: Plan, toClient: Plan): string {
	const place = new Place();
	const client = attacked(place, suite, strict, toServer, toClient);
	let fault = "";
	try {
		client.login();
	} catch (error) {
		fault = (error as Error).message;
	}
	const status = place.ends[0];
	client.link.abort();
	place.run();
	assert.deepEqual(place.errors, []);
	assert.equal(place.fault(), undefined);
	return status ?? fault;
}

test("without an attack the man in the middle is not noticed", () => {
	for (const suite of [CHACHA20, GCM, ...ETM]) {
		for (const strict of [true, false]) {
			const place = new Place();
			const client = attacked(place, suite, strict, {}, {}).login();
			assert.ok(client.heard.includes("EXT_INFO"));
			assert.equal(client.exec("echo").answers[0], true);
		}
	}
});

test("chacha20-poly1305, not strict: the server's EXT_INFO is cut off, and nobody notices", () => {
	const place = new Place();
	const client = attacked(place, CHACHA20, false, {}, serverExtInfo(CHACHA20)).login();
	assert.ok(!client.heard.includes("EXT_INFO"));
	assert.equal(client.exec("echo").answers[0], true);
});

test("chacha20-poly1305, not strict: the client's EXT_INFO is cut off, and nobody notices", () => {
	const place = new Place();
	const client = attacked(place, CHACHA20, false, clientExtInfo(CHACHA20), {}).login();
	assert.equal(client.exec("echo").answers[0], true);
});

test("encrypt-then-MAC, not strict: the MAC lets it pass; that the key stream is out of step ends it", () => {
	for (const suite of ETM) {
		assert.equal(outcome(suite, false, clientExtInfo(suite), {}), "ERR_SSH_TRANSPORT");
		const seen = outcome(suite, false, {}, serverExtInfo(suite));
		assert.ok(seen !== "" && !seen.includes("wrong tag"), seen);
	}
});

test("AES-GCM counts its packets itself: the attack fails, strict or not", () => {
	for (const strict of [true, false]) {
		assert.match(outcome(GCM, strict, {}, serverExtInfo(GCM)), /wrong tag/);
	}
	assert.equal(outcome(GCM, false, clientExtInfo(GCM), {}), "ERR_SSH_TRANSPORT_BAD_MAC");
});

test("strict: what was put in ends the connection before there is anything to cut off", () => {
	for (const suite of [CHACHA20, GCM, ...ETM]) {
		const place = new Place();
		const client = attacked(place, suite, true, clientExtInfo(suite), {});
		client.start();
		refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR, suite.cipher);
		assert.equal(place.ends[0], "ERR_SSH_BAD_TRANS_RECEIVE_STATE");
	}
});

test("strict: what was cut off is missed, with nothing put in or with something", () => {
	for (const suite of ETM) {
		const cut = { drop: clientExtInfo(suite).drop };
		assert.equal(outcome(suite, true, cut, {}), "ERR_SSH_TRANSPORT_BAD_MAC");
		assert.match(outcome(suite, true, {}, serverExtInfo(suite)), /wrong tag/);
	}
	// chacha20-poly1305 decrypts a length first, with the nonce of another packet.
	const lost = /ERR_SSH_TRANSPORT|ERR_PAYLOAD_TOO_LARGE/;
	assert.match(outcome(CHACHA20, true, { drop: clientExtInfo(CHACHA20).drop }, {}), lost);
	assert.match(outcome(CHACHA20, true, {}, serverExtInfo(CHACHA20)), /^packet of \d+ bytes|wrong tag/);
});
