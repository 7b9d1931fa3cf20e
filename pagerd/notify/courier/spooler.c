/* SPDX-License-Identifier: MIT */
#include "notify/courier/spooler.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "notify/courier/courier.h"
#include "notify/courier/leave.h"
#include "notify/courier/message.h"
#include "notify/spool.h"

#define LOOK_MS 200 /* how often it is looked what became of a file */
#define STALE_S 900 /* what comes in is no news any more then, and is left where it is */
#define SETTLED_S 1 /* a file that comes in is whole when it was not written to for so long */
#define LOCK_SUFFIX ".LOCK" /* of smstools: the modem is at it */
#define ENTRIES_MAX 10000   /* of a folder that are looked at */

/* A file that was laid down and has become nothing yet, or a job that waits to be begun. */
struct work {
    struct work *next;
    struct arena *arena;
    uint64_t id;
    struct job job;
    int64_t deadline_ms; /* monotonic; 0: not begun */
};

struct spooler {
    struct outbox *outbox;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct work *fresh; /* these two under the mutex */
    size_t count;
    struct work *begun; /* the thread's own */
};

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The value of a header "Name: value" of the job; "" when it has none. */
static const char *order_of(const struct request *request, const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < request->header_count; i++)
        if (strncmp(request->headers[i], name, size) == 0 &&
            strncmp(request->headers[i] + size, ": ", 2) == 0)
            return request->headers[i] + size + 2;
    return "";
}

/* A folder of the spool, or -1. */
static int folder_open(const struct work *work, struct span name)
{
    if (!spool_is_name(name))
        return -1;
    const char *path =
        arena_format(work->arena, "%s/%.*s", work->job.request.url, (int)name.size, name.bytes);
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void answer(struct spooler *spooler, const struct work *work, uint32_t code,
                   const struct text *body)
{
    struct result result = {.end = TRANSFER_ANSWERED,
                            .code = code,
                            .body = text_span(body),
                            .error = "",
                            .etag = "",
                            .last_modified = ""};
    outbox_put(spooler->outbox, work->id, &result);
}

static void fail(struct spooler *spooler, const struct work *work, enum transfer_end end,
                 const char *what)
{
    outbox_put_failure(spooler->outbox, work->id, end, what);
}

/* Appends what the file holds, up to a limit. False: it cannot be read. */
static bool file_read(int folder, const char *name, struct text *text)
{
    char bytes[SPOOL_FILE_MAX];
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return false;
    struct stat status;
    bool is_file = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    size_t size = 0;
    ssize_t got = 1;
    while (is_file && got > 0 && size < sizeof bytes) {
        got = read(file, bytes + size, sizeof bytes - size);
        size += got > 0 ? (size_t)got : 0;
    }
    (void)close(file);
    text_add_bytes(text, bytes, size);
    return is_file && got >= 0;
}

/* The file under a hidden name first, for whoever looks at the folder must find it whole or not. */
static bool file_lay(int folder, const struct work *work, const char *name)
{
    const char *hidden = arena_format(work->arena, ".%s", name);
    struct span body = work->job.request.body;
    int file = openat(folder, hidden, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0660);
    if (file < 0)
        return false;
    (void)fchmod(file, 0660); /* whatever the umask: the modem's program is another user */
    size_t size = 0;
    ssize_t put = 1;
    while (put > 0 && size < body.size) {
        put = write(file, body.bytes + size, body.size - size);
        size += put > 0 ? (size_t)put : 0;
    }
    bool is_well = size == body.size && fsync(file) == 0;
    int error = errno;
    is_well = close(file) == 0 && is_well;
    if (is_well && renameat(folder, hidden, folder, name) == 0 && fsync(folder) == 0)
        return true;
    error = is_well ? errno : error;
    (void)unlinkat(folder, hidden, 0);
    errno = error;
    return false;
}

/* Looks for the file in folders; true when it was found, and answered. */
static bool put_ended(struct spooler *spooler, struct work *work, const char *order, uint32_t code)
{
    const char *name = order_of(&work->job.request, "File");
    struct span rest = span_of(order_of(&work->job.request, order));
    while (rest.size > 0) {
        CLEANUP(text_clear) struct text body = {0};
        int folder = folder_open(work, span_cut(&rest, ' '));
        bool is_there = folder >= 0 && file_read(folder, name, &body);
        if (folder >= 0)
            (void)close(folder);
        if (is_there) {
            answer(spooler, work, code, &body);
            return true;
        }
    }
    return false;
}

/* Does the file lie somewhere before the modem? */
static bool is_pending(const struct work *work)
{
    const char *name = order_of(&work->job.request, "File");
    struct span rest = span_of(order_of(&work->job.request, "Pending"));
    bool is_there = false;
    while (rest.size > 0 && !is_there) {
        int folder = folder_open(work, span_cut(&rest, ' '));
        if (folder < 0)
            continue;
        is_there = faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
        (void)close(folder);
    }
    return is_there;
}

/* True: it is begun, and waits for what becomes of it. A file of this name that waits already is
 * this one, laid down by a courier that did not live to tell. */
static bool put_begin(struct spooler *spooler, struct work *work)
{
    const struct request *request = &work->job.request;
    const char *name = order_of(request, "File");
    const char *outgoing = order_of(request, "Outgoing");
    if (!spool_is_name(span_of(name))) {
        fail(spooler, work, TRANSFER_INVALID, "the file's name cannot be used");
        return false;
    }
    if (is_pending(work)) /* looked at first: it goes on to the others, and not back */
        return true;
    if (put_ended(spooler, work, "Sent", SPOOL_SENT) ||
        put_ended(spooler, work, "Failed", SPOOL_FAILED) ||
        leave_refuse(&work->job, spooler->outbox))
        return false;
    int folder = folder_open(work, span_of(outgoing));
    bool is_laid = folder >= 0 && file_lay(folder, work, name);
    int error = errno;
    if (folder >= 0)
        (void)close(folder);
    if (!is_laid)
        fail(spooler, work, TRANSFER_UNREACHED,
             arena_format(work->arena, "cannot write into %s/%s: %s", request->url, outgoing,
                          strerror(error)));
    return is_laid;
}

/* Takes the file back. False: it is not there any more, or the modem is at it. */
static bool put_withdraw(struct work *work)
{
    const char *name = order_of(&work->job.request, "File");
    const char *lock = arena_format(work->arena, "%s" LOCK_SUFFIX, name);
    struct span rest = span_of(order_of(&work->job.request, "Pending"));
    bool is_taken = false;
    while (rest.size > 0 && !is_taken) {
        int folder = folder_open(work, span_cut(&rest, ' '));
        if (folder < 0)
            continue;
        if (faccessat(folder, lock, F_OK, 0) != 0)
            is_taken = unlinkat(folder, name, 0) == 0;
        (void)close(folder);
    }
    return is_taken;
}

/* True: it is over, one way or the other. */
static bool put_look(struct spooler *spooler, struct work *work)
{
    if (put_ended(spooler, work, "Sent", SPOOL_SENT) ||
        put_ended(spooler, work, "Failed", SPOOL_FAILED))
        return true;
    if (clock_ms(CLOCK_MONOTONIC) < work->deadline_ms)
        return false;
    if (put_withdraw(work))
        fail(spooler, work, TRANSFER_BROKEN,
             "the modem did not take it in time; it was taken back");
    else
        fail(spooler, work, TRANSFER_UNCERTAIN,
             "the modem took it and has not said what became "
             "of it");
    return true;
}

/* What was taken before goes: "incoming/GSM1.abc". */
static void taken_remove(const struct work *work)
{
    for (size_t i = 0; i < work->job.request.header_count; i++) {
        struct span name = span_of(work->job.request.headers[i]);
        if (!span_has_prefix(name, "Taken: "))
            continue;
        (void)span_cut(&name, ' ');
        int folder = folder_open(work, span_cut(&name, '/'));
        if (folder < 0)
            continue;
        if (spool_is_name(name))
            (void)unlinkat(folder, arena_copy_span(work->arena, name), 0);
        (void)close(folder);
    }
}

static bool is_settled(int folder, const char *name)
{
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
        return false;
    int64_t age_s = clock_ms(CLOCK_REALTIME) / 1000 - status.st_mtim.tv_sec;
    return age_s > SETTLED_S && age_s < STALE_S && strstr(name, LOCK_SUFFIX) == NULL;
}

/* Appends the files of one folder, up to what one answer takes. False: it cannot be read. */
static bool folder_read(const struct work *work, struct span name, struct text *body, size_t *count)
{
    int folder = folder_open(work, name);
    DIR *entries = folder >= 0 ? fdopendir(folder) : NULL;
    if (entries == NULL) {
        if (folder >= 0)
            (void)close(folder);
        return false;
    }
    const struct dirent *entry;
    for (int seen = 0; seen < ENTRIES_MAX && *count < SPOOL_FILES_MAX; seen++) {
        CLEANUP(text_clear) struct text bytes = {0};
        entry = readdir(entries);
        if (entry == NULL)
            break;
        if (!spool_is_name(span_of(entry->d_name)) || !is_settled(folder, entry->d_name) ||
            !file_read(folder, entry->d_name, &bytes) ||
            body->size + bytes.size + SPOOL_NAME_SIZE * 2 > RESULT_BODY_MAX)
            continue;
        spool_add(body,
                  arena_format(work->arena, "%.*s/%s", (int)name.size, name.bytes, entry->d_name),
                  text_span(&bytes));
        (*count)++;
    }
    (void)closedir(entries);
    return true;
}

/* The first of the folders has to be there; others are a matter of how the program is set up. */
static void get_do(struct spooler *spooler, struct work *work)
{
    CLEANUP(text_clear) struct text body = {0};
    const struct request *request = &work->job.request;
    struct span rest = span_of(order_of(request, "Incoming"));
    struct span first = span_cut(&rest, ' ');
    size_t count = 0;
    taken_remove(work);
    if (!folder_read(work, first, &body, &count)) {
        fail(spooler, work, TRANSFER_UNREACHED,
             arena_format(work->arena, "cannot read %s/%.*s: %s", request->url, (int)first.size,
                          first.bytes, strerror(errno)));
        return;
    }
    while (rest.size > 0)
        (void)folder_read(work, span_cut(&rest, ' '), &body, &count);
    answer(spooler, work, SPOOL_SENT, &body);
}

static void work_free(struct work *work)
{
    arena_free(work->arena);
    free(work);
}

/* True: there is more to be seen of it. */
static bool work_begin(struct spooler *spooler, struct work *work)
{
    if (!string_is(work->job.request.method, "PUT")) {
        get_do(spooler, work);
        return false;
    }
    work->deadline_ms = clock_ms(CLOCK_MONOTONIC) + work->job.request.total_ms;
    return put_begin(spooler, work);
}

/* Everything that has come, in the order in which it came; waits a little when nothing has. */
static struct work *fresh_take(struct spooler *spooler)
{
    (void)pthread_mutex_lock(&spooler->mutex);
    if (spooler->fresh == NULL && spooler->begun == NULL) {
        (void)pthread_cond_wait(&spooler->wake, &spooler->mutex);
    } else if (spooler->fresh == NULL) {
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += LOOK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        (void)pthread_cond_timedwait(&spooler->wake, &spooler->mutex, &until);
    }
    struct work *fresh = spooler->fresh;
    spooler->fresh = NULL;
    (void)pthread_mutex_unlock(&spooler->mutex);
    return fresh;
}

static void work_end(struct spooler *spooler, struct work *work)
{
    (void)pthread_mutex_lock(&spooler->mutex);
    spooler->count--;
    (void)pthread_mutex_unlock(&spooler->mutex);
    work_free(work);
}

/* Begins what has come, and looks what has become of the rest. */
static void spooler_round(struct spooler *spooler)
{
    struct work *fresh = fresh_take(spooler);
    while (fresh != NULL) {
        struct work *work = fresh;
        fresh = work->next;
        if (!work_begin(spooler, work)) {
            work_end(spooler, work);
            continue;
        }
        work->next = spooler->begun;
        spooler->begun = work;
    }
    for (struct work **at = &spooler->begun; *at != NULL;) {
        struct work *work = *at;
        if (!put_look(spooler, work)) {
            at = &work->next;
            continue;
        }
        *at = work->next;
        work_end(spooler, work);
    }
}

static void *spooler_run(void *context)
{
    for (;;)
        spooler_round(context);
    return NULL;
}

struct spooler *spooler_new(struct outbox *outbox)
{
    struct spooler *spooler = memory_new(1, sizeof *spooler);
    spooler->outbox = outbox;
    pthread_t thread;
    if (pthread_mutex_init(&spooler->mutex, NULL) == 0 &&
        pthread_cond_init(&spooler->wake, NULL) == 0 &&
        pthread_create(&thread, NULL, spooler_run, spooler) == 0) {
        (void)pthread_detach(thread);
        return spooler;
    }
    free(spooler);
    return NULL;
}

void spooler_put(struct spooler *spooler, uint64_t id, struct span frame)
{
    struct work *work = memory_new(1, sizeof *work);
    struct fault fault;
    work->arena = arena_new();
    work->id = id;
    bool is_read = job_parse(frame, work->arena, &work->job, &fault);
    assert(is_read);
    (void)pthread_mutex_lock(&spooler->mutex);
    bool is_full = spooler->count >= COURIER_JOBS_MAX;
    struct work **end = &spooler->fresh;
    while (!is_full && *end != NULL)
        end = &(*end)->next;
    if (!is_full) {
        *end = work;
        spooler->count++;
    }
    (void)pthread_cond_signal(&spooler->wake);
    (void)pthread_mutex_unlock(&spooler->mutex);
    if (!is_full)
        return;
    work_free(work);
    outbox_put_failure(spooler->outbox, id, TRANSFER_BROKEN, "too many messages wait in the spool");
}
