/* SPDX-License-Identifier: MIT */
/* cmd_help.c - help, version, completion, and the hidden commands that serve them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/help.h"
#include "pagectl/incident.h"

static int help_run(struct tool *tool, const struct invocation *call)
{
    CLEANUP(text_clear) struct text text = {0};
    struct fault fault = {0};
    size_t used = 0;
    const char *topic = call->word_count == 1 ? help_topic(call->words[0]) : NULL;
    if (call->word_count == 0) {
        help_render_all(&text);
    } else if (topic != NULL) {
        text_add(&text, topic);
    } else {
        const struct command *command = command_find(call->words, call->word_count, &used, &fault);
        if (command == NULL)
            return tool_fail(tool, EXIT_USAGE, "%s", tool_clean(tool, fault.text));
        help_render(&text, command);
    }
    say(tool, "%s", text_string(&text));
    return EXIT_DONE;
}

const struct command command_help = {
    .name = "help",
    .summary = "All commands, one of them, or a topic",
    .arguments = "[COMMAND|TOPIC]",
    .examples = "pagectl help\npagectl help ack\npagectl help exit-codes\npagectl help icinga\n",
    .words_max = 2,
    .run = help_run,
};

static int version_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    const struct json *status = NULL;
    struct place place;
    bool is_there = request_try(tool, API_STATUS, 2 * SECOND_MS, &status);
    const char *version = is_there ? json_string(status, "version") : NULL;
    if (tool->is_json) {
        struct body body;
        body_begin(&body);
        json_put_string(&body.writer, "pagectl", PAGERD_VERSION);
        json_put_string(&body.writer, "pagerd", version);
        say(tool, "%s\n", body_end(tool, &body));
        return EXIT_DONE;
    }
    say(tool, "pagectl %s\n", PAGERD_VERSION);
    if (!place_find(tool, &place, NULL))
        return EXIT_DONE;
    const char *name = tool_clean(tool, place_name(tool->arena, &place));
    if (version != NULL)
        say(tool, "pagerd %s at %s\n", tool_clean(tool, version), name);
    else
        say(tool, "pagerd is not reached at %s\n", name);
    return EXIT_DONE;
}

const struct command command_version = {
    .name = "version",
    .summary = "Of this tool and of pagerd",
    .arguments = "",
    .examples = "pagectl version\n",
    .run = version_run,
};

static const char script_bash[] =
    "# pagectl(1) completion for bash; the words come from pagectl itself.\n"
    "_pagectl() {\n"
    "    local IFS=$'\\n' line words=(\"${COMP_WORDS[@]:1:COMP_CWORD}\")\n"
    "    COMPREPLY=()\n"
    "    while read -r line; do\n"
    "        COMPREPLY+=(\"${line%%$'\\t'*}\")\n"
    "    done < <(pagectl __complete -- \"${words[@]}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _pagectl pagectl\n";

static const char script_zsh[] =
    "#compdef pagectl\n"
    "# pagectl(1) completion for zsh; the words come from pagectl itself.\n"
    "_pagectl() {\n"
    "    local line\n"
    "    local -a found\n"
    "    while IFS= read -r line; do\n"
    "        found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\")\n"
    "    done < <(pagectl __complete -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)\n"
    "    _describe 'pagectl' found\n"
    "}\n"
    "compdef _pagectl pagectl\n";

static const char script_fish[] =
    "# pagectl(1) completion for fish; the words come from pagectl itself.\n"
    "function __pagectl_complete\n"
    "    set -l words (commandline -opc) (commandline -ct)\n"
    "    pagectl __complete -- $words[2..-1] 2>/dev/null\n"
    "end\n"
    "complete -c pagectl -f -a '(__pagectl_complete)'\n";

static int completion_run(struct tool *tool, const struct invocation *call)
{
    static const struct {
        const char *shell;
        const char *script;
    } scripts[] = {{"bash", script_bash}, {"zsh", script_zsh}, {"fish", script_fish}};
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        if (string_is(call->words[0], scripts[i].shell)) {
            say(tool, "%s", scripts[i].script);
            return EXIT_DONE;
        }
    }
    return tool_fail(tool, EXIT_USAGE, "completion is for bash, zsh or fish, not \"%s\".",
                     tool_clean(tool, call->words[0]));
}

const struct command command_completion = {
    .name = "completion",
    .summary = "The completion script of a shell",
    .arguments = "bash|zsh|fish",
    .examples = "pagectl completion bash > /etc/bash_completion.d/pagectl\n",
    .words_min = 1,
    .words_max = 1,
    .run = completion_run,
};

static void offer(struct tool *tool, const char *prefix, const char *word, const char *description)
{
    if (strncmp(word, prefix, strlen(prefix)) == 0 && word[0] != '\0')
        say(tool, "%s\t%s\n", word, description);
}

static void offer_options(struct tool *tool, const char *prefix, const struct option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        if (options->text != NULL)
            offer(tool, prefix, arena_format(tool->arena, "--%s", options->name), options->text);
    }
}

/* From the copy on disk: completion never waits for the network. */
static void offer_incidents(struct tool *tool, const char *prefix)
{
    msec at = 0;
    const struct json *list = json_find(cache_get(tool, "incidents", &at), "incidents");
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        const char *number = json_text(row, "number");
        if (number != NULL)
            offer(tool, prefix, number,
                  arena_format(tool->arena, "%s %s", severity_short(json_string(row, "severity")),
                               tool_clean(tool, json_string(row, "summary"))));
    }
}

/* First words, or second words of "key add" after `first`. */
static void offer_commands(struct tool *tool, const char *first, const char *prefix)
{
    size_t size = strlen(first);
    const char *last = "";
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = commands[i];
        const char *space = strchr(command->name, ' ');
        if (command->is_hidden)
            continue;
        if (size > 0) {
            if (space != NULL && strncmp(command->name, first, size) == 0 &&
                command->name[size] == ' ')
                offer(tool, prefix, space + 1, command->summary);
            continue;
        }
        struct span rest = span_of(command->name);
        const char *word = arena_copy_span(tool->arena, span_cut(&rest, ' '));
        if (!string_is(word, last))
            offer(tool, prefix, word, command->summary);
        last = word;
    }
}

static int complete_run(struct tool *tool, const struct invocation *call)
{
    size_t used = 0;
    const char *prefix = call->word_count > 0 ? call->words[call->word_count - 1] : "";
    if (call->word_count <= 1) {
        offer_commands(tool, "", prefix);
        return EXIT_DONE;
    }
    const struct command *command = command_find(call->words, call->word_count - 1, &used, NULL);
    if (prefix[0] == '-') {
        offer_options(tool, prefix, command != NULL ? command->options : NULL);
        offer_options(tool, prefix, global_options);
        return EXIT_DONE;
    }
    if (call->word_count == 2)
        offer_commands(tool, call->words[0], prefix);
    if (command != NULL && help_takes_incident(command))
        offer_incidents(tool, prefix);
    return EXIT_DONE;
}

const struct command command_complete = {
    .name = "__complete",
    .summary = "Words that can come next, with descriptions",
    .arguments = "-- WORDS",
    .examples = "pagectl __complete -- ack 4\n",
    .words_max = WORDS_MAX,
    .is_hidden = true,
    .run = complete_run,
};

static int man_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    CLEANUP(text_clear) struct text text = {0};
    help_render_manual(&text);
    say(tool, "%s", text_string(&text));
    return EXIT_DONE;
}

const struct command command_man = {
    .name = "__man",
    .summary = "The manual page as scdoc source",
    .arguments = "",
    .examples = "pagectl __man | scdoc > pagectl.1\n",
    .is_hidden = true,
    .run = man_run,
};
