/* SPDX-License-Identifier: MIT */
#include "engine/handoff_words.h"

#include <inttypes.h>

#include "base/text.h"
#include "engine/handover.h"
#include "engine/happened.h"
#include "engine/incident.h"
#include "engine/words.h"

static void add_until(struct text *text, const struct zone *zone, msec at)
{
    if (at == MSEC_NEVER)
        text_add(text, "further notice");
    else
        words_add_time(text, zone, at);
}

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

static void add_state(struct text *text, const struct incident *incident)
{
    text_addf(text, ", %s", incident_state_name(incident->state));
    if (incident->state == INCIDENT_ACKNOWLEDGED)
        text_addf(text, " by %s", incident->acknowledged_by);
}

/* Open incidents of the team; `lines` may be NULL: only counted. Those that only a silence keeps
 * are not open for anybody. */
static size_t open_add(struct text *lines, const struct work *work, const struct team *team)
{
    size_t count = 0;
    size_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = map_each(work->engine->incidents, &cursor, NULL)) != NULL) {
        if (!incident_is_open(incident) || incident->state == INCIDENT_SUPPRESSED ||
            !string_is(incident->team, team->id))
            continue;
        count++;
        if (lines == NULL || count > HANDOFF_OPEN_MAX)
            continue;
        text_addf(lines, "  #%" PRIu64, incident->number);
        if (!team->is_private)
            text_addf(lines, " %s %s", severity_tag(incident->severity), incident->summary);
        add_state(lines, incident);
        text_add_char(lines, '\n');
    }
    if (lines != NULL && count > HANDOFF_OPEN_MAX)
        text_addf(lines, "  and %zu more\n", count - HANDOFF_OPEN_MAX);
    return count;
}

/* Silences that hold during the shift: nobody is paged for what they fit. */
static void add_coming(struct text *text, const struct work *work, const struct team *team,
                       const struct zone *zone, const struct shift_span *shift)
{
    size_t count = 0;
    for (size_t i = 0; i < work->engine->silence_count && count < HANDOFF_COMING_MAX; i++) {
        const struct silence *silence = work->engine->silences[i];
        bool is_theirs = silence->team[0] == '\0' || string_is(silence->team, team->id);
        if (silence->state == SILENCE_OVER || !is_theirs || silence->from_at >= shift->until_at ||
            silence->until_at <= work->now.wall_at)
            continue;
        text_add(text, count++ == 0 ? "COMING\n  " : "  ");
        words_add_time(text, zone, silence->from_at);
        text_add(text, " to ");
        words_add_time(text, zone, silence->until_at);
        text_addf(text, "  silence s%" PRIu64 "%s%s\n", silence->id,
                  team->is_private || silence->note[0] == '\0' ? "" : ": ",
                  team->is_private ? "" : silence->note);
    }
}

/* While the shift lasts nobody has another role. */
static void add_gaps(struct text *text, const struct work *work, const struct team *team,
                     const struct zone *zone, const struct shift_span *shift)
{
    size_t count = 0;
    for (int i = 0; i < ROLE_COUNT; i++) {
        enum role role = (enum role)i;
        struct shift_span span;
        msec at = work->now.wall_at;
        for (int steps = 0; steps < HANDOFF_STEPS_MAX && at < shift->until_at; steps++) {
            if (!shift_find(work->engine, team, role, at, &span))
                break;
            if (span.user_count == 0 && count < HANDOFF_GAPS_MAX) {
                text_addf(text, "%s  %s nobody from ", count++ == 0 ? "GAPS\n" : "",
                          role_name(role));
                words_add_time(text, zone, at);
                text_add(text, " to ");
                add_until(text, zone, span.until_at);
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

/* Who had it, who stands behind, who has it next. */
static void add_people(struct text *text, const struct work *work, const struct team *team,
                       enum role role, const struct zone *zone, const char *before,
                       const struct shift_span *now)
{
    struct shift_span next;
    const struct user *backup = backup_of(work, team, role, work->now.wall_at);
    if (before[0] != '\0') {
        text_add(text, "Before you: ");
        add_names(text, work, before);
        text_add_char(text, '\n');
    }
    if (backup != NULL) {
        text_addf(text, "Backup (%s): ", role_name(backup_role(team, role)));
        add_person(text, backup);
        text_add_char(text, '\n');
    }
    if (now->until_at == MSEC_NEVER ||
        !shift_find(work->engine, team, role, now->until_at, &next) || next.user_count == 0)
        return;
    text_add(text, "After you: ");
    add_person(text, next.users[0]);
    text_add(text, ", ");
    words_add_time(text, zone, now->until_at);
    text_add_char(text, '\n');
}

void handoff_add_soon(struct text *text, const struct work *work, const struct team *team,
                      enum role role, const struct user *user, const struct shift_span *next)
{
    const struct zone *zone = zone_of(work, user);
    text_addf(text, "%s %s from ", team->id, role_name(role));
    words_add_time(text, zone, next->from_at);
    text_add(text, " to ");
    add_until(text, zone, next->until_at);
    text_add_char(text, '.');
}

void handoff_add_start(struct text *text, const struct work *work, const struct handoff *handoff,
                       const struct team *team, enum role role, const struct user *user,
                       const char *before, const struct shift_span *now)
{
    const struct zone *zone = zone_of(work, user);
    const struct user *backup = backup_of(work, team, role, work->now.wall_at);
    struct happened_count past = happened_count(handoff, work->now.wall_at);
    CLEANUP(text_clear) struct text lines = {0};
    size_t open = open_add(&lines, work, team);
    text_addf(text, "%s %s: you, ", team->id, role_name(role));
    words_add_time(text, zone, now->from_at > 0 ? now->from_at : work->now.wall_at);
    text_add(text, " to ");
    add_until(text, zone, now->until_at);
    text_add(text, ". ");
    if (backup != NULL && backup != user) {
        text_add(text, "Backup ");
        words_add_name(text, backup);
        text_add(text, ". ");
    }
    text_addf(text, "Open: %zu. Last week ", open);
    happened_add_count(text, past);
    text_add(text, ".\n");
    add_people(text, work, team, role, zone, before, now);
    if (open > 0)
        text_addf(text, "OPEN NOW\n%s", text_string(&lines));
    if (past.all > 0)
        text_add(text, "LAST WEEK\n");
    happened_add_lines(text, handoff, zone, work->now.wall_at, HANDOFF_LIST_MAX, team->is_private);
    add_coming(text, work, team, zone, now);
    add_gaps(text, work, team, zone, now);
}

void handoff_add_end(struct text *text, const struct work *work, const struct team *team,
                     enum role role, msec since_at, const struct user *user, const struct user *has,
                     bool is_passed)
{
    CLEANUP(text_clear) struct text numbers = {0};
    size_t count = 0;
    size_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = map_each(work->engine->incidents, &cursor, NULL)) != NULL) {
        if (incident->state == INCIDENT_ACKNOWLEDGED && string_is(incident->team, team->id) &&
            string_is(incident->acknowledged_by, user->id) && count++ < HANDOFF_OPEN_MAX)
            text_addf(&numbers, "%s#%" PRIu64, numbers.size > 0 ? ", " : "", incident->number);
    }
    text_addf(text, "%s %s since ", team->id, role_name(role));
    words_add_time(text, zone_of(work, user), since_at);
    text_add(text, ". ");
    if (has == NULL)
        text_add(text, "Nobody");
    else
        words_add_name(text, has);
    text_add(text, " has it. ");
    if (count > 0)
        text_addf(text, "%zu open incident%s %s: %s. ", count, count == 1 ? "" : "s",
                  is_passed    ? "handed over"
                  : count == 1 ? "stays yours"
                               : "stay yours",
                  text_string(&numbers));
    text_add(text, "Thank you.");
}
