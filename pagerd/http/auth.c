/* SPDX-License-Identifier: MIT */
#include "http/auth.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/map.h"
#include "base/text.h"
#include "ingest/signature.h"

struct known_key {
    char hash[HASH_TEXT_SIZE];
    const char *name;
    const char *team;
    const char *user;
    size_t body_max;
    bool is_admin;
};

/* One version of who may speak; replaced as a whole. */
struct known {
    struct arena *arena;
    struct map *keys;    /* hash as text -> struct known_key */
    struct map *sources; /* name -> the same, of integrations */
    struct local_account *accounts;
    size_t account_count;
    const char **admins;
    size_t admin_count;
    uint32_t own_uid;
};

/* A setup with strings of its own. */
struct kept_setup {
    enum signature_kind signature;
    char *secret;
    const char *topic;
    const char **map;
    size_t map_count;
};

/* One version of what the configuration says; replaced as a whole. */
struct setups {
    struct arena *arena; /* all but the secrets */
    struct map *by_name; /* struct kept_setup */
};

struct identities {
    pthread_rwlock_t lock;
    struct known *known;
    bool is_set;     /* `known` once */
    bool is_partial; /* keys may be missing in it */
    struct setups *setups;
};

static struct setups *setups_new(void)
{
    struct setups *setups = memory_new(1, sizeof(*setups));
    setups->arena = arena_new();
    setups->by_name = map_new();
    return setups;
}

static void setups_free(struct setups *setups)
{
    size_t cursor = 0;
    struct kept_setup *setup;
    if (!setups)
        return;
    while ((setup = map_each(setups->by_name, &cursor, NULL))) {
        if (setup->secret)
            explicit_bzero(setup->secret, strlen(setup->secret));
        free(setup->secret);
    }
    map_free(setups->by_name);
    arena_free(setups->arena);
    free(setups);
}

static void known_free(struct known *known)
{
    if (!known)
        return;
    map_free(known->keys);
    map_free(known->sources);
    arena_free(known->arena);
    free(known);
}

static bool known_is_admin(const struct known *known, const char *user)
{
    for (size_t i = 0; i < known->admin_count; i++) {
        if (string_is(known->admins[i], user))
            return true;
    }
    return false;
}

static struct known *known_new(void)
{
    struct known *known = memory_new(1, sizeof(*known));
    known->arena = arena_new();
    known->keys = map_new();
    known->sources = map_new();
    return known;
}

struct identities *identities_new(void)
{
    struct identities *identities = memory_new(1, sizeof(*identities));
    int error = pthread_rwlock_init(&identities->lock, NULL);
    assert(error == 0);
    (void)error;
    identities->known = known_new();
    identities->setups = setups_new();
    return identities;
}

void identities_free(struct identities *identities)
{
    if (!identities)
        return;
    known_free(identities->known);
    setups_free(identities->setups);
    pthread_rwlock_destroy(&identities->lock);
    free(identities);
}

static void known_add_key(struct known *known, const struct credential *credential)
{
    if (credential->revoked_at || credential->is_feed)
        return;
    struct known_key *key = arena_take(known->arena, sizeof(*key));
    memcpy(key->hash, credential->hash, sizeof(key->hash));
    key->name = arena_copy(known->arena, credential->name);
    key->team = arena_copy(known->arena, credential->team);
    key->user = arena_copy(known->arena, credential->user);
    key->body_max = credential->body_max;
    key->is_admin = credential->user && known_is_admin(known, credential->user);
    map_put(known->keys, span_of(credential->hash), key);
    if (!key->user)
        map_put(known->sources, span_of(key->name), key);
}

void identities_set(struct identities *identities, const struct credential *const *credentials,
                    size_t credential_count, const struct local_account *accounts,
                    size_t account_count, const char *const *admins, size_t admin_count,
                    uint32_t own_uid)
{
    struct known *known = known_new();
    known->own_uid = own_uid;
    known->admin_count = admin_count;
    known->admins = arena_take(known->arena, (admin_count + 1) * sizeof(*known->admins));
    for (size_t i = 0; i < admin_count; i++)
        known->admins[i] = arena_copy(known->arena, admins[i]);
    known->account_count = account_count;
    known->accounts = arena_take(known->arena, (account_count + 1) * sizeof(*known->accounts));
    for (size_t i = 0; i < account_count; i++) {
        known->accounts[i].uid = accounts[i].uid;
        known->accounts[i].user = arena_copy(known->arena, accounts[i].user);
    }
    for (size_t i = 0; i < credential_count; i++)
        known_add_key(known, credentials[i]);

    pthread_rwlock_wrlock(&identities->lock);
    struct known *old = identities->known;
    identities->known = known;
    identities->is_set = true;
    pthread_rwlock_unlock(&identities->lock);
    known_free(old);
}

static void caller_fill(struct caller *caller, struct arena *arena, const struct known_key *key)
{
    *caller = (struct caller){
        .kind = key->user ? CALLER_PERSON : CALLER_SOURCE,
        .key = arena_copy(arena, key->name),
        .user = arena_copy(arena, key->user),
        .team = arena_copy(arena, key->team),
        .body_max = key->body_max,
        .is_admin = key->is_admin,
        .can_administer = key->is_admin,
    };
    memcpy(caller->hash, key->hash, sizeof(caller->hash));
}

bool identities_find_key(struct identities *identities, struct arena *arena, struct span secret,
                         struct caller *caller)
{
    char hash[HASH_TEXT_SIZE];
    hash_text(secret, hash);
    return identities_find_hash(identities, arena, span_of(hash), caller);
}

bool identities_find_hash(struct identities *identities, struct arena *arena, struct span hash,
                          struct caller *caller)
{
    pthread_rwlock_rdlock(&identities->lock);
    const struct known_key *key = map_find(identities->known->keys, hash);
    if (key)
        caller_fill(caller, arena, key);
    pthread_rwlock_unlock(&identities->lock);
    return key != NULL;
}

bool identities_find_source(struct identities *identities, struct arena *arena, struct span name,
                            struct caller *caller)
{
    pthread_rwlock_rdlock(&identities->lock);
    const struct known_key *key = map_find(identities->known->sources, name);
    if (key)
        caller_fill(caller, arena, key);
    pthread_rwlock_unlock(&identities->lock);
    return key != NULL;
}

void identities_find_account(struct identities *identities, struct arena *arena, uint32_t uid,
                             struct caller *caller)
{
    pthread_rwlock_rdlock(&identities->lock);
    const struct known *known = identities->known;
    bool is_owner = uid == 0 || uid == known->own_uid;
    *caller = (struct caller){.kind = CALLER_LOCAL, .can_administer = is_owner};
    for (size_t i = 0; i < known->account_count; i++) {
        if (known->accounts[i].uid != uid)
            continue;
        caller->kind = CALLER_PERSON;
        caller->user = arena_copy(arena, known->accounts[i].user);
        caller->is_admin = known_is_admin(known, caller->user);
        caller->can_administer = is_owner || caller->is_admin;
        break;
    }
    pthread_rwlock_unlock(&identities->lock);
}

static const char **lines_copy(struct arena *arena, const char *const *lines, size_t count)
{
    const char **copy = arena_take(arena, (count + 1) * sizeof(*copy));
    for (size_t i = 0; i < count; i++)
        copy[i] = arena_copy(arena, lines[i]);
    return copy;
}

void identities_set_partial(struct identities *identities, bool is_partial)
{
    pthread_rwlock_wrlock(&identities->lock);
    identities->is_partial = is_partial;
    pthread_rwlock_unlock(&identities->lock);
}

bool identities_are_partial(struct identities *identities)
{
    pthread_rwlock_rdlock(&identities->lock);
    bool is_partial = identities->is_partial || !identities->is_set;
    pthread_rwlock_unlock(&identities->lock);
    return is_partial;
}

void identities_set_setups(struct identities *identities, const struct source_setup *setups,
                           size_t count)
{
    struct setups *made = setups_new();
    for (size_t i = 0; i < count; i++) {
        struct kept_setup *setup = arena_take(made->arena, sizeof(*setup));
        setup->signature = signature_find(setups[i].signature);
        setup->secret = string_copy(setups[i].secret);
        setup->map = lines_copy(made->arena, setups[i].map, setups[i].map_count);
        setup->map_count = setups[i].map_count;
        setup->topic = arena_copy(made->arena, setups[i].topic);
        map_put(made->by_name, span_of(setups[i].name), setup);
    }
    pthread_rwlock_wrlock(&identities->lock);
    struct setups *old = identities->setups;
    identities->setups = made;
    pthread_rwlock_unlock(&identities->lock);
    setups_free(old);
}

bool identities_check_setup(struct identities *identities, struct ingest_request *request,
                            struct setup_check *check, struct fault *fault)
{
    bool is_good = true;
    *check = (struct setup_check){0};
    pthread_rwlock_rdlock(&identities->lock);
    const struct kept_setup *setup =
        map_find(identities->setups->by_name, span_of(request->integration));
    if (setup) {
        request->map = lines_copy(request->arena, setup->map, setup->map_count);
        request->map_count = setup->map_count;
        if (setup->signature == SIGNATURE_SNS)
            check->topic = arena_copy(request->arena, setup->topic ? setup->topic : "");
        else if (setup->signature != SIGNATURE_NONE)
            is_good =
                signature_check(setup->signature, setup->secret, request, &check->signed_at, fault);
    }
    pthread_rwlock_unlock(&identities->lock);
    return is_good;
}

bool identities_want_signature(struct identities *identities, struct span name)
{
    pthread_rwlock_rdlock(&identities->lock);
    const struct kept_setup *setup = map_find(identities->setups->by_name, name);
    bool is_wanted = setup && setup->signature != SIGNATURE_NONE;
    pthread_rwlock_unlock(&identities->lock);
    return is_wanted;
}

/* The password, or the name where there is none: "https://KEY@page.example.org/...". */
static struct span basic_password(struct arena *arena, struct span encoded)
{
    size_t room = encoded.size + 1;
    size_t size = 0;
    char *decoded = arena_take(arena, room);
    if (!base64_decode(encoded, decoded, room, &size))
        return (struct span){0};

    struct span rest = {decoded, size};
    struct span name = span_cut(&rest, ':');
    return rest.size > 0 ? rest : name;
}

struct span authorization_secret(struct arena *arena, const char *header, bool *is_basic)
{
    *is_basic = false;
    struct span rest = span_trim(span_of(header));
    struct span scheme = span_cut(&rest, ' ');
    struct span secret = span_trim(rest);
    char name[16] = "";
    if (scheme.size >= sizeof(name))
        return (struct span){0};
    memcpy(name, scheme.bytes ? scheme.bytes : "", scheme.size);
    if (string_same(name, "Bearer") || string_same(name, "GenieKey"))
        return secret;
    if (!string_same(name, "Basic"))
        return (struct span){0};
    *is_basic = true;
    return basic_password(arena, secret);
}
