/**
 * Loaded before the simulator on Node (--import), which it kills while something is stored: before the n-th call that opens a
 * file to write to, has the disk take it, or renames it, counted from 0; or with half of the bytes written, where
 * that is a write. FIELDSSH_KILLED_AT in the environment says which.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const last = Number(process.env.FIELDSSH_KILLED_AT ?? -1);
let calls = 0;
for (const name of ["fsyncSync", "openSync", "renameSync", "writeFileSync"] as const) {
	const original = fs[name] as (...args: unknown[]) => unknown;
	(fs as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
		const counts = name !== "openSync" || (Number(args[1]) & fs.constants.O_CREAT) !== 0;
		if (counts && calls++ === last) {
			const [file, bytes] = args as [unknown, Uint8Array];
			if (name === "writeFileSync") original(file, bytes.subarray(0, bytes.length >> 1));
			process.kill(process.pid, "SIGKILL");
		}
		return original(...args);
	};
}
syncBuiltinESMExports();
