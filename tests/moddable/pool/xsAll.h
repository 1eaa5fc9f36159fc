/* What heap.c uses of XS, on a platform whose two heaps are in one pool; slots have 16 bytes there. */
#include <stddef.h>
#include <stdint.h>

typedef int32_t txSize;
typedef int32_t txInteger;
typedef struct {
	union {
		txInteger integer;
		char bytes[12];
	} value;
	int kind;
} txSlot;

enum { XS_INTEGER_KIND = 1 };

typedef struct {
	txSize maximumHeapCount, currentHeapCount, minimumHeapCount;
	txSize maximumChunksSize, currentChunksSize, minimumChunksSize;
	uint8_t *heap, *heap_ptr, *heap_pend;
	txSlot result;
	int collections;
} txMachine;

#define mxResult (&the->result)
#define fxCollectGarbage(the) (the)->collections++
