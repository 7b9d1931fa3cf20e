/* SPDX-License-Identifier: MIT */
/* texts.h - joins the texts that the configuration has with those that notify/ says. */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "config/config.h"
#include "notify/wordbook.h"

/* For config_options: can this text be said? */
bool texts_check(const char *name, const char *text, struct fault *fault);

/* The book of a configuration that was checked with it; the caller owns it. */
struct wordbook *texts_book(const struct config *config);
