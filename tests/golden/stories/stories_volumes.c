/* Stories of mishaps with volumes, and of other faults; see test_stories.c. */
#include "golden/stories/stories.h"

#include "resource/text.h"

#define HOME "cpus(D:db):1;disk(D:db)[data:p]:64"

static void open_with_room(HfPump *pump)
{
    hf_pump_add_agent(pump, "cpus:4;mem:1024;disk:1024");
    hf_pump_run(pump, HF_SECONDS(2) - 5 * HF_NS_PER_MS);
    hf_pump_add_framework(pump, "orders", "db", 0, TRUE);
    hf_pump_run(pump, HF_SECONDS(2));
}

/* A home for the task of `orders`, which runs there since 2.002 s. */
static void open_with_home(HfPump *pump)
{
    open_with_room(pump);
    hf_pump_operate(pump, 0, 1,
                    "RESERVE cpus(D:db):1;disk(D:db):64 | CREATE disk(D:db)[data:p]:64 | "
                    "LAUNCH 1=" HOME,
                    3600);
    hf_pump_run(pump, HF_SECONDS(3));
}

static void relaunch_after_failure(HfPump *pump)
{
    open_with_home(pump);
    hf_pump_run(pump, HF_SECONDS(4.5));
    hf_pump_host(pump, 0)->runs.at[0].end = HF_TASK_FAILED;
    hf_pump_end_run(pump, 0, 0);
    hf_pump_run(pump, HF_SECONDS(5.5));
    hf_pump_operate(pump, 0, 1, "LAUNCH 2=" HOME, 3600);
    hf_pump_run(pump, HF_SECONDS(6));
}

static void crash_after_commit(HfPump *pump)
{
    open_with_room(pump);
    hf_pump_host(pump, 0)->agent.dies_at = HF_CHECKPOINT_COMMITTED;
    hf_pump_operate(pump, 0, 1, "RESERVE#1 cpus(D:db):1", 3600);
    hf_pump_run(pump, HF_SECONDS(5));
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(8));
}

/* A disk is made of raw storage; the agent dies with all written and nobody told; and a volume lies
 * on the disk when it is back. */
static void disk_made_untold(HfPump *pump)
{
    static const HfDiskProfile known = {"fast", HF_DISK_MOUNT, FALSE};
    pump->agent_config.profiles = (HfDiskProfiles){&known, 1};
    hf_pump_add_agent(pump, "[{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":4}},"
                            "{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1024},"
                            "\"provider_id\":{\"value\":\"lvm\"},"
                            "\"disk\":{\"source\":{\"type\":\"RAW\",\"profile\":\"fast\"}}}]");
    hf_pump_run(pump, HF_SECONDS(2) - 5 * HF_NS_PER_MS);
    hf_pump_add_framework(pump, "orders", "db", 0, TRUE);
    hf_pump_run(pump, HF_SECONDS(2));
    hf_pump_host(pump, 0)->agent.dies_at = HF_CHECKPOINT_COMMITTED;
    hf_pump_operate(pump, 0, 1, "CREATE_DISK#1 disk{src=RAW,profile=fast,prov=lvm}:1024 MOUNT", 0);
    hf_pump_run(pump, HF_SECONDS(5));
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(8));
#define MADE(meta)                                                                                 \
    "disk" meta "{src=MOUNT/csi/lvm/mounts,id=volume-4294967296,profile=fast,"                     \
    "meta=path=/csi/lvm/mounts/volume-4294967296,prov=lvm}:1024"
    hf_pump_operate(pump, 0, 1, "RESERVE " MADE("(D:db)") " | CREATE#2 " MADE("(D:db)[data:p]"), 0);
#undef MADE
    hf_pump_run(pump, HF_SECONDS(9));
}

static void unreachable_with_volume(HfPump *pump)
{
    open_with_home(pump);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_crash(pump, 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(110));
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(113));
}

static void framework_leaves_its_volume(HfPump *pump)
{
    pump->config.failover_timeout = HF_SECONDS(20);
    open_with_home(pump);
    hf_pump_scheduler_stop(pump, 0);
    hf_pump_run(pump, HF_SECONDS(24));
    hf_pump_add_framework(pump, "other", "web", 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(25.5));
    hf_pump_add_framework(pump, "heir", "db", 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(26));
    hf_pump_operate(pump, 2, 1,
                    "DESTROY disk(D:db)[data:p]:64 | UNRESERVE cpus(D:db):1;disk(D:db):64", 0);
    hf_pump_run(pump, HF_SECONDS(27.5));
}

static void volume_in_use(HfPump *pump)
{
    open_with_home(pump);
    hf_pump_decline_all(pump, 0, 0);
    hf_pump_run(pump, HF_SECONDS(4));
    hf_pump_call(pump, NULL, HF_CALL_DESTROY_VOLUMES,
                 "{'agent_id':{'value':'host0'},'volumes':[{'name':'disk','type':'SCALAR',"
                 "'scalar':{'value':64},'reservations':[{'type':'DYNAMIC','role':'db'}],'disk':{"
                 "'persistence':{'id':'data'},'volume':{'container_path':'p','mode':'RW'}}}]}");
    hf_pump_kill(pump, 0, 1);
    hf_pump_run(pump, HF_SECONDS(5.5));
    hf_pump_operate(pump, 0, 1, "UNRESERVE disk(D:db):64 | DESTROY disk(D:db)[data:p]:64", 3600);
    hf_pump_run(pump, HF_SECONDS(6));
}

/* Of four cpus the service reserves none: its volume alone is no offer. */
static void volume_below_the_minimum(HfPump *pump)
{
    open_with_room(pump);
    hf_pump_operate(pump, 0, 1, "RESERVE disk(D:db):64 | CREATE disk(D:db)[data:p]:64", 3600);
    hf_pump_run(pump, HF_SECONDS(2.5));
    hf_pump_add_framework(pump, "hungry", "web", 0, FALSE);
    hf_pump_run(pump, HF_SECONDS(4));
    hf_pump_launch(pump, 1, 1, "cpus:4;mem:1024", HF_SECONDS(6));
    hf_pump_run(pump, HF_SECONDS(12));
}

static void flags_too_small(HfPump *pump)
{
    open_with_home(pump);
    hf_pump_stop(pump, 0);
    HfResources less = hf_pump_resources(pump, "cpus:4;mem:1024;disk:32");
    HfAttributes *attributes = &hf_pump_host(pump, 0)->attributes;
    hf_pump_run(pump, HF_SECONDS(5));
    hf_agent_set_flags(&hf_pump_host(pump, 0)->agent, &(HfAgentFlags){&less, attributes});
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_agent_set_flags(&hf_pump_host(pump, 0)->agent,
                       &(HfAgentFlags){&hf_pump_host(pump, 0)->total, attributes});
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(14));
    hf_resources_clear(pump->catalog, &less);
}

static void disk_lost(HfPump *pump)
{
    open_with_home(pump);
    hf_pump_crash(pump, 0, TRUE);
    hf_pump_lose_disk(pump, 0);
    hf_pump_run(pump, HF_SECONDS(10));
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(13));
}

/* The connection is reset while RESERVE, CREATE and LAUNCH are on their way. */
static void reset_mid_launch(HfPump *pump)
{
    open_with_room(pump);
    hf_pump_operate(pump, 0, 1,
                    "RESERVE cpus(D:db):1;disk(D:db):64 | CREATE disk(D:db)[data:p]:64 | "
                    "LAUNCH 1=" HOME,
                    3600);
    hf_pump_run(pump, HF_SECONDS(2) + HF_NS_PER_MS);
    hf_pump_break(pump, 0);
    hf_pump_run(pump, HF_SECONDS(20));
}

/* The master ends when RESERVE, CREATE and LAUNCH are on their way to the agent. */
static void master_fails_mid_launch(HfPump *pump)
{
    open_with_room(pump);
    hf_pump_operate(pump, 0, 1,
                    "RESERVE cpus(D:db):1;disk(D:db):64 | CREATE disk(D:db)[data:p]:64 | "
                    "LAUNCH 1=" HOME,
                    3600);
    hf_pump_run(pump, HF_SECONDS(2) + 3 * HF_NS_PER_MS / 2);
    hf_pump_master_failover(pump, HF_SECONDS(3));
    hf_pump_run(pump, HF_SECONDS(8));
    hf_pump_reconcile(pump, 0, 1, 0);
    hf_pump_run(pump, HF_SECONDS(9));
}

/* It ends when they have arrived. */
static void master_fails_after_launch(HfPump *pump)
{
    open_with_home(pump);
    hf_pump_master_failover(pump, HF_SECONDS(3));
    hf_pump_run(pump, HF_SECONDS(8));
    hf_pump_reconcile(pump, 0, 1, 0);
    hf_pump_run(pump, HF_SECONDS(9));
}

static void end_untold(HfPump *pump)
{
    open_with_home(pump);
    hf_pump_rule(pump, HF_MESSAGE_UPDATE, HF_PUMP_LOSE, 0, 1);
    hf_pump_end_run(pump, 0, 0);
    hf_pump_run(pump, HF_SECONDS(4));
    hf_pump_crash(pump, 0, TRUE);
    hf_agent_forget(&hf_pump_host(pump, 0)->agent);
    hf_pump_run(pump, HF_SECONDS(6));
    hf_pump_boot(pump, 0);
    hf_pump_run(pump, HF_SECONDS(8));
}

/* Its answer comes late; what it is sent meanwhile is for an agent that it is not any more. */
static void asks_twice(HfPump *pump)
{
    hf_pump_add_framework(pump, "orders", "db", 0, TRUE);
    hf_pump_rule(pump, HF_MESSAGE_AGENT_REGISTERED, HF_PUMP_LOSE, 0, 1);
    hf_pump_rule(pump, HF_MESSAGE_APPLY_OPERATION, HF_PUMP_LATE, HF_SECONDS(2), 1);
    hf_pump_add_agent(pump, "cpus:4;mem:1024;disk:1024");
    hf_pump_run(pump, HF_SECONDS(0.5));
    hf_pump_operate(pump, 0, 1, "RESERVE#1 cpus(D:db):1", 0);
    hf_pump_run(pump, HF_SECONDS(3));
}

static void removal_limited(HfPump *pump)
{
    for (int i = 0; i < 2; i++) hf_pump_add_agent(pump, "cpus:1;mem:256");
    hf_pump_run(pump, HF_SECONDS(2));
    for (uint32_t i = 0; i < 2; i++) hf_pump_cut(pump, i);
    hf_pump_run(pump, HF_SECONDS(92));
    for (uint32_t i = 0; i < 2; i++) hf_pump_heal(pump, i);
    hf_pump_run(pump, HF_SECONDS(130));
}

static void weights_rescind(HfPump *pump)
{
    open_with_room(pump);
    hf_pump_call(pump, NULL, HF_CALL_UPDATE_WEIGHTS, "{'weight_infos':[{'role':'db','weight':2}]}");
    hf_pump_run(pump, HF_SECONDS(3.5));
}

static void gone_for_good(HfPump *pump)
{
    open_with_home(pump);
    hf_pump_call(pump, NULL, HF_CALL_MARK_AGENT_GONE, "{'agent_id':{'value':'host0'}}");
    hf_pump_run(pump, HF_SECONDS(10));
}

const Story stories_of_volumes[] = {
    {"relaunch-after-failure",
     "reserve, create, launch; the task fails and is launched on the same", relaunch_after_failure,
     0, FALSE, 0},
    {"crash-after-commit", "the agent dies when RESERVE is committed and nobody was told",
     crash_after_commit, 0, FALSE, 0},
    {"disk-made-untold", "an agent dies when it has made a disk of raw storage and told nobody",
     disk_made_untold, 0, FALSE, 0},
    {"unreachable-with-volume", "a host is gone unseen, and comes back with its volume",
     unreachable_with_volume, 0, FALSE, 0},
    {"framework-leaves-its-volume",
     "a framework is gone for longer than its timeout; who inherits its volume",
     framework_leaves_its_volume, 0, FALSE, 0},
    {"volume-in-use",
     "no volume is destroyed while a task uses it, nor unreserved as long as it is", volume_in_use,
     0, FALSE, 0},
    {"volume-below-the-minimum", "with cpus and memory taken a volume alone is offered to nobody",
     volume_below_the_minimum, 0, FALSE, 0},
    {"flags-too-small", "an agent does not start when its flags cannot hold its volume",
     flags_too_small, 0, FALSE, 0},
    {"disk-lost", "the host comes back without its disk", disk_lost, 0, FALSE, 0},
    {"reset-mid-launch", "the connection is reset while RESERVE, CREATE and LAUNCH are under way",
     reset_mid_launch, 0, FALSE, 0},
    {"master-fails-mid-launch",
     "the master ends while RESERVE, CREATE and LAUNCH are under way; the next comes 3 s later",
     master_fails_mid_launch, 0, FALSE, 0},
    {"master-fails-after-launch", "the same when they are done", master_fails_after_launch, 0,
     FALSE, 0},
    {"end-untold", "the end of a task is lost, and the agent that knew of it", end_untold, 0, FALSE,
     0},
    {"asks-twice", "an agent asks to be registered again while it is sent an operation", asks_twice,
     0, FALSE, 0},
    {"removal-limited",
     "two agents are silent; one removal a minute is allowed: it spares the second",
     removal_limited, 0, FALSE, HF_SECONDS(60)},
    {"weights-rescind", "weights change while an offer is out", weights_rescind, 0, FALSE, 0},
    {"gone-for-good", "an operator says that an agent with a volume will not come back",
     gone_for_good, 0, FALSE, 0},
    {NULL, NULL, NULL, 0, FALSE, 0},
};
