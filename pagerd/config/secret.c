/* SPDX-License-Identifier: MIT */
#include "config/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "config/config.h"

#define SECRET_NAME_MAX 128

const char *secret_name(const char *value)
{
    return value != NULL && strncmp(value, "secret:", 7) == 0 ? value + 7 : NULL;
}

static bool name_is_valid(const char *name)
{
    size_t size = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789._-");
    return size > 0 && size <= SECRET_NAME_MAX && name[size] == '\0' && name[0] != '.';
}

/* Opens the first of the two places that has it; `path` is the last one tried. */
static int secret_open(const struct secrets *secrets, struct arena *arena, const char *name,
                       const char **path)
{
    int descriptor = -1;
    if (secrets->credentials_dir != NULL) {
        *path = arena_format(arena, "%s/%s", secrets->credentials_dir, name);
        descriptor = open(*path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    }
    if (descriptor >= 0 || (secrets->credentials_dir != NULL && errno != ENOENT))
        return descriptor;
    *path = arena_format(arena, "%s/secrets/%s", secrets->home, name);
    return open(*path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static bool first_line_read(struct secrets *secrets, int descriptor, const char **value,
                            struct fault *fault)
{
    struct secret *secret = memory_new(1, sizeof *secret);
    secret->value = memory_new(1, CONFIG_SECRET_MAX + 2);
    secret->size = CONFIG_SECRET_MAX + 2;
    secret->next = secrets->first;
    secrets->first = secret;

    size_t size = 0;
    while (size <= CONFIG_SECRET_MAX) {
        ssize_t got = read(descriptor, secret->value + size, CONFIG_SECRET_MAX + 1 - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot be read");
        if (got == 0)
            break;
        size += (size_t)got;
    }
    if (size > CONFIG_SECRET_MAX)
        return fault_set(fault, FAULT_LIMIT, "has more than %d bytes", CONFIG_SECRET_MAX);
    secret->value[strcspn(secret->value, "\r\n")] = '\0';
    if (secret->value[0] == '\0')
        return fault_set(fault, FAULT_INPUT, "is empty");
    *value = secret->value;
    return true;
}

bool secret_read(struct secrets *secrets, struct arena *arena, const char *name, const char **value,
                 const char **hint, struct fault *fault)
{
    *hint = NULL;
    if (!name_is_valid(name)) {
        *hint = "letters, digits, . _ - name a file in secrets/";
        return fault_set(fault, FAULT_INPUT, "has no valid name");
    }
    const char *path = NULL;
    int descriptor = secret_open(secrets, arena, name, &path);
    if (descriptor < 0) {
        *hint = arena_format(arena, "sudo install -m 0640 -g pagerd /dev/stdin %s", path);
        if (errno == ENOENT)
            return fault_set(fault, FAULT_INPUT, "cannot be read");
        return fault_set(fault, FAULT_SYSTEM, "cannot be read");
    }

    struct stat status;
    bool is_known = fstat(descriptor, &status) == 0;
    bool is_good = false;
    if (!is_known || !S_ISREG(status.st_mode)) {
        (void)fault_set(fault, FAULT_INPUT, "cannot be read: '%s' is not a file", path);
    } else if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0) {
        *hint = arena_format(arena, "sudo chmod o= %s", path);
        (void)fault_set(fault, FAULT_INPUT, "is refused: everybody can read or write it");
    } else {
        is_good = first_line_read(secrets, descriptor, value, fault);
    }
    (void)close(descriptor);
    return is_good;
}

void secrets_wipe(struct secrets *secrets)
{
    for (struct secret *next, *secret = secrets->first; secret != NULL; secret = next) {
        next = secret->next;
        explicit_bzero(secret->value, secret->size);
        free(secret->value);
        free(secret);
    }
    secrets->first = NULL;
}
