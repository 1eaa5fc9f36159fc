/** A client for what the documentation shows: one login by password, one command. */
import ssh2 from "ssh2";
import { HANG } from "../process.js";

export interface Answer {
	/** Undefined where there was none, as after a refused login. */
	readonly status: number | undefined;
	readonly stdout: Buffer;
	/** The client's own words where something went wrong. */
	readonly fault: string;
}

export function login(port: number, password: string, command: string, stdin?: Uint8Array): Promise<Answer> {
	return new Promise(resolve => {
		const client = new ssh2.Client();
		const stdout: Buffer[] = [];
		let status: number | undefined;
		let fault = "";
		client.on("error", error => {
			fault ||= error.message;
		});
		client.on("close", () => resolve({ status, stdout: Buffer.concat(stdout), fault }));
		client.on("ready", () => {
			client.exec(command, (error, channel) => {
				if (error) {
					fault = error.message;
					client.end();
					return;
				}
				channel.on("data", (chunk: Buffer) => stdout.push(chunk));
				channel.on("exit", (code: number) => {
					status = code;
				});
				channel.on("close", () => client.end());
				channel.end(stdin);
			});
		});
		client.connect({ host: "127.0.0.1", port, username: "admin", password, readyTimeout: HANG });
	});
}
