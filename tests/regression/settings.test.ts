/** Chains of methods that nobody could pass are a fault of the settings, and told as one. */
import { ERR_SSH_CONFIG, OK, SSH_init, SSH_shutdown } from "../../src/nanossh/ssh.js";
import { assert, test } from "../harness.js";
import { authenticator, Place } from "../peer/place.js";
import { Loop } from "../ssh-api/loop.js";

const NONE = { ...authenticator, chains: [] };
const EMPTY = { ...authenticator, chains: [["publickey"], []] } as const;

test("SSHServer throws a TypeError for them, and SSH_init returns ERR_SSH_CONFIG", async () => {
	for (const faulty of [NONE, EMPTY]) {
		assert.throws(() => new Place({ authenticator: faulty }), TypeError);
		await Loop.begin({ authenticator: faulty });
		assert.equal(SSH_init(1), ERR_SSH_CONFIG);
	}
	await Loop.begin();
	assert.equal(SSH_init(1), OK);
	await SSH_shutdown();
});
