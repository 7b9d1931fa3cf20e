/* SPDX-License-Identifier: MIT */
#include "pagectl/request.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/api.h"

#define CLOCK_MS (2 * SECOND_MS) /* for asking what time it is */
#define ERROR_TEXT_MAX 2000      /* bytes of an error that are shown */

bool place_find(struct tool *tool, struct place *place, struct fault *fault)
{
    struct place login;
    const char *variable = getenv(API_SERVER_ENV);
    bool has_login = login_read(tool, &login);
    const char *chosen = tool->socket != NULL                      ? tool->socket
                         : tool->server != NULL                    ? tool->server
                         : variable != NULL && variable[0] != '\0' ? variable
                                                                   : NULL;
    if (tool->socket != NULL && tool->server != NULL)
        return fault_set(fault, FAULT_INPUT, "give --server or --socket, not both");
    if (tool->socket != NULL && strchr("/.", tool->socket[0]) == NULL)
        chosen = arena_format(tool->arena, "./%s", tool->socket);
    if (chosen == NULL && has_login) {
        *place = login;
        return true;
    }

    if (!place_parse(tool->arena, chosen != NULL ? chosen : API_SOCKET_DEFAULT, place, fault))
        return false;
    /* The token goes to the server that it was given for, and to no other. */
    if (has_login && place->socket == NULL && string_is(place->url, login.url))
        place->token = login.token;
    return true;
}

void body_begin(struct body *body)
{
    *body = (struct body){0};
    body->writer.text = &body->text;
    json_begin_object(&body->writer, NULL);
}

void body_add(struct body *body, const char *key, const char *value)
{
    if (value != NULL)
        json_put_string(&body->writer, key, value);
}

const char *body_end(struct tool *tool, struct body *body)
{
    json_end_object(&body->writer);
    const char *string = arena_copy(tool->arena, text_string(&body->text));
    text_clear(&body->text);
    return string;
}

void path_add(struct text *path, const char *name, const char *value)
{
    if (value == NULL)
        return;
    bool is_first = strchr(text_string(path), '?') == NULL;
    text_addf(path, "%c%s=", is_first ? '?' : '&', name);
    text_add_url(path, value);
}

void path_add_instant(struct text *path, const char *name, msec at)
{
    char buffer[INSTANT_TEXT_SIZE];
    path_add(path, name, instant_render(at, buffer));
}

/* "bob +49 …, cat +49 …" of a kept copy. */
static void phones_say(struct tool *tool)
{
    CLEANUP(text_clear) struct text line = {0};
    char when[TIMES_TEXT_SIZE];
    struct times times = tool_times(tool);
    msec at = 0;
    const struct json *copy = json_find(cache_get(tool, "oncall", &at), "oncall");
    for (const struct json *row = copy != NULL ? copy->first : NULL; row != NULL; row = row->next) {
        const char *user = json_string(row, "user");
        const char *phone = json_string(row, "phone");
        if (user == NULL)
            continue;
        text_addf(&line, "%s%s", line.size > 0 ? ", " : "", tool_clean(tool, user));
        if (phone != NULL && phone[0] != '\0')
            text_addf(&line, " %s", tool_clean(tool, phone));
    }
    if (line.size > 0)
        tool_hint(tool, "On call (copy of %s): %s", times_clock(&times, at, when),
                  text_string(&line));
}

static void unknown_say(struct tool *tool)
{
    tool_hint(tool, "It is NOT known whether your %s is recorded. To repeat it does no harm.",
              tool->verb);
}

static int unreached_say(struct tool *tool, const struct place *place,
                         const struct request *request, enum loss loss, const struct fault *fault)
{
    if (tool->is_watching && !tool->is_json) { /* part of the picture: said once, not every turn */
        say(tool, "pagerd is not reached at %s (%s). Still trying.\n",
            tool_clean(tool, place_name(tool->arena, place)), tool_clean(tool, fault->text));
        return EXIT_UNREACHED;
    }
    tool_fail(tool, EXIT_UNREACHED, "cannot reach pagerd at %s (%s).",
              tool_clean(tool, place_name(tool->arena, place)), tool_clean(tool, fault->text));
    if (request->is_change && loss == LOSS_UNSENT)
        tool_hint(tool, "Your %s is NOT recorded.%s", tool->verb,
                  string_is(tool->verb, API_ACK)
                      ? " Instead: open the link in the SMS or e-mail,\n  or call who is on call."
                      : "");
    else if (request->is_change)
        unknown_say(tool);
    phones_say(tool);
    return EXIT_UNREACHED;
}

/* Fields of an error stand inside "error" or beside it. */
static const char *error_field(const struct json *document, const char *name)
{
    const char *value = json_string(json_find(document, "error"), name);
    return value != NULL ? value : json_string(document, name);
}

static const char *error_clock(struct tool *tool, const struct json *document)
{
    static const char unknown[] = "a moment ago";
    const char *text = error_field(document, "at");
    struct times times = tool_times(tool);
    msec at;
    if (text == NULL || !instant_parse(text, &at, NULL))
        return unknown;
    return times_clock(&times, at, arena_take(tool->arena, TIMES_TEXT_SIZE));
}

static void conflict_say(struct tool *tool, const struct request *request,
                         const struct json *document)
{
    const char *user = tool_clean(tool, error_field(document, "user"));
    tool_fail(tool, EXIT_CONFLICT, "%s has #%" PRId64 " since %s.", user, request->number,
              error_clock(tool, document));
    if (string_is(tool->verb, API_ACK))
        tool_hint(tool, "Take it over: pagectl ack %" PRId64 " --take", request->number);
}

static void closed_say(struct tool *tool, const struct request *request,
                       const struct json *document)
{
    const char *user = tool_clean(tool, error_field(document, "user"));
    tool_fail(tool, EXIT_CONFLICT, "#%" PRId64 " is closed: %s resolved it %s.", request->number,
              user, error_clock(tool, document));
    tool_hint(tool, "Nothing is waiting for you.                      (pagectl incidents)");
}

static void error_say(struct tool *tool, enum exit_code code, const struct reply *reply,
                      const struct json *document)
{
    const char *text = error_field(document, "text");
    const char *hint = error_field(document, "hint");
    if (text == NULL)
        text = json_string(document, "message");
    if (text == NULL) {
        tool_fail(tool, code, "pagerd answered with status %ld.", reply->status);
        return;
    }
    const char *short_text =
        arena_copy_span(tool->arena, (struct span){text, strnlen(text, ERROR_TEXT_MAX)});
    size_t size = strlen(short_text);
    bool has_stop = size > 0 && strchr(".?!", short_text[size - 1]) != NULL;
    tool_fail(tool, code, "%s%s", tool_clean(tool, short_text), has_stop ? "" : ".");
    if (hint != NULL && hint[0] != '\0')
        tool_hint(tool, "%s", tool_clean(tool, hint));
}

static enum exit_code status_judge(long status)
{
    static const struct {
        long status;
        enum exit_code code;
    } rows[] = {
        {400, EXIT_USAGE},     {401, EXIT_DENIED},    {403, EXIT_DENIED},
        {404, EXIT_ABSENT},    {409, EXIT_CONFLICT},  {410, EXIT_CONFLICT},
        {502, EXIT_UNREACHED}, {503, EXIT_UNREACHED}, {504, EXIT_UNREACHED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].status == status)
            return rows[i].code;
    }
    return status >= 200 && status < 300 ? EXIT_DONE : EXIT_FAILED;
}

/* pagerd acts on what it has in memory; one that ended long ago is found in its history. */
static bool closed_long_ago_say(struct tool *tool, const struct request *request)
{
    const struct json *incident = NULL;
    const char *path = arena_format(tool->arena, API_INCIDENTS "/%" PRId64, request->number);
    if (request->number <= 0 || !request->is_change ||
        !request_try(tool, path, CLIENT_CONNECT_MS, &incident) ||
        !string_is(json_string(incident, "state"), "resolved"))
        return false;
    const char *user = json_string(incident, "resolved_by");
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    msec at = 0;
    if (json_string(incident, "resolved_at") == NULL ||
        !instant_parse(json_string(incident, "resolved_at"), &at, NULL))
        return false;
    tool_fail(tool, EXIT_CONFLICT, "#%" PRId64 " is closed: %s resolved it %s.", request->number,
              user != NULL ? tool_clean(tool, user) : "its source", times_clock(&times, at, when));
    tool_hint(tool, "Nothing is waiting for you.                      (pagectl incidents)");
    return true;
}

/* Says what a status other than 2xx means. */
static int refusal_say(struct tool *tool, const struct place *place, const struct request *request,
                       const struct reply *reply, const struct json *document)
{
    enum exit_code code = status_judge(reply->status);
    bool has_user = request->number > 0 && error_field(document, "user") != NULL;
    if (reply->status == 404 && closed_long_ago_say(tool, request))
        return EXIT_CONFLICT;
    if (reply->status == 409 && has_user)
        conflict_say(tool, request, document);
    else if (reply->status == 410 && has_user)
        closed_say(tool, request, document);
    else
        error_say(tool, code, reply, document);

    if (reply->status == 401)
        tool_hint(tool,
                  place->socket == NULL ? "Log in: pagectl login %s"
                                        : "Ask an admin to map your account: users.NAME.unix%.0s",
                  place->url);
    if (code == EXIT_UNREACHED && request->is_change &&
        string_is(error_field(document, "code"), "unanswered"))
        unknown_say(tool);
    else if (code == EXIT_UNREACHED && request->is_change)
        tool_hint(tool, "Your %s is NOT recorded.", tool->verb);
    if (code == EXIT_UNREACHED)
        phones_say(tool);
    return code;
}

int request_send(struct tool *tool, const struct request *request, const struct json **document)
{
    struct fault fault = {0};
    struct place place;
    struct reply reply = {0};
    const struct json *answer = NULL;
    const struct exchange exchange = {
        .method = request->method != NULL ? request->method : "GET",
        .path = request->path,
        .body = request->body,
        .total_ms = request->is_slow ? CLIENT_SLOW_MS : 0,
    };
    if (!place_find(tool, &place, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (!client_exchange(&place, &exchange, &reply, &fault))
        return unreached_say(tool, &place, request, reply.loss, &fault);

    if (reply.now_at != 0)
        tool->now = reply.now_at; /* ages are told by the clock that made the times */
    bool is_json = json_parse(tool->arena, text_span(&reply.body), &answer, &fault);
    text_clear(&reply.body);
    if (status_judge(reply.status) != EXIT_DONE)
        return refusal_say(tool, &place, request, &reply, is_json ? answer : NULL);
    if (!is_json && document != NULL)
        return tool_fail(tool, EXIT_FAILED, "%s does not answer as pagerd does: %s.",
                         tool_clean(tool, place_name(tool->arena, &place)),
                         tool_clean(tool, fault.text));
    if (document != NULL)
        *document = answer;
    return EXIT_DONE;
}

int request_download(struct tool *tool, const char *path, int file)
{
    const struct request request = {.path = path};
    const struct json *answer = NULL;
    struct fault fault = {0};
    struct place place;
    struct reply reply = {0};
    if (!place_find(tool, &place, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (!client_download(&place, path, file, &reply, &fault) && fault.kind == FAULT_SYSTEM)
        return tool_fail(tool, EXIT_FAILED, "%s.", tool_clean(tool, fault.text));
    if (reply.loss != LOSS_NONE)
        return unreached_say(tool, &place, &request, reply.loss, &fault);
    bool is_json = json_parse(tool->arena, text_span(&reply.body), &answer, NULL);
    text_clear(&reply.body);
    if (status_judge(reply.status) != EXIT_DONE)
        return refusal_say(tool, &place, &request, &reply, is_json ? answer : NULL);
    return EXIT_DONE;
}

bool request_try(struct tool *tool, const char *path, msec total_ms, const struct json **document)
{
    struct place place;
    struct reply reply = {0};
    const struct exchange exchange = {
        .method = "GET", .path = path, .connect_ms = total_ms, .total_ms = total_ms};
    if (!place_find(tool, &place, NULL) || !client_exchange(&place, &exchange, &reply, NULL))
        return false;
    if (reply.now_at != 0)
        tool->now = reply.now_at;
    bool is_good = status_judge(reply.status) == EXIT_DONE &&
                   json_parse(tool->arena, text_span(&reply.body), document, NULL);
    text_clear(&reply.body);
    return is_good;
}

void request_clock(struct tool *tool)
{
    const struct json *ignored = NULL;
    (void)request_try(tool, "/healthz", CLOCK_MS, &ignored);
}
