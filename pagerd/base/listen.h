/* SPDX-License-Identifier: MIT */
/* listen.h - listening sockets, TCP and local. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

#define LISTEN_ADDRESS_SIZE 80

/* "127.0.0.1:8440", "[::1]:8440", ":8440" or "*:8440". Returns the socket and the address that it
 * became. No name is ever resolved. */
MUST_USE bool listen_tcp(const char *address, int *socket, char became[LISTEN_ADDRESS_SIZE],
                         struct fault *fault);
/* Replaces a socket that nobody listens on any more; refuses one that is served. Mode 0660. */
MUST_USE bool listen_local(const char *path, int *socket, struct fault *fault);
