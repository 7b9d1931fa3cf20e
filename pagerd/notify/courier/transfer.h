/* SPDX-License-Identifier: MIT */
/* transfer.h - one job as one libcurl transfer. */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "notify/courier/outbox.h"
#include "notify/notify.h"

struct job;
struct transfer;

/* `frame` is a whole, checked job; it is copied. What a stream says goes into the outbox on the
 * way. NULL when libcurl cannot be set up for it. */
struct transfer *transfer_new(struct span frame, struct outbox *outbox);
void transfer_free(struct transfer *transfer); /* must be out of its multi handle */

const struct job *transfer_job(const struct transfer *transfer);
CURL *transfer_easy(const struct transfer *transfer);
struct transfer *transfer_of(CURL *easy);

/* May its connection be used for the next page? Then it stays open when the transfer has ended. */
bool transfer_is_kept(const struct transfer *transfer);

/* Puts the result into the outbox. */
void transfer_finish(struct transfer *transfer, CURLcode code);

/* What is known of a transfer when it ends without a good answer. */
struct ending {
    CURLcode code;
    bool is_mail;
    uint32_t reply;      /* last HTTP status or SMTP reply */
    bool is_request_out; /* HTTP: any of the request was sent */
    bool is_body_out;    /* SMTP: all of the message was handed to the connection */
    bool is_connected;
};

enum transfer_end transfer_classify(const struct ending *ending);
