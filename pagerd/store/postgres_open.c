/* SPDX-License-Identifier: MIT */
/* postgres_open.c - takes hold of a state folder and of a place as writer, and lets both go. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/feed.h"
#include "store/place.h"
#include "store/postgres.h"

/* "UUID SYSTEM TIMELINE": who lives in this folder, and the furthest that it has seen. */
static void read_seen(struct postgres *disk, char uuid[UUID_TEXT_SIZE])
{
    char text[128];
    char system[24];
    uint32_t timeline;

    if (!place_read(disk->folder, POSTGRES_SEEN, text, sizeof(text)) ||
        sscanf(text, "%36s %23s %" SCNu32, uuid, system, &timeline) != 3 ||
        strlen(uuid) != UUID_TEXT_SIZE - 1) {
        uuid_new(uuid);
        return;
    }
    if (strcmp(system, "-") != 0)
        snprintf(disk->system, sizeof(disk->system), "%s", system);
    disk->timeline = timeline;
}

void postgres_recall(struct postgres *disk, const char *folder)
{
    char text[128];
    char system[24];
    uint32_t timeline;

    if (folder == NULL || !place_read(folder, POSTGRES_SEEN, text, sizeof(text)) ||
        sscanf(text, "%*36s %23s %" SCNu32, system, &timeline) != 2 || strcmp(system, "-") == 0)
        return;
    pthread_mutex_lock(&disk->where_lock);
    bool is_same = strcmp(disk->system, system) == 0;
    if (disk->system[0] == '\0' || (is_same && timeline > disk->timeline)) {
        snprintf(disk->system, sizeof(disk->system), "%s", system);
        disk->timeline = timeline;
    }
    pthread_mutex_unlock(&disk->where_lock);
}

void postgres_spread(struct postgres *disk, const char *folder)
{
    char text[128];
    char uuid[UUID_TEXT_SIZE];
    char system[24];
    uint32_t timeline;

    if (folder == NULL || !place_read(folder, POSTGRES_SEEN, text, sizeof(text)) ||
        sscanf(text, "%36s %23s %" SCNu32, uuid, system, &timeline) != 3)
        return;
    pthread_mutex_lock(&disk->where_lock);
    bool is_newer = strcmp(disk->system, system) == 0 && disk->timeline > timeline;
    snprintf(text, sizeof(text), "%s %s %" PRIu32 "\n", uuid, disk->system, disk->timeline);
    pthread_mutex_unlock(&disk->where_lock);
    /* Without room for it, it is found out again. */
    if (is_newer)
        (void)!place_write(folder, POSTGRES_SEEN, text, NULL);
}

static bool write_seen(const struct postgres *disk, struct fault *fault)
{
    char text[128];

    if (disk->folder == NULL)
        return true;
    snprintf(text, sizeof(text), "%.36s %s %" PRIu32 "\n", disk->home,
             disk->system[0] != '\0' ? disk->system : "-", disk->timeline);
    return place_write(disk->folder, POSTGRES_SEEN, text, fault);
}

/* The machine is part of it: a copied folder is another home. */
static bool take_home(struct postgres *disk, struct fault *fault)
{
    char uuid[UUID_TEXT_SIZE] = "";
    char host[65] = "";

    if (disk->folder == NULL)
        return true;
    if (!place_make(disk->folder, fault))
        return false;
    if (!place_lock(disk->folder, &disk->lock, fault)) {
        /* Not a database that is away: nobody is to wait for it. */
        if (fault && fault->kind == FAULT_PEER)
            fault->kind = FAULT_DENIED;
        return false;
    }
    read_seen(disk, uuid);
    if (gethostname(host, sizeof(host) - 1) != 0)
        host[0] = '\0';
    snprintf(disk->home, sizeof(disk->home), "%s@%s", uuid, host);
    return write_seen(disk, fault);
}

bool postgres_remember(struct postgres *disk, const struct postgres_hello *hello,
                       struct fault *fault)
{
    if (strcmp(disk->system, hello->system) == 0 && disk->timeline == hello->timeline)
        return true;
    pthread_mutex_lock(&disk->where_lock);
    memcpy(disk->system, hello->system, sizeof(disk->system));
    disk->timeline = hello->timeline;
    pthread_mutex_unlock(&disk->where_lock);
    return write_seen(disk, fault);
}

static void free_disk(struct postgres *disk)
{
    postgres_drop(&disk->writer);
    postgres_drop(&disk->reader);
    postgres_place_free(disk->place);
    place_unlock(disk->lock);
    free(disk->where.host);
    free(disk->where.address);
    free(disk->where.port);
    free(disk->folder);
    text_clear(&disk->fed);
    pthread_mutex_destroy(&disk->where_lock);
    free(disk);
}

/* Lets in whom it would serve, and looks no further. */
static bool admit_question(struct postgres *disk, struct postgres_link *link,
                           const struct postgres_hello *hello, struct fault *fault)
{
    (void)disk;
    (void)hello;
    return postgres_settle(link, fault);
}

static bool ask_server(struct postgres *disk, struct text *said, struct fault *fault)
{
    PGresult *answer = NULL;

    if (!postgres_race(disk, NULL, admit_question, &disk->writer, fault) ||
        !postgres_ask(&disk->writer,
                      "SELECT current_setting('server_version'), current_setting('fsync'), "
                      "current_setting('full_page_writes'), "
                      "has_schema_privilege(current_schema(), 'CREATE')::int",
                      POSTGRES_STATEMENT_MS, &answer, "asking", fault))
        return false;
    text_addf(said, "PostgreSQL %.20s", PQgetvalue(answer, 0, 0));
    if (strcmp(PQgetvalue(answer, 0, 1), "off") == 0)
        text_add(said, ", fsync is off: a crash loses what was answered");
    else if (strcmp(PQgetvalue(answer, 0, 2), "off") == 0)
        text_add(said, ", full_page_writes is off: a crash may damage it");
    bool may_create = postgres_integer(answer, 0, 3) != 0;
    PQclear(answer);
    return may_create ||
           fault_set(fault, FAULT_PEER, "we may not make tables in it: GRANT CREATE ON SCHEMA");
}

bool postgres_check(const char *place, const struct store_limits *limits, struct text *said,
                    struct fault *fault)
{
    struct postgres *disk = memory_new(1, sizeof(*disk));

    disk->lock = -1;
    pthread_mutex_init(&disk->where_lock, NULL);
    bool is_good =
        postgres_place_parse(place, limits ? limits->password : NULL, &disk->place, fault) &&
        (limits == NULL || ask_server(disk, said, fault));
    free_disk(disk);
    return is_good;
}

bool postgres_open_disk(const char *place, const struct store_limits *limits, void **result,
                        struct fault *fault)
{
    struct postgres *disk = memory_new(1, sizeof(*disk));

    disk->lock = -1;
    disk->folder = string_copy(limits->folder);
    disk->is_feeding = limits->has_nodes;
    disk->tail = limits->tail;
    disk->feed_format = feed_format();
    pthread_mutex_init(&disk->where_lock, NULL);
    if (!postgres_place_parse(place, limits->password, &disk->place, fault) ||
        !take_home(disk, fault) || !postgres_open_writer(disk, fault)) {
        free_disk(disk);
        return false;
    }
    *result = disk;
    return true;
}

void postgres_close_disk(void *context)
{
    struct postgres *disk = context;

    postgres_leave(disk);
    free_disk(disk);
}

void postgres_measure(void *context, uint64_t *database_size, uint64_t *log_size)
{
    struct postgres *disk = context;

    *database_size = atomic_load(&disk->size);
    *log_size = 0;
}

void postgres_warn(void *context, char warning[FAULT_TEXT_MAX])
{
    struct postgres *disk = context;

    pthread_mutex_lock(&disk->where_lock);
    memcpy(warning, disk->warning, FAULT_TEXT_MAX);
    pthread_mutex_unlock(&disk->where_lock);
}
