/* SPDX-License-Identifier: MIT */
#include "engine/code.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/entry.h"
#include "engine/page.h"
#include "engine/proof.h"
#include "engine/quiet.h"
#include "engine/sentence.h"

void code_hash(const char *salt, struct span code, char hash[CODE_HASH_SIZE])
{
    CLEANUP(text_clear) struct text text = {0};
    char digest[HASH_TEXT_SIZE];
    text_addf(&text, "%s:", salt);
    text_add_bytes(&text, code.bytes, code.size);
    hash_text(text_span(&text), digest);
    snprintf(hash, CODE_HASH_SIZE, "%s:%s", salt, digest);
}

bool code_is_one(struct span text)
{
    bool is_digits = text.size == CODE_DIGITS;
    for (size_t i = 0; is_digits && i < CODE_DIGITS; i++)
        is_digits = text.bytes[i] >= '0' && text.bytes[i] <= '9';
    return is_digits;
}

/* A clock that was set back by far makes it long ago, or the asking would stop for as long. */
static bool is_within(msec at, msec now_at, msec length_ms)
{
    return at != 0 && now_at - at < length_ms && at - now_at < DAY_MS;
}

static bool is_doubtful(const struct engine *engine, const struct user *user,
                        const struct contact *contact, msec now_at)
{
    const struct verify_rule *rule = &engine->policy->verify;
    const struct proof *proof = proof_find(engine, user->id, contact->channel);
    bool is_known = proof != NULL && string_is(proof->address, contact->address);
    return rule->is_on && !(is_known && is_within(proof->verified_at, now_at, rule->again_ms));
}

bool code_is_doubtful(const struct work *work, const struct user *user,
                      const struct contact *contact)
{
    return is_doubtful(work->engine, user, contact, work->now.wall_at);
}

bool view_is_doubtful(const struct engine *engine, const struct user *user,
                      const struct contact *contact, msec now_at)
{
    return is_doubtful(engine, user, contact, now_at);
}

/* How many codes that person was sent in a day. */
static unsigned codes_of_day(const struct work *work, const struct user *user)
{
    unsigned count = 0;
    size_t cursor = 0;
    const struct proof *proof = NULL;
    while ((proof = map_each(work->engine->proofs, &cursor, NULL)) != NULL) {
        if (string_is(proof->user, user->id) &&
            is_within(proof->codes_from_at, work->now.wall_at, DAY_MS))
            count += proof->code_count;
    }
    return count;
}

static void code_void(struct proof *proof)
{
    (void)string_set(&proof->code_hash, "");
    proof->code_until_at = 0;
    proof->tries = 0;
}

static void code_send(struct work *work, const struct user *user, const struct contact *contact,
                      unsigned before_count)
{
    struct proof *proof = proof_get(work, user, contact);
    code_void(proof);
    proof->asked_at = work->now.wall_at;
    if (!is_within(proof->codes_from_at, work->now.wall_at, DAY_MS)) {
        proof->codes_from_at = work->now.wall_at;
        proof->code_count = 0;
    }
    proof->code_count++;
    save_proof(work, proof);
    page_make(work, NULL, user, contact, PAGE_VERIFY, "");
    bool is_last = before_count + 1 >= CODES_A_DAY;
    entry_add(work, 0, ENTRY_TEST, NULL, "%s of %s: a code was sent%s", contact->channel, user->id,
              is_last ? "; no more of them for a day" : "");
}

/* The first way that needs one and was sent none for a day. */
static void person_ask(struct work *work, const struct user *user)
{
    unsigned count = codes_of_day(work, user);
    if (count >= CODES_A_DAY || quiet_is_now(work->policy, user, work->now.wall_at))
        return;
    for (size_t i = 0; i < user->contact_count; i++) {
        const struct contact *contact = &user->contacts[i];
        const struct proof *proof = proof_find(work->engine, user->id, contact->channel);
        bool was_asked = proof != NULL && string_is(proof->address, contact->address) &&
                         is_within(proof->asked_at, work->now.wall_at, DAY_MS);
        if (was_asked || !code_is_doubtful(work, user, contact))
            continue;
        code_send(work, user, contact, count);
        return;
    }
}

/* Whoever has the old address may be the one who should know. */
static void address_changed(struct work *work, const struct user *user,
                            const struct contact *contact, struct proof *proof)
{
    CLEANUP(text_clear) struct text old_address = {0};
    CLEANUP(text_clear) struct text told = {0};
    bool was_verified = proof->verified_at != 0;
    text_add(&old_address, proof->address);
    (void)proof_get(work, user, contact);
    save_proof(work, proof);
    if (!was_verified)
        return;
    entry_add(work, 0, ENTRY_TEST, NULL, "%s of %s was changed from %s to %s", contact->channel,
              user->id, text_string(&old_address), contact->address);
    if (contact->manner == MANNER_CALL || contact->value != NULL)
        return;
    struct contact old = *contact;
    old.address = text_string(&old_address);
    sentence_say(&told, work->engine->language,
                 contact->manner == MANNER_TEXT ? SENTENCE_NUMBER_CHANGED
                                                : SENTENCE_ADDRESS_CHANGED,
                 saying_text("address", contact->address));
    page_make(work, NULL, user, &old, PAGE_NOTICE, text_string(&told));
}

static void addresses_look(struct work *work)
{
    for (size_t i = 0; i < work->policy->user_count; i++) {
        const struct user *user = &work->policy->users[i];
        for (size_t j = 0; j < user->contact_count; j++) {
            const struct contact *contact = &user->contacts[j];
            struct proof *proof = proof_find(work->engine, user->id, contact->channel);
            if (proof != NULL && !string_is(proof->address, contact->address))
                address_changed(work, user, contact, proof);
        }
    }
}

static void look_schedule(struct work *work, msec in_ms)
{
    struct engine *engine = work->engine;
    msec due_at = work->policy->verify.is_on ? work->now.steady_at + in_ms : MSEC_NEVER;
    heap_put(&engine->timers[TIMER_CODE], &engine->code_timer, due_at);
}

void codes_plan(struct work *work)
{
    addresses_look(work);
    look_schedule(work, 0);
}

void codes_due(struct work *work)
{
    for (size_t i = 0; i < work->policy->user_count; i++)
        person_ask(work, &work->policy->users[i]);
    look_schedule(work, CODE_LOOK_MS);
}

void code_made(struct work *work, const struct event *event, struct answer *answer)
{
    const struct page *page = page_find(work->engine, event->id);
    struct proof *proof = NULL;
    if (page != NULL && page->kind == PAGE_VERIFY)
        proof = proof_find(work->engine, page->user, page->channel);
    if (proof == NULL || !string_is(proof->address, page->address)) {
        (void)answer_set(answer, ANSWER_NOT_FOUND, "no way waits for that code");
        return;
    }
    (void)string_set(&proof->code_hash, event->text);
    proof->code_until_at = work->now.wall_at + CODE_GOOD_MS;
    proof->tries = 0;
    save_proof(work, proof);
    answer->kind = ANSWER_DONE;
}

/* The code that was sent by this contact, while it can be typed; else NULL. */
static struct proof *proof_of_code(const struct work *work, const struct user *user,
                                   const struct contact *contact)
{
    struct proof *proof = proof_find(work->engine, user->id, contact->channel);
    bool is_out = proof != NULL && string_is(proof->address, contact->address) &&
                  proof->code_hash[0] != '\0' && work->now.wall_at < proof->code_until_at;
    return is_out ? proof : NULL;
}

static bool code_fits(const struct proof *proof, struct span code)
{
    char salt[TOKEN_TEXT_SIZE];
    char hash[CODE_HASH_SIZE];
    snprintf(salt, sizeof salt, "%.*s", (int)strcspn(proof->code_hash, ":"), proof->code_hash);
    code_hash(salt, code, hash);
    return secret_equal(span_of(hash), span_of(proof->code_hash));
}

/* A wrong one counts for all that are out: which one was meant is not known. */
static void code_wrong(struct work *work, const struct user *user, struct answer *answer)
{
    unsigned left = 0;
    for (size_t i = 0; i < user->contact_count; i++) {
        struct proof *proof = proof_of_code(work, user, &user->contacts[i]);
        if (proof == NULL)
            continue;
        proof->tries++;
        if (CODE_TRIES_MAX - proof->tries > (int)left)
            left = (unsigned)(CODE_TRIES_MAX - proof->tries);
        if (proof->tries >= CODE_TRIES_MAX) {
            code_void(proof);
            entry_add(work, 0, ENTRY_TEST, user->id,
                      "%s: %d wrong codes, the one that was sent is void", proof->channel,
                      CODE_TRIES_MAX);
        }
        save_proof(work, proof);
    }
    (void)answer_set(answer, ANSWER_INVALID, "that is not the code; %u more tr%s", left,
                     left == 1 ? "y" : "ies");
}

void code_entered(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    struct span code = span_of(event->text);
    if (actor == NULL)
        return;
    if (!code_is_one(code)) {
        (void)answer_set(answer, ANSWER_INVALID, "a code is %d digits", CODE_DIGITS);
        return;
    }
    bool is_out = false;
    struct proof *found = NULL;
    for (size_t i = 0; i < actor->contact_count; i++) {
        struct proof *proof = proof_of_code(work, actor, &actor->contacts[i]);
        is_out = is_out || proof != NULL;
        if (proof != NULL && code_fits(proof, code))
            found = proof;
    }
    if (found == NULL && !is_out) {
        (void)answer_set(answer, ANSWER_NOT_FOUND,
                         "no code waits for you; a code is good for a day, and void after %d wrong "
                         "ones",
                         CODE_TRIES_MAX);
        return;
    }
    if (found == NULL) {
        code_wrong(work, actor, answer);
        return;
    }
    code_void(found);
    found->verified_at = work->now.wall_at;
    save_proof(work, found);
    entry_add(work, 0, ENTRY_TEST, actor->id, "%s is verified: its code came back, by %s",
              found->channel, event->via != NULL ? event->via : "");
    (void)answer_set(answer, ANSWER_DONE, "%s", found->channel);
}
