/* SPDX-License-Identifier: MIT */
/*
 * fuzz_callback.c - what anybody may send to the addresses where providers of text messages tell of
 * them, and what lies in the spool of a modem.
 *
 * Without its signature nothing is news where a provider signs. What is news is valid UTF-8, and a
 * receipt has an outcome. What was packed as files comes out as it went in.
 */
#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "fuzz.h"
#include "notify/notify.h"
#include "notify/spool.h"

static const struct channel_settings settings = {.account = "AC0123456789abcdef0123456789abcdef",
                                                 .token = "token",
                                                 .secret = "secret",
                                                 .from = "+15550100",
                                                 .delivered = "status=1,delivered",
                                                 .failed = "status=2",
                                                 .reply_from = "from",
                                                 .reply_text = "text"};

static void check_text(const char *text)
{
    assert(text == NULL || utf8_is_valid(span_of(text)));
}

static void check_news(const struct news *news)
{
    assert(news->kind < NEWS_COUNT);
    if (news->kind == NEWS_RECEIPT)
        assert(news->outcome < OUTCOME_COUNT);
    if (news->kind == NEWS_REPLY)
        assert(news->from != NULL && news->text != NULL);
    check_text(news->from);
    check_text(news->text);
    check_text(news->error);
}

static void give(const char *driver, struct callback callback, bool is_signed)
{
    static const char *const whats[] = {"status", "reply", "keys"};
    const struct channel *channel = channel_find("sms", driver);
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        struct news news = {.kind = NEWS_NOTHING};
        struct fault fault = {0};
        callback.what = whats[i];
        bool is_taken = channel->receive(&callback, &settings, arena, &news, &fault);
        assert(!is_taken || !is_signed);
        if (is_taken)
            check_news(&news);
    }
}

static void read_file(const char *driver, const struct spool_file *file)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct news news = {.kind = NEWS_NOTHING};
    channel_find("sms", driver)->read_file(file, arena, &news);
    check_news(&news);
}

static void read_spool(struct span bytes)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text packed = {0};
    struct spool_file file;
    struct span rest = bytes;
    while (spool_next(&rest, &file, arena))
        read_file("smstools", &file);
    if (bytes.size > SPOOL_FILE_MAX)
        bytes.size = SPOOL_FILE_MAX;
    spool_add(&packed, "incoming/IN20261122_020207_00_+4915550100001_00.txt", bytes);
    rest = text_span(&packed);
    bool is_there = spool_next(&rest, &file, arena);
    assert(is_there && rest.size == 0 && file.bytes.size == bytes.size &&
           memcmp(file.bytes.bytes, bytes.bytes, bytes.size) == 0);
    read_file("smstools", &file);
    read_file("gammu", &file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct callback callback = {
        .method = "POST",
        .url = "https://p.example.org/v1/callbacks/sms.1/status/1.1.00ff",
        .body = {(const char *)bytes, size},
        .names = {"type", "from", "status"},
        .values = {"1", "+15550100", "delivered"},
        .field_count = 3,
        .signature = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        .now_at = 1795312927000,
    };
    give("twilio", callback, true);
    give("vonage", callback, true);
    give("kannel", callback, false);
    give("http", callback, false);
    read_spool(callback.body);
    return 0;
}
