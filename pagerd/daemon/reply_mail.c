/* SPDX-License-Identifier: MIT */
#include "daemon/reply_mail.h"

#include <inttypes.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/keyring.h"
#include "daemon/replies.h"
#include "engine/engine.h"

bool reply_mail_address(struct span address, const char *domain, char token[TOKEN_TEXT_SIZE])
{
    struct span host = address;
    struct span plus = span_cut(&host, '@');
    struct span word = span_cut(&plus, '+');
    CLEANUP(text_clear) struct text named = {0};
    text_add_span(&named, host);
    CLEANUP(text_clear) struct text local = {0};
    text_add_span(&local, word);
    return domain != NULL && string_same(text_string(&named), domain) &&
           string_same(text_string(&local), REPLY_MAIL_WORD) && token_normalize(plus, token);
}

/* One that cannot be guessed is not guessed faster by being asked for often: this keeps the log
 * and the disk from who tries. */
static enum reply_mail_end unknown_take(struct daemon *daemon)
{
    if (daemon->tick_at - daemon->unknown_mails_at >= MINUTE_MS) {
        daemon->unknown_mails_at = daemon->tick_at;
        daemon->unknown_mails = 0;
    }
    return ++daemon->unknown_mails > REPLY_MAIL_UNKNOWN_MAX ? REPLY_MAIL_LATER : REPLY_MAIL_REFUSED;
}

enum reply_mail_end reply_mail_take(struct daemon *daemon, const char *token, const char *from,
                                    const char *words)
{
    char hash[HASH_TEXT_SIZE];
    hash_text(span_of(token), hash);
    const struct ack_token *found = keyring_find_token(daemon->keyring, hash);
    if (found == NULL || found->expires_at <= daemon->now.steady_at || found->is_void)
        return unknown_take(daemon);
    const struct user *writer = policy_match_user(view_policy(daemon->engine), from);
    if (writer == NULL || !string_is(writer->id, found->user)) {
        log_warning("answer by mail refused: it is not from the address of %s incident=%" PRIu64,
                    found->user, found->incident);
        return REPLY_MAIL_REFUSED;
    }
    struct reply_in in = {.channel = "email",
                          .via = "e-mail reply",
                          .user = found->user,
                          .incident = found->incident,
                          .text = span_of(words)};
    struct reply_out out = {0};
    CLEANUP(text_clear) struct text answer = {0};
    replies_take(daemon, &in, &answer, &out);
    if (retort_is_lost(out.said.kind))
        return REPLY_MAIL_LATER;
    /* Of somebody else's ack its writer has been told by a mail of its own. */
    bool is_told = out.is_done || out.said.kind == RETORT_HELD;
    return is_told ? REPLY_MAIL_TAKEN : REPLY_MAIL_REFUSED;
}
