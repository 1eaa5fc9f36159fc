/** The shell without its built-in commands, which a firmware takes one by one, and without those of the SDK. */
export type { Accounts, Asker, Device, Guard, LogSource, ServerControl, ShellEvent } from "./device.js";
export { type Dispatcher, type DispatcherHost, UNKNOWN_COMMAND } from "./dispatcher.js";
export {
	Cancelled,
	type Circumstances,
	type Command,
	type Context,
	denied,
	failure,
	type Input,
	type Output,
	usageError,
} from "./registry.js";
export { BareShell, type ShellOptions } from "./shell.js";
