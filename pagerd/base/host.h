/* SPDX-License-Identifier: MIT */
/* host.h - "pager-b.example.org:7443": the end of a connection that this machine makes. */
#pragma once

#include <stdbool.h>

#include "base/fault.h"

#define HOST_NAME_SIZE 256 /* RFC 1035 section 2.3.4, with its NUL */
#define HOST_PORT_SIZE 6

struct host {
    char name[HOST_NAME_SIZE]; /* a name or an IP address, without brackets */
    char port[HOST_PORT_SIZE]; /* 1 to 65535 */
};

/* Reads "10.0.0.2:7443", "[fd00::2]:7443" and "pager-b.example.org:7443". Nothing is resolved. */
MUST_USE bool host_parse(const char *text, struct host *host, struct fault *fault);
