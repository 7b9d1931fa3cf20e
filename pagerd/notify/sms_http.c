/* SPDX-License-Identifier: MIT */
/*
 * sms_http.c - SMS by any gateway that takes an HTTP request.
 *
 * $to, $text and $from in the url, the headers and the body are replaced, each escaped for where
 * it stands: percent-encoded in a url and a form, as a JSON string's inside, as XML text. So is
 * $callback, the address to which the gateway may tell what became of the message.
 *
 * $key is the idempotency key, for gateways that have one: mostly as a header Idempotency-Key
 * (draft-ietf-httpapi-idempotency-key-header). It goes only where the configuration says so, for a
 * gateway that compares what it was sent with the same key refuses the second text: it has a mark
 * and another link.
 */
#include <string.h>

#include "base/json.h"
#include "notify/form.h"
#include "notify/sms.h"

typedef void escape_function(struct text *text, const char *value);

struct values {
    const char *to;
    const char *text;
    const char *from;
    const char *callback;
    const char *key;
};

/* The inside of a JSON string: the template has the quotes. */
static void add_json(struct text *text, const char *value)
{
    CLEANUP(text_clear) struct text quoted = {0};
    json_add_quoted(&quoted, span_of(value));
    text_add_bytes(text, quoted.bytes + 1, quoted.size - 2);
}

static const char *find_value(const char *at, const struct values *values, size_t *size)
{
    const struct {
        const char *name;
        const char *value;
    } names[] = {{"$to", values->to},
                 {"$text", values->text},
                 {"$from", values->from},
                 {"$callback", values->callback},
                 {"$key", values->key}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        *size = strlen(names[i].name);
        char next = strncmp(at, names[i].name, *size) == 0 ? at[*size] : 'x';
        bool is_longer = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') ||
                         (next >= '0' && next <= '9');
        if (!is_longer)
            return names[i].value;
    }
    return NULL;
}

static const char *fill(struct arena *arena, const char *template, const struct values *values,
                        escape_function *escape)
{
    CLEANUP(text_clear) struct text text = {0};
    for (const char *at = template; *at != '\0';) {
        size_t size = 1;
        const char *value = find_value(at, values, &size);
        if (value != NULL)
            escape(&text, value);
        else
            text_add_char(&text, *at);
        at += value != NULL ? size : 1;
    }
    return arena_copy_span(arena, text_span(&text));
}

static const char *find_content_type(const struct channel_settings *settings)
{
    static const char name[] = "content-type:";
    for (size_t i = 0; i < settings->header_count; i++)
        if (strncasecmp(settings->headers[i], name, sizeof name - 1) == 0)
            return settings->headers[i] + sizeof name - 1;
    return NULL;
}

/* What a body looks like, when the headers do not say. */
static const char *guess_content_type(const char *body)
{
    char first = body[strspn(body, " \t\r\n")];
    if (first == '{' || first == '[')
        return "application/json";
    return first == '<' ? "application/xml" : "application/x-www-form-urlencoded";
}

/* The first row whose word is in the content type. */
static const struct {
    const char *word;
    escape_function *escape;
} escapes[] = {
    {"json", add_json},     {"xml", text_add_html}, {"html", text_add_html},
    {"form", text_add_url}, {"", text_add}, /* anything else as it is: the text has no controls */
};

static escape_function *find_escape(const char *content_type)
{
    size_t row = 0;
    while (strcasestr(content_type, escapes[row].word) == NULL)
        row++;
    return escapes[row].escape;
}

static bool is_header(const char *header)
{
    const char *colon = strchr(header, ':');
    if (colon == NULL || colon == header || strlen(header) >= REQUEST_HEADER_SIZE)
        return false;
    for (const char *at = header; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F || (at < colon && *at == ' '))
            return false;
    return true;
}

static bool uses_callback(const struct channel_settings *settings)
{
    static const char name[] = "$callback";
    bool uses = strstr(settings->url, name) != NULL ||
                (has_text(settings->body) && strstr(settings->body, name) != NULL);
    for (size_t i = 0; i < settings->header_count; i++)
        uses = uses || strstr(settings->headers[i], name) != NULL;
    return uses;
}

/* "status=DELIVRD,delivered", or nothing. */
static bool is_condition(const char *condition)
{
    const char *equal = has_text(condition) ? strchr(condition, '=') : NULL;
    return !has_text(condition) || (equal != NULL && equal != condition && equal[1] != '\0');
}

static bool http_check(const struct channel_settings *settings, struct fault *fault)
{
    if (!has_text(settings->url))
        return fault_set(fault, FAULT_INPUT, "url is missing");
    if (!request_url_check(settings->url, fault))
        return false;
    if (settings->header_count >= REQUEST_HEADERS_MAX)
        return fault_set(fault, FAULT_LIMIT, "more than %d headers", REQUEST_HEADERS_MAX - 1);
    for (size_t i = 0; i < settings->header_count; i++)
        if (!is_header(settings->headers[i]))
            return fault_set(fault, FAULT_INPUT, "header %zu is not of the form Name: value",
                             i + 1);
    const char *body = has_text(settings->body) ? settings->body : "";
    if (strstr(body, "$text") == NULL && strstr(settings->url, "$text") == NULL)
        return fault_set(fault, FAULT_INPUT, "neither body nor url has $text in it");
    if (uses_callback(settings) && !has_text(settings->secret) && !has_text(settings->password))
        return fault_set(fault, FAULT_INPUT,
                         "$callback needs a secret, of which the code in that address is made");
    if (!is_condition(settings->delivered) || !is_condition(settings->failed))
        return fault_set(fault, FAULT_INPUT,
                         "receipt-delivered and receipt-failed are of the form FIELD=WORD,WORD");
    if (has_text(settings->reply_from) != has_text(settings->reply_text))
        return fault_set(fault, FAULT_INPUT, "reply-from and reply-text need each other");
    return true;
}

static bool http_render(const struct letter *letter, const struct channel_settings *settings,
                        struct arena *arena, struct request *request, struct fault *fault)
{
    struct values values = {.from = has_text(settings->from) ? settings->from : ""};
    if (!http_check(settings, fault) || !phone_normalize(letter->address, arena, &values.to, fault))
        return false;
    values.text = sms_text(letter, values.to, arena);
    const char *callback = sms_callback(letter, "status", arena);
    values.callback = callback != NULL ? callback : "";
    values.key = has_text(letter->key) ? letter->key : "";
    bool has_body = has_text(settings->body);
    struct request made = {
        .kind = REQUEST_HTTP,
        .url = fill(arena, settings->url, &values, text_add_url),
        .method = has_text(settings->method) ? settings->method
                  : has_body                 ? "POST"
                                             : "GET",
        .user = has_text(settings->user) ? settings->user : NULL,
        .password = has_text(settings->user) ? settings->password : NULL,
        .ca_file = settings->ca_file,
        .tls = REQUEST_TLS_REQUIRED,
        .connect_ms = CONNECT_MS,
        .total_ms = HTTP_TOTAL_MS,
        .text = values.text,
    };
    for (size_t i = 0; i < settings->header_count; i++) {
        made.headers[made.header_count++] = fill(arena, settings->headers[i], &values, text_add);
        if (!is_header(made.headers[i]))
            return fault_set(fault, FAULT_INPUT, "header %zu cannot be sent", i + 1);
    }
    if (has_body) {
        const char *type = find_content_type(settings);
        const char *guessed = guess_content_type(settings->body);
        if (type == NULL)
            made.headers[made.header_count++] = arena_format(arena, "Content-Type: %s", guessed);
        made.body = span_of(
            fill(arena, settings->body, &values, find_escape(type != NULL ? type : guessed)));
    }
    *request = made;
    return true;
}

/* One element of a list such as "200,202,3xx": x is any digit. */
static bool is_status(struct span element)
{
    for (size_t i = 0; i < element.size; i++)
        if (element.bytes[i] != 'x' && (element.bytes[i] < '0' || element.bytes[i] > '9'))
            return false;
    return element.size == 3;
}

static bool status_fits(struct span element, unsigned code)
{
    unsigned digits[3] = {code / 100, code / 10 % 10, code % 10};
    bool fits = true;
    for (size_t i = 0; i < 3; i++)
        fits = fits && (element.bytes[i] == 'x' || (unsigned)(element.bytes[i] - '0') == digits[i]);
    return fits;
}

/* `expect` is a list of statuses, or else a text that a good answer has in it. */
static bool is_expected(const struct result *result, const char *expect)
{
    struct span rest = span_of(has_text(expect) ? expect : "2xx");
    bool fits = false;
    while (rest.size > 0) {
        struct span element = span_trim(span_cut(&rest, ','));
        if (!is_status(element))
            return result->code >= 200 && result->code < 300 &&
                   has_part(result->body, span_of(expect));
        fits = fits || status_fits(element, result->code);
    }
    return fits;
}

static void http_judge(const struct result *result, const struct channel_settings *settings,
                       struct verdict *verdict)
{
    if (judge_transfer(result, verdict))
        return;
    verdict->outcome = OUTCOME_SENT;
    if (!is_expected(result, settings->expect))
        judge_refusal(result, settings, verdict);
}

/* The fields of query, form and the members of a JSON object. */
static bool fields_read(const struct callback *callback, struct arena *arena, struct form *form,
                        struct fault *fault)
{
    const struct json *json = NULL;
    bool is_all = true;
    for (size_t i = 0; i < callback->field_count && is_all; i++)
        is_all = form_add(form, callback->names[i], callback->values[i]);
    bool is_json = callback->body.size > 0 && callback->body.bytes[0] == '{';
    if (is_json && !json_parse(arena, callback->body, &json, fault))
        return fault_prefix(fault, "its body");
    for (const struct json *at = is_json ? json->first : NULL; at != NULL && is_all; at = at->next)
        is_all = at->text == NULL || form_add(form, at->key, at->text);
    return is_all ||
           fault_set(fault, FAULT_INPUT, "it has more than %d fields", CALLBACK_FIELDS_MAX);
}

/* Has the field of "FIELD=WORD,WORD" one of these values? */
static bool condition_fits(const struct form *form, const char *condition, struct arena *arena)
{
    struct span words = span_of(condition);
    const char *name = arena_copy_span(arena, span_trim(span_cut(&words, '=')));
    const char *value = form_find(form, name, arena);
    bool fits = false;
    while (value != NULL && words.size > 0)
        fits = span_is(span_trim(span_cut(&words, ',')), value) || fits;
    return fits;
}

static bool http_receive(const struct callback *callback, const struct channel_settings *settings,
                         struct arena *arena, struct news *news, struct fault *fault)
{
    struct form form = {.count = 0};
    if (!fields_read(callback, arena, &form, fault))
        return false;
    if (string_is(callback->what, "reply") && has_text(settings->reply_from)) {
        *news = (struct news){.kind = NEWS_REPLY,
                              .from = form_find(&form, settings->reply_from, arena),
                              .text = form_find(&form, settings->reply_text, arena)};
        return (has_text(news->from) && news->text != NULL) ||
               fault_set(fault, FAULT_INPUT, "it has no field \"%s\" or \"%s\"",
                         settings->reply_from, settings->reply_text);
    }
    if (!string_is(callback->what, "status"))
        return fault_set(fault, FAULT_INPUT, "reply-from and reply-text are not configured");
    *news = (struct news){.kind = NEWS_NOTHING};
    bool is_delivered = condition_fits(&form, settings->delivered, arena);
    bool is_failed = condition_fits(&form, settings->failed, arena);
    if (is_delivered || is_failed) /* of both the worse is believed */
        *news = (struct news){.kind = NEWS_RECEIPT,
                              .outcome = is_failed ? OUTCOME_FAILED : OUTCOME_DELIVERED,
                              .error = is_failed ? "the gateway says that it failed" : ""};
    return true;
}

static const char *http_respond(const struct callback *callback, const char *text,
                                struct text *body)
{
    (void)callback;
    (void)text; /* what a gateway makes of an answer is not known */
    (void)body;
    return "text/plain; charset=UTF-8";
}

const struct channel channel_sms_http = {
    .channel = "sms",
    .driver = "http",
    .is_quiet = false,
    .key_use = KEY_GIVEN,
    .key_name = "$key",
    .render = http_render,
    .judge = http_judge,
    .check = http_check,
    .has_replies = true,
    .receive = http_receive,
    .respond = http_respond,
    .is_probe_shallow = true,
    .probe = probe_connect,
    .judge_probe = judge_connect,
};
