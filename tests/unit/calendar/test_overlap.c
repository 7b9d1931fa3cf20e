/* SPDX-License-Identifier: MIT */
/* Any shifts over each other, against a look at each hour by itself. */
#include "people_sample.h"

#include "calendar/layers.h"

enum { HOURS = 120, SHIFTS = 24 };

static const char *const titles[] = {"ann",       "[L1] bob", "pat",    "[L2] alice",   "joerg",
                                     "ann + bob", "nobody",   "Xerxes", "override: pat"};
static const int levels[] = {0, 1, 0, 2, 0, 0, 0, -1, 10};

struct sample {
    char uids[SHIFTS][8];
    struct shift_event events[SHIFTS];
    struct shift shifts[SHIFTS];
    int level[SHIFTS];
    struct shift_list list;
};

static int shift_compare(const void *left, const void *right)
{
    const struct shift *a = left;
    const struct shift *b = right;
    if (a->start_at != b->start_at)
        return a->start_at < b->start_at ? -1 : 1;
    int order = strcmp(a->event->summary, b->event->summary);
    return order != 0 ? order : strcmp(a->event->uid, b->event->uid);
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void sample_make(struct sample *sample, uint32_t seed)
{
    size_t count = next(&seed) % (SHIFTS + 1);
    memset(sample, 0, sizeof *sample);
    for (size_t i = 0; i < count; i++) {
        size_t title = next(&seed) % (sizeof titles / sizeof titles[0]);
        msec from = next(&seed) % (HOURS - 50);
        (void)snprintf(sample->uids[i], sizeof sample->uids[i], "%02u",
                       (unsigned)((i * 7) % SHIFTS));
        sample->events[i] = (struct shift_event){
            .summary = titles[title], .uid = sample->uids[i], .file = "test.ics"};
        sample->shifts[i] = (struct shift){.start_at = from * HOUR_MS,
                                           .end_at = (from + 1 + next(&seed) % 48) * HOUR_MS,
                                           .event = &sample->events[i]};
    }
    qsort(sample->shifts, count, sizeof sample->shifts[0], shift_compare);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < sizeof titles / sizeof titles[0]; j++)
            if (string_is(titles[j], sample->shifts[i].event->summary))
                sample->level[i] = levels[j];
    sample->list = (struct shift_list){
        .shifts = sample->shifts, .shift_count = count, .until_at = HOURS * HOUR_MS};
}

static bool counts_at(const struct sample *sample, size_t place, msec now)
{
    const struct shift *shift = &sample->shifts[place];
    return sample->level[place] >= 0 && shift->start_at <= now && now < shift->end_at;
}

/* By the rule's words: level, later start, shorter, smaller UID. */
static const struct shift *winner_at(const struct sample *sample, msec now)
{
    const struct shift *best = NULL;
    int best_level = -1;
    for (size_t i = 0; i < sample->list.shift_count; i++) {
        const struct shift *shift = &sample->shifts[i];
        if (!counts_at(sample, i, now))
            continue;
        bool is_better = best == NULL || sample->level[i] > best_level;
        if (best != NULL && sample->level[i] == best_level)
            is_better = shift->start_at > best->start_at ||
                        (shift->start_at == best->start_at &&
                         (shift->end_at < best->end_at ||
                          (shift->end_at == best->end_at &&
                           strcmp(shift->event->uid, best->event->uid) < 0)));
        if (!is_better)
            continue;
        best = shift;
        best_level = sample->level[i];
    }
    return best;
}

static void expect_sorted(const struct rota *rota)
{
    for (size_t i = 0; i < rota->segment_count; i++) {
        assert_true(rota->segments[i].start_at < rota->segments[i].end_at);
        if (i > 0)
            assert_true(rota->segments[i - 1].end_at <= rota->segments[i].start_at);
    }
}

static void layers_never_overlap_and_each_hour_has_the_one_that_wins(void **state)
{
    (void)state;
    static struct sample sample;
    for (uint32_t seed = 1; seed < 1500; seed++) {
        sample_make(&sample, seed);
        const struct layer_options options = {.calendar = "db", .source = "test.ics"};
        CLEANUP(calendar_rota_free)
        struct calendar_rota *rota = calendar_rota_new(&sample.list, &sample_policy, &options);
        expect_sorted(&rota->rota);
        for (msec hour = 0; hour < HOURS; hour++) {
            const struct segment *segment = rota_find(&rota->rota, hour * HOUR_MS, NULL);
            const struct shift *winner = winner_at(&sample, hour * HOUR_MS);
            assert_int_equal(segment == NULL, winner == NULL);
            if (winner != NULL)
                assert_string_equal(segment->uid, winner->event->uid);
        }
    }
}

static bool segment_has(const struct segment *segment, const char *user)
{
    for (size_t i = 0; i < segment->user_count; i++)
        if (string_is(segment->users[i], user))
            return true;
    return false;
}

/* Everybody of the highest level there, up to the limit, and nobody else. */
static void expect_everybody(const struct sample *sample, const struct rota *rota, msec now)
{
    static const char *const ids[] = {"ann", "bob", "pat", "alice", "joerg"};
    int level = -1;
    unsigned wanted = 0;
    for (size_t i = 0; i < sample->list.shift_count; i++)
        if (counts_at(sample, i, now) && sample->level[i] > level)
            level = sample->level[i];
    for (size_t i = 0; i < sample->list.shift_count; i++)
        for (size_t user = 0; user < 5; user++)
            if (counts_at(sample, i, now) && sample->level[i] == level &&
                strstr(sample->shifts[i].event->summary, ids[user]) != NULL)
                wanted |= 1u << user;
    size_t count = (size_t)__builtin_popcount(wanted);
    const struct segment *segment = rota_find(rota, now, NULL);
    assert_int_equal(segment == NULL, level < 0);
    if (segment == NULL)
        return;
    assert_int_equal(segment->user_count, count < SEGMENT_USERS_MAX ? count : SEGMENT_USERS_MAX);
    for (size_t user = 0; user < 5; user++)
        if (segment_has(segment, ids[user]))
            wanted &= ~(1u << user);
    assert_int_equal(__builtin_popcount(wanted), count - segment->user_count);
}

static void with_overlap_all_everybody_of_every_active_shift_is_there_up_to_the_limit(void **state)
{
    (void)state;
    static struct sample sample;
    for (uint32_t seed = 1; seed < 1500; seed++) {
        sample_make(&sample, seed);
        const struct layer_options options = {
            .calendar = "db", .source = "test.ics", .pages_all = true};
        CLEANUP(calendar_rota_free)
        struct calendar_rota *rota = calendar_rota_new(&sample.list, &sample_policy, &options);
        expect_sorted(&rota->rota);
        for (msec hour = 0; hour < HOURS; hour++)
            expect_everybody(&sample, &rota->rota, hour * HOUR_MS);
    }
}

/* Each of many events that lie over each other costs no look at all of the others. */
static void with_overlap_all_a_pile_of_events_is_cut_at_its_depth_and_told(void **state)
{
    (void)state;
    enum { PILE = 20000 };
    static const struct shift_event event = {.summary = "ann", .uid = "1", .file = "test.ics"};
    static const struct shift_event last = {.summary = "bob", .uid = "2", .file = "test.ics"};
    struct shift *shifts = memory_new(PILE, sizeof *shifts);
    for (size_t i = 0; i < PILE; i++)
        shifts[i] = (struct shift){.start_at = (msec)i * MINUTE_MS,
                                   .end_at = (PILE + (msec)i) * MINUTE_MS,
                                   .event = i + 1 == PILE ? &last : &event};
    const struct shift_list list = {.shifts = shifts, .shift_count = PILE};
    const struct layer_options options = {
        .calendar = "db", .source = "test.ics", .pages_all = true};
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota = calendar_rota_new(&list, &sample_policy, &options);
    expect_sorted(&rota->rota);
    const struct segment *middle = rota_find(&rota->rota, PILE * MINUTE_MS, NULL);
    assert_int_equal(middle->user_count, 1);
    const struct segment *end = rota_find(&rota->rota, (2 * PILE - 100) * MINUTE_MS, NULL);
    assert_int_equal(end->user_count, 2);
    bool is_told = false;
    for (size_t i = 0; i < rota->warning_count; i++)
        is_told = is_told || string_is(rota->warnings[i].code, "W-LINE");
    assert_true(is_told);
    free(shifts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_never_overlap_and_each_hour_has_the_one_that_wins),
        cmocka_unit_test(with_overlap_all_everybody_of_every_active_shift_is_there_up_to_the_limit),
        cmocka_unit_test(with_overlap_all_a_pile_of_events_is_cut_at_its_depth_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
