/* SPDX-License-Identifier: MIT */
/* sql_dump.c - all rows of any SQL database as of one moment. */
#include "store/sql.h"

/* Where the rows of one kind go. */
struct giving {
    const struct store_taker *taker;
    enum record_kind kind;
};

static bool give_row(void *context, const struct cell *cells, struct fault *fault)
{
    const struct giving *giving = context;
    return giving->taker->row(giving->taker->context, giving->kind, cells, fault);
}

static bool give_counter(void *context, const struct cell *cells, struct fault *fault)
{
    const struct giving *giving = context;
    return giving->taker->counter(giving->taker->context, cells[0].text, cells[1].integer, fault);
}

static bool give_all(const struct sql_runner *runner, const struct store_taker *taker,
                     struct fault *fault)
{
    struct giving giving = {.taker = taker};

    for (unsigned kind = 0; kind < RECORD_COUNT; kind++) {
        CLEANUP(select_clear) struct select select = {.mark = runner->mark};
        const struct table *table = table_get((enum record_kind)kind);
        giving.kind = (enum record_kind)kind;
        select_begin(&select, giving.kind, "1 = 1");
        text_addf(&select.sql, " ORDER BY %s", table->has_id ? table->columns[0].name : "id");
        if (!runner->run(runner->context, &select, give_row, &giving, fault))
            return false;
    }
    CLEANUP(select_clear) struct select counters = {.mark = runner->mark};
    select_begin_counters(&counters);
    return runner->run(runner->context, &counters, give_counter, &giving, fault);
}

bool sql_dump(const struct sql_runner *runner, const struct store_taker *taker, struct fault *fault)
{
    if (!runner->hold(runner->context, fault))
        return false;
    bool is_good = give_all(runner, taker, fault);
    runner->let_go(runner->context);
    return is_good;
}
