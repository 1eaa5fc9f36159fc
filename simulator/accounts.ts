/** Who may log in to the simulator: what is kept in the state folder, and what the command line puts in its place. */

import type { Hal } from "../hal/hal.js";
import { Credentials } from "../src/accounts/credentials.js";
import { newPassword } from "../src/accounts/new-password.js";
import { calibrate } from "../src/accounts/password-hash.js";
import type { Crypto } from "../src/crypto/port.js";
import { OK } from "../src/merrors.js";
import { type DeviceOptions, StartError } from "./options.js";

/** Who may log in: what is kept, and what the command line puts in its place. */
export class SimulatorAccounts {
	readonly credentials: Credentials;
	private readonly hal: Hal;
	private readonly options: DeviceOptions;
	private refusedLines: string[] = [];

	/** @throws StartError where something that is kept is damaged */
	constructor(hal: Hal, crypto: Crypto, options: DeviceOptions) {
		this.hal = hal;
		this.options = options;
		const path = options.authorizedKeys?.path ?? `${options.state}/authorized_keys.${options.user}`;
		this.credentials = new Credentials({
			storage: hal.storage,
			crypto,
			random: bytes => hal.random(bytes),
			users: [options.user],
			iterations: calibrate(crypto, () => hal.now()),
			defer: callback => hal.setTimer(0, callback),
			onRefusedLine: (_user, line, why) => this.refusedLines.push(`${path}:${line}: ${why}`),
		});
		this.load();
	}

	/** Lines of authorized keys that grant nothing, and why. */
	get refused(): readonly string[] {
		return this.refusedLines;
	}

	/**
	 * Stores what the command line gives. Where nobody could log in then, makes a password.
	 *
	 * @returns the password that was made
	 * @throws StartError where it cannot be stored
	 */
	async store(): Promise<string | undefined> {
		const { user, password, authorizedKeys } = this.options;
		if (authorizedKeys !== undefined) {
			const status = this.hal.storage.put(`authorized_keys.${user}`, bytesOf(authorizedKeys.text));
			if (status < OK) throw new StartError(`${this.options.state}: cannot be written`);
			this.load();
		}
		if (password !== undefined) await this.setPassword(password);
		if (this.credentials.hasAny()) return undefined;
		const made = this.newPassword();
		await this.setPassword(made);
		return made;
	}

	private load(): void {
		this.refusedLines = [];
		const damage = this.credentials.load();
		if (damage !== undefined) throw new StartError(`${this.options.state}/${damage}`);
	}

	private newPassword(): string {
		try {
			return newPassword(bytes => this.hal.random(bytes));
		} catch (error) {
			throw new StartError((error as Error).message);
		}
	}

	private async setPassword(password: string): Promise<void> {
		const wrong = await this.credentials.setPassword(this.options.user, password);
		if (wrong !== undefined) throw new StartError(`password: ${wrong}`);
	}
}

function bytesOf(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
	return bytes;
}
