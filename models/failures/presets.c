/*
 * The published laws; see presets.h. Numbers of LANL and Grid'5000 are fits to the data themselves
 * (per-node gaps of nodes that failed twice or more, so a little short; repairs as recorded).
 */
#include "models/failures/presets.h"

#include <math.h>

#include "base/assert.h"

#define MINUTE 60.0
#define HOUR   3600.0
#define DAY    86400.0
#define YEAR   (365.25 * DAY)

enum {
    PRESET_NONE,
    PRESET_LANL,
    PRESET_LANL_2,
    PRESET_LANL_8,
    PRESET_LANL_18,
    PRESET_LANL_19,
    PRESET_LANL_20,
    PRESET_GRID5000,
    PRESET_GOOGLE_2011,
    PRESET_DISK,
    PRESET_RACK_DEAN,
    PRESET_PDU_DEAN,
    PRESETS
};

#define LANL                                                                                       \
    "Schroeder and Gibson, DSN 2006; LA-UR-05-7318: node outages at Los Alamos, 1996 to 2005"
#define DEAN "Dean 2008, a typical first year of a new cluster"

const HfKeyWord hf_node_presets[] = {
    {"none", PRESET_NONE, "laws of one's own"},
    {"lanl", PRESET_LANL,
     "up: weibull, mean 300 d, shape 0.7; down: lognormal, median 66 min, sigma 1.2 (" LANL ")"},
    {"lanl-2", PRESET_LANL_2,
     "49 machines of 128 CPUs: weibull, scale 10.7 d, shape 0.63; median 56 min, sigma 1.21"},
    {"lanl-8", PRESET_LANL_8,
     "164 nodes: weibull, scale 78 d, shape 0.54; median 282 min, sigma 2.23"},
    {"lanl-18", PRESET_LANL_18,
     "1,024 nodes: weibull, scale 136 d, shape 0.66; median 66 min, sigma 1.22"},
    {"lanl-19", PRESET_LANL_19,
     "1,024 nodes: weibull, scale 138 d, shape 0.69; median 71 min, sigma 1.14"},
    {"lanl-20", PRESET_LANL_20,
     "512 nodes: weibull, scale 52 d, shape 0.47; median 77 min, sigma 1.13"},
    {"grid5000", PRESET_GRID5000,
     "1,288 nodes that are lent and reserved: up weibull, scale 14.2 h, shape 0.48; down weibull, "
     "mean 7.41 h, shape 0.35 (Failure Trace Archive, g5k06)"},
    {"google-2011", PRESET_GOOGLE_2011,
     "9.0 removals a machine and year, exponential (ClusterData2011_2); the data do not tell when "
     "machines come back, so down is LANL's: lognormal, median 66 min, sigma 1.2"},
    {"disk", PRESET_DISK,
     "a disk fails at 2 % a year, exponential (Schroeder and Gibson, FAST 2007: 2 to 4 %; "
     "Backblaze "
     "2024: 1.6 %); replaced within a day: lognormal, median 12 h, sigma 0.5 (ours)"},
    {0}};

const HfKeyWord hf_burst_presets[] = {
    {"none", PRESET_NONE, "laws of one's own"},
    {"dean-rack", PRESET_RACK_DEAN,
     "20 rack failures a year among some 60 racks, all nodes for 1 to 6 h: each rack exponential, "
     "mean 3 years; down uniform (" DEAN ")"},
    {"dean-pdu", PRESET_PDU_DEAN,
     "1 failure of power distribution a year among some 4, all of its 500 to 1,000 nodes for 6 h: "
     "each exponential, mean 4 years (" DEAN ")"},
    {0}};

static HfLaw law(const char *kind, const char *first, double first_value, const char *second,
                 double second_value)
{
    HfLaw made;
    hf_law_init(&made, hf_law_kind_find(kind));
    gboolean is_good = hf_law_set(&made, first, first_value) &&
                       (second == NULL || hf_law_set(&made, second, second_value)) &&
                       hf_law_prepare(&made, NULL);
    HF_ASSERT(is_good);
    return made;
}

static HfFailurePreset nodes(HfLaw mtbf, double down_median, double down_sigma)
{
    return (HfFailurePreset){mtbf, law("lognormal", "median", down_median, "sigma", down_sigma), 1};
}

HfFailurePreset hf_failure_preset(int preset)
{
    switch (preset) {
    case PRESET_LANL:
        return nodes(law("weibull", "mean", 300 * DAY, "shape", 0.7), 66 * MINUTE, 1.2);
    case PRESET_LANL_2:
        return nodes(law("weibull", "scale", 10.7 * DAY, "shape", 0.63), 56 * MINUTE, 1.21);
    case PRESET_LANL_8:
        return nodes(law("weibull", "scale", 78 * DAY, "shape", 0.54), 282 * MINUTE, 2.23);
    case PRESET_LANL_18:
        return nodes(law("weibull", "scale", 136 * DAY, "shape", 0.66), 66 * MINUTE, 1.22);
    case PRESET_LANL_19:
        return nodes(law("weibull", "scale", 138 * DAY, "shape", 0.69), 71 * MINUTE, 1.14);
    case PRESET_LANL_20:
        return nodes(law("weibull", "scale", 52 * DAY, "shape", 0.47), 77 * MINUTE, 1.13);
    case PRESET_GRID5000:
        return (HfFailurePreset){law("weibull", "scale", 14.2 * HOUR, "shape", 0.48),
                                 law("weibull", "mean", 7.41 * HOUR, "shape", 0.35), 1};
    case PRESET_GOOGLE_2011:
        return nodes(law("exponential", "mean", YEAR / 9.0, NULL, 0), 66 * MINUTE, 1.2);
    case PRESET_DISK:
        return nodes(law("exponential", "mean", YEAR / 0.02, NULL, 0), 12 * HOUR, 0.5);
    case PRESET_RACK_DEAN:
        return (HfFailurePreset){law("exponential", "mean", 3 * YEAR, NULL, 0),
                                 law("uniform", "min", 1 * HOUR, "max", 6 * HOUR), 1};
    case PRESET_PDU_DEAN:
        return (HfFailurePreset){law("exponential", "mean", 4 * YEAR, NULL, 0),
                                 hf_law_constant(6 * HOUR), 1};
    default:
        break;
    }
    HF_ASSERT(!"a preset of the lists");
    return (HfFailurePreset){0};
}
