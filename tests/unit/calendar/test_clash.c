/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include "calendar/clash.h"

#define H(hour) ((msec)(hour)*HOUR_MS)

static const struct user users[] = {
    {.id = "ann", .name = "Ann Ops"}, {.id = "bob", .name = "Bob Brown"}, {.id = "pat"}};
static const struct team teams[] = {
    {.id = "db",
     .roles = {[ROLE_PRIMARY] = {.calendar = "one"}, [ROLE_SECONDARY] = {.calendar = "two"}},
     .overrides = {[ROLE_PRIMARY] = {.calendar = "over"}}},
    {.id = "web", .roles = {[ROLE_PRIMARY] = {.calendar = "three"}}},
    {.id = "boss",
     .roles = {[ROLE_PRIMARY] = {.user = "pat"}, [ROLE_SECONDARY] = {.user = "pat"}},
     .overrides = {[ROLE_PRIMARY] = {.calendar = "swaps"}}},
};
static const struct policy policy = {
    .users = users, .user_count = 3, .teams = teams, .team_count = 3};

static struct clash_list list;

/* "code user team role/team role from-until" of each, in hours. */
static void expect_clashes(const struct roster *roster, const char *expected)
{
    CLEANUP(text_clear) struct text text = {0};
    clashes_find(&policy, roster, H(0), H(336), &list);
    for (size_t i = 0; i < list.count; i++) {
        const struct clash *clash = &list.items[i];
        text_addf(&text, "%s %s %s", clash->code, clash->user->id, clash->teams[0]->id);
        if (clash->teams[1] != NULL)
            text_addf(&text, "+%s", clash->teams[1]->id);
        text_addf(&text, " %s+%s %d-%d\n", role_name(clash->roles[0]), role_name(clash->roles[1]),
                  (int)(clash->start_at / HOUR_MS), (int)(clash->end_at / HOUR_MS));
    }
    assert_string_equal(text_string(&text), expected);
}

static void one_person_in_two_roles_of_a_team_at_once_is_told(void **state)
{
    (void)state;
    const struct segment one[] = {
        {.start_at = H(-9), .end_at = H(10), .users = {"ann"}, .user_count = 1},
        {.start_at = H(10), .end_at = H(20), .users = {"bob", "ann"}, .user_count = 2},
        {.start_at = H(20), .end_at = H(30), .users = {"bob"}, .user_count = 1}};
    const struct segment two[] = {
        {.start_at = H(5), .end_at = H(25), .users = {"ann"}, .user_count = 1},
        {.start_at = H(25), .end_at = H(40), .users = {"bob"}, .user_count = 1}};
    const struct rota rotas[] = {{.calendar = "one", .segments = one, .segment_count = 3},
                                 {.calendar = "two", .segments = two, .segment_count = 2}};
    const struct roster roster = {.rotas = rotas, .rota_count = 2};
    expect_clashes(&roster, "W-TWO-ROLES ann db primary+secondary 5-20\n"
                            "W-TWO-ROLES bob db primary+secondary 25-30\n");
    assert_false(list.is_cut);
}

static void one_person_on_call_for_two_teams_at_once_is_told(void **state)
{
    (void)state;
    const struct segment one[] = {
        {.start_at = H(0), .end_at = H(10), .users = {"ann"}, .user_count = 1}};
    const struct segment three[] = {
        {.start_at = H(5), .end_at = H(25), .users = {"pat", "ann"}, .user_count = 2}};
    const struct rota rotas[] = {{.calendar = "one", .segments = one, .segment_count = 1},
                                 {.calendar = "three", .segments = three, .segment_count = 1}};
    const struct roster roster = {.rotas = rotas, .rota_count = 2};
    expect_clashes(&roster, "W-TWO-TEAMS ann db+web primary+primary 5-10\n"
                            "W-TWO-TEAMS pat web+boss primary+primary 5-25\n"
                            "W-TWO-TEAMS pat web+boss primary+secondary 5-25\n");
}

static void whoever_is_on_call_by_a_calendar_while_away_is_told(void **state)
{
    (void)state;
    const struct segment one[] = {
        {.start_at = H(0), .end_at = H(100), .users = {"ann"}, .user_count = 1}};
    const struct segment over[] = {
        {.start_at = H(40), .end_at = H(50), .users = {"bob"}, .user_count = 1}};
    const struct rota rotas[] = {{.calendar = "one", .segments = one, .segment_count = 1},
                                 {.calendar = "over", .segments = over, .segment_count = 1}};
    const struct absence absences[] = {
        {.user = "ann", .start_at = H(-5), .end_at = H(2), .summary = "Rome"},
        {.user = "ann", .start_at = H(30), .end_at = H(60)},
        {.user = "ann", .start_at = H(90), .end_at = H(150)},
        {.user = "bob", .start_at = H(45), .end_at = H(300)},
        {.user = "pat", .start_at = H(0), .end_at = H(300)}};
    const struct roster roster = {
        .rotas = rotas, .rota_count = 2, .absences = absences, .absence_count = 5};
    expect_clashes(&roster, "W-AWAY ann db primary+primary 0-2\n"
                            "W-AWAY ann db primary+primary 30-40\n"
                            "W-AWAY bob db primary+primary 45-50\n"
                            "W-AWAY ann db primary+primary 50-60\n"
                            "W-AWAY ann db primary+primary 90-100\n");
    assert_ptr_equal(list.items[0].absence, &absences[0]);
}

static void an_override_calendar_takes_a_clash_away(void **state)
{
    (void)state;
    const struct segment one[] = {
        {.start_at = H(0), .end_at = H(100), .users = {"ann"}, .user_count = 1}};
    const struct segment over[] = {
        {.start_at = H(0), .end_at = H(40), .users = {"bob"}, .user_count = 1},
        {.start_at = H(60), .end_at = H(70)}};
    const struct rota rotas[] = {{.calendar = "one", .segments = one, .segment_count = 1},
                                 {.calendar = "two", .segments = one, .segment_count = 1},
                                 {.calendar = "over", .segments = over, .segment_count = 2}};
    const struct roster roster = {.rotas = rotas, .rota_count = 3};
    expect_clashes(&roster, "W-TWO-ROLES ann db primary+secondary 40-60\n"
                            "W-TWO-ROLES ann db primary+secondary 70-100\n");
}

static void shifts_that_follow_each_other_make_one_clash(void **state)
{
    (void)state;
    struct segment days[10];
    for (int i = 0; i < 10; i++)
        days[i] = (struct segment){
            .start_at = H(24 * i), .end_at = H(24 * i + 24), .users = {"ann"}, .user_count = 1};
    const struct rota rotas[] = {{.calendar = "one", .segments = days, .segment_count = 10},
                                 {.calendar = "three", .segments = days, .segment_count = 9}};
    const struct roster roster = {.rotas = rotas, .rota_count = 2};
    expect_clashes(&roster, "W-TWO-TEAMS ann db+web primary+primary 0-216\n");
}

static void fixed_people_are_told_of_only_where_a_calendar_has_a_part_in_it(void **state)
{
    (void)state;
    const struct segment swaps[] = {
        {.start_at = H(10), .end_at = H(20), .users = {"pat"}, .user_count = 1}};
    const struct segment three[] = {
        {.start_at = H(5), .end_at = H(15), .users = {"pat"}, .user_count = 1}};
    const struct rota rotas[] = {{.calendar = "swaps", .segments = swaps, .segment_count = 1},
                                 {.calendar = "three", .segments = three, .segment_count = 1}};
    struct roster roster = {.rotas = rotas, .rota_count = 0};
    expect_clashes(&roster, "");
    roster.rota_count = 2;
    expect_clashes(&roster, "W-TWO-TEAMS pat web+boss primary+primary 5-15\n"
                            "W-TWO-TEAMS pat web+boss primary+secondary 5-15\n"
                            "W-TWO-ROLES pat boss primary+secondary 10-20\n");
}

static void a_year_of_shifts_that_never_meet_costs_little(void **state)
{
    (void)state;
    enum { SHIFTS = 20000 };
    struct segment *one = memory_new(SHIFTS, sizeof *one);
    struct segment *two = memory_new(SHIFTS, sizeof *two);
    for (size_t i = 0; i < SHIFTS; i++) {
        one[i] = (struct segment){.start_at = (msec)i * 60, .end_at = (msec)i * 60 + 20};
        two[i] = (struct segment){.start_at = (msec)i * 60 + 30, .end_at = (msec)i * 60 + 50};
        one[i].users[0] = two[i].users[0] = "ann";
        one[i].user_count = two[i].user_count = 1;
    }
    const struct rota rotas[] = {{.calendar = "one", .segments = one, .segment_count = SHIFTS},
                                 {.calendar = "two", .segments = two, .segment_count = SHIFTS}};
    const struct roster roster = {.rotas = rotas, .rota_count = 2};
    expect_clashes(&roster, "");
    assert_false(list.is_cut); /* neither of the limits on looks was met */
    free(one);
    free(two);
}

static void a_clash_is_a_sentence_in_local_time_without_what_terminals_obey(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = zone_fixed("CET", 3600);
    const struct absence absence = {.summary = "Rome\x1B[31m"};
    const struct clash away = {.kind = CLASH_AWAY,
                               .user = &users[0],
                               .teams = {&teams[0]},
                               .start_at = at("2026-11-23T08:00:00Z"),
                               .end_at = at("2026-11-24T08:00:00Z"),
                               .absence = &absence};
    struct clash both = away;
    CLEANUP(text_clear) struct text text = {0};
    clash_render(&text, &away, zone);
    assert_string_equal(text_string(&text), "Ann Ops is primary of db while away (\"Rome?[31m\") "
                                            "from Mon 23 Nov 09:00 until Tue 24 Nov 09:00 CET");
    text_reset(&text);
    both.kind = CLASH_TWO_TEAMS;
    both.teams[1] = &teams[1];
    both.roles[1] = ROLE_ONCALL;
    clash_render(&text, &both, zone);
    assert_string_equal(text_string(&text), "Ann Ops is primary of db and oncall of web "
                                            "from Mon 23 Nov 09:00 until Tue 24 Nov 09:00 CET");
    text_reset(&text);
    both.kind = CLASH_TWO_ROLES;
    both.user = &users[2];
    clash_render(&text, &both, zone);
    assert_string_equal(text_string(&text), "pat is primary and oncall of db "
                                            "from Mon 23 Nov 09:00 until Tue 24 Nov 09:00 CET");
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

enum { MINUTES = 240 };

/* Segments of whole minutes; who has each minute goes into `held`, a bit for each user. */
static size_t segments_make(struct segment *segments, unsigned held[MINUTES], bool lies[MINUTES],
                            uint32_t *seed)
{
    static const unsigned masks[] = {1, 2, 4, 3, 5, 0};
    size_t count = 0;
    memset(held, 0, MINUTES * sizeof *held);
    memset(lies, 0, MINUTES * sizeof *lies);
    for (int from = (int)(next(seed) % 30); from < MINUTES;) {
        int until = from + 1 + (int)(next(seed) % 40);
        until = until < MINUTES ? until : MINUTES;
        unsigned mask = masks[next(seed) % 6];
        struct segment *segment = &segments[count++];
        *segment = (struct segment){.start_at = from * MINUTE_MS, .end_at = until * MINUTE_MS};
        for (unsigned user = 0; user < 3; user++)
            if ((mask >> user & 1) != 0)
                segment->users[segment->user_count++] = users[user].id;
        for (int minute = from; minute < until; minute++) {
            held[minute] = mask;
            lies[minute] = true;
        }
        from = until + (next(seed) % 2 == 0 ? 0 : (int)(next(seed) % 30));
    }
    return count;
}

/* One minute of one person, looked at by itself. */
static bool is_clash(const struct clash *clash, unsigned user, int minute)
{
    return clash->user == &users[user] && clash->start_at <= minute * MINUTE_MS &&
           minute * MINUTE_MS < clash->end_at;
}

static void clashes_are_those_of_a_look_at_each_minute(void **state)
{
    (void)state;
    static const char *const names[] = {"one", "two", "three", "over"};
    for (uint32_t seed = 1; seed < 1000; seed++) {
        uint32_t chance = seed;
        struct segment segments[4][MINUTES];
        unsigned held[4][MINUTES];
        bool lies[4][MINUTES];
        struct rota rotas[4];
        for (size_t i = 0; i < 4; i++) {
            size_t count = segments_make(segments[i], held[i], lies[i], &chance);
            rotas[i] = (struct rota){
                .calendar = names[i], .segments = segments[i], .segment_count = count};
        }
        const struct absence away = {
            .user = "bob", .start_at = 60 * MINUTE_MS, .end_at = 130 * MINUTE_MS};
        const struct roster roster = {
            .rotas = rotas, .rota_count = 4, .absences = &away, .absence_count = 1};
        clashes_find(&policy, &roster, 0, MINUTES * MINUTE_MS, &list);
        for (size_t i = 1; i < list.count; i++)
            assert_true(list.items[i - 1].start_at <= list.items[i].start_at);
        for (int minute = 0; minute < MINUTES; minute++)
            for (unsigned user = 0; user < 3; user++) {
                unsigned base = lies[3][minute] ? held[3][minute] : held[0][minute];
                bool has_one = base >> user & 1;
                bool has_two = held[1][minute] >> user & 1;
                bool has_three = held[2][minute] >> user & 1;
                bool is_boss = user == 2;
                bool is_away = user == 1 && minute >= 60 && minute < 130;
                /* Pairs: db by itself, db with web, and pat's two fixed roles with each. */
                int expected[CLASH_COUNT] = {has_one && has_two,
                                             (has_one + has_two) * has_three +
                                                 2 * is_boss * (has_one + has_two + has_three),
                                             is_away * (has_one + has_two + has_three)};
                int found[CLASH_COUNT] = {0};
                for (size_t i = 0; i < list.count; i++)
                    if (is_clash(&list.items[i], user, minute))
                        found[list.items[i].kind]++;
                assert_memory_equal(found, expected, sizeof found);
            }
    }
}

static void more_clashes_than_are_kept_are_said_to_be_more(void **state)
{
    (void)state;
    enum { SHIFTS = 2 * CLASHES_MAX };
    struct segment *segments = memory_new(SHIFTS, sizeof *segments);
    for (size_t i = 0; i < SHIFTS; i++)
        segments[i] = (struct segment){.start_at = (msec)i * 2 * MINUTE_MS,
                                       .end_at = (msec)(i * 2 + 1) * MINUTE_MS,
                                       .users = {"ann"},
                                       .user_count = 1};
    const struct rota rotas[] = {
        {.calendar = "one", .segments = segments, .segment_count = SHIFTS},
        {.calendar = "two", .segments = segments, .segment_count = SHIFTS}};
    const struct roster roster = {.rotas = rotas, .rota_count = 2};
    clashes_find(&policy, &roster, 0, H(336), &list);
    assert_int_equal(list.count, CLASHES_MAX);
    assert_true(list.is_cut);
    assert_int_equal(list.items[0].start_at, 0);
    assert_int_equal(list.items[CLASHES_MAX - 1].start_at, (CLASHES_MAX - 1) * 2 * MINUTE_MS);
    free(segments);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_person_in_two_roles_of_a_team_at_once_is_told),
        cmocka_unit_test(one_person_on_call_for_two_teams_at_once_is_told),
        cmocka_unit_test(whoever_is_on_call_by_a_calendar_while_away_is_told),
        cmocka_unit_test(an_override_calendar_takes_a_clash_away),
        cmocka_unit_test(shifts_that_follow_each_other_make_one_clash),
        cmocka_unit_test(fixed_people_are_told_of_only_where_a_calendar_has_a_part_in_it),
        cmocka_unit_test(a_year_of_shifts_that_never_meet_costs_little),
        cmocka_unit_test(a_clash_is_a_sentence_in_local_time_without_what_terminals_obey),
        cmocka_unit_test(clashes_are_those_of_a_look_at_each_minute),
        cmocka_unit_test(more_clashes_than_are_kept_are_said_to_be_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
