/* SPDX-License-Identifier: MIT */
#include "config/lexer.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "config/finding.h"
#include "config/word.h"

static struct lexer_file *lexer_top(struct lexer *lexer)
{
    assert(lexer->depth > 0);
    return &lexer->stack[lexer->depth - 1];
}

/* The bytes not yet read of the file on top. */
static struct span lexer_rest(struct lexer *lexer)
{
    struct lexer_file *top = lexer_top(lexer);
    return (struct span){top->file->bytes.bytes + top->position,
                         top->file->bytes.size - top->position};
}

struct place lexer_place(struct lexer *lexer)
{
    struct lexer_file *top = &lexer->stack[lexer->depth == 0 ? 0 : lexer->depth - 1];
    const char *bytes = top->file->bytes.bytes;
    for (const char *end;
         (end = memchr(bytes + top->line_from, '\n', top->position - top->line_from)) != NULL;) {
        top->line++;
        top->line_from = (size_t)(end - bytes) + 1;
    }
    return (struct place){
        .file = top->file,
        .line = top->line,
        .column = top->position - top->line_from + 1,
    };
}

static void lexer_break(struct lexer *lexer)
{
    lexer->is_broken = true;
}

/* Text that is not UTF-8 would spoil every page, so it is found here and not at three at night. */
static void file_check(struct lexer *lexer, const struct source_file *file)
{
    size_t line = 0;
    for (struct span rest = file->bytes; rest.size > 0;) {
        struct span text = span_cut(&rest, '\n');
        struct place place = {.file = file, .line = ++line};
        if (memchr(text.bytes, '\0', text.size) != NULL) {
            report_error(lexer->report, place, NULL, "the line holds a NUL byte");
            lexer_break(lexer);
        } else if (!utf8_is_valid(text)) {
            report_error(lexer->report, place, "save the file as UTF-8", "the line is not UTF-8");
            lexer_break(lexer);
        }
    }
}

static void lexer_push(struct lexer *lexer, const struct source_file *file)
{
    assert(lexer->depth <= LEXER_INCLUDES_MAX);
    file_check(lexer, file);
    struct lexer_file *top = &lexer->stack[lexer->depth++];
    *top = (struct lexer_file){.file = file, .line = 1};
    if (!span_has_prefix(file->bytes, "\xef\xbb\xbf"))
        return;
    top->position = 3;
    report_warning(lexer->report, (struct place){.file = file, .line = 1},
                   "save it as UTF-8 without BOM", "the file begins with a byte order mark");
}

void lexer_open(struct lexer *lexer, struct source *source, struct report *report,
                const struct source_file *file)
{
    *lexer = (struct lexer){.source = source, .report = report};
    lexer_push(lexer, file);
}

static bool is_first_in_line(const struct lexer_file *top)
{
    for (size_t at = top->position; at > 0; at--) {
        char byte = top->file->bytes.bytes[at - 1];
        if (byte == '\n')
            return true;
        if (byte != ' ' && byte != '\t')
            return false;
    }
    return true;
}

/* Opens the file that an @include names. */
static bool include_open(struct lexer *lexer, struct place place, const char *name)
{
    struct fault fault;
    struct source_file *file;
    if (strpbrk(name, "*?[") != NULL) {
        report_error(lexer->report, place, "files in conf.d/ are read without being included",
                     "@include takes one file, not a pattern");
        return false;
    }
    for (size_t i = 0; i < lexer->depth; i++)
        if (string_is(lexer->stack[i].file->relative, name)) {
            report_error(lexer->report, place, NULL, "'%s' would include itself", name);
            return false;
        }
    if (lexer->depth > LEXER_INCLUDES_MAX) {
        report_error(lexer->report, place, NULL, "files are included more than %d deep",
                     LEXER_INCLUDES_MAX);
        return false;
    }
    if (!source_read(lexer->source, name, &file, &fault)) {
        report_error(lexer->report, place, NULL, "%s", fault.text);
        return false;
    }
    lexer_push(lexer, file);
    return !lexer->is_broken;
}

/* At an '@': an include on a line of its own, or nothing that exists. */
static void include_follow(struct lexer *lexer)
{
    static const char form[] = "@include \"FILE\"";
    struct lexer_file *top = lexer_top(lexer);
    struct place place = lexer_place(lexer);
    struct span rest = lexer_rest(lexer);
    struct span line = span_trim(span_cut(&rest, '\n'));
    bool is_alone = is_first_in_line(top);
    top->position = top->file->bytes.size - rest.size;

    if (!is_alone || !span_has_prefix(line, "@include")) {
        report_error(lexer->report, place,
                     "it has the form  @include \"FILE\"  and a line of its own",
                     is_alone ? "there is no such word" : "@include must begin its line");
        lexer_break(lexer);
        return;
    }
    struct span name = span_trim((struct span){line.bytes + 8, line.size - 8});
    const char *end =
        name.size > 1 && name.bytes[0] == '"' ? memchr(name.bytes + 1, '"', name.size - 1) : NULL;
    if (end == NULL || end == name.bytes + 1) {
        report_error(lexer->report, place, form, "@include needs the name of a file in quotes");
        lexer_break(lexer);
        return;
    }
    struct span behind = {end + 1, (size_t)(name.bytes + name.size - end - 1)};
    behind = span_trim(behind);
    if (behind.size > 0 && behind.bytes[0] != '#' && !span_has_prefix(behind, "//")) {
        report_error(lexer->report, place, "put the rest on the next line",
                     "@include must be alone on its line");
        lexer_break(lexer);
        return;
    }
    struct span inside = {name.bytes + 1, (size_t)(end - name.bytes - 1)};
    if (!include_open(lexer, place, arena_copy_span(lexer->source->arena, inside)))
        lexer_break(lexer);
}

static void comment_skip(struct lexer *lexer)
{
    struct lexer_file *top = lexer_top(lexer);
    struct span rest = lexer_rest(lexer);
    if (!span_has_prefix(rest, "/*")) {
        (void)span_cut(&rest, '\n');
        top->position = top->file->bytes.size - rest.size;
        return;
    }
    const char *end = memmem(rest.bytes + 2, rest.size - 2, "*/", 2);
    if (end != NULL) {
        top->position += (size_t)(end - rest.bytes) + 2;
        return;
    }
    report_error(lexer->report, lexer_place(lexer), "end it with */  or begin each line with #",
                 "this comment is never closed: the rest of the file would be ignored");
    lexer_break(lexer);
}

char lexer_look(struct lexer *lexer)
{
    while (!lexer->is_broken && lexer->depth > 0) {
        struct span rest = lexer_rest(lexer);
        if (rest.size == 0) {
            if (lexer->depth == 1)
                return '\0';
            lexer->depth--;
        } else if (strchr(" \t\r\n\f", rest.bytes[0]) != NULL) {
            lexer_skip(lexer);
        } else if (rest.bytes[0] == '#' || span_has_prefix(rest, "//") ||
                   span_has_prefix(rest, "/*")) {
            comment_skip(lexer);
        } else if (rest.bytes[0] == '@') {
            include_follow(lexer);
        } else {
            return rest.bytes[0];
        }
    }
    return '\0';
}

void lexer_skip(struct lexer *lexer)
{
    struct lexer_file *top = lexer_top(lexer);
    assert(top->position < top->file->bytes.size);
    top->position++;
}

/* A name that libconfig could not read is mended to one that it can; its own text stays. */
static struct token name_mend(struct lexer *lexer, struct token token, struct span word)
{
    const char *written = arena_copy_span(lexer->source->arena, word);
    if (word.bytes[0] == '"')
        report_error(lexer->report, token.at, "take the quotes away",
                     "a name is written without quotes");
    else
        report_error(lexer->report, token.at,
                     "a name is a letter, then letters, digits, - and _; "
                     "what people read can stand in  name = \"...\", and the name of a key in  "
                     "key = \"...\"",
                     "\"%s\" cannot be a name", written);
    token.text =
        arena_format(lexer->source->arena, "mended-%zu-%zu", token.at.file->order, token.offset);
    token.is_mended = true;
    return token;
}

struct token lexer_name(struct lexer *lexer)
{
    struct lexer_file *top = lexer_top(lexer);
    struct span rest = lexer_rest(lexer);
    struct token token = {.kind = TOKEN_NAME, .at = lexer_place(lexer), .offset = top->position};

    size_t size = 0;
    if (rest.bytes[0] == '"') {
        const char *end = memchr(rest.bytes + 1, '"', rest.size - 1);
        size = end != NULL ? (size_t)(end - rest.bytes) + 1 : 1;
    } else {
        while (size < rest.size && strchr(" \t\r\n\f{}[]()=:;,\"#", rest.bytes[size]) == NULL)
            size++;
    }
    /* A stray mark where a name should be: the mark itself is what cannot be a name. */
    struct span word = {rest.bytes, size > 0 ? size : 1};
    top->position += word.size;
    token.size = word.size;
    if (!word_is_name(word))
        return name_mend(lexer, token, word);
    token.text = arena_copy_span(lexer->source->arena, word);
    return token;
}

/* One string in quotes, with its quotes, onto `text`. False when it is broken. */
static bool string_read(struct lexer *lexer, struct text *text)
{
    struct lexer_file *top = lexer_top(lexer);
    struct span rest = lexer_rest(lexer);
    struct place place = lexer_place(lexer);
    size_t size = 1;
    while (size < rest.size && rest.bytes[size] != '"' && rest.bytes[size] != '\n') {
        bool is_escape = rest.bytes[size] == '\\' && size + 1 < rest.size;
        if (is_escape && strncmp(rest.bytes + size, "\\x00", 4) == 0)
            report_error(lexer->report, place, NULL, "a string cannot hold \\x00");
        size += is_escape ? 2 : 1;
    }
    if (size >= rest.size || rest.bytes[size] != '"') {
        report_error(lexer->report, place,
                     "end it with \" on its line; a long text is written  \"like \" \"this\"",
                     "this string is never closed");
        lexer_break(lexer);
        return false;
    }
    text_add_bytes(text, rest.bytes, size + 1);
    top->position += size + 1;
    return true;
}

static struct token string_value(struct lexer *lexer, struct token token, bool is_joining)
{
    CLEANUP(text_clear) struct text text = {0};
    struct lexer_file *top = lexer_top(lexer);
    size_t depth = lexer->depth;
    token.kind = TOKEN_STRING;
    while (string_read(lexer, &text)) {
        token.size = top->position - token.offset;
        if (lexer_look(lexer) != '"' || lexer->depth != depth)
            break;
        if (!is_joining) {
            report_error(lexer->report, lexer_place(lexer), "put a comma between them",
                         "two strings without a comma would become one");
            token.is_mended = true;
        }
        text_add_char(&text, ' ');
    }
    token.text = arena_copy(lexer->source->arena, text_string(&text));
    return token;
}

struct token lexer_value(struct lexer *lexer, bool is_joining)
{
    struct lexer_file *top = lexer_top(lexer);
    struct span rest = lexer_rest(lexer);
    struct token token = {.at = lexer_place(lexer), .offset = top->position};
    if (rest.bytes[0] == '"')
        return string_value(lexer, token, is_joining);

    struct word word = word_read(lexer->source->arena, rest);
    assert(word.size > 0);
    top->position += word.size;
    token.size = word.size;
    token.kind = word.kind;
    token.text = word.text;
    token.is_mended = word.what != NULL;
    if (token.is_mended)
        report_error(lexer->report, token.at, word.hint, "%s", word.what);
    return token;
}
