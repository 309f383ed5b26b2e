/* How fields of tables are printed; shared by tables.c and its kin. */
#ifndef HF_WORLD_TABLES_INTERNAL_H
#define HF_WORLD_TABLES_INTERNAL_H

#include "world/tables.h"

/* A number with at most six decimals and no trailing zeros; an empty field for what there is not.
 */
void hf_table__number(GString *out, double value);
/* A time; empty when negative. */
void hf_table__seconds(GString *out, HfTime time);
/* Names come from scenarios and traces: roles, resources and machines may hold commas and quotes.
 * Empty for NULL. */
void hf_table__name(GString *out, const char *text);

/* tables_stores.c */
void hf_table__print_stores(HfWorld *world, GString *out);

/* tables_stateful.c */
void hf_table__print_relaunches(HfWorld *world, GString *out);
void hf_table__print_relaunch_times(HfWorld *world, GString *out);
void hf_table__print_volumes(HfWorld *world, GString *out);
void hf_table__print_services(HfWorld *world, GString *out);
void hf_table__print_deployments(HfWorld *world, GString *out);

#endif
