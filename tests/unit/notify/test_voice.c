/* SPDX-License-Identifier: MIT */
/* Calls: what is said, for the ear, and what Twilio is asked for. */
#include "sample.h"

#include <stdlib.h>

#include "base/text.h"
#include "notify/dialog.h"
#include "notify/speech.h"
#include "notify/wordbook.h"

#define CALLBACK \
    "https://p.example.org/v1/callbacks/voice.1/%s/41.1.0123456789abcdef0123456789abcdef"

static void expect_words(const char *from, const char *to)
{
    CLEANUP(text_clear) struct text text = {0};
    speech_add_words(&text, NULL, from, SPEECH_WORDS_MAX);
    assert_string_equal(text_string(&text), to);
}

static void expect_name(const char *from, const char *to)
{
    CLEANUP(text_clear) struct text text = {0};
    speech_add_name(&text, from);
    assert_string_equal(text_string(&text), to);
}

static void symptoms_are_words_for_the_ear(void **state)
{
    (void)state;
    expect_words("disk /var 96% full", "disk var 96 percent full");
    expect_words("disk /var/log 96% full", "disk var, log 96 percent full");
    expect_words("node_load5 > 12", "node, load5 over 12");
    expect_words("a & b <c> \"d\"", "a and b under c over d");
    expect_words("load 3.5, rising!", "load 3.5, rising");
    expect_words("one two three four five six seven eight nine ten eleven twelve thirteen",
                 "one two three four five six seven eight nine ten eleven twelve");
    expect_words("   ", "");
    expect_words("", "");
    expect_words("\x1b[31m<Hangup/>\r\n", "31m under Hangup, over");
    expect_words("Größe überschritten", "Größe überschritten");
}

static void names_are_spelt_where_they_are_no_words(void **state)
{
    (void)state;
    expect_name("db1", "D B 1");
    expect_name("web-12", "web 1 2");
    expect_name("mx1.example.org", "M X 1 example O R G");
    expect_name("postgres", "postgres");
    expect_name("k8s", "K 8 S");
    expect_name("", "");
    expect_name("///", "");
}

static void clocks_are_read_as_people_do(void **state)
{
    (void)state;
    struct zone *zone = zone_fixed("CET", 3600);
    struct moment_view view = {.reader = zone, .team = zone};
    const struct {
        const char *at;
        const char *said;
    } rows[] = {{"2026-11-22T02:03:00Z", "3 oh 3"},
                {"2026-11-22T13:30:00Z", "14 30"},
                {"2026-11-22T02:00:00Z", "3 o'clock"},
                {"2026-11-21T23:00:00Z", "0 o'clock"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP(text_clear) struct text text = {0};
        dialog_add_time(&text, &view, instant(rows[i].at));
        assert_string_equal(text_string(&text), rows[i].said);
    }
    zone_free(zone);
}

static void expect_page(const struct letter *letter, const char *said)
{
    CLEANUP(text_clear) struct text text = {0};
    dialog_add_page(&text, letter);
    assert_string_equal(text_string(&text), said);
}

static void a_page_is_said_in_the_words_of_the_design(void **state)
{
    (void)state;
    struct letter letter = sample_letter(NULL);
    letter.next = "Bob";
    expect_page(&letter, "Critical. Incident 4 1 2. D B 1: disk var 96 percent full. Press 4 to "
                         "acknowledge. Press 5 to pass it on to Bob. Star to hear it again.");
    letter.next = NULL;
    letter.is_private = true;
    expect_page(&letter, "Critical. Incident 4 1 2 in ops. Press 4 to acknowledge. Press 5 to pass "
                         "it on. Star to hear it again.");
    letter.is_private = false;
    letter.alert_count = 12;
    letter.first_object = "db1";
    letter.first_summary = letter.summary;
    letter.summary = "x12 (9 crit 3 warn) db1: disk /var 96% full";
    letter.object = NULL;
    expect_page(&letter, "Critical. 12 alerts in ops. The first: D B 1: disk var 96 percent full. "
                         "Press 4 to acknowledge all 12. Press 5 to pass it on. Star to hear it "
                         "again.");
}

static void silence_says_who_is_next(void **state)
{
    (void)state;
    struct letter letter = sample_letter(NULL);
    const struct {
        msec left_ms;
        const char *said;
    } rows[] = {{3 * MINUTE_MS, "Nothing pressed. Bob is called in 3 minutes. Goodbye."},
                {MINUTE_MS, "Nothing pressed. Bob is called in 1 minute. Goodbye."},
                {-HOUR_MS, "Nothing pressed. Bob is called now. Goodbye."}};
    letter.next = "Bob";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP(text_clear) struct text text = {0};
        letter.next_at = letter.now_at + rows[i].left_ms;
        dialog_add_silence(&text, &letter);
        assert_string_equal(text_string(&text), rows[i].said);
    }
    CLEANUP(text_clear) struct text text = {0};
    letter.next = NULL;
    dialog_add_silence(&text, &letter);
    assert_string_equal(text_string(&text), "Nothing pressed. Goodbye.");
}

static void every_answer_has_words(void **state)
{
    (void)state;
    struct letter letter = sample_letter(NULL);
    letter.actor = "Bob";
    for (int kind = 0; kind < RETORT_KIND_COUNT; kind++) {
        CLEANUP(text_clear) struct text text = {0};
        struct retort retort = {(enum retort_kind)kind, &letter};
        dialog_add_retort(&text, &retort, true);
        assert_true(text.size > 0);
    }
}

/* Every sentence of a call comes from the book. */
static void a_call_is_in_the_language_of_the_house(void **state)
{
    (void)state;
    CLEANUP(wordbook_free) struct wordbook *book = wordbook_new();
    struct letter letter = sample_letter(NULL);
    struct fault fault = {0};
    letter.words = book;
    letter.next = "Bob";
    letter.next_at = letter.now_at + 3 * MINUTE_MS;
    static const char *const texts[][2] = {
        {"call.alert", "$severity. Vorfall $number.{0: $thing.}"},
        {"call.keys", "4 zum Annehmen, 5 für{0: $next}."},
        {"call.critical", "Kritisch"},
        {"call-signs.percent", "Prozent"},
        {"call.silence-minutes", "$next in $minutes Minuten."},
        {"call.useless", "$key tut nichts."},
        {"call.hash-key", "Raute"},
        {"call.held", "$actor hat es seit $acted."},
        {"call.somebody", "Jemand"},
        {"call.clock-oh", "$hour Uhr $minute"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_true(wordbook_set(book, texts[i][0], texts[i][1], &fault));
    expect_page(&letter, "Kritisch. Vorfall 4 1 2. D B 1: disk var 96 Prozent full. 4 zum "
                         "Annehmen, 5 für Bob.");
    CLEANUP(text_clear) struct text text = {0};
    dialog_add_silence(&text, &letter);
    assert_string_equal(text_string(&text), "Bob in 3 Minuten.");
    text_reset(&text);
    dialog_add_useless(&text, &letter, '#');
    assert_string_equal(text_string(&text), "Raute tut nichts.");
    text_reset(&text);
    letter.acted_at = instant("2026-11-22T02:03:00Z");
    dialog_add_retort(&text, &(struct retort){RETORT_HELD, &letter}, false);
    assert_string_equal(text_string(&text), "Jemand hat es seit 2 Uhr 3.");
}

struct world {
    struct arena *arena;
    struct letter letter;
    struct channel_settings settings;
    struct request request;
    struct fault fault;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    world->arena = arena_new();
    world->letter = sample_letter(NULL);
    world->letter.callback = CALLBACK;
    world->settings.account = "AC0123456789abcdef0123456789abcdef";
    world->settings.token = "f0e1d2c3b4a5968778695a4b3c2d1e0f";
    world->settings.from = "+15005550006";
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    arena_free(world->arena);
    free(world);
    return 0;
}

static bool render(struct world *world)
{
    return channel_find("voice", "twilio")
        ->render(&world->letter, &world->settings, world->arena, &world->request, &world->fault);
}

/* A field of the form as Twilio reads it. */
static const char *field(struct world *world, const char *name)
{
    struct span rest = world->request.body;
    while (rest.size > 0) {
        struct span value = span_cut(&rest, '&');
        struct span found = span_cut(&value, '=');
        CLEANUP(text_clear) struct text text = {0};
        text_add_decoded(&text, value, true);
        if (span_is(found, name))
            return arena_copy_span(world->arena, text_span(&text));
    }
    return "";
}

static void a_call_is_asked_for_with_its_words_in_it(void **state)
{
    struct world *world = *state;
    assert_true(render(world));
    assert_string_equal(world->request.url, "https://api.twilio.com/2010-04-01/Accounts/"
                                            "AC0123456789abcdef0123456789abcdef/Calls.json");
    assert_string_equal(world->request.method, "POST");
    assert_string_equal(field(world, "To"), "+4915550100001");
    assert_string_equal(field(world, "From"), "+15005550006");
    assert_non_null(strstr(field(world, "Twiml"),
                           "<Say language=\"en-US\">Critical. Incident 4 1 2. D B 1: disk"));
    assert_non_null(strstr(field(world, "Twiml"),
                           "action=\"https://p.example.org/v1/callbacks/voice.1/keys/41.1."));
    assert_non_null(strstr(field(world, "StatusCallback"), "/voice.1/status/41.1."));
    assert_non_null(strstr(field(world, "AsyncAmdStatusCallback"), "/voice.1/machine/41.1."));
    assert_null(strstr(world->request.url, world->settings.token));
}

/* A voice has its language; the texts have theirs, where nothing else is configured. */
static void the_texts_say_in_which_language_they_are_read(void **state)
{
    struct world *world = *state;
    CLEANUP(wordbook_free) struct wordbook *book = wordbook_new();
    assert_true(wordbook_set(book, "words.language", "de-DE", &world->fault));
    world->letter.words = book;
    assert_true(render(world));
    assert_non_null(strstr(field(world, "Twiml"), "<Say language=\"de-DE\">"));
    world->settings.voice = "Polly.Vicki";
    assert_true(render(world));
    assert_non_null(strstr(field(world, "Twiml"), "<Say voice=\"Polly.Vicki\"><prosody"));
    world->settings.language = "de-AT";
    assert_true(render(world));
    assert_non_null(strstr(field(world, "Twiml"), "language=\"de-AT\""));
}

static void the_longest_page_fits_a_request(void **state)
{
    struct world *world = *state;
    char longest[2000];
    memset(longest, '&', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (size_t i = 0; i < sizeof longest - 1; i += 3)
        longest[i] = (i / 3) % 9 == 0 ? ' ' : 'w';
    world->letter.summary = longest;
    world->letter.object = longest;
    world->letter.next = longest;
    world->letter.team = longest;
    world->letter.next_at = world->letter.now_at + DAY_MS;
    world->settings.voice = "Polly.Joanna-Neural";
    world->settings.language = "en-US";
    assert_true(render(world));
    assert_true(strlen(field(world, "Twiml")) < 4000);
}

static void what_asks_for_an_answer_has_keys(void **state)
{
    struct world *world = *state;
    static const enum page_kind kinds[] = {PAGE_ALERT,  PAGE_STILL,  PAGE_LAST_RESORT,
                                           PAGE_BUNDLE, PAGE_DIGEST, PAGE_TEST};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        world->letter.kind = kinds[i];
        world->letter.remark = "and #413 web: 5xx";
        assert_true(render(world));
        assert_non_null(strstr(field(world, "Twiml"), "<Gather"));
        assert_non_null(strstr(field(world, "Twiml"), "ress 4 to "));
    }
}

static void a_notice_is_read_out_without_keys(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_NOTICE;
    world->letter.remark = "GAP nobody on call for ops Sat 28 Nov 18:00-22:00.";
    assert_true(render(world));
    assert_null(strstr(field(world, "Twiml"), "<Gather"));
    assert_non_null(strstr(field(world, "Twiml"), "GAP nobody on call for ops Sat 28 Nov"));
    assert_non_null(strstr(field(world, "StatusCallback"), "/voice.1/told/"));
    assert_string_equal(field(world, "MachineDetection"), "");
}

static void without_an_address_of_pagerd_nothing_can_be_pressed(void **state)
{
    struct world *world = *state;
    world->letter.callback = NULL;
    assert_true(render(world));
    assert_null(strstr(field(world, "Twiml"), "<Gather"));
    assert_string_equal(field(world, "StatusCallback"), "");
}

static void what_is_missing_is_said(void **state)
{
    struct world *world = *state;
    const struct channel *channel = channel_find("voice", "twilio");
    assert_true(channel->check(&world->settings, &world->fault));
    world->settings.from = NULL;
    assert_false(channel->check(&world->settings, &world->fault));
    assert_non_null(strstr(world->fault.text, "from"));
    world->settings.token = NULL;
    assert_false(render(world));
}

/* A poll knows nothing of keys: who has pressed one is not asked about any more. */
static void the_status_of_a_call_is_judged(void **state)
{
    struct world *world = *state;
    const struct channel *channel = channel_find("voice", "twilio");
    static const struct {
        const char *status;
        enum page_outcome outcome;
    } rows[] = {
        {"queued", OUTCOME_SENT},      {"ringing", OUTCOME_SENT},    {"in-progress", OUTCOME_SENT},
        {"completed", OUTCOME_FAILED}, {"busy", OUTCOME_FAILED},     {"no-answer", OUTCOME_FAILED},
        {"failed", OUTCOME_FAILED},    {"canceled", OUTCOME_FAILED}, {"made-up", OUTCOME_SENT}};
    assert_true(
        channel->poll("CA1", &world->settings, world->arena, &world->request, &world->fault));
    assert_string_equal(world->request.method, "GET");
    assert_non_null(strstr(world->request.url, "/Calls/CA1.json"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *body =
            arena_format(world->arena, "{\"sid\":\"CA1\",\"status\":\"%s\"}", rows[i].status);
        struct result result = {
            .end = TRANSFER_ANSWERED, .code = 200, .body = span_of(body), .error = ""};
        struct verdict verdict = {0};
        channel->judge_poll(&result, &world->settings, &verdict);
        assert_int_equal(verdict.outcome, rows[i].outcome);
        assert_true((verdict.outcome == OUTCOME_FAILED) == (verdict.error[0] != '\0'));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symptoms_are_words_for_the_ear),
        cmocka_unit_test(names_are_spelt_where_they_are_no_words),
        cmocka_unit_test(clocks_are_read_as_people_do),
        cmocka_unit_test(a_page_is_said_in_the_words_of_the_design),
        cmocka_unit_test(silence_says_who_is_next),
        cmocka_unit_test(every_answer_has_words),
        cmocka_unit_test(a_call_is_in_the_language_of_the_house),
        TEST(a_call_is_asked_for_with_its_words_in_it),
        TEST(the_texts_say_in_which_language_they_are_read),
        TEST(the_longest_page_fits_a_request),
        TEST(what_asks_for_an_answer_has_keys),
        TEST(a_notice_is_read_out_without_keys),
        TEST(without_an_address_of_pagerd_nothing_can_be_pressed),
        TEST(what_is_missing_is_said),
        TEST(the_status_of_a_call_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
