/* Constraints of trace tasks; see constraint.h. */
#include "models/frameworks/constraint.h"

HfConstraint hf_constraint_parse(HfCatalog *catalog, const char *text, HfConstraintValues *values)
{
    HfConstraint constraint = {.attribute = HF_TEXT_NONE, .first = values->count};
    if (text == NULL) return constraint;
    g_auto(GStrv) halves = g_strsplit(text, ":", 2);
    HF_ASSERT(halves[0] != NULL && halves[1] != NULL);
    constraint.attribute = hf_text_intern(catalog, halves[0]);
    g_auto(GStrv) names = g_strsplit(halves[1], "|", -1);
    for (guint i = 0; names[i]; i++, constraint.count++)
        hf_vec_push(values, hf_text_intern(catalog, names[i]));
    return constraint;
}

gboolean hf_constraint_allows(const HfConstraint *constraint, const HfConstraintValues *values,
                              const HfAttributes *attributes)
{
    if (constraint->attribute == HF_TEXT_NONE) return TRUE;
    const HfAttribute *attribute = hf_attributes_find(attributes, constraint->attribute);
    if (attribute == NULL || attribute->value.type != HF_VALUE_TEXT) return FALSE;
    for (uint32_t i = 0; i < constraint->count; i++)
        if (values->at[constraint->first + i] == attribute->value.text) return TRUE;
    return FALSE;
}
