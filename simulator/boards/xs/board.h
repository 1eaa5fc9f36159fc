/*
 * The XS board: a machine (machine.c) with the heap of a device and what it has in flash (flash.c), the modules that firmware
 * imports (modules.c, sockets.c, files.c), and a loop that runs it (loop.c). What differs from one place to another is in
 * host.c alone; for an emulated device it is in simulator/boards/rv32.
 */
#ifndef BOARD_H
#define BOARD_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

struct sxMachine;
struct xsMachineRecord;

/* --- machine.c */

/* The heap that is left to the firmware once its modules are loaded. */
typedef struct {
	int chunkBytes;
	int slots;
	int stackSlots;
	/* Whether the board ends where the SDK would restart the device, or throws where memory is full. */
	int endsWhenFull;
} BoardLimits;

/* The exit status of a board that ends so. */
#define BOARD_FULL_STATUS 4

typedef struct {
	/* In use now: garbage too, unless a collection came just before. */
	int chunkBytes;
	int slots;
	int keys;
	/* The most since boardResetPeaks(), garbage too. */
	int peakChunkBytes;
	int peakSlots;
	int peakStackSlots;
	/* The size of one slot in bytes: 16, or 32 where pointers have 64 bits. */
	int slotSize;
	int collections;
	/* As a device would have it in flash: code and the names it uses, of the modules that were not built in. */
	int bytecodeBytes;
} BoardFigures;

/* A machine that may grow to the memory it is given, until boardLimit(). NULL when there is not enough. */
struct xsMachineRecord *boardCreate(void *memory, size_t size);

/* A machine that stands on one that boardShare() is done with, NULL when there is no memory. It may grow as that one. */
struct xsMachineRecord *boardClone(struct xsMachineRecord *root);

/* Makes a module of source text, which must stay; built-in ones do not count as the firmware's bytecode. */
void boardDefineModule(const char *specifier, const char *source, size_t length, int builtIn);

/* What a bundle begins with when there are modules to preload (firmware.ts). */
#define BOARD_PRELOADED "./preloaded.js"

/* Makes the one or two modules of a bundle: what is to be preloaded, and the firmware, by the name given. */
void boardDefineBundle(const char *specifier, const char *source, size_t length);
int boardHasModule(const char *specifier);

/* What is in the heaps when boardLimit() was called: it stands for what the platform has, or flash. */
typedef struct {
	int slots;
	int chunkBytes;
} BoardLoaded;
extern BoardLoaded boardLoaded;

/* Collects, takes what is alive for what the platform has, and leaves exactly this much heap. */
void boardLimit(struct xsMachineRecord *the, const BoardLimits *limits);

/* Figures of the machine, less what was there when boardLimit() was called. */
void boardMeasure(struct xsMachineRecord *the, BoardFigures *figures, int collect);
void boardResetPeaks(struct xsMachineRecord *the);

/* Runs jobs of promises until there are none. */
void boardRunJobs(struct xsMachineRecord *the);

/* --- flash.c */

/*
 * Takes the machine's heap for flash: what is there cannot change, is not looked at when garbage is collected, and does not
 * count. The machine itself is done; one that stands on it goes on.
 */
void boardShare(struct xsMachineRecord *the);

/* --- modules.c, sockets.c, files.c: each puts its constructors and functions on the object given as xsVar(0). */

void boardInstall(struct xsMachineRecord *the, const char *config);
void boardInstallSockets(struct xsMachineRecord *the);
void boardInstallFiles(struct xsMachineRecord *the);

/* crypt.c, of a board that has it (BOARD_CRYPT): what is native goes on xsVar(0), the module is made of it. */
#define boardCryptSource \
	"const { Digest, BlockCipher, StreamCipher, Mode, initGhash } = board.crypt;\n" \
	"Digest.prototype.update = function(data) { this.write(data); };\n" \
	"Digest.prototype.process = function(...parts) {\n" \
	"	this.reset();\n" \
	"	for (const part of parts) this.write(part);\n" \
	"	return this.close();\n" \
	"};\n" \
	"class GHASH extends Digest {\n" \
	"	constructor(h, aad) {\n" \
	"		super('GHASH');\n" \
	"		this._init(h, aad);\n" \
	"	}\n" \
	"}\n" \
	"GHASH.prototype._init = initGhash;\n" \
	"export { Digest, BlockCipher, StreamCipher, Mode, GHASH };\n" \
	"export default Object.freeze({ Digest, BlockCipher, Mode, StreamCipher, GHASH });\n"
void boardInstallCrypt(struct xsMachineRecord *the);

/* hal/moddable/poly1305.c, of the same boards. */
void xs_fieldssh_poly1305(struct xsMachineRecord *the);

/* Calls what firmware gave to onSignal(). */
void boardTellSignal(struct xsMachineRecord *the);

/* Runs the timers that are due. */
void boardRunTimers(struct xsMachineRecord *the);

/* Milliseconds until the next timer, or -1 when there is none. */
int boardNextTimer(void);

/* Waits for sockets for at most this many milliseconds (-1: for ever) and tells their callbacks.
 * Returns how many sockets there are, those included that only send their last bytes. */
int boardRunSockets(struct xsMachineRecord *the, int milliseconds);

/* --- loop.c */

/* Preloads, loads the firmware, limits the heap, calls the default export. Returns the machine to run, or NULL. */
struct xsMachineRecord *boardStart(struct xsMachineRecord *root, const char *path, const BoardLimits *limits);

/* Runs it until there is nothing to wait for. */
void boardRun(struct xsMachineRecord *the);

/* The host sets it to 1, and firmware is told. */
extern volatile sig_atomic_t boardSignalled;

/* --- host.c */

extern const char *boardStateFolder;

/* Milliseconds from an arbitrary start, never going back. */
uint64_t boardMilliseconds(void);

/* 0, or -1 where there is no cryptographic randomness. */
int boardRandom(void *bytes, size_t size);

void boardRestart(void);

#endif
