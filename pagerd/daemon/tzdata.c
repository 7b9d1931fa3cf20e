/* SPDX-License-Identifier: MIT */
#include "daemon/tzdata.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/text.h"
#include "base/zone.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/reload.h"
#include "daemon/rotas.h"
#include "daemon/tzdata_look.h"
#include "daemon/worker.h"

struct tzdata {
    struct daemon *daemon;
    const char *directory;
    struct tzdata_print in_force; /* what the zones of the policy were read from */
    struct tzdata_print seen;     /* by the newest look */
    struct map *known;            /* names of zones; NULL until they were read once */
    char version[TZDATA_VERSION_SIZE];
    msec due_at; /* tick */
    bool is_looking;
    bool is_asked; /* look again when the one under way is done */
    char *problem; /* why what lies there is not in force, or NULL */
};

struct tzdata *tzdata_new(struct daemon *daemon)
{
    struct tzdata *tzdata = memory_new(1, sizeof(*tzdata));
    const char *directory = daemon->options->tzdir;
    tzdata->daemon = daemon;
    tzdata->directory = directory != NULL ? directory : CONFIG_TZDIR_DEFAULT;
    return tzdata;
}

void tzdata_free(struct tzdata *tzdata)
{
    if (tzdata == NULL)
        return;
    map_free(tzdata->known);
    free(tzdata->problem);
    free(tzdata);
}

static const char *version_shown(const char *version)
{
    return version[0] != '\0' ? version : "of unknown release";
}

void tzdata_open(struct tzdata *tzdata)
{
    CLEANUP(text_clear) struct text version = {0};
    tzdata_print_make(tzdata->directory, &tzdata->in_force);
    tzdata->seen = tzdata->in_force;
    if (zone_data_version(tzdata->directory, &version) && version.size < TZDATA_VERSION_SIZE)
        memcpy(tzdata->version, text_string(&version), version.size + 1);
    log_info("tzdata %s in %s", version_shown(tzdata->version), tzdata->directory);
    if (tzdata->in_force.is_cut)
        log_warning("'%s' has more than %d files: what changes in the others is not noticed",
                    tzdata->directory, TZDATA_FILES_MAX);
}

/* Says why the old zones stay, once per wording. */
static void tzdata_blame(struct tzdata *tzdata, const char *problem)
{
    if (string_is(tzdata->problem, problem))
        return;
    free(tzdata->problem);
    tzdata->problem = string_copy(problem);
    if (problem != NULL)
        log_warning("%s", problem);
}

/* New zones that rest and are whole: policy and calendars are made again with them. */
static void tzdata_adopt(struct tzdata *tzdata, struct tzdata_look *look)
{
    struct fault fault = {0};
    if (!reload_zones(tzdata->daemon->reload, &fault)) {
        CLEANUP(text_clear) struct text problem = {0};
        text_addf(&problem, "tzdata %s in %s is not in force, the old zones stay: %s",
                  version_shown(look->version), tzdata->directory, fault.text);
        tzdata_blame(tzdata, text_string(&problem));
        return;
    }
    log_info("tzdata changed: %s -> %s, the configuration and all calendars are read again",
             version_shown(tzdata->version), version_shown(look->version));
    tzdata->in_force = look->print;
    memcpy(tzdata->version, look->version, sizeof(tzdata->version));
    tzdata_blame(tzdata, NULL);
    rotas_expand(tzdata->daemon->rotas);
}

/* What a finished look means. */
static void tzdata_judge(struct tzdata *tzdata, struct tzdata_look *look)
{
    bool is_at_rest = tzdata_print_is(&look->print, &tzdata->seen);
    bool is_in_force = tzdata_print_is(&look->print, &tzdata->in_force);
    tzdata->seen = look->print;
    if (!is_at_rest) {
        tzdata->due_at = tzdata->daemon->tick_at + TZDATA_SETTLE_MS;
        return;
    }
    if (look->broken != NULL) {
        CLEANUP(text_clear) struct text problem = {0};
        text_addf(&problem, "'%s/%s' is no time zone any more: the old zones stay",
                  tzdata->directory, look->broken);
        tzdata_blame(tzdata, text_string(&problem));
        return;
    }
    if (is_in_force)
        tzdata_blame(tzdata, NULL);
    else
        tzdata_adopt(tzdata, look);
    bool is_adopted = tzdata_print_is(&look->print, &tzdata->in_force);
    if (is_adopted && look->zones != NULL) {
        map_free(tzdata->known);
        tzdata->known = look->zones;
        look->zones = NULL;
    }
}

void tzdata_look_soon(struct tzdata *tzdata)
{
    tzdata->is_asked = tzdata->is_looking;
    tzdata->due_at = tzdata->daemon->tick_at;
}

static void tzdata_looked(void *context, void *item)
{
    struct tzdata *tzdata = context;
    struct tzdata_look *look = item;
    tzdata->is_looking = false;
    tzdata->known = look->known;
    look->known = NULL;
    tzdata->due_at = tzdata->daemon->tick_at + TZDATA_LOOK_MS;
    tzdata_judge(tzdata, look);
    tzdata_look_free(look);
    if (tzdata->is_asked)
        tzdata_look_soon(tzdata);
}

void tzdata_tick(struct tzdata *tzdata)
{
    if (tzdata->is_looking || tzdata->daemon->tick_at < tzdata->due_at)
        return;
    struct tzdata_look *look = memory_new(1, sizeof(*look));
    look->directory = string_copy(tzdata->directory);
    look->seen = tzdata->seen;
    look->known = tzdata->known;
    look->is_reading = tzdata->known == NULL || !tzdata_print_is(&tzdata->seen, &tzdata->in_force);
    tzdata->known = NULL; /* the worker has it until it is back */
    tzdata->is_looking = true;
    if (worker_post(tzdata->daemon->worker, tzdata_look_run, tzdata_looked, tzdata, look))
        return;
    look->print = look->seen; /* as if nothing had changed: the next look will tell */
    tzdata_looked(tzdata, look);
}

msec tzdata_next_due(const struct tzdata *tzdata)
{
    msec wait_ms = tzdata->due_at - tzdata->daemon->tick_at;
    if (tzdata->is_looking)
        return MSEC_NEVER;
    return wait_ms > 0 ? wait_ms : 0;
}

const char *tzdata_version(const struct tzdata *tzdata)
{
    return tzdata->version;
}

msec tzdata_released_at(const struct tzdata *tzdata)
{
    return tzdata_release(tzdata->version, tzdata->in_force.newest_at);
}

msec tzdata_age_ms(const struct tzdata *tzdata)
{
    msec released_at = tzdata_released_at(tzdata);
    msec age_ms = tzdata->daemon->now.wall_at - released_at;
    return released_at > 0 && age_ms > 0 ? age_ms : 0;
}

size_t tzdata_problems(const struct tzdata *tzdata, struct json_writer *writer)
{
    size_t count = 0;
    if (tzdata->problem != NULL) {
        json_put_string(writer, NULL, tzdata->problem);
        count++;
    }
    if (tzdata_age_ms(tzdata) > TZDATA_OLD_MS) {
        CLEANUP(text_clear) struct text text = {0};
        text_addf(&text,
                  "tzdata %s in %s is older than a year: upgrade it, for countries change their "
                  "clocks every year",
                  version_shown(tzdata->version), tzdata->directory);
        json_put_string(writer, NULL, text_string(&text));
        count++;
    }
    return count;
}
