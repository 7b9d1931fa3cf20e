/* SPDX-License-Identifier: MIT */
/* Keys and links: known by all of their hash, and no more once they are revoked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/keyring.h"
#include "store/backend.h"

#define REVOKED_AT INT64_C(777)

CLEANUP_DEFINE(struct keyring *, keyring_free)

/* The hash of a secret, another digit at one place. */
static void hash_near(const char *secret, size_t place, char hash[HASH_TEXT_SIZE])
{
    hash_text(span_of(secret), hash);
    hash[place] = hash[place] == '0' ? '1' : '0';
}

static void link_put(struct keyring *keyring, const char *secret, uint64_t incident)
{
    struct token_record token = {
        .incident = incident, .user = "ann", .channel = "sms", .expires_at = DAY_MS};
    hash_text(span_of(secret), token.hash);
    keyring_restore_token(keyring, &token);
}

static const struct ack_token *link_find(const struct keyring *keyring, const char *secret)
{
    char hash[HASH_TEXT_SIZE];
    hash_text(span_of(secret), hash);
    return keyring_find_token(keyring, hash);
}

static void a_link_is_known_by_all_of_its_hash(void **state)
{
    (void)state;
    CLEANUP(keyring_free) struct keyring *keyring = keyring_new();
    link_put(keyring, "a", 1);
    assert_non_null(link_find(keyring, "a"));
    for (size_t place = 0; place + 1 < HASH_TEXT_SIZE; place++) {
        char near[HASH_TEXT_SIZE];
        hash_near("a", place, near);
        assert_null(keyring_find_token(keyring, near));
    }
}

static void a_feed_is_known_by_all_of_its_hash(void **state)
{
    (void)state;
    CLEANUP(keyring_free) struct keyring *keyring = keyring_new();
    struct key_record feed = {.kind = KEY_FEED, .name = "feed", .user = "ann"};
    hash_text(span_of("a"), feed.hash);
    keyring_restore_key(keyring, &feed);
    assert_non_null(keyring_find_feed(keyring, feed.hash));
    for (size_t place = 0; place + 1 < HASH_TEXT_SIZE; place++) {
        char near[HASH_TEXT_SIZE];
        hash_near("a", place, near);
        assert_null(keyring_find_feed(keyring, near));
    }
}

static void the_links_of_an_incident_that_is_over_are_void(void **state)
{
    (void)state;
    CLEANUP(keyring_free) struct keyring *keyring = keyring_new();
    link_put(keyring, "first", 1);
    link_put(keyring, "second", 1);
    link_put(keyring, "other", 2);
    assert_false(link_find(keyring, "first")->is_revoked);
    keyring_revoke_tokens(keyring, 1);
    assert_true(link_find(keyring, "first")->is_revoked);
    assert_true(link_find(keyring, "second")->is_revoked);
    assert_false(link_find(keyring, "other")->is_revoked);
}

static void a_link_that_was_given_up_stays_so(void **state)
{
    (void)state;
    CLEANUP(keyring_free) struct keyring *keyring = keyring_new();
    CLEANUP(batch_free) struct batch *batch = batch_new();
    char hash[HASH_TEXT_SIZE];
    link_put(keyring, "a", 1);
    link_put(keyring, "b", 1);
    hash_text(SPAN("a"), hash);
    keyring_miss_token(keyring, hash, batch);
    assert_int_equal(link_find(keyring, "a")->wrong_count, 1);
    assert_false(link_find(keyring, "a")->is_void);
    keyring_void_token(keyring, hash, batch);
    assert_true(link_find(keyring, "a")->is_void);
    assert_false(link_find(keyring, "b")->is_void);
    assert_int_equal(batch_count(batch), 2);
    hash_text(SPAN("nobody's"), hash);
    keyring_miss_token(keyring, hash, batch);
    keyring_void_token(keyring, hash, batch);
    assert_int_equal(batch_count(batch), 2);
}

/* Of another node, which made it or heard of it while the database was away. */
static void what_is_handed_in_makes_no_link_better(void **state UNUSED)
{
    CLEANUP(keyring_free) struct keyring *keyring = keyring_new();
    struct batch *batch = batch_new();
    struct token_record link = {.incident = 7,
                                .user = "ann",
                                .channel = "sms",
                                .expires_at = 30 * DAY_MS,
                                .number = 4711,
                                .wrong_count = 1};
    hash_text(span_of("a"), link.hash);
    keyring_take_token(keyring, &link, HOUR_MS, batch);
    const struct ack_token *known = link_find(keyring, "a");
    assert_non_null(known);
    assert_int_equal(known->incident, 7);
    assert_int_equal(known->number, 4711);
    assert_true(known->expires_at == HOUR_MS + ACK_TOKEN_LIFE_MS);
    assert_int_equal(batch_count(batch), 1);

    link.is_void = true;
    link.wrong_count = 3;
    keyring_take_token(keyring, &link, HOUR_MS, batch);
    assert_true(known->is_void);
    assert_int_equal(known->wrong_count, 3);
    assert_int_equal(batch_count(batch), 2);

    link.is_void = false;
    link.wrong_count = 0;
    link.incident = 8;
    keyring_take_token(keyring, &link, HOUR_MS, batch);
    assert_true(known->is_void);
    assert_int_equal(known->wrong_count, 3);
    assert_int_equal(known->incident, 7);
    assert_int_equal(batch_count(batch), 2);
    batch_free(batch);
}

static void a_number_is_none_that_is_guessed(void **state)
{
    (void)state;
    uint32_t low = UINT32_MAX;
    uint32_t high = 0;
    for (size_t i = 0; i < 20000; i++) {
        uint32_t number = number_new();
        assert_in_range(number, 1000, 9999);
        assert_true(number != 1111 && number != 1234 && number != 4321 && number != 9999);
        assert_false(number >= 1900 && number < 2100);
        low = number < low ? number : low;
        high = number > high ? number : high;
    }
    assert_true(low < 1100 && high > 9900);
}

/* What the batch saves of a key last: when it was revoked. */
static int64_t saved_revoked_at(const struct batch *batch)
{
    struct row row;
    int64_t revoked_at = -1;
    for (size_t cursor = 0; batch_next(batch, &cursor, &row);) {
        if (row.order != ORDER_SAVE || row.kind != RECORD_KEY)
            continue;
        const struct table *table = table_get(row.kind);
        for (size_t i = 0; i < table->count; i++)
            if (string_is(table->columns[i].name, "revoked_at"))
                revoked_at = row.cells[i].integer;
    }
    return revoked_at;
}

static void a_revoked_key_is_saved_so_and_the_server_hears_of_it(void **state)
{
    (void)state;
    CLEANUP(keyring_free) struct keyring *keyring = keyring_new();
    CLEANUP(batch_free) struct batch *batch = batch_new();
    char secret[SECRET_TEXT_SIZE];
    struct fault fault = {0};
    assert_true(keyring_add(keyring, "prom", "ops", NULL, 5, batch, secret, &fault));
    assert_int_equal(saved_revoked_at(batch), 0);
    assert_true(keyring_take_change(keyring));
    assert_false(keyring_take_change(keyring));
    assert_true(keyring_revoke(keyring, "prom", REVOKED_AT, batch, &fault));
    assert_int_equal(saved_revoked_at(batch), REVOKED_AT);
    assert_true(keyring_take_change(keyring));
    size_t cursor = 0;
    assert_int_equal(keyring_each(keyring, &cursor)->revoked_at, REVOKED_AT);
    assert_false(keyring_revoke(keyring, "prom", REVOKED_AT + 1, batch, &fault));
}

/* As two nodes may have made them while they were apart. */
static void of_two_keys_with_one_name_the_earlier_one_is_meant(void **state)
{
    (void)state;
    CLEANUP(keyring_free) struct keyring *keyring = keyring_new();
    CLEANUP(batch_free) struct batch *batch = batch_new();
    struct fault fault = {0};
    struct key_record key = {.kind = KEY_INTEGRATION, .name = "prom", .team = "ops"};
    key.created_at = 1;
    keyring_restore_key(keyring, &key);
    key.created_at = 2;
    keyring_restore_key(keyring, &key);
    for (size_t revoked = 1; revoked <= 2; revoked++) {
        assert_true(keyring_revoke(keyring, "prom", REVOKED_AT, batch, &fault));
        size_t cursor = 0;
        const struct credential *credential;
        while ((credential = keyring_each(keyring, &cursor)) != NULL)
            assert_int_equal(credential->revoked_at != 0, credential->created_at <= (msec)revoked);
    }
    assert_false(keyring_revoke(keyring, "prom", REVOKED_AT, batch, &fault));
    char secret[SECRET_TEXT_SIZE];
    assert_true(keyring_add(keyring, "prom", "ops", NULL, 5, batch, secret, &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_is_known_by_all_of_its_hash),
        cmocka_unit_test(a_feed_is_known_by_all_of_its_hash),
        cmocka_unit_test(a_link_that_was_given_up_stays_so),
        cmocka_unit_test(what_is_handed_in_makes_no_link_better),
        cmocka_unit_test(a_number_is_none_that_is_guessed),
        cmocka_unit_test(the_links_of_an_incident_that_is_over_are_void),
        cmocka_unit_test(of_two_keys_with_one_name_the_earlier_one_is_meant),
        cmocka_unit_test(a_revoked_key_is_saved_so_and_the_server_hears_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
