/* SPDX-License-Identifier: MIT */
#include "daemon/post.h"

#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#include "base/log.h"
#include "base/map.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/callbacks.h"
#include "daemon/channels.h"
#include "daemon/child.h"
#include "daemon/daemon.h"
#include "daemon/departures.h"
#include "daemon/held.h"
#include "daemon/leavings.h"
#include "daemon/letterbox.h"
#include "daemon/letters.h"
#include "daemon/links.h"
#include "daemon/lives.h"
#include "daemon/page_key.h"
#include "daemon/providers.h"
#include "daemon/receipts.h"
#include "daemon/reload.h"
#include "daemon/stops.h"
#include "daemon/storeroom.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "engine/sentence.h"
#include "notify/courier/courier.h"

/* Ids of jobs that are not pages. */
#define FETCH_BIT (UINT64_C(1) << 63)
#define EMERGENCY_BIT (UINT64_C(1) << 62)
#define SECOND_BIT (UINT64_C(1) << 45) /* it is with the second provider */
#define ATTEMPT_SHIFT 46 /* the courier's id of a page: its attempt, its provider, then its own */
#define PAGE_MASK (SECOND_BIT - 1)

#define COURIER_RESTART_MS (1 * SECOND_MS) /* after one that died young */
#define COURIER_ASK_MS (5 * SECOND_MS)     /* for a sign of life */
#define COURIER_OWED_MAX 3                 /* signs; one more and it is taken for dead */
#define EMERGENCY_WAIT_MS (10 * SECOND_MS)

struct post_fetch {
    post_fetched *done;
    post_carried *carried; /* of post_carry(): instead of `done` */
    void *context;
};

struct post {
    struct daemon *daemon;
    struct arena *arena;
    struct child child;
    pid_t killed; /* the one before, until it is reaped; 0: none */
    struct courier_link *link;
    struct watch watch;
    bool is_watching_write;
    msec started_at; /* tick, of the courier */
    msec restart_at; /* tick; MSEC_NEVER when none is due */
    msec ask_at;     /* tick; whether the courier is alive */
    struct held held;
    struct leavings *leavings;
    struct receipts *receipts;
    struct providers *providers;
    struct map *fetches; /* id -> post_fetch */
    uint64_t next_fetch;
    msec emergency_at;      /* tick; when to end; MSEC_NEVER */
    size_t emergency_count; /* letters not yet answered */
    uint64_t restarts;
    uint64_t sent;
    uint64_t failed;
};

struct post *post_new(struct daemon *daemon)
{
    struct post *post = memory_new(1, sizeof(*post));
    post->daemon = daemon;
    post->arena = arena_new();
    post->fetches = map_new();
    post->leavings = leavings_new();
    post->receipts = receipts_new(daemon);
    post->providers = providers_new(daemon);
    post->restart_at = MSEC_NEVER;
    post->emergency_at = MSEC_NEVER;
    return post;
}

static struct span id_span(const uint64_t *id)
{
    return (struct span){(const char *)id, sizeof(*id)};
}

static void post_reap_killed(struct post *post)
{
    if (post->killed != 0 && waitpid(post->killed, NULL, WNOHANG) == post->killed)
        post->killed = 0;
}

static void post_unlink(struct post *post)
{
    if (post->link == NULL)
        return;
    loop_remove(post->daemon->loop, &post->watch);
    courier_link_free(post->link);
    post->link = NULL;
    if (post->child.pid == 0)
        return;
    kill(post->child.pid, SIGKILL); /* what cannot be talked to any more */
    post_reap_killed(post);
    post->killed = post->child.pid;
    post->child.pid = 0;
}

void post_free(struct post *post)
{
    if (post == NULL)
        return;
    post_unlink(post);
    size_t cursor = 0;
    struct post_fetch *fetch;
    while ((fetch = map_each(post->fetches, &cursor, NULL)) != NULL)
        free(fetch);
    map_free(post->fetches);
    arena_free(post->arena);
    held_clear(&post->held);
    leavings_free(post->leavings);
    receipts_free(post->receipts);
    providers_free(post->providers);
    free(post);
}

/* `id`: of the page, with or without its attempt; `error` is the text of it. */
static void post_tell(struct post *post, uint64_t id, const struct verdict *verdict,
                      const char *error)
{
    struct event event = {.kind = EVENT_PAGE_OUTCOME,
                          .actor = "pagerd",
                          .via = "courier",
                          .id = id & PAGE_MASK,
                          .attempt = (uint16_t)(id >> ATTEMPT_SHIFT),
                          .outcome = verdict->outcome,
                          .is_provider_fault = verdict->is_provider_fault,
                          .is_link_refused = verdict->is_link_refused,
                          .provider = (id & ~PAGE_MASK) == 0   ? 0
                                      : (id & SECOND_BIT) != 0 ? 2
                                                               : 1,
                          .reference = verdict->reference,
                          .text = error};
    leavings_end(post->leavings, event.id, event.attempt);
    links_note(post->daemon, &event);
    turn_step(post->daemon->turns, &event, NULL);
    if (verdict->outcome == OUTCOME_SENT || verdict->outcome == OUTCOME_DELIVERED)
        post->sent++;
    else
        post->failed++;
}

/* What is known here, without the provider having been asked. */
static void post_outcome(struct post *post, uint64_t id, enum page_outcome outcome,
                         const char *error)
{
    post_tell(post, id, &(struct verdict){.outcome = outcome}, error);
}

static void post_fetch_end(struct post *post, uint64_t id, const struct fetched *fetched)
{
    struct post_fetch *fetch = map_remove(post->fetches, id_span(&id));
    if (fetch == NULL)
        return;
    fetch->done(fetch->context, fetched);
    free(fetch);
}

/* False: it is not of post_carry(). */
static bool post_carry_end(struct post *post, uint64_t id, const struct result *result)
{
    struct post_fetch *fetch = map_find(post->fetches, id_span(&id));
    if (fetch == NULL || fetch->carried == NULL)
        return false;
    map_remove(post->fetches, id_span(&id));
    fetch->carried(fetch->context, result);
    free(fetch);
    return true;
}

static void post_fetches_fail(struct post *post, const char *problem)
{
    size_t cursor = 0;
    struct span key;
    while (map_each(post->fetches, &cursor, &key) != NULL) {
        uint64_t id;
        memcpy(&id, key.bytes, sizeof(id));
        struct result lost = {
            .end = TRANSFER_UNCERTAIN, .error = problem, .etag = "", .last_modified = ""};
        if (!post_carry_end(post, id, &lost))
            post_fetch_end(post, id, &(struct fetched){.problem = problem});
    }
}

/* The courier's socket broke: everything it had is of unknown outcome. */
static void post_lost(struct post *post, const char *why)
{
    log_error("courier lost: %s", why);
    post_unlink(post);
    bool was_young = post->daemon->tick_at - post->started_at < COURIER_RESTART_MS;
    post->restart_at = post->daemon->tick_at + (was_young ? COURIER_RESTART_MS : 0);
    post->restarts++;
    leavings_lost(post->leavings);
    if (!was_young)
        post_start(post);
    turn_step(post->daemon->turns,
              &(struct event){.kind = EVENT_COURIER_LOST, .actor = "pagerd", .via = "courier"},
              NULL);
    post_fetches_fail(post, "the courier died while it fetched");
}

static void post_fetch_result(struct post *post, uint64_t id, const struct result *result)
{
    char problem[RESULT_ERROR_SIZE + 64] = "";
    bool goes_on = result->end == TRANSFER_GOES_ON;
    if (result->end != TRANSFER_ANSWERED && !goes_on)
        snprintf(problem, sizeof(problem), "%s%s", fetch_problem(result->end), result->error);
    bool is_answered = result->end == TRANSFER_ANSWERED || goes_on;
    struct fetched fetched = {.status = is_answered ? result->code : 0,
                              .bytes = result->body.bytes,
                              .size = result->body.size,
                              .etag = result->etag,
                              .last_modified = result->last_modified,
                              .problem = problem,
                              .goes_on = goes_on,
                              .retry_after_ms = result->retry_after_s * SECOND_MS};
    const struct post_fetch *fetch = goes_on ? map_find(post->fetches, id_span(&id)) : NULL;
    if (fetch != NULL)
        fetch->done(fetch->context, &fetched);
    if (!goes_on)
        post_fetch_end(post, id, &fetched);
}

/* It was begun too late, and departs anew: not from here, where the courier is being heard. */
static bool post_again(struct post *post, uint64_t id)
{
    char token[TOKEN_TEXT_SIZE];
    uint16_t attempt = (uint16_t)(id >> ATTEMPT_SHIFT);
    if (!leavings_again(post->leavings, id & PAGE_MASK, attempt, token))
        return false;
    log_warning("page not begun in time, it departs anew page=%" PRIu64, id & PAGE_MASK);
    struct departures_now unsure = {.tick_at = post->daemon->tick_at, .confirmed_ms = HOUR_MS};
    departures_add(post->daemon->departures, unsure, id & PAGE_MASK, attempt, token);
    return true;
}

static void post_result(void *context, uint64_t id, const struct result *result)
{
    struct post *post = context;
    if ((id & FETCH_BIT) != 0) {
        if (!post_carry_end(post, id, result))
            post_fetch_result(post, id, result);
        return;
    }
    if ((id & EMERGENCY_BIT) != 0) {
        if (post->emergency_count > 0 && --post->emergency_count == 0 &&
            post->emergency_at != MSEC_NEVER)
            post->emergency_at = post->daemon->tick_at;
        return;
    }
    const struct page *page = view_page(post->daemon->engine, id & PAGE_MASK);
    if (page == NULL || (result->end == TRANSFER_LATE && post_again(post, id)))
        return; /* overtaken: nobody waits for it any more; or it leaves once more */
    struct channel_settings settings;
    const struct config *config = reload_config(post->daemon->reload);
    const struct channel *channel =
        channel_configured(config, page->channel, (id & SECOND_BIT) != 0, &settings);
    if (channel == NULL || channel->render == NULL) {
        post_outcome(post, id, OUTCOME_FAILED, "this channel is not configured any more");
        return;
    }
    struct verdict verdict = {0};
    channel->judge(result, &settings, &verdict);
    post_tell(post, id, &verdict, verdict.error);
    if (verdict.outcome == OUTCOME_SENT)
        receipts_watch(post->receipts, id & PAGE_MASK, (uint16_t)(id >> ATTEMPT_SHIFT),
                       (id & SECOND_BIT) != 0, verdict.reference);
}

static void post_watch_write(struct post *post)
{
    bool wants_write = post->link != NULL && courier_link_wants_write(post->link);
    if (post->link == NULL || wants_write == post->is_watching_write)
        return;
    post->is_watching_write = wants_write;
    loop_change(post->daemon->loop, &post->watch, wants_write ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void post_ready(void *context, uint32_t events)
{
    struct post *post = context;
    struct fault fault = {0};
    bool is_well = true;
    if ((events & EPOLLOUT) != 0)
        is_well = courier_link_flush(post->link, &fault);
    if (is_well && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        is_well = courier_link_receive(post->link, post_result, post, &fault);
    if (!is_well)
        post_lost(post, fault.text);
    post_watch_write(post);
}

static void post_send_held(struct post *post)
{
    struct held held = post->held;
    post->held = (struct held){0};
    for (size_t i = 0; i < held.count; i++)
        post_send(post, held.list[i].page, held.list[i].token);
    held_clear(&held);
}

void post_start(struct post *post)
{
    struct fault fault = {0};
    post->started_at = post->daemon->tick_at;
    if (!child_start("--courier", &post->child, &fault)) {
        log_error("%s", fault.text);
        post->restart_at = post->daemon->tick_at + COURIER_RESTART_MS;
        return;
    }
    post->restart_at = MSEC_NEVER;
    post->link = courier_link_new(post->child.fd);
    post->watch =
        (struct watch){.fd = courier_link_fd(post->link), .ready = post_ready, .context = post};
    post->is_watching_write = false;
    post->ask_at = post->daemon->tick_at + COURIER_ASK_MS;
    loop_add(post->daemon->loop, &post->watch, EPOLLIN);
    log_info("courier started pid=%d", (int)post->child.pid);
    post_send_held(post);
}

void post_reap(struct post *post)
{
    post_reap_killed(post);
    if (post->child.pid == 0 || waitpid(post->child.pid, NULL, WNOHANG) != post->child.pid)
        return;
    post->child.pid = 0;
    if (post->link != NULL)
        post_lost(post, "it ended");
}

/* A channel without a network: the demo's inbox has it at once. */
static void post_keep(struct post *post, const struct page *page, const struct letter *letter,
                      const struct request *request)
{
    const struct policy *policy = view_policy(post->daemon->engine);
    struct inbox_letter kept = {.page = page->id,
                                .incident = page->incident,
                                .kind = "SMS",
                                .text = request->text,
                                .at = post->daemon->now.wall_at};
    if (letter->severity == SEVERITY_WARNING)
        kept.subject = letter_title(letter, post->arena);
    letterbox_put(post->daemon->letterbox, page->user, &kept,
                  post->daemon->demo != NULL ? policy->zone : NULL);
    post_outcome(post, page->id, OUTCOME_DELIVERED, "");
}

static void post_hand_over(struct post *post, uint64_t id, const char *channel,
                           const struct request *request)
{
    struct fault fault = {0};
    struct job job = {.id = id,
                      .channel = channel,
                      .not_after = leavings_not_after(post->leavings, id & PAGE_MASK,
                                                      storeroom_confirmed(post->daemon)),
                      .request = *request};
    job.request.allow = reload_config(post->daemon->reload)->private_networks;
    if (!courier_link_send(post->link, &job, &fault)) {
        bool is_final = fault.kind == FAULT_INPUT;
        if (fault.kind == FAULT_PEER) /* whatever that courier had is sent again at once */
            post_lost(post, fault.text);
        else
            post_outcome(post, id, is_final ? OUTCOME_FAILED : OUTCOME_RETRY, fault.text);
    }
    post_watch_write(post);
}

void post_send(struct post *post, uint64_t id, const char *token)
{
    struct daemon *daemon = post->daemon;
    const struct page *page = view_page(daemon->engine, id);
    if (page == NULL || (page->state != PAGE_QUEUED && page->state != PAGE_SENDING))
        return;
    if (stops_objection(daemon, page) != NULL) {
        post_outcome(post, id, OUTCOME_FAILED, stops_objection(daemon, page));
        return;
    }
    if (post->link == NULL) {
        if (!held_put(&post->held, id, token))
            post_outcome(post, id, OUTCOME_RETRY, "the courier is being started again");
        return;
    }

    if (daemon->nodes != NULL)
        leavings_note(post->leavings, id, page->attempt, token);
    struct channel_settings settings;
    arena_reset(post->arena);
    const struct config *config = reload_config(daemon->reload);
    bool is_second = page->is_second && config_find_channel(config, page->channel, true) != NULL;
    const struct channel *channel = channel_configured(config, page->channel, is_second, &settings);
    if (channel == NULL || channel->render == NULL) {
        post_outcome(post, id, OUTCOME_FAILED, "this channel is not configured any more");
        return;
    }
    struct letter letter;
    struct request request = {0};
    struct fault fault = {0};
    letter_fill(daemon, page, token, post->arena, &letter);
    letter.callback =
        callback_address(config, page->channel, is_second, id, page->attempt, post->arena);
    letter.key = page_key(page, config, &settings, post->arena);
    log_info("page handed over page=%" PRIu64 " incident=%" PRIu64 " user=%s channel=%s", id,
             page->incident, page->user, page->channel);
    if (!channel->render(&letter, &settings, post->arena, &request, &fault))
        post_outcome(post, id, OUTCOME_FAILED, fault.text);
    else if (request.kind == REQUEST_NONE)
        post_keep(post, page, &letter, &request);
    else
        post_hand_over(
            post, id | (is_second ? SECOND_BIT : 0) | (uint64_t)page->attempt << ATTEMPT_SHIFT,
            is_second ? arena_format(post->arena, "%s-2", page->channel) : page->channel, &request);
}

void post_fetch(struct post *post, const struct fetch_order *order, post_fetched *done,
                void *context)
{
    struct request request = {0};
    struct fault fault = {0};
    arena_reset(post->arena);
    if (post->link == NULL || map_count(post->fetches) >= POST_FETCHES_MAX) {
        done(context, &(struct fetched){.problem = "the courier is busy or being started again"});
        return;
    }
    uint64_t id = FETCH_BIT | ++post->next_fetch;
    struct job job = {.id = id, .channel = order->channel != NULL ? order->channel : "calendar"};
    bool is_sent = request_fetch(order, post->arena, &request, &fault);
    if (order->is_guarded)
        request.allow = reload_config(post->daemon->reload)->private_networks;
    job.request = request;
    if (!is_sent || !courier_link_send(post->link, &job, &fault)) {
        done(context, &(struct fetched){.problem = fault.text});
        return;
    }
    struct post_fetch *fetch = memory_new(1, sizeof(*fetch));
    *fetch = (struct post_fetch){.done = done, .context = context};
    map_put(post->fetches, id_span(&id), fetch);
    post_watch_write(post);
}

void post_carry(struct post *post, const char *channel, const struct request *request,
                post_carried *done, void *context)
{
    struct fault fault = {0};
    struct result failed = {.end = TRANSFER_BROKEN,
                            .error = "the courier is busy or being started again",
                            .etag = "",
                            .last_modified = ""};
    if (post->link == NULL || map_count(post->fetches) >= POST_FETCHES_MAX) {
        done(context, &failed);
        return;
    }
    uint64_t id = FETCH_BIT | ++post->next_fetch;
    struct job job = {.id = id, .channel = channel, .request = *request};
    job.request.allow = reload_config(post->daemon->reload)->private_networks;
    if (!courier_link_send(post->link, &job, &fault)) {
        failed.end = fault.kind == FAULT_INPUT ? TRANSFER_INVALID : TRANSFER_BROKEN;
        failed.error = fault.text;
        done(context, &failed);
        return;
    }
    struct post_fetch *fetch = memory_new(1, sizeof(*fetch));
    *fetch = (struct post_fetch){.carried = done, .context = context};
    map_put(post->fetches, id_span(&id), fetch);
    post_watch_write(post);
}

/* One emergency letter to one contact; nothing of it is on disk. */
static void post_alarm(struct post *post, const struct user *user, const struct contact *contact,
                       const char *text)
{
    const struct config *config = reload_config(post->daemon->reload);
    struct channel_settings settings;
    const struct channel *channel = channel_configured(config, contact->channel, false, &settings);
    if (channel == NULL || post->link == NULL)
        return;
    struct page page = {.kind = PAGE_NOTICE,
                        .user = (char *)user->id,
                        .channel = (char *)contact->channel,
                        .address = (char *)contact->address,
                        .text = (char *)text};
    struct letter letter;
    struct request request = {0};
    struct fault fault = {0};
    letter_fill(post->daemon, &page, "", post->arena, &letter);
    if (!channel->render(&letter, &settings, post->arena, &request, &fault) ||
        request.kind == REQUEST_NONE)
        return;
    struct job job = {
        .id = EMERGENCY_BIT | ++post->next_fetch, .channel = contact->channel, .request = request};
    job.request.allow = config->private_networks;
    if (courier_link_send(post->link, &job, &fault))
        post->emergency_count++;
}

uint64_t post_late_count(const struct post *post)
{
    return leavings_late_count(post->leavings);
}

bool post_has_courier(const struct post *post)
{
    return post->link != NULL;
}

void post_shout(struct post *post, const char *text)
{
    const struct policy *policy = view_policy(post->daemon->engine);
    for (size_t i = 0; i < policy->user_count; i++) {
        const struct user *user = &policy->users[i];
        for (size_t j = 0; user->is_admin && j < user->contact_count; j++)
            post_alarm(post, user, &user->contacts[j], text);
    }
    post_watch_write(post);
}

size_t post_shouts_waiting(const struct post *post)
{
    return post->link == NULL ? 0 : post->emergency_count;
}

void post_emergency(struct post *post, const char *why)
{
    CLEANUP(text_clear) struct text text = {0};
    sentence_say(&text, reload_language(post->daemon->reload), SENTENCE_DISK_FAILED,
                 saying_text("why", why));
    if (lives_may_tell_of_disk(post->daemon->lives, post->daemon->now.wall_at)) {
        post_shout(post, text_string(&text));
        lives_keep(post->daemon->lives);
    }
    msec wait_ms = post->emergency_count > 0 ? EMERGENCY_WAIT_MS : 0;
    post->emergency_at = post->daemon->tick_at + wait_ms;
}

/* One that hangs keeps its socket open: only its silence tells. */
static void post_ask(struct post *post)
{
    post->ask_at = post->daemon->tick_at + COURIER_ASK_MS;
    if (courier_link_ask(post->link) > COURIER_OWED_MAX)
        post_lost(post, "it does not answer");
    post_watch_write(post);
}

msec post_next_due(const struct post *post)
{
    msec now = post->daemon->tick_at;
    msec due_at = post->restart_at < post->emergency_at ? post->restart_at : post->emergency_at;
    if (post->link != NULL && post->ask_at < due_at)
        due_at = post->ask_at;
    msec wait_ms = due_at == MSEC_NEVER ? MSEC_NEVER : due_at > now ? due_at - now : 0;
    msec others[] = {receipts_next_due(post->receipts), providers_next_due(post->providers)};
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        wait_ms = others[i] < wait_ms ? others[i] : wait_ms;
    return wait_ms;
}

void post_tick(struct post *post)
{
    msec now = post->daemon->tick_at;
    if (post->restart_at <= now && post->link == NULL)
        post_start(post);
    if (post->link != NULL && post->ask_at <= now)
        post_ask(post);
    if (post->emergency_at <= now)
        daemon_end(post->daemon, 1);
    receipts_tick(post->receipts);
    providers_tick(post->providers);
}

void post_status(const struct post *post, struct json_writer *writer)
{
    json_begin_object(writer, NULL);
    json_put_bool(writer, "alive", post->link != NULL);
    json_put_integer(writer, "restarts", (int64_t)post->restarts);
    json_put_integer(writer, "sent", (int64_t)post->sent);
    json_put_integer(writer, "failed", (int64_t)post->failed);
    json_end_object(writer);
}
