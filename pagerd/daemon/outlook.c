/* SPDX-License-Identifier: MIT */
#include "daemon/outlook.h"

#include <stdio.h>
#include <stdlib.h>

#include "calendar/clash.h"
#include "calendar/coverage.h"
#include "daemon/metric.h"
#include "engine/sentence.h"
#include "engine/words.h"

#define PROBLEMS_SHOWN_MAX 20

struct outlook *outlook_new(msec at)
{
    struct outlook *outlook = memory_new(1, sizeof(*outlook));
    outlook->arena = arena_new();
    outlook->at = at;
    return outlook;
}

void outlook_free(struct outlook *outlook)
{
    if (outlook == NULL)
        return;
    arena_free(outlook->arena);
    free(outlook->gaps);
    free(outlook->rows);
    free(outlook);
}

static void outlook_add_gap(struct outlook *outlook, const struct outlook_gap *gap)
{
    if (outlook->gap_count == OUTLOOK_GAPS_MAX) {
        outlook->is_cut = true;
        return;
    }
    if (outlook->gap_count == outlook->gap_room) {
        outlook->gap_room = outlook->gap_room == 0 ? 64 : outlook->gap_room * 2;
        outlook->gaps = memory_grow(outlook->gaps, outlook->gap_room, sizeof(*outlook->gaps));
    }
    outlook->gaps[outlook->gap_count++] = *gap;
}

static void outlook_add_row(struct outlook *outlook, const struct outlook_row *row)
{
    if (outlook->row_count == outlook->row_room) {
        outlook->row_room = outlook->row_room == 0 ? 64 : outlook->row_room * 2;
        outlook->rows = memory_grow(outlook->rows, outlook->row_room, sizeof(*outlook->rows));
    }
    outlook->rows[outlook->row_count++] = *row;
}

static const char *gap_why(struct outlook *outlook, const struct duty_source *source,
                           const struct roster *roster)
{
    if (source->calendar == NULL)
        return "nobody is named";
    bool is_read = roster_find(roster, source->calendar, source->layer) != NULL;
    return arena_format(outlook->arena, "calendar \"%s\" %s", source->calendar,
                        is_read ? "names nobody" : "is not read yet");
}

/* Gaps against which an override stands are none. */
static void role_look(struct outlook *outlook, const struct team *team, const char *id,
                      enum role role, const struct roster *roster, const struct outlook_fill *fills,
                      size_t fill_count)
{
    struct coverage_gap gaps[COVERAGE_GAPS_MAX];
    msec until_at = outlook->at + OUTLOOK_REACH_MS;
    size_t count = coverage_gaps(team, role, roster, outlook->at, until_at, gaps);
    for (size_t i = 0; i < fill_count; i++)
        if (fills[i].role == role && string_is(fills[i].team, team->id))
            count = coverage_fill(gaps, count, fills[i].start_at, fills[i].end_at);
    struct outlook_row row = {.team = id, .role = role, .next_at = MSEC_NEVER};
    const char *why = count == 0 ? NULL : gap_why(outlook, &team->roles[role], roster);
    for (size_t i = 0; i < count && gaps[i].start_at < outlook->at + OUTLOOK_MS; i++) {
        bool is_declared = gaps[i].is_declared;
        msec end_at = gaps[i].end_at;
        msec seen_at = outlook->at + OUTLOOK_MS;
        outlook_add_gap(outlook,
                        &(struct outlook_gap){.team = id,
                                              .role = role,
                                              .start_at = gaps[i].start_at,
                                              .end_at = end_at >= until_at ? MSEC_NEVER : end_at,
                                              .is_declared = is_declared,
                                              .why = is_declared ? "declared as nobody" : why});
        if (is_declared)
            continue;
        row.gap_ms += (end_at < seen_at ? end_at : seen_at) - gaps[i].start_at;
        if (row.next_at == MSEC_NEVER)
            row.next_at = gaps[i].start_at;
    }
    outlook_add_row(outlook, &row);
}

void outlook_add_team(struct outlook *outlook, const struct team *team, const struct roster *roster,
                      const struct outlook_fill *fills, size_t fill_count)
{
    const char *id = arena_copy(outlook->arena, team->id);
    for (int role = 0; role < ROLE_COUNT; role++)
        if (team->roles[role].calendar != NULL || team->roles[role].user != NULL)
            role_look(outlook, team, id, (enum role)role, roster, fills, fill_count);
}

void outlook_add_clashes(struct outlook *outlook, const struct policy *policy,
                         const struct roster *roster)
{
    struct clash_list *list = memory_new(1, sizeof(*list));
    struct arena *arena = outlook->arena;
    clashes_find(policy, roster, outlook->at, outlook->at + OUTLOOK_MS, list);
    outlook->clashes = arena_take(arena, (list->count + 1) * sizeof(*outlook->clashes));
    for (size_t i = 0; i < list->count; i++) {
        const struct clash *clash = &list->items[i];
        const struct team *team = clash->teams[0];
        CLEANUP(text_clear) struct text text = {0};
        clash_render(&text, clash, team->zone != NULL ? team->zone : policy->zone);
        outlook->clashes[i] = (struct outlook_clash){
            .code = clash->code,
            .user = arena_copy(arena, clash->user->id),
            .teams = {arena_copy(arena, team->id),
                      clash->teams[1] == NULL ? NULL : arena_copy(arena, clash->teams[1]->id)},
            .role = clash->roles[0],
            .is_away = clash->kind == CLASH_AWAY,
            .start_at = clash->start_at,
            .end_at = clash->end_at,
            .text = arena_copy(arena, text_string(&text))};
    }
    outlook->clash_count = list->count;
    outlook->is_cut = outlook->is_cut || list->is_cut;
    free(list);
}

static msec gap_end(const struct outlook *outlook, const struct outlook_gap *gap)
{
    msec seen_at = outlook->at + OUTLOOK_MS;
    return gap->end_at < seen_at ? gap->end_at : seen_at;
}

void outlook_status(const struct outlook *outlook, struct json_writer *writer)
{
    json_begin_array(writer, "gaps");
    for (size_t i = 0; i < outlook->gap_count; i++) {
        const struct outlook_gap *gap = &outlook->gaps[i];
        json_begin_object(writer, NULL);
        json_put_string(writer, "team", gap->team);
        json_put_string(writer, "role", role_name(gap->role));
        json_put_instant(writer, "from", gap->start_at);
        json_put_instant(writer, "until", gap_end(outlook, gap));
        json_put_string(writer, "why", gap->why);
        json_put_bool(writer, "declared", gap->is_declared);
        json_end_object(writer);
    }
    json_end_array(writer);
    json_begin_array(writer, "clashes");
    for (size_t i = 0; i < outlook->clash_count; i++) {
        const struct outlook_clash *clash = &outlook->clashes[i];
        json_begin_object(writer, NULL);
        json_put_string(writer, "code", clash->code);
        json_put_string(writer, "user", clash->user);
        json_begin_array(writer, "teams");
        for (size_t j = 0; j < 2 && clash->teams[j] != NULL; j++)
            json_put_string(writer, NULL, clash->teams[j]);
        json_end_array(writer);
        json_put_instant(writer, "from", clash->start_at);
        json_put_instant(writer, "until", clash->end_at);
        json_put_string(writer, "text", clash->text);
        json_end_object(writer);
    }
    json_end_array(writer);
    json_put_bool(writer, "more", outlook->is_cut);
}

void outlook_metrics(const struct outlook *outlook, msec now, struct text *text)
{
    metric_head(text, "schedule_gap_seconds", "gauge",
                "Seconds of the next 14 days that coverage wants covered and nobody has.");
    for (int kind = 0; kind < 2; kind++) {
        const char *name = kind == 0 ? "schedule_gap_seconds" : "schedule_next_gap_seconds";
        if (kind == 1)
            metric_head(text, name, "gauge",
                        "Seconds until the next such gap begins; absent without one.");
        for (size_t i = 0; i < outlook->row_count; i++) {
            const struct outlook_row *row = &outlook->rows[i];
            const struct metric_label labels[] = {{"team", row->team},
                                                  {"role", role_name(row->role)}};
            msec ahead_ms = row->next_at > now ? row->next_at - now : 0;
            if (kind == 0)
                metric_labelled(text, name, labels, 2, row->gap_ms / SECOND_MS);
            else if (row->next_at != MSEC_NEVER)
                metric_labelled(text, name, labels, 2, ahead_ms / SECOND_MS);
        }
    }
}

size_t outlook_problems(const struct outlook *outlook, const struct policy *policy, msec now,
                        struct json_writer *writer)
{
    size_t count = 0;
    for (size_t i = 0; i < outlook->gap_count; i++) {
        const struct outlook_gap *gap = &outlook->gaps[i];
        const struct team *team = policy_find_team(policy, gap->team);
        if (gap->is_declared || gap->start_at >= now + OUTLOOK_NEAR_MS || gap->end_at <= now ||
            ++count > PROBLEMS_SHOWN_MAX)
            continue;
        CLEANUP(text_clear) struct text text = {0};
        outlook_gap_render(&text, gap,
                           team != NULL && team->zone != NULL ? team->zone : policy->zone, now);
        json_put_string(writer, NULL, text_string(&text));
    }
    if (count > PROBLEMS_SHOWN_MAX) {
        char more[64];
        snprintf(more, sizeof(more), "and %zu more gaps", count - PROBLEMS_SHOWN_MAX);
        json_put_string(writer, NULL, more);
    }
    return count;
}

void outlook_gap_render(struct text *text, const struct outlook_gap *gap, const struct zone *zone,
                        msec now)
{
    char length[DURATION_TEXT_SIZE];
    bool has_begun = gap->start_at <= now;
    text_addf(text, "GAP %s %s ", gap->team, role_name(gap->role));
    if (has_begun)
        text_add(text, "now");
    else
        words_add_time(text, zone, gap->start_at);
    if (gap->end_at == MSEC_NEVER) {
        if (!has_begun)
            text_addf(text, " %s", zone_abbreviation(zone, gap->start_at));
        text_add(text, " and on, no end in sight");
        return;
    }
    const char *end_zone = zone_abbreviation(zone, gap->end_at);
    if (!has_begun && !string_is(zone_abbreviation(zone, gap->start_at), end_zone))
        text_addf(text, " %s", zone_abbreviation(zone, gap->start_at));
    text_add(text, " - ");
    words_add_time(text, zone, gap->end_at);
    text_addf(text, " %s (%s)", end_zone,
              duration_speak(gap->end_at - (has_begun ? now : gap->start_at), length));
}

/* RFC 3339 with the offset in force, so that it means the same wherever it is typed. */
static void instant_add(struct text *text, const struct zone *zone, msec at)
{
    struct civil civil = zone_civil(zone, at);
    int minutes = zone_offset(zone, at) / 60;
    text_addf(text, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", civil.year, civil.month, civil.day,
              civil.hour, civil.minute, civil.second, minutes < 0 ? '-' : '+', abs(minutes) / 60,
              abs(minutes) % 60);
}

/* "Mon 23 Nov 09:00 CET": the zone unless the end has the same. */
static void start_add(struct text *text, const struct language *language,
                      const struct outlook_gap *gap, const struct zone *zone, msec now)
{
    const char *start_zone = zone_abbreviation(zone, gap->start_at);
    bool is_endless = gap->end_at == MSEC_NEVER;
    if (gap->start_at <= now) {
        sentence_put(text, language, SENTENCE_NOW);
        return;
    }
    words_add_time_in(text, language, zone, gap->start_at);
    if (is_endless || !string_is(start_zone, zone_abbreviation(zone, gap->end_at)))
        text_addf(text, " %s", start_zone);
}

void outlook_gap_advise(struct text *text, const struct language *language,
                        const struct outlook_gap *gap, const struct zone *zone, msec now)
{
    char length[DURATION_TEXT_SIZE];
    CLEANUP(text_clear) struct text from = {0};
    CLEANUP(text_clear) struct text until = {0};
    CLEANUP(text_clear) struct text command = {0};
    bool has_begun = gap->start_at <= now;
    bool is_endless = gap->end_at == MSEC_NEVER;
    msec seen_at = has_begun ? now : gap->start_at;
    msec length_ms = is_endless ? 7 * DAY_MS : gap->end_at - seen_at + MINUTE_MS - 1;
    start_add(&from, language, gap, zone, now);
    text_addf(&command, "pagectl override %s %s", gap->team, role_name(gap->role));
    if (!has_begun) {
        text_add(&command, " --from ");
        instant_add(&command, zone, gap->start_at);
    }
    text_addf(&command, " --for %s --to WHO",
              duration_render(length_ms / MINUTE_MS * MINUTE_MS, length));
    const struct saying team = saying_text("team", gap->team);
    const struct saying role = saying_role("role", gap->role);
    const struct saying start = saying_text("from", text_string(&from));
    const struct saying advice = saying_text("command", text_string(&command));
    if (is_endless) {
        sentence_say(text, language, SENTENCE_GAP_ENDLESS, team, role, start, advice);
        return;
    }
    words_add_time_in(&until, language, zone, gap->end_at);
    text_addf(&until, " %s", zone_abbreviation(zone, gap->end_at));
    sentence_say(text, language, SENTENCE_GAP_AHEAD, team, role, start,
                 saying_text("until", text_string(&until)),
                 saying_text("length", duration_speak(gap->end_at - seen_at, length)), advice);
}
