/* SPDX-License-Identifier: MIT */
/*
 * fuzz_backup.c - a backup that somebody else made.
 *
 * With a first byte of 'f' the rest is frames (kind, size in two bytes, bytes), which get a right
 * beginning, head and hash: what they say is tried. Else the rest is the file itself. What is given
 * as a row is one: it can be written into a batch, and comes out of it as it was.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/text.h"
#include "fuzz.h"
#include "input.h"
#include "store/backend.h"
#include "store/backup.h"

static bool row_check(void *context, enum record_kind kind, const struct cell *cells,
                      struct fault *fault)
{
    (void)context;
    (void)fault;
    struct row row;
    size_t cursor = 0;
    CLEANUP(batch_free) struct batch *batch = batch_new();
    batch_add_row(batch, kind, cells);
    assert(batch_next(batch, &cursor, &row) && row.kind == kind);
    for (size_t i = 0; i < table_get(kind)->count; i++) {
        assert(row.cells[i].integer == cells[i].integer && row.cells[i].size == cells[i].size);
        assert(cells[i].size == 0 || memcmp(row.cells[i].text, cells[i].text, cells[i].size) == 0);
    }
    assert(!batch_next(batch, &cursor, &row));
    return true;
}

static bool counter_check(void *context, const char *name, int64_t value, struct fault *fault)
{
    (void)context;
    (void)value;
    (void)fault;
    assert(strlen(name) <= STORE_NAME_MAX);
    return true;
}

static void frames_write(struct input *input, int file)
{
    static const char kinds[] = "HTRCF";
    struct fault fault = {0};
    CLEANUP(archive_writer_free) struct archive_writer *writer = archive_writer_new(file, "it");
    while (input->rest.size > 3) {
        enum archive_frame kind = (enum archive_frame)kinds[input_byte(input) % 5];
        size_t size = (size_t)input_number(input, 2);
        if (size > input->rest.size)
            size = input->rest.size;
        assert(archive_add(writer, kind, (struct span){input->rest.bytes, size}, &fault));
        input->rest.bytes += size;
        input->rest.size -= size;
    }
    assert(archive_end(writer, &fault));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = input_of(bytes, size);
    struct store_taker taker = {.row = row_check, .counter = counter_check};
    struct archive_summary summary;
    struct fault fault = {0};
    msec made_at = 0;
    char path[64];
    bool is_frames = input_byte(&input) == 'f';
    int file = memfd_create("backup", MFD_CLOEXEC);
    assert(file >= 0);
    if (is_frames)
        frames_write(&input, file);
    else
        assert(write(file, input.rest.bytes, input.rest.size) == (ssize_t)input.rest.size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
    bool is_whole = archive_verify(path, &summary, &fault);
    assert(is_whole || !is_frames);
    assert(is_whole || fault.text[0] != '\0');
    bool is_read = backup_walk(path, &taker, &made_at, &fault);
    assert(is_whole || !is_read);
    close(file);
    return 0;
}
