/**
 * The owner of the device, in a thread of its own, so that what the other clients compute does not count: a shell in a
 * terminal, in which each key is typed when the echo of the last one was there, and now and then `free`.
 */
import { parentPort, workerData } from "node:worker_threads";
import ssh2 from "ssh2";
import { configuration } from "../interop/clients/ssh2.js";
import type { Target } from "../interop/harness.js";

/** What it is told. */
export type Order = "stop";

/** What it tells: a time in milliseconds, a count of bytes, or how it ended. */
export type Report =
	| { readonly kind: "ready" }
	| { readonly kind: "echo"; readonly milliseconds: number }
	| { readonly kind: "heap"; readonly bytes: number }
	| { readonly kind: "end"; readonly error: string };

/** Between an echo and the next key: a fast typist. */
const PAUSE = 40;
/** Keys in a line, which is then given up with ^U. */
const LINE = 10;

const port = parentPort!;
const target = workerData as Target;

function tell(report: Report): void {
	port.postMessage(report);
}

const client = new ssh2.Client();
let stopping = false;
port.on("message", (_order: Order) => {
	stopping = true;
});
client.on("error", error => tell({ kind: "end", error: `${error}` }));
client.on("close", () => {
	tell({ kind: "end", error: stopping ? "" : "the owner's connection was lost" });
	port.close();
});
client.on("ready", () => {
	client.shell({ term: "xterm", cols: 80, rows: 24 }, (error, channel) => {
		if (error) {
			tell({ kind: "end", error: `${error}` });
			client.end();
			return;
		}
		let typed = 0;
		let since = 0;
		let text = "";
		let done: (() => boolean) | undefined;
		const type = (keys: string, answered: () => boolean): void => {
			text = "";
			done = answered;
			since = performance.now();
			channel.write(keys);
		};
		const next = (): void => {
			if (stopping) {
				client.end();
				return;
			}
			typed++;
			if (typed % LINE > 0) type("e", () => text.includes("e"));
			// The figure stands in the last but one line, the prompt in the last.
			else type("\x15free\r", () => /\n *[\d-]+ +\d+ +[\d-]+\r?\n[^\n]*> $/.test(text));
		};
		channel.setEncoding("utf8").on("data", (more: string) => {
			text += more;
			if (!done?.()) return;
			done = undefined;
			const figure = /\n *[\d-]+ +(\d+) +[\d-]+\r?\n/.exec(text);
			if (figure) tell({ kind: "heap", bytes: Number(figure[1]) });
			else if (typed > 0) tell({ kind: "echo", milliseconds: performance.now() - since });
			else tell({ kind: "ready" });
			setTimeout(next, PAUSE);
		});
		done = () => text.endsWith("> ");
	});
});
client.connect(configuration(target, { method: "publickey", key: target.keys.ed25519 }, undefined));
