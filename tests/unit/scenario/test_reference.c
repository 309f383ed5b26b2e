/*
 * The reference made from the tables: it names every key, its JSON Schema is a schema that accepts
 * good files and refuses bad ones, and no table breaks the rules that the reader relies on.
 */
#include "fixture.h"

#include <json-glib/json-glib.h>

#include "scenario/reference.h"

/* ---- A validator for the part of JSON Schema that we write ---- */

static gboolean accepts(JsonObject *root, JsonObject *schema, const HfNode *node,
                        GHashTable *known);

static gboolean plain_number(const HfNode *node, double *value_out)
{
    const char *end;
    return node->kind == HF_NODE_SCALAR && node->is_plain &&
           hf_number__scan(node->text, &end, value_out) && *end == '\0';
}

static gboolean is_type(const HfNode *node, const char *type)
{
    double value;
    if (strcmp(type, "object") == 0) return node->kind == HF_NODE_MAPPING;
    if (strcmp(type, "array") == 0) return node->kind == HF_NODE_SEQUENCE;
    if (node->kind != HF_NODE_SCALAR) return FALSE;
    gboolean is_number = plain_number(node, &value);
    gboolean is_boolean =
        node->is_plain && (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0);
    if (strcmp(type, "number") == 0) return is_number;
    if (strcmp(type, "integer") == 0) return is_number && value == floor(value);
    if (strcmp(type, "boolean") == 0) return is_boolean;
    assert_string_equal(type, "string");
    return !is_number && !is_boolean;
}

static gboolean equals(JsonNode *wanted, const HfNode *node)
{
    double value;
    if (node->kind != HF_NODE_SCALAR) return FALSE;
    if (json_node_get_value_type(wanted) == G_TYPE_STRING)
        return is_type(node, "string") && strcmp(json_node_get_string(wanted), node->text) == 0;
    if (json_node_get_value_type(wanted) == G_TYPE_BOOLEAN)
        return is_type(node, "boolean") &&
               strcmp(json_node_get_boolean(wanted) ? "true" : "false", node->text) == 0;
    return plain_number(node, &value) && value == json_node_get_double(wanted);
}

static gboolean in_enum(JsonArray *list, const HfNode *node)
{
    for (guint i = 0; i < json_array_get_length(list); i++)
        if (equals(json_array_get_element(list, i), node)) return TRUE;
    return FALSE;
}

static gboolean accepts_properties(JsonObject *root, JsonObject *schema, const HfNode *node,
                                   GHashTable *known)
{
    JsonObject *properties = json_object_get_object_member(schema, "properties");
    for (uint32_t i = 0; i < node->count; i++) {
        const char *name = node->keys[i]->text;
        if (!json_object_has_member(properties, name)) continue;
        g_hash_table_add(known, (gpointer)name);
        if (!accepts(root, json_object_get_object_member(properties, name), node->items[i], NULL))
            return FALSE;
    }
    return TRUE;
}

static gboolean accepts_required(JsonArray *required, const HfNode *node)
{
    for (guint i = 0; i < json_array_get_length(required); i++)
        if (hf_node__get(node, json_array_get_string_element(required, i)) == NULL) return FALSE;
    return TRUE;
}

static gboolean accepts_all_of(JsonObject *root, JsonArray *list, const HfNode *node,
                               GHashTable *known)
{
    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonObject *branch = json_array_get_object_element(list, i);
        JsonObject *condition = json_object_get_object_member(branch, "if");
        JsonObject *then = json_object_get_object_member(branch, "then");
        g_autoptr(GHashTable) none = g_hash_table_new(g_str_hash, g_str_equal);
        if (accepts(root, condition, node, none) && !accepts(root, then, node, known)) return FALSE;
    }
    return TRUE;
}

static gboolean accepts_object(JsonObject *root, JsonObject *schema, const HfNode *node,
                               GHashTable *known)
{
    if (json_object_has_member(schema, "properties") &&
        !accepts_properties(root, schema, node, known))
        return FALSE;
    if (json_object_has_member(schema, "required") &&
        !accepts_required(json_object_get_array_member(schema, "required"), node))
        return FALSE;
    if (json_object_has_member(schema, "allOf") &&
        !accepts_all_of(root, json_object_get_array_member(schema, "allOf"), node, known))
        return FALSE;
    if (json_object_has_member(schema, "additionalProperties") &&
        JSON_NODE_HOLDS_OBJECT(json_object_get_member(schema, "additionalProperties"))) {
        JsonObject *each = json_object_get_object_member(schema, "additionalProperties");
        for (uint32_t i = 0; i < node->count; i++)
            if (!accepts(root, each, node->items[i], NULL)) return FALSE;
        return TRUE;
    }
    if (!json_object_has_member(schema, "additionalProperties") &&
        !json_object_has_member(schema, "unevaluatedProperties"))
        return TRUE;
    return g_hash_table_size(known) == node->count; /* both are false in our schemas */
}

static gboolean accepts_number(JsonObject *schema, const HfNode *node)
{
    double value;
    if (!plain_number(node, &value)) return TRUE;
    if (json_object_has_member(schema, "minimum") &&
        !(value >= json_object_get_double_member(schema, "minimum")))
        return FALSE;
    if (json_object_has_member(schema, "exclusiveMinimum") &&
        !(value > json_object_get_double_member(schema, "exclusiveMinimum")))
        return FALSE;
    return !json_object_has_member(schema, "maximum") ||
           value <= json_object_get_double_member(schema, "maximum");
}

static gboolean accepts_any_of(JsonObject *root, JsonArray *list, const HfNode *node)
{
    for (guint i = 0; i < json_array_get_length(list); i++)
        if (accepts(root, json_array_get_object_element(list, i), node, NULL)) return TRUE;
    return FALSE;
}

/* `known` NULL: an object of its own; else properties found are added there. */
static gboolean accepts(JsonObject *root, JsonObject *schema, const HfNode *node, GHashTable *known)
{
    static const char *const words[] = {"$ref",
                                        "$schema",
                                        "$defs",
                                        "title",
                                        "description",
                                        "type",
                                        "anyOf",
                                        "allOf",
                                        "enum",
                                        "const",
                                        "pattern",
                                        "items",
                                        "properties",
                                        "required",
                                        "minimum",
                                        "maximum",
                                        "exclusiveMinimum",
                                        "additionalProperties",
                                        "unevaluatedProperties",
                                        NULL};
    g_autoptr(GList) members = json_object_get_members(schema);
    for (GList *m = members; m != NULL; m = m->next)
        if (!g_strv_contains(words, m->data)) fail_msg("%s is not understood", (char *)m->data);
    if (json_object_has_member(schema, "$ref")) {
        const char *name = json_object_get_string_member(schema, "$ref") + strlen("#/$defs/");
        JsonObject *defs = json_object_get_object_member(root, "$defs");
        assert_true(json_object_has_member(defs, name));
        return accepts(root, json_object_get_object_member(defs, name), node, NULL);
    }
    if (json_object_has_member(schema, "type") &&
        !is_type(node, json_object_get_string_member(schema, "type")))
        return FALSE;
    if (json_object_has_member(schema, "anyOf") &&
        !accepts_any_of(root, json_object_get_array_member(schema, "anyOf"), node))
        return FALSE;
    if (json_object_has_member(schema, "enum") &&
        !in_enum(json_object_get_array_member(schema, "enum"), node))
        return FALSE;
    if (json_object_has_member(schema, "const") &&
        !equals(json_object_get_member(schema, "const"), node))
        return FALSE;
    if (json_object_has_member(schema, "pattern") &&
        !g_regex_match_simple(json_object_get_string_member(schema, "pattern"), node->text, 0, 0))
        return FALSE;
    if (!accepts_number(schema, node)) return FALSE;
    for (uint32_t i = 0; node->kind == HF_NODE_SEQUENCE && i < node->count; i++)
        if (json_object_has_member(schema, "items") &&
            !accepts(root, json_object_get_object_member(schema, "items"), node->items[i], NULL))
            return FALSE;
    if (node->kind != HF_NODE_MAPPING) return TRUE;
    g_autoptr(GHashTable) own = g_hash_table_new(g_str_hash, g_str_equal);
    return accepts_object(root, schema, node, known ? known : own);
}

static gboolean schema_accepts(const char *text)
{
    HfComplaints complaints;
    hf_complaints__init(&complaints);
    HfScenarioStore *store = hf_store__new();
    const HfNode *node = hf_node__parse(store, text, strlen(text), "t", TRUE, &complaints);
    g_autofree char *schema = hf_scenario_schema(&registry);
    g_autoptr(JsonParser) parser = json_parser_new();
    assert_non_null(node);
    assert_true(json_parser_load_from_data(parser, schema, -1, NULL));
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    gboolean is_good = accepts(root, root, node, NULL);
    hf_store__free(store);
    hf_complaints__clear(&complaints);
    return is_good;
}

/* Every form of every type that the reader takes. */
static const char *const good[] = {
    SMALL "frameworks: []\n",
    "name: full\nquestion: why?\nsources: [a, 1.11]\nseed: 5\nduration: 2d\nwarm_up: auto\n"
    "era: 1.11\n"
    "master: {policy: static, min_allocatable_resources: none, offer_timeout: none,\n"
    "  fair_sharing_excluded_resource_names: [gpus], filter_gpu_resources: false}\n"
    "roles: {web: {weight: 2.5, partition: 40%}, eng/db: {agents: [big]}}\n"
    "agents: [{name: big, resources: 'cpus:64', attributes: 'rack:r{index/2}', count: 1e3}]\n"
    "network: {latency: {law: lognormal, median: 1ms, sigma: 0.5, at_most: 1s}}\n"
    "frameworks:\n"
    "- {name: f, model: idle, role: web, capabilities: [GPU_RESOURCES], checkpoint: true}\n"
    "- {name: g, model: batch, roles: [web], arrivals: {law: poisson, rate: 3/s}, size: 4,\n"
    "   footprint: 64GiB, memory: 512, cpus: 0.5, rate: 0, share: 50%, factor: -2e3,\n"
    "   greedy: true, tags: [x, 5], think: {base: 0}, jobs: [{name: j, tasks: 3}]}\n"
    "failures: [{what: agent-reboot, mtbf: {law: weibull, mean: 180d, shape: 0.7}}]\n"
    "expect: [tasks.finished > 3, a.x < b.x]\n"
    "arms: [{name: a, set: {master.policy: drf}, expect: [1 < 2]}, {name: b}]\n"
    "record: {interval: 500ms, events: jsonl}\n",
    SMALL "era: 0.23\nframeworks: [{name: x, model: idle}]\n",
    SMALL "era: '1.11'\nframeworks: [{name: x, model: batch, arrivals: 90 s, memory: 40 MiB,\n"
          "  footprint: {law: uniform, min: 1, max: 1GB}, size: {law: geometric, mean: 2}}]\n",
};

static const char *const bad[] = {
    "name: x\nduration: 1h\nframeworks: []\n", /* no agents */
    SMALL "frameworks: []\ncolour: red\n",
    SMALL "frameworks: {}\n",
    SMALL "frameworks: [{name: x}]\n",
    SMALL "frameworks: [{name: x, model: bach}]\n",
    SMALL "frameworks: [{name: x, model: batch}]\n",             /* no arrivals */
    SMALL "frameworks: [{name: x, model: idle, memory: 512}]\n", /* a key of another model */
    SMALL "frameworks: [{name: x, model: batch, arrivals: soon}]\n",
    SMALL "frameworks: [{name: x, model: batch, arrivals: {law: zipf}}]\n",
    SMALL "frameworks: [{name: x, model: batch, arrivals: {law: weibull, mean: 1s}}]\n",
    SMALL "frameworks: [{name: x, model: batch, arrivals: 1s, retries: many}]\n",
    SMALL "frameworks: []\nmaster: {role_sorter: fifo}\n",
    SMALL "frameworks: []\nmaster: {max_agent_ping_timeouts: 0}\n",
    SMALL "frameworks: []\nera: 2.0\n",
    SMALL "frameworks: []\nroles: {a: {weight: 0}}\n",
    SMALL "frameworks: []\nroles: {a: {wait: 1}}\n",
};

static void the_schema_accepts_what_the_reader_accepts(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(HfScenarioSet) set = read_good(good[i]);
        if (!schema_accepts(good[i])) fail_msg("refused:\n%s", good[i]);
    }
}

static void the_schema_refuses_what_a_schema_can_refuse(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_null(read_with(bad[i], NULL, NULL, NULL));
        if (schema_accepts(bad[i])) fail_msg("accepted:\n%s", bad[i]);
    }
}

/* ---- Tables ---- */

typedef struct Walk {
    GHashTable *paths;
    GString *list;
} Walk;

static void note_key(const char *path, const HfKey *key, void *data)
{
    Walk *walk = data;
    if (!g_hash_table_add(walk->paths, g_strdup(path))) fail_msg("%s is there twice", path);
    g_string_append_printf(walk->list, "%s\n", path);
    /* What the reader relies on. */
    assert_non_null(key->help);
    assert_false(key->is_required && key->fallback != NULL);
    assert_true(g_str_has_suffix(key->help, "."));
    if (key->type == HF_KEY_ENUM || key->type == HF_KEY_FLAGS) assert_non_null(key->words);
    if (key->type == HF_KEY_TABLE || key->type == HF_KEY_LIST || key->type == HF_KEY_MAP)
        assert_non_null(key->sub);
    assert_true(key->minimum <= key->maximum);
}

static void every_key_is_visited_once_with_its_path(void **state)
{
    Walk walk = {g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), g_string_new(NULL)};
    hf_scenario_keys_each(&registry, note_key, &walk);
    static const char *const some[] = {"name",
                                       "master.policy",
                                       "roles.NAME.weight",
                                       "agents[].count",
                                       "agents[].trace.format",
                                       "agents[].trace[openb].file",
                                       "frameworks[].capabilities",
                                       "frameworks[batch].arrivals",
                                       "frameworks[batch].think.base",
                                       "frameworks[batch].workload.model",
                                       "frameworks[batch].workload[swf].file",
                                       "frameworks[batch].jobs[].tasks",
                                       "failures[agent-reboot].mtbf",
                                       "arms[].set"};
    for (size_t i = 0; i < G_N_ELEMENTS(some); i++)
        if (!g_hash_table_contains(walk.paths, some[i])) fail_msg("%s is missing", some[i]);
    g_hash_table_destroy(walk.paths);
    g_string_free(walk.list, TRUE);
}

static void check_in_documents(const char *path, const HfKey *key, void *data)
{
    const char *const *documents = data;
    g_autofree char *roff = g_strdup_printf(".TP\n\\fB%s\\fR (", key->name); /* no key has a '-' */
    g_auto(GStrv) parts = g_strsplit(key->name, "_", -1);
    g_autofree char *escaped = g_strjoinv("\\_", parts);
    g_autofree char *markdown = g_strdup_printf("\n- **%s** (", escaped);
    if (strstr(documents[0], roff) == NULL) fail_msg("roff lacks %s", path);
    if (strstr(documents[1], markdown) == NULL) fail_msg("markdown lacks %s", path);
}

static void the_documents_hold_every_key_and_law(void **state)
{
    g_autofree char *roff = hf_scenario_keys_roff(&registry);
    g_autofree char *markdown = hf_scenario_keys_markdown(&registry);
    const char *documents[] = {roff, markdown};
    hf_scenario_keys_each(&registry, check_in_documents, documents);
    for (int i = 0; hf_law_kinds[i] != NULL; i++)
        assert_non_null(strstr(markdown, hf_law_kinds[i]->name));
    assert_non_null(strstr(roff, ".SS \"frameworks[batch]\"\nJobs that come and go.\n"));
    assert_non_null(strstr(roff, "\n.TP\n\\fBallocation_interval\\fR (duration (90s, 15m, 7d), "
                                 "above 0s; default 1s)\n"));
    assert_non_null(strstr(markdown, "\n## frameworks[idle]\n\nDoes nothing.\n\nIt has no keys"));
    for (const char *line = roff; line != NULL; line = strchr(line + 1, '\n'))
        if (line[0] == '\n' && line[1] == '.' && !g_str_has_prefix(line + 1, ".SS ") &&
            !g_str_has_prefix(line + 1, ".TP\n") && !g_str_has_prefix(line + 1, ".PP\n"))
            fail_msg("a line of text begins with a dot: %.40s", line + 1);
}

static void a_key_is_explained_by_any_of_its_paths(void **state)
{
    static const char *const paths[] = {"agents[].count", "agents[0].count", "agents.count"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *text = hf_scenario_key_explain(&registry, paths[i], NULL);
        assert_string_equal(text, "agents[].count\n  How many agents; not with a trace.\n"
                                  "  takes: whole number\n  range: 1 to 10000000\n"
                                  "  default: 1\n");
    }
    g_autofree char *role = hf_scenario_key_explain(&registry, "roles.eng.weight", NULL);
    assert_true(g_str_has_prefix(role, "roles.NAME.weight\n"));
    g_autofree char *model = hf_scenario_key_explain(&registry, "frameworks[batch].retries", NULL);
    assert_true(g_str_has_prefix(model, "frameworks[batch].retries\n"));
    g_autofree char *last = hf_scenario_key_explain(&registry, "role_sorter", NULL);
    assert_non_null(strstr(last, "  takes: drf or random\n"));
    assert_non_null(strstr(last, "  random: drawn by weight in each cycle\n"));
    g_autofree char *required = hf_scenario_key_explain(&registry, "duration", NULL);
    assert_non_null(strstr(required, "  default: none, it is required\n"));
}

static void a_key_of_mappings_tells_their_keys(void **state)
{
    g_autofree char *network = hf_scenario_key_explain(&registry, "network", NULL);
    assert_non_null(strstr(network, "  keys: latency, loss, retransmit_for\n"));
    g_autofree char *operators = hf_scenario_key_explain(&registry, "operators", NULL);
    assert_non_null(strstr(operators, ", drain_agent, "));
    g_autofree char *models = hf_scenario_key_explain(&registry, "failures", NULL);
    assert_non_null(strstr(
        models, "  keys: name, what; and those of its `what`: holdfast list models --keys NAME\n"));
    g_autofree char *plain = hf_scenario_key_explain(&registry, "seed", NULL);
    assert_null(strstr(plain, "keys:"));
}

static void an_unknown_key_is_answered_with_a_near_one(void **state)
{
    g_autoptr(GError) error = NULL;
    assert_null(hf_scenario_key_explain(&registry, "master.polcy", &error));
    assert_string_equal(error->message, "unknown key master.polcy; did you mean master.policy?");
    g_clear_error(&error);
    assert_null(hf_scenario_key_explain(&registry, "batch", &error));
    assert_string_equal(error->message, "batch is no key but a framework model: `holdfast list "
                                        "models --keys batch` shows its keys");
    g_clear_error(&error);
    assert_null(hf_scenario_key_explain(&registry, "zzzzzzzzzzz", &error));
    assert_string_equal(error->message, "unknown key zzzzzzzzzzz; `holdfast list keys` shows all");
}

/* ---- Small helpers ---- */

static void templates_expand_to_numbers(void **state)
{
    static const struct {
        const char *text;
        uint64_t index;
        const char *expanded;
    } cases[] = {{"rack:r{index/40}", 119, "rack:r2"},
                 {"slot:{index%40}", 119, "slot:39"},
                 {"id:{index};again:{index}", 7, "id:7;again:7"},
                 {"plain", 7, "plain"},
                 {"{index/1}", 10000000, "10000000"}};
    const char *why;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = hf_template__expand(cases[i].text, cases[i].index, &why);
        assert_string_equal(text, cases[i].expanded);
    }
    static const char *const wrong[] = {
        "{",         "{index",    "{indexes}", "{index/}",
        "{index/0}", "{index*2}", "{}",        "{index/99999999999}"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_null(hf_template__expand(wrong[i], 1, &why));
}

static void numbers_are_decimal_and_nothing_else(void **state)
{
    static const struct {
        const char *text;
        double value;
        int length; /* 0: no number */
    } cases[] = {{"12", 12, 2}, {"-1.5e3x", -1500, 6}, {".5", 0.5, 2}, {"5.", 5, 2},  {"2e", 2, 1},
                 {"2e+", 2, 1}, {"+3", 3, 2},          {"0x10", 0, 1}, {"inf", 0, 0}, {"nan", 0, 0},
                 {".", 0, 0},   {"-", 0, 0},           {"1,5", 1, 1},  {"", 0, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *end = NULL;
        double value = 0;
        gboolean is_number = hf_number__scan(cases[i].text, &end, &value);
        assert_int_equal(is_number ? end - cases[i].text : 0, cases[i].length);
        assert_true(value == cases[i].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schema_accepts_what_the_reader_accepts),
        cmocka_unit_test(the_schema_refuses_what_a_schema_can_refuse),
        cmocka_unit_test(every_key_is_visited_once_with_its_path),
        cmocka_unit_test(the_documents_hold_every_key_and_law),
        cmocka_unit_test(a_key_is_explained_by_any_of_its_paths),
        cmocka_unit_test(a_key_of_mappings_tells_their_keys),
        cmocka_unit_test(an_unknown_key_is_answered_with_a_near_one),
        cmocka_unit_test(templates_expand_to_numbers),
        cmocka_unit_test(numbers_are_decimal_and_nothing_else),
    };
    hf_test_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
