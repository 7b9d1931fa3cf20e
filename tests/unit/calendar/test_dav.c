/* SPDX-License-Identifier: MIT */
/* What CalDAV servers answer: Radicale's real answers, the forms of the RFCs, and hostile XML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar/dav.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
#define OPEN HEAD "<d:multistatus xmlns:d=\"DAV:\" xmlns:cal=\"urn:ietf:params:xml:ns:caldav\">"
#define CLOSE "</d:multistatus>"

struct world {
    struct arena *arena;
    struct dav_answer answer;
    struct fault fault;
};

static int set_up(void **state)
{
    struct world *world = memory_new(1, sizeof *world);
    world->arena = arena_new();
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

/* Through the child's messages, as the daemon has it. */
static bool ask(struct world *world, struct span body)
{
    CLEANUP(text_clear) struct text request = {0};
    struct text *result = memory_new(1, sizeof *result);
    dav_request_render(&request, body);
    assert_true(dav_request_is(text_span(&request)));
    dav_request_answer(text_span(&request), result);
    /* Kept for the length of the test: the data is borrowed from it. */
    char *bytes = arena_take(world->arena, result->size + 1);
    memcpy(bytes, result->bytes, result->size);
    struct span span = {bytes, result->size};
    text_clear(result);
    free(result);
    return dav_result_parse(world->arena, span, &world->answer, &world->fault);
}

static void ask_well(struct world *world, const char *body)
{
    if (!ask(world, span_of(body)))
        fail_msg("%s", world->fault.text);
}

static void ask_file(struct world *world, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/fixtures/dav/%s", TESTS_DIR, name);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    char bytes[8192];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    if (!ask(world, (struct span){bytes, size}))
        fail_msg("%s", world->fault.text);
}

static const struct dav_item *item(struct world *world, const char *end)
{
    for (size_t i = 0; i < world->answer.item_count; i++)
        if (strstr(world->answer.items[i].href, end) != NULL)
            return &world->answer.items[i];
    fail_msg("no item %s", end);
    return NULL;
}

static void radicale_lists_all_events_and_gives_a_token(void **state)
{
    struct world *world = *state;
    ask_file(world, "radicale-sync-full.xml");
    assert_int_equal(world->answer.item_count, 2);
    assert_non_null(strstr(world->answer.token, "http://radicale.org/ns/sync/cbbcd621"));
    assert_string_equal(item(world, "a.ics")->href, "/boss/overrides/a.ics");
    assert_non_null(strstr(item(world, "a.ics")->etag, "\"e791eab7688b5fa0"));
    assert_int_equal(item(world, "a.ics")->status, 200);
    assert_null(item(world, "a.ics")->data.bytes);
}

static void radicale_says_which_event_is_gone(void **state)
{
    struct world *world = *state;
    ask_file(world, "radicale-sync-delta.xml");
    assert_int_equal(world->answer.item_count, 1);
    assert_int_equal(item(world, "a.ics")->status, 404);
    assert_null(item(world, "a.ics")->etag);
}

static void radicale_gives_the_events_that_are_asked_for(void **state)
{
    struct world *world = *state;
    ask_file(world, "radicale-multiget.xml");
    assert_int_equal(world->answer.item_count, 3);
    assert_int_equal(item(world, "gone.ics")->status, 404);
    const struct dav_item *quoted = item(world, "b%20%C3%A9.ics");
    assert_true(span_has_prefix(quoted->data, "BEGIN:VCALENDAR\n"));
    char *data = string_copy_span(quoted->data);
    assert_non_null(strstr(data, "SUMMARY:Bob <&> \"Z\"\n"));
    free(data);
    ask_file(world, "radicale-query.xml");
    assert_int_equal(world->answer.item_count, 2);
    assert_int_equal(item(world, "a.ics")->status, 200);
}

static void radicale_gives_its_ctag(void **state)
{
    struct world *world = *state;
    ask_file(world, "radicale-propfind.xml");
    assert_non_null(strstr(world->answer.ctag, "d56587431d106e93"));
    assert_non_null(strstr(world->answer.token, "447312d436e0"));
    assert_int_equal(world->answer.item_count, 1);
}

static void an_error_is_no_multistatus(void **state)
{
    struct world *world = *state;
    assert_false(ask(world, span_of(HEAD "<error xmlns=\"DAV:\"><valid-sync-token/></error>")));
    assert_non_null(strstr(world->fault.text, "no multistatus"));
    assert_false(ask(world, span_of("<html><body>log in</body></html>")));
    assert_false(ask(world, span_of("<!-- nothing -->")));
    assert_false(ask(world, span_of("")));
    assert_false(ask(world, span_of("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")));
}

/* As sabre/dav (Nextcloud, Baikal) answers: other prefixes, properties that it does not have in a
 * propstat of their own, CDATA, CR as a character reference. */
static void other_prefixes_and_missing_properties_are_read(void **state)
{
    struct world *world = *state;
    ask_well(world, HEAD
             "<x:multistatus xmlns:x=\"DAV:\" xmlns:s=\"http://sabredav.org/ns\" "
             "xmlns:c=\"urn:ietf:params:xml:ns:caldav\">\n"
             " <x:response><x:href>/dav/cal/rota/1.ics</x:href><x:propstat><x:prop>"
             "<x:getetag>&quot;1&quot;</x:getetag><c:calendar-data><![CDATA[BEGIN:VCALENDAR]]>"
             "&#13;\nEND:VCALENDAR</c:calendar-data></x:prop><x:status>HTTP/1.1 200 OK</x:status>"
             "</x:propstat><x:propstat><x:prop><s:other/></x:prop>"
             "<x:status>HTTP/1.1 404 Not Found</x:status></x:propstat></x:response>\n"
             " <x:response><x:href>/dav/cal/rota/2.ics</x:href>"
             "<x:status>HTTP/1.1 404 Not Found</x:status></x:response>"
             "<x:sync-token>http://sabre.io/ns/sync/5</x:sync-token></x:multistatus>");
    assert_int_equal(world->answer.item_count, 2);
    assert_string_equal(item(world, "1.ics")->etag, "\"1\"");
    assert_true(span_is(item(world, "1.ics")->data, "BEGIN:VCALENDAR\r\nEND:VCALENDAR"));
    assert_int_equal(item(world, "1.ics")->status, 200);
    assert_int_equal(item(world, "2.ics")->status, 404);
    assert_string_equal(world->answer.token, "http://sabre.io/ns/sync/5");
}

static void a_property_that_is_missing_does_not_make_an_event_gone(void **state)
{
    struct world *world = *state;
    ask_well(world, OPEN "<d:response><d:href>/c/1.ics</d:href><d:propstat><d:prop><d:getetag/>"
                         "</d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"
                         "</d:response>" CLOSE);
    assert_int_equal(item(world, "1.ics")->status, 200);
    assert_null(item(world, "1.ics")->etag);
}

/* RFC 4918 14.24: several hrefs, one status. RFC 6578 3.6: 507 on the collection means "more". */
static void one_status_may_be_for_several_events_and_a_list_may_be_cut(void **state)
{
    struct world *world = *state;
    ask_well(world,
             OPEN "<d:response><d:href>/c/1.ics</d:href><d:href>/c/2.ics</d:href>"
                  "<d:status>HTTP/1.1 404 Not Found</d:status></d:response>"
                  "<d:response><d:href>/c/</d:href><d:status>HTTP/1.1 507 Insufficient Storage"
                  "</d:status><d:error><d:number-of-matches-within-limits/></d:error></d:response>"
                  "<d:sync-token>t2</d:sync-token>" CLOSE);
    assert_int_equal(world->answer.item_count, 3);
    assert_int_equal(item(world, "1.ics")->status, 404);
    assert_int_equal(item(world, "2.ics")->status, 404);
    assert_true(world->answer.is_cut);
}

static void names_in_another_namespace_or_place_mean_nothing(void **state)
{
    struct world *world = *state;
    ask_well(world,
             OPEN "<response><href>/c/1.ics</href></response>"
                  "<d:response><d:href>/c/2.ics</d:href><d:propstat><d:prop>"
                  "<d:owner><d:href>/people/bob/</d:href></d:owner><d:getetag>\"2\"</d:getetag>"
                  "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>" CLOSE);
    assert_int_equal(world->answer.item_count, 1);
    assert_string_equal(world->answer.items[0].etag, "\"2\"");
}

static void a_document_type_is_refused_before_its_entities_are_expanded(void **state)
{
    struct world *world = *state;
    static const char laughs[] =
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">"
        "<!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]><d:multistatus xmlns:d=\"DAV:\">&c;</d:multistatus>";
    assert_false(ask(world, span_of(laughs)));
    assert_non_null(strstr(world->fault.text, "document type"));
    assert_false(ask(world, span_of("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>")));
    assert_non_null(strstr(world->fault.text, "document type"));
    assert_false(ask(world, span_of(OPEN "&nothing;" CLOSE)));
}

static void nesting_has_a_limit(void **state)
{
    struct world *world = *state;
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, OPEN);
    for (int i = 0; i < 100000; i++)
        text_add(&text, "<a>");
    assert_false(ask(world, text_span(&text)));
    assert_non_null(strstr(world->fault.text, "nested"));
}

static void the_number_of_events_has_a_limit(void **state)
{
    struct world *world = *state;
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, OPEN);
    for (int i = 0; i < DAV_ITEMS_MAX; i++)
        text_addf(&text, "<d:response><d:href>/c/%d.ics</d:href></d:response>", i);
    size_t full = text.size;
    text_add(&text, CLOSE);
    ask_well(world, text_string(&text));
    assert_int_equal(world->answer.item_count, DAV_ITEMS_MAX);
    text.size = full;
    text_add(&text, "<d:response><d:href>/c/x.ics</d:href></d:response>" CLOSE);
    assert_false(ask(world, text_span(&text)));
    assert_non_null(strstr(world->fault.text, "20000"));
}

static void values_have_limits_and_events_have_names(void **state)
{
    struct world *world = *state;
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, OPEN "<d:response><d:href>/c/");
    for (int i = 0; i < DAV_HREF_MAX; i++)
        text_add_char(&text, 'x');
    text_add(&text, "</d:href></d:response>" CLOSE);
    assert_false(ask(world, text_span(&text)));
    assert_non_null(strstr(world->fault.text, "too long"));
    assert_false(ask(world, span_of(OPEN "<d:response><d:href> </d:href></d:response>" CLOSE)));
    /* An etag that could end a header is none. */
    ask_well(world, OPEN "<d:response><d:href>/c/1.ics</d:href><d:propstat><d:prop><d:getetag>\"1\""
                         "&#13;&#10;X: 1</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status>"
                         "</d:propstat></d:response>" CLOSE);
    assert_null(item(world, "1.ics")->etag);
}

static void an_answer_cut_off_anywhere_is_refused(void **state)
{
    struct world *world = *state;
    static const char whole[] = OPEN
        "<d:response><d:href>/c/1.ics</d:href><d:status>HTTP/1.1 404 gone</d:status></d:response>"
        "<d:sync-token>t</d:sync-token>" CLOSE;
    for (size_t size = 0; size < sizeof whole - 1; size++)
        assert_false(ask(world, (struct span){whole, size}));
    ask_well(world, whole);
}

static const char *name_of(struct world *world, const char *url, const char *href)
{
    const char *name = NULL;
    return dav_name(world->arena, url, href, &name, &world->fault) ? name : NULL;
}

static void a_name_is_what_follows_the_collection(void **state)
{
    struct world *world = *state;
    static const char url[] = "https://cal.example.org:8443/dav/my%20rota/";
    assert_string_equal(name_of(world, url, "/dav/my%20rota/a.ics"), "a.ics");
    assert_string_equal(name_of(world, url, "/dav/my rota/b%20%C3%A9.ics"), "b é.ics");
    assert_string_equal(name_of(world, url, "http://inside:80/dav/my%20rota/a.ics"), "a.ics");
    assert_string_equal(name_of(world, url, "/dav/my%20rota/"), "");
    assert_string_equal(name_of(world, url, "/dav/my%20rota"), "");
    assert_string_equal(name_of(world, url, "/dav/my%20rota/sub/"), "");
    assert_string_equal(name_of(world, "https://x/rota", "/rota/a.ics"), "a.ics");
    assert_string_equal(name_of(world, "https://x/", "/a.ics"), "a.ics");
    assert_string_equal(name_of(world, "https://x", "/a.ics"), "a.ics");
}

static void a_name_elsewhere_is_refused(void **state)
{
    struct world *world = *state;
    static const char *const bad[] = {
        "/etc/passwd",
        "/rota2/a.ics",
        "/rota/../secret.ics",
        "/rota/%2e%2e/secret.ics",
        "/rota/..%2fsecret.ics",
        "/rota/sub/a.ics",
        "/rota/..",
        "/rota/.",
        "/rota/a%00.ics",
        "/rota/a%0d%0a.ics",
        "rota/a.ics",
        "https://cal.example.org/other/a.ics",
        "",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (name_of(world, "https://cal.example.org/rota/", bad[i]) != NULL)
            fail_msg("%s is taken", bad[i]);
}

static void what_goes_into_a_question_is_escaped(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    dav_changes_render(&text, "t<&>\"");
    assert_non_null(
        strstr(text_string(&text), "<D:sync-token>t&lt;&amp;&gt;&quot;</D:sync-token>"));
    text_reset(&text);
    dav_changes_render(&text, NULL);
    assert_non_null(strstr(text_string(&text), "<D:sync-token></D:sync-token>"));
    text_reset(&text);
    const char *hrefs[] = {"/c/a.ics", "/c/b&c.ics"};
    dav_multiget_render(&text, hrefs, 2);
    assert_non_null(
        strstr(text_string(&text), "<D:href>/c/a.ics</D:href><D:href>/c/b&amp;c.ics</D:href>"));
}

static void a_result_that_is_damaged_anywhere_is_refused_or_sound(void **state)
{
    struct world *world = *state;
    CLEANUP(text_clear) struct text request = {0};
    CLEANUP(text_clear) struct text result = {0};
    dav_request_render(
        &request,
        SPAN(OPEN
             "<d:response><d:href>/c/1.ics</d:href><d:propstat><d:prop><cal:calendar-data>BEGIN:"
             "</cal:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
             "</d:response>" CLOSE));
    dav_request_answer(text_span(&request), &result);
    for (size_t i = 0; i < result.size; i++) {
        for (int flip = 1; flip < 256; flip *= 2) {
            struct dav_answer answer = {0};
            result.bytes[i] = (char)(result.bytes[i] ^ flip);
            if (dav_result_parse(world->arena, text_span(&result), &answer, NULL))
                for (size_t j = 0; j < answer.item_count; j++)
                    assert_true(answer.items[j].data.bytes == NULL ||
                                answer.items[j].data.bytes + answer.items[j].data.size <=
                                    result.bytes + result.size);
            result.bytes[i] = (char)(result.bytes[i] ^ flip);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(radicale_lists_all_events_and_gives_a_token),
        TEST(radicale_says_which_event_is_gone),
        TEST(radicale_gives_the_events_that_are_asked_for),
        TEST(radicale_gives_its_ctag),
        TEST(an_error_is_no_multistatus),
        TEST(other_prefixes_and_missing_properties_are_read),
        TEST(a_property_that_is_missing_does_not_make_an_event_gone),
        TEST(one_status_may_be_for_several_events_and_a_list_may_be_cut),
        TEST(names_in_another_namespace_or_place_mean_nothing),
        TEST(a_document_type_is_refused_before_its_entities_are_expanded),
        TEST(nesting_has_a_limit),
        TEST(the_number_of_events_has_a_limit),
        TEST(values_have_limits_and_events_have_names),
        TEST(an_answer_cut_off_anywhere_is_refused),
        TEST(a_name_is_what_follows_the_collection),
        TEST(a_name_elsewhere_is_refused),
        TEST(what_goes_into_a_question_is_escaped),
        TEST(a_result_that_is_damaged_anywhere_is_refused_or_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
