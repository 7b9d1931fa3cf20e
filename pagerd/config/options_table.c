/* SPDX-License-Identifier: MIT */
/* The rows of options.h, in the order in which the manual explains them. */
#include "config/config.h"
#include "config/options.h"
#include "config/options_rows.h"
#include "engine/fieldmap.h"
#include "engine/match.h"

static const struct option rows[] = {
    PLAIN("url", URL, NULL,
          "Address of pagerd as the phones of your people reach it. The links in pages begin with "
          "it. Without it they lead to the listen address, which a phone seldom reaches."),
    PLAIN("timezone", ZONE, "UTC",
          "Zone of the teams and people that name none, and of printed times."),
    MANY("listen", LISTEN, "127.0.0.1:8440", CONFIG_LISTEN_MAX, 0,
         "Where alerts and people come in: address and port, IPv6 as \"[::1]:8440\"."),
    PLAIN("socket", TEXT, CONFIG_SOCKET_DEFAULT, "Unix socket of pagectl on this machine."),
    PLAIN(
        "store", TEXT, NULL,
        "Where everything is kept: \"postgres:\" and a connection string of PostgreSQL without its "
        "password, such as \"postgres:host=db1,db2 dbname=pagerd user=pagerd "
        "sslmode=verify-full\". "
        "Default: a file of SQLite in the state directory. Takes effect at a restart."),
    MARKED("store-password", TEXT, NULL, OPTION_SECRET,
           "Password for store; or name a passfile= there."),
    GROUP("node", "This one of several machines that share a store of PostgreSQL: all take alerts "
                  "and acks, one at a time is on duty, and when it is gone another one is within "
                  "seconds."),
    PLAIN("node.name", TEXT, NULL, "Name of this machine, unlike that of all others."),
    MARKED("node.secret", TEXT, NULL, OPTION_SECRET | OPTION_REQUIRED,
           "The same on all of them, and on nothing else: what they hand each other is sealed with "
           "it. At least 20 characters."),
    MANY("node.listen", LISTEN, NULL, 1, 0,
         "Address and port of this machine for the other nodes, such as \"10.0.0.1:7443\", in a "
         "network that only they reach. Over it who does not see the database hands its calls to "
         "who is on duty. Needs node.peers. Takes effect at a restart."),
    MANY("node.peers", TEXTS, NULL, CONFIG_PEERS_MAX, 0,
         "Where the others listen, such as [ \"10.0.0.2:7443\", \"pager-c.example.org:7443\" ]. "
         "The list may have this machine, too, so that it is the same on all of them. A node that "
         "is not heard of for 30 s is told to the admins. Takes effect at a restart."),
    PLAIN("tls-certificate", FILE, NULL,
          "PEM file with certificate and chain, for https on the listen addresses. Needs tls-key."),
    PLAIN("tls-key", FILE, NULL, "PEM file with the private key of tls-certificate."),
    MANY(
        "phone-countries", TEXTS, NULL, CONFIG_COUNTRIES_MAX, 0,
        "Country codes that may be texted and called, such as [ \"+49\", \"+43\" ]: a phone number "
        "elsewhere is an error, for a wrong digit can be expensive. Default: all."),
    MANY("private-networks", NETWORKS, NULL, CONFIG_PRIVATE_MAX, 0,
         "Private networks that a page may go to by a name, such as \"10.0.0.0/8\" when your SMS "
         "gateway is called sms.corp.example. Names that lead there, to this machine or to its "
         "link are refused otherwise, whatever DNS says. An address in the configuration itself, "
         "and localhost, are meant and always work."),
    RANGE("reopen", DURATION, "2h", 0, 30 * DAY_MS, 0,
          "A problem that fires again this soon after its resolve is told as AGAIN."),
    CHOICE("log", "info", "info debug", "How much is written to the log."),

    NAMES("users", POLICY_USERS_MAX,
          "People who can be paged. The name is the id of the person everywhere."),
    GROUP("users.*", "One person."),
    PLAIN("users.*.name", TEXT, NULL, "Name as colleagues read it. Default: the id."),
    PLAIN("users.*.email", EMAIL, NULL, "E-mail address; a contact when channels.email is set."),
    PLAIN("users.*.phone", PHONE, NULL,
          "Number with + and country code; a contact when channels.sms or channels.voice is set."),
    PLAIN("users.*.timezone", ZONE, NULL,
          "Zone of the person's own nights and of times in texts. Default: timezone."),
    PLAIN("users.*.notify", RULE, NULL,
          "How this person is paged where \"normal\" would be used. Default: the severity's rule."),
    PLAIN("users.*.notify-low", RULE, NULL,
          "How this person is paged for severities that do not wake, whatever their rule. Default: "
          "as for the others."),
    PLAIN("users.*.notify-night", RULE, NULL,
          "How this person is paged in quiet-hours for severities that wake, whatever their rule. "
          "Default: as by day."),
    MARKED("users.*.quiet-hours", NIGHT, NULL, OPTION_NEVER,
           "When this person sleeps, in the person's own zone: what does not wake comes only by "
           "channels that wake nobody then. \"never\": at no time. Default: recovery.night, which "
           "stays the night that recovery counts."),
    MANY("users.*.alias", TEXTS, NULL, ALIASES_MAX, 0, "Other names of the person in calendars."),
    PLAIN("users.*.unix", TEXT, NULL,
          "Local account that is this person for pagectl on this machine."),
    PLAIN("users.*.slack", TEXT, NULL,
          "Member id in Slack: who presses a button there is this person."),
    MARKED("users.*.pin", TEXT, NULL, OPTION_SECRET,
           "4 to 12 digits that a call asks this person for before a key does anything."),
    PLAIN("users.*.mattermost", TEXT, NULL, "The same: id of the user in Mattermost."),
    PLAIN("users.*.discord", TEXT, NULL, "The same: id of the user in Discord."),
    PLAIN("users.*.matrix", TEXT, NULL,
          "The same: who writes \"!ack 412\" in a room of Matrix, as in \"@ann:example.org\"."),
    PLAIN("users.*.telegram", TEXT, NULL, "The same: number of the user in Telegram."),
    PLAIN("users.*.admin", SWITCH, "false",
          "May change everything, and is paged when a policy has nobody left."),
    PLAIN("users.*.away", ROTA, NULL,
          "Calendar of the person's leave: whatever an event in it is called, the person is away "
          "then, in all teams, and is covered by recovery.cover."),
    MARKED(
        "users.*.ntfy", TEXT, NULL, OPTION_SECRET,
        "Topic that the person's phone is subscribed to; a contact when channels.ntfy is set. Who "
        "knows a topic that is open to all can read in it and press its buttons: choose one that "
        "cannot be guessed."),
    MARKED("users.*.pushover", TEXT, NULL, OPTION_SECRET,
           "User key of Pushover, 30 letters and digits, with \"/DEVICE\" behind it for one device "
           "only; a contact when channels.pushover is set."),
    PLAIN(
        "users.*.exec", TEXT, NULL,
        "What the command is to reach this person by, as $address; a contact when channels.exec is "
        "set."),
    MARKED("users.*.gotify", TEXT, NULL, OPTION_SECRET,
           "Token of an application that the person has made on the Gotify server; a contact when "
           "channels.gotify is set."),

    NAMES("notify", 100,
          "Rules how one person is paged. Built in are \"normal\" (by all channels at once, again "
          "after 2m and 4m by those that wake), \"quiet\" (by e-mail, when there is one) and "
          "\"none\"; a rule of that name here replaces it."),
    LIST("notify.*", NOTIFY_STEPS_MAX, "Steps of one rule, in order of time."),
    GROUP("notify.*[]", "One step."),
    RANGE("notify.*[].after", DURATION, NULL, 0, DAY_MS, OPTION_REQUIRED,
          "Time from the first page of this person."),
    MANY("notify.*[].via", CHANNELS, NULL, NOTIFY_VIA_MAX, OPTION_REQUIRED,
         "Channels, as named in channels; those that the person has no address for are left "
         "out."),

#include "config/options_channels.inc"

    NAMES("messages", 200,
          "Texts of your own, in your own language, in place of those that are shipped: \"pagerd "
          "--messages\" prints them all as a file to translate and to @include. Each is checked "
          "with the longest values: an SMS stays one segment, a button has 70 bytes, a spoken "
          "sentence 500."),
    NAMES("messages.*", 200,
          "The texts of one kind of page or answer, of calls (\"call\"), buttons, or \"words\"."),
    PLAIN("messages.*.*", MESSAGE, NULL,
          "One text: $names are fields, \"{1: ...}\" is a group that is left out when one of its "
          "fields has nothing to say, or by its rank (1 first, 6 last) when an SMS is too long."),

    GROUP("dead-man", "A dead man's switch outside: somebody else notices when pagerd is silent."),
    MARKED(
        "dead-man.url", URL, NULL, OPTION_SECRET | OPTION_REQUIRED,
        "Address that pagerd fetches as long as it is ready and its audit of itself passes: that "
        "of a check of healthchecks.io or the like, or of a heartbeat of another pagerd."),
    RANGE("dead-man.every", DURATION, "1m", SECOND_MS, DAY_MS, 0, "How often."),

    GROUP("canary",
          "A test of the whole way: pagerd raises an alert of its own, and pages one "
          "person by the ordinary path. Nobody else is ever paged for it, and it is over "
          "by itself, acked or after 30 minutes. When no page of it is taken in 5 minutes "
          "or nobody acks it, the admins are told."),
    MARKED("canary.user", USER, NULL, OPTION_REQUIRED, "Who is paged."),
    PLAIN("canary.team", TEAM, NULL, "Team of its incidents. Default: the first one of the user."),
    RANGE("canary.every", DURATION, "7d", SECOND_MS, 92 * DAY_MS, 0, "How often."),
    CHOICE("canary.at", "work", "work any",
           "When it may come: Monday to Friday 09:00 to 17:00 of that person, or at any time. It "
           "waits while that person is away, rests or has paused."),

    GROUP("mail", "Alerts by mail: pagerd's own SMTP and LMTP, each on any of these addresses. The "
                  "recipient is a key: its name or its secret, before the @."),
    MANY("mail.listen", LISTEN, NULL, CONFIG_MAIL_LISTEN_MAX, 0,
         "Address and port, such as \"127.0.0.1:8425\". There is no TLS: outside of this machine "
         "let an MTA take the mail and pass it on."),
    PLAIN("mail.socket", TEXT, NULL,
          "Unix socket for an MTA of this machine, such as /run/pagerd/mail.sock."),
    PLAIN("mail.domain", TEXT, NULL,
          "Domain whose mail comes to these addresses: pages by mail then ask for answers to "
          "ack+LINK@DOMAIN, and \"ack\" in their first line acks. Default: no answers."),
    MANY("mail.allow", NETWORKS, "127.0.0.0/8 ::1", CONFIG_MAIL_ALLOW_MAX, 0,
         "Who may write to a key by its name. From elsewhere the secret itself is needed, which "
         "is then read in the logs of every MTA on the way. The socket may always."),

    NAMES("calendars", CONFIG_CALENDARS_MAX,
          "Rotations as iCalendar: one event per shift, its title names the person."),
    GROUP("calendars.*", "One calendar."),
    PLAIN("calendars.*.ics", CALENDAR, NULL,
          "An .ics file, a folder of them, or an http(s) URL. Either this or caldav."),
    PLAIN("calendars.*.caldav", COLLECTION, NULL,
          "URL of a collection on a CalDAV server (Nextcloud, Radicale, ...), in place of ics."),
    PLAIN("calendars.*.user", TEXT, NULL,
          "Login of the server, for ics at a URL or caldav. Needs password."),
    MARKED("calendars.*.password", TEXT, NULL, OPTION_SECRET,
           "Its password; better an app password than the person's own."),
    PLAIN("calendars.*.ca-file", FILE, NULL, "PEM file of a private certificate authority."),
    PLAIN("calendars.*.write", SWITCH, "false",
          "Whether overrides made in pagerd are written to it, so that they show on everybody's "
          "phone, and edits of them there are read back. Only with caldav, and only for a calendar "
          "that a team names as overrides."),
    CHOICE("calendars.*.overlap", "newest", "newest all",
           "Who has it where events overlap: the one that starts later (\"newest\"), or everybody, "
           "in order of start (\"all\")."),
    RANGE("calendars.*.refresh", DURATION, "5m", SECOND_MS, DAY_MS, 0, "How often it is read."),
    RANGE(
        "calendars.*.stale-after", DURATION, "6h", SECOND_MS, 30 * DAY_MS, 0,
        "Not read for that long, the manager and every admin are told. The last good copy is used "
        "for as long as it takes."),
    RANGE("calendars.*.max-loss", PERCENT, "50%", 0, 100, 0,
          "A new version that loses more than this part of the covered time of the next 14 days is "
          "held back until somebody accepts it (pagectl calendar accept); \"100%\" holds nothing "
          "back."),
    PLAIN("calendars.*.timezone", ZONE, NULL, "Zone of events that name none. Default: timezone."),

    NAMES("teams", POLICY_TEAMS_MAX,
          "Who is on call for what, and who follows when nobody answers."),
    GROUP("teams.*", "One team."),
    PLAIN("teams.*.oncall", DUTY, NULL, "Who is on call, for a team with one role."),
    PLAIN("teams.*.primary", DUTY, NULL, "Who is on call first."),
    PLAIN("teams.*.secondary", DUTY, NULL, "Who is on call when the primary does not answer."),
    PLAIN(
        "teams.*.overrides", ROTA, NULL,
        "Calendar laid over the roles: an event in it comes before the rota, and \"nobody\" there "
        "is a hole on purpose. With several roles an event says its own by a category or by a "
        "prefix such as \"secondary: Ann\", and means the primary otherwise."),
    PLAIN("teams.*.away", ROTA, NULL,
          "Calendar of leave: its events name who is away. They are covered by recovery.cover."),
    PLAIN("teams.*.holidays", ROTA, NULL,
          "Calendar of public holidays: each day in it counts as a Sunday for coverage."),
    PLAIN("teams.*.coverage", COVERAGE, NULL,
          "When somebody must be on call: \"always\", \"none\", or parts of the week such as "
          "\"Mon-Fri 09:00-18:00, Sat 10:00-14:00\". A gap in it is told. Default: none."),
    LIST("teams.*.escalate", POLICY_STEPS_MAX,
         "Steps from the first page to the last. Default: primary (or oncall) "
         "5m, secondary 5m, everyone 10m three times."),
    GROUP("teams.*.escalate[]", "One step: page, wait, go on."),
    MANY("teams.*.escalate[].page", TARGETS, NULL, 4, OPTION_REQUIRED,
         "Whom: \"primary\", \"secondary\", \"oncall\", \"everyone\" (all members), "
         "\"team:NAME\" (who is on call there) or a user; up to 4."),
    RANGE("teams.*.escalate[].wait", DURATION, "5m", SECOND_MS, 7 * DAY_MS, 0,
          "Time for an answer before it goes on."),
    RANGE("teams.*.escalate[].repeat", COUNT, "1", 1, POLICY_REPEAT_MAX, 0,
          "How often the step is done before the next one."),
    PLAIN("teams.*.manager", USER, NULL,
          "Told of gaps and troubles; paged when a policy has nobody left."),
    PLAIN("teams.*.last-resort", USER, NULL,
          "Paged, again and again, when a policy has nobody left. Default: the manager, else every "
          "admin. A configuration in which that is nobody is refused."),
    MANY("teams.*.members", USERS, NULL, POLICY_USERS_MAX, 0,
         "Who is \"everyone\". Default: the users of the file that defines the team, else all."),
    PLAIN("teams.*.runbook", LINK, NULL,
          "Address shown when the alert brings none, with $name $service $team $number."),
    PLAIN("teams.*.checklist", FILE, NULL, "File with the steps that a responder ticks off."),
    PLAIN("teams.*.war-room", LINK, NULL,
          "Address of the meeting, with $name $service $team $number."),
    MANY(
        "teams.*.chat", TEXTS, NULL, CONFIG_ROOMS_MAX, 0,
        "Chat rooms that show the incidents of the team, as in \"slack:C0123ABCDEF\". A room wakes "
        "nobody: people are paged all the same."),
    PLAIN("teams.*.private", SWITCH, "false", "Nothing about the system in texts, only a number."),
    RANGE("teams.*.ack-timeout", DURATION, "30m", SECOND_MS, 30 * DAY_MS, OPTION_NEVER,
          "Acknowledged and silent that long, an incident pages again."),
    CHOICE(
        "teams.*.handoff", "on", "on off pass",
        "People are told that a shift of theirs comes, begins and ends, by mail and not at night. "
        "What they have acked stays theirs; with \"pass\" whoever comes is asked to take it. "
        "Only for roles that a calendar fills."),
    CHOICE("teams.*.shift-test", "off", "off tell hold",
           "Whoever comes gets a test page at the start of the shift, and again after 5 and 10 "
           "minutes; unanswered for 15, the manager and the team are told. With \"hold\" who goes "
           "keeps the duty until it is answered, for 2 hours at most. Only with handoff."),
    PLAIN("teams.*.timezone", ZONE, NULL, "Zone of the team's texts. Default: timezone."),

    LIST("routes", POLICY_ROUTES_MAX,
         "Which team has the alerts of keys that name none (pagectl key add without --team): the "
         "first route that matches, from top to bottom. The last must match everything. "
         "\"pagectl simulate\" says which route an alert takes, and who is paged."),
    GROUP("routes[]", "One route."),
    MARKED("routes[].team", TEAM, NULL, OPTION_REQUIRED, "The team that has its alerts."),
    MANY("routes[].match", MATCHERS, NULL, MATCHERS_MAX, 0,
         "What must all hold of the alert: \"label=value\" or \"label!=value\", where * in the "
         "value is any text; \"label=\" means without it. Labels are those of the alert, and the "
         "words integration, service, source, severity and summary where it has no label of that "
         "name. Without match the route takes everything."),
    CHOICE("routes[].severity", NULL, "critical error warning info",
           "Severity that its alerts get. Default: their own."),

    NAMES("maintenance", POLICY_MAINTENANCE_MAX,
          "Maintenance windows that come back: while an event of the calendar is on, what fits is "
          "held back as by a silence (pagectl silence), and paged at the end if it is not over."),
    GROUP("maintenance.*", "One window; the name stands in what it holds back."),
    MARKED("maintenance.*.calendar", ROTA, NULL, OPTION_REQUIRED,
           "Calendar whose events say when, whatever their titles. What cannot be read for "
           "calendars.*.stale-after holds nothing back any more, and an event of more than 30 days "
           "is none."),
    MANY("maintenance.*.match", MATCHERS, NULL, MATCHERS_MAX, OPTION_REQUIRED,
         "What must all hold of the alert, as in routes[].match."),
    PLAIN("maintenance.*.team", TEAM, NULL, "Only incidents of this team. Default: all."),

    NAMES("webhooks", CONFIG_WEBHOOKS_MAX,
          "Programs that are told what happens to incidents, signed as Standard Webhooks are."),
    GROUP("webhooks.*", "One of them."),
    MARKED("webhooks.*.url", URL, NULL, OPTION_REQUIRED,
           "Address that is posted to. Redirects are not followed."),
    MANY("webhooks.*.secret", TEXTS, NULL, CONFIG_HOOK_SECRETS_MAX, OPTION_SECRET | OPTION_REQUIRED,
         "\"whsec_\" and base64 of 24 to 64 random bytes, that messages are signed with; two while "
         "it is changed: the new one and the old one."),
    PLAIN("webhooks.*.team", TEAM, NULL, "Only incidents of this team. Default: of all."),
    MANY("webhooks.*.events", TEXTS, NULL, CONFIG_HOOK_EVENTS_MAX, 0,
         "Only these: incident.opened, incident.reopened, incident.acknowledged, "
         "incident.unacknowledged, incident.escalated, incident.reassigned, incident.snoozed, "
         "incident.unsnoozed, incident.resolved. Default: all."),
    PLAIN("webhooks.*.ca-file", FILE, NULL, "PEM file of a private certificate authority."),
    RANGE("webhooks.*.retry-for", DURATION, "24h", SECOND_MS, 7 * DAY_MS, 0,
          "What is not taken is tried again for that long, and then given up."),

    NAMES("integrations", CONFIG_INTEGRATIONS_MAX,
          "What is special about the alerts of one key; the name is that of the key, or key says "
          "it."),
    GROUP("integrations.*", "The alerts of one key."),
    PLAIN(
        "integrations.*.key", TEXT, NULL,
        "Name of the key, where it cannot be that of the group: key = \"24x7.example.org\" for one "
        "with a dot or a digit in front. Default: the name of the group."),
    MANY("integrations.*.severity", MAPPINGS, NULL, SEVERITY_MAPPINGS_MAX, 0,
         "What words of this source mean, such as \"P1=critical\"; they come before pagerd's own "
         "reading. The severities are critical, error, warning and info."),
    CHOICE("integrations.*.default-severity", NULL, "critical error warning info",
           "For an alert that says no severity, or a word that nobody knows. Default: as its "
           "format has it, mostly error."),
    RANGE("integrations.*.rate", COUNT, "6000", 1, 1000000, 0,
          "New problems a minute, on average. What is beyond is not refused: it joins one incident "
          "\"more than N new alerts a minute\". Repeats and resolves are never counted."),
    RANGE("integrations.*.burst", COUNT, "100000", 1, 10000000, 0,
          "New problems that may come at once before rate counts."),
    RANGE("integrations.*.open", COUNT, "100000", 1, 1000000, 0,
          "Open incidents; what is beyond joins one incident, as with rate."),
    RANGE("integrations.*.body", SIZE, "8MiB", 1024, CONFIG_BODY_SIZE_MAX, 0,
          "Size of one request; a larger one is refused with 413, and the team is told."),

    GROUP("integrations.*.icinga",
          "The API of the Icinga 2 that this source is: what is acknowledged in pagerd is set "
          "there. See docs/integrations/icinga2.md for the permissions of the user."),
    MARKED("integrations.*.icinga.url", URL, NULL, OPTION_REQUIRED,
           "Its address, such as \"https://icinga.example.org:5665\"; the name must be the one in "
           "its certificate."),
    MARKED("integrations.*.icinga.user", TEXT, NULL, OPTION_REQUIRED, "Name of an ApiUser."),
    MARKED("integrations.*.icinga.password", TEXT, NULL, OPTION_SECRET | OPTION_REQUIRED,
           "Its password."),
    PLAIN("integrations.*.icinga.ca-file", FILE, NULL,
          "PEM file of the authority that signed its certificate: "
          "/var/lib/icinga2/certs/ca.crt of that machine."),
    PLAIN("integrations.*.icinga.events", SWITCH, "false",
          "Whether pagerd listens to its event stream: no notification needs to be set up there."),
    PLAIN("integrations.*.command-file", TEXT, NULL,
          "The external command file of the Nagios that this source is, on this machine, such as "
          "/var/lib/nagios4/rw/nagios.cmd: what is acknowledged in pagerd is set there."),
    CHOICE(
        "integrations.*.signature", NULL, "github standard grafana sentry pagerduty sns",
        "How the source signs what it sends; what is not signed, or wrongly, is refused with 401. "
        "The key is needed all the same."),
    MARKED("integrations.*.secret", TEXT, NULL, OPTION_SECRET,
           "The secret of signature, which the source has as well."),
    PLAIN("integrations.*.topic", TEXT, NULL,
          "For signature = \"sns\": the ARN of the topic. Messages of others are refused."),
    MANY("integrations.*.map", TEXTS, NULL, FIELDMAP_LINES_MAX, 0,
         "For /v1/ingest/json: where the fields of an alert are, as \"FIELD=POINTER\" with JSON "
         "Pointers (RFC 6901), such as \"summary=/event/title | no title\", "
         "\"resolve=/state:ok,closed\", \"label.host=/host/name\". Fields are summary, details, "
         "dedup_key, severity, source, service, link, runbook, group, started_at, label.NAME; "
         "resolve and skip are conditions; items is an array whose elements are alerts, and ^ "
         "before a pointer then begins at the top."),

    GROUP("severity", "Which severity may wake whom."),
    SEVERITY("critical", "normal", "true", "never"),
    SEVERITY("error", "normal", "true", "never"),
    SEVERITY("warning", "quiet", "false", "2h"),
    SEVERITY("info", "none", "false", "never"),

    GROUP("group", "Many alerts as one incident."),
    MANY(
        "group.by", TEXTS, NULL, GROUP_BY_MAX, 0,
        "Alerts of a team that have the same values of these are one incident: names of labels, or "
        "the words integration, service, source, severity, and group for the source's own group "
        "(Alertmanager's groupKey). It is over when all its alerts are. An alert that has none of "
        "them is grouped with nothing. Default: nothing is grouped."),
    RANGE("group.window", DURATION, "1h", SECOND_MS, 30 * DAY_MS, 0,
          "An alert joins the open incident of its group when the last alert of that came so "
          "recently; later it opens one of its own."),
    RANGE("group.wait", DURATION, "0s", 0, HOUR_MS, 0,
          "How long a group collects alerts before its first page."),
    GROUP("group.storm",
          "When the alerts of one service are so many that they are one incident with one page, "
          "however they are grouped. The first alert of each service always pages at once, and so "
          "does one that is worse than those before."),
    RANGE("group.storm.more-than", COUNT, "100", 1, STORM_MORE_MAX, 0,
          "More new alerts of one service than so many, within group.storm.within, are a storm."),
    RANGE(
        "group.storm.within", DURATION, "2m", 10 * SECOND_MS, HOUR_MS, 0,
        "The time in which they are counted. A storm is over when no new alert came for as long."),

    GROUP("flapping", "When an alert that comes and goes is held as one incident."),
    RANGE("flapping.more-than", COUNT, "4", 1, 1000, 0,
          "An alert that has begun to fire more often than this, within flapping.within, is "
          "flapping: its incident is not over when its source says so, and what it fires again "
          "pages nobody anew, unless it is worse. While nobody has acked, it is escalated as any "
          "other."),
    RANGE("flapping.within", DURATION, "1h", MINUTE_MS, 7 * DAY_MS, 0,
          "The time in which that is counted, from the first of them."),
    RANGE("flapping.quiet", DURATION, "15m", MINUTE_MS, DAY_MS, 0,
          "How long its source must say that it is over until it is."),

    GROUP("awake",
          "Who is up need not be woken: the first page of an incident comes by push only, or "
          "else by what does not ring, and what is not critical comes together."),
    RANGE("awake.after-ack", DURATION, "30m", 0, 12 * HOUR_MS, 0,
          "So long after an ack the person counts as awake; \"0s\": only who says so (pagectl "
          "awake)."),
    RANGE("awake.bundle", DURATION, "2m", 0, HOUR_MS, 0,
          "Of what is not critical such a person gets one page in this time."),

    GROUP("contacts", "Whether numbers and addresses belong to whom they should."),
    CHOICE("contacts.verify", "off", "off on",
           "\"on\": each way of a person is sent a code that has to come back; pages go by it in "
           "any case, behind the ways that are verified."),
    RANGE("contacts.again", DURATION, "90d", DAY_MS, 3650 * DAY_MS, 0,
          "Verified longer ago than this, a way is sent a code again."),

    GROUP("recovery", "Rest after a disturbed night."),
    PLAIN("recovery.enabled", SWITCH, "true", "Whether pagerd gives rest at all."),
    PLAIN("recovery.night", NIGHT, "22:00-07:00", "The night, in the person's own time zone."),
    RANGE("recovery.when", DURATION, "15m", SECOND_MS, DAY_MS, 0,
          "Awake this long, from first page to resolve, gives rest; or"),
    RANGE("recovery.pages", COUNT, "2", 1, 100, 0, "woken this often in one night."),
    RANGE("recovery.rest", DURATION, "24h", SECOND_MS, 14 * DAY_MS, 0,
          "How long the person is off call, from the last resolve."),
    MANY("recovery.cover", TARGETS, "secondary everyone", 8, 0,
         "Who stands in: the first of these who is free and rested; up to 8."),

    LATER("major", 0, "Major incidents."),
    LATER("status-page", 0, "The public status page."),
};

const struct option *options_all(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}
