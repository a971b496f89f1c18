# The programs that grade programs (evaluator/engines/runners) as constants in the
# library, so that a program and its graders cannot be of two versions.
file(GLOB runners CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/evaluator/engines/runners/*")
set(made "#include \"evaluator/engines/runner_files.h\"\n")
foreach(path ${runners})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
  get_filename_component(name "${path}" NAME_WE)
  file(READ "${path}" bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(APPEND made "\nconst char runner_${name}[] = { ${bytes}0 };\n")
endforeach()
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/generated/runner_files.c"
  CONTENT "${made}" @ONLY)
target_sources(evalrun_engines PRIVATE "${PROJECT_BINARY_DIR}/generated/runner_files.c")
