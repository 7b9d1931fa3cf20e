/* SPDX-License-Identifier: MIT */
/*
 * read.h - takes checked values out of the tree; what is absent or bad has its row's default.
 *
 * `pattern` is the row of the key; its last name is looked for in `group`, which may be NULL.
 */
#pragma once

#include "config/loaded.h"
#include "config/options.h"

/* The node of a key that is set and good, else NULL. */
const struct node *read_node(const struct node *group, const char *pattern);

const char *read_text(const struct node *group, const char *pattern); /* may be NULL */
bool read_switch(const struct node *group, const char *pattern);
int64_t read_count(const struct node *group, const char *pattern);
unsigned read_percent(const struct node *group, const char *pattern);
int64_t read_size(const struct node *group, const char *pattern); /* bytes */
msec read_duration(const struct node *group, const char *pattern);
const char *read_path(struct config_source *loaded, const struct node *group, const char *pattern);

/* The zone of a key, else `fallback`. */
const struct zone *read_zone(struct config_source *loaded, const struct node *group,
                             const char *pattern, const struct zone *fallback);

/* Up to `max` texts of a key written as one text or a list; the default's words when absent. */
size_t read_texts(struct config_source *loaded, const struct node *group, const char *pattern,
                  const char **texts, size_t max);

/* NAME of a key "calendar:NAME"; NULL when absent. */
const char *read_rota(const struct node *group, const char *pattern);

/* A target of escalate or cover. */
struct target read_target(const char *text);
