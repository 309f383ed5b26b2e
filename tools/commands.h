/* Every command of the program, one per cmd_*.c; the order of --help is that of commands.c. */
#ifndef HF_TOOLS_COMMANDS_H
#define HF_TOOLS_COMMANDS_H

#include "tools/cli.h"

extern const HfCommand hf_cmd_plot;

#endif
