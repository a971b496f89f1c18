# cmake -DPROGRAM=.. -DARGS=.. -DOUT=.. -P MakeOnce.cmake
# Runs PROGRAM ARGS OUT unless OUT is there and newer than PROGRAM.
if(EXISTS "${OUT}" AND NOT "${PROGRAM}" IS_NEWER_THAN "${OUT}")
  return()
endif()
get_filename_component(folder "${OUT}" DIRECTORY)
file(MAKE_DIRECTORY "${folder}")
execute_process(COMMAND "${PROGRAM}" ${ARGS} "${OUT}.new" RESULT_VARIABLE rc)
if(NOT rc EQUAL 0)
  file(REMOVE "${OUT}.new")
  message(FATAL_ERROR "${PROGRAM} failed: ${rc}")
endif()
file(RENAME "${OUT}.new" "${OUT}")
