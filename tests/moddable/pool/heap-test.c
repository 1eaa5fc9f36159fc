/* heap.c on a platform where both heaps may be in one pool: none of its bytes is told of twice, and none is forgotten. */
#include <stdio.h>
#define ESP32 1
#include "../../../hal/moddable/heap.c"

static uint8_t pool[200000];
static int failed;

static void check(const char *what, int holds)
{
	if (holds) return;
	printf("not so: %s\n", what);
	failed = 1;
}

static int ask(txMachine *the, void (*what)(txMachine *))
{
	the->result.kind = 0;
	(*what)(the);
	check("an answer is an integer", the->result.kind == XS_INTEGER_KIND);
	return the->result.value.integer;
}

#define SLOTS(the) ask(the, xs_fieldssh_heap_freeSlots)
#define BYTES(the) ask(the, xs_fieldssh_heap_freeBytes)
#define USED(the) ask(the, xs_fieldssh_heap_usedBytes)
#define TOTAL(the) ask(the, xs_fieldssh_heap_totalBytes)

int main(void)
{
	/* An ESP32-C6's: no pool, no growth. */
	txMachine fixed = { 4928, 928, 0, 78848, 8848, 0, NULL, NULL, NULL, { { 0 }, 0 }, 0 };
	check("fixed: slots", SLOTS(&fixed) == 4000);
	check("fixed: bytes", BYTES(&fixed) == 70000);
	check("fixed: used", USED(&fixed) == 928 * 16 + 8848);
	check("fixed: total", TOTAL(&fixed) == 4928 * 16 + 78848);
	xs_fieldssh_heap_collect(&fixed);
	check("it collects", fixed.collections == 1);

	/* A simulator's: it grows by what malloc gives. */
	txMachine growing = { 2048, 1048, 64, 32768, 30768, 1024, NULL, NULL, NULL, { { 0 }, 0 }, 0 };
	check("growing: no total", TOTAL(&growing) == 0);
	check("growing: used all the same", USED(&growing) == 1048 * 16 + 30768);

	/* An ESP32-C3's, some way into its pool of 94,208 bytes: 40,000 of them are nobody's. */
	txMachine pooled = { 2000, 1900, 64, 20000, 15000, 512, pool, pool + 20100, pool + 60100, { { 0 }, 0 }, 0 };
	const int left = 100 * 16 + 5000 + 40000;
	check("pool: all is told of once", SLOTS(&pooled) * 16 + BYTES(&pooled) > left - 16);
	check("pool: nothing is told of twice", SLOTS(&pooled) * 16 + BYTES(&pooled) <= left);
	check("pool: slots may have half", SLOTS(&pooled) == left / 2 / 16);
	check("pool: total", TOTAL(&pooled) == left + 1900 * 16 + 15000);
	/* Slots are not given back to the pool: chunks have what is left of it. */
	pooled.currentHeapCount = 0;
	pooled.maximumHeapCount = 4000;
	check("pool: slots that are there stay slots", SLOTS(&pooled) == 4000);
	check("pool: chunks have the rest", BYTES(&pooled) == 45000);
	pooled.heap_ptr = pooled.heap_pend;
	pooled.currentChunksSize = pooled.maximumChunksSize;
	check("pool: nothing left", BYTES(&pooled) == 0);
	return failed;
}
