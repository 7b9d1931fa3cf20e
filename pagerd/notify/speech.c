/* SPDX-License-Identifier: MIT */
#include "notify/speech.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/view.h"
#include "notify/channel.h"
#include "notify/gsm.h"

#define NAME_PARTS_MAX 8     /* words, or runs of digits, of a name */
#define SPELT_LETTERS_MAX 3  /* of a run that is spelt whatever it is */
#define COUNT_SPOKEN_MAX 999 /* of alerts, people, minutes */

static const char *const severities[SEVERITY_COUNT] = {
    [SEVERITY_CRITICAL] = "Critical",
    [SEVERITY_ERROR] = "Error",
    [SEVERITY_WARNING] = "Warning",
    [SEVERITY_INFO] = "Info",
};

/* What a sign is called; all others but letters and digits are a space. */
static const struct {
    char sign;
    const char *spoken;
} signs[] = {
    {'%', " percent"}, {'/', ", "},      {'_', ", "},       {'&', " and "}, {'+', " plus "},
    {'>', " over "},   {'<', " under "}, {'=', " equals "}, {'@', " at "},  {':', ", "},
    {';', ", "},       {',', ", "},      {'.', "."},        {'-', "-"},     {'\'', "'"},
};

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

static void add_sign(struct text *text, char sign)
{
    const char *spoken = " ";
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (signs[i].sign == sign)
            spoken = signs[i].spoken;
    }
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

void speech_add_words(struct text *text, const char *words, unsigned words_max)
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
            add_sign(&spoken, byte);
        before = byte;
    }
    add_tidy(text, text_span(&spoken), words_max);
}

void speech_add_time(struct text *text, const struct moment_view *view, msec at)
{
    const struct zone *zone = view->reader != NULL ? view->reader : view->team;
    msec local = zone != NULL ? zone_local(zone, at) : at;
    unsigned minute = (unsigned)(local / MINUTE_MS % (24 * 60));
    unsigned hour = minute / 60;
    minute %= 60;
    if (minute == 0)
        text_addf(text, "%u o'clock", hour);
    else
        text_addf(text, minute < 10 ? "%u oh %u" : "%u %u", hour, minute);
}

static unsigned count_of(uint64_t count)
{
    return count > COUNT_SPOKEN_MAX ? COUNT_SPOKEN_MAX : (unsigned)count;
}

/* "D B 1: disk var 96 percent full." */
static void add_thing(struct text *text, const struct letter *letter)
{
    const char *object = has_text(letter->first_object) ? letter->first_object : letter->object;
    const char *what = has_text(letter->first_summary) ? letter->first_summary : letter->summary;
    what = has_text(what) ? what : "";
    size_t size = has_text(object) ? strlen(object) : 0;
    if (size > 0 && strncasecmp(what, object, size) == 0 && strchr(": ", what[size]) != NULL)
        what += size;
    if (size > 0)
        speech_add_name(text, object);
    if (size > 0 && what[0] != '\0')
        text_add(text, ": ");
    speech_add_words(text, what, SPEECH_WORDS_MAX);
}

/* First names and ids are said as they are written. */
static void add_person(struct text *text, const char *name)
{
    speech_add_words(text, name, 2);
}

static void add_incident(struct text *text, const struct letter *letter)
{
    text_add(text, "Incident ");
    speech_add_number(text, letter->incident);
}

/* What there is to know, up to what may be pressed. */
static void add_what(struct text *text, const struct letter *letter)
{
    text_addf(text, "%s%s. ", severities[letter->severity], letter->is_reopened ? ", again" : "");
    if (letter->alert_count > 1 && !letter->is_private) {
        text_addf(text, "%u alerts", count_of(letter->alert_count));
        if (has_text(letter->team)) {
            text_add(text, " in ");
            speech_add_words(text, letter->team, 3);
        }
        text_add(text, ". The first: ");
    } else {
        add_incident(text, letter);
        if (letter->kind == PAGE_STILL)
            text_add(text, " is still yours, without news");
        text_add(text, letter->is_private ? "" : ". ");
    }
    if (letter->is_private && has_text(letter->team)) {
        text_add(text, " in ");
        speech_add_words(text, letter->team, 3);
    }
    if (!letter->is_private)
        add_thing(text, letter);
    text_add(text, ". ");
}

static bool is_alarm(const struct letter *letter)
{
    return page_is_alarm(letter->kind);
}

void speech_add_page(struct text *text, const struct letter *letter)
{
    bool is_many = letter->kind == PAGE_BUNDLE || letter->kind == PAGE_DIGEST;
    if (letter->kind == PAGE_TEST) {
        text_add(text, "This is a test of pagerd. All is well. Press 4 to prove this phone works.");
        return;
    }
    if (letter->kind == PAGE_VERIFY && letter->code != NULL) {
        text_add(text, "This is pagerd. The code of this phone is ");
        speech_add_number(text, strtoull(letter->code, NULL, 10));
        text_add(text, ". Enter it with page control: contacts, verify.");
        return;
    }
    if (!is_alarm(letter)) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        text_add(text, "This is pagerd. ");
        speech_add_words(text, letter_sms(letter, arena), SPEECH_TOLD_WORDS_MAX);
        text_add_char(text, '.');
        return;
    }
    add_what(text, letter);
    if (is_many) {
        speech_add_words(text, letter->remark, SPEECH_TOLD_WORDS_MAX);
        text_add(text, ". ");
    }
    text_add(text, letter->alert_count > 1 ? "Press 4 to acknowledge all " : "Press 4 to ");
    if (is_many && letter->alert_count <= 1)
        text_add(text, "acknowledge all of them. ");
    else if (letter->alert_count > 1)
        text_addf(text, "%u. ", count_of(letter->alert_count));
    else
        text_add(text, letter->kind == PAGE_STILL ? "keep it. " : "acknowledge. ");
    text_add(text, "Press 5 to pass it on");
    if (has_text(letter->next)) {
        text_add(text, " to ");
        add_person(text, letter->next);
    }
    text_add(text, ". Star to hear it again.");
}

void speech_add_silence(struct text *text, const struct letter *letter)
{
    if (!is_alarm(letter)) {
        text_add(text, "Goodbye.");
        return;
    }
    text_add(text, "Nothing pressed. ");
    if (has_text(letter->next) && letter->next_at != 0) {
        msec left_ms = letter->next_at - letter->now_at;
        uint64_t minutes = left_ms > 0 ? (uint64_t)((left_ms + MINUTE_MS / 2) / MINUTE_MS) : 0;
        add_person(text, letter->next);
        if (minutes == 0)
            text_add(text, " is called now. ");
        else
            text_addf(text, " is called in %u minute%s. ", count_of(minutes),
                      minutes == 1 ? "" : "s");
    }
    text_add(text, "Goodbye.");
}

void speech_add_help(struct text *text)
{
    text_add(text, "4 acknowledge, 5 pass on, 6 resolve, 7 snooze one hour, 8 call everyone.");
}

void speech_add_question(struct text *text, const struct letter *letter, char key)
{
    assert(key == '6' || key == '8');
    if (key == '6') {
        text_add(text, "Resolve incident ");
        speech_add_number(text, letter->incident);
        text_add(text, "? Press 6 again.");
        return;
    }
    if (letter->team_size > 0)
        text_addf(text, "Call all %u people? Press 8 again.", count_of(letter->team_size));
    else
        text_add(text, "Call everyone? Press 8 again.");
}

void speech_add_useless(struct text *text, char key)
{
    const char *name = key == '#' ? "The hash key" : NULL;
    if (name != NULL)
        text_add(text, name);
    else if (isdigit((unsigned char)key))
        text_add_char(text, key);
    else
        text_add(text, "That");
    text_add(text, " does nothing here. Press 4 to acknowledge.");
}

static void add_acked(struct text *text, const struct retort *retort, bool has_text_message)
{
    const struct letter *letter = retort->letter;
    text_add(text, "Acknowledged. ");
    add_incident(text, letter);
    text_add(text, " is yours");
    if (has_text(letter->user_name)) {
        text_add(text, ", ");
        add_person(text, letter->user_name);
    }
    text_add(text, has_text_message ? ". The link is in your S M S. " : ". ");
    if (letter->other != 0) {
        text_add(text, "Also open: incident ");
        speech_add_number(text, letter->other);
        text_add(text, ". ");
    }
    text_add(text, "Goodbye.");
}

static void add_passed(struct text *text, const struct letter *letter)
{
    text_add(text, "Passed on");
    if (has_text(letter->next)) {
        text_add(text, " to ");
        add_person(text, letter->next);
    }
    text_add(text, ". You can sleep. Goodbye.");
}

static void add_held(struct text *text, const struct letter *letter)
{
    struct moment_view view = {
        .reader = letter->zone, .team = letter->team_zone, .now_at = letter->now_at};
    if (has_text(letter->actor))
        add_person(text, letter->actor);
    else
        text_add(text, "Somebody");
    text_add(text, " has it since ");
    speech_add_time(text, &view, letter->acted_at);
    text_add(text, ". Nothing to do. Good night.");
}

/* An incident and what became of it. */
static void add_done(struct text *text, const struct letter *letter, const char *what)
{
    add_incident(text, letter);
    text_addf(text, " %s Goodbye.", what);
}

void speech_add_retort(struct text *text, const struct retort *retort, bool has_text_message)
{
    const struct letter *letter = retort->letter;
    switch (retort->kind) {
    case RETORT_ACKED:
    case RETORT_TAKEN:
    case RETORT_OWN:
        add_acked(text, retort, has_text_message);
        break;
    case RETORT_HELD:
        add_held(text, letter);
        break;
    case RETORT_PASSED:
        add_passed(text, letter);
        break;
    case RETORT_RESOLVED:
        add_done(text, letter, "is resolved.");
        break;
    case RETORT_SNOOZED:
        add_done(text, letter, "is snoozed for one hour.");
        break;
    case RETORT_CALLED:
        text_add(text, "Everyone is called. Goodbye.");
        break;
    case RETORT_OVER:
        add_done(text, letter, "is over. Nothing to do. Good night.");
        break;
    case RETORT_LOST:
        text_add(text, "Not recorded. Pager D cannot write to its disk. Call a colleague.");
        break;
    case RETORT_OFF:
        text_add(text, "That is switched off here. Goodbye.");
        break;
    case RETORT_NONE:
    case RETORT_WRONG:
    case RETORT_WHICH:
    case RETORT_SWAP_YES:
    case RETORT_SWAP_NO:
    case RETORT_SWAP_WHICH:
    case RETORT_SWAP_REFUSED:
    case RETORT_SORRY:
    case RETORT_NOTHING:
    case RETORT_HELP:
    case RETORT_REPEATED:
    case RETORT_REFUSED:
    case RETORT_STARTED:
    case RETORT_KIND_COUNT:
        text_add(text, "Nothing was done. Goodbye.");
        break;
    }
}
