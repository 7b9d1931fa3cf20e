/* SPDX-License-Identifier: MIT */
#include "ingest/mail_body.h"

#include <string.h>

#include "ingest/mail_head.h"
#include "ingest/mail_html.h"
#include "ingest/mail_words.h"

#define BOUNDARY_MAX 200 /* RFC 2046 allows 70 */

static void part_read(struct span head, struct span bytes, unsigned depth, struct mail_body *body);

void mail_body_clear(struct mail_body *body)
{
    text_clear(&body->plain);
    text_clear(&body->html);
    text_clear(&body->files);
    text_clear(&body->charset);
}

static bool is_blank(const struct text *text)
{
    return span_trim(text_span(text)).size == 0;
}

/* ---- parts ---- */

static void file_name(struct span head, const char *type, struct text *name)
{
    CLEANUP(text_clear) struct text field = {0};
    if (mail_field(head, "content-disposition", &field) &&
        mail_parameter(text_string(&field), "filename", name))
        return;
    if (mail_field(head, "content-type", &field) &&
        mail_parameter(text_string(&field), "name", name))
        return;
    text_reset(name);
    text_add(name, type);
}

static void file_take(struct span head, const char *type, struct mail_body *body)
{
    CLEANUP(text_clear) struct text name = {0};
    body->file_count++;
    if (body->file_count > MAIL_FILES_MAX)
        return;
    file_name(head, type, &name);
    if (name.size > 100)
        text_reset(&name);
    text_addf(&body->files, "%s%s", body->files.size > 0 ? ", " : "",
              name.size > 0 ? text_string(&name) : type);
}

static void charset_of(struct span head, struct text *charset)
{
    CLEANUP(text_clear) struct text field = {0};
    text_reset(charset);
    if (mail_field(head, "content-type", &field))
        (void)mail_parameter(text_string(&field), "charset", charset);
}

/* One text part; several of them stand one below the other. */
static void text_take_part(struct span head, struct span bytes, bool is_html,
                           struct mail_body *body)
{
    CLEANUP(text_clear) struct text coding = {0};
    CLEANUP(text_clear) struct text charset = {0};
    CLEANUP(text_clear) struct text raw = {0};
    struct text *into = is_html ? &body->html : &body->plain;
    size_t max = is_html ? MAIL_HTML_MAX : MAIL_PLAIN_MAX;
    if (into->size >= max || (is_html && !is_blank(into))) {
        body->is_cut = body->is_cut || into->size >= max;
        return;
    }
    if (mail_field(head, "content-transfer-encoding", &raw))
        mail_field_word(text_string(&raw), &coding);
    text_reset(&raw);
    if (!mail_coding_add(&raw, bytes, text_string(&coding), max - into->size))
        body->is_cut = true;
    charset_of(head, &charset);
    if (into->size > 0)
        text_add(into, "\n\n");
    if (!mail_charset_add(into, text_span(&raw), text_string(&charset)) && body->charset.size == 0)
        text_add(&body->charset, text_string(&charset));
}

/* The next line "--boundary" from `at` on: where it begins, and where the part behind it does.
 * NULL: there is none any more. */
static const char *boundary_find(struct span bytes, const char *at, struct span mark,
                                 const char **behind, bool *is_last)
{
    const char *end = bytes.bytes + bytes.size;
    while (at < end) {
        const char *found = memmem(at, (size_t)(end - at), mark.bytes, mark.size);
        if (found == NULL)
            return NULL;
        const char *after = found + mark.size;
        *is_last = end - after >= 2 && after[0] == '-' && after[1] == '-';
        const char *line = memchr(after, '\n', (size_t)(end - after));
        const char *space = after + (*is_last ? 2 : 0);
        while (space < end && strchr(" \t\r", *space) != NULL && *space != '\0')
            space++;
        bool is_line = found == bytes.bytes || found[-1] == '\n';
        if (is_line && (space == end || *space == '\n')) {
            *behind = line == NULL ? end : line + 1;
            return found;
        }
        at = after;
    }
    return NULL;
}

static void multipart_read(const char *type, struct span bytes, unsigned depth,
                           struct mail_body *body)
{
    CLEANUP(text_clear) struct text boundary = {0};
    CLEANUP(text_clear) struct text mark = {0};
    if (!mail_parameter(type, "boundary", &boundary) || boundary.size == 0 ||
        boundary.size > BOUNDARY_MAX) {
        text_take_part((struct span){0}, bytes, false, body);
        return;
    }
    text_addf(&mark, "--%s", text_string(&boundary));
    bool is_last = false;
    const char *begin = NULL;
    const char *end = bytes.bytes + bytes.size;
    if (boundary_find(bytes, bytes.bytes, text_span(&mark), &begin, &is_last) == NULL) {
        text_take_part((struct span){0}, bytes, false, body);
        return;
    }
    while (begin != NULL && !is_last && begin < end) {
        const char *next = NULL;
        const char *stop = boundary_find(bytes, begin, text_span(&mark), &next, &is_last);
        struct span part = {begin, (size_t)((stop != NULL ? stop : end) - begin)};
        if (body->part_count >= MAIL_PARTS_MAX) {
            body->is_cut = true;
            return;
        }
        struct span head = mail_head_cut(&part);
        part_read(head, part, depth + 1, body);
        begin = next;
    }
}

static bool is_attached(struct span head)
{
    CLEANUP(text_clear) struct text field = {0};
    CLEANUP(text_clear) struct text word = {0};
    if (mail_field(head, "content-disposition", &field))
        mail_field_word(text_string(&field), &word);
    return string_is(text_string(&word), "attachment");
}

static void part_read(struct span head, struct span bytes, unsigned depth, struct mail_body *body)
{
    CLEANUP(text_clear) struct text field = {0};
    CLEANUP(text_clear) struct text type = {0};
    body->part_count++;
    if (mail_field(head, "content-type", &field))
        mail_field_word(text_string(&field), &type);
    const char *name = type.size > 0 ? text_string(&type) : "text/plain";
    bool is_multipart = strncmp(name, "multipart/", 10) == 0;
    if (is_multipart && depth < MAIL_DEPTH_MAX) {
        multipart_read(text_string(&field), bytes, depth, body);
        return;
    }
    body->is_cut = body->is_cut || is_multipart;
    bool is_html = string_is(name, "text/html");
    /* "text" alone is what old programs write. */
    bool is_text = is_html || string_is(name, "text/plain") || string_is(name, "text");
    if (is_text && !is_attached(head))
        text_take_part(head, bytes, is_html, body);
    else
        file_take(head, name, body);
}

void mail_body_read(struct span head, struct span bytes, struct mail_body *body)
{
    *body = (struct mail_body){0};
    part_read(head, bytes, 0, body);
}

void mail_body_add_words(struct text *text, const struct mail_body *body)
{
    if (!is_blank(&body->plain))
        text_add_span(text, span_trim(text_span(&body->plain)));
    else
        mail_html_add(text, text_span(&body->html));
}

static void rest_begin(struct text *text)
{
    if (text->size > 0)
        text_add_char(text, '\n');
}

void mail_body_add_rest(struct text *text, const struct mail_body *body)
{
    if (body->file_count > 0) {
        text_addf(text, "Attached: %s", text_string(&body->files));
        if (body->file_count > MAIL_FILES_MAX)
            text_addf(text, " and %zu more", body->file_count - MAIL_FILES_MAX);
    }
    if (body->charset.size > 0) {
        rest_begin(text);
        text_addf(text, "(pagerd does not know the character set %.40s)",
                  text_string(&body->charset));
    }
    if (body->is_cut) {
        rest_begin(text);
        text_add(text, "(pagerd read only the beginning of this mail)");
    }
}
