/*
 * Sockets as far as simulator/boards/xs/sockets.c uses them. Here they are connections of the bridge (see ../../posix-sockets.c), and an
 * address is its text, which only the bridge needs to understand.
 */
#ifndef RV32_SOCKET_H
#define RV32_SOCKET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define AF_INET 2
#define AF_INET6 10
#define SOCK_STREAM 1
#define SOCK_NONBLOCK 0
#define SOCK_CLOEXEC 0
#define SOL_SOCKET 1
#define SO_REUSEADDR 2
#define SHUT_WR 1
#define MSG_NOSIGNAL 0

#define INET6_ADDRSTRLEN 46

typedef unsigned socklen_t;

struct in_addr {
	char text[INET6_ADDRSTRLEN];
};

struct sockaddr {
	uint16_t sa_family;
	uint16_t sa_port;
	struct in_addr sa_addr;
};

int socket(int family, int type, int protocol);
int setsockopt(int fd, int level, int name, const void *value, socklen_t size);
int bind(int fd, const struct sockaddr *name, socklen_t size);
int listen(int fd, int backlog);
int accept4(int fd, struct sockaddr *name, socklen_t *size, int flags);
int getsockname(int fd, struct sockaddr *name, socklen_t *size);
int getpeername(int fd, struct sockaddr *name, socklen_t *size);
ssize_t recv(int fd, void *to, size_t room, int flags);
ssize_t send(int fd, const void *bytes, size_t count, int flags);
int shutdown(int fd, int how);

#endif
