/* SPDX-License-Identifier: MIT */
/* relay_calls.c - calls and answers, there and back; relay_parts.h */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/seal.h"
#include "store/relay_parts.h"

#define SEND_SIZE_MAX (1 << 20)    /* sealed bytes in one statement; a longer call goes alone */
#define WANTED_MS (10 * SECOND_MS) /* after so long nobody waits for the answer any more */
#define KEPT_MS (10 * MINUTE_MS)   /* a call that nobody took or took back is forgotten then */

/* "{1,2,3}" */
static void add_array(struct text *text, const uint64_t *ids, size_t count)
{
    text_add_char(text, '{');
    for (size_t i = 0; i < count; i++)
        text_addf(text, "%s%" PRIu64, i > 0 ? "," : "", ids[i]);
    text_add_char(text, '}');
}

/* With the lock: the first of them is there, or need not be any more. */
static void sent_advance(struct relay *relay)
{
    struct sent *sent = relay->first;
    relay->first = sent->next;
    if (relay->first == NULL)
        relay->last = &relay->first;
    free(sent->call);
    sent->call = NULL;
    if (sent->is_forgotten)
        relay_withdraw(relay, sent);
}

/* Appends ids and calls of those that are next, as arrays; neither has what has to be quoted there.
 * Whoever waited for a call that was tried, and was told that nothing was done, must
 * not find it done when the database is back. */
static size_t sent_gather(struct relay *relay, struct text *ids, struct text *calls)
{
    size_t count = 0;
    pthread_mutex_lock(&relay->lock);
    while (relay->first != NULL && relay->first->is_forgotten)
        sent_advance(relay);
    text_add_char(ids, '{');
    text_add_char(calls, '{');
    for (struct sent *sent = relay->first;
         sent != NULL && !sent->is_forgotten && count < RELAY_SEND_MAX; count++) {
        if (count > 0 && calls->size + strlen(sent->call) > SEND_SIZE_MAX)
            break;
        text_addf(ids, "%s%" PRIu64, count > 0 ? "," : "", sent->id);
        text_addf(calls, "%s%s", count > 0 ? "," : "", sent->call);
        sent->is_tried = true;
        sent = sent->next;
    }
    text_add_char(ids, '}');
    text_add_char(calls, '}');
    pthread_mutex_unlock(&relay->lock);
    return count;
}

static void sent_are_there(struct relay *relay, size_t count)
{
    pthread_mutex_lock(&relay->lock);
    for (size_t i = 0; i < count; i++)
        sent_advance(relay);
    pthread_mutex_unlock(&relay->lock);
}

/* One commit for all that wait by now. A call that is written twice is there once: its id is its
 * key. */
bool relay_send_calls(struct relay *relay, struct fault *fault)
{
    for (;;) {
        CLEANUP(text_clear) struct text ids = {0};
        CLEANUP(text_clear) struct text calls = {0};
        size_t count = sent_gather(relay, &ids, &calls);
        const char *const values[] = {text_string(&ids), relay->node, text_string(&calls)};
        if (count == 0)
            return true;
        if (!relay_ask(relay,
                       "INSERT INTO relay (id, node, call, made_at) SELECT given.id, $2, "
                       "given.call, (extract(epoch FROM statement_timestamp()) * 1000)::bigint "
                       "FROM unnest($1::bigint[], $3::text[]) AS given (id, call) "
                       "ON CONFLICT DO NOTHING",
                       values, 3, NULL, fault))
            return false;
        sent_are_there(relay, count);
    }
}

static void hand_answer(struct relay *relay, uint64_t id, const char *sealed)
{
    CLEANUP(text_clear) struct text answer = {0};
    struct fault fault = {0};
    pthread_mutex_lock(&relay->lock);
    struct sent *sent = map_remove(relay->sent, relay_key(&id));
    pthread_mutex_unlock(&relay->lock);
    if (sent == NULL)
        return;
    bool is_wanted = !sent->is_forgotten;
    relay_free_sent(sent);
    if (!seal_open(&answer, span_of(relay->secret), span_of(sealed), &fault))
        log_error("an answer of another node cannot be read: %s", fault.text);
    else if (is_wanted)
        relay->options.answered(relay->options.context, id, text_span(&answer));
}

/* Nobody does what nobody waits for, if it has not been done yet. */
bool relay_withdraw_calls(struct relay *relay, struct fault *fault)
{
    CLEANUP(text_clear) struct text array = {0};
    pthread_mutex_lock(&relay->lock);
    size_t count = relay->withdrawn_count;
    add_array(&array, relay->withdrawn, count);
    pthread_mutex_unlock(&relay->lock);
    const char *const values[] = {text_string(&array)};
    if (count == 0)
        return true;
    if (!relay_ask(relay, "DELETE FROM relay WHERE id = ANY($1::bigint[])", values, 1, NULL, fault))
        return false;
    pthread_mutex_lock(&relay->lock);
    relay->withdrawn_count -= count;
    memmove(relay->withdrawn, relay->withdrawn + count,
            relay->withdrawn_count * sizeof(*relay->withdrawn));
    pthread_mutex_unlock(&relay->lock);
    return true;
}

/* Answers that were taken are taken away. */
bool relay_take_answers(struct relay *relay, struct fault *fault)
{
    const char *const values[] = {relay->node};
    PGresult *answer = NULL;
    if (!relay_ask(relay,
                   "SELECT id, answer FROM relay WHERE node = $1 AND answer IS NOT NULL LIMIT 500",
                   values, 1, &answer, fault))
        return false;
    int count = PQntuples(answer);
    uint64_t ids[RELAY_TAKE_MAX];
    for (int i = 0; i < count && i < RELAY_TAKE_MAX; i++) {
        ids[i] = (uint64_t)postgres_integer(answer, i, 0);
        hand_answer(relay, ids[i], PQgetvalue(answer, i, 1));
    }
    PQclear(answer);
    if (count == 0)
        return true;
    CLEANUP(text_clear) struct text array = {0};
    add_array(&array, ids, (size_t)count);
    const char *const taken[] = {text_string(&array)};
    return relay_ask(relay, "DELETE FROM relay WHERE id = ANY($1::bigint[])", taken, 1, NULL,
                     fault);
}

static void hand_call(struct relay *relay, uint64_t id, const char *node, const char *sealed)
{
    CLEANUP(text_clear) struct text call = {0};
    struct fault fault = {0};
    relay->taken[relay->taken_count++] = id;
    if (seal_open(&call, span_of(relay->secret), span_of(sealed), &fault))
        relay->options.asked(relay->options.context, id, node, text_span(&call));
    else
        log_error("a call of node %s cannot be read: %s (node.secret is the same on all nodes)",
                  node, fault.text);
}

/* Those that are answered by now are forgotten. */
static bool forget_taken(struct relay *relay, struct fault *fault)
{
    PGresult *answer = NULL;
    if (relay->taken_count == 0)
        return true;
    CLEANUP(text_clear) struct text array = {0};
    add_array(&array, relay->taken, relay->taken_count);
    const char *const values[] = {text_string(&array)};
    if (!relay_ask(relay, "SELECT id FROM relay WHERE id = ANY($1::bigint[]) AND answer IS NULL",
                   values, 1, &answer, fault))
        return false;
    size_t count = (size_t)PQntuples(answer);
    assert(count <= relay->taken_count);
    for (size_t i = 0; i < count; i++)
        relay->taken[i] = (uint64_t)postgres_integer(answer, (int)i, 0);
    relay->taken_count = count;
    PQclear(answer);
    return true;
}

/* What nobody waits for any more is not run: an ack of then is none of now. */
bool relay_take_calls(struct relay *relay, struct fault *fault)
{
    PGresult *answer = NULL;
    char wanted[24];
    if (!forget_taken(relay, fault))
        return false;
    if (relay->taken_count + RELAY_TAKE_MAX > RELAY_TAKEN_MAX)
        return true; /* enough to do */
    CLEANUP(text_clear) struct text array = {0};
    add_array(&array, relay->taken, relay->taken_count);
    snprintf(wanted, sizeof(wanted), "%d", (int)WANTED_MS);
    const char *const values[] = {text_string(&array), wanted};
    if (!relay_ask(relay,
                   "SELECT id, node, call FROM relay WHERE answer IS NULL AND "
                   "id <> ALL($1::bigint[]) AND made_at > "
                   "(extract(epoch FROM statement_timestamp()) * 1000)::bigint - $2::bigint "
                   "ORDER BY made_at, id LIMIT 500",
                   values, 2, &answer, fault))
        return false;
    for (int i = 0; i < PQntuples(answer); i++)
        hand_call(relay, (uint64_t)postgres_integer(answer, i, 0), PQgetvalue(answer, i, 1),
                  PQgetvalue(answer, i, 2));
    PQclear(answer);
    return true;
}

bool relay_sweep(struct relay *relay, struct fault *fault)
{
    char kept[24];
    relay->swept_at = postgres_now();
    snprintf(kept, sizeof(kept), "%d", (int)KEPT_MS);
    const char *const values[] = {kept};
    return relay_ask(relay,
                     "DELETE FROM relay WHERE made_at < "
                     "(extract(epoch FROM statement_timestamp()) * 1000)::bigint - $1::bigint",
                     values, 1, NULL, fault);
}
