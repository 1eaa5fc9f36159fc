/** Channels, sessions and global requests. */
import { besiege } from "../victim.js";

export function fuzz(data: Uint8Array): void {
	besiege("logged in", data);
}
