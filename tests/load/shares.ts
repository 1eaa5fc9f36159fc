/**
 * What an owner has of the emulated device while others hold every place but his, in the device's own time: a server in a
 * simulated network whose clock stands for the instructions that cryptography takes there (costly.ts). Nothing in it depends
 * on this machine.
 */
import { createSimHal } from "../../hal/sim/index.js";
import { equalBytes } from "../../src/base/wire.js";
import { Done } from "../../src/crypto/port.js";
import type { Limits } from "../../src/limits.js";
import { DEVICE_LIMITS } from "../../src/limits.js";
import { type Authenticator, FULL_PERMIT } from "../../src/userauth/authenticator.js";
import { noise } from "../crypto/helpers.js";
import { TestClient } from "../peer/client.js";
import { authenticator, Place, PORT } from "../peer/place.js";
import { fields } from "../peer/wire.js";
import { attackersOf, type Dial, loginOf } from "./attacks.js";
import { costlyCrypto } from "./costly.js";
import { Typist } from "./typist.js";

export const OWNER_ADDRESS = "198.51.100.9";
/** How often attackers look whether they have something to do. */
const BEAT = 10;
/** A login is given up then. */
const PATIENCE = 60_000;
/** Attackers are there for so long before the owner comes. */
const HEAD_START = 5_000;
const ECHOES = 100;
/** Milliseconds that a packet is on its way. */
const DELAY = 1;

const GUEST = loginOf("admin", noise(32, 21));
const OWNER = loginOf("admin", noise(32, 22));

/** What is granted to the guests' key. */
const LIMITED = Object.freeze({
	...FULL_PERMIT,
	pty: false,
	command: "cat",
	role: "operator",
	limited: true,
} as const);
const GUEST_BLOB = fields("ssh-ed25519", GUEST.publicKey);
const keys: Authenticator = {
	...authenticator,
	authorizedKey: (_user, blob) => new Done(equalBytes(blob, GUEST_BLOB) ? LIMITED : FULL_PERMIT),
};

export interface Shares {
	/** Milliseconds of the owner's logins, one after the other, while the attack went on; Infinity where there was none. */
	readonly logins: readonly number[];
	/** Milliseconds from a key to its echo. */
	readonly echoes: readonly number[];
	/** How often attackers have come. */
	readonly visits: number;
}

export interface SharesOptions {
	readonly logins?: number;
	readonly places?: number;
	readonly limits?: Partial<Limits>;
	/** The owner's address is listed as such; unless told it is. */
	readonly listed?: boolean;
}

/** @param mix a name of MIXES; undefined for nobody */
export function shares(mix: string | undefined, options: SharesOptions = {}): Shares {
	const { logins = 3, places = 4, limits, listed = true } = options;
	const hal = createSimHal();
	new Place({
		hal,
		crypto: costlyCrypto(hal),
		authenticator: keys,
		maxConnections: places,
		...(listed ? { ownerAddresses: OWNER_ADDRESS } : {}),
		limits: { ...DEVICE_LIMITS, ...limits },
	});
	const dial: Dial = (address, options) => {
		const link = hal.connect(PORT, { address, c2s: { delay: DELAY }, s2c: { delay: DELAY } });
		const client = new TestClient(link, () => undefined, options);
		link.onData = bytes => {
			// An attacker is not there to judge what it is sent.
			try {
				client.takeBytes(bytes);
			} catch {
				link.onData = undefined;
			}
		};
		return client;
	};
	const attackers = mix === undefined ? [] : attackersOf(mix, places - 1, dial, GUEST, "203.0.113");
	const pass = (milliseconds: number, done: () => boolean): void => {
		const end = hal.network.now + milliseconds;
		while (hal.network.now < end && !done()) {
			for (const attacker of attackers) attacker.tick();
			hal.network.advance(BEAT);
		}
	};
	pass(attackers.length > 0 ? HEAD_START : 0, () => false);
	const times: number[] = [];
	const echoes: number[] = [];
	for (let count = 0; count < logins; count++) {
		const owner = new Typist(dial, OWNER_ADDRESS, OWNER, {
			now: () => hal.network.now,
			after: (delay, run) => void hal.network.clock.after(delay, run),
		});
		pass(PATIENCE, () => owner.login !== undefined);
		times.push(owner.login ?? Infinity);
		if (count === logins - 1) pass(PATIENCE, () => owner.echoes.length >= ECHOES);
		echoes.push(...owner.echoes);
		owner.leave();
		pass(500, () => false);
	}
	const visits = attackers.reduce((sum, attacker) => sum + attacker.visits, 0);
	return { logins: times, echoes, visits };
}
