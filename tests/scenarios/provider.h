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

/* One word of it about a page. */
struct provider_word {
    enum page_outcome outcome;
    bool is_fault;        /* its own, not the address's */
    bool is_later;        /* comes after the habit's time; else at once, when another one follows */
    bool is_link_refused; /* a carrier filtered it for its link */
};

#define PROVIDER_WORDS_MAX 2

/*
 * What it says in that mode: sends delivers retries refuses fails filters loses; arrives (takes it,
 * and has its receipt later), bounces (the receipt is a failure), swaps (the receipt comes first).
 * Returns how many words: 0 in a mode in which nothing is ever said.
 */
size_t provider_answer(const char *mode, const char *channel,
                       struct provider_word words[PROVIDER_WORDS_MAX]);
