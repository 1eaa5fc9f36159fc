/* The machine: its memory, its modules, and what happens when it runs out of either. */
#include "xsAll.h"
#include "xsScript.h"
#include "board.h"

/* In xsMemory.c and xsRun.c, and in no header. */
extern void fxGrowSlots(txMachine *the, txSize count);
extern void fxRemapIDs(txMachine *the, txByte *code, txSize size, txID *ids);

/* One stretch of memory for each heap, so that both grow in place, as the single block of a device would. */
static char *slotHeap, *slotHeapEnd;
static char *chunkHeap, *chunkHeapEnd;

/* To load with, and the most that firmware can be given. */
#define LOADING_STACK 8192
/* A thread's stack of 8 MB is usual; XS need not come near its end. */
#ifndef BOARD_C_STACK
	#define BOARD_C_STACK (1024 * 1024)
#endif
#define MAX_MODULES 32
#define UNTOUCHED 0xA5
/* Slots of stack that nobody has touched between what has been the stack and what has been scratch memory. */
#define SCRATCH_GAP 64

typedef struct {
	const char *specifier;
	const char *source;
	size_t length;
	int builtIn;
} Module;

static Module modules[MAX_MODULES];
static int moduleCount;
static int bytecodeBytes;

static struct {
	int limited;
	BoardLimits limits;
	int keys;
	/* The stack's end and its top when the loop is idle. */
	txSlot *stackBottom;
	txSlot *stackTop;
	int collections;
	/* Thrown when memory is gone: made beforehand, for then nothing can be made. */
	txSlot memoryFull;
	txSlot stackFull;
} board;

BoardLoaded boardLoaded;

/* --- memory */

/* To load with: room is taken as it is needed. */
static txCreation creation = {
	.initialChunkSize = 64 * 1024,
	.incrementalChunkSize = 16 * 1024,
	.initialHeapCount = 2048,
	.incrementalHeapCount = 64,
	.stackCount = LOADING_STACK,
	.initialKeyCount = 2048,
	.incrementalKeyCount = 512,
	.nameModulo = 1993,
	.symbolModulo = 127,
	.parserBufferSize = 64 * 1024,
	.parserTableModulo = 1993,
};

struct xsMachineRecord *boardCreate(void *memory, size_t size)
{
	slotHeap = memory;
	slotHeapEnd = chunkHeap = slotHeap + size / 2;
	chunkHeapEnd = slotHeap + size;
	return (struct xsMachineRecord *)fxCreateMachine(&creation, "board", NULL, XS_NO_ID);
}

struct xsMachineRecord *boardClone(struct xsMachineRecord *root)
{
	return (struct xsMachineRecord *)fxCloneMachine(&creation, (txMachine *)root, "board", NULL);
}

void fxCreateMachinePlatform(txMachine *the)
{
	the->promiseJobs = 0;
}

void fxDeleteMachinePlatform(txMachine *the)
{
}

char *fxCStackLimit(void)
{
	return (char *)__builtin_frame_address(0) - BOARD_C_STACK;
}

void *fxAllocateChunks(txMachine *the, txSize size)
{
	if (board.limited || size > chunkHeapEnd - chunkHeap) return NULL;
	chunkHeap += size;
	return chunkHeap - size;
}

void fxFreeChunks(txMachine *the, void *chunks)
{
}

txSlot *fxAllocateSlots(txMachine *the, txSize count)
{
	size_t size = count * sizeof(txSlot);
	if (board.limited || size > (size_t)(slotHeapEnd - slotHeap)) return NULL;
	slotHeap += size;
	return (txSlot *)(slotHeap - size);
}

void fxFreeSlots(txMachine *the, void *slots)
{
}

/* Slots beyond the limit are held by an object that nobody uses, as its properties. */
static void holdSlots(txMachine *the, int count)
{
	static txSlot holder;
	txSlot *last = fxNewInstance(the);
	holder = *the->stack;
	fxRemember(the, &holder);
	while (--count > 0) {
		last = last->next = fxNewSlot(the);
		last->flag = XS_INTERNAL_FLAG;
	}
	mxPop();
}

/* Throws the error that memory will be out with, and keeps it: then there will be no memory to make it. */
static void prepareError(txMachine *the, txSlot *slot, txString message)
{
	mxTry(the) {
		mxRangeError("%s", message);
	}
	mxCatch(the) {
		*slot = mxException;
		fxRemember(the, slot);
	}
	mxException = mxUndefined;
}

void boardLimit(struct xsMachineRecord *machine, const BoardLimits *limits)
{
	txMachine *the = (txMachine *)machine;
	fxBeginHost(the);
	prepareError(the, &board.memoryFull, "memory full");
	prepareError(the, &board.stackFull, "stack overflow");
	fxEndHost(the);
	fxCollectGarbage(the);

	int spare = (int)(the->maximumHeapCount - the->currentHeapCount) - limits->slots;
	if (spare > 1) holdSlots(the, spare);
	if (spare < 0) fxGrowSlots(the, -spare);

	txBlock *block = the->firstBlock;
	block->limit = block->current + limits->chunkBytes;
	if ((char *)block->limit > chunkHeapEnd) fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	the->maximumChunksSize = (txSize)(block->limit - (txByte *)(block + 1));

	if (the->stack - the->stackBottom > limits->stackSlots) the->stackBottom = the->stack - limits->stackSlots;
	the->minimumChunksSize = 0;
	the->minimumHeapCount = 0;
	board.limits = *limits;
	board.limited = 1;
	boardLoaded = (BoardLoaded){ the->currentHeapCount, the->currentChunksSize };
	board.keys = the->keyIndex;
	board.stackTop = the->stack;
	boardResetPeaks(machine);
}

void boardResetPeaks(struct xsMachineRecord *machine)
{
	txMachine *the = (txMachine *)machine;
	fxCollectGarbage(the);
	the->peakChunksSize = the->currentChunksSize;
	the->peakHeapCount = the->currentHeapCount;
	memset(the->stackBottom, UNTOUCHED, (char *)the->stack - (char *)the->stackBottom);
}

static int isTouched(const txSlot *slot)
{
	const unsigned char *bytes = (const unsigned char *)slot;
	for (size_t i = 0; i < sizeof(txSlot); i++)
		if (bytes[i] != UNTOUCHED) return 1;
	return 0;
}

/* From the top, for XS takes the far end of the stack for scratch memory when it formats numbers or matches patterns. */
static int touchedStack(txMachine *the)
{
	txSlot *lowest = the->stack;
	for (txSlot *at = the->stack; at > the->stackBottom && lowest - at < SCRATCH_GAP; )
		if (isTouched(--at)) lowest = at;
	return (int)(board.stackTop - lowest);
}

void boardMeasure(struct xsMachineRecord *machine, BoardFigures *figures, int collect)
{
	txMachine *the = (txMachine *)machine;
	if (collect) fxCollectGarbage(the);
	figures->chunkBytes = the->currentChunksSize - boardLoaded.chunkBytes;
	figures->slots = the->currentHeapCount - boardLoaded.slots;
	figures->keys = the->keyIndex - board.keys;
	figures->peakChunkBytes = the->peakChunksSize - boardLoaded.chunkBytes;
	figures->peakSlots = the->peakHeapCount - boardLoaded.slots;
	figures->peakStackSlots = board.limited ? touchedStack(the) : 0;
	figures->slotSize = sizeof(txSlot);
	figures->bytecodeBytes = bytecodeBytes;
}

/* --- modules */

void boardDefineModule(const char *specifier, const char *source, size_t length, int builtIn)
{
	if (moduleCount == MAX_MODULES) abort();
	modules[moduleCount++] = (Module){ specifier, source, length, builtIn };
}

static const Module *findModule(const char *specifier)
{
	for (int i = 0; i < moduleCount; i++)
		if (!strcmp(modules[i].specifier, specifier)) return &modules[i];
	return NULL;
}

int boardHasModule(const char *specifier)
{
	return findModule(specifier) != NULL;
}

void boardDefineBundle(const char *specifier, const char *source, size_t length)
{
	static const char border[] = "//# not preloaded\n";
	const char *end = source + length, *found = memmem(source, length, border, sizeof(border) - 1);
	if (found) boardDefineModule(BOARD_PRELOADED, source, found - source, 0);
	const char *firmware = found ? found + sizeof(border) - 1 : source;
	boardDefineModule(specifier, firmware, end - firmware, 0);
}

txID fxFindModule(txMachine *the, txSlot *realm, txID from, txSlot *specifier)
{
	const Module *module = findModule(fxToString(the, specifier));
	return module ? fxNewNameC(the, (txString)module->specifier) : XS_NO_ID;
}

/*
 * The Moddable SDK's linker puts code into flash, where functions and strings are used in place. What XS compiles from
 * source copies both to the heap whenever it meets them. This makes code of the second kind into the first.
 */
static void useInPlace(txByte *code, txSize size)
{
	txByte *at = code;
	while (at < code + size) {
		txU1 *op = (txU1 *)at;
		txS1 length = gxCodeSizes[*op];
		switch (*op) {
		case XS_CODE_CODE_1: *op = XS_CODE_CODE_ARCHIVE_1; break;
		case XS_CODE_CODE_2: *op = XS_CODE_CODE_ARCHIVE_2; break;
		case XS_CODE_CODE_4: *op = XS_CODE_CODE_ARCHIVE_4; break;
		case XS_CODE_STRING_1: *op = XS_CODE_STRING_ARCHIVE_1; break;
		case XS_CODE_STRING_2: *op = XS_CODE_STRING_ARCHIVE_2; break;
		case XS_CODE_STRING_4: *op = XS_CODE_STRING_ARCHIVE_4; break;
		}
		if (length > 0) at += length;
		else if (length == 0) at += 1 + sizeof(txID);
		else {
			txU2 two;
			txS4 four;
			at++;
			if (length == -1) at += 1 + *(txU1 *)at;
			else if (length == -2) {
				mxDecode2(at, two);
				at += two;
			}
			else {
				mxDecode4(at, four);
				at += four;
			}
		}
	}
}

/* What XS would do with the symbols of a script before it runs it; but XS would then free its code. */
static void resolveSymbols(txMachine *the, txScript *script)
{
	txByte *at = script->symbolsBuffer;
	txID count, i;
	mxDecodeID(at, count);
	txID *ids = malloc(count * sizeof(txID));
	if (!ids) fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	ids[0] = XS_NO_ID;
	for (i = 1; i < count; i++) {
		ids[i] = fxNewNameC(the, (txString)at);
		at += strlen((char *)at) + 1;
	}
	fxRemapIDs(the, script->codeBuffer, script->codeSize, ids);
	free(ids);
	free(script->symbolsBuffer);
	script->symbolsBuffer = NULL;
}

void fxLoadModule(txMachine *the, txSlot *slot, txID id)
{
	const Module *module = findModule(fxGetKeyName(the, id));
	txStringCStream stream = { (txString)module->source, 0, (txSize)module->length };
	txScript *script = fxParseScript(the, &stream, fxStringCGetter, 0);
	if (!script) mxSyntaxError("%s does not parse", module->specifier);
	if (!module->builtIn) bytecodeBytes += script->codeSize + script->symbolsSize;
	resolveSymbols(the, script);
	useInPlace(script->codeBuffer, script->codeSize);
	fxResolveModule(the, slot, id, script, NULL, NULL);
}

/* --- jobs and ends */

void fxQueuePromiseJobs(txMachine *the)
{
	the->promiseJobs = 1;
}

void boardRunJobs(struct xsMachineRecord *machine)
{
	txMachine *the = (txMachine *)machine;
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
}

static int isThrown(txMachine *the, txSlot *error)
{
	return mxException.kind == XS_REFERENCE_KIND && mxException.value.reference == error->value.reference;
}

/* Errors of memory that is gone are told without asking them: there may be none to answer with. */
static void printException(txMachine *the, const char *what)
{
	if (board.limited && isThrown(the, &board.memoryFull)) fprintf(stderr, "%s: memory full\n", what);
	else if (board.limited && isThrown(the, &board.stackFull)) fprintf(stderr, "%s: stack overflow\n", what);
	else {
		mxTry(the) {
			fprintf(stderr, "%s: %s\n", what, fxToString(the, &mxException));
		}
		mxCatch(the) {
			fprintf(stderr, "%s\n", what);
		}
	}
	mxException = mxUndefined;
}

/* Where a free slot is left, it is a chunk that was not to be had. */
static void endFull(txMachine *the, int status)
{
	const BoardLimits *limits = &board.limits;
	fprintf(stderr, "board: %s full: %d of %d slots, %d of %d bytes of chunks are taken, of a stack of %d slots %d\n",
		status == XS_STACK_OVERFLOW_EXIT ? "stack" : the->freeHeap ? "chunks" : "slots",
		(int)the->currentHeapCount - boardLoaded.slots, limits->slots,
		(int)the->currentChunksSize - boardLoaded.chunkBytes, limits->chunkBytes,
		limits->stackSlots, (int)(board.stackTop - the->stack));
	exit(BOARD_FULL_STATUS);
}

/*
 * XS comes here when it cannot go on, and mostly expects not to return. The Moddable SDK restarts the device, and a board that
 * is told to ends. Else memory that has run out while the firmware runs is an exception, which takes with it what was
 * being done: the engine is at an allocation then, and a GC will find all that is alive.
 */
void fxAbort(txMachine *the, int status)
{
	switch (status) {
	case XS_NOT_ENOUGH_MEMORY_EXIT:
	case XS_STACK_OVERFLOW_EXIT:
		if (board.limited && board.limits.endsWhenFull) endFull(the, status);
		if (board.limited && the->firstJump) {
			mxException = status == XS_NOT_ENOUGH_MEMORY_EXIT ? board.memoryFull : board.stackFull;
			fxJump(the);
		}
		fprintf(stderr, "board: %s while loading\n",
			status == XS_NOT_ENOUGH_MEMORY_EXIT ? "not enough memory" : "stack overflow");
		exit(1);
	case XS_UNHANDLED_EXCEPTION_EXIT:
		/* Thrown through to the host, whose frame is still on the stack below what was thrown from. */
		if (the->firstJump) {
			the->stack = the->firstJump->stack;
			the->scope = the->firstJump->scope;
			the->frame = the->firstJump->frame;
			the->code = the->firstJump->code;
		}
		printException(the, "uncaught exception");
		break;
	case XS_UNHANDLED_REJECTION_EXIT:
		printException(the, "unhandled rejection");
		break;
	default:
		fprintf(stderr, "board: XS ended with status %d\n", status);
		exit(1);
	}
	if (board.limited && board.limits.endsWhenFull) exit(BOARD_FULL_STATUS);
}
