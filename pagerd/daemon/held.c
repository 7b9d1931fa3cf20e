/* SPDX-License-Identifier: MIT */
#include "daemon/held.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

bool held_put(struct held *held, uint64_t page, const char *token)
{
    size_t at = 0;
    while (at < held->count && held->list[at].page != page)
        at++;
    if (at == HELD_MAX)
        return false;
    if (at == held->count)
        held->list = memory_grow(held->list, ++held->count, sizeof(*held->list));
    held->list[at].page = page;
    snprintf(held->list[at].token, sizeof(held->list[at].token), "%s", token);
    return true;
}

void held_clear(struct held *held)
{
    free(held->list);
    *held = (struct held){0};
}
