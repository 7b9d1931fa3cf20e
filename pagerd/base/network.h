/* SPDX-License-Identifier: MIT */
/* network.h - "192.0.2.0/24": a part of the address space, for lists of who may. */
#pragma once

#include <stdbool.h>

#include "base/fault.h"

struct network {
    bool is_six;
    unsigned char bytes[16];
    unsigned bits; /* of the prefix */
};

/* Reads "192.0.2.1", "192.0.2.0/24", "2001:db8::/32". Bits behind the prefix must be zero. */
MUST_USE bool network_parse(const char *text, struct network *network, struct fault *fault);
/* Is this numeric address within? An IPv4 address that is mapped into IPv6 is the IPv4 one. */
bool network_has(const struct network *network, const char *address);
