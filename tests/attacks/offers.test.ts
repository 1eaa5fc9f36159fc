/** What the server offers, to the letter: an algorithm comes or goes by intent alone. tests/interop/ssh-audit.policy is the same. */

import { createHostKey, generateKey } from "../../src/keys/host-key.js";
import { SSH_MSG_EXT_INFO, SSH_MSG_KEX_ECDH_INIT } from "../../src/messages.js";
import { noise, run } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { readKexInit, type ServerOffer } from "../peer/exchange.js";
import { hostKey, Place, type PlaceOptions } from "../peer/place.js";

function offered(options: PlaceOptions = {}): Omit<ServerOffer, "cookie"> {
	let offer: ServerOffer | undefined;
	new Place(options)
		.client({
			hostKeys: ["ssh-ed25519"],
			before: ({ exchange }, number) => {
				if (number === SSH_MSG_KEX_ECDH_INIT) offer = readKexInit(exchange!.serverInit!);
			},
		})
		.start();
	const { cookie, ...rest } = offer!;
	assert.equal(cookie.length, 16);
	return rest;
}

const CIPHERS = [
	"chacha20-poly1305@openssh.com",
	"aes128-gcm@openssh.com",
	"aes256-gcm@openssh.com",
	"aes128-ctr",
	"aes256-ctr",
];
const MACS = [
	"hmac-sha2-256-etm@openssh.com",
	"hmac-sha2-512-etm@openssh.com",
	"hmac-sha2-256",
	"hmac-sha2-512",
];

test("the first KEXINIT, list by list", () => {
	assert.deepEqual(offered(), {
		kex: ["curve25519-sha256", "curve25519-sha256@libssh.org", "ext-info-s", "kex-strict-s-v00@openssh.com"],
		hostKeys: ["ssh-ed25519"],
		cipherC2s: CIPHERS,
		cipherS2c: CIPHERS,
		macC2s: MACS,
		macS2c: MACS,
		compression: ["none"],
		follows: false,
	});
});

test("host keys are offered that are held, in the order in which they were given", () => {
	const ecdsa = createHostKey(testCrypto, run(generateKey(testCrypto, "ecdsa-sha2-nistp256", noise(48))));
	assert.deepEqual(offered({ hostKeys: [hostKey(), ecdsa] }).hostKeys, [
		"ssh-ed25519",
		"ecdsa-sha2-nistp256",
	]);
	assert.deepEqual(offered({ hostKeys: [ecdsa, hostKey()] }).hostKeys, [
		"ecdsa-sha2-nistp256",
		"ssh-ed25519",
	]);
});

test("server-sig-algs, to the letter", () => {
	const client = new Place().client().start();
	const reader = client.take(SSH_MSG_EXT_INFO);
	reader.uint32();
	assert.equal(reader.text(), "server-sig-algs");
	assert.equal(reader.text(), "ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256");
});
