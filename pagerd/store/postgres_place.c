/* SPDX-License-Identifier: MIT */
/*
 * postgres_place.c - where the database is: a connection string of libpq taken apart into hosts, so
 * that all of them can be tried at once, and the names of these resolved in the background
 * (getaddrinfo_a(3)), for libpq would wait for a dead DNS server.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "store/postgres.h"

#define HOSTS_MAX 8
#define ADDRESS_SIZE 64 /* an IPv6 address with its scope */

struct host {
    struct postgres_target target; /* as the string has it */
    bool is_name;                  /* to be resolved */
    struct gaicb *asking;          /* NULL: no question is under way */
    char addresses[POSTGRES_TARGETS_MAX][ADDRESS_SIZE];
    size_t address_count;
};

struct postgres_place {
    PQconninfoOption *options;
    char *password; /* NULL: the string's, or that of a passfile */
    struct host hosts[HOSTS_MAX];
    size_t host_count;
};

static const char *option_find(const PQconninfoOption *options, const char *name)
{
    for (const PQconninfoOption *option = options; option->keyword; option++)
        if (strcmp(option->keyword, name) == 0)
            return option->val;
    return NULL;
}

/* The item of that number in a list with commas; NULL when it is empty or there is none. */
static char *list_item(const char *list, size_t number)
{
    if (list == NULL)
        return NULL;
    while (number-- > 0) {
        list = strchr(list, ',');
        if (list == NULL)
            return NULL;
        list++;
    }
    size_t size = strcspn(list, ",");
    return size == 0 ? NULL : string_copy_span((struct span){list, size});
}

static size_t list_count(const char *list)
{
    size_t count = list && list[0] ? 1 : 0;

    for (; list && *list; list++)
        count += *list == ',';
    return count;
}

static bool host_is_name(const struct postgres_target *target)
{
    struct in6_addr address;

    return target->address == NULL && target->host != NULL && target->host[0] != '/' &&
           target->host[0] != '@' && inet_pton(AF_INET, target->host, &address) != 1 &&
           inet_pton(AF_INET6, target->host, &address) != 1;
}

/* One port for all, or one for each (https://www.postgresql.org/docs/15/libpq-connect.html). */
static bool take_hosts(struct postgres_place *place, struct fault *fault)
{
    const char *names = option_find(place->options, "host");
    const char *addresses = option_find(place->options, "hostaddr");
    const char *ports = option_find(place->options, "port");
    size_t count =
        list_count(names) > list_count(addresses) ? list_count(names) : list_count(addresses);

    place->host_count = count > 0 ? count : 1;
    if (place->host_count > HOSTS_MAX)
        return fault_set(fault, FAULT_LIMIT, "%zu hosts of a database; %d are allowed",
                         place->host_count, HOSTS_MAX);
    if (list_count(ports) > 1 && list_count(ports) != place->host_count)
        return fault_set(fault, FAULT_INPUT,
                         "%zu ports for %zu hosts of a database: name one for "
                         "all, or one for each",
                         list_count(ports), place->host_count);
    for (size_t i = 0; i < place->host_count; i++) {
        struct host *host = &place->hosts[i];
        host->target.host = list_item(names, i);
        host->target.address = list_item(addresses, i);
        host->target.port = list_item(ports, list_count(ports) > 1 ? i : 0);
        host->is_name = host_is_name(&host->target);
    }
    return true;
}

/* Why a string that libpq can read is not one of ours. */
static bool check_options(const struct postgres_place *place, struct fault *fault)
{
    const char *service = option_find(place->options, "service");
    const char *password = option_find(place->options, "password");

    if (service != NULL && service[0] != '\0')
        return fault_set(fault, FAULT_INPUT, "service= is not followed: write the host itself");
    if (password != NULL && password[0] != '\0')
        return fault_set(
            fault, FAULT_INPUT,
            "the password stands apart: store-password = \"secret:NAME\", or passfile=");
    return true;
}

bool postgres_place_parse(const char *text, const char *password, struct postgres_place **result,
                          struct fault *fault)
{
    char *why = NULL;
    struct postgres_place *place = memory_new(1, sizeof(*place));
    /* "postgres://..." was cut at its colon: it is a URL in whole. */
    char *whole =
        text[0] == '/' && text[1] == '/' ? string_format("postgresql:%s", text) : string_copy(text);

    place->options = PQconninfoParse(whole, &why);
    free(whole);
    bool is_good = place->options != NULL;
    if (!is_good)
        fault_set(fault, FAULT_INPUT, "it is no connection string of PostgreSQL: %.*s",
                  (int)strcspn(why ? why : "", "\n"), why ? why : "");
    PQfreemem(why);
    is_good = is_good && check_options(place, fault) && take_hosts(place, fault);
    if (!is_good) {
        postgres_place_free(place);
        return false;
    }
    place->password = string_copy(password);
    *result = place;
    return true;
}

/* A question that cannot be taken back keeps its memory: the resolver still writes to it. */
static void host_forget(struct host *host)
{
    if (host->asking == NULL || gai_cancel(host->asking) == EAI_NOTCANCELED)
        return;
    if (host->asking->ar_result)
        freeaddrinfo(host->asking->ar_result);
    free((char *)host->asking->ar_name);
    free(host->asking);
    host->asking = NULL;
}

void postgres_place_free(struct postgres_place *place)
{
    if (place == NULL)
        return;
    for (size_t i = 0; i < HOSTS_MAX; i++) {
        host_forget(&place->hosts[i]);
        free(place->hosts[i].target.host);
        free(place->hosts[i].target.address);
        free(place->hosts[i].target.port);
    }
    if (place->password) {
        explicit_bzero(place->password, strlen(place->password));
        free(place->password);
    }
    PQconninfoFree(place->options);
    free(place);
}

static void host_ask(struct host *host)
{
    if (host->asking != NULL)
        return;
    host->asking = memory_new(1, sizeof(*host->asking));
    host->asking->ar_name = string_copy(host->target.host);
    if (getaddrinfo_a(GAI_NOWAIT, &host->asking, 1, NULL) != 0) {
        free((char *)host->asking->ar_name);
        free(host->asking);
        host->asking = NULL;
    }
}

/* Takes an answer that has come; one without addresses leaves those that were known. */
static void host_hear(struct host *host)
{
    size_t count = 0;

    if (host->asking == NULL || gai_error(host->asking) == EAI_INPROGRESS)
        return;
    for (const struct addrinfo *one = host->asking->ar_result; one && count < POSTGRES_TARGETS_MAX;
         one = one->ai_next)
        if (one->ai_socktype == SOCK_STREAM &&
            getnameinfo(one->ai_addr, one->ai_addrlen, host->addresses[count], ADDRESS_SIZE, NULL,
                        0, NI_NUMERICHOST) == 0)
            count++;
    if (count > 0)
        host->address_count = count;
    host_forget(host);
}

static void hosts_resolve(struct postgres_place *place, msec until_at)
{
    for (size_t i = 0; i < place->host_count; i++)
        if (place->hosts[i].is_name)
            host_ask(&place->hosts[i]);
    for (size_t i = 0; i < place->host_count; i++) {
        struct host *host = &place->hosts[i];
        msec left_ms = until_at - postgres_now();
        struct timespec left = {.tv_sec = left_ms / 1000, .tv_nsec = left_ms % 1000 * 1000000};
        const struct gaicb *list[] = {host->asking};
        if (host->asking && left_ms > 0)
            (void)gai_suspend(list, 1, &left);
        host_hear(host);
    }
}

size_t postgres_place_targets(struct postgres_place *place, struct postgres_target *targets,
                              msec until_at)
{
    size_t count = 0;

    hosts_resolve(place, until_at);
    for (size_t i = 0; i < place->host_count; i++) {
        struct host *host = &place->hosts[i];
        if (!host->is_name && count < POSTGRES_TARGETS_MAX)
            targets[count++] = host->target;
        for (size_t k = 0; host->is_name && k < host->address_count; k++) {
            if (count == POSTGRES_TARGETS_MAX)
                break;
            targets[count] = host->target;
            targets[count++].address = host->addresses[k];
        }
    }
    return count;
}

/* What we insist on, whatever the string says; NULL: it is left out. */
static bool is_ours(const char *keyword)
{
    static const char *const ours[] = {
        "host",   "hostaddr", "port", "target_session_attrs", "connect_timeout", "client_encoding",
        "service"};

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (strcmp(keyword, ours[i]) == 0)
            return true;
    return false;
}

/* In front of what the string says, so that the string wins: libpq takes the last one. */
static const struct setting {
    const char *keyword;
    const char *value;
} defaults[] = {
    {"application_name", "pagerd"}, {"tcp_user_timeout", "2000"}, {"keepalives", "1"},
    {"keepalives_idle", "1"},       {"keepalives_interval", "1"}, {"keepalives_count", "3"},
    {"client_encoding", "UTF8"},
};

#define SETTINGS_MAX 96

struct settings {
    const char *keywords[SETTINGS_MAX + 1];
    const char *values[SETTINGS_MAX + 1];
    size_t count;
};

static void settings_add(struct settings *settings, const char *keyword, const char *value)
{
    if (value == NULL || value[0] == '\0' || settings->count == SETTINGS_MAX)
        return;
    settings->keywords[settings->count] = keyword;
    settings->values[settings->count++] = value;
}

PGconn *postgres_place_begin(const struct postgres_place *place,
                             const struct postgres_target *target)
{
    struct settings settings = {.count = 0};

    for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
        settings_add(&settings, defaults[i].keyword, defaults[i].value);
    for (const PQconninfoOption *option = place->options; option->keyword; option++)
        if (!is_ours(option->keyword))
            settings_add(&settings, option->keyword, option->val);
    settings_add(&settings, "host", target->host);
    settings_add(&settings, "hostaddr", target->address);
    settings_add(&settings, "port", target->port);
    settings_add(&settings, "password", place->password);
    PGconn *connection = PQconnectStartParams(settings.keywords, settings.values, 0);
    if (connection == NULL)
        memory_out();
    return connection;
}
