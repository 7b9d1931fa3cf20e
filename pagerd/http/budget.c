/* SPDX-License-Identifier: MIT */
#include "http/budget.h"

#include <assert.h>
#include <string.h>

#include "base/map.h"

bool budget_spend(struct budget *budget, const char *address, uint32_t max, msec now)
{
    assert(budget);
    assert(address);

    size_t index = (size_t)(map_hash(address, strlen(address)) % BUDGET_PLACES);
    return budget_spend_one(&budget->places[index], max, now);
}

bool budget_spend_one(struct budget_place *place, uint32_t max, msec now)
{
    assert(place);

    /* One is added so that a fresh place belongs to no minute. */
    uint32_t minute = (uint32_t)(now / MINUTE_MS) + 1;
    if (place->minute != minute) {
        place->minute = minute;
        place->count = 0;
    }
    if (place->count >= max)
        return false;
    place->count++;
    return true;
}
