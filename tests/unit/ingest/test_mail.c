/* SPDX-License-Identifier: MIT */
/* Mails of real-looking programs and people (tests/fixtures/mail), and those that are broken. */
#include "bench.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/policy.h"
#include "ingest/mail_html.h"

#define MAIL "../mail/" /* beside the captures */
#define MAIL_MAX 100

static const struct ingest_item *mail_of(struct arena *arena, const char *name)
{
    CLEANUP(text_clear) struct text bytes = {0};
    capture_read(arena_format(arena, MAIL "%s.eml", name), &bytes);
    struct span kept = {arena_copy_span(arena, text_span(&bytes)), bytes.size};
    struct ingest_batch batch = batch_of(arena, "email", kept);
    assert_int_equal(batch.count, 1);
    assert_null(batch.items->error);
    return batch.items;
}

static const char *kind_name(const struct ingest_item *item)
{
    if (item->ignored != NULL)
        return item->ignored;
    if (item->event.kind == EVENT_NOTE_SOURCE)
        return "note";
    return item->event.kind == EVENT_TRIGGER ? "trigger" : "resolve";
}

static void item_render(struct text *text, const char *name, const struct ingest_item *item)
{
    const struct alert *alert = &item->alert;
    text_addf(text, "== %s: %s, %s\nkey: %s\nsummary: %s\nsource: %s\n", name, kind_name(item),
              severity_name(alert->severity), alert->dedup_key, alert->summary, alert->source);
    if (*alert->service || *alert->link)
        text_addf(text, "service: %s %s\n", alert->service, alert->link);
    for (size_t i = 0; i < alert->label_count; i++)
        text_addf(text, "%s = %s\n", alert->labels[i].name, alert->labels[i].value);
    text_addf(text, "%s%s\n", alert->details, *alert->details ? "\n" : "");
}

static int name_compare(const void *left, const void *right)
{
    return strcmp(left, right);
}

/* The expectations were written by hand against docs/integrations/email.md; MAIL_SHOW=1 shows
 * what there would be instead. */
static void every_mail_becomes_what_is_written_beside_it(void **state)
{
    struct arena *arena = *state;
    char names[MAIL_MAX][64];
    size_t count = 0;
    DIR *folder = opendir(TESTS_DIR "/fixtures/mail");
    assert_non_null(folder);
    for (const struct dirent *file; (file = readdir(folder)) != NULL && count < MAIL_MAX;) {
        const char *end = strstr(file->d_name, ".eml");
        if (end != NULL)
            snprintf(names[count++], sizeof(names[0]), "%.*s", (int)(end - file->d_name),
                     file->d_name);
    }
    closedir(folder);
    assert_true(count > 25 && count < MAIL_MAX);
    qsort(names, count, sizeof(names[0]), name_compare);

    CLEANUP(text_clear) struct text found = {0};
    CLEANUP(text_clear) struct text expected = {0};
    for (size_t i = 0; i < count; i++)
        item_render(&found, names[i], mail_of(arena, names[i]));
    if (getenv("MAIL_SHOW") != NULL)
        fputs(text_string(&found), stdout);
    capture_read(MAIL "expected.txt", &expected);
    assert_string_equal(text_string(&found), text_string(&expected));
}

static void a_problem_and_its_end_have_the_same_key(void **state)
{
    static const char *const pairs[][2] = {
        {"nagios_problem", "nagios_recovery"},
        {"nagios_host_down", "nagios_old_host"},
        {"icinga_problem", "icinga_recovery"},
        {"zabbix_problem", "zabbix_resolved"},
        {"alertmanager_firing", "alertmanager_resolved"},
        {"veeam_failed", "veeam_success"},
        {"pingdom_down", "pingdom_up"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        const struct ingest_item *problem = mail_of(*state, pairs[i][0]);
        const struct ingest_item *end = mail_of(*state, pairs[i][1]);
        assert_int_equal(problem->event.kind, EVENT_TRIGGER);
        assert_int_equal(end->event.kind, EVENT_RESOLVE_SOURCE);
        assert_string_equal(problem->alert.dedup_key, end->alert.dedup_key);
    }
}

static const struct ingest_item *subject_of(struct arena *arena, const char *subject)
{
    return item_of(arena, "email", arena_format(arena, "Subject: %s\n\ntext\n", subject));
}

static void only_a_state_that_stands_apart_ends_anything(void **state)
{
    static const char *const problems[] = {
        "OK we lost the building",
        "Up for renewal: the certificate",
        "Ok - db1 will not live until tomorrow",
        "db1 is down but db2 is ok",
        "Re: RECOVERY: db1",
        "Fwd: [RESOLVED] db1",
        "Normal people sleep, db1 does not",
        "[Recovery team] help",
        "Upload: failed",
        "resolved",
        "",
    };
    static const char *const ends[] = {
        "RECOVERY: db1",
        "UP | db1",
        "OK: \"db1\" in EU (Ireland)",
        "[OK] db1",
        "** OK - db1 **",
        "Monitor is UP: db1",
        "Recovered alert - db1",
        "[Recovered] db1",
        "[Grafana] [RESOLVED] db1",
        "db1 is UP",
        "db1 CRIT -> OK",
        "vzdump (pve1) : backup successful",
    };
    for (size_t i = 0; i < sizeof(problems) / sizeof(*problems); i++)
        assert_int_equal(subject_of(*state, problems[i])->event.kind, EVENT_TRIGGER);
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        if (subject_of(*state, ends[i])->event.kind != EVENT_RESOLVE_SOURCE)
            fail_msg("\"%s\" ends nothing", ends[i]);
    }
}

static void two_machines_are_two_keys(void **state)
{
    const char *first = subject_of(*state, "PROBLEM: db1 has 2 of 3 disks")->alert.dedup_key;
    const char *second = subject_of(*state, "PROBLEM: db2 has 2 of 3 disks")->alert.dedup_key;
    assert_string_not_equal(first, second);
}

static void severity_is_the_worst_that_is_said(void **state)
{
    static const struct {
        const char *subject;
        enum severity severity;
    } rows[] = {
        {"db1 disk", SEVERITY_CRITICAL},
        {"WARNING: db1", SEVERITY_WARNING},
        {"[WARN] db1: CRITICAL part", SEVERITY_WARNING}, /* the state, not the words behind */
        {"db1 gave an ERROR and a WARNING", SEVERITY_ERROR},
        {"the warning daemon of db1 is dead", SEVERITY_CRITICAL},
        {"FIRING: db1 is UNKNOWN", SEVERITY_ERROR},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_int_equal(subject_of(*state, rows[i].subject)->alert.severity, rows[i].severity);
}

static void html_becomes_lines(void **state)
{
    static const struct {
        const char *html;
        const char *text;
    } rows[] = {
        {"<p>a <b>b</b>\n c</p><p>d", "a b c\n\nd"},
        {"a<br>b<br><br>c", "a\nb\n\nc"},
        {"<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>", "a | b\nc"},
        {"<ul><li>a</li><li>b</li></ul>", "- a\n- b"},
        {"<style>p{}</style><!-- x --><script>1<2</script>a", "a"},
        {"<a href=\"https://x.org/?a=1&amp;b=2\">see</a>", "see (https://x.org/?a=1&b=2)"},
        {"<a href='javascript:x'>see</a>", "see"},
        {"1 < 2 &amp; 3 &lt; 4 &bogus; &#x41;&#66;&#0;", "1 < 2 & 3 < 4 &bogus; AB\xef\xbf\xbd"},
        {"<p title=\"a > b\">c", "c"},
        {"<p title=\"a>c", "c"},
        {"<script>never closed", ""},
        {"<", "<"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        CLEANUP(text_clear) struct text text = {0};
        mail_html_add(&text, span_of(rows[i].html));
        assert_string_equal(text_string(&text), rows[i].text);
    }
}

static void limits_are_met_in_the_open(void **state)
{
    struct arena *arena = *state;
    CLEANUP(text_clear) struct text mail = {0};
    text_add(&mail, "Subject: parts\nContent-Type: multipart/mixed; boundary=x\n\n");
    for (int i = 0; i < 300; i++)
        text_add(&mail, "--x\nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n");
    const struct ingest_item *item = item_of(arena, "email", text_string(&mail));
    assert_non_null(strstr(item->alert.details, "a.pdf and 179 more"));
    assert_non_null(strstr(item->alert.details, "only the beginning"));

    text_reset(&mail);
    text_add(&mail, "Subject: long\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n");
    for (int i = 0; i < 100000; i++)
        text_add(&mail, "word ");
    text_add(&mail, "\n--x\nContent-Type: image/png; name=b.png\n\n");
    item = item_of(arena, "email", text_string(&mail));
    assert_non_null(strstr(item->alert.details, "Attached: b.png"));
    assert_non_null(strstr(item->alert.details, "only the beginning"));
    assert_true(strlen(item->alert.details) <= DETAILS_MAX);

    text_reset(&mail);
    text_add(&mail, "Subject: deep\n");
    for (int i = 0; i < 40; i++)
        text_addf(&mail, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    text_add(&mail, "\ninnermost\n");
    item = item_of(arena, "email", text_string(&mail));
    assert_string_equal(item->alert.summary, "deep");
    assert_non_null(strstr(item->alert.details, "only the beginning"));
}

static void a_secret_address_is_no_label(void **state)
{
    const struct ingest_item *item =
        item_of(*state, "email", "To: Box <pgk_0123456789@x>\nFrom: a@x\nSubject: s\n\n");
    assert_int_equal(item->alert.label_count, 1);
    assert_string_equal(item->alert.labels[0].name, "from");
}

static void a_long_name_of_a_sender_is_cut_at_a_character(void **state)
{
    struct arena *arena = *state;
    CLEANUP(text_clear) struct text mail = {0};
    text_add(&mail, "From: a@");
    for (int i = 0; i < 150; i++)
        text_add(&mail, "\xc3\xbc");
    text_add(&mail, "\n\n");
    const struct ingest_item *item = item_of(arena, "email", text_string(&mail));
    assert_true(utf8_is_valid(span_of(item->alert.summary)));
    text_reset(&mail);
    text_add(&mail, "From: b@");
    for (int i = 0; i < 150; i++)
        text_add(&mail, "x\xc3\xbc");
    text_add(&mail, "\n\n");
    item = item_of(arena, "email", text_string(&mail));
    assert_true(utf8_is_valid(span_of(item->alert.summary)));
}

static void an_empty_mail_is_refused(void **state)
{
    assert_non_null(strstr(refusal_of(*state, "email", " \r\n\n"), "empty"));
}

static void zeros_do_not_end_the_text(void **state)
{
    static const char mail[] = "Subject: a\0b\n\nfirst\0second\n";
    struct ingest_batch batch = batch_of(*state, "email", SPAN(mail));
    assert_string_equal(batch.items->alert.summary, "a b");
    assert_string_equal(batch.items->alert.details, "first second");
}

static int arena_begin(void **state)
{
    *state = arena_new();
    return 0;
}

static int arena_end(void **state)
{
    arena_free(*state);
    return 0;
}

#define MAIL_TEST(name) cmocka_unit_test_setup_teardown(name, arena_begin, arena_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MAIL_TEST(every_mail_becomes_what_is_written_beside_it),
        MAIL_TEST(a_problem_and_its_end_have_the_same_key),
        MAIL_TEST(only_a_state_that_stands_apart_ends_anything),
        MAIL_TEST(two_machines_are_two_keys),
        MAIL_TEST(severity_is_the_worst_that_is_said),
        MAIL_TEST(html_becomes_lines),
        MAIL_TEST(limits_are_met_in_the_open),
        MAIL_TEST(a_secret_address_is_no_label),
        MAIL_TEST(a_long_name_of_a_sender_is_cut_at_a_character),
        MAIL_TEST(an_empty_mail_is_refused),
        MAIL_TEST(zeros_do_not_end_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
