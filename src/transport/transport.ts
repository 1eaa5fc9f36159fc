/**
 * The transport layer (RFC 4253) of one connection: identification, packets, key exchange, re-key. No I/O: the
 * owner fills `packets.input`, empties `packets.output` and calls step() until it returns 0.
 */

import { AUTHENTICATING, IDENTIFIED, KEYED } from "../base/stages.js";
import { STEP_DONE, STEP_WAITS } from "../base/steps.js";
import { decodeUtf8, encodeUtf8, printable } from "../base/utf8.js";
import { asciiBytes, asciiString, Reader, type Writer } from "../base/wire.js";
import { MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH, MAX_PING_LENGTH, REPLY_RESERVE } from "../limits.js";
import {
	ERR_PAYLOAD,
	ERR_PAYLOAD_TOO_LARGE,
	ERR_SSH_DISCONNECT_SERVICE_NOT_AVAILABLE,
	ERR_SSH_REKEY_REQUEST_IGNORED,
	OK,
} from "../merrors.js";
import {
	ACCEPTED,
	admits,
	PHASE_AUTH,
	PHASE_CONNECTED,
	PHASE_EXT_INFO,
	PHASE_SERVICE,
	SSH_MSG_DEBUG,
	SSH_MSG_DISCONNECT,
	SSH_MSG_EXT_INFO,
	SSH_MSG_IGNORE,
	SSH_MSG_KEX_ECDH_INIT,
	SSH_MSG_KEXINIT,
	SSH_MSG_NEWKEYS,
	SSH_MSG_PING,
	SSH_MSG_PONG,
	SSH_MSG_SERVICE_ACCEPT,
	SSH_MSG_SERVICE_REQUEST,
	SSH_MSG_UNIMPLEMENTED,
	UNKNOWN,
} from "../messages.js";
import type { Algorithms } from "./algorithms.js";
import { Allowance, isIdleTalk } from "./allowance.js";
import { disconnectStatus, phaseStatus } from "./disconnect.js";
import { HeldMessages } from "./held-messages.js";
import { findIdentification, SERVER_IDENTIFICATION, trimLineEnd } from "./identification.js";
import { KeyExchange } from "./key-exchange.js";
import { PacketStream } from "./packets.js";
import type { MessageSender } from "./sender.js";
import type { TransportOwner, TransportSetup } from "./setup.js";

export class Transport implements MessageSender {
	readonly packets: PacketStream;
	readonly setup: TransportSetup;
	/** Where the services stand: PHASE_EXT_INFO to PHASE_CONNECTED; key exchanges go on beside it. */
	servicePhase = PHASE_EXT_INFO;
	/** The first exchange hash (RFC 4253 section 7.2); empty until then. */
	sessionId = new Uint8Array(0);
	/** In force since the last key exchange. */
	algorithms: Algorithms | undefined;
	/** The client's line without CR LF: V_C of the exchange hash; empty until it has come. */
	clientIdentification: Uint8Array = new Uint8Array(0);
	/** The client offered strict key exchange in its first KEXINIT, and so it is. */
	strict = false;
	/** DISCONNECT was sent, or has come: nothing is sent any more (RFC 4253 section 11.1). */
	private disconnected = false;
	/** When the last key exchange was computed, in the HAL's milliseconds. */
	lastExchange = 0;

	private readonly owner: TransportOwner;
	private readonly reader = new Reader(new Uint8Array(0));
	private exchange: KeyExchange | undefined;
	private held: HeldMessages | undefined;
	/** Bytes that were sealed since step() was called. */
	private bulk = 0;
	/** begin() has started a message that is to be held. */
	private holding = false;
	private readonly allowance: Allowance;

	constructor(setup: TransportSetup, owner: TransportOwner) {
		this.setup = setup;
		this.owner = owner;
		this.packets = new PacketStream(setup.limits, setup.random);
		this.allowance = new Allowance(setup.limits);
	}

	/** Sends our identification. */
	start(): void {
		const { output } = this.packets;
		const line = asciiBytes(`${SERVER_IDENTIFICATION}\r\n`);
		output.set(line, 0);
		this.packets.sealedEnd = this.packets.outputEnd = line.length;
	}

	/** The client's identification has come. */
	get identified(): boolean {
		return this.clientIdentification.length > 0;
	}

	/** softwareversion and comments of the client, made printable. */
	get clientVersion(): string {
		const line = asciiString(this.clientIdentification);
		return printable(line.slice(line.indexOf("-", "SSH-".length) + 1));
	}

	/** The next step() is a slice of a key exchange's computation. */
	get computing(): boolean {
		return this.exchange?.computing === true;
	}

	/** What computing does next takes memory of its own while it lasts. */
	get demanding(): boolean {
		return this.exchange?.demanding === true;
	}

	/** When the key exchange under way began, or undefined. */
	get exchangeSince(): number | undefined {
		return this.exchange?.since;
	}

	/**
	 * Does one thing: a packet, or a slice of a key exchange.
	 * @param now milliseconds of the HAL's clock
	 * @returns STEP_DONE, STEP_SLICE when it was a slice of a packet, or STEP_WAITS for input or for room in the output; a
	 *   status below zero ends the connection
	 */
	step(now: number): number {
		this.renewShare();
		if (!this.identified) return this.identify(now);
		if (this.computing) return this.compute(now);
		if (this.held && !this.exchange?.forbidsSending) {
			const released = this.releaseHeld();
			return released > 0 ? STEP_DONE : released;
		}
		if (this.packets.space < (this.exchange?.room ?? REPLY_RESERVE)) return STEP_WAITS;
		const received = this.packets.receive();
		if (received !== STEP_DONE) return received;
		const status = this.takePacket(now);
		if (status < OK) return status;
		if (!this.exchange?.hashing) this.packets.consume();
		return STEP_DONE;
	}

	/** Starts a key exchange of ours where volume, packets or time ask for one (RFC 4253 section 9). */
	rekeyIfDue(now: number): number {
		if (this.exchange || this.isStranger) return OK;
		if (this.packets.space < REPLY_RESERVE) return OK;
		const due = this.packets.wornOut || now - this.lastExchange >= this.setup.limits.rekeyTime;
		return due && this.mayWake() ? this.beginExchange(now) : OK;
	}

	/** Whether something can be sent or taken without buffers that may not be had now. */
	private mayWake(): boolean {
		return !this.packets.resting || this.owner.mayWake();
	}

	/** Room after packets.inputEnd for bytes of the peer; 0 where there is none, or no memory for it now. */
	inputSpace(): number {
		return this.mayWake() ? this.packets.inputSpace() : 0;
	}

	private beginExchange(now: number): number {
		const exchange = new KeyExchange(this, now);
		const status = exchange.sendKexInit();
		if (status < OK) return status;
		this.exchange = exchange;
		return OK;
	}

	// --- MessageSender

	begin(message: number): Writer {
		this.holding = this.mustHold(message);
		if (!this.holding) return this.packets.begin().byte(message);
		this.held ??= new HeldMessages(this.setup.limits.heldReplies);
		return this.held.begin().byte(message);
	}

	end(): number {
		if (this.disconnected) return OK;
		if (this.holding) return this.held!.end();
		const before = this.packets.outputEnd;
		const status = this.packets.seal();
		this.bulk += this.packets.outputEnd - before;
		this.owner.wake();
		return status;
	}

	room(): number {
		if (this.disconnected || this.exchange?.forbidsSending || this.held || !this.mayWake()) return 0;
		return this.bulk < this.setup.limits.sendPacketSize / 2 ? this.packets.bulkSpace : 0;
	}

	/** A step begins, which may send its share and encrypt it: what is said in parting does not wait. */
	renewShare(): void {
		this.bulk = 0;
		this.packets.renewWork();
	}

	/** Sends DISCONNECT where there is still a peer to take it. What is sent later goes nowhere. */
	disconnect(reason: number, description: string): void {
		this.exchange?.finishSwitch();
		if (this.identified) {
			this.begin(SSH_MSG_DISCONNECT).uint32(reason).string(encodeUtf8(description)).ascii("");
			this.end();
		}
		this.disconnected = true;
	}

	/** Gives the packets' buffers back where nothing is in them; not to be called from within step(). */
	rest(): void {
		if (this.exchange) return;
		this.packets.rest();
		this.reader.reset(this.packets.input, 0, 0);
	}

	/** Overwrites every secret; nothing is called afterwards. */
	wipe(): void {
		this.exchange?.wipe();
		this.exchange = undefined;
		this.held = undefined;
		this.packets.wipe();
	}

	// --- within

	/** RFC 4253 section 7.1: between our KEXINIT and our NEWKEYS only 1 to 4 and 20 to 49; then in order. */
	private mustHold(message: number): boolean {
		if (message <= SSH_MSG_DEBUG || (message >= 20 && message <= 49)) return false;
		return this.exchange?.forbidsSending === true || this.held !== undefined;
	}

	/** Sends what was held, as far as there is room: 1 when all of it is out, 0 when not, or a status below zero. */
	private releaseHeld(): number {
		const held = this.held!;
		while (held.nextLength > 0) {
			if (this.packets.space < held.nextLength) return 0;
			held.moveTo(this.packets.begin());
			const status = this.packets.seal();
			if (status < OK) return status;
		}
		this.held = undefined;
		return 1;
	}

	private identify(now: number): number {
		const { packets } = this;
		const { input, inputStart, inputEnd } = packets;
		const { identificationLength } = this.setup.limits;
		const length = findIdentification(input, inputStart, inputEnd, identificationLength);
		if (length <= 0) return length;
		const end = trimLineEnd(input, inputStart, length);
		this.clientIdentification = input.slice(inputStart, end);
		packets.inputStart += length;
		this.owner.moveTo(IDENTIFIED);
		const status = this.beginExchange(now);
		return status < OK ? status : STEP_DONE;
	}

	private compute(now: number): number {
		const { room } = this.exchange!;
		if (room > 0 && this.packets.space < room) return STEP_WAITS;
		// What it queues is sealed by steps to come.
		this.packets.work = 0;
		const status = this.exchange!.compute();
		this.lastExchange = now;
		return status < OK ? status : STEP_DONE;
	}

	/** Has not logged in. */
	private get isStranger(): boolean {
		return !(this.servicePhase & PHASE_CONNECTED);
	}

	/** The phase that decides what may come: that of a key exchange once the peer's KEXINIT is in. */
	get phase(): number {
		return this.exchange?.phase ?? this.servicePhase;
	}

	private takePacket(now: number): number {
		const { packets, reader } = this;
		reader.reset(packets.input, packets.payloadStart, packets.payloadEnd);
		const number = reader.byte();
		const phase = this.phase;
		if (this.isStranger && !this.allowance.admitsTraffic(packets.c2s)) return ERR_PAYLOAD_TOO_LARGE;
		if (this.exchange?.ignoresGuess(number)) return OK;
		const admitted = admits(number, phase);
		if (admitted !== ACCEPTED && admitted !== UNKNOWN) return phaseStatus(phase);
		if (this.isStranger && (admitted === UNKNOWN || isIdleTalk(number))) {
			if (!this.allowance.admitsIdleTalk(packets)) return ERR_PAYLOAD_TOO_LARGE;
		}
		// EXT_INFO has its one place directly after NEWKEYS; whatever comes there instead closes it.
		if (this.servicePhase === PHASE_EXT_INFO && phase === PHASE_EXT_INFO) this.servicePhase = PHASE_SERVICE;
		if (admitted === UNKNOWN) {
			this.owner.onNotice(`unimplemented message ${number}`);
			this.begin(SSH_MSG_UNIMPLEMENTED).uint32(packets.receivedSequence);
			return this.end();
		}
		switch (number) {
			case SSH_MSG_DISCONNECT:
				return this.takeDisconnect(reader);
			case SSH_MSG_IGNORE:
			case SSH_MSG_DEBUG:
			// Extensions of clients are hints, and none of those known concerns a server.
			case SSH_MSG_EXT_INFO:
				return OK;
			case SSH_MSG_UNIMPLEMENTED:
				this.owner.onNotice(`peer does not implement our packet ${reader.uint32()}`);
				return OK;
			case SSH_MSG_SERVICE_REQUEST:
				return this.takeServiceRequest(reader);
			case SSH_MSG_KEXINIT:
				return this.takeKexInit(reader, now);
			case SSH_MSG_KEX_ECDH_INIT:
				return this.exchange!.takeEcdhInit(reader);
			case SSH_MSG_NEWKEYS:
				return this.takeNewKeys(reader);
			case SSH_MSG_PING:
				return this.takePing(reader);
			default:
				return this.owner.onMessage(number, reader);
		}
	}

	/**
	 *     byte      SSH_MSG_DISCONNECT
	 *     uint32    reason code
	 *     string    description in ISO-10646 UTF-8 encoding [RFC3629]
	 *     string    language tag [RFC3066]
	 */
	private takeDisconnect(reader: Reader): number {
		const reason = reader.uint32();
		const description = reader.string();
		this.disconnected = true;
		const end = Math.min(description.length, MAX_DESCRIPTION_LENGTH);
		this.owner.onNotice(`peer disconnects: ${decodeUtf8(description, 0, end)}`);
		return disconnectStatus(reason);
	}

	/** RFC 4253 section 10. The one service to ask for is ssh-userauth; it starts ssh-connection itself. */
	private takeServiceRequest(reader: Reader): number {
		const name = reader.string();
		if (!reader.complete) return ERR_PAYLOAD;
		if (asciiString(name, 0, Math.min(name.length, MAX_NAME_LENGTH)) !== "ssh-userauth")
			return ERR_SSH_DISCONNECT_SERVICE_NOT_AVAILABLE;
		this.servicePhase = PHASE_AUTH;
		this.owner.moveTo(AUTHENTICATING);
		this.begin(SSH_MSG_SERVICE_ACCEPT).ascii("ssh-userauth");
		return this.end();
	}

	private takeKexInit(reader: Reader, now: number): number {
		const { allowance, packets } = this;
		if (this.isStranger && !allowance.admitsExchange()) return phaseStatus(this.servicePhase);
		const rekeys = !this.isStranger && !this.exchange;
		if (rekeys && !allowance.admitsRekey(now - this.lastExchange, packets))
			return ERR_SSH_REKEY_REQUEST_IGNORED;
		this.exchange ??= new KeyExchange(this, now);
		return this.exchange.takeKexInit(reader);
	}

	private takeNewKeys(reader: Reader): number {
		if (!reader.complete) return ERR_PAYLOAD;
		// Before the login each packet and byte counts, whichever its keys.
		this.packets.c2s.take(this.exchange!.receivingKeys!, this.strict, this.isStranger);
		this.exchange = undefined;
		if (this.owner.stage === IDENTIFIED) this.owner.moveTo(KEYED);
		return OK;
	}

	/** OpenSSH PROTOCOL 1.9: byte SSH_MSG_PING, string data; answered with the same data. */
	private takePing(reader: Reader): number {
		const data = reader.string();
		if (!reader.complete) return ERR_PAYLOAD;
		if (data.length > MAX_PING_LENGTH) return ERR_PAYLOAD_TOO_LARGE;
		this.begin(SSH_MSG_PONG).string(data);
		return this.end();
	}
}
