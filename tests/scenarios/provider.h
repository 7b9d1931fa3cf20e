/* SPDX-License-Identifier: MIT */
/*
 * provider.h - what lies between pagerd and a phone: the real texts of notify/, and its judgement
 * of what gateways and mail servers answer.
 *
 * The courier's network is data: a mode says what the other side answers. "sms" is a Kannel
 * gateway, "email" a mail server, every other channel an HTTP gateway.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "engine/engine.h"

struct provider;

struct provider *provider_new(void);
void provider_free(struct provider *provider);

/* Renders the page as the daemon would; a fault says what is wrong with the text. */
MUST_USE bool provider_render(struct provider *provider, const struct engine *engine,
                              struct now now, const struct page *page, struct fault *fault);

/* The outcome of what is answered in that mode: sends delivers retries fails loses. False: a
 * mode in which nothing is ever answered. */
bool provider_answer(const char *mode, const char *channel, enum page_outcome *outcome);
