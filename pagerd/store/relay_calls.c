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

#define KEPT_MS (10 * MINUTE_MS) /* a call that nobody took or took back is forgotten then */

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

/*
 * The first that is not in the database yet. Whoever waited for a call that was tried, and was told
 * that nothing was done, must not find it done when the database is back.
 */
static struct sent *sent_first(struct relay *relay)
{
    pthread_mutex_lock(&relay->lock);
    while (relay->first != NULL && relay->first->is_forgotten)
        sent_advance(relay);
    struct sent *sent = relay->first;
    if (sent != NULL)
        sent->is_tried = true;
    pthread_mutex_unlock(&relay->lock);
    return sent;
}

static void sent_is_there(struct relay *relay)
{
    pthread_mutex_lock(&relay->lock);
    sent_advance(relay);
    pthread_mutex_unlock(&relay->lock);
}

/* A call that is written twice is there once: its id is its key. */
bool relay_send_calls(struct relay *relay, struct fault *fault)
{
    struct sent *sent;
    while ((sent = sent_first(relay)) != NULL) {
        char id[24];
        snprintf(id, sizeof(id), "%" PRIu64, sent->id);
        const char *const values[] = {id, relay->node, sent->call};
        if (!relay_ask(relay,
                       "INSERT INTO relay (id, node, call, made_at) VALUES ($1, $2, $3, "
                       "(extract(epoch FROM statement_timestamp()) * 1000)::bigint) "
                       "ON CONFLICT DO NOTHING",
                       values, 3, NULL, fault))
            return false;
        sent_is_there(relay);
    }
    return true;
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

bool relay_take_calls(struct relay *relay, struct fault *fault)
{
    PGresult *answer = NULL;
    if (!forget_taken(relay, fault))
        return false;
    if (relay->taken_count + RELAY_TAKE_MAX > RELAY_TAKEN_MAX)
        return true; /* enough to do */
    CLEANUP(text_clear) struct text array = {0};
    add_array(&array, relay->taken, relay->taken_count);
    const char *const values[] = {text_string(&array)};
    if (!relay_ask(relay,
                   "SELECT id, node, call FROM relay WHERE answer IS NULL AND "
                   "id <> ALL($1::bigint[]) ORDER BY made_at, id LIMIT 500",
                   values, 1, &answer, fault))
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
