/* SPDX-License-Identifier: MIT */
/* cmd_key.c - keys of integrations and tokens of people, and logging in with one. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

/* Names of groups in the configuration are a letter, then letters, digits, - and _. */
static bool is_group_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return strchr(letters, name[0]) != NULL && strchr(name, '.') == NULL;
}

static int key_add_run(struct tool *tool, const struct invocation *call)
{
    struct body body;
    const struct json *answer = NULL;
    const char *team = option_get(call, "team"), *user = option_get(call, "user");
    const char *name = call->words[0];
    if (team != NULL && user != NULL)
        return tool_fail(tool, EXIT_USAGE,
                         "say --team TEAM (an integration) or --user USER (a person's token), not "
                         "both.");
    body_begin(&body);
    json_put_string(&body.writer, "name", name);
    body_add(&body, "team", team);
    body_add(&body, "user", user);
    const char *json = body_end(tool, &body);
    if (tool->is_dry) {
        say(tool, "Would make a key: %s. Nothing was sent.\n", tool_clean(tool, json));
        return EXIT_DONE;
    }

    const struct request request = {
        .method = "POST", .path = API_KEYS, .body = json, .is_change = true};
    int code = request_send(tool, &request, &answer);
    if (code != EXIT_DONE)
        return code;
    const char *key = tool_clean(tool, json_string(answer, "key"));
    if (tool->is_json) {
        document_say(tool, NULL, answer);
    } else if (tool->is_quiet) {
        say(tool, "%s\n", key);
    } else if (user == NULL) {
        const char *of = json_string(answer, "team");
        say(tool, "Key \"%s\" may raise and close alerts %s. Shown once, now:\n  %s\n",
            tool_clean(tool, name),
            of == NULL ? "of the team that the routes give"
                       : arena_format(tool->arena, "of %s", tool_clean(tool, of)),
            key);
        if (!is_group_name(name))
            say(tool, "In the configuration it is  integrations: { NAME: { key = \"%s\" ... } }\n",
                tool_clean(tool, name));
        say(tool, "Next: give it to the source, see  pagectl help alertmanager|icinga|nagios\n");
    } else {
        say(tool, "Token \"%s\" acts as %s. Shown once, now:\n  %s\n", tool_clean(tool, name),
            tool_clean(tool, user), key);
        say(tool, "Next, as that person: pagectl login URL\n");
    }
    return EXIT_DONE;
}

const struct command command_key_add = {
    .name = "key add",
    .summary = "Make a key for an integration, or a token for a person",
    .arguments = "NAME",
    .options = (const struct option[]){{"team", 0, "TEAM",
                                        "alerts of this team; without it by the routes"},
                                       {"user", 0, "USER", "a token of this person"},
                                       {0}},
    .examples = "pagectl key add prometheus --team ops\n"
                "pagectl key add zabbix\n"
                "pagectl key add ann-laptop --user ann\n",
    .words_min = 1,
    .words_max = 1,
    .run = key_add_run,
};

static const struct column key_columns[] = {
    {.title = "NAME"},
    {.title = "KIND", .rank = 3},
    {.title = "OF"},
    {.title = "CREATED", .rank = 4},
    {.title = "LAST USED", .rank = 2},
    {.title = "REVOKED", .rank = 1},
    {.title = "OPEN", .rank = 5},
    {.title = "NEW/MIN", .rank = 6},
    {.title = "TOO MANY", .rank = 7},
    {.title = "UNREADABLE", .rank = 8},
    {0},
};

static void instant_cell(struct writer *writer, const struct tool *tool, const struct json *row,
                         const char *key)
{
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE] = "";
    msec at = instant_get(row, key);
    if (at != 0)
        times_day(&times, at, when);
    writer_instant(writer, TONE_PLAIN, when, at);
}

/* "12 of 6000"; nothing for what is no integration, or was revoked. */
static void limit_cell(struct writer *writer, const struct tool *tool, const struct json *row,
                       const char *now, const char *max)
{
    int64_t count = json_integer(row, now, -1);
    int64_t limit = json_integer(row, max, 0);
    const char *text = "";
    if (count >= 0 && limit > 0)
        text = arena_format(tool->arena, "%lld of %lld", (long long)count, (long long)limit);
    writer_cell(writer, limit > 0 && count >= limit ? TONE_WARNING : TONE_PLAIN, text, NULL);
}

static void count_cell(struct writer *writer, const struct tool *tool, const struct json *row,
                       int64_t count)
{
    const char *text =
        json_find(row, "open") == NULL ? "" : arena_format(tool->arena, "%lld", (long long)count);
    writer_cell(writer, count > 0 ? TONE_WARNING : TONE_PLAIN, text, NULL);
}

static int key_list_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    const struct json *document = NULL;
    const struct request request = {.path = API_KEYS};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(document, "keys");
    struct writer *writer = writer_open(tool, key_columns, "keys", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        const char *team = json_string(row, "team");
        const char *user = json_string(row, "user");
        writer_cell(writer, TONE_PLAIN, json_string(row, "name"), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(row, "kind"), NULL);
        writer_cell(writer, TONE_PLAIN, team != NULL ? team : user != NULL ? user : "routes", NULL);
        instant_cell(writer, tool, row, "created_at");
        instant_cell(writer, tool, row, "last_used_at");
        instant_cell(writer, tool, row, "revoked_at");
        limit_cell(writer, tool, row, "open", "open_max");
        limit_cell(writer, tool, row, "rate", "rate_max");
        count_cell(writer, tool, row,
                   json_integer(row, "over_rate", 0) + json_integer(row, "over_open", 0));
        count_cell(writer, tool, row, json_integer(row, "unreadable", 0));
    }
    writer_close(writer);
    return EXIT_DONE;
}

const struct command command_key_list = {
    .name = "key list",
    .summary = "Keys, and when each was last used",
    .arguments = "",
    .examples = "pagectl key list\n",
    .run = key_list_run,
};

static int key_revoke_run(struct tool *tool, const struct invocation *call)
{
    const struct json *answer = NULL;
    const char *name = call->words[0];
    CLEANUP(text_clear) struct text path = {0};
    if (tool->is_dry) {
        say(tool, "Would revoke key \"%s\". Nothing was sent.\n", tool_clean(tool, name));
        return EXIT_DONE;
    }
    if (!tool->is_yes && !tool_can_ask(tool))
        return tool_fail(tool, EXIT_USAGE, "this cannot be undone. Say so with --yes.");
    if (!tool->is_yes &&
        !string_is(tool_ask(tool, "What uses this key can raise no more alerts. Its name again:"),
                   name))
        return tool_fail(tool, EXIT_USAGE, "that is another name. Nothing was changed.");

    text_add(&path, API_KEYS "/");
    text_add_url(&path, name);
    text_add(&path, "/revoke");
    const struct request request = {.method = "POST",
                                    .path = arena_copy(tool->arena, text_string(&path)),
                                    .body = "{}",
                                    .is_change = true};
    int code = request_send(tool, &request, &answer);
    return change_say(tool, code, "", answer);
}

const struct command command_key_revoke = {
    .name = "key revoke",
    .summary = "Make a key worthless, for ever",
    .arguments = "NAME",
    .examples = "pagectl key revoke prometheus\n",
    .words_min = 1,
    .words_max = 1,
    .run = key_revoke_run,
};

/* Over plain HTTP everybody on the way reads the token. */
static bool url_is_safe(const char *url)
{
    static const char *const safe[] = {"https://", "http://127.", "http://localhost",
                                       "http://[::1]"};
    for (size_t i = 0; i < sizeof(safe) / sizeof(safe[0]); i++) {
        if (strncmp(url, safe[i], strlen(safe[i])) == 0)
            return true;
    }
    return false;
}

static int token_check(struct tool *tool, const struct place *place, const struct json **me)
{
    struct fault fault = {0};
    struct reply reply = {0};
    const struct exchange exchange = {.method = "GET", .path = API_ME};
    if (!client_exchange(place, &exchange, &reply, &fault))
        return tool_fail(tool, EXIT_UNREACHED, "cannot reach pagerd at %s (%s).", place->url,
                         tool_clean(tool, fault.text));
    bool is_json = json_parse(tool->arena, text_span(&reply.body), me, &fault);
    text_clear(&reply.body);
    if (reply.status == 401 || reply.status == 403)
        return tool_fail(tool, EXIT_DENIED, "pagerd does not accept this token.");
    if (reply.status != 200 || !is_json)
        return tool_fail(tool, EXIT_FAILED, "%s does not answer as pagerd does (status %ld).",
                         place->url, reply.status);
    if (json_string(*me, "user") == NULL)
        return tool_fail(tool, EXIT_DENIED, "this token is nobody's.");
    return EXIT_DONE;
}

static int login_run(struct tool *tool, const struct invocation *call)
{
    struct fault fault = {0};
    struct place place;
    const struct json *me = NULL;
    if (call->word_count == 1)
        tool->server = call->words[0];
    if (!place_find(tool, &place, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (place.socket != NULL)
        return tool_fail(tool, EXIT_USAGE,
                         "where? Say: pagectl login https://page.example.org "
                         "(the Unix socket knows you without a login)");
    if (!url_is_safe(place.url))
        return tool_fail(tool, EXIT_USAGE, "a token must not travel in the clear: use https://.");

    place.token = tool_read_secret(tool, "Token (pagectl key add NAME --user YOU):");
    if (place.token[0] == '\0' ||
        strspn(place.token, "abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOP"
                            "QRSTUVWXYZ0123456789") != strlen(place.token))
        return tool_fail(tool, EXIT_USAGE, "that is not a token; it looks like pgu_....");
    int code = token_check(tool, &place, &me);
    if (code != EXIT_DONE)
        return code;

    const char *folder = tool_folder(tool, "XDG_CONFIG_HOME", ".config");
    const char *lines = arena_format(tool->arena, "%s\n%s\n", place.url, place.token);
    if (folder == NULL)
        return tool_fail(tool, EXIT_FAILED, "there is no home folder to keep the token in.");
    if (!tool_write_private(folder, "login", span_of(lines), &fault))
        return tool_fail(tool, EXIT_FAILED, "%s.", tool_clean(tool, fault.text));
    if (!tool->is_quiet)
        say(tool, "You are %s at %s.\n", tool_clean(tool, json_string(me, "user")), place.url);
    return EXIT_DONE;
}

const struct command command_login = {
    .name = "login",
    .summary = "Keep a personal token for pagerd on another machine",
    .arguments = "[URL]",
    .examples = "pagectl login https://page.example.org\n"
                "pagectl login https://page.example.org < token-file\n",
    .words_max = 1,
    .run = login_run,
};

static int logout_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    const char *folder = tool_folder(tool, "XDG_CONFIG_HOME", ".config");
    if (folder == NULL)
        return EXIT_DONE;
    const char *path = arena_format(tool->arena, "%s/login", folder);
    bool was_there = access(path, F_OK) == 0;
    if (was_there && unlink(path) != 0)
        return tool_fail(tool, EXIT_FAILED, "cannot remove %s.", tool_clean(tool, path));
    if (!tool->is_quiet)
        say(tool, "%s\n",
            was_there ? "The token is forgotten here. Revoke it: pagectl key revoke"
                      : "You were not logged in.");
    return EXIT_DONE;
}

const struct command command_logout = {
    .name = "logout",
    .summary = "Forget the token",
    .arguments = "",
    .examples = "pagectl logout\n",
    .run = logout_run,
};
