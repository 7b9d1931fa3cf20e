/* SPDX-License-Identifier: MIT */
#include "notify/chat.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "notify/chat_parts.h"
#include "notify/phrase.h"
#include "notify/wordbook.h"

/* What a message says. The words carry the state, the mark only repeats it. */
static const struct {
    const char *name;
    const char *text;
} texts[] = {
    [CHAT_WAITING] = {"waiting",
                      "$team{0: \u00B7 $time} \u00B7 nobody is paged yet{0:, $next $next_time}"},
    [CHAT_CALLING] = {"calling", "$team{0: \u00B7 $time}{0: \u00B7 paging $told}{0:, then $next "
                                 "$next_time}"},
    [CHAT_TAKEN] = {"taken", "$team \u00B7 $actor has it{0: since $acted}{0: ($actor_via)}"},
    [CHAT_SNOOZED] = {"snoozed", "$team \u00B7 $actor has put it off{0: until $until}"},
    [CHAT_HELD] = {"held", "$team \u00B7 pages nobody{0:: $reason}"},
    [CHAT_RESOLVED] = {"resolved", "$team \u00B7 resolved $acted by $actor{0:, $duration}"},
    [CHAT_CLEARED] = {"cleared", "$team \u00B7 cleared by itself $acted{0:, $duration}"},
    [CHAT_JOINED] = {"joined", "$team \u00B7 its alerts are in #$other now"},
#define TITLE (CHAT_MOOD_COUNT)
    [TITLE] = {"title", "$tag #$number{0: $thing}"},
#define TITLE_OVER (CHAT_MOOD_COUNT + 1)
    [TITLE_OVER] = {"title-over", "#$number{0: $thing}"},
#define LABELS (CHAT_MOOD_COUNT + 2)
    [LABELS + 0] = {"ack", "I have it"},
    [LABELS + 1] = {"pass", "Pass on"},
    [LABELS + 2] = {"resolve", "Resolve"},
    [LABELS + 3] = {"undo", "Undo"},
};

/* The marks, and which buttons make sense: "apru" for ack, pass on, resolve, undo. */
static const struct {
    const char *mark;
    bool is_open;
    const char *buttons;
} moods[CHAT_MOOD_COUNT] = {
    [CHAT_WAITING] = {"\U0001F534", true, "apr"}, [CHAT_CALLING] = {"\U0001F534", true, "apr"},
    [CHAT_TAKEN] = {"\U0001F7E1", true, "pru"},   [CHAT_SNOOZED] = {"\U0001F7E1", true, "apr"},
    [CHAT_HELD] = {"\u26AA", false, ""},          [CHAT_RESOLVED] = {"\u2705", false, ""},
    [CHAT_CLEARED] = {"\u2705", false, ""},       [CHAT_JOINED] = {"\u2705", false, ""},
};

bool chat_text(size_t index, struct text_row *row)
{
    if (index >= sizeof texts / sizeof *texts)
        return false;
    snprintf(row->name, sizeof row->name, "chat.%s", texts[index].name);
    row->place = &texts[index].text;
    row->use = index >= LABELS ? TEXT_LABEL : TEXT_LINE;
    return true;
}

static const char *fill(struct phrase *phrase, size_t index, size_t max, struct arena *arena)
{
    const char *template = wordbook_say(phrase->letter->words, &texts[index].text);
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text line = {0};
    phrase_add(phrase, &text, template);
    for (size_t i = 0; i < text.size; i++)
        if (text.bytes[i] == '\n' || text.bytes[i] == '\t')
            text.bytes[i] = ' ';
    text_add_span(&line, utf8_cut(text_span(&text), max));
    if (line.size < text.size)
        text_add(&line, "\u2026");
    return arena_copy_span(arena, text_span(&line));
}

static void link_add(struct chat_post *post, const char *label, const char *url)
{
    struct fault fault;
    if (!has_text(url) || post->link_count == CHAT_LINKS_MAX || !request_url_check(url, &fault))
        return;
    post->links[post->link_count++] = (struct chat_link){label, url};
}

void chat_compose(const struct letter *letter, enum chat_mood mood, const char *board,
                  struct arena *arena, struct chat_post *post)
{
    static const char *const actions[] = {"ack", "pass", "resolve", "undo"};
    assert(mood < CHAT_MOOD_COUNT);
    struct phrase phrase = phrase_new(letter, false);
    *post = (struct chat_post){
        .incident = letter->incident,
        .mood = mood,
        .severity = letter->severity,
        .mark = moods[mood].mark,
        .title = fill(&phrase, mood < CHAT_RESOLVED ? TITLE : TITLE_OVER, CHAT_TITLE_MAX, arena),
        .status = fill(&phrase, mood, CHAT_STATUS_MAX, arena),
        .reference = "",
        .thread = "",
    };
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strchr(moods[mood].buttons, actions[i][0]) != NULL)
            post->buttons[post->button_count++] =
                (struct chat_button){fill(&phrase, LABELS + i, CHAT_LABEL_MAX, arena), actions[i]};
    if (moods[mood].is_open && !letter->is_private) {
        link_add(post, word_say(letter->words, WORD_RUNBOOK), letter->runbook);
        link_add(post, word_say(letter->words, WORD_GRAPH), letter->graph);
        link_add(post, word_say(letter->words, WORD_ROOM), letter->war_room);
    }
    link_add(post, "pagerd", board);
}

/* What the end of a transfer means; ANSWERED is for the service. */
static const enum chat_outcome ends[TRANSFER_COUNT] = {
    [TRANSFER_ANSWERED] = CHAT_OUTCOME_COUNT,
    [TRANSFER_UNREACHED] = CHAT_LATER,
    [TRANSFER_BROKEN] = CHAT_LATER,
    [TRANSFER_UNCERTAIN] = CHAT_LATER,
    [TRANSFER_LOGIN] = CHAT_REFUSED,
    [TRANSFER_UNTRUSTED] = CHAT_REFUSED,
    [TRANSFER_INVALID] = CHAT_REFUSED,
    [TRANSFER_TOO_LARGE] = CHAT_LATER,
    [TRANSFER_LATE] = CHAT_LATER,
    [TRANSFER_GOES_ON] = CHAT_LATER,
};

void chat_judge(const struct chat *chat, enum chat_errand errand, const struct result *result,
                const struct channel_settings *settings, struct chat_verdict *verdict)
{
    assert(result->end < TRANSFER_COUNT);
    *verdict = (struct chat_verdict){.retry_after_ms = result->retry_after_s * SECOND_MS};
    if (result->end == TRANSFER_ANSWERED)
        chat->judge(errand, result, settings, verdict);
    else
        chat_set(verdict, ends[result->end], NULL, result->error);
    assert(verdict->outcome < CHAT_OUTCOME_COUNT);
}

void chat_judge_probe(const struct chat *chat, const struct result *result,
                      const struct channel_settings *settings, struct verdict *verdict)
{
    static const enum page_outcome outcomes[CHAT_OUTCOME_COUNT] = {
        [CHAT_DONE] = OUTCOME_DELIVERED, [CHAT_LATER] = OUTCOME_RETRY,
        [CHAT_GONE] = OUTCOME_FAILED,    [CHAT_MARKUP] = OUTCOME_FAILED,
        [CHAT_UNFIT] = OUTCOME_FAILED,   [CHAT_REFUSED] = OUTCOME_FAILED,
    };
    struct chat_verdict found;
    chat_judge(chat, CHAT_WHISPER, result, settings, &found);
    verdict->outcome = outcomes[found.outcome];
    verdict->is_provider_fault = found.outcome != CHAT_DONE;
    if (found.outcome != CHAT_DONE)
        verdict_set_error(verdict, found.error);
}

void chat_request_json(const char *method, const char *url, const char *scheme, const char *token,
                       const struct text *body, struct arena *arena, struct request *request)
{
    *request = (struct request){.kind = REQUEST_HTTP,
                                .url = url,
                                .method = method,
                                .tls = REQUEST_TLS_REQUIRED,
                                .connect_ms = CONNECT_MS,
                                .total_ms = CHAT_TOTAL_MS};
    if (body != NULL) {
        request->body = (struct span){arena_copy_span(arena, text_span(body)), body->size};
        request->headers[request->header_count++] = "Content-Type: application/json; charset=utf-8";
    }
    request->headers[request->header_count++] = "Accept: application/json";
    if (scheme != NULL)
        request->headers[request->header_count++] =
            arena_format(arena, "Authorization: %s %s", scheme, token);
}

const char *chat_server(const struct channel_settings *settings, const char *own,
                        struct arena *arena)
{
    const char *server = has_text(settings->server) ? settings->server : own;
    size_t size = strlen(server);
    while (size > 0 && server[size - 1] == '/')
        size--;
    return arena_copy_span(arena, (struct span){server, size});
}

const struct json *chat_answer(const struct result *result, struct arena *arena)
{
    const struct json *json = NULL;
    if (result->body.size == 0 || !json_parse(arena, result->body, &json, NULL))
        return NULL;
    return json->kind == JSON_OBJECT ? json : NULL;
}

void chat_set(struct chat_verdict *verdict, enum chat_outcome outcome, const char *code,
              const char *words)
{
    CLEANUP(text_clear) struct text reason = {0};
    CLEANUP(text_clear) struct text clean = {0};
    text_addf(&reason, "%s%s%s", has_text(code) ? code : "",
              has_text(code) && has_text(words) ? ": " : "", has_text(words) ? words : "");
    text_add_terminal(&clean, reason.size > 0 ? text_string(&reason) : "it gave no reason");
    struct span cut = utf8_cut(text_span(&clean), sizeof verdict->error - 1);
    verdict->outcome = outcome;
    memcpy(verdict->error, cut.bytes, cut.size);
    verdict->error[cut.size] = '\0';
}

void chat_set_reference(struct chat_verdict *verdict, const char *reference)
{
    if (!has_text(reference) || strlen(reference) >= sizeof verdict->reference ||
        strpbrk(reference, " \t\r\n") != NULL) {
        chat_set(verdict, CHAT_LATER, NULL, "it took the message and did not say where it is");
        return;
    }
    verdict->outcome = CHAT_DONE;
    strcpy(verdict->reference, reference);
}

enum chat_outcome chat_class(uint32_t status)
{
    if (status >= 200 && status < 300)
        return CHAT_DONE;
    if (status == 401 || status == 403 || status == 404 || status == 410)
        return CHAT_REFUSED;
    bool may_pass =
        status == 408 || status == 425 || status == 429 || status >= 500 || status < 400;
    return may_pass ? CHAT_LATER : CHAT_UNFIT;
}

bool chat_is_made_of(const char *string, const char *characters, size_t min, size_t max)
{
    size_t size = strlen(string);
    return size >= min && size <= max && strspn(string, characters) == size;
}

bool chat_code_read(const char *code, struct arena *arena, struct news *news)
{
    uint64_t number = 0;
    const char *at = code != NULL ? code : "";
    size_t digits = strspn(at, CHAT_DIGITS);
    if (digits == 0 || digits > 12 || at[digits] != '.' ||
        !chat_is_made_of(at + digits + 1, CHAT_LETTERS, 1, 16))
        return false;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (uint64_t)(at[i] - '0');
    news->incident = number;
    news->action = arena_copy(arena, at + digits + 1);
    return number > 0;
}

bool chat_is_recent(const char *seconds, msec now_at)
{
    msec at = 0;
    if (seconds == NULL || !chat_is_made_of(seconds, CHAT_DIGITS, 1, 12))
        return false;
    for (const char *digit = seconds; *digit != '\0'; digit++)
        at = at * 10 + (*digit - '0');
    msec age_ms = now_at - at * SECOND_MS;
    return age_ms <= CHAT_SEEN_MS && age_ms >= -CHAT_SEEN_MS;
}

void chat_add_words(struct text *text, const char *string, const char *specials)
{
    for (const char *at = string; *at != '\0'; at++) {
        if (strchr(specials, *at) != NULL)
            text_add_char(text, '\\');
        text_add_char(text, *at);
        if (*at == '@')
            text_add(text, "\u200B");
    }
}

void chat_add_url(struct text *text, const char *url, const char *specials)
{
    for (const char *at = url; *at != '\0'; at++) {
        if (strchr(specials, *at) != NULL)
            text_addf(text, "%%%02X", (unsigned)(unsigned char)*at);
        else if (*at == '@')
            text_add(text, "%40");
        else
            text_add_char(text, *at);
    }
}

const char *chat_field(const struct callback *callback, const char *name)
{
    for (size_t i = 0; i < callback->field_count; i++)
        if (string_is(callback->names[i], name))
            return callback->values[i];
    return NULL;
}

const char *chat_code(const struct chat_post *post, const struct chat_button *button,
                      struct arena *arena)
{
    return arena_format(arena, "%" PRIu64 ".%s", post->incident, button->action);
}

const struct chat *chat_find(const char *name)
{
    const struct channel *channel = channel_find(name, NULL);
    return channel != NULL ? channel->chat : NULL;
}
