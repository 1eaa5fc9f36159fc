/** Firmware that ends as its configuration says: what a device would restart at. */
import { collect } from "fieldssh/heap";
import config from "mc/config";
import Timer from "timer";

const ENDS: Readonly<Record<string, () => unknown>> = Object.freeze({
	// From JSON, so that the bundler cannot see that nobody will ever look.
	slots: () => {
		const first = JSON.parse("{}");
		for (let last = first; ; ) last = last.next = {};
	},
	chunks: () => {
		for (const kept = JSON.parse("[]"); ; ) kept.push(new Uint8Array(1000));
	},
	stack: function deep(): number {
		return 1 + deep();
	},
	exception: () => {
		throw new Error("nobody catches this");
	},
	// XS tells of it once the promise is garbage.
	rejection: () => {
		Timer.set(() => Promise.reject(new Error("nobody handles this")));
		Timer.set(collect, 1);
		Timer.set(() => undefined, 2);
	},
});

/** The board calls it. */
export default function main(): void {
	if (config.what === "exception" || config.what === "rejection") {
		ENDS[config.what]();
		return;
	}
	try {
		ENDS[config.what as string]();
	} catch (error) {
		trace(`${error}\n`);
	}
}
