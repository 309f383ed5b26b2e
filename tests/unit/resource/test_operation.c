/* What operations do to resources, and what they refuse. */
#include "resource/json.h"
#include "resource/operation.h"
#include "unit/resource/fixture.h"

/* The operation of a JSON text that is known to be good; ' stands for ". The caller clears it. */
static HfOperation operation(const char *quoted)
{
    g_autofree char *text = g_strdelimit(g_strdup(quoted), "'", '"');
    GError *error = NULL;
    g_autoptr(JsonNode) node = hf_json_parse(text, -1, &error);
    if (node == NULL) fail_msg("%s: %s", text, error->message);
    HfOperation result = {0};
    if (!hf_operation_from_json(fx.catalog, node, &result, &error))
        fail_msg("%s: %s", text, error->message);
    return result;
}

/* Apply and compare; `expected` NULL means that it must fail with `code` and change nothing. */
static void assert_applied(const char *before, const char *quoted, const char *expected, int code)
{
    HfOperation op = operation(quoted);
    HfResources r = {0};
    GError *error = NULL;
    assert_true(hf_resources_parse_canonical(fx.catalog, before, &r, NULL));
    char *text_before = hf_resources_to_text(fx.catalog, &r);
    gboolean is_ok = hf_resources_apply_operation(fx.catalog, &r, &op, &error);
    if (is_ok != (expected != NULL)) fail_msg("%s: %s", quoted, is_ok ? "applied" : error->message);
    if (!is_ok) assert_error(&error, code);
    assert_text(&r, is_ok ? expected : text_before);
    g_free(text_before);
    hf_resources_clear(fx.catalog, &r);
    hf_operation_clear(fx.catalog, &op);
}

/* Mesos rows: 203, 215. */
static void reserve_turns_unreserved_into_reserved(void **state)
{
    const char *reserve = "{'type':'RESERVE','resources':'cpus(D:r,p=p):1'}";
    assert_applied("cpus:1;mem:512", reserve, "cpus(D:r,p=p):1;mem:512", 0);
    assert_applied("cpus:0.5;mem:512", reserve, NULL, HF_RESOURCE_ERROR_NOT_CONTAINED);
    assert_applied("cpus(S:r):4", reserve, NULL, HF_RESOURCE_ERROR_NOT_CONTAINED);
    assert_applied("cpus:4", "{'type':'RESERVE','resources':'cpus:1'}", NULL,
                   HF_RESOURCE_ERROR_NOT_DYNAMIC);
    assert_applied("cpus:4;cpus(D:r,p=p):2", reserve, "cpus(D:r,p=p):3;cpus:3", 0);
}

static void reserve_can_refine_and_can_take_a_source(void **state)
{
    assert_applied("cpus(S:a):4", "{'type':'RESERVE','resources':'cpus(S:a)(D:a/b):1'}",
                   "cpus(S:a)(D:a/b):1;cpus(S:a):3", 0);
    assert_applied("cpus(D:a):4;mem:2",
                   "{'type':'RESERVE','source':'cpus(D:a):4','resources':'cpus(D:b):4'}",
                   "cpus(D:b):4;mem:2", 0);
    assert_applied("cpus(D:a):3",
                   "{'type':'RESERVE','source':'cpus(D:a):4','resources':'cpus(D:b):4'}", NULL,
                   HF_RESOURCE_ERROR_NOT_CONTAINED);
}

/* The whole list is one conversion: all or nothing. */
static void reserve_is_all_or_nothing(void **state)
{
    assert_applied("cpus:4;mem:100",
                   "{'type':'RESERVE','resources':['cpus(D:r):4','mem(D:r):101']}", NULL,
                   HF_RESOURCE_ERROR_NOT_CONTAINED);
}

/* Mesos rows: 204. */
static void unreserve_pops_one_reservation(void **state)
{
    assert_applied("cpus(D:r):4", "{'type':'UNRESERVE','resources':'cpus(D:r):1'}",
                   "cpus(D:r):3;cpus:1", 0);
    assert_applied("cpus(S:a)(D:a/b):4", "{'type':'UNRESERVE','resources':'cpus(S:a)(D:a/b):4'}",
                   "cpus(S:a):4", 0);
    assert_applied("cpus(D:r):4", "{'type':'UNRESERVE','resources':['cpus(D:r):1','mem(D:r):1']}",
                   NULL, HF_RESOURCE_ERROR_NOT_CONTAINED);
    assert_applied("cpus:4", "{'type':'UNRESERVE','resources':'cpus:1'}", NULL,
                   HF_RESOURCE_ERROR_NOT_DYNAMIC);
}

/* Mesos rows: 205, 212. */
static void create_takes_disk_of_the_same_reservation_and_source(void **state)
{
    const char *create = "{'type':'CREATE','volumes':'disk(D:r)[v:p]:200'}";
    assert_applied("disk(D:r):1000", create, "disk(D:r):800;disk(D:r)[v:p]:200", 0);
    assert_applied("disk(D:r):100", create, NULL, HF_RESOURCE_ERROR_NOT_CONTAINED);
    assert_applied("disk:1000", create, NULL, HF_RESOURCE_ERROR_NOT_CONTAINED);
    const char *whole = "{'type':'CREATE','volumes':'disk(D:r)[v:p]{src=MOUNT/m}:200'}";
    const char *part = "{'type':'CREATE','volumes':'disk(D:r)[v:p]{src=MOUNT/m}:50'}";
    assert_applied("disk(D:r){src=MOUNT/m}:200", whole, "disk(D:r)[v:p]{src=MOUNT/m}:200", 0);
    assert_applied("disk(D:r){src=MOUNT/m}:200", part, NULL, HF_RESOURCE_ERROR_NOT_CONTAINED);
    assert_applied("disk:9", "{'type':'CREATE','volumes':'disk(D:r):1'}", NULL,
                   HF_RESOURCE_ERROR_NOT_PERSISTENT);
}

/* Mesos rows: 213. */
static void create_and_destroy_of_a_shared_volume_are_inverse(void **state)
{
    assert_applied("disk(D:r):1000", "{'type':'CREATE','volumes':'disk(D:r)[v:p]{shared}:200'}",
                   "disk(D:r):800;disk(D:r)[v:p]{shared}:200", 0);
    assert_applied("disk(D:r):800;disk(D:r)[v:p]{shared}:200",
                   "{'type':'DESTROY','volumes':'disk(D:r)[v:p]{shared}:200'}", "disk(D:r):1000",
                   0);
}

/* Mesos rows: 214. */
static void destroy_fails_while_a_copy_remains(void **state)
{
    assert_applied("disk(D:r)[v:p]{shared*2}:200",
                   "{'type':'DESTROY','volumes':'disk(D:r)[v:p]{shared}:200'}", NULL,
                   HF_RESOURCE_ERROR_STILL_THERE);
}

static void destroy_needs_only_id_stack_and_size(void **state)
{
    assert_applied("disk(D:r)[v:p,p=x]:200", "{'type':'DESTROY','volumes':'disk(D:r)[v:q]:200'}",
                   "disk(D:r):200", 0);
    assert_applied("disk(D:r)[v:p]:200", "{'type':'DESTROY','volumes':'disk(D:r)[w:p]:200'}", NULL,
                   HF_RESOURCE_ERROR_NOT_CONTAINED);
    assert_applied("disk(D:r)[v:p]{src=PATH/a}:200",
                   "{'type':'DESTROY','volumes':'disk(D:r)[v:p]{src=PATH/a}:200'}",
                   "disk(D:r){src=PATH/a}:200", 0);
}

static void grow_and_shrink_move_space(void **state)
{
    const char *grow =
        "{'type':'GROW_VOLUME','volume':'disk(S:r)[v:d]:100','addition':'disk(S:r):50'}";
    assert_applied("disk(S:r):400;disk(S:r)[v:d]:100", grow, "disk(S:r):350;disk(S:r)[v:d]:150", 0);
    assert_applied("disk(S:r):40;disk(S:r)[v:d]:100", grow, NULL, HF_RESOURCE_ERROR_NOT_CONTAINED);
    const char *shrink = "{'type':'SHRINK_VOLUME','volume':'disk(S:r)[v:d]:150','subtract':30}";
    assert_applied("disk(S:r)[v:d]:150", shrink, "disk(S:r):30;disk(S:r)[v:d]:120", 0);
    assert_applied("disk(S:r)[v:d]:140", shrink, NULL, HF_RESOURCE_ERROR_NOT_CONTAINED);
    assert_applied("disk(S:r)[v:d]:150",
                   "{'type':'SHRINK_VOLUME','volume':'disk(S:r)[v:d]:150','subtract':150}", NULL,
                   HF_RESOURCE_ERROR_SHRINK);
    assert_applied("disk(S:r)[v:d]:150",
                   "{'type':'SHRINK_VOLUME','volume':'disk(S:r)[v:d]:150','subtract':0}", NULL,
                   HF_RESOURCE_ERROR_SHRINK);
    assert_applied("disk(S:r):150",
                   "{'type':'SHRINK_VOLUME','volume':'disk(S:r):150','subtract':1}", NULL,
                   HF_RESOURCE_ERROR_NOT_PERSISTENT);
    assert_applied("disk:1", "{'type':'SHRINK_VOLUME','volume':[],'subtract':1}", NULL,
                   HF_RESOURCE_ERROR_OPERATION);
    assert_applied("disk:1",
                   "{'type':'GROW_VOLUME','volume':'disk(S:r)[v:d]:1','addition':'mem:1'}", NULL,
                   HF_RESOURCE_ERROR_GROW);
}

static void consumed_is_what_must_be_there(void **state)
{
    static const struct {
        const char *operation, *consumed;
    } cases[] = {
        {"{'type':'RESERVE','resources':['cpus(D:r):1','mem(D:r):2']}", "cpus:1;mem:2"},
        {"{'type':'UNRESERVE','resources':'cpus(D:r):1'}", "cpus(D:r):1"},
        {"{'type':'CREATE','volumes':['disk(D:r)[a:p]:1','disk(D:r)[b:p]:2']}", "disk(D:r):3"},
        {"{'type':'DESTROY','volumes':'disk(D:r)[a:p]:1'}", "disk(D:r)[a:p]:1"},
        {"{'type':'GROW_VOLUME','volume':'disk(D:r)[a:p]:1','addition':'disk(D:r):2'}",
         "disk(D:r):2;disk(D:r)[a:p]:1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfOperation op = operation(cases[i].operation);
        HfResources *out = fresh();
        hf_operation_consumed(fx.catalog, &op, out);
        assert_text(out, cases[i].consumed);
        hf_operation_clear(fx.catalog, &op);
    }
}

static void a_missing_allocation_role_is_injected_everywhere(void **state)
{
    HfOperation op = operation("{'type':'RESERVE','source':'cpus(D:a):4','resources':"
                               "['cpus(D:b):3','cpus(D:b)@x:1']}");
    HfOperation copy = {0};
    hf_operation_allocate(fx.catalog, &op, role("b"));
    hf_operation_copy(fx.catalog, &copy, &op);
    hf_operation_clear(fx.catalog, &op);
    assert_text(&copy.resources, "cpus(D:b)@b:3;cpus(D:b)@x:1");
    assert_text(&copy.source, "cpus(D:a)@b:4");
    hf_operation_clear(fx.catalog, &copy);
}

/* The rules that need no state, operation by operation; code 0 = accepted. */
static void operations_are_checked_without_any_state(void **state)
{
    static const struct {
        const char *operation;
        int code;
    } cases[] = {
        {"{'type':'RESERVE','resources':'cpus(D:r):1'}", 0},
        {"{'type':'RESERVE','resources':[]}", HF_RESOURCE_ERROR_EMPTY},
        {"{'type':'RESERVE','resources':'cpus(S:r):1'}", HF_RESOURCE_ERROR_NOT_DYNAMIC},
        {"{'type':'RESERVE','resources':'gpus(D:r):1.5'}", HF_RESOURCE_ERROR_GPUS},
        {"{'type':'RESERVE','resources':'cpus(D:r){rev}:1'}", HF_RESOURCE_ERROR_DYNAMIC_REVOCABLE},
        {"{'type':'RESERVE','resources':['disk(D:r){prov=P}:1','disk(D:r):1']}",
         HF_RESOURCE_ERROR_PROVIDER},
        {"{'type':'RESERVE','source':[],'resources':'cpus(D:r):1'}", HF_RESOURCE_ERROR_EMPTY},
        {"{'type':'RESERVE','source':'cpus(D:q):1','resources':'cpus(D:r):1'}", 0},
        {"{'type':'RESERVE','source':'cpus(D:q):2','resources':'cpus(D:r):1'}",
         HF_RESOURCE_ERROR_SOURCE},
        {"{'type':'RESERVE','source':['cpus(D:q):1','mem:1'],'resources':['cpus(D:r):1',"
         "'mem(D:r):1']}",
         HF_RESOURCE_ERROR_SOURCE},
        {"{'type':'UNRESERVE','resources':'cpus(D:r):1'}", 0},
        {"{'type':'UNRESERVE','resources':'cpus(S:r):1'}", HF_RESOURCE_ERROR_NOT_DYNAMIC},
        {"{'type':'UNRESERVE','resources':'disk(D:r)[v:p]:1'}", HF_RESOURCE_ERROR_PERSISTENT},
        {"{'type':'CREATE','volumes':'disk(D:r)[v:p]:1'}", 0},
        {"{'type':'CREATE','volumes':'disk(D:r):1'}", HF_RESOURCE_ERROR_NOT_PERSISTENT},
        {"{'type':'CREATE','volumes':'disk[v:p]:1'}", HF_RESOURCE_ERROR_VOLUME_UNRESERVED},
        {"{'type':'CREATE','volumes':'disk(S:r)[v:p]{rev}:1'}", HF_RESOURCE_ERROR_VOLUME_REVOCABLE},
        {"{'type':'CREATE','volumes':'disk(D:r)[v:]:1'}", HF_RESOURCE_ERROR_VOLUME_MISSING},
        {"{'type':'CREATE','volumes':'disk(D:r)[v:p]{host=/h}:1'}",
         HF_RESOURCE_ERROR_VOLUME_HOST_PATH},
        {"{'type':'CREATE','volumes':'disk(D:r)[a/b:p]:1'}", HF_RESOURCE_ERROR_PERSISTENCE_ID},
        {"{'type':'CREATE','volumes':'disk(D:r)[..:p]:1'}", HF_RESOURCE_ERROR_PERSISTENCE_ID},
        {"{'type':'CREATE','volumes':'disk(D:r)[a b:p]:1'}", 0},
        {"{'type':'CREATE','volumes':'disk(D:r)[:p]:1'}", HF_RESOURCE_ERROR_VOLUME_ALONE},
        {"{'type':'CREATE','volumes':'disk(D:r)[:]:1'}", HF_RESOURCE_ERROR_DISK_EMPTY},
        {"{'type':'CREATE','volumes':'disk(D:r)[v:p]{ro}:1'}", HF_RESOURCE_ERROR_VOLUME_READ_ONLY},
        {"{'type':'CREATE','volumes':['disk(D:r)[v:p]:1','disk(D:r)[v:q]:2']}",
         HF_RESOURCE_ERROR_PERSISTENCE_TWICE},
        {"{'type':'CREATE','volumes':['disk(D:r)[v:p]:1','disk(D:s)[v:q]:2']}", 0},
        {"{'type':'CREATE','volumes':'disk(D:r)[v:p]{shared*3}:999999999999'}",
         HF_RESOURCE_ERROR_TOO_LARGE},
        {"{'type':'DESTROY','volumes':'disk(D:r)[v:p]:1'}", 0},
        {"{'type':'DESTROY','volumes':'disk(D:r):1'}", HF_RESOURCE_ERROR_NOT_PERSISTENT},
        {"{'type':'DESTROY','volumes':[]}", HF_RESOURCE_ERROR_EMPTY},
        {"{'type':'GROW_VOLUME','volume':'disk(D:r)[v:p]:1','addition':'disk(D:r):1'}", 0},
        {"{'type':'GROW_VOLUME','volume':'disk(D:r)[v:p]:1','addition':'disk:1'}",
         HF_RESOURCE_ERROR_GROW},
        {"{'type':'GROW_VOLUME','volume':'disk(D:r)[v:p]:1','addition':'disk(D:r):0'}",
         HF_RESOURCE_ERROR_GROW},
        {"{'type':'GROW_VOLUME','volume':'disk(D:r)[v:p]{src=MOUNT/m}:1','addition':"
         "'disk(D:r){src=MOUNT/m}:1'}",
         HF_RESOURCE_ERROR_GROW},
        {"{'type':'GROW_VOLUME','volume':'disk(D:r)[v:p]{shared}:1','addition':'disk(D:r):1'}",
         HF_RESOURCE_ERROR_SHARED},
        {"{'type':'GROW_VOLUME','volume':'disk(D:r)[v:p]{prov=P}:1','addition':'disk(D:r):1'}",
         HF_RESOURCE_ERROR_PROVIDER},
        {"{'type':'GROW_VOLUME','volume':['disk(D:r)[v:p]:1','disk(D:r)[w:p]:1'],'addition':"
         "'disk(D:r):1'}",
         HF_RESOURCE_ERROR_OPERATION},
        {"{'type':'SHRINK_VOLUME','volume':'disk(D:r)[v:p]:2','subtract':{'value':1}}", 0},
        {"{'type':'SHRINK_VOLUME','volume':'disk(D:r)[v:p]:2','subtract':2}",
         HF_RESOURCE_ERROR_SHRINK},
        {"{'type':'SHRINK_VOLUME','volume':'disk(D:r)[v:p]:2','subtract':-1}",
         HF_RESOURCE_ERROR_SHRINK},
        {"{'type':'SHRINK_VOLUME','volume':'disk(D:r)[v:p]{src=MOUNT/m}:2','subtract':1}",
         HF_RESOURCE_ERROR_SHRINK},
        {"{'type':'SHRINK_VOLUME','volume':'disk(D:r)[v:p]{shared}:2','subtract':1}",
         HF_RESOURCE_ERROR_SHARED},
        {"{'type':'SHRINK_VOLUME','volume':'disk(D:r)[v:p]{prov=P}:2','subtract':1}",
         HF_RESOURCE_ERROR_PROVIDER},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfOperation op = operation(cases[i].operation);
        GError *error = NULL;
        gboolean is_ok = hf_operation_check(fx.catalog, &op, &error);
        if (is_ok != (cases[i].code == 0))
            fail_msg("%s: %s", cases[i].operation, is_ok ? "accepted" : error->message);
        if (!is_ok) assert_error(&error, cases[i].code);
        hf_operation_clear(fx.catalog, &op);
    }
}

/* What every operation asks of its resources; code 0 = accepted. */
static void resources_of_operations_are_checked(void **state)
{
    static const struct {
        const char *resources;
        int code;
    } cases[] = {
        /* Mesos rows: 280, 281. */
        {"cpus(S:role):8", 0},
        {"cpus(D:role,p=principal):8", 0},
        /* Mesos rows: 282. */
        {"cpus(D:role,p=principal){rev}:8", HF_RESOURCE_ERROR_DYNAMIC_REVOCABLE},
        /* Mesos rows: 283, 284. */
        {"disk(S:role1)[id1:path1]:128", 0},
        {"disk[id1:path1]:128", HF_RESOURCE_ERROR_VOLUME_UNRESERVED},
        /* Mesos rows: 285. */
        {"disk(S:role1)[id1/:path1]:128", HF_RESOURCE_ERROR_PERSISTENCE_ID},
        {"disk(S:role1)[id1\\:path1]:128", HF_RESOURCE_ERROR_PERSISTENCE_ID},
        {"disk(S:role1)[..:path1]:128", HF_RESOURCE_ERROR_PERSISTENCE_ID},
        /* Mesos rows: 286. */
        {"disk(S:role1)[id1:]:128", HF_RESOURCE_ERROR_VOLUME_MISSING},
        /* Mesos rows: 287. */
        {"disk(S:role1)[id1:path1]{host=/h}:128", HF_RESOURCE_ERROR_VOLUME_HOST_PATH},
        /* Mesos rows: 288. */
        {"disk(S:role1)[:path1]:128", HF_RESOURCE_ERROR_VOLUME_ALONE},
        /* Mesos rows: 289. */
        {"disk(S:role1)[id1:path1]{rev}:128", HF_RESOURCE_ERROR_VOLUME_REVOCABLE},
        /* Mesos rows: 290, 291. */
        {"cpus(S:role1){shared}:8", HF_RESOURCE_ERROR_SHARED},
        {"disk(S:role1){shared}:128", HF_RESOURCE_ERROR_SHARED},
        {"disk(S:role1)[id1:path1]{shared}:128", 0},
        /* Mesos rows: 292. */
        {"cpus:1;disk:1", 0},
        {"cpus{prov=x}:1;disk{prov=x}:1", 0},
        {"cpus:1;disk{prov=x}:1", HF_RESOURCE_ERROR_PROVIDER},
        {"cpus{prov=x}:1;disk{prov=y}:1", HF_RESOURCE_ERROR_PROVIDER},
        /* Mesos rows: 295. */
        {"cpus(D:*,p=principal):8", HF_RESOURCE_ERROR_RESERVED_TO_STAR},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfResources read = {0};
        GError *error = NULL;
        gboolean is_ok =
            hf_resources_parse_canonical(fx.catalog, cases[i].resources, &read, &error) &&
            hf_resources_check(fx.catalog, &read, HF_RULES_OPERATION | HF_RULE_ONE_PROVIDER,
                               &error);
        if (is_ok != (cases[i].code == 0))
            fail_msg("%s: %s", cases[i].resources, is_ok ? "accepted" : error->message);
        if (!is_ok) assert_error(&error, cases[i].code);
        hf_resources_clear(fx.catalog, &read);
    }
}

/* The rules that operations do not use by themselves. */
static void further_rules_can_be_asked_for(void **state)
{
    static const struct {
        const char *resources;
        unsigned rule;
        int code;
    } cases[] = {
        {"cpus:1;cpus{rev}:1", HF_RULE_REVOCABLE_MIX, HF_RESOURCE_ERROR_REVOCABLE_MIX},
        {"cpus:1;mem{rev}:1", HF_RULE_REVOCABLE_MIX, 0},
        {"cpus@a:1;mem@b:1", HF_RULE_ONE_ALLOCATION, HF_RESOURCE_ERROR_ALLOCATION},
        {"cpus@a:1;mem:1", HF_RULE_ONE_ALLOCATION, HF_RESOURCE_ERROR_ALLOCATION},
        {"cpus@a:1;mem@a:1", HF_RULE_ONE_ALLOCATION, 0},
        {"cpus@a:1", HF_RULE_NO_ALLOCATION, HF_RESOURCE_ERROR_ALLOCATION},
        {"cpus:1", HF_RULE_NO_ALLOCATION, 0},
        {"cpus{rev}:1", HF_RULE_NO_REVOCABLE, HF_RESOURCE_ERROR_REVOCABLE},
        {"cpus(D:a):1", HF_RULE_NO_DYNAMIC, HF_RESOURCE_ERROR_DYNAMIC},
        {"disk(S:a)[v:p]:1", HF_RULE_NO_PERSISTENT, HF_RESOURCE_ERROR_PERSISTENT},
        {"foo:1;foo(r):[0-1]", HF_RULE_ONE_TYPE, HF_RESOURCE_ERROR_TYPE_CLASH},
        {"", HF_RULE_NOT_EMPTY, HF_RESOURCE_ERROR_EMPTY},
        {"", HF_RULES_AGENT | HF_RULES_OPERATION, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        gboolean is_ok =
            hf_resources_check(fx.catalog, res(cases[i].resources), cases[i].rule, &error);
        if (is_ok != (cases[i].code == 0)) fail_msg("%s", cases[i].resources);
        if (!is_ok) assert_error(&error, cases[i].code);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(reserve_turns_unreserved_into_reserved),
        WITH_FIXTURE(reserve_can_refine_and_can_take_a_source),
        WITH_FIXTURE(reserve_is_all_or_nothing),
        WITH_FIXTURE(unreserve_pops_one_reservation),
        WITH_FIXTURE(create_takes_disk_of_the_same_reservation_and_source),
        WITH_FIXTURE(create_and_destroy_of_a_shared_volume_are_inverse),
        WITH_FIXTURE(destroy_fails_while_a_copy_remains),
        WITH_FIXTURE(destroy_needs_only_id_stack_and_size),
        WITH_FIXTURE(grow_and_shrink_move_space),
        WITH_FIXTURE(consumed_is_what_must_be_there),
        WITH_FIXTURE(a_missing_allocation_role_is_injected_everywhere),
        WITH_FIXTURE(operations_are_checked_without_any_state),
        WITH_FIXTURE(resources_of_operations_are_checked),
        WITH_FIXTURE(further_rules_can_be_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
