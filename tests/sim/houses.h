/* SPDX-License-Identifier: MIT */
/*
 * houses.h - makes up a house: people, teams, rules, rotas, leave, as lines of set-up; and keeps
 * what the actors need to know of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/zone.h"
#include "sim/chance.h"
#include "sim/script.h"

#define HOUSE_PEOPLE_MAX 9
#define HOUSE_TEAMS_MAX 3
#define HOUSE_CONTACTS_MAX 3
#define HOUSE_ROTAS_MAX 8
#define HOUSE_ZONES_MAX 10
#define HOUSE_WINDOWS_MAX 2

/* The zones that houses lie in, loaded once. */
struct atlas {
    struct zone *zones[HOUSE_ZONES_MAX];
    size_t count;
};

struct house_person {
    const char *id;
    const char *line; /* of set-up, to come back after a removal */
    bool is_here;
    bool is_fixed; /* named by the configuration: cannot be removed */
    bool is_away;
    const struct zone *zone;
    unsigned diligence; /* of 100 pages, how many are answered */
    bool is_sleeper;
};

struct house_team {
    const char *id;
    bool is_here;
    const char *lines[8]; /* to come back after a removal */
    size_t line_count;
};

struct house_rota {
    const char *name; /* with its layer */
};

struct house {
    const struct zone *zone;
    msec start_at;
    bool is_near_change; /* a change of the clocks within its first 40 hours */
    struct house_person people[HOUSE_PEOPLE_MAX];
    size_t people_count;
    struct house_team teams[HOUSE_TEAMS_MAX];
    size_t team_count;
    struct house_rota rotas[HOUSE_ROTAS_MAX];
    size_t rota_count;
    size_t window_count; /* of maintenance, w0 w1 ..., each with a calendar of its name */
    const char *canary;  /* who gets canary pages; NULL: nobody */
};

/* A zone that this machine does not have is left out; false: it has none. */
MUST_USE bool atlas_load(struct atlas *atlas, struct fault *fault);
void atlas_clear(struct atlas *atlas);

/* Writes the lines into the script. What `house` holds lives as long as the arena. */
void house_build(struct house *house, const struct atlas *atlas, struct chance *chance,
                 struct arena *arena, struct script *script);

/* One line of set-up that is another version of what the house has; "" when there is none. */
void house_write_rota(const struct house *house, const char *name, struct chance *chance,
                      struct text *text);
void house_write_steps(const struct house *house, size_t team, struct chance *chance,
                       struct text *text);
void house_write_recovery(const struct house *house, struct chance *chance, struct text *text);
void house_write_window(const struct house *house, size_t window, struct chance *chance,
                        struct text *text);
void house_write_outages(const struct house *house, size_t window, struct chance *chance,
                         struct text *text);
void house_write_channel(struct chance *chance, struct text *text);
void house_write_verify(struct chance *chance, struct text *text);
/* The same person with another number or address of one channel, or the old ones again. */
void house_write_address(const struct house_person *person, struct chance *chance,
                         struct text *text);
void house_write_away(const struct house *house, const char *user, msec from_at,
                      struct chance *chance, struct text *text);
/* A person: most often one who is there. */
const char *house_somebody(const struct house *house, struct chance *chance);
struct house_person *house_find(struct house *house, const char *id);
