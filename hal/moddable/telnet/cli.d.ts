/** The SDK's `cli` module, for which it has no declarations of its own. */
declare module "cli" {
	import type { CliHandler } from "fieldssh/src/telnet/cli";

	const CLI: {
		readonly handlers: readonly CliHandler[];
		install(handler: CliHandler | readonly CliHandler[]): void;
	};
	export default CLI;
}

/** Its commands: a module each, imported for what it installs. */
declare module "cli/*";
