/* SPDX-License-Identifier: MIT */
#include "tracer_calls.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#define ON_FD(call, classes)                      \
    {                                             \
        SYS_##call, #call, classes, 0, NONE, NONE \
    }
#define ON_PATH_AT(call, classes)              \
    {                                          \
        SYS_##call, #call, classes, 0, 1, NONE \
    }
#define WRITES(call, classes)                  \
    {                                          \
        SYS_##call, #call, classes, 0, NONE, 2 \
    }
#define PLAIN(call, classes)                         \
    {                                                \
        SYS_##call, #call, classes, NONE, NONE, NONE \
    }

const struct call_row call_rows[] = {
    {SYS_openat, "openat", CLASS_FILE | CLASS_OPEN, 0, 1, NONE},
    ON_FD(read, CLASS_FILE),
    ON_FD(pread64, CLASS_FILE),
    WRITES(write, CLASS_FILE),
    WRITES(pwrite64, CLASS_FILE),
    ON_FD(readv, CLASS_FILE),
    ON_FD(writev, CLASS_FILE),
    ON_FD(fsync, CLASS_FILE),
    ON_FD(fdatasync, CLASS_FILE),
    ON_FD(ftruncate, CLASS_FILE),
    ON_FD(fallocate, CLASS_FILE),
    ON_FD(fstat, CLASS_FILE),
    ON_FD(lseek, CLASS_FILE),
    ON_FD(flock, CLASS_LOCK),
    ON_FD(fcntl, CLASS_LOCK),
    ON_FD(fchmod, CLASS_FILE),
    ON_FD(fchown, CLASS_FILE),
    ON_FD(getdents64, CLASS_FILE),
    ON_FD(close, 0),
    {SYS_mmap, "mmap", CLASS_FILE, 4, NONE, NONE},
    ON_PATH_AT(newfstatat, CLASS_FILE),
    ON_PATH_AT(statx, CLASS_FILE),
    ON_PATH_AT(faccessat, CLASS_FILE),
    ON_PATH_AT(mkdirat, CLASS_FILE),
    ON_PATH_AT(unlinkat, CLASS_FILE),
    ON_PATH_AT(renameat, CLASS_FILE),
    ON_PATH_AT(renameat2, CLASS_FILE),
    ON_PATH_AT(readlinkat, CLASS_FILE),
    ON_PATH_AT(fchmodat, CLASS_FILE),
    ON_PATH_AT(utimensat, CLASS_FILE),
#ifdef SYS_open /* the calls without "at", which newer machines do not have */
    {SYS_open, "open", CLASS_FILE | CLASS_OPEN, NONE, 0, NONE},
    {SYS_stat, "stat", CLASS_FILE, NONE, 0, NONE},
    {SYS_lstat, "lstat", CLASS_FILE, NONE, 0, NONE},
    {SYS_access, "access", CLASS_FILE, NONE, 0, NONE},
    {SYS_mkdir, "mkdir", CLASS_FILE, NONE, 0, NONE},
    {SYS_unlink, "unlink", CLASS_FILE, NONE, 0, NONE},
    {SYS_rename, "rename", CLASS_FILE, NONE, 0, NONE},
    {SYS_chmod, "chmod", CLASS_FILE, NONE, 0, NONE},
    {SYS_readlink, "readlink", CLASS_FILE, NONE, 0, NONE},
    PLAIN(pipe, CLASS_OPEN),
    PLAIN(dup2, CLASS_OPEN),
    PLAIN(epoll_create, CLASS_OPEN),
    PLAIN(epoll_wait, 0),
    PLAIN(poll, 0),
    PLAIN(fork, 0),
    PLAIN(vfork, 0),
#endif
    PLAIN(socket, CLASS_OPEN | CLASS_NETWORK),
    PLAIN(socketpair, CLASS_OPEN),
    ON_FD(accept, CLASS_OPEN | CLASS_NETWORK),
    ON_FD(accept4, CLASS_OPEN | CLASS_NETWORK),
    PLAIN(epoll_create1, CLASS_OPEN),
    PLAIN(eventfd2, CLASS_OPEN),
    PLAIN(signalfd4, CLASS_OPEN),
    PLAIN(timerfd_create, CLASS_OPEN),
    PLAIN(inotify_init1, CLASS_OPEN),
    PLAIN(pipe2, CLASS_OPEN),
    PLAIN(dup, CLASS_OPEN),
    PLAIN(dup3, CLASS_OPEN),
    PLAIN(memfd_create, CLASS_OPEN),
    ON_FD(bind, CLASS_NETWORK),
    ON_FD(listen, CLASS_NETWORK),
    ON_FD(connect, CLASS_NETWORK),
    WRITES(sendto, CLASS_NETWORK),
    ON_FD(recvfrom, CLASS_NETWORK),
    ON_FD(sendmsg, CLASS_NETWORK),
    ON_FD(recvmsg, CLASS_NETWORK),
    ON_FD(shutdown, CLASS_NETWORK),
    ON_FD(setsockopt, CLASS_NETWORK),
    ON_FD(getsockopt, CLASS_NETWORK),
    ON_FD(getsockname, CLASS_NETWORK),
    ON_FD(getpeername, CLASS_NETWORK),
    PLAIN(brk, 0),
    PLAIN(clone, 0),
    PLAIN(clone3, 0),
    PLAIN(epoll_ctl, 0),
    PLAIN(epoll_pwait, 0),
    PLAIN(execve, 0),
    PLAIN(exit, 0),
    PLAIN(exit_group, 0),
    PLAIN(futex, 0),
    PLAIN(getrandom, 0),
    PLAIN(ioctl, 0),
    PLAIN(kill, 0),
    PLAIN(madvise, 0),
    PLAIN(mprotect, 0),
    PLAIN(munmap, 0),
    PLAIN(ppoll, 0),
    PLAIN(prctl, 0),
    PLAIN(prlimit64, 0),
    PLAIN(rseq, 0),
    PLAIN(rt_sigaction, 0),
    PLAIN(rt_sigprocmask, 0),
    PLAIN(set_robust_list, 0),
    PLAIN(wait4, 0),
};

const size_t call_row_count = sizeof(call_rows) / sizeof(call_rows[0]);

/* The numbers of errors that are asked for by name. */
static const struct {
    const char *name;
    int number;
} errnos[] = {
    {"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EINTR", EINTR},   {"EDQUOT", EDQUOT},
    {"EROFS", EROFS},   {"EMFILE", EMFILE}, {"ENFILE", ENFILE}, {"EACCES", EACCES},
    {"ENOMEM", ENOMEM}, {"EAGAIN", EAGAIN},
};

const struct call_row *call_row_find(long number)
{
    for (size_t i = 0; i < call_row_count; i++)
        if (call_rows[i].number == number)
            return &call_rows[i];
    return NULL;
}

int errno_find(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
        if (strlen(errnos[i].name) == size && strncmp(errnos[i].name, name, size) == 0)
            return errnos[i].number;
    return 0;
}
