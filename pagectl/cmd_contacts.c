/* SPDX-License-Identifier: MIT */
/* cmd_contacts.c - how people are reached, and the test that proves it. */
#include <string.h>
#include <time.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

#define TEST_WAIT_MS (5 * MINUTE_MS)
#define TEST_LOOK_MS 500

static const struct column contact_columns[] = {
    {.title = "WHO"},     {.title = "NAME", .rank = 2},
    {.title = "CHANNEL"}, {.title = "ADDRESS", .is_elastic = true},
    {.title = "PROVEN"},  {0},
};

static void contact_rows(struct writer *writer, struct tool *tool, const struct json *person)
{
    struct times times = tool_times(tool);
    const struct json *list = json_find(person, "contacts");
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        char when[TIMES_TEXT_SIZE];
        msec verified_at = instant_get(row, "verified_at");
        writer_cell(writer, TONE_PLAIN, json_string(person, "user"), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(person, "name"), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(row, "channel"), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(row, "address"), NULL);
        bool is_doubtful = json_bool(row, "doubtful", false);
        if (is_doubtful)
            writer_cell(writer, TONE_WARNING,
                        verified_at != 0 ? "doubtful: too long ago" : "doubtful: never", NULL);
        else if (verified_at != 0)
            writer_instant(writer, TONE_GOOD, times_day(&times, verified_at, when), verified_at);
        else
            writer_cell(writer, TONE_WARNING, "never", NULL);
    }
}

static int contacts_run(struct tool *tool, const struct invocation *call)
{
    const struct json *document = NULL;
    const struct request request = {.path = API_CONTACTS};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    if (option_is(call, "vcard")) {
        const char *card = json_string(document, "vcard");
        say(tool, "%s", card != NULL ? card : "");
        return EXIT_DONE;
    }
    const struct json *people = json_find(document, "people");
    struct writer *writer = writer_open(tool, contact_columns, "people", document);
    for (const struct json *one = people != NULL ? people->first : NULL; one != NULL;
         one = one->next)
        contact_rows(writer, tool, one);
    writer_close(writer);
    return EXIT_DONE;
}

/* "1.2 s", "21 s" */
static const char *seconds(struct tool *tool, int64_t ms)
{
    return ms < 10000 ? arena_format(tool->arena, "%lld.%lld s", (long long)(ms / 1000),
                                     (long long)(ms % 1000 / 100))
                      : arena_format(tool->arena, "%lld s", (long long)(ms / 1000));
}

/* "sms      delivered  3.4 s   answered after 21 s" */
static void test_say(struct tool *tool, const struct json *row, bool is_over)
{
    const char *page = json_string(row, "page"), *error = json_string(row, "error");
    int64_t delivered = json_integer(row, "delivered_ms", -1);
    int64_t answered = json_integer(row, "answered_ms", -1);
    const char *test = json_string(row, "test");
    bool is_answered = test != NULL && strcmp(test, "answered") == 0;
    say(tool, "%-8s %-10s %7s   ", tool_clean(tool, json_string(row, "channel")),
        page != NULL ? tool_clean(tool, page) : "not sent",
        delivered >= 0 ? seconds(tool, delivered) : "");
    if (is_answered)
        say(tool, "answered after %s", seconds(tool, answered));
    else
        say(tool, "%s", is_over ? "no answer" : "waiting");
    if (error != NULL && !is_answered)
        say(tool, "   (%s)", tool_clean(tool, error));
    say(tool, "\n");
}

static bool is_of_channel(const struct json *row, const char *channel)
{
    const char *own = json_string(row, "channel");
    return channel == NULL || (own != NULL && strcmp(own, channel) == 0);
}

/* How far the tests are. */
struct progress {
    size_t all;
    size_t answered;
    size_t ended;
    unsigned said; /* a bit for each row that was printed */
};

/* Prints what is new; `is_over`: everything else, too. */
static void progress_say(struct tool *tool, const struct json *document, const char *channel,
                         struct progress *progress, bool is_over)
{
    const struct json *list = json_find(document, "contacts");
    unsigned bit = 1;
    progress->all = progress->answered = progress->ended = 0;
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL;
         row = row->next, bit <<= 1) {
        const char *test = json_string(row, "test");
        if (!is_of_channel(row, channel) || test == NULL)
            continue;
        bool is_answered = strcmp(test, "answered") == 0;
        bool is_ended = is_answered || strcmp(test, "silent") == 0;
        progress->all++;
        progress->answered += is_answered;
        progress->ended += is_ended;
        if ((progress->said & bit) != 0 || (!is_ended && !is_over) || tool->is_json ||
            tool->is_quiet)
            continue;
        progress->said |= bit;
        test_say(tool, row, true);
    }
}

/* Looks until all have ended or the time is up. */
static int test_follow(struct tool *tool, const char *path, const char *channel, const char *user,
                       msec wait_ms)
{
    struct progress progress = {0};
    const struct json *document = NULL;
    const struct timespec pause = {.tv_nsec = TEST_LOOK_MS * 1000000L};
    struct arena *whole = tool->arena;
    for (msec waited_ms = 0;; waited_ms += TEST_LOOK_MS) {
        const struct request request = {.path = path};
        tool->arena = arena_new(); /* one look, so that waiting does not grow */
        int code = request_send(tool, &request, &document);
        if (code == EXIT_DONE)
            progress_say(tool, document, channel, &progress, waited_ms >= wait_ms);
        bool is_over = code != EXIT_DONE || progress.ended == progress.all || waited_ms >= wait_ms;
        if (is_over && code == EXIT_DONE && tool->is_json)
            document_say(tool, NULL, document);
        (void)tool_flush(tool);
        arena_free(tool->arena);
        tool->arena = whole;
        if (code != EXIT_DONE)
            return code;
        if (is_over)
            break;
        nanosleep(&pause, NULL);
    }
    if (!tool->is_json && !tool->is_quiet)
        say(tool, "%s is %s, %zu of %zu ways answered\n", tool_clean(tool, user),
            progress.answered == progress.all ? "reachable" : "not proven reachable",
            progress.answered, progress.all);
    return progress.answered == progress.all ? EXIT_DONE : EXIT_FOUND;
}

static int test_page_run(struct tool *tool, const struct invocation *call)
{
    struct fault fault = {0};
    struct body body;
    const struct json *answer = NULL;
    const char *channel = option_get(call, "channel"), *wait = option_get(call, "wait");
    msec wait_ms = TEST_WAIT_MS;
    if (wait != NULL && !duration_parse(wait, &wait_ms, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (strchr(call->words[0], '/') != NULL)
        return tool_fail(tool, EXIT_USAGE, "\"%s\" is not a user. See: pagectl contacts",
                         tool_clean(tool, call->words[0]));
    const char *path = arena_format(tool->arena, "%s/%s/test", API_CONTACTS, call->words[0]);
    if (tool->is_dry) {
        say(tool, "Would send test pages to %s. Nothing was sent.\n",
            tool_clean(tool, call->words[0]));
        return EXIT_DONE;
    }
    body_begin(&body);
    body_add(&body, "channel", channel);
    const struct request request = {
        .method = "POST", .path = path, .body = body_end(tool, &body), .is_change = true};
    int code = request_send(tool, &request, &answer);
    const char *show = arena_format(tool->arena, "%s/%s", API_CONTACTS, call->words[0]);
    return code == EXIT_DONE ? test_follow(tool, show, channel, call->words[0], wait_ms) : code;
}

static int verify_run(struct tool *tool, const struct invocation *call)
{
    struct body body;
    const struct json *answer = NULL;
    if (tool->is_dry) {
        say(tool, "Would say that this code has come. Nothing was sent.\n");
        return EXIT_DONE;
    }
    body_begin(&body);
    body_add(&body, "code", call->words[0]);
    const struct request request = {
        .method = "POST", .path = API_CODE, .body = body_end(tool, &body), .is_change = true};
    int code = request_send(tool, &request, &answer);
    if (code == EXIT_DONE && tool->is_json)
        document_say(tool, NULL, answer);
    else if (code == EXIT_DONE && !tool->is_quiet)
        say_lines(tool, "", json_string(answer, "text"), 8);
    return code;
}

const struct command command_contacts_verify = {
    .name = "contacts verify",
    .summary = "Type the code that a message of pagerd had: it has reached you",
    .arguments = "CODE",
    .examples = "pagectl contacts verify 123456\n",
    .words_min = 1,
    .words_max = 1,
    .run = verify_run,
};

const struct command command_contacts = {
    .name = "contacts",
    .summary = "How people are reached, and when that was proven",
    .arguments = "",
    .options =
        (const struct option[]){
            {"vcard", 0, NULL, "what pages come from, for the address book of a phone"}, {0}},
    .examples = "pagectl contacts\npagectl contacts --vcard > pager.vcf\n",
    .run = contacts_run,
};

const struct command command_test_page = {
    .name = "test-page",
    .summary = "Page somebody as a test that has to be answered",
    .arguments = "USER",
    .options =
        (const struct option[]){{"channel", 0, "CHANNEL", "by this one only (all, one by one)"},
                                {"wait", 0, "5m", "how long to wait for the answers"},
                                {0}},
    .examples = "pagectl test-page ann\npagectl test-page ann --channel sms\n",
    .words_min = 1,
    .words_max = 1,
    .run = test_page_run,
};
