/* SPDX-License-Identifier: MIT */
/* sample.h - the incident of the design's examples: disk full on db1, Sunday 03:02 in Berlin. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "notify/notify.h"

#define ACK_LINK "https://p.example.org/a/k7qm9xtz2fwhk7qm9xtz"
#define LINE_BREAK "\r\n"

/* Sun 22 Nov 2026 02:02:07 UTC is 03:02:07 in a zone one hour east. */
#define OPENED_AT ((msec)1795312927000)

static inline msec instant(const char *text)
{
    msec at = 0;
    struct fault fault;
    bool is_read = instant_parse(text, &at, &fault);
    assert_true(is_read);
    return at;
}

static inline struct letter sample_letter(const struct zone *zone)
{
    return (struct letter){
        .kind = PAGE_ALERT,
        .page = 1,
        .incident = 412,
        .severity = SEVERITY_CRITICAL,
        .now_at = OPENED_AT,
        .user_id = "ann",
        .user_name = "Ann Ops",
        .address = "+4915550100001",
        .zone = zone,
        .team_zone = zone,
        .team = "ops",
        .service = "postgres",
        .object = "db1",
        .summary = "disk /var 96% full",
        .details = "At 100% PostgreSQL stops and the shop is down. 1.9 GiB of 48 GiB are free.",
        .opened_at = OPENED_AT,
        .ack_link = ACK_LINK,
        .host = "p.example.org",
        .call = 1,
    };
}
