/* SPDX-License-Identifier: MIT */
#include "calendar/leave.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/utf8.h"
#include "calendar/notes.h"
#include "calendar/people.h"

#define SUMMARY_SIZE_MAX 200
#define STRIPS_MAX 12 /* words passed over in one title */

/* Words beside a name, folded; longer ones before their parts. A word ends where letters end. */
static const char *const words[] = {
    /* English */
    "out of office",
    "out of the office",
    "out sick",
    "on vacation",
    "on holiday",
    "on holidays",
    "on leave",
    "annual leave",
    "parental leave",
    "maternity leave",
    "paternity leave",
    "sick leave",
    "sick day",
    "day off",
    "days off",
    "time off",
    "half day",
    "business trip",
    "not available",
    "unavailable",
    "vacation",
    "vacations",
    "holiday",
    "holidays",
    "leave",
    "away",
    "off",
    "ooo",
    "oof",
    "pto",
    "sick",
    "ill",
    "absent",
    "absence",
    "training",
    "conference",
    "travelling",
    "traveling",
    "is",
    "on",
    "at",
    "in",
    "out",
    /* German */
    "im urlaub",
    "ist krank",
    "krank gemeldet",
    "krankgemeldet",
    "nicht da",
    "urlaub",
    "krank",
    "abwesend",
    "abwesenheit",
    "elternzeit",
    "mutterschutz",
    "dienstreise",
    "fortbildung",
    "resturlaub",
    "sonderurlaub",
    "ferien",
    "frei",
    "hat",
    "ist",
    "im",
    /* French, Spanish, Italian, Dutch */
    "en vacances",
    "en conge",
    "en cong\xC3\xA9",
    "vacances",
    "conge",
    "cong\xC3\xA9",
    "cong\xC3\xA9s",
    "malade",
    "vacaciones",
    "baja",
    "ferie",
    "malattia",
    "vakantie",
    "vrij",
    "ziek",
};

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || (byte & 0x80) != 0;
}

static bool is_mark(char byte)
{
    return byte != '\0' && strchr(" -:,;.()[]|/!", byte) != NULL;
}

static struct span marks_trim(struct span span)
{
    while (span.size > 0 && is_mark(span.bytes[0])) {
        span.bytes++;
        span.size--;
    }
    while (span.size > 0 && is_mark(span.bytes[span.size - 1]))
        span.size--;
    return span;
}

/* Takes one of the words off one end; false when none is there. */
static bool word_strip(struct span *span, bool is_front)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t size = strlen(words[i]);
        if (span->size < size)
            continue;
        size_t from = is_front ? 0 : span->size - size;
        if (memcmp(span->bytes + from, words[i], size) != 0)
            continue;
        bool is_whole =
            span->size == size || !is_letter(is_front ? span->bytes[size] : span->bytes[from - 1]);
        if (!is_whole)
            continue;
        *span = marks_trim(is_front ? (struct span){span->bytes + size, span->size - size}
                                    : (struct span){span->bytes, from});
        return true;
    }
    return false;
}

/* "ann's vacation" leaves "ann's". */
static bool genitive_strip(struct span *span)
{
    static const char *const ends[] = {"'s", "\xE2\x80\x99s"};
    for (size_t i = 0; i < 2; i++) {
        size_t size = strlen(ends[i]);
        if (span->size > size && memcmp(span->bytes + span->size - size, ends[i], size) == 0) {
            span->size -= size;
            return true;
        }
    }
    return false;
}

/* Text in parentheses at the end, as "(Lisbon)". */
static bool parenthesis_strip(struct span *span)
{
    if (span->size == 0 || span->bytes[span->size - 1] != ')')
        return false;
    for (size_t i = span->size; i > 1; i--) {
        if (span->bytes[i - 1] != '(')
            continue;
        *span = marks_trim((struct span){span->bytes, i - 1});
        return true;
    }
    return false;
}

static void answer_add(struct people_answer *answer, const struct user *user)
{
    for (size_t i = 0; i < answer->user_count; i++)
        if (answer->users[i] == user)
            return;
    if (answer->user_count == SEGMENT_USERS_MAX)
        answer->is_cut = true;
    else
        answer->users[answer->user_count++] = user;
}

/* What the title names, as it is and then with one word less at a time, so that a person
 * called Holiday is still found; of all these the one that names most. `rest` is what is left. */
static void title_match(const struct people *people, struct span *rest,
                        struct people_answer *answer)
{
    *answer = (struct people_answer){0};
    for (int i = 0; i < STRIPS_MAX; i++) {
        CLEANUP(text_clear) struct text title = {0};
        text_add_span(&title, *rest);
        struct people_answer found;
        people_match(people, &(struct shift_event){.summary = text_string(&title)}, &found);
        if (found.is_nobody || found.user_count > answer->user_count)
            *answer = found;
        if (found.is_nobody || (!parenthesis_strip(rest) && !word_strip(rest, true) &&
                                !word_strip(rest, false) && !genitive_strip(rest)))
            return;
    }
}

/* Size of what parts two names at the start of `rest`, or 0. */
static size_t separator_size(struct span rest)
{
    static const char *const separators[] = {",", "/", "&", "+", ";", "|", " and ", " und "};
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++)
        if (span_has_prefix(rest, separators[i]))
            return strlen(separators[i]);
    return 0;
}

/* "ann off, bob sick": each part by itself. */
static void parts_match(const struct people *people, struct span title,
                        struct people_answer *answer)
{
    *answer = (struct people_answer){0};
    size_t from = 0;
    for (size_t i = 0; i <= title.size; i++) {
        size_t size = separator_size((struct span){title.bytes + i, title.size - i});
        if (i < title.size && size == 0)
            continue;
        struct span part = marks_trim((struct span){title.bytes + from, i - from});
        struct people_answer found;
        title_match(people, &part, &found);
        for (size_t j = 0; j < found.user_count; j++)
            answer_add(answer, found.users[j]);
        from = i + size;
        i = size > 0 ? from - 1 : i;
    }
}

/* By X-PAGERD-USER, then the title, and only then the guests, as in a rota. `name` gets what of the
 * title should be a name. */
static void leave_match(const struct people *people, const struct shift_event *event,
                        struct people_answer *answer, struct text *name)
{
    people_match(people, event, answer);
    if (event->users != NULL && answer->user_count > 0)
        return;
    CLEANUP(text_clear) struct text folded = {0};
    utf8_add_folded(&folded, utf8_cut(span_of(event->summary), SUMMARY_SIZE_MAX));
    struct people_answer whole;
    struct people_answer parts;
    struct span rest = text_span(&folded);
    title_match(people, &rest, &whole);
    parts_match(people, text_span(&folded), &parts);
    if (whole.is_nobody || whole.user_count > 0 || parts.user_count > 0)
        *answer = parts.user_count > whole.user_count ? parts : whole;
    text_add_span(name, rest);
}

struct finder {
    struct calendar_leave *result;
    const struct leave_options *options;
    struct people *people;
    struct notes notes;
    struct map *meanings; /* of each event */
    size_t room;
};

struct meaning {
    const char *users[SEGMENT_USERS_MAX];
    size_t user_count;
    const char *summary;
};

static void unknown_note(struct finder *finder, const struct shift *shift, const char *name)
{
    const struct shift_event *event = shift->event;
    struct shift_event bare = *event;
    bare.summary = name;
    char instant[INSTANT_TEXT_SIZE];
    CLEANUP(text_clear) struct text close = {0};
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s: \"%.80s\" says of nobody known that they are away",
              instant_render(shift->start_at, instant),
              event->summary[0] == '\0' ? "(no summary)" : event->summary);
    if (people_suggest(finder->people, &bare, &close))
        text_addf(&text, "; did you mean %s?", text_string(&close));
    notes_add_at(&finder->notes, event->file, event->line, "E-NOBODY", text_string(&text));
}

static const struct meaning *meaning_get(struct finder *finder, const struct shift *shift)
{
    struct span key = {(const char *)&shift->event, sizeof(struct shift_event *)};
    struct meaning *meaning = map_find(finder->meanings, key);
    if (meaning != NULL)
        return meaning;
    struct arena *arena = finder->result->arena;
    meaning = arena_take(arena, sizeof *meaning);
    meaning->summary = shift_event_title(arena, shift->event);
    map_put(finder->meanings, key, meaning);
    if (finder->options->owner != NULL) {
        meaning->users[0] = arena_copy(arena, finder->options->owner);
        meaning->user_count = 1;
        return meaning;
    }
    CLEANUP(text_clear) struct text name = {0};
    struct people_answer answer;
    leave_match(finder->people, shift->event, &answer, &name);
    for (size_t i = 0; i < answer.user_count; i++)
        meaning->users[i] = arena_copy(arena, answer.users[i]->id);
    meaning->user_count = answer.user_count;
    if (answer.user_count == 0 && !answer.is_nobody)
        unknown_note(finder, shift, text_string(&name));
    if (answer.is_cut)
        notes_add_at(&finder->notes, shift->event->file, shift->event->line, "W-LINE",
                     arena_format(arena, "\"%s\" names more than %d people; the rest is left out",
                                  meaning->summary, SEGMENT_USERS_MAX));
    return meaning;
}

static void shift_add(struct finder *finder, const struct shift *shift)
{
    struct calendar_leave *result = finder->result;
    const struct meaning *meaning = meaning_get(finder, shift);
    for (size_t i = 0; i < meaning->user_count && result->absence_count < finder->room; i++)
        result->absences[result->absence_count++] = (struct absence){
            .user = meaning->users[i],
            .start_at = shift->start_at,
            .end_at = shift->end_at,
            .calendar = finder->options->calendar,
            .source = finder->options->source,
            .summary = meaning->summary,
            .line = shift->event->line,
        };
}

static int absence_compare(const void *left, const void *right)
{
    const struct absence *a = left;
    const struct absence *b = right;
    int order = strcmp(a->user, b->user);
    if (order != 0)
        return order;
    if (a->start_at != b->start_at)
        return a->start_at < b->start_at ? -1 : 1;
    if (a->end_at != b->end_at)
        return a->end_at > b->end_at ? -1 : 1;
    order = strcmp(a->calendar, b->calendar);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

/* Sorts, and makes one of those of a user that overlap or touch; returns how many are left. */
static size_t absences_merge(struct absence *absences, size_t count)
{
    size_t kept = 0;
    if (count > 0)
        qsort(absences, count, sizeof *absences, absence_compare);
    for (size_t i = 0; i < count; i++) {
        struct absence *last = kept == 0 ? NULL : &absences[kept - 1];
        if (last == NULL || !string_is(last->user, absences[i].user) ||
            absences[i].start_at > last->end_at)
            absences[kept++] = absences[i];
        else if (absences[i].end_at > last->end_at)
            last->end_at = absences[i].end_at;
    }
    return kept;
}

struct calendar_leave *calendar_leave_new(const struct shift_list *list,
                                          const struct policy *policy,
                                          const struct leave_options *options)
{
    struct calendar_leave *result = memory_new(1, sizeof *result);
    result->arena = arena_new();
    struct leave_options copies = {
        .calendar = arena_copy(result->arena, options->calendar),
        .source = arena_copy(result->arena, options->source),
        .owner = options->owner,
    };
    struct finder finder = {
        .result = result,
        .options = &copies,
        .people = people_new(policy),
        .notes = {.arena = result->arena, .file = ""},
        .meanings = map_new(),
        .room = list->shift_count * SEGMENT_USERS_MAX,
    };
    if (finder.room > ABSENCES_MAX)
        finder.room = ABSENCES_MAX;
    result->absences = arena_take(result->arena, (finder.room + 1) * sizeof *result->absences);
    for (size_t i = 0; i < list->shift_count; i++)
        shift_add(&finder, &list->shifts[i]);
    if (result->absence_count == ABSENCES_MAX)
        notes_add_at(&finder.notes, "", 0, "E-TOOMANY", "more leave than can be kept");
    result->absence_count = absences_merge(result->absences, result->absence_count);
    size_t dropped;
    struct shift_warning *warnings = notes_take(&finder.notes, &result->warning_count, &dropped);
    for (size_t i = 0; i < result->warning_count; i++)
        warnings[i].file = arena_copy(result->arena, warnings[i].file);
    result->warnings = warnings;
    map_free(finder.meanings);
    people_free(finder.people);
    return result;
}

void calendar_leave_free(struct calendar_leave *leave)
{
    if (leave == NULL)
        return;
    arena_free(leave->arena);
    free(leave);
}

const struct absence *absences_join(struct arena *arena, const struct calendar_leave *const *leaves,
                                    size_t leave_count, size_t *count)
{
    size_t total = 0;
    for (size_t i = 0; i < leave_count; i++)
        total += leaves[i]->absence_count;
    if (total > ABSENCES_MAX)
        total = ABSENCES_MAX;
    struct absence *absences = arena_take(arena, (total + 1) * sizeof *absences);
    size_t taken = 0;
    for (size_t i = 0; i < leave_count; i++)
        for (size_t j = 0; j < leaves[i]->absence_count && taken < total; j++)
            absences[taken++] = leaves[i]->absences[j];
    *count = absences_merge(absences, taken);
    return absences;
}

static int holiday_compare(const void *left, const void *right)
{
    const struct holiday *a = left;
    const struct holiday *b = right;
    int order = strcmp(a->calendar, b->calendar);
    if (order != 0)
        return order;
    if (a->start_at != b->start_at)
        return a->start_at < b->start_at ? -1 : 1;
    return (a->end_at < b->end_at) - (a->end_at > b->end_at);
}

/* Those that touch stay apart: half a day before a whole one is still half a day. */
static size_t holidays_merge(struct holiday *holidays, size_t count)
{
    size_t kept = 0;
    if (count > 0)
        qsort(holidays, count, sizeof *holidays, holiday_compare);
    for (size_t i = 0; i < count; i++) {
        struct holiday *last = kept == 0 ? NULL : &holidays[kept - 1];
        if (last == NULL || !string_is(last->calendar, holidays[i].calendar) ||
            holidays[i].start_at >= last->end_at)
            holidays[kept++] = holidays[i];
        else if (holidays[i].end_at > last->end_at)
            last->end_at = holidays[i].end_at;
    }
    return kept;
}

struct calendar_holidays *calendar_holidays_new(const struct shift_list *list, const char *calendar)
{
    struct calendar_holidays *result = memory_new(1, sizeof *result);
    result->arena = arena_new();
    const char *name = arena_copy(result->arena, calendar);
    result->holidays =
        arena_take(result->arena, (list->shift_count + 1) * sizeof *result->holidays);
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        result->holidays[i] = (struct holiday){
            .calendar = name,
            .start_at = shift->start_at,
            .end_at = shift->end_at,
            .summary = shift_event_title(result->arena, shift->event),
        };
    }
    result->holiday_count = holidays_merge(result->holidays, list->shift_count);
    return result;
}

void calendar_holidays_free(struct calendar_holidays *holidays)
{
    if (holidays == NULL)
        return;
    arena_free(holidays->arena);
    free(holidays);
}

const struct holiday *holidays_join(struct arena *arena,
                                    const struct calendar_holidays *const *lists, size_t list_count,
                                    size_t *count)
{
    size_t total = 0;
    for (size_t i = 0; i < list_count; i++)
        total += lists[i]->holiday_count;
    struct holiday *holidays = arena_take(arena, (total + 1) * sizeof *holidays);
    size_t taken = 0;
    for (size_t i = 0; i < list_count; i++)
        for (size_t j = 0; j < lists[i]->holiday_count; j++)
            holidays[taken++] = lists[i]->holidays[j];
    *count = holidays_merge(holidays, taken);
    return holidays;
}
