/*
 * Replay scripts, one operation per line. Properties: nothing crashes; each operation is answered
 * by exactly one `ok` or `error`, last; what is refused leaves the allocator's state byte-equal; a
 * line that is no operation says why; and no agent offers more than it has.
 *
 * A script may ask for work without end (a tick of years in steps of a millisecond), which is no
 * fault: lines and batches are bounded, and the rest of such a script is not played.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "resource/json.h"
#include "tools/replay.h"

#define LINES_MAX   200
#define BATCHES_MAX 500 /* of one script */

static double number_of(JsonObject *line, const char *name, double otherwise)
{
    JsonNode *node = json_object_get_member(line, name);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node)) return otherwise;
    GType type = json_node_get_value_type(node);
    return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double(node) : otherwise;
}

/* Does the line stay within the batches that are left? */
static gboolean is_affordable(const char *text, double *interval_ms, double *batches)
{
    g_autoptr(JsonNode) node = hf_json_parse(text, -1, NULL);
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)) return TRUE;
    JsonObject *line = json_node_get_object(node);
    *interval_ms = number_of(line, "allocation_interval_ms", *interval_ms);
    *batches -= number_of(line, "ms", 0.0) / MAX(*interval_ms, 1e-6);
    return *batches >= 0.0;
}

/* The state as text; NULL before init. */
static char *state_of(HfReplay *replay)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    if (!hf_replay_line(replay, "{\"op\":\"state\"}", out, NULL)) return NULL;
    HF_FUZZ_CHECK(out->len == 2);
    return hf_replay_print(g_ptr_array_index(out, 0));
}

static const char *event_of(JsonNode *node)
{
    HF_FUZZ_CHECK(JSON_NODE_HOLDS_OBJECT(node));
    return json_object_get_string_member(json_node_get_object(node), "ev");
}

/* FALSE: the line was no operation. */
static gboolean play_line(HfReplay *replay, const char *line)
{
    g_autofree char *before = state_of(replay);
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    GError *error = NULL;
    gboolean is_op = hf_replay_line(replay, line, out, &error);
    HF_FUZZ_CHECK(is_op == (error == NULL));
    if (!is_op) {
        HF_FUZZ_CHECK(error->message[0] != '\0' && g_utf8_validate(error->message, -1, NULL));
        g_clear_error(&error);
    }
    gboolean is_refused = !is_op;
    for (guint o = 0; o < out->len; o++) {
        const char *event = event_of(g_ptr_array_index(out, o));
        g_autofree char *text = hf_replay_print(g_ptr_array_index(out, o));
        g_autoptr(JsonNode) again = hf_json_parse(text, -1, NULL);
        HF_FUZZ_CHECK(again != NULL);
        gboolean ends = strcmp(event, "ok") == 0 || strcmp(event, "error") == 0;
        HF_FUZZ_CHECK(!is_op || ends == (o + 1 == out->len));
        is_refused |= strcmp(event, "error") == 0;
    }
    if (is_refused && before != NULL) {
        g_autofree char *after = state_of(replay);
        HF_FUZZ_CHECK(strcmp(before, after) == 0);
    }
    return is_op;
}

void hf_fuzz_one(const char *text, size_t size)
{
    g_autoptr(HfReplay) replay = hf_replay_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", LINES_MAX);
    double interval_ms = 1000.0, batches = BATCHES_MAX;
    for (guint i = 0; lines[i] != NULL; i++) {
        if (!is_affordable(lines[i], &interval_ms, &batches)) break;
        if (!play_line(replay, lines[i])) break;
    }
}
