/* SPDX-License-Identifier: MIT */
#include "daemon/doors.h"

#include <stdlib.h>

#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/folder.h"
#include "daemon/house.h"
#include "daemon/inbox.h"
#include "daemon/mailroom.h"
#include "daemon/options.h"
#include "daemon/reload.h"
#include "http/call.h"
#include "http/house.h"
#include "http/server.h"

static bool doors_submit(void *context, struct call *call, struct fault *why_not)
{
    const struct daemon *daemon = context;
    return inbox_leave_call(daemon->inbox, call, why_not);
}

static void doors_ring(void *context)
{
    const struct daemon *daemon = context;
    inbox_ring(daemon->inbox);
}

static bool doors_have_room(void *context, const struct call *call, size_t body_size,
                            struct fault *why_not)
{
    const struct daemon *daemon = context;
    return inbox_has_room(daemon->inbox, call, body_size, why_not);
}

static bool server_make(struct daemon *daemon, struct fault *fault)
{
    const struct config *config = reload_config(daemon->reload);
    const struct options *options = daemon->options;
    struct server_options server = {.socket_path =
                                        options->socket != NULL ? options->socket : config->socket,
                                    .submit = doors_submit,
                                    .submitted = doors_ring,
                                    .has_room = doors_have_room,
                                    .context = daemon};
    size_t count = options->listen_count > 0 ? options->listen_count : config->listen_count;
    for (size_t i = 0; i < count && i < SERVER_LISTEN_MAX; i++)
        server.listen[server.listen_count++] =
            options->listen_count > 0 ? options->listen[i] : config->listen[i];
    daemon->listen_count = server.listen_count;
    char *certificate = NULL;
    char *key = NULL;
    bool is_well = true;
    if (config->tls_certificate != NULL) {
        certificate = file_text(config->tls_certificate, fault);
        key = certificate == NULL ? NULL : file_text(config->tls_key, fault);
        is_well = key != NULL;
        server.certificate_pem = certificate;
        server.key_pem = key;
    }
    daemon->house = house_new(daemon);
    is_well = is_well && server_open(&server, &daemon->server, fault);
    free(certificate);
    free(key);
    return is_well;
}

bool doors_open(struct daemon *daemon, struct fault *fault)
{
    if (!server_make(daemon, fault))
        return false;
    reload_identify(daemon->reload);
    return mailroom_open(daemon, &daemon->mailroom, fault);
}
