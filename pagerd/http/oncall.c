/* SPDX-License-Identifier: MIT */
/* oncall.c - who is on call now or at a given time, and why. */
#include "base/text.h"
#include "http/act.h"
#include "http/route.h"

static const char *const duty_kinds[DUTY_COUNT] = {
    [DUTY_GAP] = "gap",           [DUTY_CALENDAR] = "calendar", [DUTY_FIXED] = "fixed",
    [DUTY_OVERRIDE] = "override", [DUTY_COVER] = "cover",
};

static void duty_write(struct json_writer *writer, const struct team *team, enum role role,
                       const struct duty *duty, const struct user *user)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "team", team->id);
    json_put_string(writer, "role", role_name(role));
    json_put_string(writer, "user", user ? user->id : NULL);
    json_put_string(writer, "name", user ? user->name : NULL);
    json_put_string(writer, "phone", user ? user->phone : NULL);
    json_put_string(writer, "email", user ? user->email : NULL);
    json_put_instant(writer, "from", duty->from_at);
    json_put_instant(writer, "until", duty->until_at);
    json_put_string(writer, "why", duty->why);
    json_put_string(writer, "kind", duty_kinds[duty->kind]);
    json_put_string(writer, "instead_of", duty->instead_of ? duty->instead_of->id : NULL);
    json_put_string(writer, "because", cover_reason_name(duty->reason));
    json_put_instant(writer, "back", duty->back_at);
    json_put_string(writer, "zone", user && user->zone ? zone_name(user->zone) : NULL);
    json_put_bool(writer, "unrested", duty->is_unrested);
    json_put_bool(writer, "away", duty->is_away);
    json_end_object(writer);
}

static void team_write(struct json_writer *writer, const struct engine *engine,
                       const struct team *team, msec at)
{
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        struct duty duty = {0};
        if (!view_oncall(engine, team, role, at, &duty))
            continue;
        if (duty.user_count == 0)
            duty_write(writer, team, role, &duty, NULL);
        for (size_t i = 0; i < duty.user_count; i++)
            duty_write(writer, team, role, &duty, duty.users[i]);
    }
}

/* Calendars that answer with their last good copy. */
static void problems_write(struct json_writer *writer, const struct roster *roster)
{
    json_begin_array(writer, "problems");
    for (size_t i = 0; roster && i < roster->rota_count; i++) {
        const struct rota *rota = &roster->rotas[i];
        bool is_said = i > 0 && string_is(rota[-1].calendar, rota->calendar); /* by layers */
        if (!rota->problem || is_said)
            continue;
        CLEANUP(text_clear) struct text text = {0};
        text_addf(&text, "calendar \"%s\": %s", rota->calendar, rota->problem);
        json_put_string(writer, NULL, text_string(&text));
    }
    json_end_array(writer);
}

enum call_wait route_oncall_list(struct call *call, struct house *house)
{
    msec at = house->now(house->context).wall_at;
    const struct policy *policy = view_policy(house->engine);
    const char *name = call_query(call, "team");
    if (!act_instant(call, "at", call_query(call, "at"), &at))
        return CALL_ANSWER_NOW;
    if (!policy) {
        call_fail_unavailable(call, "pagerd has no configuration yet");
        return CALL_ANSWER_NOW;
    }
    const struct team *only = name ? act_team(call, policy, name) : NULL;
    if (name && !only)
        return CALL_ANSWER_NOW;

    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_instant(&writer, "at", at);
    json_begin_array(&writer, "oncall");
    for (size_t i = 0; i < policy->team_count; i++) {
        if (!only || only == &policy->teams[i])
            team_write(&writer, house->engine, &policy->teams[i], at);
    }
    json_end_array(&writer);
    problems_write(&writer, view_roster(house->engine));
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}
