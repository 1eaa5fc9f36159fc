/** Firmware that counts the instructions of a few computations, with waiting and talking in between. */
import fill from "fieldssh/entropy";
import instructions from "fieldssh/instructions";
import Timer from "timer";

function count(body: () => void): number {
	const start = instructions();
	body();
	return instructions() - start;
}

/** The board calls it. */
export default function main(): void {
	const big = 3n ** 160n;
	const bytes = new Uint8Array(1000);
	const counts = [count(() => undefined), count(() => (big * big) % 7n)];
	trace("waiting\n");
	fill(bytes);
	Timer.set(() => {
		counts.push(count(() => (big * big) % 7n));
		counts.push(count(() => fill(bytes)));
		trace(JSON.stringify(counts), "\n");
	}, 20);
}
