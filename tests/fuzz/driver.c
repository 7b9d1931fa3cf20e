/* SPDX-License-Identifier: MIT */
/*
 * driver.c - gives files to a fuzzer's function, once each, where libFuzzer is not at hand.
 *
 * Usage: fuzz_NAME FILE-OR-FOLDER...
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "fuzz.h"

static bool file_try(const char *path)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return false;
    CLEANUP(text_clear) struct text bytes = {0};
    char piece[16384];
    for (size_t size; (size = fread(piece, 1, sizeof piece, file)) > 0;)
        text_add_bytes(&bytes, piece, size);
    bool is_whole = ferror(file) == 0;
    (void)fclose(file);
    /* Of exactly that size, so that a sanitizer sees the first byte behind it. */
    uint8_t *copy = memory_new(bytes.size + (bytes.size == 0), 1);
    for (size_t i = 0; i < bytes.size; i++)
        copy[i] = (uint8_t)bytes.bytes[i];
    (void)LLVMFuzzerTestOneInput(copy, bytes.size);
    free(copy);
    return is_whole;
}

static bool path_try(const char *path, size_t *count)
{
    DIR *folder = opendir(path);
    if (folder == NULL && errno == ENOTDIR) {
        (*count)++;
        return file_try(path);
    }
    if (folder == NULL)
        return false;
    bool is_good = true;
    for (struct dirent *entry; is_good && (entry = readdir(folder)) != NULL;) {
        CLEANUP(text_clear) struct text name = {0};
        text_addf(&name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        is_good = file_try(text_string(&name));
        (*count)++;
    }
    (void)closedir(folder);
    return is_good;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        if (!path_try(argv[i], &count)) {
            perror(argv[i]);
            return 1;
        }
    }
    printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1;
}
