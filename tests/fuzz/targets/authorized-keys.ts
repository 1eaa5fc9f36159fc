/**
 * Lines of authorized_keys. A line grants a key, or says why not; what it grants is a key that parses, is found again in
 * what the line holds, and keeps its restrictions when it is written once more.
 */

import {
	type AuthorizedKey,
	admitsLogin,
	parseAuthorizedKey,
} from "../../../src/accounts/authorized-keys.js";
import { encodeBase64 } from "../../../src/base/base64.js";
import { decodeUtf8 } from "../../../src/base/utf8.js";
import { parsePublicKey } from "../../../src/keys/public-key.js";
import { MAX_AUTHORIZED_KEY_LINE } from "../../../src/limits.js";

const CONTEXT = Object.freeze({ remoteAddress: "192.0.2.7", date: 1_795_355_248 });

export function fuzz(data: Uint8Array): void {
	for (const line of decodeUtf8(data).split("\n")) {
		const parsed = parseAuthorizedKey(line);
		if (parsed === undefined) {
			if (!/^[ \t]*(#|\r?$)/.test(line)) throw new Error(`neither a key nor a fault: ${line}`);
		} else if (typeof parsed === "string") {
			if (parsed === "") throw new Error("a fault without a text");
		} else checkKey(line, parsed);
	}
}

function checkKey(line: string, key: AuthorizedKey): void {
	if (line.length > MAX_AUTHORIZED_KEY_LINE) throw new Error("a key of a line that is too long");
	if (parsePublicKey(key.blob)?.type !== key.type) throw new Error(`no key of type ${key.type}`);
	if (!line.includes(encodeBase64(key.blob).replace(/=+$/, "")))
		throw new Error("a key that is not in the line");
	for (const option of ["restrict", "no-pty"]) {
		// In front of all others, where nothing that follows can take it back but "pty" itself.
		if (key.pty && line.toLowerCase().startsWith(`${option},`) && !/[ ,]pty[ ,]/i.test(line))
			throw new Error(`${option} is lost`);
	}
	if (key.command === "") throw new Error("an empty command");
	const admitted = admitsLogin(key, CONTEXT);
	if (admitted && key.expiry !== 0 && key.expiry < CONTEXT.date) throw new Error("an expired key");
	if (admitsLogin(key, { ...CONTEXT, date: 0 }) && key.expiry !== 0)
		throw new Error("no date, and yet no expiry");
	const again = parseAuthorizedKey(write(key));
	if (typeof again !== "object") throw new Error(`written again it is none: ${again}`);
	for (const name of ["type", "command", "from", "pty"] as const)
		if (again[name] !== key[name]) throw new Error(`${name} changes: ${again[name]}`);
}

function write({ type, blob, pty, command, from }: AuthorizedKey): string {
	const quoted = (value: string) => `"${value.replaceAll('"', '\\"')}"`;
	const options = [pty ? "pty" : "no-pty"];
	if (command !== undefined) options.push(`command=${quoted(command)}`);
	if (from !== undefined) options.push(`from=${quoted(from)}`);
	return `${options.join(",")} ${type} ${encodeBase64(blob)}`;
}
