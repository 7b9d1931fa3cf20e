/* SPDX-License-Identifier: MIT */
#include "notify/dialog.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/view.h"
#include "notify/channel.h"
#include "notify/speech.h"

#define COUNT_SPOKEN_MAX 999 /* of alerts, people, minutes */
#define PERSON_WORDS_MAX 2
#define TEAM_WORDS_MAX 3

#define WHAT "$severity{0:, $again}. "
#define KEYS "Press 5 to pass it on{0: to $next}. Star to hear it again."

/* Behind those of the fixed sentences. */
enum {
    LINE_ALERT = DIALOG_LINE_COUNT,
    LINE_ALERTS,
    LINE_STILL,
    LINE_REPEAT,
    LINE_KEYS,
    LINE_KEYS_ALL,
    LINE_KEYS_MANY,
    LINE_KEYS_STILL,
    LINE_TEST,
    LINE_VERIFY,
    LINE_TOLD,
    LINE_SILENCE,
    LINE_SILENCE_NOW,
    LINE_SILENCE_MINUTE,
    LINE_SILENCE_MINUTES,
    LINE_GOODBYE,
    LINE_RESOLVE,
    LINE_CALL_ALL,
    LINE_CALL_TEAM,
    LINE_USELESS,
    LINE_ACKED,
    LINE_PASSED,
    LINE_HELD,
    LINE_RESOLVED,
    LINE_SNOOZED,
    LINE_CALLED,
    LINE_OVER,
    LINE_LOST,
    LINE_OFF,
    LINE_CLOCK,
    LINE_CLOCK_HOUR,
    LINE_CLOCK_OH,
    LINE_CRITICAL,
    LINE_ERROR,
    LINE_WARNING,
    LINE_INFO,
    LINE_AGAIN,
    LINE_SOMEBODY,
    LINE_SMS,
    LINE_HASH,
    LINE_THAT,
    LINE_COUNT
};

static const struct {
    const char *name;
    const char *text;
    enum text_use use;
} lines[LINE_COUNT] = {
    [DIALOG_HELP] = {"help",
                     "4 acknowledge, 5 pass on, 6 resolve, 7 snooze one hour, 8 call everyone.",
                     TEXT_SPOKEN},
    [DIALOG_PIN] = {"pin", "Your PIN, please.", TEXT_SPOKEN},
    [DIALOG_PIN_WRONG] = {"pin-wrong", "That is not your PIN. Once more, please.", TEXT_SPOKEN},
    [DIALOG_NOTHING_DONE] = {"nothing-done", "Nothing was done. Goodbye.", TEXT_SPOKEN},
    [DIALOG_ANSWERED] = {"answered", "This call has been answered already. Goodbye.", TEXT_SPOKEN},
    [LINE_ALERT] = {"alert", WHAT "Incident $number{0: in $team_alone}.{0: $thing.}", TEXT_SPOKEN},
    [LINE_ALERTS] = {"alerts", WHAT "$alerts alerts{0: in $team}. The first:{0: $thing.}",
                     TEXT_SPOKEN},
    [LINE_STILL] = {"still",
                    WHAT "Incident $number is still yours, without news{0: in $team_alone}."
                         "{0: $thing.}",
                    TEXT_SPOKEN},
    [LINE_REPEAT] = {"repeat", "This call may be a repeat.", TEXT_SPOKEN},
    [LINE_KEYS] = {"keys", "Press 4 to acknowledge. " KEYS, TEXT_SPOKEN},
    [LINE_KEYS_ALL] = {"keys-all", "Press 4 to acknowledge all $alerts. " KEYS, TEXT_SPOKEN},
    [LINE_KEYS_MANY] = {"keys-many", "Press 4 to acknowledge all of them. " KEYS, TEXT_SPOKEN},
    [LINE_KEYS_STILL] = {"keys-still", "Press 4 to keep it. " KEYS, TEXT_SPOKEN},
    [LINE_TEST] = {"test",
                   "This is a test of pagerd. All is well. Press 4 to prove this phone works.",
                   TEXT_SPOKEN},
    [LINE_VERIFY] = {"verify",
                     "This is pagerd. The code of this phone is $code. Enter it with page control: "
                     "contacts, verify.",
                     TEXT_SPOKEN},
    [LINE_TOLD] = {"told", "This is pagerd. $told.", TEXT_SPOKEN},
    [LINE_SILENCE] = {"silence", "Nothing pressed. Goodbye.", TEXT_SPOKEN},
    [LINE_SILENCE_NOW] = {"silence-now", "Nothing pressed. $next is called now. Goodbye.",
                          TEXT_SPOKEN},
    [LINE_SILENCE_MINUTE] = {"silence-minute",
                             "Nothing pressed. $next is called in $minutes minute. Goodbye.",
                             TEXT_SPOKEN},
    [LINE_SILENCE_MINUTES] = {"silence-minutes",
                              "Nothing pressed. $next is called in $minutes minutes. Goodbye.",
                              TEXT_SPOKEN},
    [LINE_GOODBYE] = {"goodbye", "Goodbye.", TEXT_SPOKEN},
    [LINE_RESOLVE] = {"resolve", "Resolve incident $number? Press 6 again.", TEXT_SPOKEN},
    [LINE_CALL_ALL] = {"call-everyone", "Call everyone? Press 8 again.", TEXT_SPOKEN},
    [LINE_CALL_TEAM] = {"call-team", "Call all $people people? Press 8 again.", TEXT_SPOKEN},
    [LINE_USELESS] = {"useless", "$key does nothing here. Press 4 to acknowledge.", TEXT_SPOKEN},
    [LINE_ACKED] = {"acked",
                    "Acknowledged. Incident $number is yours{0:, $user}.{0: The link is in your "
                    "$sms.}{0: Also open: incident $other.} Goodbye.",
                    TEXT_SPOKEN},
    [LINE_PASSED] = {"passed", "Passed on{0: to $next}. You can sleep. Goodbye.", TEXT_SPOKEN},
    [LINE_HELD] = {"held", "$actor has it since $acted. Nothing to do. Good night.", TEXT_SPOKEN},
    [LINE_RESOLVED] = {"resolved", "Incident $number is resolved. Goodbye.", TEXT_SPOKEN},
    [LINE_SNOOZED] = {"snoozed", "Incident $number is snoozed for one hour. Goodbye.", TEXT_SPOKEN},
    [LINE_CALLED] = {"called", "Everyone is called. Goodbye.", TEXT_SPOKEN},
    [LINE_OVER] = {"over", "Incident $number is over. Nothing to do. Good night. Goodbye.",
                   TEXT_SPOKEN},
    [LINE_LOST] = {"lost", "Not recorded. Pager D cannot write to its disk. Call a colleague.",
                   TEXT_SPOKEN},
    [LINE_OFF] = {"off", "That is switched off here. Goodbye.", TEXT_SPOKEN},
    [LINE_CLOCK] = {"clock", "$hour $minute", TEXT_SPOKEN},
    [LINE_CLOCK_HOUR] = {"clock-hour", "$hour o'clock", TEXT_SPOKEN},
    [LINE_CLOCK_OH] = {"clock-oh", "$hour oh $minute", TEXT_SPOKEN},
    [LINE_CRITICAL] = {"critical", "Critical", TEXT_PLAIN},
    [LINE_ERROR] = {"error", "Error", TEXT_PLAIN},
    [LINE_WARNING] = {"warning", "Warning", TEXT_PLAIN},
    [LINE_INFO] = {"info", "Info", TEXT_PLAIN},
    [LINE_AGAIN] = {"again", "again", TEXT_PLAIN},
    [LINE_SOMEBODY] = {"somebody", "Somebody", TEXT_PLAIN},
    [LINE_SMS] = {"text-message", "S M S", TEXT_PLAIN},
    [LINE_HASH] = {"hash-key", "The hash key", TEXT_PLAIN},
    [LINE_THAT] = {"that", "That", TEXT_PLAIN},
};

static const int severities[SEVERITY_COUNT] = {
    [SEVERITY_CRITICAL] = LINE_CRITICAL,
    [SEVERITY_ERROR] = LINE_ERROR,
    [SEVERITY_WARNING] = LINE_WARNING,
    [SEVERITY_INFO] = LINE_INFO,
};

bool dialog_text(size_t index, struct text_row *row)
{
    if (index >= LINE_COUNT)
        return false;
    snprintf(row->name, sizeof row->name, "call.%s", lines[index].name);
    row->place = &lines[index].text;
    row->use = lines[index].use;
    return true;
}

static const char *line_say(const struct wordbook *book, int line)
{
    return wordbook_say(book, &lines[line].text);
}

static unsigned count_of(uint64_t count)
{
    return count > COUNT_SPOKEN_MAX ? COUNT_SPOKEN_MAX : (unsigned)count;
}

static void add_with(struct text *text, const struct letter *letter,
                     const struct dialog_facts *facts, const char *template)
{
    struct phrase phrase = phrase_new(letter, false);
    phrase.fields = dialog_fields;
    phrase.facts = facts;
    phrase_add(&phrase, text, template);
}

static void add_line(struct text *text, const struct letter *letter,
                     const struct dialog_facts *facts, int line)
{
    add_with(text, letter, facts, line_say(letter->words, line));
}

/* First names and ids are said as they are written. */
static void put_words(const struct phrase *phrase, struct text *text, const char *words,
                      unsigned words_max)
{
    if (has_text(words))
        speech_add_words(text, phrase->letter->words, words, words_max);
}

static void put_severity(struct phrase *phrase, struct text *text)
{
    text_add(text, line_say(phrase->letter->words, severities[phrase->letter->severity]));
}

static void put_again(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->is_reopened)
        text_add(text, line_say(phrase->letter->words, LINE_AGAIN));
}

static void put_number(struct phrase *phrase, struct text *text)
{
    speech_add_number(text, phrase->letter->incident);
}

static void put_other(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->other != 0)
        speech_add_number(text, phrase->letter->other);
}

/* "D B 1: disk var 96 percent full" */
static void put_thing(struct phrase *phrase, struct text *text)
{
    const struct letter *letter = phrase->letter;
    if (letter->is_private)
        return;
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
    speech_add_words(text, letter->words, what, SPEECH_WORDS_MAX);
}

static void put_team(struct phrase *phrase, struct text *text)
{
    put_words(phrase, text, phrase->letter->team, TEAM_WORDS_MAX);
}

/* Where the thing itself may not be said. */
static void put_team_alone(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->is_private)
        put_team(phrase, text);
}

static void put_alerts(struct phrase *phrase, struct text *text)
{
    text_addf(text, "%u", count_of(phrase->letter->alert_count));
}

static void put_people(struct phrase *phrase, struct text *text)
{
    text_addf(text, "%u", count_of(phrase->letter->team_size));
}

static void put_next(struct phrase *phrase, struct text *text)
{
    put_words(phrase, text, phrase->letter->next, PERSON_WORDS_MAX);
}

static void put_user(struct phrase *phrase, struct text *text)
{
    put_words(phrase, text, phrase->letter->user_name, PERSON_WORDS_MAX);
}

static void put_actor(struct phrase *phrase, struct text *text)
{
    const struct letter *letter = phrase->letter;
    const char *somebody = line_say(letter->words, LINE_SOMEBODY);
    if (has_text(letter->actor))
        put_words(phrase, text, letter->actor, PERSON_WORDS_MAX);
    else
        text_add(text, somebody);
}

static void put_acted(struct phrase *phrase, struct text *text)
{
    dialog_add_time(text, &phrase->view, phrase->letter->acted_at);
}

static void put_code(struct phrase *phrase, struct text *text)
{
    if (has_text(phrase->letter->code))
        speech_add_number(text, strtoull(phrase->letter->code, NULL, 10));
}

/* A notice has no words for the ear: its SMS is read out. */
static void put_told(struct phrase *phrase, struct text *text)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    put_words(phrase, text, letter_sms(phrase->letter, arena), SPEECH_TOLD_WORDS_MAX);
}

static void put_minutes(struct phrase *phrase, struct text *text)
{
    text_addf(text, "%u", phrase->facts->minutes);
}

static void put_hour(struct phrase *phrase, struct text *text)
{
    text_addf(text, "%u", phrase->facts->clock_min / 60);
}

static void put_minute(struct phrase *phrase, struct text *text)
{
    text_addf(text, "%u", phrase->facts->clock_min % 60);
}

static void put_key(struct phrase *phrase, struct text *text)
{
    char key = phrase->facts->key;
    if (isdigit((unsigned char)key))
        text_add_char(text, key);
    else
        text_add(text, line_say(phrase->letter->words, key == '#' ? LINE_HASH : LINE_THAT));
}

static void put_sms(struct phrase *phrase, struct text *text)
{
    if (phrase->facts->has_text)
        text_add(text, line_say(phrase->letter->words, LINE_SMS));
}

const struct phrase_field dialog_fields[] = {
    {"acted", put_acted},
    {"actor", put_actor},
    {"again", put_again},
    {"alerts", put_alerts},
    {"code", put_code},
    {"hour", put_hour},
    {"key", put_key},
    {"minute", put_minute},
    {"minutes", put_minutes},
    {"next", put_next},
    {"number", put_number},
    {"other", put_other},
    {"people", put_people},
    {"severity", put_severity},
    {"sms", put_sms},
    {"team", put_team},
    {"team_alone", put_team_alone},
    {"thing", put_thing},
    {"told", put_told},
    {"user", put_user},
    {NULL, NULL},
};

static const struct dialog_facts no_facts = {0};

void dialog_add_time(struct text *text, const struct moment_view *view, msec at)
{
    const struct zone *zone = view->reader != NULL ? view->reader : view->team;
    msec local = zone != NULL ? zone_local(zone, at) : at;
    const struct dialog_facts facts = {.clock_min = (unsigned)(local / MINUTE_MS % (24 * 60))};
    const struct letter letter = {.words = view->words};
    unsigned minute = facts.clock_min % 60;
    int line = minute == 0 ? LINE_CLOCK_HOUR : minute < 10 ? LINE_CLOCK_OH : LINE_CLOCK;
    add_line(text, &letter, &facts, line);
}

static bool is_alarm(const struct letter *letter)
{
    return page_is_alarm(letter->kind);
}

/* Which sentence says what there is to know, and which the keys. */
static int what_line(const struct letter *letter)
{
    if (letter->alert_count > 1 && !letter->is_private)
        return LINE_ALERTS;
    return letter->kind == PAGE_STILL ? LINE_STILL : LINE_ALERT;
}

static int keys_line(const struct letter *letter, bool is_many)
{
    if (letter->alert_count > 1)
        return LINE_KEYS_ALL;
    if (is_many)
        return LINE_KEYS_MANY;
    return letter->kind == PAGE_STILL ? LINE_KEYS_STILL : LINE_KEYS;
}

void dialog_add_page(struct text *text, const struct letter *letter)
{
    bool is_many = letter->kind == PAGE_BUNDLE || letter->kind == PAGE_DIGEST;
    bool is_verify = letter->kind == PAGE_VERIFY && letter->code != NULL;
    if (letter->is_repeat) {
        add_line(text, letter, &no_facts, LINE_REPEAT);
        text_add_char(text, ' ');
    }
    if (!is_alarm(letter)) {
        add_line(text, letter, &no_facts,
                 letter->kind == PAGE_TEST ? LINE_TEST
                 : is_verify               ? LINE_VERIFY
                                           : LINE_TOLD);
        return;
    }
    add_line(text, letter, &no_facts, what_line(letter));
    text_add_char(text, ' ');
    if (is_many && has_text(letter->remark)) {
        speech_add_words(text, letter->words, letter->remark, SPEECH_TOLD_WORDS_MAX);
        text_add(text, ". ");
    }
    add_line(text, letter, &no_facts, keys_line(letter, is_many));
}

void dialog_add_silence(struct text *text, const struct letter *letter)
{
    struct dialog_facts facts = {0};
    int line = is_alarm(letter) ? LINE_SILENCE : LINE_GOODBYE;
    if (is_alarm(letter) && has_text(letter->next) && letter->next_at != 0) {
        msec left_ms = letter->next_at - letter->now_at;
        facts.minutes =
            left_ms > 0 ? count_of((uint64_t)((left_ms + MINUTE_MS / 2) / MINUTE_MS)) : 0;
        line = facts.minutes == 0   ? LINE_SILENCE_NOW
               : facts.minutes == 1 ? LINE_SILENCE_MINUTE
                                    : LINE_SILENCE_MINUTES;
    }
    add_line(text, letter, &facts, line);
}

void dialog_add_line(struct text *text, const struct wordbook *book, enum dialog_line line)
{
    assert(line < DIALOG_LINE_COUNT);
    const struct letter letter = {.words = book};
    add_line(text, &letter, &no_facts, (int)line);
}

void dialog_add_question(struct text *text, const struct letter *letter, char key)
{
    assert(key == '6' || key == '8');
    int line = letter->team_size > 0 ? LINE_CALL_TEAM : LINE_CALL_ALL;
    add_line(text, letter, &no_facts, key == '6' ? LINE_RESOLVE : line);
}

void dialog_add_useless(struct text *text, const struct letter *letter, char key)
{
    const struct dialog_facts facts = {.key = key};
    add_line(text, letter, &facts, LINE_USELESS);
}

/* What is said of an answer; where a row has none, nothing was done. */
static_assert(DIALOG_HELP == 0, "no answer is told as line 0, which stands for none");
static const int retorts[RETORT_KIND_COUNT] = {
    [RETORT_ACKED] = LINE_ACKED,     [RETORT_TAKEN] = LINE_ACKED,
    [RETORT_OWN] = LINE_ACKED,       [RETORT_HELD] = LINE_HELD,
    [RETORT_PASSED] = LINE_PASSED,   [RETORT_RESOLVED] = LINE_RESOLVED,
    [RETORT_SNOOZED] = LINE_SNOOZED, [RETORT_CALLED] = LINE_CALLED,
    [RETORT_OVER] = LINE_OVER,       [RETORT_LOST] = LINE_LOST,
    [RETORT_OFF] = LINE_OFF,
};

void dialog_add_retort(struct text *text, const struct retort *retort, bool has_text_message)
{
    assert(retort->kind < RETORT_KIND_COUNT);
    const struct dialog_facts facts = {.has_text = has_text_message};
    int line = retorts[retort->kind];
    add_line(text, retort->letter, &facts, line != 0 ? line : DIALOG_NOTHING_DONE);
}

void dialog_add_longest(struct text *text, const struct letter *letter, const char *template)
{
    struct letter longest = *letter;
    const struct dialog_facts facts = {
        .key = '#', .has_text = true, .minutes = COUNT_SPOKEN_MAX, .clock_min = 23 * 60 + 59};
    longest.alert_count = COUNT_SPOKEN_MAX;
    longest.team_size = COUNT_SPOKEN_MAX;
    longest.is_reopened = true;
    add_with(text, &longest, &facts, template);
}
