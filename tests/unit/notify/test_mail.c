/* SPDX-License-Identifier: MIT */
/* The mail of a page: its words, its headers, its encodings, and that nothing can be injected. */
#include "sample.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "notify/mime.h"
#include "notify/sheet.h"

struct world {
    struct arena *arena;
    struct zone *zone;
    struct letter letter;
    struct channel_settings settings;
    struct request request;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    world->arena = arena_new();
    world->zone = zone_fixed("CET", 3600);
    world->letter = sample_letter(world->zone);
    world->letter.address = "ann@example.org";
    world->settings.smtp = "smtp.example.org:587";
    world->settings.user = "pager";
    world->settings.password = "smtppw-secret";
    world->settings.from = "pager@example.org";
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    arena_free(world->arena);
    zone_free(world->zone);
    free(world);
    return 0;
}

static const char *render(struct world *world)
{
    struct fault fault = {0};
    bool is_rendered =
        channel_find("email", NULL)
            ->render(&world->letter, &world->settings, world->arena, &world->request, &fault);
    if (!is_rendered)
        fail_msg("%s", fault.text);
    assert_int_equal(strlen(world->request.body.bytes), world->request.body.size);
    return world->request.body.bytes;
}

static void expect_fault(struct world *world, const char *text)
{
    struct fault fault = {0};
    assert_false(
        channel_find("email", NULL)
            ->render(&world->letter, &world->settings, world->arena, &world->request, &fault));
    assert_string_equal(fault.text, text);
}

static void expect_line(const char *message, const char *line)
{
    CLEANUP(text_clear) struct text whole = {0};
    text_addf(&whole, "\r\n%s\r\n", line);
    CLEANUP(text_clear) struct text searched = {0};
    text_addf(&searched, "\r\n%s", message);
    if (strstr(text_string(&searched), text_string(&whole)) == NULL)
        fail_msg("no line \"%s\" in\n%s", line, message);
}

static void the_headers_are_those_of_the_design(void **state)
{
    struct world *world = *state;
    const char *message = render(world);
    expect_line(message, "Subject: [CRIT #412] db1: disk /var 96% full (ops)");
    expect_line(message, "From: PAGER ops <pager@example.org>");
    expect_line(message, "To: Ann Ops <ann@example.org>");
    expect_line(message, "Message-ID: <412.1.ann@p.example.org>");
    expect_line(message, "References: <412@p.example.org>");
    expect_line(message, "Auto-Submitted: auto-generated");
    expect_line(message, "X-Pagerd-Page: 412.1");
    expect_line(message, "Importance: high");
    expect_line(message, "Date: Sun, 22 Nov 2026 02:02:07 +0000");
    assert_null(strstr(message, "Reply-To"));
}

static void the_request_says_where_to_and_keeps_the_password_apart(void **state)
{
    struct world *world = *state;
    const char *message = render(world);
    assert_string_equal(world->request.url, "smtp://smtp.example.org:587/p.example.org");
    assert_string_equal(world->request.mail_from, "pager@example.org");
    assert_string_equal(world->request.mail_to, "ann@example.org");
    assert_string_equal(world->request.password, "smtppw-secret");
    assert_int_equal(world->request.tls, REQUEST_TLS_REQUIRED);
    assert_null(strstr(message, "smtppw-secret"));
    assert_string_equal(world->request.text, "CRIT #412 db1: disk /var 96% full");
}

static void the_server_is_read_with_and_without_port_and_scheme(void **state)
{
    static const struct {
        const char *smtp;
        const char *user;
        const char *tls;
        const char *url;
        enum request_tls policy;
    } rows[] = {
        {"localhost", NULL, NULL, "smtp://localhost:25/p.example.org", REQUEST_TLS_OPPORTUNISTIC},
        {"smtp.example.org", "u", NULL, "smtp://smtp.example.org:587/p.example.org",
         REQUEST_TLS_REQUIRED},
        {"smtp.example.org:465", "u", NULL, "smtps://smtp.example.org:465/p.example.org",
         REQUEST_TLS_REQUIRED},
        {"smtps://smtp.example.org", "u", NULL, "smtps://smtp.example.org:465/p.example.org",
         REQUEST_TLS_REQUIRED},
        {"smtp.example.org:2465", "u", "always", "smtps://smtp.example.org:2465/p.example.org",
         REQUEST_TLS_REQUIRED},
        {"[::1]:2525", NULL, "none", "smtp://[::1]:2525/p.example.org", REQUEST_TLS_NONE},
        {"localhost:25", "u", "opportunistic", "smtp://localhost:25/p.example.org",
         REQUEST_TLS_OPPORTUNISTIC},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world->settings.smtp = rows[i].smtp;
        world->settings.user = rows[i].user;
        world->settings.tls = rows[i].tls;
        (void)render(world);
        assert_string_equal(world->request.url, rows[i].url);
        assert_int_equal(world->request.tls, rows[i].policy);
    }
    world->settings.tls = "maybe";
    expect_fault(world, "tls is none of required, always, opportunistic, none");
    world->settings.tls = NULL;
    world->settings.smtp = "http://x";
    expect_fault(world, "smtp is neither smtp:// nor smtps://");
    world->settings.smtp = "host:25\r\nQUIT";
    expect_fault(world, "smtp is not of the form host:port");
}

static struct letter full_letter(struct world *world)
{
    static struct label labels[] = {{(char *)"alertname", (char *)"DiskFull"},
                                    {(char *)"host", (char *)"db1"}};
    struct letter letter = world->letter;
    letter.runbook = "https://wiki.example.org/runbook/disk-full";
    letter.graph = "https://grafana.example.org/d/disk?var-host=db1&x=1";
    letter.war_room = "https://meet.example.org/inc-412";
    letter.next = "Bob";
    letter.next_at = OPENED_AT + 5 * MINUTE_MS;
    letter.previous = 371;
    letter.previous_ended_at = instant("2026-11-09T12:00:00Z");
    letter.previous_by = "Dan";
    letter.previous_note = "journalctl --vacuum-size=1G";
    letter.labels = labels;
    letter.label_count = 2;
    return letter;
}

static void the_plain_words_are_those_of_the_design(void **state)
{
    struct world *world = *state;
    struct letter letter = full_letter(world);
    struct sheet sheet = sheet_new(&letter, world->arena);
    CLEANUP(text_clear) struct text text = {0};
    sheet_add_plain(&sheet, &text);
    assert_string_equal(
        text_string(&text),
        "db1: disk /var 96% full\n"
        "At 100% PostgreSQL stops and the shop is down. 1.9 GiB of 48 GiB are free.\n"
        "\n"
        "Ack       " ACK_LINK "\n"
        "Runbook   https://wiki.example.org/runbook/disk-full\n"
        "Graph     https://grafana.example.org/d/disk?var-host=db1&x=1\n"
        "Room      https://meet.example.org/inc-412\n"
        "Next      Bob is called at 03:07 if nobody acks.\n"
        "Before    #371 9 Nov, Dan: \"journalctl --vacuum-size=1G\"\n"
        "\n"
        "Since     Sun 22 Nov 2026 03:02:07 CET       Service  postgres   Team  ops\n"
        "Labels    alertname=DiskFull host=db1\n");
}

static void the_number_for_the_page_stands_in_both_parts(void **state)
{
    struct world *world = *state;
    struct letter letter = full_letter(world);
    letter.ack_number = 4712;
    struct sheet sheet = sheet_new(&letter, world->arena);
    CLEANUP(text_clear) struct text plain = {0};
    CLEANUP(text_clear) struct text html = {0};
    sheet_add_plain(&sheet, &plain);
    sheet_add_html(&sheet, &html);
    assert_non_null(strstr(text_string(&plain), "Ack       " ACK_LINK "\nNumber    4712 "));
    assert_non_null(
        strstr(text_string(&html), "asks for this number: <b style=\"font-size:24px\">4712</b>"));
    letter.ack_link = NULL; /* nothing asks for it */
    sheet = sheet_new(&letter, world->arena);
    text_reset(&plain);
    sheet_add_plain(&sheet, &plain);
    assert_null(strstr(text_string(&plain), "4712"));
}

static void the_html_part_has_the_same_words_and_one_button(void **state)
{
    struct world *world = *state;
    struct letter letter = full_letter(world);
    letter.summary = "<script>alert(1)</script> & \"co\"";
    letter.runbook = "javascript:alert(1)";
    struct sheet sheet = sheet_new(&letter, world->arena);
    CLEANUP(text_clear) struct text text = {0};
    sheet_add_html(&sheet, &text);
    const char *html = text_string(&text);
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "javascript:"));
    assert_non_null(strstr(html, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;co&quot;"));
    assert_non_null(strstr(html, "href=\"" ACK_LINK "\""));
    assert_non_null(strstr(html, "d/disk?var-host=db1&amp;x=1"));
    assert_non_null(strstr(html, "Bob is called at 03:07 if nobody acks."));
    const char *button = strstr(html, ">Ack</a>");
    assert_non_null(button);
    assert_null(strstr(button + 1, ">Ack</a>"));
}

static void sender_and_language_are_those_of_the_house(void **state)
{
    struct world *world = *state;
    CLEANUP(wordbook_free) struct wordbook *book = wordbook_new();
    struct fault fault = {0};
    assert_true(wordbook_set(book, "mail.sender", "RUF{0: $team}", &fault));
    assert_true(wordbook_set(book, "words.language", "de-DE", &fault));
    world->letter.words = book;
    const char *message = render(world);
    expect_line(message, "From: RUF ops <pager@example.org>");
    assert_non_null(strstr(message, "<html lang=3D\"de-DE\">"));
}

static void later_subjects_keep_the_bracket_and_the_thread(void **state)
{
    static const struct {
        enum page_kind kind;
        const char *subject;
    } rows[] = {
        {PAGE_ACKED, "Subject: [ACKED #412] db1: disk /var 96% full (ops)"},
        {PAGE_RESOLVED, "Subject: [RESOLVED #412] db1: disk /var 96% full (ops)"},
        {PAGE_CLEARED, "Subject: [CLEARED #412] db1: disk /var 96% full (ops)"},
        {PAGE_STILL, "Subject: [CRIT #412] STILL YOURS? db1: disk /var 96% full (ops)"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world->letter.kind = rows[i].kind;
        world->letter.acted_at = OPENED_AT;
        const char *message = render(world);
        expect_line(message, rows[i].subject);
        expect_line(message, "References: <412@p.example.org>");
    }
}

static void good_news_is_not_important_and_has_no_button(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_RESOLVED;
    world->letter.actor = "Ann";
    world->letter.acted_at = OPENED_AT + 29 * MINUTE_MS;
    world->letter.duration_ms = 29 * MINUTE_MS;
    const char *message = render(world);
    assert_null(strstr(message, "Importance"));
    assert_null(strstr(message, ACK_LINK));
    expect_line(message, "Resolved by Ann 03:31 after 29m.");
}

static void a_repeat_has_the_same_message_id_and_says_so(void **state)
{
    struct world *world = *state;
    world->letter.is_repeat = true;
    const char *message = render(world);
    expect_line(message, "Message-ID: <412.1.ann@p.example.org>");
    expect_line(message, "(repeat): an earlier mail may have arrived.");
}

static void a_private_mail_says_nothing_about_the_system(void **state)
{
    struct world *world = *state;
    world->letter = full_letter(world);
    world->letter.is_private = true;
    const char *message = render(world);
    expect_line(message, "Subject: [CRIT #412] (ops)");
    static const char *const told[] = {"db1", "disk", "PostgreSQL", "postgres", "journalctl"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        assert_null(strstr(message, told[i]));
    assert_non_null(strstr(message, ACK_LINK));
}

static void a_subject_outside_ascii_becomes_encoded_words(void **state)
{
    struct world *world = *state;
    world->letter.summary =
        "Größe =?UTF-8?Q?x?= 負荷 über 96 % auf der Platte der großen Datenbank";
    const char *message = render(world);
    const char *subject = strstr(message, "Subject: =?UTF-8?Q?=5BCRIT_=23412=5D_db1=3A_Gr");
    assert_non_null(subject);
    for (const char *line = subject; line != NULL;) {
        const char *end = strstr(line, "\r\n");
        assert_true((size_t)(end - line) <= 76);
        assert_memory_equal(end - 2, "?=", 2);
        line = end[2] == ' ' ? end + 2 : NULL;
    }
    assert_non_null(strstr(subject, "=E8=B2=A0=E8=8D=B7"));
}

static void no_value_can_start_a_header_or_a_part(void **state)
{
    struct world *world = *state;
    static const char evil[] = "x\r\nBcc: eve@example.com\r\n\r\n--=_412.1\r\nevil\n.\r\nQUIT";
    world->letter.summary = world->letter.team = world->letter.user_name = evil;
    world->letter.object = world->letter.user_id = world->letter.service = evil;
    world->letter.details = world->letter.next = evil;
    world->letter.host = evil;
    world->settings.from = "x\r\nBcc: eve@example.com <pager@example.org>";
    const char *message = render(world);
    const char *headers_end = strstr(message, "\r\n\r\n");
    assert_non_null(strstr(headers_end, "--=_412.1\r\n"));
    for (const char *at = message; (at = strstr(at, "Bcc:")) != NULL && at < headers_end; at++)
        assert_true(at[-1] != '\n');
    size_t boundaries = 0;
    for (const char *at = message; (at = strstr(at, "\r\n--=_412.1")) != NULL; at++)
        boundaries++;
    assert_int_equal(boundaries, 3);
    for (const char *at = message; *at != '\0'; at++)
        assert_true(*at != '\n' || at[-1] == '\r');
    expect_line(message, "Message-ID: <412.1.x--Bcc--eve-example-com-------_412-1--evil----QUIT@"
                         "pagerd.invalid>");
}

static void an_address_that_could_name_two_people_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "ann",
                                      "@example.org",
                                      "ann@",
                                      "ann@example.org\r\nRCPT TO:<eve@example.com>",
                                      "ann@example.org, eve@example.com",
                                      "<ann@example.org>",
                                      "ann@example.org>",
                                      "a@b@c",
                                      "änn@example.org"};
    struct world *world = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        world->letter.address = bad[i];
        expect_fault(world, "the mail address cannot be used");
    }
    world->letter.address = "ann+page@example.org";
    (void)render(world);
    world->settings.from = "pager@example.org>\r\nDATA";
    expect_fault(world, "from is not a mail address");
}

static void the_largest_letter_is_a_mail_within_the_limit(void **state)
{
    struct world *world = *state;
    char *details = arena_take(world->arena, DETAILS_MAX + 1);
    memset(details, '"', DETAILS_MAX);
    struct label labels[LABELS_MAX];
    for (size_t i = 0; i < LABELS_MAX; i++) {
        labels[i].name = (char *)"name";
        labels[i].value = details + DETAILS_MAX - LABEL_VALUE_MAX;
    }
    world->letter.details = details;
    world->letter.labels = labels;
    world->letter.label_count = LABELS_MAX;
    const char *message = render(world);
    assert_true(strlen(message) < REQUEST_BODY_MAX);
    assert_non_null(strstr(message, "(cut)"));
}

static void quoted_printable_lines_are_short_and_keep_every_byte(void **state)
{
    (void)state;
    char bytes[4096];
    uint32_t random = 11;
    for (size_t i = 0; i < sizeof bytes; i++) {
        random = random * 1664525 + 1013904223;
        bytes[i] = (random >> 28) == 0 ? '\n' : (char)(random >> 20);
    }
    CLEANUP(text_clear) struct text quoted = {0};
    mime_add_quoted_printable(&quoted, (struct span){bytes, sizeof bytes});
    size_t at = 0;
    size_t column = 0;
    for (const char *byte = text_string(&quoted); *byte != '\0'; byte++, column++) {
        if (*byte == '\r') {
            assert_true(column <= 76);
            column = SIZE_MAX - 1;
            assert_int_equal(bytes[at++], '\n');
        } else if (*byte == '=' && byte[1] == '\r') {
            assert_true(column < 76);
            byte += 2;
            column = SIZE_MAX;
        } else if (*byte == '=') {
            char code[3] = {byte[1], byte[2], '\0'};
            assert_int_equal((unsigned char)bytes[at++], strtoul(code, NULL, 16));
            byte += 2;
            column += 2;
        } else if (*byte != '\n') {
            assert_int_equal(bytes[at++], *byte);
        }
    }
    assert_int_equal(at, sizeof bytes);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_headers_are_those_of_the_design),
        TEST(the_request_says_where_to_and_keeps_the_password_apart),
        TEST(the_server_is_read_with_and_without_port_and_scheme),
        TEST(the_plain_words_are_those_of_the_design),
        TEST(the_number_for_the_page_stands_in_both_parts),
        TEST(the_html_part_has_the_same_words_and_one_button),
        TEST(sender_and_language_are_those_of_the_house),
        TEST(later_subjects_keep_the_bracket_and_the_thread),
        TEST(good_news_is_not_important_and_has_no_button),
        TEST(a_repeat_has_the_same_message_id_and_says_so),
        TEST(a_private_mail_says_nothing_about_the_system),
        TEST(a_subject_outside_ascii_becomes_encoded_words),
        TEST(no_value_can_start_a_header_or_a_part),
        TEST(an_address_that_could_name_two_people_is_refused),
        TEST(the_largest_letter_is_a_mail_within_the_limit),
        TEST(quoted_printable_lines_are_short_and_keep_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
