import * as merrors from "../../src/merrors.js";
import * as ssh from "../../src/nanossh/ssh.js";
import { assert, test } from "../harness.js";
import { STATUS_CODES } from "./status-codes.js";

/** Name and value of each code of the original. */
function codes(): [string, number][] {
	const all: [string, number][] = [];
	for (const [first, names] of STATUS_CODES) {
		let value = first;
		for (const name of names.split(" ")) all.push([name === "OK" ? name : `ERR_${name}`, value--]);
	}
	return all;
}

test("every code has the number of the original, and there is no other", () => {
	const expected = codes();
	const exported = merrors as unknown as Record<string, unknown>;
	for (const [name, value] of expected) assert.equal(exported[name], value, name);
	const names = expected.map(([name]) => name);
	for (const name of Object.keys(exported))
		if (name !== "DISPLAY_ERROR") assert.ok(names.includes(name), name);
});

test("DISPLAY_ERROR gives each code's name; of two that share a number, the first", () => {
	for (const [name, value] of codes()) {
		const shown = name === "ERR_BUFFER_OVERFLOW" ? "ERR_BUFFER_TOO_SMALL" : name;
		assert.equal(merrors.DISPLAY_ERROR(value), shown);
	}
});

test("DISPLAY_ERROR takes any number", () => {
	for (const status of [1, -1, -5899, -7303, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
		assert.equal(merrors.DISPLAY_ERROR(status), `ERR_UNKNOWN (${status})`);
});

test("the integer API exports the codes and DISPLAY_ERROR as well", () => {
	assert.equal(ssh.ERR_SSH_BAD_ID, -6305);
	assert.equal(ssh.DISPLAY_ERROR(ssh.OK), "OK");
});
