/**
 * Applications that do anything at any time: each callback writes, reads, ends, exits, closes, pings or throws, by chance, to
 * whatever session or connection there is or was. The client checks every message against the protocol.
 */
import { SimRandom } from "../../hal/sim/index.js";
import type { ConnectionInfo, Session } from "../../src/connection/session.js";
import { CLOSE_TIME, DEVICE_LIMITS } from "../../src/limits.js";
import { assert, EACH, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { Place } from "../peer/place.js";

const THROWN = "thrown on purpose";
const DATA = new Uint8Array(3000).fill(0x61);

class Torment {
	readonly place: Place;
	readonly faults: string[] = [];
	private readonly random: SimRandom;
	private readonly connections: ConnectionInfo[] = [];
	private readonly sessions: Session[] = [];
	private readonly closed = new Map<Session, number>();
	private depth = 0;

	constructor(seed: number) {
		this.random = new SimRandom(seed);
		this.place = new Place({
			limits: {
				...DEVICE_LIMITS,
				rekeyPackets: 20,
				waitingConnections: 8,
				waitingByAddress: 8,
				connectionsPerMinute: 0,
			},
			onSession: session => this.begin(session),
			onConnection: connection => {
				this.connections.push(connection);
				this.act();
			},
			onClose: () => this.act(),
			onPingReply: () => this.act(),
			onError: (_status, text) => {
				if (!text.includes(THROWN)) this.faults.push(text);
			},
		});
	}

	below(bound: number): number {
		const bytes = new Uint8Array(2);
		this.random.fill(bytes);
		return ((bytes[0] << 8) | bytes[1]) % bound;
	}

	one<T>(list: readonly T[]): T | undefined {
		return list[this.below(Math.max(1, list.length))];
	}

	private begin(session: Session): void {
		this.sessions.push(session);
		const act = (): void => {
			if (this.closed.has(session)) this.faults.push("a callback behind onClose");
			this.act();
		};
		session.onReadable = session.onWritable = session.onEnd = act;
		session.onWindowChange = session.onSignal = session.onBreak = act;
		session.onClose = () => {
			this.closed.set(session, (this.closed.get(session) ?? 0) + 1);
			this.act();
		};
		this.act();
	}

	/** A few things at once, and others from within them. */
	act(): void {
		if (this.depth > 3) return;
		this.depth++;
		try {
			for (let count = this.below(4); count > 0; count--) this.actOnce();
		} finally {
			this.depth--;
		}
	}

	private actOnce(): unknown {
		const session = this.one(this.sessions);
		const connection = this.one(this.connections);
		switch (this.below(24)) {
			case 0:
				return session?.close();
			case 1:
				return session?.exit(this.below(300));
			case 2:
				return session?.exitSignal("TERM", "gone");
			case 3:
				return session?.end();
			case 4:
				return connection && this.place.server.closeConnection(connection.id);
			case 5:
				return connection && this.place.server.ping(connection.id);
			case 6:
				if (this.below(3) === 0) throw new Error(THROWN);
				return undefined;
			case 7:
				return connection && this.place.server.limitSessionTime(connection.id, this.below(5000));
			case 8:
			case 9:
				return session?.writeError(DATA, 0, this.below(DATA.length));
			case 10:
			case 11:
			case 12:
			case 13:
				return session?.write(DATA, 0, this.below(DATA.length));
			default:
				return session?.read(new Uint8Array(this.below(1500)));
		}
	}

	/** What the client does. */
	private move(client: TestClient): unknown {
		const channel = this.one(client.channels);
		if (client.disconnect) return undefined;
		const usable = channel && channel.recipient >= 0 && !channel.closed;
		switch (this.below(9)) {
			case 0:
				return client.channels.length < 12 ? client.exec("x", this.below(3000)) : undefined;
			case 1:
				return usable ? channel.write(DATA.slice(0, this.below(2000))) : undefined;
			case 2:
				return usable ? channel.adjust(this.below(3000)) : undefined;
			case 3:
				return usable ? channel.request("signal", false, "INT") : undefined;
			case 4:
				return usable && this.below(3) === 0 ? channel.end() : undefined;
			case 5:
				return usable && this.below(3) === 0 ? channel.close() : undefined;
			case 6:
				return client.rekey();
			case 7:
				return this.place.pass(this.below(2000));
			default:
				return this.act();
		}
	}

	run(): void {
		const clients: TestClient[] = [];
		for (let step = 0; step < 60; step++) {
			try {
				if (clients.length < 3 && this.below(10) === 0) {
					const takes =
						this.below(2) === 0
							? (length: number): number => this.below(length + 1)
							: (length: number): number => length;
					clients.push(this.place.client({}, { takes }).login());
				}
				const client = this.one(clients);
				if (client) this.move(client);
				this.place.run();
			} catch (error) {
				const text = String(error);
				if (!/thrown on purpose|no SSH_MSG|disconnected/.test(text)) throw error;
			}
		}
		for (const client of clients) client.link.end();
		this.place.run();
		this.place.pass(CLOSE_TIME + 2000);
		this.place.run();
		assert.deepEqual(this.faults, []);
		assert.equal(this.place.held(), "");
		for (const session of this.sessions) assert.equal(this.closed.get(session), 1);
		this.sessions.length = 0;
	}
}

test("whatever an application does, wherever it is called, the server goes on", () => {
	for (let seed = 1; seed <= (EACH === 1 ? 50 : 3); seed++) new Torment(seed).run();
});
