/* mbedTLS as the board has it: what crypt.c asks for, in portable C, its tables constant as a device has them in flash. */
#ifndef BOARD_MBEDTLS_CONFIG_H
#define BOARD_MBEDTLS_CONFIG_H

#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_CHACHA20_C
#define MBEDTLS_CIPHER_MODE_CTR
#define MBEDTLS_SHA224_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA512_C

#endif
