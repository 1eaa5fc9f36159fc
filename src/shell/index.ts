/** The shell: what an application imports to serve one, and to add commands to it. */

export {
	type Cli,
	type CliConnection,
	type CliHandler,
	type CliListener,
	type CliOptions,
	cliDispatcher,
} from "../telnet/cli.js";
export type { CliValue } from "../telnet/cli-output.js";
export * from "./bare.js";
export { cat, echo, env, exit, help, no, sleep, stty, yes } from "./commands/basic.js";
export { kill, ps, whoami } from "./commands/connections.js";
export { BUILTINS } from "./commands/index.js";
export { exec, keys } from "./commands/keys.js";
export { log } from "./commands/log.js";
export { passwd } from "./commands/passwd.js";
export { date, free, hostkey, hostname, reboot, uptime, version } from "./commands/system.js";
export { Shell } from "./default-shell.js";
