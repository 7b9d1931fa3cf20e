/* SPDX-License-Identifier: MIT */
/*
 * postgres.c - the PostgreSQL backend: groups of batches into one transaction.
 *
 * A group is two trips: BEGIN, the fence and a prepared statement for each row, all in one pipeline
 * with one Sync (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html), then COMMIT. A
 * connection that is lost before COMMIT was sent has written nothing. One that is lost after it may
 * have: what became of that group is looked up by the next connection (postgres_writer.c), and its
 * batches, when their senders give them again, are written or not accordingly: never twice.
 */
#include "store/postgres.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "store/feed.h"
#include "store/sql.h"

#define MEASURE_MS (60 * 1000)
#define INTEGER_SIZE 24

/* Errors of these kinds are no reason to give the database up. */
static enum commit_end end_of(const struct fault *fault)
{
    return fault->kind == FAULT_PEER || fault->kind == FAULT_LIMIT ? COMMIT_FAILED : COMMIT_BROKEN;
}

static bool send_failed(struct postgres_link *link, struct fault *fault)
{
    link->is_lost = true;
    return fault_set(fault, FAULT_PEER, "the database takes no statements");
}

/* Sends one prepared statement with these values. PostgreSQL takes only UTF-8: bytes that are not
 * become U+FFFD. */
static bool send_cells(struct postgres_link *link, const char *name, const struct cell *cells,
                       size_t count)
{
    const char *values[ROW_CELLS_MAX] = {NULL};
    char integers[ROW_CELLS_MAX][INTEGER_SIZE];
    struct text cleaned[ROW_CELLS_MAX];
    size_t cleaned_count = 0;

    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = &cells[i];
        struct span span = {cell->text, cell->size};
        values[i] = cell->is_text ? cell->text : integers[i];
        if (!cell->is_text) {
            snprintf(integers[i], INTEGER_SIZE, "%" PRId64, cell->integer);
        } else if (cell->text && !utf8_is_valid(span)) {
            cleaned[cleaned_count] = (struct text){0};
            utf8_add_clean(&cleaned[cleaned_count], span);
            values[i] = text_string(&cleaned[cleaned_count++]);
        }
    }
    bool is_sent =
        PQsendQueryPrepared(link->connection, name, (int)count, values, NULL, NULL, 0) == 1;
    while (cleaned_count > 0)
        text_clear(&cleaned[--cleaned_count]);
    return is_sent;
}

static bool send_row(struct postgres_link *link, const struct row *row)
{
    char name[16];

    switch (row->order) {
    case ORDER_SAVE:
        snprintf(name, sizeof(name), "save%u_%u", (unsigned)row->kind, (unsigned)row->need);
        return send_cells(link, name, row->cells, table_get(row->kind)->count);
    case ORDER_REVOKE:
        return send_cells(link, "revoke", row->cells, 1);
    case ORDER_BUMP:
        return send_cells(link, "bump", row->cells, 2);
    case ORDER_ANSWER:
        return send_cells(link, "answer", row->cells, 2);
    }
    return false;
}

static bool send_plain(struct postgres_link *link, const char *sql)
{
    return PQsendQueryParams(link->connection, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

static bool send_fence(struct postgres *disk)
{
    struct cell cells[] = {
        {.integer = disk->epoch}, {.integer = disk->session}, {.integer = (int64_t)disk->group}};
    return send_cells(&disk->writer, "fence", cells, 3);
}

/* On disk already: its group was, though nobody answered. */
static bool batch_is_landed(const struct postgres *disk, const struct batch *batch)
{
    for (size_t i = disk->landed_count; batch->group != 0 && i > 0; i--)
        if (disk->landed[i - 1] == batch->group)
            return true;
    return false;
}

/* On disk or not, with a group of too long ago: it is refused. */
static bool batch_is_forgotten(const struct postgres *disk, const struct batch *batch)
{
    return batch->group != 0 && batch->group <= disk->forgotten;
}

static bool send_batch(struct postgres *disk, const struct batch *batch)
{
    struct row row;
    size_t cursor = 0;

    if (batch_is_landed(disk, batch) || batch_is_forgotten(disk, batch))
        return true;
    while (batch_next(batch, &cursor, &row))
        if (!send_row(&disk->writer, &row))
            return false;
    return true;
}

/* What others get of batches that are written, unless they were refused. */
static void gather_feed(struct postgres *disk, const struct batch *first)
{
    text_reset(&disk->fed);
    for (const struct batch *batch = first; disk->is_feeding && batch; batch = batch->next)
        if (batch->fault.kind == FAULT_NONE && !batch_is_landed(disk, batch))
            feed_add(&disk->fed, batch);
}

/* The next result of a pipeline, without the ends of statements between. */
static bool take_result(struct postgres_link *link, PGresult **result, struct fault *fault)
{
    do
        if (!postgres_next(link, POSTGRES_STATEMENT_MS, result, fault))
            return false;
    while (*result == NULL);
    return true;
}

/* The result of one statement. True when it went well; `count` (may be NULL): rows changed. */
static bool take_one(struct postgres_link *link, const char *doing, bool *is_changed,
                     struct fault *fault)
{
    PGresult *result;
    bool is_good = true;

    if (!take_result(link, &result, fault))
        return false;
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_FATAL_ERROR)
        is_good = postgres_blame(link, result, doing, fault);
    else if (status == PGRES_PIPELINE_ABORTED)
        is_good = fault_set(fault, FAULT_PEER, "the database gave the group up");
    if (is_changed)
        *is_changed = is_good && strcmp(PQcmdTuples(result), "0") != 0;
    PQclear(result);
    return is_good;
}

static bool begin_pipeline(struct postgres_link *link, struct fault *fault)
{
    return PQenterPipelineMode(link->connection) == 1 || send_failed(link, fault);
}

/* Takes what is left up to the Sync, so that the connection can be used again. */
static bool end_pipeline(struct postgres_link *link, struct fault *fault)
{
    bool is_synced = false;
    PGresult *result;

    while (!is_synced) {
        if (!take_result(link, &result, fault))
            return false;
        is_synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
    }
    return PQexitPipelineMode(link->connection) == 1 || send_failed(link, fault);
}

/* The results of a batch's rows, in order; is_refused: a precondition did not hold. */
static bool take_batch(struct postgres *disk, struct batch *batch, bool *is_refused,
                       struct fault *fault)
{
    struct row row;
    size_t cursor = 0;
    bool is_changed;

    if (batch_is_landed(disk, batch) || batch_is_forgotten(disk, batch))
        return true;
    while (!*is_refused && batch_next(batch, &cursor, &row)) {
        const char *doing = row.order == ORDER_SAVE ? table_get(row.kind)->name : "counting";
        if (!take_one(&disk->writer, doing, &is_changed, fault))
            return false;
        if (row.order != ORDER_SAVE)
            continue;
        if (row.kind == RECORD_ENTRY && string_is(row.cells[2].text, CHANGE_EVENT))
            disk->change_count++;
        if (row.need != NEED_NONE && !is_changed)
            *is_refused = !batch_refuse(batch, &row);
    }
    return true;
}

/*
 * BEGIN and the fence. The one error that a fence can give is that it does not hold: then the next
 * connection finds out why.
 */
static bool take_begin(struct postgres *disk, struct fault *fault)
{
    if (!take_one(&disk->writer, "beginning", NULL, fault))
        return false;
    if (take_one(&disk->writer, "passing its fence", NULL, fault))
        return true;
    if (fault->kind == FAULT_INPUT) {
        disk->writer.is_lost = true;
        fault->kind = FAULT_PEER;
    }
    return false;
}

/* What was begun is left behind in good order, or the connection is not used again. */
static void roll_back(struct postgres_link *link)
{
    if (!link->is_lost &&
        !postgres_ask(link, "ROLLBACK", POSTGRES_STATEMENT_MS, NULL, "rolling back", NULL))
        link->is_lost = true;
}

/* The common case: nobody is in conflict, for one pagerd owns the database. */
static bool write_together(struct postgres *disk, struct batch *first, bool *is_refused,
                           struct fault *fault)
{
    struct postgres_link *link = &disk->writer;
    struct fault later;

    *is_refused = false;
    gather_feed(disk, first);
    if (!begin_pipeline(link, fault))
        return false;
    bool is_sent = send_plain(link, "BEGIN") && send_fence(disk);
    for (struct batch *batch = first; is_sent && batch; batch = batch->next)
        is_sent = send_batch(disk, batch);
    if (is_sent && disk->fed.size > 0)
        is_sent = postgres_send_feed(disk);
    if (!is_sent || PQpipelineSync(link->connection) != 1)
        return send_failed(link, fault);

    bool is_good = take_begin(disk, fault);
    for (struct batch *batch = first; is_good && !*is_refused && batch; batch = batch->next)
        is_good = take_batch(disk, batch, is_refused, fault);
    if (is_good && !*is_refused && disk->fed.size > 0)
        is_good = take_one(link, "feeding other nodes", NULL, fault);
    if (link->is_lost)
        return false;
    return end_pipeline(link, is_good ? fault : &later) && is_good;
}

/* One batch behind a savepoint: one that is refused, or that the database cannot take, leaves the
 * others alone. */
static bool write_one(struct postgres *disk, struct batch *batch, struct fault *fault)
{
    struct postgres_link *link = &disk->writer;
    struct fault later;
    bool is_refused = false;

    if (batch_is_forgotten(disk, batch))
        return true;
    batch->fault.kind = FAULT_NONE;
    if (!begin_pipeline(link, fault))
        return false;
    if (!send_plain(link, "SAVEPOINT batch") || !send_batch(disk, batch) ||
        PQpipelineSync(link->connection) != 1)
        return send_failed(link, fault);

    bool is_good =
        take_one(link, "beginning", NULL, fault) && take_batch(disk, batch, &is_refused, fault);
    if (link->is_lost || !end_pipeline(link, is_good ? fault : &later))
        return false;
    if (!is_good && fault->kind != FAULT_INPUT)
        return false;
    if (!is_good)
        batch->fault = *fault;
    return postgres_ask(
        link, is_good && !is_refused ? "RELEASE batch" : "ROLLBACK TO batch; RELEASE batch",
        POSTGRES_STATEMENT_MS, NULL, "setting a batch apart", fault);
}

/* The feed of batches that were written one by one. */
static bool write_feed(struct postgres *disk, const struct batch *first, struct fault *fault)
{
    struct postgres_link *link = &disk->writer;
    struct fault later;

    gather_feed(disk, first);
    if (disk->fed.size == 0)
        return true;
    if (!begin_pipeline(link, fault))
        return false;
    if (!postgres_send_feed(disk) || PQpipelineSync(link->connection) != 1)
        return send_failed(link, fault);
    bool is_good = take_one(link, "feeding other nodes", NULL, fault);
    if (link->is_lost)
        return false;
    return end_pipeline(link, is_good ? fault : &later) && is_good;
}

static bool write_apart(struct postgres *disk, struct batch *first, struct fault *fault)
{
    struct postgres_link *link = &disk->writer;
    struct fault later;

    if (!begin_pipeline(link, fault))
        return false;
    if (!send_plain(link, "BEGIN") || !send_fence(disk) || PQpipelineSync(link->connection) != 1)
        return send_failed(link, fault);
    bool is_good = take_begin(disk, fault);
    if (link->is_lost || !end_pipeline(link, is_good ? fault : &later) || !is_good)
        return false;
    for (struct batch *batch = first; batch; batch = batch->next)
        if (!write_one(disk, batch, fault))
            return false;
    return write_feed(disk, first, fault);
}

/* A commit whose answer did not come: what is on disk is looked up by the next connection. */
static void lose_sight(struct postgres *disk, struct batch *first)
{
    disk->writer.is_lost = true;
    disk->unknown = disk->group;
    for (struct batch *batch = first; batch; batch = batch->next)
        if (batch->fault.kind == FAULT_NONE && !batch_is_landed(disk, batch))
            batch->group = disk->group;
}

/*
 * COMMIT. A warning beside its success says that it is on this server but maybe not on its standby
 * (https://www.postgresql.org/docs/15/warm-standby.html#SYNCHRONOUS-REPLICATION): not good enough.
 */
static bool commit_group(struct postgres *disk, struct batch *first, struct fault *fault)
{
    struct postgres_link *link = &disk->writer;
    PGresult *result = NULL;

    link->is_warned = false;
    if (PQsendQuery(link->connection, "COMMIT") == 0 ||
        !postgres_next(link, POSTGRES_STATEMENT_MS, &result, fault) || result == NULL) {
        lose_sight(disk, first);
        return fault_set(fault, FAULT_PEER, "the database did not answer whether it has committed");
    }
    bool is_committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    bool is_error = PQresultStatus(result) == PGRES_FATAL_ERROR;
    if (is_error)
        postgres_blame(link, result, "committing", fault);
    PQclear(result);
    if ((is_committed && link->is_warned) || (is_error && link->is_lost)) {
        lose_sight(disk, first);
        return fault_set(fault, FAULT_PEER, "the database did not say for sure that it committed");
    }
    /* The end of the statement has to be taken off; what is committed stays so without. */
    if (!postgres_next(link, POSTGRES_STATEMENT_MS, &result, NULL) || result != NULL)
        link->is_lost = true;
    PQclear(result);
    if (!is_committed && !is_error)
        fault_set(fault, FAULT_PEER, "the database rolled the group back");
    return is_committed;
}

/* What is known of batches that come back: on disk, not on disk, or too long ago. */
static void recall_batches(const struct postgres *disk, struct batch *first)
{
    for (struct batch *batch = first; batch; batch = batch->next) {
        batch->fault.kind = FAULT_NONE;
        if (batch_is_forgotten(disk, batch))
            fault_set(&batch->fault, FAULT_CONFLICT,
                      "nobody knows any more whether this batch is on disk");
        else if (!batch_is_landed(disk, batch))
            batch->group = 0;
    }
}

/* `mark`: of its row of the feed. */
static bool write_group(struct postgres *disk, struct batch *first, int64_t mark,
                        struct fault *fault)
{
    bool is_refused;
    msec began_at = postgres_now();

    disk->group++;
    disk->next_mark = mark;
    recall_batches(disk, first);
    bool is_good = write_together(disk, first, &is_refused, fault);
    bool is_apart = is_good ? is_refused : fault->kind == FAULT_INPUT && !disk->writer.is_lost;
    if (is_apart) {
        roll_back(&disk->writer);
        is_good = disk->writer.is_lost
                      ? fault_set(fault, FAULT_PEER, "the database was lost while rolling back")
                      : write_apart(disk, first, fault);
    }
    if (!is_good) {
        /* What was said before the connection went is no reason to give up: the next one tells. */
        if (disk->writer.is_lost && fault->kind == FAULT_INPUT)
            fault->kind = FAULT_PEER;
        roll_back(&disk->writer);
        return false;
    }
    if (!commit_group(disk, first, fault))
        return false;
    postgres_note_fed(disk);
    disk->beaten_at = postgres_now();
    atomic_store(&disk->confirmed_at, began_at);
    return true;
}

/* One transaction of then. */
static bool write_row_again(struct postgres *disk, const struct feed_row *row, struct fault *fault)
{
    struct batch *batch = batch_new();

    bool is_good =
        feed_take(row->bytes, batch, fault) && write_group(disk, batch, row->mark, fault);
    if (is_good && disk->fed_position != row->position)
        is_good = fault_set(fault, FAULT_INPUT, "it does not fit what the database has");
    batch_free(batch);
    return is_good;
}

bool postgres_write_again(struct postgres *disk, struct fault *fault)
{
    CLEANUP(text_clear) struct text bytes = {0};
    struct feed_row row;

    while (feed_tail_next(disk->tail, disk->fed_position, disk->fed_mark, &row, &bytes)) {
        if (!write_row_again(disk, &row, fault)) {
            /* What cannot be is not tried for ever; the connection may be. */
            if (fault->kind == FAULT_INPUT && !disk->writer.is_lost)
                feed_tail_give_up(disk->tail, disk->fed_position);
            disk->writer.is_lost = true;
            fault->kind = FAULT_PEER;
            return false;
        }
        feed_tail_note_written(disk->tail);
        text_reset(&bytes);
    }
    feed_tail_give_up(disk->tail, disk->fed_position);
    return true;
}

static enum commit_end commit_end_of(struct postgres *disk, const struct fault *fault)
{
    enum commit_end end = end_of(fault);

    disk->is_broken |= end == COMMIT_BROKEN;
    return end;
}

/* Twice, for a deadlock, or a connection that was lost long ago, is over at the second try. A
 * server that is silent is not waited for again: pages wait for the answer. */
static enum commit_end postgres_commit(void *context, struct batch *first, struct fault *fault)
{
    struct postgres *disk = context;

    for (int attempt = 0; attempt < 2; attempt++) {
        if (!postgres_regain_writer(disk, fault))
            break;
        if (write_group(disk, first, postgres_mark_new(), fault))
            return COMMIT_DONE;
        if (disk->unknown != 0 || fault->kind != FAULT_PEER || disk->writer.is_silent)
            break;
    }
    return commit_end_of(disk, fault);
}

static bool forget_changes(struct postgres *disk, struct fault *fault)
{
    CLEANUP(text_clear) struct text sql = {0};

    disk->change_count = 0;
    text_addf(&sql,
              "BEGIN; UPDATE writer SET epoch = CASE WHEN epoch = %" PRId64 " AND session = "
              "%" PRId64 " THEN epoch END WHERE id = 1; ",
              disk->epoch, disk->session);
    sql_add_forget(&sql);
    text_add(&sql, "; COMMIT");
    bool is_good = postgres_ask(&disk->writer, text_string(&sql), POSTGRES_STATEMENT_MS, NULL,
                                "forgetting old changes", fault);
    if (!is_good)
        roll_back(&disk->writer);
    if (is_good || fault->kind != FAULT_INPUT)
        return is_good;
    /* Its fence does not hold, as in take_begin(): why is found out. */
    disk->writer.is_lost = true;
    return postgres_regain_writer(disk, fault);
}

/* Shows that this one lives, and finds out early that the database does not. */
static bool beat(struct postgres *disk, struct fault *fault)
{
    PGresult *answer = NULL;
    msec began_at = postgres_now();
    char sql[160];

    snprintf(sql, sizeof(sql),
             "UPDATE writer SET beat = beat + 1 WHERE id = 1 AND epoch = %" PRId64
             " AND session = %" PRId64 " RETURNING beat",
             disk->epoch, disk->session);
    if (!postgres_ask(&disk->writer, sql, POSTGRES_STATEMENT_MS, &answer, "beating", fault)) {
        disk->writer.is_lost = true;
        return false;
    }
    bool is_ours = PQntuples(answer) == 1;
    PQclear(answer);
    disk->beaten_at = postgres_now();
    if (is_ours)
        atomic_store(&disk->confirmed_at, began_at);
    if (is_ours)
        return true;
    disk->writer.is_lost = true;
    return postgres_regain_writer(disk, fault);
}

static bool measure(struct postgres *disk, struct fault *fault)
{
    PGresult *answer = NULL;

    disk->measured_at = postgres_now();
    if (!postgres_ask(&disk->writer, "SELECT pg_database_size(current_database())",
                      POSTGRES_STATEMENT_MS, &answer, "measuring", fault))
        return false;
    atomic_store(&disk->size, (uint64_t)postgres_integer(answer, 0, 0));
    PQclear(answer);
    return true;
}

static enum commit_end postgres_rest(void *context, bool is_idle, struct fault *fault)
{
    struct postgres *disk = context;
    msec now = postgres_now();
    bool is_beat_due = now - disk->beaten_at >= POSTGRES_BEAT_MS;

    if (!is_beat_due && disk->change_count < (is_idle ? 1 : CHANGES_STEP) &&
        !postgres_feed_is_long(disk, is_idle))
        return COMMIT_DONE;
    bool is_good = postgres_regain_writer(disk, fault);
    if (is_good && disk->change_count >= (is_idle ? 1 : CHANGES_STEP))
        is_good = forget_changes(disk, fault);
    if (is_good && postgres_feed_is_long(disk, is_idle))
        is_good = postgres_prune_feed(disk, fault);
    if (is_good && is_beat_due)
        is_good = beat(disk, fault);
    if (is_good && is_idle && (disk->measured_at == 0 || now - disk->measured_at > MEASURE_MS))
        is_good = measure(disk, fault);
    return is_good ? COMMIT_DONE : commit_end_of(disk, fault);
}

static void postgres_tenure(void *context, msec *confirmed_ms, bool *is_taken_over)
{
    struct postgres *disk = context;
    *confirmed_ms = postgres_now() - atomic_load(&disk->confirmed_at);
    *is_taken_over = disk->is_taken_over;
}

const struct store_backend store_postgres = {
    .scheme = "postgres",
    .rest_ms = POSTGRES_BEAT_MS,
    .check = postgres_check,
    .open = postgres_open_disk,
    .close = postgres_close_disk,
    .load = postgres_load,
    .commit = postgres_commit,
    .rest = postgres_rest,
    .read = postgres_read,
    .dump = postgres_dump,
    .measure = postgres_measure,
    .tenure = postgres_tenure,
    .warn = postgres_warn,
};
