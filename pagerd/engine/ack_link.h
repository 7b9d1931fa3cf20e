/* SPDX-License-Identifier: MIT */
/*
 * ack_link.h - what is learned from an ack link beside its buttons.
 *
 * Nothing of it acks, and nobody is named as who did it: somebody, or something, opened a link.
 * A link that was given wrong numbers, or that a stranger has, reaches nobody: so it goes on as
 * with a page that failed. The next contact of that person is paged at once; with none left, the
 * walk moves on. An ack that was given by a link that turns out to be a stranger's is undone.
 */
#pragma once

#include "engine/state.h"

void ack_link_event(struct work *work, const struct event *event, struct answer *answer);
