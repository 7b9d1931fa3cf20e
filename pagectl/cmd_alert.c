/* SPDX-License-Identifier: MIT */
/* cmd_alert.c - an alert by hand. */
#include <string.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

static const struct {
    const char *option;
    const char *field;
} alert_fields[] = {
    {"severity", "severity"}, {"service", "service"}, {"key", "dedup_key"}, {"link", "link"},
    {"runbook", "runbook"},   {"details", "details"}, {"team", "team"},     {"source", "source"},
};

static bool labels_add(struct body *body, const char *const *words, size_t count,
                       const char **wrong)
{
    json_begin_object(&body->writer, "labels");
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text_clear) struct text name = {0};
        struct span rest = span_of(words[i]);
        text_add_span(&name, span_cut(&rest, '='));
        if (strchr(words[i], '=') == NULL || name.size == 0)
            *wrong = words[i];
        json_put_string(&body->writer, text_string(&name), rest.size > 0 ? rest.bytes : "");
    }
    json_end_object(&body->writer);
    return *wrong == NULL;
}

static const char *alert_body(struct tool *tool, const struct invocation *call, bool is_resolve,
                              const char **wrong)
{
    struct body body;
    size_t first = 0;
    body_begin(&body);
    json_put_string(&body.writer, "action", is_resolve ? "resolve" : "trigger");
    bool has_text = call->word_count > 0 && (!is_resolve || strchr(call->words[0], '=') == NULL);
    if (has_text)
        body_add(&body, "summary", call->words[first++]);
    for (size_t i = 0; i < sizeof(alert_fields) / sizeof(alert_fields[0]); i++)
        body_add(&body, alert_fields[i].field, option_get(call, alert_fields[i].option));
    (void)labels_add(&body, call->words + first, call->word_count - first, wrong);
    return body_end(tool, &body);
}

static void alert_say(struct tool *tool, const struct json *answer)
{
    const struct json *list = json_find(answer, "alerts");
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        const char *error = json_string(row, "error");
        const char *key = json_string(row, "dedup_key");
        say_lines(tool, "", error != NULL ? error : json_string(row, "text"), 8);
        if (error == NULL && key != NULL && !string_is(json_string(row, "state"), "resolved"))
            say(tool, "Update or close it with the same key: pagectl alert --key %s --resolve\n",
                tool_clean(tool, key));
    }
}

static int alert_run(struct tool *tool, const struct invocation *call)
{
    const struct json *answer = NULL;
    const char *wrong = NULL;
    bool is_resolve = option_is(call, "resolve");
    if (is_resolve && option_get(call, "key") == NULL)
        return tool_fail(tool, EXIT_USAGE, "--resolve needs --key: which one is over?");
    if (!is_resolve && (call->word_count == 0 || call->words[0][0] == '\0'))
        return tool_fail(tool, EXIT_USAGE, "what is wrong? Say: pagectl alert TEXT");
    const char *body = alert_body(tool, call, is_resolve, &wrong);
    if (wrong != NULL)
        return tool_fail(tool, EXIT_USAGE,
                         "\"%s\" is not label=value. A text of several words goes in quotes.",
                         tool_clean(tool, wrong));
    if (tool->is_dry) {
        say(tool, "Would send %s\n", tool_clean(tool, body));
        return EXIT_DONE;
    }

    const struct request request = {
        .method = "POST", .path = API_ALERTS, .body = body, .is_change = true};
    int code = request_send(tool, &request, &answer);
    if (code != EXIT_DONE)
        return code;
    if (tool->is_json)
        document_say(tool, "alerts", answer);
    else if (!tool->is_quiet)
        alert_say(tool, answer);
    return EXIT_DONE;
}

const struct command command_alert = {
    .name = "alert",
    .summary = "Raise or close an alert by hand",
    .arguments = "TEXT [label=value...]",
    .options = (const struct option[]){{"severity", 's', "S", "critical, error, warning or info"},
                                       {"service", 0, "X", "what it is about"},
                                       {"key", 'k', "K", "the same problem has the same key"},
                                       {"resolve", 0, NULL, "it is over"},
                                       {"team", 0, "TEAM", "whose it is"},
                                       {"link", 0, "URL", "a graph"},
                                       {"runbook", 0, "URL", "what to do"},
                                       {"details", 0, "TEXT", "more text"},
                                       {"source", 0, "NAME", "who says so"},
                                       {0}},
    .examples = "pagectl alert \"db1: disk /var 96% full\" --severity critical --team ops\n"
                "pagectl alert --key db1-var --resolve\n",
    .words_max = WORDS_MAX,
    .run = alert_run,
};
