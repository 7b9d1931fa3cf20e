/* SPDX-License-Identifier: MIT */
#include "notify/feedback.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

#define AUTHOR_MAX 100
#define COMMENT_MAX 1000

static bool has_service(const struct feedback *feedback)
{
    return feedback->service != NULL && feedback->service[0] != '\0';
}

/* RFC 3986 section 2.1: everything but the unreserved characters. */
static void percent_add(struct text *text, const char *string)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~";
    for (; *string != '\0'; string++) {
        if (strchr(plain, *string) != NULL)
            text_add_char(text, *string);
        else
            text_addf(text, "%%%02X", (unsigned char)*string);
    }
}

const char *feedback_icinga_path(const struct feedback *feedback, struct arena *arena)
{
    static const char *const names[FEEDBACK_ACTION_COUNT] = {
        [FEEDBACK_ACKNOWLEDGE] = "acknowledge-problem",
        [FEEDBACK_UNACKNOWLEDGE] = "remove-acknowledgement",
        [FEEDBACK_COMMENT] = "add-comment",
    };
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "/v1/actions/%s?%s=", names[feedback->action],
              has_service(feedback) ? "service" : "host");
    percent_add(&text, feedback->host);
    if (has_service(feedback)) {
        text_add(&text, "%21");
        percent_add(&text, feedback->service);
    }
    return arena_copy(arena, text_string(&text));
}

const char *feedback_icinga_body(const struct feedback *feedback, struct arena *arena)
{
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "author", feedback->author);
    if (feedback->action != FEEDBACK_UNACKNOWLEDGE)
        json_put_string(&writer, "comment", feedback->comment);
    if (feedback->action == FEEDBACK_ACKNOWLEDGE) {
        json_put_bool(&writer, "sticky", feedback->is_sticky);
        /* It would come back to pagerd. */
        json_put_bool(&writer, "notify", false);
    }
    json_end_object(&writer);
    return arena_copy(arena, text_string(&text));
}

/* 2xx: done; 409: acknowledged already, or not a problem any more. What a reload (503), a proxy or
 * a busy server says passes; the rest stays as it is until somebody mends it. */
static enum feedback_outcome code_judge(int64_t code)
{
    if (code >= 200 && code < 300)
        return FEEDBACK_DONE;
    if (code == 409)
        return FEEDBACK_ALREADY;
    bool may_pass = code == 408 || code == 429 || code >= 500 || code < 400;
    return may_pass ? FEEDBACK_LATER : FEEDBACK_REFUSED;
}

static void why_set(char why[FEEDBACK_WHY_SIZE], int64_t code, const char *status)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "Icinga says %" PRId64, code);
    if (status != NULL && status[0] != '\0') {
        text_add(&text, ": ");
        utf8_add_clean(&text, span_of(status));
    }
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.bytes[i] < ' ')
            text.bytes[i] = ' ';
    struct span part = utf8_cut(text_span(&text), FEEDBACK_WHY_SIZE - 1);
    memcpy(why, part.bytes, part.size);
    why[part.size] = '\0';
}

/* The worst of the results: {"results":[{"code":409,"status":"…"}]} */
static enum feedback_outcome results_judge(const struct json *results, char why[FEEDBACK_WHY_SIZE])
{
    enum feedback_outcome worst = FEEDBACK_DONE;
    for (const struct json *result = results->first; result != NULL; result = result->next) {
        int64_t code = json_integer(result, "code", 0);
        enum feedback_outcome outcome = code_judge(code);
        if (outcome <= worst)
            continue;
        worst = outcome;
        why_set(why, code, json_string(result, "status"));
    }
    return worst;
}

enum feedback_outcome feedback_icinga_judge(uint32_t status, struct span body,
                                            char why[FEEDBACK_WHY_SIZE])
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = NULL;
    why[0] = '\0';
    bool is_json = body.size > 0 && json_parse(arena, body, &json, NULL);
    const struct json *results = is_json ? json_find(json, "results") : NULL;
    if (results != NULL && results->kind == JSON_ARRAY && results->count > 0)
        return results_judge(results, why);

    why_set(why, status, is_json ? json_string(json, "status") : NULL);
    enum feedback_outcome outcome = code_judge(status);
    /* Without a result for the object nothing has been done: somebody else answers there. */
    return outcome == FEEDBACK_DONE ? FEEDBACK_LATER : outcome;
}

/* A name is a field of its own, as Nagios has it: nothing in it can be left out or replaced. */
static bool name_check(const char *what, const char *name, struct fault *fault)
{
    bool is_good = name[0] != '\0' && strchr(name, ';') == NULL;
    for (const char *at = name; *at != '\0'; at++)
        is_good = is_good && (unsigned char)*at >= ' ' && *at != 0x7F;
    if (is_good)
        return true;
    return fault_set(fault, FAULT_INPUT,
                     "the %s's name is empty or has a semicolon or a control character in it",
                     what);
}

/* Text of people: one line, and in a field before the last without the separator. */
static void words_add(struct text *text, const char *words, size_t max, bool is_last)
{
    CLEANUP(text_clear) struct text clean = {0};
    utf8_add_clean(&clean, utf8_cut(span_of(words), max));
    for (size_t i = 0; i < clean.size; i++) {
        bool is_control = (unsigned char)clean.bytes[i] < ' ' || clean.bytes[i] == 0x7F;
        bool is_separator = !is_last && clean.bytes[i] == ';';
        text_add_char(text, is_control || is_separator ? ' ' : clean.bytes[i]);
    }
}

bool feedback_nagios_line(const struct feedback *feedback, msec wall_at, struct text *text,
                          struct fault *fault)
{
    static const struct {
        const char *of_host;
        const char *of_service;
    } names[FEEDBACK_ACTION_COUNT] = {
        [FEEDBACK_ACKNOWLEDGE] = {"ACKNOWLEDGE_HOST_PROBLEM", "ACKNOWLEDGE_SVC_PROBLEM"},
        [FEEDBACK_UNACKNOWLEDGE] = {"REMOVE_HOST_ACKNOWLEDGEMENT", "REMOVE_SVC_ACKNOWLEDGEMENT"},
        [FEEDBACK_COMMENT] = {"ADD_HOST_COMMENT", "ADD_SVC_COMMENT"},
    };
    bool is_service = has_service(feedback);
    if (!name_check("host", feedback->host, fault) ||
        (is_service && !name_check("service", feedback->service, fault)))
        return false;

    CLEANUP(text_clear) struct text line = {0};
    text_addf(&line, "[%" PRId64 "] %s;%s", wall_at / SECOND_MS,
              is_service ? names[feedback->action].of_service : names[feedback->action].of_host,
              feedback->host);
    if (is_service)
        text_addf(&line, ";%s", feedback->service);
    if (feedback->action == FEEDBACK_ACKNOWLEDGE) /* sticky, notify, persistent */
        text_addf(&line, ";%d;0;1", feedback->is_sticky ? 2 : 1);
    if (feedback->action == FEEDBACK_COMMENT)
        text_add(&line, ";1");
    if (feedback->action != FEEDBACK_UNACKNOWLEDGE) {
        text_add_char(&line, ';');
        words_add(&line, feedback->author, AUTHOR_MAX, false);
        text_add_char(&line, ';');
        words_add(&line, feedback->comment, COMMENT_MAX, true);
    }
    text_add_char(&line, '\n');
    if (line.size > FEEDBACK_LINE_MAX)
        return fault_set(fault, FAULT_INPUT, "the names of host and service are too long");
    text_add_span(text, text_span(&line));
    return true;
}
