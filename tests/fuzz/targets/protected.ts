/** The transport behind a key exchange: packets, service requests, re-keys, in a phase where nobody is logged in. */
import { besiege } from "../victim.js";

export function fuzz(data: Uint8Array): void {
	besiege("keyed", data);
}
