/*
 * The Moddable SDK's small modules: timer, time, debug, mc/config, trace; and three of ours: fieldssh/entropy, cryptographic
 * randomness, which the SDK has no module for; fieldssh/heap, whose C a device has too; and fieldssh/board, which measures.
 */
#include <limits.h>
#include <stdio.h>
#include "xsmc.h"
#include "board.h"

/* --- timer */

typedef struct Timer {
	struct Timer *next;
	uint64_t due;
	int interval;
	/* Timers that are set while others run wait for the next turn. */
	unsigned turn;
	xsMachine *the;
	xsSlot object;
	xsSlot *callback;
} Timer;

static Timer *timers;
static unsigned turn;
static xsSlot timerPrototype;

static void markTimer(xsMachine *the, void *data, xsMarkRoot markRoot)
{
	(*markRoot)(the, ((Timer *)data)->callback);
}

static const xsHostHooks timerHooks = { NULL, markTimer, NULL };

static void setTimer(xsMachine *the, int delay, int interval)
{
	if (!xsmcIsCallable(xsArg(0))) xsTypeError("callback: not a function");
	xsResult = xsNewHostInstance(timerPrototype);
	Timer *timer = calloc(1, sizeof(Timer));
	if (!timer) xsRangeError("no memory");
	xsmcSetHostData(xsResult, timer);
	timer->callback = xsToReference(xsArg(0));
	timer->due = boardMilliseconds() + (delay > 0 ? delay : 0);
	timer->interval = interval;
	timer->turn = turn;
	timer->the = the;
	timer->object = xsResult;
	xsRemember(timer->object);
	Timer **at = &timers;
	while (*at && (*at)->due <= timer->due) at = &(*at)->next;
	timer->next = *at;
	*at = timer;
}

static void dropTimer(Timer *timer)
{
	xsMachine *the = timer->the;
	Timer **at = &timers;
	while (*at && *at != timer) at = &(*at)->next;
	if (*at) *at = timer->next;
	xsForget(timer->object);
	xsmcSetHostData(timer->object, NULL);
	free(timer);
}

static void xs_timer_set(xsMachine *the)
{
	int delay = xsmcArgc > 1 ? xsmcToInteger(xsArg(1)) : 0;
	setTimer(the, delay, xsmcArgc > 2 ? xsmcToInteger(xsArg(2)) : 0);
}

static void xs_timer_repeat(xsMachine *the)
{
	int interval = xsmcToInteger(xsArg(1));
	setTimer(the, interval, interval > 0 ? interval : 1);
}

static void xs_timer_clear(xsMachine *the)
{
	if (!xsmcArgc || xsmcTypeOf(xsArg(0)) != xsReferenceType) return;
	Timer *timer = xsmcGetHostDataValidate(xsArg(0), (void *)&timerHooks);
	if (timer) dropTimer(timer);
}

static Timer *dueTimer(uint64_t now)
{
	Timer *timer = timers;
	while (timer && (timer->due > now || timer->turn == turn)) timer = timer->next;
	return timer;
}

/* A timer that does not repeat is gone before its callback runs. */
static void runTimer(xsMachine *the, Timer *timer, uint64_t now)
{
	xsBeginHost(the);
	xsmcVars(2);
	xsVar(0) = timer->object;
	xsVar(1) = xsReference(timer->callback);
	if (timer->interval) {
		timer->due = now + timer->interval;
		timer->turn = turn;
	}
	else dropTimer(timer);
	xsCallFunction1(xsVar(1), xsGlobal, xsVar(0));
	xsEndHost(the);
}

void boardRunTimers(xsMachine *the)
{
	uint64_t now = boardMilliseconds();
	turn++;
	for (Timer *timer; (timer = dueTimer(now));) runTimer(the, timer, now);
}

int boardNextTimer(void)
{
	if (!timers) return -1;
	uint64_t due = timers->due, now = boardMilliseconds();
	for (Timer *timer = timers; timer; timer = timer->next)
		if (timer->due < due) due = timer->due;
	return due <= now ? 0 : due - now > INT_MAX ? INT_MAX : (int)(due - now);
}

/* --- time */

/* Milliseconds in 32 bits: it wraps, which is what delta() is for. */
static void xs_time_ticks(xsMachine *the)
{
	xsmcSetInteger(xsResult, (int32_t)(uint32_t)boardMilliseconds());
}

static void xs_time_delta(xsMachine *the)
{
	uint32_t start = xsmcToInteger(xsArg(0));
	uint32_t end = xsmcArgc > 1 ? (uint32_t)xsmcToInteger(xsArg(1)) : (uint32_t)boardMilliseconds();
	xsmcSetInteger(xsResult, (int32_t)(end - start));
}

/* --- fieldssh/entropy */

static void xs_entropy(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue size;
	xsmcGetBufferWritable(xsArg(0), &bytes, &size);
	if (boardRandom(bytes, size)) xsUnknownError("no randomness");
}

/* --- fieldssh/heap: heap.c, which is beside what a device has of ours */

extern void xs_fieldssh_heap_freeSlots(xsMachine *the);
extern void xs_fieldssh_heap_freeBytes(xsMachine *the);
extern void xs_fieldssh_heap_usedBytes(xsMachine *the);
extern void xs_fieldssh_heap_totalBytes(xsMachine *the);
extern void xs_fieldssh_heap_collect(xsMachine *the);

/* --- trace, debug, System */

/* XS holds a character beyond 16 bits as two of three bytes each (CESU-8); the world expects one of four. */
static void print(FILE *file, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	while (*at) {
		if (at[0] == 0xED && (at[1] & 0xF0) == 0xA0 && at[3] == 0xED && (at[4] & 0xF0) == 0xB0) {
			uint32_t point = 0x10000 + ((at[1] & 15) << 16 | (at[2] & 63) << 10 | (at[4] & 15) << 6 | (at[5] & 63));
			fputc(0xF0 | point >> 18, file);
			fputc(0x80 | (point >> 12 & 63), file);
			fputc(0x80 | (point >> 6 & 63), file);
			fputc(0x80 | (point & 63), file);
			at += 6;
		}
		else fputc(*at++, file);
	}
}

static void xs_trace(xsMachine *the)
{
	for (int i = 0; i < xsmcArgc; i++) print(stdout, xsmcToString(xsArg(i)));
	fflush(stdout);
}

static void xs_debug_gc(xsMachine *the)
{
	xsCollectGarbage();
}

static void xs_system_restart(xsMachine *the)
{
	boardRestart();
}

/* --- fieldssh/board */

static void set(xsMachine *the, const char *name, int value)
{
	xsmcSetInteger(xsVar(0), value);
	xsmcSet(xsResult, xsID(name), xsVar(0));
}

/* measure(): the figures after a collection, and the peaks since the last resetPeaks(). */
static void xs_board_measure(xsMachine *the)
{
	BoardFigures figures;
	boardMeasure(the, &figures, 1);
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	set(the, "chunkBytes", figures.chunkBytes);
	set(the, "slots", figures.slots);
	set(the, "keys", figures.keys);
	set(the, "peakChunkBytes", figures.peakChunkBytes);
	set(the, "peakSlots", figures.peakSlots);
	set(the, "peakStackSlots", figures.peakStackSlots);
	set(the, "slotSize", figures.slotSize);
	set(the, "bytecodeBytes", figures.bytecodeBytes);
}

static void xs_board_resetPeaks(xsMachine *the)
{
	boardResetPeaks(the);
}

static void xs_board_complain(xsMachine *the)
{
	print(stderr, xsmcToString(xsArg(0)));
	fputc('\n', stderr);
}

static void xs_board_exit(xsMachine *the)
{
	exit(xsmcToInteger(xsArg(0)));
}

static xsSlot signalCallback;

static void xs_board_onSignal(xsMachine *the)
{
	if (!xsmcIsCallable(xsArg(0))) xsTypeError("callback: not a function");
	signalCallback = xsArg(0);
	xsRemember(signalCallback);
}

void boardTellSignal(xsMachine *the)
{
	xsBeginHost(the);
	if (!xsmcTest(signalCallback)) exit(0);
	xsCallFunction0(signalCallback, xsGlobal);
	xsEndHost(the);
}

/* --- what firmware sees */

static void function(xsMachine *the, const char *name, xsCallback callback, int length)
{
	xsVar(2) = xsNewHostFunction(callback, length);
	xsmcSet(xsVar(1), xsID(name), xsVar(2));
}

static void object(xsMachine *the, const char *name)
{
	xsmcSet(xsVar(0), xsID(name), xsVar(1));
	xsmcSetNewObject(xsVar(1));
}

static const struct {
	const char *specifier;
	const char *source;
} sources[] = {
	{ "embedded:io/socket/tcp", "export default board.TCP;" },
	{ "embedded:io/socket/listener", "export default board.Listener;" },
	{ "embedded:storage/files", "export default board.files;" },
	{ "timer", "export default board.Timer;" },
	{ "time", "export default board.Time;" },
	{ "debug", "export default board.Debug;" },
	{ "fieldssh/entropy", "export default board.entropy.fill;" },
	{ "fieldssh/heap", "export const { freeSlots, freeBytes, usedBytes, totalBytes, collect } = board.heap;" },
#ifdef BOARD_CRYPT
	{ "crypt", boardCryptSource },
	{ "fieldssh/poly1305", "export default board.poly1305;" },
#endif
	{ "fieldssh/board", "export const { measure, resetPeaks, complain, onSignal, exit } = board.own;" },
};

void boardInstall(xsMachine *the, const char *config)
{
	static const char head[] = "export default ";
	char *text = malloc(sizeof(head) + strlen(config));
	xsBeginHost(the);
	xsmcVars(4);
	xsmcSetNewObject(xsVar(0));
	boardInstallSockets(the);
	boardInstallFiles(the);
#ifdef BOARD_CRYPT
	boardInstallCrypt(the);
	xsVar(2) = xsNewHostFunction(xs_fieldssh_poly1305, 5);
	xsmcSet(xsVar(0), xsID("poly1305"), xsVar(2));
#endif

	timerPrototype = xsNewHostObject(NULL);
	xsSetHostHooks(timerPrototype, (xsHostHooks *)&timerHooks);
	xsRemember(timerPrototype);
	xsmcSetNewObject(xsVar(1));
	function(the, "set", xs_timer_set, 3);
	function(the, "repeat", xs_timer_repeat, 2);
	function(the, "clear", xs_timer_clear, 1);
	object(the, "Timer");
	xsVar(2) = xsNewHostFunction(xs_time_ticks, 0);
	xsmcDefine(xsVar(1), xsID("ticks"), xsVar(2), xsIsGetter);
	function(the, "delta", xs_time_delta, 2);
	object(the, "Time");
	function(the, "gc", xs_debug_gc, 0);
	object(the, "Debug");
	function(the, "fill", xs_entropy, 1);
	object(the, "entropy");
	function(the, "freeSlots", xs_fieldssh_heap_freeSlots, 0);
	function(the, "freeBytes", xs_fieldssh_heap_freeBytes, 0);
	function(the, "usedBytes", xs_fieldssh_heap_usedBytes, 0);
	function(the, "totalBytes", xs_fieldssh_heap_totalBytes, 0);
	function(the, "collect", xs_fieldssh_heap_collect, 0);
	object(the, "heap");
	function(the, "measure", xs_board_measure, 0);
	function(the, "resetPeaks", xs_board_resetPeaks, 0);
	function(the, "complain", xs_board_complain, 1);
	function(the, "onSignal", xs_board_onSignal, 1);
	function(the, "exit", xs_board_exit, 1);
	object(the, "own");

	function(the, "restart", xs_system_restart, 0);
	xsmcSet(xsGlobal, xsID("System"), xsVar(1));
	xsVar(2) = xsNewHostFunction(xs_trace, 1);
	xsmcSet(xsGlobal, xsID("trace"), xsVar(2));

	strcpy(text, head);
	strcat(text, config);
	boardDefineModule("mc/config", text, strlen(text), 1);
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		boardDefineModule(sources[i].specifier, sources[i].source, strlen(sources[i].source), 1);
	/* Evaluated now, for firmware is to see the modules and not what they are made of. */
	xsmcSet(xsGlobal, xsID("board"), xsVar(0));
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
		xsmcSetString(xsVar(1), (char *)sources[i].specifier);
		xsVar(2) = xsAwaitImport((char *)sources[i].specifier, XS_IMPORT_NAMESPACE);
	}
	xsmcDelete(xsGlobal, xsID("board"));
	xsEndHost(the);
}
