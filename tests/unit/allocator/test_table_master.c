/*
 * The allocator behind a master that is a table (support/table_master.h): what it offers step by
 * step. This program links against allocator, resource and base alone.
 */
#include "support/test.h"

#include "support/table_master.h"

static void play(const HfTableStep *steps, size_t count)
{
    g_autoptr(HfTableMaster) master = hf_table_master_new();
    for (size_t s = 0; s < count; s++) {
        g_autofree char *offers = hf_table_master_step(master, &steps[s]);
        if (g_strcmp0(offers, steps[s].offers != NULL ? steps[s].offers : "") != 0)
            print_error("step %zu\n", s);
        assert_string_equal(offers, steps[s].offers != NULL ? steps[s].offers : "");
    }
}

/* Each framework in turn: who has less comes first, and a task's end makes room again. */
static void two_frameworks_share_two_agents(void **state)
{
    (void)state;
    static const HfTableStep steps[] = {
        {HF_TABLE_AGENT, "a0", "cpus:4;mem:1024", NULL},
        {HF_TABLE_FRAMEWORK, "f0", "web", "1: f0 web a0 cpus@web:4;mem@web:1024"},
        {HF_TABLE_ACCEPT, "f0", "cpus:1;mem:256", NULL},
        {HF_TABLE_FRAMEWORK, "f1", "batch", "2: f1 batch a0 cpus@batch:3;mem@batch:768"},
        {HF_TABLE_ACCEPT, "f1", "cpus:3;mem:256", NULL},
        /* 512 of memory are left, which both have refused along with the rest of their offers */
        {HF_TABLE_WAIT, "1", NULL, NULL},
        /* of 6 CPUs web holds 1, batch 3 */
        {HF_TABLE_AGENT, "a1", "cpus:2;mem:512", "3: f0 web a1 cpus@web:2;mem@web:512"},
        {HF_TABLE_ACCEPT, "f0", "cpus:2;mem:512", NULL},
        {HF_TABLE_FINISH, "2", NULL, NULL},
        /* with 3 CPUs it is more than f1 refused; batch holds nothing now */
        {HF_TABLE_WAIT, "1", NULL, "4: f1 batch a0 cpus@batch:3;mem@batch:768"},
        {HF_TABLE_DECLINE, "f1", "60", NULL},
        /* f0 refused just this at 0 s, for 5 s */
        {HF_TABLE_WAIT, "2", NULL, NULL},
        {HF_TABLE_WAIT, "1", NULL, "5: f0 web a0 cpus@web:3;mem@web:768"},
        {HF_TABLE_FRAMEWORK_GONE, "f1", NULL, NULL},
        {HF_TABLE_AGENT_LOST, "a0", NULL, NULL},
        {HF_TABLE_WAIT, "10", NULL, NULL},
        {HF_TABLE_FINISH, "3", NULL, NULL},
        {HF_TABLE_WAIT, "1", NULL, "6: f0 web a1 cpus@web:2;mem@web:512"},
    };
    play(steps, G_N_ELEMENTS(steps));
}

static void a_guarantee_is_met_and_a_limit_is_kept(void **state)
{
    (void)state;
    static const HfTableStep steps[] = {
        {HF_TABLE_QUOTA, "gold", "cpus:3|", NULL},
        {HF_TABLE_QUOTA, "iron", "|cpus:1;mem:100", NULL},
        {HF_TABLE_FRAMEWORK, "f0", "iron", NULL},
        /* 3 of 4 CPUs are held back for gold, memory is not; of it iron may have 100 */
        {HF_TABLE_AGENT, "a0", "cpus:4;mem:400", "1: f0 iron a0 cpus@iron:1;mem@iron:100"},
        {HF_TABLE_FRAMEWORK, "f1", "gold", "2: f1 gold a0 cpus@gold:3;mem@gold:300"},
        {HF_TABLE_ACCEPT, "f1", "cpus:3;mem:50", NULL},
        {HF_TABLE_WAIT, "3", NULL, NULL},
        {HF_TABLE_WAIT, "3", NULL, "3: f1 gold a0 mem@gold:250"},
    };
    play(steps, G_N_ELEMENTS(steps));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_frameworks_share_two_agents),
        cmocka_unit_test(a_guarantee_is_met_and_a_limit_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
