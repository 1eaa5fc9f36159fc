/**
 * fieldssh/entropy on Raspberry Pi Pico: what the generator gives is passed through SHA-256, twice as much of it as is asked
 * for, as who made it advises: its bits are tested by it, and not quite even.
 */
import { Digest } from "crypt";

/** What the generator gives at a time. */
const BLOCK = 24;
/** Of SHA-256. */
const PIECE = 32;

export default function fill(bytes) {
	for (let at = 0; at < bytes.length; at += PIECE) {
		const count = Math.min(PIECE, bytes.length - at);
		const raw = new Uint8Array(Math.ceil((2 * count) / BLOCK) * BLOCK);
		collect(raw);
		const digest = new Digest("SHA256");
		digest.write(raw);
		const piece = new Uint8Array(digest.close());
		bytes.set(piece.subarray(0, count), at);
		piece.fill(0);
		raw.fill(0);
	}
}

function collect(raw) {
	native("xs_fieldssh_entropy").call(this, raw);
}
