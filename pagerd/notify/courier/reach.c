/* SPDX-License-Identifier: MIT */
#include "notify/courier/reach.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/network.h"
#include "base/span.h"
#include "base/text.h"

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

/* "192.0.2.1"; "" when it is neither IPv4 nor IPv6. A mapped address is the IPv4 one. */
static void address_write(const struct sockaddr *address, char text[INET6_ADDRSTRLEN])
{
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
    text[0] = '\0';
    if (address->sa_family == AF_INET) {
        memcpy(&ipv4, address, sizeof ipv4);
        (void)inet_ntop(AF_INET, &ipv4.sin_addr, text, INET6_ADDRSTRLEN);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&ipv6, address, sizeof ipv6);
        (void)inet_ntop(AF_INET6, &ipv6.sin6_addr, text, INET6_ADDRSTRLEN);
    }
}

/* Is the address in one of the networks, which have blanks between? */
static bool networks_have(const char *networks, const char *address)
{
    struct span rest = span_of(networks);
    while (rest.size > 0) {
        char text[INET6_ADDRSTRLEN + 8];
        struct network network;
        struct fault fault;
        struct span word = span_cut(&rest, ' ');
        if (word.size == 0 || word.size >= sizeof text)
            continue;
        memcpy(text, word.bytes, word.size);
        text[word.size] = '\0';
        if (network_parse(text, &network, &fault) && network_has(&network, address))
            return true;
    }
    return false;
}

bool address_is_private(const struct sockaddr *address)
{
    /* RFC 6890; 64:ff9b::/96 and 2002::/16 would carry an IPv4 address of the same kinds. */
    static const char networks[] = "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 "
                                   "192.0.0.0/24 198.18.0.0/15 224.0.0.0/4 240.0.0.0/4 fc00::/7 "
                                   "fec0::/10 ff00::/8 64:ff9b::/96 2002::/16";
    char text[INET6_ADDRSTRLEN];
    address_write(address, text);
    return address_is_inner(address) || networks_have(networks, text);
}

void reach_guard(struct reach *reach, const char *url, const char *allow)
{
    const char *host = strstr(url, "://");
    host = host != NULL ? host + 3 : url;
    bool is_bracketed = host[0] == '[';
    size_t size = is_bracketed ? strcspn(host, "]") : strcspn(host, ":/?#");
    char name[64] = "";
    unsigned char bytes[16];
    if (size < sizeof name)
        memcpy(name, host, size);
    bool is_address = is_bracketed || inet_pton(AF_INET, name, bytes) == 1;
    reach->is_guarded = !is_address && !string_same(name, "localhost");
    reach->allow = allow;
}

static bool reach_refuse(struct reach *reach, const char *address)
{
    reach->is_refused = true;
    snprintf(reach->refused, sizeof reach->refused, "%s", address);
    return false;
}

bool reach_allows(struct reach *reach, const struct sockaddr *address, bool is_redirected)
{
    char text[INET6_ADDRSTRLEN];
    bool is_inner = address_is_inner(address);
    address_write(address, text);
    if (reach->is_guarded && address_is_private(address) && !networks_have(reach->allow, text))
        return reach_refuse(reach, text);
    if (!is_redirected && !is_inner)
        reach->is_outer = true;
    if (is_redirected && reach->is_outer && is_inner)
        return reach_refuse(reach, text);
    return true;
}
