/* SPDX-License-Identifier: MIT */
#include "notify/wording.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>

#include "engine/view.h"
#include "notify/channel.h"

#define CALL_HEAD "$tag #$number"
#define THING_TAIL "{0: $thing}"
#define MARKS "{0: $repeat}{0: $late.}"
#define WHERE "{3: $team{2: $time}.}"
/* What can be answered, then the link; where nothing can, the link alone. */
#define ACK                                                                    \
    "{0: Reply $key_ack{5: $key_pass}{4: $key_resolve}{0: or $link}}{0: Ack: " \
    "$only_link}"
#define THING_OF_GOOD_NEWS "{0: $thing}"

/* The first word tells the kind; severity, number, object and symptom come first, the link last.
 * Nothing is promised that cannot be done: keys are offered where they can be answered. */
static const struct wording wordings[PAGE_KIND_COUNT] = {
    [PAGE_ALERT] = {.sms = CALL_HEAD "{0: $thing.}" MARKS WHERE "{1: Runbook $runbook}" ACK,
                    .head = CALL_HEAD,
                    .tail = THING_TAIL,
                    .lead = "",
                    .is_call = true},
    [PAGE_AGAIN] = {.sms = CALL_HEAD "{0: $thing.}" MARKS
                                     "{6: $nth try{1:, $next is called at $next_time}.}" ACK,
                    .head = CALL_HEAD,
                    .tail = THING_TAIL,
                    .lead = "{0:$nth try.}",
                    .is_call = true},
    [PAGE_ESCALATED] = {.sms = CALL_HEAD "{0: $thing.}" MARKS "{6: Passed to you: $silent.}" ACK,
                        .head = CALL_HEAD,
                        .tail = THING_TAIL,
                        .lead = "{0:Passed to you: $silent.}",
                        .is_call = true},
    [PAGE_BY_HAND] = {.sms = CALL_HEAD "{0: $thing.}" MARKS
                                       "{6: $actor asks you{6:: \"$reason\"}.}" ACK,
                      .head = CALL_HEAD,
                      .tail = THING_TAIL,
                      .lead = "{0:$actor asks you{0:: \"$reason\"}.}",
                      .is_call = true},
    [PAGE_STILL] = {.sms = CALL_HEAD " STILL YOURS?" MARKS
                                     "{6: acked $acted_ago ago, no news since.}" ACK,
                    .head = CALL_HEAD,
                    .tail = " STILL YOURS?" THING_TAIL,
                    .lead = "{0:Acked $acted_ago ago, no news since.}",
                    .is_call = true},
    [PAGE_WOKEN] = {.sms = CALL_HEAD "{0: $thing.}" MARKS "{6: Snooze is over.}" WHERE ACK,
                    .head = CALL_HEAD,
                    .tail = THING_TAIL,
                    .lead = "Snooze is over.",
                    .is_call = true},
    [PAGE_LAST_RESORT] = {.sms =
                              CALL_HEAD "{0: $thing.}" MARKS
                                        "{6: Nobody has acked, you are the last resort.}" WHERE ACK,
                          .head = CALL_HEAD,
                          .tail = THING_TAIL,
                          .lead = "Nobody has acked, you are the last resort.",
                          .is_call = true},
    [PAGE_ACKED] = {.sms = "ACKED #$number by $actor{1: ($actor_via)} $acted. Nothing to do{0:, "
                           "$good_night}." MARKS THING_OF_GOOD_NEWS,
                    .head = "ACKED #$number",
                    .tail = THING_TAIL,
                    .lead =
                        "Acked by $actor{0: ($actor_via)} $acted. Nothing to do{0:, $good_night}."},
    [PAGE_RESOLVED] =
        {.sms = "RESOLVED #$number by $actor $acted{0: after $duration}." MARKS THING_OF_GOOD_NEWS,
         .head = "RESOLVED #$number",
         .tail = THING_TAIL,
         .lead = "Resolved by $actor $acted{0: after $duration}."},
    [PAGE_CLEARED] = {.sms = "CLEARED #$number by itself $acted, before any ack. No action "
                             "needed." MARKS THING_OF_GOOD_NEWS,
                      .head = "CLEARED #$number",
                      .tail = THING_TAIL,
                      .lead = "Cleared by itself $acted, before any ack. No action needed."},
    [PAGE_REST] = {.sms = "REST: off call till $until{0: after tonight's #$number}.{0: $cover "
                          "covers and knows.}" MARKS " Sleep well.",
                   .head = "REST",
                   .tail = " You are off call until $until",
                   .lead = "You are off call until $until{0: after tonight's #$number}.{0: $cover "
                           "covers and knows.} Sleep well."},
    [PAGE_COVER] = {.sms = "YOU COVER $team{0: $role} from now till $until{0:, $cover rests}{0: "
                           "after #$number}." MARKS,
                    .head = "YOU COVER",
                    .tail = " $team{0: $role} until $until",
                    .lead = "You cover $team{0: $role} from now until $until{0:, $cover rests}{0: "
                            "after #$number}."},
    [PAGE_OVERRIDE] = {.sms = "ON CALL $team{0: $role}: you, $from to $until.{1: Changed by "
                              "$actor.}" MARKS,
                       .head = "ON CALL",
                       .tail = " You are $team{0: $role} from $from to $until",
                       .lead = "You are $team{0: $role} from $from to $until.{0: Changed by "
                               "$actor.}"},
    [PAGE_GROWN] = {.sms = CALL_HEAD "{0: $thing.}{6: $remark.}" MARKS,
                    .head = CALL_HEAD,
                    .tail = THING_TAIL,
                    .lead = "You have acked this.{0: $remark.}"},
    [PAGE_SHIFT_SOON] = {.sms = "SOON you are $told." MARKS " Cannot? Ask for a swap in time.",
                         .head = "SOON",
                         .tail = " you are $told",
                         .lead = "You are $told."},
    [PAGE_SHIFT_STARTS] = {.sms = "ON CALL $told." MARKS,
                           .head = "ON CALL",
                           .tail = " $told",
                           .lead = "On call: $told."},
    [PAGE_SHIFT_ENDS] = {.sms = "OFF CALL $told." MARKS,
                         .head = "OFF CALL",
                         .tail = " $told",
                         .lead = "Off call: $told."},
    [PAGE_BUNDLE] = {.sms = CALL_HEAD "{0: $told.}" MARKS ACK,
                     .head = CALL_HEAD,
                     .tail = "{0: $remark_line}",
                     .lead = "These came close together.",
                     .is_call = true},
    [PAGE_DIGEST] = {.sms = CALL_HEAD "{0: $told.}" MARKS "{3: Held until now.}" ACK,
                     .head = CALL_HEAD,
                     .tail = "{0: $remark_line}",
                     .lead = "These waited until now, so that you could sleep.",
                     .is_call = true},
    [PAGE_SWAP] = {.sms = "SWAP? $told." MARKS "{0: Reply $key_yes $key_no}"
                          "{0: Yes: pagectl swap accept $only_swap}",
                   .head = "SWAP?",
                   .tail = " $told",
                   .lead = "$told."},
    [PAGE_TEST] = {.sms = "TEST from pagerd, all is well.{1: Prove that this works.}" MARKS
                          "{0: Reply $key_ack{0: or $link}}{0: Open $only_link}",
                   .head = "TEST",
                   .tail = " from pagerd, all is well",
                   .lead = "This is a test of how you are reached. All is well. Answer it to prove "
                           "that this way works.",
                   .is_call = true},
    [PAGE_VERIFY] = {.sms = "VERIFY this phone for pagerd: code $code." MARKS
                            " Enter it with pagectl contacts verify $code{0:, or reply "
                            "$code_reply}.",
                     .head = "VERIFY",
                     .tail = " that pagerd reaches you here: code $code",
                     .lead = "This verifies that pagerd reaches you here. Enter the code with "
                             "pagectl contacts verify $code{0:, or reply $code_reply}. It is good "
                             "for a day. You know nothing of pagerd? Then ignore this."},
    [PAGE_SWAPPED] = {.sms = "SWAP $told." MARKS,
                      .head = "SWAP",
                      .tail = " $told",
                      .lead = "$told."},
    [PAGE_NOTICE] = {.sms = "$remark" MARKS,
                     .head = "pagerd",
                     .tail = "{0: $remark_line}",
                     .lead = "$remark"},
};

static const struct wording reopened = {
    .sms = CALL_HEAD " AGAIN{0: $thing.}" MARKS "{6: Back $back after resolve.}" ACK,
    .head = CALL_HEAD,
    .tail = " AGAIN" THING_TAIL,
    .lead = "{0:Back $back after resolve.}",
    .is_call = true,
};

/* First paged for now, and why not before: a silence held it back. */
static const struct wording held_back = {
    .sms = CALL_HEAD "{0: $thing.}" MARKS "{6: $silent.}" WHERE ACK,
    .head = CALL_HEAD,
    .tail = THING_TAIL,
    .lead = "$silent.",
    .is_call = true,
};

/* An override that takes somebody off the rota. */
static const struct wording replaced = {
    .sms = "OFF CALL $team{0: $role} $from to $until. $cover has it.{1: Changed by $actor.}" MARKS,
    .head = "OFF CALL",
    .tail = " $team{0: $role} from $from to $until",
    .lead = "You are off call for $team{0: $role} from $from to $until. $cover has it.{0: Changed "
            "by $actor.}",
};

/* For when the fields of the usual row are not known, and the remark has the story. */
static const struct wording told[PAGE_KIND_COUNT] = {
    [PAGE_AGAIN] = {.sms = CALL_HEAD "{0: $thing.}" MARKS "{1: $next is called at $next_time.}" ACK,
                    .head = CALL_HEAD,
                    .tail = THING_TAIL,
                    .lead = "",
                    .is_call = true},
    [PAGE_BY_HAND] = {.sms = CALL_HEAD "{0: $thing.}" MARKS
                                       "{6: Passed to you by hand{6:: \"$reason\"}.}" ACK,
                      .head = CALL_HEAD,
                      .tail = THING_TAIL,
                      .lead = "Passed to you by hand{0:: \"$reason\"}.",
                      .is_call = true},
    [PAGE_REST] = {.sms = "REST: $told." MARKS " Sleep well.",
                   .head = "REST",
                   .tail = " $told",
                   .lead = "You are $told. Sleep well."},
    [PAGE_COVER] = {.sms = "YOU COVER $told." MARKS,
                    .head = "YOU COVER",
                    .tail = " $told",
                    .lead = "You cover $told."},
    [PAGE_OVERRIDE] = {.sms = "ON CALL $told." MARKS,
                       .head = "ON CALL",
                       .tail = " $told",
                       .lead = "The rota was changed by hand: $told."},
};

/* The fields that the usual row of a kind cannot do without. */
static bool has_fields(const struct letter *letter)
{
    if (letter->kind == PAGE_AGAIN)
        return letter->call > 1;
    if (letter->kind == PAGE_BY_HAND)
        return has_text(letter->actor);
    return letter->until_at != 0 || !has_text(letter->remark);
}

/* All rows with their names; the first are those of the kinds. */
static const struct wording *row_at(size_t index, char name[WORDBOOK_NAME_SIZE])
{
    const struct {
        const char *name;
        const struct wording *row;
    } specials[] = {
        {"alert-again", &reopened}, {"alert-held", &held_back}, {"override-replaced", &replaced}};
    if (index < PAGE_KIND_COUNT) {
        snprintf(name, WORDBOOK_NAME_SIZE, "%s", page_kind_name((enum page_kind)index));
        return &wordings[index];
    }
    index -= PAGE_KIND_COUNT;
    if (index < sizeof specials / sizeof *specials) {
        snprintf(name, WORDBOOK_NAME_SIZE, "%s", specials[index].name);
        return specials[index].row;
    }
    index -= sizeof specials / sizeof *specials;
    if (index >= PAGE_KIND_COUNT)
        return NULL;
    snprintf(name, WORDBOOK_NAME_SIZE, "%s-told", page_kind_name((enum page_kind)index));
    return &told[index];
}

bool wording_text(size_t index, struct text_row *row)
{
    static const char *const parts[] = {"sms", "head", "tail", "lead"};
    char name[WORDBOOK_NAME_SIZE];
    const struct wording *found = NULL;
    size_t place = 0;
    for (size_t i = 0; (found = row_at(i, name)) != NULL; i++) {
        if (found->sms == NULL)
            continue; /* a kind without such a row */
        if (place++ == index / 4)
            break;
    }
    if (found == NULL)
        return false;
    const char *const *const places[] = {&found->sms, &found->head, &found->tail, &found->lead};
    snprintf(row->name, sizeof row->name, "%.40s.%s", name, parts[index % 4]);
    row->place = places[index % 4];
    row->use = index % 4 == 0 ? TEXT_SMS : TEXT_LINE;
    return true;
}

const struct wording *wording_find(const struct letter *letter)
{
    assert(letter->kind < PAGE_KIND_COUNT);
    if (told[letter->kind].sms != NULL && !has_fields(letter))
        return &told[letter->kind];
    if (letter->kind == PAGE_OVERRIDE && has_text(letter->cover))
        return &replaced;
    if (letter->kind == PAGE_ALERT && has_text(letter->remark))
        return &held_back;
    if (letter->kind == PAGE_ALERT && letter->is_reopened)
        return &reopened;
    return &wordings[letter->kind];
}
