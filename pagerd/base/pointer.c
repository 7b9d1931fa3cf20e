/* SPDX-License-Identifier: MIT */
#include "base/pointer.h"

#include <string.h>

#include "base/span.h"

/* One step without its escapes, as a string; false when it is not one. */
static bool step_read(struct span step, char name[POINTER_STEP_SIZE_MAX])
{
    size_t size = 0;
    for (size_t i = 0; i < step.size; i++) {
        char byte = step.bytes[i];
        if (byte == '~') {
            char next = i + 1 < step.size ? step.bytes[++i] : '\0';
            if (next != '0' && next != '1')
                return false;
            byte = next == '0' ? '~' : '/';
        }
        if (size + 1 == POINTER_STEP_SIZE_MAX)
            return false;
        name[size++] = byte;
    }
    name[size] = '\0';
    return true;
}

bool pointer_is_valid(const char *pointer)
{
    struct span rest = span_of(pointer);
    char name[POINTER_STEP_SIZE_MAX];
    size_t count = 0;
    if (rest.size > 0 && rest.bytes[0] != '/')
        return false;
    for (size_t i = 0; i < rest.size; i++)
        count += rest.bytes[i] == '/';
    if (count > POINTER_STEPS_MAX)
        return false;
    (void)span_cut(&rest, '/');
    while (rest.size > 0) {
        if (!step_read(span_cut(&rest, '/'), name))
            return false;
    }
    return true;
}

static const struct json *element_find(const struct json *array, const char *name)
{
    size_t index = 0;
    size_t size = strlen(name);
    if (size == 0 || size > 9 || (size > 1 && name[0] == '0') || strspn(name, "0123456789") != size)
        return NULL;
    for (const char *at = name; *at; at++)
        index = 10 * index + (size_t)(*at - '0');
    if (index >= array->count)
        return NULL;
    const struct json *one = array->first;
    for (; index > 0; index--)
        one = one->next;
    return one;
}

const struct json *pointer_find(const struct json *json, const char *pointer)
{
    char name[POINTER_STEP_SIZE_MAX];
    if (!pointer_is_valid(pointer))
        return NULL;
    const char *at = pointer;
    while (json && *at == '/') {
        size_t size = strcspn(at + 1, "/");
        if (!step_read((struct span){at + 1, size}, name))
            return NULL;
        json = json->kind == JSON_ARRAY ? element_find(json, name) : json_find(json, name);
        at += 1 + size;
    }
    return json;
}
