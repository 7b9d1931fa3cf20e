/* SPDX-License-Identifier: MIT */
#include "daemon/feeds.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/feeds_book.h"
#include "daemon/feeds_walk.h"
#include "daemon/keyring.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "daemon/worker.h"
#include "engine/engine.h"
#include "engine/view.h"

#define HOST_FALLBACK "pagerd"

enum feed_stage { FEED_NEW, FEED_LOADING, FEED_READY, FEED_WRITING };

struct waiter {
    struct call *call;
    bool has_alarm;
    uint32_t alarm_minutes;
};

/* What the worker does with the book of one feed. */
struct errand {
    struct feed *feed; /* NULL: nobody waits for it */
    char *state;
    char hash[HASH_TEXT_SIZE];
    struct text bytes;
    struct fault fault;
    bool is_done_well;
};

struct feed {
    struct feeds *feeds;
    char hash[HASH_TEXT_SIZE];
    enum feed_stage stage;
    struct book *book;
    struct errand *errand; /* under way */
    struct waiter waiters[FEED_WAITERS_MAX];
    size_t waiter_count;
    msec used_at; /* tick */
    bool is_forgotten;
    bool is_unkept; /* the book could not be written: it is tried again with the next build */

    /* The body that was made last; empty: none yet. */
    struct text body;
    char body_hash[HASH_TEXT_SIZE];
    char *file_name;
    bool has_alarm;
    uint32_t alarm_minutes;
    uint64_t seen; /* what it was made from, as engine_seen() gives it */
    msec from_at;
    msec made_at; /* tick */
};

struct feeds {
    struct daemon *daemon;
    struct map *held; /* hash -> feed */
};

struct feeds *feeds_new(struct daemon *daemon)
{
    struct feeds *feeds = memory_new(1, sizeof(*feeds));
    feeds->daemon = daemon;
    feeds->held = map_new();
    return feeds;
}

/* ---- errands ---- */

static struct errand *errand_new(const struct feeds *feeds, struct feed *feed, const char *hash)
{
    struct errand *errand = memory_new(1, sizeof(*errand));
    errand->feed = feed;
    errand->state = string_copy(feeds->daemon->state);
    memcpy(errand->hash, hash, HASH_TEXT_SIZE);
    return errand;
}

static void errand_free(struct errand *errand)
{
    if (errand == NULL)
        return;
    text_clear(&errand->bytes);
    free(errand->state);
    free(errand);
}

static void errand_load(void *item)
{
    struct errand *errand = item;
    errand->is_done_well =
        book_file_read(errand->state, errand->hash, &errand->bytes, &errand->fault);
}

static void errand_write(void *item)
{
    struct errand *errand = item;
    errand->is_done_well =
        book_file_write(errand->state, errand->hash, text_span(&errand->bytes), &errand->fault);
}

static void errand_remove(void *item)
{
    struct errand *errand = item;
    book_file_remove(errand->state, errand->hash);
}

static void errand_end(void *context UNUSED, void *item)
{
    errand_free(item);
}

/* ---- one feed ---- */

static void feed_free(struct feed *feed)
{
    errand_free(feed->errand);
    book_free(feed->book);
    text_clear(&feed->body);
    free(feed->file_name);
    free(feed);
}

void feeds_free(struct feeds *feeds)
{
    if (feeds == NULL)
        return;
    size_t cursor = 0;
    struct feed *feed;
    while ((feed = map_each(feeds->held, &cursor, NULL)) != NULL)
        feed_free(feed);
    map_free(feeds->held);
    free(feeds);
}

/* Whose feed it is by the policy in force; false: of nobody any more. */
static bool subject_find(const struct feeds *feeds, const char *hash, struct feed_subject *subject)
{
    const struct daemon *daemon = feeds->daemon;
    const struct credential *credential = keyring_find_feed(daemon->keyring, hash);
    const struct policy *policy = view_policy(daemon->engine);
    if (credential == NULL || policy == NULL)
        return false;
    *subject = (struct feed_subject){
        .team = credential->team == NULL ? NULL : policy_find_team(policy, credential->team),
        .user = credential->user == NULL ? NULL : policy_find_user(policy, credential->user)};
    return subject->team != NULL || subject->user != NULL;
}

/* A rota by what tells one version of it from another. */
static void rota_seen(struct text *text, const struct rota *rota)
{
    const int64_t parts[] = {rota->read_at, rota->from_at, rota->until_at, rota->is_stale,
                             (int64_t)rota->segment_count};
    text_add(text, rota->calendar);
    text_add(text, rota->layer == NULL ? "" : rota->layer);
    text_add_bytes(text, parts, sizeof(parts));
    text_add_bytes(text, &rota->segments, sizeof(rota->segments));
}

static void roster_seen(struct text *text, const struct roster *roster)
{
    for (size_t i = 0; i < roster->rota_count; i++)
        rota_seen(text, &roster->rotas[i]);
    for (size_t i = 0; i < roster->absence_count; i++) {
        const msec parts[] = {roster->absences[i].start_at, roster->absences[i].end_at};
        text_add(text, roster->absences[i].user);
        text_add_bytes(text, parts, sizeof(parts));
    }
    for (size_t i = 0; i < roster->holiday_count; i++) {
        const msec parts[] = {roster->holidays[i].start_at, roster->holidays[i].end_at};
        text_add_bytes(text, parts, sizeof(parts));
    }
}

/* A number that changes with everything that the answers of the engine rest on. */
static uint64_t engine_seen(const struct engine *engine)
{
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, view_policy(engine)->version);
    if (view_roster(engine) != NULL)
        roster_seen(&text, view_roster(engine));
    size_t cursor = 0;
    const struct override *override;
    while ((override = view_each_override(engine, &cursor)) != NULL) {
        const uint64_t parts[] = {override->id, override->version};
        text_add_bytes(&text, parts, sizeof(parts));
    }
    cursor = 0;
    const struct person *person;
    while ((person = view_each_person(engine, &cursor)) != NULL) {
        const msec parts[] = {person->rest_from_at, person->rest_until_at};
        if (person->rest_until_at == 0)
            continue;
        text_add(&text, person->user);
        text_add_bytes(&text, parts, sizeof(parts));
    }
    return map_hash(text.bytes, text.size);
}

/* The name of the house in UIDs: the host of its URL. */
static char *host_make(const struct daemon *daemon)
{
    const char *url = reload_config(daemon->reload)->url;
    const char *host = url == NULL ? NULL : strstr(url, "://");
    struct text text = {0};
    for (host = host == NULL ? "" : host + 3;
         isalnum((unsigned char)*host) || *host == '.' || *host == '-'; host++)
        text_add_char(&text, *host);
    if (text.size == 0)
        text_add(&text, HOST_FALLBACK);
    return text_take(&text);
}

static bool is_fresh(const struct feed *feed, const struct waiter *waiter, uint64_t seen)
{
    const struct daemon *daemon = feed->feeds->daemon;
    return feed->body.size > 0 && feed->seen == seen &&
           feed->from_at == feed_from(daemon->now.wall_at) &&
           daemon->tick_at - feed->made_at < FEED_KEEP_MS && feed->has_alarm == waiter->has_alarm &&
           feed->alarm_minutes == waiter->alarm_minutes;
}

/* Makes the body as this waiter wants it, unless it is there. */
static void feed_make(struct feed *feed, const struct feed_subject *subject,
                      const struct waiter *waiter)
{
    const struct daemon *daemon = feed->feeds->daemon;
    uint64_t seen = engine_seen(daemon->engine);
    if (is_fresh(feed, waiter, seen))
        return;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct feed_list list;
    char *host = host_make(daemon);
    feed_walk(&list, arena, daemon->engine, subject, host, feed->book, daemon->now.wall_at);
    free(host);
    text_reset(&feed->body);
    feed_render(&feed->body, &list, subject, feed_zone(view_policy(daemon->engine), subject),
                waiter->has_alarm, waiter->alarm_minutes);
    hash_text(text_span(&feed->body), feed->body_hash);
    free(feed->file_name);
    feed->file_name = string_format("oncall-%s.ics",
                                    subject->team != NULL ? subject->team->id : subject->user->id);
    feed->has_alarm = waiter->has_alarm;
    feed->alarm_minutes = waiter->alarm_minutes;
    feed->seen = seen;
    feed->from_at = list.from_at;
    feed->made_at = daemon->tick_at;
    if (feed->is_unkept)
        book_put_change(feed->book);
    feed->is_unkept = false;
    if (list.is_cut)
        log_warning("feed too long, its end is left out file=%s events=%zu", feed->file_name,
                    list.event_count);
}

static void feed_answer(const struct feed *feed, struct call *call)
{
    struct feed_body body = {.bytes = text_span(&feed->body),
                             .hash = feed->body_hash,
                             .modified_at = book_changed_at(feed->book),
                             .file_name = feed->file_name};
    call_answer_feed(call, &body);
}

static void book_written(void *context, void *item);

/* True when what the body says has to be put on disk first; then it is on its way. */
static bool feed_write(struct feed *feed)
{
    struct feeds *feeds = feed->feeds;
    if (!book_take_change(feed->book))
        return false;
    struct errand *errand = errand_new(feeds, feed, feed->hash);
    book_render(feed->book, &errand->bytes);
    if (!worker_post(feeds->daemon->worker, errand_write, book_written, NULL, errand)) {
        log_error("the book of feed %s is not kept: too much is waiting for the disk",
                  feed->file_name);
        errand_free(errand);
        feed->is_unkept = true;
        return false;
    }
    feed->errand = errand;
    feed->stage = FEED_WRITING;
    return true;
}

static void waiter_take(struct feed *feed)
{
    feed->waiter_count--;
    memmove(&feed->waiters[0], &feed->waiters[1], feed->waiter_count * sizeof(feed->waiters[0]));
}

/* Answers who waits, one after the other, until the disk has to be waited for again. */
static void feed_advance(struct feed *feed)
{
    feed->stage = FEED_READY;
    while (feed->waiter_count > 0) {
        struct feed_subject subject;
        struct call *call = feed->waiters[0].call;
        if (subject_find(feed->feeds, feed->hash, &subject)) {
            feed_make(feed, &subject, &feed->waiters[0]);
            if (feed_write(feed))
                return;
            feed_answer(feed, call);
        } else {
            call_fail_unavailable(call, "this feed was revoked while it was made");
        }
        waiter_take(feed);
        call_finish(call);
    }
}

/* ---- what the worker brings back ---- */

static void feed_drop(struct feed *feed)
{
    map_remove(feed->feeds->held, span_of(feed->hash));
    feed_free(feed);
}

/* After an errand: goes on, or away when it was revoked meanwhile. */
static void feed_resume(struct feed *feed)
{
    struct feeds *feeds = feed->feeds;
    feed_advance(feed);
    if (!feed->is_forgotten || feed->errand != NULL)
        return;
    struct errand *errand = errand_new(feeds, NULL, feed->hash);
    if (!worker_post(feeds->daemon->worker, errand_remove, errand_end, NULL, errand))
        errand_free(errand);
    feed_drop(feed);
}

static void book_written(void *context UNUSED, void *item)
{
    struct errand *errand = item;
    struct feed *feed = errand->feed;
    feed->is_unkept = !errand->is_done_well;
    if (feed->is_unkept)
        log_error("the book of feed %s is not kept: %s", feed->file_name, errand->fault.text);
    feed->errand = NULL;
    errand_free(errand);
    feed_resume(feed);
}

/* A book that is lost must not let sequences fall back: they begin at the minutes that the feed is
 * old, which is more than the changes it has seen. */
static struct book *book_begin_again(const struct feed *feed)
{
    const struct daemon *daemon = feed->feeds->daemon;
    const struct credential *credential = keyring_find_feed(daemon->keyring, feed->hash);
    msec age_ms = credential == NULL ? 0 : daemon->now.wall_at - credential->created_at;
    return book_new(age_ms < 0 ? 0 : (uint32_t)(age_ms / MINUTE_MS));
}

static void book_loaded(void *context UNUSED, void *item)
{
    struct errand *errand = item;
    struct feed *feed = errand->feed;
    bool has_bytes = errand->is_done_well && errand->bytes.size > 0;
    if (has_bytes && !book_parse(text_span(&errand->bytes), &feed->book, &errand->fault))
        errand->is_done_well = false;
    if (!errand->is_done_well)
        log_error("a feed begins its book again: %s", errand->fault.text);
    if (feed->book == NULL)
        feed->book = book_begin_again(feed);
    feed->errand = NULL;
    errand_free(errand);
    feed_resume(feed);
}

/* ---- asking ---- */

/* True when there is room for one more. */
static bool feeds_make_room(struct feeds *feeds)
{
    if (map_count(feeds->held) < FEEDS_HELD_MAX)
        return true;
    struct feed *oldest = NULL;
    size_t cursor = 0;
    struct feed *feed;
    while ((feed = map_each(feeds->held, &cursor, NULL)) != NULL)
        if (feed->stage == FEED_READY && (oldest == NULL || feed->used_at < oldest->used_at))
            oldest = feed;
    if (oldest != NULL)
        feed_drop(oldest);
    return oldest != NULL;
}

static struct feed *feed_hold(struct feeds *feeds, const char *hash)
{
    struct feed *feed = map_find(feeds->held, span_of(hash));
    if (feed != NULL)
        return feed;
    if (!feeds_make_room(feeds))
        return NULL;
    feed = memory_new(1, sizeof(*feed));
    feed->feeds = feeds;
    memcpy(feed->hash, hash, HASH_TEXT_SIZE);
    map_put(feeds->held, span_of(hash), feed);
    return feed;
}

static void feed_load(struct feed *feed)
{
    struct feeds *feeds = feed->feeds;
    struct errand *errand = errand_new(feeds, feed, feed->hash);
    if (worker_post(feeds->daemon->worker, errand_load, book_loaded, NULL, errand)) {
        feed->errand = errand;
        feed->stage = FEED_LOADING;
        return;
    }
    fault_set(&errand->fault, FAULT_LIMIT, "too much is waiting for the disk");
    book_loaded(NULL, errand);
}

/* When it was last used is for people to see, and for that once an hour is enough. */
static void feed_touch(const struct feeds *feeds, const char *hash)
{
    struct daemon *daemon = feeds->daemon;
    const struct credential *credential = keyring_find_feed(daemon->keyring, hash);
    msec now = daemon->now.wall_at;
    struct fault fault = {0};
    if (credential != NULL && now - credential->last_used_at >= CREDENTIAL_TOUCH_MS &&
        turns_are_ready(daemon->turns, &fault))
        keyring_touch(daemon->keyring, credential->name, now, turn_batch(daemon->turns));
}

static enum call_wait refuse(struct call *call, const char *why)
{
    call_fail_unavailable(call, why);
    return CALL_ANSWER_NOW;
}

bool feeds_has(const struct feeds *feeds, const char *hash)
{
    struct feed_subject subject;
    return subject_find(feeds, hash, &subject);
}

enum call_wait feeds_serve(struct feeds *feeds, struct call *call,
                           const struct feed_request *request)
{
    struct feed *feed = feed_hold(feeds, request->hash);
    if (feed == NULL || feed->waiter_count == FEED_WAITERS_MAX)
        return refuse(call, "too many feeds are asked for at once");
    struct waiter waiter = {call, request->has_alarm, request->alarm_minutes};
    feed->used_at = feeds->daemon->tick_at;
    feed_touch(feeds, request->hash);

    if (feed->stage == FEED_READY) {
        struct feed_subject subject;
        bool is_found = subject_find(feeds, request->hash, &subject);
        assert(is_found);
        assert(feed->waiter_count == 0);
        feed_make(feed, &subject, &waiter);
        if (!feed_write(feed)) {
            feed_answer(feed, call);
            return CALL_ANSWER_NOW;
        }
    }
    feed->waiters[feed->waiter_count++] = waiter;
    if (feed->stage == FEED_NEW)
        feed_load(feed);
    return CALL_HANDED_OVER;
}

void feeds_forget(struct feeds *feeds, const char *hash)
{
    struct feed *feed = map_find(feeds->held, span_of(hash));
    if (feed != NULL && feed->errand != NULL) {
        feed->is_forgotten = true;
        return;
    }
    if (feed != NULL)
        feed_drop(feed);
    struct errand *errand = errand_new(feeds, NULL, hash);
    if (!worker_post(feeds->daemon->worker, errand_remove, errand_end, NULL, errand))
        errand_free(errand);
}

void feeds_give_up(struct feeds *feeds, const struct fault *why)
{
    size_t cursor = 0;
    struct feed *feed;
    while ((feed = map_each(feeds->held, &cursor, NULL)) != NULL) {
        while (feed->waiter_count > 0) {
            struct call *call = feed->waiters[0].call;
            waiter_take(feed);
            call_fail_unavailable(call, why->text);
            call_finish(call);
        }
    }
}
