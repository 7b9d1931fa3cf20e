/* SPDX-License-Identifier: MIT */
/* fixture.h - a folder of its own for each test, and what pagerd says of the files in it. */
#pragma once

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"

/* A configuration that is right, to put wrong things beside. */
#define GOOD_USERS \
    "users: { ann: { name = \"Ann Ops\", phone = \"+4915550100001\", admin = true } }\n"
#define GOOD_CHANNELS                                                                          \
    "channels: { sms: { url = \"http://localhost:13013/cgi-bin/sendsms\", user = \"pagerd\", " \
    "password = \"hunter2\" } }\n"
#define GOOD_TEAMS "teams: { ops: { oncall = \"ann\" } }\n"
#define GOOD_URL "url = \"https://page.example.org\"\n"
#define GOOD GOOD_URL GOOD_USERS GOOD_CHANNELS GOOD_TEAMS

struct fixture {
    char folder[64];
    struct config_options options;
    char credentials[80];
};

static inline int fixture_entry_remove(const char *path, const struct stat *status, int kind,
                                       struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

static inline int fixture_set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    strcpy(fixture->folder, "/tmp/pagerd-config-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    *state = fixture;
    return 0;
}

static inline int fixture_tear_down(void **state)
{
    struct fixture *fixture = *state;
    (void)nftw(fixture->folder, fixture_entry_remove, 16, FTW_DEPTH | FTW_PHYS);
    free(fixture);
    return 0;
}

/* Writes a file below the folder; folders between are made. */
static inline void fixture_write(struct fixture *fixture, const char *name, const char *bytes)
{
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&path, "%s/%s", fixture->folder, name);
    for (char *slash = path.bytes + strlen(fixture->folder) + 1;
         (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        (void)mkdir(path.bytes, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path.bytes, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), file), strlen(bytes));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path.bytes, 0600), 0);
}

static inline void fixture_secret(struct fixture *fixture, const char *name, const char *value)
{
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&path, "credentials/%s", name);
    fixture_write(fixture, path.bytes, value);
    snprintf(fixture->credentials, sizeof fixture->credentials, "%s/credentials", fixture->folder);
    fixture->options.credentials_dir = fixture->credentials;
}

/* The report as printed, with the folder's name as DIR. */
static inline char *fixture_report_text(struct fixture *fixture, const struct report *report)
{
    CLEANUP(text_clear) struct text raw = {0};
    struct text shown = {0};
    report_render(report, &raw);
    const char *rest = text_string(&raw);
    for (const char *hit; (hit = strstr(rest, fixture->folder)) != NULL;
         rest = hit + strlen(fixture->folder)) {
        text_add_bytes(&shown, rest, (size_t)(hit - rest));
        text_add(&shown, "DIR");
    }
    text_add(&shown, rest);
    return text_take(&shown);
}

/* Loads pagerd.cfg of the folder; NULL when refused. `*said` is the report (freed by the caller),
 * or may be NULL. */
static inline struct config *fixture_load(struct fixture *fixture, char **said)
{
    CLEANUP(text_clear) struct text path = {0};
    CLEANUP(report_free) struct report *report = report_new();
    struct config *config = NULL;
    text_addf(&path, "%s/pagerd.cfg", fixture->folder);
    bool is_good = config_load(path.bytes, &fixture->options, &config, report);
    assert_int_equal(is_good, report_error_count(report) == 0);
    assert_int_equal(is_good, config != NULL);
    if (said != NULL)
        *said = fixture_report_text(fixture, report);
    else if (!is_good)
        fail_msg("%s", fixture_report_text(fixture, report));
    return config;
}

/* Writes pagerd.cfg, loads it, and holds the report against `expected`. */
static inline void expect_report(struct fixture *fixture, const char *bytes, const char *expected)
{
    char *said;
    fixture_write(fixture, "pagerd.cfg", bytes);
    struct config *config = fixture_load(fixture, &said);
    assert_string_equal(said, expected);
    config_free(config);
    free(said);
}

/* The same where only a part of the report matters. */
static inline void expect_said(struct fixture *fixture, const char *bytes, const char *expected)
{
    char *said;
    fixture_write(fixture, "pagerd.cfg", bytes);
    struct config *config = fixture_load(fixture, &said);
    if (strstr(said, expected) == NULL)
        fail_msg("expected:\n%s\nbut it said:\n%s", expected, said);
    config_free(config);
    free(said);
}

static inline struct config *expect_good(struct fixture *fixture, const char *bytes)
{
    fixture_write(fixture, "pagerd.cfg", bytes);
    return fixture_load(fixture, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
