/* SPDX-License-Identifier: MIT */
/*
 * postgres_connect.c - all hosts at once: the first primary that can be trusted is taken.
 *
 * "It is not in recovery" is not enough: a primary that was cut off while another was promoted says
 * so too, and answers from the past. Its timeline is older than the highest one that was ever seen
 * here (https://www.postgresql.org/docs/15/continuous-archiving.html#BACKUP-TIMELINES), or than
 * that of another primary that answers beside it, and a write to it is not acked; all are asked for
 * before a connection is used.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/postgres.h"

#define NAMES_WAIT_MS 1000 /* for DNS */
#define RIVALS_MS 300      /* for what the other hosts say, once one has shown to be a primary */

enum racer_state { RACER_CONNECTS, RACER_ASKS, RACER_ASKS_LESS, RACER_IS_PRIMARY, RACER_IS_OUT };

struct racer {
    struct postgres_target target;
    struct postgres_link link;
    enum racer_state state;
    PostgresPollingStatusType wants; /* while it connects */
    struct postgres_hello hello;
    struct fault fault; /* why it is out */
};

struct race {
    struct postgres *disk;
    struct racer racers[POSTGRES_TARGETS_MAX];
    size_t count;
};

/* The second form is for servers without these functions, which have no timelines either. */
static const char hello_whole[] =
    "SELECT pg_is_in_recovery()::int, current_setting('fsync'), "
    "current_setting('full_page_writes'), current_setting('server_encoding'), "
    "current_setting('server_version_num'), (SELECT system_identifier FROM pg_control_system()), "
    "CASE WHEN pg_is_in_recovery() THEN '' "
    "ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END";
static const char hello_less[] =
    "SELECT pg_is_in_recovery()::int, current_setting('fsync', true), "
    "current_setting('full_page_writes', true), current_setting('server_encoding'), "
    "current_setting('server_version_num'), '', ''";

static const char *target_name(const struct postgres_target *target)
{
    return target->host ? target->host : target->address ? target->address : "the default socket";
}

static void racer_out(struct racer *racer, const char *why)
{
    racer->state = RACER_IS_OUT;
    if (why)
        fault_set(&racer->fault, FAULT_PEER, "%s", why);
    fault_prefix(&racer->fault, "%s", target_name(&racer->target));
    postgres_drop(&racer->link);
}

/* Warnings only are of interest: one at a commit may say that it is not on the standby. */
static void take_notice(void *context, const PGresult *result)
{
    struct postgres_link *link = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);

    link->is_warned |= severity && strcmp(severity, "WARNING") == 0;
}

static void racer_lost(struct racer *racer)
{
    CLEANUP(text_clear) struct text said = {0};
    const char *message = PQerrorMessage(racer->link.connection);

    text_add_span(&said, (struct span){message, strcspn(message, "\n")});
    racer->link.is_lost = true;
    racer_out(racer, text_string(&said));
}

static void racer_start(struct race *race, struct racer *racer)
{
    racer->link.connection = postgres_place_begin(race->disk->place, &racer->target);
    racer->wants = PGRES_POLLING_WRITING;
    if (PQstatus(racer->link.connection) == CONNECTION_BAD) {
        racer_lost(racer);
        return;
    }
    PQsetNoticeReceiver(racer->link.connection, take_notice, &racer->link);
}

static void racer_ask(struct racer *racer, enum racer_state state)
{
    racer->state = state;
    if (PQsendQuery(racer->link.connection, state == RACER_ASKS ? hello_whole : hello_less) == 0)
        racer_lost(racer);
}

static void racer_connect(struct racer *racer)
{
    racer->wants = PQconnectPoll(racer->link.connection);
    if (racer->wants == PGRES_POLLING_FAILED)
        racer_lost(racer);
    if (racer->wants != PGRES_POLLING_OK)
        return;
    if (PQsetnonblocking(racer->link.connection, 1) != 0)
        racer_lost(racer);
    else
        racer_ask(racer, RACER_ASKS);
}

static void hello_read(struct postgres_hello *hello, const PGresult *answer)
{
    hello->is_standby = postgres_integer(answer, 0, 0) != 0;
    hello->has_fsync = strcmp(PQgetvalue(answer, 0, 1), "off") != 0;
    hello->has_full_pages = strcmp(PQgetvalue(answer, 0, 2), "off") != 0;
    snprintf(hello->encoding, sizeof(hello->encoding), "%s", PQgetvalue(answer, 0, 3));
    hello->version = (int)postgres_integer(answer, 0, 4);
    snprintf(hello->system, sizeof(hello->system), "%s", PQgetvalue(answer, 0, 5));
    hello->timeline = (uint32_t)strtoul(PQgetvalue(answer, 0, 6), NULL, 16);
}

/* Why this server is not used; NULL: it may be. */
static const char *hello_judge(struct postgres *disk, const struct postgres_hello *hello,
                               char why[FAULT_TEXT_MAX])
{
    pthread_mutex_lock(&disk->where_lock);
    bool is_same = strcmp(disk->system, hello->system) == 0;
    uint32_t timeline = disk->timeline;
    pthread_mutex_unlock(&disk->where_lock);
    if (hello->is_standby)
        return "it is a standby";
    if (hello->version < 130000)
        return "it is older than PostgreSQL 13";
    if (strcmp(hello->encoding, "UTF8") != 0)
        return "its database is not in UTF8: make one with ENCODING 'UTF8'";
    if (disk->epoch != 0 && !is_same)
        return "it is another cluster than before";
    if (!is_same || hello->timeline >= timeline)
        return NULL;
    snprintf(why, FAULT_TEXT_MAX,
             "it is a primary of the past: its timeline is %u, and %u was seen already",
             hello->timeline, timeline);
    return why;
}

/* True: it has answered, and well. */
static bool racer_hear(struct race *race, struct racer *racer)
{
    PGconn *connection = racer->link.connection;
    char why[FAULT_TEXT_MAX];

    if (PQconsumeInput(connection) == 0) {
        racer_lost(racer);
        return false;
    }
    while (!PQisBusy(connection)) {
        PGresult *answer = PQgetResult(connection);
        if (answer == NULL)
            break;
        bool is_good = PQresultStatus(answer) == PGRES_TUPLES_OK && PQntuples(answer) == 1;
        if (is_good)
            hello_read(&racer->hello, answer);
        else if (racer->fault.kind == FAULT_NONE)
            postgres_blame(&racer->link, answer, "asking what it is", &racer->fault);
        PQclear(answer);
    }
    if (PQtransactionStatus(connection) == PQTRANS_ACTIVE)
        return false;
    if (racer->fault.kind == FAULT_NONE) {
        const char *judged = hello_judge(race->disk, &racer->hello, why);
        if (judged == NULL)
            return true;
        racer_out(racer, judged);
    } else if (racer->state == RACER_ASKS && PQstatus(connection) == CONNECTION_OK) {
        racer->fault.kind = FAULT_NONE;
        racer->link.is_lost = false; /* it may not ask for that, but for the rest */
        racer_ask(racer, RACER_ASKS_LESS);
    } else {
        racer_out(racer, NULL);
    }
    return false;
}

static short racer_events(const struct racer *racer)
{
    if (racer->state != RACER_CONNECTS)
        return PQflush(racer->link.connection) == 1 ? POLLIN | POLLOUT : POLLIN;
    return racer->wants == PGRES_POLLING_READING ? POLLIN : POLLOUT;
}

static bool racer_runs(const struct racer *racer)
{
    return racer->state != RACER_IS_OUT && racer->state != RACER_IS_PRIMARY;
}

/* Waits once for all that still run; gives one that has shown to be a primary, or NULL. */
static struct racer *race_step(struct race *race, msec wait_ms, bool *is_over)
{
    struct pollfd polled[POSTGRES_TARGETS_MAX];
    size_t running = 0;

    for (size_t i = 0; i < race->count; i++) {
        const struct racer *racer = &race->racers[i];
        bool runs = racer_runs(racer);
        polled[i] = (struct pollfd){.fd = runs ? PQsocket(racer->link.connection) : -1,
                                    .events = runs ? racer_events(racer) : 0};
        running += runs;
    }
    *is_over = running == 0 || wait_ms <= 0;
    if (*is_over || poll(polled, race->count, (int)wait_ms) <= 0)
        return NULL;
    for (size_t i = 0; i < race->count; i++) {
        struct racer *racer = &race->racers[i];
        if (!racer_runs(racer) || polled[i].revents == 0)
            continue;
        if (racer->state == RACER_CONNECTS)
            racer_connect(racer);
        else if (racer_hear(race, racer))
            return racer;
    }
    return NULL;
}

/* What each of them said, for people. */
static bool race_blame(struct race *race, struct fault *fault)
{
    CLEANUP(text_clear) struct text text = {0};

    for (size_t i = 0; i < race->count; i++) {
        struct racer *racer = &race->racers[i];
        if (racer->state != RACER_IS_OUT)
            racer_out(racer, "it has not answered in time");
        text_addf(&text, "%s%.200s", i > 0 ? "; " : "", racer->fault.text);
    }
    if (race->count == 0)
        text_add(&text, "the names of its hosts are not resolved");
    return fault_set(fault, FAULT_PEER, "no database: %.400s", text_string(&text));
}

static void race_end(struct race *race)
{
    for (size_t i = 0; i < race->count; i++) {
        enum racer_state state = race->racers[i].state;
        race->racers[i].link.is_lost |= state != RACER_ASKS && state != RACER_IS_PRIMARY;
        postgres_drop(&race->racers[i].link);
    }
}

static void copy_target(struct postgres_target *to, const struct postgres_target *from)
{
    char *host = string_copy(from->host);
    char *address = string_copy(from->address);
    char *port = string_copy(from->port);

    free(to->host);
    free(to->address);
    free(to->port);
    *to = (struct postgres_target){host, address, port};
}

/* The reader follows where the writer went. */
static void race_won(struct race *race, struct racer *winner, struct postgres_link *link)
{
    struct postgres *disk = race->disk;

    *link = winner->link;
    winner->link = (struct postgres_link){.connection = NULL};
    PQsetNoticeReceiver(link->connection, take_notice, link);
    if (link != &disk->writer)
        return;
    disk->writer_timeline = winner->hello.timeline;
    pthread_mutex_lock(&disk->where_lock);
    copy_target(&disk->where, &winner->target);
    disk->generation++;
    pthread_mutex_unlock(&disk->where_lock);
}

/* Primaries of one cluster: the one of the latest timeline; else in the order of the hosts. NULL:
 * none is left. */
static struct racer *race_best(struct race *race)
{
    struct racer *best = NULL;

    for (size_t i = 0; i < race->count; i++) {
        struct racer *racer = &race->racers[i];
        if (racer->state != RACER_IS_PRIMARY)
            continue;
        bool is_later = best && strcmp(best->hello.system, racer->hello.system) == 0 &&
                        racer->hello.timeline > best->hello.timeline;
        if (best == NULL || is_later)
            best = racer;
    }
    return best;
}

/* Whether it is used or not: what it is shows that others of its cluster are of the past. */
static bool race_remember(struct race *race, const struct racer *best)
{
    struct postgres *disk = race->disk;
    char why[FAULT_TEXT_MAX];

    pthread_mutex_lock(&disk->where_lock);
    bool is_new = disk->system[0] == '\0' || (strcmp(disk->system, best->hello.system) == 0 &&
                                              best->hello.timeline > disk->timeline);
    pthread_mutex_unlock(&disk->where_lock);
    /* Without room for that in the state folder it is known as long as this pagerd runs. */
    if (is_new)
        (void)!postgres_remember(disk, &best->hello, NULL);
    for (size_t i = 0; i < race->count; i++) {
        struct racer *racer = &race->racers[i];
        const char *judged =
            racer->state == RACER_IS_PRIMARY ? hello_judge(disk, &racer->hello, why) : NULL;
        if (judged)
            racer_out(racer, judged);
    }
    return best->state == RACER_IS_PRIMARY;
}

/* Waits for all hosts, or for a while after the first primary. */
static void race_run(struct race *race)
{
    msec until_at = postgres_now() + POSTGRES_CONNECT_MS;
    bool is_over = false;

    while (!is_over) {
        struct racer *racer = race_step(race, until_at - postgres_now(), &is_over);
        if (racer == NULL)
            continue;
        racer->state = RACER_IS_PRIMARY;
        if (until_at > postgres_now() + RIVALS_MS)
            until_at = postgres_now() + RIVALS_MS;
    }
}

static void race_begin(struct race *race, const struct postgres_target *only)
{
    struct postgres_target targets[POSTGRES_TARGETS_MAX];

    race->count =
        only ? 1
             : postgres_place_targets(race->disk->place, targets, postgres_now() + NAMES_WAIT_MS);
    for (size_t i = 0; i < race->count; i++) {
        race->racers[i].target = only ? *only : targets[i];
        racer_start(race, &race->racers[i]);
    }
}

void postgres_look(struct postgres *disk)
{
    struct race race = {.disk = disk};
    struct postgres_target targets[POSTGRES_TARGETS_MAX];

    if (postgres_place_targets(disk->place, targets, postgres_now()) < 2)
        return;
    race_begin(&race, NULL);
    race_run(&race);
    const struct racer *best = race_best(&race);
    if (best)
        (void)race_remember(&race, best);
    race_end(&race);
}

bool postgres_race(struct postgres *disk, const struct postgres_target *only, postgres_admit *admit,
                   struct postgres_link *link, struct fault *fault)
{
    struct race race = {.disk = disk};
    struct racer *racer;

    race_begin(&race, only);
    race_run(&race);
    while ((racer = race_best(&race)) != NULL) {
        if (!race_remember(&race, racer))
            continue;
        if (admit(disk, &racer->link, &racer->hello, &racer->fault)) {
            race_won(&race, racer, link);
            race_end(&race);
            return true;
        }
        bool is_final = racer->fault.kind != FAULT_PEER && racer->fault.kind != FAULT_LIMIT;
        if (is_final && fault)
            *fault = racer->fault;
        racer->link.is_lost = true;
        racer_out(racer, NULL);
        if (is_final) {
            race_end(&race);
            return false;
        }
    }
    return race_blame(&race, fault);
}

/*
 * on and remote_apply wait for the synchronous standby; what is weaker could lose what was
 * answered (https://www.postgresql.org/docs/15/runtime-config-wal.html). A statement that the
 * server gives up in the midst of that wait would be committed and not on the standby: no timeout
 * of that kind. Where nothing comes from us for 2 s within a transaction, its lock is let go.
 */
bool postgres_settle(struct postgres_link *link, struct fault *fault)
{
    static const char sql[] =
        "SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
        "WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false), "
        "set_config('statement_timeout', '0', false), set_config('lock_timeout', '900ms', false), "
        "set_config('idle_in_transaction_session_timeout', '2s', false), "
        "set_config('default_transaction_isolation', 'read committed', false), "
        "set_config('default_transaction_read_only', 'off', false), "
        "set_config('tcp_keepalives_idle', '1', false), "
        "set_config('tcp_keepalives_interval', '1', false), "
        "set_config('tcp_keepalives_count', '3', false), "
        "set_config('tcp_user_timeout', '3s', false), "
        "set_config('client_min_messages', 'warning', false)";

    return postgres_ask(link, sql, POSTGRES_STATEMENT_MS, NULL, "setting up the session", fault);
}
