/* SPDX-License-Identifier: MIT */
#include "notify/reply.h"

#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

#define TOKENS_MAX 4
#define WORD_SIZE 16

enum token_kind { TOKEN_WORD, TOKEN_NUMBER };

struct token {
    enum token_kind kind;
    char word[WORD_SIZE]; /* lower case */
    uint64_t number;
    unsigned digits;
    bool is_named;  /* "#412" */
    bool is_equals; /* "=" stands before it: "4=ack", as pages say it */
};

/* A line taken apart. */
struct tokens {
    struct token list[TOKENS_MAX];
    size_t count;
    bool is_foreign; /* something in it that no reply has */
};

static const char *const verb_names[REPLY_VERB_COUNT] = {
    [REPLY_UNKNOWN] = "unknown", [REPLY_ACK] = "ack",       [REPLY_PASS] = "pass",
    [REPLY_RESOLVE] = "resolve", [REPLY_SNOOZE] = "snooze", [REPLY_CALL_ALL] = "call-all",
    [REPLY_HELP] = "help",       [REPLY_REPEAT] = "repeat", [REPLY_KEY] = "key",
    [REPLY_YES] = "yes",         [REPLY_NO] = "no",         [REPLY_STOP] = "stop",
    [REPLY_START] = "start",
};

static const enum reply_verb keys[10] = {
    [0] = REPLY_HELP,     [1] = REPLY_KEY,  [2] = REPLY_KEY,     [3] = REPLY_KEY,
    [4] = REPLY_ACK,      [5] = REPLY_PASS, [6] = REPLY_RESOLVE, [7] = REPLY_SNOOZE,
    [8] = REPLY_CALL_ALL, [9] = REPLY_KEY,
};

/* Words of one meaning. The last column: it stands alone, without a number or another word. STOP
 * and START in the words of the carriers, as Twilio handles them by default
 * (https://help.twilio.com/articles/223134027): "yes" is one of START's and an answer as well. */
static const struct meaning {
    const char *word;
    enum reply_verb verb;
    bool is_alone;
} meanings[] = {
    {"a", REPLY_ACK, false},           {"ack", REPLY_ACK, false},
    {"acked", REPLY_ACK, false},       {"acknowledge", REPLY_ACK, false},
    {"ok", REPLY_ACK, false},          {"okay", REPLY_ACK, false},
    {"pass", REPLY_PASS, false},       {"escalate", REPLY_PASS, false},
    {"resolve", REPLY_RESOLVE, false}, {"resolved", REPLY_RESOLVE, false},
    {"close", REPLY_RESOLVE, false},   {"snooze", REPLY_SNOOZE, false},
    {"call", REPLY_CALL_ALL, false},   {"help", REPLY_HELP, true},
    {"info", REPLY_HELP, true},        {"repeat", REPLY_REPEAT, true},
    {"yes", REPLY_YES, true},          {"no", REPLY_NO, true},
    {"stop", REPLY_STOP, true},        {"stopall", REPLY_STOP, true},
    {"unsubscribe", REPLY_STOP, true}, {"cancel", REPLY_STOP, true},
    {"end", REPLY_STOP, true},         {"quit", REPLY_STOP, true},
    {"revoke", REPLY_STOP, true},      {"optout", REPLY_STOP, true},
    {"start", REPLY_START, true},      {"unstop", REPLY_START, true},
};

static bool is_letter(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

static bool is_digit(uint32_t code)
{
    return code >= '0' && code <= '9';
}

/* Spaces, quotation marks, pictures and what makes a picture of a digit: they say nothing. */
static bool is_noise(uint32_t code)
{
    if (code < 0x80)
        return strchr(" \t\r\f\v\"'`", (int)code) != NULL && code != 0;
    return code == 0xA0 || code == 0xAB || code == 0xBB || code == 0xB4 ||
           (code >= 0x2000 && code <= 0x2BFF) || (code >= 0xFE00 && code <= 0xFE0F) ||
           code == 0xFEFF || (code >= 0x1F000 && code <= 0x1FBFF) ||
           (code >= 0xE0020 && code <= 0xE007F);
}

/* Marks that may stand between words, but join nothing: "4-12" is no two numbers. */
static bool is_mark(uint32_t code)
{
    return code < 0x80 && code != 0 && strchr(".,;:!()[]<>-", (int)code) != NULL;
}

static struct token *token_add(struct tokens *tokens, enum token_kind kind)
{
    if (tokens->count == TOKENS_MAX) {
        tokens->is_foreign = true;
        return NULL;
    }
    struct token *token = &tokens->list[tokens->count++];
    *token = (struct token){.kind = kind};
    return token;
}

/* The letters or digits at the start of `rest`. */
static void token_cut(struct tokens *tokens, struct span *rest)
{
    bool is_number = is_digit((unsigned char)rest->bytes[0]);
    struct token *token = token_add(tokens, is_number ? TOKEN_NUMBER : TOKEN_WORD);
    size_t size = 0;
    while (size < rest->size && (is_number ? is_digit((unsigned char)rest->bytes[size])
                                           : is_letter((unsigned char)rest->bytes[size])))
        size++;
    struct span word = {rest->bytes, size};
    rest->bytes += size;
    rest->size -= size;
    if (token == NULL)
        return;
    if (size > (is_number ? REPLY_NUMBER_DIGITS_MAX : WORD_SIZE - 1) ||
        (is_number && size > 1 && word.bytes[0] == '0')) {
        tokens->is_foreign = true;
        return;
    }
    token->digits = (unsigned)size;
    for (size_t i = 0; i < size; i++) {
        char byte = word.bytes[i];
        token->word[is_number ? 0 : i] =
            (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
        if (is_number)
            token->number = token->number * 10 + (uint64_t)(byte - '0');
    }
}

/* A mark right between two digits: "4.12", "4-12". */
static bool is_joint(struct span line, size_t at, size_t size)
{
    return at > 0 && at + size < line.size && is_digit((unsigned char)line.bytes[at - 1]) &&
           is_digit((unsigned char)line.bytes[at + size]);
}

static struct tokens tokens_of(struct span line)
{
    struct tokens tokens = {0};
    struct span rest = line;
    bool is_named = false;
    bool is_equals = false;
    while (rest.size > 0 && !tokens.is_foreign) {
        if (is_letter((unsigned char)rest.bytes[0]) || is_digit((unsigned char)rest.bytes[0])) {
            size_t before = tokens.count;
            token_cut(&tokens, &rest);
            if (tokens.count == before)
                break;
            struct token *token = &tokens.list[before];
            token->is_named = is_named;
            token->is_equals = is_equals;
            tokens.is_foreign |= is_named && (token->kind != TOKEN_NUMBER || token->number == 0);
            is_named = false;
            is_equals = false;
            continue;
        }
        size_t at = line.size - rest.size;
        uint32_t code = utf8_next(&rest);
        size_t size = line.size - rest.size - at;
        tokens.is_foreign |=
            (is_named && !is_noise(code)) || (is_mark(code) && is_joint(line, at, size));
        if (code == '#')
            is_named = true;
        else if (code == '=' && tokens.count > 0)
            is_equals = true;
        else if (!is_noise(code) && !is_mark(code))
            tokens.is_foreign = true;
    }
    tokens.is_foreign |= is_named || is_equals;
    return tokens;
}

static const struct meaning *meaning_find(const char *word)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if (string_is(meanings[i].word, word))
            return &meanings[i];
    }
    return NULL;
}

/* Takes a verb in: the first one counts, a second one must say the same. */
static bool verb_take(struct reply *reply, enum reply_verb verb)
{
    if (verb == REPLY_UNKNOWN || (reply->verb != REPLY_UNKNOWN && reply->verb != verb))
        return false;
    reply->verb = verb;
    return true;
}

static bool word_take(struct reply *reply, const struct tokens *tokens, size_t at)
{
    const struct token *token = &tokens->list[at];
    bool is_first = at == 0;
    if (string_is(token->word, "incident"))
        return true;
    if (string_is(token->word, "on"))
        return !is_first && string_is(tokens->list[at - 1].word, "pass");
    if (string_is(token->word, "all")) {
        reply->is_all = reply->verb == REPLY_ACK;
        return reply->is_all || reply->verb == REPLY_CALL_ALL;
    }
    if (string_is(token->word, "everyone") || string_is(token->word, "everybody"))
        return !is_first && string_is(tokens->list[at - 1].word, "call");
    const struct meaning *meaning = meaning_find(token->word);
    if (meaning == NULL || (meaning->is_alone && tokens->count > 1))
        return false;
    return verb_take(reply, meaning->verb);
}

/* Which of the numbers is the key? -1: none. A key is one digit; the first of two such. Beside a
 * word that says what to do, a digit is one only as in "4=ack" and "4 ack 412". */
static int key_find(const struct tokens *tokens, size_t number_count)
{
    bool has_word = number_count < tokens->count;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->list[i];
        if (token->kind != TOKEN_NUMBER || token->is_named || token->digits > 1)
            continue;
        bool is_said = i + 1 < tokens->count && tokens->list[i + 1].is_equals;
        const struct meaning *after =
            i == 0 && tokens->count > 1 ? meaning_find(tokens->list[1].word) : NULL;
        bool is_doubled = after != NULL && keys[token->number] == after->verb;
        bool is_all = i == 0 && tokens->count > 1 && string_is(tokens->list[1].word, "all");
        if (!has_word || is_said || is_doubled || is_all || number_count > 1)
            return (int)i;
    }
    return -1;
}

static bool numbers_take(struct reply *reply, const struct tokens *tokens)
{
    size_t number_count = 0;
    for (size_t i = 0; i < tokens->count; i++)
        number_count += tokens->list[i].kind == TOKEN_NUMBER;
    if (number_count > 2)
        return false;
    int key = number_count > 0 ? key_find(tokens, number_count) : -1;
    if (key >= 0) {
        reply->key = (char)('0' + tokens->list[key].number);
        reply->verb = keys[tokens->list[key].number];
    }
    const struct token *first = &tokens->list[0];
    bool is_doubtful = first->kind == TOKEN_NUMBER && first->digits == 1 && !first->is_named;
    if (is_doubtful && key != 0)
        return false; /* "5 ack": which of the two? */
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->list[i];
        if (token->kind != TOKEN_NUMBER || (int)i == key)
            continue;
        if (reply->incident != 0 || token->number == 0)
            return false;
        reply->incident = token->number;
    }
    return true;
}

/* "yes", "no w3", "4=yes" as the question says it: the answer to a swap. */
static bool answer_parse(const struct tokens *tokens, struct reply *reply)
{
    const struct token *token = tokens->list;
    size_t left = tokens->count;
    bool is_keyed = left >= 2 && token[0].kind == TOKEN_NUMBER && token[1].is_equals;
    if (is_keyed) {
        token++;
        left--;
    }
    const struct meaning *meaning = token->kind == TOKEN_WORD ? meaning_find(token->word) : NULL;
    if (meaning == NULL || (meaning->verb != REPLY_YES && meaning->verb != REPLY_NO))
        return false;
    enum reply_verb keyed = meaning->verb == REPLY_YES ? REPLY_ACK : REPLY_PASS;
    if (is_keyed && (token[-1].digits > 1 || keys[token[-1].number] != keyed))
        return false;
    token++;
    left--;
    if (left == 0) {
        reply->verb = meaning->verb;
        return true;
    }
    /* A bare number could be an incident's. */
    bool is_named = left == 2 && token[0].kind == TOKEN_WORD && string_is(token[0].word, "w") &&
                    token[1].kind == TOKEN_NUMBER && token[1].number != 0;
    if (is_named)
        *reply = (struct reply){.verb = meaning->verb, .swap = token[1].number};
    return is_named;
}

static bool line_parse(struct span line, struct reply *reply)
{
    if (line.size == 0 || line.size > REPLY_LINE_MAX)
        return false;
    if (span_is(line, "*")) {
        *reply = (struct reply){.verb = REPLY_REPEAT, .key = '*'};
        return true;
    }
    if (span_is(line, "?")) {
        reply->verb = REPLY_HELP;
        return true;
    }
    struct tokens tokens = tokens_of(line);
    if (tokens.is_foreign || tokens.count == 0)
        return false;
    if (answer_parse(&tokens, reply))
        return true;
    if (!numbers_take(reply, &tokens))
        return false;
    for (size_t i = 0; i < tokens.count; i++) {
        if (tokens.list[i].kind == TOKEN_WORD && !word_take(reply, &tokens, i))
            return false;
    }
    bool takes_number = reply->verb >= REPLY_ACK && reply->verb <= REPLY_CALL_ALL;
    return reply->verb != REPLY_UNKNOWN && (reply->incident == 0 || takes_number);
}

/* From this line on nothing is the writer's own. */
static bool is_end(struct span line)
{
    return span_is(line, "--") || span_has_prefix(line, "-----Original Message") ||
           span_has_prefix(line, "-------- ") || span_has_prefix(line, "________________") ||
           span_has_prefix(line, "Begin forwarded message");
}

/* "On Sun, 22 Nov 2026 at 03:02, PAGER wrote:", in whatever language: it ends in a colon, and what
 * follows is quoted. */
static bool is_announcement(struct span line, struct span rest)
{
    if (line.size == 0 || line.bytes[line.size - 1] != ':')
        return false;
    while (rest.size > 0) {
        struct span next = span_trim(span_cut(&rest, '\n'));
        if (next.size > 0)
            return next.bytes[0] == '>';
    }
    return false;
}

struct span reply_own_line(struct span text)
{
    struct span rest = text;
    if (rest.size > REPLY_TEXT_MAX)
        rest.size = REPLY_TEXT_MAX;
    while (rest.size > 0) {
        struct span line = span_trim(span_cut(&rest, '\n'));
        if (line.size == 0 || line.bytes[0] == '>' || is_announcement(line, rest))
            continue;
        return is_end(line) ? (struct span){0} : line;
    }
    return (struct span){0};
}

struct reply reply_parse(struct span text)
{
    struct reply reply = {0};
    if (line_parse(reply_own_line(text), &reply))
        return reply;
    return (struct reply){.verb = REPLY_UNKNOWN};
}

enum reply_verb reply_of_key(char key)
{
    if (key == '*')
        return REPLY_REPEAT;
    return key >= '0' && key <= '9' ? keys[key - '0'] : REPLY_UNKNOWN;
}

const char *reply_verb_name(enum reply_verb verb)
{
    return verb_names[verb];
}

enum reply_verb reply_verb_parse(struct span name)
{
    for (int i = 0; i < REPLY_VERB_COUNT; i++) {
        if (span_is(name, verb_names[i]))
            return (enum reply_verb)i;
    }
    return REPLY_UNKNOWN;
}
