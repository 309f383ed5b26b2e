/* See twin.h. Everything is a list that is walked from front to end. */
#include "reference/twin.h"

#include <stdlib.h>
#include <string.h>

#include "resource/text.h"

typedef struct Filter {
    uint32_t framework, agent;
    HfRoleId role;
    HfResources refused;
    HfTime ends;
    uint64_t armed;
} Filter;

typedef struct Held {
    uint32_t framework, agent;
    HfRoleId role;
    HfResources resources; /* without allocation role */
} Held;

typedef struct Agent {
    gboolean is_known, is_active, is_candidate;
    char *name;
    HfResources total;
} Agent;

typedef struct Sub {
    uint32_t framework;
    HfRoleId role;
    gboolean is_subscribed, is_active, is_suppressed;
} Sub;

typedef struct Framework {
    gboolean is_known, is_active;
    char *name;
    uint32_t capabilities;
} Framework;

/* Counts are history, so they are the one thing that must be kept: by sorter (a role's path, or ""
 * for the role sorter) and node path. */
typedef struct HfTwin {
    HfCatalog *catalog;
    HfTime interval;
    const HfQuantities *min;
    uint32_t min_count;
    GArray *agents, *frameworks, *subs, *held, *filters;
    GHashTable *counts;  /* "sorter|path" -> uint64_t */
    GHashTable *weights; /* path -> double */
    HfQuantities *guarantees;
    HfLimits *limits;
    HfQuantities *consumed;
    uint32_t roles;
    uint64_t armed, batch_armed;
    HfQuantities required, headroom;
    GPtrArray *lines;
    GArray *offers; /* of Held: this run's, merged */
} Twin;

#define AGENT(twin, a)     (&g_array_index((twin)->agents, Agent, a))
#define FRAMEWORK(twin, f) (&g_array_index((twin)->frameworks, Framework, f))
#define SUB(twin, s)       (&g_array_index((twin)->subs, Sub, s))
#define HELD(twin, h)      (&g_array_index((twin)->held, Held, h))
#define FILTER(twin, f)    (&g_array_index((twin)->filters, Filter, f))

HfTwin *hf_twin_new(HfCatalog *catalog, HfTime interval, const HfQuantities *min,
                    uint32_t min_count)
{
    Twin *twin = g_new0(Twin, 1);
    twin->catalog = catalog;
    twin->interval = interval;
    twin->min = min;
    twin->min_count = min_count;
    twin->agents = g_array_new(FALSE, TRUE, sizeof(Agent));
    twin->frameworks = g_array_new(FALSE, TRUE, sizeof(Framework));
    twin->subs = g_array_new(FALSE, TRUE, sizeof(Sub));
    twin->held = g_array_new(FALSE, TRUE, sizeof(Held));
    twin->filters = g_array_new(FALSE, TRUE, sizeof(Filter));
    twin->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    twin->weights = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    twin->offers = g_array_new(FALSE, TRUE, sizeof(Held));
    return twin;
}

static void drop_held(Twin *twin, GArray *from, guint h)
{
    hf_resources_clear(twin->catalog, &g_array_index(from, Held, h).resources);
    g_array_remove_index(from, h);
}

static void drop_filter(Twin *twin, guint f)
{
    hf_resources_clear(twin->catalog, &FILTER(twin, f)->refused);
    g_array_remove_index(twin->filters, f);
}

void hf_twin_free(HfTwin *twin)
{
    while (twin->held->len > 0) drop_held(twin, twin->held, 0);
    while (twin->filters->len > 0) drop_filter(twin, 0);
    for (guint a = 0; a < twin->agents->len; a++) {
        hf_resources_clear(twin->catalog, &AGENT(twin, a)->total);
        g_free(AGENT(twin, a)->name);
    }
    for (guint f = 0; f < twin->frameworks->len; f++) g_free(FRAMEWORK(twin, f)->name);
    for (uint32_t r = 0; r < twin->roles; r++) {
        hf_quantities_clear(&twin->guarantees[r]);
        hf_quantities_clear(&twin->consumed[r]);
        hf_limits_clear(&twin->limits[r]);
    }
    hf_quantities_clear(&twin->required);
    hf_quantities_clear(&twin->headroom);
    g_free(twin->guarantees);
    g_free(twin->limits);
    g_free(twin->consumed);
    g_array_unref(twin->agents);
    g_array_unref(twin->frameworks);
    g_array_unref(twin->subs);
    g_array_unref(twin->held);
    g_array_unref(twin->filters);
    g_array_unref(twin->offers);
    g_hash_table_unref(twin->counts);
    g_hash_table_unref(twin->weights);
    g_free(twin);
}

static void role_room(Twin *twin)
{
    uint32_t roles = twin->catalog->role_count;
    if (roles <= twin->roles) return;
    twin->guarantees = g_renew(HfQuantities, twin->guarantees, roles);
    twin->consumed = g_renew(HfQuantities, twin->consumed, roles);
    twin->limits = g_renew(HfLimits, twin->limits, roles);
    for (uint32_t r = twin->roles; r < roles; r++) {
        twin->guarantees[r] = twin->consumed[r] = (HfQuantities){0};
        twin->limits[r] = (HfLimits){0};
    }
    twin->roles = roles;
}

/* ---- Sums over lists ---- */

/* Is role r the role above or below it? */
static gboolean is_within(const Twin *twin, HfRoleId role, HfRoleId above)
{
    return role == above || hf_role_is_strict_subrole(twin->catalog, role, above);
}

static void available_on(const Twin *twin, uint32_t agent, HfResources *out)
{
    hf_resources_copy(twin->catalog, out, &AGENT(twin, agent)->total);
    for (guint h = 0; h < twin->held->len; h++)
        if (HELD(twin, h)->agent == agent)
            hf_resources_subtract(twin->catalog, out, &HELD(twin, h)->resources);
}

void hf_twin_available(HfTwin *twin, uint32_t agent, HfResources *out)
{
    available_on(twin, agent, out);
}

static void total_scalars(const Twin *twin, HfQuantities *out)
{
    for (guint a = 0; a < twin->agents->len; a++)
        if (AGENT(twin, a)->is_known)
            hf_resources_scalar_quantities(twin->catalog, &AGENT(twin, a)->total, out);
}

static void add_if(const Twin *twin, const HfResources *from, uint32_t mask, uint32_t want,
                   HfQuantities *out)
{
    HfResources part = {0};
    hf_resources_select(twin->catalog, from, mask, want, &part);
    hf_resources_scalar_quantities(twin->catalog, &part, out);
    hf_resources_clear(twin->catalog, &part);
}

/* Unreserved non-revocable in use by the subtree, and reservations to it. */
static void consumed_by(const Twin *twin, HfRoleId role, HfQuantities *out)
{
    for (guint h = 0; h < twin->held->len; h++)
        if (is_within(twin, HELD(twin, h)->role, role))
            add_if(twin, &HELD(twin, h)->resources, HF_META_RESERVED | HF_META_REVOCABLE, 0, out);
    for (guint a = 0; a < twin->agents->len; a++) {
        if (!AGENT(twin, a)->is_known) continue;
        const HfResources *total = &AGENT(twin, a)->total;
        for (uint32_t i = 0; i < hf_resources_count(total); i++) {
            const HfResource *entry = hf_resources_at(total, i);
            HfRoleId reserved = hf_meta_reservation_role(twin->catalog, entry->meta);
            if (reserved != HF_ROLE_STAR && is_within(twin, reserved, role) &&
                hf_kind_type(twin->catalog, entry->kind) == HF_TYPE_SCALAR)
                hf_quantities_add_one(out, twin->catalog->kind[entry->kind].quantity, entry->milli);
        }
    }
}

static void count_quota(Twin *twin)
{
    HfQuantities part = {0}, used = {0};
    hf_quantities_clear(&twin->required);
    hf_quantities_clear(&twin->headroom);
    for (HfRoleId r = 0; r < twin->roles; r++) {
        hf_quantities_clear(&twin->consumed[r]);
        if (hf_quantities_is_empty(&twin->guarantees[r]) && hf_limits_is_empty(&twin->limits[r]))
            continue;
        consumed_by(twin, r, &twin->consumed[r]);
        hf_quantities_copy(&part, &twin->guarantees[r]);
        hf_quantities_subtract(&part, &twin->consumed[r]);
        hf_quantities_add(&twin->required, &part);
    }
    total_scalars(twin, &twin->headroom);
    hf_quantities_clear(&part);
    for (guint h = 0; h < twin->held->len; h++)
        hf_resources_scalar_quantities(twin->catalog, &HELD(twin, h)->resources, &part);
    hf_quantities_subtract(&twin->headroom, &part);
    hf_quantities_clear(&part);
    for (guint a = 0; a < twin->agents->len; a++)
        if (AGENT(twin, a)->is_known)
            add_if(twin, &AGENT(twin, a)->total, HF_META_RESERVED, HF_META_RESERVED, &part);
    for (guint h = 0; h < twin->held->len; h++)
        add_if(twin, &HELD(twin, h)->resources, HF_META_RESERVED, HF_META_RESERVED, &used);
    hf_quantities_subtract(&part, &used);
    hf_quantities_subtract(&twin->headroom, &part);
    hf_quantities_clear(&part);
    for (guint a = 0; a < twin->agents->len; a++) {
        HfResources available = {0};
        if (!AGENT(twin, a)->is_known) continue;
        available_on(twin, a, &available);
        add_if(twin, &available, HF_META_REVOCABLE, HF_META_REVOCABLE, &part);
        hf_resources_clear(twin->catalog, &available);
    }
    hf_quantities_subtract(&twin->headroom, &part);
    hf_quantities_clear(&part);
    hf_quantities_clear(&used);
}

/* ---- Sorters ---- */

static uint64_t *count_of(Twin *twin, const char *sorter, const char *path)
{
    g_autofree char *key = g_strconcat(sorter, "|", path, NULL);
    uint64_t *count = g_hash_table_lookup(twin->counts, key);
    if (count == NULL) {
        count = g_new0(uint64_t, 1);
        g_hash_table_insert(twin->counts, g_steal_pointer(&key), count);
    }
    return count;
}

static void forget_count(Twin *twin, const char *sorter, const char *path)
{
    g_autofree char *key = g_strconcat(sorter, "|", path, NULL);
    g_hash_table_remove(twin->counts, key);
}

static gboolean is_client(const Twin *twin, HfRoleId role)
{
    for (guint s = 0; s < twin->subs->len; s++)
        if (SUB(twin, s)->role == role) return TRUE;
    return FALSE;
}

static gboolean has_client_below(const Twin *twin, HfRoleId role)
{
    for (guint s = 0; s < twin->subs->len; s++)
        if (hf_role_is_strict_subrole(twin->catalog, SUB(twin, s)->role, role)) return TRUE;
    return FALSE;
}

/* Where the client's leaf stands: at its path, or in the virtual leaf below. */
static char *leaf_path(const Twin *twin, HfRoleId role)
{
    const char *path = hf_role_path(twin->catalog, role);
    return has_client_below(twin, role) ? g_strconcat(path, "/.", NULL) : g_strdup(path);
}

/* A role becomes a client: a leaf above it that had no children moves to its virtual leaf, and the
 * internal node keeps a copy of its count. */
static void client_added(Twin *twin, HfRoleId role)
{
    const HfCatalog *catalog = twin->catalog;
    for (HfRoleId above = hf_role_parent(catalog, role); above != HF_ROLE_NONE;
         above = hf_role_parent(catalog, above)) {
        if (!is_client(twin, above) || has_client_below(twin, above)) continue;
        const char *path = hf_role_path(catalog, above);
        g_autofree char *leaf = g_strconcat(path, "/.", NULL);
        *count_of(twin, "", leaf) = *count_of(twin, "", path);
    }
}

/* After the last sub of the role is gone: nodes without clients vanish, a virtual leaf left alone
 * becomes a leaf again: with its own count, or with the quirk that of the internal node. */
static void client_removed(Twin *twin, HfRoleId role)
{
    const HfCatalog *catalog = twin->catalog;
    g_autofree char *leaf = g_strconcat(hf_role_path(catalog, role), "/.", NULL);
    forget_count(twin, "", leaf);
    for (HfRoleId r = role; r != HF_ROLE_NONE; r = hf_role_parent(catalog, r)) {
        const char *path = hf_role_path(catalog, r);
        if (has_client_below(twin, r)) continue;
        g_autofree char *dot = g_strconcat(path, "/.", NULL);
        if (is_client(twin, r) && !(catalog->quirks & HF_QUIRK_COLLAPSE_COUNT))
            *count_of(twin, "", path) = *count_of(twin, "", dot);
        forget_count(twin, "", dot);
        if (!is_client(twin, r)) forget_count(twin, "", path);
    }
}

static void count_allocation(Twin *twin, const Sub *sub)
{
    const HfCatalog *catalog = twin->catalog;
    g_autofree char *leaf = leaf_path(twin, sub->role);
    (*count_of(twin, "", leaf))++;
    for (HfRoleId r = sub->role; r != HF_ROLE_NONE; r = hf_role_parent(catalog, r)) {
        const char *path = hf_role_path(catalog, r);
        if (strcmp(path, leaf) != 0) (*count_of(twin, "", path))++;
    }
    (*count_of(twin, hf_role_path(catalog, sub->role), FRAMEWORK(twin, sub->framework)->name))++;
}

typedef struct Entry {
    double share;
    uint64_t count;
    char *path;
    HfRoleId role; /* of a role sorter's node */
    gboolean is_leaf;
    uint32_t sub; /* of a framework sorter's */
} Entry;

static gint compare_entries(gconstpointer a, gconstpointer b)
{
    const Entry *x = a, *y = b;
    if (x->share != y->share) return x->share < y->share ? -1 : 1;
    if (x->count != y->count) return x->count < y->count ? -1 : 1;
    return strcmp(x->path, y->path);
}

static void clear_entry(gpointer data)
{
    g_free(((Entry *)data)->path);
}

static double share_of(const Twin *twin, const HfQuantities *amount)
{
    HfQuantities total = {0};
    total_scalars(twin, &total);
    double share = 0.0;
    const HfQuantity *at = hf_quantities_entries(&total);
    for (uint32_t i = 0; i < total.count; i++) {
        double part = hf_milli_to_double(hf_quantities_get(amount, at[i].kind)) /
                      hf_milli_to_double(at[i].milli);
        if (part > share) share = part;
    }
    hf_quantities_clear(&total);
    return share;
}

static GArray *entries_new(void)
{
    GArray *entries = g_array_new(FALSE, TRUE, sizeof(Entry));
    g_array_set_clear_func(entries, clear_entry);
    return entries;
}

static void add_role_entry(Twin *twin, GArray *entries, HfRoleId role, gboolean is_leaf,
                           gboolean is_virtual)
{
    Entry entry = {.role = role, .is_leaf = is_leaf};
    HfQuantities amount = {0};
    const char *path = hf_role_path(twin->catalog, role);
    entry.path = is_virtual ? g_strconcat(path, "/.", NULL) : g_strdup(path);
    for (guint h = 0; h < twin->held->len; h++)
        if (is_leaf ? HELD(twin, h)->role == role : is_within(twin, HELD(twin, h)->role, role))
            hf_resources_scalar_quantities(twin->catalog, &HELD(twin, h)->resources, &amount);
    const double *weight = g_hash_table_lookup(twin->weights, entry.path);
    entry.share = share_of(twin, &amount) / (weight != NULL ? *weight : 1.0);
    entry.count = *count_of(twin, "", entry.path);
    hf_quantities_clear(&amount);
    g_array_append_val(entries, entry);
}

/* The roles below `above` (HF_ROLE_NONE: all) in order, as roles with clients. */
static void list_roles(Twin *twin, HfRoleId above, GArray *out)
{
    g_autoptr(GArray) entries = entries_new();
    if (above != HF_ROLE_NONE && is_client(twin, above))
        add_role_entry(twin, entries, above, TRUE, TRUE);
    for (HfRoleId r = 0; r < twin->catalog->role_count; r++) {
        if (hf_role_parent(twin->catalog, r) != above) continue;
        if (has_client_below(twin, r))
            add_role_entry(twin, entries, r, FALSE, FALSE);
        else if (is_client(twin, r))
            add_role_entry(twin, entries, r, TRUE, FALSE);
    }
    g_array_sort(entries, compare_entries);
    for (guint e = 0; e < entries->len; e++) {
        const Entry *entry = &g_array_index(entries, Entry, e);
        if (entry->is_leaf)
            g_array_append_val(out, entry->role);
        else
            list_roles(twin, entry->role, out);
    }
}

/* Active subs of a role in order. */
static GArray *list_subs(Twin *twin, HfRoleId role)
{
    GArray *entries = entries_new();
    for (guint s = 0; s < twin->subs->len; s++) {
        const Sub *sub = SUB(twin, s);
        if (sub->role != role || !sub->is_active) continue;
        Entry entry = {.sub = s, .path = g_strdup(FRAMEWORK(twin, sub->framework)->name)};
        HfQuantities amount = {0};
        for (guint h = 0; h < twin->held->len; h++)
            if (HELD(twin, h)->role == role && HELD(twin, h)->framework == sub->framework)
                hf_resources_scalar_quantities(twin->catalog, &HELD(twin, h)->resources, &amount);
        entry.share = share_of(twin, &amount);
        entry.count = *count_of(twin, hf_role_path(twin->catalog, role), entry.path);
        hf_quantities_clear(&amount);
        g_array_append_val(entries, entry);
    }
    g_array_sort(entries, compare_entries);
    return entries;
}

/* ---- Calls ---- */

static Sub *find_sub(Twin *twin, uint32_t framework, HfRoleId role)
{
    for (guint s = 0; s < twin->subs->len; s++)
        if (SUB(twin, s)->framework == framework && SUB(twin, s)->role == role) return SUB(twin, s);
    return NULL;
}

void hf_twin_batch_armed(HfTwin *twin)
{
    twin->batch_armed = twin->armed++;
}

static void all_are_candidates(Twin *twin)
{
    for (guint a = 0; a < twin->agents->len; a++) AGENT(twin, a)->is_candidate = TRUE;
}

void hf_twin_agent_add(HfTwin *twin, uint32_t agent, const char *name, const HfResources *total)
{
    if (twin->agents->len <= agent) g_array_set_size(twin->agents, agent + 1);
    Agent *row = AGENT(twin, agent);
    *row = (Agent){.is_known = TRUE, .is_active = TRUE, .is_candidate = TRUE, g_strdup(name), {0}};
    hf_resources_copy(twin->catalog, &row->total, total);
}

void hf_twin_agent_update(HfTwin *twin, uint32_t agent, const HfResources *total)
{
    Agent *row = AGENT(twin, agent);
    if (hf_resources_equal(twin->catalog, &row->total, total)) return;
    hf_resources_copy(twin->catalog, &row->total, total);
    row->is_candidate = TRUE;
}

void hf_twin_agent_remove(HfTwin *twin, uint32_t agent)
{
    for (guint h = twin->held->len; h-- > 0;)
        if (HELD(twin, h)->agent == agent) drop_held(twin, twin->held, h);
    for (guint f = twin->filters->len; f-- > 0;)
        if (FILTER(twin, f)->agent == agent) drop_filter(twin, f);
    hf_resources_clear(twin->catalog, &AGENT(twin, agent)->total);
    g_free(AGENT(twin, agent)->name);
    *AGENT(twin, agent) = (Agent){0};
}

void hf_twin_agent_active(HfTwin *twin, uint32_t agent, gboolean active)
{
    AGENT(twin, agent)->is_active = active;
}

void hf_twin_framework_add(HfTwin *twin, uint32_t framework, const char *name,
                           const HfRoleId *roles, uint32_t role_count, uint32_t capabilities)
{
    role_room(twin);
    if (twin->frameworks->len <= framework) g_array_set_size(twin->frameworks, framework + 1);
    *FRAMEWORK(twin, framework) = (Framework){TRUE, TRUE, g_strdup(name), capabilities};
    for (uint32_t r = 0; r < role_count; r++) {
        if (!is_client(twin, roles[r])) client_added(twin, roles[r]);
        Sub sub = {framework, roles[r], TRUE, TRUE, FALSE};
        g_array_append_val(twin->subs, sub);
    }
    all_are_candidates(twin);
}

void hf_twin_framework_remove(HfTwin *twin, uint32_t framework)
{
    for (guint h = twin->held->len; h-- > 0;)
        if (HELD(twin, h)->framework == framework) drop_held(twin, twin->held, h);
    for (guint f = twin->filters->len; f-- > 0;)
        if (FILTER(twin, f)->framework == framework) drop_filter(twin, f);
    for (guint s = twin->subs->len; s-- > 0;) {
        if (SUB(twin, s)->framework != framework) continue;
        HfRoleId role = SUB(twin, s)->role;
        forget_count(twin, hf_role_path(twin->catalog, role), FRAMEWORK(twin, framework)->name);
        g_array_remove_index(twin->subs, s);
        if (!is_client(twin, role)) client_removed(twin, role);
    }
    g_free(FRAMEWORK(twin, framework)->name);
    *FRAMEWORK(twin, framework) = (Framework){0};
}

void hf_twin_framework_active(HfTwin *twin, uint32_t framework, gboolean active)
{
    FRAMEWORK(twin, framework)->is_active = active;
    for (guint s = 0; s < twin->subs->len; s++)
        if (SUB(twin, s)->framework == framework)
            SUB(twin, s)->is_active = active && !SUB(twin, s)->is_suppressed;
    if (active) {
        all_are_candidates(twin);
        return;
    }
    for (guint f = twin->filters->len; f-- > 0;)
        if (FILTER(twin, f)->framework == framework) drop_filter(twin, f);
}

void hf_twin_suppress(HfTwin *twin, uint32_t framework, HfRoleId role)
{
    Sub *sub = find_sub(twin, framework, role);
    sub->is_suppressed = TRUE;
    sub->is_active = FALSE;
}

void hf_twin_revive(HfTwin *twin, uint32_t framework, HfRoleId role)
{
    Sub *sub = find_sub(twin, framework, role);
    sub->is_suppressed = FALSE;
    sub->is_active = TRUE;
    for (guint f = twin->filters->len; f-- > 0;)
        if (FILTER(twin, f)->framework == framework && FILTER(twin, f)->role == role)
            drop_filter(twin, f);
    all_are_candidates(twin);
}

static Held *find_held(GArray *held, uint32_t framework, uint32_t agent, HfRoleId role)
{
    for (guint h = 0; h < held->len; h++) {
        Held *row = &g_array_index(held, Held, h);
        if (row->framework == framework && row->agent == agent && row->role == role) return row;
    }
    return NULL;
}

void hf_twin_recover(HfTwin *twin, HfTime now, uint32_t framework, uint32_t agent, HfRoleId role,
                     const HfResources *resources, HfTime refuse)
{
    HfResources plain = {0};
    hf_resources_copy(twin->catalog, &plain, resources);
    hf_resources_unallocate(twin->catalog, &plain);
    Held *held = find_held(twin->held, framework, agent, role);
    hf_resources_subtract(twin->catalog, &held->resources, &plain);
    if (hf_resources_is_empty(&held->resources))
        drop_held(twin, twin->held, (guint)(held - HELD(twin, 0)));
    if (refuse > 0) {
        Filter filter = {framework,    agent, role, {0}, now + MAX(refuse, twin->interval),
                         twin->armed++};
        hf_resources_copy(twin->catalog, &filter.refused, &plain);
        g_array_append_val(twin->filters, filter);
    }
    hf_resources_clear(twin->catalog, &plain);
}

void hf_twin_weight(HfTwin *twin, HfRoleId role, double weight)
{
    double *copy = g_new(double, 1);
    *copy = weight;
    g_hash_table_insert(twin->weights, g_strdup(hf_role_path(twin->catalog, role)), copy);
}

void hf_twin_quota(HfTwin *twin, HfRoleId role, const HfQuantities *guarantees,
                   const HfLimits *limits)
{
    role_room(twin);
    hf_quantities_copy(&twin->guarantees[role], guarantees);
    hf_limits_copy(&twin->limits[role], limits);
}

/* ---- One run ---- */

static gboolean is_allocatable(const Twin *twin, const HfResources *resources)
{
    if (hf_resources_is_empty(resources)) return FALSE;
    if (twin->min_count == 0) return TRUE;
    for (uint32_t m = 0; m < twin->min_count; m++)
        if (hf_resources_contains_quantities(twin->catalog, resources, &twin->min[m])) return TRUE;
    return FALSE;
}

static gboolean is_filtered(const Twin *twin, const Sub *sub, uint32_t agent,
                            const HfResources *offer)
{
    for (guint f = 0; f < twin->filters->len; f++) {
        const Filter *filter = FILTER(twin, f);
        if (filter->framework == sub->framework && filter->agent == agent &&
            filter->role == sub->role &&
            hf_resources_contains(twin->catalog, &filter->refused, offer))
            return TRUE;
    }
    return FALSE;
}

static void keep_if(const Twin *twin, HfResources *resources, gboolean quota, gboolean others,
                    HfRoleId exactly)
{
    HfResources kept = {0};
    for (uint32_t i = 0; i < hf_resources_count(resources); i++) {
        const HfResource *entry = hf_resources_at(resources, i);
        uint32_t flags = hf_meta_info(twin->catalog, entry->meta)->flags;
        gboolean scalar = hf_kind_type(twin->catalog, entry->kind) == HF_TYPE_SCALAR;
        gboolean is_quota = scalar && !(flags & (HF_META_RESERVED | HF_META_REVOCABLE));
        gboolean is_along = !is_quota;
        if (is_along && exactly != HF_ROLE_NONE && scalar && !(flags & HF_META_REVOCABLE))
            is_along = hf_meta_reservation_role(twin->catalog, entry->meta) == exactly;
        if (is_quota ? quota : others && is_along)
            hf_resources_add_one(twin->catalog, &kept, entry);
    }
    hf_resources_swap(resources, &kept);
    hf_resources_clear(twin->catalog, &kept);
}

static void give(Twin *twin, const Sub *sub, uint32_t agent, const HfResources *offer)
{
    GArray *lists[2] = {twin->held, twin->offers};
    for (int l = 0; l < 2; l++) {
        Held *row = find_held(lists[l], sub->framework, agent, sub->role);
        if (row == NULL) {
            Held fresh = {sub->framework, agent, sub->role, {0}};
            g_array_append_val(lists[l], fresh);
            row = &g_array_index(lists[l], Held, lists[l]->len - 1);
        }
        hf_resources_add(twin->catalog, &row->resources, offer);
    }
    count_allocation(twin, sub);
}

/* What the framework may see of the agent; FALSE when it is not worth an offer. */
static gboolean look(Twin *twin, const Sub *sub, uint32_t agent, HfResources *out,
                     gboolean *nothing)
{
    HfResources available = {0};
    available_on(twin, agent, &available);
    hf_resources_allocatable_to(twin->catalog, &available, sub->role, out);
    hf_resources_clear(twin->catalog, &available);
    *nothing = hf_resources_is_empty(out);
    if (*nothing || !is_allocatable(twin, out)) return FALSE;
    uint32_t capabilities = FRAMEWORK(twin, sub->framework)->capabilities;
    HfResources kept = {0};
    uint32_t hidden = capabilities & HF_CAPABILITY_REVOCABLE_RESOURCES ? 0 : HF_META_REVOCABLE;
    hf_resources_select(twin->catalog, out, hidden, 0, &kept);
    hidden = capabilities & HF_CAPABILITY_RESERVATION_REFINEMENT ? 0 : HF_META_REFINED;
    hf_resources_select(twin->catalog, &kept, hidden, 0, out);
    hf_resources_clear(twin->catalog, &kept);
    return TRUE;
}

static void shrink(Twin *twin, HfRoleId role, const HfQuantities *also, HfResources *part)
{
    if (!hf_limits_is_empty(&twin->limits[role])) {
        HfLimits room = {0};
        hf_limits_copy(&room, &twin->limits[role]);
        hf_limits_subtract(&room, &twin->consumed[role]);
        if (also != NULL) hf_limits_subtract(&room, also);
        hf_resources_shrink_to_limits(twin->catalog, part, &room, NULL);
        hf_limits_clear(&room);
    }
    if (!hf_quantities_is_empty(&twin->required)) {
        HfQuantities surplus = {0};
        hf_quantities_copy(&surplus, &twin->headroom);
        hf_quantities_subtract(&surplus, &twin->required);
        hf_resources_shrink_to_quantities(twin->catalog, part, &surplus, NULL);
        hf_quantities_clear(&surplus);
    }
}

/* One framework and one agent; TRUE when there is nothing here for its role. */
static gboolean serve(Twin *twin, const Sub *sub, uint32_t agent, HfQuantities *need)
{
    HfCatalog *catalog = twin->catalog;
    HfResources seen = {0}, offer = {0}, owed = {0};
    HfQuantities gained = {0}, guaranteed = {0};
    gboolean nothing;
    HfRoleId role = sub->role;
    if (look(twin, sub, agent, &seen, &nothing)) {
        HfResources extra = {0};
        hf_resources_copy(catalog, &extra, &seen);
        hf_resources_copy(catalog, &offer, &seen);
        keep_if(twin, &extra, TRUE, FALSE, HF_ROLE_NONE);
        keep_if(twin, &offer, FALSE, TRUE, need != NULL ? role : HF_ROLE_NONE);
        if (need != NULL) {
            hf_resources_copy(catalog, &owed, &extra);
            hf_resources_shrink_to_quantities(catalog, &owed, need, NULL);
            hf_resources_subtract(catalog, &extra, &owed);
            hf_resources_scalar_quantities(catalog, &owed, &guaranteed);
        }
        shrink(twin, role, &guaranteed, &extra);
        hf_resources_add(catalog, &offer, &owed);
        hf_resources_add(catalog, &offer, &extra);
        if ((need == NULL || !hf_resources_is_empty(&owed)) && is_allocatable(twin, &offer) &&
            !is_filtered(twin, sub, agent, &offer)) {
            hf_resources_scalar_quantities(catalog, &owed, &gained);
            hf_resources_scalar_quantities(catalog, &extra, &gained);
            if (need != NULL) hf_quantities_subtract(need, &gained);
            hf_quantities_subtract(&twin->required, &guaranteed);
            hf_quantities_subtract(&twin->headroom, &gained);
            hf_quantities_add(&twin->consumed[role], &gained);
            give(twin, sub, agent, &offer);
        }
        hf_resources_clear(catalog, &extra);
    }
    hf_resources_clear(catalog, &seen);
    hf_resources_clear(catalog, &offer);
    hf_resources_clear(catalog, &owed);
    hf_quantities_clear(&gained);
    hf_quantities_clear(&guaranteed);
    return nothing;
}

static void serve_role(Twin *twin, HfRoleId role, uint32_t agent, gboolean guarantee)
{
    HfQuantities need = {0};
    if (guarantee) {
        hf_quantities_copy(&need, &twin->guarantees[role]);
        hf_quantities_subtract(&need, &twin->consumed[role]);
    }
    if (!guarantee || !hf_quantities_is_empty(&need)) {
        g_autoptr(GArray) subs = list_subs(twin, role);
        for (guint e = 0; e < subs->len; e++) {
            if (guarantee && hf_quantities_is_empty(&need)) break;
            Sub sub = *SUB(twin, g_array_index(subs, Entry, e).sub);
            if (serve(twin, &sub, agent, guarantee ? &need : NULL)) break;
        }
    }
    hf_quantities_clear(&need);
}

static gint compare_agents(gconstpointer a, gconstpointer b, gpointer twin)
{
    return strcmp(AGENT((Twin *)twin, *(const uint32_t *)a)->name,
                  AGENT((Twin *)twin, *(const uint32_t *)b)->name);
}

static void run_stage(Twin *twin, gboolean guarantee)
{
    g_autoptr(GArray) agents = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t a = 0; a < twin->agents->len; a++)
        if (AGENT(twin, a)->is_known && AGENT(twin, a)->is_active && AGENT(twin, a)->is_candidate)
            g_array_append_val(agents, a);
    g_array_sort_with_data(agents, compare_agents, twin);
    for (guint a = 0; a < agents->len; a++) {
        g_autoptr(GArray) roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
        list_roles(twin, HF_ROLE_NONE, roles);
        for (guint r = 0; r < roles->len; r++)
            serve_role(twin, g_array_index(roles, HfRoleId, r), g_array_index(agents, uint32_t, a),
                       guarantee);
    }
}

static void expire(Twin *twin, HfTime now, uint64_t armed)
{
    for (guint f = twin->filters->len; f-- > 0;) {
        const Filter *filter = FILTER(twin, f);
        if (filter->ends < now || (filter->ends == now && filter->armed < armed))
            drop_filter(twin, f);
    }
}

static gint compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *join(GPtrArray *lines)
{
    g_ptr_array_sort(lines, compare_lines);
    g_ptr_array_add(lines, NULL);
    char *text = g_strjoinv("\n", (char **)lines->pdata);
    g_ptr_array_unref(lines);
    return text;
}

static void add_line(GPtrArray *lines, HfCatalog *catalog, uint32_t framework, HfRoleId role,
                     uint32_t agent, const HfResources *resources)
{
    HfResources plain = {0};
    hf_resources_copy(catalog, &plain, resources);
    hf_resources_unallocate(catalog, &plain);
    g_autofree char *text = hf_resources_to_text(catalog, &plain);
    hf_resources_clear(catalog, &plain);
    g_ptr_array_add(lines, g_strdup_printf("f%u %s a%u %s", framework, hf_role_path(catalog, role),
                                           agent, text));
}

char *hf_twin_lines(HfCatalog *catalog, const HfOfferList *list)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    for (uint32_t o = 0; o < list->offers.count; o++) {
        const HfOffered *offer = &list->offers.at[o];
        add_line(lines, catalog, offer->framework, offer->role, offer->agent, &offer->resources);
    }
    return join(lines);
}

static char *run(Twin *twin)
{
    role_room(twin);
    count_quota(twin);
    run_stage(twin, TRUE);
    run_stage(twin, FALSE);
    for (guint a = 0; a < twin->agents->len; a++) AGENT(twin, a)->is_candidate = FALSE;
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    for (guint o = 0; o < twin->offers->len; o++) {
        const Held *offer = &g_array_index(twin->offers, Held, o);
        add_line(lines, twin->catalog, offer->framework, offer->role, offer->agent,
                 &offer->resources);
    }
    while (twin->offers->len > 0) drop_held(twin, twin->offers, twin->offers->len - 1);
    return join(lines);
}

char *hf_twin_run(HfTwin *twin, HfTime now)
{
    expire(twin, now, UINT64_MAX);
    return run(twin);
}

char *hf_twin_batch(HfTwin *twin, HfTime now)
{
    expire(twin, now, twin->batch_armed);
    all_are_candidates(twin);
    return run(twin);
}
