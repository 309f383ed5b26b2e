/*
 * Workloads of a sorter alone: FullSort on flat clients, HierarchyFullSort on trees of them.
 * Source: MESOS.md 7.4; MESOS-VERIFIED.md. Upstream's FullSort never activates its clients, so that
 * it sorts nothing: here they are active.
 */
#include <string.h>

#include "allocator/lone_sorter.h"
#include "base/assert.h"
#include "tools/bench_allocator_internal.h"

#define RANGES 100

/* Clients are added by `add`, agents are allocated to them round robin. */
static void run_sorter(HfBenchWatch *watch, HfBenchSize size, HfCatalog *catalog,
                       const GPtrArray *paths)
{
    HfBenchCell texts = {.catalog = catalog};
    g_autofree char *ports = hf_bench_ports(1, 10000, RANGES);
    g_autofree char *text = g_strdup_printf("cpus:16;mem:2014;disk:1024;%s", ports);
    HfResources total = hf_bench_cell_parse(&texts, "cpus:24;mem:4096;disk:4096;ports:[1-10000]");
    HfResources part = hf_bench_cell_parse(&texts, text);
    HfLoneSorter *sorter = hf_lone_sorter_new(catalog);
    uint32_t *clients = g_new(uint32_t, paths->len), *order = g_new(uint32_t, paths->len), count;

    hf_bench_start(watch, NULL);
    for (uint32_t c = 0; c < paths->len; c++)
        clients[c] = hf_lone_sorter_add(sorter, paths->pdata[c]);
    hf_bench_stop(watch, NULL, "add clients");
    for (uint32_t a = 0; a < size.agents; a++) hf_lone_sorter_total_add(sorter, &total);
    hf_bench_start(watch, NULL);
    for (uint32_t a = 0; a < size.agents; a++)
        hf_lone_sorter_allocated(sorter, clients[a % paths->len], &part);
    hf_bench_stop(watch, NULL, "allocated() on every agent");
    hf_bench_start(watch, NULL);
    count = hf_lone_sorter_sort(sorter, order);
    hf_bench_stop(watch, NULL, "sort, dirty");
    HF_ASSERT(count == paths->len);
    hf_bench_start(watch, NULL);
    hf_lone_sorter_sort(sorter, order);
    hf_bench_stop(watch, NULL, "sort, clean");
    hf_bench_start(watch, NULL);
    for (uint32_t a = 0; a < size.agents; a++)
        hf_lone_sorter_unallocated(sorter, clients[a % paths->len], &part);
    hf_bench_stop(watch, NULL, "unallocated() on every agent");
    hf_bench_start(watch, NULL);
    for (uint32_t c = 0; c < paths->len; c++) hf_lone_sorter_remove(sorter, clients[c]);
    hf_bench_stop(watch, NULL, "remove clients");

    g_free(clients);
    g_free(order);
    hf_lone_sorter_free(sorter);
    hf_resources_clear(catalog, &total);
    hf_resources_clear(catalog, &part);
}

static void run_full_sort(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    (void)variant;
    g_autoptr(HfCatalog) catalog = hf_catalog_new(0);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    for (uint32_t c = 0; c < size.frameworks; c++)
        g_ptr_array_add(paths, g_strdup_printf("client%u", c));
    run_sorter(watch, size, catalog, paths);
}

/* All nodes below a path, which has `height` levels below it. */
static void add_tree(GPtrArray *paths, const char *above, unsigned height, unsigned branching)
{
    if (height == 0) return;
    for (unsigned b = 0; b < branching; b++) {
        char *path = above != NULL ? g_strdup_printf("%s/%u", above, b) : g_strdup_printf("%u", b);
        g_ptr_array_add(paths, path);
        add_tree(paths, path, height - 1, branching);
    }
}

static const char *const trees[] = {"height 3, branching 32", "height 7, branching 3",
                                    "height 10, branching 2", NULL};

/* Every node of the tree is a client. Mesos counts the root as a level: its (3, 32) has two below.
 */
static void run_hierarchy(HfBenchWatch *watch, HfBenchSize size, const char *variant)
{
    static const struct {
        unsigned height, branching;
    } shapes[] = {{2, 32}, {6, 3}, {9, 2}};
    unsigned shape = 0;
    while (strcmp(trees[shape], variant) != 0) shape++;
    g_autoptr(HfCatalog) catalog = hf_catalog_new(0);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    add_tree(paths, NULL, shapes[shape].height, shapes[shape].branching);
    run_sorter(watch, size, catalog, paths);
}

const HfBenchLoad hf_bench_loads_sorter[] = {
    {.name = "FullSort",
     .help = "a sorter of flat clients: add, allocate, sort, take back",
     .has_grid = TRUE,
     .sizes = {{10000, 1000}},
     .run = run_full_sort},
    {.name = "HierarchyFullSort",
     .help = "the same on trees of a thousand clients",
     .variants = trees,
     .sizes = {{10000, 0}},
     .run = run_hierarchy},
    {0},
};
