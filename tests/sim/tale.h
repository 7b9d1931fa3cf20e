/* SPDX-License-Identifier: MIT */
/*
 * tale.h - tells a run as a story, as it goes: each piece stands in the file before it happens.
 *
 * Every page that goes out is expected, so that the story passes up to where the run broke.
 */
#pragma once

#include <stdio.h>

#include "sim/run.h"

void tale_line(FILE *story, const char *line);
/* "at TIME", with what happens then or NULL. */
void tale_at(struct run *run, const char *clause);
/* What the moment has in pages; the second also the answer, when it is not "done". */
void tale_pages(struct run *run);
void tale_outcome(struct run *run);
