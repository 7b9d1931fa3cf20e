/* SPDX-License-Identifier: MIT */
#include "calendar/good.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"

#define GOOD_MAGIC "pagerd calendar 1\n"
#define GOOD_HEADER_MAX (8 * 1024 * 1024) /* names of CALENDAR_FILES_MAX files */

/*
 * The file: GOOD_MAGIC, the SHA-256 of what follows as hex and a line end, one line of JSON, and
 * the bytes of the files one after the other.
 */

static void descriptor_close(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}
#define CLOSING __attribute__((cleanup(descriptor_close)))

static bool name_check(const char *name, struct fault *fault)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._-";
    size_t size = strlen(name);
    if (size == 0 || size > 64 || name[0] == '.' || strspn(name, allowed) != size)
        return fault_set(fault, FAULT_INPUT, "\"%.80s\" cannot be the name of a calendar", name);
    return true;
}

static void good_render(struct text *text, const struct good_copy *copy)
{
    struct json_writer writer = {.text = text};
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "source", copy->source);
    json_put_string(&writer, "etag", copy->etag);
    json_put_string(&writer, "last_modified", copy->last_modified);
    json_put_integer(&writer, "read_at", copy->read_at);
    json_begin_array(&writer, "files");
    for (size_t i = 0; i < copy->file_count; i++) {
        json_begin_object(&writer, NULL);
        json_put_string(&writer, "name", copy->files[i].name);
        json_put_integer(&writer, "size", (int64_t)copy->files[i].bytes.size);
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    text_add_char(text, '\n');
    for (size_t i = 0; i < copy->file_count; i++)
        text_add_span(text, copy->files[i].bytes);
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

static bool file_replace(const char *folder, struct span bytes, struct fault *fault)
{
    CLEANUP(text_clear) struct text fresh = {0};
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&fresh, "%s/good.new", folder);
    text_addf(&path, "%s/good", folder);
    CLOSING int descriptor =
        open(text_string(&fresh), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot create '%s'", text_string(&fresh));
    if (!bytes_write(descriptor, bytes, text_string(&fresh), fault))
        return false;
    if (fsync(descriptor) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot put '%s' on disk", text_string(&fresh));
    if (rename(text_string(&fresh), text_string(&path)) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot replace '%s'", text_string(&path));
    return folder_sync(folder, fault);
}

bool good_write(const char *state, const char *name, const struct good_copy *copy,
                struct fault *fault)
{
    if (!name_check(name, fault))
        return false;
    CLEANUP(text_clear) struct text parent = {0};
    CLEANUP(text_clear) struct text folder = {0};
    CLEANUP(text_clear) struct text body = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    text_addf(&parent, "%s/calendars", state);
    text_addf(&folder, "%s/calendars/%s", state, name);
    good_render(&body, copy);
    char hash[HASH_TEXT_SIZE];
    hash_text(text_span(&body), hash);
    text_addf(&bytes, "%s%s\n", GOOD_MAGIC, hash);
    text_add_span(&bytes, text_span(&body));
    return folder_make(text_string(&parent), fault) && folder_make(text_string(&folder), fault) &&
           file_replace(text_string(&folder), text_span(&bytes), fault) &&
           folder_sync(text_string(&parent), fault) && folder_sync(state, fault);
}

static bool files_parse(struct arena *arena, const struct json *header, struct span bytes,
                        struct good_copy *copy)
{
    const struct json *files = json_find(header, "files");
    if (files == NULL || files->kind != JSON_ARRAY || files->count > CALENDAR_FILES_MAX)
        return false;
    struct calendar_file *list = arena_take(arena, (files->count + 1) * sizeof *list);
    for (const struct json *at = files->first; at != NULL; at = at->next) {
        const char *name = json_string(at, "name");
        int64_t size = json_integer(at, "size", -1);
        if (name == NULL || size < 0 || (uint64_t)size > bytes.size)
            return false;
        struct span part = {bytes.bytes, (size_t)size};
        list[copy->file_count++] = (struct calendar_file){
            arena_copy(arena, name), {arena_copy_span(arena, part), part.size}};
        bytes.bytes += size;
        bytes.size -= (size_t)size;
    }
    copy->files = list;
    return bytes.size == 0;
}

static bool good_parse(struct arena *arena, struct span bytes, const struct good_copy **copy)
{
    struct span rest = bytes;
    if (!span_has_prefix(rest, GOOD_MAGIC))
        return false;
    (void)span_cut(&rest, '\n');
    struct span written = span_cut(&rest, '\n');
    char hash[HASH_TEXT_SIZE];
    hash_text(rest, hash);
    if (!span_is(written, hash))
        return false;
    struct span line = span_cut(&rest, '\n');
    const struct json *header;
    if (line.size > GOOD_HEADER_MAX || !json_parse(arena, line, &header, NULL))
        return false;
    struct good_copy *parsed = arena_take(arena, sizeof *parsed);
    parsed->source = arena_copy(arena, json_string(header, "source"));
    parsed->etag = arena_copy(arena, json_string(header, "etag"));
    parsed->last_modified = arena_copy(arena, json_string(header, "last_modified"));
    parsed->read_at = json_integer(header, "read_at", 0);
    if (parsed->source == NULL || !files_parse(arena, header, rest, parsed))
        return false;
    *copy = parsed;
    return true;
}

static bool file_load(int descriptor, const char *path, struct text *bytes, struct fault *fault)
{
    for (;;) {
        char piece[16384];
        ssize_t size = read(descriptor, piece, sizeof piece);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot read '%s'", path);
        if (size == 0)
            return true;
        if (bytes->size + (size_t)size > CALENDAR_BYTES_MAX + 2 * GOOD_HEADER_MAX)
            return fault_set(fault, FAULT_LIMIT, "'%s' is larger than it was written", path);
        text_add_bytes(bytes, piece, (size_t)size);
    }
}

bool good_load(struct arena *arena, const char *state, const char *name,
               const struct good_copy **copy, struct fault *fault)
{
    if (!name_check(name, fault))
        return false;
    CLEANUP(text_clear) struct text path = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    text_addf(&path, "%s/calendars/%s/good", state, name);
    CLOSING int descriptor =
        open(text_string(&path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0 && errno == ENOENT) {
        *copy = NULL;
        return true;
    }
    if (descriptor < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot open '%s'", text_string(&path));
    if (!file_load(descriptor, text_string(&path), &bytes, fault))
        return false;
    if (!good_parse(arena, text_span(&bytes), copy))
        return fault_set(fault, FAULT_INPUT, "'%s' is damaged", text_string(&path));
    return true;
}
