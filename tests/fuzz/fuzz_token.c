/* SPDX-License-Identifier: MIT */
/*
 * fuzz_token.c - secrets as strangers show them: ack links, Authorization headers, base64, keys.
 *
 * Only what is a token is read as one, in one form; a header gives up no byte that was not in it; a
 * key is known by all of its bytes or not at all.
 */
#include <assert.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "daemon/keyring.h"
#include "fuzz.h"
#include "http/auth.h"
#include "input.h"
#include "store/batch.h"

#define KEY "pgk_abcdefghjkmnpqrstvwxyz012345"
#define TOKEN "0123456789abcdefghjk"

static void token_check(struct span typed)
{
    char token[TOKEN_TEXT_SIZE];
    char again[TOKEN_TEXT_SIZE];
    if (!token_normalize(typed, token))
        return;
    size_t count = 0;
    struct span trimmed = span_trim(typed);
    for (size_t i = 0; i < trimmed.size; i++)
        count += trimmed.bytes[i] != '-';
    assert(count == TOKEN_TEXT_SIZE - 1 && strlen(token) == count);
    assert(strspn(token, "0123456789abcdefghjkmnpqrstvwxyz") == TOKEN_TEXT_SIZE - 1);
    bool is_again = token_normalize(span_of(token), again);
    assert(is_again && string_is(token, again));
}

/* What is taken is what its bytes encode to again. */
static void base64_check(struct span text)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char bytes[4096];
    size_t size = 0;
    if (!base64_decode(text, bytes, sizeof bytes, &size))
        return;
    assert(size <= sizeof bytes && text.size == (size + 2) / 3 * 4);
    CLEANUP(text_clear) struct text back = {0};
    for (size_t i = 0; i < size; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16;
        group |= i + 1 < size ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= i + 2 < size ? bytes[i + 2] : 0;
        text_add_char(&back, letters[group >> 18]);
        text_add_char(&back, letters[group >> 12 & 63]);
        text_add_char(&back, i + 1 < size ? letters[group >> 6 & 63] : '=');
        text_add_char(&back, i + 2 < size ? letters[group & 63] : '=');
    }
    assert(back.size == text.size && memcmp(text_string(&back), text.bytes, text.size) == 0);
}

static void header_check(const char *header)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct identities *identities = identities_new();
    struct credential credential = {.name = "prom", .team = "ops"};
    const struct credential *list = &credential;
    struct caller caller = {0};
    bool is_basic = false;
    hash_text(SPAN(KEY), credential.hash);
    identities_set(identities, &list, 1, NULL, 0, NULL, 0, 1000);
    struct span secret = authorization_secret(arena, header, &is_basic);
    assert(secret.size <= strlen(header));
    bool is_key = secret.size == sizeof KEY - 1 && memcmp(secret.bytes, KEY, secret.size) == 0;
    bool is_found = identities_find_key(identities, arena, secret, &caller);
    assert(is_found == is_key && (is_found || caller.kind == CALLER_NOBODY));
    identities_free(identities);
    if (!is_basic && secret.size > 0)
        assert(memmem(header, strlen(header), secret.bytes, secret.size) != NULL);
}

/* The ring after a restart: only the very token opens its link. */
static void ring_check(struct span typed)
{
    struct keyring *ring = keyring_new();
    struct token_record record = {
        .incident = 412, .user = "ann", .channel = "sms", .created_at = 1, .expires_at = DAY_MS};
    char token[TOKEN_TEXT_SIZE];
    char hash[HASH_TEXT_SIZE];
    hash_text(SPAN(TOKEN), record.hash);
    keyring_restore_token(ring, &record);
    if (token_normalize(typed, token)) {
        hash_text(span_of(token), hash);
        const struct ack_token *found = keyring_find_token(ring, hash);
        assert((found != NULL) == string_is(token, TOKEN));
    }
    hash_text(typed, hash);
    assert((keyring_find_token(ring, hash) != NULL) == span_is(typed, TOKEN));
    keyring_free(ring);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct input input = input_of(bytes, size);
    struct span whole = input.rest;
    token_check(whole);
    if (size <= 4096)
        base64_check(whole);
    ring_check(whole);
    header_check(input_rest(&input, arena));
    return 0;
}
