/* SPDX-License-Identifier: MIT */
/*
 * Runs stories: text files that say what happens when, and what must come of it (README.md).
 * Usage: story FILE...
 */
#include "scenarios/story.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define LINE_SIZE 4096

struct teller {
    struct world *world;
    bool is_begun;       /* the first `at` has been read: set-up is over */
    bool is_act_pending; /* the last act's answer has not been looked at */
};

/* The answer of an act must be "done", unless the next clause says another. */
static bool check_answer(struct teller *teller, const struct words *words, struct fault *fault)
{
    if (!teller->is_act_pending)
        return true;
    teller->is_act_pending = false;
    bool is_asked = words != NULL && string_is(words_peek(words), "answer");
    const struct answer *answer = &teller->world->answer;
    return is_asked || answer->kind == ANSWER_DONE ||
           fault_set(fault, FAULT_CONFLICT, "it was not done: %s",
                     answer->text[0] != '\0' ? answer->text : "already or in conflict");
}

static bool end_moment(struct teller *teller, struct fault *fault)
{
    return check_answer(teller, NULL, fault) && expect_no_more(teller->world, fault);
}

static bool tell_clauses(struct teller *teller, struct words *words, struct fault *fault)
{
    while (words_peek(words) != NULL) {
        if (words_take(words, ";"))
            continue;
        bool is_good = false;
        if (words_take(words, "expect")) {
            is_good =
                check_answer(teller, words, fault) && expect_clause(teller->world, words, fault);
        } else {
            is_good = check_answer(teller, NULL, fault) && act_clause(teller->world, words, fault);
            teller->is_act_pending = true;
        }
        if (!is_good)
            return false;
    }
    return true;
}

/* at TIME: what came before must all have been expected; time passes; what is due now happens. */
static bool tell_at(struct teller *teller, struct words *words, struct fault *fault)
{
    struct world *world = teller->world;
    if (!teller->is_begun) {
        teller->is_begun = true;
        world->now = (struct now){world->setup.start_at, world->setup.start_at};
        if (!world_reload(world, fault))
            return false;
    }
    msec wall_at = 0;
    if (!end_moment(teller, fault) ||
        !words_take_time(words, world->setup.zone, world->now.wall_at, &wall_at, fault))
        return false;
    msec offset_ms = world->now.wall_at - world->now.steady_at;
    msec steady_at = wall_at - offset_ms;
    if (steady_at < world->now.steady_at)
        return fault_set(fault, FAULT_INPUT, "time goes backwards");
    world_moment(world);
    if (!world_pass(world, steady_at, true, fault) || !expect_no_more(world, fault))
        return false;
    world_moment(world);
    return world_pass(world, steady_at, false, fault);
}

static bool tell_line(struct teller *teller, const char *line, struct fault *fault)
{
    struct words words;
    if (!words_read(line, &words, fault))
        return false;
    if (words.count == 0)
        return true;
    if (words_take(&words, "at"))
        return tell_at(teller, &words, fault) && tell_clauses(teller, &words, fault);
    if (teller->is_begun)
        return tell_clauses(teller, &words, fault);
    return setup_line(&teller->world->setup, &words, fault);
}

static bool tell(const char *path)
{
    struct world *world = memory_new(1, sizeof *world);
    struct teller teller = {.world = world};
    struct fault fault = {0};
    char line[LINE_SIZE];
    unsigned number = 0;
    FILE *file = fopen(path, "re");
    bool is_good = world_init(world, &fault);
    if (file == NULL)
        is_good = fault_set(&fault, FAULT_SYSTEM, "cannot open it");
    while (is_good && fgets(line, sizeof line, file) != NULL) {
        number++;
        is_good = tell_line(&teller, line, &fault);
    }
    if (is_good)
        is_good = end_moment(&teller, &fault);
    if (is_good && !teller.is_begun)
        is_good = fault_set(&fault, FAULT_INPUT, "nothing happens in it");
    if (!is_good) {
        char now[INSTANT_TEXT_SIZE];
        fprintf(stderr, "%s:%u: (%s) %s\n", path, number, instant_render(world->now.wall_at, now),
                fault.text);
    }
    if (file != NULL)
        (void)fclose(file);
    world_clear(world);
    free(world);
    return is_good;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        if (!tell(argv[i]))
            failed++;
    }
    if (argc < 2)
        fprintf(stderr, "usage: story FILE...\n");
    return argc < 2 || failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
