/**
 * Compile-time flags, after moptions.h. Each is a literal: rollup folds it, and what is switched off leaves the
 * bundle. A build overrides them with `FIELDSSH_FLAGS="NAME=false ..."` (see rollup.config.mjs); a Moddable build
 * binds this module to another file of the same shape.
 */

/** The five functions of src/ssh.ts and what belongs to them. */
export const __ENABLE_MOCANA_SSH_SERVER__: boolean = true;

/** SSH_sendPing. */
export const __ENABLE_MOCANA_SSH_PING__: boolean = true;

/** Selects the event-driven API alone: with it on, the functions of the synchronous server are not built. */
export const __ENABLE_MOCANA_SSH_ASYNC_SERVER_API__: boolean = false;

/** Host keys and client keys of type ecdsa-sha2-nistp256 (RFC 5656). Client keys need it off the device too. */
export const __ENABLE_MOCANA_SSH_ECDSA__: boolean = true;

/** Client keys of type RSA, signed rsa-sha2-256 or rsa-sha2-512 (RFC 8332). */
export const __ENABLE_MOCANA_SSH_RSA__: boolean = true;

/** aes128-gcm@openssh.com and aes256-gcm@openssh.com. */
export const __ENABLE_MOCANA_SSH_GCM__: boolean = true;

/** aes128-ctr and aes256-ctr with the hmac-sha2 family. */
export const __ENABLE_MOCANA_SSH_CTR__: boolean = true;

/** Password and keyboard-interactive authentication. */
export const __ENABLE_MOCANA_SSH_PASSWORD__: boolean = true;
