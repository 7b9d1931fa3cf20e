/* SPDX-License-Identifier: MIT */
/*
 * reload.h - the configuration in force, and how it changes.
 *
 * A pager must start: with a broken file it starts with the last good copy and says so. A reload
 * checks first and swaps in one step, or keeps the old one.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

struct config;
struct config_options;
struct daemon;
struct language;
struct reload;
struct wordbook;

struct reload *reload_new(struct daemon *daemon);
void reload_free(struct reload *reload);

/* The first load; prints what is wrong to standard error. False: there is nothing to start with. */
MUST_USE bool reload_open(struct reload *reload);

/* Tells the rooms of a configuration just loaded: engine, rotas. Once the server is up, it too. */
void reload_apply(struct reload *reload);

/* Tells the server who may speak. */
void reload_identify(struct reload *reload);

const struct config *reload_config(const struct reload *reload);

/* The house's own texts, of the configuration in force. */
const struct wordbook *reload_words(const struct reload *reload);

/* The same for the sentences of engine/sentence.h; as shipped before there is a configuration. */
const struct language *reload_language(const struct reload *reload);

/* The same options for every load of this process. */
struct config_options reload_options(const struct daemon *daemon);

/* What is wrong with the files on disk as last read, or NULL. */
const char *reload_problem(const struct reload *reload);

/* Checks the files as they are now, and with `is_swap` puts them in force: writes
 * {"ok","errors","warnings","text","diff"} of docs/api.md. */
void reload_run(struct reload *reload, bool is_swap, const char *actor, struct json_writer *writer);

/* SIGHUP: the same as a swap, told in the log. */
void reload_signal(struct reload *reload);

/*
 * The same configuration with the time zones as they are on disk now; what has been edited since is
 * not put in force by that. False: it cannot be loaded, and everything stays as it is.
 */
MUST_USE bool reload_zones(struct reload *reload, struct fault *fault);

/* {"files","version","loaded_at","problem","text"} of docs/api.md. */
void reload_show(const struct reload *reload, struct json_writer *writer);
