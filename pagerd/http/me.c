/* SPDX-License-Identifier: MIT */
/* me.c - what matters to the person who asks: what pages me, what is mine, what I am on call for.
 */
#include "base/text.h"
#include "http/act.h"
#include "http/render.h"
#include "http/route.h"

#define PAGING_MAX 100

static void paging_write(struct json_writer *writer, const struct house *house, const char *user)
{
    uint64_t numbers[PAGING_MAX];
    size_t count = view_paging(house->engine, user, numbers, PAGING_MAX);
    struct now now = house->now(house->context);
    json_begin_array(writer, "paging");
    for (size_t i = 0; i < count && i < PAGING_MAX; i++) {
        const struct incident *incident = view_incident(house->engine, numbers[i]);
        if (incident)
            incident_write(writer, incident, house->engine, now);
    }
    json_end_array(writer);
    json_put_integer(writer, "paging_count", (int64_t)count);
}

static void mine_write(struct json_writer *writer, const struct house *house, const char *user)
{
    struct now now = house->now(house->context);
    uint64_t cursor = 0;
    const struct incident *incident;
    json_begin_array(writer, "mine");
    while ((incident = view_each_incident(house->engine, &cursor))) {
        if (incident->state != INCIDENT_RESOLVED &&
            string_is(incident->handling->acknowledged_by, user))
            incident_write(writer, incident, house->engine, now);
    }
    json_end_array(writer);
}

static bool duty_is_of(const struct duty *duty, const char *user)
{
    for (size_t i = 0; i < duty->user_count; i++) {
        if (string_is(duty->users[i]->id, user))
            return true;
    }
    return false;
}

static void duties_write(struct json_writer *writer, const struct house *house, const char *user)
{
    const struct policy *policy = view_policy(house->engine);
    msec now = house->now(house->context).wall_at;
    json_begin_array(writer, "duties");
    for (size_t i = 0; i < policy->team_count; i++) {
        for (enum role role = 0; role < ROLE_COUNT; role++) {
            struct duty duty = {0};
            if (!view_oncall(house->engine, &policy->teams[i], role, now, &duty) ||
                !duty_is_of(&duty, user))
                continue;
            json_begin_object(writer, NULL);
            json_put_string(writer, "team", policy->teams[i].id);
            json_put_string(writer, "role", role_name(role));
            json_put_instant(writer, "from", duty.from_at);
            json_put_instant(writer, "until", duty.until_at);
            json_end_object(writer);
        }
    }
    json_end_array(writer);
}

/* Who has the other roles of the teams that I am on call for. */
static void backup_write(struct json_writer *writer, const struct house *house, const char *user)
{
    const struct policy *policy = view_policy(house->engine);
    msec now = house->now(house->context).wall_at;
    json_begin_array(writer, "backup");
    for (size_t i = 0; i < policy->team_count; i++) {
        struct duty duties[ROLE_COUNT] = {0};
        bool is_mine = false;
        for (enum role role = 0; role < ROLE_COUNT; role++)
            is_mine |= view_oncall(house->engine, &policy->teams[i], role, now, &duties[role]) &&
                       duty_is_of(&duties[role], user);
        for (enum role role = 0; is_mine && role < ROLE_COUNT; role++) {
            const struct user *other = duties[role].user_count ? duties[role].users[0] : NULL;
            if (!other || duty_is_of(&duties[role], user))
                continue;
            json_begin_object(writer, NULL);
            json_put_string(writer, "team", policy->teams[i].id);
            json_put_string(writer, "role", role_name(role));
            json_put_string(writer, "user", other->id);
            json_put_string(writer, "phone", other->phone);
            json_end_object(writer);
        }
    }
    json_end_array(writer);
}

static void rest_write(struct json_writer *writer, const struct house *house, const char *user)
{
    msec now = house->now(house->context).wall_at;
    const struct person *person = view_person(house->engine, user);
    const struct team *team;
    enum role role;
    const struct user *cover = NULL;
    if (!person_is_resting(person, now)) {
        json_put_null(writer, "rest");
        return;
    }
    bool is_covered = view_cover(house->engine, user, now, &team, &role, &cover);
    json_begin_object(writer, "rest");
    json_put_instant(writer, "from", person->rest_from_at);
    json_put_instant(writer, "until", person->rest_until_at);
    json_put_string(writer, "because", person->rest_because);
    json_put_string(writer, "covered_by", is_covered && cover ? cover->id : NULL);
    json_end_object(writer);
}

static void pause_write(struct json_writer *writer, const struct house *house, const char *user)
{
    msec now = house->now(house->context).wall_at;
    const struct person *person = view_person(house->engine, user);
    const struct team *team;
    enum role role;
    const struct user *cover = NULL;
    json_put_instant(writer, "awake_until",
                     person_is_awake(person, now) ? person->awake_until_at : 0);
    if (!person_is_paused(person, now)) {
        json_put_null(writer, "pause");
        return;
    }
    bool is_covered = view_pause_cover(house->engine, user, now, &team, &role, &cover);
    json_begin_object(writer, "pause");
    json_put_instant(writer, "from", person->pause_from_at);
    json_put_instant(writer, "until", person->pause_until_at);
    json_put_string(writer, "covered_by", is_covered ? cover->id : NULL);
    json_end_object(writer);
}

static void nobody_write(struct json_writer *writer)
{
    static const char *const lists[] = {"paging", "mine", "duties", "backup"};
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        json_begin_array(writer, lists[i]);
        json_end_array(writer);
    }
    json_put_null(writer, "rest");
    json_put_null(writer, "pause");
    json_put_null(writer, "awake_until");
}

enum call_wait route_me_show(struct call *call, struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    const char *id = call->caller.user;
    const struct user *user = id && policy ? policy_find_user(policy, id) : NULL;
    const struct zone *zone = user && user->zone ? user->zone : (policy ? policy->zone : NULL);
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "user", user ? user->id : NULL);
    json_put_string(&writer, "name", user ? user->name : NULL);
    json_put_string(&writer, "timezone", zone ? zone_name(zone) : NULL);
    json_put_bool(&writer, "is_admin", call->caller.is_admin);
    json_put_bool(&writer, "can_administer", call->caller.can_administer);
    if (user) {
        paging_write(&writer, house, user->id);
        mine_write(&writer, house, user->id);
        duties_write(&writer, house, user->id);
        backup_write(&writer, house, user->id);
        rest_write(&writer, house, user->id);
        pause_write(&writer, house, user->id);
    } else {
        nobody_write(&writer);
    }
    json_put_instant(&writer, "now", house->now(house->context).wall_at);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}
