/* Frameworks' operations in the pump, from text and to text; see pump.h. */
#include "resource/json.h"
#include "resource/text.h"
#include "support/pump.h"
#include "support/pump_internal.h"

#include <stdlib.h>
#include <string.h>

static HfResources canonical(HfPump *pump, const char *text)
{
    HfResources resources = {0};
    GError *error = NULL;
    if (!hf_resources_parse_canonical(pump->catalog, text, &resources, &error))
        fail_msg("%s: %s", text, error->message);
    return resources;
}

/* "7=cpus:0.1", or "!7=cpus:0.1" of a default executor. */
static HfExecutorInfo *executor_of(HfPump *pump, const char *word)
{
    char *end = NULL;
    gboolean is_default = word[0] == '!';
    uint32_t id = (uint32_t)g_ascii_strtoull(word + is_default, &end, 10);
    HfResources resources = {0};
    if (end[1] != '\0') resources = canonical(pump, end + 1);
    return hf_executor_info_new(
        &(HfExecutorInfo){.id = id,
                          .is_default = is_default,
                          .resources = hf_parcel_take(pump->catalog, &resources),
                          .usage_milli = 1000});
}

/* "7=cpus:1" runs until it is killed, "7:10=cpus:1" for 10 s. */
static HfTaskInfo task_of(HfPump *pump, const char *word)
{
    char *end = NULL;
    const char *equals = strchr(word, '=');
    HfTaskInfo info = {.id = g_ascii_strtoull(word, &end, 10),
                       .duration = HF_TIME_NEVER,
                       .end = HF_TASK_FINISHED,
                       .usage_milli = 1000};
    assert_non_null(equals);
    if (*end == ':') info.duration = HF_SECONDS(g_ascii_strtod(end + 1, NULL));
    g_auto(GStrv) parts = g_strsplit(equals + 1, "+", 2);
    HfResources resources = canonical(pump, parts[0]);
    if (parts[1] != NULL) info.executor = executor_of(pump, parts[1]);
    info.resources = hf_parcel_take(pump->catalog, &resources);
    return info;
}

static void launch(HfPump *pump, HfDriver *driver, char **words, gboolean is_group)
{
    uint32_t count = g_strv_length(words);
    g_autofree HfTaskInfo *tasks = g_new0(HfTaskInfo, count + 1);
    for (uint32_t i = 0; i < count; i++) tasks[i] = task_of(pump, words[i]);
    if (is_group)
        hf_driver_launch_group(driver, tasks, count);
    else
        hf_driver_launch(driver, tasks, count);
}

static void operate(HfPump *pump, HfDriver *driver, char **words)
{
    char *hash = strchr(words[0], '#');
    uint64_t id = hash != NULL ? g_ascii_strtoull(hash + 1, NULL, 10) : 0;
    if (hash != NULL) *hash = '\0';
    if (g_str_has_prefix(words[0], "LAUNCH")) {
        launch(pump, driver, words + 1, strcmp(words[0], "LAUNCH_GROUP") == 0);
        return;
    }
    HfResources resources = canonical(pump, words[1]);
    if (strcmp(words[0], "RESERVE") == 0) {
        hf_driver_reserve(driver, id, &resources);
    } else if (strcmp(words[0], "UNRESERVE") == 0) {
        hf_driver_unreserve(driver, id, &resources);
    } else if (strcmp(words[0], "CREATE") == 0) {
        hf_driver_create(driver, id, &resources);
    } else if (strcmp(words[0], "DESTROY") == 0) {
        hf_driver_destroy(driver, id, &resources);
    } else if (strcmp(words[0], "GROW") == 0) {
        HfResources addition = canonical(pump, words[2]);
        hf_driver_grow(driver, id, &resources, &addition);
    } else if (strcmp(words[0], "CREATE_DISK") == 0) {
        g_auto(GStrv) target = g_strsplit(words[2], ":", 2); /* MOUNT, or MOUNT:profile */
        hf_driver_create_disk(driver, id, &resources,
                              strcmp(target[0], "PATH") == 0    ? HF_DISK_PATH
                              : strcmp(target[0], "BLOCK") == 0 ? HF_DISK_BLOCK
                                                                : HF_DISK_MOUNT,
                              target[1] != NULL ? hf_text_intern(pump->catalog, target[1])
                                                : HF_TEXT_NONE);
    } else if (strcmp(words[0], "DESTROY_DISK") == 0) {
        hf_driver_destroy_disk(driver, id, &resources);
    } else {
        assert_string_equal(words[0], "SHRINK");
        hf_driver_shrink(driver, id, &resources, (int64_t)(g_ascii_strtod(words[2], NULL) * 1000));
    }
}

void hf_pump__say_operations(HfPump *pump, HfDriver *driver, const uint64_t *offers, uint32_t count,
                             const char *script, double refuse_seconds)
{
    hf_driver_accept_begin(driver, offers, count, refuse_seconds);
    g_auto(GStrv) parts = g_strsplit(script, " | ", -1);
    for (char **part = parts; *part != NULL; part++) {
        g_auto(GStrv) words = g_strsplit(*part, " ", -1);
        operate(pump, driver, words);
    }
    hf_driver_accept_end(driver);
}

void hf_pump_say(HfPump *pump, HfPumpFramework *framework, uint64_t offer, const char *script,
                 double refuse_seconds)
{
    hf_pump__say_operations(pump, framework->driver, &offer, 1, script, refuse_seconds);
}

/* ---- operators ---- */

int hf_pump_call(HfPump *pump, const char *principal, HfCallType type, const char *quoted)
{
    g_autofree char *text = g_strdelimit(g_strdup(quoted), "'", '"');
    g_autofree char *path = NULL;
    GError *error = NULL;
    g_autoptr(JsonNode) body = hf_json_parse(text, -1, &error);
    if (body == NULL) fail_msg("%s: %s", text, error->message);
    HfCall *call = g_new0(HfCall, 1);
    hf_vec_push(&pump->calls, call);
    if (!hf_call_from_json(pump->catalog, type, body, call, &path, &error)) {
        g_string_append_printf(pump->text, "{\"why\":\"%s: %s\"}\n", path, error->message);
        g_error_free(error);
        return 400;
    }
    char *why = NULL;
    int status = hf_master_operate(pump->master, pump->now, principal, call, &pump->out, &why);
    if (why != NULL) g_string_append_printf(pump->text, "{\"why\":\"%s\"}\n", why);
    g_free(why);
    hf_pump__flush(pump, (HfPeer){HF_PEER_MASTER, 0});
    return status;
}

/* ---- as text ---- */

static void print_change(HfPump *pump, const HfOfferOperation *operation)
{
    GString *line = pump->text;
    const HfOperation *change = &operation->change;
    g_autofree char *resources = hf_resources_to_text(pump->catalog, &change->resources);
    g_string_append_printf(line, "{\"%s\":\"%s\"", hf_operation_name(change->type), resources);
    if (change->has_source) {
        g_autofree char *source = hf_resources_to_text(pump->catalog, &change->source);
        g_string_append_printf(line, ",\"source\":\"%s\"", source);
    }
    if (change->type == HF_OPERATION_GROW_VOLUME) {
        g_autofree char *addition = hf_resources_to_text(pump->catalog, &change->addition);
        g_string_append_printf(line, ",\"addition\":\"%s\"", addition);
    }
    if (change->type == HF_OPERATION_SHRINK_VOLUME)
        g_string_append_printf(line, ",\"subtract\":%g", (double)change->subtract_milli / 1000);
    if (operation->id != 0)
        g_string_append_printf(line, ",\"id\":%" G_GUINT64_FORMAT, (guint64)operation->id);
    g_string_append_c(line, '}');
}

void hf_pump__print_operations(HfPump *pump, const HfMessage *message)
{
    GString *line = pump->text;
    for (guint32 i = 0; i < message->operations.count; i++) {
        const HfOfferOperation *operation = &message->operations.at[i];
        g_string_append(line, i == 0 ? ",\"operations\":[" : ",");
        if (operation->action == HF_OFFER_CONVERT)
            print_change(pump, operation);
        else
            g_string_append_printf(line, "{\"%s\":%u}",
                                   operation->action == HF_OFFER_LAUNCH ? "LAUNCH" : "LAUNCH_GROUP",
                                   operation->task_count);
    }
    if (message->operations.count > 0) g_string_append_c(line, ']');
    if (message->type == HF_MESSAGE_APPLY_OPERATION) return; /* its id was said */
    for (guint32 i = 0; i < message->statuses.count; i++)
        g_string_append_printf(line, "%s{\"id\":%" G_GUINT64_FORMAT ",\"state\":\"%s\"}",
                               i == 0 ? ",\"statuses\":[" : ",",
                               (guint64)message->statuses.at[i].id,
                               hf_operation_state_name(message->statuses.at[i].state));
    if (message->statuses.count > 0) g_string_append_c(line, ']');
    if (message->type != HF_MESSAGE_CHECKPOINT_RESOURCES) return;
    HfResources written = {0};
    hf_resources_checkpointed(pump->catalog, message->total, &written);
    g_autofree char *text = hf_resources_to_text(pump->catalog, &written);
    g_string_append_printf(line, ",\"checkpointed\":\"%s\"", text);
    hf_resources_clear(pump->catalog, &written);
}
