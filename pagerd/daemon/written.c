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

static bool is_as_wished(const struct written *written, const struct written_wish *wish)
{
    return wish->is_wanted && written->from_at == wish->from_at &&
           written->until_at == wish->until_at;
}

/* It is ours as we know it; does the engine wish something else by now? */
static enum written_action decide_ours(const struct written *written,
                                       const struct written_wish *wish, const char *etag)
{
    if (is_as_wished(written, wish) || etag == NULL || etag[0] == '\0')
        return WRITE_NOTHING;
    return wish->is_wanted ? WRITE_CHANGE : WRITE_REMOVE;
}

static enum written_action decide_waiting(const struct written_wish *wish,
                                          const struct written_sight *sight)
{
    if (sight->is_there && sight->is_fresh) {
        if (sight->is_read && !sight->is_same)
            return WRITE_RELEASE;
        return sight->is_read ? WRITE_ADOPT : WRITE_NOTHING;
    }
    if (wish->is_wanted)
        return WRITE_NEW;
    return sight->is_fresh ? WRITE_FORGET : WRITE_NOTHING;
}

static enum written_action decide_landed(const struct written *written,
                                         const struct written_wish *wish,
                                         const struct written_sight *sight)
{
    if (!sight->is_fresh)
        return decide_ours(written, wish, written->etag);
    if (!sight->is_there)
        return wish->is_active ? WRITE_REVOKE : WRITE_FORGET;
    if (sight->is_read && !sight->is_same)
        return WRITE_RELEASE;
    if (sight->is_read || (written->etag[0] != '\0' && string_is(written->etag, sight->etag)))
        return decide_ours(written, wish, sight->etag);
    return WRITE_NOTHING; /* changed in some way: what it says now is still being read */
}

enum written_action written_decide(const struct written *written, const struct written_wish *wish,
                                   const struct written_sight *sight)
{
    if (!wish->is_known)
        return WRITE_FORGET;
    switch (written->state) {
    case WRITTEN_WAITING:
        return decide_waiting(wish, sight);
    case WRITTEN_LANDED:
        return decide_landed(written, wish, sight);
    case WRITTEN_RELEASED:
    case WRITTEN_STATE_COUNT:
        break;
    }
    return sight->is_fresh && !sight->is_there ? WRITE_FORGET : WRITE_NOTHING;
}

static void written_clear(struct written *written)
{
    free(written->etag);
    free(written->user);
    free(written->summary);
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

struct written *written_book_add(struct written_book *book, uint64_t id)
{
    if (book->count == WRITTEN_MAX)
        return NULL;
    book->list = memory_grow(book->list, book->count + 1, sizeof(*book->list));
    struct written *written = &book->list[book->count++];
    *written = (struct written){.id = id, .etag = string_copy("")};
    return written;
}

void written_book_remove(struct written_book *book, struct written *written)
{
    size_t at = (size_t)(written - book->list);
    written_clear(written);
    memmove(written, written + 1, (book->count - at - 1) * sizeof(*written));
    book->count--;
}

void written_set(struct written *written, const char *user, const char *summary, msec from_at,
                 msec until_at)
{
    char *old_user = written->user;
    char *old_summary = written->summary;
    written->user = string_copy(user);
    written->summary = string_copy(summary);
    written->from_at = from_at;
    written->until_at = until_at;
    free(old_user);
    free(old_summary);
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
        json_put_integer(&writer, "from", written->from_at);
        json_put_integer(&writer, "until", written->until_at);
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
    written->state = WRITTEN_STATE_COUNT;
    for (int i = 0; i < WRITTEN_STATE_COUNT; i++)
        if (string_is(state, state_names[i]))
            written->state = (enum written_state)i;
    written->sequence = (uint32_t)json_integer(json, "sequence", 0);
    written_set_etag(written, json_string(json, "etag"));
    written_set(written, json_string(json, "user"), json_string(json, "summary"),
                json_integer(json, "from", 0), json_integer(json, "until", 0));
    return written->id > 0 && written->state != WRITTEN_STATE_COUNT;
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
    for (const struct json *at = is_good ? list->first : NULL; at != NULL && is_good; at = at->next)
        is_good = written_parse(at, written_book_add(&made, (uint64_t)json_integer(at, "id", 0)));
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
    return folder_sync(text_string(&folder), fault) && folder_sync(text_string(&parent), fault);
}
