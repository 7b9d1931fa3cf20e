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

/* Appends the sealed bytes, as base64. */
void seal_add(struct text *sealed, struct span secret, struct span bytes);

/* Appends what was sealed. False: it was not sealed with this secret, or has been changed since. */
MUST_USE bool seal_open(struct text *bytes, struct span secret, struct span sealed,
                        struct fault *fault);
