/* SPDX-License-Identifier: MIT */
/* rooms_show.c - what a room is to show of an incident: a matter of its state alone. */
#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/channels.h"
#include "daemon/daemon.h"
#include "daemon/letters.h"
#include "daemon/reload.h"
#include "daemon/room_item.h"
#include "engine/engine.h"

static uint64_t version_of(struct span bytes)
{
    unsigned char hash[HASH_SIZE];
    uint64_t version;
    hash_bytes(bytes, hash);
    memcpy(&version, hash, sizeof(version));
    return version != 0 ? version : 1;
}

static bool is_being_paged(const struct rooms *rooms, const char *user, uint64_t number)
{
    const struct person *person = view_person(rooms->daemon->engine, user);
    for (size_t i = 0; person != NULL && i < person->run_count; i++)
        if (person->runs[i].incident == number)
            return true;
    return false;
}

/* "Ann, Bob": who is being paged and has not answered; "": nobody. */
static const char *paged_names(const struct rooms *rooms, const struct incident *incident,
                               struct arena *arena)
{
    CLEANUP(text_clear) struct text names = {0};
    const struct policy *policy = view_policy(rooms->daemon->engine);
    for (size_t i = 0; i < incident->paged_count; i++) {
        if (!is_being_paged(rooms, incident->paged[i], incident->number))
            continue;
        text_addf(&names, "%s%s", names.size > 0 ? ", " : "",
                  letter_name(policy, incident->paged[i], arena));
    }
    return arena_copy(arena, text_string(&names));
}

static enum chat_mood mood_of(const struct incident *incident, const char *names)
{
    switch (incident->state) {
    case INCIDENT_TRIGGERED:
    case INCIDENT_STATE_COUNT:
        break;
    case INCIDENT_ACKNOWLEDGED:
        return CHAT_TAKEN;
    case INCIDENT_SNOOZED:
        return CHAT_SNOOZED;
    case INCIDENT_SUPPRESSED:
        return CHAT_HELD;
    case INCIDENT_RESOLVED:
        if (incident->handling->merged_into != 0)
            return CHAT_JOINED;
        return incident->handling->resolved_by[0] != '\0' ? CHAT_RESOLVED : CHAT_CLEARED;
    }
    return names[0] != '\0' ? CHAT_CALLING : CHAT_WAITING;
}

/* For the facts of each mood: who did it, and when. */
static const enum page_kind kinds[CHAT_MOOD_COUNT] = {
    [CHAT_WAITING] = PAGE_ALERT,    [CHAT_CALLING] = PAGE_ALERT, [CHAT_TAKEN] = PAGE_ACKED,
    [CHAT_SNOOZED] = PAGE_ALERT,    [CHAT_HELD] = PAGE_ALERT,    [CHAT_RESOLVED] = PAGE_RESOLVED,
    [CHAT_CLEARED] = PAGE_RESOLVED, [CHAT_JOINED] = PAGE_ALERT,
};

/* What has happened, in a word: the thread is told when it is another one. For a service that
 * cannot edit the steps of an escalation are no news. */
static void news_add(struct text *text, const struct incident *incident, bool has_steps)
{
    switch (incident->state) {
    case INCIDENT_TRIGGERED:
    case INCIDENT_STATE_COUNT:
        text_add(text, "called");
        if (has_steps)
            text_addf(text, " %u.%u.%u %s %d", (unsigned)incident->walk.step,
                      (unsigned)incident->walk.round, (unsigned)incident->walk.laps,
                      incident->handling->reassigned_to, (int)incident->severity);
        break;
    case INCIDENT_ACKNOWLEDGED:
        text_addf(text, "taken %s %" PRId64, incident->handling->acknowledged_by,
                  incident->handling->acknowledged_at);
        break;
    case INCIDENT_SNOOZED:
        text_addf(text, "snoozed %s %" PRId64, incident->handling->snoozed_by,
                  incident->handling->snoozed_until_at);
        break;
    case INCIDENT_SUPPRESSED:
        text_add(text, "held");
        break;
    case INCIDENT_RESOLVED:
        text_addf(text, "resolved %s %" PRId64, incident->handling->resolved_by,
                  incident->handling->resolved_at);
        break;
    }
}

static void letter_make(const struct rooms *rooms, const struct incident *incident,
                        enum chat_mood mood, const char *names, struct arena *arena,
                        struct letter *letter)
{
    const struct page page = {.kind = kinds[mood],
                              .incident = incident->number,
                              .user = (char *)"",
                              .channel = (char *)"",
                              .address = (char *)"",
                              .text = (char *)names};
    letter_fill(rooms->daemon, &page, "", arena, letter);
    letter->zone = letter->team_zone;
    letter->now_at = incident->opened_at; /* nothing in the text grows old by itself */
    if (mood == CHAT_SNOOZED) {
        letter->actor =
            letter_name(view_policy(rooms->daemon->engine), incident->handling->snoozed_by, arena);
        letter->until_at = incident->handling->snoozed_until_at;
    }
    if (mood == CHAT_HELD)
        letter->remark = incident->reason;
    letter->other = incident->handling->merged_into;
}

static uint64_t post_version(const struct chat_post *post)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%d\n%s\n%s", (int)post->severity, post->title, post->status);
    for (size_t i = 0; i < post->button_count; i++)
        text_addf(&text, "\n%s", post->buttons[i].action);
    for (size_t i = 0; i < post->link_count; i++)
        text_addf(&text, "\n%s", post->links[i].url);
    return version_of(text_span(&text));
}

/* What stands in a message behind the team, for it goes under that message. */
static const char *note_of(const char *status, const char *team)
{
    static const char dot[] = " \u00B7 ";
    const char *at = status;
    if (strncmp(at, team, strlen(team)) == 0 && strncmp(at + strlen(team), dot, strlen(dot)) == 0)
        at += strlen(team) + strlen(dot);
    return at;
}

void room_view_make(const struct rooms *rooms, const struct room *room,
                    const struct incident *incident, struct arena *arena, struct room_view *view)
{
    CLEANUP(text_clear) struct text news = {0};
    CLEANUP(text_clear) struct text state = {0};
    const struct config *config = reload_config(rooms->daemon->reload);
    const char *names = paged_names(rooms, incident, arena);
    enum chat_mood mood = mood_of(incident, names);
    struct letter letter;
    struct channel_settings settings;
    letter_make(rooms, incident, mood, names, arena, &letter);
    chat_compose(&letter, mood, arena_format(arena, "%s/", config->url), arena, &view->post);
    bool is_known = channel_configured(config, room->chat->name, false, &settings) != NULL;
    if (!is_known || room->chat->can_press == NULL || !room->chat->can_press(&settings))
        view->post.button_count = 0;
    news_add(&news, incident, true);
    news_add(&state, incident, false);
    view->news = version_of(text_span(&news));
    view->shown = room->chat->can_edit ? post_version(&view->post) : version_of(text_span(&state));
    view->note = note_of(view->post.status, incident->team);
}
