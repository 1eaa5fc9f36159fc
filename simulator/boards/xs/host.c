/*
 * The board as a program:
 *
 *     board [--chunks BYTES] [--slots COUNT] [--stack SLOTS] [--full throw|abort] [--state FOLDER] [--config-fd FD]
 *         FIRMWARE.js
 *
 * It loads the module FIRMWARE.js, leaves it the heap that the options say, calls its default export, and runs until
 * there is nothing to wait for. FOLDER is the root of embedded:storage/files. What can be read from FD, as JSON, is
 * the default export of mc/config. When a heap is full it throws, or with --full abort ends with a status of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include "xsmc.h"
#include "board.h"

/* Room for the modules, which a device has in flash, and for the heaps. */
#define MEMORY (128 * 1024 * 1024)

const char *boardStateFolder = ".";

/* The exit status that asks whoever minds the board to start it again. */
#define RESTART_STATUS 3

uint64_t boardMilliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int boardRandom(void *bytes, size_t size)
{
	uint8_t *at = bytes;
	while (size > 0) {
		ssize_t count = getrandom(at, size, 0);
		if (count < 0 && errno == EINTR) continue;
		if (count <= 0) return -1;
		at += count;
		size -= count;
	}
	return 0;
}

void boardRestart(void)
{
	exit(RESTART_STATUS);
}

static void usage(void)
{
	fputs("usage: board [--chunks BYTES] [--slots COUNT] [--stack SLOTS] [--full throw|abort] [--state FOLDER]\n"
		"    [--config-fd FD] FIRMWARE.js\n", stderr);
	exit(2);
}

static int count(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);
	if (*end || value < 1 || value > 32 * 1024 * 1024) usage();
	return (int)value;
}

/* All that can be read, with a zero byte after it. */
static char *readAll(FILE *file, const char *name, size_t *length)
{
	size_t size = 0, room = 0, count;
	char *text = NULL;
	do {
		if (size + 1 >= room) text = realloc(text, room = 2 * room + 65536);
		if (!file || !text) {
			fprintf(stderr, "board: %s: %s\n", name, strerror(errno));
			exit(1);
		}
		count = fread(text + size, 1, room - size - 1, file);
		size += count;
	} while (count > 0);
	text[size] = 0;
	*length = size;
	fclose(file);
	return text;
}

static void onSignal(int number)
{
	if (boardSignalled) _exit(128 + number);
	boardSignalled = 1;
}

int main(int argc, char **argv)
{
	/* Whoever minds the board may be killed; a board that nobody minds ends. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* The SDK's for the ESP32-C6, and the stack that our manifest asks for. */
	BoardLimits limits = { 78848, 4928, 640, 0 };
	char *config = "{}";
	size_t length;
	int at = 1;
	for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
		const char *option = argv[at], *value = argv[at + 1];
		if (!strcmp(option, "--chunks")) limits.chunkBytes = count(value);
		else if (!strcmp(option, "--slots")) limits.slots = count(value);
		else if (!strcmp(option, "--stack")) limits.stackSlots = count(value);
		else if (!strcmp(option, "--full") && !strcmp(value, "abort")) limits.endsWhenFull = 1;
		else if (!strcmp(option, "--full") && !strcmp(value, "throw")) limits.endsWhenFull = 0;
		else if (!strcmp(option, "--state")) boardStateFolder = value;
		else if (!strcmp(option, "--config-fd")) config = readAll(fdopen(count(value), "r"), option, &length);
		else usage();
	}
	if (at + 1 != argc) usage();
	char *source = readAll(fopen(argv[at], "rb"), argv[at], &length);
	void *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	xsMachine *the = memory == MAP_FAILED ? NULL : boardCreate(memory, MEMORY);
	if (!the) {
		fputs("board: no memory for the machine\n", stderr);
		return 1;
	}
	boardInstall(the, config);
	boardDefineBundle(argv[at], source, length);
	if (!(the = boardStart(the, argv[at], &limits))) {
		fprintf(stderr, "board: %s does not start\n", argv[at]);
		return 1;
	}
	struct sigaction action = { .sa_handler = onSignal };
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	boardRun(the);
	return 0;
}
