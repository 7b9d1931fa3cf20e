/* SPDX-License-Identifier: MIT */
/* options.h - the command line of pagerd: one table for parsing, --help and the manual. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

#define OPTIONS_LISTEN_MAX 8
#define STATE_DEFAULT "/var/lib/pagerd"

/* What this process is to be. */
enum duty_of_process {
    PROCESS_DAEMON,
    PROCESS_CHECK,     /* read the configuration, say what is wrong, end */
    PROCESS_CALENDAR,  /* expand one calendar file, end */
    PROCESS_COURIER,   /* child: sends */
    PROCESS_READER,    /* child: reads one calendar */
    PROCESS_CALLBACKS, /* print the addresses for providers, end */
    PROCESS_MESSAGES,  /* print all texts, to be translated; end */
    PROCESS_COPY,      /* everything from one store into another; end */
    PROCESS_RESTORE,   /* a backup into an empty state directory; end */
    PROCESS_HELP,
    PROCESS_VERSION,
    PROCESS_COUNT
};

struct options {
    enum duty_of_process process;
    const char *config;
    const char *state;
    const char *listen[OPTIONS_LISTEN_MAX];
    size_t listen_count;
    const char *socket;
    bool is_demo;
    bool is_strict;
    bool is_net;
    bool is_json;
    const char *calendar;
    const char *from;
    const char *until;
    const char *timezone;
    const char *layer;
    const char *tzdir;
    const char *copy; /* URL of a store */
    const char *into; /* the same */
    const char *restore;
};

/* The strings stay argv's. The fault says which argument, and what was expected. */
MUST_USE bool options_parse(int argc, char **argv, struct options *options, struct fault *fault);

/* Prints the help to standard output. */
void options_help(void);
