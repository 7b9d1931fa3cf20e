/* SPDX-License-Identifier: MIT */
/*
 * reach.h - where a redirect may lead: not from a host out there to this machine or its link, so
 * that nobody who serves a calendar can make the courier knock at doors inside.
 */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

/* Of one transfer. Zeroed at first. */
struct reach {
    bool is_outer;   /* the first host was not here */
    bool is_refused; /* a redirect led where it must not */
};

/* Is it a loopback, link-local or unspecified address (also when mapped into IPv6)? */
bool address_is_inner(const struct sockaddr *address);

/* May this address be connected to? Called for each address that is tried. */
bool reach_allows(struct reach *reach, const struct sockaddr *address, bool is_redirected);
