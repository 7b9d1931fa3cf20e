/* SPDX-License-Identifier: MIT */
/* house.h - the daemon's side of http/house.h. */
#pragma once

struct daemon;
struct house;

/* The table of functions over this daemon; freed with free(). */
struct house *house_new(struct daemon *daemon);
