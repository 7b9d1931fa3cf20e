/* SPDX-License-Identifier: MIT */
/*
 * fuzz_feedback.c - acks on their way back to the monitoring, with any names and texts, and what
 * Icinga may answer.
 *
 * A line for Nagios is one line with the fields it has to have; a request to Icinga names its
 * object and nothing else; an answer always has an outcome, and a clean reason unless it is done.
 */
#include <assert.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "fuzz.h"
#include "input.h"
#include "notify/feedback.h"

static void line_check(const struct feedback *feedback)
{
    CLEANUP(text_clear) struct text line = {0};
    struct fault fault = {0};
    if (!feedback_nagios_line(feedback, 1795220641000, &line, &fault)) {
        assert(line.size == 0 && fault.text[0] != '\0');
        return;
    }
    assert(line.size <= FEEDBACK_LINE_MAX && line.bytes[line.size - 1] == '\n');
    line.bytes[line.size - 1] = '\0';
    assert(strlen(line.bytes) == line.size - 1);
    for (size_t i = 0; i < line.size - 1; i++)
        assert((unsigned char)line.bytes[i] >= ' ' && line.bytes[i] != 0x7F);
}

static void request_check(const struct feedback *feedback, struct arena *arena)
{
    const struct json *json = NULL;
    struct fault fault = {0};
    const char *path = feedback_icinga_path(feedback, arena);
    const char *query = strchr(path, '?');
    assert(query != NULL && strpbrk(query + 1, "?&#/;+! \r\n") == NULL);
    assert(strchr(strchr(query, '=') + 1, '=') == NULL);
    const char *body = feedback_icinga_body(feedback, arena);
    bool is_json = json_parse(arena, span_of(body), &json, &fault);
    assert(is_json);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct input input = input_of(bytes, size);
    uint8_t choice = input_byte(&input);
    uint32_t status = (uint32_t)input_number(&input, 2) % 1000;
    struct feedback feedback = {.action = (enum feedback_action)(choice % FEEDBACK_ACTION_COUNT),
                                .is_sticky = choice >= 128};
    feedback.host = input_string(&input, '\n', arena);
    feedback.service = input_string(&input, '\n', arena);
    feedback.author = input_string(&input, '\n', arena);
    feedback.comment = input_rest(&input, arena);
    line_check(&feedback);
    request_check(&feedback, arena);

    char why[FEEDBACK_WHY_SIZE];
    memset(why, 'x', sizeof why);
    enum feedback_outcome outcome = feedback_icinga_judge(status, span_of(feedback.comment), why);
    assert(outcome < FEEDBACK_OUTCOME_COUNT && memchr(why, '\0', sizeof why) != NULL);
    assert((why[0] == '\0') == (outcome == FEEDBACK_DONE));
    output_check_line("reason", why, sizeof why - 1);
    return 0;
}
