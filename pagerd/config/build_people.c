/* SPDX-License-Identifier: MIT */
/* People, and how a person is paged. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "config/build.h"
#include "config/finding.h"
#include "config/read.h"
#include "config/rooms.h"
#include "config/value.h"

static const struct node *root_of(const struct build *build)
{
    return build->loaded->tree.root;
}

static bool channel_is_usable(const struct build *build, const char *name)
{
    return config_find_channel(build->config, name, false) != NULL;
}

/* Adds the channels of these manners. */
static void step_fill(const struct build *build, struct notify_step *step, unsigned manners)
{
    const struct channel_kind *kind;
    for (size_t i = 0; (kind = channel_kind_at(i)) != NULL; i++)
        if (channel_is_usable(build, kind->name) && (manners & 1U << kind->manner) != 0)
            step->via[step->via_count++] = kind->name;
}

#define CALLS (1U << MANNER_CALL)
#define QUIET_ONES (1U << MANNER_QUIET)
#define ALL_MANNERS ((1U << MANNER_COUNT) - 1)

/* At first by everything but calls, then by calls; where there are none, by all that wakes. */
static struct notify_rule rule_normal(struct build *build, const char *id)
{
    static const msec repeats[] = {0, 2 * MINUTE_MS, 4 * MINUTE_MS};
    struct notify_step *steps = arena_take(build->loaded->arena, 3 * sizeof *steps);
    for (size_t i = 0; i < 3; i++) {
        const unsigned choices[] = {i == 0 ? ALL_MANNERS & ~CALLS : CALLS,
                                    ALL_MANNERS & ~QUIET_ONES, ALL_MANNERS};
        steps[i].after_ms = repeats[i];
        for (size_t choice = 0; choice < 3 && steps[i].via_count == 0; choice++)
            step_fill(build, &steps[i], choices[choice]);
    }
    return (struct notify_rule){.id = id, .steps = steps, .step_count = 3};
}

static struct notify_rule rule_quiet(struct build *build, const char *id)
{
    struct notify_step *step = arena_take(build->loaded->arena, sizeof *step);
    step_fill(build, step, QUIET_ONES);
    if (step->via_count == 0)
        step_fill(build, step, ALL_MANNERS); /* better by what there is than not at all */
    return (struct notify_rule){.id = id, .steps = step, .step_count = step->via_count > 0};
}

static struct notify_rule rule_none(struct build *build, const char *id)
{
    (void)build;
    return (struct notify_rule){.id = id};
}

static const struct {
    const char *id;
    struct notify_rule (*make)(struct build *build, const char *id);
} built_in[] = {
    {"normal", rule_normal},
    {"quiet", rule_quiet},
    {"none", rule_none},
};

#define BUILT_IN_COUNT (sizeof built_in / sizeof built_in[0])

/* One step of the file, without the channels that this version does not have. */
static struct notify_step step_read(const struct build *build, struct node *node)
{
    const char *via[NOTIFY_VIA_MAX];
    struct notify_step step = {.after_ms = read_duration(node, "notify.*[].after")};
    size_t count = read_node(node, "notify.*[].via") != NULL
                       ? read_texts(build->loaded, node, "notify.*[].via", via, NOTIFY_VIA_MAX)
                       : 0;
    for (size_t i = 0; i < count; i++)
        if (channel_is_usable(build, via[i]))
            step.via[step.via_count++] = via[i];
    return step;
}

static struct notify_rule rule_read(struct build *build, const struct node *list)
{
    struct notify_step *steps = arena_take(build->loaded->arena, NOTIFY_STEPS_MAX * sizeof *steps);
    size_t count = 0;
    bool is_bad = list->is_bad;
    msec before = 0;
    for (struct node *node = list->first; node != NULL && count < NOTIFY_STEPS_MAX;
         node = node->next) {
        struct notify_step step = step_read(build, node);
        const struct node *after = read_node(node, "notify.*[].after");
        const struct node *via = read_node(node, "notify.*[].via");
        is_bad = is_bad || node->is_bad || after == NULL || via == NULL;
        if (after != NULL && step.after_ms < before)
            report_error(build->check->report, after->value_at, "put the steps in order of time",
                         "%s is earlier than the step before it", after->path);
        before = step.after_ms;
        if (step.via_count > 0)
            steps[count++] = step;
    }
    if (count > 0)
        return (struct notify_rule){.id = list->name, .steps = steps, .step_count = count};

    /* A rule of nothing would page nobody, and the channels it names are gone on purpose. */
    bool is_quiet = string_is(list->name, "quiet");
    if (!is_bad)
        report_warning(build->check->report, list->name_at, NULL,
                       "%s: none of its channels is used by this version, the built-in rule is "
                       "taken",
                       list->path);
    return is_quiet ? rule_quiet(build, list->name) : rule_normal(build, list->name);
}

static void build_rules(struct build *build)
{
    const struct node *group = node_find(root_of(build), "notify");
    size_t room = BUILT_IN_COUNT + (group != NULL ? group->count : 0);
    struct notify_rule *rules = arena_take(build->loaded->arena, room * sizeof *rules);
    size_t count = 0;
    for (size_t i = 0; i < BUILT_IN_COUNT; i++)
        if (node_find(group, built_in[i].id) == NULL)
            rules[count++] = built_in[i].make(build, built_in[i].id);
    for (const struct node *node = group != NULL ? group->first : NULL; node != NULL;
         node = node->next)
        rules[count++] = rule_read(build, node);
    build->policy->notify_rules = rules;
    build->policy->notify_rule_count = count;
}

/* A bad phone number counts as one: that it is bad was said already. */
static const char *contact_text(const struct node *user, const char *pattern)
{
    const struct node *node = node_find(user, strrchr(pattern, '.') + 1);
    return node != NULL && node->is_bad ? "?" : read_text(user, pattern);
}

/* "never": there are none. */
static void quiet_hours_read(const struct node *node, struct user *user)
{
    struct fault fault;
    const char *hours = read_text(node, "users.*.quiet-hours");
    user->has_quiet_hours = hours != NULL && (string_is(hours, "never") ||
                                              night_parse(hours, &user->quiet_from_minute,
                                                          &user->quiet_until_minute, &fault));
}

/* What records and screens have in place of an address that is a secret: its name, or else so much
 * of its hash that another one is seen to be another. */
static const char *address_name(const struct build *build, const struct node *node,
                                const char *value)
{
    char hash[HASH_TEXT_SIZE];
    if (node->secret != NULL)
        return arena_format(build->loaded->arena, "secret:%s", node->secret);
    hash_text(span_of(value), hash);
    return arena_format(build->loaded->arena, "%s %.8s", node->name, hash);
}

/* Adds the contact that the channel makes of a user's keys, if it does. */
static void contact_add(const struct build *build, const struct node *node,
                        const struct channel_kind *kind, struct user *user)
{
    const struct config_channel *channel = config_find_channel(build->config, kind->name, false);
    const char *pattern = arena_format(build->loaded->arena, "users.*.%s", kind->user_key);
    const struct config_channel *second = config_find_channel(build->config, kind->name, true);
    const char *address = kind->user_key[0] == '\0' ? user->id : contact_text(node, pattern);
    if (channel == NULL || address == NULL)
        return;
    assert(user->contact_count < CONTACTS_MAX);
    const struct node *key = node_find(node, kind->user_key);
    bool is_secret = key != NULL && !key->is_bad && (key->option->flags & OPTION_SECRET) != 0;
    user->contacts[user->contact_count++] = (struct contact){
        .channel = kind->name,
        .address = is_secret ? address_name(build, key, address) : address,
        .value = is_secret ? address : NULL,
        .manner = kind->manner,
        .is_quiet = kind->manner == MANNER_QUIET,
        .limit = channel->limit,
        .receipt_ms = channel->receipt_ms,
        .daily_cap = channel->daily_cap,
        .has_second = second != NULL,
        .second_receipt_ms = second != NULL ? second->receipt_ms : 0,
    };
}

/* It is keyed in on a telephone, half asleep. */
static const char *pin_read(struct build *build, const struct node *node)
{
    const char *pin = read_text(node, "users.*.pin");
    size_t size = pin != NULL ? strlen(pin) : 0;
    if (pin != NULL &&
        (size < PIN_DIGITS_MIN || size > PIN_DIGITS_MAX || strspn(pin, "0123456789") != size))
        report_error(build->check->report, node->name_at, NULL, "%s.pin is not %d to %d digits",
                     node->path, PIN_DIGITS_MIN, PIN_DIGITS_MAX);
    return pin;
}

static struct user user_read(struct build *build, const struct node *node)
{
    const char *name = read_text(node, "users.*.name");
    struct user user = {
        .id = node->name,
        .name = name != NULL ? name : node->name,
        .email = contact_text(node, "users.*.email"),
        .phone = contact_text(node, "users.*.phone"),
        .pin = pin_read(build, node),
        .unix_name = read_text(node, "users.*.unix"),
        .away = read_rota(node, "users.*.away"),
        .zone = read_zone(build->loaded, node, "users.*.timezone", build->policy->zone),
        .notify = build_find_rule(build, read_text(node, "users.*.notify")),
        .notify_low = build_find_rule(build, read_text(node, "users.*.notify-low")),
        .notify_night = build_find_rule(build, read_text(node, "users.*.notify-night")),
        .is_admin = read_switch(node, "users.*.admin"),
    };
    quiet_hours_read(node, &user);
    user.alias_count = read_texts(build->loaded, node, "users.*.alias", user.aliases, ALIASES_MAX);
    const struct channel_kind *kind;
    for (size_t i = 0; (kind = channel_kind_at(i)) != NULL; i++)
        contact_add(build, node, kind, &user);
    return user;
}

static int user_compare(const void *left, const void *right)
{
    return strcmp(((const struct user *)left)->id, ((const struct user *)right)->id);
}

void build_people(struct build *build)
{
    build_channels(build);
    build_rules(build);
    const struct node *group = node_find(root_of(build), "users");
    size_t room = group != NULL ? group->count : 0;
    struct user *users = arena_take(build->loaded->arena, (room + 1) * sizeof *users);
    size_t count = 0;
    for (const struct node *node = room > 0 ? group->first : NULL; node != NULL; node = node->next)
        if (node->kind == NODE_GROUP)
            users[count++] = user_read(build, node);
    qsort(users, count, sizeof *users, user_compare);
    build->policy->users = users;
    build->policy->user_count = count;
    build_handles(build);
}
