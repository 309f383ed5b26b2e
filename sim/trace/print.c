/* The JSONL form of records, driven by the table of shapes. */
#include "base/assert.h"
#include "resource/error.h"
#include "resource/operation.h"
#include "resource/text.h"
#include "trace/trace.h"

static void append_string(GString *line, const char *text)
{
    g_string_append_c(line, '"');
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_printf(line, "\\%c", *p);
        else if (*p < 0x20)
            g_string_append_printf(line, "\\u%04x", *p);
        else
            g_string_append_c(line, (char)*p);
    }
    g_string_append_c(line, '"');
}

static void append_name(GString *line, const char *key, uint32_t row,
                        const char *(*name)(void *, uint32_t), void *context)
{
    if (row == HF_ROW_NONE) return;
    g_string_append_printf(line, ",\"%s\":", key);
    const char *text = name ? name(context, row) : NULL;
    if (text)
        append_string(line, text);
    else
        g_string_append_printf(line, "%u", row);
}

static void append_resources(GString *line, const HfCatalog *catalog, const HfResources *resources)
{
    g_string_append(line, ",\"resources\":[");
    if (resources) {
        g_auto(GStrv) entries = hf_resources_print_canonical(catalog, resources);
        for (guint i = 0; entries[i]; i++) {
            if (i > 0) g_string_append_c(line, ',');
            append_string(line, entries[i]);
        }
    }
    g_string_append_c(line, ']');
}

void hf_trace_print_json(const HfRecord *record, const HfCatalog *catalog,
                         const HfTraceNames *names, GString *line)
{
    HF_ASSERT(record->type < HF_RECORD_TYPES);
    const HfRecordShape *shape = &hf_record_shapes[record->type];
    g_string_append_printf(line, "{\"t\":%" G_GINT64_FORMAT ",\"ev\":\"%s\"", (gint64)record->at,
                           shape->name);
    for (const char *field = shape->fields; *field; field++) {
        switch (*field) {
        case 'a':
            append_name(line, "agent", record->agent, names->agent, names->context);
            break;
        case 'h':
            append_name(line, "host", record->agent, names->host, names->context);
            break;
        case 'f':
            append_name(line, "framework", record->framework, names->framework, names->context);
            break;
        case 'r':
            if (record->role == HF_ROLE_NONE) break;
            g_string_append(line, ",\"role\":");
            append_string(line, hf_role_path(catalog, record->role));
            break;
        case 'o':
            g_string_append_printf(line, ",\"offer\":%" G_GUINT64_FORMAT, (guint64)record->id);
            break;
        case 't':
            g_string_append_printf(line, ",\"task\":%" G_GUINT64_FORMAT, (guint64)record->id);
            break;
        case 'j':
            g_string_append_printf(line, ",\"job\":%" G_GUINT64_FORMAT, (guint64)record->id);
            break;
        case 'q':
            g_string_append_printf(line, ",\"store\":%" G_GUINT64_FORMAT, (guint64)record->id);
            break;
        case 'g':
            g_string_append_printf(line, ",\"group\":%" G_GUINT64_FORMAT, (guint64)record->id);
            break;
        case 'm':
            g_string_append_printf(line, ",\"member\":%" G_GUINT64_FORMAT, (guint64)record->id);
            break;
        case 'p':
            g_string_append_printf(line, ",\"part\":%" G_GUINT64_FORMAT, (guint64)record->id);
            break;
        case 'y':
            g_string_append_printf(line, ",\"copy\":%" G_GUINT64_FORMAT, (guint64)record->id);
            break;
        case 'l':
            g_string_append_printf(line, ",\"executor\":%" G_GUINT64_FORMAT, (guint64)record->id);
            break;
        case 'i':
            if (record->id != 0)
                g_string_append_printf(line, ",\"id\":%" G_GUINT64_FORMAT, (guint64)record->id);
            break;
        case 'n':
            g_string_append_printf(line, ",\"operation\":\"%s\"",
                                   hf_operation_name((HfOperationType)record->state));
            break;
        case 'e':
            g_string_append_printf(line, ",\"rule\":\"%s\"",
                                   hf_resource_error_name((HfResourceErrorCode)record->reason));
            break;
        case 'z':
            g_string_append_printf(line, ",\"why\":\"%s\"",
                                   hf_framework_refusal_name((HfFrameworkRefusal)record->reason));
            break;
        case 'u':
            g_string_append_printf(line, ",\"state\":\"%s\"",
                                   hf_operation_state_name((HfOperationState)record->state));
            break;
        case 'c':
            g_string_append_printf(line, ",\"call\":\"%s\"",
                                   hf_call_type_name((HfCallType)record->state));
            break;
        case 'k':
            g_string_append_printf(line, ",\"standing\":\"%s\"",
                                   hf_registry_standing_name((HfRegistryStanding)record->state));
            break;
        case 'd':
            if (record->reason) g_string_append(line, ",\"deactivated\":true");
            break;
        case 's':
            g_string_append_printf(line, ",\"state\":\"%s\"",
                                   hf_task_state_name((HfTaskState)record->state));
            break;
        case 'w':
            g_string_append_printf(line, ",\"reason\":\"%s\"",
                                   hf_task_reason_name((HfTaskReason)record->reason));
            break;
        case 'b':
            g_string_append_printf(line, ",\"same_host\":%s", record->state ? "true" : "false");
            break;
        case 'v':
            g_string_append_printf(line, ",\"%s\":%" G_GINT64_FORMAT, shape->value,
                                   (gint64)record->value);
            break;
        case 'x':
            append_resources(line, catalog, record->resources);
            break;
        default:
            HF_ASSERT(!"a field letter that record.h does not list");
        }
    }
    g_string_append(line, "}\n");
}
