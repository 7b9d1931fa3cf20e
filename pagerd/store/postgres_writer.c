/* SPDX-License-Identifier: MIT */
/*
 * postgres_writer.c - who writes: one row, one epoch for each pagerd, one session for each of its
 * connections.
 *
 * Nothing here rests on a clock of two machines, nor on a lock that outlives its holder: who wants
 * the place of another watches that one's beat for a while by its own clock.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/postgres.h"

#define LOOK_MS 250 /* between two looks at the beat of another */

static bool remember_warnings(struct postgres *disk, const struct postgres_hello *hello)
{
    const char *name = hello->has_fsync ? "full_page_writes" : "fsync";

    pthread_mutex_lock(&disk->where_lock);
    disk->warning[0] = '\0';
    if (!hello->has_fsync || !hello->has_full_pages)
        snprintf(disk->warning, sizeof(disk->warning),
                 "%s is off in the database: a crash of its machine loses what was answered; set "
                 "it to on in postgresql.conf",
                 name);
    pthread_mutex_unlock(&disk->where_lock);
    return true;
}

/* Runs one change of the row; `answer` has its rows, if it gives some. A commit that came with a
 * warning may not be on the standby: it does not count. */
static bool change_writer(struct postgres *disk, struct postgres_link *link, const char *sql,
                          PGresult **answer, struct fault *fault)
{
    link->is_warned = false;
    if (!postgres_ask(link, sql, POSTGRES_STATEMENT_MS, answer, "taking its place as writer",
                      fault))
        return false;
    disk->beaten_at = postgres_now();
    if (!link->is_warned)
        return true;
    PQclear(*answer);
    link->is_lost = true;
    return fault_set(fault, FAULT_PEER, "the database did not reach its standby");
}

/* Who writes by now. */
struct holder {
    int64_t epoch;
    int64_t beat;
    bool is_free;
    bool is_me; /* the last pagerd of this very folder, whose lock we hold: it is gone */
    char name[96];
};

static bool look_at_holder(struct postgres *disk, struct postgres_link *link, struct holder *holder,
                           struct fault *fault)
{
    PGresult *answer = NULL;

    if (!postgres_ask(link, "SELECT epoch, beat, is_free, home, name FROM writer WHERE id = 1",
                      POSTGRES_STATEMENT_MS, &answer, "looking who writes", fault))
        return false;
    bool is_one = PQntuples(answer) == 1;
    if (is_one) {
        holder->epoch = postgres_integer(answer, 0, 0);
        holder->beat = postgres_integer(answer, 0, 1);
        holder->is_free = postgres_integer(answer, 0, 2) != 0;
        holder->is_me = disk->home[0] != '\0' && strcmp(PQgetvalue(answer, 0, 3), disk->home) == 0;
        snprintf(holder->name, sizeof(holder->name), "%s", PQgetvalue(answer, 0, 4));
    }
    PQclear(answer);
    return is_one || fault_set(fault, FAULT_INPUT, "the database has no row in its table writer");
}

static bool refuse_place(const struct holder *holder, struct fault *fault)
{
    return fault_set(fault, FAULT_DENIED,
                     "another pagerd (%s) writes to this database: end it first, or wait until it "
                     "has been silent for %d s",
                     holder->name, POSTGRES_TAKEOVER_MS / 1000);
}

/* Returns when the place may be taken from whom `holder` says. */
static bool watch_holder(struct postgres *disk, struct postgres_link *link, struct holder *holder,
                         struct fault *fault)
{
    struct holder seen;
    msec until_at = postgres_now() + POSTGRES_TAKEOVER_MS;

    if (!look_at_holder(disk, link, holder, fault))
        return false;
    while (!holder->is_free && !holder->is_me && postgres_now() < until_at) {
        poll(NULL, 0, LOOK_MS);
        if (!look_at_holder(disk, link, &seen, fault))
            return false;
        if (seen.epoch != holder->epoch || (seen.beat != holder->beat && !seen.is_free))
            return refuse_place(&seen, fault);
        *holder = seen;
    }
    return true;
}

static void add_name(struct text *text)
{
    char host[65];

    if (gethostname(host, sizeof(host)) != 0)
        snprintf(host, sizeof(host), "unknown");
    host[sizeof(host) - 1] = '\0';
    text_addf(text, "process %ld on %s", (long)getpid(), host);
}

static bool add_literal(struct text *sql, struct postgres_link *link, const char *value)
{
    char *literal = PQescapeLiteral(link->connection, value, strlen(value));

    text_add(sql, literal ? literal : "NULL");
    PQfreemem(literal);
    return true;
}

static bool take_place(struct postgres *disk, struct postgres_link *link,
                       const struct holder *holder, struct fault *fault)
{
    CLEANUP(text_clear) struct text sql = {0};
    CLEANUP(text_clear) struct text name = {0};
    PGresult *answer = NULL;

    add_name(&name);
    text_add(&sql, "UPDATE writer SET epoch = epoch + 1, session = 1, group_number = 0, "
                   "beat = beat + 1, is_free = 0, home = ");
    add_literal(&sql, link, disk->home);
    text_add(&sql, ", name = ");
    add_literal(&sql, link, text_string(&name));
    text_addf(&sql, " WHERE id = 1 AND epoch = %" PRId64 " AND beat = %" PRId64 " RETURNING epoch",
              holder->epoch, holder->beat);
    if (!change_writer(disk, link, text_string(&sql), &answer, fault))
        return false;
    bool is_taken = PQntuples(answer) == 1;
    if (is_taken) {
        disk->epoch = postgres_integer(answer, 0, 0);
        disk->session = 1;
        disk->group = 0;
        disk->is_taken_over = !holder->is_free && !holder->is_me;
    }
    PQclear(answer);
    return is_taken || refuse_place(holder, fault);
}

/* The very first connection: the schema may not be there yet. It is brought up to date by who has
 * the place, for a pagerd that still writes must not find it changed. */
static bool admit_first(struct postgres *disk, struct postgres_link *link,
                        const struct postgres_hello *hello, struct fault *fault)
{
    struct holder holder;

    if (!postgres_settle(link, fault))
        return false;
    if (!postgres_migrate(link, true, fault)) {
        /* A node waits for its upgrade, and for what else may come, instead of ending. */
        if (disk->is_feeding && fault->kind == FAULT_INPUT)
            fault->kind = FAULT_CONFLICT;
        return false;
    }
    return watch_holder(disk, link, &holder, fault) && take_place(disk, link, &holder, fault) &&
           postgres_migrate(link, false, fault) && postgres_begin_feed(disk, link, fault) &&
           postgres_prepare(link, fault) && remember_warnings(disk, hello) &&
           postgres_remember(disk, hello, fault);
}

bool postgres_open_writer(struct postgres *disk, struct fault *fault)
{
    return postgres_race(disk, NULL, admit_first, &disk->writer, fault) &&
           postgres_write_again(disk, fault);
}

/* Remembers that a group of which nobody knew is on disk, until its batches come back. */
static void note_landed(struct postgres *disk)
{
    if (disk->landed_count == POSTGRES_LANDED_MAX) {
        disk->forgotten = disk->landed[0];
        memmove(&disk->landed[0], &disk->landed[1],
                (POSTGRES_LANDED_MAX - 1) * sizeof(disk->landed[0]));
        disk->landed_count--;
    }
    disk->landed[disk->landed_count++] = disk->unknown;
}

/*
 * A session of its own for each connection. The change waits for the row as long as a transaction
 * of the last connection holds it: what it finds there is final. It is also the probe that writes
 * reach the disk, and the standby.
 */
static bool admit_again(struct postgres *disk, struct postgres_link *link,
                        const struct postgres_hello *hello, struct fault *fault)
{
    PGresult *answer = NULL;
    char sql[192];

    snprintf(sql, sizeof(sql),
             "UPDATE writer SET session = session + 1, beat = beat + 1 WHERE id = 1 AND epoch = "
             "%" PRId64 " RETURNING session, group_number, position, mark",
             disk->epoch);
    if (!postgres_settle(link, fault) || !change_writer(disk, link, sql, &answer, fault))
        return false;
    if (PQntuples(answer) != 1) {
        PQclear(answer);
        return fault_set(fault, FAULT_DENIED,
                         "another pagerd has taken over the database: this "
                         "one writes nothing any more");
    }
    disk->session = postgres_integer(answer, 0, 0);
    bool is_landed =
        disk->unknown != 0 && (uint64_t)postgres_integer(answer, 0, 1) == disk->unknown;
    postgres_note_place(disk, (uint64_t)postgres_integer(answer, 0, 2),
                        postgres_integer(answer, 0, 3));
    PQclear(answer);
    if (is_landed)
        note_landed(disk);
    disk->unknown = 0;
    if (!postgres_prepare(link, fault) || !remember_warnings(disk, hello))
        return false;
    /* Without room for that in the state folder pagerd goes on: it only forgets at its end. */
    struct fault forgotten;
    if (!postgres_remember(disk, hello, &forgotten)) {
        pthread_mutex_lock(&disk->where_lock);
        memcpy(disk->warning, forgotten.text, sizeof(disk->warning));
        pthread_mutex_unlock(&disk->where_lock);
    }
    return true;
}

/* A primary that was replaced goes on answering who is connected to it. */
static void leave_the_past(struct postgres *disk)
{
    if (disk->writer.connection == NULL || postgres_now() - disk->recalled_at < POSTGRES_BEAT_MS)
        return;
    disk->recalled_at = postgres_now();
    postgres_recall(disk, disk->folder);
    disk->writer.is_lost |= disk->timeline > disk->writer_timeline;
}

bool postgres_regain_writer(struct postgres *disk, struct fault *fault)
{
    leave_the_past(disk);
    if (disk->writer.connection && disk->writer.is_lost)
        postgres_drop(&disk->writer);
    if (disk->writer.connection)
        return true;
    if (disk->tried_at != 0 && postgres_now() - disk->tried_at < POSTGRES_BEAT_MS / 2) {
        *fault = disk->away;
        return false;
    }
    disk->tried_at = 0;
    if (postgres_race(disk, NULL, admit_again, &disk->writer, fault) &&
        postgres_write_again(disk, fault))
        return true;
    disk->tried_at = postgres_now();
    disk->away = *fault;
    return false;
}

void postgres_leave(struct postgres *disk)
{
    char sql[128];

    if (disk->writer.connection == NULL || disk->writer.is_lost || disk->epoch == 0)
        return;
    snprintf(sql, sizeof(sql),
             "UPDATE writer SET is_free = 1 WHERE id = 1 AND epoch = %" PRId64
             " AND session = %" PRId64,
             disk->epoch, disk->session);
    (void)!postgres_ask(&disk->writer, sql, POSTGRES_STATEMENT_MS, NULL, "leaving", NULL);
}
