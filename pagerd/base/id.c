/* SPDX-License-Identifier: MIT */
#include "base/id.h"

#include <assert.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <uuid.h>

#include "base/text.h"

#define TOKEN_SIZE (TOKEN_TEXT_SIZE - 1)
#define SECRET_PREFIX_SIZE 4
#define SECRET_SIZE (SECRET_TEXT_SIZE - 1)
#define BITS_PER_LETTER 5
#define NUMBER_MIN 1000
#define NUMBER_MAX 9999
#define NUMBER_MASK 0x3fff

/* Crockford's base32: without i l o u, which are misread or make words. */
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One random byte a letter: 256 is a multiple of 32, so all letters are equally likely. */
static void letters_fill(char *letters, size_t size)
{
    unsigned char bytes[SECRET_SIZE];
    assert(size <= sizeof bytes);
    random_bytes(bytes, size);
    for (size_t i = 0; i < size; i++)
        letters[i] = alphabet[bytes[i] & ((1 << BITS_PER_LETTER) - 1)];
    letters[size] = '\0';
    gnutls_memset(bytes, 0, sizeof bytes);
}

/* What a person meant by a byte; 0 when it is no letter of the alphabet. */
static char letter_normalize(char byte)
{
    char small = byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
    if (small == 'i' || small == 'l')
        return '1';
    if (small == 'o')
        return '0';
    return small != '\0' && strchr(alphabet, small) != NULL ? small : '\0';
}

static int base64_value(char byte)
{
    const char *at = byte == '\0' ? NULL : strchr(base64_alphabet, byte);
    return at == NULL ? -1 : (int)(at - base64_alphabet);
}

/* Those of uuids are no secrets: they are drawn for many at once. A child that is forked makes none
 * before it is another program. */
static void uuid_draw(uuid_t uuid)
{
    static _Thread_local unsigned char drawn[64 * sizeof(uuid_t)];
    static _Thread_local size_t left;
    if (left == 0) {
        if (gnutls_rnd(GNUTLS_RND_NONCE, drawn, sizeof drawn) != 0)
            memory_out();
        left = sizeof drawn;
    }
    left -= sizeof(uuid_t);
    memcpy(uuid, drawn + left, sizeof(uuid_t));
}

void uuid_new(char uuid[UUID_TEXT_SIZE])
{
    uuid_t bytes;
    /* Not uuid_generate_random(), which seeds a second generator for each of them: six system
     * calls. Version and variant as in RFC 4122, section 4.4. */
    uuid_draw(bytes);
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    uuid_unparse_lower(bytes, uuid);
}

void uuid_derive(struct span bytes, char uuid[UUID_TEXT_SIZE])
{
    unsigned char hash[HASH_SIZE];
    uuid_t made;
    hash_bytes(bytes, hash);
    memcpy(made, hash, sizeof(made));
    made[6] = (unsigned char)((made[6] & 0x0f) | 0x80);
    made[8] = (unsigned char)((made[8] & 0x3f) | 0x80);
    uuid_unparse_lower(made, uuid);
}

void random_bytes(void *bytes, size_t size)
{
    if (gnutls_rnd(GNUTLS_RND_KEY, bytes, size) != 0)
        memory_out(); /* the kernel's own numbers do not run out */
}

void token_new(char token[TOKEN_TEXT_SIZE])
{
    letters_fill(token, TOKEN_SIZE);
}

/* Is each digit `step` more than the one before? 0: all alike. */
static bool is_run(uint32_t number, int step)
{
    while (number >= 10) {
        int last = (int)(number % 10);
        number /= 10;
        if (last - (int)(number % 10) != step)
            return false;
    }
    return true;
}

uint32_t number_new(void)
{
    for (;;) {
        uint32_t number = 0;
        random_bytes(&number, sizeof number);
        number &= NUMBER_MASK; /* thrown again rather than divided: all are equally likely */
        bool is_year = number / 100 == 19 || number / 100 == 20;
        bool is_guess = is_year || is_run(number, 0) || is_run(number, 1) || is_run(number, -1);
        if (number >= NUMBER_MIN && number <= NUMBER_MAX && !is_guess)
            return number;
    }
}

void secret_new(const char *prefix, char secret[SECRET_TEXT_SIZE])
{
    assert(strlen(prefix) == SECRET_PREFIX_SIZE);
    memcpy(secret, prefix, SECRET_PREFIX_SIZE);
    letters_fill(secret + SECRET_PREFIX_SIZE, SECRET_SIZE - SECRET_PREFIX_SIZE);
}

bool token_normalize(struct span typed, char token[TOKEN_TEXT_SIZE])
{
    char letters[TOKEN_TEXT_SIZE] = "";
    size_t count = 0;
    typed = span_trim(typed);
    for (size_t i = 0; i < typed.size; i++) {
        if (typed.bytes[i] == '-')
            continue;
        char letter = letter_normalize(typed.bytes[i]);
        if (letter == '\0' || count == TOKEN_SIZE)
            return false;
        letters[count++] = letter;
    }
    if (count != TOKEN_SIZE)
        return false;
    memcpy(token, letters, sizeof letters);
    return true;
}

void hash_bytes(struct span bytes, unsigned char hash[HASH_SIZE])
{
    if (gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.size == 0 ? "" : bytes.bytes, bytes.size, hash) !=
        0)
        memory_out(); /* nothing else is left to go wrong in it */
}

void hash_text(struct span bytes, char hash[HASH_TEXT_SIZE])
{
    unsigned char raw[HASH_SIZE];
    hash_bytes(bytes, raw);
    hex_write(raw, sizeof raw, hash);
}

void hex_write(const unsigned char *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 0xf];
    }
    text[2 * size] = '\0';
}

bool secret_equal(struct span left, struct span right)
{
    if (left.size != right.size)
        return false;
    return left.size == 0 || gnutls_memcmp(left.bytes, right.bytes, left.size) == 0;
}

bool base64_decode(struct span text, void *bytes, size_t room, size_t *size)
{
    if (text.size % 4 != 0)
        return false;
    size_t padding = 0;
    while (padding < 2 && padding < text.size && text.bytes[text.size - 1 - padding] == '=')
        padding++;
    size_t decoded = text.size / 4 * 3 - padding;
    if (decoded > room)
        return false;

    unsigned char *out = bytes;
    for (size_t i = 0; i < text.size; i += 4) {
        uint32_t word = 0;
        for (size_t j = 0; j < 4; j++) {
            bool is_padding = i + j >= text.size - padding;
            int value = is_padding ? 0 : base64_value(text.bytes[i + j]);
            if (value < 0)
                return false;
            word = word << 6 | (uint32_t)value;
        }
        for (size_t j = 0; j < 3; j++) {
            unsigned char byte = (unsigned char)(word >> (16 - 8 * j) & 0xff);
            size_t at = i / 4 * 3 + j;
            if (at < decoded)
                out[at] = byte;
            else if (byte != 0)
                return false; /* two forms of one value would be two keys */
        }
    }
    *size = decoded;
    return true;
}

void base64_add(struct text *text, struct span bytes)
{
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t left = bytes.size - i < 3 ? bytes.size - i : 3;
        uint32_t bits = 0;
        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (j < left ? (unsigned char)bytes.bytes[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            text_add_char(text, j <= left ? base64_alphabet[bits >> (18 - 6 * j) & 0x3f] : '=');
    }
}
