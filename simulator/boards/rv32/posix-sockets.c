/*
 * The system's sockets that simulator/boards/xs/sockets.c is written for, over the wire: a descriptor is a connection's number. Each side
 * sends no more than the other has room for, so one connection that stands still holds up none of the others.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "board.h"
#include "posix.h"
#include "serial.h"

/* The bridge numbers connections from 1, and takes no more at a time. */
#define MAX_CONNECTIONS 16

/* What the bridge may send before it is taken. */
#define RECEIVE_ROOM 2048

enum { CLOSED, WAITING, ACCEPTED };

typedef struct {
	uint8_t state;
	/* The client will send no more; it is gone. */
	uint8_t ended, gone;
	uint8_t shut;
	/* What the bridge has room for. */
	size_t window;
	size_t received;
	char address[INET6_ADDRSTRLEN];
	uint8_t bytes[RECEIVE_ROOM];
} Connection;

static Connection connections[MAX_CONNECTIONS + 1];

/* There is one listener at a time, by this descriptor. */
static struct {
	int open;
	struct sockaddr name;
} listener;

static void grant(int fd, size_t count)
{
	const uint16_t room = count;
	serialSend(FRAME_WINDOW, fd, &room, sizeof(room));
}

void socketFrame(int type, int fd, const uint8_t *bytes, size_t length)
{
	if (fd < 1 || fd > MAX_CONNECTIONS) abort();
	Connection *connection = &connections[fd];
	if (type == FRAME_OPEN) {
		memset(connection, 0, sizeof(*connection));
		connection->state = WAITING;
		memcpy(connection->address, bytes, length < INET6_ADDRSTRLEN ? length : INET6_ADDRSTRLEN - 1);
		grant(fd, RECEIVE_ROOM);
		return;
	}
	/* What was sent before the bridge knew that it is closed. */
	if (connection->state == CLOSED) return;
	switch (type) {
	case FRAME_DATA:
		if (length > RECEIVE_ROOM - connection->received) abort();
		memcpy(connection->bytes + connection->received, bytes, length);
		connection->received += length;
		break;
	case FRAME_WINDOW:
		connection->window += bytes[0] | bytes[1] << 8;
		break;
	case FRAME_END:
		connection->ended = 1;
		break;
	case FRAME_RESET:
		connection->ended = connection->gone = 1;
		break;
	}
}

/* --- listener */

int socket(int family, int type, int protocol)
{
	if (listener.open) {
		errno = EMFILE;
		return -1;
	}
	listener.open = 1;
	return LISTENER_FD;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	return 0;
}

int bind(int fd, const struct sockaddr *name, socklen_t size)
{
	listener.name = *name;
	return 0;
}

int listen(int fd, int backlog)
{
	struct {
		uint16_t port;
		char address[INET6_ADDRSTRLEN];
	} request = { listener.name.sa_port };
	strcpy(request.address, listener.name.sa_addr.text);
	int32_t port = serialCall(CALL_LISTEN, &request, 2 + strlen(request.address), NULL, 0, NULL);
	if (port < 0) return -1;
	listener.name.sa_port = port;
	return 0;
}

int getsockname(int fd, struct sockaddr *name, socklen_t *size)
{
	*name = listener.name;
	return 0;
}

static int waiting(void)
{
	for (int fd = 1; fd <= MAX_CONNECTIONS; fd++)
		if (connections[fd].state == WAITING) return fd;
	return -1;
}

int accept4(int listener, struct sockaddr *name, socklen_t *size, int flags)
{
	int fd = waiting();
	if (fd < 0) errno = EAGAIN;
	else connections[fd].state = ACCEPTED;
	return fd;
}

/* --- connections */

int getpeername(int fd, struct sockaddr *name, socklen_t *size)
{
	name->sa_family = AF_INET;
	strcpy(name->sa_addr.text, connections[fd].address);
	return 0;
}

ssize_t recv(int fd, void *to, size_t room, int flags)
{
	Connection *connection = &connections[fd];
	size_t count = connection->received < room ? connection->received : room;
	if (count == 0) {
		if (connection->ended && !connection->gone) return 0;
		errno = connection->gone ? ECONNRESET : EAGAIN;
		return -1;
	}
	memcpy(to, connection->bytes, count);
	connection->received -= count;
	memmove(connection->bytes, connection->bytes + count, connection->received);
	grant(fd, count);
	return count;
}

ssize_t send(int fd, const void *bytes, size_t count, int flags)
{
	Connection *connection = &connections[fd];
	if (count > connection->window) count = connection->window;
	if (count > FRAME_ROOM) count = FRAME_ROOM;
	if (connection->gone || count == 0) {
		errno = connection->gone ? ECONNRESET : EAGAIN;
		return -1;
	}
	connection->window -= count;
	serialSend(FRAME_DATA, fd, bytes, count);
	return count;
}

int shutdown(int fd, int how)
{
	if (!connections[fd].shut) serialSend(FRAME_END, fd, NULL, 0);
	connections[fd].shut = 1;
	return 0;
}

void socketClose(int fd)
{
	if (fd == LISTENER_FD) {
		listener.open = 0;
		serialCall(CALL_UNLISTEN, NULL, 0, NULL, 0, NULL);
	}
	else {
		connections[fd].state = CLOSED;
		serialSend(FRAME_CLOSE, fd, NULL, 0);
	}
}

/* --- waiting */

static short eventsOf(int fd)
{
	if (fd < 0) return 0;
	if (fd == LISTENER_FD) return waiting() > 0 ? POLLIN : 0;
	const Connection *connection = &connections[fd];
	return (connection->received || connection->ended ? POLLIN : 0) | (connection->window ? POLLOUT : 0)
		| (connection->gone ? POLLERR : 0);
}

static int look(struct pollfd *polls, unsigned count)
{
	int ready = 0;
	for (unsigned i = 0; i < count; i++) {
		polls[i].revents = eventsOf(polls[i].fd) & (polls[i].events | POLLERR);
		if (polls[i].revents) ready++;
	}
	return ready;
}

int poll(struct pollfd *polls, unsigned count, int milliseconds)
{
	uint64_t until = milliseconds < 0 ? UINT64_MAX : boardMilliseconds() + milliseconds;
	serialTakeIn();
	for (;;) {
		int ready = look(polls, count);
		if (ready || boardSignalled == 1 || boardMilliseconds() >= until) return ready;
		serialWait(until);
	}
}
