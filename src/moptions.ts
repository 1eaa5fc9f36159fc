/**
 * Compile-time flags, after moptions.h. Each is a literal: rollup folds it, and what is switched off leaves the
 * bundle. A build overrides them with `FIELDSSH_FLAGS="NAME=false ..."` (see rollup.config.mjs); a Moddable build
 * binds this module to another file of the same shape.
 */

/** The five functions of src/nanossh/ssh.ts and what belongs to them. */
export const __ENABLE_MOCANA_SSH_SERVER__: boolean = true;

/** SSH_sendPing. */
export const __ENABLE_MOCANA_SSH_PING__: boolean = true;

/** Selects the event-driven API alone: with it on, the functions of the synchronous server are not built. */
export const __ENABLE_MOCANA_SSH_ASYNC_SERVER_API__: boolean = false;

/** Host keys and client keys of type ecdsa-sha2-nistp256 (RFC 5656). Client keys need it off the device too. */
export const __ENABLE_MOCANA_SSH_ECDSA__: boolean = true;

/** Client keys of type RSA, signed rsa-sha2-256 or rsa-sha2-512 (RFC 8332). */
export const __ENABLE_MOCANA_SSH_RSA__: boolean = true;

/**
 * AES in every form: off, it is as the next three being off, and chacha20-poly1305@openssh.com is the one cipher. A device
 * without native cryptography takes three to six times as long for a byte of AES, and 15 KB of flash.
 */
export const __ENABLE_MOCANA_SSH_AES__: boolean = true;

/** aes128-gcm@openssh.com and aes256-gcm@openssh.com. */
export const __ENABLE_MOCANA_SSH_GCM__: boolean = true;

/** aes128-ctr and aes256-ctr with the hmac-sha2 family. */
export const __ENABLE_MOCANA_SSH_CTR__: boolean = true;

/**
 * hmac-sha2-256 and hmac-sha2-512 over what is then encrypted (RFC 4253), beside their etm forms: what libssh2 before 1.11 and
 * dropbear with AES have in common with us. ssh-audit warns of them.
 */
export const __ENABLE_MOCANA_SSH_ENCRYPT_AND_MAC__: boolean = true;

/** Password and keyboard-interactive authentication. */
export const __ENABLE_MOCANA_SSH_PASSWORD__: boolean = true;

/** pty-req, env, window-change, signal and break: what an interactive session asks for; without it they are refused. */
export const __ENABLE_MOCANA_SSH_TERMINAL__: boolean = true;

/** hostkeys-00@openssh.com: the host keys are told to clients, and proved, so that they learn of new ones. */
export const __ENABLE_MOCANA_SSH_HOSTKEYS__: boolean = true;

/** loadHostKey() keeps the key in OpenSSH's file format; without it, as the 64 bytes of its halves. */
export const __ENABLE_MOCANA_SSH_OPENSSH_KEY__: boolean = true;

/** The names that DISPLAY_ERROR gives; without it there is the number alone. */
export const __ENABLE_MOCANA_SSH_ERROR_NAMES__: boolean = true;

/** Admission by address: who waits, connections a minute, penalties, the owner's places. Without it the table's size alone counts. */
export const __ENABLE_MOCANA_SSH_ADMISSION__: boolean = true;

/** Whether a server can work with its limits is looked at when it is made: what is set on the desk needs no look on the device. */
export const __ENABLE_MOCANA_SSH_LIMITS_CHECK__: boolean = true;
