/*
 * Random histories of everything an allocator can be told, played to the fast allocator, the same
 * one visiting everybody, and the naive twin (reference/trio.h): their answers, offers and states
 * must be equal, and the invariants I-01 to I-09 hold after each step. A history that fails is
 * shrunk by leaving steps out and printed as a script for `holdfast replay`.
 *
 * That such a test can fail is tested as well: with a fault planted between the host and the fast
 * allocator, some history must notice it, and shrink to a few steps.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "reference/history.h"

#ifdef HF_SLOW_ASSERTIONS
#define HISTORIES 80 /* with sanitizers */
#else
#define HISTORIES 800
#endif

/* HOLDFAST_HISTORIES=N plays N histories of HF_HISTORY_STEPS steps. */
static void three_allocators_agree_on_random_histories(void **state)
{
    (void)state;
    const char *given = g_getenv("HOLDFAST_HISTORIES");
    uint64_t histories = given != NULL ? g_ascii_strtoull(given, NULL, 10) : HISTORIES, offers = 0;
    for (uint64_t seed = 1; seed <= histories; seed++) {
        g_autoptr(HfHistory) history = hf_history_new(seed, HF_CANARY_NONE);
        offers += hf_history_play(history);
        if (history->trouble == NULL) continue;
        hf_history_shrink(history);
        fprintf(stderr, "%s%s", history->script, history->trouble); /* cmocka cuts long ones */
        fail_msg("seed %" G_GUINT64_FORMAT ", %u steps: the script above shows it", seed,
                 history->count);
    }
    print_message("%" G_GUINT64_FORMAT " histories, %" G_GUINT64_FORMAT " steps, %" G_GUINT64_FORMAT
                  " offers\n",
                  histories, histories * HF_HISTORY_STEPS, offers);
}

static void a_planted_fault_is_noticed_and_shrunk(void **state)
{
    (void)state;
    for (HfCanary canary = 1; canary < HF_CANARIES; canary++) {
        gboolean is_noticed = FALSE;
        for (uint64_t seed = 1; seed <= 800 && !is_noticed; seed++) {
            g_autoptr(HfHistory) history = hf_history_new(seed, canary);
            hf_history_play(history);
            if (history->trouble == NULL) continue;
            uint32_t before = history->count;
            hf_history_shrink(history);
            is_noticed = TRUE;
            assert_non_null(history->trouble);
            assert_true(history->count <= before && history->count <= 30);
            print_message("canary %d: seed %" G_GUINT64_FORMAT ", %u steps\n", (int)canary, seed,
                          history->count);
        }
        if (!is_noticed) fail_msg("canary %d sings unheard", (int)canary);
    }
}

/* Every rule of an era that the allocator knows is compared: a twin that misreads it is found. */
static void each_rule_of_an_era_is_compared(void **state)
{
    static const HfEraRule rules[] = {HF_RULE_QUOTA,
                                      HF_RULE_QUOTA_LIMITS,
                                      HF_RULE_SUPPRESS,
                                      HF_RULE_GPUS,
                                      HF_RULE_REGIONS,
                                      HF_RULE_RESERVED_IN_ROLE_SHARE,
                                      HF_RULE_COUNT_KEPT,
                                      HF_RULE_CLUSTER_WIDE_SHARE,
                                      HF_RULE_FILTER_OUTLIVES_BATCH,
                                      HF_RULE_FILTER_CAP,
                                      HF_RULE_REVIVE_BY_ROLE,
                                      HF_RULE_QUOTA_CHOPPING,
                                      HF_RULE_SHARE_BY_AGENT};
    (void)state;
    for (size_t r = 0; r < G_N_ELEMENTS(rules); r++) {
        uint64_t seed = 12; /* every 13th history is of an early era */
        gboolean is_noticed = FALSE;
        for (; seed <= 13 * 300 && !is_noticed; seed += 13) {
            g_autoptr(HfHistory) history =
                hf_history_new(seed, (HfCanary)(HF_CANARY_RULE + (int)rules[r]));
            hf_history_play(history);
            is_noticed = history->trouble != NULL;
        }
        if (!is_noticed)
            fail_msg("a twin that misreads %s is not found", hf_era_rules[rules[r]].name);
        print_message("%s: seed %" G_GUINT64_FORMAT "\n", hf_era_rules[rules[r]].name, seed - 13);
    }
}

int main(void)
{
    hf_test_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_allocators_agree_on_random_histories),
        cmocka_unit_test(a_planted_fault_is_noticed_and_shrunk),
        cmocka_unit_test(each_rule_of_an_era_is_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
