/* SPDX-License-Identifier: MIT */
#include "ingest/field.h"

#include <assert.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "base/utf8.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define KEY_SIGHT_MIN 8 /* letters behind "pgk_"; fewer are no use to anybody */

static const char *text_keep(struct arena *arena, const struct text *text, size_t max)
{
    struct span span = text_span(text);
    if (span.size <= max)
        return arena_copy_span(arena, span);

    struct span head = span_trim(utf8_cut(span, max - strlen(ELLIPSIS)));
    return arena_format(arena, "%.*s" ELLIPSIS, (int)head.size, head.bytes);
}

/* Nothing of it would change: printable ASCII, and no space but single ones between words. */
static bool is_line(struct span span, size_t max)
{
    if (span.size > max || utf8_plain_size(span) != span.size)
        return false;
    if (span.size == 0)
        return true;
    if (span.bytes[0] == ' ' || span.bytes[span.size - 1] == ' ')
        return false;
    const char *end = span.bytes + span.size;
    const char *at = memchr(span.bytes, ' ', span.size);
    while (at != NULL && at[1] != ' ') /* the last byte is none */
        at = memchr(at + 1, ' ', (size_t)(end - at - 1));
    return at == NULL;
}

/* A text that has the arena's lifetime is not copied where it is a line already. */
static const char *line_borrow(struct arena *arena, const char *text, size_t size, size_t max)
{
    return is_line((struct span){text, size}, max) ? text : field_line(arena, text, max);
}

const char *field_line(struct arena *arena, const char *text, size_t max)
{
    struct span span = span_of(text);
    if (is_line(span, max))
        return arena_copy_span(arena, span);
    CLEANUP(text_clear) struct text clean = {0};
    CLEANUP(text_clear) struct text line = {0};
    utf8_add_clean(&clean, span);
    struct span rest = span_trim(text_span(&clean));
    for (size_t i = 0; i < rest.size; i++) {
        char byte = rest.bytes[i];
        bool is_space = byte == ' ' || byte == '\n' || byte == '\t';
        if (is_space && line.size > 0 && line.bytes[line.size - 1] == ' ')
            continue;
        text_add_char(&line, is_space ? ' ' : byte);
    }
    return text_keep(arena, &line, max);
}

const char *field_block(struct arena *arena, const char *text, size_t max)
{
    CLEANUP(text_clear) struct text clean = {0};
    struct span span = span_trim(span_of(text));
    if (span.size <= max && utf8_plain_size(span) == span.size)
        return arena_copy_span(arena, span);
    utf8_add_clean(&clean, span);
    return text_keep(arena, &clean, max);
}

const char *field_key(struct arena *arena, const char *text)
{
    struct span span = span_of(text);
    if (span.size <= DEDUP_KEY_MAX && utf8_is_valid(span))
        return arena_copy_span(arena, span);

    char hash[HASH_TEXT_SIZE];
    hash_text(span, hash);
    CLEANUP(text_clear) struct text clean = {0};
    utf8_add_clean(&clean, span);
    struct span head = utf8_cut(text_span(&clean), DEDUP_KEY_MAX - HASH_TEXT_SIZE);
    return arena_format(arena, "%.*s#%s", (int)head.size, head.bytes, hash);
}

static int hex_value(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool is_escape(struct span span, size_t at)
{
    return span.bytes[at] == '%' && span.size - at >= 3 && hex_value(span.bytes[at + 1]) >= 0 &&
           hex_value(span.bytes[at + 2]) >= 0;
}

bool field_is_escaped(struct span span)
{
    for (size_t i = 0; i < span.size; i++) {
        if (span.bytes[i] == '%' && !is_escape(span, i))
            return false;
    }
    return true;
}

char *field_unescape(struct arena *arena, struct span span, bool is_form)
{
    char *found = arena_take(arena, span.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < span.size; i++) {
        char byte = span.bytes[i];
        if (is_escape(span, i)) {
            byte = (char)(hex_value(span.bytes[i + 1]) << 4 | hex_value(span.bytes[i + 2]));
            i += 2;
        } else if (byte == '+' && is_form) {
            byte = ' ';
        }
        found[size++] = byte ? byte : ' ';
    }
    return found;
}

/* Behind "http://" or "https://" stands a host; Uptime Kuma says "https://" where it has no URL. */
static bool has_host(struct span url)
{
    size_t scheme = span_has_prefix(url, "https://")  ? strlen("https://")
                    : span_has_prefix(url, "http://") ? strlen("http://")
                                                      : 0;
    return scheme > 0 && url.size > scheme && memchr("/?#", url.bytes[scheme], 3) == NULL;
}

const char *field_url(struct arena *arena, const char *text)
{
    struct span span = span_trim(span_of(text));
    if (span.size > URL_MAX || !utf8_is_valid(span) || !has_host(span))
        return "";
    bool is_plain = utf8_plain_size(span) == span.size && !memchr(span.bytes, ' ', span.size);
    for (size_t i = 0; i < span.size && !is_plain; i++) {
        if ((unsigned char)span.bytes[i] <= ' ' || span.bytes[i] == 0x7f)
            return "";
    }
    return arena_copy_span(arena, span);
}

const char *field_details(struct arena *arena, const struct json *json)
{
    if (!json || json->text)
        return field_block(arena, json ? json->text : NULL, DETAILS_MAX);

    CLEANUP(text_clear) struct text text = {0};
    if (json->kind == JSON_ARRAY)
        json_render(&text, json);
    bool is_object = json->kind == JSON_OBJECT;
    for (const struct json *one = is_object ? json->first : NULL; one; one = one->next) {
        bool is_empty = one->kind == JSON_NULL || (one->text && one->text_size == 0);
        if (is_empty || field_is_macro(one->text))
            continue;
        text_addf(&text, "%s: ", one->key);
        if (one->text)
            text_add(&text, one->text);
        else
            json_render(&text, one);
        text_add_char(&text, '\n');
    }
    return field_block(arena, text_string(&text), DETAILS_MAX);
}

bool field_is_macro(const char *text)
{
    static const char inside[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._$#";
    if (!text || *text != '{')
        return false;
    size_t size = strspn(text + 1, inside);
    return size > 0 && string_is(text + 1 + size, "}");
}

const char *field_without_keys(struct arena *arena, const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    CLEANUP(text_clear) struct text kept = {0};
    if (!strstr(text, "pgk_") && !strstr(text, "pgu_"))
        return text;
    while (*text) {
        bool is_start = strncmp(text, "pgk_", 4) == 0 || strncmp(text, "pgu_", 4) == 0;
        size_t size = is_start ? strspn(text + 4, letters) : 0;
        if (size >= KEY_SIGHT_MIN)
            text_add(&kept, "pg*_***");
        else
            text_add_char(&kept, *text);
        text += size >= KEY_SIGHT_MIN ? 4 + size : 1;
    }
    return arena_copy_span(arena, text_span(&kept));
}

const char *field_first(const struct json *object, const char *const *names)
{
    for (; *names; names++) {
        const char *text = json_text(object, *names);
        if (text && *text)
            return text;
    }
    return NULL;
}

static bool label_is_there(const struct label *labels, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (string_is(labels[i].name, name))
            return true;
    }
    return false;
}

/* Of one name the first: keys that differ may be one line, when they are long. */
size_t field_labels(struct arena *arena, const struct json *object, struct label **labels)
{
    *labels = NULL;
    if (!object || object->kind != JSON_OBJECT || object->count == 0)
        return 0;

    size_t room = object->count < LABELS_MAX ? object->count : LABELS_MAX;
    *labels = arena_take(arena, room * sizeof(**labels));
    size_t count = 0;
    bool is_changed = false;
    for (const struct json *member = object->first; member && count < room; member = member->next) {
        if (!member->text)
            continue;
        const char *name = line_borrow(arena, member->key, strlen(member->key), LABEL_NAME_MAX);
        is_changed |= name != member->key;
        if (is_changed && label_is_there(*labels, count, name))
            continue;
        struct label *label = &(*labels)[count++];
        label->name = (char *)name;
        label->value = (char *)line_borrow(arena, member->text, member->text_size, LABEL_VALUE_MAX);
    }
    return count;
}

void field_label_add(struct arena *arena, struct alert *alert, const char *name, const char *value)
{
    size_t count = alert->label_count;
    if (!value || !*value || count == LABELS_MAX)
        return;
    const char *line = field_line(arena, name, LABEL_NAME_MAX);
    if (label_is_there(alert->labels, count, line))
        return;

    /* The arena cannot grow a piece: a new one whenever the count is 0 or a power of two. */
    struct label *labels = (struct label *)alert->labels;
    if ((count & (count - 1)) == 0) {
        labels = arena_take(arena, (count ? 2 * count : 1) * sizeof(*labels));
        if (count > 0)
            memcpy(labels, alert->labels, count * sizeof(*labels));
    }
    labels[count].name = (char *)line;
    labels[count].value = (char *)field_line(arena, value, LABEL_VALUE_MAX);
    alert->labels = labels;
    alert->label_count = count + 1;
}

msec field_instant(const char *text)
{
    msec at = 0;
    struct fault fault;
    if (!text || !instant_parse(text, &at, &fault))
        return 0;
    return at > 0 ? at : 0;
}

void field_detail_add(struct text *details, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    text_addf(details, "%s: ", name);
    text_add(details, value);
    text_add_char(details, '\n');
}

void field_weigh(struct arena *arena, const char *word, enum severity missing,
                 enum severity unknown, struct alert *alert)
{
    enum severity known;
    alert->severity_word = field_line(arena, word, LABEL_NAME_MAX);
    alert->is_severity_guessed = !severity_parse(alert->severity_word, &known);
    if (!alert->is_severity_guessed)
        alert->severity = known;
    else
        alert->severity = alert->severity_word[0] == '\0' ? missing : unknown;
}

void field_weigh_label(struct arena *arena, struct alert *alert)
{
    for (size_t i = 0; i < alert->label_count; i++) {
        if (string_same(alert->labels[i].name, "severity"))
            field_weigh(arena, alert->labels[i].value, SEVERITY_CRITICAL, SEVERITY_CRITICAL, alert);
    }
}

enum severity field_severity(const char *text, enum severity fallback)
{
    enum severity severity;
    if (text && severity_parse(text, &severity))
        return severity;
    return fallback;
}
