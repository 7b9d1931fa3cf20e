/* SPDX-License-Identifier: MIT */
/* memory_read.c - the memory backend's answers, by filters over structs instead of SQL. */
#include <assert.h>
#include <stdlib.h>

#include "store/memory_disk.h"

static bool is_wanted_incident(const struct incident *incident, msec now)
{
    return incident->state != INCIDENT_RESOLVED ||
           incident->handling->resolved_at >= now - STORE_RECENT_MS;
}

static bool is_wanted_page(const struct page *page, msec now)
{
    if (page->state == PAGE_QUEUED || page->state == PAGE_SENDING)
        return true;
    return (page->state == PAGE_SENT || page->state == PAGE_UNKNOWN) &&
           page->created_at >= now - STORE_RECENT_MS;
}

static bool is_open_incident(struct memory *disk, uint64_t number, struct arena *arena)
{
    size_t cursor = 0;
    struct memory_row *row;
    struct cell cells[ROW_CELLS_MAX];

    while ((row = map_each(disk->rows[RECORD_INCIDENT], &cursor, NULL))) {
        struct incident incident;
        row_parse(RECORD_INCIDENT, row->bytes.bytes, cells);
        if ((uint64_t)cells[0].integer == number &&
            row_fill(RECORD_INCIDENT, cells, arena, &incident, NULL))
            return incident.state != INCIDENT_RESOLVED;
    }
    return false;
}

static bool is_wanted_token(struct memory *disk, const struct token_record *token,
                            struct arena *arena, msec now)
{
    return token->expires_at > now || is_open_incident(disk, token->incident, arena);
}

static bool is_wanted_silence(const struct silence *silence, msec now)
{
    bool is_ended_window = silence->maintenance != NULL && silence->maintenance[0] != '\0' &&
                           silence->ended_by != NULL && silence->ended_by[0] != '\0';
    return silence->state != SILENCE_OVER ||
           (is_ended_window && silence->until_at >= now - SILENCE_MAX_MS);
}

static bool incident_of(struct memory *disk, const struct alert_record *alert, struct arena *arena,
                        struct incident *incident)
{
    int64_t number = (int64_t)alert->incident;
    struct span key = {(const char *)&number, sizeof(number)};
    struct memory_row *row = map_find(disk->rows[RECORD_INCIDENT], key);
    struct cell cells[ROW_CELLS_MAX];

    if (row == NULL)
        return false;
    row_parse(RECORD_INCIDENT, row->bytes.bytes, cells);
    return row_fill(RECORD_INCIDENT, cells, arena, incident, NULL);
}

static bool is_wanted_alert(struct memory *disk, const struct alert_record *alert,
                            struct arena *arena, msec now)
{
    struct incident incident;
    return incident_of(disk, alert, arena, &incident) && is_wanted_incident(&incident, now);
}

/* Fills one row, and hands it over if a start wants it. */
static bool load_row(struct memory *disk, enum record_kind kind, const struct cell *cells,
                     struct arena *arena, msec now, const struct store_loader *loader,
                     struct fault *fault)
{
    void *record = arena_take(arena, table_get(kind)->record_size);
    const struct override *override = record;
    const struct silence *silence = record;
    const struct heartbeat *heartbeat = record;
    const struct swap *swap = record;
    const struct token_record *token = record;

    if (!row_fill(kind, cells, arena, record, fault))
        return false;
    if (kind == RECORD_INCIDENT && is_wanted_incident(record, now))
        loader->incident(loader->context, record);
    else if (kind == RECORD_ALERT && is_wanted_alert(disk, record, arena, now))
        loader->alert(loader->context, record);
    else if (kind == RECORD_PAGE && is_wanted_page(record, now))
        loader->page(loader->context, record);
    else if (kind == RECORD_PERSON)
        loader->person(loader->context, record);
    else if (kind == RECORD_OVERRIDE && !override->is_ended && override->until_at > now)
        loader->override(loader->context, record);
    else if (kind == RECORD_SILENCE && is_wanted_silence(silence, now))
        loader->silence(loader->context, record);
    else if (kind == RECORD_HEARTBEAT && heartbeat->state != HEARTBEAT_REMOVED)
        loader->heartbeat(loader->context, record);
    else if (kind == RECORD_HANDOFF)
        loader->handoff(loader->context, record);
    else if (kind == RECORD_SWAP && (swap->state == SWAP_OPEN || swap->until_at > now))
        loader->swap(loader->context, record);
    else if (kind == RECORD_PROOF)
        loader->proof(loader->context, record);
    else if (kind == RECORD_KEY)
        loader->key(loader->context, record);
    else if (kind == RECORD_TOKEN && is_wanted_token(disk, token, arena, now))
        loader->token(loader->context, record);
    else if (kind == RECORD_META)
        loader->meta(loader->context, record);
    return true;
}

static bool load_kind(struct memory *disk, enum record_kind kind, msec now,
                      const struct store_loader *loader, uint64_t *id_max, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct cell cells[ROW_CELLS_MAX];
    size_t count;
    struct memory_row **rows = memory_sorted(disk, kind, &count);
    bool is_good = true;

    for (size_t i = 0; is_good && i < count; i++) {
        row_parse(kind, rows[i]->bytes.bytes, cells);
        *id_max = (uint64_t)cells[0].integer;
        is_good = load_row(disk, kind, cells, arena, now, loader, fault);
        arena_reset(arena);
    }
    free(rows);
    return is_good;
}

static void load_counters(struct memory *disk, const struct store_loader *loader)
{
    size_t count;
    struct memory_row **rows = memory_sorted(disk, MEMORY_COUNTERS, &count);

    for (size_t i = 0; i < count; i++) {
        struct cell cells[2];
        cell_parse_integer(cell_parse_text(rows[i]->bytes.bytes, &cells[0]), &cells[1]);
        loader->counter(loader->context, cells[0].text, cells[1].integer);
    }
    free(rows);
}

bool memory_load(void *context, msec now, const struct store_loader *loader,
                 struct store_maxima *maxima, struct fault *fault)
{
    struct memory *disk = context;
    uint64_t id_max[RECORD_COUNT] = {0};

    if (!load_kind(disk, RECORD_META, now, loader, &id_max[RECORD_META], fault))
        return false;
    for (unsigned kind = 0; kind < RECORD_COUNT; kind++)
        if (kind != RECORD_ENTRY && kind != RECORD_META &&
            !load_kind(disk, (enum record_kind)kind, now, loader, &id_max[kind], fault))
            return false;
    load_counters(disk, loader);
    *maxima = (struct store_maxima){.incident = id_max[RECORD_INCIDENT],
                                    .alert = id_max[RECORD_ALERT],
                                    .page = id_max[RECORD_PAGE],
                                    .override = id_max[RECORD_OVERRIDE],
                                    .silence = id_max[RECORD_SILENCE],
                                    .heartbeat = id_max[RECORD_HEARTBEAT],
                                    .swap = id_max[RECORD_SWAP]};
    return true;
}

static bool has_page_of(struct memory *disk, uint64_t number, const char *user, struct arena *arena)
{
    size_t cursor = 0;
    struct memory_row *row;
    struct cell cells[ROW_CELLS_MAX];

    while ((row = map_each(disk->rows[RECORD_PAGE], &cursor, NULL))) {
        struct page page;
        row_parse(RECORD_PAGE, row->bytes.bytes, cells);
        if (row_fill(RECORD_PAGE, cells, arena, &page, NULL) && page.incident == number &&
            string_is(page.user, user))
            return true;
    }
    return false;
}

static bool is_text_wanted(const char *wanted, const char *text)
{
    return wanted == NULL || (text && string_is(wanted, text));
}

static bool is_incident_asked(struct memory *disk, const struct query *query,
                              const struct incident *incident, struct arena *arena)
{
    const char *user = query->user;

    if (query->kind == QUERY_INCIDENT)
        return incident->number == query->number;
    if (query->before > 0 && incident->number >= query->before)
        return false;
    if (incident->opened_at < query->since_at && query->since_at != 0)
        return false;
    if (!is_text_wanted(query->team, incident->team))
        return false;
    if (!query->is_all && incident->state == INCIDENT_RESOLVED)
        return false;
    return user == NULL || string_is(user, incident->handling->acknowledged_by) ||
           string_is(user, incident->handling->resolved_by) ||
           string_is(user, incident->handling->reassigned_to) ||
           has_page_of(disk, incident->number, user, arena);
}

static bool read_incidents(struct memory *disk, const struct query *query, struct result *result,
                           struct fault *fault)
{
    struct cell cells[ROW_CELLS_MAX];
    size_t count;
    size_t room = 0;
    void *items = NULL;
    struct memory_row **rows = memory_sorted(disk, RECORD_INCIDENT, &count);
    bool is_good = true;

    for (size_t i = count; is_good && i-- > 0;) {
        struct incident incident;
        row_parse(RECORD_INCIDENT, rows[i]->bytes.bytes, cells);
        is_good = row_fill(RECORD_INCIDENT, cells, result->arena, &incident, fault);
        if (!is_good || !is_incident_asked(disk, query, &incident, result->arena))
            continue;
        result->is_cut = result->incident_count == query->limit;
        if (result->is_cut)
            break;
        struct incident *place = result_add(result->arena, &items, &result->incident_count, &room,
                                            sizeof(struct incident));
        *place = incident;
    }
    result->incidents = items;
    free(rows);
    return is_good;
}

static bool read_pages(struct memory *disk, const struct query *query, struct result *result,
                       struct fault *fault)
{
    struct cell cells[ROW_CELLS_MAX];
    size_t count;
    size_t room = 0;
    void *items = NULL;
    struct memory_row **rows = memory_sorted(disk, RECORD_PAGE, &count);
    bool is_good = true;

    for (size_t i = 0; is_good && i < count; i++) {
        struct page page;
        row_parse(RECORD_PAGE, rows[i]->bytes.bytes, cells);
        is_good = row_fill(RECORD_PAGE, cells, result->arena, &page, fault);
        if (!is_good || page.incident != query->number)
            continue;
        if (result->page_count == STORE_TIMELINE_MAX) {
            result->is_cut = true;
            break;
        }
        struct page *place =
            result_add(result->arena, &items, &result->page_count, &room, sizeof(struct page));
        *place = page;
    }
    result->pages = items;
    free(rows);
    return is_good;
}

/* Alerts of an incident oldest first, others newest first. */
static bool alert_is_asked(const struct query *query, const struct alert_record *alert)
{
    if (query->kind == QUERY_INCIDENT)
        return alert->incident == query->number;
    return alert->last_at >= query->since_at &&
           (query->integration == NULL || string_is(query->integration, alert->integration)) &&
           (query->dedup_key == NULL || string_is(query->dedup_key, alert->dedup_key));
}

static bool read_alerts(struct memory *disk, const struct query *query, struct result *result,
                        struct fault *fault)
{
    bool is_story = query->kind == QUERY_INCIDENT;
    size_t limit = is_story ? STORE_TIMELINE_MAX : query->limit;
    struct cell cells[ROW_CELLS_MAX];
    size_t count;
    size_t room = 0;
    void *items = NULL;
    struct memory_row **rows = memory_sorted(disk, RECORD_ALERT, &count);
    bool is_good = true;

    for (size_t i = 0; is_good && i < count; i++) {
        struct alert_record alert;
        row_parse(RECORD_ALERT, rows[is_story ? i : count - 1 - i]->bytes.bytes, cells);
        is_good = row_fill(RECORD_ALERT, cells, result->arena, &alert, fault);
        if (!is_good || !alert_is_asked(query, &alert))
            continue;
        result->is_cut |= result->alert_count == limit;
        if (result->alert_count == limit)
            break;
        struct alert_record *place =
            result_add(result->arena, &items, &result->alert_count, &room, sizeof(*place));
        *place = alert;
        struct incident incident;
        if (!is_story && alert.summary == NULL &&
            incident_of(disk, &alert, result->arena, &incident))
            place->summary = incident.summary;
    }
    result->alerts = items;
    free(rows);
    return is_good;
}

static bool is_entry_asked(const struct query *query, const struct entry *entry)
{
    if (query->kind == QUERY_INCIDENT)
        return entry->incident == query->number;
    if (query->kind == QUERY_AUDIT && entry->incident != 0)
        return false;
    return is_text_wanted(query->user, entry->actor) &&
           is_text_wanted(query->event, entry->event) &&
           (query->since_at == 0 || entry->at >= query->since_at) &&
           (query->until_at == 0 || entry->at < query->until_at);
}

/* Entries of an incident oldest first, others newest first. */
static bool read_entries(struct memory *disk, const struct query *query, struct result *result,
                         struct fault *fault)
{
    bool is_story = query->kind == QUERY_INCIDENT;
    size_t limit = is_story ? STORE_TIMELINE_MAX : query->limit;
    struct cell cells[ROW_CELLS_MAX];
    size_t room = 0;
    void *items = NULL;

    for (size_t i = 0; i < disk->entry_count; i++) {
        size_t at = is_story ? i : disk->entry_count - 1 - i;
        struct entry entry;
        row_parse(RECORD_ENTRY, disk->entries[at]->bytes.bytes, cells);
        if (!row_fill(RECORD_ENTRY, cells, result->arena, &entry, fault))
            return false;
        if (!is_entry_asked(query, &entry))
            continue;
        result->is_cut |= result->entry_count == limit;
        if (result->entry_count == limit)
            break;
        struct entry *place =
            result_add(result->arena, &items, &result->entry_count, &room, sizeof(struct entry));
        *place = entry;
    }
    result->entries = items;
    return true;
}

static bool read_asked(struct memory *disk, const struct query *query, struct result *result,
                       struct fault *fault)
{
    switch (query->kind) {
    case QUERY_INCIDENTS:
        return read_incidents(disk, query, result, fault);
    case QUERY_INCIDENT:
        return read_incidents(disk, query, result, fault) &&
               read_alerts(disk, query, result, fault) &&
               read_entries(disk, query, result, fault) && read_pages(disk, query, result, fault);
    case QUERY_AUDIT:
    case QUERY_ENTRIES:
        return read_entries(disk, query, result, fault);
    case QUERY_ALERTS:
        return read_alerts(disk, query, result, fault);
    case QUERY_COUNT:
        break;
    }
    assert(false);
    return false;
}

bool memory_read(void *context, const struct query *query, struct result *result,
                 struct fault *fault)
{
    struct memory *disk = context;

    pthread_mutex_lock(&disk->lock);
    bool is_good = read_asked(disk, query, result, fault);
    pthread_mutex_unlock(&disk->lock);
    return is_good;
}
