/*
 * The board as an emulated device. The bridge says at the start which heap the firmware gets and what mc/config is; qemu
 * has put the firmware's source into flash. fieldssh/instructions counts what was executed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>
#include "xsmc.h"
#include "board.h"
#include "console.h"
#include "serial.h"

#define FIRMWARE ((const char *)0x81000000)

/* Room for the modules, which a device has in flash, and for the heaps. */
#define MEMORY (64 * 1024 * 1024)

/* Ends the emulator, whose exit status is the upper half when the lower one says so. */
#define FINISHER (*(volatile uint32_t *)0x100000)
#define PASS 0x5555
#define FAIL 0x3333

#define RESTART_STATUS 3
#define CRASH_STATUS 70

/* A clock that knows the date. Nanoseconds, of which to read the lower half first. */
#define DATE_LOW (*(volatile uint32_t *)0x101000)
#define DATE_HIGH (*(volatile uint32_t *)0x101004)

const char *boardStateFolder = ".";

/* --- what the C library asks for */

/* Lines of standard output and error, each of which is a frame. */
typedef struct {
	FILE file;
	int type;
	size_t count;
	char bytes[240];
} Output;

static int flushOutput(FILE *file)
{
	Output *output = (Output *)file;
	serialSend(output->type, 0, output->bytes, output->count);
	output->count = 0;
	return 0;
}

static int put(char byte, FILE *file)
{
	Output *output = (Output *)file;
	output->bytes[output->count++] = byte;
	if (byte == '\n' || output->count == sizeof(output->bytes)) flushOutput(file);
	return (unsigned char)byte;
}

static Output out = { FDEV_SETUP_STREAM(put, NULL, flushOutput, _FDEV_SETUP_WRITE), FRAME_STDOUT };
static Output err = { FDEV_SETUP_STREAM(put, NULL, flushOutput, _FDEV_SETUP_WRITE), FRAME_STDERR };
FILE *const stdout = &out.file;
FILE *const stderr = &err.file;

void _exit(int status)
{
	if (out.count) flushOutput(stdout);
	if (err.count) flushOutput(stderr);
	FINISHER = status ? (uint32_t)status << 16 | FAIL : PASS;
	for (;;) {}
}

void abort(void)
{
	fputs("board: aborted\n", stderr);
	_exit(CRASH_STATUS);
}

int gettimeofday(struct timeval *time, void *zone)
{
	uint64_t low = DATE_LOW;
	uint64_t nanoseconds = (uint64_t)DATE_HIGH << 32 | low;
	time->tv_sec = nanoseconds / 1000000000;
	time->tv_usec = nanoseconds % 1000000000 / 1000;
	return 0;
}

/* --- what the board asks for */

int boardRandom(void *bytes, size_t size)
{
	for (size_t at = 0, got; at < size; at += got) {
		const uint16_t count = size - at < 256 ? size - at : 256;
		if (serialCall(CALL_RANDOM, &count, sizeof(count), (char *)bytes + at, count, &got) < 0 || got != count)
			return -1;
	}
	return 0;
}

void boardRestart(void)
{
	exit(RESTART_STATUS);
}

/* --- fieldssh/instructions */

static void xs_instructions(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)serialInstructions());
}

static void installInstructions(xsMachine *the)
{
	static const char name[] = "fieldssh/instructions", source[] = "export default instructions;";
	xsBeginHost(the);
	xsmcVars(1);
	xsVar(0) = xsNewHostFunction(xs_instructions, 0);
	xsmcSet(xsGlobal, xsID("instructions"), xsVar(0));
	boardDefineModule(name, source, sizeof(source) - 1, 1);
	xsVar(0) = xsAwaitImport((char *)name, XS_IMPORT_NAMESPACE);
	xsmcDelete(xsGlobal, xsID("instructions"));
	xsEndHost(the);
}

/* --- from start to end */

static __attribute__((interrupt("machine"), aligned(4))) void onTrap(void)
{
	uint32_t cause, address;
	asm volatile("csrr %0, mcause" : "=r"(cause));
	asm volatile("csrr %0, mepc" : "=r"(address));
	fprintf(stderr, "board: trap %lu at %#lx\n", (unsigned long)cause, (unsigned long)address);
	_exit(CRASH_STATUS);
}

/* To write to flash is a trap: its 32 MB can be read and executed, and that is locked. */
static void protectFlash(void)
{
	asm volatile("csrw pmpaddr0, %0" : : "r"(0x80000000u >> 2 | ((32u << 20 >> 3) - 1)));
	asm volatile("csrw pmpcfg0, %0" : : "r"(0x9d));
}

static char *readConfig(void)
{
	char *text = NULL;
	for (uint32_t size = 0;;) {
		size_t got;
		text = realloc(text, size + FRAME_ROOM);
		if (!text) abort();
		if (serialCall(CALL_CONFIG, &size, sizeof(size), text + size, FRAME_ROOM, &got) < 0) abort();
		size += got;
		if (got == 0) {
			text[size] = 0;
			return text;
		}
	}
}

static int run(void)
{
	uint32_t heap[4];
	int32_t length = serialCall(CALL_BOOT, NULL, 0, heap, sizeof(heap), NULL);
	const BoardLimits limits = { heap[0], heap[1], heap[2], heap[3] };
	void *memory = malloc(MEMORY);
	xsMachine *the = memory ? boardCreate(memory, MEMORY) : NULL;
	if (!the) {
		fputs("board: no memory for the machine\n", stderr);
		return 1;
	}
	boardInstall(the, readConfig());
	installInstructions(the);
	boardDefineBundle("firmware", FIRMWARE, length);
	if (!(the = boardStart(the, "firmware", &limits))) {
		fputs("board: the firmware does not start\n", stderr);
		return 1;
	}
	boardRun(the);
	return 0;
}

int main(void)
{
	asm volatile("csrw mtvec, %0" : : "r"(onTrap));
	protectFlash();
	consoleStart();
	exit(run());
}
