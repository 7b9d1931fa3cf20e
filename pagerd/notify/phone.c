/* SPDX-License-Identifier: MIT */
#include "notify/phone.h"

#include <string.h>

#include "base/span.h"
#include "base/text.h"

#define PHONE_DIGITS_MIN 3
#define PHONE_DIGITS_MAX 15 /* ITU-T E.164 */

bool phone_normalize(const char *address, struct arena *arena, const char **phone,
                     struct fault *fault)
{
    char digits[PHONE_DIGITS_MAX + 2];
    size_t size = 0;
    size_t plus = address[0] == '+' ? 1 : 0;
    if (plus)
        digits[size++] = '+';
    for (const char *at = address + plus; *at != '\0'; at++) {
        if (strchr(" -./()", *at) != NULL)
            continue;
        if (*at < '0' || *at > '9' || size >= PHONE_DIGITS_MAX + plus)
            return fault_set(fault, FAULT_INPUT, "the phone number cannot be used");
        digits[size++] = *at;
    }
    if (size < PHONE_DIGITS_MIN + plus)
        return fault_set(fault, FAULT_INPUT, "the phone number is too short");
    *phone = arena_copy_span(arena, (struct span){digits, size});
    return true;
}

/*
 * Where two-way text messages do not exist: the list of GoAlert (notification/twilio/alertsms.go),
 * which knows it from Twilio's country guidelines
 * (https://www.twilio.com/en-us/guidelines/regulatory); Chinese carriers besides drop messages with
 * a link in them.
 */
static const struct {
    const char *prefix;
    struct phone_limits limits;
} countries[] = {
    {"+86", {"China", false, false}},      {"+91", {"India", true, false}},
    {"+84", {"Vietnam", true, false}},     {"+502", {"Guatemala", true, false}},
    {"+506", {"Costa Rica", true, false}}, {"+507", {"Panama", true, false}},
};

struct phone_limits phone_limits(const char *address)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct fault fault;
    const char *phone;
    if (phone_normalize(address, arena, &phone, &fault))
        for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
            if (strncmp(phone, countries[i].prefix, strlen(countries[i].prefix)) == 0)
                return countries[i].limits;
    return (struct phone_limits){NULL, true, true};
}

const char *phone_warning(const char *address, struct arena *arena)
{
    struct phone_limits limits = phone_limits(address);
    if (limits.country == NULL)
        return NULL;
    return arena_format(arena,
                        "text messages to %s cannot be answered%s; give this person another "
                        "channel to acknowledge by",
                        limits.country,
                        limits.has_links ? ": the ack link is the only way"
                                         : ", nor may they "
                                           "hold a link");
}
