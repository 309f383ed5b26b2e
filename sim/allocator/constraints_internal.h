/* Between the files of the offer constraints. */
#ifndef HF_ALLOCATOR_CONSTRAINTS_INTERNAL_H
#define HF_ALLOCATOR_CONSTRAINTS_INTERNAL_H

#include <glib.h>
#include <stdint.h>

/* The size of the program that RE2 would make of it, about; FALSE when RE2 would refuse it whatever
 * its size. Cost: O(length). */
gboolean hf_constraint__regex_size(const char *regex, uint32_t *size_out);

#endif
