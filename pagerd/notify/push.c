/* SPDX-License-Identifier: MIT */
#include "notify/push.h"

#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "base/utf8.h"
#include "notify/channel.h"
#include "notify/phrase.h"
#include "notify/wording.h"

enum { LINE_ODD, LINE_WHERE, LINE_NEXT, LINE_ACK, LINE_PASS, LINE_LINK, LINE_COUNT };

static const struct {
    const char *name;
    const char *text;
    enum text_use use;
} lines[LINE_COUNT] = {
    [LINE_ODD] = {"odd", "{0:$repeat }{0:$late. }", TEXT_LINE},
    [LINE_WHERE] = {"where", "{0:$team{0: $time}. }", TEXT_LINE},
    [LINE_NEXT] = {"next", "{0:$next is called at $next_time.}", TEXT_LINE},
    [LINE_ACK] = {"ack", "I have it", TEXT_LABEL},
    [LINE_PASS] = {"pass", "Pass on", TEXT_LABEL},
    [LINE_LINK] = {"link", "Ack #$number", TEXT_LABEL},
};

bool push_text(size_t index, struct text_row *row)
{
    if (index >= LINE_COUNT)
        return false;
    snprintf(row->name, sizeof row->name, "push.%s", lines[index].name);
    row->place = &lines[index].text;
    row->use = lines[index].use;
    return true;
}

static const char *line_say(const struct letter *letter, int line)
{
    return wordbook_say(letter->words, &lines[line].text);
}

static const enum push_level alarm_levels[SEVERITY_COUNT] = {
    [SEVERITY_CRITICAL] = PUSH_URGENT,
    [SEVERITY_ERROR] = PUSH_HIGH,
    [SEVERITY_WARNING] = PUSH_LOW,
    [SEVERITY_INFO] = PUSH_LOW,
};

static bool is_good_news(enum page_kind kind)
{
    return kind == PAGE_ACKED || kind == PAGE_RESOLVED || kind == PAGE_CLEARED;
}

/* pagerd's own troubles come as notices whose first word says how bad they are: as shipped, or in
 * the house's own language. */
static bool is_critical_notice(const struct letter *letter)
{
    if (letter->kind != PAGE_NOTICE || !has_text(letter->remark))
        return false;
    struct span rest = span_of(letter->remark);
    struct span first = span_cut(&rest, ' ');
    return span_is(first, severity_tag(SEVERITY_CRITICAL)) ||
           span_is(first, word_tag(letter->words, SEVERITY_CRITICAL));
}

static enum push_level level_of(const struct letter *letter, const struct wording *wording)
{
    if (is_good_news(letter->kind))
        return PUSH_SILENT;
    if (is_critical_notice(letter))
        return PUSH_URGENT;
    return wording->is_call ? alarm_levels[letter->severity] : PUSH_NOTICE;
}

static const char *title_of(const struct letter *letter, const struct wording *wording,
                            struct arena *arena)
{
    CLEANUP(text_clear) struct text title = {0};
    struct phrase phrase = phrase_new(letter, false);
    if (letter->kind == PAGE_NOTICE) /* its text is the body */
        phrase_add(&phrase, &title, wordbook_say(letter->words, &wording->head));
    else
        text_add(&title, letter_title(letter, arena));
    struct span cut = utf8_cut(text_span(&title), PUSH_TITLE_MAX - 3);
    bool is_cut = cut.size < title.size && title.size > PUSH_TITLE_MAX;
    return is_cut ? arena_format(arena, "%.*s...", (int)cut.size, cut.bytes)
                  : arena_copy_span(arena, text_span(&title));
}

static void line_add(struct text *text, struct span line)
{
    if (line.size > 0 && text->size > 0)
        text_add_char(text, '\n');
    text_add_span(text, line);
}

static void details_add(struct text *text, const char *details)
{
    CLEANUP(text_clear) struct text clean = {0};
    utf8_add_clean(&clean, span_trim(span_of(details)));
    struct span cut = utf8_cut(text_span(&clean), PUSH_DETAILS_MAX);
    line_add(text, cut);
    text_add(text, cut.size < clean.size ? "..." : "");
}

static const char *body_of(const struct letter *letter, const struct wording *wording,
                           size_t body_max, struct arena *arena)
{
    CLEANUP(text_clear) struct text body = {0};
    CLEANUP(text_clear) struct text next = {0};
    struct phrase phrase = phrase_new(letter, false);
    phrase_add(&phrase, &body,
               arena_format(arena, "%s%s%s", line_say(letter, LINE_ODD),
                            wording->is_call ? line_say(letter, LINE_WHERE) : "",
                            wordbook_say(letter->words, &wording->lead)));
    if (wording->is_call && !letter->is_private && has_text(letter->details))
        details_add(&body, letter->details);
    if (wording->is_call)
        phrase_add(&phrase, &next, line_say(letter, LINE_NEXT));
    line_add(&body, text_span(&next));
    struct span cut = utf8_cut(text_span(&body), body_max);
    return cut.size > 0 ? arena_copy_span(arena, cut) : "-";
}

static bool is_web(const char *url, size_t size_max)
{
    struct fault fault;
    return has_text(url) && strlen(url) <= size_max && request_url_check(url, &fault);
}

struct push push_new(const struct letter *letter, size_t body_max, struct arena *arena)
{
    const struct wording *wording = wording_find(letter);
    struct push push = {
        .level = level_of(letter, wording),
        .title = title_of(letter, wording, arena),
        .body = body_of(letter, wording, body_max, arena),
        .ack_label = phrase_copy(letter, line_say(letter, LINE_ACK), arena),
        .pass_label = phrase_copy(letter, line_say(letter, LINE_PASS), arena),
        .link_label = phrase_copy(letter, line_say(letter, LINE_LINK), arena),
        .runbook_label = word_say(letter->words, WORD_RUNBOOK),
        .ack_word = word_say(letter->words, WORD_ACK),
    };
    if (!wording->is_call)
        return push;
    if (is_web(letter->ack_link, PUSH_LINK_MAX))
        push.ack_link = letter->ack_link;
    if (!letter->is_private && is_web(letter->runbook, PUSH_LINK_MAX))
        push.runbook = letter->runbook;
    return push;
}

bool push_url(const char *server, const char *path, struct arena *arena, const char **url,
              struct fault *fault)
{
    if (!has_text(server))
        return fault_set(fault, FAULT_INPUT, "server is missing");
    if (!request_url_check(server, fault))
        return false;
    if (strpbrk(server, "?#") != NULL)
        return fault_set(fault, FAULT_INPUT, "server has a query in it");
    size_t size = strlen(server);
    while (size > 0 && server[size - 1] == '/')
        size--;
    *url = arena_format(arena, "%.*s%s", (int)size, server, path);
    return true;
}

const struct json *push_health(const struct result *result, const struct channel_settings *settings,
                               struct arena *arena, struct verdict *verdict)
{
    const struct json *json = NULL;
    struct fault fault;
    if (judge_transfer(result, verdict))
        return NULL;
    if (result->code != 200) {
        judge_refusal(result, settings, verdict);
        return NULL;
    }
    if (json_parse(arena, result->body, &json, &fault))
        return json;
    verdict->outcome = OUTCOME_FAILED;
    verdict_set_error(verdict, "what it says of its health cannot be read");
    return NULL;
}
