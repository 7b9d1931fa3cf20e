/* SPDX-License-Identifier: MIT */
/*
 * voice_twilio.c - calls by Twilio: a page is read out, and keys answer it.
 *
 * Calls: https://www.twilio.com/docs/voice/api/call-resource (Twiml of at most 4000 characters,
 * StatusCallback with CallStatus), keys: https://www.twilio.com/docs/voice/twiml/gather (what is
 * nested in <Gather> is interrupted by the first key, and its timeout begins behind it), mailboxes:
 * https://www.twilio.com/docs/voice/answering-machine-detection (AsyncAmd: the call goes on while
 * it listens, so that nobody hears silence first).
 *
 * Only a key reaches a person: a call that was answered and ended without one has failed, and the
 * next contact method follows at once. Nothing is kept between the keys of a call: what was asked,
 * and how often a useless key was pressed, stands in the address that the next key is sent to, and
 * that is under Twilio's signature.
 *
 * A call takes no idempotency key: the token of that name (I-Twilio-Idempotency-Token) is one that
 * Twilio's own requests have.
 */
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "engine/view.h"
#include "notify/channel.h"
#include "notify/dialog.h"
#include "notify/phone.h"
#include "notify/reply.h"
#include "notify/speech.h"
#include "notify/twilio.h"

#define TWIML_MAX 4000   /* characters of Twiml */
#define RING_S "30"      /* about five rings; most mailboxes come later */
#define CALL_MAX_S "300" /* a call that somebody keeps busy with keys */
#define KEY_WAIT_S 4     /* after the text has ended */
#define PIN_WAIT_S 8
#define WRONG_MAX 3     /* useless keys, or wrong PINs; then the call is over */
#define AGAIN_PAUSE_S 2 /* before the text comes a second time */

/* What "keys-1-6-pin" says: one useless key so far, 6 waits for its confirmation, a PIN is due. */
struct call_state {
    unsigned wrong;
    char asked; /* 0: nothing */
    bool is_pin;
};

/* What follows from what was pressed. */
enum press_kind {
    PRESS_DO,        /* what the key means */
    PRESS_ASK,       /* for the same key again */
    PRESS_PIN,       /* for the PIN */
    PRESS_PIN_WRONG, /* once more */
    PRESS_HELP,
    PRESS_AGAIN, /* the text */
    PRESS_USELESS,
    PRESS_END, /* too many of these */
    PRESS_OVER /* this call has had its answer */
};

struct press {
    enum press_kind kind;
    char key;
    unsigned wrong;
};

static bool voice_check(const struct channel_settings *settings, struct fault *fault)
{
    if (!twilio_check(settings, fault))
        return false;
    if (!has_text(settings->from))
        return fault_set(fault, FAULT_INPUT,
                         "from is missing: a number of the account that can call");
    return true;
}

/* The callback address for `what`; the letter has it with "%s" in its place. */
static const char *callback_for(const struct letter *letter, const char *what, struct arena *arena)
{
    const char *place = strstr(letter->callback, "%s");
    if (place == NULL)
        return letter->callback;
    return arena_format(arena, "%.*s%s%s", (int)(place - letter->callback), letter->callback, what,
                        place + 2);
}

/* The address that a callback came to, for the next `what`: ".../WHAT/PAGE.ATTEMPT.CODE". */
static void add_next_address(struct text *text, const struct callback *callback, const char *what)
{
    const char *code = strrchr(callback->url, '/');
    size_t size = code != NULL ? (size_t)(code - callback->url) : 0;
    while (size > 0 && callback->url[size - 1] != '/')
        size--;
    text_add_bytes(text, callback->url, size);
    text_addf(text, "%s%s", what, code != NULL ? code : "");
}

/* Voices that understand how fast they should be: https://www.twilio.com/docs/voice/twiml/say */
static bool has_prosody(const struct channel_settings *settings)
{
    struct span voice = span_of(settings->voice);
    return span_has_prefix(voice, "Polly.") || span_has_prefix(voice, "Google.");
}

static void add_attribute(struct text *xml, const char *name, const char *value)
{
    if (!has_text(value))
        return;
    text_addf(xml, " %s=\"", name);
    text_add_html(xml, value);
    text_add_char(xml, '"');
}

/* A voice has its language in its name, and refuses another one. Without either the texts say
 * theirs: https://www.twilio.com/docs/voice/twiml/say */
static const char *language_of(const struct channel_settings *settings, const struct wordbook *book)
{
    if (has_text(settings->language) || has_text(settings->voice))
        return settings->language;
    return word_say(book, WORD_LANGUAGE);
}

static void add_say(struct text *xml, const struct channel_settings *settings,
                    const struct wordbook *book, const struct text *words)
{
    bool is_slow = has_prosody(settings);
    text_add(xml, "<Say");
    add_attribute(xml, "voice", settings->voice);
    add_attribute(xml, "language", language_of(settings, book));
    text_add(xml, is_slow ? "><prosody rate=\"slow\">" : ">");
    text_add_html(xml, text_string(words));
    text_add(xml, is_slow ? "</prosody></Say>" : "</Say>");
}

/* Opens the wait for keys, which go to `address`. */
static void begin_gather(struct text *xml, const char *address, size_t digits, int wait_s)
{
    text_addf(xml, "<Gather input=\"dtmf\" numDigits=\"%zu\" timeout=\"%d\" method=\"POST\"",
              digits, wait_s);
    text_add(xml, digits == 1 ? " finishOnKey=\"\"" : "");
    add_attribute(xml, "action", address);
    text_add_char(xml, '>');
}

static void begin_document(struct text *xml)
{
    text_add(xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>");
}

/* The page twice, so that a mailbox has one full copy, and what comes when nobody presses a key. */
static void add_page(struct text *xml, const struct letter *letter,
                     const struct channel_settings *settings, const char *address)
{
    CLEANUP(text_clear) struct text words = {0};
    CLEANUP(text_clear) struct text silence = {0};
    dialog_add_page(&words, letter);
    dialog_add_silence(&silence, letter);
    if (address != NULL)
        begin_gather(xml, address, 1, KEY_WAIT_S);
    add_say(xml, settings, letter->words, &words);
    text_addf(xml, "<Pause length=\"%d\"/>", AGAIN_PAUSE_S);
    add_say(xml, settings, letter->words, &words);
    text_add(xml, address != NULL ? "</Gather>" : "");
    add_say(xml, settings, letter->words, &silence);
}

static bool voice_render(const struct letter *letter, const struct channel_settings *settings,
                         struct arena *arena, struct request *request, struct fault *fault)
{
    const char *phone;
    if (!voice_check(settings, fault) || !phone_normalize(letter->address, arena, &phone, fault))
        return false;
    bool is_alarm = page_is_alarm(letter->kind) || letter->kind == PAGE_TEST;
    bool has_keys = is_alarm && letter->callback != NULL;
    CLEANUP(text_clear) struct text xml = {0};
    CLEANUP(text_clear) struct text form = {0};
    CLEANUP(text_clear) struct text words = {0};
    begin_document(&xml);
    add_page(&xml, letter, settings, has_keys ? callback_for(letter, "keys", arena) : NULL);
    text_add(&xml, "</Response>");
    if (xml.size > TWIML_MAX)
        return fault_set(fault, FAULT_LIMIT, "the spoken text is longer than %d characters",
                         TWIML_MAX);
    twilio_add_field(&form, "To", phone);
    twilio_add_field(&form, "From", settings->from);
    twilio_add_field(&form, "Twiml", text_string(&xml));
    twilio_add_field(&form, "Timeout", RING_S);
    twilio_add_field(&form, "TimeLimit", CALL_MAX_S);
    if (letter->callback != NULL) {
        const char *status = callback_for(letter, is_alarm ? "status" : "told", arena);
        twilio_add_field(&form, "StatusCallback", status);
        twilio_add_field(&form, "StatusCallbackMethod", "POST");
        twilio_add_field(&form, "StatusCallbackEvent", "completed");
    }
    if (has_keys) {
        twilio_add_field(&form, "MachineDetection", "Enable");
        twilio_add_field(&form, "AsyncAmd", "true");
        twilio_add_field(&form, "AsyncAmdStatusCallback", callback_for(letter, "machine", arena));
        twilio_add_field(&form, "AsyncAmdStatusCallbackMethod", "POST");
    }
    struct span body = {arena_copy_span(arena, text_span(&form)), form.size};
    twilio_request(settings, "Calls.json", body, arena, request);
    dialog_add_page(&words, letter);
    request->text = arena_copy_span(arena, text_span(&words));
    return true;
}

/* Values of CallStatus. A call that is under way says nothing yet. */
static const struct call_status {
    const char *word;
    bool is_end;
    const char *error; /* of an alarm; NULL with the one that was answered: by whom decides */
} statuses[] = {
    {"queued", false, NULL},
    {"initiated", false, NULL},
    {"ringing", false, NULL},
    {"in-progress", false, NULL},
    {"answered", false, NULL},
    {"completed", true, NULL},
    {"busy", true, "the line was busy"},
    {"no-answer", true, "nobody answered"},
    {"failed", true, "the call could not be made"},
    {"canceled", true, "the call was cancelled"},
};

static bool is_machine(const char *answered_by)
{
    struct span word = span_of(answered_by);
    return span_has_prefix(word, "machine") || span_is(word, "fax");
}

/* What an end of a call means. False: it has not ended. */
static bool status_judge(const char *word, const char *answered_by, bool is_alarm,
                         struct verdict *verdict)
{
    const struct call_status *status = NULL;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (string_is(statuses[i].word, word))
            status = &statuses[i];
    }
    if (status == NULL || !status->is_end)
        return false;
    bool is_answered = status->error == NULL;
    verdict->outcome = is_answered && !is_alarm ? OUTCOME_DELIVERED : OUTCOME_FAILED;
    verdict->is_provider_fault = string_is(word, "failed");
    const char *error = is_machine(answered_by) ? "a mailbox answered"
                                                : "answered, but no key was pressed: not reached";
    if (verdict->outcome == OUTCOME_FAILED)
        verdict_set_error(verdict, is_answered ? error : status->error);
    return true;
}

static const char *field_get(const struct callback *callback, const char *name, struct arena *arena)
{
    const char *value = twilio_field(callback, name, arena);
    return value != NULL ? value : "";
}

static void receipt_fill(const struct verdict *verdict, const struct callback *callback,
                         struct arena *arena, struct news *news)
{
    *news = (struct news){.kind = NEWS_RECEIPT,
                          .outcome = verdict->outcome,
                          .is_provider_fault = verdict->is_provider_fault,
                          .error = arena_copy(arena, verdict->error),
                          .reference = field_get(callback, "CallSid", arena)};
}

/* "keys", "keys-W", "keys-W-K", "keys-W-K-pin" */
static bool state_parse(const char *what, struct call_state *state)
{
    struct span rest = span_of(what);
    *state = (struct call_state){0};
    if (!span_is(span_cut(&rest, '-'), "keys"))
        return false;
    struct span wrong = span_cut(&rest, '-');
    struct span asked = span_cut(&rest, '-');
    bool is_counted = wrong.size == 1 && wrong.bytes[0] >= '0' && wrong.bytes[0] < '0' + WRONG_MAX;
    bool is_asked = asked.size == 1 && asked.bytes[0] >= '4' && asked.bytes[0] <= '8';
    if ((wrong.size > 0 && !is_counted) || (asked.size > 0 && !is_asked) ||
        (rest.size > 0 && !(span_is(rest, "pin") && is_asked)))
        return false;
    state->wrong = is_counted ? (unsigned)(wrong.bytes[0] - '0') : 0;
    state->asked = is_asked ? asked.bytes[0] : '\0';
    state->is_pin = rest.size > 0;
    return true;
}

static void state_add(struct text *text, const struct press *press, bool is_pin)
{
    text_addf(text, "keys-%u", press->wrong);
    if (press->key != '\0')
        text_addf(text, "-%c%s", press->key, is_pin ? "-pin" : "");
}

/* A key that does something: by the PIN, where its person has one. */
static struct press press_deed(const struct callback *callback, char key, unsigned wrong)
{
    return (struct press){has_text(callback->pin) ? PRESS_PIN : PRESS_DO, key, wrong};
}

static struct press press_of_pin(const struct callback *callback, const struct call_state *state,
                                 const char *digits)
{
    if (has_text(callback->pin) && secret_equal(span_of(digits), span_of(callback->pin)))
        return (struct press){PRESS_DO, state->asked, state->wrong};
    unsigned wrong = state->wrong + 1;
    return (struct press){wrong < WRONG_MAX ? PRESS_PIN_WRONG : PRESS_END, state->asked, wrong};
}

static struct press press_of(const struct callback *callback, const struct call_state *state,
                             const char *digits)
{
    if (callback->letter == NULL || callback->is_over)
        return (struct press){.kind = PRESS_OVER};
    if (state->is_pin)
        return press_of_pin(callback, state, digits);
    char key = digits[0] != '\0' && digits[1] == '\0' ? digits[0] : '\0';
    switch (key) {
    case '4':
    case '5':
    case '7':
        return press_deed(callback, key, state->wrong);
    case '6':
    case '8':
        if (state->asked == key)
            return press_deed(callback, key, state->wrong);
        return (struct press){PRESS_ASK, key, state->wrong};
    case '0':
        return (struct press){PRESS_HELP, '\0', state->wrong};
    case '*':
        return (struct press){PRESS_AGAIN, '\0', state->wrong};
    default:
        break;
    }
    unsigned wrong = state->wrong + 1;
    return (struct press){wrong < WRONG_MAX ? PRESS_USELESS : PRESS_END, '\0', wrong};
}

static bool receive_keys(const struct callback *callback, struct arena *arena, struct news *news,
                         struct fault *fault)
{
    struct call_state state;
    if (!state_parse(callback->what, &state))
        return fault_set(fault, FAULT_INPUT, "\"%.40s\" is nothing that a call can tell",
                         callback->what);
    const char *digits = field_get(callback, "Digits", arena);
    struct press press = press_of(callback, &state, digits);
    *news = (struct news){
        .kind = NEWS_KEYS, .text = digits, .reference = field_get(callback, "CallSid", arena)};
    if (press.kind == PRESS_DO)
        news->action = reply_verb_name(reply_of_key(press.key));
    return true;
}

static bool voice_receive(const struct callback *callback, const struct channel_settings *settings,
                          struct arena *arena, struct news *news, struct fault *fault)
{
    if (!twilio_verify(callback, settings, fault))
        return false;
    struct verdict verdict = {0};
    const char *answered_by = field_get(callback, "AnsweredBy", arena);
    bool is_told = string_is(callback->what, "told");
    if (string_is(callback->what, "machine")) {
        if (!is_machine(answered_by))
            return true; /* a person, or nobody can tell: keys will say */
        verdict.outcome = OUTCOME_FAILED;
        verdict_set_error(&verdict, "a mailbox answered");
        receipt_fill(&verdict, callback, arena, news);
        return true;
    }
    if (!is_told && !string_is(callback->what, "status"))
        return receive_keys(callback, arena, news, fault);
    if (status_judge(field_get(callback, "CallStatus", arena), answered_by, !is_told, &verdict))
        receipt_fill(&verdict, callback, arena, news);
    return true;
}

/* What is said before the next key is waited for; false: nothing is waited for. */
static bool add_words(struct text *words, const struct callback *callback,
                      const struct press *press, char key)
{
    switch (press->kind) {
    case PRESS_ASK:
        dialog_add_question(words, callback->letter, press->key);
        return true;
    case PRESS_PIN:
        dialog_add_line(words, callback->words, DIALOG_PIN);
        return true;
    case PRESS_PIN_WRONG:
        dialog_add_line(words, callback->words, DIALOG_PIN_WRONG);
        return true;
    case PRESS_HELP:
        dialog_add_line(words, callback->words, DIALOG_HELP);
        return true;
    case PRESS_USELESS:
        dialog_add_useless(words, callback->letter, key);
        return true;
    case PRESS_END:
        dialog_add_line(words, callback->words, DIALOG_NOTHING_DONE);
        return false;
    case PRESS_OVER:
        dialog_add_line(words, callback->words, DIALOG_ANSWERED);
        return false;
    case PRESS_DO:
        if (callback->said != NULL && callback->said->letter != NULL)
            dialog_add_retort(words, callback->said, callback->has_text);
        else
            dialog_add_line(words, callback->words, DIALOG_NOTHING_DONE);
        return false;
    case PRESS_AGAIN:
        break;
    }
    return true;
}

static const char *voice_respond(const struct callback *callback, const char *answer,
                                 struct text *body)
{
    struct call_state state;
    if (!state_parse(callback->what, &state) || callback->settings == NULL)
        return NULL;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *digits = field_get(callback, "Digits", arena);
    struct press press = press_of(callback, &state, digits);
    bool is_pin = press.kind == PRESS_PIN || press.kind == PRESS_PIN_WRONG;
    CLEANUP(text_clear) struct text what = {0};
    CLEANUP(text_clear) struct text address = {0};
    CLEANUP(text_clear) struct text words = {0};
    CLEANUP(text_clear) struct text silence = {0};
    state_add(&what, &press, is_pin);
    add_next_address(&address, callback, text_string(&what));
    begin_document(body);
    if (press.kind == PRESS_AGAIN) {
        add_page(body, callback->letter, callback->settings, text_string(&address));
    } else if (press.kind == PRESS_DO && callback->said != NULL && callback->said->letter == NULL &&
               has_text(answer)) {
        speech_add_words(&words, callback->words, answer,
                         SPEECH_TOLD_WORDS_MAX); /* what is about no incident */
        add_say(body, callback->settings, callback->words, &words);
    } else if (add_words(&words, callback, &press, digits[0])) {
        begin_gather(body, text_string(&address),
                     is_pin ? strnlen(callback->pin, PIN_DIGITS_MAX) : 1,
                     is_pin ? PIN_WAIT_S : KEY_WAIT_S);
        add_say(body, callback->settings, callback->words, &words);
        text_add(body, "</Gather>");
        dialog_add_silence(&silence, callback->letter);
        add_say(body, callback->settings, callback->words, &silence);
    } else {
        add_say(body, callback->settings, callback->words, &words);
    }
    text_add(body, "<Hangup/></Response>");
    return "text/xml; charset=utf-8";
}

static bool voice_poll(const char *reference, const struct channel_settings *settings,
                       struct arena *arena, struct request *request, struct fault *fault)
{
    if (!voice_check(settings, fault))
        return false;
    CLEANUP(text_clear) struct text resource = {0};
    text_add(&resource, "Calls/");
    text_add_url(&resource, reference);
    text_add(&resource, ".json");
    twilio_request(settings, arena_copy(arena, text_string(&resource)), (struct span){"", 0}, arena,
                   request);
    return true;
}

/* The status of a call does not tell of keys, but a key has delivered the page before: who asks
 * for it has heard of none. */
static void voice_judge_poll(const struct result *result, const struct channel_settings *settings,
                             struct verdict *verdict)
{
    twilio_judge(result, settings, verdict);
    if (verdict->outcome != OUTCOME_SENT)
        return;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = NULL;
    struct fault fault;
    if (!json_parse(arena, result->body, &json, &fault))
        return;
    const char *answered_by = json_string(json, "answered_by");
    (void)status_judge(json_string(json, "status"), answered_by, true, verdict);
}

const struct channel channel_voice_twilio = {
    .channel = "voice",
    .driver = "twilio",
    .is_quiet = false,
    .render = voice_render,
    .judge = twilio_judge,
    .check = voice_check,
    .signature_header = TWILIO_SIGNATURE,
    .receive = voice_receive,
    .respond = voice_respond,
    .poll = voice_poll,
    .judge_poll = voice_judge_poll,
    .probe = twilio_probe,
    .judge_probe = twilio_judge_probe,
};
