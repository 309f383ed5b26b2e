/* The operations on frameworks. */
#include "tools/replay_internal.h"

static const HfReplayCapability framework_capabilities[] = {
    {"REVOCABLE_RESOURCES", HF_CAPABILITY_REVOCABLE_RESOURCES},
    {"GPU_RESOURCES", HF_CAPABILITY_GPU_RESOURCES},
    {"SHARED_RESOURCES", HF_CAPABILITY_SHARED_RESOURCES},
    {"PARTITION_AWARE", HF_CAPABILITY_PARTITION_AWARE},
    {"MULTI_ROLE", HF_CAPABILITY_MULTI_ROLE},
    {"RESERVATION_REFINEMENT", HF_CAPABILITY_RESERVATION_REFINEMENT},
    {"REGION_AWARE", HF_CAPABILITY_REGION_AWARE},
    {"TASK_KILLING_STATE", 0},
    {NULL, 0}};

/* What a framework's operation carries besides its name, as long as the call lasts. */
typedef struct FrameworkInput {
    GArray *roles, *suppressed;
    GArray *minima;        /* of HfRoleMinimum */
    GPtrArray *quantities; /* of GArray, what the minima point to */
    HfOfferConstraints *constraints;
    HfFrameworkSpec spec;
} FrameworkInput;

static void input_clear(FrameworkInput *input)
{
    g_array_unref(input->roles);
    g_array_unref(input->suppressed);
    g_array_unref(input->minima);
    g_ptr_array_unref(input->quantities);
    hf_offer_constraints_unref(input->constraints);
}

static gboolean minima_field(HfReplay *replay, FrameworkInput *input, GError **error)
{
    JsonNode *node = hf_replay__field(replay, "min_allocatable");
    if (node == NULL) return TRUE;
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return hf_replay__bad(error, "min_allocatable", "must be an object");
    JsonObjectIter iter;
    const char *path;
    JsonNode *member;
    json_object_iter_init_ordered(&iter, json_node_get_object(node));
    while (json_object_iter_next_ordered(&iter, &path, &member)) {
        HfRoleMinimum minimum = {0};
        GArray *quantities = hf_replay__quantities_array();
        g_ptr_array_add(input->quantities, quantities);
        if (!hf_replay__role(replay, path, &minimum.role, error) ||
            !hf_replay__alternatives(replay, member, quantities, error))
            return FALSE;
        minimum.alternatives = (const HfQuantities *)(gpointer)quantities->data;
        minimum.count = quantities->len;
        g_array_append_val(input->minima, minimum);
    }
    return TRUE;
}

static void unref_array(gpointer array)
{
    g_array_unref(array);
}

static gboolean framework_input(HfReplay *replay, FrameworkInput *input, GError **error)
{
    *input = (FrameworkInput){.roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId)),
                              .suppressed = g_array_new(FALSE, FALSE, sizeof(HfRoleId)),
                              .minima = g_array_new(FALSE, TRUE, sizeof(HfRoleMinimum)),
                              .quantities = g_ptr_array_new_with_free_func(unref_array),
                              .spec = {.active = TRUE}};
    if (hf_era_has(replay->era, HF_RULE_MULTI_ROLE))
        input->spec.capabilities |= HF_CAPABILITY_MULTI_ROLE;
    if (hf_era_has(replay->era, HF_RULE_REFINEMENT))
        input->spec.capabilities |= HF_CAPABILITY_RESERVATION_REFINEMENT;
    if (!hf_replay__roles(replay, "roles", input->roles, error) ||
        !hf_replay__roles(replay, "suppressed_roles", input->suppressed, error) ||
        !hf_replay__capabilities(replay, framework_capabilities, &input->spec.capabilities,
                                 error) ||
        !hf_replay__flag(replay, "active", &input->spec.active, error) ||
        !minima_field(replay, input, error))
        return FALSE;
    JsonNode *constraints = hf_replay__field(replay, "offer_constraints");
    if (constraints != NULL) {
        input->constraints = hf_offer_constraints_from_json(replay->catalog, constraints, error);
        if (input->constraints == NULL) return FALSE;
    }
    if (input->roles->len > 1 && !hf_era_check(replay->era, HF_RULE_MULTI_ROLE, error))
        return FALSE;
    input->spec.roles = (const HfRoleId *)(gpointer)input->roles->data;
    input->spec.role_count = input->roles->len;
    input->spec.suppressed = (const HfRoleId *)(gpointer)input->suppressed->data;
    input->spec.suppressed_count = input->suppressed->len;
    input->spec.minima = (const HfRoleMinimum *)(gpointer)input->minima->data;
    input->spec.minimum_count = input->minima->len;
    input->spec.constraints = input->constraints;
    return TRUE;
}

gboolean hf_replay__op_add_framework(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t framework;
    if (!hf_replay__known(replay, replay->frameworks, "id", &framework, error)) return FALSE;
    FrameworkInput input;
    HfReplayUsed used;
    hf_replay__used_init(replay, &used);
    gboolean done = framework_input(replay, &input, error) &&
                    hf_replay__used(replay, &used, UINT32_MAX, framework, error);
    if (done) {
        input.spec.name = hf_intern_name(replay->frameworks, framework);
        done = hf_replay__status_ok(
            hf_allocator_framework_add(replay->allocator, replay->now, framework, &input.spec,
                                       (const HfHolding *)(gpointer)used.holdings->data,
                                       used.holdings->len),
            error);
    }
    hf_replay__used_clear(&used);
    input_clear(&input);
    return done;
}

gboolean hf_replay__op_update_framework(HfReplay *replay, JsonObject *ok, GError **error)
{
    uint32_t framework;
    if (!hf_replay__known(replay, replay->frameworks, "id", &framework, error)) return FALSE;
    FrameworkInput input;
    gboolean done = framework_input(replay, &input, error);
    if (done)
        done = hf_replay__status_ok(
            hf_allocator_framework_update(replay->allocator, replay->now, framework, &input.spec),
            error);
    input_clear(&input);
    return done;
}

gboolean hf_replay__op_remove_framework(HfReplay *replay, JsonObject *ok, GError **error)
{
    return hf_replay__row_op(replay, replay->frameworks, hf_allocator_framework_remove, error);
}

gboolean hf_replay__op_activate_framework(HfReplay *replay, JsonObject *ok, GError **error)
{
    return hf_replay__row_op(replay, replay->frameworks, hf_allocator_framework_activate, error);
}

gboolean hf_replay__op_deactivate_framework(HfReplay *replay, JsonObject *ok, GError **error)
{
    return hf_replay__row_op(replay, replay->frameworks, hf_allocator_framework_deactivate, error);
}

typedef HfStatus (*RolesCall)(HfAllocator *allocator, HfTime now, uint32_t framework,
                              const HfRoleId *roles, uint32_t role_count);

static gboolean roles_op(HfReplay *replay, RolesCall call, GError **error)
{
    uint32_t framework;
    g_autoptr(GArray) roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    return hf_replay__known(replay, replay->frameworks, "framework", &framework, error) &&
           hf_replay__roles(replay, "roles", roles, error) &&
           hf_replay__status_ok(call(replay->allocator, replay->now, framework,
                                     (const HfRoleId *)(gpointer)roles->data, roles->len),
                                error);
}

gboolean hf_replay__op_suppress(HfReplay *replay, JsonObject *ok, GError **error)
{
    return roles_op(replay, hf_allocator_suppress, error);
}

gboolean hf_replay__op_revive(HfReplay *replay, JsonObject *ok, GError **error)
{
    return roles_op(replay, hf_allocator_revive, error);
}
