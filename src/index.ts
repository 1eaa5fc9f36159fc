/** Public exports, nothing else. */
export type { Hal, MemoryFigures, Ready, Storage, TCP_SOCKET } from "../hal/hal.js";
export { Credentials, type CredentialsOptions } from "./accounts/credentials.js";
export { newPassword } from "./accounts/new-password.js";
export { calibrate } from "./accounts/password-hash.js";
export type { Role } from "./base/roles.js";
export type { ConnectionInfo, Session, Terminal } from "./connection/session.js";
export type { Subsystem } from "./connection/subsystems.js";
export type { Crypto, Job, RandomSource } from "./crypto/port.js";
export {
	createHostKey,
	generateKey,
	type HostKey,
	KEY_SEED_LENGTH,
	type PrivateKey,
} from "./keys/host-key.js";
export { hostKeyName, loadHostKey } from "./keys/host-key-store.js";
export { formatPrivateKey, parsePrivateKey, readPrivateKey } from "./keys/openssh-key.js";
export { DESKTOP_LIMITS, DEVICE_LIMITS, type Limits } from "./limits.js";
export * from "./merrors.js";
export { EventLog } from "./server/event-log.js";
export { SSHServer, type SSHServerOptions } from "./server/server.js";
export type { Algorithms } from "./transport/algorithms.js";
export { VERSION } from "./transport/identification.js";
export {
	type Answer,
	type AuthContext,
	type Authenticator,
	FULL_PERMIT,
	type MethodName,
	type Permit,
	type Prompts,
	type Rights,
} from "./userauth/authenticator.js";
export type { AuthenticationRequest } from "./userauth/callback-authenticator.js";
