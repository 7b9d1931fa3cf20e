/* SPDX-License-Identifier: MIT */
/* feeds_disk.c - the books of the feeds on disk: one file each, replaced as a whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/feeds_book.h"

static void descriptor_close(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}
#define CLOSING __attribute__((cleanup(descriptor_close)))

static bool hash_check(const char *hash, struct fault *fault)
{
    if (strlen(hash) != HASH_TEXT_SIZE - 1 ||
        strspn(hash, "0123456789abcdef") != HASH_TEXT_SIZE - 1)
        return fault_set(fault, FAULT_INPUT, "\"%.80s\" is no hash", hash);
    return true;
}

static bool folder_make(const char *path, struct fault *fault)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fault_set(fault, FAULT_SYSTEM, "cannot make folder '%s'", path);
    return true;
}

static bool folder_sync(const char *path, struct fault *fault)
{
    CLOSING int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || fsync(folder) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot put folder '%s' on disk", path);
    return true;
}

static bool bytes_write(int descriptor, struct span bytes, const char *path, struct fault *fault)
{
    while (bytes.size > 0) {
        ssize_t size = write(descriptor, bytes.bytes, bytes.size);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot write '%s'", path);
        bytes.bytes += size;
        bytes.size -= (size_t)size;
    }
    return true;
}

static bool file_replace(const char *path, struct span bytes, struct fault *fault)
{
    CLEANUP(text_clear) struct text fresh = {0};
    text_addf(&fresh, "%s.new", path);
    CLOSING int descriptor =
        open(text_string(&fresh), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot create '%s'", text_string(&fresh));
    if (!bytes_write(descriptor, bytes, text_string(&fresh), fault))
        return false;
    if (fsync(descriptor) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot put '%s' on disk", text_string(&fresh));
    if (rename(text_string(&fresh), path) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot replace '%s'", path);
    return true;
}

bool book_file_write(const char *state, const char *hash, struct span bytes, struct fault *fault)
{
    CLEANUP(text_clear) struct text folder = {0};
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&folder, "%s/feeds", state);
    text_addf(&path, "%s/feeds/%s", state, hash);
    return hash_check(hash, fault) && folder_make(text_string(&folder), fault) &&
           file_replace(text_string(&path), bytes, fault) &&
           folder_sync(text_string(&folder), fault) && folder_sync(state, fault);
}

bool book_file_read(const char *state, const char *hash, struct text *bytes, struct fault *fault)
{
    CLEANUP(text_clear) struct text path = {0};
    if (!hash_check(hash, fault))
        return false;
    text_addf(&path, "%s/feeds/%s", state, hash);
    CLOSING int descriptor =
        open(text_string(&path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0 && errno == ENOENT)
        return true;
    if (descriptor < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot open '%s'", text_string(&path));
    for (;;) {
        char piece[16384];
        ssize_t size = read(descriptor, piece, sizeof(piece));
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot read '%s'", text_string(&path));
        if (size == 0)
            return true;
        if (bytes->size + (size_t)size > BOOK_SIZE_MAX)
            return fault_set(fault, FAULT_LIMIT, "'%s' is too large", text_string(&path));
        text_add_bytes(bytes, piece, (size_t)size);
    }
}

void book_file_remove(const char *state, const char *hash)
{
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&path, "%s/feeds/%s", state, hash);
    if (hash_check(hash, NULL))
        (void)unlink(text_string(&path));
}
