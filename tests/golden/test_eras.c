/*
 * The settings `era` and `quirks`: each rule of the table of eras, and each quirk, by a script that
 * shows both sides of it. What is expected was worked out from the allocator of Mesos at the tags
 * 0.22.0, 0.23.0, 1.4.0 and 1.11.0, and stands beside each script.
 */
#include <string.h>

#include "resource/era.h"
#include "support/test.h"
#include "tools/replay.h"

/* ---- Playing a script ---- */

static void put_offer(GString *said, JsonObject *object)
{
    g_autoptr(JsonNode) resources = json_node_copy(json_object_get_member(object, "resources"));
    g_autofree char *text = json_to_string(resources, FALSE);
    g_string_append_printf(said, "%" G_GINT64_FORMAT " %s@%s %s %s\n",
                           json_object_get_int_member(object, "t"),
                           json_object_get_string_member(object, "framework"),
                           json_object_get_string_member(object, "role"),
                           json_object_get_string_member(object, "agent"), text);
}

/* Offers as "t framework@role agent [resources]", errors as "error: text"; the rest is left out. */
static void put_line(GString *said, JsonNode *node)
{
    JsonObject *object = json_node_get_object(node);
    const char *ev = json_object_get_string_member(object, "ev");
    if (strcmp(ev, "offer") == 0) put_offer(said, object);
    if (strcmp(ev, "error") == 0)
        g_string_append_printf(said, "error: %s\n", json_object_get_string_member(object, "msg"));
    if (strcmp(ev, "inverse_offer") == 0)
        g_string_append_printf(said, "inverse offer to %s\n",
                               json_object_get_string_member(object, "framework"));
}

/* A script in short: one operation a line, with ' for ", and its init with `setting` in it. */
static char *play(const char *script, const char *setting)
{
    g_autoptr(HfReplay) replay = hf_replay_new();
    g_auto(GStrv) lines = g_strsplit(script, "\n", -1);
    GString *said = g_string_new(NULL);
    for (char **line = lines; *line != NULL; line++) {
        g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
        g_autoptr(GError) error = NULL;
        g_autofree char *text =
            line == lines ? g_strdup_printf("{'op':'init',%s%s}", setting, *line) : g_strdup(*line);
        g_strdelimit(text, "'", '"');
        gboolean is_read = hf_replay_line(replay, text, out, &error);
        for (guint i = 0; i < out->len; i++) put_line(said, g_ptr_array_index(out, i));
        if (!is_read) break;
    }
    return g_string_free(said, FALSE);
}

static void expect(const char *name, const char *setting, const char *script, const char *wanted)
{
    g_autofree char *said = play(script, setting);
    if (strcmp(said, wanted) != 0)
        fail_msg("%s, %s:\nexpected\n%sactual\n%s", name, setting, wanted, said);
}

/* ---- Eras ---- */

#define NO(era, rule, release, source)                                                             \
    "error: era " era " has no " rule " (since Mesos " release ", " source ")\n"

typedef struct EraCase {
    HfEraRule rule;
    const char *script;         /* its first line is put into init */
    const char *before, *after; /* what is said in the last era without the rule, and in the first
                                   with it */
} EraCase;

#define X1      "{'op':'add_agent','id':'x1','resources':['cpus:2','mem:200']}\n"
#define X2      "{'op':'add_agent','id':'x2','resources':['cpus:2','mem:200']}\n"
#define F       "{'op':'add_framework','id':'F','roles':['r']}\n"
#define F_HAS   "F@r x1 [\"cpus@r:2\",\"mem@r:200\"]\n"
#define DECLINE "{'op':'recover','framework':'F','agent':'x1','resources':['cpus@r:2','mem@r:200']"

static const EraCase eras[] = {
    {HF_RULE_DYNAMIC_RESERVATIONS,
     "\n" X1 F
     "{'op':'update_allocation','framework':'F','agent':'x1','resources':['cpus@r:2','mem@r:200'],"
     "'operations':[{'type':'RESERVE','resources':['cpus(D:r)@r:1']}]}\n",
     "0 " F_HAS NO("0.22", "dynamic-reservations", "0.23.0", "MESOS-2018"), "0 " F_HAS},
    {HF_RULE_PERSISTENT_VOLUMES,
     "\n{'op':'add_agent','id':'x1','resources':['cpus:2','disk(S:r):10']}\n" F
     "{'op':'update_allocation','framework':'F','agent':'x1','resources':['disk(S:r)@r:10'],"
     "'operations':[{'type':'CREATE','volumes':['disk(S:r)[v:data]@r:10']}]}\n",
     "0 F@r x1 [\"cpus@r:2\",\"disk(S:r)@r:10\"]\n" NO("0.22", "persistent-volumes", "0.23.0",
                                                       "MESOS-1554"),
     "0 F@r x1 [\"cpus@r:2\",\"disk(S:r)@r:10\"]\n"},
    {HF_RULE_OPERATOR_OPERATIONS,
     "\n" X1 "{'op':'update_available','agent':'x1','operations':[{'type':'RESERVE',"
     "'resources':['cpus(D:r):1']}]}\n" F,
     NO("0.23", "operator-operations", "0.25.0", "MESOS-2600") "0 " F_HAS,
     "0 F@r x1 [\"cpus(D:r)@r:1\",\"cpus@r:1\",\"mem@r:200\"]\n"},
    {HF_RULE_RESIZE_VOLUME,
     "\n{'op':'add_agent','id':'x1','resources':['cpus:2','disk(S:r)[v:data]:10','disk(S:r):5']}\n"
     "{'op':'update_available','agent':'x1','operations':[{'type':'GROW_VOLUME',"
     "'volume':'disk(S:r)[v:data]:10','addition':'disk(S:r):5'}]}\n" F,
     NO("1.4", "resize-volume", "1.6.0",
        "MESOS-4965") "0 F@r x1 [\"cpus@r:2\",\"disk(S:r)@r:5\",\"disk(S:r)[v:data]@r:10\"]\n",
     "0 F@r x1 [\"cpus@r:2\",\"disk(S:r)[v:data]@r:15\"]\n"},
    {HF_RULE_REVOCABLE,
     "\n{'op':'add_agent','id':'x1','resources':['cpus{rev}:2']}\n"
     "{'op':'add_framework','id':'F','roles':['r'],'capabilities':['REVOCABLE_RESOURCES']}\n",
     "error: resources: era 0.22 has no revocable-resources (since Mesos 0.23.0, MESOS-354)\n" NO(
         "0.22", "revocable-resources", "0.23.0", "MESOS-354"),
     "0 F@r x1 [\"cpus{rev}@r:2\"]\n"},
    {HF_RULE_QUOTA, "\n{'op':'update_quota','role':'q','guarantees':'cpus:2;mem:200'}\n" X1 F,
     NO("0.23", "quota", "0.27.0", "MESOS-3718") "0 " F_HAS, ""},
    {HF_RULE_QUOTA_LIMITS,
     "\n{'op':'update_quota','role':'r','guarantees':'cpus:1;mem:100','limits':'cpus:1;mem:100'}"
     "\n" X1 F,
     NO("1.4", "quota-limits", "1.9.0", "CHANGELOG 1.9.0") "0 " F_HAS,
     "0 F@r x1 [\"cpus@r:1\",\"mem@r:100\"]\n"},
    {HF_RULE_HIERARCHICAL_ROLES, "\n" X1 "{'op':'add_framework','id':'F','roles':['a/b']}\n",
     NO("0.23", "hierarchical-roles", "1.4.0", "MESOS-6375"),
     "0 F@a/b x1 [\"cpus@a/b:2\",\"mem@a/b:200\"]\n"},
    {HF_RULE_MULTI_ROLE, "\n" X1 "{'op':'add_framework','id':'F','roles':['r','s']}\n",
     NO("0.23", "multi-role-frameworks", "1.3.0", "MESOS-1763"), "0 " F_HAS},
    {HF_RULE_MULTI_ROLE, "\n" F "{'op':'update_framework','id':'F','roles':['s']}\n" X1,
     NO("0.23", "multi-role-frameworks", "1.3.0", "MESOS-1763") "0 " F_HAS,
     "0 F@s x1 [\"cpus@s:2\",\"mem@s:200\"]\n"},
    {HF_RULE_REFINEMENT, "\n{'op':'add_agent','id':'x1','resources':['cpus(D:a)(D:a/b):2']}\n" F,
     "error: resources: era 0.23 has no reservation-refinement (since Mesos 1.4.0, mesos commit "
     "5821df6aa)\n",
     ""},
    {HF_RULE_SUPPRESS, "\n" F "{'op':'suppress','framework':'F'}\n" X1,
     NO("0.23", "suppress", "0.25.0", "MESOS-3037") "0 " F_HAS, ""},
    {HF_RULE_SUPPRESS,
     "\n{'op':'add_framework','id':'F','roles':['r'],'suppressed_roles':['r']}\n" X1,
     NO("0.23", "suppress", "0.25.0", "MESOS-3037"), ""},
    {HF_RULE_MAINTENANCE, "\n" X1 F "{'op':'unavailability','agent':'x1','start_ms':5000}\n",
     "0 " F_HAS NO("0.23", "maintenance", "0.25.0", "MESOS-1474"),
     "0 " F_HAS "inverse offer to F\n"},
    {HF_RULE_SHARED_VOLUMES,
     "\n{'op':'add_agent','id':'x1','resources':['cpus:2','disk(D:r)[v:data]{shared}:10']}\n"
     "{'op':'add_framework','id':'F','roles':['r'],'capabilities':['SHARED_RESOURCES']}\n",
     "error: resources: era 0.23 has no shared-volumes (since Mesos 1.1.0, MESOS-3421)\n" NO(
         "0.23", "shared-volumes", "1.1.0", "MESOS-3421"),
     "0 F@r x1 [\"cpus@r:2\",\"disk(D:r)[v:data]{shared}@r:10\"]\n"},
    {HF_RULE_GPUS, "\n{'op':'add_agent','id':'x1','resources':['cpus:2','gpus:1']}\n" F,
     "0 F@r x1 [\"cpus@r:2\",\"gpus@r:1\"]\n", ""},
    {HF_RULE_REGIONS, "\n{'op':'add_agent','id':'x1','resources':['cpus:2'],'domain':'eu/a'}\n" F,
     NO("0.23", "regions", "1.4.0", "mesos commit 25111bb03"), ""},
    {HF_RULE_PARTITION_AWARE,
     "\n{'op':'add_framework','id':'F','roles':['r'],'capabilities':['PARTITION_AWARE']}\n" X1,
     NO("0.23", "partition-aware", "1.1.0", "MESOS-4049"), "0 " F_HAS},
    {HF_RULE_FAIRNESS_EXCLUSION, "'fairness_exclude':['gpus']\n",
     NO("0.23", "fairness-exclusion", "1.0.0", "mesos commit 32c7bb530"), ""},
    {HF_RULE_RANDOM_SORTER, "'role_sorter':'random'\n",
     NO("1.4", "random-sorter", "1.7.0", "MESOS-8936"), ""},
    {HF_RULE_MIN_ALLOCATABLE, "'min_allocatable':'cpus:3'\n" X1 F,
     NO("1.4", "min-allocatable", "1.7.0", "mesos commit a7e31366d"), ""},
    {HF_RULE_FRAMEWORK_MINIMUM,
     "\n{'op':'add_framework','id':'F','roles':['r'],'min_allocatable':{'r':['cpus:3']}}\n" X1,
     NO("1.4", "framework-minimum", "1.8.0", "MESOS-9523"), ""},
    {HF_RULE_OFFER_CONSTRAINTS,
     "\n{'op':'add_framework','id':'F','roles':['r'],'offer_constraints':{'role_constraints':{'r':"
     "{'groups':[{'attribute_constraints':[{'selector':{'attribute_name':'rack'},'predicate':"
     "{'exists':{}}}]}]}}}}\n" X1,
     NO("1.4", "offer-constraints", "1.11.0", "MESOS-10161"), ""},

    /* A holds 4 reserved cpus, B the first 2 unreserved. Before, A's share is 0 of 4 and B's 2 of
     * 4; since, they are 4 of 8 and 2 of 8. */
    {HF_RULE_RESERVED_IN_ROLE_SHARE,
     "\n{'op':'add_framework','id':'A','roles':['a']}\n"
     "{'op':'add_framework','id':'B','roles':['b']}\n"
     "{'op':'add_agent','id':'w1','resources':['cpus(S:a):4']}\n"
     "{'op':'add_agent','id':'w2','resources':['cpus:2']}\n"
     "{'op':'add_agent','id':'w3','resources':['cpus:2']}\n",
     "0 A@a w1 [\"cpus(S:a)@a:4\"]\n0 B@b w2 [\"cpus@b:2\"]\n0 A@a w3 [\"cpus@a:2\"]\n",
     "0 A@a w1 [\"cpus(S:a)@a:4\"]\n0 B@b w2 [\"cpus@b:2\"]\n0 B@b w3 [\"cpus@b:2\"]\n"},
    /* Reserving what it holds takes it out of A's share and out of the pool: 0 of 2 against B's 2
     * of 4, where it was 2 of 6 before; in the era that counts them it stays 2 of 6, as B's. */
    {HF_RULE_RESERVED_IN_ROLE_SHARE,
     "\n{'op':'add_framework','id':'A','roles':['a']}\n"
     "{'op':'add_agent','id':'w1','resources':['cpus:2']}\n"
     "{'op':'update_allocation','framework':'A','agent':'w1','resources':['cpus@a:2'],"
     "'operations':[{'type':'RESERVE','resources':['cpus(D:a)@a:2']}]}\n"
     "{'op':'add_framework','id':'B','roles':['b']}\n"
     "{'op':'add_agent','id':'w2','resources':['cpus:2'],'used':{'B':['cpus@b:1']}}\n",
     "0 A@a w1 [\"cpus@a:2\"]\n0 A@a w2 [\"cpus@a:1\"]\n",
     "0 A@a w1 [\"cpus@a:2\"]\n0 B@b w2 [\"cpus@b:1\"]\n"},
    /* Of what the role holds, F has 4 of 5 cpus, G all of the memory; of the cluster, F has 4 of 8
     * cpus, G 100 of 1000 MB. */
    {HF_RULE_CLUSTER_WIDE_SHARE,
     "\n{'op':'add_framework','id':'F','roles':['r']}\n"
     "{'op':'add_framework','id':'G','roles':['r']}\n"
     "{'op':'add_agent','id':'w1','resources':['cpus:8','mem:1000'],'used':{'F':['cpus@r:4'],"
     "'G':['cpus@r:1','mem@r:100']}}\n",
     "0 F@r w1 [\"cpus@r:3\",\"mem@r:900\"]\n", "0 G@r w1 [\"cpus@r:3\",\"mem@r:900\"]\n"},
    /* When G goes, F has the one cpu that its role holds, and a third of the memory; H two thirds.
     * Of the cluster, F has a tenth of the cpus and a fifth of the memory, H two fifths. */
    {HF_RULE_CLUSTER_WIDE_SHARE,
     "\n{'op':'add_framework','id':'F','roles':['r']}\n"
     "{'op':'add_framework','id':'G','roles':['r']}\n"
     "{'op':'add_framework','id':'H','roles':['r']}\n"
     "{'op':'add_agent','id':'w1','resources':['cpus:10','mem:250'],'used':{"
     "'F':['cpus@r:1','mem@r:50'],'G':['cpus@r:9','mem@r:100'],'H':['mem@r:100']}}\n"
     "{'op':'remove_framework','id':'G'}\n{'op':'tick','ms':1000}\n",
     "1000 H@r w1 [\"cpus@r:9\",\"mem@r:100\"]\n", "1000 F@r w1 [\"cpus@r:9\",\"mem@r:100\"]\n"},
    /* Both were allocated twice. G, deactivated, counts from 0 again, or is behind F by name. */
    {HF_RULE_COUNT_KEPT,
     "\n" X1 "{'op':'add_framework','id':'G','roles':['r']}\n"
     "{'op':'recover','framework':'G','agent':'x1','resources':['cpus@r:2','mem@r:200']}\n"
     "{'op':'tick','ms':1000}\n"
     "{'op':'recover','framework':'G','agent':'x1','resources':['cpus@r:2','mem@r:200']}\n" F
         DECLINE "}\n{'op':'tick','ms':1000}\n" DECLINE "}\n"
     "{'op':'deactivate_framework','id':'G'}\n{'op':'activate_framework','id':'G'}\n",
     "0 G@r x1 [\"cpus@r:2\",\"mem@r:200\"]\n1000 G@r x1 [\"cpus@r:2\",\"mem@r:200\"]\n"
     "1000 " F_HAS "2000 " F_HAS "2000 G@r x1 [\"cpus@r:2\",\"mem@r:200\"]\n",
     "0 G@r x1 [\"cpus@r:2\",\"mem@r:200\"]\n1000 G@r x1 [\"cpus@r:2\",\"mem@r:200\"]\n"
     "1000 " F_HAS "2000 " F_HAS "2000 " F_HAS},
    /* Half a second is over at the first batch; or it is prolonged to one second, which is not. */
    {HF_RULE_FILTER_OUTLIVES_BATCH, "\n" X1 F DECLINE ",'filter_s':0.5}\n{'op':'tick','ms':2000}\n",
     "0 " F_HAS "1000 " F_HAS, "0 " F_HAS "2000 " F_HAS},
    /* One second ends with the first batch: before, it has ended then. */
    {HF_RULE_FILTER_OUTLIVES_BATCH, "\n" X1 F DECLINE ",'filter_s':1}\n{'op':'tick','ms':2000}\n",
     "0 " F_HAS "1000 " F_HAS, "0 " F_HAS "2000 " F_HAS},
    /* 400 days; a batch a day. It ends on day 365, before a batch whose timer is younger. */
    {HF_RULE_FILTER_CAP,
     "'allocation_interval_ms':86400000\n" X1 F DECLINE
     ",'filter_s':34560000}\n{'op':'tick','ms':34473600000}\n",
     "0 " F_HAS, "0 " F_HAS "31536000000 " F_HAS},
    /* More than 292 years cannot be said: that is the default of 5 s, prolonged to one interval. */
    {HF_RULE_FILTER_CAP,
     "'allocation_interval_ms':86400000\n" X1 F DECLINE
     ",'filter_s':9300000000}\n{'op':'tick','ms':172800000}\n",
     "0 " F_HAS "172800000 " F_HAS, "0 " F_HAS},
    /* F declines under both its roles, revives a, and declines that again: is b still refused? */
    {HF_RULE_REVIVE_BY_ROLE,
     "\n{'op':'add_framework','id':'F','roles':['a','b']}\n"
     "{'op':'add_agent','id':'w1','resources':['cpus:1']}\n"
     "{'op':'recover','framework':'F','agent':'w1','resources':['cpus@a:1'],'filter_s':999}\n"
     "{'op':'tick','ms':1000}\n"
     "{'op':'recover','framework':'F','agent':'w1','resources':['cpus@b:1'],'filter_s':999}\n"
     "{'op':'revive','framework':'F','roles':['a']}\n"
     "{'op':'recover','framework':'F','agent':'w1','resources':['cpus@a:1'],'filter_s':999}\n"
     "{'op':'tick','ms':1000}\n",
     "0 F@a w1 [\"cpus@a:1\"]\n1000 F@b w1 [\"cpus@b:1\"]\n1000 F@a w1 [\"cpus@a:1\"]\n"
     "2000 F@b w1 [\"cpus@b:1\"]\n",
     "0 F@a w1 [\"cpus@a:1\"]\n1000 F@b w1 [\"cpus@b:1\"]\n1000 F@a w1 [\"cpus@a:1\"]\n"},
    /* Q takes x1 whole, O gets x2 and gives it back for long. Beyond its guarantee Q gets nothing;
     * or what nobody else wants. */
    {HF_RULE_QUOTA_CHOPPING,
     "\n{'op':'update_quota','role':'q','guarantees':'cpus:1;mem:100'}\n"
     "{'op':'add_framework','id':'Q','roles':['q']}\n"
     "{'op':'add_framework','id':'O','roles':['o']}\n" X1 X2
     "{'op':'recover','framework':'O','agent':'x2','resources':['cpus@o:2','mem@o:200'],"
     "'filter_s':999}\n{'op':'tick','ms':1000}\n",
     "0 Q@q x1 [\"cpus@q:2\",\"mem@q:200\"]\n0 O@o x2 [\"cpus@o:2\",\"mem@o:200\"]\n",
     "0 Q@q x1 [\"cpus@q:2\",\"mem@q:200\"]\n0 O@o x2 [\"cpus@o:2\",\"mem@o:200\"]\n"
     "1000 Q@q x2 [\"cpus@q:2\",\"mem@q:200\"]\n"},
    /* For a role without frameworks cpus:1;mem:100 are held back of cpus:4;mem:400: x1 fits into
     * the rest, x2 does not; or it is chopped. */
    {HF_RULE_QUOTA_CHOPPING,
     "\n{'op':'update_quota','role':'q','guarantees':'cpus:1;mem:100'}\n" X1 X2
     "{'op':'add_framework','id':'O','roles':['o']}\n",
     "0 O@o x1 [\"cpus@o:2\",\"mem@o:200\"]\n",
     "0 O@o x1 [\"cpus@o:2\",\"mem@o:200\"]\n0 O@o x2 [\"cpus@o:1\",\"mem@o:100\"]\n"},
    /* Q has declined what is reserved for it. Idle, it does not count: Q is owed x2; or it does,
     * and x2 goes to O, who was allocated less often. */
    {HF_RULE_QUOTA_CHOPPING,
     "\n{'op':'update_quota','role':'q','guarantees':'cpus:2;mem:200'}\n"
     "{'op':'add_framework','id':'Q','roles':['q']}\n"
     "{'op':'add_framework','id':'O','roles':['o']}\n"
     "{'op':'add_agent','id':'x1','resources':['cpus(S:q):2','mem(S:q):200']}\n"
     "{'op':'recover','framework':'Q','agent':'x1','resources':['cpus(S:q)@q:2',"
     "'mem(S:q)@q:200'],'filter_s':999}\n" X2,
     "0 Q@q x1 [\"cpus(S:q)@q:2\",\"mem(S:q)@q:200\"]\n"
     "0 Q@q x2 [\"cpus@q:2\",\"mem@q:200\"]\n",
     "0 Q@q x1 [\"cpus(S:q)@q:2\",\"mem(S:q)@q:200\"]\n"
     "0 O@o x2 [\"cpus@o:2\",\"mem@o:200\"]\n"},
    /* One kind of the guarantee is reached: Q is owed nothing more, though memory is missing. */
    {HF_RULE_QUOTA_CHOPPING,
     "\n{'op':'update_quota','role':'q','guarantees':'cpus:2;mem:300'}\n"
     "{'op':'add_framework','id':'Q','roles':['q']}\n" X1 X2,
     "0 Q@q x1 [\"cpus@q:2\",\"mem@q:200\"]\n",
     "0 Q@q x1 [\"cpus@q:2\",\"mem@q:200\"]\n0 Q@q x2 [\"cpus@q:2\",\"mem@q:200\"]\n"},
    /* Beyond it, Q is still given what is reserved for it. */
    {HF_RULE_QUOTA_CHOPPING,
     "\n{'op':'update_quota','role':'q','guarantees':'cpus:2;mem:200'}\n"
     "{'op':'add_framework','id':'Q','roles':['q']}\n" X1
     "{'op':'add_agent','id':'x2','resources':['cpus:1','cpus(S:q):1']}\n",
     "0 Q@q x1 [\"cpus@q:2\",\"mem@q:200\"]\n0 Q@q x2 [\"cpus(S:q)@q:1\"]\n",
     "0 Q@q x1 [\"cpus@q:2\",\"mem@q:200\"]\n0 Q@q x2 [\"cpus(S:q)@q:1\",\"cpus@q:1\"]\n"},
    /* F holds cpus:4 of x1, which has cpus:1 left. Of 1 + 2 cpus nobody holds -1: x2 is withheld;
     * or it is offered for itself. When x1 has its four again, both offer it. */
    {HF_RULE_SHARE_BY_AGENT,
     "\n{'op':'add_agent','id':'x1','resources':['cpus:4','mem:200']}\n" F
     "{'op':'update_agent','id':'x1','resources':['cpus:1','mem:200']}\n" X2
     "{'op':'tick','ms':1000}\n"
     "{'op':'update_agent','id':'x1','resources':['cpus:4','mem:200']}\n"
     "{'op':'tick','ms':2000}\n",
     "0 F@r x1 [\"cpus@r:4\",\"mem@r:200\"]\n2000 F@r x2 [\"cpus@r:2\",\"mem@r:200\"]\n",
     "0 F@r x1 [\"cpus@r:4\",\"mem@r:200\"]\n0 F@r x2 [\"cpus@r:2\",\"mem@r:200\"]\n"},
    /* What is reserved is counted for each role by itself: of r's 1 + 1 cpus two are held, so x2 is
     * withheld; what is unreserved is not touched. */
    {HF_RULE_SHARE_BY_AGENT,
     "\n{'op':'add_agent','id':'x1','resources':['cpus(S:r):2','mem(S:r):100']}\n" F
     "{'op':'update_agent','id':'x1','resources':['cpus(S:r):1','mem(S:r):100']}\n"
     "{'op':'add_agent','id':'x2','resources':['cpus(S:r):1','mem(S:r):100']}\n"
     "{'op':'add_agent','id':'x3','resources':['cpus:1','mem:100']}\n",
     "0 F@r x1 [\"cpus(S:r)@r:2\",\"mem(S:r)@r:100\"]\n0 F@r x3 [\"cpus@r:1\",\"mem@r:100\"]\n",
     "0 F@r x1 [\"cpus(S:r)@r:2\",\"mem(S:r)@r:100\"]\n"
     "0 F@r x2 [\"cpus(S:r)@r:1\",\"mem(S:r)@r:100\"]\n"
     "0 F@r x3 [\"cpus@r:1\",\"mem@r:100\"]\n"},
};

/* What is refined is reserved to a role below a top-level one, and so is no part of a guarantee,
 * nor of the minimum that it must reach: without it, x1 has too little, and x2 is given without it.
 */
static void what_is_refined_meets_no_guarantee(void **state)
{
    for (int era = HF_ERA_1_4; era < HF_ERAS; era++) {
        g_autofree char *setting = g_strdup_printf("'era':'%s'", hf_era_name((HfEra)era));
        expect("refined", setting,
               "\n{'op':'update_quota','role':'a','guarantees':'cpus:1;mem:100'}\n"
               "{'op':'add_framework','id':'F','roles':['a']}\n"
               "{'op':'add_agent','id':'x1','resources':['cpus(D:a)(D:a/b):2','mem:10']}\n"
               "{'op':'add_agent','id':'x2','resources':['cpus(D:a)(D:a/b):2','mem:50']}\n",
               "0 F@a x2 [\"mem@a:50\"]\n");
    }
}

/* Rules of settings and of the master, which no script meets; their tests are elsewhere. */
static gboolean is_elsewhere(HfEraRule rule)
{
    return rule == HF_RULE_PING_FLAGS || rule == HF_RULE_BATCHED_RUNS ||
           rule == HF_RULE_OPERATION_FEEDBACK || /* test_feedback.c */
           rule == HF_RULE_DISK_OPERATIONS ||    /* test_disk_operations.c */
           rule == HF_RULE_TASK_GROUPS ||        /* test_executors.c */
           rule == HF_RULE_EXECUTOR_VERDICTS || rule == HF_RULE_UPDATE_FRAMEWORK ||
           rule == HF_RULE_REBOOT_KEEPS_ID || rule == HF_RULE_AGENTS_RETURN ||
           rule == HF_RULE_TASKS_RETURN || rule == HF_RULE_EXECUTOR_LAUNCH_TOLD ||
           rule == HF_RULE_SHUTDOWN_KEEPS_ID || rule == HF_RULE_GC_UNMOUNTS;
}

static void each_rule_of_the_eras_has_both_its_sides(void **state)
{
    gboolean is_shown[HF_RULES] = {FALSE};
    for (size_t i = 0; i < G_N_ELEMENTS(eras); i++) {
        const HfEraRuleInfo *info = &hf_era_rules[eras[i].rule];
        const char *const sides[] = {eras[i].before, eras[i].after};
        for (int side = 0; side < 2; side++) {
            HfEra era = (HfEra)((int)info->since - 1 + side);
            g_autofree char *name = g_strdup_printf("case %zu, %s", i, info->name);
            g_autofree char *rest = g_strdup_printf("'era':'%s'%s", hf_era_name(era),
                                                    eras[i].script[0] == '\n' ? "" : ",");
            expect(name, rest, eras[i].script, sides[side]);
        }
        is_shown[eras[i].rule] = TRUE;
    }
    for (int rule = 0; rule < HF_RULES; rule++)
        if (!is_shown[rule] && !is_elsewhere((HfEraRule)rule))
            fail_msg("no script shows rule %s", hf_era_rules[rule].name);
}

static void the_table_is_whole(void **state)
{
    for (int rule = 0; rule < HF_RULES; rule++) {
        const HfEraRuleInfo *info = &hf_era_rules[rule];
        assert_non_null(info->name);
        assert_non_null(info->source);
        assert_true(info->since > HF_ERA_0_22 && info->since < HF_ERAS);
        assert_true(info->before[strlen(info->before) - 1] == '.');
        assert_true(info->after[strlen(info->after) - 1] == '.');
        for (int other = 0; other < rule; other++)
            assert_string_not_equal(info->name, hf_era_rules[other].name);
    }
}

static void an_era_is_found_by_its_name(void **state)
{
    HfEra era = HF_ERAS;
    assert_true(hf_era_find("1.4", &era));
    assert_int_equal(era, HF_ERA_1_4);
    assert_false(hf_era_find("1.5", &era));
    assert_int_equal(era, HF_ERA_1_4);
    expect("era", "'era':'1.5'", "\n", "error: era: must be 0.22, 0.23, 1.4 or 1.11\n");
    expect("quirks", "'quirks':'all'", "\n", "error: quirks: must be strict or documented\n");
}

/* ---- Quirks ---- */

typedef struct QuirkCase {
    const char *quirk;
    const char *script;
    const char *documented, *strict;
} QuirkCase;

static const QuirkCase quirks[] = {
    /* One MOUNT disk was declined; two equal ones come. */
    {"contains-indivisible",
     "\n{'op':'add_framework','id':'F','roles':['r']}\n"
     "{'op':'add_agent','id':'x1','resources':['cpus:1','disk{src=MOUNT/m}:100']}\n"
     "{'op':'recover','framework':'F','agent':'x1','resources':['cpus@r:1',"
     "'disk{src=MOUNT/m}@r:100'],'filter_s':999}\n"
     "{'op':'update_agent','id':'x1','resources':['cpus:1','disk{src=MOUNT/m}:100',"
     "'disk{src=MOUNT/m}:100']}\n",
     "0 F@r x1 [\"cpus@r:1\",\"disk{src=MOUNT/m}@r:100\"]\n"
     "0 F@r x1 [\"cpus@r:1\",\"disk{src=MOUNT/m}@r:100\",\"disk{src=MOUNT/m}@r:100\"]\n",
     "0 F@r x1 [\"cpus@r:1\",\"disk{src=MOUNT/m}@r:100\"]\n"},
    /* As doubles, 0.1 + 0.7 is 0.7999999999999999. */
    {"double-quantities",
     ",'min_allocatable':'cpus:0.8'\n{'op':'add_framework','id':'F','roles':['r']}\n"
     "{'op':'add_agent','id':'x1','resources':['cpus(S:r):0.1','cpus:0.7']}\n",
     "0 F@r x1 [\"cpus(S:r)@r:0.1\",\"cpus@r:0.7\"]\n", ""},
    {"range-overlap",
     "\n{'op':'add_framework','id':'F','roles':['r']}\n"
     "{'op':'add_agent','id':'x1','resources':['cpus:1',{'name':'ports','type':'RANGES','ranges':"
     "{'range':[{'begin':5,'end':10},{'begin':1,'end':6}]}}]}\n",
     "error: resources: [1]: 'ports': ranges overlap\n",
     "0 F@r x1 [\"cpus@r:1\",\"ports@r:[1-10]\"]\n"},
    /* a/x holds 6 of 10 cpus, b 1. With weight 10 for a, 0.06 is before 0.1. */
    {"weight-cache",
     "\n{'op':'add_framework','id':'X','roles':['a/x']}\n"
     "{'op':'add_framework','id':'B','roles':['b']}\n"
     "{'op':'add_agent','id':'x1','resources':['cpus:8'],'used':{'X':['cpus@a/x:6'],"
     "'B':['cpus@b:1']}}\n"
     "{'op':'update_weights','weights':{'a':10}}\n"
     "{'op':'add_agent','id':'x2','resources':['cpus:2']}\n",
     "0 B@b x1 [\"cpus@b:1\"]\n0 X@a/x x2 [\"cpus@a/x:2\"]\n",
     "0 B@b x1 [\"cpus@b:1\"]\n0 B@b x2 [\"cpus@b:2\"]\n"},
    /* F gets the agent with the volume; G the volume once more, in the same run. */
    {"shared-again",
     ",'min_allocatable':null\n"
     "{'op':'add_framework','id':'F','roles':['r'],'capabilities':['SHARED_RESOURCES']}\n"
     "{'op':'add_framework','id':'G','roles':['r'],'capabilities':['SHARED_RESOURCES']}\n"
     "{'op':'add_agent','id':'x1','resources':['cpus:1','disk(S:r)[v:d]{shared}:9']}\n",
     "0 F@r x1 [\"cpus@r:1\",\"disk(S:r)[v:d]{shared}@r:9\"]\n",
     "0 F@r x1 [\"cpus@r:1\",\"disk(S:r)[v:d]{shared}@r:9\"]\n"
     "0 G@r x1 [\"disk(S:r)[v:d]{shared}@r:9\"]\n"},
    /* x1 goes to A, back, to AB, back, to AB, back. Without AB, has role a been allocated 1 or 3
     * times when it meets c, which was once? */
    {"collapse-count",
     "\n{'op':'add_framework','id':'A','roles':['a']}\n"
     "{'op':'add_agent','id':'x1','resources':['cpus:1']}\n"
     "{'op':'recover','framework':'A','agent':'x1','resources':['cpus@a:1'],'filter_s':1.5}\n"
     "{'op':'add_framework','id':'AB','roles':['a/b']}\n"
     "{'op':'recover','framework':'AB','agent':'x1','resources':['cpus@a/b:1']}\n"
     "{'op':'tick','ms':1000}\n"
     "{'op':'recover','framework':'AB','agent':'x1','resources':['cpus@a/b:1']}\n"
     "{'op':'remove_framework','id':'AB'}\n"
     "{'op':'suppress','framework':'A'}\n"
     "{'op':'add_framework','id':'C','roles':['c']}\n"
     "{'op':'recover','framework':'C','agent':'x1','resources':['cpus@c:1']}\n"
     "{'op':'revive','framework':'A'}\n",
     "0 A@a x1 [\"cpus@a:1\"]\n0 AB@a/b x1 [\"cpus@a/b:1\"]\n1000 AB@a/b x1 [\"cpus@a/b:1\"]\n"
     "1000 C@c x1 [\"cpus@c:1\"]\n1000 A@a x1 [\"cpus@a:1\"]\n",
     "0 A@a x1 [\"cpus@a:1\"]\n0 AB@a/b x1 [\"cpus@a/b:1\"]\n1000 AB@a/b x1 [\"cpus@a/b:1\"]\n"
     "1000 C@c x1 [\"cpus@c:1\"]\n1000 C@c x1 [\"cpus@c:1\"]\n"},
    /* F is not active when it revives, nor G when it asks for a further role. */
    {"revive-inactive",
     "\n{'op':'add_framework','id':'F','roles':['r'],'active':false}\n"
     "{'op':'add_agent','id':'x1','resources':['cpus:1']}\n"
     "{'op':'revive','framework':'F'}\n"
     "{'op':'add_framework','id':'G','roles':['s'],'active':false}\n"
     "{'op':'update_framework','id':'G','roles':['s','t']}\n"
     "{'op':'add_agent','id':'x2','resources':['cpus:1']}\n"
     "{'op':'tick','ms':1000}\n"
     "{'op':'activate_framework','id':'F'}\n",
     "1000 F@r x1 [\"cpus@r:1\"]\n1000 F@r x2 [\"cpus@r:1\"]\n",
     "0 F@r x1 [\"cpus@r:1\"]\n0 G@t x2 [\"cpus@t:1\"]\n"},
    /* Those that are not reproduced are the same in both settings: sets ... */
    {"set-order",
     "\n{'op':'add_framework','id':'F','roles':['r']}\n"
     "{'op':'add_agent','id':'x1','resources':['cpus:1','zone:{a,b}']}\n"
     "{'op':'recover','framework':'F','agent':'x1','resources':['cpus@r:1','zone@r:{b,a}'],"
     "'filter_s':999}\n{'op':'tick','ms':1000}\n",
     "0 F@r x1 [\"cpus@r:1\",\"zone@r:{a,b}\"]\n", "0 F@r x1 [\"cpus@r:1\",\"zone@r:{a,b}\"]\n"},
    /* ... labels, whose lists [k=a,k=a] and [k=a,k=b] stay two reservations ... */
    {"label-duplicates",
     "\n{'op':'add_framework','id':'F','roles':['r']}\n"
     "{'op':'add_agent','id':'x1','resources':['cpus(D:r,l=k=a&k=a):1','cpus(D:r,l=k=a&k=b):1']}\n",
     "0 F@r x1 [\"cpus(D:r,l=k=a&k=a)@r:1\",\"cpus(D:r,l=k=a&k=b)@r:1\"]\n",
     "0 F@r x1 [\"cpus(D:r,l=k=a&k=a)@r:1\",\"cpus(D:r,l=k=a&k=b)@r:1\"]\n"},
    /* ... and the end of the numbers. */
    {"range-wrap",
     "\n{'op':'add_framework','id':'F','roles':['r']}\n"
     "{'op':'add_agent','id':'x1','resources':['cpus:1','ports:[5-18446744073709551615,6-10]']}\n",
     "0 F@r x1 [\"cpus@r:1\",\"ports@r:[5-18446744073709551615]\"]\n",
     "0 F@r x1 [\"cpus@r:1\",\"ports@r:[5-18446744073709551615]\"]\n"},
};

static void each_quirk_has_both_its_settings(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(quirks); i++) {
        expect(quirks[i].quirk, "'quirks':'documented'", quirks[i].script, quirks[i].documented);
        expect(quirks[i].quirk, "'quirks':'strict'", quirks[i].script, quirks[i].strict);
    }
    uint32_t bits = 0;
    for (const HfQuirkInfo *quirk = hf_quirks; quirk->name != NULL; quirk++) {
        size_t i = 0;
        while (i < G_N_ELEMENTS(quirks) && strcmp(quirks[i].quirk, quirk->name) != 0) i++;
        if (i == G_N_ELEMENTS(quirks)) fail_msg("no script shows quirk %s", quirk->name);
        assert_int_equal(strcmp(quirks[i].documented, quirks[i].strict) == 0, quirk->bit == 0);
        assert_int_equal(bits & quirk->bit, 0);
        bits |= quirk->bit;
    }
    assert_int_equal(bits, HF_QUIRKS_MESOS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_of_the_eras_has_both_its_sides),
        cmocka_unit_test(what_is_refined_meets_no_guarantee),
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(an_era_is_found_by_its_name),
        cmocka_unit_test(each_quirk_has_both_its_settings),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
