/* SPDX-License-Identifier: MIT */
/* One of several machines: what it needs besides its name. */
#include <string.h>

#include "base/host.h"
#include "config/finding.h"
#include "config/read.h"
#include "config/verify.h"

#define NAME_MAX_SIZE 63
#define SECRET_MIN_SIZE 20

static bool is_name(const char *name)
{
    size_t size = strlen(name);
    return size > 0 && size <= NAME_MAX_SIZE &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
               size;
}

static void verify_peer(struct check *check, const struct node *peer)
{
    struct host host;
    struct fault fault = {0};
    if (peer->string != NULL && !host_parse(peer->string, &host, &fault))
        report_error(check->report, peer->value_at, NULL, "node.peers: %s", fault.text);
}

/* One, or a list of which each stands there once. */
static void verify_peers(struct check *check, const struct node *peers)
{
    verify_peer(check, peers);
    for (const struct node *peer = peers->first; peer != NULL; peer = peer->next) {
        verify_peer(check, peer);
        for (const struct node *other = peers->first; other != peer; other = other->next)
            if (peer->string != NULL && string_is(other->string, peer->string))
                report_error(check->report, peer->value_at, NULL,
                             "node.peers: \"%s\" stands there twice", peer->string);
    }
}

static void verify_link(struct check *check, const struct node *group)
{
    const struct node *listen = read_node(group, "node.listen");
    const struct node *peers = read_node(group, "node.peers");
    if (listen != NULL && peers == NULL)
        report_error(check->report, listen->value_at, "peers = [ \"10.0.0.2:7443\" ]",
                     "node.listen: there is no node.peers, so that nobody is on the other end");
    if (peers != NULL && listen == NULL)
        report_error(check->report, peers->value_at, "listen = \"10.0.0.1:7443\"",
                     "node.peers: there is no node.listen, so that the others cannot reach this "
                     "machine");
    if (peers != NULL)
        verify_peers(check, peers);
}

void verify_nodes(struct check *check, const struct config *config)
{
    const struct node *group = node_find(check->loaded->tree.root, "node");
    if (group == NULL)
        return;
    const struct node *name = read_node(group, "node.name");
    const struct node *secret = read_node(group, "node.secret");
    if (config->store == NULL)
        report_error(check->report, group->value_at,
                     "name a PostgreSQL in store = \"postgres:...\", or leave node out",
                     "node: several machines share one PostgreSQL, and there is no store");
    if (name == NULL)
        report_error(check->report, group->value_at, "name = \"a\"",
                     "node: this machine has no name; each node has one of its own");
    else if (!is_name(name->string))
        report_error(check->report, name->value_at, "letters, digits, - _ and ., at most 63",
                     "node.name: \"%s\" is no name of a node", name->string);
    if (secret != NULL && strlen(secret->string) < SECRET_MIN_SIZE)
        report_error(check->report, secret->value_at, "take the output of: openssl rand -base64 24",
                     "node.secret is shorter than %d characters", SECRET_MIN_SIZE);
    verify_link(check, group);
}
