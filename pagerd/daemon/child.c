/* SPDX-License-Identifier: MIT */
#include "daemon/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between fork and exec only what is safe in a signal handler may be called (fork(2)). */
static void child_become(int fd, const char *role)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
        _exit(127);
    char *const argv[] = {"pagerd", (char *)role, NULL};
    execv("/proc/self/exe", argv);
    _exit(127);
}

bool child_start(const char *role, struct child *child, struct fault *fault)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot make a socket for a child");

    pid_t pid = fork();
    if (pid == 0)
        child_become(pair[1], role);
    close(pair[1]);
    if (pid < 0) {
        fault_set(fault, FAULT_SYSTEM, "cannot start a child");
        close(pair[0]);
        return false;
    }
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    *child = (struct child){.pid = pid, .fd = pair[0]};
    return true;
}

void child_end(struct child *child)
{
    if (child->pid == 0)
        return;
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
    close(child->fd);
    *child = (struct child){0};
}
