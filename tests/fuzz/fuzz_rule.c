/* SPDX-License-Identifier: MIT */
/*
 * fuzz_rule.c - the text of an RRULE: read, and walked from one of a few starts.
 *
 * The first byte chooses the start. What must hold: instances rise, lie in the window, and are not
 * more than COUNT or than the limit.
 */
#include <assert.h>

#include "calendar/rule.h"
#include "fuzz.h"

static const struct {
    const char *text;
} starts[] = {{"20260302T090000"}, {"20240229T233000"}, {"19000101T000000"}, {"20261231T235959"}};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    struct stamp start;
    bool is_start = stamp_parse(span_of(starts[bytes[0] % 4].text), &start);
    assert(is_start);
    struct rule rule;
    enum rule_error error;
    struct fault fault = {0};
    struct span text = {(const char *)bytes + 1, size - 1};
    if (!rule_parse(text, &rule, &error, &fault)) {
        assert(fault.text[0] != '\0');
        return 0;
    }
    CLEANUP(wall_list_clear) struct wall_list walls = {0};
    int64_t steps_left = 100000; /* enough for centuries of days, and quick */
    msec until = rule.has_until ? rule.until.wall : MSEC_NEVER;
    msec end = start.wall + 4000 * DAY_MS;
    bool is_whole = rule_walk(&rule, start.wall, until, end, &walls, &steps_left);
    assert(is_whole || steps_left < 0 || walls.count == 0);
    assert(walls.count <= RULE_INSTANCES_MAX);
    assert(rule.count == 0 || (int64_t)walls.count <= rule.count);
    for (size_t i = 0; i < walls.count; i++) {
        assert(walls.items[i] >= start.wall && walls.items[i] < end);
        assert(walls.items[i] <= until);
        assert(i == 0 || walls.items[i - 1] < walls.items[i]);
    }
    return 0;
}
