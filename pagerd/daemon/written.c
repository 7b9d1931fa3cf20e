/* SPDX-License-Identifier: MIT */
#include "daemon/written.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/json.h"

#define BOOK_SIZE_MAX (8 * 1024 * 1024)

/* It is ours as we know it; is something else wished by now? */
static enum written_action decide_ours(const struct written *written, const char *etag)
{
    bool is_as_wished = written->is_wanted && written->until_at == written->wished_until_at;
    if (is_as_wished || etag == NULL || etag[0] == '\0')
        return WRITE_NOTHING;
    return written->is_wanted ? WRITE_CHANGE : WRITE_REMOVE;
}

static enum written_action decide_waiting(const struct written *written,
                                          const struct written_sight *sight)
{
    if (sight->is_there && sight->is_fresh) {
        if (sight->is_read && !sight->is_same)
            return WRITE_RELEASE;
        return sight->is_read ? WRITE_ADOPT : WRITE_NOTHING;
    }
    if (written->is_wanted)
        return WRITE_NEW;
    return sight->is_fresh ? WRITE_FORGET : WRITE_NOTHING;
}

static enum written_action decide_landed(const struct written *written, bool is_active,
                                         const struct written_sight *sight)
{
    if (!sight->is_fresh)
        return decide_ours(written, written->etag);
    if (!sight->is_there)
        return is_active ? WRITE_REVOKE : WRITE_FORGET;
    if (sight->is_read && !sight->is_same)
        return WRITE_RELEASE;
    if (sight->is_read || (written->etag[0] != '\0' && string_is(written->etag, sight->etag)))
        return decide_ours(written, sight->etag);
    return WRITE_NOTHING; /* changed in some way: what it says now is still being read */
}

enum written_action written_decide(const struct written *written, bool is_active,
                                   const struct written_sight *sight)
{
    switch (written->state) {
    case WRITTEN_WAITING:
        return decide_waiting(written, sight);
    case WRITTEN_LANDED:
        return decide_landed(written, is_active, sight);
    case WRITTEN_RELEASED:
    case WRITTEN_STATE_COUNT:
        break;
    }
    return sight->is_fresh && !sight->is_there ? WRITE_FORGET : WRITE_NOTHING;
}

void written_clear(struct written *written)
{
    free(written->etag);
    free(written->user);
    free(written->summary);
    free(written->description);
    free(written->categories);
}

void written_book_clear(struct written_book *book)
{
    for (size_t i = 0; i < book->count; i++)
        written_clear(&book->list[i]);
    free(book->list);
    *book = (struct written_book){0};
}

struct written *written_book_find(const struct written_book *book, uint64_t id)
{
    for (size_t i = 0; i < book->count; i++)
        if (book->list[i].id == id)
            return &book->list[i];
    return NULL;
}

/* The one that was over first. */
static struct written *book_oldest(const struct written_book *book, msec now)
{
    struct written *oldest = NULL;
    for (size_t i = 0; i < book->count; i++) {
        struct written *at = &book->list[i];
        if (at->wished_until_at < now &&
            (oldest == NULL || at->wished_until_at < oldest->wished_until_at))
            oldest = at;
    }
    return oldest;
}

bool written_book_add(struct written_book *book, const struct written *written, msec now)
{
    if (book->count == WRITTEN_MAX) {
        struct written *oldest = book_oldest(book, now);
        if (oldest == NULL)
            return false;
        written_book_remove(book, oldest);
    }
    book->list = memory_grow(book->list, book->count + 1, sizeof(*book->list));
    book->list[book->count++] = *written;
    return true;
}

void written_book_remove(struct written_book *book, struct written *written)
{
    size_t at = (size_t)(written - book->list);
    written_clear(written);
    memmove(written, written + 1, (book->count - at - 1) * sizeof(*written));
    book->count--;
}

void written_set_etag(struct written *written, const char *etag)
{
    char *old = written->etag;
    written->etag = string_copy(etag == NULL ? "" : etag);
    free(old);
}

static const char *const state_names[WRITTEN_STATE_COUNT] = {
    [WRITTEN_WAITING] = "waiting",
    [WRITTEN_LANDED] = "landed",
    [WRITTEN_RELEASED] = "released",
};

void written_book_render(struct text *text, const struct written_book *book)
{
    struct json_writer writer = {.text = text};
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "overrides");
    for (size_t i = 0; i < book->count; i++) {
        const struct written *written = &book->list[i];
        json_begin_object(&writer, NULL);
        json_put_integer(&writer, "id", (int64_t)written->id);
        json_put_string(&writer, "state", state_names[written->state]);
        json_put_string(&writer, "etag", written->etag);
        json_put_string(&writer, "user", written->user);
        json_put_string(&writer, "summary", written->summary);
        json_put_string(&writer, "description", written->description);
        json_put_string(&writer, "categories", written->categories);
        json_put_integer(&writer, "from", written->from_at);
        json_put_integer(&writer, "until", written->until_at);
        json_put_integer(&writer, "wished_until", written->wished_until_at);
        json_put_bool(&writer, "wanted", written->is_wanted);
        json_put_integer(&writer, "sequence", written->sequence);
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    text_add_char(text, '\n');
}

static bool written_parse(const struct json *json, struct written *written)
{
    const char *state = json_string(json, "state");
    const char *etag = json_string(json, "etag");
    *written = (struct written){.id = (uint64_t)json_integer(json, "id", 0),
                                .state = WRITTEN_STATE_COUNT,
                                .etag = string_copy(etag == NULL ? "" : etag),
                                .user = string_copy(json_string(json, "user")),
                                .summary = string_copy(json_string(json, "summary")),
                                .description = string_copy(json_string(json, "description")),
                                .categories = string_copy(json_string(json, "categories")),
                                .from_at = json_integer(json, "from", 0),
                                .until_at = json_integer(json, "until", 0),
                                .wished_until_at = json_integer(json, "wished_until", 0),
                                .is_wanted = json_bool(json, "wanted", false),
                                .sequence = (uint32_t)json_integer(json, "sequence", 0)};
    for (int i = 0; i < WRITTEN_STATE_COUNT; i++)
        if (string_is(state, state_names[i]))
            written->state = (enum written_state)i;
    return written->id > 0 && written->state != WRITTEN_STATE_COUNT && written->user != NULL &&
           written->summary != NULL && written->from_at < written->until_at &&
           written->from_at < written->wished_until_at;
}

bool written_book_parse(struct span bytes, struct written_book *book, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json;
    struct written_book made = {0};
    if (!json_parse(arena, bytes, &json, fault))
        return false;
    const struct json *list = json_find(json, "overrides");
    bool is_good = list != NULL && list->kind == JSON_ARRAY && list->count <= WRITTEN_MAX;
    for (const struct json *at = is_good ? list->first : NULL; at != NULL && is_good;
         at = at->next) {
        struct written written;
        is_good = written_parse(at, &written) && written_book_add(&made, &written, 0);
        if (!is_good)
            written_clear(&written);
    }
    if (!is_good) {
        written_book_clear(&made);
        return fault_set(fault, FAULT_INPUT, "it is not what was written");
    }
    *book = made;
    return true;
}

static bool file_read(FILE *file, struct text *bytes)
{
    char piece[65536];
    size_t got;
    while ((got = fread(piece, 1, sizeof(piece), file)) > 0 && bytes->size <= BOOK_SIZE_MAX)
        text_add_bytes(bytes, piece, got);
    return ferror(file) == 0 && bytes->size <= BOOK_SIZE_MAX;
}

bool written_book_load(const char *state, const char *name, struct written_book *book,
                       struct fault *fault)
{
    CLEANUP(text_clear) struct text path = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    text_addf(&path, "%s/calendars/%s/written", state, name);
    FILE *file = fopen(text_string(&path), "re");
    if (file == NULL && errno == ENOENT) {
        *book = (struct written_book){0};
        return true;
    }
    if (file == NULL)
        return fault_set(fault, FAULT_SYSTEM, "cannot open '%s'", text_string(&path));
    bool is_read = file_read(file, &bytes);
    fclose(file);
    if (!is_read)
        return fault_set(fault, FAULT_INPUT, "cannot read '%s'", text_string(&path));
    if (!written_book_parse(text_span(&bytes), book, fault))
        return fault_prefix(fault, "'%s' is damaged", text_string(&path));
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
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = folder >= 0 && fsync(folder) == 0;
    if (!is_synced)
        fault_set(fault, FAULT_SYSTEM, "cannot put folder '%s' on disk", path);
    if (folder >= 0)
        close(folder);
    return is_synced;
}

static bool file_write(const char *path, struct span bytes, struct fault *fault)
{
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return fault_set(fault, FAULT_SYSTEM, "cannot create '%s'", path);
    bool is_well = fchmod(fileno(file), 0600) == 0 &&
                   fwrite(bytes.bytes, 1, bytes.size, file) == bytes.size && fflush(file) == 0 &&
                   fsync(fileno(file)) == 0;
    if (!is_well)
        fault_set(fault, FAULT_SYSTEM, "cannot write '%s'", path);
    if (fclose(file) != 0 && is_well)
        is_well = fault_set(fault, FAULT_SYSTEM, "cannot write '%s'", path);
    return is_well;
}

bool written_bytes_save(const char *state, const char *name, struct span bytes, struct fault *fault)
{
    CLEANUP(text_clear) struct text parent = {0};
    CLEANUP(text_clear) struct text folder = {0};
    CLEANUP(text_clear) struct text fresh = {0};
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&parent, "%s/calendars", state);
    text_addf(&folder, "%s/%s", text_string(&parent), name);
    text_addf(&fresh, "%s/written.new", text_string(&folder));
    text_addf(&path, "%s/written", text_string(&folder));
    if (!folder_make(text_string(&parent), fault) || !folder_make(text_string(&folder), fault) ||
        !file_write(text_string(&fresh), bytes, fault))
        return false;
    if (rename(text_string(&fresh), text_string(&path)) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot replace '%s'", text_string(&path));
    return folder_sync(text_string(&folder), fault) && folder_sync(text_string(&parent), fault) &&
           folder_sync(state, fault);
}
