/* SPDX-License-Identifier: MIT */
/*
 * request.h - requests of the load generator: one text, made once, in which only numbers change.
 *
 * An alert is a JSON text with places for numbers: "########" is the alert's own number, eight
 * digits; "@@@@@@" is that number modulo the spread, six digits, such as a service. With keys, each
 * alert is sent with the one of its number modulo their count, as of a team of its own.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One place for a number. */
struct place {
    size_t offset;  /* from the beginning of the request */
    uint32_t alert; /* which alert of the request */
    bool is_spread;
};

struct request {
    char *bytes; /* head and body */
    size_t size;
    struct place *places;
    size_t place_count;
    uint32_t batch; /* alerts in it */
    uint64_t spread;
    char **keys; /* all of one length, or NULL */
    size_t key_count;
    size_t key_offset;
};

/* Makes a POST to `path` of `batch` alerts, each a copy of `alert`, as an array. `headers` is lines
 * that end with CR LF. Ends the program where there is no memory. */
void request_init(struct request *request, const char *path, const char *headers, const char *alert,
                  uint32_t batch, uint64_t spread);

/* Writes the numbers from `first` on into `bytes`, which is a copy of request->bytes. */
void request_number(const struct request *request, char *bytes, uint64_t first);

/* Reads a file of keys, one a line, all as long as the "%%%..." that stands for them in the
 * headers. Ends the program where they are not. */
void request_keys(struct request *request, const char *path);

void request_clear(struct request *request);
