/**
 * Firmware that gives back what it gets, on a port that it tells, and ends once `config.connections` have ended. It tries
 * what must throw: to listen where `config.used` says that someone does, to read more than is there, to write too much.
 */
import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import config from "mc/config";

interface Config {
	readonly connections: number;
	readonly used: number;
}

/** Says what a step has thrown that must throw. */
function attempt(name: string, step: () => unknown): void {
	try {
		trace(`${name}: ${step()}\n`);
	} catch (error) {
		trace(`${name}: ${error}\n`);
	}
}

class Echo {
	private readonly onEnd: () => void;
	private readable = 0;
	private writable = 0;
	private ended = false;
	private tried = false;

	constructor(from: TCP, onEnd: () => void) {
		this.onEnd = onEnd;
		new TCP({
			from,
			target: this,
			onReadable(bytes) {
				const echo = this.target as Echo;
				echo.readable = bytes;
				if (!echo.tried) {
					echo.tried = true;
					attempt("read", () => this.read(new Uint8Array(bytes + 1)));
					attempt("write", () => this.write(new Uint8Array(10_000)));
				}
				echo.pump(this);
			},
			onWritable(bytes) {
				const echo = this.target as Echo;
				echo.writable = bytes;
				echo.pump(this);
			},
			onError() {
				const echo = this.target as Echo;
				echo.ended = true;
				echo.pump(this);
			},
		});
	}

	private pump(tcp: TCP): void {
		const bytes = new Uint8Array(Math.min(this.readable, this.writable));
		if (bytes.length > 0) {
			tcp.read(bytes);
			this.readable -= bytes.length;
			this.writable = tcp.write(bytes) ?? 0;
		}
		if (!this.ended) return;
		tcp.close();
		this.onEnd();
	}
}

/** The board calls it. */
export default function main(): void {
	const { connections, used } = config as unknown as Config;
	const address = "127.0.0.1";
	let left = connections;
	attempt("listen", () => new Listener({ port: used, address }));
	const listener = new Listener({
		port: 0,
		address,
		onReadable() {
			const from = this.read()!;
			attempt("peer", () => from.remoteAddress);
			new Echo(from, () => {
				left--;
				if (left === 0) this.close();
			});
		},
	});
	trace(`port ${listener.port}\n`);
}
