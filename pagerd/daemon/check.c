/* SPDX-License-Identifier: MIT */
#include "daemon/check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "calendar/clash.h"
#include "calendar/coverage.h"
#include "calendar/reader.h"
#include "config/config.h"
#include "daemon/channels.h"
#include "daemon/check_net.h"
#include "daemon/check_roster.h"
#include "daemon/child.h"
#include "daemon/clock.h"
#include "daemon/options.h"
#include "daemon/storeroom.h"
#include "daemon/texts.h"
#include "daemon/version.h"
#include "notify/phone.h"

#define CHECK_AHEAD_MS (14 * DAY_MS) /* gaps that far ahead are told */
#define CHECK_SHOWN_MAX 20           /* findings per file, gaps per role, clashes */

/* One --check under way. */
struct checking {
    const struct config *config;
    const char *tzdir;
    msec now;
    struct text text;
    size_t warning_count;
    const char *file; /* whose findings are being told */
    size_t file_count;
    bool is_net;          /* addresses are asked */
    size_t failure_count; /* of those asked */
};

/* Gives the request to a reader child and takes its whole answer; blocks, unlike the daemon. */
static bool reader_ask(const struct text *request, struct text *answer, struct fault *fault)
{
    struct child child;
    if (!child_start("--reader", &child, fault))
        return false;
    fcntl(child.fd, F_SETFL, 0);
    size_t sent = 0;
    while (sent < request->size) {
        ssize_t count = send(child.fd, request->bytes + sent, request->size - sent, MSG_NOSIGNAL);
        if (count <= 0 && errno != EINTR)
            break; /* it has died: its answer will be short */
        sent += count > 0 ? (size_t)count : 0;
    }
    shutdown(child.fd, SHUT_WR);
    char bytes[65536];
    ssize_t count;
    while ((count = read(child.fd, bytes, sizeof(bytes))) > 0 && answer->size < READER_RESULT_MAX)
        text_add_bytes(answer, bytes, (size_t)count);
    child_end(&child);
    return answer->size > 0 ||
           fault_set(fault, FAULT_PEER, "the reader of calendars died on this calendar");
}

static void check_warn(struct checking *checking, const char *format, ...) PRINTF_LIKE(2, 3);

static void check_warn(struct checking *checking, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_addv(&checking->text, format, list);
    va_end(list);
    checking->warning_count++;
}

static void check_end_file(struct checking *checking)
{
    if (checking->file_count > CHECK_SHOWN_MAX)
        text_addf(&checking->text, "%s: and %zu more\n", checking->file,
                  checking->file_count - CHECK_SHOWN_MAX);
    checking->file = NULL;
    checking->file_count = 0;
}

/* One finding of a calendar; beyond CHECK_SHOWN_MAX of one file they are counted only. */
static void check_shift_warning(void *context, const struct shift_warning *warning)
{
    struct checking *checking = context;
    if (!string_is(checking->file, warning->file)) {
        check_end_file(checking);
        checking->file = warning->file;
    }
    if (checking->file_count++ < CHECK_SHOWN_MAX)
        check_warn(checking, "%s:%" PRIu32 ": warning: %s %s\n", warning->file, warning->line,
                   warning->code, warning->text);
    else
        checking->warning_count++;
}

static bool calendar_load(struct checking *checking, const struct config_calendar *calendar,
                          struct shift_list **list, struct fault *fault)
{
    const struct zone *zone =
        calendar->zone != NULL ? calendar->zone : checking->config->policy->zone;
    CLEANUP(text_clear) struct text request = {0};
    CLEANUP(text_clear) struct text answer = {0};
    struct version *version = version_new();
    bool is_read = version_read(version, calendar->ics, fault);
    struct calendar_request asked = {
        .files = version->files,
        .file_count = version->file_count,
        .zone_name = zone_name(zone),
        .is_zone_forced = calendar->zone != NULL,
        .is_floating_told = policy_spans_zones(checking->config->policy, calendar->name),
        .tzdir = checking->tzdir,
        .from_at = checking->now,
        .until_at = checking->now + CHECK_AHEAD_MS,
        .now_at = checking->now};
    is_read = is_read && reader_request_render(&request, &asked, fault) &&
              reader_ask(&request, &answer, fault) &&
              reader_result_parse(text_span(&answer), list, fault);
    version_drop(version);
    return is_read;
}

/* What a calendar says in the window; NULL when it is not a file, or no good. */
static struct shift_list *check_calendar(struct checking *checking,
                                         const struct config_calendar *calendar)
{
    struct shift_list *list = NULL;
    struct fault fault = {0};
    if (calendar->ics[0] != '/')
        return NULL;
    if (calendar_load(checking, calendar, &list, &fault) && list->problem == NULL)
        return list;
    check_warn(checking, "%s: warning: calendar \"%s\": %s\n", calendar->ics_name, calendar->name,
               list != NULL ? list->problem : fault.text);
    shift_list_free(list);
    return NULL;
}

static void check_gaps(struct checking *checking, const struct team *team, enum role role,
                       const struct roster *roster)
{
    static struct coverage_gap gaps[COVERAGE_GAPS_MAX];
    const char *calendar = team->roles[role].calendar;
    if (calendar == NULL || roster_find(roster, calendar, team->roles[role].layer) == NULL)
        return; /* a fixed person, or a calendar that was not read: told already */
    size_t count =
        coverage_gaps(team, role, roster, checking->now, checking->now + CHECK_AHEAD_MS, gaps);
    size_t told = 0;
    for (size_t i = 0; i < count && told < CHECK_SHOWN_MAX; i++) {
        if (gaps[i].is_declared)
            continue; /* somebody wrote "nobody" there */
        told++;
        struct civil from = zone_civil(team->zone, gaps[i].start_at);
        struct civil until = zone_civil(team->zone, gaps[i].end_at);
        check_warn(checking,
                   "teams.%s: warning: nobody is %s from %04d-%02d-%02d %02d:%02d until "
                   "%04d-%02d-%02d %02d:%02d (calendar \"%s\")\n",
                   team->id, role_name(role), from.year, from.month, from.day, from.hour,
                   from.minute, until.year, until.month, until.day, until.hour, until.minute,
                   calendar);
    }
}

static void check_clashes(struct checking *checking, const struct roster *roster)
{
    const struct policy *policy = checking->config->policy;
    struct clash_list *list = memory_new(1, sizeof(*list));
    clashes_find(policy, roster, checking->now, checking->now + CHECK_AHEAD_MS, list);
    for (size_t i = 0; i < list->count && i < CHECK_SHOWN_MAX; i++) {
        CLEANUP(text_clear) struct text text = {0};
        clash_render(&text, &list->items[i], list->items[i].teams[0]->zone);
        check_warn(checking, "teams.%s: warning: %s %s\n", list->items[i].teams[0]->id,
                   list->items[i].code, text_string(&text));
    }
    if (list->count > CHECK_SHOWN_MAX)
        text_addf(&checking->text, "teams: and %zu more of these\n", list->count - CHECK_SHOWN_MAX);
    free(list);
}

/* Says in one line what a check does not look at. */
static void check_note_addresses(struct checking *checking)
{
    const struct config *config = checking->config;
    size_t count = 0;
    for (size_t i = 0; i < config->calendar_count; i++)
        if (config->calendars[i].ics[0] != '/' && !checking->is_net)
            text_addf(&checking->text, "%s\"%s\"",
                      count++ == 0 ? "note: not fetched by a check: " : ", ",
                      config->calendars[i].name);
    if (count > 0)
        text_add(&checking->text, "; pagectl calendar check asks the pagerd that runs\n");
}

static void check_calendars(struct checking *checking)
{
    const struct config *config = checking->config;
    struct shift_list **lists = memory_new(config->calendar_count + 1, sizeof(struct shift_list *));
    for (size_t i = 0; i < config->calendar_count; i++)
        lists[i] = check_calendar(checking, &config->calendars[i]);
    struct check_roster *made = check_roster_new(config, lists, check_shift_warning, checking);
    check_end_file(checking);
    const struct roster *roster = check_roster_get(made);
    for (size_t i = 0; i < config->policy->team_count; i++)
        for (int role = 0; role < ROLE_COUNT; role++)
            check_gaps(checking, &config->policy->teams[i], (enum role)role, roster);
    check_clashes(checking, roster);
    check_note_addresses(checking);
    check_roster_free(made);
    for (size_t i = 0; i < config->calendar_count; i++)
        shift_list_free(lists[i]);
    free(lists);
}

/* What a channel says of its settings. */
static void check_channels(struct checking *checking)
{
    for (size_t i = 0; i < checking->config->channel_count; i++) {
        const struct config_channel *configured = &checking->config->channels[i];
        struct channel_settings settings;
        struct fault fault = {0};
        const struct channel *channel = channel_configured(checking->config, configured->name,
                                                           configured->is_second, &settings);
        if (channel != NULL && !channel->check(&settings, &fault))
            check_warn(checking, "channels.%s%s: warning: %s\n", configured->name,
                       configured->is_second ? ".second" : "", fault.text);
    }
}

/* Numbers to which a text message cannot do what the others can. */
static void check_phones(struct checking *checking)
{
    const struct policy *policy = checking->config->policy;
    if (config_find_channel(checking->config, "sms", false) == NULL)
        return;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    for (size_t i = 0; i < policy->user_count; i++) {
        const char *phone = policy->users[i].phone;
        const char *warning = phone != NULL ? phone_warning(phone, arena) : NULL;
        if (warning != NULL)
            check_warn(checking, "users.%s.phone: warning: %s\n", policy->users[i].id, warning);
    }
}

/* The connection string of a PostgreSQL, which it alone can read. */
static bool check_store(struct checking *checking)
{
    struct fault fault = {0};
    if (storeroom_check(checking->config, false, NULL, &fault))
        return true;
    text_addf(&checking->text, "store: error: %s\n", fault.text);
    return false;
}

/* False: somebody does not let us in. */
static bool check_asks(struct checking *checking)
{
    struct fault fault = {0};
    if (!check_net(checking->config, &checking->text, &checking->failure_count, &fault)) {
        text_addf(&checking->text, "nobody could be asked: %s\n", fault.text);
        return false;
    }
    return checking->failure_count == 0;
}

int check_run(const struct options *options)
{
    CLEANUP(report_free) struct report *report = report_new();
    struct config_options how = {.tzdir = options->tzdir,
                                 .credentials_dir = getenv("CREDENTIALS_DIRECTORY"),
                                 .message_check = texts_check};
    struct config *config = NULL;
    struct clock clock;
    const char *path = options->config != NULL ? options->config : CONFIG_FILE_DEFAULT;
    bool is_good = config_load(path, &how, &config, report);
    clock_init(&clock, NULL, 0);
    struct checking checking = {.config = config,
                                .tzdir = options->tzdir,
                                .now = clock_now(&clock).wall_at,
                                .is_net = options->is_net};
    report_render(report, &checking.text);
    is_good = is_good && check_store(&checking);
    if (is_good) {
        check_channels(&checking);
        check_phones(&checking);
        check_calendars(&checking);
    }
    if (is_good && options->is_net)
        is_good = check_asks(&checking);
    size_t warning_count = report_warning_count(report) + checking.warning_count;
    if (options->is_strict && warning_count > 0)
        is_good = false;
    fprintf(is_good ? stdout : stderr, "%s", text_string(&checking.text));
    text_reset(&checking.text);
    report_render_summary(report, &checking.text);
    fprintf(is_good ? stdout : stderr, "%s", text_string(&checking.text));
    if (checking.warning_count > 0)
        fprintf(is_good ? stdout : stderr, " Calendars: %zu warning%s.", checking.warning_count,
                checking.warning_count == 1 ? "" : "s");
    if (checking.failure_count > 0)
        fprintf(stderr, " %zu of those asked %s not let us in.", checking.failure_count,
                checking.failure_count == 1 ? "does" : "do");
    fprintf(is_good ? stdout : stderr, "%s\n", is_good ? "" : " Nothing was changed.");
    text_clear(&checking.text);
    config_free(config);
    return is_good ? 0 : 1;
}
