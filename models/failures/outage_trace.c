/*
 * One reader for each format; see outage_trace.h.
 *
 *   csv          header `node,down_s,up_s`; seconds from the start of the trace; up_s may be empty
 *   fta          Failure Trace Archive, event_trace.tab: cells padded with blanks between tabs,
 *                event_type 0 = unavailable, from event_start_time to event_stop_time (epoch, s)
 *   lanl         LA-UR-05-7318: 26 columns, Prob Started and Prob Fixed as m/d/yyyy H:MM local
 *   google-2011  ClusterData2011_2 machine_events: microseconds, machine, 0 ADD / 1 REMOVE / 2
 *                UPDATE, without a header; the trace starts at 600 s, and ADD at 0 is the beginning
 */
#include "models/failures/outage_trace.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/workloads/lines.h"

const HfKeyWord hf_outage_formats[] = {
    {"csv", HF_OUTAGES_CSV, "a header node,down_s,up_s; seconds from the start of the trace"},
    {"fta", HF_OUTAGES_FTA, "event_trace.tab of the Failure Trace Archive"},
    {"lanl", HF_OUTAGES_LANL, "the records of Los Alamos, LA-UR-05-7318, 1996 to 2005"},
    {"google-2011", HF_OUTAGES_GOOGLE_2011, "machine_events of Google's ClusterData2011_2"},
    {0}};

typedef struct Reader {
    HfLines lines;
    HfOutages *outages;
    GHashTable *ids;  /* name -> index + 1; names are borrowed from outages->nodes */
    GHashTable *open; /* google: index + 1 -> index of the outage + 1 */
    int64_t system;
    gboolean has_origin;
    HfTime origin; /* of the times in the file */
} Reader;

#define SECONDS_MAX 1e11 /* of epoch times; far beyond what is recorded, well within HfTime */

void hf_outages_free(HfOutages *outages)
{
    if (outages == NULL) return;
    g_ptr_array_unref(outages->nodes);
    hf_vec_clear(&outages->all);
    g_free(outages);
}

static uint32_t node_of(Reader *reader, const char *name)
{
    gpointer id = g_hash_table_lookup(reader->ids, name);
    if (id != NULL) return GPOINTER_TO_UINT(id) - 1;
    char *kept = g_strdup(name);
    g_ptr_array_add(reader->outages->nodes, kept);
    g_hash_table_insert(reader->ids, kept, GUINT_TO_POINTER(reader->outages->nodes->len));
    return reader->outages->nodes->len - 1;
}

/* Times of the file so far have no common zero: the least of them is found at the end. */
static void add(Reader *reader, const char *node, HfTime down, HfTime up)
{
    HfOutage outage = {node_of(reader, node), down, up};
    hf_vec_push(&reader->outages->all, outage);
}

/* Epoch times are beyond what hf_time_from_seconds() takes, which is for times of a run. */
static HfTime time_of(double seconds)
{
    double whole = floor(seconds);
    return (HfTime)whole * HF_NS_PER_SECOND + (HfTime)((seconds - whole) * 1e9);
}

static gboolean expect_columns(Reader *reader, uint32_t count, GError **error)
{
    if (reader->lines.field_count == count) return TRUE;
    return hf_lines_fail(&reader->lines, error, "has %u columns, not %u", reader->lines.field_count,
                         count);
}

/* ---- csv ---- */

static gboolean read_csv_row(Reader *reader, GError **error)
{
    double down, up = 0;
    if (reader->lines.number == 1) {
        if (strcmp(reader->lines.line, "node,down_s,up_s") == 0) return TRUE;
        return hf_lines_fail(&reader->lines, error, "expected the header \"node,down_s,up_s\"");
    }
    hf_lines_split_csv(&reader->lines);
    if (!expect_columns(reader, 3, error)) return FALSE;
    if (reader->lines.field[0][0] == '\0')
        return hf_lines_fail(&reader->lines, error, "column 1 (node) is missing");
    if (!hf_lines_number(&reader->lines, 1, "down_s", 0, 9e9, &down, error)) return FALSE;
    gboolean is_back = reader->lines.field[2][0] != '\0';
    if (is_back && !hf_lines_number(&reader->lines, 2, "up_s", down, 9e9, &up, error)) return FALSE;
    add(reader, reader->lines.field[0], time_of(down), is_back ? time_of(up) : HF_TIME_NEVER);
    return TRUE;
}

/* ---- Failure Trace Archive ---- */

static gboolean read_fta_row(Reader *reader, GError **error)
{
    double type, from, to;
    if (reader->lines.line[0] == '#' || reader->lines.line[0] == '\0') return TRUE;
    hf_lines_split_blanks(&reader->lines); /* no cell of this table has blanks inside */
    if (!expect_columns(reader, 9, error)) return FALSE;
    if (!hf_lines_whole(&reader->lines, 5, "event_type", 0, 3, &type, error) ||
        !hf_lines_number(&reader->lines, 6, "event_start_time", 0, SECONDS_MAX / 12, &from,
                         error) ||
        !hf_lines_number(&reader->lines, 7, "event_stop_time", from, SECONDS_MAX / 12, &to, error))
        return FALSE;
    if (!reader->has_origin || time_of(from) < reader->origin) reader->origin = time_of(from);
    reader->has_origin = TRUE;
    if (type == 0) add(reader, reader->lines.field[4], time_of(from), time_of(to));
    return TRUE;
}

/* ---- Los Alamos ---- */

/* Days from 1970-01-01 of a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    GDate *date = g_date_new_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
    int64_t julian = g_date_get_julian(date);
    g_date_free(date);
    return julian - 719163;
}

/* m/d/yyyy H:MM, local time taken as it is. */
static gboolean lanl_time(Reader *reader, uint32_t field, const char *name, HfTime *time_out,
                          GError **error)
{
    int month, day, year, hour, minute, end = 0;
    const char *text = reader->lines.field[field];
    if (sscanf(text, "%2d/%2d/%4d %2d:%2d%n", &month, &day, &year, &hour, &minute, &end) != 5 ||
        text[end] != '\0' || year < 1970 || year > 2199 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year) || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59)
        return hf_lines_fail(&reader->lines, error,
                             "column %u (%s): \"%s\" is not a time m/d/yyyy H:MM", field + 1, name,
                             text);
    int64_t minutes = (days_of(year, month, day) * 24 + hour) * 60 + minute;
    *time_out = minutes * 60 * HF_NS_PER_SECOND;
    return TRUE;
}

static gboolean read_lanl_row(Reader *reader, GError **error)
{
    double system;
    HfTime down, up;
    if (reader->lines.number == 1) {
        if (g_str_has_prefix(reader->lines.line, "System,")) return TRUE;
        return hf_lines_fail(&reader->lines, error,
                             "expected a header that begins with \"System,\"");
    }
    hf_lines_split_csv(&reader->lines);
    /* Causes behind the times may be quoted and hold commas: they are more columns to us. */
    if ((reader->lines.field_count < 26 && !expect_columns(reader, 26, error)) ||
        !hf_lines_whole(&reader->lines, 0, "System", 0, 1e6, &system, error))
        return FALSE;
    if (reader->system != 0 && (int64_t)system != reader->system) return TRUE;
    if (!lanl_time(reader, 16, "Prob Started", &down, error) ||
        !lanl_time(reader, 17, "Prob Fixed", &up, error))
        return FALSE;
    if (up < down) return hf_lines_fail(&reader->lines, error, "is fixed before it started");
    g_autofree char *node =
        g_strdup_printf("%s/%s", reader->lines.field[0], reader->lines.field[6]);
    if (!reader->has_origin || down < reader->origin) reader->origin = down;
    reader->has_origin = TRUE;
    add(reader, node, down, up);
    return TRUE;
}

/* ---- Google 2011 ---- */

static gboolean read_google_row(Reader *reader, GError **error)
{
    double time_us, event;
    hf_lines_split_csv(&reader->lines);
    if (reader->lines.field_count != 6) return expect_columns(reader, 6, error);
    if (!hf_lines_whole(&reader->lines, 0, "time", 0, 9.3e18, &time_us, error) ||
        !hf_lines_whole(&reader->lines, 2, "event", 0, 2, &event, error))
        return FALSE;
    if (reader->lines.field[1][0] == '\0')
        return hf_lines_fail(&reader->lines, error, "column 2 (machine) is missing");
    if (event == 2 || time_us > 9e15) return TRUE; /* an UPDATE, or after the end of the trace */
    HfTime at = time_of(time_us / 1e6);
    uint32_t node = node_of(reader, reader->lines.field[1]);
    gpointer open = g_hash_table_lookup(reader->open, GUINT_TO_POINTER(node + 1));
    if (event == 1 && open == NULL) {
        add(reader, reader->lines.field[1], at, HF_TIME_NEVER);
        g_hash_table_insert(reader->open, GUINT_TO_POINTER(node + 1),
                            GUINT_TO_POINTER(reader->outages->all.count));
    } else if (event == 0 && open != NULL) {
        reader->outages->all.at[GPOINTER_TO_UINT(open) - 1].up = at;
        g_hash_table_remove(reader->open, GUINT_TO_POINTER(node + 1));
    }
    return TRUE;
}

/* ---- any ---- */

static int by_time(const void *a, const void *b)
{
    const HfOutage *x = a, *y = b;
    if (x->down != y->down) return x->down < y->down ? -1 : 1;
    if (x->node != y->node) return x->node < y->node ? -1 : 1;
    return x->up < y->up ? -1 : x->up > y->up;
}

/* Nodes get the numbers of their first outages. */
static void number_nodes(HfOutages *outages)
{
    g_autofree uint32_t *number = g_new0(uint32_t, outages->nodes->len); /* new + 1 by old */
    GPtrArray *nodes = g_ptr_array_new_with_free_func(g_free);
    for (guint32 i = 0; i < outages->all.count; i++) {
        uint32_t *mine = &number[outages->all.at[i].node];
        if (*mine == 0) {
            g_ptr_array_add(nodes, g_strdup(outages->nodes->pdata[outages->all.at[i].node]));
            *mine = nodes->len;
        }
        outages->all.at[i].node = *mine - 1;
    }
    g_ptr_array_unref(outages->nodes);
    outages->nodes = nodes;
}

/* Shift to the origin and put in order. */
static void finish(Reader *reader)
{
    HfOutages *outages = reader->outages;
    for (guint32 i = 0; i < outages->all.count; i++) {
        outages->all.at[i].down -= reader->origin;
        if (outages->all.at[i].up != HF_TIME_NEVER) outages->all.at[i].up -= reader->origin;
    }
    if (outages->all.count > 0)
        qsort(outages->all.at, outages->all.count, sizeof(HfOutage), by_time);
    number_nodes(outages);
}

HfOutages *hf_outages_read(const char *path, int format, int64_t system, GError **error)
{
    static gboolean (*const rows[])(Reader *,
                                    GError **) = {[HF_OUTAGES_CSV] = read_csv_row,
                                                  [HF_OUTAGES_FTA] = read_fta_row,
                                                  [HF_OUTAGES_LANL] = read_lanl_row,
                                                  [HF_OUTAGES_GOOGLE_2011] = read_google_row};
    Reader reader = {.system = system};
    if (!hf_lines_open(&reader.lines, path, error)) return NULL;
    reader.outages = g_new0(HfOutages, 1);
    reader.outages->nodes = g_ptr_array_new_with_free_func(g_free);
    reader.ids = g_hash_table_new(g_str_hash, g_str_equal);
    reader.open = g_hash_table_new(NULL, NULL);
    if (format == HF_OUTAGES_GOOGLE_2011) reader.origin = 600 * HF_NS_PER_SECOND;
    gboolean good = TRUE;
    GError *inner = NULL;
    while (good && hf_lines_next(&reader.lines, &inner)) good = rows[format](&reader, error);
    if (good && inner != NULL) {
        g_propagate_error(error, inner);
        good = FALSE;
    }
    if (good && reader.outages->all.count == 0) {
        hf_lines_fail(&reader.lines, error, system != 0 ? "no outage of this system" : "no outage");
        good = FALSE;
    }
    if (good) finish(&reader);
    g_hash_table_unref(reader.ids);
    g_hash_table_unref(reader.open);
    hf_lines_close(&reader.lines);
    if (good) return reader.outages;
    hf_outages_free(reader.outages);
    return NULL;
}
