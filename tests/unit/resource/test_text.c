/* Mesos's text form and the canonical form, in and out. */
#include "resource/text.h"
#include "unit/resource/fixture.h"

/* Mesos rows: 125. */
static void the_value_decides_the_type_of_a_resource(void **state)
{
    HfResources *r = mesos("cpus:45.55;ports:[10000-20000, 30000-50000];disks:{sda1}");
    assert_int_equal(hf_resources_count(r), 3);
    assert_order(r, "cpus:45.55;ports:[10000-20000,30000-50000];disks:{sda1}");
    assert_int_equal(hf_kind_type(fx.catalog, hf_resources_at(r, 0)->kind), HF_TYPE_SCALAR);
    assert_int_equal(hf_resources_at(r, 1)->ranges->count, 2);
    assert_int_equal(hf_resources_at(r, 2)->set->count, 1);
    assert_true(same(r, plus(plus(mesos("cpus:45.55"), mesos("disks:{sda1}")),
                             mesos("ports:[10000-20000,30000-50000]"))));
}

/* Mesos rows: 126. */
static void parentheses_reserve_statically_and_override_the_default_role(void **state)
{
    HfResources *explicit_roles = mesos("cpus(role1):2.5;ports(role2):[0-100]");
    HfResources *with_default = fresh();
    assert_true(hf_resources_parse(fx.catalog, " cpus :2.5;ports( role2 ):[0-100]", role("role1"),
                                   0, with_default, NULL));
    assert_text(with_default, "cpus(S:role1):2.5;ports(S:role2):[0-100]");
    assert_true(same(explicit_roles, with_default));
    assert_text(mesos("cpus(*):1"), "cpus:1");
    assert_text(mesos(";;cpus:+1;;mem:-0;"), "cpus:1"); /* what is empty, or nothing, is left out */
}

/* Mesos rows: 127, 181. */
static void bad_text_gives_its_code_and_changes_nothing(void **state)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        {"cpus(role1)", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus(role1:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus)(role1:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus(role1))x:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus(a)(b):1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus:1:2", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus::1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus:", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus:1; ", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus:1;\n;mem:2", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus:1099511627777", HF_RESOURCE_ERROR_TOO_LARGE},
        {"cpus:9e15", HF_RESOURCE_ERROR_TOO_LARGE},
        {"cpus:-0.5", HF_RESOURCE_ERROR_TYPE},
        {"foo(role1):1;foo(role2):[0-1]", HF_RESOURCE_ERROR_TYPE_CLASH},
        {"(role):1", HF_RESOURCE_ERROR_NAME},
        {":1", HF_RESOURCE_ERROR_NAME},
        {"cpus:many", HF_RESOURCE_ERROR_TYPE},
        {"cpus:-1", HF_RESOURCE_ERROR_TYPE},
        {"cpus:0.00001", HF_RESOURCE_ERROR_TOO_SMALL},
        {"cpus(a//b):1", HF_RESOURCE_ERROR_ROLE},
        {"cpus():1", HF_RESOURCE_ERROR_ROLE},
        {"mem:1099511627776;mem:0.001", HF_RESOURCE_ERROR_TOO_LARGE},
        {"c\001pus:1", HF_RESOURCE_ERROR_ENCODING},
        {"\xff:1", HF_RESOURCE_ERROR_ENCODING},
        {"[", HF_RESOURCE_ERROR_SYNTAX},
        {"[1]", HF_RESOURCE_ERROR_FIELD},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfResources *out = res("cpus:7");
        GError *error = NULL;
        if (hf_resources_parse(fx.catalog, cases[i].text, HF_ROLE_STAR, 0, out, &error))
            fail_msg("'%s' was accepted", cases[i].text);
        assert_error(&error, cases[i].code);
        assert_text(out, "cpus:7");
    }
}

static void an_error_names_the_entry(void **state)
{
    HfResources *out = fresh();
    GError *error = NULL;
    assert_false(hf_resources_parse(fx.catalog, "cpus:1;gadgets:-3", HF_ROLE_STAR, 0, out, &error));
    assert_non_null(strstr(error->message, "gadgets"));
    g_clear_error(&error);
    assert_false(hf_resources_parse_canonical(fx.catalog, "mem(S:a)(D:b):1", out, &error));
    assert_non_null(strstr(error->message, "mem(S:a)(D:b):1"));
    g_clear_error(&error);
}

static void a_text_too_long_is_refused(void **state)
{
    g_autofree char *text = g_strnfill(HF_TEXT_MAX + 1, ';');
    GError *error = NULL;
    assert_false(hf_resources_parse(fx.catalog, text, HF_ROLE_STAR, 0, fresh(), &error));
    assert_error(&error, HF_RESOURCE_ERROR_TOO_LONG);
    assert_false(hf_resources_parse_canonical(fx.catalog, text, fresh(), &error));
    assert_error(&error, HF_RESOURCE_ERROR_TOO_LONG);
    text[HF_TEXT_MAX] = '\0';
    assert_true(hf_resources_parse(fx.catalog, text, HF_ROLE_STAR, 0, fresh(), NULL));
}

static void too_many_entries_are_refused(void **state)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < HF_ENTRIES_MAX; i++) g_string_append(text, "cpus:0;");
    assert_true(hf_resources_parse(fx.catalog, text->str, HF_ROLE_STAR, 0, fresh(), NULL));
    g_string_append(text, "cpus:0");
    GError *error = NULL;
    assert_false(hf_resources_parse(fx.catalog, text->str, HF_ROLE_STAR, 0, fresh(), &error));
    assert_error(&error, HF_RESOURCE_ERROR_TOO_LONG);
    g_string_free(text, TRUE);
}

/* Mesos rows: 130. */
static void agents_may_not_state_what_operations_make(void **state)
{
    static const struct {
        const char *json;
        int code;
    } cases[] = {
        {"[{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1},\"role\":\"a\","
         "\"disk\":{\"persistence\":{\"id\":\"1\"},\"volume\":{\"container_path\":\"p\"}}}]",
         HF_RESOURCE_ERROR_PERSISTENT},
        {"[{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1},\"revocable\":{}}]",
         HF_RESOURCE_ERROR_REVOCABLE},
        {"[{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1},\"reservations\":"
         "[{\"type\":\"DYNAMIC\",\"role\":\"a\"}]}]",
         HF_RESOURCE_ERROR_DYNAMIC},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        assert_true(hf_resources_parse(fx.catalog, cases[i].json, HF_ROLE_STAR, 0, fresh(), NULL));
        assert_false(hf_resources_parse(fx.catalog, cases[i].json, HF_ROLE_STAR, HF_PARSE_AGENT,
                                        fresh(), &error));
        assert_error(&error, cases[i].code);
    }
    assert_true(hf_resources_parse(fx.catalog, "cpus(a):1;disk:5", HF_ROLE_STAR, HF_PARSE_AGENT,
                                   fresh(), NULL));
}

static void assert_print(const HfResources *resources, const char *expected)
{
    char *text = hf_resources_print(fx.catalog, resources);
    assert_string_equal(text, expected);
    g_free(text);
}

/* Mesos rows: 133. */
static void mesos_printing_keeps_the_order_of_entries(void **state)
{
    assert_print(mesos("cpus:45.55;ports:[10000-20000, 30000-50000];disks:{sda1}"),
                 "cpus:45.55; ports:[10000-20000, 30000-50000]; disks:{sda1}");
    assert_print(fresh(), "{}");
}

/* Mesos rows: 134, 231. */
static void mesos_printing_decorates_in_its_order(void **state)
{
    static const struct {
        const char *canonical, *expected;
    } cases[] = {
        {"disk(S:alice):1", "disk(reservations: [(STATIC,alice)]):1"},
        {"disk[:data]:1", "disk[:data]:1"},
        {"disk(D:alice,p=bob)[hadoop:/data]{rev}:1",
         "disk(reservations: [(DYNAMIC,alice,bob)])[hadoop:/data]{REV}:1"},
        {"disk[hadoop:/data]{src=MOUNT/mnt1,host=/hdfs}:1",
         "disk[MOUNT:/mnt1,hadoop:/hdfs:/data:rw]:1"},
        {"disk[hadoop:/data]{src=MOUNT/mnt1,host=/hdfs,ro}:1",
         "disk[MOUNT:/mnt1,hadoop:/hdfs:/data:ro]:1"},
        {"disk{src=PATH/p,vendor=v,profile=x}:1", "disk[PATH(v,,x)]:1"},
        {"disk{src=RAW,id=i}:1", "disk[RAW(,i,)]:1"},
        {"disk{src=BLOCK}:1", "disk[BLOCK]:1"},
        {"cpus(S:alice)(D:alice/refined,p=hdfs-p,l=foo=bar&foo)@web:2",
         "cpus(allocated: web)(reservations: [(STATIC,alice),(DYNAMIC,alice/refined,hdfs-p,{foo, "
         "foo: bar})]):2"},
        {"disk(S:a)[id1:path1]{shared*2}:64",
         "disk(reservations: [(STATIC,a)])[id1:path1]<SHARED>:64<2>"},
        {"disk(S:a)[id1:path1]{shared}:64",
         "disk(reservations: [(STATIC,a)])[id1:path1]<SHARED>:64<1>"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_print(res(cases[i].canonical), cases[i].expected);
}

/* The examples of the recorded cases' format, and everything beyond it, survive a round trip. */
static void canonical_text_round_trips(void **state)
{
    static const char *const cases[] = {
        "cpus:4",
        "cpus(S:web)@web:2",
        "disk(D:db,p=pr)[v1:data,p=pr]@db:64",
        "cpus(D:a,p=x)(D:a/b,p=y)@a/b:1",
        "disk{src=MOUNT/mnt/a}:200",
        "ports@r:[31000-31005,31010-31010]",
        "cpus{rev}@r:3",
        "cpus(D:r,l=):1",
        "cpus(D:r,p=,l=a&a=&a=b&c=d=e):1",
        "disk[:]:1",
        "disk[:data]:1",
        "disk(S:r)[v:]:1",
        "disk(S:r)[v:d,p=x]{src=PATH/a,vendor=v,id=i,profile=p,meta=a=b&c,host=/h,ro,prov=P,rev,"
        "shared*3}@r:1.5",
        "zones{rev}:{a,b,c}",
        "c p us:1",
        "cpus@*:1",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) assert_text(res(cases[i]), cases[i]);
}

static void canonical_input_takes_short_roles_and_any_order_of_values(void **state)
{
    assert_text(res("cpus(web):1"), "cpus(S:web):1");
    assert_text(res("cpus(*):1"), "cpus:1");
    assert_text(res(" cpus :1; mem : 2 ;"), "cpus:1;mem:2");
    assert_text(res("zones:{c,a,b}"), "zones:{a,b,c}");
    assert_text(res("cpus(D:r,l=b&a=1):1"), "cpus(D:r,l=a=1&b):1");
    assert_text(res("mem:2;cpus:1;disk:3"), "cpus:1;disk:3;mem:2"); /* sorted bytewise */
    assert_text(res(""), "");
}

static void bad_canonical_text_gives_its_code(void **state)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        {"cpus", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus(S:a:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus[v:1", HF_RESOURCE_ERROR_SYNTAX},
        {"disk[v]:1", HF_RESOURCE_ERROR_SYNTAX},
        {"disk[:d,p=x]:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus{rev:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus{fast}:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus{speed=1}:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus{rev*2}:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus{rev}(S:a):1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus{rev}{rev}:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus(S:a)x:1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus(S:a,q=x):1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus(S:a,l=x,p=y):1", HF_RESOURCE_ERROR_SYNTAX},
        {"cpus@a{rev}:1:2", HF_RESOURCE_ERROR_TYPE},
        {"cpus@:1", HF_RESOURCE_ERROR_ROLE},
        {"cpus@-x:1", HF_RESOURCE_ERROR_ROLE},
        {"cpus(S:a/../b):1", HF_RESOURCE_ERROR_ROLE},
        {"cpus(S:*):1", HF_RESOURCE_ERROR_RESERVED_TO_STAR},
        {"cpus(*,p=x):1", HF_RESOURCE_ERROR_RESERVED_TO_STAR},
        {"cpus(S:a)(S:a/b):1", HF_RESOURCE_ERROR_STATIC_ABOVE},
        {"cpus(D:a)(D:a):1", HF_RESOURCE_ERROR_NOT_SUBROLE},
        {"cpus(D:a)(D:ab):1", HF_RESOURCE_ERROR_NOT_SUBROLE},
        {"cpus[v:d]:1", HF_RESOURCE_ERROR_DISK_KIND},
        {"cpus{src=PATH/a}:1", HF_RESOURCE_ERROR_DISK_KIND},
        {"disk{src=TAPE}:1", HF_RESOURCE_ERROR_DISK_SOURCE},
        {"disk{src=BLOCK/dev/sda}:1", HF_RESOURCE_ERROR_DISK_SOURCE},
        {"disk{vendor=v}:1", HF_RESOURCE_ERROR_DISK_SOURCE},
        {"disk{ro}:1", HF_RESOURCE_ERROR_VOLUME_MISSING},
        {"disk{shared}:1", HF_RESOURCE_ERROR_SHARED},
        {"disk(S:a)[v:d]{shared*0}:1", HF_RESOURCE_ERROR_TOO_LARGE},
        {"disk(S:a)[v:d]{shared*65536}:1", HF_RESOURCE_ERROR_TOO_LARGE},
        {"disk(S:a)[v:d]{shared*65535}:1;disk(S:a)[v:d]{shared}:1", HF_RESOURCE_ERROR_TOO_LARGE},
        {"ports:[1-2", HF_RESOURCE_ERROR_SYNTAX},
        {"ports:[1-0]", HF_RESOURCE_ERROR_RANGE},
        {"cpus:", HF_RESOURCE_ERROR_SYNTAX},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        HfResources *out = res("cpus:7");
        GError *error = NULL;
        if (hf_resources_parse_canonical(fx.catalog, cases[i].text, out, &error))
            fail_msg("'%s' was accepted", cases[i].text);
        assert_error(&error, cases[i].code);
        assert_text(out, "cpus:7");
        hf_resources_clear(fx.catalog, out);
        fx.used--;
    }
}

static void one_entry_is_added_or_nothing(void **state)
{
    HfResources *r = res("cpus:1");
    GError *error = NULL;
    assert_true(hf_resources_add_canonical(fx.catalog, r, "cpus:2.5", NULL));
    assert_false(hf_resources_add_canonical(fx.catalog, r, "cpus:x", &error));
    assert_error(&error, HF_RESOURCE_ERROR_TYPE);
    assert_text(r, "cpus:3.5");
}

/* Mesos rows: 137, 182. */
static void zero_parses_and_vanishes(void **state)
{
    assert_int_equal(hf_resources_count(mesos("gpus:0")), 0);
    assert_text(mesos("gpus:0;cpus:1;ports:[];z:{}"), "cpus:1");
}

static void a_stack_too_deep_is_refused(void **state)
{
    GString *text = g_string_new("cpus");
    for (unsigned i = 0; i <= HF_ROLE_DEPTH_MAX; i++) g_string_append(text, "(D:a)");
    g_string_append(text, ":1");
    GError *error = NULL;
    assert_false(hf_resources_parse_canonical(fx.catalog, text->str, fresh(), &error));
    assert_error(&error, HF_RESOURCE_ERROR_TOO_LONG);
    g_string_free(text, TRUE);
}

/* However long an entry is, its error fits on a line or two. */
static void an_error_about_a_long_entry_is_short(void **state)
{
    GString *text = g_string_new("cpus(S:*,p=");
    for (int i = 0; i < 1000; i++) g_string_append(text, "\xc3\xa9"); /* cut inside a character */
    g_string_append(text, "):1");
    GError *error = NULL;
    assert_false(hf_resources_parse_canonical(fx.catalog, text->str, fresh(), &error));
    assert_in_range(strlen(error->message), 1, 400);
    assert_true(g_utf8_validate(error->message, -1, NULL));
    assert_error(&error, HF_RESOURCE_ERROR_RESERVED_TO_STAR);
    g_string_free(text, TRUE);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(the_value_decides_the_type_of_a_resource),
        WITH_FIXTURE(parentheses_reserve_statically_and_override_the_default_role),
        WITH_FIXTURE(bad_text_gives_its_code_and_changes_nothing),
        WITH_FIXTURE(an_error_names_the_entry),
        WITH_FIXTURE(a_text_too_long_is_refused),
        WITH_FIXTURE(too_many_entries_are_refused),
        WITH_FIXTURE(agents_may_not_state_what_operations_make),
        WITH_FIXTURE(mesos_printing_keeps_the_order_of_entries),
        WITH_FIXTURE(mesos_printing_decorates_in_its_order),
        WITH_FIXTURE(canonical_text_round_trips),
        WITH_FIXTURE(canonical_input_takes_short_roles_and_any_order_of_values),
        WITH_FIXTURE(bad_canonical_text_gives_its_code),
        WITH_FIXTURE(a_stack_too_deep_is_refused),
        WITH_FIXTURE(an_error_about_a_long_entry_is_short),
        WITH_FIXTURE(one_entry_is_added_or_nothing),
        WITH_FIXTURE(zero_parses_and_vanishes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
