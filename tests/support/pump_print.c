/* What happened in the pump, as lines of JSON; see pump.h. */
#include "resource/text.h"
#include "support/pump.h"
#include "support/pump_internal.h"

static const char *agent_name(void *context, uint32_t agent)
{
    return hf_master_agent_name(((HfPump *)context)->master, agent);
}

static const char *host_name(void *context, uint32_t host)
{
    return hf_pump_host(context, host)->name;
}

static const char *framework_name(void *context, uint32_t framework)
{
    return hf_master_framework_name(((HfPump *)context)->master, framework);
}

void hf_pump__on_record(void *context, const HfRecord *record)
{
    HfPump *pump = context;
    pump->last[record->type] = *record;
    pump->last[record->type].resources = NULL;
    HfTraceNames names = {agent_name, host_name, framework_name, pump};
    hf_trace_print_json(record, pump->catalog, &names, pump->text);
}

static const char *peer_name(HfPump *pump, HfPeer peer)
{
    switch (peer.kind) {
    case HF_PEER_FRAMEWORK:
        return hf_pump_framework(pump, peer.row)->name;
    case HF_PEER_AGENT:
        return hf_pump_host(pump, peer.row)->name;
    case HF_PEER_EXECUTOR:
        return "executor";
    case HF_PEER_MASTER:
        break;
    }
    return "master";
}

static void print_offers(HfPump *pump, const HfMessage *message)
{
    GString *line = pump->text;
    if (message->offers.count > 0) {
        g_string_append(line, ",\"offers\":[");
        for (guint32 i = 0; i < message->offers.count; i++) {
            const HfOfferInfo *offer = &message->offers.at[i];
            g_autofree char *resources =
                hf_resources_to_text(pump->catalog, hf_parcel_resources(offer->resources));
            g_string_append_printf(line,
                                   "%s{\"id\":%" G_GUINT64_FORMAT
                                   ",\"agent\":\"%s\",\"role\":\"%s\",\"resources\":\"%s\"}",
                                   i ? "," : "", (guint64)offer->id, agent_name(pump, offer->agent),
                                   hf_role_path(pump->catalog, hf_offer_role(pump->catalog, offer)),
                                   resources);
        }
        g_string_append_c(line, ']');
    }
    if (message->ids.count > 0) {
        g_string_append(line, ",\"offers\":[");
        for (guint32 i = 0; i < message->ids.count; i++)
            g_string_append_printf(line, "%s%" G_GUINT64_FORMAT, i ? "," : "",
                                   (guint64)message->ids.at[i]);
        g_string_append_c(line, ']');
    }
}

static void print_tasks(HfPump *pump, const HfMessage *message)
{
    GString *line = pump->text;
    if (message->tasks.count == 0 && message->reports.count == 0) return;
    g_string_append(line, ",\"tasks\":[");
    for (guint32 i = 0; i < message->tasks.count; i++)
        g_string_append_printf(line, "%s%" G_GUINT64_FORMAT, i ? "," : "",
                               (guint64)message->tasks.at[i].id);
    for (guint32 i = 0; i < message->reports.count; i++)
        g_string_append_printf(line, "%s{\"task\":%" G_GUINT64_FORMAT ",\"state\":\"%s\"}",
                               i ? "," : "", (guint64)message->reports.at[i].task,
                               hf_task_state_name(message->reports.at[i].state));
    g_string_append_c(line, ']');
}

static void print_status(HfPump *pump, const HfTaskStatus *status)
{
    g_string_append_printf(pump->text, ",\"task\":%" G_GUINT64_FORMAT ",\"state\":\"%s\"",
                           (guint64)status->task, hf_task_state_name(status->state));
    if (status->reason != HF_REASON_NONE)
        g_string_append_printf(pump->text, ",\"reason\":\"%s\"",
                               hf_task_reason_name(status->reason));
}

/* Fields by type, as message.c lists them; those that say where the message goes are left out. */
void hf_pump__print_message(HfPump *pump, const HfMessage *message, gboolean is_lost)
{
    GString *line = pump->text;
    g_string_append_printf(
        line, "{\"t\":%" G_GINT64_FORMAT ",\"%s\":\"%s\",\"from\":\"%s\",\"to\":\"%s\"",
        (gint64)pump->now, is_lost ? "lost" : "msg", hf_message_type_name(message->type),
        peer_name(pump, message->from), peer_name(pump, message->to));
    print_offers(pump, message);
    print_tasks(pump, message);
    hf_pump__print_operations(pump, message);
    switch (message->type) {
    case HF_MESSAGE_ACCEPT:
    case HF_MESSAGE_DECLINE:
        g_string_append_printf(line, ",\"refuse_seconds\":%g", message->refuse_seconds);
        break;
    case HF_MESSAGE_KILL:
    case HF_MESSAGE_KILL_TASK:
        g_string_append_printf(line, ",\"task\":%" G_GUINT64_FORMAT, (guint64)message->task);
        break;
    case HF_MESSAGE_RUN_TASK:
        g_string_append_printf(line, ",\"task\":%" G_GUINT64_FORMAT, (guint64)message->info.id);
        if (message->info.executor != NULL)
            g_string_append_printf(line, ",\"executor\":%u", message->info.executor->id);
        break;
    case HF_MESSAGE_RUN_TASK_GROUP:
        g_string_append_printf(line, ",\"executor\":%u", message->info.executor->id);
        break;
    case HF_MESSAGE_ACKNOWLEDGE:
    case HF_MESSAGE_UPDATE:
    case HF_MESSAGE_STATUS_UPDATE:
    case HF_MESSAGE_STATUS_ACKNOWLEDGEMENT:
        print_status(pump, &message->status);
        break;
    case HF_MESSAGE_SHUTDOWN:
    case HF_MESSAGE_SHUTDOWN_EXECUTOR:
    case HF_MESSAGE_EXITED_EXECUTOR:
        g_string_append_printf(line, ",\"agent\":\"%s\",\"executor\":%u",
                               agent_name(pump, message->agent), message->executor);
        break;
    case HF_MESSAGE_FAILURE:
        g_string_append_printf(line, ",\"agent\":\"%s\"", agent_name(pump, message->agent));
        if (message->executor != 0)
            g_string_append_printf(line, ",\"executor\":%u", message->executor);
        break;
    case HF_MESSAGE_AGENT_REGISTERED:
    case HF_MESSAGE_AGENT_REREGISTERED:
        g_string_append_printf(line, ",\"agent\":\"%s\"", agent_name(pump, message->agent));
        break;
    default:
        break;
    }
    g_string_append(line, "}\n");
}

char *hf_pump_take_text(HfPump *pump)
{
    char *text = g_strndup(pump->text->str, pump->text->len);
    g_string_truncate(pump->text, 0);
    return text;
}
