/* Both kinds of names are the one of sys/socket.h: no family differs from the other here. */
#ifndef RV32_IN_H
#define RV32_IN_H

#include <sys/socket.h>

#define in6_addr in_addr

struct sockaddr_in {
	uint16_t sin_family;
	uint16_t sin_port;
	struct in_addr sin_addr;
};

struct sockaddr_in6 {
	uint16_t sin6_family;
	uint16_t sin6_port;
	struct in_addr sin6_addr;
};

#define IPPROTO_TCP 6
#define IPPROTO_IPV6 41
#define IPV6_V6ONLY 26
#define IN6_IS_ADDR_V4MAPPED(address) 0

#endif
