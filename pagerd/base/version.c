/* SPDX-License-Identifier: MIT */
#include "base/version.h"

const char *program_version(void)
{
    return PAGERD_VERSION;
}
