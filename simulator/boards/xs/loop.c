/* From start to end: what firmware goes through on any board. */
#include "xsmc.h"
#include "board.h"

volatile sig_atomic_t boardSignalled;

/* Loads and evaluates what the bundle has to preload, if it has. Returns 0 when that fails. */
static int preload(xsMachine *the)
{
	volatile int loaded = !boardHasModule(BOARD_PRELOADED);
	if (loaded) return 1;
	xsBeginHost(the);
	xsAwaitImport(BOARD_PRELOADED, XS_IMPORT_NAMESPACE);
	loaded = 1;
	xsEndHost(the);
	boardRunJobs(the);
	return loaded;
}

xsMachine *boardStart(xsMachine *root, const char *path, const BoardLimits *limits)
{
	static xsSlot entry;
	volatile int loaded = 0;
	if (!preload(root)) return NULL;
	boardShare(root);
	xsMachine *the = boardClone(root);
	if (!the) return NULL;
	xsBeginHost(the);
	entry = xsAwaitImport(path, XS_IMPORT_DEFAULT);
	if (!xsmcIsCallable(entry)) xsTypeError("no function is its default export");
	xsRemember(entry);
	loaded = 1;
	xsEndHost(the);
	boardRunJobs(the);
	if (!loaded) return NULL;
	boardLimit(the, limits);
	xsBeginHost(the);
	xsCallFunction0(entry, xsGlobal);
	loaded = 2;
	xsEndHost(the);
	boardRunJobs(the);
	return loaded == 2 ? the : NULL;
}

void boardRun(xsMachine *the)
{
	for (;;) {
		boardRunTimers(the);
		boardRunJobs(the);
		if (boardSignalled == 1) {
			boardSignalled = 2;
			boardTellSignal(the);
			boardRunJobs(the);
		}
		int wait = boardNextTimer();
		if (boardRunSockets(the, wait) == 0 && wait < 0) return;
		boardRunJobs(the);
	}
}
