/* SPDX-License-Identifier: MIT */
/*
 * gate.h - where connections come in: takes from a listening socket those who wait there.
 *
 * The HTTP library takes at most eleven in a turn of its own, however long its turns are. A crowd
 * whose requests make them long would so keep everybody else waiting before the door for minutes.
 * Here a turn takes a share of all connections that there may be.
 */
#pragma once

#include <stdbool.h>

struct MHD_Daemon;
struct links;

/*
 * Hands the next ones who wait at `socket` to `daemon`, in the order they came. Returns after how
 * many milliseconds to come again, even if nobody new rings: 0 when a share was taken and more may
 * wait; a moment when no descriptor or no place is left, for to try at once would be to spin.
 */
int gate_admit(int socket, struct MHD_Daemon *daemon, const struct links *links, bool is_local);
