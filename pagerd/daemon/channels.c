/* SPDX-License-Identifier: MIT */
#include "daemon/channels.h"

#include "base/text.h"

static const char *const sms_drivers[] = {
    [SMS_NONE] = NULL, [SMS_KANNEL] = "kannel", [SMS_HTTP] = "http"};

static const struct channel *sms_configured(const struct config_sms *sms,
                                            struct channel_settings *settings)
{
    *settings = (struct channel_settings){.url = sms->url,
                                          .method = sms->method,
                                          .headers = sms->headers,
                                          .header_count = sms->header_count,
                                          .body = sms->body,
                                          .expect = sms->expect,
                                          .user = sms->user,
                                          .password = sms->password,
                                          .from = sms->from,
                                          .ca_file = sms->ca_file};
    return channel_find("sms", sms_drivers[sms->driver]);
}

static const struct channel *email_configured(const struct config_email *email,
                                              struct channel_settings *settings)
{
    *settings = (struct channel_settings){.smtp = email->smtp,
                                          .tls = email->tls,
                                          .user = email->user,
                                          .password = email->password,
                                          .from = email->from,
                                          .ca_file = email->ca_file};
    return channel_find("email", NULL);
}

const struct channel *channel_configured(const struct config *config, const char *name,
                                         struct channel_settings *settings)
{
    const struct config_channels *channels = &config->channels;
    *settings = (struct channel_settings){0};
    if (string_is(name, "sms") && channels->sms.driver != SMS_NONE)
        return sms_configured(&channels->sms, settings);
    if (string_is(name, "email") && channels->email.is_configured)
        return email_configured(&channels->email, settings);
    if (string_is(name, "inbox") && channels->has_inbox)
        return channel_find("inbox", NULL);
    return NULL;
}
