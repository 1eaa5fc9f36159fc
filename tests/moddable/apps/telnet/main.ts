/** A firmware that served telnet, as its first import was: "telnet". The commands are the SDK's own, and one of its own. */
import CLI from "cli";
import "cli/archive";
import "cli/digital";
import "cli/files";
import "cli/i2c";
import "cli/network";
import Telnet from "fieldssh/telnet";

CLI.install(function (command: string | symbol, parts: unknown) {
	switch (command) {
		case "count":
			this.line(`${(parts as string[]).length} parameters`);
			return true;
		case "help":
			this.line("count [params] - how many there are");
			return true;
		default:
			return false;
	}
});

export default function (): void {
	new Telnet({ port: 0 });
}
