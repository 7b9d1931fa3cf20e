/* SPDX-License-Identifier: MIT */
#include "notify/retort.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>

#include "notify/notify.h"
#include "notify/phrase.h"

#define ALSO "{0: Also open: #$other{3: $other_thing}. Reply 4 again to ack it}"
/* A question that a key was not taken for. */
#define SWAP "{5: Swap $swap: reply yes or no}"
#define OPEN "{0: Open for you: #$other{3: $other_thing}. Reply 4 $other}"

/* Templates as in wording.h. `letter` is the kind whose letter has who did it and when. */
static const struct answer {
    const char *sms;
    const char *alone; /* when nothing else is open; NULL: the same */
    enum page_kind letter;
    bool is_unhelpful;
} answers[RETORT_KIND_COUNT] = {
    [RETORT_NONE] = {.sms = "", .letter = PAGE_ALERT},
    [RETORT_ACKED] =
        {.sms = "ACKED #$number{0: and $acked_more more}{3: $thing} by you $acted." ALSO SWAP,
         .alone = "ACKED #$number{0: and $acked_more more}{3: $thing} by you "
                  "$acted.{1: Runbook $runbook}{2: "
                  "$key_resolve}{0: $key_pass}{0: $key_snooze}" SWAP,
         .letter = PAGE_ACKED},
    [RETORT_TAKEN] =
        {.sms = "ACKED #$number{3: $thing} by you $acted{0:, taken over from $cover}." ALSO SWAP,
         .letter = PAGE_ACKED},
    [RETORT_OWN] = {.sms = "#$number{3: $thing} is yours since $acted." ALSO SWAP,
                    .letter = PAGE_ACKED},
    [RETORT_HELD] = {.sms = "#$number was acked by $actor at $acted. Nothing to do. To take it "
                            "over reply 4 $number" SWAP,
                     .letter = PAGE_ACKED},
    [RETORT_PASSED] = {.sms = "PASSED ON #$number{0: to $next}{3:: $thing}." SWAP,
                       .letter = PAGE_ALERT},
    [RETORT_RESOLVED] = {.sms = "RESOLVED #$number by you $acted{0: after $duration}.{3: $thing}",
                         .letter = PAGE_RESOLVED},
    [RETORT_SNOOZED] = {.sms = "SNOOZED #$number by you till $until.{3: $thing}",
                        .letter = PAGE_ALERT},
    [RETORT_CALLED] = {.sms = "CALLING everyone{0: in $team} for #$number.{3: $thing}",
                       .letter = PAGE_ALERT},
    [RETORT_OVER] = {.sms = "#$number is over: resolved by $actor $acted. Nothing to do." OPEN,
                     .letter = PAGE_RESOLVED,
                     .is_unhelpful = true},
    [RETORT_WRONG] = {.sms = "There is no #$number for you." OPEN,
                      .letter = PAGE_ALERT,
                      .is_unhelpful = true},
    [RETORT_WHICH] = {.sms = "Which one? #$number{3: $thing}{0: or #$other{2: $other_thing}}. "
                             "Reply 4 $number{0: or 4 $other}",
                      .letter = PAGE_ALERT,
                      .is_unhelpful = true},
    [RETORT_SORRY] = {.sms = "Sorry?{0: Open for you: #$number{3: $thing}.}{0: Reply $key_ack{1: "
                             "$key_pass}{2: $key_resolve}}",
                      .letter = PAGE_ALERT,
                      .is_unhelpful = true},
    [RETORT_NOTHING] = {.sms = "Nothing is waiting for you.{1: On call now: $cover{0: ($team)}.}"
                               "{0: Full view: $url}",
                        .letter = PAGE_ALERT,
                        .is_unhelpful = true},
    [RETORT_HELP] = {.sms = "{0:$key_ack}{0: $key_pass}{0: $key_resolve}{0: $key_snooze}{0: "
                            "$key_call} *=repeat.{0: "
                            "Open for you: #$number{3: $thing}.}",
                     .letter = PAGE_ALERT,
                     .is_unhelpful = true},
    [RETORT_REPEATED] =
        {.sms = "$tag #$number{0: $thing.}{3: $team{2: $time}.}{0: Reply $key_ack{1: $key_pass}}",
         .letter = PAGE_ALERT},
    [RETORT_OFF] = {.sms =
                        "\"$told\" by $actor_via is switched off here. Use the link of the page.",
                    .letter = PAGE_ALERT,
                    .is_unhelpful = true},
    [RETORT_SWAP_YES] = {.sms = "SWAP $swap is yours{0:: $told}. All are told.",
                         .letter = PAGE_SWAPPED},
    [RETORT_SWAP_NO] = {.sms = "SWAP $swap: you said no{0: to $told}.", .letter = PAGE_SWAPPED},
    [RETORT_SWAP_WHICH] = {.sms = "Which swap{0:: $told}? Reply yes $swap or no $swap",
                           .letter = PAGE_SWAPPED,
                           .is_unhelpful = true},
    [RETORT_SWAP_REFUSED] = {.sms = "SWAP{0: $swap}: $told.",
                             .letter = PAGE_SWAPPED,
                             .is_unhelpful = true},
    [RETORT_REFUSED] = {.sms = "#$number: $told.", .letter = PAGE_ALERT, .is_unhelpful = true},
    [RETORT_STARTED] = {.sms = "START: pages come to this number again.", .letter = PAGE_ALERT},
    [RETORT_LOST] = {.sms = "NOT RECORDED: pagerd cannot write to its disk, nothing was done for "
                            "#$number. Call a colleague",
                     .letter = PAGE_ALERT},
    [RETORT_AWAY] = {.sms = "NOT RECORDED: pagerd's database is away. Alerts and acks are taken "
                            "meanwhile, this is not: try again later",
                     .letter = PAGE_ALERT},
    [RETORT_VERIFIED] = {.sms = "Your $told is verified. All is well.", .letter = PAGE_ALERT},
    [RETORT_CODE] = {.sms = "Sorry, $told.", .letter = PAGE_ALERT},
    [RETORT_PROVED] = {.sms = "TEST passed: your reply took {0:$duration}. All is well.",
                       .letter = PAGE_ALERT},
};

static const char *const names[RETORT_KIND_COUNT] = {
    [RETORT_ACKED] = "acked",
    [RETORT_TAKEN] = "taken",
    [RETORT_OWN] = "own",
    [RETORT_HELD] = "held",
    [RETORT_PASSED] = "passed",
    [RETORT_RESOLVED] = "resolved",
    [RETORT_SNOOZED] = "snoozed",
    [RETORT_CALLED] = "called",
    [RETORT_OVER] = "over",
    [RETORT_WRONG] = "wrong",
    [RETORT_WHICH] = "which",
    [RETORT_SORRY] = "sorry",
    [RETORT_NOTHING] = "nothing",
    [RETORT_HELP] = "help",
    [RETORT_REPEATED] = "repeated",
    [RETORT_OFF] = "off",
    [RETORT_REFUSED] = "refused",
    [RETORT_STARTED] = "started",
    [RETORT_LOST] = "lost",
    [RETORT_AWAY] = "away",
    [RETORT_SWAP_YES] = "swap-yes",
    [RETORT_SWAP_NO] = "swap-no",
    [RETORT_SWAP_WHICH] = "swap-which",
    [RETORT_SWAP_REFUSED] = "swap-refused",
    [RETORT_VERIFIED] = "verified",
    [RETORT_CODE] = "code",
    [RETORT_PROVED] = "proved",
};

bool retort_text(size_t index, struct text_row *row)
{
    for (size_t kind = 0; kind < RETORT_KIND_COUNT; kind++) {
        if (names[kind] == NULL)
            continue;
        const char *const *const places[] = {&answers[kind].sms, &answers[kind].alone};
        for (size_t part = 0; part < 2; part++) {
            if (*places[part] == NULL || index-- > 0)
                continue;
            snprintf(row->name, sizeof row->name, "answer-%s.%s", names[kind],
                     part == 0 ? "sms" : "alone");
            row->place = places[part];
            row->use = TEXT_SMS;
            return true;
        }
    }
    return false;
}

enum page_kind retort_letter_kind(enum retort_kind kind)
{
    assert(kind < RETORT_KIND_COUNT);
    return answers[kind].letter;
}

bool retort_is_lost(enum retort_kind kind)
{
    return kind == RETORT_LOST || kind == RETORT_AWAY;
}

bool retort_is_unhelpful(enum retort_kind kind)
{
    assert(kind < RETORT_KIND_COUNT);
    return answers[kind].is_unhelpful;
}

const char *retort_sms(const struct retort *retort, struct arena *arena)
{
    assert(retort->kind < RETORT_KIND_COUNT);
    if (retort->kind == RETORT_NONE)
        return "";
    const struct answer *answer = &answers[retort->kind];
    bool is_alone = retort->letter->other == 0 && answer->alone != NULL;
    const char *const *text = is_alone ? &answer->alone : &answer->sms;
    return phrase_fit(retort->letter, wordbook_say(retort->letter->words, text), arena);
}
