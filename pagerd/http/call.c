/* SPDX-License-Identifier: MIT */
#include "http/call.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/alerts.h"
#include "http/dialect.h"
#include "http/request.h"
#include "http/route.h"
#include "http/sns.h"
#include "http/ui/form.h"
#include "http/ui/page.h"
#include "http/unreadable.h"
#include "ingest/signature.h"

#define NOT_JSON "The body is not JSON: "
#define TEXT_KEPT_MAX 8192 /* bytes of a text that is used again */

static void call_init(struct call *call, struct arena *arena, struct text body, struct text answer)
{
    *call = (struct call){.arena = arena, .body = body, .answer = answer, .path = "/", .node = ""};
}

static void file_close(struct call *call)
{
    if (call->has_file && call->file >= 0)
        close(call->file);
}

static struct text text_keep(struct text *text)
{
    if (text->room > TEXT_KEPT_MAX)
        text_clear(text);
    text_reset(text);
    return *text;
}

struct call *call_new(void)
{
    struct call *call = memory_new(1, sizeof(*call));
    call_init(call, arena_new(), (struct text){0}, (struct text){0});
    return call;
}

void call_reset(struct call *call)
{
    file_close(call);
    arena_reset(call->arena);
    call_init(call, call->arena, text_keep(&call->body), text_keep(&call->answer));
}

void call_free(struct call *call)
{
    if (!call)
        return;
    text_clear(&call->body);
    text_clear(&call->answer);
    file_close(call);
    arena_free(call->arena);
    free(call);
}

static const char *pair_find(const struct pair *pairs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (string_is(pairs[i].name, name))
            return pairs[i].value;
    }
    return NULL;
}

const char *call_query(const struct call *call, const char *name)
{
    return pair_find(call->query, call->query_count, name);
}

const char *call_field(const struct call *call, const char *name)
{
    return pair_find(call->fields, call->field_count, name);
}

bool call_has_query(const struct call *call, const char *name)
{
    const char *value = call_query(call, name);
    return value && !string_is(value, "0") && !string_same(value, "false");
}

const char *call_key(const struct call *call)
{
    return call->caller.key;
}

bool call_route(struct call *call)
{
    call->route = route_find(call->arena, call->method, call->path, call->parts, &call->allow);
    if (call->route)
        return true;
    if (call->allow) {
        call_answer_errorf(call, 405, "method", "This path takes %s.", call->allow);
        return false;
    }
    call_answer_error(call, 404, "not_found", "There is no such path; docs/api.md lists them.");
    return false;
}

/* Counts a wrong key; false: answered, there were too many from that address. */
static bool spend_key(struct call *call)
{
    if (!call->guard ||
        budget_spend(&call->guard->keys, call->peer.address, AUTH_FAILURES_MAX, call->arrived_at))
        return true;
    call->retry_after_s = 60;
    call_answer_error(call, 429, "too_many",
                      "Too many wrong keys from this address in the last minute. A right one is "
                      "taken at any time.");
    return false;
}

/* RFC 9110 section 11.6.1: a 401 says how to log in. SNS and others that have a name and password
 * in their URL send them only when they are asked. */
static void challenge_set(struct call *call)
{
    enum who who = call->route->who;
    bool is_basic = call->route->is_page || who == WHO_SOURCE || who == WHO_KEY;
    call->challenge =
        is_basic ? "Basic realm=\"pagerd\", charset=\"UTF-8\"" : "Bearer realm=\"pagerd\"";
}

/* A key that this node may not have heard of yet: monitoring drops what gets 401. */
static bool may_be_known(struct call *call, struct identities *identities)
{
    bool is_partial = identities_are_partial(identities);
    if (is_partial)
        call_fail_unavailable(call, "this node does not know all keys at the moment");
    return is_partial;
}

/* A wrong key; the key itself is neither shown nor logged. */
static bool refuse_key(struct call *call, struct identities *identities)
{
    if (may_be_known(call, identities))
        return false;
    challenge_set(call);
    if (spend_key(call))
        call_answer_error(call, 401, "unauthenticated",
                          "This key is not known: it was never made, or it was revoked.");
    return false;
}

static bool refuse_nobody(struct call *call)
{
    struct problem problem = {
        .status = 401,
        .code = "unauthenticated",
        .text = "Nobody is logged in: send \"Authorization: Bearer\" and a key.",
        .hint = "pagectl key add NAME --user USER",
    };
    challenge_set(call);
    if (call->route->who == WHO_SOURCE || call->route->who == WHO_KEY) {
        problem.text = "No integration key was sent.";
        problem.hint = "pagectl key add NAME --team TEAM";
    }
    call_answer_problem(call, &problem);
    return false;
}

/* What each door asks of whoever stands before it; NULL: come in. */
static const char *who_complaint(const struct call *call, enum who who)
{
    const struct caller *caller = &call->caller;
    bool is_person = caller->kind == CALLER_PERSON;
    switch (who) {
    case WHO_ANYBODY:
    case WHO_KNOWN:
        return NULL;
    case WHO_SOURCE:
        return is_person || caller->kind == CALLER_SOURCE
                   ? NULL
                   : "This local account is nobody (no users.NAME.unix names it), and no "
                     "integration key was sent.";
    case WHO_KEY:
        return caller->kind == CALLER_SOURCE
                   ? NULL
                   : "This way is for an integration key alone; a person uses POST.";
    case WHO_READER:
        if (caller->kind == CALLER_SOURCE)
            return "An integration key raises and closes alerts; it cannot read.";
        return is_person || caller->can_administer
                   ? NULL
                   : "This local account is no person: no users.NAME.unix names it.";
    case WHO_PERSON:
        if (caller->kind == CALLER_SOURCE)
            return "An integration key raises and closes alerts; only a named person does this.";
        return is_person ? NULL
                         : "Only a named person does this, and this local account is nobody: no "
                           "users.NAME.unix names it.";
    case WHO_ADMIN:
        return caller->can_administer ? NULL : "This needs an admin.";
    case WHO_COUNT:
        break;
    }
    return "This is not allowed.";
}

static bool call_admit(struct call *call)
{
    if (call->caller.kind == CALLER_NOBODY && call->route->who != WHO_ANYBODY)
        return refuse_nobody(call);

    const char *complaint = who_complaint(call, call->route->who);
    if (!complaint)
        return true;
    call_answer_error(call, 403, "forbidden", complaint);
    return false;
}

/* The last variable segment of the path. */
static const char *path_key(const struct call *call)
{
    const char *key = NULL;
    for (size_t i = 0; i < CALL_PARTS_MAX; i++) {
        if (call->parts[i])
            key = call->parts[i];
    }
    return key;
}

static bool find_key(struct call *call, struct identities *identities, struct span secret)
{
    return secret.size > 0 && identities_find_key(identities, call->arena, secret, &call->caller);
}

/* /ping/KEY/NAME; /ping/TOKEN/start has no key. A person has other ways. */
static void identify_ping(struct call *call, struct identities *identities)
{
    if (find_key(call, identities, span_of(call->parts[0])) && call->caller.kind != CALLER_SOURCE)
        call->caller = (struct caller){0};
}

bool call_identify(struct call *call, struct identities *identities)
{
    assert(call->route);
    if (call->route->is_ping) {
        identify_ping(call, identities);
        bool is_unknown =
            call->caller.kind == CALLER_NOBODY && span_has_prefix(span_of(call->parts[0]), "pgk_");
        return !is_unknown || !may_be_known(call, identities);
    }
    bool has_key_in_body = dialect_of(call)->key_name != NULL;
    if (has_key_in_body && !call->authorization)
        return true;
    bool is_basic = false;
    struct span secret = authorization_secret(call->arena, call->authorization, &is_basic);
    struct span in_path = span_of(call->route->has_key ? path_key(call) : NULL);
    bool is_found = find_key(call, identities, in_path) || find_key(call, identities, secret);
    if (is_found && call->caller.kind == CALLER_PERSON && is_basic &&
        call->route->method != METHOD_GET) {
        /* A browser sends Basic by itself, on a stranger's page too. */
        call->caller = (struct caller){0};
        call_answer_error(call, 403, "forbidden",
                          "A personal token in a browser's login may read; to change something "
                          "send \"Authorization: Bearer\".");
        return false;
    }
    if (is_found)
        return call_admit(call);
    if (has_key_in_body || call->route->who == WHO_ANYBODY)
        return true;
    if (secret.size > 0 || in_path.size > 0)
        return refuse_key(call, identities);
    if (call->peer.is_local)
        identities_find_account(identities, call->arena, call->peer.uid, &call->caller);
    return call_admit(call);
}

bool call_identify_again(struct call *call, struct identities *identities)
{
    struct span hash = span_of(call->caller.hash);
    return hash.size == 0 || identities_find_hash(identities, call->arena, hash, &call->caller) ||
           refuse_key(call, identities);
}

/* A source's body is kept, and the loop answers (unreadable.h); others are told what is wrong. */
static bool refuse_alerts(struct call *call, unsigned status, const char *why)
{
    if (unreadable_is_kept(call)) {
        call->unreadable = arena_copy(call->arena, why);
        call->unreadable_status = status;
        return true;
    }
    call_answer_error(call, status, unreadable_code(status), why);
    return false;
}

/* What is wrong with it, without the words in front that the answer has already. */
static const char *json_complaint(const struct fault *fault)
{
    static const char start[] = "not JSON: ";
    bool is_said = span_has_prefix(span_of(fault->text), start);
    return fault->text + (is_said ? strlen(start) : 0);
}

static bool parse_json(struct call *call)
{
    struct span body = span_trim(text_span(&call->body));
    struct fault fault;
    if (body.size == 0)
        return true;
    if (!json_parse(call->arena, text_span(&call->body), &call->json, &fault)) {
        call_answer_errorf(call, 400, "invalid", NOT_JSON "%s.", json_complaint(&fault));
        return false;
    }
    return true;
}

/* For clients that send no header, the key in the body is their identity. */
static bool identify_by_body(struct call *call, struct identities *identities)
{
    const struct dialect *dialect = dialect_of(call);
    if (!dialect->key_name || call->caller.kind != CALLER_NOBODY)
        return true;
    struct span key = span_trim(dialect_key(dialect, call));
    if (find_key(call, identities, key)) {
        if (call->caller.kind == CALLER_SOURCE)
            return true;
        call_answer_errorf(call, 400, "invalid", "'%s' is not an integration key",
                           dialect->key_name);
        return false;
    }
    if (key.size == 0)
        call_answer_errorf(call, 401, "unauthenticated", "'%s' is missing or blank",
                           dialect->key_name);
    else if (!may_be_known(call, identities) && spend_key(call))
        call_answer_errorf(call, 401, "unauthenticated", "'%s' is not known here",
                           dialect->key_name);
    return false;
}

const char *call_content_type(const struct call *call)
{
    for (size_t i = 0; i < call->header_count; i++) {
        if (string_is(call->headers[i].name, "content-type"))
            return call->headers[i].value;
    }
    return "";
}

/* NULL: it is what the dialect wants. Who says nothing about the body may mean the right thing. */
static const char *media_type_complaint(const struct call *call)
{
    const char *wanted = dialect_of(call)->media_type;
    struct span rest = span_of(call_content_type(call));
    struct span type = span_trim(span_cut(&rest, ';'));
    if (!wanted || type.size == 0 || string_same(arena_copy_span(call->arena, type), wanted))
        return NULL;
    return arena_format(call->arena, "unsupported media type \"%.80s\", only [%s] are allowed",
                        arena_copy_span(call->arena, type), wanted);
}

bool call_refuse_signature(struct call *call, const char *why)
{
    if (call->guard)
        atomic_fetch_add(&call->guard->unsigned_count, 1);
    call_answer_errorf(call, 401, "unauthenticated",
                       "This key takes signed requests only, and nothing was recorded: %s.", why);
    return false;
}

/* What stands behind the question mark, once more as a form. */
static struct span query_form(const struct call *call)
{
    CLEANUP(text_clear) struct text form = {0};
    if (call->query_count == 0)
        return span_of("");
    for (size_t i = 0; i < call->query_count; i++) {
        text_add(&form, i > 0 ? "&" : "");
        text_add_url(&form, call->query[i].name);
        text_add_char(&form, '=');
        text_add_url(&form, call->query[i].value);
    }
    return span_of(arena_copy_span(call->arena, text_span(&form)));
}

static struct ingest_request request_of(const struct call *call)
{
    return (struct ingest_request){
        .arena = call->arena,
        .body = text_span(&call->body),
        .query = query_form(call),
        .json = call->json,
        .content_type = call_content_type(call),
        .integration = alert_integration(call),
        .headers = call->headers,
        .header_count = call->header_count,
        .map = call->map,
        .map_count = call->map_count,
    };
}

/* What the configuration asks of a source's requests, and says of their bodies. Whatever the path:
 * where headers are not kept there is no signature. */
static bool check_setup(struct call *call, struct identities *identities)
{
    struct fault fault;
    struct ingest_request request = request_of(call);
    if (call->caller.kind != CALLER_SOURCE)
        return true;
    if (!identities_check_setup(identities, &request, &call->check, &fault))
        return call_refuse_signature(call, fault.text);
    if (call->check.topic && call->route->body != BODY_ALERTS)
        return call_refuse_signature(call, "this path takes nothing that SNS could have signed");
    call->map = request.map;
    call->map_count = request.map_count;
    return true;
}

/* A signature with a time is good for some minutes only, so that nobody repeats it later. */
static bool check_signed_time(struct call *call)
{
    msec age_ms = call->now_at - call->check.signed_at;
    if (call->check.signed_at == 0 ||
        (age_ms <= SIGNATURE_TOLERANCE_MS && age_ms >= -SIGNATURE_TOLERANCE_MS))
        return true;
    char signed_at[INSTANT_TEXT_SIZE];
    return call_refuse_signature(
        call, arena_format(call->arena, "it was signed at %s, more than 5 minutes from now",
                           instant_render(call->check.signed_at, signed_at)));
}

static bool parse_alerts(struct call *call, struct identities *identities)
{
    const char *name = call->route->format ? call->route->format : call->parts[0];
    const struct ingest_format *format = ingest_find(name);
    if (!format)
        return refuse_alerts(call, 404,
                             "There is no such format of alerts; docs/api.md lists them.");
    const char *complaint = media_type_complaint(call);
    if (complaint)
        return refuse_alerts(call, 415, complaint);
    bool is_known = call->caller.kind != CALLER_NOBODY; /* else by its body, once it is read */
    struct fault fault;
    struct span body = text_span(&call->body);
    if (format->body == INGEST_JSON && span_trim(body).size == 0)
        return refuse_alerts(call, 400, "The body is empty; an alert is JSON.");
    if (format->body == INGEST_JSON && !json_parse(call->arena, body, &call->json, &fault))
        return refuse_alerts(call, 400,
                             arena_format(call->arena, NOT_JSON "%s.", json_complaint(&fault)));
    if (!identify_by_body(call, identities))
        return false;
    if (!is_known && !check_setup(call, identities))
        return false;
    if (call->caller.body_max > 0 && body.size > call->caller.body_max)
        return refuse_alerts(call, 400,
                             arena_format(call->arena,
                                          "The body is over %zu KiB, the limit of this key.",
                                          call->caller.body_max / 1024));

    struct ingest_request request = request_of(call);
    if (call->check.topic && !sns_prepare(call, &fault))
        return call_refuse_signature(call, fault.text);
    if (ingest_parse(format, &request, &call->batch, &fault))
        return true;
    return refuse_alerts(call, 400, arena_format(call->arena, "%s.", fault.text));
}

/* The query as a form, so that its format reads it like any other body. */
static bool parse_query(struct call *call, struct identities *identities)
{
    if (call->method != METHOD_GET) {
        call->allow = "GET, POST, PUT";
        call_answer_error(call, 405, "method", "HEAD raises no alert: this path takes GET, POST.");
        return false;
    }
    /* WHO_KEY: a browser that is logged in would send its person's token along, for any page. */
    assert(call->caller.kind == CALLER_SOURCE);
    if (call->query_count == 0) {
        call_answer_error(call, 400, "invalid", "Nothing stands behind the question mark.");
        return false;
    }
    text_reset(&call->body);
    text_add_span(&call->body, query_form(call));
    return check_setup(call, identities) && parse_alerts(call, identities);
}

bool call_parse(struct call *call, struct identities *identities)
{
    assert(call->route);
    if (call->route->body == BODY_QUERY)
        return parse_query(call, identities);
    if (call->route->method == METHOD_GET)
        return !call->route->is_ping || check_setup(call, identities);
    if (call->route->method == METHOD_OPTIONS)
        return true;
    if (!check_setup(call, identities))
        return false;
    if (call->route->method == METHOD_DELETE)
        return true;
    switch (call->route->body) {
    case BODY_ALERTS:
    case BODY_QUERY:
        return parse_alerts(call, identities);
    case BODY_FORM:
        return form_parse(call);
    case BODY_CALLBACK:
    case BODY_ANY:
        return true;
    case BODY_JSON:
        break;
    }
    if (!parse_json(call))
        return false;
    if (!call->json || call->json->kind == JSON_OBJECT)
        return true;
    call_answer_error(call, 400, "invalid", "The body is a JSON object.");
    return false;
}

static enum call_wait page_run(struct call *call, struct house *house)
{
    call->words = house->words;
    enum call_wait wait = call->route->run(call, house);
    if (wait == CALL_AFTER_COMMIT) {
        call->unrecorded = page_word(call, SCREEN_UNRECORDED);
        call->unrecorded_text = page_word(call, SCREEN_UNRECORDED_TEXT);
    }
    call->words = NULL;
    return wait;
}

enum call_wait call_run(struct call *call, struct house *house)
{
    assert(call->route);
    call->now_at = house->now(house->context).wall_at;
    const struct policy *policy = view_policy(house->engine);
    if (!check_signed_time(call))
        return CALL_ANSWER_NOW;
    if (call->caller.kind == CALLER_PERSON &&
        (!policy || !policy_find_user(policy, call->caller.user))) {
        call_answer_error(call, 403, "forbidden",
                          "This key belongs to a person who is no longer in the configuration.");
        return CALL_ANSWER_NOW;
    }
    if (call->unreadable)
        return unreadable_run(call, house);
    if (call->sns)
        return sns_run(call, house);
    return call->route->is_page ? page_run(call, house) : call->route->run(call, house);
}
