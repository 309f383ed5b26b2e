/*
 * What was worked out for bundles lately, kept for agents that are alike: which bundle the content
 * of a parcel is, and which one a bundle becomes when another is added to it or taken from it. A
 * cell full of equal tasks goes through a handful of such steps again and again.
 *
 * An answer is kept when the same is asked twice in a row in its place of a table: agents that are
 * all different pay a comparison. Everything kept holds references, so an address that is found is
 * what it was; kept answers are shapes. A bundle that nobody else has is changed in place.
 */
#include "allocator/allocator_internal.h"

static void forget_step(HfAllocator *allocator, HfBundleStep *step)
{
    hf_bundle__unref(allocator, step->from);
    hf_bundle__unref(allocator, step->by);
    hf_bundle__unref(allocator, step->to);
}

static void forget_named(HfAllocator *allocator, HfBundleOf *named)
{
    hf_parcel_drop(allocator->catalog, &named->parcel);
    hf_bundle__unref(allocator, named->bundle);
}

static void keep_step(HfAllocator *allocator, HfBundleStep *step, HfBundleStep known)
{
    if (known.to != NULL) hf_bundle__ref(known.to);
    hf_bundle__ref(known.from);
    hf_bundle__ref(known.by);
    forget_step(allocator, step);
    *step = known;
}

static void change(HfAllocator *allocator, HfBundle **bundle, const HfBundle *by, int sign)
{
    if (sign > 0)
        hf_bundle__add(allocator, bundle, &by->resources);
    else
        hf_bundle__subtract(allocator, bundle, &by->resources);
}

static void take_step(HfAllocator *allocator, HfBundle **bundle, HfBundle *by, int sign)
{
    HfBundle *from = *bundle;
    if (from->refs == 1 && !(from->flags & HF_BUNDLE_SHAPE)) {
        change(allocator, bundle, by, sign);
        return;
    }
    HfBundleStep *step = hf_bundle__step(allocator, from, by, sign);
    if (G_LIKELY(step->from == from && step->by == by)) {
        *bundle = hf_bundle__ref(step->to);
        from->refs--; /* the table has one */
        return;
    }
    uint64_t pair = (uint64_t)from->number << 32 | by->number;
    gboolean is_asked_again = step->seen == pair;
    step->seen = pair;
    if (!is_asked_again) {
        change(allocator, bundle, by, sign);
        return;
    }
    hf_bundle__ref(from); /* it stays as it is */
    change(allocator, bundle, by, sign);
    if (*bundle != NULL) hf_bundle__settle(allocator, bundle);
    keep_step(allocator, step, (HfBundleStep){from, by, *bundle, pair});
    hf_bundle__unref(allocator, from);
}

void hf_bundle__gain(HfAllocator *allocator, HfBundle **bundle, HfBundle *more)
{
    if (*bundle == NULL)
        *bundle = hf_bundle__ref(more);
    else
        take_step(allocator, bundle, more, 1);
}

void hf_bundle__lose(HfAllocator *allocator, HfBundle **bundle, HfBundle *less)
{
    take_step(allocator, bundle, less, -1);
}

HfBundle *hf_bundle__find_of(HfAllocator *allocator, const HfResources *resources, HfParcel *parcel)
{
    HfCatalog *catalog = allocator->catalog;
    HfResources plain = {0};
    hf_resources_copy(catalog, &plain, resources);
    hf_resources_unallocate(catalog, &plain);
    HfBundle *bundle = hf_bundle__new(allocator, &plain);
    if (parcel == NULL) return bundle;
    HfBundleOf *named = hf_bundle__named(allocator, parcel);
    uint32_t seen = hf_parcel_number(parcel) + 1;
    if (named->seen == seen) {
        hf_bundle__settle(allocator, &bundle);
        forget_named(allocator, named);
        *named = (HfBundleOf){hf_parcel_ref(parcel), hf_bundle__ref(bundle), seen};
    }
    named->seen = seen;
    return bundle;
}

void hf_bundle__forget_steps(HfAllocator *allocator)
{
    for (uint32_t i = 0; i < HF_BUNDLE_STEPS; i++) forget_step(allocator, &allocator->steps[i]);
    for (uint32_t i = 0; i < HF_BUNDLES_NAMED; i++) forget_named(allocator, &allocator->named[i]);
    memset(allocator->steps, 0, sizeof allocator->steps);
    memset(allocator->named, 0, sizeof allocator->named);
}
