/** Each room has a page that is true: what it may import, and the files to start with. Paths in all pages and comments exist. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { importsLine, roomOf, ROOMS as TABLE } from "./arrows.js";
import {
	filesEndingWith,
	missingFiles,
	missingLinks,
	missingNames,
	missingPaths,
	read,
	readmeOf,
} from "./pages.js";
import { ROOT, sourceFiles } from "./tree.js";

const code = filesEndingWith(".ts", ".js", ".mjs", ".c", ".h");
const names = new Set(code.map(path => basename(path)));
const pages = filesEndingWith(".md");

/** Rooms that are folders of src/, and of folders that hold several. */
const ROOMS = [
	...["src", "src/crypto", "src/shell"].flatMap(folder => {
		const below = readdirSync(join(ROOT, folder), { withFileTypes: true });
		return below.filter(entry => entry.isDirectory()).map(({ name }) => `${folder}/${name}`);
	}),
	...["src", "hal", "hal/node", "hal/sim", "hal/moddable"],
	...["simulator", "simulator/boards/xs", "simulator/boards/rv32", "tests"],
];

test("each room has a page of its own", () => {
	const without = ROOMS.filter(room => !pages.includes(`${room}/README.md`));
	assert.deepEqual(without, []);
});

test("the page of a room says what the table of arrows lets it import", () => {
	const missing = new Set<string>();
	for (const { path } of sourceFiles("src", "hal", "simulator")) {
		const line = importsLine(roomOf(path)!);
		const page = readmeOf(path);
		if (!read(page).includes(line)) missing.add(`${page} does not say: ${line}`);
	}
	assert.deepEqual([...missing], []);
});

test("the page of a room names files of its folder", () => {
	const wrong = ROOMS.flatMap(room => {
		const below = code.filter(path => path.startsWith(`${room}/`)).map(path => path.slice(room.length + 1));
		return missingFiles(read(`${room}/README.md`), new Set(below)).map(name => `${room}/README.md: ${name}`);
	});
	assert.deepEqual(wrong, []);
});

test("each path, file and heading that a page names is there", () => {
	const wrong = pages.flatMap(page => {
		const text = read(page);
		const missing = [...missingPaths(text), ...missingNames(text, names), ...missingLinks(page, text)];
		return missing.map(path => `${page}: ${path}`);
	});
	assert.deepEqual(wrong, []);
});

test("each path and file that a comment names is there", () => {
	const sources = code.filter(path => /^(src|hal|simulator|examples)\//.test(path));
	const wrong = sources.flatMap(path => {
		const comments = readFileSync(join(ROOT, path), "utf8").match(/\/\*[\s\S]*?\*\/|\/\/.*/g) ?? [];
		const text = comments.join("\n");
		return [...missingPaths(text), ...missingNames(text, names)].map(name => `${path}: ${name}`);
	});
	assert.deepEqual(wrong, []);
});

test("docs/core.md draws the table of arrows", () => {
	const drawing = /<!-- rooms:begin -->(.*)<!-- rooms:end -->/s.exec(read("docs/core.md"))![1];
	const labels = new Map([...drawing.matchAll(/(\w+)\["(.*?)"\]/g)].map(([, id, label]) => [id, label]));
	const arrows = [...drawing.matchAll(/^ +(\w+)\S* (-->|-\.->) (\w+)/gm)].map(([, from, kind, to]) => ({
		from: labels.get(from) ?? from,
		to: labels.get(to) ?? to,
		typeOnly: kind === "-.->",
	}));
	assert.ok(arrows.length > 20);
	const row = (name: string) => TABLE.find(room => room.name === name);
	const wrong = arrows
		.filter(({ from, to, typeOnly }) => !row(from)?.[typeOnly ? "types" : "imports"].includes(to))
		.map(({ from, to }) => `drawn and not allowed: ${from} to ${to}`);

	/** Every room that the drawing leads to from this one. */
	const reached = (from: string, types: boolean): Set<string> => {
		const found = new Set([from]);
		for (const room of found)
			for (const arrow of arrows) if (arrow.from === room && (types || !arrow.typeOnly)) found.add(arrow.to);
		return found;
	};
	const drawn = new Set(arrows.flatMap(({ from, to }) => [from, to]));
	for (const name of drawn)
		for (const kind of ["imports", "types"] as const)
			for (const to of row(name)![kind])
				if (drawn.has(to) && !reached(name, kind === "types").has(to))
					wrong.push(`allowed and not drawn: ${name} to ${to}`);
	assert.deepEqual(wrong, []);

	const apart = ["words", "base", "index", "shell/index"];
	const left = TABLE.map(({ name }) => name).filter(name => !drawn.has(name) && !apart.includes(name));
	assert.deepEqual(
		left.filter(name => !/^(simulator|boards|hal\/moddable)/.test(name)),
		[],
	);
});

test("a path, a file and a heading that are not there are found", () => {
	assert.deepEqual(missingPaths("see `src/ssh.ts`, src/base/wire.ts and src/base/wire"), ["src/ssh.ts"]);
	assert.deepEqual(missingPaths("hal/xs has it, hal/node/ too; another/src/ssh.ts does not count"), [
		"hal/xs",
	]);
	assert.deepEqual(missingNames("noble.ts and wire.ts", names), ["noble.ts"]);
	const text =
		"# One thing\n[a](gone.md) [b](#one-thing) [c](#another) [d](docs/core.md#the-glossary-of-none)";
	assert.deepEqual(missingLinks("README.md", "[x](README.md) [y](gone.md) [z](https://example.com)"), [
		"gone.md",
	]);
	assert.deepEqual(missingLinks("README.md", text), [
		"gone.md",
		"#one-thing",
		"#another",
		"docs/core.md#the-glossary-of-none",
	]);
});
