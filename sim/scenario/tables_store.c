/* The key table of `stores:`; what the kinds stand for is in storage.c. */
#include <math.h>

#include "scenario/scenario_internal.h"

#define AT(member) .offset = offsetof(HfScenarioStoreKeys, member)

static const HfKeyWord kind_words[] = {
    {"external", HF_STORAGE_EXTERNAL, "a provider of external volumes, one for each instance"},
    {"nfs", HF_STORAGE_NFS, "a file server"},
    {"nas", HF_STORAGE_NAS, "a filer with two heads"},
    {"san", HF_STORAGE_SAN, "an array of block devices, one for each instance"},
    {"hdfs", HF_STORAGE_HDFS, "HDFS"},
    {"ceph", HF_STORAGE_CEPH, "Ceph"},
    {"quobyte", HF_STORAGE_QUOBYTE, "Quobyte"},
    {0}};
static const HfKeyWord fence_words[] = {
    {"kind", HF_AS_KIND, "what its kind has"},
    {"forever", HF_TIME_NEVER,
     "nobody takes it away: tasks elsewhere fail until that host is back (REX-Ray before 0.3.1, "
     "which had no preempt)"},
    {0}};
static const HfKeyWord as_kind[] = {{"kind", HF_AS_KIND, "what its kind has"}, {0}};
static const HfKeyWord cleaning_words[] = {
    {"kind", HF_AS_KIND, "as its kind"},
    {"never", HF_CLEANING_NEVER, "nobody: it stays for good"},
    {"operator", HF_CLEANING_OPERATOR, "an operator, one share after the other"},
    {"owner", HF_CLEANING_OWNER, "the service, as soon as it gives something up"},
    {0}};
static const HfKeyWord outage_words[] = {
    {"kind", HF_AS_KIND, "as its kind"},
    {"hang", HF_ON_OUTAGE_HANG, "wait, and go on when it is back"},
    {"fail", HF_ON_OUTAGE_FAIL, "fail, and so do their successors"},
    {0}};

#define OF_KIND .fallback = "kind", .words = as_kind
#define TIME(NAME, FIELD, ...)                                                                     \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_DURATION, AT(rules.FIELD), OF_KIND, .help = __VA_ARGS__       \
    }
#define COUNT(NAME, FIELD, LEAST, ...)                                                             \
    {                                                                                              \
        .name = NAME, .type = HF_KEY_INT, AT(rules.FIELD), OF_KIND, .minimum = LEAST,              \
        .maximum = 1e5, .help = __VA_ARGS__                                                        \
    }

static const HfKey store_keys[] = {
    {.name = "name",
     .type = HF_KEY_NAME,
     AT(name),
     .is_required = TRUE,
     .help = "Name of the store: services name it in their key store, and metrics carry it."},
    {.name = "kind",
     .type = HF_KEY_ENUM,
     AT(rules.kind),
     .is_required = TRUE,
     .words = kind_words,
     .help = "What it is; `holdfast list storage` tells what each is like."},
    {.name = "capacity",
     .type = HF_KEY_MEMORY,
     AT(rules.capacity),
     .fallback = "0",
     .help = "Raw disk that it has, of which each byte takes as many as there are replicas, in MB; "
             "0 = no limit."},
    {.name = "bandwidth",
     .type = HF_KEY_MEMORY,
     AT(rules.bandwidth),
     OF_KIND,
     .help =
         "What it reads and writes for all clients together, in MB a second, in equal shares; a "
         "write takes as many as there are replicas. 0 = no limit."},
    COUNT("servers", servers, 1, "Servers, heads or controllers that it is made of."),
    COUNT("spares", spares, 0,
          "How many of them may be down while it still serves; failures store-outage strike them."),
    COUNT("replicas", replicas, 1, "How many times each byte is kept."),
    COUNT("groups", groups, 1,
          "Placement groups that its content is spread over, each with replicas on servers of its "
          "own; a share has its part of each. For kinds with replicas."),
    {.name = "recovery",
     .type = HF_KEY_MEMORY,
     AT(rules.recovery),
     OF_KIND,
     .help = "With how much, in MB a second, it makes replicas anew that were lost with servers or "
             "disks (failures store-loss), or whose server is down for too long (store-outage); it "
             "reads and writes that much of its bandwidth then. 0 = never."},
    TIME("recover_after", recover_after,
         "How long after their loss, or after their server went down, it begins to: Ceph's "
         "mon_osd_down_out_interval, say. A server that is back has its replicas; those that were "
         "made anew meanwhile are one too many, and removed."),
    {.name = "block",
     .type = HF_KEY_MEMORY,
     AT(rules.block),
     OF_KIND,
     .help = "Size of the pieces in which a part of an instance's data (key parts) is spread over "
             "groups, in MB: a part is lost with any of its pieces. 0 = it is one piece."},
    TIME("setup", setup,
         "Time that an operator takes to set up what a service needs there: for a san a LUN for "
         "each "
         "instance, else one share for all. Instances wait for it; the operator does one thing "
         "after the other."),
    {.name = "cleaning",
     .type = HF_KEY_ENUM,
     AT(rules.cleaning),
     .fallback = "kind",
     .words = cleaning_words,
     .help = "Who removes what services have left there."},
    TIME("cleanup", cleanup, "Time that an operator takes to remove one instance's."),
    TIME("attach", attach, "From the start of a task until it has its share."),
    TIME("detach", detach,
         "From the end of a task until its share can be attached again; for kinds that one host "
         "has at a time (external, san, ceph)."),
    {.name = "fence",
     .type = HF_KEY_DURATION,
     AT(rules.fence),
     .fallback = "kind",
     .words = fence_words,
     .help = "How much longer it takes on another host while the one that had it is down, or out "
             "of reach, and has not let go of it: then it is taken by force. For kinds that one "
             "host has at a time."},
    {.name = "on_outage",
     .type = HF_KEY_ENUM,
     AT(rules.on_outage),
     .fallback = "kind",
     .words = outage_words,
     .help = "What tasks do whose data is there while it is down."},
    {.name = "framework",
     .type = HF_KEY_NAME,
     AT(framework),
     .help = "The framework of this scenario that runs it: it is down, too, until all instances of "
             "that have run, and while some of it is below its quorum. What is in the store lies "
             "where that framework's data does: what that loses of the data of any of its kinds of "
             "instances is lost here, and what it copies again it copies for the store. Failures "
             "store-outage and store-loss do not strike it, for its servers are tasks."},
    {0}};

HfStoreRules hf_store_rules(const HfScenarioStoreKeys *keys)
{
    HfStoreRules rules = hf_storage[keys->rules.kind].rules;
    const HfStoreRules *said = &keys->rules;
    rules.capacity = said->capacity;
#define SAID(FIELD)                                                                                \
    if (said->FIELD != HF_AS_KIND) rules.FIELD = said->FIELD
    SAID(bandwidth);
    SAID(servers);
    SAID(spares);
    SAID(replicas);
    SAID(groups);
    SAID(recovery);
    SAID(recover_after);
    SAID(block);
    SAID(setup);
    SAID(cleaning);
    SAID(cleanup);
    SAID(attach);
    SAID(detach);
    SAID(fence);
    SAID(on_outage);
#undef SAID
    /* fewer servers than its kind has: then fewer spares and replicas, too, unless they are said */
    if (said->spares == HF_AS_KIND) rules.spares = MIN(rules.spares, rules.servers - 1);
    if (said->recovery == HF_AS_KIND && rules.bandwidth > 0)
        rules.recovery = MIN(rules.recovery, rules.bandwidth / 4);
    if (said->replicas == HF_AS_KIND) rules.replicas = MIN(rules.replicas, rules.servers);
    return rules;
}

static gboolean check_store(const void *record, const char **key_out, char **why_out)
{
    const HfScenarioStoreKeys *keys = record;
    HfStoreRules rules = hf_store_rules(keys);
    if (rules.spares >= rules.servers) {
        *key_out = "spares";
        *why_out = g_strdup_printf("of %" G_GINT64_FORMAT " servers at least one must be up",
                                   (gint64)rules.servers);
        return FALSE;
    }
    if (rules.replicas > rules.servers) {
        *key_out = "replicas";
        *why_out =
            g_strdup_printf("%" G_GINT64_FORMAT " cannot lie on %" G_GINT64_FORMAT " servers",
                            (gint64)rules.replicas, (gint64)rules.servers);
        return FALSE;
    }
    if (rules.bandwidth > 0 && rules.recovery > rules.bandwidth / 2) {
        *key_out = "recovery";
        *why_out = g_strdup("what it makes anew it reads and writes: half its bandwidth at most");
        return FALSE;
    }
    gboolean has_fence = keys->rules.fence != HF_AS_KIND;
    if ((has_fence || keys->rules.detach != HF_AS_KIND) && !rules.is_exclusive) {
        *key_out = has_fence ? "fence" : "detach";
        *why_out = g_strdup("many hosts may have it at once: nobody is fenced off");
        return FALSE;
    }
    return TRUE;
}

const HfKeyTable hf_store_keys__table = {
    .name = "stores[]",
    .struct_size = sizeof(HfScenarioStoreKeys),
    .keys = store_keys,
    .help = "A place out of band where services keep data: Mesos accounts for nothing in it.",
    .check = check_store,
};
