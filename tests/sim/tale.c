/* SPDX-License-Identifier: MIT */
#include "sim/tale.h"

#include "base/text.h"

static const char *const answer_names[ANSWER_COUNT] = {
    [ANSWER_DONE] = "done",         [ANSWER_ALREADY] = "already", [ANSWER_NOT_FOUND] = "not-found",
    [ANSWER_CONFLICT] = "conflict", [ANSWER_CLOSED] = "closed",   [ANSWER_REFUSED] = "refused",
    [ANSWER_INVALID] = "invalid",   [ANSWER_FULL] = "full",
};

void tale_line(FILE *story, const char *line)
{
    (void)fprintf(story, "%s\n", line);
    (void)fflush(story);
}

/* A date where the zone reads it back as that instant, else what has passed: the hour that comes
 * twice in autumn can only be said so. */
static void write_time(struct run *run)
{
    const struct zone *zone = run->world->setup.zone;
    msec at = run->world->now.wall_at;
    struct civil civil = zone_civil(zone, at);
    if (civil.year >= 1000 && civil.year <= 9999 &&
        zone_utc(zone, civil_to_msec(&civil), NULL) == at) {
        (void)fprintf(run->story, "at %04d-%02d-%02d/%02d:%02d:%02d", civil.year, civil.month,
                      civil.day, civil.hour, civil.minute, civil.second);
        return;
    }
    char duration[DURATION_TEXT_SIZE];
    (void)fprintf(run->story, "at +%s", duration_render(at - run->told_wall_at, duration));
}

void tale_at(struct run *run, const char *clause)
{
    write_time(run);
    (void)fprintf(run->story, "   %s\n", clause != NULL ? clause : "");
    (void)fflush(run->story);
    run->told_wall_at = run->world->now.wall_at;
}

void tale_pages(struct run *run)
{
    for (size_t i = 0; i < run->world->page_count; i++) {
        const struct world_page *page = &run->world->pages[i];
        (void)fprintf(run->story, "    expect %s %s %s%s %s%s%s%s\n",
                      page_is_alarm(page->kind) ? "page" : "told", page->user, page->channel,
                      page->is_second ? ".2" : "", page_kind_name(page->kind),
                      page->is_late ? " late" : "", page->is_repeat ? " repeat" : "",
                      page->is_stray ? " stray" : "");
    }
    (void)fflush(run->story);
}

void tale_outcome(struct run *run)
{
    enum answer_kind answer = run->world->answer.kind;
    if (answer != ANSWER_DONE)
        (void)fprintf(run->story, "    expect answer %s\n", answer_names[answer]);
    tale_pages(run);
}
