/** An owner who logs in, and then types one key after the other, each when the echo of the last one is there. */
import {
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
	SSH_MSG_CHANNEL_SUCCESS,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import type { ClientOptions, TestClient } from "../peer/client.js";
import { type Dial, type Login, logIn } from "./attacks.js";

/** Between an echo and the next key, in milliseconds. */
const PAUSE = 40;

/** The clock that he goes by, in milliseconds. */
export interface Time {
	now(): number;
	after(delay: number, run: () => void): void;
}

export class Typist {
	/** Milliseconds that the login took, once there is one. */
	login: number | undefined;
	readonly echoes: number[] = [];
	private readonly client: TestClient;
	private readonly time: Time;
	private readonly who: Login;
	private since: number;
	private gone = false;

	constructor(dial: Dial, address: string, who: Login, time: Time) {
		this.time = time;
		this.who = who;
		this.since = time.now();
		const options: ClientOptions = {
			cipherC2s: ["chacha20-poly1305@openssh.com"],
			cipherS2c: ["chacha20-poly1305@openssh.com"],
			after: (client, number) => this.hear(client, number),
		};
		this.client = dial(address, options);
		this.client.start();
	}

	leave(): void {
		this.gone = true;
		this.client.link.end();
	}

	private hear(client: TestClient, number: number): void {
		logIn(client, number, this.who);
		const [channel] = client.channels;
		if (number === SSH_MSG_USERAUTH_SUCCESS) {
			this.login = this.time.now() - this.since;
			client.open();
		} else if (number === SSH_MSG_CHANNEL_OPEN_CONFIRMATION) channel.request("exec", true, "cat");
		else if (number === SSH_MSG_CHANNEL_SUCCESS) this.type();
		else if (number === SSH_MSG_CHANNEL_DATA) {
			this.echoes.push(this.time.now() - this.since);
			this.time.after(PAUSE, () => this.type());
		}
	}

	private type(): void {
		if (this.gone) return;
		this.since = this.time.now();
		this.client.channels[0].write("e");
	}
}
