/* The board's virtio console, whose other end is the bridge's. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stddef.h>
#include <stdint.h>

/* Of the processor's timer, from the start. */
#define TICKS_PER_MILLISECOND 10000

void consoleStart(void);
void consoleSend(const void *bytes, size_t length);

/* The next byte that has come, or -1. */
int consoleByte(void);

/* Sleeps until a byte has come or it is time; or less. */
void consoleSleep(uint64_t ticks);

uint64_t consoleTicks(void);

#endif
