/* SPDX-License-Identifier: MIT */
#include "sim/houses.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/policy.h"

static const char *const zone_names[] = {
    "Europe/Berlin",    "America/Chicago", "Asia/Kolkata",        "Pacific/Auckland", "UTC",
    "America/St_Johns", "Europe/Lisbon",   "Australia/Lord_Howe", "Africa/Cairo",     "Asia/Tokyo",
};
static const char *const people_ids[] = {"ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal"};
static const char *const team_ids[] = {"db", "web", "net"};
static const char *const channels[] = {"sms", "push", "call", "email"};
static const char *const roles[] = {"primary", "secondary", "oncall"};
static const char *const waits[] = {"1m", "2m", "3m", "5m", "5m", "10m", "15m", "30m"};

bool atlas_load(struct atlas *atlas, struct fault *fault)
{
    const char *directory = getenv("TZDIR");
    if (directory == NULL || directory[0] == '\0')
        directory = "/usr/share/zoneinfo";
    atlas->count = 0;
    for (size_t i = 0; i < sizeof zone_names / sizeof *zone_names; i++) {
        if (zone_load(directory, zone_names[i], &atlas->zones[atlas->count], fault))
            atlas->count++;
    }
    return atlas->count > 0;
}

void atlas_clear(struct atlas *atlas)
{
    for (size_t i = 0; i < atlas->count; i++)
        zone_free(atlas->zones[i]);
    atlas->count = 0;
}

struct house_person *house_find(struct house *house, const char *id)
{
    for (size_t i = 0; i < house->people_count; i++) {
        if (string_is(house->people[i].id, id))
            return &house->people[i];
    }
    return NULL;
}

const char *house_somebody(const struct house *house, struct chance *chance)
{
    if (chance_hits(chance, 2))
        return "zoe";
    return house->people[chance_below(chance, house->people_count)].id;
}

static const struct zone *some_zone(const struct atlas *atlas, struct chance *chance)
{
    return atlas->zones[chance_below(chance, atlas->count)];
}

/* A day anywhere from 2026 to 2037; one in four has a change of the clocks right ahead. */
static void choose_day(struct house *house, const struct atlas *atlas, struct chance *chance)
{
    int64_t first = civil_days(2026, 1, 1);
    int64_t last = civil_days(2037, 12, 20);
    msec at = (first + (int64_t)chance_below(chance, (size_t)(last - first))) * DAY_MS;
    house->zone = some_zone(atlas, chance);
    if (chance_hits(chance, 25)) {
        const struct zone *changing =
            chance_hits(chance, 70) ? house->zone : some_zone(atlas, chance);
        msec change_at = zone_next_change(changing, at);
        if (change_at != MSEC_NEVER && change_at < (last + 30) * DAY_MS) {
            at = change_at - (msec)chance_below(chance, 16 * HOUR_MS);
            house->is_near_change = true;
        }
    }
    struct civil day = zone_civil(house->zone, at);
    day = (struct civil){.year = day.year, .month = day.month, .day = day.day};
    house->start_at = zone_utc(house->zone, civil_to_msec(&day), NULL);
}

static void write_time(const struct house *house, msec at, struct text *text)
{
    struct civil civil = zone_civil(house->zone, at);
    text_addf(text, " %04d-%02d-%02d/%02d:%02d", civil.year, civil.month, civil.day, civil.hour,
              civil.minute);
}

/* Handovers daily, every twelve hours or weekly, with gaps, holes, unknown people, and two at once;
 * times are local, as people write them. */
void house_write_rota(const struct house *house, const char *name, struct chance *chance,
                      struct text *text)
{
    static const msec lengths[] = {DAY_MS, DAY_MS, 12 * HOUR_MS, 8 * HOUR_MS, 7 * DAY_MS};
    msec length_ms = CHOOSE(chance, lengths);
    msec at = house->start_at - DAY_MS + (msec)chance_below(chance, 24) * HOUR_MS;
    size_t turn = chance_below(chance, house->people_count);
    text_addf(text, "rota %s", name);
    for (size_t i = 0; i < 12 && at < house->start_at + 5 * DAY_MS; i++, at += length_ms) {
        if (i > 0 && chance_hits(chance, 8))
            continue;
        const char *who = house->people[(turn + i) % house->people_count].id;
        if (chance_hits(chance, 4))
            who = chance_hits(chance, 50) ? "nobody" : "zoe";
        text_addf(text, " %s", who);
        if (chance_hits(chance, 8) && !string_is(who, "nobody"))
            text_addf(text, "+%s", house->people[(turn + i + 1) % house->people_count].id);
        write_time(house, at, text);
        write_time(house, at + length_ms, text);
        text_add(text, ",");
    }
    if (text->size > 0 && text->bytes[text->size - 1] == ',')
        text->bytes[--text->size] = '\0';
}

void house_write_window(const struct house *house, size_t window, struct chance *chance,
                        struct text *text)
{
    static const char *const matches[] = {"integration=prom", "severity!=critical", "host=h*",
                                          "integration=monitor", "summary=*"};
    text_addf(text, "maintenance w%zu calendar:w%zu", window, window);
    if (chance_hits(chance, 30))
        text_addf(text, " team=%s", house->teams[chance_below(chance, house->team_count)].id);
    text_addf(text, " %s", CHOOSE(chance, matches));
}

/* Nights of work, some of them longer than any may be; by local times, as calendars have them. */
void house_write_outages(const struct house *house, size_t window, struct chance *chance,
                         struct text *text)
{
    msec at = house->start_at - 6 * HOUR_MS + (msec)chance_below(chance, 600) * MINUTE_MS;
    text_addf(text, "outages w%zu", window);
    for (size_t i = chance_below(chance, 6); i > 0; i--) {
        msec end_at = at + (msec)chance_between(chance, 5, 400) * MINUTE_MS;
        if (chance_hits(chance, 3))
            end_at += 31 * DAY_MS;
        write_time(house, at, text);
        write_time(house, end_at, text);
        text_add(text, i > 1 ? "," : "");
        at = end_at + (msec)chance_between(chance, 125, 1200) * MINUTE_MS;
    }
}

/* Whom a step of this team or a cover names; never the last team, which may be removed. */
static void write_target(const struct house *house, size_t team, struct chance *chance,
                         struct text *text)
{
    size_t what = chance_below(chance, 100);
    size_t other = team == 0 ? 1 : 0;
    if (what < 60)
        text_add(text, CHOOSE(chance, roles));
    else if (what < 72)
        text_add(text, "everyone");
    else if (what < 80 && other + 1 < house->team_count && other != team)
        text_addf(text, "team:%s", house->teams[other].id);
    else
        text_add(text, house->people[0].id);
}

void house_write_steps(const struct house *house, size_t team, struct chance *chance,
                       struct text *text)
{
    size_t count = chance_hits(chance, 5) ? 0 : chance_between(chance, 1, 4);
    text_addf(text, "team %s", house->teams[team].id);
    for (size_t i = 0; i < count; i++) {
        text_add(text, i > 0 ? ", " : " ");
        if (i == 0)
            text_add(text, chance_hits(chance, 85) ? "primary" : "oncall");
        else
            write_target(house, team, chance, text);
        if (chance_hits(chance, 15)) {
            text_add(text, "+");
            write_target(house, team, chance, text);
        }
        text_addf(text, " %s", CHOOSE(chance, waits));
        if (chance_hits(chance, 25))
            text_addf(text, " x%zu", chance_between(chance, 2, 4));
    }
}

void house_write_recovery(const struct house *house, struct chance *chance, struct text *text)
{
    static const char *const nights[] = {"22:00-07:00", "23:00-06:00", "20:30-08:30",
                                         "00:00-05:00"};
    static const char *const rests[] = {"8h", "11h", "24h", "36h"};
    text_add(text, "recovery");
    if (chance_hits(chance, 30))
        text_add(text, " off");
    text_addf(text, " night=%s when=%zum pages=%zu rest=%s", CHOOSE(chance, nights),
              chance_between(chance, 5, 40), chance_between(chance, 1, 4), CHOOSE(chance, rests));
    size_t count = chance_between(chance, 0, 3);
    for (size_t i = 0; i < count; i++) {
        text_add(text, i == 0 ? " cover=" : "+");
        write_target(house, 0, chance, text);
    }
}

void house_write_away(const struct house *house, const char *user, msec from_at,
                      struct chance *chance, struct text *text)
{
    msec start_at = from_at + (msec)chance_below(chance, 30) * HOUR_MS;
    text_addf(text, "away %s", user);
    write_time(house, start_at, text);
    write_time(house, start_at + chance_span(chance, HOUR_MS, 4 * DAY_MS) + HOUR_MS, text);
}

/* One provider or two, with receipts or without, sometimes with a cap that is soon met. */
void house_write_channel(struct chance *chance, struct text *text)
{
    static const char *const receipts[] = {"", " receipt=30s", " receipt=60s", " receipt=3m"};
    static const char *const limits[] = {"", " limit=1", " limit=3", " limit=20"};
    static const char *const caps[] = {"", "", "", " cap=3", " cap=15"};
    text_addf(text, "channel %s%s%s%s%s", CHOOSE(chance, channels),
              chance_hits(chance, 60) ? " second" : "", CHOOSE(chance, receipts),
              CHOOSE(chance, limits), CHOOSE(chance, caps));
}

void house_write_verify(struct chance *chance, struct text *text)
{
    static const char *const agains[] = {"", "", " again=90d", " again=30h", " again=12h"};
    text_addf(text, "verify %s", chance_hits(chance, 80) ? "on" : "off");
    text_add(text, CHOOSE(chance, agains));
}

void house_write_address(const struct house_person *person, struct chance *chance,
                         struct text *text)
{
    const char *channel = CHOOSE(chance, channels);
    const char *word = strstr(person->line, channel);
    if (word == NULL || chance_hits(chance, 30)) {
        text_add(text, person->line);
        return;
    }
    size_t number = chance_between(chance, 90000, 90003);
    text_addf(text, "%.*s=", (int)(word - person->line) + (int)strlen(channel), person->line);
    text_addf(text, string_is(channel, "email") ? "%zu@example.org" : "+4915550%05zu", number);
    text_add(text, word + strlen(channel));
}

struct builder {
    struct house *house;
    const struct atlas *atlas;
    struct chance *chance;
    struct arena *arena;
    struct script *script;
    struct text text;
};

/* Takes down the line in `text`; its copy lives as long as the arena. */
static const char *put(struct builder *builder)
{
    script_add_line(builder->script, builder->arena, text_string(&builder->text));
    text_reset(&builder->text);
    return builder->script->lines[builder->script->line_count - 1];
}

static void build_rules(struct builder *builder)
{
    struct chance *chance = builder->chance;
    static const char *const ids[] = {"normal", "deep"};
    for (size_t i = 0; i < 2; i++) {
        if (i == 0 && chance_hits(chance, 40))
            continue;
        msec after_ms = chance_hits(chance, 80) ? 0 : chance_span(chance, SECOND_MS, 2 * MINUTE_MS);
        text_addf(&builder->text, "rule %s", ids[i]);
        size_t count = chance_between(chance, 1, 4);
        for (size_t step = 0; step < count; step++) {
            char duration[DURATION_TEXT_SIZE];
            text_addf(&builder->text, "%s %s %s", step > 0 ? "," : "",
                      duration_render(after_ms, duration), CHOOSE(chance, channels));
            if (chance_hits(chance, 30))
                text_addf(&builder->text, "+%s", CHOOSE(chance, channels));
            after_ms += chance_span(chance, 15 * SECOND_MS, 10 * MINUTE_MS);
        }
        (void)put(builder);
    }
    static const char *const severities[] = {"severity warning quiet not-waking promote=2h",
                                             "severity warning normal waking promote=30m",
                                             "severity error deep waking",
                                             "severity info quiet not-waking",
                                             "severity error quiet",
                                             "severity warning quiet not-waking held",
                                             "severity error normal not-waking held",
                                             "severity warning deep not-waking held promote=4h",
                                             "severity info quiet not-waking held"};
    for (size_t i = 0; i < sizeof severities / sizeof *severities; i++) {
        if (!chance_hits(chance, 30))
            continue;
        text_add(&builder->text, severities[i]);
        (void)put(builder);
    }
}

/* How somebody wants to sleep. */
static void write_quiet(struct chance *chance, struct text *text)
{
    static const char *const hours[] = {"22:00-07:00", "00:00-09:00", "never", "21:30-05:30",
                                        "08:00-16:00"};
    if (chance_hits(chance, 50))
        text_addf(text, " quiet=%s", CHOOSE(chance, hours));
    if (chance_hits(chance, 15))
        text_addf(text, " notify-low=%s", chance_hits(chance, 50) ? "quiet" : "deep");
    if (chance_hits(chance, 15))
        text_addf(text, " notify-night=%s", chance_hits(chance, 70) ? "deep" : "normal");
}

static void build_person(struct builder *builder, const char *id, bool is_fixed)
{
    struct chance *chance = builder->chance;
    struct house *house = builder->house;
    struct house_person *person = &house->people[house->people_count++];
    *person = (struct house_person){.id = id,
                                    .is_here = true,
                                    .is_fixed = is_fixed,
                                    .zone = house->zone,
                                    .diligence = (unsigned)chance_between(chance, 20, 100),
                                    .is_sleeper = chance_hits(chance, 60)};
    text_addf(&builder->text, "user %s", id);
    size_t first = chance_below(chance, 4);
    size_t count = chance_hits(chance, 8) ? 0 : chance_between(chance, 1, HOUSE_CONTACTS_MAX);
    if (is_fixed && count == 0)
        count = 1;
    for (size_t i = 0; i < count; i++)
        text_addf(&builder->text, " %s", channels[(first + i) % 4]);
    if (chance_hits(chance, 20) && builder->atlas->count > 4) {
        person->zone = builder->atlas->zones[chance_below(chance, 4)];
        text_addf(&builder->text, " zone=%s", zone_name(person->zone));
    }
    if (chance_hits(chance, 20))
        text_add(&builder->text, " notify=deep");
    write_quiet(chance, &builder->text);
    if (is_fixed)
        text_add(&builder->text, " admin");
    person->line = put(builder);
}

static void keep_line(struct builder *builder, struct house_team *team)
{
    const char *line = put(builder);
    if (team->line_count < sizeof team->lines / sizeof *team->lines)
        team->lines[team->line_count++] = line;
}

/* Who has a role: a calendar of its own, one layer of it, another team's, or somebody fixed. */
static void build_duty(struct builder *builder, struct house_team *team, const char *role)
{
    struct chance *chance = builder->chance;
    struct house *house = builder->house;
    size_t what = chance_below(chance, 100);
    text_addf(&builder->text, "duty %s %s ", team->id, role);
    if (what < 15) {
        text_add(&builder->text, house->people[0].id);
    } else if (what < 30 && house->rota_count > 0) {
        text_addf(&builder->text, "calendar:%s",
                  house->rotas[chance_below(chance, house->rota_count)].name);
    } else if (house->rota_count < HOUSE_ROTAS_MAX) {
        bool is_layer = chance_hits(chance, 30);
        const char *name = arena_format(builder->arena, "r%zu%s%s", house->rota_count,
                                        is_layer ? "/" : "", is_layer ? role : "");
        house->rotas[house->rota_count++].name = name;
        text_addf(&builder->text, "calendar:%s", name);
    } else {
        text_add(&builder->text, "calendar:missing");
    }
    keep_line(builder, team);
}

static void build_members(struct builder *builder, struct house_team *team)
{
    struct house *house = builder->house;
    text_addf(&builder->text, "members %s %s", team->id, house->people[0].id);
    for (size_t i = 1; i < house->people_count; i++) {
        if (!chance_hits(builder->chance, 60))
            continue;
        text_addf(&builder->text, " %s", house->people[i].id);
        house->people[i].is_fixed = true;
    }
    keep_line(builder, team);
}

static void build_team(struct builder *builder, size_t index)
{
    struct chance *chance = builder->chance;
    struct house_team *team = &builder->house->teams[index];
    house_write_steps(builder->house, index, chance, &builder->text);
    keep_line(builder, team);
    build_duty(builder, team, chance_hits(chance, 85) ? "primary" : "oncall");
    if (chance_hits(chance, 60))
        build_duty(builder, team, "secondary");
    if (chance_hits(chance, 50))
        build_members(builder, team);
    if (chance_hits(chance, 40)) {
        text_addf(&builder->text, "overrides %s primary calendar:swaps", team->id);
        keep_line(builder, team);
    }
    if (chance_hits(chance, 50)) {
        static const char *const timeouts[] = {"never", "10m", "30m", "1h", "2h"};
        text_addf(&builder->text, "ack-timeout %s %s", team->id, CHOOSE(chance, timeouts));
        keep_line(builder, team);
    }
    if (chance_hits(chance, 60)) {
        text_addf(&builder->text, "handoff %s %s", team->id,
                  chance_hits(chance, 50) ? "pass" : "on");
        keep_line(builder, team);
        if (chance_hits(chance, 50)) {
            text_addf(&builder->text, "shift-test %s%s", team->id,
                      chance_hits(chance, 60) ? " hold" : "");
            keep_line(builder, team);
        }
    }
    if (chance_hits(chance, 40)) {
        text_addf(&builder->text, "%s %s %s", chance_hits(chance, 50) ? "manager" : "last-resort",
                  team->id, builder->house->people[0].id);
        keep_line(builder, team);
    }
}

/* Stretches of a few hours in which somebody else has it, or nobody on purpose. */
static void build_swaps(struct builder *builder)
{
    struct house *house = builder->house;
    msec at = house->start_at + (msec)chance_below(builder->chance, 12) * HOUR_MS;
    text_add(&builder->text, "rota swaps");
    for (size_t i = 0; i < 4; i++) {
        msec end_at = at + (msec)chance_between(builder->chance, 2, 20) * HOUR_MS;
        const char *who =
            chance_hits(builder->chance, 10) ? "nobody" : house_somebody(house, builder->chance);
        text_addf(&builder->text, "%s %s", i > 0 ? "," : "", who);
        write_time(house, at, &builder->text);
        write_time(house, end_at, &builder->text);
        at = end_at + (msec)chance_below(builder->chance, 20) * HOUR_MS;
    }
    (void)put(builder);
    house->rotas[house->rota_count++].name = "swaps";
}

static void build_calendars(struct builder *builder)
{
    struct house *house = builder->house;
    for (size_t i = 0; i < house->rota_count; i++) {
        house_write_rota(house, house->rotas[i].name, builder->chance, &builder->text);
        (void)put(builder);
    }
    if (house->rota_count < HOUSE_ROTAS_MAX)
        build_swaps(builder);
    for (size_t i = 0; i < house->people_count; i++) {
        if (!chance_hits(builder->chance, 20))
            continue;
        house->people[i].is_away = true;
        house_write_away(house, house->people[i].id, house->start_at, builder->chance,
                         &builder->text);
        (void)put(builder);
    }
}

/* Routes for what no key gives to a team, and keys that may raise few alerts only. */
static void build_sources(struct builder *builder)
{
    static const char *const matchers[] = {"integration=prom", "severity=critical",
                                           "severity!=info", "integration!=icinga"};
    static const char *const limits[] = {"rate=2 burst=3", "open=3", "rate=1 burst=1 open=8"};
    struct chance *chance = builder->chance;
    const struct house *house = builder->house;
    for (size_t i = chance_below(chance, 3); i > 0; i--) {
        text_addf(&builder->text, "route %s %s",
                  house->teams[chance_below(chance, house->team_count)].id,
                  CHOOSE(chance, matchers));
        (void)put(builder);
    }
    if (chance_hits(chance, 60)) {
        text_addf(&builder->text, "route %s",
                  house->teams[chance_below(chance, house->team_count)].id);
        (void)put(builder);
    }
    if (chance_hits(chance, 35)) {
        text_addf(&builder->text, "source %s %s", chance_hits(chance, 50) ? "prom" : "monitor",
                  CHOOSE(chance, limits));
        (void)put(builder);
    }
}

static void build_windows(struct builder *builder)
{
    struct house *house = builder->house;
    house->window_count = chance_below(builder->chance, HOUSE_WINDOWS_MAX + 1);
    for (size_t i = 0; i < house->window_count; i++) {
        house_write_window(house, i, builder->chance, &builder->text);
        (void)put(builder);
        house_write_outages(house, i, builder->chance, &builder->text);
        (void)put(builder);
    }
}

void house_build(struct house *house, const struct atlas *atlas, struct chance *chance,
                 struct arena *arena, struct script *script)
{
    *house = (struct house){0};
    struct builder builder = {
        .house = house, .atlas = atlas, .chance = chance, .arena = arena, .script = script};
    choose_day(house, atlas, chance);
    text_addf(&builder.text, "zone %s", zone_name(house->zone));
    (void)put(&builder);
    struct civil day = zone_civil(house->zone, house->start_at);
    text_addf(&builder.text, "date %04d-%02d-%02d", day.year, day.month, day.day);
    (void)put(&builder);
    for (size_t i = chance_below(chance, 4); i > 0; i--) {
        house_write_channel(chance, &builder.text);
        (void)put(&builder);
    }
    build_rules(&builder);
    build_person(&builder, "mia", true);
    size_t people = chance_between(chance, 2, sizeof people_ids / sizeof *people_ids);
    for (size_t i = 0; i < people; i++)
        build_person(&builder, people_ids[i], false);
    house->team_count = chance_between(chance, 1, HOUSE_TEAMS_MAX);
    for (size_t i = 0; i < house->team_count; i++)
        house->teams[i] = (struct house_team){.id = team_ids[i], .is_here = true};
    for (size_t i = 0; i < house->team_count; i++)
        build_team(&builder, i);
    if (chance_hits(chance, 70)) {
        house_write_recovery(house, chance, &builder.text);
        (void)put(&builder);
    }
    static const char *const wakefulness[] = {"awake 0s 2m", "awake 2h 10m", "awake 30m 0s"};
    if (chance_hits(chance, 30)) {
        text_add(&builder.text, CHOOSE(chance, wakefulness));
        (void)put(&builder);
    }
    if (chance_hits(chance, 50)) {
        house_write_verify(chance, &builder.text);
        (void)put(&builder);
    }
    if (chance_hits(chance, 40))
        house->canary = house_somebody(house, chance);
    build_calendars(&builder);
    build_sources(&builder);
    build_windows(&builder);
    text_clear(&builder.text);
}
