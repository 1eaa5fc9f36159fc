/** How often each function of the product is called: work that passes no port, counted without a clock. */
import { Session } from "node:inspector/promises";

/** "src/accounts/lines.js next" and how often it was called while `act` ran. */
export async function callsOf(act: () => void): Promise<Map<string, number>> {
	const session = new Session();
	session.connect();
	try {
		await session.post("Profiler.enable");
		await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
		act();
		const { result } = await session.post("Profiler.takePreciseCoverage");
		const calls = new Map<string, number>();
		for (const { url, functions } of result) {
			const at = url.indexOf("/build/src/");
			if (at < 0) continue;
			for (const { functionName, ranges } of functions) {
				const name = `${url.slice(at + "/build/".length)} ${functionName}`;
				if (ranges[0].count > 0) calls.set(name, (calls.get(name) ?? 0) + ranges[0].count);
			}
		}
		return calls;
	} finally {
		session.disconnect();
	}
}
