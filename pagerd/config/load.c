/* SPDX-License-Identifier: MIT */
#include "config/load.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "config/build.h"
#include "config/check.h"
#include "config/finding.h"
#include "config/loaded.h"
#include "config/verify.h"

#define VERSION_DIGITS 12

bool loaded_zone(struct config_source *loaded, const char *name, const struct zone **zone,
                 struct fault *fault)
{
    struct zone *made = map_find(loaded->zones, span_of(name));
    if (made == NULL) {
        if (!zone_load(loaded->tzdir, name, &made, fault))
            return false;
        map_put(loaded->zones, span_of(name), made);
    }
    *zone = made;
    return true;
}

static void loaded_free(struct config_source *loaded)
{
    size_t cursor = 0;
    for (struct zone *zone; (zone = map_each(loaded->zones, &cursor, NULL)) != NULL;)
        zone_free(zone);
    map_free(loaded->zones);
    map_free(loaded->tree.paths);
    secrets_wipe(&loaded->secrets);
    arena_free(loaded->arena);
}

void config_free(struct config *config)
{
    if (config != NULL)
        loaded_free(config->source);
}

static struct config_source *loaded_new(const struct load_from *from,
                                        const struct config_options *options, struct report *report)
{
    struct arena *arena = arena_new();
    struct config_source *loaded = arena_take(arena, sizeof *loaded);
    loaded->arena = arena;
    loaded->source = (struct source){
        .arena = arena,
        .folder = arena_copy(arena, from->folder),
        .home = arena_copy(arena, from->home),
        .is_copy = from->is_copy,
    };
    loaded->tree = (struct tree){.source = &loaded->source, .report = report, .paths = map_new()};
    loaded->secrets = (struct secrets){
        .credentials_dir = arena_copy(arena, options->credentials_dir),
        .home = loaded->source.home,
    };
    loaded->zones = map_new();
    loaded->message_check = options->message_check;
    loaded->tzdir =
        options->tzdir != NULL ? arena_copy(arena, options->tzdir) : CONFIG_TZDIR_DEFAULT;
    return loaded;
}

static bool file_load(struct config_source *loaded, const char *name, struct report *report)
{
    struct fault fault;
    struct source_file *file;
    if (!source_read(&loaded->source, name, &file, &fault)) {
        report_error_file(report, NULL, fault.text);
        return false;
    }
    tree_read(&loaded->tree, file);
    return true;
}

/* The main file with what it includes, then conf.d/ in order of names. */
static bool files_load(struct config_source *loaded, const char *main_name, struct report *report)
{
    struct fault fault;
    const char **names;
    if (!file_load(loaded, main_name, report))
        return false;
    if (!source_list(&loaded->source, &names, &fault)) {
        report_error_file(report, NULL, fault.text);
        return false;
    }
    bool is_good = true;
    for (size_t i = 0; names[i] != NULL; i++)
        is_good = file_load(loaded, names[i], report) && is_good;
    return is_good && !loaded->tree.is_broken;
}

/* A hash of all names and bytes, so that the same files have the same version anywhere. */
static const char *version_make(const struct config_source *loaded)
{
    CLEANUP(text_clear) struct text text = {0};
    char hash[HASH_TEXT_SIZE];
    for (size_t i = 0; i < loaded->source.file_count; i++) {
        const struct source_file *file = loaded->source.files[i];
        text_addf(&text, "%s %zu\n", file->relative, file->bytes.size);
        text_add_span(&text, file->bytes);
    }
    hash_text(text_span(&text), hash);
    return arena_copy_span(loaded->arena, (struct span){hash, VERSION_DIGITS});
}

static const char *const *names_list(const struct config_source *loaded)
{
    const char **names = arena_take(loaded->arena, (loaded->source.file_count + 1) * sizeof *names);
    for (size_t i = 0; i < loaded->source.file_count; i++)
        names[i] = loaded->source.files[i]->name;
    return names;
}

bool load_run(const struct load_from *from, const struct config_options *options,
              struct config **config, struct report *report)
{
    struct config_source *loaded = loaded_new(from, options, report);
    struct check check = {loaded, report};
    struct config *made = arena_take(loaded->arena, sizeof *made);
    bool is_read = files_load(loaded, from->main, report);
    if (is_read) {
        made->version = version_make(loaded);
        made->files = names_list(loaded);
        made->file_count = loaded->source.file_count;
        check_tree(&check);
        build_config(&check, made);
        verify_config(&check, made);
    }
    report_finish(report, loaded->source.file_count);
    loaded->tree.report = NULL;
    if (!is_read || report_error_count(report) > 0) {
        loaded_free(loaded);
        return false;
    }
    *config = made;
    return true;
}

bool config_load(const char *path, const struct config_options *options, struct config **config,
                 struct report *report)
{
    CLEANUP(text_clear) struct text absolute = {0};
    if (path[0] != '/') {
        char *here = getcwd(NULL, 0);
        text_addf(&absolute, "%s/", here != NULL ? here : "");
        free(here);
    }
    text_add(&absolute, path);
    char *slash = strrchr(absolute.bytes, '/');
    *slash = '\0';
    struct load_from from = {
        .folder = absolute.bytes,
        .home = absolute.bytes,
        .main = slash + 1,
    };
    return load_run(&from, options, config, report);
}

const struct config_calendar *config_find_calendar(const struct config *config, const char *name)
{
    for (size_t i = 0; name != NULL && i < config->calendar_count; i++)
        if (string_is(config->calendars[i].name, name))
            return &config->calendars[i];
    return NULL;
}

const struct config_integration *config_find_integration(const struct config *config,
                                                         const char *name)
{
    for (size_t i = 0; i < config->integration_count; i++)
        if (string_is(config->integrations[i].name, name))
            return &config->integrations[i];
    return NULL;
}
