/*
 * Building a world: the hosts of the scenario's groups, listed or read from a file; what stands in
 * their texts.
 */
#include <gio/gio.h>

#include "resource/text.h"
#include "world/world_internal.h"

/* What reading the machines of one group collects. */
typedef struct HostBuilder {
    HfWorld *world;
    HF_VEC(HfHost) hosts;
    uint32_t group;
    GError *error;
    /* the texts last parsed, so that equal neighbours share the result */
    char *resources_text, *attributes_text;
    const HfResources *total;
    const HfAttributes *attributes;
} HostBuilder;

/* A file that cannot be read is no fault of the scenario, unless it is not the file it should be.
 */
static HfWorldError kind_of(const GError *inner)
{
    if (inner->domain != G_IO_ERROR) return HF_WORLD_ERROR_INPUT;
    switch (inner->code) {
    case G_IO_ERROR_NOT_FOUND:
    case G_IO_ERROR_IS_DIRECTORY:
    case G_IO_ERROR_NOT_REGULAR_FILE:
    case G_IO_ERROR_INVALID_DATA:
    case G_IO_ERROR_PARTIAL_INPUT:
        return HF_WORLD_ERROR_INPUT;
    default:
        return HF_WORLD_ERROR_IO;
    }
}

gboolean hf_world__fail(GError **error, const char *where, GError *inner)
{
    g_set_error(error, HF_WORLD_ERROR, kind_of(inner), "%s: %s", where, inner->message);
    g_error_free(inner);
    return FALSE;
}

const HfResources *hf_world__parse_total(HfWorld *world, const char *text, GError **error)
{
    HfResources *total = g_new0(HfResources, 1);
    if (!hf_resources_parse(world->catalog, text, HF_ROLE_STAR, HF_PARSE_AGENT, total, error)) {
        g_free(total);
        return NULL;
    }
    g_ptr_array_add(world->totals, total);
    return total;
}

const HfAttributes *hf_world__parse_attributes(HfWorld *world, const char *text, GError **error)
{
    HfAttributes *attributes = g_new0(HfAttributes, 1);
    if (text[0] != '\0' && !hf_attributes_parse(world->catalog, text, attributes, error)) {
        g_free(attributes);
        return NULL;
    }
    g_ptr_array_add(world->attributes, attributes);
    return attributes;
}

static const HfResources *parse_total(HostBuilder *builder, const char *text, GError **error)
{
    if (builder->total && g_strcmp0(text, builder->resources_text) == 0) return builder->total;
    const HfResources *total = hf_world__parse_total(builder->world, text, error);
    if (total == NULL) return NULL;
    g_free(builder->resources_text);
    builder->resources_text = g_strdup(text);
    return builder->total = total;
}

static const HfAttributes *parse_attributes(HostBuilder *builder, const char *text, GError **error)
{
    if (text == NULL) text = "";
    if (builder->attributes && g_strcmp0(text, builder->attributes_text) == 0)
        return builder->attributes;
    const HfAttributes *attributes = hf_world__parse_attributes(builder->world, text, error);
    if (attributes == NULL) return NULL;
    g_free(builder->attributes_text);
    builder->attributes_text = g_strdup(text);
    return builder->attributes = attributes;
}

static void add_host(void *context, const HfMachine *machine)
{
    HostBuilder *builder = context;
    if (builder->error) return;
    const HfResources *total = parse_total(builder, machine->resources, &builder->error);
    if (total == NULL) return;
    const HfAttributes *attributes =
        parse_attributes(builder, machine->attributes, &builder->error);
    if (attributes == NULL) return;
    hf_vec_push_zero(&builder->hosts);
    HfHost *host = hf_vec_last(&builder->hosts);
    host->total = total;
    host->attributes = attributes;
    host->name = g_strdup(machine->name);
    host->group = builder->group;
    host->first_run = host->first_process = NO_ROW;
    host->is_up = host->is_agent_up = TRUE;
}

static gboolean add_group(HostBuilder *builder, const HfScenarioAgents *agents, GError **error)
{
    const HfModelKeys *format = agents->trace.format.model;
    if (format != NULL) {
        const HfAgentTraceFormat *trace = (const HfAgentTraceFormat *)(const void *)format;
        return trace->read(agents->trace.format.config, add_host, builder, error);
    }
    for (uint32_t i = 0; i < (uint64_t)agents->count && builder->error == NULL; i++) {
        g_autofree char *name = g_strdup_printf("%s-%u", agents->name, i);
        g_autofree char *attributes = hf_agent_attributes(agents, i);
        add_host(builder, &(HfMachine){name, agents->resources, attributes});
    }
    return TRUE;
}

gboolean hf_world__build_hosts(HfWorld *world, GError **error)
{
    HostBuilder builder = {.world = world};
    gboolean good = TRUE;
    for (uint32_t g = 0; good && g < world->scenario->agents.count; g++) {
        const HfScenarioAgents *agents = &world->scenario->agents.at[g];
        builder.group = g;
        GError *inner = NULL;
        good = add_group(&builder, agents, &inner);
        if (builder.error) { /* of an earlier line than what the reader may have met after it */
            good = FALSE;
            g_clear_error(&inner);
            inner = g_steal_pointer(&builder.error);
        }
        if (!good) {
            g_autofree char *where = g_strdup_printf("agents[%u] (%s)", g, agents->name);
            hf_world__fail(error, where, inner);
        }
    }
    g_free(builder.resources_text);
    g_free(builder.attributes_text);
    world->hosts = builder.hosts.at;
    world->host_count = builder.hosts.count;
    return good;
}
