/* SPDX-License-Identifier: MIT */
#include "sim/judge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

#define LIKE_WORDS 6
#define ABOUT_MAX 65536

/* The child's last words. */
static void finish(bool is_good, const struct fault *fault, msec at)
{
    if (!is_good)
        (void)fprintf(stderr, "fault: %s\nat: %" PRId64 "\n", fault->text, at);
    _exit(is_good ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* The line of what the child said that tells most: its fault, an assertion, a sanitizer. */
static void choose_line(const char *about, char text[FAULT_TEXT_MAX])
{
    static const char *const marks[] = {"fault: ", "Assertion", "runtime error", "ERROR: "};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *found = strstr(about, marks[i]);
        if (found == NULL)
            continue;
        size_t size = strcspn(found, "\n");
        if (size >= FAULT_TEXT_MAX)
            size = FAULT_TEXT_MAX - 1;
        memcpy(text, found, size);
        text[size] = '\0';
        return;
    }
}

/* Reads what the child says until it ends. */
static struct verdict hear_out(pid_t child, int pipe_end)
{
    static char about[ABOUT_MAX];
    struct verdict verdict = {0};
    size_t size = 0;
    char waste[4096];
    for (;;) {
        bool is_room = size + 1 < sizeof about;
        ssize_t got = is_room ? read(pipe_end, about + size, sizeof about - 1 - size)
                              : read(pipe_end, waste, sizeof waste);
        if (got <= 0)
            break;
        size += is_room ? (size_t)got : 0;
    }
    about[size] = '\0';
    (void)close(pipe_end);
    int status = 0;
    (void)waitpid(child, &status, 0);
    verdict.is_fine = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
    if (verdict.is_fine)
        return verdict;
    if (WIFSIGNALED(status))
        (void)snprintf(verdict.text, sizeof verdict.text, "died of signal %d", WTERMSIG(status));
    else
        (void)snprintf(verdict.text, sizeof verdict.text, "ended with %d", WEXITSTATUS(status));
    choose_line(about, verdict.text);
    const char *at = strstr(about, "\nat: ");
    verdict.at = at != NULL ? strtoll(at + strlen("\nat: "), NULL, 10) : 0;
    return verdict;
}

void judge_limit(unsigned cpu_seconds)
{
    const struct itimerval limit = {.it_value.tv_sec = cpu_seconds};
    (void)setitimer(ITIMER_PROF, &limit, NULL);
}

/* As fork(): 0 in the child, whose errors go to `pipe_end` of the parent. */
static pid_t branch(int *pipe_end)
{
    int ends[2];
    if (pipe(ends) != 0)
        abort();
    (void)fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        abort();
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        judge_limit(JUDGE_CPU_SECONDS_MAX);
        return 0;
    }
    (void)close(ends[1]);
    *pipe_end = ends[0];
    return child;
}

struct verdict judge(const struct script *script, run_watch *watch, const char *story)
{
    int pipe_end = -1;
    pid_t child = branch(&pipe_end);
    if (child > 0)
        return hear_out(child, pipe_end);
    struct run run;
    struct fault fault = {0};
    FILE *file = story != NULL ? fopen(story, "ae") : NULL;
    bool is_good = run_init(&run, watch, file, &fault) && run_script(&run, script, &fault);
    if (file != NULL)
        (void)fclose(file);
    finish(is_good, &fault, run.world->now.steady_at);
    return (struct verdict){0};
}

struct verdict judge_seed(struct seed seed, const struct atlas *atlas, run_watch *watch,
                          struct arena *arena, struct script *script)
{
    FILE *tee = tmpfile();
    if (tee == NULL)
        abort();
    int pipe_end = -1;
    pid_t child = branch(&pipe_end);
    if (child == 0) {
        struct figures figures = {0};
        struct fault fault = {0};
        uint64_t digest = 0;
        bool is_good = sim_live(seed, atlas, watch, tee, arena, script, &figures, &digest, &fault);
        finish(is_good, &fault, 0);
    }
    struct verdict verdict = hear_out(child, pipe_end);
    rewind(tee);
    script_read(tee, script, arena);
    (void)fclose(tee);
    return verdict;
}

/* The first words, without digits. */
static void kind_of(const char *text, char kind[FAULT_TEXT_MAX])
{
    size_t size = 0;
    size_t words = 0;
    for (; *text != '\0' && words < LIKE_WORDS; text++) {
        words += *text == ' ';
        if (*text < '0' || *text > '9')
            kind[size++] = *text;
    }
    kind[size] = '\0';
}

bool verdict_is_like(const struct verdict *left, const struct verdict *right)
{
    char left_kind[FAULT_TEXT_MAX];
    char right_kind[FAULT_TEXT_MAX];
    kind_of(left->text, left_kind);
    kind_of(right->text, right_kind);
    return left->is_fine == right->is_fine && string_is(left_kind, right_kind);
}
