/** Tells the bench what was measured: a line of JSON. */
export function report(value: unknown): void {
	trace(JSON.stringify(value), "\n");
}
