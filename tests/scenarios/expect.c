/* SPDX-License-Identifier: MIT */
/* What a story expects: one row of a table for each thing. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/provider.h"
#include "scenarios/expect_person.h"
#include "scenarios/story.h"

static const char *const answer_names[ANSWER_COUNT] = {
    [ANSWER_DONE] = "done",         [ANSWER_ALREADY] = "already", [ANSWER_NOT_FOUND] = "not-found",
    [ANSWER_CONFLICT] = "conflict", [ANSWER_CLOSED] = "closed",   [ANSWER_REFUSED] = "refused",
    [ANSWER_INVALID] = "invalid",   [ANSWER_FULL] = "full",
};

static bool is_end(const struct words *words)
{
    const char *word = words_peek(words);
    return word == NULL || string_is(word, ";") || string_is(word, "expect");
}

static bool is_alarm(enum page_kind kind)
{
    return page_is_alarm(kind);
}

static void add_page(struct text *text, const struct world_page *page)
{
    text_addf(text, "%s %s%s %s", page->user, page->channel, page->is_second ? ".2" : "",
              page_kind_name(page->kind));
    if (page->text[0] != '\0')
        text_addf(text, " \"%s\"", page->text);
    if (page->is_late)
        text_add(text, " late");
    if (page->is_repeat)
        text_add(text, " repeat");
    if (page->is_stray)
        text_add(text, " stray");
}

static void add_pages(struct text *text, const struct world *world)
{
    size_t count = 0;
    for (size_t i = 0; i < world->page_count; i++) {
        if (world->pages[i].is_expected)
            continue;
        text_add(text, count++ > 0 ? "; " : "");
        add_page(text, &world->pages[i]);
    }
    if (count == 0)
        text_add(text, "none");
}

static const struct incident *take_incident(const struct world *world, struct words *words,
                                            struct fault *fault)
{
    uint64_t number = world->last_incident;
    const char *word = words_peek(words);
    if (word != NULL && word[0] == '#') {
        words->at++;
        number = strtoull(word + 1, NULL, 10);
    }
    const struct incident *incident = view_incident(world->engine, number);
    if (incident == NULL)
        (void)fault_set(fault, FAULT_CONFLICT, "there is no #%" PRIu64, number);
    return incident;
}

#define WANTED_TEXTS_MAX 32

/* USER CHANNEL [KIND] ["text"]... [without "text"]... [late] [repeat] */
struct wanted_page {
    const char *user;
    const char *channel;
    const char *kind;
    struct {
        const char *text;
        bool is_absent;
    } texts[WANTED_TEXTS_MAX];
    size_t text_count;
    bool is_late;
    bool is_repeat;
    bool is_stray;
    bool is_news;
};

static struct wanted_page take_page(struct words *words, bool is_news)
{
    struct wanted_page wanted = {.is_news = is_news};
    bool is_absent = false;
    wanted.user = words_next(words);
    wanted.channel = is_end(words) ? "" : words_next(words);
    while (!is_end(words)) {
        const char *word = words_next(words);
        bool is_kind = false;
        for (int kind = 0; kind < PAGE_KIND_COUNT; kind++)
            is_kind = is_kind || string_is(page_kind_name((enum page_kind)kind), word);
        if (string_is(word, "stray"))
            wanted.is_stray = true;
        else if (string_is(word, "late"))
            wanted.is_late = true;
        else if (string_is(word, "repeat"))
            wanted.is_repeat = true;
        else if (is_kind && wanted.kind == NULL)
            wanted.kind = word;
        else if (string_is(word, "without"))
            is_absent = true;
        else {
            assert(wanted.text_count < WANTED_TEXTS_MAX);
            wanted.texts[wanted.text_count].text = word;
            wanted.texts[wanted.text_count++].is_absent = is_absent;
            is_absent = false;
        }
    }
    return wanted;
}

/* "sms" is the first provider of it, "sms.2" the second. */
static bool channel_is(const struct world_page *page, const char *wanted)
{
    size_t size = strlen(page->channel);
    return strncmp(wanted, page->channel, size) == 0 &&
           string_is(wanted + size, page->is_second ? ".2" : "");
}

static bool says(const struct world_page *page, const struct wanted_page *wanted)
{
    for (size_t i = 0; i < wanted->text_count; i++) {
        bool is_there = strstr(page->text, wanted->texts[i].text) != NULL;
        if (is_there == wanted->texts[i].is_absent)
            return false;
    }
    return true;
}

static bool page_fits(const struct world_page *page, const struct wanted_page *wanted)
{
    return !page->is_expected && string_is(page->user, wanted->user) &&
           channel_is(page, wanted->channel) && is_alarm(page->kind) != wanted->is_news &&
           (wanted->kind == NULL || string_is(page_kind_name(page->kind), wanted->kind)) &&
           says(page, wanted) && page->is_late == wanted->is_late &&
           page->is_repeat == wanted->is_repeat && page->is_stray == wanted->is_stray;
}

static bool expect_one_page(struct world *world, struct words *words, bool is_news,
                            struct fault *fault)
{
    struct wanted_page wanted = take_page(words, is_news);
    for (size_t i = 0; i < world->page_count; i++) {
        if (!page_fits(&world->pages[i], &wanted))
            continue;
        world->pages[i].is_expected = true;
        return true;
    }
    CLEANUP(text_clear) struct text text = {0};
    add_pages(&text, world);
    return fault_set(fault, FAULT_CONFLICT, "expected %s %s %s %s%s%s; pages: %s",
                     is_news ? "news to" : "page", wanted.user, wanted.channel,
                     wanted.kind != NULL ? wanted.kind : "", wanted.is_late ? " late" : "",
                     wanted.is_repeat ? " repeat" : "", text_string(&text));
}

static bool expect_page(struct world *world, struct words *words, struct fault *fault)
{
    return expect_one_page(world, words, false, fault);
}

static bool expect_told(struct world *world, struct words *words, struct fault *fault)
{
    return expect_one_page(world, words, true, fault);
}

/* nothing | nothing for 4h */
static bool expect_nothing(struct world *world, struct words *words, struct fault *fault)
{
    if (!expect_no_more(world, fault))
        return false;
    if (!words_take(words, "for"))
        return true;
    msec for_ms = 0;
    if (!words_take_duration(words, &for_ms, fault))
        return false;
    return world_pass(world, world->now.steady_at + for_ms, true, fault) &&
           expect_no_more(world, fault);
}

static bool expect_stop(struct world *world, struct words *words, struct fault *fault)
{
    uint64_t number = 0;
    const char *user = words_next(words);
    return view_paging(world->engine, user, &number, 1) == 0 ||
           fault_set(fault, FAULT_CONFLICT, "%s is still being paged for #%" PRIu64, user, number);
}

static bool expect_paging(struct world *world, struct words *words, struct fault *fault)
{
    uint64_t number = 0;
    const char *user = words_next(words);
    return view_paging(world->engine, user, &number, 1) > 0 ||
           fault_set(fault, FAULT_CONFLICT, "%s is not being paged", user);
}

static bool expect_answer(struct world *world, struct words *words, struct fault *fault)
{
    const char *kind = words_next(words);
    const struct answer *answer = &world->answer;
    if (!string_is(answer_names[answer->kind], kind))
        return fault_set(fault, FAULT_CONFLICT, "expected the answer %s, got %s (%s)", kind,
                         answer_names[answer->kind], answer->text);
    const char *user = is_end(words) ? NULL : words_next(words);
    return user == NULL || string_is(answer->user, user) ||
           fault_set(fault, FAULT_CONFLICT, "expected %s in the answer, got %s", user,
                     answer->user != NULL ? answer->user : "nobody");
}

static bool expect_state(struct world *world, struct words *words, struct fault *fault)
{
    const struct incident *incident = take_incident(world, words, fault);
    const char *state = words_next(words);
    if (incident == NULL)
        return false;
    return string_is(incident_state_name(incident->state), state) ||
           fault_set(fault, FAULT_CONFLICT, "expected #%" PRIu64 " to be %s, it is %s",
                     incident->number, state, incident_state_name(incident->state));
}

static bool expect_severity(struct world *world, struct words *words, struct fault *fault)
{
    const struct incident *incident = take_incident(world, words, fault);
    const char *severity = words_next(words);
    if (incident == NULL)
        return false;
    return string_is(severity_name(incident->severity), severity) ||
           fault_set(fault, FAULT_CONFLICT, "expected %s, it is %s", severity,
                     severity_name(incident->severity));
}

static bool expect_owner(struct world *world, struct words *words, struct fault *fault)
{
    const struct incident *incident = take_incident(world, words, fault);
    const char *owner = words_next(words);
    if (incident == NULL)
        return false;
    const char *is_owner = incident->handling->acknowledged_by[0] != '\0'
                               ? incident->handling->acknowledged_by
                               : "nobody";
    return string_is(is_owner, owner) ||
           fault_set(fault, FAULT_CONFLICT, "expected %s to have it, %s has", owner, is_owner);
}

static bool expect_summary(struct world *world, struct words *words, struct fault *fault)
{
    const struct incident *incident = take_incident(world, words, fault);
    const char *summary = words_next(words);
    if (incident == NULL)
        return false;
    return string_is(incident->summary, summary) ||
           fault_set(fault, FAULT_CONFLICT, "the summary is \"%s\"", incident->summary);
}

static bool expect_occurrences(struct world *world, struct words *words, struct fault *fault)
{
    const struct incident *incident = take_incident(world, words, fault);
    const char *count = words_next(words);
    if (incident == NULL || count == NULL)
        return false;
    return incident->occurrences == strtoull(count, NULL, 10) ||
           fault_set(fault, FAULT_CONFLICT, "it has occurred %" PRIu64 " times",
                     incident->occurrences);
}

static bool expect_number(struct words *words, uint64_t is, const char *what, struct fault *fault)
{
    const char *count = words_next(words);
    return (count != NULL && is == strtoull(count, NULL, 10)) ||
           fault_set(fault, FAULT_CONFLICT, "%" PRIu64 " %s", is, what);
}

/* alerts [#2] 5: how many keys are part of it */
static bool expect_alerts(struct world *world, struct words *words, struct fault *fault)
{
    const struct incident *incident = take_incident(world, words, fault);
    return incident != NULL && expect_number(words, incident->alert_count, "alerts", fault);
}

/* firing [#2] 3: how many of these */
static bool expect_firing(struct world *world, struct words *words, struct fault *fault)
{
    const struct incident *incident = take_incident(world, words, fault);
    uint64_t count = 0;
    for (int severity = 0; incident != NULL && severity < SEVERITY_COUNT; severity++)
        count += incident->firing[severity];
    return incident != NULL && expect_number(words, count, "alerts fire", fault);
}

/* rule [#2] KEY "text": by which rule the alert of that key is part of it */
static bool expect_rule(struct world *world, struct words *words, struct fault *fault)
{
    const struct incident *incident = take_incident(world, words, fault);
    const char *key = words_next(words);
    const char *text = words_next(words);
    const char *rule = NULL;
    for (const struct alert_record *alert = incident != NULL ? incident->alerts : NULL;
         alert != NULL; alert = alert->next) {
        if (string_is(alert->dedup_key, key))
            rule = alert->rule != NULL ? alert->rule : "";
    }
    if (incident == NULL || rule == NULL || text == NULL)
        return incident != NULL &&
               fault_set(fault, FAULT_CONFLICT, "it has no alert '%s'", key != NULL ? key : "");
    return strstr(rule, text) != NULL ||
           fault_set(fault, FAULT_CONFLICT, "the rule is \"%s\"", rule);
}

/* again [#2] after #1 */
static bool expect_again(struct world *world, struct words *words, struct fault *fault)
{
    const struct incident *incident = take_incident(world, words, fault);
    if (incident == NULL || !words_take(words, "after"))
        return false;
    const char *word = words_next(words);
    uint64_t previous = word != NULL ? strtoull(word + 1, NULL, 10) : 0;
    return (incident->is_reopened && incident->previous == previous) ||
           fault_set(fault, FAULT_CONFLICT, "#%" PRIu64 " is not said to come back after #%" PRIu64,
                     incident->number, previous);
}

static bool expect_not_again(struct world *world, struct words *words, struct fault *fault)
{
    const struct incident *incident = take_incident(world, words, fault);
    return incident != NULL && (!incident->is_reopened ||
                                fault_set(fault, FAULT_CONFLICT,
                                          "#%" PRIu64 " is said to come back", incident->number));
}

static bool expect_incidents(struct world *world, struct words *words, struct fault *fault)
{
    const char *word = words_next(words);
    uint64_t wanted = word != NULL ? strtoull(word, NULL, 10) : 0;
    struct engine_counts counts = view_counts(world->engine);
    uint64_t open = 0;
    for (int state = 0; state < INCIDENT_RESOLVED; state++)
        open += counts.open[state];
    return open == wanted ||
           fault_set(fault, FAULT_CONFLICT, "%" PRIu64 " incidents are open", open);
}

static bool entry_is_there(const struct world *world, const char *event, const char *text)
{
    for (size_t i = 0; i < world->entry_count; i++) {
        if (string_is(world->entries[i].event, event) &&
            (text == NULL || strstr(world->entries[i].text, text) != NULL))
            return true;
    }
    return false;
}

static bool expect_entry(struct world *world, struct words *words, struct fault *fault)
{
    const char *event = words_next(words);
    const char *wanted = is_end(words) ? NULL : words_next(words);
    if (entry_is_there(world, event, wanted))
        return true;
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < world->entry_count; i++)
        text_addf(&text, "%s%s \"%s\"", i > 0 ? "; " : "", world->entries[i].event,
                  world->entries[i].text);
    return fault_set(fault, FAULT_CONFLICT, "expected an entry %s \"%s\"; entries: %s", event,
                     wanted != NULL ? wanted : "", text_string(&text));
}

static bool expect_no_entry(struct world *world, struct words *words, struct fault *fault)
{
    const char *event = words_next(words);
    const char *text = is_end(words) ? NULL : words_next(words);
    return !entry_is_there(world, event, text) ||
           fault_set(fault, FAULT_CONFLICT, "there is an entry %s", event);
}

static const char *const duty_names[DUTY_COUNT] = {
    [DUTY_GAP] = "gap",           [DUTY_CALENDAR] = "calendar", [DUTY_FIXED] = "fixed",
    [DUTY_OVERRIDE] = "override", [DUTY_COVER] = "cover",
};

/* "ann+bob" */
static void add_oncall(struct text *text, const struct duty *duty)
{
    for (size_t i = 0; i < duty->user_count; i++)
        text_addf(text, "%s%s", i > 0 ? "+" : "", duty->users[i]->id);
    if (duty->user_count == 0)
        text_add(text, "nobody");
}

static bool oncall_fits(const struct world *world, const struct duty *duty, const char *who,
                        struct words *words, struct fault *fault)
{
    CLEANUP(text_clear) struct text all = {0};
    add_oncall(&all, duty);
    const char *is = text_string(&all);
    if (!string_is(is, who))
        return fault_set(fault, FAULT_CONFLICT, "expected %s on call, it is %s: %s", who, is,
                         duty->why);
    while (!is_end(words)) {
        msec at = 0;
        if (words_take(words, "until")) {
            if (!words_take_time(words, world->setup.zone, world->now.wall_at, &at, fault))
                return false;
            char until[INSTANT_TEXT_SIZE];
            if (duty->until_at != at)
                return fault_set(fault, FAULT_CONFLICT, "%s is on call until %s", is,
                                 duty->until_at == MSEC_NEVER
                                     ? "for ever"
                                     : instant_render(duty->until_at, until));
        } else if (words_take(words, "because")) {
            const char *why = words_next(words);
            if (why == NULL || strstr(duty->why, why) == NULL)
                return fault_set(fault, FAULT_CONFLICT, "the why is: %s", duty->why);
        } else if (words_take(words, "unrested")) {
            if (!duty->is_unrested)
                return fault_set(fault, FAULT_CONFLICT, "%s is not unrested", is);
        } else if (words_take(words, "for-leave")) {
            if (duty->reason != COVER_FOR_LEAVE)
                return fault_set(fault, FAULT_CONFLICT, "nobody is on leave: %s", duty->why);
        } else if (words_take(words, "for-pause")) {
            if (duty->reason != COVER_FOR_PAUSE)
                return fault_set(fault, FAULT_CONFLICT, "nobody has paused: %s", duty->why);
        } else if (words_take(words, "for-role")) {
            if (duty->reason != COVER_FOR_ROLE)
                return fault_set(fault, FAULT_CONFLICT, "no other role is covered: %s", duty->why);
        } else if (words_take(words, "away")) {
            if (!duty->is_away)
                return fault_set(fault, FAULT_CONFLICT, "%s is not away", is);
        } else if (words_take(words, "instead-of")) {
            const char *by_rota = words_next(words);
            const char *other = duty->instead_of != NULL ? duty->instead_of->id : "nobody";
            if (!string_is(other, by_rota))
                return fault_set(fault, FAULT_CONFLICT, "%s has it instead of %s", is, other);
        } else {
            const char *kind = words_next(words);
            if (!string_is(duty_names[duty->kind], kind))
                return fault_set(fault, FAULT_CONFLICT, "it is a duty by %s, not by %s",
                                 duty_names[duty->kind], kind);
        }
    }
    return true;
}

/* oncall TEAM ROLE [at TIME] USER+USER|nobody [KIND] [unrested] [away] [for-leave] [for-pause]
 * [for-role] [instead-of USER] [until TIME] [because "text"] */
static bool expect_oncall(struct world *world, struct words *words, struct fault *fault)
{
    const struct team *team = policy_find_team(world->policy, words_next(words));
    enum role role;
    if (team == NULL || !role_parse(words_next(words), &role))
        return fault_set(fault, FAULT_INPUT, "oncall TEAM ROLE USER");
    msec at = world->now.wall_at;
    if (words_take(words, "at") &&
        !words_take_time(words, world->setup.zone, world->now.wall_at, &at, fault))
        return false;
    const char *who = words_next(words);
    struct duty duty;
    if (!view_oncall(world->engine, team, role, at, &duty))
        return fault_set(fault, FAULT_CONFLICT, "the team has no such role");
    return oncall_fits(world, &duty, who, words, fault);
}

/* provider CHANNEL|CHANNEL.2 up|down ["text"] */
static bool expect_provider(struct world *world, struct words *words, struct fault *fault)
{
    struct span rest = span_of(words_next(words));
    const char *channel = arena_copy_span(world->arena, span_cut(&rest, '.'));
    const struct provider *provider = provider_find(world->engine, channel, span_is(rest, "2"));
    bool wants_down = words_take(words, "down");
    if (!wants_down)
        (void)words_take(words, "up");
    const char *text = is_end(words) ? "" : words_next(words);
    bool is_down = provider != NULL && provider->is_down;
    return (is_down == wants_down && (provider == NULL || strstr(provider->error, text) != NULL)) ||
           fault_set(fault, FAULT_CONFLICT, "%s is %s: %s", channel, is_down ? "down" : "up",
                     provider != NULL ? provider->error : "");
}

/* latency CHANNEL|CHANNEL.2 taken|arrived LIMIT COUNT: pages so far that took no longer, and longer
 * than the limit below */
static bool expect_latency(struct world *world, struct words *words, struct fault *fault)
{
    struct span rest = span_of(words_next(words));
    const char *channel = arena_copy_span(world->arena, span_cut(&rest, '.'));
    const struct provider *provider = provider_find(world->engine, channel, span_is(rest, "2"));
    bool is_arrived = words_take(words, "arrived");
    msec limit_ms = 0;
    if ((!is_arrived && !words_take(words, "taken")) ||
        !words_take_duration(words, &limit_ms, fault))
        return fault_set(fault, FAULT_INPUT, "latency CHANNEL taken|arrived LIMIT COUNT");
    size_t bucket = 0;
    while (bucket < LATENCY_BUCKETS - 1 && latency_limits_ms[bucket] < limit_ms)
        bucket++;
    const char *count = words_next(words);
    uint64_t wanted = count != NULL ? strtoull(count, NULL, 10) : 0;
    uint64_t found = 0;
    if (provider != NULL)
        found = (is_arrived ? &provider->delivering : &provider->sending)->counts[bucket];
    return found == wanted || fault_set(fault, FAULT_CONFLICT,
                                        "%" PRIu64 " pages by %s took that long", found, channel);
}

static bool expect_revoked(struct world *world, struct words *words, struct fault *fault)
{
    const char *word = words_next(words);
    uint64_t number = word != NULL ? strtoull(word + 1, NULL, 10) : 0;
    for (size_t i = 0; i < world->revoked_count; i++) {
        if (world->revoked[i] == number)
            return true;
    }
    return fault_set(fault, FAULT_CONFLICT, "the links of #%" PRIu64 " are still good", number);
}

static bool expect_saves(struct world *world, struct words *words, struct fault *fault)
{
    const char *word = words_next(words);
    size_t wanted = word != NULL ? strtoul(word, NULL, 10) : 0;
    return world->incident_saves == wanted ||
           fault_set(fault, FAULT_CONFLICT, "incidents were saved %zu times",
                     world->incident_saves);
}

/* next USER at TIME [last-resort] */
static bool expect_next(struct world *world, struct words *words, struct fault *fault)
{
    const struct incident *incident = take_incident(world, words, fault);
    const char *user = words_next(words);
    msec at = 0;
    if (incident == NULL || !words_take(words, "at") ||
        !words_take_time(words, world->setup.zone, world->now.wall_at, &at, fault))
        return false;
    struct next_page next;
    if (!view_next(world->engine, incident, world->now, &next))
        return fault_set(fault, FAULT_CONFLICT, "nobody is next");
    const char *who = next.user_count > 0 ? next.users[0]->id : "nobody";
    char when[INSTANT_TEXT_SIZE];
    return (string_is(who, user) && next.at == at &&
            words_take(words, "last-resort") == next.is_last_resort) ||
           fault_set(fault, FAULT_CONFLICT, "next is %s at %s%s", who,
                     instant_render(next.at, when), next.is_last_resort ? ", last resort" : "");
}

static const struct {
    const char *what;
    bool (*check)(struct world *world, struct words *words, struct fault *fault);
} expectations[] = {
    {"page", expect_page},
    {"told", expect_told},
    {"nothing", expect_nothing},
    {"stop", expect_stop},
    {"paging", expect_paging},
    {"answer", expect_answer},
    {"state", expect_state},
    {"severity", expect_severity},
    {"owner", expect_owner},
    {"summary", expect_summary},
    {"occurrences", expect_occurrences},
    {"alerts", expect_alerts},
    {"firing", expect_firing},
    {"rule", expect_rule},
    {"again", expect_again},
    {"not-again", expect_not_again},
    {"incidents", expect_incidents},
    {"entry", expect_entry},
    {"no-entry", expect_no_entry},
    {"oncall", expect_oncall},
    {"provider", expect_provider},
    {"latency", expect_latency},
    {"rest", expect_rest},
    {"no-rest", expect_no_rest},
    {"paused", expect_paused},
    {"no-pause", expect_no_pause},
    {"awake", expect_awake},
    {"asleep", expect_asleep},
    {"cover", expect_cover},
    {"revoked", expect_revoked},
    {"saves", expect_saves},
    {"next", expect_next},
};

bool expect_clause(struct world *world, struct words *words, struct fault *fault)
{
    const char *what = words_next(words);
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        if (string_is(expectations[i].what, what))
            return expectations[i].check(world, words, fault);
    }
    return fault_set(fault, FAULT_INPUT, "'expect %s' is nothing that can be expected",
                     what != NULL ? what : "");
}

bool expect_no_more(const struct world *world, struct fault *fault)
{
    for (size_t i = 0; i < world->page_count; i++) {
        if (world->pages[i].is_expected)
            continue;
        CLEANUP(text_clear) struct text text = {0};
        char when[INSTANT_TEXT_SIZE];
        msec offset_ms = world->now.wall_at - world->now.steady_at;
        add_page(&text, &world->pages[i]);
        return fault_set(fault, FAULT_CONFLICT, "not expected: page %s at %s", text_string(&text),
                         instant_render(world->pages[i].at + offset_ms, when));
    }
    return true;
}
