/* stores.csv: each store out of band over time, its columns side by side as in timeseries.csv. */
#include <math.h>

#include "base/assert.h"
#include "world/recorder_internal.h"
#include "world/tables_internal.h"

#define MB 1048576.0

/* What stands of a store in each row, in order of the columns. */
typedef enum HfStoreColumn {
    CAPACITY, /* empty = no limit */
    USED,
    LEFT,
    BANDWIDTH, /* the same */
    MOVED,
    CLIENTS,
    STALLED,
    DOWN,
    OUTAGES,
    FULL,
    MISSING,
    LOST,
    COLUMNS
} HfStoreColumn;

static const char *const columns[COLUMNS] = {[CAPACITY] = "capacity_mb",
                                             [USED] = "used_mb",
                                             [LEFT] = "left_mb",
                                             [BANDWIDTH] = "bandwidth_mb_per_s",
                                             [MOVED] = "moved_mb_per_s",
                                             [CLIENTS] = "clients",
                                             [STALLED] = "stalled",
                                             [DOWN] = "down",
                                             [OUTAGES] = "outages",
                                             [FULL] = "full",
                                             [MISSING] = "replicas_missing",
                                             [LOST] = "lost_mb"};

static double limit_of(int64_t milli)
{
    return milli > 0 ? (double)milli / 1000 : NAN;
}

static double value_of(const HfStoreRules *rules, const double *level, const double *count,
                       HfStoreColumn column)
{
    switch (column) {
    case CAPACITY:
        return limit_of(rules->capacity);
    case USED:
        return (level[HF_STORE_HELD] - level[HF_STORE_ORPHANED]) / MB;
    case LEFT:
        return level[HF_STORE_ORPHANED] / MB;
    case BANDWIDTH:
        return limit_of(rules->bandwidth);
    case MOVED:
        return level[HF_STORE_MOVED] / MB;
    case CLIENTS:
        return level[HF_STORE_CLIENTS];
    case STALLED:
        return level[HF_STORE_STALLED];
    case DOWN:
        return level[HF_STORE_DOWN];
    case OUTAGES:
        return count[HF_STORE_OUTAGES];
    case FULL:
        return count[HF_STORE_FULL];
    case MISSING:
        return level[HF_STORE_MISSING];
    case LOST:
        return count[HF_STORE_LOST] / MB;
    case COLUMNS:
        break;
    }
    HF_ASSERT(!"a column of a store");
    return NAN;
}

void hf_table__print_stores(HfWorld *world, GString *out)
{
    const HfRecorder *recorder = hf_world_recorder(world);
    const HfScenario *scenario = recorder->scenario;
    g_string_append(out, "time_s");
    for (uint32_t s = 0; s < scenario->stores.count; s++)
        for (int c = 0; c < COLUMNS; c++) {
            g_autofree char *name =
                g_strdup_printf("store_%s_%s", scenario->stores.at[s].name, columns[c]);
            g_string_append_c(out, ',');
            hf_table__name(out, name);
        }
    g_string_append_c(out, '\n');
    if (scenario->stores.count == 0) return;
    const double *value = recorder->store_rows.at;
    for (guint32 row = 0; row < recorder->row_times.count; row++) {
        hf_table__seconds(out, recorder->row_times.at[row]);
        for (uint32_t s = 0; s < scenario->stores.count; s++) {
            HfStoreRules rules = hf_store_rules(&scenario->stores.at[s]);
            for (int c = 0; c < COLUMNS; c++) {
                g_string_append_c(out, ',');
                hf_table__number(
                    out, value_of(&rules, value, value + HF_STORE_LEVELS, (HfStoreColumn)c));
            }
            value += HF_STORE_LEVELS + HF_STORE_COUNTERS;
        }
        g_string_append_c(out, '\n');
    }
}
