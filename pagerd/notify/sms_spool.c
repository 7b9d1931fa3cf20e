/* SPDX-License-Identifier: MIT */
#include "notify/sms_spool.h"

#include <assert.h>
#include <string.h>

bool spool_check(const struct channel_settings *settings, struct fault *fault)
{
    if (!has_text(settings->folder))
        return true;
    if (settings->folder[0] != '/' || strlen(settings->folder) >= REQUEST_URL_SIZE ||
        has_control(settings->folder))
        return fault_set(fault, FAULT_INPUT, "folder must be an absolute path, as /var/spool/sms");
    return true;
}

static const char *folder_of(const struct channel_settings *settings,
                             const struct spool_layout *layout)
{
    return has_text(settings->folder) ? settings->folder : layout->fallback;
}

void spool_put(const struct channel_settings *settings, const struct spool_layout *layout,
               const char *name, struct span content, struct arena *arena, struct request *request)
{
    assert(spool_is_name(span_of(name)));
    *request = (struct request){
        .kind = REQUEST_SPOOL,
        .url = folder_of(settings, layout),
        .method = "PUT",
        .headers = {arena_format(arena, "File: %s", name),
                    arena_format(arena, "Outgoing: %s", layout->outgoing),
                    arena_format(arena, "Pending: %s", layout->pending),
                    arena_format(arena, "Sent: %s", layout->sent),
                    arena_format(arena, "Failed: %s", layout->failed)},
        .header_count = 5,
        .body = content,
        .connect_ms = CONNECT_MS,
        .total_ms = SPOOL_PUT_MS,
    };
}

void spool_get(const struct channel_settings *settings, const struct spool_layout *layout,
               const char *const *taken, size_t taken_count, struct arena *arena,
               struct request *request)
{
    assert(taken_count <= SPOOL_FILES_MAX);
    *request = (struct request){
        .kind = REQUEST_SPOOL,
        .url = folder_of(settings, layout),
        .method = "GET",
        .headers = {arena_format(arena, "Incoming: %s", layout->incoming)},
        .header_count = 1,
        .connect_ms = CONNECT_MS,
        .total_ms = SPOOL_GET_MS,
    };
    for (size_t i = 0; i < taken_count; i++)
        request->headers[request->header_count++] = arena_format(arena, "Taken: %s", taken[i]);
}

bool spool_judge(const struct result *result, const char *reason, struct verdict *verdict)
{
    if (judge_transfer(result, verdict))
        return false;
    verdict->outcome = result->code == SPOOL_SENT ? OUTCOME_SENT : OUTCOME_FAILED;
    if (verdict->outcome == OUTCOME_SENT)
        return true;
    CLEANUP(text_clear) struct text error = {0};
    text_addf(&error, "the modem could not send it%s%s", reason[0] != '\0' ? ": " : "", reason);
    verdict->is_provider_fault = true;
    verdict_set_error(verdict, text_string(&error));
    return false;
}

void spool_judge_probe(const struct result *result, const struct channel_settings *settings,
                       struct verdict *verdict)
{
    (void)settings;
    if (!judge_transfer(result, verdict))
        verdict->outcome = OUTCOME_DELIVERED;
}
