/* SPDX-License-Identifier: MIT */
#include "engine/silence.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/entry.h"
#include "engine/incident.h"
#include "engine/maintenance.h"
#include "engine/match.h"
#include "engine/mute.h"
#include "engine/notice.h"
#include "engine/page.h"
#include "engine/sentence.h"
#include "engine/words.h"

#define REPORT_NUMBERS_MAX 5 /* incidents that a report names; of more it says how many */

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* What somebody has ended of a window is known for as long as its outage may last; what was planned
 * and has been taken back is not worth knowing. */
static bool is_old(const struct silence *silence, msec now_at)
{
    if (silence->state != SILENCE_OVER)
        return false;
    if (silence->maintenance[0] == '\0')
        return silence->until_at < now_at - SILENCE_KEEP_MS;
    if (silence->ended_by[0] != '\0')
        return silence->until_at < now_at - SILENCE_MAX_MS;
    bool has_begun = silence->held_count > 0 || silence->until_at > silence->from_at;
    return !has_begun || silence->until_at < now_at - SILENCE_KEEP_MS;
}

void silences_prune(struct work *work)
{
    struct engine *engine = work->engine;
    size_t kept = 0;
    for (size_t i = 0; i < engine->silence_count; i++) {
        struct silence *silence = engine->silences[i];
        if (is_old(silence, work->now.wall_at) && !is_listed(work, silence->listed))
            silence_free(silence);
        else
            engine->silences[kept++] = silence;
    }
    engine->silence_count = kept;
}

/* Those of windows have their own limit. */
static size_t silences_count(const struct engine *engine)
{
    size_t count = 0;
    for (size_t i = 0; i < engine->silence_count; i++)
        count += engine->silences[i]->state != SILENCE_OVER &&
                 engine->silences[i]->maintenance[0] == '\0';
    return count;
}

static msec next_edge(const struct silence *silence)
{
    switch (silence->state) {
    case SILENCE_PLANNED:
        return silence->from_at;
    case SILENCE_ACTIVE:
        return silence->until_at;
    case SILENCE_OVER:
    case SILENCE_STATE_COUNT:
        break;
    }
    return MSEC_NEVER;
}

static void silence_schedule(struct engine *engine, struct silence *silence)
{
    heap_put(&engine->timers[TIMER_SILENCE], &silence->timer, next_edge(silence));
}

/* Parses its matchers. False, with none at all, when one of them is none or there are too many. */
static bool silence_parse(struct silence *silence, struct fault *fault)
{
    struct span rest = span_of(silence->match);
    size_t count = 0;
    silence->arena = arena_new();
    silence->matchers = arena_take(silence->arena, MATCHERS_MAX * sizeof *silence->matchers);
    for (; rest.size > 0; count++) {
        if (count == MATCHERS_MAX)
            return fault_set(fault, FAULT_LIMIT, "%d matchers are the limit", MATCHERS_MAX);
        if (!matcher_parse(silence->arena, span_cut(&rest, '\n'), &silence->matchers[count], fault))
            return false;
    }
    silence->matcher_count = count;
    return true;
}

static bool matchers_are_valid(const char *match, struct answer *answer)
{
    struct silence tried = {.match = (char *)(uintptr_t)text_or_empty(match)};
    struct fault fault = {0};
    size_t size = strlen(tried.match);
    if (size == 0)
        return answer_set(answer, ANSWER_INVALID, "a silence needs something to match");
    if (size > SILENCE_MATCH_SIZE_MAX)
        return answer_set(answer, ANSWER_INVALID, "the matchers have more than %d bytes",
                          SILENCE_MATCH_SIZE_MAX);
    bool is_valid = silence_parse(&tried, &fault);
    arena_free(tried.arena);
    return is_valid || answer_set(answer, ANSWER_INVALID, "%s", fault.text);
}

static bool add_is_valid(struct work *work, const struct event *event, msec from_at,
                         struct answer *answer)
{
    msec now_at = work->now.wall_at;
    size_t note_size = strlen(text_or_empty(event->text));
    if (policy_find_user(work->policy, event->actor) == NULL)
        return answer_set(answer, ANSWER_REFUSED, "only a known person makes a silence");
    if (event->team != NULL && event->team[0] != '\0' &&
        team_find(work->engine, event->team) == NULL)
        return answer_set(answer, ANSWER_NOT_FOUND, "no team \"%s\"", event->team);
    if (!matchers_are_valid(event->match, answer))
        return false;
    if (note_size == 0 || note_size > SILENCE_NOTE_MAX)
        return answer_set(answer, ANSWER_INVALID, "say why, in at most %d bytes", SILENCE_NOTE_MAX);
    if (event->until_at <= from_at || event->until_at <= now_at)
        return answer_set(answer, ANSWER_INVALID, "it would end before it begins");
    if (event->until_at - from_at > SILENCE_MAX_MS)
        return answer_set(answer, ANSWER_INVALID, "a silence lasts 30 days at most");
    if (from_at - now_at > SILENCE_AHEAD_MAX_MS)
        return answer_set(answer, ANSWER_INVALID, "a silence begins within a year");
    return true;
}

/* "s31 (kernel upgrade)", for the audit log */
static void silence_add_name(struct text *text, const struct silence *silence)
{
    if (silence->maintenance[0] == '\0')
        text_addf(text, "s%" PRIu64 " (%s)", silence->id, silence->note);
    else
        silence_add_words(text, silence);
}

void silence_add_words(struct text *text, const struct silence *silence)
{
    if (silence->maintenance[0] == '\0')
        text_addf(text, "silence s%" PRIu64 " (%s)", silence->id, silence->note);
    else
        text_addf(text, "maintenance %s (s%" PRIu64 "%s%s)", silence->maintenance, silence->id,
                  silence->note[0] != '\0' ? ": " : "", silence->note);
}

void silence_begin(struct work *work, struct silence *silence)
{
    silence->state = SILENCE_ACTIVE;
    silence_schedule(work->engine, silence);
    save_silence(work, silence);
    size_t cursor = 0;
    struct incident *incident = NULL;
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL) {
        if (incident->state == INCIDENT_TRIGGERED && mute_fits(silence, incident))
            (void)mute_hold(work, incident);
    }
}

/* What became of all that it held back. */
struct outcome {
    uint64_t numbers[REPORT_NUMBERS_MAX]; /* of those that are paged for now */
    uint64_t paged_count;
    uint64_t kept_count; /* another silence holds them */
};

/* "Silence s7 (disks are changed)" */
static void add_name(struct text *text, const struct language *language,
                     const struct silence *silence)
{
    const struct saying id = saying_count("id", silence->id);
    const struct saying note = saying_text("note", silence->note);
    if (silence->maintenance[0] == '\0')
        sentence_say(text, language, SENTENCE_SILENCE_NAME, id, note);
    else
        sentence_say(text, language, SENTENCE_MAINTENANCE_NAME,
                     saying_text("name", silence->maintenance), id, note);
}

static void report(struct work *work, const struct silence *silence, const struct outcome *outcome)
{
    if (silence->held_count == 0 || silence->is_past)
        return;
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text name = {0};
    CLEANUP(text_clear) struct text list = {0};
    const struct language *language = work->engine->language;
    add_name(&name, language, silence);
    for (size_t i = 0; i < outcome->paged_count && i < REPORT_NUMBERS_MAX; i++)
        text_addf(&list, "%s#%" PRIu64, i == 0 ? "" : ", ", outcome->numbers[i]);
    if (outcome->paged_count > REPORT_NUMBERS_MAX)
        text_add(&list, " ...");
    uint64_t open_count = outcome->paged_count + outcome->kept_count;
    uint64_t done_count = silence->held_count > open_count ? silence->held_count - open_count : 0;
    sentence_say(&text, language, SENTENCE_SILENCE_OVER, saying_text("silence", text_string(&name)),
                 saying_count("count", silence->held_count),
                 saying_count("paged", outcome->paged_count),
                 saying_text("list", text_string(&list)), saying_some("kept", outcome->kept_count),
                 saying_some("done", done_count));
    const struct user *maker = policy_find_user(work->policy, silence->by);
    if (maker != NULL && maker->contact_count > 0)
        page_news(work, 0, maker, PAGE_NOTICE, text_string(&text));
    else
        (void)notice_tell(work, team_find(work->engine, silence->team), text_string(&text));
}

/* `actor` NULL: its time has come. */
static void silence_finish(struct work *work, struct silence *silence, const char *actor)
{
    struct outcome outcome = {.paged_count = 0};
    silence->state = SILENCE_OVER;
    (void)string_set(&silence->ended_by, actor);
    if (actor != NULL)
        silence->until_at =
            silence->from_at < work->now.wall_at ? work->now.wall_at : silence->from_at;
    save_silence(work, silence);
    silence_schedule(work->engine, silence);
    size_t cursor = 0;
    struct incident *incident = NULL;
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL) {
        if (!mute_holds(incident) || incident->handling->held_by != silence->id)
            continue;
        if (!mute_refit(work, incident))
            outcome.kept_count++;
        else if (outcome.paged_count++ < REPORT_NUMBERS_MAX)
            outcome.numbers[outcome.paged_count - 1] = incident->number;
    }
    CLEANUP(text_clear) struct text text = {0};
    silence_add_name(&text, silence);
    entry_add(work, 0, ENTRY_SILENCE_ENDED, actor, "%s is over%s%s", text_string(&text),
              actor != NULL ? ", ended by " : "", actor != NULL ? actor : "");
    report(work, silence, &outcome);
}

void silence_withdraw(struct work *work, struct silence *silence)
{
    msec end_at = silence->state == SILENCE_ACTIVE ? work->now.wall_at : silence->from_at;
    if (end_at < silence->from_at)
        end_at = silence->from_at;
    if (silence->until_at > end_at)
        silence->until_at = end_at;
    silence_finish(work, silence, NULL);
}

void silence_move(struct work *work, struct silence *silence, msec until_at)
{
    CLEANUP(text_clear) struct text text = {0};
    silence->until_at = until_at;
    silence_add_name(&text, silence);
    text_add(&text, " ends ");
    words_add_time(&text, work->policy->zone, until_at);
    entry_add(work, 0, ENTRY_SILENCE, NULL, "%s, says its calendar", text_string(&text));
    silence_schedule(work->engine, silence);
    save_silence(work, silence);
}

struct silence *silence_find(const struct engine *engine, uint64_t id)
{
    for (size_t i = engine->silence_count; i > 0; i--) {
        if (engine->silences[i - 1]->id == id)
            return engine->silences[i - 1];
    }
    return NULL;
}

bool silence_is_active(const struct engine *engine, uint64_t id)
{
    const struct silence *silence = silence_find(engine, id);
    return silence != NULL && silence->state == SILENCE_ACTIVE;
}

void silence_take(struct engine *engine, struct silence *silence)
{
    if (engine->silence_count == engine->silence_room) {
        engine->silence_room = engine->silence_room == 0 ? 16 : engine->silence_room * 2;
        engine->silences =
            memory_grow(engine->silences, engine->silence_room, sizeof(struct silence *));
    }
    size_t place = engine->silence_count++;
    for (; place > 0 && engine->silences[place - 1]->id > silence->id; place--)
        engine->silences[place] = engine->silences[place - 1];
    engine->silences[place] = silence;
    (void)silence_parse(silence, NULL);
    if (silence->id > engine->silence_id)
        engine->silence_id = silence->id;
}

struct silence *silence_make(struct work *work, const struct silence *wanted)
{
    struct silence *silence = silence_copy(wanted);
    silence->id = work->engine->silence_id + 1;
    silence_take(work->engine, silence);
    silence_schedule(work->engine, silence);
    save_silence(work, silence);

    CLEANUP(text_clear) struct text text = {0};
    silence_add_name(&text, silence);
    text_add(&text, ": ");
    words_add_time(&text, work->policy->zone, silence->from_at);
    text_add(&text, " to ");
    words_add_time(&text, work->policy->zone, silence->until_at);
    for (struct span rest = span_of(silence->match); rest.size > 0;) {
        text_add_char(&text, ' ');
        text_add_span(&text, span_cut(&rest, '\n'));
    }
    entry_add(work, 0, ENTRY_SILENCE, silence->by[0] != '\0' ? silence->by : NULL, "%s%s%s",
              text_string(&text), silence->team[0] != '\0' ? " of " : "", silence->team);
    return silence;
}

void silence_add(struct work *work, const struct event *event, struct answer *answer)
{
    msec from_at = event->from_at > work->now.wall_at ? event->from_at : work->now.wall_at;
    if (!add_is_valid(work, event, from_at, answer))
        return;
    silences_prune(work);
    if (silences_count(work->engine) >= SILENCES_MAX) {
        (void)answer_set(answer, ANSWER_FULL, "%d silences are the limit", SILENCES_MAX);
        return;
    }
    const struct silence wanted = {.match = (char *)(uintptr_t)event->match,
                                   .team = (char *)(uintptr_t)event->team,
                                   .from_at = from_at,
                                   .until_at = event->until_at,
                                   .by = (char *)(uintptr_t)event->actor,
                                   .note = (char *)(uintptr_t)event->text};
    struct silence *silence = silence_make(work, &wanted);
    if (from_at <= work->now.wall_at)
        silence_begin(work, silence);
    answer->kind = ANSWER_DONE;
    answer->id = silence->id;
}

void silence_end(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    if (actor == NULL)
        return;
    struct silence *silence = silence_find(work->engine, event->id);
    if (silence == NULL) {
        (void)answer_set(answer, ANSWER_NOT_FOUND, "no silence s%" PRIu64, event->id);
        return;
    }
    answer->id = silence->id;
    answer->kind = ANSWER_ALREADY;
    if (silence->state == SILENCE_OVER)
        return;
    silence_finish(work, silence, actor->id);
    maintenance_go_on(work, silence);
    answer->kind = ANSWER_DONE;
}

/* What begins at the very moment at which another ends takes over what that held back. */
static void silences_begin_due(struct work *work)
{
    for (size_t i = 0; i < work->engine->silence_count; i++) {
        struct silence *silence = work->engine->silences[i];
        if (silence->state != SILENCE_PLANNED || silence->from_at > work->now.wall_at ||
            silence->until_at <= work->now.wall_at)
            continue;
        silence_begin(work, silence);
        maintenance_go_on(work, silence);
    }
}

void silence_due(struct work *work, struct silence *silence)
{
    if (silence->until_at <= work->now.wall_at) {
        silences_begin_due(work);
        silence_finish(work, silence, NULL);
    } else {
        if (silence->state == SILENCE_PLANNED && silence->from_at <= work->now.wall_at)
            silence_begin(work, silence);
        silence_schedule(work->engine, silence);
    }
    maintenance_go_on(work, silence);
}

void silences_recall(struct work *work)
{
    for (size_t i = 0; i < work->engine->silence_count; i++) {
        struct silence *silence = work->engine->silences[i];
        silence->is_past = silence->until_at <= work->now.wall_at;
    }
}

void silences_restored(struct work *work)
{
    for (size_t i = 0; i < work->engine->silence_count; i++) {
        struct silence *silence = work->engine->silences[i];
        bool is_too_long = silence->until_at > work->now.wall_at + SILENCE_MAX_MS;
        if (silence->state == SILENCE_ACTIVE && is_too_long) /* whatever a store holds */
            silence->until_at = work->now.wall_at + SILENCE_MAX_MS;
        silence_schedule(work->engine, silence);
    }
    size_t cursor = 0;
    struct incident *incident = NULL;
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL)
        (void)mute_refit(work, incident);
}

void silences_clock_back(struct work *work, msec back_ms)
{
    for (size_t i = 0; i < work->engine->silence_count; i++) {
        struct silence *silence = work->engine->silences[i];
        if (silence->state != SILENCE_ACTIVE || maintenance_is_known(work->engine, silence))
            continue;
        silence->until_at -= back_ms;
        entry_add(work, 0, ENTRY_SILENCE, NULL,
                  "s%" PRIu64 ": the clock was set back, and so was its end", silence->id);
        silence_schedule(work->engine, silence);
        save_silence(work, silence);
    }
}

bool silences_check(const struct engine *engine, struct fault *fault)
{
    for (size_t i = 0; i < engine->silence_count; i++) {
        const struct silence *silence = engine->silences[i];
        msec edge_at = next_edge(silence);
        msec due_at = silence->timer.place != 0 ? silence->timer.due_at : MSEC_NEVER;
        if (edge_at != due_at)
            return fault_set(fault, FAULT_CONFLICT, "the timer of silence s%" PRIu64 " is wrong",
                             silence->id);
    }
    return true;
}
