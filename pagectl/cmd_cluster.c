/* SPDX-License-Identifier: MIT */
/* cmd_cluster.c - who of several machines is there, who is on duty, and on how many machines what
 * is answered is kept. */
#include <stdio.h>
#include <string.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

static const struct column node_columns[] = {
    {.title = "NODE"},
    {.title = "STATE"},
    {.title = "SEEN", .rank = 1},
    {.title = "VERSION", .rank = 2, .is_elastic = true},
    {0},
};

/* A node that knows too little of the database can do all but be on duty. */
static bool node_is_behind(const struct json *row, const struct json *database)
{
    return json_bool(row, "is_there", false) &&
           json_integer(row, "schema", 0) < json_integer(database, "min_writer", 0);
}

/* True: it is gone. */
static bool node_show(struct tool *tool, struct writer *writer, const struct json *row)
{
    bool is_there = json_bool(row, "is_there", false);
    bool is_on_duty = json_bool(row, "is_on_duty", false) && is_there;
    msec seen_ms = json_integer(row, "seen_ms", 0);
    char ago[DURATION_TEXT_SIZE];
    const char *state = !is_there ? "gone" : is_on_duty ? "on duty" : "stands by";
    writer_cell(writer, TONE_PLAIN,
                arena_format(tool->arena, "%s%s", json_string(row, "name"),
                             json_bool(row, "is_self", false) ? " (this one)" : ""),
                json_string(row, "name"));
    writer_cell(writer, is_there ? TONE_PLAIN : TONE_CRITICAL, state, NULL);
    writer_cell(writer, TONE_PLAIN,
                is_there ? "now"
                         : arena_format(tool->arena, "%s ago", duration_speak(seen_ms, ago)),
                arena_format(tool->arena, "%lld", (long long)seen_ms));
    writer_cell(writer, TONE_PLAIN, json_string(row, "version"), NULL);
    return !is_there;
}

/* One other node, as the link to it says. True: it is configured, and not there. */
static bool peer_say(struct tool *tool, const struct json *peer)
{
    const char *name = json_string(peer, "name");
    const char *address = json_string(peer, "address");
    const char *problem = json_string(peer, "problem");
    bool is_there = json_bool(peer, "is_there", false);
    bool is_missed = !is_there && address != NULL;
    char ago[DURATION_TEXT_SIZE];
    const char *who = name == NULL      ? address
                      : address == NULL ? name
                                        : arena_format(tool->arena, "%s (%s)", name, address);
    (void)duration_speak(json_integer(peer, "since_ms", 0), ago);
    if (is_there)
        say_line(tool, TONE_PLAIN,
                 arena_format(
                     tool->arena, "Link to %s: up for %s%s%s, version %s.", who, ago,
                     json_bool(peer, "is_on_duty", false) ? ", on duty" : "",
                     json_bool(peer, "sees_database", false) ? "" : ", does not see the database",
                     json_string(peer, "version")));
    else
        say_line(tool, is_missed ? TONE_CRITICAL : TONE_PLAIN,
                 arena_format(tool->arena, "Link to %s: down for %s%s%s.", who, ago,
                              problem != NULL && problem[0] != '\0' ? ": " : "",
                              problem != NULL ? problem : ""));
    return is_missed;
}

static bool peers_say(struct tool *tool, const struct json *document)
{
    const struct json *list = json_find(document, "peers");
    bool is_missed = false;
    for (const struct json *peer = list != NULL ? list->first : NULL; peer != NULL;
         peer = peer->next)
        is_missed |= peer_say(tool, peer);
    return is_missed;
}

/* What stands under the table on a terminal. True: something is wrong. */
static bool database_say(struct tool *tool, const struct json *database)
{
    long long copies = (long long)json_integer(database, "copies", 0);
    if (!json_bool(database, "is_there", false)) {
        say_line(tool, TONE_CRITICAL,
                 arena_format(tool->arena, "The database is away: %s",
                              json_string(database, "problem")));
        return true;
    }
    if (copies == 1) {
        say_line(tool, TONE_CRITICAL,
                 arena_format(tool->arena,
                              "One copy of what is answered, on %s: a lost machine loses it. Set "
                              "up a synchronous standby.",
                              json_string(database, "host")));
        return true;
    }
    if (copies == 0)
        say_line(tool, TONE_PLAIN,
                 "How many copies there are is not known: grant pg_monitor to pagerd's user.");
    else
        say_line(tool, TONE_PLAIN,
                 arena_format(tool->arena,
                              "%lld copies of what is answered; primary %s, timeline %lld.", copies,
                              json_string(database, "host"),
                              (long long)json_integer(database, "timeline", 0)));
    return false;
}

#define MIRROR_LATE_MS (10 * SECOND_MS)

/* What this node would go on with. True: something is wrong. */
static bool mirror_say(struct tool *tool, const struct json *mirror)
{
    msec behind_ms = json_integer(mirror, "behind_ms", -1);
    const char *problem = json_string(mirror, "problem");
    char age[DURATION_TEXT_SIZE];
    if (behind_ms >= 0 && behind_ms < MIRROR_LATE_MS) {
        say_line(tool, TONE_PLAIN, "The mirror on this node has all.");
        return false;
    }
    const char *what = behind_ms < 0 ? "There is no mirror of the database on this node"
                                     : arena_format(tool->arena,
                                                    "The mirror on this node has what was there "
                                                    "%s ago",
                                                    duration_speak(behind_ms, age));
    if (json_bool(mirror, "is_copying", false))
        problem = "it is being copied";
    say_line(tool, TONE_CRITICAL,
             problem[0] != '\0' ? arena_format(tool->arena, "%s: %s", what, problem)
                                : arena_format(tool->arena, "%s.", what));
    return true;
}

/* True: it goes on without the database, or could not. */
static bool away_say(struct tool *tool, const struct json *away)
{
    const char *mode = json_string(away, "mode");
    const char *problem = json_string(away, "problem");
    char age[DURATION_TEXT_SIZE];
    if (problem != NULL && problem[0] != '\0') {
        say_line(tool, TONE_CRITICAL,
                 arena_format(tool->arena,
                              "This node could not go on without the database: %s. It tries again "
                              "every 10 s.",
                              problem));
        return true;
    }
    if (mode == NULL || strcmp(mode, "off") == 0)
        return false;
    say_line(tool, TONE_CRITICAL,
             arena_format(tool->arena,
                          "This node has gone on without the database for %s, from %s; its "
                          "journal has %s entries.",
                          duration_speak(json_integer(away, "for_ms", 0), age),
                          strcmp(mode, "memory") == 0 ? "memory" : "its mirror",
                          json_text(away, "entries")));
    return true;
}

/* Which nodes are of another version than this one, and whether one is too old. True: it is. */
static bool versions_say(struct tool *tool, const struct json *list, const struct json *database)
{
    const char *first = NULL;
    bool is_mixed = false;
    bool is_behind = false;
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        if (!json_bool(row, "is_there", false))
            continue;
        first = first != NULL ? first : json_string(row, "version");
        is_mixed |= !string_is(first, json_string(row, "version"));
        if (!node_is_behind(row, database))
            continue;
        is_behind = true;
        say_line(tool, TONE_CRITICAL,
                 arena_format(tool->arena,
                              "Node %s cannot be on duty: it knows schemas up to %lld, and the "
                              "database asks for %lld. Upgrade it.",
                              json_string(row, "name"), (long long)json_integer(row, "schema", 0),
                              (long long)json_integer(database, "min_writer", 0)));
    }
    if (is_mixed)
        say_line(tool, TONE_PLAIN, "Nodes of two versions: finish the upgrade.");
    return is_behind;
}

/* EXIT_FOUND when a node is gone or too old, a link is down, the database is away, there is one
 * copy only, or this node has no mirror. */
static int cluster_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    const struct json *document = NULL;
    const struct request request = {.path = API_CLUSTER};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(document, "nodes");
    struct writer *writer = writer_open(tool, node_columns, "nodes", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next)
        if (node_show(tool, writer, row))
            code = EXIT_FOUND;
    writer_close(writer);
    const struct json *database = json_find(document, "database");
    if (tool->is_json)
        return code;
    if (json_bool(document, "is_alone", true))
        say_line(tool, TONE_PLAIN, "One machine: no other node is configured (node.name).");
    else if (database != NULL && database_say(tool, database))
        code = EXIT_FOUND;
    if (versions_say(tool, list, database))
        code = EXIT_FOUND;
    const struct json *mirror = json_find(document, "mirror");
    if (mirror != NULL && mirror_say(tool, mirror))
        code = EXIT_FOUND;
    if (peers_say(tool, document))
        code = EXIT_FOUND;
    if (away_say(tool, json_find(document, "away")))
        code = EXIT_FOUND;
    return code;
}

const struct command command_cluster = {
    .name = "cluster",
    .summary = "Several machines: who is there, who is on duty; 7 when something is missing",
    .arguments = "",
    .examples = "pagectl cluster\npagectl cluster --json\n",
    .run = cluster_run,
};
