/*
 * What a framework has in the master's tables. Offers, tasks and executors stand in lists of their
 * agents; a framework is asked for them seldom, when it goes or asks about all it has, and a second
 * list would cost two lines of far memory at the end of each. Newest first: that is the order in
 * which they are taken back.
 */
#include <stdlib.h>

#include "control/master_internal.h"

static void note(HfMaster *master, uint64_t number, uint32_t row)
{
    hf_vec_push(&master->found, (HfFound){number, row});
}

static int newest_first(const void *a, const void *b)
{
    const HfFound *left = a, *right = b;
    return (left->number < right->number) - (left->number > right->number);
}

static guint32 sorted(HfMaster *master)
{
    if (master->found.count > 1)
        qsort(master->found.at, master->found.count, sizeof *master->found.at, newest_first);
    return master->found.count;
}

guint32 hf_master__find_offers(HfMaster *master, uint32_t framework)
{
    hf_vec_reset(&master->found);
    for (guint32 row = 0; row < master->offers.count; row++)
        if (hf_master__framework_of(&master->offers.at[row]) == framework)
            note(master, master->offers.at[row].of, row);
    return sorted(master);
}

guint32 hf_master__find_tasks(HfMaster *master, uint32_t framework)
{
    hf_vec_reset(&master->found);
    for (guint32 row = 0; row < master->tasks.count; row++)
        if (master->tasks.at[row].framework == framework)
            note(master, master->tasks.at[row].number, row);
    return sorted(master);
}

guint32 hf_master__find_executors(HfMaster *master, uint32_t framework)
{
    hf_vec_reset(&master->found);
    for (guint32 row = 0; row < master->executors.count; row++)
        if (master->executors.at[row].info != NULL &&
            master->executors.at[row].framework == framework)
            note(master, master->executors.at[row].number, row);
    return sorted(master);
}
