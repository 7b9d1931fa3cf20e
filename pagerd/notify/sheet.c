/* SPDX-License-Identifier: MIT */
#include "notify/sheet.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"
#include "notify/channel.h"
#include "notify/moment.h"
#include "notify/phrase.h"
#include "notify/wording.h"

/* Sentences of the mail beside those of wording.c. */
enum {
    LINE_REPEAT,
    LINE_LATE,
    LINE_NEXT,
    LINE_NUMBER_PLAIN,
    LINE_NUMBER_HTML,
    LINE_ANSWER,
    LINE_SENDER,
    LINE_COUNT
};

static const struct {
    const char *name;
    const char *text;
} lines[LINE_COUNT] = {
    [LINE_REPEAT] = {"repeat", "(repeat): an earlier mail may have arrived."},
    [LINE_LATE] = {"late", "{0: $late: pagerd was not running when this was due.}"},
    [LINE_NEXT] = {"next", "{0:$next is called at $next_time if nobody acks.}"},
    [LINE_NUMBER_PLAIN] = {"number-plain", "(the page behind the link asks for it)"},
    [LINE_ANSWER] = {"answer", "or answer this mail with: ack (or: pass on, snooze, resolve)"},
    [LINE_SENDER] = {"sender", "PAGER{0: $team}"},
    [LINE_NUMBER_HTML] = {"number-html", "The page behind the button asks for this number:"},
};

bool sheet_text(size_t index, struct text_row *row)
{
    if (index >= LINE_COUNT)
        return false;
    snprintf(row->name, sizeof row->name, "mail.%s", lines[index].name);
    row->place = &lines[index].text;
    row->use = TEXT_LINE;
    return true;
}

static const char *line_of(const struct letter *letter, int line)
{
    return wordbook_say(letter->words, &lines[line].text);
}

static const char *clean_copy(struct arena *arena, const char *string)
{
    CLEANUP(text_clear) struct text text = {0};
    utf8_add_clean(&text, span_of(string));
    return arena_copy_span(arena, span_trim(text_span(&text)));
}

/* The template's sentence, and what is odd about this mail. */
static const char *lead_copy(const struct letter *letter, struct arena *arena,
                             const struct wording *wording)
{
    const char *template = arena_format(
        arena, "%s%s%s%s", wordbook_say(letter->words, &wording->lead),
        letter->is_repeat ? " " : "", letter->is_repeat ? line_of(letter, LINE_REPEAT) : "",
        letter->is_late ? line_of(letter, LINE_LATE) : "");
    return phrase_copy(letter, template, arena);
}

static void row_add(struct sheet_row *rows, size_t *count, const char *word, const char *value,
                    bool is_link)
{
    assert(*count < SHEET_ROWS_MAX);
    if (has_text(value))
        rows[(*count)++] = (struct sheet_row){word, value, is_link};
}

static const char *labels_copy(const struct letter *letter, struct arena *arena)
{
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < letter->label_count; i++)
        text_addf(&text, "%s%s=%s", i > 0 ? " " : "", letter->labels[i].name,
                  letter->labels[i].value);
    bool is_long = text.size > SHEET_LABELS_MAX;
    struct span cut = utf8_cut(text_span(&text), SHEET_LABELS_MAX);
    const char *kept = arena_copy_span(arena, cut);
    return clean_copy(
        arena,
        is_long ? arena_format(arena, "%s ... %s", kept, word_say(letter->words, WORD_CUT)) : kept);
}

/* "Sun 22 Nov 2026 03:02:07 CET       Service  postgres   Team  ops" */
static const char *since_copy(const struct letter *letter, struct arena *arena)
{
    struct phrase phrase = phrase_new(letter, false);
    CLEANUP(text_clear) struct text text = {0};
    if (letter->opened_at != 0)
        moment_add_full(&text, &phrase.view, letter->opened_at);
    if (has_text(letter->service) && !letter->is_private)
        text_addf(&text, "       %s  %s", word_say(letter->words, WORD_SERVICE), letter->service);
    if (has_text(letter->team))
        text_addf(&text, "   %s  %s", word_say(letter->words, WORD_TEAM), letter->team);
    return clean_copy(arena, text_string(&text));
}

/* "#371 9 Nov, Dan: "journalctl --vacuum-size=1G"" */
static const char *before_copy(const struct letter *letter, struct arena *arena)
{
    if (letter->previous == 0)
        return "";
    struct phrase phrase = phrase_new(letter, false);
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "#%" PRIu64, letter->previous);
    if (letter->previous_ended_at != 0) {
        text_add_char(&text, ' ');
        moment_add_day(&text, &phrase.view, letter->previous_ended_at);
    }
    if (has_text(letter->previous_by))
        text_addf(&text, ", %s", letter->previous_by);
    if (has_text(letter->previous_note) && !letter->is_private)
        text_addf(&text, ": \"%s\"", letter->previous_note);
    return clean_copy(arena, text_string(&text));
}

static const char *web_copy(struct arena *arena, const char *url)
{
    struct fault fault;
    return has_text(url) && request_url_check(url, &fault) ? arena_copy(arena, url) : "";
}

static void call_add(struct sheet *sheet, const struct letter *letter, struct arena *arena)
{
    if (has_text(letter->ack_link))
        sheet->ack_link = letter->ack_link;
    if (sheet->ack_link != NULL)
        sheet->ack_number =
            letter->ack_number != 0 ? arena_format(arena, "%" PRIu32, letter->ack_number) : "";
    if (!letter->is_private) {
        sheet->details = clean_copy(arena, letter->details);
        row_add(sheet->rows, &sheet->row_count, word_say(letter->words, WORD_RUNBOOK),
                web_copy(arena, letter->runbook), true);
        row_add(sheet->rows, &sheet->row_count, word_say(letter->words, WORD_GRAPH),
                web_copy(arena, letter->graph), true);
    }
    row_add(sheet->rows, &sheet->row_count, word_say(letter->words, WORD_ROOM),
            web_copy(arena, letter->war_room), true);
    row_add(sheet->rows, &sheet->row_count, word_say(letter->words, WORD_NEXT),
            phrase_copy(letter, line_of(letter, LINE_NEXT), arena), false);
    row_add(sheet->rows, &sheet->row_count, word_say(letter->words, WORD_BEFORE),
            before_copy(letter, arena), false);
}

const char *sheet_sender(const struct letter *letter, struct arena *arena)
{
    return phrase_copy(letter, line_of(letter, LINE_SENDER), arena);
}

struct sheet sheet_new(const struct letter *letter, struct arena *arena)
{
    const struct wording *wording = wording_find(letter);
    struct sheet sheet = {
        .letter = letter,
        .title = phrase_copy(letter, "{0:$thing}", arena),
        .lead = lead_copy(letter, arena, wording),
        .ack_number = "",
        .details = letter->incident == 0 ? clean_copy(arena, letter->details) : "",
    };
    if (wording->is_call)
        call_add(&sheet, letter, arena);
    if (letter->opened_at == 0)
        return sheet;
    row_add(sheet.facts, &sheet.fact_count, word_say(letter->words, WORD_SINCE),
            since_copy(letter, arena), false);
    if (wording->is_call && !letter->is_private)
        row_add(sheet.facts, &sheet.fact_count, word_say(letter->words, WORD_LABELS),
                labels_copy(letter, arena), false);
    return sheet;
}

static void plain_add_rows(struct text *text, const struct sheet_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_addf(text, "%-10s%s\n", rows[i].word, rows[i].value);
}

static void plain_add_line(struct text *text, const char *line)
{
    if (line[0] != '\0')
        text_addf(text, "%s\n", line);
}

void sheet_add_plain(const struct sheet *sheet, struct text *text)
{
    plain_add_line(text, sheet->title);
    plain_add_line(text, sheet->lead);
    plain_add_line(text, sheet->details);
    text_add_char(text, '\n');
    if (sheet->ack_link != NULL)
        text_addf(text, "%-10s%s\n", word_say(sheet->letter->words, WORD_ACK), sheet->ack_link);
    if (sheet->ack_number[0] != '\0')
        text_addf(text, "%-10s%s   %s\n", word_say(sheet->letter->words, WORD_ACK_NUMBER),
                  sheet->ack_number, line_of(sheet->letter, LINE_NUMBER_PLAIN));
    if (sheet->ack_link != NULL && has_text(sheet->letter->reply_to))
        text_addf(text, "%-10s%s\n", "", line_of(sheet->letter, LINE_ANSWER));
    plain_add_rows(text, sheet->rows, sheet->row_count);
    if (sheet->ack_link != NULL || sheet->row_count > 0)
        text_add_char(text, '\n');
    plain_add_rows(text, sheet->facts, sheet->fact_count);
}

static void html_add_part(struct text *text, const char *open, const char *string,
                          const char *close)
{
    if (string[0] == '\0')
        return;
    text_add(text, open);
    text_add_html(text, string);
    text_add(text, close);
}

static void html_add_rows(struct text *text, const struct sheet_row *rows, size_t count)
{
    if (count == 0)
        return;
    text_add(text, "<table>\n");
    for (size_t i = 0; i < count; i++) {
        html_add_part(text, "<tr><th align=\"left\" valign=\"top\">", rows[i].word,
                      "&nbsp;</th><td>");
        if (rows[i].is_link)
            html_add_part(text, "<a href=\"", rows[i].value, "\">");
        text_add_html(text, rows[i].value);
        text_add(text, rows[i].is_link ? "</a></td></tr>\n" : "</td></tr>\n");
    }
    text_add(text, "</table>\n");
}

void sheet_add_html(const struct sheet *sheet, struct text *text)
{
    text_add(text, "<!DOCTYPE html>\n");
    html_add_part(text, "<html lang=\"", word_say(sheet->letter->words, WORD_LANGUAGE), "\">");
    text_add(text, "<head><meta charset=\"utf-8\"></head>\n"
                   "<body style=\"font:16px/1.5 sans-serif;max-width:40em\">\n");
    html_add_part(text, "<h1 style=\"font-size:20px\">", sheet->title, "</h1>\n");
    html_add_part(text, "<p>", sheet->lead, "</p>\n");
    html_add_part(text, "<p style=\"white-space:pre-wrap\">", sheet->details, "</p>\n");
    if (sheet->ack_link != NULL) {
        html_add_part(text, "<p><a href=\"", sheet->ack_link,
                      "\" style=\"display:inline-block;padding:14px 32px;background:#0b5fa5;"
                      "color:#ffffff;text-decoration:none;border-radius:6px\">");
        html_add_part(text, "", word_say(sheet->letter->words, WORD_ACK), "</a></p>\n");
    }
    if (sheet->ack_number[0] != '\0')
        html_add_part(text, "<p>", line_of(sheet->letter, LINE_NUMBER_HTML), " ");
    html_add_part(text, "<b style=\"font-size:24px\">", sheet->ack_number, "</b></p>\n");
    if (sheet->ack_link != NULL && has_text(sheet->letter->reply_to))
        html_add_part(text, "<p>", line_of(sheet->letter, LINE_ANSWER), "</p>\n");
    html_add_rows(text, sheet->rows, sheet->row_count);
    html_add_rows(text, sheet->facts, sheet->fact_count);
    text_add(text, "</body></html>\n");
}
