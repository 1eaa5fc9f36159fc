/** The shell: what an application imports to serve one, and to add commands to it. */

export {
	type Cli,
	type CliConnection,
	type CliHandler,
	type CliListener,
	type CliOptions,
	cliDispatcher,
} from "./cli.js";
export type { CliValue } from "./cli-output.js";
export { BUILTINS } from "./commands/index.js";
export type { Accounts, Device, LogSource, ServerControl } from "./device.js";
export { type Dispatcher, type DispatcherHost, UNKNOWN_COMMAND } from "./dispatcher.js";
export {
	Cancelled,
	type Circumstances,
	type Command,
	type Context,
	failure,
	type Input,
	type Output,
	usageError,
} from "./registry.js";
export { Shell, type ShellOptions } from "./shell.js";
