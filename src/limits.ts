/**
 * Every limit of the server, in one place: sizes in bytes, times in milliseconds. A profile is a whole set; an
 * application may lower a value (SSHServer option `limits`), and values that the protocol fixes are constants.
 */

/** RFC 4253 section 4.2: the identification line, with its CR LF. A longer one is refused; it is never kept. */
export const MAX_IDENTIFICATION_LENGTH = 255;

/** RFC 4253 section 6: minimum padding, and the most its length byte can say. */
export const MIN_PADDING = 4;

/** RFC 4251 section 6: a name has at most 64 characters. */
export const MAX_NAME_LENGTH = 64;

/**
 * One name-list of a KEXINIT. OpenSSH 9.2 sends at most 500 bytes in one; with every algorithm switched on,
 * clients stay below 1,100.
 */
export const MAX_NAME_LIST_LENGTH = 2048;

/** User names as login(1) knows them; a longer one is an error of the peer, not an unknown user. */
export const MAX_USER_NAME_LENGTH = 64;

/** A password longer than this is wrong, whatever it is; hashing it costs as much as hashing a short one. */
export const MAX_PASSWORD_LENGTH = 256;

/** RSA moduli (RFC 8332): below it the key is weak, above it one verification holds a slow CPU too long. */
export const MIN_RSA_BITS = 2048;
export const MAX_RSA_BITS = 4096;

/** An environment variable's name and value, each. */
export const MAX_ENVIRONMENT_TEXT = 256;

/** Columns and rows beyond this are taken as this: a redraw costs with them. */
export const MAX_TERMINAL_SIZE = 1000;

/** The terminal's type, such as "xterm-256color". */
export const MAX_TERMINAL_TYPE_LENGTH = 64;

/** pty-req's encoded terminal modes (RFC 4254 section 8): all opcodes known take 5 bytes each. */
export const MAX_TERMINAL_MODES_LENGTH = 1024;

/** Characters of one line of the log: all that the server says of an event, and some 64 of what a peer named itself. */
export const MAX_LOG_ENTRY = 256;

/** Lines of the log that strangers can cause, at once and then each: a flood is counted, and costs next to nothing. */
export const LOG_BURST = 20;
export const LOG_INTERVAL = 1_000;

/** Description texts of a peer (DISCONNECT, DEBUG), shown in the log up to this. */
export const MAX_DESCRIPTION_LENGTH = 128;

/**
 * The largest message that answers one packet at once (USERAUTH_PK_OK with an RSA key of 4,096 bits takes 570 bytes):
 * no packet is taken from the input while the output has less room than this.
 */
export const REPLY_RESERVE = 1024;

/** How often the server looks at the times that connections are allowed: each is exact to this. */
export const TICK = 1_000;

/**
 * Key exchanges of a client that has not logged in, the first included. No client known here needs a second one; whoever
 * asks for more makes us compute for nothing, and past any limit on new connections.
 */
export const MAX_EXCHANGES_BEFORE_LOGIN = 3;

/** Steps of one connection before others have their turn. */
export const STEPS_PER_TURN = 64;

/** The same in time: behind it no further step begins, however few a slow processor has done. */
export const TURN_TIME = 10;

/** A peer that has a full send buffer and takes nothing has this long to take a DISCONNECT before its socket closes. */
export const CLOSE_TIME = 2_000;

/** Lines of one authorized_keys entry: an RSA key of 4,096 bits takes about 750 bytes, options the rest. */
export const MAX_AUTHORIZED_KEY_LINE = 2048;

export interface Limits {
	/** One whole binary packet from the peer: length, padding, payload and MAC. */
	readonly packetSize: number;
	/** Bytes waiting to go to the socket; also bounds a packet that we send. */
	readonly sendBufferSize: number;
	/** Payload of one packet of data that we send: encrypting it is one step, which holds the event loop. */
	readonly sendPacketSize: number;
	/** Bytes of a packet that are decrypted in one step, a multiple of 64; ciphers that cannot be cut do all at once. */
	readonly cipherSlice: number;
	/** Data of one CHANNEL_DATA that a peer may send: maximumPacketSize of RFC 4254 section 5.1. */
	readonly maximumPacketSize: number;
	/** The window, and the memory behind it, of one channel. */
	readonly initialWindowSize: number;
	/** Open channels of one connection. */
	readonly channels: number;
	/** Replies held back while a key exchange forbids sending them; more ends the connection (CVE-2025-26466). */
	readonly heldReplies: number;
	/** A command line of exec, or the name of a subsystem. */
	readonly commandLength: number;
	/** Environment variables of one session. */
	readonly environmentVariables: number;
	/** Failed authentication requests of one connection; the first `none` is not counted. */
	readonly authenticationAttempts: number;

	/**
	 * Connections that have not logged in, in all: on a device one takes 23 KB at the peak of its key exchange, a shell
	 * that waits a quarter of that. Of a table with no more places than this it keeps none free.
	 */
	readonly waitingConnections: number;
	/** The same of one address, an IPv6 /64 being one: fewer, so that one address leaves room for others. */
	readonly waitingByAddress: number;
	/**
	 * New connections of one address a minute, as many of them at once; 0 for no limit. Those that log in do not count:
	 * scripts may log in as often as they like. One that does not takes a second of a device's processor.
	 */
	readonly connectionsPerMinute: number;
	/** Wrong passwords of one address, whichever its connections, before penalties begin: a person's bad day. */
	readonly addressAttempts: number;
	/** The first penalty: so long passwords are not tried from that address. Each further wrong one doubles it. */
	readonly penaltyTime: number;
	/** No penalty is longer; and who makes no mistake for so long behind one begins anew. */
	readonly longestPenalty: number;
	/** Addresses that are remembered, 25 bytes each: more than a device's network has in a minute. */
	readonly addressEntries: number;
	/** Places of the table kept for SSHServer's `ownerAddresses`, where that is given. */
	readonly ownerPlaces: number;

	/** From accept to the peer's whole identification line. */
	readonly identificationTime: number;
	/** From a KEXINIT to the peer's NEWKEYS. */
	readonly keyExchangeTime: number;
	/** From accept to the end of authentication, all in all. */
	readonly authenticationTime: number;
	/** Without any traffic on any channel; 0 for no limit. */
	readonly idleTime: number;
	/** Between keepalive@openssh.com requests on a silent connection; 0 for none. */
	readonly keepaliveInterval: number;
	/** Keepalives without an answer before the connection counts as lost. */
	readonly keepaliveCount: number;

	/** Re-key after this many bytes in either direction (RFC 4253 section 9). */
	readonly rekeyBytes: number;
	/** Re-key after this many packets in either direction: far below 2^32, where sequence numbers repeat. */
	readonly rekeyPackets: number;
	/** Re-key after this time. */
	readonly rekeyTime: number;
}

/** Node and other desktops: sizes as RFC 4253 section 6.1 asks. */
export const DESKTOP_LIMITS: Limits = Object.freeze({
	packetSize: 35_000,
	sendBufferSize: 128 * 1024,
	sendPacketSize: 32_768,
	cipherSlice: 35_008,
	maximumPacketSize: 32_768,
	initialWindowSize: 512 * 1024,
	channels: 16,
	heldReplies: 4096,
	commandLength: 8192,
	environmentVariables: 32,
	authenticationAttempts: 6,
	waitingConnections: 10,
	waitingByAddress: 5,
	connectionsPerMinute: 60,
	addressAttempts: 10,
	penaltyTime: 5_000,
	longestPenalty: 600_000,
	addressEntries: 256,
	ownerPlaces: 1,
	identificationTime: 10_000,
	keyExchangeTime: 15_000,
	authenticationTime: 60_000,
	idleTime: 0,
	keepaliveInterval: 60_000,
	keepaliveCount: 3,
	rekeyBytes: 1024 * 1024 * 1024,
	rekeyPackets: 2 ** 30,
	rekeyTime: 3_600_000,
});

/**
 * A microcontroller: a packet that holds any client's KEXINIT (OpenSSH: 1.5 KB) and an authentication request with
 * an RSA key of 4,096 bits (1.2 KB), and no more. A packet may fill the window: paramiko sends up to 4,096 bytes of
 * data at once whatever maximum it is told, but never more than the window.
 */
export const DEVICE_LIMITS: Limits = Object.freeze({
	...DESKTOP_LIMITS,
	packetSize: 2_560,
	sendBufferSize: 2_560,
	sendPacketSize: 448,
	cipherSlice: 512,
	maximumPacketSize: 2_048,
	initialWindowSize: 2_048,
	channels: 4,
	heldReplies: 512,
	commandLength: 512,
	environmentVariables: 8,
	waitingConnections: 4,
	waitingByAddress: 3,
	connectionsPerMinute: 20,
	addressEntries: 32,
	keyExchangeTime: 30_000,
	rekeyBytes: 256 * 1024 * 1024,
});

interface Least {
	readonly name: keyof Limits;
	readonly value: number;
	readonly why: string;
}

const least = (name: keyof Limits, value: number, why: string): Least => Object.freeze({ name, value, why });

/** Sizes below which the protocol cannot be spoken at all. */
const LEAST = Object.freeze([
	least("packetSize", 2048, "OpenSSH's KEXINIT takes 1.5 KB"),
	least("sendBufferSize", 2048, "a reply and a packet of data must fit"),
	least("sendPacketSize", 256, "a window adjustment and its packet take 40 bytes themselves"),
	least("cipherSlice", 64, "a block of ChaCha20"),
	least("maximumPacketSize", 256, "clients send smaller packets only with great waste"),
	least("initialWindowSize", 256, "clients send smaller packets only with great waste"),
	least("channels", 1, "without a channel there is no session"),
	least("heldReplies", 128, "a client may have a few requests on the way when keys are exchanged"),
	least("commandLength", 1, "exec without a command is none"),
	least("environmentVariables", 0, ""),
	least("authenticationAttempts", 1, "without an attempt nobody logs in"),
	least("waitingConnections", 1, "nobody logs in without having waited"),
	least("waitingByAddress", 1, "nobody logs in without having waited"),
	least("connectionsPerMinute", 0, ""),
	least("addressAttempts", 1, "without an attempt nobody logs in"),
	least("penaltyTime", 0, ""),
	least("longestPenalty", 0, ""),
	least("addressEntries", 1, "the address that connects is counted in it"),
	least("ownerPlaces", 0, ""),
	least("identificationTime", 1, "a time in milliseconds"),
	least("keyExchangeTime", 1, "a time in milliseconds"),
	least("authenticationTime", 1, "a time in milliseconds"),
	least("idleTime", 0, ""),
	least("keepaliveInterval", 0, ""),
	least("keepaliveCount", 1, "one unanswered request must be tolerated while it is on its way"),
	least("rekeyBytes", 1024, "a key exchange alone takes more"),
	least("rekeyPackets", 8, "a key exchange alone takes more"),
	least("rekeyTime", 1000, "a time in milliseconds"),
]);

/** No size or count of a connection is above this: it is memory, and a slip of the finger is to be told at the start. */
const MOST_MEMORY = 2 ** 24;

/** The limits that are memory. */
const MEMORY: readonly (keyof Limits)[] = Object.freeze([
	"packetSize",
	"sendBufferSize",
	"initialWindowSize",
	"channels",
	"heldReplies",
	"commandLength",
	"environmentVariables",
	"addressEntries",
]);

/** Undefined for limits that a server can work with, or what is wrong with them. */
export function limitsFault(limits: Limits): string | undefined {
	const low = LEAST.find(({ name, value }) => !Number.isSafeInteger(limits[name]) || limits[name] < value);
	if (low) {
		const { name, value, why } = low;
		return `limits.${name}: ${limits[name]} is no whole number of at least ${value}${why && ` (${why})`}`;
	}
	const high = MEMORY.find(name => limits[name] > MOST_MEMORY);
	if (high) return `limits.${high}: ${limits[high]} is above ${MOST_MEMORY}`;
	// One packet of data with its header, padding and tag must fit the receive buffer.
	if (limits.maximumPacketSize + 128 > limits.packetSize)
		return `limits.maximumPacketSize: ${limits.maximumPacketSize} does not fit packetSize ${limits.packetSize}`;
	if (limits.sendPacketSize > 32_768)
		return "limits.sendPacketSize: RFC 4253 promises to take 32768 bytes, not more";
	if (limits.cipherSlice % 64 !== 0) return "limits.cipherSlice: no multiple of 64";
	if (limits.connectionsPerMinute > 60_000) return "limits.connectionsPerMinute: more than one a millisecond";
	if (limits.rekeyPackets > 2 ** 31) return "limits.rekeyPackets: sequence numbers repeat at 2^32";
	return undefined;
}
