/* What entropy-pico.c uses of XS: the test calls it with a buffer, and is told of what is thrown. */
#include <setjmp.h>
#include <stdint.h>

typedef struct {
	void *bytes;
	uint32_t length;
	jmp_buf thrown;
} xsMachine;
typedef uint32_t xsUnsignedValue;

#define xsArg(index) (index)
#define xsmcGetBufferWritable(slot, pointer, size) ((void)(slot), *(pointer) = the->bytes, *(size) = the->length)
#define xsUnknownError(text) longjmp(the->thrown, 1)
