/* SPDX-License-Identifier: MIT */
/* cmd_feed.c - a secret address under which calendar programs find somebody's duties. */
#include <string.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

static const struct {
    const char *program;
    const char *steps;
} programs[] = {
    {"Google", "Other calendars + > From URL: paste it, Add calendar"},
    {"Outlook", "Add calendar > Subscribe from web: paste it, Import"},
    {"Apple", "File > New Calendar Subscription: paste it, Subscribe"},
    {"Thunderbird", "New Calendar > On the Network: paste it, Find Calendars"},
    {"Nextcloud", "+ New calendar > New subscription from link: paste it"},
};

/* Whose feed: the word, --team, or whoever asks. */
struct subject {
    const char *user;
    const char *team;
};

static int subject_find(struct tool *tool, const struct invocation *call, struct subject *subject)
{
    const struct json *me = NULL;
    *subject = (struct subject){.user = call->word_count > 0 ? call->words[0] : NULL,
                                .team = option_get(call, "team")};
    if (subject->user != NULL && subject->team != NULL)
        return tool_fail(tool, EXIT_USAGE, "say either USER or --team TEAM.");
    if (subject->user != NULL || subject->team != NULL)
        return EXIT_DONE;

    const struct request request = {.path = API_ME};
    int code = request_send(tool, &request, &me);
    if (code != EXIT_DONE)
        return code;
    subject->user = json_string(me, "user");
    if (subject->user == NULL)
        return tool_fail(tool, EXIT_USAGE,
                         "pagerd does not know who you are. Say whose: pagectl calendar export "
                         "USER, or --team TEAM.");
    return EXIT_DONE;
}

static void export_say(struct tool *tool, const struct subject *subject, const char *name,
                       const char *url)
{
    if (!tool->is_terminal || tool->is_quiet) {
        say(tool, "%s\n", url);
        return;
    }
    say(tool, "Feed \"%s\" shows the duties of %s to whoever has this address. Shown once, now:\n",
        name, tool_clean(tool, subject->team != NULL ? subject->team : subject->user));
    say(tool, "  %s\n", url);
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
        say(tool, "%-11s  %s\n", programs[i].program, programs[i].steps);
    if (strncmp(url, "https://", 8) != 0)
        say(tool,
            "Google and Outlook on the web need an https address that the internet reaches.\n");
    say(tool, "End it: pagectl key revoke %s\n", name);
}

static int calendar_export_run(struct tool *tool, const struct invocation *call)
{
    struct body body;
    struct subject subject;
    const struct json *answer = NULL;
    int code = subject_find(tool, call, &subject);
    if (code != EXIT_DONE)
        return code;

    const char *name = option_get(call, "name");
    if (name == NULL)
        name = arena_format(tool->arena, "feed-%s",
                            subject.team != NULL ? subject.team : subject.user);
    body_begin(&body);
    json_put_string(&body.writer, "name", name);
    json_put_bool(&body.writer, "feed", true);
    body_add(&body, "user", subject.user);
    body_add(&body, "team", subject.team);
    const char *json = body_end(tool, &body);
    if (tool->is_dry) {
        say(tool, "Would make a feed: %s. Nothing was sent.\n", tool_clean(tool, json));
        return EXIT_DONE;
    }
    const struct request request = {
        .method = "POST", .path = API_KEYS, .body = json, .is_change = true};
    code = request_send(tool, &request, &answer);
    if (code != EXIT_DONE)
        return code;
    if (tool->is_json)
        document_say(tool, NULL, answer);
    else
        export_say(tool, &subject, tool_clean(tool, name),
                   tool_clean(tool, json_string(answer, "url")));
    return EXIT_DONE;
}

const struct command command_calendar_export = {
    .name = "calendar export",
    .summary = "A secret address to subscribe to: my duties, somebody's or a team's",
    .arguments = "[USER]",
    .options = (const struct option[]){{"team", 0, "TEAM", "of this team, with its gaps"},
                                       {"name", 0, "NAME", "what the feed is called (feed-USER)"},
                                       {0}},
    .examples = "pagectl calendar export\npagectl calendar export --team ops --name wall\n",
    .words_max = 1,
    .run = calendar_export_run,
};
