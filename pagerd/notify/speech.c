/* SPDX-License-Identifier: MIT */
#include "notify/speech.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "notify/gsm.h"

#define NAME_PARTS_MAX 8    /* words, or runs of digits, of a name */
#define SPELT_LETTERS_MAX 3 /* of a run that is spelt whatever it is */

/* What a sign is called; all others but letters and digits are a space. */
static const struct {
    char sign;
    const char *name;
    const char *spoken;
} signs[] = {
    {'%', "percent", "percent"}, {'&', "and", "and"},     {'+', "plus", "plus"},
    {'>', "over", "over"},       {'<', "under", "under"}, {'=', "equals", "equals"},
    {'@', "at", "at"},
};

/* Signs that are a pause, or stay what they are. */
static const struct {
    char sign;
    const char *spoken;
} marks[] = {
    {'/', ", "}, {'_', ", "}, {':', ", "}, {';', ", "},
    {',', ", "}, {'.', "."},  {'-', "-"},  {'\'', "'"},
};

bool speech_text(size_t index, struct text_row *row)
{
    if (index >= sizeof signs / sizeof *signs)
        return false;
    snprintf(row->name, sizeof row->name, "call-signs.%s", signs[index].name);
    row->place = &signs[index].spoken;
    row->use = TEXT_PLAIN;
    return true;
}

static bool is_vowel(char letter)
{
    return strchr("aeiouyAEIOUY", letter) != NULL;
}

void speech_add_number(struct text *text, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, number);
    for (const char *at = digits; *at != '\0'; at++) {
        if (at != digits)
            text_add_char(text, ' ');
        text_add_char(text, *at);
    }
}

/* A run of letters: as a word where it can be one, else letter by letter. */
static void add_run(struct text *text, struct span run)
{
    bool has_vowel = false;
    for (size_t i = 0; i < run.size; i++)
        has_vowel = has_vowel || is_vowel(run.bytes[i]);
    if (run.size > SPELT_LETTERS_MAX && has_vowel) {
        text_add_span(text, utf8_cut(run, SPEECH_WORD_SIZE_MAX));
        return;
    }
    if (run.size == SPELT_LETTERS_MAX && has_vowel && !is_vowel(run.bytes[0]) &&
        is_vowel(run.bytes[1])) {
        text_add_span(text, run); /* "web", "dev" */
        return;
    }
    for (size_t i = 0; i < run.size && i < SPEECH_WORD_SIZE_MAX / 2; i++) {
        if (i > 0)
            text_add_char(text, ' ');
        text_add_char(text, (char)toupper((unsigned char)run.bytes[i]));
    }
}

void speech_add_name(struct text *text, const char *name)
{
    CLEANUP(text_clear) struct text plain = {0};
    gsm_add(&plain, span_of(name));
    struct span rest = text_span(&plain);
    for (unsigned parts = 0; rest.size > 0 && parts < NAME_PARTS_MAX;) {
        bool is_digit = isdigit((unsigned char)rest.bytes[0]) != 0;
        bool is_letter = isalpha((unsigned char)rest.bytes[0]) != 0;
        size_t size = 1;
        while ((is_letter && size < rest.size && isalpha((unsigned char)rest.bytes[size])))
            size++;
        struct span run = {rest.bytes, size};
        rest.bytes += size;
        rest.size -= size;
        if (!is_digit && !is_letter) /* what the alphabet has beyond ASCII is left to the voice */
            continue;
        if (parts++ > 0)
            text_add_char(text, ' ');
        if (is_digit)
            text_add_char(text, run.bytes[0]);
        else
            add_run(text, run);
    }
}

/* The name of a sign is the house's own, and a word for itself. */
static void add_sign(struct text *text, const struct wordbook *book, char sign)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (signs[i].sign != sign)
            continue;
        text_addf(text, " %s%s", wordbook_say(book, &signs[i].spoken), sign == '%' ? "" : " ");
        return;
    }
    const char *spoken = " ";
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        spoken = marks[i].sign == sign ? marks[i].spoken : spoken;
    text_add(text, spoken);
}

/* Spaces and pauses follow each other: one of them is enough, and none at the start. */
static void add_tidy(struct text *text, struct span rest, unsigned words_max)
{
    unsigned words = 0;
    bool is_first = true;
    while (rest.size > 0 && words < words_max) {
        struct span word = span_cut(&rest, ' ');
        bool is_pause = word.size > 0 && word.bytes[word.size - 1] == ',';
        while (word.size > 0 && strchr(",.-'", word.bytes[word.size - 1]) != NULL)
            word.size--;
        while (word.size > 0 && strchr(",.-'", word.bytes[0]) != NULL) {
            word.bytes++;
            word.size--;
        }
        if (word.size == 0)
            continue;
        if (!is_first)
            text_add_char(text, ' ');
        text_add_span(text, utf8_cut(word, SPEECH_WORD_SIZE_MAX));
        is_first = false;
        words++;
        if (is_pause && words < words_max && span_trim(rest).size > 0)
            text_add_char(text, ',');
    }
}

void speech_add_words(struct text *text, const struct wordbook *book, const char *words,
                      unsigned words_max)
{
    CLEANUP(text_clear) struct text plain = {0};
    CLEANUP(text_clear) struct text spoken = {0};
    gsm_add(&plain, span_of(words));
    struct span rest = text_span(&plain);
    char before = ' ';
    while (rest.size > 0) {
        char byte = rest.bytes[0];
        rest.bytes++;
        rest.size--;
        bool is_word = isalnum((unsigned char)byte) || (unsigned char)byte >= 0x80;
        /* "/var": at the start of a word it says nothing. "10.5": between digits it is a point. */
        if (is_word)
            text_add_char(&spoken, byte);
        else if ((byte == '/' || byte == '_') && before == ' ')
            text_add_char(&spoken, ' ');
        else
            add_sign(&spoken, book, byte);
        before = byte;
    }
    add_tidy(text, text_span(&spoken), words_max);
}
