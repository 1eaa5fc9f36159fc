/*
 * What the fuzzer's addon takes from a C library of 2023 and a C++ library of its time, for a system with older ones
 * (Debian 12): the same functions under the names that they have there.
 */
#include <stdlib.h>

long __isoc23_strtol(const char* text, char** end, int base)
{
	return strtol(text, end, base);
}

unsigned long __isoc23_strtoul(const char* text, char** end, int base)
{
	return strtoul(text, end, base);
}

/* std::ios_base::Init: who includes <iostream> with an older library has done it. */
void _ZSt21ios_base_library_initv(void)
{
}
