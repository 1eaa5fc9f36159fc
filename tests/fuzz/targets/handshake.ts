/** The transport before key exchange, from the first byte on. */
import { besiege } from "../victim.js";

export function fuzz(data: Uint8Array): void {
	besiege("connected", data);
}
