/*
 * The emulated board's one wire to the world: its console, on whose other end bridge.ts serves what a device would have
 * hardware for. What goes over it are frames:
 *
 *     byte    type
 *     byte    connection, or 0
 *     uint16  length of what follows, little endian
 *     byte[length]
 *
 * frames.ts has the same numbers.
 */
#ifndef SERIAL_H
#define SERIAL_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that follow a frame's head, at most. */
#define FRAME_ROOM 1024

enum {
	/* Either way, of a connection. */
	FRAME_DATA = 1,
	/* uint16: so many bytes more may be sent to whom this comes from. */
	FRAME_WINDOW,
	/* No more data will follow. */
	FRAME_END,

	/* From the bridge. A client has connected: its address. */
	FRAME_OPEN = 16,
	/* The client's end is gone. The connection's number is in use until the board closes it. */
	FRAME_RESET,
	/* int32: the result of a call, or an error below 0 (see serialCall); byte[]. */
	FRAME_REPLY,
	/* The user wants the board to end. */
	FRAME_SIGNAL,
	/* The bridge is there: it says so every few seconds. */
	FRAME_ALIVE,

	/* From the board. */
	FRAME_CLOSE = 32,
	FRAME_STDOUT,
	FRAME_STDERR,

	/* Calls, which the bridge answers one at a time.
	 * Result: bytes of the firmware. Bytes: uint32 each of chunk bytes, slots and stack slots to run it with, and
	 * whether it ends when they are full. */
	CALL_BOOT = 64,
	/* uint32 position. Bytes: of the configuration from there on, none at its end. */
	CALL_CONFIG,
	/* uint16 size. Bytes: so many, random. */
	CALL_RANDOM,
	/* uint16 port, text address. Result: the port. */
	CALL_LISTEN,
	CALL_UNLISTEN,
	/* byte 1 to write to an empty file and 0 to read, text name: of a file, or the folder's, which is empty. Result: a
	 * file's number. */
	CALL_FILE_OPEN,
	/* The next have the file's number, a uint32, in front. */
	CALL_FILE_CLOSE,
	/* uint32 position, uint16 size. Bytes: of the file. */
	CALL_FILE_READ,
	/* uint32 position, byte[]. Result: how many are written. */
	CALL_FILE_WRITE,
	/* Result: its size. */
	CALL_FILE_SIZE,
	CALL_FILE_SYNC,
	/* Text name. */
	CALL_FILE_DELETE,
	/* Two names, with a zero byte between them. */
	CALL_FILE_MOVE,
	/* uint16 index. Bytes: the name at that place in the folder, none behind the last. */
	CALL_FILE_NAME,
};

void serialSend(int type, int connection, const void *bytes, size_t length);

/* Takes in the frames that are there. */
void serialTakeIn(void);

/* Takes in frames until one has come or the time is over (milliseconds as boardMilliseconds()). Sleeps meanwhile. When the
 * bridge says nothing for long, it is gone, and the board ends. */
void serialWait(uint64_t until);

/* Returns the result, which is never below 0, or -1 and errno. `reply` takes at most `room` bytes; *got says how many. */
int32_t serialCall(int call, const void *bytes, size_t length, void *reply, size_t room, size_t *got);

/* Instructions since the start, less those that this wire took: a device has other ones there. */
uint64_t serialInstructions(void);

/* posix-sockets.c: what the bridge says of a connection. */
void socketFrame(int type, int connection, const uint8_t *bytes, size_t length);

#endif
