/* SPDX-License-Identifier: MIT */
/* Repeats, over all channels: each is marked, and has its idempotency key where its row says so. */
#include "sample.h"

#include "base/text.h"
#include "notify/channel.h"

#define KEY "00112233445566778899aabbccddeeff"
#define GAMMU_SERIAL \
    "1"              \
    "301417386825319" /* page, and 0x001122334455667 */

static const char *const headers[] = {"Idempotency-Key: $key"};
static const char *const command[] = {"/usr/local/bin/pager"};

/* Enough for each of them. */
static struct channel_settings settings_of(const struct channel *channel)
{
    struct channel_settings settings = {
        .url = "https://sms.example.org/send",
        .headers = headers,
        .header_count = 1,
        .body = "to=$to&text=$text",
        .smtp = "mx.example.org",
        .user = "pager",
        .password = "secret word",
        .from = "pager@example.org",
        .account = "ACffeeddccbbaa99887766554433221100",
        .token = "0123456789abcdefghijklmnopqrst",
        .secret = "signature secret",
        .server = "https://push.example.org",
        .command = command,
        .command_count = 1,
    };
    if (strcmp(channel->channel, "ntfy") == 0)
        settings.user = settings.password = NULL;
    if (strcmp(channel->channel, "gotify") == 0)
        settings.token = NULL;
    return settings;
}

static const char *address_of(const struct channel *channel)
{
    static const struct {
        const char *channel;
        const char *address;
    } addresses[] = {
        {"email", "ann@example.org"},
        {"pushover", "uQiRzpo4DXghDmr9QzzfQu27cmVRsG"},
    };
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (strcmp(addresses[i].channel, channel->channel) == 0)
            return addresses[i].address;
    return strcmp(channel->channel, "ntfy") == 0 || strcmp(channel->channel, "gotify") == 0
               ? "ann-x7Kq2mP"
               : "+4915550100001";
}

/* All that the request has, one after the other. */
static const char *rendered(const struct channel *channel, const struct letter *letter,
                            struct arena *arena)
{
    struct channel_settings settings = settings_of(channel);
    struct request request = {0};
    struct fault fault = {0};
    CLEANUP(text_clear) struct text text = {0};
    if (!channel->render(letter, &settings, arena, &request, &fault))
        fail_msg("%s: %s", channel->driver != NULL ? channel->driver : channel->channel,
                 fault.text);
    text_addf(&text, "%s\n", request.url != NULL ? request.url : "");
    for (size_t i = 0; i < request.header_count; i++)
        text_addf(&text, "%s\n", request.headers[i]);
    for (size_t i = 0; i < request.body.size; i++) /* UTF-16 as well */
        if (request.body.bytes[i] != '\0')
            text_add_char(&text, request.body.bytes[i]);
    text_addf(&text, "\n%s", request.text != NULL ? request.text : "");
    return arena_copy_span(arena, text_span(&text));
}

static bool is_marked(const char *text)
{
    return strcasestr(text, "repeat") != NULL;
}

static void every_repeat_says_so(void **state)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    size_t cursor = 0;
    const struct channel *channel;
    (void)state;
    while ((channel = channel_each(&cursor)) != NULL) {
        if (channel->render == NULL)
            continue;
        for (int kind = 0; kind < PAGE_KIND_COUNT; kind++) {
            struct letter letter = sample_letter(NULL);
            letter.kind = (enum page_kind)kind;
            letter.address = address_of(channel);
            letter.callback = "https://p.example.org/v1/callbacks/sms.1/%s/1.1.00";
            letter.remark = "the remark";
            letter.actor = "Bob";
            letter.code = "123456";
            if (is_marked(rendered(channel, &letter, arena)))
                fail_msg("%s: a first page of kind %d is marked", channel->channel, kind);
            letter.is_repeat = true;
            if (!is_marked(rendered(channel, &letter, arena)))
                fail_msg("%s: a repeat of kind %d is not marked", channel->channel, kind);
        }
    }
}

static void a_key_is_where_the_table_says_so(void **state)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    size_t cursor = 0;
    const struct channel *channel;
    (void)state;
    while ((channel = channel_each(&cursor)) != NULL) {
        assert_true((channel->key_use == KEY_NONE) == (channel->key_name == NULL));
        if (channel->render == NULL)
            continue;
        struct letter letter = sample_letter(NULL);
        letter.address = address_of(channel);
        letter.callback = "https://p.example.org/v1/callbacks/sms.1/%s/1.1.00";
        letter.key = KEY;
        const char *text = rendered(channel, &letter, arena);
        bool has_key = strstr(text, KEY) != NULL || strstr(text, GAMMU_SERIAL) != NULL;
        if (has_key != (channel->key_use != KEY_NONE))
            fail_msg("%s: it has %s key\n%s", channel->channel, has_key ? "a" : "no", text);
        letter.key = NULL;
        text = rendered(channel, &letter, arena);
        assert_null(strstr(text, "(null)"));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_repeat_says_so),
        cmocka_unit_test(a_key_is_where_the_table_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
