/*
 * The books of a host and the invariants they allow to check; see trio.h. Numbers are those of
 * RELIABILITY.md B.2: conservation, one holder, offers within what is free, reservations and
 * limits, minimum, filters and suppression, guarantees first, shares. Filters, quota and shares had
 * other rules in the eras before 1.11, and are not looked at there.
 */
#include <stdarg.h>
#include <string.h>

#include "reference/trio_internal.h"
#include "resource/text.h"

#define PIECE(trio, p)   (&g_array_index((trio)->pieces, HfPiece, p))
#define REFUSAL(trio, r) (&g_array_index((trio)->refusals, HfRefusal, r))

void hf_books__trouble(HfTrio *trio, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_string_append_vprintf(trio->trouble, format, arguments);
    va_end(arguments);
    g_string_append_c(trio->trouble, '\n');
}

/* ---- Entries ---- */

static void drop_piece(HfTrio *trio, guint p)
{
    hf_resources_clear(trio->catalog, &PIECE(trio, p)->resources);
    hf_parcel_drop(trio->catalog, &PIECE(trio, p)->parcel);
    g_array_remove_index(trio->pieces, p);
}

void hf_books__drop_pieces(HfTrio *trio, uint32_t framework, uint32_t agent)
{
    for (guint p = trio->pieces->len; p-- > 0;)
        if ((framework == UINT32_MAX || PIECE(trio, p)->framework == framework) &&
            (agent == UINT32_MAX || PIECE(trio, p)->agent == agent))
            drop_piece(trio, p);
}

void hf_books__drop_refusals(HfTrio *trio, uint32_t framework, uint32_t agent, HfRoleId role)
{
    for (guint r = trio->refusals->len; r-- > 0;) {
        HfRefusal *row = REFUSAL(trio, r);
        if ((framework != UINT32_MAX && row->framework != framework) ||
            (agent != UINT32_MAX && row->agent != agent) ||
            (role != HF_ROLE_NONE && row->role != role))
            continue;
        hf_resources_clear(trio->catalog, &row->refused);
        g_array_remove_index(trio->refusals, r);
    }
}

void hf_books__refuse(HfTrio *trio, const HfPiece *piece, const HfResources *part, double seconds)
{
    if (seconds == HF_NO_FILTER || seconds == 0.0) return;
    HfTime timeout = hf_time_from_seconds(MIN(seconds, 365.0 * 86400.0));
    HfTime ends = trio->now + MAX(timeout, trio->config.interval);
    HfRefusal row = {piece->framework, piece->agent, piece->role, ends, {0}};
    hf_resources_copy(trio->catalog, &row.refused, part);
    g_array_append_val(trio->refusals, row);
}

void hf_books__take(HfTrio *trio, guint piece, const HfResources *part)
{
    hf_resources_subtract(trio->catalog, &PIECE(trio, piece)->resources, part);
    hf_parcel_drop(trio->catalog, &PIECE(trio, piece)->parcel);
    if (hf_resources_is_empty(&PIECE(trio, piece)->resources)) drop_piece(trio, piece);
}

void hf_books__put(HfTrio *trio, const HfPiece *like, gboolean is_launched, const HfResources *part)
{
    HfPiece piece = {like->framework, like->agent, like->role, is_launched, {0}, NULL};
    hf_resources_copy(trio->catalog, &piece.resources, part);
    hf_resources_unallocate(trio->catalog, &piece.resources);
    g_array_append_val(trio->pieces, piece);
}

/* ---- Sums ---- */

static void sum_pieces(const HfTrio *trio, uint32_t agent, HfResources *out)
{
    hf_resources_reset(trio->catalog, out);
    for (guint p = 0; p < trio->pieces->len; p++)
        if (PIECE(trio, p)->agent == agent)
            hf_resources_add(trio->catalog, out, &PIECE(trio, p)->resources);
}

static void add_selected(const HfTrio *trio, const HfResources *from, uint32_t mask, uint32_t want,
                         HfQuantities *out)
{
    HfResources part = {0};
    hf_resources_select(trio->catalog, from, mask, want, &part);
    hf_resources_scalar_quantities(trio->catalog, &part, out);
    hf_resources_clear(trio->catalog, &part);
}

static gboolean is_within(const HfTrio *trio, HfRoleId role, HfRoleId above)
{
    return role == above || hf_role_is_strict_subrole(trio->catalog, role, above);
}

/* What agents bring along for a framework that is not known yet counts for nobody, and in scope
 * cell what is offered does not either. */
static gboolean is_counted(const HfTrio *trio, const HfPiece *piece, HfRoleId role)
{
    if (trio->config.offer_scope == HF_OFFER_SCOPE_CELL && !piece->is_launched) return FALSE;
    return trio->frameworks[piece->framework].is_known && is_within(trio, piece->role, role);
}

/* Held, unreserved and not revocable, and reserved: what quota calls consumed. */
static void sum_consumed(const HfTrio *trio, HfRoleId role, HfQuantities *out)
{
    for (guint p = 0; p < trio->pieces->len; p++)
        if (is_counted(trio, PIECE(trio, p), role))
            add_selected(trio, &PIECE(trio, p)->resources, HF_META_RESERVED | HF_META_REVOCABLE, 0,
                         out);
    for (uint32_t a = 0; a < HF_TRIO_AGENTS; a++) {
        const HfResources *total = &trio->agents[a].total;
        for (uint32_t i = 0; i < hf_resources_count(total); i++) {
            const HfResource *entry = hf_resources_at(total, i);
            HfResources one = {0};
            if (hf_meta_is_unreserved(trio->catalog, entry->meta) ||
                !is_within(trio, hf_meta_reservation_role(trio->catalog, entry->meta), role))
                continue;
            hf_resources_add_one(trio->catalog, &one, entry);
            hf_resources_scalar_quantities(trio->catalog, &one, out);
            hf_resources_clear(trio->catalog, &one);
        }
    }
}

/* ---- At any time: I-01, I-02, I-05, I-09 ---- */

static void check_agent(HfTrio *trio, uint32_t agent)
{
    HfCatalog *catalog = trio->catalog;
    const HfResources *total = &trio->agents[agent].total;
    const HfResources *available = hf_allocator_available(trio->fast, agent);
    HfResources held = {0}, sum = {0}, part = {0};
    sum_pieces(trio, agent, &held);
    hf_resources_copy(catalog, &part, &held);
    if (!hf_resources_contains(catalog, total, available))
        hf_books__trouble(trio, "I-01: more is available on a%u than it has", agent);
    hf_resources_shared(catalog, &held, &part);
    hf_resources_non_shared(catalog, &held, &sum);
    if (hf_resources_contains(catalog, total, &sum)) {
        /* total = held + available, but shared volumes are always available */
        HfResources idle = {0}, whole = {0};
        hf_resources_non_shared(catalog, available, &idle);
        hf_resources_add(catalog, &sum, &idle);
        hf_resources_non_shared(catalog, total, &whole);
        HfQuantities x = {0}, y = {0};
        hf_resources_quantities(catalog, &sum, &x);
        hf_resources_quantities(catalog, &whole, &y);
        if (!hf_resources_equal(catalog, &sum, &whole) || !hf_quantities_equal(&x, &y)) {
            g_autofree char *text = hf_resources_to_text(catalog, &sum);
            g_autofree char *want = hf_resources_to_text(catalog, &whole);
            hf_books__trouble(trio, "I-01: on a%u held and available make %s of %s", agent, text,
                              want);
        }
        hf_quantities_clear(&x);
        hf_quantities_clear(&y);
        hf_resources_clear(catalog, &idle);
        hf_resources_clear(catalog, &whole);
    }
    hf_resources_clear(catalog, &held);
    hf_resources_clear(catalog, &sum);
    hf_resources_clear(catalog, &part);
}

/* Dominant share of a role's subtree, from the pieces; of each agent and role a shared volume
 * counts once. */
static double recount_share(const HfTrio *trio, HfRoleId role, const HfQuantities *total)
{
    HfCatalog *catalog = trio->catalog;
    HfQuantities amount = {0};
    for (uint32_t a = 0; a < HF_TRIO_AGENTS; a++) {
        HfResources all = {0}, part = {0};
        for (guint p = 0; p < trio->pieces->len; p++) {
            if (PIECE(trio, p)->agent != a || !is_counted(trio, PIECE(trio, p), role)) continue;
            hf_resources_copy(catalog, &part, &PIECE(trio, p)->resources);
            hf_resources_allocate(catalog, &part, PIECE(trio, p)->role);
            hf_resources_add(catalog, &all, &part);
        }
        hf_resources_scalar_quantities(catalog, &all, &amount);
        hf_resources_clear(catalog, &all);
        hf_resources_clear(catalog, &part);
    }
    double share = 0.0;
    const HfQuantity *at = hf_quantities_entries(total);
    for (uint32_t i = 0; i < total->count; i++) {
        gboolean is_excluded = FALSE;
        for (uint32_t k = 0; k < trio->config.fairness_excluded_count; k++)
            is_excluded |= trio->config.fairness_excluded[k] == at[i].kind;
        double part = hf_milli_to_double(hf_quantities_get(&amount, at[i].kind)) /
                      hf_milli_to_double(at[i].milli);
        if (!is_excluded) share = MAX(share, part);
    }
    hf_quantities_clear(&amount);
    return share;
}

void hf_books__check_shares(HfTrio *trio)
{
    if (trio->config.era != HF_ERA_1_11) return;
    HfQuantities total = {0};
    for (uint32_t a = 0; a < HF_TRIO_AGENTS; a++)
        hf_resources_scalar_quantities(trio->catalog, &trio->agents[a].total, &total);
    for (HfRoleId r = 0; r < trio->catalog->role_count; r++) {
        double want = recount_share(trio, r, &total);
        double share = hf_allocator_role_share(trio->fast, r);
        if (share != want) /* bit by bit */
            hf_books__trouble(trio, "I-09: share of %s is %.17g, counted again %.17g",
                              hf_role_path(trio->catalog, r), share, want);
    }
    hf_quantities_clear(&total);
}

void hf_books__check(HfTrio *trio)
{
    for (uint32_t a = 0; a < HF_TRIO_AGENTS; a++)
        if (trio->agents[a].is_known) check_agent(trio, a);
}

/* ---- Of a run: I-03, I-04, I-06, I-07, I-08 ---- */

HfTrioQuota *hf_books__quota(HfTrio *trio, HfRoleId role)
{
    if (role >= trio->quota_room) {
        uint32_t room = trio->catalog->role_count;
        trio->quotas = g_renew(HfTrioQuota, trio->quotas, room);
        memset(trio->quotas + trio->quota_room, 0,
               (room - trio->quota_room) * sizeof *trio->quotas);
        trio->quota_room = room;
    }
    return &trio->quotas[role];
}

void hf_books__before(HfTrio *trio, HfBooksBefore *before)
{
    *before = (HfBooksBefore){.roles = trio->catalog->role_count};
    before->consumed = g_new0(HfQuantities, before->roles);
    for (HfRoleId r = 0; r < before->roles; r++) sum_consumed(trio, r, &before->consumed[r]);
    for (uint32_t a = 0; a < HF_TRIO_AGENTS; a++)
        if (trio->agents[a].is_known)
            hf_resources_copy(trio->catalog, &before->available[a],
                              hf_allocator_available(trio->fast, a));
}

static gboolean has_role(const GArray *roles, HfRoleId role)
{
    for (guint r = 0; r < roles->len; r++)
        if (g_array_index(roles, HfRoleId, r) == role) return TRUE;
    return FALSE;
}

static gboolean meets_minimum(const HfTrio *trio, const HfResources *offer)
{
    for (uint32_t m = 0; m < trio->config.min_allocatable_count; m++)
        if (hf_resources_contains_quantities(trio->catalog, offer,
                                             &trio->config.min_allocatable[m]))
            return TRUE;
    return trio->config.min_allocatable_count == 0;
}

static void check_offer(HfTrio *trio, const HfOffered *offer, const HfResources *plain)
{
    const HfTrioFramework *framework = &trio->frameworks[offer->framework];
    const HfTrioAgent *agent = &trio->agents[offer->agent];
    const char *role = hf_role_path(trio->catalog, offer->role);
    if (!framework->is_known || !agent->is_known || !agent->is_active)
        hf_books__trouble(trio, "I-03: f%u or a%u is not there", offer->framework, offer->agent);
    if (!framework->is_known || !framework->is_active || !has_role(framework->roles, offer->role) ||
        has_role(framework->suppressed, offer->role))
        hf_books__trouble(trio, "I-07: f%u does not want offers as %s", offer->framework, role);
    for (uint32_t i = 0; i < hf_resources_count(plain); i++) {
        HfMetaId meta = hf_resources_at(plain, i)->meta;
        if (!hf_meta_is_allocatable_to(trio->catalog, meta, offer->role))
            hf_books__trouble(trio, "I-04: f%u as %s is offered others' reservations",
                              offer->framework, role);
        uint32_t hidden = 0;
        if (!(framework->capabilities & HF_CAPABILITY_SHARED_RESOURCES)) hidden |= HF_META_SHARED;
        if (!(framework->capabilities & HF_CAPABILITY_REVOCABLE_RESOURCES))
            hidden |= HF_META_REVOCABLE;
        if (!(framework->capabilities & HF_CAPABILITY_RESERVATION_REFINEMENT))
            hidden |= HF_META_REFINED;
        if (hf_meta_info(trio->catalog, meta)->flags & hidden)
            hf_books__trouble(trio, "I-04: f%u is offered what it cannot use", offer->framework);
    }
    if (!framework->has_minima && trio->config.offer_scope != HF_OFFER_SCOPE_CELL &&
        !meets_minimum(trio, plain))
        hf_books__trouble(trio, "I-06: f%u is offered less than the minimum", offer->framework);
    for (guint r = 0; r < trio->refusals->len; r++) {
        const HfRefusal *refusal = REFUSAL(trio, r);
        if (trio->config.era == HF_ERA_1_11 && refusal->framework == offer->framework &&
            refusal->agent == offer->agent && refusal->role == offer->role &&
            refusal->ends > trio->now &&
            hf_resources_contains(trio->catalog, &refusal->refused, plain))
            hf_books__trouble(trio, "I-07: f%u refused this of a%u as %s", offer->framework,
                              offer->agent, role);
    }
}

/* All offers of an agent together are within what was free; a shared volume is there once. */
static void check_within(HfTrio *trio, uint32_t agent, const HfResources *free_before)
{
    HfResources all = {0}, part = {0};
    for (uint32_t o = 0; o < trio->fast_list.offers.count; o++) {
        const HfOffered *offer = &trio->fast_list.offers.at[o];
        if (offer->agent != agent) continue;
        hf_resources_copy(trio->catalog, &part, hf_parcel_resources(offer->resources));
        hf_resources_unallocate(trio->catalog, &part);
        hf_resources_add(trio->catalog, &all, &part);
    }
    if (trio->catalog->quirks & HF_QUIRK_SHARED_AGAIN) {
        hf_resources_non_shared(trio->catalog, &all, &part);
        hf_resources_swap(&all, &part);
    }
    if (!hf_resources_contains(trio->catalog, free_before, &all))
        hf_books__trouble(trio, "I-03: the offers of a%u are more than was free", agent);
    hf_resources_clear(trio->catalog, &all);
    hf_resources_clear(trio->catalog, &part);
}

/* Is more held than there is, or something by a framework not added yet? Then the headroom that
 * Mesos counts is not what is free. */
static gboolean is_over_allocated(const HfTrio *trio)
{
    gboolean over = FALSE;
    for (guint p = 0; p < trio->pieces->len; p++)
        over |= !trio->frameworks[PIECE(trio, p)->framework].is_known;
    for (uint32_t a = 0; a < HF_TRIO_AGENTS && !over; a++) {
        HfResources held = {0};
        if (!trio->agents[a].is_known) continue;
        sum_pieces(trio, a, &held);
        over = !hf_resources_contains(trio->catalog, &trio->agents[a].total, &held);
        hf_resources_clear(trio->catalog, &held);
    }
    return over;
}

/* Limits, and guarantees first: what a role itself got keeps within its limit, and whoever got
 * anything beyond a guarantee left enough for the guarantees that are not met. */
static void check_quota(HfTrio *trio, const HfBooksBefore *before)
{
    HfQuantities missing = {0}, idle = {0}, beyond = {0};
    for (HfRoleId r = 0; r < before->roles; r++) {
        HfQuantities gained = {0}, unmet = {0};
        const HfTrioQuota *quota = hf_books__quota(trio, r);
        for (uint32_t o = 0; o < trio->fast_list.offers.count; o++)
            if (trio->fast_list.offers.at[o].role == r)
                add_selected(trio, hf_parcel_resources(trio->fast_list.offers.at[o].resources),
                             HF_META_RESERVED | HF_META_REVOCABLE, 0, &gained);
        const HfQuantity *at = hf_quantities_entries(&gained);
        for (uint32_t i = 0; i < gained.count; i++) {
            int64_t limit, had = hf_quantities_get(&before->consumed[r], at[i].kind);
            if (!hf_limits_get(&quota->limits, at[i].kind, &limit)) continue;
            /* a master refuses a guarantee beyond the limit, an allocator meets it */
            limit = MAX(limit, hf_quantities_get(&quota->guarantees, at[i].kind));
            if (had + at[i].milli > limit)
                hf_books__trouble(trio, "I-04: %s is beyond its limit",
                                  hf_role_path(trio->catalog, r));
        }
        hf_quantities_copy(&unmet, &quota->guarantees);
        hf_quantities_subtract(&unmet, &before->consumed[r]);
        hf_quantities_subtract(&gained, &unmet);
        hf_quantities_add(&beyond, &gained);
        HfQuantities consumed = {0};
        sum_consumed(trio, r, &consumed);
        hf_quantities_copy(&unmet, &quota->guarantees);
        hf_quantities_subtract(&unmet, &consumed);
        hf_quantities_add(&missing, &unmet);
        hf_quantities_clear(&consumed);
        hf_quantities_clear(&gained);
        hf_quantities_clear(&unmet);
    }
    for (uint32_t a = 0; a < HF_TRIO_AGENTS; a++)
        if (trio->agents[a].is_known)
            add_selected(trio, hf_allocator_available(trio->fast, a),
                         HF_META_RESERVED | HF_META_REVOCABLE, 0, &idle);
    const HfQuantity *at = hf_quantities_entries(&beyond);
    for (uint32_t i = 0; i < beyond.count; i++)
        if (hf_quantities_get(&idle, at[i].kind) < hf_quantities_get(&missing, at[i].kind))
            hf_books__trouble(trio, "I-08: %s was given away that a guarantee lacks",
                              hf_kind_name(trio->catalog, at[i].kind));
    hf_quantities_clear(&missing);
    hf_quantities_clear(&idle);
    hf_quantities_clear(&beyond);
}

/* What the list says of all its offers. */
static void check_is_for_one(HfTrio *trio, const HfOfferList *list)
{
    for (uint32_t o = 1; o < list->offers.count && list->is_for_one; o++)
        if (list->offers.at[o].framework != list->offers.at[0].framework ||
            list->offers.at[o].role != list->offers.at[0].role)
            hf_books__trouble(trio, "a list for one framework has an offer for f%u",
                              list->offers.at[o].framework);
}

void hf_books__take_offers(HfTrio *trio)
{
    for (uint32_t o = 0; o < trio->fast_list.offers.count; o++) {
        const HfOffered *offer = &trio->fast_list.offers.at[o];
        HfPiece like = {offer->framework, offer->agent, offer->role, FALSE, {0}, NULL};
        hf_books__put(trio, &like, FALSE, hf_parcel_resources(offer->resources));
        PIECE(trio, trio->pieces->len - 1)->parcel = hf_parcel_ref(offer->resources);
    }
}

void hf_books__after(HfTrio *trio, HfBooksBefore *before)
{
    guint first = trio->pieces->len;
    check_is_for_one(trio, &trio->fast_list);
    hf_books__take_offers(trio);
    for (uint32_t o = 0; o < trio->fast_list.offers.count; o++)
        check_offer(trio, &trio->fast_list.offers.at[o], &PIECE(trio, first + o)->resources);
    for (uint32_t a = 0; a < HF_TRIO_AGENTS; a++)
        if (trio->agents[a].is_known) check_within(trio, a, &before->available[a]);
    if (trio->config.era == HF_ERA_1_11 && trio->config.offer_scope != HF_OFFER_SCOPE_CELL &&
        trio->fast_list.offers.count > 0 && !is_over_allocated(trio))
        check_quota(trio, before);
    for (uint32_t a = 0; a < HF_TRIO_AGENTS; a++)
        hf_resources_clear(trio->catalog, &before->available[a]);
    for (HfRoleId r = 0; r < before->roles; r++) hf_quantities_clear(&before->consumed[r]);
    g_free(before->consumed);
}
