/* SPDX-License-Identifier: MIT */
/* zone_version.c - which release of tzdata lies in a folder. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/zone.h"

#define VERSION_MAX 31

/* The files that tell it, and what stands before it in their first line. */
static const struct {
    const char *file;
    const char *prefix;
} places[] = {
    {"tzdata.zi", "# version "}, /* as zic's own makefile installs it */
    {"+VERSION", ""},            /* as the BSDs do */
};

/* Letters and digits only: it is shown to people and in metrics. */
static bool version_is_sound(struct span version)
{
    for (size_t i = 0; i < version.size; i++) {
        char byte = version.bytes[i];
        bool is_sound = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                        (byte >= 'A' && byte <= 'Z') || byte == '-' || byte == '.';
        if (!is_sound)
            return false;
    }
    return version.size > 0 && version.size <= VERSION_MAX;
}

static void file_close(FILE **file)
{
    if (*file != NULL)
        (void)fclose(*file);
}

static bool version_read(const char *path, const char *prefix, struct text *text)
{
    __attribute__((cleanup(file_close))) FILE *file = fopen(path, "re");
    char line[80];
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return false;
    struct span version = span_of(line);
    if (!span_has_prefix(version, prefix))
        return false;
    size_t size = strlen(prefix);
    version = span_trim((struct span){version.bytes + size, version.size - size});
    if (!version_is_sound(version))
        return false;
    text_add_span(text, version);
    return true;
}

bool zone_data_version(const char *directory, struct text *text)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        CLEANUP(text_clear) struct text path = {0};
        text_addf(&path, "%s/%s", directory, places[i].file);
        if (version_read(text_string(&path), places[i].prefix, text))
            return true;
    }
    return false;
}
