/* SPDX-License-Identifier: MIT */
/* chat_parts.h - what the chat services have in common; for the files of notify/ only. */
#pragma once

#include "base/json.h"
#include "base/text.h"
#include "notify/channel.h"
#include "notify/chat.h"

#define CHAT_TOTAL_MS 10000

/* A JSON request with the token in its Authorization header ("Bearer", "Bot"; NULL: without). */
void chat_request_json(const char *method, const char *url, const char *scheme, const char *token,
                       const struct text *body, struct arena *arena, struct request *request);

/* The settings' server without a slash at its end, or the service's own address. */
const char *chat_server(const struct channel_settings *settings, const char *own,
                        struct arena *arena);

/* The document that came, or NULL. */
const struct json *chat_answer(const struct result *result, struct arena *arena);

/* Sets outcome and reason; `code` and `words` (either may be NULL) are the service's own. */
void chat_set(struct chat_verdict *verdict, enum chat_outcome outcome, const char *code,
              const char *words);
/* Keeps a reference of at most REFERENCE_SIZE; a missing or longer one is CHAT_LATER. */
void chat_set_reference(struct chat_verdict *verdict, const char *reference);
/* By an HTTP status alone: 429 and 5xx pass, 401 and 403 want a person. */
enum chat_outcome chat_class(uint32_t status);

/* Is it made of these characters alone, and of `min` to `max`? */
bool chat_is_made_of(const char *string, const char *characters, size_t min, size_t max);

/* A press: the action of a button ("ack", "resolve" ...) if it is one, and the number of a code
 * "412.ack"; false: it is none of ours. */
bool chat_code_read(const char *code, struct arena *arena, struct news *news);

/* Signed requests are taken for CHAT_SEEN_MS before and after the time that they were made at. */
bool chat_is_recent(const char *seconds, msec now_at);

/* What came of a probe: OUTCOME_DELIVERED when the service is content. */
void chat_judge_probe(const struct chat *chat, const struct result *result,
                      const struct channel_settings *settings, struct verdict *verdict);

/* Appends external text with a backslash before each of `specials`, and so that nobody's device
 * rings by it: "@here" is no mention. */
void chat_add_words(struct text *text, const char *string, const char *specials);
/* Appends a URL of which none of `specials` is left. */
void chat_add_url(struct text *text, const char *url, const char *specials);
/* The value of a field of the query or of a form; NULL: there is none. */
const char *chat_field(const struct callback *callback, const char *name);
/* "412.ack" for a button. */
const char *chat_code(const struct chat_post *post, const struct chat_button *button,
                      struct arena *arena);

#define CHAT_DIGITS "0123456789"
#define CHAT_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
