/* The names in the state folder, which is the only one. */
#ifndef RV32_DIRENT_H
#define RV32_DIRENT_H

#include <limits.h>

struct dirent {
	char d_name[NAME_MAX + 1];
};

typedef struct Directory DIR;

DIR *opendir(const char *path);
struct dirent *readdir(DIR *directory);
int closedir(DIR *directory);

#endif
