/* SPDX-License-Identifier: MIT */
#include "daemon/links.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "engine/engine.h"

struct links {
    char *addresses[LINKS_MAX];
    size_t count; /* ever kept */
};

struct links *links_new(void)
{
    return memory_new(1, sizeof(struct links));
}

void links_free(struct links *links)
{
    for (size_t i = 0; links != NULL && i < LINKS_MAX; i++)
        free(links->addresses[i]);
    free(links);
}

bool links_are_refused(const struct links *links, const char *address)
{
    for (size_t i = 0; i < LINKS_MAX && links->addresses[i] != NULL; i++)
        if (string_is(links->addresses[i], address))
            return true;
    return false;
}

void links_note(struct daemon *daemon, const struct event *event)
{
    struct links *links = daemon->links;
    const struct page *page = view_page(daemon->engine, event->id);
    if (!event->is_link_refused || page == NULL || links_are_refused(links, page->address))
        return;
    char **place = &links->addresses[links->count++ % LINKS_MAX];
    free(*place);
    *place = string_copy(page->address);
    log_warning("texts with a link are filtered on the way user=%s channel=%s: what follows goes "
                "without",
                page->user, page->channel);
}
