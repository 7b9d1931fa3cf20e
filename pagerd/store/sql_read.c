/* SPDX-License-Identifier: MIT */
/* sql_read.c - the questions of the reader thread to any SQL database. */
#include <string.h>

#include "store/sql.h"

/* What comes of one SELECT: at most `limit` records; one more is asked for, to know of a rest. */
struct gathering {
    enum record_kind kind;
    size_t limit;
    struct result *result;
    void **items;
    size_t *count;
    size_t room;
};

static bool gather_row(void *context, const struct cell *cells, struct fault *fault)
{
    struct gathering *to = context;

    if (*to->count == to->limit) {
        to->result->is_cut = true;
        return true;
    }
    void *record = result_add(to->result->arena, to->items, to->count, &to->room,
                              table_get(to->kind)->record_size);
    return row_fill(to->kind, cells, to->result->arena, record, fault);
}

static bool gather(const struct sql_runner *runner, struct select *select, enum record_kind kind,
                   size_t limit, struct result *result, void **items, size_t *count,
                   struct fault *fault)
{
    struct gathering to = {kind, limit, result, items, count, 0};

    text_addf(&select->sql, " LIMIT %zu", limit + 1);
    return runner->run(runner->context, select, gather_row, &to, fault);
}

static bool gather_incidents(const struct sql_runner *runner, struct select *select, size_t limit,
                             struct result *result, struct fault *fault)
{
    void *items = NULL;

    if (!gather(runner, select, RECORD_INCIDENT, limit, result, &items, &result->incident_count,
                fault))
        return false;
    result->incidents = items;
    return true;
}

static bool gather_alerts(const struct sql_runner *runner, struct select *select, size_t limit,
                          struct result *result, struct fault *fault)
{
    void *items = NULL;

    if (!gather(runner, select, RECORD_ALERT, limit, result, &items, &result->alert_count, fault))
        return false;
    result->alerts = items;
    return true;
}

static bool gather_entries(const struct sql_runner *runner, struct select *select, size_t limit,
                           struct result *result, struct fault *fault)
{
    void *items = NULL;

    if (!gather(runner, select, RECORD_ENTRY, limit, result, &items, &result->entry_count, fault))
        return false;
    result->entries = items;
    return true;
}

static bool read_incidents(const struct sql_runner *runner, const struct query *query,
                           struct result *result, struct fault *fault)
{
    CLEANUP(select_clear) struct select select = {.mark = runner->mark};

    select_begin(&select, RECORD_INCIDENT, query->is_all ? "number > 0" : "state < 4");
    select_narrow_text(&select, "team = ?", query->team);
    select_narrow_integer(&select, "opened_at >= ?", query->since_at);
    select_narrow_integer(&select, "number < ?", (int64_t)query->before);
    select_narrow_text(&select,
                       "(acknowledged_by = ? OR resolved_by = ? OR reassigned_to = ? "
                       "OR EXISTS (SELECT 1 FROM page WHERE page.incident = "
                       "incident.number AND page.user_id = ?))",
                       query->user);
    text_add(&select.sql, " ORDER BY number DESC");
    return gather_incidents(runner, &select, query->limit, result, fault);
}

static bool read_story(const struct sql_runner *runner, const struct query *query,
                       struct result *result, struct fault *fault)
{
    CLEANUP(select_clear) struct select incident = {.mark = runner->mark};
    CLEANUP(select_clear) struct select alerts = {.mark = runner->mark};
    CLEANUP(select_clear) struct select entries = {.mark = runner->mark};
    CLEANUP(select_clear) struct select pages = {.mark = runner->mark};
    void *items = NULL;

    select_begin(&incident, RECORD_INCIDENT, "number = ?");
    select_bind_integer(&incident, (int64_t)query->number);
    if (!gather_incidents(runner, &incident, 1, result, fault))
        return false;

    select_begin(&alerts, RECORD_ALERT, "incident = ?");
    select_bind_integer(&alerts, (int64_t)query->number);
    text_add(&alerts.sql, " ORDER BY id");
    if (!gather_alerts(runner, &alerts, STORE_TIMELINE_MAX, result, fault))
        return false;

    select_begin(&entries, RECORD_ENTRY, "incident = ?");
    select_bind_integer(&entries, (int64_t)query->number);
    text_add(&entries.sql, " ORDER BY id");
    if (!gather_entries(runner, &entries, STORE_TIMELINE_MAX, result, fault))
        return false;

    select_begin(&pages, RECORD_PAGE, "incident = ?");
    select_bind_integer(&pages, (int64_t)query->number);
    text_add(&pages.sql, " ORDER BY id");
    if (!gather(runner, &pages, RECORD_PAGE, STORE_TIMELINE_MAX, result, &items,
                &result->page_count, fault))
        return false;
    result->pages = items;
    return true;
}

/* Incident, entries and pages as of one moment. */
static bool read_incident(const struct sql_runner *runner, const struct query *query,
                          struct result *result, struct fault *fault)
{
    if (!runner->hold(runner->context, fault))
        return false;
    bool is_good = read_story(runner, query, result, fault);
    runner->let_go(runner->context);
    return is_good;
}

static bool read_entries(const struct sql_runner *runner, const struct query *query,
                         struct result *result, struct fault *fault)
{
    CLEANUP(select_clear) struct select select = {.mark = runner->mark};

    select_begin(&select, RECORD_ENTRY, query->kind == QUERY_AUDIT ? "incident = 0" : "id > 0");
    select_narrow_text(&select, "actor = ?", query->user);
    select_narrow_text(&select, "event = ?", query->event);
    select_narrow_integer(&select, "written_at >= ?", query->since_at);
    select_narrow_integer(&select, "written_at < ?", query->until_at);
    text_add(&select.sql, " ORDER BY id DESC");
    return gather_entries(runner, &select, query->limit, result, fault);
}

/* An alert whose summary is its incident's has none of its own. */
static const char own_summary[] =
    "COALESCE(summary, (SELECT incident.summary FROM incident WHERE number = alert.incident))";

static bool read_alerts(const struct sql_runner *runner, const struct query *query,
                        struct result *result, struct fault *fault)
{
    CLEANUP(select_clear) struct select select = {.mark = runner->mark};

    const struct table *table = table_get(RECORD_ALERT);

    text_add(&select.sql, "SELECT ");
    for (size_t i = 0; i < table->count; i++) {
        bool is_summary = strcmp(table->columns[i].name, "summary") == 0;
        text_addf(&select.sql, "%s%s", i > 0 ? ", " : "",
                  is_summary ? own_summary : table->columns[i].name);
    }
    text_addf(&select.sql, " FROM %s WHERE id > 0", table->name);
    for (size_t i = 0; i < table->count; i++)
        select.is_text[i] = column_is_text(&table->columns[i]);
    select.column_count = table->count;
    select_narrow_integer(&select, "last_at >= ?", query->since_at);
    select_narrow_text(&select, "integration = ?", query->integration);
    select_narrow_text(&select, "dedup_key = ?", query->dedup_key);
    text_add(&select.sql, " ORDER BY id DESC");
    return gather_alerts(runner, &select, query->limit, result, fault);
}

static bool (*const readers[QUERY_COUNT])(const struct sql_runner *, const struct query *,
                                          struct result *, struct fault *) = {
    [QUERY_INCIDENTS] = read_incidents, [QUERY_INCIDENT] = read_incident,
    [QUERY_AUDIT] = read_entries,       [QUERY_ENTRIES] = read_entries,
    [QUERY_ALERTS] = read_alerts,
};

bool sql_read(const struct sql_runner *runner, const struct query *query, struct result *result,
              struct fault *fault)
{
    return readers[query->kind](runner, query, result, fault);
}
