/* SPDX-License-Identifier: MIT */
/* zone_read.c - TZif bytes to a zone (RFC 8536), and the file that holds them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/zone.h"
#include "base/zone_table.h"

#define HEADER_SIZE 44
#define TYPE_SIZE 6
#define SECONDS_LIMIT (INT64_MAX / 1000 / 4) /* so that sums of msec cannot overflow */

/* The six counts of a header, in the order of the file, and how the block behind it is cut. */
struct block {
    uint32_t utc_count;
    uint32_t wall_count;
    uint32_t leap_count;
    uint32_t time_count;
    uint32_t type_count;
    uint32_t letter_count;
    size_t time_size; /* 4 in the first block, 8 in the second */
    struct span times;
    struct span indexes;
    struct span types;
    struct span letters;
};

static int64_t number_read(const char *bytes, size_t size)
{
    uint64_t value = (unsigned char)bytes[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | (unsigned char)bytes[i];
    return (int64_t)value;
}

static bool part_take(struct span *rest, size_t size, struct span *part)
{
    if (rest->size < size)
        return false;
    *part = (struct span){rest->bytes, size};
    rest->bytes += size;
    rest->size -= size;
    return true;
}

/* Cuts one header and its block off `rest`. */
static bool block_take(struct span *rest, size_t time_size, struct block *block)
{
    struct span header;
    if (!part_take(rest, HEADER_SIZE, &header) || memcmp(header.bytes, "TZif", 4) != 0)
        return false;
    uint32_t counts[6];
    for (size_t i = 0; i < 6; i++) {
        counts[i] = (uint32_t)number_read(header.bytes + 20 + 4 * i, 4);
        if (counts[i] > rest->size)
            return false;
    }
    *block = (struct block){
        .utc_count = counts[0],
        .wall_count = counts[1],
        .leap_count = counts[2],
        .time_count = counts[3],
        .type_count = counts[4],
        .letter_count = counts[5],
        .time_size = time_size,
    };
    struct span skipped;
    return part_take(rest, block->time_count * time_size, &block->times) &&
           part_take(rest, block->time_count, &block->indexes) &&
           part_take(rest, (size_t)block->type_count * TYPE_SIZE, &block->types) &&
           part_take(rest, block->letter_count, &block->letters) &&
           part_take(rest, block->leap_count * (time_size + 4), &skipped) &&
           part_take(rest, block->wall_count, &skipped) &&
           part_take(rest, block->utc_count, &skipped);
}

static bool abbreviation_read(struct span letters, size_t at, struct zone_type *type)
{
    if (at >= letters.size)
        return false;
    size_t size = strnlen(letters.bytes + at, letters.size - at);
    if (size == letters.size - at || size >= ZONE_ABBREVIATION_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (letters.bytes[at + i] <= ' ' || letters.bytes[at + i] > '~')
            return false;
    }
    memcpy(type->abbreviation, letters.bytes + at, size);
    return true;
}

static bool types_read(struct zone *zone, const struct block *block, struct fault *fault)
{
    if (block->type_count == 0 || block->type_count > ZONE_TYPE_MAX)
        return fault_set(fault, FAULT_INPUT, "it has %u types of local time", block->type_count);
    zone->types = memory_new(block->type_count, sizeof *zone->types);
    zone->type_count = block->type_count;
    for (size_t i = 0; i < zone->type_count; i++) {
        const char *bytes = block->types.bytes + i * TYPE_SIZE;
        int64_t offset_s = number_read(bytes, 4);
        if (offset_s < -ZONE_OFFSET_MAX_S || offset_s > ZONE_OFFSET_MAX_S)
            return fault_set(fault, FAULT_INPUT, "an offset from UTC is beyond 26 hours");
        zone->types[i].offset_s = (int32_t)offset_s;
        if (!abbreviation_read(block->letters, (unsigned char)bytes[5], &zone->types[i]))
            return fault_set(fault, FAULT_INPUT, "an abbreviation is not readable");
    }
    return true;
}

static bool changes_read(struct zone *zone, const struct block *block, struct fault *fault)
{
    int64_t last_s = INT64_MIN;
    for (size_t i = 0; i < block->time_count; i++) {
        int64_t at_s = number_read(block->times.bytes + i * block->time_size, block->time_size);
        uint32_t type = (unsigned char)block->indexes.bytes[i];
        if (i > 0 && at_s <= last_s)
            return fault_set(fault, FAULT_INPUT, "its transitions are not in order");
        if (type >= zone->type_count)
            return fault_set(fault, FAULT_INPUT, "a transition leads to no type of local time");
        last_s = at_s;
        if (at_s < -SECONDS_LIMIT)
            zone->first_type = type; /* "since the big bang" of some writers */
        else if (at_s <= SECONDS_LIMIT)
            zone_add_change(zone, at_s * SECOND_MS, type);
    }
    return true;
}

/* What stands between two line ends after the second block; may be empty. */
static bool footer_take(struct span rest, struct span *footer)
{
    if (rest.size < 2 || rest.bytes[0] != '\n')
        return false;
    rest.bytes++;
    rest.size--;
    if (memchr(rest.bytes, '\n', rest.size) == NULL)
        return false;
    *footer = span_cut(&rest, '\n');
    return true;
}

static bool zone_fill(struct zone *zone, struct span bytes, struct fault *fault)
{
    struct block block;
    struct span footer = {0};
    char version = bytes.size > 4 ? bytes.bytes[4] : '\0';
    if (!block_take(&bytes, 4, &block))
        return fault_set(fault, FAULT_INPUT, "not a whole TZif file");
    if (version >= '2' && (!block_take(&bytes, 8, &block) || !footer_take(bytes, &footer)))
        return fault_set(fault, FAULT_INPUT, "its 64-bit part is not whole");
    if (block.leap_count > 0)
        return fault_set(fault, FAULT_INPUT, "it counts leap seconds, which civil time does not");
    if (!types_read(zone, &block, fault) || !changes_read(zone, &block, fault))
        return false;
    return footer.size == 0 || zone_add_rule(zone, footer, fault);
}

static bool name_is_safe(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_+-/";
    struct span span = span_of(name);
    return span.size > 0 && span.size <= ZONE_NAME_MAX && strspn(name, allowed) == span.size &&
           name[0] != '/' && name[span.size - 1] != '/' && strstr(name, "//") == NULL &&
           !span_has_prefix(span, "right/") && !span_has_prefix(span, "posix/");
}

static void file_close(int *file)
{
    if (*file >= 0)
        (void)close(*file);
}

static bool file_read(int file, const char *path, struct text *bytes, struct fault *fault)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot look at '%s'", path);
    if (!S_ISREG(status.st_mode))
        return fault_set(fault, FAULT_INPUT, "'%s' is not a file", path);
    for (;;) {
        char piece[4096];
        ssize_t size = read(file, piece, sizeof piece);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot read '%s'", path);
        if (size == 0)
            return true;
        text_add_bytes(bytes, piece, (size_t)size);
        if (bytes->size > ZONE_FILE_MAX)
            return fault_set(fault, FAULT_LIMIT, "'%s' is larger than %d KiB", path,
                             ZONE_FILE_MAX / 1024);
    }
}

bool zone_parse(const char *name, const void *bytes, size_t size, struct zone **zone,
                struct fault *fault)
{
    struct zone *parsed = zone_fixed(name, 0);
    free(parsed->types);
    parsed->types = NULL;
    parsed->type_count = 0;
    if (!zone_fill(parsed, (struct span){bytes, size}, fault)) {
        zone_free(parsed);
        return fault_prefix(fault, "time zone '%.64s'", name);
    }
    *zone = parsed;
    return true;
}

bool zone_load(const char *directory, const char *name, struct zone **zone, struct fault *fault)
{
    if (!name_is_safe(name))
        return fault_set(fault, FAULT_INPUT, "'%.64s' is not the name of a time zone", name);

    CLEANUP(text_clear) struct text path = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    text_addf(&path, "%s/%s", directory, name);
    /* Not blocking, should the name lead to a pipe. */
    __attribute__((cleanup(file_close))) int file =
        open(text_string(&path), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0 && errno == ENOENT)
        return fault_set(fault, FAULT_INPUT, "there is no time zone '%s' in '%s'", name, directory);
    if (file < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot open '%s'", text_string(&path));
    if (!file_read(file, text_string(&path), &bytes, fault))
        return false;
    return zone_parse(name, text_string(&bytes), bytes.size, zone, fault);
}
