/* SPDX-License-Identifier: MIT */
/* sqlite_read.c - what a start needs, and the questions of the reader thread. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/sqlite.h"

#define BOUND_MAX 16

/* A SELECT under construction, and the values of its question marks in order. */
struct select {
    struct text sql;
    struct cell bound[BOUND_MAX];
    size_t count;
};

static void select_clear_cleanup(struct select *select)
{
    text_clear(&select->sql);
}

/* "SELECT columns FROM table WHERE condition"; the condition is there so that more can follow. */
static void select_begin(struct select *select, enum record_kind kind, const char *condition)
{
    const struct table *table = table_get(kind);

    text_add(&select->sql, "SELECT ");
    sqlite_add_columns(&select->sql, table);
    text_addf(&select->sql, " FROM %s WHERE %s", table->name, condition);
}

static void bind_integer(struct select *select, int64_t integer)
{
    assert(select->count < BOUND_MAX);
    select->bound[select->count++] = (struct cell){.integer = integer};
}

static void bind_text(struct select *select, const char *text)
{
    assert(select->count < BOUND_MAX);
    select->bound[select->count++] =
        (struct cell){.is_text = true, .text = text, .size = strlen(text)};
}

/* Adds " AND condition", with one question mark, when there is something to compare with. */
static void narrow_text(struct select *select, const char *condition, const char *text)
{
    if (text == NULL)
        return;
    text_addf(&select->sql, " AND %s", condition);
    bind_text(select, text);
}

static void narrow_integer(struct select *select, const char *condition, int64_t integer)
{
    if (integer == 0)
        return;
    text_addf(&select->sql, " AND %s", condition);
    bind_integer(select, integer);
}

static bool select_prepare(struct select *select, sqlite3 *database, sqlite3_stmt **statement,
                           struct fault *fault)
{
    if (!sqlite_prepare(database, text_string(&select->sql), statement, fault))
        return false;
    for (size_t i = 0; i < select->count; i++) {
        const struct cell *cell = &select->bound[i];
        if (cell->is_text)
            sqlite3_bind_text64(*statement, (int)i + 1, cell->text, cell->size, SQLITE_STATIC,
                                SQLITE_UTF8);
        else
            sqlite3_bind_int64(*statement, (int)i + 1, cell->integer);
    }
    return true;
}

void sqlite_row(sqlite3_stmt *statement, enum record_kind kind, struct cell *cells)
{
    const struct table *table = table_get(kind);

    for (size_t i = 0; i < table->count; i++) {
        struct cell *cell = &cells[i];
        *cell = (struct cell){.is_text = column_is_text(&table->columns[i])};
        if (cell->is_text) {
            cell->text = (const char *)sqlite3_column_text(statement, (int)i);
            cell->size = (size_t)sqlite3_column_bytes(statement, (int)i);
        } else {
            cell->integer = sqlite3_column_int64(statement, (int)i);
        }
    }
}

static bool fill(sqlite3_stmt *statement, enum record_kind kind, struct arena *arena, void *record,
                 struct fault *fault)
{
    struct cell cells[ROW_CELLS_MAX];

    sqlite_row(statement, kind, cells);
    return row_fill(kind, cells, arena, record, fault);
}

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

static bool stream_rows(sqlite3 *database, sqlite3_stmt *statement, enum record_kind kind,
                        const struct store_loader *loader, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    union record record = {.page = {0}};
    int code;

    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (!fill(statement, kind, arena, &record, fault))
            return false;
        hand_over(loader, kind, &record);
        arena_reset(arena);
    }
    return code == SQLITE_DONE || sqlite_refuse(database, code, "loading", fault);
}

_Static_assert(SILENCE_MAX_MS == 2592000000, "as below");

/* What a start wants of each kind; every question mark is the same instant, `now` or a day ago. */
static const struct wanted {
    enum record_kind kind;
    const char *condition;
    bool is_since; /* compare with the start of what is recent, not with now */
} wanted[] = {
    {RECORD_INCIDENT,
     "number IN (SELECT number FROM incident WHERE state < 4 UNION ALL "
     "SELECT number FROM incident WHERE state = 4 AND resolved_at >= ?1) ORDER BY number",
     true},
    {RECORD_ALERT,
     "incident IN (SELECT number FROM incident WHERE state < 4 UNION ALL "
     "SELECT number FROM incident WHERE state = 4 AND resolved_at >= ?1) ORDER BY id",
     true},
    {RECORD_PAGE,
     "id IN (SELECT id FROM page WHERE state < 2 UNION ALL "
     "SELECT id FROM page WHERE created_at >= ?1 AND state IN (2, 5)) ORDER BY id",
     true},
    {RECORD_PERSON, "?1 = ?1 ORDER BY user_id", false},
    {RECORD_OVERRIDE, "is_ended = 0 AND until_at > ?1 ORDER BY id", false},
    {RECORD_SILENCE,
     "(state < 2 OR (maintenance <> '' AND ended_by <> '')) AND "
     "(state < 2 OR until_at >= ?1 - 2592000000) ORDER BY id",
     false},
    {RECORD_HEARTBEAT, "?1 = ?1 AND state < 4 ORDER BY id", false},
    {RECORD_HANDOFF, "?1 = ?1 ORDER BY team", false},
    {RECORD_SWAP, "state = 0 OR until_at > ?1 ORDER BY id", false},
    {RECORD_PROOF, "?1 = ?1 ORDER BY id", false},
    {RECORD_KEY, "?1 = ?1 ORDER BY created_at, name", false},
    {RECORD_TOKEN,
     "expires_at > ?1 OR incident IN (SELECT number FROM incident WHERE state < 4) "
     "ORDER BY expires_at",
     false},
    {RECORD_META, "?1 = ?1 ORDER BY name", false},
};

static bool load_kind(struct sqlite *disk, const struct wanted *one, msec now,
                      const struct store_loader *loader, struct fault *fault)
{
    CLEANUP(select_clear) struct select select = {.count = 0};
    sqlite3_stmt *statement = NULL;

    select_begin(&select, one->kind, one->condition);
    bind_integer(&select, one->is_since ? now - STORE_RECENT_MS : now);
    if (!select_prepare(&select, disk->writer, &statement, fault))
        return false;
    bool is_good = stream_rows(disk->writer, statement, one->kind, loader, fault);
    sqlite3_finalize(statement);
    return is_good;
}

static bool load_counters(struct sqlite *disk, const struct store_loader *loader,
                          struct fault *fault)
{
    sqlite3_stmt *statement = NULL;
    int code;

    if (!sqlite_prepare(disk->writer, "SELECT name, value FROM counter ORDER BY name", &statement,
                        fault))
        return false;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        loader->counter(loader->context, (const char *)sqlite3_column_text(statement, 0),
                        sqlite3_column_int64(statement, 1));
    bool is_good = code == SQLITE_DONE || sqlite_refuse(disk->writer, code, "loading", fault);
    sqlite3_finalize(statement);
    return is_good;
}

static bool load_maxima(struct sqlite *disk, struct store_maxima *maxima, struct fault *fault)
{
    sqlite3_stmt *statement = NULL;

    if (!sqlite_prepare(disk->writer,
                        "SELECT (SELECT max(number) FROM incident), (SELECT max(id) FROM page), "
                        "(SELECT max(id) FROM rota_override), (SELECT max(id) FROM alert), "
                        "(SELECT max(id) FROM silence), (SELECT max(id) FROM heartbeat), "
                        "(SELECT max(id) FROM swap)",
                        &statement, fault))
        return false;
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        maxima->incident = (uint64_t)sqlite3_column_int64(statement, 0);
        maxima->page = (uint64_t)sqlite3_column_int64(statement, 1);
        maxima->override = (uint64_t)sqlite3_column_int64(statement, 2);
        maxima->alert = (uint64_t)sqlite3_column_int64(statement, 3);
        maxima->silence = (uint64_t)sqlite3_column_int64(statement, 4);
        maxima->heartbeat = (uint64_t)sqlite3_column_int64(statement, 5);
        maxima->swap = (uint64_t)sqlite3_column_int64(statement, 6);
    }
    bool is_good = code == SQLITE_ROW || sqlite_refuse(disk->writer, code, "loading", fault);
    sqlite3_finalize(statement);
    return is_good;
}

bool sqlite_load(void *context, msec now, const struct store_loader *loader,
                 struct store_maxima *maxima, struct fault *fault)
{
    struct sqlite *disk = context;

    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (!load_kind(disk, &wanted[i], now, loader, fault))
            return false;
    return load_counters(disk, loader, fault) && load_maxima(disk, maxima, fault);
}

/* Runs a SELECT and gathers at most `limit` records; it asks for one more, to know of a rest. */
static bool gather(struct sqlite *disk, struct select *select, enum record_kind kind, size_t limit,
                   struct result *result, void **items, size_t *count, struct fault *fault)
{
    size_t room = 0;
    sqlite3_stmt *statement = NULL;
    int code = SQLITE_DONE;
    bool is_good = true;

    text_add(&select->sql, " LIMIT ?");
    bind_integer(select, (int64_t)limit + 1);
    if (!select_prepare(select, disk->reader, &statement, fault))
        return false;

    while (is_good && *count < limit && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        void *record = result_add(result->arena, items, count, &room, table_get(kind)->record_size);
        is_good = fill(statement, kind, result->arena, record, fault);
    }
    if (is_good && *count == limit)
        code = sqlite3_step(statement);
    if (is_good && code == SQLITE_ROW)
        result->is_cut = true;
    else if (is_good && code != SQLITE_DONE)
        is_good = sqlite_refuse(disk->reader, code, "reading", fault);
    sqlite3_finalize(statement);
    return is_good;
}

static bool gather_incidents(struct sqlite *disk, struct select *select, size_t limit,
                             struct result *result, struct fault *fault)
{
    void *items = NULL;

    if (!gather(disk, select, RECORD_INCIDENT, limit, result, &items, &result->incident_count,
                fault))
        return false;
    result->incidents = items;
    return true;
}

static bool gather_alerts(struct sqlite *disk, struct select *select, size_t limit,
                          struct result *result, struct fault *fault)
{
    void *items = NULL;

    if (!gather(disk, select, RECORD_ALERT, limit, result, &items, &result->alert_count, fault))
        return false;
    result->alerts = items;
    return true;
}

static bool gather_entries(struct sqlite *disk, struct select *select, size_t limit,
                           struct result *result, struct fault *fault)
{
    void *items = NULL;

    if (!gather(disk, select, RECORD_ENTRY, limit, result, &items, &result->entry_count, fault))
        return false;
    result->entries = items;
    return true;
}

static bool read_incidents(struct sqlite *disk, const struct query *query, struct result *result,
                           struct fault *fault)
{
    CLEANUP(select_clear) struct select select = {.count = 0};

    select_begin(&select, RECORD_INCIDENT, query->is_all ? "number > 0" : "state < 4");
    narrow_text(&select, "team = ?", query->team);
    narrow_integer(&select, "opened_at >= ?", query->since_at);
    narrow_integer(&select, "number < ?", (int64_t)query->before);
    if (query->user) {
        text_add(&select.sql, " AND (acknowledged_by = ? OR resolved_by = ? OR reassigned_to = ? "
                              "OR EXISTS (SELECT 1 FROM page WHERE page.incident = "
                              "incident.number AND page.user_id = ?))");
        for (int i = 0; i < 4; i++)
            bind_text(&select, query->user);
    }
    text_add(&select.sql, " ORDER BY number DESC");
    return gather_incidents(disk, &select, query->limit, result, fault);
}

static bool read_story(struct sqlite *disk, const struct query *query, struct result *result,
                       struct fault *fault)
{
    CLEANUP(select_clear) struct select incident = {.count = 0};
    CLEANUP(select_clear) struct select alerts = {.count = 0};
    CLEANUP(select_clear) struct select entries = {.count = 0};
    CLEANUP(select_clear) struct select pages = {.count = 0};
    void *items = NULL;

    select_begin(&incident, RECORD_INCIDENT, "number = ?");
    bind_integer(&incident, (int64_t)query->number);
    if (!gather_incidents(disk, &incident, 1, result, fault))
        return false;

    select_begin(&alerts, RECORD_ALERT, "incident = ?");
    bind_integer(&alerts, (int64_t)query->number);
    text_add(&alerts.sql, " ORDER BY id");
    if (!gather_alerts(disk, &alerts, STORE_TIMELINE_MAX, result, fault))
        return false;

    select_begin(&entries, RECORD_ENTRY, "incident = ?");
    bind_integer(&entries, (int64_t)query->number);
    text_add(&entries.sql, " ORDER BY id");
    if (!gather_entries(disk, &entries, STORE_TIMELINE_MAX, result, fault))
        return false;

    select_begin(&pages, RECORD_PAGE, "incident = ?");
    bind_integer(&pages, (int64_t)query->number);
    text_add(&pages.sql, " ORDER BY id");
    if (!gather(disk, &pages, RECORD_PAGE, STORE_TIMELINE_MAX, result, &items, &result->page_count,
                fault))
        return false;
    result->pages = items;
    return true;
}

/* Incident, entries and pages as of one moment. */
static bool read_incident(struct sqlite *disk, const struct query *query, struct result *result,
                          struct fault *fault)
{
    if (!sqlite_run(disk->reader, "BEGIN", fault))
        return false;
    bool is_good = read_story(disk, query, result, fault);
    (void)sqlite3_exec(disk->reader, "ROLLBACK", NULL, NULL, NULL);
    return is_good;
}

static bool read_entries(struct sqlite *disk, const struct query *query, struct result *result,
                         struct fault *fault)
{
    CLEANUP(select_clear) struct select select = {.count = 0};

    select_begin(&select, RECORD_ENTRY, query->kind == QUERY_AUDIT ? "incident = 0" : "id > 0");
    narrow_text(&select, "actor = ?", query->user);
    narrow_text(&select, "event = ?", query->event);
    narrow_integer(&select, "written_at >= ?", query->since_at);
    narrow_integer(&select, "written_at < ?", query->until_at);
    text_add(&select.sql, " ORDER BY id DESC");
    return gather_entries(disk, &select, query->limit, result, fault);
}

/* An alert whose summary is its incident's has none of its own. */
static const char own_summary[] =
    "COALESCE(summary, (SELECT incident.summary FROM incident WHERE number = alert.incident))";

static bool read_alerts(struct sqlite *disk, const struct query *query, struct result *result,
                        struct fault *fault)
{
    CLEANUP(select_clear) struct select select = {.count = 0};

    const struct table *table = table_get(RECORD_ALERT);

    text_add(&select.sql, "SELECT ");
    for (size_t i = 0; i < table->count; i++) {
        bool is_summary = strcmp(table->columns[i].name, "summary") == 0;
        text_addf(&select.sql, "%s%s", i > 0 ? ", " : "",
                  is_summary ? own_summary : table->columns[i].name);
    }
    text_addf(&select.sql, " FROM %s WHERE id > 0", table->name);
    narrow_integer(&select, "last_at >= ?", query->since_at);
    narrow_text(&select, "integration = ?", query->integration);
    narrow_text(&select, "dedup_key = ?", query->dedup_key);
    text_add(&select.sql, " ORDER BY id DESC");
    return gather_alerts(disk, &select, query->limit, result, fault);
}

static bool read_last(struct sqlite *disk, const struct query *query, struct result *result,
                      struct fault *fault)
{
    CLEANUP(select_clear) struct select select = {.count = 0};

    select_begin(&select, RECORD_INCIDENT, "number > 0");
    narrow_text(&select, "integration = ?", query->integration);
    narrow_text(&select, "dedup_key = ?", query->dedup_key);
    narrow_text(&select, "team = ?", query->team);
    narrow_text(&select, "service = ?", query->service);
    narrow_integer(&select, "opened_at >= ?", query->since_at);
    narrow_integer(&select, "number < ?", (int64_t)query->before);
    text_add(&select.sql, " ORDER BY number DESC");
    return gather_incidents(disk, &select, query->limit, result, fault);
}

static bool (*const readers[QUERY_COUNT])(struct sqlite *, const struct query *, struct result *,
                                          struct fault *) = {
    [QUERY_INCIDENTS] = read_incidents, [QUERY_INCIDENT] = read_incident,
    [QUERY_AUDIT] = read_entries,       [QUERY_ENTRIES] = read_entries,
    [QUERY_ALERTS] = read_alerts,       [QUERY_LAST] = read_last,
};

bool sqlite_read(void *context, const struct query *query, struct result *result,
                 struct fault *fault)
{
    return readers[query->kind](context, query, result, fault);
}
