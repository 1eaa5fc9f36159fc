/** What a server can work with: the range of each limit, and what must fit what. */
import type { Limits } from "../limits.js";

interface Range {
	readonly name: keyof Limits;
	readonly least: number;
	readonly most: number;
	/** Why not less; "" where 0 is allowed. */
	readonly why: string;
}

/** No size or count of a connection is above this: it is memory, and a slip of the finger is to be told at the start. */
const MOST_MEMORY = 2 ** 24;

function range(name: keyof Limits, least: number, why: string, most = Number.MAX_SAFE_INTEGER): Range {
	return Object.freeze({ name, least, most, why });
}

const memory = (name: keyof Limits, least: number, why: string): Range =>
	range(name, least, why, MOST_MEMORY);

const TIME = "a time in milliseconds";
const WASTE = "clients send smaller packets only with great waste";
const ATTEMPT = "without an attempt nobody logs in";
const WAITED = "nobody logs in without having waited";
const EXCHANGE = "a key exchange alone takes more";

/** Below `least` the protocol, or a client that is in use, cannot work; `most` is what the RFCs or good sense allow. */
const RANGES: readonly Range[] = Object.freeze([
	range("identificationLength", 64, "clients send up to 60 bytes", 255),
	range("nameListLength", 512, "OpenSSH sends 500 bytes in one", 2048),
	memory("packetSize", 2048, "OpenSSH's KEXINIT takes 1.5 KB"),
	memory("sendBufferSize", 2048, "a reply and a packet of data must fit"),
	range("sendPacketSize", 256, "a window adjustment and its packet take 40 bytes themselves", 32_768),
	range("cipherSlice", 320, "a block of ChaCha20 takes as much"),
	range("maximumPacketSize", 256, WASTE),
	memory("initialWindowSize", 256, WASTE),
	memory("channels", 1, "without a channel there is no session"),
	memory("heldReplies", 128, "a client may have a few requests on the way when keys are exchanged"),
	memory("commandLength", 1, "exec without a command is none"),
	memory("environmentVariables", 0, ""),
	range("environmentLength", 16, "a locale's name takes as much", 256),
	memory("environmentBytes", 0, ""),
	range("terminalTypeLength", 24, "screen.xterm-256color is one", 64),
	range("terminalModesLength", 320, "OpenSSH sends 270 bytes", 1024),
	range("terminalSize", 80, "a terminal has as many columns", 1000),
	range("userNameLength", 1, "without a name nobody logs in", 64),
	range("authenticationAttempts", 1, ATTEMPT),
	range("exchangesBeforeLogin", 1, "without one nobody logs in", 3),
	range("packetsBeforeLogin", 16, "a login with a key takes 10"),
	range("bytesBeforeLogin", 8192, "a login with an RSA key takes 5 KB"),
	range("waitingConnections", 1, WAITED),
	range("waitingByAddress", 1, WAITED),
	range("connectionsPerMinute", 0, "", 60_000),
	range("dropStart", 1, "one who waits alone is never dropped"),
	range("dropRate", 0, "", 100),
	range("addressDebt", 0, ""),
	range("addressAttempts", 1, ATTEMPT),
	range("penaltyTime", 0, ""),
	range("longestPenalty", 0, ""),
	range("addressEntries", 1, "the address that connects is counted in it", 65_535),
	range("ownerPlaces", 0, ""),
	memory("heapSlots", 0, ""),
	memory("heapBytes", 0, ""),
	memory("applicationSlots", 0, ""),
	memory("applicationBytes", 0, ""),
	range("identificationTime", 1, TIME),
	range("keyExchangeTime", 1, TIME),
	range("authenticationTime", 1, TIME),
	range("idleTime", 0, ""),
	range("keepaliveInterval", 0, ""),
	range("keepaliveCount", 1, "one unanswered request must be tolerated while it is on its way"),
	range("rekeyBytes", 1024, EXCHANGE),
	// Sequence numbers repeat at 2^32.
	range("rekeyPackets", 8, EXCHANGE, 2 ** 31),
	range("rekeyTime", 1000, TIME),
	range("clientRekeys", 1, "clients exchange keys after their limits of bytes and time"),
]);

/** Undefined for limits that a server can work with, or what is wrong with them. */
export function limitsFault(limits: Limits): string | undefined {
	const unknown = Object.keys(limits).find(name => !RANGES.some(range => range.name === name));
	if (unknown !== undefined) return `limits.${unknown}: there is none called so`;
	const wrong = RANGES.find(
		({ name, least, most }) =>
			!Number.isSafeInteger(limits[name]) || limits[name] < least || limits[name] > most,
	);
	if (wrong) {
		const { name, least, most, why } = wrong;
		const bounds = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
		return `limits.${name}: ${limits[name]} is no whole number ${bounds}${why && ` (${why})`}`;
	}
	// One packet of data with its header, padding and tag must fit the receive buffer.
	if (limits.maximumPacketSize + 128 > limits.packetSize)
		return `limits.maximumPacketSize: ${limits.maximumPacketSize} does not fit packetSize ${limits.packetSize}`;
	return undefined;
}
