/*
 * What is written in front of a gnuplot script, so that a figure needs no arithmetic of its own:
 * names, spans and tics as variables, and numbers as people read them.
 */
#ifndef HF_TOOLS_PLOT_SCRIPT_H
#define HF_TOOLS_PLOT_SCRIPT_H

#include <glib.h>

/* name = 'text', as gnuplot's single-quoted string, where nothing but the quote itself is special.
 */
void hf_script_text(GString *script, const char *name, const char *text);
void hf_script_number(GString *script, const char *name, double value);
/* The names (char *) from `first` on, `count` of them, as one string of words. */
void hf_script_words(GString *script, const char *name, const GPtrArray *list, guint first,
                     guint count);

/* The unit in which sizes up to `largest` MB read well (MB to PB, of 1024 each), and how many MB it
 * has. Static text. */
const char *hf_script_size_unit(double largest, double *mb_out);
/* The unit in which times up to `largest` s read well (seconds to days), and its length in s. */
const char *hf_script_time_unit(double largest, double *seconds_out);

/* What plots/time.gp needs to draw series.csv: `end_s` and `warm_up` in s. */
void hf_script_time_axis(GString *script, double end_s, double warm_up);

/* wait_low, wait_high and wait_tics: a logarithmic axis for times of which the positive ones lie
 * between these two, in s; 0 = none is positive. */
void hf_script_wait_axis(GString *script, double smallest, double largest);

/* A resource as a heading names it: "CPUs". Borrowed from a table, or `resource` itself. */
const char *hf_script_resource(const char *resource);

/* A length of time for people: "90 seconds" is "1.5 minutes", and one is singular. New text. */
char *hf_script_time(double seconds);

/* A time or a size for the end of a bar: "5.2 h", "18 ms", "340 MB", "0". New text. */
char *hf_script_time_short(double seconds);

/* The same beside an axis whose unit has so many seconds: in that unit, unless it is less than one.
 */
char *hf_script_time_beside(double seconds, double unit);
char *hf_script_size_short(double mb);

/* A whole number with its thousands apart: 1,234,567. New text. */
char *hf_script_grouped(double value);

/* The least of 1, 2, 5 times a power of ten that is not below `value` (> 0). */
double hf_script_round_up(double value);

#endif
