/* SPDX-License-Identifier: MIT */
/*
 * request.h - requests of the load generator: one text, made once, in which only numbers change.
 *
 * An alert is a JSON text with places for numbers: "########" is the alert's own number, eight
 * digits; "@@@@@@" is that number modulo the spread, six digits, such as a service.
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
};

/* Makes a POST to `path` of `batch` alerts, each a copy of `alert`, as an array. `headers` is lines
 * that end with CR LF. Ends the program where there is no memory. */
void request_init(struct request *request, const char *path, const char *headers, const char *alert,
                  uint32_t batch, uint64_t spread);

/* Writes the numbers from `first` on into `bytes`, which is a copy of request->bytes. */
void request_number(const struct request *request, char *bytes, uint64_t first);

void request_clear(struct request *request);
