/* SPDX-License-Identifier: MIT */
#include "daemon/keyring.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "engine/canary.h"
#include "engine/record.h"
#include "store/batch.h"

/* A credential with strings of its own. */
struct key {
    struct credential credential;
    enum key_kind kind;
    char *name;
    char *team;
    char *user;
    char *last_error;
};

/* An ack link that is out, chained with the others of its incident. */
struct token {
    struct ack_token ack;
    char *user;
    char *channel;
    char hash[HASH_TEXT_SIZE];
    struct token *next_of_incident;
};

struct keyring {
    struct key **keys; /* in the order of their making */
    size_t key_count;
    struct map *names;     /* name -> the first key of that name that is not revoked */
    struct map *feeds;     /* hash -> key; revoked ones too */
    struct map *tokens;    /* hash -> token */
    struct map *incidents; /* number -> first token of its chain */
    bool is_changed;
};

struct keyring *keyring_new(void)
{
    struct keyring *keyring = memory_new(1, sizeof(*keyring));
    keyring->names = map_new();
    keyring->feeds = map_new();
    keyring->tokens = map_new();
    keyring->incidents = map_new();
    keyring->is_changed = true;
    return keyring;
}

static void token_free(struct token *token)
{
    free(token->user);
    free(token->channel);
    free(token);
}

void keyring_forget_keys(struct keyring *keyring)
{
    for (size_t i = 0; i < keyring->key_count; i++) {
        struct key *key = keyring->keys[i];
        map_remove(keyring->names, span_of(key->name));
        map_remove(keyring->feeds, span_of(key->credential.hash));
        free(key->name);
        free(key->team);
        free(key->user);
        free(key->last_error);
        free(key);
    }
    keyring->key_count = 0;
    keyring->is_changed = true;
}

void keyring_free(struct keyring *keyring)
{
    if (keyring == NULL)
        return;
    keyring_forget_keys(keyring);
    free(keyring->keys);
    size_t cursor = 0;
    struct token *token;
    while ((token = map_each(keyring->tokens, &cursor, NULL)) != NULL)
        token_free(token);
    map_free(keyring->names);
    map_free(keyring->feeds);
    map_free(keyring->tokens);
    map_free(keyring->incidents);
    free(keyring);
}

static struct span number_span(const uint64_t *number)
{
    return (struct span){(const char *)number, sizeof(*number)};
}

static struct key *keyring_find(const struct keyring *keyring, const char *name)
{
    return name == NULL ? NULL : map_find(keyring->names, span_of(name));
}

/* A name is free again when its key is revoked. Two nodes that were apart may both have given it to
 * one: the earlier one has it first. */
static void keyring_name(struct keyring *keyring, const char *name)
{
    map_remove(keyring->names, span_of(name));
    for (size_t i = 0; i < keyring->key_count; i++) {
        struct key *key = keyring->keys[i];
        if (key->credential.revoked_at == 0 && string_is(key->name, name)) {
            map_put(keyring->names, span_of(key->name), key);
            return;
        }
    }
}

static struct key *keyring_put(struct keyring *keyring, const struct key_record *record)
{
    struct key *key = memory_new(1, sizeof(*key));
    key->name = string_copy(record->name);
    key->team = string_copy(record->team);
    key->user = string_copy(record->user);
    key->kind = record->kind;
    key->credential = (struct credential){.name = key->name,
                                          .team = key->team,
                                          .user = key->user,
                                          .created_at = record->created_at,
                                          .last_used_at = record->last_used_at,
                                          .revoked_at = record->revoked_at,
                                          .is_feed = record->kind == KEY_FEED};
    memcpy(key->credential.hash, record->hash, HASH_TEXT_SIZE);
    if (record->kind == KEY_FEED)
        map_put(keyring->feeds, span_of(key->credential.hash), key);
    keyring->keys = memory_grow(keyring->keys, keyring->key_count + 1, sizeof(*keyring->keys));
    keyring->keys[keyring->key_count++] = key;
    if (record->revoked_at == 0 && keyring_find(keyring, key->name) == NULL)
        map_put(keyring->names, span_of(key->name), key);
    keyring->is_changed = true;
    return key;
}

void keyring_restore_key(struct keyring *keyring, const struct key_record *key)
{
    keyring_put(keyring, key);
}

static bool name_check(const char *name, struct fault *fault)
{
    size_t size = name == NULL ? 0 : strlen(name);
    if (size == 0 || size > CREDENTIAL_NAME_MAX)
        return fault_set(fault, FAULT_INPUT, "a key's name has 1 to %d characters",
                         CREDENTIAL_NAME_MAX);
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)name[i]) && strchr("-_.", name[i]) == NULL)
            return fault_set(fault, FAULT_INPUT,
                             "a key's name has letters, digits, - _ and . only");
    return true;
}

/* May a key of that name be made? */
static bool name_is_free(const struct keyring *keyring, const char *name, struct fault *fault)
{
    if (!name_check(name, fault))
        return false;
    if (string_is(name, "heartbeat"))
        return fault_set(
            fault, FAULT_INPUT,
            "heartbeats raise their alerts under the name \"heartbeat\": take another");
    if (string_is(name, CANARY_INTEGRATION))
        return fault_set(fault, FAULT_INPUT, "pagerd's own alerts have that name: take another");
    if (keyring_find(keyring, name) != NULL)
        return fault_set(fault, FAULT_CONFLICT,
                         "there is a key \"%s\" already; revoke it first, or take another name",
                         name);
    if (keyring->key_count >= CREDENTIALS_MAX)
        return fault_set(fault, FAULT_LIMIT, "%d keys were made already", CREDENTIALS_MAX);
    return true;
}

bool keyring_add(struct keyring *keyring, const char *name, const char *team, const char *user,
                 msec wall_at, struct batch *batch, char secret[SECRET_TEXT_SIZE],
                 struct fault *fault)
{
    if (!name_is_free(keyring, name, fault))
        return false;
    secret_new(user == NULL ? "pgk_" : "pgu_", secret);
    struct key_record record = {.kind = user == NULL ? KEY_INTEGRATION : KEY_PERSON,
                                .name = name,
                                .team = team,
                                .user = user,
                                .created_at = wall_at};
    hash_text(span_of(secret), record.hash);
    keyring_put(keyring, &record);
    batch_save_key(batch, &record, NEED_NEW);
    return true;
}

bool keyring_add_feed(struct keyring *keyring, const char *name, const char *team, const char *user,
                      msec wall_at, struct batch *batch, char token[TOKEN_TEXT_SIZE],
                      struct fault *fault)
{
    if (!name_is_free(keyring, name, fault))
        return false;
    if (map_count(keyring->feeds) >= FEEDS_MAX)
        return fault_set(fault, FAULT_LIMIT, "%d feeds were made already", FEEDS_MAX);
    token_new(token);
    struct key_record record = {
        .kind = KEY_FEED, .name = name, .team = team, .user = user, .created_at = wall_at};
    hash_text(span_of(token), record.hash);
    keyring_put(keyring, &record);
    batch_save_key(batch, &record, NEED_NEW);
    return true;
}

const struct credential *keyring_find_feed(const struct keyring *keyring, const char *hash)
{
    const struct key *key = map_find(keyring->feeds, span_of(hash));
    return key == NULL || key->credential.revoked_at != 0 ? NULL : &key->credential;
}

static void key_save(const struct key *key, struct batch *batch)
{
    struct key_record record = {.kind = key->kind,
                                .name = key->name,
                                .team = key->team,
                                .user = key->user,
                                .created_at = key->credential.created_at,
                                .last_used_at = key->credential.last_used_at,
                                .revoked_at = key->credential.revoked_at};
    memcpy(record.hash, key->credential.hash, HASH_TEXT_SIZE);
    batch_save_key(batch, &record, NEED_NONE);
}

bool keyring_revoke(struct keyring *keyring, const char *name, msec wall_at, struct batch *batch,
                    struct fault *fault)
{
    struct key *key = keyring_find(keyring, name);
    if (key == NULL)
        return fault_set(fault, FAULT_INPUT, "there is no key \"%s\"", name);
    key->credential.revoked_at = wall_at;
    keyring_name(keyring, name);
    key_save(key, batch);
    keyring->is_changed = true;
    return true;
}

void keyring_touch(struct keyring *keyring, const char *name, msec wall_at, struct batch *batch)
{
    struct key *key = keyring_find(keyring, name);
    if (key == NULL || wall_at - key->credential.last_used_at < CREDENTIAL_TOUCH_MS)
        return;
    key->credential.last_used_at = wall_at;
    key_save(key, batch);
}

void keyring_set_limits(struct keyring *keyring, size_t (*find)(void *context, const char *name),
                        void *context)
{
    for (size_t i = 0; i < keyring->key_count; i++)
        keyring->keys[i]->credential.body_max = find(context, keyring->keys[i]->name);
}

void keyring_blame(struct keyring *keyring, const char *name, const char *why, msec wall_at)
{
    struct key *key = keyring_find(keyring, name);
    if (key == NULL)
        return;
    free(key->last_error);
    key->last_error = string_copy(why);
    key->credential.last_error = key->last_error;
    key->credential.last_error_at = wall_at;
    key->credential.unreadable_count++;
}

const struct credential *keyring_each(const struct keyring *keyring, size_t *cursor)
{
    return *cursor < keyring->key_count ? &keyring->keys[(*cursor)++]->credential : NULL;
}

bool keyring_take_change(struct keyring *keyring)
{
    bool is_changed = keyring->is_changed;
    keyring->is_changed = false;
    return is_changed;
}

static void token_put(struct keyring *keyring, const struct token_record *record)
{
    struct token *token = memory_new(1, sizeof(*token));
    token->user = string_copy(record->user);
    token->channel = string_copy(record->channel);
    memcpy(token->hash, record->hash, HASH_TEXT_SIZE);
    token->ack = (struct ack_token){.incident = record->incident,
                                    .user = token->user,
                                    .channel = token->channel,
                                    .created_at = record->created_at,
                                    .expires_at = record->expires_at,
                                    .is_revoked = record->is_revoked,
                                    .number = record->number,
                                    .wrong_count = record->wrong_count,
                                    .is_void = record->is_void};
    struct span number = number_span(&record->incident);
    token->next_of_incident = map_find(keyring->incidents, number);
    map_put(keyring->incidents, number, token);
    map_put(keyring->tokens, span_of(token->hash), token);
}

void keyring_restore_token(struct keyring *keyring, const struct token_record *token)
{
    token_put(keyring, token);
}

void keyring_add_token(struct keyring *keyring, const struct page *page, bool has_number,
                       struct now now, struct batch *batch, char token[TOKEN_TEXT_SIZE])
{
    token[0] = '\0';
    if (map_count(keyring->tokens) >= ACK_TOKENS_MAX)
        return;
    token_new(token);
    struct token_record record = {.incident = page->incident,
                                  .user = page->user,
                                  .channel = page->channel,
                                  .created_at = now.wall_at,
                                  .expires_at = now.steady_at + ACK_TOKEN_LIFE_MS,
                                  .number = has_number ? number_new() : 0};
    hash_text(span_of(token), record.hash);
    token_put(keyring, &record);
    batch_save_token(batch, &record, NEED_NEW);
}

const struct ack_token *keyring_find_token(const struct keyring *keyring, const char *hash)
{
    const struct token *token = map_find(keyring->tokens, span_of(hash));
    return token == NULL ? NULL : &token->ack;
}

static void token_read(const struct token *token, struct token_record *record)
{
    *record = (struct token_record){.incident = token->ack.incident,
                                    .user = token->user,
                                    .channel = token->channel,
                                    .created_at = token->ack.created_at,
                                    .expires_at = token->ack.expires_at,
                                    .is_revoked = token->ack.is_revoked,
                                    .number = token->ack.number,
                                    .wrong_count = token->ack.wrong_count,
                                    .is_void = token->ack.is_void};
    memcpy(record->hash, token->hash, HASH_TEXT_SIZE);
}

static void token_save(const struct token *token, struct batch *batch)
{
    struct token_record record;
    token_read(token, &record);
    batch_save_token(batch, &record, NEED_NONE);
}

bool keyring_read_token(const struct keyring *keyring, const char *hash, struct token_record *link)
{
    const struct token *token = map_find(keyring->tokens, span_of(hash));
    if (token == NULL)
        return false;
    token_read(token, link);
    return true;
}

bool keyring_each_token(const struct keyring *keyring, size_t *cursor, struct token_record *link)
{
    const struct token *token = map_each(keyring->tokens, cursor, NULL);
    if (token == NULL)
        return false;
    token_read(token, link);
    return true;
}

void keyring_take_token(struct keyring *keyring, const struct token_record *link, msec steady_at,
                        struct batch *batch)
{
    struct token *token = map_find(keyring->tokens, span_of(link->hash));
    if (token == NULL) {
        struct token_record record = *link;
        if (map_count(keyring->tokens) >= ACK_TOKENS_MAX)
            return;
        if (record.expires_at > steady_at + ACK_TOKEN_LIFE_MS)
            record.expires_at = steady_at + ACK_TOKEN_LIFE_MS;
        token_put(keyring, &record);
        batch_save_token(batch, &record, NEED_NONE);
        return;
    }
    bool is_news =
        link->wrong_count > token->ack.wrong_count || (link->is_void && !token->ack.is_void);
    if (!is_news)
        return;
    if (link->wrong_count > token->ack.wrong_count)
        token->ack.wrong_count = link->wrong_count;
    token->ack.is_void = token->ack.is_void || link->is_void;
    token_save(token, batch);
}

void keyring_miss_token(struct keyring *keyring, const char *hash, struct batch *batch)
{
    struct token *token = map_find(keyring->tokens, span_of(hash));
    if (token == NULL)
        return;
    token->ack.wrong_count++;
    token_save(token, batch);
}

void keyring_void_token(struct keyring *keyring, const char *hash, struct batch *batch)
{
    struct token *token = map_find(keyring->tokens, span_of(hash));
    if (token == NULL || token->ack.is_void)
        return;
    token->ack.is_void = true;
    token_save(token, batch);
}

void keyring_void_tokens(struct keyring *keyring, struct batch *batch)
{
    size_t cursor = 0;
    const struct token *token;
    while ((token = map_each(keyring->tokens, &cursor, NULL)) != NULL)
        keyring_void_token(keyring, token->hash, batch);
}

void keyring_revoke_tokens(struct keyring *keyring, uint64_t incident)
{
    struct token *token = map_find(keyring->incidents, number_span(&incident));
    for (; token != NULL; token = token->next_of_incident)
        token->ack.is_revoked = true;
}

static void token_forget(struct keyring *keyring, struct token *token)
{
    struct span number = number_span(&token->ack.incident);
    struct token *first = map_find(keyring->incidents, number);
    struct token **place = &first;
    while (*place != token)
        place = &(*place)->next_of_incident;
    *place = token->next_of_incident;
    if (first == NULL)
        map_remove(keyring->incidents, number);
    else
        map_put(keyring->incidents, number, first);
    map_remove(keyring->tokens, span_of(token->hash));
    token_free(token);
}

void keyring_sweep(struct keyring *keyring, msec steady_at)
{
    size_t cursor = 0;
    struct token *token;
    while ((token = map_each(keyring->tokens, &cursor, NULL)) != NULL)
        if (token->ack.expires_at < steady_at)
            token_forget(keyring, token);
}
