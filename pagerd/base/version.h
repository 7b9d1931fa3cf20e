/* SPDX-License-Identifier: MIT */
/* version.h - which pagerd this is. */
#pragma once

/* "0.1.0" */
const char *program_version(void);
