/** Authentication, and what follows it. */
import { besiege } from "../victim.js";

export function fuzz(data: Uint8Array): void {
	besiege("authenticating", data);
}
