/** A whole session, for tests that let something fail at each point of it. */
import type { LinkOptions } from "../../hal/sim/index.js";
import type { Session } from "../../src/connection/session.js";
import { DISPLAY_ERROR } from "../../src/merrors.js";
import { noise } from "../crypto/helpers.js";
import { assert } from "../harness.js";
import type { ClientOptions, TestClient } from "../peer/client.js";
import { echo, Place, type PlaceOptions } from "../peer/place.js";

const DATA = noise(200);

/** A place that counts the sessions which began and which were told of their end. */
export class FaultPlace extends Place {
	begun: number;
	told: number;

	constructor(options: PlaceOptions = {}) {
		super({
			...options,
			onSession: session => this.serve(session),
			// Not by push(), which a test may have refuse its memory.
			onClose: (_connection, status) => {
				this.ends[this.ends.length] = DISPLAY_ERROR(status);
			},
			onError: (_status, text) => {
				this.errors[this.errors.length] = text;
			},
		});
		this.begun = 0;
		this.told = 0;
	}

	private serve(session: Session): void {
		this.begun++;
		session.onClose = () => this.told++;
		echo(session);
	}

	/** With all clients gone nothing is held, every session was told of its end, and the next login is good. */
	assertClean(note: string): void {
		this.run();
		assert.equal(this.held(), "", note);
		assert.equal(this.told, this.begun, note);
		assert.equal(this.fault(), undefined, note);
	}
}

/**
 * Login, a command with data there and back, a re-key in the midst of it, the end of the channel, and good-bye.
 *
 * @param gone whether the connection may end before: then what the client misses is no fault; "late" if the server may
 *   also answer so late that the client goes
 * @returns the client; its channel is closed where all went well
 */
export function session(
	place: Place,
	options: ClientOptions = {},
	link: LinkOptions = {},
	gone: boolean | "late" = false,
): TestClient {
	const client = place.client(options, link);
	try {
		client.login();
		const channel = client.exec("echo");
		channel.write(DATA.slice(0, 100));
		client.rekey();
		channel.write(DATA.slice(100));
		place.run();
		channel.end();
		place.run();
		assert.deepEqual(channel.data, DATA);
		assert.equal(channel.exitStatus, 0);
		assert.ok(channel.closed);
		assert.ok(client.exchanges >= 2);
	} catch (error) {
		if (gone !== "late" && !(gone && client.over)) throw error;
	}
	client.link.end();
	place.run();
	return client;
}
