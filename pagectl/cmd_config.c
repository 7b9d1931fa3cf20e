/* SPDX-License-Identifier: MIT */
/* cmd_config.c - configuration, and whether all is well. */
#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/api.h"
#include "pagectl/calendars.h"
#include "pagectl/commands.h"
#include "pagectl/gap.h"
#include "pagectl/incident.h"

#define TEXT_LINES_MAX 100000

/* Asks with the patience that files and calendars need. */
static int document_ask(struct tool *tool, const char *method, const char *path,
                        const struct json **document)
{
    bool is_post = string_is(method, "POST");
    const struct request request = {.method = method,
                                    .path = path,
                                    .body = is_post ? "{}" : NULL,
                                    .is_change = is_post,
                                    .is_slow = true};
    return request_send(tool, &request, document);
}

/* Keeps the white space that a configuration and a caret need. */
static void raw_say(struct tool *tool, const char *text)
{
    struct span rest = span_of(text);
    while (rest.size > 0) {
        const char *line = arena_copy_span(tool->arena, span_cut(&rest, '\n'));
        say(tool, "%s\n", tool_clean(tool, line));
    }
}

/* A file that need not be the one in force: pagerd itself reads it. */
static int file_check(struct tool *tool, const char *path)
{
    int status = 0;
    (void)tool_flush(tool);
    pid_t child = fork();
    if (child == 0) {
        execlp("pagerd", "pagerd", "--check", "--config", path, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return tool_fail(tool, EXIT_FAILED, "cannot start pagerd --check.");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return tool_fail(tool, EXIT_FAILED, "there is no pagerd on this machine to check a file.");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? EXIT_DONE : EXIT_FOUND;
}

static int verdict_say(struct tool *tool, const char *path, bool wants_diff)
{
    const struct json *document = NULL;
    int code = document_ask(tool, "POST", path, &document);
    if (code != EXIT_DONE)
        return code;
    bool is_good = json_bool(document, "ok", false);
    const struct json *diff = json_find(document, "diff");
    if (tool->is_json) {
        document_say(tool, NULL, document);
        return is_good ? EXIT_DONE : EXIT_FOUND;
    }
    if (!tool->is_quiet || !is_good)
        raw_say(tool, json_string(document, "text"));
    for (const struct json *row = diff != NULL ? diff->first : NULL; row != NULL && wants_diff;
         row = row->next)
        say(tool, "  %s\n", tool_clean(tool, row->text));
    return is_good ? EXIT_DONE : EXIT_FOUND;
}

static int config_check_run(struct tool *tool, const struct invocation *call)
{
    if (call->word_count == 1)
        return file_check(tool, call->words[0]);
    return verdict_say(tool, API_CONFIG "/check", false);
}

const struct command command_config_check = {
    .name = "config check",
    .summary = "Would the files be accepted as they are now (7: no)",
    .arguments = "[FILE]",
    .examples = "pagectl config check\npagectl config check ./pagerd.cfg\n",
    .words_max = 1,
    .run = config_check_run,
};

static int config_diff_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    return verdict_say(tool, API_CONFIG "/check", true);
}

const struct command command_config_diff = {
    .name = "config diff",
    .summary = "What a reload would change",
    .arguments = "",
    .examples = "pagectl config diff\n",
    .run = config_diff_run,
};

static int config_reload_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    if (tool->is_dry)
        return verdict_say(tool, API_CONFIG "/check", true);
    return verdict_say(tool, API_CONFIG "/reload", true);
}

const struct command command_config_reload = {
    .name = "config reload",
    .summary = "Take the files as they are now, if they are right",
    .arguments = "",
    .examples = "pagectl config reload\npagectl config reload -n\n",
    .run = config_reload_run,
};

static int config_show_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    const struct json *document = NULL;
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    int code = document_ask(tool, "GET", API_CONFIG, &document);
    if (code != EXIT_DONE)
        return code;
    if (tool->is_json) {
        document_say(tool, NULL, document);
        return EXIT_DONE;
    }
    const char *problem = json_string(document, "problem");
    msec at = instant_get(document, "loaded_at");
    say(tool, "# %s", names_join(tool, json_find(document, "files")));
    if (at != 0)
        say(tool, ", in force since %s", times_full(&times, at, when));
    say(tool, "\n");
    if (problem != NULL && problem[0] != '\0')
        say_lines(tool, "# problem: ", problem, 20);
    raw_say(tool, json_string(document, "text"));
    return EXIT_DONE;
}

const struct command command_config_show = {
    .name = "config show",
    .summary = "The configuration in force, without secrets",
    .arguments = "",
    .examples = "pagectl config show\n",
    .run = config_show_run,
};

static int config_explain_run(struct tool *tool, const struct invocation *call)
{
    CLEANUP(text_clear) struct text path = {0};
    const struct json *document = NULL;
    text_add(&path, API_CONFIG "/explain");
    path_add(&path, "key", call->words[0]);
    int code = document_ask(tool, "GET", arena_copy(tool->arena, text_string(&path)), &document);
    if (code != EXIT_DONE)
        return code;
    if (tool->is_json)
        document_say(tool, NULL, document);
    else
        raw_say(tool, json_string(document, "text"));
    return EXIT_DONE;
}

const struct command command_config_explain = {
    .name = "config explain",
    .summary = "What one key of the configuration means",
    .arguments = "KEY",
    .examples = "pagectl config explain recovery.night\n",
    .words_min = 1,
    .words_max = 1,
    .run = config_explain_run,
};

static void check_line(struct tool *tool, bool is_good, const char *part, const char *text)
{
    if (is_good && tool->is_quiet)
        return;
    say(tool, "%s%-4s%s  %-9s  %s\n", tone_begin(tool, is_good ? TONE_GOOD : TONE_CRITICAL),
        is_good ? "ok" : "FAIL", tone_end(tool, is_good ? TONE_GOOD : TONE_CRITICAL), part,
        tool_clean(tool, text));
}

static int check_config(struct tool *tool, bool *found)
{
    const struct json *document = NULL;
    int code = document_ask(tool, "POST", API_CONFIG "/check", &document);
    if (code != EXIT_DONE)
        return code;
    bool is_good = json_bool(document, "ok", false);
    const char *counts =
        arena_format(tool->arena, "%" PRId64 " errors, %" PRId64 " warnings: pagectl config check",
                     json_integer(document, "errors", 0), json_integer(document, "warnings", 0));
    check_line(tool, is_good, "config", counts);
    *found = *found || !is_good;
    return EXIT_DONE;
}

/* The first gap in words; `pagectl calendar check` has them all. */
static void check_gaps(struct tool *tool, const struct json *list, bool *found)
{
    size_t count = gaps_count(list);
    const struct json *row = list != NULL ? list->first : NULL;
    while (row != NULL && json_bool(row, "declared", false))
        row = row->next;
    if (row == NULL)
        return;
    struct gap gap = gap_read(tool, row, NULL);
    check_line(
        tool, false, "gaps",
        arena_format(tool->arena, "%s %s %s%s: pagectl calendar check", gap.team, gap.role,
                     gap_span(tool, &gap),
                     count > 1 ? arena_format(tool->arena, ", and %zu more", count - 1) : ""));
    *found = true;
}

static int check_calendars(struct tool *tool, bool *found)
{
    const struct json *document = NULL;
    int code = calendars_ask(tool, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(document, "calendars");
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        bool is_bad = calendar_is_bad(row);
        const char *name = json_string(row, "name");
        const char *problem = calendar_problem(row);
        check_line(tool, !is_bad, "calendar",
                   arena_format(tool->arena, "%s%s%s", name != NULL ? name : "?",
                                problem[0] != '\0' ? ": " : "", problem));
        *found = *found || is_bad;
    }
    check_gaps(tool, json_find(document, "gaps"), found);
    return EXIT_DONE;
}

static int check_status(struct tool *tool, bool *found)
{
    const struct json *document = NULL;
    int code = document_ask(tool, "GET", API_STATUS, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *problems = json_find(document, "problems");
    if (problems == NULL || problems->first == NULL)
        check_line(tool, true, "pagerd",
                   arena_format(tool->arena, "%" PRId64 " open, %" PRId64 " paging",
                                json_integer(document, "open", 0),
                                json_integer(document, "paging", 0)));
    for (const struct json *row = problems != NULL ? problems->first : NULL; row != NULL;
         row = row->next) {
        check_line(tool, false, "pagerd", row->text);
        *found = true;
    }
    return EXIT_DONE;
}

static int check_json(struct tool *tool)
{
    const struct json *status = NULL;
    int code = document_ask(tool, "GET", API_STATUS, &status);
    if (code != EXIT_DONE)
        return code;
    const struct json *problems = json_find(status, "problems");
    document_say(tool, NULL, status);
    return problems != NULL && problems->first != NULL ? EXIT_FOUND : EXIT_DONE;
}

static int check_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    static int (*const checks[])(struct tool *, bool *) = {check_status, check_config,
                                                           check_calendars};
    bool found = false;
    if (tool->is_json)
        return check_json(tool);
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        int code = checks[i](tool, &found);
        if (code != EXIT_DONE)
            return code;
    }
    return found ? EXIT_FOUND : EXIT_DONE;
}

const struct command command_check = {
    .name = "check",
    .summary = "Is all well: pagerd, configuration, calendars (7: no)",
    .arguments = "",
    .examples = "pagectl check\npagectl check -q || echo something is wrong\n",
    .run = check_run,
};
