/*
 * fieldssh/entropy on Raspberry Pi Pico: the RP2350's true random number generator itself, with its own tests on.
 *
 * Not the Pico SDK's pico_rand, for what that gives is the state of a generator that is not cryptographic (xoroshiro128**),
 * however it is seeded; and it uses the same generator with its tests off. Where it is called meanwhile, by an interrupt, what
 * has been collected is thrown away.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if !PICO_RP2350
#error "fieldssh: an RP2040 has no cryptographic randomness, without which there is no SSH; it takes an RP2350 (docs/moddable.md)"
#endif

#include "hardware/structs/trng.h"
#include "xsmc.h"

/* The datasheet of the RP2350, 12.12.2: with these a block takes about 2 ms, and its bits pass the tests of NIST. */
#define CHAIN_LENGTH 0
#define SAMPLE_CLOCKS 25

/* RNG_ISR */
#define EHR_VALID 1u
#define FAILED 14u

#define BLOCK 24
/* Looks at the generator until it is given up, a tenth of a second at the least; and blocks that may fail in a row. */
#define MAX_LOOKS 2000000
#define MAX_TRIES 16

static void start(void)
{
	trng_hw->trng_sw_reset = 1;
	/* A reset takes a few clocks, in which writes are lost. */
	for (int look = 0; look < 1000 && trng_hw->sample_cnt1 != SAMPLE_CLOCKS; look++) trng_hw->sample_cnt1 = SAMPLE_CLOCKS;
	trng_hw->trng_config = CHAIN_LENGTH;
	trng_hw->trng_debug_control = 0;
	trng_hw->rng_icr = ~0u;
	trng_hw->rnd_source_enable = 1;
}

static int isOurs(void)
{
	return trng_hw->sample_cnt1 == SAMPLE_CLOCKS && trng_hw->trng_debug_control == 0 && trng_hw->trng_config == CHAIN_LENGTH;
}

/* Whether it has collected a block, and failed none of its tests on the way. */
static int collect(void)
{
	start();
	for (int look = 0; look < MAX_LOOKS; look++) {
		uint32_t status = trng_hw->rng_isr;
		if ((status & FAILED) || !isOurs()) return 0;
		if (status & EHR_VALID) return 1;
	}
	return 0;
}

/* Fills 24 bytes. 0 where the generator does not work. */
static int readBlock(uint8_t *bytes)
{
	uint32_t words[BLOCK / 4];
	int ok = 0;
	for (int tries = 0; !ok && tries < MAX_TRIES; tries++) {
		if (!collect()) continue;
		/* The last word is read last: that has it collect anew. */
		for (int at = 0; at < BLOCK / 4; at++) words[at] = trng_hw->ehr_data[at];
		ok = isOurs();
	}
	trng_hw->rnd_source_enable = 0;
	if (ok) memcpy(bytes, words, BLOCK);
	for (int at = 0; at < BLOCK / 4; at++) ((volatile uint32_t *)words)[at] = 0;
	return ok;
}

/* @param 0 a multiple of 24 bytes */
void xs_fieldssh_entropy(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	for (xsUnsignedValue at = 0; at + BLOCK <= length; at += BLOCK)
		if (!readBlock((uint8_t *)bytes + at)) xsUnknownError("fieldssh: the generator of random numbers does not work");
}
