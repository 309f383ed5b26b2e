/* Every command of the program, one per cmd_*.c; the order of --help is that of commands.c. */
#ifndef HF_TOOLS_COMMANDS_H
#define HF_TOOLS_COMMANDS_H

#include "tools/cli.h"

extern const HfCommand hf_cmd_bench;
extern const HfCommand hf_cmd_check;
extern const HfCommand hf_cmd_completion;
extern const HfCommand hf_cmd_explain_key;
extern const HfCommand hf_cmd_list;
extern const HfCommand hf_cmd_man;
extern const HfCommand hf_cmd_plot;
extern const HfCommand hf_cmd_replay;
extern const HfCommand hf_cmd_run;
extern const HfCommand hf_cmd_schema;

#endif
