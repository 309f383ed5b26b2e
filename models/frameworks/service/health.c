/*
 * Health of instances, as their checks find it. Each check is made `delay` after the start and then
 * each `interval`; an instance is well from `startup` on, until it is not, by law
 * (unhealthy_after), and then either for good or for a while (unhealthy_for). The first check that
 * fails makes it count as unhealthy; after `failures` in a row of one check it is killed, and
 * another takes its place. Before the first that succeeds, checks within `grace` of the start do
 * not count. It is healthy again when each of its checks that failed has succeeded. What is well
 * without checks is so at once, and nobody finds out that it no longer is.
 *
 * Apps may have several checks, and each container of a pod one: they ask the same instance, which
 * is well or not as a whole; who asks more often finds out sooner.
 *
 * Nothing ticks: the instant of the check that matters is worked out.
 * Source: Marathon, core/health/impl/HealthCheckActor.scala; docs/health-checks.md.
 */
#include "models/frameworks/service/service.h"

/* Times here are counted from the start of the instance. */
static HfTime first_after(const HfHealthCheck *check, HfTime time)
{
    HfTime every = MAX(check->interval, HF_NS_PER_SECOND);
    HfTime late = MAX(0, hf_time_add(time, -check->delay));
    if (late == HF_TIME_NEVER || late > HF_TIME_NEVER - every) return HF_TIME_NEVER;
    return hf_time_add(check->delay, (late + every - 1) / every * every);
}

/* The check at which it is killed when they fail from this one on; HF_TIME_NEVER = it is not. */
static HfTime last_straw(const HfHealthCheck *check, HfTime first)
{
    if (check->failures <= 0) return HF_TIME_NEVER;
    return hf_time_add(first, (check->failures - 1) * MAX(check->interval, HF_NS_PER_SECOND));
}

/* What checks make of an instance that is sick from one time on until another: the first that
 * fails, the one at which it is killed, and the one that finds all well again. HF_TIME_NEVER: none
 * does; `found` NEVER: nobody looks while it is sick. */
typedef struct Finding {
    HfTime found, killed, well;
} Finding;

static Finding find_out(const HfNodeKind *kind, HfTime sick, HfTime well_again)
{
    Finding finding = {HF_TIME_NEVER, HF_TIME_NEVER, 0};
    for (guint32 i = 0; i < kind->checks.count; i++) {
        const HfHealthCheck *check = &kind->checks.at[i];
        HfTime fails = first_after(check, sick), well = first_after(check, well_again);
        finding.well = MAX(finding.well, well);
        if (fails >= well) continue; /* it is well again before this one looks */
        finding.found = MIN(finding.found, fails);
        HfTime last = last_straw(check, fails);
        if (last < well) finding.killed = MIN(finding.killed, last);
    }
    return finding;
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
    if (kind->checks.count == 0 || kind->unhealthy_after.kind == NULL) return;
    node->sick = hf_time_add(now, draw(&kind->unhealthy_after, &node->stream));
    node->well_again = HF_TIME_NEVER;
    if (kind->unhealthy_for.kind != NULL)
        node->well_again = hf_time_add(node->sick, draw(&kind->unhealthy_for, &node->stream));
    Finding finding = find_out(kind, node->sick, node->well_again);
    if (finding.found == HF_TIME_NEVER)
        after(service, driver, row, finding.well, HF_SERVICE_TIMER_HEALTHY);
    else
        after(service, driver, row, finding.found, HF_SERVICE_TIMER_UNHEALTHY);
}

void hf_health__on_running(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    const HfNodeKind *kind = &service->kinds[node->kind];
    HfTime startup = 0, end = HF_TIME_NEVER;
    node->is_unfit = FALSE;
    if (kind->startup.kind != NULL) startup = draw(&kind->startup, &node->stream);
    HfTime healthy = startup;
    for (guint32 i = 0; i < kind->checks.count; i++) {
        const HfHealthCheck *check = &kind->checks.at[i];
        HfTime well = first_after(check, startup);
        HfTime last = last_straw(check, first_after(check, check->grace));
        if (last < well) end = MIN(end, last);
        healthy = MAX(healthy, well);
    }
    if (end != HF_TIME_NEVER) {
        after(service, driver, row, end, HF_SERVICE_TIMER_UNFIT);
        return;
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
    Finding finding = find_out(kind, node->sick, node->well_again);
    if (finding.killed == HF_TIME_NEVER)
        after(service, driver, row, finding.well, HF_SERVICE_TIMER_HEALTHY);
    else
        after(service, driver, row, finding.killed, HF_SERVICE_TIMER_UNFIT);
    hf_deploy__on_unhealthy(service, driver, row);
}

void hf_health__on_unfit(HfService *service, HfDriver *driver, uint32_t row)
{
    HfNode *node = &service->nodes[row];
    node->is_ready = FALSE;
    node->is_unfit = TRUE;
    hf_deploy__kill_surely(driver, node);
}
