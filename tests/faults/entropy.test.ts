/** Entropy that fails at each use: nothing begins without it, and nothing is sent that should have had it. */
import { createSimHal, SimRandom } from "../../hal/sim/index.js";
import { SimulatedDevice } from "../../simulator/device.js";
import { type DeviceOptions, StartError } from "../../simulator/options.js";
import { loadHostKey } from "../../src/keys/host-key-store.js";
import { DESKTOP_LIMITS } from "../../src/limits.js";
import { SSH_DISCONNECT_BY_APPLICATION } from "../../src/messages.js";
import { concat } from "../crypto/helpers.js";
import { assert, EACH, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { PORT } from "../peer/place.js";
import { FaultPlace, session } from "./session.js";

/** A session, and the bytes that the server sent in it. */
function recorded(place: FaultPlace, good = Infinity, failures = 0) {
	const sent: Uint8Array[] = [];
	const { write } = place.hal;
	place.hal.write = (socket, bytes, offset, length) => {
		const count = write.call(place.hal, socket, bytes, offset, length);
		if (count > 0) sent.push(bytes.slice(offset, offset + count));
		return count;
	};
	let uses = 0;
	const { random } = place.hal;
	place.hal.random = bytes => {
		if (uses++ === good) place.hal.randomFailures = failures;
		return random.call(place.hal, bytes);
	};
	const client = session(place, {}, {}, true);
	place.hal.randomFailures = 0;
	return { client, uses, sent: concat(...sent) };
}

function startsWith(whole: Uint8Array, part: Uint8Array): boolean {
	return part.length <= whole.length && part.every((byte, at) => byte === whole[at]);
}

test("each use in a session: the connection ends with ERR_RAND, and what was sent is what would have been", () => {
	const whole = recorded(new FaultPlace());
	assert.ok(whole.uses > 20, `${whole.uses}`);
	// The last use is that of the good-bye to a client who has gone.
	for (let good = 0; good < whole.uses - 1; good += EACH === 1 ? 1 : 5) {
		const note = `use ${good} of ${whole.uses}`;
		const silent = new FaultPlace();
		const none = recorded(silent, good, Infinity);
		assert.deepEqual(silent.ends, ["ERR_RAND"], note);
		// Not even a good-bye: its padding would have no randomness.
		assert.equal(none.client.disconnect, undefined, note);
		assert.ok(startsWith(whole.sent, none.sent), note);
		silent.assertClean(note);

		const place = new FaultPlace();
		const { client, sent } = recorded(place, good, 1);
		assert.deepEqual(place.ends, ["ERR_RAND"], note);
		assert.equal(client.disconnect?.reason, SSH_DISCONNECT_BY_APPLICATION, note);
		assert.equal(client.disconnect?.description, "ERR_RAND", note);
		assert.ok(startsWith(sent, none.sent), note);
		assert.ok(sent.length < none.sent.length + 100, `${note}: more than a good-bye`);
		place.assertClean(note);
		assert.deepEqual([...silent.errors, ...place.errors], [], note);
	}
});

test("each use while another is in, who does not notice", () => {
	const place = new FaultPlace();
	const other = place.client({ seed: 31 }).login();
	const channel = other.exec("echo");
	const { uses } = recorded(new FaultPlace());
	for (let good = 0; good < uses - 1; good += 3) {
		place.ends.length = 0;
		place.hal.entropy = new SimRandom(good);
		place.hal.goodRandoms = good;
		place.hal.randomFailures = 1;
		session(place, {}, {}, true);
		assert.deepEqual(place.ends, ["ERR_RAND"], `use ${good}`);
		channel.write(".");
		place.run();
	}
	assert.equal(channel.text.length, Math.ceil((uses - 1) / 3));
	other.link.end();
	place.assertClean("the other has gone too");
});

test("a host key is made from randomness, or not made and nothing stored", async () => {
	for (const good of [0, 1]) {
		const hal = createSimHal();
		hal.goodRandoms = good;
		hal.randomFailures = 1;
		const made = loadHostKey(hal, testCrypto);
		await Promise.all([
			assert.rejects(made, /no cryptographic randomness: ERR_RAND/),
			hal.network.pass(1000),
		]);
		assert.deepEqual(hal.storage.names(), []);
		const again = loadHostKey(hal, testCrypto);
		await hal.network.pass(1000);
		assert.ok((await again).fingerprint);
	}
});

const OPTIONS: DeviceOptions = {
	host: "0.0.0.0",
	port: PORT,
	state: "state",
	user: "admin",
	password: undefined,
	authorizedKeys: undefined,
	maxConnections: 2,
	ownerAddresses: undefined,
	limits: DESKTOP_LIMITS,
	log: "error",
};

test("a device does not start where randomness fails: not for its host key, its server, its password, its salt", async () => {
	for (let good = 0; ; good++) {
		const hal = createSimHal();
		const { now } = hal;
		// Finding out how many iterations take a quarter of a second takes time.
		hal.now = () => {
			hal.network.stall(70);
			return now.call(hal);
		};
		hal.goodRandoms = good;
		hal.randomFailures = 1;
		const said: string[] = [];
		const start = SimulatedDevice.start(OPTIONS, {
			hal,
			crypto: testCrypto,
			hostname: "device",
			say: line => said.push(line),
			complain: line => said.push(line),
		}).then(
			device => device,
			(error: unknown) => error,
		);
		await hal.network.pass(100_000);
		const outcome = await start;
		if (hal.randomFailures > 0) {
			assert.ok(outcome instanceof SimulatedDevice, `${outcome}`);
			assert.ok(said.some(line => line.startsWith("password: ")));
			assert.ok(good >= 5, `${good}`);
			return;
		}
		assert.ok(outcome instanceof StartError, `use ${good}: ${outcome}`);
		assert.ok(/randomness|ERR_RAND/.test(outcome.message), outcome.message);
		assert.deepEqual(said, [], `use ${good}`);
		assert.ok(!hal.storage.names().includes("passwd"), `use ${good}`);
	}
});
