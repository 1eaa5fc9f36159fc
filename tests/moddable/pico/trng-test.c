/* entropy-pico.c on generators that work, fail for a while, fail for ever, and are used by someone else meanwhile. */
#include <stdio.h>
#include <string.h>
#define PICO_RP2350 1
#include "../../../hal/moddable/pico/entropy-pico.c"

/* Looks that a block takes, and a reset, in which writes are lost. */
#define BLOCK_LOOKS 50
#define RESET_LOOKS 5

static trng_hw_t trng;
static unsigned looks, sinceStart, resetLooks, word, resets;
/* Blocks that fail before one is good, and how; the look at which another driver takes the generator for itself. */
static int failures;
static uint32_t failure;
static unsigned theft;
static int isSilent;

trng_hw_t *stepTrng(void)
{
	looks++;
	if (trng.trng_sw_reset) {
		if (resetLooks++ == 0) resets++;
		trng.rng_isr = trng.rnd_source_enable = 0;
		trng.sample_cnt1 = 0xffff;
		if (resetLooks > RESET_LOOKS) trng.trng_sw_reset = sinceStart = resetLooks = 0;
		return &trng;
	}
	if (theft && looks == theft) {
		trng.sample_cnt1 = 0;
		trng.trng_debug_control = ~0u;
	}
	if (!trng.rnd_source_enable || isSilent || ++sinceStart < BLOCK_LOOKS) return &trng;
	sinceStart = 0;
	if (failures > 0) {
		failures--;
		trng.rng_isr |= failure;
		return &trng;
	}
	if (!(trng.rng_isr & 1))
		/* Of another's block no word is to be seen. */
		for (int at = 0; at < 6; at++) trng.ehr_data[at] = trng.trng_debug_control ? 0xbad0bad0 : ++word;
	trng.rng_isr |= 1;
	return &trng;
}

static int failed;

static void check(const char *what, int holds)
{
	if (holds) return;
	printf("not so: %s\n", what);
	failed = 1;
}

/* Whether it gives bytes, of which no two words are the same. */
static int fill(uint32_t length)
{
	static uint32_t words[64];
	xsMachine machine = { .bytes = words, .length = length };
	memset(&trng, 0, sizeof(trng));
	/* As pico_rand leaves it. */
	trng.trng_debug_control = trng.rnd_source_enable = ~0u;
	looks = sinceStart = resetLooks = resets = 0;
	memset(words, 0, sizeof(words));
	if (setjmp(machine.thrown)) {
		for (unsigned at = 0; at < 64; at++) if (words[at]) check("nothing is given where it fails", 0);
		check("it is left switched off", !trng.rnd_source_enable);
		return 0;
	}
	xs_fieldssh_entropy(&machine);
	check("it is left switched off", !trng.rnd_source_enable);
	check("its tests stay on", theft || trng.trng_debug_control == 0);
	for (unsigned at = 0; at < length / 4; at++) {
		if (words[at] == 0 || words[at] == 0xbad0bad0) check("all of it comes from blocks of ours", 0);
		if (at && words[at] == words[at - 1]) check("each block is a new one", 0);
	}
	for (unsigned at = length / 4; at < 64; at++) if (words[at]) check("no more is written", 0);
	return 1;
}

int main(void)
{
	check("it fills what it is given", fill(24) && fill(48) && fill(240));
	failure = 2;
	failures = 3;
	check("a failure of the autocorrelation test is got over", fill(24) && resets == 4);
	failure = 4;
	failures = 3;
	check("and one of the continuous test", fill(24) && resets == 4);
	failure = 8;
	failures = 3;
	check("and one of the balancer", fill(24) && resets == 4);
	failures = 1000000;
	check("a generator that fails for ever is given up", !fill(24));
	failures = 0;
	isSilent = 1;
	check("so is one that gives nothing", !fill(24));
	isSilent = 0;
	for (theft = 1; theft < 200; theft++) check("what another collects is not taken", fill(48));
	return failed;
}
