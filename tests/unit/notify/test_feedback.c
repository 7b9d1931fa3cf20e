/* SPDX-License-Identifier: MIT */
/* Acks on their way to Icinga and Nagios: what is said, and what the answers of Icinga mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "notify/feedback.h"

static const struct feedback ack = {.action = FEEDBACK_ACKNOWLEDGE,
                                    .host = "db01.example.org",
                                    .service = "disk /var",
                                    .author = "Ann Ops",
                                    .comment = "pagerd #412"};

static void icinga_is_asked_by_the_name_of_the_object(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    assert_string_equal(feedback_icinga_path(&ack, arena),
                        "/v1/actions/acknowledge-problem?service=db01.example.org%21disk%20%2Fvar");
    assert_string_equal(feedback_icinga_body(&ack, arena),
                        "{\"author\":\"Ann Ops\",\"comment\":\"pagerd #412\",\"sticky\":false,"
                        "\"notify\":false}");
    struct feedback other = ack;
    other.action = FEEDBACK_UNACKNOWLEDGE;
    other.service = "";
    other.host = "a&b=c?d";
    assert_string_equal(feedback_icinga_path(&other, arena),
                        "/v1/actions/remove-acknowledgement?host=a%26b%3Dc%3Fd");
    assert_string_equal(feedback_icinga_body(&other, arena), "{\"author\":\"Ann Ops\"}");
    other.action = FEEDBACK_COMMENT;
    other.author = "a \"quoted\"\n";
    assert_string_equal(feedback_icinga_body(&other, arena),
                        "{\"author\":\"a \\\"quoted\\\"\\n\",\"comment\":\"pagerd #412\"}");
}

/* The answer of a capture: status and body. */
static uint32_t capture_answer(const char *name, char *body, size_t size)
{
    char path[512];
    static char bytes[65536];
    snprintf(path, sizeof path, TESTS_DIR "/fixtures/monitoring/icinga2/api/%s.http", name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    size_t got = fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    bytes[got] = '\0';
    const char *answer = strstr(bytes, "### answer");
    assert_non_null(answer);
    const char *status = strstr(answer, "HTTP/1.1 ");
    assert_non_null(status);
    const char *start = strstr(status, "\r\n\r\n");
    assert_non_null(start);
    snprintf(body, size, "%s", start + 4);
    return (uint32_t)strtoul(status + strlen("HTTP/1.1 "), NULL, 10);
}

static void what_icinga_really_answered_is_understood(void **state)
{
    (void)state;
    static const struct {
        const char *capture;
        enum feedback_outcome outcome;
        const char *why;
    } rows[] = {
        {"acknowledge-service-by-name", FEEDBACK_DONE, ""},
        {"acknowledge-host", FEEDBACK_DONE, ""},
        {"acknowledge-service-expiry", FEEDBACK_DONE, ""},
        {"remove-acknowledgement-service", FEEDBACK_DONE, ""},
        {"add-comment-service", FEEDBACK_DONE, ""},
        {"acknowledge-host-again-409", FEEDBACK_ALREADY,
         "Icinga says 409: Host db01.example.org is already acknowledged."},
        {"acknowledge-ok-object-409", FEEDBACK_ALREADY,
         "Icinga says 409: Service db01.example.org!postgres is OK."},
        {"acknowledge-missing-object-404", FEEDBACK_REFUSED, "Icinga says 404: No objects found."},
        {"acknowledge-bad-auth-401", FEEDBACK_REFUSED,
         "Icinga says 401: Unauthorized. Please check your user credentials."},
        {"acknowledge-no-author-400", FEEDBACK_REFUSED,
         "Icinga says 400: Acknowledgements require author and comment."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char body[4096];
        char why[FEEDBACK_WHY_SIZE];
        uint32_t status = capture_answer(rows[i].capture, body, sizeof body);
        assert_int_equal(feedback_icinga_judge(status, span_of(body), why), rows[i].outcome);
        assert_string_equal(why, rows[i].why);
    }
}

static void what_passes_is_tried_again_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        uint32_t status;
        const char *body;
        enum feedback_outcome outcome;
    } rows[] = {
        {503, "", FEEDBACK_LATER},
        {502, "<html>bad gateway</html>", FEEDBACK_LATER},
        {429, "{}", FEEDBACK_LATER},
        {500, "{\"results\":[{\"code\":500,\"status\":\"x\"}]}", FEEDBACK_LATER},
        {302, "", FEEDBACK_LATER},
        {200, "<html>a portal</html>", FEEDBACK_LATER},
        {200, "{\"results\":[]}", FEEDBACK_LATER},
        {200, "{\"results\":[{\"code\":200},{\"code\":404}]}", FEEDBACK_REFUSED},
        {200, "{\"results\":[{}]}", FEEDBACK_LATER},
        {403, "", FEEDBACK_REFUSED},
        {400, "<h1>Accept header is missing</h1>", FEEDBACK_REFUSED},
        {409, "", FEEDBACK_ALREADY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char why[FEEDBACK_WHY_SIZE];
        assert_int_equal(feedback_icinga_judge(rows[i].status, span_of(rows[i].body), why),
                         rows[i].outcome);
        assert_true(why[0] != '\0');
    }
    char why[FEEDBACK_WHY_SIZE];
    assert_int_equal(feedback_icinga_judge(404, SPAN("{\"status\":\"a\\nb\\u001b[31m\"}"), why),
                     FEEDBACK_REFUSED);
    assert_string_equal(why, "Icinga says 404: a b[31m");
}

static void line_is(const struct feedback *feedback, const char *expected)
{
    CLEANUP(text_clear) struct text line = {0};
    struct fault fault = {0};
    assert_true(feedback_nagios_line(feedback, 1795220641999, &line, &fault));
    assert_string_equal(text_string(&line), expected);
}

static void nagios_gets_one_line_for_each(void **state)
{
    (void)state;
    struct feedback feedback = ack;
    line_is(&feedback, "[1795220641] ACKNOWLEDGE_SVC_PROBLEM;db01.example.org;disk /var;1;0;1;"
                       "Ann Ops;pagerd #412\n");
    feedback.is_sticky = true;
    feedback.service = NULL;
    line_is(&feedback, "[1795220641] ACKNOWLEDGE_HOST_PROBLEM;db01.example.org;2;0;1;Ann Ops;"
                       "pagerd #412\n");
    feedback.action = FEEDBACK_UNACKNOWLEDGE;
    line_is(&feedback, "[1795220641] REMOVE_HOST_ACKNOWLEDGEMENT;db01.example.org\n");
    feedback.service = "disk";
    line_is(&feedback, "[1795220641] REMOVE_SVC_ACKNOWLEDGEMENT;db01.example.org;disk\n");
    feedback.action = FEEDBACK_COMMENT;
    line_is(&feedback,
            "[1795220641] ADD_SVC_COMMENT;db01.example.org;disk;1;Ann Ops;pagerd #412\n");
}

static void nothing_that_people_write_becomes_another_command(void **state)
{
    (void)state;
    struct feedback feedback = ack;
    feedback.service = "disk";
    feedback.author = "Ann; 2\n[1] SHUTDOWN_PROGRAM";
    feedback.comment = "a;b\r\n[1] SHUTDOWN_PROGRAM\x1b\x7f";
    line_is(&feedback, "[1795220641] ACKNOWLEDGE_SVC_PROBLEM;db01.example.org;disk;1;0;1;"
                       "Ann  2 [1] SHUTDOWN_PROGRAM;a;b [1] SHUTDOWN_PROGRAM\n");

    static const char *const bad[] = {"", "a;b", "a\nb", "a\rb", "a\tb", "a\x7f"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CLEANUP(text_clear) struct text line = {0};
        struct fault fault = {0};
        struct feedback wrong = feedback;
        wrong.host = bad[i];
        assert_false(feedback_nagios_line(&wrong, 0, &line, &fault));
        wrong = feedback;
        wrong.service = bad[i];
        if (bad[i][0] != '\0')
            assert_false(feedback_nagios_line(&wrong, 0, &line, &fault));
        assert_int_equal(line.size, 0);
    }
}

static void a_line_is_never_longer_than_a_pipe_takes_at_once(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text line = {0};
    struct fault fault = {0};
    char *huge = memory_new(20000, 1);
    memset(huge, 'x', 19999);
    struct feedback feedback = ack;
    feedback.comment = huge;
    feedback.author = huge;
    assert_true(feedback_nagios_line(&feedback, 0, &line, &fault));
    assert_true(line.size <= FEEDBACK_LINE_MAX);
    feedback.host = huge;
    assert_false(feedback_nagios_line(&feedback, 0, &line, &fault));
    free(huge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(icinga_is_asked_by_the_name_of_the_object),
        cmocka_unit_test(what_icinga_really_answered_is_understood),
        cmocka_unit_test(what_passes_is_tried_again_and_nothing_else),
        cmocka_unit_test(nagios_gets_one_line_for_each),
        cmocka_unit_test(nothing_that_people_write_becomes_another_command),
        cmocka_unit_test(a_line_is_never_longer_than_a_pipe_takes_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
