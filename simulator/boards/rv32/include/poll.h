/* Waits for sockets, and for nothing else. */
#ifndef RV32_POLL_H
#define RV32_POLL_H

#define POLLIN 1
#define POLLOUT 4
#define POLLERR 8
#define POLLHUP 16

struct pollfd {
	int fd;
	short events;
	short revents;
};

int poll(struct pollfd *polls, unsigned count, int milliseconds);

#endif
