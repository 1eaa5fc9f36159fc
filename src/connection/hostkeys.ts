/** Announcing host keys to a client, and proving that they are ours (OpenSSH PROTOCOL 2.5). */

import { equalBytes, type Reader, Writer } from "../base/wire.js";
import type { Job } from "../crypto/port.js";
import { SSH_MSG_GLOBAL_REQUEST, SSH_MSG_REQUEST_FAILURE, SSH_MSG_REQUEST_SUCCESS } from "../messages.js";
import type { ConnectionHost } from "./host.js";

export const HOSTKEYS_PROVE = "hostkeys-prove-00@openssh.com";

// byte      SSH_MSG_GLOBAL_REQUEST
// string    "hostkeys-00@openssh.com"
// boolean   FALSE
// string[]  hostkeys
export function announceHostKeys(host: ConnectionHost): number {
	const writer = host.sender.begin(SSH_MSG_GLOBAL_REQUEST).ascii("hostkeys-00@openssh.com").boolean(false);
	host.hostKeyBlobs().forEach(blob => {
		writer.string(blob);
	});
	return host.sender.end();
}

/**
 * The answer to one hostkeys-prove-00@openssh.com, signature by signature. What is signed:
 *
 *     string    "hostkeys-prove-00@openssh.com"
 *     string    session identifier
 *     string    hostkey
 */
export class HostKeyProof {
	private readonly host: ConnectionHost;
	/** Those asked about that are yet to be signed for, the first one last; undefined where one is not ours. */
	private keys: Uint8Array[] | undefined;
	private readonly signatures: Uint8Array[] = [];
	private job: Job<Uint8Array> | undefined = undefined;

	/** @param reader stands at the keys asked about (string[] to the end); fails where they are malformed */
	constructor(host: ConnectionHost, reader: Reader) {
		this.host = host;
		this.keys = heldKeys(host.hostKeyBlobs(), reader);
	}

	/** One slice of the work; true when reply() can be sent. */
	step(): boolean {
		if (this.job === undefined) {
			const key = this.keys?.pop();
			if (key === undefined) return true;
			this.job = this.host.proveHostKey(key, signedData(this.host.sessionId(), key));
			if (this.job === undefined) this.keys = undefined;
		} else if (this.job.step()) {
			this.signatures.push(this.job.result);
			this.job = undefined;
		}
		return false;
	}

	/** Gives up: the connection is gone. */
	wipe(): void {
		this.job?.wipe?.();
	}

	// byte      SSH_MSG_REQUEST_SUCCESS                 byte      SSH_MSG_REQUEST_FAILURE
	// string[]  signatures
	reply(): number {
		const { sender } = this.host;
		if (this.keys === undefined) sender.begin(SSH_MSG_REQUEST_FAILURE);
		else {
			const writer = sender.begin(SSH_MSG_REQUEST_SUCCESS);
			this.signatures.forEach(signature => {
				writer.string(signature);
			});
		}
		return sender.end();
	}
}

/** Our own copies of the keys that were asked about, in reverse; undefined where one is not ours or comes again. */
function heldKeys(held: readonly Uint8Array[], reader: Reader): Uint8Array[] | undefined {
	const found: Uint8Array[] = [];
	while (reader.remaining > 0) {
		const blob = reader.string();
		const key = reader.failed ? undefined : held.find(candidate => equalBytes(candidate, blob));
		if (key === undefined || found.includes(key)) return undefined;
		found.unshift(key);
	}
	return found.length > 0 ? found : undefined;
}

function signedData(sessionId: Uint8Array, key: Uint8Array): Uint8Array {
	const data = new Uint8Array(4 + HOSTKEYS_PROVE.length + 4 + sessionId.length + 4 + key.length);
	new Writer(data).ascii(HOSTKEYS_PROVE).string(sessionId).string(key);
	return data;
}
