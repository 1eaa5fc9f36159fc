/* fieldssh/entropy on macOS: arc4random_buf(), which the system seeds and which cannot fail. */
#include <stdlib.h>
#include "xsmc.h"

void xs_fieldssh_entropy(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	arc4random_buf(bytes, length);
}
