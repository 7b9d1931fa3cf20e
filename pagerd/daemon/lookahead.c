/* SPDX-License-Identifier: MIT */
#include "daemon/lookahead.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "daemon/daemon.h"
#include "daemon/gap_news.h"
#include "daemon/outlook.h"
#include "daemon/reload.h"
#include "daemon/rotas.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "engine/sentence.h"
#include "store/batch.h"

#define META_PREFIX "gaps:"
#define META_NAME_SIZE 48

struct lookahead {
    struct daemon *daemon;
    struct outlook *seen;       /* of the newest look that has ended; never NULL */
    struct outlook *fresh;      /* being made, or NULL */
    size_t team;                /* the next one to look at */
    struct outlook_fill *fills; /* the overrides, for the look under way; ids are the engine's */
    size_t fill_count;
    const struct policy *policy; /* what is looked at, or was; only compared */
    const struct roster *roster;
    struct map *told; /* struct told_news by team */
    bool is_marked;
    msec next_at; /* wall */
};

struct lookahead *lookahead_new(struct daemon *daemon)
{
    struct lookahead *lookahead = memory_new(1, sizeof(*lookahead));
    lookahead->daemon = daemon;
    lookahead->seen = outlook_new(0);
    lookahead->told = map_new();
    return lookahead;
}

void lookahead_free(struct lookahead *lookahead)
{
    if (lookahead == NULL)
        return;
    size_t cursor = 0;
    struct told_news *told;
    while ((told = map_each(lookahead->told, &cursor, NULL)) != NULL) {
        told_news_clear(told);
        free(told);
    }
    map_free(lookahead->told);
    outlook_free(lookahead->seen);
    outlook_free(lookahead->fresh);
    free(lookahead->fills);
    free(lookahead);
}

void lookahead_mark(struct lookahead *lookahead)
{
    lookahead->is_marked = true;
}

static struct told_news *told_get(struct lookahead *lookahead, const char *team)
{
    struct told_news *told = map_find(lookahead->told, span_of(team));
    if (told == NULL) {
        told = memory_new(1, sizeof(*told));
        map_put(lookahead->told, span_of(team), told);
    }
    return told;
}

/* "TEAM DAY KIND:ROLE:START:END ..." */
void lookahead_restore(struct lookahead *lookahead, const char *name, const char *value)
{
    struct span rest = span_of(value);
    struct fault fault = {0};
    if (strncmp(name, META_PREFIX, strlen(META_PREFIX)) != 0)
        return;
    char *team = string_copy_span(span_cut(&rest, ' '));
    if (!told_news_parse(rest.bytes, told_get(lookahead, team), &fault))
        log_error("%s: team=%s", fault.text, team);
    free(team);
}

static void told_save(struct lookahead *lookahead, const char *team, const struct told_news *told)
{
    char hash[HASH_TEXT_SIZE];
    char name[META_NAME_SIZE];
    CLEANUP(text_clear) struct text value = {0};
    hash_text(span_of(team), hash);
    snprintf(name, sizeof(name), META_PREFIX "%.32s", hash);
    text_addf(&value, "%s ", team);
    told_news_render(&value, told);
    batch_save_meta(turn_batch(lookahead->daemon->turns),
                    &(struct meta_record){.name = name, .value = text_string(&value)}, NEED_NONE);
}

/* Overrides made by hand that are not over. */
static void fills_gather(struct lookahead *lookahead)
{
    const struct engine *engine = lookahead->daemon->engine;
    const struct policy *policy = view_policy(engine);
    const struct override *override;
    size_t cursor = 0;
    size_t room = 0;
    lookahead->fill_count = 0;
    while ((override = view_each_override(engine, &cursor)) != NULL) {
        if (override->until_at <= lookahead->fresh->at ||
            policy_find_user(policy, override->user) == NULL)
            continue;
        if (lookahead->fill_count >= room) {
            room = room == 0 ? 64 : room * 2;
            lookahead->fills = memory_grow(lookahead->fills, room, sizeof(*lookahead->fills));
        }
        lookahead->fills[lookahead->fill_count++] =
            (struct outlook_fill){.team = arena_copy(lookahead->fresh->arena, override->team),
                                  .role = override->role,
                                  .start_at = override->from_at,
                                  .end_at = override->until_at};
    }
}

/* Gaps that nobody declared, and who is away, of one team: [*gap, ...) are the next gaps. */
static struct news_item *items_gather(const struct outlook *outlook, const char *team, size_t *gap,
                                      size_t *count)
{
    size_t from = *gap;
    while (*gap < outlook->gap_count && string_is(outlook->gaps[*gap].team, team))
        ++*gap;
    struct news_item *items = memory_new(*gap - from + outlook->clash_count + 1, sizeof(*items));
    *count = 0;
    for (size_t i = from; i < *gap; i++)
        if (!outlook->gaps[i].is_declared)
            items[(*count)++] =
                (struct news_item){NEWS_GAP, outlook->gaps[i].role, outlook->gaps[i].start_at,
                                   outlook->gaps[i].end_at};
    for (size_t i = 0; i < outlook->clash_count; i++)
        if (outlook->clashes[i].is_away && string_is(outlook->clashes[i].teams[0], team))
            items[(*count)++] =
                (struct news_item){NEWS_AWAY, outlook->clashes[i].role,
                                   outlook->clashes[i].start_at, outlook->clashes[i].end_at};
    return items;
}

/* The next gap after `last`, by start, then as they are listed; NULL: no more. */
static const struct outlook_gap *gap_after(const struct outlook *outlook, size_t from, size_t until,
                                           const struct outlook_gap *last)
{
    const struct outlook_gap *first = NULL;
    for (size_t i = from; i < until; i++) {
        const struct outlook_gap *gap = &outlook->gaps[i];
        bool is_later = last == NULL || gap->start_at > last->start_at ||
                        (gap->start_at == last->start_at && gap > last);
        if (!gap->is_declared && is_later && (first == NULL || gap->start_at < first->start_at))
            first = gap;
    }
    return first;
}

/* The gaps that come first, of all roles, then who is away; `count` of them in all. */
static void said_render(struct text *said, const struct language *language,
                        const struct outlook *outlook, const struct zone *zone, const char *team,
                        size_t from, size_t until, size_t count)
{
    size_t shown = 0;
    const struct outlook_gap *gap = gap_after(outlook, from, until, NULL);
    for (; gap != NULL && shown < OUTLOOK_TOLD_MAX; shown++) {
        text_add(said, shown > 0 ? "\n" : "");
        outlook_gap_advise(said, language, gap, zone, outlook->at);
        gap = gap_after(outlook, from, until, gap);
    }
    for (size_t i = 0; i < outlook->clash_count && shown < OUTLOOK_TOLD_MAX; i++) {
        const struct outlook_clash *clash = &outlook->clashes[i];
        if (!clash->is_away || !string_is(clash->teams[0], team))
            continue;
        text_addf(said, "%sAWAY %s", shown++ > 0 ? "\n" : "", clash->text);
    }
    if (count <= shown)
        return;
    text_add_char(said, '\n');
    sentence_say(said, language, SENTENCE_GAPS_MORE, saying_count("count", count - shown),
                 saying_text("command", "pagectl calendar check"));
}

/* Tells the manager of a team when that is due; `gap` is moved behind its gaps. */
static void team_tell(struct lookahead *lookahead, const struct team *team, size_t *gap)
{
    const struct outlook *outlook = lookahead->seen;
    const struct policy *policy = view_policy(lookahead->daemon->engine);
    const struct user *manager =
        team->manager == NULL ? NULL : policy_find_user(policy, team->manager);
    const struct zone *zone = manager != NULL && manager->zone != NULL ? manager->zone
                              : team->zone != NULL                     ? team->zone
                                                                       : policy->zone;
    struct office office = {zone, view_roster(lookahead->daemon->engine), team->holidays};
    size_t from = *gap;
    size_t count;
    struct news_item *items = items_gather(outlook, team->id, gap, &count);
    struct told_news *told = map_find(lookahead->told, span_of(team->id));
    bool is_changed = told != NULL && told_news_prune(told, items, count);
    if (count > 0) {
        told = told_get(lookahead, team->id);
        if (news_are_due(told, items, count, &office, outlook->at)) {
            CLEANUP(text_clear) struct text said = {0};
            said_render(&said, reload_language(lookahead->daemon->reload), outlook, zone, team->id,
                        from, *gap, count);
            daemon_tell(lookahead->daemon, team->id, text_string(&said));
            told_news_take(told, items, count, office_day(&office, outlook->at));
            is_changed = true;
        }
    }
    if (is_changed)
        told_save(lookahead, team->id, told);
    free(items);
}

static void look_begin(struct lookahead *lookahead)
{
    const struct engine *engine = lookahead->daemon->engine;
    msec now = lookahead->daemon->now.wall_at;
    outlook_free(lookahead->fresh);
    lookahead->fresh = outlook_new(now);
    lookahead->team = 0;
    lookahead->policy = view_policy(engine);
    lookahead->roster = view_roster(engine);
    lookahead->is_marked = false;
    lookahead->next_at = now - now % LOOKAHEAD_EVERY_MS + LOOKAHEAD_EVERY_MS;
    fills_gather(lookahead);
}

static void look_end(struct lookahead *lookahead)
{
    const struct policy *policy = lookahead->policy;
    size_t gap = 0;
    outlook_add_clashes(lookahead->fresh, policy, lookahead->roster);
    outlook_free(lookahead->seen);
    lookahead->seen = lookahead->fresh;
    lookahead->fresh = NULL;
    for (size_t i = 0; i < policy->team_count; i++)
        team_tell(lookahead, &policy->teams[i], &gap);
}

/* Is what was looked at, or is being looked at, not so any more? */
static bool look_is_old(const struct lookahead *lookahead)
{
    const struct engine *engine = lookahead->daemon->engine;
    msec now = lookahead->daemon->now.wall_at;
    return lookahead->is_marked || lookahead->policy != view_policy(engine) ||
           lookahead->roster != view_roster(engine) || now >= lookahead->next_at ||
           now < lookahead->next_at - LOOKAHEAD_EVERY_MS;
}

/* What is not read yet is not missing. */
static bool look_may_begin(const struct lookahead *lookahead)
{
    return view_roster(lookahead->daemon->engine) != NULL &&
           rotas_are_settled(lookahead->daemon->rotas);
}

msec lookahead_next_due(const struct lookahead *lookahead)
{
    if (!look_may_begin(lookahead))
        return MSEC_NEVER;
    if (lookahead->fresh != NULL || look_is_old(lookahead))
        return 0;
    return lookahead->next_at - lookahead->daemon->now.wall_at;
}

void lookahead_tick(struct lookahead *lookahead)
{
    if (!look_may_begin(lookahead))
        return;
    if (look_is_old(lookahead))
        look_begin(lookahead);
    if (lookahead->fresh == NULL)
        return;
    const struct policy *policy = lookahead->policy;
    for (size_t i = 0; i < LOOKAHEAD_TEAMS_PER_TURN && lookahead->team < policy->team_count; i++)
        outlook_add_team(lookahead->fresh, &policy->teams[lookahead->team++], lookahead->roster,
                         lookahead->fills, lookahead->fill_count);
    if (lookahead->team == policy->team_count)
        look_end(lookahead);
}

void lookahead_status(const struct lookahead *lookahead, struct json_writer *writer)
{
    outlook_status(lookahead->seen, writer);
}

void lookahead_metrics(const struct lookahead *lookahead, struct text *text)
{
    outlook_metrics(lookahead->seen, lookahead->daemon->now.wall_at, text);
}

size_t lookahead_problems(const struct lookahead *lookahead, struct json_writer *writer)
{
    return outlook_problems(lookahead->seen, view_policy(lookahead->daemon->engine),
                            lookahead->daemon->now.wall_at, writer);
}
