/* SPDX-License-Identifier: MIT */
#include "daemon/house.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "calendar/coverage.h"
#include "config/config.h"
#include "daemon/amazon.h"
#include "daemon/audit.h"
#include "daemon/away.h"
#include "daemon/backup.h"
#include "daemon/callbacks.h"
#include "daemon/copies.h"
#include "daemon/daemon.h"
#include "daemon/feedback.h"
#include "daemon/feeds.h"
#include "daemon/history.h"
#include "daemon/icinga_events.h"
#include "daemon/keyring.h"
#include "daemon/letterbox.h"
#include "daemon/lookahead.h"
#include "daemon/merge.h"
#include "daemon/nodes.h"
#include "daemon/providers.h"
#include "daemon/reload.h"
#include "daemon/reply_mail.h"
#include "daemon/rotas.h"
#include "daemon/status.h"
#include "daemon/storeroom.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "http/house.h"
#include "store/batch.h"

static struct now house_now(void *context)
{
    const struct daemon *daemon = context;
    return daemon->now;
}

static void house_step(void *context, const struct event *event, struct answer *answer)
{
    struct daemon *daemon = context;
    struct fault fault = {0};
    if (icinga_events_cover(daemon->icinga_events, event, answer))
        return;
    if (turns_are_ready(daemon->turns, &fault) && away_takes(daemon->away, event->kind, &fault)) {
        turn_step(daemon->turns, event, answer);
        feedbacks_heard(daemon->feedbacks, event, answer);
        return;
    }
    *answer = (struct answer){.kind = ANSWER_FULL};
    snprintf(answer->text, sizeof(answer->text), "%.200s", fault.text);
}

/* What people do to the house itself goes into the audit log. */
static void house_audit(struct daemon *daemon, const char *event, const char *actor,
                        const char *text)
{
    struct entry entry = {.at = daemon->now.wall_at, .event = event, .actor = actor, .text = text};
    batch_add_entry(turn_batch(daemon->turns), &entry);
}

static void house_unreadable(void *context, const char *key, const char *why)
{
    struct daemon *daemon = context;
    keyring_blame(daemon->keyring, key, why, daemon->now.wall_at);
    log_warning("alert unreadable key=%s", key);
}

static void house_ignored(void *context, const char *key, const char *why, const char *text)
{
    struct daemon *daemon = context;
    daemon->ignored_count++;
    log_info("alert ignored key=%s: %s", key, why);
    house_audit(daemon, "alert-ignored", key, text);
}

static bool house_credential_add(void *context, const char *name, const char *team,
                                 const char *user, const char *actor, char secret[SECRET_TEXT_SIZE],
                                 struct fault *fault)
{
    struct daemon *daemon = context;
    const struct policy *policy = view_policy(daemon->engine);
    if (!turns_are_ready(daemon->turns, fault) || !away_may_change(daemon->away, fault))
        return false;
    if (team != NULL && policy_find_team(policy, team) == NULL)
        return fault_set(fault, FAULT_INPUT, "there is no team \"%s\"", team);
    if (user != NULL && policy_find_user(policy, user) == NULL)
        return fault_set(fault, FAULT_INPUT, "there is no user \"%s\"", user);
    if (!keyring_add(daemon->keyring, name, team, user, daemon->now.wall_at,
                     turn_batch(daemon->turns), secret, fault))
        return false;
    char text[256];
    snprintf(text, sizeof(text), "made key \"%s\" for %s", name,
             team != NULL   ? team
             : user != NULL ? user
                            : "the routes");
    house_audit(daemon, "key-added", actor, text);
    reload_identify(daemon->reload);
    return true;
}

static bool house_feed_add(void *context, const char *name, const char *team, const char *user,
                           const char *actor, char token[TOKEN_TEXT_SIZE], struct fault *fault)
{
    struct daemon *daemon = context;
    if (!turns_are_ready(daemon->turns, fault) || !away_may_change(daemon->away, fault) ||
        !keyring_add_feed(daemon->keyring, name, team, user, daemon->now.wall_at,
                          turn_batch(daemon->turns), token, fault))
        return false;
    char text[256];
    snprintf(text, sizeof(text), "made feed \"%s\" of %s", name, team != NULL ? team : user);
    house_audit(daemon, "key-added", actor, text);
    return true;
}

static const char *house_sns_certificate(void *context, const char *url)
{
    const struct daemon *daemon = context;
    return amazon_certificate(daemon->amazon, url);
}

static bool house_sns_fetch(void *context, struct call *call, const char *url, bool is_certificate)
{
    const struct daemon *daemon = context;
    return amazon_fetch(daemon->amazon, call, url, is_certificate);
}

static bool house_feed_has(void *context, const char *hash)
{
    const struct daemon *daemon = context;
    return feeds_has(daemon->feeds, hash);
}

static enum call_wait house_feed_serve(void *context, struct call *call,
                                       const struct feed_request *request)
{
    const struct daemon *daemon = context;
    return feeds_serve(daemon->feeds, call, request);
}

/* The feed of that name that is valid, by its hash; NULL: it is no feed. */
static const char *feed_hash(const struct daemon *daemon, const char *name)
{
    size_t cursor = 0;
    const struct credential *credential;
    while ((credential = keyring_each(daemon->keyring, &cursor)) != NULL)
        if (credential->is_feed && credential->revoked_at == 0 && string_is(credential->name, name))
            return credential->hash;
    return NULL;
}

static bool house_credential_revoke(void *context, const char *name, const char *actor,
                                    struct fault *fault)
{
    struct daemon *daemon = context;
    const char *feed = feed_hash(daemon, name);
    if (!turns_are_ready(daemon->turns, fault) || !away_may_change(daemon->away, fault) ||
        !keyring_revoke(daemon->keyring, name, daemon->now.wall_at, turn_batch(daemon->turns),
                        fault))
        return false;
    if (feed != NULL)
        feeds_forget(daemon->feeds, feed);
    char text[256];
    snprintf(text, sizeof(text), "revoked key \"%s\"", name);
    house_audit(daemon, "key-revoked", actor, text);
    reload_identify(daemon->reload);
    return true;
}

static const struct credential *house_credential_each(void *context, size_t *cursor)
{
    const struct daemon *daemon = context;
    return keyring_each(daemon->keyring, cursor);
}

static const struct ack_token *house_token_find(void *context, const char *hash_text)
{
    const struct daemon *daemon = context;
    return keyring_find_token(daemon->keyring, hash_text);
}

static void house_token_miss(void *context, const char *hash_text)
{
    struct daemon *daemon = context;
    keyring_miss_token(daemon->keyring, hash_text, turn_batch(daemon->turns));
    turn_write_link(daemon->turns, hash_text);
}

static void house_token_void(void *context, const char *hash_text)
{
    struct daemon *daemon = context;
    keyring_void_token(daemon->keyring, hash_text, turn_batch(daemon->turns));
    turn_write_link(daemon->turns, hash_text);
}

static void house_history_incidents(void *context, struct call *call,
                                    const struct history_filter *filter)
{
    history_incidents(context, call, filter);
}

static void house_history_changes(void *context, struct call *call,
                                  const struct history_filter *filter)
{
    history_changes(context, call, filter);
}

static void house_history_alerts(void *context, struct call *call,
                                 const struct history_filter *filter)
{
    history_alerts(context, call, filter);
}

static void house_history_heartbeat(void *context, struct call *call,
                                    const struct heartbeat *heartbeat, msec since_at)
{
    history_heartbeat(context, call, heartbeat, since_at);
}

static void house_history_incident(void *context, struct call *call, uint64_t number)
{
    history_incident(context, call, number);
}

static void house_calendars(void *context, struct json_writer *writer)
{
    const struct daemon *daemon = context;
    json_begin_object(writer, NULL);
    rotas_status(daemon->rotas, writer);
    lookahead_status(daemon->lookahead, writer);
    json_end_object(writer);
}

static bool house_calendar_act(void *context, enum calendar_action action, const char *name,
                               const char *actor, struct text *said, struct fault *fault)
{
    struct daemon *daemon = context;
    if (action == CALENDAR_REFRESH) {
        if (!rotas_refresh(daemon->rotas, name, fault))
            return false;
        text_addf(said, "Reading calendar \"%s\" again now.", name);
        return true;
    }
    if (!rotas_accept(daemon->rotas, name, actor, fault))
        return false;
    text_addf(said, "The version of calendar \"%s\" that was held back goes into force.", name);
    char text[256];
    snprintf(text, sizeof(text), "accepted the version of calendar \"%s\" that was held back",
             name);
    house_audit(daemon, "calendar-accepted", actor, text);
    return true;
}

static bool house_config(void *context, enum config_action action, const char *key,
                         const char *actor, struct json_writer *writer, struct fault *fault)
{
    struct daemon *daemon = context;
    switch (action) {
    case CONFIG_SHOW:
        reload_show(daemon->reload, writer);
        return true;
    case CONFIG_CHECK:
        reload_run(daemon->reload, false, actor, writer);
        return true;
    case CONFIG_RELOAD:
        reload_run(daemon->reload, true, actor, writer);
        house_audit(daemon, "config-reload", actor, "asked for a reload of the configuration");
        return true;
    case CONFIG_EXPLAIN:
        break;
    }
    CLEANUP(text_clear) struct text text = {0};
    if (!config_explain(key, &text))
        return fault_set(fault, FAULT_INPUT, "there is no key \"%s\"; %s", key, text_string(&text));
    json_begin_object(writer, NULL);
    json_put_string(writer, "key", key);
    json_put_string(writer, "text", text_string(&text));
    json_end_object(writer);
    return true;
}

static void house_channels(void *context, bool is_admin, struct json_writer *writer)
{
    providers_write(context, is_admin, writer);
}

static void house_backup(void *context, struct call *call, const char *actor)
{
    struct daemon *daemon = context;
    if (daemon->is_standing_by) {
        call_answer_error(call, 503, "unavailable",
                          "This node stands by: ask the one on duty (pagectl cluster).");
        call_finish(call);
        return;
    }
    backup_begin(daemon->backups, call, actor);
}

static void house_status(void *context, struct json_writer *writer)
{
    status_write(context, writer);
}

static void house_metrics(void *context, struct text *text)
{
    status_metrics(context, text);
}

static void house_nodes(void *context, struct json_writer *writer)
{
    const struct daemon *daemon = context;
    nodes_show(daemon->nodes, writer);
}

static bool house_is_ready(void *context, struct fault *why_not)
{
    const struct daemon *daemon = context;
    if (daemon->is_standing_by)
        return nodes_are_ready(daemon->nodes, why_not);
    return storeroom_answers(daemon, why_not) && turns_are_ready(daemon->turns, why_not) &&
           audits_are_well(daemon->audits, why_not);
}

static bool house_can_keep(void *context, struct fault *why_not)
{
    const struct daemon *daemon = context;
    return turns_are_ready(daemon->turns, why_not);
}

/* What somebody was put over by hand is no gap. */
static size_t gaps_fill(const struct engine *engine, const struct team *team, enum role role,
                        struct coverage_gap gaps[COVERAGE_GAPS_MAX], size_t count)
{
    const struct override *override;
    size_t cursor = 0;
    while ((override = view_each_override(engine, &cursor)) != NULL)
        if (override->role == role && string_is(override->team, team->id))
            count = coverage_fill(gaps, count, override->from_at, override->until_at);
    return count;
}

static void house_gaps(void *context, const struct team *team, enum role role, msec from,
                       msec until, void (*found)(void *sink, const struct house_gap *gap),
                       void *sink)
{
    const struct daemon *daemon = context;
    struct coverage_gap gaps[COVERAGE_GAPS_MAX];
    size_t count = coverage_gaps(team, role, view_roster(daemon->engine), from, until, gaps);
    count = gaps_fill(daemon->engine, team, role, gaps, count);
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text_clear) struct text why = {0};
        if (team->roles[role].calendar != NULL)
            text_addf(&why, "calendar \"%s\" is empty", team->roles[role].calendar);
        if (gaps[i].is_declared)
            text_addf(&why, "%sdeclared as nobody", why.size > 0 ? ": " : "");
        found(sink, &(struct house_gap){gaps[i].start_at, gaps[i].end_at, gaps[i].is_declared,
                                        text_string(&why)});
    }
}

static const struct inbox_letter *house_inbox_each(void *context, const char *user, size_t *cursor)
{
    const struct daemon *daemon = context;
    return letterbox_each(daemon->letterbox, user, cursor);
}

static unsigned house_merge(void *context, const char *node, struct span events)
{
    return merge_take(context, node, events);
}

static unsigned house_mail_reply(void *context, const char *token, const char *from,
                                 const char *words)
{
    switch (reply_mail_take(context, token, from, words)) {
    case REPLY_MAIL_TAKEN:
        return 202;
    case REPLY_MAIL_REFUSED:
        return 400;
    case REPLY_MAIL_LATER:
        break;
    }
    return 503;
}

static size_t house_senders(void *context, struct sender_view *senders, size_t max)
{
    static const char *const channels[] = {"sms", "voice", "email"};
    const struct daemon *daemon = context;
    const struct config *config = reload_config(daemon->reload);
    size_t count = 0;
    for (size_t i = 0; i < 2 * (sizeof channels / sizeof channels[0]) && count < max; i++) {
        const char *name = channels[i / 2];
        const struct config_channel *channel = config_find_channel(config, name, i % 2 == 1);
        const char *from = channel != NULL ? config_channel_value(channel, "from") : NULL;
        if (from != NULL)
            senders[count++] = (struct sender_view){name, from};
    }
    return count;
}

static enum callback_end house_callback(void *context, struct callback_door *door,
                                        struct fault *fault)
{
    return callback_take(context, door, fault);
}

/* While the database is away none is: what it would be a copy of may be in memory alone, refused
 * just before, and this one goes to the journal. */
static bool house_is_copy(void *context, const char *node, const unsigned char hash[HASH_SIZE])
{
    const struct daemon *daemon = context;
    return !away_is_on(daemon->away) && copies_see(daemon->copies, node, hash, daemon->tick_at);
}

static void house_not_taken(void *context, const char *node, const unsigned char hash[HASH_SIZE])
{
    const struct daemon *daemon = context;
    copies_forget(daemon->copies, node, hash);
}

struct house *house_new(struct daemon *daemon)
{
    const struct config *config = reload_config(daemon->reload);
    struct house *house = memory_new(1, sizeof(*house));
    *house = (struct house){.context = daemon,
                            .engine = daemon->engine,
                            .public_url = config->url,
                            .has_inbox = config_find_channel(config, "inbox", false) != NULL,
                            .words = reload_words(daemon->reload),
                            .now = house_now,
                            .step = house_step,
                            .is_copy = house_is_copy,
                            .not_taken = house_not_taken,
                            .unreadable = house_unreadable,
                            .ignored = house_ignored,
                            .credential_add = house_credential_add,
                            .credential_revoke = house_credential_revoke,
                            .credential_each = house_credential_each,
                            .senders = house_senders,
                            .token_find = house_token_find,
                            .token_miss = house_token_miss,
                            .token_void = house_token_void,
                            .history_incidents = house_history_incidents,
                            .history_changes = house_history_changes,
                            .history_alerts = house_history_alerts,
                            .history_heartbeat = house_history_heartbeat,
                            .history_incident = house_history_incident,
                            .calendars = house_calendars,
                            .calendar_act = house_calendar_act,
                            .config = house_config,
                            .status = house_status,
                            .backup = house_backup,
                            .nodes = house_nodes,
                            .channels = house_channels,
                            .metrics = house_metrics,
                            .is_ready = house_is_ready,
                            .can_keep = house_can_keep,
                            .gaps = house_gaps,
                            .inbox_each = house_inbox_each,
                            .callback = house_callback,
                            .mail_reply = house_mail_reply,
                            .merge = house_merge,
                            .feed_add = house_feed_add,
                            .sns_certificate = house_sns_certificate,
                            .sns_fetch = house_sns_fetch,
                            .feed_has = house_feed_has,
                            .feed_serve = house_feed_serve};
    return house;
}
