/* SPDX-License-Identifier: MIT */
/* pagerd's main: one binary in several roles. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "base/version.h"
#include "calendar/calendar.h"
#include "calendar/reader.h"
#include "config/config.h"
#include "daemon/callbacks.h"
#include "daemon/check.h"
#include "daemon/daemon.h"
#include "daemon/move.h"
#include "daemon/options.h"
#include "notify/courier/courier.h"
#include "notify/wordbook.h"

#define DESCRIPTORS_MAX 65536
#define DESCRIPTORS_MIN 64 /* a third is always in use; with none left nobody can come in */

/* Each connection is a descriptor: as many as the system allows, up to a limit of our own. */
static bool process_open_up(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return true;
    if (files.rlim_max < DESCRIPTORS_MIN) {
        log_error("only %llu files may be open (ulimit -n): pagerd needs %d, and better thousands",
                  (unsigned long long)files.rlim_max, DESCRIPTORS_MIN);
        return false;
    }
    rlim_t wanted = files.rlim_max < DESCRIPTORS_MAX ? files.rlim_max : DESCRIPTORS_MAX;
    if (files.rlim_cur < wanted) {
        files.rlim_cur = wanted;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    return true;
}

/* Secrets live in this memory: no core, no ptrace by others, no way up (prctl(2)). */
static void process_close_up(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static int run_daemon(const struct options *options)
{
    process_close_up();
    if (!process_open_up())
        return 1;
    int status = DAEMON_AGAIN;
    while (status == DAEMON_AGAIN)
        status = daemon_run(options);
    return status;
}

static int run_check(const struct options *options)
{
    return check_run(options);
}

static int run_callbacks(const struct options *options)
{
    return callbacks_command(options);
}

static int run_calendar(const struct options *options)
{
    struct calendar_command command = {.path = options->calendar,
                                       .from = options->from,
                                       .until = options->until,
                                       .timezone = options->timezone,
                                       .tzdir = options->tzdir,
                                       .layer = options->layer,
                                       .is_json = options->is_json};
    return calendar_expand_command(&command);
}

static int run_courier(const struct options *options UNUSED)
{
    process_close_up();
    return courier_main(STDIN_FILENO);
}

static int run_reader(const struct options *options UNUSED)
{
    process_close_up();
    return reader_main();
}

static int run_messages(const struct options *options)
{
    CLEANUP(text_clear) struct text text = {0};
    (void)options;
    wordbook_add_shipped(&text);
    fputs(text_string(&text), stdout);
    return 0;
}

static int run_help(const struct options *options UNUSED)
{
    options_help();
    return 0;
}

static int run_version(const struct options *options UNUSED)
{
    printf("pagerd %s\n", program_version());
    return 0;
}

static int (*const roles[])(const struct options *options) = {
    [PROCESS_DAEMON] = run_daemon,       [PROCESS_CHECK] = run_check,
    [PROCESS_CALENDAR] = run_calendar,   [PROCESS_COURIER] = run_courier,
    [PROCESS_READER] = run_reader,       [PROCESS_HELP] = run_help,
    [PROCESS_CALLBACKS] = run_callbacks, [PROCESS_VERSION] = run_version,
    [PROCESS_MESSAGES] = run_messages,   [PROCESS_COPY] = move_copy,
    [PROCESS_RESTORE] = move_restore,
};

int main(int argc, char **argv)
{
    struct options options;
    struct fault fault = {0};
    if (!options_parse(argc, argv, &options, &fault)) {
        fprintf(stderr, "pagerd: %s\n", fault.text);
        return 2;
    }
    log_open("pagerd", getenv("PAGERD_DEBUG") != NULL);
    return roles[options.process](&options);
}
