/* SPDX-License-Identifier: MIT */
/*
 * cmd_backup.c - everything that pagerd knows, as one file on this machine.
 *
 * The file is written beside its place, put on disk, read again from its beginning to its end, and
 * only then gets its name: whoever finds a backup under a name finds a whole one.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/api.h"
#include "base/archive.h"
#include "pagectl/commands.h"
#include "pagectl/request.h"

#define DATED_BEGIN "pagerd-"
#define DATED_END ".backup"
#define DATED_FORM "0000-00-00T00-00-00Z" /* digits stand for digits */
#define KEEP_MAX 100000

static const struct option backup_options[] = {
    {"keep", 0, "N", "in a folder: remove all but the newest N"},
    {"force", 'f', NULL, "replace a file that is there"},
    {"verify", 0, NULL, "only read FILE, and say whether it is whole (7: no)"},
    {0},
};

/* Where it goes. Strings are in the arena. */
struct aim {
    const char *folder;
    const char *path;
    const char *part; /* beside it */
    bool is_dated;
};

static void aim_take(struct tool *tool, const char *word, struct aim *aim)
{
    struct stat status;
    struct arena *arena = tool->arena;
    aim->is_dated = stat(word, &status) == 0 && S_ISDIR(status.st_mode);
    if (aim->is_dated) {
        struct civil at = civil_from_msec(tool->now);
        aim->folder = word;
        aim->path =
            arena_format(arena, "%s/" DATED_BEGIN "%04d-%02d-%02dT%02d-%02d-%02dZ" DATED_END, word,
                         (int)at.year, at.month, at.day, at.hour, at.minute, at.second);
    } else {
        const char *slash = strrchr(word, '/');
        aim->path = word;
        aim->folder = slash == NULL   ? "."
                      : slash == word ? "/"
                                      : arena_format(arena, "%.*s", (int)(slash - word), word);
    }
    aim->part = arena_format(arena, "%s.part", aim->path);
}

static void summary_say(struct tool *tool, const char *path, const struct archive_summary *summary)
{
    if (tool->is_json) {
        struct json_writer writer = {.text = &tool->output};
        json_begin_object(&writer, NULL);
        json_put_string(&writer, "file", path);
        json_put_string(&writer, "made_at", summary->made_at);
        json_put_string(&writer, "version", summary->version);
        json_put_integer(&writer, "rows", (int64_t)summary->rows);
        json_put_integer(&writer, "files", (int64_t)summary->files);
        json_put_integer(&writer, "bytes", (int64_t)summary->size);
        json_end_object(&writer);
        say(tool, "\n");
        return;
    }
    say(tool,
        "%s is whole: %" PRIu64 " rows and %" PRIu64 " files of %s, %" PRIu64
        " bytes, by pagerd %s.\n",
        tool_clean(tool, path), summary->rows, summary->files, tool_clean(tool, summary->made_at),
        summary->size, tool_clean(tool, summary->version));
}

static int verify_run(struct tool *tool, const char *path)
{
    struct archive_summary summary;
    struct fault fault = {0};
    if (!archive_verify(path, &summary, &fault))
        return tool_fail(tool, fault.kind == FAULT_INPUT ? EXIT_FOUND : EXIT_FAILED, "%s.",
                         tool_clean(tool, fault.text));
    summary_say(tool, path, &summary);
    return EXIT_DONE;
}

static int is_dated_name(const struct dirent *item)
{
    static const char form[] = DATED_BEGIN DATED_FORM DATED_END;
    if (strlen(item->d_name) != strlen(form))
        return 0;
    for (size_t i = 0; form[i] != '\0'; i++) {
        bool is_digit = item->d_name[i] >= '0' && item->d_name[i] <= '9';
        if (form[i] == '0' ? !is_digit : item->d_name[i] != form[i])
            return 0;
    }
    return 1;
}

/* Names of the same form sort by their time. */
static int old_remove(struct tool *tool, const char *folder, long keep)
{
    struct dirent **items = NULL;
    int code = EXIT_DONE;
    int count = scandir(folder, &items, is_dated_name, alphasort);
    for (int i = 0; i < count; i++) {
        const char *path = arena_format(tool->arena, "%s/%s", folder, items[i]->d_name);
        if (i < count - keep && unlink(path) != 0)
            code = tool_fail(tool, EXIT_FAILED, "cannot remove '%s': %s.", tool_clean(tool, path),
                             strerror(errno));
        free(items[i]);
    }
    free(items);
    return code;
}

static bool folder_sync(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return is_synced;
}

/* link(2) refuses a name that is there, whoever made it meanwhile; rename(2) does not. */
static bool name_give(const struct aim *aim, bool is_forced, struct fault *fault)
{
    if (is_forced && rename(aim->part, aim->path) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot replace '%s'", aim->path);
    if (!is_forced && link(aim->part, aim->path) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot name it '%s'", aim->path);
    if (!is_forced)
        (void)unlink(aim->part);
    return folder_sync(aim->folder) ||
           fault_set(fault, FAULT_SYSTEM, "cannot put the folder '%s' on disk", aim->folder);
}

/* What an earlier try left beside it is written over, unless that one is still under way. */
static int part_open(const struct aim *aim, struct fault *fault)
{
    int file = open(aim->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        fault_set(fault, FAULT_SYSTEM, "cannot create '%s'", aim->part);
        return -1;
    }
    if (flock(file, LOCK_EX | LOCK_NB) == 0 && fchmod(file, 0600) == 0 && ftruncate(file, 0) == 0)
        return file;
    fault_set(fault, FAULT_SYSTEM, "cannot use '%s': is another backup being written there?",
              aim->part);
    close(file);
    return -1;
}

static int part_fill(struct tool *tool, const struct aim *aim, bool is_forced, int file)
{
    struct archive_summary summary;
    struct fault fault = {0};
    int code = request_download(tool, API_BACKUP, file);
    if (code != EXIT_DONE)
        return code;
    bool is_good =
        fsync(file) == 0 || fault_set(&fault, FAULT_SYSTEM, "cannot put '%s' on disk", aim->part);
    if (!is_good || !archive_verify(aim->part, &summary, &fault) ||
        !name_give(aim, is_forced, &fault))
        return tool_fail(tool, EXIT_FAILED, "%s.", tool_clean(tool, fault.text));
    if (!tool->is_quiet)
        summary_say(tool, aim->path, &summary);
    return EXIT_DONE;
}

static bool keep_parse(const struct invocation *call, const struct aim *aim, long *keep,
                       struct fault *fault)
{
    char *end = NULL;
    const char *text = option_get(call, "keep");
    *keep = text != NULL ? strtol(text, &end, 10) : KEEP_MAX;
    if (text != NULL && (*end != '\0' || *keep < 1 || *keep > KEEP_MAX))
        return fault_set(fault, FAULT_INPUT, "--keep takes a number from 1 to %d", KEEP_MAX);
    if (text != NULL && !aim->is_dated)
        return fault_set(fault, FAULT_INPUT, "--keep needs a folder that is there, and not a file");
    return true;
}

static int backup_run(struct tool *tool, const struct invocation *call)
{
    struct aim aim = {0};
    struct fault fault = {0};
    long keep;
    bool is_forced = option_is(call, "force");
    if (option_is(call, "verify"))
        return verify_run(tool, call->words[0]);
    aim_take(tool, call->words[0], &aim);
    if (!keep_parse(call, &aim, &keep, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (!is_forced && access(aim.path, F_OK) == 0)
        return tool_fail(tool, EXIT_CONFLICT, "'%s' is there already; --force replaces it.",
                         tool_clean(tool, aim.path));
    if (tool->is_dry) {
        say(tool, "would write %s\n", tool_clean(tool, aim.path));
        return EXIT_DONE;
    }
    int file = part_open(&aim, &fault);
    if (file < 0)
        return tool_fail(tool, EXIT_FAILED, "%s.", tool_clean(tool, fault.text));
    int code = part_fill(tool, &aim, is_forced, file);
    if (code != EXIT_DONE)
        (void)unlink(aim.part);
    close(file);
    return code == EXIT_DONE && aim.is_dated ? old_remove(tool, aim.folder, keep) : code;
}

const struct command command_backup = {
    .name = "backup",
    .summary = "Everything that pagerd knows, as one file on this machine",
    .arguments = "FILE|FOLDER",
    .options = backup_options,
    .examples = "pagectl backup /srv/backup/pagerd.backup --force\n"
                "pagectl backup /srv/backup --keep 48\n"
                "pagectl backup --verify /srv/backup/pagerd.backup\n",
    .words_min = 1,
    .words_max = 1,
    .run = backup_run,
};
