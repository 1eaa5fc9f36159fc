/** Devices under siege: the simulator on an engine, with the keys of guests beside the owner's. */
import { readFileSync } from "node:fs";
import { startSimulator } from "../interop/harness.js";
import { Identity } from "../peer/identity.js";
import { type Device, OWNER_ADDRESS } from "./siege.js";
import type { Identities } from "./visit.js";

const USER = "admin";
export const PASSWORD = "correct horse";

export const IDENTITIES: Identities = Object.freeze({
	forced: new Identity(USER, 101),
	limited: new Identity(USER, 102),
	user: USER,
	password: PASSWORD,
});

/** Lines of authorized_keys: what each of the guests may do. */
export const GUEST_LINES: string = [
	`restrict,command="cat" ${IDENTITIES.forced.line("forced@guests")}`,
	`restrict,pty ${IDENTITIES.limited.line("limited@guests")}`,
	"",
].join("\n");

/** The owner has two connections: one that he sits at, one that comes and goes. */
const OPTIONS = ["--limits", "device", "--owner-address", OWNER_ADDRESS, "--limit", "ownerPlaces=2", "--log", "error"];

/** @param args of the simulator: its engine, at the least */
export async function startFortress(args: readonly string[]): Promise<Device> {
	return startSimulator({
		maxConnections: 4,
		args: [...OPTIONS, ...args],
		authorize: keys => `${readFileSync(`${keys.ed25519}.pub`, "utf8")}${GUEST_LINES}`,
	});
}
