/** src/moptions.ts for the profile without AES: chacha20-poly1305@openssh.com is the one cipher, and the rest as by default. */
export const __ENABLE_MOCANA_SSH_SERVER__: boolean = true;
export const __ENABLE_MOCANA_SSH_PING__: boolean = true;
export const __ENABLE_MOCANA_SSH_ASYNC_SERVER_API__: boolean = false;
export const __ENABLE_MOCANA_SSH_ECDSA__: boolean = false;
export const __ENABLE_MOCANA_SSH_RSA__: boolean = true;
export const __ENABLE_MOCANA_SSH_AES__: boolean = false;
export const __ENABLE_MOCANA_SSH_GCM__: boolean = false;
export const __ENABLE_MOCANA_SSH_CTR__: boolean = false;
export const __ENABLE_MOCANA_SSH_ENCRYPT_AND_MAC__: boolean = false;
export const __ENABLE_MOCANA_SSH_PASSWORD__: boolean = true;
export const __ENABLE_MOCANA_SSH_TERMINAL__: boolean = true;
export const __ENABLE_MOCANA_SSH_HOSTKEYS__: boolean = true;
export const __ENABLE_MOCANA_SSH_OPENSSH_KEY__: boolean = true;
export const __ENABLE_MOCANA_SSH_ERROR_NAMES__: boolean = true;
export const __ENABLE_MOCANA_SSH_ADMISSION__: boolean = true;
export const __ENABLE_MOCANA_SSH_LIMITS_CHECK__: boolean = true;
