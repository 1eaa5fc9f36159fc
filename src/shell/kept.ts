/** What sessions keep besides what any command takes (COST_COMMAND): asked for before it is there, and counted by whoever keeps it. */
import type { Session } from "../connection/session.js";

/** An item of a list, and what its text takes beside its characters, on XS. */
const ITEM = 32;
/** Of what the words of a line take: themselves, a text that a command makes of them, and its bytes. */
const COPIES = 3;

/** Has something kept for a session. */
export interface Keeper {
	/** Bytes. */
	kept: number;
}

/** Has it keep so many bytes, more or fewer than before. False where there is no memory for more: then it keeps as many as before. */
export function keep(keeper: Keeper, session: Session, bytes: number): boolean {
	if (!session.hold(bytes - keeper.kept)) return false;
	keeper.kept = bytes;
	return true;
}

/** What a command that was given this line keeps of it at the most, in bytes. */
export function weigh(line: string): number {
	let bytes = ITEM;
	for (let at = 0; at < line.length; at++) {
		const unit = line.charCodeAt(at);
		bytes += COPIES * (unit < 0x80 ? 1 : 3);
		if (unit === 0x20 || unit === 0x09) bytes += ITEM;
	}
	return bytes;
}
