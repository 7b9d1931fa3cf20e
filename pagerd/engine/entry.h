/* SPDX-License-Identifier: MIT */
/*
 * entry.h - lines for the timeline of an incident and for the audit log.
 *
 * The name of an event is for programs, the text is a sentence for people. What concerns an
 * incident goes into its timeline; overrides, silences, recovery and policy go into the audit log,
 * which is incident 0.
 */
#pragma once

#include <stdint.h>

#include "base/fault.h"
#include "engine/state.h"

#define ACTOR_PAGERD "pagerd"

enum entry_event {
    ENTRY_TRIGGERED,
    ENTRY_ROUTED,
    ENTRY_OVERFLOW,
    ENTRY_SUPPRESSED,
    ENTRY_RELEASED,
    ENTRY_REOPENED,
    ENTRY_SEVERITY,
    ENTRY_PROMOTED,
    ENTRY_PAGED,
    ENTRY_PAGE_SENT,
    ENTRY_PAGE_DELIVERED,
    ENTRY_PAGE_RETRY,
    ENTRY_PAGE_FAILED,
    ENTRY_PAGE_REPEATED,
    ENTRY_PAGE_DOUBT, /* taken, and no receipt came: the next method is paged */
    ENTRY_ESCALATED,
    ENTRY_SKIPPED,
    ENTRY_LAST_RESORT,
    ENTRY_ACKNOWLEDGED,
    ENTRY_UNACKNOWLEDGED,
    ENTRY_ACK_TIMEOUT,
    ENTRY_SNOOZED,
    ENTRY_WOKEN,
    ENTRY_RESOLVED,
    ENTRY_SOURCE_RESOLVED,
    ENTRY_NOTE,
    ENTRY_REASSIGNED,
    ENTRY_OVERRIDE,
    ENTRY_OVERRIDE_ENDED,
    ENTRY_SILENCE,
    ENTRY_SILENCE_ENDED,
    ENTRY_HEARTBEAT,
    ENTRY_RECOVERY_STARTED,
    ENTRY_RECOVERY_ENDED,
    ENTRY_RECOVERY_WAIVED,
    ENTRY_POLICY,
    ENTRY_NOTICE,
    ENTRY_CHANGE,
    ENTRY_EXPIRED,   /* not repeated by its source until it said */
    ENTRY_LATE,      /* a copy of what is over already */
    ENTRY_INSISTED,  /* said again after a resolve by hand, and not over: a new incident */
    ENTRY_ALERT,     /* of an incident with several: one of them came, came back or is over */
    ENTRY_GATHERING, /* the first page waits for what else comes */
    ENTRY_STORM,
    ENTRY_MERGED,
    ENTRY_FLAPPING,
    ENTRY_QUIET,   /* no longer flapping */
    ENTRY_LINK,    /* an ack link was given a wrong number, or was said to be another's */
    ENTRY_HANDOFF, /* a shift has begun, and who had it before */
    ENTRY_HELD,    /* until the morning of who sleeps */
    ENTRY_SWAP,
    ENTRY_PAUSED,
    ENTRY_PAUSE_ENDED,
    ENTRY_AWAKE,
    ENTRY_PROVIDER, /* one is down, or works again */
    ENTRY_TEST,     /* of a way to reach somebody */
    ENTRY_RESTORED, /* all of it comes out of a backup */
    ENTRY_EVENT_COUNT
};

const char *entry_name(enum entry_event event);

/* Appends an entry; actor NULL means pagerd itself. */
void entry_add(struct work *work, uint64_t incident, enum entry_event event, const char *actor,
               const char *format, ...) PRINTF_LIKE(5, 6);
