/* SPDX-License-Identifier: MIT */
#include "notify/sms.h"

#include <string.h>

#define VALIDITY_MIN_S 60
#define VALIDITY_MAX_S 600

const char *sms_text(const struct letter *letter, const char *phone, struct arena *arena)
{
    struct phone_limits limits = phone_limits(phone);
    struct letter cut = *letter;
    if (letter->is_without_links || !limits.has_links) {
        cut.ack_link = NULL;
        cut.runbook = NULL;
        cut.war_room = NULL;
        cut.url = NULL;
    }
    if (!limits.has_replies)
        cut.keys = LETTER_KEYS_NONE;
    return letter_sms(&cut, arena);
}

unsigned sms_validity_s(const struct letter *letter)
{
    msec left_s = (letter->next_at - letter->now_at) / SECOND_MS;
    if (letter->next_at == 0 || left_s > VALIDITY_MAX_S)
        return VALIDITY_MAX_S;
    return left_s < VALIDITY_MIN_S ? VALIDITY_MIN_S : (unsigned)left_s;
}

const char *sms_callback(const struct letter *letter, const char *what, struct arena *arena)
{
    const char *mark = letter->callback != NULL ? strstr(letter->callback, "%s") : NULL;
    if (mark == NULL)
        return NULL;
    return arena_format(arena, "%.*s%s%s", (int)(mark - letter->callback), letter->callback, what,
                        mark + 2);
}

bool has_control(const char *string)
{
    for (const char *at = string; at != NULL && *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            return true;
    return false;
}
