/* SPDX-License-Identifier: MIT */
/* main.c - reads the command line and runs the command that it names. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pagectl/command.h"
#include "pagectl/help.h"
#include "pagectl/request.h"

static void interrupt_say(int signal_number)
{
    static const char line[] =
        "\npagectl: interrupted. What was already sent is finished by pagerd.\n";
    (void)signal_number;
    (void)!write(STDERR_FILENO, line, sizeof(line) - 1);
    _exit(EXIT_INTERRUPTED);
}

static void signals_prepare(void)
{
    struct sigaction interrupt = {.sa_handler = interrupt_say};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGINT, &interrupt, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

/* Commands that hear from pagerd keep the copy of who is on call fresh. */
static bool keeps_copy(const struct command *command)
{
    static const char *const names[] = {"",         "ack",  "resolve", "snooze",   "escalate",
                                        "reassign", "note", "show",    "incidents"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (string_is(command->name, names[i]))
            return true;
    }
    return false;
}

/* Does somebody speak of a time? Then pagerd's clock is asked first: "in 2h" and "Mon 09:00" mean
 * what pagerd takes them for, whatever this machine's clock says. */
static bool speaks_of_time(const struct invocation *call)
{
    const struct option *option = call->command->options;
    for (; option != NULL && option->name != NULL; option++) {
        if (string_is(option->value, "TIME") && call->value_count > 0)
            return true;
    }
    return false;
}

static int command_run(struct tool *tool, const struct invocation *call)
{
    CLEANUP(text_clear) struct text help = {0};
    if (call->wants_help && call->command->name[0] == '\0') {
        help_render_all(&help);
        say(tool, "%s", text_string(&help));
        return EXIT_DONE;
    }
    if (call->wants_help) {
        help_render(&help, call->command);
        say(tool, "%s", text_string(&help));
        return EXIT_DONE;
    }
    tool->verb = call->command->name;
    if (speaks_of_time(call))
        request_clock(tool);
    int code = call->command->run(tool, call);
    bool is_written = tool_flush(tool);
    if (code == EXIT_DONE && !tool->is_dry && keeps_copy(call->command))
        cache_refresh(tool);
    return code == EXIT_DONE && !is_written ? EXIT_FAILED : code;
}

int main(int argc, char **argv)
{
    static struct invocation call; /* some kilobytes */
    struct tool tool;
    struct fault fault = {0};
    signals_prepare();
    tool_open(&tool);
    int code;
    if (command_parse(&tool, argc > 0 ? argc - 1 : 0, argv + (argc > 0), &call, &fault)) {
        tool_settle(&tool);
        code = command_run(&tool, &call);
    } else {
        bool has_mark = strchr(".?", fault.text[strlen(fault.text) - 1]) != NULL ||
                        strstr(fault.text, ": pagectl ") != NULL ||
                        strstr(fault.text, "Did you mean: ") != NULL;
        bool has_code = call.command != NULL && call.command->usage_code != EXIT_DONE;
        code = tool_fail(&tool, has_code ? call.command->usage_code : EXIT_USAGE, "%s%s",
                         tool_clean(&tool, fault.text), has_mark ? "" : ".");
    }
    if (!tool_flush(&tool) && code == EXIT_DONE)
        code = EXIT_FAILED;
    tool_close(&tool);
    return code;
}
