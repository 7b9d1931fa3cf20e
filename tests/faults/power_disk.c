/* SPDX-License-Identifier: MIT */
#include "faults/power_disk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct inode;

/* One name of a folder. */
struct name {
    char *name;
    struct inode *inode;
};

/* A name that came (or was replaced), or went (inode NULL), and was not synced yet. */
struct name_change {
    char *name;
    struct inode *inode;
    uint64_t moment;
};

struct inode {
    bool is_folder;
    char *bytes; /* at rest on the disk */
    size_t size;
    const struct op **ops; /* written since */
    size_t op_count;
    size_t op_room;
    struct name *names; /* as the program sees them */
    size_t name_count;
    struct name *safe; /* at rest on the disk */
    size_t safe_count;
    struct name_change *changes;
    size_t change_count;
    struct inode *next; /* all inodes of the disk */
};

struct disk {
    struct inode *root;
    struct inode *all;
    uint64_t moment;    /* operations so far */
    uint64_t synced_at; /* moment of the last sync of anything */
};

struct dice dice_of(uint64_t seed, uint64_t point)
{
    struct dice dice = {.state = seed * 0x9e3779b97f4a7c15U + point};
    dice_roll(&dice);
    return dice;
}

/* splitmix64 */
uint64_t dice_roll(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

uint64_t dice_below(struct dice *dice, uint64_t limit)
{
    return limit == 0 ? 0 : dice_roll(dice) % limit;
}

static struct inode *inode_new(struct disk *disk, bool is_folder)
{
    struct inode *inode = memory_new(1, sizeof(*inode));
    inode->is_folder = is_folder;
    inode->next = disk->all;
    disk->all = inode;
    return inode;
}

struct disk *disk_new(void)
{
    struct disk *disk = memory_new(1, sizeof(*disk));
    disk->root = inode_new(disk, true);
    return disk;
}

static void names_free(struct name *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i].name);
    free(names);
}

static void changes_forget(struct inode *inode)
{
    for (size_t i = 0; i < inode->change_count; i++)
        free(inode->changes[i].name);
    inode->change_count = 0;
}

void disk_free(struct disk *disk)
{
    if (disk == NULL)
        return;
    while (disk->all != NULL) {
        struct inode *inode = disk->all;
        disk->all = inode->next;
        changes_forget(inode);
        free(inode->changes);
        names_free(inode->names, inode->name_count);
        names_free(inode->safe, inode->safe_count);
        free(inode->ops);
        free(inode->bytes);
        free(inode);
    }
    free(disk);
}

static struct name *names_find(struct name *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i].name, name) == 0)
            return &names[i];
    return NULL;
}

static void names_set(struct name **names, size_t *count, const char *name, struct inode *inode)
{
    struct name *known = names_find(*names, *count, name);
    if (known != NULL && inode != NULL) {
        known->inode = inode;
        return;
    }
    if (known != NULL) {
        free(known->name);
        *known = (*names)[--*count];
        return;
    }
    if (inode == NULL)
        return;
    *names = memory_grow(*names, *count + 1, sizeof(**names));
    (*names)[(*count)++] = (struct name){string_copy(name), inode};
}

/* The folder that holds `path`, and the last part of it. NULL: there is no such folder. */
static struct inode *folder_of(const struct disk *disk, const char *path, const char **last)
{
    struct inode *folder = disk->root;
    const char *slash;
    while (folder != NULL && (slash = strchr(path, '/')) != NULL) {
        char *part = string_copy_span((struct span){path, (size_t)(slash - path)});
        struct name *name = names_find(folder->names, folder->name_count, part);
        free(part);
        folder = name == NULL ? NULL : name->inode;
        path = slash + 1;
    }
    *last = path;
    return folder;
}

static struct inode *inode_find(const struct disk *disk, const char *path)
{
    const char *last;
    if (path[0] == '\0')
        return disk->root;
    struct inode *folder = folder_of(disk, path, &last);
    struct name *name = folder == NULL ? NULL : names_find(folder->names, folder->name_count, last);
    return name == NULL ? NULL : name->inode;
}

static void name_change(struct disk *disk, const char *path, struct inode *inode)
{
    const char *last;
    struct inode *folder = folder_of(disk, path, &last);
    assert(folder != NULL);
    names_set(&folder->names, &folder->name_count, last, inode);
    folder->changes =
        memory_grow(folder->changes, folder->change_count + 1, sizeof(*folder->changes));
    folder->changes[folder->change_count++] =
        (struct name_change){string_copy(last), inode, disk->moment};
}

/* Bytes of one operation into a buffer, where `pick` says that this sector got them. */
static void op_write(char *bytes, const struct op *op, bool (*pick)(void *context, uint64_t sector),
                     void *context)
{
    uint64_t at = op->offset;
    uint64_t end = op->offset + op->size;
    while (at < end) {
        uint64_t sector = at / SECTOR_SIZE;
        uint64_t stop = (sector + 1) * SECTOR_SIZE < end ? (sector + 1) * SECTOR_SIZE : end;
        if (pick == NULL || pick(context, sector))
            memcpy(bytes + at, op->bytes + (at - op->offset), (size_t)(stop - at));
        at = stop;
    }
}

static size_t op_size(size_t size, const struct op *op)
{
    if (op->kind == OP_TRUNCATE)
        return (size_t)op->offset;
    return op->offset + op->size > size ? (size_t)(op->offset + op->size) : size;
}

/* Room for everything that the operations touch; zero beyond what is at rest. */
static char *inode_buffer(const struct inode *inode, size_t *room)
{
    *room = inode->size;
    for (size_t i = 0; i < inode->op_count; i++) {
        size_t size = op_size(0, inode->ops[i]);
        *room = size > *room ? size : *room;
    }
    char *bytes = memory_grow(NULL, *room + 1, 1);
    if (inode->size > 0)
        memcpy(bytes, inode->bytes, inode->size);
    memset(bytes + inode->size, 0, *room + 1 - inode->size);
    return bytes;
}

/* The whole of the first `count` operations. */
static void inode_settle(struct inode *inode)
{
    if (inode->op_count == 0)
        return;
    size_t room;
    char *bytes = inode_buffer(inode, &room);
    for (size_t i = 0; i < inode->op_count; i++) {
        const struct op *op = inode->ops[i];
        if (op->kind == OP_TRUNCATE)
            memset(bytes + op->offset, 0, room - (size_t)op->offset);
        else
            op_write(bytes, op, NULL, NULL);
        inode->size = op_size(inode->size, op);
    }
    free(inode->bytes);
    inode->bytes = bytes;
    inode->op_count = 0;
}

static void inode_sync(struct disk *disk, struct inode *inode)
{
    disk->synced_at = disk->moment;
    if (!inode->is_folder) {
        inode_settle(inode);
        return;
    }
    for (size_t i = 0; i < inode->change_count; i++)
        names_set(&inode->safe, &inode->safe_count, inode->changes[i].name,
                  inode->changes[i].inode);
    changes_forget(inode);
}

static void inode_add_op(struct inode *inode, const struct op *op)
{
    if (inode->op_count == inode->op_room) {
        inode->op_room = inode->op_room == 0 ? 16 : inode->op_room * 2;
        inode->ops = memory_grow(inode->ops, inode->op_room, sizeof(*inode->ops));
    }
    inode->ops[inode->op_count++] = op;
}

void disk_apply(struct disk *disk, const struct op *op)
{
    struct inode *inode = inode_find(disk, op->name);
    struct inode *other = NULL;

    disk->moment++;
    switch (op->kind) {
    case OP_CREATE:
    case OP_MKDIR:
        if (inode == NULL)
            name_change(disk, op->name, inode_new(disk, op->kind == OP_MKDIR));
        break;
    case OP_TRUNCATE:
    case OP_WRITE:
        assert(inode != NULL);
        inode_add_op(inode, op);
        break;
    case OP_SYNC:
        assert(inode != NULL);
        inode_sync(disk, inode);
        break;
    case OP_EXCHANGE:
        other = inode_find(disk, op->bytes);
        assert(inode != NULL && other != NULL);
        name_change(disk, op->bytes, inode);
        name_change(disk, op->name, other);
        break;
    case OP_RENAME:
        assert(inode != NULL);
        name_change(disk, op->bytes, inode);
        name_change(disk, op->name, NULL);
        break;
    case OP_UNLINK:
    case OP_RMDIR:
        name_change(disk, op->name, NULL);
        break;
    case OP_FACT:
    case OP_COUNT:
        break;
    }
}

/* How one cut chooses. */
struct cutting {
    const struct disk *disk;
    struct dice *dice;
    enum name_model names;
    enum bytes_model bytes;
    uint64_t journal_at; /* moment up to which the journal is on disk */
    struct image *image;
};

/* Of one file: which of its sectors got which operations. */
struct sectors {
    uint64_t salt;
    size_t op_count;
    size_t op;
    bool is_torn;
};

static bool is_torn_in(void *context, uint64_t sector)
{
    const struct sectors *sectors = context;
    struct dice dice = dice_of(sectors->salt + sectors->op, sector);
    return !sectors->is_torn || dice_below(&dice, 2) == 0;
}

/* Each sector holds what was in memory at one moment. */
static bool is_early_enough(void *context, uint64_t sector)
{
    const struct sectors *sectors = context;
    struct dice dice = dice_of(sectors->salt, sector);
    return sectors->op < dice_below(&dice, sectors->op_count + 1);
}

/* Each operation whole, torn or not at all. Returns the size that follows from them. */
static size_t cut_some(const struct inode *inode, struct dice *dice, char *bytes, size_t room)
{
    struct sectors sectors = {.salt = dice_roll(dice)};
    size_t size = inode->size;
    for (size_t i = 0; i < inode->op_count; i++) {
        const struct op *op = inode->ops[i];
        uint64_t fate = dice_below(dice, 3);
        if (fate == 0)
            continue;
        sectors.op = i;
        sectors.is_torn = fate == 1;
        if (op->kind == OP_TRUNCATE)
            memset(bytes + op->offset, 0, room - (size_t)op->offset);
        else
            op_write(bytes, op, is_torn_in, &sectors);
        size = op_size(size, op);
    }
    return size;
}

static size_t cut_by_sector(const struct inode *inode, struct dice *dice, char *bytes, size_t room)
{
    struct sectors sectors = {.salt = dice_roll(dice), .op_count = inode->op_count};
    size_t size = inode->size;
    size_t sized = dice_below(dice, inode->op_count + 1);
    for (size_t i = 0; i < inode->op_count; i++) {
        const struct op *op = inode->ops[i];
        sectors.op = i;
        if (op->kind != OP_TRUNCATE)
            op_write(bytes, op, is_early_enough, &sectors);
        else if (i < sized)
            memset(bytes + op->offset, 0, room - (size_t)op->offset);
        if (i < sized)
            size = op_size(size, op);
    }
    return size;
}

static void cut_bytes(const struct cutting *cutting, const struct inode *inode,
                      struct image_file *file)
{
    size_t room;
    file->size = inode->size;
    file->bytes = inode_buffer(inode, &room);
    if (inode->op_count == 0 || cutting->bytes == BYTES_NONE)
        return;
    if (cutting->bytes == BYTES_SOME) {
        file->size = cut_some(inode, cutting->dice, file->bytes, room);
        return;
    }
    if (cutting->bytes == BYTES_BY_SECTOR) {
        file->size = cut_by_sector(inode, cutting->dice, file->bytes, room);
        return;
    }
    for (size_t i = 0; i < inode->op_count; i++) {
        const struct op *op = inode->ops[i];
        if (op->kind == OP_TRUNCATE)
            memset(file->bytes + op->offset, 0, room - (size_t)op->offset);
        else
            op_write(file->bytes, op, NULL, NULL);
        file->size = op_size(file->size, op);
    }
}

/* How many of the changes of a folder's names are on the disk. */
static size_t cut_changes(const struct cutting *cutting, const struct inode *folder)
{
    size_t count = 0;
    switch (cutting->names) {
    case NAMES_AT_ONCE:
        return folder->change_count;
    case NAMES_BY_FOLDER:
        return (size_t)dice_below(cutting->dice, folder->change_count + 1);
    case NAMES_BY_JOURNAL:
    case NAME_MODEL_COUNT:
        break;
    }
    while (count < folder->change_count && folder->changes[count].moment <= cutting->journal_at)
        count++;
    return count;
}

static void cut_folder(const struct cutting *cutting, const struct inode *folder, const char *path)
{
    struct name *names = NULL;
    size_t count = 0;
    size_t changes = cut_changes(cutting, folder);
    for (size_t i = 0; i < folder->safe_count; i++)
        names_set(&names, &count, folder->safe[i].name, folder->safe[i].inode);
    for (size_t i = 0; i < changes; i++)
        names_set(&names, &count, folder->changes[i].name, folder->changes[i].inode);

    for (size_t i = 0; i < count; i++) {
        struct image *image = cutting->image;
        const struct inode *inode = names[i].inode;
        struct image_file file = {.is_folder = inode->is_folder};
        file.name = string_format("%s%s%s", path, path[0] == '\0' ? "" : "/", names[i].name);
        if (!inode->is_folder)
            cut_bytes(cutting, inode, &file);
        image->list = memory_grow(image->list, image->count + 1, sizeof(*image->list));
        image->list[image->count++] = file;
        if (inode->is_folder)
            cut_folder(cutting, inode, file.name);
    }
    names_free(names, count);
}

void disk_cut(const struct disk *disk, struct dice *dice, enum name_model names,
              enum bytes_model bytes, struct image *image)
{
    uint64_t since = disk->moment - disk->synced_at;
    struct cutting cutting = {.disk = disk,
                              .dice = dice,
                              .names = names,
                              .bytes = bytes,
                              .journal_at = disk->synced_at + dice_below(dice, since + 1),
                              .image = image};
    *image = (struct image){0};
    cut_folder(&cutting, disk->root, "");
}

void image_clear(struct image *image)
{
    for (size_t i = 0; i < image->count; i++) {
        free(image->list[i].name);
        free(image->list[i].bytes);
    }
    free(image->list);
    *image = (struct image){0};
}

struct image_file *image_find(const struct image *image, const char *name)
{
    for (size_t i = 0; i < image->count; i++)
        if (strcmp(image->list[i].name, name) == 0)
            return &image->list[i];
    return NULL;
}

struct disk *disk_from(const struct image *image)
{
    struct disk *disk = disk_new();
    for (size_t i = 0; i < image->count; i++) {
        const struct image_file *file = &image->list[i];
        const char *last;
        struct inode *inode = inode_new(disk, file->is_folder);
        struct inode *folder = folder_of(disk, file->name, &last);
        assert(folder != NULL);
        names_set(&folder->names, &folder->name_count, last, inode);
        names_set(&folder->safe, &folder->safe_count, last, inode);
        if (file->is_folder)
            continue;
        inode->size = file->size;
        inode->bytes = memory_new(1, file->size + 1);
        if (file->size > 0)
            memcpy(inode->bytes, file->bytes, file->size);
    }
    return disk;
}
