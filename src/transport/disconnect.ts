/** From status codes to the reasons of SSH_MSG_DISCONNECT (RFC 4253 section 11.1), and back. */
import {
	DISPLAY_ERROR,
	ERR_MEM_,
	ERR_RAND,
	ERR_SSH_BAD_AUTH_RECEIVE_STATE,
	ERR_SSH_BAD_RECEIVE_STATE,
	ERR_SSH_BAD_TRANS_RECEIVE_STATE,
	ERR_SSH_DISCONNECT,
	ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED,
	ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
	ERR_SSH_DISCONNECT_TOO_MANY_CONNECTIONS,
	ERR_SSH_KEYEX_BAD_INPUT,
	ERR_SSH_KEYEX_HASH_ALGO_NULL,
	ERR_SSH_KEYEX_MESG_FORMAT,
	ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED,
	ERR_SSH_MISMATCH_AEAD_ALGO,
	ERR_SSH_REKEY_REQUEST_IGNORED,
	ERR_SSH_TRANSPORT_BAD_MAC,
	ERR_SSH_UNKNOWN_CIPHER,
	ERR_SSH_UNKNOWN_HMAC,
	ERR_SSH_UNSUPPORTED_CURVE,
	ERR_TCP,
	ERR_TCP_READ_TIMEOUT,
	OK,
} from "../merrors.js";
import {
	PHASE_AUTH,
	PHASE_AUTH_INFO,
	PHASE_CONNECTED,
	SSH_DISCONNECT_BY_APPLICATION,
	SSH_DISCONNECT_CONNECTION_LOST,
	SSH_DISCONNECT_KEY_EXCHANGE_FAILED,
	SSH_DISCONNECT_MAC_ERROR,
	SSH_DISCONNECT_PROTOCOL_ERROR,
} from "../messages.js";

/** The reasons that RFC 4253 numbers: 1 to 15. */
const LAST_REASON = 15;

/** The reason to give a peer for ending a connection with this status. */
export function disconnectReason(status: number): number {
	const reason = ERR_SSH_DISCONNECT - status;
	if (reason >= 1 && reason <= LAST_REASON) return reason;
	switch (status) {
		case ERR_SSH_TRANSPORT_BAD_MAC:
			return SSH_DISCONNECT_MAC_ERROR;
		case ERR_SSH_UNKNOWN_CIPHER:
		case ERR_SSH_UNKNOWN_HMAC:
		case ERR_SSH_MISMATCH_AEAD_ALGO:
		case ERR_SSH_KEYEX_HASH_ALGO_NULL:
		case ERR_SSH_KEYEX_BAD_INPUT:
		case ERR_SSH_KEYEX_MESG_FORMAT:
		case ERR_SSH_UNSUPPORTED_CURVE:
			return SSH_DISCONNECT_KEY_EXCHANGE_FAILED;
	}
	if (inFamily(status, ERR_TCP)) return SSH_DISCONNECT_CONNECTION_LOST;
	if (status === OK || inFamily(status, ERR_RAND) || inFamily(status, ERR_MEM_))
		return SSH_DISCONNECT_BY_APPLICATION;
	return SSH_DISCONNECT_PROTOCOL_ERROR;
}

/** The socket is gone: nothing can be sent any more. ERR_TCP_READ_TIMEOUT is our own impatience, and is said. */
export function isSocketLost(status: number): boolean {
	return inFamily(status, ERR_TCP) && status !== ERR_TCP_READ_TIMEOUT;
}

/** What the peer's user reads: words for what a user can run into, the status's name for the rest. */
export function disconnectText(status: number): string {
	switch (status) {
		case OK:
			return "closed";
		case ERR_TCP_READ_TIMEOUT:
			return "timed out";
		case ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE:
			return "too many authentication failures";
		case ERR_SSH_DISCONNECT_TOO_MANY_CONNECTIONS:
			return "no room for one more login with limited rights";
		case ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED:
			return "session time is over";
		case ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED:
			return "no common key exchange or host key algorithm";
		case ERR_SSH_UNKNOWN_CIPHER:
			return "no common cipher";
		case ERR_SSH_UNKNOWN_HMAC:
			return "no common MAC";
		case ERR_SSH_REKEY_REQUEST_IGNORED:
			return "keys were exchanged too often: set RekeyLimit higher";
		default:
			return DISPLAY_ERROR(status);
	}
}

/** The families of merrors.h are hundreds: -5900 to -5999 is TCP, and so on. */
export function inFamily(status: number, first: number): boolean {
	return status <= first && status > first - 100;
}

/** The status for a reason that the peer gave. */
export function disconnectStatus(reason: number): number {
	return reason >= 1 && reason <= LAST_REASON ? ERR_SSH_DISCONNECT - reason : ERR_SSH_DISCONNECT;
}

/** The status for a message that its phase does not admit. */
export function phaseStatus(phase: number): number {
	if (phase & PHASE_CONNECTED) return ERR_SSH_BAD_RECEIVE_STATE;
	if (phase & (PHASE_AUTH | PHASE_AUTH_INFO)) return ERR_SSH_BAD_AUTH_RECEIVE_STATE;
	return ERR_SSH_BAD_TRANS_RECEIVE_STATE;
}
