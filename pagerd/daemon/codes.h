/* SPDX-License-Identifier: MIT */
/*
 * codes.h - makes the digits that verify a way to reach somebody, and says who is not verified.
 *
 * The rules are engine/code.h. The digits are here and in the message alone: the store and the
 * engine have their hash, timeline and log nothing.
 */
#pragma once

#include "base/json.h"
#include "engine/code.h"
#include "engine/effect.h"

struct daemon;
struct text;

/* Six digits, not beginning with 0: they are also spoken. */
void code_new(char code[CODE_TEXT_SIZE]);

/* One text for each person with ways that are to be verified, into an array that is open. */
void codes_problems(const struct daemon *daemon, struct json_writer *writer);
