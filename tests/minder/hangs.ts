/** A test that waits for ever for a program that has started another; run by minder.test.ts alone. */
import { test } from "node:test";
import { Running } from "../process.js";

/** Ends when its connection does; "sh" waits for it. */
const INNER = 'require("net").connect(process.argv[1], "127.0.0.1").on("close", () => process.exit())';

test("it hangs", async () => {
	const script = '"$1" -e "$2" "$3" & echo begun; wait';
	const program = new Running("sh", ["-c", script, "sh", process.execPath, INNER, process.env.PORT!]);
	await program.waitFor("what is never said", text => text === "never");
});
