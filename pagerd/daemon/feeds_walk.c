/* SPDX-License-Identifier: MIT */
#include "daemon/feeds_walk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "calendar/coverage.h"
#include "engine/engine.h"
#include "engine/view.h"

#define WEEK_MS (7 * DAY_MS)
#define MONDAY_MS (4 * DAY_MS) /* 1970-01-05 */
#define UTC_TEXT_SIZE 17       /* "20260302T080000Z" and NUL */

struct walk {
    struct feed_list *list;
    const struct engine *engine;
    const struct feed_subject *subject;
    const char *host;
    struct book *book;
    struct map *uids; /* in use */
    msec now_at;
    size_t room;
    size_t step_count;
};

/* One answer of one role, as far as the feed shows it. */
struct stretch {
    const struct team *team;
    enum role role;
    const struct duty *duty;
    msec slot_at; /* names the event */
    msec start_at;
    msec end_at;
};

static msec week_floor(msec at)
{
    msec since_ms = (at - MONDAY_MS) % WEEK_MS;
    return at - (since_ms < 0 ? since_ms + WEEK_MS : since_ms);
}

msec feed_from(msec now_at)
{
    return week_floor(now_at - FEED_PAST_MS);
}

static const char *user_name(const struct user *user)
{
    return user->name != NULL && user->name[0] != '\0' ? user->name : user->id;
}

static void utc_render(msec at, char text[UTC_TEXT_SIZE])
{
    char instant[INSTANT_TEXT_SIZE];
    size_t size = 0;
    instant_render(at - at % SECOND_MS, instant);
    for (const char *byte = instant; *byte != '\0' && size + 1 < UTC_TEXT_SIZE; byte++)
        if (*byte != '-' && *byte != ':')
            text[size++] = *byte;
    text[size] = '\0';
}

/* The first stretch of a slot has the slot's name, the others their start beside it. */
static const char *uid_make(struct walk *walk, const struct stretch *stretch)
{
    struct arena *arena = walk->list->arena;
    char slot[UTC_TEXT_SIZE];
    char start[UTC_TEXT_SIZE];
    utc_render(stretch->slot_at, slot);
    utc_render(stretch->start_at, start);
    const char *uid = arena_format(arena, "%s.%s.%s@%s", stretch->team->id,
                                   role_name(stretch->role), slot, walk->host);
    if (map_find(walk->uids, span_of(uid)) != NULL)
        uid = arena_format(arena, "%s.%s.%s-%s@%s", stretch->team->id, role_name(stretch->role),
                           slot, start, walk->host);
    map_put(walk->uids, span_of(uid), walk);
    return uid;
}

/* A team with one role says nothing of roles. */
static const char *role_words(enum role role, const char *before)
{
    return role == ROLE_ONCALL ? "" : before;
}

static const char *role_text(enum role role)
{
    return role == ROLE_ONCALL ? "" : role_name(role);
}

static void names_add(struct text *text, const struct duty *duty)
{
    for (size_t i = 0; i < duty->user_count; i++)
        text_addf(text, "%s%s", i == 0 ? "" : ", ", user_name(duty->users[i]));
}

/* "ops primary" */
static void duty_add(struct text *text, const struct stretch *stretch)
{
    text_addf(text, "%s%s%s", stretch->team->id, role_words(stretch->role, " "),
              role_text(stretch->role));
}

static const char *summary_make(const struct walk *walk, const struct stretch *stretch)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct duty *duty = stretch->duty;
    const struct user *instead = duty->instead_of;
    if (duty->user_count == 0) {
        text_add(&text, "NOBODY: ");
        duty_add(&text, stretch);
        return arena_copy(walk->list->arena, text_string(&text));
    }
    bool is_instead = instead != NULL && instead != duty->users[0];
    bool has_role = stretch->role != ROLE_ONCALL;
    if (walk->subject->user != NULL) {
        text_add(&text, "On call: ");
        duty_add(&text, stretch);
        if (is_instead && instead != walk->subject->user)
            text_addf(&text, " (for %s)", user_name(instead));
        return arena_copy(walk->list->arena, text_string(&text));
    }
    names_add(&text, duty);
    if (has_role || is_instead)
        text_add(&text, " (");
    text_add(&text, role_text(stretch->role));
    if (is_instead)
        text_addf(&text, "%sfor %s", role_words(stretch->role, ", "), user_name(instead));
    if (has_role || is_instead)
        text_add(&text, ")");
    return arena_copy(walk->list->arena, text_string(&text));
}

static const char *users_make(const struct walk *walk, const struct duty *duty)
{
    const char *users = NULL;
    for (size_t i = 0; i < duty->user_count; i++)
        users = users == NULL ? arena_copy(walk->list->arena, duty->users[i]->id)
                              : arena_format(walk->list->arena, "%s,%s", users, duty->users[i]->id);
    return users;
}

/* What people see of it. The why is left out: it names lines of files, and would have every event
 * told again when one line is put into one of them. */
static struct book_mark event_mark(struct walk *walk, const struct composed_event *event)
{
    CLEANUP(text_clear) struct text content = {0};
    char start[INSTANT_TEXT_SIZE];
    char end[INSTANT_TEXT_SIZE];
    text_addf(&content, "%s\n%s\n%s\n%s\n%s\n", instant_render(event->start_at, start),
              instant_render(event->end_at, end), event->summary, event->categories,
              event->users == NULL ? "" : event->users);
    return book_enter(walk->book, event->uid, text_span(&content), event->end_at, walk->now_at);
}

static void event_add(struct walk *walk, const struct stretch *stretch, const char *uid)
{
    struct feed_list *list = walk->list;
    if (list->event_count == FEED_EVENTS_MAX) {
        list->is_cut = true;
        return;
    }
    if (list->event_count == walk->room) {
        walk->room = walk->room == 0 ? 256 : walk->room * 2;
        struct composed_event *events = arena_take(list->arena, walk->room * sizeof(*events));
        if (list->event_count > 0)
            memcpy(events, list->events, list->event_count * sizeof(*events));
        list->events = events;
    }
    struct composed_event *event = &list->events[list->event_count++];
    *event = (struct composed_event){
        .uid = uid,
        .start_at = stretch->start_at,
        .end_at = stretch->end_at,
        .summary = summary_make(walk, stretch),
        .description = arena_copy(list->arena, stretch->duty->why),
        .categories = role_name(stretch->role),
        .users = users_make(walk, stretch->duty),
        .is_free = true,
    };
    struct book_mark mark = event_mark(walk, event);
    event->sequence = mark.sequence;
    event->changed_at = mark.changed_at;
}

/* Nobody is on call: an event for each part that the team's coverage wants covered, as far as the
 * calendar was read. */
static void gap_add(struct walk *walk, struct stretch stretch)
{
    const struct duty_source *source = &stretch.team->roles[stretch.role];
    const struct roster *roster = view_roster(walk->engine);
    const struct rota *rota =
        roster == NULL ? NULL : roster_find(roster, source->calendar, source->layer);
    if (rota == NULL || rota->until_at <= rota->from_at) {
        if (walk->list->comment == NULL)
            walk->list->comment =
                arena_format(walk->list->arena, "Calendar \"%s\" has not been read yet.",
                             source->calendar == NULL ? "" : source->calendar);
        return;
    }
    msec from_at = stretch.start_at > rota->from_at ? stretch.start_at : rota->from_at;
    msec until_at = stretch.end_at < rota->until_at ? stretch.end_at : rota->until_at;
    if (from_at >= until_at)
        return;
    /* Without its calendars a team has one gap everywhere: what is left is its coverage. */
    struct roster bare = *roster;
    bare.rotas = NULL;
    bare.rota_count = 0;
    struct coverage_gap gaps[COVERAGE_GAPS_MAX];
    size_t count = coverage_gaps(stretch.team, stretch.role, &bare, from_at, until_at, gaps);
    walk->list->is_cut |= count == COVERAGE_GAPS_MAX;
    for (size_t i = 0; i < count; i++) {
        stretch.start_at = gaps[i].start_at;
        stretch.end_at = gaps[i].end_at;
        event_add(walk, &stretch, uid_make(walk, &stretch));
    }
}

static bool duty_has(const struct duty *duty, const struct user *user)
{
    for (size_t i = 0; i < duty->user_count; i++)
        if (duty->users[i] == user)
            return true;
    return false;
}

static void stretch_add(struct walk *walk, const struct stretch *stretch)
{
    if (stretch->duty->user_count == 0) {
        if (walk->subject->team != NULL)
            gap_add(walk, *stretch);
        return;
    }
    const char *uid = uid_make(walk, stretch);
    if (walk->subject->team != NULL || duty_has(stretch->duty, walk->subject->user))
        event_add(walk, stretch, uid);
}

static void role_walk(struct walk *walk, const struct team *team, enum role role)
{
    struct feed_list *list = walk->list;
    msec at = list->from_at;
    while (at < list->until_at && !list->is_cut) {
        struct duty duty = {0};
        if (!view_oncall(walk->engine, team, role, at, &duty))
            return;
        if (++walk->step_count > FEED_STEPS_MAX) {
            list->is_cut = true;
            return;
        }
        bool began_before = duty.from_at < at && at == list->from_at;
        msec end_at = duty.until_at;
        if (end_at <= at || end_at > list->until_at + FEED_BEYOND_MS)
            end_at = list->until_at;
        struct stretch stretch = {.team = team,
                                  .role = role,
                                  .duty = &duty,
                                  .slot_at = began_before ? at : duty.instance_at,
                                  .start_at = at,
                                  .end_at = end_at};
        /* What began before the range and is over has left it; what goes on is cut. */
        if (!began_before || end_at > walk->now_at)
            stretch_add(walk, &stretch);
        at = end_at;
    }
}

/* ---- where a person may have a duty at all, so that large houses need not be walked whole ---- */

static bool rota_names(const struct roster *roster, const struct duty_source *source,
                       const char *user)
{
    const struct rota *rota = roster == NULL || source->calendar == NULL
                                  ? NULL
                                  : roster_find(roster, source->calendar, source->layer);
    for (size_t i = 0; rota != NULL && i < rota->segment_count; i++)
        for (size_t j = 0; j < rota->segments[i].user_count; j++)
            if (string_is(rota->segments[i].users[j], user))
                return true;
    return false;
}

static bool override_names(const struct engine *engine, const struct team *team, enum role role,
                           const char *user)
{
    size_t cursor = 0;
    const struct override *override;
    while ((override = view_each_override(engine, &cursor)) != NULL)
        if (override->role == role && string_is(override->team, team->id) &&
            string_is(override->user, user))
            return true;
    return false;
}

/* Is anybody out, so that others stand in? */
static bool somebody_is_out(const struct engine *engine)
{
    const struct roster *roster = view_roster(engine);
    if (roster != NULL && roster->absence_count > 0)
        return true;
    size_t cursor = 0;
    const struct person *person;
    while ((person = view_each_person(engine, &cursor)) != NULL)
        if (person->rest_until_at != 0)
            return true;
    return false;
}

static bool may_stand_in(const struct policy *policy, const struct team *team, const char *user)
{
    for (size_t i = 0; i < team->member_count; i++)
        if (string_is(team->members[i], user))
            return true;
    for (size_t i = 0; i < policy->recovery.cover_count; i++) {
        const struct target *target = &policy->recovery.cover[i];
        if (target->kind == TARGET_TEAM ||
            (target->kind == TARGET_USER && string_is(target->name, user)))
            return true;
    }
    return false;
}

/* The team's own feed, or a person whom calendars, configuration or overrides name. */
static bool role_names(const struct walk *walk, const struct team *team, enum role role)
{
    if (walk->subject->team != NULL)
        return walk->subject->team == team;
    const char *user = walk->subject->user->id;
    const struct roster *roster = view_roster(walk->engine);
    return string_is(team->roles[role].user, user) ||
           rota_names(roster, &team->roles[role], user) ||
           rota_names(roster, &team->overrides[role], user) ||
           override_names(walk->engine, team, role, user);
}

static void teams_walk(struct walk *walk, const struct policy *policy, bool is_cover)
{
    for (size_t i = 0; i < policy->team_count; i++) {
        const struct team *team = &policy->teams[i];
        if (is_cover && !may_stand_in(policy, team, walk->subject->user->id))
            continue;
        for (enum role role = 0; role < ROLE_COUNT; role++)
            if (role_names(walk, team, role) != is_cover)
                role_walk(walk, team, role);
    }
}

static int event_compare(const void *left, const void *right)
{
    const struct composed_event *a = left;
    const struct composed_event *b = right;
    if (a->start_at != b->start_at)
        return a->start_at < b->start_at ? -1 : 1;
    return strcmp(a->uid, b->uid);
}

void feed_walk(struct feed_list *list, struct arena *arena, const struct engine *engine,
               const struct feed_subject *subject, const char *host, struct book *book, msec now_at)
{
    assert((subject->team != NULL) != (subject->user != NULL));
    const struct policy *policy = view_policy(engine);
    CLEANUP(map_free) struct map *uids = map_new();
    struct walk walk = {.list = list,
                        .engine = engine,
                        .subject = subject,
                        .host = host,
                        .book = book,
                        .uids = uids,
                        .now_at = now_at};
    *list = (struct feed_list){.arena = arena, .from_at = feed_from(now_at)};
    list->until_at = list->from_at + FEED_RANGE_MS;
    book_begin(book);
    /* Own duties first: should the walk be cut, then among those of others. */
    teams_walk(&walk, policy, false);
    if (subject->user != NULL && somebody_is_out(engine))
        teams_walk(&walk, policy, true);
    book_end(book, list->from_at, now_at);
    if (list->event_count > 1)
        qsort(list->events, list->event_count, sizeof(*list->events), event_compare);
    if (list->is_cut)
        list->comment = "There is more than fits into a feed: the rest is left out.";
}

const struct zone *feed_zone(const struct policy *policy, const struct feed_subject *subject)
{
    const struct zone *zone = subject->team != NULL ? subject->team->zone : subject->user->zone;
    return zone != NULL ? zone : policy->zone;
}

/* Programs may ask the zone for more than the events say: some years of it. */
static msec year_start(msec at, int32_t years)
{
    struct civil civil = {.year = civil_from_msec(at).year + years, .month = 1, .day = 1};
    return civil_to_msec(&civil);
}

void feed_render(struct text *text, const struct feed_list *list,
                 const struct feed_subject *subject, const struct zone *zone, bool has_alarm,
                 uint32_t alarm_minutes)
{
    CLEANUP(text_clear) struct text name = {0};
    text_addf(&name, "On call: %s",
              subject->team != NULL ? subject->team->id : user_name(subject->user));
    struct composed_calendar calendar = {
        .name = text_string(&name),
        .timezone = zone_name(zone),
        .refresh_ms = FEED_REFRESH_MS,
        .events = list->events,
        .event_count = list->event_count,
        .zone = zone,
        .zone_from_at = year_start(list->from_at, -1),
        .zone_until_at = year_start(list->until_at, 2),
        .comment = list->comment,
        .has_alarm = has_alarm,
        .alarm_minutes = alarm_minutes,
    };
    calendar_compose(text, &calendar);
}
