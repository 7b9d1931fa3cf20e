/* SPDX-License-Identifier: MIT */
#include "scenarios/words.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Copies one word from `line`; returns what follows it. */
static const char *word_copy(const char *line, char word[WORD_SIZE])
{
    size_t size = 0;
    bool is_quoted = *line == '"';
    if (is_quoted)
        line++;
    while (*line != '\0' && size + 1 < WORD_SIZE) {
        if (is_quoted ? *line == '"' : is_blank(*line) || *line == ';' || *line == ',')
            break;
        word[size++] = *line++;
    }
    word[size] = '\0';
    return is_quoted && *line == '"' ? line + 1 : line;
}

static bool parse_clock(const char *text, struct civil *civil)
{
    int hour = 0;
    int minute = 0;
    int second = 0;
    int fields = sscanf(text, "%2d:%2d:%2d", &hour, &minute, &second);
    if (fields < 2 || hour > 23 || minute > 59 || second > 59)
        return false;
    civil->hour = hour;
    civil->minute = minute;
    civil->second = second;
    return true;
}

static bool parse_date(const char *text, struct civil *civil)
{
    int year = 0;
    int month = 0;
    int day = 0;
    if (strlen(text) < 8 || sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3)
        return false;
    civil->year = year;
    civil->month = month;
    civil->day = day;
    return true;
}

static int parse_weekday(const char *text)
{
    for (int i = 0; i < 7; i++) {
        if (strcmp(text, weekdays[i]) == 0)
            return i;
    }
    return -1;
}

/* The first local day at or after that of `after` which is this weekday (-1: any) and on which the
 * time of day is not before `after`. */
static msec first_after(const struct zone *zone, msec after, int weekday, struct civil clock)
{
    struct civil today = zone_civil(zone, after);
    int64_t day = civil_days(today.year, today.month, today.day);
    for (;; day++) {
        if (weekday >= 0 && civil_weekday(day) != weekday)
            continue;
        struct civil civil = civil_from_days(day);
        civil.hour = clock.hour;
        civil.minute = clock.minute;
        civil.second = clock.second;
        msec at = zone_utc(zone, civil_to_msec(&civil), NULL);
        if (at >= after)
            return at;
    }
}

bool words_read(const char *line, struct words *words, struct fault *fault)
{
    words->count = 0;
    words->at = 0;
    for (;;) {
        while (is_blank(*line))
            line++;
        if (*line == '\0' || (*line == '#' && (is_blank(line[1]) || line[1] == '\0')))
            return true;
        if (words->count == WORDS_MAX)
            return fault_set(fault, FAULT_LIMIT, "more than %d words", WORDS_MAX);
        char *word = words->list[words->count++];
        if (*line == ';' || *line == ',') {
            word[0] = *line++;
            word[1] = '\0';
        } else {
            line = word_copy(line, word);
        }
    }
}

const char *words_peek(const struct words *words)
{
    return words->at < words->count ? words->list[words->at] : NULL;
}

const char *words_next(struct words *words)
{
    return words->at < words->count ? words->list[words->at++] : NULL;
}

bool words_take(struct words *words, const char *word)
{
    if (!string_is(words_peek(words), word))
        return false;
    words->at++;
    return true;
}

const char *words_take_option(struct words *words, const char *name)
{
    const char *word = words_peek(words);
    size_t size = strlen(name);
    if (word == NULL || strncmp(word, name, size) != 0 || word[size] != '=')
        return NULL;
    words->at++;
    return word + size + 1;
}

bool words_take_duration(struct words *words, msec *duration_ms, struct fault *fault)
{
    const char *word = words_next(words);
    if (word == NULL)
        return fault_set(fault, FAULT_INPUT, "a duration is missing");
    return duration_parse(word, duration_ms, fault);
}

bool words_take_time(struct words *words, const struct zone *zone, msec after, msec *at,
                     struct fault *fault)
{
    char copy[WORD_SIZE];
    const char *word = words_next(words);
    if (word == NULL)
        return fault_set(fault, FAULT_INPUT, "a time is missing");
    (void)snprintf(copy, sizeof copy, "%s", word);
    msec delay_ms = 0;
    if (copy[0] == '+') {
        if (!duration_parse(copy + 1, &delay_ms, fault))
            return false;
        *at = after + delay_ms;
        return true;
    }
    char *slash = strchr(copy, '/');
    if (slash != NULL)
        *slash = '\0';
    struct civil civil = {0};
    bool is_dated = parse_date(copy, &civil);
    int weekday = is_dated ? -1 : parse_weekday(copy);
    const char *clock = copy;
    if (is_dated || weekday >= 0)
        clock = slash != NULL ? slash + 1 : words_next(words);
    if (clock == NULL || !parse_clock(clock, &civil))
        return fault_set(fault, FAULT_INPUT, "'%s' is no time", word);
    *at = is_dated ? zone_utc(zone, civil_to_msec(&civil), NULL)
                   : first_after(zone, after, weekday, civil);
    return true;
}
