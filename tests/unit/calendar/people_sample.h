/* SPDX-License-Identifier: MIT */
/* people_sample.h - a policy with a few people. */
#pragma once

#include "sample.h"

#include "engine/policy.h"

static const struct user sample_users[] = {
    {.id = "alice",
     .name = "Alice Adams",
     .email = "alice@example.org",
     .aliases = {"ali"},
     .alias_count = 1},
    {.id = "ann", .name = "Ann Ops", .email = "ann@example.org"},
    {.id = "bob", .name = "Bob Brown", .email = "bob@example.org"},
    {.id = "joerg", .name = "J\xC3\xB6rg M\xC3\xBCller", .email = "jm@example.org"},
    {.id = "pat", .name = "Pat O'Brien", .aliases = {"O'Brien, Pat"}, .alias_count = 1},
};

static const struct policy sample_policy = {
    .users = sample_users,
    .user_count = sizeof sample_users / sizeof sample_users[0],
};
