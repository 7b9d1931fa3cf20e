/* SPDX-License-Identifier: MIT */
/*
 * fuzz_verdict.c - what a provider may answer: to a page, to a question about one, to a probe.
 *
 * First which channel and which judge, how the transfer ended, and two bytes of status; the rest is
 * the body. Whatever it is, the verdict has an outcome, a reference and a reason that are whole
 * UTF-8 of one line; what was not answered is never taken; and nothing is an ack but what says so.
 */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "input.h"
#include "notify/notify.h"

#define KEY "uQiRzpo4DXghDmr9QzzfQu27cmVRsG"
#define PASSWORD "hunter2-hunter2"
#define TOKEN "tk_hunter3hunter3"

static const char *const command[] = {"/bin/true"};

static struct channel_settings settings_make(void)
{
    return (struct channel_settings){.url = "https://sms.example.org/send",
                                     .smtp = "mail.example.org",
                                     .server = "https://push.example.org",
                                     .from = "+15550100",
                                     .user = "pager",
                                     .password = PASSWORD,
                                     .token = TOKEN,
                                     .account = "AC0123456789",
                                     .command = command,
                                     .command_count = 1};
}

static const struct channel *channel_take(struct input *input)
{
    size_t cursor = 0;
    const struct channel *channel = NULL;
    unsigned steps = input_byte(input) % 64 + 1;
    while (steps > 0) {
        channel = channel_each(&cursor);
        cursor = channel != NULL ? cursor : 0;
        steps -= channel != NULL;
    }
    return channel;
}

/* A command is given no secrets that it could print. */
static void verdict_check(const struct channel *channel, const struct verdict *verdict,
                          const struct result *result)
{
    assert(verdict->outcome < OUTCOME_COUNT);
    assert(memchr(verdict->reference, '\0', sizeof verdict->reference) != NULL);
    assert(memchr(verdict->error, '\0', sizeof verdict->error) != NULL);
    output_check_line("reference", verdict->reference, sizeof verdict->reference);
    output_check_line("error", verdict->error, sizeof verdict->error);
    bool is_told =
        strstr(verdict->error, PASSWORD) != NULL || strstr(verdict->error, TOKEN) != NULL;
    if (is_told && strcmp(channel->channel, "exec") != 0)
        output_fail("a secret", verdict->error);
    bool is_taken = verdict->outcome == OUTCOME_SENT || verdict->outcome == OUTCOME_DELIVERED;
    bool asks_nobody = strcmp(channel->channel, "inbox") == 0;
    assert(!is_taken || asks_nobody || result->end == TRANSFER_ANSWERED);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = input_of(bytes, size);
    struct channel_settings settings = settings_make();
    const struct channel *channel = channel_take(&input);
    unsigned judge = input_byte(&input) % 4;
    struct result result = {.end = (enum transfer_end)(input_byte(&input) % TRANSFER_COUNT),
                            .code = (uint32_t)input_number(&input, 2),
                            .error = "it broke",
                            .etag = "",
                            .last_modified = ""};
    result.body = input.rest;
    struct verdict verdict = {0};
    if (judge == 0 && channel->judge != NULL)
        channel->judge(&result, &settings, &verdict);
    else if (judge == 1 && channel->judge_probe != NULL)
        channel->judge_probe(&result, &settings, &verdict);
    else if (judge == 2 && channel->siren != NULL) {
        msec at = 0;
        bool is_acked = channel->siren->is_acked(result.body, KEY "/phone", &at);
        if (is_acked && memmem(result.body.bytes, result.body.size, "acknowledged", 12) == NULL)
            output_fail("ack of nobody", "");
        return 0;
    } else {
        return 0;
    }
    verdict_check(channel, &verdict, &result);
    return 0;
}
