/* SPDX-License-Identifier: MIT */
#include "pagectl/spool.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define REFUSED "refused"
#define LOCK_ORDER ".order.lock"
#define LOCK_TRIES 300 /* of 10 ms: then the name is made without the lock */
#define NAME_DIGITS 20
#define STALE_SECONDS 3600 /* a half-written file of a killed process */

/* "00001795220542123456-1234.json". */
static bool name_is_entry(const char *name)
{
    size_t size = strlen(name);
    return size < SPOOL_NAME_SIZE && size > NAME_DIGITS + 6 &&
           strspn(name, "0123456789") == NAME_DIGITS && name[NAME_DIGITS] == '-' &&
           string_is(name + size - 5, ".json");
}

/* Root does not leave files of its own in the notifier's folder, nor follow what lies there. */
static bool owner_become(const struct stat *status, struct fault *fault)
{
    if (geteuid() != 0 || status->st_uid == 0)
        return true;
    const struct passwd *person = getpwuid(status->st_uid);
    bool has_groups =
        person != NULL ? initgroups(person->pw_name, status->st_gid) == 0 : setgroups(0, NULL) == 0;
    if (!has_groups || setgid(status->st_gid) != 0 || setuid(status->st_uid) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot become the owner of the spool");
    return true;
}

bool spool_open(const char *path, struct spool *spool, struct fault *fault)
{
    struct stat status;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fault_set(fault, FAULT_SYSTEM, "cannot make the spool '%.200s'", path);
    /* Before opening: a root without capabilities may not enter what belongs to another. */
    if (stat(path, &status) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot find the spool '%.200s'", path);
    if (!owner_become(&status, fault))
        return fault_prefix(fault, "the spool '%.200s'", path);
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot open the spool '%.200s'", path);
    if (mkdirat(folder, REFUSED, 0700) != 0 && errno != EEXIST) {
        fault_set(fault, FAULT_SYSTEM, "cannot write in the spool '%.200s'", path);
        close(folder);
        return false;
    }
    *spool = (struct spool){.folder = folder, .path = path};
    return true;
}

void spool_close(struct spool *spool)
{
    if (spool->path != NULL)
        close(spool->folder);
    *spool = (struct spool){.folder = -1};
}

static int entry_compare(const void *left, const void *right)
{
    return strcmp(((const struct spool_entry *)left)->name,
                  ((const struct spool_entry *)right)->name);
}

void spool_list_clear(struct spool_list *list)
{
    free(list->entries);
    *list = (struct spool_list){0};
}

static void list_add(struct spool_list *list, size_t *room, const char *name, size_t size)
{
    if (list->count == *room) {
        *room = *room * 2 + 64;
        list->entries = memory_grow(list->entries, *room, sizeof(*list->entries));
    }
    struct spool_entry *entry = &list->entries[list->count++];
    snprintf(entry->name, sizeof(entry->name), "%s", name);
    entry->size = size;
    list->size += size;
}

static void stale_remove(int folder, const char *name, const struct stat *status)
{
    if (strncmp(name, ".new-", 5) == 0 && time(NULL) - status->st_mtime > STALE_SECONDS)
        (void)unlinkat(folder, name, 0);
}

bool spool_list_read(const struct spool *spool, bool is_refused, struct spool_list *list,
                     struct fault *fault)
{
    size_t room = 0;
    int folder = openat(spool->folder, is_refused ? REFUSED : ".",
                        O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory = folder >= 0 ? fdopendir(folder) : NULL;
    *list = (struct spool_list){0};
    if (directory == NULL) {
        fault_set(fault, FAULT_SYSTEM, "cannot read the spool '%.200s'", spool->path);
        if (folder >= 0)
            close(folder);
        return false;
    }
    for (const struct dirent *item; (item = readdir(directory)) != NULL;) {
        struct stat status;
        if (fstatat(folder, item->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(status.st_mode))
            continue;
        if (name_is_entry(item->d_name))
            list_add(list, &room, item->d_name, (size_t)status.st_size);
        else
            stale_remove(folder, item->d_name, &status);
    }
    closedir(directory);
    if (list->count > 0)
        qsort(list->entries, list->count, sizeof(*list->entries), entry_compare);
    return true;
}

int spool_lock(const struct spool *spool, const char *name)
{
    int lock = openat(spool->folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (lock < 0)
        return -1;
    if (flock(lock, LOCK_EX | LOCK_NB) == 0)
        return lock;
    close(lock);
    return -1;
}

/* Waits a little for the process that is making a name; a stopped one cannot hold us up. */
static int order_lock(const struct spool *spool)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    for (int i = 0; i < LOCK_TRIES; i++) {
        int lock = spool_lock(spool, LOCK_ORDER);
        if (lock >= 0 || errno != EWOULDBLOCK)
            return lock;
        nanosleep(&pause, NULL);
    }
    return -1;
}

static uint64_t number_next(const struct spool_list *list)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    uint64_t number = (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
    if (list->count == 0)
        return number;
    uint64_t last = strtoull(list->entries[list->count - 1].name, NULL, 10);
    return last >= number ? last + 1 : number;
}

static bool bytes_write(int file, struct span bytes)
{
    while (bytes.size > 0) {
        ssize_t written = write(file, bytes.bytes, bytes.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes.bytes += written;
        bytes.size -= (size_t)written;
    }
    return true;
}

static bool file_make(const struct spool *spool, const char *name, struct span bytes,
                      struct fault *fault)
{
    char temporary[SPOOL_NAME_SIZE];
    snprintf(temporary, sizeof(temporary), ".new-%ld", (long)getpid());
    (void)unlinkat(spool->folder, temporary, 0); /* of a killed process that had our number */
    int file = openat(spool->folder, temporary,
                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot write in the spool '%.200s'", spool->path);

    bool is_safe = bytes_write(file, bytes) && fsync(file) == 0;
    int error = errno;
    is_safe = close(file) == 0 && is_safe;
    is_safe = is_safe && renameat(spool->folder, temporary, spool->folder, name) == 0;
    if (is_safe && fsync(spool->folder) == 0)
        return true;
    errno = is_safe ? errno : error;
    fault_set(fault, FAULT_SYSTEM, "cannot write in the spool '%.200s'", spool->path);
    (void)unlinkat(spool->folder, temporary, 0);
    return false;
}

bool spool_put(const struct spool *spool, struct span bytes, char name[SPOOL_NAME_SIZE],
               struct fault *fault)
{
    struct spool_list list;
    assert(bytes.size > 0);
    if (bytes.size > SPOOL_ENTRY_MAX)
        return fault_set(fault, FAULT_LIMIT, "the event has more than %d bytes", SPOOL_ENTRY_MAX);

    int lock = order_lock(spool);
    bool is_done = spool_list_read(spool, false, &list, fault);
    bool is_full =
        is_done && (list.count >= SPOOL_ENTRIES_MAX || list.size + bytes.size > SPOOL_SIZE_MAX);
    if (is_done && !is_full)
        snprintf(name, SPOOL_NAME_SIZE, "%0*" PRIu64 "-%ld.json", NAME_DIGITS, number_next(&list),
                 (long)getpid());
    if (is_full)
        is_done = fault_set(fault, FAULT_LIMIT, "the spool '%.200s' is full (%zu events)",
                            spool->path, list.count);
    is_done = is_done && file_make(spool, name, bytes, fault);
    spool_list_clear(&list);
    if (lock >= 0)
        close(lock);
    return is_done;
}

static bool file_read(int folder, const char *name, struct text *text)
{
    char piece[16384];
    ssize_t size;
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return false;
    while ((size = read(file, piece, sizeof(piece))) > 0 && text->size <= SPOOL_ENTRY_MAX)
        text_add_bytes(text, piece, (size_t)size);
    close(file);
    return size >= 0 && text->size <= SPOOL_ENTRY_MAX;
}

bool spool_read(const struct spool *spool, const char *name, struct text *text, struct fault *fault)
{
    errno = 0;
    if (file_read(spool->folder, name, text))
        return true;
    return fault_set(fault, FAULT_SYSTEM, "cannot read '%.200s/%s'", spool->path, name);
}

bool spool_read_reason(const struct spool *spool, const char *name, struct text *text)
{
    char path[SPOOL_NAME_SIZE + sizeof(REFUSED) + 8];
    snprintf(path, sizeof(path), REFUSED "/%s.why", name);
    return file_read(spool->folder, path, text);
}

void spool_remove(const struct spool *spool, const char *name)
{
    (void)unlinkat(spool->folder, name, 0);
    (void)fsync(spool->folder);
}

static void refused_drop(const struct spool *spool, const char *name)
{
    char path[SPOOL_NAME_SIZE + sizeof(REFUSED) + 8];
    snprintf(path, sizeof(path), REFUSED "/%s", name);
    (void)unlinkat(spool->folder, path, 0);
    snprintf(path, sizeof(path), REFUSED "/%s.why", name);
    (void)unlinkat(spool->folder, path, 0);
}

void spool_refuse(const struct spool *spool, const char *name, const char *reason)
{
    char path[SPOOL_NAME_SIZE + sizeof(REFUSED) + 8];
    struct spool_list list;
    if (spool_list_read(spool, true, &list, NULL) && list.count >= SPOOL_REFUSED_MAX)
        refused_drop(spool, list.entries[0].name);
    spool_list_clear(&list);

    /* The reason first: an event in refused/ is never without one, unless the disk is full. */
    snprintf(path, sizeof(path), REFUSED "/%s.why", name);
    int file =
        openat(spool->folder, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file >= 0) {
        (void)bytes_write(file, span_of(reason));
        close(file);
    }
    snprintf(path, sizeof(path), REFUSED "/%s", name);
    (void)renameat(spool->folder, name, spool->folder, path);
    (void)fsync(spool->folder);
}

enum spool_place spool_find(const struct spool *spool, const char *name)
{
    char path[SPOOL_NAME_SIZE + sizeof(REFUSED) + 8];
    if (faccessat(spool->folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return SPOOL_WAITING;
    snprintf(path, sizeof(path), REFUSED "/%s", name);
    return faccessat(spool->folder, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? SPOOL_REFUSED
                                                                          : SPOOL_GONE;
}
