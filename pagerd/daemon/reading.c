/* SPDX-License-Identifier: MIT */
#include "daemon/reading.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calendar/reader.h"
#include "daemon/child.h"
#include "daemon/daemon.h"

/* Problems that the bytes themselves make, every time. */
static const char endless[] =
    "the calendar takes too much time to read; is there a rule that never ends?";
static const char too_many[] = "the calendar has too many shifts";

struct reading {
    struct daemon *daemon;
    struct child child;
    struct watch watch;
    struct text request;
    size_t sent;
    struct text result;
    msec deadline_at;
    reading_done *done;
    void *context;
};

static void reading_free(struct reading *reading)
{
    loop_remove(reading->daemon->loop, &reading->watch);
    child_end(&reading->child);
    text_clear(&reading->request);
    text_clear(&reading->result);
    free(reading);
}

static void reading_end(struct reading *reading, const char *problem)
{
    struct span result = problem == NULL ? text_span(&reading->result) : (struct span){0};
    reading->done(reading->context, result, problem);
    reading_free(reading);
}

/*
 * The child has closed its end. It is killed rather than waited for, since a child that only says
 * it has ended could hold the loop up; a whole result is good whatever became of its maker, and
 * half of one does not parse.
 */
static const char *reading_wait(struct reading *reading)
{
    int status = 0;
    kill(reading->child.pid, SIGKILL);
    pid_t pid = waitpid(reading->child.pid, &status, 0);
    close(reading->child.fd);
    reading->child.pid = 0;
    if (reading->result.size > 0)
        return NULL;
    if (pid > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return endless;
    return "the reader of calendars died on this calendar";
}

static void reading_send(struct reading *reading)
{
    const struct text *request = &reading->request;
    ssize_t sent = send(reading->child.fd, request->bytes + reading->sent,
                        request->size - reading->sent, MSG_NOSIGNAL);
    if (sent > 0)
        reading->sent += (size_t)sent;
    bool is_over =
        reading->sent == request->size || (sent < 0 && errno != EAGAIN && errno != EINTR);
    if (!is_over)
        return;
    shutdown(reading->child.fd, SHUT_WR);
    loop_change(reading->daemon->loop, &reading->watch, EPOLLIN);
}

static void reading_receive(struct reading *reading)
{
    char bytes[65536];
    ssize_t got = recv(reading->child.fd, bytes, sizeof(bytes), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got > 0) {
        text_add_bytes(&reading->result, bytes, (size_t)got);
        if (reading->result.size > READER_RESULT_MAX)
            reading_end(reading, too_many);
        return;
    }
    loop_remove(reading->daemon->loop, &reading->watch);
    const char *problem = reading_wait(reading);
    struct span result = problem == NULL ? text_span(&reading->result) : (struct span){0};
    reading->done(reading->context, result, problem);
    text_clear(&reading->request);
    text_clear(&reading->result);
    free(reading);
}

static void reading_ready(void *context, uint32_t events)
{
    struct reading *reading = context;
    if ((events & EPOLLOUT) != 0)
        reading_send(reading);
    else
        reading_receive(reading);
}

struct reading *reading_start(struct daemon *daemon, struct text *request, reading_done *done,
                              void *context, struct fault *fault)
{
    struct child child;
    if (!child_start("--reader", &child, fault))
        return NULL;
    struct reading *reading = memory_new(1, sizeof(*reading));
    *reading = (struct reading){.daemon = daemon,
                                .child = child,
                                .request = *request,
                                .deadline_at = daemon->tick_at + READER_TIMEOUT_MS,
                                .done = done,
                                .context = context};
    *request = (struct text){0};
    reading->watch = (struct watch){.fd = child.fd, .ready = reading_ready, .context = reading};
    loop_add(daemon->loop, &reading->watch, EPOLLOUT);
    return reading;
}

void reading_cancel(struct reading *reading)
{
    if (reading != NULL)
        reading_free(reading);
}

bool reading_blames_bytes(const char *problem)
{
    return problem == endless || problem == too_many;
}

msec reading_deadline_at(const struct reading *reading)
{
    return reading->deadline_at;
}

void reading_expire(struct reading *reading)
{
    reading_end(reading, "the calendar takes too long to read");
}
