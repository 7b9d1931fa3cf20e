/* SPDX-License-Identifier: MIT */
/*
 * board.c - the start page: what is open, who is on call. It shows and changes nothing, and only
 * to a known person, or to anybody in a demo.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/canary.h"
#include "http/request.h"
#include "http/route.h"
#include "http/say.h"
#include "http/ui/page.h"

#define ROWS_MAX 50
#define RELOAD_S 10

struct board {
    const struct incident *rows[ROWS_MAX]; /* most urgent first */
    size_t row_count;
    size_t open_count;
    size_t paging_count;
};

/* Paging first, then acknowledged, snoozed, suppressed; the worst first, then the oldest. */
static int row_compare(const void *left, const void *right)
{
    const struct incident *a = *(const struct incident *const *)left;
    const struct incident *b = *(const struct incident *const *)right;
    if (a->state != b->state)
        return a->state < b->state ? -1 : 1;
    if (a->severity != b->severity)
        return a->severity < b->severity ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static void board_fill(struct board *board, const struct engine *engine)
{
    uint64_t cursor = 0;
    const struct incident *incident;
    while ((incident = view_each_incident(engine, &cursor))) {
        if (incident->state == INCIDENT_RESOLVED)
            continue;
        board->open_count++;
        board->paging_count += incident->state == INCIDENT_TRIGGERED;
        if (board->row_count < ROWS_MAX) {
            board->rows[board->row_count++] = incident;
            qsort(board->rows, board->row_count, sizeof(*board->rows), row_compare);
        } else if (row_compare(&incident, &board->rows[ROWS_MAX - 1]) < 0) {
            board->rows[ROWS_MAX - 1] = incident;
            qsort(board->rows, ROWS_MAX, sizeof(*board->rows), row_compare);
        }
    }
}

static void put_state(struct page_writer *page, const struct incident *incident)
{
    switch (incident->state) {
    case INCIDENT_TRIGGERED:
        html(page, "<b class=\"crit\">&#9679; paging</b>");
        return;
    case INCIDENT_ACKNOWLEDGED:
        html(page, "<span class=\"ok\">&#9680; acked</span>");
        return;
    case INCIDENT_SNOOZED:
        html(page, "<span class=\"mu\">&#9675; snoozed</span>");
        return;
    case INCIDENT_SUPPRESSED:
        html(page, "<span class=\"mu\">&#9675; ");
        page_text(page, view_is_held(incident)                ? "silenced"
                        : view_is_held_till_morning(incident) ? "held till morning"
                                                              : "suppressed");
        html(page, "</span>");
        return;
    case INCIDENT_RESOLVED:
    case INCIDENT_STATE_COUNT:
        html(page, "resolved");
        return;
    }
}

static void put_row(struct page_writer *page, const struct policy *policy,
                    const struct incident *incident, msec now)
{
    CLEANUP(text_clear) struct text who = {0};
    CLEANUP(text_clear) struct text age = {0};
    if (incident->handling->acknowledged_by && *incident->handling->acknowledged_by)
        say_user(&who, policy, incident->handling->acknowledged_by);
    for (size_t i = 0; incident->state == INCIDENT_TRIGGERED && i < incident->paged_count; i++) {
        text_add(&who, i ? ", " : "");
        say_user(&who, policy, incident->paged[i]);
    }
    say_duration(&age, now - incident->opened_at);
    html(page, "<tr><td>#");
    page_textf(page, "%" PRIu64, incident->number);
    html(page, "</td><td>");
    page_text(page, canary_tag(incident));
    html(page, "</td><td>");
    put_state(page, incident);
    html(page, "</td><td>");
    page_text(page, incident->summary);
    html(page, "</td><td>");
    page_text(page, text_string(&who));
    html(page, "</td><td class=\"low\">");
    page_text(page, incident->team);
    html(page, "</td><td class=\"low\">");
    page_text(page, text_string(&age));
    html(page, "</td></tr>\n");
}

static void put_incidents(struct page_writer *page, const struct house *house,
                          const struct board *board)
{
    msec now = house->now(house->context).wall_at;
    if (board->row_count == 0) {
        html(page, "<p class=\"ok\">Nothing is open.</p>\n");
        return;
    }
    html(page, "<div class=\"wide\"><table><tr><th>#<th>Sev<th>State<th>What<th>Who"
               "<th class=\"low\">Team<th class=\"low\">Age</tr>\n");
    for (size_t i = 0; i < board->row_count; i++)
        put_row(page, view_policy(house->engine), board->rows[i], now);
    html(page, "</table></div>\n");
    if (board->open_count > board->row_count) {
        html(page, "<p class=\"mu\">");
        page_textf(page, "%zu more are open: pagectl incidents",
                   board->open_count - board->row_count);
        html(page, "</p>\n");
    }
}

static const char *const cover_words[COVER_REASON_COUNT] = {[COVER_FOR_REST] = "rest",
                                                            [COVER_FOR_LEAVE] = "leave",
                                                            [COVER_FOR_PAUSE] = "pause",
                                                            [COVER_FOR_TEST] = "a test",
                                                            [COVER_FOR_ROLE] = "another role"};

static void put_duty(struct page_writer *page, const struct house *house, const struct team *team,
                     enum role role, const struct duty *duty)
{
    const struct policy *policy = view_policy(house->engine);
    msec now = house->now(house->context).wall_at;
    CLEANUP(text_clear) struct text until = {0};
    if (duty->until_at != MSEC_NEVER)
        say_time(&until, team->zone ? team->zone : policy->zone, duty->until_at, now);
    html(page, "<tr><td>");
    page_text(page, team->id);
    html(page, "</td><td>");
    page_text(page, role_name(role));
    html(page, "</td><td>");
    if (duty->user_count == 0)
        html(page, "<b class=\"crit\">NOBODY</b>");
    for (size_t i = 0; i < duty->user_count; i++) {
        const struct user *user = duty->users[i];
        CLEANUP(text_clear) struct text url = {0};
        text_add(&url, "inbox/");
        text_add_url(&url, user->id);
        if (i)
            html(page, ", ");
        if (house->has_inbox)
            page_link(page, text_string(&url), user->id, NULL);
        else
            page_text(page, user->id);
    }
    html(page, "</td><td>");
    page_text(page, text_string(&until));
    html(page, "</td><td class=\"mu\">");
    if (duty->kind == DUTY_COVER && duty->instead_of)
        page_textf(page, "covers for %s (%s)", duty->instead_of->id, cover_words[duty->reason]);
    else if (duty->kind == DUTY_OVERRIDE)
        html(page, "override");
    html(page, "</td></tr>\n");
}

static void put_oncall(struct page_writer *page, const struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    msec now = house->now(house->context).wall_at;
    html(page, "<h2>On call</h2>\n<div class=\"wide\"><table>"
               "<tr><th>Team<th>Role<th>Who<th>Until<th>Note</tr>\n");
    for (size_t i = 0; i < policy->team_count && i < ROWS_MAX; i++) {
        for (enum role role = 0; role < ROLE_COUNT; role++) {
            struct duty duty = {0};
            if (view_oncall(house->engine, &policy->teams[i], role, now, &duty))
                put_duty(page, house, &policy->teams[i], role, &duty);
        }
    }
    html(page, "</table></div>\n");
}

static void put_silences(struct page_writer *page, const struct house *house)
{
    msec now = house->now(house->context).wall_at;
    size_t cursor = 0;
    size_t count = 0;
    const struct silence *silence;
    while (count < ROWS_MAX && (silence = view_each_silence(house->engine, &cursor))) {
        if (silence->state == SILENCE_OVER)
            continue;
        CLEANUP(text_clear) struct text when = {0};
        bool is_planned = silence->state == SILENCE_PLANNED;
        say_time(&when, view_policy(house->engine)->zone,
                 is_planned ? silence->from_at : silence->until_at, now);
        if (count++ == 0)
            html(page, "<h2>Silences</h2>\n");
        html(page, "<p>");
        bool is_of_window = silence->maintenance[0] != '\0';
        page_textf(page, "s%" PRIu64 " %s%s %s %s: ", silence->id,
                   is_of_window ? "maintenance " : "",
                   is_of_window ? silence->maintenance : silence->by, is_planned ? "from" : "until",
                   text_string(&when));
        page_text(page, silence->match);
        if (silence->note[0] != '\0')
            page_textf(page, " (%s)", silence->note);
        html(page, "</p>\n");
    }
}

static void put_phones(struct page_writer *page, const struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    if (!house->has_inbox)
        return;
    html(page, "<h2>Phones</h2>\n<p class=\"row\">");
    for (size_t i = 0; i < policy->user_count && i < ROWS_MAX; i++) {
        const struct user *user = &policy->users[i];
        CLEANUP(text_clear) struct text url = {0};
        text_add(&url, "inbox/");
        text_add_url(&url, user->id);
        page_link(page, text_string(&url), user->name ? user->name : user->id, "btn");
    }
    html(page, "</p>\n");
}

static void show_stranger(struct call *call)
{
    struct page_head head = {.title = "pagerd"};
    struct page_writer page = page_begin(call, 200, &head);
    html(&page, "<h1>pagerd</h1>\n<p>This is an on-call pager. It takes alerts from monitoring and "
                "calls whoever is on duty until somebody has it.</p>\n"
                "<p>At the terminal: <code>pagectl login</code>, then <code>pagectl</code>. "
                "A token is made with <code>pagectl key add NAME --user USER</code>.</p>\n"
                "<p><a class=\"btn\" href=\"login\">Log in with a token</a></p>\n"
                "<p class=\"mu\">Your name goes into the first field, the token into the second. "
                "The link in a page needs no login.</p>\n");
    page_end(&page);
}

enum call_wait route_board_show(struct call *call, struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    bool is_known = call->caller.kind == CALLER_PERSON || call->caller.can_administer;
    if (!policy || (!house->has_inbox && !is_known)) {
        show_stranger(call);
        return CALL_ANSWER_NOW;
    }
    struct board board = {0};
    board_fill(&board, house->engine);
    CLEANUP(text_clear) struct text title = {0};
    text_addf(&title, "%zu open, %zu paging", board.open_count, board.paging_count);
    const struct zone *zone = say_zone(policy, call->caller.user);
    msec now = house->now(house->context).wall_at;
    CLEANUP(text_clear) struct text clock = {0};
    say_time(&clock, zone, now, now);
    struct page_head head = {.title = text_string(&title), .reload_s = RELOAD_S};
    struct page_writer page = page_begin(call, 200, &head);
    html(&page, "<h1>");
    page_text(&page, text_string(&title));
    html(&page, "</h1>\n<p class=\"mu\">");
    page_textf(&page, "%s %s", text_string(&clock), zone_abbreviation(zone, now));
    html(&page, "</p>\n");
    put_incidents(&page, house, &board);
    put_silences(&page, house);
    put_oncall(&page, house);
    put_phones(&page, house);
    page_end(&page);
    return CALL_ANSWER_NOW;
}

/* Reached only with an identity: the browser has asked for it by then. */
enum call_wait route_login_show(struct call *call, struct house *house)
{
    return route_board_show(call, house);
}
