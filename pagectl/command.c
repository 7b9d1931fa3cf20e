/* SPDX-License-Identifier: MIT */
#include "pagectl/command.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define NAME_MAX_SIZE 64
#define GUESS_MAX 2 /* typos that "did you mean" forgives */

const struct option global_options[] = {
    {"server", 0, "URL", "where pagerd is (also the path of a socket)"},
    {"socket", 0, "PATH", "pagerd's Unix socket"},
    {"json", 0, "[FIELDS]", "one JSON document; --json=number,state picks fields"},
    {"header", 0, NULL, "a heading over a piped table"},
    {"utc", 0, NULL, "times in UTC"},
    {"color", 0, "WHEN", "auto, always or never"},
    {"quiet", 'q', NULL, "say nothing when all is well"},
    {"dry-run", 'n', NULL, "say what would be done"},
    {"yes", 0, NULL, "answer yes to every question"},
    {"no-input", 0, NULL, "never ask"},
    {"help", 'h', NULL, "this help"},
    {0},
};

static bool alias_is(const char *aliases, const char *word)
{
    struct span rest = span_of(aliases);
    while (rest.size > 0) {
        if (span_is(span_cut(&rest, ' '), word))
            return true;
    }
    return false;
}

static const struct command *name_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++) {
        if (string_is(commands[i]->name, name))
            return commands[i];
    }
    for (size_t i = 0; i < command_count; i++) {
        if (commands[i]->aliases != NULL && alias_is(commands[i]->aliases, name))
            return commands[i];
    }
    return NULL;
}

/* The rows "key add", "key list" of the word "key", as "add, list". */
static bool family_render(const char *word, struct text *text)
{
    size_t size = strlen(word);
    for (size_t i = 0; i < command_count; i++) {
        const char *name = commands[i]->name;
        if (strncmp(name, word, size) == 0 && name[size] == ' ')
            text_addf(text, "%s%s", text->size > 0 ? ", " : "", name + size + 1);
    }
    return text->size > 0;
}

static void guess_try(const char *name, const char *typed, unsigned *best, const char **guess)
{
    unsigned distance = string_distance(name, typed);
    if (distance <= GUESS_MAX && distance < *best && distance < strlen(name)) {
        *best = distance;
        *guess = name;
    }
}

static const char *guess_find(const char *typed)
{
    const char *guess = NULL;
    unsigned best = GUESS_MAX + 1;
    for (size_t i = 0; i < command_count; i++) {
        if (!commands[i]->is_hidden && commands[i]->name[0] != '\0')
            guess_try(commands[i]->name, typed, &best, &guess);
    }
    return guess;
}

const struct command *command_find(const char *const *words, size_t count, size_t *used,
                                   struct fault *fault)
{
    CLEANUP(text_clear) struct text family = {0};
    char name[NAME_MAX_SIZE];
    *used = 0;
    if (count == 0)
        return name_find("");

    const char *first = string_is(words[0], "maintenance") ? "silence" : words[0];
    if (count > 1) {
        snprintf(name, sizeof(name), "%s %s", first, words[1]);
        *used = 2;
        const struct command *command = name_find(name);
        if (command != NULL)
            return command;
    }
    *used = 1;
    const struct command *command = words[0][0] != '\0' ? name_find(words[0]) : NULL;
    if (command != NULL)
        return command;

    if (family_render(first, &family)) {
        if (count == 1)
            fault_set(fault, FAULT_INPUT, "\"%s\" needs one of: %s", words[0],
                      text_string(&family));
        else
            fault_set(fault, FAULT_INPUT, "there is no command \"%s %.40s\". There are: %s",
                      words[0], words[1], text_string(&family));
        return NULL;
    }
    const char *guess = guess_find(words[0]);
    if (guess != NULL)
        fault_set(fault, FAULT_INPUT, "there is no command \"%.40s\". Did you mean: pagectl %s",
                  words[0], guess);
    else
        fault_set(fault, FAULT_INPUT, "there is no command \"%.40s\". See: pagectl help", words[0]);
    return NULL;
}

static const struct option *option_find(const struct option *options, struct span name, char letter)
{
    for (; options != NULL && options->name != NULL; options++) {
        if (letter != 0 ? options->letter == letter : span_is(name, options->name))
            return options;
    }
    return NULL;
}

static const char *option_guess(const struct command *command, const char *typed)
{
    const char *guess = NULL;
    unsigned best = GUESS_MAX + 1;
    for (const struct option *row = command->options; row != NULL && row->name != NULL; row++)
        guess_try(row->name, typed, &best, &guess);
    for (const struct option *row = global_options; row->name != NULL; row++)
        guess_try(row->name, typed, &best, &guess);
    return guess;
}

static bool color_parse(const char *value, enum color_use *use, struct fault *fault)
{
    static const char *const names[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    for (int i = COLOR_AUTO; i <= COLOR_NEVER; i++) {
        if (string_is(value, names[i])) {
            *use = (enum color_use)i;
            return true;
        }
    }
    return fault_set(fault, FAULT_INPUT, "--color is auto, always or never, not \"%.40s\"", value);
}

/* Sets what a global option says; `value` is NULL for a flag. */
static bool global_apply(struct tool *tool, const struct option *option, const char *value,
                         struct fault *fault)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"json", &tool->is_json},         {"header", &tool->has_header},
                 {"utc", &tool->is_utc},           {"quiet", &tool->is_quiet},
                 {"dry-run", &tool->is_dry},       {"yes", &tool->is_yes},
                 {"no-input", &tool->has_no_input}};

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (string_is(option->name, flags[i].name))
            *flags[i].flag = true;
    }
    if (string_is(option->name, "json"))
        tool->fields = value;
    if (string_is(option->name, "server"))
        tool->server = value;
    if (string_is(option->name, "socket"))
        tool->socket = value;
    if (string_is(option->name, "color"))
        return color_parse(value, &tool->color_use, fault);
    return true;
}

/* The words left to read. */
struct reader {
    struct tool *tool;
    struct invocation *call;
    char *const *next;
    char *const *end;
};

static bool option_store(struct reader *reader, const struct option *option, bool is_global,
                         const char *value, struct fault *fault)
{
    struct invocation *call = reader->call;
    bool is_optional = option->value != NULL && option->value[0] == '[';
    if (option->value == NULL && value != NULL)
        return fault_set(fault, FAULT_INPUT, "--%s takes no value", option->name);
    if (option->value != NULL && !is_optional && value == NULL) {
        if (reader->next == reader->end)
            return fault_set(fault, FAULT_INPUT, "--%s needs a value: %s", option->name,
                             option->value);
        value = *reader->next++;
    }
    if (is_global && string_is(option->name, "help"))
        call->wants_help = true;
    if (is_global)
        return global_apply(reader->tool, option, value, fault);

    if (call->value_count == VALUES_MAX)
        return fault_set(fault, FAULT_LIMIT, "more than %d options", VALUES_MAX);
    call->values[call->value_count].name = option->name;
    call->values[call->value_count].value = value != NULL ? value : "";
    call->value_count++;
    return true;
}

static bool option_read(struct reader *reader, const char *word, struct fault *fault)
{
    const struct command *command = reader->call->command;
    struct span rest = span_of(word + 2);
    bool is_long = word[1] == '-';
    char letter = is_long ? 0 : word[1];
    const char *value = is_long ? strchr(word, '=') : word[2] != '\0' ? word + 2 : NULL;
    if (is_long && value != NULL)
        value++;
    struct span name = span_cut(&rest, '=');

    bool is_global = false;
    const struct option *option = option_find(command->options, name, letter);
    if (option == NULL) {
        option = option_find(global_options, name, letter);
        is_global = true;
    }
    if (option != NULL && !is_long && option->value == NULL && value != NULL)
        return fault_set(fault, FAULT_INPUT, "write -%c apart from \"%.40s\"", letter, value);
    if (option != NULL)
        return option_store(reader, option, is_global, value, fault);

    CLEANUP(text_clear) struct text typed = {0};
    text_add_span(&typed, name);
    const char *guess = is_long ? option_guess(command, text_string(&typed)) : NULL;
    if (guess != NULL)
        return fault_set(fault, FAULT_INPUT, "there is no option \"%.40s\". Did you mean: --%s",
                         word, guess);
    return fault_set(fault, FAULT_INPUT, "there is no option \"%.40s\". See: pagectl %s -h", word,
                     command->name);
}

/* Global options may stand before the command; everything else waits until it is known. */
static bool before_read(struct reader *reader, const char **words, size_t *count,
                        struct fault *fault)
{
    static const struct command none = {.name = ""};
    reader->call->command = &none;
    while (reader->next != reader->end && *count < 2) {
        const char *word = *reader->next;
        bool is_option = word[0] == '-' && word[1] != '\0';
        if (is_option && *count > 0)
            break; /* it may be the command's own */
        reader->next++;
        if (!is_option)
            words[(*count)++] = word;
        else if (!option_read(reader, word, fault))
            return false;
    }
    return true;
}

static bool words_check(const struct invocation *call, struct fault *fault)
{
    const struct command *command = call->command;
    if (call->wants_help)
        return true;
    if (call->word_count < command->words_min)
        return fault_set(fault, FAULT_INPUT, "%s needs %s. See: pagectl %s -h", command->name,
                         command->arguments, command->name);
    if (call->word_count > command->words_max)
        return fault_set(fault, FAULT_INPUT, "%s does not take \"%.40s\". See: pagectl %s -h",
                         command->name[0] != '\0' ? command->name : "pagectl",
                         call->words[command->words_max], command->name);
    return true;
}

bool command_parse(struct tool *tool, int count, char *const *arguments, struct invocation *call,
                   struct fault *fault)
{
    *call = (struct invocation){0};
    struct reader reader = {
        .tool = tool, .call = call, .next = arguments, .end = arguments + count};
    const char *names[2] = {NULL, NULL};
    size_t name_count = 0, used = 0;
    if (!before_read(&reader, names, &name_count, fault))
        return false;

    bool has_help = call->wants_help;
    call->command = command_find(names, name_count, &used, fault);
    if (call->command == NULL)
        return false;
    for (size_t i = used; i < name_count; i++)
        call->words[call->word_count++] = names[i];

    bool is_ended = false;
    while (reader.next != reader.end) {
        const char *word = *reader.next++;
        if (!is_ended && string_is(word, "--")) {
            is_ended = true;
        } else if (!is_ended && word[0] == '-' && word[1] != '\0') {
            if (!option_read(&reader, word, fault))
                return false;
        } else if (call->word_count == WORDS_MAX) {
            return fault_set(fault, FAULT_LIMIT, "more than %d words", WORDS_MAX);
        } else {
            call->words[call->word_count++] = word;
        }
    }
    call->wants_help = call->wants_help || has_help;
    return words_check(call, fault);
}

const char *option_get(const struct invocation *call, const char *name)
{
    for (size_t i = call->value_count; i-- > 0;) {
        if (string_is(call->values[i].name, name))
            return call->values[i].value;
    }
    return NULL;
}

bool option_is(const struct invocation *call, const char *name)
{
    return option_get(call, name) != NULL;
}

const char *option_each(const struct invocation *call, const char *name, size_t *cursor)
{
    for (; *cursor < call->value_count; (*cursor)++) {
        if (string_is(call->values[*cursor].name, name))
            return call->values[(*cursor)++].value;
    }
    return NULL;
}
