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

function deep(): number {
	return 1 + deep();
}

/** The board calls it. */
export default function main(): void {
	const before = measure();
	attempt("one buffer", () => new Uint8Array(10_000_000));
	attempt("buffers", () => {
		for (const kept: Uint8Array[] = []; ; ) kept.push(new Uint8Array(1000));
	});
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
	Timer.set(() => {
		for (const kept: Uint8Array[] = []; ; ) kept.push(new Uint8Array(1000));
	});
	Timer.set(() => {
		const after = measure();
		trace(`slots: ${after.slots - before.slots}, chunks: ${after.chunkBytes - before.chunkBytes}\n`);
	}, 1);
}
