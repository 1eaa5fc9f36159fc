/**
 * The whole shell behind a terminal: what is typed, new sizes, signals, windows that close. When the session has gone no
 * timer is left, and what was written to the terminal is text.
 */

import { isUtf8 } from "../../../src/base/utf8.js";
import { Shell } from "../../../src/shell/index.js";
import { concat } from "../../crypto/helpers.js";
import { FakeDevice, FakeSession, settle } from "../../shell/fake-session.js";
import { HOLD, PACKET, SERVER, SESSION, steps, TIME } from "../input.js";

const SIGNALS: readonly string[] = ["INT", "TERM", "HUP", "QUIT", "WINCH", "USR1"];

/** Milliseconds after which nothing of a session is left: longer than any command of the tests sleeps. */
const LONG = 100_000_000;

export async function fuzz(data: Uint8Array): Promise<void> {
	if (data.length < 2) return;
	const device = new FakeDevice();
	const shell = new Shell({ device, motd: "for the tests\n" });
	const pty = (data[0] & 1) === 0;
	const session = new FakeSession(pty ? { columns: data[0] % 90, rows: data[1] % 40 } : {});
	shell.run(session);
	for (const { kind, bytes, number } of steps(data.subarray(2))) {
		if (session.closed) break;
		if (kind === TIME) device.clock.turn(number * 100);
		else if (kind === SESSION) session.onSignal?.(SIGNALS[number % SIGNALS.length]);
		else if (kind === HOLD) session.writable = number & 0xff;
		else if (kind === SERVER && pty) session.resize(number & 0x7f, number >>> 9);
		else if (kind === PACKET || bytes.length > 0) session.send(bytes);
		await settle();
		session.open(number);
	}
	session.open(Number.POSITIVE_INFINITY);
	await settle();
	if (!session.closed && (data[1] & 1) === 0) session.endInput();
	await settle();
	if (!session.closed) session.vanish();
	await settle();
	device.clock.turn(LONG);
	await settle();
	if (device.clock.pending > 0) throw new Error(`${device.clock.pending} timers are left`);
	if (pty && !isUtf8(concat(...session.written))) throw new Error("what was written is no text");
}
