/* SPDX-License-Identifier: MIT */
/*
 * fuzz_rows.c - rows of a database that somebody else wrote into, and an engine restored from them.
 *
 * An input is a list of records: a kind, then a value for each column, numbers of a few bytes and
 * texts of a line. A row that fits no record is refused with a fault; one that does is the same
 * after it was written and read again; an engine that took such records runs on for a day.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "fuzz.h"
#include "input.h"
#include "store/rows.h"

#define RECORDS_MAX 24

/* A number small or near the end of its range, as the first byte says. */
static int64_t integer_take(struct input *input)
{
    static const int64_t special[] = {MSEC_NEVER, INT64_MIN,  -1,
                                      UINT32_MAX, UINT16_MAX, INT64_C(1795312800000)};
    uint8_t byte = input_byte(input);
    if (byte < 0x80)
        return byte;
    if (byte < 0xf0)
        return special[byte % 6] - (byte % 3 == 0 ? byte & 7 : 0);
    return (int64_t)input_number(input, byte & 8 ? 8 : 3);
}

static void cells_take(struct input *input, const struct table *table, struct arena *arena,
                       struct cell *cells)
{
    for (size_t i = 0; i < table->count; i++) {
        cells[i] = (struct cell){.is_text = column_is_text(&table->columns[i])};
        if (!cells[i].is_text) {
            cells[i].integer = integer_take(input);
            continue;
        }
        cells[i].text = input_string(input, '\n', arena);
        cells[i].size = strlen(cells[i].text);
        /* NULL where the schema lets it be. */
        if (string_is(cells[i].text, "\x01") && table->columns[i].type == COLUMN_TEXT)
            cells[i] = (struct cell){.is_text = true};
    }
}

/* struct -> bytes -> cells -> struct -> bytes: the bytes are the same. */
static void record_round(enum record_kind kind, const void *record, struct arena *arena)
{
    CLEANUP(text_clear) struct text once = {0};
    CLEANUP(text_clear) struct text twice = {0};
    struct cell cells[ROW_CELLS_MAX];
    struct fault fault = {0};
    void *back = arena_take(arena, table_get(kind)->record_size);
    row_render(kind, record, &once);
    const char *end = row_parse(kind, once.bytes, cells);
    assert(end == once.bytes + once.size);
    bool is_filled = row_fill(kind, cells, arena, back, &fault);
    if (!is_filled)
        output_fail("row", fault.text);
    row_render(kind, back, &twice);
    assert(once.size == twice.size && memcmp(once.bytes, twice.bytes, once.size) == 0);
}

/* As the store hands records over: no two of an id, ids not 0. */
static void record_restore(struct bench *bench, enum record_kind kind, void *record, uint64_t id)
{
    if (kind == RECORD_INCIDENT) {
        ((struct incident *)record)->number = id;
        engine_restore_incident(bench->engine, record);
    } else if (kind == RECORD_ALERT) {
        ((struct alert_record *)record)->id = id;
        engine_restore_alert(bench->engine, record);
    } else if (kind == RECORD_PAGE) {
        ((struct page *)record)->id = id;
        engine_restore_page(bench->engine, record);
    } else if (kind == RECORD_OVERRIDE) {
        ((struct override *)record)->id = id;
        engine_restore_override(bench->engine, record);
    } else if (kind == RECORD_SILENCE) {
        ((struct silence *)record)->id = id;
        engine_restore_silence(bench->engine, record);
    } else if (kind == RECORD_HEARTBEAT) {
        ((struct heartbeat *)record)->id = id;
        engine_restore_heartbeat(bench->engine, record);
    } else if (kind == RECORD_PROOF) {
        struct proof *proof = record;
        proof->id = id;
        if (proof->user != NULL && proof->channel != NULL)
            engine_restore_proof(bench->engine, proof);
    } else if (kind == RECORD_SWAP) {
        ((struct swap *)record)->id = id;
        engine_restore_swap(bench->engine, record);
    } else if (kind == RECORD_HANDOFF) {
        if (((struct handoff *)record)->team != NULL)
            engine_restore_handoff(bench->engine, record);
    } else if (kind == RECORD_PERSON) {
        struct person *person = record;
        if (person->user != NULL && view_person(bench->engine, person->user) == NULL)
            engine_restore_person(bench->engine, person);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct input input = input_of(bytes, size);
    struct bench *bench = bench_new();
    uint64_t id = 0;
    while (input.rest.size > 0 && id < RECORDS_MAX) {
        enum record_kind kind = input_byte(&input) % RECORD_COUNT;
        const struct table *table = table_get(kind);
        struct cell cells[ROW_CELLS_MAX];
        struct fault fault = {0};
        void *record = arena_take(arena, table->record_size);
        cells_take(&input, table, arena, cells);
        if (!row_fill(kind, cells, arena, record, &fault)) {
            assert(fault.text[0] != '\0');
            continue;
        }
        record_round(kind, record, arena);
        record_restore(bench, kind, record, ++id);
    }
    engine_restore_counters(bench->engine, id, id, id, id);
    engine_restore_quiet_counters(bench->engine, id, id);
    engine_restored(bench->engine, bench->now, bench->effects);
    for (int i = 0; i < 12; i++)
        bench_wait(bench, 2 * HOUR_MS);
    bench_free(bench);
    return 0;
}
