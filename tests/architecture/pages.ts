/** What pages name: paths from the root, links, and files of the folder that a page is about. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { ROOT } from "./tree.js";

/** Folders whose files are named by their path from the root. */
const ROOTED = /(?<![\w/.@$-])(?:src|hal|simulator|examples|tests|docs)\/[\w./-]*[\w/]/g;
/** "kexinit.ts", without a folder before it. Of other kinds of file many that are named are others' (Node.js, ssh.h). */
const BARE = /(?<![\w/.-])[\w-]+(?:\.[\w-]+)*\.ts(?![\w-])/g;
/** The same in the page of a room, where files stand in backquotes and may be in folders below it. */
const QUOTED = /`([\w./-]+\.(?:ts|c|h|js|json))`/g;
const LINK = /\]\(([^)\s]+)\)/g;

/** Folders that are made, or fetched: not of the project. */
const MADE = ["node_modules", "build", "dist", ".git"];

/** Every file of the project that ends so, from the root, with "/". */
export function filesEndingWith(...ends: string[]): string[] {
	const files: string[] = [];
	for (const entry of readdirSync(ROOT, { withFileTypes: true })) {
		if (MADE.includes(entry.name)) continue;
		if (!entry.isDirectory()) files.push(entry.name);
		else
			for (const below of readdirSync(join(ROOT, entry.name), { recursive: true, encoding: "utf8" }))
				files.push(`${entry.name}/${below.split(sep).join("/")}`);
	}
	return files.filter(file => ends.some(end => file.endsWith(end))).sort();
}

export function read(path: string): string {
	return readFileSync(join(ROOT, path), "utf8");
}

/** A file or a folder, from the root; a module may be named without its ending, or by that of what it is compiled to. */
function exists(path: string): boolean {
	const plain = path.replace(/\/$/, "");
	const names = [plain, `${plain}.ts`, plain.replace(/\.js$/, ".ts")];
	return names.some(name => existsSync(join(ROOT, name)));
}

/** Paths from the root that a text names and that are not there. */
export function missingPaths(text: string): string[] {
	return [...text.matchAll(ROOTED)].map(([path]) => path).filter(path => !exists(path));
}

/** Names of files without a folder that are nowhere among these. */
export function missingNames(text: string, known: ReadonlySet<string>): string[] {
	return [...text.matchAll(BARE)].map(([name]) => name).filter(name => !known.has(name));
}

/** Files that the page of a room names and that are not among these. */
export function missingFiles(text: string, known: ReadonlySet<string>): string[] {
	return [...text.matchAll(QUOTED)].map(([, name]) => name).filter(name => !known.has(name));
}

/** Links of a page that lead nowhere: to a file that is not there, or to a heading that its page has not. */
export function missingLinks(page: string, text: string): string[] {
	return [...text.matchAll(LINK)]
		.map(([, link]) => link)
		.filter(link => !/^https?:/.test(link))
		.filter(link => {
			const [file, heading] = link.split("#");
			const path = file === "" ? page : posix.join(posix.dirname(page), file);
			if (!existsSync(join(ROOT, path))) return true;
			return heading !== undefined && !headings(read(path)).includes(heading);
		});
}

/** Headings as links name them. */
export function headings(text: string): string[] {
	return [...text.matchAll(/^#+ (.*)$/gm)].map(([, words]) =>
		words
			.toLowerCase()
			.replace(/[^\w\- ]/g, "")
			.replaceAll(" ", "-"),
	);
}

/** The README.md that is about a file: in its folder, or in one above it. */
export function readmeOf(file: string): string {
	for (let folder = dirname(file); folder !== "."; folder = dirname(folder)) {
		const page = `${folder}/README.md`;
		if (existsSync(join(ROOT, page)) && statSync(join(ROOT, page)).isFile()) return page;
	}
	return "README.md";
}
