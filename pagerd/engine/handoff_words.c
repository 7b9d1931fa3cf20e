/* SPDX-License-Identifier: MIT */
#include "engine/handoff_words.h"

#include <inttypes.h>

#include "base/text.h"
#include "engine/canary.h"
#include "engine/handover.h"
#include "engine/happened.h"
#include "engine/incident.h"
#include "engine/sentence.h"
#include "engine/words.h"

static const struct zone *zone_of(const struct work *work, const struct user *user)
{
    return zone_or_default(work, user->zone);
}

/* The role beside that one whose person is asked when nobody answers; ROLE_COUNT: none. */
static enum role backup_role(const struct team *team, enum role role)
{
    for (int other = 0; other < ROLE_COUNT; other++) {
        if (other != (int)role && duty_has_role(team, (enum role)other))
            return (enum role)other;
    }
    return ROLE_COUNT;
}

static const struct user *backup_of(const struct work *work, const struct team *team,
                                    enum role role, msec at)
{
    enum role other = backup_role(team, role);
    struct duty duty = {0};
    if (other == ROLE_COUNT || !duty_users(work->engine, team, other, at, &duty))
        return NULL;
    return duty.user_count > 0 ? duty.users[0] : NULL;
}

/* "Bob +4915550100002" */
static void add_person(struct text *text, const struct user *user)
{
    words_add_name(text, user);
    if (user->phone != NULL)
        text_addf(text, " %s", user->phone);
}

static void add_state(struct text *text, const struct language *language,
                      const struct incident *incident)
{
    text_add(text, ", ");
    if (incident->state == INCIDENT_ACKNOWLEDGED)
        sentence_say(text, language, SENTENCE_ACKNOWLEDGED,
                     saying_text("who", incident->handling->acknowledged_by));
    else
        sentence_put(text, language,
                     incident->state == INCIDENT_SNOOZED ? SENTENCE_SNOOZED : SENTENCE_TRIGGERED);
}

/* A line of its own. */
static void add_heading(struct text *text, const struct language *language, enum sentence heading)
{
    sentence_put(text, language, heading);
    text_add_char(text, '\n');
}

static const char *tag_of(const struct language *language, enum severity severity)
{
    const char *own = language != NULL ? language->tags[severity] : NULL;
    return own != NULL ? own : severity_tag(severity);
}

/* Open incidents of the team; `lines` may be NULL: only counted. Those that only a silence keeps
 * are not open for anybody. */
static size_t open_add(struct text *lines, const struct work *work, const struct team *team)
{
    size_t count = 0;
    size_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL) {
        if (!incident_is_open(incident) || incident->state == INCIDENT_SUPPRESSED ||
            !string_is(incident->team, team->id))
            continue;
        count++;
        if (lines == NULL || count > HANDOFF_OPEN_MAX)
            continue;
        text_addf(lines, "  #%" PRIu64, incident->number);
        if (!team->is_private)
            text_addf(lines, " %s %s", tag_of(work->engine->language, incident->severity),
                      incident->summary);
        add_state(lines, work->engine->language, incident);
        text_add_char(lines, '\n');
    }
    if (lines == NULL || count <= HANDOFF_OPEN_MAX)
        return count;
    text_add(lines, "  ");
    sentence_say(lines, work->engine->language, SENTENCE_MORE,
                 saying_count("count", count - HANDOFF_OPEN_MAX));
    text_add_char(lines, '\n');
    return count;
}

/* Silences that hold during the shift: nobody is paged for what they fit. */
static void add_coming(struct text *text, const struct work *work, const struct team *team,
                       const struct zone *zone, const struct shift_span *shift)
{
    const struct language *language = work->engine->language;
    size_t count = 0;
    for (size_t i = 0; i < work->engine->silence_count && count < HANDOFF_COMING_MAX; i++) {
        const struct silence *silence = work->engine->silences[i];
        bool is_theirs = silence->team[0] == '\0' || string_is(silence->team, team->id);
        if (silence->state == SILENCE_OVER || !is_theirs || silence->from_at >= shift->until_at ||
            silence->until_at <= work->now.wall_at)
            continue;
        if (count++ == 0)
            add_heading(text, language, SENTENCE_COMING);
        text_add(text, "  ");
        sentence_say(text, language, SENTENCE_SILENCE, saying_time("from", zone, silence->from_at),
                     saying_time("until", zone, silence->until_at), saying_count("id", silence->id),
                     saying_text("note", team->is_private ? NULL : silence->note));
        text_add_char(text, '\n');
    }
}

/* While the shift lasts nobody has another role. */
static void add_gaps(struct text *text, const struct work *work, const struct team *team,
                     const struct zone *zone, const struct shift_span *shift)
{
    const struct language *language = work->engine->language;
    size_t count = 0;
    for (int i = 0; i < ROLE_COUNT; i++) {
        enum role role = (enum role)i;
        struct shift_span span;
        msec at = work->now.wall_at;
        for (int steps = 0; steps < HANDOFF_STEPS_MAX && at < shift->until_at; steps++) {
            if (!shift_find(work->engine, team, role, at, &span))
                break;
            if (span.user_count == 0 && count < HANDOFF_GAPS_MAX) {
                if (count++ == 0)
                    add_heading(text, language, SENTENCE_GAPS);
                text_add(text, "  ");
                sentence_say(text, language, SENTENCE_GAP, saying_role("role", role),
                             saying_time("from", zone, at),
                             saying_time("until", zone, span.until_at));
                text_add_char(text, '\n');
            }
            at = span.until_at;
        }
    }
}

static void add_names(struct text *text, const struct work *work, const char *ids)
{
    struct span rest = span_of(ids);
    for (size_t i = 0; rest.size > 0; i++) {
        CLEANUP(text_clear) struct text id = {0};
        text_add_span(&id, span_cut(&rest, ' '));
        const struct user *user = policy_find_user(work->policy, text_string(&id));
        text_add(text, i > 0 ? ", " : "");
        if (user != NULL)
            add_person(text, user);
        else
            text_add_span(text, text_span(&id));
    }
}

/* The start of what is to come, or now. */
static msec instant_of(const struct work *work, const struct shift_span *shift)
{
    return shift->from_at > work->now.wall_at ? shift->from_at : work->now.wall_at;
}

/* Who had it, who stands behind, who has it next. */
static void add_people(struct text *text, const struct work *work, const struct team *team,
                       enum role role, const struct zone *zone, const char *before,
                       const struct shift_span *now)
{
    struct shift_span next;
    const struct user *backup = backup_of(work, team, role, instant_of(work, now));
    const struct language *language = work->engine->language;
    CLEANUP(text_clear) struct text who = {0};
    if (before[0] != '\0') {
        add_names(&who, work, before);
        sentence_say(text, language, SENTENCE_BEFORE_YOU, saying_text("who", text_string(&who)));
        text_add_char(text, '\n');
    }
    text_reset(&who);
    if (backup != NULL) {
        add_person(&who, backup);
        sentence_say(text, language, SENTENCE_BACKUP, saying_role("role", backup_role(team, role)),
                     saying_text("who", text_string(&who)));
        text_add_char(text, '\n');
    }
    text_reset(&who);
    if (now->until_at == MSEC_NEVER ||
        !shift_find(work->engine, team, role, now->until_at, &next) || next.user_count == 0)
        return;
    add_person(&who, next.users[0]);
    sentence_say(text, language, SENTENCE_AFTER_YOU, saying_text("who", text_string(&who)),
                 saying_time("at", zone, now->until_at));
    text_add_char(text, '\n');
}

void handoff_add_soon(struct text *text, const struct work *work, const struct team *team,
                      enum role role, const struct user *user, const struct shift_span *next)
{
    const struct zone *zone = zone_of(work, user);
    sentence_say(text, work->engine->language, SENTENCE_SHIFT_SOON, saying_text("team", team->id),
                 saying_role("role", role), saying_time("from", zone, next->from_at),
                 saying_time("until", zone, next->until_at));
}

void handoff_add_start(struct text *text, const struct work *work, const struct handoff *handoff,
                       const struct team *team, enum role role, const struct user *user,
                       const char *before, const struct shift_span *now)
{
    const struct zone *zone = zone_of(work, user);
    const struct language *language = work->engine->language;
    const struct user *backup = backup_of(work, team, role, instant_of(work, now));
    struct happened_count past = happened_count(handoff, work->now.wall_at);
    CLEANUP(text_clear) struct text pages = {0};
    CLEANUP(text_clear) struct text lines = {0};
    size_t open = open_add(&lines, work, team);
    happened_add_count(&pages, language, past);
    sentence_say(text, language, SENTENCE_SHIFT_STARTS, saying_text("team", team->id),
                 saying_role("role", role),
                 saying_time("from", zone, now->from_at > 0 ? now->from_at : work->now.wall_at),
                 saying_time("until", zone, now->until_at),
                 saying_name("backup", backup != user ? backup : NULL), saying_count("open", open),
                 saying_text("pages", text_string(&pages)));
    text_add_char(text, '\n');
    add_people(text, work, team, role, zone, before, now);
    if (open > 0)
        add_heading(text, language, SENTENCE_OPEN_NOW);
    text_add_span(text, text_span(&lines));
    if (past.all > 0)
        add_heading(text, language, SENTENCE_LAST_WEEK);
    happened_add_lines(text, language, handoff, zone, work->now.wall_at, team->is_private);
    add_coming(text, work, team, zone, now);
    add_gaps(text, work, team, zone, now);
}

/* What is new, and what is over, after `told_at`. */
static size_t changes_add(struct text *lines, const struct work *work, const struct team *team,
                          msec told_at)
{
    const struct language *language = work->engine->language;
    size_t count = 0;
    size_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL) {
        bool is_new = incident->opened_at >= told_at ||
                      incident->handling->acknowledged_at >= told_at ||
                      incident->handling->resolved_at >= told_at;
        if (!is_new || incident->state == INCIDENT_SUPPRESSED || canary_is(incident) ||
            !string_is(incident->team, team->id))
            continue;
        if (count++ >= HANDOFF_OPEN_MAX)
            continue;
        text_addf(lines, "  #%" PRIu64, incident->number);
        if (!team->is_private)
            text_addf(lines, " %s %s", severity_tag(incident->severity), incident->summary);
        if (incident_is_open(incident)) {
            add_state(lines, language, incident);
        } else {
            text_add(lines, ", ");
            sentence_put(lines, language, SENTENCE_OVER);
        }
        text_add_char(lines, '\n');
    }
    if (count <= HANDOFF_OPEN_MAX)
        return count;
    text_add(lines, "  ");
    sentence_say(lines, language, SENTENCE_MORE, saying_count("count", count - HANDOFF_OPEN_MAX));
    text_add_char(lines, '\n');
    return count;
}

void handoff_add_news(struct text *text, const struct work *work, const struct team *team,
                      enum role role, const struct user *user, msec told_at,
                      const struct shift_span *now)
{
    const struct zone *zone = zone_of(work, user);
    const struct language *language = work->engine->language;
    const struct user *backup = backup_of(work, team, role, instant_of(work, now));
    CLEANUP(text_clear) struct text lines = {0};
    size_t changes = changes_add(&lines, work, team, told_at);
    sentence_say(text, language, SENTENCE_SHIFT_NEWS, saying_text("team", team->id),
                 saying_role("role", role),
                 saying_time("from", zone, now->from_at > 0 ? now->from_at : work->now.wall_at),
                 saying_time("until", zone, now->until_at),
                 saying_name("backup", backup != user ? backup : NULL),
                 saying_count("open", open_add(NULL, work, team)), saying_count("count", changes),
                 saying_clock("since", zone, told_at));
    text_add_char(text, '\n');
    if (changes > 0)
        add_heading(text, language, SENTENCE_CHANGED);
    text_add_span(text, text_span(&lines));
}

void handoff_add_end(struct text *text, const struct work *work, const struct team *team,
                     enum role role, msec since_at, const struct user *user, const struct user *has,
                     bool is_passed)
{
    CLEANUP(text_clear) struct text numbers = {0};
    size_t count = 0;
    size_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL) {
        if (incident->state == INCIDENT_ACKNOWLEDGED && string_is(incident->team, team->id) &&
            string_is(incident->handling->acknowledged_by, user->id) && count++ < HANDOFF_OPEN_MAX)
            text_addf(&numbers, "%s#%" PRIu64, numbers.size > 0 ? ", " : "", incident->number);
    }
    const struct language *language = work->engine->language;
    const struct saying list = saying_text("list", text_string(&numbers));
    CLEANUP(text_clear) struct text nobody = {0};
    CLEANUP(text_clear) struct text open = {0};
    sentence_put(&nobody, language, SENTENCE_NOBODY);
    if (count == 1)
        sentence_say(&open, language, is_passed ? SENTENCE_HANDED_ONE : SENTENCE_STAYS, list);
    else if (count > 1)
        sentence_say(&open, language, is_passed ? SENTENCE_HANDED : SENTENCE_STAY,
                     saying_count("count", count), list);
    sentence_say(text, language, SENTENCE_SHIFT_ENDS, saying_text("team", team->id),
                 saying_role("role", role), saying_time("since", zone_of(work, user), since_at),
                 has != NULL ? saying_name("who", has) : saying_text("who", text_string(&nobody)),
                 saying_text("open", text_string(&open)));
}
