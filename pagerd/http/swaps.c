/* SPDX-License-Identifier: MIT */
/* swaps.c - parts of shifts that others are asked to take. */
#include <inttypes.h>

#include "base/text.h"
#include "http/act.h"
#include "http/route.h"
#include "http/say.h"

static void swap_write(struct json_writer *writer, const struct swap *swap)
{
    json_begin_object(writer, NULL);
    json_put_integer(writer, "id", (int64_t)swap->id);
    json_put_string(writer, "state", swap_state_name(swap->state));
    json_put_string(writer, "team", swap->team);
    json_put_string(writer, "role", role_name(swap->role));
    json_put_string(writer, "user", swap->user);
    json_put_instant(writer, "from", swap->from_at);
    json_put_instant(writer, "until", swap->until_at);
    json_put_instant(writer, "created", swap->created_at);
    json_put_string(writer, "taken_by", *swap->taken_by ? swap->taken_by : NULL);
    json_begin_array(writer, "asked");
    for (size_t i = 0; i < swap->asked_count; i++) {
        json_begin_object(writer, NULL);
        json_put_string(writer, "user", swap->asked[i].user);
        json_put_string(writer, "answer", swap_reply_name(swap->asked[i].reply));
        json_end_object(writer);
    }
    json_end_array(writer);
    json_end_object(writer);
}

enum call_wait route_swaps_list(struct call *call, struct house *house)
{
    const char *team = call_query(call, "team");
    bool is_all = call_has_query(call, "all");
    if (team && !act_team(call, view_policy(house->engine), team))
        return CALL_ANSWER_NOW;

    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "swaps");
    size_t cursor = 0;
    const struct swap *swap;
    while ((swap = view_each_swap(house->engine, &cursor))) {
        if ((swap->state == SWAP_OPEN || is_all) && (!team || string_is(team, swap->team)))
            swap_write(&writer, swap);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}

/* What a request for a swap says. */
struct wish {
    const struct team *team;
    const struct user *user; /* who asks */
    const struct user *with; /* NULL: everybody who can */
    enum role role;
    bool is_day;
    msec from_at; /* as it is meant, once it was found to be of that person's shift */
    msec until_at;
    struct swap_candidate candidates[SWAP_ASKED_MAX];
    size_t candidate_count;
};

static bool wish_read(struct call *call, const struct house *house, struct wish *wish)
{
    const struct policy *policy = view_policy(house->engine);
    const char *role = json_string(call->json, "role");
    const char *with = json_string(call->json, "with");
    wish->user = policy_find_user(policy, call->caller.user);
    wish->is_day = json_bool(call->json, "day", false);
    wish->team = act_team(call, policy, json_string(call->json, "team"));
    if (!wish->team)
        return false;
    if (!role || !role_parse(role, &wish->role)) {
        call_answer_error(call, 400, "invalid", "\"role\" is primary, secondary or oncall.");
        return false;
    }
    wish->with = with ? policy_match_user(policy, with) : NULL;
    if (with && !wish->with) {
        call_answer_errorf(call, 404, "not_found", "There is no user \"%.80s\".", with);
        return false;
    }
    if (!act_instant(call, "from", json_string(call->json, "from"), &wish->from_at) ||
        !act_instant(call, "until", json_string(call->json, "until"), &wish->until_at))
        return false;
    if (wish->from_at != 0)
        return true;
    call_answer_error(call, 400, "invalid", "\"from\" is missing: when the part begins.");
    return false;
}

/* Which part that is, and who could take it; the engine decides on the same grounds. */
static void wish_look(const struct house *house, struct wish *wish)
{
    msec now = house->now(house->context).wall_at;
    if (wish->user && view_swap_part(house->engine, wish->team, wish->role, wish->user,
                                     wish->is_day, &wish->from_at, &wish->until_at))
        wish->candidate_count =
            view_swap_candidates(house->engine, wish->team, wish->user, now, wish->from_at,
                                 wish->until_at, wish->candidates);
}

static bool is_asked(const struct wish *wish, size_t place)
{
    const struct swap_candidate *candidate = &wish->candidates[place];
    return candidate->bar == SWAP_BAR_NONE && (!wish->with || wish->with == candidate->user);
}

/* "Eve is away, fay rests." */
static void say_others(struct text *text, const struct wish *wish)
{
    size_t count = 0;
    for (size_t i = 0; i < wish->candidate_count; i++) {
        const struct swap_candidate *candidate = &wish->candidates[i];
        if (candidate->bar == SWAP_BAR_NONE || wish->with)
            continue;
        text_addf(text, "%s%s %s", count++ > 0 ? ", " : "Not asked: ", candidate->user->id,
                  swap_bar_words(candidate->bar));
    }
    if (count > 0)
        text_add(text, ".\n");
}

/* "Fewest weekend hours in 90 days: cat (12 h)." */
static void say_fewest(struct text *text, const struct wish *wish)
{
    const struct swap_candidate *fewest = NULL;
    size_t count = 0;
    for (size_t i = 0; i < wish->candidate_count; i++) {
        if (!is_asked(wish, i))
            continue;
        count++;
        if (!fewest || wish->candidates[i].weekend_ms < fewest->weekend_ms)
            fewest = &wish->candidates[i];
    }
    if (count < 2)
        return;
    text_addf(text, " Fewest weekend hours in 90 days: %s (%lld h).", fewest->user->id,
              (long long)(fewest->weekend_ms / HOUR_MS));
}

/* "Asked cat, dan, eve to take Sat 28 Nov 09:00 - Sun 29 Nov 09:00." */
static void wish_say(struct text *text, const struct wish *wish, const struct zone *zone, msec now,
                     bool is_dry)
{
    size_t count = 0;
    text_add(text, is_dry ? "Would ask " : "Asked ");
    for (size_t i = 0; i < wish->candidate_count; i++) {
        if (is_asked(wish, i))
            text_addf(text, "%s%s", count++ > 0 ? ", " : "", wish->candidates[i].user->id);
    }
    text_add(text, count > 0 ? " to take " : "nobody to take ");
    say_time(text, zone, wish->from_at, now);
    text_add(text, " - ");
    say_time(text, zone, wish->until_at, wish->from_at);
    text_add(text, ".\n");
    say_others(text, wish);
    text_add(text, "Until one says yes it stays yours.");
    say_fewest(text, wish);
}

enum call_wait route_swap_ask(struct call *call, struct house *house)
{
    struct wish wish = {.candidate_count = 0};
    if (!wish_read(call, house, &wish))
        return CALL_ANSWER_NOW;
    struct answer answer = {.kind = ANSWER_DONE};
    bool is_dry = json_bool(call->json, "dry_run", false);
    struct event event = act_event(call, EVENT_SWAP_ASK);
    event.team = wish.team->id;
    event.role = wish.role;
    event.user = wish.with ? wish.with->id : NULL;
    event.from_at = wish.from_at;
    event.until_at = wish.until_at;
    event.is_day = wish.is_day;
    wish_look(house, &wish);
    if (!is_dry) {
        house->step(house->context, &event, &answer);
        if (!act_is_done(call, house, &answer))
            return CALL_ANSWER_NOW;
    }
    CLEANUP(text_clear) struct text text = {0};
    wish_say(&text, &wish, say_zone(view_policy(house->engine), call->caller.user),
             house->now(house->context).wall_at, is_dry);
    if (!is_dry)
        text_addf(&text, "\nCancel: pagectl swap cancel w%" PRIu64, answer.id);
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "status", act_status(&answer));
    if (is_dry)
        json_put_null(&writer, "id");
    else
        json_put_integer(&writer, "id", (int64_t)answer.id);
    json_put_string(&writer, "text", text_string(&text));
    json_put_instant(&writer, "from", wish.from_at);
    json_put_instant(&writer, "until", wish.until_at);
    json_end_object(&writer);
    return is_dry ? CALL_ANSWER_NOW : CALL_AFTER_COMMIT;
}

/* One step about the swap of the path; `say`: what is said when it is done. */
static enum call_wait swap_step(struct call *call, struct house *house, enum event_kind kind,
                                bool is_yes, const char *say)
{
    const char *id = call->parts[0];
    struct event event = act_event(call, kind);
    struct answer answer = {.kind = ANSWER_DONE};
    if (!act_number(call, "a swap", *id == 'w' ? id + 1 : id, &event.id))
        return CALL_ANSWER_NOW;
    event.is_yes = is_yes;
    house->step(house->context, &event, &answer);
    if (answer.kind == ANSWER_CONFLICT) {
        call_answer_error(call, 409, "conflict", answer.text);
        return CALL_ANSWER_NOW;
    }
    if (!act_is_done(call, house, &answer))
        return CALL_ANSWER_NOW;
    return act_answer(call, &answer, arena_format(call->arena, "w%" PRIu64 "%s", event.id, say));
}

enum call_wait route_swap_accept(struct call *call, struct house *house)
{
    return swap_step(call, house, EVENT_SWAP_ANSWER, true, " is yours. All are told.");
}

enum call_wait route_swap_decline(struct call *call, struct house *house)
{
    return swap_step(call, house, EVENT_SWAP_ANSWER, false, ": you said no.");
}

enum call_wait route_swap_cancel(struct call *call, struct house *house)
{
    return swap_step(call, house, EVENT_SWAP_CANCEL, false,
                     " is cancelled. Those who were asked are told.");
}
