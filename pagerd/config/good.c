/* SPDX-License-Identifier: MIT */
/* The last good copy: what a daemon starts with when the files of the day are broken. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/finding.h"
#include "config/load.h"
#include "config/loaded.h"

#define ORIGIN_NAME ".origin" /* holds the absolute name of the main file */
#define ORIGIN_SIZE_MAX 8192

static bool file_write(const char *path, struct span bytes, struct fault *fault)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot create '%s'", path);
    bool is_good = true;
    while (bytes.size > 0 && is_good) {
        ssize_t wrote = write(descriptor, bytes.bytes, bytes.size);
        if (wrote < 0 && errno == EINTR)
            continue;
        is_good = wrote > 0;
        bytes.bytes += is_good ? wrote : 0;
        bytes.size -= is_good ? (size_t)wrote : 0;
    }
    if (!is_good || fsync(descriptor) != 0) {
        (void)fault_set(fault, FAULT_SYSTEM, "cannot write '%s'", path);
        (void)close(descriptor);
        return false;
    }
    if (close(descriptor) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot write '%s'", path);
    return true;
}

static bool folder_sync(const char *path, struct fault *fault)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot open '%s'", path);
    bool is_good = fsync(descriptor) == 0;
    (void)close(descriptor);
    if (!is_good)
        return fault_set(fault, FAULT_SYSTEM, "cannot sync '%s'", path);
    return true;
}

/* Makes the folders between `root` (which exists) and the file. */
static bool folders_make(const char *root, const char *path, struct fault *fault)
{
    char *copy = string_copy(path);
    bool is_good = true;
    for (char *slash = copy + strlen(root); is_good && (slash = strchr(slash + 1, '/')) != NULL;) {
        *slash = '\0';
        is_good = mkdir(copy, 0700) == 0 || errno == EEXIST;
        if (!is_good)
            (void)fault_set(fault, FAULT_SYSTEM, "cannot create '%s'", copy);
        *slash = '/';
    }
    free(copy);
    return is_good;
}

/* Puts the names of the file and of the folders that hold it on disk. */
static bool folders_sync(const char *root, const char *path, struct fault *fault)
{
    char *copy = string_copy(path);
    bool is_good = true;
    char *slash;
    while (is_good && (slash = strrchr(copy, '/')) != NULL && slash >= copy + strlen(root)) {
        *slash = '\0';
        is_good = folder_sync(copy, fault);
    }
    free(copy);
    return is_good;
}

/* The folder that holds `path`. */
static bool parent_sync(const char *path, struct fault *fault)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return folder_sync(".", fault);
    char *parent = string_copy_span((struct span){path, (size_t)(slash - path)});
    bool is_good = folder_sync(slash == path ? "/" : parent, fault);
    free(parent);
    return is_good;
}

static int entry_remove(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

static bool folder_remove(const char *path, struct fault *fault)
{
    if (nftw(path, entry_remove, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        return fault_set(fault, FAULT_SYSTEM, "cannot remove '%s'", path);
    return true;
}

static bool copy_write(const struct config *config, const char *folder, struct fault *fault)
{
    const struct config_source *loaded = config->source;
    CLEANUP(text_clear) struct text path = {0};
    if (mkdir(folder, 0700) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot create '%s'", folder);

    for (size_t i = 0; i < loaded->source.file_count; i++) {
        const struct source_file *file = loaded->source.files[i];
        text_reset(&path);
        text_addf(&path, "%s/%s", folder, source_copy_name(loaded->arena, file->relative));
        if (!folders_make(folder, text_string(&path), fault) ||
            !file_write(text_string(&path), file->bytes, fault) ||
            !folders_sync(folder, text_string(&path), fault))
            return false;
    }
    text_reset(&path);
    text_addf(&path, "%s/" ORIGIN_NAME, folder);
    CLEANUP(text_clear) struct text origin = {0};
    text_addf(&origin, "%s/%s\n", loaded->source.home, loaded->source.files[0]->relative);
    return file_write(text_string(&path), text_span(&origin), fault) && folder_sync(folder, fault);
}

/*
 * Puts the new folder in the place of the old one, in one step where the file system can. The old
 * one is emptied when the step is on disk: after a power cut either is whole.
 */
static bool folder_swap(const char *made, const char *directory, struct fault *fault)
{
    if (renameat2(AT_FDCWD, made, AT_FDCWD, directory, RENAME_EXCHANGE) == 0)
        return parent_sync(directory, fault) && folder_remove(made, fault);
    if (errno != ENOENT && !folder_remove(directory, fault))
        return false;
    if (rename(made, directory) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot rename '%s'", made);
    return true;
}

bool config_keep_good(const struct config *config, const char *directory, struct fault *fault)
{
    CLEANUP(text_clear) struct text made = {0};
    text_addf(&made, "%s.new", directory);
    if (config->source->source.is_copy)
        return fault_set(fault, FAULT_INPUT, "this configuration is a good copy itself");
    if (!folder_remove(text_string(&made), fault) ||
        !copy_write(config, text_string(&made), fault) ||
        !folder_swap(text_string(&made), directory, fault))
        return false;
    return parent_sync(directory, fault);
}

bool config_load_good(const char *directory, const struct config_options *options,
                      struct config **config, struct report *report)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct span origin;
    struct fault fault;
    const char *path = arena_format(arena, "%s/" ORIGIN_NAME, directory);
    if (!file_read(arena, path, ORIGIN_SIZE_MAX, &origin, NULL, &fault)) {
        report_error_file(report, NULL, fault.text);
        return false;
    }
    char *name = arena_copy_span(arena, span_trim(origin));
    char *slash = strrchr(name, '/');
    if (slash == NULL || name[0] != '/') {
        report_error_file(report, NULL, arena_format(arena, "'%s' is damaged", path));
        return false;
    }
    *slash = '\0';
    struct load_from from = {.folder = directory, .home = name, .main = slash + 1, .is_copy = true};
    return load_run(&from, options, config, report);
}

bool config_good_at(const char *directory, msec *kept_at, struct fault *fault)
{
    CLEANUP(text_clear) struct text path = {0};
    struct stat status;
    text_addf(&path, "%s/" ORIGIN_NAME, directory);
    if (stat(text_string(&path), &status) != 0)
        return fault_set(fault, FAULT_SYSTEM, "there is no good copy in '%s'", directory);
    *kept_at = status.st_mtim.tv_sec * SECOND_MS + status.st_mtim.tv_nsec / 1000000;
    return true;
}
