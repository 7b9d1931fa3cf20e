/* SPDX-License-Identifier: MIT */
#include "calendar/reader.h"

#include <sys/resource.h>

/* What the child may use at most; the hard limit, too, so that it cannot be raised again. */
static const struct {
    int resource;
    rlim_t limit;
    const char *name;
} limits[] = {
    {RLIMIT_CPU, READER_CPU_S, "CPU time"},      {RLIMIT_AS, READER_MEMORY_SIZE, "memory"},
    {RLIMIT_STACK, 8UL * 1024 * 1024, "stack"},  {RLIMIT_NOFILE, 16, "descriptors"},
    {RLIMIT_FSIZE, READER_RESULT_MAX, "output"}, {RLIMIT_CORE, 0, "core files"},
};

/* The address sanitizer reserves terabytes of address space, so the limit would kill it at once. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

bool reader_limits_apply(struct fault *fault)
{
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (IS_SANITIZED && limits[i].resource == RLIMIT_AS)
            continue;
        struct rlimit limit;
        if (getrlimit((__rlimit_resource_t)limits[i].resource, &limit) != 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot read the limit of %s", limits[i].name);
        if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > limits[i].limit)
            limit.rlim_max = limits[i].limit;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit((__rlimit_resource_t)limits[i].resource, &limit) != 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot limit %s", limits[i].name);
    }
    return true;
}

int reader_main(void)
{
    return 1;
}
