/* SPDX-License-Identifier: MIT */
/*
 * letterbox.h - the demo's inbox: what each person would have received, kept in memory.
 *
 * The newest LETTERS_MAX are kept. In the demo every letter is also printed as a line on standard
 * output; elsewhere that may be a log, where no ack link belongs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/zone.h"
#include "http/house.h"

#define LETTERS_MAX 1000

struct letterbox;

struct letterbox *letterbox_new(void);
void letterbox_free(struct letterbox *box);

/* Copies everything. `zone` is for the printed line; NULL: none is printed. */
void letterbox_put(struct letterbox *box, const char *user, const struct inbox_letter *letter,
                   const struct zone *zone);

/* Newest first: start with *cursor = 0, NULL at the end. */
const struct inbox_letter *letterbox_each(const struct letterbox *box, const char *user,
                                          size_t *cursor);
