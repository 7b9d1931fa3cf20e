/* SPDX-License-Identifier: MIT */
/* files.c - the bytes of one calendar: a file, or all .ics files of a folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "calendar/calendar.h"

static void descriptor_close(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}

static bool file_read(struct arena *arena, const char *path, size_t room,
                      struct calendar_file *file, struct fault *fault)
{
    __attribute__((cleanup(descriptor_close))) int descriptor =
        open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot open calendar '%s'", path);
    if (!S_ISREG(status.st_mode))
        return fault_set(fault, FAULT_INPUT, "calendar '%s' is not a file", path);
    CLEANUP(text_clear) struct text bytes = {0};
    for (;;) {
        char piece[16384];
        ssize_t size = read(descriptor, piece, sizeof piece);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot read calendar '%s'", path);
        if (size == 0)
            break;
        if (bytes.size + (size_t)size > room)
            return fault_set(fault, FAULT_LIMIT, "calendar '%s' is larger than 16 MiB", path);
        text_add_bytes(&bytes, piece, (size_t)size);
    }
    file->name = arena_copy(arena, path);
    file->bytes = (struct span){arena_copy_span(arena, text_span(&bytes)), bytes.size};
    return true;
}

static int is_ics(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return entry->d_name[0] != '.' && size > 4 && string_same(entry->d_name + size - 4, ".ics");
}

static bool folder_read(struct arena *arena, const char *path, struct calendar_file *files,
                        size_t *file_count, struct fault *fault)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_ics, alphasort);
    if (count < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot read folder '%s'", path);
    bool is_good = true;
    size_t room = CALENDAR_BYTES_MAX;
    if (count == 0)
        is_good = fault_set(fault, FAULT_INPUT, "folder '%s' holds no .ics file", path);
    if (count > CALENDAR_FILES_MAX)
        is_good = fault_set(fault, FAULT_LIMIT, "folder '%s' holds more than %d .ics files", path,
                            CALENDAR_FILES_MAX);
    for (int i = 0; i < count; i++) {
        const char *name = arena_format(arena, "%s/%s", path, entries[i]->d_name);
        is_good = is_good && file_read(arena, name, room, &files[i], fault);
        if (is_good)
            room -= files[i].bytes.size;
        free(entries[i]);
    }
    free(entries);
    if (is_good)
        *file_count = (size_t)count;
    return is_good;
}

bool calendar_read(struct arena *arena, const char *path, struct calendar_file *files,
                   size_t *file_count, struct fault *fault)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot find calendar '%s'", path);
    if (S_ISDIR(status.st_mode))
        return folder_read(arena, path, files, file_count, fault);
    if (!file_read(arena, path, CALENDAR_BYTES_MAX, &files[0], fault))
        return false;
    *file_count = 1;
    return true;
}
