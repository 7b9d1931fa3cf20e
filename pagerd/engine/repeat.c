/* SPDX-License-Identifier: MIT */
#include "engine/repeat.h"

#include <assert.h>

static const char *const reasons[REPEAT_REASON_COUNT] = {
    [REPEAT_RESTART] = "restart", [REPEAT_COURIER] = "courier", [REPEAT_SILENCE] = "silence",
    [REPEAT_HEDGE] = "hedge",     [REPEAT_UNSURE] = "unsure",
};

const char *repeat_reason_name(enum repeat_reason reason)
{
    assert(reason < REPEAT_REASON_COUNT);
    return reasons[reason];
}

void repeat_begin(struct page *page, enum repeat_reason reason)
{
    page->is_repeat = true;
    page->repeat_reason = reason;
}

void repeat_end(struct page *page)
{
    page->key_attempt = 0;
}

void repeat_note(struct engine *engine, struct page *page)
{
    if (page->key_attempt == 0)
        page->key_attempt = page->attempt;
    if (page->is_repeat)
        engine->counts.pages_repeated[page->repeat_reason]++;
}
