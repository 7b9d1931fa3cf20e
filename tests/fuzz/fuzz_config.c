/* SPDX-License-Identifier: MIT */
/*
 * fuzz_config.c - the text of a configuration, from its bytes to a policy or a report.
 *
 * Lines of "---8<---" part the input into pagerd.cfg, a file of conf.d/ and one to be included.
 * What must hold: errors mean that there is no configuration, and every finding names a line that
 * there is; a configuration that is taken pages somebody at last resort in every team; its kept
 * copy is read as the same version; no secret is in a report, a listing or a difference.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "config/config.h"
#include "fuzz.h"
#include "input.h"

#define PARTS 3
#define PART_END "---8<---\n"
#define SECRET "Zq9secretFileValue"
#define PATH_SIZE 128

static const char *const part_names[PARTS] = {"pagerd.cfg", "conf.d/10-more.cfg", "part.cfg"};

static char folder[64];
static bool is_typed; /* the fuzzer has found out the secret, and wrote it into a file itself */

static const char *path_of(const char *name)
{
    static char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void file_write(const char *name, struct span bytes)
{
    FILE *file = fopen(path_of(name), "we");
    assert(file != NULL);
    size_t written = fwrite(bytes.bytes, 1, bytes.size, file);
    int closed = fclose(file);
    assert(written == bytes.size && closed == 0);
    (void)chmod(path_of(name), 0600);
}

static void folder_remove(void)
{
    static const char *const names[] = {"good/pagerd.cfg",
                                        "good/conf.d/10-more.cfg",
                                        "good/part.cfg",
                                        "good/conf.d",
                                        "good",
                                        "credentials/one",
                                        "credentials",
                                        "conf.d/10-more.cfg",
                                        "conf.d",
                                        "part.cfg",
                                        "pagerd.cfg",
                                        ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)remove(path_of(names[i]));
}

/* In memory where the system has that: each input is three files. */
static void folder_make(void)
{
    if (folder[0] != '\0')
        return;
    (void)snprintf(folder, sizeof folder, "/dev/shm/pagerd-fuzz-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        (void)snprintf(folder, sizeof folder, "/tmp/pagerd-fuzz-XXXXXX");
        char *made = mkdtemp(folder);
        assert(made != NULL);
    }
    (void)mkdir(path_of("conf.d"), 0700);
    (void)mkdir(path_of("credentials"), 0700);
    file_write("credentials/one", SPAN(SECRET "\n"));
    (void)atexit(folder_remove);
}

static void parts_write(struct span rest, struct span parts[PARTS])
{
    for (size_t i = 0; i < PARTS; i++) {
        const char *end = i + 1 < PARTS && rest.size > 0
                              ? memmem(rest.bytes, rest.size, PART_END, strlen(PART_END))
                              : NULL;
        parts[i] = rest;
        if (end != NULL) {
            parts[i].size = (size_t)(end - rest.bytes);
            end += strlen(PART_END);
            rest = (struct span){end, rest.size - (size_t)(end - rest.bytes)};
        } else {
            rest.size = 0;
        }
        file_write(part_names[i], parts[i]);
    }
}

static size_t lines_count(struct span bytes)
{
    size_t count = 1;
    for (size_t i = 0; i < bytes.size; i++)
        count += bytes.bytes[i] == '\n';
    return count;
}

/* "FOLDER/pagerd.cfg:12: ..." */
static void finding_check(struct span line, const struct span parts[PARTS])
{
    if (!span_has_prefix(line, folder))
        return;
    for (size_t i = 0; i < PARTS; i++) {
        const char *name = path_of(part_names[i]);
        size_t size = strlen(name);
        if (!span_has_prefix(line, name) || line.size <= size || line.bytes[size] != ':')
            continue;
        unsigned long number = strtoul(line.bytes + size + 1, NULL, 10);
        assert(number <= lines_count(parts[i]));
    }
}

static void report_check(const struct report *report, const struct span parts[PARTS])
{
    CLEANUP(text_clear) struct text text = {0};
    report_render(report, &text);
    output_check("report", text_string(&text), SIZE_MAX);
    assert(is_typed || strstr(text_string(&text), SECRET) == NULL);
    assert(memchr(text_string(&text), 0x1b, text.size) == NULL);
    for (struct span rest = text_span(&text); rest.size > 0;)
        finding_check(span_cut(&rest, '\n'), parts);
    assert(report_error_count(report) == 0 || text.size > 0);
}

static size_t times_in(struct span bytes, const char *word)
{
    size_t count = 0;
    size_t size = strlen(word);
    for (const char *hit; (hit = memmem(bytes.bytes, bytes.size, word, size)) != NULL; count++)
        bytes = (struct span){hit + size, bytes.size - (size_t)(hit + size - bytes.bytes)};
    return count;
}

/* A password that stands in a file nowhere else must not be shown. */
static void password_check(const char *password, const struct span parts[PARTS],
                           const char *listing)
{
    size_t count = 0;
    if (password == NULL || strlen(password) < 10)
        return;
    for (size_t i = 0; i < PARTS; i++)
        count += times_in(parts[i], password);
    if (count == 1 && strstr(listing, password) != NULL)
        output_fail("listing with a password", listing);
}

static void policy_check(const struct policy *policy)
{
    const struct user *users[4];
    assert(policy->team_count > 0 && policy->user_count > 0 && policy->zone != NULL);
    for (size_t i = 0; i < policy->team_count; i++) {
        const struct team *team = &policy->teams[i];
        size_t count = policy_last_resort(policy, team, users, 4);
        assert(count > 0 && users[0]->contact_count > 0);
        assert(team->zone != NULL && team->step_count <= POLICY_STEPS_MAX);
        for (size_t step = 0; step < team->step_count; step++)
            assert(team->steps[step].repeat >= 1 && team->steps[step].target_count >= 1);
    }
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        assert(policy->severities[i].notify != NULL);
    for (size_t i = 1; i < policy->user_count; i++)
        assert(strcmp(policy->users[i - 1].id, policy->users[i].id) < 0);
}

static void config_check_all(const struct config *config, const struct span parts[PARTS])
{
    CLEANUP(text_clear) struct text listing = {0};
    CLEANUP(text_clear) struct text difference = {0};
    policy_check(config->policy);
    assert(strspn(config->version, "0123456789abcdef") == 12);
    config_show(config, &listing);
    assert(is_typed || strstr(text_string(&listing), SECRET) == NULL);
    for (size_t i = 0; i < config->channel_count; i++)
        password_check(config_channel_value(&config->channels[i], "password"), parts,
                       text_string(&listing));
    for (size_t i = 0; i < config->calendar_count; i++)
        password_check(config->calendars[i].password, parts, text_string(&listing));
    size_t count = config_diff(config, config, &difference);
    assert(count == 0 && difference.size == 0);
}

static void copy_check(const struct config *config, const struct config_options *options)
{
    char good[PATH_SIZE];
    struct fault fault = {0};
    struct config *copy = NULL;
    CLEANUP(report_free) struct report *report = report_new();
    (void)snprintf(good, sizeof good, "%s/good", folder);
    bool is_kept = config_keep_good(config, good, &fault);
    bool is_read = is_kept && config_load_good(good, options, &copy, report);
    if (!is_read)
        output_fail("kept copy", fault.text);
    assert(string_is(copy->version, config->version));
    config_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char credentials[PATH_SIZE];
    struct span parts[PARTS];
    struct config *config = NULL;
    CLEANUP(report_free) struct report *report = report_new();
    folder_make();
    (void)snprintf(credentials, sizeof credentials, "%s/credentials", folder);
    struct config_options options = {.tzdir = TESTS_DIR "/fixtures/zoneinfo",
                                     .credentials_dir = credentials};
    is_typed = memmem(bytes, size, SECRET, strlen(SECRET)) != NULL;
    parts_write((struct span){(const char *)bytes, size}, parts);
    bool is_good = config_load(path_of(part_names[0]), &options, &config, report);
    assert(is_good == (report_error_count(report) == 0));
    assert(is_good == (config != NULL));
    report_check(report, parts);
    if (!is_good)
        return 0;
    config_check_all(config, parts);
    copy_check(config, &options);
    config_free(config);
    return 0;
}
