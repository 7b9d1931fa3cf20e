/* SPDX-License-Identifier: MIT */
#include "ingest/mail_html.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

#define TAG_NAME_MAX 16
#define ENTITY_MAX 12
#define LINK_MAX 500 /* bytes; a longer address is a tracker's, not a person's */

enum effect {
    EFFECT_NONE, /* of a tag that is not in the table */
    EFFECT_LINE, /* a new line */
    EFFECT_PARAGRAPH,
    EFFECT_CELL,
    EFFECT_ITEM,
    EFFECT_HIDDEN, /* what is inside is not for people */
    EFFECT_LINK,
};

static const struct {
    const char *name;
    enum effect effect;
} tags[] = {
    {"br", EFFECT_LINE},         {"div", EFFECT_LINE},        {"tr", EFFECT_LINE},
    {"dt", EFFECT_LINE},         {"dd", EFFECT_LINE},         {"hr", EFFECT_LINE},
    {"p", EFFECT_PARAGRAPH},     {"h1", EFFECT_PARAGRAPH},    {"h2", EFFECT_PARAGRAPH},
    {"h3", EFFECT_PARAGRAPH},    {"h4", EFFECT_PARAGRAPH},    {"h5", EFFECT_PARAGRAPH},
    {"h6", EFFECT_PARAGRAPH},    {"table", EFFECT_PARAGRAPH}, {"ul", EFFECT_PARAGRAPH},
    {"ol", EFFECT_PARAGRAPH},    {"pre", EFFECT_PARAGRAPH},   {"blockquote", EFFECT_PARAGRAPH},
    {"td", EFFECT_CELL},         {"th", EFFECT_CELL},         {"li", EFFECT_ITEM},
    {"script", EFFECT_HIDDEN},   {"style", EFFECT_HIDDEN},    {"title", EFFECT_HIDDEN},
    {"template", EFFECT_HIDDEN}, {"a", EFFECT_LINK},
};

static const struct {
    const char *name;
    uint32_t code;
} entities[] = {
    {"amp", '&'},      {"lt", '<'},       {"gt", '>'},        {"quot", '"'},     {"apos", '\''},
    {"nbsp", ' '},     {"shy", 0},        {"copy", 0xa9},     {"reg", 0xae},     {"deg", 0xb0},
    {"plusmn", 0xb1},  {"micro", 0xb5},   {"middot", 0xb7},   {"laquo", 0xab},   {"raquo", 0xbb},
    {"times", 0xd7},   {"auml", 0xe4},    {"ouml", 0xf6},     {"uuml", 0xfc},    {"Auml", 0xc4},
    {"Ouml", 0xd6},    {"Uuml", 0xdc},    {"szlig", 0xdf},    {"aring", 0xe5},   {"Aring", 0xc5},
    {"aelig", 0xe6},   {"AElig", 0xc6},   {"oslash", 0xf8},   {"Oslash", 0xd8},  {"agrave", 0xe0},
    {"aacute", 0xe1},  {"egrave", 0xe8},  {"eacute", 0xe9},   {"ecirc", 0xea},   {"iacute", 0xed},
    {"ntilde", 0xf1},  {"oacute", 0xf3},  {"uacute", 0xfa},   {"ccedil", 0xe7},  {"euro", 0x20ac},
    {"pound", 0xa3},   {"sect", 0xa7},    {"hellip", 0x2026}, {"mdash", 0x2014}, {"ndash", 0x2013},
    {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201c},  {"rdquo", 0x201d}, {"bull", 0x2022},
    {"larr", 0x2190},  {"uarr", 0x2191},  {"rarr", 0x2192},   {"darr", 0x2193},  {"check", 0x2713},
};

/* The page as far as it is read. */
struct page {
    struct text *text;
    struct span rest;
    unsigned line_count; /* newlines wanted before the next word; 0: none */
    bool has_space;      /* white space was seen */
    bool is_cell;        /* the next word begins another cell of the line */
    bool is_begun;       /* something was written */
    struct text link;    /* address of the link that is open */
    size_t link_at;      /* where its text begins */
};

static void page_gap(struct page *page)
{
    if (page->is_begun && page->line_count > 0)
        text_add(page->text, page->line_count > 1 ? "\n\n" : "\n");
    else if (page->is_begun && page->is_cell)
        text_add(page->text, " | ");
    else if (page->is_begun && page->has_space)
        text_add_char(page->text, ' ');
    page->line_count = 0;
    page->is_cell = false;
    page->has_space = false;
    page->is_begun = true;
}

static void page_code(struct page *page, uint32_t code)
{
    bool is_space = code == ' ' || code == '\t' || code == '\n' || code == '\r' || code == 0xa0;
    if (is_space) {
        page->has_space = true;
        return;
    }
    page_gap(page);
    utf8_add(page->text, code);
}

static uint32_t number_read(const char *digits)
{
    bool is_hex = digits[0] == 'x' || digits[0] == 'X';
    uint32_t code = 0;
    for (const char *at = digits + is_hex; *at != '\0'; at++) {
        bool is_digit = is_hex ? isxdigit((unsigned char)*at) : isdigit((unsigned char)*at);
        if (!is_digit || code > 0x10ffff)
            return UTF8_REPLACEMENT;
        uint32_t digit = (uint32_t)(*at <= '9' ? *at - '0' : (*at | 0x20) - 'a' + 10);
        code = code * (is_hex ? 16 : 10) + digit;
    }
    bool is_text = code >= ' ' || code == '\n' || code == '\t';
    bool is_code = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return is_text && is_code ? code : UTF8_REPLACEMENT;
}

/* "&amp;", "&#8364;"; anything else is an ampersand. Returns how many bytes were read. */
static size_t entity_read(struct span rest, uint32_t *code)
{
    char name[ENTITY_MAX];
    size_t size = 1;
    *code = '&';
    while (size < rest.size && size < ENTITY_MAX &&
           (isalnum((unsigned char)rest.bytes[size]) || rest.bytes[size] == '#'))
        size++;
    if (size == 1 || size == rest.size || rest.bytes[size] != ';')
        return 1;
    memcpy(name, rest.bytes + 1, size - 1);
    name[size - 1] = '\0';
    if (name[0] == '#') {
        *code = number_read(name + 1);
        return size + 1;
    }
    for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++) {
        if (!string_is(entities[i].name, name))
            continue;
        *code = entities[i].code;
        return size + 1;
    }
    return 1;
}

static void page_skip(struct page *page, size_t size)
{
    page->rest.bytes += size;
    page->rest.size -= size;
}

/* Past the mark; all of the rest when it does not come. */
static void page_skip_to(struct page *page, const char *mark)
{
    const char *at = memmem(page->rest.bytes, page->rest.size, mark, strlen(mark));
    page_skip(page, at == NULL ? page->rest.size : (size_t)(at - page->rest.bytes) + strlen(mark));
}

/* To the "</name" that ends what is not for people. */
static void page_skip_hidden(struct page *page, const char *name)
{
    size_t size = strlen(name);
    while (page->rest.size > 0) {
        page_skip_to(page, "</");
        if (page->rest.size >= size && strncasecmp(page->rest.bytes, name, size) == 0)
            break;
    }
    page_skip_to(page, ">");
}

/* Bytes of a tag up to and with its ">", which may stand in quotes. */
static size_t tag_size(struct span rest)
{
    char quote = '\0';
    for (size_t i = 1; i < rest.size; i++) {
        char byte = rest.bytes[i];
        if (quote != '\0')
            quote = byte == quote ? '\0' : quote;
        else if (byte == '"' || byte == '\'')
            quote = byte;
        else if (byte == '>')
            return i + 1;
    }
    /* A quote that never ends: then the first ">" ends the tag. */
    const char *end = memchr(rest.bytes, '>', rest.size);
    return end == NULL ? rest.size : (size_t)(end - rest.bytes) + 1;
}

static enum effect tag_effect(struct span tag, bool is_end, char name[TAG_NAME_MAX])
{
    size_t size = 0;
    for (size_t i = is_end ? 2 : 1; i < tag.size && size + 1 < TAG_NAME_MAX; i++) {
        if (!isalnum((unsigned char)tag.bytes[i]))
            break;
        name[size++] = (char)tolower((unsigned char)tag.bytes[i]);
    }
    name[size] = '\0';
    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
        if (string_is(tags[i].name, name))
            return tags[i].effect;
    }
    return EFFECT_NONE;
}

/* href="https://…" of a tag. */
static void link_begin(struct page *page, struct span tag)
{
    text_reset(&page->link);
    page->link_at = page->text->size;
    const char *at = memmem(tag.bytes, tag.size, "href=", 5);
    if (at == NULL)
        return;
    struct span rest = {at + 5, (size_t)(tag.bytes + tag.size - at - 5)};
    bool is_quoted = rest.size > 0 && (*rest.bytes == '"' || *rest.bytes == '\'');
    char end = is_quoted ? *rest.bytes : '>';
    if (is_quoted)
        rest = (struct span){rest.bytes + 1, rest.size - 1};
    struct span url = span_trim(span_cut(&rest, end));
    if (url.size > LINK_MAX || memchr(url.bytes, ' ', url.size) != NULL ||
        (!span_has_prefix(url, "https://") && !span_has_prefix(url, "http://")))
        return;
    while (url.size > 0) {
        uint32_t code = (unsigned char)*url.bytes;
        size_t size = code == '&' ? entity_read(url, &code) : 1;
        if (size == 1)
            text_add_bytes(&page->link, url.bytes, 1);
        else
            utf8_add(&page->link, code);
        url = (struct span){url.bytes + size, url.size - size};
    }
}

static void link_end(struct page *page)
{
    struct span link = text_span(&page->link);
    struct span said = text_span(page->text);
    if (page->link_at <= said.size)
        said = (struct span){said.bytes + page->link_at, said.size - page->link_at};
    bool is_said =
        link.size == 0 || memmem(said.bytes ? said.bytes : "", said.size, link.bytes, link.size);
    if (!is_said && page->is_begun)
        text_addf(page->text, " (%s)", text_string(&page->link));
    text_reset(&page->link);
}

static void page_tag(struct page *page)
{
    char name[TAG_NAME_MAX];
    if (span_has_prefix(page->rest, "<!--")) {
        page_skip_to(page, "-->");
        return;
    }
    struct span tag = {page->rest.bytes, tag_size(page->rest)};
    bool is_end = tag.size > 1 && tag.bytes[1] == '/';
    enum effect effect = tag_effect(tag, is_end, name);
    page_skip(page, tag.size);
    switch (effect) {
    case EFFECT_NONE:
        break;
    case EFFECT_LINE:
        page->line_count += page->line_count == 0 || string_is(name, "br");
        break;
    case EFFECT_PARAGRAPH:
        page->line_count = 2;
        break;
    case EFFECT_CELL:
        page->is_cell = page->is_cell || !is_end;
        break;
    case EFFECT_ITEM:
        page->line_count += page->line_count == 0;
        if (is_end)
            break;
        page_gap(page);
        text_add(page->text, "- ");
        break;
    case EFFECT_HIDDEN:
        if (!is_end)
            page_skip_hidden(page, name);
        break;
    case EFFECT_LINK:
        if (is_end)
            link_end(page);
        else
            link_begin(page, tag);
        break;
    }
}

/* "<" before a letter, "/" or "!" begins a tag; else it is text, as in "load < 5". */
static bool is_tag(struct span rest)
{
    return rest.size > 1 && rest.bytes[0] == '<' &&
           (isalpha((unsigned char)rest.bytes[1]) || strchr("/!?", rest.bytes[1]) != NULL) &&
           rest.bytes[1] != '\0';
}

void mail_html_add(struct text *text, struct span html)
{
    struct page page = {.text = text, .rest = html};
    while (page.rest.size > 0) {
        if (is_tag(page.rest)) {
            page_tag(&page);
            continue;
        }
        uint32_t code;
        if (*page.rest.bytes == '&') {
            page_skip(&page, entity_read(page.rest, &code));
            if (code == 0)
                continue;
        } else {
            code = utf8_next(&page.rest);
        }
        page_code(&page, code);
    }
    text_clear(&page.link);
}
