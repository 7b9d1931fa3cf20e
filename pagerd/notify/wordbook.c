/* SPDX-License-Identifier: MIT */
#include "notify/wordbook.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "engine/sentence.h"
#include "notify/chat.h"
#include "notify/dialog.h"
#include "notify/gsm.h"
#include "notify/phrase.h"
#include "notify/push.h"
#include "notify/retort.h"
#include "notify/room_words.h"
#include "notify/screen.h"
#include "notify/sheet.h"
#include "notify/speech.h"
#include "notify/wording.h"

#define SOURCE_ROWS_MAX 1000
#define PLAIN_MAX 60    /* bytes of a word in other texts */
#define LANGUAGE_MAX 35 /* RFC 5646 4.4.1 */

struct wordbook {
    struct arena *arena;
    struct map *texts; /* place of the shipped one -> text */
};

static const struct {
    const char *name;
    const char *text;
} words[WORD_COUNT] = {
    [WORD_MONDAY] = {"monday", "Mon"},
    [WORD_MONDAY + 1] = {"tuesday", "Tue"},
    [WORD_MONDAY + 2] = {"wednesday", "Wed"},
    [WORD_MONDAY + 3] = {"thursday", "Thu"},
    [WORD_MONDAY + 4] = {"friday", "Fri"},
    [WORD_MONDAY + 5] = {"saturday", "Sat"},
    [WORD_SUNDAY] = {"sunday", "Sun"},
    [WORD_JANUARY] = {"january", "Jan"},
    [WORD_JANUARY + 1] = {"february", "Feb"},
    [WORD_JANUARY + 2] = {"march", "Mar"},
    [WORD_JANUARY + 3] = {"april", "Apr"},
    [WORD_JANUARY + 4] = {"may", "May"},
    [WORD_JANUARY + 5] = {"june", "Jun"},
    [WORD_JANUARY + 6] = {"july", "Jul"},
    [WORD_JANUARY + 7] = {"august", "Aug"},
    [WORD_JANUARY + 8] = {"september", "Sep"},
    [WORD_JANUARY + 9] = {"october", "Oct"},
    [WORD_JANUARY + 10] = {"november", "Nov"},
    [WORD_DECEMBER] = {"december", "Dec"},
    [WORD_NOW] = {"now", "now"},
    [WORD_TO] = {"to", "to"},
    [WORD_FURTHER_NOTICE] = {"further-notice", "further notice"},
    [WORD_ITS_SOURCE] = {"its-source", "its source"},
    [WORD_SOMEBODY_ELSE] = {"somebody-else", "somebody else"},
    [WORD_SILENT] = {"silent", "silent"},
    [WORD_REPEAT] = {"repeat", "(repeat)"},
    [WORD_LATE] = {"late", "LATE"},
    [WORD_GOOD_NIGHT] = {"good-night", "good night"},
    [WORD_FIRST] = {"first", "st"},
    [WORD_SECOND] = {"second", "nd"},
    [WORD_THIRD] = {"third", "rd"},
    [WORD_NTH] = {"nth", "th"},
    [WORD_ACK] = {"ack", "Ack"},
    [WORD_ACK_NUMBER] = {"ack-number", "Number"},
    [WORD_RUNBOOK] = {"runbook", "Runbook"},
    [WORD_GRAPH] = {"graph", "Graph"},
    [WORD_ROOM] = {"room", "Room"},
    [WORD_NEXT] = {"next", "Next"},
    [WORD_BEFORE] = {"before", "Before"},
    [WORD_SINCE] = {"since", "Since"},
    [WORD_LABELS] = {"labels", "Labels"},
    [WORD_SERVICE] = {"service", "Service"},
    [WORD_TEAM] = {"team", "Team"},
    [WORD_KEY_ACK] = {"key-ack", "4=ack"},
    [WORD_KEY_PASS] = {"key-pass", "5=pass on"},
    [WORD_KEY_RESOLVE] = {"key-resolve", "6=resolve"},
    [WORD_KEY_SNOOZE] = {"key-snooze", "7=snooze 1h"},
    [WORD_KEY_CALL] = {"key-call", "8=call everyone"},
    [WORD_KEY_YES] = {"key-yes", "4=yes"},
    [WORD_KEY_NO] = {"key-no", "5=no"},
    [WORD_TAG_CRITICAL] = {"critical", "CRIT"},
    [WORD_TAG_ERROR] = {"error", "ERR"},
    [WORD_TAG_WARNING] = {"warning", "WARN"},
    [WORD_TAG_INFO] = {"info", "INFO"},
    [WORD_TAG_CANARY] = {"canary", "CANARY"},
    [WORD_CUT] = {"cut", "(cut)"},
    [WORD_LANGUAGE] = {"language", "en-US"},
};

static bool words_each(size_t index, struct text_row *row)
{
    if (index >= WORD_COUNT)
        return false;
    snprintf(row->name, sizeof row->name, "words.%s", words[index].name);
    row->place = &words[index].text;
    row->use = index == WORD_LANGUAGE ? TEXT_LANGUAGE : TEXT_WORD;
    return true;
}

/* Sentences of the engine, and the like, are a table of rows. */
static bool row_text(const struct template_row *sentence, struct text_row *row)
{
    if (sentence == NULL)
        return false;
    snprintf(row->name, sizeof row->name, "%s", sentence->name);
    row->place = &sentence->text;
    row->use = TEXT_SENTENCE;
    row->sentence = sentence;
    return true;
}

static bool screens_each(size_t index, struct text_row *row)
{
    return row_text(screen_row(index), row);
}

static bool sentences_each(size_t index, struct text_row *row)
{
    return row_text(sentence_row(index), row);
}

/* Each file with texts has a function that gives them by index. */
static bool (*const sources[])(size_t index, struct text_row *row) = {
    wording_text, retort_text, sheet_text, push_text,      chat_text,    room_words_text,
    dialog_text,  speech_text, words_each, sentences_each, screens_each,
};

/* The cursor is a source and an index in it: to walk all of them takes as many steps as there are
 * texts. */
bool text_each(size_t *cursor, struct text_row *row)
{
    size_t source = *cursor / SOURCE_ROWS_MAX;
    size_t index = *cursor % SOURCE_ROWS_MAX;
    row->sentence = NULL;
    for (; source < sizeof sources / sizeof *sources; source++, index = 0) {
        if (!sources[source](index, row))
            continue;
        assert(index + 1 < SOURCE_ROWS_MAX);
        *cursor = source * SOURCE_ROWS_MAX + index + 1;
        return true;
    }
    return false;
}

struct wordbook *wordbook_new(void)
{
    struct wordbook *book = memory_new(1, sizeof *book);
    book->arena = arena_new();
    book->texts = map_new();
    return book;
}

void wordbook_free(struct wordbook *book)
{
    if (book == NULL)
        return;
    map_free(book->texts);
    arena_free(book->arena);
    free(book);
}

static struct span place_key(const char *const *const *place)
{
    return (struct span){(const char *)place, sizeof *place};
}

static bool row_find(const char *name, struct text_row *row)
{
    size_t cursor = 0;
    while (text_each(&cursor, row))
        if (string_is(row->name, name))
            return true;
    return false;
}

/* The name that is most like it. */
static bool row_suggest(const char *name, struct text_row *best)
{
    unsigned best_distance = 4;
    size_t cursor = 0;
    struct text_row row;
    while (text_each(&cursor, &row)) {
        unsigned distance = string_distance(name, row.name);
        if (distance >= best_distance)
            continue;
        best_distance = distance;
        *best = row;
    }
    return best_distance < 4;
}

static bool alphabet_check(const char *text, struct fault *fault)
{
    bool is_clean = false;
    (void)gsm_septets(span_of(text), &is_clean);
    if (is_clean)
        return true;
    CLEANUP(text_clear) struct text mended = {0};
    gsm_add(&mended, span_of(text));
    return fault_set(fault, FAULT_INPUT,
                     "it has letters that are not in the alphabet of SMS (GSM 03.38); \"%.120s\" "
                     "would be",
                     text_string(&mended));
}

/* Each is a part of one line. */
static bool control_check(const char *text, struct fault *fault)
{
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            return fault_set(fault, FAULT_INPUT,
                             "at letter %zu: a control character; it has to be one line of text",
                             (size_t)(at - text) + 1);
    return true;
}

static bool plain_check(const char *text, struct fault *fault)
{
    if (strlen(text) > PLAIN_MAX)
        return fault_set(fault, FAULT_INPUT,
                         "it takes %zu of the %d bytes that a word in other texts has: make it "
                         "shorter",
                         strlen(text), PLAIN_MAX);
    if (strpbrk(text, "${}") != NULL)
        return fault_set(fault, FAULT_INPUT, "it is a word in other texts, and has no fields");
    return true;
}

/* RFC 5646 2.1: a language of 2 or 3 letters, and parts of at most 8 letters and digits. */
static bool language_check(const char *text, struct fault *fault)
{
    struct span rest = span_of(text);
    bool is_good = strlen(text) <= LANGUAGE_MAX && text[strcspn(text, "-")] != '\0';
    for (size_t part = 0; is_good && rest.size > 0; part++) {
        struct span word = span_cut(&rest, '-');
        is_good = word.size >= 2 && word.size <= (part == 0 ? 3 : 8);
        for (size_t i = 0; i < word.size; i++)
            is_good = is_good && (part == 0 ? isalpha((unsigned char)word.bytes[i])
                                            : isalnum((unsigned char)word.bytes[i]));
    }
    if (is_good && text[strlen(text) - 1] != '-')
        return true;
    return fault_set(fault, FAULT_INPUT,
                     "it is no language as voices have it: write language and country, as in "
                     "\"de-DE\"");
}

bool wordbook_set(struct wordbook *book, const char *name, const char *text, struct fault *fault)
{
    struct text_row row;
    struct text_row near;
    if (!row_find(name, &row)) {
        if (row_suggest(name, &near))
            return fault_set(fault, FAULT_INPUT, "there is no text \"%s\"; did you mean \"%s\"?",
                             name, near.name);
        return fault_set(fault, FAULT_INPUT,
                         "there is no text \"%s\"; pagerd --messages prints all of them", name);
    }
    if (strlen(text) > WORDBOOK_TEXT_MAX)
        return fault_set(fault, FAULT_INPUT, "it has more than %d bytes", WORDBOOK_TEXT_MAX);
    bool is_good = control_check(text, fault);
    bool is_sms = row.use == TEXT_SMS || row.use == TEXT_WORD ||
                  (row.use == TEXT_SENTENCE && row.sentence->is_sms);
    if (is_good && is_sms)
        is_good = alphabet_check(text, fault);
    if (is_good && row.use == TEXT_PLAIN)
        is_good = plain_check(text, fault);
    else if (is_good && row.use == TEXT_LANGUAGE)
        is_good = language_check(text, fault);
    else if (is_good && row.use == TEXT_SENTENCE)
        is_good = template_check(text, row.sentence, fault);
    else if (is_good && row.use != TEXT_WORD)
        is_good = phrase_check(text, row.use, fault);
    if (!is_good)
        return false;
    (void)map_remove(book->texts, place_key(&row.place));
    map_put(book->texts, place_key(&row.place), arena_copy(book->arena, text));
    return true;
}

const char *wordbook_say(const struct wordbook *book, const char *const *place)
{
    const char *own = book != NULL ? map_find(book->texts, place_key(&place)) : NULL;
    return own != NULL ? own : *place;
}

const char *word_say(const struct wordbook *book, enum word word)
{
    assert(word < WORD_COUNT);
    return wordbook_say(book, &words[word].text);
}

const char *word_tag(const struct wordbook *book, enum severity severity)
{
    static const enum word tags[SEVERITY_COUNT] = {
        [SEVERITY_CRITICAL] = WORD_TAG_CRITICAL,
        [SEVERITY_ERROR] = WORD_TAG_ERROR,
        [SEVERITY_WARNING] = WORD_TAG_WARNING,
        [SEVERITY_INFO] = WORD_TAG_INFO,
    };
    assert(severity < SEVERITY_COUNT);
    return word_say(book, tags[severity]);
}

void wordbook_language(const struct wordbook *book, struct language *language)
{
    for (size_t i = 0; i < SENTENCE_COUNT; i++)
        language->sentences[i] = wordbook_say(book, &sentence_row(i)->text);
    for (size_t i = 0; i < 7; i++)
        language->weekdays[i] = word_say(book, WORD_MONDAY + (enum word)i);
    for (size_t i = 0; i < 12; i++)
        language->months[i] = word_say(book, WORD_JANUARY + (enum word)i);
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        language->tags[i] = word_tag(book, (enum severity)i);
}

/* As a string of the configuration. */
static void add_quoted(struct text *text, const char *string)
{
    text_add_char(text, '"');
    for (const char *at = string; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            text_add_char(text, '\\');
        text_add_char(text, *at);
    }
    text_add_char(text, '"');
}

/* The values that are its own, as a comment. */
static void add_values(struct text *text, const struct text_row *row)
{
    struct span rest = span_of(row->use == TEXT_SENTENCE ? row->sentence->fields : "");
    if (rest.size == 0)
        return;
    text_add(text, "    #");
    while (rest.size > 0) {
        struct span name = span_cut(&rest, ' ');
        text_addf(text, " $%.*s", (int)name.size, name.bytes);
    }
    text_add_char(text, '\n');
}

static void add_fields(struct text *text, const struct phrase_field *fields)
{
    size_t width = 0;
    text_add_char(text, '#');
    for (const struct phrase_field *field = fields; field->name != NULL; field++) {
        width += strlen(field->name) + 2;
        if (width > 90) {
            text_add(text, "\n#");
            width = strlen(field->name) + 2;
        }
        text_addf(text, " $%s", field->name);
    }
    text_add_char(text, '\n');
}

static void add_head(struct text *text)
{
    text_add(text,
             "# Texts of pagerd, as shipped: translate what you like, delete the rest, and put\n"
             "#   @include \"messages.cfg\"\n"
             "# into pagerd.cfg. pagerd --check says what does not fit. Fields (of a\n"
             "# text with a line of fields above it: those, and no others):\n");
    add_fields(text, phrase_fields);
    text_add(text, "# Fields of what calls say:\n");
    add_fields(text, dialog_fields);
}

void wordbook_add_shipped(struct text *text)
{
    add_head(text);
    struct text_row row;
    char group[WORDBOOK_NAME_SIZE] = "";
    size_t cursor = 0;
    text_add(text, "messages: {\n");
    while (text_each(&cursor, &row)) {
        size_t size = strcspn(row.name, ".");
        bool is_same = strlen(group) == size && memcmp(group, row.name, size) == 0;
        if (!is_same && group[0] != '\0')
            text_add(text, "  }\n");
        memcpy(group, row.name, size);
        group[size] = '\0';
        if (!is_same)
            text_addf(text, "  %s: {\n", group);
        if ((*row.place)[0] == '\0')
            continue; /* the configuration knows no empty values */
        add_values(text, &row);
        text_addf(text, "    %s = ", row.name + size + 1);
        add_quoted(text, *row.place);
        text_add_char(text, '\n');
    }
    text_add(text, "  }\n}\n");
}
