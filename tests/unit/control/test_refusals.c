/*
 * Each way in which a resource, a quantity, an operation or a call of the allocator can be wrong
 * (resource/error.h, base/status.h): one error, which says what and where, and nothing is changed.
 *
 * The cell has one of everything. What is compared is the memory of the allocator's tables, byte
 * for byte, and as text what they point to, the master's books, the hosts and what is under way.
 * Each input is put into the call that it would reach, should the check before it let it pass: a
 * check that is missing shows as a change. ' stands for ".
 */
#include "unit/control/lot.h"

#include "allocator/constraints.h"
#include "resource/check.h"
#include "resource/provider.h"
#include "resource/text.h"

/* ---- Resources, quantities, operations ---- */

typedef enum How {
    AGENT,      /* --resources of a new agent */
    TOTAL,      /* JSON: the total of agent 1 */
    RULES,      /* canonical, under the rules that a task must keep: into a recovery */
    OLD,        /* JSON, to be written in the old form */
    GUARANTEES, /* of role q */
    LIMITS,
    ATTRIBUTES, /* of agent 1 */
    FREE,       /* an operation of nobody's on what is free of agent 1 */
    HELD,       /* one of web's, on the copies of the shared volume that its tasks hold */
    ASKED,      /* one of web's that the master checks */
    ORDERED,    /* an operator's that the master checks */
    PROVIDED,   /* one that a resource provider is to do, which knows a profile f (MOUNT) */
    ACCEPTED    /* a script of web's, on its offer */
} How;

typedef struct Wrong {
    HfResourceErrorCode code;
    How how;
    const char *input;
    const char *says; /* in the message: what, and where */
} Wrong;

#define E(name) HF_RESOURCE_ERROR_##name
#define SCALAR1 "'type':'SCALAR','scalar':{'value':1}"

static const Wrong wrong[] = {
    /* the text */
    {E(SYNTAX), AGENT, "cpus:1;mem", "'mem'"},
    {E(SYNTAX), TOTAL, "['cpus:1','mem(web:1']", "[1]: 'mem(web:1': a '(' without ')'"},
    {E(SYNTAX), GUARANTEES, "cpus:1;mem", "'mem': needs exactly one ':'"},
    {E(SYNTAX), ATTRIBUTES, "rack:r1;zone", "'zone'"},
    {E(TOO_LONG), TOTAL, "['cpus(S:A)(D:A/B)']", "'cpus"}, /* made longer below */
    {E(ENCODING), AGENT, "cpus:1;m\001em:1", "control characters"},
    {E(FIELD), TOTAL, "[{'name':'cpus'," SCALAR1 ",'colour':'red'}]", "[0]: 'colour': unknown"},
    /* values */
    {E(NAME), AGENT, "cpus:1;(web):1", "needs a name"},
    {E(NAME), TOTAL, "[{" SCALAR1 "}]", "[0]: '': a resource needs a name"},
    {E(NAME), LIMITS, "cpus:1;:2", "':2': has no name"},
    {E(TYPE), AGENT, "cpus:many", "'cpus': the value is neither"},
    {E(TYPE), TOTAL, "[{'name':'cpus','type':'TEXT','scalar':{'value':1}}]",
     "[0]: 'cpus': the type is not SCALAR"},
    {E(TYPE), TOTAL, "[{'name':'cpus','type':'RANGES','scalar':{'value':1}}]",
     "[0]: 'cpus': value and type do not agree"},
    {E(TYPE_CLASH), AGENT, "foo(a):1;foo(b):[0-1]", "foo(S:b):[0-1]: one name"},
    {E(NEGATIVE), TOTAL, "[{'name':'cpus','type':'SCALAR','scalar':{'value':-1}}]",
     "[0]: 'cpus': is below zero"},
    {E(NEGATIVE), GUARANTEES, "cpus:-1", "'cpus:-1'"},
    {E(TOO_SMALL), AGENT, "cpus:1;mem:0.0004", "'mem': is not zero"},
    {E(TOO_LARGE), AGENT, "cpus:1;mem:1099511627777", "1099511627777"},
    {E(TOO_LARGE), TOTAL, "['mem:1099511627776','mem:1']", "[1]: 'mem': sums to more"},
    {E(NUMBER), TOTAL, "['ports:[1-x]']", "'[1-x]'"},
    {E(NUMBER), AGENT, "cpus:1e-400", "1e-400"},
    {E(RANGE), AGENT, "ports:[5-1]", "5-1"},
    {E(RANGE), TOTAL,
     "[{'name':'ports','type':'RANGES','ranges':{'range':[{'begin':1,'end':5},"
     "{'begin':5,'end':6}]}}]",
     "[0]: 'ports': ranges overlap"},
    {E(SET), AGENT, "zones:{a,b,a}", "{a,b,a}"},
    {E(DUPLICATE), LIMITS, "cpus:1;cpus:2", "'cpus:2': comes twice"},
    {E(GPUS), FREE, "{'type':'RESERVE','resources':'gpus(D:r):0.5'}", "RESERVE: gpus(D:r):0.5"},
    /* roles and reservations */
    {E(ROLE), AGENT, "cpus(a//b):1", "a//b"},
    {E(RESERVED_TO_STAR), TOTAL, "['cpus(D:*):1']", "[0]: cpus(D:*):1"},
    {E(STATIC_ABOVE), TOTAL, "['cpus(S:a)(S:a/b):1']", "[0]: cpus(S:a)(S:a/b):1"},
    {E(NOT_SUBROLE), TOTAL, "['cpus(D:a)(D:ab):1']", "[0]: cpus(D:a)(D:ab):1"},
    {E(OLD_FORM), TOTAL,
     "[{'name':'cpus'," SCALAR1 ",'role':'b','reservations':[{'type':'STATIC','role':'a'}]}]",
     "[0]: 'cpus': 'role' and 'reservation' contradict"},
    {E(REFINED), OLD, "['cpus(S:a)(D:a/b):1']", "cpus(S:a)(D:a/b):1"},
    {E(DYNAMIC), AGENT,
     "[{'name':'cpus'," SCALAR1 ",'reservations':[{'type':'DYNAMIC','role':'a'}]}]",
     "cpus(D:a):1: dynamically reserved"},
    {E(NOT_DYNAMIC), FREE, "{'type':'RESERVE','resources':'cpus(S:r):1'}", "RESERVE: cpus(S:r):1"},
    {E(NOT_DYNAMIC), HELD, "{'type':'UNRESERVE','resources':'cpus:1'}", "UNRESERVE: cpus@web:1"},
    {E(DYNAMIC_REVOCABLE), FREE, "{'type':'RESERVE','resources':'cpus(D:r){rev}:1'}",
     "RESERVE: cpus(D:r){rev}:1"},
    {E(REVOCABLE), AGENT, "[{'name':'cpus'," SCALAR1 ",'revocable':{}}]", "cpus{rev}:1"},
    {E(REVOCABLE_MIX), RULES, "cpus@web:1;cpus{rev}@web:1", "cpus{rev}@web:1"},
    {E(ALLOCATION), RULES, "cpus@web:1;mem@other:1", "mem@other:1"},
    {E(ALLOCATION), ORDERED, "{'type':'RESERVE','resources':'cpus(D:a,p=ops)@a:1'}",
     "cpus(D:a,p=ops)@a:1"},
    {E(PROVIDER), FREE, "{'type':'RESERVE','resources':'cpus(D:r):1;mem(D:r){prov=x}:1'}",
     "RESERVE: mem(D:r){prov=x}:1"},
    /* disks and volumes */
    {E(DISK_KIND), TOTAL, "['cpus{src=PATH/a}:1']", "[0]: cpus{src=PATH/a}:1"},
    {E(DISK_SOURCE), TOTAL, "['disk{src=TAPE}:1']", "[0]: 'disk{src=TAPE}:1': a disk source"},
    {E(DISK_EMPTY), FREE, "{'type':'CREATE','volumes':'disk(S:web)[:]:1;disk(S:web)[v:p]:1'}",
     "CREATE: disk(S:web)[:]:1"},
    {E(SHARED), TOTAL, "['disk(S:a){shared}:1']", "[0]: disk(S:a){shared}:1"},
    {E(SHARED), HELD, "{'type':'SHRINK_VOLUME','volume':'" SHARE ":100','subtract':1}",
     "SHRINK_VOLUME: " SHARE "@web:100"},
    {E(PERSISTENT), FREE, "{'type':'UNRESERVE','resources':'disk(D:web)[v:p]:1'}",
     "UNRESERVE: disk(D:web)[v:p]:1"},
    {E(NOT_PERSISTENT), FREE, "{'type':'CREATE','volumes':'disk(S:web):1'}",
     "CREATE: disk(S:web):1"},
    {E(VOLUME_MISSING), FREE, "{'type':'CREATE','volumes':'disk(S:web)[v:]:1'}",
     "CREATE: disk(S:web)[v:]:1"},
    {E(VOLUME_ALONE), FREE, "{'type':'CREATE','volumes':'disk(S:web)[:p]:1;disk(S:web)[v:p]:1'}",
     "CREATE: disk(S:web)[:p]:1"},
    {E(VOLUME_HOST_PATH), FREE, "{'type':'CREATE','volumes':'disk(S:web)[v:p]{host=/h}:1'}",
     "CREATE: disk(S:web)[v:p]{host=/h}:1"},
    {E(VOLUME_READ_ONLY), FREE, "{'type':'CREATE','volumes':'disk(S:web)[v:p]{ro}:1'}",
     "CREATE: disk(S:web)[v:p]{ro}:1"},
    {E(VOLUME_UNRESERVED), FREE, "{'type':'CREATE','volumes':'disk[v:p]:1'}",
     "CREATE: disk[v:p]:1"},
    {E(VOLUME_REVOCABLE), FREE, "{'type':'CREATE','volumes':'disk(S:web)[v:p]{rev}:1'}",
     "CREATE: disk(S:web)[v:p]{rev}:1"},
    {E(PERSISTENCE_ID), FREE, "{'type':'CREATE','volumes':'disk(S:web)[..:p]:1'}",
     "CREATE: disk(S:web)[..:p]:1: the persistence id is not valid: it is '.' or '..'"},
    {E(PERSISTENCE_TWICE), FREE,
     "{'type':'CREATE','volumes':'disk(S:web)[v:p]:1;disk(S:web)[v:q]:1'}",
     "CREATE: disk(S:web)[v:q]:1"},
    {E(PERSISTENCE_TWICE), ASKED, "{'type':'CREATE','volumes':'disk" WEB "[v:q,p=web]:1'}",
     "disk" WEB "[v:q,p=web]@web:1"},
    /* operations */
    {E(OPERATION), FREE, "{'type':'SELL','resources':'cpus:1'}", "'SELL'"},
    {E(OPERATION), HELD, "{'type':'SHRINK_VOLUME','volume':'" SHARE ":100'}", "'subtract'"},
    {E(EMPTY), FREE, "{'type':'RESERVE','resources':[]}", "RESERVE: no resources"},
    {E(GROW), FREE,
     "{'type':'GROW_VOLUME','volume':'disk(S:web)[v:p]:1','addition':'disk(S:web){src=PATH/a}:1'}",
     "GROW_VOLUME: {disk(S:web){src=PATH/a}:1}"},
    {E(SHRINK), FREE, "{'type':'SHRINK_VOLUME','volume':'disk(S:web)[v:p]:1','subtract':1}",
     "SHRINK_VOLUME: disk(S:web)[v:p]:1"},
    {E(NOT_CONTAINED), FREE, "{'type':'RESERVE','resources':'cpus(D:r):9'}",
     "does not contain {cpus:9}"},
    {E(NOT_CONTAINED), HELD, "{'type':'RESERVE','resources':'cpus(D:web,p=web):9'}",
     "does not contain {cpus@web:9}"},
    {E(STILL_THERE), HELD, "{'type':'DESTROY','volumes':'" SHARE ":100'}",
     "{" SHARE "@web:100}: other copies"},
    {E(SOURCE), FREE, "{'type':'RESERVE','source':'cpus:1','resources':'cpus(D:r):2'}",
     "RESERVE: {cpus:1} and {cpus(D:r):2}"},
    /* what only the master can tell */
    {E(PRINCIPAL), ASKED, "{'type':'RESERVE','resources':'cpus(D:web,p=eve):1'}",
     "cpus(D:web,p=eve)@web:1: "},
    {E(PRINCIPAL), ORDERED, "{'type':'RESERVE','resources':'cpus(D:a):1'}", "cpus(D:a):1: "},
    {E(PRINCIPAL), ACCEPTED, "RESERVE cpus(D:web,p=eve):1", "cpus(D:web,p=eve):1"},
    {E(NOT_OWN_ROLE), ASKED, "{'type':'RESERVE','resources':'cpus(D:web/x,p=web):1'}",
     "cpus(D:web/x,p=web)@web:1: "},
    {E(NOT_OWN_ROLE), ACCEPTED, "RESERVE cpus(D:web/x,p=web):1", "cpus(D:web/x,p=web):1"},
    {E(CAPABILITY), ORDERED, "{'type':'RESERVE','resources':'cpus(D:a/b,p=ops):1'}",
     "cpus(D:a/b,p=ops):1: the agent has no capability HIERARCHICAL_ROLE"},
    {E(UNAUTHORIZED), ORDERED, "{'type':'RESERVE','resources':'cpus(D:a,p=eve):1'}",
     "RESERVE {cpus(D:a,p=eve):1}: not authorized"},
    {E(NOT_FOUND), ASKED, "{'type':'DESTROY','volumes':'disk" WEB "[w:p,p=web]:100'}",
     "disk" WEB "[w:p,p=web]:100: the agent has no such volume"},
    {E(NOT_FOUND), ACCEPTED, "DESTROY disk" WEB "[w:p,p=web]:100", "disk" WEB "[w:p,p=web]:100"},
    {E(IN_USE), ASKED, "{'type':'DESTROY','volumes':'disk" WEB "[v:p,p=web]:100'}",
     "disk" WEB "[v:p,p=web]:100: a task uses the volume"},
    {E(IN_USE), ACCEPTED, "DESTROY disk" WEB "[v:p,p=web]:100", "disk" WEB "[v:p,p=web]:100"},
    {E(UNSUPPORTED), ASKED,
     "{'type':'RESERVE','source':'cpus:1','resources':'cpus(D:web,p=web):1'}",
     "RESERVE: a framework cannot give a source"},
    /* disks of resource providers */
    {E(NO_PROVIDER), ASKED,
     "{'type':'CREATE_DISK','source':'disk{src=RAW,profile=f}:1','target_type':'MOUNT'}",
     "CREATE_DISK: disk{src=RAW,profile=f}@web:1: "},
    {E(NOT_RAW), ASKED,
     "{'type':'CREATE_DISK','source':'disk{src=MOUNT/m,id=v,prov=l}:1','target_type':'MOUNT'}",
     "CREATE_DISK: disk{src=MOUNT/m,id=v,prov=l}@web:1: "},
    {E(TARGET_TYPE), ASKED,
     "{'type':'CREATE_DISK','source':'disk{src=RAW,profile=f,prov=l}:1','target_type':'PATH'}",
     "CREATE_DISK: disk{src=RAW,profile=f,prov=l}@web:1: the target type"},
    {E(PROFILE_TWICE), ASKED,
     "{'type':'CREATE_DISK','source':'disk{src=RAW,profile=f,prov=l}:1','target_type':'MOUNT',"
     "'target_profile':'g'}",
     "CREATE_DISK: disk{src=RAW,profile=f,prov=l}@web:1: a target profile"},
    {E(PROFILE_MISSING), ASKED,
     "{'type':'CREATE_DISK','source':'disk{src=RAW,id=v,prov=l}:1','target_type':'MOUNT'}",
     "CREATE_DISK: disk{src=RAW,id=v,prov=l}@web:1: no target profile"},
    {E(NOT_A_DISK), ASKED, "{'type':'DESTROY_DISK','source':'disk{src=PATH/p,id=v,prov=l}:1'}",
     "DESTROY_DISK: disk{src=PATH/p,id=v,prov=l}@web:1: "},
    {E(NOT_BACKED), ASKED, "{'type':'DESTROY_DISK','source':'disk{src=RAW,profile=f,prov=l}:1'}",
     "DESTROY_DISK: disk{src=RAW,profile=f,prov=l}@web:1: no volume"},
    {E(PERSISTENT), ASKED,
     "{'type':'DESTROY_DISK','source':'disk(S:web)[v:p]{src=MOUNT/m,id=v,prov=l}:1'}",
     "DESTROY_DISK: disk(S:web)[v:p]{src=MOUNT/m,id=v,prov=l}@web:1: "},
    {E(OPERATION), FREE, "{'type':'CREATE_DISK','source':'disk:1','target_type':'TAPE'}",
     "'target_type'"},
    {E(PROFILE_UNKNOWN), PROVIDED,
     "{'type':'CREATE_DISK','source':'disk{src=RAW,profile=g,prov=l}:1','target_type':'MOUNT'}",
     "CREATE_DISK: disk{src=RAW,profile=g,prov=l}:1: there is no profile g"},
    {E(PROFILE_OTHER), PROVIDED,
     "{'type':'CREATE_DISK','source':'disk{src=RAW,profile=f,prov=l}:1','target_type':'BLOCK'}",
     "CREATE_DISK: disk{src=RAW,profile=f,prov=l}:1: profile f cannot be used to create a BLOCK"},
    {E(INVALID_OFFER), ACCEPTED, "RESERVE cpus(D:web,p=web):1", "cpus(D:web,p=web):1"},
};

static JsonNode *json_of(const char *quoted)
{
    g_autofree char *text = g_strdelimit(g_strdup(quoted), "'", '"');
    GError *error = NULL;
    JsonNode *node = hf_json_parse(text, -1, &error);
    if (node == NULL) fail_msg("%s: %s", text, error->message);
    return node;
}

/* Each of these says whether the input was taken. */

static gboolean put_resources(Lot *lot, const Wrong *row, const char *input, GError **error)
{
    HfResources resources = {0};
    gboolean is_ok;
    if (row->how == AGENT) {
        g_autofree char *text = g_strdelimit(g_strdup(input), "'", '"');
        is_ok =
            hf_resources_parse(lot->catalog, text, HF_ROLE_STAR, HF_PARSE_AGENT, &resources, error);
    } else if (row->how == RULES) {
        is_ok = hf_resources_parse_canonical(lot->catalog, input, &resources, error) &&
                hf_resources_check(lot->catalog, &resources,
                                   HF_RULE_REVOCABLE_MIX | HF_RULE_ONE_ALLOCATION, error);
    } else {
        g_autoptr(JsonNode) node = json_of(input);
        is_ok = hf_resources_from_json(lot->catalog, node, &resources, error);
    }
    HfAgentSpec spec = {.name = "new",
                        .total = &resources,
                        .capabilities = HF_AGENT_CAPABILITIES_KEEP,
                        .owner = HF_ROLE_NONE};
    if (is_ok && row->how == AGENT)
        hf_allocator_agent_add(lot->allocator, lot->pump->now, 9, &spec, NULL, 0);
    else if (is_ok && row->how == TOTAL)
        hf_allocator_agent_update(lot->allocator, lot->pump->now, 1, &spec);
    else if (is_ok && row->how == OLD)
        is_ok =
            hf_resource_to_json_old(lot->catalog, hf_resources_at(&resources, 0), error) != NULL;
    else if (is_ok)
        hf_allocator_recover(lot->allocator, lot->pump->now,
                             &(HfRecovery){.framework = 0,
                                           .agent = 0,
                                           .role = hf_role_find(lot->catalog, "web"),
                                           .resources = &resources,
                                           .refuse_seconds = 5});
    hf_resources_clear(lot->catalog, &resources);
    return is_ok;
}

static gboolean put_amounts(Lot *lot, const Wrong *row, GError **error)
{
    HfQuantities guarantees = {0};
    HfLimits limits = {0};
    gboolean is_ok = row->how == LIMITS
                         ? hf_limits_parse(lot->catalog, row->input, &limits, error)
                         : hf_quantities_parse(lot->catalog, row->input, &guarantees, error);
    if (is_ok)
        hf_allocator_quota_set(lot->allocator, lot->pump->now, hf_role_find(lot->catalog, "q"),
                               &guarantees, &limits);
    hf_quantities_clear(&guarantees);
    hf_limits_clear(&limits);
    return is_ok;
}

static gboolean put_attributes(Lot *lot, const Wrong *row, GError **error)
{
    HfAttributes attributes = {0};
    gboolean is_ok = hf_attributes_parse(lot->catalog, row->input, &attributes, error);
    HfAgentSpec spec = {.attributes = &attributes,
                        .capabilities = HF_AGENT_CAPABILITIES_KEEP,
                        .owner = HF_ROLE_NONE};
    if (is_ok) hf_allocator_agent_update(lot->allocator, lot->pump->now, 1, &spec);
    hf_attributes_clear(lot->catalog, &attributes);
    return is_ok;
}

/* Of the tasks of web on agent 0: the copies of the shared volume. */
static gboolean put_held(Lot *lot, const HfOperation *operation, GError **error)
{
    HfRoleId web = hf_role_find(lot->catalog, "web");
    HfResources held = hf_pump_resources(lot->pump, "");
    HfConversions conversions = {0};
    GError *bad = NULL;
    if (!hf_resources_parse_canonical(lot->catalog, "disk" WEB "[s:p,p=web]{shared*2}@web:100",
                                      &held, &bad))
        fail_msg("%s", bad->message);
    gboolean is_ok = hf_operation_convert(lot->catalog, operation, &conversions, error) &&
                     hf_allocator_update_allocation(lot->allocator, lot->pump->now, 0, 0, web,
                                                    &held, &conversions, NULL, error) == HF_OK;
    hf_conversions_clear(lot->catalog, &conversions);
    hf_resources_clear(lot->catalog, &held);
    return is_ok;
}

static gboolean put_provided(Lot *lot, const HfOperation *operation, GError **error)
{
    static const HfDiskProfile known = {"f", HF_DISK_MOUNT, FALSE};
    HfResource made;
    return hf_provider_apply(lot->catalog, &(HfDiskProfiles){&known, 1}, operation, 1, &made,
                             error);
}

static gboolean put_operation(Lot *lot, const Wrong *row, GError **error)
{
    HfMaster *master = lot->pump->master;
    g_autoptr(JsonNode) node = json_of(row->input);
    HfOperation operation = {0};
    if (!hf_operation_from_json(lot->catalog, node, &operation, error)) return FALSE;
    gboolean is_ok;
    if (row->how == HELD || row->how == ASKED)
        hf_operation_allocate(lot->catalog, &operation, hf_role_find(lot->catalog, "web"));
    const char *caller = row->how == ASKED ? "web" : row->code == E(UNAUTHORIZED) ? "eve" : "ops";
    HfTextId principal = hf_text_intern(lot->catalog, caller);
    if (row->how == ASKED || row->how == ORDERED) {
        uint32_t framework = row->how == ASKED ? 0 : NO_ROW;
        if (row->code == E(CAPABILITY))
            master->config.agent_capabilities &= ~(uint32_t)HF_AGENT_CAPABILITY_HIERARCHICAL_ROLE;
        is_ok = hf_master__check_operation(master, framework, principal, 0, &operation, error) &&
                hf_master__authorize(master, principal, &operation, error);
        master->config.agent_capabilities = HF_AGENT_CAPABILITY_ALL;
    } else {
        is_ok = hf_operation_check(lot->catalog, &operation, error);
    }
    if (is_ok && row->how == PROVIDED)
        is_ok = put_provided(lot, &operation, error);
    else if (is_ok && row->how == HELD)
        is_ok = put_held(lot, &operation, error);
    else if (is_ok)
        is_ok =
            hf_allocator_update_available(lot->allocator, lot->pump->now, row->how == FREE ? 1 : 0,
                                          &operation, 1, error) == HF_OK;
    hf_operation_clear(lot->catalog, &operation);
    return is_ok;
}

static gboolean put(Lot *lot, const Wrong *row, GError **error)
{
    switch (row->how) {
    case AGENT:
    case TOTAL:
    case RULES:
    case OLD:
        return put_resources(lot, row, row->input, error);
    case GUARANTEES:
    case LIMITS:
        return put_amounts(lot, row, error);
    case ATTRIBUTES:
        return put_attributes(lot, row, error);
    default:
        return put_operation(lot, row, error);
    }
}

/* More reservations on each other than there may be. */
static char *too_long(void)
{
    GString *text = g_string_new("[\"cpus(S:a)");
    for (uint32_t i = 0; i < HF_ROLE_DEPTH_MAX; i++) g_string_append(text, "(D:a/b)");
    g_string_append(text, ":1\"]");
    return g_string_free(text, FALSE);
}

static void a_refused_input_changes_nothing(void **state)
{
    Lot lot = lot_new();
    g_autofree char *before = dump(&lot);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        const Wrong *row = &wrong[i];
        if (row->how == ACCEPTED) continue;
        g_autoptr(GError) error = NULL;
        g_autofree char *longer = row->code == E(TOO_LONG) ? too_long() : NULL;
        const char *name = hf_resource_error_name(row->code);
        if (longer != NULL ? put_resources(&lot, row, longer, &error) : put(&lot, row, &error))
            fail_msg("%s: '%s' was taken", name, row->input);
        assert_non_null(error);
        if (!g_error_matches(error, HF_RESOURCE_ERROR, (int)row->code))
            fail_msg("%s: '%s' is refused as %s: %s", name, row->input,
                     error->domain == HF_RESOURCE_ERROR
                         ? hf_resource_error_name((HfResourceErrorCode)error->code)
                         : "something else",
                     error->message);
        if (strstr(error->message, row->says) == NULL)
            fail_msg("%s: '%s': '%s' is not said in: %s", name, row->input, row->says,
                     error->message);
        assert_unchanged(&lot, before, row->input);
    }
    lot_free(&lot);
}

/* Models make their resources without a parser: the master must not rely on one. */
static void what_no_parser_would_let_through_is_refused_too(void **state)
{
    Lot lot = lot_new();
    g_autofree char *before = dump(&lot);
    g_autoptr(GError) error = NULL;
    HfTextId principal = hf_text_intern(lot.catalog, "ops");
    HfReservation nobody = {
        .type = HF_RESERVATION_DYNAMIC, .role = HF_ROLE_STAR, .principal = principal};
    HfOperation operation = {.type = HF_OPERATION_RESERVE};
    assert_true(
        hf_resources_parse(lot.catalog, "cpus:1", HF_ROLE_STAR, 0, &operation.resources, NULL));
    hf_resources_push_reservation(lot.catalog, &operation.resources, &nobody);
    assert_false(
        hf_master__check_operation(lot.pump->master, NO_ROW, principal, 0, &operation, &error));
    assert_true(g_error_matches(error, HF_RESOURCE_ERROR, (int)E(RESERVED_TO_STAR)));
    assert_unchanged(&lot, before, "RESERVE for *");
    hf_operation_clear(lot.catalog, &operation);
    lot_free(&lot);
}

/* The state without addresses, and without what only counts. */
static char *story(const Lot *lot)
{
    GString *out = g_string_new(NULL);
    hf_pump_dump(lot->pump, out);
    g_autoptr(JsonNode) state = hf_allocator_state(lot->allocator);
    g_autofree char *text = json_to_string(state, FALSE);
    g_string_append(out, text);
    return g_string_free(out, FALSE);
}

/* By the master, of an ACCEPT: all is as if the framework had declined its offer. The record of
 * what was dropped names the code and the resources. */
static void a_dropped_operation_changes_nothing(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        const Wrong *row = &wrong[i];
        if (row->how != ACCEPTED) continue;
        Lot lot = lot_new(), other = lot_new();
        hf_pump_decline(other.pump, 0, 0);
        hf_pump_run_for(other.pump, 0);
        if (row->code == E(INVALID_OFFER)) { /* one more, that nobody made */
            HfPumpOffer never = {.id = 1 << 20, .agent = 0};
            hf_vec_push(&hf_pump_framework(lot.pump, 0)->offers, never);
        }
        hf_pump_operate(lot.pump, 0, hf_pump_framework(lot.pump, 0)->offers.count, row->input, 0);
        hf_pump_run_for(lot.pump, 0);
        g_autofree char *text = hf_pump_take_text(lot.pump);
        const char *dropped = strstr(text, "\"ev\":\"operation_dropped\"");
        if (dropped == NULL) fail_msg("'%s' was not dropped: %s", row->input, text);
        g_autofree char *line = g_strndup(dropped, strcspn(dropped, "\n"));
        if (strstr(line, hf_resource_error_name(row->code)) == NULL ||
            strstr(line, row->says) == NULL)
            fail_msg("%s: '%s' is told as %s", hf_resource_error_name(row->code), row->input, line);
        g_autofree char *its = story(&other);
        g_autofree char *mine = story(&lot);
        assert_string_equal(mine, its);
        lot_free(&lot);
        lot_free(&other);
    }
}

/* A code without a row here is one that nobody tried. What was sent and is not done is no refusal:
 * test_disk_operations.c. */
static void every_code_is_tried(void **state)
{
    for (int code = 1; code < HF_RESOURCE_ERROR_CODES; code++) {
        size_t i = 0;
        if (code == E(NOT_DONE)) continue;
        while (i < G_N_ELEMENTS(wrong) && wrong[i].code != (HfResourceErrorCode)code) i++;
        if (i == G_N_ELEMENTS(wrong))
            fail_msg("%s is not tried", hf_resource_error_name((HfResourceErrorCode)code));
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_is_tried),
        cmocka_unit_test(a_refused_input_changes_nothing),
        cmocka_unit_test(what_no_parser_would_let_through_is_refused_too),
        cmocka_unit_test(a_dropped_operation_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
