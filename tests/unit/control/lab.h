/*
 * What the tests of frameworks' operations share: one agent, one framework `web` of role `web` that
 * holds its offer; each case is one ACCEPT (or several, one for each line).
 */
#ifndef HF_TESTS_UNIT_CONTROL_LAB_H
#define HF_TESTS_UNIT_CONTROL_LAB_H

#include "unit/control/cell.h"

#include <string.h>

#include "resource/error.h"
#include "resource/json.h"

typedef struct Case {
    const char *name;
    const char *resources; /* of the agent, as in --resources; ' stands for " */
    const char *script;    /* accepts, one for each line; each on all offers held by then */
    const char *done;      /* what was done and dropped, in order */
    const char *available; /* what nobody holds afterwards */
} Case;

#define SMALL    "cpus:1;mem:512;disk:1024"
#define WEB_DISK "disk(D:web,p=ops)"

/* Words for what is done: operations, with a rule when they are dropped; executors; tasks. */
static inline void note(void *context, const HfRecord *record)
{
    GString *done = context;
    const char *space = done->len > 0 ? " " : "";
    const char *name = hf_operation_name((HfOperationType)(record->state % HF_OPERATION_TYPES));
    if (record->type == HF_RECORD_OPERATION)
        g_string_append_printf(done, "%s%s", space, name);
    else if (record->type == HF_RECORD_OPERATION_PENDING)
        g_string_append_printf(done, "%s%s?", space, name);
    else if (record->type == HF_RECORD_OPERATION_DROPPED)
        g_string_append_printf(done, "%s%s:%s", space, name,
                               hf_resource_error_name((HfResourceErrorCode)record->reason));
    else if (record->type == HF_RECORD_EXECUTOR_LAUNCHED)
        g_string_append_printf(done, "%sx%d", space, (int)record->id);
    else if (record->type == HF_RECORD_TASK_LAUNCHED)
        g_string_append_printf(done, "%s+%d", space, (int)record->id);
    else if (record->type == HF_RECORD_TASK_STATE && record->state == HF_TASK_ERROR)
        g_string_append_printf(done, "%s!%d", space, (int)record->id);
}

typedef struct Lab {
    HfPump *pump;
    GString *done;
} Lab;

static inline Lab lab_with(const char *resources, const char *principal, uint32_t capabilities,
                           const HfPumpConfig *config)
{
    Lab lab = {hf_pump_new(config), g_string_new(NULL)};
    hf_trace_listen(lab.pump->trace, note, lab.done);
    g_autofree char *text = g_strdelimit(g_strdup(resources), "'", '"');
    hf_pump_add_agent(lab.pump, text);
    hf_pump_run(lab.pump, HF_SECONDS(2));
    hf_pump_add_framework_as(
        lab.pump, "web", principal, "web",
        HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_RESERVATION_REFINEMENT | capabilities, FALSE);
    hf_pump_run_for(lab.pump, 0);
    return lab;
}

static inline Lab lab_of(const char *resources)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    return lab_with(resources, "ops", HF_CAPABILITY_SHARED_RESOURCES, &config);
}

static inline void accept_all(Lab *lab, const char *script)
{
    hf_pump_operate(lab->pump, 0, hf_pump_framework(lab->pump, 0)->offers.count, script, 0);
    hf_pump_run_for(lab->pump, 0);
}

static inline void lab_free(Lab *lab)
{
    hf_pump_free(lab->pump);
    g_string_free(lab->done, TRUE);
}

static inline HfAcls *acls_of(const char *quoted)
{
    if (quoted == NULL) return NULL;
    g_autofree char *text = g_strdelimit(g_strdup(quoted), "'", '"'), *path = NULL;
    GError *error = NULL;
    g_autoptr(JsonNode) node = hf_json_parse(text, -1, &error);
    HfAcls *acls = node != NULL ? hf_acls_from_json(node, &path, &error) : NULL;
    if (acls == NULL) fail_msg("%s: %s", text, error->message);
    return acls;
}

/* Under access control lists (NULL = none); principal: the framework's, NULL = none. */
static inline gboolean is_as_expected(const Case *test, const char *quoted_acls,
                                      const char *principal)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    g_autoptr(HfAcls) acls = acls_of(quoted_acls);
    config.master.acls = acls;
    Lab lab = lab_with(test->resources, principal,
                       HF_CAPABILITY_SHARED_RESOURCES | HF_CAPABILITY_REVOCABLE_RESOURCES, &config);
    g_auto(GStrv) lines = g_strsplit(test->script, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (line != lines) hf_pump_run_for(lab.pump, HF_SECONDS(1));
        accept_all(&lab, *line);
    }
    g_autofree char *available = hf_pump_available(lab.pump, 0);
    gboolean is_good =
        strcmp(lab.done->str, test->done) == 0 && strcmp(available, test->available) == 0;
    if (!is_good)
        print_error("\"%s\":\n  done      %s\n  expected  %s\n  available %s\n  expected  %s\n",
                    test->name, lab.done->str, test->done, available, test->available);
    lab_free(&lab);
    return is_good;
}

static inline void are_as_expected(const Case *cases, gsize count)
{
    guint wrong = 0;
    for (gsize i = 0; i < count; i++) wrong += !is_as_expected(&cases[i], NULL, "ops");
    assert_int_equal(wrong, 0);
}

#endif
