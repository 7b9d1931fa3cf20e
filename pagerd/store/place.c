/* SPDX-License-Identifier: MIT */
#include "store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

static void close_fd_cleanup(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

bool place_sync(const char *folder, struct fault *fault)
{
    CLEANUP(close_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot open the directory '%s'", folder);
    if (fsync(fd) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot write the directory '%s' to disk", folder);
    return true;
}

bool place_make(const char *folder, struct fault *fault)
{
    if (mkdir(folder, 0700) != 0) {
        if (errno == EEXIST)
            return true;
        return fault_set(fault, FAULT_SYSTEM, "cannot make the state directory '%s'", folder);
    }
    char *copy = string_copy(folder);
    bool is_synced = place_sync(dirname(copy), fault);
    free(copy);
    return is_synced;
}

static bool write_holder(int lock, const char *folder, struct fault *fault)
{
    char holder[32];
    int size = snprintf(holder, sizeof(holder), "%ld\n", (long)getpid());

    if (ftruncate(lock, 0) != 0 || pwrite(lock, holder, (size_t)size, 0) != size)
        return fault_set(fault, errno == ENOSPC ? FAULT_LIMIT : FAULT_SYSTEM,
                         "cannot write the lock in '%s'", folder);
    return true;
}

bool place_lock(const char *folder, int *lock, struct fault *fault)
{
    char *path = string_format("%s/%s", folder, PLACE_LOCK);
    char holder[32] = "";

    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    if (*lock < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot open the lock in '%s'", folder);
    if (flock(*lock, LOCK_EX | LOCK_NB) == 0)
        return write_holder(*lock, folder, fault);
    if (errno != EWOULDBLOCK)
        return fault_set(fault, FAULT_SYSTEM, "cannot lock '%s'", folder);
    if (pread(*lock, holder, sizeof(holder) - 1, 0) < 0)
        holder[0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    return fault_set(fault, FAULT_PEER, "another pagerd (process %s) uses '%s'",
                     holder[0] ? holder : "unknown", folder);
}

void place_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}

bool place_read(const char *folder, const char *name, char *bytes, size_t room)
{
    char *path = string_format("%s/%s", folder, name);
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, bytes, room - 1);

    free(path);
    if (size < 0)
        return false;
    bytes[size] = '\0';
    return true;
}

static bool write_whole(const char *path, const char *text)
{
    CLEANUP(close_fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t size = strlen(text);

    return fd >= 0 && write(fd, text, size) == (ssize_t)size && fsync(fd) == 0;
}

bool place_write(const char *folder, const char *name, const char *text, struct fault *fault)
{
    char *path = string_format("%s/%s", folder, name);
    char *fresh = string_format("%s/%s.new", folder, name);
    bool is_good = write_whole(fresh, text) && rename(fresh, path) == 0;

    if (!is_good)
        fault_set(fault, FAULT_SYSTEM, "cannot write '%s'", path);
    free(path);
    free(fresh);
    return is_good && place_sync(folder, fault);
}
