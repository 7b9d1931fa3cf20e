/* SPDX-License-Identifier: MIT */
/* cmd_ack.c - the verbs of 3 am: ack, resolve, escalate, reassign, snooze, note. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

#define MANY 3 /* acting on more incidents asks first; acks never ask */
#define NOTE_MAX 16384

static const struct option note_options[] = {{"note", 'm', "NOTE", "write it down too"}, {0}};

/* The server's sentence, then what helps next. */
static void answer_say(struct tool *tool, const struct json *answer)
{
    if (tool->is_quiet || tool->is_json)
        return;
    say_lines(tool, "", json_string(answer, "text"), 8);
}

static void runbook_say(struct tool *tool, const struct json *answer)
{
    const char *runbook = json_string(json_find(answer, "incident"), "runbook");
    if (!tool->is_quiet && !tool->is_json && runbook != NULL && runbook[0] != '\0')
        say(tool, "Runbook    %s\n", tool_clean(tool, runbook));
}

static int ack_all(struct tool *tool, const char *note)
{
    struct body body;
    const struct json *answer = NULL;
    body_begin(&body);
    json_put_bool(&body.writer, "all", true);
    body_add(&body, "note", note);
    const struct request request = {.method = "POST",
                                    .path = API_INCIDENTS "/" API_ACK,
                                    .body = body_end(tool, &body),
                                    .is_change = true};
    if (tool->is_dry) {
        say(tool, "Would ack all that pages you. Nothing was sent.\n");
        return EXIT_DONE;
    }
    int code = request_send(tool, &request, &answer);
    if (code == EXIT_DONE && tool->is_json)
        document_say(tool, NULL, answer);
    if (code == EXIT_DONE)
        answer_say(tool, answer);
    return code;
}

static int ack_run(struct tool *tool, const struct invocation *call)
{
    struct numbers numbers;
    struct body body;
    const char *note = option_get(call, "note");
    bool is_undo = option_is(call, "undo");
    if (option_is(call, "all")) {
        if (call->word_count > 0 || is_undo)
            return tool_fail(tool, EXIT_USAGE, "--all goes alone.");
        return ack_all(tool, note);
    }
    int code = numbers_find(tool, call->words, call->word_count,
                            is_undo ? MEANT_MINE : MEANT_PAGING, &numbers);
    if (code != EXIT_DONE)
        return code;

    body_begin(&body);
    body_add(&body, "note", is_undo ? NULL : note);
    if (option_is(call, "take"))
        json_put_bool(&body.writer, "take", true);
    const char *json = body_end(tool, &body);
    for (size_t i = 0; i < numbers.count; i++) {
        const struct json *answer = NULL;
        int one =
            incident_post(tool, numbers.items[i], is_undo ? API_UNACK : API_ACK, json, &answer);
        answer_say(tool, answer);
        if (!is_undo)
            runbook_say(tool, answer);
        code = code_merge(code, one);
    }
    return code;
}

const struct command command_ack = {
    .name = "ack",
    .aliases = "ok",
    .summary = "I have it: stop paging others",
    .arguments = "[N...]",
    .options =
        (const struct option[]){{"note", 'm', "NOTE", "write it down too"},
                                {"all", 0, NULL, "everything that pages me and is not critical"},
                                {"take", 0, NULL, "take it from who has it"},
                                {"undo", 0, NULL, "give it back: it pages again"},
                                {0}},
    .examples = "pagectl ack\npagectl ack 412 -m \"on it\"\npagectl ack 413 --take\n",
    .words_max = WORDS_MAX,
    .run = ack_run,
};

/* "You rest until …", unless the server's sentence has said so. */
static void rest_say(struct tool *tool, const struct json *answer)
{
    const struct json *rest = json_find(answer, "rest");
    const char *text = json_string(answer, "text");
    msec until = instant_get(rest, "until");
    char when[TIMES_TEXT_SIZE];
    struct times times = tool_times(tool);
    if (until == 0 || tool->is_quiet || tool->is_json)
        return;
    if (text != NULL && strstr(text, "rest until") != NULL)
        return;
    const char *cover = json_string(rest, "covered_by");
    say(tool, "You rest until %s", times_echo(&times, until, when));
    if (cover != NULL)
        say(tool, ", %s covers for you", tool_clean(tool, cover));
    say(tool, ".\n");
}

/* Posts the same to several incidents, after asking when they are many. */
static int verb_run(struct tool *tool, const struct invocation *call, const char *action,
                    const char *json, void (*after)(struct tool *, int64_t, const struct json *))
{
    struct numbers numbers;
    int code = numbers_find(tool, call->words, call->word_count, MEANT_MINE, &numbers);
    if (code != EXIT_DONE)
        return code;
    const char *question =
        arena_format(tool->arena, "This will %s %zu incidents.", tool->verb, numbers.count);
    if (numbers.count > MANY && !tool->is_dry && !tool_confirm(tool, question))
        return EXIT_USAGE;

    for (size_t i = 0; i < numbers.count; i++) {
        const struct json *answer = NULL;
        int one = incident_post(tool, numbers.items[i], action, json, &answer);
        answer_say(tool, answer);
        if (answer != NULL && !tool->is_quiet && !tool->is_json)
            after(tool, numbers.items[i], answer);
        code = code_merge(code, one);
    }
    return code;
}

static const char *note_body(struct tool *tool, const struct invocation *call)
{
    struct body body;
    body_begin(&body);
    body_add(&body, "note", option_get(call, "note"));
    return body_end(tool, &body);
}

static void resolve_after(struct tool *tool, int64_t number, const struct json *answer)
{
    (void)number;
    rest_say(tool, answer);
}

static int resolve_run(struct tool *tool, const struct invocation *call)
{
    return verb_run(tool, call, API_RESOLVE, note_body(tool, call), resolve_after);
}

const struct command command_resolve = {
    .name = "resolve",
    .summary = "It is over",
    .arguments = "[N...]",
    .options = note_options,
    .examples = "pagectl resolve 412 -m \"old WAL removed\"\npagectl resolve 412,413\n",
    .words_max = WORDS_MAX,
    .run = resolve_run,
};

static void escalate_after(struct tool *tool, int64_t number, const struct json *answer)
{
    (void)answer;
    say(tool, "Follow it: pagectl show %" PRId64 " -w\n", number);
}

static int escalate_run(struct tool *tool, const struct invocation *call)
{
    return verb_run(tool, call, API_ESCALATE, note_body(tool, call), escalate_after);
}

const struct command command_escalate = {
    .name = "escalate",
    .summary = "Pass it on to the next step now",
    .arguments = "[N]",
    .options = (const struct option[]){{"note", 'm', "WHY", "what is needed"}, {0}},
    .examples = "pagectl escalate 412 -m \"need a DBA\"\n",
    .words_max = WORDS_MAX,
    .run = escalate_run,
};

static int reassign_run(struct tool *tool, const struct invocation *call)
{
    struct body body;
    const char *to = option_get(call, "to");
    if (to == NULL || to[0] == '\0')
        return tool_fail(tool, EXIT_USAGE,
                         "to whom? Say: pagectl reassign N --to WHO "
                         "(a user, team:NAME, primary or secondary)");
    body_begin(&body);
    json_put_string(&body.writer, "to", to);
    body_add(&body, "note", option_get(call, "note"));
    return verb_run(tool, call, API_REASSIGN, body_end(tool, &body), escalate_after);
}

const struct command command_reassign = {
    .name = "reassign",
    .summary = "Give it to somebody else",
    .arguments = "[N] --to WHO",
    .options = (const struct option[]){{"to", 0, "WHO", "a user, team:NAME, primary or secondary"},
                                       {"note", 'm', "NOTE", "why"},
                                       {0}},
    .examples = "pagectl reassign 412 --to bob\npagectl reassign 412 --to team:db\n",
    .words_max = WORDS_MAX,
    .run = reassign_run,
};

static void snooze_after(struct tool *tool, int64_t number, const struct json *answer)
{
    msec until = instant_get(json_find(answer, "incident"), "snoozed_until");
    if (until != 0)
        echo_say(tool, json_string(answer, "text"), until);
    say(tool, "Undo: pagectl snooze %" PRId64 " --off\n", number);
}

static void wake_after(struct tool *tool, int64_t number, const struct json *answer)
{
    (void)tool, (void)number, (void)answer;
}

static int snooze_run(struct tool *tool, const struct invocation *call)
{
    struct body body;
    struct fault fault = {0};
    struct times times = tool_times(tool);
    const char *length = option_get(call, "for"), *until = option_get(call, "until");
    bool is_off = option_is(call, "off");
    char when[TIMES_TEXT_SIZE];
    msec length_ms = 0, at = 0;
    if ((length != NULL) + (until != NULL) + is_off != 1)
        return tool_fail(tool, EXIT_USAGE, "say one of --for 2h, --until \"Mon 09:00\", --off.");
    if (length != NULL && !duration_parse(length, &length_ms, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (until != NULL && !times_parse(&times, until, TIMES_NEXT, &at, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (length != NULL)
        at = tool->now + length_ms;
    if (!is_off && at <= tool->now)
        return tool_fail(tool, EXIT_USAGE, "%s has been already.", times_full(&times, at, when));

    body_begin(&body);
    if (is_off)
        json_put_bool(&body.writer, "off", true);
    else if (length != NULL)
        json_put_integer(&body.writer, "for_ms", length_ms);
    else
        json_put_instant(&body.writer, "until", at);
    return verb_run(tool, call, API_SNOOZE, body_end(tool, &body),
                    is_off ? wake_after : snooze_after);
}

const struct command command_snooze = {
    .name = "snooze",
    .summary = "Let it be quiet until a time, then it pages again",
    .arguments = "N",
    .options = (const struct option[]){{"for", 0, "2h", "this long"},
                                       {"until", 0, "TIME", "until then"},
                                       {"off", 0, NULL, "wake it now"},
                                       {0}},
    .examples = "pagectl snooze 409 --until \"Mon 09:00\"\npagectl snooze 409 --for 2h\n"
                "pagectl snooze 409 --off\n",
    .words_max = WORDS_MAX,
    .run = snooze_run,
};

static int note_text(struct tool *tool, const char *word, const char **note)
{
    CLEANUP(text_clear) struct text text = {0};
    char piece[4096];
    ssize_t size;
    *note = word;
    if (!string_is(word, "-"))
        return EXIT_DONE;

    while ((size = read(STDIN_FILENO, piece, sizeof(piece))) > 0 && text.size <= NOTE_MAX)
        text_add_bytes(&text, piece, (size_t)size);
    if (text.size > NOTE_MAX)
        return tool_fail(tool, EXIT_USAGE, "a note has at most %d bytes.", NOTE_MAX);
    *note = arena_copy_span(tool->arena, span_trim(text_span(&text)));
    return EXIT_DONE;
}

static int note_run(struct tool *tool, const struct invocation *call)
{
    struct numbers numbers;
    struct body body;
    const struct json *answer = NULL;
    const char *note = NULL;
    size_t number_count = call->word_count - 1;
    if (number_count == 0 && word_is_numbers(call->words[0]))
        return tool_fail(tool, EXIT_USAGE, "what is the note? Say: pagectl note %s TEXT",
                         call->words[0]);
    int code = note_text(tool, call->words[call->word_count - 1], &note);
    if (code != EXIT_DONE)
        return code;
    if (note[0] == '\0')
        return tool_fail(tool, EXIT_USAGE, "the note is empty.");
    code = numbers_find(tool, call->words, number_count, MEANT_MINE, &numbers);
    if (code != EXIT_DONE)
        return code;

    body_begin(&body);
    json_put_string(&body.writer, "text", note);
    code = incident_post(tool, numbers.items[0], API_NOTE, body_end(tool, &body), &answer);
    answer_say(tool, answer);
    return code;
}

const struct command command_note = {
    .name = "note",
    .summary = "Write something into the incident's log",
    .arguments = "[N] TEXT|-",
    .examples = "pagectl note 412 \"archive_command fails since 21:40\"\n"
                "df -h | pagectl note 412 -\n",
    .words_min = 1,
    .words_max = 2,
    .run = note_run,
};
