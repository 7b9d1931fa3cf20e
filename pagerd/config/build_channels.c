/* SPDX-License-Identifier: MIT */
/* Channels: which there are, what each needs, and how it reaches a person. */
#include <assert.h>
#include <string.h>

#include "config/build.h"
#include "config/finding.h"
#include "config/read.h"
#include "config/rooms.h"
#include "config/value.h"

/* In the order of contacts: of the methods that are left the next one is taken. */
static const struct channel_kind kinds[] = {
    {"ntfy", "ntfy", MANNER_PUSH},         {"gotify", "gotify", MANNER_PUSH},
    {"pushover", "pushover", MANNER_PUSH}, {"exec", "exec", MANNER_TEXT},
    {"sms", "phone", MANNER_TEXT},         {"voice", "phone", MANNER_CALL},
    {"email", "email", MANNER_QUIET},      {"inbox", "", MANNER_TEXT},
};

#define KIND_COUNT (sizeof kinds / sizeof *kinds)

/* What the settings of each provider cannot do without, blanks between; and how long its receipt
 * may take. The first row of a channel is what it has without a driver. */
static const struct provider_kind {
    const char *channel;
    const char *driver; /* NULL: the channel has only one */
    const char *needs;
    msec receipt_ms; /* 0: it gives none */
} providers[] = {
    {"sms", "kannel", "url", 0},
    {"sms", "http", "url", 0},
    {"sms", "twilio", "account token from", 2 * MINUTE_MS},
    {"sms", "vonage", "account token secret from", 2 * MINUTE_MS},
    {"sms", "smstools", "", 0},
    {"sms", "gammu", "", 0},
    {"ntfy", NULL, "", 0},
    {"gotify", NULL, "server", 0},
    {"exec", NULL, "command", 0},
    {"pushover", NULL, "token", 0},
    {"voice", "twilio", "account token from", 3 * MINUTE_MS},
    {"email", NULL, "from", 0},
    {"inbox", NULL, "", 0},
};

const struct channel_kind *channel_kind_at(size_t index)
{
    return index < KIND_COUNT ? &kinds[index] : NULL;
}

static const struct provider_kind *provider_find(const char *channel, const char *driver)
{
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
        if (string_is(providers[i].channel, channel) &&
            (driver == NULL || providers[i].driver == NULL ||
             string_is(providers[i].driver, driver)))
            return &providers[i];
    return NULL;
}

/* Is it the row of a key of that channel? Then its name, else NULL. */
static const char *key_of(const struct option *row, const char *channel)
{
    static const char prefix[] = "channels.";
    size_t size = strlen(channel);
    if (strncmp(row->pattern, prefix, sizeof prefix - 1) != 0 ||
        strncmp(row->pattern + sizeof prefix - 1, channel, size) != 0)
        return NULL;
    const char *rest = row->pattern + sizeof prefix - 1 + size;
    return *rest == '.' && strpbrk(rest + 1, ".[") == NULL ? rest + 1 : NULL;
}

/* One key into where the channel has it. */
static void channel_read_key(struct build *build, const struct node *node, const struct option *row,
                             const char *key, struct config_channel *channel)
{
    if (row->type == OPTION_TEXTS && string_is(key, "command")) {
        channel->command_count =
            read_texts(build->loaded, node, row->pattern, channel->command, CONFIG_COMMAND_MAX);
        return;
    }
    if (row->type == OPTION_TEXTS && string_is(key, "headers")) {
        channel->header_count =
            read_texts(build->loaded, node, row->pattern, channel->headers, CONFIG_HEADERS_MAX);
        return;
    }
    if (row->type == OPTION_COUNT && string_is(key, "daily-cap")) {
        if (read_node(node, row->pattern) != NULL)
            channel->daily_cap = (uint32_t)read_count(node, row->pattern);
        return;
    }
    if (row->type == OPTION_COUNT) {
        channel->limit = (uint32_t)read_count(node, row->pattern);
        return;
    }
    if (row->type == OPTION_DURATION) {
        if (read_node(node, row->pattern) != NULL)
            channel->receipt_ms = read_duration(node, row->pattern);
        return;
    }
    const char *value = NULL;
    if (row->type == OPTION_SWITCH)
        value = read_switch(node, row->pattern) ? "true" : NULL;
    else if (row->type == OPTION_FILE)
        value = read_path(build->loaded, node, row->pattern);
    else
        value = read_text(node, row->pattern);
    if (value == NULL)
        return;
    assert(channel->value_count < CONFIG_VALUES_MAX); /* the table of options is ours */
    channel->values[channel->value_count++] = (struct config_value){key, value};
}

static void needs_check(struct build *build, const struct node *node, const char *needs)
{
    struct span rest = span_of(needs);
    while (rest.size > 0) {
        struct span need = span_cut(&rest, ' ');
        const char *key = arena_copy_span(build->loaded->arena, need);
        if (node_find(node, key) == NULL)
            report_error(build->check->report, node->name_at, NULL, "%s needs %s", node->path, key);
    }
}

static void keys_read(struct build *build, const struct node *node, struct config_channel *channel)
{
    size_t count;
    const struct option *rows = options_all(&count);
    for (size_t i = 0; i < count; i++) {
        const char *key = key_of(&rows[i], channel->name);
        if (key != NULL && rows[i].type > OPTION_LIST && rows[i].type != OPTION_LATER &&
            !string_is(key, "driver"))
            channel_read_key(build, node, &rows[i], key, channel);
    }
}

void build_channel(struct build *build, const struct node *node, const char *name,
                   const char *needs, struct config_channel *channel)
{
    *channel = (struct config_channel){.name = name};
    keys_read(build, node, channel);
    needs_check(build, node, needs);
}

/* False: its driver is one of a later version. */
static bool channel_read(struct build *build, const struct node *node, const char *name,
                         struct config_channel *channel)
{
    const char *pattern = arena_format(build->loaded->arena, "channels.%s.driver", name);
    bool has_driver = options_find(pattern) != NULL;
    const char *driver = has_driver ? read_text(node, pattern) : NULL;
    const struct provider_kind *provider = provider_find(name, driver);
    if (check_is_later_driver(node) || provider == NULL)
        return false;
    *channel = (struct config_channel){
        .name = name, .driver = provider->driver, .receipt_ms = provider->receipt_ms};
    keys_read(build, node, channel);
    if (channel->receipt_ms == MSEC_NEVER)
        channel->receipt_ms = 0;
    needs_check(build, node, provider->needs);
    return true;
}

void build_channels(struct build *build)
{
    struct config_channel *made =
        arena_take(build->loaded->arena, CONFIG_CHANNELS_MAX * sizeof *made);
    const struct node *group = node_find(build->loaded->tree.root, "channels");
    size_t count = 0;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const struct node *node = node_find(group, kinds[i].name);
        if (node == NULL || !channel_read(build, node, kinds[i].name, &made[count]))
            continue;
        count++;
        const struct node *second = node_find(node, "second");
        if (second == NULL || !channel_read(build, second, kinds[i].name, &made[count]))
            continue;
        made[count++].is_second = true;
    }
    count = build_room_services(build, made, count);
    assert(count <= CONFIG_CHANNELS_MAX); /* the tables are ours */
    build->config->channels = made;
    build->config->channel_count = count;
}

const struct config_channel *config_find_channel(const struct config *config, const char *name,
                                                 bool is_second)
{
    for (size_t i = 0; i < config->channel_count; i++)
        if (config->channels[i].is_second == is_second && string_is(config->channels[i].name, name))
            return &config->channels[i];
    return NULL;
}

const char *config_channel_value(const struct config_channel *channel, const char *key)
{
    for (size_t i = 0; channel != NULL && i < channel->value_count; i++)
        if (string_is(channel->values[i].key, key))
            return channel->values[i].value;
    return NULL;
}
