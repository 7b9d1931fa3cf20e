/* SPDX-License-Identifier: MIT */
#include "daemon/options.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_LIST, OPTION_PROCESS };

/* Every option: where it goes, its value's name, and what the help says of it. */
static const struct option_row {
    const char *name;
    enum option_kind kind;
    size_t offset;                /* FLAG, TEXT */
    enum duty_of_process process; /* PROCESS; TEXT of --calendar sets it too */
    const char *value;            /* NULL: takes none */
    const char *summary;          /* NULL: not for people */
} rows[] = {
    {"--config", OPTION_TEXT, offsetof(struct options, config), PROCESS_COUNT, "FILE",
     "configuration (default /etc/pagerd/pagerd.cfg)"},
    {"--state", OPTION_TEXT, offsetof(struct options, state), PROCESS_COUNT, "DIR",
     "where incidents, calendars and copies are kept (default /var/lib/pagerd)"},
    {"--listen", OPTION_LIST, 0, PROCESS_COUNT, "ADDR:PORT",
     "take HTTP there instead of where the configuration says; may be repeated"},
    {"--socket", OPTION_TEXT, offsetof(struct options, socket), PROCESS_COUNT, "PATH",
     "the Unix socket for pagectl"},
    {"--foreground", OPTION_FLAG, 0, PROCESS_COUNT, NULL,
     "accepted for service managers: pagerd never goes to the background"},
    {"--check", OPTION_PROCESS, 0, PROCESS_CHECK, NULL,
     "say everything that is wrong with the configuration, and end (0 fine, 1 errors)"},
    {"--strict", OPTION_FLAG, offsetof(struct options, is_strict), PROCESS_COUNT, NULL,
     "with --check: warnings count as errors"},
    {"--net", OPTION_FLAG, offsetof(struct options, is_net), PROCESS_COUNT, NULL,
     "with --check: also asks every channel and calendar server; pages nobody"},
    {"--demo", OPTION_FLAG, offsetof(struct options, is_demo), PROCESS_COUNT, NULL,
     "six people, two calendars, no account anywhere; a minute passes in a second"},
    {"--calendar", OPTION_TEXT, offsetof(struct options, calendar), PROCESS_CALENDAR, "FILE",
     "print the shifts of a calendar file, or of a folder of them, and end"},
    {"--layer", OPTION_TEXT, offsetof(struct options, layer), PROCESS_COUNT, "LAYER",
     "with --calendar: only events of that layer: primary, secondary or oncall"},
    {"--from", OPTION_TEXT, offsetof(struct options, from), PROCESS_COUNT, "T",
     "with --calendar: start of the window, 2026-11-22T00:00:00Z"},
    {"--until", OPTION_TEXT, offsetof(struct options, until), PROCESS_COUNT, "T",
     "with --calendar: end of the window"},
    {"--timezone", OPTION_TEXT, offsetof(struct options, timezone), PROCESS_COUNT, "Z",
     "with --calendar: zone of times that name none (default UTC)"},
    {"--tzdir", OPTION_TEXT, offsetof(struct options, tzdir), PROCESS_COUNT, "DIR",
     "time zone data (default /usr/share/zoneinfo)"},
    {"--json", OPTION_FLAG, offsetof(struct options, is_json), PROCESS_COUNT, NULL,
     "with --calendar: as one JSON document"},
    {"--courier", OPTION_PROCESS, 0, PROCESS_COURIER, NULL, NULL},
    {"--reader", OPTION_PROCESS, 0, PROCESS_READER, NULL, NULL},
    {"--messages", OPTION_PROCESS, 0, PROCESS_MESSAGES, NULL,
     "print every text that pagerd says as a configuration file, to be translated, and end"},
    {"--callbacks", OPTION_PROCESS, 0, PROCESS_CALLBACKS, NULL,
     "print the addresses that are to be given to providers, and end"},
    {"--copy", OPTION_TEXT, offsetof(struct options, copy), PROCESS_COPY, "STORE",
     "copy everything from one store (sqlite:DIR, postgres:...) into an empty one, and end"},
    {"--into", OPTION_TEXT, offsetof(struct options, into), PROCESS_COUNT, "STORE",
     "with --copy: where to"},
    {"--restore", OPTION_TEXT, offsetof(struct options, restore), PROCESS_RESTORE, "FILE",
     "put a backup into an empty state directory (--state), and end"},
    {"--help", OPTION_PROCESS, 0, PROCESS_HELP, NULL, "this text"},
    {"--version", OPTION_PROCESS, 0, PROCESS_VERSION, NULL, "the version"},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static const struct option_row *row_find(const char *name, size_t size)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strlen(rows[i].name) == size && memcmp(rows[i].name, name, size) == 0)
            return &rows[i];
    return NULL;
}

static bool option_unknown(const char *argument, struct fault *fault)
{
    const struct option_row *best = NULL;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].summary != NULL && string_distance(argument, rows[i].name) <= 2)
            best = &rows[i];
    if (best != NULL)
        return fault_set(fault, FAULT_INPUT, "there is no option \"%s\"; did you mean %s?",
                         argument, best->name);
    return fault_set(fault, FAULT_INPUT, "there is no option \"%s\"; see pagerd --help", argument);
}

static bool option_set(struct options *options, const struct option_row *row, const char *value,
                       struct fault *fault)
{
    char *base = (char *)options;
    if (row->process != PROCESS_COUNT)
        options->process = row->process;
    if (row->kind == OPTION_FLAG && row->offset != 0)
        *(bool *)(void *)(base + row->offset) = true;
    if (row->kind == OPTION_TEXT)
        *(const char **)(void *)(base + row->offset) = value;
    if (row->kind != OPTION_LIST)
        return true;
    if (options->listen_count == OPTIONS_LISTEN_MAX)
        return fault_set(fault, FAULT_LIMIT, "%s may be given %d times at most", row->name,
                         OPTIONS_LISTEN_MAX);
    options->listen[options->listen_count++] = value;
    return true;
}

bool options_parse(int argc, char **argv, struct options *options, struct fault *fault)
{
    struct options made = {.process = PROCESS_DAEMON};
    for (int i = 1; i < argc; i++) {
        size_t size = strcspn(argv[i], "=");
        const struct option_row *row = row_find(argv[i], size);
        if (row == NULL)
            return option_unknown(argv[i], fault);
        const char *value = argv[i][size] == '=' ? argv[i] + size + 1 : NULL;
        if (row->value == NULL && value != NULL)
            return fault_set(fault, FAULT_INPUT, "%s takes no value", row->name);
        if (row->value != NULL && value == NULL) {
            if (i + 1 == argc)
                return fault_set(fault, FAULT_INPUT, "%s needs %s: %s", row->name, row->value,
                                 row->summary);
            value = argv[++i];
        }
        if (!option_set(&made, row, value, fault))
            return false;
    }
    *options = made;
    return true;
}

void options_help(void)
{
    puts("pagerd - on-call paging and escalation engine\n");
    puts("usage: pagerd [--config FILE] [--state DIR] [--listen ADDR:PORT]... [--socket PATH]");
    puts("       pagerd --check [--strict] [--net] [--config FILE]");
    puts("       pagerd --calendar FILE --from T --until T [--layer LAYER] [--timezone Z]");
    puts("              [--tzdir DIR] [--json]");
    puts("       pagerd --copy STORE --into STORE");
    puts("       pagerd --restore FILE [--state DIR]");
    puts("       pagerd --demo [--state DIR] [--listen ADDR:PORT]\n");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].summary == NULL)
            continue;
        char name[64];
        snprintf(name, sizeof(name), "%s %s", rows[i].name,
                 rows[i].value == NULL ? "" : rows[i].value);
        printf("  %-20s %s\n", name, rows[i].summary);
    }
    puts("\nManuals: pagerd(8), pagerd.cfg(5), pagectl(1).");
}
