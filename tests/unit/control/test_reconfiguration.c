/* What may change of an agent between two starts. */
#include "control/reconfiguration.h"
#include "support/test.h"

#include "resource/text.h"

typedef struct Case {
    const char *before, *now;
    gboolean good;
} Case;

static void check(HfReconfigurationPolicy policy, const Case *cases, size_t count,
                  gboolean of_attributes)
{
    HfCatalog *catalog = hf_catalog_new(0);
    for (size_t i = 0; i < count; i++) {
        HfResources resources[2] = {{0}};
        HfAttributes attributes[2] = {{0}};
        const char *const texts[] = {cases[i].before, cases[i].now};
        for (int k = 0; k < 2; k++) {
            if (of_attributes)
                assert_true(texts[k][0] == '\0' ||
                            hf_attributes_parse(catalog, texts[k], &attributes[k], NULL));
            else
                assert_true(hf_resources_parse(catalog, texts[k], HF_ROLE_STAR,
                                               texts[k][0] == '[' ? 0 : HF_PARSE_AGENT,
                                               &resources[k], NULL));
        }
        g_autofree char *mismatch = hf_reconfiguration_mismatch(
            catalog, policy, &(HfAgentFlags){&resources[0], &attributes[0]},
            &(HfAgentFlags){&resources[1], attributes[1].count ? &attributes[1] : NULL});
        if ((mismatch == NULL) != cases[i].good)
            fail_msg("%s -> %s: %s", texts[0], texts[1], mismatch ? mismatch : "accepted");
        for (int k = 0; k < 2; k++) {
            hf_resources_clear(catalog, &resources[k]);
            hf_attributes_clear(catalog, &attributes[k]);
        }
    }
    hf_catalog_free(catalog);
}

/* Mesos rows: 275. */
static void policy_equal_lets_nothing_change(void **state)
{
    static const Case resources[] = {{"cpus:500", "cpus:500", TRUE},
                                     {"cpus:500", "cpus:250;cpus:250", TRUE},
                                     {"cpus:500", "cpus:600", FALSE},
                                     {"cpus:500", "cpus:500;mem:1", FALSE},
                                     {"cpus(a):500", "cpus:500", FALSE}};
    check(HF_RECONFIGURATION_EQUAL, resources, G_N_ELEMENTS(resources), FALSE);
    static const Case attributes[] = {{"foo:bar", "foo:bar", TRUE},
                                      {"foo:bar", "foo:baz", FALSE},
                                      {"foo:bar", "foo:bar;a:b", FALSE},
                                      {"a:1;b:2", "b:2;a:1", TRUE},
                                      {"", "", TRUE}};
    check(HF_RECONFIGURATION_EQUAL, attributes, G_N_ELEMENTS(attributes), TRUE);
}

/* Mesos rows: 276. */
static void policy_additive_lets_things_be_added(void **state)
{
    static const Case resources[] = {
        {"foo:50", "foo:50", TRUE},         {"foo:50", "foo:30;foo:30", TRUE},
        {"foo:50", "foo:49", FALSE},        {"foo:50", "foo:50;bar:1", TRUE},
        {"foo:50;bar:1", "foo:50", FALSE},  {"foo:50", "foo:[1-50]", FALSE},
        {"foo:[1-10]", "foo:[1-20]", TRUE}, {"foo:[1-10]", "foo:[1-9,11-20]", FALSE},
        {"foo:{a,b}", "foo:{c,b,a}", TRUE}, {"foo:{a,b}", "foo:{a,c}", FALSE}};
    check(HF_RECONFIGURATION_ADDITIVE, resources, G_N_ELEMENTS(resources), FALSE);
    static const Case attributes[] = {
        {"foo:bar", "foo:bar;a:b", TRUE},    {"foo:bar", "", FALSE},
        {"foo:bar", "foo:baz", FALSE},       {"foo:1", "foo:2", FALSE},
        {"foo:1", "foo:bar", FALSE},         {"foo:[1-10]", "foo:[0-20]", TRUE},
        {"foo:[1-10]", "foo:[2-20]", FALSE}, {"", "a:b", TRUE}};
    check(HF_RECONFIGURATION_ADDITIVE, attributes, G_N_ELEMENTS(attributes), TRUE);
}

/* Mesos rows: 277. */
static void growth_is_judged_for_each_reservation(void **state)
{
    static const Case cases[] = {{"foo(A):10;foo(B):20", "foo(A):20;foo(B):30", TRUE},
                                 {"foo(A):10;foo(B):20", "foo(A):5;foo(B):50", FALSE}};
    check(HF_RECONFIGURATION_ADDITIVE, cases, G_N_ELEMENTS(cases), FALSE);
}

#define ROOT "{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1024}}"
#define MOUNT                                                                                      \
    "{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":2048},"                          \
    "\"disk\":{\"source\":{\"type\":\"MOUNT\",\"mount\":{\"root\":\"/mnt\"}}}}"

/* Mesos rows: 278. */
static void a_disk_may_be_added_beside_another(void **state)
{
    static const Case cases[] = {{"[" ROOT "]", "[" ROOT "," MOUNT "]", TRUE},
                                 {"[" MOUNT "]", "[" MOUNT "]", TRUE},
                                 {"[" ROOT "," MOUNT "]", "[" ROOT "]", FALSE}};
    check(HF_RECONFIGURATION_ADDITIVE, cases, G_N_ELEMENTS(cases), FALSE);
    check(HF_RECONFIGURATION_EQUAL, &cases[1], 1, FALSE);
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_equal_lets_nothing_change),
        cmocka_unit_test(policy_additive_lets_things_be_added),
        cmocka_unit_test(growth_is_judged_for_each_reservation),
        cmocka_unit_test(a_disk_may_be_added_beside_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
