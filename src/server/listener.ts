/**
 * The server's listening socket. A client is negotiated with at once, or refused with a word of why, for no longer at a
 * time than a connection's turn.
 */
import type { TCP_SOCKET } from "../../hal/hal.js";
import { TICK, TURN_TIME } from "../limits.js";
import { DISPLAY_ERROR, ERR_SSH_TOO_MANY_CONNECTIONS, ERR_TCP_WOULDBLOCK, OK } from "../merrors.js";
import {
	SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
	SSH_DISCONNECT_TOO_MANY_CONNECTIONS,
} from "../messages.js";
import { refusal } from "../transport/refusal.js";
import { refusalText } from "./admission.js";
import type { Parts } from "./parts.js";
import type { SSHServer } from "./server.js";

export class Listener {
	private readonly server: SSHServer;
	private readonly parts: Parts;
	/** 0 when it is closed. */
	private socket: TCP_SOCKET = 0;
	private listening = false;

	constructor(server: SSHServer, parts: Parts) {
		this.server = server;
		this.parts = parts;
	}

	listen(address: string, port: number): void {
		this.socket = this.parts.hal.listen(address, port, () => this.ready());
		if (this.socket < OK) this.fail(this.socket);
		// Where the port is bound already, no event will come to tell of it.
		else this.parts.hal.setTimer(0, () => this.ready());
	}

	close(): void {
		if (this.socket > 0) this.parts.hal.close(this.socket);
		this.socket = 0;
	}

	private ready(): void {
		if (this.socket <= 0) return;
		if (!this.listening) {
			const port = this.parts.hal.localPort(this.socket);
			if (port > 0) {
				this.listening = true;
				this.parts.options.onListening?.(port);
			}
		}
		const began = this.parts.hal.now();
		for (let socket = this.next(); socket !== ERR_TCP_WOULDBLOCK; socket = this.next()) {
			if (socket < OK) {
				this.fail(socket);
				return;
			}
			this.admit(socket);
			// A flood of them leaves room for those who are in. Of who still waits no event may tell again.
			if (this.parts.hal.now() - began >= TURN_TIME) {
				this.goOn(0);
				return;
			}
		}
	}

	/** As Hal.accept(). Where that has no memory for one more, others may wait after it of whom no event will tell. */
	private next(): number {
		try {
			return this.parts.hal.accept(this.socket);
		} catch (error) {
			this.failed(error);
			return ERR_TCP_WOULDBLOCK;
		}
	}

	/** Somebody could not be taken: looks again for others after a while. */
	private failed(error: unknown): void {
		this.parts.tell(undefined, error);
		this.goOn(TICK);
	}

	private admit(socket: TCP_SOCKET): void {
		const { hal, pump, scheduler } = this.parts;
		let id = 0;
		try {
			id = this.server.accept(socket);
			if (id > 0) {
				this.server.negotiate(id);
				return;
			}
			const bytes = this.refusal(id);
			hal.write(socket, bytes, 0, bytes.length);
		} catch (error) {
			// No memory for one more: the listener and those who are in stay as they were.
			this.failed(error);
			const connection = scheduler.find(id);
			if (connection) {
				// It has its place, and the socket goes with it.
				pump.giveUp(connection, error);
				return;
			}
		}
		hal.close(socket);
	}

	/** What somebody reads whom accept() has refused with that status. */
	private refusal(status: number): Uint8Array {
		if (status === ERR_SSH_TOO_MANY_CONNECTIONS)
			return refusal(SSH_DISCONNECT_TOO_MANY_CONNECTIONS, "Too many connections");
		return refusal(SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT, refusalText(this.parts.admission!));
	}

	private goOn(milliseconds: number): void {
		try {
			this.parts.hal.setTimer(milliseconds, () => this.ready());
		} catch {
			// No memory for a timer: whoever comes next is the event.
		}
	}

	private fail(status: number): void {
		this.close();
		const { onError, port } = this.parts.options;
		const text = `cannot listen on port ${port}: ${DISPLAY_ERROR(status)}`;
		// A device that nobody can reach, and that tells nobody, would be the worst of all ends.
		if (!onError) throw new Error(text);
		onError(status, text);
	}
}
