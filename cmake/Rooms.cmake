# A room is a folder of sources that becomes one static library.

# evalrun_room(<name> <folder> <what it may use>...) makes evalrun_<name>. A
# folder without sources makes a library that only passes on what it uses.
function(evalrun_room name folder)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.c")
  list(FILTER sources EXCLUDE REGEX "/main\\.c$")
  if(NOT EVALRUN_LLAMA)
    list(FILTER sources EXCLUDE REGEX "/engines/llama[^/]*\\.c$")
  endif()
  if(sources)
    add_library(evalrun_${name} STATIC ${sources})
    target_link_libraries(evalrun_${name} PUBLIC ${ARGN})
  else()
    add_library(evalrun_${name} INTERFACE)
    target_link_libraries(evalrun_${name} INTERFACE ${ARGN})
  endif()
endfunction()

# evalrun_program(<name> <source>...) links everything of ours.
function(evalrun_program name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE evalrun_evaluator)
  if(EVALRUN_LLAMA)
    # libllama is C++ inside.
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
  endif()
endfunction()
