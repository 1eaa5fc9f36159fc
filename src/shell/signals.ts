/** Signals that a client may send (RFC 4254 section 6.9), by the status of a command that they end: 128 + number. */

/** 0 for a signal that nothing here answers to. */
export function endingStatus(name: string): number {
	switch (name) {
		case "HUP":
			return 129;
		case "INT":
			return 130;
		case "QUIT":
			return 131;
		case "KILL":
			return 137;
		case "TERM":
			return 143;
		default:
			return 0;
	}
}

/** Whether the signal ends what runs but not an interactive shell. */
export function interrupts(name: string): boolean {
	return name === "INT" || name === "QUIT";
}
