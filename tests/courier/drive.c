/* SPDX-License-Identifier: MIT */
/*
 * drive.c - a daemon's part for tests: starts a courier, sends it what it reads as JSON lines, and
 * prints what came of it.
 *
 * {"id": 1, "lane": "sms", "channel": "sms", "driver": "http", "url": "...", "address": "+49..."}
 * renders a page with the members as settings; {"id": 2, "fetch": "https://..."} gets a calendar.
 * "total_ms" and "connect_ms" change the time-outs; "key" is the page's, and "late_ms" how long ago
 * the job should have left. Ends when its input has and every job has its
 * result.
 */
#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "base/map.h"
#include "notify/courier/courier.h"
#include "notify/courier/leave.h"
#include "notify/notify.h"

#define HEADERS_MAX 8

/* What is needed to judge the result. */
struct pending {
    const struct channel *channel; /* NULL: a fetch */
    struct channel_settings settings;
    const char *headers[HEADERS_MAX];
};

struct drive {
    struct courier_link *link;
    struct arena *arena; /* of everything: a run is short */
    struct map *pending;
    struct text input;
    bool is_input_over;
};

static struct span id_span(const uint64_t *id)
{
    return (struct span){(const char *)id, sizeof *id};
}

static void print_result(struct drive *drive, uint64_t id, const struct result *result)
{
    static const char *const ends[TRANSFER_COUNT] = {"answered",  "unreached", "broken",
                                                     "uncertain", "login",     "untrusted",
                                                     "invalid",   "too-large", "late"};
    static const char *const outcomes[OUTCOME_COUNT] = {"sent", "delivered", "retry", "failed",
                                                        "unknown"};
    struct pending *pending = map_remove(drive->pending, id_span(&id));
    struct verdict verdict = {.outcome = OUTCOME_COUNT};
    if (pending != NULL && pending->channel != NULL)
        pending->channel->judge(result, &pending->settings, &verdict);
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    json_begin_object(&writer, NULL);
    json_put_integer(&writer, "id", (int64_t)id);
    json_put_string(&writer, "end", ends[result->end]);
    json_put_integer(&writer, "code", result->code);
    json_put_string(&writer, "outcome",
                    verdict.outcome < OUTCOME_COUNT ? outcomes[verdict.outcome] : NULL);
    json_put_string(&writer, "reason", verdict.error);
    json_put_string(&writer, "error", result->error);
    json_put_string(&writer, "etag", result->etag);
    json_put_string(&writer, "last_modified", result->last_modified);
    json_put_integer(&writer, "body_size", (int64_t)result->body.size);
    json_put_integer(&writer, "elapsed_ms", result->elapsed_ms);
    json_put_integer(&writer, "retry_after_s", result->retry_after_s);
    json_end_object(&writer);
    printf("%s\n", text_string(&text));
    fflush(stdout);
}

static void receive(void *context, uint64_t id, const struct result *result)
{
    print_result(context, id, result);
}

static void read_settings(struct drive *drive, const struct json *line, struct pending *pending)
{
    pending->settings = (struct channel_settings){
        .url = json_string(line, "url"),
        .method = json_string(line, "method"),
        .body = json_string(line, "body"),
        .expect = json_string(line, "expect"),
        .smtp = json_string(line, "smtp"),
        .tls = json_string(line, "tls"),
        .user = json_string(line, "user"),
        .password = json_string(line, "password"),
        .from = json_string(line, "from"),
        .ca_file = json_string(line, "ca_file"),
        .folder = json_string(line, "folder"),
    };
    const struct json *headers = json_find(line, "headers");
    const struct json *header = headers != NULL ? headers->first : NULL;
    for (; header != NULL && pending->settings.header_count < HEADERS_MAX; header = header->next)
        pending->headers[pending->settings.header_count++] = arena_copy(drive->arena, header->text);
    pending->settings.headers = pending->headers;
}

static bool render_fetch(struct drive *drive, const struct json *line, struct request *request,
                         struct fault *fault)
{
    struct fetch_order order = {
        .url = json_string(line, "fetch"),
        .method = json_string(line, "method"),
        .is_direct = json_bool(line, "direct", false),
        .depth = json_string(line, "depth"),
        .type = json_string(line, "type"),
        .body = span_of(json_string(line, "body")),
        .etag = json_string(line, "etag"),
        .last_modified = json_string(line, "last_modified"),
        .match = json_string(line, "match"),
        .user = json_string(line, "user"),
        .password = json_string(line, "password"),
        .ca_file = json_string(line, "ca_file"),
    };
    return request_fetch(&order, drive->arena, request, fault);
}

static bool render(struct drive *drive, const struct json *line, struct pending *pending,
                   struct request *request, struct fault *fault)
{
    if (json_string(line, "fetch") != NULL)
        return render_fetch(drive, line, request, fault);
    read_settings(drive, line, pending);
    pending->channel = channel_find(json_string(line, "channel"), json_string(line, "driver"));
    assert(pending->channel != NULL);
    struct letter letter = {
        .kind = PAGE_ALERT,
        .page = (uint64_t)json_integer(line, "id", 0),
        .incident = 412,
        .severity = SEVERITY_CRITICAL,
        .now_at = 1795312927000,
        .opened_at = 1795312927000,
        .user_id = "ann",
        .user_name = "Ann Größe",
        .address = json_string(line, "address"),
        .team = "ops",
        .object = "db1",
        .summary = json_string(line, "summary") != NULL ? json_string(line, "summary")
                                                        : "disk /var 96% full",
        .details = ".leading dot\n..two",
        .ack_link = "https://p.example.org/a/k7qm9xtz2fwhk7qm9xtz",
        .host = "p.example.org",
        .key = json_string(line, "key"),
    };
    return pending->channel->render(&letter, &pending->settings, drive->arena, request, fault);
}

static void send_line(struct drive *drive, struct span bytes)
{
    const struct json *line;
    struct fault fault = {0};
    if (!json_parse(drive->arena, bytes, &line, &fault)) {
        fprintf(stderr, "not JSON: %s\n", fault.text);
        exit(1);
    }
    struct pending *pending = arena_take(drive->arena, sizeof *pending);
    struct job job = {.id = (uint64_t)json_integer(line, "id", 0),
                      .channel = json_string(line, "lane")};
    bool is_good = render(drive, line, pending, &job.request, &fault);
    int64_t late_ms = json_integer(line, "late_ms", 0);
    job.not_after = late_ms != 0 ? leave_clock() - late_ms : 0;
    if (pending->channel != NULL)
        job.request.allow = ""; /* as the daemon does without private-networks */
    job.request.total_ms = (uint32_t)json_integer(line, "total_ms", (int64_t)job.request.total_ms);
    job.request.connect_ms =
        (uint32_t)json_integer(line, "connect_ms", (int64_t)job.request.connect_ms);
    /* Kept before it is sent, for the result may be there at once. */
    map_put(drive->pending, id_span(&job.id), pending);
    if (is_good && courier_link_send(drive->link, &job, &fault))
        return;
    print_result(drive, job.id,
                 &(struct result){.end = TRANSFER_INVALID,
                                  .error = fault.text,
                                  .etag = "",
                                  .last_modified = "",
                                  .body = {"", 0}});
}

static void read_input(struct drive *drive)
{
    char bytes[65536];
    ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
    drive->is_input_over = got <= 0;
    if (got > 0)
        text_add_bytes(&drive->input, bytes, (size_t)got);
    struct span rest = text_span(&drive->input);
    while (rest.size > 0 && memchr(rest.bytes, '\n', rest.size) != NULL)
        send_line(drive, span_cut(&rest, '\n'));
    CLEANUP(text_clear) struct text left = {0};
    text_add_span(&left, rest);
    text_reset(&drive->input);
    text_add_span(&drive->input, text_span(&left));
}

static int fail(const struct fault *fault)
{
    fprintf(stderr, "%s\n", fault->text);
    return 1;
}

static int run(struct drive *drive)
{
    struct fault fault = {0};
    while (!drive->is_input_over || map_count(drive->pending) > 0) {
        bool wants_write = courier_link_wants_write(drive->link);
        struct pollfd polled[2] = {
            {.fd = drive->is_input_over ? -1 : STDIN_FILENO, .events = POLLIN},
            {.fd = courier_link_fd(drive->link),
             .events = (short)(wants_write ? POLLIN | POLLOUT : POLLIN)},
        };
        (void)poll(polled, 2, -1);
        if (polled[0].revents != 0)
            read_input(drive);
        if ((polled[1].revents & POLLOUT) && !courier_link_flush(drive->link, &fault))
            return fail(&fault);
        if ((polled[1].revents & (POLLIN | POLLHUP)) &&
            !courier_link_receive(drive->link, receive, drive, &fault))
            return fail(&fault);
    }
    return 0;
}

int main(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return 1;
    pid_t pid = fork();
    if (pid < 0)
        return 1;
    if (pid == 0)
        return courier_main(pair[1]);
    (void)close(pair[1]);
    fprintf(stderr, "courier %d\n", (int)pid);
    struct drive drive = {
        .link = courier_link_new(pair[0]), .arena = arena_new(), .pending = map_new()};
    int code = run(&drive);
    courier_link_free(drive.link);
    map_free(drive.pending);
    arena_free(drive.arena);
    text_clear(&drive.input);
    return code;
}
