/* The calls as lines of a replay script; see trio.h. */
#include <stdarg.h>

#include "reference/trio_internal.h"
#include "resource/text.h"

void hf_trio__say(HfTrio *trio, const char *format, ...)
{
    if (trio->script == NULL) return;
    va_list arguments;
    va_start(arguments, format);
    g_string_append_vprintf(trio->script, format, arguments);
    va_end(arguments);
}

void hf_trio__say_resources(HfTrio *trio, const char *name, const HfResources *resources,
                            HfRoleId role)
{
    if (trio->script == NULL) return;
    HfResources tagged = {0};
    hf_resources_copy(trio->catalog, &tagged, resources);
    if (role != HF_ROLE_NONE) hf_resources_allocate(trio->catalog, &tagged, role);
    g_autofree char *text = hf_resources_to_text(trio->catalog, &tagged);
    hf_trio__say(trio, ",\"%s\":\"%s\"", name, text);
    hf_resources_clear(trio->catalog, &tagged);
}

void hf_trio__say_roles(HfTrio *trio, const char *name, const HfRoleId *roles, uint32_t count)
{
    hf_trio__say(trio, ",\"%s\":[", name);
    for (uint32_t r = 0; r < count; r++)
        hf_trio__say(trio, "%s\"%s\"", r > 0 ? "," : "", hf_role_path(trio->catalog, roles[r]));
    hf_trio__say(trio, "]");
}

void hf_trio__say_capabilities(HfTrio *trio, uint32_t bits, const char *const *names)
{
    gboolean is_first = TRUE;
    hf_trio__say(trio, ",\"capabilities\":[");
    for (uint32_t b = 0; names[b] != NULL; b++) {
        if (!(bits >> b & 1)) continue;
        hf_trio__say(trio, "%s\"%s\"", is_first ? "" : ",", names[b]);
        is_first = FALSE;
    }
    hf_trio__say(trio, "]");
}

static void say_quantities(HfTrio *trio, const char *name, const HfQuantities *amount)
{
    hf_trio__say(trio, "\"%s\":\"", name);
    const HfQuantity *at = hf_quantities_entries(amount);
    for (uint32_t i = 0; i < amount->count; i++) {
        char text[HF_MILLI_TEXT_SIZE];
        hf_trio__say(trio, "%s%s:%s", i > 0 ? ";" : "", hf_kind_name(trio->catalog, at[i].kind),
                     hf_milli_print(at[i].milli, text));
    }
    hf_trio__say(trio, "\"");
}

void hf_trio__say_quota(HfTrio *trio, const HfQuantities *guarantees, const HfLimits *limits)
{
    say_quantities(trio, "guarantees", guarantees);
    if (hf_limits_is_empty(limits)) return;
    hf_trio__say(trio, ",");
    say_quantities(trio, "limits", &limits->entries);
}

static const char *const sorter_names[] = {"", "drf", "random"};

void hf_trio_write_script(HfTrio *trio)
{
    trio->script = g_string_new(NULL);
    const HfAllocatorConfig *config = &trio->config;
    if (config->agent_order != HF_AGENT_ORDER_SORTED)
        hf_trio__say(trio, "# played with shuffled agents, which replay visits in order\n");
    if (config->policy != NULL && config->policy != hf_policies[0])
        hf_trio__say(trio, "# played with the policy %s\n", config->policy->name);
    if (!trio->runs_at_once)
        hf_trio__say(trio, "# played with runs where a comment says, not at once\n");
    hf_trio__say(trio,
                 "{\"op\":\"init\",\"era\":\"%s\",\"quirks\":\"%s\",\"allocation_interval_ms\":"
                 "%" G_GINT64_FORMAT
                 ",\"role_sorter\":\"%s\",\"framework_sorter\":\"%s\",\"filter_gpu_resources\":%s",
                 hf_era_name(config->era), trio->catalog->quirks == 0 ? "documented" : "strict",
                 config->interval / HF_NS_PER_MS, sorter_names[config->role_sorter],
                 sorter_names[config->framework_sorter],
                 config->filter_gpu_resources ? "true" : "false");
    if (config->region != NULL) hf_trio__say(trio, ",\"domain\":\"%s/z\"", config->region);
    hf_trio__say(trio, ",\"min_allocatable\":");
    if (config->min_allocatable_count == 0) hf_trio__say(trio, "null");
    for (uint32_t m = 0; m < config->min_allocatable_count; m++) {
        g_autofree char *text = hf_quantities_print(trio->catalog, &config->min_allocatable[m]);
        hf_trio__say(trio, "%s\"%s\"", m > 0 ? "," : "[", text);
    }
    hf_trio__say(trio, "%s,\"fairness_exclude\":[", config->min_allocatable_count > 0 ? "]" : "");
    for (uint32_t k = 0; k < config->fairness_excluded_count; k++)
        hf_trio__say(trio, "%s\"%s\"", k > 0 ? "," : "",
                     hf_kind_name(trio->catalog, config->fairness_excluded[k]));
    hf_trio__say(trio, "]}\n");
}
