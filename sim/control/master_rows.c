/*
 * What a framework has in the master's tables. Tasks and executors stand in lists of their agents;
 * a framework is asked for them seldom, when it goes or asks about all it has, and a second list
 * would cost two lines of far memory at the end of each. Newest first: that is the order in which
 * they are taken back.
 *
 * Offers stand in lists of their agents as soon as somebody has asked for one. In a cell where no
 * agent goes nobody does, and offers come and go by the thousand without a look at their agents.
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

void hf_master__link_offers(HfMaster *master)
{
    HF_ASSERT(!master->are_offers_linked);
    master->are_offers_linked = TRUE;
    while (master->offer_links.count < master->offers.count) hf_vec_push_zero(&master->offer_links);
    hf_vec_reset(&master->found);
    for (guint32 row = 0; row < master->offers.count; row++) {
        const HfOfferRow *offer = &master->offers.at[row];
        if (offer->of != UINT64_MAX) note(master, hf_master__number_of(offer), row);
    }
    for (guint32 i = sorted(master); i-- > 0;) { /* so that the newest is the first */
        uint32_t row = master->found.at[i].row;
        LINK(master->offer_links.at, row,
             &master->agents.at[master->offers.at[row].agent].first_offer);
    }
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
