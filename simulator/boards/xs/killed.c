/*
 * A board that is killed while it stores something, for tests: before the n-th of its calls that open a file to write to,
 * have the disk take it, or rename it, counted from 0; or with half of the bytes written, where that is a write.
 * BOARD_KILLED_AT in the environment says which. The linker puts what is here in front of those of files.c (engine.ts).
 */
/* Where offsets have two sizes, both names are for what they are here; files.c goes by the long one. */
#undef _FILE_OFFSET_BITS
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

extern int __real_fsync(int file);
extern int __real_open(const char *path, int flags, ...);
extern int __real_open64(const char *path, int flags, ...);
extern ssize_t __real_pwrite(int file, const void *bytes, size_t size, off_t position);
extern ssize_t __real_pwrite64(int file, const void *bytes, size_t size, off64_t position);
extern int __real_rename(const char *from, const char *to);

static int isLast(void)
{
	static int calls;
	const char *at = getenv("BOARD_KILLED_AT");
	return at && calls++ == atoi(at);
}

static void die(void)
{
	kill(getpid(), SIGKILL);
}

int __wrap_fsync(int file)
{
	if (isLast()) die();
	return __real_fsync(file);
}

/* What firmware opens with a mode it opens to write to. */
int __wrap_open(const char *path, int flags, ...)
{
	if (!(flags & O_CREAT)) return __real_open(path, flags);
	va_list more;
	va_start(more, flags);
	mode_t mode = va_arg(more, mode_t);
	va_end(more);
	if (isLast()) die();
	return __real_open(path, flags, mode);
}

int __wrap_open64(const char *path, int flags, ...)
{
	if (!(flags & O_CREAT)) return __real_open64(path, flags);
	va_list more;
	va_start(more, flags);
	mode_t mode = va_arg(more, mode_t);
	va_end(more);
	if (isLast()) die();
	return __real_open64(path, flags, mode);
}

ssize_t __wrap_pwrite(int file, const void *bytes, size_t size, off_t position)
{
	if (isLast()) {
		__real_pwrite(file, bytes, size / 2, position);
		die();
	}
	return __real_pwrite(file, bytes, size, position);
}

ssize_t __wrap_pwrite64(int file, const void *bytes, size_t size, off64_t position)
{
	if (isLast()) {
		__real_pwrite64(file, bytes, size / 2, position);
		die();
	}
	return __real_pwrite64(file, bytes, size, position);
}

int __wrap_rename(const char *from, const char *to)
{
	if (isLast()) die();
	return __real_rename(from, to);
}
