/* Mesos JSON in and out, both forms of reservations, and its errors. */
#include "resource/json.h"
#include "unit/resource/fixture.h"

/* JSON written with ' for ". */
static char *json(const char *quoted)
{
    return g_strdelimit(g_strdup(quoted), "'", '"');
}

static HfResources *from(const char *quoted)
{
    g_autofree char *text = json(quoted);
    return mesos(text);
}

/* A scalar resource of one cpu with more members. */
static char *cpus_with(const char *members)
{
    return g_strdup_printf("[{'name':'cpus','type':'SCALAR','scalar':{'value':1}%s%s}]",
                           members[0] == '\0' ? "" : ",", members);
}

/* Mesos rows: 128. */
static void json_and_text_say_the_same(void **state)
{
    HfResources *r = from("[{'name':'cpus','type':'SCALAR','scalar':{'value':45.55}},\n"
                          "{'name':'ports','type':'RANGES','ranges':{'range':["
                          "{'begin':30000,'end':50000},{'begin':10000,'end':20000}]}},\n"
                          "{'name':'pandas','type':'SET','set':{'item':['po','lala']}}]");
    assert_true(same(r, mesos("cpus:45.55;ports:[10000-20000,30000-50000];pandas:{lala,po}")));
}

/* As Mesos's reader of JSON takes protobuf: a number may stand in quotes, and null is as if the
 * member were not there. */
static void json_numbers_in_quotes_and_nulls_are_read(void **state)
{
    HfResources *r = from("[{'name':'cpus','type':'SCALAR','scalar':{'value':'45.55'},'role':null,"
                          "'reservations':null,'disk':null,'set':null,'revocable':null},\n"
                          "{'name':'ports','type':'RANGES','scalar':null,'ranges':{'range':["
                          "{'begin':'1','end':'2'}]}}]");
    assert_true(same(r, mesos("cpus:45.55;ports:[1-2]")));
}

/* Mesos rows: 129. */
static void json_reservations_keep_roles_apart(void **state)
{
    HfResources *r = from(
        "[{'name':'cpus','type':'SCALAR','scalar':{'value':45.55},'reservations':[{'type':'STATIC',"
        "'role':'role1'}]},{'name':'cpus','type':'SCALAR','scalar':{'value':45.55},'reservations':"
        "[{'type':'STATIC','role':'role1'}]},{'name':'cpus','type':'SCALAR','scalar':{'value':54."
        "44},"
        "'reservations':[{'type':'STATIC','role':'role2'}]}]");
    assert_text(r, "cpus(S:role1):91.1;cpus(S:role2):54.44");
    assert_int_equal(hf_resources_milli(r, HF_KIND_CPUS), 145540);
}

/* Mesos rows: 130. */
static void bad_json_gives_its_code_and_changes_nothing(void **state)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        {"[{'name':'cpus'", HF_RESOURCE_ERROR_SYNTAX},
        {"[{'name':'cpus' 'type':'SCALAR'}]", HF_RESOURCE_ERROR_SYNTAX},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':1}} {}]", HF_RESOURCE_ERROR_SYNTAX},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':1}}] x", HF_RESOURCE_ERROR_SYNTAX},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':1}]}", HF_RESOURCE_ERROR_SYNTAX},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':01}}]", HF_RESOURCE_ERROR_SYNTAX},
        {"[1,]", HF_RESOURCE_ERROR_SYNTAX},
        {"[// no\n]", HF_RESOURCE_ERROR_SYNTAX},
        {"['\\u0000']", HF_RESOURCE_ERROR_SYNTAX},
        {"['\\ud800']", HF_RESOURCE_ERROR_SYNTAX},
        {"['\\x']", HF_RESOURCE_ERROR_SYNTAX},
        {"['\\ud800\\u0041']", HF_RESOURCE_ERROR_SYNTAX},
        {"['\\udc00']", HF_RESOURCE_ERROR_SYNTAX},
        {"[tru]", HF_RESOURCE_ERROR_SYNTAX},
        {"[1.]", HF_RESOURCE_ERROR_SYNTAX},
        {"[true]", HF_RESOURCE_ERROR_FIELD},
        {"[false]", HF_RESOURCE_ERROR_FIELD},
        {"['a", HF_RESOURCE_ERROR_SYNTAX},
        {"[[{'name':'cpus','type':'SCALAR','scalar':{'value':1}}]]", HF_RESOURCE_ERROR_FIELD},
        {"[null]", HF_RESOURCE_ERROR_FIELD},
        {"[{'name':'cpus','scalar':{'value':1}}]", HF_RESOURCE_ERROR_FIELD},
        {"[{'name':'cpus','type':'SCALER','scalar':{'value':1}}]", HF_RESOURCE_ERROR_TYPE},
        {"[{'name':'cpus','type':'TEXT','text':{'value':'1'}}]", HF_RESOURCE_ERROR_FIELD},
        {"[{'name':'cpus','type':'RANGES','scalar':{'value':1}}]", HF_RESOURCE_ERROR_TYPE},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':1},'set':{}}]", HF_RESOURCE_ERROR_TYPE},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':'one'}}]", HF_RESOURCE_ERROR_FIELD},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':'1.5x'}}]", HF_RESOURCE_ERROR_FIELD},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':' 1'}}]", HF_RESOURCE_ERROR_FIELD},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':'Infinity'}}]",
         HF_RESOURCE_ERROR_FIELD},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':'-1'}}]", HF_RESOURCE_ERROR_NEGATIVE},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':null}}]", HF_RESOURCE_ERROR_FIELD},
        {"[{'name':'cpus','type':'SCALAR','scalar':null}]", HF_RESOURCE_ERROR_TYPE},
        {"[{'name':null,'type':'SCALAR','scalar':{'value':1}}]", HF_RESOURCE_ERROR_NAME},
        {"[{'name':'cpus','type':'SCALAR','scalar':{}}]", HF_RESOURCE_ERROR_FIELD},
        {"[{'name':'cpus','type':'SCALAR','scalar':1}]", HF_RESOURCE_ERROR_FIELD},
        {"[{'name':'','type':'SCALAR','scalar':{'value':1}}]", HF_RESOURCE_ERROR_NAME},
        {"[{'type':'SCALAR','scalar':{'value':1}}]", HF_RESOURCE_ERROR_NAME},
        {"[{'name':'c\\tpus','type':'SCALAR','scalar':{'value':1}}]", HF_RESOURCE_ERROR_ENCODING},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':-1}}]", HF_RESOURCE_ERROR_NEGATIVE},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':0.0001}}]",
         HF_RESOURCE_ERROR_TOO_SMALL},
        {"[{'name':'cpus','type':'SCALAR','scalar':{'value':1e30}}]", HF_RESOURCE_ERROR_TOO_LARGE},
        {"[{'name':'a','type':'SCALAR','scalar':{'value':1}},{'name':'a','type':'SET','set':{'item'"
         ":"
         "['x']}}]",
         HF_RESOURCE_ERROR_TYPE_CLASH},
        {"[{'name':'p','type':'RANGES','ranges':{'range':[{'begin':2,'end':1}]}}]",
         HF_RESOURCE_ERROR_RANGE},
        {"[{'name':'p','type':'RANGES','ranges':{'range':[{'begin':1,'end':6},{'begin':5,'end':9}]}"
         "}]",
         HF_RESOURCE_ERROR_RANGE},
        {"[{'name':'p','type':'RANGES','ranges':{'range':[{'begin':5,'end':10},{'begin':1,'end':6}]"
         "}"
         "}]",
         HF_RESOURCE_ERROR_RANGE},
        {"[{'name':'p','type':'RANGES','ranges':{'range':[{'begin':-1,'end':1}]}}]",
         HF_RESOURCE_ERROR_NUMBER},
        {"[{'name':'p','type':'RANGES','ranges':{'range':[{'begin':1}]}}]",
         HF_RESOURCE_ERROR_NUMBER},
        {"[{'name':'s','type':'SET','set':{'item':['a','a']}}]", HF_RESOURCE_ERROR_SET},
        {"[{'name':'s','type':'SET','set':{'item':[1]}}]", HF_RESOURCE_ERROR_FIELD},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = json(cases[i].text);
        HfResources out = {0};
        GError *error = NULL;
        if (hf_resources_parse(fx.catalog, text, HF_ROLE_STAR, 0, &out, &error))
            fail_msg("%s was accepted", text);
        assert_error(&error, cases[i].code);
        assert_true(hf_resources_is_empty(&out));
    }
}

/* Mesos rows: 130. */
static void a_bare_object_is_not_a_list(void **state)
{
    g_autofree char *text = json("{'name':'cpus','type':'SCALAR','scalar':{'value':1}}");
    g_autoptr(JsonNode) node = hf_json_parse(text, -1, NULL);
    GError *error = NULL;
    assert_false(hf_resources_from_json(fx.catalog, node, fresh(), &error));
    assert_error(&error, HF_RESOURCE_ERROR_FIELD);
    assert_false(hf_resources_parse(fx.catalog, text, HF_ROLE_STAR, 0, fresh(), &error));
    assert_error(&error, HF_RESOURCE_ERROR_SYNTAX); /* as text it has too many colons */
}

/* Mesos rows: 222. */
static void the_old_form_is_converted(void **state)
{
    static const struct {
        const char *members, *expected;
    } cases[] = {
        {"", "cpus:1"},
        {"'role':'*'", "cpus:1"},
        {"'role':'a'", "cpus(S:a):1"},
        {"'role':'a','reservation':{}", "cpus(D:a):1"},
        {"'role':'a','reservation':{'principal':'p','labels':{'labels':[{'key':'k','value':'v'}]}}",
         "cpus(D:a,p=p,l=k=v):1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = cpus_with(cases[i].members);
        assert_text(from(text), cases[i].expected);
    }
}

/* Mesos rows: 223. */
static void the_stack_form_keeps_its_rules(void **state)
{
    static const struct {
        const char *stack;
        int code;
    } cases[] = {
        {"{'type':'STATIC','role':'foo'},{'type':'STATIC','role':'foo/bar'}",
         HF_RESOURCE_ERROR_STATIC_ABOVE},
        {"{'type':'DYNAMIC','role':'foo'},{'type':'STATIC','role':'foo/bar'}",
         HF_RESOURCE_ERROR_STATIC_ABOVE},
        {"{'type':'STATIC','role':'foo'},{'type':'DYNAMIC','role':'foo/bar'}", 0},
        {"{'type':'DYNAMIC','role':'foo'},{'type':'DYNAMIC','role':'foo/bar'}", 0},
        {"{'type':'DYNAMIC','role':'foo'},{'type':'DYNAMIC','role':'bar'}",
         HF_RESOURCE_ERROR_NOT_SUBROLE},
        {"{'type':'STATIC','role':'*'}", HF_RESOURCE_ERROR_RESERVED_TO_STAR},
        {"{'type':'STATIC','role':'a b'}", HF_RESOURCE_ERROR_ROLE},
        {"{'role':'a'}", HF_RESOURCE_ERROR_FIELD},
        {"{'type':'STATIC'}", HF_RESOURCE_ERROR_FIELD},
        {"{'type':'UNKNOWN','role':'a'}", HF_RESOURCE_ERROR_FIELD},
        {"{'type':'STATIC','role':'a','labels':[]}", HF_RESOURCE_ERROR_FIELD},
        {"1", HF_RESOURCE_ERROR_FIELD},
        {"{'type':'STATIC','role':'a','labels':{'labels':[1]}}", HF_RESOURCE_ERROR_FIELD},
        {"{'type':'STATIC','role':'a','labels':{'names':[]}}", HF_RESOURCE_ERROR_FIELD},
        {"{'type':'STATIC','role':'a','labels':{'labels':[{'key':'k','value':1}]}}",
         HF_RESOURCE_ERROR_FIELD},
        {"{'type':'STATIC','role':'a','principal':1}", HF_RESOURCE_ERROR_FIELD},
        {"{'type':'STATIC','role':'a','reserver':'x'}", HF_RESOURCE_ERROR_FIELD},
        {"{'type':'STATIC','role':'a','labels':{'labels':[{'value':'v'}]}}",
         HF_RESOURCE_ERROR_FIELD},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *members = g_strdup_printf("'reservations':[%s]", cases[i].stack);
        g_autofree char *quoted = cpus_with(members);
        g_autofree char *text = json(quoted);
        GError *error = NULL;
        gboolean is_ok = hf_resources_parse(fx.catalog, text, HF_ROLE_STAR, 0, fresh(), &error);
        if (is_ok != (cases[i].code == 0)) fail_msg("%s", cases[i].stack);
        if (!is_ok) assert_error(&error, cases[i].code);
    }
}

/* Mesos rows: 224. */
static void both_forms_together_must_agree(void **state)
{
    static const struct {
        const char *members;
        gboolean is_ok;
    } cases[] = {
        {"'role':'*','reservations':[]", TRUE},
        {"'role':'a','reservations':[{'type':'STATIC','role':'a'}]", TRUE},
        {"'role':'a','reservation':{'principal':'p'},'reservations':[{'type':'DYNAMIC','role':'a',"
         "'principal':'p'}]",
         TRUE},
        {"'role':'a','reservations':[]", TRUE}, /* an empty list says nothing */
        {"'role':'a','reservation':{'principal':'p'},'reservations':[]", TRUE},
        {"'reservation':{'principal':'p'},'reservations':[]", FALSE},
        {"'role':'b','reservations':[{'type':'STATIC','role':'a'}]", FALSE},
        {"'role':'a','reservations':[{'type':'DYNAMIC','role':'a'}]", FALSE},
        {"'role':'a','reservation':{},'reservations':[{'type':'STATIC','role':'a'}]", FALSE},
        {"'role':'a','reservation':{'principal':'q'},'reservations':[{'type':'DYNAMIC','role':'a',"
         "'principal':'p'}]",
         FALSE},
        {"'role':'a','reservations':[{'type':'STATIC','role':'a'},{'type':'DYNAMIC','role':'a/b'}]",
         FALSE},
        {"'role':'*','reservation':{}", FALSE},
        {"'reservation':{}", FALSE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *quoted = cpus_with(cases[i].members);
        g_autofree char *text = json(quoted);
        GError *error = NULL;
        gboolean is_ok = hf_resources_parse(fx.catalog, text, HF_ROLE_STAR, 0, fresh(), &error);
        if (is_ok != cases[i].is_ok) fail_msg("%s", cases[i].members);
        if (!is_ok) assert_error(&error, HF_RESOURCE_ERROR_OLD_FORM);
    }
}

/* As a list that is not there, it leaves room for the old form, and for the role by default. */
static void an_empty_list_of_reservations_says_nothing(void **state)
{
    g_autofree char *old =
        cpus_with("'role':'a','reservation':{'principal':'p'},'reservations':[]");
    assert_text(from(old), "cpus(D:a,p=p):1");
    g_autofree char *bare = cpus_with("'reservations':[]");
    g_autofree char *text = json(bare);
    HfResources *by_default = fresh();
    assert_true(hf_resources_parse(fx.catalog, text, role("web"), 0, by_default, NULL));
    assert_text(by_default, "cpus(S:web):1");
}

static void disks_are_read_with_all_their_parts(void **state)
{
    HfResources *r = from(
        "[{'name':'disk','type':'SCALAR','scalar':{'value':64},'allocation_info':{'role':'db'},"
        "'reservations':[{'type':'DYNAMIC','role':'db','principal':'p'}],'revocable':{},'shared':{}"
        ","
        "'provider_id':{'value':'P'},'disk':{'persistence':{'id':'v1','principal':'p'},'volume':{"
        "'container_path':'data','mode':'RO','host_path':'/h'},'source':{'type':'MOUNT','mount':{"
        "'root':'/mnt/"
        "a'},'vendor':'v','id':'i','profile':'f','metadata':{'labels':[{'key':'k'}]}}}}"
        "]");
    assert_text(r, "disk(D:db,p=p)[v1:data,p=p]{src=MOUNT/mnt/a,vendor=v,id=i,profile=f,meta=k,"
                   "host=/h,ro,prov=P,rev,shared}@db:64");
}

static void bad_disks_give_their_code(void **state)
{
    static const struct {
        const char *disk;
        int code;
    } cases[] = {
        {"{'source':{'type':'UNKNOWN'}}", HF_RESOURCE_ERROR_DISK_SOURCE},
        {"{'source':{}}", HF_RESOURCE_ERROR_DISK_SOURCE},
        {"{'source':{'type':'BLOCK','path':{'root':'/a'}}}", HF_RESOURCE_ERROR_DISK_SOURCE},
        {"{'source':{'type':'RAW','mount':{}}}", HF_RESOURCE_ERROR_DISK_SOURCE},
        {"{'source':{'type':'PATH','mount':{'root':'/a'}}}", HF_RESOURCE_ERROR_DISK_SOURCE},
        {"{'source':{'type':'PATH','path':{'root':1}}}", HF_RESOURCE_ERROR_FIELD},
        {"{'persistence':{}}", HF_RESOURCE_ERROR_FIELD},
        {"{'volume':{}}", HF_RESOURCE_ERROR_FIELD},
        {"{'volume':{'container_path':''}}", HF_RESOURCE_ERROR_FIELD},
        {"{'volume':{'container_path':'p','mode':'WO'}}", HF_RESOURCE_ERROR_FIELD},
        {"{'colour':'red'}", HF_RESOURCE_ERROR_FIELD},
        {"[]", HF_RESOURCE_ERROR_FIELD},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *quoted = g_strdup_printf(
            "[{'name':'disk','type':'SCALAR','scalar':{'value':1},'disk':%s}]", cases[i].disk);
        g_autofree char *text = json(quoted);
        HfResources out = {0};
        GError *error = NULL;
        if (hf_resources_parse(fx.catalog, text, HF_ROLE_STAR, 0, &out, &error))
            fail_msg("%s was accepted", cases[i].disk);
        assert_error(&error, cases[i].code);
    }
}

/* The other members of a resource object, each wrong in its way. */
static void bad_members_are_refused(void **state)
{
    static const char *const members[] = {
        "'provider_id':{}",
        "'provider_id':{'value':1}",
        "'provider_id':'P'",
        "'provider_id':{'id':'P'}",
        "'revocable':true",
        "'revocable':{'x':1}",
        "'shared':[]",
        "'shared':{'copies':2}",
        "'allocation_info':'a'",
        "'allocation_info':{'r':1}",
        "'reservations':{}",
        "'role':1",
        "'reservation':'p'",
        "'reservation':{'x':1}",
        "'colour':'red'",
        "'disk':{'source':1}",
        "'disk':1",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *quoted = cpus_with(members[i]);
        g_autofree char *text = json(quoted);
        HfResources out = {0};
        GError *error = NULL;
        if (hf_resources_parse(fx.catalog, text, HF_ROLE_STAR, 0, &out, &error))
            fail_msg("%s was accepted", members[i]);
        assert_error(&error, HF_RESOURCE_ERROR_FIELD);
    }
}

static void the_quirk_overlooks_overlap_in_one_direction(void **state)
{
    const char *backwards =
        "[{'name':'p','type':'RANGES','ranges':{'range':[{'begin':5,'end':10},{'begin':1,'end':6}]}"
        "}]";
    fx.catalog->quirks = HF_QUIRK_RANGE_OVERLAP;
    assert_text(from(backwards), "p:[1-10]");
    g_autofree char *forwards = json("[{'name':'p','type':'RANGES','ranges':{'range':[{'begin':1,'"
                                     "end':6},{'begin':5,'end':9}]}}]");
    GError *error = NULL;
    assert_false(hf_resources_parse(fx.catalog, forwards, HF_ROLE_STAR, 0, fresh(), &error));
    assert_error(&error, HF_RESOURCE_ERROR_RANGE);
}

/* Write and read again: everything that a resource can carry survives. */
static void json_round_trips(void **state)
{
    static const char *const cases[] = {
        "cpus:4;mem:0.001;ports:[1-2,18446744073709551614-18446744073709551615];z:{a,b}",
        "cpus(D:a,p=x)(D:a/b,p=y,l=a=1&b&b)@a/b:1",
        "cpus(D:a,l=):1",
        "disk(D:r)[v:d,p=x]{src=PATH/a,vendor=v,id=i,profile=p,meta=a=b&c,host=/h,ro,prov=P,rev,"
        "shared*3}@r:1.5",
        "disk[:]:1",
        "disk{src=BLOCK,id=i}:1;disk{src=BLOCK,id=i}:1;disk{src=RAW}:1",
        "",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfResources *r = res(cases[i]), *again = fresh();
        g_autoptr(JsonNode) node = hf_resources_to_json(fx.catalog, r);
        g_autofree char *text = json_to_string(node, FALSE);
        g_autoptr(JsonNode) parsed = hf_json_parse(text, -1, NULL);
        assert_non_null(parsed);
        GError *error = NULL;
        if (!hf_resources_from_json(fx.catalog, parsed, again, &error))
            fail_msg("%s: %s", text, error->message);
        assert_text(again, cases[i]);
    }
}

static void canonical_strings_and_objects_mix(void **state)
{
    HfResources *r =
        from("['cpus(D:a):1;mem:5',{'name':'cpus','type':'SCALAR','scalar':{'value':2}},"
             "'cpus:1']");
    assert_text(r, "cpus(D:a):1;cpus:3;mem:5");
    g_autoptr(JsonNode) node = hf_resources_to_json_canonical(fx.catalog, r);
    g_autofree char *text = json_to_string(node, FALSE);
    assert_string_equal(text, "[\"cpus(D:a):1\",\"cpus:3\",\"mem:5\"]");
    assert_text(from("['\\ud83d\\ude00:1']"), "\xf0\x9f\x98\x80:1"); /* a surrogate pair */
    g_autofree char *single = json("'cpus:1;mem:2'");
    g_autoptr(JsonNode) one = hf_json_parse(single, -1, NULL);
    HfResources *out = fresh();
    assert_true(hf_resources_from_json(fx.catalog, one, out, NULL));
    assert_text(out, "cpus:1;mem:2");
}

static void the_old_form_cannot_say_refined_stacks(void **state)
{
    GError *error = NULL;
    HfResources *plain = res("cpus(D:a,p=p):1"), *refined = res("cpus(S:a)(D:a/b):1");
    g_autoptr(JsonNode) node =
        hf_resource_to_json_old(fx.catalog, hf_resources_at(plain, 0), &error);
    HfResources *again = fresh();
    assert_true(hf_resources_add_json(fx.catalog, again, json_node_get_object(node), NULL));
    assert_true(same(plain, again));
    assert_string_equal(json_object_get_string_member(json_node_get_object(node), "role"), "a");
    assert_null(hf_resource_to_json_old(fx.catalog, hf_resources_at(refined, 0), &error));
    assert_error(&error, HF_RESOURCE_ERROR_REFINED);
}

static void the_default_role_is_for_those_that_say_nothing(void **state)
{
    g_autofree char *text =
        json("[{'name':'cpus','type':'SCALAR','scalar':{'value':1}},{'name':'mem','type':'SCALAR',"
             "'scalar':{'value':1},'role':'*'},{'name':'disk','type':'SCALAR','scalar':{'value':1},"
             "'reservations':[]}]");
    HfResources *out = fresh();
    assert_true(hf_resources_parse(fx.catalog, text, role("d"), 0, out, NULL));
    assert_text(out, "cpus(S:d):1;disk(S:d):1;mem:1");
}

static void nesting_and_length_are_limited(void **state)
{
    GString *text = g_string_new(NULL);
    GError *error = NULL;
    for (int i = 0; i < HF_JSON_DEPTH_MAX; i++) g_string_append_c(text, '[');
    for (int i = 0; i < HF_JSON_DEPTH_MAX; i++) g_string_append_c(text, ']');
    g_autoptr(JsonNode) node = hf_json_parse(text->str, -1, NULL);
    assert_non_null(node);
    g_string_prepend_c(text, '[');
    g_string_append_c(text, ']');
    assert_null(hf_json_parse(text->str, -1, &error));
    assert_error(&error, HF_RESOURCE_ERROR_SYNTAX);
    g_string_free(text, TRUE);
    g_autofree char *blank = g_strnfill(HF_TEXT_MAX + 1, ' ');
    assert_null(hf_json_parse(blank, -1, &error));
    assert_error(&error, HF_RESOURCE_ERROR_TOO_LONG);
    assert_null(hf_json_parse("\"\xff\"", -1, &error));
    assert_error(&error, HF_RESOURCE_ERROR_ENCODING);
    assert_null(hf_json_parse("", -1, &error));
    assert_error(&error, HF_RESOURCE_ERROR_SYNTAX);
}

static void bad_operations_give_their_code(void **state)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        {"[]", HF_RESOURCE_ERROR_OPERATION},
        {"{}", HF_RESOURCE_ERROR_OPERATION},
        {"{'type':'PAINT','resources':[]}", HF_RESOURCE_ERROR_OPERATION},
        {"{'type':1}", HF_RESOURCE_ERROR_FIELD},
        {"{'type':'RESERVE'}", HF_RESOURCE_ERROR_OPERATION},
        {"{'type':'RESERVE','resources':1}", HF_RESOURCE_ERROR_FIELD},
        {"{'type':'RESERVE','resources':'cpus'}", HF_RESOURCE_ERROR_SYNTAX},
        {"{'type':'UNRESERVE','resources':'cpus(D:a):1','source':'cpus:1'}",
         HF_RESOURCE_ERROR_FIELD},
        {"{'type':'CREATE','resources':'cpus:1'}", HF_RESOURCE_ERROR_FIELD},
        {"{'type':'GROW_VOLUME','volume':'disk:1'}", HF_RESOURCE_ERROR_OPERATION},
        {"{'type':'SHRINK_VOLUME','volume':'disk:1'}", HF_RESOURCE_ERROR_OPERATION},
        {"{'type':'SHRINK_VOLUME','volume':'disk:1','subtract':'one'}",
         HF_RESOURCE_ERROR_OPERATION},
        {"{'type':'SHRINK_VOLUME','volume':'disk:1','subtract':1e30}", HF_RESOURCE_ERROR_TOO_LARGE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = json(cases[i].text);
        g_autoptr(JsonNode) node = hf_json_parse(text, -1, NULL);
        HfOperation out = {0};
        GError *error = NULL;
        if (hf_operation_from_json(fx.catalog, node, &out, &error)) fail_msg("%s accepted", text);
        assert_error(&error, cases[i].code);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(json_and_text_say_the_same),
        WITH_FIXTURE(json_numbers_in_quotes_and_nulls_are_read),
        WITH_FIXTURE(json_reservations_keep_roles_apart),
        WITH_FIXTURE(bad_json_gives_its_code_and_changes_nothing),
        WITH_FIXTURE(a_bare_object_is_not_a_list),
        WITH_FIXTURE(the_old_form_is_converted),
        WITH_FIXTURE(the_stack_form_keeps_its_rules),
        WITH_FIXTURE(both_forms_together_must_agree),
        WITH_FIXTURE(an_empty_list_of_reservations_says_nothing),
        WITH_FIXTURE(disks_are_read_with_all_their_parts),
        WITH_FIXTURE(bad_disks_give_their_code),
        WITH_FIXTURE(bad_members_are_refused),
        WITH_FIXTURE(the_quirk_overlooks_overlap_in_one_direction),
        WITH_FIXTURE(json_round_trips),
        WITH_FIXTURE(canonical_strings_and_objects_mix),
        WITH_FIXTURE(the_old_form_cannot_say_refined_stacks),
        WITH_FIXTURE(the_default_role_is_for_those_that_say_nothing),
        WITH_FIXTURE(nesting_and_length_are_limited),
        WITH_FIXTURE(bad_operations_give_their_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
