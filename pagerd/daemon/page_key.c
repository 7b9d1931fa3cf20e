/* SPDX-License-Identifier: MIT */
#include "daemon/page_key.h"

#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/sign.h"
#include "base/text.h"
#include "config/config.h"
#include "engine/record.h"
#include "notify/notify.h"

#define KEY_BYTES 16

const char *page_key(const struct page *page, const struct config *config,
                     const struct channel_settings *settings, struct arena *arena)
{
    const char *const secrets[] = {settings->password, settings->token, settings->key,
                                   settings->secret};
    CLEANUP(text_clear) struct text joined = {0};
    CLEANUP(text_clear) struct text about = {0};
    char key[2 * KEY_BYTES + 1];
    for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
        const char *secret = secrets[i] != NULL ? secrets[i] : "";
        text_addf(&joined, "%zu:%s", strlen(secret), secret);
    }
    const char *owner = config->node_secret != NULL ? config->node_secret : config->url;
    text_addf(&joined, "%s", owner != NULL ? owner : "");
    text_addf(&about, "page %" PRIu64 ".%u of %" PRId64, page->id, (unsigned)page->key_attempt,
              page->created_at);
    unsigned char hash[HASH_SIZE];
    hmac_sha256(text_span(&joined), text_span(&about), hash);
    explicit_bzero(joined.bytes, joined.size);
    hex_write(hash, KEY_BYTES, key);
    return arena_copy(arena, key);
}
