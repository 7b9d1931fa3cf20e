/* SPDX-License-Identifier: MIT */
/* witness_kept.h - what the witness keeps of incidents, pages and turns. */
#pragma once

#include "scenarios/witness_record.h"

#define OWNER_SIZE 64

/* What is known of an incident: as the engine has it, and as it is on disk. */
struct witnessed {
    enum incident_state state;
    char owner[OWNER_SIZE];
    uint64_t occurrences; /* alerts that were merged into it or opened it, this one life */
    bool is_known;
    bool is_on_disk;
    enum incident_state disk_state;
    char disk_owner[OWNER_SIZE];
    struct witness_mark disk_mark;
    bool is_promised;  /* a sender was told of it */
    bool is_passed_on; /* by a person, since the last ack */
    msec known_at;     /* steady; when it was seen first */
    msec by_hand_at;   /* steady; when a person resolved it; 0: nobody did */
    msec ended_at;     /* steady; when it was resolved, or its source said last that it is over */
};

/* What is known of a page. */
struct watched {
    uint64_t incident;
    enum page_kind kind;
    unsigned times; /* handed to the courier */
    bool is_out;    /* handed over, and nothing was heard of it since */
    bool is_done;   /* the courier said that it went */
    bool is_doubt;  /* the courier said that it does not know */
    bool is_hasty;  /* left before that was on disk: there was no room, or the disk had failed */
    bool is_on_disk;
    enum page_state disk_state;
};

/* What a turn on its way changes, and what it tells a sender. */
enum note_kind { NOTE_INCIDENT, NOTE_PAGE, NOTE_ACCEPTED, NOTE_ACKED };
struct note {
    uint64_t turn;
    enum note_kind kind;
    uint64_t id;
    enum incident_state state;
    enum page_state page_state;
    char owner[OWNER_SIZE];
    struct witness_mark mark;
};
