/* SPDX-License-Identifier: MIT */
#include "daemon/amazon.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/inbox.h"
#include "daemon/post.h"
#include "http/call.h"
#include "notify/notify.h"

#define CERTIFICATES_MAX 4 /* regions; the oldest makes room */
#define CERTIFICATE_SIZE_MAX 16384
#define CERTIFICATE_KEPT_MS DAY_MS
#define ERRANDS_MAX 16 /* addresses asked at a time; a further message is to come again */

struct certificate {
    char *url; /* NULL: free */
    char *pem;
    msec fetched_at; /* tick */
};

/* One address that is being asked. */
struct errand {
    struct amazon *amazon;
    struct call *call; /* NULL: this place is free */
    char *url;
    bool is_certificate;
};

struct amazon {
    struct daemon *daemon;
    struct certificate certificates[CERTIFICATES_MAX];
    struct errand errands[ERRANDS_MAX];
    bool is_ending;
};

struct amazon *amazon_new(struct daemon *daemon)
{
    struct amazon *amazon = memory_new(1, sizeof(*amazon));
    amazon->daemon = daemon;
    return amazon;
}

void amazon_free(struct amazon *amazon)
{
    if (amazon == NULL)
        return;
    for (size_t i = 0; i < CERTIFICATES_MAX; i++) {
        free(amazon->certificates[i].url);
        free(amazon->certificates[i].pem);
    }
    free(amazon);
}

const char *amazon_certificate(const struct amazon *amazon, const char *url)
{
    for (size_t i = 0; i < CERTIFICATES_MAX; i++) {
        const struct certificate *one = &amazon->certificates[i];
        bool is_fresh = amazon->daemon->tick_at - one->fetched_at < CERTIFICATE_KEPT_MS;
        if (one->url != NULL && is_fresh && string_is(one->url, url))
            return one->pem;
    }
    return NULL;
}

/* The place of the same address, a free one, or that of the oldest. */
static struct certificate *place_find(struct amazon *amazon, const char *url)
{
    struct certificate *place = &amazon->certificates[0];
    for (size_t i = 0; i < CERTIFICATES_MAX; i++) {
        struct certificate *one = &amazon->certificates[i];
        if (string_is(one->url, url))
            return one;
        if (place->url != NULL && (one->url == NULL || one->fetched_at < place->fetched_at))
            place = one;
    }
    return place;
}

static void certificate_keep(struct amazon *amazon, const char *url, const struct fetched *fetched)
{
    struct certificate *place = place_find(amazon, url);
    free(place->url);
    free(place->pem);
    place->url = string_copy(url);
    place->pem = string_copy_span((struct span){fetched->bytes, fetched->size});
    place->fetched_at = amazon->daemon->tick_at;
}

static void errand_done(void *context, const struct fetched *fetched)
{
    struct errand *errand = context;
    struct daemon *daemon = errand->amazon->daemon;
    struct call *call = errand->call;
    const char *what = errand->is_certificate ? "its certificate" : "a subscription";
    bool is_good = fetched->status == 200 &&
                   (!errand->is_certificate || fetched->size <= CERTIFICATE_SIZE_MAX);
    if (is_good && errand->is_certificate)
        certificate_keep(errand->amazon, errand->url, fetched);
    if (is_good)
        log_info("AWS SNS was asked for %s", what);
    else
        log_warning("AWS SNS was asked for %s in vain: %s status=%u", what,
                    *fetched->problem ? fetched->problem : "not the answer that was expected",
                    fetched->status);
    free(errand->url);
    *errand = (struct errand){0};
    call_set_fetched(call, is_good);
    struct fault fault = {0};
    if (inbox_post_call(daemon->inbox, call, &fault))
        return;
    call_fail_unavailable(call, fault.text);
    call_finish(call);
}

bool amazon_fetch(struct amazon *amazon, struct call *call, const char *url, bool is_certificate)
{
    for (size_t i = 0; i < ERRANDS_MAX && !amazon->is_ending; i++) {
        struct errand *errand = &amazon->errands[i];
        if (errand->call != NULL)
            continue;
        *errand = (struct errand){amazon, call, string_copy(url), is_certificate};
        /* Its address was checked; where it might be sent on to was not. */
        struct fetch_order order = {.url = errand->url, .accept = "*/*", .is_direct = true};
        post_fetch(amazon->daemon->post, &order, errand_done, errand);
        return true;
    }
    return false;
}

void amazon_give_up(struct amazon *amazon, const struct fault *why)
{
    amazon->is_ending = true;
    for (size_t i = 0; i < ERRANDS_MAX; i++) {
        struct errand *errand = &amazon->errands[i];
        if (errand->call == NULL)
            continue;
        call_fail_unavailable(errand->call, why->text);
        call_finish(errand->call);
        free(errand->url);
        *errand = (struct errand){0};
    }
}
