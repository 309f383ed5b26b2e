/*
 * Operations in ACCEPT: what is done, what is dropped and by which rule, in which order, and what
 * comes back. One agent, one framework `web` of role `web` that holds its offer; each case is one
 * ACCEPT (or several, one for each line).
 */
#include "unit/control/lab.h"

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
    /* Mesos rows: 300. */
    {"of a volume, of a static reservation or of disk that is not there",
     "cpus:1;mem:32;disk(web):64",
     "CREATE disk(S:web)[a:p,p=ops]:4 | RESERVE disk(S:web)[a:p,p=ops]:4 | "
     "RESERVE disk(D:web,p=ops)[a:p,p=ops]:4",
     "CREATE RESERVE:NOT_DYNAMIC RESERVE:NOT_CONTAINED",
     "cpus:1;disk(S:web):60;disk(S:web)[a:p,p=ops]:4;mem:32"},
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
     "RESERVE " WEB_DISK ":1024 | CREATE " WEB_DISK "[a:p,p=ops]:256;" WEB_DISK "[b:p,p=ops]:256\n"
     "DESTROY " WEB_DISK "[a:p,p=ops]:256",
     "RESERVE CREATE DESTROY",
     "cpus:1;disk(D:web,p=ops):768;disk(D:web,p=ops)[b:p,p=ops]:256;mem:512"},
    {"plain disk is no volume", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK ":9 | DESTROY " WEB_DISK ":9",
     "RESERVE CREATE:NOT_PERSISTENT DESTROY:NOT_PERSISTENT",
     "cpus:1;disk(D:web,p=ops):9;disk:1015;mem:512"},
    /* Mesos rows: 312. */
    {"an id twice in one list, and once more", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:1;" WEB_DISK "[a:q,p=ops]:2 | "
     "CREATE " WEB_DISK "[a:p,p=ops]:1 | CREATE " WEB_DISK "[a:q,p=ops]:2",
     "RESERVE CREATE:PERSISTENCE_TWICE CREATE CREATE:PERSISTENCE_TWICE",
     "cpus:1;disk(D:web,p=ops):8;disk(D:web,p=ops)[a:p,p=ops]:1;disk:1015;mem:512"},
    /* Mesos rows: 313. */
    {"another's principal, or none, in the volume", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=eve]:1 | CREATE " WEB_DISK "[a:p]:1",
     "RESERVE CREATE:PRINCIPAL CREATE:PRINCIPAL", "cpus:1;disk(D:web,p=ops):9;disk:1015;mem:512"},
    /* Mesos rows: 314. */
    {"read-only", SMALL, "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]{ro}:1",
     "RESERVE CREATE:VOLUME_READ_ONLY", "cpus:1;disk(D:web,p=ops):9;disk:1015;mem:512"},
    /* Mesos rows: 284, 316. */
    {"on disk that is not reserved, and too large", SMALL,
     "CREATE disk[a:p,p=ops]:9 | RESERVE " WEB_DISK ":1024 | CREATE " WEB_DISK "[a:p,p=ops]:2048",
     "CREATE:VOLUME_UNRESERVED RESERVE CREATE:NOT_CONTAINED",
     "cpus:1;disk(D:web,p=ops):1024;mem:512"},
    /* Mesos rows: 309. */
    {"a volume must be destroyed before its disk is unreserved", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:9 | UNRESERVE " WEB_DISK
     "[a:p,p=ops]:9 | "
     "UNRESERVE " WEB_DISK ":9",
     "RESERVE CREATE UNRESERVE:PERSISTENT UNRESERVE:NOT_CONTAINED",
     "cpus:1;disk(D:web,p=ops)[a:p,p=ops]:9;disk:1015;mem:512"},
    /* Mesos rows: 317. */
    {"allocated to two roles", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]@web:1;" WEB_DISK "[b:p,p=ops]@db:1",
     "RESERVE CREATE:ALLOCATION", "cpus:1;disk(D:web,p=ops):9;disk:1015;mem:512"},
    /* Mesos rows: 319, 323. */
    {"of two providers", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:1;" WEB_DISK
     "[b:p,p=ops]{prov=x}:1 | "
     "CREATE " WEB_DISK "[a:p,p=ops]:1 | DESTROY " WEB_DISK "[a:p,p=ops]:1;" WEB_DISK
     "[b:p,p=ops]{prov=x}:1",
     "RESERVE CREATE:PROVIDER CREATE DESTROY:PROVIDER",
     "cpus:1;disk(D:web,p=ops):8;disk(D:web,p=ops)[a:p,p=ops]:1;disk:1015;mem:512"},
    /* Mesos rows: 330, 336, 405, 407. */
    {"a MOUNT disk is one volume, of its size",
     "[{'name':'cpus','type':'SCALAR','scalar':{'value':1}},{'name':'disk','type':'SCALAR',"
     "'scalar':{'value':64},'role':'web','disk':{'source':{'type':'MOUNT','mount':{'root':'/"
     "m'}}}}]",
     "CREATE disk(S:web)[a:p,p=ops]{src=MOUNT/m}:32 | CREATE "
     "disk(S:web)[a:p,p=ops]{src=MOUNT/m}:64 | "
     "GROW disk(S:web)[a:p,p=ops]{src=MOUNT/m}:64 disk(S:web){src=MOUNT/m}:64 | "
     "SHRINK disk(S:web)[a:p,p=ops]{src=MOUNT/m}:64 32\n"
     "DESTROY disk(S:web)[a:p,p=ops]{src=MOUNT/m}:64 | CREATE "
     "disk(S:web)[b:p,p=ops]{src=MOUNT/m}:64",
     "CREATE:NOT_CONTAINED CREATE GROW_VOLUME:GROW SHRINK_VOLUME:SHRINK DESTROY CREATE",
     "cpus:1;disk(S:web)[b:p,p=ops]{src=MOUNT/m}:64"},
    /* Mesos rows: 320, 322. */
    {"there is no such volume", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:9 | DESTROY " WEB_DISK
     "[b:p,p=ops]:9 | "
     "DESTROY " WEB_DISK "[a:p,p=ops]:8",
     "RESERVE CREATE DESTROY:NOT_FOUND DESTROY:NOT_FOUND",
     "cpus:1;disk(D:web,p=ops)[a:p,p=ops]:9;disk:1015;mem:512"},
    /* Mesos rows: 416. */
    {"create, and launch with it; in use it is not destroyed", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:9 | LAUNCH 1=" WEB_DISK
     "[a:elsewhere,p=ops]:9\n"
     "DESTROY " WEB_DISK "[a:p,p=ops]:9",
     "RESERVE CREATE +1 DESTROY:IN_USE", "cpus:1;disk:1015;mem:512"},
    /* Mesos rows: 315, 417. */
    {"two tasks use one shared volume", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]{shared}:9 | "
     "LAUNCH 1=cpus:0.1;" WEB_DISK "[a:p,p=ops]{shared}:9 2=cpus:0.1;" WEB_DISK
     "[a:p,p=ops]{shared}:9",
     "RESERVE CREATE +1 +2", "cpus:0.8;disk(D:web,p=ops)[a:p,p=ops]{shared}:9;disk:1015;mem:512"},
    /* Mesos rows: 321, 422. */
    {"a shared volume in use stays, another goes", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]{shared}:4;" WEB_DISK
     "[b:p,p=ops]:5 | "
     "LAUNCH 1=" WEB_DISK "[a:p,p=ops]{shared}:4 | DESTROY " WEB_DISK "[a:p,p=ops]{shared}:4 | "
     "DESTROY " WEB_DISK "[b:p,p=ops]:5",
     "RESERVE CREATE +1 DESTROY:IN_USE DESTROY",
     "cpus:1;disk(D:web,p=ops):5;disk(D:web,p=ops)[a:p,p=ops]{shared}:4;disk:1015;mem:512"},
    /* Mesos rows: 324, 406. */
    {"a volume grows", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:4 | GROW " WEB_DISK
     "[a:p,p=ops]:4 " WEB_DISK ":5",
     "RESERVE CREATE GROW_VOLUME", "cpus:1;disk(D:web,p=ops)[a:p,p=ops]:9;disk:1015;mem:512"},
    /* Mesos rows: 332, 407. */
    {"a volume shrinks, and all that it frees comes back", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:4 | SHRINK " WEB_DISK
     "[a:p,p=ops]:4 3",
     "RESERVE CREATE SHRINK_VOLUME",
     "cpus:1;disk(D:web,p=ops):8;disk(D:web,p=ops)[a:p,p=ops]:1;disk:1015;mem:512"},
    /* Mesos rows: 408, 409. */
    {"what was resized is not for the same accept", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]:4 | GROW " WEB_DISK
     "[a:p,p=ops]:4 " WEB_DISK ":1 | "
     "LAUNCH 1=" WEB_DISK "[a:p,p=ops]:5 2=" WEB_DISK "[a:p,p=ops]:4\n"
     "SHRINK " WEB_DISK "[a:p,p=ops]:5 2 | LAUNCH 3=" WEB_DISK "[a:p,p=ops]:3 4=" WEB_DISK
     "[a:p,p=ops]:5",
     "RESERVE CREATE GROW_VOLUME !1 !2 SHRINK_VOLUME !3 !4",
     "cpus:1;disk(D:web,p=ops):6;disk(D:web,p=ops)[a:p,p=ops]:3;disk:1015;mem:512"},
    /* Mesos rows: 325, 326, 327, 328, 329. */
    {"what cannot grow", SMALL,
     "RESERVE " WEB_DISK ":9 | CREATE " WEB_DISK "[a:p,p=ops]{shared}:4 | "
     "GROW " WEB_DISK ":5 " WEB_DISK ":1 | GROW " WEB_DISK "[a:p,p=ops]{shared}:4 " WEB_DISK ":1 | "
     "GROW " WEB_DISK "[b:p,p=ops]:4 disk:1 | GROW " WEB_DISK "[b:p,p=ops]:4 " WEB_DISK ":0 | "
     "GROW " WEB_DISK "[b:p,p=ops]{prov=x}:4 " WEB_DISK "{prov=x}:1",
     "RESERVE CREATE GROW_VOLUME:NOT_PERSISTENT GROW_VOLUME:SHARED GROW_VOLUME:GROW "
     "GROW_VOLUME:GROW GROW_VOLUME:PROVIDER",
     "cpus:1;disk(D:web,p=ops):5;disk(D:web,p=ops)[a:p,p=ops]{shared}:4;disk:1015;mem:512"},
    /* Mesos rows: 333, 334, 335, 337, 338. */
    {"what cannot shrink", SMALL,
     "SHRINK " WEB_DISK ":5 1 | SHRINK " WEB_DISK "[b:p,p=ops]{shared}:4 1 | SHRINK " WEB_DISK
     "[b:p,p=ops]:4 0 | SHRINK " WEB_DISK "[b:p,p=ops]:4 4 | SHRINK " WEB_DISK
     "[b:p,p=ops]{prov=x}:4 1",
     "SHRINK_VOLUME:NOT_PERSISTENT SHRINK_VOLUME:SHARED SHRINK_VOLUME:SHRINK "
     "SHRINK_VOLUME:SHRINK SHRINK_VOLUME:PROVIDER",
     "cpus:1;disk:1024;mem:512"},
    {"a volume that is not there neither grows nor shrinks", SMALL,
     "GROW " WEB_DISK "[b:p,p=ops]:4 " WEB_DISK ":1 | SHRINK " WEB_DISK "[b:p,p=ops]:4 1",
     "GROW_VOLUME:NOT_CONTAINED SHRINK_VOLUME:NOT_CONTAINED", "cpus:1;disk:1024;mem:512"},
};

/* The executor of a group. */
#define POD "+!7=cpus:0.1;mem:32;disk:1"
#define REV "+!8=cpus{rev}:1;mem:32;disk:1"

static const Case launches[] = {
    /* Mesos rows: 342. */
    {"a task of nothing", "cpus:2;mem:64", "LAUNCH 1=cpus:0 2=cpus:1", "!1 +2", "cpus:1;mem:64"},
    /* Mesos rows: 343, 344. */
    {"each task of a launch for itself", "cpus:2;mem:64",
     "LAUNCH 1=cpus:1 2=cpus:9 1=cpus:0.5 3=mem:1", "+1 !2 !1 +3", "cpus:1;mem:63"},
    {"a group is launched whole", "cpus:2.1;mem:64;disk:9",
     "LAUNCH_GROUP 1=cpus:1" POD " 2=cpus:1" POD, "x7 +1 +2", "disk:8;mem:32"},
    {"or not at all", "cpus:2.1;mem:64;disk:9",
     "LAUNCH_GROUP 1=cpus:1" POD " 2=cpus:2" POD " | LAUNCH_GROUP 3=cpus:1" POD " 3=cpus:1" POD
     " | LAUNCH_GROUP 4=cpus:1 5=cpus:1 | LAUNCH 6=cpus:2",
     "!1 !2 !3 !3 !4 !5 +6", "cpus:0.1;disk:9;mem:64"},
    /* Mesos rows: 293. */
    {"tasks of a group share no port", "cpus:9;mem:64;disk:9;ports:[1-9];zones:{a,b,c}",
     "LAUNCH_GROUP 1=cpus:1;ports:[1-2]" POD " 2=cpus:1;ports:[2-3]" POD " | "
     "LAUNCH_GROUP 3=ports:[1-1]" POD " 4=ports:[2-2]" POD " 5=ports:[1-1]" POD " | "
     "LAUNCH_GROUP 6=zones:{a,b}" POD " 7=zones:{b,c}" POD " | "
     "LAUNCH_GROUP 8=cpus:1;ports:[1-2]" POD " 9=cpus:1;ports:[3-4];zones:{a}" POD
     " 10=cpus:1;zones:{b}" POD,
     "!1 !2 !3 !4 !5 !6 !7 x7 +8 +9 +10", "cpus:5.9;disk:8;mem:32;ports:[5-9];zones:{c}"},
    /* Mesos rows: 348, 351. */
    {"a name is used as revocable or not, by a task and by a group",
     "[{'name':'cpus','type':'SCALAR','scalar':{'value':9}},{'name':'cpus','type':'SCALAR','scalar'"
     ":"
     "{'value':9},'revocable':{}},{'name':'mem','type':'SCALAR','scalar':{'value':64}},{'name':"
     "'disk','type':'SCALAR','scalar':{'value':9}}]",
     "LAUNCH 1=cpus:1;cpus{rev}:1 2=cpus{rev}:1 3=cpus:1 | "
     "LAUNCH_GROUP 4=cpus:1" POD " 5=cpus{rev}:1" POD " | "
     "LAUNCH_GROUP 6=cpus{rev}:1;mem:1" REV " 7=cpus{rev}:1" REV,
     "!1 +2 +3 !4 !5 x8 +6 +7", "cpus:8;cpus{rev}:5;disk:8;mem:31"},
    {"a name is used as revocable or not", "cpus:2;mem:64", "LAUNCH 1=cpus:1;cpus{rev}:1", "!1",
     "cpus:2;mem:64"},
    /* Mesos rows: 349. */
    {"allocated to another role", "cpus:2;mem:64", "LAUNCH 1=cpus@db:1 2=cpus@web:1", "!1 +2",
     "cpus:1;mem:64"},
};

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

/* Mesos rows: 367. */
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

/* Mesos rows: 381. A framework of another role sees what is not reserved, and cannot unreserve the
 * rest. */
static void another_roles_reservation_cannot_be_unreserved(void **state)
{
    Lab lab = lab_of("cpus:2;mem:512");
    HfPump *pump = lab.pump;
    hf_pump_operate(pump, 0, 1, "RESERVE mem(D:web,p=ops):256", 3600);
    hf_pump_suppress(pump, 0);
    hf_pump_add_framework_as(pump, "db", "eve", "db", HF_CAPABILITY_MULTI_ROLE, FALSE);
    hf_pump_run_for(pump, HF_SECONDS(1));
    assert_int_equal(hf_pump_framework(pump, 1)->offers.count, 1);
    assert_available(pump, "mem(D:web,p=ops):256");
    hf_pump_operate(pump, 1, 1, "UNRESERVE mem(D:web,p=ops):256", 3600);
    hf_pump_run_for(pump, 0);
    assert_string_equal(lab.done->str, "RESERVE UNRESERVE:NOT_CONTAINED");
    hf_pump_revive(pump, 0);
    hf_pump_run_for(pump, 0);
    assert_available(pump, "");
    hf_pump_decline_all(pump, 0, 0);
    hf_pump_run_for(pump, 0);
    assert_available(pump, "cpus:2;mem(D:web,p=ops):256;mem:256");
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
        cmocka_unit_test(another_roles_reservation_cannot_be_unreserved),
        cmocka_unit_test(destroying_a_shared_volume_takes_it_back_from_others),
        cmocka_unit_test(a_lost_reservation_fails_the_launch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
