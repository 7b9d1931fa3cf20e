/* SPDX-License-Identifier: MIT */
#include "notify/courier/reach.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

static bool ipv4_is_inner(uint32_t address)
{
    uint32_t first = address >> 24;
    return first == 127 || first == 0 || address >> 16 == 0xA9FE; /* 169.254/16 */
}

static bool ipv6_is_inner(const struct in6_addr *address)
{
    if (IN6_IS_ADDR_V4MAPPED(address) || IN6_IS_ADDR_V4COMPAT(address)) {
        uint32_t inside;
        memcpy(&inside, &address->s6_addr[12], sizeof inside);
        return ipv4_is_inner(ntohl(inside));
    }
    return IN6_IS_ADDR_LOOPBACK(address) || IN6_IS_ADDR_UNSPECIFIED(address) ||
           IN6_IS_ADDR_LINKLOCAL(address);
}

bool address_is_inner(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, address, sizeof ipv4);
        return ipv4_is_inner(ntohl(ipv4.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, address, sizeof ipv6);
        return ipv6_is_inner(&ipv6.sin6_addr);
    }
    return true; /* nothing else is out there */
}

bool reach_allows(struct reach *reach, const struct sockaddr *address, bool is_redirected)
{
    bool is_inner = address_is_inner(address);
    if (!is_redirected && !is_inner)
        reach->is_outer = true;
    bool is_allowed = !is_redirected || !reach->is_outer || !is_inner;
    if (!is_allowed)
        reach->is_refused = true;
    return is_allowed;
}
