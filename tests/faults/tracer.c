/* SPDX-License-Identifier: MIT */
/*
 * tracer.c - runs a program and strikes at its n-th system call.
 *
 * Counts over all threads and processes of one role (pagerd, its courier, its readers), so that
 * "the n-th call" means one point of a life. A seccomp filter stops only the calls that are asked
 * for, once each, at their entry (seccomp(2), SECCOMP_RET_TRACE); there the process can be killed,
 * the call be refused with an errno, or its count be halved.
 */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer_calls.h"

#define THREADS_MAX 1024
#define CANNOT 77 /* this machine does not let us: what CTest takes for skipped */
#define CALL_PATH_MAX 512
#define FILTER_MAX 400

enum role { ROLE_PAGERD, ROLE_COURIER, ROLE_READER, ROLE_COUNT, ROLE_ANY };

static const char *const role_names[] = {
    [ROLE_PAGERD] = "pagerd", [ROLE_COURIER] = "courier", [ROLE_READER] = "reader",
    [ROLE_COUNT] = "none",    [ROLE_ANY] = "any",
};

enum strike { STRIKE_NONE, STRIKE_KILL, STRIKE_FAIL, STRIKE_SHORT };

struct thread {
    pid_t tid; /* 0: a free place */
    pid_t pid;
    enum role role;
};

static struct tracer {
    enum role role;
    int classes;
    const char *under;
    enum strike strike;
    uint64_t at; /* 1: the first call */
    int error;
    bool is_sticky;
    FILE *log;
    pid_t first;
    int first_status;
    uint64_t counts[ROLE_COUNT];
    uint64_t hits;
    struct thread threads[THREADS_MAX];
} tracer = {.role = ROLE_ANY, .classes = CLASS_ALL};

static void tracer_end(int status, const char *what)
{
    fprintf(stderr, "tracer: %s: %s\n", what, strerror(errno));
    exit(status);
}

/* --- what differs from machine to machine: changing a call at its entry --- */

#if defined(__x86_64__)
typedef struct user_regs_struct registers;

static unsigned long long *register_of(registers *all, int argument)
{
    unsigned long long *const places[] = {&all->rdi, &all->rsi, &all->rdx,
                                          &all->r10, &all->r8,  &all->r9};
    return places[argument];
}

static void register_skip(pid_t tid, registers *all, int error)
{
    (void)tid;
    all->orig_rax = (unsigned long long)-1;
    all->rax = (unsigned long long)-error;
}
#elif defined(__aarch64__)
typedef struct user_regs_struct registers;

static unsigned long long *register_of(registers *all, int argument)
{
    return &all->regs[argument];
}

static void register_skip(pid_t tid, registers *all, int error)
{
    int no_call = -1;
    struct iovec place = {&no_call, sizeof(no_call)};
    ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &place);
    all->regs[0] = (unsigned long long)-error;
}
#endif

/* The call does not happen and gives -error. */
static void call_refuse(pid_t tid, int error)
{
    registers all;
    struct iovec place = {&all, sizeof(all)};
    if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &place) != 0)
        return; /* killed meanwhile */
    register_skip(tid, &all, error);
    ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &place);
}

static void call_halve(pid_t tid, int argument)
{
    registers all;
    struct iovec place = {&all, sizeof(all)};
    if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &place) != 0)
        return;
    unsigned long long *count = register_of(&all, argument);
    *count = *count > 1 ? *count / 2 : *count;
    ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &place);
}

/* --- who is who --- */

/* A number behind `name` in /proc/TID/status; 0 when it is gone. */
static pid_t status_number(pid_t tid, const char *name)
{
    char path[64];
    char line[256];
    int number = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", tid);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            number = atoi(line + strlen(name));
    if (file != NULL)
        fclose(file);
    return number;
}

static enum role role_by_argv(pid_t pid)
{
    char path[64];
    char words[4096];
    snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
    FILE *file = fopen(path, "re");
    size_t size = file == NULL ? 0 : fread(words, 1, sizeof(words) - 1, file);
    if (file != NULL)
        fclose(file);
    words[size] = '\0';
    for (const char *word = words; word < words + size; word += strlen(word) + 1) {
        if (strcmp(word, "--courier") == 0)
            return ROLE_COURIER;
        if (strcmp(word, "--reader") == 0)
            return ROLE_READER;
    }
    return ROLE_PAGERD;
}

static struct thread *thread_find(pid_t tid)
{
    for (size_t i = 0; i < THREADS_MAX; i++)
        if (tracer.threads[i].tid == tid)
            return &tracer.threads[i];
    return NULL;
}

/* A new one is what it came from, until it becomes something else by exec. */
static struct thread *thread_get(pid_t tid)
{
    struct thread *thread = thread_find(tid);
    if (thread != NULL)
        return thread;
    thread = thread_find(0);
    if (thread == NULL) {
        errno = ENOBUFS;
        tracer_end(2, "too many threads");
    }
    pid_t pid = status_number(tid, "Tgid:");
    const struct thread *origin = thread_find(pid == tid ? status_number(tid, "PPid:") : pid);
    *thread =
        (struct thread){.tid = tid, .pid = pid, .role = origin != NULL ? origin->role : ROLE_COUNT};
    return thread;
}

static void thread_became(pid_t pid)
{
    for (size_t i = 0; i < THREADS_MAX; i++)
        if (tracer.threads[i].pid == pid && tracer.threads[i].tid != pid)
            tracer.threads[i] = (struct thread){0};
    thread_get(pid)->role = role_by_argv(pid);
}

/* --- what a call is about --- */

/* The file behind a descriptor, or "". */
static void path_of_fd(pid_t pid, int fd, char path[CALL_PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof(link), fd == -100 ? "/proc/%d/cwd" : "/proc/%d/fd/%d", pid, fd);
    ssize_t size = readlink(link, path, CALL_PATH_MAX - 1);
    path[size < 0 ? 0 : size] = '\0';
}

static void text_of(pid_t pid, uint64_t address, char text[CALL_PATH_MAX])
{
    struct iovec here = {text, CALL_PATH_MAX - 1};
    /* Up to the end of the page alone: the next one may not be there. */
    size_t room = 4096 - (size_t)(address % 4096);
    here.iov_len = room < here.iov_len ? room : here.iov_len;
    struct iovec there = {(void *)(uintptr_t)address, here.iov_len};
    ssize_t size = process_vm_readv(pid, &here, 1, &there, 1, 0);
    text[size < 0 ? 0 : size] = '\0';
}

static void call_path(pid_t pid, const struct call_row *row, const uint64_t *arguments,
                      char path[CALL_PATH_MAX])
{
    char name[CALL_PATH_MAX] = "";
    path[0] = '\0';
    if (row == NULL)
        return;
    if (row->path != NONE)
        text_of(pid, arguments[row->path], name);
    if (name[0] == '/') {
        memcpy(path, name, CALL_PATH_MAX);
        return;
    }
    if (row->fd == NONE && row->path == NONE)
        return;
    path_of_fd(pid, row->fd == NONE ? -100 : (int)arguments[row->fd], path);
    size_t size = strlen(path);
    size_t more = strlen(name);
    if (more == 0 || size + more + 2 > CALL_PATH_MAX)
        return;
    path[size] = '/';
    memcpy(path + size + 1, name, more + 1);
}

static bool path_is_under(const char *path)
{
    size_t size = strlen(tracer.under);
    return strncmp(path, tracer.under, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

static bool call_counts(pid_t pid, const struct call_row *row, const uint64_t *arguments)
{
    bool is_asked =
        tracer.classes == CLASS_ALL || (row != NULL && (row->classes & tracer.classes) != 0);
    if (!is_asked || (tracer.strike == STRIKE_SHORT && (row == NULL || row->count == NONE)))
        return false;
    if (tracer.under == NULL)
        return true;
    char path[CALL_PATH_MAX];
    call_path(pid, row, arguments, path);
    return path_is_under(path);
}

/* --- striking --- */

static void strike_report(const struct thread *thread, const struct call_row *row, uint64_t number,
                          const uint64_t *arguments)
{
    char path[CALL_PATH_MAX];
    tracer.hits++;
    if (tracer.hits > 1)
        return;
    call_path(thread->pid, row, arguments, path);
    if (row != NULL)
        fprintf(tracer.log, "hit %s %s %s\n", role_names[thread->role], row->name, path);
    else
        fprintf(tracer.log, "hit %s call-%llu\n", role_names[thread->role],
                (unsigned long long)number);
    fflush(tracer.log);
}

static void strike_do(const struct thread *thread, const struct call_row *row)
{
    switch (tracer.strike) {
    case STRIKE_KILL:
        kill(thread->pid, SIGKILL);
        break;
    case STRIKE_FAIL:
        call_refuse(thread->tid, tracer.error);
        break;
    case STRIKE_SHORT:
        call_halve(thread->tid, row->count);
        break;
    case STRIKE_NONE:
        break;
    }
}

/* Whoever may not be dumped may be looked at by root alone (prctl(2)). */
static bool is_hiding(const struct call_row *row, const uint64_t *arguments)
{
    return geteuid() != 0 && row != NULL && row->number == SYS_prctl &&
           arguments[0] == PR_SET_DUMPABLE;
}

static void call_entered(struct thread *thread)
{
    struct __ptrace_syscall_info info;
    if (thread->role == ROLE_COUNT ||
        ptrace(PTRACE_GET_SYSCALL_INFO, thread->tid, sizeof(info), &info) <= 0 ||
        info.op != PTRACE_SYSCALL_INFO_SECCOMP)
        return;
    uint64_t arguments[6];
    for (size_t i = 0; i < 6; i++)
        arguments[i] = info.seccomp.args[i];
    const struct call_row *row = call_row_find((long)info.seccomp.nr);
    if (is_hiding(row, arguments))
        call_refuse(thread->tid, 0);
    if (!call_counts(thread->pid, row, arguments))
        return;
    tracer.counts[thread->role]++;
    uint64_t count = tracer.counts[thread->role];
    if (tracer.role == ROLE_ANY)
        count =
            tracer.counts[ROLE_PAGERD] + tracer.counts[ROLE_COURIER] + tracer.counts[ROLE_READER];
    else if (tracer.role != thread->role)
        return;
    if (tracer.strike == STRIKE_NONE || count < tracer.at ||
        (count > tracer.at && !tracer.is_sticky))
        return;
    strike_report(thread, row, info.seccomp.nr, arguments);
    strike_do(thread, row);
}

/* --- the life of the traced --- */

static bool is_group_stop(int status)
{
    int number = WSTOPSIG(status);
    return status >> 16 == PTRACE_EVENT_STOP &&
           (number == SIGSTOP || number == SIGTSTP || number == SIGTTIN || number == SIGTTOU);
}

static void thread_stopped(pid_t tid, int status)
{
    int event = status >> 16;
    struct thread *thread = thread_get(tid);
    if (event == PTRACE_EVENT_EXEC)
        thread_became(tid);
    if (event == PTRACE_EVENT_SECCOMP)
        call_entered(thread);
    if (is_group_stop(status)) {
        ptrace(PTRACE_LISTEN, tid, 0, 0);
        return;
    }
    ptrace(PTRACE_CONT, tid, 0, event == 0 ? WSTOPSIG(status) : 0);
}

static void thread_ended(pid_t tid, int status)
{
    struct thread *thread = thread_find(tid);
    if (thread != NULL)
        *thread = (struct thread){0};
    if (tid == tracer.first)
        tracer.first_status = status;
}

static void trace_all(void)
{
    for (;;) {
        int status;
        pid_t tid = waitpid(-1, &status, __WALL);
        if (tid < 0 && errno == EINTR)
            continue;
        if (tid < 0)
            return;
        if (WIFSTOPPED(status))
            thread_stopped(tid, status);
        else
            thread_ended(tid, status);
    }
}

static void forward(int number)
{
    kill(tracer.first, number);
}

/* --- the first child --- */

static void filter_install(void)
{
    struct sock_filter filter[FILTER_MAX];
    unsigned short size = 0;
    const struct sock_filter trace = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    filter[size++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < call_row_count; i++) {
        bool may_hide = call_rows[i].number == SYS_prctl && geteuid() != 0;
        if (tracer.classes == CLASS_ALL ||
            ((call_rows[i].classes & tracer.classes) == 0 && !may_hide))
            continue;
        filter[size++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                                      (unsigned)call_rows[i].number, 0, 1);
        filter[size++] = trace;
    }
    filter[size++] = tracer.classes == CLASS_ALL
                         ? trace
                         : (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = size, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(CANNOT);
}

static void child_run(int gate, char **argv)
{
    char byte;
    if (read(gate, &byte, 1) != 1)
        _exit(CANNOT);
    close(gate);
    filter_install();
    execvp(argv[0], argv);
    fprintf(stderr, "tracer: cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static void child_start(char **argv)
{
    int gate[2];
    if (pipe(gate) != 0)
        tracer_end(2, "pipe");
    tracer.first = fork();
    if (tracer.first == 0) {
        close(gate[1]);
        child_run(gate[0], argv);
    }
    if (tracer.first < 0)
        tracer_end(2, "fork");
    struct sigaction action = {.sa_handler = forward};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    unsigned long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEVFORK |
                            PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SEIZE, tracer.first, 0, options) != 0)
        tracer_end(CANNOT, "this machine does not allow tracing");
    if (write(gate[1], "x", 1) != 1)
        tracer_end(2, "write");
    close(gate[0]);
    close(gate[1]);
}

/* --- the command line --- */

static void usage(void)
{
    fputs("usage: tracer [--role pagerd|courier|reader|any] [--calls all|file|lock|open|network]\n"
          "              [--under DIR] [--kill N | --fail ERRNO@N[+] | --short N[+]] [--log FILE]\n"
          "              -- PROGRAM ARGS\n",
          stderr);
    exit(2);
}

static void parse_role(const char *value)
{
    for (int i = 0; i <= ROLE_ANY; i++)
        if (i != ROLE_COUNT && strcmp(role_names[i], value) == 0) {
            tracer.role = (enum role)i;
            return;
        }
    usage();
}

static void parse_calls(const char *value)
{
    static const struct {
        const char *name;
        int classes;
    } names[] = {{"all", CLASS_ALL},
                 {"file", CLASS_FILE},
                 {"open", CLASS_OPEN},
                 {"network", CLASS_NETWORK},
                 {"lock", CLASS_LOCK}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i].name, value) == 0) {
            tracer.classes = names[i].classes;
            return;
        }
    usage();
}

/* "N" or "N+": from then on every time. */
static void parse_at(enum strike strike, const char *value)
{
    char *end;
    tracer.strike = strike;
    tracer.at = strtoull(value, &end, 10);
    tracer.is_sticky = *end == '+';
    if (tracer.at == 0 || end[tracer.is_sticky] != '\0')
        usage();
}

static void parse_fail(const char *value)
{
    const char *at = strchr(value, '@');
    if (at == NULL)
        usage();
    tracer.error = errno_find(value, (size_t)(at - value));
    if (tracer.error == 0)
        usage();
    parse_at(STRIKE_FAIL, at + 1);
}

static void parse_option(const char *name, const char *value)
{
    if (strcmp(name, "--role") == 0)
        parse_role(value);
    else if (strcmp(name, "--calls") == 0)
        parse_calls(value);
    else if (strcmp(name, "--under") == 0)
        tracer.under = value;
    else if (strcmp(name, "--kill") == 0)
        parse_at(STRIKE_KILL, value);
    else if (strcmp(name, "--short") == 0)
        parse_at(STRIKE_SHORT, value);
    else if (strcmp(name, "--fail") == 0)
        parse_fail(value);
    else if (strcmp(name, "--log") == 0)
        tracer.log = fopen(value, "we");
    else
        usage();
}

/* Ends as the first child did. */
static void end_alike(int status)
{
    struct rlimit none = {0, 0};
    if (WIFEXITED(status))
        exit(WEXITSTATUS(status));
    setrlimit(RLIMIT_CORE, &none);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    exit(128 + WTERMSIG(status));
}

int main(int argc, char **argv)
{
    int at = 1;
    for (; at < argc && strcmp(argv[at], "--") != 0; at += 2) {
        if (at + 1 >= argc)
            usage();
        parse_option(argv[at], argv[at + 1]);
    }
    if (at + 1 >= argc)
        usage();
    if (tracer.log == NULL)
        tracer.log = stderr;
    child_start(argv + at + 1);
    trace_all();
    for (int i = 0; i < ROLE_COUNT; i++)
        fprintf(tracer.log, "count %s %llu\n", role_names[i], (unsigned long long)tracer.counts[i]);
    fprintf(tracer.log, "hits %llu\n", (unsigned long long)tracer.hits);
    fflush(tracer.log);
    end_alike(tracer.first_status);
}
