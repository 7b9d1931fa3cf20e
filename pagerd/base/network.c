/* SPDX-License-Identifier: MIT */
#include "base/network.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool address_read(const char *text, struct network *network)
{
    memset(network->bytes, 0, sizeof(network->bytes));
    network->is_six = false;
    network->bits = 32;
    if (inet_pton(AF_INET, text, network->bytes) == 1)
        return true;
    if (inet_pton(AF_INET6, text, network->bytes) != 1)
        return false;
    network->is_six = memcmp(network->bytes, mapped, sizeof(mapped)) != 0;
    network->bits = network->is_six ? 128 : 32;
    if (!network->is_six)
        memmove(network->bytes, network->bytes + sizeof(mapped), 4);
    return true;
}

static bool bit_at(const unsigned char *bytes, unsigned bit)
{
    return (bytes[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

bool network_parse(const char *text, struct network *network, struct fault *fault)
{
    char address[64];
    struct network found;
    const char *slash = strchr(text, '/');
    size_t size = slash != NULL ? (size_t)(slash - text) : strlen(text);
    bool is_good = size < sizeof(address);
    memcpy(address, text, is_good ? size : 0);
    address[is_good ? size : 0] = '\0';
    is_good = is_good && address_read(address, &found);
    if (is_good && slash != NULL) {
        size_t digits = strspn(slash + 1, "0123456789");
        unsigned bits = digits > 0 && digits < 4 ? (unsigned)atoi(slash + 1) : 999;
        is_good = slash[1 + digits] == '\0' && bits <= found.bits;
        for (unsigned bit = bits; is_good && bit < found.bits; bit++)
            is_good = !bit_at(found.bytes, bit);
        found.bits = bits;
    }
    if (!is_good)
        return fault_set(fault, FAULT_INPUT,
                         "must be a numeric address or network, such as \"192.0.2.1\", "
                         "\"192.0.2.0/24\" or \"2001:db8::/32\"");
    *network = found;
    return true;
}

bool network_has(const struct network *network, const char *address)
{
    struct network other;
    if (!address_read(address, &other) || other.is_six != network->is_six)
        return false;
    for (unsigned bit = 0; bit < network->bits; bit++) {
        if (bit_at(network->bytes, bit) != bit_at(other.bytes, bit))
            return false;
    }
    return true;
}
