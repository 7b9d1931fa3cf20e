/* SPDX-License-Identifier: MIT */
#include "daemon/reply_proof.h"

#include "base/arena.h"
#include "daemon/away.h"
#include "daemon/codes.h"
#include "daemon/daemon.h"
#include "daemon/reload.h"
#include "daemon/reply_swap.h"
#include "engine/engine.h"
#include "http/house.h"
#include "notify/notify.h"

/* Of no incident: what the letter has beside is all that there is to say. */
static void answer_add(const struct daemon *daemon, enum retort_kind kind, struct letter *letter,
                       struct text *answer)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    letter->words = reload_words(daemon->reload);
    text_add(answer, retort_sms(&(struct retort){kind, letter}, arena));
}

bool reply_enters_code(struct daemon *daemon, const struct reply_in *in, const struct user *user,
                       struct arena *arena, struct text *answer)
{
    struct span line = span_trim(reply_own_line(in->text));
    uint64_t number = 0;
    if (in->verb != REPLY_UNKNOWN || !code_is_one(line))
        return false;
    for (size_t i = 0; i < line.size; i++)
        number = number * 10 + (uint64_t)(line.bytes[i] - '0');
    if (view_incident(daemon->engine, number) != NULL)
        return false;
    struct event event = {.kind = EVENT_CODE,
                          .actor = user->id,
                          .via = in->via,
                          .text = arena_copy_span(arena, line),
                          .target = {.kind = TARGET_COUNT}};
    struct answer done = {.kind = ANSWER_DONE};
    const struct house *house = daemon->house;
    house->step(house->context, &event, &done);
    bool is_away = done.kind == ANSWER_FULL && away_is_on(daemon->away);
    if (done.kind != ANSWER_DONE && done.kind != ANSWER_INVALID && !is_away)
        return false;
    enum retort_kind kind = is_away                    ? RETORT_AWAY
                            : done.kind == ANSWER_DONE ? RETORT_VERIFIED
                                                       : RETORT_CODE;
    answer_add(daemon, kind, &(struct letter){.remark = done.text}, answer);
    return true;
}

bool reply_passes_test(struct daemon *daemon, const struct reply_in *in, const struct user *user,
                       const struct reply *reply, struct text *answer)
{
    const struct engine *engine = daemon->engine;
    const struct proof *proof = view_proof(engine, user->id, in->channel);
    enum reply_verb verb = reply->verb;
    if (proof == NULL || proof->test != TEST_SENT || verb == REPLY_UNKNOWN || verb == REPLY_STOP ||
        verb == REPLY_START)
        return false;
    struct event event = {.kind = EVENT_TEST_ANSWER,
                          .actor = user->id,
                          .via = in->via,
                          .text = in->channel,
                          .target = {.kind = TARGET_COUNT}};
    struct answer done = {.kind = ANSWER_DONE};
    uint64_t number;
    bool is_of_page = in->page != 0 && in->page == proof->test_page;
    bool is_about_none = in->page == 0 && in->incident == 0 && reply->incident == 0 &&
                         view_paging(engine, user->id, &number, 1) == 0;
    bool is_of_swap =
        (verb == REPLY_YES || verb == REPLY_NO) && reply_swap_open(daemon, user->id) != 0;
    const struct house *house = daemon->house;
    house->step(house->context, &event, &done);
    if (done.kind != ANSWER_DONE || is_of_swap || (!is_of_page && !is_about_none))
        return false;
    msec took_ms = daemon->now.wall_at - done.at;
    answer_add(daemon, RETORT_PROVED, &(struct letter){.duration_ms = took_ms > 0 ? took_ms : 1},
               answer);
    return true;
}
