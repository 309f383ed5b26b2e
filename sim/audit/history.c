/*
 * The last records, and finding among them those that led to a breach. What is held for longer than
 * the history reaches back is told from the book: every offer and task there can say how it came.
 */
#include "audit/audit_internal.h"

#include <string.h>

#define LINES_OF_HOLDERS 24
#define LINES_OF_RECORDS 40

_Static_assert((HF_HISTORY_SIZE & (HF_HISTORY_SIZE - 1)) == 0, "a ring of a power of two");

void hf_history__init(HfHistory *history)
{
    history->record = g_new0(HfRecord, HF_HISTORY_SIZE);
    history->resources = g_new0(HfResources, HF_HISTORY_SIZE);
}

void hf_history__clear(HfHistory *history, HfCatalog *catalog)
{
    for (uint32_t i = 0; i < HF_HISTORY_SIZE; i++)
        hf_resources_clear(catalog, &history->resources[i]);
    g_free(history->record);
    g_free(history->resources);
}

void hf_history__keep(HfAudit *audit, const HfRecord *record)
{
    uint32_t at = (uint32_t)(audit->serial++ & (HF_HISTORY_SIZE - 1));
    audit->history.record[at] = *record;
    HfResources *resources = &audit->history.resources[at];
    if (record->resources != NULL)
        hf_resources_copy(audit->catalog, resources, record->resources);
    else if (!hf_resources_is_empty(resources))
        hf_resources_reset(audit->catalog, resources);
}

/* What a breach is about; NO_ROW where it is about none. */
typedef struct Subject {
    uint32_t agent, host, framework;
    uint64_t offer, task;
    gboolean has_offer, has_task;
} Subject;

static gboolean has_field(const HfRecord *record, char field)
{
    return strchr(hf_record_shapes[record->type].fields, field) != NULL;
}

static Subject subject_of(const HfAudit *audit, const HfRecord *record)
{
    Subject subject = {.agent = NO_ROW,
                       .host = NO_ROW,
                       .framework = record->framework,
                       .offer = record->id,
                       .task = record->id,
                       .has_offer = has_field(record, 'o'),
                       .has_task = has_field(record, 't')};
    if (has_field(record, 'a') && record->agent < audit->agents.count) {
        subject.agent = record->agent;
        subject.host = audit->agents.at[record->agent].host;
    } else if (has_field(record, 'h') && record->agent < audit->hosts.count) {
        subject.host = record->agent;
        subject.agent = audit->hosts.at[record->agent].agent;
    }
    return subject;
}

static gboolean is_about(const HfRecord *record, const Subject *subject)
{
    if (subject->has_task && has_field(record, 't') && record->id == subject->task)
        return record->framework == subject->framework;
    if (subject->has_offer && has_field(record, 'o') && record->id == subject->offer) return TRUE;
    if (has_field(record, 'a') && record->agent != HF_ROW_NONE)
        return subject->agent != NO_ROW && record->agent == subject->agent;
    if (has_field(record, 'h') && record->agent != HF_ROW_NONE)
        return subject->host != NO_ROW && record->agent == subject->host;
    switch (record->type) {
    case HF_RECORD_FRAMEWORK_SUBSCRIBED:
    case HF_RECORD_FRAMEWORK_REMOVED:
    case HF_RECORD_REVIVED:
    case HF_RECORD_SUPPRESSED:
        return subject->framework != HF_ROW_NONE && record->framework == subject->framework;
    default:
        return FALSE;
    }
}

static void add_line(HfAudit *audit, GPtrArray *lines, const HfRecord *record)
{
    GString *line = g_string_new(NULL);
    hf_trace_print_json(record, audit->catalog, &audit->config.names, line);
    g_string_truncate(line, line->len - 1); /* its newline */
    g_ptr_array_add(lines, g_string_free(line, FALSE));
}

typedef struct Origin {
    uint64_t serial;
    HfRecord record;
} Origin;

static gboolean is_holder(const Subject *subject, uint32_t agent, uint32_t framework)
{
    return subject->agent != NO_ROW ? agent == subject->agent : framework == subject->framework;
}

static gint by_serial(gconstpointer a, gconstpointer b)
{
    const Origin *left = a, *right = b;
    return left->serial < right->serial ? -1 : left->serial > right->serial;
}

/* The records, older than the history, that made what is held there now. */
static void add_holders(HfAudit *audit, const Subject *subject, uint64_t before, GPtrArray *lines)
{
    g_autoptr(GArray) origins = g_array_new(FALSE, FALSE, sizeof(Origin));
    for (guint32 row = 0; row < audit->offers.count; row++) {
        const HfAuditOffer *offer = &audit->offers.at[row];
        if (!offer->is_live || offer->serial >= before ||
            !is_holder(subject, offer->agent, offer->framework))
            continue;
        Origin origin = {offer->serial,
                         {.at = offer->at,
                          .type = HF_RECORD_OFFER_SENT,
                          .agent = offer->agent,
                          .framework = offer->framework,
                          .role = offer->role,
                          .id = hf_handle_pack((HfHandle){row, offer->generation}),
                          .resources = hf_shape__content(offer->held)}};
        g_array_append_val(origins, origin);
    }
    for (guint32 row = 0; row < audit->tasks.count; row++) {
        const HfAuditTask *task = &audit->tasks.at[row];
        gboolean is_it =
            subject->has_task && task->id == subject->task && task->framework == subject->framework;
        if (task->flags == 0 || task->serial >= before ||
            (!is_it && (!(task->flags & HF_TASK_IS_OPEN) ||
                        !is_holder(subject, task->agent, task->framework))))
            continue;
        Origin origin = {task->serial,
                         {.at = task->at,
                          .type = HF_RECORD_TASK_LAUNCHED,
                          .agent = task->agent,
                          .framework = task->framework,
                          .role = task->role,
                          .id = task->id,
                          .value = task->job,
                          .resources = &task->resources}};
        g_array_append_val(origins, origin);
    }
    for (guint32 row = 0; row < audit->executors.count; row++) {
        const HfAuditExecutor *executor = &audit->executors.at[row];
        if (!(executor->flags & HF_EXECUTOR_IS_OPEN) || executor->serial >= before ||
            !is_holder(subject, executor->agent, executor->framework))
            continue;
        Origin origin = {executor->serial,
                         {.at = executor->at,
                          .type = HF_RECORD_EXECUTOR_LAUNCHED,
                          .agent = executor->agent,
                          .framework = executor->framework,
                          .role = executor->role,
                          .id = executor->id,
                          .resources = &executor->resources}};
        g_array_append_val(origins, origin);
    }
    g_array_sort(origins, by_serial);
    guint first = origins->len > LINES_OF_HOLDERS ? origins->len - LINES_OF_HOLDERS : 0;
    for (guint i = first; i < origins->len; i++)
        add_line(audit, lines, &g_array_index(origins, Origin, i).record);
}

GPtrArray *hf_history__about(HfAudit *audit, const HfRecord *about)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    Subject subject = subject_of(audit, about);
    uint64_t oldest = audit->serial > HF_HISTORY_SIZE ? audit->serial - HF_HISTORY_SIZE : 0;
    uint64_t serials[LINES_OF_RECORDS];
    uint32_t found = 0;
    for (uint64_t serial = audit->serial; serial > oldest && found < LINES_OF_RECORDS; serial--) {
        const HfRecord *record = &audit->history.record[(serial - 1) & (HF_HISTORY_SIZE - 1)];
        /* The last one broke it, whatever it is about. */
        if (serial == audit->serial || is_about(record, &subject)) serials[found++] = serial - 1;
    }
    add_holders(audit, &subject, found > 0 ? serials[found - 1] : oldest, lines);
    while (found > 0) {
        uint32_t at = (uint32_t)(serials[--found] & (HF_HISTORY_SIZE - 1));
        HfRecord record = audit->history.record[at];
        record.resources = &audit->history.resources[at];
        add_line(audit, lines, &record);
    }
    return lines;
}
