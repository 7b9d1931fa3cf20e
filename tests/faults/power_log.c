/* SPDX-License-Identifier: MIT */
#include "faults/power_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define NAME_SIZE_MAX 4096
#define BYTES_SIZE_MAX (64 * 1024 * 1024)

/* As it lies in the file; both machines are the same. */
struct op_head {
    uint8_t kind;
    uint8_t nothing[3];
    uint32_t name_size;
    uint32_t size;
    uint32_t nothing_too;
    uint64_t offset;
    int64_t at;
};

void log_init(struct op_log *log)
{
    *log = (struct op_log){.arena = arena_new()};
}

void log_clear(struct op_log *log)
{
    arena_free(log->arena);
    free(log->list);
    *log = (struct op_log){0};
}

void log_reset(struct op_log *log)
{
    arena_reset(log->arena);
    log->count = 0;
}

static struct op *log_take(struct op_log *log)
{
    if (log->count == log->room) {
        log->room = log->room == 0 ? 64 : log->room * 2;
        log->list = memory_grow(log->list, log->room, sizeof(*log->list));
    }
    return &log->list[log->count++];
}

void log_add(struct op_log *log, const struct op *op)
{
    struct op *copy = log_take(log);
    *copy = *op;
    copy->name = arena_copy(log->arena, op->name);
    copy->bytes = arena_copy_span(log->arena, (struct span){op->bytes, op->size});
}

static bool op_read(struct op_log *log, const struct op_head *head, FILE *file)
{
    if (head->kind >= OP_COUNT || head->name_size > NAME_SIZE_MAX || head->size > BYTES_SIZE_MAX)
        return false;
    char *name = arena_take(log->arena, head->name_size + 1);
    char *bytes = arena_take(log->arena, (size_t)head->size + 1);
    if (fread(name, 1, head->name_size, file) != head->name_size ||
        fread(bytes, 1, head->size, file) != head->size)
        return false;
    name[head->name_size] = '\0';
    bytes[head->size] = '\0';
    *log_take(log) = (struct op){.kind = (enum op_kind)head->kind,
                                 .name = name,
                                 .bytes = bytes,
                                 .size = head->size,
                                 .offset = head->offset,
                                 .at = head->at};
    return true;
}

bool log_load(struct op_log *log, const char *path, struct fault *fault)
{
    struct op_head head;
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return fault_set(fault, FAULT_SYSTEM, "cannot open '%s'", path);
    bool is_good = true;
    while (is_good && fread(&head, sizeof(head), 1, file) == 1)
        is_good = op_read(log, &head, file);
    is_good = is_good && feof(file) && log->count > 0;
    fclose(file);
    return is_good || fault_set(fault, FAULT_INPUT, "'%s' is no log of power.py", path);
}
