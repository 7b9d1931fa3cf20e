/* SPDX-License-Identifier: MIT */
#include "base/host.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"

#define PORT_MAX 65535

static bool port_parse(const char *text, char port[HOST_PORT_SIZE])
{
    size_t size = strlen(text);
    if (size == 0 || size >= HOST_PORT_SIZE || strspn(text, "0123456789") != size)
        return false;
    unsigned long value = strtoul(text, NULL, 10);
    memcpy(port, text, size + 1);
    return value > 0 && value <= PORT_MAX;
}

static bool name_parse(struct span text, char name[HOST_NAME_SIZE])
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    struct in6_addr address;
    bool is_bracketed = text.size > 2 && text.bytes[0] == '[' && text.bytes[text.size - 1] == ']';
    if (is_bracketed)
        text = (struct span){text.bytes + 1, text.size - 2};
    if (text.size == 0 || text.size >= HOST_NAME_SIZE)
        return false;
    memcpy(name, text.bytes, text.size);
    name[text.size] = '\0';
    return is_bracketed ? inet_pton(AF_INET6, name, &address) == 1
                        : strspn(name, letters) == text.size;
}

bool host_parse(const char *text, struct host *host, struct fault *fault)
{
    struct host made;
    const char *colon = strrchr(text, ':');
    if (colon == NULL || !port_parse(colon + 1, made.port) ||
        !name_parse((struct span){text, (size_t)(colon - text)}, made.name))
        return fault_set(fault, FAULT_INPUT,
                         "\"%.200s\" is no host and port, such as 10.0.0.2:7443, [fd00::2]:7443 or "
                         "pager-b.example.org:7443",
                         text);
    *host = made;
    return true;
}
