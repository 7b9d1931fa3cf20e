/* SPDX-License-Identifier: MIT */
/*
 * test.c - the page behind the link of a test: one person, one channel, one button.
 *
 * As with ack links GET shows and changes nothing, and the link of a mail wants the number that
 * stands in its message: a scanner that presses buttons proves nothing about a person.
 */
#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "http/request.h"
#include "http/route.h"
#include "http/say.h"
#include "http/ui/page.h"
#include "http/ui/sight.h"

struct test_link {
    char hash[HASH_TEXT_SIZE];
    const struct ack_token *token;
    const struct user *user;
    const struct proof *proof; /* or NULL */
};

/* False, answered: it leads nowhere. A link of an incident is none of a test. */
static bool link_find(struct test_link *link, struct call *call, struct house *house)
{
    char text[TOKEN_TEXT_SIZE];
    const struct policy *policy = view_policy(house->engine);
    struct span typed = span_of(call->parts[0]);
    bool is_token = token_normalize(typed, text);
    hash_text(is_token ? span_of(text) : typed, link->hash);
    link->token = house->token_find(house->context, link->hash);
    struct now now = house->now(house->context);
    bool is_good = policy && link->token && link->token->incident == 0 &&
                   link->token->expires_at > now.steady_at;
    link->user = is_good ? policy_find_user(policy, link->token->user) : NULL;
    if (!link->user) {
        sight_answer_unknown(call, house);
        return false;
    }
    link->proof = view_proof(house->engine, link->user->id, link->token->channel);
    return true;
}

static void put_number(struct page_writer *page, const struct test_link *link)
{
    if (link->token->number == 0)
        return;
    if (link->token->wrong_count > 0) {
        html(page, "<p class=\"crit\" role=\"alert\"><b>");
        page_put(page, SCREEN_NUMBER_WRONG);
        html(page, "</b></p>\n");
    }
    html(page, "<p><label>");
    page_put(page, SCREEN_NUMBER);
    html(page, " <input class=\"num\" type=\"text\" name=\"n\" "
               "inputmode=\"numeric\" pattern=\"[0-9]{4}\" maxlength=\"4\" required "
               "autocomplete=\"off\"></label></p>\n");
}

enum call_wait route_test_page_show(struct call *call, struct house *house)
{
    struct test_link link;
    if (!link_find(&link, call, house))
        return CALL_ANSWER_NOW;
    bool is_over = link.token->is_void || !link.proof || link.proof->test == TEST_NONE;
    bool is_done = link.proof && link.proof->test == TEST_ANSWERED;
    struct page_head head = {.title = page_word(call, is_done ? SCREEN_TEST_PASSED : SCREEN_TEST)};
    const char *who = link.user->name ? link.user->name : link.user->id;
    struct page_writer page = page_begin(call, 200, &head);
    html(&page, "<h1>");
    page_text(&page, head.title);
    html(&page, "</h1>\n<p>");
    if (is_done) {
        page_say(&page, SCREEN_TEST_WELL, {"via", link.token->channel}, {"who", who});
        html(&page, "</p>\n");
    } else if (is_over) {
        page_put(&page, SCREEN_TEST_OVER);
        html(&page, "</p>\n");
    } else {
        page_say(&page, SCREEN_TEST_ASKS, {"who", who}, {"via", link.token->channel});
        html(&page, "</p>\n<form method=\"post\">\n");
        put_number(&page, &link);
        html(&page, "<button class=\"go\" name=\"do\" value=\"ack\">");
        page_put(&page, SCREEN_TEST_ARRIVED);
        html(&page, "</button></form>\n");
    }
    page_end(&page);
    return CALL_ANSWER_NOW;
}

/* Has this press the number of the message, where one is asked for? */
static bool is_proven(struct call *call, struct house *house, const struct test_link *link)
{
    if (link->token->number == 0)
        return true;
    const char *wanted = arena_format(call->arena, "%04" PRIu32, link->token->number);
    const char *typed = call_field(call, "n");
    struct span number = span_trim(span_of(typed ? typed : ""));
    if (number.size > 0 && secret_equal(number, span_of(wanted)))
        return true;
    if (number.size == 0)
        return false;
    house->token_miss(house->context, link->hash);
    if (link->token->wrong_count >= SIGHT_TRIES_MAX)
        house->token_void(house->context, link->hash);
    return false;
}

/* Whatever button was pressed: that it was is the proof. */
enum call_wait route_test_page_act(struct call *call, struct house *house)
{
    struct test_link link;
    if (!link_find(&link, call, house))
        return CALL_ANSWER_NOW;
    if (sight_is_cross_site(call, house)) {
        page_refuse(call, 403, false, SCREEN_ELSEWHERE, SCREEN_ELSEWHERE_TEXT);
        return CALL_ANSWER_NOW;
    }
    if (!link.token->is_void && is_proven(call, house, &link)) {
        struct answer answer = {.kind = ANSWER_DONE};
        struct event event = {.kind = EVENT_TEST_ANSWER,
                              .actor = link.user->id,
                              .text = arena_copy(call->arena, link.token->channel),
                              .via = arena_format(call->arena, "link %s", link.token->channel),
                              .target = {.kind = TARGET_COUNT}};
        house->step(house->context, &event, &answer);
        if (answer.kind == ANSWER_FULL) {
            page_unavailable(call);
            return CALL_ANSWER_NOW;
        }
    }
    bool has_slash = call->path[strlen(call->path) - 1] == '/';
    text_reset(&call->answer);
    call->status = 303;
    call->content_type = "text/html; charset=utf-8";
    call->location = arena_format(call->arena, "%s%s", has_slash ? "../" : "", call->parts[0]);
    return CALL_AFTER_COMMIT;
}
