/* SPDX-License-Identifier: MIT */
#include "pagectl/incident.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/api.h"

static bool numbers_add_one(struct numbers *numbers, struct span word, struct fault *fault)
{
    struct span digits = word;
    int64_t number = 0;
    if (digits.size > 0 && digits.bytes[0] == '#') {
        digits.bytes++;
        digits.size--;
    }
    bool is_number = digits.size > 0 && digits.size <= 15;
    for (size_t i = 0; is_number && i < digits.size; i++) {
        is_number = isdigit((unsigned char)digits.bytes[i]) != 0;
        number = number * 10 + (digits.bytes[i] - '0');
    }
    if (!is_number || number == 0)
        return fault_set(fault, FAULT_INPUT, "\"%.*s\" is not an incident number",
                         (int)(word.size < 60 ? word.size : 60), word.bytes);

    for (size_t i = 0; i < numbers->count; i++) {
        if (numbers->items[i] == number)
            return true;
    }
    if (numbers->count == NUMBERS_MAX)
        return fault_set(fault, FAULT_LIMIT, "more than %d incidents at once", NUMBERS_MAX);
    numbers->items[numbers->count++] = number;
    return true;
}

bool numbers_add(struct numbers *numbers, const char *word, struct fault *fault)
{
    struct span rest = span_of(word);
    bool has_one = false;
    while (rest.size > 0) {
        struct span part = span_trim(span_cut(&rest, ','));
        while (part.size > 0) {
            if (!numbers_add_one(numbers, span_cut(&part, ' '), fault))
                return false;
            has_one = true;
        }
    }
    return has_one || fault_set(fault, FAULT_INPUT, "\"%.60s\" is not an incident number", word);
}

bool word_is_numbers(const char *word)
{
    return word[0] != '\0' && strspn(word, "0123456789#, ") == strlen(word);
}

/* "Open are 412 and 413." for the person who mistyped one. */
static const char *open_describe(struct tool *tool)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct json *document = NULL;
    msec at = 0;
    if (!request_try(tool, API_INCIDENTS, 2 * SECOND_MS, &document))
        document = cache_get(tool, "incidents", &at);
    const struct json *list = json_find(document, "incidents");
    if (list == NULL || list->first == NULL)
        return document != NULL ? " None is open." : "";

    size_t shown = 0;
    for (const struct json *row = list->first; row != NULL && shown < 12; row = row->next) {
        const char *mark = shown == 0 ? "" : row->next == NULL || shown == 11 ? " and " : ", ";
        text_addf(&text, "%s%" PRId64, mark, json_integer(row, "number", 0));
        shown++;
    }
    return arena_format(tool->arena, " Open %s %s%s.", list->count == 1 ? "is" : "are",
                        text_string(&text), list->count > 12 ? " and more" : "");
}

static void candidates_add(const struct json *list, struct numbers *numbers,
                           const struct json **rows)
{
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        size_t before = numbers->count;
        char digits[24];
        snprintf(digits, sizeof(digits), "%" PRId64, json_integer(row, "number", 0));
        if (numbers_add(numbers, digits, NULL) && numbers->count > before)
            rows[before] = row;
    }
}

/* Several are meant: shows them and asks which. */
static int candidates_ask(struct tool *tool, enum meant meant, const struct json *const *rows,
                          struct numbers *numbers)
{
    struct fault fault = {0};
    bool can_ask = tool_can_ask(tool);
    tool_fail(tool, EXIT_USAGE, "%zu incidents %s. Which one?", numbers->count,
              meant == MEANT_PAGING ? "page you" : "are yours");
    for (size_t i = 0; i < numbers->count; i++)
        tool_hint(tool, "#%" PRId64 "  %s  %s", numbers->items[i],
                  severity_short(json_string(rows[i], "severity")),
                  tool_clean(tool, json_string(rows[i], "summary")));
    if (!can_ask) {
        tool_hint(tool, "Say it: pagectl %s %" PRId64, tool->verb, numbers->items[0]);
        return EXIT_USAGE;
    }

    const char *answer = tool_ask(tool, "Number, or all:");
    if (string_same(answer, "all"))
        return EXIT_DONE;
    numbers->count = 0;
    if (!numbers_add(numbers, answer, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s. Nothing was changed.",
                         tool_clean(tool, fault.text));
    return EXIT_DONE;
}

static int numbers_guess(struct tool *tool, enum meant meant, struct numbers *numbers)
{
    const struct json *me = NULL;
    const struct json *rows[NUMBERS_MAX] = {0};
    const struct request request = {.path = API_ME, .is_change = true};
    int code = request_send(tool, &request, &me);
    if (code != EXIT_DONE)
        return code;
    if (json_string(me, "user") == NULL)
        return tool_fail(
            tool, EXIT_DENIED,
            "pagerd does not know you, so no incident is yours. See: pagectl login -h");

    candidates_add(json_find(me, "paging"), numbers, rows);
    if (meant == MEANT_MINE)
        candidates_add(json_find(me, "mine"), numbers, rows);
    if (numbers->count == 0) {
        tool_fail(tool, EXIT_ABSENT, "%s",
                  meant == MEANT_PAGING ? "nothing pages you." : "no open incident is yours.");
        tool_hint(tool, "What is open: pagectl incidents");
        return EXIT_ABSENT;
    }
    return numbers->count == 1 ? EXIT_DONE : candidates_ask(tool, meant, rows, numbers);
}

int numbers_find(struct tool *tool, const char *const *words, size_t count, enum meant meant,
                 struct numbers *numbers)
{
    struct fault fault = {0};
    *numbers = (struct numbers){0};
    for (size_t i = 0; i < count; i++) {
        if (!numbers_add(numbers, words[i], &fault))
            return tool_fail(tool, EXIT_USAGE, "%s.%s", tool_clean(tool, fault.text),
                             open_describe(tool));
    }
    return count > 0 ? EXIT_DONE : numbers_guess(tool, meant, numbers);
}

static const struct {
    const char *name;
    const char *tag;
    enum tone tone;
} severities[] = {
    {"critical", "CRIT", TONE_CRITICAL},
    {"error", "ERR", TONE_CRITICAL},
    {"warning", "warn", TONE_WARNING},
    {"info", "info", TONE_PLAIN},
};

const char *severity_short(const char *severity)
{
    for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++) {
        if (string_is(severity, severities[i].name))
            return severities[i].tag;
    }
    return "?";
}

enum tone severity_tone(const char *severity)
{
    for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++) {
        if (string_is(severity, severities[i].name))
            return severities[i].tone;
    }
    return TONE_PLAIN;
}

static const struct {
    const char *name;
    const char *word;
    enum tone tone;
} states[] = {
    {"triggered", "PAGING", TONE_CRITICAL}, {"acknowledged", "acked", TONE_PLAIN},
    {"snoozed", "snoozed", TONE_MUTED},     {"suppressed", "suppressed", TONE_MUTED},
    {"resolved", "closed", TONE_GOOD},
};

const char *state_short(const struct json *incident)
{
    const char *state = json_string(incident, "state");
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (string_is(state, states[i].name))
            return states[i].word;
    }
    return "?";
}

enum tone state_tone(const struct json *incident)
{
    const char *state = json_string(incident, "state");
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (string_is(state, states[i].name))
            return states[i].tone;
    }
    return TONE_PLAIN;
}

const char *names_join(struct tool *tool, const struct json *array)
{
    CLEANUP(text_clear) struct text text = {0};
    for (const struct json *row = array != NULL ? array->first : NULL; row != NULL; row = row->next)
        text_addf(&text, "%s%s", text.size > 0 ? ", " : "", tool_clean(tool, row->text));
    return arena_copy(tool->arena, text_string(&text));
}

const char *incident_who(struct tool *tool, const struct json *incident)
{
    const char *state = json_string(incident, "state");
    const char *user = json_string(incident, "acknowledged_by");
    if (string_is(state, "resolved"))
        user = json_string(incident, "resolved_by");
    if (user != NULL && !string_is(state, "triggered"))
        return tool_clean(tool, user);
    const char *paging = names_join(tool, json_find(incident, "paging"));
    return paging[0] != '\0' ? paging
                             : names_join(tool, json_find(json_find(incident, "next"), "users"));
}

msec instant_get(const struct json *object, const char *key)
{
    const char *text = json_string(object, key);
    msec at = 0;
    return text != NULL && instant_parse(text, &at, NULL) ? at : 0;
}

void echo_say(struct tool *tool, const char *text, msec at)
{
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE], clock[TIMES_TEXT_SIZE];
    times_clock(&times, at, when);
    snprintf(clock, sizeof(clock), "%.80s %.20s", when, zone_abbreviation(tool->zone, at));
    if (text != NULL && strstr(text, clock) != NULL)
        return;
    say(tool, "Here that is %s.\n", times_echo(&times, at, when));
}

const char *name_capital(struct tool *tool, const char *name)
{
    char *copy = arena_copy(tool->arena, tool_clean(tool, name));
    copy[0] = (char)toupper((unsigned char)copy[0]);
    return copy;
}

int incident_post(struct tool *tool, int64_t number, const char *action, const char *body,
                  const struct json **answer)
{
    const struct json *document = NULL;
    const char *path =
        arena_format(tool->arena, "%s/%" PRId64 "/%s", API_INCIDENTS, number, action);
    const struct request request = {
        .method = "POST", .path = path, .body = body, .is_change = true, .number = number};
    if (tool->is_dry) {
        say(tool, "Would %s #%" PRId64 ": %s. Nothing was sent.\n", action, number,
            tool_clean(tool, body));
        return EXIT_DONE;
    }

    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    if (answer != NULL)
        *answer = document;
    if (tool->is_json)
        document_say(tool, NULL, document);
    return EXIT_DONE;
}

int code_merge(int first, int second)
{
    return first != EXIT_DONE ? first : second;
}
