/** One connection of a guest, and what is counted of all of them. */
import type { SimRandom } from "../../hal/sim/index.js";
import type { ClientChannel } from "../peer/channel.js";
import type { Identity } from "../peer/identity.js";
import type { SocketClient } from "../peer/socket.js";

/** What guests got, and what they were refused. */
export class Tally {
	readonly counts = new Map<string, number>();
	/** What the server did that no server may. */
	readonly faults: string[] = [];

	count(what: string, times = 1): void {
		if (times > 0) this.counts.set(what, (this.counts.get(what) ?? 0) + times);
	}

	get lines(): string[] {
		return [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) => `${what} ${times}`);
	}
}

export interface Identities {
	/** restrict,command="cat" */
	readonly forced: Identity;
	/** restrict,pty: whatever command, from a key with limits. */
	readonly limited: Identity;
	/** The same, with role="viewer". */
	readonly viewer: Identity;
	readonly user: string;
	readonly password: string;
}

export class Visit {
	readonly guest: SocketClient;
	readonly dice: SimRandom;
	readonly tally: Tally;
	readonly identities: Identities;

	constructor(guest: SocketClient, dice: SimRandom, tally: Tally, identities: Identities) {
		this.guest = guest;
		this.dice = dice;
		this.tally = tally;
		this.identities = identities;
	}

	/** Whether a chance of one in so many came up. */
	oneIn(chances: number): boolean {
		return this.dice.below(chances) === 0;
	}

	pick<T>(list: readonly T[]): T {
		return list[this.dice.below(list.length)];
	}

	/** Up to so many milliseconds, none as often as not. */
	async pause(most: number): Promise<void> {
		const milliseconds = this.oneIn(2) ? 0 : this.dice.below(most);
		if (milliseconds > 0) await this.guest.until(() => false, milliseconds);
	}

	async login(identity: Identity): Promise<boolean> {
		const { guest, tally } = this;
		if (!(await guest.exchange())) return this.ended("key exchange");
		const done = await guest.authenticate(sessionId => identity.request(sessionId));
		if (!done) return this.ended("login");
		tally.count("logins");
		return true;
	}

	private ended(at: string): false {
		this.tally.count(`turned away before its ${at}`);
		return false;
	}

	/** Asks for channels all at once. @returns those that were granted */
	async open(count: number, window: number): Promise<ClientChannel[]> {
		const { client } = this.guest;
		const opened: ClientChannel[] = [];
		for (let i = 0; i < count; i++) opened.push(client.open(window));
		await this.guest.until(() => opened.every(({ recipient, refused }) => recipient >= 0 || refused > 0));
		const granted = opened.filter(({ recipient }) => recipient >= 0);
		this.tally.count("channels granted", granted.length);
		for (const { refused } of opened) if (refused > 0) this.tally.count(`channels refused (${refused})`);
		return granted;
	}

	/** Counts the answers to requests of a channel. */
	countAnswers(channels: readonly ClientChannel[]): void {
		for (const { answers } of channels) {
			this.tally.count("requests granted", answers.filter(granted => granted).length);
			this.tally.count("requests refused", answers.filter(granted => !granted).length);
			answers.length = 0;
		}
	}

	/** Forgets what has come, as a client does that only takes. */
	forget(): void {
		const { client } = this.guest;
		client.inbox = [];
		client.heard.length = 0;
	}
}
