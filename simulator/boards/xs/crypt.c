/*
 * The SDK's crypt module over mbedTLS, as far as the SDK's behaviour is documented or its source shows it: Digest (SHA224 to
 * SHA512, GHASH), BlockCipher (AES), Mode (CTR), StreamCipher (ChaCha). What takes an ArrayBuffer alone there does here,
 * errors have the same texts, and what is not here fails as what the SDK has not. GHASH is ours: mbedTLS keeps its own to
 * itself. All of an object's state is in a chunk, which the collector moves: no pointer into it outlives an allocation.
 */
#include <string.h>
#include "mbedtls/aes.h"
#include "mbedtls/chacha20.h"
#include "mbedtls/sha256.h"
#include "mbedtls/sha512.h"
#include "xsmc.h"
#include "board.h"

#define BLOCK 16

static void makeThis(xsMachine *the)
{
	if (xsmcTypeOf(xsTarget) != xsReferenceType) xsTypeError("call without new");
	xsmcVars(2);
	xsmcGet(xsVar(0), xsTarget, xsID("prototype"));
	xsResult = xsNewHostInstance(xsVar(0));
	xsThis = xsResult;
}

static void *state(xsMachine *the)
{
	void *chunk = xsmcGetHostChunk(xsThis);
	if (!chunk) xsUnknownError("crypt: no state");
	return chunk;
}

static int isString(xsMachine *the, xsSlot *slot)
{
	return xsmcTypeOf(*slot) == xsStringType;
}

static uint32_t word(const uint8_t *bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* --- GHASH (NIST SP 800-38D section 6.4), a bit at a time and in the same time whatever the bits are */

typedef struct {
	/* The hash key, the sum so far, and what it starts from: the associated data's. */
	uint32_t h[4], y[4], y0[4];
	uint64_t length, aadLength;
} Ghash;

static uint32_t bigEndian(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

static void multiply(Ghash *ghash)
{
	uint32_t v0 = ghash->h[0], v1 = ghash->h[1], v2 = ghash->h[2], v3 = ghash->h[3];
	uint32_t z0 = 0, z1 = 0, z2 = 0, z3 = 0;
	for (int i = 0; i < 4; i++) {
		uint32_t y = ghash->y[i];
		for (int bit = 31; bit >= 0; bit--) {
			uint32_t take = -(y >> bit & 1), carry = -(v3 & 1);
			z0 ^= v0 & take;
			z1 ^= v1 & take;
			z2 ^= v2 & take;
			z3 ^= v3 & take;
			v3 = v3 >> 1 | v2 << 31;
			v2 = v2 >> 1 | v1 << 31;
			v1 = v1 >> 1 | v0 << 31;
			v0 = v0 >> 1 ^ (carry & 0xE1000000);
		}
	}
	ghash->y[0] = z0;
	ghash->y[1] = z1;
	ghash->y[2] = z2;
	ghash->y[3] = z3;
}

static void addBlock(Ghash *ghash, const uint8_t *block)
{
	for (int i = 0; i < 4; i++) ghash->y[i] ^= bigEndian(block + 4 * i);
	multiply(ghash);
}

static void startGhash(void *context)
{
	Ghash *ghash = context;
	memcpy(ghash->y, ghash->y0, BLOCK);
	ghash->length = 0;
}

/* Each call's bytes are filled up with zeros to whole blocks. */
static void updateGhash(void *context, const uint8_t *bytes, size_t size)
{
	Ghash *ghash = context;
	ghash->length += size;
	for (; size >= BLOCK; bytes += BLOCK, size -= BLOCK) addBlock(ghash, bytes);
	if (size) {
		uint8_t last[BLOCK] = { 0 };
		memcpy(last, bytes, size);
		addBlock(ghash, last);
	}
}

static void finishGhash(void *context, uint8_t *output)
{
	Ghash *ghash = context;
	ghash->y[0] ^= ghash->aadLength >> 29;
	ghash->y[1] ^= ghash->aadLength << 3;
	ghash->y[2] ^= ghash->length >> 29;
	ghash->y[3] ^= ghash->length << 3;
	multiply(ghash);
	for (int i = 0; i < BLOCK; i++) output[i] = ghash->y[i >> 2] >> (24 - 8 * (i & 3));
}

/* --- Digest */

static void startSha224(void *context) { mbedtls_sha256_starts_ret(context, 1); }
static void startSha256(void *context) { mbedtls_sha256_starts_ret(context, 0); }
static void startSha384(void *context) { mbedtls_sha512_starts_ret(context, 1); }
static void startSha512(void *context) { mbedtls_sha512_starts_ret(context, 0); }

static void updateSha256(void *context, const uint8_t *bytes, size_t size)
{
	mbedtls_sha256_update_ret(context, bytes, size);
}

static void updateSha512(void *context, const uint8_t *bytes, size_t size)
{
	mbedtls_sha512_update_ret(context, bytes, size);
}

/* mbedTLS writes the longer hash of each pair whole; the other's is the beginning of it. */
static void finishSha256(void *context, uint8_t *output)
{
	uint8_t whole[32];
	mbedtls_sha256_context *sha = context;
	int size = sha->is224 ? 28 : 32;
	mbedtls_sha256_finish_ret(sha, whole);
	memcpy(output, whole, size);
}

static void finishSha512(void *context, uint8_t *output)
{
	uint8_t whole[64];
	mbedtls_sha512_context *sha = context;
	int size = sha->is384 ? 48 : 64;
	mbedtls_sha512_finish_ret(sha, whole);
	memcpy(output, whole, size);
}

typedef struct {
	const char *name;
	int contextSize, outputSize, blockSize;
	void (*start)(void *context);
	void (*update)(void *context, const uint8_t *bytes, size_t size);
	void (*finish)(void *context, uint8_t *output);
} Algorithm;

static const Algorithm algorithms[] = {
	{ "SHA256", sizeof(mbedtls_sha256_context), 32, 64, startSha256, updateSha256, finishSha256 },
	{ "SHA224", sizeof(mbedtls_sha256_context), 28, 64, startSha224, updateSha256, finishSha256 },
	{ "SHA512", sizeof(mbedtls_sha512_context), 64, 128, startSha512, updateSha512, finishSha512 },
	{ "SHA384", sizeof(mbedtls_sha512_context), 48, 128, startSha384, updateSha512, finishSha512 },
	{ "GHASH", sizeof(Ghash), BLOCK, BLOCK, startGhash, updateGhash, finishGhash },
};
#define ALGORITHM_COUNT ((int)(sizeof(algorithms) / sizeof(*algorithms)))

typedef struct {
	const Algorithm *algorithm;
	union {
		mbedtls_sha256_context sha256;
		mbedtls_sha512_context sha512;
		Ghash ghash;
	} context;
} Digest;

static void xs_crypt_Digest(xsMachine *the)
{
	const Algorithm *algorithm = NULL;
	makeThis(the);
	char *name = xsmcToString(xsArg(0));
	for (int i = 0; i < ALGORITHM_COUNT; i++)
		if (!strcmp(name, algorithms[i].name)) algorithm = &algorithms[i];
	if (!algorithm) xsUnknownError("crypt: unsupported digest");
	xsmcSetHostChunk(xsThis, NULL, offsetof(Digest, context) + algorithm->contextSize);
	Digest *digest = state(the);
	memset(digest, 0, offsetof(Digest, context) + algorithm->contextSize);
	digest->algorithm = algorithm;
	algorithm->start(&digest->context);
}

static void xs_crypt_Digest_write(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue size;
	if (isString(the, &xsArg(0))) {
		bytes = xsmcToString(xsArg(0));
		size = strlen(bytes);
	}
	else xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	Digest *digest = state(the);
	digest->algorithm->update(&digest->context, bytes, size);
}

/* close(more): with something true, the digest goes on as if it had not been asked. */
static void xs_crypt_Digest_close(xsMachine *the)
{
	int more = xsmcArgc && xsmcTest(xsArg(0));
	Digest *digest = state(the);
	xsmcSetArrayBuffer(xsResult, NULL, digest->algorithm->outputSize);
	digest = state(the);
	Digest kept;
	size_t size = offsetof(Digest, context) + digest->algorithm->contextSize;
	if (more) memcpy(&kept, digest, size);
	digest->algorithm->finish(&digest->context, xsmcToArrayBuffer(xsResult));
	if (more) memcpy(digest, &kept, size);
}

static void xs_crypt_Digest_reset(xsMachine *the)
{
	Digest *digest = state(the);
	digest->algorithm->start(&digest->context);
}

static void xs_crypt_Digest_get_blockSize(xsMachine *the)
{
	xsmcSetInteger(xsResult, ((Digest *)state(the))->algorithm->blockSize);
}

static void xs_crypt_Digest_get_outputSize(xsMachine *the)
{
	xsmcSetInteger(xsResult, ((Digest *)state(the))->algorithm->outputSize);
}

/* Of GHASH: the hash key, and what is authenticated before the text. */
static void xs_crypt_ghash_init(xsMachine *the)
{
	int size = xsmcGetArrayBufferLength(xsArg(0));
	uint8_t key[BLOCK] = { 0 };
	memcpy(key, xsmcToArrayBuffer(xsArg(0)), size < BLOCK ? size : BLOCK);
	Digest *digest = state(the);
	if (strcmp(digest->algorithm->name, "GHASH")) xsUnknownError("crypt: no GHASH");
	Ghash *ghash = &digest->context.ghash;
	memset(ghash, 0, sizeof(Ghash));
	for (int i = 0; i < 4; i++) ghash->h[i] = bigEndian(key + 4 * i);
	memset(key, 0, BLOCK);
	if (xsmcArgc > 1 && xsmcTest(xsArg(1))) {
		ghash->aadLength = xsmcGetArrayBufferLength(xsArg(1));
		updateGhash(ghash, xsmcToArrayBuffer(xsArg(1)), ghash->aadLength);
		memcpy(ghash->y0, ghash->y, BLOCK);
	}
	startGhash(ghash);
}

/* --- BlockCipher */

typedef struct {
	uint8_t key[32];
	int keySize, decrypts;
	mbedtls_aes_context aes;
} Cipher;

/* mbedTLS points from the context into the context. */
static mbedtls_aes_context *schedule(Cipher *cipher, int decrypts)
{
	if (cipher->decrypts != decrypts) {
		cipher->decrypts = decrypts;
		if (decrypts) mbedtls_aes_setkey_dec(&cipher->aes, cipher->key, 8 * cipher->keySize);
		else mbedtls_aes_setkey_enc(&cipher->aes, cipher->key, 8 * cipher->keySize);
	}
	cipher->aes.rk = cipher->aes.buf;
	return &cipher->aes;
}

static void xs_crypt_BlockCipher(xsMachine *the)
{
	Cipher cipher;
	makeThis(the);
	char *name = xsmcToString(xsArg(0));
	if (strcmp(name, "AES")) xsUnknownError("unsupported cipher");
	memset(&cipher, 0, sizeof(cipher));
	cipher.keySize = xsmcGetArrayBufferLength(xsArg(1));
	if (cipher.keySize != 16 && cipher.keySize != 24 && cipher.keySize != 32) xsUnknownError("bad key size");
	memcpy(cipher.key, xsmcToArrayBuffer(xsArg(1)), cipher.keySize);
	cipher.decrypts = -1;
	xsmcSetHostChunk(xsThis, &cipher, sizeof(cipher));
	memset(&cipher, 0, sizeof(cipher));
}

static void cryptBlock(xsMachine *the, int decrypts)
{
	uint8_t *bytes;
	size_t size;
	state(the);
	if (xsmcArgc > 1 && xsmcTest(xsArg(1))) {
		if (xsmcGetArrayBufferLength(xsArg(1)) < BLOCK) xsUnknownError("buffer too small");
		xsResult = xsArg(1);
	}
	else xsmcSetArrayBuffer(xsResult, NULL, BLOCK);
	if (isString(the, &xsArg(0))) {
		bytes = (uint8_t *)xsmcToString(xsArg(0));
		size = strlen((char *)bytes);
	}
	else {
		bytes = xsmcToArrayBuffer(xsArg(0));
		size = xsmcGetArrayBufferLength(xsArg(0));
	}
	if (size < BLOCK) xsUnknownError("bad size");
	mbedtls_aes_context *aes = schedule(state(the), decrypts);
	mbedtls_aes_crypt_ecb(aes, decrypts ? MBEDTLS_AES_DECRYPT : MBEDTLS_AES_ENCRYPT, bytes, xsmcToArrayBuffer(xsResult));
}

static void xs_crypt_BlockCipher_encrypt(xsMachine *the) { cryptBlock(the, 0); }
static void xs_crypt_BlockCipher_decrypt(xsMachine *the) { cryptBlock(the, 1); }

static void xs_crypt_BlockCipher_get_keySize(xsMachine *the)
{
	xsmcSetInteger(xsResult, ((Cipher *)state(the))->keySize);
}

static void xs_crypt_BlockCipher_get_blockSize(xsMachine *the)
{
	state(the);
	xsmcSetInteger(xsResult, BLOCK);
}

/* --- Mode */

typedef struct {
	/* The BlockCipher. */
	xsSlot *cipher;
	uint8_t counter[BLOCK], stream[BLOCK];
	/* Bytes of `stream` that are used; a new one has to be made when that is none or all. */
	size_t used;
} Mode;

static void markMode(xsMachine *the, void *data, xsMarkRoot markRoot)
{
	Mode *mode = data;
	if (mode && mode->cipher) (*markRoot)(the, mode->cipher);
}

static const xsHostHooks modeHooks = { NULL, markMode, NULL };

/* An IV that is shorter than a block is the end of one. */
static void setCounter(Mode *mode, const uint8_t *iv, int size)
{
	if (size > BLOCK) size = BLOCK;
	memset(mode->counter, 0, BLOCK);
	memcpy(mode->counter + BLOCK - size, iv, size);
	mode->used = 0;
}

static void xs_crypt_Mode(xsMachine *the)
{
	makeThis(the);
	char *name = xsmcToString(xsArg(0));
	if (strcmp(name, "CTR")) xsUnknownError("unsupported mode");
	xsmcSetHostChunk(xsThis, NULL, sizeof(Mode));
	Mode *mode = state(the);
	memset(mode, 0, sizeof(Mode));
	xsSetHostHooks(xsThis, (xsHostHooks *)&modeHooks);
	xsmcGetHostChunk(xsArg(1));
	mode->cipher = xsToReference(xsArg(1));
	if (xsmcArgc > 2 && xsmcTest(xsArg(2)))
		setCounter(mode, xsmcToArrayBuffer(xsArg(2)), xsmcGetArrayBufferLength(xsArg(2)));
}

/* What a result is given in: an ArrayBuffer alone where `strict`, as encrypt() has it. */
static void cryptMode(xsMachine *the, int strict)
{
	void *bytes, *result;
	xsUnsignedValue size, room;
	state(the);
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (xsmcArgc > 1 && xsmcTest(xsArg(1))) {
		if (strict) room = xsmcGetArrayBufferLength(xsArg(1));
		else xsmcGetBufferWritable(xsArg(1), &result, &room);
		if (room < size) xsUnknownError("output too small");
		xsResult = xsArg(1);
	}
	else xsmcSetArrayBuffer(xsResult, NULL, size);
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	xsmcGetBufferWritable(xsResult, &result, &room);
	Mode *mode = state(the);
	xsSlot cipher = xsReference(mode->cipher);
	mbedtls_aes_context *aes = schedule(xsmcGetHostChunk(cipher), 0);
	mbedtls_aes_crypt_ctr(aes, size, &mode->used, mode->counter, mode->stream, bytes, result);
}

static void xs_crypt_Mode_encrypt(xsMachine *the) { cryptMode(the, 1); }
static void xs_crypt_Mode_decrypt(xsMachine *the) { cryptMode(the, 0); }

static void xs_crypt_Mode_setIV(xsMachine *the)
{
	uint8_t *iv = xsmcToArrayBuffer(xsArg(0));
	setCounter(state(the), iv, xsmcGetArrayBufferLength(xsArg(0)));
}

/* --- StreamCipher: ChaCha with a block counter of 64 bits, of which mbedTLS counts the lower half */

enum { COUNTER = 12, COUNTER_HIGH, NONCE, NONCE_HIGH };

static void setNonce(mbedtls_chacha20_context *chacha, const uint8_t *iv, int size, int64_t counter)
{
	uint32_t *words = chacha->state;
	words[COUNTER] = (uint32_t)counter;
	words[COUNTER_HIGH] = (uint32_t)(counter >> 32);
	if (size >= 12) {
		words[COUNTER_HIGH] |= word(iv);
		iv += 4;
	}
	words[NONCE] = size >= 4 ? word(iv) : 0;
	words[NONCE_HIGH] = size >= 8 ? word(iv + 4) : 0;
	chacha->keystream_bytes_used = 64;
}

static void xs_crypt_StreamCipher(xsMachine *the)
{
	static const char tau[] = "expand 16-byte k";
	mbedtls_chacha20_context chacha;
	uint8_t key[32];
	makeThis(the);
	char *name = xsmcToString(xsArg(0));
	if (strcmp(name, "ChaCha")) xsUnknownError("unsupported cipher");
	int size = xsmcGetArrayBufferLength(xsArg(1));
	int64_t counter = xsmcArgc > 3 ? xsmcToInteger(xsArg(3)) : 0;
	int hasIV = xsmcArgc > 2 && xsmcTest(xsArg(2));
	if (size < 16) xsUnknownError("chacha_keysetup failed");
	memcpy(key, xsmcToArrayBuffer(xsArg(1)), size < 32 ? 16 : 32);
	if (size < 32) memcpy(key + 16, key, 16);
	mbedtls_chacha20_init(&chacha);
	mbedtls_chacha20_setkey(&chacha, key);
	if (size < 32) for (int i = 0; i < 4; i++) chacha.state[i] = word((const uint8_t *)tau + 4 * i);
	memset(key, 0, sizeof(key));
	if (hasIV) setNonce(&chacha, xsmcToArrayBuffer(xsArg(2)), xsmcGetArrayBufferLength(xsArg(2)), counter);
	else setNonce(&chacha, NULL, 0, counter);
	xsmcSetHostChunk(xsThis, &chacha, sizeof(chacha));
	mbedtls_chacha20_free(&chacha);
}

/* What is wanted is asked for with a third argument: the SDK looks at that where it means the first. */
static void xs_crypt_StreamCipher_setIV(xsMachine *the)
{
	int64_t counter = xsmcArgc > 1 ? xsmcToInteger(xsArg(1)) : 0;
	if (xsmcArgc > 0 && xsmcTest(xsArg(2))) {
		uint8_t *iv = xsmcToArrayBuffer(xsArg(0));
		setNonce(state(the), iv, xsmcGetArrayBufferLength(xsArg(0)), counter);
	}
	else setNonce(state(the), NULL, 0, counter);
}

static void applyStream(mbedtls_chacha20_context *chacha, const uint8_t *bytes, uint8_t *result, size_t size)
{
	uint32_t *words = chacha->state;
	while (size > 0) {
		uint32_t before = words[COUNTER];
		uint64_t room = 64 - chacha->keystream_bytes_used + ((UINT64_C(1) << 32) - before) * 64;
		size_t count = size < room ? size : room;
		mbedtls_chacha20_update(chacha, count, bytes, result);
		if (before != 0 && words[COUNTER] == 0) words[COUNTER_HIGH]++;
		bytes += count;
		result += count;
		size -= count;
	}
}

static void xs_crypt_StreamCipher_process(xsMachine *the)
{
	void *bytes, *result;
	xsUnsignedValue size, room;
	state(the);
	if (isString(the, &xsArg(0))) size = strlen(xsmcToString(xsArg(0)));
	else xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (xsmcArgc > 2 && xsmcTypeOf(xsArg(2)) != xsUndefinedType) {
		xsUnsignedValue most = fxToUnsigned(the, &xsArg(2));
		if (most < size) size = most;
	}
	if (xsmcArgc > 1 && xsmcTest(xsArg(1))) {
		xsmcGetBufferWritable(xsArg(1), &result, &room);
		if (room < size) xsUnknownError("output too small");
		xsResult = xsArg(1);
	}
	else xsmcSetArrayBuffer(xsResult, NULL, size);
	if (isString(the, &xsArg(0))) bytes = xsmcToString(xsArg(0));
	else xsmcGetBufferReadable(xsArg(0), &bytes, &room);
	xsmcGetBufferWritable(xsResult, &result, &room);
	applyStream(state(the), bytes, result, size);
}

/* --- what firmware sees */

static void method(xsMachine *the, const char *name, xsCallback callback, int length)
{
	xsVar(2) = xsNewHostFunction(callback, length);
	xsmcDefine(xsVar(1), xsID(name), xsVar(2), xsDontEnum);
}

static void getter(xsMachine *the, const char *name, xsCallback callback)
{
	xsVar(2) = xsNewHostFunction(callback, 0);
	xsmcDefine(xsVar(1), xsID(name), xsVar(2), xsIsGetter | xsDontEnum);
}

static void constructor(xsMachine *the, const char *name, xsCallback callback, int length)
{
	xsVar(2) = xsNewHostConstructor(callback, length, xsVar(1));
	xsmcSet(xsVar(3), xsID(name), xsVar(2));
}

void boardInstallCrypt(xsMachine *the)
{
	xsmcSetNewObject(xsVar(3));
	xsVar(1) = xsNewHostObject(NULL);
	method(the, "write", xs_crypt_Digest_write, 1);
	method(the, "close", xs_crypt_Digest_close, 1);
	method(the, "reset", xs_crypt_Digest_reset, 0);
	getter(the, "blockSize", xs_crypt_Digest_get_blockSize);
	getter(the, "outputSize", xs_crypt_Digest_get_outputSize);
	constructor(the, "Digest", xs_crypt_Digest, 1);
	xsVar(2) = xsNewHostFunction(xs_crypt_ghash_init, 2);
	xsmcSet(xsVar(3), xsID("initGhash"), xsVar(2));

	xsVar(1) = xsNewHostObject(NULL);
	method(the, "encrypt", xs_crypt_BlockCipher_encrypt, 2);
	method(the, "decrypt", xs_crypt_BlockCipher_decrypt, 2);
	getter(the, "keySize", xs_crypt_BlockCipher_get_keySize);
	getter(the, "blockSize", xs_crypt_BlockCipher_get_blockSize);
	constructor(the, "BlockCipher", xs_crypt_BlockCipher, 2);

	xsVar(1) = xsNewHostObject(NULL);
	method(the, "encrypt", xs_crypt_Mode_encrypt, 3);
	method(the, "decrypt", xs_crypt_Mode_decrypt, 3);
	method(the, "setIV", xs_crypt_Mode_setIV, 1);
	constructor(the, "Mode", xs_crypt_Mode, 4);

	xsVar(1) = xsNewHostObject(NULL);
	method(the, "encrypt", xs_crypt_StreamCipher_process, 3);
	method(the, "decrypt", xs_crypt_StreamCipher_process, 3);
	method(the, "setIV", xs_crypt_StreamCipher_setIV, 2);
	constructor(the, "StreamCipher", xs_crypt_StreamCipher, 4);
	xsmcSet(xsVar(0), xsID("crypt"), xsVar(3));
}
