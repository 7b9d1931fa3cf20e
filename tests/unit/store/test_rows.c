/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "store/backend.h"
#include "store/rows.h"
#include "store/schema/schema.h"

static size_t find_column(enum record_kind kind, const char *name)
{
    const struct table *table = table_get(kind);

    for (size_t i = 0; i < table->count; i++)
        if (string_is(table->columns[i].name, name))
            return i;
    fail_msg("no column %s", name);
    return 0;
}

/* The cells of a record that is empty but valid. */
static void cells_of(enum record_kind kind, struct cell *cells)
{
    const struct table *table = table_get(kind);

    for (size_t i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        cells[i] = (struct cell){.is_text = column_is_text(column)};
        if (column->type == COLUMN_JSON || column->type == COLUMN_CHARS)
            cells[i] = (struct cell){.is_text = true, .text = "[]", .size = 2};
    }
    if (table->has_version)
        cells[find_column(kind, "version")].integer = 1;
}

static void must_refuse(enum record_kind kind, const char *column, struct cell value,
                        const char *words)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct cell cells[ROW_CELLS_MAX];
    struct incident record; /* the largest of them */
    struct fault fault;

    cells_of(kind, cells);
    assert_true(row_fill(kind, cells, arena, &record, &fault));
    cells[find_column(kind, column)] = value;
    assert_false(row_fill(kind, cells, arena, &record, &fault));
    assert_int_equal(fault.kind, FAULT_INPUT);
    if (strstr(fault.text, words) == NULL)
        fail_msg("'%s' is not in '%s'", words, fault.text);
}

static struct cell text_cell(const char *text)
{
    return (struct cell){.is_text = true, .text = text, .size = strlen(text)};
}

static void a_number_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    must_refuse(RECORD_INCIDENT, "walk_step", (struct cell){.integer = UINT16_MAX + 1},
                "65536 in incident.walk_step");
    must_refuse(RECORD_INCIDENT, "walk_laps", (struct cell){.integer = (int64_t)UINT32_MAX + 1},
                "4294967296 in incident.walk_laps");
    must_refuse(RECORD_INCIDENT, "occurrences", (struct cell){.integer = -1},
                "-1 in incident.occurrences");
    must_refuse(RECORD_INCIDENT, "is_reopened", (struct cell){.integer = 2},
                "2 in incident.is_reopened");
    must_refuse(RECORD_PAGE, "version", (struct cell){.integer = 0}, "0 in page.version");
    must_refuse(RECORD_PAGE, "kind", (struct cell){.integer = PAGE_KIND_COUNT},
                " in page.kind, which is no such value");
    must_refuse(RECORD_PAGE, "state", (struct cell){.integer = -1}, "-1 in page.state");
}

static void a_text_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    must_refuse(RECORD_INCIDENT, "uuid", text_cell("0123456789012345678901234567890123456"),
                "incident.uuid has 37 bytes instead of 36");
    must_refuse(RECORD_INCIDENT, "uuid", (struct cell){.is_text = true}, "incident.uuid has 0");
}

static void a_list_that_is_none_is_refused(void **state)
{
    (void)state;
    must_refuse(RECORD_INCIDENT, "labels", text_cell("{\"a\":1}"), "incident.labels is not a list");
    must_refuse(RECORD_PERSON, "runs", text_cell("[1,"), "person.runs cannot be read");
}

static void instants_may_lie_before_the_epoch(void **state)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct cell cells[ROW_CELLS_MAX];
    struct entry entry;

    (void)state;
    cells_of(RECORD_ENTRY, cells);
    cells[find_column(RECORD_ENTRY, "written_at")].integer = -5;
    assert_true(row_fill(RECORD_ENTRY, cells, arena, &entry, NULL));
    assert_int_equal(entry.at, -5);
}

static void a_batch_is_read_back_order_by_order(void **state)
{
    CLEANUP(batch_free) struct batch *batch = batch_new();
    struct meta_record meta = {"clock", NULL};
    struct incident incident = {.number = 7, .version = 1};
    struct row row;
    size_t cursor = 0;

    (void)state;
    assert_false(batch_next(batch, &cursor, &row));
    batch_save_incident(batch, &incident, NEED_VERSION);
    incident.version = 2;
    batch_save_incident(batch, &incident, NEED_VERSION);
    batch_revoke_tokens(batch, 9);
    batch_bump(batch, "alerts", -3);
    batch_save_meta(batch, &meta, NEED_NONE);
    assert_int_equal(batch_count(batch), 5);

    assert_true(batch_next(batch, &cursor, &row));
    assert_int_equal(row.need, NEED_NEW); /* version 1 has nothing to follow */
    assert_true(batch_next(batch, &cursor, &row));
    assert_int_equal(row.need, NEED_VERSION);
    assert_int_equal(row.cells[1].integer, 2);
    assert_true(batch_next(batch, &cursor, &row));
    assert_int_equal(row.order, ORDER_REVOKE);
    assert_int_equal(row.cells[0].integer, 9);
    assert_true(batch_next(batch, &cursor, &row));
    assert_int_equal(row.order, ORDER_BUMP);
    assert_string_equal(row.cells[0].text, "alerts");
    assert_int_equal(row.cells[1].integer, -3);
    assert_true(batch_next(batch, &cursor, &row));
    assert_int_equal(row.kind, RECORD_META);
    assert_null(row.cells[1].text);
    assert_false(batch_next(batch, &cursor, &row));
}

static void tables_keep_what_backends_count_on(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < RECORD_COUNT; kind++) {
        const struct table *table = table_get((enum record_kind)kind);
        assert_true(table->count <= ROW_CELLS_MAX);
        assert_int_equal(table->has_id, table->columns[0].is_fixed);
        if (table->has_version)
            assert_string_equal(table->columns[1].name, "version");
        for (size_t i = 0; i < table->count; i++)
            assert_int_equal(find_column((enum record_kind)kind, table->columns[i].name), i);
    }
}

static void migrations_are_numbered_without_a_hole(void **state)
{
    (void)state;
    assert_true(sqlite_migration_count > 0);
    for (size_t i = 0; i < sqlite_migration_count; i++)
        assert_int_equal(sqlite_migrations[i].version, i + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_that_does_not_fit_is_refused),
        cmocka_unit_test(a_text_that_does_not_fit_is_refused),
        cmocka_unit_test(a_list_that_is_none_is_refused),
        cmocka_unit_test(instants_may_lie_before_the_epoch),
        cmocka_unit_test(a_batch_is_read_back_order_by_order),
        cmocka_unit_test(tables_keep_what_backends_count_on),
        cmocka_unit_test(migrations_are_numbered_without_a_hole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
