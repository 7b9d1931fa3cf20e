/* SPDX-License-Identifier: MIT */
#include "daemon/letters.h"

#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/keyring.h"
#include "daemon/links.h"
#include "daemon/reload.h"
#include "daemon/replies.h"
#include "daemon/reply_mail.h"
#include "engine/address.h"
#include "engine/canary.h"
#include "engine/engine.h"
#include "engine/words.h"
#include "notify/notify.h"

const char *letter_name(const struct policy *policy, const char *user, struct arena *arena)
{
    if (user == NULL || user[0] == '\0')
        return NULL;
    const struct user *found = policy_find_user(policy, user);
    if (found == NULL || found->name == NULL || found->name[0] == '\0')
        return user;
    return arena_copy_span(arena, (struct span){found->name, strcspn(found->name, " ")});
}

/* A URL of the configuration for this incident, or NULL. */
static const char *letter_url(const char *pattern, const struct incident *incident,
                              struct arena *arena)
{
    CLEANUP(text_clear) struct text text = {0};
    return address_add(&text, pattern, incident) ? arena_copy(arena, text_string(&text)) : NULL;
}

/* Where there are several alerts the first one's object is not the whole: how many comes first. */
static void letter_fill_count(const struct incident *incident, struct arena *arena,
                              struct letter *letter)
{
    CLEANUP(text_clear) struct text text = {0};
    view_add_count(&text, incident);
    if (text.size == 0)
        return;
    bool has_source = incident->source[0] != '\0';
    text_addf(&text, "%s%s%s", incident->source, has_source ? ": " : "", incident->summary);
    letter->object = NULL;
    letter->summary = arena_copy(arena, text_string(&text));
}

static void letter_fill_incident(const struct incident *incident, const struct team *team,
                                 struct arena *arena, struct letter *letter)
{
    letter->severity = incident->severity;
    letter->is_canary = canary_is(incident);
    letter->service = incident->service;
    letter->object = incident->source;
    letter->summary = incident->summary;
    letter->details = incident->details;
    letter->opened_at = incident->opened_at;
    letter->labels = incident->labels;
    letter->label_count = incident->label_count;
    letter->occurrences = incident->occurrences;
    letter->alert_count = incident->alert_count;
    letter->first_object = incident->source;
    letter->first_summary = incident->summary;
    letter->graph = incident->link;
    letter_fill_count(incident, arena, letter);
    letter->is_reopened = incident->is_reopened;
    letter->previous = incident->previous;
    letter->runbook = incident->runbook;
    if (team == NULL)
        return;
    if (incident->runbook == NULL || incident->runbook[0] == '\0')
        letter->runbook = letter_url(team->runbook, incident, arena);
    letter->war_room = letter_url(team->war_room, incident, arena);
}

/* The how-manieth call of this incident to this person by this channel. */
static uint16_t call_count(const struct incident *incident, const struct page *page)
{
    uint16_t count = 0;
    for (const struct page *other = incident->pages; other != NULL; other = other->older)
        if (other->id <= page->id && page_is_alarm(other->kind) && count < UINT16_MAX &&
            string_is(other->user, page->user) && string_is(other->channel, page->channel))
            count++;
    return count;
}

/* "SMS": by which way somebody acted; "" when it is not known. */
static const char *letter_via(const char *via, struct arena *arena)
{
    CLEANUP(text_clear) struct text text = {0};
    words_add_via(&text, via);
    return arena_copy(arena, text_string(&text));
}

/* Who did it and when, for the kinds that tell of somebody's deed. */
static void letter_fill_actor(const struct policy *policy, const struct incident *incident,
                              struct arena *arena, struct letter *letter)
{
    if (letter->kind == PAGE_ACKED || letter->kind == PAGE_STILL) {
        letter->actor = letter_name(policy, incident->handling->acknowledged_by, arena);
        letter->acted_at = incident->handling->acknowledged_at;
        letter->actor_via = letter_via(incident->handling->acknowledged_via, arena);
    }
    if (letter->kind == PAGE_BY_HAND) /* who has it asks; without an owner the remark tells all */
        letter->actor = letter_name(policy, incident->handling->acknowledged_by, arena);
    if (letter->kind == PAGE_RESOLVED || letter->kind == PAGE_CLEARED) {
        letter->actor = letter_name(policy, incident->handling->resolved_by, arena);
        letter->acted_at = incident->handling->resolved_at;
        letter->duration_ms = incident->handling->resolved_at - incident->opened_at;
    }
}

static void letter_fill_next(const struct daemon *daemon, const struct incident *incident,
                             struct arena *arena, struct letter *letter)
{
    struct next_page next;
    if (!view_next(daemon->engine, incident, daemon->now, &next) || next.user_count == 0)
        return;
    const struct policy *policy = view_policy(daemon->engine);
    letter->next = letter_name(policy, next.users[0]->id, arena);
    letter->next_at = next.at;
}

static void letter_fill_rest(const struct daemon *daemon, const struct page *page,
                             struct arena *arena, struct letter *letter)
{
    const struct person *person = view_person(daemon->engine, page->user);
    if (person == NULL)
        return;
    letter->until_at = person->rest_until_at;
    const struct team *team = NULL;
    const struct user *cover = NULL;
    enum role role = ROLE_PRIMARY;
    if (!view_cover(daemon->engine, page->user, daemon->now.wall_at, &team, &role, &cover))
        return;
    letter->team = team->id;
    letter->role = role_name(role);
    letter->cover = letter_name(view_policy(daemon->engine), cover->id, arena);
}

static bool has_lines(enum page_kind kind)
{
    return (kind >= PAGE_SHIFT_SOON && kind <= PAGE_SHIFT_ENDS) || kind == PAGE_SWAP ||
           kind == PAGE_SWAPPED;
}

/* The first line is for all channels, what follows for those with room. */
static void letter_fill_lines(const struct page *page, struct arena *arena, struct letter *letter)
{
    struct span rest = span_of(page->text);
    letter->remark = arena_copy_span(arena, span_cut(&rest, '\n'));
    letter->details = arena_copy_span(arena, rest);
}

/* Host part of the public URL, for Message-ID. */
static const char *url_host(const char *url, struct arena *arena)
{
    const char *start = url == NULL ? NULL : strstr(url, "://");
    if (start == NULL)
        return NULL;
    start += 3;
    return arena_copy_span(arena, (struct span){start, strcspn(start, "/:")});
}

/* What the channel needs for that address, which is only a name of it where it is secret. */
static const char *letter_address(const struct user *user, const struct page *page)
{
    for (size_t i = 0; user != NULL && i < user->contact_count; i++) {
        const struct contact *contact = &user->contacts[i];
        if (contact->value != NULL && string_is(contact->channel, page->channel) &&
            string_is(contact->address, page->address))
            return contact->value;
    }
    return page->address;
}

static void letter_fill_people(const struct daemon *daemon, const struct page *page,
                               struct arena *arena, struct letter *letter)
{
    const struct policy *policy = view_policy(daemon->engine);
    const struct user *user = policy_find_user(policy, page->user);
    letter->user_id = page->user;
    letter->user_name = letter_name(policy, page->user, arena);
    letter->address = letter_address(user, page);
    letter->zone = user != NULL ? user->zone : policy->zone;
    letter->team_zone = policy->zone;
}

/* The token of its link, or the digits of its code. */
static void letter_fill_link(const struct daemon *daemon, const char *token, struct arena *arena,
                             struct letter *letter)
{
    char hash[HASH_TEXT_SIZE];
    if (token[0] == '\0')
        return;
    if (letter->kind == PAGE_VERIFY) {
        letter->code = arena_copy(arena, token);
        return;
    }
    hash_text(span_of(token), hash);
    const struct ack_token *link = keyring_find_token(daemon->keyring, hash);
    const struct config *config = reload_config(daemon->reload);
    bool is_test = letter->kind == PAGE_TEST;
    letter->ack_link = arena_format(arena, "%s/%s/%s", config->url, is_test ? "t" : "a", token);
    bool takes_mail = config->mail.listen_count > 0 || config->mail.socket != NULL;
    if (takes_mail && config->mail.domain != NULL)
        letter->reply_to =
            arena_format(arena, REPLY_MAIL_WORD "+%s@%s", token, config->mail.domain);
    letter->ack_number = link != NULL ? link->number : 0;
}

/* A key that leads nowhere is an ack that is lost: only what the configuration says works is
 * offered. */
static enum letter_keys letter_keys_offered(const struct config *config, const char *channel)
{
    const struct config_channel *found = config_find_channel(config, channel, false);
    bool is_said = config_channel_value(found, "replies") != NULL;
    return is_said ? replies_keys(config, channel) : LETTER_KEYS_NONE;
}

/* The swap that this page asks about: made in the same step. 0: it is gone. */
static uint64_t letter_swap(const struct daemon *daemon, const struct page *page)
{
    const struct swap *swap;
    size_t cursor = 0;
    while ((swap = view_each_swap(daemon->engine, &cursor)) != NULL) {
        for (size_t i = 0; i < swap->asked_count; i++) {
            if (swap->created_at == page->created_at && string_is(swap->asked[i].user, page->user))
                return swap->id;
        }
    }
    return 0;
}

void letter_fill(const struct daemon *daemon, const struct page *page, const char *token,
                 struct arena *arena, struct letter *letter)
{
    const struct config *config = reload_config(daemon->reload);
    const struct policy *policy = view_policy(daemon->engine);
    *letter = (struct letter){.kind = page->kind,
                              .words = reload_words(daemon->reload),
                              .page = page->id,
                              .incident = page->incident,
                              .severity = SEVERITY_INFO,
                              .now_at = daemon->now.wall_at,
                              .remark = page->text,
                              .host = url_host(config->url, arena),
                              .is_repeat = page->is_repeat,
                              .is_late = page->is_late};
    letter_fill_people(daemon, page, arena, letter);
    letter_fill_link(daemon, token, arena, letter);
    letter->is_without_links = links_are_refused(daemon->links, page->address);
    letter->keys = letter_keys_offered(config, page->channel);
    if (page->is_late)
        letter->late_ms = daemon->now.wall_at - page->created_at;

    const struct incident *incident = view_incident(daemon->engine, page->incident);
    if (incident != NULL) {
        const struct team *team = view_team(daemon->engine, incident->team);
        letter->team = incident->team;
        if (team != NULL) {
            letter->team_zone = team->zone;
            letter->is_private = team->is_private;
            letter->team_size = (uint32_t)team->member_count;
        }
        letter_fill_incident(incident, team, arena, letter);
        letter_fill_actor(policy, incident, arena, letter);
        letter->call = call_count(incident, page);
        letter_fill_next(daemon, incident, arena, letter);
        const struct incident *previous = view_incident(daemon->engine, incident->previous);
        if (previous != NULL) {
            letter->previous_ended_at = previous->handling->resolved_at;
            letter->previous_by = letter_name(policy, previous->handling->resolved_by, arena);
            letter->previous_note = previous->handling->remedy;
        }
    }
    if (has_lines(page->kind))
        letter_fill_lines(page, arena, letter);
    if (page->kind == PAGE_SWAP)
        letter->swap = letter_swap(daemon, page);
    if (page->kind == PAGE_REST)
        letter_fill_rest(daemon, page, arena, letter);
}

bool letter_wants_link(const struct page *page)
{
    return (page->incident != 0 && page_is_alarm(page->kind)) || page->kind == PAGE_TEST;
}

bool letter_wants_number(const struct daemon *daemon, const struct page *page)
{
    if (string_is(page->channel, "email"))
        return true;
    const struct config *config = reload_config(daemon->reload);
    const struct incident *incident = view_incident(daemon->engine, page->incident);
    return incident != NULL && incident->severity == SEVERITY_CRITICAL &&
           config_channel_value(config_find_channel(config, page->channel, false),
                                "match-critical") != NULL;
}
