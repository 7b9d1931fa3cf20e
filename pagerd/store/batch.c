/* SPDX-License-Identifier: MIT */
#include "store/batch.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/backend.h"

/* In front of every order: what it is, of what kind, and what must be so. */
struct head {
    uint8_t order;
    uint8_t kind;
    uint8_t need;
};

struct batch *batch_new(void)
{
    return memory_new(1, sizeof(struct batch));
}

void batch_free(struct batch *batch)
{
    if (batch == NULL)
        return;
    text_clear(&batch->bytes);
    free(batch);
}

size_t batch_count(const struct batch *batch)
{
    return batch->count;
}

size_t batch_size(const struct batch *batch)
{
    return sizeof(*batch) + batch->bytes.size;
}

bool batch_is_in_doubt(const struct batch *batch)
{
    return batch->group != 0;
}

void batch_append(struct batch *batch, const struct batch *more)
{
    text_add_span(&batch->bytes, text_span(&more->bytes));
    batch->count += more->count;
}

static void add_head(struct batch *batch, enum order order, enum record_kind kind, enum need need)
{
    struct head head = {(uint8_t)order, (uint8_t)kind, (uint8_t)need};

    text_add_bytes(&batch->bytes, &head, sizeof(head));
    batch->count++;
}

static void add_record(struct batch *batch, enum record_kind kind, const void *record,
                       enum need need, uint64_t version)
{
    assert(need < NEED_COUNT);
    assert(need != NEED_VERSION || version > 0);
    if (need == NEED_VERSION && version == 1)
        need = NEED_NEW;
    add_head(batch, ORDER_SAVE, kind, need);
    row_render(kind, record, &batch->bytes);
}

void batch_save_incident(struct batch *batch, const struct incident *incident, enum need need)
{
    assert(incident->number > 0);
    add_record(batch, RECORD_INCIDENT, incident, need, incident->version);
}

void batch_save_alert(struct batch *batch, const struct alert_record *alert, enum need need)
{
    assert(alert->id > 0);
    add_record(batch, RECORD_ALERT, alert, need, alert->version);
}

void batch_save_page(struct batch *batch, const struct page *page, enum need need)
{
    assert(page->id > 0);
    add_record(batch, RECORD_PAGE, page, need, page->version);
}

void batch_save_person(struct batch *batch, const struct person *person, enum need need)
{
    assert(person->user);
    add_record(batch, RECORD_PERSON, person, need, person->version);
}

void batch_save_override(struct batch *batch, const struct override *override, enum need need)
{
    assert(override->id > 0);
    add_record(batch, RECORD_OVERRIDE, override, need, override->version);
}

void batch_save_silence(struct batch *batch, const struct silence *silence, enum need need)
{
    assert(silence->id > 0);
    add_record(batch, RECORD_SILENCE, silence, need, silence->version);
}

void batch_save_heartbeat(struct batch *batch, const struct heartbeat *heartbeat, enum need need)
{
    assert(heartbeat->id > 0);
    add_record(batch, RECORD_HEARTBEAT, heartbeat, need, heartbeat->version);
}

void batch_save_handoff(struct batch *batch, const struct handoff *handoff, enum need need)
{
    assert(handoff->team);
    add_record(batch, RECORD_HANDOFF, handoff, need, handoff->version);
}

void batch_save_swap(struct batch *batch, const struct swap *swap, enum need need)
{
    assert(swap->id > 0);
    add_record(batch, RECORD_SWAP, swap, need, swap->version);
}

void batch_save_proof(struct batch *batch, const struct proof *proof, enum need need)
{
    assert(proof->id > 0);
    add_record(batch, RECORD_PROOF, proof, need, proof->version);
}

void batch_add_entry(struct batch *batch, const struct entry *entry)
{
    add_record(batch, RECORD_ENTRY, entry, NEED_NONE, 0);
}

void batch_save_key(struct batch *batch, const struct key_record *key, enum need need)
{
    assert(need != NEED_VERSION);
    add_record(batch, RECORD_KEY, key, need, 0);
}

void batch_save_token(struct batch *batch, const struct token_record *token, enum need need)
{
    assert(need != NEED_VERSION);
    add_record(batch, RECORD_TOKEN, token, need, 0);
}

void batch_save_meta(struct batch *batch, const struct meta_record *meta, enum need need)
{
    assert(need != NEED_VERSION);
    assert(meta->name && strlen(meta->name) <= STORE_NAME_MAX);
    add_record(batch, RECORD_META, meta, need, 0);
}

void batch_revoke_tokens(struct batch *batch, uint64_t incident)
{
    assert(incident > 0 && incident <= INT64_MAX);
    add_head(batch, ORDER_REVOKE, RECORD_TOKEN, NEED_NONE);
    cell_add_integer(&batch->bytes, (int64_t)incident);
}

void batch_add_answer(struct batch *batch, uint64_t id, const char *sealed)
{
    assert(id > 0 && id <= INT64_MAX);
    add_head(batch, ORDER_ANSWER, RECORD_META, NEED_NONE);
    cell_add_integer(&batch->bytes, (int64_t)id);
    cell_add_text(&batch->bytes, sealed);
}

void batch_bump(struct batch *batch, const char *name, int64_t by)
{
    assert(name && strlen(name) <= STORE_NAME_MAX);
    add_head(batch, ORDER_BUMP, RECORD_META, NEED_NONE);
    cell_add_text(&batch->bytes, name);
    cell_add_integer(&batch->bytes, by);
}

void batch_add_effects(struct batch *batch, const struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        switch (effect->kind) {
        case EFFECT_SAVE_INCIDENT:
            batch_save_incident(batch, effect->incident, NEED_VERSION);
            break;
        case EFFECT_SAVE_ALERT:
            batch_save_alert(batch, effect->alert, NEED_VERSION);
            break;
        case EFFECT_SAVE_PAGE:
            batch_save_page(batch, effect->page, NEED_VERSION);
            break;
        case EFFECT_SAVE_PERSON:
            batch_save_person(batch, effect->person, NEED_VERSION);
            break;
        case EFFECT_SAVE_OVERRIDE:
            batch_save_override(batch, effect->override, NEED_VERSION);
            break;
        case EFFECT_SAVE_SILENCE:
            batch_save_silence(batch, effect->silence, NEED_VERSION);
            break;
        case EFFECT_SAVE_HEARTBEAT:
            batch_save_heartbeat(batch, effect->heartbeat, NEED_VERSION);
            break;
        case EFFECT_SAVE_HANDOFF:
            batch_save_handoff(batch, effect->handoff, NEED_VERSION);
            break;
        case EFFECT_SAVE_SWAP:
            batch_save_swap(batch, effect->swap, NEED_VERSION);
            break;
        case EFFECT_SAVE_PROOF:
            batch_save_proof(batch, effect->proof, NEED_VERSION);
            break;
        case EFFECT_ENTRY:
            batch_add_entry(batch, effect->entry);
            break;
        case EFFECT_REVOKE_TOKENS:
            batch_revoke_tokens(batch, effect->number);
            break;
        case EFFECT_SEND:
        case EFFECT_COUNT:
            break;
        }
    }
}

void batch_add_row(struct batch *batch, enum record_kind kind, const struct cell *cells)
{
    add_head(batch, ORDER_SAVE, kind, NEED_NONE);
    cells_render(cells, table_get(kind)->count, &batch->bytes);
}

bool batch_next(const struct batch *batch, size_t *cursor, struct row *row)
{
    struct head head;

    if (*cursor >= batch->bytes.size)
        return false;

    const char *at = batch->bytes.bytes + *cursor;
    memcpy(&head, at, sizeof(head));
    at += sizeof(head);
    row->order = (enum order)head.order;
    row->kind = (enum record_kind)head.kind;
    row->need = (enum need)head.need;
    switch (row->order) {
    case ORDER_SAVE:
        at = row_parse(row->kind, at, row->cells);
        break;
    case ORDER_REVOKE:
        at = cell_parse_integer(at, &row->cells[0]);
        break;
    case ORDER_ANSWER:
        at = cell_parse_integer(at, &row->cells[0]);
        at = cell_parse_text(at, &row->cells[1]);
        break;
    case ORDER_BUMP:
        at = cell_parse_text(at, &row->cells[0]);
        at = cell_parse_integer(at, &row->cells[1]);
        break;
    }
    *cursor = (size_t)(at - batch->bytes.bytes);
    return true;
}

size_t row_cell_count(const struct row *row)
{
    switch (row->order) {
    case ORDER_SAVE:
        return table_get(row->kind)->count;
    case ORDER_REVOKE:
        return 1;
    case ORDER_BUMP:
    case ORDER_ANSWER:
        return 2;
    }
    return 0;
}

void batch_put(struct batch *batch, const struct row *row)
{
    add_head(batch, row->order, row->kind, row->need);
    cells_render(row->cells, row_cell_count(row), &batch->bytes);
}

/* Can there be such an order? */
static bool head_is_known(const struct head *head)
{
    if (head->order > ORDER_ANSWER || head->kind >= RECORD_COUNT || head->need >= NEED_COUNT)
        return false;
    const struct table *table = table_get((enum record_kind)head->kind);
    return head->need == NEED_NONE || (head->order == ORDER_SAVE && table->has_id &&
                                       (head->need != NEED_VERSION || table->has_version));
}

static bool cell_is_text(const struct row *row, size_t at)
{
    if (row->order == ORDER_SAVE)
        return column_is_text(&table_get(row->kind)->columns[at]);
    return row->order == ORDER_BUMP ? at == 0 : at == 1;
}

/* Are the bytes of one cell there, and does a text end as it says? */
static bool cell_is_whole(struct span bytes, bool is_text)
{
    struct cell cell;
    uint32_t size;

    if (bytes.size < (is_text ? sizeof(size) : sizeof(cell.integer)))
        return false;
    if (!is_text)
        return true;
    memcpy(&size, bytes.bytes, sizeof(size));
    bytes.size -= sizeof(size);
    if (size == UINT32_MAX)
        return true;
    return size < bytes.size && bytes.bytes[sizeof(size) + size] == '\0' &&
           memchr(bytes.bytes + sizeof(size), '\0', size) == NULL;
}

bool row_read(struct span *bytes, struct row *row)
{
    struct span rest = *bytes;
    struct head head;

    if (rest.size < sizeof(head))
        return false;
    memcpy(&head, rest.bytes, sizeof(head));
    if (!head_is_known(&head))
        return false;
    row->order = (enum order)head.order;
    row->kind = (enum record_kind)head.kind;
    row->need = (enum need)head.need;
    rest = (struct span){rest.bytes + sizeof(head), rest.size - sizeof(head)};
    for (size_t i = 0; i < row_cell_count(row); i++) {
        bool is_text = cell_is_text(row, i);
        if (!cell_is_whole(rest, is_text))
            return false;
        const char *end = is_text ? cell_parse_text(rest.bytes, &row->cells[i])
                                  : cell_parse_integer(rest.bytes, &row->cells[i]);
        rest = (struct span){end, rest.size - (size_t)(end - rest.bytes)};
    }
    *bytes = rest;
    return true;
}

bool batch_refuse(struct batch *batch, const struct row *row)
{
    char id[32];
    const struct cell *cell = &row->cells[0];

    snprintf(id, sizeof(id), "%" PRId64, cell->integer);
    const char *name = cell->is_text ? cell->text : id;
    const char *table = table_get(row->kind)->name;
    if (row->need == NEED_NEW)
        return fault_set(&batch->fault, FAULT_CONFLICT, "%s %.80s exists already", table, name);
    return fault_set(&batch->fault, FAULT_CONFLICT,
                     "%s %.80s is not at version %" PRId64 " any more", table, name,
                     row->cells[1].integer - 1);
}
