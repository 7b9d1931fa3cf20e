/* SPDX-License-Identifier: MIT */
#include "http/ui/sight.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "engine/address.h"
#include "engine/canary.h"
#include "engine/words.h"
#include "http/say.h"
#include "http/ui/page.h"
#include "notify/moment.h"

#define IMPACT_MAX 600 /* bytes of the details' first paragraph */

static bool is_mine(const struct sight *sight)
{
    return sight->incident->handling->acknowledged_by &&
           *sight->incident->handling->acknowledged_by &&
           string_is(sight->incident->handling->acknowledged_by, sight->token->user);
}

static const char *time_words(const struct call *call, const struct sight *sight, msec at)
{
    CLEANUP(text_clear) struct text text = {0};
    struct moment_view view = {sight->zone, sight->zone, sight->now.wall_at, call->words};
    moment_add(&text, &view, at);
    return arena_copy_span(call->arena, text_span(&text));
}

/* "2 minutes": the largest unit that fits, for people who have just woken up. */
static const char *span_words(const struct call *call, msec duration_ms)
{
    static const struct {
        msec ms;
        enum screen one;
        enum screen some;
    } units[] = {{DAY_MS, SCREEN_DAY, SCREEN_DAYS},
                 {HOUR_MS, SCREEN_HOUR, SCREEN_HOURS},
                 {MINUTE_MS, SCREEN_MINUTE, SCREEN_MINUTES}};
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        int64_t count = duration_ms / units[i].ms;
        if (count == 1)
            return page_word(call, units[i].one);
        if (count > 1)
            return page_words(call, units[i].some,
                              {"count", arena_format(call->arena, "%" PRId64, count)});
    }
    return page_word(call, SCREEN_MOMENT);
}

static const char *name_words(const struct call *call, const struct sight *sight, const char *user)
{
    CLEANUP(text_clear) struct text text = {0};
    if (!user || !*user)
        return "";
    say_user(&text, sight->policy, user);
    return arena_copy_span(call->arena, text_span(&text));
}

/* "Bob, Cat and Dan" */
static const char *names_words(const struct call *call, const struct user *const *users,
                               size_t count)
{
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && i + 1 == count)
            text_addf(&text, " %s ", page_word(call, SCREEN_AND));
        else if (i > 0)
            text_add(&text, ", ");
        say_users(&text, &users[i], 1);
    }
    return arena_copy_span(call->arena, text_span(&text));
}

static const char *via_words(const struct call *call, const char *via)
{
    CLEANUP(text_clear) struct text text = {0};
    words_add_via(&text, via);
    return arena_copy_span(call->arena, text_span(&text));
}

static const char *number_words(const struct call *call, uint64_t number)
{
    return arena_format(call->arena, "%" PRIu64, number);
}

/* "ACKED #412" with its colour, and the start of the small words behind it. */
static void put_tag(struct page_writer *page, enum screen tag, bool is_good, uint64_t number)
{
    if (is_good)
        html(page, "<p><b class=\"tag ok\">");
    else
        html(page, "<p><b class=\"tag\">");
    page_put(page, tag);
    html(page, "</b> <b>#");
    page_text(page, number_words(page->call, number));
    html(page, "</b> <span class=\"mu\">");
}

static const char *tag_words(const struct call *call, const struct incident *incident)
{
    return canary_is(incident) ? word_say(call->words, WORD_TAG_CANARY)
                               : word_tag(call->words, incident->severity);
}

static void put_severity(struct page_writer *page, const struct incident *incident)
{
    switch (incident->severity) {
    case SEVERITY_CRITICAL:
    case SEVERITY_ERROR:
        html(page, "<b class=\"tag crit\">");
        break;
    case SEVERITY_WARNING:
        html(page, "<b class=\"tag warn\">");
        break;
    case SEVERITY_INFO:
    case SEVERITY_COUNT:
        html(page, "<b class=\"tag\">");
        break;
    }
    page_text(page, tag_words(page->call, incident));
    html(page, "</b> ");
}

/* "CRIT #412  ops · 03:02, 2 m ago" */
static void put_line(struct page_writer *page, const struct sight *sight)
{
    const struct incident *incident = sight->incident;
    html(page, "<p>");
    put_severity(page, incident);
    html(page, "<b>#");
    page_textf(page, "%" PRIu64, incident->number);
    html(page, "</b> <span class=\"mu\">");
    page_text(page, incident->team);
    html(page, " &middot; ");
    page_say(page, SCREEN_OPENED, {"at", time_words(page->call, sight, incident->opened_at)},
             {"length", span_words(page->call, sight->now.wall_at - incident->opened_at)});
    html(page, "</span></p>\n<h1>");
    page_text(page, incident->summary);
    html(page, "</h1>\n");
    if (incident->alert_count > 1) {
        html(page, "<p class=\"mu\">");
        page_say(page, SCREEN_FIRST_OF, {"count", number_words(page->call, incident->alert_count)});
        html(page, "</p>\n");
    }
    page_paragraph(page, incident->details, IMPACT_MAX);
}

static void put_button_of(struct page_writer *page, const char *action, const char *label)
{
    html(page, "<button name=\"do\" value=\"");
    page_text(page, action);
    html(page, "\">");
    page_text(page, label);
    html(page, "</button>");
}

static void put_button(struct page_writer *page, const char *action, enum screen label)
{
    put_button_of(page, action, page_word(page->call, label));
}

static void put_previous(struct page_writer *page, const struct sight *sight)
{
    uint64_t number = sight->incident->previous;
    const struct incident *previous = number ? view_incident(sight->house->engine, number) : NULL;
    const struct call *call = page->call;
    if (!previous || !previous->handling->resolved_at) {
        page_say(page, SCREEN_LAST_TIME, {"number", number_words(call, number)});
        return;
    }
    CLEANUP(text_clear) struct text day = {0};
    CLEANUP(text_clear) struct text length = {0};
    struct moment_view view = {sight->zone, sight->zone, sight->now.wall_at, call->words};
    moment_add_day(&day, &view, previous->opened_at);
    say_duration(&length, previous->handling->resolved_at - previous->opened_at);
    page_say(page, SCREEN_LAST_TIME_ENDED, {"number", number_words(call, number)},
             {"day", text_string(&day)},
             {"who", name_words(call, sight, previous->handling->resolved_by)},
             {"length", text_string(&length)}, {"remedy", previous->handling->remedy});
}

/* The alert's own runbook, else the team's. */
static void runbook_find(struct text *url, const struct sight *sight)
{
    if (sight->incident->runbook && *sight->incident->runbook)
        text_add(url, sight->incident->runbook);
    else if (sight->team)
        (void)address_add(url, sight->team->runbook, sight->incident);
}

static void put_help(struct page_writer *page, const struct sight *sight)
{
    CLEANUP(text_clear) struct text runbook = {0};
    runbook_find(&runbook, sight);
    const char *link = sight->incident->link;
    bool has_link = link && *link;
    if (runbook.size == 0 && !has_link && !sight->incident->previous)
        return;
    html(page, "<h2>");
    page_put(page, SCREEN_WHAT_TO_DO);
    html(page, "</h2>\n");
    if (sight->incident->previous) {
        html(page, "<p>");
        put_previous(page, sight);
        html(page, "</p>\n");
    }
    if (runbook.size == 0 && !has_link)
        return;
    html(page, "<p class=\"row\">");
    if (runbook.size > 0)
        page_link(page, text_string(&runbook), page_word(page->call, SCREEN_RUNBOOK), "btn");
    if (has_link)
        page_link(page, link, page_word(page->call, SCREEN_SOURCE), "btn");
    html(page, "</p>\n");
}

/* All buttons of a page are in one form: a number that is asked for is typed once. Until it was,
 * it stands nowhere; a number in the page's own address is not looked at before something is
 * pressed, or whoever tries them all would be told which is right. */
static void put_form(struct page_writer *page, const struct sight *sight)
{
    html(page, "<form method=\"post\">\n");
    if (sight->token->number == 0)
        return;
    if (*sight->number) {
        html(page, "<input type=\"hidden\" name=\"n\" value=\"");
        page_text(page, sight->number);
        html(page, "\">\n");
        return;
    }
    if (sight->token->wrong_count > 0) {
        html(page, "<p class=\"crit\" role=\"alert\"><b>");
        page_put(page, SCREEN_NUMBER_WRONG);
        html(page, "</b></p>\n");
    }
    html(page, "<p><label>");
    page_put(page, SCREEN_NUMBER);
    html(page, " <input class=\"num\" type=\"text\" name=\"n\" "
               "inputmode=\"numeric\" pattern=\"[0-9]{4}\" maxlength=\"4\" required autofocus "
               "autocomplete=\"off\"></label></p>\n");
}

/* Whom the link is for; ends the form. */
static void put_foot(struct page_writer *page, const struct sight *sight)
{
    const struct call *call = page->call;
    msec left_ms = sight->token->expires_at - sight->now.steady_at;
    html(page, "<p class=\"mu\">");
    page_say(page, SCREEN_FOR, {"who", sight->user->name ? sight->user->name : sight->user->id},
             {"via", via_words(call, sight->token->channel)},
             {"until", time_words(call, sight, sight->now.wall_at + left_ms)});
    html(page, "</p>\n<p><button name=\"do\" value=\"stranger\">");
    page_say(page, SCREEN_STRANGER, {"who", name_words(call, sight, sight->user->id)});
    html(page, "</button></p></form>\n");
}

static void put_note(struct page_writer *page, bool has_undo)
{
    html(page, "<h2>");
    page_put(page, SCREEN_NOTE_HEAD);
    html(page, "</h2><input type=\"text\" name=\"note\" maxlength=\"500\" aria-label=\"");
    page_put(page, SCREEN_NOTE_LABEL);
    html(page, "\" placeholder=\"");
    page_put(page, SCREEN_NOTE_EXAMPLE);
    html(page, "\">\n<p class=\"row\">");
    put_button(page, "note", SCREEN_NOTE);
    if (has_undo)
        put_button(page, "undo", SCREEN_UNDO);
    html(page, "</p>\n");
}

/* Whoever reads this is also the next: a later round of the same step. */
static bool is_next_me(const struct sight *sight)
{
    return sight->has_next && sight->next.user_count == 1 && sight->next.users[0] == sight->user;
}

/* "If nobody presses this, Bob is called at 03:07." */
static void put_next(struct page_writer *page, const struct sight *sight)
{
    const struct call *call = page->call;
    html(page, "<p class=\"mu\">");
    if (!sight->has_next) {
        page_put(page, SCREEN_NEXT_NOBODY);
        html(page, "</p>\n");
        return;
    }
    const char *at = time_words(call, sight, sight->next.at);
    const char *last = sight->next.is_last_resort ? page_word(call, SCREEN_NEXT_LAST) : "";
    if (is_next_me(sight))
        page_say(page, SCREEN_NEXT_ME, {"last", last}, {"at", at});
    else
        page_say(page, sight->next.user_count > 1 ? SCREEN_NEXT_SOME : SCREEN_NEXT_ONE,
                 {"who", names_words(call, sight->next.users, sight->next.user_count)},
                 {"last", last}, {"at", at});
    html(page, "</p>\n");
}

/* Undo begins anew, from the first step; this goes to the next one, now. */
static void put_pass(struct page_writer *page, const struct sight *sight)
{
    const char *next = "";
    if (sight->has_next && !is_next_me(sight))
        next = names_words(page->call, sight->next.users, sight->next.user_count);
    put_button_of(page, "pass", page_words(page->call, SCREEN_PASS, {"next", next}));
}

static void show_open(struct page_writer *page, const struct sight *sight)
{
    put_line(page, sight);
    put_form(page, sight);
    html(page, "<button class=\"go\" name=\"do\" value=\"ack\">");
    page_put(page, SCREEN_ACK);
    html(page, "</button>\n");
    put_next(page, sight);
    html(page, "<div class=\"row\">");
    put_pass(page, sight);
    put_button(page, "snooze", SCREEN_SNOOZE);
    put_button(page, "resolve", SCREEN_RESOLVE);
    html(page, "</div>\n");
    put_help(page, sight);
    put_foot(page, sight);
}

static void put_acked_line(struct page_writer *page, const struct sight *sight)
{
    const struct call *call = page->call;
    const struct incident *incident = sight->incident;
    const char *via = via_words(call, incident->handling->acknowledged_via);
    const char *at = time_words(call, sight, incident->handling->acknowledged_at);
    put_tag(page, SCREEN_TAG_ACKED, true, incident->number);
    if (is_mine(sight))
        page_say(page, SCREEN_ACKED_BY_ME, {"via", via}, {"at", at});
    else
        page_say(page, SCREEN_ACKED_BY,
                 {"who", name_words(call, sight, incident->handling->acknowledged_by)},
                 {"via", via}, {"at", at});
    html(page, "</span></p>\n");
}

/* Who would have been called had it not been acknowledged: whoever was not paged by now. */
static void put_asleep(struct page_writer *page, const struct sight *sight)
{
    const struct engine *engine = sight->house->engine;
    const struct team *team = sight->team;
    for (enum role role = 0; team && role < ROLE_COUNT; role++) {
        struct duty duty = {0};
        if (!view_oncall(engine, team, role, sight->now.wall_at, &duty) || duty.user_count == 0)
            continue;
        bool is_awake = string_is(duty.users[0]->id, sight->token->user);
        for (size_t i = 0; i < sight->incident->paged_count; i++)
            is_awake |= string_is(sight->incident->paged[i], duty.users[0]->id);
        if (is_awake)
            continue;
        html(page, " ");
        const struct zone *zone = duty.users[0]->zone ? duty.users[0]->zone : sight->zone;
        bool is_asleep = page_is_night(zone, sight->now.wall_at);
        page_say(page, is_asleep ? SCREEN_ASLEEP : SCREEN_NOT_CALLED,
                 {"who", names_words(page->call, duty.users, 1)});
        return;
    }
}

static void put_links(struct page_writer *page, const struct sight *sight)
{
    CLEANUP(text_clear) struct text runbook = {0};
    runbook_find(&runbook, sight);
    CLEANUP(text_clear) struct text room = {0};
    if (sight->team && sight->team->war_room)
        (void)address_add(&room, sight->team->war_room, sight->incident);
    const char *link = sight->incident->link;
    if (runbook.size == 0 && room.size == 0 && !(link && *link))
        return;
    html(page, "<p class=\"row\">");
    if (runbook.size > 0)
        page_link(page, text_string(&runbook), page_word(page->call, SCREEN_RUNBOOK), "btn");
    if (room.size > 0)
        page_link(page, text_string(&room), page_word(page->call, SCREEN_ROOM), "btn");
    if (link && *link)
        page_link(page, link, page_word(page->call, SCREEN_SOURCE), "btn");
    html(page, "</p>\n");
}

static void show_mine(struct page_writer *page, const struct sight *sight)
{
    const struct incident *incident = sight->incident;
    bool has_undo = sight_has_undo(sight);
    put_acked_line(page, sight);
    html(page, "<h1>");
    page_put(page, SCREEN_MINE);
    put_asleep(page, sight);
    html(page, "</h1>\n<p>");
    page_text(page, incident->summary);
    html(page, "</p>\n");
    put_links(page, sight);
    put_form(page, sight);
    put_note(page, has_undo);
    html(page, "<p class=\"row\">");
    put_button(page, "snooze", SCREEN_SNOOZE);
    put_button(page, "resolve", SCREEN_RESOLVE);
    put_pass(page, sight);
    html(page, "</p>\n");
    if (sight->team && sight->team->ack_timeout_ms != MSEC_NEVER) {
        html(page, "<p class=\"mu\">");
        page_say(page, SCREEN_QUIET_FOR,
                 {"length", span_words(page->call, sight->team->ack_timeout_ms)});
        html(page, "</p>\n");
    }
    put_foot(page, sight);
}

static void show_other(struct page_writer *page, const struct sight *sight)
{
    put_acked_line(page, sight);
    html(page, "<h1>");
    page_say(page, SCREEN_OTHERS,
             {"who", name_words(page->call, sight, sight->incident->handling->acknowledged_by)});
    html(page, "</h1>\n<p>");
    page_text(page, sight->incident->summary);
    html(page, "</p>\n<p>");
    page_put(page, SCREEN_OTHERS_TAKE);
    html(page, "</p>\n");
    put_form(page, sight);
    html(page, "<p class=\"row\">");
    put_button(page, "take", SCREEN_TAKE);
    html(page, "</p>\n");
    put_note(page, false);
    put_foot(page, sight);
}

static void show_snoozed(struct page_writer *page, const struct sight *sight)
{
    const struct incident *incident = sight->incident;
    const struct call *call = page->call;
    put_tag(page, SCREEN_TAG_SNOOZED, false, incident->number);
    if (incident->handling->snoozed_by && *incident->handling->snoozed_by)
        page_say(page, SCREEN_SNOOZED_BY,
                 {"who", name_words(call, sight, incident->handling->snoozed_by)});
    html(page, "</span></p>\n<h1>");
    page_say(page, SCREEN_SNOOZED,
             {"until", incident->handling->snoozed_until_at
                           ? time_words(call, sight, incident->handling->snoozed_until_at)
                           : ""});
    html(page, "</h1>\n<p>");
    page_text(page, incident->summary);
    html(page, "</p>\n");
    put_form(page, sight);
    html(page, "<p class=\"row\">");
    put_button(page, "wake", SCREEN_WAKE);
    put_button(page, "resolve", SCREEN_RESOLVE);
    html(page, "</p>\n");
    put_foot(page, sight);
}

static void show_closed(struct page_writer *page, const struct sight *sight)
{
    const struct incident *incident = sight->incident;
    const struct call *call = page->call;
    bool is_night = page_is_night(sight->zone, sight->now.wall_at);
    put_tag(page, SCREEN_TAG_RESOLVED, true, sight->token->incident);
    if (incident && incident->handling->resolved_at) {
        bool has_name = incident->handling->resolved_by && *incident->handling->resolved_by;
        page_say(page, SCREEN_RESOLVED_BY,
                 {"who", has_name ? name_words(call, sight, incident->handling->resolved_by)
                                  : word_say(call->words, WORD_ITS_SOURCE)},
                 {"at", time_words(call, sight, incident->handling->resolved_at)});
    }
    html(page, "</span></p>\n<h1>");
    page_put(page, is_night ? SCREEN_CLOSED_NIGHT : SCREEN_CLOSED);
    html(page, "</h1>\n");
    if (incident) {
        html(page, "<p>");
        page_text(page, incident->summary);
        html(page, "</p>\n");
    }
}

/* Given up: whoever reads this may be a stranger, and learns nothing more of the incident. */
static void show_void(struct page_writer *page, const struct sight *sight)
{
    bool is_spent = sight->token->wrong_count >= SIGHT_TRIES_MAX;
    html(page, "<p><b class=\"tag\">#");
    page_textf(page, "%" PRIu64, sight->token->incident);
    html(page, "</b></p>\n<h1>");
    page_put(page, SCREEN_VOID);
    html(page, "</h1>\n<p>");
    page_put(page, is_spent ? SCREEN_VOID_SPENT : SCREEN_VOID_STRANGER);
    html(page, " ");
    page_put(page, SCREEN_VOID_NOBODY);
    html(page, "</p>\n<p>");
    page_say(page, SCREEN_VOID_FOR_YOU,
             {"command",
              arena_format(page->call->arena, "pagectl ack %" PRIu64, sight->token->incident)});
    html(page, "</p>\n");
}

static void sight_title(struct text *title, const struct call *call, const struct sight *sight)
{
    const struct incident *incident = sight->incident;
    bool is_private = sight->team && sight->team->is_private;
    if (sight->token->is_void) {
        text_addf(title, "#%" PRIu64, sight->token->incident);
        return;
    }
    if (sight_is_closed(sight)) {
        text_add(title, page_words(call, SCREEN_TITLE_CLOSED,
                                   {"number", number_words(call, sight->token->incident)}));
        return;
    }
    if (is_mine(sight)) {
        text_add(title, page_words(call, SCREEN_TITLE_MINE,
                                   {"number", number_words(call, incident->number)}));
        return;
    }
    /* Previews in chats show this to whoever sees the link. */
    text_addf(title, "%s #%" PRIu64, tag_words(call, incident), incident->number);
    if (!is_private)
        text_addf(title, " %s", incident->summary);
}

bool sight_has_undo(const struct sight *sight)
{
    return is_mine(sight) &&
           sight->now.wall_at - sight->incident->handling->acknowledged_at < SIGHT_UNDO_MS;
}

bool sight_is_closed(const struct sight *sight)
{
    return sight->token->is_revoked || !sight->incident ||
           sight->incident->state == INCIDENT_RESOLVED;
}

void sight_show(struct call *call, const struct sight *sight)
{
    CLEANUP(text_clear) struct text title = {0};
    sight_title(&title, call, sight);
    struct page_head head = {
        .title = text_string(&title),
        .is_night = page_is_night(sight->zone, sight->now.wall_at),
    };
    struct page_writer page = page_begin(call, 200, &head);
    if (sight->token->is_void)
        show_void(&page, sight);
    else if (sight_is_closed(sight))
        show_closed(&page, sight);
    else if (is_mine(sight) && sight->incident->state != INCIDENT_SNOOZED)
        show_mine(&page, sight);
    else if (sight->incident->state == INCIDENT_SNOOZED)
        show_snoozed(&page, sight);
    else if (sight->incident->state == INCIDENT_ACKNOWLEDGED)
        show_other(&page, sight);
    else
        show_open(&page, sight);
    page_end(&page);
}
