/* SPDX-License-Identifier: MIT */
/* Ids, tokens, secrets, hashes and base64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/id.h"

#define ROUNDS 200

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static void a_uuid_is_random_and_of_version_4(void **state)
{
    (void)state;
    char first[UUID_TEXT_SIZE];
    char second[UUID_TEXT_SIZE];
    uuid_new(first);
    uuid_new(second);
    assert_string_not_equal(first, second);
    assert_int_equal(strlen(first), UUID_TEXT_SIZE - 1);
    assert_int_equal(strspn(first, "0123456789abcdef-"), UUID_TEXT_SIZE - 1);
    assert_int_equal(first[14], '4');
}

static void a_token_uses_the_whole_alphabet_and_no_more(void **state)
{
    (void)state;
    bool is_seen[256] = {false};
    for (int i = 0; i < ROUNDS; i++) {
        char token[TOKEN_TEXT_SIZE];
        token_new(token);
        assert_int_equal(strlen(token), TOKEN_TEXT_SIZE - 1);
        assert_int_equal(strspn(token, alphabet), TOKEN_TEXT_SIZE - 1);
        for (size_t j = 0; token[j] != '\0'; j++)
            is_seen[(unsigned char)token[j]] = true;
    }
    for (const char *letter = alphabet; *letter != '\0'; letter++)
        assert_true(is_seen[(unsigned char)*letter]);
}

static void a_secret_carries_its_prefix(void **state)
{
    (void)state;
    char first[SECRET_TEXT_SIZE];
    char second[SECRET_TEXT_SIZE];
    secret_new("pgk_", first);
    secret_new("pgk_", second);
    assert_memory_equal(first, "pgk_", 4);
    assert_int_equal(strlen(first), SECRET_TEXT_SIZE - 1);
    assert_int_equal(strspn(first + 4, alphabet), SECRET_TEXT_SIZE - 5);
    assert_string_not_equal(first, second);
}

static void a_typed_token_is_forgiven(void **state)
{
    (void)state;
    char token[TOKEN_TEXT_SIZE] = "";
    assert_true(token_normalize(SPAN(" IL0oA-BCDE-fghjk-mnpqr-s\n"), token));
    assert_string_equal(token, "1100abcdefghjkmnpqrs");
    for (int i = 0; i < ROUNDS; i++) {
        char made[TOKEN_TEXT_SIZE];
        token_new(made);
        assert_true(token_normalize(span_of(made), token));
        assert_string_equal(token, made);
    }
}

static void what_is_no_token_is_refused(void **state)
{
    (void)state;
    char token[TOKEN_TEXT_SIZE] = "kept";
    assert_false(token_normalize(SPAN(""), token));
    assert_false(token_normalize(SPAN("1100abcdefghjkmnpqr"), token));
    assert_false(token_normalize(SPAN("1100abcdefghjkmnpqrst"), token));
    assert_false(token_normalize(SPAN("u100abcdefghjkmnpqrs"), token));
    assert_false(token_normalize(SPAN("1100abcdefghjkmnpqr\0"), token));
    assert_false(token_normalize(SPAN("1100abcde ghjkmnpqrs"), token));
    assert_string_equal(token, "kept");
}

static void the_hash_is_sha_256(void **state)
{
    (void)state;
    char hash[HASH_TEXT_SIZE];
    hash_text(SPAN("abc"), hash);
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_text((struct span){0}, hash);
    assert_string_equal(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void secrets_are_equal_only_when_all_bytes_are(void **state)
{
    (void)state;
    assert_true(secret_equal(SPAN("abc"), SPAN("abc")));
    assert_false(secret_equal(SPAN("abc"), SPAN("abd")));
    assert_false(secret_equal(SPAN("abc"), SPAN("abcd")));
    assert_false(secret_equal(SPAN(""), SPAN("a")));
    assert_true(secret_equal((struct span){0}, SPAN("")));
}

static void base64_gives_the_bytes(void **state)
{
    (void)state;
    static const struct row {
        const char *text;
        const char *bytes;
        size_t size;
    } rows[] = {
        {"", "", 0},        {"Zg==", "f", 1},          {"Zm8=", "fo", 2},
        {"Zm9v", "foo", 3}, {"Zm9vYmFy", "foobar", 6}, {"+/8A", "\xfb\xff\0", 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char bytes[8];
        size_t size = 99;
        assert_true(base64_decode(span_of(rows[i].text), bytes, rows[i].size, &size));
        CLEANUP(text_clear) struct text back = {0};
        base64_add(&back, (struct span){bytes, size});
        assert_string_equal(text_string(&back), rows[i].text);
        assert_int_equal(size, rows[i].size);
        assert_memory_equal(bytes, rows[i].bytes, size);
    }
}

static void what_is_not_base64_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Zg",   "Zg=",  "Z===", "====", "Zm9v=", "Zm9vY",    "Zm9-",
        "Zm 9", "Zh==", "Zm9=", "=Zm9", "Z=m9",  "Zg==Zg==",
    };
    char bytes[16];
    size_t size = 99;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (base64_decode(span_of(texts[i]), bytes, sizeof bytes, &size))
            fail_msg("'%s' was read", texts[i]);
    }
    assert_false(base64_decode(SPAN("Zm9v"), bytes, 2, &size));
    assert_false(base64_decode(SPAN("Zm\0v"), bytes, sizeof bytes, &size));
    assert_int_equal(size, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uuid_is_random_and_of_version_4),
        cmocka_unit_test(a_token_uses_the_whole_alphabet_and_no_more),
        cmocka_unit_test(a_secret_carries_its_prefix),
        cmocka_unit_test(a_typed_token_is_forgiven),
        cmocka_unit_test(what_is_no_token_is_refused),
        cmocka_unit_test(the_hash_is_sha_256),
        cmocka_unit_test(secrets_are_equal_only_when_all_bytes_are),
        cmocka_unit_test(base64_gives_the_bytes),
        cmocka_unit_test(what_is_not_base64_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
