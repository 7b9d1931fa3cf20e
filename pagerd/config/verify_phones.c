/* SPDX-License-Identifier: MIT */
/* Phone numbers against the list of countries: a typing error must not call the far end of the
 * world at its price. */
#include <string.h>

#include "config/finding.h"
#include "config/read.h"
#include "config/verify.h"

#define COUNTRY_DIGITS_MAX 6 /* ITU-T E.164: three of a country; a part of one, such as +1684 */

/* "+49" */
static bool is_country(const char *text)
{
    size_t digits = text[0] == '+' ? strspn(text + 1, "0123456789") : 0;
    return digits > 0 && digits <= COUNTRY_DIGITS_MAX && text[1] != '0' && text[1 + digits] == '\0';
}

static bool phone_is_within(const char *phone, const char *const *countries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(phone, countries[i], strlen(countries[i])) == 0)
            return true;
    return count == 0;
}

void verify_phones(struct check *check, const struct config *config)
{
    const char *countries[CONFIG_COUNTRIES_MAX];
    const struct node *root = check->loaded->tree.root;
    const struct node *list = read_node(root, "phone-countries");
    const struct node *users = node_find(root, "users");
    size_t count = list != NULL ? read_texts(check->loaded, root, "phone-countries", countries,
                                             CONFIG_COUNTRIES_MAX)
                                : 0;
    for (size_t i = 0; i < count; i++)
        if (!is_country(countries[i]))
            report_error(check->report, list->value_at, "write \"+49\", or \"+1684\" for a part",
                         "phone-countries: \"%s\" is not a country code", countries[i]);
    for (size_t i = 0; i < config->policy->user_count; i++) {
        const struct user *user = &config->policy->users[i];
        const struct node *phone = read_node(node_find(users, user->id), "users.*.phone");
        if (phone == NULL || phone_is_within(user->phone, countries, count))
            continue;
        report_error(check->report, phone->value_at, "mend the number, or add its country",
                     "%s: %s is in no country of phone-countries", phone->path,
                     phone->secret != NULL ? "the number" : user->phone);
    }
}
