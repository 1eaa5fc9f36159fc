/* From start to end: what firmware goes through on any board. */
#include "xsmc.h"
#include "board.h"

volatile sig_atomic_t boardSignalled;

int boardStart(xsMachine *the, const char *path, const BoardLimits *limits)
{
	static xsSlot entry;
	volatile int loaded = 0;
	xsBeginHost(the);
	entry = xsAwaitImport(path, XS_IMPORT_DEFAULT);
	if (!xsmcIsCallable(entry)) xsTypeError("no function is its default export");
	xsRemember(entry);
	loaded = 1;
	xsEndHost(the);
	boardRunJobs(the);
	if (!loaded) return 0;
	boardLimit(the, limits);
	xsBeginHost(the);
	xsCallFunction0(entry, xsGlobal);
	loaded = 2;
	xsEndHost(the);
	boardRunJobs(the);
	return loaded == 2;
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
