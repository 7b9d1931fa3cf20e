/* SPDX-License-Identifier: MIT */
/* One of several machines: what it needs besides its name. */
#include <string.h>

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
}
