/* SPDX-License-Identifier: MIT */
/*
 * options.h - the one table of all keys.
 *
 * A row says how a key is written, checked, defaulted and explained. Reading takes its defaults
 * here, the check its types and ranges, "did you mean" its names, and pagerd.cfg(5) its text.
 * In a pattern * stands for a name that people choose, [] for the elements of a list.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/text.h"

enum option_type {
    OPTION_GROUP, /* of known keys */
    OPTION_NAMES, /* a group whose names people choose */
    OPTION_LIST,  /* of groups */
    OPTION_TEXT,
    OPTION_TEXTS, /* one text or a list of them */
    OPTION_CHOICE,
    OPTION_SWITCH,
    OPTION_COUNT,
    OPTION_DURATION,
    OPTION_NIGHT,
    OPTION_COVERAGE,
    OPTION_ZONE,
    OPTION_URL,
    OPTION_LINK, /* URL with $name and the like */
    OPTION_PHONE,
    OPTION_EMAIL,
    OPTION_FILE,
    OPTION_LISTEN,
    OPTION_SMTP,
    OPTION_NETWORKS,   /* one address or network, or a list of them */
    OPTION_CALENDAR,   /* path, folder or URL of a calendar */
    OPTION_COLLECTION, /* URL of a CalDAV collection */
    OPTION_PERCENT,
    OPTION_ROTA, /* "calendar:NAME" */
    OPTION_USER,
    OPTION_USERS,
    OPTION_RULE,
    OPTION_DUTY,
    OPTION_TARGETS,
    OPTION_CHANNELS,
    OPTION_TEAM,
    OPTION_MATCHERS, /* label=value */
    OPTION_MAPPINGS, /* word=severity */
    OPTION_SIZE,     /* "8MiB" */
    OPTION_MESSAGE,  /* a text that pagerd says, as a template */
    OPTION_LATER,    /* of a later version: accepted as it is */
    OPTION_TYPE_COUNT
};

/* Properties beyond the type; they may be joined. */
enum {
    OPTION_SECRET = 1,   /* a value in the file is masked wherever it would be shown */
    OPTION_REQUIRED = 2, /* must be set where its group is */
    OPTION_NEVER = 4,    /* a duration or hours that may be "never" */
    OPTION_UNUSED = 8,   /* of a later version */
    OPTION_DOUBLE = 16   /* a group that may hold another of the same keys, called "second" */
};

struct option {
    const char *pattern;
    enum option_type type;
    const char *fallback; /* as it would be written, without quotes; NULL: none */
    const char *choices;  /* OPTION_CHOICE: the words, blanks between */
    const char *later;    /* words of later versions: accepted with a warning */
    int64_t min;          /* of a count or percent; of a duration in ms; of a size in bytes */
    int64_t max;          /* the same; of a list: elements */
    unsigned flags;
    const char *sentence;
};

/* The rows in the order of the manual; `*count` is how many. */
const struct option *options_all(size_t *count);

const struct option *options_find(const char *pattern);

/* The row that explains a key as a person writes it: exactly, with names for *, or its end. */
const struct option *options_match(const char *key);

/* The name of the key below `parent` that is most like `name`, or NULL. */
const char *options_suggest(const char *parent, const char *name);

/* True when a key of this name holds a secret anywhere. */
bool options_name_is_secret(const char *name);

/* "duration", "list of texts": as the manual calls the type. */
const char *option_type_name(enum option_type type);

/* Appends pagerd.cfg(5) as scdoc source. */
void options_render_manual(struct text *text);
