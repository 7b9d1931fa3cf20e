/* SPDX-License-Identifier: MIT */
/* words.h - a body that is nothing but words for people, from whoever can only send that. */
#pragma once

#include "ingest/ingest.h"

/*
 * The first line is the summary, the rest the details. Headers may say more: X-Action (trigger or
 * resolve), X-Key, X-Severity, X-Source, X-Service, X-Link, X-Runbook, X-Label (name=value, ...).
 * Without X-Key the summary is the key: the same words twice are one incident, and the same words
 * with "X-Action: resolve" end it.
 */
MUST_USE bool words_parse(const struct ingest_request *request, const char *via,
                          struct ingest_batch *batch, struct fault *fault);
