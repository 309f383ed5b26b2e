/* Which hosts are struck, and when; see strike.h. */
#include "models/failures/strike.h"

#include "base/assert.h"
#include "models/failures/groups.h"

const HfKeyWord hf_strike_never[] = {{"none", HF_TIME_NEVER, "not by schedule"}, {0}};

gboolean hf_strike_check(const HfStrikeKeys *keys, const char **key_out, char **why_out)
{
    gboolean by_schedule = keys->at != HF_TIME_NEVER;
    gboolean by_law = keys->mtbf.kind != NULL || keys->preset != 0;
    *key_out = keys->mtbf.kind != NULL ? "mtbf" : by_law ? "preset" : "at";
    if (by_schedule && by_law)
        *why_out = g_strdup("cannot stand beside `at`");
    else if (!by_schedule && !by_law)
        *why_out = g_strdup("this, `mtbf` or `preset` must be given");
    else if (!by_schedule && keys->every > 0)
        *why_out = g_strdup("cannot stand beside `every`");
    else if (!by_schedule && keys->over > 0)
        *why_out = g_strdup("cannot stand beside `over`");
    else if (keys->every > 0 && keys->over > keys->every) {
        *key_out = "over";
        *why_out = g_strdup("a wave must be over before the next begins (`every`)");
    }
    return *why_out == NULL;
}

gboolean hf_strike_check_config(const void *config, const char **key_out, char **why_out)
{
    return hf_strike_check(config, key_out, why_out);
}

static void choose_hosts(HfStrike *strike, const HfWorld *world, const HfAttributes *want)
{
    for (uint32_t h = 0; h < hf_world_hosts(world); h++)
        if (hf_failure_groups_has(world, strike->keys->agents, h) &&
            hf_failure_has_attributes(hf_world_host_attributes(world, h), want))
            hf_vec_push(&strike->hosts, h);
    strike->hosts.count = (guint32)llround(strike->keys->fraction * strike->hosts.count);
}

gboolean hf_strike_init(HfStrike *strike, HfWorld *world, const HfModelEnv *env,
                        const HfStrikeKeys *keys, const char *purpose, HfStrikeHit hit, void *model,
                        GError **error)
{
    HfAttributes want = {0};
    *strike =
        (HfStrike){.keys = keys, .mtbf = keys->mtbf, .row = env->row, .hit = hit, .model = model};
    if (keys->mtbf.kind == NULL && keys->preset != 0)
        strike->mtbf = hf_failure_preset(keys->preset).mtbf;
    if (!hf_failure_groups_check(world, keys->agents, error)) return FALSE;
    if (keys->attribute && !hf_attributes_parse(env->catalog, keys->attribute, &want, error))
        return FALSE;
    choose_hosts(strike, world, &want);
    hf_attributes_clear(env->catalog, &want);
    if (strike->hosts.count == 0) {
        g_set_error(error, HF_MODEL_ERROR, 1,
                    "no agent is of these groups, has these attributes and is in the fraction");
        return FALSE;
    }
    strike->streams = g_new(HfStream, hf_world_hosts(world));
    for (uint32_t h = 0; h < hf_world_hosts(world); h++)
        hf_model_stream(&strike->streams[h], env, purpose,
                        hf_stream_entity(hf_world_host_name(world, h)));
    return TRUE;
}

gboolean hf_strike_init_frameworks(HfStrike *strike, HfWorld *world, const HfModelEnv *env,
                                   const HfStrikeKeys *keys, const char **names,
                                   const char *purpose, HfStrikeHit hit, void *model,
                                   GError **error)
{
    uint32_t count = hf_world_frameworks(world);
    *strike =
        (HfStrike){.keys = keys, .mtbf = keys->mtbf, .row = env->row, .hit = hit, .model = model};
    if (!hf_failure_frameworks_check(world, names, error)) return FALSE;
    strike->streams = g_new(HfStream, count + 1);
    for (uint32_t f = 0; f < count; f++) {
        hf_model_stream(&strike->streams[f], env, purpose,
                        hf_stream_entity(hf_world_framework_name(world, f)));
        if (hf_failure_frameworks_has(world, names, f)) hf_vec_push(&strike->hosts, f);
    }
    return TRUE;
}

gboolean hf_strike_init_stores(HfStrike *strike, HfWorld *world, const HfModelEnv *env,
                               const HfStrikeKeys *keys, const char **names, const char *purpose,
                               HfStrikeHit hit, void *model, uint32_t *servers_out, GError **error)
{
    *strike =
        (HfStrike){.keys = keys, .mtbf = keys->mtbf, .row = env->row, .hit = hit, .model = model};
    for (const char **name = names; name != NULL && *name != NULL; name++) {
        uint32_t store = hf_world_store_find(world, *name);
        if (store != HF_ROW_NONE && !hf_world_store_is_provided(world, store)) continue;
        if (store == HF_ROW_NONE)
            g_set_error(error, HF_MODEL_ERROR, 1, "stores: there is no store named \"%s\"", *name);
        else
            g_set_error(error, HF_MODEL_ERROR, 1,
                        "stores: a framework runs \"%s\", whose servers are tasks: strike their "
                        "hosts",
                        *name);
        return FALSE;
    }
    if (hf_world_stores(world) == 0) {
        g_set_error(error, HF_MODEL_ERROR, 1, "the scenario has no stores");
        return FALSE;
    }
    uint32_t count = 0, row = 0;
    for (uint32_t s = 0; s < hf_world_stores(world); s++)
        count += (uint32_t)hf_world_store_rules(world, s)->servers;
    strike->streams = g_new(HfStream, count);
    for (uint32_t s = 0; s < hf_world_stores(world); s++) {
        const char *store = hf_world_store_name(world, s);
        gboolean is_struck = names == NULL ? !hf_world_store_is_provided(world, s)
                                           : g_strv_contains((const gchar *const *)names, store);
        for (int64_t i = 0; i < hf_world_store_rules(world, s)->servers; i++, row++) {
            hf_model_stream(&strike->streams[row], env, purpose,
                            hf_stream_entity(store) + (uint64_t)i);
            if (is_struck) hf_vec_push(&strike->hosts, row);
        }
    }
    *servers_out = count;
    return TRUE;
}

void hf_strike_clear(HfStrike *strike)
{
    hf_vec_clear(&strike->hosts);
    g_free(strike->streams);
}

HfTime hf_strike_draw(HfStrike *strike, const HfLaw *law, uint32_t host)
{
    return hf_time_from_seconds(hf_law_draw(law, &strike->streams[host]));
}

static void arm_one(HfStrike *strike, HfWorld *world, uint32_t host, HfTime busy)
{
    HfTime gap = hf_strike_draw(strike, &strike->mtbf, host);
    hf_world_fault_after(world, strike->row, hf_time_add(busy, gap), HF_STRIKE_TIMER_ONE, host);
}

void hf_strike_start(HfStrike *strike, HfWorld *world)
{
    if (strike->keys->at != HF_TIME_NEVER) {
        hf_world_fault_after(world, strike->row, strike->keys->at, HF_STRIKE_TIMER_ALL, 0);
        return;
    }
    for (guint32 i = 0; i < strike->hosts.count; i++)
        arm_one(strike, world, strike->hosts.at[i], 0);
}

gboolean hf_strike_timer(HfStrike *strike, HfWorld *world, uint32_t kind, uint64_t arg)
{
    if (kind == HF_STRIKE_TIMER_ONE) {
        HfTime busy = strike->hit(strike->model, world, (uint32_t)arg);
        arm_one(strike, world, (uint32_t)arg, busy);
        return TRUE;
    }
    if (kind == HF_STRIKE_TIMER_WAVE) {
        strike->hit(strike->model, world, (uint32_t)arg);
        return TRUE;
    }
    if (kind != HF_STRIKE_TIMER_ALL) return FALSE;
    HfTime step = strike->keys->over / MAX(1, (HfTime)strike->hosts.count);
    for (guint32 i = 0; i < strike->hosts.count; i++) {
        uint32_t host = strike->hosts.at[i];
        if (strike->keys->over == 0)
            strike->hit(strike->model, world, host);
        else
            hf_world_fault_after(world, strike->row, step * i, HF_STRIKE_TIMER_WAVE, host);
    }
    if (strike->keys->every > 0)
        hf_world_fault_after(world, strike->row, strike->keys->every, HF_STRIKE_TIMER_ALL, 0);
    return TRUE;
}
