/* Descriptors: connections have their own numbers, from 1. */
#ifndef RV32_POSIX_H
#define RV32_POSIX_H

#define LISTENER_FD 99
#define FIRST_FILE_FD 100

/* posix-sockets.c */
void socketClose(int fd);

#endif
