/* SPDX-License-Identifier: MIT */
/*
 * sns.h - messages of AWS SNS to an HTTP endpoint, as far as more than their format needs to know.
 *
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
#pragma once

#include <stdbool.h>

#include "base/json.h"
#include "base/text.h"

/*
 * Whether an address is one of SNS itself: https://sns.<region>.amazonaws.com[.cn]/, without a
 * user, a port or anything else in front of the path. All that is fetched on behalf of a message
 * has to pass this, for a message can name any address.
 */
bool sns_is_amazon(const char *url);

/* The same, and a certificate: its path ends in ".pem" and there is no query. */
bool sns_is_certificate(const char *url);

/* Appends what the signature of a message is made over; false: a member of it is missing
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html). */
bool sns_add_signed(struct text *text, const struct json *message);
