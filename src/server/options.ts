/** What a server is made of, and what it tells the application. */
import type { Hal } from "../../hal/hal.js";
import { checkAddressPatterns } from "../base/address-pattern.js";
import type { ConnectionInfo, Session } from "../connection/session.js";
import type { Subsystem } from "../connection/subsystems.js";
import type { Crypto } from "../crypto/port.js";
import type { HostKey } from "../keys/host-key.js";
import { SIGNATURE_ALGORITHMS } from "../keys/public-key.js";
import { DEVICE_LIMITS, type Limits } from "../limits.js";
import { DISPLAY_ERROR, OK } from "../merrors.js";
import {
	__ENABLE_MOCANA_SSH_ADMISSION__,
	__ENABLE_MOCANA_SSH_LIMITS_CHECK__,
	__ENABLE_MOCANA_SSH_PASSWORD__,
} from "../moptions.js";
import { KEX_METHODS } from "../transport/algorithms.js";
import type { TransportSetup } from "../transport/setup.js";
import type { Authenticator, MethodName, Permit } from "../userauth/authenticator.js";
import { type AuthenticationRequest, CallbackAuthenticator } from "../userauth/callback-authenticator.js";
import { checkChains } from "../userauth/chains.js";
import type { EventLog } from "./event-log.js";
import { Guesses } from "./guesses.js";
import { limitsFault } from "./limits-check.js";

export interface SSHServerOptions {
	readonly hal: Hal;
	readonly crypto: Crypto;
	/** At least one; the first is preferred. */
	readonly hostKeys: readonly HostKey[];

	/** Listens there; without a port, connections come by accept() alone. 0 picks a free one. */
	readonly port?: number;
	/** Of the interface to listen on; all of them by default. */
	readonly address?: string;
	/** Places in the table; default 4. */
	readonly maxConnections?: number;

	/** Who may log in; or, simpler, onAuthenticate. */
	readonly authenticator?: Authenticator;
	/** The methods that onAuthenticate is asked about, any one of which suffices; default publickey and password. */
	readonly methods?: readonly MethodName[];
	/** Called with what a client shows. True, or a Permit, lets it in. Not called with `authenticator`. */
	readonly onAuthenticate?: (request: AuthenticationRequest) => boolean | Permit | Promise<boolean | Permit>;
	/** Shown before authentication (RFC 4252 section 5.4). */
	readonly banner?: string;

	/**
	 * Addresses that are never refused for what was done from them, and that `limits.ownerPlaces` of the table are kept for;
	 * patterns as in from= of authorized_keys: "192.0.2.7,2001:db8::/32". None by default.
	 */
	readonly ownerAddresses?: string;
	/** Over DEVICE_LIMITS, which is the default. */
	readonly limits?: Partial<Limits>;
	/** Environment variables that clients may set; a trailing * matches any rest. Default LANG and LC_*. */
	readonly environment?: readonly string[];
	/** A name is a subsystem that onSession serves; a row brings what serves it. None by default. */
	readonly subsystems?: readonly (string | Subsystem)[];
	/** Gets one line an event (docs/security.md has the format), and tells its listeners. By default one of 16 lines. */
	readonly log?: EventLog;

	/** A shell, a command or a subsystem begins. */
	readonly onSession: (session: Session) => void;
	/** A client has logged in. */
	readonly onConnection?: (connection: ConnectionInfo) => void;
	/** A connection has ended; its id is void. @param status why: OK or ERR_* of merrors.ts */
	readonly onClose?: (connection: ConnectionInfo, status: number) => void;
	/**
	 * The listener has failed, or a callback has thrown. Without it a listener that fails is thrown: by the constructor, or out
	 * of the event loop where the HAL learns of it later. What callbacks throw is then told to nobody.
	 */
	readonly onError?: (status: number, text: string) => void;
	readonly onListening?: (port: number) => void;
	/** The answer to a ping() of ours. */
	readonly onPingReply?: (connection: ConnectionInfo) => void;
}

const DEFAULT_METHODS: readonly MethodName[] = Object.freeze(["publickey", "password"]);
const DEFAULT_ENVIRONMENT: readonly string[] = Object.freeze(["LANG", "LC_*"]);

export const DEFAULT_MAX_CONNECTIONS = 4;
export const DEFAULT_LOG_SIZE = 16;

/** What all connections of a server share. */
export interface ConnectionSetup extends TransportSetup {
	readonly authenticator: Authenticator;
	readonly banner: string | undefined;
	/** Names of environment variables that clients may set; a trailing * matches any rest. */
	readonly environment: readonly string[];
	readonly subsystems: readonly (string | Subsystem)[];
	/** Undefined where there are no passwords. */
	readonly guesses: Guesses | undefined;
	/** Seconds since 1970, 0 when unknown. */
	date(): number;
}

/**
 * @throws TypeError for options that make no server, Error where the HAL has no cryptographic randomness
 */
export function connectionSetup(options: SSHServerOptions): ConnectionSetup {
	const { hal, environment = DEFAULT_ENVIRONMENT, subsystems = [] } = options;
	const limits: Limits = Object.freeze({ ...DEVICE_LIMITS, ...options.limits });
	if (__ENABLE_MOCANA_SSH_LIMITS_CHECK__) {
		const fault = limitsFault(limits);
		if (fault) throw new TypeError(fault);
	}
	checkOwner(options, limits);
	if (options.hostKeys.length === 0) throw new TypeError("hostKeys: none given");
	const entropy = hal.random(new Uint8Array(16));
	if (entropy < OK) throw new Error(`no cryptographic randomness: ${DISPLAY_ERROR(entropy)}`);
	return Object.freeze({
		crypto: options.crypto,
		random: (bytes: Uint8Array) => hal.random(bytes),
		limits,
		hostKeys: options.hostKeys,
		kexMethods: KEX_METHODS,
		signatureAlgorithms: SIGNATURE_ALGORITHMS,
		authenticator: authenticatorOf(options),
		banner: options.banner,
		environment,
		subsystems,
		guesses: __ENABLE_MOCANA_SSH_PASSWORD__
			? new Guesses(options.crypto, limits, options.maxConnections ?? DEFAULT_MAX_CONNECTIONS, () =>
					hal.now(),
				)
			: undefined,
		date: () => hal.date(),
	});
}

/** @throws TypeError for addresses that are no patterns, and where they would leave nobody else a place */
function checkOwner(options: SSHServerOptions, limits: Limits): void {
	const { ownerAddresses, maxConnections = DEFAULT_MAX_CONNECTIONS } = options;
	if (ownerAddresses === undefined) return;
	if (!__ENABLE_MOCANA_SSH_ADMISSION__)
		throw new TypeError("ownerAddresses: this build tells no addresses apart");
	const wrong = checkAddressPatterns(ownerAddresses);
	if (wrong) throw new TypeError(`ownerAddresses: ${wrong}`);
	if (maxConnections === 1 && limits.ownerPlaces > 0)
		throw new TypeError(`limits.ownerPlaces: ${limits.ownerPlaces} of 1 leave nobody else a place`);
}

/** @throws TypeError without one, and where its chains cannot be passed */
function authenticatorOf(options: SSHServerOptions): Authenticator {
	const { authenticator, onAuthenticate, methods = DEFAULT_METHODS } = options;
	if (!authenticator && !onAuthenticate)
		throw new TypeError("neither authenticator nor onAuthenticate given");
	const found = authenticator ?? new CallbackAuthenticator(methods, onAuthenticate!);
	try {
		checkChains(found.chains);
	} catch (error) {
		// A fault of the options like any other: a RangeError would say that the table found no memory (SSH_init).
		throw new TypeError(`authenticator: ${error instanceof Error ? error.message : error}`);
	}
	return found;
}
