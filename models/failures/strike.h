/*
 * Which hosts, or schedulers, a failure strikes, and when: by schedule (`at`, `every`: all of them
 * together) or by a law (`mtbf`, or that of a `preset`: each by itself, from a stream of its own,
 * so that a host meets the same failures under every policy). A model puts HfStrikeKeys first in
 * its config, HF_STRIKE_KEYS first in its key table, and is called back for each host that is
 * struck.
 */
#ifndef HF_MODELS_FAILURES_STRIKE_H
#define HF_MODELS_FAILURES_STRIKE_H

#include <math.h>

#include "base/law.h"
#include "base/vec.h"
#include "models/failures/presets.h"
#include "world/faults.h"

typedef struct HfStrikeKeys {
    HfTime at, every; /* at: HF_TIME_NEVER = not by schedule */
    HfTime over;      /* with `at`: one after the other, spread over so long; 0 = together */
    HfLaw mtbf;       /* kind NULL = not by law, or by that of the preset */
    int preset;       /* presets.h; 0 = none */
    const char **agents;
    const char *attribute;
    double fraction;
} HfStrikeKeys;

extern const HfKeyWord hf_strike_never[];

/* When: the rows of a key table whose struct has an HfStrikeKeys member `strike`. */
#define HF_STRIKE_TIMES(config_)                                                                   \
    {.name = "at",                                                                                 \
     .type = HF_KEY_DURATION,                                                                      \
     .offset = offsetof(config_, strike.at),                                                       \
     .fallback = "none",                                                                           \
     .words = hf_strike_never,                                                                     \
     .help = "When all of them are struck together; this or `mtbf`."},                             \
        {.name = "every",                                                                          \
         .type = HF_KEY_DURATION,                                                                  \
         .offset = offsetof(config_, strike.every),                                                \
         .fallback = "0s",                                                                         \
         .help = "With `at`: again after this long, over and over; 0 = once."},                    \
        {.name = "over",                                                                           \
         .type = HF_KEY_DURATION,                                                                  \
         .offset = offsetof(config_, strike.over),                                                 \
         .fallback = "0s",                                                                         \
         .help = "With `at`: not together but one after the other, evenly over so long: a wave."}, \
    {                                                                                              \
        .name = "mtbf", .type = HF_KEY_LAW, .unit = HF_UNIT_DURATION,                              \
        .offset = offsetof(config_, strike.mtbf),                                                  \
        .help = "Time until each is struck next, counted from when it was back."                   \
    }

/* When, and which hosts. */
#define HF_STRIKE_KEYS(config_)                                                                    \
    HF_STRIKE_TIMES(config_),                                                                      \
        {.name = "preset",                                                                         \
         .type = HF_KEY_ENUM,                                                                      \
         .offset = offsetof(config_, strike.preset),                                               \
         .fallback = "none",                                                                       \
         .words = hf_node_presets,                                                                 \
         .help = "Laws as published, in place of `mtbf`; agent-crash takes `down` from there too." \
                 " A law that is written wins."},                                                  \
        {.name = "agents",                                                                         \
         .type = HF_KEY_STRINGS,                                                                   \
         .offset = offsetof(config_, strike.agents),                                               \
         .help = "Names of the agent groups it strikes; absent = all."},                           \
        {.name = "attribute",                                                                      \
         .type = HF_KEY_ATTRIBUTES,                                                                \
         .offset = offsetof(config_, strike.attribute),                                            \
         .help = "Only hosts with all of these attributes: \"rack:r1\"."},                         \
    {                                                                                              \
        .name = "fraction", .type = HF_KEY_FRACTION, .offset = offsetof(config_, strike.fraction), \
        .fallback = "1", .help = "Only so many of these hosts, the first ones; rounded to whole."  \
    }

/* For the table's check: `at` or a law (`mtbf`, `preset`), one of the two. */
gboolean hf_strike_check(const HfStrikeKeys *keys, const char **key_out, char **why_out);

/* HfKeyCheck of a config that begins with its HfStrikeKeys and has nothing else to be checked. */
gboolean hf_strike_check_config(const void *config, const char **key_out, char **why_out);

/* What happened to a host or scheduler: how long until it can be struck again by a law. */
typedef HfTime (*HfStrikeHit)(void *model, HfWorld *world, uint32_t host);

typedef struct HfStrike {
    const HfStrikeKeys *keys;
    HfLaw mtbf; /* the one that holds; borrowed */
    uint32_t row;
    HfStream *streams; /* [hosts, or frameworks, of the world] for the law, and for the model's own
                          draws */
    HF_VEC(uint32_t) hosts; /* that it strikes */
    HfStrikeHit hit;
    void *model;
} HfStrike;

/* Timers of the model itself start here; smaller ones are for hf_strike_timer. */
enum { HF_STRIKE_TIMER_ALL, HF_STRIKE_TIMER_ONE, HF_STRIKE_TIMER_WAVE, HF_STRIKE_TIMERS };

/*
 * In place; `keys` borrowed. purpose: of the streams.
 * Errors: FALSE and a GError when no host is of these groups and has these attributes.
 */
gboolean hf_strike_init(HfStrike *strike, HfWorld *world, const HfModelEnv *env,
                        const HfStrikeKeys *keys, const char *purpose, HfStrikeHit hit, void *model,
                        GError **error);
/* The same for the schedulers of these names (NULL = all): rows are those of frameworks. */
gboolean hf_strike_init_frameworks(HfStrike *strike, HfWorld *world, const HfModelEnv *env,
                                   const HfStrikeKeys *keys, const char **names,
                                   const char *purpose, HfStrikeHit hit, void *model,
                                   GError **error);
/* The same for the servers of the stores of these names (NULL = all but those that frameworks run,
 * which are refused): rows count the servers of all
 * stores, one after the other, of which there are *servers_out. */
gboolean hf_strike_init_stores(HfStrike *strike, HfWorld *world, const HfModelEnv *env,
                               const HfStrikeKeys *keys, const char **names, const char *purpose,
                               HfStrikeHit hit, void *model, uint32_t *servers_out, GError **error);
void hf_strike_clear(HfStrike *strike);

void hf_strike_start(HfStrike *strike, HfWorld *world);
/* TRUE when the timer was one of the strike's. */
gboolean hf_strike_timer(HfStrike *strike, HfWorld *world, uint32_t kind, uint64_t arg);

/* The model draws a duration for a host. */
HfTime hf_strike_draw(HfStrike *strike, const HfLaw *law, uint32_t host);

#endif
