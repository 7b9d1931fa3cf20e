/* SPDX-License-Identifier: MIT */
/* overrides.c - shifts put over the rota by hand. */
#include <inttypes.h>

#include "base/text.h"
#include "base/utf8.h"
#include "http/act.h"
#include "http/route.h"
#include "http/say.h"

static void override_write(struct json_writer *writer, const struct override *override)
{
    json_begin_object(writer, NULL);
    json_put_integer(writer, "id", (int64_t) override->id);
    json_put_string(writer, "team", override->team);
    json_put_string(writer, "role", role_name(override->role));
    json_put_string(writer, "user", override->user);
    json_put_instant(writer, "from", override->from_at);
    json_put_instant(writer, "until", override->until_at);
    json_put_string(writer, "by", override->by);
    json_put_string(writer, "note", override->note && *override->note ? override->note : NULL);
    json_put_bool(writer, "ended", override->is_ended);
    json_end_object(writer);
}

enum call_wait route_overrides_list(struct call *call, struct house *house)
{
    const char *team = call_query(call, "team");
    bool is_all = call_has_query(call, "all");
    msec now = house->now(house->context).wall_at;
    if (team && !act_team(call, view_policy(house->engine), team))
        return CALL_ANSWER_NOW;

    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "overrides");
    size_t cursor = 0;
    const struct override *override;
    while ((override = view_each_override(house->engine, &cursor))) {
        bool is_past = override->is_ended || override->until_at <= now;
        if ((is_past && !is_all) || (team && !string_is(team, override->team)))
            continue;
        override_write(&writer, override);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}

/* What a request for an override says, once it was found to make sense. */
struct wish {
    const struct team *team;
    const struct user *user;
    enum role role;
    msec from_at;
    msec until_at;
};

static bool wish_read(struct call *call, const struct house *house, struct wish *wish)
{
    const struct policy *policy = view_policy(house->engine);
    const char *role = json_string(call->json, "role");
    const char *user = json_string(call->json, "user");
    msec now = house->now(house->context).wall_at;
    wish->team = act_team(call, policy, json_string(call->json, "team"));
    if (!wish->team)
        return false;
    if (!role || !role_parse(role, &wish->role)) {
        call_answer_error(call, 400, "invalid", "\"role\" is primary, secondary or oncall.");
        return false;
    }
    wish->user = user ? policy_match_user(policy, user) : NULL;
    if (!wish->user) {
        call_answer_errorf(call, 404, "not_found", "There is no user \"%.80s\".", user ? user : "");
        return false;
    }
    wish->from_at = now;
    wish->until_at = 0;
    if (!act_instant(call, "from", json_string(call->json, "from"), &wish->from_at) ||
        !act_instant(call, "until", json_string(call->json, "until"), &wish->until_at))
        return false;
    if (wish->until_at <= wish->from_at || wish->until_at <= now) {
        call_answer_error(call, 400, "invalid",
                          wish->until_at == 0 ? "\"until\" is missing."
                                              : "\"until\" lies before \"from\" or in the past.");
        return false;
    }
    return true;
}

/* "Sat 28 Nov 09:00 - 21:00 CET (12 h): ops primary is Cat instead of Bob." */
static void wish_say(struct text *text, const struct policy *policy, const struct wish *wish,
                     const struct zone *zone, const char *instead_of, msec now)
{
    say_time(text, zone, wish->from_at, now);
    text_add(text, " - ");
    say_time(text, zone, wish->until_at, wish->from_at);
    text_addf(text, " %s (", zone_abbreviation(zone, wish->from_at));
    say_duration(text, wish->until_at - wish->from_at);
    text_addf(text, "): %s %s is ", wish->team->id, role_name(wish->role));
    say_users(text, &wish->user, 1);
    if (instead_of) {
        text_add(text, " instead of ");
        say_user(text, policy, instead_of);
    }
    text_add_char(text, '.');
}

enum call_wait route_override_add(struct call *call, struct house *house)
{
    struct wish wish = {0};
    if (!wish_read(call, house, &wish))
        return CALL_ANSWER_NOW;

    const struct policy *policy = view_policy(house->engine);
    const struct zone *zone = say_zone(policy, call->caller.user);
    msec now = house->now(house->context).wall_at;
    struct duty duty = {0};
    const char *instead_of = NULL;
    if (view_oncall(house->engine, wish.team, wish.role, wish.from_at, &duty) && duty.user_count)
        instead_of = duty.users[0]->id;

    struct answer answer = {.kind = ANSWER_DONE};
    bool is_dry = json_bool(call->json, "dry_run", false);
    const char *note = json_string(call->json, "note");
    if (!is_dry) {
        struct event event = act_event(call, EVENT_OVERRIDE_ADD);
        event.team = wish.team->id;
        event.role = wish.role;
        event.user = wish.user->id;
        event.from_at = wish.from_at;
        event.until_at = wish.until_at;
        event.text = note ? arena_copy_span(call->arena, utf8_cut(span_of(note), NOTE_MAX)) : NULL;
        house->step(house->context, &event, &answer);
        if (!act_is_done(call, house, &answer))
            return CALL_ANSWER_NOW;
    }
    CLEANUP(text_clear) struct text text = {0};
    wish_say(&text, policy, &wish, zone, instead_of, now);
    if (!is_dry)
        text_addf(&text, "\nUndo: pagectl override --end o%" PRIu64, answer.id);
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "status", act_status(&answer));
    if (is_dry)
        json_put_null(&writer, "id");
    else
        json_put_integer(&writer, "id", (int64_t)answer.id);
    json_put_string(&writer, "text", text_string(&text));
    json_put_string(&writer, "instead_of", instead_of);
    json_end_object(&writer);
    return is_dry ? CALL_ANSWER_NOW : CALL_AFTER_COMMIT;
}

enum call_wait route_override_end(struct call *call, struct house *house)
{
    const char *id = call->parts[0];
    struct event event = act_event(call, EVENT_OVERRIDE_END);
    struct answer answer = {0};
    if (!act_number(call, "an override", *id == 'o' ? id + 1 : id, &event.id))
        return CALL_ANSWER_NOW;
    house->step(house->context, &event, &answer);
    if (!act_is_done(call, house, &answer))
        return CALL_ANSWER_NOW;

    return act_answer(
        call, &answer,
        arena_format(call->arena, "Override o%" PRIu64 " %s.", event.id,
                     answer.kind == ANSWER_ALREADY ? "had ended already" : "is ended"));
}
