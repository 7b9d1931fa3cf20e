/* SPDX-License-Identifier: MIT */
/* cmd_store.c - moving everything between stores: pagerd itself opens them. */
#include <sys/wait.h>
#include <unistd.h>

#include "pagectl/commands.h"

static int store_copy_run(struct tool *tool, const struct invocation *call)
{
    int status = 0;
    const char *from = call->words[0];
    const char *to = call->words[1];
    if (tool->is_dry) {
        say(tool, "would run: pagerd --copy %s --into %s\n", tool_clean(tool, from),
            tool_clean(tool, to));
        return EXIT_DONE;
    }
    (void)tool_flush(tool);
    pid_t child = fork();
    if (child == 0) {
        execlp("pagerd", "pagerd", "--copy", from, "--into", to, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return tool_fail(tool, EXIT_FAILED, "cannot start pagerd --copy.");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return tool_fail(tool, EXIT_FAILED, "there is no pagerd on this machine to copy with.");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? EXIT_DONE : EXIT_FAILED;
}

const struct command command_store_copy = {
    .name = "store copy",
    .summary = "Everything from one store into another; neither may be in use",
    .arguments = "FROM TO",
    .examples = "pagectl store copy sqlite:/var/lib/pagerd sqlite:/srv/pagerd\n",
    .words_min = 2,
    .words_max = 2,
    .run = store_copy_run,
};
