/* SPDX-License-Identifier: MIT */
/*
 * oom_shim.c - makes chosen allocations of a process fail (LD_PRELOAD).
 *
 * OOM_CONTROL names a file of CONTROL_SIZE bytes that the test and every process of the role in
 * OOM_ROLE map: the test says in it which allocation is to fail, and flips whether allocations are
 * counted at all. The count goes over all threads and processes of the role. A site is the way to
 * an allocation: a hash of the return addresses, each counted from where its file was loaded, so
 * that it is the same in every run.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unwind.h>

#define SITES_MAX 65536
#define FRAMES_MAX 24
#define FRAME_SIZE 112
#define COMMAND_MAX 65536

enum mode { MODE_OFF, MODE_NUMBER, MODE_SITE, MODE_LIST_SITES };

struct site {
    _Atomic uint64_t hash;
    _Atomic uint64_t first; /* number of its first allocation, from 1 */
};

/* As tests/faults/oom.py packs it. */
struct control {
    _Atomic uint32_t is_armed;
    _Atomic uint32_t mode;
    uint32_t is_sticky;
    uint32_t depth;   /* frames that make a site */
    uint64_t target;  /* number, or hash of a site */
    uint64_t another; /* number of a second failure; 0: none */
    _Atomic uint64_t count;
    _Atomic uint64_t failed;
    char where[FRAMES_MAX][FRAME_SIZE]; /* of the first that failed: file and offset */
    struct site sites[SITES_MAX];
};

struct trace {
    uint64_t hash;
    size_t depth;
    size_t count;
    char (*where)[FRAME_SIZE]; /* NULL: only the hash is wanted */
};

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size);

static struct control *control;
static const struct link_map *own; /* this file: its frames are no part of a site */
static _Thread_local bool is_inside __attribute__((tls_model("initial-exec")));

/* daemon, courier, reader, calendar or pagectl, by the command line. */
static const char *role_of(const char *command, size_t size)
{
    static const struct {
        const char *option;
        const char *role;
    } roles[] = {{"--courier", "courier"}, {"--reader", "reader"}, {"--calendar", "calendar"}};
    const char *end = command + size;
    size_t length = strlen(command);
    if (length >= 7 && strcmp(command + length - 7, "pagectl") == 0)
        return "pagectl";
    if (length < 6 || strcmp(command + length - 6, "pagerd") != 0)
        return "other"; /* a shell, a tracer */
    for (const char *word = command; word < end; word += strlen(word) + 1) {
        for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
            if (strcmp(word, roles[i].option) == 0)
                return roles[i].role;
        }
    }
    return "daemon";
}

static bool is_wanted_role(void)
{
    static char command[COMMAND_MAX + 1];
    const char *wanted = getenv("OOM_ROLE");
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (wanted == NULL || file < 0)
        return false;
    ssize_t size = read(file, command, COMMAND_MAX);
    close(file);
    return size > 0 && strcmp(role_of(command, (size_t)size), wanted) == 0;
}

/* The calendar's reader allows itself few descriptors: the map stays, the file does not. */
__attribute__((constructor)) static void shim_open(void)
{
    const char *path = getenv("OOM_CONTROL");
    if (path == NULL || !is_wanted_role())
        return;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return;
    void *map = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    struct dl_find_object found;
    if (map == MAP_FAILED || _dl_find_object((void *)shim_open, &found) != 0)
        return;
    own = found.dlfo_link_map;
    control = map;
}

static uint64_t hash_add(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    return hash;
}

static _Unwind_Reason_Code trace_add(struct _Unwind_Context *context, void *argument)
{
    struct trace *trace = argument;
    struct dl_find_object found;
    uintptr_t address = _Unwind_GetIP(context);
    if (address == 0 || _dl_find_object((void *)(address - 1), &found) != 0)
        return _URC_END_OF_STACK;
    const struct link_map *file = found.dlfo_link_map;
    if (file == own)
        return _URC_NO_REASON;
    uint64_t offset = address - file->l_addr;
    trace->hash = hash_add(trace->hash, &offset, sizeof offset);
    trace->hash = hash_add(trace->hash, file->l_name, strlen(file->l_name));
    if (trace->where != NULL)
        snprintf(trace->where[trace->count], FRAME_SIZE, "%s+0x%llx",
                 file->l_name[0] == '\0' ? "program" : file->l_name,
                 (unsigned long long)offset - 1);
    trace->count++;
    return trace->count < trace->depth ? _URC_NO_REASON : _URC_END_OF_STACK;
}

static uint64_t site_hash(void)
{
    struct trace trace = {.hash = UINT64_C(14695981039346656037), .depth = control->depth};
    _Unwind_Backtrace(trace_add, &trace);
    return trace.hash == 0 ? 1 : trace.hash;
}

static void site_note(uint64_t hash, uint64_t number)
{
    for (size_t i = 0; i < SITES_MAX; i++) {
        struct site *site = &control->sites[(hash + i) % SITES_MAX];
        uint64_t seen = 0;
        if (atomic_compare_exchange_strong(&site->hash, &seen, hash)) {
            atomic_store(&site->first, number);
            return;
        }
        if (seen == hash)
            return;
    }
}

static bool is_due(uint64_t number)
{
    switch (atomic_load(&control->mode)) {
    case MODE_NUMBER:
        return number == control->target || number == control->another ||
               (control->is_sticky && number > control->target);
    case MODE_SITE:
        if (control->is_sticky && atomic_load(&control->failed) > 0)
            return true;
        return (control->is_sticky || atomic_load(&control->failed) == 0) &&
               site_hash() == control->target;
    case MODE_LIST_SITES:
        site_note(site_hash(), number);
        return false;
    default:
        return false;
    }
}

/* Must this allocation fail? Says no to its own. */
static bool is_failing(void)
{
    if (control == NULL || is_inside || atomic_load(&control->is_armed) == 0)
        return false;
    is_inside = true;
    uint64_t number = atomic_fetch_add(&control->count, 1) + 1;
    bool is_it = is_due(number);
    if (is_it && atomic_fetch_add(&control->failed, 1) == 0) {
        struct trace trace = {.depth = FRAMES_MAX, .where = control->where};
        _Unwind_Backtrace(trace_add, &trace);
    }
    is_inside = false;
    return is_it;
}

static void *refuse(void)
{
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t size)
{
    return is_failing() ? refuse() : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return is_failing() ? refuse() : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return is_failing() ? refuse() : __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return refuse();
    return is_failing() ? refuse() : __libc_realloc(memory, total);
}

void *memalign(size_t alignment, size_t size)
{
    return is_failing() ? refuse() : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return is_failing() ? refuse() : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    void *got = is_failing() ? NULL : __libc_memalign(alignment, size);
    if (got == NULL)
        return ENOMEM;
    *memory = got;
    return 0;
}
