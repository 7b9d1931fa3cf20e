/* SPDX-License-Identifier: MIT */
/*
 * email.c - pages by SMTP.
 *
 * All mails of one incident refer to one id and so make one thread. The Message-ID is the page's
 * idempotency key: a mail that is sent once more because nobody knows whether it has arrived has
 * the same. Mailboxes that look at it (Cyrus IMAP: "duplicate delivery suppression"; Sieve: RFC
 * 7352) keep one, others both; SMTP itself (RFC 5321, 4.5.3.2.6 and 6.1) promises nothing.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "notify/channel.h"
#include "notify/mime.h"
#include "notify/phrase.h"
#include "notify/sheet.h"
#include "notify/wording.h"

#define SUBJECT_TAIL_MAX 200 /* bytes of what stands behind the brackets */
#define PORT_PLAIN "25"
#define PORT_SUBMIT "587"
#define PORT_TLS "465"

/* The words of the setting, and what they mean. */
static const struct {
    const char *word;
    enum request_tls tls;
    bool is_always; /* TLS from the first byte */
} tls_words[] = {
    {"required", REQUEST_TLS_REQUIRED, false}, {"starttls", REQUEST_TLS_REQUIRED, false},
    {"always", REQUEST_TLS_REQUIRED, true},    {"opportunistic", REQUEST_TLS_OPPORTUNISTIC, false},
    {"none", REQUEST_TLS_NONE, false},         {"never", REQUEST_TLS_NONE, false},
};

/* Where to connect, taken apart from the setting. */
struct server {
    struct span host;
    struct span port; /* empty: by the rest of the settings */
    enum request_tls tls;
    bool is_always;
};

static bool server_parse_tls(const struct channel_settings *settings, struct server *server,
                             struct fault *fault)
{
    server->tls = has_text(settings->user) ? REQUEST_TLS_REQUIRED : REQUEST_TLS_OPPORTUNISTIC;
    if (!has_text(settings->tls))
        return true;
    for (size_t i = 0; i < sizeof tls_words / sizeof *tls_words; i++) {
        if (!string_is(settings->tls, tls_words[i].word))
            continue;
        server->tls = tls_words[i].tls;
        server->is_always = server->is_always || tls_words[i].is_always;
        return true;
    }
    return fault_set(fault, FAULT_INPUT, "tls is none of required, always, opportunistic, none");
}

static bool is_host(struct span host)
{
    for (size_t i = 0; i < host.size; i++)
        if (!isalnum((unsigned char)host.bytes[i]) && strchr(".-_:[]", host.bytes[i]) == NULL)
            return false;
    return host.size > 0;
}

static bool is_port(struct span port)
{
    for (size_t i = 0; i < port.size; i++)
        if (port.bytes[i] < '0' || port.bytes[i] > '9')
            return false;
    return port.size <= 5;
}

/* "host", "host:25", "[::1]:25", "smtps://host" */
static bool server_parse(const struct channel_settings *settings, struct server *server,
                         struct fault *fault)
{
    if (!has_text(settings->smtp))
        return fault_set(fault, FAULT_INPUT, "smtp is missing");
    struct span rest = span_of(settings->smtp);
    *server = (struct server){.is_always = span_has_prefix(rest, "smtps://")};
    const char *scheme_end = strstr(settings->smtp, "://");
    if (scheme_end != NULL && !server->is_always && !span_has_prefix(rest, "smtp://"))
        return fault_set(fault, FAULT_INPUT, "smtp is neither smtp:// nor smtps://");
    if (scheme_end != NULL)
        rest = span_of(scheme_end + 3);
    const char *bracket = memchr(rest.bytes, ']', rest.size);
    const char *from = bracket != NULL ? bracket : rest.bytes;
    const char *colon = strchr(from, ':');
    server->host = rest;
    if (colon != NULL) {
        server->host.size = (size_t)(colon - rest.bytes);
        server->port = span_of(colon + 1);
    }
    if (!is_host(server->host) || !is_port(server->port))
        return fault_set(fault, FAULT_INPUT, "smtp is not of the form host:port");
    server->is_always = server->is_always || span_is(server->port, PORT_TLS);
    return server_parse_tls(settings, server, fault);
}

/* The path of the url is what libcurl says in EHLO. */
static const char *server_url(const struct server *server, const struct channel_settings *settings,
                              const char *host, struct arena *arena)
{
    const char *port = has_text(settings->user) ? PORT_SUBMIT : PORT_PLAIN;
    if (server->is_always)
        port = PORT_TLS;
    if (server->port.size > 0)
        port = arena_copy_span(arena, server->port);
    return arena_format(arena, "%s://%.*s:%s/%s", server->is_always ? "smtps" : "smtp",
                        (int)server->host.size, server->host.bytes, port, host);
}

/* "PAGER <pager@example.org>" or the bare address. */
static bool sender_parse(const char *from, struct arena *arena, const char **name,
                         const char **address, struct fault *fault)
{
    struct span rest = span_of(from);
    struct span before = span_cut(&rest, '<');
    *name = "";
    *address = from;
    if (rest.size > 0) {
        *name = arena_copy_span(arena, span_trim(before));
        *address = arena_copy_span(arena, span_cut(&rest, '>'));
    }
    if (from == NULL || !mime_is_address(*address))
        return fault_set(fault, FAULT_INPUT, "from is not a mail address");
    return true;
}

static bool email_check(const struct channel_settings *settings, struct fault *fault)
{
    struct server server;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *name;
    const char *address;
    if (!server_parse(settings, &server, fault) ||
        !sender_parse(settings->from, arena, &name, &address, fault))
        return false;
    if (has_text(settings->user) != has_text(settings->password))
        return fault_set(fault, FAULT_INPUT, "user and password belong together");
    return true;
}

/* A host name fit for a Message-ID and for EHLO. */
static const char *host_copy(const struct letter *letter, struct arena *arena)
{
    if (!has_text(letter->host) || !is_host(span_of(letter->host)))
        return "pagerd.invalid";
    return arena_copy(arena, letter->host);
}

static void add_subject(struct text *message, const struct letter *letter,
                        const struct wording *wording)
{
    struct phrase phrase = phrase_new(letter, false);
    CLEANUP(text_clear) struct text subject = {0};
    CLEANUP(text_clear) struct text tail = {0};
    text_add_char(&subject, '[');
    phrase_add(&phrase, &subject, wordbook_say(letter->words, &wording->head));
    text_add_char(&subject, ']');
    phrase_add(&phrase, &tail, wordbook_say(letter->words, &wording->tail));
    struct span cut = utf8_cut(text_span(&tail), SUBJECT_TAIL_MAX);
    if (cut.size > 0)
        text_add_char(&subject, ' ');
    text_add_span(&subject, cut);
    text_add(&subject, cut.size < tail.size ? "..." : "");
    if (has_text(letter->team) && letter->incident != 0)
        text_addf(&subject, " (%s)", letter->team);
    mime_add_header(message, "Subject", text_string(&subject));
}

static void add_ids(struct text *message, const struct letter *letter, const char *host)
{
    text_addf(message, "Message-ID: <%" PRIu64 ".%" PRIu64 ".", letter->incident, letter->page);
    mime_add_id_part(message, has_text(letter->user_id) ? letter->user_id : "nobody");
    if (has_text(letter->key))
        text_addf(message, ".%s", letter->key);
    text_addf(message, "@%s>\r\n", host);
    if (letter->incident != 0)
        text_addf(message, "References: <%" PRIu64 "@%s>\r\n", letter->incident, host);
}

static void add_part(struct text *message, const char *boundary, const char *type,
                     const struct text *body)
{
    text_addf(message,
              "--%s\r\nContent-Type: %s; charset=utf-8\r\n"
              "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
              boundary, type);
    mime_add_quoted_printable(message, text_span(body));
    text_add(message, "\r\n");
}

static void add_bodies(struct text *message, const struct letter *letter, struct arena *arena)
{
    struct sheet sheet = sheet_new(letter, arena);
    CLEANUP(text_clear) struct text plain = {0};
    CLEANUP(text_clear) struct text html = {0};
    sheet_add_plain(&sheet, &plain);
    sheet_add_html(&sheet, &html);
    /* "=_" cannot occur in quoted-printable: no body can end its part early. */
    const char *boundary =
        arena_format(arena, "=_%" PRIu64 ".%" PRIu64, letter->incident, letter->page);
    text_addf(message,
              "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"%s\""
              "\r\n\r\n",
              boundary);
    add_part(message, boundary, "text/plain", &plain);
    add_part(message, boundary, "text/html", &html);
    text_addf(message, "--%s--\r\n", boundary);
}

static bool email_render(const struct letter *letter, const struct channel_settings *settings,
                         struct arena *arena, struct request *request, struct fault *fault)
{
    struct server server;
    const char *sender;
    const char *from;
    if (!server_parse(settings, &server, fault) ||
        !sender_parse(settings->from, arena, &sender, &from, fault))
        return false;
    if (!has_text(letter->address) || !mime_is_address(letter->address))
        return fault_set(fault, FAULT_INPUT, "the mail address cannot be used");
    const struct wording *wording = wording_find(letter);
    const char *host = host_copy(letter, arena);
    if (!has_text(sender))
        sender = sheet_sender(letter, arena);
    CLEANUP(text_clear) struct text message = {0};
    text_add(&message, "Date: ");
    moment_add_mail(&message, letter->now_at);
    text_add(&message, "\r\n");
    mime_add_mailbox(&message, "From", sender, from);
    mime_add_mailbox(&message, "To", letter->user_name, letter->address);
    if (wording->is_call && has_text(letter->reply_to) && mime_is_address(letter->reply_to))
        mime_add_mailbox(&message, "Reply-To", NULL, letter->reply_to);
    add_subject(&message, letter, wording);
    add_ids(&message, letter, host);
    text_add(&message, "Auto-Submitted: auto-generated\r\n");
    /* By this ingest/email.c knows its own: a page that comes back must not page. */
    text_addf(&message, "X-Pagerd-Page: %" PRIu64 ".%" PRIu64 "\r\n", letter->incident,
              letter->page);
    text_add(&message, wording->is_call ? "Importance: high\r\n" : "");
    add_bodies(&message, letter, arena);
    if (message.size > REQUEST_BODY_MAX)
        return fault_set(fault, FAULT_LIMIT, "the mail is larger than %d bytes", REQUEST_BODY_MAX);
    *request = (struct request){
        .kind = REQUEST_SMTP,
        .url = server_url(&server, settings, host, arena),
        .body = {arena_copy_span(arena, text_span(&message)), message.size},
        .user = has_text(settings->user) ? settings->user : NULL,
        .password = has_text(settings->user) ? settings->password : NULL,
        .mail_from = from,
        .mail_to = arena_copy(arena, letter->address),
        .tls = server.tls,
        .ca_file = settings->ca_file,
        .connect_ms = CONNECT_MS,
        .total_ms = SMTP_TOTAL_MS,
        .text = letter_title(letter, arena),
    };
    return true;
}

/* 4yz is temporary and 5yz for good, as the server says; 2xx only after the message's end. */
static void email_judge(const struct result *result, const struct channel_settings *settings,
                        struct verdict *verdict)
{
    if (judge_transfer(result, verdict))
        return;
    verdict->outcome = OUTCOME_SENT;
    if (result->code >= 200 && result->code < 300)
        return;
    /* The reply line starts with the code, which the reason has already. */
    struct result reply = *result;
    if (reply.body.size > 4)
        reply.body = (struct span){reply.body.bytes + 4, reply.body.size - 4};
    judge_refusal(&reply, settings, verdict);
    bool is_for_good = result->code >= 500 && result->code < 600;
    verdict->outcome = is_for_good ? OUTCOME_FAILED : OUTCOME_RETRY;
    /* 550 to 553 are about the mailbox (RFC 5321 4.2.3). */
    verdict->is_provider_fault = result->code < 550 || result->code > 553;
}

/* Connects, secures, logs in, and says NOOP (RFC 5321 4.1.1.9). */
static bool email_probe(const struct channel_settings *settings, struct arena *arena,
                        struct request *request, struct fault *fault)
{
    struct server server;
    if (!email_check(settings, fault) || !server_parse(settings, &server, fault))
        return false;
    *request = (struct request){
        .kind = REQUEST_SMTP,
        .url = server_url(&server, settings, "pagerd.invalid", arena),
        .is_probe = true,
        .user = has_text(settings->user) ? settings->user : NULL,
        .password = has_text(settings->user) ? settings->password : NULL,
        .tls = server.tls,
        .ca_file = settings->ca_file,
        .connect_ms = CONNECT_MS,
        .total_ms = SMTP_TOTAL_MS,
    };
    return true;
}

static void email_judge_probe(const struct result *result, const struct channel_settings *settings,
                              struct verdict *verdict)
{
    email_judge(result, settings, verdict);
    if (verdict->outcome == OUTCOME_SENT)
        verdict->outcome = OUTCOME_DELIVERED;
}

const struct channel channel_email = {
    .channel = "email",
    .driver = NULL,
    .is_quiet = true,
    .key_use = KEY_GIVEN,
    .key_name = "Message-ID",
    .render = email_render,
    .judge = email_judge,
    .check = email_check,
    .probe = email_probe,
    .judge_probe = email_judge_probe,
};
