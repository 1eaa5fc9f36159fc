import assert from "node:assert/strict";
import { test } from "node:test";
import { wrongArrows } from "./arrows.js";
import { blank, importsOf } from "./source.js";
import { sourceFiles } from "./tree.js";

test("every import in src and hal is an arrow of the table", () => {
	const files = sourceFiles("src", "hal", "simulator");
	assert.ok(files.length > 10);
	assert.deepEqual(files.flatMap(wrongArrows), []);
});

test("imports are found in every form", () => {
	const source = `
import "./a.js";
import b from "./b.js";
import * as c from './c.js';
import { d, type D } from "./d.js"; // import "./no.js"
import { type D } from "./d2.js";
import type { E } from "./e.js";
import {
	f as g,
	h,
} from "./f.js";
export { i } from "./i.js";
export type { J } from "./j.js";
export * from "./k.js";
export const text = "from './no.js'";
const l = await import("./l.js");
const m = require("./m.js");
/* import "./no.js" */
`;
	assert.deepEqual(
		importsOf(source).map(({ specifier, names, typeOnly }) => [specifier, names.join(), typeOnly]),
		[
			["./a.js", "*", false],
			["./b.js", "*", false],
			["./c.js", "*", false],
			["./d.js", "d", false],
			["./d2.js", "*", false],
			["./e.js", "E", true],
			["./f.js", "f,h", false],
			["./i.js", "i", false],
			["./j.js", "J", true],
			["./k.js", "*", false],
			["./l.js", "*", false],
			["./m.js", "*", false],
		],
	);
});

test("comments, strings, templates and regular expressions are blanked", () => {
	assert.equal(blank('a("x//y"); // z'), 'a("    ");     ');
	assert.equal(blank("a /* b\nc */ d"), "a     \n     d");
	// biome-ignore lint/suspicious/noTemplateCurlyInString: the text is source code
	assert.equal(blank("`a${b + `c${d}` }e` f"), "` ${b + ` ${d}` } ` f");
	assert.equal(blank(String.raw`x = /[/"]\//.test(y) / 2`), "x = /      /.test(y) / 2");
	assert.equal(blank(String.raw`"\"" + '\\' + z`), `"  " + '  ' + z`);
});

for (const [why, path, source, complaint] of [
	[
		"the base imports a layer",
		"src/base/wire.ts",
		'import { a } from "../transport/x.js";',
		"base may not import transport",
	],
	[
		"a layer imports a higher one",
		"src/transport/x.ts",
		'import { a } from "../connection/y.js";',
		"transport may not import connection",
	],
	[
		"Node in the core",
		"src/server/server.ts",
		'import net from "node:net";',
		"server may not import node:net",
	],
	[
		"the SDK in the core",
		"src/server/server.ts",
		'import TCP from "embedded:io/socket/tcp";',
		"server may not import embedded:",
	],
	[
		"a HAL in the core",
		"src/server/server.ts",
		'import { NodeHal } from "../../hal/node/index.js";',
		"server may not import hal/node",
	],
	[
		"the HAL's contract as code",
		"src/server/server.ts",
		'import { X } from "../../hal/hal.js";',
		"server may import types alone of hal",
	],
	[
		"a mixed import is code",
		"src/server/server.ts",
		'import { type X } from "../../hal/hal.js";',
		"types alone of hal",
	],
	[
		"an adapter in a layer",
		"src/transport/x.ts",
		'import { noble } from "../crypto/noble/index.js";',
		"may not import crypto/adapter",
	],
	[
		"an adapter in an index",
		"src/index.ts",
		'export { noble } from "./crypto/noble/index.js";',
		"may not import crypto/adapter",
	],
	[
		"noble in a layer",
		"src/userauth/x.ts",
		'import { sha256 } from "@noble/hashes/sha2.js";',
		"userauth may not import @noble/",
	],
	[
		"the port as code",
		"src/transport/x.ts",
		'import { Other } from "../crypto/port.js";',
		"types alone of crypto/port",
	],
	[
		"the server in the shell",
		"src/shell/x.ts",
		'import type { SSHServer } from "../server/server.js";',
		"shell may not import server",
	],
	[
		"one HAL in another",
		"hal/sim/index.ts",
		'import { a } from "../node/index.js";',
		"hal/sim may not import hal/node",
	],
	[
		"Node in the simulated network",
		"hal/sim/index.ts",
		'import fs from "node:fs";',
		"hal/sim may not import node:fs",
	],
	[
		"the core in a HAL",
		"hal/node/index.ts",
		'import { a } from "../../src/server/server.js";',
		"hal/node may not import server",
	],
	["a file without a room", "src/misc.ts", "", "no room"],
	["a room that is not there", "src/server/server.ts", 'import { a } from "../misc.js";', "no room"],
	["no extension", "src/server/server.ts", 'import { a } from "./pump";', "does not end in .js"],
	[
		"code loaded late",
		"src/server/server.ts",
		'const a = await import("node:fs");',
		"may not import node:fs",
	],
] as const) {
	test(`refused: ${why}`, () => {
		const wrong = wrongArrows({ path, source });
		assert.equal(wrong.length, 1);
		assert.ok(wrong[0].includes(complaint), wrong[0]);
	});
}

for (const [path, source] of [
	["src/transport/x.ts", 'import { type Crypto, Done } from "../crypto/port.js";'],
	[
		"src/transport/x.ts",
		'import { Done } from "../crypto/port.js";\nimport type { Crypto } from "../crypto/port.js";',
	],
	["src/server/server.ts", 'import type { Hal } from "../../hal/hal.js";'],
	["hal/node/index.ts", 'import net from "node:net";\nimport { OK } from "../../src/merrors.js";'],
	["simulator/main.ts", 'import { noble } from "../src/crypto/noble/index.js";'],
] as const) {
	test(`allowed: ${source.split("\n")[0]}`, () => assert.deepEqual(wrongArrows({ path, source }), []));
}
