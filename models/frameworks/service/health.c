/*
 * Health of instances, as their checks find it. A check is made check_delay after the start and
 * then each check_interval; an instance is well from `startup` on, until it is not, by law
 * (unhealthy_after), and then either for good or for a while (unhealthy_for). The first check that
 * fails makes it count as unhealthy; after check_failures of them in a row it is killed, and
 * another takes its place. Before the first that succeeds, checks within check_grace of the start
 * do not count. What is well without checks is so at once, and nobody finds out that it no longer
 * is.
 *
 * Nothing ticks: the instant of the check that matters is worked out.
 * Source: Marathon, core/health/impl/HealthCheckActor.scala; docs/health-checks.md.
 */
#include "models/frameworks/service/service.h"

#define NO_CHECKS(KIND) ((KIND)->check_delay < 0)

/* Times here are counted from the start of the instance. */
static HfTime first_after(const HfNodeKind *kind, HfTime time)
{
    HfTime every = MAX(kind->check_interval, HF_NS_PER_SECOND);
    HfTime late = MAX(0, hf_time_add(time, -kind->check_delay));
    if (late == HF_TIME_NEVER || late > HF_TIME_NEVER - every) return HF_TIME_NEVER;
    return hf_time_add(kind->check_delay, (late + every - 1) / every * every);
}

/* The check at which it is killed when they fail from this one on; HF_TIME_NEVER = it is not. */
static HfTime last_straw(const HfNodeKind *kind, HfTime first)
{
    if (kind->check_failures <= 0) return HF_TIME_NEVER;
    return hf_time_add(first,
                       (kind->check_failures - 1) * MAX(kind->check_interval, HF_NS_PER_SECOND));
}

static HfTime readiness(const HfNodeKind *kind, HfTime startup)
{
    HfTime every = MAX(kind->readiness_interval, HF_NS_PER_SECOND);
    return (startup + every - 1) / every * every;
}

static void after(HfService *service, HfDriver *driver, uint32_t row, HfTime at, uint32_t kind)
{
    HfTime now = hf_driver_now(driver) - service->nodes[row].since;
    if (at == HF_TIME_NEVER) return;
    hf_driver_after(driver, MAX(0, at - now), kind, hf_service__timer_arg(service, row));
}

static HfTime draw(const HfLaw *law, HfStream *stream)
{
    return hf_time_from_seconds(hf_law_draw(law, stream));
}

/* It is found to be well: when it will be found not to be. */
static void foresee(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    const HfNodeKind *kind = &service->kinds[node->kind];
    HfTime now = hf_driver_now(driver) - node->since;
    if (NO_CHECKS(kind) || kind->unhealthy_after.kind == NULL) return;
    HfTime sick = hf_time_add(now, draw(&kind->unhealthy_after, &node->stream));
    node->well_again = HF_TIME_NEVER;
    if (kind->unhealthy_for.kind != NULL)
        node->well_again = hf_time_add(sick, draw(&kind->unhealthy_for, &node->stream));
    HfTime found = first_after(kind, sick);
    if (found >= first_after(kind, node->well_again)) /* it is well again before anybody looks */
        after(service, driver, row, first_after(kind, node->well_again), HF_SERVICE_TIMER_HEALTHY);
    else
        after(service, driver, row, found, HF_SERVICE_TIMER_UNHEALTHY);
}

void hf_health__on_running(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    const HfNodeKind *kind = &service->kinds[node->kind];
    HfTime startup = 0;
    node->is_unfit = FALSE;
    if (kind->startup.kind != NULL) startup = draw(&kind->startup, &node->stream);
    HfTime healthy = startup;
    if (!NO_CHECKS(kind)) {
        HfTime end = last_straw(kind, first_after(kind, kind->check_grace));
        healthy = MAX(healthy, first_after(kind, startup));
        if (end < healthy) {
            after(service, driver, row, end, HF_SERVICE_TIMER_UNFIT);
            return;
        }
    }
    if (kind->readiness_interval >= 0) healthy = MAX(healthy, readiness(kind, startup));
    if (healthy == 0)
        hf_health__on_healthy(service, driver, row);
    else
        after(service, driver, row, healthy, HF_SERVICE_TIMER_HEALTHY);
}

void hf_health__on_healthy(HfService *service, HfDriver *driver, uint32_t row)
{
    if (!service->nodes[row].is_ready) hf_deploy__on_healthy(service, driver, row);
    if (service->nodes[row].phase == HF_PHASE_RUNNING) foresee(service, driver, row);
}

void hf_health__on_unhealthy(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    const HfNodeKind *kind = &service->kinds[node->kind];
    HfTime end = last_straw(kind, hf_driver_now(driver) - node->since);
    HfTime well = first_after(kind, node->well_again);
    if (well <= end)
        after(service, driver, row, well, HF_SERVICE_TIMER_HEALTHY);
    else
        after(service, driver, row, end, HF_SERVICE_TIMER_UNFIT);
    hf_deploy__on_unhealthy(service, driver, row);
}

void hf_health__on_unfit(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    node->is_ready = FALSE;
    node->is_unfit = TRUE;
    hf_deploy__kill_surely(driver, node);
}
