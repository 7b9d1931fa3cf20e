/* SPDX-License-Identifier: MIT */
#include "notify/courier/runner.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "notify/courier/courier.h"
#include "notify/courier/leave.h"
#include "notify/courier/message.h"

#define STATUS_NOT_RUN 126
#define STATUS_NOT_FOUND 127

struct work {
    struct work *next;
    uint64_t id;
    struct text frame;
};

struct runner {
    struct outbox *outbox;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct work *first; /* these under the mutex */
    struct work *last;
    size_t waiting_count;
    size_t thread_count;
    size_t idle_count;
};

/* One command as it is run. */
struct run {
    struct job job;
    char *arguments[REQUEST_HEADERS_MAX + 2];
    char *environment[REQUEST_HEADERS_MAX + 3];
    int input[2];
    int output[2];
    pid_t pid;
    struct text said;
};

struct runner *runner_new(struct outbox *outbox)
{
    struct runner *runner = memory_new(1, sizeof *runner);
    runner->outbox = outbox;
    int failed = pthread_mutex_init(&runner->mutex, NULL);
    assert(failed == 0);
    failed = pthread_cond_init(&runner->wake, NULL);
    assert(failed == 0);
    return runner;
}

static int64_t clock_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* "arg: VALUE" and "env: NAME=VALUE" */
static void lists_fill(struct run *run)
{
    static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    static char language[] = "LANG=C.UTF-8";
    const struct request *request = &run->job.request;
    size_t arguments = 0;
    size_t variables = 0;
    run->arguments[arguments++] = (char *)(uintptr_t)request->url;
    run->environment[variables++] = path;
    run->environment[variables++] = language;
    for (size_t i = 0; i < request->header_count; i++) {
        const char *header = request->headers[i];
        if (strncmp(header, "arg: ", 5) == 0)
            run->arguments[arguments++] = (char *)(uintptr_t)(header + 5);
        else if (strncmp(header, "env: ", 5) == 0)
            run->environment[variables++] = (char *)(uintptr_t)(header + 5);
    }
}

/* In the child of a process with threads: nothing but what a signal handler may do. */
NORETURN static void child_run(const struct run *run)
{
    struct rlimit files = {RUNNER_FILES_MAX, RUNNER_FILES_MAX};
    struct rlimit size = {RUNNER_FILE_SIZE_MAX, RUNNER_FILE_SIZE_MAX};
    rlim_t seconds = run->job.request.total_ms / 1000 + 1;
    struct rlimit processor = {seconds, seconds};
    sigset_t none;
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    if (dup2(run->input[0], STDIN_FILENO) < 0 || dup2(run->output[1], STDOUT_FILENO) < 0 ||
        dup2(run->output[1], STDERR_FILENO) < 0 || chdir("/") < 0)
        _exit(STATUS_NOT_RUN);
    (void)close_range(STDERR_FILENO + 1, ~0U, 0);
    (void)setrlimit(RLIMIT_NOFILE, &files);
    (void)setrlimit(RLIMIT_FSIZE, &size);
    (void)setrlimit(RLIMIT_CPU, &processor);
    (void)execve(run->arguments[0], run->arguments, run->environment);
    _exit(errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_NOT_RUN);
}

static void close_pair(int pair[2])
{
    for (size_t i = 0; i < 2; i++)
        if (pair[i] >= 0)
            (void)close(pair[i]);
}

/* The text fits into the pipe: it is written before it is read. */
static bool run_begin(struct run *run)
{
    struct span body = run->job.request.body;
    if (pipe2(run->input, O_CLOEXEC) < 0 || pipe2(run->output, O_CLOEXEC) < 0)
        return false;
    (void)fcntl(run->input[1], F_SETFL, O_NONBLOCK);
    (void)fcntl(run->output[0], F_SETFL, O_NONBLOCK);
    if (body.size > 0 && write(run->input[1], body.bytes, body.size) != (ssize_t)body.size)
        return false;
    (void)close(run->input[1]);
    run->input[1] = -1;
    run->pid = fork();
    if (run->pid == 0)
        child_run(run);
    (void)close(run->output[1]);
    run->output[1] = -1;
    if (run->pid > 0)
        (void)setpgid(run->pid, run->pid); /* whoever of both is first */
    return run->pid > 0;
}

/* False at its end. What is beyond the limit is read and let go. */
static bool output_take(struct run *run)
{
    char bytes[4096];
    ssize_t got = read(run->output[0], bytes, sizeof bytes);
    if (got > 0) {
        size_t room = RUNNER_OUTPUT_MAX - run->said.size;
        text_add_bytes(&run->said, bytes, (size_t)got < room ? (size_t)got : room);
    }
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Waits for its end, until its time is over. True: it has ended by itself. */
static bool run_wait(struct run *run)
{
    int64_t deadline_ms = clock_ms() + run->job.request.total_ms;
    int process = pidfd_open(run->pid, 0);
    bool has_ended = false;
    bool is_open = true;
    while (process >= 0 && !has_ended) {
        int64_t left_ms = deadline_ms - clock_ms();
        struct pollfd polled[2] = {{.fd = process, .events = POLLIN},
                                   {.fd = is_open ? run->output[0] : -1, .events = POLLIN}};
        if (left_ms <= 0)
            break;
        (void)poll(polled, 2, (int)left_ms);
        if (polled[1].revents != 0)
            is_open = output_take(run);
        has_ended = (polled[0].revents & POLLIN) != 0;
    }
    if (has_ended && is_open)
        (void)output_take(run);
    if (process >= 0)
        (void)close(process);
    return has_ended;
}

/* Ends it and all that it has left behind; returns the status as wait() gives it. */
static int run_end(const struct run *run)
{
    int status = 0;
    (void)kill(-run->pid, SIGKILL);
    (void)kill(run->pid, SIGKILL);
    while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

static void run_answer(struct runner *runner, uint64_t id, const struct run *run, bool has_ended,
                       int status)
{
    char why[RESULT_ERROR_SIZE] = "";
    if (!has_ended)
        snprintf(why, sizeof why, "it took longer than %u s and was killed",
                 run->job.request.total_ms / 1000);
    else if (WIFSIGNALED(status))
        snprintf(why, sizeof why, "it was ended by signal %d", WTERMSIG(status));
    struct result result = {.end = why[0] == '\0' ? TRANSFER_ANSWERED : TRANSFER_UNCERTAIN,
                            .code = why[0] == '\0' ? (uint32_t)WEXITSTATUS(status) : 0,
                            .body = text_span(&run->said),
                            .error = why,
                            .etag = "",
                            .last_modified = ""};
    outbox_put(runner->outbox, id, &result);
}

static void work_do(struct runner *runner, const struct work *work)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct run run = {.input = {-1, -1}, .output = {-1, -1}};
    struct fault fault;
    if (!job_parse(text_span(&work->frame), arena, &run.job, &fault)) {
        outbox_put_failure(runner->outbox, work->id, TRANSFER_INVALID, fault.text);
        return;
    }
    if (leave_refuse(&run.job, runner->outbox))
        return;
    lists_fill(&run);
    if (run_begin(&run)) {
        bool has_ended = run_wait(&run);
        int status = run_end(&run);
        run_answer(runner, work->id, &run, has_ended, status);
    } else {
        outbox_put_failure(runner->outbox, work->id, TRANSFER_BROKEN,
                           "no process can be started for it");
    }
    close_pair(run.input);
    close_pair(run.output);
    text_clear(&run.said);
}

static void *runner_main(void *context)
{
    struct runner *runner = context;
    for (;;) {
        (void)pthread_mutex_lock(&runner->mutex);
        runner->idle_count++;
        while (runner->first == NULL)
            (void)pthread_cond_wait(&runner->wake, &runner->mutex);
        runner->idle_count--;
        struct work *work = runner->first;
        runner->first = work->next;
        runner->waiting_count--;
        (void)pthread_mutex_unlock(&runner->mutex);
        work_do(runner, work);
        text_clear(&work->frame);
        free(work);
    }
    return NULL;
}

/* Under the mutex: another thread, where all are busy and there may be one more. */
static void thread_add(struct runner *runner)
{
    pthread_t thread;
    if (runner->idle_count >= runner->waiting_count || runner->thread_count == RUNNER_MAX ||
        pthread_create(&thread, NULL, runner_main, runner) != 0)
        return;
    (void)pthread_detach(thread);
    runner->thread_count++;
}

void runner_put(struct runner *runner, uint64_t id, struct span frame)
{
    (void)pthread_mutex_lock(&runner->mutex);
    bool is_full = runner->waiting_count >= COURIER_JOBS_MAX;
    if (!is_full) {
        struct work *work = memory_new(1, sizeof *work);
        work->id = id;
        text_add_span(&work->frame, frame);
        if (runner->first == NULL)
            runner->first = work;
        else
            runner->last->next = work;
        runner->last = work;
        runner->waiting_count++;
        thread_add(runner);
        is_full = runner->thread_count == 0;
        (void)pthread_cond_signal(&runner->wake);
    }
    (void)pthread_mutex_unlock(&runner->mutex);
    if (is_full)
        outbox_put_failure(runner->outbox, id, TRANSFER_BROKEN,
                           "too many commands wait, or no thread can be had for them");
}
