/* SPDX-License-Identifier: MIT */
/* Push services: what a letter becomes, and what their answers mean. */
#include "sample.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/text.h"
#include "notify/push.h"
#include "notify/wordbook.h"

struct world {
    struct arena *arena;
    struct letter letter;
    struct channel_settings settings;
    struct request request;
    struct verdict verdict;
    struct fault fault;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    world->arena = arena_new();
    world->letter = sample_letter(NULL);
    world->letter.address = "ann-x7Kq2mP";
    world->letter.runbook = "https://wiki.example.org/runbook/disk-full";
    world->letter.next = "Bob";
    world->letter.next_at = OPENED_AT + 5 * MINUTE_MS;
    world->settings.server = "https://push.example.org/";
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    arena_free(world->arena);
    free(world);
    return 0;
}

static const struct json *rendered(struct world *world, const char *channel)
{
    const struct json *json = NULL;
    bool is_made = channel_find(channel, NULL)
                       ->render(&world->letter, &world->settings, world->arena, &world->request,
                                &world->fault);
    assert_true(is_made);
    bool is_json = json_parse(world->arena, world->request.body, &json, &world->fault);
    assert_true(is_json);
    return json;
}

static bool has_header(const struct request *request, const char *header)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (strcmp(request->headers[i], header) == 0)
            return true;
    return false;
}

static enum page_outcome judged(struct world *world, const char *channel, uint32_t code,
                                const char *body)
{
    struct result result = {
        .end = TRANSFER_ANSWERED, .code = code, .body = span_of(body), .error = ""};
    world->verdict = (struct verdict){0};
    channel_find(channel, NULL)->judge(&result, &world->settings, &world->verdict);
    return world->verdict.outcome;
}

static enum page_outcome probed(struct world *world, const char *channel, uint32_t code,
                                const char *body)
{
    struct result result = {
        .end = TRANSFER_ANSWERED, .code = code, .body = span_of(body), .error = ""};
    world->verdict = (struct verdict){0};
    channel_find(channel, NULL)->judge_probe(&result, &world->settings, &world->verdict);
    return world->verdict.outcome;
}

static void ntfy_has_the_text_of_the_design(void **state)
{
    struct world *world = *state;
    const struct json *json = rendered(world, "ntfy");
    assert_string_equal(world->request.url, "https://push.example.org/");
    assert_string_equal(json_string(json, "topic"), "ann-x7Kq2mP");
    assert_string_equal(json_string(json, "title"), "CRIT #412 db1: disk /var 96% full");
    assert_string_equal(json_string(json, "message"),
                        "ops 02:02.\nAt 100% PostgreSQL stops and the shop is down. 1.9 GiB of 48 "
                        "GiB are free.\nBob is called at 02:07.");
    assert_int_equal(json_integer(json, "priority", 0), 5);
    assert_string_equal(json_string(json, "click"), ACK_LINK);
    const struct json *action = json_find(json, "actions")->first;
    assert_string_equal(json_string(action, "label"), "I have it");
    assert_string_equal(json_string(action, "body"), "do=ack");
    assert_true(json_bool(action, "clear", false));
    action = action->next;
    assert_string_equal(json_string(action, "action"), "view");
    assert_string_equal(json_string(action->next, "body"), "do=pass");
    assert_null(action->next->next);
}

static void how_loud_it_is_follows_from_kind_and_severity(void **state)
{
    static const struct {
        enum page_kind kind;
        enum severity severity;
        int64_t ntfy;
        int64_t gotify;
    } rows[] = {
        {PAGE_ALERT, SEVERITY_CRITICAL, 5, 10},   {PAGE_ALERT, SEVERITY_ERROR, 4, 7},
        {PAGE_ALERT, SEVERITY_WARNING, 3, 5},     {PAGE_ALERT, SEVERITY_INFO, 3, 5},
        {PAGE_AGAIN, SEVERITY_CRITICAL, 5, 10},   {PAGE_ACKED, SEVERITY_CRITICAL, 2, 2},
        {PAGE_RESOLVED, SEVERITY_CRITICAL, 2, 2}, {PAGE_CLEARED, SEVERITY_WARNING, 2, 2},
        {PAGE_COVER, SEVERITY_CRITICAL, 3, 5},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world->letter.kind = rows[i].kind;
        world->letter.severity = rows[i].severity;
        assert_int_equal(json_integer(rendered(world, "ntfy"), "priority", 0), rows[i].ntfy);
        assert_int_equal(json_integer(rendered(world, "gotify"), "priority", 0), rows[i].gotify);
    }
    world->letter.kind = PAGE_NOTICE;
    world->letter.remark = "GAP nobody on call for ops";
    assert_int_equal(json_integer(rendered(world, "ntfy"), "priority", 0), 3);
    world->letter.remark = "CRIT pagerd cannot write to its disk";
    assert_int_equal(json_integer(rendered(world, "ntfy"), "priority", 0), 5);
    assert_string_equal(json_string(rendered(world, "ntfy"), "message"), world->letter.remark);
}

static void pushes_are_in_the_words_of_the_house(void **state)
{
    struct world *world = *state;
    CLEANUP(wordbook_free) struct wordbook *book = wordbook_new();
    static const char *const texts[][2] = {
        {"words.critical", "KRIT"},
        {"words.runbook", "Anleitung"},
        {"words.ack", "Annehmen"},
        {"push.link", "Annehmen #$number"},
        {"push.next", "{0:$next ist dran.}"},
        {"again.lead", "{0:$nth Versuch.}"},
        {"notice.head", "Mitteilung"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_true(wordbook_set(book, texts[i][0], texts[i][1], &world->fault));
    world->letter.words = book;
    world->letter.kind = PAGE_AGAIN;
    world->letter.call = 4;
    struct push push = push_new(&world->letter, 1000, world->arena);
    assert_non_null(strstr(push.title, "KRIT #412"));
    assert_non_null(strstr(push.body, "4th Versuch."));
    assert_non_null(strstr(push.body, "Bob ist dran."));
    assert_string_equal(push.link_label, "Annehmen #412");
    world->letter.address = "A-ann-token";
    const char *message = json_string(rendered(world, "gotify"), "message");
    assert_non_null(strstr(message, "\nAnnehmen: https://"));
    assert_non_null(strstr(message, "\nAnleitung: https://wiki.example.org/"));
    world->letter.kind = PAGE_NOTICE;
    world->letter.remark = "GAP";
    assert_string_equal(push_new(&world->letter, 1000, world->arena).title, "Mitteilung");
}

static void good_news_has_nothing_to_press(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_ACKED;
    world->letter.actor = "Bob";
    const struct json *json = rendered(world, "ntfy");
    assert_int_equal(json_find(json, "actions")->count, 0);
    assert_null(json_find(json, "click"));
    assert_null(json_find(json_find(rendered(world, "gotify"), "extras"), "client::notification"));
}

static void of_a_private_team_there_is_only_a_number(void **state)
{
    static const char *const channels[] = {"ntfy", "gotify"};
    struct world *world = *state;
    world->letter.is_private = true;
    for (size_t i = 0; i < 2; i++) {
        (void)rendered(world, channels[i]);
        static const char *const words[] = {"db1", "disk", "PostgreSQL", "runbook"};
        for (size_t word = 0; word < 4; word++)
            assert_null(memmem(world->request.body.bytes, world->request.body.size, words[word],
                               strlen(words[word])));
    }
}

static void what_is_too_long_is_cut_where_letters_end(void **state)
{
    struct world *world = *state;
    char *details = malloc(40001);
    for (size_t i = 0; i < 40000; i += 2)
        memcpy(details + i, i % 4 == 0 ? "\xc3\xa4" : "\"\\", 2);
    details[40000] = '\0';
    world->letter.details = details;
    world->letter.summary = details;
    const struct json *json = rendered(world, "ntfy");
    assert_true(strlen(json_string(json, "title")) <= PUSH_TITLE_MAX);
    assert_true(strlen(json_string(json, "message")) <= 4096);
    assert_true(world->request.body.size <= 16384);
    assert_non_null(strstr(json_string(json, "message"), "Bob is called"));
    (void)rendered(world, "gotify");
    free(details);
}

/* `size` quotes behind `start`: each is escaped where it goes. */
static const char *quotes(const char *start, size_t size, struct arena *arena)
{
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, start);
    while (text.size < size)
        text_add_char(&text, '"');
    return arena_copy(arena, text_string(&text));
}

static void what_is_escaped_fits_the_servers_largest_message(void **state)
{
    struct world *world = *state;
    world->letter.summary = world->letter.details = quotes("", 5000, world->arena);
    world->letter.ack_link = quotes(ACK_LINK, PUSH_LINK_MAX, world->arena);
    world->letter.runbook = quotes("https://wiki/", PUSH_LINK_MAX, world->arena);
    const struct json *json = rendered(world, "ntfy");
    assert_int_equal(json_find(json, "actions")->count, 3);
    assert_true(world->request.body.size <= 16384);
    world->letter.kind = PAGE_NOTICE;
    world->letter.remark = quotes("", 5000, world->arena);
    json = rendered(world, "ntfy");
    assert_int_equal(strlen(json_string(json, "message")), 4096);
    assert_true(world->request.body.size <= 16384);
}

static void a_title_is_cut_only_when_it_is_too_long(void **state)
{
    struct world *world = *state;
    world->letter.object = NULL;
    world->letter.summary = "a";
    size_t head = strlen(json_string(rendered(world, "gotify"), "title")) - 1;
    char summary[PUSH_TITLE_MAX + 2] = "";
    memset(summary, 'a', PUSH_TITLE_MAX - head);
    world->letter.summary = summary;
    const char *title = json_string(rendered(world, "gotify"), "title");
    assert_int_equal(strlen(title), PUSH_TITLE_MAX);
    assert_null(strstr(title, "..."));
    summary[PUSH_TITLE_MAX - head] = 'a';
    title = json_string(rendered(world, "gotify"), "title");
    assert_int_equal(strlen(title), PUSH_TITLE_MAX);
    assert_string_equal(title + PUSH_TITLE_MAX - 4, "a...");
}

static void details_are_trimmed_clean_and_cut(void **state)
{
    struct world *world = *state;
    world->letter.team = NULL;
    world->letter.next = NULL;
    world->letter.details = " \n one\x1b[2J\xff two \n";
    const char *message = json_string(rendered(world, "gotify"), "message");
    assert_int_equal(strncmp(message, "one", 3), 0);
    assert_null(strchr(message, '\x1b'));
    assert_null(strstr(message, "\xff"));
    assert_non_null(strstr(message, " two\nAck: "));
    char details[PUSH_DETAILS_MAX + 2] = "";
    memset(details, 'a', PUSH_DETAILS_MAX);
    world->letter.details = details;
    assert_non_null(strstr(json_string(rendered(world, "gotify"), "message"), "aaa\nAck: "));
    details[PUSH_DETAILS_MAX] = 'a';
    assert_non_null(strstr(json_string(rendered(world, "gotify"), "message"), "aaa...\nAck: "));
    world->letter.details = NULL;
    assert_string_equal(json_string(rendered(world, "ntfy"), "message"), "-");
}

static void a_notice_has_its_text_once_and_is_loud_by_its_first_word_alone(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_NOTICE;
    world->letter.remark = "CRIT pagerd cannot write to its disk";
    assert_string_equal(json_string(rendered(world, "ntfy"), "title"), "pagerd");
    world->letter.kind = PAGE_COVER;
    assert_int_equal(json_integer(rendered(world, "ntfy"), "priority", 0), 3);
}

static void a_notice_is_as_loud_in_another_language(void **state)
{
    struct world *world = *state;
    CLEANUP(wordbook_free) struct wordbook *book = wordbook_new();
    assert_true(wordbook_set(book, "words.critical", "KRIT", &world->fault));
    world->letter.words = book;
    world->letter.kind = PAGE_NOTICE;
    world->letter.remark = "KRIT pagerd kann nicht schreiben";
    assert_int_equal(json_integer(rendered(world, "ntfy"), "priority", 0), 5);
    world->letter.remark = "KRITISCH ist das nicht";
    assert_int_equal(json_integer(rendered(world, "ntfy"), "priority", 0), 3);
    world->letter.remark = "CRIT pagerd has died";
    assert_int_equal(json_integer(rendered(world, "ntfy"), "priority", 0), 5);
}

static void only_a_link_that_can_be_opened_is_one(void **state)
{
    struct world *world = *state;
    world->letter.runbook = "javascript:alert(1)";
    assert_int_equal(json_find(rendered(world, "ntfy"), "actions")->count, 2);
    world->letter.runbook = quotes("https://wiki/", PUSH_LINK_MAX + 1, world->arena);
    assert_int_equal(json_find(rendered(world, "ntfy"), "actions")->count, 2);
    world->letter.runbook = NULL;
    world->letter.ack_link = "p.example.org/a/k7qm9xtz2fwhk7qm9xtz";
    assert_int_equal(json_find(rendered(world, "ntfy"), "actions")->count, 0);
}

static void a_button_posts_the_form_of_the_ack_page(void **state)
{
    struct world *world = *state;
    const struct json *action = json_find(rendered(world, "ntfy"), "actions")->first;
    assert_string_equal(json_string(action, "action"), "http");
    assert_string_equal(json_string(action, "method"), "POST");
    assert_string_equal(json_string(action, "url"), ACK_LINK);
    assert_string_equal(json_string(json_find(action, "headers"), "Content-Type"),
                        "application/x-www-form-urlencoded");
}

static void gotify_shows_plain_text_with_both_links(void **state)
{
    struct world *world = *state;
    const struct json *json = rendered(world, "gotify");
    const struct json *display = json_find(json_find(json, "extras"), "client::display");
    assert_string_equal(json_string(display, "contentType"), "text/plain");
    assert_non_null(strstr(json_string(json, "message"),
                           "\nAck: " ACK_LINK
                           "\nRunbook: https://wiki.example.org/runbook/disk-full"));
}

static void a_server_is_an_address_without_a_query(void **state)
{
    static const char *const bad[] = {"", "push.example.org", "https://push.example.org/?a=b",
                                      "https://push.example.org/#a",
                                      "https://ann@push.example.org/"};
    struct world *world = *state;
    world->settings.ca_file = "/etc/pagerd/ca.pem";
    for (size_t i = 0; i < 2; i++) {
        const char *const name = i == 0 ? "ntfy" : "gotify";
        world->settings.server = "https://push.example.org/below//";
        (void)rendered(world, name);
        assert_string_equal(world->request.url, i == 0 ? "https://push.example.org/below/"
                                                       : "https://push.example.org/below/message");
        assert_string_equal(world->request.ca_file, "/etc/pagerd/ca.pem");
        assert_int_equal(world->request.tls, REQUEST_TLS_REQUIRED);
        for (size_t j = 0; j < sizeof bad / sizeof *bad; j++) {
            world->settings.server = bad[j];
            assert_false(channel_find(name, NULL)->check(&world->settings, &world->fault));
        }
    }
}

static void a_token_is_one_word(void **state)
{
    static const char *const bad[] = {"tk a", "tk\r\nX: y", "tk\x7f"};
    struct world *world = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        world->settings.token = bad[i];
        assert_false(channel_find("ntfy", NULL)->check(&world->settings, &world->fault));
    }
    char token[130];
    memset(token, 'a', sizeof token);
    token[128] = '\0';
    world->letter.address = token;
    (void)rendered(world, "gotify");
    token[128] = 'a';
    token[129] = '\0';
    assert_false(channel_find("gotify", NULL)
                     ->render(&world->letter, &world->settings, world->arena, &world->request,
                              &world->fault));
}

#define SIXTY_FIVE "01234567890123456789012345678901234567890123456789012345678901234"

static void a_topic_is_what_the_server_takes(void **state)
{
    static const char *const bad[] = {"", "a b", "a/b", "secret:ntfy-ann", "t\r\nX: y", SIXTY_FIVE};
    struct world *world = *state;
    const struct channel *ntfy = channel_find("ntfy", NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        world->letter.address = bad[i];
        assert_false(ntfy->render(&world->letter, &world->settings, world->arena, &world->request,
                                  &world->fault));
    }
    world->letter.address = &SIXTY_FIVE[1]; /* 64 */
    (void)rendered(world, "ntfy");
    world->letter.address = "A.b\r\nX-Evil: 1";
    assert_false(channel_find("gotify", NULL)
                     ->render(&world->letter, &world->settings, world->arena, &world->request,
                              &world->fault));
}

static void logins_are_in_headers_only(void **state)
{
    struct world *world = *state;
    world->settings.token = "tk_0123456789abcdef";
    (void)rendered(world, "ntfy");
    assert_true(has_header(&world->request, "Authorization: Bearer tk_0123456789abcdef"));
    assert_null(strstr(world->request.url, "tk_"));
    world->settings.user = "pager";
    assert_false(channel_find("ntfy", NULL)->check(&world->settings, &world->fault));
    world->settings.token = NULL;
    assert_false(channel_find("ntfy", NULL)->check(&world->settings, &world->fault));
    world->settings.password = "ntfypw";
    (void)rendered(world, "ntfy");
    assert_string_equal(world->request.user, "pager");
    world->letter.address = "Axyz.0123456789";
    (void)rendered(world, "gotify");
    assert_true(has_header(&world->request, "X-Gotify-Key: Axyz.0123456789"));
}

static void answers_of_ntfy_mean_what_its_source_says(void **state)
{
    static const struct {
        uint32_t code;
        const char *body;
        enum page_outcome outcome;
        bool is_provider_fault;
    } rows[] = {
        {200, "{\"id\":\"hwQ2YpKdmg\",\"event\":\"message\"}", OUTCOME_SENT, false},
        {200, "<html>", OUTCOME_RETRY, true},
        {200, "", OUTCOME_RETRY, true},
        {400, "{\"code\":40009,\"http\":400}", OUTCOME_FAILED, false},
        {401, "{\"code\":40101,\"http\":401}", OUTCOME_FAILED, true},
        {403, "{\"code\":40301,\"http\":403}", OUTCOME_FAILED, true},
        {413, "{\"code\":41303,\"http\":413}", OUTCOME_FAILED, false},
        {429, "{\"code\":42901,\"http\":429}", OUTCOME_RETRY, true},
        {429, "{\"code\":42908,\"http\":429}", OUTCOME_FAILED, true},
        {429, "{\"code\":42905,\"http\":429}", OUTCOME_FAILED, true},
        {500, "{\"code\":50001,\"http\":500}", OUTCOME_RETRY, true},
        {507, "{\"code\":50701,\"http\":507}", OUTCOME_RETRY, false},
        {302, "", OUTCOME_FAILED, true},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(judged(world, "ntfy", rows[i].code, rows[i].body), rows[i].outcome);
        assert_int_equal(world->verdict.is_provider_fault, rows[i].is_provider_fault);
    }
    (void)judged(world, "ntfy", 200, rows[0].body);
    assert_string_equal(world->verdict.reference, "hwQ2YpKdmg");
}

static void answers_of_gotify(void **state)
{
    struct world *world = *state;
    assert_int_equal(judged(world, "gotify", 200, "{\"id\":25,\"appid\":5}"), OUTCOME_SENT);
    assert_string_equal(world->verdict.reference, "25");
    assert_int_equal(judged(world, "gotify", 401, "{\"errorCode\":401}"), OUTCOME_FAILED);
    assert_false(world->verdict.is_provider_fault);
    assert_int_equal(judged(world, "gotify", 403, "{\"errorCode\":403}"), OUTCOME_FAILED);
    assert_false(world->verdict.is_provider_fault);
    assert_int_equal(judged(world, "gotify", 200, "<html>"), OUTCOME_RETRY);
    assert_int_equal(judged(world, "gotify", 404, ""), OUTCOME_FAILED);
    assert_true(world->verdict.is_provider_fault);
    assert_int_equal(judged(world, "gotify", 503, ""), OUTCOME_RETRY);
}

static void a_probe_asks_who_we_are_and_pages_nobody(void **state)
{
    struct world *world = *state;
    const struct channel *ntfy = channel_find("ntfy", NULL);
    assert_true(ntfy->probe(&world->settings, world->arena, &world->request, &world->fault));
    assert_string_equal(world->request.method, "GET");
    assert_string_equal(world->request.url, "https://push.example.org/v1/health");
    world->settings.token = "tk_0123456789abcdef";
    assert_true(ntfy->probe(&world->settings, world->arena, &world->request, &world->fault));
    assert_string_equal(world->request.url, "https://push.example.org/v1/account");
    assert_int_equal(probed(world, "ntfy", 200, "{\"healthy\":true}"), OUTCOME_DELIVERED);
    assert_int_equal(probed(world, "ntfy", 200, "{\"healthy\":false}"), OUTCOME_FAILED);
    assert_int_equal(probed(world, "ntfy", 200, "{\"username\":\"pager\"}"), OUTCOME_DELIVERED);
    assert_int_equal(probed(world, "ntfy", 200, "<html>"), OUTCOME_FAILED);
    assert_int_equal(probed(world, "ntfy", 401, "{\"code\":40101}"), OUTCOME_FAILED);
    assert_int_equal(probed(world, "ntfy", 503, "{\"healthy\":true}"), OUTCOME_RETRY);
    assert_int_equal(probed(world, "gotify", 200, "{\"health\":\"green\"}"), OUTCOME_DELIVERED);
    assert_int_equal(probed(world, "gotify", 500, "{\"health\":\"green\"}"), OUTCOME_RETRY);
    assert_int_equal(probed(world, "gotify", 200, "{\"health\":\"orange\"}"), OUTCOME_FAILED);
}

#define KEY "uQiRzpo4DXghDmr9QzzfQu27cmVRsG"
#define TOKEN "azGDORePK8gMaC0QOYAMyEEuzJnyUi"
#define RECEIPT "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy"

static const char *form_of(struct world *world)
{
    world->settings.token = TOKEN;
    bool is_made = channel_find("pushover", NULL)
                       ->render(&world->letter, &world->settings, world->arena, &world->request,
                                &world->fault);
    return is_made ? world->request.body.bytes : NULL;
}

static void pushover_sounds_until_it_is_acknowledged_only_for_what_is_critical(void **state)
{
    struct world *world = *state;
    world->letter.address = KEY "/phone-1";
    world->letter.callback = "https://p.example.org/v1/callbacks/pushover.1/%s/1.1.00";
    const char *form = form_of(world);
    assert_string_equal(world->request.url, "https://push.example.org/1/messages.json");
    static const char *const parts[] = {
        "token=" TOKEN,
        "&user=" KEY "&device=phone-1",
        "&priority=2",
        "&retry=30",
        "&expire=3600",
        "&url_title=Ack%20%23412",
        "pushover.1%2Fstatus%2F1.1.00",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_non_null(strstr(form, parts[i]));
    world->letter.severity = SEVERITY_ERROR;
    form = form_of(world);
    assert_non_null(strstr(form, "&priority=1"));
    assert_null(strstr(form, "callback"));
    world->letter.kind = PAGE_NOTICE; /* nothing that a siren could be stopped by */
    world->letter.remark = "CRIT pagerd cannot write to its disk";
    world->letter.ack_link = NULL;
    assert_non_null(strstr(form_of(world), "&priority=1"));
    world->letter.kind = PAGE_ACKED;
    assert_non_null(strstr(form_of(world), "&priority=-1"));
}

static void a_user_key_is_what_pushover_gives_out(void **state)
{
    static const char *const bad[] = {
        "", "u", KEY "x", KEY "/", KEY "/a b", KEY "/a&token=x", KEY "\r\n"};
    struct world *world = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        world->letter.address = bad[i];
        assert_null(form_of(world));
    }
    world->settings.token = "short";
    assert_false(channel_find("pushover", NULL)->check(&world->settings, &world->fault));
}

static void answers_of_pushover(void **state)
{
    struct world *world = *state;
    assert_int_equal(
        judged(world, "pushover", 200, "{\"status\":1,\"request\":\"647d2300-702c-4b38\"}"),
        OUTCOME_SENT);
    assert_string_equal(world->verdict.reference, "647d2300-702c-4b38");
    const struct siren *siren = channel_find("pushover", NULL)->siren;
    assert_false(siren->is_one(world->verdict.reference));
    assert_int_equal(judged(world, "pushover", 200,
                            "{\"status\":1,\"request\":\"6\",\"receipt\":\"" RECEIPT "\"}"),
                     OUTCOME_SENT);
    assert_true(siren->is_one(world->verdict.reference));
    assert_int_equal(judged(world, "pushover", 400, "{\"user\":\"invalid\",\"status\":0}"),
                     OUTCOME_FAILED);
    assert_false(world->verdict.is_provider_fault);
    assert_int_equal(judged(world, "pushover", 400, "{\"token\":\"invalid\",\"status\":0}"),
                     OUTCOME_FAILED);
    assert_true(world->verdict.is_provider_fault);
    assert_int_equal(judged(world, "pushover", 429, "{\"status\":0}"), OUTCOME_FAILED);
    assert_true(world->verdict.is_provider_fault);
    assert_int_equal(judged(world, "pushover", 503, ""), OUTCOME_RETRY);
    assert_int_equal(
        probed(world, "pushover", 200, "{\"status\":1,\"limit\":10000,\"remaining\":7}"),
        OUTCOME_DELIVERED);
    assert_string_equal(world->verdict.error, "7 of 10000 messages left this month");
    assert_int_equal(
        probed(world, "pushover", 200, "{\"status\":1,\"limit\":10000,\"remaining\":0}"),
        OUTCOME_FAILED);
    assert_int_equal(probed(world, "pushover", 400, "{\"token\":\"invalid\"}"), OUTCOME_FAILED);
}

static void an_ack_in_the_app_is_that_of_the_key_that_was_paged(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        bool is_acked;
    } rows[] = {
        {"{\"status\":1,\"acknowledged\":1,\"acknowledged_at\":1360019238,"
         "\"acknowledged_by\":\"" KEY "\"}",
         true},
        {"{\"status\":1,\"acknowledged\":0,\"acknowledged_by\":\"\"}", false},
        {"{\"status\":1,\"acknowledged\":0,\"acknowledged_by\":\"" KEY "\"}", false},
        {"{\"status\":0,\"acknowledged\":1,\"acknowledged_by\":\"" KEY "\"}", false},
        {"{\"status\":1,\"acknowledged\":1,\"acknowledged_by\":"
         "\"gznej3rKEVAvPUxu9vvNnqpmZpokzF\"}",
         false},
        {"{\"status\":1,\"acknowledged\":1,\"acknowledged_by\":\"u\"}", false},
        {"{\"status\":1,\"acknowledged\":1}", false},
        {"<html>acknowledged</html>", false},
        {"", false},
    };
    const struct siren *siren = channel_find("pushover", NULL)->siren;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msec at = 0;
        assert_int_equal(siren->is_acked(span_of(rows[i].body), KEY "/phone1", &at),
                         rows[i].is_acked);
        assert_true(!rows[i].is_acked || at == (msec)1360019238 * SECOND_MS);
    }
}

static const char *header_of(const struct world *world, const char *start)
{
    for (size_t i = 0; i < world->request.header_count; i++)
        if (strncmp(world->request.headers[i], start, strlen(start)) == 0)
            return world->request.headers[i] + strlen(start);
    return NULL;
}

static void a_command_has_the_link_in_its_environment_and_never_in_its_arguments(void **state)
{
    static const char *const command[] = {"/usr/local/bin/page", "--to=$address,$user", "$link",
                                          "$incident/$severity", "$(id)"};
    struct world *world = *state;
    const struct channel *channel = channel_find("exec", NULL);
    world->settings.command = command;
    world->settings.command_count = 5;
    world->letter.address = "beeper-7";
    assert_true(channel->render(&world->letter, &world->settings, world->arena, &world->request,
                                &world->fault));
    assert_int_equal(world->request.kind, REQUEST_EXEC);
    assert_string_equal(world->request.url, "/usr/local/bin/page");
    assert_string_equal(header_of(world, "arg: --to="), "beeper-7,ann");
    assert_true(has_header(&world->request, "arg: 412/critical"));
    assert_true(has_header(&world->request, "arg: $(id)"));
    assert_string_equal(header_of(world, "env: PAGERD_LINK="), ACK_LINK);
    for (size_t i = 0; i < world->request.header_count; i++)
        assert_true(strncmp(world->request.headers[i], "arg: ", 5) != 0 ||
                    strstr(world->request.headers[i], "/a/") == NULL);
    assert_non_null(
        memmem(world->request.body.bytes, world->request.body.size, ACK_LINK, strlen(ACK_LINK)));
    world->letter.is_private = true;
    assert_true(channel->render(&world->letter, &world->settings, world->arena, &world->request,
                                &world->fault));
    assert_null(header_of(world, "env: PAGERD_SERVICE="));
    assert_null(header_of(world, "env: PAGERD_RUNBOOK="));
    world->letter.address = "a\nb";
    assert_false(channel->render(&world->letter, &world->settings, world->arena, &world->request,
                                 &world->fault));
    static const char *const bad[] = {"page"};
    world->settings.command = bad;
    world->settings.command_count = 1;
    assert_false(channel->check(&world->settings, &world->fault));
}

static bool exec_renders(struct world *world, const char *const *command, size_t count)
{
    world->settings.command = command;
    world->settings.command_count = count;
    return channel_find("exec", NULL)
        ->render(&world->letter, &world->settings, world->arena, &world->request, &world->fault);
}

static void each_word_of_a_command_is_one_line(void **state)
{
    struct world *world = *state;
    const char *const whole[] = {"/bin/page",
                                 quotes("", REQUEST_HEADER_SIZE / 2 - 1, world->arena)};
    const char *const long_one[] = {"/bin/page", quotes("", REQUEST_HEADER_SIZE / 2, world->arena)};
    static const char *const control[] = {"/bin/page", "a\x7f"};
    static const char *const line[] = {"/bin/page", "a\nb"};
    assert_true(exec_renders(world, whole, 2));
    assert_false(exec_renders(world, long_one, 2));
    assert_false(exec_renders(world, control, 2));
    assert_false(exec_renders(world, line, 2));
    assert_false(exec_renders(world, line, 0));
}

static void a_command_gets_its_own_words_and_half_a_minute(void **state)
{
    static const char *const command[] = {"/bin/page", "$team", "$incident $nothing"};
    struct world *world = *state;
    assert_true(exec_renders(world, command, 3));
    assert_true(has_header(&world->request, "arg: ops"));
    assert_true(has_header(&world->request, "arg: 412 $nothing"));
    assert_null(header_of(world, "arg: /bin/page"));
    assert_int_equal(world->request.total_ms, 30 * SECOND_MS);
    assert_string_equal(header_of(world, "env: PAGERD_SERVICE="), "postgres");
}

static void what_an_alert_says_is_one_line_of_bounded_size_there(void **state)
{
    static const char *const command[] = {"/bin/page", "$team"};
    struct world *world = *state;
    world->letter.service = "post\ngres";
    world->letter.team = quotes("ops", 1500, world->arena);
    assert_true(exec_renders(world, command, 2));
    assert_string_equal(header_of(world, "env: PAGERD_SERVICE="), "post gres");
    assert_int_equal(strlen(header_of(world, "arg: ")), 1024);
    world->letter.kind = PAGE_NOTICE;
    world->letter.incident = 0;
    world->letter.remark = "GAP nobody on call for ops";
    assert_true(exec_renders(world, command, 2));
    assert_null(header_of(world, "env: PAGERD_INCIDENT="));
    assert_null(header_of(world, "env: PAGERD_TEAM="));
}

static void statuses_of_commands_are_those_of_sysexits(void **state)
{
    struct world *world = *state;
    assert_int_equal(judged(world, "exec", 0, ""), OUTCOME_SENT);
    assert_int_equal(judged(world, "exec", 75, "busy\nmore"), OUTCOME_RETRY);
    assert_string_equal(world->verdict.error, "exit status 75: busy");
    assert_int_equal(judged(world, "exec", 69, ""), OUTCOME_FAILED);
    assert_true(world->verdict.is_provider_fault);
    assert_int_equal(judged(world, "exec", 67, ""), OUTCOME_FAILED);
    assert_false(world->verdict.is_provider_fault);
    assert_int_equal(judged(world, "exec", 65, ""), OUTCOME_FAILED);
    assert_false(world->verdict.is_provider_fault);
    assert_int_equal(judged(world, "exec", 68, ""), OUTCOME_FAILED);
    assert_false(world->verdict.is_provider_fault);
    (void)judged(world, "exec", 1,
                 "\xff"
                 "no\x1b[2J");
    assert_null(strchr(world->verdict.error, '\x1b'));
    assert_null(strchr(world->verdict.error, '\xff'));
    (void)judged(world, "exec", 1, quotes("", 150, world->arena));
    assert_int_equal(strlen(world->verdict.error), strlen("exit status 1: ") + 120);
    assert_int_equal(judged(world, "exec", 127, ""), OUTCOME_FAILED);
    assert_true(world->verdict.is_provider_fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ntfy_has_the_text_of_the_design, set_up, tear_down),
        cmocka_unit_test_setup_teardown(how_loud_it_is_follows_from_kind_and_severity, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(pushes_are_in_the_words_of_the_house, set_up, tear_down),
        cmocka_unit_test_setup_teardown(good_news_has_nothing_to_press, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_a_private_team_there_is_only_a_number, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_too_long_is_cut_where_letters_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_topic_is_what_the_server_takes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(logins_are_in_headers_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_of_ntfy_mean_what_its_source_says, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(answers_of_gotify, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            pushover_sounds_until_it_is_acknowledged_only_for_what_is_critical, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_user_key_is_what_pushover_gives_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_of_pushover, set_up, tear_down),
        cmocka_unit_test(an_ack_in_the_app_is_that_of_the_key_that_was_paged),
        cmocka_unit_test_setup_teardown(
            a_command_has_the_link_in_its_environment_and_never_in_its_arguments, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(statuses_of_commands_are_those_of_sysexits, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_escaped_fits_the_servers_largest_message, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_title_is_cut_only_when_it_is_too_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(details_are_trimmed_clean_and_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_notice_is_as_loud_in_another_language, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_notice_has_its_text_once_and_is_loud_by_its_first_word_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_a_link_that_can_be_opened_is_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_button_posts_the_form_of_the_ack_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gotify_shows_plain_text_with_both_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_is_an_address_without_a_query, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_is_one_word, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_word_of_a_command_is_one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_command_gets_its_own_words_and_half_a_minute, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_an_alert_says_is_one_line_of_bounded_size_there,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_probe_asks_who_we_are_and_pages_nobody, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
