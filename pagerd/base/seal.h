/* SPDX-License-Identifier: MIT */
/*
 * seal.h - bytes that only who has the secret can read, or have made (GnuTLS: AES-256-GCM, NIST SP
 * 800-38D, under the SHA-256 of the secret, with a random nonce of 96 bits in front).
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"

#define SEAL_MORE 28 /* bytes that a seal adds: nonce and tag */

/* Appends the sealed bytes, as base64. */
void seal_add(struct text *sealed, struct span secret, struct span bytes);

/* Appends what was sealed. False: it was not sealed with this secret, or has been changed since. */
MUST_USE bool seal_open(struct text *bytes, struct span secret, struct span sealed,
                        struct fault *fault);

/* The same as plain bytes, and bound to `about`, which is not in them: who opens them must say the
 * same (the associated data of AES-GCM). */
void seal_add_bytes(struct text *sealed, struct span secret, struct span about, struct span bytes);
MUST_USE bool seal_open_bytes(struct text *bytes, struct span secret, struct span about,
                              struct span sealed, struct fault *fault);
