/* SPDX-License-Identifier: MIT */
#include "daemon/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

static bool folder_sync(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return is_synced;
}

/* A new folder must be on the disk by its name, or a power cut takes all that is in it. One that is
 * there may have been made by a start that was killed; who made it for us may hide what is above.
 */
bool folder_make(const char *path, struct fault *fault)
{
    bool is_new = mkdir(path, 0700) == 0;
    if (!is_new && errno != EEXIST)
        return fault_set(fault, FAULT_SYSTEM, "cannot make the state directory '%s'", path);
    char *copy = string_copy(path);
    bool is_synced = folder_sync(dirname(copy));
    free(copy);
    if (is_new && !is_synced)
        return fault_set(fault, FAULT_SYSTEM, "cannot put the state directory '%s' on disk", path);
    return true;
}

char *file_text(const char *path, struct fault *fault)
{
    CLEANUP(text_clear) struct text text = {0};
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    if (file == NULL) {
        fault_set(fault, FAULT_SYSTEM, "cannot read '%s'", path == NULL ? "" : path);
        return NULL;
    }
    char bytes[4096];
    size_t got;
    while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0 && text.size < 1024 * 1024)
        text_add_bytes(&text, bytes, got);
    fclose(file);
    return text_take(&text);
}
