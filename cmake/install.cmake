# What `cmake --install` puts where: the program, one static library of all layers and models with its headers and
# pkg-config file, manual page, completion, scenarios, plots and the schema. Included last by the top CMakeLists.txt.

# One library out of all the layers: a user links -lholdfast and need not know their order.
set(hf_combined ${hf_layers})
if(TARGET hf_models)
  list(APPEND hf_combined hf_models)
endif()
set(objects "")
foreach(lib IN LISTS hf_combined)
  list(APPEND objects $<TARGET_OBJECTS:${lib}>)
endforeach()
add_library(hf_combined STATIC ${objects})
set_target_properties(hf_combined PROPERTIES OUTPUT_NAME holdfast LINKER_LANGUAGE C)
install(TARGETS hf_combined ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

foreach(lib IN LISTS hf_layers)
  string(REPLACE "hf_" "" layer ${lib})
  file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sim/${layer}/*.h)
  list(FILTER headers EXCLUDE REGEX "_internal\\.h$")
  install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/holdfast/${layer})
endforeach()
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/models/*.h)
list(FILTER headers EXCLUDE REGEX "_internal\\.h$")
foreach(header IN LISTS headers)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${PROJECT_SOURCE_DIR}/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/holdfast/${folder})
endforeach()

# The .pc file finds its prefix from where it lies, so `cmake --install --prefix ELSEWHERE` stays right.
file(RELATIVE_PATH hf_pc_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(${PROJECT_SOURCE_DIR}/cmake/holdfast.pc.in ${PROJECT_BINARY_DIR}/holdfast.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/holdfast.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# Pages that the program writes about itself.
function(hf_self_written output argument)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/${output}
    COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:holdfast> -DARGUMENT=${argument}
            -DOUTPUT=${PROJECT_BINARY_DIR}/${output} -P ${PROJECT_SOURCE_DIR}/cmake/self_written.cmake
    DEPENDS holdfast ${PROJECT_SOURCE_DIR}/cmake/self_written.cmake VERBATIM)
endfunction()
hf_self_written(holdfast.1 man)
hf_self_written(holdfast.bash completion)
hf_self_written(holdfast.schema.json schema)
add_custom_target(hf_pages ALL DEPENDS ${PROJECT_BINARY_DIR}/holdfast.1 ${PROJECT_BINARY_DIR}/holdfast.bash
                  ${PROJECT_BINARY_DIR}/holdfast.schema.json)
install(FILES ${PROJECT_BINARY_DIR}/holdfast.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_BINARY_DIR}/holdfast.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME holdfast)
install(FILES ${PROJECT_BINARY_DIR}/holdfast.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/holdfast)

install(TARGETS holdfast RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY plots DESTINATION ${CMAKE_INSTALL_DATADIR}/holdfast FILES_MATCHING PATTERN "*.gp")
install(DIRECTORY scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/holdfast)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
