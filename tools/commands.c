/* The table of all commands; each is defined in its own cmd_*.c. */
#include "tools/commands.h"

const HfCommand *const hf_commands[] = {&hf_cmd_plot, NULL};
