/* SPDX-License-Identifier: MIT */
#include "engine/provider.h"

#include <assert.h>
#include <stdlib.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/entry.h"
#include "engine/notice.h"
#include "engine/sentence.h"
#include "engine/state.h"
#include "engine/words.h"

#define NAMES_MAX 4 /* that a notice says to work */

const msec latency_limits_ms[LATENCY_BUCKETS - 1] = {
    SECOND_MS,      2 * SECOND_MS, 5 * SECOND_MS, 10 * SECOND_MS,
    30 * SECOND_MS, MINUTE_MS,     2 * MINUTE_MS, 5 * MINUTE_MS,
};

static struct span provider_key(struct text *text, const char *channel, bool is_second)
{
    text_addf(text, "%s.%d", channel, is_second ? 2 : 1);
    return text_span(text);
}

static struct provider *find(const struct engine *engine, const char *channel, bool is_second)
{
    CLEANUP(text_clear) struct text key = {0};
    return map_find(engine->providers, provider_key(&key, channel, is_second));
}

static struct provider *get(struct work *work, const char *channel, bool is_second)
{
    struct provider *provider = find(work->engine, channel, is_second);
    if (provider != NULL)
        return provider;
    CLEANUP(text_clear) struct text key = {0};
    provider = memory_new(1, sizeof *provider);
    provider->channel = string_copy(channel);
    provider->is_second = is_second;
    provider->since_at = work->now.wall_at;
    provider->error = string_copy("");
    provider->silent = string_copy("");
    map_put(work->engine->providers, provider_key(&key, channel, is_second), provider);
    return provider;
}

static bool is_down(const struct engine *engine, const char *channel, bool is_second)
{
    const struct provider *provider = find(engine, channel, is_second);
    return provider != NULL && provider->is_down;
}

/* Has anybody a second one of that channel? Then the first is told from it. */
static bool has_second(const struct policy *policy, const char *channel)
{
    for (size_t i = 0; i < policy->user_count; i++) {
        const struct user *user = &policy->users[i];
        for (size_t k = 0; k < user->contact_count; k++) {
            if (user->contacts[k].has_second && string_is(user->contacts[k].channel, channel))
                return true;
        }
    }
    return false;
}

static void add_name(struct text *text, const struct policy *policy,
                     const struct provider *provider)
{
    text_add(text, provider->channel);
    if (provider->is_second || has_second(policy, provider->channel))
        text_add(text, provider->is_second ? " 2" : " 1");
}

/* "sms 2 and email work." */
static void add_healthy(struct text *text, const struct work *work)
{
    const struct language *language = work->engine->language;
    CLEANUP(text_clear) struct text names = {0};
    CLEANUP(text_clear) struct text and = {0};
    sentence_put(&and, language, SENTENCE_AND);
    const struct provider *healthy[NAMES_MAX];
    size_t count = 0;
    size_t cursor = 0;
    const struct provider *provider = NULL;
    while ((provider = map_each(work->engine->providers, &cursor, NULL)) != NULL) {
        if (!provider->is_down && provider->heard_at != 0 && count < NAMES_MAX)
            healthy[count++] = provider;
    }
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && i + 1 == count)
            text_addf(&names, " %s ", text_string(&and));
        else if (i > 0)
            text_add(&names, ", ");
        add_name(&names, work->policy, healthy[i]);
    }
    if (count > 0)
        sentence_say(text, language, count == 1 ? SENTENCE_PROVIDER_WORKS : SENTENCE_PROVIDERS_WORK,
                     saying_text("names", text_string(&names)));
}

static void tell_down(struct work *work, struct provider *provider)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text name = {0};
    CLEANUP(text_clear) struct text others = {0};
    add_name(&name, work->policy, provider);
    add_healthy(&others, work);
    sentence_say(&text, work->engine->language, SENTENCE_PROVIDER_DOWN,
                 saying_text("provider", text_string(&name)),
                 saying_clock("since", work->policy->zone, provider->since_at),
                 saying_text("error", provider->error),
                 saying_text("others", text_string(&others)));
    provider->is_told = true;
    provider->told_at = work->now.steady_at;
    (void)notice_tell(work, NULL, text_string(&text));
}

static void tell_up(struct work *work, struct provider *provider, msec down_at)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text name = {0};
    add_name(&name, work->policy, provider);
    sentence_say(&text, work->engine->language, SENTENCE_PROVIDER_UP,
                 saying_text("provider", text_string(&name)),
                 saying_clock("since", work->policy->zone, down_at));
    provider->is_told = false;
    (void)notice_tell(work, NULL, text_string(&text));
}

static void go_down(struct work *work, struct provider *provider, bool is_deaf)
{
    provider->is_deaf = provider->is_deaf || is_deaf;
    provider->try_at = work->now.steady_at + PROVIDER_TRY_MS;
    if (provider->is_down)
        return;
    provider->is_down = true;
    provider->since_at = work->now.wall_at;
    provider->down_at = work->now.steady_at;
    entry_add(work, 0, ENTRY_PROVIDER, NULL, "%s %d is down: %s", provider->channel,
              provider->is_second ? 2 : 1, provider->error);
    msec tell_at = provider->told_at + PROVIDER_APART_MS;
    if (provider->told_at != 0 && tell_at > work->now.steady_at)
        heap_put(&work->engine->timers[TIMER_PROVIDER], &provider->timer, tell_at);
    else
        tell_down(work, provider);
}

static void go_up(struct work *work, struct provider *provider)
{
    msec down_at = provider->since_at;
    provider->faults = 0;
    if (!provider->is_down)
        return;
    provider->is_down = provider->is_deaf = false;
    provider->since_at = work->now.wall_at;
    heap_remove(&work->engine->timers[TIMER_PROVIDER], &provider->timer);
    entry_add(work, 0, ENTRY_PROVIDER, NULL, "%s %d works again", provider->channel,
              provider->is_second ? 2 : 1);
    if (provider->is_told)
        tell_up(work, provider, down_at);
}

static void count_fault(struct work *work, struct provider *provider, const char *error)
{
    (void)string_set(&provider->error, error != NULL && error[0] != '\0' ? error : "no reason");
    provider->error_at = work->now.wall_at;
    provider->faults += provider->faults < UINT32_MAX;
    if (provider->faults >= PROVIDER_FAULTS)
        go_down(work, provider, false);
}

static void latency_add(struct latency *latency, msec took_ms)
{
    size_t bucket = 0;
    if (took_ms < 0)
        took_ms = 0; /* by a clock that was set */
    while (bucket < LATENCY_BUCKETS - 1 && took_ms > latency_limits_ms[bucket])
        bucket++;
    latency->counts[bucket]++;
    latency->total_ms += (uint64_t)took_ms;
}

/* It took a page, or one arrived. Where receipts are missing, only that counts. */
static void count_success(struct work *work, struct provider *provider, bool is_delivered)
{
    provider->heard_at = work->now.wall_at;
    if (is_delivered) {
        provider->missing = 0;
        provider->is_of_many = false;
        provider->is_deaf = false;
    }
    if (!provider->is_deaf)
        go_up(work, provider);
}

const struct provider *provider_find(const struct engine *engine, const char *channel,
                                     bool is_second)
{
    return find(engine, channel, is_second);
}

const struct provider *provider_each(const struct engine *engine, size_t *cursor)
{
    return map_each(engine->providers, cursor, NULL);
}

bool provider_is_out(const struct engine *engine, const struct contact *contact)
{
    return is_down(engine, contact->channel, false) &&
           (!contact->has_second || is_down(engine, contact->channel, true));
}

/* May this page try the one that is down? The next one may not for a while. */
static bool may_try(struct work *work, struct provider *provider, bool is_critical)
{
    msec now_at = work->now.steady_at;
    if (now_at < provider->try_at ||
        (is_critical && now_at < provider->down_at + PROVIDER_RETURN_MS))
        return false;
    provider->try_at = now_at + PROVIDER_TRY_MS;
    return true;
}

bool provider_pick(struct work *work, const struct contact *contact, bool is_critical)
{
    if (!contact->has_second)
        return false;
    struct provider *first = find(work->engine, contact->channel, false);
    struct provider *second = find(work->engine, contact->channel, true);
    if (second != NULL && second->is_down)
        return (first == NULL || !first->is_down) && may_try(work, second, is_critical);
    return first != NULL && first->is_down && !may_try(work, first, is_critical);
}

msec provider_receipt_ms(const struct contact *contact, bool is_second)
{
    if (contact == NULL)
        return 0;
    return is_second ? contact->second_receipt_ms : contact->receipt_ms;
}

bool provider_after(const struct engine *engine, const struct contact *contact, bool is_second)
{
    bool is_other_down = is_down(engine, contact->channel, !is_second);
    bool stays =
        !contact->has_second || (is_other_down && !is_down(engine, contact->channel, is_second));
    return contact->has_second && (stays ? is_second : !is_second);
}

void provider_heard(struct work *work, const struct page *page, bool is_second,
                    const struct event *event)
{
    struct provider *provider = get(work, page->channel, is_second);
    bool is_success = event->outcome == OUTCOME_SENT || event->outcome == OUTCOME_DELIVERED;
    provider->outcomes[event->outcome]++;
    if (is_success && page->state == PAGE_SENDING)
        latency_add(&provider->sending, work->now.steady_at - page->started_at);
    if (event->outcome == OUTCOME_DELIVERED && page->state == PAGE_SENT)
        latency_add(&provider->delivering, work->now.wall_at - page->sent_at);
    if (is_success)
        count_success(work, provider, event->outcome == OUTCOME_DELIVERED);
    else if (event->is_provider_fault)
        count_fault(work, provider, event->text);
}

void provider_hangs(struct work *work, const struct page *page, const char *error)
{
    count_fault(work, get(work, page->channel, page->is_second), error);
}

void provider_misses(struct work *work, const struct page *page, bool is_second)
{
    struct provider *provider = get(work, page->channel, is_second);
    provider->doubts++;
    if (provider->missing == 0)
        (void)string_set(&provider->silent, page->address);
    provider->is_of_many = provider->is_of_many || !string_is(provider->silent, page->address);
    provider->missing += provider->missing < UINT32_MAX;
    bool is_many = provider->missing >= PROVIDER_FAULTS && provider->is_of_many;
    if (!is_many && provider->missing < PROVIDER_MISSING)
        return;
    (void)string_set(&provider->error, "no receipts");
    provider->error_at = work->now.wall_at;
    go_down(work, provider, true);
}

void provider_event(struct work *work, const struct event *event, struct answer *answer)
{
    if (event->channel == NULL) {
        (void)answer_set(answer, ANSWER_INVALID, "which channel?");
        return;
    }
    struct provider *provider = get(work, event->channel, event->provider == 2);
    if (event->outcome != OUTCOME_SENT && event->outcome != OUTCOME_DELIVERED)
        count_fault(work, provider, event->text);
    else if (!provider->is_deaf)
        go_up(work, provider);
    answer->kind = ANSWER_DONE;
}

void provider_due(struct work *work, struct provider *provider)
{
    assert(provider->is_down && !provider->is_told);
    tell_down(work, provider);
}

void provider_free_all(struct engine *engine)
{
    size_t cursor = 0;
    struct provider *provider = NULL;
    while ((provider = map_each(engine->providers, &cursor, NULL)) != NULL) {
        free(provider->channel);
        free(provider->error);
        free(provider->silent);
        free(provider);
    }
    map_free(engine->providers);
}
