/* SPDX-License-Identifier: MIT */
/*
 * ship.h - a call as bytes, so that another node can run it, and its answer as bytes, back.
 *
 * What came is shipped, not what was made of it: the other node reads it with its own rules. Who
 * sent it goes along as the hash of the key that was shown, and is looked up again there. Each
 * member is a tag, a size and bytes; a tag that is not known is passed over, so that two versions
 * of pagerd understand each other. Where that would go wrong the form's number, which is a member,
 * goes up: what is of a later form is refused as a whole.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"

struct call;
struct identities;

/* Is it for this node alone, whoever is on duty? */
bool call_is_own(const struct call *call);

/* Does it say something that a source has to say? */
bool call_is_of_source(const struct call *call);

/*
 * May it be run twice, when nobody knows whether it was run? It is for no route, it only reads, or
 * it says what a
 * source has to say: its alerts are made of its number, and are the same ones the second time.
 */
bool call_may_run_again(const struct call *call);

/* Number under which another node waits for its answer; 0: it came by this node's own server. */
uint64_t call_shipped(const struct call *call);

/* Has it its answer already, without having been run? */
bool call_is_answered(const struct call *call);

/* What call_finish() is to do with a call that no server has made; from any thread. */
void call_on_finish(struct call *call, void (*finish)(void *context, struct call *call),
                    void *context);

/* Appends the call, which has a route and no answer yet. Another node may do what it says from now
 * on: without an answer of that one, call_fail_unavailable() does not say that nothing was done. */
void ship_add_call(struct text *bytes, struct call *call);

/* Where a call comes from. */
struct ship_from {
    const char *node; /* its name; copied */
    uint64_t number;  /* under which it waits for the answer; not 0 */
    /* Is there room for a call of that size? Asked before it is parsed: what is refused with 503
     * costs little. NULL: there is. */
    bool (*has_room)(void *context, const struct call *call, size_t body_size,
                     struct fault *why_not);
    void *context;
};

/*
 * The call of these bytes, routed, admitted and parsed as on arrival: where that fails it has its
 * answer (call_is_answered), which is to be shipped back. NULL: the bytes are no call. The caller
 * owns it (door_free), and sets what call_finish() is to do by call_on_finish().
 */
struct call *ship_call(struct span bytes, const struct ship_from *from,
                       struct identities *identities, struct fault *fault);

/* Appends the answer of a call that was run. */
void ship_add_answer(struct text *bytes, const struct call *call);

/* Appends the answer to what is no call, or one of a later form: 503, and why. */
void ship_add_refusal(struct text *bytes, const struct fault *why);

/* Gives the call that waits the answer that came back. False: the bytes are no answer. */
MUST_USE bool ship_answer(struct call *call, struct span bytes, struct fault *fault);
