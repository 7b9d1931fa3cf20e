/* SPDX-License-Identifier: MIT */
#include "daemon/codes.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "daemon/daemon.h"
#include "engine/engine.h"

#define CODE_FIRST 100000U
#define CODE_RANGE 900000U

void code_new(char code[CODE_TEXT_SIZE])
{
    uint64_t chance; /* so much more than the range that its rest is not to be noticed */
    random_bytes(&chance, sizeof(chance));
    snprintf(code, CODE_TEXT_SIZE, "%" PRIu32, (uint32_t)(CODE_FIRST + chance % CODE_RANGE));
}

void codes_problems(const struct daemon *daemon, struct json_writer *writer)
{
    const struct policy *policy = view_policy(daemon->engine);
    for (size_t i = 0; policy != NULL && i < policy->user_count; i++) {
        const struct user *user = &policy->users[i];
        CLEANUP(text_clear) struct text text = {0};
        for (size_t j = 0; j < user->contact_count; j++) {
            const struct contact *contact = &user->contacts[j];
            if (view_is_doubtful(daemon->engine, user, contact, daemon->now.wall_at))
                text_addf(&text, "%s%s", text.size == 0 ? "" : ", ", contact->channel);
        }
        if (text.size == 0)
            continue;
        CLEANUP(text_clear) struct text line = {0};
        text_addf(&line, "%s: not verified, or too long ago: %s", user->id, text_string(&text));
        json_put_string(writer, NULL, text_string(&line));
    }
}
