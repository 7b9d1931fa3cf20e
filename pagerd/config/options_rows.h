/* SPDX-License-Identifier: MIT */
/* options_rows.h - how the rows of options_table.c are written. */
#pragma once

#include "config/options.h"

#define GROUP(key, says)                                       \
    {                                                          \
        .pattern = key, .type = OPTION_GROUP, .sentence = says \
    }
/* A channel: `second` in it has the same keys and is another provider. */
#define DOUBLE(key, says)                                                                         \
    {                                                                                             \
        .pattern = key, .type = OPTION_GROUP, .flags = OPTION_DOUBLE,                             \
        .sentence = says " A group \"second\" in it, of the same keys, is another provider that " \
                         "is used when the first one cannot."                                     \
    }
#define NAMES(key, most, says)                                              \
    {                                                                       \
        .pattern = key, .type = OPTION_NAMES, .max = most, .sentence = says \
    }
#define LIST(key, most, says)                                              \
    {                                                                      \
        .pattern = key, .type = OPTION_LIST, .max = most, .sentence = says \
    }
#define PLAIN(key, kind, value, says)                                              \
    {                                                                              \
        .pattern = key, .type = OPTION_##kind, .fallback = value, .sentence = says \
    }
#define MARKED(key, kind, value, mark, says)                                                      \
    {                                                                                             \
        .pattern = key, .type = OPTION_##kind, .fallback = value, .flags = mark, .sentence = says \
    }
#define CHOICE(key, value, words, says)                                             \
    {                                                                               \
        .pattern = key, .type = OPTION_CHOICE, .fallback = value, .choices = words, \
        .sentence = says                                                            \
    }
#define RANGE(key, kind, value, least, most, mark, says)                                     \
    {                                                                                        \
        .pattern = key, .type = OPTION_##kind, .fallback = value, .min = least, .max = most, \
        .flags = mark, .sentence = says                                                      \
    }
#define MANY(key, kind, value, most, mark, says) RANGE(key, kind, value, 0, most, mark, says)
#define LATER(key, mark, says)                                                                  \
    {                                                                                           \
        .pattern = key, .type = OPTION_LATER, .flags = OPTION_UNUSED | (mark), .sentence = says \
    }

/* The rows of one severity. */
#define SEVERITY(name, rule, wakes, later)                                                        \
    GROUP("severity." name, "Incidents of severity " name "."),                                   \
        PLAIN("severity." name ".notify", RULE, rule,                                             \
              "How a person is paged for it, unless the person has a rule of their own. With "    \
              "\"none\" incidents are kept and page nobody."),                                    \
        PLAIN("severity." name ".wake", SWITCH, wakes,                                            \
              "Whether it may use channels that wake in the night of that person."),              \
        RANGE("severity." name ".promote", DURATION, later, SECOND_MS, 30 * DAY_MS, OPTION_NEVER, \
              "Unacknowledged that long it becomes critical."),                                   \
        CHOICE(                                                                                   \
            "severity." name ".hold", "none", "none morning",                                     \
            "With \"morning\" it waits while everybody whom a step would page is in "             \
            "quiet-hours: it comes with what else has waited when these are over, to whoever is " \
            "on call then, and at once when it gets worse.")
