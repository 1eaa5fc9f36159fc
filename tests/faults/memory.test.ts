/** Memory that is refused at each allocation of a session: that connection ends, and nothing else does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SimRandom } from "../../hal/sim/index.js";
import { CLOSE_TIME, TICK } from "../../src/limits.js";
import type { ClientChannel } from "../peer/channel.js";
import type { TestClient } from "../peer/client.js";
import { Scarce, ScarceHal } from "./scarce.js";
import { FaultPlace, session } from "./session.js";

const ENDS = [
	"ERR_SSH_DISCONNECT_BY_APPLICATION",
	"ERR_TCP_SOCKET_CLOSED",
	// A timer without memory delays an answer to the next tick, and this client does not wait: it names a channel that it was not given.
	"ERR_SESSION_NOT_OPEN",
];

/** A place whose memory can be refused, and others that are logged in to it. */
class ScarcePlace {
	readonly scarce: Scarce = new Scarce();
	readonly hal = new ScarceHal(this.scarce);
	readonly place = new FaultPlace({ hal: this.hal });
	private readonly others: TestClient[] = [];
	private readonly channels: ClientChannel[] = [];

	constructor(others: number) {
		// Once for nothing, so that what is kept for all connections is there.
		session(this.place);
		for (let at = 0; at < others; at++) {
			const client = this.place.client({ seed: 50 + at }).login();
			this.others.push(client);
			this.channels.push(client.exec("echo"));
		}
	}

	/** A session in which this allocation is refused. True where it came to that. */
	refuse(target: number): boolean {
		const { scarce, hal, place, others } = this;
		const note = `allocation ${target}`;
		place.ends.length = 0;
		hal.entropy = new SimRandom(11);
		scarce.count = 0;
		scarce.refused = target;
		const client = session(place, {}, {}, "late");
		scarce.refused = Infinity;
		const { count } = scarce;
		place.pass(CLOSE_TIME + 2 * TICK);
		assert.deepEqual(hal.uncaught, [], note);
		assert.equal(place.server.connectionCount, others.length, `${note}: places of the table`);
		assert.equal(place.server.connections().length, others.length, `${note}: connections`);
		assert.equal(hal.openSockets, 1 + others.length, `${note}: sockets`);
		assert.equal(
			place.begun - place.told,
			others.length,
			`${note}: sessions that were not told of their end`,
		);
		// Refused before it was a connection, or told once.
		assert.equal(place.ends.length, client.serverLine === "" ? place.ends.length & 1 : 1, note);
		for (const end of place.ends) assert.ok(ENDS.includes(end), `${note}: ${end}`);
		// Nobody has told the server of one whom it could not accept, until the next one comes.
		if (client.serverLine === "") assert.equal(place.fault(), undefined, note);
		for (const channel of this.channels) {
			const before = channel.text.length;
			channel.write(".");
			place.run();
			assert.equal(channel.text.length, before + 1, `${note}: the others`);
		}
		return count > target;
	}

	end(): void {
		for (const { link } of this.others) link.end();
		this.place.assertClean("in the end");
	}
}

for (const [name, lasting] of [
	["one allocation", false],
	["all allocations from one on, until the server's code returns,", true],
] as const)
	test(`${name} refused in a session`, () => {
		const world = new ScarcePlace(1);
		world.scarce.lasting = lasting;
		let target = 0;
		world.scarce.during(() => {
			while (world.refuse(target)) target++;
		});
		assert.ok(target > 300, `${target}`);
		world.end();
	});
