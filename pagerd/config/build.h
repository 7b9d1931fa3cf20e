/* SPDX-License-Identifier: MIT */
/* build.h - makes the config and its policy from a checked tree; bad values have their default. */
#pragma once

#include "config/check.h"
#include "config/config.h"

struct build {
    struct check *check;
    struct config_source *loaded;
    struct config *config;
    struct policy *policy;
};

/* Fills `config`, which is zeroed. */
void build_config(struct check *check, struct config *config);

/* How a channel reaches a person. */
struct channel_kind {
    const char *name;
    const char *user_key; /* of the user: the address; "": the user's id */
    enum contact_manner manner;
};

/* NULL at the end. */
const struct channel_kind *channel_kind_at(size_t index);

/* One provider: its keys, and what it `needs` of them. In build_channels.c. */
void build_channel(struct build *build, const struct node *node, const char *name,
                   const char *needs, struct config_channel *channel);

/* The ways out. In build_channels.c. */
void build_channels(struct build *build);

/* Users and notify rules. In build_people.c. */
void build_people(struct build *build);

/* Calendars; once the teams are built, who hears of their troubles. In build_calendars.c. */
void build_calendars(struct build *build);
void build_managers(struct build *build);

/* What is special about single sources. In build_integrations.c. */
void build_integrations(struct build *build);
/* The key that a group below "integrations" is about. */
const char *integration_name(const struct node *group);

/* Programs that are told of incidents. In build_webhooks.c. */
void build_webhooks(struct build *build);

/* Teams, with their steps and the text beside them. In build_teams.c. */
void build_teams(struct build *build);

/* Routes, and the rules of keys. In build_routes.c. */
void build_routes(struct build *build);
/* What many alerts at a time become. In build_groups.c. */
void build_groups(struct build *build);

/* Maintenance windows. In build_maintenance.c. */
void build_maintenance(struct build *build);

const struct notify_rule *build_find_rule(const struct build *build, const char *id);
