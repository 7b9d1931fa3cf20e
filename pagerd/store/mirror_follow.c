/* SPDX-License-Identifier: MIT */
/*
 * mirror_follow.c - one look at the feed: what is new there into STATE/mirror, or all of it again.
 *
 * Rows are written with the preconditions that they had in the database: each holds here as well,
 * or this is no mirror of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/backend.h"
#include "store/feed.h"
#include "store/mirror_parts.h"

#define ROWS_MAX 500                    /* of the feed, in one look */
#define ROWS_SIZE_MAX (4 * 1024 * 1024) /* of these, all but the last */
#define COPY_REST 10                    /* so many times as long as a copy took there is none */

enum follow {
    FOLLOW_DONE,
    FOLLOW_FAILED, /* later it may work */
    FOLLOW_COPY    /* it cannot go on from here */
};

/* Numbers come with their highest byte first, as all in the binary form. */
static int64_t read_number(const PGresult *answer, int row, int column)
{
    const unsigned char *bytes = (const unsigned char *)PQgetvalue(answer, row, column);
    uint64_t number = 0;

    for (int i = 0; i < 8 && PQgetlength(answer, row, column) == 8; i++)
        number = number << 8 | bytes[i];
    return (int64_t)number;
}

static bool ask_rows(struct mirror *mirror, PGresult **answer, struct fault *fault)
{
    struct postgres_link *link = &mirror->link;
    char sql[512];
    PGresult *more = NULL;

    *answer = NULL;
    snprintf(sql, sizeof(sql),
             "SELECT position, previous, mark, format, bytes FROM (SELECT *, "
             "sum(octet_length(bytes)) OVER (ORDER BY position) - octet_length(bytes) AS before "
             "FROM (SELECT * FROM feed WHERE position > %" PRIu64 " ORDER BY position LIMIT %d) AS "
             "next) AS sized WHERE before < %d ORDER BY position",
             mirror->place.position, ROWS_MAX, ROWS_SIZE_MAX);
    if (PQsendQueryParams(link->connection, sql, 0, NULL, NULL, NULL, NULL, 1) == 0) {
        link->is_lost = true;
        return fault_set(fault, FAULT_PEER, "the database takes no questions");
    }
    if (!postgres_next(link, POSTGRES_READ_MS, answer, fault))
        return false;
    bool is_good = PQresultStatus(*answer) == PGRES_TUPLES_OK ||
                   postgres_blame(link, *answer, "reading the feed", fault);
    if (!postgres_next(link, POSTGRES_STATEMENT_MS, &more, is_good ? fault : NULL))
        is_good = false;
    PQclear(more);
    return is_good;
}

/* Adds one row of the feed to the batch, and moves the place on to it. */
static bool take_row(struct mirror *mirror, const PGresult *answer, int at,
                     struct mirror_place *place, struct batch *batch, struct fault *why)
{
    const struct span bytes = {PQgetvalue(answer, at, 4), (size_t)PQgetlength(answer, at, 4)};

    if ((uint64_t)read_number(answer, at, 0) != place->position + 1 ||
        read_number(answer, at, 1) != place->mark)
        return fault_set(why, FAULT_CONFLICT, "the feed does not go on where the mirror is");
    if (read_number(answer, at, 3) != place->format)
        return fault_set(why, FAULT_CONFLICT,
                         "who is on duty is of another version of pagerd: the mirror is copied now "
                         "and then");
    place->position++;
    place->mark = read_number(answer, at, 2);
    feed_tail_add(mirror->disk.tail, &(struct feed_row){.position = place->position,
                                                        .previous = read_number(answer, at, 1),
                                                        .mark = place->mark,
                                                        .bytes = bytes});
    return feed_take(bytes, batch, why);
}

/* What cannot be trusted any more is no mirror, not even after a crash. */
static enum follow distrust(struct mirror *mirror)
{
    pthread_mutex_lock(&mirror->lock);
    mirror->told.is_whole = false;
    pthread_mutex_unlock(&mirror->lock);
    mirror->is_distrusted = true;
    (void)!mirror_discard(mirror->state, NULL);
    return FOLLOW_COPY;
}

static enum follow write_rows(struct mirror *mirror, struct batch *batch,
                              const struct mirror_place *place, struct fault *why)
{
    enum follow end = FOLLOW_DONE;

    pthread_mutex_lock(&mirror->using);
    if (mirror->store == NULL) {
        batch_free(batch); /* it was paused meanwhile */
    } else if (batch_commit(mirror->store, batch, why)) {
        mirror->place = *place;
    } else if (why->kind == FAULT_LIMIT || why->kind == FAULT_PEER) {
        end = FOLLOW_FAILED;
    } else {
        store_close(mirror->store);
        mirror->store = NULL;
        end = distrust(mirror);
    }
    pthread_mutex_unlock(&mirror->using);
    return end;
}

static enum follow follow_rows(struct mirror *mirror, struct fault *why)
{
    struct mirror_place place = mirror->place;
    struct batch *batch = batch_new();
    PGresult *answer;

    bool is_good = ask_rows(mirror, &answer, why);
    enum follow end = is_good ? FOLLOW_COPY : FOLLOW_FAILED;
    int count = is_good ? PQntuples(answer) : 0;
    if (is_good && count == 0)
        is_good = fault_set(why, FAULT_CONFLICT, "the feed has not what comes next any more");
    for (int i = 0; is_good && i < count; i++)
        is_good = take_row(mirror, answer, i, &place, batch, why);
    PQclear(answer);
    if (!is_good) {
        batch_free(batch);
        return end;
    }
    place.timeline = mirror->disk.timeline;
    mirror_save_place(batch, &place);
    return write_rows(mirror, batch, &place, why);
}

/* Opens STATE/mirror, if it is not open; with nothing done where it is paused. */
static enum follow open_store(struct mirror *mirror, struct fault *why)
{
    enum follow end = FOLLOW_DONE;

    pthread_mutex_lock(&mirror->using);
    if (mirror->is_distrusted || (!mirror->is_paused && mirror->store == NULL &&
                                  !mirror_read_place(mirror->state, &mirror->place))) {
        fault_set(why, FAULT_CONFLICT, "there is no mirror of the database yet");
        end = FOLLOW_COPY;
    } else if (!mirror->is_paused && mirror->store == NULL) {
        char *url = string_format("sqlite:%s", mirror->folder);
        if (!store_open(url, NULL, &mirror->store, why))
            end = why->kind == FAULT_PEER || why->kind == FAULT_LIMIT ? FOLLOW_FAILED : FOLLOW_COPY;
        free(url);
    }
    pthread_mutex_unlock(&mirror->using);
    return end;
}

/* Can it go on from its place, as the database is? */
static bool place_is_good(const struct mirror *mirror, const struct feed_head *head,
                          struct fault *why)
{
    const struct mirror_place *place = &mirror->place;

    if (strcmp(place->system, mirror->disk.system) != 0)
        return fault_set(why, FAULT_CONFLICT, "the mirror is one of another database cluster");
    if (place->format != mirror->format)
        return fault_set(why, FAULT_CONFLICT, "the mirror was made by another version of pagerd");
    if (head->position < place->position ||
        (head->position == place->position && head->mark != place->mark))
        return fault_set(why, FAULT_CONFLICT, "the database has not all that the mirror has");
    return true;
}

/* A database that was made by an older pagerd has no feed until a newer one is on duty. */
static bool has_feed(struct mirror *mirror, struct fault *fault)
{
    PGresult *answer = NULL;

    if (mirror->has_feed)
        return true;
    if (!postgres_ask(&mirror->link, "SELECT (to_regclass('feed') IS NOT NULL)::int",
                      POSTGRES_STATEMENT_MS, &answer, "looking for the feed", fault))
        return false;
    mirror->has_feed = postgres_integer(answer, 0, 0) != 0;
    PQclear(answer);
    return mirror->has_feed ||
           fault_set(fault, FAULT_PEER,
                     "the database has no feed yet: no pagerd of this version was on duty");
}

static void tell_place(struct mirror *mirror, msec seen_at)
{
    pthread_mutex_lock(&mirror->lock);
    mirror->told.is_whole = true;
    mirror->told.position = mirror->place.position;
    if (seen_at > 0)
        mirror->told.seen_at = seen_at;
    pthread_mutex_unlock(&mirror->lock);
}

static enum follow look(struct mirror *mirror, struct fault *why)
{
    struct feed_head head;
    msec asked_at = postgres_now();

    if (!has_feed(mirror, why) ||
        !postgres_ask_feed(&mirror->link, POSTGRES_STATEMENT_MS, &head, why))
        return FOLLOW_FAILED;
    if (!head.is_fed) {
        fault_set(why, FAULT_PEER,
                  "the pagerd that writes to the database feeds no mirrors: it is of an older "
                  "version, or has no node.name");
        return FOLLOW_FAILED;
    }
    enum follow end = open_store(mirror, why);
    if (end != FOLLOW_DONE || mirror_is_paused(mirror))
        return end;
    if (!place_is_good(mirror, &head, why))
        return FOLLOW_COPY;
    if (head.position > mirror->place.position)
        end = follow_rows(mirror, why);
    if (end != FOLLOW_DONE)
        return end;
    mirror->is_behind = head.position > mirror->place.position;
    tell_place(mirror, mirror->is_behind ? 0 : asked_at);
    return end;
}

static void tell_copying(struct mirror *mirror, bool is_copying, bool is_copied)
{
    pthread_mutex_lock(&mirror->lock);
    mirror->told.is_copying = is_copying;
    mirror->told.copies += is_copied;
    pthread_mutex_unlock(&mirror->lock);
}

/* Not without a rest: what makes it needed may last. */
static bool copy_again(struct mirror *mirror, const struct fault *why, struct fault *fault)
{
    msec began_at = postgres_now();

    if (began_at < mirror->copy_at) {
        *fault = *why;
        return false;
    }
    tell_copying(mirror, true, false);
    bool is_good = mirror_copy(mirror, fault);
    tell_copying(mirror, false, is_good);
    msec took_ms = postgres_now() - began_at;
    mirror->copy_at = postgres_now() + (is_good ? COPY_REST : 1) * took_ms + SECOND_MS;
    mirror->is_behind = is_good;
    return is_good;
}

bool mirror_follow(struct mirror *mirror, struct fault *fault)
{
    struct fault why = {.kind = FAULT_NONE};

    mirror->is_behind = false;
    switch (look(mirror, &why)) {
    case FOLLOW_DONE:
        return true;
    case FOLLOW_FAILED:
        *fault = why;
        return false;
    case FOLLOW_COPY:
        return copy_again(mirror, &why, fault);
    }
    return false;
}
