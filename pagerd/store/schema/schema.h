/* SPDX-License-Identifier: MIT */
/*
 * schema.h - the SQL files of this folder, embedded at build: one migration each, forward only.
 *
 * sqlite_N.sql brings a database of version N-1 to version N and sets schema_version to N; so does
 * postgres_N.sql, of which the first one there is makes an empty database. With the last of each,
 * records have the same columns in both; the numbers differ, for 5 is PostgreSQL's alone.
 *
 * schema_version also says what a program has to know, schemas up to that number, to read
 * (min_reader) and to write (min_writer). A step that only adds, with a default, leaves both as
 * they are: the program before goes on beside it, and can be put back. What takes something away,
 * gives a column a meaning that the program before would spoil, or a word that it does not know,
 * is a step of its own, one version of pagerd later, that raises them; it waits until no node is
 * left that it would shut out. A node that stands by reads `key`, `relay` and `node` of either
 * schema: what is added there is used one version later, too.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Of the database, as schema_version has it; zeros: there is none yet. */
struct schema {
    int64_t version;
    int64_t min_reader;
    int64_t min_writer;
};

struct migration {
    int version;
    const char *sql;
};

extern const struct migration sqlite_migrations[];
extern const size_t sqlite_migration_count;
extern const struct migration postgres_migrations[];
extern const size_t postgres_migration_count;
