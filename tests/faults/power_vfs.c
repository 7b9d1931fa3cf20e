/* SPDX-License-Identifier: MIT */
#include "faults/power_vfs.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define REGIONS_MAX 64 /* of the index of the write-ahead log, 32 KiB each */
#define UNIX_SECTOR_SIZE 4096

struct memory_file {
    char *name; /* last part */
    char *bytes;
    size_t size;
    size_t room;
    bool is_there;
    void *regions[REGIONS_MAX];
    struct memory_file *next;
};

static struct memory_file *files;
static struct op_log *written;

/* What SQLite holds of an open file. */
struct handle {
    sqlite3_file base;
    struct memory_file *file;
    bool is_folder_unsynced; /* a new log: its name is synced with its first bytes */
};

static struct handle *handle_of(sqlite3_file *file)
{
    return (struct handle *)file;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static struct memory_file *file_get(const char *path)
{
    const char *name = last_part(path);
    for (struct memory_file *file = files; file != NULL; file = file->next)
        if (strcmp(file->name, name) == 0)
            return file;
    struct memory_file *file = memory_new(1, sizeof(*file));
    file->name = string_copy(name);
    file->next = files;
    files = file;
    return file;
}

static void note(enum op_kind kind, const struct memory_file *file, uint64_t offset,
                 const void *bytes, size_t size)
{
    if (written == NULL)
        return;
    char *name =
        file == NULL ? string_copy(STATE_FOLDER) : string_format(STATE_FOLDER "/%s", file->name);
    log_add(written, &(struct op){.kind = kind,
                                  .name = name,
                                  .bytes = bytes == NULL ? "" : bytes,
                                  .size = size,
                                  .offset = offset});
    free(name);
}

static void file_grow(struct memory_file *file, size_t size)
{
    if (size > file->room) {
        size_t room = size + size / 2 + 4096;
        file->bytes = memory_grow(file->bytes, room, 1);
        memset(file->bytes + file->room, 0, room - file->room);
        file->room = room;
    }
    file->size = size > file->size ? size : file->size;
}

static int vfs_close(sqlite3_file *base)
{
    (void)base;
    return SQLITE_OK;
}

static int vfs_read(sqlite3_file *base, void *bytes, int size, sqlite3_int64 offset)
{
    const struct memory_file *file = handle_of(base)->file;
    size_t at = (size_t)offset;
    size_t wanted = (size_t)size;
    size_t got = at >= file->size ? 0 : file->size - at < wanted ? file->size - at : wanted;
    if (got > 0)
        memcpy(bytes, file->bytes + at, got);
    memset((char *)bytes + got, 0, wanted - got);
    return got == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int vfs_write(sqlite3_file *base, const void *bytes, int size, sqlite3_int64 offset)
{
    struct memory_file *file = handle_of(base)->file;
    file_grow(file, (size_t)offset + (size_t)size);
    memcpy(file->bytes + offset, bytes, (size_t)size);
    note(OP_WRITE, file, (uint64_t)offset, bytes, (size_t)size);
    return SQLITE_OK;
}

static int vfs_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct memory_file *file = handle_of(base)->file;
    file_grow(file, (size_t)size);
    memset(file->bytes + size, 0, file->room - (size_t)size);
    file->size = (size_t)size;
    note(OP_TRUNCATE, file, (uint64_t)size, NULL, 0);
    return SQLITE_OK;
}

static int vfs_sync(sqlite3_file *base, int flags)
{
    struct handle *handle = handle_of(base);
    (void)flags;
    note(OP_SYNC, handle->file, 0, NULL, 0);
    if (handle->is_folder_unsynced)
        note(OP_SYNC, NULL, 0, NULL, 0);
    handle->is_folder_unsynced = false;
    return SQLITE_OK;
}

static int vfs_size(sqlite3_file *base, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)handle_of(base)->file->size;
    return SQLITE_OK;
}

static int vfs_lock(sqlite3_file *base, int level)
{
    (void)base;
    (void)level;
    return SQLITE_OK;
}

static int vfs_check_lock(sqlite3_file *base, int *is_reserved)
{
    (void)base;
    *is_reserved = 0;
    return SQLITE_OK;
}

static int vfs_control(sqlite3_file *base, int what, void *argument)
{
    (void)base;
    (void)what;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int vfs_sector_size(sqlite3_file *base)
{
    (void)base;
    return UNIX_SECTOR_SIZE;
}

static int vfs_traits(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int vfs_map(sqlite3_file *base, int region, int size, int is_extending,
                   void volatile **memory)
{
    struct memory_file *file = handle_of(base)->file;
    *memory = NULL;
    if (region >= REGIONS_MAX)
        return SQLITE_FULL;
    if (file->regions[region] == NULL && is_extending)
        file->regions[region] = memory_new(1, (size_t)size);
    *memory = file->regions[region];
    return SQLITE_OK;
}

static int vfs_map_lock(sqlite3_file *base, int offset, int count, int flags)
{
    (void)base;
    (void)offset;
    (void)count;
    (void)flags;
    return SQLITE_OK;
}

static void vfs_barrier(sqlite3_file *base)
{
    (void)base;
    __sync_synchronize();
}

static int vfs_unmap(sqlite3_file *base, int is_deleting)
{
    (void)base;
    (void)is_deleting;
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = vfs_close,
    .xRead = vfs_read,
    .xWrite = vfs_write,
    .xTruncate = vfs_truncate,
    .xSync = vfs_sync,
    .xFileSize = vfs_size,
    .xLock = vfs_lock,
    .xUnlock = vfs_lock,
    .xCheckReservedLock = vfs_check_lock,
    .xFileControl = vfs_control,
    .xSectorSize = vfs_sector_size,
    .xDeviceCharacteristics = vfs_traits,
    .xShmMap = vfs_map,
    .xShmLock = vfs_map_lock,
    .xShmBarrier = vfs_barrier,
    .xShmUnmap = vfs_unmap,
};

/* The store has made the database by itself before SQLite opens it, so that it is always there. */
static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags,
                    int *flags_out)
{
    struct handle *handle = handle_of(base);
    (void)vfs;
    *handle = (struct handle){.base = {.pMethods = NULL}};
    assert(path != NULL); /* temp_store is in memory */
    struct memory_file *file = file_get(path);
    bool is_log = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    bool is_made = !file->is_there && ((flags & SQLITE_OPEN_CREATE) != 0 || !is_log);
    if (!file->is_there && !is_made)
        return SQLITE_CANTOPEN;
    if (is_made)
        note(OP_CREATE, file, 0, NULL, 0);
    file->is_there = true;
    handle->base.pMethods = &methods;
    handle->file = file;
    handle->is_folder_unsynced = is_made && is_log;
    if (flags_out != NULL)
        *flags_out = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int is_synced)
{
    struct memory_file *file = file_get(path);
    (void)vfs;
    if (!file->is_there)
        return SQLITE_IOERR_DELETE_NOENT;
    file->is_there = false;
    file->size = 0;
    if (file->room > 0)
        memset(file->bytes, 0, file->room);
    note(OP_UNLINK, file, 0, NULL, 0);
    if (is_synced)
        note(OP_SYNC, NULL, 0, NULL, 0);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *is_there)
{
    const struct memory_file *file = file_get(path);
    (void)vfs;
    *is_there = file->is_there && (flags != SQLITE_ACCESS_EXISTS || file->size > 0);
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *full)
{
    (void)vfs;
    sqlite3_snprintf(size, full, "%s", path);
    return SQLITE_OK;
}

void vfs_install(void)
{
    static sqlite3_vfs vfs;
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* counting costs locks, and nobody asks */
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 1200, 500);
    const sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    vfs = *real; /* clock and chance are the machine's */
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(struct handle);
    vfs.zName = "power";
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    vfs.xAccess = vfs_access;
    vfs.xFullPathname = vfs_full_path;
    int code = sqlite3_vfs_register(&vfs, 1);
    assert(code == SQLITE_OK);
}

void vfs_mount(const struct image *image, struct op_log *log)
{
    vfs_unmount();
    for (size_t i = 0; i < image->count; i++) {
        const struct image_file *from = &image->list[i];
        if (from->is_folder || strncmp(from->name, STATE_FOLDER "/pagerd.db", 15) != 0 ||
            strstr(from->name, "-shm") != NULL)
            continue;
        struct memory_file *file = file_get(from->name);
        file_grow(file, from->size);
        if (from->size > 0)
            memcpy(file->bytes, from->bytes, from->size);
        file->is_there = true;
    }
    written = log;
}

void vfs_unmount(void)
{
    while (files != NULL) {
        struct memory_file *file = files;
        files = file->next;
        for (size_t i = 0; i < REGIONS_MAX; i++)
            free(file->regions[i]);
        free(file->name);
        free(file->bytes);
        free(file);
    }
    written = NULL;
}

bool vfs_check(const char *path, struct fault *fault)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(database, "PRAGMA integrity_check(1)", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    const char *said = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    bool is_good = string_is(said, "ok");
    if (!is_good)
        fault_set(fault, FAULT_INPUT, "integrity_check: %.200s",
                  said != NULL ? said : sqlite3_errmsg(database));
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return is_good;
}
