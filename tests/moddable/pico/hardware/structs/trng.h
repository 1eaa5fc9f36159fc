/*
 * What entropy-pico.c uses of the Pico SDK, with its names, over a generator of this test's own: each look at a register is a
 * step of it.
 */
#include <stdint.h>

typedef struct {
	uint32_t rng_isr;
	uint32_t rng_icr;
	uint32_t trng_config;
	uint32_t ehr_data[6];
	uint32_t rnd_source_enable;
	uint32_t sample_cnt1;
	uint32_t trng_debug_control;
	uint32_t trng_sw_reset;
} trng_hw_t;

trng_hw_t *stepTrng(void);
#define trng_hw stepTrng()
