/**
 * Programs that do not outlive this one, however it ends: also by SIGKILL, of which it learns nothing. A shell holds the
 * other end of a pipe, which the system closes then, and kills those that it was told of.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";

/** Lines come in: + or -, and what kill takes: a process, or below zero a group of processes. */
const SCRIPT = `
all=" "
while read -r sign target; do
	case $sign in
	+) all="$all$target " ;;
	-) all="\${all%% $target *} \${all#* $target }" ;;
	esac
done
for target in $all; do kill -KILL "$target"; done`;

let pipe: Socket | undefined;

function tell(line: string): void {
	if (pipe === undefined) {
		// A group of its own: what is sent to ours does not end it.
		const shell = spawn("/bin/sh", ["-c", SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
		shell.on("error", () => {});
		shell.unref();
		pipe = shell.stdin as Socket;
		pipe.on("error", () => {});
		pipe.unref();
	}
	pipe.write(`${line}\n`);
}

/**
 * Has a program end with this one.
 *
 * @param child just started
 * @param group it was started with `detached`, and all that it starts itself goes with it: as soon as it has ended itself,
 *   or with this program
 */
export function endWithUs<T extends ChildProcess>(child: T, group = false): T {
	const { pid } = child;
	// It could not be started.
	if (pid === undefined) return child;
	const target = group ? -pid : pid;
	tell(`+ ${target}`);
	child.on("exit", () => {
		if (group) killAll(child);
		tell(`- ${target}`);
	});
	return child;
}

/** Kills the group of a program that was started with `detached`. */
export function killAll(child: ChildProcess): void {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, "SIGKILL");
	} catch {
		// None of it is left.
	}
}
