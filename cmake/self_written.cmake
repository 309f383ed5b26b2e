# Runs PROGRAM ARGUMENT and keeps what it prints in OUTPUT.
execute_process(COMMAND ${PROGRAM} ${ARGUMENT} OUTPUT_FILE ${OUTPUT}.part RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ${ARGUMENT} failed: ${result}")
endif()
file(RENAME ${OUTPUT}.part ${OUTPUT})
