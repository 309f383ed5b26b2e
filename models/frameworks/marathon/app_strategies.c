/* Marathon's checks and strategies of an app as key tables: when an instance is healthy and ready,
 * how it is upgraded, and what becomes of it out of reach. */
#include "models/frameworks/marathon/app_tables_internal.h"

UNSAID(unsaid);

/* ---- checks ---- */

static const HfKeyWord protocols[] = {{"HTTP", HF_APP_HTTP, NULL},
                                      {"HTTPS", HF_APP_HTTPS, NULL},
                                      {"TCP", HF_APP_TCP, NULL},
                                      {"COMMAND", HF_APP_COMMAND, NULL},
                                      {"MESOS_HTTP", HF_APP_MESOS_HTTP, NULL},
                                      {"MESOS_HTTPS", HF_APP_MESOS_HTTPS, NULL},
                                      {"MESOS_TCP", HF_APP_MESOS_TCP, NULL},
                                      {0}};
static const HfKey health_keys[] = {
    {.name = "protocol",
     .type = HF_KEY_ENUM,
     AT(HfAppHealthCheck, protocol),
     .fallback = "HTTP",
     .words = protocols,
     .help = "How it is asked; who of them asks changes nothing here."},
    SECONDS("gracePeriodSeconds", HfAppHealthCheck, grace, "300", 0,
            "So long after the start checks that fail do not count, until one succeeds."),
    SECONDS("intervalSeconds", HfAppHealthCheck, interval, "60", 0, "Time between two checks."),
    SECONDS("timeoutSeconds", HfAppHealthCheck, timeout, "20", 0, "Changes nothing here."),
    SECONDS("maxConsecutiveFailures", HfAppHealthCheck, failures, "3", 0,
            "After so many failures in a row it is killed; 0 = it is not. Checks fail before "
            "startup is over, and as unhealthy_after says."),
    SECONDS("delaySeconds", HfAppHealthCheck, delay, "15", 0,
            "Time from the start to the first check."),
    {.name = "port",
     .type = HF_KEY_INT,
     AT(HfAppHealthCheck, port),
     .fallback = "default",
     .words = unsaid,
     .minimum = 0,
     .maximum = 65535,
     .help = "Which port is asked."},
    {.name = "portIndex",
     .type = HF_KEY_INT,
     AT(HfAppHealthCheck, port_index),
     .fallback = "default",
     .words = unsaid,
     .minimum = 0,
     .maximum = 65535,
     .help = "Which of its ports is asked."},
    {.name = "command",
     .type = HF_KEY_IGNORED,
     .shape = '{',
     GIVEN(HfAppHealthCheck, has_command),
     .help = "The command, with protocol COMMAND."},
    IGNORED("path", '"'),
    IGNORED("ignoreHttp1xx", 'b'),
    IGNORED("ipProtocol", '"'),
    {0}};

static gboolean check_health(const void *record, const char **key_out, char **why_out)
{
    const HfAppHealthCheck *check = record;
    *key_out = "protocol";
    if (check->protocol == HF_APP_COMMAND && !check->has_command)
        *why_out = g_strdup("a check by COMMAND needs a command");
    return *why_out == NULL;
}
const HfKeyTable hf_app__health_table = {"healthCheck", sizeof(HfAppHealthCheck), health_keys,
                                         "How one finds out that an instance is well.",
                                         check_health};

static const HfKey readiness_keys[] = {
    SECONDS("intervalSeconds", HfAppReadinessCheck, interval, "30", 0, "Time between two checks."),
    SECONDS("timeoutSeconds", HfAppReadinessCheck, timeout, "10", 1,
            "Less than the interval; else it changes nothing."),
    IGNORED("name", '"'),
    IGNORED("protocol", '"'),
    IGNORED("path", '"'),
    IGNORED("portName", '"'),
    IGNORED("httpStatusCodesForReady", '['),
    IGNORED("preserveLastResponse", 'b'),
    {0}};

static gboolean check_readiness(const void *record, const char **key_out, char **why_out)
{
    const HfAppReadinessCheck *check = record;
    *key_out = "timeoutSeconds";
    if (check->timeout >= check->interval)
        *why_out = g_strdup("it must be less than intervalSeconds");
    return *why_out == NULL;
}
const HfKeyTable hf_app__readiness_table = {"readinessCheck", sizeof(HfAppReadinessCheck),
                                            readiness_keys, "When a new instance counts as ready.",
                                            check_readiness};

/* ---- strategies ---- */

#define PART(NAME, MEMBER, ...)                                                                    \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_DOUBLE, AT(HfAppUpgrade, MEMBER), .is_required = TRUE,        \
        .minimum = 0, .maximum = 1, .help = __VA_ARGS__                                            \
    }
static const HfKey upgrade_keys[] = {
    PART("maximumOverCapacity", most_over,
         "How many instances more than wanted may run while it is upgraded, as a part of them."),
    PART("minimumHealthCapacity", least_healthy,
         "How many stay healthy while it is upgraded, as a part of those wanted."),
    {0}};
const HfKeyTable hf_app__upgrade_table = {"upgradeStrategy", sizeof(HfAppUpgrade), upgrade_keys,
                                          "How an upgrade replaces instances.", NULL};

static const HfKeyWord disabled[] = {{"disabled", TRUE, "it waits for its agent for ever"}, {0}};
static const HfKey unreachable_keys[] = {
    {.name = "strategy",
     .type = HF_KEY_ENUM,
     AT(HfAppUnreachable, is_disabled),
     .words = disabled,
     .help = "\"disabled\" in the place of the mapping."},
    SECONDS("inactiveAfterSeconds", HfAppUnreachable, inactive, "0", 0,
            "How long an instance is out of reach before another is started in its place."),
    SECONDS("expungeAfterSeconds", HfAppUnreachable, expunge, "0", 0,
            "How long until it is forgotten, and killed should it come back."),
    {0}};

static gboolean check_unreachable(const void *record, const char **key_out, char **why_out)
{
    const HfAppUnreachable *strategy = record;
    *key_out = "inactiveAfterSeconds";
    if (strategy->inactive > strategy->expunge)
        *why_out = g_strdup_printf("it must not be more than expungeAfterSeconds, which is %d",
                                   (int)strategy->expunge);
    return *why_out == NULL;
}
const HfKeyTable hf_app__unreachable_table = {
    "unreachableStrategy", sizeof(HfAppUnreachable), unreachable_keys,
    "What becomes of an instance whose agent is out of reach.", check_unreachable};

static const HfKeyWord lost_words[] = {
    {"WAIT_FOREVER", FALSE, NULL}, {"RELAUNCH_AFTER_TIMEOUT", TRUE, NULL}, {0}};
static const HfKey residency_keys[] = {
    SECONDS("relaunchEscalationTimeoutSeconds", HfAppResidency, timeout, "3600", 0,
            "How long a resident instance waits for its agent, with RELAUNCH_AFTER_TIMEOUT."),
    {.name = "taskLostBehavior",
     .type = HF_KEY_ENUM,
     AT(HfAppResidency, relaunches),
     .fallback = "WAIT_FOREVER",
     .words = lost_words,
     .help = "Whether it is then launched elsewhere, without its data. Marathon from 1.4 on waits "
             "whatever stands here."},
    {0}};
const HfKeyTable hf_app__residency_table = {"residency", sizeof(HfAppResidency), residency_keys,
                                            "An app whose instances stay where their data is.",
                                            NULL};
