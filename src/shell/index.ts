/** The shell: what an application imports to serve one, and to add commands to it. */
export { BUILTINS } from "./commands/index.js";
export type { Accounts, Device, LogSource, ServerControl } from "./device.js";
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
