/* SPDX-License-Identifier: MIT */
/*
 * signature.h - codes over a body by which a source shows that it has the shared secret.
 *
 * A signature is asked for besides the key, where the configuration says so. Pure: whether a
 * signed time is recent is for the caller, who has a clock.
 */
#pragma once

#include "base/time.h"
#include "ingest/ingest.h"

#define SIGNATURE_TOLERANCE_MS (5 * MINUTE_MS) /* of a signed time, both ways */
#define SIGNATURES_MAX                                                     \
    8 /* codes in one header that are looked at; senders that change their \
         secret send two */

enum signature_kind {
    SIGNATURE_NONE,
    SIGNATURE_GITHUB,
    SIGNATURE_STANDARD,
    SIGNATURE_GRAFANA,
    SIGNATURE_SENTRY,
    SIGNATURE_PAGERDUTY,
    SIGNATURE_SNS, /* by a certificate: http/sns.h */

    SIGNATURE_COUNT
};

/* "github"; SIGNATURE_NONE for a word that is none. */
enum signature_kind signature_find(const char *name);
const char *signature_name(enum signature_kind kind);

/* Whether `secret` fits the scheme; only Standard Webhooks asks something of it. */
MUST_USE bool signature_check_secret(enum signature_kind kind, const char *secret,
                                     struct fault *fault);

/*
 * Whether one of the codes in the request's headers was made with `secret`. `signed_at` (wall) is
 * the time that was signed with it, 0 when the scheme has none. The fault says which header is
 * missing or wrong, and nothing of the secret. Not for SIGNATURE_NONE and SIGNATURE_SNS.
 */
MUST_USE bool signature_check(enum signature_kind kind, const char *secret,
                              const struct ingest_request *request, msec *signed_at,
                              struct fault *fault);
