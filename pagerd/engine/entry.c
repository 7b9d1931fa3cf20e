/* SPDX-License-Identifier: MIT */
#include "engine/entry.h"

#include <assert.h>
#include <stdarg.h>

#include "base/text.h"

static const char *const names[ENTRY_EVENT_COUNT] = {
    [ENTRY_TRIGGERED] = "triggered",
    [ENTRY_ROUTED] = "routed",
    [ENTRY_OVERFLOW] = "overflow",
    [ENTRY_SUPPRESSED] = "suppressed",
    [ENTRY_RELEASED] = "released",
    [ENTRY_REOPENED] = "reopened",
    [ENTRY_SEVERITY] = "severity",
    [ENTRY_PROMOTED] = "promoted",
    [ENTRY_PAGED] = "paged",
    [ENTRY_PAGE_SENT] = "page-sent",
    [ENTRY_PAGE_DELIVERED] = "page-delivered",
    [ENTRY_PAGE_RETRY] = "page-retry",
    [ENTRY_PAGE_FAILED] = "page-failed",
    [ENTRY_PAGE_REPEATED] = "page-repeated",
    [ENTRY_PAGE_DOUBT] = "page-doubt",
    [ENTRY_ESCALATED] = "escalated",
    [ENTRY_SKIPPED] = "skipped",
    [ENTRY_LAST_RESORT] = "last-resort",
    [ENTRY_ACKNOWLEDGED] = "acknowledged",
    [ENTRY_UNACKNOWLEDGED] = "unacknowledged",
    [ENTRY_ACK_TIMEOUT] = "ack-timeout",
    [ENTRY_SNOOZED] = "snoozed",
    [ENTRY_WOKEN] = "woken",
    [ENTRY_RESOLVED] = "resolved",
    [ENTRY_SOURCE_RESOLVED] = "source-resolved",
    [ENTRY_NOTE] = "note",
    [ENTRY_REASSIGNED] = "reassigned",
    [ENTRY_OVERRIDE] = "override",
    [ENTRY_OVERRIDE_ENDED] = "override-ended",
    [ENTRY_SILENCE] = "silence",
    [ENTRY_SILENCE_ENDED] = "silence-ended",
    [ENTRY_HEARTBEAT] = "heartbeat",
    [ENTRY_RECOVERY_STARTED] = "recovery-started",
    [ENTRY_RECOVERY_ENDED] = "recovery-ended",
    [ENTRY_RECOVERY_WAIVED] = "recovery-waived",
    [ENTRY_POLICY] = "policy",
    [ENTRY_NOTICE] = "notice",
    [ENTRY_CHANGE] = "change",
    [ENTRY_EXPIRED] = "expired",
    [ENTRY_LATE] = "late",
    [ENTRY_INSISTED] = "insisted",
    [ENTRY_ALERT] = "alert",
    [ENTRY_GATHERING] = "gathering",
    [ENTRY_STORM] = "storm",
    [ENTRY_MERGED] = "merged",
    [ENTRY_FLAPPING] = "flapping",
    [ENTRY_QUIET] = "quiet",
    [ENTRY_LINK] = "link",
    [ENTRY_HANDOFF] = "handoff",
    [ENTRY_PAUSED] = "paused",
    [ENTRY_PAUSE_ENDED] = "pause-ended",
    [ENTRY_AWAKE] = "awake",
    [ENTRY_HELD] = "held",
    [ENTRY_SWAP] = "swap",
    [ENTRY_PROVIDER] = "provider",
    [ENTRY_TEST] = "test",
    [ENTRY_RESTORED] = "restored",
};

const char *entry_name(enum entry_event event)
{
    assert(event < ENTRY_EVENT_COUNT);
    return names[event];
}

void entry_add(struct work *work, uint64_t incident, enum entry_event event, const char *actor,
               const char *format, ...)
{
    struct entry *entry = arena_take(work->effects->arena, sizeof *entry);
    entry->incident = incident;
    entry->at = work->now.wall_at;
    entry->event = entry_name(event);
    entry->actor = arena_copy(work->effects->arena, actor == NULL ? ACTOR_PAGERD : actor);
    CLEANUP(text_clear) struct text text = {0};
    va_list list;
    va_start(list, format);
    text_addv(&text, format, list);
    va_end(list);
    entry->text = arena_copy(work->effects->arena, text_string(&text));
    add_entry(work, entry);
}
