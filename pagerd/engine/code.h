/* SPDX-License-Identifier: MIT */
/*
 * code.h - does a number really belong to whom the configuration says? Codes that have to be typed.
 *
 * With contacts.verify a way of a person that was never verified, or not within contacts.again, is
 * sent six digits: by that way itself, and outside the person's quiet hours. The engine looks every
 * CODE_LOOK_MS, at a new configuration and at the start. Each look sends one person one code at
 * most; each way gets one in a day, and each person CODES_A_DAY of them, whatever the configuration
 * makes of the addresses meanwhile.
 *
 * The digits are made outside, for each attempt of the page anew, and come in as a hash with its
 * salt (EVENT_CODE_MADE): neither page nor proof has the digits. So few of them can be guessed from
 * the hash by who has the store; that gives nothing away, for a code helps only who speaks as its
 * person, is good for a day, and for CODE_TRIES_MAX wrong tries at all codes that are out.
 *
 * Nothing is left out for want of a code: a page that reaches nobody is worse than one that goes to
 * an old number. Who is not verified is paged in the same step, only behind the ways that are.
 *
 * Where the configuration changes an address that was verified, the old one is told of it, once,
 * with codes switched on or off; not by a call, and not where the address is only a name of what
 * the channel is given.
 */
#pragma once

#include "base/id.h"
#include "engine/state.h"

#define CODE_DIGITS 6
#define CODE_TEXT_SIZE (CODE_DIGITS + 1)
/* "SALT:HASH" */
#define CODE_HASH_SIZE (TOKEN_TEXT_SIZE + HASH_TEXT_SIZE)

#define CODE_LOOK_MS (15 * MINUTE_MS)
#define CODE_GOOD_MS DAY_MS
#define CODE_TRIES_MAX 5
#define CODES_A_DAY 5

/* What EVENT_CODE_MADE brings; `salt` is a token, made for this code. */
void code_hash(const char *salt, struct span code, char hash[CODE_HASH_SIZE]);
/* Is it six digits and nothing else? */
bool code_is_one(struct span text);

/* Is this way to be verified, and not, or not within the time? False wherever codes are off. */
bool code_is_doubtful(const struct work *work, const struct user *user,
                      const struct contact *contact);
/* A code went out by it: it is known under which hash. */
void code_made(struct work *work, const struct event *event, struct answer *answer);
void code_entered(struct work *work, const struct event *event, struct answer *answer);
/* There is a new configuration, or the engine begins: are there new addresses? When is the next
 * look? */
void codes_plan(struct work *work);
void codes_due(struct work *work);
