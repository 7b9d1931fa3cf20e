/* SPDX-License-Identifier: MIT */
#include "daemon/reload.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/feedback.h"
#include "daemon/keyring.h"
#include "daemon/nodes.h"
#include "daemon/rooms.h"
#include "daemon/rotas.h"
#include "daemon/texts.h"
#include "daemon/turn.h"
#include "daemon/tzdata.h"
#include "daemon/webhooks.h"
#include "engine/engine.h"
#include "engine/sentence.h"
#include "http/auth.h"
#include "http/server.h"

struct reload {
    struct daemon *daemon;
    struct config *config;
    char *good_dir;
    char *problem;            /* NULL: the files are in force */
    msec loaded_at;           /* wall */
    struct wordbook *words;   /* the configuration's own texts */
    struct language language; /* the same for the engine; borrows them */
};

struct reload *reload_new(struct daemon *daemon)
{
    struct reload *reload = memory_new(1, sizeof(*reload));
    reload->daemon = daemon;
    reload->good_dir = string_format("%s/config.good", daemon->state);
    return reload;
}

void reload_free(struct reload *reload)
{
    if (reload == NULL)
        return;
    config_free(reload->config);
    wordbook_free(reload->words);
    free(reload->good_dir);
    free(reload->problem);
    free(reload);
}

const struct config *reload_config(const struct reload *reload)
{
    return reload->config;
}

const struct wordbook *reload_words(const struct reload *reload)
{
    return reload->words;
}

const struct language *reload_language(const struct reload *reload)
{
    return &reload->language;
}

const char *reload_problem(const struct reload *reload)
{
    return reload->problem;
}

struct config_options reload_options(const struct daemon *daemon)
{
    return (struct config_options){.tzdir = daemon->options->tzdir,
                                   .credentials_dir = getenv("CREDENTIALS_DIRECTORY"),
                                   .message_check = texts_check};
}

static const char *reload_path(const struct reload *reload)
{
    const char *path = reload->daemon->options->config;
    return path != NULL ? path : CONFIG_FILE_DEFAULT;
}

static void reload_keep(struct reload *reload)
{
    struct fault fault = {0};
    if (!config_keep_good(reload->config, reload->good_dir, &fault))
        log_error("cannot keep a copy of the configuration: %s", fault.text);
}

/* Starts with the last good copy, which was written when it was in force. */
static bool reload_open_good(struct reload *reload, const struct report *broken)
{
    CLEANUP(report_free) struct report *report = report_new();
    struct config_options options = reload_options(reload->daemon);
    struct fault fault = {0};
    msec kept_at = 0;
    if (!config_good_at(reload->good_dir, &kept_at, &fault) ||
        !config_load_good(reload->good_dir, &options, &reload->config, report))
        return false;
    char at[INSTANT_TEXT_SIZE];
    reload->problem =
        string_format("started with the configuration of %s; the new one has %zu error%s",
                      instant_render(kept_at, at), report_error_count(broken),
                      report_error_count(broken) == 1 ? "" : "s");
    log_error("%s", reload->problem);
    return true;
}

bool reload_open(struct reload *reload)
{
    CLEANUP(report_free) struct report *report = report_new();
    CLEANUP(text_clear) struct text text = {0};
    struct config_options options = reload_options(reload->daemon);
    bool is_good = config_load(reload_path(reload), &options, &reload->config, report);
    report_render(report, &text);
    if (text.size > 0)
        fputs(text_string(&text), stderr);
    reload->loaded_at = reload->daemon->now.wall_at;
    if (is_good) {
        reload_keep(reload);
        return true;
    }
    return reload_open_good(reload, report);
}

void reload_apply(struct reload *reload)
{
    struct wordbook *old_words = reload->words;
    reload->words = texts_book(reload->config);
    wordbook_language(reload->words, &reload->language);
    struct event event = {.kind = EVENT_POLICY,
                          .actor = "pagerd",
                          .via = "config",
                          .policy = reload->config->policy,
                          .language = &reload->language};
    turn_step(reload->daemon->turns, &event, NULL);
    if (reload->daemon->house != NULL) {
        reload->daemon->house->public_url = reload->config->url;
        reload->daemon->house->words = reload->words;
        reload->daemon->house->has_inbox =
            config_find_channel(reload->config, "inbox", false) != NULL;
    }
    wordbook_free(old_words);
    rotas_configure(reload->daemon->rotas, reload->config);
}

/* A local account as the configuration names it; false when this machine has none of that name. */
static bool account_find(const char *name, uint32_t *uid)
{
    char *end = NULL;
    unsigned long number = strtoul(name, &end, 10);
    if (*name != '\0' && *end == '\0') {
        *uid = (uint32_t)number;
        return true;
    }
    char buffer[16384];
    struct passwd entry;
    struct passwd *found = NULL;
    if (getpwnam_r(name, &entry, buffer, sizeof(buffer), &found) != 0 || found == NULL)
        return false;
    *uid = entry.pw_uid;
    return true;
}

/* The server's thread checks signatures, and has the maps of bodies at hand. */
static void setups_tell(const struct reload *reload)
{
    const struct config *config = reload->config;
    struct source_setup *setups = memory_new(config->integration_count + 1, sizeof(*setups));
    for (size_t i = 0; i < config->integration_count; i++) {
        const struct config_integration *integration = &config->integrations[i];
        setups[i] = (struct source_setup){.name = integration->name,
                                          .signature = integration->signature,
                                          .secret = integration->secret,
                                          .map = integration->map,
                                          .map_count = integration->map_count,
                                          .topic = integration->topic};
    }
    server_set_setups(reload->daemon->server, setups, config->integration_count);
    free(setups);
}

static size_t body_max_of(void *context, const char *name)
{
    const struct config_integration *integration = config_find_integration(context, name);
    return integration != NULL ? integration->body_max : 0;
}

void reload_identify(struct reload *reload)
{
    struct daemon *daemon = reload->daemon;
    const struct policy *policy = reload->config->policy;
    if (daemon->server == NULL)
        return; /* a reload during the start: the server is told when it opens */
    keyring_set_limits(daemon->keyring, body_max_of, reload->config);
    struct local_account *accounts = memory_new(policy->user_count + 1, sizeof(*accounts));
    const char **admins = memory_new(policy->user_count + 1, sizeof(*admins));
    size_t account_count = 0;
    size_t admin_count = 0;
    for (size_t i = 0; i < policy->user_count; i++) {
        const struct user *user = &policy->users[i];
        struct local_account account = {.user = user->id};
        if (user->unix_name != NULL && !account_find(user->unix_name, &account.uid))
            log_warning("there is no local account \"%s\" for user \"%s\"", user->unix_name,
                        user->id);
        else if (user->unix_name != NULL)
            accounts[account_count++] = account;
        if (user->is_admin)
            admins[admin_count++] = user->id;
    }
    size_t credential_count = 0;
    size_t cursor = 0;
    while (keyring_each(daemon->keyring, &cursor) != NULL)
        credential_count++;
    const struct credential **credentials =
        memory_new(credential_count + 1, sizeof(const struct credential *));
    cursor = 0;
    for (size_t i = 0; i < credential_count; i++)
        credentials[i] = keyring_each(daemon->keyring, &cursor);
    if (!nodes_know_keys(daemon->nodes))
        identities_set_partial(server_identities(daemon->server), true);
    server_set_identities(daemon->server, credentials, credential_count, accounts, account_count,
                          admins, admin_count);
    identities_set_partial(server_identities(daemon->server), !nodes_know_keys(daemon->nodes));
    setups_tell(reload);
    free(credentials);
    free(accounts);
    free(admins);
}

/* Says each line of a difference, in the log and in the answer. */
static void diff_write(struct text *diff, bool is_logged, struct json_writer *writer)
{
    struct span rest = text_span(diff);
    json_begin_array(writer, "diff");
    while (rest.size > 0) {
        CLEANUP(text_clear) struct text line = {0};
        text_add_span(&line, span_cut(&rest, '\n'));
        if (line.size == 0)
            continue;
        json_put_string(writer, NULL, text_string(&line));
        if (is_logged)
            log_info("config:   %s", text_string(&line));
    }
    json_end_array(writer);
}

static void reload_swap(struct reload *reload, struct config *fresh, const char *actor)
{
    struct config *old = reload->config;
    log_info("config: reloaded %zu files (%s -> %s), asked by %s", fresh->file_count, old->version,
             fresh->version, actor);
    reload->config = fresh;
    reload->loaded_at = reload->daemon->now.wall_at;
    reload_apply(reload);
    feedbacks_open(reload->daemon->feedbacks);
    rooms_open(reload->daemon->rooms);
    webhooks_open(reload->daemon->webhooks, true);
    reload_identify(reload);
    reload_keep(reload);
    config_free(old);
}

static void reload_blame(struct reload *reload, const struct report *report, const char *text)
{
    free(reload->problem);
    reload->problem =
        string_format("the configuration on disk has %zu error%s and is not in force",
                      report_error_count(report), report_error_count(report) == 1 ? "" : "s");
    log_error("config: %s, the old one stays", reload->problem);
    struct span rest = span_of(text);
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        log_error("config:   %.*s", (int)line.size, line.bytes);
    }
    char *said = string_format("WARN pagerd: %s. See pagectl config check", reload->problem);
    daemon_tell(reload->daemon, NULL, said);
    free(said);
}

void reload_run(struct reload *reload, bool is_swap, const char *actor, struct json_writer *writer)
{
    CLEANUP(report_free) struct report *report = report_new();
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text diff = {0};
    struct config_options options = reload_options(reload->daemon);
    struct config *fresh = NULL;
    bool is_good = config_load(reload_path(reload), &options, &fresh, report);
    report_render(report, &text);
    report_render_summary(report, &text);
    if (is_good)
        config_diff(reload->config, fresh, &diff);

    json_begin_object(writer, NULL);
    json_put_bool(writer, "ok", is_good);
    json_put_integer(writer, "errors", (int64_t)report_error_count(report));
    json_put_integer(writer, "warnings", (int64_t)report_warning_count(report));
    json_put_string(writer, "text", text_string(&text));
    diff_write(&diff, is_swap && is_good, writer);
    json_put_instant(writer, "in_force_since", reload->loaded_at);
    json_end_object(writer);

    if (is_swap)
        tzdata_look_soon(reload->daemon->tzdata);
    if (!is_good && is_swap)
        reload_blame(reload, report, text_string(&text));
    if (is_good && is_swap) {
        free(reload->problem);
        reload->problem = NULL;
        reload_swap(reload, fresh, actor);
    } else {
        config_free(fresh);
    }
}

void reload_signal(struct reload *reload)
{
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    reload_run(reload, true, "a signal", &writer);
}

/* The files as they are now if they are those in force, else the copy of these. */
static struct config *config_again(struct reload *reload, struct fault *fault)
{
    CLEANUP(report_free) struct report *report = report_new();
    CLEANUP(report_free) struct report *report_of_copy = report_new();
    CLEANUP(text_clear) struct text text = {0};
    struct config_options options = reload_options(reload->daemon);
    struct config *fresh = NULL;
    if (config_load(reload_path(reload), &options, &fresh, report) &&
        string_is(fresh->version, reload->config->version))
        return fresh;
    config_free(fresh);
    fresh = NULL;
    if (config_load_good(reload->good_dir, &options, &fresh, report_of_copy) &&
        string_is(fresh->version, reload->config->version))
        return fresh;
    config_free(fresh);
    report_render(report_of_copy, &text);
    struct span rest = text_span(&text);
    struct span line = span_cut(&rest, '\n');
    (void)fault_set(fault, FAULT_INPUT, "%.*s",
                    line.size > 0 ? (int)line.size : (int)strlen("the files have changed"),
                    line.size > 0 ? line.bytes : "the files have changed");
    return NULL;
}

bool reload_zones(struct reload *reload, struct fault *fault)
{
    struct config *fresh = config_again(reload, fault);
    if (fresh == NULL)
        return false;
    struct config *old = reload->config;
    reload->config = fresh;
    reload_apply(reload);
    config_free(old);
    return true;
}

void reload_show(const struct reload *reload, struct json_writer *writer)
{
    CLEANUP(text_clear) struct text text = {0};
    config_show(reload->config, &text);
    json_begin_object(writer, NULL);
    json_begin_array(writer, "files");
    for (size_t i = 0; i < reload->config->file_count; i++)
        json_put_string(writer, NULL, reload->config->files[i]);
    json_end_array(writer);
    json_put_string(writer, "version", reload->config->version);
    json_put_instant(writer, "loaded_at", reload->loaded_at);
    json_put_string(writer, "problem", reload->problem);
    json_put_string(writer, "text", text_string(&text));
    json_end_object(writer);
}
