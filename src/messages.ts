/**
 * The messages: their numbers under the names that the RFCs give them, and the phases in which a client may send each.
 * This table alone decides what is accepted when. The answers to a CHANNEL_OPEN have their phase as all that a channel has;
 * whether we have sent one is known to the connection protocol alone.
 */

// RFC 4253 section 12, RFC 8308, RFC 8731, RFC 4252 section 6, RFC 4256, RFC 4254 section 9, OpenSSH PROTOCOL 1.9
export const SSH_MSG_DISCONNECT = 1;
export const SSH_MSG_IGNORE = 2;
export const SSH_MSG_UNIMPLEMENTED = 3;
export const SSH_MSG_DEBUG = 4;
export const SSH_MSG_SERVICE_REQUEST = 5;
export const SSH_MSG_SERVICE_ACCEPT = 6;
export const SSH_MSG_EXT_INFO = 7;
export const SSH_MSG_KEXINIT = 20;
export const SSH_MSG_NEWKEYS = 21;
export const SSH_MSG_KEX_ECDH_INIT = 30;
export const SSH_MSG_KEX_ECDH_REPLY = 31;
export const SSH_MSG_USERAUTH_REQUEST = 50;
export const SSH_MSG_USERAUTH_FAILURE = 51;
export const SSH_MSG_USERAUTH_SUCCESS = 52;
export const SSH_MSG_USERAUTH_BANNER = 53;
export const SSH_MSG_USERAUTH_PK_OK = 60;
export const SSH_MSG_USERAUTH_INFO_REQUEST = 60;
export const SSH_MSG_USERAUTH_INFO_RESPONSE = 61;
export const SSH_MSG_GLOBAL_REQUEST = 80;
export const SSH_MSG_REQUEST_SUCCESS = 81;
export const SSH_MSG_REQUEST_FAILURE = 82;
export const SSH_MSG_CHANNEL_OPEN = 90;
export const SSH_MSG_CHANNEL_OPEN_CONFIRMATION = 91;
export const SSH_MSG_CHANNEL_OPEN_FAILURE = 92;
export const SSH_MSG_CHANNEL_WINDOW_ADJUST = 93;
export const SSH_MSG_CHANNEL_DATA = 94;
export const SSH_MSG_CHANNEL_EXTENDED_DATA = 95;
export const SSH_MSG_CHANNEL_EOF = 96;
export const SSH_MSG_CHANNEL_CLOSE = 97;
export const SSH_MSG_CHANNEL_REQUEST = 98;
export const SSH_MSG_CHANNEL_SUCCESS = 99;
export const SSH_MSG_CHANNEL_FAILURE = 100;
export const SSH_MSG_PING = 192;
export const SSH_MSG_PONG = 193;

// RFC 4253 section 11.1
export const SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT = 1;
export const SSH_DISCONNECT_PROTOCOL_ERROR = 2;
export const SSH_DISCONNECT_KEY_EXCHANGE_FAILED = 3;
export const SSH_DISCONNECT_MAC_ERROR = 5;
export const SSH_DISCONNECT_SERVICE_NOT_AVAILABLE = 7;
export const SSH_DISCONNECT_PROTOCOL_VERSION_NOT_SUPPORTED = 8;
export const SSH_DISCONNECT_CONNECTION_LOST = 10;
export const SSH_DISCONNECT_BY_APPLICATION = 11;
export const SSH_DISCONNECT_TOO_MANY_CONNECTIONS = 12;
export const SSH_DISCONNECT_AUTH_CANCELLED_BY_USER = 13;
export const SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE = 14;
export const SSH_DISCONNECT_ILLEGAL_USER_NAME = 15;

// RFC 4254 section 5.1
export const SSH_OPEN_ADMINISTRATIVELY_PROHIBITED = 1;
export const SSH_OPEN_CONNECT_FAILED = 2;
export const SSH_OPEN_UNKNOWN_CHANNEL_TYPE = 3;
export const SSH_OPEN_RESOURCE_SHORTAGE = 4;

/** RFC 4254 section 5.2 */
export const SSH_EXTENDED_DATA_STDERR = 1;

/**
 * Phases of a connection, as bits. The first key exchange has its own: strict key exchange (OpenSSH PROTOCOL 1.10)
 * allows nothing in it but the expected message, while a later one allows the transport's own messages.
 */
export const PHASE_FIRST_KEXINIT = 1 << 0;
export const PHASE_FIRST_KEX = 1 << 1;
export const PHASE_FIRST_NEWKEYS = 1 << 2;
export const PHASE_STRICT_KEX = 1 << 3;
export const PHASE_STRICT_NEWKEYS = 1 << 4;
/** The one packet after the client's first NEWKEYS, where EXT_INFO has its place (RFC 8308 section 2.4). */
export const PHASE_EXT_INFO = 1 << 5;
export const PHASE_SERVICE = 1 << 6;
export const PHASE_AUTH = 1 << 7;
/** Waiting for the answer to USERAUTH_INFO_REQUEST; a new USERAUTH_REQUEST abandons it (RFC 4256 section 3.1). */
export const PHASE_AUTH_INFO = 1 << 8;
export const PHASE_CONNECTED = 1 << 9;
export const PHASE_REKEY_KEX = 1 << 10;
export const PHASE_REKEY_NEWKEYS = 1 << 11;

const FIRST = PHASE_FIRST_KEXINIT | PHASE_FIRST_KEX | PHASE_FIRST_NEWKEYS;
const REKEY = PHASE_REKEY_KEX | PHASE_REKEY_NEWKEYS;
const AUTH = PHASE_AUTH | PHASE_AUTH_INFO;
const KEYED = PHASE_EXT_INFO | PHASE_SERVICE | AUTH | PHASE_CONNECTED;
const ANY = FIRST | PHASE_STRICT_KEX | PHASE_STRICT_NEWKEYS | KEYED | REKEY;
/** Transport messages that may come at any time but within a strict first key exchange. */
const LOOSE = FIRST | KEYED | REKEY;

/**
 * The table: the phases in which a client may send a message; -1 for numbers that are none of ours. What a server sends
 * and never takes has no phases: a client's USERAUTH_SUCCESS is an error anywhere.
 */
export function phasesOf(number: number): number {
	switch (number) {
		case SSH_MSG_DISCONNECT:
			return ANY;
		case SSH_MSG_IGNORE:
		case SSH_MSG_UNIMPLEMENTED:
		case SSH_MSG_DEBUG:
			return LOOSE;
		case SSH_MSG_SERVICE_REQUEST:
			return PHASE_EXT_INFO | PHASE_SERVICE;
		case SSH_MSG_SERVICE_ACCEPT:
			return 0;
		case SSH_MSG_EXT_INFO:
			return PHASE_EXT_INFO;
		case SSH_MSG_KEXINIT:
			return PHASE_FIRST_KEXINIT | KEYED;
		case SSH_MSG_NEWKEYS:
			return PHASE_FIRST_NEWKEYS | PHASE_STRICT_NEWKEYS | PHASE_REKEY_NEWKEYS;
		case SSH_MSG_KEX_ECDH_INIT:
			return PHASE_FIRST_KEX | PHASE_STRICT_KEX | PHASE_REKEY_KEX;
		case SSH_MSG_KEX_ECDH_REPLY:
			return 0;
		case SSH_MSG_USERAUTH_REQUEST:
			return AUTH | PHASE_CONNECTED;
		case SSH_MSG_USERAUTH_FAILURE:
		case SSH_MSG_USERAUTH_SUCCESS:
		case SSH_MSG_USERAUTH_BANNER:
		case SSH_MSG_USERAUTH_INFO_REQUEST:
			return 0;
		case SSH_MSG_USERAUTH_INFO_RESPONSE:
			return PHASE_AUTH_INFO;
		case SSH_MSG_GLOBAL_REQUEST:
		case SSH_MSG_REQUEST_SUCCESS:
		case SSH_MSG_REQUEST_FAILURE:
		case SSH_MSG_CHANNEL_OPEN:
		case SSH_MSG_CHANNEL_OPEN_CONFIRMATION:
		case SSH_MSG_CHANNEL_OPEN_FAILURE:
		case SSH_MSG_CHANNEL_WINDOW_ADJUST:
		case SSH_MSG_CHANNEL_DATA:
		case SSH_MSG_CHANNEL_EXTENDED_DATA:
		case SSH_MSG_CHANNEL_EOF:
		case SSH_MSG_CHANNEL_CLOSE:
		case SSH_MSG_CHANNEL_REQUEST:
		case SSH_MSG_CHANNEL_SUCCESS:
		case SSH_MSG_CHANNEL_FAILURE:
		case SSH_MSG_PING:
			return PHASE_CONNECTED;
		case SSH_MSG_PONG:
			return 0;
		default:
			return -1;
	}
}

export const ACCEPTED = 1;
/** Known, but not now: the connection ends. */
export const REFUSED = 0;
/** Not a message of ours: answered with SSH_MSG_UNIMPLEMENTED (RFC 4253 section 11.4) where that is allowed. */
export const UNKNOWN = -1;

/** How a message number from a client stands in a phase: ACCEPTED, REFUSED or UNKNOWN. */
export function admits(number: number, phase: number): number {
	const phases = phasesOf(number);
	if (phases >= 0) return phases & phase ? ACCEPTED : REFUSED;
	// RFC 8308 and OpenSSH's strict key exchange leave no room for unknown messages within a key exchange, and
	// nothing of the connection protocol is tolerated before authentication, known or not.
	if (!(phase & KEYED)) return REFUSED;
	if (number >= SSH_MSG_GLOBAL_REQUEST && !(phase & PHASE_CONNECTED)) return REFUSED;
	return UNKNOWN;
}
