/** The server's listening socket: who has come is handed on, for no longer at a time than a connection's turn. */
import type { Hal, TCP_SOCKET } from "../../hal/hal.js";
import { TICK, TURN_TIME } from "../limits.js";
import { ERR_TCP_WOULDBLOCK, OK } from "../merrors.js";

/** What the listener tells its server. */
export interface ListenerOwner {
	/** Clients can come. */
	onListening(port: number): void;
	/** Nobody can come any more. */
	onListenerFailed(status: number): void;
	/** A client has come: the socket is the server's from here on. */
	admit(socket: TCP_SOCKET): void;
	onThrown(text: string): void;
}

export class Listener {
	private readonly hal: Hal;
	private readonly owner: ListenerOwner;
	/** 0 when it is closed. */
	private socket: TCP_SOCKET = 0;
	private listening = false;

	constructor(hal: Hal, owner: ListenerOwner) {
		this.hal = hal;
		this.owner = owner;
	}

	listen(address: string, port: number): void {
		this.socket = this.hal.listen(address, port, () => this.ready());
		if (this.socket < OK) this.fail(this.socket);
		// Where the port is bound already, no event will come to tell of it.
		else this.hal.setTimer(0, () => this.ready());
	}

	close(): void {
		if (this.socket > 0) this.hal.close(this.socket);
		this.socket = 0;
	}

	private ready(): void {
		if (this.socket <= 0) return;
		if (!this.listening) {
			const port = this.hal.localPort(this.socket);
			if (port > 0) {
				this.listening = true;
				this.owner.onListening(port);
			}
		}
		const began = this.hal.now();
		for (let socket = this.next(); socket !== ERR_TCP_WOULDBLOCK; socket = this.next()) {
			if (socket < OK) {
				this.fail(socket);
				return;
			}
			this.owner.admit(socket);
			// A flood of them leaves room for those who are in. Of who still waits no event may tell again.
			if (this.hal.now() - began >= TURN_TIME) {
				this.goOn(0);
				return;
			}
		}
	}

	/** As Hal.accept(). Where that has no memory for one more, others may wait after it of whom no event will tell. */
	private next(): number {
		try {
			return this.hal.accept(this.socket);
		} catch (error) {
			this.failed(error);
			return ERR_TCP_WOULDBLOCK;
		}
	}

	/** Somebody could not be taken: looks again for others after a while. */
	failed(error: unknown): void {
		try {
			this.owner.onThrown(`accept: ${error}`);
		} catch {
			// No memory for the words.
		}
		this.goOn(TICK);
	}

	private goOn(milliseconds: number): void {
		try {
			this.hal.setTimer(milliseconds, () => this.ready());
		} catch {
			// No memory for a timer: whoever comes next is the event.
		}
	}

	private fail(status: number): void {
		this.close();
		this.owner.onListenerFailed(status);
	}
}
