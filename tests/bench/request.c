/* SPDX-License-Identifier: MIT */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER "########"
#define SPREAD "@@@@@@"
#define KEY "%"

static void *grown(void *old, size_t size)
{
    void *memory = realloc(old, size);
    if (!memory)
        abort();
    return memory;
}

static void add(struct request *request, const char *text, size_t size)
{
    request->bytes = grown(request->bytes, request->size + size);
    memcpy(request->bytes + request->size, text, size);
    request->size += size;
}

static void find_places(struct request *request, const char *mark, uint32_t alert, size_t from)
{
    size_t width = strlen(mark);
    for (size_t at = from; at + width <= request->size; at++) {
        if (memcmp(request->bytes + at, mark, width) != 0)
            continue;
        request->places =
            grown(request->places, (request->place_count + 1) * sizeof(*request->places));
        request->places[request->place_count++] =
            (struct place){.offset = at, .alert = alert, .is_spread = mark[0] == SPREAD[0]};
        at += width - 1;
    }
}

void request_init(struct request *request, const char *path, const char *headers, const char *alert,
                  uint32_t batch, uint64_t spread)
{
    size_t alert_size = strlen(alert);
    size_t body_size = 2 + batch * alert_size + (batch - 1);
    char head[4096];
    int size = snprintf(head, sizeof(head),
                        "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        "Content-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n",
                        path, headers, body_size);
    if (size < 0 || (size_t)size >= sizeof(head))
        abort();
    *request = (struct request){.batch = batch, .spread = spread};
    add(request, head, (size_t)size);
    for (uint32_t i = 0; i < batch; i++) {
        add(request, i == 0 ? "[" : ",", 1);
        size_t from = request->size;
        add(request, alert, alert_size);
        find_places(request, NUMBER, i, from);
        find_places(request, SPREAD, i, from);
    }
    add(request, "]", 1);
}

static void write_digits(char *to, size_t width, uint64_t number)
{
    while (width > 0) {
        to[--width] = (char)('0' + number % 10);
        number /= 10;
    }
}

void request_number(const struct request *request, char *bytes, uint64_t first)
{
    if (request->keys) {
        const char *key = request->keys[first % request->key_count];
        memcpy(bytes + request->key_offset, key, strlen(key));
    }
    for (size_t i = 0; i < request->place_count; i++) {
        const struct place *place = &request->places[i];
        uint64_t number = first + place->alert;
        if (place->is_spread)
            write_digits(bytes + place->offset, strlen(SPREAD), number % request->spread);
        else
            write_digits(bytes + place->offset, strlen(NUMBER), number);
    }
}

void request_keys(struct request *request, const char *path)
{
    char line[256];
    FILE *file = fopen(path, "re");
    char *mark = memmem(request->bytes, request->size, KEY, strlen(KEY));
    while (file && mark && fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = 0;
        if (strlen(line) != strspn(mark, KEY))
            break;
        request->keys = grown(request->keys, (request->key_count + 1) * sizeof(*request->keys));
        request->keys[request->key_count++] = strdup(line);
    }
    if (!file || !mark || !feof(file) || request->key_count == 0) {
        fprintf(stderr, "no keys, or not as long as their place: %s\n", path);
        exit(2);
    }
    request->key_offset = (size_t)(mark - request->bytes);
    fclose(file);
}

void request_clear(struct request *request)
{
    for (size_t i = 0; i < request->key_count; i++)
        free(request->keys[i]);
    free(request->keys);
    free(request->bytes);
    free(request->places);
    *request = (struct request){0};
}
