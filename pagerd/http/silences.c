/* SPDX-License-Identifier: MIT */
/* silences.c - whiles in which nobody is paged for what fits. */
#include <inttypes.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/match.h"
#include "http/act.h"
#include "http/route.h"
#include "http/say.h"

#define NUMBERS_MAX 3 /* incidents that a sentence names */
#define ROWS_MAX 500  /* incidents that one silence lists */

static const char *empty_as_null(const char *text)
{
    return text && *text ? text : NULL;
}

static uint64_t held_count(const struct engine *engine, const struct silence *silence)
{
    uint64_t count = 0;
    uint64_t cursor = 0;
    const struct incident *incident;
    while ((incident = view_each_incident(engine, &cursor)))
        count += view_is_held(incident) && incident->handling->held_by == silence->id;
    return count;
}

static void put_matchers(struct json_writer *writer, struct arena *arena,
                         const struct silence *silence)
{
    struct span rest = span_of(silence->match);
    json_begin_array(writer, "match");
    while (rest.size > 0)
        json_put_string(writer, NULL, arena_copy_span(arena, span_cut(&rest, '\n')));
    json_end_array(writer);
}

/* Its members, into an object that is open. */
static void put_silence(struct json_writer *writer, struct arena *arena,
                        const struct engine *engine, const struct silence *silence)
{
    json_put_integer(writer, "id", (int64_t)silence->id);
    json_put_string(writer, "state", silence_state_name(silence->state));
    put_matchers(writer, arena, silence);
    json_put_string(writer, "team", empty_as_null(silence->team));
    json_put_instant(writer, "from", silence->from_at);
    json_put_instant(writer, "until", silence->until_at);
    json_put_string(writer, "by", empty_as_null(silence->by));
    json_put_string(writer, "maintenance", empty_as_null(silence->maintenance));
    json_put_string(writer, "note", silence->note);
    json_put_string(writer, "ended_by", empty_as_null(silence->ended_by));
    json_put_integer(writer, "held", (int64_t)held_count(engine, silence));
    json_put_integer(writer, "held_in_all", (int64_t)silence->held_count);
}

enum call_wait route_silences_list(struct call *call, struct house *house)
{
    const char *team = call_query(call, "team");
    bool is_all = call_has_query(call, "all");
    if (team && !act_team(call, view_policy(house->engine), team))
        return CALL_ANSWER_NOW;

    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "silences");
    size_t cursor = 0;
    const struct silence *silence;
    while ((silence = view_each_silence(house->engine, &cursor))) {
        bool is_of_team = !team || !*silence->team || string_is(team, silence->team);
        if ((silence->state == SILENCE_OVER && !is_all) || !is_of_team)
            continue;
        json_begin_object(&writer, NULL);
        put_silence(&writer, call->arena, house->engine, silence);
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}

static const struct silence *silence_of_path(struct call *call, const struct house *house)
{
    const char *id = call->parts[0];
    uint64_t number = 0;
    if (!act_number(call, "a silence", *id == 's' ? id + 1 : id, &number))
        return NULL;
    const struct silence *silence = view_silence(house->engine, number);
    if (!silence)
        call_answer_errorf(call, 404, "not_found",
                           "There is no silence s%" PRIu64 ", or it is over for long.", number);
    return silence;
}

enum call_wait route_silence_show(struct call *call, struct house *house)
{
    const struct silence *silence = silence_of_path(call, house);
    if (!silence)
        return CALL_ANSWER_NOW;
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    put_silence(&writer, call->arena, house->engine, silence);
    json_begin_array(&writer, "incidents");
    uint64_t cursor = 0;
    size_t count = 0;
    const struct incident *incident;
    while (count < ROWS_MAX && (incident = view_each_incident(house->engine, &cursor))) {
        if (incident->handling->held_by != silence->id)
            continue;
        count++;
        json_begin_object(&writer, NULL);
        json_put_integer(&writer, "number", (int64_t)incident->number);
        json_put_string(&writer, "state", incident_state_name(incident->state));
        json_put_string(&writer, "severity", severity_name(incident->severity));
        json_put_string(&writer, "summary", incident->summary);
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}

/* What a request for a silence says. */
struct wish {
    struct text match; /* one matcher a line */
    struct matcher matchers[MATCHERS_MAX];
    size_t matcher_count;
    const char *team; /* NULL: all */
    msec from_at;
    msec until_at;
    const char *note;
};

static bool wish_read_one(struct call *call, const struct json *item, struct wish *wish)
{
    struct fault fault = {0};
    if (item->kind != JSON_STRING || wish->matcher_count == MATCHERS_MAX) {
        call_answer_errorf(call, 400, "invalid",
                           "\"match\" is a list of at most %d texts such as \"host=db1\".",
                           MATCHERS_MAX);
        return false;
    }
    struct matcher *matcher = &wish->matchers[wish->matcher_count];
    if (!matcher_parse(call->arena, span_of(item->text), matcher, &fault)) {
        call_answer_errorf(call, 400, "invalid", "%s.", fault.text);
        return false;
    }
    for (const char *at = item->text; *at; at++) {
        if ((unsigned char)*at < ' ') {
            call_answer_error(call, 400, "invalid", "A matcher is one line of plain text.");
            return false;
        }
    }
    if (wish->matcher_count++ > 0)
        text_add_char(&wish->match, '\n');
    matcher_render(&wish->match, matcher);
    return true;
}

static bool wish_read_times(struct call *call, msec now, struct wish *wish)
{
    msec for_ms = json_integer(call->json, "for_ms", 0);
    wish->from_at = now;
    if (!act_instant(call, "from", json_string(call->json, "from"), &wish->from_at) ||
        !act_instant(call, "until", json_string(call->json, "until"), &wish->until_at))
        return false;
    if (wish->from_at < now)
        wish->from_at = now;
    if (for_ms > 0 && for_ms <= SILENCE_MAX_MS && wish->until_at == 0)
        wish->until_at = wish->from_at + for_ms;
    if (wish->until_at > wish->from_at)
        return true;
    call_answer_error(call, 400, "invalid",
                      for_ms > 0            ? "\"for_ms\" is longer than 30 days."
                      : wish->until_at == 0 ? "\"until\" or \"for_ms\" is missing."
                                            : "\"until\" lies before \"from\" or in the past.");
    return false;
}

static bool wish_read(struct call *call, const struct house *house, struct wish *wish)
{
    const struct json *match = json_find(call->json, "match");
    const char *team = json_string(call->json, "team");
    const char *note = json_string(call->json, "note");
    bool is_list = match && match->kind == JSON_ARRAY && match->first;
    if (!is_list) {
        call_answer_error(call, 400, "invalid",
                          "\"match\" is missing: a list of texts such as \"host=db1\".");
        return false;
    }
    for (const struct json *item = match->first; item; item = item->next) {
        if (!wish_read_one(call, item, wish))
            return false;
    }
    if (team && !act_team(call, view_policy(house->engine), team))
        return false;
    if (!note || !*note) {
        call_answer_error(call, 400, "invalid", "\"note\" is missing: say why.");
        return false;
    }
    wish->team = team;
    wish->note = arena_copy_span(call->arena, utf8_cut(span_of(note), SILENCE_NOTE_MAX));
    return wish_read_times(call, house->now(house->context).wall_at, wish);
}

/* What it does to what is open. */
struct reach {
    uint64_t hidden_count;
    uint64_t open_count; /* acked or snoozed: stay as they are */
    uint64_t open[NUMBERS_MAX];
};

static struct reach reach_of(const struct engine *engine, const struct wish *wish, bool is_now)
{
    struct reach reach = {0};
    uint64_t cursor = 0;
    const struct incident *incident;
    while (is_now && (incident = view_each_incident(engine, &cursor))) {
        struct match_subject subject = match_subject_incident(incident);
        bool is_fit = (!wish->team || string_is(wish->team, incident->team)) &&
                      match_all(wish->matchers, wish->matcher_count, &subject);
        bool is_theirs =
            incident->state == INCIDENT_ACKNOWLEDGED || incident->state == INCIDENT_SNOOZED;
        if (is_fit && incident->state == INCIDENT_TRIGGERED)
            reach.hidden_count++;
        if (is_fit && is_theirs && reach.open_count++ < NUMBERS_MAX)
            reach.open[reach.open_count - 1] = incident->number;
    }
    return reach;
}

/* "s31 silences host=db1 until Mon 23 Nov 05:58 CET (in 2 h). Hides 1 alert; #412 stays open." */
static void wish_say(struct text *text, const struct wish *wish, const struct reach *reach,
                     const struct zone *zone, msec now)
{
    text_add(text, "silences ");
    for (size_t i = 0; i < wish->matcher_count; i++) {
        text_add(text, i > 0 ? " " : "");
        matcher_render(text, &wish->matchers[i]);
    }
    if (wish->team)
        text_addf(text, " of %s", wish->team);
    if (wish->from_at > now) {
        text_add(text, " from ");
        say_until(text, zone, wish->from_at, now);
    }
    text_add(text, " until ");
    say_until(text, zone, wish->until_at, now);
    text_add_char(text, '.');
    if (reach->hidden_count > 0)
        text_addf(text, " Hides %" PRIu64 " alert%s", reach->hidden_count,
                  reach->hidden_count == 1 ? "" : "s");
    for (size_t i = 0; i < reach->open_count && i < NUMBERS_MAX; i++)
        text_addf(text, "%s#%" PRIu64,
                  i > 0                     ? ", "
                  : reach->hidden_count > 0 ? "; "
                                            : " ",
                  reach->open[i]);
    if (reach->open_count > NUMBERS_MAX)
        text_addf(text, " and %" PRIu64 " more", reach->open_count - NUMBERS_MAX);
    if (reach->open_count > 0)
        text_add(text, reach->open_count == 1 ? " stays open" : " stay open");
    if (reach->hidden_count + reach->open_count > 0)
        text_add_char(text, '.');
    bool is_all = !wish->team;
    for (size_t i = 0; i < wish->matcher_count; i++)
        is_all = is_all && matcher_is_any(&wish->matchers[i]);
    if (is_all)
        text_add(text, "\nThat is everything, of all teams: nobody is paged for anything then.");
}

static enum call_wait wish_answer(struct call *call, struct house *house, const struct wish *wish)
{
    msec now = house->now(house->context).wall_at;
    bool is_dry = json_bool(call->json, "dry_run", false);
    struct reach reach = reach_of(house->engine, wish, wish->from_at <= now);
    struct answer answer = {.kind = ANSWER_DONE};
    CLEANUP(text_clear) struct text text = {0};
    if (!is_dry) {
        struct event event = act_event(call, EVENT_SILENCE_ADD);
        event.match = text_string(&wish->match);
        event.team = wish->team;
        event.from_at = wish->from_at;
        event.until_at = wish->until_at;
        event.text = wish->note;
        house->step(house->context, &event, &answer);
        if (!act_is_done(call, house, &answer))
            return CALL_ANSWER_NOW;
        text_addf(&text, "s%" PRIu64 " ", answer.id);
    }
    wish_say(&text, wish, &reach, say_zone(view_policy(house->engine), call->caller.user), now);
    if (!is_dry)
        text_addf(&text,
                  "\nWhat it held back is reported at its end. End: pagectl silence end s%" PRIu64,
                  answer.id);
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "status", act_status(&answer));
    if (is_dry)
        json_put_null(&writer, "id");
    else
        json_put_integer(&writer, "id", (int64_t)answer.id);
    json_put_string(&writer, "text", text_string(&text));
    json_put_integer(&writer, "hidden", (int64_t)reach.hidden_count);
    json_end_object(&writer);
    return is_dry ? CALL_ANSWER_NOW : CALL_AFTER_COMMIT;
}

enum call_wait route_silence_add(struct call *call, struct house *house)
{
    struct wish wish = {.matcher_count = 0};
    enum call_wait wait = CALL_ANSWER_NOW;
    if (wish_read(call, house, &wish))
        wait = wish_answer(call, house, &wish);
    text_clear(&wish.match);
    return wait;
}

enum call_wait route_silence_end(struct call *call, struct house *house)
{
    const struct silence *silence = silence_of_path(call, house);
    if (!silence)
        return CALL_ANSWER_NOW;
    uint64_t count = held_count(house->engine, silence);
    struct event event = act_event(call, EVENT_SILENCE_END);
    struct answer answer = {0};
    event.id = silence->id;
    house->step(house->context, &event, &answer);
    if (!act_is_done(call, house, &answer))
        return CALL_ANSWER_NOW;
    const char *text =
        answer.kind == ANSWER_ALREADY
            ? arena_format(call->arena, "Silence s%" PRIu64 " was over already.", event.id)
            : arena_format(call->arena,
                           "Silence s%" PRIu64 " is over. It was holding back %" PRIu64 ".",
                           event.id, count);
    return act_answer(call, &answer, text);
}
