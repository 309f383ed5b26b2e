/*
 * Scenario files, with operators' bodies, access lists, quotas and failures. Properties: nothing
 * crashes; what is refused is refused with messages of one line each that name the place
 * `file:line:column: key`; what is accepted is accepted again with the same digest; and what is
 * accepted can be built and run for a while without breaking an invariant, or building it says why
 * not.
 *
 * A scenario may ask for more than a fuzzer has time for, which is no fault: only small cells are
 * built, and a run ends after so many events. Policies from libraries are not opened.
 */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "fuzz/fuzz.h"
#include "tools/registry.h"
#include "world/world.h"

#define NAME        "fuzz.yaml"
#define TEXT_MAX    16384 /* of an input that is run */
#define HOSTS_MAX   60
#define EVENTS_MAX  3000
#define NUMBERS_MAX 5000 /* of instances and the like: in text, because models keep them */

static gboolean refuse_library(void *data, const char *path, HfPolicyChoice *choice_out,
                               GError **error)
{
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_PERM, "no libraries here");
    return FALSE;
}

/* "fuzz.yaml:3:7: agents[0].name: what is wrong", on one line, of legal text. Of the whole file, or
 * of another file that it names, there may be no place. */
static void check_message(const char *message)
{
    HF_FUZZ_CHECK(message != NULL && message[0] != '\0');
    HF_FUZZ_CHECK(g_utf8_validate(message, -1, NULL) && strchr(message, '\n') == NULL);
    if (!g_str_has_prefix(message, NAME ":")) return;
    char *end;
    unsigned long line = strtoul(message + strlen(NAME ":"), &end, 10);
    if (end == message + strlen(NAME ":")) return; /* "fuzz.yaml: ..." */
    HF_FUZZ_CHECK(line > 0 && *end == ':');
    unsigned long column = strtoul(end + 1, &end, 10);
    HF_FUZZ_CHECK(column > 0 && *end == ':');
}

/* Is some number in the text larger than a small cell needs? Units and fractions apart. */
static gboolean has_large_number(const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (!g_ascii_isdigit(*p) || (p > text && (g_ascii_isalnum(p[-1]) || p[-1] == '.')))
            continue;
        char *end;
        double number = g_ascii_strtod(p, &end);
        if (number > NUMBERS_MAX) return TRUE;
        p = end - 1;
    }
    return FALSE;
}

static gboolean is_small(const HfScenario *scenario)
{
    int64_t hosts = 0;
    for (uint32_t g = 0; g < scenario->agents.count; g++) {
        if (scenario->agents.at[g].trace.format.model != NULL) return FALSE;
        if (scenario->agents.at[g].count > HOSTS_MAX) return FALSE;
        hosts += scenario->agents.at[g].count;
    }
    return hosts <= HOSTS_MAX && scenario->frameworks.count <= 20 &&
           scenario->failures.count <= 20 && scenario->operators.count <= 50 &&
           scenario->duration / scenario->record.interval < 10000;
}

static void count_event(void *context, const HfEventArgs *event)
{
    void **pair = context;
    uint32_t *left = pair[1];
    if (*left == 0 || --*left > 0) return;
    hf_world_stop(pair[0]);
}

static void run(const HfScenario *scenario)
{
    GError *error = NULL;
    HfWorld *world = hf_world_new(scenario, &error);
    if (world == NULL) {
        HF_FUZZ_CHECK(error != NULL && error->message[0] != '\0');
        g_error_free(error);
        return;
    }
    HF_FUZZ_CHECK(error == NULL);
    HfAuditConfig config = {.allocation_interval = scenario->master.allocation_interval,
                            .era = scenario->era,
                            .executor_registration_timeout =
                                hf_world_executor_registration_timeout(world),
                            .names = hf_world_names(world)};
    HfAudit *audit = hf_audit_new(hf_world_catalog(world), &config);
    hf_trace_listen(hf_world_trace(world), hf_audit_listen, audit);
    uint32_t left = EVENTS_MAX;
    void *pair[] = {world, &left};
    hf_engine_on_event((HfEngine *)hf_world_engine(world), count_event, pair);
    hf_world_run(world, scenario->duration);
    hf_world_finish(world);
    hf_world_check(world);
    hf_audit_finish(audit);
    if (hf_audit_breach(audit) != NULL) {
        fprintf(stderr, "%s: %s\n", hf_audit_breach(audit)->invariant,
                hf_audit_breach(audit)->sentence);
        HF_FUZZ_CHECK(!"an invariant holds");
    }
    hf_audit_free(audit);
    hf_world_free(world);
}

static void check_refusal(GPtrArray *messages, const GError *error)
{
    HF_FUZZ_CHECK(error != NULL && messages->len > 0);
    HF_FUZZ_CHECK(strcmp(error->message, messages->pdata[0]) == 0);
    for (guint i = 0; i < messages->len; i++) check_message(messages->pdata[i]);
}

void hf_fuzz_one(const char *text, size_t size)
{
    HfRegistry registry;
    hf_registry_init(&registry);
    registry.scenario.open_policy = refuse_library;
    HfScenarioOptions options = {.registry = &registry.scenario};
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    HfScenarioSet *set = hf_scenario_parse(text, size, NAME, &options, messages, &error);
    if (set == NULL) {
        check_refusal(messages, error);
        g_error_free(error);
    } else {
        HF_FUZZ_CHECK(error == NULL && set->count > 0);
        HfScenarioSet *again = hf_scenario_parse(text, size, NAME, &options, NULL, NULL);
        HF_FUZZ_CHECK(again != NULL && again->count == set->count);
        for (uint32_t a = 0; a < set->count; a++)
            HF_FUZZ_CHECK(strcmp(set->arms[a]->digest, again->arms[a]->digest) == 0);
        hf_scenario_set_free(again);
        if (size <= TEXT_MAX && strlen(text) == size && !has_large_number(text) &&
            is_small(set->arms[0]))
            run(set->arms[0]);
        hf_scenario_set_free(set);
    }
    hf_registry_clear(&registry);
}
