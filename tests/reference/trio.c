/* The life of the trio, its comparisons, runs and time; see trio.h. */
#include <string.h>

#include "reference/trio_internal.h"
#include "resource/text.h"

/* ---- Life ---- */

HfTrio *hf_trio_new(HfCatalog *catalog, const HfAllocatorConfig *config, HfCanary canary)
{
    HfTrio *trio = g_new0(HfTrio, 1);
    trio->catalog = catalog;
    trio->config = *config;
    trio->canary = canary;
    trio->runs_at_once = trio->is_checked = TRUE;
    HfAllocatorConfig told = *config;
    if (canary == HF_CANARY_SCOPE) told.offer_scope = HF_OFFER_SCOPE_AGENT;
    trio->fast = hf_allocator_new(catalog, &told);
    trio->full = hf_allocator_new(catalog, &told);
    hf_allocator_full_visits(trio->full, TRUE);
    trio->twin = hf_twin_new(catalog, config);
    hf_trio__tell_orders(trio);
    if (canary >= HF_CANARY_RULE) hf_twin_misread(trio->twin, (HfEraRule)(canary - HF_CANARY_RULE));
    hf_allocator_batch_armed(trio->fast);
    hf_allocator_batch_armed(trio->full);
    hf_twin_batch_armed(trio->twin);
    trio->next_batch = config->interval;
    trio->pieces = g_array_new(FALSE, TRUE, sizeof(HfPiece));
    trio->refusals = g_array_new(FALSE, TRUE, sizeof(HfRefusal));
    trio->trouble = g_string_new(NULL);
    for (uint32_t f = 0; f < HF_TRIO_FRAMEWORKS; f++) {
        trio->frameworks[f].roles = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
        trio->frameworks[f].suppressed = g_array_new(FALSE, FALSE, sizeof(HfRoleId));
    }
    return trio;
}

void hf_trio_free(HfTrio *trio)
{
    if (trio == NULL) return;
    hf_books__drop_pieces(trio, UINT32_MAX, UINT32_MAX);
    hf_books__drop_refusals(trio, UINT32_MAX, UINT32_MAX, HF_ROLE_NONE);
    hf_offer_list_clear(trio->catalog, &trio->fast_list);
    hf_offer_list_clear(trio->catalog, &trio->full_list);
    hf_offer_list_clear(trio->catalog, &trio->twin_list);
    hf_allocator_free(trio->fast);
    hf_allocator_free(trio->full);
    hf_twin_free(trio->twin);
    for (uint32_t a = 0; a < HF_TRIO_AGENTS; a++)
        hf_resources_clear(trio->catalog, &trio->agents[a].total);
    for (uint32_t f = 0; f < HF_TRIO_FRAMEWORKS; f++) {
        g_array_unref(trio->frameworks[f].roles);
        g_array_unref(trio->frameworks[f].suppressed);
    }
    for (uint32_t r = 0; r < trio->quota_room; r++) {
        hf_quantities_clear(&trio->quotas[r].guarantees);
        hf_limits_clear(&trio->quotas[r].limits);
    }
    g_free(trio->quotas);
    g_array_unref(trio->pieces);
    g_array_unref(trio->refusals);
    g_string_free(trio->trouble, TRUE);
    if (trio->script != NULL) g_string_free(trio->script, TRUE);
    g_free(trio);
}

/* ---- Comparing ---- */

static void compare_states(HfTrio *trio, JsonNode *fast, JsonNode *other, const char *name)
{
    if (json_node_equal(fast, other)) return;
    JsonObject *x = json_node_get_object(fast), *y = json_node_get_object(other);
    hf_books__trouble(trio, "state: fast and %s have not the same", name);
    g_autoptr(GList) members = json_object_get_members(x);
    for (GList *member = members; member != NULL; member = member->next) {
        JsonNode *a = json_object_get_member(x, member->data);
        JsonNode *b = json_object_get_member(y, member->data);
        if (b != NULL && json_node_equal(a, b)) continue;
        g_autofree char *fast_text = json_to_string(a, FALSE);
        g_autofree char *other_text = b != NULL ? json_to_string(b, FALSE) : g_strdup("nothing");
        hf_books__trouble(trio, "%s:\n  fast %s\n  %s %s", (const char *)member->data, fast_text,
                          name, other_text);
    }
}

/* All three are asked: with the quirk of weights, to look is to change. */
void hf_trio_check_states(HfTrio *trio)
{
    g_autoptr(JsonNode) fast = hf_allocator_state(trio->fast);
    g_autoptr(JsonNode) full = hf_allocator_state(trio->full);
    compare_states(trio, fast, full, "full visits");
    g_autoptr(JsonNode) twin = hf_twin_state(trio->twin);
    compare_states(trio, fast, twin, "twin");
}

static void check_available(HfTrio *trio, uint32_t agent)
{
    const HfResources *fast = hf_allocator_available(trio->fast, agent);
    const HfResources *full = hf_allocator_available(trio->full, agent);
    const HfResources *twin = hf_twin_available(trio->twin, agent);
    if (hf_resources_equal(trio->catalog, fast, twin) &&
        hf_resources_equal(trio->catalog, fast, full))
        return;
    g_autofree char *x = hf_resources_to_text(trio->catalog, fast);
    g_autofree char *y = hf_resources_to_text(trio->catalog, full);
    g_autofree char *z = hf_resources_to_text(trio->catalog, twin);
    hf_books__trouble(trio, "available on a%u: fast %s, full visits %s, twin %s", agent, x, y, z);
}

HfStatus hf_trio__agree(HfTrio *trio, HfStatus fast, HfStatus full, HfStatus twin)
{
    trio->calls++;
    hf_trio__say(trio, "}\n");
    if (fast != full || fast != twin)
        hf_books__trouble(trio, "answers: fast %s, full visits %s, twin %s", hf_status_name(fast),
                          hf_status_name(full), hf_status_name(twin));
    gboolean wants = hf_allocator_wants_run(trio->fast);
    if (wants != hf_allocator_wants_run(trio->full) || wants != hf_twin_wants_run(trio->twin))
        hf_books__trouble(trio, "fast %s a run", wants ? "wants" : "does not want");
    return fast;
}

void hf_trio__settle(HfTrio *trio)
{
    if (trio->runs_at_once && hf_allocator_wants_run(trio->fast)) hf_trio_run(trio);
    if (!trio->is_checked || hf_trio_fails(trio)) return;
    for (uint32_t a = 0; a < HF_TRIO_AGENTS; a++)
        if (trio->agents[a].is_known) check_available(trio, a);
    hf_books__check(trio);
    gboolean is_time = trio->calls % 32 == 0;
    if (!trio->looks_seldom || is_time) hf_books__check_shares(trio);
    if (trio->checks_states || is_time) hf_trio_check_states(trio);
}

/* ---- Runs and time ---- */

static void compare_offers(HfTrio *trio)
{
    g_autofree char *fast = hf_twin_lines(trio->catalog, &trio->fast_list);
    g_autofree char *full = hf_twin_lines(trio->catalog, &trio->full_list);
    g_autofree char *twin = hf_twin_lines(trio->catalog, &trio->twin_list);
    g_auto(GStrv) lines = g_strsplit(fast, "\n", -1);
    for (guint l = 0; lines[l] != NULL && lines[l][0] != '\0'; l++)
        hf_trio__say(trio, "# %s\n", lines[l]);
    if (strcmp(fast, twin) != 0) hf_books__trouble(trio, "fast:\n%s\ntwin:\n%s", fast, twin);
    if (strcmp(fast, full) != 0) hf_books__trouble(trio, "fast:\n%s\nfull visits:\n%s", fast, full);
}

static void run(HfTrio *trio, gboolean is_batch)
{
    HfBooksBefore before;
    if (trio->is_checked) hf_books__before(trio, &before);
    if (is_batch) {
        hf_allocator_batch(trio->fast, trio->now, &trio->fast_list);
        hf_allocator_batch(trio->full, trio->now, &trio->full_list);
    } else {
        hf_allocator_run(trio->fast, trio->now, &trio->fast_list);
        hf_allocator_run(trio->full, trio->now, &trio->full_list);
    }
    if (is_batch)
        hf_twin_batch(trio->twin, trio->now, &trio->twin_list);
    else
        hf_twin_run(trio->twin, trio->now, &trio->twin_list);
    trio->offers += trio->fast_list.offers.count;
    if (trio->is_checked) {
        compare_offers(trio);
        hf_books__after(trio, &before);
    } else {
        hf_books__take_offers(trio);
    }
    hf_offer_list_reset(trio->catalog, &trio->fast_list);
    hf_offer_list_reset(trio->catalog, &trio->full_list);
    hf_offer_list_reset(trio->catalog, &trio->twin_list);
}

void hf_trio_run(HfTrio *trio)
{
    if (!hf_allocator_wants_run(trio->fast)) return;
    if (!trio->runs_at_once) hf_trio__say(trio, "# run\n");
    run(trio, FALSE);
}

void hf_trio_tick(HfTrio *trio, HfTime by)
{
    HfTime end = trio->now + by;
    trio->calls++;
    hf_trio__say(trio, "{\"op\":\"tick\",\"ms\":%" G_GINT64_FORMAT "}\n", by / HF_NS_PER_MS);
    while (trio->next_batch <= end && !hf_trio_fails(trio)) {
        trio->now = trio->next_batch;
        run(trio, TRUE);
        hf_allocator_batch_armed(trio->fast);
        hf_allocator_batch_armed(trio->full);
        hf_twin_batch_armed(trio->twin);
        trio->next_batch += trio->config.interval;
    }
    trio->now = end;
    hf_allocator_expire(trio->fast, end);
    hf_allocator_expire(trio->full, end);
    hf_twin_expire(trio->twin, end);
    hf_trio__settle(trio);
}

void hf_trio_pause(HfTrio *trio, gboolean is_paused)
{
    void (*call)(HfAllocator *) = is_paused ? hf_allocator_pause : hf_allocator_resume;
    hf_trio__say(trio, "{\"op\":\"%s\"}\n", is_paused ? "pause" : "resume");
    trio->calls++;
    call(trio->fast);
    call(trio->full);
    (is_paused ? hf_twin_pause : hf_twin_resume)(trio->twin);
    hf_trio__settle(trio);
}
