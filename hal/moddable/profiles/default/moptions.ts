/** src/moptions.ts for the default profile: all that cryptography for XS can do, which has no P-256. */
export const __ENABLE_MOCANA_SSH_SERVER__: boolean = true;
export const __ENABLE_MOCANA_SSH_PING__: boolean = true;
export const __ENABLE_MOCANA_SSH_ASYNC_SERVER_API__: boolean = false;
export const __ENABLE_MOCANA_SSH_ECDSA__: boolean = false;
export const __ENABLE_MOCANA_SSH_RSA__: boolean = true;
export const __ENABLE_MOCANA_SSH_AES__: boolean = true;
export const __ENABLE_MOCANA_SSH_GCM__: boolean = true;
export const __ENABLE_MOCANA_SSH_CTR__: boolean = true;
export const __ENABLE_MOCANA_SSH_ENCRYPT_AND_MAC__: boolean = true;
export const __ENABLE_MOCANA_SSH_PASSWORD__: boolean = true;
export const __ENABLE_MOCANA_SSH_TERMINAL__: boolean = true;
export const __ENABLE_MOCANA_SSH_HOSTKEYS__: boolean = true;
export const __ENABLE_MOCANA_SSH_OPENSSH_KEY__: boolean = true;
export const __ENABLE_MOCANA_SSH_ERROR_NAMES__: boolean = true;
export const __ENABLE_MOCANA_SSH_ADMISSION__: boolean = true;
export const __ENABLE_MOCANA_SSH_LIMITS_CHECK__: boolean = true;
