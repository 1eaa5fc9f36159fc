/** An interactive session as a person has it: OpenSSH's ssh in a terminal, keys pressed, the screen looked at. */

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { HANG } from "../process.js";
import { keyLogin } from "./clients/openssh.js";
import { missing, startSimulator, type Target } from "./harness.js";
import { Terminal } from "./terminal.js";

/** The prompt of the shell for this user, at the end of the screen. */
const PROMPT = /(?:^|\n)\S*[$>#] ?$/;

describe("a terminal", { skip: missing("ssh", "tmux") }, () => {
	let target: Target;
	let terminal: Terminal;
	before(async () => {
		target = await startSimulator();
		const words = ["ssh", "-tt", ...keyLogin(target), target.host];
		terminal = new Terminal(target, words.map(word => `'${word}'`).join(" "), 80, 24);
		await terminal.shows(PROMPT);
	});
	after(async () => {
		await terminal.close();
		await target.stop();
	});
	// Each test starts at an empty line of an empty screen, and fails by itself.
	beforeEach(async () => {
		await terminal.press("C-c");
		await clear();
	});
	const clear = async () => {
		await terminal.press("C-l");
		await terminal.shows(/^\S*[$>#] ?$/);
	};

	test("a command typed is run", async () => {
		await terminal.type("echo one two");
		await terminal.press("Enter");
		await terminal.shows(/\none two\n\S*[$>#] ?$/);
	});

	test("the line is edited in its middle", async () => {
		await terminal.type("echo dle");
		await terminal.press("Left", "Left", "Left");
		await terminal.type("mid");
		await terminal.press("Home", "Delete");
		await terminal.type("e");
		await terminal.press("End", "BSpace");
		await terminal.type("E");
		await terminal.shows(/echo middlE$/);
		await terminal.press("Enter");
		await terminal.shows(/\nmiddlE\n/);
	});

	test("history: the arrows bring lines back", async () => {
		for (const word of ["first", "second"]) {
			await terminal.type(`echo ${word}`);
			await terminal.press("Enter");
			await terminal.shows(new RegExp(`\\n${word}\\n`));
		}
		await terminal.press("Up", "Up");
		await terminal.shows(/[$>#] echo first$/);
		await terminal.press("Down");
		await terminal.shows(/[$>#] echo second$/);
	});

	test("Ctrl-R finds a line of before", async () => {
		await terminal.type("echo needle in hay");
		await terminal.press("Enter");
		await terminal.shows(/\nneedle in hay\n/);
		await terminal.type("echo other");
		await terminal.press("Enter");
		await terminal.shows(/\nother\n/);
		await clear();
		await terminal.press("C-r");
		await terminal.type("need");
		await terminal.shows(/echo needle in hay/);
		await terminal.press("Enter");
		await terminal.shows(/\nneedle in hay\n\S*[$>#] ?$/);
	});

	test("Tab completes a command", async () => {
		await terminal.type("upt");
		await terminal.press("Tab");
		await terminal.shows(/[$>#] uptime ?$/);
		await terminal.press("C-u");
		await terminal.shows(PROMPT);
	});

	test("Ctrl-C ends a command that runs", async () => {
		await terminal.type("cat");
		await terminal.press("Enter");
		await terminal.type("hello cat");
		await terminal.press("Enter");
		await terminal.shows(/hello cat\n/);
		await terminal.press("C-c");
		await terminal.shows(/\n\S*[$>#] ?$/);
		await terminal.type("echo alive");
		await terminal.press("Enter");
		await terminal.shows(/\nalive\n/);
	});

	test("Ctrl-C drops the line that is being typed", async () => {
		await terminal.type("echo not to be run");
		await terminal.press("C-c");
		await terminal.shows(/echo not to be run\^?C?\n\S*[$>#] ?$/);
		assert.doesNotMatch(await terminal.screen(), /^not to be run/m);
	});

	test("Ctrl-D ends the input of cat", async () => {
		await terminal.type("cat");
		await terminal.press("Enter");
		await terminal.press("C-d");
		await terminal.shows(/cat\n\S*[$>#] ?$/);
	});

	/** tmux tells a program of a new size some time after the command, so the question is asked again. */
	const sizeBecomes = async (size: string) => {
		const deadline = Date.now() + HANG;
		for (;;) {
			await clear();
			await terminal.type("stty size");
			await terminal.press("Enter");
			const screen = await terminal.shows(/^\S*[$>#] stty size\n\d+ \d+\n\S*[$>#] ?$/);
			if (screen.includes(`\n${size}\n`)) return;
			assert.ok(Date.now() < deadline, screen);
		}
	};

	test("the size of the window is known, and follows it", async () => {
		await sizeBecomes("24 80");
		await terminal.resize(100, 30);
		await sizeBecomes("30 100");
		await terminal.resize(80, 24);
	});

	test("text in UTF-8, wide characters among it", async () => {
		await terminal.type("echo Grüße 世界 ok");
		await terminal.press("Left", "Left", "Left", "BSpace");
		await terminal.shows(/echo Grüße 世 ok$/);
		await terminal.press("Enter");
		await terminal.shows(/\nGrüße 世 ok\n/);
	});

	test("a line longer than the screen is wide", async () => {
		const long = "abcdefghij".repeat(12);
		await terminal.type(`echo ${long}`);
		await terminal.press("Home");
		await terminal.press("End");
		await terminal.press("Enter");
		const screen = await terminal.shows(/j\n\S*[$>#] ?$/);
		assert.equal(screen.replaceAll("\n", "").split(long).length, 3);
	});

	test("exit ends the session with its status", async () => {
		const words = ["ssh", "-tt", ...keyLogin(target), target.host];
		const command = `${words.map(word => `'${word}'`).join(" ")}; echo "status $?"; read wait`;
		const second = new Terminal(target, command, 80, 24);
		try {
			await second.shows(PROMPT);
			await second.type("exit 7");
			await second.press("Enter");
			await second.shows(/status 7$/);
		} finally {
			await second.close();
		}
	});
});
