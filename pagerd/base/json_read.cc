/* SPDX-License-Identifier: MIT */
/*
 * json_read.cc - the reader of json.h, on simdjson's on-demand parser.
 *
 * simdjson checks UTF-8 and finds where strings and values begin; this file walks every value
 * once and checks numbers by the grammar of RFC 8259. It throws nothing: simdjson gives error
 * codes, and no memory ends the process.
 *
 * The document is copied once, into the caller's arena. A string without escapes stays where it is
 * in that copy: its closing quote, which nobody reads again, becomes the NUL behind it.
 */
#include <algorithm>
#include <assert.h>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <simdjson.h>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

extern "C" {
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
}

namespace
{

using simdjson::error_code;
namespace ondemand = simdjson::ondemand;

constexpr size_t NUMBER_SIZE_MAX = 1024;
constexpr size_t KEYS_FEW = 16; /* are compared each with each, rather than sorted */
constexpr double INTEGER_LIMIT = 9223372036854775808.0; /* 2^63 */

struct reader {
    struct arena *arena;
    struct fault *fault;
    const char *start; /* where byte 0 of the caller is, or would be */
    const char *end;
    char *bytes;                         /* the copy of the document */
    std::vector<std::string_view> &keys; /* of the objects that are open, to find doubles */
};

/* One per thread, because its buffers are worth keeping and may not be shared. */
struct buffers {
    ondemand::parser parser;
    std::vector<std::string_view> keys;
};

const struct wording {
    error_code code;
    const char *text;
} wordings[] = {
    {simdjson::UTF8_ERROR, "it is not UTF-8"},
    {simdjson::EMPTY, "it is empty"},
    {simdjson::UNESCAPED_CHARS, "a string holds a control character that is not escaped"},
    {simdjson::UNCLOSED_STRING, "a string has no end"},
    {simdjson::T_ATOM_ERROR, "only true, false and null are written without quotes"},
    {simdjson::F_ATOM_ERROR, "only true, false and null are written without quotes"},
    {simdjson::N_ATOM_ERROR, "only true, false and null are written without quotes"},
    {simdjson::INCORRECT_TYPE, "only true, false and null are written without quotes"},
    {simdjson::INCOMPLETE_ARRAY_OR_OBJECT, "it ends before its last bracket"},
    {simdjson::TRAILING_CONTENT, "more follows after its end"},
};

bool refuse(const struct reader &reader, const char *at, const char *what)
{
    return fault_set(reader.fault, FAULT_INPUT, "not JSON: %s, at byte %zu", what,
                     static_cast<size_t>(at - reader.start));
}

/* No memory is no fault of the bytes: a sender who is told so would never try again. It has ended
 * the process already, for simdjson asks for it by new, whose handler json_parse() sets. */
const char *wording_find(error_code code)
{
    assert(code != simdjson::MEMALLOC);
    for (const struct wording &row : wordings) {
        if (row.code == code)
            return row.text;
    }
    return "it does not follow the grammar";
}

bool refuse_code(const struct reader &reader, error_code code, ondemand::value &place)
{
    const char *at = nullptr;
    if (place.current_location().get(at) != simdjson::SUCCESS)
        return fault_set(reader.fault, FAULT_INPUT, "not JSON: %s", wording_find(code));
    return refuse(reader, at, wording_find(code));
}

bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

size_t digits_size(const char *at, const char *end)
{
    const char *start = at;
    while (at < end && is_digit(*at))
        at++;
    return static_cast<size_t>(at - start);
}

/* RFC 8259 section 6; 0 when there is no number at `start`. */
size_t number_size(const char *start, const char *end)
{
    const char *at = start;
    if (at < end && *at == '-')
        at++;
    size_t whole = digits_size(at, end);
    if (whole == 0 || (whole > 1 && *at == '0'))
        return 0;
    at += whole;
    if (at < end && *at == '.') {
        size_t fraction = digits_size(at + 1, end);
        if (fraction == 0)
            return 0;
        at += 1 + fraction;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        size_t exponent = digits_size(at, end);
        if (exponent == 0)
            return 0;
        at += exponent;
    }
    return static_cast<size_t>(at - start);
}

bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* `token` reaches to where the next one begins. */
std::string_view token_trim(std::string_view token)
{
    while (!token.empty() && is_space(token.back()))
        token.remove_suffix(1);
    return token;
}

bool number_read(const struct reader &reader, std::string_view token, struct json *json)
{
    const char *end = token.data() + token.size();
    if (token.size() > NUMBER_SIZE_MAX)
        return refuse(reader, token.data(), "a number is too long");
    if (number_size(token.data(), end) != token.size())
        return refuse(reader, token.data(), "this is neither a value nor a number");

    json->kind = JSON_NUMBER;
    json->text = arena_copy_span(reader.arena, {token.data(), token.size()});
    json->text_size = token.size();
    /* from_chars does not ask the locale; what it cannot hold, strtod makes 0 or infinite. */
    if (std::from_chars(token.data(), end, json->number).ec != std::errc())
        json->number = std::strtod(json->text, nullptr);
    std::from_chars_result whole = std::from_chars(token.data(), end, json->integer);
    if (whole.ptr == end && whole.ec == std::errc())
        return true;
    if (json->number >= INTEGER_LIMIT)
        json->integer = std::numeric_limits<int64_t>::max();
    else if (json->number <= -INTEGER_LIMIT)
        json->integer = std::numeric_limits<int64_t>::min();
    else
        json->integer = static_cast<int64_t>(json->number);
    return true;
}

int hex_value(char byte)
{
    if (is_digit(byte))
        return byte - '0';
    char small = static_cast<char>(byte | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/* Four hex digits; they are within the string or in front of its quote, which is none. */
bool unit_read(const char *at, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int value = hex_value(at[i]);
        if (value < 0)
            return false;
        *unit = *unit << 4 | static_cast<uint32_t>(value);
    }
    return true;
}

/*
 * "\uXXXX" at `*at`, which stands on the u. NUL would end a C string early, and half a surrogate
 * pair is no letter: both become U+FFFD, because an alert is worth more than one bad letter.
 */
bool code_read(const char **at, uint32_t *code)
{
    uint32_t high = 0;
    uint32_t low = 0;
    if (!unit_read(*at + 1, &high))
        return false;
    *at += 5;
    *code = high == 0 || (high >= 0xd800 && high < 0xe000) ? UTF8_REPLACEMENT : high;
    bool is_pair = high >= 0xd800 && high < 0xdc00 && (*at)[0] == '\\' && (*at)[1] == 'u' &&
                   unit_read(*at + 2, &low) && low >= 0xdc00 && low < 0xe000;
    if (is_pair) {
        *code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        *at += 6;
    }
    return true;
}

size_t code_write(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = static_cast<char>(code);
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = static_cast<char>(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = static_cast<char>(heads[size] | code);
    return size;
}

/* The same with escapes. */
bool string_unescape(const struct reader &reader, const char *at, const char **text, size_t *size)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    const char *end = at;
    while (*end != '"')
        end += *end == '\\' ? 2 : 1;
    /* What is read is never shorter than what is written: six bytes give three at most. */
    char *copy = static_cast<char *>(arena_take(reader.arena, static_cast<size_t>(end - at) + 1));
    char *out = copy;
    while (at < end) {
        const void *found = std::memchr(at, '\\', static_cast<size_t>(end - at));
        const char *stop = found == nullptr ? end : static_cast<const char *>(found);
        std::memcpy(out, at, static_cast<size_t>(stop - at));
        out += stop - at;
        at = stop;
        if (at == end)
            break;
        at++;
        const char *letter = std::strchr(from, *at);
        uint32_t code = 0;
        if (*at == 'u' && code_read(&at, &code)) {
            out += code_write(out, code);
        } else if (*at != 'u' && *at != '\0' && letter != nullptr) {
            *out++ = to[letter - from];
            at++;
        } else {
            return refuse(reader, at - 1, "there is no such escape in a string");
        }
    }
    *text = copy;
    *size = static_cast<size_t>(out - copy);
    return true;
}

/* From behind the opening quote, of which simdjson has seen the closing one. */
bool string_read(const struct reader &reader, const char *at, const char **text, size_t *size)
{
    auto room = static_cast<size_t>(reader.end - at);
    const auto *quote = static_cast<const char *>(std::memchr(at, '"', room));
    if (std::memchr(at, '\\', static_cast<size_t>(quote - at)) == nullptr) {
        reader.bytes[quote - reader.bytes] = '\0';
        *text = at;
        *size = static_cast<size_t>(quote - at);
        return true;
    }
    return string_unescape(reader, at, text, size);
}

bool atom_read(const struct reader &reader, std::string_view token, struct json *json)
{
    if (token == "null") {
        json->kind = JSON_NULL;
        return true;
    }
    if (token != "true" && token != "false")
        return refuse(reader, token.data(), wording_find(simdjson::T_ATOM_ERROR));
    json->kind = JSON_BOOL;
    json->is_true = token == "true";
    json->text = json->is_true ? "true" : "false";
    json->text_size = token.size();
    return true;
}

using key_place = std::vector<std::string_view>::iterator;

key_place twice_find(key_place begin, key_place end)
{
    for (key_place one = begin; one != end; one++) {
        if (std::find(begin, one, *one) != one)
            return one;
    }
    return end;
}

key_place twice_find_sorted(key_place begin, key_place end)
{
    std::sort(begin, end);
    return std::adjacent_find(begin, end);
}

/* Two members of one name would let two readers of a message see two messages. */
bool keys_are_unique(struct reader &reader, size_t first)
{
    auto begin = reader.keys.begin() + static_cast<std::ptrdiff_t>(first);
    auto twice = reader.keys.size() - first <= KEYS_FEW
                     ? twice_find(begin, reader.keys.end())
                     : twice_find_sorted(begin, reader.keys.end());
    if (twice != reader.keys.end())
        return fault_set(reader.fault, FAULT_INPUT, "not JSON: an object has \"%.60s\" twice",
                         twice->data());
    reader.keys.resize(first);
    return true;
}

bool value_read(struct reader &reader, ondemand::value &value, size_t depth, struct json *json);

/* `token` begins with the value and may have white space behind it. */
bool scalar_read(const struct reader &reader, std::string_view token, struct json *json)
{
    if (token.front() == '"') {
        json->kind = JSON_STRING;
        return string_read(reader, token.data() + 1, &json->text, &json->text_size);
    }
    token = token_trim(token);
    bool is_number = token.front() == '-' || is_digit(token.front());
    return is_number ? number_read(reader, token, json) : atom_read(reader, token, json);
}

struct json *json_append(const struct reader &reader, struct json *parent, struct json *last)
{
    auto *json = static_cast<struct json *>(arena_take(reader.arena, sizeof(struct json)));
    if (last == nullptr)
        parent->first = json;
    else
        last->next = json;
    parent->count++;
    return json;
}

bool array_read(struct reader &reader, ondemand::value &value, size_t depth, struct json *json)
{
    json->kind = JSON_ARRAY;
    struct json *last = nullptr;
    ondemand::array array;
    error_code error = value.get_array().get(array);
    if (error != simdjson::SUCCESS)
        return refuse_code(reader, error, value);
    for (auto item : array) {
        ondemand::value element;
        error = item.get(element);
        if (error != simdjson::SUCCESS)
            return refuse_code(reader, error, value);
        last = json_append(reader, json, last);
        if (!value_read(reader, element, depth + 1, last))
            return false;
    }
    return true;
}

bool object_read(struct reader &reader, ondemand::value &value, size_t depth, struct json *json)
{
    json->kind = JSON_OBJECT;
    struct json *last = nullptr;
    size_t first_key = reader.keys.size();
    ondemand::object object;
    error_code error = value.get_object().get(object);
    if (error != simdjson::SUCCESS)
        return refuse_code(reader, error, value);
    for (auto item : object) {
        ondemand::field field;
        error = std::move(item).get(field);
        if (error != simdjson::SUCCESS)
            return refuse_code(reader, error, value);
        if (json->count == JSON_MEMBERS_MAX)
            return fault_set(reader.fault, FAULT_LIMIT, "an object has more than %d members",
                             JSON_MEMBERS_MAX);
        last = json_append(reader, json, last);
        size_t size = 0;
        if (!string_read(reader, field.key().raw(), &last->key, &size))
            return false;
        reader.keys.emplace_back(last->key, size);
        if (!value_read(reader, field.value(), depth + 1, last))
            return false;
    }
    return keys_are_unique(reader, first_key);
}

bool value_read(struct reader &reader, ondemand::value &value, size_t depth, struct json *json)
{
    std::string_view token = value.raw_json_token();
    if (token.front() != '[' && token.front() != '{')
        return scalar_read(reader, token, json);
    if (depth > JSON_DEPTH_MAX)
        return fault_set(reader.fault, FAULT_LIMIT, "JSON is nested deeper than %d",
                         JSON_DEPTH_MAX);
    if (token.front() == '[')
        return array_read(reader, value, depth, json);
    return object_read(reader, value, depth, json);
}

/* Where the first bad byte is, which simdjson does not say. */
const char *bad_byte_find(std::string_view bytes)
{
    struct span rest = {bytes.data(), bytes.size()};
    while (rest.size > 0) {
        struct span before = rest;
        if (utf8_next(&rest) == UTF8_REPLACEMENT && before.size - rest.size == 1)
            return before.bytes;
    }
    return rest.bytes;
}

/* simdjson has one way for a document that is a lone value, and another for the rest. */
bool document_read(struct reader &reader, ondemand::document &document, struct json *json)
{
    ondemand::value root;
    error_code error = document.get_value().get(root);
    if (error == simdjson::SCALAR_DOCUMENT_AS_VALUE) {
        std::string_view token;
        error = document.raw_json_token().get(token);
        if (error != simdjson::SUCCESS)
            return fault_set(reader.fault, FAULT_INPUT, "not JSON: %s", wording_find(error));
        if (token.data() + token.size() != reader.end)
            return refuse(reader, token.data() + token.size(),
                          wording_find(simdjson::TRAILING_CONTENT));
        return scalar_read(reader, token, json);
    }
    if (error != simdjson::SUCCESS)
        return fault_set(reader.fault, FAULT_INPUT, "not JSON: %s", wording_find(error));
    if (!value_read(reader, root, 1, json))
        return false;
    const char *at = nullptr;
    if (document.current_location().get(at) == simdjson::SUCCESS)
        return refuse(reader, at, wording_find(simdjson::TRAILING_CONTENT));
    return true;
}

} // namespace

extern "C" bool json_parse(struct arena *arena, struct span bytes, const struct json **json,
                           struct fault *fault)
{
    /* Before anything is thrown: no frame of ours could catch it. */
    static const bool is_told = (std::set_new_handler(memory_out), true);
    static_cast<void>(is_told);
    static thread_local struct buffers buffers;
    /* Some senders on Windows put a byte order mark first. */
    bool has_mark = bytes.size >= 3 && std::memcmp(bytes.bytes, "\xef\xbb\xbf", 3) == 0;
    size_t skipped = has_mark ? 3 : 0;
    size_t size = bytes.size - skipped;
    size_t room = size + simdjson::SIMDJSON_PADDING;
    auto *start = static_cast<char *>(arena_take(arena, room)); /* zeroed */
    if (size > 0)
        std::memcpy(start, bytes.bytes + skipped, size);

    buffers.keys.clear();
    struct reader reader = {arena, fault, start - skipped, start + size, start, buffers.keys};
    ondemand::document document;
    error_code error = buffers.parser.iterate(start, size, room).get(document);
    if (error == simdjson::UTF8_ERROR)
        return refuse(reader, bad_byte_find({start, size}), wording_find(error));
    if (error != simdjson::SUCCESS)
        return fault_set(fault, FAULT_INPUT, "not JSON: %s", wording_find(error));

    auto *root = static_cast<struct json *>(arena_take(arena, sizeof(struct json)));
    if (!document_read(reader, document, root))
        return false;
    *json = root;
    return true;
}
