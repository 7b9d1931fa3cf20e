/* SPDX-License-Identifier: MIT */
#include "daemon/answered.h"

#include <stdlib.h>

#include "base/map.h"

struct kept {
    uint64_t number;
    struct text answer;
};

struct answered {
    struct map *by_number; /* struct kept; the oldest first */
    size_t size;           /* bytes of all answers */
};

static struct span key_of(const uint64_t *number)
{
    return (struct span){(const char *)number, sizeof(*number)};
}

struct answered *answered_new(void)
{
    struct answered *answered = memory_new(1, sizeof(*answered));
    answered->by_number = map_new_lent();
    return answered;
}

/* False: there was none. */
static bool drop_oldest(struct answered *answered)
{
    size_t cursor = 0;
    struct kept *kept = map_each(answered->by_number, &cursor, NULL);
    if (kept == NULL)
        return false;
    map_remove(answered->by_number, key_of(&kept->number));
    answered->size -= kept->answer.size;
    text_clear(&kept->answer);
    free(kept);
    return true;
}

void answered_free(struct answered *answered)
{
    if (answered == NULL)
        return;
    while (drop_oldest(answered))
        ;
    map_free(answered->by_number);
    free(answered);
}

void answered_keep(struct answered *answered, uint64_t number, struct span answer)
{
    if (answer.size > ANSWERED_SIZE_MAX || answered_find(answered, number) != NULL)
        return;
    while (map_count(answered->by_number) == ANSWERED_COUNT_MAX ||
           answered->size + answer.size > ANSWERED_SIZE_MAX)
        (void)drop_oldest(answered);
    struct kept *kept = memory_new(1, sizeof(*kept));
    kept->number = number;
    text_add_span(&kept->answer, answer);
    answered->size += answer.size;
    map_put(answered->by_number, key_of(&kept->number), kept);
}

const struct text *answered_find(const struct answered *answered, uint64_t number)
{
    const struct kept *kept = map_find(answered->by_number, key_of(&number));
    return kept != NULL ? &kept->answer : NULL;
}
