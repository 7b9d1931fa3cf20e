/* SPDX-License-Identifier: MIT */
/*
 * group.h - alerts of one team with the same values are one incident (configuration: group.by).
 *
 * A name is a label of the alert, or one of the words integration, service, source, severity and
 * group (the source's own key, alert.group). A new alert joins the open incident of its values
 * whose last alert came within the window. One that has none of the values is grouped with nothing.
 */
#pragma once

#include "base/text.h"
#include "engine/state.h"

/* Appends the alert's key in its team, "ops\nservice=web", or "ops s31\nservice=web" for those that
 * this silence holds back; false, and nothing: it is not grouped. */
bool group_add_key(struct text *text, const struct work *work, const struct team *team,
                   const struct alert *alert);
/* The open incident that an alert of that key joins now, or NULL. */
struct incident *group_find(const struct work *work, struct span key);
/* Makes it the one of its group_key, if it has one. */
void group_remember(struct engine *engine, struct incident *incident);
void group_forget(struct engine *engine, const struct incident *incident);
/* "group service=web" */
void group_add_rule(struct text *text, struct span key);
