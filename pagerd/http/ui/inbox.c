/* SPDX-License-Identifier: MIT */
/*
 * inbox.c - the phone of one person in the demo: what would have come by SMS and e-mail, newest
 * first, with our own links to press. Only there when the configuration has an inbox.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "http/request.h"
#include "http/route.h"
#include "http/say.h"
#include "http/ui/page.h"

#define LETTERS_MAX 50
#define LOCK_SCREEN_MAX 40 /* characters that a locked phone shows */
#define RELOAD_S 3

/* One of our own ack links at the start of `rest`, or an empty span. */
static struct span link_at(struct span rest, const char *public_url)
{
    size_t size = strlen(public_url);
    if (size == 0 || rest.size <= size || memcmp(rest.bytes, public_url, size) != 0 ||
        rest.bytes[size] != '/')
        return (struct span){0};
    while (size < rest.size && (unsigned char)rest.bytes[size] > ' ' &&
           !strchr("<>\"'`)", rest.bytes[size]))
        size++;
    while (strchr(".,;:", rest.bytes[size - 1]))
        size--;
    return (struct span){rest.bytes, size};
}

/* The text with our own links to press; other people's stay text. */
static void put_linked(struct page_writer *page, const char *text, const char *public_url)
{
    struct span rest = span_of(text);
    const char *plain = rest.bytes;
    while (rest.size > 0) {
        struct span link = link_at(rest, public_url);
        if (link.size == 0) {
            rest.bytes++;
            rest.size--;
            continue;
        }
        page_textf(page, "%.*s", (int)(rest.bytes - plain), plain);
        CLEANUP(text_clear) struct text url = {0};
        text_add_span(&url, link);
        /* Relative to /inbox/USER, so that it works by whatever address the demo is seen. */
        CLEANUP(text_clear) struct text path = {0};
        text_addf(&path, "..%s", text_string(&url) + strlen(public_url));
        page_link(page, text_string(&path), text_string(&url), NULL);
        rest.bytes += link.size;
        rest.size -= link.size;
        plain = rest.bytes;
    }
    page_textf(page, "%.*s", (int)(rest.bytes - plain), plain);
}

/* The first characters of a message, as they stand on a locked screen. */
static void put_lock_screen(struct page_writer *page, const struct inbox_letter *letter)
{
    struct span rest = span_of(letter->subject ? letter->subject : letter->text);
    CLEANUP(text_clear) struct text line = {0};
    for (size_t i = 0; i < LOCK_SCREEN_MAX && rest.size > 0; i++) {
        uint32_t point = utf8_next(&rest);
        utf8_add(&line, point == '\n' ? ' ' : point);
    }
    page_text(page, text_string(&line));
    if (rest.size > 0)
        html(page, "&hellip;");
}

static void put_letter(struct page_writer *page, const struct inbox_letter *letter,
                       const struct zone *zone, msec now, const char *public_url)
{
    CLEANUP(text_clear) struct text at = {0};
    say_time(&at, zone, letter->at, now);
    html(page, "<p class=\"mu\">");
    page_text(page, text_string(&at));
    page_text(page, string_is(letter->kind, "email") ? " e-mail" : " SMS");
    html(page, "</p>\n<div class=\"sms\">");
    if (letter->subject) {
        html(page, "<b>");
        page_text(page, letter->subject);
        html(page, "</b>\n");
    }
    put_linked(page, letter->text, public_url);
    html(page, "</div>\n");
}

enum call_wait route_inbox_show(struct call *call, struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    const struct user *user =
        house->has_inbox && policy ? policy_find_user(policy, call->parts[0]) : NULL;
    if (!user) {
        page_message(call, 404, "No such inbox",
                     "There is an inbox per person only with channels.inbox in the configuration.");
        return CALL_ANSWER_NOW;
    }
    const struct zone *zone = say_zone(policy, user->id);
    msec now = house->now(house->context).wall_at;
    const char *name = user->name ? user->name : user->id;
    CLEANUP(text_clear) struct text title = {0};
    CLEANUP(text_clear) struct text clock = {0};
    text_addf(&title, "Phone of %s", name);
    say_time(&clock, zone, now, now);
    struct page_head head = {
        .title = text_string(&title),
        .is_night = page_is_night(zone, now),
        .reload_s = RELOAD_S,
    };
    struct page_writer page = page_begin(call, 200, &head);
    html(&page, "<h1>");
    page_text(&page, text_string(&title));
    html(&page, "</h1>\n<p class=\"mu\">");
    page_textf(&page, "%s %s", text_string(&clock), zone_abbreviation(zone, now));
    html(&page, " &middot; <a href=\"../\">All incidents</a></p>\n");
    size_t cursor = 0;
    size_t count = 0;
    const struct inbox_letter *letter;
    while (count < LETTERS_MAX && (letter = house->inbox_each(house->context, user->id, &cursor))) {
        if (count++ == 0) {
            html(&page, "<p class=\"lock\"><span class=\"mu\">On the lock screen: </span>");
            put_lock_screen(&page, letter);
            html(&page, "</p>\n");
        }
        put_letter(&page, letter, zone, now, house->public_url ? house->public_url : "");
    }
    if (count == 0)
        html(&page, "<p>Nothing has come yet. A quiet phone is a good phone.</p>\n");
    page_end(&page);
    return CALL_ANSWER_NOW;
}
