/*
 * From keys to rules: the variant's parameters, then what the scenario says of the last kind beside
 * the model's name, then what it says under `kinds`.
 */
#include "models/frameworks/service/config.h"

#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "models/frameworks/service/keys.h"

#define AT(member) .offset = offsetof(HfNodeConfig, member)
static const HfKey kind_keys[] = {
    {.name = "name",
     .type = HF_KEY_NAME,
     AT(rules.name),
     .is_required = TRUE,
     .help = "Which kind of instance: `holdfast list services` tells those of each variant."},
    INT_KEY("count", count, 0, 1e6, "How many instances there are."),
    KIND_KEYS,
    {0}};
const HfKeyTable hf_service__table_of_kinds = {
    "kinds", sizeof(HfNodeConfig), kind_keys,
    "What is other than the variant has it, for one kind of instance.", NULL};
#undef AT

/* ---- merging ---- */

static gboolean is_word_key(const HfKey *key)
{
    return key->type == HF_KEY_ENUM;
}

/* Of one record to another of the same type: what the keys of this table fill with another value
 * than HF_AS_VARIANT. Lists, laws and names have none. */
static void merge(const HfKeyTable *table, size_t from, size_t to_end, const void *given,
                  void *rules)
{
    for (const HfKey *key = table->keys; key->name != NULL; key++) {
        if (key->offset < from || key->offset >= to_end || key->type == HF_KEY_NAME) continue;
        const char *source = (const char *)given + (key->offset - from);
        char *target = (char *)rules + (key->offset - from);
        if (is_word_key(key)) {
            if (*(const int *)(const void *)source != HF_AS_VARIANT)
                *(int *)(void *)target = *(const int *)(const void *)source;
        } else if (*(const int64_t *)(const void *)source != HF_AS_VARIANT) {
            *(int64_t *)(void *)target = *(const int64_t *)(const void *)source;
        }
    }
}

static void merge_kind(const HfWorld *world, const HfNodeConfig *given, HfNodeKind *kind)
{
    merge(&hf_service__table_of_kinds, offsetof(HfNodeConfig, rules),
          offsetof(HfNodeConfig, rules) + sizeof(HfNodeRules), &given->rules, &kind->rules);
    if (given->store != NULL) {
        kind->store = hf_world_store_find(world, given->store) + 1;
        HF_ASSERT(kind->store != 0); /* the scenario was checked */
        if (given->rules.place == HF_AS_VARIANT) kind->rules.place = HF_DATA_STORE;
        if (given->rules.identity == HF_AS_VARIANT) kind->rules.identity = HF_IDENTITY_ANYWHERE;
        if (given->rules.same_wait == HF_AS_VARIANT) kind->rules.same_wait = 0;
    }
    kind->lifetime = given->lifetime;
    kind->usage = given->usage;
    kind->writes = given->writes;
}

/* ---- creating ---- */

static gboolean refuse_kind(const HfNodeKind *kind, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
static gboolean refuse_kind(const HfNodeKind *kind, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *why = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, HF_MODEL_ERROR, 1, "%s: %s", kind->rules.name, why);
    return FALSE;
}

static gboolean check_kind(const HfService *service, const HfNodeKind *kind, GError **error)
{
    const HfNodeRules *rules = &kind->rules;
    gboolean is_volume = rules->place == HF_DATA_VOLUME || rules->place == HF_DATA_MOUNT;
    int64_t replicas = rules->replicas == 0 ? rules->count : rules->replicas;
    if (rules->count == 0) return TRUE;
    if (rules->data > 0 && rules->place != HF_DATA_NONE) {
        if (replicas > rules->count)
            return refuse_kind(kind, error,
                               "replicas: %" G_GINT64_FORMAT
                               " of each part cannot lie on %" G_GINT64_FORMAT " instances",
                               (gint64)replicas, (gint64)rules->count);
        if (rules->quorum > replicas)
            return refuse_kind(kind, error,
                               "quorum: %" G_GINT64_FORMAT " is more than the replicas, of which "
                               "there are %" G_GINT64_FORMAT,
                               (gint64)rules->quorum, (gint64)replicas);
    } else if (rules->quorum > rules->count) {
        return refuse_kind(kind, error,
                           "quorum: %" G_GINT64_FORMAT " is more than the instances, of which "
                           "there are %" G_GINT64_FORMAT,
                           (gint64)rules->quorum, (gint64)rules->count);
    }
    if (rules->place == HF_DATA_STORE && kind->store == 0)
        return refuse_kind(kind, error, "place: key store says which store");
    if (rules->place != HF_DATA_STORE && rules->place != HF_DATA_EXTERNAL && kind->store != 0)
        return refuse_kind(kind, error, "store: its data has another place (place)");
    if (rules->reads > 0 && kind->store == 0)
        return refuse_kind(kind, error, "reads: its data is in no store");
    if (rules->reads > rules->data)
        return refuse_kind(kind, error, "reads: it is more than its data");
    if (is_volume && rules->disk == 0)
        return refuse_kind(kind, error, "disk: a persistent volume cannot be empty");
    if (is_volume && rules->data > rules->disk)
        return refuse_kind(kind, error, "data: it is more than its disk can hold");
    if (rules->identity == HF_IDENTITY_RESERVATION && !is_volume)
        return refuse_kind(kind, error, "identity: only a volume lies in a reservation");
    if (rules->reserve == HF_RESERVE_DISK && !is_volume)
        return refuse_kind(kind, error, "reserve: only a volume lies on reserved disk");
    if (is_volume && service->env.role == HF_ROLE_STAR)
        return refuse_kind(kind, error,
                           "place: a volume lies in a reservation, and nobody can reserve for role "
                           "\"*\": give the framework a role");
    if (is_volume && !hf_era_has(service->env.era, HF_RULE_PERSISTENT_VOLUMES)) {
        g_autoptr(GError) why = NULL;
        hf_era_check(service->env.era, HF_RULE_PERSISTENT_VOLUMES, &why);
        return refuse_kind(kind, error, "place: %s", why->message);
    }
    return TRUE;
}

static HfNodeKind *find_kind(HfService *service, const char *name)
{
    for (uint32_t k = 0; k < service->kind_count; k++)
        if (strcmp(service->kinds[k].rules.name, name) == 0) return &service->kinds[k];
    return NULL;
}

static gboolean merge_kinds(HfService *service, const HfServiceConfig *config, GError **error)
{
    for (uint32_t i = 0; i < config->kinds.count; i++) {
        const HfNodeConfig *given = &config->kinds.at[i];
        HfNodeKind *kind = find_kind(service, given->rules.name);
        if (kind == NULL) {
            g_set_error(error, HF_MODEL_ERROR, 1,
                        "kinds[%u].name: variant %s of %s has no instances called \"%s\"", i,
                        service->variant->name, service->variant->model, given->rules.name);
            return FALSE;
        }
        merge_kind(service->env.world, given, kind);
    }
    return TRUE;
}

void *hf_service__create(const HfModelEnv *env, const void *given, GError **error)
{
    const HfServiceConfig *config = given;
    const HfVariant *variant = config->variant == HF_AS_VARIANT
                                   ? hf_variant_of_era(env->choice->name, env->era)
                                   : &hf_variants[config->variant];
    const HfKeyTable *table = env->choice->keys;
    uint32_t kinds = 0;
    while (variant->nodes[kinds].name != NULL) kinds++;
    gboolean has_jobs = config->jobs.count > 0;
    gboolean is_metronome = strcmp(variant->model, "metronome") == 0;
    if (has_jobs) kinds = is_metronome ? hf_metronome__count(config) : hf_jobs__count(config);
    HfService *service = hf_service__new(env, &variant->framework, kinds);
    service->variant = variant;
    service->uninstall_at = config->uninstall;
    merge(table, offsetof(HfServiceConfig, rules),
          offsetof(HfServiceConfig, rules) + sizeof(HfFrameworkRules), &config->rules,
          &service->rules);
    for (uint32_t k = 0; k < kinds; k++) {
        const HfNodeRules *rules = &variant->nodes[has_jobs ? 0 : k];
        service->kinds[k].rules = *rules;
        service->kinds[k].rules.parts = MAX(1, rules->parts);
        service->kinds[k].usage = hf_law_constant(1);
    }
    for (uint32_t k = has_jobs ? 0 : kinds - 1; k < kinds; k++)
        merge_kind(env->world, &config->main, &service->kinds[k]);
    gboolean is_good = !has_jobs      ? merge_kinds(service, config, error)
                       : is_metronome ? hf_metronome__fill(service, config, error)
                                      : hf_jobs__fill(service, config, error);
    for (uint32_t k = 0; is_good && k < kinds; k++)
        is_good = check_kind(service, &service->kinds[k], error);
    for (uint32_t k = 0; k < kinds; k++)
        if (service->kinds[k].rules.period > 0 && service->kinds[k].lifetime.kind == NULL)
            service->kinds[k].lifetime = hf_law_constant(300);
    if (is_good && hf_service__ready(service, "service-instance", error)) return service;
    hf_service__destroy(service);
    return NULL;
}
