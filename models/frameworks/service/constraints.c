/* Marathon's placement constraints; see constraints.h. */
#include "models/frameworks/service/constraints.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "resource/attributes.h"

typedef enum Field { FIELD_HOST, FIELD_REGION, FIELD_ZONE, FIELD_ATTRIBUTE } Field;

typedef struct Group {
    HfTextId value;
    uint32_t count;
} Group;

typedef struct HfConstraintRow {
    HfConstraintOp op;
    Field field;
    HfTextId attribute;
    HfTextId value; /* IS, CLUSTER; HF_TEXT_NONE = none */
    uint32_t number;
    gboolean has_number;
    GRegex *regex;
    HfCatalog *catalog;
    uint32_t placed;       /* instances on hosts that have the field */
    HfMap64 rows;          /* value -> row of groups */
    HF_VEC(Group) groups;  /* a group that is empty again stays */
    uint32_t groups_taken; /* that are not empty */
    HfMap64 matches;       /* value -> 0 or 1, as far as it was tried */
} HfConstraintRow;

static const char *const names[HF_CONSTRAINT_OPS] = {"UNIQUE", "CLUSTER", "GROUP_BY", "LIKE",
                                                     "UNLIKE", "MAX_PER", "IS"};

const char *hf_constraint_op_name(HfConstraintOp op)
{
    HF_ASSERT(op < HF_CONSTRAINT_OPS);
    return names[op];
}

/* ---- what Marathon refuses ---- */

/* A whole number as Java's toInt takes it; nothing negative means anything here. */
static gboolean read_number(const char *text, uint32_t *number_out)
{
    if (text == NULL || text[0] == '\0' || strspn(text, "0123456789") != strlen(text)) return FALSE;
    if (strlen(text) > 9) return FALSE;
    *number_out = (uint32_t)strtoul(text, NULL, 10);
    return TRUE;
}

/* Java's String.matches is about the whole text. */
static GRegex *compile(const char *pattern)
{
    g_autofree char *whole = g_strdup_printf("^(?:%s)$", pattern);
    return g_regex_new(whole, G_REGEX_DOLLAR_ENDONLY, 0, NULL);
}

static char *value_refusal(HfConstraintOp op, const char *value)
{
    uint32_t number;
    g_autoptr(GRegex) regex = NULL;
    switch (op) {
    case HF_CONSTRAINT_UNIQUE:
        return value != NULL ? g_strdup("UNIQUE takes no value") : NULL;
    case HF_CONSTRAINT_GROUP_BY:
        if (value == NULL || (read_number(value, &number) && number > 0)) return NULL;
        return g_strdup("GROUP_BY takes a whole number of at least 1, or nothing");
    case HF_CONSTRAINT_MAX_PER:
        return read_number(value, &number) ? NULL : g_strdup("MAX_PER needs a whole number");
    case HF_CONSTRAINT_LIKE:
    case HF_CONSTRAINT_UNLIKE:
        if (value == NULL || value[0] == '\0')
            return g_strdup("LIKE and UNLIKE need a regular expression");
        regex = compile(value);
        return regex != NULL ? NULL : g_strdup("not a regular expression");
    case HF_CONSTRAINT_IS:
        for (const char *p = value; p != NULL && *p != '\0'; p++)
            if (!g_ascii_isalnum(*p) && strchr("_/.-", *p) == NULL)
                return g_strdup("IS takes a text or a number, no ranges and no sets");
        return NULL;
    case HF_CONSTRAINT_CLUSTER:
    case HF_CONSTRAINT_OPS:
        break;
    }
    return NULL;
}

char *hf_constraints__refusal(const char *field, const char *op, const char *value,
                              HfConstraintOp *op_out, int *part_out)
{
    *part_out = 0;
    if (field[0] == '\0') return g_strdup("a constraint needs a field");
    *part_out = 1;
    for (int i = 0; i < HF_CONSTRAINT_OPS; i++) {
        if (g_ascii_strcasecmp(op, names[i]) != 0) continue;
        *op_out = (HfConstraintOp)i;
        *part_out = 2;
        return value_refusal((HfConstraintOp)i, value);
    }
    return g_strdup("unknown operator; there are UNIQUE, CLUSTER, GROUP_BY, LIKE, UNLIKE, MAX_PER "
                    "and IS");
}

/* ---- making ---- */

static Field field_of(const char *name)
{
    if (strcmp(name, "hostname") == 0 || strcmp(name, "@hostname") == 0) return FIELD_HOST;
    if (strcmp(name, "@region") == 0) return FIELD_REGION;
    return strcmp(name, "@zone") == 0 ? FIELD_ZONE : FIELD_ATTRIBUTE;
}

void hf_constraints__add(HfConstraints *constraints, HfCatalog *catalog, const char *field,
                         HfConstraintOp op, const char *value)
{
    constraints->at = g_renew(HfConstraintRow, constraints->at, constraints->count + 1);
    HfConstraintRow *row = &constraints->at[constraints->count++];
    *row = (HfConstraintRow){.op = op, .field = field_of(field), .catalog = catalog};
    if (row->field == FIELD_ATTRIBUTE) row->attribute = hf_text_intern(catalog, field);
    if (value == NULL || value[0] == '\0') return;
    if (op == HF_CONSTRAINT_LIKE || op == HF_CONSTRAINT_UNLIKE) {
        row->regex = compile(value);
        HF_ASSERT(row->regex != NULL);
    } else if (op == HF_CONSTRAINT_GROUP_BY || op == HF_CONSTRAINT_MAX_PER) {
        row->has_number = read_number(value, &row->number);
        HF_ASSERT(row->has_number);
    } else {
        row->value = hf_text_intern(catalog, value);
    }
}

void hf_constraints__clear(HfConstraints *constraints)
{
    for (uint32_t i = 0; i < constraints->count; i++) {
        HfConstraintRow *row = &constraints->at[i];
        if (row->regex != NULL) g_regex_unref(row->regex);
        hf_map64_clear(&row->rows);
        hf_map64_clear(&row->matches);
        hf_vec_clear(&row->groups);
    }
    g_free(constraints->at);
    *constraints = (HfConstraints){0};
}

/* ---- values ---- */

static HfTextId attribute_value(const HfConstraintRow *row, const HfAttributes *attributes)
{
    const HfAttribute *attribute = hf_attributes_find(attributes, row->attribute);
    if (attribute == NULL) return HF_TEXT_NONE;
    if (attribute->value.type == HF_VALUE_TEXT) return attribute->value.text;
    g_autoptr(GString) text = g_string_new(NULL);
    if (attribute->value.type == HF_VALUE_SCALAR) {
        char number[HF_MILLI_TEXT_SIZE];
        g_string_append(text, hf_milli_print(attribute->value.milli, number));
    } else {
        g_string_append_c(text, '[');
        hf_ranges_print(attribute->value.ranges, ",", text);
        g_string_append_c(text, ']');
    }
    return hf_text_intern(row->catalog, text->str);
}

/* What the host has in this field; HF_TEXT_NONE = nothing. */
static HfTextId value_at(const HfConstraintRow *row, const HfWorld *world, uint32_t host)
{
    const HfDomain *domain = hf_world_host_domain(world, host);
    switch (row->field) {
    case FIELD_HOST:
        return hf_text_intern(row->catalog, hf_world_host_name(world, host));
    case FIELD_REGION:
        return domain != NULL ? hf_text_intern(row->catalog, domain->region) : HF_TEXT_NONE;
    case FIELD_ZONE:
        return domain != NULL ? hf_text_intern(row->catalog, domain->zone) : HF_TEXT_NONE;
    case FIELD_ATTRIBUTE:
        break;
    }
    return attribute_value(row, hf_world_host_attributes(world, host));
}

/* ---- what is possible at all ---- */

uint32_t hf_constraints__most(const HfConstraints *constraints, uint32_t i)
{
    const HfConstraintRow *row = &constraints->at[i];
    return row->op == HF_CONSTRAINT_UNIQUE ? 1 : row->op == HF_CONSTRAINT_MAX_PER ? row->number : 0;
}

HfTextId hf_constraints__value(const HfConstraints *constraints, uint32_t i, const HfWorld *world,
                               uint32_t host)
{
    return value_at(&constraints->at[i], world, host);
}

char *hf_constraints__print(const HfConstraints *constraints, uint32_t i)
{
    static const char *const fields[] = {"hostname", "@region", "@zone"};
    const HfConstraintRow *row = &constraints->at[i];
    GString *text = g_string_new(
        row->field == FIELD_ATTRIBUTE ? hf_text(row->catalog, row->attribute) : fields[row->field]);
    g_string_append_printf(text, " %s", names[row->op]);
    if (row->has_number) g_string_append_printf(text, " %u", row->number);
    return g_string_free(text, FALSE);
}

/* ---- counting ---- */

static uint32_t placed_on(const HfConstraintRow *row, HfTextId value)
{
    uint32_t at = hf_map64_get(&row->rows, value);
    return at == HF_MAP64_NONE ? 0 : row->groups.at[at].count;
}

static void count_row(HfConstraintRow *row, HfTextId value, int by)
{
    uint32_t at = hf_map64_get(&row->rows, value);
    if (at == HF_MAP64_NONE) {
        at = row->groups.count;
        hf_map64_set(&row->rows, value, at);
        hf_vec_push(&row->groups, (Group){.value = value});
    }
    Group *group = &row->groups.at[at];
    HF_ASSERT(by > 0 || group->count > 0);
    gboolean was_taken = group->count > 0;
    group->count += (uint32_t)by;
    row->placed += (uint32_t)by;
    row->groups_taken += (uint32_t)((int)(group->count > 0) - (int)was_taken);
}

static gboolean is_counted(const HfConstraintRow *row)
{
    return row->op == HF_CONSTRAINT_UNIQUE || row->op == HF_CONSTRAINT_GROUP_BY ||
           row->op == HF_CONSTRAINT_MAX_PER || row->op == HF_CONSTRAINT_CLUSTER;
}

void hf_constraints__count(HfConstraints *constraints, const HfWorld *world, uint32_t host, int by)
{
    for (uint32_t i = 0; i < constraints->count; i++) {
        HfConstraintRow *row = &constraints->at[i];
        HfTextId value = is_counted(row) ? value_at(row, world, host) : HF_TEXT_NONE;
        if (value != HF_TEXT_NONE) count_row(row, value, by);
    }
}

uint32_t hf_constraints__group_size(const HfConstraints *constraints, const HfWorld *world,
                                    uint32_t host)
{
    for (uint32_t i = 0; i < constraints->count; i++) {
        const HfConstraintRow *row = &constraints->at[i];
        if (row->op == HF_CONSTRAINT_GROUP_BY) return placed_on(row, value_at(row, world, host));
    }
    return 0;
}

/* ---- deciding ---- */

/* Over at least `number` values: none beyond its share, and one more where a rest is left over. */
static gboolean shares_evenly(const HfConstraintRow *row, uint32_t here, uint32_t wanted)
{
    uint32_t share = wanted / row->number, rest = wanted % row->number, used = 0;
    if (here == 0) return row->groups_taken < row->number;
    for (guint32 i = 0; i < row->groups.count; i++)
        if (row->groups.at[i].count > share) used += row->groups.at[i].count - share;
    return here < share || (here == share && used < rest);
}

/* Any value that has none yet, or one that has the fewest. */
static gboolean is_smallest(const HfConstraintRow *row, uint32_t here)
{
    for (guint32 i = 0; i < row->groups.count; i++)
        if (row->groups.at[i].count > 0 && row->groups.at[i].count < here) return FALSE;
    return TRUE;
}

static gboolean matches(HfConstraintRow *row, HfTextId value)
{
    uint32_t known = hf_map64_get(&row->matches, value);
    if (known == HF_MAP64_NONE) {
        known = g_regex_match(row->regex, hf_text(row->catalog, value), 0, NULL);
        hf_map64_set(&row->matches, value, known);
    }
    return known != 0;
}

static gboolean allows(HfConstraintRow *row, HfTextId value, uint32_t wanted)
{
    uint32_t here = placed_on(row, value);
    switch (row->op) {
    case HF_CONSTRAINT_UNIQUE:
        return here == 0;
    case HF_CONSTRAINT_CLUSTER:
        return row->value != HF_TEXT_NONE ? value == row->value : here == row->placed;
    case HF_CONSTRAINT_GROUP_BY:
        return row->has_number ? shares_evenly(row, here, wanted) : is_smallest(row, here);
    case HF_CONSTRAINT_LIKE:
        return matches(row, value);
    case HF_CONSTRAINT_UNLIKE:
        return !matches(row, value);
    case HF_CONSTRAINT_MAX_PER:
        return here < row->number;
    case HF_CONSTRAINT_IS:
        return value == row->value;
    case HF_CONSTRAINT_OPS:
        break;
    }
    HF_ASSERT(!"an operator");
    return FALSE;
}

gboolean hf_constraints__allow(HfConstraints *constraints, const HfWorld *world, uint32_t host,
                               uint32_t wanted)
{
    for (uint32_t i = 0; i < constraints->count; i++) {
        HfConstraintRow *row = &constraints->at[i];
        HfTextId value = value_at(row, world, host);
        gboolean is_good =
            value != HF_TEXT_NONE ? allows(row, value, wanted) : row->op == HF_CONSTRAINT_UNLIKE;
        if (!is_good) return FALSE;
    }
    return TRUE;
}
