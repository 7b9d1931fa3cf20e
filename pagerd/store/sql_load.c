/* SPDX-License-Identifier: MIT */
/* sql_load.c - what a start needs of any SQL database, streamed row by row. */
#include <assert.h>
#include <string.h>

#include "store/sql.h"

/* Any one record, for streaming. */
union record {
    struct incident incident;
    struct alert_record alert;
    struct page page;
    struct person person;
    struct override override;
    struct silence silence;
    struct heartbeat heartbeat;
    struct handoff handoff;
    struct swap swap;
    struct proof proof;
    struct key_record key;
    struct token_record token;
    struct meta_record meta;
};

static void hand_over(const struct store_loader *loader, enum record_kind kind,
                      const union record *record)
{
    switch (kind) {
    case RECORD_INCIDENT:
        loader->incident(loader->context, &record->incident);
        break;
    case RECORD_ALERT:
        loader->alert(loader->context, &record->alert);
        break;
    case RECORD_PAGE:
        loader->page(loader->context, &record->page);
        break;
    case RECORD_PERSON:
        loader->person(loader->context, &record->person);
        break;
    case RECORD_OVERRIDE:
        loader->override(loader->context, &record->override);
        break;
    case RECORD_SILENCE:
        loader->silence(loader->context, &record->silence);
        break;
    case RECORD_HEARTBEAT:
        loader->heartbeat(loader->context, &record->heartbeat);
        break;
    case RECORD_HANDOFF:
        loader->handoff(loader->context, &record->handoff);
        break;
    case RECORD_SWAP:
        loader->swap(loader->context, &record->swap);
        break;
    case RECORD_PROOF:
        loader->proof(loader->context, &record->proof);
        break;
    case RECORD_KEY:
        loader->key(loader->context, &record->key);
        break;
    case RECORD_TOKEN:
        loader->token(loader->context, &record->token);
        break;
    case RECORD_META:
        loader->meta(loader->context, &record->meta);
        break;
    case RECORD_ENTRY:
    case RECORD_COUNT:
        assert(false);
    }
}

_Static_assert(SILENCE_MAX_MS == 2592000000, "as below");

/* What a start wants of each kind; every question mark is the same instant, `now` or a day ago. */
static const struct wanted {
    enum record_kind kind;
    const char *condition;
    bool is_since; /* compare with the start of what is recent, not with now */
} wanted[] = {
    {RECORD_META, "? = ? ORDER BY name", false},
    {RECORD_INCIDENT,
     "number IN (SELECT number FROM incident WHERE state < 4 UNION ALL "
     "SELECT number FROM incident WHERE state = 4 AND resolved_at >= ?) ORDER BY number",
     true},
    {RECORD_ALERT,
     "incident IN (SELECT number FROM incident WHERE state < 4 UNION ALL "
     "SELECT number FROM incident WHERE state = 4 AND resolved_at >= ?)",
     true}, /* the engine puts them in order: a database sorts whole rows, a million of them */
    {RECORD_PAGE,
     "id IN (SELECT id FROM page WHERE state < 2 UNION ALL "
     "SELECT id FROM page WHERE created_at >= ? AND state IN (2, 5)) ORDER BY id",
     true},
    {RECORD_PERSON, "? = ? ORDER BY user_id", false},
    {RECORD_OVERRIDE, "is_ended = 0 AND until_at > ? ORDER BY id", false},
    {RECORD_SILENCE,
     "(state < 2 OR (maintenance <> '' AND ended_by <> '')) AND "
     "(state < 2 OR until_at >= ? - 2592000000) ORDER BY id",
     false},
    {RECORD_HEARTBEAT, "? = ? AND state < 4 ORDER BY id", false},
    {RECORD_HANDOFF, "? = ? ORDER BY team", false},
    {RECORD_SWAP, "state = 0 OR until_at > ? ORDER BY id", false},
    {RECORD_PROOF, "? = ? ORDER BY id", false},
    {RECORD_KEY, "? = ? ORDER BY created_at, name", false},
    {RECORD_TOKEN,
     "expires_at > ? OR incident IN (SELECT number FROM incident WHERE state < 4) "
     "ORDER BY expires_at",
     false},
};

/* Where the rows of one kind go. */
struct stream {
    const struct store_loader *loader;
    enum record_kind kind;
    struct arena *arena;
};

static bool stream_row(void *context, const struct cell *cells, struct fault *fault)
{
    struct stream *stream = context;
    union record record = {.page = {0}};

    if (!row_fill(stream->kind, cells, stream->arena, &record, fault))
        return false;
    hand_over(stream->loader, stream->kind, &record);
    arena_reset(stream->arena);
    return true;
}

static bool load_kind(const struct sql_runner *runner, const struct wanted *one, msec now,
                      const struct store_loader *loader, struct fault *fault)
{
    CLEANUP(select_clear) struct select select = {.mark = runner->mark};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct stream stream = {loader, one->kind, arena};

    select_begin(&select, one->kind, one->condition);
    select_bind_integer(&select, one->is_since ? now - STORE_RECENT_MS : now);
    return runner->run(runner->context, &select, stream_row, &stream, fault);
}

static bool take_counter(void *context, const struct cell *cells, struct fault *fault)
{
    const struct store_loader *loader = context;

    (void)fault;
    loader->counter(loader->context, cells[0].text, cells[1].integer);
    return true;
}

static bool load_counters(const struct sql_runner *runner, const struct store_loader *loader,
                          struct fault *fault)
{
    CLEANUP(select_clear) struct select select = {.mark = runner->mark};
    struct store_loader borrowed = *loader;

    select_begin_counters(&select);
    return runner->run(runner->context, &select, take_counter, &borrowed, fault);
}

static bool take_maxima(void *context, const struct cell *cells, struct fault *fault)
{
    struct store_maxima *maxima = context;

    (void)fault;
    maxima->incident = (uint64_t)cells[0].integer;
    maxima->page = (uint64_t)cells[1].integer;
    maxima->override = (uint64_t)cells[2].integer;
    maxima->alert = (uint64_t)cells[3].integer;
    maxima->silence = (uint64_t)cells[4].integer;
    maxima->heartbeat = (uint64_t)cells[5].integer;
    maxima->swap = (uint64_t)cells[6].integer;
    return true;
}

static bool load_maxima(const struct sql_runner *runner, struct store_maxima *maxima,
                        struct fault *fault)
{
    CLEANUP(select_clear) struct select select = {.mark = runner->mark, .column_count = 7};

    text_add(&select.sql, "SELECT (SELECT max(number) FROM incident), (SELECT max(id) FROM page), "
                          "(SELECT max(id) FROM rota_override), (SELECT max(id) FROM alert), "
                          "(SELECT max(id) FROM silence), (SELECT max(id) FROM heartbeat), "
                          "(SELECT max(id) FROM swap)");
    return runner->run(runner->context, &select, take_maxima, maxima, fault);
}

bool sql_load(const struct sql_runner *runner, msec now, const struct store_loader *loader,
              struct store_maxima *maxima, struct fault *fault)
{
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (!load_kind(runner, &wanted[i], now, loader, fault))
            return false;
    return load_counters(runner, loader, fault) && load_maxima(runner, maxima, fault);
}
