/** The other side of a ConnectionProtocol under test: a transport that records, and a client that speaks RFC 4254. */

import { asciiBytes, asciiString, Reader, Writer } from "../../src/base/wire.js";
import { ConnectionProtocol } from "../../src/connection/connection.js";
import type { ConnectionHost } from "../../src/connection/host.js";
import type { ConnectionInfo, Session } from "../../src/connection/session.js";
import type { Job } from "../../src/crypto/port.js";
import { type Cost, DEVICE_LIMITS, type Limits } from "../../src/limits.js";
import {
	SSH_MSG_CHANNEL_CLOSE,
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_CHANNEL_EOF,
	SSH_MSG_CHANNEL_EXTENDED_DATA,
	SSH_MSG_CHANNEL_OPEN,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
	SSH_MSG_CHANNEL_OPEN_FAILURE,
	SSH_MSG_CHANNEL_REQUEST,
	SSH_MSG_CHANNEL_WINDOW_ADJUST,
	SSH_MSG_GLOBAL_REQUEST,
} from "../../src/messages.js";
import type { MessageSender } from "../../src/transport/sender.js";
import { FULL_PERMIT, type Permit } from "../../src/userauth/authenticator.js";
import { messageName } from "../peer/names.js";

/** Records payloads. Room is what it is told to be, less what was sent since; none during a key exchange. */
export class RecordingSender implements MessageSender {
	sent: Uint8Array[] = [];
	space = Number.POSITIVE_INFINITY;
	/** What end() says; below zero it sends nothing. */
	status = 0;
	keyExchange = false;
	private readonly buffer = new Uint8Array(70_000);
	private readonly writer = new Writer(this.buffer);

	begin(message: number): Writer {
		return this.writer.reset(this.buffer, 0, this.buffer.length).byte(message);
	}

	end(): number {
		if (this.writer.failed) throw new Error("a message that does not fit");
		if (this.status < 0) return this.status;
		this.sent.push(this.buffer.slice(0, this.writer.position));
		this.space -= this.writer.position;
		return 0;
	}

	room(): number {
		return this.keyExchange ? 0 : Math.max(0, this.space);
	}

	/** What was sent since the last call, one line a message. */
	take(): string[] {
		const lines = this.sent.map(describe);
		this.sent = [];
		return lines;
	}
}

/** A message as text: its name without "SSH_MSG_" and "CHANNEL_", then its fields. */
export function describe(payload: Uint8Array): string {
	const reader = new Reader(payload);
	const number = reader.byte();
	const fields = [messageName(number).replace("SSH_MSG_", "").replace("CHANNEL_", "")];
	const text = () => asciiString(reader.string().slice());
	const uint32 = () => String(reader.uint32());
	switch (number) {
		case SSH_MSG_CHANNEL_OPEN:
			fields.push(text(), uint32(), uint32(), uint32());
			break;
		case SSH_MSG_CHANNEL_OPEN_CONFIRMATION:
			fields.push(uint32(), uint32(), uint32(), uint32());
			break;
		case SSH_MSG_CHANNEL_OPEN_FAILURE:
			fields.push(uint32(), uint32(), text(), text());
			break;
		case SSH_MSG_CHANNEL_WINDOW_ADJUST:
			fields.push(uint32(), uint32());
			break;
		case SSH_MSG_CHANNEL_DATA:
			fields.push(uint32(), text());
			break;
		case SSH_MSG_CHANNEL_EXTENDED_DATA:
			fields.push(uint32(), uint32(), text());
			break;
		case SSH_MSG_GLOBAL_REQUEST:
			fields.push(text(), String(reader.boolean()));
			break;
		case SSH_MSG_CHANNEL_REQUEST: {
			fields.push(uint32(), text(), String(reader.boolean()));
			if (fields[2] === "exit-status") fields.push(uint32());
			else fields.push(text(), String(reader.boolean()), text(), text());
			break;
		}
		default:
			while (reader.remaining >= 4) fields.push(uint32());
	}
	if (reader.failed) throw new Error(`malformed: ${fields.join(" ")}`);
	if (reader.remaining > 0) fields.push(`+${reader.remaining}`);
	return fields.join(" ").trimEnd();
}

export const INFO: ConnectionInfo = Object.freeze({
	id: 1,
	user: "admin",
	remoteAddress: "192.0.2.7",
	since: 0,
	bytesReceived: 0,
	bytesSent: 0,
	clientVersion: "OpenSSH_9.2p1",
	algorithms: undefined,
	permit: FULL_PERMIT,
});

/** A host whose answers tests set, and a client of it whose channel numbers begin at 70, to differ from ours. */
export class Peer implements ConnectionHost {
	readonly sender = new RecordingSender();
	readonly limits: Limits;
	environmentNames: readonly string[] = ["LANG", "LC_*"];
	subsystems: readonly string[] = ["sftp"];
	permit: Permit = FULL_PERMIT;
	hostKeys: Uint8Array[] = [];
	session: Session | undefined;
	started: Session[] = [];
	pings = 0;
	reports: string[] = [];
	onStart: ((session: Session) => void) | undefined;
	proveHostKey: (blob: Uint8Array, data: Uint8Array) => Job<Uint8Array> | undefined = () => undefined;
	readonly protocol: ConnectionProtocol;

	constructor(limits: Partial<Limits> = {}) {
		// A packet is smaller than the window, so that a test can tell the two bounds apart.
		this.limits = { ...DEVICE_LIMITS, initialWindowSize: 2048, maximumPacketSize: 1024, ...limits };
		this.protocol = new ConnectionProtocol(this);
	}

	/** What was asked for, and whether it is granted. */
	asked: Cost[] = [];
	scarce = false;

	grants(cost: Cost): boolean {
		this.asked.push(cost);
		return !this.scarce;
	}
	info(): ConnectionInfo {
		return INFO;
	}
	sessionId(): Uint8Array {
		return asciiBytes("session identifier");
	}
	onSession(session: Session): void {
		this.session = session;
		this.started.push(session);
		this.onStart?.(session);
	}
	onPingReply(): void {
		this.pings++;
	}
	hostKeyBlobs(): Uint8Array[] {
		return this.hostKeys;
	}
	onNotice(text: string): void {
		this.reports.push(text);
	}

	/** The message as the transport hands it over, in the middle of a larger buffer; then flush(), as the owner does. */
	message(number: number, write: (writer: Writer) => unknown = () => {}): number {
		const buffer = new Uint8Array(40_000);
		const writer = new Writer(buffer, 5);
		write(writer);
		const status = this.protocol.onMessage(number, new Reader(buffer, 5, writer.position));
		// The transport uses its buffer again: whatever kept a view of it would see this.
		buffer.fill(0xee);
		return status < 0 ? status : this.protocol.flush();
	}

	open(peerChannel = 70, window = 1000, maximum = 100, type = "session"): number {
		return this.message(SSH_MSG_CHANNEL_OPEN, writer =>
			writer.ascii(type).uint32(peerChannel).uint32(window).uint32(maximum),
		);
	}

	request(
		type: string,
		write: (writer: Writer) => unknown = () => {},
		wantReply = true,
		channel = 0,
	): number {
		return this.message(SSH_MSG_CHANNEL_REQUEST, writer =>
			write(writer.uint32(channel).ascii(type).boolean(wantReply)),
		);
	}

	exec(command = "cat", channel = 0): number {
		return this.request("exec", writer => writer.ascii(command), true, channel);
	}

	data(text: string | Uint8Array, channel = 0): number {
		const bytes = typeof text === "string" ? asciiBytes(text) : text;
		return this.message(SSH_MSG_CHANNEL_DATA, writer => writer.uint32(channel).string(bytes));
	}

	adjust(count: number, channel = 0): number {
		return this.message(SSH_MSG_CHANNEL_WINDOW_ADJUST, writer => writer.uint32(channel).uint32(count));
	}

	eof(channel = 0): number {
		return this.message(SSH_MSG_CHANNEL_EOF, writer => writer.uint32(channel));
	}

	close(channel = 0): number {
		return this.message(SSH_MSG_CHANNEL_CLOSE, writer => writer.uint32(channel));
	}

	global(name: string, wantReply: boolean, write: (writer: Writer) => unknown = () => {}): number {
		return this.message(SSH_MSG_GLOBAL_REQUEST, writer => write(writer.ascii(name).boolean(wantReply)));
	}

	take(): string[] {
		return this.sender.take();
	}
}

/** A peer with one channel on which a command runs, and nothing recorded. */
export function running(
	limits: Partial<Limits> = {},
	window = 1000,
	maximum = 100,
): { peer: Peer; session: Session } {
	const peer = new Peer(limits);
	peer.open(70, window, maximum);
	peer.exec();
	peer.take();
	return { peer, session: peer.session! };
}

/** All that read() has now, as text. */
export function readText(session: Session): string {
	const bytes = new Uint8Array(session.readable);
	return asciiString(bytes, 0, session.read(bytes));
}
