/* SPDX-License-Identifier: MIT */
/*
 * fault.h - how a function says that the world did not do what was asked.
 *
 * A function that can fail because of bytes, disk or a peer returns bool, is MUST_USE, and
 * fills the fault it got as its last argument. Results are written only on success. Bugs are
 * asserts, no memory is an abort inside base/: neither is a fault.
 */
#pragma once

#include <stdbool.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#define UNUSED __attribute__((unused))
#define NORETURN __attribute__((noreturn))

/*
 * CLEANUP(free_name) in front of a local runs free_name_cleanup(&local) when it leaves scope.
 * CLEANUP_DEFINE makes that function from an ordinary one that accepts NULL.
 */
#define CLEANUP(function) __attribute__((cleanup(function##_cleanup)))
#define CLEANUP_DEFINE(type, function)                          \
    static inline UNUSED void function##_cleanup(type *pointer) \
    {                                                           \
        if (*pointer)                                           \
            function(*pointer);                                 \
    }

#define FAULT_TEXT_MAX 512

enum fault_kind {
    FAULT_NONE,
    FAULT_INPUT,    /* the bytes given are not what they should be */
    FAULT_SYSTEM,   /* a system call failed; `error` is its errno and is part of the text */
    FAULT_LIMIT,    /* a limit was met: queue full, text too long, too many */
    FAULT_PEER,     /* another process or machine did not do its part */
    FAULT_CONFLICT, /* a precondition did not hold */
    FAULT_DENIED,   /* who asks has not proved that they may */
    FAULT_COUNT
};

/* Plain data: what went wrong, in a sentence for a person, without a final full stop. */
struct fault {
    enum fault_kind kind;
    int error; /* errno for FAULT_SYSTEM, else 0 */
    char text[FAULT_TEXT_MAX];
};

/*
 * Fills `fault` (which may be NULL: then nothing is kept) and returns false, so that a caller
 * can `return fault_set(...)`. For FAULT_SYSTEM, ": " and the message of errno are appended.
 */
bool fault_set(struct fault *fault, enum fault_kind kind, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Puts "prefix: " in front of the text of a fault that is already set. Returns false. */
bool fault_prefix(struct fault *fault, const char *format, ...) PRINTF_LIKE(2, 3);
