/* SPDX-License-Identifier: MIT */
/*
 * zone_ask.c - answers questions about one zone, for zone_like_python.py.
 *
 * "at SECONDS" gives the offset, the abbreviation and the next change; "local SECONDS" the UTC
 * time and how it fits. One line each, standard input to standard output.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/zone.h"

int main(int count, char **arguments)
{
    if (count != 3) {
        fprintf(stderr, "usage: zone_ask FOLDER NAME\n");
        return 2;
    }
    CLEANUP(zone_free) struct zone *zone = NULL;
    struct fault fault = {0};
    if (!zone_load(arguments[1], arguments[2], &zone, &fault)) {
        fprintf(stderr, "%s\n", fault.text);
        return 1;
    }
    char what[8];
    int64_t seconds = 0;
    while (scanf("%7s %" SCNd64, what, &seconds) == 2) {
        msec at = seconds * SECOND_MS;
        enum zone_fit fit = ZONE_UNIQUE;
        if (strcmp(what, "local") == 0) {
            msec utc_at = zone_utc(zone, at, &fit);
            printf("%" PRId64 " %d\n", utc_at / SECOND_MS, (int)fit);
            continue;
        }
        msec next_at = zone_next_change(zone, at);
        printf("%" PRId32 " %s %" PRId64 "\n", zone_offset(zone, at), zone_abbreviation(zone, at),
               next_at == MSEC_NEVER ? -1 : next_at / SECOND_MS);
    }
    return 0;
}
