/* SPDX-License-Identifier: MIT */
#include "daemon/mailroom.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/api.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/network.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/inbox.h"
#include "daemon/metric.h"
#include "daemon/reload.h"
#include "daemon/reply_mail.h"
#include "http/door.h"
#include "ingest/mail_reply.h"
#include "mail/receiver.h"

#define HEAD_ROOM 2048 /* of a body: for the lines that the receiver puts before a mail */
#define SECRET_PREFIX "pgk_"
#define REPLY_PREFIX "reply " /* of what a recipient of an answer is called: no key has a space */

struct mailroom {
    struct daemon *daemon;
    struct receiver *receiver;
    struct network allow[CONFIG_MAIL_ALLOW_MAX];
    size_t allow_count;
    char *domain; /* of answers to pages; NULL: there are none */
};

static bool is_near(const struct mailroom *mailroom, const struct mail_peer *peer)
{
    for (size_t i = 0; i < mailroom->allow_count; i++) {
        if (network_has(&mailroom->allow[i], peer->address))
            return true;
    }
    return peer->is_local;
}

/* "ack+TOKEN@mail.domain"; what is written down has no token. */
static bool is_reply(const struct mailroom *mailroom, struct span address,
                     struct smtp_recipient *recipient)
{
    char token[TOKEN_TEXT_SIZE];
    if (!reply_mail_address(address, mailroom->domain, token))
        return false;
    snprintf(recipient->name, sizeof(recipient->name), REPLY_PREFIX "%s", token);
    snprintf(recipient->address, sizeof(recipient->address), REPLY_MAIL_WORD "@%s",
             mailroom->domain);
    return true;
}

/* "NAME+dedup@anything" or "pgk_…+dedup@anything"; what is written down has the name. */
static enum smtp_verdict mailroom_recipient(void *context, const struct mail_peer *peer,
                                            struct span address, struct smtp_recipient *recipient)
{
    const struct mailroom *mailroom = context;
    struct server *server = mailroom->daemon->server;
    struct span domain = address;
    struct span plus = span_cut(&domain, '@');
    struct span word = span_cut(&plus, '+');
    char name[DOOR_NAME_SIZE];
    if (is_reply(mailroom, address, recipient))
        return SMTP_TAKEN;
    if (span_has_prefix(word, SECRET_PREFIX)) {
        if (!door_find_secret(server, word, name))
            return door_knows_all(server) ? SMTP_REFUSED : SMTP_LATER;
    } else if (word.size < sizeof(name) && is_near(mailroom, peer) && door_has_name(server, word)) {
        memcpy(name, word.bytes, word.size);
        name[word.size] = '\0';
    } else {
        return door_knows_all(server) ? SMTP_REFUSED : SMTP_LATER;
    }
    if (door_wants_signature(server, span_of(name))) {
        recipient->refusal = "5.7.1 This source takes signed webhooks only "
                             "(integrations.NAME.signature), and a mail cannot be signed so";
        return SMTP_REFUSED;
    }
    snprintf(recipient->name, sizeof(recipient->name), "%s", name);
    snprintf(recipient->address, sizeof(recipient->address), "%s%s%.*s@%.*s", name,
             plus.size > 0 ? "+" : "", (int)plus.size, plus.size > 0 ? plus.bytes : "",
             (int)domain.size, domain.size > 0 ? domain.bytes : "");
    return SMTP_TAKEN;
}

/* 401 is a signature that the configuration wants since RCPT: it never comes. */
static enum smtp_verdict verdict_of(unsigned status)
{
    if (status >= 200 && status < 300)
        return SMTP_TAKEN;
    return status == 400 || status == 401 || status == 413 ? SMTP_REFUSED : SMTP_LATER;
}

/* From any thread: the call is answered, and on disk if it says so. */
static void mailroom_finish(void *context, struct call *call)
{
    enum smtp_verdict verdict = verdict_of(door_status(call));
    door_free(call);
    delivery_finish(context, verdict);
}

/* An answer to a page. What no person wrote is taken and forgotten: to send it back would only make
 * another answer of that kind. */
static bool mailroom_submit_reply(struct mailroom *mailroom, struct delivery *delivery)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct mail_reply reply;
    mail_reply_read(text_span(&delivery->bytes), arena, &reply);
    if (reply.objection != NULL) {
        log_info("answer by mail ignored: %s", reply.objection);
        delivery_finish(delivery, SMTP_TAKEN);
        return true;
    }
    struct call *call = door_reply(delivery->name + sizeof(REPLY_PREFIX) - 1, reply.from,
                                   reply.words, mailroom_finish, delivery);
    if (inbox_post_call(mailroom->daemon->inbox, call, NULL))
        return true;
    door_free(call);
    return false;
}

static bool mailroom_submit(void *context, struct delivery *delivery)
{
    struct mailroom *mailroom = context;
    struct daemon *daemon = mailroom->daemon;
    if (strncmp(delivery->name, REPLY_PREFIX, sizeof(REPLY_PREFIX) - 1) == 0)
        return mailroom_submit_reply(mailroom, delivery);
    struct call *call = door_call(daemon->server, "email", delivery->name,
                                  text_span(&delivery->bytes), mailroom_finish, delivery);
    if (call == NULL)
        return false; /* revoked since: the next RCPT is told */
    if (door_status(call) != 0) {
        call_finish(call);
        return true;
    }
    if (inbox_post_call(daemon->inbox, call, NULL))
        return true;
    door_free(call);
    return false;
}

static bool mailroom_read_allow(struct mailroom *mailroom, const struct config_mail *mail,
                                struct fault *fault)
{
    for (size_t i = 0; i < mail->allow_count; i++) {
        if (!network_parse(mail->allow[i], &mailroom->allow[i], fault))
            return fault_prefix(fault, "mail.allow");
    }
    mailroom->allow_count = mail->allow_count;
    return true;
}

bool mailroom_open(struct daemon *daemon, struct mailroom **ret_mailroom, struct fault *fault)
{
    const struct config_mail *mail = &reload_config(daemon->reload)->mail;
    char host[256] = "";
    *ret_mailroom = NULL;
    if (mail->listen_count == 0 && mail->socket == NULL)
        return true;
    assert(mail->listen_count <= RECEIVER_LISTEN_MAX);
    struct mailroom *mailroom = memory_new(1, sizeof(*mailroom));
    mailroom->daemon = daemon;
    mailroom->domain = string_copy(mail->domain);
    if (gethostname(host, sizeof(host) - 1) != 0 || host[0] == '\0')
        snprintf(host, sizeof(host), "pagerd");
    struct receiver_options options = {.listen_count = mail->listen_count,
                                       .socket_path = mail->socket,
                                       .host = host,
                                       .mail_size_max = API_BODY_MAX - HEAD_ROOM,
                                       .recipient = mailroom_recipient,
                                       .submit = mailroom_submit,
                                       .context = mailroom};
    memcpy(options.listen, mail->listen, mail->listen_count * sizeof(*mail->listen));
    if (!mailroom_read_allow(mailroom, mail, fault) ||
        !receiver_open(&options, &mailroom->receiver, fault)) {
        free(mailroom->domain);
        free(mailroom);
        return fault_prefix(fault, "mail");
    }
    for (size_t i = 0; i < mail->listen_count; i++)
        log_info("taking mail on %s", receiver_address(mailroom->receiver, i));
    if (mail->socket != NULL)
        log_info("taking mail on %s", mail->socket);
    *ret_mailroom = mailroom;
    return true;
}

void mailroom_close(struct mailroom *mailroom)
{
    if (mailroom == NULL)
        return;
    receiver_close(mailroom->receiver);
    free(mailroom->domain);
    free(mailroom);
}

void mailroom_metrics(const struct mailroom *mailroom, struct text *text)
{
    static const char *const names[SMTP_VERDICT_COUNT] = {
        [SMTP_TAKEN] = "taken", [SMTP_LATER] = "later", [SMTP_REFUSED] = "refused"};
    struct receiver_counts counts = {0};
    if (mailroom != NULL)
        counts = receiver_counts(mailroom->receiver);
    metric_head(text, "mails_total", "counter", "Mails by SMTP and LMTP since start.");
    for (int i = 0; i < SMTP_VERDICT_COUNT; i++) {
        struct metric_label label = {"verdict", names[i]};
        metric_labelled(text, "mails_total", &label, 1, (int64_t)counts.mails[i]);
    }
    const struct {
        const char *name;
        const char *help;
        uint64_t value;
    } rows[] = {
        {"mail_recipients_refused_total", "Recipients that are no source since start.",
         counts.refused},
        {"mail_connections_total", "Connections for mail since start.", counts.connections},
        {"mail_connections_shed_total", "Ended to make room for new ones since start.",
         counts.shed},
        {"mail_connections_expired_total", "Ended because they took too long since start.",
         counts.expired},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        metric_head(text, rows[i].name, "counter", rows[i].help);
        metric_labelled(text, rows[i].name, NULL, 0, (int64_t)rows[i].value);
    }
}
