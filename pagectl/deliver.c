/* SPDX-License-Identifier: MIT */
#include "pagectl/deliver.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/api.h"
#include "base/id.h"
#include "pagectl/client.h"
#include "pagectl/tool.h"

#define LOCK_FLUSH ".flush.lock"
#define LOCK_LOOP ".loop.lock"
#define KEY_FILE_MAX 1024
#define STREAMS_MAX 16 /* that can stand still in one round; more end it */
#define WAIT_FIRST_MS (5 * SECOND_MS)
#define WAIT_LATER_MS (30 * SECOND_MS)
#define PATIENCE_MS (10 * MINUTE_MS) /* after which the longer wait is used */
#define DESCRIPTORS_MAX 1024

static msec clock_steady(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (msec)time.tv_sec * SECOND_MS + time.tv_nsec / 1000000;
}

bool entry_parse(struct arena *arena, struct span bytes, const struct json **entry,
                 struct fault *fault)
{
    const struct json *json = NULL;
    if (!json_parse(arena, bytes, &json, fault))
        return false;
    const char *format = json_string(json, "format");
    const struct json *event = json_find(json, "event");
    if (format == NULL || format[0] == '\0' ||
        strspn(format, "abcdefghijklmnopqrstuvwxyz") != strlen(format))
        return fault_set(fault, FAULT_INPUT, "\"format\" is missing");
    if (json_string(json, "place") == NULL)
        return fault_set(fault, FAULT_INPUT, "\"place\" is missing");
    if (event == NULL || event->kind != JSON_OBJECT)
        return fault_set(fault, FAULT_INPUT, "\"event\" is missing");
    *entry = json;
    return true;
}

const char *entry_stream(struct arena *arena, const struct json *entry)
{
    const char *key_file = json_string(entry, "key_file"), *key = json_string(entry, "key");
    return arena_format(arena, "%s|%s|%s|%s", json_string(entry, "format"),
                        json_string(entry, "place"), key_file != NULL ? key_file : "",
                        key != NULL ? key : "");
}

static bool key_find(struct arena *arena, const struct json *entry, const char **key,
                     struct fault *fault)
{
    CLEANUP(text_clear) struct text text = {0};
    const char *path = json_string(entry, "key_file");
    *key = json_string(entry, "key");
    if (*key != NULL || path == NULL)
        return true;
    if (!tool_read_file(path, KEY_FILE_MAX, &text, fault))
        return fault_prefix(fault, "the key");
    *key = arena_copy_span(arena, span_trim(text_span(&text)));
    if ((*key)[0] == '\0' || strpbrk(*key, " \t\r\n") != NULL)
        return fault_set(fault, FAULT_INPUT, "'%.200s' does not hold a key", path);
    return true;
}

enum verdict verdict_of(long status)
{
    if (status >= 200 && status < 300)
        return VERDICT_TAKEN;
    return status == 400 || status == 413 ? VERDICT_NEVER : VERDICT_LATER;
}

/* The sentence of an error answer, or its status. */
static void answer_explain(struct arena *arena, const struct reply *reply, struct fault *why)
{
    const struct json *answer = NULL;
    const char *text = NULL;
    if (json_parse(arena, text_span(&reply->body), &answer, NULL))
        text = json_string(json_find(answer, "error"), "text");
    if (text != NULL)
        fault_set(why, FAULT_PEER, "pagerd says: %.300s", text);
    else
        fault_set(why, FAULT_PEER, "pagerd answered with status %ld", reply->status);
}

/* The body of its request. */
static bool event_render(const struct json *entry, struct text *body, struct fault *fault)
{
    const struct json *event = json_find(entry, "event");
    struct span coded = span_of(json_string(event, ENTRY_MAIL));
    if (coded.size == 0) {
        json_render(body, event);
        return true;
    }
    size_t size = 0;
    char *bytes = memory_new(coded.size, 1);
    bool is_good = base64_decode(coded, bytes, coded.size, &size);
    if (is_good)
        text_add_bytes(body, bytes, size);
    free(bytes);
    return is_good || fault_set(fault, FAULT_INPUT, "the spooled mail is not base64");
}

enum verdict entry_post(struct arena *arena, const struct json *entry, msec limit_ms,
                        struct fault *why)
{
    CLEANUP(text_clear) struct text body = {0};
    struct place place;
    struct reply reply = {0};
    if (!place_parse(arena, json_string(entry, "place"), &place, why) ||
        !key_find(arena, entry, &place.token, why))
        return VERDICT_LATER;

    bool is_mail = json_string(json_find(entry, "event"), ENTRY_MAIL) != NULL;
    if (!event_render(entry, &body, why))
        return VERDICT_NEVER;
    const struct exchange exchange = {
        .method = "POST",
        .path = arena_format(arena, "%s%s", API_INGEST, json_string(entry, "format")),
        .body = text_string(&body),
        .content_type = is_mail ? "message/rfc822" : NULL,
        .connect_ms = limit_ms < DELIVER_CONNECT_MS ? limit_ms : DELIVER_CONNECT_MS,
        .total_ms = limit_ms < DELIVER_TOTAL_MS ? limit_ms : DELIVER_TOTAL_MS,
    };
    if (!client_exchange(&place, &exchange, &reply, why)) {
        fault_prefix(why, "cannot reach pagerd at %.200s", place_name(arena, &place));
        return VERDICT_LATER;
    }
    enum verdict verdict = verdict_of(reply.status);
    if (verdict != VERDICT_TAKEN)
        answer_explain(arena, &reply, why);
    text_clear(&reply.body);
    return verdict;
}

/* One round over the spool. */
struct round {
    const struct spool *spool;
    struct deliver_report *report;
    struct arena *arena; /* of the round: the names of streams that stand still */
    const char *still[STREAMS_MAX];
    size_t still_count;
    msec end_at; /* steady */
    char last[SPOOL_NAME_SIZE];
};

static bool stream_is_still(const struct round *round, const char *stream)
{
    for (size_t i = 0; i < round->still_count; i++) {
        if (string_is(round->still[i], stream))
            return true;
    }
    return false;
}

static void problem_keep(struct round *round, const struct fault *why)
{
    if (round->report->problem[0] == '\0')
        snprintf(round->report->problem, sizeof(round->report->problem), "%s", why->text);
}

static void entry_deliver(struct round *round, const char *name)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text bytes = {0};
    struct fault why = {0};
    const struct json *entry = NULL;
    msec left_ms = round->end_at - clock_steady();
    if (left_ms <= 0 || round->still_count == STREAMS_MAX ||
        !spool_read(round->spool, name, &bytes, &why)) {
        problem_keep(round, &why);
        return;
    }
    if (!entry_parse(arena, text_span(&bytes), &entry, &why)) {
        problem_keep(round, &why);
        spool_refuse(round->spool, name, why.text);
        round->report->refused++;
        return;
    }
    const char *stream = entry_stream(round->arena, entry);
    if (stream_is_still(round, stream))
        return;

    switch (entry_post(arena, entry, left_ms, &why)) {
    case VERDICT_TAKEN:
        spool_remove(round->spool, name);
        round->report->delivered++;
        return;
    case VERDICT_NEVER:
        problem_keep(round, &why);
        spool_refuse(round->spool, name, why.text);
        round->report->refused++;
        return;
    case VERDICT_LATER:
        problem_keep(round, &why);
        round->still[round->still_count++] = stream;
        return;
    }
}

/* True when something has come in behind the round that has just ended. */
static bool has_newer(const struct spool *spool, const char *last, struct deliver_report *report)
{
    struct spool_list list;
    if (!spool_list_read(spool, false, &list, NULL))
        return false;
    report->left = list.count;
    bool is_newer = list.count > 0 && strcmp(list.entries[list.count - 1].name, last) > 0;
    spool_list_clear(&list);
    return is_newer;
}

static bool round_run(struct round *round)
{
    struct spool_list list;
    struct fault fault = {0};
    if (!spool_list_read(round->spool, false, &list, &fault)) {
        problem_keep(round, &fault);
        return false;
    }
    for (size_t i = 0; i < list.count; i++)
        entry_deliver(round, list.entries[i].name);
    if (list.count > 0)
        snprintf(round->last, sizeof(round->last), "%s", list.entries[list.count - 1].name);
    spool_list_clear(&list);
    return true;
}

void deliver_run(const struct spool *spool, msec bound_ms, struct deliver_report *report)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct round round = {
        .spool = spool, .report = report, .arena = arena, .end_at = clock_steady() + bound_ms};
    *report = (struct deliver_report){0};
    bool is_going = true;
    while (is_going) {
        int lock = spool_lock(spool, LOCK_FLUSH);
        if (lock < 0) {
            report->is_busy = true;
            (void)has_newer(spool, round.last, report);
            return;
        }
        is_going = round_run(&round);
        close(lock);
        /* Who came while we held the lock has left its event to us. */
        is_going =
            has_newer(spool, round.last, report) && is_going && clock_steady() < round.end_at;
    }
}

static void descriptors_close(void)
{
    int null = open("/dev/null", O_RDWR);
    for (int i = 0; null >= 0 && i <= STDERR_FILENO; i++)
        (void)dup2(null, i);
    for (int i = STDERR_FILENO + 1; i < DESCRIPTORS_MAX; i++)
        (void)close(i);
}

void deliver_detach(const struct spool *spool)
{
    int lock = spool_lock(spool, LOCK_LOOP);
    if (lock < 0)
        return; /* one runs */
    close(lock);

    pid_t child = fork();
    if (child > 0)
        (void)waitpid(child, NULL, 0);
    if (child != 0)
        return;
    /* Its own session: a notifier's time limit ends the notifier's group, not this one. */
    (void)setsid();
    if (fork() != 0)
        _exit(0);
    char *path = realpath(spool->path, NULL);
    if (path == NULL || chdir("/") != 0)
        _exit(1);
    descriptors_close();
    execl("/proc/self/exe", "pagectl", "spool", "run", "--spool", path, (char *)NULL);
    _exit(1);
}

static void loop_wait(msec started_at)
{
    msec wait_ms = clock_steady() - started_at < PATIENCE_MS ? WAIT_FIRST_MS : WAIT_LATER_MS;
    const struct timespec pause = {.tv_sec = wait_ms / SECOND_MS};
    nanosleep(&pause, NULL);
}

/* While it holds the lock nobody else starts a loop, so it looks once more after letting go. */
void deliver_loop(const struct spool *spool, msec length_ms, struct deliver_report *report)
{
    msec started_at = clock_steady();
    *report = (struct deliver_report){0};
    do {
        int lock = spool_lock(spool, LOCK_LOOP);
        if (lock < 0) {
            report->is_busy = true;
            return;
        }
        for (;;) {
            deliver_run(spool, DELIVER_BOUND_MS, report);
            if (report->left == 0 || clock_steady() - started_at >= length_ms)
                break;
            loop_wait(started_at);
        }
        close(lock);
        (void)has_newer(spool, "", report);
    } while (report->left > 0 && clock_steady() - started_at < length_ms);
}
