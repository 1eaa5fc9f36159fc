/*
 * fieldssh/heap: what the engine's two heaps hold, as Heap of hal/hal.ts has it. XS counts that in every build; the SDK's own
 * module tells it only in builds that are instrumented. An answer is an integer on the stack: it takes no slot and no chunk.
 */
#include "xsAll.h"

/* What is in the heaps before firmware gets the rest, and stands for flash: the XS board has such, a device has not. */
#ifdef BOARD_PLATFORM_H
	#include "board.h"
	#define LOADED_SLOTS boardLoaded.slots
	#define LOADED_BYTES boardLoaded.chunkBytes
#else
	#define LOADED_SLOTS 0
	#define LOADED_BYTES 0
#endif

/* Platforms that allocate by the SDK's xs/platforms/mc/xsHosts.c: both heaps may be in one pool, and grow from its ends. */
#if defined(ESP32) || defined(PICO_BUILD)
	#define HAS_POOL (the->heap != NULL)
	#define POOL_LEFT (the->heap_pend - the->heap_ptr)
#else
	#define HAS_POOL 0
	#define POOL_LEFT 0
#endif

/* Bytes that each heap can still give. Garbage counts as taken. */
typedef struct {
	size_t slots;
	size_t chunks;
} Left;

static size_t bytesOfSlots(txSize count)
{
	return count > 0 ? (size_t)count * sizeof(txSlot) : 0;
}

/* Slots may take what the pool has left, and what chunks have; chunks what the pool has. Nothing is told of twice. */
static Left left(txMachine *the)
{
	txSize chunks = the->maximumChunksSize - the->currentChunksSize;
	Left bytes = { bytesOfSlots(the->maximumHeapCount - the->currentHeapCount), chunks > 0 ? chunks : 0 };
	if (HAS_POOL) {
		bytes.chunks += POOL_LEFT;
		if (bytes.slots < bytes.chunks) bytes.slots = bytes.chunks = (bytes.slots + bytes.chunks) / 2;
	}
	return bytes;
}

static size_t used(txMachine *the)
{
	return bytesOfSlots(the->currentHeapCount - LOADED_SLOTS) + (the->currentChunksSize - LOADED_BYTES);
}

static void answer(txMachine *the, size_t value)
{
	mxResult->value.integer = value < 0x7FFFFFFF ? (txInteger)value : 0x7FFFFFFF;
	mxResult->kind = XS_INTEGER_KIND;
}

void xs_fieldssh_heap_freeSlots(txMachine *the)
{
	answer(the, left(the).slots / sizeof(txSlot));
}

void xs_fieldssh_heap_freeBytes(txMachine *the)
{
	answer(the, left(the).chunks);
}

void xs_fieldssh_heap_usedBytes(txMachine *the)
{
	answer(the, used(the));
}

/* 0 where a heap grows by what malloc gives, for then nobody knows how much that will be. */
void xs_fieldssh_heap_totalBytes(txMachine *the)
{
	Left bytes = left(the);
	int isBounded = HAS_POOL || (!the->minimumHeapCount && !the->minimumChunksSize);
	answer(the, isBounded ? used(the) + bytes.slots + bytes.chunks : 0);
}

void xs_fieldssh_heap_collect(txMachine *the)
{
	fxCollectGarbage(the);
}
