/* SPDX-License-Identifier: MIT */
/* contacts.c - how people are reached, and whether that was proven: lists and tests. */
#include "base/text.h"
#include "http/act.h"
#include "http/route.h"
#include "http/say.h"
#include "http/vcard.h"

/* Milliseconds from the test's page to an instant; -1 while that is not known. */
static void put_after(struct json_writer *writer, const char *name, msec from_at, msec at)
{
    if (from_at != 0 && at >= from_at)
        json_put_integer(writer, name, at - from_at);
    else
        json_put_null(writer, name);
}

static void contact_write(struct json_writer *writer, const struct engine *engine,
                          const struct user *user, const struct contact *contact, msec now_at)
{
    const struct proof *proof = view_proof(engine, user->id, contact->channel);
    if (proof && !string_is(proof->address, contact->address))
        proof = NULL; /* of an address that is no contact any more */
    const struct page *page = proof ? view_page(engine, proof->test_page) : NULL;
    bool has_arrived = page && (page->state == PAGE_SENT || page->state == PAGE_DELIVERED);
    json_begin_object(writer, NULL);
    json_put_string(writer, "channel", contact->channel);
    json_put_string(writer, "address", contact->address);
    json_put_instant(writer, "verified_at", proof ? proof->verified_at : 0);
    json_put_bool(writer, "doubtful", view_is_doubtful(engine, user, contact, now_at));
    json_put_string(writer, "test", test_state_name(proof ? proof->test : TEST_NONE));
    json_put_instant(writer, "tested_at", proof ? proof->tested_at : 0);
    json_put_string(writer, "page", page ? page_state_name(page->state) : NULL);
    json_put_string(writer, "error", page && *page->error ? page->error : NULL);
    put_after(writer, "delivered_ms", has_arrived ? page->created_at : 0,
              has_arrived ? page->sent_at : 0);
    put_after(writer, "answered_ms", proof ? proof->tested_at : 0, proof ? proof->answered_at : 0);
    json_put_string(writer, "answered_via",
                    proof && *proof->answered_via ? proof->answered_via : NULL);
    json_end_object(writer);
}

static void user_write(struct json_writer *writer, const struct house *house,
                       const struct user *user)
{
    msec now_at = house->now(house->context).wall_at;
    json_put_string(writer, "user", user->id);
    json_put_string(writer, "name", user->name);
    json_begin_array(writer, "contacts");
    for (size_t i = 0; i < user->contact_count; i++)
        contact_write(writer, house->engine, user, &user->contacts[i], now_at);
    json_end_array(writer);
}

enum call_wait route_contacts_list(struct call *call, struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "people");
    for (size_t i = 0; policy && i < policy->user_count; i++) {
        json_begin_object(&writer, NULL);
        user_write(&writer, house, &policy->users[i]);
        json_end_object(&writer);
    }
    json_end_array(&writer);
    struct sender_view senders[VCARD_SENDERS_MAX];
    CLEANUP(text_clear) struct text card = {0};
    size_t count = house->senders(house->context, senders, VCARD_SENDERS_MAX);
    vcard_add(&card, senders, count, house->public_url);
    json_put_string(&writer, "vcard", text_string(&card));
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}

static const struct user *user_of_path(struct call *call, const struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    const struct user *user = policy ? policy_match_user(policy, call->parts[0]) : NULL;
    if (!user)
        call_answer_errorf(call, 404, "not_found", "There is no user \"%.80s\".", call->parts[0]);
    return user;
}

enum call_wait route_test_show(struct call *call, struct house *house)
{
    const struct user *user = user_of_path(call, house);
    if (!user)
        return CALL_ANSWER_NOW;
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    user_write(&writer, house, user);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}

enum call_wait route_test_begin(struct call *call, struct house *house)
{
    const struct user *user = user_of_path(call, house);
    if (!user)
        return CALL_ANSWER_NOW;
    struct event event = act_event(call, EVENT_TEST_PAGE);
    struct answer answer = {.kind = ANSWER_DONE};
    event.user = user->id;
    event.text = json_string(call->json, "channel");
    house->step(house->context, &event, &answer);
    if (!act_is_done(call, house, &answer))
        return CALL_ANSWER_NOW;
    return act_answer(call, &answer,
                      arena_format(call->arena,
                                   "%s gets a test page by each way, one after the other.",
                                   user->id));
}

enum call_wait route_code_enter(struct call *call, struct house *house)
{
    struct event event = act_event(call, EVENT_CODE);
    struct answer answer = {.kind = ANSWER_DONE};
    event.text = json_string(call->json, "code");
    house->step(house->context, &event, &answer);
    if (!act_is_done(call, house, &answer))
        return CALL_ANSWER_NOW;
    return act_answer(call, &answer,
                      arena_format(call->arena, "Your %s is verified.", answer.text));
}
