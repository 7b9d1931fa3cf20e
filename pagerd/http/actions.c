/* SPDX-License-Identifier: MIT */
/* actions.c - what a named person does to an incident, and the sentence that confirms it. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "http/act.h"
#include "http/render.h"
#include "http/route.h"
#include "http/say.h"

#define ACK_ALL_MAX 1000

/* What is known before the step and needed for the sentence after it. */
struct deed {
    struct call *call;
    struct house *house;
    const struct zone *zone;
    struct now now;
    struct next_page next;
    bool has_next;
    uint64_t number;
    const char *summary;
    msec opened_at;
    struct event event;
    struct answer answer;
    struct text text;
};

static void deed_clear(struct deed *deed)
{
    text_clear(&deed->text);
}

static const char *body_note(const struct call *call)
{
    const char *note = json_string(call->json, "note");
    return note && *note ? arena_copy_span(call->arena, utf8_cut(span_of(note), NOTE_MAX)) : NULL;
}

/* False: answered with an error. */
static bool deed_begin(struct deed *deed, struct call *call, struct house *house,
                       enum event_kind kind)
{
    *deed = (struct deed){.call = call, .house = house, .now = house->now(house->context)};
    if (!act_number(call, "an incident", call->parts[0], &deed->number))
        return false;

    const struct incident *incident = view_incident(house->engine, deed->number);
    deed->zone = say_zone(view_policy(house->engine), call->caller.user);
    deed->has_next = incident && view_next(house->engine, incident, deed->now, &deed->next) &&
                     deed->next.user_count > 0;
    deed->summary = incident ? arena_copy(call->arena, incident->summary) : "";
    deed->opened_at = incident ? incident->opened_at : 0;
    deed->event = act_event(call, kind);
    deed->event.incident = deed->number;
    deed->event.text = body_note(call);
    return true;
}

static bool deed_step(struct deed *deed)
{
    deed->house->step(deed->house->context, &deed->event, &deed->answer);
    if (deed->answer.incident == 0)
        deed->answer.incident = deed->number;
    return act_is_done(deed->call, deed->house, &deed->answer);
}

static void rest_write(struct json_writer *writer, const struct deed *deed)
{
    const struct engine *engine = deed->house->engine;
    const char *user = deed->call->caller.user;
    const struct person *person = view_person(engine, user);
    if (!person_is_resting(person, deed->now.wall_at)) {
        json_put_null(writer, "rest");
        return;
    }
    const struct team *team;
    enum role role;
    const struct user *cover;
    bool is_covered = view_cover(engine, user, deed->now.wall_at, &team, &role, &cover);
    json_begin_object(writer, "rest");
    json_put_instant(writer, "until", person->rest_until_at);
    json_put_string(writer, "covered_by", is_covered && cover ? cover->id : NULL);
    json_end_object(writer);
}

static enum call_wait deed_answer(struct deed *deed)
{
    const struct incident *incident = view_incident(deed->house->engine, deed->number);
    struct json_writer writer = call_begin_json(deed->call, 200);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "status", act_status(&deed->answer));
    json_put_string(&writer, "text", text_string(&deed->text));
    if (incident) {
        json_begin_object(&writer, "incident");
        incident_write_members(&writer, incident, deed->house->engine, deed->now);
        json_end_object(&writer);
    } else {
        json_put_null(&writer, "incident");
    }
    rest_write(&writer, deed);
    json_end_object(&writer);
    deed_clear(deed);
    /* Also when it was so before: that, too, may still be on its way to the disk. */
    return CALL_AFTER_COMMIT;
}

static bool deed_is_already(const struct deed *deed)
{
    return deed->answer.kind == ANSWER_ALREADY;
}

/* "Bob will not be called.": the next, without the caller. */
static void say_spared(struct deed *deed)
{
    if (!deed->has_next)
        return;
    const struct user *others[SEGMENT_USERS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < deed->next.user_count; i++)
        if (!string_is(deed->next.users[i]->id, deed->call->caller.user))
            others[count++] = deed->next.users[i];
    text_add_char(&deed->text, ' ');
    if (count == 0)
        text_add(&deed->text, "You will not be called again");
    else
        say_users(&deed->text, others, count);
    text_add(&deed->text, count == 0 ? "." : " will not be called.");
}

enum call_wait route_incident_ack(struct call *call, struct house *house)
{
    struct deed deed;
    if (!deed_begin(&deed, call, house, EVENT_ACKNOWLEDGE))
        return CALL_ANSWER_NOW;
    deed.event.is_take = json_bool(call->json, "take", false);
    if (!deed_step(&deed))
        return CALL_ANSWER_NOW;

    text_addf(&deed.text,
              deed_is_already(&deed) ? "You have #%" PRIu64 " already: %s."
                                     : "Acked #%" PRIu64 " %s.",
              deed.number, deed.summary);
    if (!deed_is_already(&deed))
        say_spared(&deed);
    return deed_answer(&deed);
}

enum call_wait route_incident_unack(struct call *call, struct house *house)
{
    struct deed deed;
    if (!deed_begin(&deed, call, house, EVENT_UNACKNOWLEDGE) || !deed_step(&deed))
        return CALL_ANSWER_NOW;

    text_addf(&deed.text, "#%" PRIu64 " is nobody's again.", deed.number);
    const struct incident *incident = view_incident(house->engine, deed.number);
    struct next_page next;
    if (incident && view_next(house->engine, incident, deed.now, &next) && next.user_count > 0) {
        text_add_char(&deed.text, ' ');
        say_users(&deed.text, next.users, next.user_count);
        text_add(&deed.text, next.user_count > 1 ? " are called at " : " is called at ");
        say_time(&deed.text, deed.zone, next.at, deed.now.wall_at);
        text_add_char(&deed.text, '.');
    }
    return deed_answer(&deed);
}

/* Nobody is rested, and the caller has a role all the same. */
static bool is_on_call_unrested(const struct engine *engine, const char *user, msec at)
{
    const struct policy *policy = view_policy(engine);
    for (size_t i = 0; i < policy->team_count * ROLE_COUNT; i++) {
        struct duty duty;
        if (!view_oncall(engine, &policy->teams[i / ROLE_COUNT], (enum role)(i % ROLE_COUNT), at,
                         &duty) ||
            !duty.is_unrested)
            continue;
        for (size_t j = 0; j < duty.user_count; j++) {
            if (string_is(duty.users[j]->id, user))
                return true;
        }
    }
    return false;
}

/* "You rest until Mon 23 Nov 03:31, Bob covers for you." */
static void say_rest(struct deed *deed)
{
    const struct engine *engine = deed->house->engine;
    const char *user = deed->call->caller.user;
    const struct person *person = view_person(engine, user);
    if (!person_is_resting(person, deed->now.wall_at))
        return;
    if (is_on_call_unrested(engine, user, deed->now.wall_at)) {
        text_add(&deed->text, " You are due a rest until ");
        say_time(&deed->text, deed->zone, person->rest_until_at, deed->now.wall_at);
        text_add(&deed->text, ", but nobody is rested: you stay on call.");
        return;
    }
    text_add(&deed->text, " You rest until ");
    say_time(&deed->text, deed->zone, person->rest_until_at, deed->now.wall_at);
    const struct team *team;
    enum role role;
    const struct user *cover = NULL;
    if (view_cover(engine, user, deed->now.wall_at, &team, &role, &cover) && cover) {
        text_add(&deed->text, ", ");
        say_users(&deed->text, &cover, 1);
        text_add(&deed->text, " covers for you");
    }
    text_add_char(&deed->text, '.');
}

enum call_wait route_incident_resolve(struct call *call, struct house *house)
{
    struct deed deed;
    if (!deed_begin(&deed, call, house, EVENT_RESOLVE) || !deed_step(&deed))
        return CALL_ANSWER_NOW;

    if (deed_is_already(&deed)) {
        text_addf(&deed.text, "#%" PRIu64 " is resolved already.", deed.number);
        return deed_answer(&deed);
    }
    text_addf(&deed.text, "Resolved #%" PRIu64 " after ", deed.number);
    say_duration(&deed.text, deed.now.wall_at - deed.opened_at);
    text_add_char(&deed.text, '.');
    say_rest(&deed);
    const struct incident *incident = view_incident(house->engine, deed.number);
    if (incident && incident->is_source_firing)
        text_add(&deed.text,
                 "\nThe alert itself still fires: if it goes on, a new incident is opened.");
    return deed_answer(&deed);
}

static bool snooze_read(struct deed *deed)
{
    struct call *call = deed->call;
    if (json_bool(call->json, "off", false)) {
        deed->event.kind = EVENT_UNSNOOZE;
        return true;
    }
    deed->event.for_ms = json_integer(call->json, "for_ms", 0);
    if (!act_instant(call, "until", json_string(call->json, "until"), &deed->event.until_at))
        return false;
    if (deed->event.for_ms < 0 || (deed->event.for_ms == 0 && deed->event.until_at == 0)) {
        call_answer_error(call, 400, "invalid", "\"for_ms\" or \"until\" says how long to snooze.");
        return false;
    }
    return true;
}

enum call_wait route_incident_snooze(struct call *call, struct house *house)
{
    struct deed deed;
    if (!deed_begin(&deed, call, house, EVENT_SNOOZE) || !snooze_read(&deed) || !deed_step(&deed))
        return CALL_ANSWER_NOW;

    const struct incident *incident = view_incident(house->engine, deed.number);
    if (deed.event.kind == EVENT_UNSNOOZE) {
        text_addf(&deed.text, "#%" PRIu64 " is no longer snoozed.", deed.number);
        return deed_answer(&deed);
    }
    msec until_at = deed.event.until_at;
    if (deed.event.for_ms > 0)
        until_at = deed.now.wall_at + deed.event.for_ms;
    if (incident && incident->handling->snoozed_until_at)
        until_at = incident->handling->snoozed_until_at;
    text_addf(&deed.text, "Snoozed #%" PRIu64 " until ", deed.number);
    say_until(&deed.text, deed.zone, until_at, deed.now.wall_at);
    text_add(&deed.text, ", then it pages again.");
    return deed_answer(&deed);
}

/* Whoever was not paged before the step and is now; else whoever comes next. */
static void say_passed_to(struct deed *deed)
{
    if (deed->has_next)
        say_users(&deed->text, deed->next.users, deed->next.user_count);
    else
        text_add(&deed->text, "the next step");
}

enum call_wait route_incident_escalate(struct call *call, struct house *house)
{
    struct deed deed;
    if (!deed_begin(&deed, call, house, EVENT_ESCALATE) || !deed_step(&deed))
        return CALL_ANSWER_NOW;

    text_addf(&deed.text, "Passing #%" PRIu64 " to ", deed.number);
    say_passed_to(&deed);
    text_add(&deed.text, " now.");
    const struct incident *incident = view_incident(house->engine, deed.number);
    if (incident && string_is(incident->handling->acknowledged_by, call->caller.user))
        text_add(&deed.text, " It stays yours until somebody acks.");
    return deed_answer(&deed);
}

/* "bob", "team:db", or a role of the incident's own team; false: answered. */
static bool reassign_read(struct deed *deed)
{
    struct call *call = deed->call;
    const struct policy *policy = view_policy(deed->house->engine);
    const char *to = json_string(call->json, "to");
    enum role role;
    if (!to || !*to) {
        call_answer_error(call, 400, "invalid",
                          "\"to\" is missing: a user, team:TEAM, primary or secondary.");
        return false;
    }
    if (strncmp(to, "team:", 5) == 0) {
        const struct team *team = act_team(call, policy, to + 5);
        if (!team)
            return false;
        deed->event.target = (struct target){.kind = TARGET_TEAM, .name = team->id};
        return true;
    }
    const struct user *user = policy_match_user(policy, to);
    if (user) {
        deed->event.user = user->id;
        return true;
    }
    if (role_parse(to, &role)) {
        deed->event.target = (struct target){.kind = TARGET_ROLE, .role = role};
        return true;
    }
    call_answer_errorf(call, 404, "not_found", "There is no user \"%.80s\".", to);
    return false;
}

enum call_wait route_incident_reassign(struct call *call, struct house *house)
{
    struct deed deed;
    if (!deed_begin(&deed, call, house, EVENT_REASSIGN) || !reassign_read(&deed) ||
        !deed_step(&deed))
        return CALL_ANSWER_NOW;

    const struct incident *incident = view_incident(house->engine, deed.number);
    text_addf(&deed.text, "Paging %s", deed.event.user ? "" : json_string(call->json, "to"));
    if (deed.event.user)
        say_user(&deed.text, view_policy(house->engine), deed.event.user);
    text_addf(&deed.text, " for #%" PRIu64 " now.", deed.number);
    if (incident && string_is(incident->handling->acknowledged_by, call->caller.user))
        text_add(&deed.text, "\nIt stays yours until one of them acks.");
    return deed_answer(&deed);
}

enum call_wait route_incident_note(struct call *call, struct house *house)
{
    struct deed deed;
    const char *note = json_string(call->json, "text");
    if (!note || !*note) {
        call_answer_error(call, 400, "invalid", "\"text\" is missing: the note.");
        return CALL_ANSWER_NOW;
    }
    if (!deed_begin(&deed, call, house, EVENT_NOTE))
        return CALL_ANSWER_NOW;
    deed.event.text = arena_copy_span(call->arena, utf8_cut(span_of(note), NOTE_MAX));
    if (!deed_step(&deed))
        return CALL_ANSWER_NOW;

    say_time(&deed.text, deed.zone, deed.now.wall_at, deed.now.wall_at);
    text_addf(&deed.text, " %s  %s   (#%" PRIu64 ")", call->caller.user, deed.event.text,
              deed.number);
    return deed_answer(&deed);
}

/* What was not acked, because "all" is said in one breath and a critical one must not go with it:
 * "#412 db1: disk full is critical, and is acked by its number: pagectl ack 412." */
static void say_left(struct text *text, const struct incident *incident)
{
    text_addf(text,
              "%s#%" PRIu64 " %s is critical, and is acked by its number: pagectl ack %" PRIu64 ".",
              text->size > 0 ? "\n" : "", incident->number, incident->summary, incident->number);
}

static bool is_left(const struct house *house, uint64_t number)
{
    const struct incident *incident = view_incident(house->engine, number);
    return incident != NULL && incident->severity == SEVERITY_CRITICAL;
}

/* One of all. False: a limit was met, and the call is answered. */
static bool ack_one(struct call *call, struct house *house, uint64_t number, bool *is_done)
{
    struct event event = act_event(call, EVENT_ACKNOWLEDGE);
    struct answer answer = {0};
    event.incident = number;
    event.text = body_note(call);
    house->step(house->context, &event, &answer);
    *is_done = answer.kind == ANSWER_DONE;
    return answer.kind != ANSWER_FULL || act_is_done(call, house, &answer);
}

enum call_wait route_incidents_ack_all(struct call *call, struct house *house)
{
    if (!json_bool(call->json, "all", false)) {
        call_answer_error(call, 400, "invalid", "Say {\"all\":true}, or name an incident.");
        return CALL_ANSWER_NOW;
    }
    uint64_t numbers[ACK_ALL_MAX];
    size_t count = view_paging(house->engine, call->caller.user, numbers, ACK_ALL_MAX);
    if (count > ACK_ALL_MAX)
        count = ACK_ALL_MAX;
    size_t done = 0;
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text left = {0};
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "incidents");
    for (size_t i = 0; i < count; i++) {
        bool is_done = false;
        if (is_left(house, numbers[i])) {
            say_left(&left, view_incident(house->engine, numbers[i]));
            continue;
        }
        if (!ack_one(call, house, numbers[i], &is_done))
            return CALL_ANSWER_NOW;
        const struct incident *incident = view_incident(house->engine, numbers[i]);
        if (!is_done || !incident)
            continue;
        incident_write(&writer, incident, house->engine, house->now(house->context));
        text_addf(&text, "%sAcked #%" PRIu64 " %s.", done++ ? "\n" : "", incident->number,
                  incident->summary);
    }
    json_end_array(&writer);
    if (done == 0 && left.size == 0)
        text_add(&text, "Nothing pages you.");
    if (left.size > 0 && text.size > 0)
        text_add_char(&left, '\n');
    text_add_span(&left, text_span(&text)); /* what is left first: of many lines the last are cut */
    json_put_string(&writer, "status", done ? "done" : "already");
    json_put_string(&writer, "text", text_string(&left));
    json_put_integer(&writer, "count", (int64_t)done);
    json_end_object(&writer);
    return CALL_AFTER_COMMIT;
}
