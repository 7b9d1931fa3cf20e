/* SPDX-License-Identifier: MIT */
#include "config/source.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

static void descriptor_close(int descriptor)
{
    (void)close(descriptor);
}

static inline void descriptor_close_cleanup(int *descriptor)
{
    if (*descriptor >= 0)
        descriptor_close(*descriptor);
}

static inline void closedir_cleanup(DIR **folder)
{
    if (*folder != NULL)
        (void)closedir(*folder);
}

bool file_read(struct arena *arena, const char *path, size_t max, struct span *bytes,
               bool *is_public, struct fault *fault)
{
    CLEANUP(descriptor_close) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot read '%s'", path);

    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot read '%s'", path);
    if (!S_ISREG(status.st_mode))
        return fault_set(fault, FAULT_INPUT, "'%s' is not a file", path);
    if (status.st_size < 0 || (size_t)status.st_size > max)
        return fault_set(fault, FAULT_LIMIT, "'%s' has more than %zu bytes", path, max);

    char *buffer = arena_take(arena, (size_t)status.st_size + 1);
    size_t size = 0;
    while (size < (size_t)status.st_size) {
        ssize_t got = read(descriptor, buffer + size, (size_t)status.st_size - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot read '%s'", path);
        if (got == 0)
            break;
        size += (size_t)got;
    }
    *bytes = (struct span){buffer, size};
    if (is_public != NULL)
        *is_public = (status.st_mode & S_IROTH) != 0;
    return true;
}

const char *source_copy_name(struct arena *arena, const char *name)
{
    if (name[0] != '/' && strstr(name, "..") == NULL)
        return name;
    char *copy = arena_format(arena, "outside/%s", name);
    for (char *byte = copy + strlen("outside/"); *byte != '\0'; byte++)
        *byte = *byte == '/' ? '%' : *byte;
    return copy;
}

bool source_read(struct source *source, const char *name, struct source_file **file,
                 struct fault *fault)
{
    if (source->file_count == CONFIG_FILES_MAX)
        return fault_set(fault, FAULT_LIMIT, "there are more than %d files", CONFIG_FILES_MAX);

    const char *path = name;
    if (source->is_copy)
        path = source_copy_name(source->arena, name);
    if (path[0] != '/')
        path = arena_format(source->arena, "%s/%s", source->folder, path);

    struct span bytes;
    bool is_public;
    if (!file_read(source->arena, path, CONFIG_FILE_SIZE_MAX, &bytes, &is_public, fault))
        return false;

    struct source_file *made = arena_take(source->arena, sizeof *made);
    *made = (struct source_file){
        .name = arena_copy(source->arena, path),
        .relative = arena_copy(source->arena, name),
        .bytes = bytes,
        .is_public = is_public,
        .order = source->file_count,
    };
    source->files[source->file_count++] = made;
    *file = made;
    return true;
}

static int name_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Editors leave hidden and backup files; only names that people chose count. */
static bool name_is_configuration(const char *name)
{
    size_t size = strlen(name);
    return name[0] != '.' && size > 4 && strcmp(name + size - 4, ".cfg") == 0;
}

bool source_list(struct source *source, const char ***names, struct fault *fault)
{
    const char **list = arena_take(source->arena, (CONFIG_FILES_MAX + 1) * sizeof *list);
    size_t count = 0;
    const char *path = arena_format(source->arena, "%s/conf.d", source->folder);

    errno = 0;
    CLEANUP(closedir) DIR *folder = opendir(path);
    if (folder == NULL && errno != ENOENT)
        return fault_set(fault, FAULT_SYSTEM, "cannot read the folder '%s'", path);

    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (!name_is_configuration(entry->d_name))
            continue;
        if (count == CONFIG_FILES_MAX)
            return fault_set(fault, FAULT_LIMIT, "'%s' has more than %d files", path,
                             CONFIG_FILES_MAX);
        list[count++] = arena_format(source->arena, "conf.d/%s", entry->d_name);
    }
    qsort(list, count, sizeof *list, name_compare);
    *names = list;
    return true;
}

struct span source_line(const struct source_file *file, size_t line)
{
    struct span rest = file->bytes;
    struct span found = {"", 0};
    for (size_t i = 0; i < line; i++)
        found = span_cut(&rest, '\n');
    if (found.size > 0 && found.bytes[found.size - 1] == '\r')
        found.size--;
    return found;
}

void source_mask(struct source *source, const struct source_file *file, size_t offset, size_t size)
{
    assert(file->order < source->file_count);
    struct source_file *masked = source->files[file->order];
    struct source_mask *mask = arena_take(source->arena, sizeof *mask);
    *mask = (struct source_mask){.offset = offset, .size = size, .next = masked->masks};
    masked->masks = mask;
}

const char *source_absolute(const struct source *source, const char *path)
{
    if (path[0] == '/')
        return path;
    return arena_format(source->arena, "%s/%s", source->home, path);
}
