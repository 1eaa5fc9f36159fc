/* The system's files that simulator/boards/xs/files.c is written for: the bridge has them, in the state folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "board.h"
#include "posix.h"
#include "serial.h"

/* Bytes of a file in one frame. */
#define PIECE 512

typedef struct {
	uint32_t file;
	uint32_t position;
	union {
		uint16_t size;
		uint8_t bytes[PIECE];
	};
} FileRequest;

/* The name after the state folder's, which is none for the folder. */
static const char *nameOf(const char *path)
{
	size_t length = strlen(boardStateFolder);
	return path[length] == '/' ? path + length + 1 : "";
}

static int fileCall(int call, int fd)
{
	const uint32_t file = fd - FIRST_FILE_FD;
	return serialCall(call, &file, sizeof(file), NULL, 0, NULL);
}

int open(const char *path, int flags, ...)
{
	char request[1 + NAME_MAX + 1];
	request[0] = (flags & O_ACCMODE) == O_WRONLY;
	strcpy(request + 1, nameOf(path));
	int32_t file = serialCall(CALL_FILE_OPEN, request, 1 + strlen(request + 1), NULL, 0, NULL);
	return file < 0 ? -1 : FIRST_FILE_FD + file;
}

int close(int fd)
{
	if (fd >= FIRST_FILE_FD) return fileCall(CALL_FILE_CLOSE, fd);
	socketClose(fd);
	return 0;
}

ssize_t pread(int fd, void *to, size_t size, off_t position)
{
	size_t at = 0, got;
	do {
		FileRequest request = { fd - FIRST_FILE_FD, position + at, { size - at < PIECE ? size - at : PIECE } };
		if (serialCall(CALL_FILE_READ, &request, 10, (char *)to + at, request.size, &got) < 0) return -1;
		at += got;
	} while (got && at < size);
	return at;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t position)
{
	size_t at = 0;
	while (at < size) {
		FileRequest request = { fd - FIRST_FILE_FD, position + at };
		size_t piece = size - at < PIECE ? size - at : PIECE;
		memcpy(request.bytes, (const char *)bytes + at, piece);
		int32_t count = serialCall(CALL_FILE_WRITE, &request, 8 + piece, NULL, 0, NULL);
		if (count <= 0) return -1;
		at += count;
	}
	return at;
}

int fstat(int fd, struct stat *status)
{
	int32_t size = fileCall(CALL_FILE_SIZE, fd);
	memset(status, 0, sizeof(*status));
	status->st_mode = S_IFREG;
	status->st_size = size;
	return size < 0 ? -1 : 0;
}

int fsync(int fd)
{
	return fileCall(CALL_FILE_SYNC, fd);
}

int unlink(const char *path)
{
	const char *name = nameOf(path);
	return serialCall(CALL_FILE_DELETE, name, strlen(name), NULL, 0, NULL);
}

int rename(const char *from, const char *to)
{
	char names[2 * (NAME_MAX + 1)];
	int length = snprintf(names, sizeof(names), "%s%c%s", nameOf(from), 0, nameOf(to));
	return serialCall(CALL_FILE_MOVE, names, length, NULL, 0, NULL);
}

/* The bridge has made it. */
int mkdir(const char *path, mode_t mode)
{
	return 0;
}

struct Directory {
	uint16_t index;
	struct dirent entry;
};

DIR *opendir(const char *path)
{
	static DIR directory;
	directory.index = 0;
	return &directory;
}

struct dirent *readdir(DIR *directory)
{
	size_t length;
	char *name = directory->entry.d_name;
	if (serialCall(CALL_FILE_NAME, &directory->index, 2, name, NAME_MAX, &length) < 0 || length == 0) return NULL;
	directory->index++;
	name[length] = 0;
	return &directory->entry;
}

int closedir(DIR *directory)
{
	return 0;
}
