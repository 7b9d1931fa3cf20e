/* SPDX-License-Identifier: MIT */
/* folder.h - the state directory, and small files that are read whole. */
#pragma once

#include <stdbool.h>

#include "base/fault.h"

/* Makes the state directory, where it is not there, so that it outlives a power cut. */
MUST_USE bool folder_make(const char *path, struct fault *fault);

/* What is in a file; the caller frees. NULL: it cannot be read. */
char *file_text(const char *path, struct fault *fault);
