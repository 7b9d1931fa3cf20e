/* SPDX-License-Identifier: MIT */
/* Messages between daemon and courier, and how libcurl's endings are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "notify/courier/courier.h"
#include "notify/courier/message.h"
#include "notify/courier/transfer.h"

static struct job sample_job(void)
{
    return (struct job){
        .id = 0x1122334455667788,
        .channel = "sms",
        .request = {.kind = REQUEST_HTTP,
                    .url = "https://sms.example.org/send",
                    .method = "POST",
                    .headers = {"X-Key: 1", "Content-Type: text/plain"},
                    .header_count = 2,
                    .body = {"a\0b", 3},
                    .user = "pager",
                    .password = "secret",
                    .tls = REQUEST_TLS_REQUIRED,
                    .connect_ms = 4000,
                    .total_ms = 15000,
                    .allow = "10.0.0.0/8"},
    };
}

static uint32_t next_random(uint32_t *random)
{
    *random = *random * 1664525 + 1013904223;
    return *random >> 8;
}

static void a_job_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct job job = sample_job();
    job.request.is_probe = true;
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    job_render(&text, &job);
    size_t size = 0;
    struct fault fault = {0};
    assert_true(frame_find(text_span(&text), JOB_FRAME_MAX, &size, &fault));
    assert_int_equal(size, text.size);
    struct job read;
    assert_true(job_parse(text_span(&text), arena, &read, &fault));
    assert_int_equal(read.id, job.id);
    assert_string_equal(read.channel, "sms");
    assert_string_equal(read.request.url, job.request.url);
    assert_string_equal(read.request.headers[1], "Content-Type: text/plain");
    assert_int_equal(read.request.body.size, 3);
    assert_memory_equal(read.request.body.bytes, "a\0b", 3);
    assert_null(read.request.mail_from);
    assert_string_equal(read.request.password, "secret");
    assert_int_equal(read.request.total_ms, 15000);
    assert_string_equal(read.request.allow, "10.0.0.0/8");
    assert_true(read.request.is_probe);
}

static void a_result_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct result result = {.end = TRANSFER_ANSWERED,
                            .code = 202,
                            .body = span_of("0: Accepted for delivery"),
                            .error = "",
                            .etag = "\"abc\"",
                            .last_modified = "",
                            .elapsed_ms = 12};
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    result_render(&text, 7, &result);
    uint64_t id;
    struct result read;
    struct fault fault = {0};
    assert_true(result_parse(text_span(&text), arena, &id, &read, &fault));
    assert_int_equal(id, 7);
    assert_int_equal(read.code, 202);
    assert_true(span_is(read.body, "0: Accepted for delivery"));
    assert_string_equal(read.etag, "\"abc\"");
}

static void a_frame_is_known_only_when_it_is_whole(void **state)
{
    (void)state;
    struct job job = sample_job();
    CLEANUP(text_clear) struct text text = {0};
    job_render(&text, &job);
    struct fault fault = {0};
    for (size_t i = 0; i < text.size; i++) {
        size_t size = 1;
        assert_true(frame_find((struct span){text.bytes, i}, JOB_FRAME_MAX, &size, &fault));
        assert_int_equal(size, 0);
    }
    size_t size;
    assert_false(frame_find(SPAN("\xFF\xFF\xFF\x7F"), JOB_FRAME_MAX, &size, &fault));
    assert_false(frame_find(SPAN("\0\0\0\0"), JOB_FRAME_MAX, &size, &fault));
}

static void a_cut_or_changed_frame_is_refused_or_still_a_valid_job(void **state)
{
    (void)state;
    struct job job = sample_job();
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    job_render(&text, &job);
    uint32_t random = 3;
    for (int round = 0; round < 50000; round++) {
        CLEANUP(text_clear) struct text changed = {0};
        text_add_span(&changed, text_span(&text));
        for (int i = 0; i < 3; i++)
            changed.bytes[next_random(&random) % changed.size] = (char)next_random(&random);
        struct span span = text_span(&changed);
        if (round % 2 == 0)
            span.size = next_random(&random) % span.size;
        struct job read;
        struct fault fault = {0};
        if (job_parse(span, arena, &read, &fault))
            assert_true(job_check(&read, &fault));
        else
            assert_true(fault.kind == FAULT_PEER || fault.kind == FAULT_INPUT);
        arena_reset(arena);
    }
}

static void random_bytes_are_no_message(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    uint32_t random = 5;
    for (int round = 0; round < 50000; round++) {
        char bytes[96];
        size_t size = next_random(&random) % sizeof bytes;
        for (size_t i = 0; i < size; i++)
            bytes[i] = (char)(next_random(&random) % 7 == 0 ? next_random(&random) : 0);
        struct span span = {bytes, size};
        struct job job;
        struct result result;
        uint64_t id;
        struct fault fault = {0};
        size_t found;
        if (frame_find(span, JOB_FRAME_MAX, &found, &fault))
            assert_true(found <= size);
        assert_false(job_parse(span, arena, &job, &fault));
        if (result_parse(span, arena, &id, &result, &fault))
            assert_true(result.end < TRANSFER_COUNT);
        arena_reset(arena);
    }
}

static void a_job_that_could_say_more_than_it_should_is_refused(void **state)
{
    (void)state;
    struct fault fault = {0};
    struct job job = sample_job();
    assert_true(job_check(&job, &fault));
#define REFUSED(field, value)                      \
    do {                                           \
        job = sample_job();                        \
        job.field = (value);                       \
        assert_false(job_check(&job, &fault));     \
        assert_int_equal(fault.kind, FAULT_INPUT); \
        assert_null(strstr(fault.text, "evil"));   \
    } while (0)
    REFUSED(request.headers[1], "X: 1\r\nX-evil: 2");
    REFUSED(request.headers[1], "no colon evil");
    REFUSED(request.headers[1], NULL);
    REFUSED(request.url, "http://x/\r\nevil");
    REFUSED(request.url, NULL);
    REFUSED(request.method, "GET evil");
    REFUSED(request.method, NULL);
    REFUSED(request.user, "a\nevil");
    REFUSED(request.password, "evil\r\n");
    REFUSED(request.etag, "evil\r\nX: 1");
    REFUSED(request.allow, "evil\n10.0.0.0/8");
    REFUSED(request.total_ms, 0);
    REFUSED(request.total_ms, UINT32_MAX);
    REFUSED(request.header_count, REQUEST_HEADERS_MAX + 1);
    REFUSED(request.kind, REQUEST_NONE);
    REFUSED(request.kind, REQUEST_KIND_COUNT);
    REFUSED(request.tls, REQUEST_TLS_COUNT);
    REFUSED(request.body.size, REQUEST_BODY_MAX + 1);
    REFUSED(channel, "a/b evil");
    REFUSED(channel, NULL);
    REFUSED(request.kind, REQUEST_SMTP);
#undef REFUSED
    job = sample_job();
    job.request.kind = REQUEST_SMTP;
    job.request.mail_from = "pager@example.org";
    job.request.mail_to = "ann@example.org>\r\nRCPT TO:<eve@example.com";
    assert_false(job_check(&job, &fault));
    job.request.mail_to = "ann@example.org> NOTIFY=NEVER";
    assert_false(job_check(&job, &fault));
    job.request.mail_to = "ann@example.org";
    assert_true(job_check(&job, &fault));
}

struct got {
    size_t count;
    uint64_t last_id;
    size_t body_size;
};

static void receive(void *context, uint64_t id, const struct result *result)
{
    struct got *got = context;
    got->count++;
    got->last_id = id;
    got->body_size = result->body.size;
}

static void the_link_puts_results_together_from_single_bytes(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CLEANUP(courier_link_free) struct courier_link *link = courier_link_new(pair[0]);
    struct result result = {.body = span_of("body"), .error = "", .etag = "", .last_modified = ""};
    CLEANUP(text_clear) struct text text = {0};
    result_render(&text, 1, &result);
    result_render(&text, 2, &result);
    struct got got = {0};
    struct fault fault = {0};
    for (size_t i = 0; i < text.size; i++) {
        assert_int_equal(write(pair[1], text.bytes + i, 1), 1);
        assert_true(courier_link_receive(link, receive, &got, &fault));
    }
    assert_int_equal(got.count, 2);
    assert_int_equal(got.last_id, 2);
    assert_int_equal(got.body_size, 4);
    (void)close(pair[1]);
    assert_false(courier_link_receive(link, receive, &got, &fault));
    assert_string_equal(fault.text, "the courier is gone");
}

static void a_link_that_nobody_reads_fills_up_and_says_so(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CLEANUP(courier_link_free) struct courier_link *link = courier_link_new(pair[0]);
    char *bytes = calloc(1, REQUEST_BODY_MAX);
    struct job job = sample_job();
    job.request.body = (struct span){bytes, REQUEST_BODY_MAX};
    struct fault fault = {0};
    size_t count = 0;
    while (courier_link_send(link, &job, &fault))
        count++;
    assert_int_equal(fault.kind, FAULT_LIMIT);
    assert_true(count > 20 && count < 40);
    assert_true(courier_link_wants_write(link));
    (void)close(pair[1]);
    assert_false(courier_link_flush(link, &fault));
    assert_int_equal(fault.kind, FAULT_PEER);
    free(bytes);
}

static void a_courier_that_says_nothing_owes_more_and_more(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CLEANUP(courier_link_free) struct courier_link *link = courier_link_new(pair[0]);
    struct got got = {0};
    struct fault fault = {0};
    assert_int_equal(courier_link_ask(link), 1);
    assert_int_equal(courier_link_ask(link), 2);
    assert_true(courier_link_wants_write(link));
    assert_true(courier_link_flush(link, &fault));
    char asked[16];
    assert_int_equal(read(pair[1], asked, sizeof asked), 10);
    assert_true(life_is((struct span){asked, 5}));
    assert_int_equal(write(pair[1], asked, 5), 5);
    assert_true(courier_link_receive(link, receive, &got, &fault));
    assert_int_equal(got.count, 0);
    assert_int_equal(courier_link_ask(link), 1);
    (void)close(pair[1]);
}

static void nonsense_from_the_courier_breaks_the_link(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CLEANUP(courier_link_free) struct courier_link *link = courier_link_new(pair[0]);
    struct got got = {0};
    struct fault fault = {0};
    assert_int_equal(write(pair[1], "\x05\0\0\0nonsense", 12), 12);
    assert_false(courier_link_receive(link, receive, &got, &fault));
    assert_int_equal(fault.kind, FAULT_PEER);
    (void)close(pair[1]);
}

/* The table of what was seen with real servers, and the HTTP side of it. */
static const struct {
    struct ending ending;
    enum transfer_end end;
} endings[] = {
#define MAIL .is_mail = true, .is_connected = true
    {{.code = CURLE_OK, MAIL, .reply = 250}, TRANSFER_ANSWERED},
    {{.code = CURLE_SEND_ERROR, MAIL, .reply = 451}, TRANSFER_ANSWERED},
    {{.code = CURLE_SEND_ERROR, MAIL, .reply = 550}, TRANSFER_ANSWERED},
    {{.code = CURLE_WEIRD_SERVER_REPLY, MAIL, .reply = 452}, TRANSFER_ANSWERED},
    {{.code = CURLE_WEIRD_SERVER_REPLY, MAIL, .reply = 554}, TRANSFER_ANSWERED},
    {{.code = CURLE_WEIRD_SERVER_REPLY, MAIL, .reply = 250}, TRANSFER_BROKEN},
    {{.code = CURLE_LOGIN_DENIED, MAIL, .reply = 535}, TRANSFER_LOGIN},
    {{.code = CURLE_LOGIN_DENIED, MAIL, .reply = 454}, TRANSFER_ANSWERED},
    {{.code = CURLE_USE_SSL_FAILED, MAIL, .reply = 250}, TRANSFER_UNTRUSTED},
    {{.code = CURLE_PEER_FAILED_VERIFICATION, MAIL, .reply = 220}, TRANSFER_UNTRUSTED},
    {{.code = CURLE_RECV_ERROR, MAIL, .reply = 250}, TRANSFER_BROKEN},
    {{.code = CURLE_RECV_ERROR, MAIL, .reply = 354, .is_body_out = true}, TRANSFER_UNCERTAIN},
    {{.code = CURLE_COULDNT_CONNECT, .is_mail = true}, TRANSFER_UNREACHED},
    {{.code = CURLE_OPERATION_TIMEDOUT, MAIL, .reply = 354, .is_body_out = true},
     TRANSFER_UNCERTAIN},
    {{.code = CURLE_OPERATION_TIMEDOUT, MAIL, .reply = 354}, TRANSFER_BROKEN},
    {{.code = CURLE_OPERATION_TIMEDOUT, MAIL, .reply = 250}, TRANSFER_BROKEN},
    {{.code = CURLE_OPERATION_TIMEDOUT, .is_mail = true}, TRANSFER_UNREACHED},
    {{.code = CURLE_OK, .reply = 503, .is_request_out = true}, TRANSFER_ANSWERED},
    {{.code = CURLE_COULDNT_RESOLVE_HOST}, TRANSFER_UNREACHED},
    {{.code = CURLE_OPERATION_TIMEDOUT}, TRANSFER_UNREACHED},
    {{.code = CURLE_OPERATION_TIMEDOUT, .is_connected = true}, TRANSFER_BROKEN},
    {{.code = CURLE_OPERATION_TIMEDOUT, .is_connected = true, .is_request_out = true},
     TRANSFER_UNCERTAIN},
    {{.code = CURLE_GOT_NOTHING, .is_connected = true, .is_request_out = true}, TRANSFER_UNCERTAIN},
    {{.code = CURLE_SSL_CONNECT_ERROR, .is_connected = true}, TRANSFER_BROKEN},
    {{.code = CURLE_HTTP2, .is_connected = true, .is_request_out = true}, TRANSFER_UNCERTAIN},
    {{.code = CURLE_URL_MALFORMAT}, TRANSFER_INVALID},
    {{.code = CURLE_FILESIZE_EXCEEDED, .is_request_out = true}, TRANSFER_TOO_LARGE},
};

static void every_ending_of_libcurl_has_its_reading(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (transfer_classify(&endings[i].ending) != endings[i].end)
            fail_msg("row %zu is read as %d", i, (int)transfer_classify(&endings[i].ending));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_is_read_as_it_was_written),
        cmocka_unit_test(a_result_is_read_as_it_was_written),
        cmocka_unit_test(a_frame_is_known_only_when_it_is_whole),
        cmocka_unit_test(a_cut_or_changed_frame_is_refused_or_still_a_valid_job),
        cmocka_unit_test(random_bytes_are_no_message),
        cmocka_unit_test(a_job_that_could_say_more_than_it_should_is_refused),
        cmocka_unit_test(the_link_puts_results_together_from_single_bytes),
        cmocka_unit_test(a_link_that_nobody_reads_fills_up_and_says_so),
        cmocka_unit_test(a_courier_that_says_nothing_owes_more_and_more),
        cmocka_unit_test(nonsense_from_the_courier_breaks_the_link),
        cmocka_unit_test(every_ending_of_libcurl_has_its_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
