/* SPDX-License-Identifier: MIT */
/* Frames between nodes: who has the secret and is there now is understood, and nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/seal.h"
#include "daemon/peers_wire.h"

#define SECRET SPAN("a secret of these nodes")
#define TEXT CLEANUP(text_clear) struct text

/* Two ends, and what each has said last. */
struct pair {
    struct wire caller;
    struct wire called;
};

static void pair_init(struct pair *pair, unsigned char first, unsigned char second)
{
    unsigned char nonce[WIRE_NONCE_SIZE];
    memset(nonce, first, sizeof(nonce));
    wire_init(&pair->caller, SECRET, true, nonce);
    memset(nonce, second, sizeof(nonce));
    wire_init(&pair->called, SECRET, false, nonce);
}

static struct wire_frame hello(const char *name)
{
    struct wire_frame frame = {.kind = WIRE_HELLO, .hello = {.version = "0.1.0"}};
    strcpy(frame.hello.name, name);
    memset(frame.hello.instance, name[0], sizeof(frame.hello.instance));
    return frame;
}

static struct wire_frame call(uint64_t id, struct span bytes)
{
    return (struct wire_frame){.kind = WIRE_CALL, .id = id, .bytes = bytes};
}

static enum wire_step take(struct wire *wire, struct span bytes, struct wire_frame *frame)
{
    static struct text plain;
    struct fault fault = {0};
    struct span rest = bytes;
    enum wire_step step = wire_take(wire, &rest, &plain, frame, &fault);
    if (step == WIRE_TAKEN)
        assert_int_equal(rest.size, 0);
    if (step == WIRE_BROKEN)
        assert_true(fault.kind != FAULT_NONE && fault.text[0] != '\0');
    return step;
}

/* One frame from one end to the other. */
static enum wire_step say(struct wire *from, struct wire *to, const struct wire_frame *said,
                          struct wire_frame *heard)
{
    TEXT bytes = {0};
    wire_add(from, said, &bytes);
    return take(to, text_span(&bytes), heard);
}

static void pair_greet(struct pair *pair)
{
    struct wire_frame heard;
    struct wire_frame there = hello("a");
    struct wire_frame back = hello("b");
    assert_int_equal(say(&pair->caller, &pair->called, &there, &heard), WIRE_TAKEN);
    assert_string_equal(heard.hello.name, "a");
    assert_int_equal(say(&pair->called, &pair->caller, &back, &heard), WIRE_TAKEN);
    assert_string_equal(heard.hello.name, "b");
    assert_false(pair->caller.is_proven || pair->called.is_proven);
}

static void two_nodes_understand_each_other(void **state)
{
    (void)state;
    struct pair pair;
    struct wire_frame heard;
    pair_init(&pair, 1, 2);
    pair_greet(&pair);
    const struct wire_frame beat = {
        .kind = WIRE_BEAT,
        .beat = {.is_on_duty = true, .acts = true, .takes_again = true, .count = 1ULL << 40}};
    assert_int_equal(say(&pair.caller, &pair.called, &beat, &heard), WIRE_TAKEN);
    assert_true(pair.called.is_proven);
    assert_true(heard.beat.is_on_duty && heard.beat.acts && !heard.beat.sees_database);
    assert_true(heard.beat.takes_again);
    assert_true(heard.beat.count == 1ULL << 40);
    const struct wire_frame asked = call(UINT64_MAX - 1, SPAN("POST\0/v1/alerts"));
    assert_int_equal(say(&pair.called, &pair.caller, &asked, &heard), WIRE_TAKEN);
    assert_int_equal(heard.kind, WIRE_CALL);
    assert_true(heard.id == UINT64_MAX - 1);
    assert_int_equal(heard.bytes.size, 15);
    assert_memory_equal(heard.bytes.bytes, "POST\0/v1/alerts", 15);
}

static void the_longest_call_fits_into_a_frame(void **state)
{
    (void)state;
    struct pair pair;
    struct wire_frame heard;
    pair_init(&pair, 1, 2);
    pair_greet(&pair);
    const struct wire_frame beat = {.kind = WIRE_BEAT};
    char *bytes = memory_new(1, WIRE_BYTES_MAX);
    const struct wire_frame asked = call(1, (struct span){bytes, WIRE_BYTES_MAX});
    assert_int_equal(say(&pair.caller, &pair.called, &beat, &heard), WIRE_TAKEN);
    assert_int_equal(say(&pair.caller, &pair.called, &asked, &heard), WIRE_TAKEN);
    assert_int_equal(heard.bytes.size, WIRE_BYTES_MAX);
    free(bytes);
}

static void another_secret_is_not_understood(void **state)
{
    (void)state;
    struct pair pair;
    struct wire_frame heard;
    struct wire_frame there = hello("a");
    pair_init(&pair, 1, 2);
    pair.called.secret = SPAN("another secret of others");
    assert_int_equal(say(&pair.caller, &pair.called, &there, &heard), WIRE_BROKEN);
    assert_false(pair.called.has_greeted);
}

static void a_frame_counts_once_and_in_its_place(void **state)
{
    (void)state;
    struct pair pair;
    struct wire_frame heard;
    TEXT first = {0};
    TEXT second = {0};
    const struct wire_frame asked = call(1, SPAN("ack"));
    pair_init(&pair, 1, 2);
    pair_greet(&pair);
    wire_add(&pair.caller, &asked, &first);
    wire_add(&pair.caller, &asked, &second);
    struct wire before = pair.called;
    assert_int_equal(take(&pair.called, text_span(&second), &heard), WIRE_BROKEN);
    pair.called = before;
    assert_int_equal(take(&pair.called, text_span(&first), &heard), WIRE_TAKEN);
    before = pair.called;
    assert_int_equal(take(&pair.called, text_span(&first), &heard), WIRE_BROKEN);
    pair.called = before;
    assert_int_equal(take(&pair.called, text_span(&second), &heard), WIRE_TAKEN);
    /* Nor does it count when it comes back to who sent it. */
    assert_int_equal(take(&pair.caller, text_span(&first), &heard), WIRE_BROKEN);
}

/* Everything that one side said once, said again to the same node. */
static void what_was_said_on_another_connection_counts_for_nothing(void **state)
{
    (void)state;
    struct pair old;
    struct pair fresh;
    struct wire_frame heard;
    TEXT greeting = {0};
    TEXT back = {0};
    TEXT asked = {0};
    struct wire_frame there = hello("a");
    struct wire_frame of_b = hello("b");
    const struct wire_frame frame = call(1, SPAN("ack"));
    pair_init(&old, 1, 2);
    wire_add(&old.caller, &there, &greeting);
    assert_int_equal(take(&old.called, text_span(&greeting), &heard), WIRE_TAKEN);
    wire_add(&old.called, &of_b, &back);
    assert_int_equal(take(&old.caller, text_span(&back), &heard), WIRE_TAKEN);
    wire_add(&old.caller, &frame, &asked);
    /* To who is called: the greeting is one, but nothing behind it opens. */
    pair_init(&fresh, 3, 4);
    assert_int_equal(take(&fresh.called, text_span(&greeting), &heard), WIRE_TAKEN);
    assert_int_equal(take(&fresh.called, text_span(&asked), &heard), WIRE_BROKEN);
    assert_false(fresh.called.is_proven);
    /* To who calls: the greeting back is for another one's nonce. */
    wire_add(&fresh.caller, &there, &greeting);
    assert_int_equal(take(&fresh.caller, text_span(&back), &heard), WIRE_BROKEN);
    /* And a mirror is nobody. */
    TEXT own = {0};
    pair_init(&fresh, 3, 4);
    wire_add(&fresh.caller, &there, &own);
    assert_int_equal(take(&fresh.caller, text_span(&own), &heard), WIRE_BROKEN);
}

static void whoever_has_proved_nothing_may_say_little(void **state)
{
    (void)state;
    struct pair pair;
    struct wire_frame heard;
    const struct wire_frame beat = {.kind = WIRE_BEAT};
    char bytes[WIRE_GREETING_MAX + 1] = {0};
    const struct wire_frame asked = call(1, (struct span){bytes, sizeof(bytes)});
    pair_init(&pair, 1, 2);
    assert_int_equal(take(&pair.called, SPAN("\0\0\2\1"), &heard), WIRE_BROKEN);
    assert_int_equal(take(&pair.called, SPAN("\0\0\2\0"), &heard), WIRE_WAITS);
    assert_int_equal(take(&pair.called, SPAN("\0\0\0\34"), &heard), WIRE_BROKEN);
    assert_int_equal(take(&pair.called, SPAN("\377\377\377\377"), &heard), WIRE_BROKEN);
    pair_greet(&pair);
    struct wire before = pair.called;
    struct wire caller = pair.caller;
    assert_int_equal(say(&pair.caller, &pair.called, &asked, &heard), WIRE_BROKEN);
    pair.called = before;
    pair.caller = caller;
    assert_int_equal(say(&pair.caller, &pair.called, &beat, &heard), WIRE_TAKEN);
    assert_int_equal(say(&pair.caller, &pair.called, &asked, &heard), WIRE_TAKEN);
    assert_int_equal(take(&pair.called, SPAN("\0\40\0\1"), &heard), WIRE_BROKEN);
}

static void half_a_frame_is_waited_for(void **state)
{
    (void)state;
    struct pair pair;
    struct wire_frame heard;
    TEXT bytes = {0};
    struct wire_frame there = hello("a");
    pair_init(&pair, 1, 2);
    wire_add(&pair.caller, &there, &bytes);
    assert_true(bytes.size <= WIRE_GREETING_MAX);
    for (size_t size = 0; size < bytes.size; size++)
        assert_int_equal(take(&pair.called, (struct span){bytes.bytes, size}, &heard), WIRE_WAITS);
    for (size_t i = 4; i < bytes.size; i++) {
        bytes.bytes[i] ^= 1;
        assert_int_equal(take(&pair.called, text_span(&bytes), &heard), WIRE_BROKEN);
        bytes.bytes[i] ^= 1;
    }
    assert_int_equal(take(&pair.called, text_span(&bytes), &heard), WIRE_TAKEN);
}

/* With the longest of everything. */
static void a_greeting_always_fits(void **state)
{
    (void)state;
    struct pair pair;
    struct wire_frame heard;
    struct wire_frame frame = {.kind = WIRE_HELLO};
    memset(frame.hello.name, 'n', sizeof(frame.hello.name) - 1);
    memset(frame.hello.version, '1', sizeof(frame.hello.version) - 1);
    pair_init(&pair, 1, 2);
    assert_int_equal(say(&pair.caller, &pair.called, &frame, &heard), WIRE_TAKEN);
    assert_int_equal(say(&pair.called, &pair.caller, &frame, &heard), WIRE_TAKEN);
    assert_string_equal(heard.hello.name, frame.hello.name);
}

static void one_greets_once_and_first(void **state)
{
    (void)state;
    struct pair pair;
    struct wire_frame heard;
    struct wire_frame back = hello("b");
    const struct wire_frame beat = {.kind = WIRE_BEAT};
    TEXT plain = {0};
    TEXT bytes = {0};
    pair_init(&pair, 1, 2);
    /* A beat that is sealed as a greeting is none. */
    wire_render(&beat, &plain);
    text_add_bytes(&bytes, "\0\0\0", 3);
    text_add_char(&bytes, (char)(plain.size + SEAL_MORE));
    seal_add_bytes(&bytes, SECRET, SPAN("pagerd greeting 1"), text_span(&plain));
    assert_int_equal(take(&pair.called, text_span(&bytes), &heard), WIRE_BROKEN);
    pair_init(&pair, 1, 2);
    pair_greet(&pair);
    /* Nor is a greeting that is sealed as the first frame behind the greetings. */
    text_reset(&plain);
    text_reset(&bytes);
    wire_render(&back, &plain);
    text_add_bytes(&bytes, "\0\0\0", 3);
    text_add_char(&bytes, (char)(plain.size + SEAL_MORE));
    seal_add_bytes(&bytes, (struct span){(const char *)pair.called.key, HASH_SIZE},
                   SPAN("back \0\0\0\0\0\0\0\0"), text_span(&plain));
    assert_int_equal(take(&pair.caller, text_span(&bytes), &heard), WIRE_BROKEN);
    assert_false(pair.caller.is_proven);
}

static bool parses(struct span bytes)
{
    struct wire_frame frame;
    struct fault fault = {0};
    bool is_good = wire_parse(bytes, &frame, &fault);
    assert_true(is_good || fault.kind != FAULT_NONE);
    return is_good;
}

static void another_version_is_understood_as_far_as_it_goes(void **state)
{
    (void)state;
    struct wire_frame frame;
    struct fault fault = {0};
    assert_true(wire_parse(SPAN("\200 of a later kind"), &frame, &fault));
    assert_int_equal(frame.kind, WIRE_KIND_COUNT);
    /* A beat with a member more, and without one that came later. */
    assert_true(parses(SPAN("\2\1\0\1"
                            "1"
                            "\2\0\1"
                            "0"
                            "\4\0\10"
                            "\0\0\0\0\0\0\0\7"
                            "\143\0\2zz")));
    assert_false(parses(SPAN("\2\1\0\1"
                             "1"
                             "\2\0\1"
                             "0")));
    assert_false(parses(SPAN("\2\1\0\1"
                             "1"
                             "\2\0\1"
                             "0"
                             "\4\0\10"
                             "\0\0\0\0\0\0\0\7"
                             "\143\0\3z")));
    /* Nothing is said twice. */
    assert_false(parses(SPAN("\2\1\0\1"
                             "1"
                             "\2\0\1"
                             "0"
                             "\1\0\1"
                             "0"
                             "\4\0\10"
                             "\0\0\0\0\0\0\0\7")));
    assert_false(parses(SPAN("")));
    assert_false(parses(SPAN("\0")));
    assert_false(parses(SPAN("\3\0\0\0\0\0\0\0")));
    assert_true(parses(SPAN("\3\0\0\0\0\0\0\0\1")));
}

static void a_name_is_a_name(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "a b", "a\n", "<a>", "a/b"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        TEXT bytes = {0};
        struct wire_frame frame = hello("x");
        strcpy(frame.hello.name, bad[i]);
        wire_render(&frame, &bytes);
        assert_false(parses(text_span(&bytes)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_nodes_understand_each_other),
        cmocka_unit_test(the_longest_call_fits_into_a_frame),
        cmocka_unit_test(another_secret_is_not_understood),
        cmocka_unit_test(a_frame_counts_once_and_in_its_place),
        cmocka_unit_test(what_was_said_on_another_connection_counts_for_nothing),
        cmocka_unit_test(whoever_has_proved_nothing_may_say_little),
        cmocka_unit_test(half_a_frame_is_waited_for),
        cmocka_unit_test(a_greeting_always_fits),
        cmocka_unit_test(one_greets_once_and_first),
        cmocka_unit_test(another_version_is_understood_as_far_as_it_goes),
        cmocka_unit_test(a_name_is_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
