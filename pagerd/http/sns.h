/* SPDX-License-Identifier: MIT */
/*
 * sns.h - messages of AWS SNS whose key asks for their signature (signature = "sns").
 *
 * The certificate comes from SNS itself by the courier, and is kept; a message that comes before it
 * waits. What is signed for another topic is refused: SNS signs for everybody. A subscription
 * that is signed is confirmed at once, by the courier as well.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
#pragma once

#include "http/call.h"
#include "http/house.h"
#include "http/request.h"

/* Reads what the signature consists of; on the server's thread. The body is parsed. False: it is
 * not signed, or for another topic. */
MUST_USE bool sns_prepare(struct call *call, struct fault *fault);

/* Checks the signature, then runs the route; maybe after the call was handed over and has come
 * back. */
enum call_wait sns_run(struct call *call, struct house *house);
