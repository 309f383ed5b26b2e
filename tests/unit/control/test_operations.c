/*
 * Operations in ACCEPT: what is done, what is dropped and by which rule, in which order, and what
 * comes back. One agent, one framework `web` of role `web` that holds its offer; each case is one
 * ACCEPT (or several, one for each line).
 */
#include "unit/control/cell.h"

#include <string.h>

#include "resource/error.h"

typedef struct Case {
    const char *name;
    const char *resources; /* of the agent, as in --resources */
    const char *script;    /* accepts, one for each line; each on all offers held by then */
    const char *done;      /* what was done and dropped, in order */
    const char *available; /* what nobody holds afterwards */
} Case;

#define SMALL "cpus:1;mem:512;disk:1024"
#define DISK  "disk(D:web,p=ops)"

/* Words for what is done: operations, with a rule when they are dropped; tasks. */
static void note(void *context, const HfRecord *record)
{
    GString *done = context;
    const char *space = done->len > 0 ? " " : "";
    const char *name = hf_operation_name((HfOperationType)(record->state % 6));
    if (record->type == HF_RECORD_OPERATION)
        g_string_append_printf(done, "%s%s", space, name);
    else if (record->type == HF_RECORD_OPERATION_DROPPED)
        g_string_append_printf(done, "%s%s:%s", space, name,
                               hf_resource_error_name((HfResourceErrorCode)record->reason));
    else if (record->type == HF_RECORD_TASK_LAUNCHED)
        g_string_append_printf(done, "%s+%d", space, (int)record->id);
    else if (record->type == HF_RECORD_TASK_STATE && record->state == HF_TASK_ERROR)
        g_string_append_printf(done, "%s!%d", space, (int)record->id);
}

typedef struct Lab {
    HfPump *pump;
    GString *done;
} Lab;

static Lab lab_with(const char *resources, const char *principal, uint32_t capabilities,
                    const HfPumpConfig *config)
{
    Lab lab = {hf_pump_new(config), g_string_new(NULL)};
    hf_trace_listen(lab.pump->trace, note, lab.done);
    hf_pump_add_agent(lab.pump, resources);
    hf_pump_run(lab.pump, HF_SECONDS(2));
    hf_pump_add_framework_as(
        lab.pump, "web", principal, "web",
        HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_RESERVATION_REFINEMENT | capabilities, FALSE);
    hf_pump_run_for(lab.pump, 0);
    return lab;
}

static Lab lab_of(const char *resources)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    return lab_with(resources, "ops", HF_CAPABILITY_SHARED_RESOURCES, &config);
}

static void accept_all(Lab *lab, const char *script)
{
    hf_pump_operate(lab->pump, 0, hf_pump_framework(lab->pump, 0)->offers.count, script, 0);
    hf_pump_run_for(lab->pump, 0);
}

static void lab_free(Lab *lab)
{
    hf_pump_free(lab->pump);
    g_string_free(lab->done, TRUE);
}

static gboolean is_as_expected(const Case *test)
{
    Lab lab = lab_of(test->resources);
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

static const Case reservations[] = {
    /* Mesos rows: 296, 364. */
    {"reserve, then unreserve", SMALL, "RESERVE cpus(D:web,p=ops):1\nUNRESERVE cpus(D:web,p=ops):1",
     "RESERVE UNRESERVE", "cpus:1;disk:1024;mem:512"},
    /* Mesos rows: 365. */
    {"fractions add exactly", "cpus:24;mem:4096",
     "RESERVE cpus(D:web,p=ops):0.1\nRESERVE cpus(D:web,p=ops):0.1", "RESERVE RESERVE",
     "cpus(D:web,p=ops):0.2;cpus:23.8;mem:4096"},
    /* Mesos rows: 366. */
    {"reserve and launch on it", SMALL,
     "RESERVE cpus(D:web,p=ops):1 | LAUNCH 1=cpus(D:web,p=ops):1", "RESERVE +1",
     "disk:1024;mem:512"},
    /* Mesos rows: 368. */
    {"more than was offered", SMALL, "RESERVE cpus(D:web,p=ops):1;mem(D:web,p=ops):1024",
     "RESERVE:NOT_CONTAINED", "cpus:1;disk:1024;mem:512"},
    /* Mesos rows: 297, 298. */
    {"another's principal, or none", SMALL, "RESERVE cpus(D:web,p=eve):1 | RESERVE cpus(D:web):1",
     "RESERVE:PRINCIPAL RESERVE:PRINCIPAL", "cpus:1;disk:1024;mem:512"},
    /* Mesos rows: 299, 308. */
    {"static reservations are nobody's to make or unmake", "cpus:1;cpus(web):1;mem:32",
     "RESERVE cpus(S:web):1 | UNRESERVE cpus(S:web):1", "RESERVE:NOT_DYNAMIC UNRESERVE:NOT_DYNAMIC",
     "cpus(S:web):1;cpus:1;mem:32"},
    /* Mesos rows: 294, 301, 380. */
    {"for another role", SMALL, "RESERVE cpus(D:db,p=ops):1", "RESERVE:NOT_OWN_ROLE",
     "cpus:1;disk:1024;mem:512"},
    {"for a role below one's own", SMALL, "RESERVE cpus(D:web/x,p=ops):1", "RESERVE:NOT_OWN_ROLE",
     "cpus:1;disk:1024;mem:512"},
    /* Mesos rows: 301, 303. */
    {"allocated to another role", SMALL, "RESERVE cpus(D:web,p=ops)@db:1", "RESERVE:NOT_OWN_ROLE",
     "cpus:1;disk:1024;mem:512"},
    {"allocated to two roles", SMALL, "RESERVE cpus(D:web,p=ops)@web:0.5;mem(D:web,p=ops)@db:64",
     "RESERVE:ALLOCATION", "cpus:1;disk:1024;mem:512"},
    /* Mesos rows: 292, 305, 310. */
    {"of two providers", "cpus:1;mem:512",
     "RESERVE cpus(D:web,p=ops):1;mem(D:web,p=ops){prov=x}:1 | "
     "UNRESERVE cpus(D:web,p=ops):1;mem(D:web,p=ops){prov=x}:1",
     "RESERVE:PROVIDER UNRESERVE:PROVIDER", "cpus:1;mem:512"},
    {"of nothing", SMALL, "RESERVE cpus(D:web,p=ops):0", "RESERVE:EMPTY",
     "cpus:1;disk:1024;mem:512"},
    /* Mesos rows: 306, 307. */
    {"no principal is asked for when unreserving", "cpus:1;mem:512",
     "RESERVE cpus(D:web,p=ops):1 | UNRESERVE cpus(D:web,p=ops):1", "RESERVE UNRESERVE",
     "cpus:1;mem:512"},
    {"what a task uses cannot be unreserved", SMALL,
     "RESERVE cpus(D:web,p=ops):1 | LAUNCH 1=cpus(D:web,p=ops):1 | UNRESERVE cpus(D:web,p=ops):1",
     "RESERVE +1 UNRESERVE:NOT_CONTAINED", "disk:1024;mem:512"},
    {"refined on top of a static reservation", "cpus(web):2;mem:32",
     "RESERVE cpus(S:web)(D:web/x,p=ops):1", "RESERVE:NOT_OWN_ROLE", "cpus(S:web):2;mem:32"},
    /* Mesos rows: 376, 377. */
    {"a dropped operation does not stop the next", "cpus:2;mem:1024",
     "RESERVE cpus(D:web,p=ops):9 | RESERVE mem(D:web,p=ops):256 | "
     "LAUNCH 1=mem(D:web,p=ops):256 2=cpus(D:web,p=ops):1",
     "RESERVE:NOT_CONTAINED RESERVE +1 !2", "cpus:2;mem:768"},
};

static const Case volumes[] = {
    /* Mesos rows: 311, 405, 482. */
    {"two volumes, then one less", SMALL,
     "RESERVE " DISK ":1024 | CREATE " DISK "[a:p,p=ops]:256;" DISK "[b:p,p=ops]:256\n"
     "DESTROY " DISK "[a:p,p=ops]:256",
     "RESERVE CREATE DESTROY",
     "cpus:1;disk(D:web,p=ops):768;disk(D:web,p=ops)[b:p,p=ops]:256;mem:512"},
    {"plain disk is no volume", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK ":9 | DESTROY " DISK ":9",
     "RESERVE CREATE:NOT_PERSISTENT DESTROY:NOT_PERSISTENT",
     "cpus:1;disk(D:web,p=ops):9;disk:1015;mem:512"},
    /* Mesos rows: 312. */
    {"an id twice in one list, and once more", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=ops]:1;" DISK "[a:q,p=ops]:2 | "
     "CREATE " DISK "[a:p,p=ops]:1 | CREATE " DISK "[a:q,p=ops]:2",
     "RESERVE CREATE:PERSISTENCE_TWICE CREATE CREATE:PERSISTENCE_TWICE",
     "cpus:1;disk(D:web,p=ops):8;disk(D:web,p=ops)[a:p,p=ops]:1;disk:1015;mem:512"},
    /* Mesos rows: 313. */
    {"another's principal, or none, in the volume", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=eve]:1 | CREATE " DISK "[a:p]:1",
     "RESERVE CREATE:PRINCIPAL CREATE:PRINCIPAL", "cpus:1;disk(D:web,p=ops):9;disk:1015;mem:512"},
    /* Mesos rows: 314. */
    {"read-only", SMALL, "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=ops]{ro}:1",
     "RESERVE CREATE:VOLUME_READ_ONLY", "cpus:1;disk(D:web,p=ops):9;disk:1015;mem:512"},
    /* Mesos rows: 284, 316. */
    {"on disk that is not reserved, and too large", SMALL,
     "CREATE disk[a:p,p=ops]:9 | RESERVE " DISK ":1024 | CREATE " DISK "[a:p,p=ops]:2048",
     "CREATE:VOLUME_UNRESERVED RESERVE CREATE:NOT_CONTAINED",
     "cpus:1;disk(D:web,p=ops):1024;mem:512"},
    /* Mesos rows: 309. */
    {"a volume must be destroyed before its disk is unreserved", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=ops]:9 | UNRESERVE " DISK "[a:p,p=ops]:9 | "
     "UNRESERVE " DISK ":9",
     "RESERVE CREATE UNRESERVE:PERSISTENT UNRESERVE:NOT_CONTAINED",
     "cpus:1;disk(D:web,p=ops)[a:p,p=ops]:9;disk:1015;mem:512"},
    /* Mesos rows: 320, 322. */
    {"there is no such volume", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=ops]:9 | DESTROY " DISK "[b:p,p=ops]:9 | "
     "DESTROY " DISK "[a:p,p=ops]:8",
     "RESERVE CREATE DESTROY:NOT_FOUND DESTROY:NOT_FOUND",
     "cpus:1;disk(D:web,p=ops)[a:p,p=ops]:9;disk:1015;mem:512"},
    /* Mesos rows: 416. */
    {"create, and launch with it; in use it is not destroyed", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=ops]:9 | LAUNCH 1=" DISK "[a:elsewhere,p=ops]:9\n"
     "DESTROY " DISK "[a:p,p=ops]:9",
     "RESERVE CREATE +1 DESTROY:IN_USE", "cpus:1;disk:1015;mem:512"},
    /* Mesos rows: 315, 417. */
    {"two tasks use one shared volume", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=ops]{shared}:9 | "
     "LAUNCH 1=cpus:0.1;" DISK "[a:p,p=ops]{shared}:9 2=cpus:0.1;" DISK "[a:p,p=ops]{shared}:9",
     "RESERVE CREATE +1 +2", "cpus:0.8;disk(D:web,p=ops)[a:p,p=ops]{shared}:9;disk:1015;mem:512"},
    /* Mesos rows: 321, 422. */
    {"a shared volume in use stays, another goes", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=ops]{shared}:4;" DISK "[b:p,p=ops]:5 | "
     "LAUNCH 1=" DISK "[a:p,p=ops]{shared}:4 | DESTROY " DISK "[a:p,p=ops]{shared}:4 | "
     "DESTROY " DISK "[b:p,p=ops]:5",
     "RESERVE CREATE +1 DESTROY:IN_USE DESTROY",
     "cpus:1;disk(D:web,p=ops):5;disk(D:web,p=ops)[a:p,p=ops]{shared}:4;disk:1015;mem:512"},
    /* Mesos rows: 324, 406. */
    {"a volume grows", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=ops]:4 | GROW " DISK "[a:p,p=ops]:4 " DISK ":5",
     "RESERVE CREATE GROW_VOLUME", "cpus:1;disk(D:web,p=ops)[a:p,p=ops]:9;disk:1015;mem:512"},
    /* Mesos rows: 332, 407. */
    {"a volume shrinks, and all that it frees comes back", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=ops]:4 | SHRINK " DISK "[a:p,p=ops]:4 3",
     "RESERVE CREATE SHRINK_VOLUME",
     "cpus:1;disk(D:web,p=ops):8;disk(D:web,p=ops)[a:p,p=ops]:1;disk:1015;mem:512"},
    /* Mesos rows: 408, 409. */
    {"what was resized is not for the same accept", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=ops]:4 | GROW " DISK "[a:p,p=ops]:4 " DISK ":1 | "
     "LAUNCH 1=" DISK "[a:p,p=ops]:5 2=" DISK "[a:p,p=ops]:4\n"
     "SHRINK " DISK "[a:p,p=ops]:5 2 | LAUNCH 3=" DISK "[a:p,p=ops]:3 4=" DISK "[a:p,p=ops]:5",
     "RESERVE CREATE GROW_VOLUME !1 !2 SHRINK_VOLUME !3 !4",
     "cpus:1;disk(D:web,p=ops):6;disk(D:web,p=ops)[a:p,p=ops]:3;disk:1015;mem:512"},
    /* Mesos rows: 325, 326, 327, 328, 329. */
    {"what cannot grow", SMALL,
     "RESERVE " DISK ":9 | CREATE " DISK "[a:p,p=ops]{shared}:4 | "
     "GROW " DISK ":5 " DISK ":1 | GROW " DISK "[a:p,p=ops]{shared}:4 " DISK ":1 | "
     "GROW " DISK "[b:p,p=ops]:4 disk:1 | GROW " DISK "[b:p,p=ops]:4 " DISK ":0 | "
     "GROW " DISK "[b:p,p=ops]{prov=x}:4 " DISK "{prov=x}:1",
     "RESERVE CREATE GROW_VOLUME:NOT_PERSISTENT GROW_VOLUME:SHARED GROW_VOLUME:GROW "
     "GROW_VOLUME:GROW GROW_VOLUME:PROVIDER",
     "cpus:1;disk(D:web,p=ops):5;disk(D:web,p=ops)[a:p,p=ops]{shared}:4;disk:1015;mem:512"},
    /* Mesos rows: 333, 334, 335, 337, 338. */
    {"what cannot shrink", SMALL,
     "SHRINK " DISK ":5 1 | SHRINK " DISK "[b:p,p=ops]{shared}:4 1 | SHRINK " DISK
     "[b:p,p=ops]:4 0 | SHRINK " DISK "[b:p,p=ops]:4 4 | SHRINK " DISK "[b:p,p=ops]{prov=x}:4 1",
     "SHRINK_VOLUME:NOT_PERSISTENT SHRINK_VOLUME:SHARED SHRINK_VOLUME:SHRINK "
     "SHRINK_VOLUME:SHRINK SHRINK_VOLUME:PROVIDER",
     "cpus:1;disk:1024;mem:512"},
    {"a volume that is not there neither grows nor shrinks", SMALL,
     "GROW " DISK "[b:p,p=ops]:4 " DISK ":1 | SHRINK " DISK "[b:p,p=ops]:4 1",
     "GROW_VOLUME:NOT_CONTAINED SHRINK_VOLUME:NOT_CONTAINED", "cpus:1;disk:1024;mem:512"},
};

static const Case launches[] = {
    /* Mesos rows: 343, 344. */
    {"each task of a launch for itself", "cpus:2;mem:64",
     "LAUNCH 1=cpus:1 2=cpus:9 1=cpus:0.5 3=mem:1", "+1 !2 !1 +3", "cpus:1;mem:63"},
    {"a group is launched whole", "cpus:2;mem:64", "LAUNCH_GROUP 1=cpus:1 2=cpus:1", "+1 +2",
     "mem:64"},
    {"or not at all", "cpus:2;mem:64",
     "LAUNCH_GROUP 1=cpus:1 2=cpus:2 | LAUNCH_GROUP 3=cpus:1 3=cpus:1 | LAUNCH 4=cpus:2",
     "!1 !2 !3 !3 +4", "mem:64"},
    /* Mesos rows: 348, 351. */
    {"a name is used as revocable or not", "cpus:2;mem:64", "LAUNCH 1=cpus:1;cpus{rev}:1", "!1",
     "cpus:2;mem:64"},
    /* Mesos rows: 349. */
    {"allocated to another role", "cpus:2;mem:64", "LAUNCH 1=cpus@db:1 2=cpus@web:1", "!1 +2",
     "cpus:1;mem:64"},
};

static void are_as_expected(const Case *cases, gsize count)
{
    guint wrong = 0;
    for (gsize i = 0; i < count; i++) wrong += !is_as_expected(&cases[i]);
    assert_int_equal(wrong, 0);
}

static void reservations_keep_the_rules(void **state)
{
    are_as_expected(reservations, G_N_ELEMENTS(reservations));
}

static void volumes_keep_the_rules(void **state)
{
    are_as_expected(volumes, G_N_ELEMENTS(volumes));
}

static void launches_keep_the_rules(void **state)
{
    are_as_expected(launches, G_N_ELEMENTS(launches));
}

/* Mesos rows: 304, 318, 331, 339. */
static void an_agent_must_support_what_is_done(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.master.agent_capabilities = HF_AGENT_CAPABILITY_MULTI_ROLE;
    Lab lab = lab_with("cpus:2;cpus(web):1;mem:64;disk(web):64", NULL, 0, &config);
    accept_all(&lab, "RESERVE cpus(S:web)(D:web/x):1 | RESERVE cpus(D:web):1 | "
                     "CREATE disk(S:web)[a:p]:4 | GROW disk(S:web)[a:p]:4 disk(S:web):1 | "
                     "SHRINK disk(S:web)[a:p]:4 1");
    assert_string_equal(lab.done->str, "RESERVE:CAPABILITY RESERVE CREATE GROW_VOLUME:CAPABILITY "
                                       "SHRINK_VOLUME:CAPABILITY");
    lab_free(&lab);
}

/* Mesos rows: 315. */
static void shared_volumes_need_a_framework_that_knows_them(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    Lab lab = lab_with("cpus:2;mem:64;disk(web):64", NULL, 0, &config);
    accept_all(&lab, "CREATE disk(S:web)[a:p]{shared}:4");
    assert_string_equal(lab.done->str, "CREATE:CAPABILITY");
    lab_free(&lab);
}

static void before_0_23_there_are_no_operations(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    config.era = HF_ERA_0_22;
    Lab lab = lab_with("cpus:2;mem:64", NULL, 0, &config);
    accept_all(&lab, "RESERVE cpus(D:web):1 | LAUNCH 1=cpus:1");
    assert_string_equal(lab.done->str, "RESERVE:UNSUPPORTED +1");
    lab_free(&lab);
}

/* Mesos rows: 378, 379. */
static void without_a_principal_any_may_be_named(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    Lab lab = lab_with("cpus:2;mem:64", NULL, 0, &config);
    accept_all(&lab, "RESERVE cpus(D:web):1 | RESERVE cpus(D:web,p=eve):1");
    assert_string_equal(lab.done->str, "RESERVE RESERVE");
    assert_available(lab.pump, "cpus(D:web):1;cpus(D:web,p=eve):1;mem:64");
    lab_free(&lab);
}

/* Filters: what was made comes back at once, what was left over is refused (MESOS.md 2.3). */
static void what_was_made_is_offered_at_once(void **state)
{
    Lab lab = lab_of("cpus:2;mem:64");
    hf_pump_operate(lab.pump, 0, 1, "RESERVE cpus(D:web,p=ops):1;mem(D:web,p=ops):64", 3600);
    hf_pump_run_for(lab.pump, HF_SECONDS(1.5));
    assert_int_equal(hf_pump_framework(lab.pump, 0)->offers.count, 1);
    assert_available(lab.pump, ""); /* with what was refused: together it is more than that */
    lab_free(&lab);
}

/* Mesos rows: 367, 381. */
static void a_reservation_belongs_to_the_role(void **state)
{
    Lab lab = lab_of("cpus:2;mem:64");
    hf_pump_operate(lab.pump, 0, 1, "RESERVE cpus(D:web,p=ops):2;mem(D:web,p=ops):64", 0);
    hf_pump_add_framework(lab.pump, "db", "db", HF_CAPABILITY_MULTI_ROLE, FALSE);
    hf_pump_run_for(lab.pump, HF_SECONDS(1.5));
    assert_int_equal(hf_pump_framework(lab.pump, 1)->offered, 0);
    hf_pump_decline(lab.pump, 0, 1e300); /* for a year: no longer */
    hf_pump_add_framework(lab.pump, "web2", "web", HF_CAPABILITY_MULTI_ROLE, FALSE);
    hf_pump_run_for(lab.pump, HF_SECONDS(1.5));
    assert_int_equal(hf_pump_framework(lab.pump, 2)->offers.count, 1);
    assert_int_equal(hf_pump_framework(lab.pump, 1)->offered, 0);
    lab_free(&lab);
}

/* Mesos rows: 418. */
static void destroying_a_shared_volume_takes_it_back_from_others(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    Lab lab = lab_with("cpus:2;mem:64;disk(web):64", NULL, HF_CAPABILITY_SHARED_RESOURCES, &config);
    accept_all(&lab, "CREATE disk(S:web)[a:p]{shared}:4 | LAUNCH 1:3=cpus:1.5");
    hf_pump_run_for(lab.pump, HF_SECONDS(1));
    hf_pump_decline(lab.pump, 0, 3600);
    hf_pump_add_framework(lab.pump, "web2", "web",
                          HF_CAPABILITY_MULTI_ROLE | HF_CAPABILITY_SHARED_RESOURCES, FALSE);
    hf_pump_run_for(lab.pump, HF_SECONDS(4)); /* the task ends: the volume is in two offers */
    assert_int_equal(hf_pump_framework(lab.pump, 0)->offers.count, 1);
    uint32_t others = hf_pump_framework(lab.pump, 1)->offers.count;
    assert_true(others > 0); /* one in each run: there is no least amount here */
    accept_all(&lab, "DESTROY disk(S:web)[a:p]{shared}:4");
    assert_string_equal(lab.done->str, "CREATE +1 DESTROY");
    assert_int_equal(hf_pump_framework(lab.pump, 1)->rescinds, others);
    lab_free(&lab);
}

/* An agent that has not the reservation refuses the task that uses it (MESOS.md 2.5). */
static void a_lost_reservation_fails_the_launch(void **state)
{
    HfPumpConfig config;
    hf_pump_config_init(&config);
    Lab lab = lab_with("cpus:2;mem:64", NULL, HF_CAPABILITY_PARTITION_AWARE, &config);
    hf_pump_rule(lab.pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_LOSE, 0, 1);
    accept_all(&lab, "RESERVE#5 cpus(D:web):1 | LAUNCH 1=cpus(D:web):1");
    assert_told(lab.pump, 1, HF_TASK_DROPPED, HF_REASON_RESOURCES_UNKNOWN);
    assert_int_equal(hf_pump_operation(lab.pump, 0, 5), HF_OPERATION_STATES);
    send_registration(lab.pump, HF_MESSAGE_REREGISTER_AGENT, NULL, 0);
    assert_int_equal(hf_pump_operation(lab.pump, 0, 5), HF_OPERATION_DROPPED);
    hf_pump_decline(lab.pump, 0, 3600); /* it was offered anew */
    hf_pump_run_for(lab.pump, 0);
    assert_available(lab.pump, "cpus:2;mem:64");
    lab_free(&lab);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reservations_keep_the_rules),
        cmocka_unit_test(volumes_keep_the_rules),
        cmocka_unit_test(launches_keep_the_rules),
        cmocka_unit_test(an_agent_must_support_what_is_done),
        cmocka_unit_test(shared_volumes_need_a_framework_that_knows_them),
        cmocka_unit_test(before_0_23_there_are_no_operations),
        cmocka_unit_test(without_a_principal_any_may_be_named),
        cmocka_unit_test(what_was_made_is_offered_at_once),
        cmocka_unit_test(a_reservation_belongs_to_the_role),
        cmocka_unit_test(destroying_a_shared_volume_takes_it_back_from_others),
        cmocka_unit_test(a_lost_reservation_fails_the_launch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
