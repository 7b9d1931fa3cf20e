/* SPDX-License-Identifier: MIT */
#include "daemon/demo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "base/text.h"
#include "base/zone.h"
#include "daemon/clock.h"
#include "daemon/daemon.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "http/server.h"

#define DEMO_SPEED 60
#define DEMO_ZONE "Europe/Berlin"
#define DEMO_TZDIR "/usr/share/zoneinfo"
#define DEMO_LISTEN "127.0.0.1:8440"
#define DEMO_DAYS 30
#define DEMO_ALERTS 70

/* Who takes part; the rotation goes through them in this order. */
static const char *const names[] = {"ann", "bob", "cat", "dan", "eve", "fay"};
static const char *const full_names[] = {"Ann Ops",  "Bob Base", "Cat Cache",
                                         "Dan Disk", "Eve Edge", "Fay Fiber"};

#define PEOPLE_COUNT (sizeof(names) / sizeof(names[0]))

struct demo {
    char *folder;
    char *config;
    char *socket;
    char *listen;
    char *url;
    msec start_at; /* wall */
    bool is_past;
    uint64_t chance; /* state of the history's dice: always the same story */
};

void demo_free(struct demo *demo)
{
    if (demo == NULL)
        return;
    free(demo->folder);
    free(demo->config);
    free(demo->socket);
    free(demo->listen);
    free(demo->url);
    free(demo);
}

static bool file_write(const char *folder, const char *name, const struct text *text,
                       struct fault *fault)
{
    char *path = string_format("%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    bool is_written = file != NULL && fwrite(text->bytes, 1, text->size, file) == text->size;
    if (file != NULL && fclose(file) != 0)
        is_written = false;
    if (!is_written)
        fault_set(fault, FAULT_SYSTEM, "cannot write '%s'", path);
    free(path);
    return is_written;
}

static bool demo_write_config(const struct demo *demo, struct fault *fault)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "# The demo's configuration.\nurl = \"%s\"\ntimezone = \"" DEMO_ZONE "\"\n",
              demo->url);
    text_add(&text, "channels: { inbox: { } }\nusers: {\n");
    for (size_t i = 0; i < PEOPLE_COUNT; i++) {
        text_addf(&text, "  %s: { name = \"%s\"", names[i], full_names[i]);
        if (i == 0) /* whoever starts the demo is Ann */
            text_addf(&text, ", admin = true, unix = \"%u\"", (unsigned)getuid());
        if (i == 4)
            text_add(&text, ", timezone = \"America/Chicago\"");
        text_add(&text, " }\n");
    }
    text_add(&text,
             "}\ncalendars: {\n  primary:   { ics = \"primary.ics\" }\n"
             "  secondary: { ics = \"secondary.ics\" }\n}\n"
             "teams: {\n  ops: {\n    primary   = \"calendar:primary\"\n"
             "    secondary = \"calendar:secondary\"\n    coverage  = \"always\"\n"
             "    escalate  = ( { page = \"primary\",   wait = \"5m\" },\n"
             "                  { page = \"secondary\", wait = \"5m\" },\n"
             "                  { page = \"everyone\",  wait = \"10m\", repeat = 3 } )\n"
             "    manager   = \"ann\"\n    runbook   = \"https://wiki.example.org/$service\"\n"
             "  }\n}\n");
    return file_write(demo->folder, "pagerd.cfg", &text, fault);
}

static void stamp_add(struct text *text, const char *property, msec local)
{
    struct civil civil = civil_from_msec(local);
    text_addf(text, "%s;TZID=" DEMO_ZONE ":%04d%02d%02dT090000\r\n", property, civil.year,
              civil.month, civil.day);
}

/* Each person has every sixth week, Monday to Monday at 09:00; `shift` moves the order. */
static bool demo_write_calendar(const struct demo *demo, const char *file, size_t shift,
                                msec monday, struct fault *fault)
{
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//pagerd//demo//EN\r\n");
    for (size_t i = 0; i < PEOPLE_COUNT; i++) {
        size_t weeks = (i + PEOPLE_COUNT - shift) % PEOPLE_COUNT;
        msec start = monday + ((msec)weeks - 12) * 7 * DAY_MS;
        text_addf(&text, "BEGIN:VEVENT\r\nUID:%s-%s@demo\r\nSUMMARY:%s\r\n", file, names[i],
                  full_names[i]);
        stamp_add(&text, "DTSTART", start);
        stamp_add(&text, "DTEND", start + 7 * DAY_MS);
        text_addf(&text, "RRULE:FREQ=WEEKLY;INTERVAL=%zu\r\nEND:VEVENT\r\n", PEOPLE_COUNT);
    }
    text_add(&text, "END:VCALENDAR\r\n");
    return file_write(demo->folder, file, &text, fault);
}

/* The coming Sunday, 03:00 where the team is: when pagers ring. */
static bool demo_plan(struct demo *demo, msec *monday, struct fault *fault)
{
    CLEANUP(zone_free) struct zone *zone = NULL;
    struct clock clock;
    if (!zone_load(DEMO_TZDIR, DEMO_ZONE, &zone, fault))
        return false;
    clock_init(&clock, NULL, 0);
    msec local = zone_local(zone, clock_now(&clock).wall_at);
    int64_t today = local / DAY_MS;
    int64_t sunday = today + (6 - civil_weekday(today));
    demo->start_at = zone_utc(zone, sunday * DAY_MS + 3 * HOUR_MS, NULL);
    *monday = (sunday - 6) * DAY_MS;
    return true;
}

static bool demo_make_folder(struct demo *demo, const char *state, struct fault *fault)
{
    const char *above = state != NULL ? state : "/tmp";
    if (mkdir(above, 0700) != 0 && errno != EEXIST)
        return fault_set(fault, FAULT_SYSTEM, "cannot make '%s'", above);
    demo->folder = string_format("%s/pagerd-demo.XXXXXX", above);
    if (mkdtemp(demo->folder) == NULL)
        return fault_set(fault, FAULT_SYSTEM, "cannot make a folder in '%s'", above);
    return true;
}

bool demo_prepare(const struct options *options, struct demo **demo, struct options *made,
                  struct fault *fault)
{
    struct demo *fresh = memory_new(1, sizeof(*fresh));
    msec monday = 0;
    fresh->chance = 20261122;
    *demo = fresh;
    fresh->listen = string_copy(options->listen_count > 0 ? options->listen[0] : DEMO_LISTEN);
    fresh->url = string_format("http://%s", fresh->listen);
    if (!demo_plan(fresh, &monday, fault) || !demo_make_folder(fresh, options->state, fault) ||
        !demo_write_config(fresh, fault) ||
        !demo_write_calendar(fresh, "primary.ics", 0, monday, fault) ||
        !demo_write_calendar(fresh, "secondary.ics", 1, monday, fault))
        return false;
    fresh->config = string_format("%s/pagerd.cfg", fresh->folder);
    fresh->socket = string_format("%s/pagerd.sock", fresh->folder);
    *made = *options;
    made->config = fresh->config;
    made->state = fresh->folder;
    made->listen[0] = fresh->listen;
    made->listen_count = 1;
    if (made->socket == NULL)
        made->socket = fresh->socket;
    return true;
}

void demo_set_clock(const struct demo *demo, struct clock *clock)
{
    clock_init_demo(clock, demo->start_at, DEMO_SPEED);
}

bool demo_is_past(const struct demo *demo)
{
    return demo != NULL && demo->is_past;
}

/* xorshift64* (Vigna 2016): chance for the story only. */
static uint64_t demo_dice(struct demo *demo, uint64_t sides)
{
    demo->chance ^= demo->chance >> 12;
    demo->chance ^= demo->chance << 25;
    demo->chance ^= demo->chance >> 27;
    return (demo->chance * UINT64_C(2685821657736338717)) % sides;
}

/* What breaks in the demo's past. */
static const struct problem {
    const char *service;
    const char *source;
    const char *summary;
    enum severity severity;
} problems[] = {
    {"postgres", "db1", "disk /var 93% full", SEVERITY_CRITICAL},
    {"web", "web2", "5xx rate 7% (usual 0.1%)", SEVERITY_CRITICAL},
    {"mail", "mx1", "mail queue 4000", SEVERITY_WARNING},
    {"redis", "cache1", "memory 97%", SEVERITY_ERROR},
    {"backup", "bak1", "last backup is 30 h old", SEVERITY_WARNING},
    {"cdn", "edge3", "certificate ends in 6 days", SEVERITY_INFO},
};

/* Steps the engine at a moment of the past; whatever it sends has arrived at once. */
static void past_step(struct daemon *daemon, msec at, const struct event *event,
                      struct answer *answer)
{
    daemon->now = (struct now){.steady_at = at, .wall_at = at};
    turn_step(daemon->turns, event, answer);
    const struct effects *effects = turn_effects(daemon->turns);
    for (size_t i = 0; i < effects->count; i++) {
        if (effects->list[i].kind != EFFECT_SEND)
            continue;
        struct event arrived = {.kind = EVENT_PAGE_OUTCOME,
                                .actor = "pagerd",
                                .via = "courier",
                                .id = effects->list[i].page->id,
                                .outcome = OUTCOME_DELIVERED};
        turn_step(daemon->turns, &arrived, NULL);
    }
    turn_end(daemon->turns);
}

/* Lets time pass up to `until_at`, doing what falls due on the way. */
static msec past_run(struct daemon *daemon, msec at, msec until_at)
{
    struct event tick = {.kind = EVENT_TICK, .actor = "pagerd", .via = "clock"};
    for (;;) {
        struct now now = {.steady_at = at, .wall_at = at};
        msec wait_ms = engine_next_due(daemon->engine, now);
        if (wait_ms == MSEC_NEVER || at + wait_ms > until_at)
            return until_at;
        at += wait_ms;
        past_step(daemon, at, &tick, NULL);
    }
}

/* One problem from its alert to its end: somebody who was paged takes it and mends it. */
static msec past_incident(struct demo *demo, struct daemon *daemon, msec at)
{
    const struct problem *problem =
        &problems[demo_dice(demo, sizeof(problems) / sizeof(problems[0]))];
    struct alert alert = {.integration = "prometheus",
                          .team = "ops",
                          .dedup_key = "",
                          .severity = problem->severity,
                          .summary = problem->summary,
                          .details = "",
                          .source = problem->source,
                          .service = problem->service,
                          .runbook = "",
                          .link = ""};
    uuid_new(alert.uuid);
    struct event fired = {
        .kind = EVENT_TRIGGER, .actor = "prometheus", .via = "http", .alert = &alert};
    struct answer answer;
    past_step(daemon, at, &fired, &answer);

    at = past_run(daemon, at, at + (msec)(1 + demo_dice(demo, 9)) * MINUTE_MS);
    const struct incident *incident = view_incident(daemon->engine, answer.incident);
    const char *who = incident != NULL && incident->paged_count > 0
                          ? incident->paged[incident->paged_count - 1]
                          : names[0];
    struct event acked = {
        .kind = EVENT_ACKNOWLEDGE, .actor = who, .via = "link", .incident = answer.incident};
    past_step(daemon, at, &acked, NULL);
    at = past_run(daemon, at, at + (msec)(2 + demo_dice(demo, 25)) * MINUTE_MS);
    struct event mended = {
        .kind = EVENT_RESOLVE, .actor = who, .via = "socket", .incident = answer.incident};
    past_step(daemon, at, &mended, NULL);
    return at;
}

void demo_live(struct demo *demo, struct daemon *daemon)
{
    struct now present = daemon->now;
    msec at = demo->start_at - DEMO_DAYS * DAY_MS;
    msec gap_ms = DEMO_DAYS * DAY_MS / DEMO_ALERTS;
    demo->is_past = true;
    turn_end(daemon->turns);
    for (size_t i = 0; i < DEMO_ALERTS; i++) {
        msec next_at = demo->start_at - DEMO_DAYS * DAY_MS + (msec)i * gap_ms +
                       (msec)demo_dice(demo, (uint64_t)gap_ms / 2);
        at = past_run(daemon, at, next_at > at ? next_at : at);
        at = past_incident(demo, daemon, at);
    }
    past_run(daemon, at, demo->start_at);
    daemon->now = present;
    demo->is_past = false;
}

void demo_greet(const struct demo *demo, const struct daemon *daemon)
{
    printf("\npagerd demo is running                 %s   (Ctrl-C stops it)\n", demo->url);
    puts("Six people, two calendars, 30 days of history. No message leaves this machine:");
    puts("pages appear below and in the web inbox. One minute passes in one second.\n");
    char *socket = realpath(daemon->options->socket, NULL); /* for a terminal somewhere else */
    printf("  1  another terminal:  export PAGECTL_SERVER=%s\n",
           socket != NULL ? socket : daemon->options->socket);
    free(socket);
    puts("  2  raise an alert:    pagectl alert \"db1: disk /var 96% full\"");
    printf("  3  be Ann:            %s/inbox/ann      (her phone)\n", demo->url);
    puts("  4  or from here:      pagectl ack      pagectl show 71      pagectl schedule");
    puts("  5  do nothing:        watch it go to Bob after \"5 minutes\" (5 seconds)\n");
    fflush(stdout);
}
