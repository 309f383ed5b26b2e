/* The table of all commands; each is defined in its own cmd_*.c. */
#include "tools/commands.h"

const HfCommand *const hf_commands[] = {&hf_cmd_run,        &hf_cmd_check, &hf_cmd_plot,
                                        &hf_cmd_replay,     &hf_cmd_list,  &hf_cmd_explain_key,
                                        &hf_cmd_schema,     &hf_cmd_bench, &hf_cmd_man,
                                        &hf_cmd_completion, NULL};
