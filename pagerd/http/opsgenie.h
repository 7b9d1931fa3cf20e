/* SPDX-License-Identifier: MIT */
/*
 * opsgenie.h - Opsgenie's Alert API (docs.opsgenie.com/docs/alert-api): ids and what was done.
 *
 * An alert is an incident of the key's own integration. Its id is the incident's uuid and number,
 * its tiny id the number, its alias the dedup key. Every write is answered with the id of a request
 * that can be asked about later; all that can be asked is in that id, so that it is true after a
 * restart and nothing has to be kept.
 */
#pragma once

#include "http/house.h"
#include "http/request.h"

#define OPSGENIE_ID_SIZE 64
#define OPSGENIE_REQUEST_SIZE 96

/* What became of a request; each has its sentence and its success. */
enum opsgenie_outcome {
    OPSGENIE_DONE,
    OPSGENIE_ALREADY, /* it was so before */
    OPSGENIE_NOTED,   /* only told in the timeline */
    OPSGENIE_MISSING, /* there is no such open alert */
    OPSGENIE_OUTCOME_COUNT
};

/* The row of what can be done to an alert, for its name in a request's id. */
struct opsgenie_action {
    const char *segment; /* last part of the path; NULL: it has none */
    enum method method;
    char letter;
    const char *name; /* in answers */
    const char *said; /* when it was done */
    enum event_kind kind;
};
const struct opsgenie_action *opsgenie_action_at(size_t index);

/* 202, with the id of a request that did this. `incident` NULL: there is none. */
void opsgenie_accept(struct call *call, const struct opsgenie_action *action,
                     enum opsgenie_outcome outcome, const struct incident *incident);
/* The same for a new alert. */
void opsgenie_created(struct call *call, const struct house *house, const struct answer *first);
/* An error as {"message","took","requestId"}. */
void opsgenie_refuse(struct call *call, const struct problem *problem);

/* The incident that the first variable segment names by ?identifierType=; NULL when it is none of
 * this integration, or (by alias) not open. */
const struct incident *opsgenie_find(const struct call *call, const struct house *house);
void opsgenie_id(const struct incident *incident, char id[OPSGENIE_ID_SIZE]);
