/* SPDX-License-Identifier: MIT */
/* version.c - what the pagerd of tomorrow says that it is. */
#include "base/version.h"

const char *program_version(void)
{
    return "99.0.0";
}
