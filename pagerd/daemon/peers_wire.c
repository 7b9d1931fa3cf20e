/* SPDX-License-Identifier: MIT */
#include "daemon/peers_wire.h"

#include <assert.h>
#include <string.h>

#include "base/seal.h"
#include "base/sign.h"

#define SIZE_SIZE 4
#define ID_SIZE 8
#define HEAD_SIZE 3 /* of a member: a tag, and its size in two bytes */

enum member_type {
    MEMBER_NAME,   /* char[]: of a node */
    MEMBER_CHARS,  /* char[]: what can be printed */
    MEMBER_BYTES,  /* unsigned char[] of exactly that size */
    MEMBER_FLAG,   /* bool */
    MEMBER_NUMBER, /* uint64_t */
};

struct member {
    uint8_t tag; /* never given to another member */
    enum member_type type;
    bool is_needed;
    size_t offset;
    size_t size;
};

#define MEMBER(tag, type, is_needed, name)                       \
    {                                                            \
        tag, type, is_needed, offsetof(struct wire_frame, name), \
            sizeof(((struct wire_frame *)NULL)->name)            \
    }

static const struct member hello_members[] = {
    MEMBER(1, MEMBER_NAME, true, hello.name),
    MEMBER(2, MEMBER_CHARS, true, hello.version),
    MEMBER(3, MEMBER_BYTES, true, hello.nonce),
    MEMBER(4, MEMBER_BYTES, true, hello.instance),
};

static const struct member beat_members[] = {
    MEMBER(1, MEMBER_FLAG, true, beat.is_on_duty),
    MEMBER(2, MEMBER_FLAG, true, beat.sees_database),
    MEMBER(3, MEMBER_FLAG, false, beat.acts),
    MEMBER(4, MEMBER_NUMBER, true, beat.count),
    MEMBER(5, MEMBER_CHARS, false, beat.journal),
    MEMBER(6, MEMBER_NUMBER, false, beat.kept_from),
    MEMBER(7, MEMBER_FLAG, false, beat.takes_again),
};

#define COUNT(members) (sizeof(members) / sizeof(*(members)))

/* What each kind is made of: members, or a number and bytes. */
static const struct shape {
    const struct member *members;
    size_t count;
} shapes[WIRE_KIND_COUNT] = {
    [WIRE_HELLO] = {hello_members, COUNT(hello_members)},
    [WIRE_BEAT] = {beat_members, COUNT(beat_members)},
};

static void add_number(struct text *bytes, uint64_t number, size_t size)
{
    for (size_t i = size; i-- > 0;)
        text_add_char(bytes, (char)(number >> 8 * i & 0xff));
}

static uint64_t number_of(const char *bytes, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

/* ---- frames before they are sealed ---- */

static void add_member(struct text *bytes, const struct member *member, const char *place)
{
    size_t size = member->size;
    if (member->type == MEMBER_NAME || member->type == MEMBER_CHARS)
        size = strlen(place);
    text_add_char(bytes, (char)member->tag);
    add_number(bytes, size, HEAD_SIZE - 1);
    switch (member->type) {
    case MEMBER_NAME:
    case MEMBER_CHARS:
    case MEMBER_BYTES:
        text_add_bytes(bytes, place, size);
        break;
    case MEMBER_FLAG:
        text_add_char(bytes, *(const bool *)place ? '1' : '0');
        break;
    case MEMBER_NUMBER: {
        uint64_t number;
        memcpy(&number, place, sizeof(number));
        add_number(bytes, number, sizeof(number));
        break;
    }
    }
}

void wire_render(const struct wire_frame *frame, struct text *bytes)
{
    assert(frame->kind > 0 && frame->kind < WIRE_KIND_COUNT);
    const struct shape *shape = &shapes[frame->kind];
    text_add_char(bytes, (char)frame->kind);
    for (size_t i = 0; i < shape->count; i++)
        add_member(bytes, &shape->members[i], (const char *)frame + shape->members[i].offset);
    if (shape->members != NULL)
        return;
    add_number(bytes, frame->id, ID_SIZE);
    text_add_span(bytes, frame->bytes);
}

static bool is_name(struct span value)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    for (size_t i = 0; i < value.size; i++)
        if (value.bytes[i] == '\0' || strchr(letters, value.bytes[i]) == NULL)
            return false;
    return value.size > 0;
}

static bool is_printed(struct span value)
{
    for (size_t i = 0; i < value.size; i++)
        if (value.bytes[i] < ' ' || value.bytes[i] > '~')
            return false;
    return true;
}

static bool fill_member(char *place, const struct member *member, struct span value)
{
    switch (member->type) {
    case MEMBER_NAME:
    case MEMBER_CHARS:
        if (value.size >= member->size ||
            !(member->type == MEMBER_NAME ? is_name(value) : is_printed(value)))
            return false;
        memcpy(place, value.bytes, value.size);
        place[value.size] = '\0';
        return true;
    case MEMBER_BYTES:
        if (value.size != member->size)
            return false;
        memcpy(place, value.bytes, value.size);
        return true;
    case MEMBER_FLAG:
        *(bool *)place = span_is(value, "1");
        return value.size == 1;
    case MEMBER_NUMBER: {
        if (value.size != sizeof(uint64_t))
            return false;
        uint64_t number = number_of(value.bytes, value.size);
        memcpy(place, &number, sizeof(number));
        return true;
    }
    }
    return false;
}

/* Tags that are not known are passed over; what is needed must be there, and nothing twice. */
static bool fill_members(struct wire_frame *frame, const struct shape *shape, struct span bytes)
{
    unsigned seen = 0;
    while (bytes.size >= HEAD_SIZE) {
        uint8_t tag = (uint8_t)bytes.bytes[0];
        size_t size = (size_t)number_of(bytes.bytes + 1, HEAD_SIZE - 1);
        if (size > bytes.size - HEAD_SIZE)
            return false;
        const struct span value = {bytes.bytes + HEAD_SIZE, size};
        for (size_t i = 0; i < shape->count; i++) {
            if (shape->members[i].tag != tag)
                continue;
            if ((seen & 1U << i) != 0 ||
                !fill_member((char *)frame + shape->members[i].offset, &shape->members[i], value))
                return false;
            seen |= 1U << i;
        }
        bytes.bytes += HEAD_SIZE + size;
        bytes.size -= HEAD_SIZE + size;
    }
    for (size_t i = 0; i < shape->count; i++)
        if (shape->members[i].is_needed && (seen & 1U << i) == 0)
            return false;
    return bytes.size == 0;
}

bool wire_parse(struct span bytes, struct wire_frame *frame, struct fault *fault)
{
    memset(frame, 0, sizeof(*frame));
    unsigned kind = bytes.size > 0 ? (unsigned char)bytes.bytes[0] : 0;
    if (kind == 0)
        return fault_set(fault, FAULT_INPUT, "a frame is empty, or of no kind");
    frame->kind = kind < WIRE_KIND_COUNT ? (enum wire_kind)kind : WIRE_KIND_COUNT;
    if (frame->kind == WIRE_KIND_COUNT)
        return true;
    const struct shape *shape = &shapes[kind];
    const struct span rest = {bytes.bytes + 1, bytes.size - 1};
    if (shape->members != NULL)
        return fill_members(frame, shape, rest) ||
               fault_set(fault, FAULT_INPUT, "a frame of kind %u cannot be read", kind);
    if (rest.size < ID_SIZE)
        return fault_set(fault, FAULT_INPUT, "a frame of kind %u has no number", kind);
    frame->id = number_of(rest.bytes, ID_SIZE);
    frame->bytes = (struct span){rest.bytes + ID_SIZE, rest.size - ID_SIZE};
    return true;
}

/* ---- sealed frames ---- */

void wire_init(struct wire *wire, struct span secret, bool is_caller,
               const unsigned char nonce[WIRE_NONCE_SIZE])
{
    *wire = (struct wire){.secret = secret, .is_caller = is_caller};
    memcpy(wire->nonce, nonce, WIRE_NONCE_SIZE);
    if (is_caller)
        memcpy(wire->caller_nonce, nonce, WIRE_NONCE_SIZE);
}

/* What a greeting is bound to: whose it is, and of who is called, which greeting it answers. */
static void about_hello(const struct wire *wire, bool is_of_caller, struct text *about)
{
    text_add(about, is_of_caller ? "pagerd greeting 1" : "pagerd greeting back 1");
    if (!is_of_caller)
        text_add_bytes(about, wire->caller_nonce, WIRE_NONCE_SIZE);
}

/* And any other frame: its direction, and how many went before it. */
static void about_frame(bool is_of_caller, uint64_t number, struct text *about)
{
    text_add(about, is_of_caller ? "there " : "back ");
    add_number(about, number, sizeof(number));
}

static void key_make(struct wire *wire, const unsigned char called_nonce[WIRE_NONCE_SIZE])
{
    CLEANUP(text_clear) struct text both = {0};
    text_add(&both, "pagerd link 1");
    text_add_bytes(&both, wire->caller_nonce, WIRE_NONCE_SIZE);
    text_add_bytes(&both, called_nonce, WIRE_NONCE_SIZE);
    hmac_sha256(wire->secret, text_span(&both), wire->key);
}

static struct span key_of(const struct wire *wire)
{
    return (struct span){(const char *)wire->key, sizeof(wire->key)};
}

void wire_add(struct wire *wire, const struct wire_frame *frame, struct text *bytes)
{
    CLEANUP(text_clear) struct text plain = {0};
    CLEANUP(text_clear) struct text about = {0};
    bool is_hello = frame->kind == WIRE_HELLO;
    assert(is_hello ? wire->is_caller != wire->has_greeted : wire->has_greeted);
    struct wire_frame made = *frame;
    if (is_hello) {
        memcpy(made.hello.nonce, wire->nonce, WIRE_NONCE_SIZE);
        about_hello(wire, wire->is_caller, &about);
    } else {
        about_frame(wire->is_caller, wire->sent++, &about);
    }
    wire_render(&made, &plain);
    assert(plain.size + SEAL_MORE <= WIRE_FRAME_MAX);
    add_number(bytes, plain.size + SEAL_MORE, SIZE_SIZE);
    seal_add_bytes(bytes, is_hello ? wire->secret : key_of(wire), text_span(&about),
                   text_span(&plain));
}

static bool greet(struct wire *wire, const struct wire_frame *frame, struct fault *fault)
{
    if (frame->kind != WIRE_HELLO)
        return fault_set(fault, FAULT_INPUT, "it does not say who it is");
    if (!wire->is_caller)
        memcpy(wire->caller_nonce, frame->hello.nonce, WIRE_NONCE_SIZE);
    key_make(wire, wire->is_caller ? frame->hello.nonce : wire->nonce);
    wire->has_greeted = true;
    return true;
}

static bool frame_open(struct wire *wire, struct span sealed, struct text *plain,
                       struct wire_frame *frame, struct fault *fault)
{
    CLEANUP(text_clear) struct text about = {0};
    bool is_hello = !wire->has_greeted;
    if (is_hello)
        about_hello(wire, !wire->is_caller, &about);
    else
        about_frame(!wire->is_caller, wire->taken, &about);
    text_reset(plain);
    if (!seal_open_bytes(plain, is_hello ? wire->secret : key_of(wire), text_span(&about), sealed,
                         fault) ||
        !wire_parse(text_span(plain), frame, fault))
        return false;
    if (is_hello)
        return greet(wire, frame, fault);
    if (frame->kind == WIRE_HELLO)
        return fault_set(fault, FAULT_INPUT, "it says twice who it is");
    wire->taken++;
    wire->is_proven = true;
    return true;
}

enum wire_step wire_take(struct wire *wire, struct span *rest, struct text *plain,
                         struct wire_frame *frame, struct fault *fault)
{
    if (rest->size < SIZE_SIZE)
        return WIRE_WAITS;
    size_t size = (size_t)number_of(rest->bytes, SIZE_SIZE);
    size_t max = wire->is_proven ? WIRE_FRAME_MAX : WIRE_GREETING_MAX;
    if (size <= SEAL_MORE || size > max) {
        fault_set(fault, FAULT_LIMIT, "a frame of %zu bytes; %d to %zu may come", size,
                  SEAL_MORE + 1, max);
        return WIRE_BROKEN;
    }
    if (rest->size - SIZE_SIZE < size)
        return WIRE_WAITS;
    const struct span sealed = {rest->bytes + SIZE_SIZE, size};
    if (!frame_open(wire, sealed, plain, frame, fault))
        return WIRE_BROKEN;
    rest->bytes += SIZE_SIZE + size;
    rest->size -= SIZE_SIZE + size;
    return WIRE_TAKEN;
}
