/* SPDX-License-Identifier: MIT */
/*
 * reach.h - where a transfer may lead, looked at once the name is resolved.
 *
 * A redirect does not lead from a host out there to this machine or its link, so that nobody who
 * serves a calendar can make the courier knock at doors inside. And a page goes to a private
 * address only when the configuration names that address itself, or allows its network: who owns a
 * name out there cannot point it at a door inside.
 */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

/* Of one transfer. Zeroed at first. */
struct reach {
    bool is_outer;     /* the first host was not here */
    bool is_refused;   /* it led where it must not */
    bool is_guarded;   /* its host is a name, which may not lead to a private address */
    const char *allow; /* but to these networks, blanks between */
    char refused[64];  /* the address */
};

/* Sets the guard for a URL: none where its host is an address or "localhost", for then it is meant.
 * `allow` is kept. */
void reach_guard(struct reach *reach, const char *url, const char *allow);

/* Is it an address of no use out there (RFC 6890): private, shared, unique local, or inner? */
bool address_is_private(const struct sockaddr *address);

/* Is it a loopback, link-local or unspecified address (also when mapped into IPv6)? */
bool address_is_inner(const struct sockaddr *address);

/* May this address be connected to? Called for each address that is tried. */
bool reach_allows(struct reach *reach, const struct sockaddr *address, bool is_redirected);
