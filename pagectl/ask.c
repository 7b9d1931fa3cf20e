/* SPDX-License-Identifier: MIT */
/* ask.c - questions to the person at the terminal, and private files. Declared in tool.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "pagectl/tool.h"

#define ANSWER_MAX 512

bool tool_can_ask(const struct tool *tool)
{
    return !tool->has_no_input && isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

/* Byte by byte: what follows the line is for somebody else. */
static const char *line_read(struct tool *tool)
{
    char line[ANSWER_MAX];
    size_t size = 0;
    char byte;
    while (size < sizeof(line) - 1 && read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n')
        line[size++] = byte;
    struct span answer = span_trim((struct span){line, size});
    return arena_copy_span(tool->arena, answer);
}

const char *tool_ask(struct tool *tool, const char *question)
{
    (void)tool_flush(tool);
    fprintf(stderr, "%s ", question);
    return line_read(tool);
}

const char *tool_read_secret(struct tool *tool, const char *question)
{
    struct termios before, quiet;
    if (isatty(STDIN_FILENO) != 1)
        return line_read(tool);
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return "";

    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) != 0)
        return "";
    const char *secret = tool_ask(tool, question);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    return secret;
}

bool tool_confirm(struct tool *tool, const char *question)
{
    if (tool->is_yes)
        return true;
    if (!tool_can_ask(tool)) {
        tool_fail(tool, EXIT_USAGE, "%s Say so with --yes.", question);
        return false;
    }
    const char *answer = tool_ask(tool, arena_format(tool->arena, "%s [y/N]", question));
    if (string_same(answer, "y") || string_same(answer, "yes"))
        return true;
    tool_fail(tool, EXIT_USAGE, "nothing was changed.");
    return false;
}

const char *tool_folder(struct tool *tool, const char *variable, const char *fallback)
{
    const char *base = getenv(variable);
    const char *home = getenv("HOME");
    if (base != NULL && base[0] == '/')
        return arena_format(tool->arena, "%s/pagectl", base);
    if (home == NULL || home[0] != '/')
        return NULL;
    return arena_format(tool->arena, "%s/%s/pagectl", home, fallback);
}

static void folders_make(const char *folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s", folder);
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0700); /* the last one fails loudly enough */
        *slash = '/';
    }
    (void)mkdir(path, 0700);
}

bool tool_write_private(const char *folder, const char *name, struct span bytes,
                        struct fault *fault)
{
    char temporary[PATH_MAX], path[PATH_MAX];
    folders_make(folder);
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (snprintf(temporary, sizeof(temporary), "%s/.%s-%ld", folder, name, (long)getpid()) >=
        (int)sizeof(temporary))
        return fault_set(fault, FAULT_INPUT, "the path '%.200s' is too long", folder);

    int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot create '%.200s'", path);
    bool is_written = write(file, bytes.bytes, bytes.size) == (ssize_t)bytes.size;
    is_written = fsync(file) == 0 && is_written;
    is_written = close(file) == 0 && is_written;
    if (is_written && rename(temporary, path) == 0)
        return true;

    fault_set(fault, FAULT_SYSTEM, "cannot write '%.200s'", path);
    (void)unlink(temporary);
    return false;
}

bool tool_read_file(const char *path, size_t max, struct text *text, struct fault *fault)
{
    char piece[16384];
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot open '%.200s'", path);
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(file);
        return fault_set(fault, FAULT_INPUT, "'%.200s' is not a file", path);
    }

    ssize_t size;
    while ((size = read(file, piece, sizeof(piece))) > 0 && text->size <= max)
        text_add_bytes(text, piece, (size_t)size);
    close(file);
    if (size < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot read '%.200s'", path);
    if (text->size > max)
        return fault_set(fault, FAULT_LIMIT, "'%.200s' is larger than %zu bytes", path, max);
    return true;
}
