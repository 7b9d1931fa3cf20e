/* SPDX-License-Identifier: MIT */
/*
 * ack.c - the page behind the link of a page: one person, one incident.
 *
 * GET shows and changes nothing, for scanners and previews open every link; only the buttons act,
 * by POST, and the answer is a redirect so that a reload is harmless. What a button does is
 * done in the name of the person whom the link was cut for.
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "base/utf8.h"
#include "http/act.h"
#include "http/request.h"
#include "http/route.h"
#include "http/say.h"
#include "http/ui/page.h"
#include "http/ui/sight.h"

#define UNKNOWN_LINKS_MAX 10 /* per address and minute answered with 404, then 429 */
#define SNOOZE_MS HOUR_MS
#define NOTE_FIELD_MAX 500

/* The same page and the same work for whatever leads nowhere. */
static void answer_unknown(struct call *call)
{
    bool has_budget = !call->guard || budget_spend(&call->guard->links, call->peer.address,
                                                   UNKNOWN_LINKS_MAX, call->arrived_at);
    if (!has_budget)
        call->retry_after_s = 60;
    page_message(call, has_budget ? 404 : 429, "This link leads nowhere",
                 "It is old, or something of it got lost on the way. What is open you see with "
                 "pagectl; the incident goes on being passed on until somebody has it.");
}

static bool sight_find(struct sight *sight, struct call *call, struct house *house)
{
    char hash[HASH_TEXT_SIZE];
    *sight = (struct sight){.house = house, .policy = view_policy(house->engine)};
    if (!sight->policy || !token_normalize(span_of(call->parts[0]), sight->link))
        return false;

    hash_text(span_of(sight->link), hash);
    sight->token = house->token_find(house->context, hash);
    sight->now = house->now(house->context);
    if (!sight->token || sight->token->expires_at <= sight->now.steady_at)
        return false;
    sight->user = policy_find_user(sight->policy, sight->token->user);
    sight->incident = view_incident(house->engine, sight->token->incident);
    sight->zone = say_zone(sight->policy, sight->token->user);
    if (!sight->user)
        return false;
    if (sight->incident) {
        sight->team = policy_find_team(sight->policy, sight->incident->team);
        sight->has_next = view_next(house->engine, sight->incident, sight->now, &sight->next) &&
                          sight->next.user_count > 0;
    }
    return true;
}

enum call_wait route_ack_page_show(struct call *call, struct house *house)
{
    struct sight sight;
    if (!sight_find(&sight, call, house)) {
        answer_unknown(call);
        return CALL_ANSWER_NOW;
    }
    sight_show(call, &sight);
    return CALL_ANSWER_NOW;
}

/* ---- acting ---- */

/* What each button does; the table is what the pages above may offer. */
static const struct button {
    const char *action;
    enum event_kind kind;
    bool is_take;
    msec for_ms;
} buttons[] = {
    {"ack", EVENT_ACKNOWLEDGE, false, 0},       {"take", EVENT_ACKNOWLEDGE, true, 0},
    {"undo", EVENT_UNACKNOWLEDGE, false, 0},    {"pass", EVENT_ESCALATE, false, 0},
    {"snooze", EVENT_SNOOZE, false, SNOOZE_MS}, {"wake", EVENT_UNSNOOZE, false, 0},
    {"resolve", EVENT_RESOLVE, false, 0},       {"note", EVENT_NOTE, false, 0},
};

static const struct button *button_find(const char *action)
{
    for (size_t i = 0; i < sizeof(buttons) / sizeof(*buttons); i++) {
        if (string_is(buttons[i].action, action))
            return &buttons[i];
    }
    return NULL;
}

static bool host_is(const char *origin, const char *host)
{
    const char *start = origin ? strstr(origin, "://") : NULL;
    return start && host && string_same(start + 3, host);
}

/*
 * The token in the path is what allows; this only keeps other sites from pressing for somebody.
 * A page without referrer sends "Origin: null" for its own forms, so that says nothing, and a
 * proxy may change Host, so the configured address counts as well.
 */
static bool is_cross_site(const struct call *call, const struct house *house)
{
    if (call->fetch_site)
        return !string_is(call->fetch_site, "same-origin") && !string_is(call->fetch_site, "none");
    if (!call->origin || string_is(call->origin, "null"))
        return false;
    const char *public_host = house->public_url ? strstr(house->public_url, "://") : NULL;
    CLEANUP(text_clear) struct text ours = {0};
    if (public_host) {
        struct span rest = span_of(public_host + 3);
        text_add_span(&ours, span_cut(&rest, '/'));
    }
    return !host_is(call->origin, call->host) && !host_is(call->origin, text_string(&ours));
}

static enum call_wait answer_redirect(struct call *call, const char *location)
{
    text_reset(&call->answer);
    call->status = 303;
    call->content_type = "text/html; charset=utf-8";
    call->location = location;
    return CALL_AFTER_COMMIT;
}

static void answer_refused(struct call *call, const struct answer *answer)
{
    if (answer->kind == ANSWER_FULL) {
        page_unavailable(call);
        return;
    }
    page_message(call, answer->kind == ANSWER_INVALID ? 400 : 403, "That was not done",
                 *answer->text ? answer->text : "The incident does not allow it in this state.");
}

enum call_wait route_ack_page_act(struct call *call, struct house *house)
{
    struct sight sight;
    if (!sight_find(&sight, call, house)) {
        answer_unknown(call);
        return CALL_ANSWER_NOW;
    }
    if (is_cross_site(call, house)) {
        page_message(call, 403, "Not from here",
                     "This button was pressed on another site's page. Open the link itself.");
        return CALL_ANSWER_NOW;
    }
    /* Relative, so that it also holds below whatever path a proxy puts in front. */
    bool has_slash = call->path[strlen(call->path) - 1] == '/';
    const char *location = arena_format(call->arena, "%s%s", has_slash ? "../" : "", sight.link);
    if (sight_is_closed(&sight))
        return answer_redirect(call, location);
    const struct button *button = button_find(call_field(call, "do"));
    const char *note = call_field(call, "note");
    bool has_note = note && span_trim(span_of(note)).size > 0;
    if (!button) {
        page_message(call, 400, "That was not done", "There is no such button.");
        return CALL_ANSWER_NOW;
    }
    if (button->kind == EVENT_NOTE && !has_note)
        return answer_redirect(call, location);

    struct event event = {
        .kind = button->kind,
        .actor = sight.user->id,
        .via = arena_format(call->arena, "link %s", sight.token->channel),
        .incident = sight.token->incident,
        .is_take = button->is_take,
        .for_ms = button->for_ms,
        .target = {.kind = TARGET_COUNT},
    };
    if (has_note)
        event.text = arena_copy_span(call->arena, utf8_cut(span_of(note), NOTE_FIELD_MAX));
    struct answer answer = {0};
    house->step(house->context, &event, &answer);
    bool is_shown_there = answer.kind == ANSWER_DONE || answer.kind == ANSWER_ALREADY ||
                          answer.kind == ANSWER_CONFLICT || answer.kind == ANSWER_CLOSED ||
                          answer.kind == ANSWER_NOT_FOUND;
    if (is_shown_there)
        return answer_redirect(call, location);
    answer_refused(call, &answer);
    return CALL_ANSWER_NOW;
}
