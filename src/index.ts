/** Public exports, nothing else. */
export type { Hal, MemoryFigures, Ready, Storage, TCP_SOCKET } from "../hal/hal.js";
export type { ConnectionInfo, Session, Terminal } from "./connection/session.js";
export type { Crypto, Job, RandomSource } from "./crypto/port.js";
export { EventLog } from "./event-log.js";
export { hostKeyName, loadHostKey } from "./host-key-store.js";
export { DESKTOP_LIMITS, DEVICE_LIMITS, type Limits } from "./limits.js";
export * from "./merrors.js";
export type { Role } from "./roles.js";
export { SSHServer, type SSHServerOptions } from "./server.js";
export type { Algorithms } from "./transport/algorithms.js";
export {
	createHostKey,
	generateKey,
	type HostKey,
	KEY_SEED_LENGTH,
	type PrivateKey,
} from "./transport/host-key.js";
export { VERSION } from "./transport/identification.js";
export { formatPrivateKey, parsePrivateKey, readPrivateKey } from "./transport/openssh-key.js";
export type {
	Answer,
	AuthContext,
	Authenticator,
	MethodName,
	Permit,
	Prompts,
	Rights,
} from "./userauth/authenticator.js";
export type { AuthenticationRequest } from "./userauth/callback-authenticator.js";
export { Credentials, type CredentialsOptions } from "./userauth/credentials.js";
export { newPassword } from "./userauth/new-password.js";
export { calibrate } from "./userauth/password-hash.js";
