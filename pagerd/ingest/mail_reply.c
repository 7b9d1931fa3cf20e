/* SPDX-License-Identifier: MIT */
#include "ingest/mail_reply.h"

#include <stddef.h>

#include "base/text.h"
#include "base/utf8.h"
#include "ingest/mail_body.h"
#include "ingest/mail_head.h"

#define WORDS_MAX 16384 /* bytes; an answer stands in the first line */

/* Fields that programs write which answer by themselves, and lists. Of those with a value any other
 * one says so. RFC 3834 section 5, RFC 2919; the X- fields are older habits of Exchange, cPanel,
 * vacation(1) and others. */
static const struct {
    const char *field;
    const char *unless; /* this one says nothing; NULL: the field alone tells */
    const char *objection;
} signs[] = {
    {"auto-submitted", "no", "it was made automatically"},
    {"x-autoreply", "no", "it was made automatically"},
    {"x-autorespond", NULL, "it was made automatically"},
    {"x-autoresponder", NULL, "it was made automatically"},
    {"x-auto-response-suppress", NULL, "it was made automatically"},
    {"x-ms-exchange-inbox-rules-loop", NULL, "it was made automatically"},
    {"list-id", NULL, "it comes from a list"},
    {"list-unsubscribe", NULL, "it comes from a list"},
    {"x-failed-recipients", NULL, "it is a bounce"},
    {"x-pagerd-page", NULL, "it is one of pagerd's own pages"},
};

static void word_of(struct span head, const char *name, struct text *word)
{
    CLEANUP(text_clear) struct text value = {0};
    if (mail_field(head, name, &value))
        mail_field_word(text_string(&value), word);
}

static const char *sign_find(struct span head)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        CLEANUP(text_clear) struct text value = {0};
        if (!mail_field(head, signs[i].field, &value))
            continue;
        CLEANUP(text_clear) struct text word = {0};
        mail_field_word(text_string(&value), &word);
        if (signs[i].unless == NULL || !string_is(text_string(&word), signs[i].unless))
            return signs[i].objection;
    }
    return NULL;
}

/* Without a sender nobody can be told that it was not understood (RFC 5321 4.5.5). */
static bool has_sender(struct span head)
{
    CLEANUP(text_clear) struct text value = {0};
    return !mail_field(head, "return-path", &value) || mail_address(text_string(&value)).size > 0;
}

static const char *objection_find(struct span head)
{
    CLEANUP(text_clear) struct text type = {0};
    CLEANUP(text_clear) struct text precedence = {0};
    const char *sign = sign_find(head);
    if (sign != NULL)
        return sign;
    word_of(head, "content-type", &type);
    if (string_is(text_string(&type), "multipart/report"))
        return "it is a bounce or a receipt";
    word_of(head, "precedence", &precedence);
    if (precedence.size > 0 && !string_is(text_string(&precedence), "first-class") &&
        !string_is(text_string(&precedence), "special-delivery"))
        return "it was made automatically";
    return has_sender(head) ? NULL : "it is a bounce: its sender is empty";
}

void mail_reply_read(struct span bytes, struct arena *arena, struct mail_reply *reply)
{
    struct span rest = bytes;
    struct span head = mail_head_cut(&rest);
    struct mail_body body;
    CLEANUP(text_clear) struct text from = {0};
    CLEANUP(text_clear) struct text words = {0};
    CLEANUP(text_clear) struct text clean = {0};
    *reply = (struct mail_reply){.objection = objection_find(head), .from = "", .words = ""};
    if (reply->objection != NULL)
        return;
    (void)mail_field(head, "from", &from);
    reply->from = arena_copy_span(arena, mail_address(text_string(&from)));
    mail_body_read(head, rest, &body);
    if (body.file_count > 0)
        reply->objection = "it has attachments";
    mail_body_add_words(&words, &body);
    mail_body_clear(&body);
    utf8_add_clean(&clean, utf8_cut(text_span(&words), WORDS_MAX));
    reply->words = arena_copy_span(arena, text_span(&clean));
}
