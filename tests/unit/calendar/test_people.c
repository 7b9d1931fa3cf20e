/* SPDX-License-Identifier: MIT */
#include "people_sample.h"

#include "calendar/people.h"

#define TIMES "DTSTART:20260302T080000Z\r\nDTEND:20260309T080000Z\r\n"

/* The ids that an event names, with commas; "-" for a declared hole. */
static void expect_names(const struct shift_event *event, const char *expected)
{
    CLEANUP(people_free) struct people *people = people_new(&sample_policy);
    CLEANUP(text_clear) struct text text = {0};
    struct people_answer answer;
    people_match(people, event, &answer);
    for (size_t i = 0; i < answer.user_count; i++)
        text_addf(&text, "%s%s", i == 0 ? "" : ",", answer.users[i]->id);
    assert_true(!answer.is_nobody || answer.user_count == 0);
    assert_string_equal(answer.is_nobody ? "-" : text_string(&text), expected);
}

static void the_title_names_people_in_every_form_of_the_manual(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"ann", "ann"},
        {"  ANN  OPS ", "ann"},
        {"@ann", "ann"},
        {"Ann@Example.org", "ann"},
        {"[L1] bob@example.org", "bob"},
        {"On call: Ann Ops", "ann"},
        {"On Call - Alice Adams - Infra Primary", "alice"},
        {"Pat O&#39;Brien On-Call (GoAlert: Infra)", "pat"},
        {"infra primary shift: Alice Adams", "alice"},
        {"Rotation L1: ann@example.org", "ann"},
        {"Ann (for Bob)", "ann"},
        {"Ann Ops (for Bob Brown)", "ann"},
        {"J\xC3\x96RG M\xC3\x9CLLER", "joerg"},
        {"Jo\xCC\x88rg Mu\xCC\x88ller", "joerg"},
        {"O'Brien, Pat", "pat"},
        {"ann, bob", "ann,bob"},
        {"bob & ann", "bob,ann"},
        {"secondary: ali", "alice"},
        {"Nobody", "-"},
        {"[L2] none", "-"},
        {"somebody", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_names(&(struct shift_event){.summary = rows[i][0]}, rows[i][1]);
}

static void the_title_comes_before_attendees_and_ids_before_the_title(void **state)
{
    (void)state;
    static const struct shift_attendee bob = {.address = "bob@example.org", .is_person = true};
    expect_names(&(struct shift_event){.summary = "ann", .attendees = &bob, .attendee_count = 1},
                 "ann");
    expect_names(&(struct shift_event){.summary = "ann", .users = "bob, alice"}, "bob,alice");
}

static void attendees_count_without_rooms_and_without_the_organizer(void **state)
{
    (void)state;
    static const struct shift_attendee guests[] = {
        {.address = "ann@example.org", .is_person = true, .is_organizer = true},
        {.address = "alice@example.org", .is_person = false},
        {.address = "unknown@example.org", .name = "Bob Brown", .is_person = true},
    };
    expect_names(&(struct shift_event){.summary = "Duty", .attendees = guests, .attendee_count = 3},
                 "bob");
    static const struct shift_attendee strangers[] = {
        {.address = "ann@example.org", .is_person = true, .is_organizer = true},
        {.address = "xerxes@example.org", .is_person = true},
    };
    expect_names(
        &(struct shift_event){.summary = "Duty", .attendees = strangers, .attendee_count = 2}, "");
    expect_names(&(struct shift_event){.summary = "Duty", .attendees = guests, .attendee_count = 1},
                 "ann");
}

static void a_declined_invitation_is_seen(void **state)
{
    (void)state;
    static const struct shift_attendee ann = {
        .address = "ann@example.org", .is_person = true, .is_declined = true};
    struct shift_event event = {.summary = "ann", .attendees = &ann, .attendee_count = 1};
    CLEANUP(people_free) struct people *people = people_new(&sample_policy);
    struct people_answer answer;
    people_match(people, &event, &answer);
    assert_true(answer.is_declined);
}

static void an_alias_of_two_people_names_neither(void **state)
{
    (void)state;
    static const struct user twins[] = {
        {.id = "a", .name = "Kim"},
        {.id = "b", .name = "Kim"},
    };
    static const struct policy policy = {.users = twins, .user_count = 2};
    CLEANUP(people_free) struct people *people = people_new(&policy);
    struct people_answer answer;
    people_match(people, &(struct shift_event){.summary = "Kim"}, &answer);
    assert_int_equal(answer.user_count, 0);
}

static void an_unknown_name_brings_the_closest_ones(void **state)
{
    (void)state;
    CLEANUP(people_free) struct people *people = people_new(&sample_policy);
    CLEANUP(text_clear) struct text text = {0};
    assert_true(
        people_suggest(people, &(struct shift_event){.summary = "On call: Alise Adams"}, &text));
    assert_string_equal(text_string(&text), "\"Alice Adams\"");
    text_reset(&text);
    assert_false(people_suggest(people, &(struct shift_event){.summary = "Xerxes"}, &text));
}

static void a_category_that_is_a_name_counts_last_and_words_of_layers_never(void **state)
{
    (void)state;
    static const struct user wordy[] = {
        {.id = "ann", .name = "Ann Ops"},
        {.id = "override", .name = "Olga", .aliases = {"Primary"}, .alias_count = 1},
    };
    static const struct policy policy = {.users = wordy, .user_count = 2};
    static const struct shift_attendee bob = {.address = "bob@example.org", .is_person = true};
    expect_names(&(struct shift_event){.summary = "Duty", .categories = "work, Ann Ops,BOB"},
                 "ann,bob");
    expect_names(&(struct shift_event){.summary = "alice", .categories = "ann"}, "alice");
    expect_names(
        &(struct shift_event){
            .summary = "Duty", .categories = "ann", .attendees = &bob, .attendee_count = 1},
        "bob");
    expect_names(&(struct shift_event){.summary = "nobody", .categories = "ann"}, "-");
    expect_names(&(struct shift_event){.summary = "Duty", .categories = "team ann"}, "");
    CLEANUP(people_free) struct people *people = people_new(&policy);
    struct people_answer answer;
    people_match(people, &(struct shift_event){.summary = "Duty", .categories = "primary,override"},
                 &answer);
    assert_int_equal(answer.user_count, 0);
}

/* The files of products, each with the person whom its first shift means. */
static void every_form_of_a_product_names_its_person(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {BEGIN EVENT("UID:1\r\nSUMMARY:[L1] bob@Example.org\r\n" TIMES) END, "bob"},
        {BEGIN EVENT("UID:1\r\nSUMMARY:@ann\r\n" TIMES) END, "ann"},
        {BEGIN EVENT("UID:OE33\r\nSUMMARY:Rotation L1: ann@example.org\r\nPRIORITY:1\r\n" TIMES)
             END,
         "ann"},
        {BEGIN EVENT("UID:Q0D\nATTENDEE:alice@example.org\nURL:https://example.com/schedules#P\n"
                     "SUMMARY:On Call - Alice Adams - Infra Primary\n" TIMES) END,
         "alice"},
        {BEGIN EVENT("UID:Q0D\nATTENDEE:bob@example.org\nSUMMARY:On Call - B - Infra\n" TIMES) END,
         "bob"},
        {BEGIN EVENT("UID:4c\r\nSUMMARY:Pat O&#39;Brien On-Call (GoAlert: Infra)\r\n" TIMES) END,
         "pat"},
        {BEGIN EVENT("UID:e\r\nSUMMARY:infra primary shift: Alice Adams\r\n"
                     "ATTENDEE;CN=\"Bob Brown\":MAILTO:bob@example.org\r\n" TIMES) END,
         "alice"},
        {BEGIN EVENT("UID:c\r\nSUMMARY:Duty\r\n"
                     "ORGANIZER;CN=Boss;CUTYPE=INDIVIDUAL:mailto:ann@ex\r\n ample.org\r\n"
                     "ATTENDEE;X-KEY=ff81;CN=Alice Adams;CUTYPE=INDIVIDUAL:mailto:a\r\n"
                     " lice@example.org\r\n" TIMES) END,
         "alice"},
        {BEGIN EVENT("UID:o\r\nSUMMARY:Alice Adams, infra schedule\r\n" TIMES) END, "alice"},
        {BEGIN EVENT("UID:h\r\nSUMMARY:hardware: Bob Brown\r\n" TIMES) END, "bob"},
        {BEGIN EVENT("UID:h\r\nSUMMARY:ann\\, bob\r\n" TIMES) END, "ann,bob"},
        {BEGIN EVENT("UID:h\r\nSUMMARY:On duty\r\n"
                     "ATTENDEE;CN=\"Ann Ops\":mailto:nagios@elsewhere\r\n" TIMES) END,
         "ann"},
        {BEGIN EVENT("UID:p\r\nSUMMARY:Whoever\r\nX-PAGERD-USER:bob\r\n" TIMES) END, "bob"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(shift_list_free) struct shift_list *list = expand(rows[i][0]);
        assert_int_equal(list->shift_count, 1);
        expect_names(list->shifts[0].event, rows[i][1]);
    }
}

static void neither_a_description_nor_an_organizer_who_is_no_guest_names_anybody(void **state)
{
    (void)state;
    CLEANUP(shift_list_free)
    struct shift_list *list =
        expand(BEGIN EVENT("UID:1\r\nSUMMARY:Duty\r\nDESCRIPTION:ann\r\n"
                           "ORGANIZER;CN=Bob Brown:mailto:bob@example.org\r\n" TIMES) END);
    expect_names(list->shifts[0].event, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_title_names_people_in_every_form_of_the_manual),
        cmocka_unit_test(the_title_comes_before_attendees_and_ids_before_the_title),
        cmocka_unit_test(attendees_count_without_rooms_and_without_the_organizer),
        cmocka_unit_test(a_declined_invitation_is_seen),
        cmocka_unit_test(an_alias_of_two_people_names_neither),
        cmocka_unit_test(an_unknown_name_brings_the_closest_ones),
        cmocka_unit_test(a_category_that_is_a_name_counts_last_and_words_of_layers_never),
        cmocka_unit_test(every_form_of_a_product_names_its_person),
        cmocka_unit_test(neither_a_description_nor_an_organizer_who_is_no_guest_names_anybody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
