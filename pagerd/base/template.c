/* SPDX-License-Identifier: MIT */
#include "base/template.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"

#define FIELD_LETTERS "abcdefghijklmnopqrstuvwxyz_"
#define DEPTH_MAX 8

static const char *value_find(const struct template_value *values, struct span field)
{
    for (; values->field != NULL; values++)
        if (span_is(field, values->field))
            return values->text != NULL ? values->text : "";
    return "";
}

/* Appends up to the end or to the "}" of this group. False: some value had nothing to say. */
static bool group_add(struct text *text, const char **template, const struct template_value *values)
{
    bool is_whole = true;
    while (**template != '\0' && **template != '}') {
        if (**template == '$') {
            struct span field = {*template + 1, strspn(*template + 1, FIELD_LETTERS)};
            const char *value = value_find(values, field);
            is_whole = is_whole && value[0] != '\0';
            text_add(text, value);
            *template = field.bytes + field.size;
            continue;
        }
        if (**template != '{') {
            text_add_char(text, *(*template)++);
            continue;
        }
        *template += strlen("{0:");
        CLEANUP(text_clear) struct text inner = {0};
        bool is_said = group_add(&inner, template, values);
        assert(**template == '}');
        (*template)++;
        if (is_said)
            text_add_span(text, text_span(&inner));
    }
    return is_whole;
}

void template_add(struct text *text, const char *template, const struct template_value *values)
{
    (void)group_add(text, &template, values);
    assert(*template == '\0');
}

static bool row_has_field(const struct template_row *row, struct span field)
{
    struct span rest = span_of(row->fields);
    while (rest.size > 0) {
        struct span name = span_cut(&rest, ' ');
        if (name.size == field.size && memcmp(name.bytes, field.bytes, name.size) == 0)
            return true;
    }
    return false;
}

static bool field_check(const char *template, const struct template_row *row, struct span field,
                        struct fault *fault)
{
    if (row_has_field(row, field))
        return true;
    CLEANUP(text_clear) struct text names = {0};
    struct span rest = span_of(row->fields);
    while (rest.size > 0) {
        struct span name = span_cut(&rest, ' ');
        text_addf(&names, "%s$%.*s", names.size > 0 ? ", " : "", (int)name.size, name.bytes);
    }
    return fault_set(fault, FAULT_INPUT, "at letter %zu: there is no field $%.*s here; there %s%s",
                     (size_t)(field.bytes - template), (int)field.size, field.bytes,
                     names.size > 0 ? "is " : "are none", text_string(&names));
}

static bool syntax_check(const char *template, const struct template_row *row, struct fault *fault)
{
    unsigned depth = 0;
    for (const char *at = template; *at != '\0'; at++) {
        size_t letter = (size_t)(at - template) + 1;
        if (*at == '}' && depth-- == 0)
            return fault_set(fault, FAULT_INPUT, "at letter %zu: a } without its {", letter);
        if (*at == '{') {
            if (at[1] != '0' || at[2] != ':')
                return fault_set(fault, FAULT_INPUT,
                                 "at letter %zu: a group begins with {0: here, as in {0: by $by}",
                                 letter);
            if (++depth > DEPTH_MAX)
                return fault_set(fault, FAULT_INPUT, "at letter %zu: groups in more than %d groups",
                                 letter, DEPTH_MAX);
            at += 2;
        }
        if (*at != '$')
            continue;
        struct span field = {at + 1, strspn(at + 1, FIELD_LETTERS)};
        if (!field_check(template, row, field, fault))
            return false;
        at += field.size;
    }
    return depth == 0 || fault_set(fault, FAULT_INPUT, "a { without its }");
}

/* What the values usually have; those that are not listed have a name. */
static const struct template_value usual[] = {
    {"at", "Mon 23 Nov 09:00"},
    {"from", "Mon 23 Nov 09:00"},
    {"since", "Mon 23 Nov 09:00"},
    {"until", "Mon 30 Nov 09:00"},
    {"count", "12"},
    {"id", "104"},
    {"number", "4012"},
    {"open", "2"},
    {"paged", "2"},
    {"kept", "2"},
    {"done", "2"},
    {"pages", "17 pages, 12 at night"},
    {"list", "#409, #410"},
    {"address", "+4915550100001"},
    {"command", "pagectl ack 4012"},
    {NULL, NULL},
};

static size_t letter_count(struct span span)
{
    size_t count = 0;
    for (; span.size > 0; count++)
        (void)utf8_next(&span);
    return count;
}

static bool length_check(const char *template, const struct template_row *row, struct fault *fault)
{
    struct template_value values[16] = {{NULL, NULL}};
    char names[16][24];
    struct span rest = span_of(row->fields);
    for (size_t i = 0; rest.size > 0; i++) {
        struct span name = span_cut(&rest, ' ');
        assert(i + 1 < sizeof values / sizeof *values && name.size < sizeof *names);
        memcpy(names[i], name.bytes, name.size);
        names[i][name.size] = '\0';
        const char *value = value_find(usual, name);
        values[i] = (struct template_value){names[i], value[0] != '\0' ? value : "Wilhelmine"};
        values[i + 1] = (struct template_value){NULL, NULL};
    }
    CLEANUP(text_clear) struct text text = {0};
    template_add(&text, template, values);
    size_t count = letter_count(text_span(&text));
    if (row->max == 0 || count <= row->max)
        return true;
    return fault_set(fault, FAULT_INPUT,
                     "with values of usual length it has %zu letters, and its place %u: make it "
                     "shorter",
                     count, row->max);
}

bool template_check(const char *template, const struct template_row *row, struct fault *fault)
{
    return syntax_check(template, row, fault) && length_check(template, row, fault);
}
