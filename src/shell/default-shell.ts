/** The shell with all its built-in commands. */
import { BUILTINS } from "./commands/index.js";
import { type Command, findCommand } from "./registry.js";
import { BareShell, type ShellOptions } from "./shell.js";

export class Shell extends BareShell {
	/** @throws Error when a command has no name, or one with a blank, or two have the same */
	constructor(options: ShellOptions) {
		super({ ...options, commands: withBuiltins(options.commands ?? []) });
	}
}

function withBuiltins(added: readonly Command[]): readonly Command[] {
	const kept = BUILTINS.filter(({ name }) => findCommand(added, name) === undefined);
	return kept.concat(added.map(command => inPlace(command, findCommand(BUILTINS, command.name))));
}

/** A command that does not say what it needs, in the place of one that is for admins, is for admins too. */
function inPlace(command: Command, builtin: Command | undefined): Command {
	if (command.role !== undefined || builtin?.role !== "admin") return command;
	const { name, summary, usage } = command;
	return {
		name,
		summary,
		usage,
		role: builtin.role,
		complete: (circumstances, words) => command.complete?.(circumstances, words) ?? [],
		run: context => command.run(context),
	};
}
