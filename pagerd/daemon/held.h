/* SPDX-License-Identifier: MIT */
/* held.h - pages that found no courier: they go to the next one, which is being started. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"

#define HELD_MAX 1000

struct held_page {
    uint64_t page;
    char token[TOKEN_TEXT_SIZE];
};

/* Zeroed at first. */
struct held {
    struct held_page *list;
    size_t count;
};

/* False: there are too many. A page that is sent once more replaces itself. */
bool held_put(struct held *held, uint64_t page, const char *token);
void held_clear(struct held *held);
