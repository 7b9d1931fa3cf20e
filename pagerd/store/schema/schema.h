/* SPDX-License-Identifier: MIT */
/*
 * schema.h - the SQL files of this folder, embedded at build: one migration each, forward only.
 *
 * sqlite_N.sql brings a database of version N-1 to version N and sets schema_version to N; so does
 * postgres_N.sql, of which the first one there is makes an empty database. With the last of each,
 * records have the same columns in both; the numbers differ, for 5 is PostgreSQL's alone.
 */
#pragma once

#include <stddef.h>

struct migration {
    int version;
    const char *sql;
};

extern const struct migration sqlite_migrations[];
extern const size_t sqlite_migration_count;
extern const struct migration postgres_migrations[];
extern const size_t postgres_migration_count;
