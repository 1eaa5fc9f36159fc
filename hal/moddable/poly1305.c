/*
 * fieldssh/poly1305: Poly1305 (RFC 8439 section 2.5), which the SDK's crypt does not have. Numbers of 130 bits are five limbs of
 * 26, so that a product of two and the sums of five such stay below 2^64. No branch and no address depends on the key, on
 * what is authenticated or on the tag.
 */
#include <stdint.h>
#include <string.h>
#include "xsmc.h"

#define BLOCK 16
#define LIMB 0x3FFFFFF

typedef struct {
	/* The key's first half, clamped, and the sum; both modulo 2^130 - 5, the sum not quite reduced. */
	uint32_t r[5], h[5];
} Poly;

static uint32_t word(const uint8_t *bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void split(uint32_t *limbs, const uint8_t *block, uint32_t above)
{
	limbs[0] = word(block) & LIMB;
	limbs[1] = word(block + 3) >> 2 & LIMB;
	limbs[2] = word(block + 6) >> 4 & LIMB;
	limbs[3] = word(block + 9) >> 6;
	limbs[4] = word(block + 12) >> 8 | above << 24;
}

/* h = (h + block) * r: what goes beyond 2^130 comes back five times, for 2^130 is 5. Limbs stay below 2^26, the second below 2^26 + 2^8. */
static void addBlock(Poly *poly, const uint8_t *block, uint32_t above)
{
	const uint32_t *r = poly->r;
	uint32_t *h = poly->h, m[5];
	split(m, block, above);
	uint32_t h0 = h[0] + m[0], h1 = h[1] + m[1], h2 = h[2] + m[2], h3 = h[3] + m[3], h4 = h[4] + m[4];
	uint32_t r0 = r[0], r1 = r[1], r2 = r[2], r3 = r[3], r4 = r[4];
	uint32_t s1 = r1 * 5, s2 = r2 * 5, s3 = r3 * 5, s4 = r4 * 5;
#define TIMES(a, b) (uint64_t)(a) * (b)
	uint64_t d0 = TIMES(h0, r0) + TIMES(h1, s4) + TIMES(h2, s3) + TIMES(h3, s2) + TIMES(h4, s1);
	uint64_t d1 = TIMES(h0, r1) + TIMES(h1, r0) + TIMES(h2, s4) + TIMES(h3, s3) + TIMES(h4, s2);
	uint64_t d2 = TIMES(h0, r2) + TIMES(h1, r1) + TIMES(h2, r0) + TIMES(h3, s4) + TIMES(h4, s3);
	uint64_t d3 = TIMES(h0, r3) + TIMES(h1, r2) + TIMES(h2, r1) + TIMES(h3, r0) + TIMES(h4, s4);
	uint64_t d4 = TIMES(h0, r4) + TIMES(h1, r3) + TIMES(h2, r2) + TIMES(h3, r1) + TIMES(h4, r0);
#undef TIMES
	d1 += d0 >> 26;
	d2 += d1 >> 26;
	d3 += d2 >> 26;
	d4 += d3 >> 26;
	uint64_t low = ((uint32_t)d0 & LIMB) + (d4 >> 26) * 5;
	h[0] = (uint32_t)low & LIMB;
	h[1] = ((uint32_t)d1 & LIMB) + (uint32_t)(low >> 26);
	h[2] = (uint32_t)d2 & LIMB;
	h[3] = (uint32_t)d3 & LIMB;
	h[4] = (uint32_t)d4 & LIMB;
}

/* Carries, twice around: then every limb is below 2^26, and h below 2^130. */
static void carry(uint32_t *h)
{
	for (int i = 0; i < 10; i++) {
		uint32_t over = h[i % 5] >> 26;
		h[i % 5] &= LIMB;
		h[(i + 1) % 5] += i % 5 == 4 ? over * 5 : over;
	}
}

/* The tag is h, less 2^130 - 5 where that is no more than h, plus the key's second half, modulo 2^128. */
static void finish(Poly *poly, const uint8_t *s, uint8_t *tag)
{
	uint32_t *h = poly->h, g[5];
	carry(h);
	/* With 5 more, 2^130 is reached just where h is not below 2^130 - 5. */
	uint32_t over = 5;
	for (int i = 0; i < 5; i++) {
		g[i] = h[i] + over;
		over = g[i] >> 26;
		g[i] &= LIMB;
	}
	uint32_t take = -over;
	for (int i = 0; i < 5; i++) h[i] ^= (h[i] ^ g[i]) & take;
	uint32_t words[4] = { h[0] | h[1] << 26, h[1] >> 6 | h[2] << 20, h[2] >> 12 | h[3] << 14, h[3] >> 18 | h[4] << 8 };
	uint64_t sum = 0;
	for (int i = 0; i < 4; i++) {
		sum += (uint64_t)words[i] + word(s + 4 * i);
		for (int j = 0; j < 4; j++) tag[4 * i + j] = (uint8_t)(sum >> 8 * j);
		sum >>= 32;
	}
}

static void authenticate(const uint8_t *key, const uint8_t *bytes, size_t length, uint8_t *tag)
{
	static const uint8_t clamp[BLOCK] = { 255, 255, 255, 15, 252, 255, 255, 15, 252, 255, 255, 15, 252, 255, 255, 15 };
	Poly poly = { { 0 }, { 0 } };
	uint8_t block[BLOCK];
	for (int i = 0; i < BLOCK; i++) block[i] = key[i] & clamp[i];
	split(poly.r, block, 0);
	for (; length >= BLOCK; bytes += BLOCK, length -= BLOCK) addBlock(&poly, bytes, 1);
	if (length) {
		memset(block, 0, BLOCK);
		memcpy(block, bytes, length);
		block[length] = 1;
		addBlock(&poly, block, 0);
	}
	finish(&poly, key + BLOCK, tag);
	/* volatile: a compiler leaves out what writes to memory that nobody reads. */
	for (volatile uint8_t *at = (volatile uint8_t *)&poly, *end = at + sizeof(poly); at < end; at++) *at = 0;
	for (int i = 0; i < BLOCK; i++) ((volatile uint8_t *)block)[i] = 0;
}

/* (key, bytes, offset, length, tag): see poly1305.d.ts. Nothing is allocated in between, so that no buffer moves. */
void xs_fieldssh_poly1305(xsMachine *the)
{
	void *key, *bytes, *tag;
	xsUnsignedValue keySize, size, tagSize;
	xsIntegerValue offset = xsmcToInteger(xsArg(2)), length = xsmcToInteger(xsArg(3));
	xsmcGetBufferReadable(xsArg(0), &key, &keySize);
	xsmcGetBufferReadable(xsArg(1), &bytes, &size);
	xsmcGetBufferWritable(xsArg(4), &tag, &tagSize);
	if (keySize < 2 * BLOCK || tagSize < BLOCK) xsRangeError("poly1305: a key of 32 bytes, a tag of 16");
	if (offset < 0 || length < 0 || (xsUnsignedValue)offset > size || (xsUnsignedValue)length > size - offset)
		xsRangeError("poly1305: beyond the end");
	authenticate(key, (const uint8_t *)bytes + offset, length, tag);
}
