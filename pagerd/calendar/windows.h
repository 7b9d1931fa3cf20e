/* SPDX-License-Identifier: MIT */
/* windows.h - names of time zones as Windows and Outlook have them, to IANA names. */
#pragma once

/* Without regard to case; NULL when it is none of theirs. */
const char *windows_zone_find(const char *name);
