/* SPDX-License-Identifier: MIT */
#include "store/rows.h"

#include <assert.h>
#include <string.h>

#include "engine/record.h"

/* Constants of the engine are on disk as numbers: a new one goes before ..._COUNT, none moves. */
_Static_assert(INCIDENT_TRIGGERED == 0 && INCIDENT_RESOLVED == 4, "on disk");
_Static_assert(SEVERITY_CRITICAL == 0 && SEVERITY_INFO == 3, "on disk");
_Static_assert(PAGE_ALERT == 0 && PAGE_ACKED == 7 && PAGE_NOTICE == 13, "on disk");
_Static_assert(PAGE_GROWN == 14, "on disk");
_Static_assert(TEST_NONE == 0 && TEST_SILENT == 4 && PAGE_TEST == 22 && PAGE_VERIFY == 23,
               "on disk");
_Static_assert(SWAP_OPEN == 0 && SWAP_CANCELLED == 3 && SWAP_YES == 2, "on disk");
_Static_assert(PAGE_SWAP == 20 && PAGE_SWAPPED == 21, "on disk");
_Static_assert(PAGE_SHIFT_SOON == 15 && PAGE_SHIFT_ENDS == 17, "on disk");
_Static_assert(PAGE_BUNDLE == 18 && PAGE_DIGEST == 19, "on disk");
_Static_assert(PAGE_QUEUED == 0 && PAGE_SENDING == 1 && PAGE_SENT == 2, "on disk");
_Static_assert(PAGE_DELIVERED == 3 && PAGE_FAILED == 4 && PAGE_UNKNOWN == 5, "on disk");
_Static_assert(PAGE_CANCELLED == 6, "on disk");
_Static_assert(ROLE_PRIMARY == 0 && ROLE_SECONDARY == 1 && ROLE_ONCALL == 2, "on disk");

_Static_assert(SILENCE_PLANNED == 0 && SILENCE_ACTIVE == 1 && SILENCE_OVER == 2, "on disk");

_Static_assert(HEARTBEAT_NEW == 0 && HEARTBEAT_DOWN == 3 && HEARTBEAT_REMOVED == 4, "on disk");

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define NULL_SIZE UINT32_MAX
#define AT(kind, record, member) .type = COLUMN_##kind, .offset = offsetof(struct record, member)

/* A member of the incident's handling. */
#define IN_HANDLING(kind, member) AT(kind, handling, member), .part = &handling_part

static const struct part handling_part = {.offset = offsetof(struct incident, handling),
                                          .size = sizeof(struct handling),
                                          .none = &handling_none};

static const struct column incident_columns[] = {
    {.name = "number", AT(U64, incident, number), .is_fixed = true},
    {.name = "version", AT(U64, incident, version)},
    {.name = "uuid", AT(CHARS, incident, uuid), .size = UUID_TEXT_SIZE, .is_fixed = true},
    {.name = "state", AT(ENUM, incident, state), .size = INCIDENT_STATE_COUNT},
    {.name = "severity", AT(ENUM, incident, severity), .size = SEVERITY_COUNT},
    {.name = "team", AT(TEXT, incident, team)},
    {.name = "service", AT(TEXT, incident, service)},
    {.name = "summary", AT(TEXT, incident, summary)},
    {.name = "details", AT(TEXT, incident, details)},
    {.name = "source", AT(TEXT, incident, source)},
    {.name = "integration", AT(TEXT, incident, integration), .is_fixed = true},
    {.name = "dedup_key", AT(TEXT, incident, dedup_key), .is_fixed = true},
    {.name = "runbook", AT(TEXT, incident, runbook)},
    {.name = "link", AT(TEXT, incident, link)},
    {.name = "reason", AT(TEXT, incident, reason)},
    {.name = "labels", .type = COLUMN_JSON, .form = &form_labels},
    {.name = "occurrences", AT(U64, incident, occurrences)},
    {.name = "opened_at", AT(INSTANT, incident, opened_at), .is_fixed = true},
    {.name = "last_alert_at", AT(INSTANT, incident, last_alert_at)},
    {.name = "acknowledged_at", IN_HANDLING(INSTANT, acknowledged_at)},
    {.name = "acknowledged_by", IN_HANDLING(TEXT, acknowledged_by)},
    {.name = "acknowledge_due_at", IN_HANDLING(INSTANT, acknowledge_due_at)},
    {.name = "snoozed_until_at", IN_HANDLING(INSTANT, snoozed_until_at)},
    {.name = "snooze_due_at", IN_HANDLING(INSTANT, snooze_due_at)},
    {.name = "snoozed_by", IN_HANDLING(TEXT, snoozed_by)},
    {.name = "promote_due_at", AT(INSTANT, incident, promote_due_at)},
    {.name = "resolved_at", IN_HANDLING(INSTANT, resolved_at)},
    {.name = "resolved_by", IN_HANDLING(TEXT, resolved_by)},
    {.name = "is_source_firing", AT(BOOL, incident, is_source_firing)},
    {.name = "is_reopened", AT(BOOL, incident, is_reopened)},
    {.name = "previous", AT(U64, incident, previous)},
    {.name = "walk_step", AT(U16, incident, walk.step)},
    {.name = "walk_round", AT(U16, incident, walk.round)},
    {.name = "walk_laps", AT(U32, incident, walk.laps)},
    {.name = "walk_due_at", AT(INSTANT, incident, walk.due_at)},
    {.name = "reassigned_to", IN_HANDLING(TEXT, reassigned_to)},
    {.name = "paged", .type = COLUMN_JSON, .form = &form_paged},
    {.name = "ended_at", IN_HANDLING(INSTANT, ended_at)},
    {.name = "merged_into", IN_HANDLING(U64, merged_into)},
    {.name = "held_by", IN_HANDLING(U64, held_by)},
    {.name = "group_key", AT(TEXT, incident, group_key), .is_fixed = true},
    {.name = "grow_due_at", IN_HANDLING(INSTANT, grow_due_at)},
    {.name = "mixed", AT(TEXT, incident, mixed)},
    {.name = "acknowledged_via", IN_HANDLING(TEXT, acknowledged_via)},
    {.name = "remedy", IN_HANDLING(TEXT, remedy)},
    {.name = "hold_from_at", IN_HANDLING(INSTANT, hold_from_at)},
    {.name = "hold_until_at", IN_HANDLING(INSTANT, hold_until_at)},
    {.name = "hold_user", IN_HANDLING(TEXT, hold_user)},
    {.name = "is_hold_waived", IN_HANDLING(BOOL, is_hold_waived)},
};

static const struct column alert_columns[] = {
    {.name = "id", AT(U64, alert_record, id), .is_fixed = true},
    {.name = "version", AT(U64, alert_record, version)},
    {.name = "incident", AT(U64, alert_record, incident)},
    {.name = "integration", AT(TEXT, alert_record, integration), .is_fixed = true},
    {.name = "dedup_key", AT(TEXT, alert_record, dedup_key), .is_fixed = true},
    {.name = "summary", AT(TEXT, alert_record, summary)},
    {.name = "service", AT(TEXT, alert_record, service)},
    {.name = "rule", AT(TEXT, alert_record, rule)},
    {.name = "route", AT(TEXT, alert_record, route)},
    {.name = "occurrences", AT(U64, alert_record, occurrences)},
    {.name = "first_at", AT(INSTANT, alert_record, first_at), .is_fixed = true},
    {.name = "last_at", AT(INSTANT, alert_record, last_at)},
    {.name = "started_at", AT(INSTANT, alert_record, started_at)},
    {.name = "ended_at", AT(INSTANT, alert_record, ended_at)},
    {.name = "due_at", AT(INSTANT, alert_record, due_at)},
    {.name = "flaps_from_at", AT(INSTANT, alert_record, flaps_from_at)},
    {.name = "episodes", AT(U32, alert_record, episodes)},
    {.name = "severity", AT(ENUM, alert_record, severity), .size = SEVERITY_COUNT},
    {.name = "is_firing", AT(BOOL, alert_record, is_firing)},
    {.name = "is_flapping", AT(BOOL, alert_record, is_flapping)},
    {.name = "is_expired", AT(BOOL, alert_record, is_expired)},
    {.name = "is_skewed", AT(BOOL, alert_record, is_skewed)},
    {.name = "is_insisting", AT(BOOL, alert_record, is_insisting)},
};

static const struct column page_columns[] = {
    {.name = "id", AT(U64, page, id), .is_fixed = true},
    {.name = "version", AT(U64, page, version)},
    {.name = "incident", AT(U64, page, incident), .is_fixed = true},
    {.name = "kind", AT(ENUM, page, kind), .size = PAGE_KIND_COUNT},
    {.name = "state", AT(ENUM, page, state), .size = PAGE_STATE_COUNT},
    {.name = "user_id", AT(TEXT, page, user)},
    {.name = "channel", AT(TEXT, page, channel)},
    {.name = "address", AT(TEXT, page, address)},
    {.name = "text", AT(TEXT, page, text)},
    {.name = "error", AT(TEXT, page, error)},
    {.name = "created_at", AT(INSTANT, page, created_at), .is_fixed = true},
    {.name = "sent_at", AT(INSTANT, page, sent_at)},
    {.name = "retry_at", AT(INSTANT, page, retry_at)},
    {.name = "attempt", AT(U16, page, attempt)},
    {.name = "is_repeat", AT(BOOL, page, is_repeat)},
    {.name = "is_late", AT(BOOL, page, is_late)},
    {.name = "reference", AT(TEXT, page, reference)},
    {.name = "is_second", AT(BOOL, page, is_second)},
    {.name = "also", AT(TEXT, page, also)},
    {.name = "key_attempt", AT(U16, page, key_attempt)},
};

static const struct column person_columns[] = {
    {.name = "user_id", AT(TEXT, person, user), .is_fixed = true},
    {.name = "version", AT(U64, person, version)},
    {.name = "rest_from_at", AT(INSTANT, person, rest_from_at)},
    {.name = "rest_until_at", AT(INSTANT, person, rest_until_at)},
    {.name = "rest_because", AT(TEXT, person, rest_because)},
    {.name = "is_rest_by_hand", AT(BOOL, person, is_rest_by_hand)},
    {.name = "rest_waived_at", AT(INSTANT, person, rest_waived_at)},
    {.name = "awake_until_at", AT(INSTANT, person, awake_until_at)},
    {.name = "pause_from_at", AT(INSTANT, person, pause_from_at)},
    {.name = "pause_until_at", AT(INSTANT, person, pause_until_at)},
    {.name = "runs", .type = COLUMN_JSON, .form = &form_runs},
    {.name = "disturbances", .type = COLUMN_JSON, .form = &form_disturbances},
};

static const struct column override_columns[] = {
    {.name = "id", AT(U64, override, id), .is_fixed = true},
    {.name = "version", AT(U64, override, version)},
    {.name = "team", AT(TEXT, override, team)},
    {.name = "role", AT(ENUM, override, role), .size = ROLE_COUNT},
    {.name = "user_id", AT(TEXT, override, user)},
    {.name = "from_at", AT(INSTANT, override, from_at)},
    {.name = "until_at", AT(INSTANT, override, until_at)},
    {.name = "by_user", AT(TEXT, override, by)},
    {.name = "note", AT(TEXT, override, note)},
    {.name = "is_ended", AT(BOOL, override, is_ended)},
};

static const struct column silence_columns[] = {
    {.name = "id", AT(U64, silence, id), .is_fixed = true},
    {.name = "version", AT(U64, silence, version)},
    {.name = "state", AT(ENUM, silence, state), .size = SILENCE_STATE_COUNT},
    {.name = "matchers", AT(TEXT, silence, match), .is_fixed = true},
    {.name = "team", AT(TEXT, silence, team), .is_fixed = true},
    {.name = "from_at", AT(INSTANT, silence, from_at), .is_fixed = true},
    {.name = "until_at", AT(INSTANT, silence, until_at)},
    {.name = "by_user", AT(TEXT, silence, by), .is_fixed = true},
    {.name = "note", AT(TEXT, silence, note), .is_fixed = true},
    {.name = "ended_by", AT(TEXT, silence, ended_by)},
    {.name = "held_count", AT(U64, silence, held_count)},
    {.name = "maintenance", AT(TEXT, silence, maintenance), .is_fixed = true},
};

static const struct column heartbeat_columns[] = {
    {.name = "id", AT(U64, heartbeat, id), .is_fixed = true},
    {.name = "version", AT(U64, heartbeat, version)},
    {.name = "state", AT(ENUM, heartbeat, state), .size = HEARTBEAT_STATE_COUNT},
    {.name = "severity", AT(ENUM, heartbeat, severity), .size = SEVERITY_COUNT, .is_fixed = true},
    {.name = "name", AT(TEXT, heartbeat, name), .is_fixed = true},
    {.name = "team", AT(TEXT, heartbeat, team), .is_fixed = true},
    {.name = "every_ms", AT(INSTANT, heartbeat, every_ms), .is_fixed = true},
    {.name = "grace_ms", AT(INSTANT, heartbeat, grace_ms), .is_fixed = true},
    {.name = "last_seen_at", AT(INSTANT, heartbeat, last_seen_at)},
    {.name = "due_at", AT(INSTANT, heartbeat, due_at)},
    {.name = "created_at", AT(INSTANT, heartbeat, created_at), .is_fixed = true},
    {.name = "created_by", AT(TEXT, heartbeat, created_by), .is_fixed = true},
    {.name = "hash", AT(CHARS, heartbeat, hash), .size = HASH_TEXT_SIZE, .is_fixed = true},
    {.name = "uuid", AT(CHARS, heartbeat, uuid), .size = UUID_TEXT_SIZE, .is_fixed = true},
};

static const struct column handoff_columns[] = {
    {.name = "team", AT(TEXT, handoff, team), .is_fixed = true},
    {.name = "version", AT(U64, handoff, version)},
    {.name = "shifts", .type = COLUMN_JSON, .form = &form_shifts},
    {.name = "past", .type = COLUMN_JSON, .form = &form_past},
};

static const struct column swap_columns[] = {
    {.name = "id", AT(U64, swap, id), .is_fixed = true},
    {.name = "version", AT(U64, swap, version)},
    {.name = "state", AT(ENUM, swap, state), .size = SWAP_STATE_COUNT},
    {.name = "team", AT(TEXT, swap, team), .is_fixed = true},
    {.name = "role", AT(ENUM, swap, role), .size = ROLE_COUNT, .is_fixed = true},
    {.name = "user_id", AT(TEXT, swap, user), .is_fixed = true},
    {.name = "from_at", AT(INSTANT, swap, from_at), .is_fixed = true},
    {.name = "until_at", AT(INSTANT, swap, until_at), .is_fixed = true},
    {.name = "created_at", AT(INSTANT, swap, created_at), .is_fixed = true},
    {.name = "taken_by", AT(TEXT, swap, taken_by)},
    {.name = "override_id", AT(U64, swap, override_id)},
    {.name = "asked", .type = COLUMN_JSON, .form = &form_asked},
};

static const struct column proof_columns[] = {
    {.name = "id", AT(U64, proof, id), .is_fixed = true},
    {.name = "version", AT(U64, proof, version)},
    {.name = "user_id", AT(TEXT, proof, user), .is_fixed = true},
    {.name = "channel", AT(TEXT, proof, channel), .is_fixed = true},
    {.name = "address", AT(TEXT, proof, address)},
    {.name = "verified_at", AT(INSTANT, proof, verified_at)},
    {.name = "asked_at", AT(INSTANT, proof, asked_at)},
    {.name = "code_until_at", AT(INSTANT, proof, code_until_at)},
    {.name = "tries", AT(U16, proof, tries)},
    {.name = "test", AT(ENUM, proof, test), .size = TEST_STATE_COUNT},
    {.name = "test_page", AT(U64, proof, test_page)},
    {.name = "tested_at", AT(INSTANT, proof, tested_at)},
    {.name = "answered_at", AT(INSTANT, proof, answered_at)},
    {.name = "answered_via", AT(TEXT, proof, answered_via)},
    {.name = "due_at", AT(INSTANT, proof, due_at)},
    {.name = "code_hash", AT(TEXT, proof, code_hash)},
    {.name = "code_count", AT(U16, proof, code_count)},
    {.name = "codes_from_at", AT(INSTANT, proof, codes_from_at)},
};

static const struct column entry_columns[] = {
    {.name = "incident", AT(U64, entry, incident)}, {.name = "written_at", AT(INSTANT, entry, at)},
    {.name = "event", AT(TEXT, entry, event)},      {.name = "actor", AT(TEXT, entry, actor)},
    {.name = "text", AT(TEXT, entry, text)},
};

static const struct column key_columns[] = {
    {.name = "hash", AT(CHARS, key_record, hash), .size = HASH_TEXT_SIZE, .is_fixed = true},
    {.name = "kind", AT(ENUM, key_record, kind), .size = KEY_KIND_COUNT},
    {.name = "name", AT(TEXT, key_record, name)},
    {.name = "team", AT(TEXT, key_record, team)},
    {.name = "user_id", AT(TEXT, key_record, user)},
    {.name = "created_at", AT(INSTANT, key_record, created_at)},
    {.name = "last_used_at", AT(INSTANT, key_record, last_used_at)},
    {.name = "revoked_at", AT(INSTANT, key_record, revoked_at)},
};

static const struct column token_columns[] = {
    {.name = "hash", AT(CHARS, token_record, hash), .size = HASH_TEXT_SIZE, .is_fixed = true},
    {.name = "incident", AT(U64, token_record, incident), .is_fixed = true},
    {.name = "user_id", AT(TEXT, token_record, user)},
    {.name = "channel", AT(TEXT, token_record, channel)},
    {.name = "created_at", AT(INSTANT, token_record, created_at)},
    {.name = "expires_at", AT(INSTANT, token_record, expires_at)},
    {.name = "is_revoked", AT(BOOL, token_record, is_revoked)},
    {.name = "number", AT(U32, token_record, number)},
    {.name = "wrong_count", AT(U32, token_record, wrong_count)},
    {.name = "is_void", AT(BOOL, token_record, is_void)},
};

static const struct column meta_columns[] = {
    {.name = "name", AT(TEXT, meta_record, name), .is_fixed = true},
    {.name = "value", AT(TEXT, meta_record, value)},
};

#define TABLE(sql_name, list, type, id, version)                                                 \
    {                                                                                            \
        .name = sql_name, .columns = list, .count = COUNT_OF(list), .record_size = sizeof(type), \
        .has_id = id, .has_version = version                                                     \
    }

static const struct table tables[RECORD_COUNT] = {
    [RECORD_INCIDENT] = TABLE("incident", incident_columns, struct incident, true, true),
    [RECORD_ALERT] = TABLE("alert", alert_columns, struct alert_record, true, true),
    [RECORD_PAGE] = TABLE("page", page_columns, struct page, true, true),
    [RECORD_PERSON] = TABLE("person", person_columns, struct person, true, true),
    [RECORD_OVERRIDE] = TABLE("rota_override", override_columns, struct override, true, true),
    [RECORD_SILENCE] = TABLE("silence", silence_columns, struct silence, true, true),
    [RECORD_HEARTBEAT] = TABLE("heartbeat", heartbeat_columns, struct heartbeat, true, true),
    [RECORD_HANDOFF] = TABLE("handoff", handoff_columns, struct handoff, true, true),
    [RECORD_SWAP] = TABLE("swap", swap_columns, struct swap, true, true),
    [RECORD_PROOF] = TABLE("proof", proof_columns, struct proof, true, true),
    [RECORD_ENTRY] = TABLE("entry", entry_columns, struct entry, false, false),
    [RECORD_KEY] = TABLE("access_key", key_columns, struct key_record, true, false),
    [RECORD_TOKEN] = TABLE("ack_token", token_columns, struct token_record, true, false),
    [RECORD_META] = TABLE("meta", meta_columns, struct meta_record, true, false),
};

const struct table *table_get(enum record_kind kind)
{
    assert(kind < RECORD_COUNT);
    return &tables[kind];
}

bool column_is_text(const struct column *column)
{
    return column->type >= COLUMN_TEXT;
}

void cell_add_integer(struct text *bytes, int64_t integer)
{
    text_add_bytes(bytes, &integer, sizeof(integer));
}

static void add_text(struct text *bytes, const char *text, size_t size)
{
    assert(size < NULL_SIZE);
    uint32_t size32 = (uint32_t)size;
    text_add_bytes(bytes, &size32, sizeof(size32));
    text_add_bytes(bytes, text, size);
    text_add_char(bytes, '\0');
}

void cell_add_text(struct text *bytes, const char *text)
{
    uint32_t none = NULL_SIZE;

    if (text == NULL)
        text_add_bytes(bytes, &none, sizeof(none));
    else
        add_text(bytes, text, strlen(text));
}

const char *cell_parse_integer(const char *bytes, struct cell *cell)
{
    *cell = (struct cell){.is_text = false};
    memcpy(&cell->integer, bytes, sizeof(cell->integer));
    return bytes + sizeof(cell->integer);
}

const char *cell_parse_text(const char *bytes, struct cell *cell)
{
    uint32_t size;

    memcpy(&size, bytes, sizeof(size));
    bytes += sizeof(size);
    *cell = (struct cell){.is_text = true};
    if (size == NULL_SIZE)
        return bytes;
    cell->text = bytes;
    cell->size = size;
    return bytes + size + 1;
}

/* The JSON is written in place: its size is filled in when it is known. */
static void render_form(const struct form *form, const void *record, struct text *bytes)
{
    uint32_t size = 0;
    size_t start = bytes->size;
    struct json_writer writer = {.text = bytes};

    text_add_bytes(bytes, &size, sizeof(size));
    json_begin_array(&writer, NULL);
    form->render(record, &writer);
    json_end_array(&writer);
    assert(bytes->size - start - sizeof(size) < NULL_SIZE);
    size = (uint32_t)(bytes->size - start - sizeof(size));
    memcpy(bytes->bytes + start, &size, sizeof(size));
    text_add_char(bytes, '\0');
}

static int64_t read_integer(const struct column *column, const char *at)
{
    switch (column->type) {
    case COLUMN_U64:
        assert(*(const uint64_t *)(const void *)at <= INT64_MAX);
        return (int64_t) * (const uint64_t *)(const void *)at;
    case COLUMN_INSTANT:
        return *(const msec *)(const void *)at;
    case COLUMN_U32:
        return *(const uint32_t *)(const void *)at;
    case COLUMN_U16:
        return *(const uint16_t *)(const void *)at;
    case COLUMN_BOOL:
        return *(const bool *)(const void *)at;
    case COLUMN_ENUM:
        assert(*(const unsigned *)(const void *)at < column->size);
        return *(const unsigned *)(const void *)at;
    case COLUMN_TEXT:
    case COLUMN_CHARS:
    case COLUMN_JSON:
        break;
    }
    assert(false);
    return 0;
}

/* Where the column's member is counted from. */
static const char *part_of(const struct column *column, const void *record)
{
    if (column->part == NULL)
        return record;
    const void *part = *(void *const *)(const void *)((const char *)record + column->part->offset);
    return part != NULL ? part : column->part->none;
}

/* The same of a record that is being filled. */
static char *part_make(const struct column *column, struct arena *arena, void *record)
{
    if (column->part == NULL)
        return record;
    void **place = (void **)(void *)((char *)record + column->part->offset);
    if (*place == NULL)
        *place = arena_take(arena, column->part->size);
    return *place;
}

void row_render(enum record_kind kind, const void *record, struct text *bytes)
{
    const struct table *table = table_get(kind);

    for (size_t i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        const char *at = part_of(column, record) + column->offset;
        if (column->type == COLUMN_JSON)
            render_form(column->form, record, bytes);
        else if (column->type == COLUMN_TEXT)
            cell_add_text(bytes, *(char *const *)(const void *)at);
        else if (column->type == COLUMN_CHARS)
            cell_add_text(bytes, at);
        else
            cell_add_integer(bytes, read_integer(column, at));
    }
}

void cells_render(const struct cell *cells, size_t count, struct text *bytes)
{
    uint32_t none = NULL_SIZE;
    for (size_t i = 0; i < count; i++)
        if (!cells[i].is_text)
            cell_add_integer(bytes, cells[i].integer);
        else if (cells[i].text == NULL)
            text_add_bytes(bytes, &none, sizeof(none));
        else
            add_text(bytes, cells[i].text, cells[i].size);
}

const char *row_parse(enum record_kind kind, const char *bytes, struct cell *cells)
{
    const struct table *table = table_get(kind);

    assert(table->count <= ROW_CELLS_MAX);
    for (size_t i = 0; i < table->count; i++)
        bytes = column_is_text(&table->columns[i]) ? cell_parse_text(bytes, &cells[i])
                                                   : cell_parse_integer(bytes, &cells[i]);
    return bytes;
}

/* Highest value that the member can hold. */
static int64_t integer_max(const struct column *column)
{
    switch (column->type) {
    case COLUMN_U32:
        return UINT32_MAX;
    case COLUMN_U16:
        return UINT16_MAX;
    case COLUMN_BOOL:
        return 1;
    case COLUMN_ENUM:
        return (int64_t)column->size - 1;
    case COLUMN_U64:
    case COLUMN_INSTANT:
    case COLUMN_TEXT:
    case COLUMN_CHARS:
    case COLUMN_JSON:
        break;
    }
    return INT64_MAX;
}

/* Versions begin with 1: a batch that saved over 0 would ask for a record that is not there yet. */
static int64_t integer_min(const struct table *table, const struct column *column)
{
    if (column->type == COLUMN_INSTANT)
        return INT64_MIN;
    return table->has_version && string_is(column->name, "version") ? 1 : 0;
}

static bool fill_integer(const struct table *table, const struct column *column, int64_t value,
                         char *at, struct fault *fault)
{
    bool is_small = value < 1 && value < integer_min(table, column); /* hardly ever asked */
    if (value > integer_max(column) || is_small)
        return fault_set(fault, FAULT_INPUT,
                         "the store holds %lld in %s.%s, which is no such value", (long long)value,
                         table->name, column->name);

    if (column->type == COLUMN_U64)
        *(uint64_t *)(void *)at = (uint64_t)value;
    else if (column->type == COLUMN_INSTANT)
        *(msec *)(void *)at = value;
    else if (column->type == COLUMN_U32)
        *(uint32_t *)(void *)at = (uint32_t)value;
    else if (column->type == COLUMN_U16)
        *(uint16_t *)(void *)at = (uint16_t)value;
    else if (column->type == COLUMN_BOOL)
        *(bool *)(void *)at = value != 0;
    else
        *(unsigned *)(void *)at = (unsigned)value;
    return true;
}

static bool fill_form(const struct table *table, const struct column *column,
                      const struct cell *cell, struct arena *arena, void *record,
                      struct fault *fault)
{
    const struct json *json;

    if (cell->size <= 2) /* "[]", by far the commonest: the zeroed record says so already */
        return true;
    if (!json_parse(arena, (struct span){cell->text, cell->size}, &json, fault))
        return fault_prefix(fault, "the store's %s.%s cannot be read", table->name, column->name);
    if (json->kind != JSON_ARRAY)
        return fault_set(fault, FAULT_INPUT, "the store's %s.%s is not a list", table->name,
                         column->name);
    column->form->read(arena, json, record);
    return true;
}

static bool fill_text(const struct table *table, const struct column *column,
                      const struct cell *cell, struct arena *arena, char *at, struct fault *fault)
{
    struct span span = {cell->text, cell->size};

    if (column->type == COLUMN_TEXT) {
        *(char **)(void *)at = cell->text ? arena_copy_span(arena, span) : NULL;
        return true;
    }
    if (cell->text == NULL || cell->size >= column->size)
        return fault_set(fault, FAULT_INPUT, "the store's %s.%s has %zu bytes instead of %zu",
                         table->name, column->name, cell->size, column->size - 1);
    memcpy(at, cell->text, cell->size);
    at[cell->size] = '\0';
    return true;
}

bool row_fill(enum record_kind kind, const struct cell *cells, struct arena *arena, void *record,
              struct fault *fault)
{
    const struct table *table = table_get(kind);

    memset(record, 0, table->record_size);
    for (size_t i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        char *at = part_make(column, arena, record) + column->offset;
        bool is_good =
            column->type == COLUMN_JSON ? fill_form(table, column, &cells[i], arena, record, fault)
            : column_is_text(column)    ? fill_text(table, column, &cells[i], arena, at, fault)
                                        : fill_integer(table, column, cells[i].integer, at, fault);
        if (!is_good)
            return false;
    }
    return true;
}
