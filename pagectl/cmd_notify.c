/* SPDX-License-Identifier: MIT */
/*
 * cmd_notify.c - the notifiers of Nagios and Icinga 2, and the spool behind them.
 *
 * Neither program repeats a notification whose command fails. So the event is on disk before
 * anything else is tried, and 0 means no more than that: it will reach pagerd.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/deliver.h"
#include "pagectl/notice.h"
#include "pagectl/notify.h"
#include "pagectl/request.h"
#include "pagectl/writer.h"

#define LOOP_DEFAULT_MS HOUR_MS
#define KEY_FILE_ENV "PAGECTL_KEY_FILE"

static const struct option notify_options[] = {
    {"type", 't', "TYPE", "PROBLEM, RECOVERY, ACKNOWLEDGEMENT, ..."},
    {"host", 0, "HOST", "the host's name"},
    {"service", 0, "SERVICE", "the service's name; none: the host itself"},
    {"state", 0, "STATE", "CRITICAL, DOWN, OK, ..."},
    {"output", 0, "TEXT", "what the check said"},
    {"long-output", 0, "TEXT", "its other lines"},
    {"author", 0, "NAME", "who acknowledged"},
    {"comment", 0, "TEXT", "and said this"},
    {"instance", 0, "NAME", "which Nagios or Icinga, if you have several"},
    {"number", 0, "N", "how many times it was notified"},
    {"label", 0, "NAME=VALUE", "for routing; repeat it for more"},
    {"key-file", 0, "FILE", "the key (/etc/pagerd/nagios.key, icinga.key)"},
    {"spool", 0, "DIR", "instead of /var/spool/pagerd"},
    {"no-loop", 0, NULL, "leave later delivery to the timer"},
    /* A key in the arguments is seen by every account of the machine. */
    {"key", 'k', "KEY", NULL},
    {"contact", 0, "KEY", NULL},
    {"runbook", 0, "URL", NULL},
    {"link", 0, "URL", NULL},
    {"field", 'f', "NAME=VALUE", NULL},
    {"object", 'n', "OBJECT", NULL},
    {"long", 0, "TEXT", NULL},
    {"statetype", 0, "TYPE", NULL},
    {"problem-id", 0, "N", NULL},
    {"last-problem-id", 0, "N", NULL},
    {"event-id", 0, "N", NULL},
    {"incident-key", 'i', "KEY", NULL},
    /* PagerDuty's agents for Nagios and Icinga, by whose path this may stand. */
    {"service-key", 0, "KEY", NULL},
    {"event-type", 0, "TYPE", NULL},
    {"notification-type", 0, "OBJECT", NULL},
    {"client", 'c', "NAME", NULL},
    {"client-url", 'u', "URL", NULL},
    {"api-base", 0, "URL", NULL},
    {"queue-dir", 0, "DIR", NULL},
    {"proxy", 0, "URL", NULL},
    {"verbose", 'v', NULL, NULL},
    {0},
};

static const char *environment_get(void *context, const char *name)
{
    (void)context;
    return getenv(name);
}

const char *notify_spool(const struct invocation *call)
{
    const char *path = option_get(call, "spool");
    const char *variable = getenv(SPOOL_ENV);
    if (path != NULL && path[0] != '\0')
        return path;
    return variable != NULL && variable[0] != '\0' ? variable : SPOOL_FOLDER;
}

/* What the notifier does without a file: the key of the command line or of the contact. */
static const char *key_given(const struct invocation *call)
{
    static const char *const variables[] = {"NAGIOS_CONTACTPAGER", "ICINGA_CONTACTPAGER"};
    static const char *const names[] = {"key", "contact", "service-key"};
    const char *key = NULL;
    for (size_t i = 0; i < 3 && (key == NULL || key[0] == '\0'); i++)
        key = option_get(call, names[i]);
    for (size_t i = 0; i < 2 && (key == NULL || key[0] == '\0'); i++) {
        key = getenv(variables[i]);
        if (key != NULL && strncmp(key, "pgk_", 4) != 0)
            key = NULL; /* somebody's real pager */
    }
    return key != NULL && key[0] != '\0' ? key : NULL;
}

const char *notify_key_file(const struct invocation *call)
{
    const char *path = option_get(call, "key-file");
    if (path == NULL || path[0] == '\0')
        path = getenv(KEY_FILE_ENV);
    return path != NULL && path[0] != '\0' ? path : NULL;
}

static bool entry_make(struct tool *tool, const struct invocation *call, const char *format,
                       const char **entry, struct fault *fault)
{
    struct body body;
    struct place place;
    const char *event = NULL;
    const char *key_file = notify_key_file(call);
    const char *key = key_file == NULL ? key_given(call) : NULL;
    if (!place_find(tool, &place, fault))
        return false;
    if (!notice_make(tool->arena, call, environment_get, NULL, string_is(format, "nagios"),
                     tool->now, &event, fault))
        return false;

    body_begin(&body);
    json_put_string(&body.writer, "format", format);
    json_put_string(&body.writer, "place", place.socket != NULL ? place.socket : place.url);
    body_add(&body, "key", key);
    if (key_file == NULL && key == NULL)
        key_file = arena_format(tool->arena, "/etc/pagerd/%s.key", format);
    body_add(&body, "key_file", key_file);
    json_put_raw(&body.writer, "event", event);
    *entry = body_end(tool, &body);
    return true;
}

/* The spool cannot take it: the only chance is now. */
static int entry_send_now(struct tool *tool, const char *entry, const struct fault *why)
{
    struct fault fault = {0};
    const struct json *json = NULL;
    if (!entry_parse(tool->arena, span_of(entry), &json, &fault))
        return tool_fail(tool, EXIT_FAILED, "%s.", tool_clean(tool, fault.text));
    if (entry_post(tool->arena, json, DELIVER_TOTAL_MS, &fault) == VERDICT_TAKEN) {
        tool_fail(tool, EXIT_DONE, "delivered, but the next one may be lost: %s.",
                  tool_clean(tool, why->text));
        return EXIT_DONE;
    }
    return tool_fail(tool, EXIT_FAILED, "this notification is LOST: %s; and %s.",
                     tool_clean(tool, why->text), tool_clean(tool, fault.text));
}

static int entry_follow(struct tool *tool, const struct invocation *call, const struct spool *spool,
                        const char *name)
{
    struct deliver_report report;
    deliver_run(spool, DELIVER_BOUND_MS, &report);
    switch (spool_find(spool, name)) {
    case SPOOL_GONE:
        return EXIT_DONE;
    case SPOOL_REFUSED:
        return tool_fail(tool, EXIT_FAILED,
                         "pagerd refused this notification. %s. Kept in %s/refused",
                         tool_clean(tool, report.problem), tool_clean(tool, spool->path));
    case SPOOL_WAITING:
        break;
    }
    if (report.problem[0] != '\0')
        tool_fail(tool, EXIT_DONE, "kept in %s until pagerd takes it: %s.",
                  tool_clean(tool, spool->path), tool_clean(tool, report.problem));
    if (!option_is(call, "no-loop"))
        deliver_detach(spool);
    return EXIT_DONE;
}

static int spool_flush_run(struct tool *tool, const struct invocation *call);

/* "enqueue" and "flush" are the words of PagerDuty's agent in Perl; the latter is run by cron. */
static int notify_run(struct tool *tool, const struct invocation *call)
{
    struct fault fault = {0};
    if (call->word_count > 0 && string_is(call->words[0], "flush"))
        return spool_flush_run(tool, call);
    if (call->word_count > 0 && !string_is(call->words[0], "enqueue"))
        return tool_fail(tool, EXIT_USAGE, "%s takes options, enqueue or flush, not \"%.40s\".",
                         call->command->name, tool_clean(tool, call->words[0]));
    struct spool spool = {.folder = -1};
    char name[SPOOL_NAME_SIZE];
    const char *entry = NULL;
    if (!entry_make(tool, call, call->command->name, &entry, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (tool->is_dry) {
        const struct json *json = NULL;
        CLEANUP(text_clear) struct text text = {0};
        if (entry_parse(tool->arena, span_of(entry), &json, &fault))
            json_render(&text, json_find(json, "event"));
        say(tool, "%s\n", text_string(&text));
        return EXIT_DONE;
    }

    if (!spool_open(notify_spool(call), &spool, &fault))
        return entry_send_now(tool, entry, &fault);
    int code = spool_put(&spool, span_of(entry), name, &fault)
                   ? entry_follow(tool, call, &spool, name)
                   : entry_send_now(tool, entry, &fault);
    spool_close(&spool);
    return code;
}

const struct command command_nagios = {
    .name = "nagios",
    .summary = "Nagios' notification command (see help nagios)",
    .arguments = "[enqueue|flush]",
    .options = notify_options,
    .words_max = 1,
    .examples = "pagectl nagios --type PROBLEM --host db1 --service disk --state CRITICAL\n",
    .run = notify_run,
};

const struct command command_icinga = {
    .name = "icinga",
    .summary = "Icinga 2's notification command (see help icinga)",
    .arguments = "[enqueue|flush]",
    .options = notify_options,
    .words_max = 1,
    .examples = "pagectl icinga --type PROBLEM --host db1 --service disk --state CRITICAL\n",
    .run = notify_run,
};

static const struct column spool_columns[] = {
    {.title = "SINCE"},
    {.title = "STATE"},
    {.title = "FORMAT", .rank = 3},
    {.title = "TYPE"},
    {.title = "HOST"},
    {.title = "SERVICE", .rank = 1},
    {.title = "PROBLEM", .rank = 2, .is_elastic = true},
    {0},
};

static void spool_row(struct writer *writer, struct tool *tool, const struct spool *spool,
                      const char *name, bool is_refused)
{
    CLEANUP(text_clear) struct text bytes = {0};
    CLEANUP(text_clear) struct text reason = {0};
    const struct json *entry = NULL;
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    const char *path = is_refused ? arena_format(tool->arena, "refused/%s", name) : name;
    msec at = (msec)(strtoull(name, NULL, 10) / 1000);
    bool is_good = spool_read(spool, path, &bytes, NULL) &&
                   entry_parse(tool->arena, text_span(&bytes), &entry, NULL);
    const struct json *event = is_good ? json_find(entry, "event") : NULL;
    if (is_refused)
        (void)spool_read_reason(spool, name, &reason);
    writer_instant(writer, TONE_PLAIN, times_clock(&times, at, when), at);
    writer_cell(writer, is_refused ? TONE_CRITICAL : TONE_WARNING,
                is_refused ? "refused" : "waiting", NULL);
    writer_cell(writer, TONE_PLAIN, json_string(entry, "format"), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(event, "type"), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(event, "host"), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(event, "service"), NULL);
    writer_cell(writer, TONE_PLAIN, is_good ? text_string(&reason) : "not readable", NULL);
}

/* The same rows as a document, for --json; keys are left out. */
static const struct json *spool_document(struct tool *tool, const struct spool *spool,
                                         const struct spool_list lists[2])
{
    struct body body;
    const struct json *document = NULL;
    body_begin(&body);
    json_begin_array(&body.writer, "spool");
    for (int i = 0; i < 2; i++) {
        for (size_t j = 0; j < lists[i].count; j++) {
            CLEANUP(text_clear) struct text bytes = {0};
            CLEANUP(text_clear) struct text event = {0};
            const struct json *entry = NULL;
            const char *name = lists[i].entries[j].name;
            const char *path = i == 1 ? arena_format(tool->arena, "refused/%s", name) : name;
            bool is_good = spool_read(spool, path, &bytes, NULL) &&
                           entry_parse(tool->arena, text_span(&bytes), &entry, NULL);
            if (is_good)
                json_render(&event, json_find(entry, "event"));
            json_begin_object(&body.writer, NULL);
            json_put_string(&body.writer, "state", i == 1 ? "refused" : "waiting");
            json_put_instant(&body.writer, "since", (msec)(strtoull(name, NULL, 10) / 1000));
            json_put_string(&body.writer, "format", json_string(entry, "format"));
            json_put_raw(&body.writer, "event", is_good ? text_string(&event) : "null");
            json_end_object(&body.writer);
        }
    }
    json_end_array(&body.writer);
    const char *json = body_end(tool, &body);
    return json_parse(tool->arena, span_of(json), &document, NULL) ? document : NULL;
}

static int spool_list_run(struct tool *tool, const struct invocation *call)
{
    struct fault fault = {0};
    struct spool spool = {.folder = -1};
    struct spool_list lists[2] = {{0}, {0}};
    if (!spool_open(notify_spool(call), &spool, &fault) ||
        !spool_list_read(&spool, false, &lists[0], &fault) ||
        !spool_list_read(&spool, true, &lists[1], &fault))
        return tool_fail(tool, EXIT_FAILED, "%s.", tool_clean(tool, fault.text));

    if (tool->is_json) {
        document_say(tool, "spool", spool_document(tool, &spool, lists));
    } else {
        struct writer *writer = writer_open(tool, spool_columns, NULL, NULL);
        for (int i = 0; i < 2; i++) {
            for (size_t j = 0; j < lists[i].count; j++)
                spool_row(writer, tool, &spool, lists[i].entries[j].name, i == 1);
        }
        writer_close(writer);
        if (tool->is_terminal)
            say(tool, "%zu waiting, %zu refused\n", lists[0].count, lists[1].count);
    }
    spool_list_clear(&lists[0]);
    spool_list_clear(&lists[1]);
    spool_close(&spool);
    return EXIT_DONE;
}

static const struct option spool_options[] = {{"spool", 0, "DIR", "instead of /var/spool/pagerd"},
                                              {0}};

const struct command command_spool_list = {
    .name = "spool list",
    .summary = "Notifications that pagerd has not taken",
    .arguments = "",
    .options = spool_options,
    .examples = "pagectl spool list\n",
    .run = spool_list_run,
};

/* A folder that is not there holds nothing: a machine without Nagios or Icinga. */
static bool spool_is_absent(const struct invocation *call)
{
    struct text none = {0};
    struct fault fault = {0};
    bool is_read = tool_read_file(notify_spool(call), 0, &none, &fault);
    text_clear(&none);
    return !is_read && fault.error == ENOENT;
}

static int spool_work(struct tool *tool, const struct invocation *call, msec length_ms)
{
    struct fault fault = {0};
    struct spool spool = {.folder = -1};
    struct deliver_report report;
    if (spool_is_absent(call))
        return EXIT_DONE;
    if (!spool_open(notify_spool(call), &spool, &fault))
        return tool_fail(tool, EXIT_FAILED, "%s.", tool_clean(tool, fault.text));
    if (length_ms > 0)
        deliver_loop(&spool, length_ms, &report);
    else
        deliver_run(&spool, DELIVER_BOUND_MS, &report);
    spool_close(&spool);

    if (!tool->is_quiet && report.delivered + report.refused > 0)
        say(tool, "%zu delivered, %zu refused, %zu left\n", report.delivered, report.refused,
            report.left);
    if (report.problem[0] != '\0')
        tool_fail(tool, EXIT_FAILED, "%s.", tool_clean(tool, report.problem));
    if (report.is_busy)
        return EXIT_DONE;
    return report.left > 0 ? EXIT_UNREACHED : report.refused > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int spool_flush_run(struct tool *tool, const struct invocation *call)
{
    return spool_work(tool, call, 0);
}

const struct command command_spool_flush = {
    .name = "spool flush",
    .summary = "Deliver now what waits (5: some is left)",
    .arguments = "",
    .options = spool_options,
    .examples = "pagectl spool flush\n",
    .run = spool_flush_run,
};

static int spool_run_run(struct tool *tool, const struct invocation *call)
{
    struct fault fault = {0};
    const char *length = option_get(call, "for");
    msec length_ms = LOOP_DEFAULT_MS;
    if (length != NULL && !duration_parse(length, &length_ms, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    return spool_work(tool, call, length_ms > 0 ? length_ms : 1);
}

const struct command command_spool_run = {
    .name = "spool run",
    .summary = "Go on until nothing waits",
    .arguments = "",
    .options = (const struct option[]){{"spool", 0, "DIR", "instead of /var/spool/pagerd"},
                                       {"for", 0, "1h", "at most this long"},
                                       {0}},
    .examples = "pagectl spool run --for 10m\n",
    .run = spool_run_run,
};
