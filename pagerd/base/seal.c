/* SPDX-License-Identifier: MIT */
#include "base/seal.h"

#include <assert.h>
#include <stdlib.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/id.h"

#define NONCE_SIZE 12
#define TAG_SIZE 16

_Static_assert(SEAL_MORE == NONCE_SIZE + TAG_SIZE, "what a seal adds");

static gnutls_aead_cipher_hd_t cipher_open(struct span secret)
{
    unsigned char hash[HASH_SIZE];
    gnutls_aead_cipher_hd_t cipher;
    hash_bytes(secret, hash);
    const gnutls_datum_t key = {.data = hash, .size = sizeof(hash)};
    int failed = gnutls_aead_cipher_init(&cipher, GNUTLS_CIPHER_AES_256_GCM, &key);
    if (failed != 0)
        memory_out();
    gnutls_memset(hash, 0, sizeof(hash));
    return cipher;
}

void seal_add_bytes(struct text *sealed, struct span secret, struct span about, struct span bytes)
{
    size_t size = bytes.size + TAG_SIZE;
    unsigned char *made = memory_new(1, NONCE_SIZE + size);
    gnutls_aead_cipher_hd_t cipher = cipher_open(secret);
    random_bytes(made, NONCE_SIZE);
    int failed = gnutls_aead_cipher_encrypt(cipher, made, NONCE_SIZE, about.bytes, about.size,
                                            TAG_SIZE, bytes.size > 0 ? bytes.bytes : "", bytes.size,
                                            made + NONCE_SIZE, &size);
    assert(failed == 0 && size == bytes.size + TAG_SIZE);
    (void)failed;
    gnutls_aead_cipher_deinit(cipher);
    text_add_bytes(sealed, made, NONCE_SIZE + size);
    free(made);
}

bool seal_open_bytes(struct text *bytes, struct span secret, struct span about, struct span sealed,
                     struct fault *fault)
{
    if (sealed.size < SEAL_MORE)
        return fault_set(fault, FAULT_INPUT, "these are no sealed bytes");
    size_t room = sealed.size - NONCE_SIZE;
    char *opened = memory_new(1, room + 1);
    gnutls_aead_cipher_hd_t cipher = cipher_open(secret);
    int failed = gnutls_aead_cipher_decrypt(cipher, sealed.bytes, NONCE_SIZE, about.bytes,
                                            about.size, TAG_SIZE, sealed.bytes + NONCE_SIZE,
                                            sealed.size - NONCE_SIZE, opened, &room);
    gnutls_aead_cipher_deinit(cipher);
    if (failed == 0)
        text_add_bytes(bytes, opened, room);
    free(opened);
    return failed == 0 || fault_set(fault, FAULT_DENIED,
                                    "these bytes were sealed with another "
                                    "secret, or have been changed");
}

void seal_add(struct text *sealed, struct span secret, struct span bytes)
{
    CLEANUP(text_clear) struct text made = {0};
    seal_add_bytes(&made, secret, (struct span){0}, bytes);
    base64_add(sealed, text_span(&made));
}

bool seal_open(struct text *bytes, struct span secret, struct span sealed, struct fault *fault)
{
    size_t size = 0;
    size_t room = sealed.size / 4 * 3 + 3;
    char *taken = memory_new(1, room);
    bool is_open =
        base64_decode(sealed, taken, room, &size)
            ? seal_open_bytes(bytes, secret, (struct span){0}, (struct span){taken, size}, fault)
            : fault_set(fault, FAULT_INPUT, "these are no sealed bytes");
    free(taken);
    return is_open;
}
