/* SPDX-License-Identifier: MIT */
#include "http/ship.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "http/auth.h"
#include "http/door.h"
#include "http/link.h"
#include "http/request.h"
#include "http/route.h"

#define FORM 1      /* goes up when a node that passes over what it does not know would go wrong */
#define HEAD_SIZE 5 /* of a member: a tag, and its size in four bytes, the highest first */

enum member_type {
    MEMBER_STRING, /* const char *, NULL: it is left out */
    MEMBER_CHARS,  /* char[], inside the struct */
    MEMBER_TEXT,   /* struct text */
    MEMBER_NUMBER, /* an integer of `size` bytes */
    MEMBER_FLAG    /* bool */
};

struct member {
    uint8_t tag;
    enum member_type type;
    size_t offset;
    size_t size;
};

#define MEMBER(tag, type, name)                                                     \
    {                                                                               \
        tag, type, offsetof(struct call, name), sizeof(((struct call *)NULL)->name) \
    }

/* Tags are never given to another member. */
enum {
    TAG_QUERY_NAME = 100,
    TAG_QUERY_VALUE,
    TAG_HEADER_NAME,
    TAG_HEADER_VALUE,
    TAG_REPLY_TOKEN,
    TAG_REPLY_FROM,
    TAG_FORM = 120 /* the first member; of nodes before it was introduced: none, which is 1 */
};

static const struct member request_members[] = {
    MEMBER(1, MEMBER_NUMBER, method),
    MEMBER(2, MEMBER_STRING, path),
    MEMBER(3, MEMBER_STRING, origin),
    MEMBER(4, MEMBER_STRING, fetch_site),
    MEMBER(5, MEMBER_STRING, host),
    MEMBER(6, MEMBER_STRING, if_none_match),
    MEMBER(7, MEMBER_FLAG, peer.is_local),
    MEMBER(8, MEMBER_NUMBER, peer.uid),
    MEMBER(9, MEMBER_CHARS, peer.address),
    MEMBER(10, MEMBER_NUMBER, caller.kind),
    MEMBER(11, MEMBER_CHARS, caller.hash),
    MEMBER(12, MEMBER_STRING, caller.key),
    MEMBER(13, MEMBER_STRING, caller.user),
    MEMBER(14, MEMBER_STRING, caller.team),
    MEMBER(15, MEMBER_NUMBER, caller.body_max),
    MEMBER(16, MEMBER_FLAG, caller.is_admin),
    MEMBER(17, MEMBER_FLAG, caller.can_administer),
    MEMBER(18, MEMBER_STRING, unreadable),
    MEMBER(19, MEMBER_NUMBER, unreadable_status),
    MEMBER(20, MEMBER_TEXT, body),
};

static const struct member answer_members[] = {
    MEMBER(1, MEMBER_NUMBER, status),         MEMBER(2, MEMBER_NUMBER, now_at),
    MEMBER(3, MEMBER_STRING, content_type),   MEMBER(4, MEMBER_STRING, location),
    MEMBER(5, MEMBER_STRING, allow),          MEMBER(6, MEMBER_STRING, challenge),
    MEMBER(7, MEMBER_FLAG, is_welcome),       MEMBER(8, MEMBER_STRING, nonce),
    MEMBER(9, MEMBER_STRING, etag),           MEMBER(10, MEMBER_STRING, file_name),
    MEMBER(11, MEMBER_NUMBER, max_age_s),     MEMBER(12, MEMBER_NUMBER, modified_at),
    MEMBER(13, MEMBER_NUMBER, retry_after_s), MEMBER(14, MEMBER_TEXT, answer),
};

#define COUNT(members) (sizeof(members) / sizeof(*(members)))

bool call_is_own(const struct call *call)
{
    return call->route->is_own;
}

bool call_is_of_source(const struct call *call)
{
    return call->route->body == BODY_ALERTS || call->route->body == BODY_QUERY ||
           (call->route->who == WHO_SOURCE && call->method != METHOD_GET);
}

bool call_may_run_again(const struct call *call)
{
    return call->route == NULL || call->method == METHOD_GET || call_is_of_source(call);
}

uint64_t call_shipped(const struct call *call)
{
    return call->shipped;
}

bool call_is_answered(const struct call *call)
{
    return call->status != 0;
}

void call_on_finish(struct call *call, void (*finish)(void *context, struct call *call),
                    void *context)
{
    call->finish = finish;
    call->context = context;
}

static void add_bytes(struct text *bytes, uint8_t tag, const void *value, size_t size)
{
    const unsigned char head[HEAD_SIZE] = {tag, (unsigned char)(size >> 24),
                                           (unsigned char)(size >> 16), (unsigned char)(size >> 8),
                                           (unsigned char)size};
    text_add_bytes(bytes, head, sizeof(head));
    text_add_bytes(bytes, value, size);
}

static void add_string(struct text *bytes, uint8_t tag, const char *string)
{
    if (string)
        add_bytes(bytes, tag, string, strlen(string));
}

/* All as eight bytes, the highest first, whatever the size of the member is. */
static void add_number(struct text *bytes, uint8_t tag, const void *place, size_t size)
{
    unsigned char eight[8];
    uint64_t number = 0;
    if (size == sizeof(uint32_t)) {
        uint32_t half;
        memcpy(&half, place, sizeof(half));
        number = half;
    } else {
        memcpy(&number, place, sizeof(number));
    }
    for (size_t i = 0; i < sizeof(eight); i++)
        eight[i] = (unsigned char)(number >> (56 - 8 * i));
    add_bytes(bytes, tag, eight, sizeof(eight));
}

static void add_members(struct text *bytes, const struct call *call, const struct member *members,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct member *member = &members[i];
        const char *place = (const char *)call + member->offset;
        switch (member->type) {
        case MEMBER_STRING:
            add_string(bytes, member->tag, *(const char *const *)(const void *)place);
            break;
        case MEMBER_CHARS:
            add_string(bytes, member->tag, place);
            break;
        case MEMBER_TEXT: {
            const struct text *text = (const void *)place;
            add_bytes(bytes, member->tag, text_string(text), text->size);
            break;
        }
        case MEMBER_NUMBER:
            add_number(bytes, member->tag, place, member->size);
            break;
        case MEMBER_FLAG:
            add_bytes(bytes, member->tag, *(const bool *)place ? "1" : "0", 1);
            break;
        }
    }
}

static void add_form(struct text *bytes)
{
    const uint64_t form = FORM;
    add_number(bytes, TAG_FORM, &form, sizeof(form));
}

void ship_add_call(struct text *bytes, struct call *call)
{
    call->is_handed_over = true;
    add_form(bytes);
    add_members(bytes, call, request_members, COUNT(request_members));
    for (size_t i = 0; i < call->query_count; i++) {
        add_string(bytes, TAG_QUERY_NAME, call->query[i].name);
        add_string(bytes, TAG_QUERY_VALUE, call->query[i].value ? call->query[i].value : "");
    }
    for (size_t i = 0; i < call->header_count; i++) {
        add_string(bytes, TAG_HEADER_NAME, call->headers[i].name);
        add_string(bytes, TAG_HEADER_VALUE, call->headers[i].value);
    }
    if (door_is_reply(call)) {
        add_string(bytes, TAG_REPLY_TOKEN, call->parts[0]);
        add_string(bytes, TAG_REPLY_FROM, call->parts[1]);
    }
}

void ship_add_answer(struct text *bytes, const struct call *call)
{
    add_form(bytes);
    add_members(bytes, call, answer_members, COUNT(answer_members));
}

struct shipped {
    uint8_t tag;
    struct span value;
};

/* The next member; false: the end, or what is left is none (`rest` is not empty then). */
static bool take_member(struct span *rest, struct shipped *shipped)
{
    const unsigned char *head = (const unsigned char *)rest->bytes;
    if (rest->size < HEAD_SIZE)
        return false;
    size_t size = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
    if (size > rest->size - HEAD_SIZE)
        return false;
    *shipped = (struct shipped){head[0], {rest->bytes + HEAD_SIZE, size}};
    rest->bytes += HEAD_SIZE + size;
    rest->size -= HEAD_SIZE + size;
    return true;
}

static bool take_number(char *place, size_t size, struct span value)
{
    uint64_t number = 0;
    if (value.size != sizeof(number))
        return false;
    for (size_t i = 0; i < value.size; i++)
        number = number << 8 | (unsigned char)value.bytes[i];
    if (size == sizeof(uint32_t)) {
        uint32_t half = (uint32_t)number;
        memcpy(place, &half, sizeof(half));
        return number <= UINT32_MAX;
    }
    memcpy(place, &number, sizeof(number));
    return true;
}

static bool take_chars(char *place, size_t size, struct span value)
{
    if (value.size >= size)
        return false;
    memcpy(place, value.bytes, value.size);
    place[value.size] = '\0';
    return true;
}

static bool fill_member(struct call *call, const struct member *member, struct span value)
{
    char *place = (char *)call + member->offset;
    switch (member->type) {
    case MEMBER_STRING:
        *(const char **)(void *)place = arena_copy_span(call->arena, value);
        return true;
    case MEMBER_CHARS:
        return take_chars(place, member->size, value);
    case MEMBER_TEXT:
        text_reset((void *)place);
        text_add_span((void *)place, value);
        return true;
    case MEMBER_NUMBER:
        return take_number(place, member->size, value);
    case MEMBER_FLAG:
        *(bool *)place = span_is(value, "1");
        return value.size == 1;
    }
    return false;
}

/* Names and values come in pairs, the name first. */
static bool fill_list(struct call *call, const struct shipped *shipped)
{
    const char *string = arena_copy_span(call->arena, shipped->value);
    switch (shipped->tag) {
    case TAG_QUERY_NAME:
        if (call->query_count == CALL_QUERY_MAX)
            return false;
        call->query[call->query_count++] = (struct pair){.name = string, .value = ""};
        return true;
    case TAG_QUERY_VALUE:
        if (call->query_count == 0)
            return false;
        call->query[call->query_count - 1].value = string;
        return true;
    case TAG_HEADER_NAME:
        if (call->header_count == CALL_HEADERS_MAX)
            return false;
        call->headers[call->header_count++] = (struct ingest_header){.name = string, .value = ""};
        return true;
    case TAG_HEADER_VALUE:
        if (call->header_count == 0)
            return false;
        call->headers[call->header_count - 1].value = string;
        return true;
    case TAG_REPLY_TOKEN:
        call->parts[0] = string;
        return true;
    case TAG_REPLY_FROM:
        call->parts[1] = string;
        return true;
    default:
        return true;
    }
}

/* Is it in a form that this program knows? */
static bool form_check(struct span value)
{
    uint64_t form = 0;
    return take_number((char *)&form, sizeof(form), value) && form >= 1 && form <= FORM;
}

static bool fill_members(struct call *call, struct span bytes, const struct member *members,
                         size_t count)
{
    struct shipped shipped;
    while (take_member(&bytes, &shipped)) {
        bool is_taken = shipped.tag == TAG_FORM;
        if (is_taken && !form_check(shipped.value))
            return false;
        for (size_t i = 0; i < count && !is_taken; i++) {
            is_taken = members[i].tag == shipped.tag;
            if (is_taken && !fill_member(call, &members[i], shipped.value))
                return false;
        }
        if (!is_taken && members == request_members && !fill_list(call, &shipped))
            return false;
    }
    return bytes.size == 0;
}

/* What a table of this program is asked for with. */
static bool is_in_range(const struct call *call)
{
    return call->method < METHOD_COUNT && call->caller.kind < CALLER_COUNT;
}

static bool has_room(struct call *call, const struct ship_from *from)
{
    struct fault fault = {0};
    if (from->has_room == NULL || from->has_room(from->context, call, call->body.size, &fault))
        return true;
    call_fail_unavailable(call, fault.text);
    return false;
}

struct call *ship_call(struct span bytes, const struct ship_from *from,
                       struct identities *identities, struct fault *fault)
{
    struct call *call = call_new();
    if (!fill_members(call, bytes, request_members, COUNT(request_members)) || !is_in_range(call)) {
        fault_set(fault, FAULT_INPUT,
                  "a call of another node cannot be read (is that node of another version?)");
        call_free(call);
        return NULL;
    }
    call->arrived_at = steady_now();
    call->node = arena_copy(call->arena, from->node);
    call->shipped = from->number;
    if (door_take_inner(call))
        return call;
    bool is_admitted = call_route(call) && call_identify_again(call, identities) &&
                       has_room(call, from) &&
                       (call->unreadable != NULL || call_parse(call, identities));
    assert(is_admitted == (call->status == 0));
    return call;
}

void ship_add_refusal(struct text *bytes, const struct fault *why)
{
    struct call *call = call_new();
    call_fail_unavailable(call, why->text);
    ship_add_answer(bytes, call);
    call_free(call);
}

bool ship_answer(struct call *call, struct span bytes, struct fault *fault)
{
    call->status = 0;
    if (fill_members(call, bytes, answer_members, COUNT(answer_members)) && call->status >= 100 &&
        call->status <= 599) {
        call->is_handed_over = false;
        return true;
    }
    return fault_set(
        fault, FAULT_INPUT,
        "the answer of another node cannot be read (is that node of another version?)");
}
