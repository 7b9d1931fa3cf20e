/* SPDX-License-Identifier: MIT */
/*
 * twilio.h - what all channels by Twilio have in common: its requests, the signature of what it
 * tells, and the meaning of its error codes.
 *
 * The settings: `account` (AC...) and `token` sign in; with `user` and `password` (an API key,
 * SK... and its secret) these sign in instead, and the token only proves what Twilio tells. `key`
 * is the secondary token while tokens are being exchanged. `server` is another base address.
 */
#pragma once

#include "base/text.h"
#include "notify/channel.h"

#define TWILIO_SIGNATURE "x-twilio-signature"

/* Are account and token there and of the form that they have? */
MUST_USE bool twilio_check(const struct channel_settings *settings, struct fault *fault);

/* Appends "name=value", escaped, to a form; nothing where the value is NULL or "". */
void twilio_add_field(struct text *form, const char *name, const char *value);

/*
 * The request for a resource of the account: "Messages.json", "Calls/CA...json", or "" for the
 * account itself. A POST of `form` (in the arena), or a GET where that is empty. The settings have
 * passed twilio_check().
 */
void twilio_request(const struct channel_settings *settings, const char *resource, struct span form,
                    struct arena *arena, struct request *request);

/* FAULT_DENIED: the callback was not signed by the token of this account or by its secondary one.
 */
MUST_USE bool twilio_verify(const struct callback *callback,
                            const struct channel_settings *settings, struct fault *fault);

/* A field of what Twilio told, of that part which its signature covers; NULL: it is not there. In
 * the arena. */
const char *twilio_field(const struct callback *callback, const char *name, struct arena *arena);

/* What an error code means; of an unknown one, that this page has failed with it. Code 0 is none:
 * false, and the verdict is left alone. */
bool twilio_judge_code(int64_t code, struct verdict *verdict);

/* The answer to a request that made something: SENT with its sid as the reference, or why not. */
void twilio_judge(const struct result *result, const struct channel_settings *settings,
                  struct verdict *verdict);

/* The state of a message ("delivered", "undelivered", ...) with its error code, 0 for none. */
void twilio_judge_message(const char *status, int64_t code, struct verdict *verdict);

/* Is this account there, and may it send? Pages nobody. */
MUST_USE bool twilio_probe(const struct channel_settings *settings, struct arena *arena,
                           struct request *request, struct fault *fault);
void twilio_judge_probe(const struct result *result, const struct channel_settings *settings,
                        struct verdict *verdict);
