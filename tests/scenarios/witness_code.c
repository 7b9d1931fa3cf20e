/* SPDX-License-Identifier: MIT */
#include "scenarios/witness_code.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/code.h"
#include "engine/quiet.h"

#define NAME_SIZE 64

/* A way to reach a person: one for each channel, as the engine has it. */
struct way {
    char user[NAME_SIZE];
    char channel[NAME_SIZE];
    char address[NAME_SIZE];
    char hash[CODE_HASH_SIZE]; /* of the code that is out, or "" */
    msec until_at;             /* wall; so long it is good */
    unsigned tries;
    msec verified_at; /* wall; 0: not */
    msec latest_at;   /* the latest that it ever was, with the clocks of then */
};

/* A code that was sent. */
struct sent {
    uint64_t page;
    size_t way;
    char address[NAME_SIZE];
    msec at; /* wall */
    msec steady_at;
    bool is_of_before; /* the way had another address since: it begins anew */
};

struct witness_codes {
    struct way *ways;
    size_t way_count;
    struct sent *sent;
    size_t sent_count;
};

struct witness_codes *witness_codes_new(void)
{
    return memory_new(1, sizeof(struct witness_codes));
}

void witness_codes_free(struct witness_codes *codes)
{
    if (codes == NULL)
        return;
    free(codes->ways);
    free(codes->sent);
    free(codes);
}

struct witness_codes *witness_codes_copy(const struct witness_codes *codes)
{
    struct witness_codes *copy = witness_codes_new();
    *copy = *codes;
    copy->ways = memory_new(codes->way_count + 1, sizeof *copy->ways);
    copy->sent = memory_new(codes->sent_count + 1, sizeof *copy->sent);
    for (size_t i = 0; i < codes->way_count; i++)
        copy->ways[i] = codes->ways[i];
    for (size_t i = 0; i < codes->sent_count; i++)
        copy->sent[i] = codes->sent[i];
    return copy;
}

static void name_set(char place[NAME_SIZE], const char *name)
{
    (void)snprintf(place, NAME_SIZE, "%s", name);
}

/* Good until the next one is asked for. */
static struct way *way_of(struct witness_codes *codes, const char *user, const char *channel)
{
    for (size_t i = 0; i < codes->way_count; i++) {
        if (string_is(codes->ways[i].user, user) && string_is(codes->ways[i].channel, channel))
            return &codes->ways[i];
    }
    codes->ways = memory_grow(codes->ways, codes->way_count + 1, sizeof *codes->ways);
    struct way *way = &codes->ways[codes->way_count++];
    *way = (struct way){0};
    name_set(way->user, user);
    name_set(way->channel, channel);
    return way;
}

static bool wrong(struct fault *fault, const struct way *way, const char *what)
{
    return fault_set(fault, FAULT_CONFLICT, "witness: %s of %s %s", way->channel, way->user, what);
}

static bool is_known(const struct witness_codes *codes, uint64_t page)
{
    for (size_t i = 0; i < codes->sent_count; i++) {
        if (codes->sent[i].page == page)
            return true;
    }
    return false;
}

/* By either clock: one that was set makes another day. */
static bool is_of_day(const struct sent *sent, struct now now)
{
    return now.wall_at - sent->at >= 0 && now.wall_at - sent->at < DAY_MS &&
           now.steady_at - sent->steady_at < DAY_MS;
}

/* What the engine knows of before is each way's last code, by the wall clock of then. */
static bool was_set(const struct sent *sent, struct now now)
{
    msec by_ms = (now.wall_at - sent->at) - (now.steady_at - sent->steady_at);
    return by_ms >= HOUR_MS || by_ms <= -HOUR_MS;
}

/* One a day to each way, some to each person. */
static bool is_few(const struct witness_codes *codes, const struct way *way, struct now now,
                   struct fault *fault)
{
    const struct sent *last = NULL;
    unsigned count = 0;
    for (size_t i = 0; i < codes->sent_count; i++) {
        const struct sent *sent = &codes->sent[i];
        const struct way *other = &codes->ways[sent->way];
        count += string_is(other->user, way->user) && is_of_day(sent, now) && !was_set(sent, now);
        if (other == way)
            last = sent;
    }
    if (last != NULL && string_is(last->address, way->address) && !last->is_of_before &&
        is_of_day(last, now))
        return wrong(fault, way, "is sent a second code within a day");
    return count < CODES_A_DAY || wrong(fault, way, "is sent one more code than its person may");
}

/* A new page with a code: outside quiet hours, to who has that way, and only where one is needed.
 */
static bool page_step(struct witness_codes *codes, const struct engine *engine, struct now now,
                      const struct page *page, struct fault *fault)
{
    bool is_made = page->kind == PAGE_VERIFY && page->created_at == now.wall_at;
    if (is_made && page->attempt == 0) /* a cap holds it back; the code before is void */
        way_of(codes, page->user, page->channel)->hash[0] = '\0';
    if (page->kind != PAGE_VERIFY || page->state == PAGE_FAILED || page->attempt != 1 ||
        page->created_at != now.wall_at || is_known(codes, page->id))
        return true;
    const struct policy *policy = view_policy(engine);
    const struct user *user = policy_find_user(policy, page->user);
    struct way *way = way_of(codes, page->user, page->channel);
    const struct contact *contact = NULL;
    for (size_t i = 0; user != NULL && i < user->contact_count; i++) {
        if (string_is(user->contacts[i].channel, page->channel))
            contact = &user->contacts[i];
    }
    if (contact == NULL || !string_is(contact->address, page->address))
        return wrong(fault, way, "is no way any more, and is sent a code");
    if (!policy->verify.is_on || !view_is_doubtful(engine, user, contact, now.wall_at))
        return wrong(fault, way, "needs no code and is sent one");
    if (quiet_is_now(policy, user, now.wall_at))
        return wrong(fault, way, "is sent a code in quiet hours");
    name_set(way->address, page->address);
    way->hash[0] = '\0';
    if (!is_few(codes, way, now, fault))
        return false;
    codes->sent = memory_grow(codes->sent, codes->sent_count + 1, sizeof *codes->sent);
    struct sent *sent = &codes->sent[codes->sent_count++];
    *sent = (struct sent){.page = page->id,
                          .way = (size_t)(way - codes->ways),
                          .at = now.wall_at,
                          .steady_at = now.steady_at};
    name_set(sent->address, page->address);
    return true;
}

/* Verified is what its person answered by, or whose code its person has typed. */
static bool proof_step(struct witness_codes *codes, const struct event *event,
                       const struct answer *answer, const struct proof *proof, struct fault *fault)
{
    struct way *way = way_of(codes, proof->user, proof->channel);
    if (!string_is(way->address, proof->address)) {
        for (size_t i = 0; i < codes->sent_count; i++)
            codes->sent[i].is_of_before |= &codes->ways[codes->sent[i].way] == way;
        name_set(way->address, proof->address);
        way->hash[0] = '\0';
        way->verified_at = way->latest_at = 0;
    }
    bool is_news = proof->verified_at != way->verified_at && proof->verified_at != 0;
    bool is_own =
        event->actor != NULL && string_is(event->actor, proof->user) && answer->kind == ANSWER_DONE;
    way->verified_at = proof->verified_at;
    if (way->latest_at < way->verified_at)
        way->latest_at = way->verified_at;
    if (!is_news)
        return true;
    if (is_own && event->kind == EVENT_TEST_ANSWER && string_is(event->text, proof->channel))
        return true;
    return (is_own && event->kind == EVENT_CODE && string_is(answer->text, proof->channel)) ||
           wrong(fault, way, "is verified by nobody");
}

static bool fits(const struct way *way, const char *code, msec now_at)
{
    char hash[CODE_HASH_SIZE];
    if (way->hash[0] == '\0' || now_at >= way->until_at || way->tries >= CODE_TRIES_MAX)
        return false;
    char salt[CODE_HASH_SIZE];
    (void)snprintf(salt, sizeof salt, "%.*s", (int)strcspn(way->hash, ":"), way->hash);
    code_hash(salt, span_of(code), hash);
    return string_is(hash, way->hash);
}

/* Is that code out to this person by any way that is still one? */
static bool is_out(const struct witness_codes *codes, const struct engine *engine, struct now now,
                   const struct event *event)
{
    const struct user *user = policy_find_user(view_policy(engine), event->actor);
    for (size_t i = 0; i < codes->way_count; i++) {
        const struct way *way = &codes->ways[i];
        bool is_there = false;
        for (size_t k = 0; user != NULL && k < user->contact_count; k++)
            is_there = is_there || (string_is(user->contacts[k].channel, way->channel) &&
                                    string_is(user->contacts[k].address, way->address));
        if (is_there && string_is(way->user, event->actor) && fits(way, event->text, now.wall_at))
            return true;
    }
    return false;
}

/* A wrong one is wrong for all that are out. */
static void count_wrong(struct witness_codes *codes, const char *user, msec now_at)
{
    for (size_t i = 0; i < codes->way_count; i++) {
        struct way *way = &codes->ways[i];
        if (string_is(way->user, user) && way->hash[0] != '\0' && now_at < way->until_at)
            way->tries++;
    }
}

/* The right code within its time is taken, and nothing else is. */
static bool code_step(struct witness_codes *codes, const struct engine *engine, struct now now,
                      const struct event *event, const struct answer *answer, struct fault *fault)
{
    bool is_six = code_is_one(span_of(event->text));
    bool is_right = is_six && is_out(codes, engine, now, event);
    if (is_right != (answer->kind == ANSWER_DONE))
        return fault_set(fault, FAULT_CONFLICT, "witness: %s types %s code, and it is %s",
                         event->actor, is_right ? "the right" : "a wrong",
                         is_right ? "refused" : "taken");
    if (is_right) {
        struct way *way = way_of(codes, event->actor, answer->text);
        if (!fits(way, event->text, now.wall_at))
            return wrong(fault, way, "is verified by the code of another way");
        way->hash[0] = '\0';
    } else if (is_six && answer->kind == ANSWER_INVALID) {
        count_wrong(codes, event->actor, now.wall_at);
    }
    return true;
}

static void made_step(struct witness_codes *codes, const struct engine *engine, struct now now,
                      const struct event *event)
{
    const struct page *page = view_page(engine, event->id);
    struct way *way = way_of(codes, page->user, page->channel);
    (void)snprintf(way->hash, sizeof way->hash, "%s", event->text);
    name_set(way->address, page->address);
    way->until_at = now.wall_at + CODE_GOOD_MS;
    way->tries = 0;
}

/* An alarm that this step has made; NULL: the effect is another one. */
static const struct page *made_now(const struct effect *effect, struct now now)
{
    const struct page *page = effect->kind == EFFECT_SAVE_PAGE ? effect->page : NULL;
    bool is_new = page != NULL && page_is_alarm(page->kind) && page->state == PAGE_SENDING &&
                  page->attempt == 1 && page->created_at == now.wall_at;
    return is_new ? page : NULL;
}

/* Is it a way whose pages are never made to wait, and that is verified, or not? */
static bool is_prompt(const struct engine *engine, struct now now, const struct page *page,
                      bool is_verified)
{
    const struct user *user = policy_find_user(view_policy(engine), page->user);
    for (size_t i = 0; user != NULL && i < user->contact_count; i++) {
        const struct contact *contact = &user->contacts[i];
        if (string_is(contact->channel, page->channel) &&
            string_is(contact->address, page->address))
            return contact->limit == 0 &&
                   view_is_doubtful(engine, user, contact, now.wall_at) != is_verified;
    }
    return false;
}

/* Was that person asked about it before? */
static bool was_asked(const struct page *page)
{
    const struct page *older = page->older;
    while (older != NULL && !(page_is_alarm(older->kind) && string_is(older->user, page->user)))
        older = older->older;
    return older != NULL;
}

/* What is not verified is paged behind what is, where the first step of a rule has made both;
 * unless one of them goes where nothing works, and the next way is paged beside it. */
static bool verified_go_first(const struct engine *engine, struct now now,
                              const struct effects *effects, struct fault *fault)
{
    const struct page *before = NULL;
    for (size_t i = 0; i < effects->count; i++) {
        const struct page *page = made_now(&effects->list[i], now);
        if (page == NULL)
            continue;
        bool is_of_one = before != NULL && before->incident == page->incident &&
                         before->kind == page->kind && string_is(before->user, page->user) &&
                         !before->has_gone_on && !was_asked(before);
        if (is_of_one && is_prompt(engine, now, before, false) &&
            is_prompt(engine, now, page, true))
            return fault_set(fault, FAULT_CONFLICT,
                             "witness: %s is paged by %s, not verified, before %s", page->user,
                             before->channel, page->channel);
        before = page;
    }
    return true;
}

bool witness_codes_step(struct witness_codes *codes, const struct engine *engine, struct now now,
                        const struct event *event, const struct answer *answer,
                        const struct effects *effects, struct fault *fault)
{
    bool is_on = view_policy(engine) != NULL && view_policy(engine)->verify.is_on;
    if (is_on && !verified_go_first(engine, now, effects, fault))
        return false;
    if (event->kind == EVENT_CODE && !code_step(codes, engine, now, event, answer, fault))
        return false;
    if (event->kind == EVENT_CODE_MADE && answer->kind == ANSWER_DONE)
        made_step(codes, engine, now, event);
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        if (effect->kind == EFFECT_SAVE_PROOF &&
            !proof_step(codes, event, answer, effect->proof, fault))
            return false;
        if (effect->kind == EFFECT_SAVE_PAGE && !page_step(codes, engine, now, effect->page, fault))
            return false;
    }
    return true;
}

/* What left, but was not written down, nobody can know of. */
/* A later code of that way is forgotten, of an earlier hour: the clock was set back between. What
 * was sent last is not known any more. */
static bool is_overtaken(const struct sent *sent, const struct sent *gone)
{
    return gone->way == sent->way && gone->at < sent->at;
}

static bool is_kept(const struct engine *engine, const struct sent *sent)
{
    const struct page *page = view_page(engine, sent->page);
    return page != NULL && page->kind == PAGE_VERIFY && page->created_at == sent->at;
}

static void sent_restart(struct witness_codes *codes, const struct engine *engine)
{
    size_t kept = 0;
    for (size_t i = 0; i < codes->sent_count; i++) {
        const struct sent *sent = &codes->sent[i];
        bool is_last_known = true;
        for (size_t k = i + 1; k < codes->sent_count; k++)
            is_last_known = is_last_known && (!is_overtaken(sent, &codes->sent[k]) ||
                                              is_kept(engine, &codes->sent[k]));
        if (is_last_known && is_kept(engine, sent))
            codes->sent[kept++] = *sent;
    }
    codes->sent_count = kept;
}

bool witness_codes_restart(struct witness_codes *codes, const struct engine *engine,
                           struct fault *fault)
{
    sent_restart(codes, engine);
    for (size_t i = 0; i < codes->way_count; i++) {
        struct way *way = &codes->ways[i];
        const struct proof *proof = view_proof(engine, way->user, way->channel);
        bool is_same = proof != NULL && string_is(proof->address, way->address);
        if (is_same && proof->verified_at > way->latest_at)
            return wrong(fault, way, "is verified by a restart");
        struct way known = {0};
        memcpy(known.user, way->user, sizeof known.user);
        memcpy(known.channel, way->channel, sizeof known.channel);
        if (proof != NULL) {
            name_set(known.address, proof->address);
            (void)snprintf(known.hash, sizeof known.hash, "%s", proof->code_hash);
            known.until_at = proof->code_until_at;
            known.tries = proof->tries;
            known.verified_at = known.latest_at = proof->verified_at;
        }
        *way = known;
    }
    return true;
}
