/** src/shell/terminal-session.ts where no terminal is served. */
export class TerminalSession {
	constructor() {
		throw new Error("built without terminals");
	}
}
