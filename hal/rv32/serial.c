/* The UART (a 16550), and frames over it. qemu's `virt` board: its manual has the addresses. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "board.h"
#include "serial.h"

#define BYTE(address) (*(volatile uint8_t *)(address))
#define WORD(address) (*(volatile uint32_t *)(address))

#define UART_DATA BYTE(0x10000000)
#define UART_INTERRUPTS BYTE(0x10000001)
#define UART_FIFO BYTE(0x10000002)
#define UART_LINE BYTE(0x10000003)
#define UART_STATUS BYTE(0x10000005)
#define RECEIVED 0x01
#define MAY_SEND 0x20
#define SEND_FIFO 16

/* The interrupt controller, of which only this interrupt is used, and the timer, of 10 MHz. */
#define UART_INTERRUPT 10
#define PLIC_PRIORITY WORD(0x0c000000 + 4 * UART_INTERRUPT)
#define PLIC_ENABLE WORD(0x0c002000)
#define PLIC_THRESHOLD WORD(0x0c200000)
#define PLIC_CLAIM WORD(0x0c200004)
#define TIME_LOW WORD(0x0200bff8)
#define TIME_HIGH WORD(0x0200bffc)
#define ALARM_LOW WORD(0x02004000)
#define ALARM_HIGH WORD(0x02004004)
#define TICKS_PER_MILLISECOND 10000

/* In mie: the timer's interrupt, and those of the interrupt controller. */
#define TIMER_AND_EXTERNAL 0x880

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

static uint64_t ticks(void)
{
	uint32_t high, low;
	do {
		high = TIME_HIGH;
		low = TIME_LOW;
	} while (high != TIME_HIGH);
	return (uint64_t)high << 32 | low;
}

uint64_t boardMilliseconds(void)
{
	return ticks() / TICKS_PER_MILLISECOND;
}

/* --- bytes */

void serialStart(void)
{
	UART_LINE = 3;
	UART_FIFO = 7;
	UART_INTERRUPTS = 1;
	PLIC_PRIORITY = 1;
	PLIC_THRESHOLD = 0;
	PLIC_ENABLE = 1 << UART_INTERRUPT;
	asm volatile("csrw mie, %0" : : "r"(TIMER_AND_EXTERNAL));
}

/* Interrupts wake the processor and are not taken: mstatus.MIE stays off. */
static void sleepUntil(uint64_t alarm)
{
	ALARM_HIGH = UINT32_MAX;
	ALARM_LOW = (uint32_t)alarm;
	ALARM_HIGH = (uint32_t)(alarm >> 32);
	asm volatile("wfi");
	PLIC_CLAIM = PLIC_CLAIM;
}

static void sendBytes(const uint8_t *bytes, size_t length)
{
	for (size_t at = 0; at < length; at++) {
		if (at % SEND_FIFO == 0)
			while (!(UART_STATUS & MAY_SEND)) {}
		UART_DATA = bytes[at];
	}
}

/* --- frames */

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
	default:
		socketFrame(incoming.head[0], incoming.head[1], incoming.bytes, length);
	}
}

/* Returns whether a frame came to its end. */
static int takeInFrame(void)
{
	while (UART_STATUS & RECEIVED) {
		uint8_t byte = UART_DATA;
		if (incoming.count < sizeof(incoming.head)) incoming.head[incoming.count] = byte;
		else incoming.bytes[incoming.count - sizeof(incoming.head)] = byte;
		if (++incoming.count < sizeof(incoming.head)) continue;
		size_t length = incoming.head[2] | incoming.head[3] << 8;
		if (length > FRAME_ROOM) abort();
		if (incoming.count < sizeof(incoming.head) + length) continue;
		incoming.count = 0;
		dispatch(length);
		return 1;
	}
	return 0;
}

void serialSend(int type, int connection, const void *bytes, size_t length)
{
	const uint8_t head[] = { type, connection, length & 255, length >> 8 };
	enter();
	sendBytes(head, sizeof(head));
	sendBytes(bytes, length);
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
	uint64_t alarm = until < UINT64_MAX / TICKS_PER_MILLISECOND ? until * TICKS_PER_MILLISECOND : UINT64_MAX;
	enter();
	while (!takeInFrame() && ticks() < alarm) sleepUntil(alarm);
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
