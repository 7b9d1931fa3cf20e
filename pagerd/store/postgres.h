/* SPDX-License-Identifier: MIT */
/*
 * postgres.h - what the files of the PostgreSQL backend share (libpq, PostgreSQL 13 or newer).
 *
 * One pagerd at a time writes. The row of the table `writer` says who: its epoch goes up with each
 * takeover, its session with each connection of the same pagerd. Every transaction begins by
 * changing that row, and fails there when epoch or session are not its own any more: who was frozen
 * and wakes, or bytes that were on their way for long, can write nothing. The same row holds the
 * number of the last group that was committed, so that after a lost connection it is looked up
 * whether the group that was under way is on disk.
 *
 * libpq never waits here: connections are non-blocking, all waiting is done in poll() with a
 * deadline of our own, and what misses it is closed. Names are resolved in the background.
 */
#pragma once

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "store/backend.h"
#include "store/feed_tail.h"

#define POSTGRES_STATEMENT_MS 1000    /* without a byte from the database: it is given up */
#define POSTGRES_CONNECT_MS 2000      /* until some host is connected and has said what it is */
#define POSTGRES_BEAT_MS 500          /* the writer shows that it lives, at least so often */
#define POSTGRES_TAKEOVER_MS 2000     /* without a beat: its place may be taken */
#define POSTGRES_READ_MS (10 * 1000)  /* a question */
#define POSTGRES_LOAD_MS (300 * 1000) /* a start, or a migration: the first row may take long */
#define POSTGRES_FROZEN_MS 5000       /* while the writer hears nothing either: it is given up */
#define POSTGRES_TARGETS_MAX 16       /* addresses that are tried at once */
#define POSTGRES_LANDED_MAX 1024      /* groups known to be on disk whose senders were not told */
#define POSTGRES_SEEN "postgres.seen"
#define FEED_KEPT_MAX 20000               /* rows of the table `feed`, about */
#define FEED_SIZE_MAX (256 * 1024 * 1024) /* their bytes, about */

struct postgres;
struct schema;

/* One connection, and what it has shown. */
struct postgres_link {
    PGconn *connection; /* NULL: none */
    bool is_warned;     /* the server said a warning since this was last cleared */
    bool is_lost;       /* it answers no more, or has to be closed: postgres_drop */
    bool is_silent;     /* it was lost because nothing came for too long */
    /* When the server last showed by another connection that it lives, monotonic: one that does
     * so may take long to answer here, and one that does not is not waited for. NULL: not known. */
    const atomic_int_fast64_t *alive_at;
};

/* An address to connect to; NULL: libpq's default. */
struct postgres_target {
    char *host; /* name or folder of the socket, also what the certificate is checked against */
    char *address;
    char *port;
};

/* What a server says of itself. */
struct postgres_hello {
    char system[24]; /* identifier of the cluster; "" where there is none */
    uint32_t timeline;
    bool is_standby;
    bool has_fsync;
    bool has_full_pages;
    char encoding[16];
    int version;
};

/* Where to connect: what the connection string said. postgres_place.c */
struct postgres_place;

struct postgres {
    struct postgres_place *place;
    char *folder; /* state folder, or NULL */
    int lock;
    char home[128];               /* who we are in the table `writer`: folder and machine */
    struct postgres_link writer;  /* of who opens, then of the commit thread */
    struct postgres_link reader;  /* of the reader thread */
    unsigned reader_generation;   /* of the writer's connection that it follows */
    pthread_mutex_t where_lock;   /* for what the reader sees, too: up to `timeline`, `warning` */
    struct postgres_target where; /* the writer is connected to */
    unsigned generation;          /* goes up with each connection of the writer */
    char system[24];              /* of the cluster; "" before the first connection */
    uint32_t timeline;            /* highest ever seen */
    uint32_t writer_timeline;     /* of what the writer is connected to */
    msec recalled_at;             /* monotonic: last look at what others have seen */
    int64_t epoch;
    int64_t session;
    uint64_t group;                       /* last one that was given a number */
    uint64_t unknown;                     /* the group of which nobody knows; 0: none */
    uint64_t landed[POSTGRES_LANDED_MAX]; /* found out to be on disk, oldest first */
    size_t landed_count;
    uint64_t forgotten; /* groups up to this one are in `landed` no more */
    bool is_broken;     /* for good: somebody else writes, or it makes no sense */
    bool is_taken_over; /* from another pagerd, which did not leave it in good order */
    msec tried_at;      /* monotonic: last try to connect */
    msec beaten_at;     /* monotonic: last change of the row `writer` */
    msec measured_at;
    struct fault away; /* why there is no connection */
    size_t change_count;
    bool is_feeding;                  /* others follow what is written */
    int64_t feed_format;              /* of the bytes that they get */
    size_t fed_count;                 /* rows since old ones were deleted */
    struct feed_tail *tail;           /* last rows of the feed; NULL: none are kept; borrowed */
    uint64_t fed_position;            /* where the feed stands in the database, */
    int64_t fed_mark;                 /* and its mark there */
    struct text fed;                  /* what the group under way feeds, */
    int64_t next_mark;                /* under this mark */
    atomic_uint_fast64_t size;        /* bytes of the database */
    atomic_int_fast64_t confirmed_at; /* monotonic: begin of the last change that went well */
    char warning[FAULT_TEXT_MAX];
};

msec postgres_now(void); /* monotonic */

/* postgres_place.c */
MUST_USE bool postgres_place_parse(const char *text, const char *password,
                                   struct postgres_place **place, struct fault *fault);
void postgres_place_free(struct postgres_place *place);

/* All addresses by now; names are waited for until `until_at`, then the last known are taken. The
 * strings live until the next call. Returns how many. */
size_t postgres_place_targets(struct postgres_place *place, struct postgres_target *targets,
                              msec until_at);

/* Begins to connect; the caller owns the connection, which may be a failed one, never NULL. */
PGconn *postgres_place_begin(const struct postgres_place *place,
                             const struct postgres_target *target);

/* postgres_wire.c: every call waits at most `wait_ms` for the next byte. */

/* The next result; *result is NULL at the end of a statement. False: the connection is lost. */
MUST_USE bool postgres_next(struct postgres_link *link, msec wait_ms, PGresult **result,
                            struct fault *fault);

/* Says in `fault` what went wrong; sets is_lost when the connection is of no use any more.
 * Returns false. */
bool postgres_blame(struct postgres_link *link, const PGresult *result, const char *doing,
                    struct fault *fault);

/* Runs statements one after the other; `answer` (may be NULL) gets the last one's rows. */
MUST_USE bool postgres_ask(struct postgres_link *link, const char *sql, msec wait_ms,
                           PGresult **answer, const char *doing, struct fault *fault);
void postgres_drop(struct postgres_link *link);

/* The value of a column as a number; 0 for NULL. */
int64_t postgres_integer(const PGresult *answer, int row, int column);

/* postgres_connect.c */

/* What makes a connection that leads to a primary useful; false: the next one is tried, unless the
 * fault is none that another one could mend. */
typedef bool postgres_admit(struct postgres *disk, struct postgres_link *link,
                            const struct postgres_hello *hello, struct fault *fault);

/* Connects to all addresses at once and takes the first primary that is admitted. `only` NULL: all
 * of the place. */
MUST_USE bool postgres_race(struct postgres *disk, const struct postgres_target *only,
                            postgres_admit *admit, struct postgres_link *link, struct fault *fault);

/* Asks all addresses what they are, and uses none: the highest timeline is remembered. Nothing to
 * do where there is one address. */
void postgres_look(struct postgres *disk);

/* Settings of the session that nothing may weaken. */
MUST_USE bool postgres_settle(struct postgres_link *link, struct fault *fault);

/* postgres.c */

/* What was committed once, and the database does not have any more, into it: it is one that has
 * forgotten the end. For who is its writer, before anything else is written. */
MUST_USE bool postgres_write_again(struct postgres *disk, struct fault *fault);

/* postgres_writer.c: who writes. */

/* Makes the writer's connection the first time: schema, takeover, statements. */
MUST_USE bool postgres_open_writer(struct postgres *disk, struct fault *fault);

/* A new connection of the same writer, if there is none: finds out what became of an unknown group.
 * FAULT_DENIED: another pagerd writes now. */
MUST_USE bool postgres_regain_writer(struct postgres *disk, struct fault *fault);

/* Leaves in good order, so that the next one need not wait. */
void postgres_leave(struct postgres *disk);

/* postgres_open.c */
MUST_USE bool postgres_check(const char *place, const struct store_limits *limits,
                             struct text *said, struct fault *fault);
MUST_USE bool postgres_open_disk(const char *place, const struct store_limits *limits,
                                 void **result, struct fault *fault);
void postgres_close_disk(void *disk);
void postgres_measure(void *disk, uint64_t *file_size, uint64_t *log_size);
void postgres_warn(void *disk, char warning[FAULT_TEXT_MAX]);

/* What another connection of this pagerd has remembered in that folder (NULL: none). */
void postgres_recall(struct postgres *disk, const char *folder);

/* And the other way: the other connections of this pagerd find there what this one has seen. */
void postgres_spread(struct postgres *disk, const char *folder);

/* The highest timeline, remembered in the folder. */
MUST_USE bool postgres_remember(struct postgres *disk, const struct postgres_hello *hello,
                                struct fault *fault);

/* postgres_schema.c */
MUST_USE bool postgres_migrate(struct postgres_link *link, bool is_first, struct fault *fault);
MUST_USE bool postgres_ask_schema(struct postgres_link *link, struct schema *schema,
                                  struct fault *fault);
/* The newest schema that this program knows. */
int64_t postgres_schema_known(void);
MUST_USE bool postgres_prepare(struct postgres_link *link, struct fault *fault);

/* postgres_feed.c: for other nodes; nothing where the limits of the store say that there are none.
 */

/* Says that this writer feeds, and whether there are transactions that nobody was told of. */
MUST_USE bool postgres_begin_feed(struct postgres *disk, struct postgres_link *link,
                                  struct fault *fault);

/* Sends the row of one transaction, `fed` and `next_mark`; its statement is prepared as "feed". */
MUST_USE bool postgres_send_feed(struct postgres *disk);
extern const char postgres_feed_sql[];

/* A random one. */
int64_t postgres_mark_new(void);

/* What was sent is committed: the feed stands there now. */
void postgres_note_fed(struct postgres *disk);

/* The feed stands there, in the database that was connected to; maybe with what was under way. */
void postgres_note_place(struct postgres *disk, uint64_t position, int64_t mark);

/* Is it time to delete old rows? */
bool postgres_feed_is_long(const struct postgres *disk, bool is_idle);
MUST_USE bool postgres_prune_feed(struct postgres *disk, struct fault *fault);

/* Where the feed stands. */
struct feed_head {
    uint64_t position;
    int64_t mark;
    bool is_fed; /* who writes feeds */
};
MUST_USE bool postgres_ask_feed(struct postgres_link *link, msec wait_ms, struct feed_head *head,
                                struct fault *fault);

/* postgres_read.c */

/* As store_dump, on this connection; where the feed stood at that very moment. */
MUST_USE bool postgres_dump_feed(struct postgres_link *link, const struct store_taker *taker,
                                 msec wait_ms, struct feed_head *head, struct fault *fault);
MUST_USE bool postgres_load(void *disk, msec now, const struct store_loader *loader,
                            struct store_maxima *maxima, struct fault *fault);
MUST_USE bool postgres_dump(void *disk, const struct store_taker *taker, struct fault *fault);
MUST_USE bool postgres_read(void *disk, const struct query *query, struct result *result,
                            struct fault *fault);
