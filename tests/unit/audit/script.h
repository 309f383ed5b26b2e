/*
 * Records from text, for tests of those who listen to them: one line each, "TIME NAME
 * FIELD=VALUE...", with TIME in seconds, NAME as in the JSONL form, and as fields a (agent id or
 * host row), f, r (role path), o (offer, ROW.GENERATION), t (task), s (state without TASK_), n
 * (operation), w (reason, by number), v, and x (resources in canonical form) last. They go to the
 * auditor, or to `listen` where a test says so.
 */
#ifndef HF_TESTS_UNIT_AUDIT_SCRIPT_H
#define HF_TESTS_UNIT_AUDIT_SCRIPT_H

#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "audit/audit_internal.h"
#include "resource/error.h"
#include "resource/operation.h"
#include "resource/text.h"

#define SCRIPT_MINIMA 4

typedef struct Script {
    HfCatalog *catalog;
    HfAudit *audit;
    HfTraceListener listen;
    void *listener;
    HfQuantities *minimum; /* [SCRIPT_MINIMA]: an offer has one of these */
} Script;

/* agent.executor_registration_timeout; 0: executors start at once. */
#ifndef SCRIPT_EXECUTOR_TIMEOUT
#define SCRIPT_EXECUTOR_TIMEOUT 0
#endif

static inline Script script_new(void)
{
    static const char *const sets[SCRIPT_MINIMA] = {"cpus:0.01", "mem:1", "disk:1", "ports:1"};
    Script script = {.catalog = hf_catalog_new(0), .minimum = g_new0(HfQuantities, SCRIPT_MINIMA)};
    for (size_t i = 0; i < SCRIPT_MINIMA; i++)
        assert_true(hf_quantities_parse(script.catalog, sets[i], &script.minimum[i], NULL));
    script.audit = hf_audit_new(
        script.catalog, &(HfAuditConfig){.allocation_interval = HF_NS_PER_SECOND,
                                         .executor_registration_timeout = SCRIPT_EXECUTOR_TIMEOUT,
                                         .era = HF_ERA_1_11,
                                         .minimum = script.minimum,
                                         .minimum_count = SCRIPT_MINIMA});
    script.listen = hf_audit_listen;
    script.listener = script.audit;
    return script;
}

static inline void script_clear(Script *script)
{
    hf_audit_free(script->audit);
    for (size_t i = 0; script->minimum != NULL && i < SCRIPT_MINIMA; i++)
        hf_quantities_clear(&script->minimum[i]);
    g_free(script->minimum);
    hf_catalog_free(script->catalog);
}

static inline HfRoleId script_role(Script *script, const char *path)
{
    HfRoleId role = HF_ROLE_NONE;
    if (!hf_role_intern(script->catalog, path, &role, NULL)) fail_msg("bad role %s", path);
    return role;
}

static inline HfTaskState script_state(const char *name)
{
    for (int s = 0; s < HF_TASK_STATES; s++)
        if (strcmp(hf_task_state_name((HfTaskState)s) + strlen("TASK_"), name) == 0)
            return (HfTaskState)s;
    fail_msg("no state %s", name);
    return HF_TASK_STATES;
}

static inline uint16_t script_operation(const char *name)
{
    for (int o = 0; o < HF_OPERATION_TYPES; o++)
        if (strcmp(hf_operation_name((HfOperationType)o), name) == 0) return (uint16_t)o;
    fail_msg("no operation %s", name);
    return 0;
}

static inline void script_field(Script *script, HfRecord *record, HfResources *resources,
                                const char *field)
{
    const char *value = field + 2;
    assert_int_equal(field[1], '=');
    switch (field[0]) {
    case 'a':
        record->agent = (uint32_t)atoi(value);
        break;
    case 'f':
        record->framework = (uint32_t)atoi(value);
        break;
    case 'r':
        record->role = script_role(script, value);
        break;
    case 'o':
        record->id = hf_handle_pack(
            (HfHandle){(uint32_t)atoi(value), (uint32_t)atoi(strchr(value, '.') + 1)});
        break;
    case 't':
        record->id = (uint64_t)g_ascii_strtoull(value, NULL, 10);
        break;
    case 's':
        record->state = (uint16_t)script_state(value);
        break;
    case 'n':
        record->state = script_operation(value);
        break;
    case 'w':
        record->reason = (uint16_t)atoi(value);
        break;
    case 'e': /* the rule that an operation breaks */
        while (record->reason < HF_RESOURCE_ERROR_CODES &&
               strcmp(hf_resource_error_name((HfResourceErrorCode)record->reason), value) != 0)
            record->reason++;
        assert_true(record->reason < HF_RESOURCE_ERROR_CODES);
        break;
    case 'm':
        record->state = (uint16_t)atoi(value); /* HfRegistryStanding */
        break;
    case 'v':
        record->value = g_ascii_strtoll(value, NULL, 10);
        break;
    case 'x':
        assert_true(hf_resources_parse_canonical(script->catalog, value, resources, NULL));
        record->resources = resources;
        break;
    default:
        fail_msg("no field %s", field);
    }
}

static inline uint16_t script_type(const char *name)
{
    for (int t = 0; t < HF_RECORD_TYPES; t++)
        if (strcmp(hf_record_shapes[t].name, name) == 0) return (uint16_t)t;
    fail_msg("no record %s", name);
    return HF_RECORD_TYPES;
}

/* One line. Without r the record is of no role: of all roles, in revive and suppress. */
static inline void script_say(Script *script, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    HfResources resources = {0};
    HfRecord record = {.at = (HfTime)(g_ascii_strtod(words[0], NULL) * 1e9 + 0.5),
                       .type = script_type(words[1]),
                       .agent = HF_ROW_NONE,
                       .framework = HF_ROW_NONE,
                       .role = HF_ROLE_NONE};
    for (char **word = words + 2; *word; word++)
        if (**word) script_field(script, &record, &resources, *word);
    script->listen(script->listener, &record);
    hf_resources_clear(script->catalog, &resources);
}

/* Lines of one text; empty ones count for nothing. */
static inline void script_play(Script *script, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        if (**line) script_say(script, *line);
}

#endif
