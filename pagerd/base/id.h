/* SPDX-License-Identifier: MIT */
/*
 * id.h - ids, secrets and their hashes (libuuid, GnuTLS).
 *
 * Chance lives here and is asked for only by the adapters, never by the engine.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"

#define UUID_TEXT_SIZE 37
/*
 * 20 characters of Crockford's base32 = 100 bits, and NUL. They stand in every SMS: six more (130
 * bits) would cost the symptom six of its characters and buy nothing. With a thousand links out,
 * the 60 wrong tries a minute that are answered (ack.c) find one in 10^19 years.
 */
#define TOKEN_TEXT_SIZE 21
#define SECRET_TEXT_SIZE 33 /* prefix of 4 ("pgk_", "pgu_"), 28 characters = 140 bits, NUL */
#define HASH_SIZE 32
#define HASH_TEXT_SIZE 65

void uuid_new(char uuid[UUID_TEXT_SIZE]);
/* The same for the same bytes, which are as random as it is to be (RFC 9562, version 8). */
void uuid_derive(struct span bytes, char uuid[UUID_TEXT_SIZE]);
void random_bytes(void *bytes, size_t size); /* aborts when the system has none */
void token_new(char token[TOKEN_TEXT_SIZE]);
/* Four digits for people to read in one place and to type in another; none that is typed by
 * whoever guesses: all alike, in a row, or a year. */
uint32_t number_new(void);
void secret_new(const char *prefix, char secret[SECRET_TEXT_SIZE]); /* prefix of 4 characters */

/* Reads what a person typed: case, I L O and dashes forgiven (Crockford). False: not a token. */
bool token_normalize(struct span typed, char token[TOKEN_TEXT_SIZE]);

/* SHA-256 (FIPS 180-4); as lower-case hex for the store. Secrets here carry >= 100 random bits,
 * so a plain hash is enough: there is nothing to guess. */
void hash_bytes(struct span bytes, unsigned char hash[HASH_SIZE]);
void hash_text(struct span bytes, char hash[HASH_TEXT_SIZE]);

/* Writes two lower-case digits for each byte, and a NUL. */
void hex_write(const unsigned char *bytes, size_t size, char *text);

/* Time does not depend on where they differ; sizes are not secret. */
bool secret_equal(struct span left, struct span right);

/* Appends RFC 4648 base64, with padding. */
void base64_add(struct text *text, struct span bytes);
/* RFC 4648 base64, with padding required; writes at most `room` bytes. False: not base64. */
bool base64_decode(struct span text, void *bytes, size_t room, size_t *size);
