/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <string.h>

void capture_read(const char *path, struct text *bytes)
{
    bool is_packed = strstr(path, ".gz") != NULL;
    CLEANUP(text_clear) struct text name = {0};
    text_addf(&name, "%s'" TESTS_DIR "/fixtures/monitoring/%s'", is_packed ? "gzip -dc " : "cat ",
              path);
    FILE *pipe = popen(text_string(&name), "r");
    assert_non_null(pipe);
    char buffer[4096];
    size_t size;
    while ((size = fread(buffer, 1, sizeof(buffer), pipe)) > 0)
        text_add_bytes(bytes, buffer, size);
    assert_int_equal(pclose(pipe), 0);
    assert_true(bytes->size > 0);
}

struct span capture_body(const struct text *capture)
{
    const char *end = memmem(capture->bytes, capture->size, "\r\n\r\n", 4);
    assert_non_null(end);
    size_t head = (size_t)(end - capture->bytes) + 4;
    return (struct span){capture->bytes + head, capture->size - head};
}

struct ingest_batch batch_of(struct arena *arena, const char *format, struct span body)
{
    struct ingest_request request = {.arena = arena, .body = body, .integration = "prom"};
    struct ingest_batch batch = {0};
    struct fault fault = {0};
    if (!ingest_parse(ingest_find(format), &request, &batch, &fault))
        fail_msg("%s: %s", format, fault.text);
    return batch;
}

const char *refusal_of(struct arena *arena, const char *format, const char *body)
{
    struct ingest_request request = {.arena = arena, .body = span_of(body), .integration = "prom"};
    struct ingest_batch batch = {0};
    struct fault fault = {0};
    assert_false(ingest_parse(ingest_find(format), &request, &batch, &fault));
    assert_null(batch.items);
    return arena_copy(arena, fault.text);
}

const struct ingest_item *item_of(struct arena *arena, const char *format, const char *body)
{
    struct ingest_batch batch = batch_of(arena, format, span_of(body));
    assert_int_equal(batch.count, 1);
    return batch.items;
}
