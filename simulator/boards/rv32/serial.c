/* Frames over the console. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "board.h"
#include "console.h"
#include "serial.h"

#define BRIDGE_GONE_STATUS 71

/* Milliseconds. The bridge is heard from every five seconds. */
#define SILENCE 30000

/* --- time */

static uint64_t instructions(void)
{
	uint32_t high, low, again;
	do {
		asm volatile("rdinstreth %0" : "=r"(high));
		asm volatile("rdinstret %0" : "=r"(low));
		asm volatile("rdinstreth %0" : "=r"(again));
	} while (high != again);
	return (uint64_t)high << 32 | low;
}

static uint64_t spent, entered;
static int depth;

static void enter(void)
{
	if (depth++ == 0) entered = instructions();
}

static void leave(void)
{
	if (--depth == 0) spent += instructions() - entered;
}

uint64_t serialInstructions(void)
{
	return instructions() - spent;
}

uint64_t boardMilliseconds(void)
{
	return consoleTicks() / TICKS_PER_MILLISECOND;
}

/* --- frames */

static uint64_t lastHeard;

static struct {
	uint8_t head[4];
	uint8_t bytes[FRAME_ROOM];
	/* Of both. */
	size_t count;
} incoming;

/* The answer that a call waits for. */
static struct {
	int awaited;
	int32_t result;
	uint8_t *bytes;
	size_t room, count;
} reply;

static int errorOf(int32_t result)
{
	static const int errors[] = { EIO, ENOENT, EACCES, EROFS, ENOSPC, ELOOP, EISDIR, ENOTDIR, EADDRINUSE, EADDRNOTAVAIL };
	size_t at = -(result + 1);
	return at < sizeof(errors) / sizeof(*errors) ? errors[at] : EIO;
}

static void dispatch(size_t length)
{
	switch (incoming.head[0]) {
	case FRAME_REPLY:
		reply.awaited = 0;
		memcpy(&reply.result, incoming.bytes, 4);
		reply.count = length - 4 < reply.room ? length - 4 : reply.room;
		if (reply.count) memcpy(reply.bytes, incoming.bytes + 4, reply.count);
		break;
	case FRAME_SIGNAL:
		boardSignalled = 1;
		break;
	case FRAME_ALIVE:
		break;
	default:
		socketFrame(incoming.head[0], incoming.head[1], incoming.bytes, length);
	}
}

/* Returns whether a frame came to its end. */
static int takeInFrame(void)
{
	for (int byte; (byte = consoleByte()) >= 0;) {
		if (incoming.count < sizeof(incoming.head)) incoming.head[incoming.count] = byte;
		else incoming.bytes[incoming.count - sizeof(incoming.head)] = byte;
		if (++incoming.count < sizeof(incoming.head)) continue;
		size_t length = incoming.head[2] | incoming.head[3] << 8;
		if (length > FRAME_ROOM) abort();
		if (incoming.count < sizeof(incoming.head) + length) continue;
		incoming.count = 0;
		lastHeard = boardMilliseconds();
		dispatch(length);
		return 1;
	}
	return 0;
}

void serialSend(int type, int connection, const void *bytes, size_t length)
{
	const uint8_t head[] = { type, connection, length & 255, length >> 8 };
	enter();
	consoleSend(head, sizeof(head));
	consoleSend(bytes, length);
	leave();
}

void serialTakeIn(void)
{
	enter();
	while (takeInFrame()) {}
	leave();
}

void serialWait(uint64_t until)
{
	enter();
	while (!takeInFrame()) {
		uint64_t now = boardMilliseconds(), silent = lastHeard + SILENCE;
		if (now >= until) break;
		if (now >= silent) exit(BRIDGE_GONE_STATUS);
		consoleSleep((until < silent ? until : silent) * TICKS_PER_MILLISECOND);
	}
	leave();
}

int32_t serialCall(int call, const void *bytes, size_t length, void *to, size_t room, size_t *got)
{
	reply.awaited = 1;
	reply.bytes = to;
	reply.room = room;
	serialSend(call, 0, bytes, length);
	while (reply.awaited) serialWait(UINT64_MAX);
	if (got) *got = reply.count;
	if (reply.result >= 0) return reply.result;
	errno = errorOf(reply.result);
	return -1;
}
