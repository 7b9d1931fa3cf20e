/* SPDX-License-Identifier: MIT */
#include "calendar/claim.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

static bool has_word(const char *list, const char *word)
{
    struct span rest = span_of(list);
    while (rest.size > 0) {
        CLEANUP(text_clear) struct text folded = {0};
        utf8_add_folded(&folded, span_cut(&rest, ','));
        if (string_is(text_string(&folded), word))
            return true;
    }
    return false;
}

static bool prefix_cut(struct span *span, const char *word)
{
    if (!span_has_prefix(*span, word))
        return false;
    size_t size = strlen(word);
    *span = span_trim((struct span){span->bytes + size, span->size - size});
    return true;
}

/* "[L2]"; the first one counts. */
static bool level_cut(struct span *span, struct claim *claim)
{
    if (span->size < 4 || memcmp(span->bytes, "[l", 2) != 0 || span->bytes[2] < '0' ||
        span->bytes[2] > '9' || span->bytes[3] != ']')
        return false;
    if (claim->level == 0)
        claim->level = span->bytes[2] - '0';
    *span = span_trim((struct span){span->bytes + 4, span->size - 4});
    return true;
}

/* Everything before the name, in any order; `roles` are those that count as layers. */
static void prefixes_read(const char *summary, unsigned roles, struct claim *claim)
{
    CLEANUP(text_clear) struct text folded = {0};
    utf8_add_folded(&folded, span_of(summary));
    struct span rest = text_span(&folded);
    for (bool is_more = true; is_more;) {
        is_more = level_cut(&rest, claim);
        if (prefix_cut(&rest, "override:"))
            is_more = claim->is_override = true;
        for (int role = 0; role < ROLE_COUNT; role++) {
            char word[32];
            (void)snprintf(word, sizeof word, "%s:", role_name((enum role)role));
            if (!prefix_cut(&rest, word))
                continue;
            is_more = true;
            if (claim->role == ROLE_COUNT && (roles & 1u << role) != 0)
                claim->role = role;
        }
    }
}

/* The roles for which the policy reads this calendar by layers, a bit each. */
static unsigned roles_read(const struct policy *policy, const char *calendar)
{
    unsigned roles = 0;
    for (size_t i = 0; i < policy->team_count; i++)
        for (int role = 0; role < ROLE_COUNT; role++) {
            const struct team *team = &policy->teams[i];
            const struct duty_source *sources[] = {&team->roles[role], &team->overrides[role]};
            for (size_t j = 0; j < 2; j++)
                if (sources[j]->layer != NULL && string_is(sources[j]->calendar, calendar))
                    roles |= 1u << role;
        }
    return roles;
}

struct claim claim_read(const struct shift_event *event, unsigned roles)
{
    struct claim claim = {.role = ROLE_COUNT};
    for (int role = 0; role < ROLE_COUNT && event->categories != NULL; role++)
        if (claim.role == ROLE_COUNT && (roles & 1u << role) != 0 &&
            has_word(event->categories, role_name((enum role)role)))
            claim.role = role;
    claim.is_override = event->categories != NULL && has_word(event->categories, "override");
    prefixes_read(event->summary, roles, &claim);
    return claim;
}

bool claim_is_of(struct claim claim, unsigned roles, const char *layer)
{
    if (layer == NULL)
        return true;
    int role = claim.role;
    for (int first = 0; role == ROLE_COUNT && first < ROLE_COUNT; first++)
        if ((roles & 1u << first) != 0)
            role = first;
    return role < ROLE_COUNT && string_is(role_name((enum role)role), layer);
}

unsigned claim_roles(const struct policy *policy, const char *calendar, const char *layer)
{
    enum role role;
    unsigned roles = roles_read(policy, calendar);
    if (layer != NULL && role_parse(layer, &role) && (roles & 1u << role) == 0)
        return ROLES_ALL;
    return roles != 0 ? roles : ROLES_ALL;
}
