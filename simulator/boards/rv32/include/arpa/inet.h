/* Addresses stay text, and ports stay as they are. */
#ifndef RV32_INET_H
#define RV32_INET_H

#include <netinet/in.h>
#include <string.h>

#define htons(port) (port)
#define ntohs(port) (port)

static inline int inet_pton(int family, const char *text, struct in_addr *address)
{
	if (strlen(text) >= sizeof(address->text)) return 0;
	strcpy(address->text, text);
	return 1;
}

static inline const char *inet_ntop(int family, const struct in_addr *address, char *text, socklen_t size)
{
	return strncpy(text, address->text, size);
}

#endif
