/* fieldssh/entropy on Windows: rand_s(), which is the system's RtlGenRandom. */
#define _CRT_RAND_S
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"

void xs_fieldssh_entropy(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length, filled = 0;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	while (filled < length) {
		unsigned int word;
		xsUnsignedValue count = length - filled < sizeof(word) ? length - filled : sizeof(word);
		if (rand_s(&word)) xsUnknownError("no entropy");
		memcpy((char *)bytes + filled, &word, count);
		filled += count;
	}
}
