/* fieldssh/entropy on Linux: getrandom(), which waits until the kernel has been seeded. */
#include <errno.h>
#include <sys/random.h>
#include "xsmc.h"

void xs_fieldssh_entropy(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length, filled = 0;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	while (filled < length) {
		ssize_t count = getrandom((char *)bytes + filled, length - filled, 0);
		if (count < 0 && errno == EINTR) continue;
		if (count <= 0) xsUnknownError("no entropy");
		filled += count;
	}
}
