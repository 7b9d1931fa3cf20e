/* SPDX-License-Identifier: MIT */
/*
 * postgres_wire.c - asks and waits on one connection, with a deadline, and sorts what goes wrong.
 *
 * PQgetResult does not wait once PQisBusy is false
 * (https://www.postgresql.org/docs/15/libpq-async.html); codes of errors:
 * https://www.postgresql.org/docs/15/errcodes-appendix.html.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "store/postgres.h"

#define DRIPS_MAX 10 /* a server that sends a byte now and then gets so many times the wait */
#define LOOK_MS 1000 /* between two looks whether it lives, where that is known */

msec postgres_now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_BOOTTIME, &at); /* it counts on while the machine is suspended */
    return (msec)at.tv_sec * SECOND_MS + at.tv_nsec / 1000000;
}

int64_t postgres_integer(const PGresult *answer, int row, int column)
{
    return strtoll(PQgetvalue(answer, row, column), NULL, 10);
}

void postgres_drop(struct postgres_link *link)
{
    if (link->connection == NULL)
        return;
    /* PQfinish says good-bye, and must not wait for a server that does not read. */
    if (link->is_lost && PQsocket(link->connection) >= 0)
        shutdown(PQsocket(link->connection), SHUT_RDWR);
    PQfinish(link->connection);
    *link = (struct postgres_link){.connection = NULL};
}

/* What libpq said last, as one line. */
static void add_message(struct text *text, const char *said)
{
    for (; *said != '\0'; said++) {
        if (*said != '\n')
            text_add_char(text, *said);
        else if (said[1] != '\0')
            text_add(text, " ");
    }
}

static bool blame_link(struct postgres_link *link, struct fault *fault)
{
    CLEANUP(text_clear) struct text said = {0};

    link->is_lost = true;
    add_message(&said, PQerrorMessage(link->connection));
    return fault_set(fault, FAULT_PEER, "the connection to the database is lost: %.300s",
                     text_string(&said));
}

/* By the first characters of the code; what is not listed is a bug or damage. */
static const struct trouble {
    const char *code;
    enum fault_kind kind;
    bool is_lost;
    const char *meaning;
} troubles[] = {
    {"25006", FAULT_PEER, true, "the database takes no writes, it is not the primary any more"},
    {"25P03", FAULT_PEER, true, "the database gave up waiting for us"},
    {"57014", FAULT_PEER, false, "the database gave the statement up"},
    {"57P", FAULT_PEER, true, "the database ends or starts"},
    {"08", FAULT_PEER, true, "the connection to the database is lost"},
    {"40", FAULT_PEER, false, "the database wants it tried again"},
    {"55P03", FAULT_PEER, false, "somebody else holds a lock in the database"},
    {"53100", FAULT_LIMIT, false, "there is no room on the disk of the database"},
    {"53", FAULT_PEER, true, "the database has not the means"},
    {"54", FAULT_LIMIT, false, "a record is too large for the database"},
    {"58", FAULT_PEER, true, "the database has trouble with its system"},
    {"28", FAULT_PEER, true, "the database does not let us in"},
    {"42501", FAULT_PEER, true, "the database does not let us do that"},
    {"", FAULT_INPUT, false, "the database refused"},
};

static const struct trouble *find_trouble(const char *code)
{
    const struct trouble *trouble = troubles;

    while (strncmp(code, trouble->code, strlen(trouble->code)) != 0)
        trouble++;
    return trouble;
}

bool postgres_blame(struct postgres_link *link, const PGresult *result, const char *doing,
                    struct fault *fault)
{
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *said = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    if (code == NULL)
        return blame_link(link, fault);
    const struct trouble *trouble = find_trouble(code);
    link->is_lost |= trouble->is_lost;
    return fault_set(fault, trouble->kind, "%s while %s: %.300s (%s)", trouble->meaning, doing,
                     said ? said : "", code);
}

/* Waits until something can be read, or written where that is wanted. */
static bool wait_for_bytes(struct postgres_link *link, bool has_output, msec wait_ms, bool *is_in)
{
    struct pollfd polled = {.fd = PQsocket(link->connection),
                            .events = (short)(has_output ? POLLIN | POLLOUT : POLLIN)};
    int count;

    do
        count = poll(&polled, 1, wait_ms < 0 ? 0 : (int)wait_ms);
    while (count < 0 && errno == EINTR);
    *is_in = (polled.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
    return count > 0;
}

/* A wait is over, and nothing has come since `silent_at`. Is it of no use to wait on? */
static bool is_given_up(const struct postgres_link *link, msec silent_at, msec wait_ms)
{
    msec now = postgres_now();
    if (link->alive_at == NULL || now - silent_at >= wait_ms)
        return true;
    msec alive_at = atomic_load(link->alive_at);
    return now - (alive_at > silent_at ? alive_at : silent_at) >= POSTGRES_FROZEN_MS;
}

static bool give_up(struct postgres_link *link, msec silent_at, struct fault *fault)
{
    link->is_lost = true;
    link->is_silent = true;
    return fault_set(fault, FAULT_PEER, "the database has not answered for %d ms",
                     (int)(postgres_now() - silent_at));
}

/* All of the answer is to be there by `end_at`. */
static bool next_until(struct postgres_link *link, msec wait_ms, msec end_at, PGresult **result,
                       struct fault *fault)
{
    msec begun_at = postgres_now();
    msec silent_at = begun_at;
    msec look_ms = link->alive_at != NULL && wait_ms > LOOK_MS ? LOOK_MS : wait_ms;

    for (;;) {
        bool is_in = false;
        int flushed = PQflush(link->connection);
        if (flushed < 0)
            return blame_link(link, fault);
        if (!PQisBusy(link->connection)) {
            *result = PQgetResult(link->connection);
            return true;
        }
        bool is_moving = wait_for_bytes(link, flushed > 0, look_ms, &is_in);
        if (!is_moving && is_given_up(link, silent_at, wait_ms))
            return give_up(link, silent_at, fault);
        if (postgres_now() > end_at)
            return give_up(link, begun_at, fault);
        if (is_moving)
            silent_at = postgres_now();
        if (is_in && PQconsumeInput(link->connection) == 0)
            return blame_link(link, fault);
    }
}

bool postgres_next(struct postgres_link *link, msec wait_ms, PGresult **result, struct fault *fault)
{
    return next_until(link, wait_ms, postgres_now() + wait_ms * DRIPS_MAX, result, fault);
}

/* Takes all results; the last one with rows is kept. The first error is the one that counts. */
static bool take_all(struct postgres_link *link, msec wait_ms, PGresult **kept, const char *doing,
                     struct fault *fault)
{
    bool is_good = true;
    msec end_at = postgres_now() + wait_ms * DRIPS_MAX;
    PGresult *result;

    for (;;) {
        if (!next_until(link, wait_ms, end_at, &result, fault))
            return false;
        if (result == NULL)
            return is_good;
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_TUPLES_OK) {
            PQclear(*kept);
            *kept = result;
            continue;
        }
        if (status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY && is_good)
            is_good = postgres_blame(link, result, doing, fault);
        PQclear(result);
    }
}

bool postgres_ask(struct postgres_link *link, const char *sql, msec wait_ms, PGresult **answer,
                  const char *doing, struct fault *fault)
{
    PGresult *kept = NULL;

    if (PQsendQuery(link->connection, sql) == 0)
        return blame_link(link, fault);
    bool is_good = take_all(link, wait_ms, &kept, doing, fault);
    if (is_good && answer && kept == NULL)
        is_good = fault_set(fault, FAULT_PEER, "the database gave no answer while %s", doing);
    if (is_good && answer)
        *answer = kept;
    else
        PQclear(kept);
    return is_good;
}
