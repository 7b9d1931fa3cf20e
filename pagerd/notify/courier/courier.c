/* SPDX-License-Identifier: MIT */
/*
 * courier.c - the courier's main: reads jobs from the daemon, deals them out to the lanes of their
 * channels, and writes the results back.
 */
#include "notify/courier/courier.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/text.h"
#include "notify/courier/lane.h"
#include "notify/courier/message.h"
#include "notify/courier/outbox.h"
#include "notify/courier/runner.h"
#include "notify/courier/spooler.h"

#define READ_SIZE (64 * 1024)
#define FILES_WANTED 4096

struct courier {
    int fd;
    struct outbox *outbox;
    struct lane *lanes[COURIER_CHANNELS_MAX];
    size_t lane_count;
    struct runner *runner;   /* NULL until a command is run */
    struct spooler *spooler; /* NULL until a modem's spool is used */
    struct text input;
    struct text output;
    size_t written;
    struct arena *arena;
    bool is_over; /* the daemon has closed its end */
};

/* Nothing of the daemon's is left to this process, and nothing of it can be read by others. */
static void give_up_rights(int fd)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_NAME, "pagerd-courier");
    if (fd > STDERR_FILENO + 1)
        (void)close_range(STDERR_FILENO + 1, (unsigned)fd - 1, 0);
    (void)close_range(fd > STDERR_FILENO ? (unsigned)fd + 1 : STDERR_FILENO + 1, ~0U, 0);
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max < FILES_WANTED ? files.rlim_max : FILES_WANTED;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    /* It ends when the daemon's end of the line closes, not when a terminal says so. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
}

/* NULL when there are too many channels or no thread can be had. */
static struct lane *find_lane(struct courier *courier, const char *channel)
{
    for (size_t i = 0; i < courier->lane_count; i++)
        if (string_is(lane_channel(courier->lanes[i]), channel))
            return courier->lanes[i];
    if (courier->lane_count == COURIER_CHANNELS_MAX)
        return NULL;
    struct lane *lane = lane_new(channel, courier->outbox);
    if (lane != NULL)
        courier->lanes[courier->lane_count++] = lane;
    return lane;
}

/* Gives it to who carries out such jobs. False: nobody can be had. */
static bool deal_out(struct courier *courier, const struct job *job, struct span frame)
{
    if (job->request.kind == REQUEST_EXEC) {
        if (courier->runner == NULL)
            courier->runner = runner_new(courier->outbox);
        runner_put(courier->runner, job->id, frame);
        return true;
    }
    if (job->request.kind == REQUEST_SPOOL) {
        if (courier->spooler == NULL)
            courier->spooler = spooler_new(courier->outbox);
        if (courier->spooler != NULL)
            spooler_put(courier->spooler, job->id, frame);
        return courier->spooler != NULL;
    }
    struct lane *lane = find_lane(courier, job->channel);
    if (lane != NULL)
        lane_put(lane, job->id, frame);
    return lane != NULL;
}

static bool take_job(struct courier *courier, struct span frame, struct fault *fault)
{
    struct job job;
    if (!job_parse(frame, courier->arena, &job, fault))
        return false;
    if (!deal_out(courier, &job, frame))
        outbox_put_failure(courier->outbox, job.id, TRANSFER_BROKEN,
                           "the courier has no lane left for this channel");
    arena_reset(courier->arena);
    return true;
}

static bool take_jobs(struct courier *courier, struct fault *fault)
{
    struct span rest = text_span(&courier->input);
    size_t size = 0;
    while (frame_find(rest, JOB_FRAME_MAX, &size, fault)) {
        if (size == 0) {
            if (rest.size > 0 && rest.bytes != courier->input.bytes)
                memmove(courier->input.bytes, rest.bytes, rest.size);
            courier->input.size = rest.size;
            return true;
        }
        struct span frame = {rest.bytes, size};
        if (life_is(frame))
            life_render(&courier->output);
        else if (!take_job(courier, frame, fault))
            return false;
        rest.bytes += size;
        rest.size -= size;
    }
    return false;
}

static bool read_jobs(struct courier *courier, struct fault *fault)
{
    char bytes[READ_SIZE];
    ssize_t got = recv(courier->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
        return true;
    courier->is_over = got <= 0;
    if (courier->is_over)
        return true;
    text_add_bytes(&courier->input, bytes, (size_t)got);
    explicit_bzero(bytes, (size_t)got);
    return take_jobs(courier, fault);
}

static void write_results(struct courier *courier)
{
    if (courier->written == courier->output.size) {
        text_reset(&courier->output);
        courier->written = 0;
        outbox_take(courier->outbox, &courier->output);
    }
    while (courier->written < courier->output.size) {
        ssize_t sent = send(courier->fd, courier->output.bytes + courier->written,
                            courier->output.size - courier->written, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        courier->is_over = sent <= 0;
        if (courier->is_over)
            return;
        courier->written += (size_t)sent;
    }
}

/* True once the daemon is gone; false when it sent what is no job. */
static bool serve(struct courier *courier, struct fault *fault)
{
    while (!courier->is_over) {
        bool has_output = courier->written < courier->output.size;
        struct pollfd polled[2] = {
            {.fd = courier->fd, .events = has_output ? POLLIN | POLLOUT : POLLIN},
            {.fd = has_output ? -1 : outbox_fd(courier->outbox), .events = POLLIN},
        };
        if (poll(polled, 2, -1) < 0)
            continue; /* EINTR */
        if ((polled[0].revents & POLLOUT) || (polled[1].revents & POLLIN))
            write_results(courier);
        if ((polled[0].revents & (POLLIN | POLLHUP | POLLERR)) && !read_jobs(courier, fault))
            return false;
    }
    return true;
}

int courier_main(int fd)
{
    give_up_rights(fd);
    /* Before the first look-up: the system's default is to wait ten seconds for a dead server. */
    (void)setenv("RES_OPTIONS", "timeout:1 attempts:2", 0);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        log_error("libcurl cannot be started");
        return EXIT_FAILURE;
    }
    struct courier courier = {.fd = fd, .outbox = outbox_new(), .arena = arena_new()};
    struct fault fault;
    bool is_well = serve(&courier, &fault);
    if (!is_well)
        log_error("the daemon's message was refused: %s", fault.text);
    /* Not exit(): lanes are at work, and nothing of theirs is to be put in order. */
    _exit(is_well ? EXIT_SUCCESS : EXIT_FAILURE);
}
