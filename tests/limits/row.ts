/** One limit and its two sides. */
import type { Session } from "../../src/connection/session.js";
import type { Limits } from "../../src/limits.js";
import { SSH_MSG_USERAUTH_FAILURE, SSH_MSG_USERAUTH_REQUEST } from "../../src/messages.js";
import type { ServerConnection } from "../../src/server/connection.js";
import type { TestClient } from "../peer/client.js";
import { echo, Place, type PlaceOptions } from "../peer/place.js";
import { message } from "../peer/wire.js";

/**
 * What happens at the limit, and the least beyond it. `run` does with 0 what comes to the limit, and with 1 what passes it
 * by one: a byte, an item, or as much as there can be in between.
 */
export interface Row {
	readonly at: unknown;
	readonly beyond: unknown;
	readonly run: (over: 0 | 1) => unknown | Promise<unknown>;
}

export const row = (at: unknown, beyond: unknown, run: Row["run"]): Row => ({ at, beyond, run });

/** Without keepalives, so that times are the test's own. */
export function placeWith(limits: Partial<Limits>, options: PlaceOptions = {}): Place {
	return new Place({ ...options, limits: { keepaliveInterval: 0, ...limits } });
}

/** How the only connection has ended, or "served" where it has not. */
export function outcome(place: Place): string {
	place.run();
	return place.ends[0] ?? "served";
}

export function connectionOf(place: Place): ServerConnection {
	return place.server.connections()[0] as ServerConnection;
}

/** A client whose command is served by `serve`, or by nobody. */
export function running(
	limits: Partial<Limits>,
	serve: (session: Session) => void = echo,
	options: PlaceOptions = {},
): { place: Place; client: TestClient; channel: ReturnType<TestClient["exec"]>; session: Session } {
	let session: Session | undefined;
	const onSession = (each: Session): void => {
		session = each;
		serve(each);
	};
	const place = placeWith(limits, { ...options, onSession });
	const client = place.client().login();
	const channel = client.exec("echo");
	return { place, client, channel, session: session! };
}

/** Clients that connect one after the other, each from an address of its own or all from one; whether the last is refused. */
export function lastRefused(place: Place, count: number, address: (number: number) => string): boolean {
	let last: TestClient | undefined;
	for (let number = 0; number < count; number++)
		last = place.client({ seed: number + 1, stopBefore: 20 }, { address: address(number) });
	place.run();
	return last!.over;
}

/** The methods that are named to a stranger from there. */
export function offered(place: Place, address: string): string {
	const client = place.client({}, { address }).start().requestAuthentication();
	client.send(message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "none"));
	place.run();
	const names = client.take(SSH_MSG_USERAUTH_FAILURE).text();
	client.link.end();
	place.run();
	return names;
}

/** Wrong passwords from there. */
export function guess(place: Place, count: number, address: string): void {
	const client = place.client({}, { address }).start().requestAuthentication();
	for (let each = 0; each < count; each++) client.password("admin", "wrong");
	client.link.end();
	place.run();
}
