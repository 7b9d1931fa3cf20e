/* SPDX-License-Identifier: MIT */
/* sign.h - codes that show who made a message (GnuTLS). */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/span.h"
#include "base/time.h"

/* HMAC-SHA256 (RFC 2104, FIPS 198-1). */
void hmac_sha256(struct span secret, struct span message, unsigned char code[HASH_SIZE]);

#define SHA1_SIZE 20

/* HMAC-SHA1 (RFC 2104): only where another side signs with nothing better. */
void hmac_sha1(struct span secret, struct span message, unsigned char code[SHA1_SIZE]);

#define ED25519_KEY_SIZE 32
#define ED25519_SIGNATURE_SIZE 64

/* Ed25519 (RFC 8032 section 5.1.7). False also when key or signature is not of that size. */
bool ed25519_verify(struct span key, struct span message, struct span signature);

enum rsa_hash { RSA_SHA1, RSA_SHA256 };

/* Whether a certificate in PEM can be read, and `now` (wall) lies in its validity (RFC 5280
 * section 4.1.2.5). */
bool certificate_is_current(struct span certificate, msec now);

/*
 * RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2) by the key of a certificate in PEM, which has to be
 * valid at `now` (wall). Whose certificate it is, is the caller's affair. SHA-1 is taken because
 * AWS SNS still signs with it unless it is told otherwise.
 */
MUST_USE bool rsa_verify(struct span certificate, enum rsa_hash hash, struct span message,
                         struct span signature, msec now, struct fault *fault);
