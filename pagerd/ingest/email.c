/* SPDX-License-Identifier: MIT */
/*
 * email.c - a mail as an alert (RFC 5322 and MIME), as an MTA pipes it or the listener takes it.
 *
 * Any bytes make an alert: a mail that cannot be understood pages with what can be read of it. Only
 * what would page in a circle is none: bounces, automatic replies and pagerd's own pages. That a
 * mail was made by a machine says nothing, for cron, mdadm and smartd say the same of theirs.
 */
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "ingest/field.h"
#include "ingest/format.h"
#include "ingest/mail_body.h"
#include "ingest/mail_head.h"
#include "ingest/mail_subject.h"

#define REST_MAX 2048 /* bytes of the details behind the words */

struct mail {
    struct arena *arena;
    struct span head;
    struct span body;
    const char *subject; /* one clean line, "" when there is none */
};

/* A field as one clean line; "" when it is not there. */
static const char *head_line(const struct mail *mail, const char *name, size_t max)
{
    CLEANUP(text_clear) struct text value = {0};
    (void)mail_field_words(mail->head, name, &value);
    return field_line(mail->arena, text_string(&value), max);
}

/* Its first word in small letters. */
static const char *head_word(const struct mail *mail, const char *name)
{
    CLEANUP(text_clear) struct text value = {0};
    CLEANUP(text_clear) struct text word = {0};
    (void)mail_field(mail->head, name, &value);
    mail_field_word(text_string(&value), &word);
    return arena_copy_span(mail->arena, utf8_cut(text_span(&word), 80));
}

static bool head_has(const struct mail *mail, const char *name)
{
    CLEANUP(text_clear) struct text value = {0};
    return mail_field(mail->head, name, &value);
}

static const char *head_address(const struct mail *mail, const char *name)
{
    const char *line = head_line(mail, name, LABEL_VALUE_MAX);
    return arena_copy_span(mail->arena, mail_address(line));
}

/* ---- what must not page ---- */

/* The empty sender of RFC 5321 4.5.5, as a delivery writes it down. */
static bool has_null_sender(const struct mail *mail)
{
    CLEANUP(text_clear) struct text value = {0};
    if (mail_field(mail->head, "return-path", &value))
        return mail_address(text_string(&value)).size == 0;
    return span_has_prefix(mail->head, "From MAILER-DAEMON ");
}

/* RFC 3464, RFC 8098 */
static bool is_report(const struct mail *mail)
{
    CLEANUP(text_clear) struct text field = {0};
    CLEANUP(text_clear) struct text type = {0};
    if (!string_is(head_word(mail, "content-type"), "multipart/report"))
        return false;
    (void)mail_field(mail->head, "content-type", &field);
    return mail_parameter(text_string(&field), "report-type", &type) &&
           (string_same(text_string(&type), "delivery-status") ||
            string_same(text_string(&type), "disposition-notification"));
}

/* Why this mail is no alert; NULL: it is one. */
static const char *mail_objection(const struct mail *mail)
{
    /* notify/email.c writes it into each page. */
    if (head_has(mail, "x-pagerd-page"))
        return "one of pagerd's own pages";
    if (is_report(mail) || head_has(mail, "x-failed-recipients"))
        return "a bounce or a receipt";
    /* RFC 3834 section 5; the others are older than it. */
    if (string_is(head_word(mail, "auto-submitted"), "auto-replied") ||
        string_is(head_word(mail, "precedence"), "auto_reply") || head_has(mail, "x-autoreply") ||
        head_has(mail, "x-autorespond"))
        return "an automatic reply";
    if (has_null_sender(mail) && !head_has(mail, "x-pagerd-key"))
        return "a bounce: its sender is empty";
    return NULL;
}

/* ---- what it says ---- */

/* The part behind "+" of the address that the MTA delivered to; "" when there is none. What the
 * sender wrote in To is not looked at. */
static const char *plus_part(const struct mail *mail)
{
    static const char *const names[] = {"x-original-to", "delivered-to", "envelope-to"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct span address = span_of(head_address(mail, names[i]));
        struct span local = span_cut(&address, '@');
        (void)span_cut(&local, '+');
        if (local.size > 0)
            return arena_copy_span(mail->arena, local);
    }
    return "";
}

static const char *key_make(const struct mail *mail, const struct mail_subject *subject)
{
    const char *key = head_line(mail, "x-pagerd-key", SUMMARY_MAX);
    if (*key == '\0')
        key = plus_part(mail);
    if (*key == '\0' && subject->rest.size > 0)
        key = arena_format(mail->arena, "mail/%s", text_string(&subject->rest));
    if (*key == '\0')
        key = "mail/";
    return field_key(mail->arena, key);
}

/* Importance is RFC 2156, the other is everybody's habit. What most programs write into every mail
 * says nothing. */
static void priority_weigh(const struct mail *mail, struct alert *alert)
{
    const char *importance = head_word(mail, "importance");
    const char *priority = head_word(mail, "x-priority");
    bool is_low = string_is(importance, "low") || *priority == '4' || *priority == '5';
    bool is_high = string_is(importance, "high") || *priority == '1' || *priority == '2';
    alert->severity = is_low ? SEVERITY_WARNING : SEVERITY_CRITICAL;
    alert->severity_word =
        field_line(mail->arena, *importance != '\0' ? importance : priority, LABEL_NAME_MAX);
    alert->is_severity_guessed = !is_low && !is_high;
}

static void severity_weigh(const struct mail *mail, const struct mail_subject *subject,
                           struct alert *alert)
{
    const char *said = head_word(mail, "x-pagerd-severity");
    if (*said != '\0') {
        field_weigh(mail->arena, said, SEVERITY_ERROR, SEVERITY_ERROR, alert);
        return;
    }
    if (subject->severity == SEVERITY_COUNT) {
        priority_weigh(mail, alert);
        return;
    }
    alert->severity = subject->severity;
    alert->severity_word = subject->severity_word;
}

static void kind_make(const struct mail *mail, struct mail_subject *subject)
{
    const char *said = head_word(mail, "x-pagerd-action");
    if (string_is(said, "resolve"))
        subject->kind = EVENT_RESOLVE_SOURCE;
    else if (*said != '\0')
        subject->kind = EVENT_TRIGGER;
}

/* The words, cut so that what stands behind them has its place. */
static const char *details_make(const struct mail *mail, const struct mail_body *body)
{
    CLEANUP(text_clear) struct text words = {0};
    CLEANUP(text_clear) struct text rest = {0};
    mail_body_add_words(&words, body);
    mail_body_add_rest(&rest, body);
    const char *tail = field_block(mail->arena, text_string(&rest), REST_MAX);
    size_t room = DETAILS_MAX - strlen(tail) - 2;
    const char *said = field_block(mail->arena, text_string(&words), room);
    if (*said == '\0' || *tail == '\0')
        return *said == '\0' ? tail : said;
    return arena_format(mail->arena, "%s\n\n%s", said, tail);
}

/* A mail without a subject is told by its first line, or by who sent it. */
static const char *summary_make(const struct mail *mail, const char *details, const char *from)
{
    struct span rest = span_of(details);
    if (*mail->subject != '\0')
        return mail->subject;
    struct span first = span_trim(span_cut(&rest, '\n'));
    if (first.size > 0)
        return field_line(mail->arena, arena_copy_span(mail->arena, first), SUMMARY_MAX);
    struct span who = utf8_cut(span_of(*from != '\0' ? from : "nobody"), 200);
    return arena_format(mail->arena, "mail without a subject from %.*s", (int)who.size, who.bytes);
}

static void labels_make(const struct mail *mail, struct alert *alert)
{
    static const struct {
        const char *label;
        const char *field;
    } rows[] = {{"from", "from"}, {"to", "x-original-to"}, {"to", "to"}, {"list", "list-id"}};
    struct label *labels = arena_take(mail->arena, sizeof(*labels) * sizeof(rows) / sizeof(*rows));
    size_t count = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *value = head_address(mail, rows[i].field);
        bool is_there = count > 0 && string_is(labels[count - 1].name, rows[i].label);
        /* An address may be a key's secret. */
        if (*value == '\0' || is_there || span_has_prefix(span_of(value), "pgk_"))
            continue;
        labels[count].name = arena_copy(mail->arena, rows[i].label);
        labels[count].value = arena_copy(mail->arena, value);
        count++;
    }
    alert->labels = labels;
    alert->label_count = count;
}

static void alert_make(const struct mail *mail, struct ingest_item *item)
{
    struct mail_body body;
    struct mail_subject subject;
    struct alert *alert = &item->alert;
    mail_body_read(mail->head, mail->body, &body);
    alert->details = details_make(mail, &body);
    mail_body_clear(&body);

    alert->source = head_address(mail, "from");
    alert->summary = summary_make(mail, alert->details, alert->source);
    mail_subject_read(span_of(alert->summary), &subject);
    kind_make(mail, &subject);
    item->event.kind = subject.kind;
    alert->dedup_key = key_make(mail, &subject);
    severity_weigh(mail, &subject, alert);
    text_clear(&subject.rest);
    alert->service = head_line(mail, "x-pagerd-service", LABEL_VALUE_MAX);
    alert->link = field_url(mail->arena, head_line(mail, "x-pagerd-link", URL_MAX));
    labels_make(mail, alert);
    if (item->event.kind == EVENT_NOTE_SOURCE)
        item->event.text = arena_format(mail->arena, "mail: %s", alert->summary);
}

/* Told, and never more: a note without a key, so that it meets no incident. */
static void alert_ignore(const struct mail *mail, const char *why, struct ingest_item *item)
{
    item->ignored = why;
    item->event.kind = EVENT_NOTE_SOURCE;
    item->alert.source = head_address(mail, "from");
    item->alert.summary = *mail->subject != '\0' ? mail->subject : "mail without a subject";
    item->alert.severity = SEVERITY_INFO;
    item->event.text = arena_format(mail->arena, "mail ignored, %s: %s", why, item->alert.summary);
}

static bool email_parse(const struct ingest_request *request, struct ingest_batch *batch,
                        struct fault *fault)
{
    struct mail mail = {.arena = request->arena, .body = request->body};
    if (span_trim(request->body).size == 0)
        return fault_set(fault, FAULT_INPUT, "the mail is empty");
    if (!batch_begin(request->arena, batch, 1, fault))
        return false;
    struct ingest_item *item = batch->items;
    item_begin(item, request->integration, "mail");
    mail.head = mail_head_cut(&mail.body);
    mail.subject = head_line(&mail, "subject", SUMMARY_MAX);
    const char *objection = mail_objection(&mail);
    if (objection != NULL)
        alert_ignore(&mail, objection, item);
    else
        alert_make(&mail, item);
    return true;
}

const struct ingest_format format_email = {
    .name = "email",
    .body = INGEST_TEXT,
    .parse = email_parse,
};
