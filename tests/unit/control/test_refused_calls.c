/*
 * Calls that the allocator refuses: each function that gives a status (tests/tidy/error_codes.sh
 * sees to it that none is left out), with each status that its header names. The allocator's memory
 * is the same, byte for byte, before and after.
 */
#include "unit/control/lot.h"

#include "resource/text.h"

/* A framework and an agent that are there, and ones that never were. */
enum { WEB_ROW = 0, OTHER_ROW = 1, AGENT_ROW = 1, HELD_ROW = 0, NOBODY = 77 };

typedef struct Names {
    Lot *lot;
    HfAllocator *allocator;
    HfTime now;
    HfRoleId web, other, nested, nowhere;
    HfResources plain, allocated, more; /* cpus:1; cpus@web:1; cpus@web:99 */
    HfResources held;                   /* what web's offer of agent 0 holds, without role */
    HfAgentSpec agent;
    HfQuantities one;
    HfLimits none;
} Names;

static HfResources canonical(const Lot *lot, const char *text)
{
    HfResources resources = {0};
    assert_true(hf_resources_parse_canonical(lot->catalog, text, &resources, NULL));
    return resources;
}

static HfRoleId role_of(const Lot *lot, const char *path)
{
    HfRoleId role = HF_ROLE_NONE;
    assert_true(hf_role_intern(lot->catalog, path, &role, NULL));
    return role;
}

static Names names_of(Lot *lot)
{
    Names names = {.lot = lot,
                   .allocator = lot->allocator,
                   .now = lot->pump->now,
                   .web = role_of(lot, "web"),
                   .other = role_of(lot, "other"),
                   .nested = role_of(lot, "web/x"),
                   .nowhere = role_of(lot, "nowhere"),
                   .plain = canonical(lot, "cpus:1"),
                   .allocated = canonical(lot, "cpus@web:1"),
                   .more = canonical(lot, "cpus@web:99")};
    uint64_t offer = hf_pump_framework(lot->pump, 0)->offers.at[0].id;
    const HfOfferRow *row = &lot->pump->master->offers.at[hf_handle_unpack(offer).row];
    hf_resources_copy(lot->catalog, &names.held, hf_parcel_resources(row->resources));
    names.agent = (HfAgentSpec){
        .name = "new", .hostname = "elsewhere", .region = "moon", .owner = HF_ROLE_NONE};
    hf_quantities_set(&names.one, HF_KIND_CPUS, 1000);
    return names;
}

static void names_clear(Names *names)
{
    hf_resources_clear(names->lot->catalog, &names->plain);
    hf_resources_clear(names->lot->catalog, &names->allocated);
    hf_resources_clear(names->lot->catalog, &names->more);
    hf_resources_clear(names->lot->catalog, &names->held);
    hf_quantities_clear(&names->one);
}

/* ---- agents ---- */

static HfStatus agent_add_again(Names *n)
{
    return hf_allocator_agent_add(n->allocator, n->now, AGENT_ROW, &n->agent, NULL, 0);
}

static HfStatus agent_add_allocated(Names *n)
{
    n->agent.total = &n->allocated;
    return hf_allocator_agent_add(n->allocator, n->now, NOBODY, &n->agent, NULL, 0);
}

static HfStatus agent_update_nobody(Names *n)
{
    return hf_allocator_agent_update(n->allocator, n->now, NOBODY, &n->agent);
}

static HfStatus agent_update_allocated(Names *n)
{
    n->agent.total = &n->allocated;
    return hf_allocator_agent_update(n->allocator, n->now, AGENT_ROW, &n->agent);
}

static HfStatus provider_add_nobody(Names *n)
{
    return hf_allocator_provider_add(n->allocator, n->now, NOBODY, &n->plain, NULL, 0);
}

static HfStatus provider_add_allocated(Names *n)
{
    return hf_allocator_provider_add(n->allocator, n->now, AGENT_ROW, &n->allocated, NULL, 0);
}

static HfStatus agent_remove_nobody(Names *n)
{
    return hf_allocator_agent_remove(n->allocator, n->now, NOBODY);
}

static HfStatus agent_activate_nobody(Names *n)
{
    return hf_allocator_agent_activate(n->allocator, n->now, NOBODY);
}

static HfStatus agent_deactivate_nobody(Names *n)
{
    return hf_allocator_agent_deactivate(n->allocator, n->now, NOBODY);
}

static HfStatus unavailability_of_nobody(Names *n)
{
    return hf_allocator_unavailability_set(n->allocator, n->now, NOBODY, TRUE, 0, 1);
}

/* ---- frameworks ---- */

static HfFrameworkSpec framework_spec(const HfRoleId *role, const HfRoleId *suppressed)
{
    return (HfFrameworkSpec){.name = "new",
                             .roles = role,
                             .role_count = 1,
                             .suppressed = suppressed,
                             .suppressed_count = suppressed != NULL,
                             .active = TRUE};
}

static HfStatus framework_add_again(Names *n)
{
    HfFrameworkSpec spec = framework_spec(&n->nested, NULL);
    return hf_allocator_framework_add(n->allocator, n->now, WEB_ROW, &spec, NULL, 0);
}

static HfStatus framework_add_suppressing(Names *n)
{
    HfFrameworkSpec spec = framework_spec(&n->nested, &n->web);
    return hf_allocator_framework_add(n->allocator, n->now, NOBODY, &spec, NULL, 0);
}

static HfStatus framework_update_nobody(Names *n)
{
    HfFrameworkSpec spec = framework_spec(&n->nested, NULL);
    return hf_allocator_framework_update(n->allocator, n->now, NOBODY, &spec);
}

static HfStatus framework_update_suppressing(Names *n)
{
    HfFrameworkSpec spec = framework_spec(&n->nested, &n->web);
    return hf_allocator_framework_update(n->allocator, n->now, WEB_ROW, &spec);
}

static HfStatus framework_remove_nobody(Names *n)
{
    return hf_allocator_framework_remove(n->allocator, n->now, NOBODY);
}

static HfStatus framework_activate_nobody(Names *n)
{
    return hf_allocator_framework_activate(n->allocator, n->now, NOBODY);
}

static HfStatus framework_deactivate_nobody(Names *n)
{
    return hf_allocator_framework_deactivate(n->allocator, n->now, NOBODY);
}

static HfStatus suppress_nobody(Names *n)
{
    return hf_allocator_suppress(n->allocator, n->now, NOBODY, NULL, 0);
}

/* One role is its own, one is not. */
static HfStatus suppress_foreign(Names *n)
{
    HfRoleId roles[] = {n->web, n->other};
    return hf_allocator_suppress(n->allocator, n->now, WEB_ROW, roles, 2);
}

static HfStatus revive_nobody(Names *n)
{
    return hf_allocator_revive(n->allocator, n->now, NOBODY, NULL, 0);
}

static HfStatus revive_foreign(Names *n)
{
    HfRoleId roles[] = {n->other, n->web};
    return hf_allocator_revive(n->allocator, n->now, OTHER_ROW, roles, 2);
}

/* ---- resources ---- */

static HfStatus recover(Names *n, uint32_t framework, uint32_t agent, HfRoleId role,
                        const HfResources *resources, gboolean launched)
{
    HfRecovery recovery = {framework, agent, role, resources, 5, launched, NULL};
    return hf_allocator_recover(n->allocator, n->now, &recovery);
}

static HfStatus recover_of_nobody(Names *n)
{
    return recover(n, NOBODY, HELD_ROW, n->web, &n->held, FALSE);
}

static HfStatus recover_on_nothing(Names *n)
{
    return recover(n, WEB_ROW, NOBODY, n->web, &n->held, FALSE);
}

static HfStatus recover_elsewhere(Names *n)
{
    return recover(n, WEB_ROW, AGENT_ROW, n->web, &n->held, FALSE);
}

static HfStatus recover_of_other(Names *n)
{
    return recover(n, OTHER_ROW, HELD_ROW, n->other, &n->held, FALSE);
}

static HfStatus recover_too_much(Names *n)
{
    return recover(n, WEB_ROW, HELD_ROW, n->web, &n->more, FALSE);
}

/* It is offered, not launched. */
static HfStatus recover_not_launched(Names *n)
{
    return recover(n, WEB_ROW, HELD_ROW, n->web, &n->held, TRUE);
}

/* The same of what comes back with others. */
static HfStatus give_back(Names *n, uint32_t framework, uint32_t agent, HfRoleId role,
                          const HfResources *resources)
{
    HfReturns returns;
    HfParcel *parcel = hf_parcel_copy(n->lot->catalog, resources);
    hf_allocator_returns(n->allocator, framework, role, 5, &returns);
    HfStatus status =
        hf_allocator_return(n->allocator, n->now, &returns, &(HfReturned){agent, parcel}, 1);
    hf_parcel_drop(n->lot->catalog, &parcel);
    return status;
}

static HfStatus return_of_nobody(Names *n)
{
    return give_back(n, NOBODY, HELD_ROW, n->web, &n->held);
}

static HfStatus return_on_nothing(Names *n)
{
    return give_back(n, WEB_ROW, NOBODY, n->web, &n->held);
}

static HfStatus return_under_foreign(Names *n)
{
    return give_back(n, WEB_ROW, HELD_ROW, n->other, &n->held);
}

static HfStatus return_too_much(Names *n)
{
    return give_back(n, WEB_ROW, HELD_ROW, n->web, &n->more);
}

static HfStatus launched_on_nothing(Names *n)
{
    return hf_allocator_launched(n->allocator, WEB_ROW, NOBODY, n->web, &n->held, NULL);
}

static HfStatus launched_by_nobody(Names *n)
{
    return hf_allocator_launched(n->allocator, NOBODY, HELD_ROW, n->web, &n->held, NULL);
}

static HfStatus launched_under_foreign(Names *n)
{
    return hf_allocator_launched(n->allocator, WEB_ROW, HELD_ROW, n->other, &n->held, NULL);
}

static HfStatus convert(Names *n, uint32_t framework, uint32_t agent, const HfResources *offered,
                        const char *what)
{
    HfConversions conversions = {0};
    HfOperation operation = {.type = HF_OPERATION_RESERVE, .resources = canonical(n->lot, what)};
    g_autoptr(GError) error = NULL;
    HfResources out = canonical(n->lot, "cpus:7");
    assert_true(hf_operation_convert(n->lot->catalog, &operation, &conversions, NULL));
    HfStatus status = hf_allocator_update_allocation(n->allocator, n->now, framework, agent, n->web,
                                                     offered, &conversions, &out, &error);
    if (status == HF_CONFLICT) assert_non_null(error);
    g_autofree char *text = hf_resources_to_text(n->lot->catalog, &out);
    assert_string_equal(text, "cpus:7");
    hf_resources_clear(n->lot->catalog, &out);
    hf_conversions_clear(n->lot->catalog, &conversions);
    hf_operation_clear(n->lot->catalog, &operation);
    return status;
}

static HfStatus convert_on_nothing(Names *n)
{
    return convert(n, WEB_ROW, NOBODY, &n->held, "cpus(D:web):1");
}

static HfStatus convert_of_nobody(Names *n)
{
    return convert(n, NOBODY, HELD_ROW, &n->held, "cpus(D:web):1");
}

static HfStatus convert_of_other(Names *n)
{
    return convert(n, OTHER_ROW, HELD_ROW, &n->held, "cpus(D:web):1");
}

static HfStatus convert_too_much(Names *n)
{
    return convert(n, WEB_ROW, HELD_ROW, &n->held, "cpus(D:web):6");
}

static HfStatus convert_what_is_not_held(Names *n)
{
    return convert(n, WEB_ROW, HELD_ROW, &n->more, "cpus(D:web):1");
}

static HfStatus convert_nothing(Names *n)
{
    HfConversion from_nothing = {.converted = n->plain};
    HfConversions conversions = {&from_nothing, 1};
    return hf_allocator_update_allocation(n->allocator, n->now, WEB_ROW, HELD_ROW, n->web, &n->held,
                                          &conversions, NULL, NULL);
}

/* Two reservations, of which one would do alone. */
static HfStatus operate(Names *n, uint32_t agent)
{
    HfOperation operations[2] = {
        {.type = HF_OPERATION_RESERVE, .resources = canonical(n->lot, "cpus(D:web):2")},
        {.type = HF_OPERATION_RESERVE, .resources = canonical(n->lot, "cpus(D:web):3")}};
    g_autoptr(GError) error = NULL;
    HfStatus status =
        hf_allocator_update_available(n->allocator, n->now, agent, operations, 2, &error);
    if (status == HF_CONFLICT) assert_non_null(error);
    for (int o = 0; o < 2; o++) hf_operation_clear(n->lot->catalog, &operations[o]);
    return status;
}

static HfStatus operate_on_nothing(Names *n)
{
    return operate(n, NOBODY);
}

static HfStatus operate_on_too_little(Names *n)
{
    return operate(n, AGENT_ROW);
}

static HfStatus operate_on_what_is_offered(Names *n)
{
    return operate(n, HELD_ROW);
}

/* ---- roles, inverse offers ---- */

static HfStatus weight_zero(Names *n)
{
    return hf_allocator_weight_set(n->allocator, n->now, n->web, 0);
}

static HfStatus weight_infinite(Names *n)
{
    return hf_allocator_weight_set(n->allocator, n->now, n->nowhere, 1 / 0.0);
}

static HfStatus quota_nested(Names *n)
{
    return hf_allocator_quota_set(n->allocator, n->now, n->nested, &n->one, &n->none);
}

static HfStatus quotas_too_late(Names *n)
{
    HfRoleQuota quota = {n->nowhere, &n->one, &n->none};
    return hf_allocator_recover_quotas(n->allocator, n->now, 3, &quota, 1);
}

static HfStatus inverse_of_nobody(Names *n)
{
    return hf_allocator_inverse_response(n->allocator, n->now, NOBODY, HELD_ROW, HF_INVERSE_ACCEPT,
                                         5);
}

static HfStatus inverse_on_nothing(Names *n)
{
    return hf_allocator_inverse_response(n->allocator, n->now, WEB_ROW, NOBODY, HF_INVERSE_ACCEPT,
                                         5);
}

static HfStatus inverse_without_maintenance(Names *n)
{
    return hf_allocator_inverse_response(n->allocator, n->now, WEB_ROW, AGENT_ROW,
                                         HF_INVERSE_ACCEPT, 5);
}

#define ROW(call, status)                                                                          \
    {                                                                                              \
#call, call, status                                                                        \
    }
static const struct {
    const char *name;
    HfStatus (*call)(Names *names);
    HfStatus status;
} rows[] = {
    ROW(agent_add_again, HF_EXISTS),
    ROW(agent_add_allocated, HF_INVALID),
    ROW(agent_update_nobody, HF_UNKNOWN),
    ROW(agent_update_allocated, HF_INVALID),
    ROW(provider_add_nobody, HF_UNKNOWN),
    ROW(provider_add_allocated, HF_INVALID),
    ROW(agent_remove_nobody, HF_UNKNOWN),
    ROW(agent_activate_nobody, HF_UNKNOWN),
    ROW(agent_deactivate_nobody, HF_UNKNOWN),
    ROW(unavailability_of_nobody, HF_UNKNOWN),
    ROW(framework_add_again, HF_EXISTS),
    ROW(framework_add_suppressing, HF_INVALID),
    ROW(framework_update_nobody, HF_UNKNOWN),
    ROW(framework_update_suppressing, HF_INVALID),
    ROW(framework_remove_nobody, HF_UNKNOWN),
    ROW(framework_activate_nobody, HF_UNKNOWN),
    ROW(framework_deactivate_nobody, HF_UNKNOWN),
    ROW(suppress_nobody, HF_UNKNOWN),
    ROW(suppress_foreign, HF_UNKNOWN),
    ROW(revive_nobody, HF_UNKNOWN),
    ROW(revive_foreign, HF_UNKNOWN),
    ROW(recover_of_nobody, HF_UNKNOWN),
    ROW(recover_on_nothing, HF_UNKNOWN),
    ROW(recover_elsewhere, HF_CONFLICT),
    ROW(recover_of_other, HF_CONFLICT),
    ROW(recover_too_much, HF_CONFLICT),
    ROW(recover_not_launched, HF_CONFLICT),
    ROW(return_of_nobody, HF_UNKNOWN),
    ROW(return_on_nothing, HF_UNKNOWN),
    ROW(return_under_foreign, HF_CONFLICT),
    ROW(return_too_much, HF_CONFLICT),
    ROW(launched_on_nothing, HF_UNKNOWN),
    ROW(launched_by_nobody, HF_UNKNOWN),
    ROW(launched_under_foreign, HF_UNKNOWN),
    ROW(convert_on_nothing, HF_UNKNOWN),
    ROW(convert_of_nobody, HF_UNKNOWN),
    ROW(convert_of_other, HF_CONFLICT),
    ROW(convert_too_much, HF_CONFLICT),
    ROW(convert_what_is_not_held, HF_CONFLICT),
    ROW(convert_nothing, HF_CONFLICT),
    ROW(operate_on_nothing, HF_UNKNOWN),
    ROW(operate_on_too_little, HF_CONFLICT),
    ROW(operate_on_what_is_offered, HF_CONFLICT),
    ROW(weight_zero, HF_INVALID),
    ROW(weight_infinite, HF_INVALID),
    ROW(quota_nested, HF_INVALID),
    ROW(quotas_too_late, HF_CONFLICT),
    ROW(inverse_of_nobody, HF_UNKNOWN),
    ROW(inverse_on_nothing, HF_UNKNOWN),
    ROW(inverse_without_maintenance, HF_CONFLICT),
};

static void a_refused_call_changes_nothing(void **state)
{
    Lot lot = lot_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Names names = names_of(&lot);
        names.agent.total = &names.plain;
        g_autofree char *before = dump(&lot);
        HfStatus status = rows[i].call(&names);
        if (status != rows[i].status)
            fail_msg("%s: %s instead of %s", rows[i].name, hf_status_name(status),
                     hf_status_name(rows[i].status));
        assert_unchanged(&lot, before, rows[i].name);
        names_clear(&names);
    }
    lot_free(&lot);
}

/* An agent that comes while hf_allocator_pause() holds. */
static void a_paused_allocator_takes_no_agent(void **state)
{
    Lot lot = lot_new();
    Names names = names_of(&lot);
    names.agent.total = &names.plain;
    hf_allocator_pause(lot.allocator);
    g_autofree char *before = dump(&lot);
    assert_int_equal(
        hf_allocator_agent_add(lot.allocator, names.now, NOBODY, &names.agent, NULL, 0),
        HF_CONFLICT);
    assert_unchanged(&lot, before, "agent_add while paused");
    hf_allocator_resume(lot.allocator);
    names_clear(&names);
    lot_free(&lot);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_call_changes_nothing),
        cmocka_unit_test(a_paused_allocator_takes_no_agent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
