/* SPDX-License-Identifier: MIT */
/*
 * ack.c - the page behind the link of a page: one person, one incident.
 *
 * GET shows and changes nothing, for scanners and previews open every link; only the buttons act,
 * by POST, and the answer is a redirect so that a reload is harmless. What a button does is
 * done in the name of the person whom the link was cut for.
 *
 * Some scanners of mail press buttons, too. So the link of a mail acts only together with a number
 * that stands in its message and nowhere on the page. It has to be typed: of three to choose from,
 * a program that presses all it sees would find the right one in two tries two times of three.
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

#define UNKNOWN_LINKS_MAX 10     /* per address and minute answered with 404, then 429 */
#define UNKNOWN_LINKS_ALL_MAX 60 /* the same of all addresses together */
#define SNOOZE_MS HOUR_MS
#define NOTE_FIELD_MAX 500

void sight_answer_unknown(struct call *call, struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    bool is_night =
        policy && policy->zone && page_is_night(policy->zone, house->now(house->context).wall_at);
    struct guard *guard = call->guard;
    bool has_budget =
        !guard ||
        (budget_spend(&guard->links, call->peer.address, UNKNOWN_LINKS_MAX, call->arrived_at) &&
         budget_spend_one(&guard->links_of_all, UNKNOWN_LINKS_ALL_MAX, call->arrived_at));
    if (!has_budget)
        call->retry_after_s = 60;
    page_refuse(call, has_budget ? 404 : 429, is_night, SCREEN_UNKNOWN, SCREEN_UNKNOWN_TEXT);
}

/* The number as it was typed, or as the page's own address has it; "" when there is none. */
static void number_read(struct sight *sight, const char *typed)
{
    struct span span = span_trim(span_of(typed));
    if (span.size != sizeof(sight->number) - 1)
        return;
    for (size_t i = 0; i < span.size; i++) {
        if (span.bytes[i] < '0' || span.bytes[i] > '9')
            return;
    }
    memcpy(sight->number, span.bytes, span.size);
}

static bool sight_find(struct sight *sight, struct call *call, struct house *house)
{
    *sight = (struct sight){.house = house, .policy = view_policy(house->engine)};
    if (!sight->policy)
        return false;
    /* What cannot be a link takes the same way, and as long. */
    struct span typed = span_of(call->parts[0]);
    bool is_token = token_normalize(typed, sight->link);
    hash_text(is_token ? span_of(sight->link) : typed, sight->hash);
    sight->token = house->token_find(house->context, sight->hash);
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
        sight_answer_unknown(call, house);
        return CALL_ANSWER_NOW;
    }
    number_read(&sight, call_query(call, "n"));
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
    {"stranger", EVENT_LINK, false, 0},
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
bool sight_is_cross_site(const struct call *call, const struct house *house)
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
    page_refuse(call, answer->kind == ANSWER_INVALID ? 400 : 403, false, SCREEN_NOT_DONE,
                SCREEN_NOT_DONE_STATE);
}

/* Back to the page, which then shows what is. Relative, so that it also holds below whatever path a
 * proxy puts in front. A number that was right goes along, or each further button would want it. */
static enum call_wait answer_page(struct call *call, const struct sight *sight)
{
    bool has_slash = call->path[strlen(call->path) - 1] == '/';
    bool has_number = sight->is_proven && *sight->number;
    return answer_redirect(call, arena_format(call->arena, "%s%s%s%s", has_slash ? "../" : "",
                                              sight->link, has_number ? "?n=" : "",
                                              has_number ? sight->number : ""));
}

static struct event link_event(struct call *call, const struct sight *sight, enum event_kind kind)
{
    return (struct event){
        .kind = kind,
        .actor = sight->user->id,
        .via = arena_format(call->arena, "link %s", sight->token->channel),
        .incident = sight->token->incident,
        .target = {.kind = TARGET_COUNT},
    };
}

/* Tells the engine of what happened to the link, which is nobody's deed. */
static void tell_of_link(struct call *call, const struct sight *sight, enum link_news news)
{
    struct answer answer = {0};
    struct event event = link_event(call, sight, EVENT_LINK);
    event.actor = "pagerd";
    event.user = sight->user->id;
    event.link = news;
    sight->house->step(sight->house->context, &event, &answer);
}

static void link_give_up(struct call *call, const struct sight *sight, enum link_news news)
{
    sight->house->token_void(sight->house->context, sight->hash);
    tell_of_link(call, sight, news);
}

/* A refusal for who has the link. */
static void sight_say(struct call *call, const struct sight *sight, unsigned status,
                      enum screen title, const char *text)
{
    page_message_to(call, status, page_is_night(sight->zone, sight->now.wall_at),
                    page_word(call, title), text);
}

/* Does this press have the number of the message, where one is asked for? False: answered. */
static bool number_prove(struct call *call, struct sight *sight, enum call_wait *wait)
{
    *wait = CALL_ANSWER_NOW;
    number_read(sight, call_field(call, "n"));
    if (sight->token->number == 0)
        return true;
    if (!*sight->number) {
        sight_say(call, sight, 400, SCREEN_NUMBER_MISSING,
                  page_word(call, SCREEN_NUMBER_MISSING_TEXT));
        return false;
    }
    const char *wanted = arena_format(call->arena, "%04" PRIu32, sight->token->number);
    sight->is_proven = secret_equal(span_of(sight->number), span_of(wanted));
    if (sight->is_proven)
        return true;
    sight->house->token_miss(sight->house->context, sight->hash);
    if (sight->token->wrong_count < SIGHT_TRIES_MAX)
        tell_of_link(call, sight, LINK_WRONG);
    else
        link_give_up(call, sight, LINK_SPENT);
    *wait = answer_page(call, sight);
    return false;
}

/* Undo is for who acked, and for a while: later others rely on it. False: answered. */
static bool undo_is_due(struct call *call, const struct sight *sight)
{
    const struct incident *incident = sight->incident;
    if (incident->state != INCIDENT_ACKNOWLEDGED || sight_has_undo(sight))
        return true;
    bool is_own = string_is(incident->handling->acknowledged_by, sight->user->id);
    const char *number = arena_format(call->arena, "%" PRIu64, incident->number);
    const char *command = arena_format(call->arena, "pagectl ack %s --undo", number);
    sight_say(call, sight, 403, SCREEN_NOT_UNDONE,
              is_own ? page_words(call, SCREEN_UNDO_LATE, {"command", command})
                     : page_words(call, SCREEN_UNDO_OTHER, {"number", number}));
    return false;
}

/* Nothing can be done by it any more; the page says so. */
static bool is_over(const struct sight *sight)
{
    return sight->token->is_void || sight_is_closed(sight);
}

static enum call_wait press(struct call *call, struct sight *sight, const struct button *button)
{
    struct house *house = sight->house;
    const char *note = call_field(call, "note");
    bool has_note = note && span_trim(span_of(note)).size > 0;
    if (button->kind == EVENT_LINK) {
        link_give_up(call, sight, LINK_DISOWNED);
        return answer_page(call, sight);
    }
    if (button->kind == EVENT_NOTE && !has_note)
        return answer_page(call, sight);
    if (button->kind == EVENT_UNACKNOWLEDGE && !undo_is_due(call, sight))
        return CALL_ANSWER_NOW;

    struct event event = link_event(call, sight, button->kind);
    event.is_take = button->is_take;
    event.for_ms = button->for_ms;
    if (has_note)
        event.text = arena_copy_span(call->arena, utf8_cut(span_of(note), NOTE_FIELD_MAX));
    struct answer answer = {0};
    house->step(house->context, &event, &answer);
    bool is_shown_there = answer.kind == ANSWER_DONE || answer.kind == ANSWER_ALREADY ||
                          answer.kind == ANSWER_CONFLICT || answer.kind == ANSWER_CLOSED ||
                          answer.kind == ANSWER_NOT_FOUND;
    if (is_shown_there)
        return answer_page(call, sight);
    answer_refused(call, &answer);
    return CALL_ANSWER_NOW;
}

enum call_wait route_ack_page_act(struct call *call, struct house *house)
{
    struct sight sight;
    enum call_wait wait;
    if (!sight_find(&sight, call, house)) {
        sight_answer_unknown(call, house);
        return CALL_ANSWER_NOW;
    }
    if (sight_is_cross_site(call, house)) {
        page_refuse(call, 403, false, SCREEN_ELSEWHERE, SCREEN_ELSEWHERE_TEXT);
        return CALL_ANSWER_NOW;
    }
    if (is_over(&sight))
        return answer_page(call, &sight);
    const struct button *button = button_find(call_field(call, "do"));
    if (!button) {
        page_refuse(call, 400, false, SCREEN_NOT_DONE, SCREEN_NO_BUTTON);
        return CALL_ANSWER_NOW;
    }
    if (!number_prove(call, &sight, &wait))
        return wait;
    return press(call, &sight, button);
}
