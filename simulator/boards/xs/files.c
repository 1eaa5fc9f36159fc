/*
 * embedded:storage/files, for what firmware keeps: the root directory is the state folder. Names are plain; there are
 * no folders below it, as a key store would have it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "xsmc.h"
#include "board.h"

static xsSlot filePrototype;

typedef char Path[PATH_MAX];

static void fail(xsMachine *the, const char *path)
{
	xsUnknownError("%s: %s", path, strerror(errno));
}

static void toPath(xsMachine *the, xsSlot *slot, Path path)
{
	char name[NAME_MAX + 1];
	fxToStringBuffer(the, slot, name, sizeof(name));
	if (!*name || *name == '/' || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		xsUnknownError("bad path");
	if (snprintf(path, PATH_MAX, "%s/%s", boardStateFolder, name) >= PATH_MAX) xsUnknownError("bad path");
}

/* --- File: its data is the descriptor + 1, so that NULL is a closed one. */

static void destroyFile(void *data)
{
	if (data) close((int)(intptr_t)data - 1);
}

static int thisFile(xsMachine *the)
{
	void *data = xsmcGetHostDataValidate(xsThis, (void *)destroyFile);
	if (!data) xsUnknownError("closed");
	return (int)(intptr_t)data - 1;
}

static void xs_file_close(xsMachine *the)
{
	destroyFile(xsmcGetHostData(xsThis));
	xsmcSetHostData(xsThis, NULL);
}

/* read(count, position) returns an ArrayBuffer, shorter at the end; read(buffer, position) a count. */
static void xs_file_read(xsMachine *the)
{
	int file = thisFile(the);
	off_t position = xsmcToInteger(xsArg(1));
	xsUnsignedValue size;
	void *to;
	ssize_t count;
	if (xsmcTypeOf(xsArg(0)) == xsReferenceType) {
		xsmcGetBufferWritable(xsArg(0), &to, &size);
		count = pread(file, to, size, position);
		if (count < 0) fail(the, "read");
		xsmcSetInteger(xsResult, count);
	}
	else {
		size = xsmcToInteger(xsArg(0));
		xsmcSetArrayBufferResizable(xsResult, NULL, size, size);
		count = pread(file, xsmcToArrayBuffer(xsResult), size, position);
		if (count < 0) fail(the, "read");
		xsmcSetArrayBufferLength(xsResult, count);
	}
}

static void xs_file_write(xsMachine *the)
{
	int file = thisFile(the);
	void *bytes;
	xsUnsignedValue size;
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (pwrite(file, bytes, size, xsmcToInteger(xsArg(1))) != (ssize_t)size) fail(the, "write");
}

static void xs_file_status(xsMachine *the)
{
	struct stat status;
	if (fstat(thisFile(the), &status)) fail(the, "status");
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	xsmcSetInteger(xsVar(0), status.st_size);
	xsmcSet(xsResult, xsID("size"), xsVar(0));
}

static void xs_file_flush(xsMachine *the)
{
	if (fsync(thisFile(the))) fail(the, "flush");
}

/* --- the directory */

/* openFile({ path, mode }): "r", or "w" for an empty file to write to. */
static void xs_files_openFile(xsMachine *the)
{
	Path path;
	struct stat status;
	int flags = O_RDONLY;
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID("mode"));
	if (xsmcTest(xsVar(0))) {
		char *mode = xsmcToString(xsVar(0));
		if (!strcmp(mode, "w")) flags = O_WRONLY | O_CREAT | O_TRUNC;
		else if (strcmp(mode, "r")) xsUnknownError("invalid mode");
	}
	xsmcGet(xsVar(0), xsArg(0), xsID("path"));
	toPath(the, &xsVar(0), path);
	if (flags != O_RDONLY) mkdir(boardStateFolder, 0700);
	int file = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (file < 0) fail(the, path);
	if (fstat(file, &status) || !S_ISREG(status.st_mode)) {
		close(file);
		xsUnknownError("not file");
	}
	xsResult = xsNewHostInstance(filePrototype);
	xsmcSetHostData(xsResult, (void *)(intptr_t)(file + 1));
}

/* A rename lasts once the folder itself is on the disk. */
static void syncFolder(void)
{
	int folder = open(boardStateFolder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) return;
	fsync(folder);
	close(folder);
}

static void xs_files_delete(xsMachine *the)
{
	Path path;
	toPath(the, &xsArg(0), path);
	if (unlink(path)) fail(the, path);
	syncFolder();
}

static void xs_files_move(xsMachine *the)
{
	Path from, to;
	toPath(the, &xsArg(0), from);
	toPath(the, &xsArg(1), to);
	if (rename(from, to)) fail(the, from);
	syncFolder();
}

/* The names in the directory. */
static void xs_files_scan(xsMachine *the)
{
	xsmcVars(1);
	xsResult = xsNewArray(0);
	DIR *folder = opendir(boardStateFolder);
	if (!folder) {
		if (errno != ENOENT) fail(the, boardStateFolder);
		return;
	}
	int count = 0;
	errno = 0;
	for (struct dirent *entry; (entry = readdir(folder)); errno = 0) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
		xsmcSetString(xsVar(0), entry->d_name);
		xsmcSetIndex(xsResult, count++, xsVar(0));
	}
	int error = errno;
	closedir(folder);
	if (error) xsUnknownError("%s: %s", boardStateFolder, strerror(error));
}

static void method(xsMachine *the, const char *name, xsCallback function, int length)
{
	xsVar(3) = xsNewHostFunction(function, length);
	xsmcDefine(xsVar(1), xsID(name), xsVar(3), xsDontEnum);
}

void boardInstallFiles(xsMachine *the)
{
	xsVar(1) = xsNewHostObject(destroyFile);
	method(the, "close", xs_file_close, 0);
	method(the, "read", xs_file_read, 2);
	method(the, "write", xs_file_write, 2);
	method(the, "status", xs_file_status, 0);
	method(the, "flush", xs_file_flush, 0);
	filePrototype = xsVar(1);
	xsRemember(filePrototype);

	xsmcSetNewObject(xsVar(1));
	method(the, "openFile", xs_files_openFile, 1);
	method(the, "delete", xs_files_delete, 1);
	method(the, "move", xs_files_move, 2);
	method(the, "scan", xs_files_scan, 0);
	xsmcSet(xsVar(0), xsID("files"), xsVar(1));
}
