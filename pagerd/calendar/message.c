/* SPDX-License-Identifier: MIT */
#include "calendar/message.h"

#define HEADER_SIZE 4

size_t message_begin(struct text *text)
{
    size_t from = text->size;
    text_add_bytes(text, "\0\0\0\0", HEADER_SIZE);
    return from;
}

void message_end(struct text *text, size_t from)
{
    size_t size = text->size - from - HEADER_SIZE;
    for (size_t i = 0; i < HEADER_SIZE; i++)
        text->bytes[from + i] = (char)(size >> (8 * (HEADER_SIZE - 1 - i)) & 0xFF);
}

bool message_take(struct arena *arena, struct span *rest, size_t max, const struct json **json,
                  struct fault *fault)
{
    if (rest->size < HEADER_SIZE)
        return fault_set(fault, FAULT_PEER, "the message is cut off");
    size_t size = 0;
    for (size_t i = 0; i < HEADER_SIZE; i++)
        size = size << 8 | (unsigned char)rest->bytes[i];
    if (size > max || size > rest->size - HEADER_SIZE)
        return fault_set(fault, FAULT_PEER, "the message is cut off or too long");
    struct span bytes = {rest->bytes + HEADER_SIZE, size};
    *rest = (struct span){bytes.bytes + size, rest->size - HEADER_SIZE - size};
    return json_parse(arena, bytes, json, fault);
}
