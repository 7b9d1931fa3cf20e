/* SPDX-License-Identifier: MIT */
#include "base/archive.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"

#define FRAME_HEAD_SIZE 5
#define PENDING_SIZE (256 * 1024) /* bytes gathered before they are written */
#define FIRST_LINE ARCHIVE_NAME ARCHIVE_VERSION "\n"

struct archive_writer {
    int file;
    const char *name;
    gnutls_hash_hd_t hash;
    struct text pending;
    uint64_t size;
};

struct archive_reader {
    FILE *file;
    const char *name;
    gnutls_hash_hd_t hash;
    struct text bytes;
    uint64_t size;
    bool has_ended;
};

static gnutls_hash_hd_t hash_new(void)
{
    gnutls_hash_hd_t hash;
    if (gnutls_hash_init(&hash, GNUTLS_DIG_SHA256) != 0)
        memory_out(); /* nothing else can go wrong in it */
    return hash;
}

static void hash_add(gnutls_hash_hd_t hash, const void *bytes, size_t size)
{
    if (size > 0 && gnutls_hash(hash, bytes, size) != 0)
        memory_out();
}

static bool writer_flush(struct archive_writer *writer, struct fault *fault)
{
    const char *at = text_string(&writer->pending);
    size_t left = writer->pending.size;
    while (left > 0) {
        ssize_t size = write(writer->file, at, left);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fault_set(fault, errno == ENOSPC ? FAULT_LIMIT : FAULT_SYSTEM,
                             "cannot write %s: %s", writer->name, strerror(errno));
        at += size;
        left -= (size_t)size;
    }
    text_reset(&writer->pending);
    return true;
}

static void writer_put(struct archive_writer *writer, const void *bytes, size_t size)
{
    hash_add(writer->hash, bytes, size);
    text_add_bytes(&writer->pending, bytes, size);
    writer->size += size;
}

struct archive_writer *archive_writer_new(int file, const char *name)
{
    struct archive_writer *writer = memory_new(1, sizeof(*writer));
    writer->file = file;
    writer->name = name;
    writer->hash = hash_new();
    writer_put(writer, FIRST_LINE, strlen(FIRST_LINE));
    return writer;
}

void archive_writer_free(struct archive_writer *writer)
{
    if (writer == NULL)
        return;
    gnutls_hash_deinit(writer->hash, NULL);
    text_clear(&writer->pending);
    free(writer);
}

static void head_put(struct archive_writer *writer, enum archive_frame kind, size_t size)
{
    unsigned char head[FRAME_HEAD_SIZE] = {(unsigned char)kind};
    for (int i = 0; i < 4; i++)
        head[i + 1] = (unsigned char)(size >> (8 * i));
    writer_put(writer, head, sizeof(head));
}

bool archive_add(struct archive_writer *writer, enum archive_frame kind, struct span bytes,
                 struct fault *fault)
{
    assert(kind != ARCHIVE_END);
    if (bytes.size > ARCHIVE_FRAME_SIZE_MAX)
        return fault_set(fault, FAULT_LIMIT, "a record of %zu bytes is too large for a backup",
                         bytes.size);
    head_put(writer, kind, bytes.size);
    writer_put(writer, bytes.bytes, bytes.size);
    return writer->pending.size < PENDING_SIZE || writer_flush(writer, fault);
}

bool archive_end(struct archive_writer *writer, struct fault *fault)
{
    unsigned char hash[HASH_SIZE];
    gnutls_hash_output(writer->hash, hash);
    head_put(writer, ARCHIVE_END, sizeof(hash));
    writer_put(writer, hash, sizeof(hash));
    if (!writer_flush(writer, fault))
        return false;
    if (fsync(writer->file) != 0 && errno != EINVAL) /* a pipe has no disk */
        return fault_set(fault, FAULT_SYSTEM, "cannot put %s on disk", writer->name);
    return true;
}

uint64_t archive_size(const struct archive_writer *writer)
{
    return writer->size;
}

static bool is_damaged(const struct archive_reader *reader, const char *what, struct fault *fault)
{
    if (ferror(reader->file) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot read %s", reader->name);
    return fault_set(fault, FAULT_INPUT, "%s is damaged at byte %llu: %s; take another backup",
                     reader->name, (unsigned long long)reader->size, what);
}

static bool first_line_check(struct archive_reader *reader, struct fault *fault)
{
    char line[64] = "";
    if (fgets(line, sizeof(line), reader->file) == NULL ||
        strncmp(line, ARCHIVE_NAME, strlen(ARCHIVE_NAME)) != 0)
        return fault_set(fault, FAULT_INPUT, "%s is no backup of pagerd", reader->name);
    if (!string_is(line, FIRST_LINE)) {
        line[strcspn(line, "\n")] = '\0';
        CLEANUP(text_clear) struct text clean = {0};
        text_add_terminal(&clean, line + strlen(ARCHIVE_NAME));
        return fault_set(fault, FAULT_INPUT,
                         "%s has form %s, of a newer pagerd; this one knows form " ARCHIVE_VERSION,
                         reader->name, text_string(&clean));
    }
    hash_add(reader->hash, line, strlen(line));
    reader->size = strlen(line);
    return true;
}

struct archive_reader *archive_reader_new(int file, const char *name, struct fault *fault)
{
    int own = fcntl(file, F_DUPFD_CLOEXEC, 0);
    FILE *stream = own < 0 ? NULL : fdopen(own, "rb");
    if (stream == NULL) {
        fault_set(fault, FAULT_SYSTEM, "cannot read %s", name);
        if (own >= 0)
            close(own);
        return NULL;
    }
    struct archive_reader *reader = memory_new(1, sizeof(*reader));
    reader->file = stream;
    reader->name = name;
    reader->hash = hash_new();
    if (first_line_check(reader, fault))
        return reader;
    archive_reader_free(reader);
    return NULL;
}

void archive_reader_free(struct archive_reader *reader)
{
    if (reader == NULL)
        return;
    gnutls_hash_deinit(reader->hash, NULL);
    text_clear(&reader->bytes);
    fclose(reader->file);
    free(reader);
}

/* In pieces: a damaged size must not take memory that is not there. */
static bool bytes_take(struct archive_reader *reader, size_t size)
{
    char piece[16384];
    text_reset(&reader->bytes);
    while (size > 0) {
        size_t wanted = size < sizeof(piece) ? size : sizeof(piece);
        if (fread(piece, 1, wanted, reader->file) != wanted)
            return false;
        text_add_bytes(&reader->bytes, piece, wanted);
        size -= wanted;
    }
    return true;
}

static bool end_check(struct archive_reader *reader, struct fault *fault)
{
    unsigned char hash[HASH_SIZE];
    gnutls_hash_output(reader->hash, hash);
    if (reader->bytes.size != sizeof(hash) || memcmp(hash, reader->bytes.bytes, sizeof(hash)) != 0)
        return is_damaged(reader, "its bytes are not those that were written", fault);
    if (fgetc(reader->file) != EOF)
        return is_damaged(reader, "something follows its end", fault);
    reader->has_ended = true;
    return true;
}

bool archive_next(struct archive_reader *reader, enum archive_frame *kind, struct span *bytes,
                  struct fault *fault)
{
    unsigned char head[FRAME_HEAD_SIZE];
    assert(!reader->has_ended);
    if (fread(head, 1, sizeof(head), reader->file) != sizeof(head))
        return is_damaged(reader, "its end is missing", fault);
    size_t size = 0;
    for (int i = 0; i < 4; i++)
        size |= (size_t)head[i + 1] << (8 * i);
    if (memchr("HTRCFE", head[0], 6) == NULL || size > ARCHIVE_FRAME_SIZE_MAX)
        return is_damaged(reader, "there is no frame", fault);
    if (!bytes_take(reader, size))
        return is_damaged(reader, "its end is missing", fault);
    if (head[0] == ARCHIVE_END && !end_check(reader, fault))
        return false;
    if (head[0] != ARCHIVE_END) {
        hash_add(reader->hash, head, sizeof(head));
        hash_add(reader->hash, text_string(&reader->bytes), size);
    }
    reader->size += sizeof(head) + size;
    *kind = (enum archive_frame)head[0];
    *bytes = (struct span){text_string(&reader->bytes), size};
    return true;
}

static void summary_head(struct archive_summary *summary, struct span bytes)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *head = NULL;
    if (!json_parse(arena, bytes, &head, NULL))
        return;
    const char *made_at = json_string(head, "made_at");
    const char *version = json_string(head, "version");
    snprintf(summary->made_at, sizeof(summary->made_at), "%s", made_at ? made_at : "");
    snprintf(summary->version, sizeof(summary->version), "%s", version ? version : "");
}

static bool summary_read(struct archive_reader *reader, struct archive_summary *summary,
                         struct fault *fault)
{
    enum archive_frame kind = ARCHIVE_HEAD;
    struct span bytes;
    do {
        if (!archive_next(reader, &kind, &bytes, fault))
            return false;
        if (kind == ARCHIVE_HEAD)
            summary_head(summary, bytes);
        summary->rows += kind == ARCHIVE_ROW;
        summary->files += kind == ARCHIVE_FILE;
    } while (kind != ARCHIVE_END);
    summary->size = reader->size;
    return true;
}

bool archive_verify(const char *path, struct archive_summary *summary, struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot open '%s'", path);
    CLEANUP(archive_reader_free)
    struct archive_reader *reader = archive_reader_new(file, path, fault);
    close(file);
    *summary = (struct archive_summary){0};
    return reader != NULL && summary_read(reader, summary, fault);
}
