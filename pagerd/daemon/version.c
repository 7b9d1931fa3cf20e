/* SPDX-License-Identifier: MIT */
#include "daemon/version.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

struct version *version_new(void)
{
    struct version *version = memory_new(1, sizeof(*version));
    version->arena = arena_new();
    version->uses = 1;
    return version;
}

struct version *version_take(struct version *version)
{
    version->uses++;
    return version;
}

void version_drop(struct version *version)
{
    if (version == NULL || --version->uses > 0)
        return;
    arena_free(version->arena);
    free(version);
}

bool version_read(struct version *version, const char *path, struct fault *fault)
{
    version->files = arena_take(version->arena, CALENDAR_FILES_MAX * sizeof(*version->files));
    if (!calendar_read(version->arena, path, version->files, &version->file_count, fault))
        return false;
    calendar_hash(version->files, version->file_count, version->hash);
    return true;
}

void version_set(struct version *version, const struct calendar_file *files, size_t file_count)
{
    version->files = arena_take(version->arena, (file_count + 1) * sizeof(*version->files));
    for (size_t i = 0; i < file_count; i++) {
        struct calendar_file *file = &version->files[i];
        file->name = arena_copy(version->arena, files[i].name);
        file->bytes =
            (struct span){arena_copy_span(version->arena, files[i].bytes), files[i].bytes.size};
    }
    version->file_count = file_count;
    calendar_hash(version->files, version->file_count, version->hash);
}

static void signature_add(struct text *signature, const char *name, const struct stat *status)
{
    text_addf(signature, "%s %jd %jd.%09ld %ju\n", name, (intmax_t)status->st_size,
              (intmax_t)status->st_mtim.tv_sec, status->st_mtim.tv_nsec, (uintmax_t)status->st_ino);
}

static int name_compare(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static int name_is_calendar(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return size > 4 && strcmp(entry->d_name + size - 4, ".ics") == 0;
}

static bool folder_sign(const char *path, struct text *signature, struct fault *fault)
{
    struct dirent **names = NULL;
    int count = scandir(path, &names, name_is_calendar, name_compare);
    if (count < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot look into '%s'", path);
    for (int i = 0; i < count; i++) {
        struct stat status;
        char *file = string_format("%s/%s", path, names[i]->d_name);
        if (i < CALENDAR_FILES_MAX && stat(file, &status) == 0)
            signature_add(signature, names[i]->d_name, &status);
        free(file);
        free(names[i]);
    }
    free(names);
    return true;
}

bool version_sign(const char *path, struct text *signature, struct fault *fault)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot look at '%s'", path);
    if (S_ISDIR(status.st_mode))
        return folder_sign(path, signature, fault);
    signature_add(signature, path, &status);
    return true;
}
