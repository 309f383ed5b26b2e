/*
 * From a file to runs: read the text, parse it, split it into arms, apply the settings, fill and
 * check each scenario. Everything lives in one store; nothing of a set that was refused remains.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "scenario/scenario_internal.h"

#define ARM_NODES_MAX 5000000 /* nodes of the file, times its arms */

typedef struct Loader {
    HfScenarioStore *store;
    const HfScenarioOptions *options;
    HfComplaints complaints;
    HfCatalog *catalog;
    const char *path;
    const char *directory;
    const HfNode *arm_list; /* the file's `arms`; NULL: no arms */
    GPtrArray *arm_names;   /* NULL-terminated; NULL: no arms */
} Loader;

/* ---- Reading ---- */

static gboolean read_failed(const char *path, int number, GError **error)
{
    gboolean is_input = number == ENOENT || number == ENOTDIR || number == EISDIR;
    if (number == EISDIR)
        g_set_error(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_INPUT,
                    "%s: is a directory, not a scenario file", path);
    else
        g_set_error(error, HF_SCENARIO_ERROR,
                    is_input ? HF_SCENARIO_ERROR_INPUT : HF_SCENARIO_ERROR_IO,
                    "%s: cannot be read: %s", path, g_strerror(number));
    return FALSE;
}

/* At most one byte more than the limit, which the parser then refuses: /dev/zero ends, too. */
static gboolean read_text(const char *path, GByteArray *text, GError **error)
{
    guint8 buffer[65536];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return read_failed(path, errno, error);
    ssize_t size;
    do {
        size = read(file, buffer, sizeof buffer);
        if (size > 0) g_byte_array_append(text, buffer, (guint)size);
    } while ((size > 0 && text->len <= HF_SCENARIO_TEXT_MAX) || (size < 0 && errno == EINTR));
    int number = errno;
    close(file);
    return size >= 0 || read_failed(path, number, error);
}

/* ---- Arms ---- */

static HfBinder binder_of(Loader *loader)
{
    return (HfBinder){
        .store = loader->store,
        .options = loader->options,
        .catalog = loader->catalog,
        .directory = loader->directory,
        .arm_names = loader->arm_names ? (const char *const *)loader->arm_names->pdata : NULL,
        .complaints = &loader->complaints,
        .path = g_string_new(NULL),
    };
}

static gboolean is_about_arms(const char *path)
{
    return g_str_has_prefix(path, "arms") && strchr(".[=", path[4]) != NULL;
}

/* Overrides of the arms themselves change the file; the others win over each arm. */
static gboolean apply_overrides(Loader *loader, HfNode *root, gboolean about_arms)
{
    gboolean is_good = TRUE;
    const char *const *override = loader->options->overrides;
    for (; override != NULL && *override != NULL; override++)
        if (is_about_arms(*override) == about_arms)
            is_good &= hf_override__apply_text(loader->store, root, *override, &loader->complaints);
    return is_good;
}

static gboolean check_arm_name(Loader *loader, const HfNode *node, const char *name,
                               const char *path)
{
    const char *const *metric = loader->options->registry->metrics;
    for (guint i = 0; i < loader->arm_names->len; i++)
        if (strcmp(loader->arm_names->pdata[i], name) == 0)
            return hf_complain(&loader->complaints, node, path, "another arm is called \"%s\", too",
                               name);
    for (; metric != NULL && *metric != NULL; metric++) {
        g_auto(GStrv) parts = g_strsplit(*metric, ".", 2);
        if (strcmp(parts[0], name) == 0)
            return hf_complain(&loader->complaints, node, path,
                               "metrics begin with \"%s\"; call the arm otherwise", name);
    }
    return TRUE;
}

static gboolean check_arm_names(Loader *loader, const HfNode *list, const HfScenario *arms)
{
    gboolean is_good = TRUE;
    for (uint32_t i = 0; i < arms->arms.count; i++) {
        const char *name = arms->arms.at[i].name;
        g_autofree char *path = g_strdup_printf("arms[%u].name", i);
        is_good &= check_arm_name(loader, hf_node__get(list->items[i], "name"), name, path);
        g_ptr_array_add(loader->arm_names, (gpointer)name);
    }
    return is_good;
}

/* Fill `holder->arms` from the file's `arms`, and take the key out of the tree. FALSE after a
 * complaint; with arms left, reading can go on to find more. */
static gboolean read_arms(Loader *loader, HfNode *root, HfScenario *holder)
{
    HfNode *list = hf_node__get(root, "arms");
    if (list == NULL) return TRUE;
    HfNode *only = hf_node__new(loader->store, HF_NODE_MAPPING, list);
    HfNode *key = hf_node__new(loader->store, HF_NODE_SCALAR, list);
    key->text = "arms";
    hf_node__append(loader->store, only, key, list);
    hf_node__remove(root, "arms");

    const HfKey arms_key[2] = {*hf_key_find(&hf_scenario_table, "arms")};
    const HfKeyTable table = {.name = "arms", .keys = arms_key, .struct_size = sizeof *holder};
    HfBinder binder = binder_of(loader);
    gboolean is_good = hf_bind__table(&binder, only, &table, holder);
    g_string_free(binder.path, TRUE);
    if (!is_good) return FALSE;
    if (holder->arms.count == 0)
        return hf_complain(&loader->complaints, list, "arms", "at least one arm is needed");
    if (hf_node__size(root) * holder->arms.count > ARM_NODES_MAX) {
        holder->arms.count = 0; /* none of them is read */
        return hf_complain(&loader->complaints, list, "arms",
                           "too large: the file's values times its arms exceed %d", ARM_NODES_MAX);
    }
    loader->arm_list = list;
    loader->arm_names = g_ptr_array_new();
    is_good = check_arm_names(loader, list, holder);
    g_ptr_array_add(loader->arm_names, NULL);
    return is_good;
}

static gboolean apply_arm(Loader *loader, HfNode *root, const HfScenarioArm *arm)
{
    gboolean is_good = TRUE;
    for (uint32_t i = 0; arm->set != NULL && i < arm->set->count; i++) {
        const HfNode *path = arm->set->keys[i];
        g_autofree char *with_end = g_strconcat(path->text, "=", NULL);
        if (is_about_arms(with_end))
            is_good =
                hf_complain(&loader->complaints, path, path->text, "an arm cannot change the arms");
        else if (strcmp(path->text, "replications") == 0 || strcmp(path->text, "confidence") == 0)
            is_good = hf_complain(&loader->complaints, path, path->text,
                                  "is equal in all arms; set it beside them");
        else
            is_good &= hf_override__apply(loader->store, root, path->text, arm->set->items[i], path,
                                          &loader->complaints);
    }
    return is_good;
}

/* A value as it would be written on one line. */
static void append_flow(GString *text, const HfNode *node)
{
    if (node->kind == HF_NODE_SCALAR) {
        g_string_append(text, node->text);
        return;
    }
    g_string_append_c(text, node->kind == HF_NODE_MAPPING ? '{' : '[');
    for (uint32_t i = 0; i < node->count; i++) {
        if (i > 0) g_string_append(text, ", ");
        if (node->kind == HF_NODE_MAPPING)
            g_string_append_printf(text, "%s: ", node->keys[i]->text);
        append_flow(text, node->items[i]);
    }
    g_string_append_c(text, node->kind == HF_NODE_MAPPING ? '}' : ']');
}

static void list_settings(Loader *loader, HfScenario *scenario, const HfNode *set)
{
    if (set == NULL) return;
    HfScenarioSetting *list = hf_store__take(loader->store, (set->count + 1) * sizeof *list);
    for (uint32_t i = 0; i < set->count; i++) {
        g_autoptr(GString) value = g_string_new(NULL);
        append_flow(value, set->items[i]);
        list[i].key = set->keys[i]->text;
        list[i].value = hf_store__text(loader->store, value->str, -1);
    }
    scenario->settings.at = list;
    scenario->settings.count = set->count;
}

/* ---- One scenario ---- */

/* Where failures, operators' calls and roles begin, for what is found wrong later. */
static void note_places(const HfNode *root, HfScenario *scenario)
{
    const HfNode *list = hf_node__get(root, "failures"), *map = hf_node__get(root, "roles");
    HfScenarioFailure *failures = (HfScenarioFailure *)scenario->failures.at;
    HfScenarioRole *roles = (HfScenarioRole *)scenario->roles.at;
    for (uint32_t i = 0; i < scenario->failures.count; i++) {
        failures[i].line = list->items[i]->line;
        failures[i].column = list->items[i]->column;
    }
    list = hf_node__get(root, "operators");
    HfScenarioOperator *operators = (HfScenarioOperator *)scenario->operators.at;
    for (uint32_t i = 0; i < scenario->operators.count; i++) {
        operators[i].line = list->items[i]->line;
        operators[i].column = list->items[i]->column;
    }
    for (uint32_t i = 0; map != NULL && i < scenario->roles.count; i++) {
        for (uint32_t k = 0; k < map->count; k++) {
            if (strcmp(map->keys[k]->text, roles[i].name) != 0) continue;
            roles[i].line = map->keys[k]->line;
            roles[i].column = map->keys[k]->column;
        }
    }
}

/* What the tables cannot say: values that follow from other keys. */
static void complete(const HfNode *root, HfScenario *scenario)
{
    note_places(root, scenario);
    HfScenarioFramework *frameworks = (HfScenarioFramework *)scenario->frameworks.at;
    const HfNode *list = hf_node__get(root, "frameworks");
    for (uint32_t i = 0; i < scenario->frameworks.count; i++) {
        frameworks[i].line = list->items[i]->line;
        frameworks[i].column = list->items[i]->column;
        if (frameworks[i].roles != NULL)
            frameworks[i].capabilities |= HF_FRAMEWORK_MULTI_ROLE;
        else if (frameworks[i].role == NULL)
            frameworks[i].role = "*";
    }
}

/* The text for one of several; a template that is none was complained of before. */
static const char *one_of(Loader *loader, const char *text, uint32_t index)
{
    const char *why;
    if (text == NULL || strchr(text, '{') == NULL) return text;
    g_autofree char *expanded = hf_template__expand(text, index, &why);
    HF_ASSERT(expanded != NULL);
    return hf_store__text(loader->store, expanded, -1);
}

/* Frameworks that are alike (count) become as many entries; they share what the keys gave them. */
static void multiply(Loader *loader, HfScenario *scenario)
{
    uint32_t count = 0, row = 0, given = scenario->frameworks.count;
    const HfScenarioFramework *from = scenario->frameworks.at;
    for (uint32_t i = 0; i < given; i++) count += (uint32_t)from[i].count;
    HfScenarioFramework *to = hf_store__take(loader->store, (count + 1) * sizeof *to);
    for (uint32_t i = 0; i < given; i++) {
        for (uint32_t k = 0; k < from[i].count; k++, row++) {
            to[row] = from[i];
            to[row].entry = i;
            to[row].role = one_of(loader, from[i].role, k);
            to[row].principal = one_of(loader, from[i].principal, k);
            if (from[i].count == 1) continue;
            g_autofree char *name = g_strdup_printf("%s-%u", from[i].name, k);
            to[row].name = hf_store__text(loader->store, name, -1);
            to[row].group = from[i].name;
        }
    }
    scenario->frameworks.at = to;
    scenario->frameworks.count = count;
}

static gboolean check_metrics(Loader *loader, const HfScenario *scenario, const HfNode *root,
                              const HfNode *list, const char *path, const HfExpect *const *expects)
{
    HfMetricNames names = {.scenario = scenario,
                           .root = root,
                           .patterns = loader->options->registry->metrics,
                           .arms = loader->arm_names ? (const char *const *)loader->arm_names->pdata
                                                     : NULL};
    return hf_metric_names__check(&names, list, path, expects, &loader->complaints);
}

/* The scenario of a tree, or NULL after a complaint. */
static HfScenario *read_scenario(Loader *loader, const HfNode *root, const char *arm)
{
    HfDigest digest;
    HfScenario *scenario = hf_store__take(loader->store, sizeof *scenario);
    HfBinder binder = binder_of(loader);
    gboolean is_good = hf_bind__table(&binder, root, &hf_scenario_table, scenario);
    g_string_free(binder.path, TRUE);
    if (!is_good) return NULL;
    complete(root, scenario);
    scenario->arm = arm;
    gboolean is_valid = hf_validate__scenario(root, scenario, &loader->complaints);
    const HfNode *expects = hf_node__get((HfNode *)root, "expect");
    is_valid &= check_metrics(loader, scenario, root, expects, "expect", scenario->expect);
    if (!is_valid) return NULL;
    hf_digest_init(&digest);
    hf_bind__digest(&digest, root, &hf_scenario_table, scenario);
    hf_digest_print(&digest, scenario->digest);
    multiply(loader, scenario);
    return scenario;
}

/* ---- Expectations: which belong to the set, which to each arm ---- */

static gboolean is_over_arms(const Loader *loader, const HfExpect *expect)
{
    const char *first = hf_expect_names(expect)[0];
    if (loader->arm_names == NULL || first == NULL) return FALSE;
    g_auto(GStrv) parts = g_strsplit(first, ".", 2);
    return g_strv_contains((const char *const *)loader->arm_names->pdata, parts[0]);
}

static const HfExpect **select_expects(const Loader *loader, const HfExpect **from, gboolean over,
                                       const HfExpect **more)
{
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();
    for (; *from != NULL; from++)
        if (is_over_arms(loader, *from) == over) g_ptr_array_add(chosen, (gpointer)*from);
    for (; more != NULL && *more != NULL; more++) g_ptr_array_add(chosen, (gpointer)*more);
    const HfExpect **list = hf_store__take(loader->store, (chosen->len + 1) * sizeof(HfExpect *));
    if (chosen->len > 0) memcpy(list, chosen->pdata, chosen->len * sizeof(HfExpect *));
    return list;
}

static gboolean check_arm_expects(Loader *loader, const HfScenario *scenario, const HfNode *root,
                                  const HfScenarioArm *arm, uint32_t arm_ix)
{
    const HfNode *own = hf_node__get(loader->arm_list->items[arm_ix], "expect");
    g_autofree char *key = g_strdup_printf("arms[%u].expect", arm_ix);
    gboolean is_good = check_metrics(loader, scenario, root, own, key, arm->expect);
    for (uint32_t i = 0; arm->expect[i] != NULL; i++) {
        if (!is_over_arms(loader, arm->expect[i])) continue;
        g_autofree char *path = g_strdup_printf("%s[%u]", key, i);
        is_good = hf_complain(&loader->complaints, own->items[i], path,
                              "names begin with an arm; in an arm they are its own metrics");
    }
    return is_good;
}

/* ---- The set ---- */

static HfScenarioSet *read_set(Loader *loader, HfNode *root)
{
    HfScenario *holder = hf_store__take(loader->store, sizeof *holder);
    if (root->kind != HF_NODE_MAPPING) {
        g_autofree char *found = hf_node__describe(root);
        hf_complain(&loader->complaints, root, NULL, "expected a mapping of keys, got %s", found);
        return NULL;
    }
    if (!apply_overrides(loader, root, TRUE)) return NULL;
    gboolean is_good = read_arms(loader, root, holder);
    if (!is_good && holder->arms.count == 0) return NULL;

    uint32_t count = MAX(1U, holder->arms.count);
    const HfScenario **list = hf_store__take(loader->store, count * sizeof(HfScenario *));
    HfScenarioSet *set = hf_store__take(loader->store, sizeof *set);
    for (uint32_t i = 0; i < count; i++) {
        const HfScenarioArm *arm = holder->arms.count > 0 ? &holder->arms.at[i] : NULL;
        HfNode *tree = hf_node__copy(loader->store, root);
        gboolean is_set = arm == NULL || apply_arm(loader, tree, arm);
        is_set &= apply_overrides(loader, tree, FALSE);
        HfScenario *scenario = is_set ? read_scenario(loader, tree, arm ? arm->name : NULL) : NULL;
        if (scenario == NULL ||
            (arm != NULL && !check_arm_expects(loader, scenario, tree, arm, i))) {
            is_good = FALSE;
            continue;
        }
        list_settings(loader, scenario, arm ? arm->set : NULL);
        if (set->expect == NULL) set->expect = select_expects(loader, scenario->expect, TRUE, NULL);
        scenario->expect =
            select_expects(loader, scenario->expect, FALSE, arm ? arm->expect : NULL);
        list[i] = scenario;
    }
    if (!is_good || loader->complaints.texts->len > 0) return NULL;
    set->path = loader->path;
    set->name = list[0]->name;
    set->question = list[0]->question;
    set->arms = list;
    set->count = count;
    set->store = loader->store;
    return set;
}

static void hand_over(HfComplaints *complaints, GPtrArray *messages, GError **error)
{
    HF_ASSERT(complaints->texts->len > 0);
    g_set_error_literal(error, HF_SCENARIO_ERROR, complaints->code, complaints->texts->pdata[0]);
    for (guint i = 0; messages != NULL && i < complaints->texts->len; i++)
        g_ptr_array_add(messages, g_strdup(complaints->texts->pdata[i]));
}

HfScenarioSet *hf_scenario_parse(const char *text, gsize size, const char *path,
                                 const HfScenarioOptions *options, GPtrArray *messages,
                                 GError **error)
{
    HF_ASSERT(options->registry != NULL);
    g_autofree char *directory = g_path_get_dirname(path);
    Loader loader = {.store = hf_store__new(), .options = options};
    loader.path = hf_store__text(loader.store, path, -1);
    loader.directory = hf_store__text(loader.store, directory, -1);
    loader.catalog = hf_catalog_new(0);
    hf_complaints__init(&loader.complaints);
    HfNode *root = hf_node__parse(loader.store, text, size, loader.path, TRUE, &loader.complaints);
    HfScenarioSet *set = root ? read_set(&loader, root) : NULL;
    if (set == NULL) {
        hand_over(&loader.complaints, messages, error);
        hf_store__free(loader.store);
    }
    hf_complaints__clear(&loader.complaints);
    if (loader.arm_names != NULL) g_ptr_array_unref(loader.arm_names);
    hf_catalog_free(loader.catalog);
    return set;
}

static char *place_text(const HfScenarioSet *set, uint32_t line, uint32_t column)
{
    if (line == 0) return g_strdup(set->path);
    return g_strdup_printf("%s:%u:%u", set->path, line, column);
}

static char *framework_place(const HfScenarioSet *set, guint64 entry)
{
    for (uint32_t i = 0; i < set->arms[0]->frameworks.count; i++) {
        const HfScenarioFramework *framework = &set->arms[0]->frameworks.at[i];
        if (framework->entry == entry) return place_text(set, framework->line, framework->column);
    }
    return place_text(set, 0, 0);
}

static char *role_place(const HfScenarioSet *set, const char *rest)
{
    for (uint32_t i = 0; i < set->arms[0]->roles.count; i++) {
        const HfScenarioRole *role = &set->arms[0]->roles.at[i];
        size_t length = strlen(role->name);
        if (strncmp(role->name, rest, length) == 0 && strchr(".:", rest[length]) != NULL)
            return place_text(set, role->line, role->column);
    }
    return place_text(set, 0, 0);
}

char *hf_scenario_where(const HfScenarioSet *set, const char *message)
{
    const char *at = g_str_has_prefix(message, "arm ") ? strstr(message, ": ") : NULL;
    at = at != NULL ? at + 2 : message;
    if (g_str_has_prefix(at, "frameworks["))
        return framework_place(set, g_ascii_strtoull(at + strlen("frameworks["), NULL, 10));
    if (g_str_has_prefix(at, "roles.")) return role_place(set, at + strlen("roles."));
    if (g_str_has_prefix(at, "failures[")) {
        guint64 i = g_ascii_strtoull(at + strlen("failures["), NULL, 10);
        if (i < set->arms[0]->failures.count)
            return place_text(set, set->arms[0]->failures.at[i].line,
                              set->arms[0]->failures.at[i].column);
    }
    if (g_str_has_prefix(at, "operators[")) {
        guint64 i = g_ascii_strtoull(at + strlen("operators["), NULL, 10);
        if (i < set->arms[0]->operators.count)
            return place_text(set, set->arms[0]->operators.at[i].line,
                              set->arms[0]->operators.at[i].column);
    }
    return place_text(set, 0, 0);
}

HfScenarioSet *hf_scenario_load(const char *path, const HfScenarioOptions *options,
                                GPtrArray *messages, GError **error)
{
    HfScenarioSet *set = NULL;
    GError *failure = NULL;
    GByteArray *text = g_byte_array_new();
    if (read_text(path, text, &failure)) {
        set = hf_scenario_parse(text->len ? (const char *)text->data : "", text->len, path, options,
                                messages, error);
    } else {
        if (messages != NULL) g_ptr_array_add(messages, g_strdup(failure->message));
        g_propagate_error(error, failure);
    }
    g_byte_array_unref(text);
    return set;
}

char *hf_scenario_question(const char *path)
{
    g_autoptr(GByteArray) text = g_byte_array_new();
    if (!read_text(path, text, NULL)) return NULL;
    HfScenarioStore *store = hf_store__new();
    HfComplaints complaints;
    hf_complaints__init(&complaints);
    const char *data = text->len > 0 ? (const char *)text->data : "";
    const HfNode *root = hf_node__parse(store, data, text->len, path, TRUE, &complaints);
    const HfNode *node = root != NULL && root->kind == HF_NODE_MAPPING
                             ? hf_node__get((HfNode *)root, "question")
                             : NULL;
    char *question = node != NULL && node->kind == HF_NODE_SCALAR ? g_strdup(node->text) : NULL;
    hf_complaints__clear(&complaints);
    hf_store__free(store);
    return question;
}

/* FALSE and an error that lists the arms. */
static gboolean has_arm(const HfScenarioSet *set, const char *name, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);
    for (uint32_t i = 0; i < set->count; i++) {
        if (g_strcmp0(set->arms[i]->arm, name) == 0) return TRUE;
        if (set->arms[i]->arm != NULL)
            g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", set->arms[i]->arm);
    }
    g_autofree char *quoted = hf_text__quoted(name);
    g_set_error(error, HF_SCENARIO_ERROR, HF_SCENARIO_ERROR_INPUT, "%s: there is no arm %s; %s%s",
                set->path, quoted, known->len > 0 ? "there are " : "the scenario has no arms",
                known->str);
    return FALSE;
}

/* Whether every metric it names is of an arm in the set. */
static gboolean is_of_chosen(const HfScenarioSet *set, const HfExpect *expect)
{
    for (const char *const *name = hf_expect_names(expect); *name != NULL; name++) {
        g_auto(GStrv) parts = g_strsplit(*name, ".", 2);
        gboolean is_there = FALSE;
        for (uint32_t i = 0; i < set->count; i++)
            is_there = is_there || strcmp(set->arms[i]->arm, parts[0]) == 0;
        if (!is_there) return FALSE;
    }
    return TRUE;
}

int hf_scenario_set_choose(HfScenarioSet *set, const char *const *names, GError **error)
{
    for (const char *const *name = names; *name != NULL; name++)
        if (!has_arm(set, *name, error)) return -1;
    const HfScenario **list = hf_store__take(set->store, set->count * sizeof *list);
    uint32_t count = 0;
    for (uint32_t i = 0; i < set->count; i++)
        if (g_strv_contains(names, set->arms[i]->arm)) list[count++] = set->arms[i];
    set->arms = list;
    set->count = count;
    int gone = 0;
    const HfExpect **to = set->expect;
    for (const HfExpect **from = set->expect; *from != NULL; from++) {
        if (is_of_chosen(set, *from))
            *to++ = *from;
        else
            gone++;
    }
    *to = NULL;
    return gone;
}

void hf_scenario_set_free(HfScenarioSet *set)
{
    if (set != NULL) hf_store__free(set->store);
}

char *hf_agent_attributes(const HfScenarioAgents *agents, uint32_t index)
{
    const char *why = NULL;
    if (agents->attributes == NULL) return NULL;
    char *text = hf_template__expand(agents->attributes, index, &why);
    HF_ASSERT(text != NULL); /* checked when the scenario was read */
    return text;
}
