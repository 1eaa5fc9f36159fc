/** What commands know as the SDK's `cli` module, by its documented behaviour, with the commands that it has of its own. */
import type { CliConnection, CliHandler } from "../../src/telnet/cli.js";

export class StandInCli {
	handlers: readonly CliHandler[] = [];

	constructor() {
		this.install(function (command) {
			switch (command) {
				case "welcome":
					this.line("Stand-in");
					return true;
				case "prompt":
					this.write("> ");
					return true;
				case "version":
					this.line("0.0");
					return true;
				case "help":
					this.line("version - display version");
					return true;
				default:
					return false;
			}
		});
	}

	install(item: CliHandler | readonly CliHandler[]): void {
		this.handlers = this.handlers.concat(item);
	}
}

/** A command as they are written: one handler, asked about all that is typed. */
export function command(
	name: string,
	run: (connection: CliConnection, parts: string[]) => void,
	help?: string,
): CliHandler {
	return function (asked, parts) {
		if (asked === "help" && help !== undefined) {
			this.line(help);
			return true;
		}
		if (asked !== name) return false;
		run(this, parts as string[]);
		return true;
	};
}
