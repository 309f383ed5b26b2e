/*
 * Small worlds, exhaustively: one agent, a service with a volume and a hungry framework of another
 * role (weave.h); all orders in which messages can arrive and timers end, with one mishap at any
 * point (and the recovery from it at any later one): the agent's process dies, at each step of a
 * write of its checkpoint, or at any other time; its host reboots, seen or unseen, under the same
 * agent id or a new one; a scheduler dies; the connection is reset; the network is cut. What must
 * be true is listed in weave.c.
 *
 * The service's life takes some 40 events, so it is not searched from its start alone, but from
 * each of several points of an orderly run, to so many events from there. A state is its canonical
 * dump (support/dump.h); one seen before is not continued: the auditor's book is not part of it, so
 * of two ways to one state it has followed the shorter. States are kept by their number in a 64-bit
 * digest: that two of a million have the same has a chance of one in 10^7. Of every 16th state an
 * orderly run goes on until the service is through; every mistake that is planted in its own world
 * is found (the table below).
 *
 * HOLDFAST_WEAVE=DEPTH searches to that depth, from all points and for all kinds of service; in CI
 * it is 5, and 4 for the other kinds (without checkpointing, with feedback, with an executor that
 * holds memory of its own, registers at any time or too late, and may be shut down between the
 * tasks) but from the point where an executor has been begun: 51,218 states. The deepest so far is
 * 7: 691,633 states by 1,242,726 events, and 43,797 orderly runs to the end, in 200 s of one core;
 * and 8 when executors did not take time yet: 718,339 states. Nothing was wrong.
 * With the executors that take time what it found was an executor that was late while its agent
 * registered with another master, which kept it in its book for ever; and a service that launches
 * again at once, where the agent cannot begin the executor anew before its last update is
 * acknowledged: they go on for ever unless messages take time, so now and then a timer ends between
 * two. What it found before: an end that nobody told, an agent that asks twice, an agent that
 * believes in pings (tests/unit/control: test_agents.c, test_silence.c).
 */
#include "property/weave.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/map64.h"

enum { HEALED_OF = 16, DEPTH_IN_CI = 5, DEPTH_PLANTED = 6, DEPTH_CALM = 10 };

typedef struct Node {
    uint32_t parent;
    WeaveChoice choice;
} Node;

typedef struct Search {
    WeaveConfig config;
    HF_VEC(WeaveChoice) prefix; /* to the point where the search starts */
    HF_VEC(Node) nodes;
    HfMap64 seen;
    guint32 level;      /* first node of the last level that is whole */
    uint32_t healed_of; /* one of so many states */
    uint64_t edges, healed;
    uint64_t late; /* in so many of its worlds an executor did not register in time */
    GString *text;
    const char *volatile wrong;
    HF_VEC(WeaveChoice) path; /* to what is wrong, without the prefix */
} Search;

/* ---- a failed assertion is a finding, too ---- */

static jmp_buf on_failure;
static gboolean is_searching;
static char failed[256];

static void on_assert(const char *expression, const char *file, int line)
{
    if (!is_searching) mock_assert(0, expression, file, line);
    g_snprintf(failed, sizeof failed, "%s:%d: %s", file, line, expression);
    longjmp(on_failure, 1);
}

/* Worlds that a failed assertion left behind in the middle of a step: they cannot be freed. */
static GPtrArray *wrecks;

/* ---- the search ---- */

static void find_path(Search *search, uint32_t node)
{
    hf_vec_reset(&search->path);
    for (; node != 0; node = search->nodes.at[node].parent)
        hf_vec_push(&search->path, search->nodes.at[node].choice);
    for (guint32 i = 0; i < search->path.count / 2; i++) {
        WeaveChoice swap = search->path.at[i];
        search->path.at[i] = search->path.at[search->path.count - 1 - i];
        search->path.at[search->path.count - 1 - i] = swap;
    }
}

static Weave *world_at(Search *search)
{
    Weave *weave = weave_new(&search->config);
    weave_follow(weave, search->prefix.at, search->prefix.count);
    weave_follow(weave, search->path.at, search->path.count);
    return weave;
}

/* Its number; 0 is none. */
static uint64_t number_of(Search *search, Weave *weave)
{
    HfDigest digest;
    g_string_truncate(search->text, 0);
    weave_dump(weave, search->text);
    hf_digest_init(&digest);
    hf_digest_bytes(&digest, search->text->str, search->text->len);
    return digest.a ^ digest.b;
}

/* One event from where `weave` is, which is freed. FALSE when something is wrong. */
static gboolean try_choice(Search *search, Weave *weave, uint32_t parent, WeaveChoice choice)
{
    search->edges++;
    hf_vec_push(&search->path, choice);
    search->wrong = weave_take(weave, choice);
    search->late += weave_was_late(weave);
    if (search->wrong == NULL) {
        uint64_t number = number_of(search, weave);
        if (hf_map64_get(&search->seen, number) == HF_MAP64_NONE) {
            hf_map64_set(&search->seen, number, search->nodes.count);
            hf_vec_push(&search->nodes, (Node){parent, choice});
            if (number % search->healed_of == 0) {
                search->healed++;
                search->wrong = weave_heal(weave);
            }
        }
    }
    gboolean is_good = search->wrong == NULL;
    if (!is_good) search->wrong = g_intern_string(search->wrong);
    weave_free(weave);
    if (is_good) search->path.count--;
    return is_good;
}

static gboolean try_guarded(Search *search, Weave *weave, uint32_t parent, WeaveChoice choice)
{
    is_searching = TRUE;
    if (setjmp(on_failure) == 0) {
        gboolean is_good = try_choice(search, weave, parent, choice);
        is_searching = FALSE;
        return is_good;
    }
    is_searching = FALSE;
    g_ptr_array_add(wrecks, weave);
    search->wrong = g_intern_string(failed);
    return FALSE;
}

static gboolean expand(Search *search, uint32_t node)
{
    find_path(search, node);
    Weave *weave = world_at(search);
    guint32 count = 0;
    const WeaveChoice *all = weave_choices(weave, &count);
    g_autofree WeaveChoice *choices = g_memdup2(all, count * sizeof *all);
    for (guint32 i = 0; i < count; i++) {
        if (i > 0) weave = world_at(search);
        if (!try_guarded(search, weave, node, choices[i])) return FALSE;
    }
    return TRUE;
}

/* All that can be reached within so many events; FALSE when something is wrong: see `path`. */
static gboolean search_to(Search *search, uint32_t depth)
{
    hf_vec_push_zero(&search->nodes);
    for (uint32_t d = 0; d < depth; d++) {
        guint32 end = search->nodes.count;
        for (guint32 n = search->level; n < end; n++)
            if (!expand(search, n)) return FALSE;
        search->level = end;
    }
    return TRUE;
}

static void search_clear(Search *search)
{
    hf_vec_clear(&search->prefix);
    hf_vec_clear(&search->nodes);
    hf_vec_clear(&search->path);
    hf_map64_clear(&search->seen);
    g_string_free(search->text, TRUE);
}

/* ---- where searches start ---- */

typedef struct Start {
    const char *name;
    uint32_t progress; /* of an orderly run; see weave_progress */
    gboolean is_calm;  /* and on until nothing is under way */
} Start;

static const Start starts[] = {
    {"the first offer", 0, FALSE},           {"the first launch", 1, FALSE},
    {"the first task runs", 101, FALSE},     {"the second launch", 2, FALSE},
    {"the second task runs", 102, TRUE},     {"the end is asked for", 1002, FALSE},
    {"an executor has been begun", 1, TRUE},
};
enum { START_BEGUN = G_N_ELEMENTS(starts) - 1 }; /* where there is one, which has not registered */

/* Orderly until then. */
static void search_init(Search *search, const WeaveConfig *config, const Start *start)
{
    *search = (Search){.config = *config, .healed_of = HEALED_OF, .text = g_string_new(NULL)};
    WeaveConfig sound = *config;
    sound.fault = WEAVE_FAULT_NONE;
    Weave *weave = weave_new(&sound);
    while (weave_progress(weave) != start->progress ||
           (start->is_calm && weave_orderly(weave).what == WEAVE_DELIVER)) {
        hf_vec_push(&search->prefix, weave_orderly(weave));
        assert_null(weave_take(weave, *hf_vec_last(&search->prefix)));
    }
    weave_free(weave);
}

static char *path_of(const Search *search)
{
    GString *path = g_string_new(NULL);
    for (guint32 i = 0; i < search->path.count; i++) {
        if (i > 0) g_string_append(path, ", ");
        weave_say(search->path.at[i], path);
    }
    return g_string_free(path, FALSE);
}

/* All that happens on the way to what is wrong. */
static void show(const Search *search)
{
    WeaveConfig config = search->config;
    config.log = TRUE;
    Weave *weave = weave_new(&config);
    weave_follow(weave, search->prefix.at, search->prefix.count);
    g_free(weave_take_text(weave));
    for (guint32 i = 0; i < search->path.count; i++) {
        GString *line = g_string_new("-- ");
        weave_say(search->path.at[i], line);
        if (i + 1 == search->path.count && setjmp(on_failure) != 0) return;
        is_searching = i + 1 == search->path.count;
        weave_take(weave, search->path.at[i]);
        is_searching = FALSE;
        g_autofree char *text = weave_take_text(weave);
        fprintf(stderr, "%s\n%s", line->str, text);
        g_string_free(line, TRUE);
    }
    is_searching = TRUE;
    if (setjmp(on_failure) == 0) weave_heal(weave);
    is_searching = FALSE;
    GString *dump = g_string_new(NULL);
    g_autofree char *text = weave_take_text(weave);
    weave_dump(weave, dump);
    gsize size = strlen(text), shown = MIN(size, (gsize)(g_getenv("HOLDFAST_WEAVE_SHOW")
                                                             ? atoi(g_getenv("HOLDFAST_WEAVE_SHOW"))
                                                             : 4000));
    fprintf(stderr, "-- left alone, at last:\n%s\n%s\n", text + size - shown, dump->str);
    g_string_free(dump, TRUE);
    weave_free(weave);
}

/* ---- tests ---- */

static const WeaveConfig services[] = {
    {.checkpoint = TRUE, .crashes = 1},
    {.checkpoint = FALSE, .crashes = 1},
    {.checkpoint = TRUE, .with_feedback = TRUE, .crashes = 1},
    {.checkpoint = TRUE, .with_executor = TRUE, .crashes = 1},
    {.checkpoint = FALSE, .with_executor = TRUE, .crashes = 1},
    {.checkpoint = TRUE, .with_executor = TRUE, .ends_executor = TRUE, .crashes = 1},
};

static void in_any_order_and_with_one_mishap_nothing_is_lost(void **state)
{
    const char *wanted = g_getenv("HOLDFAST_WEAVE");
    uint32_t depth = wanted != NULL ? (uint32_t)atoi(wanted) : DEPTH_IN_CI;
    uint32_t less = wanted != NULL ? 0 : 1; /* for other services than the first */
    const char *mishaps = g_getenv("HOLDFAST_WEAVE_MISHAPS");
    uint64_t states = 0, edges = 0, healed = 0, late = 0;
    for (gsize k = 0; k < G_N_ELEMENTS(services); k++) {
        for (gsize s = 0; s < G_N_ELEMENTS(starts); s++) {
            if (s == START_BEGUN && !services[k].with_executor) continue;
            Search search;
            WeaveConfig config = services[k];
            if (mishaps != NULL) config.crashes = (uint32_t)atoi(mishaps);
            search_init(&search, &config, &starts[s]);
            gboolean is_whole = k == 0 || s == START_BEGUN; /* which is of executors alone */
            if (!search_to(&search, is_whole ? depth : depth - less)) {
                g_autofree char *path = path_of(&search);
                show(&search);
                fail_msg("service %u, from %s: %s\n  after %s", (unsigned)k, starts[s].name,
                         search.wrong, path);
            }
            states += search.nodes.count;
            edges += search.edges;
            healed += search.healed;
            late += search.late;
            if (wanted != NULL)
                printf("service %u from %s: %u states\n", (unsigned)k, starts[s].name,
                       search.nodes.count);
            search_clear(&search);
        }
    }
    printf("depth %u from %u points of %u services: %u states, %u events, %u runs to the end\n",
           depth, (unsigned)G_N_ELEMENTS(starts), (unsigned)G_N_ELEMENTS(services),
           (unsigned)states, (unsigned)edges, (unsigned)healed);
    assert_true(late > 0);
    fflush(stdout);
}

typedef struct Planted {
    WeaveFault fault;
    const char *name;
    uint32_t start; /* of `starts` */
    uint32_t service;
} Planted;

static const Planted planted[] = {
    {WEAVE_FAULT_TARGET_DROPPED, "a start throws away the target that a crash left", 0, 0},
    {WEAVE_FAULT_VOLUME_WIPED, "a reboot clears the volume's directory", 2, 0},
    {WEAVE_FAULT_TASKS_UNREPORTED, "an agent does not name its tasks", 4, 0},
    {WEAVE_FAULT_OTHER_ROLE, "a restart reads the role wrongly", 2, 0},
    {WEAVE_FAULT_END_SWALLOWED, "an end is acknowledged before its framework knows", 2, 0},
    {WEAVE_FAULT_RUN_TWICE, "an executor starts its task again", 2, 0},
    {WEAVE_FAULT_GHOST, "an executor outlives its host", 2, 0},
    {WEAVE_FAULT_OUTLIVES, "an executor without a checkpoint outlives its agent", 2, 1},
    {WEAVE_FAULT_SAYS_ENDED, "an executor says that its task ended, and runs on", 2, 0},
    {WEAVE_FAULT_LAUNCHED_AGAIN, "an order to launch arrives a second time", 3, 0},
    {WEAVE_FAULT_LOST_IN_TOTAL, "an agent leaves its volume out", 2, 0},
    {WEAVE_FAULT_EXIT_UNTOLD, "nobody tells that an executor ended", 2, 5},
    {WEAVE_FAULT_EXIT_TOLD, "an executor is said to have ended", 2, 3},
    {WEAVE_FAULT_TASK_OUTLIVES, "a task runs on without its executor", 2, 4},
    {WEAVE_FAULT_BEGUN_AGAIN, "an executor that was shut down comes back", 2, 5},
};
_Static_assert(G_N_ELEMENTS(planted) == WEAVE_FAULTS - 1, "each fault is planted");

static void planted_mistakes_are_found(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(planted); i++) {
        Search search;
        WeaveConfig config = services[planted[i].service];
        config.fault = planted[i].fault;
        search_init(&search, &config, &starts[planted[i].start]);
        search.healed_of = 2;
        gboolean is_calm = config.ends_executor; /* it needs no mishap, and more events */
        if (is_calm) search.config.crashes = 0;
        if (search_to(&search, is_calm ? DEPTH_CALM : DEPTH_PLANTED))
            fail_msg("not found in %u states: %s", search.nodes.count, planted[i].name);
        g_autofree char *path = path_of(&search);
        printf("%s: found after %u states, at %s: %s\n", planted[i].name, search.nodes.count, path,
               search.wrong);
        search_clear(&search);
    }
    fflush(stdout);
}

int main(void)
{
    hf_assert_hook = on_assert;
    wrecks = g_ptr_array_new();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_any_order_and_with_one_mishap_nothing_is_lost),
        cmocka_unit_test(planted_mistakes_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
