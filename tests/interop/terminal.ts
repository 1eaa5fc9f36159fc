/**
 * A terminal of tmux with a program in it. tmux runs in control mode: it tells of each output, so that a test looks at
 * the screen when something has changed, and never waits by the clock.
 */
import { HANG, Running } from "../process.js";
import { clientFolder, type Target } from "./harness.js";

export class Terminal {
	readonly #tmux: Running;
	/** Answers of tmux so far. */
	#answers = 0;

	/** Opens a terminal of this size and runs a command line of the shell in it. */
	constructor(target: Target, command: string, columns: number, rows: number) {
		const socket = `${clientFolder(target, "tmux")}/${Math.random().toString(36).slice(2)}`;
		const size = ["-x", String(columns), "-y", String(rows)];
		const args = ["-u", "-S", socket, "-f", "/dev/null", "-C", "new-session", ...size, command];
		const env = { LANG: "C.UTF-8", LC_ALL: "C.UTF-8", TERM: "xterm-256color", TMUX: "" };
		this.#tmux = new Running("tmux", args, { env });
		// The answer to new-session itself.
		this.#answers = 1;
	}

	/** Types text as it is. */
	async type(text: string): Promise<void> {
		await this.#ask(`send-keys -l -- ${quote(text)}`);
	}

	/** Presses keys by tmux's names: "Enter", "C-c", "Up", "Tab", "Home". */
	async press(...keys: string[]): Promise<void> {
		await this.#ask(`send-keys ${keys.join(" ")}`);
	}

	async resize(columns: number, rows: number): Promise<void> {
		await this.#ask(`resize-window -x ${columns} -y ${rows}`);
	}

	/** The lines on the screen, without the empty ones below. */
	async screen(): Promise<string> {
		return (await this.#ask("capture-pane -p")).trimEnd();
	}

	/** Waits until the screen is as `expected` says. */
	async shows(expected: RegExp, limit = HANG): Promise<string> {
		const deadline = Date.now() + limit;
		for (;;) {
			const seen = this.#tmux.stdout.length;
			const screen = await this.screen();
			if (expected.test(screen)) return screen;
			const left = deadline - Date.now();
			const changed = (text: string) => text.indexOf("%output", seen) >= 0;
			try {
				await this.#tmux.waitFor("change on the screen", changed, Math.max(left, 1));
			} catch {
				throw new Error(`the screen does not show ${expected}:\n${await this.screen()}`);
			}
		}
	}

	/** Waits until the program has ended, and the terminal with it. */
	async gone(): Promise<void> {
		await this.#tmux.waitFor("end of the program", text => /^%exit/m.test(text));
		await this.#tmux.ended;
	}

	async close(): Promise<void> {
		this.#tmux.child.stdin.end("kill-server\n");
		await this.#tmux.ended;
	}

	/** Gives tmux a command and waits for its answer: the lines between %begin and %end. */
	async #ask(command: string): Promise<string> {
		const number = this.#answers++;
		this.#tmux.child.stdin.write(`${command}\n`);
		const answers = /^%begin .*\n([\s\S]*?)^%(end|error) .*\n/gm;
		const [, text, how] = await this.#tmux.waitFor(`answer to ${command}`, output => {
			return [...output.matchAll(answers)].at(number);
		});
		if (how === "error") throw new Error(`tmux: ${command}: ${text}`);
		return text;
	}
}

/** For tmux's own command language. */
function quote(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
