/* SPDX-License-Identifier: MIT */
/*
 * fuzz_reply.c - what anybody may send to pagerd's number.
 *
 * What is understood has a meaning of its own, an incident only with a verb that takes one, and
 * means the same with noise around it and quoted text below. A line with a letter that no word of
 * ours has is never understood. The same bytes as a mail: words without controls, and nothing of
 * one that no person wrote.
 */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "ingest/mail_reply.h"
#include "notify/reply.h"

static bool is_same(const struct reply *left, const struct reply *right)
{
    return left->verb == right->verb && left->key == right->key &&
           left->incident == right->incident && left->is_all == right->is_all;
}

static void check_meaning(struct reply reply)
{
    assert(reply.verb < REPLY_VERB_COUNT);
    if (reply.verb == REPLY_UNKNOWN)
        assert(reply.incident == 0 && reply.key == 0 && !reply.is_all);
    if (reply.key != 0)
        assert(reply_of_key(reply.key) == reply.verb);
    if (reply.incident != 0)
        assert(reply.verb >= REPLY_ACK && reply.verb <= REPLY_CALL_ALL);
    if (reply.verb == REPLY_KEY)
        assert(strchr("1239", reply.key) != NULL);
}

static void check_mail(struct span bytes)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct mail_reply mail;
    mail_reply_read(bytes, arena, &mail);
    assert(mail.from != NULL && mail.words != NULL && utf8_is_valid(span_of(mail.words)));
    check_meaning(reply_parse(span_of(mail.words)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct span text = {(const char *)bytes, size};
    struct span line = reply_own_line(text);
    struct reply reply = reply_parse(text);
    check_meaning(reply);
    check_mail(text);
    assert(line.size == 0 ||
           (line.bytes >= text.bytes && line.bytes + line.size <= text.bytes + text.size));
    if (line.size == 0)
        assert(reply.verb == REPLY_UNKNOWN);
    if (line.size == 0 || line.size > REPLY_LINE_MAX - 4 || reply.verb == REPLY_UNKNOWN)
        return 0;
    if (line.bytes[line.size - 1] == ':')
        return 0; /* in front of a quotation it announces that */
    assert(memchr(line.bytes, 'j', line.size) == NULL);
    assert(memchr(line.bytes, '@', line.size) == NULL);
    CLEANUP(text_clear) struct text again = {0};
    text_addf(&again, "\r\n  %.*s \r\n\r\n> 6\r\nresolve", (int)line.size, line.bytes);
    struct reply second = reply_parse(text_span(&again));
    assert(is_same(&reply, &second));
    return 0;
}
