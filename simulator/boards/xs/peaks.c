/*
 * A board that tells peaks without the garbage in them: from the first resetPeaks() on it collects again and again, so that
 * what is counted at any time is what is alive, and little more. It is slow. The linker puts what is here in front of
 * the engine's allocators (engine.ts).
 */
#include "xsAll.h"
#include "board.h"

extern txSlot *__real_fxNewSlot(txMachine *the);
extern void *__real_fxNewChunk(txMachine *the, txSize size);
extern void *__real_fxNewGrowableChunk(txMachine *the, txSize size, txSize capacity);
extern void __real_boardResetPeaks(struct xsMachineRecord *the);

/* What may be garbage in a peak. */
#define MOST_SLOTS 8
#define MOST_BYTES 256

static int armed, slots, bytes;

txSlot *__wrap_fxNewSlot(txMachine *the)
{
	if (armed && ++slots >= MOST_SLOTS) {
		slots = 0;
		fxCollect(the, XS_ORGANIC_FLAG);
	}
	return __real_fxNewSlot(the);
}

static void take(txMachine *the, txSize size)
{
	if (!armed || (bytes += size) < MOST_BYTES) return;
	bytes = 0;
	fxCollect(the, XS_COMPACT_FLAG | XS_ORGANIC_FLAG);
}

void *__wrap_fxNewChunk(txMachine *the, txSize size)
{
	take(the, size);
	return __real_fxNewChunk(the, size);
}

void *__wrap_fxNewGrowableChunk(txMachine *the, txSize size, txSize capacity)
{
	take(the, capacity);
	return __real_fxNewGrowableChunk(the, size, capacity);
}

void __wrap_boardResetPeaks(struct xsMachineRecord *the)
{
	armed = 1;
	__real_boardResetPeaks(the);
}
