/* The calls of the trio; see trio.h. */
#include "reference/trio_internal.h"
#include "resource/json.h"
#include "resource/text.h"

#define PIECE(trio, p) (&g_array_index((trio)->pieces, HfPiece, p))

/* The call to all three. */
#define TELL(trio, call, ...)                                                                      \
    hf_trio__agree(trio, hf_allocator_##call((trio)->fast, __VA_ARGS__),                           \
                   hf_allocator_##call((trio)->full, __VA_ARGS__),                                 \
                   hf_twin_##call((trio)->twin, __VA_ARGS__))

/* ---- Agents ---- */

static void say_agent(HfTrio *trio, const char *op, const HfAgentSpec *spec)
{
    static const char *const names[] = {"MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT",
                                        NULL};
    hf_trio__say(trio, "{\"op\":\"%s\",\"id\":\"%s\"", op, spec->name);
    if (spec->total != NULL) hf_trio__say_resources(trio, "resources", spec->total, HF_ROLE_NONE);
    if (spec->hostname != NULL) hf_trio__say(trio, ",\"hostname\":\"%s\"", spec->hostname);
    if (spec->attributes != NULL) {
        g_autofree char *text = hf_attributes_print(trio->catalog, spec->attributes);
        hf_trio__say(trio, ",\"attributes\":\"%s\"", text);
    }
    if (spec->region != NULL) hf_trio__say(trio, ",\"domain\":\"%s/%s\"", spec->region, spec->zone);
    if (spec->capabilities != HF_AGENT_CAPABILITIES_KEEP)
        hf_trio__say_capabilities(trio, spec->capabilities, names);
    if (!spec->has_unavailability) return;
    hf_trio__say(trio, ",\"start_ms\":%" G_GINT64_FORMAT, spec->unavailable_start / HF_NS_PER_MS);
    if (spec->unavailable_duration != HF_TIME_NEVER)
        hf_trio__say(trio, ",\"duration_ms\":%" G_GINT64_FORMAT,
                     spec->unavailable_duration / HF_NS_PER_MS);
}

HfStatus hf_trio_agent_add(HfTrio *trio, uint32_t agent, HfAgentSpec *spec, const HfHolding *used,
                           uint32_t used_count)
{
    char name[16];
    HfTrioAgent *row = &trio->agents[agent];
    g_snprintf(name, sizeof name, "a%u", agent);
    spec->name = name;
    say_agent(trio, "add_agent", spec);
    for (uint32_t u = 0; u < used_count; u++) {
        hf_trio__say(trio, u == 0 ? ",\"used\":{\"f%u\":[" : "],\"f%u\":[", used[u].framework);
        HfResources tagged = {0};
        hf_resources_copy(trio->catalog, &tagged, used[u].resources);
        hf_resources_allocate(trio->catalog, &tagged, used[u].role);
        g_autofree char *text = hf_resources_to_text(trio->catalog, &tagged);
        hf_trio__say(trio, "\"%s\"", text);
        hf_resources_clear(trio->catalog, &tagged);
    }
    if (used_count > 0) hf_trio__say(trio, "]}");
    HfStatus status = TELL(trio, agent_add, trio->now, agent, spec, used, used_count);
    if (status == HF_OK) {
        row->is_known = row->is_active = TRUE;
        hf_resources_copy(trio->catalog, &row->total, spec->total);
        for (uint32_t u = 0; u < used_count; u++) {
            HfPiece like = {used[u].framework, agent, used[u].role, TRUE, {0}, NULL};
            hf_books__put(trio, &like, TRUE, used[u].resources);
        }
    }
    hf_trio__settle(trio);
    return status;
}

HfStatus hf_trio_agent_update(HfTrio *trio, uint32_t agent, HfAgentSpec *spec)
{
    char name[16];
    g_snprintf(name, sizeof name, "a%u", agent);
    spec->name = name;
    say_agent(trio, "update_agent", spec);
    HfAgentSpec told = *spec;
    HfResources reversed = {0};
    gboolean is_held = FALSE;
    for (guint p = 0; p < trio->pieces->len; p++) is_held |= PIECE(trio, p)->agent == agent;
    if (trio->canary == HF_CANARY_ORDER && spec->total != NULL && is_held) {
        for (uint32_t i = hf_resources_count(spec->total); i-- > 0;)
            hf_resources_add_one(trio->catalog, &reversed, hf_resources_at(spec->total, i));
        told.total = &reversed;
    }
    HfStatus status =
        hf_trio__agree(trio, hf_allocator_agent_update(trio->fast, trio->now, agent, &told),
                       hf_allocator_agent_update(trio->full, trio->now, agent, &told),
                       hf_twin_agent_update(trio->twin, trio->now, agent, spec));
    hf_resources_clear(trio->catalog, &reversed);
    if (status == HF_OK && spec->total != NULL)
        hf_resources_copy(trio->catalog, &trio->agents[agent].total, spec->total);
    /* whether attributes changed is for the allocators to say: filters are not held against them */
    if (status == HF_OK && spec->attributes != NULL)
        hf_books__drop_refusals(trio, UINT32_MAX, agent, HF_ROLE_NONE);
    hf_trio__settle(trio);
    return status;
}

HfStatus hf_trio_provider_add(HfTrio *trio, uint32_t agent, const HfResources *more,
                              const HfHolding *used, uint32_t used_count)
{
    hf_trio__say(trio, "# a resource provider comes to a%u {", agent);
    HfStatus status = TELL(trio, provider_add, trio->now, agent, more, used, used_count);
    if (status == HF_OK) {
        hf_resources_add(trio->catalog, &trio->agents[agent].total, more);
        for (uint32_t u = 0; u < used_count; u++) {
            HfPiece like = {used[u].framework, agent, used[u].role, FALSE, {0}, NULL};
            hf_books__put(trio, &like, FALSE, used[u].resources);
        }
    }
    hf_trio__settle(trio);
    return status;
}

HfStatus hf_trio_agent_remove(HfTrio *trio, uint32_t agent)
{
    hf_trio__say(trio, "{\"op\":\"remove_agent\",\"id\":\"a%u\"", agent);
    HfStatus status = TELL(trio, agent_remove, trio->now, agent);
    if (status == HF_OK) {
        hf_books__drop_pieces(trio, UINT32_MAX, agent);
        hf_books__drop_refusals(trio, UINT32_MAX, agent, HF_ROLE_NONE);
        hf_resources_clear(trio->catalog, &trio->agents[agent].total);
        trio->agents[agent] = (HfTrioAgent){0};
    }
    hf_trio__settle(trio);
    return status;
}

HfStatus hf_trio_agent_active(HfTrio *trio, uint32_t agent, gboolean is_active)
{
    hf_trio__say(trio, "{\"op\":\"%s_agent\",\"id\":\"a%u\"", is_active ? "activate" : "deactivate",
                 agent);
    gboolean is_fast_active = is_active || trio->canary == HF_CANARY_ACTIVE;
    HfStatus status = hf_trio__agree(
        trio,
        (is_fast_active ? hf_allocator_agent_activate
                        : hf_allocator_agent_deactivate)(trio->fast, trio->now, agent),
        (is_active ? hf_allocator_agent_activate : hf_allocator_agent_deactivate)(trio->full,
                                                                                  trio->now, agent),
        (is_active ? hf_twin_agent_activate : hf_twin_agent_deactivate)(trio->twin, trio->now,
                                                                        agent));
    if (status == HF_OK) trio->agents[agent].is_active = is_active;
    hf_trio__settle(trio);
    return status;
}

/* ---- Frameworks ---- */

static void say_framework(HfTrio *trio, const char *op, const HfFrameworkSpec *spec,
                          const char *constraints_json)
{
    static const char *const names[] = {
        "REVOCABLE_RESOURCES", "GPU_RESOURCES",          "SHARED_RESOURCES", "PARTITION_AWARE",
        "MULTI_ROLE",          "RESERVATION_REFINEMENT", "REGION_AWARE",     NULL};
    hf_trio__say(trio, "{\"op\":\"%s\",\"id\":\"%s\"", op, spec->name);
    hf_trio__say_roles(trio, "roles", spec->roles, spec->role_count);
    hf_trio__say_roles(trio, "suppressed_roles", spec->suppressed, spec->suppressed_count);
    hf_trio__say_capabilities(trio, spec->capabilities, names);
    hf_trio__say(trio, ",\"active\":%s", spec->active ? "true" : "false");
    for (uint32_t m = 0; m < spec->minimum_count; m++) {
        hf_trio__say(trio, "%s\"%s\":[", m == 0 ? ",\"min_allocatable\":{" : ",",
                     hf_role_path(trio->catalog, spec->minima[m].role));
        for (uint32_t q = 0; q < spec->minima[m].count; q++) {
            g_autofree char *text =
                hf_quantities_print(trio->catalog, &spec->minima[m].alternatives[q]);
            hf_trio__say(trio, "%s\"%s\"", q > 0 ? "," : "", text);
        }
        hf_trio__say(trio, "]");
    }
    if (spec->minimum_count > 0) hf_trio__say(trio, "}");
    if (constraints_json != NULL) hf_trio__say(trio, ",\"offer_constraints\":%s", constraints_json);
}

static void note_framework(HfTrio *trio, uint32_t framework, const HfFrameworkSpec *spec)
{
    HfTrioFramework *row = &trio->frameworks[framework];
    row->capabilities = spec->capabilities;
    row->has_minima = spec->minimum_count > 0;
    g_array_set_size(row->roles, 0);
    g_array_set_size(row->suppressed, 0);
    for (uint32_t r = 0; r < spec->role_count; r++) g_array_append_val(row->roles, spec->roles[r]);
    for (uint32_t r = 0; r < spec->suppressed_count; r++)
        g_array_append_val(row->suppressed, spec->suppressed[r]);
}

/* What the fast allocator is told of a framework, when a canary sings. */
static HfFrameworkSpec told_of(const HfTrio *trio, const HfFrameworkSpec *spec)
{
    HfFrameworkSpec told = *spec;
    if (trio->canary == HF_CANARY_CAPABILITY) told.capabilities = UINT32_MAX;
    if (trio->canary == HF_CANARY_MINIMUM) told.minimum_count = 0;
    if (trio->canary == HF_CANARY_CONSTRAINTS) told.constraints = NULL;
    return told;
}

static HfOfferConstraints *constraints_of(HfTrio *trio, const char *json)
{
    if (json == NULL) return NULL;
    g_autoptr(JsonNode) node = hf_json_parse(json, -1, NULL);
    HfOfferConstraints *constraints = hf_offer_constraints_from_json(trio->catalog, node, NULL);
    g_assert(constraints != NULL);
    return constraints;
}

HfStatus hf_trio_framework_add(HfTrio *trio, uint32_t framework, HfFrameworkSpec *spec,
                               const char *constraints_json)
{
    char name[16];
    g_snprintf(name, sizeof name, "f%u", framework);
    spec->name = name;
    g_autoptr(HfOfferConstraints) constraints = constraints_of(trio, constraints_json);
    spec->constraints = constraints;
    say_framework(trio, "add_framework", spec, constraints_json);
    /* it names all that agents brought along for it */
    g_autoptr(GArray) used = g_array_new(FALSE, TRUE, sizeof(HfHolding));
    for (guint p = 0; p < trio->pieces->len; p++) {
        HfPiece *piece = PIECE(trio, p);
        if (piece->framework != framework) continue;
        HfHolding holding = {framework, piece->agent, piece->role, &piece->resources, NULL};
        g_array_append_val(used, holding);
        hf_trio__say(trio, "%s\"a%u\":[", used->len == 1 ? ",\"used\":{" : ",", piece->agent);
        HfResources tagged = {0};
        hf_resources_copy(trio->catalog, &tagged, &piece->resources);
        hf_resources_allocate(trio->catalog, &tagged, piece->role);
        g_autofree char *text = hf_resources_to_text(trio->catalog, &tagged);
        hf_trio__say(trio, "\"%s\"]", text);
        hf_resources_clear(trio->catalog, &tagged);
    }
    if (used->len > 0) hf_trio__say(trio, "}");
    const HfHolding *holdings = (const HfHolding *)(gpointer)used->data;
    HfFrameworkSpec told = told_of(trio, spec);
    HfStatus status = hf_trio__agree(
        trio,
        hf_allocator_framework_add(trio->fast, trio->now, framework, &told, holdings, used->len),
        hf_allocator_framework_add(trio->full, trio->now, framework, spec, holdings, used->len),
        hf_twin_framework_add(trio->twin, trio->now, framework, spec, holdings, used->len));
    if (status == HF_OK) {
        note_framework(trio, framework, spec);
        trio->frameworks[framework].is_known = TRUE;
        trio->frameworks[framework].is_active = spec->active;
    }
    hf_trio__settle(trio);
    return status;
}

HfStatus hf_trio_framework_update(HfTrio *trio, uint32_t framework, HfFrameworkSpec *spec,
                                  const char *constraints_json)
{
    char name[16];
    g_snprintf(name, sizeof name, "f%u", framework);
    spec->name = name;
    g_autoptr(HfOfferConstraints) constraints = constraints_of(trio, constraints_json);
    spec->constraints = constraints;
    say_framework(trio, "update_framework", spec, constraints_json);
    HfFrameworkSpec told = told_of(trio, spec);
    HfStatus status =
        hf_trio__agree(trio, hf_allocator_framework_update(trio->fast, trio->now, framework, &told),
                       hf_allocator_framework_update(trio->full, trio->now, framework, spec),
                       hf_twin_framework_update(trio->twin, trio->now, framework, spec));
    if (status == HF_OK) {
        /* roles that are left, or revived, lose their filters */
        hf_books__drop_refusals(trio, framework, UINT32_MAX, HF_ROLE_NONE);
        note_framework(trio, framework, spec);
    }
    hf_trio__settle(trio);
    return status;
}

HfStatus hf_trio_framework_remove(HfTrio *trio, uint32_t framework)
{
    hf_trio__say(trio, "{\"op\":\"remove_framework\",\"id\":\"f%u\"", framework);
    HfStatus status = TELL(trio, framework_remove, trio->now, framework);
    if (status == HF_OK) {
        hf_books__drop_pieces(trio, framework, UINT32_MAX);
        hf_books__drop_refusals(trio, framework, UINT32_MAX, HF_ROLE_NONE);
        trio->frameworks[framework].is_known = trio->frameworks[framework].is_active = FALSE;
        g_array_set_size(trio->frameworks[framework].roles, 0);
    }
    hf_trio__settle(trio);
    return status;
}

HfStatus hf_trio_framework_active(HfTrio *trio, uint32_t framework, gboolean is_active)
{
    hf_trio__say(trio, "{\"op\":\"%s_framework\",\"id\":\"f%u\"",
                 is_active ? "activate" : "deactivate", framework);
    HfStatus status = is_active ? TELL(trio, framework_activate, trio->now, framework)
                                : TELL(trio, framework_deactivate, trio->now, framework);
    if (status == HF_OK) {
        trio->frameworks[framework].is_active = is_active;
        if (!is_active) hf_books__drop_refusals(trio, framework, UINT32_MAX, HF_ROLE_NONE);
    }
    hf_trio__settle(trio);
    return status;
}

static void note_suppressed(HfTrioFramework *row, HfRoleId role, gboolean is_suppressed)
{
    for (guint s = row->suppressed->len; s-- > 0;)
        if (g_array_index(row->suppressed, HfRoleId, s) == role)
            g_array_remove_index(row->suppressed, s);
    if (is_suppressed) g_array_append_val(row->suppressed, role);
}

HfStatus hf_trio_suppress(HfTrio *trio, uint32_t framework, const HfRoleId *roles, uint32_t count)
{
    HfTrioFramework *row = &trio->frameworks[framework];
    hf_trio__say(trio, "{\"op\":\"suppress\",\"framework\":\"f%u\"", framework);
    hf_trio__say_roles(trio, "roles", roles, count);
    HfStatus full = hf_allocator_suppress(trio->full, trio->now, framework, roles, count);
    HfStatus fast = full;
    if (trio->canary != HF_CANARY_SUPPRESS)
        fast = hf_allocator_suppress(trio->fast, trio->now, framework, roles, count);
    hf_trio__agree(trio, fast, full,
                   hf_twin_suppress(trio->twin, trio->now, framework, roles, count));
    const GArray *all = row->roles;
    if (full == HF_OK)
        for (guint r = 0; r < (count > 0 ? count : all->len); r++)
            note_suppressed(row, count > 0 ? roles[r] : g_array_index(all, HfRoleId, r), TRUE);
    hf_trio__settle(trio);
    return full;
}

HfStatus hf_trio_revive(HfTrio *trio, uint32_t framework, const HfRoleId *roles, uint32_t count)
{
    HfTrioFramework *row = &trio->frameworks[framework];
    hf_trio__say(trio, "{\"op\":\"revive\",\"framework\":\"f%u\"", framework);
    hf_trio__say_roles(trio, "roles", roles, count);
    HfStatus status = TELL(trio, revive, trio->now, framework, roles, count);
    const GArray *all = row->roles;
    if (status == HF_OK)
        for (guint r = 0; r < (count > 0 ? count : all->len); r++) {
            HfRoleId role = count > 0 ? roles[r] : g_array_index(all, HfRoleId, r);
            note_suppressed(row, role, FALSE);
            hf_books__drop_refusals(trio, framework, UINT32_MAX, role);
        }
    hf_trio__settle(trio);
    return status;
}

/* ---- Resources ---- */

static void say_piece(HfTrio *trio, const char *op, const HfPiece *piece, const HfResources *part)
{
    hf_trio__say(trio, "{\"op\":\"%s\",\"framework\":\"f%u\",\"agent\":\"a%u\"", op,
                 piece->framework, piece->agent);
    hf_trio__say_resources(trio, "resources", part, piece->role);
}

/* As a master has it: the fast allocator is told of parcels, the other one of resources alone. */
static HfParcel *parcel_for(HfTrio *trio, const HfResources *part, HfRoleId role)
{
    HfParcel *plain = hf_parcel_copy(trio->catalog, part);
    HfParcel *parcel = hf_parcel_allocate(trio->catalog, plain, role);
    hf_parcel_drop(trio->catalog, &plain);
    return parcel;
}

HfStatus hf_trio_recover(HfTrio *trio, guint p, const HfResources *part, double refuse_seconds)
{
    const HfPiece *piece = PIECE(trio, p);
    HfRecovery recovery = {piece->framework, piece->agent,       piece->role, part,
                           refuse_seconds,   piece->is_launched, NULL};
    say_piece(trio, "recover", piece, part);
    if (refuse_seconds != HF_NO_FILTER) hf_trio__say(trio, ",\"filter_s\":%g", refuse_seconds);
    if (piece->is_launched) hf_trio__say(trio, ",\"launched\":true");
    HfRecovery told = recovery; /* whole offers by their address alone, as the master does it */
    HfParcel *parcel = NULL;
    if (piece->parcel != NULL && hf_resources_equal(trio->catalog, part, &piece->resources))
        parcel = hf_parcel_ref(piece->parcel);
    else
        parcel = told.parcel = parcel_for(trio, part, piece->role);
    if (piece->is_launched) told.parcel = parcel;
    told.resources = hf_parcel_resources(parcel);
    HfResources less = {0};
    if (trio->canary == HF_CANARY_FILTER) told.refuse_seconds = HF_NO_FILTER;
    if (trio->canary == HF_CANARY_BACK) {
        for (uint32_t i = 0; i < hf_resources_count(part); i++) {
            HfResource entry = *hf_resources_at(part, i);
            if (entry.kind == HF_KIND_CPUS && entry.milli > 1) entry.milli--;
            hf_resources_add_one(trio->catalog, &less, &entry);
        }
        told.resources = &less;
        told.parcel = NULL;
    }
    HfStatus status = hf_trio__agree(trio, hf_allocator_recover(trio->fast, trio->now, &told),
                                     hf_allocator_recover(trio->full, trio->now, &recovery),
                                     hf_twin_recover(trio->twin, trio->now, &recovery));
    hf_resources_clear(trio->catalog, &less);
    hf_parcel_drop(trio->catalog, &parcel);
    if (status == HF_OK) {
        hf_books__refuse(trio, piece, part, refuse_seconds);
        hf_books__take(trio, p, part);
    }
    hf_trio__settle(trio);
    return status;
}

HfStatus hf_trio_launch(HfTrio *trio, guint p, const HfResources *part)
{
    HfPiece piece = *PIECE(trio, p);
    HfResources launched = {0}; /* `part` may be what the piece holds */
    gboolean is_whole =
        piece.parcel != NULL && hf_resources_equal(trio->catalog, part, &piece.resources);
    HfParcel *parcel = is_whole ? hf_parcel_ref(piece.parcel) : parcel_for(trio, part, piece.role);
    say_piece(trio, "launch", &piece, part);
    HfStatus status = hf_trio__agree(
        trio,
        hf_allocator_launched(trio->fast, piece.framework, piece.agent, piece.role,
                              hf_parcel_resources(parcel), parcel),
        hf_allocator_launched(trio->full, piece.framework, piece.agent, piece.role, part, NULL),
        hf_twin_launched(trio->twin, piece.framework, piece.agent, piece.role, part));
    if (status == HF_OK) {
        hf_resources_copy(trio->catalog, &launched, part);
        hf_books__take(trio, p, &launched);
        hf_books__put(trio, &piece, TRUE, &launched);
        hf_resources_clear(trio->catalog, &launched);
        PIECE(trio, trio->pieces->len - 1)->parcel = hf_parcel_ref(parcel);
    }
    hf_parcel_drop(trio->catalog, &parcel);
    hf_trio__settle(trio);
    return status;
}

static void say_operation(HfTrio *trio, const HfOperation *operation)
{
    gboolean is_volumes =
        operation->type == HF_OPERATION_CREATE || operation->type == HF_OPERATION_DESTROY;
    hf_trio__say(trio, ",\"operations\":[");
    if (operation != NULL && !hf_resources_is_empty(&operation->resources)) {
        hf_trio__say(trio, "{\"type\":\"%s\"", hf_operation_name(operation->type));
        hf_trio__say_resources(trio, is_volumes ? "volumes" : "resources", &operation->resources,
                               HF_ROLE_NONE);
        hf_trio__say(trio, "}");
    }
    hf_trio__say(trio, "]");
}

/* The agent's total as a host would know it after the conversions. */
static void note_total(HfTrio *trio, uint32_t agent, const HfConversions *conversions)
{
    HfResources *total = &trio->agents[agent].total;
    for (uint32_t c = 0; c < conversions->count; c++) {
        const HfConversion *one = &conversions->at[c];
        HfResources less = {0}, more = {0};
        if (hf_resources_is_empty(&one->consumed)) continue;
        hf_resources_copy(trio->catalog, &less, &one->consumed);
        hf_resources_unallocate(trio->catalog, &less);
        hf_resources_copy(trio->catalog, &more, &one->converted);
        hf_resources_unallocate(trio->catalog, &more);
        hf_resources_subtract(trio->catalog, total, &less);
        hf_resources_add(trio->catalog, total, &more);
        hf_resources_clear(trio->catalog, &less);
        hf_resources_clear(trio->catalog, &more);
    }
}

HfStatus hf_trio_convert(HfTrio *trio, guint p, const HfOperation *operation,
                         const HfResources *share)
{
    HfCatalog *catalog = trio->catalog;
    HfPiece *piece = PIECE(trio, p);
    HfConversions conversions = {0};
    HfOperation tagged = {0};
    HfResources offered = {0}, converted[3] = {{0}, {0}, {0}};
    hf_resources_copy(catalog, &offered, &piece->resources);
    hf_resources_allocate(catalog, &offered, piece->role);
    hf_operation_copy(catalog, &tagged, operation);
    hf_operation_allocate(catalog, &tagged, piece->role);
    if (!hf_resources_is_empty(&tagged.resources))
        hf_operation_convert(catalog, &tagged, &conversions, NULL);
    if (!hf_resources_is_empty(share)) {
        conversions.at = g_renew(HfConversion, conversions.at, conversions.count + 1);
        conversions.at[conversions.count] = (HfConversion){0};
        HfResources *more = &conversions.at[conversions.count++].converted;
        hf_resources_copy(catalog, more, share);
        hf_resources_allocate(catalog, more, piece->role);
    }
    say_piece(trio, "update_allocation", piece, &piece->resources);
    say_operation(trio, operation);
    if (!hf_resources_is_empty(share)) hf_trio__say_resources(trio, "share", share, piece->role);
    HfStatus status = hf_trio__agree(
        trio,
        hf_allocator_update_allocation(trio->fast, trio->now, piece->framework, piece->agent,
                                       piece->role, &offered, &conversions, &converted[0], NULL),
        hf_allocator_update_allocation(trio->full, trio->now, piece->framework, piece->agent,
                                       piece->role, &offered, &conversions, &converted[1], NULL),
        hf_twin_update_allocation(trio->twin, trio->now, piece->framework, piece->agent,
                                  piece->role, &offered, &conversions, &converted[2], NULL));
    if (!hf_resources_equal(catalog, &converted[0], &converted[1]) ||
        !hf_resources_equal(catalog, &converted[0], &converted[2]))
        hf_books__trouble(trio, "the offer is converted to different things");
    if (status == HF_OK) {
        hf_resources_unallocate(catalog, &converted[0]);
        hf_resources_copy(catalog, &piece->resources, &converted[0]);
        hf_parcel_drop(catalog, &piece->parcel);
        note_total(trio, piece->agent, &conversions);
    }
    hf_conversions_clear(catalog, &conversions);
    hf_operation_clear(catalog, &tagged);
    hf_resources_clear(catalog, &offered);
    for (int i = 0; i < 3; i++) hf_resources_clear(catalog, &converted[i]);
    hf_trio__settle(trio);
    return status;
}

HfStatus hf_trio_update_available(HfTrio *trio, uint32_t agent, const HfOperation *operation)
{
    hf_trio__say(trio, "{\"op\":\"update_available\",\"agent\":\"a%u\"", agent);
    say_operation(trio, operation);
    HfStatus status = TELL(trio, update_available, trio->now, agent, operation, 1, NULL);
    if (status == HF_OK)
        hf_resources_apply_operation(trio->catalog, &trio->agents[agent].total, operation, NULL);
    hf_trio__settle(trio);
    return status;
}

/* ---- Operators ---- */

HfStatus hf_trio_weight(HfTrio *trio, HfRoleId role, double weight)
{
    hf_trio__say(trio, "{\"op\":\"update_weights\",\"weights\":{\"%s\":%g}",
                 hf_role_path(trio->catalog, role), weight);
    HfStatus full = hf_allocator_weight_set(trio->full, trio->now, role, weight), fast = full;
    if (trio->canary != HF_CANARY_WEIGHT)
        fast = hf_allocator_weight_set(trio->fast, trio->now, role, weight);
    hf_trio__agree(trio, fast, full, hf_twin_weight_set(trio->twin, trio->now, role, weight));
    hf_trio__settle(trio);
    return full;
}

static void note_quota(HfTrio *trio, HfRoleId role, const HfQuantities *guarantees,
                       const HfLimits *limits)
{
    hf_quantities_copy(&hf_books__quota(trio, role)->guarantees, guarantees);
    hf_limits_copy(&hf_books__quota(trio, role)->limits, limits);
}

HfStatus hf_trio_quota(HfTrio *trio, HfRoleId role, const HfQuantities *guarantees,
                       const HfLimits *limits)
{
    const HfQuantities no_guarantees = {0};
    const HfLimits no_limits = {0};
    hf_trio__say(trio, "{\"op\":\"update_quota\",\"role\":\"%s\",",
                 hf_role_path(trio->catalog, role));
    hf_trio__say_quota(trio, guarantees, limits);
    HfStatus status = hf_trio__agree(
        trio,
        hf_allocator_quota_set(trio->fast, trio->now, role,
                               trio->canary == HF_CANARY_GUARANTEE ? &no_guarantees : guarantees,
                               trio->canary == HF_CANARY_LIMIT ? &no_limits : limits),
        hf_allocator_quota_set(trio->full, trio->now, role, guarantees, limits),
        hf_twin_quota_set(trio->twin, trio->now, role, guarantees, limits));
    if (status == HF_OK) note_quota(trio, role, guarantees, limits);
    hf_trio__settle(trio);
    return status;
}

HfStatus hf_trio_recover_quota(HfTrio *trio, HfRoleId role, const HfQuantities *guarantees,
                               const HfLimits *limits, uint32_t expected_agents)
{
    HfRoleQuota quota = {role, guarantees, limits};
    hf_trio__say(trio, "{\"op\":\"recover_quotas\",\"expected_agents\":%u,\"quotas\":{\"%s\":{",
                 expected_agents, hf_role_path(trio->catalog, role));
    hf_trio__say_quota(trio, guarantees, limits);
    hf_trio__say(trio, "}}");
    HfStatus status = TELL(trio, recover_quotas, trio->now, expected_agents, &quota, 1);
    if (status == HF_OK) note_quota(trio, role, guarantees, limits);
    hf_trio__settle(trio);
    return status;
}

void hf_trio_whitelist(HfTrio *trio, const char *const *hostnames, uint32_t count)
{
    hf_trio__say(trio, "{\"op\":\"whitelist\"");
    if (hostnames != NULL) hf_trio__say(trio, ",\"hosts\":[");
    for (uint32_t h = 0; h < count; h++)
        hf_trio__say(trio, "%s\"%s\"", h > 0 ? "," : "", hostnames[h]);
    if (hostnames != NULL) hf_trio__say(trio, "]");
    gboolean is_lost = trio->canary == HF_CANARY_WHITELIST;
    hf_allocator_whitelist_set(trio->fast, trio->now, is_lost ? NULL : hostnames,
                               is_lost ? 0 : count);
    hf_allocator_whitelist_set(trio->full, trio->now, hostnames, count);
    hf_twin_whitelist_set(trio->twin, trio->now, hostnames, count);
    hf_trio__agree(trio, HF_OK, HF_OK, HF_OK);
    hf_trio__settle(trio);
}

HfStatus hf_trio_unavailability(HfTrio *trio, uint32_t agent, gboolean is_set, HfTime start,
                                HfTime duration)
{
    hf_trio__say(trio, "{\"op\":\"unavailability\",\"agent\":\"a%u\"", agent);
    if (is_set) hf_trio__say(trio, ",\"start_ms\":%" G_GINT64_FORMAT, start / HF_NS_PER_MS);
    if (is_set && duration != HF_TIME_NEVER)
        hf_trio__say(trio, ",\"duration_ms\":%" G_GINT64_FORMAT, duration / HF_NS_PER_MS);
    HfStatus status = TELL(trio, unavailability_set, trio->now, agent, is_set, start, duration);
    hf_trio__settle(trio);
    return status;
}

HfStatus hf_trio_inverse_response(HfTrio *trio, uint32_t framework, uint32_t agent,
                                  HfInverseStatus status, double refuse_seconds)
{
    static const char *const names[] = {NULL, "ACCEPT", "DECLINE"};
    hf_trio__say(trio, "{\"op\":\"inverse_response\",\"framework\":\"f%u\",\"agent\":\"a%u\"",
                 framework, agent);
    if (names[status] != NULL) hf_trio__say(trio, ",\"status\":\"%s\"", names[status]);
    if (refuse_seconds != HF_NO_FILTER) hf_trio__say(trio, ",\"filter_s\":%g", refuse_seconds);
    HfStatus full = hf_allocator_inverse_response(trio->full, trio->now, framework, agent, status,
                                                  refuse_seconds);
    HfStatus fast = full;
    if (trio->canary != HF_CANARY_INVERSE)
        fast = hf_allocator_inverse_response(trio->fast, trio->now, framework, agent, status,
                                             refuse_seconds);
    hf_trio__agree(
        trio, fast, full,
        hf_twin_inverse_response(trio->twin, trio->now, framework, agent, status, refuse_seconds));
    hf_trio__settle(trio);
    return full;
}
