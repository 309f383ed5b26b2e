/*
 * Lines of a script that are refused: each gives one `error` that says what is wrong, and changes
 * nothing. The cell holds one of everything; all that the allocator knows is compared as text
 * before and after each line, and what happens later with a script that has none of the bad lines.
 * Scripts stand with ' for ".
 */
#include "support/test.h"

#include <string.h>

#include "tools/replay.h"

/* q has a quota, so 1 cpu is kept free: f1 has the rest of a1 under r (a volume made of it, 1 cpu
 * launched), and that cpu, when a2 has come, under s; a filter under s on a2; maintenance of a1. f2
 * is suppressed, f3 inactive. */
static const char *const story[] = {
    "{'op':'init','min_allocatable':'cpus:0.01|mem:32'}",
    "{'op':'update_quota','role':'q','guarantees':'cpus:1','limits':'cpus:2;mem:64'}",
    "{'op':'update_weights','weights':{'r':2}}",
    "{'op':'add_framework','id':'f1','roles':['r'],'capabilities':['MULTI_ROLE',"
    "'SHARED_RESOURCES']}",
    "{'op':'add_agent','id':'a1','resources':'cpus:4;mem:1024;disk(S:r):500','attributes':'k:v'}",
    "{'op':'update_framework','id':'f1','roles':['r','s'],'capabilities':['MULTI_ROLE',"
    "'SHARED_RESOURCES']}",
    "{'op':'update_allocation','framework':'f1','agent':'a1','resources':['disk(S:r)@r:500'],"
    "'operations':[{'type':'CREATE','volumes':['disk(S:r)[v:p]{shared}@r:100']}]}",
    "{'op':'launch','framework':'f1','agent':'a1','resources':['cpus@r:1']}",
    "{'op':'add_agent','id':'a2','resources':'cpus:4;mem:1024'}",
    "{'op':'recover','framework':'f1','agent':'a2','resources':['cpus@s:4','mem@s:1024'],"
    "'filter_s':100}",
    "{'op':'unavailability','agent':'a1','start_ms':60000}",
    "{'op':'add_framework','id':'f2','roles':['r/x'],'suppressed_roles':['r/x']}",
    "{'op':'add_framework','id':'f3','roles':['t'],'active':false}",
    NULL};

/* What happens after the bad lines. */
static const char *const later[] = {"{'op':'tick','ms':1000}",
                                    "{'op':'revive','framework':'f2'}",
                                    "{'op':'recover','framework':'f1','agent':'a1','resources':"
                                    "['cpus@r:1'],'launched':true,'filter_s':5}",
                                    "{'op':'activate_framework','id':'f3'}",
                                    "{'op':'tick','ms':120000}",
                                    "{'op':'state'}",
                                    NULL};

/* The output of one line, each of its lines without its number, joined. Free with g_free. */
static char *play(HfReplay *replay, const char *quoted)
{
    g_autofree char *line = g_strdelimit(g_strdup(quoted), "'", '"');
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    g_autoptr(GError) error = NULL;
    if (!hf_replay_line(replay, line, out, &error)) fail_msg("%s: %s", quoted, error->message);
    GString *text = g_string_new(NULL);
    for (guint o = 0; o < out->len; o++) {
        JsonNode *node = g_ptr_array_index(out, o);
        json_object_remove_member(json_node_get_object(node), "n");
        g_autofree char *one = hf_replay_print(node);
        g_string_append_printf(text, "%s\n", one);
    }
    return g_string_free(text, FALSE);
}

static HfReplay *start(void)
{
    HfReplay *replay = hf_replay_new();
    for (size_t i = 0; story[i] != NULL; i++) {
        g_autofree char *out = play(replay, story[i]);
        if (strstr(out, "\"error\"") != NULL) fail_msg("%s: %s", story[i], out);
    }
    return replay;
}

typedef struct Bad {
    const char *line, *words; /* of the message */
} Bad;

static const Bad bad[] = {
    /* agents */
    {"{'op':'add_agent','resources':'cpus:1'}", "id: is missing"},
    {"{'op':'add_agent','id':7,'resources':'cpus:1'}", "id: must be a text"},
    {"{'op':'add_agent','id':'a1','resources':'cpus:1'}", "exists"},
    {"{'op':'add_agent','id':'a3'}", "resources: is missing"},
    {"{'op':'add_agent','id':'a3','resources':7}", "resources"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:x'}", "cpus"},
    {"{'op':'add_agent','id':'a3','resources':['cpus@r:1']}", "invalid"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:1','hostname':7}", "hostname"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:1','attributes':'x'}", "x"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:1','attributes':[]}", "attributes"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:1','capabilities':['FLY']}", "capabilities"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:1','capabilities':'MULTI_ROLE'}", "list"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:1','domain':'eu'}", "region/zone"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:1','start_ms':'soon'}", "start_ms"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:1','start_ms':1,'duration_ms':-1}", "range"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:1','used':[]}", "used"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:1','used':{'f1':['cpus:1']}}", "role"},
    {"{'op':'add_agent','id':'a3','resources':'cpus:1','used':{'f1':['cpus@r:x']}}", "cpus"},
    {"{'op':'update_agent','id':'a9'}", "unknown"},
    {"{'op':'update_agent','id':'a1','resources':'cpus:x','attributes':'k:w'}", "cpus"},
    {"{'op':'update_agent','id':'a1','resources':['cpus@r:1'],'attributes':'k:w'}", "invalid"},
    {"{'op':'update_agent','id':'a1','resources':'cpus:9','attributes':'x'}", "x"},
    {"{'op':'update_agent','id':'a1','resources':'cpus:9','capabilities':['FLY']}", "name"},
    {"{'op':'update_agent','id':'a1','resources':'cpus:9','domain':7}", "domain"},
    {"{'op':'remove_agent'}", "id: is missing"},
    {"{'op':'remove_agent','id':'a9'}", "unknown"},
    {"{'op':'activate_agent','id':'a9'}", "unknown"},
    {"{'op':'deactivate_agent','id':'a9'}", "unknown"},
    /* frameworks */
    {"{'op':'add_framework','id':'f1','roles':['r']}", "exists"},
    {"{'op':'add_framework','id':'f9','roles':'r'}", "roles: must be a list"},
    {"{'op':'add_framework','id':'f9','roles':[7]}", "roles: must be a list of texts"},
    {"{'op':'add_framework','id':'f9','roles':['a//b']}", "a//b"},
    {"{'op':'add_framework','id':'f9','roles':['r'],'suppressed_roles':['s']}", "invalid"},
    {"{'op':'add_framework','id':'f9','roles':['r'],'suppressed_roles':['/']}", "/"},
    {"{'op':'add_framework','id':'f9','roles':['r'],'capabilities':['FLY']}", "capabilities"},
    {"{'op':'add_framework','id':'f9','roles':['r'],'active':1}", "active"},
    {"{'op':'add_framework','id':'f9','roles':['r'],'min_allocatable':[]}", "min_allocatable"},
    {"{'op':'add_framework','id':'f9','roles':['r'],'min_allocatable':{'r':7}}", "min_alloc"},
    {"{'op':'add_framework','id':'f9','roles':['r'],'min_allocatable':{'r':['cpus']}}", "cpus"},
    {"{'op':'add_framework','id':'f9','roles':['r'],'min_allocatable':{'//':['cpus:1']}}", "//"},
    {"{'op':'add_framework','id':'f9','roles':['r'],'offer_constraints':[]}", "constraints"},
    {"{'op':'add_framework','id':'f9','roles':['r'],'used':{'a1':['cpus:1']}}", "used"},
    {"{'op':'update_framework','id':'f9','roles':['r']}", "unknown"},
    {"{'op':'update_framework','id':'f1','roles':['t'],'suppressed_roles':['r']}", "invalid"},
    {"{'op':'update_framework','id':'f1','roles':['t'],'capabilities':['FLY']}", "name"},
    {"{'op':'update_framework','id':'f1','roles':['t'],'offer_constraints':{'role_constraints':"
     "{'t':{}}}}",
     "role 't'"},
    {"{'op':'remove_framework','id':'f9'}", "unknown"},
    {"{'op':'activate_framework','id':'f9'}", "unknown"},
    {"{'op':'deactivate_framework','id':'f9'}", "unknown"},
    {"{'op':'suppress','framework':'f9','roles':[]}", "unknown"},
    {"{'op':'suppress','framework':'f1','roles':['r','t']}", "unknown"},
    {"{'op':'suppress','framework':'f1','roles':['//']}", "//"},
    {"{'op':'revive','framework':'f9'}", "unknown"},
    {"{'op':'revive','framework':'f1','roles':['s','t']}", "unknown"},
    /* resources */
    {"{'op':'recover','framework':'f1','agent':'a1'}", "resources: is missing"},
    {"{'op':'recover','framework':'f1','agent':'a1','resources':['cpus:1']}", "one role"},
    {"{'op':'recover','framework':'f1','agent':'a1','resources':['cpus@r:1','mem@s:1']}", "one"},
    {"{'op':'recover','framework':'f1','agent':'a1','resources':['cpus@r:5']}", "conflict"},
    {"{'op':'recover','framework':'f1','agent':'a1','resources':['cpus@s:2']}", "conflict"},
    {"{'op':'recover','framework':'f1','agent':'a1','resources':['cpus@t:1']}", "conflict"},
    {"{'op':'recover','framework':'f1','agent':'a1','resources':['cpus@r:2'],'launched':true}",
     "conflict"},
    {"{'op':'recover','framework':'f1','agent':'a1','resources':['cpus@r:1'],'launched':1}",
     "launched"},
    {"{'op':'recover','framework':'f1','agent':'a1','resources':['cpus@r:1'],'filter_s':'5'}",
     "filter_s"},
    {"{'op':'launch','framework':'f1','agent':'a9','resources':['cpus@r:1']}", "unknown"},
    {"{'op':'launch','framework':'f9','agent':'a1','resources':['cpus@r:1']}", "unknown"},
    {"{'op':'launch','framework':'f1','agent':'a1','resources':['cpus@t:1']}", "unknown"},
    {"{'op':'launch','framework':'f1','agent':'a1','resources':['cpus:1']}", "one role"},
    {"{'op':'update_allocation','framework':'f1','agent':'a9','resources':['cpus@r:1'],"
     "'operations':[]}",
     "unknown"},
    {"{'op':'update_allocation','framework':'f1','agent':'a1','resources':['cpus@r:9'],"
     "'operations':[]}",
     "hold"},
    {"{'op':'update_allocation','framework':'f1','agent':'a1','resources':['cpus@r:1']}",
     "operations: must be a list"},
    {"{'op':'update_allocation','framework':'f1','agent':'a1','resources':['cpus@r:1'],"
     "'operations':[{'type':'SELL','resources':['cpus@r:1']}]}",
     "operations[0]"},
    {"{'op':'update_allocation','framework':'f1','agent':'a1','resources':['cpus@r:1'],"
     "'operations':[{'type':'RESERVE','resources':['cpus(D:r)@r:1']},"
     "{'type':'RESERVE','resources':['cpus(D:r)@r:1']}]}",
     "cpus"},
    {"{'op':'update_allocation','framework':'f1','agent':'a1','resources':['cpus@r:1'],"
     "'operations':[{'type':'UNRESERVE','resources':['cpus@r:1']}]}",
     "not reserved"},
    {"{'op':'update_allocation','framework':'f1','agent':'a1','resources':"
     "['disk(S:r)[v:p]{shared}@r:100'],'operations':[{'type':'DESTROY','volumes':"
     "['disk(S:r)[v:p]{shared}@r:100']}],'share':['cpus@r:1']}",
     "shared"},
    {"{'op':'update_allocation','framework':'f1','agent':'a1','resources':"
     "['disk(S:r)[v:p]{shared}@r:100'],'operations':[{'type':'GROW_VOLUME','volume':"
     "'disk(S:r)[v:p]{shared}@r:100','addition':'disk(S:r)@r:1'}]}",
     "disk"},
    {"{'op':'update_available','agent':'a9','operations':[]}", "unknown"},
    {"{'op':'update_available','agent':'a2'}", "operations"},
    {"{'op':'update_available','agent':'a2','operations':[{'type':'RESERVE'}]}", "operations[0]"},
    /* roles and operators */
    {"{'op':'update_weights'}", "weights"},
    {"{'op':'update_weights','weights':{'r':3,'s':0}}", "weights"},
    {"{'op':'update_weights','weights':{'r':3,'s':-1}}", "weights"},
    {"{'op':'update_weights','weights':{'r':3,'s':'2'}}", "weights"},
    {"{'op':'update_weights','weights':{'r':3,'//':1}}", "//"},
    {"{'op':'update_quota'}", "role: is missing"},
    {"{'op':'update_quota','role':'//','limits':'cpus:1'}", "//"},
    {"{'op':'update_quota','role':'a/b','limits':'cpus:1'}", "invalid"},
    {"{'op':'update_quota','role':'q','guarantees':'cpus'}", "cpus"},
    {"{'op':'update_quota','role':'q','guarantees':'cpus:2','limits':7}", "limits"},
    {"{'op':'update_quota','role':'q','guarantees':'cpus:2','limits':'cpus:1;cpus:2'}", "cpus"},
    {"{'op':'recover_quotas','expected_agents':1,'quotas':{'q':{'limits':'cpus:9'}}}", "conflict"},
    {"{'op':'recover_quotas','expected_agents':'1','quotas':{}}", "expected_agents"},
    {"{'op':'recover_quotas','expected_agents':1,'quotas':{'q':7}}", "quotas"},
    {"{'op':'recover_quotas','expected_agents':1}", "quotas"},
    {"{'op':'whitelist','hosts':'a1'}", "hosts"},
    {"{'op':'whitelist','hosts':['a1',7]}", "hosts"},
    {"{'op':'unavailability','agent':'a9'}", "unknown"},
    {"{'op':'unavailability','agent':'a1','start_ms':-1}", "range"},
    {"{'op':'inverse_response','framework':'f9','agent':'a1','status':'ACCEPT'}", "unknown"},
    {"{'op':'inverse_response','framework':'f1','agent':'a9','status':'ACCEPT'}", "unknown"},
    {"{'op':'inverse_response','framework':'f1','agent':'a2','status':'ACCEPT'}", "conflict"},
    {"{'op':'inverse_response','framework':'f1','agent':'a1','status':'MAYBE'}", "status"},
    {"{'op':'tick'}", "ms: is missing"},
    {"{'op':'tick','ms':-1}", "range"},
    {"{'op':'tick','ms':1e300}", "range"},
    {"{'op':'tick','ms':'1'}", "number"},
};

static void a_refused_line_changes_nothing(void **state)
{
    (void)state;
    g_autoptr(HfReplay) replay = start();
    g_autofree char *before = play(replay, "{'op':'state'}");
    for (size_t b = 0; b < G_N_ELEMENTS(bad); b++) {
        g_autofree char *out = play(replay, bad[b].line);
        if (!g_str_has_prefix(out, "{\"ev\":\"error\"") || strchr(out, '\n')[1] != '\0')
            fail_msg("%s: %s", bad[b].line, out);
        if (strstr(out, bad[b].words) == NULL)
            fail_msg("%s: '%s' is not said in %s", bad[b].line, bad[b].words, out);
        g_autofree char *after = play(replay, "{'op':'state'}");
        if (strcmp(before, after) != 0)
            fail_msg("%s\nbefore %s\nafter  %s", bad[b].line, before, after);
    }
    g_autoptr(HfReplay) other = start();
    for (size_t i = 0; later[i] != NULL; i++) {
        g_autofree char *mine = play(replay, later[i]), *its = play(other, later[i]);
        assert_string_equal(mine, its);
    }
}

/* Operations of an operator that do not apply are answered, not refused, and change nothing. */
static void operations_that_do_not_apply_change_nothing(void **state)
{
    (void)state;
    static const char *const lines[] = {
        /* offered to f1 */
        "{'op':'update_available','agent':'a1','operations':[{'type':'RESERVE','resources':"
        "['cpus(D:t):1']}]}",
        /* the first would apply */
        "{'op':'update_available','agent':'a2','operations':[{'type':'RESERVE','resources':"
        "['cpus(D:t):1']},{'type':'RESERVE','resources':['cpus(D:t):9']}]}",
        "{'op':'update_available','agent':'a2','operations':[{'type':'UNRESERVE','resources':"
        "['cpus(D:t):1']}]}",
        "{'op':'update_available','agent':'a2','operations':[{'type':'CREATE','volumes':"
        "['disk(D:t)[v:p]:1']}]}",
        "{'op':'update_available','agent':'a2','operations':[{'type':'DESTROY','volumes':"
        "['disk(D:t)[v:p]:1']}]}",
        "{'op':'update_available','agent':'a2','operations':[{'type':'SHRINK_VOLUME','volume':"
        "'disk(D:t)[v:p]:1','subtract':1}]}",
    };
    g_autoptr(HfReplay) replay = start();
    g_autofree char *before = play(replay, "{'op':'state'}");
    for (size_t l = 0; l < G_N_ELEMENTS(lines); l++) {
        g_autofree char *out = play(replay, lines[l]);
        if (strstr(out, "\"applied\":false") == NULL) fail_msg("%s: %s", lines[l], out);
        g_autofree char *after = play(replay, "{'op':'state'}");
        assert_string_equal(before, after);
    }
}

/* While paused by hand no agent is taken, as in Mesos; what comes too late is no error. */
static void a_pause_takes_no_agents(void **state)
{
    (void)state;
    static const char *const late[] = {
        "{'op':'recover','framework':'f9','agent':'a1','resources':['cpus@r:1']}",
        "{'op':'recover','framework':'f1','agent':'a9','resources':['cpus@r:1'],'filter_s':5}",
        "{'op':'recover','framework':'f1','agent':'a1','resources':[]}",
        "{'op':'launch','framework':'f1','agent':'a1','resources':[]}",
    };
    g_autoptr(HfReplay) replay = start();
    g_autofree char *ok = play(replay, "{'op':'pause'}");
    g_autofree char *before = play(replay, "{'op':'state'}");
    g_autofree char *out = play(replay, "{'op':'add_agent','id':'a3','resources':'cpus:1'}");
    assert_non_null(strstr(out, "conflict"));
    for (size_t l = 0; l < G_N_ELEMENTS(late); l++) {
        g_autofree char *answer = play(replay, late[l]);
        assert_string_equal(answer, "{\"ev\":\"ok\",\"t\":0}\n");
    }
    g_autofree char *after = play(replay, "{'op':'state'}");
    assert_string_equal(before, after);
}

/* Not an operation at all: the script ends there. */
static void what_is_no_operation_ends_the_script(void **state)
{
    (void)state;
    static const struct {
        const char *line, *words;
    } lines[] = {
        {"[]", "\"op\""},
        {"{}", "\"op\""},
        {"{'op':7}", "\"op\""},
        {"{'op':'dance'}", "dance"},
        {"{'op':'init'", ""},
        {"nonsense", ""},
        {"{'op':'tick','ms':1}", "init"}, /* not first */
        {"{'op':'init','allocation_interval_ms':0}", "allocation_interval_ms"},
        {"{'op':'init','allocation_interval_ms':'1'}", "allocation_interval_ms"},
        {"{'op':'init','min_allocatable':7}", "min_allocatable"},
        {"{'op':'init','min_allocatable':'cpus'}", "cpus"},
        {"{'op':'init','min_allocatable':[7]}", ""},
        {"{'op':'init','role_sorter':'fair'}", "role_sorter"},
        {"{'op':'init','framework_sorter':7}", "framework_sorter"},
        {"{'op':'init','filter_gpu_resources':'no'}", "filter_gpu_resources"},
        {"{'op':'init','fairness_exclude':'gpus'}", "fairness_exclude"},
        {"{'op':'init','domain':'eu'}", "domain"},
        {"{'op':'init','recovery_timeout_ms':-1}", "recovery_timeout_ms"},
        {"{'op':'init','agent_recovery_factor':'1'}", "agent_recovery_factor"},
    };
    for (size_t l = 0; l < G_N_ELEMENTS(lines); l++) {
        g_autoptr(HfReplay) replay = hf_replay_new();
        g_autofree char *line = g_strdelimit(g_strdup(lines[l].line), "'", '"');
        g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
        g_autoptr(GError) error = NULL;
        if (hf_replay_line(replay, line, out, &error)) fail_msg("accepted: %s", line);
        if (strstr(error->message, lines[l].words) == NULL)
            fail_msg("%s: '%s'", line, error->message);
    }
    g_autoptr(HfReplay) replay = start();
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    g_autoptr(GError) error = NULL;
    assert_false(hf_replay_line(replay, "{\"op\":\"init\"}", out, &error));
    assert_non_null(strstr(error->message, "once"));
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_line_changes_nothing),
        cmocka_unit_test(operations_that_do_not_apply_change_nothing),
        cmocka_unit_test(a_pause_takes_no_agents),
        cmocka_unit_test(what_is_no_operation_ends_the_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
