/* SPDX-License-Identifier: MIT */
/*
 * nodes_watch.h - what people are told of the links to other nodes (peers.h): who has not been
 * heard of for long, and who is there.
 *
 * Every node watches all others that are configured; the one in charge tells the admins.
 */
#pragma once

#include <stdbool.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

#define ABSENCE_MS (30 * SECOND_MS) /* then it is told */

struct daemon;
struct nodes_watch;
struct peers;

struct nodes_watch *nodes_watch_new(void);
void nodes_watch_free(struct nodes_watch *watch);

/* Tells what is new, if this node is in charge; one that comes into that charge tells it again. */
void nodes_watch_tick(struct nodes_watch *watch, struct daemon *daemon, struct peers *peers,
                      bool is_in_charge);

/* One node, in the eyes of another. Plain data. */
struct node_absence {
    bool is_told;
};

enum absence_news { ABSENCE_NONE, ABSENCE_BEGUN, ABSENCE_OVER };

/* What is to be told of a node that has been there, or not been there, for so long. */
enum absence_news absence_see(struct node_absence *absence, bool is_there, msec since_ms);

/* Puts "peers":[...] of GET /v1/cluster. */
void nodes_watch_show(struct peers *peers, struct json_writer *writer);

/* For /metrics. */
void nodes_watch_metrics(struct peers *peers, struct text *text);
