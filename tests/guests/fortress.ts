/** Devices under siege: the simulator on an engine, with the keys of guests beside the owner's. */
import { readFileSync } from "node:fs";
import { startSimulator } from "../interop/harness.js";
import { Identity } from "../peer/identity.js";
import { fields, mpint, raw } from "../peer/wire.js";
import { type Device, OWNER_ADDRESS } from "./siege.js";
import type { Identities } from "./visit.js";

const USER = "admin";
export const PASSWORD = "correct horse";

export const IDENTITIES: Identities = Object.freeze({
	forced: new Identity(USER, 101),
	limited: new Identity(USER, 102),
	viewer: new Identity(USER, 103),
	user: USER,
	password: PASSWORD,
});

/** A key of 4,096 bits that nobody has. */
function rsaLine(number: number): string {
	const modulus = new Uint8Array(512).fill(0xff);
	modulus[1] = number;
	return `ssh-rsa ${Buffer.from(fields("ssh-rsa", raw(mpint(Uint8Array.of(1, 0, 1))), raw(mpint(modulus)))).toString("base64")} rsa${number}`;
}

/** The owner's file of authorized keys: his own, and what each of the guests may do. */
export function authorize(keys: Device["keys"]): string {
	const guests = [
		`restrict,command="cat" ${IDENTITIES.forced.line("forced@guests")}`,
		`restrict,pty ${IDENTITIES.limited.line("limited@guests")}`,
		`restrict,pty,role="viewer" ${IDENTITIES.viewer.line("viewer@guests")}`,
	];
	const others = Array.from({ length: 5 }, (_, i) => rsaLine(i));
	return `${readFileSync(`${keys.ed25519}.pub`, "utf8")}${[...guests, ...others].join("\n")}\n`;
}

/** The owner has two connections: one that he sits at, one that comes and goes. */
const OPTIONS: readonly string[] = Object.freeze([
	...["--limits", "device", "--log", "error"],
	...["--owner-address", OWNER_ADDRESS],
]);

/**
 * A device that ends when its heap is full, as the SDK would restart it.
 *
 * @param args more of the simulator's
 */
export function startFortress(engine: "node" | "xs" | "rv32", args: readonly string[] = []): Promise<Device> {
	const full = engine === "node" ? [] : ["--full", "abort"];
	return startSimulator({
		maxConnections: 4,
		args: ["--engine", engine, ...full, ...OPTIONS, ...args],
		authorize,
	});
}
