/* SPDX-License-Identifier: MIT */
#include "http/ui/page.h"

#include <assert.h>
#include <string.h>

#include "base/id.h"
#include "base/span.h"
#include "base/utf8.h"
#include "http/request.h"
#include "notify/wordbook.h"

#define NIGHT_FROM_HOUR 22
#define NIGHT_UNTIL_HOUR 7

/* One sheet for all pages: three palettes (light, dark, night), contrast of text at least 5.8:1. */
static const char style[] =
    ":root{color-scheme:light dark;--bg:#fff;--fg:#1a1c1e;--mu:#5a6068;--li:#cfd4da;--bx:#f4f6f8;"
    "--cr:#b3141d;--wa:#855400;--ok:#1b6e3c;--ln:#0b57d0;--go:#1b6e3c}"
    "@media(prefers-color-scheme:dark){:root{--bg:#101418;--fg:#e8eaed;--mu:#a8b0b8;--li:#3a424a;"
    "--bx:#1a2027;--cr:#ff8a80;--wa:#ffc46b;--ok:#7fd99b;--ln:#8ab4f8}}"
    ".night{color-scheme:dark;--bg:#0b0d10;--fg:#cfd3d7;--mu:#98a0a8;--li:#30373e;--bx:#14181d;"
    "--cr:#ff8a80;--wa:#e8b25f;--ok:#7fd99b;--ln:#8ab4f8}"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;padding:16px;max-width:60rem;background:var(--bg);color:var(--fg);"
    "font:1.0625rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}"
    "h1{font-size:1.5rem;line-height:1.25;margin:.3em 0}"
    "h2{font-size:1.05rem;margin:1.6em 0 .4em}a{color:var(--ln)}"
    ".mu{color:var(--mu)}.crit{color:var(--cr)}.warn{color:var(--wa)}.ok{color:var(--ok)}"
    ".tag{font-weight:700;border:2px solid;border-radius:6px;padding:1px 8px}"
    "button,.btn{font:inherit;min-height:48px;padding:8px 18px;border:2px solid var(--li);"
    "border-radius:10px;background:var(--bx);color:var(--fg);cursor:pointer;text-decoration:none;"
    "display:inline-flex;align-items:center;justify-content:center}"
    ".go{display:block;width:100%;min-height:96px;margin:20px 0 12px;border:0;"
    "background:var(--go);color:#fff;font-size:1.6rem;font-weight:700;border-radius:14px}"
    ".row{display:flex;gap:10px;flex-wrap:wrap}.row>*{flex:1 1 8rem;text-align:center}"
    ":focus-visible{outline:3px solid var(--ln);outline-offset:2px}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{padding:6px 8px;text-align:left;border-bottom:1px solid var(--li);vertical-align:top}"
    "input[type=text]{font:inherit;width:100%;min-height:48px;padding:8px;"
    "border:2px solid var(--mu);border-radius:10px;background:var(--bg);color:var(--fg)}"
    "input.num{display:block;max-width:9rem;font-size:1.6rem;letter-spacing:.2em}"
    "::placeholder{color:var(--mu);opacity:1}"
    ".sms{background:var(--bx);border-radius:14px;padding:10px 14px;margin:8px 0;"
    "white-space:pre-wrap}.lock{border:2px solid var(--li);border-radius:14px;padding:10px 14px}"
    ".wide{overflow-x:auto}@media(max-width:30rem){.low{display:none}}"
    "@media(prefers-reduced-motion:reduce){*{transition:none}}"
    "@media print{body{max-width:none;font-size:11pt;color:#000;background:#fff}"
    "button,form{display:none}a{color:#000}}";

void page_add_literal(struct page_writer *page, const char *literal)
{
    text_add(page->out, literal);
}

void page_text(struct page_writer *page, const char *text)
{
    CLEANUP(text_clear) struct text clean = {0};
    utf8_add_clean(&clean, span_of(text));
    text_add_html(page->out, text_string(&clean));
}

void page_textf(struct page_writer *page, const char *format, ...)
{
    CLEANUP(text_clear) struct text text = {0};
    va_list list;
    va_start(list, format);
    text_addv(&text, format, list);
    va_end(list);
    page_text(page, text_string(&text));
}

void page_paragraph(struct page_writer *page, const char *text, size_t max)
{
    struct span all = span_trim(span_of(text));
    const char *end = all.size ? memmem(all.bytes, all.size, "\n\n", 2) : NULL;
    struct span first = {all.bytes, end ? (size_t)(end - all.bytes) : all.size};
    struct span cut = utf8_cut(first, max);
    if (cut.size == 0)
        return;
    html(page, "<p>");
    page_textf(page, "%.*s", (int)cut.size, cut.bytes);
    if (cut.size < first.size)
        html(page, "&hellip;");
    html(page, "</p>\n");
}

void page_link(struct page_writer *page, const char *url, const char *label, const char *css_class)
{
    struct span span = span_of(url);
    if (!span_has_prefix(span, "https://") && !span_has_prefix(span, "http://") &&
        strstr(url, ":")) {
        page_text(page, label);
        return;
    }
    html(page, "<a rel=\"noreferrer noopener\"");
    if (css_class) {
        html(page, " class=\"");
        page_text(page, css_class);
        html(page, "\"");
    }
    html(page, " href=\"");
    page_text(page, url);
    html(page, "\">");
    page_text(page, label);
    html(page, "</a>");
}

struct page_writer page_begin(struct call *call, unsigned status, const struct page_head *head)
{
    char token[TOKEN_TEXT_SIZE];
    token_new(token);
    call->nonce = arena_copy(call->arena, token);
    call->status = status;
    call->content_type = "text/html; charset=utf-8";
    text_reset(&call->answer);
    struct page_writer page = {.call = call, .out = &call->answer};
    html(&page, "<!doctype html><html lang=\"");
    page_text(&page, word_say(call->words, WORD_LANGUAGE));
    html(&page, "\"");
    if (head->is_night)
        html(&page, " class=\"night\"");
    html(&page, "><meta charset=\"utf-8\">"
                "<meta name=\"viewport\" content=\"width=device-width\">"
                "<meta name=\"robots\" content=\"noindex\">"
                "<meta name=\"referrer\" content=\"no-referrer\">");
    if (head->reload_s) {
        html(&page, "<meta http-equiv=\"refresh\" content=\"");
        page_textf(&page, "%u", head->reload_s);
        html(&page, "\">");
    }
    html(&page, "<title>");
    page_text(&page, head->title);
    html(&page, "</title><style nonce=\"");
    page_text(&page, call->nonce);
    html(&page, "\">");
    page_add_literal(&page, style);
    html(&page, "</style>\n<body><main>\n");
    return page;
}

void page_end(struct page_writer *page)
{
    html(page, "</main>\n");
    assert(page->call->status != 0);
}

bool page_is_night(const struct zone *zone, msec at)
{
    int32_t hour = zone_civil(zone, at).hour;
    return hour >= NIGHT_FROM_HOUR || hour < NIGHT_UNTIL_HOUR;
}

void page_message(struct call *call, unsigned status, const char *title, const char *text)
{
    page_message_to(call, status, false, title, text);
}

void page_message_to(struct call *call, unsigned status, bool is_night, const char *title,
                     const char *text)
{
    struct page_head head = {.title = title, .is_night = is_night};
    struct page_writer page = page_begin(call, status, &head);
    html(&page, "<h1>");
    page_text(&page, title);
    html(&page, "</h1>\n<p>");
    page_text(&page, text);
    html(&page, "</p>\n");
    page_end(&page);
}

const char *page_words_of(const struct call *call, enum screen screen,
                          const struct template_value *values)
{
    CLEANUP(text_clear) struct text text = {0};
    screen_add(&text, call->words, screen, values);
    return arena_copy_span(call->arena, text_span(&text));
}

const char *page_word(const struct call *call, enum screen screen)
{
    return page_words_of(call, screen, &(const struct template_value){0});
}

void page_put(struct page_writer *page, enum screen screen)
{
    page_text(page, page_word(page->call, screen));
}

void page_refuse(struct call *call, unsigned status, bool is_night, enum screen title,
                 enum screen text)
{
    page_message_to(call, status, is_night, page_word(call, title), page_word(call, text));
}

void page_unavailable(struct call *call)
{
    if (call->is_handed_over) {
        page_message(call, 503, page_word(call, SCREEN_UNANSWERED),
                     page_word(call, SCREEN_UNANSWERED_TEXT));
        return;
    }
    bool is_kept = call->unrecorded != NULL;
    page_message(call, 503, is_kept ? call->unrecorded : page_word(call, SCREEN_UNRECORDED),
                 is_kept ? call->unrecorded_text : page_word(call, SCREEN_UNRECORDED_TEXT));
}
