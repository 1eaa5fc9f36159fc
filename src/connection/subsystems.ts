/** Subsystems (RFC 4254 section 6.5): the names that a firmware registers, with what serves them or without. */
import type { Session } from "./session.js";

/** A subsystem that brings what serves it. What is not registered is not linked. */
export interface Subsystem {
	/** As clients ask for it: "sftp". */
	readonly name: string;
	/** Takes the session in onSession's place, when the request was granted. */
	serve(session: Session): void;
}

/** The entry of that name: the name alone when onSession serves it. */
export function subsystemOf(
	subsystems: readonly (string | Subsystem)[],
	name: string,
): string | Subsystem | undefined {
	return subsystems.find(each => each === name || (each as Subsystem).name === name);
}
