/* SPDX-License-Identifier: MIT */
#include "base/seal.h"

#include <assert.h>
#include <stdlib.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/id.h"

#define NONCE_SIZE 12
#define TAG_SIZE 16

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

void seal_add(struct text *sealed, struct span secret, struct span bytes)
{
    size_t size = bytes.size + TAG_SIZE;
    unsigned char *made = memory_new(1, NONCE_SIZE + size);
    gnutls_aead_cipher_hd_t cipher = cipher_open(secret);
    random_bytes(made, NONCE_SIZE);
    int failed = gnutls_aead_cipher_encrypt(cipher, made, NONCE_SIZE, NULL, 0, TAG_SIZE,
                                            bytes.size > 0 ? bytes.bytes : "", bytes.size,
                                            made + NONCE_SIZE, &size);
    assert(failed == 0 && size == bytes.size + TAG_SIZE);
    (void)failed;
    gnutls_aead_cipher_deinit(cipher);
    base64_add(sealed, (struct span){(const char *)made, NONCE_SIZE + size});
    free(made);
}

/* The bytes behind the base64, or NULL. */
static unsigned char *sealed_decode(struct span sealed, size_t *size)
{
    size_t room = sealed.size / 4 * 3 + 3;
    unsigned char *bytes = memory_new(1, room);
    if (base64_decode(sealed, bytes, room, size) && *size >= NONCE_SIZE + TAG_SIZE)
        return bytes;
    free(bytes);
    return NULL;
}

bool seal_open(struct text *bytes, struct span secret, struct span sealed, struct fault *fault)
{
    size_t size = 0;
    unsigned char *taken = sealed_decode(sealed, &size);
    if (taken == NULL)
        return fault_set(fault, FAULT_INPUT, "these are no sealed bytes");
    size_t room = size - NONCE_SIZE;
    char *opened = memory_new(1, room + 1);
    gnutls_aead_cipher_hd_t cipher = cipher_open(secret);
    int failed = gnutls_aead_cipher_decrypt(cipher, taken, NONCE_SIZE, NULL, 0, TAG_SIZE,
                                            taken + NONCE_SIZE, size - NONCE_SIZE, opened, &room);
    gnutls_aead_cipher_deinit(cipher);
    if (failed == 0)
        text_add_bytes(bytes, opened, room);
    free(opened);
    free(taken);
    return failed == 0 || fault_set(fault, FAULT_DENIED,
                                    "these bytes were sealed with another "
                                    "secret, or have been changed");
}
