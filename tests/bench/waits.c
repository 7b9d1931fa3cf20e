/* SPDX-License-Identifier: MIT */
#include "waits.h"

#include <stdlib.h>

void waits_add(struct waits *waits, int64_t ns)
{
    if (waits->count == waits->size) {
        waits->size = waits->size ? waits->size * 2 : 65536;
        waits->us10 = realloc(waits->us10, waits->size * sizeof(*waits->us10));
        if (!waits->us10)
            abort();
    }
    int64_t value = ns < 0 ? 0 : ns / 100;
    waits->us10[waits->count++] = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static int compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

void waits_sort(struct waits *waits)
{
    if (waits->count > 0)
        qsort(waits->us10, waits->count, sizeof(*waits->us10), compare);
}

double waits_part(const struct waits *waits, double part)
{
    if (waits->count == 0)
        return 0;
    size_t at = (size_t)(part * (double)waits->count);
    return waits->us10[at < waits->count ? at : waits->count - 1] / 10000.0;
}

void waits_clear(struct waits *waits)
{
    free(waits->us10);
    *waits = (struct waits){0};
}
