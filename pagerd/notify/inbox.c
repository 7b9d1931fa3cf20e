/* SPDX-License-Identifier: MIT */
/* inbox.c - the demo's inbox: pages stay in the daemon and are shown in the browser. */
#include "notify/channel.h"

static bool inbox_render(const struct letter *letter, const struct channel_settings *settings,
                         struct arena *arena, struct request *request, struct fault *fault)
{
    (void)settings;
    (void)fault;
    *request = (struct request){.kind = REQUEST_NONE, .text = letter_sms(letter, arena)};
    return true;
}

static void inbox_judge(const struct result *result, const struct channel_settings *settings,
                        struct verdict *verdict)
{
    (void)result;
    (void)settings;
    verdict->outcome = OUTCOME_DELIVERED;
}

static bool inbox_check(const struct channel_settings *settings, struct fault *fault)
{
    (void)settings;
    (void)fault;
    return true;
}

const struct channel channel_inbox = {
    .channel = "inbox",
    .driver = NULL,
    .is_quiet = false,
    .render = inbox_render,
    .judge = inbox_judge,
    .check = inbox_check,
};
