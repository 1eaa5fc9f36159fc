/*
 * What XS asks of a platform, for the XS board: this is XSPLATFORM. A bare machine with 32 or 64 bits, no debugger,
 * no threads; memory, modules and the end of the world are in machine.c.
 */
#ifndef BOARD_PLATFORM_H
#define BOARD_PLATFORM_H

#undef mxLittleEndian
#define mxLittleEndian 1
#define mxExport extern
#define mxImport extern
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

typedef int txSocket;
#define mxNoSocket -1

/* The waiter fields are XS's own, for Atomics.wait. */
#define mxMachinePlatform \
	int promiseJobs; \
	void *waiterCondition; \
	void *waiterData; \
	void *waiterLink;

#define mxUseDefaultBuildKeys 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1
#define mxUseDefaultCStackLimit 0

/* Slots of 16 bytes have room for identifiers of 16 bits, slots of 32 bytes for 32 bits. */
#if INTPTR_MAX == INT64_MAX
	#define mx32bitID 1
#endif

#define mxCESU8 1

#endif
