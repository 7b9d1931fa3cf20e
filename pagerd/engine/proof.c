/* SPDX-License-Identifier: MIT */
#include "engine/proof.h"

#include <assert.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/entry.h"
#include "engine/page.h"
#include "engine/words.h"

static struct span proof_key(struct text *key, const char *user, const char *channel)
{
    text_addf(key, "%s\n%s", user, channel);
    return text_span(key);
}

static void proof_schedule(struct engine *engine, struct proof *proof, msec due_at)
{
    proof->due_at = due_at;
    heap_put(&engine->timers[TIMER_PROOF], &proof->timer, due_at);
}

/* Nothing is known of that address. */
static void proof_begin(struct work *work, struct proof *proof, const char *address)
{
    (void)string_set(&proof->address, address);
    (void)string_set(&proof->answered_via, "");
    (void)string_set(&proof->code_hash, "");
    proof->verified_at = 0;
    proof->asked_at = 0;
    proof->code_until_at = 0;
    proof->tries = 0;
    proof->test = TEST_NONE;
    proof->test_page = 0;
    proof->tested_at = 0;
    proof->answered_at = 0;
    proof_schedule(work->engine, proof, MSEC_NEVER);
}

static const struct contact *contact_of(const struct work *work, const struct proof *proof)
{
    const struct user *user = policy_find_user(work->policy, proof->user);
    for (size_t i = 0; user != NULL && i < user->contact_count; i++) {
        if (string_is(user->contacts[i].channel, proof->channel) &&
            string_is(user->contacts[i].address, proof->address))
            return &user->contacts[i];
    }
    return NULL;
}

static void test_send(struct work *work, struct proof *proof)
{
    const struct contact *contact = contact_of(work, proof);
    if (contact == NULL) { /* it is no contact any more */
        proof->test = TEST_NONE;
        proof_schedule(work->engine, proof, MSEC_NEVER);
        save_proof(work, proof);
        return;
    }
    page_make(work, NULL, policy_find_user(work->policy, proof->user), contact, PAGE_TEST, "");
    proof->test = TEST_SENT;
    proof->test_page = work->engine->page_id;
    proof->tested_at = work->now.wall_at;
    proof->answered_at = 0;
    (void)string_set(&proof->answered_via, "");
    proof_schedule(work->engine, proof, work->now.steady_at + PROOF_ANSWER_MS);
    save_proof(work, proof);
}

/* The next of that person's is sent now. */
static void test_go_on(struct work *work, const char *user)
{
    size_t cursor = 0;
    struct proof *next = NULL;
    struct proof *proof = NULL;
    while ((proof = map_each(work->engine->proofs, &cursor, NULL)) != NULL) {
        if (proof->test == TEST_WAITING && string_is(proof->user, user) &&
            (next == NULL || proof->due_at < next->due_at))
            next = proof;
    }
    if (next != NULL)
        test_send(work, next);
}

void proof_take(struct engine *engine, struct proof *proof)
{
    CLEANUP(text_clear) struct text key = {0};
    struct span span = proof_key(&key, proof->user, proof->channel);
    if (map_find(engine->proofs, span) != NULL) {
        proof_free(proof);
        return;
    }
    map_put(engine->proofs, span, proof);
    if (proof->id > engine->proof_id)
        engine->proof_id = proof->id;
    heap_put(&engine->timers[TIMER_PROOF], &proof->timer, proof->due_at);
}

struct proof *proof_find(const struct engine *engine, const char *user, const char *channel)
{
    CLEANUP(text_clear) struct text key = {0};
    return map_find(engine->proofs, proof_key(&key, user, channel));
}

struct proof *proof_get(struct work *work, const struct user *user, const struct contact *contact)
{
    struct proof *proof = proof_find(work->engine, user->id, contact->channel);
    if (proof == NULL) {
        proof = memory_new(1, sizeof *proof);
        *proof = (struct proof){.id = work->engine->proof_id + 1,
                                .user = string_copy(user->id),
                                .channel = string_copy(contact->channel),
                                .address = string_copy(contact->address),
                                .answered_via = string_copy(""),
                                .code_hash = string_copy(""),
                                .due_at = MSEC_NEVER};
        proof_take(work->engine, proof);
    } else if (!string_is(proof->address, contact->address)) {
        proof_begin(work, proof, contact->address);
    }
    return proof;
}

bool proof_begin_test(struct work *work, const struct user *user, const char *channel, bool is_loud)
{
    msec in_ms = 0;
    bool has_loud = false;
    for (size_t i = 0; i < user->contact_count; i++)
        has_loud = has_loud || !user->contacts[i].is_quiet;
    for (size_t i = 0; i < user->contact_count; i++) {
        const struct contact *contact = &user->contacts[i];
        if ((channel != NULL && !string_is(channel, contact->channel)) ||
            (is_loud && has_loud && contact->is_quiet))
            continue;
        struct proof *proof = proof_get(work, user, contact);
        proof->test = TEST_WAITING;
        proof->answered_at = 0;
        proof_schedule(work->engine, proof, work->now.steady_at + in_ms);
        save_proof(work, proof);
        if (in_ms == 0)
            test_send(work, proof);
        in_ms += PROOF_APART_MS;
    }
    return in_ms > 0;
}

bool proof_has_answer(const struct engine *engine, const struct user *user, msec since_at)
{
    for (size_t i = 0; i < user->contact_count; i++) {
        const struct proof *proof = proof_find(engine, user->id, user->contacts[i].channel);
        if (proof != NULL && proof->verified_at >= since_at && proof->verified_at != 0)
            return true;
    }
    return false;
}

void proof_test(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    const struct user *user = policy_find_user(work->policy, event->user);
    if (actor == NULL)
        return;
    if (user == NULL) {
        (void)answer_set(answer, ANSWER_NOT_FOUND, "no user \"%s\"", event->user);
        return;
    }
    if (actor != user && !actor->is_admin) {
        (void)answer_set(answer, ANSWER_REFUSED, "only %s or an admin tests that", user->id);
        return;
    }
    if (!proof_begin_test(work, user, event->text, false)) {
        (void)answer_set(answer, ANSWER_INVALID, "%s has no contact%s%s", user->id,
                         event->text != NULL ? " by " : "", event->text != NULL ? event->text : "");
        return;
    }
    entry_add(work, 0, ENTRY_TEST, actor->id, "tests how %s is reached", user->id);
    answer->kind = ANSWER_DONE;
}

void proof_answer(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    struct proof *proof = actor != NULL ? proof_find(work->engine, actor->id, event->text) : NULL;
    if (actor == NULL)
        return;
    bool was_sent = proof != NULL && proof->tested_at != 0 && contact_of(work, proof) != NULL &&
                    work->now.wall_at - proof->tested_at < PROOF_LATE_MS;
    if (!was_sent || proof->test == TEST_WAITING || proof->test == TEST_NONE) {
        (void)answer_set(answer, ANSWER_NOT_FOUND, "no test waits for an answer by %s",
                         event->text);
        return;
    }
    answer->at = proof->tested_at;
    if (proof->test == TEST_ANSWERED) {
        answer->kind = ANSWER_ALREADY;
        return;
    }
    proof->test = TEST_ANSWERED;
    proof->answered_at = work->now.wall_at;
    proof->verified_at = work->now.wall_at;
    (void)string_set(&proof->answered_via, event->via);
    proof_schedule(work->engine, proof, MSEC_NEVER);
    save_proof(work, proof);
    CLEANUP(text_clear) struct text after = {0};
    words_add_duration(
        &after, work->now.wall_at > proof->tested_at ? work->now.wall_at - proof->tested_at : 0);
    entry_add(work, 0, ENTRY_TEST, actor->id, "%s works: answered after %s, by %s", proof->channel,
              text_string(&after), event->via != NULL ? event->via : "");
    test_go_on(work, actor->id);
    answer->kind = ANSWER_DONE;
}

void proof_due(struct work *work, struct proof *proof)
{
    proof->due_at = MSEC_NEVER;
    if (proof->test == TEST_WAITING) {
        test_send(work, proof);
    } else if (proof->test == TEST_SENT) {
        proof->test = TEST_SILENT;
        save_proof(work, proof);
        entry_add(work, 0, ENTRY_TEST, NULL, "%s of %s: the test was not answered", proof->channel,
                  proof->user);
    }
}

void proofs_recall(struct work *work)
{
    size_t cursor = 0;
    struct proof *proof = NULL;
    while ((proof = map_each(work->engine->proofs, &cursor, NULL)) != NULL) {
        bool is_testing = proof->test == TEST_WAITING || proof->test == TEST_SENT;
        if (!is_testing && proof->code_until_at == 0)
            continue;
        proof->test = is_testing ? TEST_NONE : proof->test;
        proof->code_until_at = 0;
        (void)string_set(&proof->code_hash, "");
        proof_schedule(work->engine, proof, MSEC_NEVER);
        save_proof(work, proof);
    }
}

const struct proof *view_proof(const struct engine *engine, const char *user, const char *channel)
{
    return proof_find(engine, user, channel);
}

const char *test_state_name(enum test_state state)
{
    static const char *const names[TEST_STATE_COUNT] = {
        [TEST_NONE] = "none",         [TEST_WAITING] = "waiting", [TEST_SENT] = "sent",
        [TEST_ANSWERED] = "answered", [TEST_SILENT] = "silent",
    };
    assert(state < TEST_STATE_COUNT);
    return names[state];
}
