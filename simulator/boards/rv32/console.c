/*
 * A driver for the virtio console (Virtual I/O Device 1.1, sections 2.6, 4.2 and 5.3): one queue of buffers to receive in,
 * one to send. A UART would do, but qemu makes a system call for each byte of one. qemu's manual has the addresses.
 */
#include <stdlib.h>
#include "console.h"

#define WORD(address) (*(volatile uint32_t *)(address))

/* The devices in a row, each with its interrupt. */
#define VIRTIO(place) (0x10001000 + 0x1000 * (place))
#define VIRTIO_PLACES 8
#define VIRTIO_CONSOLE 3

enum {
	DEVICE_ID = 0x008,
	DRIVER_FEATURES = 0x020,
	DRIVER_FEATURES_SELECT = 0x024,
	QUEUE_SELECT = 0x030,
	QUEUE_SIZE = 0x038,
	QUEUE_READY = 0x044,
	QUEUE_NOTIFY = 0x050,
	INTERRUPT_STATUS = 0x060,
	INTERRUPT_ACKNOWLEDGE = 0x064,
	STATUS = 0x070,
	QUEUE_DESCRIPTORS = 0x080,
	QUEUE_AVAILABLE = 0x090,
	QUEUE_USED = 0x0a0,
};

enum { ACKNOWLEDGED = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };

/* Feature 32 is bit 0 of the second word. */
#define VERSION_1 1

/* The interrupt controller, of which only this interrupt is used, and the timer. */
#define PLIC_PRIORITY(interrupt) WORD(0x0c000000 + 4 * (interrupt))
#define PLIC_ENABLE WORD(0x0c002000)
#define PLIC_THRESHOLD WORD(0x0c200000)
#define PLIC_CLAIM WORD(0x0c200004)
#define TIME_LOW WORD(0x0200bff8)
#define TIME_HIGH WORD(0x0200bffc)
#define ALARM_LOW WORD(0x02004000)
#define ALARM_HIGH WORD(0x02004004)

/* In mie: the timer's interrupt, and those of the interrupt controller. */
#define TIMER_AND_EXTERNAL 0x880

#define SIZE 8
#define BUFFER_SIZE 512

enum { RECEIVE, SEND };
enum { DEVICE_WRITES = 2 };

typedef struct {
	struct {
		uint64_t address;
		uint32_t length;
		uint16_t flags, next;
	} descriptors[SIZE];
	struct {
		uint16_t flags;
		volatile uint16_t index;
		uint16_t ring[SIZE];
	} available;
	struct {
		uint16_t flags;
		volatile uint16_t index;
		struct {
			uint32_t descriptor, length;
		} ring[SIZE];
	} used __attribute__((aligned(4)));
	/* Of the used ones, those that we have looked at. */
	uint16_t seen;
} __attribute__((aligned(16))) Queue;

static Queue queues[2];
static uint8_t received[SIZE][BUFFER_SIZE];
/* In the buffer that is being read. */
static size_t readCount;
static uint32_t device;

#define REGISTER(name) WORD(device + (name))

/* What was written to memory is there before what follows. */
static void fence(void)
{
	asm volatile("fence" : : : "memory");
}

static void offer(int number, uint16_t descriptor)
{
	Queue *queue = &queues[number];
	queue->available.ring[queue->available.index % SIZE] = descriptor;
	fence();
	queue->available.index++;
	fence();
	REGISTER(QUEUE_NOTIFY) = number;
}

static void startQueue(int number)
{
	Queue *queue = &queues[number];
	REGISTER(QUEUE_SELECT) = number;
	REGISTER(QUEUE_SIZE) = SIZE;
	REGISTER(QUEUE_DESCRIPTORS) = (uint32_t)&queue->descriptors;
	REGISTER(QUEUE_AVAILABLE) = (uint32_t)&queue->available;
	REGISTER(QUEUE_USED) = (uint32_t)&queue->used;
	REGISTER(QUEUE_READY) = 1;
}

void consoleStart(void)
{
	int place = 0;
	while (place < VIRTIO_PLACES && WORD(VIRTIO(place) + DEVICE_ID) != VIRTIO_CONSOLE) place++;
	if (place == VIRTIO_PLACES) abort();
	device = VIRTIO(place);
	REGISTER(STATUS) = ACKNOWLEDGED | DRIVER;
	REGISTER(DRIVER_FEATURES_SELECT) = 1;
	REGISTER(DRIVER_FEATURES) = VERSION_1;
	REGISTER(STATUS) = ACKNOWLEDGED | DRIVER | FEATURES_OK;
	startQueue(RECEIVE);
	startQueue(SEND);
	REGISTER(STATUS) = ACKNOWLEDGED | DRIVER | FEATURES_OK | DRIVER_OK;
	for (int i = 0; i < SIZE; i++) {
		queues[RECEIVE].descriptors[i].address = (uint32_t)received[i];
		queues[RECEIVE].descriptors[i].length = BUFFER_SIZE;
		queues[RECEIVE].descriptors[i].flags = DEVICE_WRITES;
		offer(RECEIVE, i);
	}

	PLIC_PRIORITY(1 + place) = 1;
	PLIC_THRESHOLD = 0;
	PLIC_ENABLE = 1 << (1 + place);
	asm volatile("csrw mie, %0" : : "r"(TIMER_AND_EXTERNAL));
}

/* Until the device has taken them: the bytes stay the caller's. */
void consoleSend(const void *bytes, size_t length)
{
	Queue *queue = &queues[SEND];
	if (length == 0) return;
	queue->descriptors[0].address = (uint32_t)bytes;
	queue->descriptors[0].length = length;
	offer(SEND, 0);
	queue->seen++;
	while (queue->used.index != queue->seen) {}
}

int consoleByte(void)
{
	Queue *queue = &queues[RECEIVE];
	if (queue->used.index == queue->seen) return -1;
	fence();
	uint32_t descriptor = queue->used.ring[queue->seen % SIZE].descriptor;
	int byte = received[descriptor][readCount++];
	if (readCount == queue->used.ring[queue->seen % SIZE].length) {
		readCount = 0;
		queue->seen++;
		offer(RECEIVE, descriptor);
	}
	return byte;
}

/* --- time */

uint64_t consoleTicks(void)
{
	uint32_t high, low;
	do {
		high = TIME_HIGH;
		low = TIME_LOW;
	} while (high != TIME_HIGH);
	return (uint64_t)high << 32 | low;
}

/* Interrupts wake the processor and are not taken: mstatus.MIE stays off. The caller looks for bytes afterwards. */
void consoleSleep(uint64_t alarm)
{
	ALARM_HIGH = UINT32_MAX;
	ALARM_LOW = (uint32_t)alarm;
	ALARM_HIGH = (uint32_t)(alarm >> 32);
	asm volatile("wfi");
	PLIC_CLAIM = PLIC_CLAIM;
	REGISTER(INTERRUPT_ACKNOWLEDGE) = REGISTER(INTERRUPT_STATUS);
}
