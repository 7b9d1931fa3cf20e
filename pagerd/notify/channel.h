/* SPDX-License-Identifier: MIT */
/* channel.h - what the channels have in common; for the files of notify/ only. */
#pragma once

#include "base/text.h"
#include "notify/notify.h"

#define CONNECT_MS 4000
#define HTTP_TOTAL_MS 15000
#define SMTP_TOTAL_MS 30000
#define FETCH_TOTAL_MS 30000
#define DIRECT_TOTAL_MS 6000 /* AWS SNS waits 15 s for its answer, and two may be needed for it */

extern const struct channel channel_email;
extern const struct channel channel_sms_kannel;
extern const struct channel channel_sms_http;
extern const struct channel channel_sms_twilio;
extern const struct channel channel_sms_vonage;
extern const struct channel channel_voice_twilio;
extern const struct channel channel_sms_smstools;
extern const struct channel channel_sms_gammu;
extern const struct channel channel_inbox;
extern const struct channel channel_ntfy;
extern const struct channel channel_gotify;
extern const struct channel channel_pushover;
extern const struct channel channel_exec;
extern const struct channel channel_slack;
extern const struct channel channel_mattermost;
extern const struct channel channel_teams;
extern const struct channel channel_discord;
extern const struct channel channel_matrix;
extern const struct channel channel_telegram;

bool has_text(const char *string);                  /* neither NULL nor "" */
bool has_part(struct span whole, struct span part); /* false for an empty part */

/* An http(s) URL without controls, spaces or a user and password in it. */
MUST_USE bool request_url_check(const char *url, struct fault *fault);

/*
 * What a result means whatever the channel: true when it is settled without looking at the answer.
 * False: the other side answered, and the channel must judge what it said.
 */
bool judge_transfer(const struct result *result, struct verdict *verdict);

/* The class of an HTTP status that does not mean success, with a reason that quotes the answer
 * unless it has one of the settings' secrets in it. */
void judge_refusal(const struct result *result, const struct channel_settings *settings,
                   struct verdict *verdict);
/* A probe of a server of which nothing is known but its address: connects and secures. */
MUST_USE bool probe_connect(const struct channel_settings *settings, struct arena *arena,
                            struct request *request, struct fault *fault);
/* It could be connected to. */
void judge_connect(const struct result *result, const struct channel_settings *settings,
                   struct verdict *verdict);

/*
 * A good answer in JSON is one that has the message's id as member `key`: then it is SENT, with
 * that reference. Whatever else answered 200 (a captive portal, somebody else's server) has not
 * taken it.
 */
void judge_reference(const struct result *result, const char *key, struct verdict *verdict);
/* Sets the reason, fit for a terminal and cut to its size. */
void verdict_set_error(struct verdict *verdict, const char *reason);
