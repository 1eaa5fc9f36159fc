/*
 * A board whose memory is refused at a place of the test's choosing. The linker puts what is here in front of the engine's
 * allocators (engine.ts). Orders come on standard input, a line each; each has one line of answer on standard output:
 *
 *     learn             counts the places that allocate from now on
 *     refuse N          refuses the next allocation at the N-th of the places that were learnt, from 0
 *     look              all memory is there again; tells how many places are known, whether one was refused, how many
 *                       sockets there are, and what is on the heap after a collection
 *
 * A place is a call of the allocator in C, and the instruction of JavaScript that it is for. Jobs of promises are begun by the engine:
 * there it is which job it is since the order, too.
 */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>
#include "xsAll.h"
#include "board.h"

extern txSlot *__real_fxNewSlot(txMachine *the);
extern void *__real_fxNewChunk(txMachine *the, txSize size);
extern void *__real_fxNewGrowableChunk(txMachine *the, txSize size, txSize capacity);
extern void *__real_fxRenewChunk(txMachine *the, void *data, txSize size);
extern void __real_fxRunPromiseJobs(txMachine *the);
extern void __real_fxRunCount(txMachine *the, txInteger count);
extern int __real_boardRunSockets(struct xsMachineRecord *the, int milliseconds);

#define MOST_PLACES 4096
/* Orders are looked for so often. Milliseconds. */
#define PATIENCE 2

static enum { IDLE, LEARNING, REFUSING } state;
static uint64_t places[MOST_PLACES];
static int placeCount, wanted, wasRefused, socketCount;

/* Of the promise jobs that run, the frame that they are called from; how many have run. More than these are one. */
#define MOST_JOBS 250
static int areJobsRunning, jobCount;
static txSlot *jobsFrame;

static uint64_t placeOf(txMachine *the, void *caller)
{
	uint64_t job = areJobsRunning ? jobCount < MOST_JOBS ? jobCount : MOST_JOBS : 0;
	return (uint64_t)(uintptr_t)caller * 0x100000001B3u + (uintptr_t)the->code + (job << 56);
}

static void learn(txMachine *the, uint64_t place)
{
	for (int i = 0; i < placeCount; i++)
		if (places[i] == place) return;
	if (placeCount < MOST_PLACES) places[placeCount++] = place;
}

/* An exhausted heap is collected before it is called so. */
static void take(txMachine *the, void *caller, txFlag compact)
{
	if (state == IDLE) return;
	uint64_t place = placeOf(the, caller);
	if (state == LEARNING) learn(the, place);
	else if (!wasRefused && place == places[wanted]) {
		wasRefused = 1;
		fxCollect(the, XS_ORGANIC_FLAG | compact);
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	}
}

txSlot *__wrap_fxNewSlot(txMachine *the)
{
	take(the, __builtin_return_address(0), 0);
	return __real_fxNewSlot(the);
}

void *__wrap_fxNewChunk(txMachine *the, txSize size)
{
	take(the, __builtin_return_address(0), XS_COMPACT_FLAG);
	return __real_fxNewChunk(the, size);
}

void *__wrap_fxNewGrowableChunk(txMachine *the, txSize size, txSize capacity)
{
	take(the, __builtin_return_address(0), XS_COMPACT_FLAG);
	return __real_fxNewGrowableChunk(the, size, capacity);
}

/* What grows where it is needs memory too; what does not grow was never refused. */
void *__wrap_fxRenewChunk(txMachine *the, void *data, txSize size)
{
	txChunk *chunk = (txChunk *)((txByte *)data - sizeof(txChunk));
	if ((txByte *)data + size > chunk->temporary) take(the, __builtin_return_address(0), XS_COMPACT_FLAG);
	return __real_fxRenewChunk(the, data, size);
}

void __wrap_fxRunPromiseJobs(txMachine *the)
{
	areJobsRunning = 1;
	jobsFrame = the->frame;
	__real_fxRunPromiseJobs(the);
	areJobsRunning = 0;
}

void __wrap_fxRunCount(txMachine *the, txInteger count)
{
	if (areJobsRunning && the->frame == jobsFrame) jobCount++;
	__real_fxRunCount(the, count);
}

static void look(struct xsMachineRecord *the)
{
	BoardFigures figures;
	state = IDLE;
	boardMeasure(the, &figures, 1);
	printf("scarce: %d places, refused %d, %d sockets, %d slots, %d bytes\n",
		placeCount, wasRefused, socketCount, figures.slots, figures.chunkBytes);
	fflush(stdout);
}

static void obey(const char *order)
{
	wasRefused = jobCount = 0;
	if (!strcmp(order, "learn")) {
		placeCount = 0;
		state = LEARNING;
	}
	else if (sscanf(order, "refuse %d", &wanted) == 1 && wanted >= 0 && wanted < placeCount) state = REFUSING;
	else abort();
	puts("scarce: so be it");
	fflush(stdout);
}

static void hear(struct xsMachineRecord *the)
{
	static char line[64];
	static size_t length;
	struct pollfd polled = { 0, POLLIN, 0 };
	while (poll(&polled, 1, 0) > 0 && read(0, line + length, 1) == 1) {
		if (line[length] != '\n') {
			if (++length == sizeof(line)) abort();
			continue;
		}
		line[length] = 0;
		length = 0;
		if (!strcmp(line, "look")) look(the);
		else obey(line);
	}
}

int __wrap_boardRunSockets(struct xsMachineRecord *the, int milliseconds)
{
	hear(the);
	socketCount = __real_boardRunSockets(the, milliseconds < 0 || milliseconds > PATIENCE ? PATIENCE : milliseconds);
	return socketCount;
}
