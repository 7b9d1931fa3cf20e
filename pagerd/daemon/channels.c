/* SPDX-License-Identifier: MIT */
#include "daemon/channels.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

/* Which key of the configuration is which field of the settings. */
static const struct {
    const char *key;
    size_t offset;
} fields[] = {
    {"url", offsetof(struct channel_settings, url)},
    {"method", offsetof(struct channel_settings, method)},
    {"body", offsetof(struct channel_settings, body)},
    {"expect", offsetof(struct channel_settings, expect)},
    {"smtp", offsetof(struct channel_settings, smtp)},
    {"tls", offsetof(struct channel_settings, tls)},
    {"user", offsetof(struct channel_settings, user)},
    {"password", offsetof(struct channel_settings, password)},
    {"from", offsetof(struct channel_settings, from)},
    {"ca-file", offsetof(struct channel_settings, ca_file)},
    {"account", offsetof(struct channel_settings, account)},
    {"token", offsetof(struct channel_settings, token)},
    {"key", offsetof(struct channel_settings, key)},
    {"secret", offsetof(struct channel_settings, secret)},
    {"server", offsetof(struct channel_settings, server)},
    {"receipt-delivered", offsetof(struct channel_settings, delivered)},
    {"receipt-failed", offsetof(struct channel_settings, failed)},
    {"reply-from", offsetof(struct channel_settings, reply_from)},
    {"reply-text", offsetof(struct channel_settings, reply_text)},
    {"acks", offsetof(struct channel_settings, acks)},
    {"folder", offsetof(struct channel_settings, folder)},
    {"voice", offsetof(struct channel_settings, voice)},
    {"language", offsetof(struct channel_settings, language)},
};

const struct channel *channel_configured(const struct config *config, const char *name,
                                         bool is_second, struct channel_settings *settings)
{
    const struct config_channel *found = config_find_channel(config, name, is_second);
    *settings = (struct channel_settings){0};
    if (found == NULL)
        return NULL;
    settings->driver = found->driver;
    settings->headers = found->headers;
    settings->header_count = found->header_count;
    settings->command = found->command;
    settings->command_count = found->command_count;
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        const char *value = config_channel_value(found, fields[i].key);
        memcpy((char *)settings + fields[i].offset, &value, sizeof(value));
    }
    return channel_find(name, found->driver);
}
