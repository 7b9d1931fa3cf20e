/* SPDX-License-Identifier: MIT */
/*
 * tree.h - the settings of all files as one tree, each with the place where it was written.
 *
 * The outline (names, kinds, places) comes from the lexer, the values from libconfig; both read
 * the same text. Groups at the top (users, teams ...) are joined over the files; everything below
 * may be defined once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "config/report.h"
#include "config/source.h"

#define TREE_DEPTH_MAX 16

enum node_kind {
    NODE_GROUP, /* { } */
    NODE_LIST,  /* ( ) */
    NODE_ARRAY, /* [ ] */
    NODE_STRING,
    NODE_INTEGER,
    NODE_FLOAT,
    NODE_BOOL
};

struct option;

struct node {
    enum node_kind kind;
    const char *name; /* as written; NULL in a list and at the root */
    const char *path; /* "teams.ops.escalate[0].wait"; "" at the root */
    struct place name_at;
    struct place value_at;
    size_t last_line; /* of a group: where it is closed */
    struct node *parent;
    struct node *first;
    struct node *last;
    struct node *next;
    size_t count;
    const char *string;          /* of a string; NULL for a secret that cannot be read */
    const char *secret;          /* NAME, when it was written "secret:NAME" */
    int64_t number;              /* of an integer or bool; a duration in ms after the check */
    const struct option *option; /* its row, set by the check */
    bool is_bad;                 /* something about it was reported: ask no more of it */
};

struct tree {
    struct source *source;
    struct report *report;
    struct map *paths; /* path -> struct node */
    struct node *root;
    bool is_broken; /* a file could not be read to its end: references mean nothing */
};

/* Reads one file with its includes into the tree. */
void tree_read(struct tree *tree, const struct source_file *file);

/* Makes `node` the last child of `parent`. */
void node_append(struct node *parent, struct node *node);

/* A member of a group; NULL when absent or when `group` is NULL. */
struct node *node_find(const struct node *group, const char *name);

/* "text", "a group { }": what a node is, for a sentence. */
const char *node_kind_name(enum node_kind kind);
