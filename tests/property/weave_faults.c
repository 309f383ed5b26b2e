/*
 * Mistakes planted around the control plane, to see that the search notices: each is one that an
 * agent, its disk, an executor or a connection might make. See WeaveFault.
 */
#include "property/weave_internal.h"

#include "resource/text.h"

static void leave_volume_out(Weave *weave, HfResources *total)
{
    hf_resources_subtract_one(weave->pump->catalog, total, &weave->volume);
}

/* On the way out. */
gboolean weave__passes(void *context, HfMessage *message)
{
    Weave *weave = context;
    HfPump *pump = weave->pump;
    if (weave__is_planted(weave, WEAVE_FAULT_TASKS_UNREPORTED) &&
        message->type == HF_MESSAGE_REREGISTER_AGENT) {
        for (guint32 i = 0; i < message->reports.count; i++)
            hf_parcel_drop(pump->catalog, &message->reports.at[i].resources);
        hf_vec_reset(&message->reports);
    }
    if (weave__is_planted(weave, WEAVE_FAULT_LOST_IN_TOTAL) &&
        message->type == HF_MESSAGE_REREGISTER_AGENT)
        leave_volume_out(weave, message->total);
    if (weave__is_planted(weave, WEAVE_FAULT_LAUNCHED_AGAIN) &&
        message->type == HF_MESSAGE_RUN_TASK && message->framework == 0 && weave->repeated == NULL)
        weave->repeated = hf_message_copy(pump->pool, message);
    if (weave__is_planted(weave, WEAVE_FAULT_EXIT_UNTOLD) &&
        message->type == HF_MESSAGE_EXITED_EXECUTOR)
        return FALSE;
    if (weave__is_planted(weave, WEAVE_FAULT_EXIT_TOLD) &&
        message->type == HF_MESSAGE_STATUS_UPDATE && message->status.framework == 0 &&
        hf_task_state_is_terminal(message->status.state)) {
        HfMessage *exited =
            hf_pump_message(pump, HF_MESSAGE_EXITED_EXECUTOR, message->from, message->to);
        exited->agent = message->agent;
        exited->framework = 0;
        exited->executor = 7;
        hf_pump_send(pump, exited);
    }
    if (weave__is_planted(weave, WEAVE_FAULT_END_SWALLOWED) &&
        message->type == HF_MESSAGE_STATUS_UPDATE &&
        hf_task_state_is_terminal(message->status.state)) {
        HfMessage *ack =
            hf_pump_message(pump, HF_MESSAGE_STATUS_ACKNOWLEDGEMENT, message->to, message->from);
        ack->status = message->status;
        hf_pump_send(pump, ack);
        return FALSE;
    }
    return TRUE;
}

/* The executor comes to life once more, or never died. */
void weave__run_again(Weave *weave, const HfPumpRun *run)
{
    HfPumpHost *host = weave__host(weave);
    HfPumpRun copy = *run;
    copy.resources = (HfResources){0};
    hf_resources_copy(weave->pump->catalog, &copy.resources, &run->resources);
    hf_vec_push(&host->runs, copy);
}

gboolean weave__keep_run(Weave *weave, HfPumpRun *kept)
{
    guint32 run = weave__run_of(weave, 0);
    if (run == UINT32_MAX) return FALSE;
    *kept = weave__host(weave)->runs.at[run];
    kept->resources = (HfResources){0};
    hf_resources_copy(weave->pump->catalog, &kept->resources,
                      &weave__host(weave)->runs.at[run].resources);
    return TRUE;
}

/* The run that `kept` holds goes on in spite of what happened, if the mistake is planted. */
void weave__outlive(Weave *weave, gboolean has_kept, HfPumpRun *kept, WeaveFault fault)
{
    if (!has_kept) return;
    if (weave__is_planted(weave, fault) && weave__run_of(weave, 0) == UINT32_MAX)
        weave__run_again(weave, kept);
    hf_resources_clear(weave->pump->catalog, &kept->resources);
}

void weave__before_message(Weave *weave)
{
    const HfPumpHost *host = weave__host(weave);
    hf_executor_info_drop(weave->pump->catalog, &weave->executor);
    if (weave__is_planted(weave, WEAVE_FAULT_BEGUN_AGAIN) && host->executors.count > 0)
        weave->executor = hf_executor_info_ref(host->executors.at[0].info);
}

void weave__after_message(Weave *weave)
{
    HfPumpHost *host = weave__host(weave);
    if (weave->executor == NULL || host->executors.count > 0 || weave->is_host_down) return;
    hf_vec_push(&host->executors, (HfPumpExecutor){.info = hf_executor_info_ref(weave->executor)});
    hf_trace_emit(weave->pump->trace,
                  &(HfRecord){.at = weave->pump->now,
                              .type = HF_RECORD_EXECUTOR_STARTED,
                              .id = weave->executor->id,
                              .value = 1000,
                              .resources = hf_executor_info_resources(weave->executor)});
}

void weave__plant_on_disk(Weave *weave)
{
    HfCatalog *catalog = weave->pump->catalog;
    HfKept *kept = weave__host(weave)->agent.disk.kept;
    if (kept == NULL) return;
    if (weave__is_planted(weave, WEAVE_FAULT_TARGET_DROPPED) && kept->has_target) {
        hf_resources_clear(catalog, &kept->target);
        kept->has_target = FALSE;
    }
    if (weave__is_planted(weave, WEAVE_FAULT_VOLUME_WIPED) && weave->is_host_down)
        for (guint32 i = 0; i < kept->volumes.count; i++) kept->volumes.at[i].data += 100;
    if (weave__is_planted(weave, WEAVE_FAULT_OTHER_ROLE)) {
        g_autofree char *text = hf_resources_to_text(catalog, &kept->committed);
        g_auto(GStrv) parts = g_strsplit(text, "(D:db)", -1);
        g_autofree char *other = g_strjoinv("(D:web)", parts);
        hf_resources_clear(catalog, &kept->committed);
        hf_resources_parse_canonical(catalog, other, &kept->committed, NULL);
        hf_role_intern(catalog, "web", &kept->volumes.at[0].role, NULL);
    }
}
