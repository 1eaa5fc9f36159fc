/** A client of the bench, which waits for what the board does. */
import type { ClientChannel } from "../peer/channel.js";
import { SocketClient } from "../peer/socket.js";
import { signedRequest } from "./keys.js";
import { OPENSSH } from "./openssh.js";

export class Guest extends SocketClient {
	private channel: ClientChannel | undefined;

	/** With a shell. Undefined where the server ends the connection before its prompt is there. */
	static async enter(port: number): Promise<Guest | undefined> {
		const guest = await Guest.visit(port);
		return (await guest?.shell()) ? guest : undefined;
	}

	/** Logged in, without a channel. Undefined where the server ends the connection before. */
	static async visit(port: number): Promise<Guest | undefined> {
		const guest = new Guest({ host: "127.0.0.1", port }, OPENSSH);
		return (await guest.exchange()) && (await guest.authenticate(signedRequest)) ? guest : undefined;
	}

	private async shell(): Promise<boolean> {
		const channel = await this.open();
		this.channel = channel;
		if (channel === undefined) return false;
		channel.request("pty-req", true, "xterm-256color", 80, 24, 0, 0, "");
		channel.request("shell", true);
		return this.until(() => channel.text.endsWith("> "));
	}

	/** Runs a command, on a pty where it is told so; false where the server grants that not. */
	async exec(channel: ClientChannel, command: string, pty = false): Promise<boolean> {
		if (pty) channel.request("pty-req", false, "xterm-256color", 80, 24, 0, 0, "");
		return this.ask(channel, "exec", true, command);
	}

	/** Whether the shell still answers. */
	async isServed(): Promise<boolean> {
		const before = this.channel!.data.length;
		this.channel!.write("\r");
		return this.until(() => this.channel!.data.length > before);
	}
}
