/* SPDX-License-Identifier: MIT */
#include "daemon/answered.h"

#include <stdlib.h>

struct kept {
    uint64_t number; /* 0: none is here */
    struct text answer;
};

struct answered {
    struct kept list[ANSWERED_COUNT_MAX]; /* a ring */
    size_t next;                          /* place of the next one */
    size_t oldest;                        /* place from which on there are some */
    size_t size;                          /* bytes of all */
};

struct answered *answered_new(void)
{
    return memory_new(1, sizeof(struct answered));
}

static void drop(struct answered *answered, size_t place)
{
    struct kept *kept = &answered->list[place];
    answered->size -= kept->answer.size;
    text_clear(&kept->answer);
    kept->number = 0;
}

void answered_free(struct answered *answered)
{
    if (answered == NULL)
        return;
    for (size_t i = 0; i < ANSWERED_COUNT_MAX; i++)
        drop(answered, i);
    free(answered);
}

static void drop_oldest(struct answered *answered)
{
    drop(answered, answered->oldest);
    answered->oldest = (answered->oldest + 1) % ANSWERED_COUNT_MAX;
}

void answered_keep(struct answered *answered, uint64_t number, struct span answer)
{
    if (answer.size > ANSWERED_SIZE_MAX)
        return;
    while (answered->size + answer.size > ANSWERED_SIZE_MAX)
        drop_oldest(answered);
    if (answered->list[answered->next].number != 0)
        drop_oldest(answered);
    struct kept *kept = &answered->list[answered->next];
    kept->number = number;
    text_add_span(&kept->answer, answer);
    answered->size += answer.size;
    answered->next = (answered->next + 1) % ANSWERED_COUNT_MAX;
}

const struct text *answered_find(const struct answered *answered, uint64_t number)
{
    for (size_t i = 0; i < ANSWERED_COUNT_MAX; i++)
        if (answered->list[i].number == number)
            return &answered->list[i].answer;
    return NULL;
}
