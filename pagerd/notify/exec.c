/* SPDX-License-Identifier: MIT */
/*
 * exec.c - pages by a command of this machine: a pager of one's own, a siren, a lamp.
 *
 * No shell: each word of `command` is one argument, with $user, $address, $incident, $severity and
 * $team replaced. Everybody on the machine can read arguments, so the ack link is in none of them:
 * it stands in the text on the command's input and in its environment. Exit statuses are those of
 * sysexits(3).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/view.h"
#include "notify/channel.h"
#include "notify/push.h"

#define TOTAL_MS 30000
#define TEXT_MAX 4096
#define VALUE_MAX 1024
#define QUOTE_MAX 120

#define STATUS_DATA 65      /* EX_DATAERR */
#define STATUS_NO_USER 67   /* EX_NOUSER */
#define STATUS_NO_HOST 68   /* EX_NOHOST */
#define STATUS_TRY_LATER 75 /* EX_TEMPFAIL */

static bool is_line(const char *value)
{
    for (const char *at = value; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            return false;
    return strlen(value) < REQUEST_HEADER_SIZE / 2;
}

static bool exec_check(const struct channel_settings *settings, struct fault *fault)
{
    if (settings->command_count == 0)
        return fault_set(fault, FAULT_INPUT, "command is missing");
    if (settings->command[0][0] != '/')
        return fault_set(fault, FAULT_INPUT, "command must begin with the whole path of a program");
    for (size_t i = 0; i < settings->command_count; i++)
        if (!is_line(settings->command[i]))
            return fault_set(fault, FAULT_INPUT, "word %zu of command is too long or has a control",
                             i + 1);
    return true;
}

/* One line, cut to its size. */
static const char *value_clean(const char *value, struct arena *arena)
{
    CLEANUP(text_clear) struct text clean = {0};
    utf8_add_clean(&clean, utf8_cut(span_of(value), VALUE_MAX));
    for (size_t i = 0; i < clean.size; i++)
        if ((unsigned char)clean.bytes[i] < ' ')
            clean.bytes[i] = ' ';
    return arena_copy_span(arena, text_span(&clean));
}

/* A word of the command: each of these where it stands, as a part of this one argument. */
static const char *argument_fill(const char *word, const struct letter *letter, struct arena *arena)
{
    const struct {
        const char *name;
        const char *value;
    } fields[] = {
        {"$user", letter->user_id},
        {"$address", letter->address},
        {"$incident", arena_format(arena, "%" PRIu64, letter->incident)},
        {"$severity", severity_name(letter->severity)},
        {"$team", letter->team},
    };
    CLEANUP(text_clear) struct text text = {0};
    for (const char *at = word; *at != '\0';) {
        size_t size = 0;
        for (size_t i = 0; i < sizeof fields / sizeof *fields && size == 0; i++) {
            if (strncmp(at, fields[i].name, strlen(fields[i].name)) != 0)
                continue;
            size = strlen(fields[i].name);
            text_add(&text, value_clean(has_text(fields[i].value) ? fields[i].value : "", arena));
        }
        if (size == 0)
            text_add_char(&text, *at);
        at += size > 0 ? size : 1;
    }
    return arena_copy_span(arena, text_span(&text));
}

static void variable_put(struct request *request, const char *name, const char *value,
                         struct arena *arena)
{
    if (has_text(value))
        request->headers[request->header_count++] =
            arena_format(arena, "env: PAGERD_%s=%s", name, value_clean(value, arena));
}

static void environment_put(struct request *request, const struct letter *letter,
                            const struct push *push, struct arena *arena)
{
    bool is_private = letter->is_private;
    variable_put(request, "USER", letter->user_id, arena);
    variable_put(request, "ADDRESS", letter->address, arena);
    variable_put(request, "PAGE", arena_format(arena, "%" PRIu64, letter->page), arena);
    variable_put(request, "KEY", letter->key, arena);
    variable_put(request, "KIND", page_kind_name(letter->kind), arena);
    variable_put(request, "TITLE", push->title, arena);
    variable_put(request, "TEXT", push->body, arena);
    variable_put(request, "LINK", push->ack_link, arena);
    variable_put(request, "RUNBOOK", push->runbook, arena);
    if (letter->incident == 0)
        return;
    variable_put(request, "INCIDENT", arena_format(arena, "%" PRIu64, letter->incident), arena);
    variable_put(request, "SEVERITY", severity_name(letter->severity), arena);
    variable_put(request, "TEAM", letter->team, arena);
    variable_put(request, "SERVICE", is_private ? NULL : letter->service, arena);
}

static bool exec_render(const struct letter *letter, const struct channel_settings *settings,
                        struct arena *arena, struct request *request, struct fault *fault)
{
    if (!exec_check(settings, fault))
        return false;
    if (!has_text(letter->address) || !is_line(letter->address))
        return fault_set(fault, FAULT_INPUT, "the address cannot be given to a command");
    struct push push = push_new(letter, TEXT_MAX, arena);
    struct request made = {.kind = REQUEST_EXEC,
                           .url = arena_copy(arena, settings->command[0]),
                           .method = "RUN",
                           .tls = REQUEST_TLS_NONE,
                           .connect_ms = TOTAL_MS,
                           .total_ms = TOTAL_MS};
    for (size_t i = 1; i < settings->command_count; i++)
        made.headers[made.header_count++] =
            arena_format(arena, "arg: %s", argument_fill(settings->command[i], letter, arena));
    environment_put(&made, letter, &push, arena);
    const char *text =
        arena_format(arena, "%s\n%s\n%s%s%s", push.title, push.body,
                     push.ack_link != NULL ? arena_format(arena, "%s: ", push.ack_word) : "",
                     push.ack_link != NULL ? push.ack_link : "", push.ack_link != NULL ? "\n" : "");
    made.body = span_of(text);
    made.text = arena_format(arena, "%s\n%s", push.title, push.body);
    *request = made;
    return true;
}

static void exec_judge(const struct result *result, const struct channel_settings *settings,
                       struct verdict *verdict)
{
    (void)settings;
    if (judge_transfer(result, verdict))
        return;
    verdict->outcome = OUTCOME_SENT;
    if (result->code == 0)
        return;
    CLEANUP(text_clear) struct text why = {0};
    struct span rest = span_trim(result->body);
    struct span line = utf8_cut(span_cut(&rest, '\n'), QUOTE_MAX);
    text_addf(&why, "exit status %u%s", (unsigned)result->code, line.size > 0 ? ": " : "");
    text_add_span(&why, line);
    verdict_set_error(verdict, text_string(&why));
    verdict->outcome = result->code == STATUS_TRY_LATER ? OUTCOME_RETRY : OUTCOME_FAILED;
    verdict->is_provider_fault = result->code != STATUS_DATA && result->code != STATUS_NO_USER &&
                                 result->code != STATUS_NO_HOST;
}

const struct channel channel_exec = {
    .channel = "exec",
    .driver = NULL,
    .is_quiet = false,
    .key_use = KEY_GIVEN,
    .key_name = "PAGERD_KEY",
    .render = exec_render,
    .judge = exec_judge,
    .check = exec_check,
};
