/* SPDX-License-Identifier: MIT */
#include "pagectl/help.h"

#include <stdio.h>
#include <string.h>

#include "base/api.h"

/* The order of `pagectl help` and of the manual page. */
static const struct {
    const char *title;
    const char *names[16];
} groups[] = {
    {"3 am", {"", "ack", "resolve", "snooze", "escalate", "reassign", "note", "show", "incidents"}},
    {"Who is on call",
     {"oncall", "schedule", "override", "override list", "swap", "swap list", "swap accept",
      "swap decline", "swap cancel", "recovery", "pause", "awake"}},
    {"Calendars",
     {"calendar list", "calendar check", "calendar refresh", "calendar accept", "calendar export"}},
    {"Reaching people", {"contacts", "contacts verify", "test-page"}},
    {"Alerts",
     {"alert", "alerts", "changes", "simulate", "nagios", "icinga", "mail", "spool list",
      "spool flush", "spool run"}},
    {"Heartbeats",
     {"heartbeat add", "heartbeat list", "heartbeat show", "heartbeat ping", "heartbeat remove"}},
    {"Silences", {"silence add", "silence list", "silence show", "silence end"}},
    {"Administration",
     {"key add", "key list", "key revoke", "channels", "cluster", "check", "backup", "store copy"}},
    {"Configuration",
     {"config check", "config show", "config diff", "config reload", "config explain"}},
    {"This tool", {"login", "logout", "version", "help", "completion"}},
};

#define GROUP_COUNT (sizeof(groups) / sizeof(groups[0]))
#define GROUP_ROOM (sizeof(groups[0].names) / sizeof(groups[0].names[0]))

static const char topic_codes[] =
    "code     meaning\n"
    "0        done, or was already so\n"
    "1        failed, the reason is on standard error\n"
    "2        wrong usage, or input was needed and there is no terminal\n"
    "3        no such incident, user, team, key\n"
    "4        not logged in, or not allowed\n"
    "5        pagerd not reached: nothing was recorded\n"
    "6        conflict: somebody else has it, or has closed it\n"
    "7        a check found something (check, channels, cluster, config check, calendar check, "
    "oncall:\n"
    "         nobody, test-page)\n"
    "65, 75   of pagectl mail, for an MTA: send it back, keep it and come again\n"
    "130      interrupted\n"
    "New codes may come: treat an unknown one as a failure.\n";

static const char topic_json[] =
    "--json prints the document that pagerd answered, on one line. Fields are only ever added.\n"
    "--json=number,state picks fields of each element of its list.\n"
    "With -w there is one document a line, whenever something has changed.\n"
    "Times are RFC 3339 in UTC. No colour, no pager, no relative times.\n"
    "Errors stay text on standard error; the exit code says what kind.\n"
    "Example: pagectl incidents --json | jq -r '.incidents[] | .number'\n";

static const char topic_time[] = "21:00                 the next 21:00\n"
                                 "Mon 09:00             the next Monday\n"
                                 "today, tomorrow 9:00  by date\n"
                                 "28 Nov 21:00          this year or the next\n"
                                 "2026-11-28 21:00      a date, with or without a time\n"
                                 "in 2h, now+2h         from now; now-2h or \"2h ago\" is back\n"
                                 "2026-11-28T21:00:00Z  RFC 3339\n"
                                 "Lengths: 30s 5m 1h30m 24h 7d 2w.\n"
                                 "Local time is that of $TZ or /etc/localtime; --utc shows UTC. A "
                                 "time that does not exist when\n"
                                 "clocks go forward is read as before the change; of one that is "
                                 "there twice, the next is meant.\n";

static const char topic_alertmanager[] =
    "pagectl key add alertmanager --team ops        prints the key once\n"
    "Put it into /etc/prometheus/pagerd.key (mode 0600, owner prometheus), and into "
    "alertmanager.yml:\n"
    "\n"
    "  receivers:\n"
    "    - name: pagerd\n"
    "      webhook_configs:\n"
    "        - url: http://127.0.0.1:8440/v1/ingest/alertmanager\n"
    "          http_config:\n"
    "            authorization: {credentials_file: /etc/prometheus/pagerd.key}\n"
    "\n"
    "A whole example: etc/integrations/alertmanager/pagerd.yml\n";

static const char topic_icinga[] =
    "pagectl key add icinga --team ops              prints the key once\n"
    "install -m 0600 -o nagios /dev/stdin /etc/pagerd/icinga.key      (paste it)\n"
    "install -d -m 0700 -o nagios /var/spool/pagerd\n"
    "cp etc/integrations/icinga2/pagerd.conf /etc/icinga2/conf.d/\n"
    "icinga2 daemon -C && systemctl reload icinga2\n"
    "\n"
    "What cannot be delivered waits in the spool: pagectl spool list\n";

static const char topic_nagios[] =
    "pagectl key add nagios --team ops              prints the key once\n"
    "install -m 0600 -o nagios /dev/stdin /etc/pagerd/nagios.key      (paste it)\n"
    "install -d -m 0700 -o nagios /var/spool/pagerd\n"
    "cp etc/integrations/nagios/pagerd.cfg /etc/nagios4/conf.d/\n"
    "Add the contact \"pagerd\" to the contacts of your hosts and services.\n"
    "nagios4 -v /etc/nagios4/nagios.cfg && systemctl reload nagios4\n"
    "\n"
    "What cannot be delivered waits in the spool: pagectl spool list\n";

static const struct {
    const char *name;
    const char *text;
} topics[] = {
    {"exit-codes", topic_codes},    {"json", topic_json},
    {"time", topic_time},           {"alertmanager", topic_alertmanager},
    {"icinga-setup", topic_icinga}, {"nagios-setup", topic_nagios},
};

const char *help_topic(const char *name)
{
    /* "icinga" and "nagios" are commands too; who asks for help wants to set them up. */
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
        size_t size = strlen(name);
        bool is_setup = strncmp(topics[i].name, name, size) == 0 &&
                        string_is(topics[i].name + size, "-setup") && size > 0;
        if (string_is(topics[i].name, name) || is_setup)
            return topics[i].text;
    }
    return NULL;
}

static const struct command *group_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++) {
        if (string_is(commands[i]->name, name))
            return commands[i];
    }
    return NULL;
}

static void option_label(char *label, size_t size, const struct option *option)
{
    bool is_optional = option->value != NULL && option->value[0] == '[';
    int used = option->letter != 0
                   ? snprintf(label, size, "-%c, --%s", option->letter, option->name)
                   : snprintf(label, size, "    --%s", option->name);
    if (is_optional) /* "[FIELDS]" is shown as "[=FIELDS]" */
        snprintf(label + used, size - (size_t)used, "[=%s", option->value + 1);
    else if (option->value != NULL)
        snprintf(label + used, size - (size_t)used, " %s", option->value);
}

static size_t options_render(struct text *text, const struct option *options, size_t max)
{
    char label[96];
    size_t count = 0;
    for (; options != NULL && options->name != NULL; options++) {
        if (options->text == NULL)
            continue;
        if (count++ >= max)
            continue;
        option_label(label, sizeof(label), options);
        text_addf(text, "  %-24s %s\n", label, options->text);
    }
    return count;
}

static void examples_render(struct text *text, const char *examples)
{
    struct span rest = span_of(examples);
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        text_add(text, "  ");
        text_add_span(text, line);
        text_add_char(text, '\n');
    }
}

void help_render(struct text *text, const struct command *command)
{
    bool has_own = command->options != NULL;
    examples_render(text, command->examples);
    text_addf(text, "\n%s\nUsage: pagectl%s%s%s%s%s\n", command->summary,
              command->name[0] != '\0' ? " " : "", command->name,
              command->arguments[0] != '\0' ? " " : "", command->arguments,
              has_own ? " [options]" : "");
    if (command->aliases != NULL)
        text_addf(text, "Also: pagectl %s\n", command->aliases);
    if (has_own)
        (void)options_render(text, command->options, 14);
    text_add(text,
             "Everywhere: --server URL --socket PATH --json[=F] --utc --color WHEN -q -n --yes\n"
             "--no-input -h. More: pagectl help exit-codes|json|time\n");
}

void help_render_all(struct text *text)
{
    text_add(text, "pagectl                  what pages me, until when I am on call\n");
    for (size_t group = 0; group < GROUP_COUNT; group++) {
        text_addf(text, "%s\n", groups[group].title);
        for (size_t i = 0; i < GROUP_ROOM && groups[group].names[i] != NULL; i++) {
            const struct command *command = group_find(groups[group].names[i]);
            if (command == NULL || command->name[0] == '\0')
                continue;
            char usage[64];
            snprintf(usage, sizeof(usage), "%s %s", command->name, command->arguments);
            text_addf(text, "  %-24s %s\n", usage, command->summary);
        }
    }
    text_add(text,
             "More: pagectl COMMAND -h, pagectl help exit-codes|json|time|alertmanager|icinga|"
             "nagios\n");
}

bool help_takes_incident(const struct command *command)
{
    return strncmp(command->arguments, "[N", 2) == 0 || string_is(command->arguments, "N");
}

/* scdoc reads these as markup. */
static void manual_add(struct text *text, const char *string)
{
    for (; *string != '\0'; string++) {
        if (strchr("\\*_", *string) != NULL)
            text_add_char(text, '\\');
        text_add_char(text, *string);
    }
}

static void manual_options(struct text *text, const struct option *options)
{
    char label[96];
    for (; options != NULL && options->name != NULL; options++) {
        if (options->text == NULL)
            continue;
        option_label(label, sizeof(label), options);
        text_add(text, "*");
        manual_add(text, label + strspn(label, " "));
        text_add(text, "*\n\t");
        manual_add(text, options->text);
        text_add(text, "\n\n");
    }
}

static void manual_block(struct text *text, const char *lines)
{
    struct span rest = span_of(lines);
    text_add(text, "```\n");
    while (rest.size > 0) {
        text_add_span(text, span_cut(&rest, '\n'));
        text_add_char(text, '\n');
    }
    text_add(text, "```\n\n");
}

static void manual_command(struct text *text, const struct command *command)
{
    text_add(text, "## pagectl");
    text_addf(text, "%s%s ", command->name[0] != '\0' ? " " : "", command->name);
    manual_add(text, command->arguments);
    text_add(text, "\n\n");
    manual_add(text, command->summary);
    text_add(text, ".");
    if (command->aliases != NULL)
        text_addf(text, " Also: *pagectl %s*.", command->aliases);
    text_add(text, "\n\n");
    manual_options(text, command->options);
    manual_block(text, command->examples);
}

static const char manual_head[] =
    "pagectl(1)\n"
    "\n"
    "# NAME\n"
    "\n"
    "pagectl - ask and tell pagerd: incidents, who is on call, alerts\n"
    "\n"
    "# SYNOPSIS\n"
    "\n"
    "*pagectl* [_COMMAND_] [_options_]\n"
    "\n"
    "# DESCRIPTION\n"
    "\n"
    "Without a command *pagectl* says what pages you and until when you are on call. It talks to\n"
    "*pagerd*(8) over its Unix socket, where your account says who you are, or over HTTP with a\n"
    "personal token (*pagectl login*).\n"
    "\n"
    "On a terminal lists are tables that fit it. In a pipe they are TAB-separated lines with "
    "every\n"
    "column, whole, without a heading.\n"
    "\n"
    "This page is made from the program's own table of commands.\n"
    "\n"
    "# COMMANDS\n"
    "\n";

static const char manual_files[] =
    "# ENVIRONMENT\n"
    "\n"
    "*PAGECTL_SERVER*\n"
    "\tWhere pagerd is: a URL, or the path of a socket.\n"
    "\n"
    "*PAGECTL_SPOOL*\n"
    "\tThe spool of *pagectl nagios*, *icinga* and *mail*, instead of /var/spool/pagerd.\n"
    "\n"
    "*PAGECTL_KEY_FILE*\n"
    "\tTheir key, instead of /etc/pagerd/nagios.key, icinga.key and mail.key.\n"
    "\n"
    "*PAGECTL_DEBUG*\n"
    "\t1 shows each exchange with pagerd, without the token.\n"
    "\n"
    "*TZ*, *NO_COLOR*, *CLICOLOR_FORCE*, *COLUMNS*, *TERM*\n"
    "\tAs usual.\n"
    "\n"
    "# FILES\n"
    "\n"
    "_" API_SOCKET_DEFAULT "_\n"
    "\tThe default socket.\n"
    "\n"
    "_$XDG_CONFIG_HOME/pagectl/login_\n"
    "\tThe token of *pagectl login*, mode 0600.\n"
    "\n"
    "_$XDG_CACHE_HOME/pagectl/_\n"
    "\tThe last answers, shown with their age when pagerd is away.\n"
    "\n"
    "_/var/spool/pagerd_\n"
    "\tAlerts of Nagios, Icinga and an MTA that are not delivered yet; refused ones in refused/.\n"
    "\n"
    "_/etc/pagerd/nagios.key_, _/etc/pagerd/icinga.key_, _/etc/pagerd/mail.key_\n"
    "\tThe key of the notifier, readable by its account only.\n"
    "\n"
    "# SEE ALSO\n"
    "\n"
    "*pagerd*(8), *pagerd.cfg*(5)\n";

void help_render_manual(struct text *text)
{
    text_add(text, manual_head);
    for (size_t group = 0; group < GROUP_COUNT; group++) {
        for (size_t i = 0; i < GROUP_ROOM && groups[group].names[i] != NULL; i++) {
            const struct command *command = group_find(groups[group].names[i]);
            if (command != NULL)
                manual_command(text, command);
        }
    }
    text_add(text, "# OPTIONS OF ALL COMMANDS\n\n");
    manual_options(text, global_options);
    text_add(text, "# TIMES\n\n");
    manual_block(text, topic_time);
    text_add(text, "# EXIT STATUS\n\n");
    manual_block(text, topic_codes);
    text_add(text, manual_files);
}
