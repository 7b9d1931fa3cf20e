/* SPDX-License-Identifier: MIT */
#include "daemon/reply_swap.h"

#include <inttypes.h>

#include "base/arena.h"
#include "daemon/aim.h"
#include "daemon/away.h"
#include "daemon/daemon.h"
#include "daemon/letters.h"
#include "engine/engine.h"
#include "engine/words.h"
#include "http/house.h"

/* The swaps that a reply can be about. */
struct question {
    const struct swap *newest; /* open and not answered; else what was answered or is over */
    size_t open_count;
};

static const struct swap_asked *asked_find(const struct swap *swap, const char *user)
{
    for (size_t i = 0; i < swap->asked_count; i++) {
        if (string_is(swap->asked[i].user, user))
            return &swap->asked[i];
    }
    return NULL;
}

static struct question question_of(const struct daemon *daemon, const char *user)
{
    struct question question = {0};
    const struct swap *past = NULL;
    const struct swap *swap;
    size_t cursor = 0;
    while ((swap = view_each_swap(daemon->engine, &cursor)) != NULL) {
        const struct swap_asked *asked = asked_find(swap, user);
        if (asked == NULL)
            continue;
        bool is_open = swap->state == SWAP_OPEN && asked->reply == SWAP_SILENT;
        const struct swap **place = is_open ? &question.newest : &past;
        question.open_count += is_open;
        if (*place == NULL || (*place)->id < swap->id)
            *place = swap;
    }
    if (question.newest == NULL)
        question.newest = past;
    return question;
}

uint64_t reply_swap_open(const struct daemon *daemon, const char *user)
{
    struct question question = question_of(daemon, user);
    return question.open_count > 0 ? question.newest->id : 0;
}

static msec page_at(const struct page *page)
{
    return page->sent_at != 0 ? page->sent_at : page->created_at;
}

static bool page_is_for(const struct page *page, const struct reply_swap_in *in)
{
    return string_is(page->user, in->user->id) && string_is(page->channel, in->in->channel) &&
           string_is(page->address, in->address);
}

/* When the last question went out to that address; 0: none has. */
static msec question_at(const struct daemon *daemon, const struct reply_swap_in *in)
{
    msec at = 0;
    size_t cursor = 0;
    const struct page *page;
    while ((page = view_each_page(daemon->engine, &cursor)) != NULL) {
        bool is_out = page->state == PAGE_SENT || page->state == PAGE_DELIVERED;
        if (page->kind == PAGE_SWAP && is_out && page_is_for(page, in) && page_at(page) > at)
            at = page_at(page);
    }
    return at;
}

/* Can a key mean an alarm rather than the question that went out then? */
static bool is_of_page(const struct daemon *daemon, const struct reply_swap_in *in, msec asked_at)
{
    uint64_t number;
    if (view_paging(daemon->engine, in->user->id, &number, 1) > 0)
        return true;
    size_t cursor = 0;
    const struct page *page;
    while ((page = view_each_page(daemon->engine, &cursor)) != NULL) {
        if (!page_is_alarm(page->kind) || page->incident == 0 || !page_is_for(page, in))
            continue;
        const struct incident *incident = view_incident(daemon->engine, page->incident);
        bool is_open = incident != NULL && incident->state != INCIDENT_RESOLVED;
        if (page_at(page) >= asked_at - (is_open ? REPLY_SWAP_APART_MS : 0))
            return true;
    }
    return false;
}

/* Is that key, which names nothing, an answer to a swap? */
static bool key_is_of_swap(const struct daemon *daemon, const struct reply_swap_in *in)
{
    const struct reply *reply = in->reply;
    if ((reply->key != '4' && reply->key != '5') || reply->incident != 0 || reply->is_all ||
        in->in->page != 0 || in->in->incident != 0 || in->address == NULL)
        return false;
    msec asked_at = question_at(daemon, in);
    return asked_at != 0 && daemon->now.wall_at - asked_at >= REPLY_SEEN_MS &&
           !is_of_page(daemon, in, asked_at);
}

/* "w3 (Dan), w4 (Eve)": what could be meant. */
static const char *open_ones(const struct daemon *daemon, const struct reply_swap_in *in)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct swap *swap;
    size_t cursor = 0;
    while ((swap = view_each_swap(daemon->engine, &cursor)) != NULL) {
        const struct swap_asked *asked = asked_find(swap, in->user->id);
        if (asked == NULL || asked->reply != SWAP_SILENT || swap->state != SWAP_OPEN)
            continue;
        text_addf(&text, "%sw%" PRIu64 " (%s)", text.size > 0 ? ", " : "", swap->id,
                  letter_name(view_policy(daemon->engine), swap->user, in->arena));
    }
    return arena_copy(in->arena, text_string(&text));
}

/* "ops primary Sat 28 Nov 09:00 to Sat 28 Nov 21:00" as the reader's clock has it. */
static const char *part_of(const struct daemon *daemon, const struct swap *swap,
                           const struct reply_swap_in *in)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct zone *zone =
        in->user->zone != NULL ? in->user->zone : view_policy(daemon->engine)->zone;
    text_addf(&text, "%s %s ", swap->team, role_name(swap->role));
    words_add_time(&text, zone, swap->from_at);
    text_add(&text, " to ");
    words_add_time(&text, zone, swap->until_at);
    return arena_copy(in->arena, text_string(&text));
}

static void answer_step(struct daemon *daemon, const struct reply_swap_in *in, bool is_yes,
                        struct reply_swap_out *out)
{
    struct event event = {.kind = EVENT_SWAP_ANSWER,
                          .actor = in->user->id,
                          .via = in->in->via,
                          .id = out->swap,
                          .is_yes = is_yes,
                          .target = {.kind = TARGET_COUNT}};
    struct answer answer = {.kind = ANSWER_DONE};
    const struct house *house = daemon->house;
    house->step(house->context, &event, &answer);
    const struct swap *swap = view_swap(daemon->engine, out->swap);
    bool is_own = swap != NULL && swap->state == SWAP_TAKEN && is_yes &&
                  string_is(swap->taken_by, in->user->id); /* the same answer twice */
    if (swap != NULL && (answer.kind == ANSWER_DONE || is_own)) {
        out->kind = is_yes ? RETORT_SWAP_YES : RETORT_SWAP_NO;
        out->remark = part_of(daemon, swap, in);
    } else if (answer.kind == ANSWER_FULL) {
        /* Whoever goes on elsewhere may have given it to somebody else: no promise is made. */
        out->kind = away_is_on(daemon->away) ? RETORT_AWAY : RETORT_LOST;
    } else {
        out->kind = RETORT_SWAP_REFUSED;
        out->remark = arena_copy(in->arena, answer.text);
    }
}

bool reply_answers_swap(struct daemon *daemon, const struct reply_swap_in *in,
                        struct reply_swap_out *out)
{
    enum reply_verb verb = in->reply->verb;
    bool is_word = verb == REPLY_YES || verb == REPLY_NO;
    struct question question = question_of(daemon, in->user->id);
    if (question.newest == NULL || (!is_word && question.open_count == 0))
        return false;
    if (!is_word && !key_is_of_swap(daemon, in))
        return false;
    *out = (struct reply_swap_out){.swap = in->reply->swap};
    if (out->swap == 0)
        out->swap = question.newest->id;
    if (in->reply->swap == 0 && question.open_count > 1) {
        out->kind = RETORT_SWAP_WHICH;
        out->remark = open_ones(daemon, in);
        return true;
    }
    answer_step(daemon, in, is_word ? verb == REPLY_YES : in->reply->key == '4', out);
    return true;
}
