/* SPDX-License-Identifier: MIT */
#include "store/backup_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "store/backup.h"

/* Names below the state directory; "*" is any name of NAME_LETTERS that does not begin with a dot.
 */
static const char *const kept[][3] = {
    {"calendars", "*", "good"},
    {"calendars", "*", "written"},
    {"feeds", "*", NULL},
};

#define KEPT_COUNT (sizeof(kept) / sizeof(kept[0]))
#define NAME_SIZE_MAX 255
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static void descriptor_close(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}
#define CLOSING __attribute__((cleanup(descriptor_close)))

static bool name_is_plain(struct span name)
{
    if (name.size == 0 || name.size > NAME_SIZE_MAX || name.bytes[0] == '.')
        return false;
    for (size_t i = 0; i < name.size; i++)
        if (name.bytes[i] == '\0' || strchr(NAME_LETTERS, name.bytes[i]) == NULL)
            return false;
    return true;
}

static bool name_is_kept(const char *name)
{
    for (size_t i = 0; i < KEPT_COUNT; i++) {
        struct span rest = span_of(name);
        bool is_so = true;
        for (size_t part = 0; part < 3 && kept[i][part] != NULL; part++) {
            struct span piece = span_cut(&rest, '/');
            is_so = is_so && name_is_plain(piece) &&
                    (kept[i][part][0] == '*' || span_is(piece, kept[i][part]));
        }
        if (is_so && rest.size == 0 && name[strlen(name) - 1] != '/')
            return true;
    }
    return false;
}

static bool file_add(const char *state, const char *name, struct archive_writer *writer,
                     struct fault *fault)
{
    CLEANUP(text_clear) struct text path = {0};
    CLEANUP(text_clear) struct text frame = {0};
    char piece[16384];
    ssize_t size;
    text_addf(&path, "%s/%s", state, name);
    CLOSING int file = open(text_string(&path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return errno == ENOENT || errno == ENOTDIR ||
               fault_set(fault, FAULT_SYSTEM, "cannot open '%s'", text_string(&path));
    text_add(&frame, name);
    text_add_char(&frame, '\0');
    while ((size = read(file, piece, sizeof(piece))) > 0) {
        text_add_bytes(&frame, piece, (size_t)size);
        if (frame.size > BACKUP_FILE_SIZE_MAX)
            return fault_set(fault, FAULT_LIMIT,
                             "'%s' is larger than the %d MiB that a backup takes",
                             text_string(&path), BACKUP_FILE_SIZE_MAX / 1024 / 1024);
    }
    if (size < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot read '%s'", text_string(&path));
    return archive_add(writer, ARCHIVE_FILE, text_span(&frame), fault);
}

static int is_shown(const struct dirent *item)
{
    return name_is_plain(span_of(item->d_name));
}

static bool folder_add(const char *state, const char *const parts[3], struct archive_writer *writer,
                       struct fault *fault)
{
    CLEANUP(text_clear) struct text path = {0};
    struct dirent **items = NULL;
    bool is_good = true;
    text_addf(&path, "%s/%s", state, parts[0]);
    int count = scandir(text_string(&path), &items, is_shown, alphasort);
    if (count < 0)
        return errno == ENOENT ||
               fault_set(fault, FAULT_SYSTEM, "cannot list '%s'", text_string(&path));
    for (int i = 0; i < count; i++) {
        char *name = string_format("%s/%s%s%s", parts[0], items[i]->d_name, parts[2] ? "/" : "",
                                   parts[2] ? parts[2] : "");
        struct span own = span_of(items[i]->d_name);
        bool is_half = parts[2] == NULL && own.size > 4 && /* left by a crash */
                       string_is(own.bytes + own.size - 4, ".new");
        is_good = is_good && (is_half || file_add(state, name, writer, fault));
        free(name);
        free(items[i]);
    }
    free(items);
    return is_good;
}

bool files_add(const char *state, struct archive_writer *writer, struct fault *fault)
{
    for (size_t i = 0; i < KEPT_COUNT; i++)
        if (!folder_add(state, kept[i], writer, fault))
            return false;
    return true;
}

static bool folder_sync(const char *path, struct fault *fault)
{
    CLOSING int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || fsync(folder) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot put folder '%s' on disk", path);
    return true;
}

/* Makes the folders above the file, and syncs what holds each. */
static bool folders_make(const char *state, const char *name, struct fault *fault)
{
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        CLEANUP(text_clear) struct text path = {0};
        text_addf(&path, "%s/%.*s", state, (int)(slash - name), name);
        if (mkdir(text_string(&path), 0700) != 0 && errno != EEXIST)
            return fault_set(fault, FAULT_SYSTEM, "cannot make '%s'", text_string(&path));
        char *above = string_copy(text_string(&path));
        *strrchr(above, '/') = '\0';
        bool is_good = folder_sync(above, fault);
        free(above);
        if (!is_good)
            return false;
    }
    return true;
}

static bool bytes_write(const char *path, struct span bytes, struct fault *fault)
{
    CLOSING int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot create '%s'", path);
    while (bytes.size > 0) {
        ssize_t size = write(file, bytes.bytes, bytes.size);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot write '%s'", path);
        bytes.bytes += size;
        bytes.size -= (size_t)size;
    }
    if (fsync(file) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot put '%s' on disk", path);
    return true;
}

bool file_put(const char *state, struct span frame, struct fault *fault)
{
    const char *end = memchr(frame.bytes, '\0', frame.size);
    if (end == NULL || !name_is_kept(frame.bytes))
        return fault_set(fault, FAULT_INPUT,
                         "the backup has a file under a name that none of pagerd's has");
    const char *name = frame.bytes;
    struct span bytes = {end + 1, frame.size - (size_t)(end + 1 - name)};
    CLEANUP(text_clear) struct text path = {0};
    CLEANUP(text_clear) struct text fresh = {0};
    text_addf(&path, "%s/%s", state, name);
    text_addf(&fresh, "%s.new", text_string(&path));
    if (!folders_make(state, name, fault) || !bytes_write(text_string(&fresh), bytes, fault))
        return false;
    if (rename(text_string(&fresh), text_string(&path)) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot replace '%s'", text_string(&path));
    *strrchr(path.bytes, '/') = '\0';
    return folder_sync(path.bytes, fault);
}
