/** Firmware that runs out of memory in every way, and says how each ended. */
import { measure } from "fieldssh/board";
import Timer from "timer";

function attempt(name: string, body: () => unknown): void {
	try {
		body();
		trace(`${name}: went on\n`);
	} catch (error) {
		trace(`${name}: ${error}\n`);
	}
}

/** From JSON, so that the bundler cannot see that nobody will ever look. */
function exhaust(): never {
	for (const kept = JSON.parse("[]"); ; ) kept.push(new Uint8Array(1000));
}

function deep(): number {
	return 1 + deep();
}

/** The board calls it. */
export default function main(): void {
	const before = measure();
	attempt("one buffer", () => new Uint8Array(10_000_000));
	attempt("buffers", exhaust);
	attempt("objects", () => {
		for (let kept: unknown; ; ) kept = { kept };
	});
	attempt("text", () => {
		for (let text = "text"; ; ) text += text;
	});
	attempt("calls", deep);
	attempt("big integers", () => {
		for (let big = 3n; ; ) big *= big;
	});
	Timer.set(() => trace(exhaust()));
	Timer.set(() => {
		const after = measure();
		trace(`slots: ${after.slots - before.slots}, chunks: ${after.chunkBytes - before.chunkBytes}\n`);
	}, 1);
}
