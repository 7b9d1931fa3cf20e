/* SPDX-License-Identifier: MIT */
/*
 * fuzz_text.c - bytes into the forms that leave pagerd: HTML, URL, terminal, UTF-8, GSM, mail.
 *
 * Each form keeps its alphabet whatever comes in: no markup out of text, no byte of a URL but
 * unreserved ones, no control or bidi mark on a terminal, nothing outside of GSM-7 in an SMS, no
 * line of a mail that a value began. Folding and cleaning a second time changes nothing.
 */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "input.h"
#include "notify/gsm.h"
#include "notify/mime.h"

#define HEX "0123456789ABCDEF"

static void html_check(const char *string)
{
    CLEANUP(text_clear) struct text text = {0};
    text_add_html(&text, string);
    assert(strpbrk(text_string(&text), "<>\"'") == NULL);
    for (const char *at = text_string(&text); (at = strchr(at, '&')) != NULL; at++)
        assert(strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 ||
               strncmp(at, "&gt;", 4) == 0 || strncmp(at, "&quot;", 6) == 0 ||
               strncmp(at, "&#39;", 5) == 0);
}

static void url_check(const char *string)
{
    CLEANUP(text_clear) struct text text = {0};
    text_add_url(&text, string);
    size_t count = 0;
    for (const char *at = text_string(&text); *at != '\0'; at++, count++) {
        assert(strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%", *at));
        if (*at != '%')
            continue;
        assert(strchr(HEX, at[1]) != NULL && strchr(HEX, at[2]) != NULL && at[1] && at[2]);
        at += 2;
    }
    assert(count == strlen(string));
}

static void terminal_check(const char *string)
{
    CLEANUP(text_clear) struct text text = {0};
    text_add_terminal(&text, string);
    output_check_line("terminal", text_string(&text), SIZE_MAX);
    struct span rest = text_span(&text);
    for (uint32_t code; rest.size > 0 && (code = utf8_next(&rest)) != 0;) {
        assert(code < 0x80 || code >= 0xa0);
        assert(code < 0x202a || code > 0x202e);
        assert(code < 0x2066 || code > 0x2069);
    }
}

static void utf8_check(struct span bytes)
{
    CLEANUP(text_clear) struct text clean = {0};
    CLEANUP(text_clear) struct text again = {0};
    CLEANUP(text_clear) struct text folded = {0};
    CLEANUP(text_clear) struct text twice = {0};
    utf8_add_clean(&clean, bytes);
    assert(utf8_is_valid(text_span(&clean)));
    utf8_add_clean(&again, text_span(&clean));
    assert(string_is(text_string(&clean), text_string(&again)));
    utf8_add_folded(&folded, text_span(&clean));
    assert(utf8_is_valid(text_span(&folded)));
    utf8_add_folded(&twice, text_span(&folded));
    if (!string_is(text_string(&folded), text_string(&twice)))
        output_fail("folded twice", text_string(&folded));
    for (size_t max = 0; max < 12; max++) {
        struct span cut = utf8_cut(text_span(&clean), max);
        assert(cut.size <= max && utf8_is_valid(cut));
    }
    struct span rest = bytes;
    for (size_t left; (left = rest.size) > 0;) {
        (void)utf8_next(&rest);
        assert(rest.size < left);
    }
}

static void gsm_check(struct span bytes)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text again = {0};
    bool is_clean = false;
    gsm_add(&text, bytes);
    (void)gsm_septets(text_span(&text), &is_clean);
    if (!is_clean)
        output_fail("GSM", text_string(&text));
    output_check_line("GSM", text_string(&text), SIZE_MAX);
    gsm_add(&again, text_span(&text));
    if (!string_is(text_string(&text), text_string(&again)))
        output_fail("GSM twice", text_string(&text));
}

/* One header stays one: every line but the first begins with a blank, and none is too long. */
static void header_check(const struct text *text)
{
    struct span rest = text_span(text);
    for (bool is_first = true; rest.size > 0; is_first = false) {
        const char *end = memmem(rest.bytes, rest.size, "\r\n", 2);
        assert(end != NULL);
        size_t size = (size_t)(end - rest.bytes);
        assert(size <= 998);
        assert(is_first || rest.bytes[0] == ' ');
        for (size_t i = 0; i < size; i++)
            assert(rest.bytes[i] >= ' ' && rest.bytes[i] < 0x7f);
        rest = (struct span){end + 2, rest.size - size - 2};
    }
}

static void mail_check(const char *string, struct span bytes)
{
    CLEANUP(text_clear) struct text header = {0};
    CLEANUP(text_clear) struct text mailbox = {0};
    CLEANUP(text_clear) struct text body = {0};
    CLEANUP(text_clear) struct text id = {0};
    mime_add_header(&header, "Subject", string);
    header_check(&header);
    mime_add_mailbox(&mailbox, "To", string, "ann@example.org");
    header_check(&mailbox);
    assert(strstr(text_string(&mailbox), "<ann@example.org>") != NULL);
    mime_add_id_part(&id, string);
    output_check_line("id", text_string(&id), SIZE_MAX);
    assert(strpbrk(text_string(&id), "<>@ \"") == NULL);
    mime_add_quoted_printable(&body, bytes);
    struct span rest = text_span(&body);
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        assert(line.size <= 77 && memchr(line.bytes, '\0', line.size) == NULL);
    }
    if (mime_is_address(string))
        assert(strpbrk(string, " <>\r\n\t,;") == NULL && strchr(string, '@') != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct input input = input_of(bytes, size);
    struct span whole = input.rest;
    const char *string = input_rest(&input, arena);
    html_check(string);
    url_check(string);
    terminal_check(string);
    utf8_check(whole);
    gsm_check(whole);
    mail_check(string, whole);
    return 0;
}
