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

#define IMPACT_MAX 600 /* bytes of the details' first paragraph */

static bool is_mine(const struct sight *sight)
{
    return sight->incident->acknowledged_by && *sight->incident->acknowledged_by &&
           string_is(sight->incident->acknowledged_by, sight->token->user);
}

static void put_time(struct page_writer *page, const struct sight *sight, msec at)
{
    CLEANUP(text_clear) struct text text = {0};
    say_time(&text, sight->zone, at, sight->now.wall_at);
    page_text(page, text_string(&text));
}

/* "2 minutes": the largest unit that fits, for people who have just woken up. */
static void put_span(struct page_writer *page, msec duration_ms)
{
    static const struct {
        msec ms;
        const char *name;
    } units[] = {{DAY_MS, "day"}, {HOUR_MS, "hour"}, {MINUTE_MS, "minute"}};
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        int64_t count = duration_ms / units[i].ms;
        if (count > 0) {
            page_textf(page, "%" PRId64 " %s%s", count, units[i].name, count == 1 ? "" : "s");
            return;
        }
    }
    html(page, "a moment");
}

static void put_ago(struct page_writer *page, const struct sight *sight, msec at)
{
    put_span(page, sight->now.wall_at - at);
    html(page, " ago");
}

static void put_name(struct page_writer *page, const struct sight *sight, const char *user)
{
    CLEANUP(text_clear) struct text text = {0};
    say_user(&text, sight->policy, user);
    page_text(page, text_string(&text));
}

static void put_next_names(struct page_writer *page, const struct sight *sight)
{
    CLEANUP(text_clear) struct text text = {0};
    say_users(&text, sight->next.users, sight->next.user_count);
    page_text(page, text_string(&text));
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
    page_text(page, canary_tag(incident));
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
    put_time(page, sight, incident->opened_at);
    html(page, ", ");
    put_ago(page, sight, incident->opened_at);
    html(page, "</span></p>\n<h1>");
    page_text(page, incident->summary);
    html(page, "</h1>\n");
    if (incident->alert_count > 1) {
        html(page, "<p class=\"mu\">The first of ");
        page_textf(page, "%" PRIu32 " alerts.", incident->alert_count);
        html(page, "</p>\n");
    }
    page_paragraph(page, incident->details, IMPACT_MAX);
}

static void put_button(struct page_writer *page, const char *action, const char *label)
{
    html(page, "<button name=\"do\" value=\"");
    page_text(page, action);
    html(page, "\">");
    page_text(page, label);
    html(page, "</button>");
}

static void put_previous(struct page_writer *page, const struct sight *sight)
{
    uint64_t number = sight->incident->previous;
    const struct incident *previous = number ? view_incident(sight->house->engine, number) : NULL;
    html(page, "Last time #");
    page_textf(page, "%" PRIu64, number);
    if (!previous || !previous->resolved_at)
        return;
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, ", ");
    say_day(&text, sight->zone, previous->opened_at);
    text_add(&text, ": resolved ");
    if (previous->resolved_by && *previous->resolved_by) {
        text_add(&text, "by ");
        say_user(&text, sight->policy, previous->resolved_by);
        text_add_char(&text, ' ');
    }
    text_add(&text, "after ");
    say_duration(&text, previous->resolved_at - previous->opened_at);
    if (previous->remedy && *previous->remedy)
        text_addf(&text, ": \"%s\"", previous->remedy);
    page_text(page, text_string(&text));
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
    html(page, "<h2>What to do</h2>\n");
    if (sight->incident->previous) {
        html(page, "<p>");
        put_previous(page, sight);
        html(page, "</p>\n");
    }
    if (runbook.size == 0 && !has_link)
        return;
    html(page, "<p class=\"row\">");
    if (runbook.size > 0)
        page_link(page, text_string(&runbook), "Runbook", "btn");
    if (has_link)
        page_link(page, link, "Where it was seen", "btn");
    html(page, "</p>\n");
}

static void put_via(struct page_writer *page, const char *via)
{
    CLEANUP(text_clear) struct text text = {0};
    words_add_via(&text, via);
    page_text(page, text_string(&text));
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
    if (sight->token->wrong_count > 0)
        html(page, "<p class=\"crit\" role=\"alert\"><b>That was not the number of the message. "
                   "One try is left.</b></p>\n");
    html(page, "<p><label>Number in the message <input class=\"num\" type=\"text\" name=\"n\" "
               "inputmode=\"numeric\" pattern=\"[0-9]{4}\" maxlength=\"4\" required autofocus "
               "autocomplete=\"off\"></label></p>\n");
}

/* Whom the link is for; ends the form. */
static void put_foot(struct page_writer *page, const struct sight *sight)
{
    html(page, "<p class=\"mu\">For ");
    page_text(page, sight->user->name ? sight->user->name : sight->user->id);
    html(page, ", by ");
    put_via(page, sight->token->channel);
    html(page, ": what is pressed here is done in that name. This link works until ");
    msec left_ms = sight->token->expires_at - sight->now.steady_at;
    put_time(page, sight, sight->now.wall_at + left_ms);
    html(page, ".</p>\n<p><button name=\"do\" value=\"stranger\">I am not ");
    put_name(page, sight, sight->user->id);
    html(page, "</button></p></form>\n");
}

static void put_note(struct page_writer *page, bool has_undo)
{
    html(page, "<h2>Tell the others one line (optional)</h2>"
               "<input type=\"text\" name=\"note\" maxlength=\"500\" aria-label=\"Note\" "
               "placeholder=\"e.g. looking, laptop in 5 min\">\n<p class=\"row\">");
    put_button(page, "note", "Send");
    if (has_undo)
        put_button(page, "undo", "Undo my ack");
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
    html(page, "<p class=\"mu\">");
    if (!sight->has_next) {
        html(page, "Nobody else is waiting to be called: you are asked again.</p>\n");
        return;
    }
    html(page, "If nobody presses this, ");
    if (is_next_me(sight)) {
        html(page, "you are called again");
    } else {
        put_next_names(page, sight);
        page_text(page, sight->next.user_count > 1 ? " are called" : " is called");
    }
    if (sight->next.is_last_resort)
        html(page, ", as the last resort,");
    html(page, " at ");
    put_time(page, sight, sight->next.at);
    html(page, ".</p>\n");
}

/* Undo begins anew, from the first step; this goes to the next one, now. */
static void put_pass(struct page_writer *page, const struct sight *sight)
{
    CLEANUP(text_clear) struct text label = {0};
    text_add(&label, "Pass on");
    if (sight->has_next && !is_next_me(sight)) {
        text_add(&label, " to ");
        say_users(&label, sight->next.users, sight->next.user_count);
    }
    put_button(page, "pass", text_string(&label));
}

static void show_open(struct page_writer *page, const struct sight *sight)
{
    put_line(page, sight);
    put_form(page, sight);
    html(page, "<button class=\"go\" name=\"do\" value=\"ack\">I have it</button>\n");
    put_next(page, sight);
    html(page, "<div class=\"row\">");
    put_pass(page, sight);
    put_button(page, "snooze", "Snooze 1 h");
    put_button(page, "resolve", "It is fixed");
    html(page, "</div>\n");
    put_help(page, sight);
    put_foot(page, sight);
}

static void put_acked_line(struct page_writer *page, const struct sight *sight)
{
    html(page, "<p><b class=\"tag ok\">ACKED</b> <b>#");
    page_textf(page, "%" PRIu64, sight->incident->number);
    html(page, "</b> <span class=\"mu\">by ");
    if (is_mine(sight))
        html(page, "you");
    else
        put_name(page, sight, sight->incident->acknowledged_by);
    if (sight->incident->acknowledged_via && *sight->incident->acknowledged_via) {
        html(page, " (");
        put_via(page, sight->incident->acknowledged_via);
        html(page, ")");
    }
    html(page, ", ");
    put_time(page, sight, sight->incident->acknowledged_at);
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
        CLEANUP(text_clear) struct text text = {0};
        say_users(&text, duty.users, 1);
        html(page, " ");
        page_text(page, text_string(&text));
        const struct zone *zone = duty.users[0]->zone ? duty.users[0]->zone : sight->zone;
        bool is_asleep = page_is_night(zone, sight->now.wall_at);
        page_text(page, is_asleep ? " stays asleep." : " is not called.");
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
        page_link(page, text_string(&runbook), "Runbook", "btn");
    if (room.size > 0)
        page_link(page, text_string(&room), "War room", "btn");
    if (link && *link)
        page_link(page, link, "Where it was seen", "btn");
    html(page, "</p>\n");
}

static void show_mine(struct page_writer *page, const struct sight *sight)
{
    const struct incident *incident = sight->incident;
    bool has_undo = sight_has_undo(sight);
    put_acked_line(page, sight);
    html(page, "<h1>It is yours.");
    put_asleep(page, sight);
    html(page, "</h1>\n<p>");
    page_text(page, incident->summary);
    html(page, "</p>\n");
    put_links(page, sight);
    put_form(page, sight);
    put_note(page, has_undo);
    html(page, "<p class=\"row\">");
    put_button(page, "snooze", "Snooze 1 h");
    put_button(page, "resolve", "It is fixed");
    put_pass(page, sight);
    html(page, "</p>\n");
    if (sight->team && sight->team->ack_timeout_ms != MSEC_NEVER) {
        html(page, "<p class=\"mu\">Quiet for ");
        put_span(page, sight->team->ack_timeout_ms);
        html(page, "? You are asked again whether you are still on it.</p>\n");
    }
    put_foot(page, sight);
}

static void show_other(struct page_writer *page, const struct sight *sight)
{
    put_acked_line(page, sight);
    html(page, "<h1>");
    put_name(page, sight, sight->incident->acknowledged_by);
    html(page, " has it.</h1>\n<p>");
    page_text(page, sight->incident->summary);
    html(page, "</p>\n<p>Nothing to do for you. If you are the one who works on it:</p>\n");
    put_form(page, sight);
    html(page, "<p class=\"row\">");
    put_button(page, "take", "Take it over");
    html(page, "</p>\n");
    put_note(page, false);
    put_foot(page, sight);
}

static void show_snoozed(struct page_writer *page, const struct sight *sight)
{
    const struct incident *incident = sight->incident;
    html(page, "<p><b class=\"tag\">SNOOZED</b> <b>#");
    page_textf(page, "%" PRIu64, incident->number);
    html(page, "</b> <span class=\"mu\">");
    if (incident->snoozed_by && *incident->snoozed_by) {
        html(page, "by ");
        put_name(page, sight, incident->snoozed_by);
    }
    html(page, "</span></p>\n<h1>Quiet");
    if (incident->snoozed_until_at) {
        html(page, " until ");
        put_time(page, sight, incident->snoozed_until_at);
    }
    html(page, ".</h1>\n<p>");
    page_text(page, incident->summary);
    html(page, "</p>\n");
    put_form(page, sight);
    html(page, "<p class=\"row\">");
    put_button(page, "wake", "Wake it now");
    put_button(page, "resolve", "It is fixed");
    html(page, "</p>\n");
    put_foot(page, sight);
}

static void show_closed(struct page_writer *page, const struct sight *sight)
{
    const struct incident *incident = sight->incident;
    html(page, "<p><b class=\"tag ok\">RESOLVED</b> <b>#");
    page_textf(page, "%" PRIu64, sight->token->incident);
    html(page, "</b>");
    if (incident && incident->resolved_at) {
        html(page, " <span class=\"mu\">by ");
        if (incident->resolved_by && *incident->resolved_by)
            put_name(page, sight, incident->resolved_by);
        else
            html(page, "its source");
        html(page, ", ");
        put_time(page, sight, incident->resolved_at);
        html(page, "</span>");
    }
    html(page, "</p>\n<h1>Nothing to do");
    page_text(page, page_is_night(sight->zone, sight->now.wall_at) ? ", good night." : ".");
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
    html(page, "</b></p>\n<h1>This link does nothing any more.</h1>\n<p>");
    page_text(page, is_spent ? "Twice a number was typed that is not the message's. "
                             : "Somebody said here that it was not for them. ");
    html(page, "Nobody has acked by that: whoever is on call is paged on.</p>\n<p>");
    html(page, "It was for you? Open the link of another message, or type <b>pagectl ack ");
    page_textf(page, "%" PRIu64, sight->token->incident);
    html(page, "</b> on a computer.</p>\n");
}

static void sight_title(struct text *title, const struct sight *sight)
{
    const struct incident *incident = sight->incident;
    bool is_private = sight->team && sight->team->is_private;
    if (sight->token->is_void) {
        text_addf(title, "#%" PRIu64, sight->token->incident);
        return;
    }
    if (sight_is_closed(sight)) {
        text_addf(title, "Resolved: #%" PRIu64, sight->token->incident);
        return;
    }
    if (is_mine(sight)) {
        text_addf(title, "Yours: #%" PRIu64, incident->number);
        return;
    }
    /* Previews in chats show this to whoever sees the link. */
    text_addf(title, "%s #%" PRIu64, canary_tag(incident), incident->number);
    if (!is_private)
        text_addf(title, " %s", incident->summary);
}

bool sight_has_undo(const struct sight *sight)
{
    return is_mine(sight) && sight->now.wall_at - sight->incident->acknowledged_at < SIGHT_UNDO_MS;
}

bool sight_is_closed(const struct sight *sight)
{
    return sight->token->is_revoked || !sight->incident ||
           sight->incident->state == INCIDENT_RESOLVED;
}

void sight_show(struct call *call, const struct sight *sight)
{
    CLEANUP(text_clear) struct text title = {0};
    sight_title(&title, sight);
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
