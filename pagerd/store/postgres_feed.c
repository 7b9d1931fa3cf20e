/* SPDX-License-Identifier: MIT */
/*
 * postgres_feed.c - what each transaction wrote, as a row beside it: how other nodes follow.
 *
 * The row is written in the transaction itself, after all else and while it holds the row `writer`:
 * positions have no holes and their order is that of the commits. Each row has a random mark and
 * that of the row before. Who follows (mirror.h) has all there is when position and mark are those
 * of `writer`, and may go on where the mark before is its own: after a failover that lost
 * something, or a restored backup, that is not so.
 *
 * A writer that does not feed (a single pagerd, or one of version 4) leaves feed_epoch as it is:
 * the next one that feeds moves the position on without a row, and everybody notices.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "store/feed.h"
#include "store/postgres.h"

#define FEED_STEP 1000      /* rows, after which the oldest are deleted */
#define FEED_IDLE_STEP 100  /* the same, when there is nothing else to do */
#define FEED_PRUNE_MAX 4000 /* rows deleted at once */

int64_t postgres_mark_new(void)
{
    int64_t mark;

    random_bytes(&mark, sizeof(mark));
    return mark & INT64_MAX;
}

bool postgres_begin_feed(struct postgres *disk, struct postgres_link *link, struct fault *fault)
{
    PGresult *answer = NULL;
    char sql[360];

    if (!disk->is_feeding)
        return true;
    disk->fed_count = FEED_IDLE_STEP; /* the one before may not have deleted what is old */
    snprintf(sql, sizeof(sql),
             "UPDATE writer SET position = CASE WHEN feed_epoch = epoch - 1 THEN position ELSE "
             "position + 1 END, mark = CASE WHEN feed_epoch = epoch - 1 THEN mark ELSE %" PRId64
             " END, feed_epoch = epoch WHERE id = 1 AND epoch = %" PRId64 " AND session = %" PRId64
             " RETURNING position, mark",
             postgres_mark_new(), disk->epoch, disk->session);
    if (!postgres_ask(link, sql, POSTGRES_STATEMENT_MS, &answer, "beginning to feed", fault))
        return false;
    if (PQntuples(answer) == 1)
        postgres_note_place(disk, (uint64_t)postgres_integer(answer, 0, 0),
                            postgres_integer(answer, 0, 1));
    PQclear(answer);
    return true;
}

/* Values: the mark, the format, the bytes. */
const char postgres_feed_sql[] =
    "WITH moved AS (UPDATE writer SET position = position + 1, previous = mark, mark = $1 WHERE "
    "id = 1 RETURNING position, previous, mark) INSERT INTO feed (position, previous, mark, "
    "format, bytes) SELECT position, previous, mark, $2, $3 FROM moved";

bool postgres_send_feed(struct postgres *disk)
{
    char mark[24];
    char format[24];
    const char *values[] = {mark, format, disk->fed.bytes};
    const int sizes[] = {0, 0, (int)disk->fed.size};
    static const int forms[] = {0, 0, 1};

    snprintf(mark, sizeof(mark), "%" PRId64, disk->next_mark);
    snprintf(format, sizeof(format), "%" PRId64, disk->feed_format);
    disk->fed_count++;
    return PQsendQueryPrepared(disk->writer.connection, "feed", 3, values, sizes, forms, 0) == 1;
}

void postgres_note_fed(struct postgres *disk)
{
    const struct feed_row row = {.position = disk->fed_position + 1,
                                 .previous = disk->fed_mark,
                                 .mark = disk->next_mark,
                                 .bytes = text_span(&disk->fed)};

    if (disk->fed.size == 0)
        return;
    feed_tail_add(disk->tail, &row);
    disk->fed_position = row.position;
    disk->fed_mark = row.mark;
    text_reset(&disk->fed);
}

void postgres_note_place(struct postgres *disk, uint64_t position, int64_t mark)
{
    if (position == disk->fed_position + 1 && mark == disk->next_mark)
        postgres_note_fed(disk); /* its commit was not answered, and is there */
    disk->fed_position = position;
    disk->fed_mark = mark;
}

bool postgres_ask_feed(struct postgres_link *link, msec wait_ms, struct feed_head *head,
                       struct fault *fault)
{
    PGresult *answer = NULL;

    if (!postgres_ask(link,
                      "SELECT position, mark, (feed_epoch = epoch)::int FROM writer WHERE id = 1",
                      wait_ms, &answer, "looking at the feed", fault))
        return false;
    bool is_one = PQntuples(answer) == 1;
    if (is_one) {
        head->position = (uint64_t)postgres_integer(answer, 0, 0);
        head->mark = postgres_integer(answer, 0, 1);
        head->is_fed = postgres_integer(answer, 0, 2) != 0;
    }
    PQclear(answer);
    return is_one || fault_set(fault, FAULT_INPUT, "the database has no row in its table writer");
}

bool postgres_feed_is_long(const struct postgres *disk, bool is_idle)
{
    return disk->fed_count >= (is_idle ? FEED_IDLE_STEP : FEED_STEP);
}

/* Whoever runs it, whenever: it deletes only what is old by then, and not too much at once. */
bool postgres_prune_feed(struct postgres *disk, struct fault *fault)
{
    PGresult *answer = NULL;
    char sql[640];

    disk->fed_count = 0;
    snprintf(
        sql, sizeof(sql),
        "WITH gone AS (DELETE FROM feed WHERE position < (SELECT min(position) FROM feed) + %d "
        "AND (position <= (SELECT position FROM writer WHERE id = 1) - %d OR position <= "
        "(SELECT max(position) FROM (SELECT position, sum(octet_length(bytes)) OVER (ORDER BY "
        "position DESC) AS size FROM feed) AS sizes WHERE size > %d)) RETURNING position) "
        "SELECT count(*) FROM gone",
        FEED_PRUNE_MAX, FEED_KEPT_MAX, FEED_SIZE_MAX);
    if (!postgres_ask(&disk->writer, sql, POSTGRES_STATEMENT_MS, &answer, "forgetting the old feed",
                      fault))
        return false;
    if (postgres_integer(answer, 0, 0) == FEED_PRUNE_MAX)
        disk->fed_count = FEED_IDLE_STEP; /* there may be more */
    PQclear(answer);
    return true;
}
