/* SPDX-License-Identifier: MIT */
#include "sim/script.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_SIZE (SCRIPT_TEXT_MAX + 64)

void script_add_line(struct script *script, struct arena *arena, const char *line)
{
    assert(script->line_count < SCRIPT_LINES_MAX);
    script->lines[script->line_count++] = arena_copy(arena, line);
}

void script_add_clause(struct script *script, struct arena *arena, msec at, const char *text)
{
    assert(script->clause_count < SCRIPT_CLAUSES_MAX);
    script->clauses[script->clause_count++] =
        (struct clause){.at = at, .text = arena_copy(arena, text)};
}

void script_write_line(FILE *file, const char *line)
{
    (void)fprintf(file, "line %s\n", line);
    (void)fflush(file);
}

void script_write_clause(FILE *file, msec at, const char *text)
{
    (void)fprintf(file, "clause %" PRId64 " %s\n", at, text);
    (void)fflush(file);
}

void script_write_end(FILE *file, msec quiet_at, msec end_at)
{
    (void)fprintf(file, "end %" PRId64 " %" PRId64 "\n", quiet_at, end_at);
    (void)fflush(file);
}

void script_read(FILE *file, struct script *script, struct arena *arena)
{
    char piece[PIECE_SIZE];
    while (fgets(piece, sizeof piece, file) != NULL) {
        piece[strcspn(piece, "\n")] = '\0';
        char *rest = strchr(piece, ' ');
        if (rest == NULL)
            continue;
        *rest++ = '\0';
        if (strcmp(piece, "line") == 0) {
            script_add_line(script, arena, rest);
            continue;
        }
        char *text = rest;
        msec at = strtoll(rest, &text, 10);
        if (strcmp(piece, "clause") == 0) {
            script_add_clause(script, arena, at, text + 1);
        } else {
            script->quiet_at = at;
            script->end_at = strtoll(text, NULL, 10);
        }
    }
}
