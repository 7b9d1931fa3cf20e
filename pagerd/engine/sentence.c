/* SPDX-License-Identifier: MIT */
#include "engine/sentence.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "engine/words.h"

#define SAYINGS_MAX 10
#define LINE_MAX 160 /* letters of a notice of its own: an SMS */
#define TOLD_MAX 140 /* of one behind "ON CALL" and the like */
#define PART_MAX 60  /* of a part of one */

#define PART(name_, text_, fields_)                   \
    {                                                 \
        "told." name_, text_, fields_, PART_MAX, true \
    }
#define TOLD(name_, text_, fields_)                   \
    {                                                 \
        "told." name_, text_, fields_, TOLD_MAX, true \
    }
#define NOTICE(name_, text_, fields_)                 \
    {                                                 \
        "told." name_, text_, fields_, LINE_MAX, true \
    }
/* Only in what has room for lines. */
#define MORE(name_, text_, fields_)             \
    {                                           \
        "told." name_, text_, fields_, 0, false \
    }

static const struct template_row rows[SENTENCE_COUNT] = {
    [SENTENCE_ROLE + ROLE_PRIMARY] = PART("primary", "primary", ""),
    [SENTENCE_ROLE + ROLE_SECONDARY] = PART("secondary", "secondary", ""),
    [SENTENCE_ROLE + ROLE_ONCALL] = PART("oncall", "oncall", ""),
    [SENTENCE_NOW] = PART("now", "now", ""),
    [SENTENCE_FURTHER_NOTICE] = PART("further-notice", "further notice", ""),
    [SENTENCE_AND] = PART("and", "and", ""),

    [SENTENCE_SHIFT_SOON] =
        TOLD("shift-soon", "$team $role from $from to $until.", "team role from until"),
    [SENTENCE_SHIFT_STARTS] = TOLD("shift-starts",
                                   "$team $role: you, $from to $until.{0: Backup $backup.} Open: "
                                   "$open. Last week $pages.",
                                   "team role from until backup open pages"),
    [SENTENCE_SHIFT_NEWS] = TOLD("shift-news",
                                 "$team $role: you, $from to $until.{0: Backup $backup.} Open: "
                                 "$open. Changed since $since: $count.",
                                 "team role from until backup open count since"),
    [SENTENCE_PAGES_ONE] = PART("pages-one", "1 page", ""),
    [SENTENCE_PAGES] = PART("pages", "$count pages", "count"),
    [SENTENCE_PAGES_MORE] = PART("pages-more", "more than $count pages", "count"),
    [SENTENCE_PAGES_AT_NIGHT] = PART("pages-at-night", "$pages, $count at night", "pages count"),
    [SENTENCE_BEFORE_YOU] = MORE("before-you", "Before you: $who", "who"),
    [SENTENCE_BACKUP] = MORE("backup", "Backup ($role): $who", "role who"),
    [SENTENCE_AFTER_YOU] = MORE("after-you", "After you: $who, $at", "who at"),
    [SENTENCE_OPEN_NOW] = MORE("open-now", "OPEN NOW", ""),
    [SENTENCE_CHANGED] = MORE("changed", "CHANGED", ""),
    [SENTENCE_OVER] = MORE("over", "over", ""),
    [SENTENCE_LAST_WEEK] = MORE("last-week", "LAST WEEK", ""),
    [SENTENCE_COMING] = MORE("coming", "COMING", ""),
    [SENTENCE_SILENCE] =
        MORE("silence", "$from to $until  silence s$id{0:: $note}", "from until id note"),
    [SENTENCE_GAPS] = MORE("gaps", "GAPS", ""),
    [SENTENCE_GAP] = MORE("gap", "$role nobody from $from to $until", "role from until"),
    [SENTENCE_MORE] = MORE("more", "and $count more", "count"),
    [SENTENCE_TRIGGERED] = MORE("triggered", "triggered", ""),
    [SENTENCE_ACKNOWLEDGED] = MORE("acknowledged", "acknowledged by $who", "who"),
    [SENTENCE_SNOOZED] = MORE("snoozed", "snoozed", ""),
    [SENTENCE_OPEN] = MORE("open", "open", ""),
    [SENTENCE_KEPT_UNTIL_ANSWER] =
        MORE("kept-until-answer", "$who keeps it until the test is answered", "who"),
    [SENTENCE_SHIFT_ENDS] =
        TOLD("shift-ends", "$team $role since $since. $who has it.{0: $open.} Thank you.",
             "team role since who open"),
    [SENTENCE_NOBODY] = PART("nobody", "Nobody", ""),
    [SENTENCE_STAYS] = PART("stays", "1 open incident stays yours: $list", "list"),
    [SENTENCE_STAY] = PART("stay", "$count open incidents stay yours: $list", "count list"),
    [SENTENCE_HANDED_ONE] = PART("handed-one", "1 open incident handed over: $list", "list"),
    [SENTENCE_HANDED] = PART("handed", "$count open incidents handed over: $list", "count list"),
    [SENTENCE_UNANSWERED] = NOTICE("unanswered",
                                   "$who has $team $role and has not answered $count test pages in "
                                   "15 minutes: perhaps no page reaches that person",
                                   "who team role count"),
    [SENTENCE_KEEP] = TOLD("keep", "$team $role until $who answers the test, till $until at most",
                           "team role who until"),
    [SENTENCE_KEEP_OVER] =
        NOTICE("keep-over", "$team $role is $who's now: $why", "team role who why"),
    [SENTENCE_KEEP_PASSED] =
        NOTICE("keep-passed",
               "$keeper has kept $team $role for 2 hours: it is $who's now, who has not answered",
               "keeper team role who"),
    [SENTENCE_KEEP_LATE] =
        PART("keep-late", "nobody has answered the test, and 2 hours are over", ""),
    [SENTENCE_KEEP_LEFT] = PART("keep-left", "who kept it does not any more", ""),
    [SENTENCE_KEEP_TESTED] = PART("keep-tested", "the test was answered", ""),
    [SENTENCE_KEEP_ANSWER] = PART("keep-answer", "an answer came", ""),

    [SENTENCE_REST] = TOLD("rest",
                           "off call till $until{0: after tonight's #$number}{0:, by $by}.{0: "
                           "$cover covers}",
                           "until number by cover"),
    [SENTENCE_REST_WAIVED] = PART("rest-waived", "the rest was waived by $by", "by"),
    [SENTENCE_REST_ENDED] = PART("rest-ended", "the rest was ended by $by", "by"),
    [SENTENCE_COVER] =
        TOLD("cover", "$team $role from $from till $until, $why", "team role from until why"),
    [SENTENCE_RESTS] = PART("rests", "$who rests{0: after #$number}", "who number"),
    [SENTENCE_AWAY] = PART("away", "$who is away", "who"),
    [SENTENCE_PAUSES] = PART("pauses", "$who has paused", "who"),
    [SENTENCE_OTHER_ROLE] = PART("other-role", "$who covers another role", "who"),
    [SENTENCE_NOBODY_RESTED] = PART("nobody-rested", "nobody is rested", ""),
    [SENTENCE_ALL_REST] =
        NOTICE("all-rest", "everybody of $team rests: $who{0:, $least,} has $role all the same",
               "team who least role"),
    [SENTENCE_ALL_AWAY] =
        NOTICE("all-away", "everybody of $team is away: $who{0:, $least,} has $role all the same",
               "team who least role"),
    [SENTENCE_ALL_OUT] = NOTICE(
        "all-out", "everybody of $team rests or is away: $who{0:, $least,} has $role all the same",
        "team who least role"),
    [SENTENCE_LEAST] = PART("least", "the least disturbed", ""),
    [SENTENCE_AGAIN] =
        TOLD("again", "$team $role from $from: $who again, $why", "team role from who why"),
    [SENTENCE_PAUSE_ENDED] = PART("pause-ended", "the pause was ended", ""),
    [SENTENCE_PAUSE_OVER] = PART("pause-over", "the pause is over", ""),
    [SENTENCE_PAUSE_LOST] =
        NOTICE("pause-lost", "Your pause is over, you are on call: $why", "why"),
    [SENTENCE_PAUSE_LOST_OF] =
        NOTICE("pause-lost-of", "the pause of $who has ended early: $why", "who why"),
    [SENTENCE_STRANDED] =
        NOTICE("stranded", "nobody can stand in as $team $role any more: $why", "team role why"),
    [SENTENCE_TAKEN] = PART("taken", "$who is taken", "who"),
    [SENTENCE_UNREACHABLE] = PART("unreachable", "$who cannot be reached", "who"),
    [SENTENCE_NOBODY_ELSE] = PART("nobody-else", "there is nobody else", ""),

    [SENTENCE_OVERRIDE] = TOLD("override", "$team $role $from to $until: $who, by $by",
                               "team role from until who by"),
    [SENTENCE_OVERRIDE_INSTEAD] =
        TOLD("override-instead", "$team $role $from to $until: $who instead of $instead, by $by",
             "team role from until who instead by"),
    [SENTENCE_OVERRIDE_OVER] =
        TOLD("override-over", "$team $role $from to $until: override o$id was ended by $by",
             "team role from until id by"),
    [SENTENCE_SWAP_ASKS] = TOLD("swap-asks", "$who asks you to take $team $role $from to $until.",
                                "who team role from until"),
    [SENTENCE_SWAP_YES] = MORE("swap-yes", "Yes: $command", "command"),
    [SENTENCE_SWAP_NO] = MORE("swap-no", "No: $command", "command"),
    [SENTENCE_SWAP_UNTIL] = MORE(
        "swap-until", "It stays with who asks until somebody says yes; the first one has it.", ""),
    [SENTENCE_SWAP_END] =
        TOLD("swap-end", "$team $role $from to $until: $what.", "team role from until what"),
    [SENTENCE_SWAP_TAKEN] = PART("swap-taken", "$who takes it", "who"),
    [SENTENCE_SWAP_REFUSED] = PART("swap-refused", "all have said no, it stays yours", ""),
    [SENTENCE_SWAP_SILENT] = PART("swap-silent", "nobody has said yes, it stays yours", ""),
    [SENTENCE_SWAP_CANCELLED] = PART("swap-cancelled", "not needed any more", ""),

    [SENTENCE_NUMBER_CHANGED] =
        NOTICE("number-changed",
               "Your number in pagerd was changed to $address. Was this not you? Tell your admin.",
               "address"),
    [SENTENCE_ADDRESS_CHANGED] =
        NOTICE("address-changed",
               "Your address in pagerd was changed to $address. Was this not you? Tell your admin.",
               "address"),
    [SENTENCE_DAILY_CAP] =
        NOTICE("daily-cap",
               "WARN pagerd: $channel has sent its $count messages of a day "
               "(channels.$channel.daily-cap). Only the first page of an incident to each person "
               "goes that way now",
               "channel count"),
    [SENTENCE_SILENCE_OVER] =
        NOTICE("silence-over",
               "$silence is over. It held back $count: $paged not over and paged now{0: ($list)}"
               "{0:, $kept held by another}{0:, $done dealt with meanwhile}.",
               "silence count paged list kept done"),
    [SENTENCE_SILENCE_NAME] = PART("silence-name", "Silence s$id ($note)", "id note"),
    [SENTENCE_MAINTENANCE_NAME] =
        PART("maintenance-name", "Maintenance $name (s$id{0:: $note})", "name id note"),
    [SENTENCE_HELD_SILENCE] = PART("held-silence", "Held back by silence s$id until now", "id"),
    [SENTENCE_HELD_MAINTENANCE] =
        PART("held-maintenance", "Held back by maintenance $name until now", "name"),
    [SENTENCE_HELD_SINCE] = PART("held-since", "Held since $since until now", "since"),
    [SENTENCE_PROVIDER_DOWN] =
        NOTICE("provider-down", "WARN pagerd: $provider fails since $since ($error).{0: $others}",
               "provider since error others"),
    [SENTENCE_PROVIDER_WORKS] = PART("provider-works", "$names works.", "names"),
    [SENTENCE_PROVIDERS_WORK] = PART("providers-work", "$names work.", "names"),
    [SENTENCE_PROVIDER_UP] =
        NOTICE("provider-up", "CLEARED pagerd: $provider works again, it failed since $since.",
               "provider since"),
    [SENTENCE_SILENT] = PART("silent", "$names silent $length", "names length"),
    [SENTENCE_GROWN] = PART("grown", "Grown, it was x$count", "count"),
    [SENTENCE_FIRES_AGAIN] = PART("fires-again", "What was over fires again", ""),
    [SENTENCE_BUNDLE] = PART("bundle", "x$count since $since:", "count since"),
    [SENTENCE_GAP_AHEAD] =
        MORE("gap-ahead", "GAP $team $role $from - $until ($length). Fill it: $command",
             "team role from until length command"),
    [SENTENCE_GAP_ENDLESS] = MORE("gap-endless",
                                  "GAP $team $role $from and on, no end in sight: extend the "
                                  "rotation, or $command",
                                  "team role from command"),
    [SENTENCE_GAPS_MORE] = MORE("gaps-more", "and $count more: $command", "count command"),
    [SENTENCE_AUDIT_FAILED] =
        NOTICE("audit-failed",
               "CRIT pagerd: its audit of itself failed, something may not be paged. Look at "
               "$command, and see its log",
               "command"),
    [SENTENCE_DISK_SILENT] = NOTICE("disk-silent",
                                    "CRIT pagerd: its disk does not answer, so alerts are not "
                                    "taken and pages wait. Look at that machine now",
                                    ""),
    [SENTENCE_DISK_FAILED] = NOTICE(
        "disk-failed", "CRIT pagerd cannot write to its disk and is being restarted: $why", "why"),
    [SENTENCE_DEAD_MAN] =
        NOTICE("dead-man",
               "pagerd cannot reach its dead man's switch: should pagerd die now, nobody would "
               "hear of it. Look at its log, and at $key in its configuration",
               "key"),
    [SENTENCE_STOPPED] =
        NOTICE("stopped",
               "$who wrote STOP: no $channel reaches that phone until START is sent "
               "from it",
               "who channel"),
    [SENTENCE_STARTED] =
        NOTICE("started", "$who wrote START: $channel reaches that phone again", "who channel"),
    [SENTENCE_BUNDLE_MORE] = PART("bundle-more", "and $count more", "count"),
    [SENTENCE_RESTORED] =
        NOTICE("restored",
               "Restored from a backup of $at ($age old), all since is lost. Open: "
               "$count{0: ($list)}. Unacked paged from $from. Old links are void",
               "at age count list from"),
    [SENTENCE_STILL_FIRES] =
        PART("still-fires", "Open when pagerd was restored, and still firing", ""),
    [SENTENCE_NODE_GONE] = NOTICE("node-gone",
                                  "WARN pagerd: node $node has not been heard of for $time: $why. "
                                  "One machine less is left to page; see $command",
                                  "node time why command"),
    [SENTENCE_NODE_BACK] =
        NOTICE("node-back", "CLEARED pagerd: node $node is heard of again", "node"),
};

const struct template_row *sentence_row(size_t index)
{
    return index < SENTENCE_COUNT ? &rows[index] : NULL;
}

struct saying saying_text(const char *field, const char *text)
{
    return (struct saying){.field = field, .text = text, .kind = SAYING_TEXT};
}

struct saying saying_name(const char *field, const struct user *user)
{
    return (struct saying){.field = field, .user = user, .kind = SAYING_NAME};
}

struct saying saying_time(const char *field, const struct zone *zone, msec at)
{
    return (struct saying){.field = field, .zone = zone, .at = at, .kind = SAYING_TIME};
}

struct saying saying_clock(const char *field, const struct zone *zone, msec at)
{
    return (struct saying){.field = field, .zone = zone, .at = at, .kind = SAYING_CLOCK};
}

struct saying saying_count(const char *field, uint64_t count)
{
    return (struct saying){.field = field, .count = count, .kind = SAYING_COUNT};
}

struct saying saying_some(const char *field, uint64_t count)
{
    return (struct saying){.field = field, .count = count, .kind = SAYING_SOME};
}

struct saying saying_role(const char *field, enum role role)
{
    return (struct saying){.field = field, .count = role, .kind = SAYING_ROLE};
}

static const char *template_of(const struct language *language, enum sentence sentence)
{
    const char *own = language != NULL ? language->sentences[sentence] : NULL;
    return own != NULL ? own : rows[sentence].text;
}

static void saying_add(struct text *text, const struct language *language,
                       const struct saying *saying)
{
    switch (saying->kind) {
    case SAYING_TEXT:
        text_add(text, saying->text != NULL ? saying->text : "");
        return;
    case SAYING_NAME:
        if (saying->user != NULL)
            words_add_name(text, saying->user);
        return;
    case SAYING_TIME:
        if (saying->at == MSEC_NEVER)
            sentence_put(text, language, SENTENCE_FURTHER_NOTICE);
        else
            words_add_time_in(text, language, saying->zone, saying->at);
        return;
    case SAYING_CLOCK:
        words_add_clock(text, saying->zone, saying->at);
        return;
    case SAYING_COUNT:
    case SAYING_SOME:
        if (saying->count > 0 || saying->kind == SAYING_COUNT)
            text_addf(text, "%" PRIu64, saying->count);
        return;
    case SAYING_ROLE:
        sentence_put(text, language, SENTENCE_ROLE + (enum sentence)saying->count);
        return;
    }
}

/* A sentence is said with the values that its row promises to a translator. */
static bool has_fields(const char *fields, const struct saying *sayings)
{
    struct span rest = span_of(fields);
    for (; rest.size > 0 && sayings->field != NULL; sayings++)
        if (!span_is(span_cut(&rest, ' '), sayings->field))
            return false;
    return rest.size == 0 && sayings->field == NULL;
}

void sentence_add(struct text *text, const struct language *language, enum sentence sentence,
                  const struct saying *sayings)
{
    assert(sentence < SENTENCE_COUNT);
    assert(has_fields(rows[sentence].fields, sayings));
    struct text said[SAYINGS_MAX] = {0};
    struct template_value values[SAYINGS_MAX + 1] = {{NULL, NULL}};
    size_t count = 0;
    for (; sayings[count].field != NULL; count++) {
        assert(count < SAYINGS_MAX);
        saying_add(&said[count], language, &sayings[count]);
        values[count] = (struct template_value){sayings[count].field, text_string(&said[count])};
    }
    template_add(text, template_of(language, sentence), values);
    for (size_t i = 0; i < count; i++)
        text_clear(&said[i]);
}

void sentence_put(struct text *text, const struct language *language, enum sentence sentence)
{
    sentence_add(text, language, sentence, &(const struct saying){0});
}
