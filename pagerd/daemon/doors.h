/* SPDX-License-Identifier: MIT */
/* doors.h - where calls come in: the HTTP server, and mail where it is taken. */
#pragma once

#include "base/fault.h"

struct daemon;

/* Opens what the configuration and the options name, and tells the server who may speak. From then
 * on calls come into the inbox. False: the fault says which address could not be had. */
MUST_USE bool doors_open(struct daemon *daemon, struct fault *fault);
