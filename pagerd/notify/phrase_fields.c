/* SPDX-License-Identifier: MIT */
/* phrase_fields.c - what a text that is read may say after a dollar sign. */
#include "notify/phrase.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "notify/channel.h"
#include "notify/gsm.h"
#include "notify/wording.h"

#define NAME_SEPTETS_MAX 24   /* of a person or team in an SMS */
#define REASON_SEPTETS_MAX 40 /* of why somebody asks, in an SMS */
#define LINK_SEPTETS_MAX 80   /* of a runbook in an SMS; the ack page has it anyway */
#define OTHER_SEPTETS_MAX 24  /* of what else is open, in the answer to a reply */
#define TITLE_LINE_MAX 160    /* bytes of a notice in a subject */
#define FIELD_NAME_MAX 16

/* Moves on by one character; returns its septets. */
static size_t skip_one(struct span *rest)
{
    struct span before = *rest;
    (void)utf8_next(rest);
    return gsm_septets((struct span){before.bytes, before.size - rest->size}, NULL);
}

/* Copies at most `max` septets; what is too long loses its middle, marked "..". */
static void add_elided(struct text *text, struct span span, size_t max)
{
    if (gsm_septets(span, NULL) <= max) {
        text_add_span(text, span);
        return;
    }
    size_t head_max = max > 2 ? (max - 2 + 1) / 2 : 0;
    size_t tail_max = max > 2 ? max - 2 - head_max : 0;
    size_t used = 0;
    struct span rest = span;
    while (rest.size > 0) {
        struct span before = rest;
        used += skip_one(&rest);
        if (used > head_max)
            break;
        text_add_bytes(text, before.bytes, before.size - rest.size);
    }
    text_add(text, "..");
    size_t left = gsm_septets(rest, NULL);
    while (left > tail_max)
        left -= skip_one(&rest);
    text_add_span(text, rest);
}

/* A string of the letter as this phrase may show it: one line, in the alphabet when it must be. */
static void add_clean(const struct phrase *phrase, struct text *text, const char *string,
                      size_t max)
{
    if (!has_text(string))
        return;
    CLEANUP(text_clear) struct text clean = {0};
    if (!phrase->is_sms) {
        utf8_add_clean(&clean, span_of(string));
        for (size_t i = 0; i < clean.size; i++)
            clean.bytes[i] = (unsigned char)clean.bytes[i] < ' ' ? ' ' : clean.bytes[i];
        text_add_span(text, span_trim(text_span(&clean)));
        return;
    }
    gsm_add(&clean, span_of(string));
    add_elided(text, span_trim(text_span(&clean)), max);
}

static void add_name(struct phrase *phrase, struct text *text, const char *name)
{
    add_clean(phrase, text, name, NAME_SEPTETS_MAX);
}

/* The part of `summary` after "object: "; NULL when it does not start so. */
static const char *find_after_object(const char *summary, const char *object)
{
    size_t size = strlen(object);
    if (strncasecmp(summary, object, size) != 0)
        return NULL;
    const char *rest = summary + size;
    if (*rest != ':' && *rest != ' ')
        return NULL;
    return rest + strspn(rest, ": -");
}

static bool is_word_in(const char *text, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = strcasestr(text, word); at != NULL; at = strcasestr(at + 1, word)) {
        bool is_start = at == text || !isalnum((unsigned char)at[-1]);
        if (is_start && !isalnum((unsigned char)at[size]))
            return true;
    }
    return false;
}

/* What is wrong with what: the object is not named twice. */
struct thing {
    const char *object;
    const char *what;
};

static struct thing thing_of(const char *object, const char *what)
{
    struct thing thing = {has_text(object) ? object : "", has_text(what) ? what : ""};
    const char *rest = thing.object[0] != '\0' ? find_after_object(thing.what, thing.object) : NULL;
    if (rest != NULL)
        thing.what = rest;
    else if (thing.object[0] != '\0' && is_word_in(thing.what, thing.object))
        thing.object = "";
    return thing;
}

static void put_thing(struct phrase *phrase, struct text *text)
{
    const struct letter *letter = phrase->letter;
    if (letter->is_private)
        return;
    struct thing thing = thing_of(letter->object, letter->summary);
    const char *object = thing.object;
    const char *what = thing.what;
    size_t start = text->size;
    add_clean(phrase, text, object, phrase->object_max);
    phrase->object_size =
        gsm_septets((struct span){text_string(text) + start, text->size - start}, NULL);
    if (object[0] != '\0' && what[0] != '\0')
        text_add(text, ": ");
    start = text->size;
    add_clean(phrase, text, what, phrase->what_max);
    phrase->what_size =
        gsm_septets((struct span){text_string(text) + start, text->size - start}, NULL);
    /* The templates end the symptom with a full stop of their own. */
    while (text->size > start && text->bytes[text->size - 1] == '.' && phrase->is_sms)
        text->bytes[--text->size] = '\0';
}

/* "db1 disk": short, for there is a number beside it. */
static void put_other_thing(struct phrase *phrase, struct text *text)
{
    const struct letter *letter = phrase->letter;
    if (letter->is_other_private)
        return;
    struct thing thing = thing_of(letter->other_object, letter->other_summary);
    CLEANUP(text_clear) struct text both = {0};
    text_addf(&both, "%s%s%s", thing.object, thing.object[0] != '\0' ? " " : "", thing.what);
    add_clean(phrase, text, text_string(&both), OTHER_SEPTETS_MAX);
}

static void put_acked_more(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->acked_more != 0)
        text_addf(text, "%" PRIu32, phrase->letter->acked_more);
}

static void put_other(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->other != 0)
        text_addf(text, "%" PRIu64, phrase->letter->other);
}

static void put_url(struct phrase *phrase, struct text *text)
{
    if (has_text(phrase->letter->url))
        text_add(text, phrase->letter->url);
}

/* The keys are words of their own groups: what cannot be answered is not offered. */
static void put_key_ack(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->keys != LETTER_KEYS_NONE)
        text_add(text, word_say(phrase->letter->words, WORD_KEY_ACK));
}

static void put_key_pass(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->keys != LETTER_KEYS_NONE)
        text_add(text, word_say(phrase->letter->words, WORD_KEY_PASS));
}

static void put_key_resolve(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->keys == LETTER_KEYS_ALL)
        text_add(text, word_say(phrase->letter->words, WORD_KEY_RESOLVE));
}

static void put_key_snooze(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->keys != LETTER_KEYS_NONE)
        text_add(text, word_say(phrase->letter->words, WORD_KEY_SNOOZE));
}

static void put_key_call(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->keys == LETTER_KEYS_ALL)
        text_add(text, word_say(phrase->letter->words, WORD_KEY_CALL));
}

static void put_key_yes(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->keys != LETTER_KEYS_NONE)
        text_add(text, word_say(phrase->letter->words, WORD_KEY_YES));
}

static void put_key_no(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->keys != LETTER_KEYS_NONE)
        text_add(text, word_say(phrase->letter->words, WORD_KEY_NO));
}

static void put_swap(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->swap != 0)
        text_addf(text, "w%" PRIu64, phrase->letter->swap);
}

/* Where nothing can be answered. */
static void put_only_swap(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->keys == LETTER_KEYS_NONE)
        put_swap(phrase, text);
}

static void put_tag(struct phrase *phrase, struct text *text)
{
    const struct letter *letter = phrase->letter;
    text_add(text, letter->is_canary ? word_say(letter->words, WORD_TAG_CANARY)
                                     : word_tag(letter->words, letter->severity));
}

static void put_number(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->incident != 0)
        text_addf(text, "%" PRIu64, phrase->letter->incident);
}

static void put_team(struct phrase *phrase, struct text *text)
{
    add_name(phrase, text, phrase->letter->team);
}

static void put_role(struct phrase *phrase, struct text *text)
{
    add_name(phrase, text, phrase->letter->role);
}

static void add_moment(const struct phrase *phrase, struct text *text, msec at)
{
    if (at == MSEC_NEVER)
        text_add(text, word_say(phrase->letter->words, WORD_FURTHER_NOTICE));
    else if (at != 0)
        moment_add(text, &phrase->view, at);
}

static void put_time(struct phrase *phrase, struct text *text)
{
    add_moment(phrase, text, phrase->letter->opened_at);
}

static void put_acted(struct phrase *phrase, struct text *text)
{
    add_moment(phrase, text, phrase->letter->acted_at);
}

static void put_next_time(struct phrase *phrase, struct text *text)
{
    add_moment(phrase, text, phrase->letter->next_at);
}

static void put_until(struct phrase *phrase, struct text *text)
{
    add_moment(phrase, text, phrase->letter->until_at);
}

static void put_from(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->from_at <= phrase->letter->now_at)
        text_add(text, word_say(phrase->letter->words, WORD_NOW));
    else
        add_moment(phrase, text, phrase->letter->from_at);
}

static void put_acted_ago(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->acted_at != 0)
        moment_add_length(text, phrase->letter->now_at - phrase->letter->acted_at);
}

static void put_back(struct phrase *phrase, struct text *text)
{
    const struct letter *letter = phrase->letter;
    if (letter->previous_ended_at != 0)
        moment_add_length(text, letter->opened_at - letter->previous_ended_at);
}

static void put_duration(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->duration_ms > 0)
        moment_add_length(text, phrase->letter->duration_ms);
}

static void put_actor(struct phrase *phrase, struct text *text)
{
    const char *actor = phrase->letter->actor;
    if (!has_text(actor) && phrase->letter->kind == PAGE_RESOLVED)
        actor = word_say(phrase->letter->words, WORD_ITS_SOURCE);
    if (!has_text(actor) && phrase->letter->kind == PAGE_ACKED)
        actor = word_say(phrase->letter->words, WORD_SOMEBODY_ELSE);
    add_name(phrase, text, actor);
}

static void put_actor_via(struct phrase *phrase, struct text *text)
{
    add_name(phrase, text, phrase->letter->actor_via);
}

static void put_next(struct phrase *phrase, struct text *text)
{
    add_name(phrase, text, phrase->letter->next);
}

static void put_cover(struct phrase *phrase, struct text *text)
{
    add_name(phrase, text, phrase->letter->cover);
}

/* "Ann silent 5m", or what the engine said about it. */
static void put_silent(struct phrase *phrase, struct text *text)
{
    const struct letter *letter = phrase->letter;
    if (!has_text(letter->silent)) {
        add_clean(phrase, text, letter->remark, REASON_SEPTETS_MAX);
        return;
    }
    add_name(phrase, text, letter->silent);
    text_addf(text, " %s", word_say(letter->words, WORD_SILENT));
    if (letter->silent_ms <= 0)
        return;
    text_add_char(text, ' ');
    moment_add_length(text, letter->silent_ms);
}

static void put_reason(struct phrase *phrase, struct text *text)
{
    if (!phrase->letter->is_private)
        add_clean(phrase, text, phrase->letter->remark, REASON_SEPTETS_MAX);
}

static void put_remark(struct phrase *phrase, struct text *text)
{
    size_t start = text->size;
    if (phrase->is_sms)
        add_clean(phrase, text, phrase->letter->remark, phrase->what_max);
    else
        utf8_add_clean(text, span_trim(span_of(phrase->letter->remark)));
    phrase->what_size =
        gsm_septets((struct span){text_string(text) + start, text->size - start}, NULL);
}

/* The same inside a sentence, which has its own full stop. */
static void put_told(struct phrase *phrase, struct text *text)
{
    size_t start = text->size;
    put_remark(phrase, text);
    while (text->size > start && text->bytes[text->size - 1] == '.')
        text->bytes[--text->size] = '\0';
}

static void put_remark_line(struct phrase *phrase, struct text *text)
{
    struct span rest = span_of(phrase->letter->remark);
    struct span line = utf8_cut(span_cut(&rest, '\n'), TITLE_LINE_MAX);
    utf8_add_clean(text, line);
}

static void put_nth(struct phrase *phrase, struct text *text)
{
    static const enum word endings[] = {WORD_NTH, WORD_FIRST, WORD_SECOND, WORD_THIRD};
    unsigned call = phrase->letter->call;
    if (call < 2)
        return;
    unsigned last = call % 10;
    bool is_teen = call % 100 >= 11 && call % 100 <= 13;
    text_addf(text, "%u%s", call,
              word_say(phrase->letter->words, endings[last <= 3 && !is_teen ? last : 0]));
}

/* A link goes out whole or not at all; a bare "$link" has no limit. The number that its page asks
 * for belongs to it, and is behind it in whatever words a house has for the rest. */
static void put_link(struct phrase *phrase, struct text *text)
{
    const struct letter *letter = phrase->letter;
    if (!has_text(letter->ack_link))
        return;
    text_add(text, letter->ack_link);
    if (letter->ack_number != 0)
        text_addf(text, " (%" PRIu32 ")", letter->ack_number);
}

/* Where nothing can be answered. */
static void put_only_link(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->keys == LETTER_KEYS_NONE)
        put_link(phrase, text);
}

static void put_code(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->code != NULL)
        text_add(text, phrase->letter->code);
}

/* Where an answer is read. */
static void put_code_reply(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->keys != LETTER_KEYS_NONE)
        put_code(phrase, text);
}

static void put_runbook(struct phrase *phrase, struct text *text)
{
    struct span link = span_of(phrase->letter->runbook);
    bool is_clean = false;
    if (phrase->letter->is_private || gsm_septets(link, &is_clean) > LINK_SEPTETS_MAX)
        return;
    bool is_web = span_has_prefix(link, "https://") || span_has_prefix(link, "http://");
    if (is_web && is_clean && memchr(link.bytes, ' ', link.size) == NULL)
        text_add_span(text, link);
}

static void put_repeat(struct phrase *phrase, struct text *text)
{
    if (phrase->letter->is_repeat)
        text_add(text, word_say(phrase->letter->words, WORD_REPEAT));
}

static void put_late(struct phrase *phrase, struct text *text)
{
    if (!phrase->letter->is_late)
        return;
    text_add(text, word_say(phrase->letter->words, WORD_LATE));
    if (phrase->letter->late_ms < SECOND_MS)
        return;
    text_add_char(text, ' ');
    moment_add_length(text, phrase->letter->late_ms);
}

static void put_good_night(struct phrase *phrase, struct text *text)
{
    if (moment_is_night(&phrase->view, phrase->letter->now_at))
        text_add(text, word_say(phrase->letter->words, WORD_GOOD_NIGHT));
}

const struct phrase_field phrase_fields[] = {
    {"acked_more", put_acked_more},
    {"acted", put_acted},
    {"acted_ago", put_acted_ago},
    {"actor", put_actor},
    {"actor_via", put_actor_via},
    {"back", put_back},
    {"code", put_code},
    {"code_reply", put_code_reply},
    {"cover", put_cover},
    {"duration", put_duration},
    {"from", put_from},
    {"good_night", put_good_night},
    {"key_ack", put_key_ack},
    {"key_call", put_key_call},
    {"key_no", put_key_no},
    {"key_pass", put_key_pass},
    {"key_resolve", put_key_resolve},
    {"key_snooze", put_key_snooze},
    {"key_yes", put_key_yes},
    {"late", put_late},
    {"link", put_link},
    {"next", put_next},
    {"next_time", put_next_time},
    {"nth", put_nth},
    {"number", put_number},
    {"only_link", put_only_link},
    {"only_swap", put_only_swap},
    {"other", put_other},
    {"other_thing", put_other_thing},
    {"reason", put_reason},
    {"remark", put_remark},
    {"remark_line", put_remark_line},
    {"repeat", put_repeat},
    {"role", put_role},
    {"runbook", put_runbook},
    {"silent", put_silent},
    {"swap", put_swap},
    {"tag", put_tag},
    {"team", put_team},
    {"thing", put_thing},
    {"time", put_time},
    {"told", put_told},
    {"until", put_until},
    {"url", put_url},
    {NULL, NULL},
};
