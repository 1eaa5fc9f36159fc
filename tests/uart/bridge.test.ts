/** examples/uart-bridge over a serial port in memory that has small FIFOs, and throws as the SDK's does. */
import { SerialBridge, type SerialCallbacks, type SerialPort } from "../../examples/uart-bridge/bridge.js";
import { concat, noise } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { FakeClock, type FakeOptions, FakeSession } from "../shell/fake-session.js";

const FIFO = 128;

/** The other end of its line is the test. */
class FakePort implements SerialPort {
	readonly baud: number;
	readonly sent: Uint8Array[] = [];
	readonly signals: boolean[] = [];
	closed = false;
	set?: (signals: { break: boolean }) => void = signals => {
		this.signals.push(signals.break);
	};
	private readonly callbacks: SerialCallbacks;
	private received: Uint8Array<ArrayBuffer> = new Uint8Array(0);
	private toldWritable = 0;

	constructor(baud: number, callbacks: SerialCallbacks) {
		this.baud = baud;
		this.callbacks = callbacks;
	}

	/** The line has sent these; returns how many did not fit. */
	receive(bytes: Uint8Array): number {
		const fitting = bytes.subarray(0, FIFO - this.received.length);
		this.received = concat(this.received, fitting).slice();
		this.callbacks.onReadable(this.received.length);
		return bytes.length - fitting.length;
	}

	get unread(): number {
		return this.received.length;
	}

	/** The line has taken all. */
	drain(count = FIFO): void {
		this.toldWritable = count;
		this.callbacks.onWritable(count);
	}

	fail(): void {
		this.callbacks.onError();
	}

	read(count: number): ArrayBuffer | undefined {
		if (this.closed || count > this.received.length) throw new Error("invalid");
		const bytes = this.received.slice(0, count);
		this.received = this.received.slice(count);
		return bytes.buffer;
	}

	write(bytes: ArrayBuffer): void {
		if (this.closed || bytes.byteLength > this.toldWritable) throw new Error("output full");
		this.toldWritable = 0;
		this.sent.push(new Uint8Array(bytes));
	}

	close(): void {
		this.closed = true;
	}
}

function start() {
	const clock = new FakeClock();
	const ports: FakePort[] = [];
	const bridge = new SerialBridge({
		baud: 115_200,
		open: (baud, callbacks) => {
			if (baud === 1) throw new Error("invalid baud");
			const port = new FakePort(baud, callbacks);
			ports.push(port);
			return port;
		},
		after(milliseconds, callback) {
			const id = clock.setTimer(milliseconds, callback);
			return () => clock.clearTimer(id);
		},
	});
	const open = (options: FakeOptions = {}): FakeSession => {
		const session = new FakeSession(options);
		bridge.run(session);
		return session;
	};
	return { clock, ports, open };
}

/** A session on a line that has just been opened. */
function connect(options: FakeOptions = {}) {
	const { clock, ports, open } = start();
	const session = open(options);
	return { clock, ports, open, session, port: ports[0] };
}

test("uart: 30 KB each way at once, byte for byte, at the pace of whoever is slower", () => {
	const { session, port, clock } = connect({ writable: 0 });
	const up = noise(30_000, 1);
	const down = noise(30_000, 2);
	session.send(up);
	let at = 0;
	for (let turn = 0; turn < 10_000 && (session.readable > 0 || at < down.length); turn++) {
		port.drain(1 + ((turn * 37) % FIFO));
		if (turn % 3 > 0 && at < down.length) {
			const bytes = down.subarray(at, at + 50 + (turn % 78));
			at += bytes.length - port.receive(bytes);
		}
		if (turn % 2 === 0) session.open(1 + ((turn * 91) % 300));
	}
	session.open(100_000);
	port.drain();
	assert.deepEqual(concat(...port.sent), up);
	assert.deepEqual(concat(...session.written), down);
	assert.ok(port.sent.every(bytes => bytes.length <= FIFO));
	assert.equal(clock.pending, 0);
});

test("uart: a client that does not read stops the line's bytes, bounded, and loses none that were taken", () => {
	const { session, port } = connect({ writable: 0 });
	const bytes = noise(5000);
	let taken = 0;
	for (;;) {
		const left = port.receive(bytes.subarray(taken, taken + 100));
		taken += 100 - left;
		if (left > 0) break;
	}
	assert.equal(port.unread, FIFO, "then the FIFO fills");
	assert.equal(taken, 2048 + FIFO);
	session.open(10_000);
	assert.deepEqual([concat(...session.written), port.unread], [bytes.slice(0, taken), 0]);
});

test("uart: a line that does not take bytes leaves them behind the client's window", () => {
	const { session, port } = connect();
	session.send(noise(30_000));
	assert.deepEqual([session.readable, port.sent.length], [30_000, 0]);
	port.drain(100);
	port.drain(28);
	assert.deepEqual([session.readable, concat(...port.sent)], [29_872, noise(30_000).slice(0, 128)]);
	session.send("more");
	assert.equal(session.readable, 29_876, "not before the port says so");
});

test("uart: what the port takes is remembered until there is something to send", () => {
	const { session, port } = connect();
	port.drain();
	session.send("at last");
	assert.equal(port.sent.length, 1);
});

test("uart: one session at a time; another is refused, and told by whom", () => {
	const { session, ports, port, open } = connect();
	const second = open();
	assert.deepEqual([second.status, second.errors], [1, "serial line: in use by admin from 192.0.2.7\r\n"]);
	assert.deepEqual([ports.length, port.closed, session.closed], [1, false, false]);
	session.vanish();
	assert.ok(port.closed);
	assert.equal(open().status, undefined);
	assert.equal(ports.length, 2);
});

test("uart: the command is the baud rate, and nothing else", () => {
	for (const [command, baud] of [
		["9600", 9600],
		["5000000", 5_000_000],
	] as const) {
		assert.equal(connect({ type: "exec", command }).port.baud, baud);
	}
	assert.equal(connect().port.baud, 115_200);
	for (const command of ["0", "5000001", "9600 8N1", "-1", "1e3", "reboot"]) {
		const { session, ports } = connect({ type: "exec", command });
		assert.deepEqual([session.status, session.errors], [2, "serial line: usage: BAUD\r\n"], command);
		assert.equal(ports.length, 0);
	}
	const { session, open } = connect({ type: "exec", command: "1" });
	assert.deepEqual([session.status, session.errors], [1, "serial line: invalid baud\r\n"]);
	assert.equal(open().status, undefined, "the line is free again");
});

test("uart: a break lasts as long as the client says, and what is sent waits for its end", () => {
	for (const [asked, lasts] of [
		[0, 500],
		[700, 700],
		[60_000, 3000],
	]) {
		const { session, port, clock } = connect();
		session.onBreak?.(asked);
		session.onBreak?.(asked);
		session.send("x");
		port.drain();
		clock.turn(lasts - 1);
		assert.deepEqual([port.signals, port.sent.length], [[true], 0]);
		clock.turn(1);
		assert.deepEqual([port.signals, port.sent.length], [[true, false], 1]);
		session.onBreak?.(asked);
		session.vanish();
		assert.deepEqual([port.signals, clock.pending], [[true, false, true, false], 0]);
	}
	const { session, port } = connect();
	delete port.set;
	session.onBreak?.(0);
	session.send("x");
	port.drain();
	assert.equal(port.sent.length, 1, "a platform without breaks goes on");
});

test("uart: Ctrl-] ends a session on a terminal, behind what was typed before; without one it is a byte", () => {
	const { session, port } = connect({ columns: 80 });
	port.drain();
	session.send("bye\x1dnot");
	assert.deepEqual([session.status, port.closed], [0, true]);
	assert.deepEqual(concat(...port.sent), Uint8Array.of(0x62, 0x79, 0x65));
	const first = connect({ columns: 80 });
	first.port.drain();
	first.session.send("\x1d");
	assert.deepEqual([first.session.status, first.port.sent.length], [0, 0]);
	const raw = connect();
	raw.port.drain();
	raw.session.send("\x1d");
	assert.deepEqual([raw.session.status, raw.port.sent.length], [undefined, 1]);
});

test("uart: at the end of a script's bytes it waits for the line to fall silent", () => {
	const { session, port, clock } = connect();
	session.send("version\r");
	session.endInput();
	clock.turn(10_000);
	assert.equal(session.status, undefined, "the line has not taken them yet");
	port.drain();
	clock.turn(400);
	port.receive(noise(10));
	port.drain();
	clock.turn(400);
	port.drain();
	assert.equal(session.status, undefined);
	clock.turn(100);
	assert.deepEqual([session.status, port.closed, clock.pending], [0, true, 0]);
});

test("uart: nor does it end before the client has read what the line said", () => {
	const { session, port, clock } = connect({ writable: 0 });
	session.endInput();
	port.receive(noise(10));
	for (let i = 0; i < 10; i++) clock.turn(500);
	assert.equal(session.status, undefined);
	session.open(100);
	clock.turn(500);
	assert.deepEqual([session.status, concat(...session.written)], [0, noise(10)]);
});

test("uart: a port that fails ends the session with status 1, and the line is free", () => {
	const { session, port, open } = connect();
	port.fail();
	assert.deepEqual([session.status, port.closed, open().status], [1, true, undefined]);
	port.fail();
	assert.equal(open().status, 1, "which says nothing of the line that is open now");
});
