/**
 * Every limit of the server, in one place: sizes in bytes, times in milliseconds. A profile is a whole set of those that an
 * application may lower (SSHServer option `limits`; limits-check.ts has their ranges). The others are constants, each with
 * the reason why nobody could lower it, or win anything by it.
 */

/** RFC 4253 section 6: minimum padding, which is the protocol's. */
export const MIN_PADDING = 4;

/** RFC 4251 section 6: a name has at most 64 characters. Shorter, and names that are in use would end connections. */
export const MAX_NAME_LENGTH = 64;

/**
 * A password longer than this is wrong, whatever it is; hashing it costs as much as hashing a short one. What packetSize
 * lets in bounds the memory; a lower limit would lock out whose password was set before it.
 */
export const MAX_PASSWORD_LENGTH = 256;

/**
 * Passwords that commands (passwd) have given to be looked at or hashed, and that are not yet. They wait for one another, and
 * for logins; each takes a few hundred bytes until its turn comes, and more than these cannot be of people at their keyboards.
 */
export const MAX_PASSWORD_JOBS = 4;

/**
 * Users and keys whose wrong passwords are remembered, 17 bytes each: those that both a thief and an owner have at one time.
 * One that is forgotten is forgiven.
 */
export const GUESS_ENTRIES = 16;

/**
 * The longest time between two guesses with one key is never below this, however many may wait: that many hold every place
 * of the table, and there the owner waits in any case.
 */
export const SHORTEST_LAST_PENALTY = 1_000;

/**
 * RSA moduli (RFC 8332): below it the key is weak, above it one verification holds a slow CPU too long. With a lower limit
 * keys on file would silently cease to log in; firmware that wants none has __ENABLE_MOCANA_SSH_RSA__.
 */
export const MIN_RSA_BITS = 2048;
export const MAX_RSA_BITS = 4096;

/** Characters of one line of the log: all that the server says of an event, and some 64 of what a peer named itself. */
export const MAX_LOG_ENTRY = 256;

/**
 * Lines of the log that strangers can cause, at once and then each: a flood is counted, and costs next to nothing. How
 * many lines are kept is the EventLog's own size.
 */
export const LOG_BURST = 20;
export const LOG_INTERVAL = 1_000;

/** Description texts of a peer (DISCONNECT), shown in the log up to this, and ours of exit-signal: MAX_LOG_ENTRY counts. */
export const MAX_DESCRIPTION_LENGTH = 128;

/**
 * The largest message that answers one packet at once (USERAUTH_PK_OK with an RSA key of 4,096 bits takes 570 bytes):
 * no packet is taken from the input while the output has less room than this. sendBufferSize is what can be lowered. Before
 * the reply of a key exchange it is what that reply takes, when that is more: it follows from the method and the host key.
 */
export const REPLY_RESERVE = 1024;

/** Data of one ping@openssh.com, which is given back at once: OpenSSH sends one byte. It follows from REPLY_RESERVE. */
export const MAX_PING_LENGTH = REPLY_RESERVE / 2;

/** Of hostkeys-prove-00@openssh.com on one connection, each a signature a key: OpenSSH asks once, after the login. */
export const MAX_HOST_KEY_PROOFS = 2;

/** How often the server looks at the times that connections are allowed: each is exact to this. */
export const TICK = 1_000;

/** Steps of one connection before others have their turn: fewer cost a timer each, more are ended by TURN_TIME. */
export const STEPS_PER_TURN = 64;

/** The same in time: after it no further step begins, however few steps a slow processor has done. */
export const TURN_TIME = 10;

/**
 * IGNORE, DEBUG, UNIMPLEMENTED and unknown messages before the login, and the bytes of one: PuTTY sends an IGNORE of up to
 * 256 bytes with each password, the other clients known here none. With more of them a stranger pays for decryption alone.
 */
export const IDLE_TALK_BEFORE_LOGIN = 16;
export const MAX_IDLE_TALK_LENGTH = 512;

/** A client's key exchanges after its login are earned by so many milliseconds each, or by so many bytes either way. */
export const REKEY_TIME = 1_500;
export const REKEY_BYTES = 65_536;

/**
 * Milliseconds of debt for each that the processor was busy for an address without a login: so who waits for three
 * quarters of the time between is never refused for it. A login pays what its connection owes.
 */
export const WORK_DEBT = 4;

/** Debt by which the price of an address's work rises by its first price once more. */
export const DEBT_STEP = 2_000;

/**
 * Milliseconds of debt for a connection without a login, by its end: the peer has gone, as ssh-keyscan and a monitoring probe
 * do; what it sent was wrong; a key or password of it was refused; its time was up. In proportion those of OpenSSH's
 * PerSourcePenalties, but for the first: a probe a second is never refused for it.
 */
export const PENALTY_ABORTED = 500;
export const PENALTY_KEY_EXCHANGE = 3_000;
export const PENALTY_REFUSED = 5_000;
export const PENALTY_TOO_SLOW = 10_000;

/** Who ends up here has this long to take a DISCONNECT before its socket closes: less, and a slow line never hears why. */
export const CLOSE_TIME = 2_000;

/** An authorized_keys line: an RSA key of 4,096 bits takes about 750 bytes, options the rest. The owner writes them. */
export const MAX_AUTHORIZED_KEY_LINE = 2048;

/** What something takes of the heap of an XS engine whose slots have 16 bytes, at the most and garbage apart. */
export interface Cost {
	readonly slots: number;
	/** Of chunks: buffers, strings, large numbers. */
	readonly bytes: number;
}

/** Besides bytes that are told apart. */
export const NOTHING: Cost = Object.freeze({ slots: 0, bytes: 0 });

// Each is what tests/xs/costs.test.ts measures, and a margin: that test fails when the code takes more.

/** A connection, before and after its login, without the two buffers that it has while it does not rest. */
export const COST_CONNECTION: Cost = Object.freeze({ slots: 335, bytes: 1_400 });
/** A key exchange, a verification of a client's signature or a proof of the host keys, while it is computed. */
export const COST_COMPUTATION: Cost = Object.freeze({ slots: 320, bytes: 5_200 });
/** An open channel, without its window. */
export const COST_CHANNEL: Cost = Object.freeze({ slots: 40, bytes: 300 });
/** A terminal, without its encoded modes. */
export const COST_TERMINAL: Cost = Object.freeze({ slots: 20, bytes: 150 });
/** The environment of a session, without its bytes. */
export const COST_ENVIRONMENT: Cost = Object.freeze({ slots: 10, bytes: 32 });
/** A shell at its prompt, and a command that waits: for input, for its turn, or for a client that does not read. */
export const COST_COMMAND: Cost = Object.freeze({ slots: 290, bytes: 2_300 });
/**
 * What is alive within one turn of the event loop alone: a command's longest step, an exit status, a DISCONNECT, a line of the
 * log. There is one turn at a time; nobody is granted it.
 */
export const COST_TURN: Cost = Object.freeze({ slots: 300, bytes: 3_000 });

export interface Limits {
	/**
	 * The identification line with its CR LF: RFC 4253 section 4.2 allows 255 bytes. A longer one is refused; it is never
	 * kept.
	 */
	readonly identificationLength: number;
	/**
	 * One name-list of a KEXINIT. OpenSSH 9.2 sends at most 500 bytes in one; with every algorithm switched on, clients stay
	 * below 1,100.
	 */
	readonly nameListLength: number;
	/** One whole binary packet from the peer: length, padding, payload and MAC. */
	readonly packetSize: number;
	/** Bytes waiting to go to the socket; also bounds a packet that we send. */
	readonly sendBufferSize: number;
	/** Payload of one packet of data that we send: how much of it one session may have sealed before others have their turn. */
	readonly sendPacketSize: number;
	/**
	 * Work on packets in one step, which holds the event loop: thousands of instructions, as JavaScript on XS takes them. A byte
	 * of Poly1305 takes half of one, of ChaCha20 5, of GHASH 6, of HMAC-SHA-256 10, of AES 12, of HMAC-SHA-512 17; native code
	 * is taken to be thirty times as fast.
	 */
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
	/** The name of one, and its value, each. */
	readonly environmentLength: number;
	/** All of them, each with two bytes more: OpenSSH sends LANG and up to twelve LC_*, which come to 300 bytes. */
	readonly environmentBytes: number;
	/** The terminal's type, such as "xterm-256color". */
	readonly terminalTypeLength: number;
	/** pty-req's encoded terminal modes (RFC 4254 section 8), kept as long as the session: all known take 5 bytes each. */
	readonly terminalModesLength: number;
	/** Columns and rows beyond this are taken as this: a redraw costs with them. */
	readonly terminalSize: number;
	/** User names as login(1) knows them; a longer one is an error of the peer, not an unknown user. */
	readonly userNameLength: number;
	/** Failed authentication requests of one connection; the first `none` is not counted. */
	readonly authenticationAttempts: number;
	/**
	 * Key exchanges of a client that has not logged in, the first included. No client known here needs a second one; whoever
	 * asks for more makes us compute for nothing, and past any limit on new connections.
	 */
	readonly exchangesBeforeLogin: number;
	/**
	 * Packets of a client that has not logged in, and their bytes: each is decrypted, which takes a device some 30 ms a packet
	 * and 0.1 s a KB, and IGNORE may come at any time. OpenSSH with six RSA keys of 4,096 bits sends 16 and 7 KB, asyncssh 22
	 * and 8 KB; who signs with each, and exchanges keys three times, 23 and 12 KB.
	 */
	readonly packetsBeforeLogin: number;
	readonly bytesBeforeLogin: number;

	/**
	 * Connections that have not logged in, in all: on a device one takes 23 KB at the peak of its key exchange, a shell
	 * that waits a quarter of that. Of a table with no more places than this it keeps none free.
	 */
	readonly waitingConnections: number;
	/** The same of one address, an IPv6 /64 being one: fewer, so that one address leaves room for others. */
	readonly waitingByAddress: number;
	/**
	 * New connections of one address a minute, as many of them at once; 0 for no limit. Those that log in do not count:
	 * scripts may log in as often as they like. The work that they cause counts apart (addressDebt).
	 */
	readonly connectionsPerMinute: number;
	/** From so many waiting on, strangers are dropped at random: dropRate percent, rising to all of them where no more may wait. */
	readonly dropStart: number;
	/** 0 for nobody. */
	readonly dropRate: number;
	/**
	 * Debt of an address beyond which its connections are refused, in milliseconds that pay it by passing; 0 for no limit.
	 * A minute: twelve connections with wrong passwords, or four ssh-keyscan in a row on a device.
	 */
	readonly addressDebt: number;
	/** Wrong passwords of one address, whichever its connections, before penalties begin: a person's bad day. */
	readonly addressAttempts: number;
	/** The first penalty: so long passwords are not tried from that address. Each further wrong one doubles it. */
	readonly penaltyTime: number;
	/** No penalty is longer. Whoever makes no mistake for so long after one begins anew. */
	readonly longestPenalty: number;
	/** Addresses that are remembered, 34 bytes each: more than a device's network has in a minute. */
	readonly addressEntries: number;
	/**
	 * Places of the table kept for SSHServer's `ownerAddresses`, where that is given: for a session that is open, and a login
	 * beside it. Of a table with no more places than this, all but one.
	 */
	readonly ownerPlaces: number;

	/**
	 * The heap that the server shares with the application, where the HAL does not tell what it has left; 0 slots for one that
	 * has no end. An ESP32-C6 has these under the Moddable SDK, of which the engine and a listening server take a part.
	 */
	readonly heapSlots: number;
	readonly heapBytes: number;
	/** Of it, what is kept for the application: the server never hands it out. */
	readonly applicationSlots: number;
	readonly applicationBytes: number;

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
	/**
	 * Key exchanges that a client may begin after its login at once; more of them are earned, by REKEY_TIME and REKEY_BYTES.
	 * One costs a device 0.6 s, and RekeyLimit or a timer of a client asks for none that was not earned.
	 */
	readonly clientRekeys: number;
}

/** Node and other desktops: sizes as RFC 4253 section 6.1 asks. */
export const DESKTOP_LIMITS: Limits = Object.freeze({
	identificationLength: 255,
	nameListLength: 2048,
	packetSize: 35_000,
	sendBufferSize: 128 * 1024,
	sendPacketSize: 32_768,
	cipherSlice: 2_000_000,
	maximumPacketSize: 32_768,
	initialWindowSize: 512 * 1024,
	channels: 16,
	heldReplies: 4096,
	commandLength: 8192,
	environmentVariables: 32,
	environmentLength: 256,
	environmentBytes: 16_384,
	terminalTypeLength: 64,
	terminalModesLength: 1024,
	terminalSize: 1000,
	userNameLength: 64,
	authenticationAttempts: 6,
	exchangesBeforeLogin: 3,
	packetsBeforeLogin: 40,
	bytesBeforeLogin: 20_480,
	waitingConnections: 10,
	waitingByAddress: 5,
	connectionsPerMinute: 60,
	dropStart: 6,
	dropRate: 30,
	addressDebt: 60_000,
	addressAttempts: 10,
	penaltyTime: 5_000,
	longestPenalty: 600_000,
	addressEntries: 256,
	ownerPlaces: 2,
	heapSlots: 0,
	heapBytes: 0,
	applicationSlots: 0,
	applicationBytes: 0,
	identificationTime: 10_000,
	keyExchangeTime: 15_000,
	authenticationTime: 60_000,
	idleTime: 0,
	keepaliveInterval: 60_000,
	keepaliveCount: 3,
	rekeyBytes: 1024 * 1024 * 1024,
	rekeyPackets: 2 ** 30,
	rekeyTime: 3_600_000,
	clientRekeys: 8,
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
	cipherSlice: 2_600,
	maximumPacketSize: 2_048,
	initialWindowSize: 2_048,
	channels: 4,
	heldReplies: 512,
	commandLength: 512,
	environmentVariables: 8,
	environmentBytes: 512,
	terminalModesLength: 320,
	waitingConnections: 4,
	waitingByAddress: 3,
	dropStart: 4,
	addressEntries: 32,
	heapSlots: 4_200,
	heapBytes: 75_000,
	applicationSlots: 400,
	applicationBytes: 8_192,
	keyExchangeTime: 30_000,
	rekeyBytes: 256 * 1024 * 1024,
});
