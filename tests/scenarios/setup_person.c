/* SPDX-License-Identifier: MIT */
#include "scenarios/setup_person.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

bool hours_read(const char *text, uint16_t *from_minute, uint16_t *until_minute,
                struct fault *fault)
{
    unsigned hours[2] = {0};
    unsigned minutes[2] = {0};
    *from_minute = *until_minute = 0;
    if (string_is(text, "never"))
        return true;
    if (sscanf(text, "%2u:%2u-%2u:%2u", &hours[0], &minutes[0], &hours[1], &minutes[1]) != 4)
        return fault_set(fault, FAULT_INPUT, "'%s' are no hours, such as 22:00-07:00", text);
    *from_minute = (uint16_t)(hours[0] * 60 + minutes[0]);
    *until_minute = (uint16_t)(hours[1] * 60 + minutes[1]);
    return true;
}

bool line_user(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    if (id == NULL)
        return fault_set(fault, FAULT_INPUT, "the user is missing");
    struct setup_user *user = setup_user_add(setup, id);
    while (words_peek(words) != NULL) {
        const char *value = NULL;
        if ((value = words_take_option(words, "zone")) != NULL) {
            user->user.zone = setup_zone(setup, value, fault);
            if (user->user.zone == NULL)
                return false;
        } else if ((value = words_take_option(words, "notify")) != NULL) {
            user->rule = arena_copy(setup->arena, value);
        } else if ((value = words_take_option(words, "notify-low")) != NULL) {
            user->low_rule = arena_copy(setup->arena, value);
        } else if ((value = words_take_option(words, "notify-night")) != NULL) {
            user->night_rule = arena_copy(setup->arena, value);
        } else if ((value = words_take_option(words, "quiet")) != NULL) {
            if (!hours_read(value, &user->user.quiet_from_minute, &user->user.quiet_until_minute,
                            fault))
                return false;
            user->user.has_quiet_hours = true;
        } else if ((value = words_take_option(words, "phone")) != NULL) {
            user->user.phone = arena_copy(setup->arena, value);
        } else if (words_take(words, "admin")) {
            user->user.is_admin = true;
        } else {
            setup_contact_add(setup, user, words_next(words));
        }
    }
    return true;
}

bool line_channel(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *name = words_next(words);
    struct setup_channel *channel = name != NULL ? setup_channel_add(setup, name) : NULL;
    bool is_good = channel != NULL;
    while (is_good && words_peek(words) != NULL) {
        const char *value = NULL;
        if ((value = words_take_option(words, "receipt")) != NULL)
            is_good = duration_parse(value, &channel->receipt_ms, fault);
        else if ((value = words_take_option(words, "second-receipt")) != NULL)
            channel->has_second_receipt = is_good =
                duration_parse(value, &channel->second_receipt_ms, fault);
        else if ((value = words_take_option(words, "limit")) != NULL)
            channel->limit = (uint32_t)strtoul(value, NULL, 10);
        else if ((value = words_take_option(words, "cap")) != NULL)
            channel->daily_cap = (uint32_t)strtoul(value, NULL, 10);
        else
            channel->has_second = is_good = words_take(words, "second");
    }
    return is_good || fault_set(fault, FAULT_INPUT,
                                "channel NAME [second] [cap=N] [receipt=60s] [second-receipt=60s] "
                                "[limit=20]");
}

bool line_rule(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    if (id == NULL)
        return fault_set(fault, FAULT_INPUT, "the rule is missing");
    struct setup_rule *rule = setup_rule_add(setup, id);
    while (words_peek(words) != NULL) {
        struct notify_step *step = &rule->steps[rule->count++];
        *step = (struct notify_step){0};
        if (!words_take_duration(words, &step->after_ms, fault))
            return false;
        const char *via = words_next(words);
        struct span rest = span_of(via);
        while (rest.size > 0)
            step->via[step->via_count++] = arena_copy_span(setup->arena, span_cut(&rest, '+'));
        (void)words_take(words, ",");
    }
    return true;
}

bool line_severity(struct setup *setup, struct words *words, struct fault *fault)
{
    enum severity severity;
    const char *name = words_next(words);
    const char *rule = words_next(words);
    if (rule == NULL || !severity_parse(name, &severity))
        return fault_set(fault, FAULT_INPUT, "severity NAME RULE [waking|not-waking]");
    setup->severity_rules[severity] = arena_copy(setup->arena, rule);
    if (words_take(words, "waking"))
        setup->severities[severity].is_waking = true;
    if (words_take(words, "not-waking"))
        setup->severities[severity].is_waking = false;
    setup->severities[severity].is_held = words_take(words, "held");
    const char *promote = words_take_option(words, "promote");
    return promote == NULL ||
           duration_parse(promote, &setup->severities[severity].promote_ms, fault);
}

/* AFTER-ACK BUNDLE */
bool line_awake(struct setup *setup, struct words *words, struct fault *fault)
{
    return words_take_duration(words, &setup->awake.after_ack_ms, fault) &&
           words_take_duration(words, &setup->awake.bundle_ms, fault);
}

/* on|off [again=90d] */
bool line_verify(struct setup *setup, struct words *words, struct fault *fault)
{
    setup->verify.is_on = words_take(words, "on");
    if (!setup->verify.is_on && !words_take(words, "off"))
        return fault_set(fault, FAULT_INPUT, "verify on|off [again=90d]");
    const char *again = words_take_option(words, "again");
    return again == NULL || duration_parse(again, &setup->verify.again_ms, fault);
}
