/* SPDX-License-Identifier: MIT */
/*
 * fuzz_letter.c - any incident, as a mail and as an SMS by every driver.
 *
 * A few bytes choose kind, severity, times and channel; lines are the strings, of the letter and of
 * the gateway's template. What must hold whatever they say: the courier takes the request; an SMS
 * is GSM-7 and one segment; a mail has each header once, no line that a value began and no body
 * outside of its parts; a JSON body stays JSON with the text in its place.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "input.h"
#include "notify/courier/message.h"
#include "notify/gsm.h"
#include "notify/notify.h"

#define NOW_AT INT64_C(1795312927000)
#define NUMBER 4712 /* that the page behind the link asks for */
#define LINK "https://p.example.org/a/k7qm9xtz2fwhk7qm9xtz"

/* Valid UTF-8, as everything in an engine is. */
static const char *line_take(struct input *input, struct arena *arena)
{
    CLEANUP(text_clear) struct text clean = {0};
    const char *line = input_string(input, '\n', arena);
    for (; *line != '\0'; line++)
        text_add_char(&clean, *line == '\x02' ? '\n' : *line == '\x03' ? '\r' : *line);
    struct text valid = {0};
    struct span rest = text_span(&clean);
    while (rest.size > 0)
        utf8_add(&valid, utf8_next(&rest));
    const char *copy = arena_copy_span(arena, text_span(&valid));
    text_clear(&valid);
    return copy;
}

static msec time_take(struct input *input)
{
    uint8_t byte = input_byte(input);
    return byte == 0 ? 0 : NOW_AT + (byte - 128) * 37 * MINUTE_MS;
}

static void choices_take(struct input *input, struct letter *letter)
{
    uint8_t flags = input_byte(input);
    letter->kind = input_byte(input) % PAGE_KIND_COUNT;
    letter->severity = input_byte(input) % SEVERITY_COUNT;
    letter->opened_at = time_take(input);
    letter->acted_at = time_take(input);
    letter->next_at = time_take(input);
    letter->until_at = time_take(input);
    letter->from_at = time_take(input);
    letter->silent_ms = input_byte(input) * 20 * SECOND_MS;
    letter->duration_ms = input_byte(input) * 20 * MINUTE_MS;
    letter->call = (uint16_t)(1 + input_byte(input) % 5);
    letter->occurrences = input_byte(input);
    letter->is_private = flags & 1;
    letter->is_reopened = flags & 2;
    letter->is_repeat = flags & 4;
    letter->is_late = flags & 8;
    letter->late_ms = letter->is_late ? 3 * HOUR_MS : 0;
    letter->ack_link = flags & 16 ? LINK : NULL;
    letter->ack_number = flags & 48 ? NUMBER : 0;
    letter->previous = flags & 32 ? 411 : 0;
    letter->previous_ended_at = flags & 32 ? NOW_AT - HOUR_MS : 0;
}

static struct letter letter_take(struct input *input, struct arena *arena, struct label *labels)
{
    struct letter letter = {.page = 7, .incident = 412, .now_at = NOW_AT, .user_id = "ann"};
    const char **strings[] = {
        &letter.summary,  &letter.object,        &letter.details, &letter.team,
        &letter.service,  &letter.user_name,     &letter.runbook, &letter.graph,
        &letter.war_room, &letter.actor,         &letter.silent,  &letter.remark,
        &letter.next,     &letter.role,          &letter.cover,   &letter.previous_by,
        &letter.address,  &letter.previous_note, &letter.host,
    };
    choices_take(input, &letter);
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        *strings[i] = line_take(input, arena);
    labels[0] = (struct label){(char *)line_take(input, arena), (char *)line_take(input, arena)};
    letter.labels = labels;
    letter.label_count = 1;
    return letter;
}

static void sms_check(const struct letter *letter, struct arena *arena)
{
    bool is_clean = false;
    const char *sms = letter_sms(letter, arena);
    size_t septets = gsm_septets(span_of(sms), &is_clean);
    bool is_empty = septets == 0 && letter->kind != PAGE_NOTICE; /* whose text is the letter's */
    if (!is_clean || septets > GSM_SEGMENT_MAX || is_empty)
        output_fail("SMS", sms);
    output_check_line("SMS", sms, 4 * GSM_SEGMENT_MAX);
    if (letter->ack_link != NULL && letter->kind == PAGE_ALERT && strstr(sms, LINK) == NULL)
        output_fail("SMS without its link", sms);
    char number[sizeof LINK + 16];
    (void)snprintf(number, sizeof number, LINK " (%d)", NUMBER);
    bool has_number = letter->ack_link != NULL && letter->ack_number != 0;
    if (has_number && letter->kind == PAGE_ALERT && strstr(sms, number) == NULL)
        output_fail("SMS without the number of its page", sms);
    output_check_line("title", letter_title(letter, arena), SIZE_MAX);
}

/* The head of a mail: lines of ASCII, each header once, continued ones with a blank. */
static struct span head_check(struct span rest)
{
    static const char *const names[] = {
        "Date: ",           "From: ",          "To: ",
        "Subject: ",        "Message-ID: ",    "References: ",
        "Auto-Submitted: ", "X-Pagerd-Page: ", "Importance: ",
        "MIME-Version: ",   "Content-Type: ",
    };
    unsigned seen = 0;
    for (;;) {
        const char *end = memmem(rest.bytes, rest.size, "\r\n", 2);
        assert(end != NULL);
        struct span line = {rest.bytes, (size_t)(end - rest.bytes)};
        rest = (struct span){end + 2, rest.size - line.size - 2};
        if (line.size == 0)
            break;
        assert(line.size <= 998);
        bool is_known = line.bytes[0] == ' ' && seen != 0;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            if (!span_has_prefix(line, names[i]))
                continue;
            assert((seen & 1u << i) == 0);
            seen |= 1u << i;
            is_known = true;
        }
        assert(is_known);
    }
    assert((seen & 0x1f) == 0x1f);
    return rest;
}

static void mail_check(const struct request *request)
{
    struct span body = request->body;
    size_t boundaries = 0;
    assert(strpbrk(request->mail_to, "\r\n<> ") == NULL);
    for (size_t i = 0; i < body.size; i++) {
        unsigned char byte = (unsigned char)body.bytes[i];
        assert(byte < 0x7f && (byte >= ' ' || byte == '\r' || byte == '\n' || byte == '\t'));
        assert(byte != '\n' || (i > 0 && body.bytes[i - 1] == '\r'));
        assert(byte != '\r' || (i + 1 < body.size && body.bytes[i + 1] == '\n'));
    }
    struct span rest = head_check(body);
    for (const char *at; (at = memmem(rest.bytes, rest.size, "--=_", 4)) != NULL; boundaries++)
        rest = (struct span){at + 4, rest.size - (size_t)(at + 4 - rest.bytes)};
    assert(boundaries == 3);
}

/* {"to":"...","text":"..."} with nothing beside it. */
static void json_check(const struct request *request, struct arena *arena)
{
    const struct json *json = NULL;
    struct fault fault = {0};
    bool is_json = json_parse(arena, request->body, &json, &fault);
    if (!is_json)
        output_fail(fault.text, request->body.bytes);
    assert(json->count == 3 && string_is(json_string(json, "text"), request->text));
    assert(strspn(json_string(json, "to"), "+0123456789") == strlen(json_string(json, "to")));
}

/* What a push service gets: JSON with a title, or a form or lines that say the same. */
static void push_check(const struct request *request, const char *title, struct arena *arena)
{
    const struct json *json = NULL;
    struct fault fault = {0};
    bool is_json = json_parse(arena, request->body, &json, &fault);
    if (!is_json)
        output_fail(fault.text, request->body.bytes);
    output_check_line("push title", json_string(json, title), 256);
    output_check("push message", json_string(json, "message"), 3 * 4096);
}

static bool request_make(const char *name, const char *driver, const struct letter *letter,
                         const struct channel_settings *settings, struct arena *arena,
                         struct request *request)
{
    struct fault fault = {0};
    const struct channel *channel = channel_find(name, driver);
    if (!channel->render(letter, settings, arena, request, &fault)) {
        assert(fault.text[0] != '\0');
        return false;
    }
    struct job job = {.id = 7, .channel = name, .request = *request};
    if (!job_check(&job, &fault))
        output_fail("job", fault.text);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct input input = input_of(bytes, size);
    struct label labels[1];
    struct letter letter = letter_take(&input, arena, labels);
    const char *sender = line_take(&input, arena);
    const char *template = line_take(&input, arena);
    const char *headers[] = {line_take(&input, arena)};
    struct channel_settings settings = {.smtp = "mail.example.org",
                                        .from = sender,
                                        .url = "https://sms.example.org/send",
                                        .user = "pagerd",
                                        .password = "hunter2"};
    struct request request = {0};
    sms_check(&letter, arena);

    if (request_make("email", NULL, &letter, &settings, arena, &request))
        mail_check(&request);
    letter.address = "ann@example.org";
    settings.from = "PAGER <pager@example.org>";
    if (request_make("email", NULL, &letter, &settings, arena, &request))
        mail_check(&request);

    settings.server = "https://push.example.org/";
    settings.token = "azGDORePK8gMaC0QOYAMyEEuzJnyUi";
    settings.user = NULL;
    settings.password = NULL;
    letter.address = "ann-x7Kq2mP";
    if (request_make("ntfy", NULL, &letter, &settings, arena, &request))
        push_check(&request, "title", arena);
    if (request_make("gotify", NULL, &letter, &settings, arena, &request))
        push_check(&request, "title", arena);
    letter.address = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG";
    if (request_make("pushover", NULL, &letter, &settings, arena, &request))
        assert(memchr(request.body.bytes, ' ', request.body.size) == NULL);
    const char *const command[] = {"/usr/local/bin/page", "$user", template};
    settings.command = command;
    settings.command_count = 3;
    (void)request_make("exec", NULL, &letter, &settings, arena, &request);
    settings.user = "pagerd";
    settings.password = "hunter2";

    letter.address = "+49 155 501-00001";
    settings.from = sender;
    (void)request_make("sms", "kannel", &letter, &settings, arena, &request);
    settings.body = "{\"to\":\"$to\",\"text\":\"$text\",\"from\":\"$from\"}";
    if (request_make("sms", "http", &letter, &settings, arena, &request))
        json_check(&request, arena);
    settings.body = template;
    settings.url = "https://sms.example.org/send?to=$to&text=$text";
    settings.headers = headers;
    settings.header_count = 1;
    (void)request_make("sms", "http", &letter, &settings, arena, &request);
    return 0;
}
