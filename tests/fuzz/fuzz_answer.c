/* SPDX-License-Identifier: MIT */
/*
 * fuzz_answer.c - what an SMS gateway or a mail server may answer, as every channel judges it.
 *
 * Bytes choose the channel, how the transfer ended, the status and what is expected; the rest is
 * the answer. There is always an outcome; only a 2xx of a whole answer is "sent" (of a command:
 * exit status 0); a transfer that may have arrived is never "failed"; the reason is one clean line
 * that repeats no secret.
 */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "input.h"
#include "notify/notify.h"

#define PASSWORD "hunter2-Zq9secret"
#define API_KEY "Zq9keyOfTheGateway"

static const char *const expectations[] = {NULL, "2xx", "200,202", "accepted", "3xx,4xx", "x"};
static const char *const headers[] = {"Authorization: Bearer " API_KEY,
                                      "Content-Type: application/json"};

static const struct channel_settings settings_of_tests = {
    .url = "https://sms.example.org/send",
    .headers = headers,
    .header_count = 2,
    .body = "{\"to\":\"$to\",\"text\":\"$text\",\"key\":\"" API_KEY "\"}",
    .smtp = "mail.example.org:587",
    .user = "pagerd",
    .password = PASSWORD,
    .from = "pager@example.org",
};

static const struct channel *channel_choose(uint8_t byte)
{
    const struct channel *judges[8];
    const struct channel *channel = NULL;
    size_t cursor = 0;
    size_t count = 0;
    while ((channel = channel_each(&cursor)) != NULL && count < 8)
        if (!string_is(channel->channel, "inbox") && channel->chat == NULL) /* asks nobody */
            judges[count++] = channel;
    return judges[byte % count];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct input input = input_of(bytes, size);
    const struct channel *channel = channel_choose(input_byte(&input));
    struct channel_settings settings = settings_of_tests;
    struct verdict verdict;
    memset(&verdict, 'x', sizeof verdict);
    struct result result = {
        .end = input_byte(&input) % TRANSFER_COUNT,
        .code = (uint32_t)input_number(&input, 2) % 1000,
        .retry_after_s = input_byte(&input),
        .etag = "",
        .last_modified = "",
    };
    settings.expect = expectations[input_byte(&input) % 6];
    result.error = input_string(&input, '\n', arena);
    result.body = input.rest;
    verdict.outcome = OUTCOME_FAILED;
    channel->judge(&result, &settings, &verdict);
    enum page_outcome outcome = verdict.outcome;
    const char *error = verdict.error;
    assert(memchr(verdict.reference, '\0', sizeof verdict.reference) != NULL);
    assert(outcome < OUTCOME_COUNT && outcome != OUTCOME_DELIVERED);
    assert(memchr(error, '\0', JUDGE_ERROR_SIZE) != NULL);
    output_check_line("reason", error, JUDGE_ERROR_SIZE - 1);
    bool is_command = string_is(channel->channel, "exec"); /* it is given no secret to repeat */
    if (!is_command && strstr(result.error, PASSWORD) == NULL &&
        strstr(result.error, API_KEY) == NULL)
        assert(strstr(error, PASSWORD) == NULL && strstr(error, API_KEY) == NULL);
    bool is_good = is_command ? result.code == 0 /* its exit status */
                              : result.code >= 200 && result.code < 300;
    bool is_asked = strchr("34x", settings.expect ? settings.expect[0] : '2') != NULL;
    if (outcome == OUTCOME_SENT)
        assert(result.end == TRANSFER_ANSWERED && (is_good || is_asked));
    else
        assert(error[0] != '\0');
    if (result.end == TRANSFER_UNCERTAIN)
        assert(outcome == OUTCOME_UNKNOWN);
    return 0;
}
