/* SPDX-License-Identifier: MIT */
/* rooms.h - the chat services: what their rooms and their people look like, and who uses which. */
#pragma once

#include "config/build.h"

/* Does this channel have rooms rather than addresses of people? */
bool room_service_exists(const char *name);

/* The services that are configured, behind the channels of people. In build_rooms.c, as is all
 * here. Returns how many of `channels` there are then. */
size_t build_room_services(struct build *build, struct config_channel *channels, size_t count);

/* Who is who there; the users are built. */
void build_handles(struct build *build);

/* The rooms of a team. */
size_t build_team_rooms(struct build *build, const struct node *team,
                        struct config_room rooms[CONFIG_ROOMS_MAX]);
